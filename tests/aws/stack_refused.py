"""Templates and requests that CloudFormation refuses before it makes anything, in its words."""

import http.client
import json

from common import HTTP, client, ec2, key_pair, refused, same

cfn = client("cloudformation")
key_pair("k")
loose = client("cloudformation", checked=False)
VPC = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.9.0.0/16"}}


def wrong(body, text, code="ValidationError", **more):
    body = body if isinstance(body, str) else json.dumps(body)
    return refused(code, loose.create_stack, StackName="wrong", TemplateBody=body, text=text, **more)


def subnet(**properties):
    return {"Type": "AWS::EC2::Subnet", "Properties": properties}


wrong("", "Template format error: unsupported structure.")
wrong("just text", "Template format error: unsupported structure.")
wrong('{"Resources": ', "Template format error: JSON not well-formed.")
wrong("Resources: [a\nb: c", "Template format error: YAML not well-formed.")
wrong({}, "Template format error: At least one Resources member must be defined.")
wrong({"Resources": {}}, "Template format error: At least one Resources member must be defined.")
wrong({"Resources": {"A": {}}}, "Template format error: Every Resources object must contain a Type member.")
wrong({"Resources": {"A": VPC}, "Resource": {}}, "Invalid template property or properties [Resource]")
wrong({"Resources": {"A": VPC | {"Depends": "B"}}}, "Invalid template resource property 'Depends'")
wrong({"Resources": {"A-B": VPC}}, "Template format error: Resource name A-B is non alphanumeric.")
wrong({"Resources": {"A": {"Type": "AWS::EC2::Vpc"}}}, "Template format error: Unrecognized resource types: [AWS::EC2::Vpc]")
wrong({"Resources": {"A": {"Type": "vpc"}}}, "Template format error: Unrecognized resource types: [vpc]")
wrong({"AWSTemplateFormatVersion": "2011-01-01", "Resources": {"A": VPC}}, "unsupported value for AWSTemplateFormatVersion")
wrong({"Transform": "Serverless", "Resources": {"A": VPC}}, "No transform named Serverless found.", Capabilities=["CAPABILITY_AUTO_EXPAND"])
circle = {"A": subnet(VpcId={"Fn::GetAtt": ["B", "VpcId"]}), "B": subnet(VpcId={"Fn::Sub": "${A.VpcId}"})}
wrong({"Resources": circle}, "Circular dependency between resources: [A, B]")
for reference in [{"Ref": "Nobody"}, {"Fn::GetAtt": "Nobody.VpcId"}, {"Fn::Sub": "${Nobody}"}]:
    wrong({"Resources": {"A": subnet(VpcId=reference)}}, "Template format error: Unresolved resource dependencies [Nobody] in the Resources block of the template")
wrong({"Resources": {"A": VPC}, "Outputs": {"O": {"Value": {"Ref": "Nobody"}}}}, "Unresolved resource dependencies [Nobody] in the Outputs block")
wrong({"Resources": {"A": VPC | {"DependsOn": "Nobody"}}}, "Unresolved resource dependencies [Nobody]")
# A resource whose condition is false is not there: only a DependsOn and a branch that is not taken may name it.
never = {"Conditions": {"Never": {"Fn::Equals": ["a", "b"]}}}
left_out = {"A": VPC | {"Condition": "Never"}}
words = "Unresolved resource dependencies [A] in the Resources block of the template"
same(wrong(never | {"Resources": left_out | {"B": subnet(VpcId={"Ref": "A"})}}, words), words)
wrong(never | {"Resources": left_out | {"B": subnet(VpcId={"Fn::If": ["Never", "x", {"Fn::Sub": "${A}"}]})}}, words)
told = {"Outputs": {"O": {"Value": {"Fn::GetAtt": "A.CidrBlock"}}}}
wrong(never | {"Resources": left_out | {"B": VPC}} | told, "Unresolved resource dependencies [A] in the Outputs block of the template")
chosen = {"Fn::If": ["Never", {"Ref": "A"}, {"Ref": "C"}]}
right = never | {"Resources": left_out | {"B": subnet(VpcId=chosen, CidrBlock="10.99.0.0/24") | {"DependsOn": ["A"]}, "C": {"Type": VPC["Type"], "Properties": {"CidrBlock": "10.99.0.0/16"}}}}
right["Outputs"] = {"O": {"Value": chosen}, "N": {"Condition": "Never", "Value": {"Ref": "A"}}}
cfn.create_stack(StackName="right", TemplateBody=json.dumps(right))
same(cfn.describe_stacks(StackName="right")["Stacks"][0]["StackStatus"], "CREATE_COMPLETE")
cfn.delete_stack(StackName="right")
wrong({"Resources": {f"A{number}": VPC for number in range(501)}}, "Number of resources, 501, is greater than maximum allowed, 500")
loop = {"Transform": "AWS::LanguageExtensions", "Resources": {"Fn::ForEach::Many": ["N", [str(number) for number in range(501)], {"A${N}": VPC}]}}
wrong(loop, "Number of resources, 501, is greater than maximum allowed, 500", Capabilities=["CAPABILITY_AUTO_EXPAND"])
wrong(loop, "Requires capabilities : [CAPABILITY_AUTO_EXPAND]", "InsufficientCapabilitiesException")
wrong({"Resources": {"A": {"Type": "AWS::IAM::Role"}}}, "Requires capabilities : [CAPABILITY_IAM]", "InsufficientCapabilitiesException")
wrong({"Resources": {"A": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "r"}}}}, "Requires capabilities : [CAPABILITY_NAMED_IAM]", "InsufficientCapabilitiesException", Capabilities=["CAPABILITY_IAM"])
long = json.dumps({"Resources": {"A": VPC}, "Description": "x"})
wrong(long + " " * 51_200, "at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to 51200")
connection = http.client.HTTPConnection(HTTP, timeout=20)
connection.request("POST", "/", "Action=CreateStack&Version=2010-05-15&StackName=a&TemplateBody=" + "x" * 1_000_000)
same(connection.getresponse().status, 413)

