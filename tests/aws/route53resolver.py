"""Route 53 Resolver: endpoints, rules, DNS Firewall. What the API makes is what dig sees. JSON 1.1, by botocore."""

from common import ACCOUNT, REGION, client, dig, ec2, refused, same

resolver = client("route53resolver")
r53 = client("route53", region="us-east-1")
theirs = client("route53resolver", account="222222222222")
elsewhere = client("route53resolver", region="us-east-1")
NONE = "ResourceNotFoundException"


def vpc_of(cidr):
    made = ec2.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=made, EnableDnsHostnames={"Value": True})
    subnets = [
        ec2.create_subnet(VpcId=made, CidrBlock=cidr.replace("0.0/16", f"{it}.0/24"), AvailabilityZone=f"{REGION}{zone}")
        for it, zone in ((1, "a"), (2, "b"))
    ]
    return made, [it["Subnet"]["SubnetId"] for it in subnets]


hub, hub_subnets = vpc_of("10.71.0.0/16")
spoke, _ = vpc_of("10.72.0.0/16")
AT_HUB, AT_SPOKE = "10.71.1.9", "10.72.1.9"
groups = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [hub]}])["SecurityGroups"]
group = groups[0]["GroupId"]
zone = r53.create_hosted_zone(
    Name="onprem.example", CallerReference="z", VPC={"VPCRegion": REGION, "VPCId": hub}
)["HostedZone"]["Id"]
r53.change_resource_record_sets(
    HostedZoneId=zone,
    ChangeBatch={
        "Changes": [
            {
                "Action": "CREATE",
                "ResourceRecordSet": {
                    "Name": "db.onprem.example",
                    "Type": "A",
                    "TTL": 60,
                    "ResourceRecords": [{"Value": "10.9.9.9"}],
                },
            }
        ]
    },
)
same(dig("db.onprem.example", AT_HUB), ["10.9.9.9"])
same(dig("db.onprem.example", AT_SPOKE), [])

# Endpoints.
addresses = [{"SubnetId": hub_subnets[0], "Ip": "10.71.1.50"}, {"SubnetId": hub_subnets[1]}]


def endpoint(direction, request, by=resolver, **more):
    return by.create_resolver_endpoint(
        **{
            "CreatorRequestId": request,
            "Direction": direction,
            "SecurityGroupIds": [group],
            "IpAddresses": addresses,
            **more,
        }
    )["ResolverEndpoint"]


