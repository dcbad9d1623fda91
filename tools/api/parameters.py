#!/usr/bin/env python3
"""Writes the parameters that botocore knows for EC2 actions, as `action,parameter,type,value` lines.

usage: parameters.py ACTION… > tests/fixtures/ec2-parameters.csv      (needs botocore)

A parameter is named as the Query protocol writes it; an item of a list has the number 1. The value is the first that AWS
allows, where AWS lists values. botocore is Copyright Amazon.com, Inc., under the Apache License 2.0. Only the names and the
types are taken.
"""

import sys

import botocore
import botocore.session

model = botocore.session.get_session().get_service_model("ec2")


def query_name(name, shape):
    written = shape.serialization.get("queryName")
    if written:
        return written
    location = shape.serialization.get("name", name)
    return location[:1].upper() + location[1:]


def leaves(path, shape, within=()):
    if shape.type_name == "structure":
        if shape.name in within:
            return
        for name, member in shape.members.items():
            yield from leaves(f"{path}.{query_name(name, member)}".lstrip("."), member, (*within, shape.name))
    elif shape.type_name == "list":
        yield from leaves(f"{path}.1", shape.member, within)
    else:
        yield path, shape.type_name, (getattr(shape, "enum", None) or [""])[0]


print(f"# The parameters that botocore {botocore.__version__} knows (Amazon.com, Apache License 2.0); tools/api/parameters.py")
print("action,parameter,type,value")
for action in sorted(sys.argv[1:]):
    shape = model.operation_model(action).input_shape
    for path, kind, value in leaves("", shape) if shape else ():
        print(f"{action},{path},{kind},{value}")
