"""VPC endpoints, by boto3 and dig (spec 9.2 to 9.5, N30 to N37, P80 to P82, L2, A5, A6). World: lab09-1@dns-hostnames."""

import re

from common import client, dig, ec2, named, refused, same

VPC = "vpc-07de255d3a7c9c317"
PUBLIC, PRIVATE = "subnet-09b299c06521dd460", "subnet-0395bde2bd100a705"
TABLE = "rtb-0c19f738ede52a299"
CFN = "com.amazonaws.ap-northeast-2.cloudformation"
NAME = "cloudformation.ap-northeast-2.amazonaws.com"


def create(**more):
    request = {"VpcId": VPC, "VpcEndpointType": "Interface", "ServiceName": CFN, **more}
    return ec2.create_vpc_endpoint(**request)


def described(endpoint):
    return ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint])["VpcEndpoints"][0]


def names(endpoint):
    return [entry["DnsName"] for entry in endpoint["DnsEntries"]]


# The create reply: pending, the private name's zone not known yet.
reply = create(
    SubnetIds=[PRIVATE, PUBLIC],
    ClientToken="once",
    TagSpecifications=named("made", "vpc-endpoint"),
)
same(reply["ClientToken"], "once")
made = reply["VpcEndpoint"]
endpoint = made["VpcEndpointId"]
assert re.fullmatch("vpce-0[0-9a-f]{16}", endpoint), endpoint
same(made["State"], "pending")
same(made["PrivateDnsEnabled"], True)
same(made["DnsEntries"][-1], {"DnsName": NAME, "HostedZoneId": "ZONEIDPENDING"})
same(made["DnsEntries"][0]["HostedZoneId"], "Z27UANNT0PRK1T")
assert made["CreationTimestamp"].microsecond >= 0
same(made["ServiceRegion"], "ap-northeast-2")
same(made["RequesterManaged"], False)
same(made["Groups"][0]["GroupName"], "default")
same(made["IpAddressType"], "ipv4")
same(made["DnsOptions"], {"DnsRecordIpType": "ipv4"})
assert '"Version"' not in made["PolicyDocument"]

# The next describe: available, the zone known, nothing else different, and no drift on the one after.
shown = described(endpoint)
same(shown["State"], "available")
zone = shown["DnsEntries"][-1]["HostedZoneId"]
assert re.fullmatch("Z[0-9A-Z]{10,}", zone), zone
same({**shown, "State": "pending", "DnsEntries": made["DnsEntries"]}, made)
same(described(endpoint), shown)
label = names(shown)[0].split(".")[0]
assert re.fullmatch(endpoint + "-[a-z0-9]{8}", label), label
tail = "cloudformation.ap-northeast-2.vpce.amazonaws.com"
same(
    names(shown),
    [f"{label}.{tail}", f"{label}-ap-northeast-2c.{tail}", f"{label}-ap-northeast-2a.{tail}", NAME],
)
both = dig(NAME, "10.0.0.29")
same(len(both), 2)
same(dig(names(shown)[0], "10.0.0.29"), both)
same(both, sorted(set(dig(names(shown)[1], "10.0.0.29") + dig(names(shown)[2], "10.0.0.29"))))

# The same token makes nothing again; with another parameter it is refused.
again = create(
    SubnetIds=[PRIVATE, PUBLIC],
    ClientToken="once",
    TagSpecifications=named("made", "vpc-endpoint"),
)
same(again["VpcEndpoint"]["VpcEndpointId"], endpoint)
refused("IdempotentParameterMismatch", create, SubnetIds=[PUBLIC], ClientToken="once")

# Private DNS off: the private entries go, and the name is public.
ec2.modify_vpc_endpoint(VpcEndpointId=endpoint, PrivateDnsEnabled=False)
same(names(described(endpoint)), names(shown)[:-1])
same(dig(NAME, "10.0.0.29"), ["52.95.193.132"])
same(dig(names(shown)[0], "10.0.0.29"), both)
ec2.modify_vpc_endpoint(VpcEndpointId=endpoint, PrivateDnsEnabled=True)
same(described(endpoint)["DnsEntries"], shown["DnsEntries"])

