"""What is built, as docs/api-coverage.md lists it, and what botocore's data files say of a service."""

import pathlib
import re

import boto3
from botocore.exceptions import UnknownServiceError

# The services, as docs/api-coverage.md names them.
SERVICES = {
    "CloudFormation": "cloudformation",
    "Cloud Map": "servicediscovery",
    "Elastic Load Balancing": "elbv2",
    "Elastic Load Balancing (Classic)": "elb",
    "Identity and Access Management": "iam",
    "Route 53": "route53",
    "Route 53 Profiles": "route53profiles",
    "Route 53 Resolver": "route53resolver",
    "Security Token Service": "sts",
    "Systems Manager": "ssm",
}
LOADER = boto3.Session()._session.get_component("data_loader")


def actions():
    """Every action that docs/api-coverage.md has, with the name botocore has for its service."""
    text = (pathlib.Path(__file__).parents[2] / "docs/api-coverage.md").read_text()
    for line in text.splitlines():
        if found := re.match(r"\| (\w+) \| \[yes\]", line):
            yield "ec2", found[1]
        elif found := re.match(r"\| ([^|]+) \| \d{4}-\d\d-\d\d \| \[(\w+)\]", line):
            yield SERVICES[found[1]], found[2]


def data(service, kind):
    """One of botocore's files for a service; nothing if it has none."""
    try:
        return LOADER.load_service_model(service, kind)
    except UnknownServiceError:
        return {}
