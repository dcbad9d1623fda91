"""Route tables, routes and internet gateways, by boto3 and `aws` (G1, A21)."""

from common import ACCOUNT, aws, client, ec2, named, refused, same

VPC, PUBLIC = "vpc-07de255d3a7c9c317", "subnet-09b299c06521dd460"
PUBLIC_TABLE, PRIVATE_TABLE = "rtb-0e4f3fae187fe258e", "rtb-0c19f738ede52a299"
GATEWAY = "igw-00cd24f62457b50ce"
LOCAL = {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "Origin": "CreateRouteTable", "State": "active"}


def table_of(**parameters):
    return ec2.describe_route_tables(**parameters)["RouteTables"][0]


def routes(table):
    return table_of(RouteTableIds=[table])["Routes"]


# What the lab made: a local route, one to the internet, one of the gateway endpoint's prefix list.
shown = table_of(RouteTableIds=[PUBLIC_TABLE])
out = {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": GATEWAY, "Origin": "CreateRoute", "State": "active"}
same(shown["Routes"][:2], [LOCAL, out])
same([shown["VpcId"], shown["OwnerId"], shown["PropagatingVgws"]], [VPC, ACCOUNT, []])
same(shown["Associations"][0]["SubnetId"], PUBLIC)
lists = ec2.describe_prefix_lists(Filters=[{"Name": "prefix-list-name", "Values": ["*.s3"]}])["PrefixLists"]
same([it["PrefixListId"] for it in lists], ["pl-78a54011"])
to_s3 = [it for it in routes(PRIVATE_TABLE) if "DestinationPrefixListId" in it]
same([it["DestinationPrefixListId"] for it in to_s3], ["pl-78a54011"])
same([to_s3[0]["State"], to_s3[0]["Origin"]], ["active", "CreateRoute"])
assert to_s3[0]["GatewayId"].startswith("vpce-")
refused(
    "InvalidParameterValue",
    ec2.delete_route,
    RouteTableId=PRIVATE_TABLE,
    DestinationPrefixListId="pl-78a54011",
)

# A table of one's own.
made = ec2.create_route_table(VpcId=VPC, TagSpecifications=named("own", "route-table"))["RouteTable"]
table = made["RouteTableId"]
same([made["Routes"], made["Associations"]], [[LOCAL], []])
same(made["Tags"], [{"Key": "Name", "Value": "own"}])
again = [ec2.create_route_table(VpcId=VPC, ClientToken="one")["RouteTable"]["RouteTableId"] for _ in range(2)]
same(again[0], again[1])
refused(
    "IdempotentParameterMismatch",
    ec2.create_route_table,
    VpcId=VPC,
    ClientToken="one",
    TagSpecifications=named("other", "route-table"),
)
ec2.delete_route_table(RouteTableId=again[0])
refused("InvalidVpcID.NotFound", ec2.create_route_table, VpcId="vpc-0123456789abcdef0")


def route(destination="0.0.0.0/0", **target):
    return {"RouteTableId": table, "DestinationCidrBlock": destination, **target}


same(ec2.create_route(**route(GatewayId=GATEWAY))["Return"], True)
refused("RouteAlreadyExists", ec2.create_route, **route(GatewayId=GATEWAY))
public = ec2.allocate_address(Domain="vpc")["AllocationId"]
zone = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [VPC]}])["Subnets"][0]["SubnetId"]
NAT = ec2.create_nat_gateway(SubnetId=zone, AllocationId=public)["NatGateway"]["NatGatewayId"]
ec2.create_route(**route("172.16.5.9/16", NatGatewayId=NAT))
ec2.create_route(RouteTableId=table, DestinationIpv6CidrBlock="::/0", GatewayId=GATEWAY)
ec2.create_route(**route("172.17.0.0/16", TransitGatewayId="tgw-0123456789abcdef0"))
ec2.create_route(**route("172.18.0.0/16", InstanceId="i-033fa1bc9a9817db2"))
[interface] = ec2.describe_instances(InstanceIds=["i-033fa1bc9a9817db2"])["Reservations"][0]["Instances"][0]["NetworkInterfaces"]
INTERFACE = interface["NetworkInterfaceId"]
ec2.create_route(**route("172.19.0.0/16", NetworkInterfaceId=INTERFACE))
found = {it.get("DestinationCidrBlock", it.get("DestinationIpv6CidrBlock")): it for it in routes(table)}
same(found["172.16.0.0/16"]["NatGatewayId"], NAT)
same(found["::/0"]["GatewayId"], GATEWAY)
same(found["172.17.0.0/16"]["TransitGatewayId"], "tgw-0123456789abcdef0")
same([found["172.18.0.0/16"][key] for key in ("InstanceId", "InstanceOwnerId")], ["i-033fa1bc9a9817db2", ACCOUNT])
same(found["172.19.0.0/16"]["NetworkInterfaceId"], INTERFACE)
refused("InvalidParameterValue", ec2.create_route, **route("10.0.7.0/24", GatewayId=GATEWAY), text="more specific")

