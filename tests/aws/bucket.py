"""The buckets of the CDK: what is uploaded is there, for its account only; a template at a URL makes a stack; the rest of S3 is not built."""

import json
import urllib.request

from botocore.config import Config
from common import HTTP, REGION, client, ec2, refused, same

import boto3

BUCKET = "cdk-hnb659fds-assets-123456789012-ap-northeast-2"
PATHS = Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1})


def bucket_client(account="test", region=REGION):
    return boto3.client(
        "s3",
        region_name=region,
        endpoint_url=f"http://{HTTP}",
        aws_access_key_id=account,
        aws_secret_access_key="secret",
        config=PATHS,
    )


s3 = bucket_client()
other = bucket_client("999999999999")

# As after `cdk bootstrap`.
s3.head_bucket(Bucket=BUCKET)
same(s3.get_bucket_location(Bucket=BUCKET)["LocationConstraint"], REGION)
same(bucket_client(region="us-east-1").get_bucket_location(Bucket=BUCKET).get("LocationConstraint"), None)
[rule] = s3.get_bucket_encryption(Bucket=BUCKET)["ServerSideEncryptionConfiguration"]["Rules"]
same(rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"], "AES256")
same(s3.list_objects_v2(Bucket=BUCKET)["KeyCount"], 0)

# What is uploaded, byte for byte, and longer than the requests of other services.
asset = bytes(range(256)) * 4096
for key, body in [("a b/é.zip", asset), ("a.json", b"{}"), ("b.json", b"")]:
    s3.put_object(Bucket=BUCKET, Key=key, Body=body)
    found = s3.get_object(Bucket=BUCKET, Key=key)
    same(found["Body"].read(), body)
    head = s3.head_object(Bucket=BUCKET, Key=key)
    same((head["ContentLength"], head["ETag"], head["LastModified"]), (len(body), found["ETag"], found["LastModified"]))
listed = s3.list_objects_v2(Bucket=BUCKET, Prefix="a")
same([it["Key"] for it in listed["Contents"]], ["a b/é.zip", "a.json"])
same([it["Size"] for it in listed["Contents"]], [len(asset), 2])
first = s3.list_objects_v2(Bucket=BUCKET, MaxKeys=2)
same((first["IsTruncated"], first["KeyCount"]), (True, 2))
rest = s3.list_objects_v2(Bucket=BUCKET, ContinuationToken=first["NextContinuationToken"])
same([it["Key"] for it in rest["Contents"]], ["b.json"])

# Another account has another bucket of the same name.
same(other.list_objects_v2(Bucket=BUCKET)["KeyCount"], 0)
refused("NoSuchKey", other.get_object, Bucket=BUCKET, Key="a.json", status=404)

# A template at a URL, in each form.
template = {"Resources": {"Net": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.55.0.0/16"}}}}
s3.put_object(Bucket=BUCKET, Key="t/net.json", Body=json.dumps(template).encode())
stacks = client("cloudformation")
for number, url in enumerate(
    [
        f"https://{BUCKET}.s3.{REGION}.amazonaws.com/t/net.json",
        f"https://s3.{REGION}.amazonaws.com/{BUCKET}/t/net.json",
        f"http://{HTTP}/{BUCKET}/t/net.json",
    ]
):
    stacks.validate_template(TemplateURL=url)
    stacks.create_stack(StackName=f"net{number}", TemplateURL=url)
    stacks.get_waiter("stack_create_complete").wait(StackName=f"net{number}", WaiterConfig={"Delay": 1, "MaxAttempts": 5})
    same(stacks.get_template(StackName=f"net{number}")["TemplateBody"], template)
    found = ec2.describe_vpcs(Filters=[{"Name": "cidr-block", "Values": ["10.55.0.0/16"]}])["Vpcs"]
    same(len(found), 1)
    stacks.delete_stack(StackName=f"net{number}")
for url, text in [
    (f"http://{HTTP}/{BUCKET}/t/none.json", "The specified key does not exist."),
    (f"http://{HTTP}/mine/t/net.json", "keeps only buckets named cdk-"),
    (f"https://{BUCKET}.s3.{REGION}.example.com/t/net.json", "keeps only buckets named cdk-"),
    ("ftp://a/b", "TemplateURL must be a supported URL."),
]:
    refused("ValidationError", stacks.create_stack, text=text, StackName="none", TemplateURL=url)
foreign = client("cloudformation", account="999999999999")
refused("ValidationError", foreign.create_stack, text="does not exist", StackName="x", TemplateURL=f"http://{HTTP}/{BUCKET}/t/net.json")

s3.delete_object(Bucket=BUCKET, Key="t/net.json")
refused("NoSuchKey", s3.get_object, Bucket=BUCKET, Key="t/net.json", status=404)

# What is not built says so.
refused("NotImplemented", s3.list_buckets, text="is not built", status=501)
refused("NotImplemented", s3.put_object, status=501, Bucket="mine", Key="a", Body=b"a")
refused("NotImplemented", s3.get_bucket_versioning, status=501, Bucket=BUCKET)
refused("NotImplemented", s3.create_multipart_upload, status=501, Bucket=BUCKET, Key="a")
refused("NotImplemented", s3.copy_object, status=501, Bucket=BUCKET, Key="c", CopySource=f"{BUCKET}/a.json")
refused("EntityTooLarge", s3.put_object, Bucket=BUCKET, Key="large", Body=b"a" * (16 * 1024 * 1024 + 1))

# Nobody reads without a signature.
try:
    urllib.request.urlopen(f"http://{HTTP}/{BUCKET}/a.json")
    raise AssertionError("read without a signature")
except urllib.error.HTTPError as error:
    same(error.code, 404)
