"""Addresses given to interfaces and taken from them, and the IPv6 ranges of subnets, by boto3 and dig (H1, NI1)."""

from common import client, dig, ec2, refused, same

vpc = ec2.create_vpc(CidrBlock="10.8.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]
ec2.modify_vpc_attribute(VpcId=vpc["VpcId"], EnableDnsHostnames={"Value": True})
subnet = ec2.create_subnet(VpcId=vpc["VpcId"], CidrBlock="10.8.1.0/24", AvailabilityZone="ap-northeast-2a")["Subnet"]
[made] = ec2.run_instances(
    ImageId="ami-0123456789abcdef0", MinCount=1, MaxCount=1, InstanceType="t3.micro", SubnetId=subnet["SubnetId"], PrivateIpAddress="10.8.1.10"
)["Instances"]
primary = made["NetworkInterfaces"][0]["NetworkInterfaceId"]
own = ec2.create_network_interface(SubnetId=subnet["SubnetId"], PrivateIpAddress="10.8.1.20")["NetworkInterface"]["NetworkInterfaceId"]


def interface(of):
    return ec2.describe_network_interfaces(NetworkInterfaceIds=[of])["NetworkInterfaces"][0]


def addresses(of):
    return [it["PrivateIpAddress"] for it in interface(of)["PrivateIpAddresses"]]


def ipv6(of):
    return [it["Ipv6Address"] for it in interface(of)["Ipv6Addresses"]]


def assign(of, **more):
    answer = ec2.assign_private_ip_addresses(NetworkInterfaceId=of, **more)
    return [it["PrivateIpAddress"] for it in answer["AssignedPrivateIpAddresses"]]


def name_of(address):
    return dig(f"ip-{address.replace('.', '-')}.ap-northeast-2.compute.internal", "10.8.1.10")


def reverse(address):
    return dig(".".join(reversed(address.split("."))) + ".in-addr.arpa", "10.8.1.10", "PTR")


# Named and counted, on both kinds of interfaces. Every address of the VPC has a name, given to an interface or not.
same(assign(primary, PrivateIpAddresses=["10.8.1.11", "10.8.1.12"]), ["10.8.1.11", "10.8.1.12"])
same(addresses(primary), ["10.8.1.10", "10.8.1.11", "10.8.1.12"])
same(name_of("10.8.1.11"), ["10.8.1.11"])
same(reverse("10.8.1.11"), ["ip-10-8-1-11.ap-northeast-2.compute.internal."])
counted = assign(own, SecondaryPrivateIpAddressCount=2)
same(addresses(own), ["10.8.1.20", *counted])
same(name_of(counted[0]), [counted[0]])
same(assign(primary, PrivateIpAddresses=["10.8.1.11"]), [])

# Refused: in use, outside, reserved, too many, both ways, none.
call = ec2.assign_private_ip_addresses
refused("InvalidIPAddress.InUse", call, NetworkInterfaceId=own, PrivateIpAddresses=["10.8.1.11"])
refused("InvalidParameterValue", call, NetworkInterfaceId=own, PrivateIpAddresses=["10.9.1.11"])
refused("InvalidParameterValue", call, NetworkInterfaceId=own, PrivateIpAddresses=["10.8.1.3"])
refused("InvalidParameterValue", call, NetworkInterfaceId=own, PrivateIpAddresses=["x"])
refused("PrivateIpAddressLimitExceeded", call, NetworkInterfaceId=own, SecondaryPrivateIpAddressCount=48)
refused("InvalidParameterCombination", call, NetworkInterfaceId=own, PrivateIpAddresses=["10.8.1.50"], SecondaryPrivateIpAddressCount=1)
refused("MissingParameter", call, NetworkInterfaceId=own)
refused("InvalidNetworkInterfaceID.NotFound", call, NetworkInterfaceId="eni-0123456789abcdef0", SecondaryPrivateIpAddressCount=1)
other = client(account="210987654321")
refused("InvalidNetworkInterfaceID.NotFound", other.assign_private_ip_addresses, NetworkInterfaceId=own, SecondaryPrivateIpAddressCount=1)
same(addresses(own), ["10.8.1.20", *counted])

# Moved from one to the other, but never a primary one.
same(assign(own, PrivateIpAddresses=["10.8.1.12"], AllowReassignment=True), ["10.8.1.12"])
same((addresses(primary), addresses(own)[-1]), (["10.8.1.10", "10.8.1.11"], "10.8.1.12"))
refused("InvalidParameterValue", call, NetworkInterfaceId=own, PrivateIpAddresses=["10.8.1.10"], AllowReassignment=True, text="10.8.1.10")

# Taken away: what was associated with the address is free again.
gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc["VpcId"])
elastic = ec2.allocate_address(Domain="vpc")["AllocationId"]
ec2.associate_address(AllocationId=elastic, NetworkInterfaceId=primary, PrivateIpAddress="10.8.1.11")
ec2.unassign_private_ip_addresses(NetworkInterfaceId=primary, PrivateIpAddresses=["10.8.1.11"])
same(addresses(primary), ["10.8.1.10"])
same(ec2.describe_addresses(AllocationIds=[elastic])["Addresses"][0].get("AssociationId"), None)
same(assign(own, PrivateIpAddresses=["10.8.1.11"]), ["10.8.1.11"])
call = ec2.unassign_private_ip_addresses
refused("InvalidParameterValue", call, NetworkInterfaceId=primary, PrivateIpAddresses=["10.8.1.11"], text="not assigned")
refused("InvalidParameterValue", call, NetworkInterfaceId=primary, PrivateIpAddresses=["10.8.1.10"], text="primary")
refused("MissingParameter", call, NetworkInterfaceId=primary)

