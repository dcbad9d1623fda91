"""Stacks of Route 53: zones, records, health checks, Resolver endpoints and rules, DNS Firewall; what dig then says."""

import json

from common import REGION, client, dig, ec2, same
from template import get, kind, ref

cfn, route53, resolver = client("cloudformation"), client("route53"), client("route53resolver")


def template(resources, **outputs):
    outputs = {name: {"Value": value} for name, value in outputs.items()}
    return json.dumps({"Resources": resources, "Outputs": outputs} if outputs else {"Resources": resources})


def stack(name):
    return cfn.describe_stacks(StackName=name)["Stacks"][0]


def physical(name):
    held = cfn.describe_stack_resources(StackName=name)["StackResources"]
    return {it["LogicalResourceId"]: it["PhysicalResourceId"] for it in held}


def failures(name):
    events = cfn.describe_stack_events(StackName=name)["StackEvents"]
    return [(it["LogicalResourceId"], it.get("ResourceStatusReason")) for it in events if "FAILED" in it["ResourceStatus"]]


def made(name, body, verb="create", **more):
    """Makes or changes a stack, which must work; gives its physical ids."""
    getattr(cfn, f"{verb}_stack")(StackName=name, TemplateBody=body, **more)
    same(failures(name), [])
    same(stack(name)["StackStatus"], f"{verb.upper()}_COMPLETE")
    return physical(name)


def zone_tags(kind, id):
    shown = route53.list_tags_for_resource(ResourceType=kind, ResourceId=id)["ResourceTagSet"]["Tags"]
    return {it["Key"]: it["Value"] for it in shown}


AT = "10.50.0.10"
one, two = {"VPCId": ref("Net"), "VPCRegion": REGION}, {"VPCId": ref("Other"), "VPCRegion": REGION}
base = {
    "Net": kind("EC2::VPC", CidrBlock="10.50.0.0/16", EnableDnsHostnames=True),
    "Other": kind("EC2::VPC", CidrBlock="10.60.0.0/16", EnableDnsHostnames=True),
    "A": kind("EC2::Subnet", VpcId=ref("Net"), CidrBlock="10.50.0.0/24", AvailabilityZone=f"{REGION}a"),
    "C": kind("EC2::Subnet", VpcId=ref("Net"), CidrBlock="10.50.1.0/24", AvailabilityZone=f"{REGION}c"),
}
zone = {
    "Zone": kind("Route53::HostedZone", Name="corp.example", VPCs=[one], HostedZoneConfig={"Comment": "first"}, HostedZoneTags=[{"Key": "of", "Value": "us"}]),
    "Public": kind("Route53::HostedZone", Name="shop.example."),
    "Www": kind("Route53::RecordSet", HostedZoneId=ref("Zone"), Name="www.corp.example", Type="A", TTL="60", ResourceRecords=["10.50.0.80", "10.50.0.81"]),
    "Text": kind("Route53::RecordSet", HostedZoneName="corp.example.", Name="text.corp.example.", Type="TXT", TTL=300, ResourceRecords=['"a b"'], DependsOn=[]) ,
    "Alias": kind("Route53::RecordSet", HostedZoneId=ref("Zone"), Name="alias.corp.example", Type="A", AliasTarget={"DNSName": "www.corp.example", "HostedZoneId": ref("Zone")}),
    "Check": kind("Route53::HealthCheck", HealthCheckConfig={"Type": "TCP", "IPAddress": "192.0.2.1", "Port": 80, "FailureThreshold": 3}, HealthCheckTags=[{"Key": "of", "Value": "them"}]),
    "Group": kind("Route53::RecordSetGroup", HostedZoneId=ref("Zone"), RecordSets=[
        {"Name": "way.corp.example", "Type": "A", "TTL": 60, "SetIdentifier": "main", "Failover": "PRIMARY", "HealthCheckId": ref("Check"), "ResourceRecords": ["10.50.0.1"]},
        {"Name": "way.corp.example", "Type": "A", "TTL": 60, "SetIdentifier": "rest", "Failover": "SECONDARY", "ResourceRecords": ["10.50.0.2"]},
    ]),
}
del zone["Text"]["Properties"]["DependsOn"]
zone["Text"]["DependsOn"] = "Zone"
zone["Alias"]["DependsOn"] = "Www"
servers = {"Fn::Join": [",", get("Public", "NameServers")]}
held = made("dns", template(base | zone, Servers=servers, Zone=get("Zone", "Id"), Check=get("Check", "HealthCheckId")), Tags=[{"Key": "team", "Value": "net"}])
told = {it["OutputKey"]: it["OutputValue"] for it in stack("dns")["Outputs"]}
same((told["Zone"], told["Check"]), (held["Zone"], held["Check"]))
same(told["Servers"].split(","), route53.get_hosted_zone(Id=held["Public"])["DelegationSet"]["NameServers"])
same(held["Www"], "www.corp.example")
same(zone_tags("hostedzone", held["Zone"]), {"of": "us", "team": "net"})
same(zone_tags("healthcheck", held["Check"]), {"of": "them", "team": "net"})
same(dig("www.corp.example", at=AT), ["10.50.0.80", "10.50.0.81"])
same(dig("text.corp.example", at=AT, rtype="TXT"), ['"a', 'b"'])
same(dig("alias.corp.example", at=AT), ["10.50.0.80", "10.50.0.81"])
same(dig("way.corp.example", at=AT), ["10.50.0.1"])
same(dig("www.corp.example", at="10.60.0.10"), [])

