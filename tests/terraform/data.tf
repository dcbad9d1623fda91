# The data source of each resource of the other files.
data "aws_region" "here" {}

data "aws_caller_identity" "me" {}

data "aws_partition" "here" {}

data "aws_default_tags" "none" {}

data "aws_regions" "all" {}

data "aws_availability_zones" "here" {
  state = "available"
}

data "aws_availability_zone" "a" {
  name = "ap-northeast-2a"
}

data "aws_ami_ids" "amazon" {
  owners = ["amazon"]
}

data "aws_ec2_instance_type" "small" {
  instance_type = "t3.micro"
}

data "aws_ec2_instance_types" "t3" {
  filter {
    name   = "instance-type"
    values = ["t3.*"]
  }
}

data "aws_ec2_instance_type_offerings" "here" {}

data "aws_ssm_parameter" "image" {
  name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
}

data "aws_vpc" "shop" {
  id = aws_vpc.shop.id
}

data "aws_vpcs" "all" {
  tags = { Name = aws_vpc.shop.tags["Name"] }
}

data "aws_subnet" "a" {
  id = aws_subnet.a.id
}

data "aws_subnets" "shop" {
  filter {
    name   = "vpc-id"
    values = [aws_vpc.shop.id]
  }
  depends_on = [aws_subnet.a, aws_subnet.c, aws_subnet.more, aws_subnet.native]
}

data "aws_internet_gateway" "out" {
  internet_gateway_id = aws_internet_gateway.out.id
}

data "aws_nat_gateway" "out" {
  id = aws_nat_gateway.out.id
}

data "aws_nat_gateways" "shop" {
  vpc_id = aws_vpc.shop.id
}

data "aws_route_table" "public" {
  route_table_id = aws_route_table.public.id
}

data "aws_route_tables" "shop" {
  vpc_id = aws_vpc.shop.id
}

data "aws_route" "four" {
  route_table_id         = aws_route.four.route_table_id
  destination_cidr_block = "0.0.0.0/0"
}

data "aws_vpc_dhcp_options" "corp" {
  dhcp_options_id = aws_vpc_dhcp_options.corp.id
}

data "aws_ec2_managed_prefix_list" "offices" {
  id = aws_ec2_managed_prefix_list.offices.id
}

data "aws_ec2_managed_prefix_lists" "all" {}

data "aws_prefix_list" "s3" {
  prefix_list_id = aws_vpc_endpoint.s3.prefix_list_id
}

data "aws_network_acls" "shop" {
  vpc_id = aws_vpc.shop.id
}

data "aws_security_group" "web" {
  id = aws_security_group.web.id
}

data "aws_security_groups" "shop" {
  filter {
    name   = "vpc-id"
    values = [aws_vpc.shop.id]
  }
}

data "aws_vpc_security_group_rule" "dns" {
  security_group_rule_id = aws_vpc_security_group_ingress_rule.dns.id
}

data "aws_vpc_security_group_rules" "bare" {
  filter {
    name   = "group-id"
    values = [aws_security_group.bare.id]
  }
}

data "aws_key_pair" "login" {
  key_name           = aws_key_pair.login.key_name
  include_public_key = true
}

data "aws_launch_template" "web" {
  id = aws_launch_template.web.id
}

data "aws_instance" "web" {
  instance_id = aws_instance.web.id
}

data "aws_instances" "web" {
  instance_tags = { Name = aws_instance.web.tags["Name"] }
}

data "aws_network_interface" "one" {
  id = aws_network_interface.one.id
}

data "aws_network_interfaces" "shop" {
  filter {
    name   = "vpc-id"
    values = [aws_vpc.shop.id]
  }
}

data "aws_eip" "nat" {
  id = aws_eip.nat.id
}

data "aws_eips" "all" {}

data "aws_vpc_endpoint" "queue" {
  id = aws_vpc_endpoint.queue.id
}

data "aws_vpc_endpoint_service" "aws" {
  service      = "sqs"
  service_type = "Interface"
}

data "aws_vpc_endpoint_service" "shop" {
  service_name = aws_vpc_endpoint_service.shop.service_name
}

data "aws_vpc_peering_connection" "six" {
  id = aws_vpc_peering_connection.six.id
}

data "aws_vpc_peering_connections" "all" {}

data "aws_lb" "inner" {
  arn = aws_lb.inner.arn
}

data "aws_lbs" "all" {}

data "aws_lb_listener" "web" {
  arn = aws_lb_listener.web.arn
}

data "aws_lb_listener_rule" "web" {
  arn = aws_lb_listener_rule.web.arn
}

