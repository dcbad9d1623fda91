# Hosted zones, records, Cloud Map, and a stack.
resource "aws_route53_zone" "private" {
  name    = "corp.internal"
  comment = local.changed ? "the office" : "the corporation"
  tags    = { Team = "net" }
  vpc {
    vpc_id = aws_vpc.shop.id
  }
  lifecycle {
    ignore_changes = [vpc]
  }
}

resource "aws_route53_zone_association" "six" {
  zone_id = aws_route53_zone.private.zone_id
  vpc_id  = aws_vpc.six.id
}

resource "aws_route53_vpc_association_authorization" "other" {
  zone_id = aws_route53_zone.private.id
  vpc_id  = aws_vpc.other.id
}

resource "aws_route53_zone_association" "other" {
  provider = aws.other
  zone_id  = aws_route53_vpc_association_authorization.other.zone_id
  vpc_id   = aws_route53_vpc_association_authorization.other.vpc_id
}

resource "aws_route53_zone" "public" {
  name          = "shop.example"
  force_destroy = true
}

resource "aws_route53_record" "db" {
  zone_id = aws_route53_zone.private.id
  name    = "db.corp.internal"
  type    = "A"
  ttl     = local.changed ? 30 : 60
  records = [local.changed ? "10.70.1.10" : "10.70.1.9"]
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
  records = ["v=spf1 -all", "a \\\"quoted\\\" word"]
}

resource "aws_route53_record" "mail" {
  zone_id = aws_route53_zone.public.id
  name    = ""
  type    = "MX"
  ttl     = 60
  records = ["10 mail.shop.example"]
}