# Targets that do not exist, or cannot be targets; transit gateways are taken at their word, since none can be made here.
NONE = "0123456789abcdef0"
for target, prefix, code, text in [
    ("GatewayId", "igw", "InvalidInternetGatewayID.NotFound", "The internetGateway ID 'igw-{}' does not exist"),
    ("GatewayId", "xyz", "InvalidGatewayID.NotFound", "The gateway ID 'xyz-{}' does not exist"),
    ("GatewayId", "vpce", "InvalidVpcEndpointId.NotFound", "The Vpc Endpoint Id 'vpce-{}' does not exist"),
    ("VpcEndpointId", "vpce", "InvalidVpcEndpointId.NotFound", "The Vpc Endpoint Id 'vpce-{}' does not exist"),
    ("NatGatewayId", "nat", "NatGatewayNotFound", "NatGateway nat-{} was not found"),
    ("InstanceId", "i", "InvalidInstanceID.NotFound", "The instance ID 'i-{}' does not exist"),
    ("NetworkInterfaceId", "eni", "InvalidNetworkInterfaceID.NotFound", "The networkInterface ID 'eni-{}' does not exist"),
    (
        "VpcPeeringConnectionId",
        "pcx",
        "InvalidVpcPeeringConnectionID.NotFound",
        "The vpcPeeringConnection ID 'pcx-{}' does not exist",
    ),
    ("EgressOnlyInternetGatewayId", "eigw", "InvalidGatewayID.NotFound", "The eigw ID 'eigw-{}' does not exist"),
    ("CarrierGatewayId", "cagw", "InvalidCarrierGatewayID.NotFound", "The CarrierGateway ID 'cagw-{}' does not exist"),
]:
    for call, destination in [(ec2.create_route, "9.0.0.0/8"), (ec2.replace_route, "172.19.0.0/16")]:
        told = refused(code, call, **route(destination, **{target: f"{prefix}-{NONE}"}))
        same(told, text.format(NONE))
[gateway_endpoint] = ec2.describe_vpc_endpoints()["VpcEndpoints"]
for target in ("GatewayId", "VpcEndpointId"):
    for call, destination in [(ec2.create_route, "9.0.0.0/8"), (ec2.replace_route, "172.19.0.0/16")]:
        to = route(destination, **{target: gateway_endpoint["VpcEndpointId"]})
        refused("RouteNotSupported", call, **to, text="cannot be used as route targets")
ELSEWHERE = ec2.create_vpc(CidrBlock="10.77.0.0/16")["Vpc"]["VpcId"]
far = ec2.create_subnet(VpcId=ELSEWHERE, CidrBlock="10.77.0.0/24")["Subnet"]["SubnetId"]
[machine] = ec2.run_instances(ImageId="ami-" + NONE, MinCount=1, MaxCount=1, InstanceType="t3.micro", SubnetId=far)["Instances"]
card = machine["NetworkInterfaces"][0]["NetworkInterfaceId"]
for target, id in (("InstanceId", machine["InstanceId"]), ("NetworkInterfaceId", card)):
    refused("InvalidParameter", ec2.create_route, **route("9.0.0.0/8", **{target: id}), text="different networks")
