"""NAT gateways: made, shown and deleted; what depends on them, and where their traffic goes (NG1 to NG5)."""

from common import client, ec2, named, refused, same

VPC = ec2.create_vpc(CidrBlock="10.60.0.0/16")["Vpc"]["VpcId"]


def subnet(cidr, zone="a"):
    made = ec2.create_subnet(VpcId=VPC, CidrBlock=cidr, AvailabilityZone=f"ap-northeast-2{zone}")
    return made["Subnet"]["SubnetId"]


def address():
    made = ec2.allocate_address(Domain="vpc")
    return made["AllocationId"], made["PublicIp"]


def shown(gateway):
    [found] = ec2.describe_nat_gateways(NatGatewayIds=[gateway])["NatGateways"]
    return found


def tags(name):
    return named(name, "natgateway")


PUBLIC = subnet("10.60.1.0/24")
ALLOCATION, ADDRESS = address()

# Without an internet gateway nothing comes of it, and the state tells why.
made = ec2.create_nat_gateway(SubnetId=PUBLIC, AllocationId=ALLOCATION)["NatGateway"]
same(made["State"], "pending")
failed = shown(made["NatGatewayId"])
same((failed["State"], failed["FailureCode"]), ("failed", "Gateway.NotAttached"))
same(failed["FailureMessage"], f"Network {VPC} has no Internet gateway attached")
assert "AssociationId" not in ec2.describe_addresses()["Addresses"][0]

GATEWAY = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
ec2.attach_internet_gateway(InternetGatewayId=GATEWAY, VpcId=VPC)
answer = ec2.create_nat_gateway(SubnetId=PUBLIC, AllocationId=ALLOCATION, ClientToken="once", TagSpecifications=tags("out"))
made = answer["NatGateway"]
NAT = made["NatGatewayId"]
same(answer["ClientToken"], "once")
same((made["State"], made["ConnectivityType"], made["VpcId"], made["SubnetId"]), ("pending", "public", VPC, PUBLIC))
again = ec2.create_nat_gateway(SubnetId=PUBLIC, AllocationId=ALLOCATION, ClientToken="once", TagSpecifications=tags("out"))
same(again["NatGateway"]["NatGatewayId"], NAT)
refused("IdempotentParameterMismatch", ec2.create_nat_gateway, SubnetId=PUBLIC, AllocationId=ALLOCATION, ClientToken="once")
now = shown(NAT)
same((now["State"], now["Tags"][0]["Value"]), ("available", "out"))
[held] = now["NatGatewayAddresses"]
same((held["AllocationId"], held["PublicIp"], held["PrivateIp"], held["IsPrimary"]), (ALLOCATION, ADDRESS, "10.60.1.4", True))
ec2.get_waiter("nat_gateway_available").wait(NatGatewayIds=[NAT])

# Its network interface and its elastic address.
[card] = ec2.describe_network_interfaces(NetworkInterfaceIds=[held["NetworkInterfaceId"]])["NetworkInterfaces"]
same((card["InterfaceType"], card["RequesterManaged"], card["SubnetId"]), ("nat_gateway", True, PUBLIC))
same((card["Description"], card["SourceDestCheck"]), (f"Interface for NAT Gateway {NAT}", False))
same((card["PrivateIpAddress"], card["Association"]["PublicIp"]), ("10.60.1.4", ADDRESS))
[elastic] = ec2.describe_addresses(AllocationIds=[ALLOCATION])["Addresses"]
same((elastic["AssociationId"], elastic["NetworkInterfaceId"]), (held["AssociationId"], held["NetworkInterfaceId"]))
refused("AuthFailure", ec2.disassociate_address, AssociationId=held["AssociationId"])
refused("InvalidParameterValue", ec2.delete_network_interface, NetworkInterfaceId=held["NetworkInterfaceId"])
refused("InvalidIPAddress.InUse", ec2.release_address, AllocationId=ALLOCATION)
refused("InvalidIPAddress.InUse", ec2.create_network_interface, SubnetId=PUBLIC, PrivateIpAddress="10.60.1.4")

