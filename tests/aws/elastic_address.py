"""Elastic addresses, by boto3, `aws` and dig (EIP1). The world is the first lab."""

from common import aws, client, dig, ec2, named, refused, same

WEB, PRIVATE = "i-033fa1bc9a9817db2", "i-06620845270d412ac"
VPC = "vpc-07de255d3a7c9c317"
ec2.modify_vpc_attribute(VpcId=VPC, EnableDnsHostnames={"Value": True})


def instance(one=WEB):
    return ec2.describe_instances(InstanceIds=[one])["Reservations"][0]["Instances"][0]


def address(one):
    return ec2.describe_addresses(AllocationIds=[one])["Addresses"][0]


made = ec2.allocate_address(Domain="vpc", TagSpecifications=named("e", "elastic-ip"))
same((made["Domain"], made["PublicIpv4Pool"], made["NetworkBorderGroup"]), ("vpc", "amazon", "ap-northeast-2"))
one, public = made["AllocationId"], made["PublicIp"]
same(address(one)["Tags"], [{"Key": "Name", "Value": "e"}])
assert "AssociationId" not in address(one)
others = [ec2.allocate_address() for _ in range(40)]
same(len({it["PublicIp"] for it in [made, *others]}), 41)

# On an instance it takes the place of the public address, and the names follow.
association = ec2.associate_address(AllocationId=one, InstanceId=WEB)["AssociationId"]
shown = address(one)
same((shown["InstanceId"], shown["PrivateIpAddress"], shown["AssociationId"]), (WEB, "10.0.0.29", association))
same(instance()["PublicIpAddress"], public)
[interface] = instance()["NetworkInterfaces"]
same(interface["NetworkInterfaceId"], shown["NetworkInterfaceId"])
name = f"ec2-{public.replace('.', '-')}.ap-northeast-2.compute.amazonaws.com"
same(instance()["PublicDnsName"], name)
same(dig(name, "10.0.1.29"), ["10.0.0.29"])
same(dig(name, "192.0.2.1"), [public])
same(dig("ec2-3-34-49-218.ap-northeast-2.compute.amazonaws.com", "10.0.1.29"), ["3.34.49.218"])
same(ec2.associate_address(AllocationId=one, InstanceId=WEB)["AssociationId"], association)

# It stays while the instance is stopped.
ec2.stop_instances(InstanceIds=[WEB])
same(instance()["PublicIpAddress"], public)
ec2.start_instances(InstanceIds=[WEB])
same(instance()["PublicIpAddress"], public)
refused("InvalidIPAddress.InUse", ec2.release_address, AllocationId=one)
refused("Resource.AlreadyAssociated", ec2.associate_address, AllocationId=one, InstanceId=PRIVATE, AllowReassociation=False)
moved = ec2.associate_address(AllocationId=one, InstanceId=PRIVATE)["AssociationId"]
assert moved != association
same((instance(PRIVATE)["PublicIpAddress"], instance().get("PublicIpAddress")), (public, None))
same(dig(name, "10.0.0.29"), ["10.0.1.29"])
two = others[0]
ec2.associate_address(AllocationId=two["AllocationId"], InstanceId=PRIVATE)
assert "AssociationId" not in address(one)
ec2.disassociate_address(AssociationId=address(two["AllocationId"])["AssociationId"])
same(instance(PRIVATE).get("PublicIpAddress"), None)
refused("InvalidAssociationID.NotFound", ec2.disassociate_address, AssociationId=moved)

# An instance that is launched with a public address takes another when the elastic one goes.
[launched] = ec2.run_instances(
    ImageId="ami-0123456789abcdef0", MinCount=1, MaxCount=1, SubnetId="subnet-09b299c06521dd460"
)["Instances"]
first = launched["PublicIpAddress"]
ec2.associate_address(PublicIp=public, InstanceId=launched["InstanceId"])
ec2.disassociate_address(PublicIp=public)
assert instance(launched["InstanceId"])["PublicIpAddress"] not in (first, public)

# On a network interface: it goes with the interface, onto an instance and into nothing.
eni = ec2.create_network_interface(SubnetId="subnet-09b299c06521dd460", SecondaryPrivateIpAddressCount=1)["NetworkInterface"]
secondary = eni["PrivateIpAddresses"][1]["PrivateIpAddress"]
ec2.associate_address(AllocationId=one, NetworkInterfaceId=eni["NetworkInterfaceId"])
ec2.associate_address(
    AllocationId=two["AllocationId"], NetworkInterfaceId=eni["NetworkInterfaceId"], PrivateIpAddress=secondary
)
same((address(one).get("InstanceId"), address(two["AllocationId"])["PrivateIpAddress"]), (None, secondary))
[seen] = ec2.describe_network_interfaces(NetworkInterfaceIds=[eni["NetworkInterfaceId"]])["NetworkInterfaces"]
same(seen["Association"]["AllocationId"], one)
same([it["Association"]["PublicIp"] for it in seen["PrivateIpAddresses"]], [public, two["PublicIp"]])
refused(
    "InvalidParameterValue",
    ec2.associate_address,
    AllocationId=one,
    NetworkInterfaceId=eni["NetworkInterfaceId"],
    PrivateIpAddress="10.0.0.200",
)
[carrier] = ec2.run_instances(
    ImageId="ami-0123456789abcdef0",
    MinCount=1,
    MaxCount=1,
    NetworkInterfaces=[{"DeviceIndex": 0, "NetworkInterfaceId": eni["NetworkInterfaceId"]}],
)["Instances"]
same((carrier["PublicIpAddress"], address(one)["InstanceId"]), (public, carrier["InstanceId"]))
same(dig(name, "10.0.0.29"), [eni["PrivateIpAddress"]])
ec2.terminate_instances(InstanceIds=[carrier["InstanceId"]])
same(address(one).get("InstanceId"), None)
same(address(one)["NetworkInterfaceId"], eni["NetworkInterfaceId"])
same(dig(name, "10.0.0.29"), [public])
ec2.delete_network_interface(NetworkInterfaceId=eni["NetworkInterfaceId"])
assert "AssociationId" not in address(one)

