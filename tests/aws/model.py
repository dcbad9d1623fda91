"""Compares what a reply holds with botocore's model of the service, in which clients look nothing up that is not there.

botocore leaves out members that its model does not have and does not miss any. So the document itself is read.

EC2's own replies differ from its model in two ways, and ours with them: many have a `return` that the model has not, and
some states are none of the model's (`available` of an endpoint for `Available`). In CloudFormation's events a stack has the
states of stacks, of which the model of resources lacks some.
"""

import json
import re
import xml.etree.ElementTree as ElementTree


EVENT = re.compile(r"DescribeStackEvents\.StackEvents\[\d+\]\.ResourceStatus is '(REVIEW|\w+_CLEANUP)_IN_PROGRESS', none of ")


def check(http_response, model, **_):
    """A handler of botocore's event `after-call`: fails for a member the model has not, and for a required one that is missing."""
    if http_response.status_code >= 300:
        return
    shape, found = model.output_shape, []
    if model.service_model.resolved_protocol in ("json", "rest-json"):
        _json(shape, json.loads(http_response.content or b"{}"), model.name, found)
    elif model.service_model.resolved_protocol == "ec2":
        _document(model, http_response.content, found)
        found = [problem for problem in found if ", none of " not in problem]
    else:
        _document(model, http_response.content, found)
        found = [problem for problem in found if not EVENT.match(problem)]
    assert not found, found


def _document(model, content, found):
    root = ElementTree.fromstring(content)
    _same(_name(root), f"{model.name}Response", "the root", found)
    shape = model.output_shape
    if model.service_model.resolved_protocol == "ec2":
        own = {} if shape is None else {it.serialization.get("name") for it in shape.members.values()}
        members = [it for it in root if _name(it) != "requestId" and (_name(it) != "return" or "return" in own)]
    elif model.service_model.resolved_protocol == "rest-xml":
        members = list(root)
    else:
        _same([_name(it) for it in root], [f"{model.name}Result", "ResponseMetadata"], "the document", found)
        members = list(root[0])
    if shape is not None:
        _structure(shape, members, model.name, found)
    elif members:
        found.append(f"{model.name} has {[_name(it) for it in members]}")


def _structure(shape, elements, path, found):
    # Members that are sent as headers are in no document.
    inside = {name: it for name, it in shape.members.items() if it.serialization.get("location") != "header"}
    known = {it.serialization.get("name", name): (name, it) for name, it in inside.items()}
    there = [_name(element) for element in elements]
    for name in sorted({name for name in there if there.count(name) > 1}):
        if not (name in known and known[name][1].serialization.get("flattened")):
            found.append(f"{path}.{name} is there twice")
    for wire, (name, _) in known.items():
        if name in shape.required_members and wire not in there and (path, name) not in LEFT_OUT:
            found.append(f"{path}.{name} is missing")
    for element in elements:
        if _name(element) in known:
            name, member = known[_name(element)]
            _element(member, element, f"{path}.{name}", found)
        else:
            found.append(f"{path}.{_name(element)} is unknown")


def _element(shape, element, path, found):
    if shape.type_name == "structure":
        _structure(shape, list(element), path, found)
    elif shape.type_name == "list" and not shape.serialization.get("flattened"):
        item = shape.member.serialization.get("name", "member")
        for at, child in enumerate(element):
            _same(_name(child), item, f"{path}[{at}]", found)
            _element(shape.member, child, f"{path}[{at}]", found)
    else:
        _scalar(shape, element.text or "", path, found)


def _json(shape, value, path, found):
    if shape is None:
        _same(value, {}, path, found)
    elif shape.type_name == "structure":
        for name in shape.required_members:
            if name not in value:
                found.append(f"{path}.{name} is missing")
        for name, inner in value.items():
            if name in shape.members:
                _json(shape.members[name], inner, f"{path}.{name}", found)
            else:
                found.append(f"{path}.{name} is unknown")
    elif shape.type_name == "list":
        for at, inner in enumerate(value):
            _json(shape.member, inner, f"{path}[{at}]", found)
    elif shape.type_name == "map":
        for key, inner in value.items():
            _json(shape.key, key, f"a key of {path}", found)
            _json(shape.value, inner, f"{path}[{key!r}]", found)
    else:
        kind = {"string": str, "boolean": bool, "timestamp": (int, float)}.get(shape.type_name, int)
        if not isinstance(value, kind):
            found.append(f"{path} is {value!r}, no {shape.type_name}")
        _choice(shape, value, path, found)


# Route 53 leaves these out of the first page, and of a private zone, though its model requires them.
LEFT_OUT = {
    ("CreateHostedZone", "DelegationSet"),
    ("ListHealthChecks", "Marker"),
    ("ListHostedZones", "Marker"),
    ("ListReusableDelegationSets", "Marker"),
}

PATTERNS = {
    "boolean": r"true|false",
    "integer": r"-?\d+",
    "long": r"-?\d+",
    "timestamp": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z",
}


def _scalar(shape, text, path, found):
    if not re.fullmatch(PATTERNS.get(shape.type_name, r"(?s).*"), text):
        found.append(f"{path} is {text!r}, no {shape.type_name}")
    _choice(shape, text, path, found)


def _choice(shape, value, path, found):
    choices = getattr(shape, "enum", None)
    if choices and value not in choices:
        found.append(f"{path} is {value!r}, none of {choices}")


def _name(element):
    return element.tag.rsplit("}", 1)[-1]


def _same(one, other, what, found):
    if one != other:
        found.append(f"{what} is {one!r}, not {other!r}")