inbound = endpoint("INBOUND", "in", Name="in", Tags=[{"Key": "k", "Value": "v"}])
same([inbound["Status"], inbound["Direction"], inbound["HostVPCId"]], ["CREATING", "INBOUND", hub])
same([inbound["IpAddressCount"], inbound["SecurityGroupIds"], inbound["Name"]], [2, [group], "in"])
same([inbound["ResolverEndpointType"], inbound["Protocols"]], ["IPV4", ["Do53"]])
same(inbound["Arn"], f"arn:aws:route53resolver:{REGION}:{ACCOUNT}:resolver-endpoint/{inbound['Id']}")
assert inbound["Id"].startswith("rslvr-in-"), inbound
shown = resolver.get_resolver_endpoint(ResolverEndpointId=inbound["Id"])["ResolverEndpoint"]
same(shown["Status"], "OPERATIONAL")
addresses = [{"SubnetId": it} for it in hub_subnets]
# Its name is no tag, and a tag is no name.
outbound = endpoint("OUTBOUND", "out", Tags=[{"Key": "Name", "Value": "out"}])
assert outbound["Id"].startswith("rslvr-out-") and "Name" not in outbound, outbound
refused("ResourceExistsException", endpoint, direction="INBOUND", request="in")
loose = client("route53resolver", checked=False)
refused("InvalidRequestException", endpoint, by=loose, direction="INBOUND", request="x", IpAddresses=addresses[:1])
refused("InvalidParameterException", endpoint, direction="INBOUND", request="x", SecurityGroupIds=["sg-0ffffffffffffffff"])
wrong = [{"SubnetId": "subnet-0ffffffffffffffff"}] * 2
refused("InvalidParameterException", endpoint, direction="INBOUND", request="x", IpAddresses=wrong)
taken = [{"SubnetId": hub_subnets[0], "Ip": "10.71.1.50"}, {"SubnetId": hub_subnets[1]}]
refused("InvalidParameterException", endpoint, direction="INBOUND", request="x", IpAddresses=taken)
ips = resolver.list_resolver_endpoint_ip_addresses(ResolverEndpointId=inbound["Id"])["IpAddresses"]
same(sorted(it["SubnetId"] for it in ips), sorted(hub_subnets))
same([it["Ip"] for it in ips if it["SubnetId"] == hub_subnets[0]], ["10.71.1.50"])
same({it["Status"] for it in ips}, {"ATTACHED"})
interfaces = ec2.describe_network_interfaces(Filters=[{"Name": "vpc-id", "Values": [hub]}])["NetworkInterfaces"]
same(len(interfaces), 4)
mine = next(it for it in interfaces if it["PrivateIpAddress"] == "10.71.1.50")
assert mine["Description"].startswith(f"Route 53 Resolver: {inbound['Id']}:rni-"), mine["Description"]
same(mine["Groups"][0]["GroupId"], group)
refused("InvalidParameterValue", ec2.delete_network_interface, NetworkInterfaceId=mine["NetworkInterfaceId"])
more = resolver.associate_resolver_endpoint_ip_address(
    ResolverEndpointId=inbound["Id"], IpAddress={"SubnetId": hub_subnets[0], "Ip": "10.71.1.60"}
)["ResolverEndpoint"]
same([more["IpAddressCount"], more["Status"]], [3, "UPDATING"])
less = resolver.disassociate_resolver_endpoint_ip_address(
    ResolverEndpointId=inbound["Id"], IpAddress={"Ip": "10.71.1.60"}
)["ResolverEndpoint"]
same(less["IpAddressCount"], 2)
ips = resolver.list_resolver_endpoint_ip_addresses(ResolverEndpointId=inbound["Id"])["IpAddresses"]
refused(
    "InvalidRequestException",
    resolver.disassociate_resolver_endpoint_ip_address,
    ResolverEndpointId=inbound["Id"],
    IpAddress={"IpId": ips[0]["IpId"]},
)
renamed = resolver.update_resolver_endpoint(ResolverEndpointId=inbound["Id"], Name="renamed", Protocols=["Do53", "DoH"])
same([renamed["ResolverEndpoint"]["Name"], renamed["ResolverEndpoint"]["Protocols"]], ["renamed", ["Do53", "DoH"]])
for filters, wanted in (
    ([], 2),
    ([{"Name": "Direction", "Values": ["INBOUND"]}], 1),
    ([{"Name": "DIRECTION", "Values": ["OUTBOUND"]}], 1),
    ([{"Name": "HostVPCId", "Values": [spoke]}], 0),
    ([{"Name": "Name", "Values": ["renamed"]}], 1),
):
    same(len(resolver.list_resolver_endpoints(Filters=filters)["ResolverEndpoints"]), wanted)
refused("InvalidParameterException", resolver.list_resolver_endpoints, Filters=[{"Name": "Colour", "Values": ["red"]}])
pages = resolver.get_paginator("list_resolver_endpoints").paginate(PaginationConfig={"PageSize": 1})
same(len([it for page in pages for it in page["ResolverEndpoints"]]), 2)

# Rules: one that forwards to the inbound endpoint, from another VPC.
target = {"Ip": "10.71.1.50", "Port": 53}


def rule(request, **more):
    given = {
        "CreatorRequestId": request,
        "RuleType": "FORWARD",
        "DomainName": "onprem.example",
        "TargetIps": [target],
        "ResolverEndpointId": outbound["Id"],
        **more,
    }
    given = {name: value for name, value in given.items() if value is not None}
    return resolver.create_resolver_rule(**given)["ResolverRule"]