# A subnet's IPv6 range.
whole = vpc["Ipv6CidrBlockAssociationSet"][0].get("Ipv6CidrBlock")
whole = whole or ec2.describe_vpcs(VpcIds=[vpc["VpcId"]])["Vpcs"][0]["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"]
part = whole.replace("/56", "/64")
refused("InvalidParameterCombination", ec2.assign_ipv6_addresses, NetworkInterfaceId=own, Ipv6AddressCount=1)
associated = ec2.associate_subnet_cidr_block(SubnetId=subnet["SubnetId"], Ipv6CidrBlock=part)
association = associated["Ipv6CidrBlockAssociation"]
same((association["Ipv6CidrBlock"], association["Ipv6CidrBlockState"]["State"]), (part, "associating"))


def ranges():
    found = ec2.describe_subnets(SubnetIds=[subnet["SubnetId"]])["Subnets"][0]["Ipv6CidrBlockAssociationSet"]
    return [(it["AssociationId"], it["Ipv6CidrBlock"]) for it in found]


same(ranges(), [(association["AssociationId"], part)])
call = ec2.associate_subnet_cidr_block
refused("InvalidParameterValue", call, SubnetId=subnet["SubnetId"], Ipv6CidrBlock=part)
refused("MissingParameter", call, SubnetId=subnet["SubnetId"])
refused("InvalidParameterValue", call, SubnetId=subnet["SubnetId"], Ipv6CidrBlock="x")
second = ec2.create_subnet(VpcId=vpc["VpcId"], CidrBlock="10.8.2.0/24")["Subnet"]["SubnetId"]
refused("InvalidSubnet.Conflict", call, SubnetId=second, Ipv6CidrBlock=part)
refused("InvalidSubnet.Range", call, SubnetId=second, Ipv6CidrBlock="2001:db8::/64")
refused("InvalidIpamPoolId.NotFound", call, SubnetId=second, Ipv6IpamPoolId="ipam-pool-0123456789abcdef0")

# IPv6 addresses.
first = part.replace("/64", "77")
same(ec2.assign_ipv6_addresses(NetworkInterfaceId=own, Ipv6Addresses=[first])["AssignedIpv6Addresses"], [first])
[drawn] = ec2.assign_ipv6_addresses(NetworkInterfaceId=primary, Ipv6AddressCount=1)["AssignedIpv6Addresses"]
same((ipv6(own), ipv6(primary)), ([first], [drawn]))
ec2.unassign_ipv6_addresses(NetworkInterfaceId=primary, Ipv6Prefixes=["2001:db8::/80"])
same(ipv6(primary), [drawn])
refused("InvalidIPAddress.InUse", ec2.assign_ipv6_addresses, NetworkInterfaceId=own, Ipv6Addresses=[drawn])
refused("InvalidParameterValue", ec2.assign_ipv6_addresses, NetworkInterfaceId=primary, Ipv6AddressCount=1)
refused("MissingParameter", ec2.assign_ipv6_addresses, NetworkInterfaceId=own)
same(ec2.assign_ipv6_addresses(NetworkInterfaceId=own, Ipv6PrefixCount=1).get("AssignedIpv6Addresses", []), [])
refused("DependencyViolation", ec2.disassociate_subnet_cidr_block, AssociationId=association["AssociationId"])
gone = ec2.unassign_ipv6_addresses(NetworkInterfaceId=own, Ipv6Addresses=[first])
same((gone["UnassignedIpv6Addresses"], ipv6(own)), ([first], []))
refused("InvalidParameterValue", ec2.unassign_ipv6_addresses, NetworkInterfaceId=own, Ipv6Addresses=[first])
ec2.unassign_ipv6_addresses(NetworkInterfaceId=primary, Ipv6Addresses=[drawn])
refused("InvalidSubnetCidrBlockAssociationID.NotFound", other.disassociate_subnet_cidr_block, AssociationId=association["AssociationId"])
ended = ec2.disassociate_subnet_cidr_block(AssociationId=association["AssociationId"])
same(ended["Ipv6CidrBlockAssociation"]["Ipv6CidrBlockState"]["State"], "disassociating")
same(ranges(), [])
refused("InvalidSubnetCidrBlockAssociationID.NotFound", ec2.disassociate_subnet_cidr_block, AssociationId=association["AssociationId"])
