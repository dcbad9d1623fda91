"""Requests in many wrong and unusual forms, with what each was answered.

`tried` makes a request with each parameter left out, empty, of other values, and with each parameter that botocore's model knows
beside; then as it is. A form that is taken shows its whole reply, or what `look` then sees. `tests/fixtures/variants/` keeps the
outcomes of each service, in which what is made up has the name of its kind. VPCDNS_BLESS=1 writes them.

EC2 is not asked: tests/api_scripts.rs does that with `DryRun`.
"""

import copy
import datetime
import hashlib
import http.client
import ipaddress
import json
import os
import pathlib
import re

from botocore.exceptions import BotoCoreError, ClientError
import built
from common import HTTP, REGION, client, ec2

FOLDER = pathlib.Path(__file__).parents[1] / "fixtures/variants"
# How much of an outcome is kept; the rest is kept as a hash.
LONGEST = 240
# What says nothing of the request.
LEFT_OUT = ("ResponseMetadata", "NextToken", "NextMarker", "Marker")
# What is made up, and what stands for it.
MADE_UP = [
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "UUID"),
    (r"\b[a-z0-9]{32}-[a-z0-9]{8}\b", "OPERATION"),
    (r"\b(ns|srv|rp|rpr|rpassoc)-[a-z0-9]{14,}\b", r"\1-ID"),
    (r"\b([a-z]+(?:-[a-z]+)*)-[0-9a-f]{8,}\b", r"\1-ID"),
    (r"\b(ns-)\d+\.awsdns-\d+\.(com|net|org|co\.uk)", "NS"),
    (r"\b(Z|C|N)[0-9A-Z]{10,}\b", r"\1ID"),
    (r"\b[0-9a-f]{16,17}\b", "HEX"),
    (r"-\d{8,10}(?=\.)", "-NUMBER"),
    (r"\b20\d\d-\d\d-\d\d[T ][0-9:.]+Z?(\+00:00)?", "TIME"),
    (r"xq\d+", "xqN"),
]


# Built actions that are not called here: other scripts of tests/aws do.
NOT_CALLED = {
    "cloudformation": "DeleteChangeSet ExecuteChangeSet GetStackPolicy ListExports ListImports SignalResource",
    "elb": "DeleteLoadBalancer DescribeAccountLimits DescribeTags DisableAvailabilityZonesForLoadBalancer"
    " EnableAvailabilityZonesForLoadBalancer SetLoadBalancerListenerSSLCertificate",
    "elbv2": "DeleteListener DeleteLoadBalancer DeleteRule DeleteTargetGroup DescribeCapacityReservation DescribeTags RemoveListenerCertificates",
    "route53": "DeleteCidrCollection DeleteHostedZone DeleteQueryLoggingConfig DeleteReusableDelegationSet GetChange GetDNSSEC ListHealthChecks"
    " ListReusableDelegationSets",
    "route53profiles": "DeleteProfile ListTagsForResource TagResource UntagResource",
    "route53resolver": "DeleteFirewallDomainList DeleteFirewallRule DeleteFirewallRuleGroup DeleteResolverEndpoint DeleteResolverQueryLogConfig"
    " DeleteResolverRule DisassociateFirewallRuleGroup GetFirewallDomainList GetFirewallRuleGroup GetFirewallRuleGroupAssociation"
    " GetResolverQueryLogConfig GetResolverQueryLogConfigAssociation",
    "servicediscovery": "GetOperation ListTagsForResource",
    "ssm": "DeleteParameter",
}


