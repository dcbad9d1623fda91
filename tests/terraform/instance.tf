# Instances, what they are made of, and network interfaces.
data "aws_ami" "linux" {
  most_recent = true
  owners      = ["amazon"]
  filter {
    name   = "name"
    values = ["al2023-ami-2023*-x86_64"]
  }
}

resource "aws_key_pair" "login" {
  key_name   = "login"
  public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEFlcxTbGlS4ADLa4IM574QMwwWSIfbNu8wzwaTkZ6tM me@home"
}

resource "aws_placement_group" "spread" {
  name     = "spread"
  strategy = "spread"
}

resource "aws_placement_group" "parts" {
  name            = "parts"
  strategy        = "partition"
  partition_count = 3
  tags            = { Name = "parts" }
}

resource "aws_instance" "web" {
  ami                         = data.aws_ami.linux.id
  instance_type               = local.changed ? "t3.small" : "t3.micro"
  subnet_id                   = aws_subnet.a.id
  private_ip                  = "10.70.1.210"
  associate_public_ip_address = true
  vpc_security_group_ids      = [aws_security_group.web.id]
  key_name                    = aws_key_pair.login.key_name
  placement_group             = aws_placement_group.spread.name
  iam_instance_profile        = "web"
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
    http_tokens            = "required"
    instance_metadata_tags = "enabled"
  }
  private_dns_name_options {
    enable_resource_name_dns_a_record = true
    hostname_type                     = "ip-name"
  }
  tags = { Name = "web" }
}

resource "aws_launch_template" "web" {
  name                   = "web"
  description            = local.changed ? "second" : "first"
  update_default_version = true
  image_id               = data.aws_ami.linux.id
  instance_type          = "t3.micro"
  key_name               = aws_key_pair.login.key_name
  user_data              = base64encode("from the template")
  block_device_mappings {
    device_name = "/dev/sdf"
    ebs {
      volume_size = 20
    }
  }
  metadata_options {
    http_tokens = "required"
  }
  monitoring {
    enabled = true
  }
  network_interfaces {
    device_index    = 0
    subnet_id       = aws_subnet.c.id
    security_groups = [aws_security_group.web.id]
  }
  tag_specifications {
    resource_type = "instance"
    tags          = { Name = "inner", from = "template" }
  }
  tags = { Name = "template" }
}

resource "aws_instance" "inner" {
  launch_template {
    id      = aws_launch_template.web.id
    version = "1"
  }
  # What the template gives is the instance's own on AWS, too, and the provider wants to take it away again
  # (hashicorp/terraform-provider-aws#30825).
  lifecycle {
    ignore_changes = [tags, tags_all, user_data]
  }
}

resource "aws_instance" "given" {
  ami           = data.aws_ami.linux.id
  instance_type = "t3.micro"
  network_interface {
    device_index         = 0
    network_interface_id = aws_network_interface.primary.id
  }
}

resource "aws_network_interface" "primary" {
  subnet_id   = aws_subnet.a.id
  private_ips = ["10.70.1.21", "10.70.1.22"]
}

resource "aws_network_interface" "one" {
  subnet_id         = aws_subnet.a.id
  private_ips       = ["10.70.1.77"]
  description       = local.changed ? "the other" : "the one"
  source_dest_check = false
  security_groups   = [aws_security_group.web.id]
  tags              = { Name = "one" }
}

resource "aws_network_interface" "two" {
  subnet_id = aws_subnet.a.id
  attachment {
    instance     = aws_instance.web.id
    device_index = 1
  }
}

resource "aws_network_interface_attachment" "one" {
  instance_id          = aws_instance.web.id
  network_interface_id = aws_network_interface.one.id
  device_index         = 2
}

resource "aws_network_interface" "three" {
  subnet_id          = aws_subnet.c.id
  private_ips_count  = 2
  ipv6_address_count = 2
  lifecycle {
    ignore_changes = [security_groups]
  }
}

resource "aws_network_interface_sg_attachment" "three" {
  security_group_id    = aws_security_group.old.id
  network_interface_id = aws_network_interface.three.id
}

resource "aws_eip" "one" {
  domain     = "vpc"
  depends_on = [aws_internet_gateway.out]
}

resource "aws_eip_association" "one" {
  allocation_id        = aws_eip.one.id
  network_interface_id = aws_network_interface.one.id
}

resource "aws_eip" "given" {
  domain                    = "vpc"
  network_interface         = aws_network_interface.primary.id
  associate_with_private_ip = "10.70.1.22"
  depends_on                = [aws_internet_gateway.out, aws_instance.given]
}

resource "aws_ec2_instance_state" "inner" {
  instance_id = aws_instance.inner.id
  state       = local.changed ? "stopped" : "running"
}
