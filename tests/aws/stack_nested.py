"""Nested stacks: parameters go down, outputs come up, a failure below rolls the whole nest back, and a deletion takes all."""

import json

from bucket_of import BUCKET, put
from common import REGION, client, dig, ec2, refused, same
from template import get, kind, ref

stacks = client("cloudformation")
zones = client("route53")


def template(resources, **sections):
    return {"Resources": resources, **sections}


def nested(key, parameters=None, **more):
    url = {"Fn::Sub": f"https://s3.${{AWS::Region}}.${{AWS::URLSuffix}}/{BUCKET}/{key}"}
    return kind("CloudFormation::Stack", TemplateURL=url, **({"Parameters": parameters} if parameters else {}), **more)


def stack(name):
    [found] = stacks.describe_stacks(StackName=name)["Stacks"]
    return found


def outputs(name):
    return {it["OutputKey"]: it["OutputValue"] for it in stack(name).get("Outputs", [])}


def physical(name, logical):
    return stacks.describe_stack_resource(StackName=name, LogicalResourceId=logical)["StackResourceDetail"]["PhysicalResourceId"]


def events(name, status):
    found = stacks.describe_stack_events(StackName=name)["StackEvents"]
    return [(it["LogicalResourceId"], it.get("ResourceStatusReason")) for it in found if it["ResourceStatus"] == status]


def living():
    return sorted(it["StackName"] for page in stacks.get_paginator("describe_stacks").paginate() for it in page["Stacks"])


# The network at the top, its names below, and a record below those.
LEAF = template(
    {"Record": kind("Route53::RecordSet", HostedZoneId=ref("Zone"), Name=ref("Name"), Type="A", TTL="60", ResourceRecords=ref("Addresses"))},
    Parameters={"Zone": {"Type": "String"}, "Name": {"Type": "String"}, "Addresses": {"Type": "CommaDelimitedList"}},
    Outputs={"Name": {"Value": ref("Record")}},
)
MIDDLE = template(
    {
        "Zone": kind("Route53::HostedZone", Name="nest.internal", VPCs=[{"VPCId": ref("Net"), "VPCRegion": REGION}]),
        "Leaf": nested("leaf.json", {"Zone": ref("Zone"), "Name": "db.nest.internal", "Addresses": ref("Addresses")}),
    },
    Parameters={"Net": {"Type": "AWS::EC2::VPC::Id"}, "Addresses": {"Type": "CommaDelimitedList", "Default": "10.80.0.7"}},
    Outputs={"Zone": {"Value": ref("Zone")}, "Name": {"Value": get("Leaf", "Outputs.Name")}},
)
TOP = template(
    {
        "Net": kind("EC2::VPC", CidrBlock="10.80.0.0/16", EnableDnsHostnames=True),
        "Inner": nested("middle.json", {"Net": ref("Net"), "Addresses": ["10.80.0.9", "10.80.0.10"]}, Tags=[{"Key": "part", "Value": "names"}], TimeoutInMinutes=5),
        "Beside": kind("EC2::Subnet", VpcId=ref("Net"), CidrBlock="10.80.0.0/24", Tags=[{"Key": "zone", "Value": get("Inner", "Outputs.Zone")}]),
    },
    Outputs={"Name": {"Value": get("Inner", "Outputs.Name"), "Export": {"Name": "db-name"}}},
)
put("leaf.json", LEAF)
put("middle.json", MIDDLE)
before = living()
top = stacks.create_stack(StackName="nest", TemplateBody=json.dumps(TOP), Tags=[{"Key": "team", "Value": "net"}])["StackId"]
same(stack("nest")["StackStatus"], "CREATE_COMPLETE")
same(outputs("nest"), {"Name": "db.nest.internal"})
same(dig("db.nest.internal", at="10.80.0.4"), ["10.80.0.10", "10.80.0.9"])
inner = physical("nest", "Inner")
leaf = physical(inner, "Leaf")
assert inner.startswith(f"arn:aws:cloudformation:{REGION}:123456789012:stack/nest-Inner-"), inner
shown = stack(inner)
same((shown["ParentId"], shown["RootId"], shown["TimeoutInMinutes"]), (top, top, 5))
same({it["Key"]: it["Value"] for it in shown["Tags"]}, {"part": "names", "team": "net"})
same({it["ParameterKey"]: it["ParameterValue"] for it in shown["Parameters"]}["Addresses"], "10.80.0.9,10.80.0.10")
same((stack(leaf)["ParentId"], stack(leaf)["RootId"]), (inner, top))
same("ParentId" in stack("nest"), False)
same({it.get("RootId") for it in stacks.list_stacks(StackStatusFilter=["CREATE_COMPLETE"])["StackSummaries"]}, {None, top})
same(len(living()), len(before) + 3)

