"""The lengths, counts and ranges that botocore's model gives for the parameters of what is built are held: a value at the bound is
told from one that is one beyond it.

EC2 is not asked: its model has almost none. Both values may be refused, because what they name is not there; then the refusals must
differ. tests/fixtures/bounds.txt has the bounds that are told apart, one in a line. VPCDNS_BLESS=1 writes it, and VPCDNS_BOUNDS=1 prints
the others.
"""

import copy
import os
import pathlib
import re

import built
from botocore.exceptions import BotoCoreError, ClientError
from common import REGION, client, ec2

# How a value of some length may begin, and what it is filled with. One that tells the bound apart is enough.
FORMS = [("", "a"), ("", "1"), ("arn:aws:x:", "a"), ("/", "a"), ("A", "A"), ("a.", "a"), ("tok-", "1")]
# The code of a refusal that another request brought about.
IN_THE_WAY = re.compile("AlreadyExists|AlreadyAssociated|Duplicate|Conflict|InUse")
# Longer or more than this is not sent.
MOST = 20_000
KEPT = pathlib.Path(__file__).parents[1] / "fixtures/bounds.txt"
# Values of required parameters that are read before others.
KNOWN = {
    "ParameterStringFilterKey": "Type",
    "ParameterStringQueryOption": "Equals",
    "VPCRegion": REGION,
    "DNSName": "example.com",
    "AvailabilityZone": f"{REGION}a",
    "IpAddress": "10.0.0.1",
    "Ip": "10.0.0.1",
    "Cidr": "10.0.0.0/16",
}


# What a request has beside the parameter whose bound is tried, so that it is read to the end: of an action, or of those of its
# parameters that begin so.
ACTION = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}
REDIRECT = {"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_301", "Host": "h", "Path": "/p", "Query": "q", "Port": "1"}}
CONDITION = {"Field": "path-pattern", "Values": ["/x"]}
LISTENER = {"Protocol": "HTTP", "Port": 80, "DefaultActions": [ACTION]}
CLASSIC = {"Protocol": "HTTP", "LoadBalancerPort": 80, "InstancePort": 80}
HEALTH = {"Target": "TCP:80", "Interval": 30, "Timeout": 5, "HealthyThreshold": 3, "UnhealthyThreshold": 3}
RECORD = {"Name": "a.example.com", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "10.0.0.1"}]}
RULE = {"FirewallRuleGroupId": "rslvr-frg-1", "FirewallDomainListId": "rslvr-fdl-1", "Name": "n", "Action": "ALLOW", "Priority": 1}
ENDPOINT_RULE = {"RuleType": "FORWARD", "DomainName": "a.example", "ResolverEndpointId": "rslvr-out-1"}


def change(**more):
    return {"ChangeBatch": {"Changes": [{"Action": "CREATE", "ResourceRecordSet": {**RECORD, **more}}]}}


BASES = {
    "elb ConfigureHealthCheck": {"LoadBalancerName": "web", "HealthCheck": HEALTH},
    "elb CreateLoadBalancer": {"Listeners": [CLASSIC]},
    "elb CreateLoadBalancerListeners": {"LoadBalancerName": "web", "Listeners": [CLASSIC]},
    "elb RemoveTags": {"LoadBalancerNames": ["web"]},
    "elbv2 CreateListener": LISTENER,
    "elbv2 CreateListener DefaultActions.0.RedirectConfig": {**LISTENER, "DefaultActions": [REDIRECT]},
    "elbv2 CreateRule": {"Priority": 1, "Conditions": [CONDITION], "Actions": [ACTION]},
    "elbv2 CreateRule Actions.0.RedirectConfig": {"Priority": 1, "Conditions": [CONDITION], "Actions": [REDIRECT]},
    "route53 ChangeResourceRecordSets": change(),
    "route53 ChangeResourceRecordSets ChangeBatch.Changes.0.ResourceRecordSet.GeoLocation": change(SetIdentifier="s"),
    "route53 ChangeResourceRecordSets ChangeBatch.Changes.0.ResourceRecordSet.GeoProximityLocation": change(SetIdentifier="s"),
    "route53 ChangeResourceRecordSets ChangeBatch.Changes.0.ResourceRecordSet.SetIdentifier": change(Weight=1),
    "route53 ChangeTagsForResource AddTags": {"AddTags": [{"Key": "k", "Value": "v"}]},
    "route53 CreateHealthCheck": {"HealthCheckConfig": {"Type": "HTTP", "IPAddress": "203.0.113.1"}},
    "route53resolver CreateFirewallRule": RULE,
    "route53resolver CreateResolverRule": ENDPOINT_RULE,
    "route53resolver CreateResolverRule TargetIps": {**ENDPOINT_RULE, "TargetIps": [{"Ip": "10.0.0.1"}]},
    "ssm PutParameter": {"Type": "String"},
    "sts AssumeRole": {"RoleArn": "arn:aws:iam::123456789012:role/x"},
}


def base(shape, line):
    """The sample of an action's parameters, with what is known of this one."""
    fitting = [key for key in BASES if line == key or line.startswith((f"{key} ", f"{key}."))]
    return {**sample(shape), **copy.deepcopy(BASES[max(fitting, key=len)] if fitting else {})}


def arn_like(shape):
    return shape.name.lower().endswith("arn")


