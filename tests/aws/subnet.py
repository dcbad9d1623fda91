"""Subnets, ranges of VPCs, zones and regions, by boto3 and `aws` (spec 9.7, A50, A51, A54)."""

from common import ACCOUNT, REGION, aws, client, dig, ec2, named, refused, same

VPC, PRIVATE = "vpc-07de255d3a7c9c317", "subnet-0395bde2bd100a705"

# What the lab made: of the private subnet's 256 addresses AWS keeps five and an instance has one.
shown = ec2.describe_subnets(SubnetIds=[PRIVATE])["Subnets"][0]
same(shown["AvailableIpAddressCount"], 250)
same([shown["AvailabilityZone"], shown["AvailabilityZoneId"]], ["ap-northeast-2c", "apne2-az3"])
same(shown["SubnetArn"], f"arn:aws:ec2:{REGION}:{ACCOUNT}:subnet/{PRIVATE}")
same([shown["DefaultForAz"], shown["MapPublicIpOnLaunch"]], [False, False])

made = ec2.create_subnet(
    VpcId=VPC,
    CidrBlock="10.0.9.77/24",
    AvailabilityZone="ap-northeast-2b",
    TagSpecifications=named("made", "subnet"),
)["Subnet"]
subnet = made["SubnetId"]
same([made["CidrBlock"], made["AvailableIpAddressCount"]], ["10.0.9.0/24", 251])
same([made["State"], made["OwnerId"], made["VpcId"]], ["available", ACCOUNT, VPC])
same(made["Tags"], [{"Key": "Name", "Value": "made"}])
same(made["Ipv6CidrBlockAssociationSet"], [])
names = {"HostnameType": "ip-name", "EnableResourceNameDnsARecord": False, "EnableResourceNameDnsAAAARecord": False}
same(made["PrivateDnsNameOptionsOnLaunch"], names)
same(ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0], made)
by_id = ec2.create_subnet(VpcId=VPC, CidrBlock="10.0.10.0/24", AvailabilityZoneId="apne2-az4")["Subnet"]
same(by_id["AvailabilityZone"], "ap-northeast-2d")


def creating(code, **parameters):
    refused(code, ec2.create_subnet, **{"VpcId": VPC, **parameters})


creating("InvalidSubnet.Conflict", CidrBlock="10.0.9.128/25")
creating("InvalidSubnet.Range", CidrBlock="10.1.0.0/24")
creating("InvalidSubnet.Range", CidrBlock="10.0.64.0/29")
creating("InvalidParameterValue", CidrBlock="10.0.64.0")
creating("MissingParameter")
creating("InvalidParameterValue", CidrBlock="10.0.64.0/24", AvailabilityZone="ap-northeast-2z")
creating("InvalidParameterValue", CidrBlock="10.0.64.0/24", AvailabilityZoneId="apne2-az9")
creating("InvalidParameterValue", CidrBlock="10.0.64.0/24", Ipv6CidrBlock="2001:db8::/64")
creating("InvalidVpcID.NotFound", VpcId="vpc-0123456789abcdef0", CidrBlock="10.0.64.0/24")
creating("InvalidParameterValue", CidrBlock="10.0.64.0/24", OutpostArn="arn:aws:outposts:x")
refused("DryRunOperation", ec2.create_subnet, VpcId=VPC, CidrBlock="10.0.64.0/24", DryRun=True, status=412)


# Attributes, one a call.
def modify(**attribute):
    ec2.modify_subnet_attribute(SubnetId=subnet, **attribute)
    return ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]


same(modify(MapPublicIpOnLaunch={"Value": True})["MapPublicIpOnLaunch"], True)
same(modify(EnableDns64={"Value": True})["EnableDns64"], True)
same(modify(EnableDns64={"Value": False})["EnableDns64"], False)
names["HostnameType"] = "resource-name"
same(modify(PrivateDnsHostnameTypeOnLaunch="resource-name")["PrivateDnsNameOptionsOnLaunch"], names)
names["EnableResourceNameDnsARecord"] = True
same(modify(EnableResourceNameDnsARecordOnLaunch={"Value": True})["PrivateDnsNameOptionsOnLaunch"], names)
names["EnableResourceNameDnsAAAARecord"] = True
same(modify(EnableResourceNameDnsAAAARecordOnLaunch={"Value": True})["PrivateDnsNameOptionsOnLaunch"], names)
refused(
    "InvalidParameterCombination",
    ec2.modify_subnet_attribute,
    SubnetId=subnet,
    MapPublicIpOnLaunch={"Value": True},
    EnableDns64={"Value": True},
)
refused("MissingParameter", ec2.modify_subnet_attribute, SubnetId=subnet)
refused(
    "InvalidParameterValue",
    ec2.modify_subnet_attribute,
    SubnetId=subnet,
    AssignIpv6AddressOnCreation={"Value": True},
    text="IPv6 CIDR block",
)

