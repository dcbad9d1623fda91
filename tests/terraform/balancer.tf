# Load balancers as people write them; tests/terraform.rs applies, changes and destroys them.
terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

variable "endpoint" {}

# Whether the network load balancer sends traffic to other zones.
variable "private_dns" {
  type = bool
}

provider "aws" {
  region                      = "ap-northeast-2"
  access_key                  = "test"
  secret_key                  = "secret"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  max_retries                 = 1
  endpoints {
    ec2   = var.endpoint
    sts   = var.endpoint
    elbv2 = var.endpoint
  }
}

resource "aws_vpc" "shop" {
  cidr_block = "10.70.0.0/16"
}

resource "aws_subnet" "a" {
  vpc_id            = aws_vpc.shop.id
  cidr_block        = "10.70.1.0/24"
  availability_zone = "ap-northeast-2a"
}

resource "aws_subnet" "c" {
  vpc_id            = aws_vpc.shop.id
  cidr_block        = "10.70.2.0/24"
  availability_zone = "ap-northeast-2c"
}

resource "aws_internet_gateway" "out" {
  vpc_id = aws_vpc.shop.id
}

resource "aws_instance" "app" {
  ami           = "ami-00000000000000001"
  instance_type = "t3.micro"
  subnet_id     = aws_subnet.a.id
}

resource "aws_lb" "inner" {
  name                             = "inner"
  internal                         = true
  load_balancer_type               = "network"
  subnets                          = [aws_subnet.a.id, aws_subnet.c.id]
  enable_cross_zone_load_balancing = var.private_dns
  tags                             = { team = "dns" }
}

resource "aws_lb_target_group" "app" {
  name     = "app"
  port     = 80
  protocol = "TCP"
  vpc_id   = aws_vpc.shop.id
}

resource "aws_lb_target_group_attachment" "app" {
  target_group_arn = aws_lb_target_group.app.arn
  target_id        = aws_instance.app.id
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

resource "aws_vpc_endpoint_service" "app" {
  acceptance_required        = false
  network_load_balancer_arns = [aws_lb.inner.arn]
}

resource "aws_eip" "outer" {
  domain     = "vpc"
  depends_on = [aws_internet_gateway.out]
}

resource "aws_lb" "outer" {
  name               = "outer"
  load_balancer_type = "network"
  subnet_mapping {
    subnet_id     = aws_subnet.a.id
    allocation_id = aws_eip.outer.id
  }
}

resource "aws_security_group" "web" {
  vpc_id = aws_vpc.shop.id
}

resource "aws_lb" "web" {
  name            = "web"
  subnets         = [aws_subnet.a.id, aws_subnet.c.id]
  security_groups = [aws_security_group.web.id]
  depends_on      = [aws_internet_gateway.out]
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

resource "aws_lb_listener_rule" "web" {
  listener_arn = aws_lb_listener.web.arn
  priority     = 10
  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.web.arn
  }
  condition {
    path_pattern {
      values = ["/app/*"]
    }
  }
}

data "aws_lb" "inner" {
  name       = "inner"
  depends_on = [aws_lb.inner]
}

output "inner" {
  value = data.aws_lb.inner.dns_name
}

output "outer" {
  value = "${aws_lb.outer.dns_name} ${aws_eip.outer.public_ip}"
}
