"""VPC peering connections and what they do to answers, by boto3, `aws` and dig (H40 to H42)."""

from common import ACCOUNT, REGION, aws, client, dig, ec2, named, refused, same

ONE, TWO, FAR, SAME = (f"vpc-{number:017x}" for number in range(1, 5))
NAME = "ec2-3-34-2-2.ap-northeast-2.compute.amazonaws.com"
far = client(region="us-east-1", account="210987654321")


def connection(id, by=ec2):
    return by.describe_vpc_peering_connections(VpcPeeringConnectionIds=[id])["VpcPeeringConnections"][0]


def code(id):
    return connection(id)["Status"]["Code"]


def transition(call, id, **more):
    refused("InvalidStateTransition", call, VpcPeeringConnectionId=id, **more)


made = ec2.create_vpc_peering_connection(
    VpcId=ONE, PeerVpcId=TWO, TagSpecifications=named("made", "vpc-peering-connection")
)["VpcPeeringConnection"]
peering = made["VpcPeeringConnectionId"]
same(made["Status"], {"Code": "pending-acceptance", "Message": f"Pending Acceptance by {ACCOUNT}"})
same(made["RequesterVpcInfo"]["VpcId"], ONE)
accepter = {"VpcId": TWO, "OwnerId": ACCOUNT, "Region": REGION, "CidrBlock": "10.2.0.0/16"}
same(made["AccepterVpcInfo"], {**accepter, "CidrBlockSet": [{"CidrBlock": "10.2.0.0/16"}]})
same(made["Tags"], [{"Key": "Name", "Value": "made"}])
same(connection(peering), made)

pair = {"VpcId": ONE, "PeerVpcId": TWO}
refused("VpcPeeringConnectionAlreadyExists", ec2.create_vpc_peering_connection, **pair)
refused("InvalidParameter", ec2.create_vpc_peering_connection, VpcId=ONE, PeerVpcId=SAME)
refused("InvalidVpcID.NotFound", ec2.create_vpc_peering_connection, VpcId=ONE, PeerVpcId=FAR)
refused("InvalidVpcID.NotFound", ec2.create_vpc_peering_connection, VpcId=ONE, PeerVpcId="vpc-0123456789abcdef0")

# The option, once the connection is active, changes the peer's public names.
allow = {"AllowDnsResolutionFromRemoteVpc": True}
options = {"VpcPeeringConnectionId": peering, "AccepterPeeringConnectionOptions": allow}
refused("OperationNotPermitted", ec2.modify_vpc_peering_connection_options, **options)
same(dig(NAME, at="10.1.1.10"), ["3.34.2.2"])
accepted = ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=peering)["VpcPeeringConnection"]
same(accepted["Status"], {"Code": "active", "Message": "Active"})
off = accepted["AccepterVpcInfo"]["PeeringOptions"]
same(off["AllowDnsResolutionFromRemoteVpc"], False)
transition(ec2.accept_vpc_peering_connection, peering)
transition(ec2.reject_vpc_peering_connection, peering)
same(dig(NAME, at="10.1.1.10"), ["3.34.2.2"])
reply = ec2.modify_vpc_peering_connection_options(**options)
same(reply["AccepterPeeringConnectionOptions"]["AllowDnsResolutionFromRemoteVpc"], True)
assert "RequesterPeeringConnectionOptions" not in reply
same(connection(peering)["AccepterVpcInfo"]["PeeringOptions"], {**off, **allow})
same(connection(peering)["RequesterVpcInfo"]["PeeringOptions"], off)
same(dig(NAME, at="10.1.1.10"), ["10.2.1.10"])
refused(
    "InvalidParameterValue",
    ec2.modify_vpc_peering_connection_options,
    VpcPeeringConnectionId=peering,
    RequesterPeeringConnectionOptions={"AllowEgressFromLocalClassicLinkToRemoteVpc": True},
)
ec2.modify_vpc_attribute(VpcId=ONE, EnableDnsHostnames={"Value": False})
refused("InvalidVpcPeeringConnectionState.DnsHostnamesDisabled", ec2.modify_vpc_peering_connection_options, **options)
ec2.modify_vpc_attribute(VpcId=ONE, EnableDnsHostnames={"Value": True})

# A route over it, and what becomes of it.
table = ec2.create_route_table(VpcId=ONE)["RouteTable"]["RouteTableId"]
ec2.create_route(RouteTableId=table, DestinationCidrBlock="10.2.0.0/16", VpcPeeringConnectionId=peering)
strange = ec2.create_route_table(VpcId=SAME)["RouteTable"]["RouteTableId"]
refused(
    "InvalidParameter",
    ec2.create_route,
    RouteTableId=strange,
    DestinationCidrBlock="10.2.0.0/16",
    VpcPeeringConnectionId=peering,
)