# What depends on it.
refused("DependencyViolation", ec2.delete_subnet, SubnetId=PUBLIC)
refused("DependencyViolation", ec2.detach_internet_gateway, InternetGatewayId=GATEWAY, VpcId=VPC)
refused("DependencyViolation", ec2.delete_vpc, VpcId=VPC)
used = ec2.create_nat_gateway(SubnetId=PUBLIC, AllocationId=ALLOCATION)["NatGateway"]["NatGatewayId"]
same((shown(used)["State"], shown(used)["FailureCode"]), ("failed", "Resource.AlreadyAssociated"))

# Routes.
table = ec2.create_route_table(VpcId=VPC)["RouteTable"]["RouteTableId"]
ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=NAT)


def route():
    [found] = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
    return next((it["NatGatewayId"], it["State"]) for it in found["Routes"] if "NatGatewayId" in it)


same(route(), (NAT, "active"))
refused("NatGatewayNotFound", ec2.create_route, RouteTableId=table, DestinationCidrBlock="9.0.0.0/8", NatGatewayId=used)
elsewhere = ec2.create_vpc(CidrBlock="10.61.0.0/16")["Vpc"]["VpcId"]
far = ec2.create_route_table(VpcId=elsewhere)["RouteTable"]["RouteTableId"]
call = {"RouteTableId": far, "DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": NAT}
refused("InvalidParameter", ec2.create_route, **call, text="different networks")

# Private ones, and further addresses.
private = ec2.create_nat_gateway(
    SubnetId=PUBLIC, ConnectivityType="private", PrivateIpAddress="10.60.1.50", SecondaryPrivateIpAddressCount=2
)["NatGateway"]["NatGatewayId"]
now = shown(private)
same((now["State"], now["ConnectivityType"]), ("available", "private"))
same([it["PrivateIp"] for it in now["NatGatewayAddresses"]], ["10.60.1.50", "10.60.1.5", "10.60.1.6"])
assert "AllocationId" not in now["NatGatewayAddresses"][0]
two = [address()[0] for _ in range(2)]
second = ec2.create_nat_gateway(SubnetId=PUBLIC, AllocationId=two[0], SecondaryAllocationIds=two[1:])["NatGateway"]["NatGatewayId"]
same([it["AllocationId"] for it in shown(second)["NatGatewayAddresses"]], two)
same([it["IsPrimary"] for it in shown(second)["NatGatewayAddresses"]], [True, False])
for code, call in [
    ("MissingParameter", {"SubnetId": PUBLIC}),
    ("MissingParameter", {"AllocationId": ALLOCATION}),
    ("InvalidSubnetID.NotFound", {"SubnetId": "subnet-0123456789abcdef0", "AllocationId": ALLOCATION}),
    ("InvalidAllocationID.NotFound", {"SubnetId": PUBLIC, "AllocationId": "eipalloc-0123456789abcdef0"}),
    ("InvalidParameterCombination", {"SubnetId": PUBLIC, "AllocationId": ALLOCATION, "ConnectivityType": "private"}),
    ("InvalidParameterCombination", {"SubnetId": PUBLIC, "AllocationId": ALLOCATION, "SecondaryPrivateIpAddressCount": 1}),
    ("InvalidParameterCombination", {"SubnetId": PUBLIC, "AllocationId": ALLOCATION, "SecondaryAllocationIds": [ALLOCATION]}),
    ("InvalidParameterValue", {"SubnetId": PUBLIC, "ConnectivityType": "private", "PrivateIpAddress": "10.60.9.9"}),
    ("InvalidParameterValue", {"SubnetId": PUBLIC, "ConnectivityType": "private", "PrivateIpAddress": "10.60.1.3"}),
    ("InvalidIPAddress.InUse", {"SubnetId": PUBLIC, "ConnectivityType": "private", "PrivateIpAddress": "10.60.1.4"}),
    ("InvalidParameterValue", {"SubnetId": PUBLIC, "ConnectivityType": "private", "SecondaryPrivateIpAddressCount": 32}),
    ("NatGatewayLimitExceeded", {"SubnetId": PUBLIC, "ConnectivityType": "private", "SecondaryPrivateIpAddressCount": 8}),
    ("UnsupportedOperation", {"VpcId": VPC, "AvailabilityMode": "regional"}),
    ("DryRunOperation", {"SubnetId": PUBLIC, "ConnectivityType": "private", "DryRun": True}),
]:
    refused(code, ec2.create_nat_gateway, **call, status=412 if "DryRun" in call else 400)
