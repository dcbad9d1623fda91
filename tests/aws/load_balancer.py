"""Load balancers by the API: their names answer at once, with addresses of their subnets and a network interface each."""

import re

from common import REGION, aws, client, dig, ec2, refused, same

elb = client("elbv2")
vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]


def subnet(cidr, zone, **more):
    return ec2.create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZone=f"{REGION}{zone}", **more)["Subnet"]["SubnetId"]


def free(subnet_id):
    return ec2.describe_subnets(SubnetIds=[subnet_id])["Subnets"][0]["AvailableIpAddressCount"]


a, c = subnet("10.20.1.0/24", "a"), subnet("10.20.2.0/24", "c")
arns = lambda found: [it["LoadBalancerArn"] for it in found["LoadBalancers"]]

# An internal Network Load Balancer.
made = elb.create_load_balancer(
    Name="Inner",
    Type="network",
    Scheme="internal",
    Subnets=[a, c],
    Tags=[{"Key": "team", "Value": "dns"}],
)["LoadBalancers"][0]
inner, name = made["LoadBalancerArn"], made["DNSName"]
assert re.fullmatch(rf"Inner-[0-9a-f]{{16}}\.elb\.{REGION}\.amazonaws\.com", name), name
digits = name.split(".")[0].rsplit("-", 1)[1]
same(inner, f"arn:aws:elasticloadbalancing:{REGION}:123456789012:loadbalancer/net/Inner/{digits}")
same([made["CanonicalHostedZoneId"], made["VpcId"], made["Scheme"]], ["ZIBE1TIR4HY56", vpc, "internal"])
same([made["Type"], made["State"], made["IpAddressType"]], ["network", {"Code": "active"}, "ipv4"])
same([zone["SubnetId"] for zone in made["AvailabilityZones"]], [a, c])
assert "SecurityGroups" not in made, made
elb.get_waiter("load_balancer_exists").wait(LoadBalancerArns=[inner])
elb.get_waiter("load_balancer_available").wait(Names=["Inner"])
same(dig(name), ["10.20.1.4", "10.20.2.4"])
same(dig(name.upper()), ["10.20.1.4", "10.20.2.4"])
same(dig(f"{REGION}a.{name}"), ["10.20.1.4"])
same(dig(f"{REGION}c.{name}"), ["10.20.2.4"])
same(dig(f"{REGION}b.{name}"), [])
same(dig(name, rtype="AAAA"), [])
same(free(a), 250)
found = ec2.describe_network_interfaces(Filters=[{"Name": "description", "Values": [f"ELB net/Inner/{digits}"]}])
interfaces = {it["AvailabilityZone"]: it for it in found["NetworkInterfaces"]}
one = interfaces[f"{REGION}a"]
same([one["PrivateIpAddress"], one["SubnetId"], one["Groups"]], ["10.20.1.4", a, []])
same([one["InterfaceType"], one["RequesterId"], one["RequesterManaged"]], ["network_load_balancer", "amazon-elb", True])
same(one["Status"], "in-use")
refused("DependencyViolation", ec2.delete_subnet, SubnetId=a)
interface = ec2.create_network_interface(SubnetId=a)["NetworkInterface"]
same(interface["PrivateIpAddress"], "10.20.1.5")
ec2.delete_network_interface(NetworkInterfaceId=interface["NetworkInterfaceId"])

# The same again is the same one; another one of this name is refused.
again = {"Name": "Inner", "Type": "network", "Scheme": "internal", "Subnets": [c, a], "Tags": [{"Key": "team", "Value": "dns"}]}
same(arns(elb.create_load_balancer(**again)), [inner])
refused(
    "DuplicateLoadBalancerName",
    elb.create_load_balancer,
    text="A load balancer with the same name 'Inner' exists, but with different settings",
    **{**again, "Subnets": [a]},
)