# Changed in place: the check fails, records have other values and names, the zone has another VPC more.
zone["Check"]["Properties"]["HealthCheckConfig"] |= {"Inverted": True}
zone["Www"]["Properties"] |= {"ResourceRecords": ["10.50.0.82"]}
zone["Text"]["Properties"] |= {"Name": "words.corp.example."}
zone["Zone"]["Properties"] |= {"VPCs": [two, one], "HostedZoneConfig": {"Comment": "second"}, "HostedZoneTags": [{"Key": "of", "Value": "all"}]}
after = made("dns", template(base | zone), "update", Tags=[{"Key": "team", "Value": "net"}])
same(after["Zone"], held["Zone"])
same(after["Check"], held["Check"])
same(dig("way.corp.example", at=AT), ["10.50.0.2"])
for at in [AT, "10.60.0.10"]:
    same(dig("www.corp.example", at=at), ["10.50.0.82"])
same(dig("text.corp.example", at=AT, rtype="TXT"), [])
same(dig("words.corp.example", at=AT, rtype="TXT"), ['"a', 'b"'])
same(route53.get_hosted_zone(Id=held["Zone"])["HostedZone"]["Config"]["Comment"], "second")
same(zone_tags("hostedzone", held["Zone"]), {"of": "all", "team": "net"})
# Another type of record is another record; a check of another type is another check.
zone["Www"]["Properties"] |= {"Type": "CNAME", "ResourceRecords": ["words.corp.example"]}
del zone["Alias"]
zone["Group"]["Properties"]["RecordSets"] = [{"Name": "way.corp.example", "Type": "A", "TTL": 60, "ResourceRecords": ["10.50.0.3"]}]
zone["Check"]["Properties"]["HealthCheckConfig"] |= {"Type": "HTTP"}
zone["Zone"]["Properties"]["VPCs"] = [two]
after = made("dns", template(base | zone), "update")
assert after["Check"] != held["Check"]
same(dig("www.corp.example", at="10.60.0.10", rtype="CNAME"), ["words.corp.example."])
same(dig("way.corp.example", at="10.60.0.10"), ["10.50.0.3"])
same(dig("way.corp.example", at=AT), [])
same(zone_tags("hostedzone", held["Zone"]), {"of": "all", "team": "net"})

