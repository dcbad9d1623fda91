"""Route 53 Resolver and Profiles: requests in wrong and unusual forms (see variants.py)."""

from common import ACCOUNT, REGION, client, ec2
from variants import Forms, vpc_of

vpc, subnets = vpc_of("10.71.0.0/16")
second, _ = vpc_of("10.72.0.0/16")
groups = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["SecurityGroups"]
group = groups[0]["GroupId"]
zone = client("route53", region="us-east-1").create_hosted_zone(Name="a.example", CallerReference="z", VPC={"VPCRegion": REGION, "VPCId": vpc})
zone = zone["HostedZone"]["Id"].rsplit("/", 1)[1]
tags = [{"Key": "k", "Value": "v"}]

# Route 53 Resolver.
it = Forms("route53resolver")
inbound = it.tried("create_resolver_endpoint", CreatorRequestId="{n}", Name="{n}", SecurityGroupIds=[group], Direction="INBOUND",
                   IpAddresses=[{"SubnetId": subnets[0]}, {"SubnetId": subnets[1], "Ip": "10.71.2.50"}], Tags=tags)["ResolverEndpoint"]["Id"]
outbound = it.seen("create_resolver_endpoint", CreatorRequestId="{n}", SecurityGroupIds=[group], Direction="OUTBOUND",
                   IpAddresses=[{"SubnetId": it} for it in subnets])["ResolverEndpoint"]["Id"]
it.tried("get_resolver_endpoint", ResolverEndpointId=inbound)
it.tried("update_resolver_endpoint", ResolverEndpointId=inbound, Name="other", Protocols=["Do53"])
it.tried("associate_resolver_endpoint_ip_address", ResolverEndpointId=inbound, IpAddress={"SubnetId": subnets[0], "Ip": "10.71.1.77"})
it.tried("disassociate_resolver_endpoint_ip_address", only=["Resolver", "IpAddress"], ResolverEndpointId=inbound, IpAddress={"Ip": "10.71.1.77"})
it.tried("list_resolver_endpoint_ip_addresses", ResolverEndpointId=outbound, MaxResults=1, look=lambda _: [])
rule = {"CreatorRequestId": "{n}", "Name": "{n}", "DomainName": "a.example"}
target = [{"Ip": "10.71.2.50", "Port": 53}]
forward = it.tried("create_resolver_rule", **rule, RuleType="FORWARD", ResolverEndpointId=outbound, TargetIps=target, Tags=tags)["ResolverRule"]["Id"]
it.tried("create_resolver_rule", **rule, RuleType="SYSTEM")
it.tried("create_resolver_rule", **rule, RuleType="DELEGATE", ResolverEndpointId=outbound, DelegationRecord="sub.example")
it.tried("get_resolver_rule", ResolverRuleId=forward)
it.tried("update_resolver_rule", ResolverRuleId=forward, Config={"Name": "other", "TargetIps": target, "ResolverEndpointId": outbound})
joined = it.tried("associate_resolver_rule", ResolverRuleId=forward, VPCId=vpc, Name="j")["ResolverRuleAssociation"]["Id"]
it.tried("get_resolver_rule_association", ResolverRuleAssociationId=joined)
it.tried("list_resolver_rules", MaxResults=1, Filters=[{"Name": "TYPE", "Values": ["DELEGATE"]}], look=lambda _: [])
for name in ("Name", "CreatorRequestId", "Direction", "HostVPCId", "SecurityGroupIds", "Status"):
    it.tried("list_resolver_endpoints", Filters=[{"Name": name, "Values": ["xq1"]}])
for name in ("Type", "DomainName", "ResolverEndpointId", "Name", "Status", "CreatorRequestId"):
    it.tried("list_resolver_rules", Filters=[{"Name": name, "Values": ["SYSTEM"]}])
for name in ("ResolverRuleId", "VPCId", "Name", "Status"):
    it.tried("list_resolver_rule_associations", Filters=[{"Name": name, "Values": ["j"]}])
bad = it.tried("create_firewall_domain_list", CreatorRequestId="{n}", Name="{n}", Tags=tags)["FirewallDomainList"]["Id"]
it.tried("update_firewall_domains", FirewallDomainListId=bad, Operation="ADD", Domains=["*.bad.example", "worse.example"],
         look=lambda _: it.client.list_firewall_domains(FirewallDomainListId=bad)["Domains"])
it.tried("list_firewall_domains", FirewallDomainListId=bad, MaxResults=10)
guards = it.tried("create_firewall_rule_group", CreatorRequestId="{n}", Name="{n}", Tags=tags)["FirewallRuleGroup"]["Id"]
for answer in ({"Action": "ALLOW"}, {"Action": "BLOCK", "BlockResponse": "NODATA"},
               {"Action": "BLOCK", "BlockResponse": "OVERRIDE", "BlockOverrideDomain": "s.example", "BlockOverrideDnsType": "CNAME", "BlockOverrideTtl": 5}):
    fresh = it.client.create_firewall_domain_list(CreatorRequestId=str(answer), Name=answer["Action"])["FirewallDomainList"]["Id"]
    key = {"FirewallRuleGroupId": guards, "FirewallDomainListId": fresh}
    number = 100 * len(answer)
    it.tried("create_firewall_rule", **key, CreatorRequestId="{n}", Priority=number, Name="{n}", **answer, only=["Firewall", "Action", "Block", "Creator", "Priority", "Name"])
    it.tried("update_firewall_rule", **key, Name="other", **answer)