# What AWS refuses.
loose = client("elbv2", checked=False)
for code, text, more in [
    ("ValidationError", "cannot be longer than '32' characters", {"Name": "x" * 33}),
    ("ValidationError", "can only contain characters that are alphanumeric", {"Name": "a_b"}),
    ("ValidationError", "cannot begin or end with a hyphen", {"Name": "-ab"}),
    ("ValidationError", "cannot begin with 'internal-'", {"Name": "internal-ab"}),
    ("ValidationError", "Value null at 'name'", {"Name": None}),
    ("ValidationError", "At least one subnet must be specified", {"Subnets": []}),
    ("SubnetNotFound", "The subnet ID 'subnet-00000000' does not exist", {"Subnets": ["subnet-00000000"]}),
    ("ValidationError", "satisfy enum value set: [application, network, gateway]", {"Type": "classic"}),
    ("ValidationError", "At least two subnets in two different", {"Type": "application", "Subnets": [a]}),
    ("InvalidSubnet", f"VPC {vpc} has no internet gateway", {"Scheme": "internet-facing"}),
    ("InvalidSecurityGroup", "sg-00000000", {"SecurityGroups": ["sg-00000000"]}),
    ("DuplicateTagKeys", "k", {"Tags": [{"Key": "k", "Value": "1"}, {"Key": "k", "Value": "2"}]}),
]:
    usual = {"Name": "Other", "Type": "network", "Scheme": "internal", "Subnets": [a]}
    given = {key: value for key, value in {**usual, **more}.items() if value is not None}
    refused(code, loose.create_load_balancer, text=text, **given)
b2 = subnet("10.20.3.0/24", "a")
refused(
    "InvalidConfigurationRequest",
    elb.create_load_balancer,
    text="multiple subnets in the same Availability Zone",
    Name="Other",
    Type="network",
    Scheme="internal",
    Subnets=[a, b2],
)

# Addresses that its owner chooses: private ones, and elastic ones.
chosen = elb.create_load_balancer(
    Name="chosen",
    Type="network",
    Scheme="internal",
    SubnetMappings=[{"SubnetId": a, "PrivateIPv4Address": "10.20.1.77"}],
)["LoadBalancers"][0]
same(chosen["AvailabilityZones"][0]["LoadBalancerAddresses"], [{"PrivateIPv4Address": "10.20.1.77"}])
same(dig(chosen["DNSName"]), ["10.20.1.77"])
refused(
    "InvalidConfigurationRequest",
    elb.create_load_balancer,
    text="10.20.1.77",
    Name="other",
    Type="network",
    Scheme="internal",
    SubnetMappings=[{"SubnetId": a, "PrivateIPv4Address": "10.20.1.77"}],
)
gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
elastic = ec2.allocate_address(Domain="vpc")
mapped = {"SubnetId": c, "AllocationId": elastic["AllocationId"]}
outer = elb.create_load_balancer(Name="outer", Type="network", SubnetMappings=[mapped])["LoadBalancers"][0]
zone = outer["AvailabilityZones"][0]
same(outer["Scheme"], "internet-facing")
same(zone["LoadBalancerAddresses"], [{"IpAddress": elastic["PublicIp"], "AllocationId": elastic["AllocationId"]}])
same(dig(outer["DNSName"]), [elastic["PublicIp"]])
held = ec2.describe_addresses(AllocationIds=[elastic["AllocationId"]])["Addresses"][0]
same(held["PrivateIpAddress"], "10.20.2.5")
refused("InvalidIPAddress.InUse", ec2.release_address, AllocationId=elastic["AllocationId"])
refused("AuthFailure", ec2.disassociate_address, AssociationId=held["AssociationId"])
refused("ResourceInUse", elb.create_load_balancer, Name="third", Type="network", SubnetMappings=[mapped])
refused("DependencyViolation", ec2.detach_internet_gateway, InternetGatewayId=gateway, VpcId=vpc)

# An Application Load Balancer: its name, its default group, its public addresses.
web = elb.create_load_balancer(Name="web", Subnets=[a, c])["LoadBalancers"][0]
assert re.fullmatch(rf"web-\d{{10}}\.{REGION}\.elb\.amazonaws\.com", web["DNSName"]), web
assert re.fullmatch(r".*:loadbalancer/app/web/[0-9a-f]{16}", web["LoadBalancerArn"]), web
same(web["CanonicalHostedZoneId"], "ZWKZPGTI48KDX")
same(len(web["SecurityGroups"]), 1)
addresses = dig(web["DNSName"])
assert len(addresses) == 2 and not any(it.startswith("10.") for it in addresses), addresses
group = ec2.create_security_group(GroupName="web", Description="web", VpcId=vpc)["GroupId"]
same(elb.set_security_groups(LoadBalancerArn=web["LoadBalancerArn"], SecurityGroups=[group])["SecurityGroupIds"], [group])
refused("DependencyViolation", ec2.delete_security_group, GroupId=group)
refused("InvalidConfigurationRequest", elb.set_security_groups, LoadBalancerArn=inner, SecurityGroups=[group])
private = elb.create_load_balancer(Name="private", Subnets=[a, c], Scheme="internal")["LoadBalancers"][0]
assert private["DNSName"].startswith("internal-private-"), private
same(dig(private["DNSName"]), dig(private["DNSName"], at="10.20.1.9"))

