"""AWS's ip-ranges.json: some prefixes of each service and region.

Keeps the prefixes that are still published and fills up from the published order, so that synthetic addresses move as
little as they can.
"""

import ipaddress
import json

# How many IPv4 and IPv6 prefixes are kept of a service.
KEPT = {"AMAZON": (8, 4), "S3": (4, 2), "DYNAMODB": (4, 2), "EC2": (4, 2), "CLOUDFRONT_ORIGIN_FACING": (4, 2)}


def rebuild(catalogue, path, date):
    """Takes the prefixes of the services that the catalogue keeps."""
    published = json.loads(path.read_text())
    services = {}
    for entry in published["prefixes"] + published["ipv6_prefixes"]:
        prefix = entry.get("ip_prefix") or entry["ipv6_prefix"]
        ipaddress.ip_network(prefix)
        services.setdefault((entry["region"], prefix), []).append(entry["service"])
    wanted = {}
    for (region, prefix), names in services.items():
        if region != "GLOBAL" and region not in catalogue.partitions:
            continue
        for service in KEPT:
            if service in names:
                narrower = set(names) - {service, "AMAZON"}
                exclusive = "no" if narrower or service == "CLOUDFRONT_ORIGIN_FACING" else "yes"
                wanted.setdefault((region, service, exclusive), []).append(prefix)
    table = catalogue["ranges"]
    before = {(row["region"], row["service"], row["exclusive"]): row["prefixes"].split() for row in table.rows}
    for key, prefixes in sorted(wanted.items()):
        # A prefix of AMAZON that a narrower service has too is of no use: addresses come from the others.
        if key[1] == "AMAZON" and key[2] == "no" and key not in before:
            continue
        chosen = choose(before.get(key, []), prefixes, KEPT[key[1]])
        if chosen == before.get(key):
            continue
        row = next((row for row in table.rows if (row["region"], row["service"], row["exclusive"]) == key), None)
        if row is None:
            row = dict(zip(("region", "service", "exclusive"), key))
            table.rows.append(row)
        gone = [prefix for prefix in before.get(key, []) if prefix not in chosen]
        come = [prefix for prefix in chosen if prefix not in before.get(key, [])]
        row["prefixes"] = " ".join(chosen)
        words = " ".join([f"+{prefix}" for prefix in come] + [f"-{prefix}" for prefix in gone])
        catalogue.change("ranges", f"{key[0]} {key[1]}: {words}")
    for row in [row for row in table.rows if row["region"] in catalogue.partitions or row["region"] == "GLOBAL"]:
        if (row["region"], row["service"], row["exclusive"]) not in wanted:
            table.rows.remove(row)
            catalogue.change("ranges", f"{row['region']} {row['service']} is not published any more")
    table.rows.sort(key=lambda row: (row["region"], row["service"], row["exclusive"] == "no"))
    catalogue.source("ip-ranges.json", date, str(published.get("syncToken", "unknown")))


def choose(kept, published, limits):
    """The kept prefixes that are still published, then the first others, up to the limits of both families."""
    chosen = [prefix for prefix in kept if prefix in published]
    for family, limit in zip((4, 6), limits):
        others = [prefix for prefix in published
                  if prefix not in chosen and ipaddress.ip_network(prefix).version == family]
        have = sum(ipaddress.ip_network(prefix).version == family for prefix in chosen)
        chosen += others[:max(0, limit - have)]
    return sorted(chosen, key=lambda prefix: ":" in prefix)
