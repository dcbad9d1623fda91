"""Parameters of Systems Manager: JSON 1.1, written and read by botocore and by `aws`."""

import datetime
import urllib.request

from common import ACCOUNT, HTTP, aws, client, refused, same

NAME = "/cdk-bootstrap/hnb659fds/version"
LINUX = "/aws/service/ami-amazon-linux-latest"
WORLD = "/aws/service/global-infrastructure"
ssm = client("ssm")
for more in ({}, {"WithDecryption": True}):
    found = ssm.get_parameter(Name=NAME, **more)["Parameter"]
    same([found["Name"], found["Value"], found["Type"]], [NAME, "30", "String"])
    same([found["Version"], found["DataType"]], [1, "text"])
    same(found["ARN"], f"arn:aws:ssm:ap-northeast-2:123456789012:parameter{NAME}")
    # A number in JSON, a time to botocore.
    same(found["LastModifiedDate"], datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc))
refused("ParameterNotFound", ssm.get_parameter, Name="/none")
told = aws("ssm", "get-parameter", "--name", NAME)
assert told is None or told["Parameter"]["Value"] == "30", told


def value(name, region=ssm):
    return region.get_parameter(Name=name)["Parameter"]["Value"]


def values(path, recursive=False, region=ssm):
    """Every value below a path, by name."""
    pages = region.get_paginator("get_parameters_by_path").paginate(Path=path, Recursive=recursive)
    shown = [it for page in pages for it in page["Parameters"]]
    names = [it["Name"] for it in shown]
    same(names, sorted(set(names)))
    return {it["Name"]: it["Value"] for it in shown}


# Amazon Linux's images: another id in each region, the one that the region's images have.
latest = f"{LINUX}/al2023-ami-kernel-default-x86_64"
found = ssm.get_parameter(Name=latest)["Parameter"]
same(found["ARN"], f"arn:aws:ssm:ap-northeast-2::parameter{latest}")
same([found["Type"], found["DataType"]], ["String", "text"])
image = found["Value"]
assert image.startswith("ami-") and len(image) == 21, image
assert value(latest, client("ssm", region="us-east-1")) != image
described = client().describe_images(ImageIds=[image])["Images"]
same([described[0]["Architecture"], described[0]["OwnerId"]], ["x86_64", "137112412989"])
below = values(LINUX)
same(below[latest], image)
same(len(below), 19)
same(values(f"{LINUX}/", recursive=True), below)
refused("ParameterNotFound", ssm.get_parameter, Name=f"{LINUX}/al2022")

# A version, a label, an ARN.
found = ssm.get_parameter(Name=f"{latest}:1")["Parameter"]
same([found["Name"], found["Selector"], found["Value"]], [latest, ":1", image])
same(value(f"arn:aws:ssm:ap-northeast-2::parameter{latest}"), image)
same(value(f"arn:aws:ssm:ap-northeast-2:{ACCOUNT}:parameter{NAME}:1"), "30")
refused("ParameterNotFound", ssm.get_parameter, Name=f"arn:aws:ssm:us-east-1::parameter{latest}")
for version in ("2", "stable"):
    text = f"Systems Manager could not find version {version} of {latest}. Verify the version and try again."
    refused("ParameterVersionNotFound", ssm.get_parameter, text=text, Name=f"{latest}:{version}")
refused("ValidationException", ssm.get_parameter, text="Invalid parameter name.", Name=f"{latest}:1:2")

# Several at once.
names = [NAME, "/none", latest, f"{latest}:7"]
found = ssm.get_parameters(Names=names, WithDecryption=True)
same([it["Value"] for it in found["Parameters"]], ["30", image])
same(found["InvalidParameters"], ["/none", f"{latest}:7"])
same(ssm.get_parameters(Names=[NAME])["InvalidParameters"], [])
text = "at 'names' failed to satisfy constraint: Member must have length less than or equal to 10"
refused("ValidationException", ssm.get_parameters, text=text, Names=["/a"] * 11)

# Pages: ten at most, in the order of the names; a page does not repeat what was shown.
page = ssm.get_parameters_by_path(Path=LINUX)
same(len(page["Parameters"]), 10)
rest = ssm.get_parameters_by_path(Path=LINUX, NextToken=page["NextToken"])
same(len(rest["Parameters"]), 9)
assert "NextToken" not in rest, rest
same(len(ssm.get_parameters_by_path(Path=LINUX, MaxResults=3)["Parameters"]), 3)
text = "Value '11' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 10"
refused("ValidationException", ssm.get_parameters_by_path, text=text, Path=LINUX, MaxResults=11)
refused("InvalidNextToken", ssm.get_parameters_by_path, Path=LINUX, NextToken="none of ours")
for path in ("aws/service", "/a b", "/a//b"):
    text = "The parameter name must begin with a forward slash"
    refused("ValidationException", ssm.get_parameters_by_path, text=text, Path=path)

