"""What stacks leave in parameters, and what their policies protect."""

import json

from common import client, ec2, refused, same

cfn, ssm = client("cloudformation"), client("ssm")


def kind(name, policy=None, **properties):
    return {"Type": f"AWS::{name}", "Properties": properties, **({"DeletionPolicy": policy} if policy else {})}


def template(resources, **sections):
    return json.dumps({"Resources": resources, **sections})


def stack(name):
    return cfn.describe_stacks(StackName=name)["Stacks"][0]


def status(name):
    return stack(name)["StackStatus"]


def failures(name):
    events = cfn.describe_stack_events(StackName=name)["StackEvents"]
    return {it["LogicalResourceId"]: it.get("ResourceStatusReason") for it in reversed(events) if "FAILED" in it["ResourceStatus"]}


def value(name, **more):
    return ssm.get_parameter(Name=name, **more)["Parameter"]["Value"]


# The private key of a pair that a stack makes. A pair of which the key is given has none.
OWN = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEFlcxTbGlS4ADLa4IM574QMwwWSIfbNu8wzwaTkZ6tM"
pairs = {
    "Made": kind("EC2::KeyPair", KeyName="made", KeyType="ed25519"),
    "Given": kind("EC2::KeyPair", KeyName="given", PublicKeyMaterial=OWN),
}
cfn.create_stack(StackName="keys", TemplateBody=template(pairs))
same(failures("keys"), {})
ids = {it["KeyName"]: it["KeyPairId"] for it in ec2.describe_key_pairs()["KeyPairs"]}
place = f"/ec2/keypair/{ids['made']}"
assert value(place, WithDecryption=True).startswith("-----BEGIN OPENSSH PRIVATE KEY-----")
same([(it["Name"], it["Type"]) for it in ssm.describe_parameters()["Parameters"]], [(place, "SecureString")])
cfn.delete_stack(StackName="keys")
same((ec2.describe_key_pairs()["KeyPairs"], ssm.describe_parameters()["Parameters"]), ([], []))

# A parameter of a stack, and a stack that reads it.
told = {"Cidr": kind("SSM::Parameter", Name="/net/cidr", Type="String", Value="10.61.0.0/16", Tags={"of": "us"})}
told["Auto"] = kind("SSM::Parameter", Type="StringList", Value="a,b")
outputs = {"Name": {"Value": {"Ref": "Cidr"}}, "Value": {"Value": {"Fn::GetAtt": ["Auto", "Value"]}}}
cfn.create_stack(StackName="told", TemplateBody=template(told, Outputs=outputs), Tags=[{"Key": "team", "Value": "net"}])
same(failures("told"), {})
same([it["OutputValue"] for it in stack("told")["Outputs"]], ["/net/cidr", "a,b"])
tagged = {"ResourceType": "Parameter", "ResourceId": "/net/cidr"}
same({it["Key"]: it["Value"] for it in ssm.list_tags_for_resource(**tagged)["TagList"]}, {"of": "us", "team": "net"})
net = {"Net": kind("EC2::VPC", CidrBlock="{{resolve:ssm:/net/cidr}}", Tags=[{"Key": "Name", "Value": "{{resolve:ssm:/net/cidr:1}}"}])}
cfn.create_stack(StackName="reads", TemplateBody=template(net))
[vpc] = ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["10.61.0.0/16"]}])["Vpcs"]
same(vpc["CidrBlock"], "10.61.0.0/16")
missing = {"Net": kind("EC2::VPC", CidrBlock="{{resolve:ssm:/net/none}}")}
refused("ValidationError", cfn.create_stack, text="/net/none", StackName="none", TemplateBody=template(missing))
told["Cidr"]["Properties"] |= {"Value": "10.62.0.0/16", "Tags": {"of": "you"}}
cfn.update_stack(StackName="told", TemplateBody=template(told, Outputs=outputs), Tags=[{"Key": "team", "Value": "net"}])
same((status("told"), value("/net/cidr"), ssm.get_parameter(Name="/net/cidr")["Parameter"]["Version"]), ("UPDATE_COMPLETE", "10.62.0.0/16", 2))
same({it["Key"]: it["Value"] for it in ssm.list_tags_for_resource(**tagged)["TagList"]}, {"of": "you", "team": "net"})
secret = {"Word": kind("SSM::Parameter", Type="SecureString", Value="a")}
cfn.create_stack(StackName="secret", TemplateBody=template(secret))
same((status("secret"), "Word" in failures("secret")), ("ROLLBACK_COMPLETE", True))
for name in ("told", "reads", "secret"):
    cfn.delete_stack(StackName=name)
