"""Prefix lists of customers: versions, and the routes and rules that name them (PL1 to PL4)."""

from common import ACCOUNT, REGION, client, ec2, named, refused, same

AWS_LIST = "pl-78a54011"


def create(name="shops", most=3, family="IPv4", cidrs=("10.1.0.0/16", "10.2.0.0/16"), **more):
    entries = [{"Cidr": cidr, "Description": f"about {cidr}"} for cidr in cidrs]
    return ec2.create_managed_prefix_list(
        PrefixListName=name, MaxEntries=most, AddressFamily=family, Entries=entries, **more
    )["PrefixList"]


def shown(id):
    [found] = ec2.describe_managed_prefix_lists(PrefixListIds=[id])["PrefixLists"]
    return found


def entries(id, **more):
    return [it["Cidr"] for it in ec2.get_managed_prefix_list_entries(PrefixListId=id, **more)["Entries"]]


made = create(TagSpecifications=named("n", "prefix-list"), ClientToken="once")
LIST = made["PrefixListId"]
same(made["State"], "create-in-progress")
same(create(TagSpecifications=named("n", "prefix-list"), ClientToken="once")["PrefixListId"], LIST)
same(shown(LIST), {**made, "State": "create-complete"})
same((made["Version"], made["MaxEntries"], made["AddressFamily"], made["OwnerId"]), (1, 3, "IPv4", ACCOUNT))
same(made["PrefixListArn"], f"arn:aws:ec2:{REGION}:{ACCOUNT}:prefix-list/{LIST}")
same(entries(LIST), ["10.1.0.0/16", "10.2.0.0/16"])
told = ec2.get_managed_prefix_list_entries(PrefixListId=LIST)["Entries"][0]
same(told, {"Cidr": "10.1.0.0/16", "Description": "about 10.1.0.0/16"})

# Entries make versions, a name does not.
after = ec2.modify_managed_prefix_list(
    PrefixListId=LIST, CurrentVersion=1, AddEntries=[{"Cidr": "10.3.7.7/16"}], RemoveEntries=[{"Cidr": "10.1.0.0/16"}]
)["PrefixList"]
same((after["Version"], after["State"]), (2, "modify-in-progress"))
same(shown(LIST)["State"], "modify-complete")
same(entries(LIST), ["10.2.0.0/16", "10.3.0.0/16"])
same(entries(LIST, TargetVersion=1), ["10.1.0.0/16", "10.2.0.0/16"])
same(ec2.modify_managed_prefix_list(PrefixListId=LIST, PrefixListName="stores")["PrefixList"]["Version"], 2)
same(shown(LIST)["PrefixListName"], "stores")
same(ec2.modify_managed_prefix_list(PrefixListId=LIST, MaxEntries=2)["PrefixList"]["MaxEntries"], 2)
ec2.restore_managed_prefix_list_version(PrefixListId=LIST, PreviousVersion=1, CurrentVersion=2)
same((shown(LIST)["Version"], entries(LIST)), (3, ["10.1.0.0/16", "10.2.0.0/16"]))
one = [{"Cidr": "10.9.0.0/16"}]
for code, call in [
    ("PrefixListVersionMismatch", {"CurrentVersion": 2, "AddEntries": one}),
    ("MissingParameter", {"AddEntries": one}),
    ("PrefixListMaxEntriesExceeded", {"CurrentVersion": 3, "AddEntries": one}),
    ("PrefixListMaxEntriesExceeded", {"MaxEntries": 1}),
    ("InvalidParameterValue", {"CurrentVersion": 3, "RemoveEntries": one}),
    ("InvalidParameterValue", {"CurrentVersion": 3, "AddEntries": [{"Cidr": "10.9.0.0"}]}),
    ("InvalidParameterValue", {"MaxEntries": 1001}),
    ("InvalidParameterCombination", {"CurrentVersion": 3, "AddEntries": one, "MaxEntries": 9}),
]:
    refused(code, ec2.modify_managed_prefix_list, PrefixListId=LIST, **call)
old = {"PrefixListId": LIST, "PreviousVersion": 9, "CurrentVersion": 3}
refused("PrefixListVersionNotFound", ec2.restore_managed_prefix_list_version, **old)
refused("PrefixListVersionNotFound", ec2.get_managed_prefix_list_entries, PrefixListId=LIST, TargetVersion=9)
for code, call in [
    ("InvalidParameterValue", {"family": "IPv5"}),
    ("InvalidParameterValue", {"most": 0, "cidrs": []}),
    ("InvalidParameterValue", {"name": "com.amazonaws.mine"}),
    ("InvalidParameterValue", {"cidrs": ["fd00::/64"]}),
    ("InvalidParameterValue", {"cidrs": ["10.1.0.0/16", "10.1.1.1/16"]}),
    ("PrefixListMaxEntriesExceeded", {"most": 1}),
]:
    refused(code, create, **call)
