"""Terraform's state and what `terraform show -json` prints, as things."""

from reading import Map
from things import Thing
from world import plain, short


def is_state(value):
    return isinstance(value, dict) and isinstance(value.get("resources"), list) and "version" in value


def is_shown(value):
    return isinstance(value, dict) and "format_version" in value


def things_of(value, path):
    return _things(list(_state(value) if is_state(value) else _shown(value)), path)


def _state(value):
    """Every instance of a state: its type, its address, its attributes, and no references."""
    for resource in value["resources"]:
        kind = resource.get("type")
        data = resource.get("mode") == "data"
        base = ".".join(part for part in (resource.get("module"), "data" if data else None, kind, resource.get("name")) if part)
        for instance in resource.get("instances") or []:
            index = instance.get("index_key")
            attributes = instance.get("attributes") or instance.get("attributes_flat") or {}
            _within(attributes, instance)
            yield kind, _indexed(base, index), attributes, {}


def _shown(value):
    configured = ((value.get("configuration") or {}).get("root_module")) or {}
    seen = set()
    for part in (value.get("planned_values"), value.get("values"), (value.get("prior_state") or {}).get("values")):
        prior = part is not None and part is not value.get("planned_values") and part is not value.get("values")
        for resource in _resources((part or {}).get("root_module") or {}):
            if resource.get("address") in seen or (prior and resource.get("mode") != "data"):
                continue
            seen.add(resource.get("address"))
            values = resource.get("values") or Map()
            _within(values, resource)
            yield resource.get("type"), resource.get("address"), values, _references(configured, resource)


def _within(values, around):
    """Lets values stand where the map around them does: notes name either."""
    if isinstance(values, Map):
        values.start, values.end = around.start, around.end


def _resources(module):
    yield from module.get("resources") or []
    for child in module.get("child_modules") or []:
        yield from _resources(child)


def _references(configured, resource):
    """What each argument refers to, as the configuration writes it, in the module's own words."""
    address, module = str(resource.get("address")), configured
    parts = address.split(".")
    while len(parts) > 2 and parts[0] == "module":
        module = (((module.get("module_calls") or {}).get(parts[1].split("[")[0])) or {}).get("module") or {}
        parts = parts[2:]
    plain_address = ".".join(parts[:2]).split("[")[0] if parts[0] != "data" else ".".join(parts).split("[")[0]
    prefix = address[: len(address) - len(".".join(parts))]
    for each in module.get("resources") or []:
        if each.get("address") == plain_address:
            return {
                key: [prefix + name for name in given.get("references") or []]
                for key, given in (each.get("expressions") or {}).items()
                if isinstance(given, dict)
            }
    return {}


def _indexed(base, index):
    if index is None:
        return base
    return f"{base}[{index}]" if str(index).isdigit() else f'{base}["{index}"]'


def _flag(value):
    return {"true": True, "false": False}.get(str(value).lower())


