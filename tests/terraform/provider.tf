# Every resource of a VPC, its endpoints, balancers and names that Terraform's provider knows and vpcdns builds, a file for
# each family. tests/terraform.rs applies it, changes it, plans again without a change, and destroys it; terraform/families.rs
# tells what is not there, and why.
terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

variable "endpoint" {}

# 0 at first; 1 changes something of every family and makes the endpoints of the chapter's labs; 2 turns private DNS off.
variable "stage" {
  type = number
}

locals {
  changed = var.stage > 0
}

provider "aws" {
  region                      = "ap-northeast-2"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  max_retries                 = 5
  endpoints {
    cloudformation   = var.endpoint
    ec2              = var.endpoint
    elb              = var.endpoint
    elbv2            = var.endpoint
    iam              = var.endpoint
    route53          = var.endpoint
    route53profiles  = var.endpoint
    route53resolver  = var.endpoint
    servicediscovery = var.endpoint
    ssm              = var.endpoint
    sts              = var.endpoint
  }
}

# Another account: it is asked to accept peerings and endpoints, and owns a VPC of its own.
provider "aws" {
  alias                       = "other"
  region                      = "ap-northeast-2"
  access_key                  = "210987654321"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  max_retries                 = 5
  endpoints {
    ec2     = var.endpoint
    route53 = var.endpoint
    sts     = var.endpoint
  }
}