six = create("six", family="IPv6", cidrs=["fd00::/64"])["PrefixListId"]

# AWS's own lists stand beside them, and nobody changes them.
assert {LIST, six, AWS_LIST} <= {it["PrefixListId"] for it in ec2.describe_managed_prefix_lists()["PrefixLists"]}
found = ec2.describe_managed_prefix_lists(Filters=[{"Name": "owner-id", "Values": [ACCOUNT]}])["PrefixLists"]
same(sorted(it["PrefixListId"] for it in found), sorted([LIST, six]))
for name, value in [("prefix-list-name", "stores"), ("tag:Name", "n"), ("prefix-list-id", LIST)]:
    found = ec2.describe_managed_prefix_lists(Filters=[{"Name": name, "Values": [value]}])["PrefixLists"]
    same([it["PrefixListId"] for it in found], [LIST])
refused("UnauthorizedOperation", ec2.delete_managed_prefix_list, PrefixListId=AWS_LIST)
refused("UnauthorizedOperation", ec2.modify_managed_prefix_list, PrefixListId=AWS_LIST, PrefixListName="mine")
refused("InvalidPrefixListID.NotFound", client(account="210987654321").get_managed_prefix_list_entries, PrefixListId=LIST)


def failed():
    """A deletion begins, and fails because something names the list."""
    same(ec2.delete_managed_prefix_list(PrefixListId=LIST)["PrefixList"]["State"], "delete-in-progress")
    [left] = ec2.describe_managed_prefix_lists(PrefixListIds=[LIST])["PrefixLists"]
    same((left["State"], left["StateMessage"]), ("delete-failed", "The prefix list has dependencies and cannot be deleted."))
    ec2.modify_managed_prefix_list(PrefixListId=LIST, PrefixListName="again")
    [left] = ec2.describe_managed_prefix_lists(PrefixListIds=[LIST])["PrefixLists"]
    same((left["State"], left.get("StateMessage")), ("modify-complete", None))


# Routes.
VPC = ec2.create_vpc(CidrBlock="10.50.0.0/16")["Vpc"]["VpcId"]
GATEWAY = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
ec2.attach_internet_gateway(InternetGatewayId=GATEWAY, VpcId=VPC)
TABLE = ec2.create_route_table(VpcId=VPC)["RouteTable"]["RouteTableId"]
way = {"RouteTableId": TABLE, "DestinationPrefixListId": LIST}
ec2.create_route(**way, GatewayId=GATEWAY)
refused("RouteAlreadyExists", ec2.create_route, **way, GatewayId=GATEWAY, text=f"identified by {LIST}")
refused("InvalidParameterValue", ec2.create_route, RouteTableId=TABLE, DestinationPrefixListId=AWS_LIST, GatewayId=GATEWAY)
refused("InvalidParameterCombination", ec2.create_route, **way, DestinationCidrBlock="9.0.0.0/8", GatewayId=GATEWAY)


def route():
    [table] = ec2.describe_route_tables(Filters=[{"Name": "route.destination-prefix-list-id", "Values": [LIST]}])["RouteTables"]
    return next(it for it in table["Routes"] if it.get("DestinationPrefixListId") == LIST)


same((route()["GatewayId"], route()["State"], route()["Origin"]), (GATEWAY, "active", "CreateRoute"))
transit = "tgw-0123456789abcdef0"
ec2.replace_route(**way, TransitGatewayId=transit)
same(route()["TransitGatewayId"], transit)
failed()
ec2.delete_route(**way)
refused("InvalidRoute.NotFound", ec2.delete_route, **way)
refused("InvalidParameterValue", ec2.replace_route, **way, GatewayId=GATEWAY, text="Use CreateRoute")

# Rules.
group = ec2.create_security_group(GroupName="g", Description="g", VpcId=VPC)["GroupId"]
rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "PrefixListIds": [{"PrefixListId": LIST}]}
ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
failed()
ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=[rule])
gone = ec2.delete_managed_prefix_list(PrefixListId=LIST)["PrefixList"]
same((gone["PrefixListId"], gone["State"]), (LIST, "delete-in-progress"))
refused("InvalidPrefixListID.NotFound", ec2.describe_managed_prefix_lists, PrefixListIds=[LIST])
refused("InvalidPrefixListID.NotFound", ec2.delete_managed_prefix_list, PrefixListId=LIST)
