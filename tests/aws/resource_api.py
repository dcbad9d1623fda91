"""boto3's `ec2` resources: objects and collections that are made from replies, and that ask again by their ids."""

import boto3
import model
from botocore.config import Config
from common import HTTP, REGION, client, same

ec2 = boto3.resource(
    "ec2",
    region_name=REGION,
    endpoint_url=f"http://{HTTP}",
    aws_access_key_id="test",
    aws_secret_access_key="secret",
    config=Config(retries={"total_max_attempts": 1}),
)
ec2.meta.client.meta.events.register("after-call", model.check)


def ids(collection):
    return sorted(it.id for it in collection)


def tagged(one):
    one.reload()
    return {it["Key"]: it["Value"] for it in one.tags or []}


# VPCs, their attributes and what lies in them.
vpc = ec2.create_vpc(CidrBlock="10.60.0.0/16", TagSpecifications=[{"ResourceType": "vpc", "Tags": [{"Key": "a", "Value": "1"}]}])
vpc.wait_until_exists()
vpc.wait_until_available()
vpc.reload()
same([vpc.cidr_block, vpc.state, vpc.is_default, vpc.instance_tenancy], ["10.60.0.0/16", "available", False, "default"])
vpc.modify_attribute(EnableDnsHostnames={"Value": True})
same(vpc.describe_attribute(Attribute="enableDnsHostnames")["EnableDnsHostnames"], {"Value": True})
vpc.create_tags(Tags=[{"Key": "Name", "Value": "v"}])
same(tagged(vpc), {"Name": "v", "a": "1"})
ec2.Tag(vpc.id, "a", "1").delete()
same(tagged(vpc), {"Name": "v"})
ec2.create_tags(Resources=[vpc.id], Tags=[{"Key": "b", "Value": "2"}])
same(tagged(vpc), {"Name": "v", "b": "2"})
same(ids(ec2.vpcs.all()), [vpc.id])
same(ids(ec2.vpcs.filter(Filters=[{"Name": "tag:Name", "Values": ["v"]}])), [vpc.id])
same([len(list(vpc.subnets.all())), len(list(vpc.instances.all()))], [0, 0])
same([len(list(vpc.route_tables.all())), len(list(vpc.network_acls.all()))], [1, 1])
[default] = vpc.security_groups.all()
same([default.group_name, default.vpc_id, default.description], ["default", vpc.id, "default VPC security group"])

# Subnets, in small pages.
subnets = [vpc.create_subnet(CidrBlock=f"10.60.{it}.0/24", AvailabilityZone=f"{REGION}a") for it in range(7)]
same(ids(vpc.subnets.all()), ids(subnets))
same(ids(vpc.subnets.page_size(5)), ids(subnets))
same(len(list(vpc.subnets.limit(3))), 3)
same([len(page) for page in vpc.subnets.page_size(5).pages()], [5, 2])
one = subnets[0]
same([one.vpc.id, one.availability_zone, one.available_ip_address_count], [vpc.id, f"{REGION}a", 251])
same([one.map_public_ip_on_launch, one.default_for_az, one.state], [False, False, "available"])

# Gateways, tables and routes.
gateway = ec2.create_internet_gateway()
vpc.attach_internet_gateway(InternetGatewayId=gateway.id)
gateway.reload()
same([it["VpcId"] for it in gateway.attachments], [vpc.id])
same(ids(vpc.internet_gateways.all()), [gateway.id])
table = vpc.create_route_table()
route = table.create_route(DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway.id)
same([route.destination_cidr_block, route.route_table_id], ["0.0.0.0/0", table.id])
table.reload()
same(sorted((it.destination_cidr_block, it.gateway_id, it.state, it.origin) for it in table.routes), [
    ("0.0.0.0/0", gateway.id, "active", "CreateRoute"),
    ("10.60.0.0/16", "local", "active", "CreateRouteTable"),
])
association = table.associate_with_subnet(SubnetId=one.id)
table.reload()
same([(it.id, it.subnet_id, it.main) for it in table.associations], [(association.id, one.id, False)])
second = vpc.create_route_table()
association = association.replace_subnet(RouteTableId=second.id)
second.reload()
same([it.subnet.id for it in second.associations], [one.id])
ec2.Route(table.id, "0.0.0.0/0").replace(GatewayId=gateway.id)
association.delete()
ec2.Route(table.id, "0.0.0.0/0").delete()
second.delete()
same(table.id in ids(vpc.route_tables.all()), True)

