"""PrivateLink services: outputs of describe-vpc-endpoint-services, and the table of AWS's documents."""

import html
import json
import re

NAME = re.compile(r"\b(?:com\.amazonaws|aws\.api|api\.aws|aws\.sagemaker)\.(?:region|<region>|\{region\})\.[\w.{}-]*\w")


def blank(service, date):
    """A row of a service of which only the name is known, with what the rule gives."""
    suffix = service.split("{r}.", 1)[-1]
    domain = "{d}" if service.startswith(("aws.api.", "api.aws.")) else "{s}"
    name = ".".join(reversed(suffix.split("."))) + ".{r}." + domain
    return {"service": service, "types": "interface", "names": name, "evidence": "rule-unconfirmed", "since": date[:7],
            "regions": "aws"}


def add(catalogue, row):
    """Adds a row at its place."""
    table = catalogue["services"]
    table.rows.append(row)
    table.rows.sort(key=lambda row: row["service"])


def documented(catalogue, path, date):
    """Which services AWS's table names; those that are new get what the rule gives."""
    text = html.unescape(re.sub(r"<(?!region>)[^>]*>", " ", path.read_text()))
    named = {re.sub(r"<region>|\{region\}|(?<=\.)region(?=\.)", "{r}", name) for name in NAME.findall(text)}
    if not named:
        raise ValueError(f"{path} names no service of the form com.amazonaws.region.…")
    rows = {row["service"]: row for row in catalogue["services"].rows}
    for service in sorted(named):
        if service not in rows:
            add(catalogue, {**blank(service, date), "in_docs": "yes"})
            catalogue.change("services", f"{service} is new in AWS's table; its names follow from the rule")
        elif rows[service]["in_docs"] != "yes":
            rows[service]["in_docs"] = "yes"
            catalogue.change("services", f"{service} is in AWS's table now")
    catalogue.source("PrivateLink table", date, "-")


def recorded(catalogue, paths, date):
    """What AWS's own lists show, a region each."""
    for path in paths:
        output = json.loads(path.read_text())
        details = output["ServiceDetails"] if isinstance(output, dict) else output
        of_amazon = [detail for detail in details if detail.get("Owner") == "amazon"]
        region = region_of(catalogue, of_amazon, path)
        for detail in of_amazon:
            one(catalogue, detail, region, date)
        catalogue.source(f"services of {region['region']}", date, f"{len(of_amazon)} services")


def region_of(catalogue, details, path):
    """The region whose list it is: the one that most service names hold."""
    names = [detail["ServiceName"] for detail in details]
    counts = {row["region"]: sum(f".{row['region']}." in name for name in names) for row in catalogue.regions}
    best = max(catalogue.regions, key=lambda row: counts[row["region"]])
    if not counts[best["region"]]:
        raise ValueError(f"{path} lists no service of a region of regions.csv")
    return best


def patterned(text, region):
    """The text with the region and its suffixes written as the catalogue does."""
    text = text.replace(region["region"], "{r}")
    for column, mark in (("dual_suffix", "{d}"), ("suffix", "{s}")):
        if region[column] and text.endswith("." + region[column]):
            return text[: -len(region[column])] + mark
    return text


def one(catalogue, detail, region, date):
    """Compares one service with its row."""
    service = patterned(detail["ServiceName"], region)
    table = catalogue["services"]
    row = next((row for row in table.rows if row["service"] == service), None)
    names = [patterned(name["PrivateDnsName"], region) for name in detail.get("PrivateDnsNames", [])]
    gateway = all(kind["ServiceType"] == "Gateway" for kind in detail["ServiceType"])
    if row is None:
        row = {**blank(service, date), "names": " ".join(names), "evidence": f"outputs-{date[:7]}",
               "types": "gateway" if gateway else "interface", "regions": region["region"],
               "policy": "yes" if detail.get("VpcEndpointPolicySupported") else "no",
               "ip_types": " ".join(detail.get("SupportedIpAddressTypes", []))}
        add(catalogue, row)
        catalogue.change("services", f"{service} is new in {region['region']}: {row['names'] or 'no private name'}")
        return
    if region["region"] not in catalogue.meant(row["regions"]):
        row["regions"] = (row["regions"] + " " + region["region"]).strip()
        catalogue.change("services", f"{service} is offered in {region['region']}")
    if gateway:
        return
    here = difference(catalogue, service, region, "names") or row["names"]
    if names and set(names) != set(here.split()):
        change_names(catalogue, row, names, region)
    change_zones(catalogue, service, region, detail.get("AvailabilityZones", []), date)


def change_zones(catalogue, service, region, names, date):
    """Notes which zones have a service, by the last letters of their names; all of them need no row."""
    every = {zone.split("=")[0] for zone in region["zones"].split()}
    letters = " ".join(sorted(name.removeprefix(region["region"]) for name in set(names) & every))
    if letters and len(letters.split()) < len(every):
        differ(catalogue, service, region, "zones", letters, date)
    elif letters and difference(catalogue, service, region, "zones"):
        table = catalogue["service-differences"]
        table.rows = [row for row in table.rows if (row["service"], row["where"], row["column"])
                      != (service, region["region"], "zones")]
        catalogue.change("service-differences", f"{service} is in every zone of {region['region']}")


def change_names(catalogue, row, names, region):
    """The new names count everywhere; those of September 2023 are kept beside them."""
    if row["since"] == "2023-09":
        row["names_2023_09"] = row["names_2023_09"] or row["names"]
        row["evidence"] = "outputs-2023-09+docs"
    catalogue.change("services", f"{row['service']} has other names in {region['region']}: "
                                 f"{' '.join(names)}; had {row['names']}")
    row["names"] = " ".join(names)


def difference(catalogue, service, region, column):
    """What service-differences.csv says, if it does."""
    for row in catalogue["service-differences"].rows:
        if (row["service"], row["column"]) == (service, column) and region["region"] in catalogue.meant(row["where"]):
            return row["value"]
    return None


def differ(catalogue, service, region, column, value, date):
    """Notes that a service differs in a region."""
    if difference(catalogue, service, region, column) == value:
        return
    table = catalogue["service-differences"]
    row = {"service": service, "where": region["region"], "column": column, "value": value,
           "evidence": f"outputs-{date[:7]}"}
    table.rows = [old for old in table.rows
                  if (old["service"], old["where"], old["column"]) != (service, region["region"], column)]
    table.rows.append(row)
    table.rows.sort(key=lambda row: (row["service"], row["where"], row["column"]))
    catalogue.change("service-differences", f"{service} in {region['region']}: {column} {value}")