# A Gateway Load Balancer has no name.
wall = elb.create_load_balancer(Name="wall", Type="gateway", Subnets=[a])["LoadBalancers"][0]
assert "DNSName" not in wall and "/gwy/wall/" in wall["LoadBalancerArn"], wall
kinds = {it["InterfaceType"] for it in ec2.describe_network_interfaces()["NetworkInterfaces"]}
assert {"gateway_load_balancer", "network_load_balancer", "interface"} <= kinds, kinds

# Pages, names and ARNs.
everything = arns(elb.describe_load_balancers())
same(len(everything), 6)
paged = [arn for page in elb.get_paginator("describe_load_balancers").paginate(PageSize=4) for arn in arns(page)]
same(paged, everything)
same(arns(elb.describe_load_balancers(Names=["web", "Inner"])), sorted([web["LoadBalancerArn"], inner]))
refused("LoadBalancerNotFound", elb.describe_load_balancers, text="Load balancers '[nobody]' not found", Names=["nobody"])
refused("LoadBalancerNotFound", elb.describe_load_balancers, text="not found", LoadBalancerArns=[inner[:-1] + "x"])
refused("ValidationError", elb.describe_load_balancers, text="is not a valid load balancer ARN", LoadBalancerArns=["web"])
for other in [client("elbv2", account="210987654321"), client("elbv2", region="us-east-1")]:
    same(arns(other.describe_load_balancers()), [])
    refused("LoadBalancerNotFound", other.describe_load_balancers, LoadBalancerArns=[inner])
    other.delete_load_balancer(LoadBalancerArn=inner)
    refused("LoadBalancerNotFound", other.describe_load_balancer_attributes, LoadBalancerArn=inner)
same(len(arns(elb.describe_load_balancers())), 6)

# Attributes. The client routing policy changes what a client in a zone gets.
def attributes(arn):
    return {it["Key"]: it["Value"] for it in elb.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]}


def modify(arn, **values):
    given = [{"Key": key.replace("__", "."), "Value": value} for key, value in values.items()]
    return elb.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=given)


usual = attributes(inner)
same([usual["load_balancing.cross_zone.enabled"], usual["dns_record.client_routing_policy"]], ["false", "any_availability_zone"])
same(attributes(web["LoadBalancerArn"])["load_balancing.cross_zone.enabled"], "true")
same(attributes(wall["LoadBalancerArn"]), {"deletion_protection.enabled": "false", "load_balancing.cross_zone.enabled": "false"})
modify(inner, dns_record__client_routing_policy="availability_zone_affinity")
same(attributes(inner)["dns_record.client_routing_policy"], "availability_zone_affinity")
same(dig(name, at="10.20.2.9"), ["10.20.2.4"])
modify(inner, dns_record__client_routing_policy="any_availability_zone")
same(dig(name, at="10.20.2.9"), ["10.20.1.4", "10.20.2.4"])
refused("ValidationError", modify, text="'bogus' is not recognized", arn=inner, bogus="1")
refused("InvalidConfigurationRequest", modify, text="not supported on load balancers with type 'network'", arn=inner, routing__http2__enabled="true")
refused("ValidationError", modify, arn=inner, dns_record__client_routing_policy="nearest")
modify(inner, deletion_protection__enabled="true")
refused("OperationNotPermitted", elb.delete_load_balancer, text="deletion protection is enabled", LoadBalancerArn=inner)
modify(inner, deletion_protection__enabled="false")

# Other subnets: what stays keeps its address.
changed = elb.set_subnets(LoadBalancerArn=inner, Subnets=[c])
same([it["SubnetId"] for it in changed["AvailabilityZones"]], [c])
same(dig(name), ["10.20.2.4"])
elb.set_subnets(LoadBalancerArn=inner, Subnets=[c, b2])
same(dig(name), ["10.20.2.4", "10.20.3.4"])
refused("InvalidSubnet", elb.set_ip_address_type, text="has no IPv6 CIDR block", LoadBalancerArn=inner, IpAddressType="dualstack")