# Its address, subnets, groups and policy.
ec2.modify_vpc_endpoint(
    VpcEndpointId=endpoint, SubnetConfigurations=[{"SubnetId": PUBLIC, "Ipv4": "10.0.0.200"}]
)
assert "10.0.0.200" in dig(NAME, "10.0.0.29")
kept, replaced = described(endpoint)["NetworkInterfaceIds"]
same(kept, shown["NetworkInterfaceIds"][0])
assert replaced not in shown["NetworkInterfaceIds"]
ec2.modify_vpc_endpoint(VpcEndpointId=endpoint, RemoveSubnetIds=[PUBLIC])
same(described(endpoint)["SubnetIds"], [PRIVATE])
same(len(dig(NAME, "10.0.0.29")), 1)
ec2.modify_vpc_endpoint(
    VpcEndpointId=endpoint,
    AddSubnetIds=[PUBLIC],
    SubnetConfigurations=[{"SubnetId": PUBLIC, "Ipv4": "10.0.0.201"}],
)
assert "10.0.0.201" in dig(NAME, "10.0.0.29")
policy = '{"Statement":[{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}]}'
ec2.modify_vpc_endpoint(VpcEndpointId=endpoint, PolicyDocument=policy)
same(described(endpoint)["PolicyDocument"], policy)
ec2.modify_vpc_endpoint(VpcEndpointId=endpoint, ResetPolicy=True)
same(described(endpoint)["PolicyDocument"], shown["PolicyDocument"])

# A gateway endpoint: available at once, no names, a timestamp without milliseconds.
gateway = ec2.create_vpc_endpoint(
    VpcId=VPC, ServiceName="com.amazonaws.ap-northeast-2.dynamodb", RouteTableIds=[TABLE]
)["VpcEndpoint"]
same([gateway["State"], gateway["VpcEndpointType"]], ["available", "Gateway"])
same([gateway["DnsEntries"], gateway["RouteTableIds"]], [[], [TABLE]])
same([gateway["DnsOptions"], gateway["Groups"]], [{"DnsRecordIpType": "service-defined"}, []])
same([gateway["PrivateDnsEnabled"], '"Version":"2008-10-17"' in gateway["PolicyDocument"]], [False, True])
same(gateway["CreationTimestamp"].microsecond, 0)
ec2.modify_vpc_endpoint(VpcEndpointId=gateway["VpcEndpointId"], RemoveRouteTableIds=[TABLE])
same(described(gateway["VpcEndpointId"])["RouteTableIds"], [])
ec2.modify_vpc_endpoint(VpcEndpointId=gateway["VpcEndpointId"], AddRouteTableIds=[TABLE])

# S3: names with a wildcard, six private names, private DNS for inbound endpoints only by default.
s3 = create(ServiceName="com.amazonaws.ap-northeast-2.s3", SubnetIds=[PUBLIC])["VpcEndpoint"]
assert names(s3)[0].startswith("*.vpce-0"), names(s3)
same(len(names(s3)), 2 + 6)
# N36: the bare and the wildcard entry of one name share a zone; another name has another.
zones = {entry["DnsName"]: entry["HostedZoneId"] for entry in described(s3["VpcEndpointId"])["DnsEntries"][-6:]}
same(len(set(zones.values())), 3)
for name in ["s3", "s3-accesspoint", "s3-control"]:
    same(zones[f"{name}.ap-northeast-2.amazonaws.com"], zones[f"*.{name}.ap-northeast-2.amazonaws.com"])
same(s3["DnsOptions"]["PrivateDnsOnlyForInboundResolverEndpoint"], True)


def found(**filters):
    given = [{"Name": name.replace("_", "-"), "Values": [value]} for name, value in filters.items()]
    shown = ec2.describe_vpc_endpoints(Filters=given)["VpcEndpoints"]
    return {one["VpcEndpointId"] for one in shown}


same(found(service_name=CFN, vpc_id=VPC), {endpoint})
same(found(vpc_endpoint_type="Gateway", service_name="*dynamodb"), {gateway["VpcEndpointId"]})
same(found(vpc_endpoint_state="pending"), set())
same(found(ip_address_type="ipv4", vpc_endpoint_id=endpoint, service_region="ap-northeast-2"), {endpoint})

