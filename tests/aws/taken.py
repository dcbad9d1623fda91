"""Every parameter that botocore's model has for an action that is built is taken, by services that are not EC2.

`tests/api_parameters.rs` does the same for EC2.
"""

from botocore.exceptions import ClientError
from common import client

# Values that a service reads before it looks for parameters that it does not know.
KNOWN = {"ParameterStringFilterKey": "Type", "ParameterStringQueryOption": "Equals"}
# Only a reply tells a value of these.
OF_A_REPLY = ("Marker", "NextToken")


def sample(shape, seen=()):
    """A value that the model allows, as far as lengths and ranges go."""
    if shape.name in KNOWN:
        return KNOWN[shape.name]
    if shape.type_name == "structure":
        if shape.name in seen:
            return {}
        members = {name: it for name, it in shape.members.items() if name not in OF_A_REPLY}
        return {name: sample(it, (*seen, shape.name)) for name, it in members.items()}
    if shape.type_name == "list":
        return [sample(shape.member, seen)]
    if shape.type_name == "map":
        return {sample(shape.key, seen): sample(shape.value, seen)}
    least = shape.metadata.get("min", 0)
    return {"string": "a" * max(least, 1), "boolean": True, "timestamp": 0, "blob": b"a"}.get(shape.type_name, least)


for service in ("iam", "ssm", "sts"):
    asked = client(service, checked=False)
    built = []
    for name, call in ((model, snake) for snake, model in asked.meta.method_to_api_mapping.items()):
        shape = asked.meta.service_model.operation_model(name).input_shape
        try:
            getattr(asked, call)(**(sample(shape) if shape else {}))
            code, message = "", ""
        except ClientError as error:
            code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
        if code not in ("InvalidAction", "UnknownOperationException"):
            built.append(name)
        assert "is not recognized" not in message, (service, name, message)
    assert len(built) >= 3, (service, built)
