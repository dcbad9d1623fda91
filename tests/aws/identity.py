"""Who calls and the credentials to call as somebody else, by STS: AWS Query, written and read by botocore and by `aws`."""

import datetime

from common import aws, client, refused, same

me = client("sts").get_caller_identity()
same(me["Account"], "123456789012")
same(me["Arn"], "arn:aws:iam::123456789012:root")
same(me["UserId"], "123456789012")
assert len(me["ResponseMetadata"]["RequestId"]) == 36, me
same(client("sts", account="210987654321").get_caller_identity()["Account"], "210987654321")
same(client("sts", region="cn-north-1").get_caller_identity()["Arn"], "arn:aws-cn:iam::123456789012:root")
refused(
    "InvalidAction",
    client("sts").get_federation_token,
    text="Could not find operation GetFederationToken for version 2011-06-15",
    Name="somebody",
)
told = aws("sts", "get-caller-identity")
assert told is None or told["Account"] == "123456789012", told


def act_as(credentials, service):
    """A client with credentials that STS gave."""
    key, secret = credentials["AccessKeyId"], credentials["SecretAccessKey"]
    return client(service, account=key, secret=secret, aws_session_token=credentials["SessionToken"])


def seconds_left(credentials):
    left = credentials["Expiration"] - datetime.datetime.now(datetime.timezone.utc)
    return round(left.total_seconds() / 10) * 10


# A role of another account, with a path: calls with its credentials act as that account.
sts = client("sts")
role = "arn:aws:iam::210987654321:role/team/network/builder"
assumed = sts.assume_role(
    RoleArn=role,
    RoleSessionName="me@here",
    ExternalId="some id",
    Policy="{}",
    PolicyArns=[{"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}],
    SourceIdentity="someone",
    Tags=[{"Key": "k", "Value": "v"}],
    TransitiveTagKeys=["k"],
)
same(assumed["AssumedRoleUser"]["Arn"], "arn:aws:sts::210987654321:assumed-role/builder/me@here")
role_id, session = assumed["AssumedRoleUser"]["AssumedRoleId"].split(":")
same([role_id[:4], len(role_id), session], ["AROA", 21, "me@here"])
same(assumed["SourceIdentity"], "someone")
credentials = assumed["Credentials"]
same([len(credentials["SecretAccessKey"]), seconds_left(credentials)], [40, 3_600])
same(act_as(credentials, "sts").get_caller_identity()["Account"], "210987654321")
made = act_as(credentials, "ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]
same(made["OwnerId"], "210987654321")
same([vpc["VpcId"] for vpc in client(account="210987654321").describe_vpcs()["Vpcs"]], [made["VpcId"]])
same(client().describe_vpcs()["Vpcs"], [])

# The same role has the same id in every session, and another role another.
again = sts.assume_role(RoleArn=role, RoleSessionName="later", DurationSeconds=43_200)
same(again["AssumedRoleUser"]["AssumedRoleId"], f"{role_id}:later")
same(seconds_left(again["Credentials"]), 43_200)
assert "SourceIdentity" not in again, again
assert again["Credentials"]["SecretAccessKey"] != credentials["SecretAccessKey"]
other = sts.assume_role(RoleArn=role.replace("builder", "reader"), RoleSessionName="me")
assert not other["AssumedRoleUser"]["AssumedRoleId"].startswith(role_id), other
china = client("sts", region="cn-north-1").assume_role(
    RoleArn="arn:aws-cn:iam::210987654321:role/builder", RoleSessionName="me"
)
same(china["AssumedRoleUser"]["Arn"], "arn:aws-cn:sts::210987654321:assumed-role/builder/me")

# What AWS refuses. botocore would not send some of it.
loose = client("sts", checked=False)
for parameters, text in [
    ({"RoleArn": "arn:aws:iam::210987654321:user/somebody"}, "Request ARN is invalid"),
    ({"RoleArn": "arn:aws:iam::2109876543210:role/builder"}, "Request ARN is invalid"),
    (
        {"RoleSessionName": "a b"},
        "1 validation error detected: Value 'a b' at 'roleSessionName' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: [\\w+=,.@-]*",
    ),
    (
        {"DurationSeconds": 43_201, "RoleSessionName": "x" * 65},
        "2 validation errors detected: ",
    ),
    (
        {"DurationSeconds": 899},
        "Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
    ),
]:
    usual = {"RoleArn": role, "RoleSessionName": "me"}
    refused("ValidationError", loose.assume_role, text=text, **{**usual, **parameters})

# The account's own sessions: those of its owner last an hour at most.
own = client("sts", account="210987654321").get_session_token()["Credentials"]
same([own["AccessKeyId"], seconds_left(own)], ["210987654321", 3_600])
same(seconds_left(sts.get_session_token(DurationSeconds=900)["Credentials"]), 900)
same(seconds_left(sts.get_session_token(DurationSeconds=129_600)["Credentials"]), 3_600)
refused("ValidationError", loose.get_session_token, text="at 'durationSeconds'", DurationSeconds=129_601)
text = "1 validation error detected: Value null at 'roleArn' failed to satisfy constraint: Member must not be null"
refused("ValidationError", loose.assume_role, text=text)
