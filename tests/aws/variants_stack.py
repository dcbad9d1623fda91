"""Stacks: requests in wrong and unusual forms (see variants.py)."""

import json

from common import ACCOUNT, REGION
from variants import Forms

tags = [{"Key": "k", "Value": "v"}]

# Stacks: the parameters of the actions. tests/aws/stack_*.py have the templates.
it = Forms("cloudformation")
body = {
    "Parameters": {"Range": {"Type": "String", "Default": "10.0.0.0/16"}, "Secret": {"Type": "String", "NoEcho": True, "Default": "s"}},
    "Resources": {"Net": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": {"Ref": "Range"}}}},
    "Outputs": {"Net": {"Value": {"Ref": "Net"}, "Description": "o"}},
}
given = [{"ParameterKey": "Range", "ParameterValue": "10.1.0.0/16"}]
stack = lambda name: it.client.describe_stacks(StackName=name)["Stacks"]
topic = [f"arn:aws:sns:{REGION}:{ACCOUNT}:t"]
it.tried("create_stack", StackName="{n}", TemplateBody=json.dumps(body), Parameters=given, Tags=tags, TimeoutInMinutes=5, Capabilities=["CAPABILITY_IAM"],
         NotificationARNs=topic, ClientRequestToken="{n}", OnFailure="DELETE", EnableTerminationProtection=False,
         only=["Template", "Param", "Tags", "Time", "Cap", "Not", "Cli", "OnF", "Ena", "Dis", "Role", "Res", "StackPolicyB", "Roll"], look=lambda number: stack(f"xq{number}"))
it.client.create_stack(StackName="s", TemplateBody=json.dumps(body))
body["Resources"]["Net"]["Properties"]["Tags"] = tags
it.tried("create_change_set", StackName="s", ChangeSetName="c{n}", TemplateBody=json.dumps(body), Description="d", ChangeSetType="UPDATE", Parameters=given, Tags=tags, ClientToken="{n}")
it.client.create_change_set(StackName="s", ChangeSetName="kept", TemplateBody=json.dumps(body), Description="d")
it.tried("describe_change_set", StackName="s", ChangeSetName="kept")
it.tried("list_change_sets", StackName="s", look=lambda _: [])
it.tried("update_stack", StackName="s", TemplateBody=json.dumps(body), Tags=tags, Parameters=[{"ParameterKey": "Range", "UsePreviousValue": True}], ClientRequestToken="{n}", NotificationARNs=topic,
         look=lambda _: stack("s"))
it.tried("describe_stacks", StackName="s")
it.tried("describe_stack_resource", StackName="s", LogicalResourceId="Net")
it.tried("describe_stack_resources", StackName="s", LogicalResourceId="Net")
it.tried("list_stack_resources", StackName="s")
it.tried("get_template", StackName="s", TemplateStage="Processed")
it.tried("get_template_summary", TemplateBody=json.dumps(body))
it.tried("validate_template", TemplateBody=json.dumps(body))
it.tried("set_stack_policy", StackName="s", StackPolicyBody='{"Statement": [{"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}]}',
         look=lambda _: it.client.get_stack_policy(StackName="s"))
it.tried("update_termination_protection", StackName="s", EnableTerminationProtection=True, look=lambda _: stack("s"))
it.tried("list_stacks", StackStatusFilter=["DELETE_COMPLETE"])
it.tried("describe_stack_events", StackName="s", look=lambda _: [])
it.tried("delete_stack", StackName="s", look=lambda _: [], only=["StackName=bogus", "+"])
it.end()
