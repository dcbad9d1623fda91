"""What a client may get wrong or send on purpose: each is refused in AWS's way or shown back as it was sent."""

import http.client
import random

from botocore.parsers import EC2QueryParser
from common import HTTP, ec2, refused, same

# Markup and every odd character that XML can hold comes back through botocore's parser as it was.
values = ["</value><x a='\"'>&amp;]]>", "<!DOCTYPE a [<!ENTITY b 'c'>]>&b;", "퍼블릭 서브넷", "\u202e\U0001f600", " two  spaces ", "%00%0a+&="]
for value in values:
    tags = [{"ResourceType": "vpc", "Tags": [{"Key": "k", "Value": value}]}]
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=tags)["Vpc"]["VpcId"]
    same(ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["Tags"], [{"Key": "k", "Value": value}])
    found = ec2.describe_vpcs(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Vpcs"]
    same(found[0]["Tags"][0]["Value"], value)


def bad(key, value="v"):
    tags = [{"ResourceType": "vpc", "Tags": [{"Key": key, "Value": value}]}]
    refused("InvalidParameterValue", ec2.create_vpc, CidrBlock="10.0.0.0/16", TagSpecifications=tags)


bad("\x01")
bad("k", "a\x00b")
bad("aws:mine")
bad("k" * 129)
bad("k", "v" * 257)
refused("InvalidParameter", ec2.create_vpc, CidrBlock="10.0.0.0/16", TagSpecifications=[{"ResourceType": "subnet", "Tags": [{"Key": "a", "Value": "b"}]}])
for token in ["x", "00", "7670632d3000", "\u00e9", "a" * 5000]:
    refused("InvalidNextToken", ec2.describe_vpcs, NextToken=token)

def send(body, method="POST", path="/", headers=None):
    connection = http.client.HTTPConnection(HTTP, timeout=20)
    sent = {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})}
    try:
        connection.request(method, path, body=body, headers=sent)
        reply = connection.getresponse()
        return reply.status, reply.read()
    except (BrokenPipeError, ConnectionResetError):
        return 413, b""
    finally:
        connection.close()


def code(body, status=400, **more):
    got, text = send(body, **more)
    assert got == status, (got, text[:300])
    parser = EC2QueryParser()
    parsed = parser.parse({"status_code": got, "headers": {}, "body": text}, None)
    return parsed["Error"]["Code"]


same(code("Action=NoSuchAction&Version=2016-11-15"), "InvalidAction")
same(code("Version=2016-11-15"), "MissingParameter")
same(code("Action=DescribeVpcs&Version=1999-01-01"), "InvalidAction")
same(code("Action=DescribeVpcs&Colour=red"), "UnknownParameter")
same(code("Action=DescribeVpcs&VpcId=vpc-1"), "UnknownParameter")
same(code("Action=DescribeVpcs&Action=DescribeVpcs"), "MalformedQueryString")
same(code(b"Action=DescribeVpcs&VpcId.1=\xff\xfe"), "MalformedQueryString")
same(code("Action=DescribeVpcs&DryRun=perhaps"), "InvalidParameterValue")
same(code("Action=DescribeVpcs&MaxResults=0"), "InvalidParameterValue")
same(code("Action=DescribeVpcs&MaxResults=99999999999999999999"), "InvalidParameterValue")
same(code("Action=DescribeVpcs&VpcId.0=vpc-07de255d3a7c9c317"), "UnknownParameter")
same(code("Action=DescribeVpcs&VpcId.99999999999=x"), "UnknownParameter")
same(code("Action=DescribeVpcs&Filter.1.Value.1=x"), "MissingParameter")
same(code("Action=DescribeVpcs&DryRun=true", status=412), "DryRunOperation")
same(code(None, method="GET", path="/?Action=NoSuchAction"), "InvalidAction")
got, text = send(None, method="GET", path="/?Action=DescribeVpcs&Version=2016-11-15")
assert got == 200 and b"<vpcSet><item>" in text, (got, text[:200])

# Too much of everything: refused at once.
same(code("Action=DescribeVpcs&" + "&".join(f"F.{n}=1" for n in range(20_000))), "MalformedQueryString")
same(code("Action=DescribeVpcs&" + "&".join(f"VpcId.{n}=vpc-07de255d3a7c9c317" for n in range(1, 2_000))), "InvalidParameterValue")
got, _ = send("&".join(f"Filter.{n}.Name=a" for n in range(100_000)))
assert 400 <= got < 500, got
got, _ = send(b"a" * (10 << 20))
assert 400 <= got < 500, got
got, _ = send("Action=DescribeVpcs", headers={"Authorization": "AWS4-HMAC-SHA256 Credential=/////, x"})
assert got == 400, got
got, _ = send("Action=DescribeVpcs", headers={"Host": "evil.example"})
assert got == 403, got
got, _ = send("Action=DescribeVpcs", headers={"Origin": "http://evil.example"})
assert got == 403, got

# Random forms: never a 5xx, always a document that botocore's parser reads.
chance = random.Random(9)
words = ["Action", "DescribeVpcs", "CreateVpc", "CreateVpcEndpoint", "=", "&", ".", "1", "VpcId", "%", "%41", "+", "\x7f", "é", "Filter.1.Name", "CidrBlock=10.0.0.0/16", "<", "TagSpecification.1.Tag.1.Key"]
for _ in range(400):
    body = "".join(chance.choice(words) for _ in range(chance.randrange(1, 30)))
    got, text = send(body.encode())
    assert got in (200, 400, 412), (got, body)
    if got != 200:
        EC2QueryParser().parse({"status_code": got, "headers": {}, "body": text}, None)
same(len(ec2.describe_vpcs(VpcIds=["vpc-07de255d3a7c9c317"])["Vpcs"]), 1)