# What Route 53 refuses is told, and nothing of it is left.
same(len(route53.list_hosted_zones()["HostedZones"]), 2)
bad = {"Zone": kind("Route53::HostedZone", Name="bad.example"), "Bad": kind("Route53::RecordSet", HostedZoneId=ref("Zone"), Name="www.bad.example", Type="A", TTL=60, ResourceRecords=["no address"])}
for properties, words in [
    ({}, "no address"),
    ({"HostedZoneId": "Z0000000000000000000A"}, "No hosted zone found"),
    ({"HostedZoneName": "bad.example."}, "Exactly one of"),
]:
    bad["Bad"]["Properties"] |= properties
    cfn.create_stack(StackName="bad", TemplateBody=template(bad))
    [(where, reason)] = failures("bad")
    same(where, "Bad")
    assert words in reason and "Service: Route53" in reason, reason
    cfn.delete_stack(StackName="bad")
same(len(route53.list_hosted_zones()["HostedZones"]), 2)
# A record that somebody deleted by hand counts as deleted.
route53.change_resource_record_sets(HostedZoneId=held["Zone"], ChangeBatch={"Changes": [{"Action": "DELETE", "ResourceRecordSet": {
    "Name": "way.corp.example", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "10.50.0.3"}]}}]})
cfn.delete_stack(StackName="dns")
same(cfn.list_stacks(StackStatusFilter=["DELETE_FAILED"])["StackSummaries"], [])
same((route53.list_hosted_zones()["HostedZones"], route53.list_health_checks()["HealthChecks"]), ([], []))

# So does one of a zone that somebody deleted.
named = {"Www": kind("Route53::RecordSet", HostedZoneName="hand.example.", Name="www.hand.example", Type="A", TTL=60, ResourceRecords=["192.0.2.1"])}
hand = route53.create_hosted_zone(Name="hand.example", CallerReference="hand")["HostedZone"]["Id"]
made("named", template(named))
same(dig("www.hand.example"), ["192.0.2.1"])
route53.change_resource_record_sets(HostedZoneId=hand, ChangeBatch={"Changes": [{"Action": "DELETE", "ResourceRecordSet": {
    "Name": "www.hand.example", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]}}]})
route53.delete_hosted_zone(Id=hand)
cfn.delete_stack(StackName="named")
same(cfn.list_stacks(StackStatusFilter=["DELETE_FAILED"])["StackSummaries"], [])
cfn.create_stack(StackName="named", TemplateBody=template(named))
[(where, reason)] = failures("named")
assert "No hosted zones named hand.example. found" in reason, reason
cfn.delete_stack(StackName="named")