def sample(shape, seen=()):
    """The least that the model allows."""
    if shape.name in KNOWN:
        return KNOWN[shape.name]
    if getattr(shape, "enum", None):
        return shape.enum[0]
    if shape.type_name == "structure":
        if shape.name in seen:
            return {}
        return {name: sample(shape.members[name], (*seen, shape.name)) for name in shape.required_members}
    if shape.type_name == "list":
        return [sample(shape.member, seen)]
    if shape.type_name == "map":
        return {sample(shape.key, seen): sample(shape.value, seen)}
    least = shape.metadata.get("min", 0)
    if arn_like(shape):
        return f"arn:aws:x:{REGION}:123456789012:y/z".ljust(least, "a")
    text = "a" * max(least, 1)
    return {"string": text, "boolean": True, "timestamp": 0, "blob": b"a"}.get(shape.type_name, least)


def places(shape, path=(), seen=()):
    """Every parameter with a bound: its path and its shape. A list's items and a map's values are `0`."""
    if shape.type_name in ("string", "list", "integer", "long", "map") and not getattr(shape, "enum", None):
        if {"min", "max"} & set(shape.metadata):
            yield path, shape
    if shape.type_name == "structure" and shape.name not in seen:
        for name, member in shape.members.items():
            yield from places(member, (*path, name), (*seen, shape.name))
    if shape.type_name == "list":
        yield from places(shape.member, (*path, 0), seen)


def put(shape, held, path, value):
    """What `held`, a sample of the shape, becomes with the value at the path."""
    if not path:
        return value
    if shape.type_name == "list":
        return [put(shape.member, held[0] if held else sample(shape.member), path[1:], value)]
    member = shape.members[path[0]]
    held = dict(held or {})
    held[path[0]] = put(member, held.get(path[0], sample(member)), path[1:], value)
    return held


def sized(shape, size, form):
    """A value of that length, count or number; nothing if it cannot be."""
    if shape.type_name in ("integer", "long"):
        return size if form == FORMS[0] else None
    if size < 0 or size > MOST:
        return None
    if shape.type_name == "list":
        if form != FORMS[0]:
            return None
        item = sample(shape.member)
        if isinstance(item, str) and shape.member.name not in KNOWN and not getattr(shape.member, "enum", None):
            return [f"{item}{it}" for it in range(size)]
        return [item] * size
    if shape.type_name == "map":
        if form != FORMS[0]:
            return None
        key, value = sample(shape.key), sample(shape.value)
        return {f"{key}{it}": value for it in range(size)}
    begin, fill = form
    return (begin + fill * size)[:size] if size >= len(begin) else None


def reply(asked, call, parameters, value):
    """What tells two replies apart: the code and the message without the value itself."""
    try:
        getattr(asked, call)(**parameters)
        return "OK", ""
    except ClientError as error:
        found = error.response["Error"]
        # One letter may stand anywhere in a message, and nothing everywhere.
        message = re.sub(rf"(?<=['(]){re.escape(str(value))}(?=[')])", "V", found["Message"])
        if isinstance(value, str) and len(value) > 2:
            message = message.replace(value, "V")
        return found["Code"], re.sub(r"[Aa]{30,}|1{30,}|\[.*\]|[0-9a-f]{8}-[-0-9a-f]+|\d{9,}", "V", message)


ec2.create_default_vpc()
client("elb").create_load_balancer(LoadBalancerName="web", AvailabilityZones=[f"{REGION}a"], Listeners=[CLASSIC])
held, lost = set(), []
for service in sorted(set(built.SERVICES.values())):
    asked = client(service, region="us-east-1" if service == "route53" else REGION, checked=False, compared=False)
    calls = {name: snake for snake, name in asked.meta.method_to_api_mapping.items()}
    for action in sorted(name for of, name in built.actions() if of == service):
        shape = asked.meta.service_model.operation_model(action).input_shape
        for path, bounded in places(shape) if shape else ():
            for word, step in (("min", -1), ("max", 1)):
                bound = bounded.metadata.get(word)
                # Nothing is shorter than nothing.
                if bound is None or (word == "min" and bound == 0 and bounded.type_name in ("string", "list", "map")):
                    continue
                line = f"{service} {action} {'.'.join(map(str, path))} {word} {bound}"
                why = "not sent"
                for form in FORMS:
                    at, beyond = sized(bounded, bound, form), sized(bounded, bound + step, form)
                    if at is None or beyond is None:
                        continue
                    try:
                        replies = [
                            reply(asked, calls[action], put(shape, base(shape, line), path, value), value)
                            for value in (at, beyond)
                        ]
                    except (BotoCoreError, ValueError, TypeError, KeyError) as error:
                        replies = [str(error)] * 2
                    # What the first request made may be in the second one's way, and what is taken is not refused.
                    code = replies[1][0]
                    if replies[0] != replies[1] and code != "OK" and not IN_THE_WAY.search(code):
                        held.add(line)
                        break
                    why = replies[0]
                else:
                    lost.append((line, why))

if os.environ.get("VPCDNS_BOUNDS"):
    for line, why in sorted(lost, key=str):
        print("NOT HELD", line, why)
if os.environ.get("VPCDNS_BLESS"):
    KEPT.write_text("".join(f"{line}\n" for line in sorted(held)))
kept = set(KEPT.read_text().splitlines())
assert not kept - held, sorted(kept - held)
assert not held - kept, ("not in tests/fixtures/bounds.txt yet", sorted(held - kept))
print(len(held), "bounds are held")