# The same again changes nothing. A template that is another one at its URL does.
refused("ValidationError", stacks.update_stack, text="No updates are to be performed", StackName="nest", UsePreviousTemplate=True)
changed = json.loads(json.dumps(LEAF))
changed["Resources"]["Record"]["Properties"]["TTL"] = "30"
changed["Outputs"]["Name"]["Value"] = {"Fn::Join": ["", [ref("Record"), "."]]}
put("leaf.json", changed)
stacks.update_stack(StackName="nest", UsePreviousTemplate=True)
same([stack(it)["StackStatus"] for it in ("nest", inner, leaf)], ["UPDATE_COMPLETE"] * 3)
same(outputs("nest"), {"Name": "db.nest.internal."})

# A change set tells that a stack below changes.
other = json.loads(json.dumps(TOP))
other["Resources"]["Inner"]["Properties"]["Parameters"]["Addresses"] = ["10.80.0.11"]
stacks.create_change_set(StackName="nest", ChangeSetName="other", TemplateBody=json.dumps(other), IncludeNestedStacks=True)
[change] = stacks.describe_change_set(StackName="nest", ChangeSetName="other")["Changes"]
same([change["ResourceChange"][it] for it in ("Action", "LogicalResourceId", "PhysicalResourceId", "Replacement")], ["Modify", "Inner", inner, "False"])
stacks.execute_change_set(StackName="nest", ChangeSetName="other")
same(dig("db.nest.internal", at="10.80.0.4"), ["10.80.0.11"])

# What fails below fails all, and everything is as before.
broken = json.loads(json.dumps(other))
broken["Resources"]["Inner"]["Properties"]["Parameters"]["Addresses"] = ["10.80.0.300"]
broken["Resources"]["More"] = kind("EC2::Subnet", VpcId=ref("Net"), CidrBlock="10.80.1.0/24")
stacks.update_stack(StackName="nest", TemplateBody=json.dumps(broken))
same([stack(it)["StackStatus"] for it in ("nest", inner, leaf)], ["UPDATE_ROLLBACK_COMPLETE"] * 3)
[(logical, reason)] = [it for it in events("nest", "UPDATE_FAILED")]
same(logical, "Inner")
assert reason.startswith(f"Embedded stack {inner} was not successfully updated. Currently in UPDATE_ROLLBACK_IN_PROGRESS with reason: "), reason
assert [it for it, _ in events(leaf, "UPDATE_FAILED")] == ["Record"]
same(dig("db.nest.internal", at="10.80.0.4"), ["10.80.0.11"])
same(len(ec2.describe_subnets(Filters=[{"Name": "cidr-block", "Values": ["10.80.0.0/24", "10.80.1.0/24"]}])["Subnets"]), 1)
same(outputs("nest"), {"Name": "db.nest.internal."})

# One that is left out of the template is deleted, and a whole nest with its top.
alone = json.loads(json.dumps(other))
del alone["Resources"]["Inner"], alone["Resources"]["Beside"], alone["Outputs"]
stacks.update_stack(StackName="nest", TemplateBody=json.dumps(alone))
same([stack(it)["StackStatus"] for it in ("nest", inner, leaf)], ["UPDATE_COMPLETE", "DELETE_COMPLETE", "DELETE_COMPLETE"])
same(dig("db.nest.internal", at="10.80.0.4"), [])
stacks.update_stack(StackName="nest", TemplateBody=json.dumps(other))
inner, leaf = physical("nest", "Inner"), None
leaf = physical(inner, "Leaf")
stacks.delete_stack(StackName="nest")
same([stack(it)["StackStatus"] for it in (top, inner, leaf)], ["DELETE_COMPLETE"] * 3)
same(living(), before)
same(zones.list_hosted_zones()["HostedZones"], [])

# A creation that fails at the bottom: the reason goes up, and the stacks below remember what they did.
made = stacks.create_stack(StackName="fails", TemplateBody=json.dumps(broken))["StackId"]
same(stack("fails")["StackStatus"], "ROLLBACK_COMPLETE")
[(_, reason)] = [it for it in events("fails", "CREATE_FAILED") if it[0] == "Inner"]
inner = reason.split()[2]
same(reason, f"Embedded stack {inner} was not successfully created: The following resource(s) failed to create: [Leaf]. ")
same((stack(inner)["StackStatus"], stack(inner)["ParentId"]), ("DELETE_COMPLETE", made))
same([it for it, _ in events(inner, "CREATE_FAILED")], [stack(inner)["StackName"], "Leaf"])
same(ec2.describe_vpcs(Filters=[{"Name": "cidr-block", "Values": ["10.80.0.0/16"]}])["Vpcs"], [])
same(zones.list_hosted_zones()["HostedZones"], [])
stacks.delete_stack(StackName="fails")

