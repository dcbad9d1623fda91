"""Stacks with load balancers, as in the chapter's second lab: dig of their names, updates in place, and what is left after."""

import os

from common import aws, client, dig, ec2, same

cfn, elb, classic = client("cloudformation"), client("elbv2"), client("elb")
FILE = os.path.join(os.path.dirname(__file__), "stack_balancer.yaml")
TEMPLATE = open(FILE, encoding="utf-8").read()


def left():
    """What the account has, without what was deleted and is still shown."""
    instances = [it for page in ec2.describe_instances()["Reservations"] for it in page["Instances"]]
    gateways = ec2.describe_nat_gateways()["NatGateways"]
    peerings = ec2.describe_vpc_peering_connections()["VpcPeeringConnections"]
    return {
        "vpcs": ec2.describe_vpcs()["Vpcs"],
        "subnets": ec2.describe_subnets()["Subnets"],
        "instances": [it for it in instances if it["State"]["Name"] != "terminated"],
        "interfaces": ec2.describe_network_interfaces()["NetworkInterfaces"],
        "addresses": ec2.describe_addresses()["Addresses"],
        "gateways": [it for it in gateways if it["State"] != "deleted"],
        "peerings": [it for it in peerings if it["Status"]["Code"] != "deleted"],
        "pairs": ec2.describe_key_pairs()["KeyPairs"],
        "services": ec2.describe_vpc_endpoint_service_configurations()["ServiceConfigurations"],
        "endpoints": ec2.describe_vpc_endpoints()["VpcEndpoints"],
        "balancers": elb.describe_load_balancers()["LoadBalancers"],
        "classic": classic.describe_load_balancers()["LoadBalancerDescriptions"],
        "groups": elb.describe_target_groups()["TargetGroups"],
    }


def outputs(name):
    return {it["OutputKey"]: it["OutputValue"] for it in cfn.describe_stacks(StackName=name)["Stacks"][0]["Outputs"]}


def physical(name):
    held = cfn.describe_stack_resources(StackName=name)["StackResources"]
    return {it["LogicalResourceId"]: it["PhysicalResourceId"] for it in held}


def failures(name):
    events = cfn.describe_stack_events(StackName=name)["StackEvents"]
    return [(it["LogicalResourceId"], it.get("ResourceStatusReason")) for it in events if "FAILED" in it["ResourceStatus"]]


def tags(arn):
    [shown] = elb.describe_tags(ResourceArns=[arn])["TagDescriptions"]
    return {it["Key"]: it["Value"] for it in shown["Tags"]}


nothing = left()
arn = cfn.create_stack(StackName="lab", TemplateBody=TEMPLATE, Tags=[{"Key": "team", "Value": "net"}])["StackId"]
same(failures("lab"), [])
cfn.get_waiter("stack_create_complete").wait(StackName="lab")
in_name = [it["LogicalResourceId"] for it in cfn.describe_stack_resources(StackName="lab")["StackResources"] if "ResourceStatusReason" in it]
same(in_name, [])
told, held = outputs("lab"), physical("lab")

# The balancer answers its fixed address, and the endpoint that of its network interface.
for name in [told["Name"], "www.lab.example"]:
    same(dig(name, at="10.30.0.10"), [told["Fixed"]])
[balancer] = elb.describe_load_balancers(LoadBalancerArns=[held["Balancer"]])["LoadBalancers"]
same((balancer["DNSName"], balancer["CanonicalHostedZoneId"], balancer["Type"]), (told["Name"], told["Zone"], "network"))
assert balancer["LoadBalancerArn"].endswith(told["Full"]), told["Full"]
assert balancer["LoadBalancerName"].startswith("lab-Balan-"), balancer["LoadBalancerName"]
same(tags(held["Balancer"]), {
    "Name": "balancer",
    "team": "net",
    "aws:cloudformation:stack-name": "lab",
    "aws:cloudformation:logical-id": "Balancer",
    "aws:cloudformation:stack-id": arn,
})
attributes = {it["Key"]: it["Value"] for it in elb.describe_load_balancer_attributes(LoadBalancerArn=held["Balancer"])["Attributes"]}
same(attributes["load_balancing.cross_zone.enabled"], "true")
[endpoint] = ec2.describe_vpc_endpoints(VpcEndpointIds=[held["Endpoint"]])["VpcEndpoints"]
[inside] = ec2.describe_network_interfaces(NetworkInterfaceIds=endpoint["NetworkInterfaceIds"])["NetworkInterfaces"]
same((endpoint["State"], dig(told["Entry"], at="10.30.0.10")), ("available", [inside["PrivateIpAddress"]]))
same(len(dig(told["Pages"], at="10.30.0.10")), 2)
[old] = classic.describe_load_balancers(LoadBalancerNames=[held["Classic"]])["LoadBalancerDescriptions"]
same((old["DNSName"], old["Instances"], old["HealthCheck"]["Interval"]), (told["Classic"], [{"InstanceId": held["Web"]}], 30))
same([it["Listener"]["Protocol"] for it in old["ListenerDescriptions"]], ["HTTP"])
settings = classic.describe_load_balancer_attributes(LoadBalancerName=held["Classic"])["LoadBalancerAttributes"]
same((settings["CrossZoneLoadBalancing"]["Enabled"], settings["ConnectionSettings"]["IdleTimeout"]), (True, 90))
same(len(dig(told["Classic"], at="10.30.0.10")), 1)
[pair] = ec2.describe_key_pairs()["KeyPairs"]
same((pair["KeyName"], pair["KeyPairId"], pair["KeyFingerprint"]), (held["Key"], told["KeyId"], told["Print"]))
[nat] = ec2.describe_nat_gateways(NatGatewayIds=[held["Nat"]])["NatGateways"]
same((nat["State"], nat["NatGatewayAddresses"][0]["PublicIp"]), ("available", held["NatAddress"]))
[group] = elb.describe_target_groups(TargetGroupArns=[held["Group"]])["TargetGroups"]
same((group["HealthCheckIntervalSeconds"], group["LoadBalancerArns"]), (30, [held["Balancer"]]))
same([it["Target"]["Id"] for it in elb.describe_target_health(TargetGroupArn=held["Group"])["TargetHealthDescriptions"]], [held["Web"]])

