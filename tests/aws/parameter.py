"""Parameters of Systems Manager: JSON 1.1, written and read by botocore and by `aws`."""

import datetime

from common import aws, client, refused, same

NAME = "/cdk-bootstrap/hnb659fds/version"
ssm = client("ssm")
for more in ({}, {"WithDecryption": True}):
    found = ssm.get_parameter(Name=NAME, **more)["Parameter"]
    same([found["Name"], found["Value"], found["Type"]], [NAME, "30", "String"])
    same([found["Version"], found["DataType"]], [1, "text"])
    same(found["ARN"], f"arn:aws:ssm:ap-northeast-2:123456789012:parameter{NAME}")
    # A number in JSON, a time to botocore.
    same(found["LastModifiedDate"], datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc))
refused("ParameterNotFound", ssm.get_parameter, Name="/none")
refused("UnknownOperationException", ssm.put_parameter, text="PutParameter", Name="/a", Value="b", Type="String")
told = aws("ssm", "get-parameter", "--name", NAME)
assert told is None or told["Parameter"]["Value"] == "30", told