class Forms:
    """The forms of one service's requests."""

    def __init__(self, service, region=REGION):
        self.service, self.text, self.count, self.called = service, [], 0, set()
        self.client = client(service, region=region, checked=False, compared=False)

    def shape(self, call):
        name = self.client.meta.method_to_api_mapping[call]
        return self.client.meta.service_model.operation_model(name).input_shape

    def send(self, call, parameters):
        """The outcome in a line, and the reply."""
        self.count += 1
        self.called.add(self.client.meta.method_to_api_mapping[call])
        filled = fill(copy.deepcopy(parameters), str(self.count))
        try:
            reply = getattr(self.client, call)(**filled)
        except ClientError as error:
            found = error.response["Error"]
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            return shown(f"{status} {found['Code']}: {found.get('Message')}"), None
        return shown(json.dumps(settled(reply), default=str)), reply

    def raw(self, method, path, body, scope):
        """Sends what botocore would not write, and keeps the reply."""
        connection = http.client.HTTPConnection(HTTP, timeout=20)
        credential = f"AWS4-HMAC-SHA256 Credential=test/20260101/{scope}/aws4_request, SignedHeaders=host, Signature=0"
        connection.request(method, path, body.encode(), {"Authorization": credential})
        reply = connection.getresponse()
        words = re.sub(r"<RequestId>.*</RequestId>", "", reply.read().decode())
        self.text.append(f"> {method} {shown(path)} {shown(body)!r}\n{shown(f'{reply.status} {words}')}")

    def looked(self, look):
        """What `look` sees after the request of the last number."""
        try:
            return shown(json.dumps(settled(look(str(self.count))), default=str))
        except ClientError as error:
            return shown(error.response["Error"]["Message"])

    def tried(self, call, look=None, only=None, **parameters):
        """Tries the forms, then makes the request; gives its reply, or that of a form if it is done already."""
        outcomes, taken = {}, None
        for what, form in variants(self.shape(call), parameters, ""):
            if only and not (what.startswith(tuple(only)) or what.lstrip("+-").startswith(tuple(only))):
                continue
            try:
                outcome, reply = self.send(call, form)
            except (BotoCoreError, ValueError, TypeError, AttributeError, KeyError, IndexError):
                continue  # botocore cannot write it
            taken = reply or taken
            if reply is not None and re.match(r"[-+]?(\w+\.)*(Max\w+|PageSize)\b", what):
                outcome = "a page"  # of what made-up ids decide
            elif reply is not None and look:
                outcome = self.looked(look)
            outcomes.setdefault(outcome, []).append(shown(short(what)))
        outcome, reply = self.send(call, parameters)
        if reply is not None and look:
            outcome = self.looked(look)
        self.text.append(f"> {call} {shown(json.dumps(parameters))}")
        for words, forms in outcomes.items():
            self.text.append(f"  {words}\n    {' | '.join(forms)}")
        self.text.append(outcome)
        return reply or taken

    def seen(self, call, **parameters):
        """Makes the request and keeps its reply."""
        outcome, reply = self.send(call, parameters)
        self.text.append(f"> {call} {shown(json.dumps(parameters))}\n{outcome}")
        return reply

    def end(self):
        """Compares what was seen with what is kept, and the actions that were called with those that are built."""
        all_built = {name for of, name in built.actions() if of == self.service}
        left_out = set(NOT_CALLED.get(self.service, "").split())
        assert all_built - self.called == left_out, (self.service, sorted(all_built - self.called ^ left_out))
        path, text = FOLDER / f"{self.service}.txt", "\n".join(self.text) + "\n"
        if os.environ.get("VPCDNS_BLESS"):
            path.write_text(text)
        kept = path.read_text()
        request = ""
        for number, (old, new) in enumerate(zip(kept.splitlines(), text.splitlines()), 1):
            request = old if old.startswith("> ") else request
            assert old == new, f"{path.name}:{number} after {request}\n- {old}\n+ {new}"
        assert len(kept) == len(text), path
        print(self.service, self.count, "requests")


def vpc_of(cidr, by=ec2):
    """A VPC with DNS hostnames, and its two subnets."""
    made = by.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]
    by.modify_vpc_attribute(VpcId=made, EnableDnsHostnames={"Value": True})
    subnets = [
        by.create_subnet(VpcId=made, CidrBlock=cidr.replace("0.0/16", f"{it}.0/24"), AvailabilityZone=f"{REGION}{zone}")
        for it, zone in ((1, "a"), (2, "b"))
    ]
    return made, [it["Subnet"]["SubnetId"] for it in subnets]


def fill(value, number):
    """With the number of the request wherever `{n}` stands."""
    if isinstance(value, str):
        return value.replace("{n}", f"xq{number}")
    if isinstance(value, list):
        return [fill(it, number) for it in value]
    if isinstance(value, dict):
        return {fill(key, number): fill(it, number) for key, it in value.items()}
    return value


