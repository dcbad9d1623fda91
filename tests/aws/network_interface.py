"""Network interfaces of every kind, by boto3 and `aws` (NI1). The world is the first lab with its interface endpoint."""

from common import ACCOUNT, aws, client, ec2, named, refused, same

PUBLIC, PRIVATE = "subnet-09b299c06521dd460", "subnet-0395bde2bd100a705"
VPC = "vpc-07de255d3a7c9c317"
everything = ec2.describe_network_interfaces()["NetworkInterfaces"]
same(len(everything), 4)

# Those of instances, whose ids follow from the instances'.
[web] = [it for it in everything if it["PrivateIpAddress"] == "10.0.0.29"]
same(web["Attachment"]["InstanceId"], "i-033fa1bc9a9817db2")
same((web["Status"], web["InterfaceType"], web["RequesterManaged"]), ("in-use", "interface", False))
same(web["Association"]["PublicIp"], "3.34.49.218")
same([group["GroupName"] for group in web["Groups"]], ["default"])

# Those of the endpoint.
managed = ec2.describe_network_interfaces(Filters=[{"Name": "interface-type", "Values": ["vpc_endpoint"]}])["NetworkInterfaces"]
same(sorted(it["PrivateIpAddress"] for it in managed), ["10.0.0.108", "10.0.1.47"])
for it in managed:
    same((it["RequesterManaged"], it["VpcId"], it["Status"]), (True, VPC, "in-use"))
    assert it["Description"].startswith("VPC Endpoint Interface vpce-"), it["Description"]
endpoint = managed[0]["NetworkInterfaceId"]
refused("InvalidParameterValue", ec2.delete_network_interface, NetworkInterfaceId=endpoint, text="currently in use")
refused("AuthFailure", ec2.modify_network_interface_attribute, NetworkInterfaceId=endpoint, Description={"Value": "x"})
refused("InvalidNetworkInterface.InUse", ec2.attach_network_interface, NetworkInterfaceId=endpoint, InstanceId="i-033fa1bc9a9817db2", DeviceIndex=1)

# Made by itself.
made = ec2.create_network_interface(
    SubnetId=PUBLIC, Description="mine", TagSpecifications=named("e", "network-interface"), ClientToken="t"
)["NetworkInterface"]
eni = made["NetworkInterfaceId"]
same((made["Status"], made["PrivateIpAddress"], made["AvailabilityZone"]), ("pending", "10.0.0.4", "ap-northeast-2a"))
again = ec2.create_network_interface(
    SubnetId=PUBLIC, Description="mine", TagSpecifications=named("e", "network-interface"), ClientToken="t"
)["NetworkInterface"]
same(again["NetworkInterfaceId"], eni)


def shown(interface=eni):
    return ec2.describe_network_interfaces(NetworkInterfaceIds=[interface])["NetworkInterfaces"][0]


same({**shown(), "Status": "pending"}, made)
same((shown()["Status"], shown()["OwnerId"], shown()["TagSet"]), ("available", ACCOUNT, [{"Key": "Name", "Value": "e"}]))
several = ec2.create_network_interface(
    SubnetId=PRIVATE,
    PrivateIpAddresses=[{"PrivateIpAddress": "10.0.1.80", "Primary": True}, {"PrivateIpAddress": "10.0.1.81", "Primary": False}],
)["NetworkInterface"]
same([it["PrivateIpAddress"] for it in several["PrivateIpAddresses"]], ["10.0.1.80", "10.0.1.81"])
counted = ec2.create_network_interface(SubnetId=PRIVATE, SecondaryPrivateIpAddressCount=3)["NetworkInterface"]
same(len(counted["PrivateIpAddresses"]), 4)
for bad, address in [("InUse", "10.0.1.81"), ("InUse", "10.0.0.29"), ("InUse", "10.0.0.108")]:
    subnet = PRIVATE if address.startswith("10.0.1.") else PUBLIC
    refused(f"InvalidIPAddress.{bad}", ec2.create_network_interface, SubnetId=subnet, PrivateIpAddress=address)
