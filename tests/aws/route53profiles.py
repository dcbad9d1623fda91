"""Route 53 Profiles: what a Profile brings is what dig sees in its VPCs. REST-JSON, by botocore."""

import json

from common import ACCOUNT, REGION, client, dig, ec2, refused, same

profiles = client("route53profiles")
loose = client("route53profiles", checked=False)
theirs = client("route53profiles", account="222222222222")
elsewhere = client("route53profiles", region="us-east-1")
r53 = client("route53", region="us-east-1")
resolver = client("route53resolver")
NONE, WRONG = "ResourceNotFoundException", "ValidationException"


def vpc_of(cidr):
    made = ec2.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=made, EnableDnsHostnames={"Value": True})
    subnet = ec2.create_subnet(VpcId=made, CidrBlock=cidr.replace("0.0/16", "1.0/24"), AvailabilityZone=f"{REGION}a")
    return made, subnet["Subnet"]["SubnetId"]


hub, hub_subnet = vpc_of("10.81.0.0/16")
spoke, _ = vpc_of("10.82.0.0/16")
AT_HUB, AT_SPOKE = "10.81.1.9", "10.82.1.9"


def zone_of(name, vpc, address):
    made = r53.create_hosted_zone(
        Name=name, CallerReference=f"{name}{vpc}", VPC={"VPCRegion": REGION, "VPCId": vpc}
    )["HostedZone"]["Id"].split("/")[-1]
    record = {"Name": f"app.{name}", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": address}]}
    batch = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
    r53.change_resource_record_sets(HostedZoneId=made, ChangeBatch=batch)
    return made


def arn_of(zone):
    return f"arn:aws:route53:::hostedzone/{zone}"


# The Profile.
made = profiles.create_profile(Name="shared", ClientToken="one", Tags=[{"Key": "team", "Value": "net"}])["Profile"]
profile = made["Id"]
assert profile.startswith("rp-"), made
same(made["Arn"], f"arn:aws:route53profiles:{REGION}:{ACCOUNT}:profile/{profile}")
same([made["Name"], made["OwnerId"], made["Status"]], ["shared", ACCOUNT, "COMPLETE"])
same([made["ShareStatus"], made["ClientToken"], made["StatusMessage"]], ["NOT_SHARED", "one", "Created Profile"])
same(profiles.create_profile(Name="shared", ClientToken="one")["Profile"]["Id"], profile)
refused("InvalidParameterException", profiles.create_profile, Name="other", ClientToken="one")
same(profiles.get_profile(ProfileId=profile)["Profile"], made)
refused(NONE, theirs.get_profile, ProfileId=profile)
refused(NONE, elsewhere.get_profile, ProfileId=profile)
refused(NONE, profiles.get_profile, ProfileId="rp-0ffffffffffffffff")
refused(WRONG, loose.create_profile, Name="1234", ClientToken="t")
refused(WRONG, loose.create_profile, Name="a/b", ClientToken="t")
refused(WRONG, loose.create_profile, ClientToken="t")
try:
    profiles.get_profile(ProfileId="rp-x")
except profiles.exceptions.ResourceNotFoundException as error:
    same(error.response["Error"]["Message"], 'Can\'t find the resource with ID "rp-x".')
others = [profiles.create_profile(Name=f"p{it}", ClientToken=f"t{it}")["Profile"]["Id"] for it in range(4)]
first = profiles.list_profiles(MaxResults=3)
second = profiles.list_profiles(MaxResults=3, NextToken=first["NextToken"])
same(sorted(it["Id"] for it in first["ProfileSummaries"] + second["ProfileSummaries"]), sorted([profile, *others]))
assert "NextToken" not in second, second
refused("InvalidNextTokenException", profiles.list_profiles, NextToken="x")
same(theirs.list_profiles()["ProfileSummaries"], [])

# What is in it.
corp = zone_of("corp.example", hub, "10.9.0.1")


def add(name, arn, by=profiles, to=profile, **more):
    return by.associate_resource_to_profile(ProfileId=to, Name=name, ResourceArn=arn, **more)["ProfileResourceAssociation"]


held = add("corp", arn_of(corp))
assert held["Id"].startswith("rpr-"), held
same([held["ResourceType"], held["Status"], held["Name"]], ["PRIVATE_HOSTED_ZONE", "UPDATING", "corp"])
same([held["ResourceArn"], held["ProfileId"], held["OwnerId"]], [arn_of(corp), profile, ACCOUNT])
shown = profiles.get_profile_resource_association(ProfileResourceAssociationId=held["Id"])["ProfileResourceAssociation"]
same(shown["Status"], "COMPLETE")
refused("ConflictException", add, "again", arn_of(corp))
refused("ConflictException", add, "same name", arn_of(zone_of("corp.example", spoke, "10.9.0.2")))
refused(NONE, add, "x", arn_of("Z0FFFFFFFFFFF"))
refused(NONE, add, "x", arn_of(corp), by=theirs)
refused("InvalidParameterException", add, "x", f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc/{hub}")
refused("InvalidParameterException", add, "x", "nonsense")
public = r53.create_hosted_zone(Name="public.example", CallerReference="public")["HostedZone"]["Id"].split("/")[-1]
refused("InvalidParameterException", add, "x", arn_of(public))
refused("InvalidParameterException", add, "x", arn_of(zone_of("b.example", hub, "10.9.0.3")), ResourceProperties='{"priority": 101}')

# The VPC. Its own zone of the name stands before that of the Profile.
same(dig("app.corp.example", AT_SPOKE), ["10.9.0.2"])


def associate(to=profile, vpc=spoke, name="spoke", by=profiles, **more):
    return by.associate_profile(ProfileId=to, ResourceId=vpc, Name=name, **more)["ProfileAssociation"]


inside = associate(Tags=[{"Key": "k", "Value": "v"}])
assert inside["Id"].startswith("rpassoc-"), inside
same([inside["ResourceId"], inside["Status"], inside["Priority"]], [spoke, "CREATING", 100])
same(inside["StatusMessage"], "Creating Profile Association")
got = profiles.get_profile_association(ProfileAssociationId=inside["Id"])["ProfileAssociation"]
same([got["Status"], got["StatusMessage"], got["Name"]], ["COMPLETE", "Created Profile Association", "spoke"])
refused(NONE, theirs.get_profile_association, ProfileAssociationId=inside["Id"])
same(associate()["Id"], inside["Id"])
refused(WRONG, associate, name="another")
refused(NONE, associate, vpc="vpc-0ffffffffffffffff")
refused(NONE, associate, by=theirs)
same(dig("app.corp.example", AT_SPOKE), ["10.9.0.2"])
own = zone_of("only.example", hub, "10.9.0.4")
same(dig("app.only.example", AT_SPOKE), [])
only = add("only", arn_of(own))
same(dig("app.only.example", AT_SPOKE), ["10.9.0.4"])
gone = profiles.disassociate_resource_from_profile(ProfileId=profile, ResourceArn=arn_of(own))["ProfileResourceAssociation"]
same([gone["Id"], gone["Status"]], [only["Id"], "DELETING"])
same(dig("app.only.example", AT_SPOKE), [])
refused(NONE, profiles.disassociate_resource_from_profile, ProfileId=profile, ResourceArn=arn_of(own))
refused(NONE, profiles.get_profile_resource_association, ProfileResourceAssociationId=only["Id"])

# A second Profile needs a priority of its own, and there is no third.
second, third = others[:2]
refused(WRONG, associate, to=second)
refused(WRONG, associate, to=second, Priority=100)
refused(WRONG, associate, by=loose, to=second, Priority=99)
more = associate(to=second, name="more", Priority=50 + 150)
same(more["Priority"], 200)
refused("LimitExceededException", associate, to=third, Priority=300)
tie = [zone_of("tie.example", it, address) for it, address in ((hub, "10.9.1.1"), (vpc_of("10.83.0.0/16")[0], "10.9.1.2"))]
add("tie", arn_of(tie[0]))
add("tie", arn_of(tie[1]), to=second)
same(dig("app.tie.example", AT_SPOKE), ["10.9.1.1"])
refused(WRONG, profiles.update_profile_association, ProfileAssociationId=inside["Id"], Priority=200)
moved = profiles.update_profile_association(ProfileAssociationId=inside["Id"], Priority=300, Name="moved")["ProfileAssociation"]
same([moved["Priority"], moved["Name"], moved["Status"]], [300, "moved", "UPDATING"])
same(dig("app.tie.example", AT_SPOKE), ["10.9.1.2"])
listed = profiles.list_profile_associations(ResourceId=spoke)["ProfileAssociations"]
same(sorted(it["ProfileId"] for it in listed), sorted([profile, second]))
same([it["Id"] for it in profiles.list_profile_associations(ProfileId=second)["ProfileAssociations"]], [more["Id"]])
same(theirs.list_profile_associations()["ProfileAssociations"], [])
refused("ConflictException", profiles.delete_profile, ProfileId=second)

# A rule group has a priority.
group = resolver.create_firewall_rule_group(CreatorRequestId="g", Name="g")["FirewallRuleGroup"]
domains = resolver.create_firewall_domain_list(CreatorRequestId="d", Name="d")["FirewallDomainList"]["Id"]
resolver.update_firewall_domains(FirewallDomainListId=domains, Operation="ADD", Domains=["app.tie.example"])
resolver.create_firewall_rule(
    CreatorRequestId="r",
    FirewallRuleGroupId=group["Id"],
    FirewallDomainListId=domains,
    Priority=1,
    Action="BLOCK",
    BlockResponse="NXDOMAIN",
    Name="r",
)
refused("InvalidParameterException", add, "group", group["Arn"])
refused("InvalidParameterException", add, "group", group["Arn"], ResourceProperties='{"priority": 99}')
refused("InvalidParameterException", add, "group", group["Arn"], ResourceProperties="priority")
guard = add("group", group["Arn"], ResourceProperties='{"priority": 102}')
same([guard["ResourceType"], json.loads(guard["ResourceProperties"])], ["FIREWALL_RULE_GROUP", {"priority": 102}])
same(dig("app.tie.example", AT_SPOKE), [])
same(dig("app.tie.example", AT_HUB), ["10.9.1.1"])
refused("ConflictException", resolver.delete_firewall_rule_group, FirewallRuleGroupId=group["Id"])
changed = profiles.update_profile_resource_association(
    ProfileResourceAssociationId=guard["Id"], ResourceProperties='{"priority":105}', Name="guard"
)["ProfileResourceAssociation"]
same([changed["Name"], changed["Status"], changed["ResourceProperties"]], ["guard", "UPDATING", '{"priority":105}'])
of_kind = profiles.list_profile_resource_associations(ProfileId=profile, ResourceType="FIREWALL_RULE_GROUP")
same([it["Id"] for it in of_kind["ProfileResourceAssociations"]], [guard["Id"]])
by_arn = profiles.list_profile_resource_associations(ProfileId=profile, ResourceArn=arn_of(corp))
same([it["Name"] for it in by_arn["ProfileResourceAssociations"]], ["corp"])
refused(NONE, theirs.list_profile_resource_associations, ProfileId=profile)
profiles.disassociate_resource_from_profile(ProfileId=profile, ResourceArn=group["Arn"])
same(dig("app.tie.example", AT_SPOKE), ["10.9.1.2"])

# A rule, an endpoint and a configuration of query logs.
rule = resolver.create_resolver_rule(CreatorRequestId="rule", RuleType="SYSTEM", DomainName="only.example", Name="rule")["ResolverRule"]
same(add("rule", rule["Arn"])["ResourceType"], "RESOLVER_RULE")
refused("ResourceInUseException", resolver.delete_resolver_rule, ResolverRuleId=rule["Id"])
endpoint = ec2.create_vpc_endpoint(
    VpcId=hub,
    VpcEndpointType="Interface",
    ServiceName=f"com.amazonaws.{REGION}.sqs",
    PrivateDnsEnabled=True,
    SubnetConfigurations=[{"SubnetId": hub_subnet, "Ipv4": "10.81.1.77"}],
    SubnetIds=[hub_subnet],
)["VpcEndpoint"]["VpcEndpointId"]
SQS = f"sqs.{REGION}.amazonaws.com"
same(dig(SQS, AT_HUB), ["10.81.1.77"])
assert dig(SQS, AT_SPOKE) != ["10.81.1.77"]
endpoint_arn = f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc-endpoint/{endpoint}"
same(add("sqs", endpoint_arn)["ResourceType"], "VPC_ENDPOINT")
same(dig(SQS, AT_SPOKE), ["10.81.1.77"])
ec2.modify_vpc_endpoint(VpcEndpointId=endpoint, PrivateDnsEnabled=False)
assert dig(SQS, AT_SPOKE) != ["10.81.1.77"]
ec2.modify_vpc_endpoint(VpcEndpointId=endpoint, PrivateDnsEnabled=True)
same(dig(SQS, AT_SPOKE), ["10.81.1.77"])
log = resolver.create_resolver_query_log_config(Name="log", DestinationArn="arn:aws:s3:::logs", CreatorRequestId="log")
log = log["ResolverQueryLogConfig"]
same(add("log", log["Arn"])["ResourceType"], "RESOLVER_QUERY_LOG_CONFIG")
refused("InvalidRequestException", resolver.delete_resolver_query_log_config, ResolverQueryLogConfigId=log["Id"])
pages = [profiles.list_profile_resource_associations(ProfileId=profile, MaxResults=3)]
while "NextToken" in pages[-1]:
    token = pages[-1]["NextToken"]
    pages.append(profiles.list_profile_resource_associations(ProfileId=profile, MaxResults=3, NextToken=token))
same(sorted(it["Name"] for page in pages for it in page["ProfileResourceAssociations"]), ["corp", "log", "rule", "sqs", "tie"])

# What is deleted leaves the Profile.
ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])
assert dig(SQS, AT_SPOKE) != ["10.81.1.77"]