ec2.terminate_instances(InstanceIds=[machine["InstanceId"]])
refused("InvalidInstanceID.NotFound", ec2.create_route, **route("9.0.0.0/8", InstanceId=machine["InstanceId"]))
ec2.delete_subnet(SubnetId=far)
ec2.delete_vpc(VpcId=ELSEWHERE)
refused("NatGatewayMalformed", ec2.create_route, **route("9.0.0.0/8", NatGatewayId="nat-1"))
refused(
    "InvalidInternetGatewayID.NotFound", ec2.create_route, **route("9.0.0.0/8", GatewayId="igw-0123456789abcdef0")
)
refused("InvalidInstanceID.NotFound", ec2.create_route, **route("9.0.0.0/8", InstanceId="i-0123456789abcdef0"))
refused(
    "InvalidVpcPeeringConnectionID.NotFound",
    ec2.create_route,
    **route("9.0.0.0/8", VpcPeeringConnectionId="pcx-0123456789abcdef0"),
)
refused("MissingParameter", ec2.create_route, **route("9.0.0.0/8"))
refused("MissingParameter", ec2.create_route, RouteTableId=table, GatewayId=GATEWAY)
refused("InvalidParameterValue", ec2.create_route, **route("9.0.0.0", GatewayId=GATEWAY))
refused(
    "InvalidParameterCombination",
    ec2.create_route,
    **route("9.0.0.0/8", GatewayId=GATEWAY, NatGatewayId="nat-0123456789abcdef0"),
)
ec2.replace_route(**route("172.16.0.0/16", GatewayId=GATEWAY))
same([it["GatewayId"] for it in routes(table) if it.get("DestinationCidrBlock") == "172.16.0.0/16"], [GATEWAY])
refused("InvalidParameterValue", ec2.replace_route, **route("9.0.0.0/8", GatewayId=GATEWAY), text="Use CreateRoute")
ec2.delete_route(RouteTableId=table, DestinationCidrBlock="172.16.0.0/16")
ec2.delete_route(RouteTableId=table, DestinationIpv6CidrBlock="::/0")
refused("InvalidRoute.NotFound", ec2.delete_route, RouteTableId=table, DestinationCidrBlock="172.16.0.0/16")
refused("InvalidParameterValue", ec2.delete_route, RouteTableId=table, DestinationCidrBlock="10.0.0.0/16", text="local")

# Associations.
old = table_of(RouteTableIds=[PUBLIC_TABLE])["Associations"][0]["RouteTableAssociationId"]
refused("Resource.AlreadyAssociated", ec2.associate_route_table, RouteTableId=table, SubnetId=PUBLIC)
new = ec2.replace_route_table_association(AssociationId=old, RouteTableId=table)["NewAssociationId"]
used = table_of(RouteTableIds=[table])["Associations"]
same([(it["RouteTableAssociationId"], it["SubnetId"], it["Main"]) for it in used], [(new, PUBLIC, False)])
same(used[0]["AssociationState"], {"State": "associated"})
refused("InvalidAssociationID.NotFound", ec2.replace_route_table_association, AssociationId=old, RouteTableId=table)
refused("DependencyViolation", ec2.delete_route_table, RouteTableId=table)
ec2.disassociate_route_table(AssociationId=new)
refused("InvalidAssociationID.NotFound", ec2.disassociate_route_table, AssociationId=new)
back = ec2.associate_route_table(RouteTableId=PUBLIC_TABLE, SubnetId=PUBLIC)
same([back["AssociationId"], back["AssociationState"]], [old, {"State": "associated"}])
elsewhere = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
strange = ec2.create_subnet(VpcId=elsewhere, CidrBlock="10.9.0.0/24")["Subnet"]["SubnetId"]
refused("InvalidParameter", ec2.associate_route_table, RouteTableId=table, SubnetId=strange)

# The main table, and another in its place.
main = table_of(Filters=[{"Name": "association.main", "Values": ["true"]}, {"Name": "vpc-id", "Values": [elsewhere]}])
first = main["Associations"][0]
same([first["Main"], "SubnetId" in first], [True, False])
refused("InvalidParameterValue", ec2.disassociate_route_table, AssociationId=first["RouteTableAssociationId"])
refused("DependencyViolation", ec2.delete_route_table, RouteTableId=main["RouteTableId"])
refused("DependencyViolation", ec2.delete_vpc, VpcId=elsewhere)
ec2.delete_subnet(SubnetId=strange)
second = ec2.create_route_table(VpcId=elsewhere)["RouteTable"]["RouteTableId"]
refused("DependencyViolation", ec2.delete_vpc, VpcId=elsewhere)
ec2.replace_route_table_association(AssociationId=first["RouteTableAssociationId"], RouteTableId=second)
same(table_of(RouteTableIds=[main["RouteTableId"]])["Associations"], [])
ec2.delete_route_table(RouteTableId=main["RouteTableId"])
refused("InvalidRouteTableID.NotFound", ec2.describe_route_tables, RouteTableIds=[main["RouteTableId"]])