made = rule("r", Name="r")
same([made["DomainName"], made["Status"], made["RuleType"], made["OwnerId"]], ["onprem.example.", "COMPLETE", "FORWARD", ACCOUNT])
same(made["TargetIps"], [{"Ip": "10.71.1.50", "Port": 53, "Protocol": "Do53"}])
same([made["ResolverEndpointId"], made["ShareStatus"]], [outbound["Id"], "NOT_SHARED"])
same(resolver.get_resolver_rule(ResolverRuleId=made["Id"])["ResolverRule"], made)
refused("ResourceExistsException", rule, request="r")
refused("InvalidRequestException", rule, request="y", RuleType="RECURSIVE")
refused("InvalidRequestException", rule, request="y", ResolverEndpointId=None)
refused("InvalidRequestException", rule, request="y", ResolverEndpointId=inbound["Id"])
refused(NONE, rule, request="y", ResolverEndpointId="rslvr-out-0ffffffffffffffff")
refused("InvalidRequestException", rule, request="y", RuleType="SYSTEM")
refused("InvalidParameterException", rule, request="y", TargetIps=None)
refused("InvalidParameterException", rule, request="y", TargetIps=[{"Ip": "10.0.0.256"}])
joined = resolver.associate_resolver_rule(ResolverRuleId=made["Id"], VPCId=spoke, Name="a")["ResolverRuleAssociation"]
same([joined["Status"], joined["VPCId"], joined["Name"]], ["CREATING", spoke, "a"])
same(dig("db.onprem.example", AT_SPOKE), ["10.9.9.9"])
shown = resolver.get_resolver_rule_association(ResolverRuleAssociationId=joined["Id"])["ResolverRuleAssociation"]
same([shown["Status"], shown["ResolverRuleId"]], ["COMPLETE", made["Id"]])
again = rule("again")
refused("ResourceExistsException", resolver.associate_resolver_rule, ResolverRuleId=again["Id"], VPCId=spoke)
refused("ResourceInUseException", resolver.delete_resolver_rule, ResolverRuleId=made["Id"])
refused("InvalidRequestException", resolver.delete_resolver_endpoint, ResolverEndpointId=outbound["Id"])
system = rule("s", RuleType="SYSTEM", DomainName="db.onprem.example", TargetIps=None, ResolverEndpointId=None)
resolver.associate_resolver_rule(ResolverRuleId=system["Id"], VPCId=spoke)
same(dig("db.onprem.example", AT_SPOKE), [])
resolver.disassociate_resolver_rule(ResolverRuleId=system["Id"], VPCId=spoke)
same(dig("db.onprem.example", AT_SPOKE), ["10.9.9.9"])
changed = resolver.update_resolver_rule(
    ResolverRuleId=made["Id"], Config={"Name": "s", "TargetIps": [{"Ip": "10.71.2.99", "Port": 5353}]}
)["ResolverRule"]
same([changed["Name"], changed["TargetIps"][0]["Ip"]], ["s", "10.71.2.99"])
same(dig("db.onprem.example", AT_SPOKE), [])
resolver.update_resolver_rule(ResolverRuleId=made["Id"], Config={"TargetIps": [target]})
same(dig("db.onprem.example", AT_SPOKE), ["10.9.9.9"])
delegates = rule("d", RuleType="DELEGATE", DomainName=None, TargetIps=None, DelegationRecord="sub.onprem.example")
same([delegates["RuleType"], delegates["DelegationRecord"]], ["DELEGATE", "sub.onprem.example"])
listed = resolver.list_resolver_rules()["ResolverRules"]
same(sorted(it["RuleType"] for it in listed), ["DELEGATE", "FORWARD", "FORWARD", "RECURSIVE", "SYSTEM"])
listed = resolver.list_resolver_rules(Filters=[{"Name": "TYPE", "Values": ["SYSTEM"]}])["ResolverRules"]
same([it["Id"] for it in listed], [system["Id"]])
internet = "rslvr-autodefined-rr-internet-resolver"
same(resolver.get_resolver_rule(ResolverRuleId=internet)["ResolverRule"]["DomainName"], ".")
listed = resolver.list_resolver_rule_associations()["ResolverRuleAssociations"]
same(sorted(it["ResolverRuleId"] for it in listed), sorted([made["Id"], internet, internet]))
refused(NONE, resolver.delete_resolver_rule, ResolverRuleId="rslvr-rr-0ffffffffffffffff")