# Parameters.
PARAMETERS = {
    "Text": {"Type": "String", "MinLength": 2, "MaxLength": "4", "Default": "abc"},
    "Word": {"Type": "String", "AllowedValues": ["yes", "no"], "Default": "no"},
    "Told": {"Type": "String", "AllowedValues": ["a"], "Default": "a", "ConstraintDescription": "must be a."},
    "Form": {"Type": "String", "AllowedPattern": "[a-z]+(-[0-9])?", "Default": "abc-1"},
    "Forms": {"Type": "CommaDelimitedList", "AllowedPattern": "^[a-z]{2}$", "Default": "ab, cd"},
    "Ahead": {"Type": "String", "AllowedPattern": "(?=a).*", "Default": "b"},
    "Count": {"Type": "Number", "MinValue": 1, "MaxValue": 3, "Default": 1},
    "Stored": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/cdk-bootstrap/hnb659fds/version"},
    "Vpcs": {"Type": "List<AWS::EC2::VPC::Id>", "Default": ""},
}
body = {"Parameters": PARAMETERS | {"Needed": {"Type": "String"}, "Also": {"Type": "String"}}, "Resources": {"A": VPC}}
wrong(body, "Parameters: [Needed, Also] must have values")
del PARAMETERS["Vpcs"]
body = {"Parameters": PARAMETERS, "Resources": {"A": VPC}}
for key, value, text in [
    ("None", "x", "Parameters: [None] do not exist in the template"),
    ("Text", "a", "Parameter 'Text' must contain at least 2 characters"),
    ("Text", "abcde", "Parameter 'Text' must contain at most 4 characters"),
    ("Word", "x" * 4_097, "Parameter 'Word' has more than 4096 bytes"),
    ("Word", "maybe", "Parameter 'Word' must be one of AllowedValues"),
    ("Form", "abc-", "Parameter 'Form' must match pattern [a-z]+(-[0-9])?"),
    ("Form", "Abc", "Parameter 'Form' must match pattern"),
    ("Form", "abc-1x", "Parameter 'Form' must match pattern"),
    ("Forms", "ab,cde", "Parameter 'Forms' must match pattern ^[a-z]{2}$"),
    ("Told", "b", "Parameter Told failed to satisfy constraint: must be a."),
    ("Count", "many", "Parameter 'Count' must be a number."),
    ("Count", "4", "Parameter 'Count' must be a number not greater than 3"),
    ("Count", "0", "Parameter 'Count' must be a number not less than 1"),
    ("Stored", "/none", "Unable to fetch parameters [/none] from parameter store for this account."),
]:
    wrong(body, text, Parameters=[{"ParameterKey": key, "ParameterValue": value}])
wrong(body, "a parameter key not in the previous template", Parameters=[{"ParameterKey": "Word", "UsePreviousValue": True}])
ids = {"Parameters": {"Vpc": {"Type": "AWS::EC2::VPC::Id"}, "Key": {"Type": "AWS::EC2::KeyPair::KeyName", "Default": "k"}}, "Resources": {"A": subnet(VpcId={"Ref": "Vpc"})}}
wrong(ids, "parameter value vpc-12345678 for parameter name Vpc does not exist", Parameters=[{"ParameterKey": "Vpc", "ParameterValue": "vpc-12345678"}])
wrong(ids, "parameter value  for parameter name Key does not exist", Parameters=[{"ParameterKey": "Key", "ParameterValue": ""}, {"ParameterKey": "Vpc", "ParameterValue": ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]}])
ec2.delete_vpc(VpcId=ec2.describe_vpcs()["Vpcs"][0]["VpcId"])

