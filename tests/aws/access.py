"""Roles, instance profiles and the account, by IAM: AWS Query without regions, written and read by botocore and by `aws`."""

import datetime

from common import ACCOUNT, REGION, aws, client, refused, same

OTHER = "210987654321"
iam = client("iam")
ec2 = client()
same(iam.list_roles()["Roles"], [])
same(iam.list_instance_profiles()["InstanceProfiles"], [])
for missing in ("web", "cdk-hnb659fds-lookup-role"):
    text = f"The role with name {missing} cannot be found."
    refused("NoSuchEntity", iam.get_role, text=text, status=404, RoleName=missing)


def run(profile, account=ACCOUNT, region=REGION):
    """An instance with a profile, in a default subnet."""
    here = client(account=account, region=region)
    subnets = here.describe_subnets()["Subnets"]
    if not subnets:
        vpc = here.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
        subnets = [here.create_subnet(VpcId=vpc, CidrBlock="10.7.0.0/24")["Subnet"]]
    made = here.run_instances(
        ImageId="ami-00000000000000001",
        InstanceType="t3.micro",
        MinCount=1,
        MaxCount=1,
        SubnetId=subnets[0]["SubnetId"],
        IamInstanceProfile=profile,
    )
    return made["Instances"][0]


# A role and its profile exist as soon as an instance names them, in every region of the partition.
web = run({"Name": "web"})
run({"Arn": f"arn:aws:iam::{ACCOUNT}:instance-profile/some/path/batch"}, region="eu-west-1")
run({"Name": "web"})
run({"Name": "foreign"}, account=OTHER)
run({"Name": "chinese"}, region="cn-north-1")
role = iam.get_role(RoleName="web")["Role"]
same([role["RoleName"], role["Path"], role["Arn"]], ["web", "/", f"arn:aws:iam::{ACCOUNT}:role/web"])
same([role["RoleId"][:4], len(role["RoleId"])], ["AROA", 21])
same(role["CreateDate"], datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc))
same(role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"], {"Service": "ec2.amazonaws.com"})
same([it["RoleName"] for it in iam.list_roles()["Roles"]], ["batch", "web"])
assumed = client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="me", DurationSeconds=role["MaxSessionDuration"])
same(assumed["AssumedRoleUser"]["AssumedRoleId"], f"{role['RoleId']}:me")

# The profile is the one that EC2 shows.
profile = iam.get_instance_profile(InstanceProfileName="web")["InstanceProfile"]
same([profile["InstanceProfileName"], profile["Path"]], ["web", "/"])
same({"Arn": profile["Arn"], "Id": profile["InstanceProfileId"]}, web["IamInstanceProfile"])
same([it["Arn"] for it in profile["Roles"]], [role["Arn"]])
listed = iam.list_instance_profiles()["InstanceProfiles"]
same([it["InstanceProfileName"] for it in listed], ["batch", "web"])
same(listed[1]["Arn"], profile["Arn"])
of_role = iam.list_instance_profiles_for_role(RoleName="web")
same([[it["Arn"] for it in of_role["InstanceProfiles"]], of_role["IsTruncated"]], [[profile["Arn"]], False])
same(iam.list_role_policies(RoleName="web")["PolicyNames"], [])
same(iam.list_attached_role_policies(RoleName="web")["AttachedPolicies"], [])

# Another account and another partition have their own.
same([it["RoleName"] for it in client("iam", account=OTHER).list_roles()["Roles"]], ["foreign"])
chinese = client("iam", region="cn-north-1").list_roles()["Roles"]
same([it["Arn"] for it in chinese], [f"arn:aws-cn:iam::{ACCOUNT}:role/chinese"])
same(chinese[0]["AssumeRolePolicyDocument"]["Statement"][0]["Principal"], {"Service": "ec2.amazonaws.com.cn"})
for name in ("foreign", "chinese", "none"):
    for call, more in [
        (iam.get_role, {}),
        (iam.list_role_policies, {}),
        (iam.list_attached_role_policies, {"PathPrefix": "/"}),
        (iam.list_instance_profiles_for_role, {}),
    ]:
        refused("NoSuchEntity", call, text="The role with name", status=404, RoleName=name, **more)
    text = f"Instance Profile {name} cannot be found."
    refused("NoSuchEntity", iam.get_instance_profile, text=text, status=404, InstanceProfileName=name)

# Pages and paths.
first = iam.list_roles(MaxItems=1)
same([[it["RoleName"] for it in first["Roles"]], first["IsTruncated"]], [["batch"], True])
second = iam.list_roles(MaxItems=1, Marker=first["Marker"])
same([[it["RoleName"] for it in second["Roles"]], second["IsTruncated"]], [["web"], False])
assert "Marker" not in second, second
pages = iam.get_paginator("list_instance_profiles").paginate(PaginationConfig={"PageSize": 1})
same([it["InstanceProfileName"] for page in pages for it in page["InstanceProfiles"]], ["batch", "web"])
same(len(iam.list_roles(PathPrefix="/")["Roles"]), 2)
same(iam.list_roles(PathPrefix="/some/")["Roles"], [])
same(iam.list_instance_profiles(PathPrefix="/some/")["InstanceProfiles"], [])
refused("ValidationError", iam.list_roles, text="Invalid Marker", Marker="none of ours")
text = "Value '1001' at 'maxItems' failed to satisfy constraint: Member must have value less than or equal to 1000"
refused("ValidationError", iam.list_roles, text=text, MaxItems=1_001)

# Names.
text = "The specified value for roleName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-"
refused("ValidationError", iam.get_role, text=text, RoleName="a/b")
text = "at 'roleName' failed to satisfy constraint: Member must have length less than or equal to 64"
refused("ValidationError", iam.get_role, text=text, RoleName="a" * 65)
refused("ValidationError", iam.get_user, text="The specified value for userName is invalid.", UserName="a b")

# The account.
user = iam.get_user()["User"]
same([user["Arn"], user["UserId"]], [f"arn:aws:iam::{ACCOUNT}:root", ACCOUNT])
refused("NoSuchEntity", iam.get_user, text="The user with name me cannot be found.", status=404, UserName="me")
aliases = iam.list_account_aliases()
same([aliases["AccountAliases"], aliases["IsTruncated"]], [[], False])
refused(
    "InvalidAction",
    iam.list_users,
    text="Could not find operation ListUsers for version 2010-05-08",
)
told = aws("iam", "get-role", "--role-name", "web")
assert told is None or told["Role"]["Arn"] == role["Arn"], told

# A role goes with the last instance that names it.
ec2.terminate_instances(InstanceIds=[web["InstanceId"]])
same(iam.get_role(RoleName="web")["Role"]["RoleId"], role["RoleId"])
left = [it["Instances"][0]["InstanceId"] for it in ec2.describe_instances()["Reservations"]]
ec2.terminate_instances(InstanceIds=[it for it in left if it != web["InstanceId"]])
refused("NoSuchEntity", iam.get_role, status=404, RoleName="web")

# A role in China trusts the service by its name there.
told = client("iam", region="cn-north-1").get_role(RoleName="chinese")["Role"]["AssumeRolePolicyDocument"]
same(told["Statement"][0]["Principal"], {"Service": "ec2.amazonaws.com.cn"})