same(ssm.describe_parameters()["Parameters"], [])


# A policy: the network may not be replaced, and nothing may be deleted but subnets.
def statement(effect, actions, resource="*", **more):
    return {"Effect": effect, "Action": actions, "Principal": "*", "Resource": resource, **more}


policy = json.dumps(
    {
        "Statement": [
            statement("Allow", "Update:*"),
            statement("Deny", "Update:Replace", "LogicalResourceId/Net"),
            statement("Deny", ["Update:Delete"], Condition={"StringEquals": {"ResourceType": ["AWS::EC2::DHCPOptions"]}}),
        ]
    }
)
parts = {
    "Net": kind("EC2::VPC", CidrBlock="10.63.0.0/16"),
    "Sub": kind("EC2::Subnet", VpcId={"Ref": "Net"}, CidrBlock="10.63.0.0/24"),
    "Options": kind("EC2::DHCPOptions", DomainName="a.example"),
}
cfn.create_stack(StackName="kept", TemplateBody=template(parts), StackPolicyBody=policy)
same(cfn.get_stack_policy(StackName="kept")["StackPolicyBody"], policy)
[vpc] = ec2.describe_vpcs()["Vpcs"]


def updated(change, **more):
    """Updates the stack with one change; gives its status and which resource failed why."""
    changed = json.loads(json.dumps(parts))
    change(changed)
    before = len(cfn.describe_stack_events(StackName="kept")["StackEvents"])
    cfn.update_stack(StackName="kept", TemplateBody=template(changed), **more)
    events = cfn.describe_stack_events(StackName="kept")["StackEvents"]
    failed = [it for it in events[: len(events) - before] if it["ResourceStatus"] == "UPDATE_FAILED"]
    return status("kept"), {it["LogicalResourceId"]: it["ResourceStatusReason"] for it in failed}


def replace(it):
    it["Net"]["Properties"]["CidrBlock"] = "10.64.0.0/16"
    it["Sub"]["Properties"]["CidrBlock"] = "10.64.0.0/24"


got, failed = updated(replace)
same((got, list(failed)), ("UPDATE_ROLLBACK_COMPLETE", ["Net"]))
same(failed["Net"], "Action denied by stack policy: Statement [#2] does not allow [Update:Replace] for resource [LogicalResourceId/Net]")
same([it["VpcId"] for it in ec2.describe_vpcs()["Vpcs"]], [vpc["VpcId"]])
got, failed = updated(lambda it: it.pop("Options"))
same((got, list(failed)), ("UPDATE_ROLLBACK_COMPLETE", ["Options"]))
same(len(ec2.describe_dhcp_options(Filters=[{"Name": "value", "Values": ["a.example"]}])["DhcpOptions"]), 1)
same(updated(lambda it: it["Net"]["Properties"].update(EnableDnsHostnames=True)), ("UPDATE_COMPLETE", {}))
same(updated(lambda it: it.pop("Sub")), ("UPDATE_COMPLETE", {}))
same(updated(lambda it: None), ("UPDATE_COMPLETE", {}))
# Another policy for one update, and a new one after it.
allows = json.dumps({"Statement": statement("Allow", "Update:*")})
none = json.dumps({"Statement": statement("Allow", "Update:*", "LogicalResourceId/Other")})
same(updated(replace, StackPolicyDuringUpdateBody=allows, StackPolicyBody=none), ("UPDATE_COMPLETE", {}))
assert [it["VpcId"] for it in ec2.describe_vpcs()["Vpcs"]] != [vpc["VpcId"]]
same(cfn.get_stack_policy(StackName="kept")["StackPolicyBody"], none)
got, failed = updated(lambda it: (replace(it), it["Net"]["Properties"].update(EnableDnsHostnames=True)))
same((got, failed), ("UPDATE_ROLLBACK_COMPLETE", {"Net": "Action denied by stack policy: no statement allows [Update:Modify] for resource [LogicalResourceId/Net]"}))
for wrong in ["{}", "no", json.dumps({"Statement": [{"Effect": "Allow", "Action": "ec2:*", "Principal": "*", "Resource": "*"}]})]:
    refused("ValidationError", cfn.set_stack_policy, text="Error validating stack policy", StackName="kept", StackPolicyBody=wrong)
refused("ValidationError", cfn.set_stack_policy, StackName="kept")
cfn.set_stack_policy(StackName="kept", StackPolicyBody=allows)
cfn.delete_stack(StackName="kept")
same(ec2.describe_vpcs()["Vpcs"], [])

