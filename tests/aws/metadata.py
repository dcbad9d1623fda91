"""What an instance is told of itself is what the EC2 API says of it (M20 to M24, M30, M33), by boto3 and plain HTTP.

Whoever asks from an instance's address is the instance: the script runs in a network namespace that has them all.
"""

import http.client
import json
import os

from common import ec2, same

HOST, PORT = os.environ["VPCDNS_TEST_IMDS"].rsplit(":", 1)
IMAGE = "ami-0123456789abcdef0"
ONE, TWO, ELSEWHERE = (f"subnet-0000000000000000{number}" for number in (1, 2, 3))
VPC = "vpc-00000000000000001"


def ask(source, path):
    """The value of a path, asked from an address; none if there is no such path."""
    connection = http.client.HTTPConnection(HOST, int(PORT), timeout=20, source_address=(source, 0))
    try:
        connection.request("GET", f"/latest/{path}")
        reply = connection.getresponse()
        body = reply.read().decode()
    finally:
        connection.close()
    if reply.status == 404:
        return None
    same(reply.status, 200)
    return body


def lines(values):
    """Values as metadata lists them; none for no values."""
    return "\n".join(values) or None


def described(instance):
    """The instance as DescribeInstances shows it, with its reservation."""
    [reservation] = ec2.describe_instances(InstanceIds=[instance])["Reservations"]
    [found] = reservation["Instances"]
    return reservation, found


def check_interface(source, shown):
    """Compares the folder of one interface with what DescribeNetworkInterfaces shows."""
    base = f"meta-data/network/interfaces/macs/{shown['MacAddress']}"
    [vpc] = ec2.describe_vpcs(VpcIds=[shown["VpcId"]])["Vpcs"]
    [subnet] = ec2.describe_subnets(SubnetIds=[shown["SubnetId"]])["Subnets"]
    held = [it for it in shown["PrivateIpAddresses"] if "Association" in it]
    associations = {it["Association"]["PublicIp"]: it["PrivateIpAddress"] for it in held}
    expected = {
        "device-number": str(shown["Attachment"]["DeviceIndex"]),
        "interface-id": shown["NetworkInterfaceId"],
        "ipv6s": lines(it["Ipv6Address"] for it in shown["Ipv6Addresses"]),
        "ipv4-prefix": None,
        "ipv6-prefix": None,
        "local-ipv4s": lines(it["PrivateIpAddress"] for it in shown["PrivateIpAddresses"]),
        "mac": shown["MacAddress"],
        "network-card": str(shown["Attachment"]["NetworkCardIndex"]),
        "owner-id": shown["OwnerId"],
        "public-hostname": shown.get("Association", {}).get("PublicDnsName") or None,
        "public-ipv4s": lines(associations),
        "security-group-ids": lines(group["GroupId"] for group in shown["Groups"]),
        "security-groups": lines(group["GroupName"] for group in shown["Groups"]),
        "subnet-id": shown["SubnetId"],
        "subnet-ipv4-cidr-block": subnet["CidrBlock"],
        "subnet-ipv6-cidr-blocks": lines(it["Ipv6CidrBlock"] for it in subnet["Ipv6CidrBlockAssociationSet"]),
        "vpc-id": shown["VpcId"],
        "vpc-ipv4-cidr-block": vpc["CidrBlock"],
        "vpc-ipv4-cidr-blocks": lines(it["CidrBlock"] for it in vpc["CidrBlockAssociationSet"]),
        "vpc-ipv6-cidr-blocks": lines(it["Ipv6CidrBlock"] for it in vpc.get("Ipv6CidrBlockAssociationSet", [])),
    }
    same({key: ask(source, f"{base}/{key}") for key in expected}, expected)
    told = ask(source, f"{base}/ipv4-associations/")
    same(sorted(told.split("\n")) if told else [], sorted(associations))
    for public, private in associations.items():
        same(ask(source, f"{base}/ipv4-associations/{public}"), private)
    if shown.get("PrivateDnsName"):
        same(ask(source, f"{base}/local-hostname"), shown["PrivateDnsName"])