resource "aws_route53_record" "alias" {
  for_each = {
    record   = [aws_route53_record.db.fqdn, aws_route53_zone.private.id]
    balancer = [aws_lb.inner.dns_name, aws_lb.inner.zone_id]
    classic  = [aws_elb.old.dns_name, aws_elb.old.zone_id]
    endpoint = [aws_vpc_endpoint.queue.dns_entry[0].dns_name, aws_vpc_endpoint.queue.dns_entry[0].hosted_zone_id]
  }
  zone_id = aws_route53_zone.private.id
  name    = each.key
  type    = "A"
  alias {
    name                   = each.value[0]
    zone_id                = each.value[1]
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
  tags              = { Name = "one" }
}

resource "aws_route53_health_check" "both" {
  type                   = "CALCULATED"
  child_health_threshold = 1
  child_healthchecks     = [aws_route53_health_check.one.id]
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

resource "aws_route53_record" "failover" {
  for_each        = { PRIMARY = 1, SECONDARY = 2 }
  zone_id         = aws_route53_zone.private.id
  name            = "failover"
  type            = "A"
  ttl             = 60
  set_identifier  = each.key
  records         = ["10.70.1.${each.value}"]
  health_check_id = aws_route53_health_check.both.id
  failover_routing_policy {
    type = each.key
  }
}

resource "aws_route53_record" "near" {
  zone_id        = aws_route53_zone.private.id
  name           = "near"
  type           = "A"
  ttl            = 60
  set_identifier = "seoul"
  records        = ["10.70.1.3"]
  latency_routing_policy {
    region = "ap-northeast-2"
  }
}

resource "aws_route53_record" "land" {
  for_each       = { "*" = 1, "KR" = 2 }
  zone_id        = aws_route53_zone.private.id
  name           = "land"
  type           = "A"
  ttl            = 60
  set_identifier = each.key
  records        = ["10.70.1.${each.value}"]
  geolocation_routing_policy {
    country = each.key
  }
}

resource "aws_route53_record" "many" {
  zone_id                          = aws_route53_zone.private.id
  name                             = "many"
  type                             = "A"
  ttl                              = 60
  set_identifier                   = "one"
  records                          = ["10.70.1.4"]
  multivalue_answer_routing_policy = true
}

resource "aws_route53_record" "service" {
  zone_id = aws_route53_zone.private.id
  name    = "_http._tcp"
  type    = "SRV"
  ttl     = 60
  records = ["1 10 80 db.corp.internal"]
}

resource "aws_route53_query_log" "public" {
  zone_id                  = aws_route53_zone.public.id
  cloudwatch_log_group_arn = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/route53/shop"
}

resource "aws_service_discovery_private_dns_namespace" "map" {
  name        = "map.internal"
  vpc         = aws_vpc.shop.id
  description = local.changed ? "found" : "to find"
  tags        = { Name = "map" }
}

resource "aws_service_discovery_service" "db" {
  name = "db"
  dns_config {
    namespace_id = aws_service_discovery_private_dns_namespace.map.id
    dns_records {
      ttl  = local.changed ? 30 : 10
      type = "A"
    }
    routing_policy = "MULTIVALUE"
  }
  health_check_custom_config {
    failure_threshold = 1
  }
}

resource "aws_service_discovery_instance" "db" {
  instance_id = "db-1"
  service_id  = aws_service_discovery_service.db.id
  attributes = {
    AWS_INSTANCE_IPV4 = "10.70.1.33"
    kind              = "primary"
  }
}

resource "aws_service_discovery_http_namespace" "web" {
  name = "web"
}

resource "aws_service_discovery_public_dns_namespace" "out" {
  name = "out.example"
}

resource "aws_cloudformation_stack" "group" {
  name       = "group"
  parameters = { Port = local.changed ? "444" : "443" }
  tags       = { Name = "group" }
  template_body = yamlencode({
    Parameters = { Port = { Type = "Number" } }
    Resources = {
      Vpc = { Type = "AWS::EC2::VPC", Properties = { CidrBlock = "10.90.0.0/16" } }
      Group = {
        Type = "AWS::EC2::SecurityGroup"
        Properties = {
          GroupDescription     = "made by a stack"
          VpcId                = { Ref = "Vpc" }
          SecurityGroupIngress = [{ IpProtocol = "tcp", FromPort = { Ref = "Port" }, ToPort = { Ref = "Port" }, CidrIp = "10.0.0.0/8" }]
        }
      }
    }
    Outputs = { Vpc = { Value = { Ref = "Vpc" }, Export = { Name = "stack-vpc" } } }
  })
}

# Reusable name servers, places for routing, a zone whose records are all known, and a name for an address.
resource "aws_route53_delegation_set" "ours" {
  reference_name = "ours"
}

resource "aws_route53_zone" "delegated" {
  name              = "delegated.example"
  delegation_set_id = aws_route53_delegation_set.ours.id
}

resource "aws_route53_cidr_collection" "places" {
  name = "places"
}

resource "aws_route53_cidr_location" "office" {
  cidr_collection_id = aws_route53_cidr_collection.places.id
  name               = "office"
  cidr_blocks        = local.changed ? ["192.0.2.0/24", "198.51.100.0/24"] : ["192.0.2.0/24"]
}

resource "aws_route53_record" "placed" {
  for_each       = { office = aws_route53_cidr_location.office.name, rest = "*" }
  zone_id        = aws_route53_zone.delegated.zone_id
  name           = "www"
  type           = "A"
  ttl            = 60
  set_identifier = each.key
  records        = [each.key == "office" ? "192.0.2.1" : "192.0.2.2"]
  cidr_routing_policy {
    collection_id = aws_route53_cidr_collection.places.id
    location_name = each.value
  }
}

resource "aws_route53_zone" "alone" {
  name = "alone.internal"
  # The end of aws_route53_records_exclusive leaves the records.
  force_destroy = true
  vpc {
    vpc_id = aws_vpc.six.id
  }
}

resource "aws_route53_records_exclusive" "alone" {
  zone_id = aws_route53_zone.alone.zone_id
  resource_record_set {
    name = "www.alone.internal"
    type = "A"
    ttl  = 60
    resource_records {
      value = local.changed ? "10.72.0.9" : "10.72.0.8"
    }
  }
}

resource "aws_eip" "named" {
  domain = "vpc"
}

resource "aws_route53_record" "named" {
  zone_id = aws_route53_zone.public.id
  name    = "out.shop.example"
  type    = "A"
  ttl     = 60
  records = [aws_eip.named.public_ip]
}

resource "aws_eip_domain_name" "named" {
  allocation_id = aws_eip.named.allocation_id
  domain_name   = aws_route53_record.named.fqdn
}

resource "aws_ssm_parameter" "database" {
  name  = "/shop/database"
  type  = "String"
  value = local.changed ? "db2.corp.internal" : "db.corp.internal"
}