# Others see and change nothing.
for other in (theirs, elsewhere):
    refused(NONE, other.get_resolver_endpoint, ResolverEndpointId=inbound["Id"])
    refused(NONE, other.update_resolver_endpoint, ResolverEndpointId=inbound["Id"], Name="x")
    refused(NONE, other.delete_resolver_endpoint, ResolverEndpointId=inbound["Id"])
    refused(NONE, other.list_resolver_endpoint_ip_addresses, ResolverEndpointId=inbound["Id"])
    refused(NONE, other.get_resolver_rule, ResolverRuleId=made["Id"])
    refused(NONE, other.update_resolver_rule, ResolverRuleId=made["Id"], Config={"Name": "x"})
    refused(NONE, other.delete_resolver_rule, ResolverRuleId=made["Id"])
    refused(NONE, other.associate_resolver_rule, ResolverRuleId=made["Id"], VPCId=hub)
    refused(NONE, other.disassociate_resolver_rule, ResolverRuleId=made["Id"], VPCId=spoke)
    refused(NONE, other.get_resolver_rule_association, ResolverRuleAssociationId=joined["Id"])
    refused(NONE, other.tag_resource, ResourceArn=made["Arn"], Tags=[{"Key": "a", "Value": "b"}])
    refused(NONE, other.list_tags_for_resource, ResourceArn=inbound["Arn"])
    refused(NONE, other.get_resolver_config, ResourceId=hub)
    refused(NONE, other.update_resolver_config, ResourceId=hub, AutodefinedReverseFlag="DISABLE")
    refused(NONE, other.update_resolver_dnssec_config, ResourceId=hub, Validation="ENABLE")
    refused(NONE, other.update_firewall_config, ResourceId=hub, FirewallFailOpen="ENABLED")
    same(other.list_resolver_endpoints()["ResolverEndpoints"], [])
    same([it["Id"] for it in other.list_resolver_rules()["ResolverRules"]], [internet])

# Tags.
same(resolver.list_tags_for_resource(ResourceArn=inbound["Arn"])["Tags"], [{"Key": "k", "Value": "v"}])
resolver.tag_resource(ResourceArn=inbound["Arn"], Tags=[{"Key": "l", "Value": "w"}])
resolver.untag_resource(ResourceArn=inbound["Arn"], TagKeys=["k"])
same(resolver.list_tags_for_resource(ResourceArn=inbound["Arn"])["Tags"], [{"Key": "l", "Value": "w"}])
refused(NONE, resolver.list_tags_for_resource, ResourceArn=inbound["Arn"] + "0")

# What is set for a VPC.
dnssec = resolver.update_resolver_dnssec_config(ResourceId=hub, Validation="ENABLE")["ResolverDNSSECConfig"]
same([dnssec["ValidationStatus"], dnssec["ResourceId"], dnssec["OwnerId"]], ["ENABLED", hub, ACCOUNT])
same([it["Id"] for it in resolver.list_resolver_dnssec_configs()["ResolverDnssecConfigs"]], [dnssec["Id"]])
same(resolver.get_resolver_dnssec_config(ResourceId=spoke)["ResolverDNSSECConfig"]["ValidationStatus"], "DISABLED")
resolver.update_resolver_dnssec_config(ResourceId=hub, Validation="DISABLE")
same(resolver.list_resolver_dnssec_configs()["ResolverDnssecConfigs"], [])
same(dig("50.1.71.10.in-addr.arpa", AT_HUB, "PTR"), [f"ip-10-71-1-50.{REGION}.compute.internal."])
config = resolver.update_resolver_config(ResourceId=hub, AutodefinedReverseFlag="DISABLE")["ResolverConfig"]
same(config["AutodefinedReverse"], "DISABLED")
same(dig("50.1.71.10.in-addr.arpa", AT_HUB, "PTR"), [])
same(resolver.get_resolver_config(ResourceId=hub)["ResolverConfig"], config)
resolver.update_resolver_config(ResourceId=hub, AutodefinedReverseFlag="ENABLE")
same(len(resolver.list_resolver_configs()["ResolverConfigs"]), 2)
opened = resolver.update_firewall_config(ResourceId=spoke, FirewallFailOpen="ENABLED")["FirewallConfig"]
same(resolver.get_firewall_config(ResourceId=spoke)["FirewallConfig"], opened)
same(sorted(it["FirewallFailOpen"] for it in resolver.list_firewall_configs()["FirewallConfigs"]), ["DISABLED", "ENABLED"])

