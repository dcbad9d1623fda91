"""Network ACLs, their entries and the subnets that use them; egress-only internet gateways (NA1 to NA4, EG1)."""

from common import client, ec2, named, refused, same

VPC = ec2.create_vpc(CidrBlock="10.40.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]["VpcId"]
OTHER = ec2.create_vpc(CidrBlock="10.41.0.0/16")["Vpc"]["VpcId"]
SUBNET = ec2.create_subnet(VpcId=VPC, CidrBlock="10.40.1.0/24")["Subnet"]["SubnetId"]


def acls(**filters):
    asked = [{"Name": name.replace("_", "-"), "Values": [value]} for name, value in filters.items()]
    return ec2.describe_network_acls(Filters=asked)["NetworkAcls"]


def shown(acl):
    return ec2.describe_network_acls(NetworkAclIds=[acl])["NetworkAcls"][0]


def numbers(acl, egress=False):
    return [it["RuleNumber"] for it in shown(acl)["Entries"] if it["Egress"] == egress]


[default] = acls(vpc_id=VPC)
DEFAULT = default["NetworkAclId"]
same((default["IsDefault"], numbers(DEFAULT)), (True, [100, 32767, 101, 32768]))
same([it["SubnetId"] for it in default["Associations"]], [SUBNET])
made = ec2.create_network_acl(VpcId=VPC, ClientToken="once", TagSpecifications=named("n", "network-acl"))
ACL = made["NetworkAcl"]["NetworkAclId"]
same(made["ClientToken"], "once")
same((made["NetworkAcl"]["IsDefault"], made["NetworkAcl"]["Associations"]), (False, []))
same(ec2.create_network_acl(VpcId=VPC, ClientToken="once", TagSpecifications=named("n", "network-acl"))["NetworkAcl"], made["NetworkAcl"])
# Only what denies everything is in it.
same([(it["RuleNumber"], it["RuleAction"]) for it in shown(ACL)["Entries"]], [(32767, "deny"), (32768, "deny")] * 2)


def entry(number=100, protocol="6", ports=(80, 443), **more):
    whole = {"NetworkAclId": ACL, "RuleNumber": number, "Protocol": protocol, "RuleAction": "allow", "Egress": False}
    if ports:
        whole["PortRange"] = {"From": ports[0], "To": ports[1]}
    if "Ipv6CidrBlock" not in more:
        whole["CidrBlock"] = "10.0.0.0/8"
    return {**whole, **more}


ec2.create_network_acl_entry(**entry())
ec2.create_network_acl_entry(**entry(90, "udp", (53, 53), CidrBlock="10.1.2.3/16"))
ec2.create_network_acl_entry(**entry(80, "icmp", None, IcmpTypeCode={"Type": 8, "Code": -1}))
ec2.create_network_acl_entry(**entry(70, "-1", None, Ipv6CidrBlock="::/0", RuleAction="deny"))
ec2.create_network_acl_entry(**entry(100, "47", None, Egress=True))
same(numbers(ACL), [80, 90, 100, 32767, 70, 32768])
same(numbers(ACL, egress=True), [100, 32767, 32768])
found = {it["RuleNumber"]: it for it in shown(ACL)["Entries"] if not it["Egress"]}
same(found[100], {"RuleNumber": 100, "Protocol": "6", "RuleAction": "allow", "Egress": False, "CidrBlock": "10.0.0.0/8", "PortRange": {"From": 80, "To": 443}})
same((found[90]["Protocol"], found[90]["CidrBlock"]), ("17", "10.1.0.0/16"))
same(found[80]["IcmpTypeCode"], {"Type": 8, "Code": -1})
same((found[70]["Ipv6CidrBlock"], found[70]["RuleAction"]), ("::/0", "deny"))
refused("NetworkAclEntryAlreadyExists", ec2.create_network_acl_entry, **entry(), text="identified by 100 already exists")
ec2.replace_network_acl_entry(**entry(100, ports=(22, 22), RuleAction="deny"))
same([it["PortRange"]["From"] for it in shown(ACL)["Entries"] if it["RuleNumber"] == 100 and not it["Egress"]], [22])
refused("InvalidNetworkAclEntry.NotFound", ec2.replace_network_acl_entry, **entry(5))
for code, call in [
    ("InvalidParameterValue", entry(0)),
    ("InvalidParameterValue", entry(32767)),
    ("InvalidParameterValue", entry(1, "tcp6")),
    ("InvalidParameterValue", entry(1, "256", None)),
    ("InvalidParameterValue", entry(1, CidrBlock="10.0.0.0")),
    ("InvalidParameterValue", entry(1, ports=(9, 8))),
    ("InvalidParameterValue", entry(1, RuleAction="reject")),
    ("MissingParameter", entry(1, ports=None)),
    ("MissingParameter", entry(1, "1", None)),
    ("InvalidParameterCombination", entry(1, Ipv6CidrBlock="::/0", CidrBlock="10.0.0.0/8")),
    ("InvalidNetworkAclID.NotFound", entry(1, NetworkAclId="acl-0123456789abcdef0")),
]:
    refused(code, ec2.create_network_acl_entry, **call)
for number in range(1, 17):
    ec2.create_network_acl_entry(**entry(number))
refused("NetworkAclEntryLimitExceeded", ec2.create_network_acl_entry, **entry(60))
for name, value, count in [
    ("entry.port-range.to", "443", 1), ("entry.icmp.type", "8", 1), ("entry.protocol", "47", 1),
    ("entry.cidr", "10.1.0.0/16", 1), ("entry.rule-number", "90", 1), ("default", "false", 1), ("tag:Name", "n", 1),
    ("entry.ipv6-cidr", "::/0", 2), ("vpc-id", VPC, 2),
]:  # fmt: skip
    same((name, len(acls(**{name: value}))), (name, count))

# The default one may be changed as well, and keeps its tags.
ec2.create_tags(Resources=[DEFAULT], Tags=[{"Key": "k", "Value": "v"}])
ec2.delete_network_acl_entry(NetworkAclId=DEFAULT, RuleNumber=100, Egress=True)
refused("InvalidNetworkAclEntry.NotFound", ec2.delete_network_acl_entry, NetworkAclId=DEFAULT, RuleNumber=100, Egress=True)
same((numbers(DEFAULT, egress=True), numbers(DEFAULT)), ([32767, 101, 32768], [100, 32767, 101, 32768]))
same((shown(DEFAULT)["Tags"], shown(DEFAULT)["IsDefault"]), ([{"Key": "k", "Value": "v"}], True))
ec2.create_tags(Resources=[DEFAULT], Tags=[{"Key": "k", "Value": "w"}])
tagged = ec2.describe_tags(Filters=[{"Name": "resource-type", "Values": ["network-acl"]}])["Tags"]
same(sorted((it["ResourceId"], it["Value"]) for it in tagged), sorted([(DEFAULT, "w"), (ACL, "n")]))

# A subnet uses one of them.
association = default["Associations"][0]["NetworkAclAssociationId"]
new = ec2.replace_network_acl_association(AssociationId=association, NetworkAclId=ACL)["NewAssociationId"]
assert new != association
same([it["NetworkAclAssociationId"] for it in shown(ACL)["Associations"]], [new])
same(shown(DEFAULT)["Associations"], [])
same([it["NetworkAclId"] for it in acls(**{"association.subnet-id": SUBNET})], [ACL])
refused("InvalidAssociationID.NotFound", ec2.replace_network_acl_association, AssociationId=association, NetworkAclId=ACL)
far = ec2.create_network_acl(VpcId=OTHER)["NetworkAcl"]["NetworkAclId"]
refused("InvalidParameter", ec2.replace_network_acl_association, AssociationId=new, NetworkAclId=far, text="different networks")
refused("DependencyViolation", ec2.delete_network_acl, NetworkAclId=ACL)
refused("InvalidParameter", ec2.delete_network_acl, NetworkAclId=DEFAULT, text="cannot delete default network ACL")
refused("InvalidNetworkAclID.NotFound", client(account="210987654321").delete_network_acl, NetworkAclId=ACL)
same(ec2.replace_network_acl_association(AssociationId=new, NetworkAclId=DEFAULT)["NewAssociationId"], association)
ec2.delete_subnet(SubnetId=SUBNET)
refused("DependencyViolation", ec2.delete_vpc, VpcId=VPC)
ec2.delete_network_acl(NetworkAclId=ACL)

# Egress-only internet gateways.
answer = ec2.create_egress_only_internet_gateway(
    VpcId=VPC, ClientToken="once", TagSpecifications=named("six", "egress-only-internet-gateway")
)
GATEWAY = answer["EgressOnlyInternetGateway"]["EgressOnlyInternetGatewayId"]
same((answer["ClientToken"], answer["EgressOnlyInternetGateway"]["Attachments"]), ("once", [{"State": "attached", "VpcId": VPC}]))


def gateways(**more):
    return ec2.describe_egress_only_internet_gateways(**more)["EgressOnlyInternetGateways"]


same(gateways(), [answer["EgressOnlyInternetGateway"]])
same(gateways(EgressOnlyInternetGatewayIds=[GATEWAY]), gateways(Filters=[{"Name": "tag:Name", "Values": ["six"]}]))
refused("InvalidGatewayID.NotFound", gateways, EgressOnlyInternetGatewayIds=["eigw-0123456789abcdef0"])
same(client(account="210987654321").describe_egress_only_internet_gateways()["EgressOnlyInternetGateways"], [])
[main] = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [VPC]}])["RouteTables"]
TABLE = main["RouteTableId"]
ec2.create_route(RouteTableId=TABLE, DestinationIpv6CidrBlock="::/0", EgressOnlyInternetGatewayId=GATEWAY)