for _ in range(2):
    ec2.create_nat_gateway(SubnetId=PUBLIC, ConnectivityType="private")
refused("NatGatewayLimitExceeded", ec2.create_nat_gateway, SubnetId=PUBLIC, ConnectivityType="private", text="ap-northeast-2a")
small = subnet("10.60.2.0/28", "c")
for _ in range(11):
    ec2.create_network_interface(SubnetId=small)
full = ec2.create_nat_gateway(SubnetId=small, ConnectivityType="private")["NatGateway"]["NatGatewayId"]
same(shown(full)["FailureCode"], "InsufficientFreeAddressesInSubnet")


def found(name, value):
    return sorted(it["NatGatewayId"] for it in ec2.describe_nat_gateways(Filters=[{"Name": name, "Values": [value]}])["NatGateways"])


same(found("tag:Name", "out"), [NAT])
same(found("nat-gateway-id", NAT), [NAT])
same(found("subnet-id", small), [full])
same(len(found("vpc-id", VPC)), 8)
same(len(found("state", "available")), 5)
same(client(account="210987654321").describe_nat_gateways()["NatGateways"], [])
refused("NatGatewayNotFound", ec2.describe_nat_gateways, NatGatewayIds=["nat-0123456789abcdef0"], text="was not found")
refused("NatGatewayMalformed", ec2.describe_nat_gateways, NatGatewayIds=["nat-x"])
refused("NatGatewayNotFound", ec2.delete_nat_gateway, NatGatewayId="nat-0123456789abcdef0")
refused("NatGatewayNotFound", client(account="210987654321").delete_nat_gateway, NatGatewayId=NAT)
ec2.create_tags(Resources=[NAT], Tags=[{"Key": "k", "Value": "v"}])
same(found("tag:k", "v"), [NAT])

# Deleted ones are shown for a while. Their addresses are free, and routes to them lead nowhere.
same(ec2.delete_nat_gateway(NatGatewayId=NAT)["NatGatewayId"], NAT)
ec2.get_waiter("nat_gateway_deleted").wait(NatGatewayIds=[NAT])
gone = shown(NAT)
assert gone["State"] == "deleted" and gone["DeleteTime"] >= gone["CreateTime"]
same(route(), (NAT, "blackhole"))
assert "AssociationId" not in ec2.describe_addresses(AllocationIds=[ALLOCATION])["Addresses"][0]
refused("InvalidNetworkInterfaceID.NotFound", ec2.describe_network_interfaces, NetworkInterfaceIds=[held["NetworkInterfaceId"]])
ec2.release_address(AllocationId=ALLOCATION)
ec2.create_network_interface(SubnetId=PUBLIC, PrivateIpAddress="10.60.1.4")

# What is left goes before its VPC.
for gateway in found("state", "available"):
    ec2.delete_nat_gateway(NatGatewayId=gateway)
for card in ec2.describe_network_interfaces(Filters=[{"Name": "vpc-id", "Values": [VPC]}])["NetworkInterfaces"]:
    ec2.delete_network_interface(NetworkInterfaceId=card["NetworkInterfaceId"])
for id in (PUBLIC, small):
    ec2.delete_subnet(SubnetId=id)
ec2.detach_internet_gateway(InternetGatewayId=GATEWAY, VpcId=VPC)
ec2.delete_route_table(RouteTableId=table)
ec2.delete_vpc(VpcId=VPC)
same(ec2.describe_nat_gateways()["NatGateways"], [])