# Network ACLs.
acl = vpc.create_network_acl()
acl.create_entry(RuleNumber=100, Protocol="6", RuleAction="allow", Egress=False, CidrBlock="0.0.0.0/0", PortRange={"From": 443, "To": 443})
acl.reload()
assert (100, "allow") in [(it["RuleNumber"], it["RuleAction"]) for it in acl.entries], acl.entries
[main] = vpc.network_acls.filter(Filters=[{"Name": "default", "Values": ["true"]}])
joined = next(it for it in main.associations if it["SubnetId"] == one.id)
moved = acl.replace_association(AssociationId=joined["NetworkAclAssociationId"])["NewAssociationId"]
acl.reload()
same([it["NetworkAclAssociationId"] for it in acl.associations], [moved])
main.replace_association(AssociationId=moved)
acl.delete_entry(RuleNumber=100, Egress=False)
acl.delete()

# Security groups.
group = vpc.create_security_group(GroupName="web", Description="d")
group.authorize_ingress(IpProtocol="tcp", FromPort=443, ToPort=443, CidrIp="10.0.0.0/8")
group.authorize_egress(IpPermissions=[{"IpProtocol": "udp", "FromPort": 53, "ToPort": 53, "UserIdGroupPairs": [{"GroupId": default.id}]}])
group.reload()
same([it["IpRanges"][0]["CidrIp"] for it in group.ip_permissions], ["10.0.0.0/8"])
same(len(group.ip_permissions_egress), 2)
group.revoke_ingress(IpPermissions=group.ip_permissions)
group.reload()
same(group.ip_permissions, [])
same(ids(ec2.security_groups.filter(GroupIds=[group.id])), [group.id])

# Keys and images.
pair = ec2.create_key_pair(KeyName="k")
assert "PRIVATE KEY" in pair.key_material, pair
same([it.name for it in ec2.key_pairs.all()], ["k"])
same(ec2.KeyPair("k").key_fingerprint, pair.key_fingerprint)
image = next(iter(ec2.images.filter(Owners=["amazon"], Filters=[{"Name": "architecture", "Values": ["x86_64"]}])))
same([image.state, image.public, image.architecture], ["available", True, "x86_64"])
image.wait_until_exists()

# Instances, from the subnet that makes them.
made = one.create_instances(ImageId=image.id, InstanceType="t3.micro", KeyName="k", SecurityGroupIds=[group.id], MinCount=2, MaxCount=2)
first, other = made
first.wait_until_exists()
first.wait_until_running()
first.reload()
same([first.state["Name"], first.image.id, first.key_pair.name], ["running", image.id, "k"])
same([first.vpc.id, first.subnet.id, first.private_ip_address], [vpc.id, one.id, "10.60.0.4"])
same([it["GroupId"] for it in first.security_groups], [group.id])
same(ids(vpc.instances.all()), ids(made))
same(ids(one.instances.all()), ids(made))
same(ids(ec2.instances.filter(InstanceIds=[first.id])), [first.id])
same(first.describe_attribute(Attribute="instanceType")["InstanceType"]["Value"], "t3.micro")
first.modify_attribute(SourceDestCheck={"Value": False})
first.reload()
same(first.source_dest_check, False)
[card] = first.network_interfaces
card.reload()
same([card.private_ip_address, card.status, card.attachment["InstanceId"]], ["10.60.0.4", "in-use", first.id])
[disk] = first.volumes.all()
same([disk.state, disk.attachments[0]["InstanceId"]], ["in-use", first.id])
same(ids(ec2.volumes.filter(Filters=[{"Name": "attachment.instance-id", "Values": [first.id]}])), [disk.id])
assert first.console_output()["InstanceId"] == first.id
first.create_tags(Tags=[{"Key": "Name", "Value": "one"}])
same(tagged(first), {"Name": "one"})
vpc.instances.stop()
other.wait_until_stopped()
vpc.instances.start()
other.wait_until_running()
first.monitor()
first.unmonitor()
first.reboot()

