"""The chapter's second lab from nothing: every resource is made by the API, and dig answers as in the chapter."""

from common import REGION, client, dig, ec2, named, same

elb, zone = client("elbv2"), f"{REGION}a"


def network(name, cidr, subnet):
    """A VPC with a public subnet."""
    vpc = ec2.create_vpc(CidrBlock=cidr, TagSpecifications=named(name, "vpc"))["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    made = ec2.create_subnet(VpcId=vpc, CidrBlock=subnet, AvailabilityZone=zone)["Subnet"]["SubnetId"]
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    ec2.associate_route_table(RouteTableId=table, SubnetId=made)
    return vpc, made


def instance(name, subnet, address):
    made = ec2.run_instances(
        ImageId="ami-00000000000000001",
        InstanceType="t2.micro",
        MinCount=1,
        MaxCount=1,
        SubnetId=subnet,
        PrivateIpAddress=address,
        TagSpecifications=named(name, "instance"),
    )
    return made["Instances"][0]["InstanceId"]


my_vpc, my_subnet = network("MyVPC", "10.0.0.0/16", "10.0.0.0/24")
custom_vpc, custom_subnet = network("CustomVPC", "20.0.0.0/16", "20.0.0.0/24")
instance("My-EC2", my_subnet, "10.0.0.176")
webs = [instance(f"Custom-WEB-{number}", custom_subnet, f"20.0.0.5{number}") for number in (1, 2)]

elastic = ec2.allocate_address(Domain="vpc")
balancer = elb.create_load_balancer(
    Name="Custom-NLB", Type="network", SubnetMappings=[{"SubnetId": custom_subnet, "AllocationId": elastic["AllocationId"]}]
)["LoadBalancers"][0]
group = elb.create_target_group(Name="Custom-TG", Protocol="TCP", Port=80, VpcId=custom_vpc)["TargetGroups"][0]["TargetGroupArn"]
elb.register_targets(TargetGroupArn=group, Targets=[{"Id": it} for it in webs])
elb.create_listener(
    LoadBalancerArn=balancer["LoadBalancerArn"],
    Protocol="TCP",
    Port=80,
    DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
)
elb.get_waiter("target_in_service").wait(TargetGroupArn=group)
name = balancer["DNSName"]
same(dig(name, at="10.0.0.176"), [elastic["PublicIp"]])
same(dig(f"Custom-NLB-{name}", at="10.0.0.176"), [])

service = ec2.create_vpc_endpoint_service_configuration(
    NetworkLoadBalancerArns=[balancer["LoadBalancerArn"]], AcceptanceRequired=True, TagSpecifications=named("Custom-EPS", "vpc-endpoint-service")
)["ServiceConfiguration"]
same(service["NetworkLoadBalancerArns"], [balancer["LoadBalancerArn"]])
endpoint = ec2.create_vpc_endpoint(
    VpcId=my_vpc,
    VpcEndpointType="Interface",
    ServiceName=service["ServiceName"],
    SubnetConfigurations=[{"SubnetId": my_subnet, "Ipv4": "10.0.0.19"}],
    SubnetIds=[my_subnet],
    PrivateDnsEnabled=False,
)["VpcEndpoint"]
same(endpoint["State"], "pendingAcceptance")
ec2.accept_vpc_endpoint_connections(ServiceId=service["ServiceId"], VpcEndpointIds=[endpoint["VpcEndpointId"]])
endpoint = ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint["VpcEndpointId"]])["VpcEndpoints"][0]
same(endpoint["State"], "available")
same(dig(endpoint["DnsEntries"][0]["DnsName"], at="10.0.0.176"), ["10.0.0.19"])
