"""Stacks of Cloud Map, of the Resolver's query log and validation, and of certificates of listeners."""

import json

from common import client, dig, ec2, same
from template import get, kind, ref

cfn, maps, resolver = client("cloudformation"), client("servicediscovery"), client("route53resolver")
balancing = client("elbv2")


def made(resources, verb="create", **more):
    """Makes or changes the stack, which must work; gives its physical ids."""
    outputs = {"Zone": {"Value": get("Space", "HostedZoneId")}, "Arn": {"Value": get("Web", "Arn")}, "Log": {"Value": get("Log", "Status")}}
    body = {"Resources": resources, "Outputs": outputs}
    getattr(cfn, f"{verb}_stack")(StackName="apps", TemplateBody=json.dumps(body), **more)
    events = cfn.describe_stack_events(StackName="apps")["StackEvents"]
    same([(it["LogicalResourceId"], it.get("ResourceStatusReason")) for it in events if "FAILED" in it["ResourceStatus"]], [])
    held = cfn.describe_stack_resources(StackName="apps")["StackResources"]
    same([it["LogicalResourceId"] for it in held if "in name only" in it.get("ResourceStatusReason", "")], ["First", "Second", "Topic"])
    return {it["LogicalResourceId"]: it["PhysicalResourceId"] for it in held}


AT = "10.90.0.4"
records = [{"Type": "A", "TTL": "20"}]
resources = {
    "Net": kind("EC2::VPC", CidrBlock="10.90.0.0/16", EnableDnsHostnames=True),
    "A": kind("EC2::Subnet", VpcId=ref("Net"), CidrBlock="10.90.0.0/24"),
    "Space": kind("ServiceDiscovery::PrivateDnsNamespace", Name="apps.internal", Vpc=ref("Net"), Description="one", Properties={"DnsProperties": {"SOA": {"TTL": 60}}}, Tags=[{"Key": "of", "Value": "us"}]),
    "Open": kind("ServiceDiscovery::PublicDnsNamespace", Name="apps.example"),
    "Plain": kind("ServiceDiscovery::HttpNamespace", Name="plain"),
    "Web": kind("ServiceDiscovery::Service", Name="web", DnsConfig={"NamespaceId": ref("Space"), "DnsRecords": records, "RoutingPolicy": "MULTIVALUE"}, HealthCheckCustomConfig={"FailureThreshold": 1}),
    "One": kind("ServiceDiscovery::Instance", ServiceId=get("Web", "Id"), InstanceId="one", InstanceAttributes={"AWS_INSTANCE_IPV4": "10.90.0.21", "a.b": "c"}),
    "Two": kind("ServiceDiscovery::Instance", ServiceId=ref("Web"), InstanceAttributes={"AWS_INSTANCE_IPV4": "10.90.0.22"}),
    "Valid": kind("Route53Resolver::ResolverDNSSECConfig", ResourceId=ref("Net")),
    "Log": kind("Route53Resolver::ResolverQueryLoggingConfig", Name="log", DestinationArn="arn:aws:s3:::logs"),
    "Logs": kind("Route53Resolver::ResolverQueryLoggingConfigAssociation", ResolverQueryLogConfigId=ref("Log"), ResourceId=ref("Net")),
    "First": kind("CertificateManager::Certificate", DomainName="a.example"),
    "Second": kind("CertificateManager::Certificate", DomainName="b.example"),
    "Topic": kind("SNS::Topic", TopicName="told"),
    "Balancer": kind("ElasticLoadBalancingV2::LoadBalancer", Type="network", Scheme="internal", Subnets=[ref("A")]),
    "Group": kind("ElasticLoadBalancingV2::TargetGroup", Protocol="TCP", Port=80, VpcId=ref("Net")),
    "Listener": kind("ElasticLoadBalancingV2::Listener", LoadBalancerArn=ref("Balancer"), Port=443, Protocol="TLS", Certificates=[{"CertificateArn": ref("First")}], DefaultActions=[{"Type": "forward", "TargetGroupArn": ref("Group")}]),
    "More": kind("ElasticLoadBalancingV2::ListenerCertificate", ListenerArn=ref("Listener"), Certificates=[{"CertificateArn": ref("Second")}]),
}
held = made(resources, Tags=[{"Key": "team", "Value": "net"}])
told = {it["OutputKey"]: it["OutputValue"] for it in cfn.describe_stacks(StackName="apps")["Stacks"][0]["Outputs"]}
space = maps.get_namespace(Id=held["Space"])["Namespace"]
same((space["Name"], space["Description"], space["Properties"]["DnsProperties"]["HostedZoneId"]), ("apps.internal", "one", told["Zone"]))
tags = {it["Key"]: it["Value"] for it in maps.list_tags_for_resource(ResourceARN=space["Arn"])["Tags"]}
same(tags, {"of": "us", "team": "net"})
same(maps.get_service(Id=held["Web"])["Service"]["Arn"], told["Arn"])
same(dig("web.apps.internal", at=AT), ["10.90.0.21", "10.90.0.22"])
same(held["One"], "one")
same(maps.get_instance(ServiceId=held["Web"], InstanceId="one")["Instance"]["Attributes"]["a.b"], "c")
same(resolver.get_resolver_dnssec_config(ResourceId=held["Net"])["ResolverDNSSECConfig"]["ValidationStatus"], "ENABLED")
[config] = resolver.list_resolver_query_log_configs()["ResolverQueryLogConfigs"]
same((config["Id"], config["Name"], config["AssociationCount"], told["Log"]), (held["Log"], "log", 1, "CREATED"))
certificates = balancing.describe_listener_certificates(ListenerArn=held["Listener"])["Certificates"]
same([it["CertificateArn"] for it in certificates], [held["First"], held["Second"]])
assert held["First"].startswith("arn:aws:acm:ap-northeast-2:123456789012:certificate/"), held["First"]
same(held["Topic"], "arn:aws:sns:ap-northeast-2:123456789012:told")