# Updated in place: a health check, a rule, tags and targets; nothing gets another id.
more = TEMPLATE.replace("Value: balancer}", "Value: second}").replace("[{Id: !Ref Web, Port: 80}]", "[{Id: !Ref Web, Port: 8080}]")
more = more.replace('LoadBalancerPort: "80", InstancePort: "80"', 'LoadBalancerPort: "8080", InstancePort: "80"').replace("Instances: [!Ref Web]", "Instances: []")
more = more.replace("Priority: 10", "Priority: 20").replace("AcceptanceRequired: false", "AcceptanceRequired: true")
given = [{"ParameterKey": "Interval", "ParameterValue": "10"}, {"ParameterKey": "Path", "ParameterValue": "/two"}]
cfn.update_stack(StackName="lab", TemplateBody=more, Parameters=given)
same(failures("lab"), [])
same(physical("lab"), held)
[group] = elb.describe_target_groups(TargetGroupArns=[held["Group"]])["TargetGroups"]
same(group["HealthCheckIntervalSeconds"], 10)
targets = elb.describe_target_health(TargetGroupArn=held["Group"])["TargetHealthDescriptions"]
assert 8080 in [it["Target"]["Port"] for it in targets], targets
[rule] = elb.describe_rules(RuleArns=[held["Rule"]])["Rules"]
same((rule["Priority"], rule["Conditions"][0]["PathPatternConfig"]["Values"]), ("20", ["/two"]))
[old] = classic.describe_load_balancers(LoadBalancerNames=[held["Classic"]])["LoadBalancerDescriptions"]
same((old["Instances"], old["HealthCheck"]["Interval"]), ([], 10))
same([it["Listener"]["LoadBalancerPort"] for it in old["ListenerDescriptions"]], [8080])
shown = tags(held["Balancer"])
same((shown["Name"], shown["team"], shown["aws:cloudformation:stack-name"]), ("second", "net", "lab"))
cfn.update_stack(StackName="lab", TemplateBody=more, Parameters=given, Tags=[{"Key": "cost", "Value": "7"}])
shown = tags(held["Balancer"])
same((shown.get("team"), shown["cost"]), (None, "7"))
[shown] = classic.describe_tags(LoadBalancerNames=[held["Classic"]])["TagDescriptions"]
same(shown["Tags"], [{"Key": "cost", "Value": "7"}])

# Another scheme is another balancer, with another name.
moved = more.replace("Scheme: internal,", "Scheme: internet-facing,").replace("UsesC: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {RouteTableId: !Ref Inner", "UsesC: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {RouteTableId: !Ref Table")
cfn.update_stack(StackName="lab", TemplateBody=moved, Parameters=given)
same(failures("lab"), [])
after = physical("lab")
assert after["Pages"] != held["Pages"] and after["PagesListener"] != held["PagesListener"]
same(dig(told["Pages"], at="10.30.0.10"), [])
same(len(dig(outputs("lab")["Pages"], at="10.30.0.10")), 2)

# Gone without a trace.
cfn.delete_stack(StackName="lab")
cfn.get_waiter("stack_delete_complete").wait(StackName=arn)
same(left(), nothing)
same((dig(told["Name"]), dig("www.lab.example")), ([], []))

# The same by `aws cloudformation deploy`.
if aws("cloudformation", "deploy", "--stack-name", "lab", "--template-file", FILE, is_json=False) is not None:
    same(cfn.describe_stacks(StackName="lab")["Stacks"][0]["StackStatus"], "CREATE_COMPLETE")
    same(dig(outputs("lab")["Name"]), [outputs("lab")["Fixed"]])
    aws("cloudformation", "delete-stack", "--stack-name", "lab")
    same(left(), nothing)
