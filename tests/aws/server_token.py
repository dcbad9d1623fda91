"""A server with a token: only requests signed with it are answered. The token is `a secret`."""

import datetime
import http.client

from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from common import HTTP, client, refused, same

same(len(client(account="vpcdns", secret="a secret").describe_vpcs()["Vpcs"]), 1)
account = client(account="210987654321", secret="a secret")
same(account.describe_vpcs()["Vpcs"], [])
same(account.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["OwnerId"], "210987654321")
refused("SignatureDoesNotMatch", client(account="vpcdns", secret="wrong").describe_vpcs, status=403)
refused("AuthFailure", client(account="AKIDEXAMPLE", secret="a secret").describe_vpcs, status=401)

# Temporary credentials have a session token, which is signed, too.
session = {"account": "210987654321", "aws_session_token": "any"}
same(len(client(secret="a secret", **session).describe_vpcs()["Vpcs"]), 1)
refused("SignatureDoesNotMatch", client(secret="wrong", **session).describe_vpcs, status=403)

# Those of a role are good here.
sts = client("sts", account="vpcdns", secret="a secret")
assumed = sts.assume_role(RoleArn="arn:aws:iam::333333333333:role/builder", RoleSessionName="me")["Credentials"]
session = {"account": assumed["AccessKeyId"], "aws_session_token": assumed["SessionToken"]}
as_role = client(secret=assumed["SecretAccessKey"], **session)
same(as_role.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["OwnerId"], "333333333333")
refused("SignatureDoesNotMatch", client("sts", account="vpcdns", secret="wrong").get_session_token, status=403)


def send(method, path, body=b"", headers=None):
    connection = http.client.HTTPConnection(HTTP, timeout=10)
    connection.request(method, path, body=body, headers=headers or {})
    return connection.getresponse().status


FORM = {"Content-Type": "application/x-www-form-urlencoded"}
same(send("POST", "/", b"Action=DescribeVpcs", FORM), 401)
same(send("GET", "/?Action=DescribeVpcs"), 401)
same(send("GET", "/api/labs"), 401)
same(send("GET", "/api/labs", headers={"Authorization": "Bearer a secret"}), 200)
WRONG = {"Authorization": "AWS4-HMAC-SHA256 Credential=vpcdns/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"}
for path in ("/", "/api/labs", "/api/world", "/metrics", "/some-bucket"):
    assert send("GET", path, headers=WRONG) in (401, 403), path
    assert send("GET", f"{path}?X-Amz-Algorithm=AWS4-HMAC-SHA256", headers={"X-Amz-Target": "A.B"}) in (401, 403), path
same(send("POST", "/", b"Action=DescribeVpcs", {**FORM, "Authorization": "Bearer a secret"}), 200)
same([send("GET", "/health"), send("GET", "/ready")], [200, 200])

# A presigned request, the same for another action, and one that is too old.
credentials = Credentials("vpcdns", "a secret")


def presigned(url, expires=60, ago=0, service="ec2", credentials=credentials):
    """A request that was presigned so many seconds ago."""
    now = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=ago)
    request = AWSRequest("GET", url)
    request.context["timestamp"] = now.strftime("%Y%m%dT%H%M%SZ")
    signer = SigV4QueryAuth(credentials, service, "ap-northeast-2", expires=expires)
    signer._modify_request_before_signing(request)
    text = signer.string_to_sign(request, signer.canonical_request(request))
    signer._inject_signature_to_request(request, signer.signature(text, request))
    return request.url.split(HTTP, 1)[1]


path = presigned(f"http://{HTTP}/?Action=DescribeVpcs&Version=2016-11-15")
same(send("GET", path), 200)
same(send("GET", path.replace("DescribeVpcs", "DescribeSubnets")), 403)
temporary = Credentials("vpcdns", "a secret", "any")
path = presigned(f"http://{HTTP}/?Action=DescribeVpcs&Version=2016-11-15", credentials=temporary)
assert "X-Amz-Security-Token=" in path, path
same(send("GET", path), 200)
same(send("GET", path.replace("X-Amz-Security-Token=", "X-Amz-Security-Token=x")), 403)


def signed(body, tamper=lambda headers: headers):
    request = AWSRequest("POST", f"http://{HTTP}/", data=body, headers={**FORM, "Host": HTTP})
    SigV4Auth(credentials, "ec2", "ap-northeast-2").add_auth(request)
    return tamper(dict(request.headers))


body = b"Action=DescribeVpcs&Version=2016-11-15"
same(send("POST", "/", body, signed(body)), 200)
same(send("POST", "/", b"Action=DeleteVpc&VpcId=vpc-07de255d3a7c9c317", signed(body)), 403)
old = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=1)).strftime("%Y%m%dT%H%M%SZ")
same(send("POST", "/", body, signed(body, lambda headers: {**headers, "X-Amz-Date": old})), 403)

# It ends when it says, within seven days, and begins at most five minutes ahead of the server's clock.
url = f"http://{HTTP}/?Action=DescribeVpcs&Version=2016-11-15"
DAY = 86400
for expires, ago, status in [
    (60, 30, 200),
    (60, 75, 403),
    (1, 5, 403),
    (7 * DAY, 6 * DAY, 200),
    (7 * DAY, 7 * DAY + 5, 403),
    (60, -240, 200),
    (60, -360, 403),
    (7 * DAY, -6 * DAY, 403),
    (7 * DAY + 1, 0, 400),
    (365 * DAY, 0, 400),
    (-1, 0, 400),
    ("x", 0, 400),
]:
    same((expires, ago, send("GET", presigned(url, expires, ago))), (expires, ago, status))
same(send("GET", presigned(url, service="s3")), 403)
same(send("GET", presigned(url).replace("aws4_request", "aws5_request")), 403)