refused("InvalidParameterValue", ec2.create_network_interface, SubnetId=PUBLIC, PrivateIpAddress="10.0.0.1")
refused("InvalidParameterCombination", ec2.create_network_interface, SubnetId=PUBLIC, Ipv6AddressCount=1)
refused("PrivateIpAddressLimitExceeded", ec2.create_network_interface, SubnetId=PUBLIC, SecondaryPrivateIpAddressCount=50)
refused("InvalidSubnetID.NotFound", ec2.create_network_interface, SubnetId="subnet-0123456789abcdef0")
refused("DryRunOperation", ec2.create_network_interface, SubnetId=PUBLIC, DryRun=True, status=412)

# Modified, attached, detached, deleted.
group = ec2.create_security_group(GroupName="g", Description="g", VpcId=VPC)["GroupId"]
ec2.modify_network_interface_attribute(NetworkInterfaceId=eni, Groups=[group])
ec2.modify_network_interface_attribute(NetworkInterfaceId=eni, SourceDestCheck={"Value": False})
ec2.modify_network_interface_attribute(NetworkInterfaceId=eni, Description={"Value": "ours"})
same((shown()["Groups"], shown()["SourceDestCheck"], shown()["Description"]), ([{"GroupId": group, "GroupName": "g"}], False, "ours"))
same(ec2.describe_network_interface_attribute(NetworkInterfaceId=eni, Attribute="description")["Description"], {"Value": "ours"})
same(ec2.describe_network_interface_attribute(NetworkInterfaceId=eni, Attribute="groupSet")["Groups"][0]["GroupId"], group)
refused("MissingParameter", ec2.modify_network_interface_attribute, NetworkInterfaceId=eni)
refused("DependencyViolation", ec2.delete_security_group, GroupId=group)
attach = {"NetworkInterfaceId": eni, "InstanceId": "i-033fa1bc9a9817db2"}
refused("InvalidParameter", ec2.attach_network_interface, **attach, DeviceIndex=0, text="device index '0'")
refused(
    "InvalidParameterCombination",
    ec2.attach_network_interface,
    NetworkInterfaceId=eni,
    InstanceId="i-06620845270d412ac",
    DeviceIndex=1,
    text="availability zone",
)
attachment = ec2.attach_network_interface(**attach, DeviceIndex=1)["AttachmentId"]
same(shown()["Attachment"]["AttachmentId"], attachment)
same((shown()["Status"], shown()["Attachment"]["DeleteOnTermination"]), ("in-use", False))
refused("InvalidNetworkInterface.InUse", ec2.attach_network_interface, **attach, DeviceIndex=2)
refused("InvalidParameterValue", ec2.delete_network_interface, NetworkInterfaceId=eni, text="currently in use")
ec2.modify_network_interface_attribute(
    NetworkInterfaceId=eni, Attachment={"AttachmentId": attachment, "DeleteOnTermination": True}
)
same(shown()["Attachment"]["DeleteOnTermination"], True)
of_instance = ec2.describe_instances(InstanceIds=["i-033fa1bc9a9817db2"])["Reservations"][0]["Instances"][0]
same([it["NetworkInterfaceId"] for it in of_instance["NetworkInterfaces"]], [web["NetworkInterfaceId"], eni])
refused("OperationNotPermitted", ec2.detach_network_interface, AttachmentId=web["Attachment"]["AttachmentId"])
refused("InvalidAttachmentID.NotFound", ec2.detach_network_interface, AttachmentId="eni-attach-0123456789abcdef0")
ec2.detach_network_interface(AttachmentId=attachment)
same(shown()["Status"], "available")
refused("InvalidNetworkInterfaceID.NotFound", client(account="210987654321").delete_network_interface, NetworkInterfaceId=eni)
ec2.delete_network_interface(NetworkInterfaceId=eni)
refused("InvalidNetworkInterfaceID.NotFound", ec2.delete_network_interface, NetworkInterfaceId=eni)
freed = ec2.create_network_interface(SubnetId=PUBLIC, PrivateIpAddress="10.0.0.4")["NetworkInterface"]
ec2.modify_network_interface_attribute(NetworkInterfaceId=web["NetworkInterfaceId"], Description={"Value": "primary"})
same(shown(web["NetworkInterfaceId"])["Description"], "primary")


def matching(name, *values):
    found = ec2.describe_network_interfaces(Filters=[{"Name": name, "Values": list(values)}])["NetworkInterfaces"]
    return sorted(it["NetworkInterfaceId"] for it in found)


