"""Things of the source beside things of the world, and what is not told of where they differ."""

import os
import re

from things import COMPARED, IDENTITY, SAID, WORLD, Some, fits

NOTE = re.compile(r"^(?P<file>.*?)(?::(?P<line>\d+))?(?::(?P<column>\d+))?: (?P<word>skipped|inferred|assumed)[^:]*: (?P<text>.*)$")
# How the importer says that it made something up.
STANDS = re.compile(r"placeholder(?!s? for the (?:private |public )?address)|(?:is|are) used(?! as)|is assumed|not in the files?\b")
FLAGS = (("private DNS", True), ("private DNS", False), ("DNS hostnames", True), ("DNS support", False))


class Note:
    def __init__(self, line):
        found = NOTE.match(line)
        self.file, self.word, self.text, self.line = os.path.normpath(found["file"].removesuffix(" (TemplateBody)")), found["word"], found["text"], line
        self.place = (int(found["line"]), int(found["column"] or 1)) if found["line"] else None

    def names(self, thing):
        """Whether the note names the thing, or stands where the thing is told."""
        if self.place and any(file == self.file and start <= self.place < end for file, start, end in thing.places):
            return True
        return (thing.file == WORLD or self.file in thing.files()) and any(self.says(name) for name in thing.names)

    def says(self, name):
        return re.search(r"(?<![\w.-])" + re.escape(name) + r"(?![\w-]|\.\w)", self.text, re.I if "." in name else 0) is not None


def notes_of(text):
    """The notes that `vpcdns import` printed; what is not one is left out."""
    return [Note(line) for line in text.splitlines() if NOTE.match(line)]