# Network interfaces and elastic addresses.
extra = one.create_network_interface(Description="extra", PrivateIpAddress="10.60.0.99", Groups=[group.id])
extra.reload()
same([extra.description, extra.private_ip_address, extra.status], ["extra", "10.60.0.99", "available"])
same(len(list(one.network_interfaces.all())), 3)
same(extra.describe_attribute(Attribute="description")["Description"], {"Value": "extra"})
extra.assign_private_ip_addresses(PrivateIpAddresses=["10.60.0.100"])
extra.reload()
same(sorted(it["PrivateIpAddress"] for it in extra.private_ip_addresses), ["10.60.0.100", "10.60.0.99"])
extra.unassign_private_ip_addresses(PrivateIpAddresses=["10.60.0.100"])
attached = extra.attach(InstanceId=first.id, DeviceIndex=1)["AttachmentId"]
extra.reload()
same([extra.attachment["AttachmentId"], extra.status], [attached, "in-use"])
address = ec2.VpcAddress(client().allocate_address(Domain="vpc")["AllocationId"])
address.associate(NetworkInterfaceId=extra.id)
address.reload()
same([address.network_interface_id, address.private_ip_address], [extra.id, "10.60.0.99"])
same([it.allocation_id for it in ec2.vpc_addresses.all()], [address.allocation_id])
extra.reload()
same(extra.association.public_ip, address.public_ip)
address.association.delete()
address.release()
extra.detach(Force=True)
extra.reload()
same(extra.status, "available")
extra.delete()

# Placement groups.
place = ec2.create_placement_group(GroupName="near", Strategy="cluster")
same([it.name for it in ec2.placement_groups.all()], ["near"])
place.reload()
same([place.strategy, place.state, list(place.instances.all())], ["cluster", "available", []])
place.delete()

# Peerings.
peer = ec2.create_vpc(CidrBlock="10.61.0.0/16")
peering = ec2.create_vpc_peering_connection(VpcId=vpc.id, PeerVpcId=peer.id)
peering.wait_until_exists()
same([peering.requester_vpc.id, peering.accepter_vpc.id], [vpc.id, peer.id])
peering.accept()
peering.reload()
same(peering.status["Code"], "active")
same([ids(vpc.requested_vpc_peering_connections.all()), ids(vpc.accepted_vpc_peering_connections.all())], [[peering.id], []])
same(ids(peer.accepted_vpc_peering_connections.all()), [peering.id])
peering.delete()
refusing = ec2.create_vpc_peering_connection(VpcId=vpc.id, PeerVpcId=peer.id)
refusing.reject()
refusing.reload()
same(refusing.status["Code"], "rejected")

# DHCP options.
options = ec2.create_dhcp_options(DhcpConfigurations=[{"Key": "domain-name", "Values": ["a.example"]}])
options.associate_with_vpc(VpcId=vpc.id)
vpc.reload()
same(vpc.dhcp_options.id, options.id)
vpc.associate_dhcp_options(DhcpOptionsId="default")
options.delete()
assert options.id not in ids(ec2.dhcp_options_sets.all())

# Everything goes, by collections where they can.
vpc.instances.terminate()
for instance in (first, other):
    instance.wait_until_terminated()
vpc.detach_internet_gateway(InternetGatewayId=gateway.id)
for gone in (gateway, table, group, pair, *subnets, vpc, peer):
    gone.delete()
same([ids(ec2.vpcs.all()), ids(ec2.subnets.all()), ids(ec2.internet_gateways.all())], [[], [], []])