# DNS Firewall.
names = resolver.create_firewall_domain_list(CreatorRequestId="l", Name="bad", Tags=[{"Key": "k", "Value": "v"}])
names = names["FirewallDomainList"]
same([names["DomainCount"], names["Status"], names["Name"]], [0, "COMPLETE", "bad"])
resolver.update_firewall_domains(FirewallDomainListId=names["Id"], Operation="ADD", Domains=["db.onprem.example", "*.x.test."])
domains = resolver.list_firewall_domains(FirewallDomainListId=names["Id"])["Domains"]
same(domains, ["*.x.test.", "db.onprem.example."])
refused(
    "ValidationException",
    resolver.update_firewall_domains,
    FirewallDomainListId=names["Id"],
    Operation="ADD",
    Domains=["a..b"],
)
fire = resolver.create_firewall_rule_group(CreatorRequestId="g", Name="g")["FirewallRuleGroup"]
same([fire["RuleCount"], fire["Status"], fire["OwnerId"]], [0, "COMPLETE", ACCOUNT])
same([it["Name"] for it in resolver.list_firewall_rule_groups()["FirewallRuleGroups"]], ["g"])
key = {"FirewallRuleGroupId": fire["Id"], "FirewallDomainListId": names["Id"]}
blocks = resolver.create_firewall_rule(
    CreatorRequestId="fr", **key, Name="block", Priority=10, Action="BLOCK", BlockResponse="NODATA"
)["FirewallRule"]
same([blocks["Action"], blocks["BlockResponse"], blocks["Priority"]], ["BLOCK", "NODATA", 10])
refused(
    "ConflictException",
    resolver.create_firewall_rule,
    CreatorRequestId="fr2",
    **key,
    Name="b",
    Priority=11,
    Action="ALLOW",
)
refused(
    "ValidationException",
    resolver.create_firewall_rule,
    CreatorRequestId="fr3",
    **key,
    Qtype="AAAA",
    Name="b",
    Priority=11,
    Action="BLOCK",
)
same(dig("db.onprem.example", AT_HUB), ["10.9.9.9"])
guard = {"FirewallRuleGroupId": fire["Id"], "VpcId": hub, "Name": "guard", "CreatorRequestId": "ga"}
refused("ValidationException", resolver.associate_firewall_rule_group, **guard, Priority=100)
joined_fire = resolver.associate_firewall_rule_group(**guard, Priority=101)["FirewallRuleGroupAssociation"]
same([joined_fire["Priority"], joined_fire["VpcId"], joined_fire["MutationProtection"]], [101, hub, "DISABLED"])
same(dig("db.onprem.example", AT_HUB), [])
refused("ConflictException", resolver.associate_firewall_rule_group, **guard, Priority=102)
resolver.update_firewall_rule(
    **key, BlockResponse="OVERRIDE", BlockOverrideDomain="sink.test", BlockOverrideDnsType="CNAME", BlockOverrideTtl=5
)
same(dig("db.onprem.example", AT_HUB), ["sink.test."])
resolver.update_firewall_rule(**key, Action="ALERT", Name="alert")
same(dig("db.onprem.example", AT_HUB), ["10.9.9.9"])
resolver.update_firewall_rule(**key, Action="BLOCK", BlockResponse="NXDOMAIN")
resolver.update_firewall_domains(FirewallDomainListId=names["Id"], Operation="REMOVE", Domains=["db.onprem.example."])
same(dig("db.onprem.example", AT_HUB), ["10.9.9.9"])
resolver.update_firewall_domains(FirewallDomainListId=names["Id"], Operation="REPLACE", Domains=["*.onprem.example"])
same(dig("db.onprem.example", AT_HUB), [])
rules = resolver.list_firewall_rules(FirewallRuleGroupId=fire["Id"])["FirewallRules"]
same([(it["Name"], it["BlockResponse"]) for it in rules], [("alert", "NXDOMAIN")])
lists = resolver.list_firewall_domain_lists()["FirewallDomainLists"]
managed = [it for it in lists if it.get("ManagedOwnerName")]
same(len(managed), 4)
shown = resolver.get_firewall_domain_list(FirewallDomainListId=managed[0]["Id"])["FirewallDomainList"]
same(shown["DomainCount"], 0)
assert "here it is empty" in shown["StatusMessage"], shown
same(resolver.list_firewall_domains(FirewallDomainListId=managed[0]["Id"])["Domains"], [])
refused("AccessDeniedException", resolver.delete_firewall_domain_list, FirewallDomainListId=managed[0]["Id"])
resolver.create_firewall_rule(
    CreatorRequestId="m",
    FirewallRuleGroupId=fire["Id"],
    FirewallDomainListId=managed[0]["Id"],
    Name="aws",
    Priority=20,
    Action="ALERT",
)
same(resolver.get_firewall_rule_group(FirewallRuleGroupId=fire["Id"])["FirewallRuleGroup"]["RuleCount"], 2)
refused("ConflictException", resolver.delete_firewall_rule_group, FirewallRuleGroupId=fire["Id"])
refused("ConflictException", resolver.delete_firewall_domain_list, FirewallDomainListId=names["Id"])
frozen = resolver.update_firewall_rule_group_association(
    FirewallRuleGroupAssociationId=joined_fire["Id"], Priority=200, Name="frozen", MutationProtection="ENABLED"
)["FirewallRuleGroupAssociation"]
same([frozen["Priority"], frozen["Name"], frozen["MutationProtection"]], [200, "frozen", "ENABLED"])
gone = {"FirewallRuleGroupAssociationId": joined_fire["Id"]}
refused("ConflictException", resolver.disassociate_firewall_rule_group, **gone)
resolver.update_firewall_rule_group_association(**gone, MutationProtection="DISABLED")
listed = resolver.list_firewall_rule_group_associations(VpcId=hub)["FirewallRuleGroupAssociations"]
same([it["Id"] for it in listed], [joined_fire["Id"]])
for arn in (names["Arn"], fire["Arn"], joined_fire["Arn"]):
    resolver.tag_resource(ResourceArn=arn, Tags=[{"Key": "t", "Value": "u"}])
    assert {"Key": "t", "Value": "u"} in resolver.list_tags_for_resource(ResourceArn=arn)["Tags"], arn