def check(instance, key=None, profile=None):
    """Compares everything an instance is told with what the API describes; gives both descriptions."""
    reservation, shown = described(instance)
    source = shown["PrivateIpAddress"]
    interfaces = ec2.describe_network_interfaces(
        Filters=[{"Name": "attachment.instance-id", "Values": [instance]}]
    )["NetworkInterfaces"]
    interfaces.sort(key=lambda it: it["Attachment"]["DeviceIndex"])
    same([it["NetworkInterfaceId"] for it in interfaces], [it["NetworkInterfaceId"] for it in shown["NetworkInterfaces"]])
    same([it["MacAddress"] for it in interfaces], [it["MacAddress"] for it in shown["NetworkInterfaces"]])

    def attribute(name):
        return ec2.describe_instance_attribute(InstanceId=instance, Attribute=name)

    expected = {
        "ami-id": shown["ImageId"],
        "ami-launch-index": str(shown["AmiLaunchIndex"]),
        "block-device-mapping/ami": attribute("rootDeviceName")["RootDeviceName"]["Value"],
        "block-device-mapping/root": shown["RootDeviceName"],
        "hostname": shown["PrivateDnsName"],
        "instance-id": shown["InstanceId"],
        "instance-life-cycle": shown.get("InstanceLifecycle", "on-demand"),
        "instance-type": attribute("instanceType")["InstanceType"]["Value"],
        "ipv6": shown.get("Ipv6Address"),
        "local-hostname": shown["PrivateDnsName"],
        "local-ipv4": shown["PrivateIpAddress"],
        "mac": interfaces[0]["MacAddress"],
        "placement/availability-zone": shown["Placement"]["AvailabilityZone"],
        "placement/group-name": shown["Placement"]["GroupName"] or None,
        "public-hostname": shown["PublicDnsName"] or None,
        "public-ipv4": shown.get("PublicIpAddress"),
        "public-keys/": f"0={shown['KeyName']}" if "KeyName" in shown else None,
        "reservation-id": reservation["ReservationId"],
        "security-groups": lines(group["GroupName"] for group in shown["SecurityGroups"]),
    }
    same({key: ask(source, f"meta-data/{key}") for key in expected}, expected)
    same([group["GroupId"] for group in attribute("groupSet")["Groups"]], [it["GroupId"] for it in shown["SecurityGroups"]])
    same(ask(source, "dynamic/fws/instance-monitoring"), shown["Monitoring"]["State"])
    info = ask(source, "meta-data/iam/info")
    told = {"Arn": json.loads(info)["InstanceProfileArn"], "Id": json.loads(info)["InstanceProfileId"]} if info else None
    same(told, shown.get("IamInstanceProfile"))
    same(json.loads(ask(source, "meta-data/identity-credentials/ec2/info"))["AccountId"], reservation["OwnerId"])

    document = json.loads(ask(source, "dynamic/instance-identity/document"))
    expected = {
        "accountId": reservation["OwnerId"],
        "architecture": shown["Architecture"],
        "availabilityZone": shown["Placement"]["AvailabilityZone"],
        "imageId": shown["ImageId"],
        "instanceId": shown["InstanceId"],
        "instanceType": shown["InstanceType"],
        "pendingTime": shown["LaunchTime"].strftime("%Y-%m-%dT%H:%M:%SZ"),
        "privateIp": shown["PrivateIpAddress"],
    }
    same({key: document[key] for key in expected}, expected)

    macs = ask(source, "meta-data/network/interfaces/macs/")
    same(sorted(macs.split("\n")), sorted(f"{it['MacAddress']}/" for it in interfaces))
    for interface in interfaces:
        check_interface(source, interface)
    return reservation, shown, interfaces


# An instance of a world file, of whose launch nothing was said.
check("i-00000000000000001")

# Two launched at once, in two groups, with monitoring, a key and a profile.
groups = [
    ec2.create_security_group(GroupName=name, Description=name, VpcId=VPC)["GroupId"] for name in ("web", "the shop")
]
ec2.create_key_pair(KeyName="the shop's key", KeyType="ed25519")
[pair] = ec2.describe_key_pairs(IncludePublicKey=True)["KeyPairs"]
launch = {
    "ImageId": IMAGE,
    "InstanceType": "m7g.large",
    "KeyName": "the shop's key",
    "Monitoring": {"Enabled": True},
    "IamInstanceProfile": {"Name": "reader"},
}
made = ec2.run_instances(
    **launch,
    MinCount=2,
    MaxCount=2,
    NetworkInterfaces=[
        {"DeviceIndex": 0, "SubnetId": ONE, "Groups": groups, "SecondaryPrivateIpAddressCount": 2, "Ipv6AddressCount": 1}
    ],
)["Instances"]
first, second = (it["InstanceId"] for it in made)
for instance, index in ((first, 0), (second, 1)):
    _, shown, _ = check(instance)
    same((shown["AmiLaunchIndex"], shown["Monitoring"]["State"], shown["KeyName"]), (index, "enabled", "the shop's key"))
    same(ask(shown["PrivateIpAddress"], "meta-data/public-keys/0/openssh-key"), pair["PublicKey"])
    same(sorted(group["GroupName"] for group in shown["SecurityGroups"]), ["the shop", "web"])
    same(len(shown["NetworkInterfaces"][0]["PrivateIpAddresses"]), 3)