data "aws_lb_target_group" "web" {
  arn = aws_lb_target_group.web.arn
}

data "aws_lb_hosted_zone_id" "here" {}

data "aws_elb" "old" {
  name = aws_elb.old.name
}

data "aws_elb_hosted_zone_id" "here" {}

data "aws_elb_service_account" "here" {}

# Endpoints of the types that have associations are not emulated: none is listed.
data "aws_vpc_endpoint_associations" "queue" {
  vpc_endpoint_id = aws_vpc_endpoint.queue.id
}

data "aws_route53_traffic_policy_document" "plain" {
  record_type = "A"
  start_rule  = "one"
  endpoint {
    id    = "one"
    type  = "value"
    value = "10.0.0.1"
  }
  rule {
    id   = "one"
    type = "failover"
    primary {
      endpoint_reference = "one"
    }
    secondary {
      endpoint_reference = "one"
    }
  }
}

data "aws_route53_zone" "private" {
  name         = aws_route53_zone.private.name
  private_zone = true
}

data "aws_route53_zones" "all" {}

data "aws_route53_records" "private" {
  zone_id = aws_route53_zone.private.zone_id
}

data "aws_route53_resolver_endpoint" "inbound" {
  resolver_endpoint_id = aws_route53_resolver_endpoint.inbound.id
}

data "aws_route53_resolver_rule" "onprem" {
  resolver_rule_id = aws_route53_resolver_rule.onprem.id
}

data "aws_route53_resolver_rules" "forward" {
  rule_type  = "FORWARD"
  depends_on = [aws_route53_resolver_rule.onprem]
}

data "aws_route53_resolver_firewall_config" "shop" {
  resource_id = aws_route53_resolver_firewall_config.shop.resource_id
}

data "aws_route53_resolver_firewall_domain_list" "bad" {
  firewall_domain_list_id = aws_route53_resolver_firewall_domain_list.bad.id
}

data "aws_route53_resolver_firewall_rule_group" "shop" {
  firewall_rule_group_id = aws_route53_resolver_firewall_rule_group.shop.id
}

data "aws_route53_resolver_firewall_rule_group_association" "shop" {
  firewall_rule_group_association_id = aws_route53_resolver_firewall_rule_group_association.shop.id
}

data "aws_route53_resolver_firewall_rules" "shop" {
  firewall_rule_group_id = aws_route53_resolver_firewall_rule.block.firewall_rule_group_id
  priority               = 100
}

data "aws_route53_resolver_query_log_config" "shop" {
  resolver_query_log_config_id = aws_route53_resolver_query_log_config.shop.id
}

data "aws_service_discovery_dns_namespace" "map" {
  name = aws_service_discovery_private_dns_namespace.map.name
  type = "DNS_PRIVATE"
}

data "aws_service_discovery_service" "db" {
  name         = aws_service_discovery_service.db.name
  namespace_id = aws_service_discovery_private_dns_namespace.map.id
}

data "aws_cloudformation_stack" "group" {
  name = aws_cloudformation_stack.group.name
}

data "aws_cloudformation_export" "vpc" {
  name       = "stack-vpc"
  depends_on = [aws_cloudformation_stack.group]
}

# What some of them must say.
check "data" {
  assert {
    condition = alltrue([
      data.aws_ec2_instance_type.small.memory_size == 1024,
      data.aws_lb_trust_store.web.arn == aws_lb_trust_store.web.arn,
      try(length(data.aws_vpc_endpoint_associations.queue.associations), 0) == 0,
      data.aws_route53_zone.private.zone_id == aws_route53_zone.private.zone_id,
      length(data.aws_route53_resolver_endpoint.inbound.ip_addresses) == 2,
      length(data.aws_route53_resolver_rules.forward.resolver_rule_ids) == 1,
      data.aws_cloudformation_export.vpc.value == aws_cloudformation_stack.group.outputs["Vpc"],
      length(data.aws_subnets.shop.ids) == 4,
      data.aws_vpc_endpoint.queue.private_dns_enabled == !local.changed,
    ])
    error_message = "A data source says something else than the resource."
  }
}

data "aws_route53_delegation_set" "ours" {
  id = aws_route53_delegation_set.ours.id
}

data "aws_service_discovery_http_namespace" "web" {
  name = aws_service_discovery_http_namespace.web.name
}

data "aws_ssm_parameters_by_path" "shop" {
  path       = "/shop"
  depends_on = [aws_ssm_parameter.database]
}

data "aws_ec2_instance_type_offering" "small" {
  filter {
    name   = "instance-type"
    values = ["t3.micro"]
  }
}
