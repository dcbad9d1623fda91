#!/usr/bin/env python3
"""Writes the filters that botocore documents for each EC2 action that lists things, as `action,filter` lines.

usage: filters.py > tests/fixtures/ec2-filters.csv      (needs botocore)

botocore's documentation is AWS's own; botocore is Copyright Amazon.com, Inc., under the Apache License 2.0. Only the names
are taken. A name with `<key>` stands for any tag's key.
"""

import html
import re

import botocore
import botocore.session

model = botocore.session.get_session().get_service_model("ec2")
print(f"# The filters that botocore {botocore.__version__} documents (Amazon.com, Apache License 2.0); tools/api/filters.py")
print("action,filter")
for action in model.operation_names:
    shape = model.operation_model(action).input_shape
    members = shape.members if shape else {}
    key = next((name for name in members if name in ("Filters", "Filter")), None)
    if not key:
        continue
    # The first word of an item in the list; a list within it has values, in small or capital letters.
    text = members[key].documentation
    text = re.sub(r"(<li>(?:(?!</?li>|<ul>).)*?)<ul>.*?</ul>", r"\1", text, flags=re.S)
    names = re.findall(r"<li>\s*<p>\s*<code>\s*([^<>]+?)\s*</code>", text.replace("&lt;", "\x01").replace("&gt;", "\x02"))
    for name in dict.fromkeys(html.unescape(it.replace("\x01", "<").replace("\x02", ">")) for it in names):
        if re.fullmatch(r"[A-Za-z0-9.:<>-]+", name):
            print(f"{action},{name}")
