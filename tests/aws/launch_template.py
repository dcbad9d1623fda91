"""Launch templates, their versions, and launches from them (LT1 to LT4)."""

import base64

from common import ACCOUNT, client, ec2, named, refused, same

IMAGE = "ami-0123456789abcdef0"
ec2.create_key_pair(KeyName="mine", KeyType="ed25519")
VPC = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
GROUP = ec2.create_security_group(GroupName="g", Description="g", VpcId=VPC)["GroupId"]
DATA = {
    "ImageId": IMAGE,
    "InstanceType": "t3.small",
    "KeyName": "mine",
    "UserData": "aGVsbG8=",
    "Monitoring": {"Enabled": True},
    "MetadataOptions": {"HttpTokens": "required", "HttpEndpoint": "enabled"},
    "BlockDeviceMappings": [{"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 20, "VolumeType": "gp3", "DeleteOnTermination": True}}],
    "NetworkInterfaces": [{"DeviceIndex": 0, "Groups": [GROUP], "AssociatePublicIpAddress": False}],
    "TagSpecifications": [{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "of the template"}]}],
    "IamInstanceProfile": {"Name": "reader"},
}


def versions(**more):
    return ec2.describe_launch_template_versions(**more)["LaunchTemplateVersions"]


made = ec2.create_launch_template(
    LaunchTemplateName="web", VersionDescription="first", LaunchTemplateData=DATA, ClientToken="once",
    TagSpecifications=named("n", "launch-template"),
)["LaunchTemplate"]  # fmt: skip
ID = made["LaunchTemplateId"]
same((made["DefaultVersionNumber"], made["LatestVersionNumber"], made["CreatedBy"]), (1, 1, f"arn:aws:iam::{ACCOUNT}:root"))
[first] = versions(LaunchTemplateId=ID)
same((first["VersionNumber"], first["VersionDescription"], first["DefaultVersion"]), (1, "first", True))
same(first["LaunchTemplateData"], DATA)
second = ec2.create_launch_template_version(
    LaunchTemplateName="web", SourceVersion="1", LaunchTemplateData={"InstanceType": "m7g.large", "Monitoring": {"Enabled": False}}
)["LaunchTemplateVersion"]
same((second["VersionNumber"], second["DefaultVersion"]), (2, False))
same(second["LaunchTemplateData"], {**DATA, "InstanceType": "m7g.large", "Monitoring": {"Enabled": False}})
bare = ec2.create_launch_template_version(LaunchTemplateId=ID, LaunchTemplateData={"ImageId": IMAGE}, ClientToken="v")
again = ec2.create_launch_template_version(LaunchTemplateId=ID, LaunchTemplateData={"ImageId": IMAGE}, ClientToken="v")
same(again["LaunchTemplateVersion"], bare["LaunchTemplateVersion"])
same(bare["LaunchTemplateVersion"]["LaunchTemplateData"], {"ImageId": IMAGE})
same([it["VersionNumber"] for it in versions(LaunchTemplateId=ID)], [3, 2, 1])
same([it["VersionNumber"] for it in versions(LaunchTemplateId=ID, MinVersion="2")], [3, 2])
same([it["VersionNumber"] for it in versions(LaunchTemplateName="web", Versions=["$Default", "$Latest"])], [3, 1])
same([it["VersionNumber"] for it in versions(Versions=["$Latest"])], [3])
for name, value, expected in [
    ("instance-type", "m7g.large", [2]), ("is-default-version", "true", [1]), ("http-tokens", "required", [2, 1]),
    ("image-id", IMAGE, [3, 2, 1]), ("iam-instance-profile", "reader", [2, 1]),
]:  # fmt: skip
    found = versions(LaunchTemplateId=ID, Filters=[{"Name": name, "Values": [value]}])
    same((name, [it["VersionNumber"] for it in found]), (name, expected))
same(ec2.describe_launch_templates(LaunchTemplateNames=["web"])["LaunchTemplates"][0]["LatestVersionNumber"], 3)
found = ec2.describe_launch_templates(Filters=[{"Name": "tag:Name", "Values": ["n"]}])["LaunchTemplates"]
same([it["LaunchTemplateId"] for it in found], [ID])


def run(template, **more):
    answer = ec2.run_instances(LaunchTemplate=template, MinCount=1, MaxCount=1, **more)
    return answer["Instances"][0]


# A launch takes from the template what it leaves out.
one = run({"LaunchTemplateId": ID})
same((one["InstanceType"], one["KeyName"], one["ImageId"]), ("t3.small", "mine", IMAGE))
same([it["GroupId"] for it in one["SecurityGroups"]], [GROUP])
assert "PublicIpAddress" not in one
same(one["MetadataOptions"]["HttpTokens"], "required")
tags = {it["Key"]: it["Value"] for it in one["Tags"]}
same(tags, {"Name": "of the template", "aws:ec2launchtemplate:id": ID, "aws:ec2launchtemplate:version": "1"})
data = ec2.describe_instance_attribute(InstanceId=one["InstanceId"], Attribute="userData")["UserData"]["Value"]
same(data, "aGVsbG8=")
disks = ec2.describe_volumes(Filters=[{"Name": "attachment.instance-id", "Values": [one["InstanceId"]]}])["Volumes"]
same(sorted((it["Attachments"][0]["Device"], it["Size"]) for it in disks)[0], ("/dev/sdf", 20))
two = run({"LaunchTemplateName": "web", "Version": "2"}, KeyName="mine", UserData="other")
same(two["InstanceType"], "m7g.large")
three = run({"LaunchTemplateName": "web", "Version": "$Latest"}, InstanceType="c5.large")
same((three["InstanceType"], "KeyName" in three), ("c5.large", False))

