# Load balancers with their listeners and targets, Classic ones last.
resource "aws_lb" "inner" {
  name                             = "inner"
  internal                         = true
  load_balancer_type               = "network"
  subnets                          = [aws_subnet.a.id, aws_subnet.c.id]
  enable_cross_zone_load_balancing = !local.changed
  tags                             = { team = "dns" }
}

resource "aws_lb_target_group" "app" {
  name                   = "app"
  port                   = 80
  protocol               = "TCP"
  vpc_id                 = aws_vpc.shop.id
  connection_termination = local.changed
  deregistration_delay   = 30
}

resource "aws_lb_target_group_attachment" "app" {
  target_group_arn = aws_lb_target_group.app.arn
  target_id        = aws_instance.web.id
}

resource "aws_lb_listener" "app" {
  load_balancer_arn = aws_lb.inner.arn
  port              = 80
  protocol          = "TCP"
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.app.arn
  }
}

resource "aws_eip" "outer" {
  domain     = "vpc"
  depends_on = [aws_internet_gateway.out]
}

resource "aws_lb" "outer" {
  name                             = "outer"
  load_balancer_type               = "network"
  dns_record_client_routing_policy = "availability_zone_affinity"
  subnet_mapping {
    subnet_id     = aws_subnet.a.id
    allocation_id = aws_eip.outer.id
  }
}

resource "aws_lb" "web" {
  name                       = "web"
  subnets                    = [aws_subnet.a.id, aws_subnet.c.id]
  security_groups            = [aws_security_group.web.id]
  idle_timeout               = local.changed ? 90 : 60
  drop_invalid_header_fields = true
  depends_on                 = [aws_internet_gateway.out]
}

resource "aws_lb_target_group" "web" {
  name        = "web"
  port        = 8080
  protocol    = "HTTP"
  target_type = "ip"
  vpc_id      = aws_vpc.shop.id
  health_check {
    path = "/up"
  }
  stickiness {
    type = "lb_cookie"
  }
}

resource "aws_lb_target_group_attachment" "web" {
  target_group_arn = aws_lb_target_group.web.arn
  target_id        = "10.70.2.9"
}

resource "aws_lb_listener" "web" {
  load_balancer_arn = aws_lb.web.arn
  port              = 80
  protocol          = "HTTP"
  default_action {
    type = "fixed-response"
    fixed_response {
      content_type = "text/plain"
      status_code  = "404"
    }
  }
}

resource "aws_lb_listener" "moved" {
  load_balancer_arn = aws_lb.web.arn
  port              = 8080
  protocol          = "HTTP"
  default_action {
    type = "redirect"
    redirect {
      port        = "80"
      status_code = "HTTP_301"
    }
  }
}

resource "aws_lb_listener" "safe" {
  load_balancer_arn = aws_lb.web.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = "arn:aws:acm:ap-northeast-2:123456789012:certificate/11111111-1111-1111-1111-111111111111"
  default_action {
    type = "forward"
    forward {
      target_group {
        arn    = aws_lb_target_group.web.arn
        weight = 1
      }
      stickiness {
        duration = 60
        enabled  = true
      }
    }
  }
}

# Its bucket is none that the server has: one certificate is taken for granted.
resource "aws_lb_trust_store" "web" {
  name                             = "web"
  ca_certificates_bundle_s3_bucket = "certificates"
  ca_certificates_bundle_s3_key    = local.changed ? "second.pem" : "first.pem"
  tags                             = { team = "dns" }
}

resource "aws_lb_trust_store_revocation" "web" {
  trust_store_arn       = aws_lb_trust_store.web.arn
  revocations_s3_bucket = "certificates"
  revocations_s3_key    = "revoked.crl"
}

data "aws_lb_trust_store" "web" {
  name       = aws_lb_trust_store.web.name
  depends_on = [aws_lb_trust_store.web]
}

resource "aws_lb_listener" "mutual" {
  load_balancer_arn = aws_lb.web.arn
  port              = 8443
  protocol          = "HTTPS"
  certificate_arn   = "arn:aws:acm:ap-northeast-2:123456789012:certificate/11111111-1111-1111-1111-111111111111"
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.web.arn
  }
  mutual_authentication {
    mode                             = "verify"
    trust_store_arn                  = aws_lb_trust_store.web.arn
    ignore_client_certificate_expiry = local.changed
  }
}

resource "aws_lb_listener_certificate" "safe" {
  listener_arn    = aws_lb_listener.safe.arn
  certificate_arn = "arn:aws:acm:ap-northeast-2:123456789012:certificate/22222222-2222-2222-2222-222222222222"
}

resource "aws_lb_listener_rule" "web" {
  listener_arn = aws_lb_listener.web.arn
  priority     = local.changed ? 20 : 10
  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.web.arn
  }
  condition {
    path_pattern {
      values = ["/app/*"]
    }
  }
  condition {
    host_header {
      values = ["shop.example"]
    }
  }
  tags = { Name = "app" }
}

resource "aws_elb" "old" {
  name            = "old"
  subnets         = local.changed ? [aws_subnet.a.id, aws_subnet.c.id] : [aws_subnet.a.id]
  security_groups = [aws_security_group.web.id]
  listener {
    instance_port     = 80
    instance_protocol = "http"
    lb_port           = 80
    lb_protocol       = "http"
  }
  listener {
    instance_port     = 22
    instance_protocol = "tcp"
    lb_port           = 22
    lb_protocol       = "tcp"
  }
  listener {
    instance_port     = 8080
    instance_protocol = "http"
    lb_port           = 8080
    lb_protocol       = "http"
  }
  health_check {
    healthy_threshold   = 2
    unhealthy_threshold = 2
    timeout             = 3
    target              = "HTTP:80/"
    interval            = 30
  }
  cross_zone_load_balancing = true
  idle_timeout              = 100
  tags                      = { Name = "old" }
  depends_on                = [aws_internet_gateway.out]
  lifecycle {
    ignore_changes = [instances]
  }
}

resource "aws_elb_attachment" "old" {
  elb      = aws_elb.old.id
  instance = aws_instance.web.id
}

resource "aws_lb_cookie_stickiness_policy" "old" {
  name                     = "sticky"
  load_balancer            = aws_elb.old.id
  lb_port                  = 80
  cookie_expiration_period = 600
}

resource "aws_load_balancer_policy" "proxy" {
  load_balancer_name = aws_elb.old.name
  policy_name        = "proxy"
  policy_type_name   = "ProxyProtocolPolicyType"
  policy_attribute {
    name  = "ProxyProtocol"
    value = "true"
  }
}

resource "aws_load_balancer_backend_server_policy" "proxy" {
  load_balancer_name = aws_elb.old.name
  instance_port      = 22
  policy_names       = [aws_load_balancer_policy.proxy.policy_name]
}

resource "aws_app_cookie_stickiness_policy" "old" {
  name          = "session"
  load_balancer = aws_elb.old.name
  lb_port       = 8080
  cookie_name   = "session"
}