def short(what):
    """A form without the structures that the parameter lies deep in."""
    path, equals, value = what.partition("=")
    sign = path[0] if path[0] in "+-" else ""
    return f"{sign}{'.'.join(path.lstrip('+-').split('.')[-2:])}{equals}{value}"


def is_public(text):
    try:
        return ipaddress.ip_address(text).is_global
    except ValueError:
        return False


def shown(text):
    """A text without what is made up."""
    for pattern, kind in MADE_UP:
        text = re.sub(pattern, kind, text)
    text = re.sub(r"\b\d+\.\d+\.\d+\.\d+\b", lambda found: "IP" if is_public(found[0]) else found[0], text)
    if len(text) <= LONGEST:
        return text
    return f"{text[:LONGEST]} ... {hashlib.sha256(text.encode()).hexdigest()[:12]}"


def settled(value):
    """A reply with lists in an order that made-up ids do not decide."""
    if isinstance(value, dict):
        return {key: settled(it) for key, it in value.items() if key not in LEFT_OUT}
    if isinstance(value, list):
        return sorted((settled(it) for it in value), key=lambda it: shown(json.dumps(it, default=str)))
    return "TIME" if isinstance(value, datetime.datetime) else value


def sample(shape, seen=()):
    """A value that the model allows."""
    if getattr(shape, "enum", None):
        return shape.enum[0]
    if shape.type_name == "structure":
        return {name: sample(shape.members[name], (*seen, shape.name)) for name in shape.required_members if shape.name not in seen}
    if shape.type_name == "list":
        return [sample(shape.member, seen)]
    if shape.type_name == "map":
        return {sample(shape.key, seen): sample(shape.value, seen)}
    least = shape.metadata.get("min", 0)
    return {"string": "a" * max(least, 1), "boolean": True, "timestamp": 0, "blob": b"a"}.get(shape.type_name, max(least, 1))


def others(shape, value):
    """Other values that a parameter might have."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [0, -1, value + 1, value - 1, 70_000]
    if getattr(shape, "enum", None):
        return ["bogus", *(it for it in shape.enum if it != value)]
    more = ["", "bogus", f"{value}.", f"{value}0"]
    if re.fullmatch(r"[\d.]+(/\d+)?", value):
        more += ["10.0.0.256", "10.0.0.1", "10.0.0.0/8", "192.0.2.77", "2001:db8::1", "0", "-1", str(2**31)]
    if re.fullmatch(r"[a-z]+(-[a-z]+)*-[0-9a-f]{17}", value):
        more += [f"{value[:-17]}0ffffffffffffffff"]
    return more


def variants(shape, value, path):
    """What is wrong or unusual, and the value with that."""
    at = f"{path}." if path else ""
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            if name in value:
                yield f"-{at}{name}", {key: it for key, it in value.items() if key != name}
                for what, other in variants(member, value[name], f"{at}{name}"):
                    yield what, {**value, name: other}
            else:
                yield f"+{at}{name}", {**value, name: sample(member)}
                if getattr(member, "enum", None):
                    for other in member.enum[1:]:
                        yield f"+{at}{name}={other}", {**value, name: other}
                elif member.type_name == "boolean":
                    yield f"+{at}{name}=false", {**value, name: False}
                elif member.type_name == "structure":
                    for below, it in member.members.items():
                        yield f"+{at}{name}.{below}", {**value, name: {below: sample(it)}}
    elif shape.type_name == "list":
        yield f"{path}=[]", []
        if value:
            yield f"{path} twice", [*value, value[-1]]
            for index, item in enumerate(value):
                for what, other in variants(shape.member, item, f"{at}{index}"):
                    yield what, [*value[:index], other, *value[index + 1 :]]
    elif shape.type_name == "map":
        yield f"{path}={{}}", {}
        for key, item in value.items():
            yield f"-{at}{key}", {it: kept for it, kept in value.items() if it != key}
            for other in others(shape.value, item):
                yield f"{at}{key}={other}", {**value, key: other}
    elif isinstance(value, (str, int)):
        for other in others(shape, value):
            yield f"{path}={other}", other