def last():
    return ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"][-1]


same([last()["VpcPeeringConnectionId"], last()["State"]], [peering, "active"])
empty = ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
joined = ec2.create_vpc_peering_connection(VpcId=empty, PeerVpcId=TWO)["VpcPeeringConnection"]["VpcPeeringConnectionId"]
refused("DependencyViolation", ec2.delete_vpc, VpcId=empty)
ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=joined)
ec2.delete_vpc(VpcId=empty)
refused("InvalidVpcPeeringConnectionID.NotFound", connection, id=joined)

same(ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=peering)["Return"], True)
same(code(peering), "deleted")
same(last()["State"], "blackhole")
same(dig(NAME, at="10.1.1.10"), ["3.34.2.2"])
transition(ec2.delete_vpc_peering_connection, peering)

# Rejected, and asked again.
second = ec2.create_vpc_peering_connection(**pair)["VpcPeeringConnection"]["VpcPeeringConnectionId"]
same(ec2.reject_vpc_peering_connection(VpcPeeringConnectionId=second)["Return"], True)
same(code(second), "rejected")
transition(ec2.delete_vpc_peering_connection, second)

# Of those that ended, the last are shown.
ids = []
for _ in range(25):
    ids.append(ec2.create_vpc_peering_connection(**pair)["VpcPeeringConnection"]["VpcPeeringConnectionId"])
    ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=ids[-1])
shown = ec2.describe_vpc_peering_connections(Filters=[{"Name": "status-code", "Values": ["deleted"]}])
same({it["VpcPeeringConnectionId"] for it in shown["VpcPeeringConnections"]}, set(ids[-20:]))

# Between accounts and regions.
request = {"VpcId": ONE, "PeerVpcId": FAR, "PeerOwnerId": "210987654321", "PeerRegion": "us-east-1"}
wide = ec2.create_vpc_peering_connection(**request)["VpcPeeringConnection"]["VpcPeeringConnectionId"]
refused(
    "OperationNotPermitted",
    ec2.accept_vpc_peering_connection,
    VpcPeeringConnectionId=wide,
    text=f"User {ACCOUNT} cannot accept peering {wide}",
)
refused("OperationNotPermitted", ec2.reject_vpc_peering_connection, VpcPeeringConnectionId=wide)
refused(
    "InvalidVpcPeeringConnectionID.NotFound",
    client(account="999999999999").accept_vpc_peering_connection,
    VpcPeeringConnectionId=wide,
)
same(connection(wide, by=far)["RequesterVpcInfo"]["Region"], REGION)
same(far.accept_vpc_peering_connection(VpcPeeringConnectionId=wide)["VpcPeeringConnection"]["Status"]["Code"], "active")
refused(
    "OperationNotPermitted",
    far.modify_vpc_peering_connection_options,
    VpcPeeringConnectionId=wide,
    RequesterPeeringConnectionOptions={"AllowDnsResolutionFromRemoteVpc": False},
)
far.modify_vpc_peering_connection_options(
    VpcPeeringConnectionId=wide, AccepterPeeringConnectionOptions={"AllowDnsResolutionFromRemoteVpc": False}
)


def matching(**values):
    filters = [{"Name": name.replace("_", "-"), "Values": value} for name, value in values.items()]
    found = ec2.describe_vpc_peering_connections(Filters=filters)["VpcPeeringConnections"]
    return [it["VpcPeeringConnectionId"] for it in found]


same(matching(**{"accepter_vpc_info.vpc_id": [FAR]}), [wide])
same(matching(**{"accepter_vpc_info.owner_id": ["210987654321"], "requester_vpc_info.cidr_block": ["10.1.0.0/16"]}), [wide])
same(matching(status_code=["active"]), [wide])
refused("InvalidFilter", ec2.describe_vpc_peering_connections, Filters=[{"Name": "colour", "Values": ["red"]}])
refused("InvalidVpcPeeringConnectionId.Malformed", ec2.delete_vpc_peering_connection, VpcPeeringConnectionId="pcx-1")
refused("DryRunOperation", far.delete_vpc_peering_connection, VpcPeeringConnectionId=wide, DryRun=True, status=412)

# The same by the `aws` command.
shown = aws("ec2", "describe-vpc-peering-connections", "--vpc-peering-connection-ids", wide)
if shown is not None:
    same(shown["VpcPeeringConnections"][0]["Status"]["Code"], "active")
    aws("ec2", "delete-vpc-peering-connection", "--vpc-peering-connection-id", wide)
    same(code(wide), "deleted")
