"""Botocore's data: which endpoints a region has, new regions, and host templates that need a parameter."""

import re
from pathlib import Path

import templates

# Values that a rule set takes from the operation, not from the customer.
OPERATION = {"OperationType": ("data", "control")}
# A parameter that the catalogue fills in for each zone of a region.
ZONE = "{s3expressAvailabilityZoneId}"


def rebuild(catalogue, data, date):
    """Takes regions, availability and templates from a data folder."""
    endpoints = templates.read_json(data / "endpoints.json")
    new_regions(catalogue, endpoints)
    availability(catalogue, endpoints)
    hosts(catalogue, data)
    catalogue.source("botocore", date, version(data))


def version(data):
    """The version of the botocore the folder belongs to, or how it can be told."""
    for path in (data.parent / "__init__.py", *data.parent.parent.glob("botocore-*.dist-info")):
        if path.name == "__init__.py" and path.exists():
            found = re.search(r"__version__ = ['\"]([\w.]+)['\"]", path.read_text())
            if found:
                return found[1]
        elif path.name.endswith(".dist-info"):
            return path.name.removesuffix(".dist-info").removeprefix("botocore-")
    return "unknown"


def new_regions(catalogue, endpoints):
    """Adds regions that the catalogue lacks, without zones: nobody has published those."""
    table = catalogue["regions"]
    for partition in endpoints["partitions"]:
        like = next((row for row in table.rows if row["partition"] == partition["partition"]), None)
        for region in sorted(set(partition["regions"]) - set(catalogue.partitions)):
            suffix = partition["dnsSuffix"]
            row = {"region": region, "partition": partition["partition"], "suffix": suffix,
                   "dual_suffix": like["dual_suffix"] if like else "",
                   "internal_domain": f"{region}.compute.internal",
                   "public_domain": f"{region}.compute.{suffix}",
                   "zones": "", "other_zones": "", "measured": "", "open_2023_09": ""}
            table.rows.append(row)
            catalogue.partitions[region] = partition["partition"]
            catalogue.change("regions", f"{region} is new; its zones are not known")
    table.rows.sort(key=lambda row: row["region"])


def availability(catalogue, endpoints):
    """Which regions list an endpoint."""
    listed = {}
    for partition in endpoints["partitions"]:
        for endpoint, about in partition["services"].items():
            for region, entry in about["endpoints"].items():
                if region in catalogue.partitions and not entry.get("deprecated"):
                    listed.setdefault(endpoint, set()).add(region)
    table = catalogue["availability"]
    known = {row["endpoint"]: row for row in table.rows}
    for endpoint in sorted(listed):
        row = known.get(endpoint)
        before = catalogue.meant(row["regions"]) if row else set()
        if before == listed[endpoint]:
            continue
        # An endpoint of a service without regions is global and has no row.
        if row is None:
            row = {"endpoint": endpoint}
            table.rows.append(row)
        row["regions"] = catalogue.expression(listed[endpoint])
        catalogue.change("availability", f"{endpoint}: {difference(before, listed[endpoint])}")
    for endpoint in sorted(set(known) - set(listed)):
        table.rows.remove(known[endpoint])
        catalogue.change("availability", f"{endpoint} is not listed any more")
    table.rows.sort(key=lambda row: row["endpoint"])


def difference(before, after):
    """Regions that came and went."""
    words = [f"+{region}" for region in sorted(after - before)]
    words += [f"-{region}" for region in sorted(before - after)]
    return " ".join(words)


def hosts(catalogue, data):
    """Adds templates that no wildcard of the catalogue covers."""
    covered = {row["host"] for row in catalogue["more-hosts"].rows}
    for row in catalogue["public-hosts"].rows:
        covered |= {prefix + row["host"] for prefix in row["prefixes"].split()}
    for row in catalogue["services"].rows:
        covered |= set(row["names"].split())
    for service, hosts_of in templates.templates(data).items():
        for host in (pattern for host in hosts_of for pattern in patterns(host)):
            if host in covered:
                continue
            covered.add(host)
            dual = "{d}" in host or ".dualstack." in host or host.endswith(".on.aws") or host.endswith(".api.aws")
            fips = "-fips" in host
            variant = ("dualstack" if dual else "") + ("-" if dual and fips else "") + ("fips" if fips else "")
            row = {"endpoint": service, "variant": variant or ("plain" if "{r}" in host else "global"), "host": host,
                   "where": "aws &fips" if fips and "{r}" in host else "aws", "known": "no", "since": "",
                   "source": "botocore rule set"}
            catalogue["more-hosts"].rows.append(row)
            catalogue.change("more-hosts", f"{host} of {service} is new")


def patterns(host):
    """The wildcards that stand for a template; none if its own service gives a prefix only."""
    if host.endswith("…"):
        return []
    hosts_of = [host]
    for name, values in OPERATION.items():
        if any("{" + name + "}" in host for host in hosts_of):
            hosts_of = [host.replace("{" + name + "}", value) for host in hosts_of for value in values]
    found = []
    for host in hosts_of:
        labels = host.replace(ZONE, "{zone_id}").split(".")
        parameter = [index for index, label in enumerate(labels)
                     if re.search(r"\{(?!r\}|s\}|d\}|zone_id\})", label) or label.startswith("op-{")]
        last = max(parameter, default=-1)
        rest = labels[last + 1:]
        # A parameter inside the service's own label cannot be written as a wildcard.
        if parameter and "-kinesis{" in labels[last]:
            continue
        # Below S3 on Outposts and in a fixed region a wildcard higher up answers.
        if rest and rest[0] == "ec2":
            rest = rest[1:]
        if "us-east-1" in rest:
            continue
        pattern = "*." + ".".join(rest)
        found.append(re.sub(r"\.api\.aws$", ".{d}", pattern))
    return found
