# Both labs of the chapter: before their endpoints, with them, and with private DNS off.
locals {
  image = "ami-00000000000000001"
}

resource "aws_vpc" "lab1" {
  cidr_block           = "10.0.0.0/16"
  enable_dns_hostnames = var.stage > 0
  tags                 = { Name = "CloudNeta-VPC" }
}

resource "aws_internet_gateway" "lab1" {
  vpc_id = aws_vpc.lab1.id
  tags   = { Name = "CloudNeta-IGW" }
}

resource "aws_subnet" "lab1_public" {
  vpc_id                  = aws_vpc.lab1.id
  cidr_block              = "10.0.0.0/24"
  availability_zone       = "ap-northeast-2a"
  map_public_ip_on_launch = true
  tags                    = { Name = "CloudNeta-Public-SN" }
}

resource "aws_subnet" "lab1_private" {
  vpc_id            = aws_vpc.lab1.id
  cidr_block        = "10.0.1.0/24"
  availability_zone = "ap-northeast-2c"
  tags              = { Name = "CloudNeta-Private-SN" }
}

resource "aws_route_table" "lab1_public" {
  vpc_id = aws_vpc.lab1.id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.lab1.id
  }
}

resource "aws_route_table" "lab1_private" {
  vpc_id = aws_vpc.lab1.id
}

resource "aws_route_table_association" "lab1_public" {
  subnet_id      = aws_subnet.lab1_public.id
  route_table_id = aws_route_table.lab1_public.id
}

resource "aws_route_table_association" "lab1_private" {
  subnet_id      = aws_subnet.lab1_private.id
  route_table_id = aws_route_table.lab1_private.id
}

resource "aws_instance" "lab1" {
  for_each      = toset(["10.0.0.0/24", "10.0.1.0/24"])
  ami           = local.image
  instance_type = "t2.micro"
  subnet_id     = each.key == "10.0.0.0/24" ? aws_subnet.lab1_public.id : aws_subnet.lab1_private.id
  private_ip    = cidrhost(each.key, 29)
}

resource "aws_vpc_endpoint" "lab1_s3" {
  count           = var.stage > 0 ? 1 : 0
  vpc_id          = aws_vpc.lab1.id
  service_name    = "com.amazonaws.ap-northeast-2.s3"
  route_table_ids = [aws_route_table.lab1_public.id, aws_route_table.lab1_private.id]
}

resource "aws_vpc_endpoint" "lab1" {
  count               = var.stage > 0 ? 1 : 0
  vpc_id              = aws_vpc.lab1.id
  service_name        = "com.amazonaws.ap-northeast-2.cloudformation"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = var.stage == 1
  subnet_ids          = [aws_subnet.lab1_public.id, aws_subnet.lab1_private.id]
  subnet_configuration {
    ipv4      = "10.0.0.108"
    subnet_id = aws_subnet.lab1_public.id
  }
  subnet_configuration {
    ipv4      = "10.0.1.47"
    subnet_id = aws_subnet.lab1_private.id
  }
}

resource "aws_vpc" "lab2" {
  for_each             = { My = "10.0.0.0/16", Custom = "20.0.0.0/16" }
  cidr_block           = each.value
  enable_dns_hostnames = true
  tags                 = { Name = "${each.key}VPC" }
}

resource "aws_internet_gateway" "lab2" {
  for_each = aws_vpc.lab2
  vpc_id   = each.value.id
}

resource "aws_subnet" "lab2" {
  for_each                = aws_vpc.lab2
  vpc_id                  = each.value.id
  cidr_block              = cidrsubnet(each.value.cidr_block, 8, 0)
  availability_zone       = "ap-northeast-2a"
  map_public_ip_on_launch = true
  tags                    = { Name = "${each.key}-Public-SN" }
}

resource "aws_default_route_table" "lab2" {
  for_each               = aws_vpc.lab2
  default_route_table_id = each.value.default_route_table_id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.lab2[each.key].id
  }
}

resource "aws_instance" "lab2" {
  for_each      = { My-EC2 = "10.0.0.176", Custom-WEB-1 = "20.0.0.51", Custom-WEB-2 = "20.0.0.52" }
  ami           = local.image
  instance_type = "t2.micro"
  subnet_id     = aws_subnet.lab2[split("-", each.key)[0]].id
  private_ip    = each.value
  tags          = { Name = each.key }
}

resource "aws_lb" "lab2" {
  name               = "Custom-NLB"
  load_balancer_type = "network"
  subnets            = [aws_subnet.lab2["Custom"].id]
  depends_on         = [aws_internet_gateway.lab2]
}

resource "aws_lb_target_group" "lab2" {
  name     = "Custom-TG"
  port     = 80
  protocol = "TCP"
  vpc_id   = aws_vpc.lab2["Custom"].id
}

resource "aws_lb_target_group_attachment" "lab2" {
  for_each         = toset(["Custom-WEB-1", "Custom-WEB-2"])
  target_group_arn = aws_lb_target_group.lab2.arn
  target_id        = aws_instance.lab2[each.key].id
}

resource "aws_lb_listener" "lab2" {
  load_balancer_arn = aws_lb.lab2.arn
  port              = 80
  protocol          = "TCP"
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.lab2.arn
  }
}

resource "aws_vpc_endpoint_service" "lab2" {
  count                      = var.stage > 0 ? 1 : 0
  acceptance_required        = true
  network_load_balancer_arns = [aws_lb.lab2.arn]
  tags                       = { Name = "Custom-EPS" }
}

resource "aws_vpc_endpoint" "lab2" {
  count               = var.stage > 0 ? 1 : 0
  vpc_id              = aws_vpc.lab2["My"].id
  service_name        = aws_vpc_endpoint_service.lab2[0].service_name
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = false
  subnet_ids          = [aws_subnet.lab2["My"].id]
  subnet_configuration {
    ipv4      = "10.0.0.19"
    subnet_id = aws_subnet.lab2["My"].id
  }
}

resource "aws_vpc_endpoint_connection_accepter" "lab2" {
  count                   = var.stage > 0 ? 1 : 0
  vpc_endpoint_service_id = aws_vpc_endpoint_service.lab2[0].id
  vpc_endpoint_id         = aws_vpc_endpoint.lab2[0].id
}

# The names that the test asks for.
output "lab1" {
  value = one(aws_vpc_endpoint.lab1[*].dns_entry[0].dns_name)
}

output "lab2" {
  value = one(aws_vpc_endpoint.lab2[*].dns_entry[0].dns_name)
}

output "balancer" {
  value = aws_lb.lab2.dns_name
}