# Tags.
same(profiles.list_tags_for_resource(ResourceArn=made["Arn"])["Tags"], {"team": "net"})
profiles.tag_resource(ResourceArn=made["Arn"], Tags={"a.b": "1", "c": ""})
profiles.untag_resource(ResourceArn=made["Arn"], TagKeys=["team", "none"])
same(profiles.list_tags_for_resource(ResourceArn=made["Arn"])["Tags"], {"a.b": "1", "c": ""})
association_arn = f"arn:aws:route53profiles:{REGION}:{ACCOUNT}:profile-association/{inside['Id']}"
same(profiles.list_tags_for_resource(ResourceArn=association_arn)["Tags"], {"k": "v"})
profiles.tag_resource(ResourceArn=association_arn, Tags={"k": "w"})
same(profiles.list_tags_for_resource(ResourceArn=association_arn)["Tags"], {"k": "w"})
refused(NONE, theirs.list_tags_for_resource, ResourceArn=made["Arn"])
refused(WRONG, profiles.tag_resource, ResourceArn=made["Arn"], Tags={"aws:x": "1"})

# The end.
left = profiles.disassociate_profile(ProfileId=profile, ResourceId=spoke)["ProfileAssociation"]
same([left["Id"], left["Status"]], [inside["Id"], "DELETING"])
refused(NONE, profiles.get_profile_association, ProfileAssociationId=inside["Id"])
refused(NONE, profiles.disassociate_profile, ProfileId=profile, ResourceId=spoke)
same(profiles.delete_profile(ProfileId=profile)["Profile"]["Status"], "DELETED")
refused(NONE, profiles.get_profile, ProfileId=profile)
refused(NONE, profiles.delete_profile, ProfileId=profile)
resolver.delete_resolver_rule(ResolverRuleId=rule["Id"])
