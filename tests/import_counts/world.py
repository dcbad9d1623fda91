"""The world file that `vpcdns import` prints, as things."""

import re

import yaml

from reading import Loader
from things import WORLD, Thing


def things_of(text):
    world = yaml.load(text, Loader=Loader) or {}
    found = []

    def add(kind, names, **facts):
        names = names + [re.sub("^(?:provider of |nlb-)", "", str(name)) for name in names]
        found.append(Thing(kind, names, WORLD, facts))

    for key, vpc in (world.get("vpcs") or {}).items():
        add("VPC", [vpc.get("id"), key, *several(vpc.get("cidr"))], cidr=several(vpc.get("cidr"))[0],
            **{"DNS support": vpc.get("dns-support", True), "DNS hostnames": vpc.get("dns-hostnames", vpc.get("default", False))})
        for name, subnet in (vpc.get("subnets") or {}).items():
            add("subnet", [subnet.get("id"), name, subnet.get("cidr")], cidr=subnet.get("cidr"), zone=subnet.get("zone"), VPC=vpc.get("id"))
            for instance, value in (subnet.get("instances") or {}).items():
                value = value or {}
                add("instance", [value.get("id"), instance], address=value.get("address"), subnet=subnet.get("id"))
        for name, endpoint in (vpc.get("endpoints") or {}).items():
            kind = endpoint.get("type", "interface")
            facts = {"type": kind, "service": short(endpoint.get("service", "")), "VPC": vpc.get("id")}
            if kind == "interface":
                facts["private DNS"] = endpoint.get("private-dns", True)
                facts["subnets"] = len(several(endpoint.get("subnets")))
            else:
                facts["route tables"] = len(several(endpoint.get("route-tables")))
            add("endpoint", [endpoint.get("id"), name], **facts)
        for name, value in (vpc.get("inbound-endpoints") or {}).items():
            add("inbound endpoint", [(value or {}).get("id"), name])
    zones = world.get("hosted-zones") or []
    if isinstance(zones, dict):
        zones = [{"name": name, **(zone or {})} for name, zone in zones.items()]
    for zone in zones:
        name = zone["name"].rstrip(".").lower()
        add("private zone", [zone.get("id"), name], name=name, VPC=(several(zone.get("vpcs")) or [None])[0])
        for vpc in several(zone.get("vpcs")):
            add("zone's VPC", [name, vpc], zone=zone.get("id"), vpc=vpc)
        for owner, records in (zone.get("records") or {}).items():
            values = {}
            for record in records:
                kind = "alias" if isinstance(record, dict) else record.split(" ")[1]
                values[kind] = values.get(kind, 0) + 1
            for kind, count in values.items():
                add("record", [plain(owner)], name=plain(owner), type=kind, values=count, zone=zone.get("id"))
    for name, rule in (world.get("resolver-rules") or {}).items():
        rule = rule or {}
        domain = rule.get("domain")
        add("rule", [rule.get("id"), name], domain=None if domain is None else domain.rstrip(".").lower() or ".",
            type=rule.get("type", "forward"), targets=len(several(rule.get("targets"))))
        for vpc in several(rule.get("vpcs")):
            add("rule's VPC", [name, rule.get("id"), vpc], rule=rule.get("id"), vpc=vpc)
    for name, group in (world.get("firewall-rule-groups") or {}).items():
        add("firewall group", [(group or {}).get("id"), name])
        for vpc in (group or {}).get("vpcs") or {}:
            add("firewall group's VPC", [name, group.get("id"), vpc], group=group.get("id"), vpc=vpc)
    for name, peering in (world.get("peerings") or {}).items():
        add("peering", [(peering or {}).get("id"), name])
    for name, service in (world.get("endpoint-services") or {}).items():
        add("endpoint service", [(service or {}).get("id"), name])
    for name, balancer in (world.get("load-balancers") or {}).items():
        add("load balancer", [name, (balancer or {}).get("dns-name")])
    return found


def several(value):
    """One or several, as a list; of a map its keys."""
    if value is None:
        return []
    return list(value) if isinstance(value, (list, dict)) else [value]


def plain(name):
    """A DNS name as it is compared: lower case, no last dot, octal escapes as characters."""
    name = re.sub(r"\\(\d{3})", lambda code: chr(int(code[1], 8) & 255), name)
    return name.rstrip(".").lower()


def short(service):
    """A service's name as it is compared: that of a customer is its id."""
    return re.sub(r"^com\.amazonaws\.vpce\.[a-z0-9-]+\.", "", service)
