# Endpoints, endpoint services and peerings.
resource "aws_vpc_endpoint" "queue" {
  vpc_id              = aws_vpc.shop.id
  service_name        = "com.amazonaws.ap-northeast-2.sqs"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = !local.changed
  security_group_ids  = [aws_security_group.web.id]
  subnet_ids          = [aws_subnet.a.id, aws_subnet.c.id]
  subnet_configuration {
    ipv4      = "10.70.1.50"
    subnet_id = aws_subnet.a.id
  }
  subnet_configuration {
    ipv4      = "10.70.2.50"
    subnet_id = aws_subnet.c.id
  }
  dns_options {
    dns_record_ip_type = "ipv4"
  }
  tags = { Name = "queue" }
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id          = aws_vpc.shop.id
  service_name    = "com.amazonaws.ap-northeast-2.s3"
  route_table_ids = [aws_route_table.public.id]
}

resource "aws_vpc_endpoint" "dynamo" {
  vpc_id       = aws_vpc.shop.id
  service_name = "com.amazonaws.ap-northeast-2.dynamodb"
}

resource "aws_vpc_endpoint_policy" "dynamo" {
  vpc_endpoint_id = aws_vpc_endpoint.dynamo.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "All", Effect = "Allow", Principal = "*", Action = "dynamodb:*", Resource = "*" }]
  })
}

resource "aws_vpc_endpoint_route_table_association" "dynamo" {
  vpc_endpoint_id = aws_vpc_endpoint.dynamo.id
  route_table_id  = aws_route_table.inner.id
}

resource "aws_vpc_endpoint" "bare" {
  vpc_id            = aws_vpc.shop.id
  service_name      = "com.amazonaws.ap-northeast-2.sns"
  vpc_endpoint_type = "Interface"
  lifecycle {
    ignore_changes = [private_dns_enabled, security_group_ids, subnet_ids]
  }
}

resource "aws_vpc_endpoint_subnet_association" "bare" {
  vpc_endpoint_id = aws_vpc_endpoint.bare.id
  subnet_id       = aws_subnet.a.id
}

resource "aws_vpc_endpoint_security_group_association" "bare" {
  vpc_endpoint_id             = aws_vpc_endpoint.bare.id
  security_group_id           = aws_security_group.web.id
  replace_default_association = true
}

resource "aws_vpc_endpoint_private_dns" "bare" {
  vpc_endpoint_id     = aws_vpc_endpoint.bare.id
  private_dns_enabled = true
}

resource "aws_vpc_endpoint_connection_notification" "shop" {
  vpc_endpoint_service_id     = aws_vpc_endpoint_service.shop.id
  connection_notification_arn = "arn:aws:sns:ap-northeast-2:123456789012:endpoints"
  connection_events           = local.changed ? ["Accept"] : ["Accept", "Reject"]
}

resource "aws_vpc_endpoint_service" "shop" {
  acceptance_required        = true
  network_load_balancer_arns = [aws_lb.inner.arn]
  private_dns_name           = "api.shop.example"
  tags                       = { Name = "shop" }
}

resource "aws_vpc_endpoint_service_private_dns_verification" "shop" {
  service_id            = aws_vpc_endpoint_service.shop.id
  wait_for_verification = true
  depends_on            = [aws_route53_record.proof]
}

resource "aws_route53_record" "proof" {
  zone_id = aws_route53_zone.public.id
  name    = aws_vpc_endpoint_service.shop.private_dns_name_configuration[0].name
  type    = aws_vpc_endpoint_service.shop.private_dns_name_configuration[0].type
  ttl     = 60
  records = [aws_vpc_endpoint_service.shop.private_dns_name_configuration[0].value]
}

resource "aws_vpc_endpoint_service_allowed_principal" "other" {
  vpc_endpoint_service_id = aws_vpc_endpoint_service.shop.id
  principal_arn           = "arn:aws:iam::210987654321:root"
}

resource "aws_vpc" "other" {
  provider             = aws.other
  cidr_block           = "10.80.0.0/16"
  enable_dns_hostnames = true
}

resource "aws_subnet" "other" {
  provider          = aws.other
  vpc_id            = aws_vpc.other.id
  cidr_block        = "10.80.1.0/24"
  availability_zone = "ap-northeast-2a"
}

resource "aws_vpc_endpoint" "shop" {
  provider          = aws.other
  vpc_id            = aws_vpc.other.id
  service_name      = aws_vpc_endpoint_service.shop.service_name
  vpc_endpoint_type = "Interface"
  subnet_ids        = [aws_subnet.other.id]
  depends_on        = [aws_vpc_endpoint_service_allowed_principal.other]
}

resource "aws_vpc_endpoint_connection_accepter" "shop" {
  vpc_endpoint_service_id = aws_vpc_endpoint_service.shop.id
  vpc_endpoint_id         = aws_vpc_endpoint.shop.id
}

resource "aws_vpc_peering_connection" "six" {
  vpc_id      = aws_vpc.shop.id
  peer_vpc_id = aws_vpc.six.id
  auto_accept = true
  requester {
    allow_remote_vpc_dns_resolution = local.changed
  }
  tags = { Name = "six" }
}

resource "aws_vpc_peering_connection" "other" {
  vpc_id        = aws_vpc.shop.id
  peer_vpc_id   = aws_vpc.other.id
  peer_owner_id = "210987654321"
}

resource "aws_vpc_peering_connection_accepter" "other" {
  provider                  = aws.other
  vpc_peering_connection_id = aws_vpc_peering_connection.other.id
  auto_accept               = true
}

resource "aws_vpc_peering_connection_options" "shop" {
  vpc_peering_connection_id = aws_vpc_peering_connection_accepter.other.vpc_peering_connection_id
  requester {
    allow_remote_vpc_dns_resolution = true
  }
}

resource "aws_vpc_peering_connection_options" "other" {
  provider                  = aws.other
  vpc_peering_connection_id = aws_vpc_peering_connection_accepter.other.vpc_peering_connection_id
  accepter {
    allow_remote_vpc_dns_resolution = true
  }
}

resource "aws_route" "peer" {
  route_table_id            = aws_route_table.inner.id
  destination_cidr_block    = aws_vpc.six.cidr_block
  vpc_peering_connection_id = aws_vpc_peering_connection.six.id
}