# Resolver endpoints, rules and DNS Firewall.
addresses = [{"SubnetId": ref("A"), "Ip": "10.50.0.53"}, {"SubnetId": ref("C")}]
group = get("Net", "DefaultSecurityGroup")
rules = {
    "Out": kind("Route53Resolver::ResolverEndpoint", Direction="OUTBOUND", Name="out", SecurityGroupIds=[group], IpAddresses=addresses, Tags=[{"Key": "of", "Value": "us"}]),
    "Forward": kind("Route53Resolver::ResolverRule", RuleType="FORWARD", Name="forward", DomainName="far.example", ResolverEndpointId=ref("Out"), TargetIps=[{"Ip": "192.0.2.53", "Port": "53"}]),
    "Uses": kind("Route53Resolver::ResolverRuleAssociation", ResolverRuleId=get("Forward", "ResolverRuleId"), VPCId=ref("Net"), Name="uses"),
    "Zone": kind("Route53::HostedZone", Name="corp.example", VPCs=[one]),
    "Www": kind("Route53::RecordSet", HostedZoneId=ref("Zone"), Name="www.corp.example", Type="A", TTL=60, ResourceRecords=["10.50.0.80"]),
    "List": kind("Route53Resolver::FirewallDomainList", Name="bad", Domains=["*.corp.example"]),
    "Wall": kind("Route53Resolver::FirewallRuleGroup", Name="wall", FirewallRules=[{"FirewallDomainListId": get("List", "Id"), "Priority": 1, "Action": "BLOCK", "BlockResponse": "NXDOMAIN"}]),
    "Guards": kind("Route53Resolver::FirewallRuleGroupAssociation", FirewallRuleGroupId=ref("Wall"), VpcId=ref("Net"), Priority=101, Name="guards"),
    "Plain": kind("Route53Resolver::ResolverConfig", ResourceId=ref("Net"), AutodefinedReverseFlag="DISABLE"),
}
held = made("resolver", template(base | rules), Tags=[{"Key": "team", "Value": "net"}])
[endpoint] = resolver.list_resolver_endpoints()["ResolverEndpoints"]
same((endpoint["Id"], endpoint["Name"], endpoint["IpAddressCount"]), (held["Out"], "out", 2))
tags = resolver.list_tags_for_resource(ResourceArn=endpoint["Arn"])["Tags"]
same({it["Key"]: it["Value"] for it in tags}, {"of": "us", "team": "net"})
rule = resolver.get_resolver_rule(ResolverRuleId=held["Forward"])["ResolverRule"]
same((rule["DomainName"], rule["TargetIps"][0]["Ip"]), ("far.example.", "192.0.2.53"))
same(resolver.get_resolver_rule_association(ResolverRuleAssociationId=held["Uses"])["ResolverRuleAssociation"]["VPCId"], held["Net"])
same(resolver.get_resolver_config(ResourceId=held["Net"])["ResolverConfig"]["AutodefinedReverse"], "DISABLED")
same(dig("www.corp.example", at=AT), [])
# In place: another name, targets and addresses, and a wall that lets pass.
rules["Out"]["Properties"] |= {"Name": "way out", "IpAddresses": [addresses[0], {"SubnetId": ref("C"), "Ip": "10.50.1.53"}]}
rules["Forward"]["Properties"] |= {"TargetIps": [{"Ip": "192.0.2.54"}]}
rules["Wall"]["Properties"]["FirewallRules"][0] |= {"Action": "ALERT"}
del rules["Wall"]["Properties"]["FirewallRules"][0]["BlockResponse"]
rules["Guards"]["Properties"] |= {"Priority": 102}
same(made("resolver", template(base | rules), "update"), held)
shown = resolver.list_resolver_endpoint_ip_addresses(ResolverEndpointId=held["Out"])["IpAddresses"]
same(sorted(it["Ip"] for it in shown), ["10.50.0.53", "10.50.1.53"])
same(resolver.get_resolver_rule(ResolverRuleId=held["Forward"])["ResolverRule"]["TargetIps"][0]["Ip"], "192.0.2.54")
same(dig("www.corp.example", at=AT), ["10.50.0.80"])
cfn.delete_stack(StackName="resolver")
same(cfn.list_stacks(StackStatusFilter=["DELETE_FAILED"])["StackSummaries"], [])
same((resolver.list_resolver_endpoints()["ResolverEndpoints"], resolver.list_firewall_rule_groups()["FirewallRuleGroups"]), ([], []))
same((ec2.describe_vpcs()["Vpcs"], ec2.describe_network_interfaces()["NetworkInterfaces"]), ([], []))

# IP-based routing.
by_ip = {
    "Places": kind("Route53::CidrCollection", Name="places", Locations=[{"LocationName": "office", "CidrList": ["198.51.100.0/24"]}]),
    "Zone": kind("Route53::HostedZone", Name="ip.example"),
    "Office": kind("Route53::RecordSet", HostedZoneId=ref("Zone"), Name="w.ip.example", Type="A", TTL=60, ResourceRecords=["192.0.2.1"], SetIdentifier="office", CidrRoutingConfig={"CollectionId": ref("Places"), "LocationName": "office"}),
    "Rest": kind("Route53::RecordSet", HostedZoneId=ref("Zone"), Name="w.ip.example", Type="A", TTL=60, ResourceRecords=["192.0.2.2"], SetIdentifier="rest", CidrRoutingConfig={"CollectionId": ref("Places"), "LocationName": "*"}),
}
made("ip", template(by_ip))
same((dig("w.ip.example", "198.51.100.7"), dig("w.ip.example", "203.0.113.7")), (["192.0.2.1"], ["192.0.2.2"]))
by_ip["Places"]["Properties"]["Locations"] = [{"LocationName": "office", "CidrList": ["203.0.113.0/24"]}]
made("ip", template(by_ip), "update")
same((dig("w.ip.example", "198.51.100.7"), dig("w.ip.example", "203.0.113.7")), (["192.0.2.2"], ["192.0.2.1"]))
cfn.delete_stack(StackName="ip")
same(route53.list_cidr_collections()["CidrCollections"], [])

