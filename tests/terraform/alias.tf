# The older names of load balancers' resources, and policies that cannot share a Classic Load Balancer with those of
# balancer.tf: the provider counts the ports of a proxy protocol policy and of other policies of its kind together.
resource "aws_alb" "old" {
  name            = "old-name"
  internal        = true
  subnets         = [aws_subnet.a.id, aws_subnet.c.id]
  security_groups = [aws_security_group.web.id]
  idle_timeout    = local.changed ? 90 : 60
}

resource "aws_alb_target_group" "old" {
  name        = "old-name"
  port        = 8080
  protocol    = "HTTP"
  target_type = "ip"
  vpc_id      = aws_vpc.shop.id
}

resource "aws_alb_target_group_attachment" "old" {
  target_group_arn = aws_alb_target_group.old.arn
  target_id        = "10.70.2.10"
}

resource "aws_alb_listener" "old" {
  load_balancer_arn = aws_alb.old.arn
  port              = 443
  protocol          = "HTTPS"
  certificate_arn   = "arn:aws:acm:ap-northeast-2:123456789012:certificate/11111111-1111-1111-1111-111111111111"
  default_action {
    type             = "forward"
    target_group_arn = aws_alb_target_group.old.arn
  }
}

resource "aws_alb_listener_certificate" "old" {
  listener_arn    = aws_alb_listener.old.arn
  certificate_arn = "arn:aws:acm:ap-northeast-2:123456789012:certificate/33333333-3333-3333-3333-333333333333"
}

resource "aws_alb_listener_rule" "old" {
  listener_arn = aws_alb_listener.old.arn
  priority     = local.changed ? 20 : 10
  action {
    type             = "forward"
    target_group_arn = aws_alb_target_group.old.arn
  }
  condition {
    path_pattern {
      values = ["/old/*"]
    }
  }
}

data "aws_alb" "old" {
  arn = aws_alb.old.arn
}

data "aws_alb_listener" "old" {
  arn = aws_alb_listener.old.arn
}

data "aws_alb_target_group" "old" {
  arn = aws_alb_target_group.old.arn
}

resource "aws_elb" "sealed" {
  name            = "sealed"
  internal        = true
  subnets         = [aws_subnet.a.id]
  security_groups = [aws_security_group.web.id]
  listener {
    instance_port     = 25
    instance_protocol = "tcp"
    lb_port           = 25
    lb_protocol       = "tcp"
  }
  listener {
    instance_port      = 80
    instance_protocol  = "http"
    lb_port            = 443
    lb_protocol        = "https"
    ssl_certificate_id = "arn:aws:acm:ap-northeast-2:123456789012:certificate/11111111-1111-1111-1111-111111111111"
  }
  listener {
    instance_port      = 80
    instance_protocol  = "http"
    lb_port            = 8443
    lb_protocol        = "https"
    ssl_certificate_id = "arn:aws:acm:ap-northeast-2:123456789012:certificate/11111111-1111-1111-1111-111111111111"
  }
}

resource "aws_proxy_protocol_policy" "sealed" {
  load_balancer  = aws_elb.sealed.name
  instance_ports = ["25"]
}

resource "aws_lb_ssl_negotiation_policy" "sealed" {
  name          = "modern"
  load_balancer = aws_elb.sealed.id
  lb_port       = 443
  attribute {
    name  = "Protocol-TLSv1.2"
    value = "true"
  }
  attribute {
    name  = "ECDHE-RSA-AES128-GCM-SHA256"
    value = "true"
  }
}

resource "aws_load_balancer_policy" "sealed" {
  load_balancer_name = aws_elb.sealed.name
  policy_name        = "predefined"
  policy_type_name   = "SSLNegotiationPolicyType"
  policy_attribute {
    name  = "Reference-Security-Policy"
    value = "ELBSecurityPolicy-TLS-1-2-2017-01"
  }
}

resource "aws_load_balancer_listener_policy" "sealed" {
  load_balancer_name = aws_elb.sealed.name
  load_balancer_port = 8443
  policy_names       = [aws_load_balancer_policy.sealed.policy_name]
}

check "alias" {
  assert {
    condition = alltrue([
      data.aws_alb.old.dns_name == aws_alb.old.dns_name,
      data.aws_alb_listener.old.port == 443,
      data.aws_alb_target_group.old.port == 8080,
    ])
    error_message = "a data source told something else"
  }
}