for other in (theirs, elsewhere):
    refused(NONE, other.get_firewall_rule_group, FirewallRuleGroupId=fire["Id"])
    refused(NONE, other.delete_firewall_rule_group, FirewallRuleGroupId=fire["Id"])
    refused(NONE, other.delete_firewall_rule, **key)
    refused(NONE, other.update_firewall_rule, **key, Priority=5)
    refused(NONE, other.get_firewall_domain_list, FirewallDomainListId=names["Id"])
    refused(NONE, other.delete_firewall_domain_list, FirewallDomainListId=names["Id"])
    refused(NONE, other.update_firewall_domains, FirewallDomainListId=names["Id"], Operation="ADD", Domains=["a.b"])
    refused(NONE, other.get_firewall_rule_group_association, **gone)
    refused(NONE, other.update_firewall_rule_group_association, **gone, Priority=300)
    refused(NONE, other.disassociate_firewall_rule_group, **gone)
    refused(NONE, other.associate_firewall_rule_group, **guard, Priority=300)
resolver.disassociate_firewall_rule_group(**gone)
refused(NONE, resolver.get_firewall_rule_group_association, **gone)
same(dig("db.onprem.example", AT_HUB), ["10.9.9.9"])
resolver.delete_firewall_rule(**key)
resolver.delete_firewall_rule_group(FirewallRuleGroupId=fire["Id"])
refused(NONE, resolver.get_firewall_rule_group, FirewallRuleGroupId=fire["Id"])
resolver.delete_firewall_domain_list(FirewallDomainListId=names["Id"])
refused(NONE, resolver.get_firewall_domain_list, FirewallDomainListId=names["Id"])

