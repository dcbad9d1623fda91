"""An application as it runs in production: no endpoint, no address, only the service's name."""

import socket

import boto3
from botocore.config import Config

# Short, so that a path that leads nowhere shows soon.
client = boto3.client("cloudformation", config=Config(connect_timeout=3, retries={"max_attempts": 0}))
host = client.meta.endpoint_url.removeprefix("https://")
print(host, *sorted(socket.gethostbyname_ex(host)[2]))
template = '{"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}'
client.create_stack(StackName="shop", TemplateBody=template)