# Internet gateways.
lab = ec2.describe_internet_gateways(InternetGatewayIds=[GATEWAY])["InternetGateways"][0]
same(lab["Attachments"], [{"State": "available", "VpcId": VPC}])
same(lab["OwnerId"], ACCOUNT)
gateway = ec2.create_internet_gateway(TagSpecifications=named("own", "internet-gateway"))["InternetGateway"]
same([gateway["Attachments"], gateway["Tags"]], [[], [{"Key": "Name", "Value": "own"}]])
gateway = gateway["InternetGatewayId"]
refused("InvalidParameterValue", ec2.attach_internet_gateway, InternetGatewayId=gateway, VpcId=VPC)
refused("Resource.AlreadyAssociated", ec2.attach_internet_gateway, InternetGatewayId=GATEWAY, VpcId=elsewhere)
refused("Gateway.NotAttached", ec2.detach_internet_gateway, InternetGatewayId=gateway, VpcId=elsewhere)
refused(
    "InvalidParameter",
    ec2.create_route,
    RouteTableId=second,
    DestinationCidrBlock="0.0.0.0/0",
    GatewayId=gateway,
    text="different networks",
)
refused("InvalidParameter", ec2.associate_route_table, RouteTableId=second, GatewayId=gateway, text="different networks")
ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=elsewhere)

# The table of a gateway: for what enters by it, with routes to appliances only (GR1, GR2, GR3).
edge = ec2.create_route_table(VpcId=elsewhere)["RouteTable"]["RouteTableId"]
inner = ec2.create_subnet(VpcId=elsewhere, CidrBlock="10.9.1.0/24")["Subnet"]["SubnetId"]
eni = ec2.create_network_interface(SubnetId=inner)["NetworkInterface"]["NetworkInterfaceId"]
entering = {"RouteTableId": edge, "DestinationCidrBlock": "10.9.1.0/24", "NetworkInterfaceId": eni}
refused("InvalidParameterValue", ec2.associate_route_table, RouteTableId=second, GatewayId=gateway, text="main route table")
refused("InvalidParameterCombination", ec2.associate_route_table, RouteTableId=edge, GatewayId=gateway, SubnetId=inner)
refused("MissingParameter", ec2.associate_route_table, RouteTableId=edge)
refused("InvalidVpnGatewayID.NotFound", ec2.associate_route_table, RouteTableId=edge, GatewayId="vgw-0123456789abcdef0")
refused("InvalidGatewayID.NotFound", ec2.associate_route_table, RouteTableId=edge, GatewayId="eigw-0123456789abcdef0")
refused("InvalidInternetGatewayID.NotFound", ec2.associate_route_table, RouteTableId=edge, GatewayId="igw-0123456789abcdef0")
ec2.create_route(RouteTableId=edge, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
refused("RouteNotSupported", ec2.associate_route_table, RouteTableId=edge, GatewayId=gateway, text=gateway)
ec2.delete_route(RouteTableId=edge, DestinationCidrBlock="0.0.0.0/0")
ec2.create_route(**entering)
made = ec2.associate_route_table(RouteTableId=edge, GatewayId=gateway)
same(made["AssociationState"], {"State": "associated"})
used = {"Main": False, "RouteTableAssociationId": made["AssociationId"], "RouteTableId": edge, "GatewayId": gateway, "AssociationState": {"State": "associated"}}
same(table_of(Filters=[{"Name": "association.gateway-id", "Values": [gateway]}])["Associations"], [used])
same(ec2.associate_route_table(RouteTableId=edge, GatewayId=gateway)["AssociationId"], made["AssociationId"])
refused("DependencyViolation", ec2.delete_route_table, RouteTableId=edge)
refused("RouteNotSupported", ec2.create_route, RouteTableId=edge, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
refused("InvalidParameterValue", ec2.create_route, **{**entering, "DestinationCidrBlock": "10.9.1.0/25"}, text="10.9.1.0/25")
ec2.create_route(**{**entering, "DestinationCidrBlock": "10.9.0.0/16"})
mine = ec2.create_managed_prefix_list(PrefixListName="mine", MaxEntries=1, AddressFamily="IPv4")["PrefixList"]["PrefixListId"]
refused("RouteNotSupported", ec2.create_route, RouteTableId=edge, DestinationPrefixListId=mine, NetworkInterfaceId=eni)
s3 = {"VpcId": elsewhere, "ServiceName": "com.amazonaws.ap-northeast-2.s3"}
refused("RouteNotSupported", ec2.create_vpc_endpoint, **s3, RouteTableIds=[edge])
main = table_of(RouteTableIds=[second])["Associations"][0]["RouteTableAssociationId"]
refused("InvalidParameterValue", ec2.replace_route_table_association, AssociationId=main, RouteTableId=edge)
third = ec2.create_route_table(VpcId=elsewhere)["RouteTable"]["RouteTableId"]
refused("Resource.AlreadyAssociated", ec2.associate_route_table, RouteTableId=third, GatewayId=gateway)
ec2.create_route(RouteTableId=third, DestinationPrefixListId=mine, NetworkInterfaceId=eni)
refused("RouteNotSupported", ec2.replace_route_table_association, AssociationId=made["AssociationId"], RouteTableId=third)
ec2.delete_route(RouteTableId=third, DestinationPrefixListId=mine)
next_one = ec2.replace_route_table_association(AssociationId=made["AssociationId"], RouteTableId=third)["NewAssociationId"]
same([it["GatewayId"] for it in table_of(RouteTableIds=[third])["Associations"]], [gateway])
same(table_of(RouteTableIds=[edge])["Associations"], [])
refused("InvalidAssociationID.NotFound", client(account="210987654321").disassociate_route_table, AssociationId=next_one)
ec2.disassociate_route_table(AssociationId=next_one)
refused("InvalidAssociationID.NotFound", ec2.disassociate_route_table, AssociationId=next_one)
# A detached gateway has no table.
ec2.associate_route_table(RouteTableId=third, GatewayId=gateway)
ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=elsewhere)
same(table_of(RouteTableIds=[third])["Associations"], [])
for one in (edge, third):
    ec2.delete_route_table(RouteTableId=one)
ec2.delete_managed_prefix_list(PrefixListId=mine)
ec2.delete_network_interface(NetworkInterfaceId=eni)
ec2.delete_subnet(SubnetId=inner)

ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=elsewhere)
ec2.create_route(RouteTableId=second, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
refused("DependencyViolation", ec2.delete_internet_gateway, InternetGatewayId=gateway)
refused("DependencyViolation", ec2.delete_vpc, VpcId=elsewhere)
ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=elsewhere)
same([it["State"] for it in routes(second)], ["active", "blackhole"])
blackholes = ec2.describe_route_tables(Filters=[{"Name": "route.state", "Values": ["blackhole"]}])["RouteTables"]
same([it["RouteTableId"] for it in blackholes], [second])
# The lab's instance has a public address.
refused(
    "DependencyViolation",
    ec2.detach_internet_gateway,
    InternetGatewayId=GATEWAY,
    VpcId=VPC,
    text="mapped public address",
)
attached = ec2.describe_internet_gateways(Filters=[{"Name": "attachment.vpc-id", "Values": [VPC]}])
same([it["InternetGatewayId"] for it in attached["InternetGateways"]], [GATEWAY])
ec2.delete_internet_gateway(InternetGatewayId=gateway)
refused("InvalidInternetGatewayID.NotFound", ec2.delete_internet_gateway, InternetGatewayId=gateway)
ec2.delete_vpc(VpcId=elsewhere)
refused("InvalidRouteTableID.NotFound", ec2.describe_route_tables, RouteTableIds=[second])

