# Zones, records, Resolver rules and DNS Firewall, as people write them; tests/terraform.rs applies, changes and destroys it.
terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

variable "endpoint" {}

variable "private_dns" {
  type = bool
}

provider "aws" {
  region                      = "ap-northeast-2"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  max_retries                 = 1

  endpoints {
    ec2             = var.endpoint
    route53         = var.endpoint
    route53resolver = var.endpoint
    sts             = var.endpoint
  }
}

resource "aws_vpc" "one" {
  cidr_block           = "10.70.0.0/16"
  enable_dns_hostnames = true
}

resource "aws_vpc" "two" {
  cidr_block           = "10.69.0.0/16"
  enable_dns_hostnames = true
}

resource "aws_subnet" "one" {
  for_each          = { a = "10.70.1.0/24", b = "10.70.2.0/24" }
  vpc_id            = aws_vpc.one.id
  cidr_block        = each.value
  availability_zone = "ap-northeast-2${each.key}"
}

resource "aws_security_group" "resolver" {
  name   = "resolver"
  vpc_id = aws_vpc.one.id
}

resource "aws_route53_zone" "private" {
  name = "corp.internal"
  tags = { Team = "net" }

  vpc {
    vpc_id = aws_vpc.one.id
  }

  lifecycle {
    ignore_changes = [vpc]
  }
}

resource "aws_route53_vpc_association_authorization" "two" {
  zone_id = aws_route53_zone.private.id
  vpc_id  = aws_vpc.two.id
}

resource "aws_route53_zone_association" "two" {
  zone_id = aws_route53_vpc_association_authorization.two.zone_id
  vpc_id  = aws_route53_vpc_association_authorization.two.vpc_id
}

resource "aws_route53_zone" "public" {
  name = "shop.example"
}

resource "aws_route53_record" "db" {
  zone_id = aws_route53_zone.private.id
  name    = "db.corp.internal"
  type    = "A"
  ttl     = var.private_dns ? 60 : 30
  records = [var.private_dns ? "10.70.1.9" : "10.70.1.10"]
}

resource "aws_route53_record" "wild" {
  zone_id = aws_route53_zone.private.id
  name    = "*.apps"
  type    = "CNAME"
  ttl     = 60
  records = ["db.corp.internal"]
}

resource "aws_route53_record" "text" {
  zone_id = aws_route53_zone.public.id
  name    = "shop.example"
  type    = "TXT"
  ttl     = 60
  records = ["v=spf1 -all"]
}

resource "aws_route53_record" "mail" {
  zone_id = aws_route53_zone.public.id
  name    = ""
  type    = "MX"
  ttl     = 60
  records = ["10 mail.shop.example"]
}

resource "aws_route53_record" "alias" {
  zone_id = aws_route53_zone.private.id
  name    = "alias"
  type    = "A"

  alias {
    name                   = aws_route53_record.db.fqdn
    zone_id                = aws_route53_zone.private.id
    evaluate_target_health = false
  }
}

resource "aws_route53_health_check" "one" {
  fqdn              = "example.com"
  port              = 80
  type              = "HTTP"
  resource_path     = "/"
  request_interval  = 30
  failure_threshold = 3
}

resource "aws_route53_record" "weighted" {
  for_each        = { blue = 90, green = 10 }
  zone_id         = aws_route53_zone.private.id
  name            = "weighted"
  type            = "A"
  ttl             = 60
  set_identifier  = each.key
  records         = ["10.70.1.${each.value}"]
  health_check_id = aws_route53_health_check.one.id

  weighted_routing_policy {
    weight = each.value
  }
}

resource "aws_route53_resolver_endpoint" "inbound" {
  name               = "in"
  direction          = "INBOUND"
  security_group_ids = [aws_security_group.resolver.id]

  dynamic "ip_address" {
    for_each = aws_subnet.one
    content {
      subnet_id = ip_address.value.id
    }
  }
}

resource "aws_route53_resolver_endpoint" "outbound" {
  direction          = "OUTBOUND"
  security_group_ids = [aws_security_group.resolver.id]

  dynamic "ip_address" {
    for_each = aws_subnet.one
    content {
      subnet_id = ip_address.value.id
    }
  }
}

resource "aws_route53_resolver_rule" "onprem" {
  domain_name          = "onprem.example"
  name                 = "onprem"
  rule_type            = "FORWARD"
  resolver_endpoint_id = aws_route53_resolver_endpoint.outbound.id

  target_ip {
    ip = "192.0.2.53"
  }
}

resource "aws_route53_resolver_rule_association" "onprem" {
  resolver_rule_id = aws_route53_resolver_rule.onprem.id
  vpc_id           = aws_vpc.one.id
}

resource "aws_route53_resolver_config" "one" {
  resource_id              = aws_vpc.one.id
  autodefined_reverse_flag = "DISABLE"
}

resource "aws_route53_resolver_dnssec_config" "one" {
  resource_id = aws_vpc.one.id
}

resource "aws_route53_resolver_firewall_domain_list" "bad" {
  name    = "bad"
  domains = ["bad.example."]
}

resource "aws_route53_resolver_firewall_rule_group" "one" {
  name = "group"
}

resource "aws_route53_resolver_firewall_rule" "block" {
  name                    = "block"
  action                  = "BLOCK"
  block_response          = "NXDOMAIN"
  priority                = 100
  firewall_domain_list_id = aws_route53_resolver_firewall_domain_list.bad.id
  firewall_rule_group_id  = aws_route53_resolver_firewall_rule_group.one.id
}

resource "aws_route53_resolver_firewall_rule_group_association" "one" {
  name                   = "one"
  priority               = 200
  firewall_rule_group_id = aws_route53_resolver_firewall_rule_group.one.id
  vpc_id                 = aws_vpc.one.id
}

resource "aws_route53_resolver_query_log_config" "one" {
  name            = "log"
  destination_arn = "arn:aws:s3:::bucket"
}

resource "aws_route53_resolver_query_log_config_association" "one" {
  resolver_query_log_config_id = aws_route53_resolver_query_log_config.one.id
  resource_id                  = aws_vpc.one.id
}

data "aws_route53_zone" "private" {
  name         = aws_route53_zone.private.name
  private_zone = true
}

data "aws_route53_resolver_endpoint" "inbound" {
  resolver_endpoint_id = aws_route53_resolver_endpoint.inbound.id
}

data "aws_route53_resolver_rules" "forward" {
  rule_type  = "FORWARD"
  depends_on = [aws_route53_resolver_rule.onprem]
}

output "zone" {
  value = data.aws_route53_zone.private.zone_id == aws_route53_zone.private.zone_id
}

output "addresses" {
  value = length(data.aws_route53_resolver_endpoint.inbound.ip_addresses)
}

output "rules" {
  value = length(data.aws_route53_resolver_rules.forward.resolver_rule_ids)
}
