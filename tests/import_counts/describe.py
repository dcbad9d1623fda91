"""What `aws` commands print, as things: told by what keys an object has, wherever it stands."""

import re

from things import Thing
from world import plain, short

# What zones of Route 53 that are private name as their servers.
PRIVATE_SERVERS = re.compile(r"^ns-(?:0\.awsdns-00\.com|512\.awsdns-00\.net|1024\.awsdns-00\.org|1536\.awsdns-00\.co\.uk)\.?( |$)")


def _name(value):
    for tag in value.get("Tags") or []:
        if isinstance(tag, dict) and tag.get("Key") == "Name":
            return tag.get("Value")
    return value.get("Name")


def _flag(value):
    return {"true": True, "false": False}.get(str(value).lower())


def _walk(value, under=""):
    """Every object with the key it stands under."""
    if isinstance(value, dict):
        yield value, under
        for key, item in value.items():
            yield from _walk(item, key)
    elif isinstance(value, list):
        for item in value:
            yield from _walk(item, under)


def things_of(values, path, zones):
    """`zones` holds, for all files together, which zone ids and names are private and which public."""
    found = []

    def add(kind, names, facts=None, may_lack=False):
        found.append(Thing(kind, names, path, facts, may_lack, [value]))

    for value, under in (each for value in values for each in _walk(value)):
        state = value.get("State")
        state = state.get("Name") if isinstance(state, dict) else state
        if "VpcEndpointId" in value and "ServiceName" in value:
            way = str(value.get("VpcEndpointType") or "Interface").lower()
            facts = {"type": way, "service": short(value["ServiceName"]), "VPC": value.get("VpcId")}
            if way == "interface":
                facts["private DNS"] = _flag(value.get("PrivateDnsEnabled"))
                facts["subnets"] = len(set(value["SubnetIds"])) if "SubnetIds" in value else None
            elif "RouteTableIds" in value:
                facts["route tables"] = len(set(value["RouteTableIds"]))
            gone = str(state).lower() in ("deleted", "deleting", "failed", "expired")
            add("endpoint", [value["VpcEndpointId"], _name(value)], facts, gone)
        elif "SubnetId" in value and ("CidrBlock" in value or "AvailableIpAddressCount" in value):
            add("subnet", [value["SubnetId"], _name(value)], {"cidr": value.get("CidrBlock"), "zone": value.get("AvailabilityZone"), "VPC": value.get("VpcId")})
        elif "VpcId" in value and "CidrBlock" in value and under not in ("AccepterVpcInfo", "RequesterVpcInfo"):
            add("VPC", [value["VpcId"], _name(value)], {"cidr": value["CidrBlock"]})
        elif "VpcId" in value and ("EnableDnsHostnames" in value or "EnableDnsSupport" in value):
            facts = {}
            for key, fact in (("EnableDnsHostnames", "DNS hostnames"), ("EnableDnsSupport", "DNS support")):
                if isinstance(value.get(key), dict):
                    facts[fact] = _flag(value[key].get("Value"))
            add("VPC", [value["VpcId"]], facts)
        elif "InstanceId" in value and ("PrivateDnsName" in value or "InstanceType" in value or under == "Instances") and "InstanceId" in value and under != "Targets":
            if under == "Instances" and len(value) == 1:
                continue
            gone = str(state) in ("terminated", "shutting-down")
            add("instance", [value["InstanceId"], _name(value)], {"address": value.get("PrivateIpAddress"), "subnet": value.get("SubnetId")}, gone)
        elif "HostedZoneId" in value and "Owner" in value and "Name" in value:
            if "OwningService" in value["Owner"]:
                continue
            name = plain(value["Name"])
            add("private zone", [value["HostedZoneId"], name], {"name": name})
        elif "Id" in value and "Name" in value and str(value["Id"]).startswith("/hostedzone/"):
            identity, name = value["Id"].split("/")[-1], plain(value["Name"])
            if identity in zones["private"]:
                add("private zone", [identity, name], {"name": name})
        elif "HostedZone" in value and isinstance(value.get("VPCs"), list):
            identity = str(value["HostedZone"].get("Id")).split("/")[-1]
            for vpc in value["VPCs"]:
                add("zone's VPC", [identity, vpc.get("VPCId")], {"zone": identity, "vpc": vpc.get("VPCId")})
        elif "DomainName" in value and "RuleType" in value:
            if value["RuleType"] != "RECURSIVE":
                targets = value.get("TargetIps")
                add("rule", [value.get("Id"), _name(value)], {"domain": plain(value["DomainName"]) or ".", "type": value["RuleType"].lower(),
                                                             "targets": len(targets) if isinstance(targets, list) else None})
        elif "ResolverRuleId" in value and "VPCId" in value:
            if "autodefined" not in value["ResolverRuleId"]:
                add("rule's VPC", [value["ResolverRuleId"], value["VPCId"]], {"rule": value["ResolverRuleId"], "vpc": value["VPCId"]},
                    value.get("Status") in ("DELETING", "FAILED"))
        elif "FirewallRuleGroupId" in value and "VpcId" in value:
            add("firewall group's VPC", [value["FirewallRuleGroupId"], value.get("Id")], {"group": value["FirewallRuleGroupId"], "vpc": value["VpcId"]})
        elif "VpcPeeringConnectionId" in value and ("AccepterVpcInfo" in value or "RequesterVpcInfo" in value):
            status = (value.get("Status") or {}).get("Code")
            add("peering", [value["VpcPeeringConnectionId"], _name(value)], {}, status in ("deleted", "deleting", "failed", "rejected", "expired"))
        elif "Direction" in value and "HostVPCId" in value:
            if value["Direction"] != "OUTBOUND":
                add("inbound endpoint", [value.get("Id"), _name(value)])
        elif "ServiceId" in value and ("NetworkLoadBalancerArns" in value or "GatewayLoadBalancerArns" in value):
            add("endpoint service", [value["ServiceId"], _name(value)])
        elif "LoadBalancerName" in value and "DNSName" in value:
            add("load balancer", [value["LoadBalancerName"], value["DNSName"], value.get("LoadBalancerArn")])
    for records in _record_lists(values):
        found += _records(records, path, zones)
    return found


