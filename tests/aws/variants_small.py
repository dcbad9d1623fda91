"""Parameters, roles and tokens: requests in wrong and unusual forms (see variants.py)."""

from common import ACCOUNT
from variants import Forms

tags = [{"Key": "k", "Value": "v"}]

# Parameters of Systems Manager.
it = Forms("ssm")
look = lambda number: [it.client.get_parameter(Name=f"/v/xq{number}", WithDecryption=True)["Parameter"], it.client.describe_parameters(ParameterFilters=[{"Key": "Name", "Values": [f"/v/xq{number}"]}])["Parameters"]]
it.tried("put_parameter", Name="/v/{n}", Value="v", Type="String", Description="d", AllowedPattern="[a-z]+", Tags=tags, Tier="Standard", DataType="text",
         only=["Value", "Type", "Desc", "Key", "Over", "Allow", "Tags", "Tier", "Pol", "Data"], look=look)
it.tried("put_parameter", Name="/w/{n}", Value="v", Type="SecureString", KeyId="alias/k")
it.client.put_parameter(Name="/u/one", Value="v", Type="StringList", Tags=tags)
it.tried("put_parameter", Name="/u/one", Value="v,w", Overwrite=True, Description="d", look=lambda _: it.client.get_parameter(Name="/u/one")["Parameter"])
it.tried("get_parameter", Name="/u/one", WithDecryption=True)
it.tried("get_parameters", Names=["/u/one", "/none"], WithDecryption=True)
for one in ({"Key": "Type", "Option": "Equals", "Values": ["StringList"]}, {"Key": "KeyId", "Option": "Equals", "Values": ["alias/k"]}, {"Key": "Label", "Values": ["l"]}):
    it.tried("get_parameters_by_path", Path="/u", Recursive=True, ParameterFilters=[one])
for one in (("Name", "Equals", "/u/one"), ("Name", "Contains", "one"), ("Path", "OneLevel", "/u"), ("Type", "Equals", "StringList"), ("Tier", "Equals", "Standard"), ("DataType", "Equals", "text"), ("tag:k", "Equals", "v")):
    it.tried("describe_parameters", ParameterFilters=[{"Key": one[0], "Option": one[1], "Values": [one[2]]}])
it.tried("add_tags_to_resource", ResourceType="Parameter", ResourceId="/u/one", Tags=[{"Key": "t", "Value": "u"}], look=lambda _: it.client.list_tags_for_resource(ResourceType="Parameter", ResourceId="/u/one")["TagList"])
it.tried("remove_tags_from_resource", ResourceType="Parameter", ResourceId="/u/one", TagKeys=["t"], look=lambda _: it.client.list_tags_for_resource(ResourceType="Parameter", ResourceId="/u/one")["TagList"])
it.tried("list_tags_for_resource", ResourceType="Parameter", ResourceId="/u/one")
it.tried("delete_parameters", Names=["/none"])
it.end()

# Identity and Access Management, and tokens.
it = Forms("iam")
for call in ("get_role", "list_attached_role_policies", "list_role_policies", "list_instance_profiles_for_role"):
    it.tried(call, RoleName="any")
it.tried("get_instance_profile", InstanceProfileName="any")
it.tried("get_user", UserName="any")
for call in ("get_user", "list_roles", "list_instance_profiles", "list_account_aliases"):
    it.tried(call)
it.end()
it = Forms("sts")
it.tried("assume_role", RoleArn=f"arn:aws:iam::{ACCOUNT}:role/x", RoleSessionName="s", DurationSeconds=900, ExternalId="ex", SourceIdentity="so", Tags=tags, look=lambda _: [])
it.tried("get_session_token", DurationSeconds=900, look=lambda _: [])
it.seen("get_caller_identity")
it.end()
