# Route 53 Resolver: endpoints, rules, settings, DNS Firewall, query logs.
resource "aws_security_group" "resolver" {
  name   = "resolver"
  vpc_id = aws_vpc.shop.id
}

resource "aws_route53_resolver_endpoint" "inbound" {
  name               = "in"
  direction          = "INBOUND"
  security_group_ids = [aws_security_group.resolver.id]
  protocols          = ["Do53"]
  ip_address {
    subnet_id = aws_subnet.a.id
    ip        = "10.70.1.53"
  }
  ip_address {
    subnet_id = aws_subnet.c.id
    ip        = local.changed ? "10.70.2.54" : "10.70.2.53"
  }
}

resource "aws_route53_resolver_endpoint" "outbound" {
  direction              = "OUTBOUND"
  security_group_ids     = [aws_security_group.resolver.id]
  resolver_endpoint_type = "IPV4"
  ip_address {
    subnet_id = aws_subnet.a.id
  }
  ip_address {
    subnet_id = aws_subnet.c.id
  }
  tags = { Name = "out" }
}

resource "aws_route53_resolver_rule" "onprem" {
  domain_name          = "onprem.example"
  name                 = "onprem"
  rule_type            = "FORWARD"
  resolver_endpoint_id = aws_route53_resolver_endpoint.outbound.id
  target_ip {
    ip = "192.0.2.53"
  }
  target_ip {
    ip   = "192.0.2.54"
    port = local.changed ? 5353 : 53
  }
  tags = { Name = "onprem" }
}

resource "aws_route53_resolver_rule" "system" {
  domain_name = "cloud.onprem.example"
  rule_type   = "SYSTEM"
}

resource "aws_route53_resolver_rule_association" "onprem" {
  resolver_rule_id = aws_route53_resolver_rule.onprem.id
  vpc_id           = aws_vpc.shop.id
  name             = "onprem"
}

resource "aws_route53_resolver_config" "shop" {
  resource_id              = aws_vpc.shop.id
  autodefined_reverse_flag = local.changed ? "ENABLE" : "DISABLE"
}

resource "aws_route53_resolver_dnssec_config" "shop" {
  resource_id = aws_vpc.shop.id
}

resource "aws_route53_resolver_firewall_config" "shop" {
  resource_id        = aws_vpc.shop.id
  firewall_fail_open = local.changed ? "DISABLED" : "ENABLED"
}

resource "aws_route53_resolver_firewall_domain_list" "bad" {
  name    = "bad"
  domains = local.changed ? ["bad.example.", "worse.example."] : ["bad.example."]
  tags    = { Name = "bad" }
}

resource "aws_route53_resolver_firewall_domain_list" "other" {
  name    = "other"
  domains = ["*.ads.example."]
}

resource "aws_route53_resolver_firewall_rule_group" "shop" {
  name = "group"
}

resource "aws_route53_resolver_firewall_rule" "block" {
  name                    = "block"
  action                  = "BLOCK"
  block_response          = "NXDOMAIN"
  priority                = 100
  firewall_domain_list_id = aws_route53_resolver_firewall_domain_list.bad.id
  firewall_rule_group_id  = aws_route53_resolver_firewall_rule_group.shop.id
}

resource "aws_route53_resolver_firewall_rule" "other" {
  name                               = "other"
  action                             = "BLOCK"
  block_response                     = "OVERRIDE"
  block_override_dns_type            = "CNAME"
  block_override_domain              = "sink.example."
  block_override_ttl                 = 60
  q_type                             = "AAAA"
  firewall_domain_redirection_action = "TRUST_REDIRECTION_DOMAIN"
  priority                           = 200
  firewall_domain_list_id            = aws_route53_resolver_firewall_domain_list.other.id
  firewall_rule_group_id             = aws_route53_resolver_firewall_rule_group.shop.id
}

resource "aws_route53_resolver_firewall_rule_group_association" "shop" {
  name                   = "shop"
  priority               = 200
  mutation_protection    = "DISABLED"
  firewall_rule_group_id = aws_route53_resolver_firewall_rule_group.shop.id
  vpc_id                 = aws_vpc.shop.id
}

resource "aws_route53_resolver_query_log_config" "shop" {
  name            = "log"
  destination_arn = "arn:aws:s3:::bucket"
}

resource "aws_route53_resolver_query_log_config_association" "shop" {
  resolver_query_log_config_id = aws_route53_resolver_query_log_config.shop.id
  resource_id                  = aws_vpc.shop.id
}
