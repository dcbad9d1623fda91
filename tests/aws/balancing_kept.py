"""What the API shows of load balancers, printed as JSON. With `make`, they are made before; `show` only prints.

tests/aws.rs runs it twice: over the World as it was made, and over its export. What a world file does not have is left out:
tags, security groups, elastic addresses and times.
"""

import json
import sys

from common import REGION, client, dig, ec2

elb, classic = client("elbv2"), client("elb")


def make():
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    a, c = (
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.20.{net}.0/24", AvailabilityZone=f"{REGION}{zone}")["Subnet"]["SubnetId"]
        for net, zone in [(1, "a"), (2, "c")]
    )
    run = {"ImageId": "ami-00000000000000001", "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1}
    instance = ec2.run_instances(SubnetId=a, **run)["Instances"][0]["InstanceId"]
    net = elb.create_load_balancer(
        Name="Net", Type="network", Scheme="internal", SubnetMappings=[{"SubnetId": a, "PrivateIPv4Address": "10.20.1.77"}, {"SubnetId": c}]
    )["LoadBalancers"][0]["LoadBalancerArn"]
    web = elb.create_load_balancer(Name="web", Subnets=[a, c])["LoadBalancers"][0]["LoadBalancerArn"]
    elb.create_load_balancer(Name="wall", Type="gateway", Subnets=[a])
    tcp = elb.create_target_group(Name="tcp", Protocol="TCP", Port=80, VpcId=vpc)["TargetGroups"][0]["TargetGroupArn"]
    http = elb.create_target_group(
        Name="http", Protocol="HTTP", Port=8080, VpcId=vpc, TargetType="ip", HealthCheckPath="/up", Matcher={"HttpCode": "204"}
    )["TargetGroups"][0]["TargetGroupArn"]
    elb.register_targets(TargetGroupArn=tcp, Targets=[{"Id": instance}])
    elb.register_targets(TargetGroupArn=http, Targets=[{"Id": "10.20.2.9", "Port": 81}])
    elb.modify_target_group_attributes(TargetGroupArn=tcp, Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "5"}])
    elb.create_listener(
        LoadBalancerArn=net,
        Protocol="TLS",
        Port=443,
        Certificates=[{"CertificateArn": f"arn:aws:acm:{REGION}:123456789012:certificate/one"}],
        DefaultActions=[{"Type": "forward", "TargetGroupArn": tcp}],
    )
    elb.modify_load_balancer_attributes(
        LoadBalancerArn=net, Attributes=[{"Key": "dns_record.client_routing_policy", "Value": "availability_zone_affinity"}]
    )
    front = elb.create_listener(
        LoadBalancerArn=web,
        Protocol="HTTP",
        Port=80,
        DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}],
    )["Listeners"][0]["ListenerArn"]
    elb.create_rule(
        ListenerArn=front,
        Priority=7,
        Conditions=[{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/a", "/b"]}}],
        Actions=[{"Type": "forward", "TargetGroupArn": http}],
    )
    listener = {"Protocol": "HTTP", "LoadBalancerPort": 80, "InstancePort": 8080}
    classic.create_load_balancer(LoadBalancerName="old", Listeners=[listener], Subnets=[a])
    classic.register_instances_with_load_balancer(LoadBalancerName="old", Instances=[{"InstanceId": instance}])


def show():
    for balancer in elb.describe_load_balancers()["LoadBalancers"]:
        arn, name = balancer["LoadBalancerArn"], balancer.get("DNSName")
        yield balancer
        yield elb.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
        if name:
            yield [dig(name), dig(name, at="10.20.2.5"), dig(f"{REGION}c.{name}")]
        for listener in elb.describe_listeners(LoadBalancerArn=arn)["Listeners"]:
            yield listener
            yield elb.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"]
    for group in elb.describe_target_groups()["TargetGroups"]:
        yield group
        yield elb.describe_target_group_attributes(TargetGroupArn=group["TargetGroupArn"])["Attributes"]
        yield elb.describe_target_health(TargetGroupArn=group["TargetGroupArn"])["TargetHealthDescriptions"]
    for balancer in classic.describe_load_balancers()["LoadBalancerDescriptions"]:
        yield [balancer, dig(balancer["DNSName"])]
    for interface in ec2.describe_network_interfaces()["NetworkInterfaces"]:
        if interface["RequesterManaged"]:
            yield {key: interface[key] for key in ["NetworkInterfaceId", "Description", "SubnetId", "PrivateIpAddress"]}


def plain(value):
    """Without what a world file does not have."""
    if isinstance(value, dict):
        left_out = ["CreatedTime", "SecurityGroups", "SourceSecurityGroup"]
        return {key: plain(it) for key, it in value.items() if key not in left_out}
    return [plain(it) for it in value] if isinstance(value, list) else value


if sys.argv[1] == "make":
    make()
for thing in show():
    print(json.dumps(plain(thing), sort_keys=True))