wrong({"Resources": {"A": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "{{resolve:ssm:/none}}"}}}}, "Unable to fetch parameters [/none] from parameter store for this account.")

# Values that are wrong only when they are evaluated.
for properties, text in [
    ({"CidrBlock": {"Fn::Select": [5, ["a"]]}}, "Template error: there is no item 5 in a list of 1"),
    ({"CidrBlock": {"Fn::Join": "x"}}, "Template error: `Fn::Join`"),
    ({"CidrBlock": {"Fn::Nothing": "x"}}, "Template error: there is no intrinsic `Fn::Nothing`"),
    ({"CidrBlock": {"Fn::FindInMap": ["M", "a", "b"]}}, "Template error: "),
    ({"CidrBlock": ["10.9.0.0/16"]}, "CidrBlock"),
    ({"CidrBlock": "10.9.0.0/8"}, "invalid"),
]:
    arn = cfn.create_stack(StackName="late", TemplateBody=json.dumps({"Resources": {"A": {"Type": "AWS::EC2::VPC", "Properties": properties}}}))["StackId"]
    [failure] = [it for it in cfn.describe_stack_events(StackName=arn)["StackEvents"] if it["ResourceStatus"] == "CREATE_FAILED"]
    assert text.lower() in failure["ResourceStatusReason"].lower(), (text, failure["ResourceStatusReason"])
    same(cfn.describe_stacks(StackName=arn)["Stacks"][0]["StackStatus"], "ROLLBACK_COMPLETE")
    cfn.delete_stack(StackName="late")
# Values that grow beyond all bounds.
big = {"A0": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "x" * 1_000}}}
for number in range(1, 20):
    big[f"A{number}"] = {"Type": "AWS::IAM::Role", "Properties": {"RoleName": {"Fn::Join": ["", [{"Ref": f"A{number - 1}"}] * 10]}}}
arn = cfn.create_stack(StackName="big", TemplateBody=json.dumps({"Resources": big}), Capabilities=["CAPABILITY_NAMED_IAM"])["StackId"]
same(cfn.describe_stacks(StackName=arn)["Stacks"][0]["StackStatus"], "ROLLBACK_COMPLETE")
cfn.delete_stack(StackName="big")
attribute = {"A": VPC, "B": subnet(VpcId={"Fn::GetAtt": ["A", "Nothing"]}, CidrBlock="10.9.1.0/24")}
arn = cfn.create_stack(StackName="late", TemplateBody=json.dumps({"Resources": attribute}))["StackId"]
assert "resource A does not support attribute type Nothing in Fn::GetAtt" in str(cfn.describe_stack_events(StackName=arn))
cfn.delete_stack(StackName="late")
same(ec2.describe_vpcs()["Vpcs"], [])

# Requests.
for name in ["1abc", "a_b", "a" * 129, "a.b"]:
    refused("ValidationError", loose.create_stack, StackName=name, TemplateBody=json.dumps({"Resources": {"A": VPC}}), text="at 'stackName'")
refused("ValidationError", cfn.create_stack, StackName="x", text="Either Template URL or Template Body must be specified.")
refused("ValidationError", cfn.create_stack, StackName="x", TemplateURL="https://bucket.s3.amazonaws.com/t.yaml", text="S3 error")
refused("ValidationError", cfn.create_stack, StackName="x", TemplateBody="{}", DisableRollback=True, OnFailure="DELETE", text="either DisableRollback or OnFailure")
refused("ValidationError", loose.create_stack, StackName="x", TemplateBody="{}", OnFailure="EXPLODE")
refused("ValidationError", cfn.create_stack, StackName="x", TemplateBody="{}", Tags=[{"Key": "aws:x", "Value": "y"}], text="aws: prefixed tag key names are not allowed")
refused("ValidationError", cfn.describe_stacks, NextToken="nonsense")
refused("ValidationError", loose.describe_stack_resource, StackName="none", LogicalResourceId="A", text="Stack 'none' does not exist")
refused("ValidationError", cfn.describe_stack_resources, text="Either StackName or PhysicalResourceId must be specified")
refused("ValidationError", cfn.get_stack_policy, StackName="none")
refused("ValidationError", cfn.signal_resource, StackName="none", LogicalResourceId="A", UniqueId="1", Status="SUCCESS")
refused("ValidationError", cfn.get_template_summary)
refused("ValidationError", cfn.validate_template, TemplateBody='{"Resources": {}}')
same(cfn.describe_stacks()["Stacks"], [])