# IPv6 addresses.
six = ec2.create_vpc(CidrBlock="10.30.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]
range6 = ec2.describe_vpcs(VpcIds=[six["VpcId"]])["Vpcs"][0]["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"]
both = ec2.create_subnet(
    VpcId=six["VpcId"], CidrBlock="10.30.1.0/24", Ipv6CidrBlock=range6.replace("/56", "/64"), AvailabilityZone=f"{REGION}a"
)["Subnet"]["SubnetId"]
dual = elb.create_load_balancer(Name="dual", Type="network", Scheme="internal", IpAddressType="dualstack", Subnets=[both])
dual = dual["LoadBalancers"][0]
same([len(dig(dual["DNSName"])), len(dig(dual["DNSName"], rtype="AAAA"))], [1, 1])
same(len(dig(f"{REGION}a.{dual['DNSName']}", rtype="AAAA")), 1)
same(elb.set_ip_address_type(LoadBalancerArn=dual["LoadBalancerArn"], IpAddressType="ipv4")["IpAddressType"], "ipv4")
same([len(dig(dual["DNSName"])), len(dig(dual["DNSName"], rtype="AAAA"))], [1, 0])

# Tags.
tags = lambda arn: {it["Key"]: it["Value"] for it in elb.describe_tags(ResourceArns=[arn])["TagDescriptions"][0]["Tags"]}
same(tags(inner), {"team": "dns"})
elb.add_tags(ResourceArns=[inner, web["LoadBalancerArn"]], Tags=[{"Key": "env", "Value": "test"}, {"Key": "team", "Value": "net"}])
same([tags(inner), tags(web["LoadBalancerArn"])], [{"team": "net", "env": "test"}] * 2)
elb.remove_tags(ResourceArns=[inner], TagKeys=["team", "absent"])
same(tags(inner), {"env": "test"})
refused("LoadBalancerNotFound", elb.describe_tags, ResourceArns=[inner[:-1] + "x"])
refused("ValidationError", elb.add_tags, ResourceArns=["bogus"], Tags=[{"Key": "k", "Value": "v"}])

# An endpoint service takes it, and then it cannot be deleted.
service = ec2.create_vpc_endpoint_service_configuration(NetworkLoadBalancerArns=[inner], AcceptanceRequired=False)
service = service["ServiceConfiguration"]["ServiceId"]
refused(
    "ResourceInUse",
    elb.delete_load_balancer,
    text=f"Load balancer '{inner}' cannot be deleted because it is currently associated with another service",
    LoadBalancerArn=inner,
)
elb.set_subnets(LoadBalancerArn=inner, Subnets=[a])
shown = ec2.describe_vpc_endpoint_service_configurations(ServiceIds=[service])["ServiceConfigurations"][0]
same(shown["AvailabilityZones"], [f"{REGION}a"])
ec2.delete_vpc_endpoint_service_configurations(ServiceIds=[service])

# What tools read besides.
same(elb.describe_capacity_reservation(LoadBalancerArn=inner)["CapacityReservationState"][0]["State"], {"Code": "provisioned"})
limits = {it["Name"]: it["Max"] for it in elb.describe_account_limits()["Limits"]}
same(limits["network-load-balancers"], "50")
policy = elb.describe_ssl_policies(Names=["ELBSecurityPolicy-TLS13-1-2-2021-06"])["SslPolicies"]
same(policy[0]["SslProtocols"], ["TLSv1.2", "TLSv1.3"])
refused("SSLPolicyNotFound", elb.describe_ssl_policies, Names=["bogus"])
told = aws("elbv2", "describe-load-balancers", "--names", "Inner")
assert told is None or told["LoadBalancers"][0]["DNSName"] == name, told

# Deleted: the name is gone, and the addresses are free. Again is no error.
for arn in everything + [dual["LoadBalancerArn"], inner]:
    elb.delete_load_balancer(LoadBalancerArn=arn)
elb.get_waiter("load_balancers_deleted").wait(LoadBalancerArns=[inner])
same([dig(name), free(a)], [[], 251])
assert "AssociationId" not in ec2.describe_addresses(AllocationIds=[elastic["AllocationId"]])["Addresses"][0]
ec2.release_address(AllocationId=elastic["AllocationId"])
same(ec2.describe_network_interfaces(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["NetworkInterfaces"], [])
for subnet_id in [a, b2, c]:
    ec2.delete_subnet(SubnetId=subnet_id)
ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
ec2.delete_security_group(GroupId=group)
ec2.delete_vpc(VpcId=vpc)
