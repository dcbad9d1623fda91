"""Text files as Python values, whoever wrote them: every scalar but true, false and null stays the text it was.

Shares nothing with the importer on purpose: it is compared with it.
"""

import bisect
import json
import os
import re
import sys

try:
    import yaml
except ImportError:
    sys.exit("SKIPPED: PyYAML is missing; run tests/run --install")


class Unreadable(Exception):
    """A file that is neither JSON nor YAML."""


def text_of(path):
    """The characters of a file in UTF-8 or UTF-16, with or without a byte order mark."""
    with open(path, "rb") as file:
        data = file.read()
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    if data[1:2] == b"\0":
        return data.decode("utf-16-le", "replace")
    if data[:1] == b"\0":
        return data.decode("utf-16-be", "replace")
    return data.decode("utf-8-sig", "replace")


def values_of(path):
    """The values that stand in a file, one after another: pages of JSON, documents of YAML."""
    text = text_of(path)
    if not text.strip():
        return []
    try:
        return json_values(text)
    except ValueError:
        pass
    try:
        return [value for value in yaml.load_all(text, Loader=Loader) if value is not None]
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        raise Unreadable(str(error).replace("\n", " ")) from error


class Map(dict):
    """A map that knows where it stands: lines and columns from 1, its key's if it has one, and those of its end."""

    start = end = None


class Json:
    """JSON with places; the standard reader has none."""

    TOKEN = re.compile(r'[ \t\r\n,:\ufeff]*(?:(?P<mark>[{}\[\]])|(?P<text>"(?:[^"\\\\]|\\\\.)*")|(?P<word>-?[A-Za-z0-9.+-]+))', re.S)

    def __init__(self, text):
        self.text, self.at = text, 0
        self.lines = [0] + [found.end() for found in re.finditer("\n", text)]

    def place(self, at):
        line = bisect.bisect_right(self.lines, at)
        return line, at - self.lines[line - 1] + 1

    def token(self):
        found = self.TOKEN.match(self.text, self.at)
        if not found:
            raise ValueError(f"no JSON at {self.place(self.at)}")
        self.at = found.end()
        return found

    def value(self, found, started=None, depth=0):
        if depth > 500:
            raise ValueError("too deep")
        start = found.end() - len(found[0].lstrip(" \t\r\n,:\ufeff"))
        if found["text"]:
            return json.loads(found["text"], strict=False)
        if found["word"]:
            json.loads(found["word"])
            return {"true": True, "false": False, "null": None}.get(found["word"], found["word"])
        if found["mark"] == "[":
            items = []
            while (token := self.token())["mark"] != "]":
                items.append(self.value(token, depth=depth + 1))
            return items
        if found["mark"] != "{":
            raise ValueError(f"no JSON at {self.place(start)}")
        value = Map()
        while (token := self.token())["mark"] != "}":
            if not token["text"]:
                raise ValueError(f"no key at {self.place(token.start())}")
            key_at = token.end() - len(token["text"])
            value[json.loads(token["text"], strict=False)] = self.value(self.token(), key_at, depth + 1)
        value.start, value.end = self.place(start if started is None else started), self.place(self.at)
        return value


def json_values(text):
    """Every JSON value of a text; ValueError if something else is in it."""
    if text.lstrip("\ufeff \t\r\n")[:1] not in ("{", "["):
        raise ValueError("no JSON")
    reader, values = Json(text), []
    while text[reader.at:].strip(" \t\r\n,\ufeff"):
        values.append(reader.value(reader.token()))
    return values


class Loader(yaml.SafeLoader):
    """YAML with CloudFormation's tags; of a key that occurs twice the last counts."""

    def flatten(self, node):
        self.flatten_mapping(node)
        made = Map()
        made.start, made.end = _place(node.start_mark), _place(node.end_mark)
        for key, value in node.value:
            built = self.construct_object(value, deep=True)
            if isinstance(built, Map) and isinstance(value, yaml.MappingNode) and value.start_mark.index > key.start_mark.index:
                built.start = _place(key.start_mark)
            made[self.construct_object(key, deep=True)] = built
        return made


def _place(mark):
    return mark.line + 1, mark.column + 1


def _tagged(loader, suffix, node):
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        if suffix == "GetAtt":
            value = value.split(".", 1)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.flatten(node)
    return {suffix if suffix in ("Ref", "Condition") else "Fn::" + suffix: value}


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if tag in ("tag:yaml.org,2002:null", "tag:yaml.org,2002:merge")]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF"))
Loader.add_constructor("tag:yaml.org,2002:map", Loader.flatten)
Loader.add_multi_constructor("!", _tagged)


def files_below(path):
    """Every file at or below a path, sorted; nothing that is hidden but `.terraform`."""
    if not os.path.isdir(path):
        return [path]
    found = []
    for folder, folders, files in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith(".") or name == ".terraform")
        found += [os.path.join(folder, name) for name in sorted(files) if not name.startswith(".")]
    return found