# Refusals, in AWS's words.
refused("DuplicateSubnetsInSameZone", ec2.modify_vpc_endpoint, VpcEndpointId=endpoint, AddSubnetIds=[PUBLIC])
refused("InvalidParameter", create, SubnetIds=[PUBLIC], text="conflicting DNS domain for " + NAME)
refused("InvalidServiceName", create, ServiceName="com.amazonaws.ap-northeast-2.nothing", text="does not exist")
refused("InvalidParameter", create, ServiceName="com.amazonaws.ap-northeast-2.dynamodb", VpcEndpointType="Gateway", PrivateDnsEnabled=True)
refused("InvalidParameter", create, VpcEndpointType="Gateway", text="does not match available service types")
refused("InvalidSubnetID.NotFound", create, SubnetIds=["subnet-0123456789abcdef0"])
refused("InvalidSubnetID.Malformed", create, SubnetIds=["subnet-x"])
refused("InvalidVpcID.NotFound", create, VpcId="vpc-0123456789abcdef0")
refused("InvalidVpcEndpointId.NotFound", ec2.modify_vpc_endpoint, VpcEndpointId="vpce-0123456789abcdef0")
refused("InvalidVpcEndpointId.Malformed", ec2.describe_vpc_endpoints, VpcEndpointIds=["vpce-x"])
refused("InvalidVpcEndpointId.NotFound", ec2.describe_vpc_endpoints, VpcEndpointIds=["vpce-0123456789abcdef0"])
refused("RouteAlreadyExists", ec2.modify_vpc_endpoint, VpcEndpointId=gateway["VpcEndpointId"], AddRouteTableIds=[TABLE])
refused("InvalidFilter", ec2.describe_vpc_endpoints, Filters=[{"Name": "colour", "Values": ["x"]}])
refused("DryRunOperation", create, PrivateDnsEnabled=False, DryRun=True, status=412)
refused("InvalidVpcEndpointType", create, VpcEndpointType="interface")
refused("UnsupportedOperation", create, VpcEndpointType="GatewayLoadBalancer")
# A20: switching private DNS on is refused as creating with it on is.
second = create(SubnetIds=[PUBLIC], PrivateDnsEnabled=False)["VpcEndpoint"]["VpcEndpointId"]
refused(
    "InvalidParameter",
    ec2.modify_vpc_endpoint,
    VpcEndpointId=second,
    PrivateDnsEnabled=True,
    text="conflicting DNS domain for " + NAME,
)
# A11: without subnets it has no addresses.
bare = create(PrivateDnsEnabled=False)["VpcEndpoint"]
same([bare["SubnetIds"], bare["NetworkInterfaceIds"], dig(names(bare)[0], "10.0.0.29")], [[], [], []])
refused(
    "InvalidParameterValue",
    create,
    PrivateDnsEnabled=False,
    SubnetConfigurations=[{"SubnetId": PUBLIC, "Ipv4": "10.0.9.9"}],
    SubnetIds=[PUBLIC],
    text="does not fall within",
)
refused("InvalidPolicyDocument", create, PolicyDocument="{", PrivateDnsEnabled=False)
ec2.modify_vpc_attribute(VpcId=VPC, EnableDnsHostnames={"Value": False})
refused(
    "InvalidParameter",
    create,
    ServiceName="com.amazonaws.ap-northeast-2.ec2",
    text="requires both enableDnsSupport and enableDnsHostnames",
)
# The attribute took private DNS's effect away without changing the endpoint.
same(dig(NAME, "10.0.0.29"), ["52.95.193.132"])
same(described(endpoint)["PrivateDnsEnabled"], True)
ec2.modify_vpc_attribute(VpcId=VPC, EnableDnsHostnames={"Value": True})

# Another account sees none of it.
same(client(account="210987654321").describe_vpc_endpoints()["VpcEndpoints"], [])

# Endpoints of the types that have associations are not emulated.
same(ec2.describe_vpc_endpoint_associations(VpcEndpointIds=[endpoint])["VpcEndpointAssociations"], [])
filtered = ec2.describe_vpc_endpoint_associations(Filters=[{"Name": "vpc-endpoint-id", "Values": [endpoint]}])
same(filtered["VpcEndpointAssociations"], [])
refused("InvalidFilter", ec2.describe_vpc_endpoint_associations, Filters=[{"Name": "colour", "Values": ["red"]}])
refused(
    "InvalidVpcEndpointId.NotFound", ec2.describe_vpc_endpoint_associations, VpcEndpointIds=["vpce-0123456789abcdef0"]
)

# Deleting: what is not there is listed, the rest is gone, and the name is public again.
gone = ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint, "vpce-0123456789abcdef0"])["Unsuccessful"]
same([(one["ResourceId"], one["Error"]["Code"]) for one in gone], [("vpce-0123456789abcdef0", "InvalidVpcEndpoint.NotFound")])
same(dig(NAME, "10.0.0.29"), ["52.95.193.132"])
refused("InvalidVpcEndpointId.NotFound", ec2.describe_vpc_endpoints, VpcEndpointIds=[endpoint])
