"""The default VPC of a region and its subnets; the tenancy of VPCs; the console of an instance (DV1, DV2)."""

from common import REGION, client, dig, ec2, refused, same

refused("DefaultVpcDoesNotExist", ec2.create_default_subnet, AvailabilityZone=f"{REGION}a")
refused("DryRunOperation", ec2.create_default_vpc, DryRun=True, status=412)
same(ec2.describe_vpcs()["Vpcs"], [])
vpc = ec2.create_default_vpc()["Vpc"]
VPC = vpc["VpcId"]
same((vpc["IsDefault"], vpc["CidrBlock"], vpc["State"]), (True, "172.31.0.0/16", "pending"))
refused("DefaultVpcAlreadyExists", ec2.create_default_vpc, text="already exists for this account in this region")
for name in ("enableDnsSupport", "enableDnsHostnames"):
    told = ec2.describe_vpc_attribute(VpcId=VPC, Attribute=name)
    same(told[name[0].upper() + name[1:]]["Value"], True)
told = ec2.describe_vpc_attribute(VpcId=VPC, Attribute="enableNetworkAddressUsageMetrics")
same(told["EnableNetworkAddressUsageMetrics"]["Value"], False)
same(client("route53resolver").get_resolver_config(ResourceId=VPC)["ResolverConfig"]["AutodefinedReverse"], "ENABLED")
same(dig("9.0.31.172.in-addr.arpa", at="172.31.0.9", rtype="PTR"), [f"ip-172-31-0-9.{REGION}.compute.internal."])


def subnets():
    found = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [VPC]}])["Subnets"]
    return sorted(found, key=lambda it: it["AvailabilityZone"])


zones = [it["ZoneName"] for it in ec2.describe_availability_zones()["AvailabilityZones"]]
same([it["AvailabilityZone"] for it in subnets()], sorted(zones))
same([it["CidrBlock"] for it in subnets()][:2], ["172.31.0.0/20", "172.31.16.0/20"])
assert all(it["DefaultForAz"] and it["MapPublicIpOnLaunch"] for it in subnets())
[gateway] = ec2.describe_internet_gateways()["InternetGateways"]
same(gateway["Attachments"], [{"State": "available", "VpcId": VPC}])
[table] = ec2.describe_route_tables()["RouteTables"]
same([it["GatewayId"] for it in table["Routes"]], ["local", gateway["InternetGatewayId"]])

# What names no subnet is launched there.
[instance] = ec2.run_instances(ImageId="ami-0123456789abcdef0", MinCount=1, MaxCount=1, InstanceType="t3.micro")["Instances"]
same(instance["VpcId"], VPC)
assert instance["PublicIpAddress"]
console = ec2.get_console_output(InstanceId=instance["InstanceId"], Latest=True)
same((console["InstanceId"], console["Output"], console["Timestamp"]), (instance["InstanceId"], "", instance["LaunchTime"]))
refused("InvalidInstanceID.NotFound", ec2.get_console_output, InstanceId="i-0123456789abcdef0")
refused("InvalidInstanceID.NotFound", client(account="210987654321").get_console_output, InstanceId=instance["InstanceId"])

# A zone whose default subnet was deleted gets another.
last = subnets()[-1]
refused("DefaultSubnetAlreadyExistsInAvailabilityZone", ec2.create_default_subnet, AvailabilityZone=last["AvailabilityZone"], text=last["SubnetId"])
ec2.delete_subnet(SubnetId=last["SubnetId"])
again = ec2.create_default_subnet(AvailabilityZoneId=last["AvailabilityZoneId"])["Subnet"]
same((again["AvailabilityZone"], again["CidrBlock"], again["DefaultForAz"]), (last["AvailabilityZone"], last["CidrBlock"], True))
refused("InvalidParameterValue", ec2.create_default_subnet, AvailabilityZone="us-east-1a")
refused("MissingParameter", ec2.create_default_subnet)
refused("UnsupportedOperation", ec2.create_default_subnet, AvailabilityZone=last["AvailabilityZone"], Ipv6Native=True)

# Another account and another region have their own.
other = client(account="210987654321").create_default_vpc()["Vpc"]["VpcId"]
far = client(region="us-east-1").create_default_vpc()["Vpc"]["VpcId"]
same(len({VPC, other, far}), 3)

# Tenancy.
dedicated = ec2.create_vpc(CidrBlock="10.9.0.0/16", InstanceTenancy="dedicated")["Vpc"]["VpcId"]
same(ec2.modify_vpc_tenancy(VpcId=dedicated, InstanceTenancy="default")["ReturnValue"], True)
same(ec2.describe_vpcs(VpcIds=[dedicated])["Vpcs"][0]["InstanceTenancy"], "default")
refused("InvalidParameterValue", ec2.modify_vpc_tenancy, VpcId=dedicated, InstanceTenancy="dedicated")
refused("InvalidVpcID.NotFound", ec2.modify_vpc_tenancy, VpcId="vpc-0123456789abcdef0", InstanceTenancy="default")