# DNS64 of a subnet changes what its clients are told, from the next packet on (R32).
NAME = "cloudformation.ap-northeast-2.amazonaws.com"
address = dig(NAME, at="10.0.1.29")
same(dig(NAME, at="10.0.1.29", rtype="AAAA"), [])
ec2.modify_subnet_attribute(SubnetId=PRIVATE, EnableDns64={"Value": True})
synthetic = dig(NAME, at="10.0.1.29", rtype="AAAA")
assert len(synthetic) == 1 and synthetic[0].startswith("64:ff9b::"), synthetic
same(dig(NAME, at="10.0.0.29", rtype="AAAA"), [])
same(dig(NAME, at="10.0.1.29"), address)


# Filters and pages.
def matching(**values):
    filters = [{"Name": name.replace("_", "-"), "Values": value} for name, value in values.items()]
    return sorted(it["SubnetId"] for it in ec2.describe_subnets(Filters=filters)["Subnets"])


same(matching(cidr_block=["10.0.9.0/24"]), [subnet])
same(matching(availability_zone=["ap-northeast-2b", "ap-northeast-2d"]), sorted([subnet, by_id["SubnetId"]]))
same(matching(vpc_id=[VPC], map_public_ip_on_launch=["true"], available_ip_address_count=["251"]), [subnet])
same(len(matching(owner_id=[ACCOUNT])), 4)
more = [ec2.create_subnet(VpcId=VPC, CidrBlock=f"10.0.{third}.0/24")["Subnet"]["SubnetId"] for third in range(40, 43)]
pages = list(ec2.get_paginator("describe_subnets").paginate(PaginationConfig={"PageSize": 5}))
same([len(page["Subnets"]) for page in pages], [5, 2])
same(len({it["SubnetId"] for page in pages for it in page["Subnets"]}), 7)
for one in more:
    ec2.delete_subnet(SubnetId=one)
refused("InvalidFilter", ec2.describe_subnets, Filters=[{"Name": "colour", "Values": ["red"]}])
refused("InvalidSubnetID.NotFound", ec2.describe_subnets, SubnetIds=["subnet-0123456789abcdef0"])
refused("InvalidSubnetID.Malformed", ec2.delete_subnet, SubnetId="subnet-1")
same(client(account="210987654321").describe_subnets()["Subnets"], [])
refused("InvalidSubnetID.NotFound", client(account="210987654321").delete_subnet, SubnetId=subnet)

# A further range of the VPC: its addresses belong to the VPC, and its subnets may lie there.
INSIDE = "ip-10-0-1-29.ap-northeast-2.compute.internal"
ec2.modify_vpc_attribute(VpcId=VPC, EnableDnsHostnames={"Value": True})
same(dig(INSIDE, at="100.64.0.10"), [])
added = ec2.associate_vpc_cidr_block(VpcId=VPC, CidrBlock="100.64.0.9/24")
same(added["VpcId"], VPC)
same(added["CidrBlockAssociation"]["CidrBlock"], "100.64.0.0/24")
same(added["CidrBlockAssociation"]["CidrBlockState"], {"State": "associating"})
same(dig(INSIDE, at="100.64.0.10"), ["10.0.1.29"])
association = added["CidrBlockAssociation"]["AssociationId"]
ranges = ec2.describe_vpcs(VpcIds=[VPC])["Vpcs"][0]["CidrBlockAssociationSet"]
same([it["CidrBlock"] for it in ranges], ["10.0.0.0/16", "100.64.0.0/24"])
same(ranges[1]["AssociationId"], association)
far = ec2.create_subnet(VpcId=VPC, CidrBlock="100.64.0.0/26")["Subnet"]["SubnetId"]
refused("DependencyViolation", ec2.disassociate_vpc_cidr_block, AssociationId=association)
refused("OperationNotPermitted", ec2.disassociate_vpc_cidr_block, AssociationId=ranges[0]["AssociationId"])
refused(
    "InvalidVpcCidrBlockAssociationIdError.NotFound",
    ec2.disassociate_vpc_cidr_block,
    AssociationId="vpc-cidr-assoc-0123456789abcdef0",
)
refused(
    "InvalidVpcCidrBlockAssociationIdError.NotFound",
    client(account="210987654321").disassociate_vpc_cidr_block,
    AssociationId=association,
)


def associating(code, **parameters):
    refused(code, ec2.associate_vpc_cidr_block, VpcId=VPC, **parameters)


associating("InvalidVpc.Range", CidrBlock="192.168.0.0/24")
associating("InvalidVpc.Range", CidrBlock="100.65.0.0/29")
associating("CidrConflict", CidrBlock="10.0.128.0/20")
associating("MissingParameter")
associating("InvalidParameterCombination", CidrBlock="100.65.0.0/24", AmazonProvidedIpv6CidrBlock=True)
for third in range(1, 4):
    ec2.associate_vpc_cidr_block(VpcId=VPC, CidrBlock=f"100.64.{third}.0/24")
