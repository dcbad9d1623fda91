"""Who calls, by STS: AWS Query, written and read by botocore and by `aws`."""

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
    client("sts").get_session_token,
    text="Could not find operation GetSessionToken for version 2011-06-15",
)
told = aws("sts", "get-caller-identity")
assert told is None or told["Account"] == "123456789012", told
