"""Change sets, as `aws cloudformation deploy` and the AWS CDK use them."""

import json
import os

from common import REGION, aws, client, ec2, key_pair, refused, same

cfn = client("cloudformation")
key_pair("key")
PLACE = os.path.dirname(__file__)
BODY = json.dumps({
    "Parameters": {"Range": {"Type": "String", "Default": "10.9.0.0/16"}},
    "Resources": {
        "Net": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": {"Ref": "Range"}, "EnableDnsHostnames": False}},
        "Here": {"Type": "AWS::EC2::Subnet", "Properties": {
            "VpcId": {"Ref": "Net"}, "CidrBlock": {"Fn::Select": [0, {"Fn::Cidr": [{"Ref": "Range"}, 1, 8]}]}}},
        "Way": {"Type": "AWS::EC2::InternetGateway"},
    },
    "Outputs": {"Vpc": {"Value": {"Ref": "Net"}}},
})


def change_set(name, stack="deployed", **more):
    return cfn.describe_change_set(ChangeSetName=name, StackName=stack, **more)


def told(found):
    return [(it["ResourceChange"]["Action"], it["ResourceChange"]["LogicalResourceId"], it["ResourceChange"].get("Replacement")) for it in found["Changes"]]


# A new stack waits for its change set.
made = cfn.create_change_set(StackName="deployed", ChangeSetName="first", ChangeSetType="CREATE", TemplateBody=BODY, Parameters=[], Tags=[], Description="one")
cfn.get_waiter("change_set_create_complete").wait(ChangeSetName="first", StackName="deployed")
first = change_set("first")
same((first["ChangeSetId"], first["StackId"]), (made["Id"], made["StackId"]))
assert made["Id"].startswith(f"arn:aws:cloudformation:{REGION}:123456789012:changeSet/first/"), made
same((first["Status"], first["ExecutionStatus"], first["Description"]), ("CREATE_COMPLETE", "AVAILABLE", "one"))
same(sorted(told(first)), [("Add", "Here", None), ("Add", "Net", None), ("Add", "Way", None)])
same(cfn.describe_stacks(StackName="deployed")["Stacks"][0]["StackStatus"], "REVIEW_IN_PROGRESS")
same(ec2.describe_vpcs()["Vpcs"], [])
refused("AlreadyExistsException", cfn.create_change_set, StackName="deployed", ChangeSetName="first", ChangeSetType="CREATE", TemplateBody=BODY)
same(cfn.get_template(ChangeSetName=made["Id"])["TemplateBody"], json.loads(BODY))
cfn.execute_change_set(ChangeSetName=made["Id"])
cfn.get_waiter("stack_create_complete").wait(StackName="deployed")
[stack] = cfn.describe_stacks(StackName="deployed")["Stacks"]
same((stack["StackId"], stack["ChangeSetId"]), (made["StackId"], made["Id"]))
vpc = stack["Outputs"][0]["OutputValue"]
same(ec2.describe_vpcs()["Vpcs"][0]["VpcId"], vpc)
refused("InvalidChangeSetStatus", cfn.execute_change_set, ChangeSetName=made["Id"], text="[EXECUTE_COMPLETE]")

# Nothing to change.
cfn.create_change_set(StackName="deployed", ChangeSetName="none", TemplateBody=BODY)
none = change_set("none")
same((none["Status"], none["ExecutionStatus"]), ("FAILED", "UNAVAILABLE"))
assert none["StatusReason"].startswith("The submitted information didn't contain changes."), none
refused("InvalidChangeSetStatus", cfn.execute_change_set, ChangeSetName="none", StackName="deployed", text="current status of [FAILED]")

