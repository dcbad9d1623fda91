"""Stacks: what a template makes, what dig then says, and what is left when it fails or is deleted."""

import os
import time

from common import ACCOUNT, REGION, aws, client, dig, ec2, key_pair, refused, same

cfn = client("cloudformation")
PLACE = os.path.dirname(__file__)
TEMPLATE = open(os.path.join(PLACE, "stack.yaml"), encoding="utf-8").read()
IAM = ["CAPABILITY_IAM"]
KEY = [{"ParameterKey": "KeyName", "ParameterValue": "key"}]


def count():
    """How many things of each kind the account has."""
    found = {
        "vpcs": ec2.describe_vpcs()["Vpcs"],
        "subnets": ec2.describe_subnets()["Subnets"],
        "tables": ec2.describe_route_tables()["RouteTables"],
        "gateways": ec2.describe_internet_gateways()["InternetGateways"],
        "groups": ec2.describe_security_groups()["SecurityGroups"],
        "addresses": ec2.describe_addresses()["Addresses"],
        "endpoints": ec2.describe_vpc_endpoints()["VpcEndpoints"],
        "interfaces": ec2.describe_network_interfaces()["NetworkInterfaces"],
        "options": ec2.describe_dhcp_options()["DhcpOptions"],
        "peerings": [
            it for it in ec2.describe_vpc_peering_connections()["VpcPeeringConnections"] if it["Status"]["Code"] != "deleted"
        ],
    }
    return {kind: len(things) for kind, things in found.items()}


def given(name, **values):
    return {
        "StackName": name,
        "TemplateBody": TEMPLATE,
        "Capabilities": IAM,
        "Parameters": KEY + [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()],
    }


def stack(name):
    return cfn.describe_stacks(StackName=name)["Stacks"][0]


def outputs(name):
    return {it["OutputKey"]: it["OutputValue"] for it in stack(name).get("Outputs", [])}


def resources(name):
    return {it["LogicalResourceId"]: it for it in cfn.describe_stack_resources(StackName=name)["StackResources"]}


def physical(name, logical):
    return resources(name)[logical]["PhysicalResourceId"]


def events(name):
    """All events, in order."""
    pages = cfn.get_paginator("describe_stack_events").paginate(StackName=name)
    return [event for page in pages for event in page["StackEvents"]][::-1]


def template(resources, **sections):
    """A template as JSON."""
    import json

    return json.dumps({"Resources": resources, **sections})


key_pair("key")
nothing = count()