same(matching("status", "available"), sorted(it["NetworkInterfaceId"] for it in (freed, several, counted)))
same(matching("attachment.instance-id", "i-033fa1bc9a9817db2"), [web["NetworkInterfaceId"]])
same(matching("addresses.private-ip-address", "10.0.1.81"), [several["NetworkInterfaceId"]])
refused("InvalidFilter", ec2.describe_network_interfaces, Filters=[{"Name": "colour", "Values": ["red"]}])

# Tags of a primary interface, of one made by itself, and how both are found.
both = [web["NetworkInterfaceId"], several["NetworkInterfaceId"]]
ec2.create_tags(Resources=both, Tags=[{"Key": "team", "Value": "net"}])
same(matching("tag:team", "net"), sorted(both))
tagged = ec2.describe_tags(Filters=[{"Name": "key", "Values": ["team"]}])["Tags"]
same({it["ResourceType"] for it in tagged}, {"network-interface"})
ec2.delete_tags(Resources=both, Tags=[{"Key": "team"}])
same(matching("tag:team", "net"), [])

listed = aws("ec2", "describe-network-interfaces", "--filters", "Name=requester-managed,Values=true")
if listed is not None:
    same(len(listed["NetworkInterfaces"]), 2)

# Permissions for an interface (NI2): kept, shown, and gone with it.
theirs = {"AwsAccountId": "210987654321", "Permission": "INSTANCE-ATTACH"}
of = freed["NetworkInterfaceId"]
made = ec2.create_network_interface_permission(NetworkInterfaceId=of, **theirs)["InterfacePermission"]
permission = made["NetworkInterfacePermissionId"]
assert permission.startswith("eni-perm-0"), permission
same({**theirs, "NetworkInterfaceId": of, "NetworkInterfacePermissionId": permission, "PermissionState": {"State": "GRANTED"}}, made)
second = ec2.create_network_interface_permission(
    NetworkInterfaceId=several["NetworkInterfaceId"], AwsAccountId="310987654321", Permission="EIP-ASSOCIATE"
)["InterfacePermission"]


def permissions(by=ec2, **given):
    return by.describe_network_interface_permissions(**given)["NetworkInterfacePermissions"]


same(sorted(permissions(), key=str), sorted([made, second], key=str))
same(permissions(NetworkInterfacePermissionIds=[permission]), [made])
for name, value in [
    ("network-interface-permission-id", permission),
    ("network-interface-id", of),
    ("aws-account-id", "210987654321"),
    ("permission", "INSTANCE-ATTACH"),
]:
    same(permissions(Filters=[{"Name": f"network-interface-permission.{name}", "Values": [value]}]), [made])
same(permissions(Filters=[{"Name": "network-interface-permission.aws-service", "Values": ["*"]}]), [])
stranger = client(account="210987654321")
same(permissions(stranger), [])
refused("InvalidPermissionID.NotFound", stranger.delete_network_interface_permission, NetworkInterfacePermissionId=permission)
refused("InvalidPermission.Duplicate", ec2.create_network_interface_permission, NetworkInterfaceId=of, **theirs)
loose = client(checked=False)
for code, given in [
    ("InvalidParameterValue", {"AwsAccountId": "21098765432"}),
    ("InvalidParameterValue", {"AwsAccountId": "21098765432x"}),
    ("InvalidParameterValue", {"Permission": "ALL"}),
    ("MissingParameter", {"Permission": None}),
    ("MissingParameter", {"AwsAccountId": None}),
    ("UnsupportedOperation", {"AwsService": "ec2"}),
    ("InvalidNetworkInterface.InUse", {"NetworkInterfaceId": web["NetworkInterfaceId"]}),
    ("InvalidNetworkInterfaceID.NotFound", {"NetworkInterfaceId": eni}),
]:
    given = {key: value for key, value in {"NetworkInterfaceId": of, **theirs, **given}.items() if value}
    refused(code, loose.create_network_interface_permission, **given)
same(ec2.delete_network_interface_permission(NetworkInterfacePermissionId=permission, Force=True)["Return"], True)
refused("InvalidPermissionID.NotFound", permissions, NetworkInterfacePermissionIds=[permission])
refused("InvalidPermissionID.NotFound", ec2.delete_network_interface_permission, NetworkInterfacePermissionId=permission)
ec2.delete_network_interface(NetworkInterfaceId=several["NetworkInterfaceId"])
same(permissions(), [])
