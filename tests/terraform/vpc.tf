# VPCs, subnets, gateways, route tables, DHCP options, prefix lists, elastic addresses.
resource "aws_vpc" "shop" {
  cidr_block                       = "10.70.0.0/16"
  enable_dns_hostnames             = true
  assign_generated_ipv6_cidr_block = true
  tags                             = { Name = "shop", team = local.changed ? "dns" : "net" }
}

resource "aws_vpc_ipv4_cidr_block_association" "more" {
  vpc_id     = aws_vpc.shop.id
  cidr_block = "10.71.0.0/16"
}

resource "aws_vpc" "six" {
  cidr_block           = "10.72.0.0/16"
  enable_dns_hostnames = true
  lifecycle {
    ignore_changes = [assign_generated_ipv6_cidr_block, ipv6_cidr_block]
  }
}

resource "aws_vpc_ipv6_cidr_block_association" "six" {
  vpc_id                           = aws_vpc.six.id
  assign_generated_ipv6_cidr_block = true
}

resource "aws_subnet" "a" {
  vpc_id                                      = aws_vpc.shop.id
  cidr_block                                  = "10.70.1.0/24"
  availability_zone                           = "ap-northeast-2a"
  map_public_ip_on_launch                     = true
  enable_resource_name_dns_a_record_on_launch = true
  private_dns_hostname_type_on_launch         = "resource-name"
  tags                                        = { Name = "a" }
}

resource "aws_subnet" "c" {
  vpc_id                          = aws_vpc.shop.id
  cidr_block                      = "10.70.2.0/24"
  availability_zone               = "ap-northeast-2c"
  ipv6_cidr_block                 = cidrsubnet(aws_vpc.shop.ipv6_cidr_block, 8, 2)
  assign_ipv6_address_on_creation = true
  enable_dns64                    = local.changed
}

resource "aws_subnet" "more" {
  vpc_id     = aws_vpc_ipv4_cidr_block_association.more.vpc_id
  cidr_block = "10.71.1.0/24"
}

resource "aws_subnet" "native" {
  vpc_id                                         = aws_vpc.shop.id
  availability_zone                              = "ap-northeast-2a"
  ipv6_native                                    = true
  ipv6_cidr_block                                = cidrsubnet(aws_vpc.shop.ipv6_cidr_block, 8, 3)
  assign_ipv6_address_on_creation                = true
  enable_resource_name_dns_aaaa_record_on_launch = true
}

resource "aws_internet_gateway" "out" {
  vpc_id = aws_vpc.shop.id
  tags   = { Name = "out" }
}

resource "aws_internet_gateway" "loose" {
}

resource "aws_internet_gateway_attachment" "loose" {
  vpc_id              = aws_vpc.six.id
  internet_gateway_id = aws_internet_gateway.loose.id
}

resource "aws_egress_only_internet_gateway" "six" {
  vpc_id = aws_vpc.shop.id
}

resource "aws_eip" "nat" {
  domain     = "vpc"
  depends_on = [aws_internet_gateway.out]
  tags       = { Name = "nat" }
}

resource "aws_nat_gateway" "out" {
  subnet_id     = aws_subnet.a.id
  allocation_id = aws_eip.nat.id
  tags          = { Name = "out" }
}

resource "aws_nat_gateway" "inner" {
  subnet_id         = aws_subnet.a.id
  connectivity_type = "private"
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.shop.id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.out.id
  }
  tags = { Name = "public" }
}

resource "aws_route_table" "inner" {
  vpc_id = aws_vpc.shop.id
}

resource "aws_route" "four" {
  route_table_id         = aws_route_table.inner.id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = local.changed ? aws_nat_gateway.inner.id : aws_nat_gateway.out.id
}

resource "aws_route" "six" {
  route_table_id              = aws_route_table.inner.id
  destination_ipv6_cidr_block = "::/0"
  egress_only_gateway_id      = aws_egress_only_internet_gateway.six.id
}

resource "aws_route" "offices" {
  route_table_id             = aws_route_table.inner.id
  destination_prefix_list_id = aws_ec2_managed_prefix_list.offices.id
  gateway_id                 = aws_internet_gateway.out.id
}

resource "aws_route" "interface" {
  route_table_id         = aws_route_table.inner.id
  destination_cidr_block = "192.168.0.0/16"
  network_interface_id   = aws_network_interface.one.id
}

resource "aws_route_table_association" "a" {
  subnet_id      = aws_subnet.a.id
  route_table_id = aws_route_table.public.id
}

resource "aws_main_route_table_association" "shop" {
  vpc_id         = aws_vpc.shop.id
  route_table_id = aws_route_table.inner.id
}

resource "aws_default_route_table" "six" {
  default_route_table_id = aws_vpc.six.default_route_table_id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway_attachment.loose.internet_gateway_id
  }
}

resource "aws_vpc_dhcp_options" "corp" {
  domain_name                       = "corp.internal"
  domain_name_servers               = ["AmazonProvidedDNS"]
  ntp_servers                       = ["169.254.169.123"]
  netbios_node_type                 = 2
  ipv6_address_preferred_lease_time = 300
}

resource "aws_vpc_dhcp_options_association" "corp" {
  vpc_id          = aws_vpc.six.id
  dhcp_options_id = aws_vpc_dhcp_options.corp.id
}

resource "aws_ec2_managed_prefix_list" "offices" {
  name           = "offices"
  address_family = "IPv4"
  max_entries    = local.changed ? 4 : 3
  entry {
    cidr        = "192.0.2.0/24"
    description = "the first one"
  }
}

resource "aws_ec2_managed_prefix_list" "loose" {
  name           = "loose"
  address_family = "IPv4"
  max_entries    = 2
}

resource "aws_ec2_managed_prefix_list_entry" "one" {
  cidr           = "198.51.100.0/24"
  description    = "one"
  prefix_list_id = aws_ec2_managed_prefix_list.loose.id
}

resource "aws_ec2_tag" "extra" {
  resource_id = aws_vpc.shop.default_security_group_id
  key         = "extra"
  value       = "yes"
}

# The default VPC and what it comes with.
resource "aws_default_vpc" "default" {
  enable_dns_hostnames = true
  tags                 = { Name = "default" }
}

resource "aws_default_subnet" "a" {
  availability_zone = "ap-northeast-2a"
  tags              = { Name = "default-a" }
  depends_on        = [aws_default_vpc.default]
}

# With tags, the provider makes them only at its second apply.
resource "aws_default_vpc_dhcp_options" "default" {
}