# A whole network.
arn = cfn.create_stack(**given("lab", Endpoint="no"), Tags=[{"Key": "team", "Value": "net"}])["StackId"]
assert arn.startswith(f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/lab/"), arn
cfn.get_waiter("stack_create_complete").wait(StackName="lab")
made = stack("lab")
same((made["StackStatus"], made["StackId"], made["Description"]), ("CREATE_COMPLETE", arn, "A network with an instance, and what it needs."))
shown = {it["ParameterKey"]: it for it in made["Parameters"]}
same(shown["Secret"]["ParameterValue"], "****")
assert shown["Image"]["ResolvedValue"].startswith("ami-"), shown["Image"]
same(made["Tags"], [{"Key": "team", "Value": "net"}])
told = outputs("lab")
same((told["Address"], told["RoleArn"].split(":")[:3]), ("10.20.1.10", ["arn", "aws", "iam"]))
vpc = told["Vpc"]
held = resources("lab")
same(len(held), 12)
same({it["ResourceStatus"] for it in held.values()}, {"CREATE_COMPLETE"})
assert "in name only" in held["Role"]["ResourceStatusReason"]
same(held["Attached"]["PhysicalResourceId"], f"IGW|{vpc}")
same(held["Default"]["PhysicalResourceId"], f"{held['Table']['PhysicalResourceId']}|0.0.0.0/0")
same(held["Fixed"]["PhysicalResourceId"], told["Public"])
detail = cfn.describe_stack_resource(StackName="lab", LogicalResourceId="Net")["StackResourceDetail"]
same((detail["PhysicalResourceId"], detail["DriftInformation"]), (vpc, {"StackResourceDriftStatus": "NOT_CHECKED"}))
same(len(cfn.list_stack_resources(StackName="lab")["StackResourceSummaries"]), 12)
same(cfn.describe_stack_resources(PhysicalResourceId=vpc)["StackResources"][0]["StackName"], "lab")
tags = {it["Key"]: it["Value"] for it in ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["Tags"]}
same(tags, {
    "Name": "lab-net",
    "team": "net",
    "aws:cloudformation:stack-name": "lab",
    "aws:cloudformation:logical-id": "Net",
    "aws:cloudformation:stack-id": arn,
})
server = ec2.describe_instances(InstanceIds=[held["Server"]["PhysicalResourceId"]])["Reservations"][0]["Instances"][0]
same((server["PrivateIpAddress"], server["PublicIpAddress"], server["KeyName"]), ("10.20.1.10", told["Public"], "key"))
data = ec2.describe_instance_attribute(InstanceId=server["InstanceId"], Attribute="userData")["UserData"]["Value"]
import base64
same(base64.b64decode(data).decode(), f"#!/bin/sh\necho {vpc} in {REGION}\n")
group = ec2.describe_security_groups(GroupIds=[held["Guard"]["PhysicalResourceId"]])["SecurityGroups"][0]
same(len(group["IpPermissions"]), 3)
assert group["GroupName"].startswith("lab-Guard-"), group["GroupName"]

# Its events: every resource begins, gets its id and ends, after those that it refers to.
seen = events("lab")
same(
    [(it["LogicalResourceId"], it["ResourceStatus"], it.get("ResourceStatusReason")) for it in seen[:4]],
    [
        ("lab", "CREATE_IN_PROGRESS", "User Initiated"),
        ("Net", "CREATE_IN_PROGRESS", None),
        ("Net", "CREATE_IN_PROGRESS", "Resource creation Initiated"),
        ("Net", "CREATE_COMPLETE", None),
    ],
)
same([it["PhysicalResourceId"] for it in seen[:4]], [arn, "", vpc, vpc])
same((seen[-1]["LogicalResourceId"], seen[-1]["ResourceStatus"], seen[-1]["PhysicalResourceId"]), ("lab", "CREATE_COMPLETE", arn))
same(len({it["EventId"] for it in seen}), len(seen))
ended = [it["LogicalResourceId"] for it in seen if it["ResourceStatus"] == "CREATE_COMPLETE"]
for before, after in [("Net", "Here"), ("Attached", "Default"), ("Table", "Uses"), ("Guard", "Server"), ("Server", "Fixed")]:
    assert ended.index(before) < ended.index(after), (before, after)

refused("AlreadyExistsException", cfn.create_stack, **given("lab"), text="Stack [lab] already exists")
refused("ValidationError", cfn.describe_stacks, StackName="none", text="Stack with id none does not exist")
refused("ValidationError", cfn.describe_stack_events, StackName="none", text="Stack [none] does not exist")
refused("ValidationError", cfn.update_stack, **given("none"), text="Stack [none] does not exist")
refused("ValidationError", client("cloudformation", account="210987654321").describe_stacks, StackName="lab")
refused("ValidationError", client("cloudformation", region="us-east-1").describe_stacks, StackName=arn)
same(client("cloudformation", region="us-east-1").describe_stacks()["Stacks"], [])

# An update in place: the flags of the VPC, and an endpoint. dig follows.
refused("ValidationError", cfn.update_stack, **given("lab"), text="No updates are to be performed.")
sqs = f"sqs.{REGION}.amazonaws.com"
before = dig(sqs, at="10.20.1.10")
cfn.update_stack(**given("lab", Hostnames="true", Endpoint="yes"))
cfn.get_waiter("stack_update_complete").wait(StackName="lab")
endpoint = ec2.describe_vpc_endpoints(VpcEndpointIds=[physical("lab", "Queue")])["VpcEndpoints"][0]
same((endpoint["State"], endpoint["PrivateDnsEnabled"]), ("available", True))
inside = ec2.describe_network_interfaces(NetworkInterfaceIds=endpoint["NetworkInterfaceIds"])["NetworkInterfaces"]
same(dig(sqs, at="10.20.1.10"), [it["PrivateIpAddress"] for it in inside])
assert dig(sqs, at="10.20.1.10") != before
same(outputs("lab")["Entries"], endpoint["DnsEntries"][0]["DnsName"])
same((physical("lab", "Net"), stack("lab")["StackStatus"]), (vpc, "UPDATE_COMPLETE"))
assert ("Net", "UPDATE_COMPLETE") in [(it["LogicalResourceId"], it["ResourceStatus"]) for it in events("lab")]

# What is left out of the template is deleted, and what cannot be changed is replaced.
MOVED = TEMPLATE.replace("[1, !Cidr", "[0, !Cidr").replace("10.20.1.10", "10.20.0.10")
old = resources("lab")
cfn.update_stack(
    StackName="lab",
    TemplateBody=MOVED,
    Capabilities=IAM,
    Parameters=[{"ParameterKey": "KeyName", "UsePreviousValue": True}, {"ParameterKey": "Hostnames", "UsePreviousValue": True}],
)
same(stack("lab")["StackStatus"], "UPDATE_COMPLETE")
new = resources("lab")
same(sorted(name for name in new if new[name]["PhysicalResourceId"] != old[name]["PhysicalResourceId"]), ["Here", "Server", "Uses"])
same([it["CidrBlock"] for it in ec2.describe_subnets()["Subnets"]], ["10.20.0.0/24"])
same(ec2.describe_vpc_endpoints()["VpcEndpoints"], [])
assert "Queue" not in new
same(outputs("lab")["Address"], "10.20.0.10")
same(ec2.describe_addresses()["Addresses"][0]["InstanceId"], new["Server"]["PhysicalResourceId"])
assert any("requires the creation of a new physical resource" in it.get("ResourceStatusReason", "") for it in events("lab"))

# An update that fails leaves everything as it was.
before = (count(), new, outputs("lab"))
wrong = TEMPLATE.replace('IpProtocol: "-1"', "IpProtocol: nothing")
cfn.update_stack(StackName="lab", TemplateBody=wrong, Capabilities=IAM, Parameters=KEY)
same(stack("lab")["StackStatus"], "UPDATE_ROLLBACK_COMPLETE")
after = (count(), resources("lab"), outputs("lab"))
same(after[0], before[0])
same([it["PhysicalResourceId"] for it in after[1].values()], [it["PhysicalResourceId"] for it in before[1].values()])
same(after[2], before[2])
same(cfn.get_template(StackName="lab")["TemplateBody"], MOVED)
assert any(it["ResourceStatus"] == "UPDATE_ROLLBACK_IN_PROGRESS" for it in events("lab"))

# What another stack imports cannot be deleted.
user = {"Own": {"Type": "AWS::EC2::Subnet", "Properties": {
    "VpcId": {"Fn::ImportValue": "lab-vpc"}, "CidrBlock": "10.20.200.0/24"}}}
cfn.create_stack(StackName="user", TemplateBody=template(user))
same(ec2.describe_subnets(SubnetIds=[physical("user", "Own")])["Subnets"][0]["VpcId"], vpc)
same(cfn.list_imports(ExportName="lab-vpc")["Imports"], ["user"])
[export] = cfn.list_exports()["Exports"]
same((export["Name"], export["Value"], export["ExportingStackId"]), ("lab-vpc", vpc, arn))
# Nor may an update take its name from it, or give it another value.
for other in (MOVED.replace('"${AWS::StackName}-vpc"', '"other-vpc"'), MOVED.replace("{Value: !Ref Net, Export", "{Value: !Ref Here, Export")):
    cfn.update_stack(StackName="lab", TemplateBody=other, Capabilities=IAM, Parameters=KEY)
    same(stack("lab")["StackStatus"], "UPDATE_ROLLBACK_COMPLETE")
    assert "as it is in use by user" in str(events("lab")), events("lab")
    same(cfn.list_exports()["Exports"], [export])
cfn.delete_stack(StackName="lab")
same(stack("lab")["StackStatus"], "DELETE_FAILED")
assert "as it is in use by user" in stack("lab")["StackStatusReason"]
cfn.delete_stack(StackName="user")
# An output uses it as much as a resource.
told = template({"Own": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}, Outputs={"Net": {"Value": {"Fn::ImportValue": "lab-vpc"}}})
cfn.create_stack(StackName="teller", TemplateBody=told)
same(cfn.list_imports(ExportName="lab-vpc")["Imports"], ["teller"])
cfn.delete_stack(StackName="teller")
refused("ValidationError", cfn.list_imports, ExportName="lab-vpc", text="is not imported by any stack")
cfn.create_stack(StackName="user", TemplateBody=template({"Own": {"Type": "AWS::EC2::Subnet", "Properties": {
    "VpcId": {"Fn::ImportValue": "nothing"}, "CidrBlock": "10.20.200.0/24"}}}))
same(stack("user")["StackStatus"], "ROLLBACK_COMPLETE")
assert any("No export named nothing found." in it.get("ResourceStatusReason", "") for it in events("user"))
cfn.delete_stack(StackName="user")

# Deleted, with nothing left; by its ARN it is still described.
cfn.update_termination_protection(StackName="lab", EnableTerminationProtection=True)
refused("ValidationError", cfn.delete_stack, StackName="lab", text="TerminationProtection is enabled")
cfn.update_termination_protection(StackName="lab", EnableTerminationProtection=False)
cfn.delete_stack(StackName="lab")
cfn.get_waiter("stack_delete_complete").wait(StackName=arn)
refused("ValidationError", cfn.describe_stacks, StackName="lab", text="Stack with id lab does not exist")
same(stack(arn)["StackStatus"], "DELETE_COMPLETE")
same({it["ResourceStatus"] for it in resources(arn).values()}, {"DELETE_COMPLETE"})
same(count(), nothing)
same(ec2.describe_tags(Filters=[{"Name": "key", "Values": ["aws:cloudformation:stack-name"]}, {"Name": "resource-type", "Values": ["vpc", "subnet", "security-group"]}])["Tags"], [])
same([it["StackName"] for it in cfn.list_stacks(StackStatusFilter=["DELETE_COMPLETE"])["StackSummaries"] if it["StackId"] == arn], ["lab"])
cfn.delete_stack(StackName="lab")

# A resource that AWS refuses: the reason is in its event, and nothing is left.
both = {
    "Net": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.9.0.0/16"}},
    "Here": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Net"}, "CidrBlock": "10.8.0.0/24"}},
}
cfn.create_stack(StackName="bad", TemplateBody=template(both))
same(stack("bad")["StackStatus"], "ROLLBACK_COMPLETE")
[failure] = [it for it in events("bad") if it["ResourceStatus"] == "CREATE_FAILED"]
same(failure["LogicalResourceId"], "Here")
reason = failure["ResourceStatusReason"]
assert reason.startswith('Resource handler returned message: "The CIDR \'10.8.0.0/24\' is invalid. (Service: Ec2, Status Code: 400, Request ID: '), reason
assert reason.endswith("HandlerErrorCode: InvalidRequest)"), reason
same(
    [(it["LogicalResourceId"], it["ResourceStatus"]) for it in events("bad")[-5:]],
    [
        ("bad", "ROLLBACK_IN_PROGRESS"),
        ("Here", "DELETE_COMPLETE"),
        ("Net", "DELETE_IN_PROGRESS"),
        ("Net", "DELETE_COMPLETE"),
        ("bad", "ROLLBACK_COMPLETE"),
    ],
)
assert "The following resource(s) failed to create: [Here]. Rollback requested by user." in str(events("bad"))
same(count(), nothing)
refused("ValidationError", cfn.update_stack, StackName="bad", TemplateBody=template(both), text="is in ROLLBACK_COMPLETE state and can not be updated.")
cfn.delete_stack(StackName="bad")
cfn.create_stack(StackName="bad", TemplateBody=template(both), OnFailure="DO_NOTHING")
same((stack("bad")["StackStatus"], len(ec2.describe_vpcs()["Vpcs"])), ("CREATE_FAILED", nothing["vpcs"] + 1))
cfn.delete_stack(StackName="bad")
gone = cfn.create_stack(StackName="bad", TemplateBody=template(both), OnFailure="DELETE")["StackId"]
same(stack(gone)["StackStatus"], "DELETE_COMPLETE")
same(count(), nothing)

# What is to be kept stays, also when the stack goes.
kept = {
    "Net": {"Type": "AWS::EC2::VPC", "DeletionPolicy": "Retain", "Properties": {"CidrBlock": "10.9.0.0/16"}},
    "Way": {"Type": "AWS::EC2::InternetGateway"},
}
cfn.create_stack(StackName="kept", TemplateBody=template(kept))
vpc, kept_arn = physical("kept", "Net"), stack("kept")["StackId"]
cfn.delete_stack(StackName="kept")
same({name: it["ResourceStatus"] for name, it in resources(kept_arn).items()}, {"Net": "DELETE_SKIPPED", "Way": "DELETE_COMPLETE"})
ec2.delete_vpc(VpcId=vpc)
# A stack whose VPC holds what is not the stack's cannot be deleted.
cfn.create_stack(StackName="held", TemplateBody=template({"Net": kept["Net"] | {"DeletionPolicy": "Delete"}}))
subnet = ec2.create_subnet(VpcId=physical("held", "Net"), CidrBlock="10.9.1.0/24")["Subnet"]["SubnetId"]
cfn.delete_stack(StackName="held")
same((stack("held")["StackStatus"], stack("held")["StackStatusReason"]), ("DELETE_FAILED", "The following resource(s) failed to delete: [Net]. "))
ec2.delete_subnet(SubnetId=subnet)
cfn.delete_stack(StackName="held")
same(count(), nothing)

# What somebody deleted by hand counts as deleted, and AWS's own tags stay.
arn = cfn.create_stack(StackName="hand", TemplateBody=template({
    "Net": kept["Net"] | {"DeletionPolicy": "Delete"},
    "Way": {"Type": "AWS::EC2::InternetGateway", "Properties": {"Tags": [{"Key": "mine", "Value": "x"}]}},
    "Attached": {"Type": "AWS::EC2::VPCGatewayAttachment", "Properties": {"VpcId": {"Ref": "Net"}, "InternetGatewayId": {"Ref": "Way"}}},
}))["StackId"]
way, vpc = physical("hand", "Way"), physical("hand", "Net")
ec2.delete_tags(Resources=[way])
assert all(it["Key"].startswith("aws:cloudformation:") for it in ec2.describe_internet_gateways(InternetGatewayIds=[way])["InternetGateways"][0]["Tags"])
ec2.detach_internet_gateway(InternetGatewayId=way, VpcId=vpc)
ec2.delete_vpc(VpcId=vpc)
cfn.delete_stack(StackName="hand")
same(stack(arn)["StackStatus"], "DELETE_COMPLETE")
same(count(), nothing)

# The same request again is the same stack.
once = given("once") | {"ClientRequestToken": "token-1"}
same(cfn.create_stack(**once)["StackId"], cfn.create_stack(**once)["StackId"])
same(events("once")[0]["ClientRequestToken"], "token-1")
policy = '{"Statement":[{"Effect":"Allow","Action":"Update:*","Principal":"*","Resource":"*"}]}'
cfn.set_stack_policy(StackName="once", StackPolicyBody=policy)
same(cfn.get_stack_policy(StackName="once")["StackPolicyBody"], policy)
same(cfn.get_template(StackName="once")["TemplateBody"], TEMPLATE)
summary = cfn.get_template_summary(StackName="once")
same((summary["Capabilities"], len(summary["Parameters"]), summary["Version"]), (IAM, 5, "2010-09-09"))
valid = cfn.validate_template(TemplateBody=TEMPLATE)
same([it["ParameterKey"] for it in valid["Parameters"] if it["NoEcho"]], ["Secret"])
cfn.delete_stack(StackName="once")
same(count(), nothing)

# Other families of resources.
more = {
    "A": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.1.0.0/16"}},
    "B": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.2.0.0/16"}},
    "Range": {"Type": "AWS::EC2::VPCCidrBlock", "Properties": {"VpcId": {"Ref": "A"}, "CidrBlock": "10.3.0.0/16"}},
    "Pair": {"Type": "AWS::EC2::VPCPeeringConnection", "Properties": {"VpcId": {"Ref": "A"}, "PeerVpcId": {"Ref": "B"}}},
    "Options": {"Type": "AWS::EC2::DHCPOptions", "Properties": {"DomainName": "corp.example", "DomainNameServers": ["AmazonProvidedDNS"]}},
    "Has": {"Type": "AWS::EC2::VPCDHCPOptionsAssociation", "Properties": {"VpcId": {"Ref": "A"}, "DhcpOptionsId": {"Ref": "Options"}}},
    "Here": {"Type": "AWS::EC2::Subnet", "DependsOn": "Range", "Properties": {"VpcId": {"Ref": "A"}, "CidrBlock": "10.3.1.0/24", "MapPublicIpOnLaunch": True}},
    "Card": {"Type": "AWS::EC2::NetworkInterface", "Properties": {"SubnetId": {"Ref": "Here"}, "Description": "{{resolve:ssm:/cdk-bootstrap/hnb659fds/version}} cards", "SourceDestCheck": False}},
    "Group": {"Type": "AWS::EC2::PlacementGroup", "Properties": {"Strategy": "spread"}},
    "Table": {"Type": "AWS::EC2::RouteTable", "Properties": {"VpcId": {"Ref": "A"}}},
    "Over": {"Type": "AWS::EC2::Route", "Properties": {"RouteTableId": {"Ref": "Table"}, "DestinationCidrBlock": "10.2.0.0/16", "VpcPeeringConnectionId": {"Ref": "Pair"}}},
    "Gate": {"Type": "AWS::EC2::VPCEndpoint", "Properties": {"VpcId": {"Ref": "A"}, "ServiceName": f"com.amazonaws.{REGION}.s3", "RouteTableIds": [{"Ref": "Table"}]}},
    "Log": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "flows"}},
    "Wait": {"Type": "AWS::CloudFormation::WaitConditionHandle"},
    "Sealed": {"Type": "Custom::VpcRestrictDefaultSG", "Properties": {"ServiceToken": "none", "DefaultSecurityGroupId": {"Fn::GetAtt": ["A", "DefaultSecurityGroup"]}}},
    "Own": {"Type": "Custom::Thing", "Properties": {"ServiceToken": {"Fn::GetAtt": ["Log", "Arn"]}}},
}
cfn.create_stack(StackName="more", TemplateBody=template(more))
same(stack("more")["StackStatus"], "CREATE_COMPLETE")
held = resources("more")
card = ec2.describe_network_interfaces(NetworkInterfaceIds=[held["Card"]["PhysicalResourceId"]])["NetworkInterfaces"][0]
same((card["Description"], card["SourceDestCheck"]), ("30 cards", False))
sealed = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [held["A"]["PhysicalResourceId"]]}])["SecurityGroups"]
same([it["IpPermissions"] + it["IpPermissionsEgress"] for it in sealed], [[]])
same(ec2.describe_vpcs(VpcIds=[held["A"]["PhysicalResourceId"]])["Vpcs"][0]["DhcpOptionsId"], held["Options"]["PhysicalResourceId"])
same(held["Log"]["PhysicalResourceId"], "flows")
pair = ec2.describe_vpc_peering_connections(VpcPeeringConnectionIds=[held["Pair"]["PhysicalResourceId"]])
same(pair["VpcPeeringConnections"][0]["Status"]["Code"], "active")
assert ec2.describe_subnets(SubnetIds=[held["Here"]["PhysicalResourceId"]])["Subnets"][0]["MapPublicIpOnLaunch"]
more["Here"]["Properties"]["MapPublicIpOnLaunch"] = False
more["Card"]["Properties"]["Description"] = "another"
more["Over"]["Properties"] |= {"DestinationCidrBlock": "10.2.1.0/24"}
cfn.update_stack(StackName="more", TemplateBody=template(more))
same(stack("more")["StackStatus"], "UPDATE_COMPLETE")
assert not ec2.describe_subnets(SubnetIds=[held["Here"]["PhysicalResourceId"]])["Subnets"][0]["MapPublicIpOnLaunch"]
assert physical("more", "Over").endswith("|10.2.1.0/24")
cfn.delete_stack(StackName="more")
same(cfn.list_stacks(StackStatusFilter=["DELETE_FAILED"])["StackSummaries"], [])
same(count(), nothing)