# A Profile brings a zone, a rule and a wall to the other VPC.
profiles = client("route53profiles")
region_arn = {"Fn::Sub": "arn:${AWS::Partition}:route53:::hostedzone/${Zone}"}
inner = {
    "Zone": kind("Route53::HostedZone", Name="corp.example", VPCs=[one]),
    "Www": kind("Route53::RecordSet", HostedZoneId=ref("Zone"), Name="www.corp.example", Type="A", TTL=60, ResourceRecords=["10.50.0.80"]),
    "Bad": kind("Route53::RecordSet", HostedZoneId=ref("Zone"), Name="bad.corp.example", Type="A", TTL=60, ResourceRecords=["10.50.0.81"]),
    "Rule": kind("Route53Resolver::ResolverRule", RuleType="SYSTEM", DomainName="corp.example"),
    "List": kind("Route53Resolver::FirewallDomainList", Domains=["bad.corp.example"]),
    "Wall": kind("Route53Resolver::FirewallRuleGroup", FirewallRules=[{"FirewallDomainListId": get("List", "Id"), "Priority": 1, "Action": "BLOCK", "BlockResponse": "NXDOMAIN"}]),
    "Profile": kind("Route53Profiles::Profile", Name="shared", Tags=[{"Key": "of", "Value": "us"}]),
    "Here": kind("Route53Profiles::ProfileAssociation", Name="here", ProfileId=ref("Profile"), ResourceId=ref("Other")),
    "HasZone": kind("Route53Profiles::ProfileResourceAssociation", Name="zone", ProfileId=get("Profile", "Id"), ResourceArn=region_arn),
    "HasRule": kind("Route53Profiles::ProfileResourceAssociation", Name="rule", ProfileId=ref("Profile"), ResourceArn=get("Rule", "Arn")),
    "HasWall": kind("Route53Profiles::ProfileResourceAssociation", Name="wall", ProfileId=ref("Profile"), ResourceArn=get("Wall", "Arn"), ResourceProperties='{"priority": 102}'),
}
held = made("profile", template(base | inner, Arn=get("Profile", "Arn")), Tags=[{"Key": "team", "Value": "net"}])
[told] = stack("profile")["Outputs"]
same(profiles.list_tags_for_resource(ResourceArn=told["OutputValue"])["Tags"], {"of": "us", "team": "net"})
there = "10.60.0.10"
same((dig("www.corp.example", at=there), dig("bad.corp.example", at=there)), (["10.50.0.80"], []))
same(dig("bad.corp.example", at=AT), ["10.50.0.81"])
inner["Profile"]["Properties"]["Tags"] = [{"Key": "of", "Value": "a.b"}]
inner["HasWall"]["Properties"]["ResourceProperties"] = '{"priority": 103}'
same(made("profile", template(base | inner), "update"), held)
same(profiles.list_tags_for_resource(ResourceArn=told["OutputValue"])["Tags"], {"of": "a.b", "team": "net"})
shown = profiles.get_profile_resource_association(ProfileResourceAssociationId=held["HasWall"])["ProfileResourceAssociation"]
same(json.loads(shown["ResourceProperties"]), {"priority": 103})
del inner["HasZone"]
made("profile", template(base | inner), "update")
same(dig("www.corp.example", at=there), [])
cfn.delete_stack(StackName="profile")
same((profiles.list_profiles()["ProfileSummaries"], ec2.describe_vpcs()["Vpcs"]), ([], []))
