"""Cloud Custodian against the server: makes a small world, runs policies.yml over it, and counts what each policy finds.

    VPCDNS_TEST_HTTP=127.0.0.1:1080 target/tools/custodian/bin/python tests/custodian/policies.py

The world must hold nothing before. Nothing here talks to AWS.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

import boto3
import yaml

REGION = "ap-northeast-2"
POLICIES = pathlib.Path(__file__).with_name("policies.yml")
ENVIRONMENT = {
    **os.environ,
    "AWS_ENDPOINT_URL": f"http://{os.environ['VPCDNS_TEST_HTTP']}",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_DEFAULT_REGION": REGION,
}


def client(service):
    return boto3.client(
        service,
        region_name=REGION,
        endpoint_url=ENVIRONMENT["AWS_ENDPOINT_URL"],
        aws_access_key_id="test",
        aws_secret_access_key="secret",
    )


def tags(kind, name):
    return [{"ResourceType": kind, "Tags": [{"Key": "Name", "Value": name}]}]


def network(ec2):
    """A VPC with everything in it, and one with nothing; gives the first and its subnets."""
    vpc = ec2.create_vpc(CidrBlock="10.60.0.0/16", TagSpecifications=tags("vpc", "shop"))["Vpc"]["VpcId"]
    other = ec2.create_vpc(CidrBlock="10.61.0.0/16")["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    options = [{"Key": "domain-name", "Values": ["shop.example"]}]
    options = ec2.create_dhcp_options(DhcpConfigurations=options)["DhcpOptions"]["DhcpOptionsId"]
    ec2.associate_dhcp_options(DhcpOptionsId=options, VpcId=vpc)
    subnets = []
    for number, zone in enumerate("abc"):
        asked = {"CidrBlock": f"10.60.{number}.0/24", "AvailabilityZone": REGION + zone}
        made = ec2.create_subnet(VpcId=vpc, TagSpecifications=tags("subnet", zone), **asked)
        subnets.append(made["Subnet"]["SubnetId"])
    ec2.modify_subnet_attribute(SubnetId=subnets[0], MapPublicIpOnLaunch={"Value": True})
    gateway = ec2.create_internet_gateway(TagSpecifications=tags("internet-gateway", "shop"))
    gateway = gateway["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    ec2.associate_route_table(RouteTableId=table, SubnetId=subnets[0])
    group = ec2.create_security_group(GroupName="web", Description="d", VpcId=vpc)["GroupId"]
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    ec2.allocate_address(Domain="vpc")
    ec2.create_nat_gateway(SubnetId=subnets[0], AllocationId=address)
    ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=f"com.amazonaws.{REGION}.s3", RouteTableIds=[table])
    ec2.create_vpc_endpoint(
        VpcId=vpc,
        VpcEndpointType="Interface",
        ServiceName=f"com.amazonaws.{REGION}.sqs",
        SubnetIds=subnets[:1],
        SecurityGroupIds=[group],
    )
    ec2.create_vpc_peering_connection(VpcId=vpc, PeerVpcId=other)
    ec2.create_managed_prefix_list(PrefixListName="l", AddressFamily="IPv4", MaxEntries=1)
    ec2.create_launch_template(LaunchTemplateName="tpl", LaunchTemplateData={"InstanceType": "t3.micro"})
    ec2.create_key_pair(KeyName="k")
    images = ec2.describe_images(Owners=["amazon"], Filters=[{"Name": "architecture", "Values": ["x86_64"]}])
    ec2.run_instances(
        ImageId=images["Images"][0]["ImageId"],
        InstanceType="t3.micro",
        KeyName="k",
        MinCount=1,
        MaxCount=1,
        SubnetId=subnets[0],
        SecurityGroupIds=[group],
        UserData="#!/bin/sh\necho hello\n",
        BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 8}}],
        MetadataOptions={"HttpTokens": "optional"},
    )
    return vpc, subnets


def names(vpc, subnets):
    ec2, elb, route53, resolver = (client(it) for it in ("ec2", "elbv2", "route53", "route53resolver"))
    asked = {"Name": "n", "Type": "network", "Scheme": "internal", "Subnets": subnets[:1]}
    balancer = elb.create_load_balancer(**asked)["LoadBalancers"][0]["LoadBalancerArn"]
    group = elb.create_target_group(Name="t", Protocol="TCP", Port=80, VpcId=vpc)["TargetGroups"][0]["TargetGroupArn"]
    forward = [{"Type": "forward", "TargetGroupArn": group}]
    elb.create_listener(LoadBalancerArn=balancer, Protocol="TCP", Port=80, DefaultActions=forward)
    ec2.create_vpc_endpoint_service_configuration(AcceptanceRequired=True, NetworkLoadBalancerArns=[balancer])
    here = {"VPCRegion": REGION, "VPCId": vpc}
    zone = route53.create_hosted_zone(Name="shop.internal", CallerReference="z", VPC=here)["HostedZone"]["Id"]
    team = [{"Key": "team", "Value": "dns"}]
    route53.change_tags_for_resource(ResourceType="hostedzone", ResourceId=zone.rsplit("/", 1)[-1], AddTags=team)
    record = {"Name": "db.shop.internal", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "10.60.0.9"}]}
    change = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=change)
    check = {"Type": "TCP", "IPAddress": "192.0.2.1", "Port": 80}
    route53.create_health_check(CallerReference="h", HealthCheckConfig=check)
    resolver.create_resolver_rule(CreatorRequestId="r", RuleType="SYSTEM", DomainName="mine.example")
    config = {"Name": "q", "DestinationArn": "arn:aws:s3:::b", "CreatorRequestId": "q"}
    config = resolver.create_resolver_query_log_config(**config)["ResolverQueryLogConfig"]["Id"]
    resolver.associate_resolver_query_log_config(ResolverQueryLogConfigId=config, ResourceId=vpc)
    client("servicediscovery").create_private_dns_namespace(Name="shop.local", Vpc=vpc)
    handle = {"Resources": {"H": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}}
    client("cloudformation").create_stack(StackName="s", TemplateBody=json.dumps(handle))


def main():
    names(*network(client("ec2")))
    policies, wrong = yaml.safe_load(POLICIES.read_text())["policies"], []
    with tempfile.TemporaryDirectory() as folder:
        command = [pathlib.Path(sys.executable).with_name("custodian"), "run", "--region", REGION, "--cache-period", "0"]
        done = subprocess.run(
            [*command, "--output-dir", folder, POLICIES], env=ENVIRONMENT, capture_output=True, text=True, check=False
        )
        for policy in policies:
            found = pathlib.Path(folder, policy["name"], "resources.json")
            found = len(json.loads(found.read_text())) if found.exists() else None
            if found != policy["metadata"]["found"]:
                wrong.append(f"{policy['name']} found {found}, not {policy['metadata']['found']}")
    if wrong or done.returncode:
        print(done.stderr, file=sys.stderr)
        raise SystemExit("\n".join(wrong) or f"custodian ended with {done.returncode}")
    print(f"{len(policies)} policies as expected")


main()
