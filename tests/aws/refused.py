"""What AWS cannot hold is refused in AWS's words, by boto3 (A21, A50, A51, A54, H5, SG2)."""

from common import ec2, named, refused, same

NONE = "0123456789abcdef"


def told(code, text, call, **parameters):
    """The call must fail with this code and exactly these words."""
    same(refused(code, call, **parameters), text)


vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
ec2.associate_vpc_cidr_block(VpcId=vpc, AmazonProvidedIpv6CidrBlock=True)
[whole] = [it["Ipv6CidrBlock"] for it in ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["Ipv6CidrBlockAssociationSet"]]
part, other_part = whole.replace("00::/56", "01::/64"), whole.replace("00::/56", "02::/64")
subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24", Ipv6CidrBlock=part)["Subnet"]["SubnetId"]
plain = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.2.0/24")["Subnet"]["SubnetId"]
group = ec2.create_security_group(GroupName="g", Description="g", VpcId=vpc)["GroupId"]
LAUNCH = {"ImageId": "ami-01234567", "MinCount": 1, "MaxCount": 1, "InstanceType": "t3.micro"}

# Unknown ids are named all together, each resource in its own words.
for call, parameter, prefix, code, one, several in [
    ("describe_instances", "InstanceIds", "i", "InvalidInstanceID.NotFound", "instance ID", "instance IDs"),
    ("describe_instance_status", "InstanceIds", "i", "InvalidInstanceID.NotFound", "instance ID", "instance IDs"),
    ("terminate_instances", "InstanceIds", "i", "InvalidInstanceID.NotFound", "instance ID", "instance IDs"),
    ("start_instances", "InstanceIds", "i", "InvalidInstanceID.NotFound", "instance ID", "instance IDs"),
    ("stop_instances", "InstanceIds", "i", "InvalidInstanceID.NotFound", "instance ID", "instance IDs"),
    ("monitor_instances", "InstanceIds", "i", "InvalidInstanceID.NotFound", "instance ID", "instance IDs"),
    ("describe_vpcs", "VpcIds", "vpc", "InvalidVpcID.NotFound", "vpc ID", "vpc IDs"),
    ("describe_subnets", "SubnetIds", "subnet", "InvalidSubnetID.NotFound", "subnet ID", "subnet IDs"),
    ("describe_route_tables", "RouteTableIds", "rtb", "InvalidRouteTableID.NotFound", "routeTable ID", "routeTable IDs"),
    (
        "describe_internet_gateways",
        "InternetGatewayIds",
        "igw",
        "InvalidInternetGatewayID.NotFound",
        "internetGateway ID",
        "internetGateway IDs",
    ),
    (
        "describe_network_interfaces",
        "NetworkInterfaceIds",
        "eni",
        "InvalidNetworkInterfaceID.NotFound",
        "networkInterface ID",
        "networkInterface IDs",
    ),
    ("describe_network_acls", "NetworkAclIds", "acl", "InvalidNetworkAclID.NotFound", "networkAcl ID", "networkAcl IDs"),
    ("describe_security_groups", "GroupIds", "sg", "InvalidGroup.NotFound", "security group", "security groups"),
    (
        "describe_security_group_rules",
        "SecurityGroupRuleIds",
        "sgr",
        "InvalidSecurityGroupRuleId.NotFound",
        "security group rule ID",
        "security group rule IDs",
    ),
    (
        "describe_vpc_endpoints",
        "VpcEndpointIds",
        "vpce",
        "InvalidVpcEndpointId.NotFound",
        "Vpc Endpoint Id",
        "Vpc Endpoint Ids",
    ),
    (
        "describe_vpc_endpoint_service_configurations",
        "ServiceIds",
        "vpce-svc",
        "InvalidVpcEndpointServiceId.NotFound",
        "VpcEndpointService Id",
        "VpcEndpointService Ids",
    ),
    (
        "describe_vpc_peering_connections",
        "VpcPeeringConnectionIds",
        "pcx",
        "InvalidVpcPeeringConnectionID.NotFound",
        "vpcPeeringConnection ID",
        "vpcPeeringConnection IDs",
    ),
    ("describe_dhcp_options", "DhcpOptionsIds", "dopt", "InvalidDhcpOptionsID.NotFound", "dhcpOption ID", "dhcpOption IDs"),
    ("describe_addresses", "AllocationIds", "eipalloc", "InvalidAllocationID.NotFound", "allocation ID", "allocation IDs"),
]:
    a, b = f"{prefix}-{NONE}1", f"{prefix}-{NONE}2"
    told(code, f"The {one} '{a}' does not exist", getattr(ec2, call), **{parameter: [a]})
    told(code, f"The {several} '{a}, {b}' do not exist", getattr(ec2, call), **{parameter: [a, b]})