class Comparison:
    def __init__(self, source, world, notes):
        self.source, self.world, self.notes = source, world, notes
        self.pairs, self.differences, self.excused = [], [], []
        # What each resource of a template became: names by file and logical id.
        self.made = {}
        self.made_up, self.within = {}, {}
        for kind in IDENTITY:
            self.match(kind)

    def match(self, kind):
        source = [thing for thing in self.source if thing.kind == kind]
        world = [thing for thing in self.world if thing.kind == kind]
        by_id = {name: thing for thing in world for name in thing.ids()}
        left, taken = [], set()
        for thing in source:
            other = next((by_id[name] for name in thing.ids() if name in by_id and id(by_id[name]) not in taken), None)
            if other is None or kind in SAID:
                left.append(thing)
            else:
                taken.add(id(other))
                self.pair(thing, other)
        rest = [thing for thing in world if id(thing) not in taken]
        scored = []
        for at, thing in enumerate(left):
            for place, other in enumerate(rest):
                score = self.score(thing, other)
                if score is not None:
                    scored.append((-score, at, place))
        used, placed = set(), set()
        for _, at, place in sorted(scored):
            if at not in used and place not in placed:
                used.add(at)
                placed.add(place)
                self.pair(left[at], rest[place])
        for at, thing in enumerate(left):
            if at not in used:
                self.missing(thing)
        for place, thing in enumerate(rest):
            if place not in placed:
                self.extra(thing)

    def score(self, thing, other):
        """How well the two agree; None if they cannot be one."""
        if thing.kind not in SAID and thing.ids() and other.ids() and self.stated(other):
            return None
        score = 0
        for fact in IDENTITY[thing.kind]:
            if fact in thing.facts and fact in other.facts:
                same = self.same(thing, thing.facts[fact], other.facts[fact])
                if same is False:
                    return None
                score += 10 if same else 1
        for fact in {*COMPARED.get(thing.kind, ()), "VPC"}:
            if fact in thing.facts and fact in other.facts and self.same(thing, thing.facts[fact], other.facts[fact]):
                score += 2
        if self.stands(other):
            score -= 50
        score += 3 * len(self.held(thing) & self.held(other))
        lower = {name.lower() for name in other.names}
        return score + 100 * any(name.lower() in lower for name in thing.names)

    def held(self, thing):
        """What lies in a VPC, in words that are the same on both sides."""
        if thing.kind != "VPC":
            return set()
        if id(thing) not in self.within:
            self.within[id(thing)] = {
                (each.kind, fact, each.facts[fact])
                for each in (self.world if thing.file == WORLD else self.source)
                for fact in IDENTITY.get(each.kind, ())
                if each.file == thing.file and isinstance(each.facts.get(fact), str) and self.lies_in(each, thing)
            } | {
                (each.kind, name)
                for each in (self.world if thing.file == WORLD else self.source)
                for name in each.names
                if each.file == thing.file and self.lies_in(each, thing)
            }
        return self.within[id(thing)]

    def lies_in(self, thing, vpc):
        of = thing.facts.get("VPC", thing.facts.get("vpc"))
        return of in vpc.names if isinstance(of, str) else isinstance(of, Some) and of.made == getattr(vpc, "logical", "")

    def stated(self, other):
        """Whether an id of the world is one that the source wrote, not one made of a name."""
        return any(name in self.known_ids() for name in other.ids())

    def known_ids(self):
        if not hasattr(self, "_ids"):
            self._ids = {name for thing in self.source for name in thing.ids()}
        return self._ids

    def same(self, thing, one, other):
        """`fits`, where what a template refers to is known by now."""
        if isinstance(one, Some) and one.made:
            made = self.made.get((thing.file, one.made.split(".")[0]))
            if made is not None and (one.made.split(".")[-1] in (one.made, "VpcId", "Id", "ResolverRuleId", "SubnetId")):
                return other in made
        return fits(one, other)

    def pair(self, thing, other):
        self.pairs.append((thing, other))
        if getattr(thing, "logical", None) and thing.kind not in SAID:
            self.made[thing.file, thing.logical] = other.names
        for fact in (*IDENTITY[thing.kind], *COMPARED.get(thing.kind, ())):
            if fact in thing.facts and self.same(thing, thing.facts[fact], other.facts.get(fact)) is False:
                message = f"{thing.kind} {thing.names[0]}: {fact} is {thing.facts[fact]} in the source and {other.facts.get(fact)} in the world"
                self.tell(message, thing, lambda note: note.names(thing) and about(note, fact))

    def missing(self, thing):
        if not thing.may_lack:
            self.tell(f"missing in the world: {thing}", thing, lambda note: note.word == "skipped" and note.names(thing))

    def extra(self, other):
        self.tell(f"only in the world: {other}", other, lambda note: self.excuses(note, other))

    def excuses(self, note, other):
        """Whether a note says that this thing was made up for what no file tells."""
        return note.word in ("assumed", "inferred") and (other.kind in SAID or STANDS.search(note.text)) and note.names(other)

    def stands(self, other):
        if id(other) not in self.made_up:
            self.made_up[id(other)] = any(self.excuses(note, other) for note in self.notes)
        return self.made_up[id(other)]

    def tell(self, message, thing, excuses):
        note = next((note for note in self.notes if excuses(note)), None)
        if note:
            self.excused.append((message, note))
        else:
            self.differences.append(f"{thing.file}: {message}")

    def counts(self):
        """Kind or flag, how many in the source, how many in the world."""
        for kind in IDENTITY:
            ours = [thing for thing in self.source if thing.kind == kind]
            yield kind, len(ours), sum(thing.kind == kind for thing in self.world)
        for fact, value in FLAGS:
            count = lambda things: sum(thing.facts.get(fact) is value for thing in things)
            yield f"{fact} {'on' if value else 'off'}", count(self.source), count(self.world)


def about(note, fact):
    """Whether a note is about this fact."""
    words = {"private DNS": "private ?dns", "DNS hostnames": "hostnames", "DNS support": "support", "subnets": "subnet", "route tables": "route table",
             "values": "record|value|address|policies", "zone": "zone", "VPC": "vpc", "type": "type|rule", "targets": "target|IPv6", "subnet": "subnet",
             "cidr": "range|cidr", "address": "address|placeholder"}
    return re.search(words.get(fact, re.escape(fact)), note.text, re.I) is not None
