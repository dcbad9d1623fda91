"""Stacks: what fails to settle fails the stack, secrets are not shown, old change sets are obsolete, deleted stacks are remembered."""

import json

from common import client, ec2, refused, same

stacks = client("cloudformation")


def template(parameters=None, **resources):
    named = {name: {"Type": kind, "Properties": properties} for name, (kind, properties) in resources.items()}
    return json.dumps({"Parameters": parameters or {}, "Resources": named})


def status(name):
    [stack] = stacks.describe_stacks(StackName=name)["Stacks"]
    return stack["StackStatus"]


# A NAT gateway that fails is no success.
NET = ("AWS::EC2::VPC", {"CidrBlock": "10.71.0.0/16"})
BED = ("AWS::EC2::Subnet", {"VpcId": {"Ref": "Net"}, "CidrBlock": "10.71.0.0/24"})
ADDRESS = ("AWS::EC2::EIP", {"Domain": "vpc"})
OUT = ("AWS::EC2::NatGateway", {"SubnetId": {"Ref": "Bed"}, "AllocationId": {"Fn::GetAtt": ["Address", "AllocationId"]}})
stacks.create_stack(StackName="closed", TemplateBody=template(Net=NET, Bed=BED, Address=ADDRESS, Out=OUT))
same(status("closed"), "ROLLBACK_COMPLETE")
events = stacks.describe_stack_events(StackName="closed")["StackEvents"]
[failed] = [it for it in events if it["ResourceStatus"] == "CREATE_FAILED" and it["LogicalResourceId"] == "Out"]
assert "no Internet gateway" in failed["ResourceStatusReason"], failed["ResourceStatusReason"]
same(ec2.describe_addresses()["Addresses"], [])

# A secret is in no reply.
SECRET = 'hidden "word" 77'
secret = {"Word": {"Type": "String", "NoEcho": True}}
PLACE = ("AWS::EC2::VPC", {"CidrBlock": "10.72.0.0/16", "Tags": [{"Key": "word", "Value": {"Ref": "Word"}}]})
given = [{"ParameterKey": "Word", "ParameterValue": SECRET}]
stacks.create_stack(StackName="quiet", TemplateBody=template(secret, Net=PLACE), Parameters=given)
other = [{"ParameterKey": "Word", "ParameterValue": SECRET + "8"}]
stacks.create_change_set(StackName="quiet", ChangeSetName="louder", UsePreviousTemplate=True, Parameters=other)
shown = [
    stacks.describe_stack_events(StackName="quiet")["StackEvents"],
    stacks.describe_stacks(StackName="quiet")["Stacks"],
    stacks.describe_change_set(StackName="quiet", ChangeSetName="louder", IncludePropertyValues=True)["Changes"],
]
for reply in shown:
    assert "hidden" not in json.dumps(reply, default=str), reply
assert all("****" in json.dumps(reply, default=str) for reply in shown), shown
[tag] = [it for it in ec2.describe_vpcs(Filters=[{"Name": "tag-key", "Values": ["word"]}])["Vpcs"][0]["Tags"] if it["Key"] == "word"]
same(tag["Value"], SECRET)

# A change set of the stack as it was is obsolete.
third = [{"ParameterKey": "Word", "ParameterValue": "third"}]
stacks.update_stack(StackName="quiet", UsePreviousTemplate=True, Parameters=third)
same(status("quiet"), "UPDATE_COMPLETE")
same(stacks.describe_change_set(StackName="quiet", ChangeSetName="louder")["ExecutionStatus"], "OBSOLETE")
refused("InvalidChangeSetStatus", stacks.execute_change_set, StackName="quiet", ChangeSetName="louder", text="[OBSOLETE]")

# What is left of a deleted stack, whatever others delete.
[quiet] = stacks.describe_stacks(StackName="quiet")["Stacks"]
stacks.delete_stack(StackName="quiet")
theirs = client("cloudformation", account="222222222222")
body = template(Nothing=("AWS::CloudFormation::WaitConditionHandle", {}))
for number in range(101):
    theirs.create_stack(StackName=f"s{number}", TemplateBody=body)
    theirs.delete_stack(StackName=f"s{number}")
same(status(quiet["StackId"]), "DELETE_COMPLETE")
same(stacks.get_template(StackName=quiet["StackId"])["TemplateBody"]["Resources"]["Net"]["Type"], "AWS::EC2::VPC")
events = stacks.describe_stack_events(StackName=quiet["StackId"])["StackEvents"]
assert events[0]["ResourceStatus"] == "DELETE_COMPLETE" and not any("ResourceProperties" in it for it in events)
deleted = theirs.get_paginator("list_stacks").paginate(StackStatusFilter=["DELETE_COMPLETE"])
same(len([it for page in deleted for it in page["StackSummaries"]]), 100)

# Keys take a processor for a while: one operation makes ten.
keys = {f"Key{number}": ("AWS::EC2::KeyPair", {"KeyName": f"k{number}", "KeyType": "ed25519"}) for number in range(11)}
stacks.create_stack(StackName="keys", TemplateBody=template(**keys))
same(status("keys"), "ROLLBACK_COMPLETE")
same(ec2.describe_key_pairs()["KeyPairs"], [])