mixed = [vpc, f"vpc-{NONE}1", f"vpc-{NONE}2"]
told("InvalidVpcID.NotFound", f"The vpc IDs '{', '.join(mixed[1:])}' do not exist", ec2.describe_vpcs, VpcIds=mixed)
told("InvalidVpcID.NotFound", f"The vpc ID '{mixed[1]}' does not exist", ec2.describe_vpcs, VpcIds=mixed[:2])
tags = {"Tags": [{"Key": "a", "Value": "b"}]}
told("InvalidVpcID.NotFound", f"The vpc IDs '{', '.join(mixed[1:])}' do not exist", ec2.create_tags, Resources=mixed, **tags)
told("InvalidVpcID.NotFound", f"The vpc ID '{mixed[2]}' does not exist", ec2.delete_tags, Resources=[vpc, mixed[2]], **tags)
told(
    "InvalidPlacementGroup.Unknown",
    "The Placement Groups 'one, two' are unknown.",
    ec2.describe_placement_groups,
    GroupNames=["one", "two"],
)
told(
    "InvalidParameterValue",
    "Invalid availability zones: [one, two]",
    ec2.describe_availability_zones,
    ZoneNames=["one", "ap-northeast-2a", "two"],
)
refused("InvalidVpcID.Malformed", ec2.describe_vpcs, VpcIds=[f"vpc-{NONE}1", "vpc-x"])

# Ranges that no VPC can have, at their edges too.
for cidr in ["0.0.0.0/16", "0.255.0.0/16", "127.0.0.0/16", "127.255.255.0/24", "169.254.0.0/16", "169.254.169.0/24",
             "224.0.0.0/16", "239.255.0.0/16", "240.0.0.0/16", "255.255.255.0/24", "10.0.0.0/15", "10.0.0.0/29"]:
    told("InvalidVpc.Range", f"The CIDR '{cidr}' is invalid.", ec2.create_vpc, CidrBlock=cidr)
    told("InvalidVpc.Range", f"The CIDR '{cidr}' is invalid.", ec2.associate_vpc_cidr_block, VpcId=vpc, CidrBlock=cidr)
