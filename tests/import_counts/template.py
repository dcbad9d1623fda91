"""CloudFormation templates as things: what each resource states, and what its conditions say, as far as the template tells."""

import json
import os
import re

from reading import Map, Unreadable, values_of
from things import Some, Thing
from world import plain, short

NOTHING = {"Ref": "AWS::NoValue"}
PSEUDO = {
    "AWS::Region": Some("[a-z0-9-]+", "region"),
    "AWS::AccountId": Some("[0-9]{12}", "account"),
    "AWS::Partition": Some("aws(?:-[a-z-]+)?", "partition"),
    "AWS::URLSuffix": Some("[a-z0-9.-]+", "suffix"),
}


def is_template(value):
    return isinstance(value, dict) and isinstance(value.get("Resources"), dict)


def is_true(value):
    return {"true": True, "false": False}.get(str(value).lower()) if not isinstance(value, Some) else None


class Template:
    def __init__(self, value, path, parameters=None, within=()):
        self.value, self.path, self.within = value, path, within
        self.parameters = {}
        for name, stated in (value.get("Parameters") or {}).items():
            default = (parameters or {}).get(name, (stated or {}).get("Default"))
            kind = str((stated or {}).get("Type"))
            if default is None or kind.startswith("AWS::SSM"):
                default = Some(".*", f"parameter {name}")
            elif isinstance(default, str) and ("List" in kind):
                default = [part.strip() for part in default.split(",")]
            self.parameters[name] = default
        for section in ("Mappings", "Conditions", "Resources"):
            if isinstance(value.get(section), dict):
                value[section] = self.included(value[section])
        self.resources = dict(self.expanded(value["Resources"]))

    def included(self, section):
        """A section with the files put in that `AWS::Include` names, as far as they lie beside the template."""
        given = section.get("Fn::Transform")
        if given is None:
            return section
        whole = Map({key: value for key, value in section.items() if key != "Fn::Transform"})
        for transform in given if isinstance(given, list) else [given]:
            location = self.evaluate((transform.get("Parameters") or {}).get("Location"))
            path = child_of(location, self.path) if transform.get("Name") == "AWS::Include" else None
            for value in values_of(path) if path else []:
                whole.update(value)
                for part in value.values():
                    if isinstance(part, Map):
                        part.file = path
        return whole

    # Expressions

    def expanded(self, resources):
        """Resources with `Fn::ForEach` written out."""
        for name, resource in resources.items():
            if not name.startswith("Fn::ForEach::"):
                yield name, resource
                continue
            variable, over, body = (list(resource) + [None] * 3)[:3]
            over = self.evaluate(over)
            for item in over if isinstance(over, list) else []:
                for inner, value in self.expanded(body):
                    replaced = put_in(value, variable, str(item))
                    if isinstance(value, Map):
                        replaced = Map(replaced)
                        replaced.start, replaced.end = value.start, value.end
                    yield put_in(inner, variable, str(item)), replaced

    def condition(self, name, depth=0):
        """True, False, or None where the template does not tell."""
        stated = (self.value.get("Conditions") or {}).get(name)
        return None if stated is None or depth > 50 else self.holds(stated, depth + 1)

    def holds(self, stated, depth=0):
        if not isinstance(stated, dict) or len(stated) != 1:
            return is_true(stated)
        (function, given), = stated.items()
        if function == "Condition":
            return self.condition(given, depth)
        if function == "Fn::Not":
            held = self.holds(given[0], depth)
            return None if held is None else not held
        if function in ("Fn::And", "Fn::Or"):
            held = [self.holds(each, depth) for each in given]
            decisive = function == "Fn::Or"
            return decisive if decisive in held else None if None in held else not decisive
        if function == "Fn::Equals":
            one, other = (self.evaluate(each) for each in given)
            if isinstance(one, Some) and isinstance(other, Some):
                return True if one.key and one.key == other.key else None
            if isinstance(one, Some) or isinstance(other, Some):
                shape, text = (one, other) if isinstance(one, Some) else (other, one)
                return None if re.fullmatch(shape.pattern, str(text), re.S) else False
            return str(one) == str(other) if not isinstance(one, list) else one == other
        return None

    def evaluate(self, value, depth=0):
        """A value with its functions worked out; what cannot be is `Some`, absent is None."""
        if depth > 60:
            return Some()
        if isinstance(value, list):
            items = [self.evaluate(item, depth + 1) for item in value]
            return [item for item in items if item is not None]
        if not isinstance(value, dict):
            if isinstance(value, str) and "{{resolve:" in value:
                return Some(".*", value)
            return value
        if len(value) != 1:
            return {key: self.evaluate(item, depth + 1) for key, item in value.items()}
        (function, given), = value.items()
        unknown = Some(".*", json.dumps(value, sort_keys=True))
        if function == "Ref":
            return self.refer(given)
        if function == "Fn::GetAtt":
            parts = given if isinstance(given, list) else str(given).split(".", 1)
            return Some(".*", json.dumps(["GetAtt", parts]), made=f"{parts[0]}.{parts[-1]}")
        if function == "Fn::If" and isinstance(given, list) and len(given) == 3:
            held = self.condition(given[0])
            if held is None:
                one, other = (self.evaluate(each, depth + 1) for each in given[1:])
                if one == other:
                    return one
                return unknown
            return self.evaluate(given[1 if held else 2], depth + 1)
        if function == "Fn::Sub":
            text, given = given if isinstance(given, list) else (given, {})
            return self.substitute(text, given, depth)
        if function == "Fn::Join" and isinstance(given, list) and len(given) == 2:
            parts = self.evaluate(given[1], depth + 1)
            if not isinstance(parts, list):
                return unknown
            joined = []
            for index, part in enumerate(parts):
                joined += ([given[0]] if index else []) + [part]
            return concatenated(joined, unknown.key)
        if function == "Fn::Select" and isinstance(given, list) and len(given) == 2:
            items = self.evaluate(given[1], depth + 1)
            index = self.evaluate(given[0], depth + 1)
            if isinstance(items, list) and str(index).isdigit() and int(index) < len(items):
                return items[int(index)]
            return unknown
        if function == "Fn::Split" and isinstance(given, list) and len(given) == 2:
            text = self.evaluate(given[1], depth + 1)
            return text.split(given[0]) if isinstance(text, str) and given[0] else unknown
        if function == "Fn::FindInMap" and isinstance(given, list) and len(given) >= 3:
            keys = [self.evaluate(each, depth + 1) for each in given[:3]]
            found = self.value.get("Mappings") or {}
            for key in keys:
                found = found.get(key) if isinstance(found, dict) and isinstance(key, str) else None
            return unknown if found is None else found
        if function.startswith("Fn::"):
            return unknown
        return {function: self.evaluate(given, depth + 1)}

    def refer(self, name):
        if name == "AWS::NoValue":
            return None
        if name in self.parameters:
            return self.parameters[name]
        if name in (self.value.get("Resources") or {}) or name in getattr(self, "resources", {}):
            return Some(".*", f"resource {name}", made=name)
        return PSEUDO.get(name) or Some(".*", str(name))

    def substitute(self, text, given, depth):
        parts, at = [], 0
        for found in re.finditer(r"\$\{(!?)([^}]*)\}", str(text)):
            parts.append(text[at:found.start()])
            at = found.end()
            name = found[2].strip()
            if found[1]:
                parts.append("${" + name + "}")
            elif isinstance(given, dict) and name in given:
                parts.append(self.evaluate(given[name], depth + 1))
            elif "." in name:
                parts.append(self.evaluate({"Fn::GetAtt": name}, depth + 1))
            else:
                parts.append(self.refer(name))
        return concatenated(parts + [str(text)[at:]], json.dumps([text, given], sort_keys=True))

    # Resources

    def things(self):
        found = []
        for logical, resource in self.resources.items():
            if not isinstance(resource, dict):
                continue
            held = self.condition(resource["Condition"]) if resource.get("Condition") else True
            if held is False:
                continue
            properties = self.evaluate(resource.get("Properties") or {})
            if not isinstance(properties, dict):
                properties = {}
            for thing in self.resource(logical, str(resource.get("Type")), properties):
                thing.logical = logical
                if isinstance(resource, Map) and not thing.places:
                    thing.places.append((getattr(resource, "file", self.path), resource.start, resource.end))
                thing.may_lack = thing.may_lack or held is None
                found.append(thing)
        for thing in found:
            for fact, value in thing.facts.items():
                if isinstance(value, Some) and value.made and not hasattr(value, "file"):
                    value.file = self.path
        return found

    def thing(self, kind, logical, properties, facts=None, more=()):
        names = [logical, *more]
        for tag in properties.get("Tags") or []:
            if isinstance(tag, dict) and tag.get("Key") == "Name":
                names.append(tag.get("Value"))
        names.append(properties.get("Name"))
        return Thing(kind, names, self.path, facts)

    def resource(self, logical, kind, p):
        make = lambda *given, **more: self.thing(*given[:1], logical, p, *given[1:], **more)
        if kind == "AWS::EC2::VPC":
            support = p.get("EnableDnsSupport", True)
            yield make("VPC", {"cidr": p.get("CidrBlock"), "DNS support": is_true(support), "DNS hostnames": is_true(p.get("EnableDnsHostnames", False))})
        elif kind == "AWS::EC2::Subnet":
            yield make("subnet", {"cidr": p.get("CidrBlock"), "zone": p.get("AvailabilityZone"), "VPC": p.get("VpcId")})
        elif kind == "AWS::EC2::VPCEndpoint":
            way = p.get("VpcEndpointType", "Gateway")
            facts = {"type": way.lower() if isinstance(way, str) else None, "VPC": p.get("VpcId")}
            service = p.get("ServiceName")
            if isinstance(service, Some):
                pattern = service.pattern.replace(r"com\.amazonaws\.vpce\.[a-z0-9-]+\.", "")
                service = Some(pattern, service.key)
            elif isinstance(service, str):
                service = short(service)
            facts["service"] = service
            if facts["type"] == "interface":
                facts["private DNS"] = is_true(p.get("PrivateDnsEnabled", False))
                facts["subnets"] = distinct(p.get("SubnetIds", []))
            elif facts["type"] == "gateway":
                facts["route tables"] = distinct(p.get("RouteTableIds", []))
            yield make("endpoint", facts)
        elif kind == "AWS::EC2::Instance":
            yield make("instance", {"address": p.get("PrivateIpAddress"), "subnet": p.get("SubnetId")})
        elif kind == "AWS::Route53::HostedZone":
            vpcs = p.get("VPCs")
            if vpcs:
                name = domain(p.get("Name"))
                first = vpcs[0] if isinstance(vpcs, list) and isinstance(vpcs[0], dict) else {}
                yield make("private zone", {"name": name, "VPC": first.get("VPCId")}, more=[name])
                for vpc in vpcs if isinstance(vpcs, list) else []:
                    yield make("zone's VPC", {"vpc": vpc.get("VPCId") if isinstance(vpc, dict) else None, "zone": Some(".*", logical, made=logical)}, more=[name])
        elif kind == "AWS::Route53::RecordSet":
            yield from self.record(logical, p, p)
        elif kind == "AWS::Route53::RecordSetGroup":
            for record in p.get("RecordSets") or []:
                if isinstance(record, dict):
                    yield from self.record(logical, {**p, **record}, p)
        elif kind == "AWS::Route53Resolver::ResolverRule":
            way = p.get("RuleType", "FORWARD")
            targets = p.get("TargetIps")
            yield make("rule", {"domain": domain(p.get("DomainName")), "type": way.lower() if isinstance(way, str) else None,
                                "targets": len(targets) if isinstance(targets, list) else None})
        elif kind == "AWS::Route53Resolver::ResolverRuleAssociation":
            yield make("rule's VPC", {"rule": p.get("ResolverRuleId"), "vpc": p.get("VPCId")}, more=[p.get("ResolverRuleId")])
        elif kind == "AWS::Route53Resolver::FirewallRuleGroup":
            yield make("firewall group")
        elif kind == "AWS::Route53Resolver::FirewallRuleGroupAssociation":
            yield make("firewall group's VPC", {"vpc": p.get("VpcId"), "group": p.get("FirewallRuleGroupId")}, more=[p.get("FirewallRuleGroupId")])
        elif kind == "AWS::EC2::VPCPeeringConnection":
            yield make("peering")
        elif kind == "AWS::Route53Resolver::ResolverEndpoint":
            if p.get("Direction") != "OUTBOUND":
                yield make("inbound endpoint")
        elif kind == "AWS::EC2::VPCEndpointService":
            yield make("endpoint service")
        elif kind in ("AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::ElasticLoadBalancing::LoadBalancer"):
            yield make("load balancer", more=[p.get("LoadBalancerName")])
        elif kind == "AWS::CloudFormation::Stack":
            yield from self.nested(logical, p)

    def record(self, logical, p, outer):
        zone = self.zone_of(p)
        if zone == "public":
            return
        kind = "alias" if p.get("AliasTarget") else p.get("Type")
        values = p.get("ResourceRecords")
        facts = {"name": domain(p.get("Name")), "type": kind, "zone": p.get("HostedZoneId")}
        if isinstance(values, list) and not p.get("SetIdentifier"):
            facts["values"] = distinct(values)
        names = [facts["name"], p.get("HostedZoneName"), p.get("HostedZoneId")]
        thing = self.thing("record", logical, {}, facts, more=names)
        yield thing

    def zone_of(self, p):
        """`public` where the record's zone is a public one of the template."""
        zone, name = p.get("HostedZoneId"), domain(p.get("HostedZoneName"))
        for logical, resource in self.resources.items():
            if isinstance(resource, dict) and resource.get("Type") == "AWS::Route53::HostedZone":
                properties = self.evaluate(resource.get("Properties") or {})
                named = isinstance(zone, Some) and zone.made in (logical, logical + ".Id")
                same = zone is None and isinstance(name, str) and domain(properties.get("Name")) == name
                if (named or same) and not properties.get("VPCs"):
                    private = any(
                        isinstance(other, dict) and other.get("Type") == "AWS::Route53::HostedZone" and other is not resource
                        and domain(self.evaluate(other.get("Properties") or {}).get("Name")) == name
                        for other in self.resources.values()
                    )
                    return None if same and private else "public"
        return None

    def nested(self, logical, p):
        """The template of a stack within, if its file lies beside this one."""
        child = self.child(logical, p)
        if child is None or child in self.within:
            return
        try:
            found = [value for value in values_of(child) if is_template(value)]
        except (Unreadable, OSError):
            return
        for value in found:
            inner = Template(value, child, p.get("Parameters"), (*self.within, self.path))
            for thing in inner.things():
                thing.names.append(f"{logical}/{thing.names[0]}")
                thing.inner = getattr(thing, "inner", thing.logical)
                yield thing

    def children(self):
        """The files that this template takes stacks from."""
        for logical, resource in self.resources.items():
            if isinstance(resource, dict) and resource.get("Type") == "AWS::CloudFormation::Stack":
                child = self.child(logical, self.evaluate(resource.get("Properties") or {}))
                if child:
                    yield child

    def child(self, logical, properties):
        """The file of a nested stack: CDK tells it beside the address."""
        asset = (self.resources[logical].get("Metadata") or {}).get("aws:asset:path")
        return child_of(asset, self.path) or child_of(properties.get("TemplateURL"), self.path)