def _things(resources, path):
    zones, public, private = {}, set(), set()
    for kind, address, values, _ in resources:
        if kind == "aws_route53_zone":
            name = plain(str(values.get("name") or ""))
            keys = {values.get("zone_id"), values.get("id"), address, address.split("[")[0]} - {None}
            open_to_all = _flag(values.get("private_zone")) is False if ".data." in "." + address else not values.get("vpc")
            if ".data." in "." + address and _flag(values.get("private_zone")) is None and not values.get("vpc_id"):
                open_to_all = True
            zones.update({key: name for key in keys})
            (public if open_to_all else private).update(keys)
    associated = {values.get("zone_id") for kind, _, values, _ in resources if kind == "aws_route53_zone_association"}
    public -= associated
    found = []

    def add(kind, address, values, facts=None, more=(), may_lack=False):
        tags = values.get("tags_all") or values.get("tags") or {}
        identity = values.get("id")
        if kind in ("zone's VPC", "rule's VPC", "firewall group's VPC", "record"):
            identity = None
        found.append(Thing(kind, [identity, tags.get("Name") if isinstance(tags, dict) else None, address, *more], path, facts, may_lack, [values]))

    extra = {}
    for kind, _, values, _ in resources:
        if kind == "aws_vpc_endpoint_subnet_association":
            extra.setdefault((values.get("vpc_endpoint_id"), "subnets"), set()).add(values.get("subnet_id"))
        elif kind == "aws_vpc_endpoint_route_table_association":
            extra.setdefault((values.get("vpc_endpoint_id"), "route tables"), set()).add(values.get("route_table_id"))
        elif kind == "aws_vpc_endpoint_private_dns":
            extra[values.get("vpc_endpoint_id"), "private DNS"] = _flag(values.get("private_dns_enabled"))
    told = {values.get("id") for kind, _, values, _ in resources if kind == "aws_vpc_endpoint"}
    for kind, address, values, references in resources:
        if kind in ("aws_vpc", "aws_default_vpc"):
            if ".data." in "." + address and not values.get("id"):
                continue
            add("VPC", address, values, {"cidr": values.get("cidr_block"), "DNS support": _flag(values.get("enable_dns_support")),
                                         "DNS hostnames": _flag(values.get("enable_dns_hostnames"))})
        elif kind in ("aws_subnet", "aws_default_subnet"):
            add("subnet", address, values, {"cidr": values.get("cidr_block"), "zone": values.get("availability_zone"), "VPC": values.get("vpc_id")})
        elif kind == "aws_vpc_endpoint":
            way = str(values.get("vpc_endpoint_type") or "Gateway").lower()
            service = values.get("service_name")
            facts = {"type": way, "service": short(service) if service else None, "VPC": values.get("vpc_id")}
            identity = values.get("id")
            for fact, attribute in (("subnets", "subnet_ids"), ("route tables", "route_table_ids")):
                stated = values.get(attribute)
                more = extra.get((identity, fact), set()) if identity else set()
                if stated or more or (stated is not None and fact == "route tables"):
                    facts[fact] = len(set(map(str, stated or [])) | more)
            facts.pop("route tables" if way == "interface" else "subnets", None)
            if way == "interface":
                facts["private DNS"] = extra.get((identity, "private DNS"), _flag(values.get("private_dns_enabled"))) if identity else _flag(values.get("private_dns_enabled"))
            add("endpoint", address, values, facts, may_lack=values.get("state") in ("deleted", "deleting", "failed", "expired"))
        elif kind in ("aws_vpc_endpoint_subnet_association", "aws_vpc_endpoint_route_table_association", "aws_vpc_endpoint_private_dns"):
            endpoint = values.get("vpc_endpoint_id")
            if endpoint and endpoint not in told:
                # The endpoint stands in another file: it is in the world by its id, or a note names it.
                told.add(endpoint)
                found.append(Thing("endpoint", [endpoint, address], path, {}))
        elif kind == "aws_instance":
            add("instance", address, values, {"address": values.get("private_ip")}, may_lack=values.get("instance_state") in ("terminated", "shutting-down"))
        elif kind == "aws_route53_zone":
            keys = {values.get("zone_id"), values.get("id"), address} - {None}
            if keys & private or keys & associated:
                name = plain(str(values.get("name") or ""))
                add("private zone", address, values, {"name": name or None}, more=[values.get("zone_id"), name])
                for vpc in values.get("vpc") or []:
                    add("zone's VPC", address, values, {"zone": values.get("zone_id"), "vpc": (vpc or {}).get("vpc_id")}, more=[name, (vpc or {}).get("vpc_id")])
        elif kind == "aws_route53_zone_association":
            add("zone's VPC", address, values, {"zone": values.get("zone_id"), "vpc": values.get("vpc_id")}, more=[values.get("zone_id")])
        elif kind == "aws_route53_record":
            zone = values.get("zone_id")
            keys = {zone} if zone else set(references.get("zone_id") or [])
            if keys & public or (not zone and not keys and zones and not private):
                continue
            name = values.get("fqdn") or values.get("name")
            own = next((zones[key] for key in keys if key in zones), None)
            if name and not values.get("fqdn") and own and not (plain(name) == own or plain(name).endswith("." + own)):
                name = f"{name}.{own}"
            alias = values.get("alias")
            records = values.get("records")
            plainly = not values.get("set_identifier") and isinstance(records, list)
            facts = {"name": plain(name) if name else None, "type": "alias" if alias else values.get("type"), "zone": zone,
                     "values": len(set(map(str, records))) if plainly and records else None}
            add("record", address, values, facts, more=[plain(name or ""), zone])
        elif kind == "aws_route53_resolver_rule":
            rule = values.get("domain_name")
            targets = values.get("target_ip")
            if values.get("rule_type") != "RECURSIVE":
                add("rule", address, values, {"domain": plain(rule) or "." if rule else None, "type": str(values.get("rule_type") or "FORWARD").lower(),
                                              "targets": len(targets) if isinstance(targets, list) else None}, more=[values.get("name")])
        elif kind == "aws_route53_resolver_rule_association":
            add("rule's VPC", address, values, {"rule": values.get("resolver_rule_id"), "vpc": values.get("vpc_id")}, more=[values.get("resolver_rule_id"), values.get("id")])
        elif kind == "aws_route53_resolver_firewall_rule_group":
            add("firewall group", address, values, more=[values.get("name")])
        elif kind == "aws_route53_resolver_firewall_rule_group_association":
            group = values.get("firewall_rule_group_id")
            add("firewall group's VPC", address, values, {"group": group, "vpc": values.get("vpc_id")}, more=[group])
        elif kind == "aws_vpc_peering_connection":
            add("peering", address, values)
        elif kind == "aws_vpc_peering_connection_accepter":
            add("peering", address, {"id": values.get("vpc_peering_connection_id"), **values})
        elif kind == "aws_route53_resolver_endpoint" and values.get("direction") != "OUTBOUND":
            add("inbound endpoint", address, values, more=[values.get("name")])
        elif kind == "aws_vpc_endpoint_service" and ".data." not in "." + address:
            add("endpoint service", address, values)
        elif kind in ("aws_lb", "aws_alb", "aws_elb"):
            add("load balancer", address, values, more=[values.get("name")])
    return found
