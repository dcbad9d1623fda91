"""What is counted: a thing of a source or of a world, what may name it, and what is known of it."""

import re

# The file of things that are in the world.
WORLD = "world"

# What has no id of its own: those are told apart by what they say.
SAID = ("record", "zone's VPC", "rule's VPC", "firewall group's VPC")

# What tells things of one kind apart where no id does; and what else is compared once two are one.
IDENTITY = {
    "VPC": ("cidr",),
    "subnet": ("cidr",),
    "endpoint": ("service", "type"),
    "private zone": ("name",),
    "zone's VPC": ("zone", "vpc"),
    "record": ("name", "type"),
    "rule": ("domain",),
    "rule's VPC": ("rule", "vpc"),
    "firewall group": (),
    "firewall group's VPC": ("group", "vpc"),
    "peering": (),
    "inbound endpoint": (),
    "endpoint service": (),
    "load balancer": (),
    "instance": (),
}
COMPARED = {
    "VPC": ("DNS support", "DNS hostnames"),
    "subnet": ("zone", "VPC"),
    "endpoint": ("private DNS", "subnets", "route tables", "VPC"),
    "record": ("values", "zone"),
    "rule": ("type", "targets"),
    "instance": ("address", "subnet"),
}


class Some:
    """A text of which only the shape is known, as a regular expression; `key` is what was written, to tell two apart."""

    def __init__(self, pattern=".*", key="", made=None):
        self.pattern, self.key, self.made = pattern, key, made

    def __repr__(self):
        return f"Some({self.key or self.pattern})"


class Thing:
    """One VPC, subnet, record and so on."""

    def __init__(self, kind, names, file, facts=None, may_lack=False, stands=()):
        self.kind = kind
        # Where it is told: the file and the map.
        self.places = [(file, value.start, value.end) for value in stands if getattr(value, "start", None)]
        self.names = list(dict.fromkeys(str(name) for name in names if name and not isinstance(name, Some)))
        self.file = file
        self.facts = {key: value for key, value in (facts or {}).items() if value is not None}
        # True where it need not be in the world: a deleted endpoint, a condition nobody can tell.
        self.may_lack = may_lack

    def __repr__(self):
        told = ", ".join(f"{key} {value}" for key, value in self.facts.items())
        return f"{self.kind} {'/'.join(self.names) or '?'} ({told})"

    def files(self):
        return {self.file} | {file for file, _, _ in self.places}

    def ids(self):
        return [name for name in self.names if ID.match(name)]

    def absorb(self, other):
        """Takes in what another file tells of the same thing."""
        self.names = list(dict.fromkeys(self.names + other.names))
        self.places += other.places
        for key, value in other.facts.items():
            if key not in self.facts or isinstance(self.facts[key], Some):
                self.facts[key] = value
        self.may_lack = self.may_lack and other.may_lack


ID = re.compile(r"^(?:(?:vpc|subnet|vpce|pcx|i|rtb|vpce-svc)-(?:[0-9a-f]{8}|[0-9a-f]{17})|rslvr-[a-z]+-[0-9a-f]{8,}|Z[0-9A-Z]{4,31}|arn:.*)$")


def fits(one, other):
    """Whether two facts may be the same: True, False, or None if one is not known."""
    if isinstance(one, Some) and isinstance(other, Some):
        return None
    if isinstance(one, Some):
        return None if re.fullmatch(one.pattern, str(other), re.I | re.S) else False
    if isinstance(other, Some):
        return fits(other, one)
    return str(one).lower() == str(other).lower()


def together(things):
    """Things of several files as one list: what has an id is there once."""
    whole, by_id = [], {}
    for thing in things:
        if thing.kind in SAID:
            whole.append(thing)
            continue
        known = next((by_id[thing.kind, name] for name in thing.ids() if (thing.kind, name) in by_id), None)
        if known is None:
            whole.append(thing)
            known = thing
        else:
            known.absorb(thing)
        for name in known.ids():
            by_id[thing.kind, name] = known
    return whole