def route():
    [table] = ec2.describe_route_tables(RouteTableIds=[TABLE])["RouteTables"]
    return next(it for it in table["Routes"] if "EgressOnlyInternetGatewayId" in it)


same((route()["EgressOnlyInternetGatewayId"], route()["State"]), (GATEWAY, "active"))
four = {"RouteTableId": TABLE, "DestinationCidrBlock": "9.0.0.0/8", "EgressOnlyInternetGatewayId": GATEWAY}
refused("InvalidParameterValue", ec2.create_route, **four, text="IPv6 traffic only")
[elsewhere] = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [OTHER]}])["RouteTables"]
away = {"RouteTableId": elsewhere["RouteTableId"], "DestinationIpv6CidrBlock": "::/0"}
refused("InvalidParameter", ec2.create_route, **away, EgressOnlyInternetGatewayId=GATEWAY, text="different networks")
refused("DependencyViolation", ec2.delete_vpc, VpcId=VPC)
same(ec2.delete_egress_only_internet_gateway(EgressOnlyInternetGatewayId=GATEWAY)["ReturnCode"], True)
same(route()["State"], "blackhole")
refused("InvalidGatewayID.NotFound", ec2.delete_egress_only_internet_gateway, EgressOnlyInternetGatewayId=GATEWAY)
ec2.delete_vpc(VpcId=VPC)
refused("InvalidNetworkAclID.NotFound", ec2.describe_network_acls, NetworkAclIds=[DEFAULT])
