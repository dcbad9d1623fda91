"""Which host templates of botocore need a parameter besides the region.

Knows how to read a botocore `data` folder. Deliberately does not evaluate rules: it reads every URL a rule set can give.
"""

import gzip
import json
import re
from pathlib import Path


def read_json(path):
    """The JSON of a file, whether it is compressed or not."""
    data = path.read_bytes()
    return json.loads(gzip.decompress(data) if path.suffix == ".gz" else data)


def newest(data, stem):
    """Yields (service folder, the newest version's file of that stem) in order."""
    for folder in sorted(path for path in Path(data).iterdir() if path.is_dir()):
        versions = sorted(path for path in folder.iterdir() if path.is_dir())
        for version in reversed(versions):
            found = [path for path in (version / f"{stem}.json", version / f"{stem}.json.gz") if path.exists()]
            if found:
                yield folder.name, found[0]
                break


def urls(rules):
    """Every endpoint URL below a rule."""
    if isinstance(rules, dict):
        url = rules.get("url")
        if isinstance(url, str):
            yield url
        for value in rules.values():
            yield from urls(value)
    elif isinstance(rules, list):
        for value in rules:
            yield from urls(value)


def host_of(url):
    """The host of a template as the catalogue writes it, or None if the customer gives the host."""
    host = url.split("://", 1)[-1].split("/", 1)[0]
    if "#authority}" in url or re.fullmatch(r"\{\w+\}", host):
        return None
    host = re.sub(r"\{(?:\w+#)?[Rr]egion\}", "{r}", host)
    host = re.sub(r"\{\w+#dnsSuffix\}", "{s}", host)
    host = re.sub(r"\{\w+#implicitGlobalRegion\}", "{r}", host)
    host = re.sub(r"\{\w+#dualStackDnsSuffix\}", "{d}", host)
    return host


def templates(data):
    """The hosts that need a parameter, by service: {service: [host, …]}."""
    found = {}
    for service, path in newest(data, "endpoint-rule-set-1"):
        for url in urls(read_json(path)):
            host = host_of(url)
            if host and re.search(r"\{(?!r\}|s\}|d\})", host):
                found.setdefault(service, set()).add(host)
    for service, path in newest(data, "service-2"):
        for operation in read_json(path)["operations"].values():
            prefix = operation.get("endpoint", {}).get("hostPrefix", "")
            if "{" in prefix:
                found.setdefault(service, set()).add(prefix + "…")
    return {service: sorted(hosts) for service, hosts in found.items()}