for cidr in ["1.0.0.0/16", "126.255.0.0/16", "128.0.0.0/16", "169.253.0.0/16", "169.255.0.0/16", "223.255.0.0/16"]:
    ec2.delete_vpc(VpcId=ec2.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"])

# How many ranges a VPC has.
for third in range(1, 5):
    ec2.associate_vpc_cidr_block(VpcId=vpc, CidrBlock=f"100.64.{third}.0/24")
told(
    "CidrLimitExceeded",
    f"This network {vpc} has met its maximum number of allowed CIDRs: 5",
    ec2.associate_vpc_cidr_block,
    VpcId=vpc,
    CidrBlock="100.64.9.0/24",
)
for _ in range(4):
    ec2.associate_vpc_cidr_block(VpcId=vpc, AmazonProvidedIpv6CidrBlock=True)
refused("CidrLimitExceeded", ec2.associate_vpc_cidr_block, VpcId=vpc, AmazonProvidedIpv6CidrBlock=True)
used, *free = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["Ipv6CidrBlockAssociationSet"]
same(len(free), 4)

# A range in use stays, of either family; the others go.
ids = {it["CidrBlock"]: it["AssociationId"] for it in ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["CidrBlockAssociationSet"]}
far = ec2.create_subnet(VpcId=vpc, CidrBlock="100.64.1.0/26")["Subnet"]["SubnetId"]
for range_, association in (("100.64.1.0/24", ids["100.64.1.0/24"]), (used["Ipv6CidrBlock"], used["AssociationId"])):
    told(
        "DependencyViolation",
        f"The CIDR block '{range_}' has dependencies and cannot be disassociated.",
        ec2.disassociate_vpc_cidr_block,
        AssociationId=association,
    )
for it in [ids["100.64.2.0/24"], *(it["AssociationId"] for it in free)]:
    ec2.disassociate_vpc_cidr_block(AssociationId=it)
ec2.associate_vpc_cidr_block(VpcId=vpc, CidrBlock="100.64.9.0/24")

# Zones.
told(
    "InvalidParameterValue",
    "Value (eu-west-1a) for parameter availabilityZone is invalid. Subnets can currently only be created in the following "
    "availability zones: ap-northeast-2a, ap-northeast-2b, ap-northeast-2c, ap-northeast-2d.",
    ec2.create_subnet,
    VpcId=vpc,
    CidrBlock="10.0.9.0/24",
    AvailabilityZone="eu-west-1a",
)
told(
    "InvalidParameterValue",
    "Invalid availability zone: [eu-west-1a]",
    ec2.run_instances,
    **LAUNCH,
    SubnetId=subnet,
    Placement={"AvailabilityZone": "eu-west-1a"},
)

# IPv6-only subnets.
NATIVE = {"VpcId": vpc, "Ipv6Native": True}
no_v6 = "Either 'ipv6CidrBlock' or 'ipv6IpamPoolId' should be provided."
told("MissingParameter", no_v6, ec2.create_subnet, **NATIVE)
told("MissingParameter", no_v6, ec2.create_subnet, **NATIVE, CidrBlock="10.0.9.0/24")
both = "When specifying ipv4 parameters, cidrBlock or ipv4IpamPoolId, you cannot set ipv6Native to true."
told("InvalidParameterCombination", both, ec2.create_subnet, **NATIVE, CidrBlock="10.0.9.0/24", Ipv6CidrBlock=other_part)
neither = "Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided."
told("MissingParameter", neither, ec2.create_subnet, VpcId=vpc)
told("MissingParameter", neither, ec2.create_subnet, VpcId=vpc, Ipv6CidrBlock=other_part)
native = ec2.create_subnet(**NATIVE, Ipv6CidrBlock=other_part)["Subnet"]
same([native["Ipv6Native"], "CidrBlock" in native, native["AvailableIpAddressCount"]], [True, False, 0])
same(native["PrivateDnsNameOptionsOnLaunch"]["HostnameType"], "resource-name")
same(native["AssignIpv6AddressOnCreation"], True)
more = ec2.create_subnet(**NATIVE, Ipv6CidrBlock=whole.replace("00::/56", "03::/64"))["Subnet"]["SubnetId"]
refused("InvalidSubnet.Conflict", ec2.create_subnet, **NATIVE, Ipv6CidrBlock=other_part)
[alone] = ec2.run_instances(**LAUNCH, SubnetId=native["SubnetId"])["Instances"]
assert alone["Ipv6Address"].startswith(other_part.removesuffix("::/64")), alone
assert "PrivateIpAddress" not in alone, alone

# IPv6 addresses of another range than the subnet's, or in use.
outside = other_part.replace("::/64", "::7")
words = f"Address {outside} does not fall within the subnet's address range"
for place in (subnet, plain):
    told("InvalidParameterValue", words, ec2.run_instances, **LAUNCH, SubnetId=place, Ipv6Addresses=[{"Ipv6Address": outside}])
    told(
        "InvalidParameterValue", words, ec2.create_network_interface, SubnetId=place, Ipv6Addresses=[{"Ipv6Address": outside}]
    )
told(
    "InvalidParameterValue",
    words,
    ec2.create_vpc_endpoint,
    VpcId=vpc,
    VpcEndpointType="Interface",
    ServiceName="com.amazonaws.ap-northeast-2.sqs",
    PrivateDnsEnabled=False,
    IpAddressType="dualstack",
    SubnetIds=[subnet],
    SubnetConfigurations=[{"SubnetId": subnet, "Ipv6": outside}],
)
within = part.replace("::/64", "::7")
ec2.create_network_interface(SubnetId=subnet, Ipv6Addresses=[{"Ipv6Address": within}])
refused("InvalidIPAddress.InUse", ec2.run_instances, **LAUNCH, SubnetId=subnet, Ipv6Addresses=[{"Ipv6Address": within}])

# Instance types that EC2 does not have.
for kind in ["t99.micro", "t3.enormous", "t3", "", "T3.micro"]:
    text = f"Invalid value '{kind}' for InstanceType."
    told("InvalidParameterValue", text, ec2.run_instances, **{**LAUNCH, "InstanceType": kind}, SubnetId=subnet)
[machine] = ec2.run_instances(**{**LAUNCH, "InstanceType": "m7i-flex.large"}, SubnetId=subnet)["Instances"]
ec2.stop_instances(InstanceIds=[machine["InstanceId"]])
told(
    "InvalidParameterValue",
    "Invalid value 'm9z.large' for InstanceType.",
    ec2.modify_instance_attribute,
    InstanceId=machine["InstanceId"],
    InstanceType={"Value": "m9z.large"},
)

# Tag specifications of something the action does not make, of nothing, and without tags.
for call, kind, code, parameters in [
    (ec2.create_vpc, "vpc", "InvalidParameter", {"CidrBlock": "10.9.0.0/16"}),
    (ec2.create_subnet, "subnet", "InvalidParameter", {"VpcId": vpc, "CidrBlock": "10.0.9.0/24"}),
    (ec2.create_network_interface, "network-interface", "InvalidParameter", {"SubnetId": subnet}),
    (ec2.create_route_table, "route-table", "InvalidParameterValue", {"VpcId": vpc}),
    (ec2.create_internet_gateway, "internet-gateway", "InvalidParameterValue", {}),
    (ec2.create_security_group, "security-group", "InvalidParameterValue", {"VpcId": vpc, "GroupName": "n", "Description": "n"}),
    (ec2.allocate_address, "elastic-ip", "InvalidParameterValue", {}),
    (ec2.create_placement_group, "placement-group", "InvalidParameterValue", {"GroupName": "n"}),
    (ec2.run_instances, "instance", "InvalidParameterValue", {**LAUNCH, "SubnetId": subnet}),
]:
    wrong = "vpc" if kind != "vpc" else "subnet"
    text = f"'{wrong}' is not a valid taggable resource type for this operation."
    told(code, text, call, **parameters, TagSpecifications=named("x", wrong))
    told(code, text, call, **parameters, TagSpecifications=named("x", kind) + named("x", wrong))
    empty = [{"ResourceType": kind, "Tags": []}]
    told(code, "Tag specification must have at least one tag", call, **parameters, TagSpecifications=empty)

# Rules of security groups.
for id in ["sg-x", "g", ""]:
    told(
        "InvalidGroupId.Malformed",
        f"The security group ID '{id}' is malformed",
        ec2.describe_security_group_rules,
        Filters=[{"Name": "group-id", "Values": [group, id]}],
    )
none = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [f"sg-{NONE}1"]}])
same(none["SecurityGroupRules"], [])
ec2.authorize_security_group_ingress(GroupId=group, IpProtocol="tcp", FromPort=1, ToPort=2, CidrIp="10.0.0.0/8")
rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])["SecurityGroupRules"]
[rule] = [it["SecurityGroupRuleId"] for it in rules if not it["IsEgress"]]


