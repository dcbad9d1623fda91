"""Words of CloudFormation's templates."""


def kind(name, **properties):
    return {"Type": f"AWS::{name}", "Properties": properties}


def ref(name):
    return {"Ref": name}


def get(name, attribute):
    return {"Fn::GetAtt": [name, attribute]}