# Without a rollback what was made stays, until it is deleted.
stacks.create_stack(StackName="stays", TemplateBody=json.dumps(broken), OnFailure="DO_NOTHING")
inner = physical("stays", "Inner")
same([stack(it)["StackStatus"] for it in ("stays", inner)], ["CREATE_FAILED"] * 2)
same(len(zones.list_hosted_zones()["HostedZones"]), 1)
stacks.delete_stack(StackName="stays")
same((stack(inner)["StackStatus"], zones.list_hosted_zones()["HostedZones"], living()), ("DELETE_COMPLETE", [], before))

# A new nested stack that fails in an update without a rollback stays, and goes with its parent.
calm = template({"Net": kind("EC2::VPC", CidrBlock="10.80.0.0/16")})
stacks.create_stack(StackName="keeps", TemplateBody=json.dumps(calm))
stacks.update_stack(StackName="keeps", TemplateBody=json.dumps(broken), DisableRollback=True)
inner = physical("keeps", "Inner")
same([stack(it)["StackStatus"] for it in ("keeps", inner)], ["UPDATE_FAILED", "CREATE_FAILED"])
same(len(zones.list_hosted_zones()["HostedZones"]), 1)
stacks.delete_stack(StackName="keeps")
same((stack(inner)["StackStatus"], zones.list_hosted_zones()["HostedZones"], living()), ("DELETE_COMPLETE", [], before))

# Termination protection is the root's: it holds for what is below, and can only be changed there.
stacks.create_stack(StackName="guarded", TemplateBody=json.dumps(other), EnableTerminationProtection=True)
inner = physical("guarded", "Inner")
same(stack(inner)["EnableTerminationProtection"], True)
refused("ValidationError", stacks.update_termination_protection, StackName=inner, EnableTerminationProtection=False)
refused("ValidationError", stacks.delete_stack, text="cannot be deleted while TerminationProtection is enabled", StackName="guarded")
stacks.update_termination_protection(StackName="guarded", EnableTerminationProtection=False)
same(stack(inner)["EnableTerminationProtection"], False)
stacks.delete_stack(StackName="guarded")
same(living(), before)

# What cannot begin: no template there, a value that is missing, a template that is none, a stack within itself.
put("self.json", template({"Again": nested("self.json")}))
put("none.json", [])
put("iam.json", template({"Role": kind("IAM::Role", AssumeRolePolicyDocument={})}))
for key, parameters, words in [
    ("absent.json", None, "S3 error: The specified key does not exist."),
    ("middle.json", None, "Parameters: [Net] must have values"),
    ("none.json", None, "Template format error: unsupported structure."),
    ("iam.json", None, "Requires capabilities : [CAPABILITY_IAM]"),
    ("self.json", None, "Stacks may be nested 8 deep"),
]:
    body = template({"Inner": nested(key, parameters)})
    arn = stacks.create_stack(StackName="odd", TemplateBody=json.dumps(body), OnFailure="DELETE")["StackId"]
    same(stack(arn)["StackStatus"], "DELETE_COMPLETE")
    reasons = [reason for name in [arn, *[it["StackId"] for it in stacks.list_stacks()["StackSummaries"] if it.get("RootId") == arn]] for _, reason in events(name, "CREATE_FAILED")]
    assert any(words in (it or "") for it in reasons), (key, reasons)
same(living(), before)
body = template({"Inner": kind("CloudFormation::Stack", TemplateURL=f"https://s3.{REGION}.amazonaws.com/{BUCKET}/leaf.json", Colour="red")})
stacks.create_stack(StackName="odd", TemplateBody=json.dumps(body))
assert "extraneous key [Colour] is not permitted" in events("odd", "CREATE_FAILED")[-1][1]
stacks.delete_stack(StackName="odd")

# A template at a URL may be long, but not that long.
body = json.dumps(template({"Net": kind("EC2::VPC", CidrBlock="10.81.0.0/16")}))
url = f"https://s3.{REGION}.amazonaws.com/{BUCKET}/long.json"
put("long.json", body + " " * (1_000_000 - len(body)))
stacks.create_stack(StackName="long", TemplateURL=url)
same(stack("long")["StackStatus"], "CREATE_COMPLETE")
stacks.delete_stack(StackName="long")
put("long.json", body + " " * (1_000_001 - len(body)))
refused("ValidationError", stacks.create_stack, text="may not exceed 1000000 bytes", StackName="long", TemplateURL=url)