# Query logs: kept and shown.
log = resolver.create_resolver_query_log_config(Name="q", DestinationArn="arn:aws:s3:::b", CreatorRequestId="q")
log = log["ResolverQueryLogConfig"]
same([log["Status"], log["DestinationArn"], log["AssociationCount"]], ["CREATING", "arn:aws:s3:::b", 0])
refused(
    "InvalidParameterException",
    resolver.create_resolver_query_log_config,
    Name="w",
    DestinationArn="arn:aws:sqs:::b",
    CreatorRequestId="w",
)
logged = resolver.associate_resolver_query_log_config(ResolverQueryLogConfigId=log["Id"], ResourceId=hub)
logged = logged["ResolverQueryLogConfigAssociation"]
same([logged["ResourceId"], logged["Error"]], [hub, "NONE"])
shown = resolver.get_resolver_query_log_config_association(ResolverQueryLogConfigAssociationId=logged["Id"])
same(shown["ResolverQueryLogConfigAssociation"]["Status"], "ACTIVE")
listed = resolver.list_resolver_query_log_config_associations(Filters=[{"Name": "ResourceId", "Values": [hub]}])
same([listed["TotalCount"], listed["TotalFilteredCount"]], [1, 1])
same(resolver.list_resolver_query_log_configs()["ResolverQueryLogConfigs"][0]["AssociationCount"], 1)
same(resolver.get_resolver_query_log_config(ResolverQueryLogConfigId=log["Id"])["ResolverQueryLogConfig"]["Status"], "CREATED")
refused("InvalidRequestException", resolver.delete_resolver_query_log_config, ResolverQueryLogConfigId=log["Id"])
for other in (theirs, elsewhere):
    refused(NONE, other.get_resolver_query_log_config, ResolverQueryLogConfigId=log["Id"])
    refused(NONE, other.delete_resolver_query_log_config, ResolverQueryLogConfigId=log["Id"])
    refused(NONE, other.associate_resolver_query_log_config, ResolverQueryLogConfigId=log["Id"], ResourceId=hub)
    refused(NONE, other.disassociate_resolver_query_log_config, ResolverQueryLogConfigId=log["Id"], ResourceId=hub)
    refused(
        NONE, other.get_resolver_query_log_config_association, ResolverQueryLogConfigAssociationId=logged["Id"]
    )
resolver.disassociate_resolver_query_log_config(ResolverQueryLogConfigId=log["Id"], ResourceId=hub)
resolver.delete_resolver_query_log_config(ResolverQueryLogConfigId=log["Id"])
refused(NONE, resolver.get_resolver_query_log_config, ResolverQueryLogConfigId=log["Id"])

# The end: everything can be deleted, and then is not there.
resolver.disassociate_resolver_rule(ResolverRuleId=made["Id"], VPCId=spoke)
refused(NONE, resolver.get_resolver_rule_association, ResolverRuleAssociationId=joined["Id"])
for it in (made, again, system, delegates):
    same(resolver.delete_resolver_rule(ResolverRuleId=it["Id"])["ResolverRule"]["Status"], "DELETING")
    refused(NONE, resolver.get_resolver_rule, ResolverRuleId=it["Id"])
for it in (inbound, outbound):
    same(resolver.delete_resolver_endpoint(ResolverEndpointId=it["Id"])["ResolverEndpoint"]["Status"], "DELETING")
    refused(NONE, resolver.get_resolver_endpoint, ResolverEndpointId=it["Id"])
interfaces = ec2.describe_network_interfaces(Filters=[{"Name": "vpc-id", "Values": [hub]}])["NetworkInterfaces"]
same(interfaces, [])
