"""Services that are not built say so in the form of their own errors, so that botocore reads a code and a message."""

import http.client
import json

from common import HTTP, client, ec2, refused, same

TEXT = "is not built into this server. Built are: ec2, cloudformation, elasticloadbalancing, iam, route53, route53profiles, route53resolver, servicediscovery, ssm, sts."
for service, call, code, status, parameters in [
    # AWS Query.
    ("sns", "list_topics", "InvalidAction", 400, {}),
    # JSON 1.0 and 1.1.
    ("dynamodb", "list_tables", "UnknownOperationException", 400, {}),
    ("kinesis", "list_streams", "UnknownOperationException", 400, {}),
    # JSON with paths.
    ("lambda", "list_functions", "UnknownOperationException", 400, {}),
    ("lambda", "invoke", "UnknownOperationException", 400, {"FunctionName": "f", "Payload": b"{}"}),
    # XML with paths.
    ("cloudfront", "list_distributions", "NotImplemented", 501, {}),
    ("cloudfront", "delete_distribution", "NotImplemented", 501, {"Id": "E1"}),
    # S3: `GET /` is no request for the page.
    ("s3", "list_buckets", "NotImplemented", 501, {}),
    ("s3", "put_object", "NotImplemented", 501, {"Bucket": "some-bucket", "Key": "k", "Body": b"x"}),
]:
    refused(code, getattr(client(service), call), text=TEXT, status=status, **parameters)
refused("InvalidAction", ec2.describe_transit_gateways, text="is not valid for this web service.")


def send(method, path, body=None, headers=None):
    connection = http.client.HTTPConnection(HTTP, timeout=20)
    connection.request(method, path, body=body, headers=headers or {})
    reply = connection.getresponse()
    return reply.status, reply.headers["content-type"], reply.read().decode()


def scope(service):
    credential = f"Credential=test/20260101/us-east-1/{service}/aws4_request"
    return {"Authorization": f"AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=0"}


# The form of an error follows the service, and so does its media type.
status, kind, text = send("GET", "/2020-05-31/distribution", headers=scope("cloudfront"))
same([status, kind], [501, "text/xml"])
assert "<ErrorResponse><Error><Type>Receiver</Type><Code>NotImplemented</Code>" in text, text
status, kind, text = send("HEAD", "/some-bucket", headers=scope("s3"))
same([status, kind], [501, "application/xml"])
for version in ("1.0", "1.1"):
    sent = {"X-Amz-Target": "Nothing.DoIt", "Content-Type": f"application/x-amz-json-{version}"}
    status, kind, text = send("POST", "/", "{}", sent)
    same([status, kind], [400, f"application/x-amz-json-{version}"])
    same(json.loads(text)["__type"], "UnknownOperationException")
    assert "'Nothing'" in json.loads(text)["message"], text
form = {"Content-Type": "application/x-www-form-urlencoded"}

# Without a signature the version tells the service, and without a version the action does.
for body, root in [
    ("Action=GetCallerIdentity&Version=2011-06-15", "GetCallerIdentityResponse"),
    ("Action=GetCallerIdentity", "GetCallerIdentityResponse"),
    ("Action=DescribeVpcs", "DescribeVpcsResponse"),
    ("Action=DescribeVpcs&Version=2016-11-15", "DescribeVpcsResponse"),
]:
    status, _, text = send("POST", "/", body, form)
    assert status == 200 and f"<{root} " in text, text
_, _, text = send("POST", "/", "Action=DescribeVpcs&Version=2011-06-15", form)
assert "Could not find operation DescribeVpcs for version 2011-06-15" in text, text
_, _, text = send("POST", "/", "Version=2011-06-15", form)
assert "<Code>MissingAction</Code>" in text, text
_, _, text = send("POST", "/", "Action=GetCallerIdentity&Version=2011-06-15&Colour=red", form)
assert "<Code>ValidationError</Code>" in text and "Colour" in text, text

# Without a signature the path tells Route 53; an action that is not built says so.
status, kind, text = send("GET", "/2013-04-01/hostedzone")
assert status == 200 and kind == "text/xml" and "<ListHostedZonesResponse " in text, text
status, kind, text = send("GET", "/2013-04-01/trafficpolicies", headers=scope("route53"))
same([status, kind], [501, "text/xml"])
for method, path, body in (
    ("POST", "/2013-04-01/hostedzone", "<a>"),
    ("POST", "/2013-04-01/hostedzone", "<a><b>1</b><b>2</b></a>"),
    ("POST", "/2013-04-01/hostedzone", "[]"),
    ("POST", "/2013-04-01/hostedzone/Z1/rrset", b"\xff"),
    ("POST", "/2013-04-01/hostedzone", "<a>" * 5_000),
):
    status, _, text = send(method, path, body)
    assert status == 400 and "<Code>MalformedInput</Code>" in text, text
status, _, text = send("POST", "/2013-04-01/hostedzone", "<a><Name>x.test</Name></a>")
assert status == 400 and "at &apos;callerReference&apos; failed to satisfy constraint" in text, text

# What is no request for AWS stays what it was.
same(send("GET", "/nothing")[0], 404)
same(send("GET", "/")[1].split(";")[0], "text/html")

# Bad JSON.
for body in ("", "{}", "[]", "1", "{", '{"Name": 1}', '{"Name": {"a": "b"}}', '{"Colour": "red"}', "[" * 100_000, b"\xff"):
    sent = {"X-Amz-Target": "AmazonSSM.GetParameter", "Content-Type": "application/x-amz-json-1.1"}
    status, kind, text = send("POST", "/", body, sent)
    same([status, kind], [400, "application/x-amz-json-1.1"])
    assert json.loads(text)["__type"] in ("SerializationException", "ValidationException"), (body, text)