associating("CidrLimitExceeded", CidrBlock="100.64.9.0/24")
ec2.delete_subnet(SubnetId=far)
gone = ec2.disassociate_vpc_cidr_block(AssociationId=association)["CidrBlockAssociation"]
same([gone["CidrBlock"], gone["CidrBlockState"]["State"]], ["100.64.0.0/24", "disassociating"])
same(dig(INSIDE, at="100.64.0.10"), [])
same(len(ec2.describe_vpcs(VpcIds=[VPC])["Vpcs"][0]["CidrBlockAssociationSet"]), 4)

# IPv6: a /56 for the VPC, a /64 of it for a subnet.
v6 = ec2.associate_vpc_cidr_block(VpcId=VPC, AmazonProvidedIpv6CidrBlock=True)["Ipv6CidrBlockAssociation"]
whole = v6["Ipv6CidrBlock"]
assert whole.endswith("00::/56"), whole
part = whole.replace("00::/56", "07::/64")
dual = ec2.create_subnet(VpcId=VPC, CidrBlock="10.0.20.0/24", Ipv6CidrBlock=part)["Subnet"]
same([it["Ipv6CidrBlock"] for it in dual["Ipv6CidrBlockAssociationSet"]], [part])
ec2.modify_subnet_attribute(SubnetId=dual["SubnetId"], AssignIpv6AddressOnCreation={"Value": True})
same(ec2.describe_subnets(SubnetIds=[dual["SubnetId"]])["Subnets"][0]["AssignIpv6AddressOnCreation"], True)
same(matching(**{"ipv6_cidr_block_association.ipv6_cidr_block": [part]}), [dual["SubnetId"]])
creating("InvalidSubnet.Conflict", CidrBlock="10.0.21.0/24", Ipv6CidrBlock=part)
creating("InvalidSubnet.Range", CidrBlock="10.0.21.0/24", Ipv6CidrBlock="2001:db9::/64")
creating("InvalidSubnet.Range", CidrBlock="10.0.21.0/24", Ipv6CidrBlock=whole.replace("/56", "/80"))
refused("DependencyViolation", ec2.disassociate_vpc_cidr_block, AssociationId=v6["AssociationId"])
ec2.delete_subnet(SubnetId=dual["SubnetId"])
ec2.disassociate_vpc_cidr_block(AssociationId=v6["AssociationId"])
same("Ipv6CidrBlockAssociationSet" in ec2.describe_vpcs(VpcIds=[VPC])["Vpcs"][0], False)

refused("DependencyViolation", ec2.delete_subnet, SubnetId=PRIVATE)
ec2.delete_subnet(SubnetId=subnet)
refused("InvalidSubnetID.NotFound", ec2.delete_subnet, SubnetId=subnet)
refused("DependencyViolation", ec2.delete_vpc, VpcId=VPC)

# Zones and regions.
zones = ec2.describe_availability_zones()["AvailabilityZones"]
same([it["ZoneName"][-1] for it in zones], ["a", "b", "c", "d"])
same(zones[2]["ZoneId"], "apne2-az3")
same({it["State"] for it in zones}, {"available"})
one = ec2.describe_availability_zones(ZoneNames=["ap-northeast-2b"], AllAvailabilityZones=True)
same([it["ZoneId"] for it in one["AvailabilityZones"]], ["apne2-az2"])
one = ec2.describe_availability_zones(Filters=[{"Name": "zone-id", "Values": ["apne2-az1"]}])
same([it["ZoneName"] for it in one["AvailabilityZones"]], ["ap-northeast-2a"])
refused("InvalidParameterValue", ec2.describe_availability_zones, ZoneNames=["us-east-1a"])
regions = {it["RegionName"]: it for it in ec2.describe_regions()["Regions"]}
same(regions[REGION]["Endpoint"], f"ec2.{REGION}.amazonaws.com")
same(regions[REGION]["OptInStatus"], "opt-in-not-required")
same(regions["ap-east-1"]["OptInStatus"], "opted-in")
assert "cn-north-1" not in regions
china = client(region="cn-north-1").describe_regions(AllRegions=True)["Regions"]
same([it["RegionName"] for it in china], ["cn-north-1", "cn-northwest-1"])
refused("InvalidParameterValue", ec2.describe_regions, RegionNames=["mars-north-1"])
some = ec2.describe_regions(Filters=[{"Name": "opt-in-status", "Values": ["opt-in-not-required"]}])
same(len(some["Regions"]), 17)

# The same by the `aws` command.
made = aws("ec2", "create-subnet", "--vpc-id", VPC, "--cidr-block", "10.0.30.0/24")
if made is not None:
    same(made["Subnet"]["AvailabilityZone"], "ap-northeast-2a")
    shown = aws("ec2", "describe-subnets", "--filters", "Name=cidr-block,Values=10.0.30.0/24")
    same([it["SubnetId"] for it in shown["Subnets"]], [made["Subnet"]["SubnetId"]])
    aws("ec2", "delete-subnet", "--subnet-id", made["Subnet"]["SubnetId"])
    aws("ec2", "describe-availability-zones")