def rewritten(code, text, **new):
    changed = [{"SecurityGroupRuleId": rule, "SecurityGroupRule": new}]
    told(code, text, ec2.modify_security_group_rules, GroupId=group, SecurityGroupRules=changed)


explicit = "Invalid value 'null' for protocol. VPC security group rules must specify protocols explicitly."
rewritten("InvalidParameterValue", explicit, CidrIpv4="10.0.0.0/8", FromPort=1, ToPort=1)
no_ports = "Invalid value for portRange. Must specify both from and to ports with TCP/UDP."
rewritten("InvalidParameterValue", no_ports, CidrIpv4="10.0.0.0/8", IpProtocol="udp", ToPort=1)
quoted = "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange."
told("InvalidParameterValue", quoted, ec2.authorize_security_group_ingress, GroupId=group, IpProtocol="udp", FromPort=1, CidrIp="10.0.0.0/8")
rewritten(
    "MissingParameter",
    "The request must contain exactly one of: cidrIp, cidrIpv6, prefixListId, or referencedGroupId",
    IpProtocol="tcp",
    FromPort=1,
    ToPort=1,
)
rewritten(
    "InvalidParameterCombination",
    "Only one of cidrIp, cidrIpv6, prefixListId, or referencedGroupId can be specified",
    IpProtocol="tcp",
    FromPort=1,
    ToPort=1,
    CidrIpv4="10.0.0.0/8",
    CidrIpv6="2001:db8::/32",
)
told("InvalidParameterValue", explicit, ec2.authorize_security_group_ingress, GroupId=group, CidrIp="10.0.0.0/8")