# What is changed in place, replaced, removed and added.
template = json.loads(BODY)
template["Resources"]["Net"]["Properties"]["EnableDnsHostnames"] = True
template["Resources"]["Table"] = {"Type": "AWS::EC2::RouteTable", "Properties": {"VpcId": {"Ref": "Net"}}}
del template["Resources"]["Way"]
cfn.create_change_set(StackName="deployed", ChangeSetName="second", TemplateBody=json.dumps(template))
second = change_set("second", IncludePropertyValues=True)
same(sorted(told(second)), [("Add", "Table", None), ("Modify", "Net", "False"), ("Remove", "Way", None)])
[net] = [it["ResourceChange"] for it in second["Changes"] if it["ResourceChange"]["LogicalResourceId"] == "Net"]
[detail] = net["Details"]
same((detail["Target"]["Name"], detail["Target"]["BeforeValue"], detail["Target"]["AfterValue"]), ("EnableDnsHostnames", "false", "true"))
same(sorted(it["ChangeSetName"] for it in cfn.list_change_sets(StackName="deployed")["Summaries"]), ["first", "none", "second"])
cfn.delete_change_set(ChangeSetName="none", StackName="deployed")
refused("ChangeSetNotFound", cfn.describe_change_set, ChangeSetName="none", StackName="deployed", status=404, text="ChangeSet [none] does not exist")
cfn.delete_change_set(ChangeSetName="none", StackName="deployed")
cfn.execute_change_set(ChangeSetName="second", StackName="deployed")
cfn.get_waiter("stack_update_complete").wait(StackName="deployed")
assert ec2.describe_vpc_attribute(VpcId=vpc, Attribute="enableDnsHostnames")["EnableDnsHostnames"]["Value"]
same(ec2.describe_internet_gateways()["InternetGateways"], [])
refused("ChangeSetNotFound", cfn.describe_change_set, ChangeSetName="first", StackName="deployed", status=404)
cfn.create_change_set(StackName="deployed", ChangeSetName="third", UsePreviousTemplate=True, Parameters=[{"ParameterKey": "Range", "ParameterValue": "10.8.0.0/16"}])
same(sorted(told(change_set("third"))), [("Modify", "Here", "Conditional"), ("Modify", "Net", "True"), ("Modify", "Table", "Conditional")])
cfn.execute_change_set(ChangeSetName="third", StackName="deployed")
same([it["CidrBlock"] for it in ec2.describe_vpcs()["Vpcs"]], ["10.8.0.0/16"])

refused("ValidationError", cfn.create_change_set, StackName="none", ChangeSetName="x", TemplateBody=BODY, text="Stack [none] does not exist")
refused("ValidationError", cfn.create_change_set, StackName="deployed", ChangeSetName="x", ChangeSetType="CREATE", TemplateBody=BODY, text="already exists and cannot be created again with the changeSet [x]")
refused("ValidationError", cfn.create_change_set, StackName="other", ChangeSetName="x", ChangeSetType="IMPORT", TemplateBody=BODY)
refused("ValidationError", cfn.describe_change_set, ChangeSetName="first", StackName="none", text="Stack [none] does not exist")
refused("ChangeSetNotFound", cfn.describe_change_set, ChangeSetName=made["Id"], status=404)
cfn.delete_stack(StackName="deployed")
same(ec2.describe_vpcs()["Vpcs"], [])

# A stack that never got more than a change set.
cfn.create_change_set(StackName="waits", ChangeSetName="x", ChangeSetType="CREATE", TemplateBody=BODY)
cfn.delete_stack(StackName="waits")
refused("ValidationError", cfn.describe_stacks, StackName="waits")
# A change set whose stack fails: the stack rolls back.
bad = BODY.replace("EnableDnsHostnames", "EnableDnsHostname")
cfn.create_change_set(StackName="fails", ChangeSetName="x", ChangeSetType="CREATE", TemplateBody=bad)
cfn.execute_change_set(StackName="fails", ChangeSetName="x")
same(cfn.describe_stacks(StackName="fails")["Stacks"][0]["StackStatus"], "ROLLBACK_COMPLETE")
assert "#: extraneous key [EnableDnsHostname] is not permitted" in str(cfn.describe_stack_events(StackName="fails"))
cfn.delete_stack(StackName="fails")

if aws("cloudformation", "describe-stacks") is not None:
    path = os.path.join(PLACE, "stack.yaml")
    deploy = ["cloudformation", "deploy", "--stack-name", "cli", "--template-file", path, "--capabilities", "CAPABILITY_IAM", "--no-fail-on-empty-changeset", "--output", "text", "--parameter-overrides"]
    import subprocess, sys, shutil, time
    from common import HTTP

    def run(*words):
        # The command names a change set after the second in which it is made.
        time.sleep(1)
        command = shutil.which("aws", path=os.path.dirname(sys.executable)) or shutil.which("aws")
        keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_DEFAULT_REGION": REGION}
        done = subprocess.run([command, "--endpoint-url", f"http://{HTTP}", *words], capture_output=True, text=True, timeout=120, check=False, env={**os.environ, **keys})
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    said = run(*deploy, "KeyName=key")
    assert "Successfully created/updated stack - cli" in said, said
    said = run(*deploy, "KeyName=key")
    assert "No changes to deploy. Stack cli is up to date" in said, said
    said = run(*deploy, "KeyName=key", "Hostnames=true", "Endpoint=yes")
    assert "Successfully created/updated stack - cli" in said, said
    same(len(ec2.describe_vpc_endpoints()["VpcEndpoints"]), 1)
    aws("cloudformation", "delete-stack", "--stack-name", "cli")
    same(ec2.describe_vpcs()["Vpcs"], [])
