"""A bucket of the CDK, for templates at URLs."""

import json

import boto3
from botocore.config import Config
from common import HTTP, REGION

BUCKET = f"cdk-hnb659fds-assets-123456789012-{REGION}"
s3 = boto3.client(
    "s3",
    region_name=REGION,
    endpoint_url=f"http://{HTTP}",
    aws_access_key_id="test",
    aws_secret_access_key="secret",
    config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}),
)


def put(key, template):
    """Uploads a template, or the text of one."""
    text = template if isinstance(template, str) else json.dumps(template)
    s3.put_object(Bucket=BUCKET, Key=key, Body=text.encode())