# The account's own below a path, and what AWS publishes only below its own.
same(values("/cdk-bootstrap"), {})
same(values("/cdk-bootstrap", recursive=True), {NAME: "30"})
same(values("/", recursive=True), {NAME: "30"})
same(values("/cdk-bootstrap/hnb659fds"), {NAME: "30"})
same(values("/none"), {})


# Filters.
def filtered(**one):
    return len(ssm.get_parameters_by_path(Path=LINUX, ParameterFilters=[one])["Parameters"])


same(filtered(Key="Type", Values=["StringList", "String"]), 10)
same(filtered(Key="Type", Values=["SecureString"]), 0)
same(filtered(Key="Type", Option="BeginsWith", Values=["Str"]), 10)
same(filtered(Key="Type", Option="Equals", Values=["Str"]), 0)
same(filtered(Key="KeyId", Values=["String"]), 0)
same(filtered(Key="Label", Values=["stable"]), 0)
by_path = ssm.get_parameters_by_path
for code, one in [
    ("InvalidFilterKey", {"Key": "Name", "Values": ["a"]}),
    ("InvalidFilterOption", {"Key": "Type", "Option": "Contains", "Values": ["a"]}),
    ("InvalidFilterOption", {"Key": "Label", "Option": "BeginsWith", "Values": ["a"]}),
    ("InvalidFilterValue", {"Key": "Type"}),
]:
    refused(code, by_path, Path=LINUX, ParameterFilters=[one])

# Regions, zones and services.
same(value(f"{WORLD}/current-region"), "ap-northeast-2")
same(value(f"{WORLD}/current-region/partition", client("ssm", region="eu-west-1")), "aws")
regions = values(f"{WORLD}/regions")
assert {"ap-northeast-2", "us-east-1", "cn-north-1", "us-gov-west-1"} <= set(regions.values()), regions
same(regions[f"{WORLD}/regions/us-east-1"], "us-east-1")
zones = values(f"{WORLD}/regions/ap-northeast-2/availability-zones")
described = client().describe_availability_zones()["AvailabilityZones"]
same(sorted(zones.values()), sorted(zone["ZoneId"] for zone in described))
assert set(zones.values()) < set(values(f"{WORLD}/availability-zones").values())
same(value(f"{WORLD}/regions/cn-north-1/domain"), "amazonaws.com.cn")
services = values(f"{WORLD}/regions/ap-northeast-2/services")
assert {"ec2", "ssm", "athena", "ecr", "s3"} <= set(services.values()), services
same(value(f"{WORLD}/regions/us-east-2/services/ssm/endpoint"), "ssm.us-east-2.amazonaws.com")
assert "us-west-2" in values(f"{WORLD}/services/ssm/regions").values()
same(set(values("/aws/service/list").values()), {f"{LINUX}/", f"{WORLD}/"})
refused("ParameterNotFound", client("ssm", region="ap-northeast-3").get_parameter, Name=f"{WORLD}/regions/us-east-1")
for name in (f"{WORLD}/regions/ap-northeast-2/longName", f"{WORLD}/regions/nowhere", WORLD, f"{NAME}/more"):
    refused("ParameterNotFound", ssm.get_parameter, Name=name)

# Below the whole of it there are thousands; any page of them is quick, and the next one goes on where it ended.
page = ssm.get_parameters_by_path(Path=WORLD, Recursive=True)
shown = [it["Name"] for it in page["Parameters"]]
page = ssm.get_parameters_by_path(Path=WORLD, Recursive=True, NextToken=page["NextToken"])
assert not set(shown) & {it["Name"] for it in page["Parameters"]}, page


# What customers make.
def names(**filters):
    """The names that DescribeParameters tells, page by page."""
    pages = ssm.get_paginator("describe_parameters").paginate(PaginationConfig={"PageSize": 1}, **filters)
    return [it["Name"] for page in pages for it in page["Parameters"]]