assert described(first)[0]["ReservationId"] == described(second)[0]["ReservationId"]

# One more interface in another subnet, with another group, and elastic addresses: on the primary private address, a
# secondary one, and the further interface.
further = ec2.create_network_interface(SubnetId=TWO, Groups=[groups[1]], SecondaryPrivateIpAddressCount=1)["NetworkInterface"]
attachment = ec2.attach_network_interface(
    NetworkInterfaceId=further["NetworkInterfaceId"], InstanceId=first, DeviceIndex=2
)["AttachmentId"]
primary = described(first)[1]["NetworkInterfaces"][0]
places = [
    (primary["NetworkInterfaceId"], primary["PrivateIpAddresses"][0]["PrivateIpAddress"]),
    (primary["NetworkInterfaceId"], primary["PrivateIpAddresses"][2]["PrivateIpAddress"]),
    (further["NetworkInterfaceId"], further["PrivateIpAddress"]),
]
elastic = []
for interface, private in places:
    address = ec2.allocate_address(Domain="vpc")
    association = ec2.associate_address(
        AllocationId=address["AllocationId"], NetworkInterfaceId=interface, PrivateIpAddress=private
    )["AssociationId"]
    elastic.append((address["PublicIp"], association))
_, shown, interfaces = check(first)
same([it["Attachment"]["DeviceIndex"] for it in interfaces], [0, 2])
same(shown["PublicIpAddress"], elastic[0][0])
for address in (shown["PrivateIpAddress"], places[1][1], places[2][1]):
    same(ask(address, "meta-data/instance-id"), first)
publics = ask(shown["PrivateIpAddress"], f"meta-data/network/interfaces/macs/{shown['NetworkInterfaces'][0]['MacAddress']}/public-ipv4s")
same(publics, f"{elastic[0][0]}\n{elastic[1][0]}")
[alone] = [it for it in interfaces if it["NetworkInterfaceId"] == further["NetworkInterfaceId"]]
same(alone["Association"]["PublicIp"], elastic[2][0])

# One of another VPC, whose DNS hostnames are off, after which this instance is told of three.
abroad = ec2.create_network_interface(SubnetId=ELSEWHERE)["NetworkInterface"]["NetworkInterfaceId"]
ec2.attach_network_interface(NetworkInterfaceId=abroad, InstanceId=first, DeviceIndex=1)
same(len(check(first)[2]), 3)

# Everything that changes is told as it is now: groups, monitoring, addresses, interfaces, the time of the last start.
ec2.modify_instance_attribute(InstanceId=first, Groups=[groups[0]])
ec2.modify_network_interface_attribute(NetworkInterfaceId=further["NetworkInterfaceId"], Groups=groups)
ec2.unmonitor_instances(InstanceIds=[first])
ec2.disassociate_address(AssociationId=elastic[0][1])
_, shown, _ = check(first)
same((shown["Monitoring"]["State"], shown.get("PublicIpAddress")), ("disabled", None))
ec2.detach_network_interface(AttachmentId=attachment)
same(len(check(first)[2]), 2)
ec2.stop_instances(InstanceIds=[first])
ec2.modify_instance_attribute(InstanceId=first, InstanceType={"Value": "t3.micro"})
ec2.start_instances(InstanceIds=[first])
_, shown, _ = check(first)
same((shown["InstanceType"], shown["Architecture"]), ("t3.micro", "x86_64"))

# A network interface that was there before the instance keeps its id and its MAC address.
before = ec2.create_network_interface(SubnetId=TWO, Groups=groups)["NetworkInterface"]
ec2.create_placement_group(GroupName="together", Strategy="cluster")
[carrier] = ec2.run_instances(
    ImageId=IMAGE,
    MinCount=1,
    MaxCount=1,
    InstanceType="c5.large",
    NetworkInterfaces=[{"DeviceIndex": 0, "NetworkInterfaceId": before["NetworkInterfaceId"]}],
    Placement={"GroupName": "together"},
)["Instances"]
_, shown, _ = check(carrier["InstanceId"])
same(ask(shown["PrivateIpAddress"], "meta-data/mac"), before["MacAddress"])

# Without DNS hostnames neither tells a public name.
ec2.modify_vpc_attribute(VpcId=VPC, EnableDnsHostnames={"Value": False})
check("i-00000000000000001")
same(ask("10.9.1.10", "meta-data/public-hostname"), None)