it.tried("list_firewall_rules", FirewallRuleGroupId=guards, Priority=100, Action="ALLOW")
guard = it.tried("associate_firewall_rule_group", CreatorRequestId="{n}", FirewallRuleGroupId=guards, VpcId=second, Priority=101, Name="{n}", MutationProtection="ENABLED", Tags=tags)
guard = guard["FirewallRuleGroupAssociation"]["Id"]
it.tried("update_firewall_rule_group_association", FirewallRuleGroupAssociationId=guard, Priority=102, MutationProtection="DISABLED", Name="other")
it.tried("list_firewall_rule_group_associations", FirewallRuleGroupId=guards, VpcId=second, Priority=102, Status="COMPLETE")
logs = it.tried("create_resolver_query_log_config", Name="{n}", DestinationArn="arn:aws:s3:::b", CreatorRequestId="{n}", Tags=tags)["ResolverQueryLogConfig"]["Id"]
it.tried("associate_resolver_query_log_config", ResolverQueryLogConfigId=logs, ResourceId=vpc)
for name in ("CreatorRequestId", "DestinationArn", "Name", "Status", "ShareStatus", "OwnerId", "AssociationCount", "Id"):
    it.tried("list_resolver_query_log_configs", Filters=[{"Name": name, "Values": ["arn:aws:s3:::b"]}])
it.tried("list_resolver_query_log_configs", SortBy="Name", SortOrder="DESCENDING")
it.tried("list_resolver_query_log_config_associations", SortBy="ResourceId", SortOrder="ASCENDING", Filters=[{"Name": "ResourceId", "Values": [vpc]}])
for call, more in (
    ("update_resolver_config", {"AutodefinedReverseFlag": "DISABLE"}), ("update_firewall_config", {"FirewallFailOpen": "ENABLED"}),
    ("update_resolver_dnssec_config", {"Validation": "ENABLE"}), ("get_resolver_config", {}), ("get_firewall_config", {}),
    ("get_resolver_dnssec_config", {}),
):
    it.tried(call, ResourceId=vpc, **more)
for kind, name in (("resolver-endpoint", inbound), ("resolver-rule", forward), ("firewall-rule-group", guards), ("firewall-domain-list", bad)):
    arn = f"arn:aws:route53resolver:{REGION}:{ACCOUNT}:{kind}/{name}"
    it.tried("tag_resource", ResourceArn=arn, Tags=[{"Key": "t", "Value": "u"}], look=lambda _: it.client.list_tags_for_resource(ResourceArn=arn)["Tags"])
    it.tried("untag_resource", ResourceArn=arn, TagKeys=["k"], look=lambda _: it.client.list_tags_for_resource(ResourceArn=arn)["Tags"])
    it.tried("list_tags_for_resource", ResourceArn=arn, MaxResults=10)
for call in ("list_resolver_endpoints", "list_resolver_rules", "list_firewall_rule_groups", "list_firewall_domain_lists", "list_firewall_configs",
             "list_resolver_configs", "list_resolver_dnssec_configs", "list_resolver_rule_associations"):
    it.tried(call, MaxResults=1, look=lambda _: [])
    it.seen(call)
it.tried("disassociate_resolver_rule", only=["VPCId=bogus", "ResolverRuleId=bogus"], ResolverRuleId=forward, VPCId=vpc)
it.tried("disassociate_resolver_query_log_config", only=["ResourceId=bogus"], ResolverQueryLogConfigId=logs, ResourceId=vpc)
it.end()

# Route 53 Profiles.
it = Forms("route53profiles")
profile = it.tried("create_profile", Name="{n}", ClientToken="{n}", Tags=tags)["Profile"]["Id"]
arn = f"arn:aws:route53:::hostedzone/{zone}"
held = it.tried("associate_resource_to_profile", ProfileId=profile, ResourceArn=arn, Name="{n}")["ProfileResourceAssociation"]["Id"]
it.tried("update_profile_resource_association", ProfileResourceAssociationId=held, Name="other")
it.tried("get_profile_resource_association", ProfileResourceAssociationId=held)
it.tried("list_profile_resource_associations", ProfileId=profile, ResourceType="HOSTED_ZONE", MaxResults=10)
used = it.tried("associate_profile", ProfileId=profile, ResourceId=second, Name="{n}", Tags=tags)["ProfileAssociation"]["Id"]
it.tried("get_profile_association", ProfileAssociationId=used)
it.tried("update_profile_association", ProfileAssociationId=used, Name="other")
it.tried("list_profile_associations", ProfileId=profile, ResourceId=second, MaxResults=10)
it.tried("list_profiles", MaxResults=1, look=lambda _: [])
it.tried("get_profile", ProfileId=profile)
it.tried("disassociate_resource_from_profile", only=["ResourceArn=bogus"], ProfileId=profile, ResourceArn=arn)
it.tried("disassociate_profile", only=["ResourceId=bogus"], ProfileId=profile, ResourceId=second)
it.seen("list_profiles")
it.end()