same(ssm.put_parameter(Name="/app/db", Value="10.0.0.9", Type="String", Description="where", Tags=[{"Key": "team", "Value": "net"}])["Version"], 1)
same(ssm.put_parameter(Name="plain", Value="a,b", Type="StringList")["Tier"], "Standard")
ssm.put_parameter(Name="/app/secret/key", Value="hidden", Type="SecureString")
refused("ParameterAlreadyExists", ssm.put_parameter, Name="plain", Value="c", Type="StringList")
same(ssm.put_parameter(Name="/app/db", Value="10.0.0.10", Overwrite=True)["Version"], 2)
found = ssm.get_parameter(Name="/app/db:2")["Parameter"]
same([found[it] for it in ("Value", "Version", "Selector", "ARN")], ["10.0.0.10", 2, ":2", f"arn:aws:ssm:ap-northeast-2:{ACCOUNT}:parameter/app/db"])
same(ssm.get_parameter(Name=found["ARN"])["Parameter"]["Value"], "10.0.0.10")
refused("ParameterVersionNotFound", ssm.get_parameter, Name="/app/db:1")
plain = ssm.get_parameter(Name="plain")["Parameter"]
same(plain["ARN"], f"arn:aws:ssm:ap-northeast-2:{ACCOUNT}:parameter/plain")
same(ssm.get_parameter(Name=plain["ARN"])["Parameter"]["Value"], "a,b")
assert ssm.get_parameter(Name="/app/secret/key")["Parameter"]["Value"] != "hidden"
same(ssm.get_parameter(Name="/app/secret/key", WithDecryption=True)["Parameter"]["Value"], "hidden")
shown = ssm.get_parameters(Names=["/app/secret/key", "plain", "/none"], WithDecryption=True)
same([it["Value"] for it in shown["Parameters"]], ["hidden", "a,b"])
same(shown["InvalidParameters"], ["/none"])
same(values("/app"), {"/app/db": "10.0.0.10"})
same(list(values("/app", recursive=True)), ["/app/db", "/app/secret/key"])
secure = [{"Key": "Type", "Values": ["SecureString"]}]
same([it["Name"] for it in ssm.get_parameters_by_path(Path="/", Recursive=True, ParameterFilters=secure)["Parameters"]], ["/app/secret/key"])
same(ssm.get_parameters_by_path(Path=LINUX, ParameterFilters=secure)["Parameters"], [])
same(names(), ["/app/db", "/app/secret/key", "plain"])
for key, option, value_, expected in [
    ("Name", "Equals", "app/db", ["/app/db"]),
    ("Name", "Contains", "a", ["/app/db", "/app/secret/key", "plain"]),
    ("Name", "BeginsWith", "/app/s", ["/app/secret/key"]),
    ("Path", "OneLevel", "/app", ["/app/db"]),
    ("Path", "Recursive", "/app/", ["/app/db", "/app/secret/key"]),
    ("Type", "Equals", "StringList", ["plain"]),
    ("KeyId", "Equals", "alias/aws/ssm", ["/app/secret/key"]),
    ("Tier", "Equals", "Advanced", []),
    ("tag:team", "Equals", "net", ["/app/db"]),
]:
    same(names(ParameterFilters=[{"Key": key, "Option": option, "Values": [value_]}]), expected)
same(names(Filters=[{"Key": "Type", "Values": ["String"]}]), ["/app/db"])
[told] = ssm.describe_parameters(ParameterFilters=[{"Key": "Name", "Values": ["/app/db"]}])["Parameters"]
same([told[it] for it in ("Description", "Version", "Type", "DataType")], ["where", 2, "String", "text"])
refused("InvalidFilterKey", ssm.describe_parameters, ParameterFilters=[{"Key": "Colour", "Values": ["red"]}])
refused("InvalidFilterOption", ssm.describe_parameters, ParameterFilters=[{"Key": "Type", "Option": "Contains", "Values": ["S"]}])

