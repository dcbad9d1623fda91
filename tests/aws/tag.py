"""Tags of everything, by boto3 and `aws`."""

from common import aws, client, ec2, refused, same

VPC, SUBNET, TABLE = "vpc-07de255d3a7c9c317", "subnet-0395bde2bd100a705", "rtb-0e4f3fae187fe258e"
GATEWAY, INSTANCE = "igw-00cd24f62457b50ce", "i-033fa1bc9a9817db2"


def tags(id, **more):
    found = ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": [id]}], **more)["Tags"]
    return {it["Key"]: it["Value"] for it in found}


# Every kind there is, each found again with its kind.
endpoint = next(
    it["GatewayId"]
    for it in ec2.describe_route_tables(RouteTableIds=["rtb-0c19f738ede52a299"])["RouteTables"][0]["Routes"]
    if "DestinationPrefixListId" in it
)
far = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
peering = ec2.create_vpc_peering_connection(VpcId=VPC, PeerVpcId=far)["VpcPeeringConnection"]["VpcPeeringConnectionId"]
own = ec2.create_dhcp_options(DhcpConfigurations=[{"Key": "domain-name", "Values": ["a.example"]}])["DhcpOptions"]
kinds = {
    VPC: "vpc",
    SUBNET: "subnet",
    TABLE: "route-table",
    GATEWAY: "internet-gateway",
    INSTANCE: "instance",
    endpoint: "vpc-endpoint",
    peering: "vpc-peering-connection",
    own["DhcpOptionsId"]: "dhcp-options",
    ec2.describe_vpcs(VpcIds=[VPC])["Vpcs"][0]["DhcpOptionsId"]: "dhcp-options",
    ec2.describe_network_acls(Filters=[{"Name": "vpc-id", "Values": [VPC]}])["NetworkAcls"][0]["NetworkAclId"]: "network-acl",
}
mark = [{"Key": "Mark", "Value": "x"}]
ec2.create_tags(Resources=list(kinds), Tags=mark)
marked = ec2.describe_tags(Filters=[{"Name": "key", "Values": ["Mark"]}])["Tags"]
same({it["ResourceId"]: it["ResourceType"] for it in marked}, kinds)
same({it["Value"] for it in marked}, {"x"})

# Set, set again, taken away with and without a value.
same(tags(SUBNET), {"Name": "CloudNeta-Private-SN", "Mark": "x"})
ec2.create_tags(Resources=[SUBNET], Tags=[{"Key": "Mark", "Value": "y"}, {"Key": "Empty", "Value": ""}])
same(tags(SUBNET), {"Name": "CloudNeta-Private-SN", "Mark": "y", "Empty": ""})
shown = ec2.describe_subnets(SubnetIds=[SUBNET])["Subnets"][0]["Tags"]
same({it["Key"]: it["Value"] for it in shown}, tags(SUBNET))
ec2.delete_tags(Resources=[SUBNET], Tags=[{"Key": "Mark", "Value": "x"}, {"Key": "Empty", "Value": ""}])
same(tags(SUBNET), {"Name": "CloudNeta-Private-SN", "Mark": "y"})
ec2.delete_tags(Resources=[SUBNET], Tags=[{"Key": "Mark"}, {"Key": "Never"}])
same(tags(SUBNET), {"Name": "CloudNeta-Private-SN"})
ec2.delete_tags(Resources=list(kinds))
same([it for it in ec2.describe_tags()["Tags"] if it["ResourceId"] in kinds], [])


def refusing(code, *resources, tags=mark, **more):
    refused(code, ec2.create_tags, Resources=list(resources), Tags=tags, **more)


# All or nothing.
refusing("InvalidSubnetID.NotFound", VPC, "subnet-0123456789abcdef0")
same(tags(VPC), {})
refusing("InvalidNetworkAclID.NotFound", "acl-0123456789abcdef0")
refusing("InvalidID", "thing-0123456789abcdef0")
refusing("InvalidParameterValue", VPC, tags=[{"Key": "aws:mine", "Value": ""}])
refusing("InvalidParameterValue", VPC, tags=[{"Key": "k" * 129, "Value": ""}])
refusing("InvalidParameterValue", VPC, tags=[{"Key": "k", "Value": "v" * 257}])
refusing("InvalidParameterValue", VPC, tags=[{"Key": "k", "Value": ""}, {"Key": "k", "Value": ""}])
refusing("DryRunOperation", VPC, DryRun=True, status=412)
refused("MissingParameter", ec2.create_tags, Resources=[], Tags=mark)
refused("MissingParameter", ec2.create_tags, Resources=[VPC], Tags=[])
ec2.create_tags(Resources=[VPC], Tags=[{"Key": f"k{number}", "Value": "é" * 256} for number in range(50)])
refusing("TagLimitExceeded", VPC)
ec2.create_tags(Resources=[VPC], Tags=[{"Key": "k7", "Value": "other"}])
same(tags(VPC)["k7"], "other")

# Pages, also of the longest keys; filters.
long = ["é" * 127 + str(number) for number in range(5)]
ec2.create_tags(Resources=[GATEWAY], Tags=[{"Key": key, "Value": "l"} for key in long])
pages = ec2.get_paginator("describe_tags").paginate(
    Filters=[{"Name": "value", "Values": ["l"]}], PaginationConfig={"PageSize": 2}
)
pages = list(pages)
same([len(page["Tags"]) for page in pages], [2, 2, 1])
same(sorted(it["Key"] for page in pages for it in page["Tags"]), sorted(long))
found = ec2.describe_tags(
    Filters=[{"Name": "resource-type", "Values": ["vpc"]}, {"Name": "tag:k7", "Values": ["oth*"]}]
)["Tags"]
same([(it["ResourceId"], it["Key"]) for it in found], [(VPC, "k7")])
refused("InvalidFilter", ec2.describe_tags, Filters=[{"Name": "colour", "Values": ["red"]}])

# Another account neither sees nor sets them.
other = client(account="210987654321")
same(other.describe_tags()["Tags"], [])
refused("InvalidVpcID.NotFound", other.create_tags, Resources=[VPC], Tags=mark)
refused("InvalidVpcID.NotFound", other.delete_tags, Resources=[VPC])
same(len(tags(VPC)), 50)

# The same by the `aws` command.
if aws("ec2", "create-tags", "--resources", TABLE, "--tags", "Key=a,Value=b") is not None:
    same(tags(TABLE), {"a": "b"})
    same(aws("ec2", "describe-tags", "--filters", f"Name=resource-id,Values={TABLE}")["Tags"][0]["Value"], "b")
    aws("ec2", "delete-tags", "--resources", TABLE)
    same(tags(TABLE), {})