# Another account sees none of them.
other = client(account="210987654321")
same([other.describe_route_tables()["RouteTables"], other.describe_internet_gateways()["InternetGateways"]], [[], []])
refused("InvalidRouteTableID.NotFound", other.delete_route_table, RouteTableId=table)
refused("InvalidAssociationID.NotFound", other.disassociate_route_table, AssociationId=old)
refused("InvalidInternetGatewayID.NotFound", other.delete_internet_gateway, InternetGatewayId=GATEWAY)
more = [ec2.create_route_table(VpcId=VPC)["RouteTable"]["RouteTableId"] for _ in range(3)]
pages = list(ec2.get_paginator("describe_route_tables").paginate(PaginationConfig={"PageSize": 5}))
same([len(page["RouteTables"]) for page in pages], [5, 2])
for one in more:
    ec2.delete_route_table(RouteTableId=one)
refused("InvalidFilter", ec2.describe_route_tables, Filters=[{"Name": "colour", "Values": ["red"]}])

# The same by the `aws` command.
shown = aws("ec2", "describe-route-tables", "--route-table-ids", PUBLIC_TABLE)
if shown is not None:
    same(shown["RouteTables"][0]["Routes"][0], LOCAL)
    aws("ec2", "create-route", "--route-table-id", table, "--destination-cidr-block", "9.0.0.0/8", "--gateway-id", GATEWAY)
    aws("ec2", "delete-route", "--route-table-id", table, "--destination-cidr-block", "9.0.0.0/8")
ec2.delete_route_table(RouteTableId=table)