# What AWS refuses.
refused("InvalidAllocationID.NotFound", ec2.associate_address, AllocationId="eipalloc-0123456789abcdef0", InstanceId=WEB)
refused("InvalidAllocationID.Malformed", ec2.describe_addresses, AllocationIds=["eipalloc-x"])
refused("InvalidAddress.NotFound", ec2.describe_addresses, PublicIps=["192.0.2.7"])
refused("InvalidInstanceID.NotFound", ec2.associate_address, AllocationId=one, InstanceId="i-0123456789abcdef0")
refused("MissingParameter", ec2.associate_address, AllocationId=one)
refused("InvalidParameterCombination", ec2.release_address, AllocationId=one, PublicIp=public)
refused("InvalidPublicIpv4PoolID.NotFound", ec2.allocate_address, PublicIpv4Pool="ipv4pool-ec2-1")
other = client(account="210987654321")
same(other.describe_addresses()["Addresses"], [])
refused("InvalidAllocationID.NotFound", other.release_address, AllocationId=one)
refused("DryRunOperation", ec2.release_address, AllocationId=one, DryRun=True, status=412)
found = ec2.describe_addresses(Filters=[{"Name": "public-ip", "Values": [public]}])["Addresses"]
same([it["AllocationId"] for it in found], [one])
refused("InvalidFilter", ec2.describe_addresses, Filters=[{"Name": "colour", "Values": ["red"]}])

# A reverse name of its own: the address answers to it everywhere, whatever has the address (EIP2, EIP3).
def attribute(**parameters):
    return ec2.describe_addresses_attribute(Attribute="domain-name", **parameters)["Addresses"]


def reverse(public, client):
    return dig(".".join(reversed(public.split("."))) + ".in-addr.arpa", client, "PTR")


same((attribute(), attribute(AllocationIds=[one]), reverse(public, "10.0.0.29")), ([], [], []))
told = ec2.modify_address_attribute(AllocationId=one, DomainName="Mail.Shop.Example")["Address"]
update = {"Value": "mail.shop.example.", "Status": "PENDING"}
same(told, {"PublicIp": public, "AllocationId": one, "PtrRecordUpdate": update})
same(attribute(AllocationIds=[one]), [{"PublicIp": public, "AllocationId": one, "PtrRecord": "mail.shop.example."}])
for place in ("10.0.0.29", "192.0.2.1"):
    same(reverse(public, place), ["mail.shop.example."])
ec2.associate_address(AllocationId=one, InstanceId=PRIVATE)
same(reverse(public, "10.0.1.29"), ["mail.shop.example."])
ec2.modify_address_attribute(AllocationId=one, DomainName="other.example.")
same(attribute()[0]["PtrRecord"], "other.example.")
refused("InvalidParameterValue", ec2.modify_address_attribute, AllocationId=one, DomainName="a..b")
refused("InvalidParameterValue", ec2.modify_address_attribute, AllocationId=one, DomainName="alone")
refused("MissingParameter", ec2.modify_address_attribute, AllocationId=one)
refused("InvalidAllocationID.NotFound", ec2.modify_address_attribute, AllocationId="eipalloc-0123456789abcdef0", DomainName="a.b")
refused("InvalidAllocationID.NotFound", other.reset_address_attribute, AllocationId=one, Attribute="domain-name")
refused("InvalidParameterValue", ec2.reset_address_attribute, AllocationId=one, Attribute="other")
ec2.disassociate_address(PublicIp=public)
refused("InvalidAddress.Locked", ec2.release_address, AllocationId=one)
told = ec2.reset_address_attribute(AllocationId=one, Attribute="domain-name")["Address"]
same((told["PtrRecord"], told["PtrRecordUpdate"]["Status"]), ("other.example.", "PENDING"))
same((attribute(), reverse(public, "10.0.0.29")), ([], []))

listed = aws("ec2", "describe-addresses", "--public-ips", public)
if listed is not None:
    same(listed["Addresses"][0]["AllocationId"], one)
ec2.release_address(AllocationId=one)
refused("InvalidAllocationID.NotFound", ec2.release_address, AllocationId=one)
