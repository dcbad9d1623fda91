"""VPCs and their attributes, by boto3 (spec 9.7, V1 to V4, A50 to A53)."""

from common import ACCOUNT, client, ec2, named, refused, same

made = ec2.create_vpc(CidrBlock="10.64.3.9/18", TagSpecifications=named("made", "vpc"))["Vpc"]
same(made["State"], "pending")
same(made["CidrBlock"], "10.64.0.0/18")
same(made["OwnerId"], ACCOUNT)
same(made["IsDefault"], False)
vpc = made["VpcId"]

shown = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]
same(shown["State"], "available")
same(shown["Tags"], [{"Key": "Name", "Value": "made"}])
same(shown, ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0])
assert "EnableDnsSupport" not in shown
same({**shown, "State": "pending"}, made)

ipv6 = ec2.create_vpc(CidrBlock="10.65.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]
assert ipv6["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"].endswith("::/56")


def attribute(name):
    key = name[0].upper() + name[1:]
    return ec2.describe_vpc_attribute(VpcId=vpc, Attribute=name)[key]["Value"]


same([attribute("enableDnsSupport"), attribute("enableDnsHostnames")], [True, False])
same(attribute("enableNetworkAddressUsageMetrics"), False)
ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
same(attribute("enableDnsHostnames"), True)
ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": False})
ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsSupport={"Value": False})
refused(
    "InvalidParameterValue",
    ec2.modify_vpc_attribute,
    VpcId=vpc,
    EnableDnsHostnames={"Value": True},
    text="while enableDnsSupport is true",
)
refused(
    "InvalidParameterCombination",
    ec2.modify_vpc_attribute,
    VpcId=vpc,
    EnableDnsHostnames={"Value": True},
    EnableDnsSupport={"Value": True},
)
refused("InvalidVpcID.NotFound", ec2.describe_vpcs, VpcIds=["vpc-0123456789abcdef0"])
refused("InvalidVpcID.Malformed", ec2.delete_vpc, VpcId="vpc-1")
refused("InvalidVpc.Range", ec2.create_vpc, CidrBlock="10.0.0.0/8")
refused("InvalidParameterValue", ec2.create_vpc, CidrBlock="10.0.0.0")
refused("MissingParameter", ec2.create_vpc)
refused("InvalidFilter", ec2.describe_vpcs, Filters=[{"Name": "colour", "Values": ["red"]}])
refused("DryRunOperation", ec2.create_vpc, CidrBlock="10.0.0.0/16", DryRun=True, status=412)
refused("InvalidNextToken", ec2.describe_vpcs, NextToken="x")


def matching(**values):
    filters = [{"Name": name.replace("_", "-"), "Values": value} for name, value in values.items()]
    return sorted(vpc["VpcId"] for vpc in ec2.describe_vpcs(Filters=filters)["Vpcs"])


same(matching(cidr=["10.64.0.0/18"]), [vpc])
same(matching(is_default=["true"]), [])
same([it["VpcId"] for it in ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["ma?e"]}])["Vpcs"]], [vpc])

many = [ec2.create_vpc(CidrBlock="10.70.0.0/16")["Vpc"]["VpcId"] for _ in range(12)]
pages = list(ec2.get_paginator("describe_vpcs").paginate(PaginationConfig={"PageSize": 5}))
same([len(page["Vpcs"]) for page in pages], [5, 5, 5])
same(len({it["VpcId"] for page in pages for it in page["Vpcs"]}), 15)

# Another region, and another account, hold nothing of these.
same(client(region="us-east-1").describe_vpcs()["Vpcs"], [])
other = client(account="210987654321")
same(other.describe_vpcs()["Vpcs"], [])
same(other.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["OwnerId"], "210987654321")
refused("InvalidVpcID.NotFound", other.delete_vpc, VpcId=vpc)
refused("AuthFailure", client(region="mars-north-1").describe_vpcs)

for one in many:
    ec2.delete_vpc(VpcId=one)
ec2.delete_vpc(VpcId=vpc)
refused("InvalidVpcID.NotFound", ec2.delete_vpc, VpcId=vpc)