# What is there already becomes a stack's, and stays what it is.
vpc = ec2.create_vpc(CidrBlock="10.65.0.0/16")["Vpc"]["VpcId"]
sub = ec2.create_subnet(VpcId=vpc, CidrBlock="10.65.1.0/24")["Subnet"]["SubnetId"]
there = {
    "Net": kind("EC2::VPC", "Delete", CidrBlock="10.65.0.0/16"),
    "Sub": kind("EC2::Subnet", "Retain", VpcId={"Ref": "Net"}, CidrBlock="10.65.1.0/24"),
}
shows = {"Zone": {"Value": {"Fn::GetAtt": ["Sub", "AvailabilityZone"]}}, "Group": {"Value": {"Fn::GetAtt": ["Net", "DefaultSecurityGroup"]}}}


def imported(logical, kind_, name, value_):
    return {"ResourceType": f"AWS::{kind_}", "LogicalResourceId": logical, "ResourceIdentifier": {name: value_}}


ids = [imported("Net", "EC2::VPC", "VpcId", vpc), imported("Sub", "EC2::Subnet", "SubnetId", sub)]
request = {"StackName": "mine", "ChangeSetName": "take", "ChangeSetType": "IMPORT"}
for body, what, text in [
    (there, [], "ResourcesToImport must be specified"),
    (there, [ids[0], ids[0]], "names Net twice"),
    (there, ids[:1], "you cannot modify or add [Resources]"),
    (there, [imported("Net", "EC2::VPC", "Name", vpc), ids[1]], "VpcId identifies it"),
    (there, [imported("Net", "Logs::LogGroup", "LogGroupName", "a")], "ResourceTypes [AWS::Logs::LogGroup] are not supported for Import"),
    (there, [imported("Other", "EC2::VPC", "VpcId", vpc)], "which the template does not have"),
    ({"Net": kind("EC2::VPC", CidrBlock="10.65.0.0/16")}, ids[:1], "must have DeletionPolicy"),
]:
    refused("ValidationError", cfn.create_change_set, text=text, **request, TemplateBody=template(body), ResourcesToImport=what)
refused("ValidationError", cfn.describe_stacks, StackName="mine")
cfn.create_change_set(**request, TemplateBody=template(there, Outputs=shows), ResourcesToImport=ids)
changes = [it["ResourceChange"] for it in cfn.describe_change_set(StackName="mine", ChangeSetName="take")["Changes"]]
same([(it["Action"], it["LogicalResourceId"], it["PhysicalResourceId"]) for it in changes], [("Import", "Net", vpc), ("Import", "Sub", sub)])
cfn.execute_change_set(StackName="mine", ChangeSetName="take")
same((failures("mine"), status("mine")), ({}, "IMPORT_COMPLETE"))
told = {it["OutputKey"]: it["OutputValue"] for it in stack("mine")["Outputs"]}
[shown] = ec2.describe_subnets(SubnetIds=[sub])["Subnets"]
same((told["Zone"], told["Group"][:3]), (shown["AvailabilityZone"], "sg-"))
same({it["Key"]: it["Value"] for it in shown["Tags"]}["aws:cloudformation:logical-id"], "Sub")
there["Net"]["Properties"]["EnableDnsHostnames"] = True
cfn.update_stack(StackName="mine", TemplateBody=template(there, Outputs=shows))
same((status("mine"), ec2.describe_vpc_attribute(VpcId=vpc, Attribute="enableDnsHostnames")["EnableDnsHostnames"]["Value"]), ("UPDATE_COMPLETE", True))
# What another stack has, and what is not there.
twice = {"Net": kind("EC2::VPC", "Delete", CidrBlock="10.65.0.0/16")}
for value_, text in [(vpc, "already exists in stack arn:"), ("vpc-0123456789abcdef0", "does not exist")]:
    request = {"StackName": "theirs", "ChangeSetName": "take", "ChangeSetType": "IMPORT"}
    cfn.create_change_set(**request, TemplateBody=template(twice), ResourcesToImport=[imported("Net", "EC2::VPC", "VpcId", value_)])
    cfn.execute_change_set(StackName="theirs", ChangeSetName="take")
    same(status("theirs"), "IMPORT_ROLLBACK_COMPLETE")
    assert text in failures("theirs")["Net"], failures("theirs")
    cfn.delete_stack(StackName="theirs")
# The subnet is kept, and so the network cannot go yet.
cfn.delete_stack(StackName="mine")
same(status("mine"), "DELETE_FAILED")
ec2.delete_subnet(SubnetId=sub)
cfn.delete_stack(StackName="mine")
same(ec2.describe_vpcs()["Vpcs"], [])
