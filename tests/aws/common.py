"""What the scripts share: boto3 clients of the running server, dig, and checks of refusals.

The server's addresses come in VPCDNS_TEST_HTTP and VPCDNS_TEST_DNS. Nothing here talks to AWS.
"""

import json
import os
import shutil
import subprocess
import sys

import boto3
import model
from botocore.config import Config
from botocore.exceptions import ClientError

REGION = "ap-northeast-2"
ACCOUNT = "123456789012"
HTTP = os.environ["VPCDNS_TEST_HTTP"]
DNS = os.environ["VPCDNS_TEST_DNS"]


def client(service="ec2", region=REGION, account="test", secret="secret", checked=True, compared=True, **more):
    """A client; what its replies hold is compared with botocore's model of the service, unless it is not `compared`.

    One that is not `checked` sends parameters that botocore knows to be wrong.
    """
    made = boto3.client(
        service,
        region_name=region,
        endpoint_url=f"http://{HTTP}",
        aws_access_key_id=account,
        aws_secret_access_key=secret,
        config=Config(retries={"total_max_attempts": 1}, read_timeout=20, parameter_validation=checked),
        **more,
    )
    if compared:
        made.meta.events.register("after-call", model.check)
    return made


ec2 = client()


def dig(name, at=None, rtype="A"):
    """What `dig +short` prints, sorted; `at` is the address asked from."""
    host, port = DNS.rsplit(":", 1)
    command = ["dig", f"@{host}", "-p", port, "+short", "+tries=1", "+time=2", name, rtype]
    if at:
        command.append(f"+subnet={at}/32")
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    return sorted(line for line in done.stdout.split() if not line.startswith(";"))


def aws(*words, is_json=True):
    """What the `aws` command prints, read as JSON if it is JSON; none, said aloud, if there is no such command."""
    beside = os.path.dirname(sys.executable)
    command = shutil.which("aws", path=beside) or shutil.which("aws")
    if not command:
        print("SKIPPED: no `aws` command", file=sys.stderr)
        return None
    keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_DEFAULT_REGION": REGION}
    command = [command, "--endpoint-url", f"http://{HTTP}", "--output", "json", *words]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=60, check=False, env={**os.environ, **keys}
    )
    assert done.returncode == 0, f"{words}: {done.stderr}"
    if not is_json:
        return done.stdout
    return json.loads(done.stdout) if done.stdout.strip() else {}


def key_pair(name):
    """Makes a key pair, where the server has them: without, it takes any name."""
    try:
        ec2.create_key_pair(KeyName=name)
    except ClientError as error:
        assert error.response["Error"]["Code"] == "InvalidAction", error


def refused(code, call, *given, text=None, status=400, **parameters):
    """The call must fail with this code, and with `text` in its message; gives the message."""
    try:
        answer = call(*given, **parameters)
    except ClientError as error:
        found = error.response["Error"]
        assert found["Code"] == code, f"{found['Code']} instead of {code}: {found['Message']}"
        assert text is None or text in found["Message"], found["Message"]
        got = error.response["ResponseMetadata"]["HTTPStatusCode"]
        assert got == status, f"HTTP {got} instead of {status}"
        return found["Message"]
    raise AssertionError(f"not refused with {code}: {answer}")


def named(name, kind):
    return [{"ResourceType": kind, "Tags": [{"Key": "Name", "Value": name}]}]


def same(one, other):
    assert one == other, f"{one!r} is not {other!r}"
