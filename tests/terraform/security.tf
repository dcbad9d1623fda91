# Network ACLs and security groups.
resource "aws_network_acl" "inner" {
  vpc_id     = aws_vpc.shop.id
  subnet_ids = [aws_subnet.c.id]
  ingress {
    rule_no    = 100
    protocol   = "tcp"
    action     = "allow"
    cidr_block = "10.70.0.0/16"
    from_port  = 443
    to_port    = 443
  }
  egress {
    rule_no    = local.changed ? 110 : 100
    protocol   = "-1"
    action     = "allow"
    cidr_block = "0.0.0.0/0"
    from_port  = 0
    to_port    = 0
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

resource "aws_network_acl_rule" "ping" {
  network_acl_id  = aws_network_acl.bare.id
  rule_number     = 200
  protocol        = "58"
  icmp_type       = 128
  icmp_code       = 0
  rule_action     = "deny"
  ipv6_cidr_block = "::/0"
}

resource "aws_network_acl_association" "more" {
  network_acl_id = aws_network_acl.bare.id
  subnet_id      = aws_subnet.more.id
}

resource "aws_default_network_acl" "six" {
  default_network_acl_id = aws_vpc.six.default_network_acl_id
  ingress {
    rule_no    = 100
    protocol   = "-1"
    action     = "allow"
    cidr_block = "10.0.0.0/8"
    from_port  = 0
    to_port    = 0
  }
}

resource "aws_default_security_group" "six" {
  vpc_id = aws_vpc.six.id
  ingress {
    protocol  = "-1"
    self      = true
    from_port = 0
    to_port   = 0
  }
}

resource "aws_security_group" "web" {
  vpc_id      = aws_vpc.shop.id
  name        = "web"
  description = "the web servers"
  ingress {
    description = "from inside"
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["10.70.0.0/16"]
  }
  ingress {
    protocol        = "tcp"
    from_port       = local.changed ? 8081 : 8080
    to_port         = 8082
    security_groups = [aws_security_group.bare.id]
    prefix_list_ids = [aws_ec2_managed_prefix_list.offices.id]
  }
  egress {
    protocol         = "-1"
    from_port        = 0
    to_port          = 0
    cidr_blocks      = ["0.0.0.0/0"]
    ipv6_cidr_blocks = ["::/0"]
  }
}

resource "aws_security_group" "bare" {
  vpc_id      = aws_vpc.shop.id
  name_prefix = "bare-"
}

resource "aws_vpc_security_group_ingress_rule" "dns" {
  security_group_id = aws_security_group.bare.id
  cidr_ipv4         = "10.0.0.0/8"
  from_port         = 53
  to_port           = 53
  ip_protocol       = "udp"
  description       = local.changed ? "names" : "DNS"
  tags              = { Name = "dns" }
}

resource "aws_vpc_security_group_egress_rule" "group" {
  security_group_id            = aws_security_group.bare.id
  referenced_security_group_id = aws_security_group.old.id
  ip_protocol                  = "-1"
}

resource "aws_security_group" "old" {
  vpc_id = aws_vpc.shop.id
  name   = "old"
}

resource "aws_security_group_rule" "in" {
  security_group_id = aws_security_group.old.id
  type              = "ingress"
  protocol          = "tcp"
  from_port         = 22
  to_port           = 22
  cidr_blocks       = ["192.0.2.0/24", "198.51.100.0/24"]
  description       = "ssh"
}

resource "aws_security_group_rule" "self" {
  security_group_id = aws_security_group.old.id
  type              = "ingress"
  protocol          = "-1"
  from_port         = 0
  to_port           = 0
  self              = true
}

resource "aws_security_group_rule" "ping" {
  security_group_id        = aws_security_group.old.id
  type                     = "egress"
  protocol                 = "icmp"
  from_port                = 8
  to_port                  = -1
  source_security_group_id = aws_security_group.web.id
}

resource "aws_security_group_rule" "list" {
  security_group_id = aws_security_group.old.id
  type              = "egress"
  protocol          = "tcp"
  from_port         = 443
  to_port           = 443
  prefix_list_ids   = [aws_vpc_endpoint.s3.prefix_list_id]
}

# A group of one VPC in another one, where an interface is in it.
resource "aws_security_group" "shared" {
  name        = "shared"
  description = "for two VPCs"
  vpc_id      = aws_vpc.shop.id
}

resource "aws_vpc" "shared" {
  cidr_block = "10.73.0.0/16"
}

resource "aws_vpc_security_group_vpc_association" "shared" {
  security_group_id = aws_security_group.shared.id
  vpc_id            = aws_vpc.shared.id
}

resource "aws_subnet" "shared" {
  vpc_id     = aws_vpc.shared.id
  cidr_block = "10.73.9.0/24"
}

resource "aws_network_interface" "shared" {
  subnet_id       = aws_subnet.shared.id
  security_groups = [aws_security_group.shared.id]
  depends_on      = [aws_vpc_security_group_vpc_association.shared]
}

resource "aws_network_interface_permission" "shared" {
  network_interface_id = aws_network_interface.shared.id
  aws_account_id       = "210987654321"
  permission           = "INSTANCE-ATTACH"
}