# The tier: what Intelligent-Tiering chooses is Standard until the value is long, and an overwrite keeps what there is.
tiered = {"Type": "String", "Overwrite": True}
same(ssm.put_parameter(Name="/tier", Value="a", Tier="Intelligent-Tiering", **tiered)["Tier"], "Standard")
same(ssm.put_parameter(Name="/tier", Value="a" * 4_096, **tiered)["Tier"], "Standard")
text = "Standard tier parameters support a maximum parameter value of 4096 characters."
refused("ValidationException", ssm.put_parameter, text=text, Name="/tier", Value="a" * 4_097, **tiered)
same(ssm.put_parameter(Name="/tier", Value="a" * 4_097, Tier="Intelligent-Tiering", **tiered)["Tier"], "Advanced")
same(ssm.put_parameter(Name="/tier", Value="a" * 8_192, **tiered)["Tier"], "Advanced")
refused("ValidationException", ssm.put_parameter, Name="/tier", Value="a" * 8_193, **tiered)
# A pattern holds for later values too.
ssm.put_parameter(Name="/port", Value="53", Type="String", AllowedPattern="[0-9]+")
refused("ParameterPatternMismatchException", ssm.put_parameter, Name="/port", Value="domain", Overwrite=True)
ssm.put_parameter(Name="/port", Value="domain", AllowedPattern="[a-z]+", Overwrite=True)
refused("ParameterPatternMismatchException", ssm.put_parameter, Name="/port", Value="53", Overwrite=True)
ssm.delete_parameters(Names=["/tier", "/port"])
# What is shown of a running server tells no secret.
shown = urllib.request.urlopen(f"http://{HTTP}/moto-api/data.json").read().decode()
assert "/app/secret/key" in shown and "10.0.0.10" in shown, shown
assert "hidden" not in shown, shown

# Tags.
tagged = {"ResourceType": "Parameter", "ResourceId": "/app/db"}
ssm.add_tags_to_resource(**tagged, Tags=[{"Key": "cost", "Value": "7"}, {"Key": "team", "Value": "dev"}])
ssm.remove_tags_from_resource(**tagged, TagKeys=["cost"])
same(ssm.list_tags_for_resource(**tagged)["TagList"], [{"Key": "team", "Value": "dev"}])
refused("InvalidResourceId", ssm.list_tags_for_resource, ResourceType="Parameter", ResourceId="/none")
refused("InvalidResourceId", ssm.list_tags_for_resource, ResourceType="Document", ResourceId="/app/db")

# Another account and another region have parameters of their own.
theirs, elsewhere = client("ssm", account="999999999999"), client("ssm", region="us-east-1")
for other in (theirs, elsewhere):
    refused("ParameterNotFound", other.get_parameter, Name="/app/db")
    refused("ParameterNotFound", other.delete_parameter, Name="/app/db")
    refused("InvalidResourceId", other.add_tags_to_resource, **tagged, Tags=[{"Key": "a", "Value": "b"}])
    same(other.describe_parameters()["Parameters"], [])
    other.put_parameter(Name="/app/db", Value="other", Type="String")
same(value("/app/db"), "10.0.0.10")

# What AWS refuses.
for code, given in [
    ("ValidationException", {"Name": "/a", "Value": "b"}),
    ("ValidationException", {"Name": "ssm-a", "Value": "b", "Type": "String"}),
    ("ValidationException", {"Name": "a b", "Value": "b", "Type": "String"}),
    ("ValidationException", {"Name": "a/b", "Value": "b", "Type": "String"}),
    ("AccessDeniedException", {"Name": "/aws/a", "Value": "b", "Type": "String"}),
    ("HierarchyLevelLimitExceededException", {"Name": "/a" * 16, "Value": "b", "Type": "String"}),
    ("ValidationException", {"Name": "/a", "Value": "b" * 4097, "Type": "String"}),
    ("ParameterPatternMismatchException", {"Name": "/a", "Value": "b", "Type": "String", "AllowedPattern": "^[0-9]+$"}),
    ("InvalidAllowedPatternException", {"Name": "/a", "Value": "b", "Type": "String", "AllowedPattern": "("}),
    ("HierarchyTypeMismatchException", {"Name": "/app/db", "Value": "b", "Type": "SecureString", "Overwrite": True}),
    ("ValidationException", {"Name": "/a", "Value": "b", "Type": "String", "Overwrite": True, "Tags": [{"Key": "a", "Value": "b"}]}),
]:
    refused(code, ssm.put_parameter, **given)
same(ssm.put_parameter(Name="/large", Value="b" * 8192, Type="String", Tier="Advanced")["Tier"], "Advanced")

# One that nobody made can be made, and is there again when it is deleted.
same(ssm.put_parameter(Name=NAME, Value="31", Type="String")["Version"], 1)
same((value(NAME), values("/cdk-bootstrap", recursive=True)), ("31", {NAME: "31"}))
ssm.delete_parameter(Name=NAME)
same(value(NAME), "30")
refused("ParameterNotFound", ssm.delete_parameter, Name=NAME)
gone = ssm.delete_parameters(Names=["plain", "/app/secret/key", "/large", "/none"])
same((gone["DeletedParameters"], gone["InvalidParameters"]), (["/app/secret/key", "/large", "plain"], ["/none"]))
same(names(), ["/app/db"])