# Another default version.
same(ec2.modify_launch_template(LaunchTemplateId=ID, DefaultVersion="2")["LaunchTemplate"]["DefaultVersionNumber"], 2)
same(run({"LaunchTemplateId": ID})["InstanceType"], "m7g.large")
answer = ec2.delete_launch_template_versions(LaunchTemplateId=ID, Versions=["1", "2", "9"])
same([it["VersionNumber"] for it in answer["SuccessfullyDeletedLaunchTemplateVersions"]], [1])
failed = {it["VersionNumber"]: it["ResponseError"]["Code"] for it in answer["UnsuccessfullyDeletedLaunchTemplateVersions"]}
same(failed, {2: "unexpectedError", 9: "launchTemplateVersionDoesNotExist"})
same([it["VersionNumber"] for it in versions(LaunchTemplateId=ID)], [3, 2])

whole = {"LaunchTemplateData": {"ImageId": IMAGE}}
for code, call, asked in [
    ("InvalidLaunchTemplateName.AlreadyExistsException", ec2.create_launch_template, {"LaunchTemplateName": "web", **whole}),
    ("InvalidLaunchTemplateName.MalformedException", ec2.create_launch_template, {"LaunchTemplateName": "a b", **whole}),
    ("InvalidLaunchTemplateName.MalformedException", ec2.create_launch_template, {"LaunchTemplateName": "ab", **whole}),
    ("MissingParameter", ec2.create_launch_template, {"LaunchTemplateName": "abc", "LaunchTemplateData": {}}),
    ("MissingParameter", ec2.describe_launch_template_versions, {}),
    ("MissingParameter", ec2.delete_launch_template, {}),
    ("InvalidLaunchTemplateId.Malformed", ec2.delete_launch_template, {"LaunchTemplateId": "lt-x"}),
    ("InvalidLaunchTemplateId.NotFound", ec2.delete_launch_template, {"LaunchTemplateId": "lt-0123456789abcdef0"}),
    ("InvalidLaunchTemplateName.NotFoundException", ec2.describe_launch_templates, {"LaunchTemplateNames": ["none"]}),
    ("InvalidLaunchTemplateId.VersionNotFound", versions, {"LaunchTemplateId": ID, "Versions": ["1"]}),
    ("InvalidLaunchTemplateId.VersionNotFound", ec2.modify_launch_template, {"LaunchTemplateId": ID, "DefaultVersion": "9"}),
    ("InvalidLaunchTemplateId.VersionNotFound", run, {"template": {"LaunchTemplateId": ID, "Version": "9"}}),
    ("InvalidParameterCombination", run, {"template": {"LaunchTemplateId": ID, "LaunchTemplateName": "web"}}),
    ("MissingParameter", run, {"template": {"Version": "1"}}),
]:
    refused(code, call, **asked)
# AWS's words, where they are known.
told = "The launch template version 9 is not found for the specified launch template."
refused("InvalidLaunchTemplateId.VersionNotFound", ec2.modify_launch_template, text=told, LaunchTemplateId=ID, DefaultVersion="9")
told = "Either provide launch template ID or launch template name to modify the template."
both = {"LaunchTemplateId": ID, "LaunchTemplateName": "abc"}
refused("InvalidParameterCombination", ec2.modify_launch_template, text=told, **both, DefaultVersion="1")
told = "At least one of the launch templates specified in the request does not exist."
for unknown in [{"LaunchTemplateNames": ["none"]}, {"LaunchTemplateIds": ["lt-07ff4bb0369cd679c"]}]:
    code = "InvalidLaunchTemplateName.NotFoundException" if "LaunchTemplateNames" in unknown else "InvalidLaunchTemplateId.NotFound"
    refused(code, ec2.describe_launch_templates, text=told, **unknown)
told = "To describe the launch template data for all your launch templates, for ‘--versions’ specify ‘$Latest’"
refused("MissingParameter", ec2.describe_launch_template_versions, text=told)
refused("InvalidParameterValue", ec2.describe_launch_template_versions, text=told, Versions=["1"])
foreign = client(account="210987654321")
same(foreign.describe_launch_templates()["LaunchTemplates"], [])
refused("InvalidLaunchTemplateId.NotFound", foreign.delete_launch_template, LaunchTemplateId=ID)
same(ec2.delete_launch_template(LaunchTemplateName="web")["LaunchTemplate"]["LaunchTemplateId"], ID)
refused("InvalidLaunchTemplateName.NotFoundException", run, template={"LaunchTemplateName": "web"})

# What one template keeps is bounded.
text = base64.b64encode(b"x" * 12_000).decode()
heavy = {"ImageId": IMAGE, "UserData": text, "TagSpecifications": [{"ResourceType": "instance", "Tags": [{"Key": str(number), "Value": "v" * 250} for number in range(45)]}]}
ec2.create_launch_template(LaunchTemplateName="heavy", LaunchTemplateData=heavy)
for made in range(2, 200):
    try:
        ec2.create_launch_template_version(LaunchTemplateName="heavy", SourceVersion="1", LaunchTemplateData={"InstanceType": "t3.micro"})
    except ec2.exceptions.ClientError as error:
        same(error.response["Error"]["Code"], "VersionLimitExceeded")
        break
assert 50 < made < 199, made