# The `aws` command, as the chapter's reader types it.
if aws("cloudformation", "describe-stacks") is not None:
    path = os.path.join(PLACE, "stack.yaml")
    aws("cloudformation", "create-stack", "--stack-name", "cli", "--template-body", f"file://{path}",
        "--parameters", "ParameterKey=KeyName,ParameterValue=key", "ParameterKey=Hostnames,ParameterValue=true", "--capabilities", "CAPABILITY_IAM")
    aws("cloudformation", "wait", "stack-create-complete", "--stack-name", "cli")
    name = ec2.describe_instances(InstanceIds=[physical("cli", "Server")])["Reservations"][0]["Instances"][0]["PrivateDnsName"]
    same(dig(name, at="10.20.1.10"), ["10.20.1.10"])
    aws("cloudformation", "delete-stack", "--stack-name", "cli")
    aws("cloudformation", "wait", "stack-delete-complete", "--stack-name", "cli")
    same(count(), nothing)

# 500 resources, made and deleted, and 500 of which the last fails.
many = {"Net": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.9.0.0/16"}}}
for number in range(120):
    many |= {
        f"S{number}": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Net"}, "CidrBlock": f"10.9.{number}.0/24"}},
        f"T{number}": {"Type": "AWS::EC2::RouteTable", "Properties": {"VpcId": {"Ref": "Net"}}},
        f"U{number}": {"Type": "AWS::EC2::SubnetRouteTableAssociation", "Properties": {"SubnetId": {"Ref": f"S{number}"}, "RouteTableId": {"Ref": f"T{number}"}}},
    }
many |= {f"G{number}": {"Type": "AWS::EC2::InternetGateway"} for number in range(138)}
many["Last"] = {"Type": "AWS::EC2::InternetGateway"}
same(len(many), 500)
slow = client("cloudformation")
begun = time.monotonic()
slow.create_stack(StackName="many", TemplateBody=template(many).replace(" ", ""))
print(f"500 resources: {time.monotonic() - begun:.2f} s")
same(stack("many")["StackStatus"], "CREATE_COMPLETE")
pages = cfn.get_paginator("list_stack_resources").paginate(StackName="many")
same(sum(len(page["StackResourceSummaries"]) for page in pages), 500)
same(len(events("many")), 1502)
slow.delete_stack(StackName="many")
same(count(), nothing)
many["Last"] = {"Type": "AWS::EC2::Subnet", "DependsOn": "U119", "Properties": {"VpcId": {"Ref": "Net"}, "CidrBlock": "10.9.119.0/24"}}
slow.create_stack(StackName="many", TemplateBody=template(many).replace(" ", ""))
same(stack("many")["StackStatus"], "ROLLBACK_COMPLETE")
same(count(), nothing)
