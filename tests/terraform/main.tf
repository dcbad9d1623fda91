# A network with an endpoint and an instance, as people write one; tests/terraform.rs applies, changes and destroys it.
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
  secret_key                  = "secret"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  max_retries                 = 1
  endpoints {
    ec2 = var.endpoint
    sts = var.endpoint
  }
}

resource "aws_vpc" "shop" {
  cidr_block           = "10.70.0.0/16"
  enable_dns_hostnames = true
  tags                 = { Name = "shop" }
}

resource "aws_subnet" "app" {
  vpc_id     = aws_vpc.shop.id
  cidr_block = "10.70.1.0/24"
}

resource "aws_internet_gateway" "out" {
  vpc_id = aws_vpc.shop.id
}

resource "aws_route" "out" {
  route_table_id         = aws_vpc.shop.main_route_table_id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.out.id
}

resource "aws_security_group" "web" {
  vpc_id = aws_vpc.shop.id
  name   = "web"
  ingress {
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["10.70.0.0/16"]
  }
}

data "aws_ami" "linux" {
  most_recent = true
  owners      = ["amazon"]
  filter {
    name   = "name"
    values = ["al2023-ami-2023*-x86_64"]
  }
}

data "aws_ec2_instance_type" "small" {
  instance_type = "t3.micro"
}

resource "aws_instance" "web" {
  ami                         = data.aws_ami.linux.id
  instance_type               = data.aws_ec2_instance_type.small.instance_type
  subnet_id                   = aws_subnet.app.id
  private_ip                  = "10.70.1.10"
  associate_public_ip_address = true
  vpc_security_group_ids      = [aws_security_group.web.id]
  user_data                   = "hello"
  root_block_device {
    volume_size = 20
    tags        = { Name = "root" }
  }
  ebs_block_device {
    device_name = "/dev/sdf"
    volume_size = 50
    volume_type = "gp2"
  }
  metadata_options {
    http_tokens = "required"
  }
  tags = { Name = "web" }
}

data "aws_instance" "web" {
  instance_id = aws_instance.web.id
}

resource "aws_vpc_endpoint" "queue" {
  vpc_id              = aws_vpc.shop.id
  service_name        = "com.amazonaws.ap-northeast-2.sqs"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = var.private_dns
  security_group_ids  = [aws_security_group.web.id]
  subnet_ids          = [aws_subnet.app.id]
  subnet_configuration {
    ipv4      = "10.70.1.50"
    subnet_id = aws_subnet.app.id
  }
}

resource "aws_key_pair" "login" {
  key_name   = "login"
  public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEFlcxTbGlS4ADLa4IM574QMwwWSIfbNu8wzwaTkZ6tM me@home"
}

resource "aws_subnet" "inner" {
  vpc_id     = aws_vpc.shop.id
  cidr_block = "10.70.2.0/24"
}

resource "aws_eip" "nat" {
  domain     = "vpc"
  depends_on = [aws_internet_gateway.out]
}

resource "aws_nat_gateway" "out" {
  subnet_id     = aws_subnet.app.id
  allocation_id = aws_eip.nat.id
  tags          = { Name = "out" }
}

resource "aws_route_table" "inner" {
  vpc_id = aws_vpc.shop.id
  route {
    cidr_block     = "0.0.0.0/0"
    nat_gateway_id = aws_nat_gateway.out.id
  }
  route {
    ipv6_cidr_block        = "::/0"
    egress_only_gateway_id = aws_egress_only_internet_gateway.six.id
  }
  route {
    destination_prefix_list_id = aws_ec2_managed_prefix_list.offices.id
    gateway_id                 = aws_internet_gateway.out.id
  }
}

resource "aws_route_table_association" "inner" {
  subnet_id      = aws_subnet.inner.id
  route_table_id = aws_route_table.inner.id
}

resource "aws_egress_only_internet_gateway" "six" {
  vpc_id = aws_vpc.shop.id
}

resource "aws_ec2_managed_prefix_list" "offices" {
  name           = "offices"
  address_family = "IPv4"
  max_entries    = 2
  entry {
    cidr        = "192.0.2.0/24"
    description = "the first one"
  }
}

resource "aws_network_acl" "inner" {
  vpc_id     = aws_vpc.shop.id
  subnet_ids = [aws_subnet.inner.id]
  ingress {
    rule_no    = 100
    protocol   = "tcp"
    action     = "allow"
    cidr_block = "10.70.0.0/16"
    from_port  = 443
    to_port    = 443
  }
}

resource "aws_network_acl" "bare" {
  vpc_id = aws_vpc.shop.id
}

resource "aws_network_acl_rule" "all" {
  network_acl_id = aws_network_acl.bare.id
  rule_number    = 100
  egress         = true
  protocol       = "-1"
  rule_action    = "allow"
  cidr_block     = "0.0.0.0/0"
}

resource "aws_launch_template" "web" {
  name          = "web"
  image_id      = data.aws_ami.linux.id
  instance_type = "t3.micro"
  key_name      = aws_key_pair.login.key_name
  block_device_mappings {
    device_name = "/dev/sdf"
    ebs {
      volume_size = 20
    }
  }
  metadata_options {
    http_tokens = "required"
  }
  network_interfaces {
    device_index    = 0
    subnet_id       = aws_subnet.inner.id
    security_groups = [aws_security_group.web.id]
  }
}

resource "aws_instance" "inner" {
  launch_template {
    id      = aws_launch_template.web.id
    version = aws_launch_template.web.latest_version
  }
}

output "memory" {
  value = data.aws_ec2_instance_type.small.memory_size
}