# In place: another description, another TTL, another address, other tags.
resources["Space"]["Properties"] |= {"Description": "two", "Tags": [{"Key": "of", "Value": "you"}]}
resources["Web"]["Properties"]["DnsConfig"]["DnsRecords"] = [{"Type": "A", "TTL": 30}]
resources["One"]["Properties"]["InstanceAttributes"]["AWS_INSTANCE_IPV4"] = "10.90.0.23"
same(made(resources, "update", Tags=[{"Key": "team", "Value": "dev"}]), held)
same(maps.get_namespace(Id=held["Space"])["Namespace"]["Description"], "two")
tags = {it["Key"]: it["Value"] for it in maps.list_tags_for_resource(ResourceARN=space["Arn"])["Tags"]}
same(tags, {"of": "you", "team": "dev"})
same(maps.get_service(Id=held["Web"])["Service"]["DnsConfig"]["DnsRecords"], [{"Type": "A", "TTL": 30}])
same(dig("web.apps.internal", at=AT), ["10.90.0.22", "10.90.0.23"])

# Another name is another service, with its instances.
resources["Web"]["Properties"]["Name"] = "site"
after = made(resources, "update")
assert after["Web"] != held["Web"] and after["Space"] == held["Space"]
same(dig("site.apps.internal", at=AT), ["10.90.0.22", "10.90.0.23"])
same(dig("web.apps.internal", at=AT), [])

cfn.delete_stack(StackName="apps")
same(cfn.list_stacks(StackStatusFilter=["DELETE_FAILED"])["StackSummaries"], [])
same((maps.list_namespaces()["Namespaces"], maps.list_services()["Services"]), ([], []))
same((resolver.list_resolver_query_log_configs()["ResolverQueryLogConfigs"], balancing.describe_load_balancers()["LoadBalancers"]), ([], []))
same(ec2.describe_vpcs()["Vpcs"], [])
