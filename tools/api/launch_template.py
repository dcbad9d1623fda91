#!/usr/bin/env python3
"""Writes the table of the names that botocore knows of a launch template's data: in a request, and in a reply.

usage: launch_template.py > src/api/ec2/launch_template_names.rs      (needs botocore)

A name in a request is a path, in which `N` stands for the number of an item. botocore is Copyright Amazon.com, Inc., under the
Apache License 2.0. Only the names are taken.
"""

import botocore
import botocore.session

model = botocore.session.get_session().get_service_model("ec2")


def query_name(name, shape):
    written = shape.serialization.get("queryName")
    if written:
        return written
    location = shape.serialization.get("name", name)
    return location[:1].upper() + location[1:]


def names(path, request, reply):
    for name, member in request.members.items():
        other = reply.members.get(name)
        if other is None:
            continue
        inner = f"{path}{query_name(name, member)}"
        yield inner, other.serialization.get("name", name)
        if member.type_name == "structure":
            yield from names(f"{inner}.", member, other)
        elif member.type_name == "list" and member.member.type_name == "structure":
            yield from names(f"{inner}.N.", member.member, other.member)


print(f"""//! The names of a launch template's data: in a request, where `N` stands for the number of an item, and in a reply.
//!
//! Written by tools/api/launch_template.py from what botocore {botocore.__version__} knows (Amazon.com, Apache License 2.0).

/// Each name in a request with that in a reply, in the order of a reply.
#[rustfmt::skip]
pub(super) const NAMES: &[(&str, &str)] = &[""")
request = model.shape_for("RequestLaunchTemplateData")
for known, shown in names("", request, model.shape_for("ResponseLaunchTemplateData")):
    print(f'    ("{known}", "{shown}"),')
print("];")