def _is_record(value):
    return isinstance(value, dict) and "Name" in value and "Type" in value and ("ResourceRecords" in value or "AliasTarget" in value)


def _record_lists(values):
    """The records of each zone: a list of them, wherever it stands."""
    for value in values:
        if isinstance(value, list) and value and all(_is_record(each) for each in value):
            yield value
        elif isinstance(value, dict):
            yield from _record_lists(value.values())
        elif isinstance(value, list):
            yield from _record_lists(value)


def _records(records, path, zones):
    apex = next((record for record in records if record["Type"] == "SOA"), None)
    name = plain(apex["Name"]) if apex else None
    if apex:
        server = str((apex.get("ResourceRecords") or [{}])[0].get("Value"))
        names_private = PRIVATE_SERVERS.match(server) is not None
        if name in zones["public names"] and not (name in zones["private names"] and names_private):
            return
        if not names_private and name not in zones["private names"]:
            return
    for record in records:
        owner = plain(record["Name"])
        if record["Type"] == "SOA" or (record["Type"] == "NS" and owner == name):
            continue
        if name is None and any(owner == zone or owner.endswith("." + zone) for zone in zones["public names"] - zones["private names"]):
            continue
        alias = "AliasTarget" in record
        values = record.get("ResourceRecords")
        plainly = not alias and not record.get("SetIdentifier")
        yield Thing("record", [owner, record["Name"], name], path, {"name": owner, "type": "alias" if alias else record["Type"],
                                                        "values": len({str(each) for each in values}) if plainly else None}, stands=[record])


def zones_of(values, zones):
    """Notes which zones a file calls private and which public."""
    for value, _ in (each for value in values for each in _walk(value)):
        if "Id" in value and "Name" in value and str(value["Id"]).startswith("/hostedzone/"):
            private = _flag((value.get("Config") or {}).get("PrivateZone"))
            if private is not None:
                kind = "private" if private else "public"
                zones[kind].add(value["Id"].split("/")[-1])
                zones[kind + " names"].add(plain(value["Name"]))
        elif "HostedZone" in value and value.get("VPCs"):
            zones["private"].add(str(value["HostedZone"].get("Id")).split("/")[-1])
            zones["private names"].add(plain(value["HostedZone"].get("Name", "")))
        elif "HostedZoneId" in value and "Owner" in value and "Name" in value:
            zones["private"].add(value["HostedZoneId"])
            zones["private names"].add(plain(value["Name"]))
