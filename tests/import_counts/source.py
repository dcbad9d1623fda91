"""The files that one import is given, as things."""

import json
import os

import describe
import terraform
from reading import Unreadable, files_below, json_values, values_of
from template import Template, is_template
from things import SAID, together

import yaml

from reading import Loader


def things_of(paths):
    """Everything that the files at and below these paths describe, each once."""
    documents = []
    for path in (file for path in paths for file in files_below(path)):
        try:
            documents += [(os.path.normpath(path), value) for value in values_of(path)]
        except Unreadable:
            continue
    documents = [(path, unwrapped(value)) for path, value in documents]
    zones = {"private": set(), "public": set(), "private names": set(), "public names": set()}
    described = {}
    found, templates = [], []
    for path, value in documents:
        if is_template(value):
            templates.append(Template(value, path))
        elif terraform.is_state(value) or terraform.is_shown(value):
            found += terraform.things_of(value, path)
        elif isinstance(value, (dict, list)):
            described.setdefault(path, []).append(value)
            describe.zones_of([value], zones)
    for template in outermost(templates):
        found += template.things()
    for path, values in described.items():
        found += describe.things_of(values, path, zones)
    return once(together(found), described)


def outermost(templates):
    """The templates that no other one takes in; of a circle the first."""
    children = {template.path: set(template.children()) for template in templates}
    inner = {child for found in children.values() for child in found}
    reached = set()
    for template in sorted(templates, key=lambda template: template.path in inner):
        if template.path in reached and template.path in inner:
            continue
        yield template
        waiting = [template.path]
        while waiting:
            path = waiting.pop()
            if path not in reached:
                reached.add(path)
                waiting += children.get(path, ())


def unwrapped(value):
    """What `get-template` and a recording of placebo hold inside."""
    if isinstance(value, dict) and "TemplateBody" in value:
        body = value["TemplateBody"]
        if isinstance(body, str):
            try:
                body = json_values(body)[0]
            except (ValueError, IndexError):
                body = yaml.load(body, Loader=Loader)
        return body
    if isinstance(value, dict) and set(value) >= {"status_code", "data"}:
        return value["data"]
    return value


def once(things, described):
    """Records and associations are told apart by what they say: routing policies and pages repeat them."""
    kept, seen = [], {}
    for thing in things:
        if thing.kind in SAID:
            facts = {key: value for key, value in thing.facts.items() if key != "values"}
            # A zone or rule without its id is that of its file.
            whose = None if isinstance(facts.get("zone") or facts.get("rule") or facts.get("group"), str) else thing.file
            whose = None if thing.file in described else whose
            key = (thing.kind, whose, getattr(thing, "outer", None), json.dumps(sorted((key, repr(value)) for key, value in facts.items())))
            known = all(key in facts for key in (("name", "type") if thing.kind == "record" else ("vpc",)))
            if known and key in seen:
                seen[key].names += thing.names
                seen[key].places += thing.places
                seen[key].facts.pop("values", None) if thing.facts.get("values") != seen[key].facts.get("values") else None
                continue
            seen[key] = thing
        kept.append(thing)
    return kept