def child_of(url, path):
    """A file beside the template that the end of an address names."""
    text = url.pattern.replace("\\", "") if isinstance(url, Some) else str(url or "")
    parts = re.split(r"[/*]", text)
    for first in range(len(parts)):
        child = os.path.normpath(os.path.join(os.path.dirname(path), *parts[first:]))
        if parts[-1] and os.path.isfile(child):
            return child
    return None


def concatenated(parts, key):
    """Texts put together, known or not."""
    if any(isinstance(part, (list, dict)) for part in parts):
        return Some(".*", key)
    parts = ["" if part is None else part for part in parts]
    if not any(isinstance(part, Some) for part in parts):
        return "".join(str(part) for part in parts)
    if [part for part in parts if part != ""] and len([part for part in parts if part != ""]) == 1:
        return next(part for part in parts if part != "")
    pattern = "".join(part.pattern if isinstance(part, Some) else re.escape(str(part)) for part in parts)
    keys = "".join(part.key if isinstance(part, Some) else str(part) for part in parts)
    return Some(pattern, keys)


def put_in(value, variable, item):
    """A value with the variable of an `Fn::ForEach` replaced."""
    if isinstance(value, dict):
        if value == {"Ref": variable}:
            return item
        return {put_in(key, variable, item): put_in(each, variable, item) for key, each in value.items()}
    if isinstance(value, list):
        return [put_in(each, variable, item) for each in value]
    if isinstance(value, str):
        value = value.replace("${" + variable + "}", item)
        return value.replace("&{" + variable + "}", re.sub(r"[^A-Za-z0-9]", "", item))
    return value


def distinct(values):
    """How many different ones a list holds; None if that is not known."""
    if isinstance(values, Some):
        return None
    if not isinstance(values, list):
        values = [values]
    keys = set()
    for value in values:
        if isinstance(value, list):
            keys.update(str(each) for each in value)
        elif isinstance(value, Some) and not value.key:
            return None
        else:
            keys.add(value.key if isinstance(value, Some) else str(value))
    return len(keys)


def domain(name):
    """A DNS name as it is compared."""
    if isinstance(name, Some):
        pattern = name.pattern[:-2] if name.pattern.endswith(r"\.") else name.pattern
        return Some(pattern.lower() if r"\S" not in pattern else pattern, name.key)
    return None if name is None else plain(str(name)) or "."
