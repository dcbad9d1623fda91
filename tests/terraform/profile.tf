# Route 53 Profiles: what a VPC gets with one association.
resource "aws_route53profiles_profile" "shared" {
  name = "shared"
  tags = { Team = local.changed ? "dns" : "net" }
}

resource "aws_route53profiles_association" "six" {
  name        = "six"
  profile_id  = aws_route53profiles_profile.shared.id
  resource_id = aws_vpc.six.id
  tags        = { Team = "net" }
}

resource "aws_route53_zone" "shared" {
  name = "shared.internal"
  vpc {
    vpc_id = aws_vpc.shop.id
  }
  lifecycle {
    ignore_changes = [vpc]
  }
}

resource "aws_route53_record" "shared" {
  zone_id = aws_route53_zone.shared.id
  name    = "db"
  type    = "A"
  ttl     = 60
  records = ["10.70.1.44"]
}

resource "aws_route53profiles_resource_association" "zone" {
  name         = "zone"
  profile_id   = aws_route53profiles_profile.shared.id
  resource_arn = aws_route53_zone.shared.arn
}

data "aws_route53profiles_profiles" "all" {
  depends_on = [aws_route53profiles_profile.shared]
}
