"""AWS Cloud Map: what is registered is what dig sees, and what is unhealthy is not. JSON 1.1, by botocore."""

import boto3
import model
from botocore.config import Config
from common import ACCOUNT, HTTP, REGION, client, dig, ec2, refused, same

cloud_map = client("servicediscovery")
r53 = client("route53", region="us-east-1")
theirs = client("servicediscovery", account="222222222222")
elsewhere = client("servicediscovery", region="us-east-1")
loose = client("servicediscovery", checked=False)
# `DiscoverInstances` goes to a host of its own, which a server under an IP address has not.
data = boto3.client(
    "servicediscovery",
    region_name=REGION,
    endpoint_url=f"http://{HTTP}",
    aws_access_key_id="test",
    aws_secret_access_key="secret",
    config=Config(inject_host_prefix=False, retries={"total_max_attempts": 1}),
)
data.meta.events.register("after-call", model.check)

vpc = ec2.create_vpc(CidrBlock="10.81.0.0/16")["Vpc"]["VpcId"]
ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.81.1.0/24")["Subnet"]["SubnetId"]
other_vpc = ec2.create_vpc(CidrBlock="10.82.0.0/16")["Vpc"]["VpcId"]
AT, AT_OTHER = "10.81.1.9", "10.82.1.9"


def done(reply, status="SUCCESS", by=cloud_map):
    """The operation of a reply, which is over."""
    operation = by.get_operation(OperationId=reply["OperationId"])["Operation"]
    same([operation["Status"], operation["OwnerAccount"]], [status, ACCOUNT])
    return operation


# A private namespace has a hosted zone, which is Cloud Map's.
asked = {"Name": "corp.local", "Vpc": vpc, "CreatorRequestId": "ns", "Description": "d", "Tags": [{"Key": "k", "Value": "v"}]}
made = cloud_map.create_private_dns_namespace(**asked)
same(cloud_map.create_private_dns_namespace(**asked)["OperationId"], made["OperationId"])
operation = done(made)
same(operation["Type"], "CREATE_NAMESPACE")
namespace = operation["Targets"]["NAMESPACE"]
assert namespace.startswith("ns-") and len(namespace) == 19, namespace
shown = cloud_map.get_namespace(Id=namespace)["Namespace"]
arn = f"arn:aws:servicediscovery:{REGION}:{ACCOUNT}:namespace/{namespace}"
same([shown["Arn"], shown["Name"], shown["Type"], shown["Description"]], [arn, "corp.local", "DNS_PRIVATE", "d"])
same([shown["CreatorRequestId"], shown["ServiceCount"], shown["ResourceOwner"]], ["ns", 0, ACCOUNT])
same(shown["Properties"]["HttpProperties"], {"HttpName": "corp.local"})
same(shown["Properties"]["DnsProperties"]["SOA"], {"TTL": 15})
same(cloud_map.get_namespace(Id=arn)["Namespace"], shown)
zone = shown["Properties"]["DnsProperties"]["HostedZoneId"]
held = r53.get_hosted_zone(Id=zone)
same([held["HostedZone"]["Name"], held["HostedZone"]["Config"]["PrivateZone"]], ["corp.local.", True])
same(held["HostedZone"]["LinkedService"], {"ServicePrincipal": "servicediscovery.amazonaws.com", "Description": arn})
same(held["VPCs"], [{"VPCRegion": REGION, "VPCId": vpc}])
change = {"Name": "x.corp.local", "Type": "A", "TTL": 5, "ResourceRecords": [{"Value": "10.0.0.1"}]}
batch = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": change}]}
words = f"can only be managed through AWS Cloud Map ({arn})"
refused("AccessDenied", r53.change_resource_record_sets, text=words, status=403, HostedZoneId=zone, ChangeBatch=batch)
refused("AccessDenied", r53.delete_hosted_zone, text=words, status=403, Id=zone)

# Names.
refused("NamespaceAlreadyExists", cloud_map.create_private_dns_namespace, Name="corp.local", Vpc=vpc)
again = done(cloud_map.create_private_dns_namespace(Name="corp.local", Vpc=other_vpc))["Targets"]["NAMESPACE"]
http_name = cloud_map.get_namespace(Id=again)["Namespace"]["Properties"]["HttpProperties"]["HttpName"]
same(http_name, f"corp.local-{again.removeprefix('ns-')}")
refused("InvalidInput", cloud_map.create_private_dns_namespace, Name="x.local", Vpc="vpc-0ffffffffffffffff")
refused("InvalidInput", cloud_map.create_private_dns_namespace, Name="a..b", Vpc=vpc)
refused("InvalidInput", theirs.create_private_dns_namespace, Name="x.local", Vpc=vpc)
refused("InvalidInput", elsewhere.create_private_dns_namespace, Name="x.local", Vpc=vpc)
refused("ValidationException", loose.create_private_dns_namespace, Name="x.local")
r53.create_hosted_zone(Name="taken.local", CallerReference="t", VPC={"VPCRegion": REGION, "VPCId": vpc})
failed = done(cloud_map.create_private_dns_namespace(Name="taken.local", Vpc=vpc), status="FAIL")
same(failed["ErrorCode"], "CANNOT_CREATE_HOSTED_ZONE")
assert "ConflictingDomainExists" in failed["ErrorMessage"], failed
refused("NamespaceNotFound", cloud_map.get_namespace, Id=failed["Targets"]["NAMESPACE"])
http = done(cloud_map.create_http_namespace(Name="http"))["Targets"]["NAMESPACE"]
refused("NamespaceAlreadyExists", cloud_map.create_http_namespace, Name="http")
public = done(cloud_map.create_public_dns_namespace(Name="cloud-map.example"))["Targets"]["NAMESPACE"]
refused("InvalidInput", cloud_map.create_public_dns_namespace, Name="single")

# Lists, in pages and with filters.
pages = cloud_map.get_paginator("list_namespaces").paginate(PaginationConfig={"PageSize": 1})
listed = [it["Id"] for page in pages for it in page["Namespaces"]]
same(sorted(listed), sorted([namespace, again, http, public]))
for name, values, condition, wanted in (
    ("TYPE", ["HTTP"], "EQ", [http]),
    ("NAME", ["corp.local", "http"], "IN", [namespace, again, http]),
    ("HTTP_NAME", ["corp.local-"], "BEGINS_WITH", [again]),
):
    filters = [{"Name": name, "Values": values, "Condition": condition}]
    found = cloud_map.list_namespaces(Filters=filters)["Namespaces"]
    same(sorted(it["Id"] for it in found), sorted(wanted))
refused("InvalidInput", cloud_map.list_namespaces, Filters=[{"Name": "NAME", "Values": ["a", "b"]}])
refused("InvalidInput", cloud_map.list_namespaces, NextToken="!")
same([theirs.list_namespaces()["Namespaces"], elsewhere.list_namespaces()["Namespaces"]], [[], []])

# Updates.
done(cloud_map.update_private_dns_namespace(Id=namespace, Namespace={"Description": "e", "Properties": {"DnsProperties": {"SOA": {"TTL": 30}}}}))
shown = cloud_map.get_namespace(Id=namespace)["Namespace"]
same([shown["Description"], shown["Properties"]["DnsProperties"]["SOA"]["TTL"]], ["e", 30])
done(cloud_map.update_http_namespace(Id=http, Namespace={"Description": "h"}))
same(cloud_map.get_namespace(Id=http)["Namespace"]["Description"], "h")
done(cloud_map.update_public_dns_namespace(Id=public, Namespace={"Description": "p"}))
refused("InvalidInput", cloud_map.update_http_namespace, Id=namespace, Namespace={"Description": "h"})


# Services.
def service(name, *types, policy="MULTIVALUE", within=namespace, **more):
    dns = {"RoutingPolicy": policy, "DnsRecords": [{"Type": it, "TTL": 20} for it in types]}
    more = {**more, "DnsConfig": dns} if types else more
    return cloud_map.create_service(Name=name, NamespaceId=within, **more)["Service"]


web = service("web", "A", HealthCheckCustomConfig={}, Description="w", CreatorRequestId="s", Tags=[{"Key": "k", "Value": "v"}])
assert web["Id"].startswith("srv-") and len(web["Id"]) == 20, web
same(web["Arn"], f"arn:aws:servicediscovery:{REGION}:{ACCOUNT}:service/{web['Id']}")
same([web["Type"], web["NamespaceId"], web["InstanceCount"], web["Description"]], ["DNS_HTTP", namespace, 0, "w"])
same(web["DnsConfig"], {"NamespaceId": namespace, "RoutingPolicy": "MULTIVALUE", "DnsRecords": [{"Type": "A", "TTL": 20}]})
same(web["HealthCheckCustomConfig"], {"FailureThreshold": 1})
same(cloud_map.get_service(Id=web["Id"])["Service"], web)
same(service("web", "A", CreatorRequestId="s")["Id"], web["Id"])
refused("ServiceAlreadyExists", service, name="WEB")
refused("InvalidInput", lambda: service("b.", "A"))
refused("InvalidInput", lambda: service("b", "CNAME"))
refused("InvalidInput", lambda: service("b", "CNAME", "A", policy="WEIGHTED"))
refused("InvalidInput", lambda: service("b", "A", "A"))
refused("InvalidInput", lambda: service("b", "A", within=http))
refused("InvalidInput", lambda: service("b", "A", HealthCheckConfig={"Type": "TCP"}))
refused("InvalidInput", lambda: service("b", "A", Type="HTTP"))
refused("NamespaceNotFound", lambda: service("b", "A", within="ns-0000000000000000"))
refused("NamespaceNotFound", theirs.create_service, Name="b", NamespaceId=namespace)
refused("InvalidInput", cloud_map.create_service, Name="b")
refused("ResourceInUse", cloud_map.delete_namespace, Id=namespace)


# Instances resolve at once.
def register(to, name, **attributes):
    reply = cloud_map.register_instance(ServiceId=to["Id"], InstanceId=name, Attributes=attributes)
    return done(reply)


operation = register(web, "i-1", AWS_INSTANCE_IPV4="10.81.1.11", stage="blue", **{"a.b": "c"})
same([operation["Type"], operation["Targets"]], ["REGISTER_INSTANCE", {"INSTANCE": "i-1", "SERVICE": web["Id"]}])
same([dig("web.corp.local", AT), dig("web.corp.local", AT_OTHER)], [["10.81.1.11"], []])
register(web, "i-2", AWS_INSTANCE_IPV4="10.81.1.12", stage="green")
same(dig("web.corp.local", AT), ["10.81.1.11", "10.81.1.12"])
sets = r53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
sets = [(it["SetIdentifier"], it["MultiValueAnswer"], it["TTL"]) for it in sets if it["Type"] == "A"]
same(sets, [("i-1", True, 20), ("i-2", True, 20)])
same(cloud_map.get_service(Id=web["Id"])["Service"]["InstanceCount"], 2)
got = cloud_map.get_instance(ServiceId=web["Id"], InstanceId="i-1")["Instance"]
same(got["Attributes"], {"AWS_INSTANCE_IPV4": "10.81.1.11", "stage": "blue", "a.b": "c"})
pages = cloud_map.get_paginator("list_instances").paginate(ServiceId=web["Id"], PaginationConfig={"PageSize": 1})
same([it["Id"] for page in pages for it in page["Instances"]], ["i-1", "i-2"])
for attributes in (
    {},
    {"AWS_INSTANCE_IPV4": "10.0.0.256"},
    {"AWS_INSTANCE_IPV4": "10.0.0.1", "AWS_INSTANCE_PORT": "0"},
    {"AWS_INSTANCE_IPV4": "10.0.0.1", "AWS_INIT_HEALTH_STATUS": "ILL"},
    {"AWS_EC2_INSTANCE_ID": "i-0ffffffffffffffff"},
    {"AWS_ALIAS_DNS_NAME": "a.elb.us-east-1.amazonaws.com"},
    {"AWS_INSTANCE_IPV4": "10.0.0.1", "k": "v" * 1_025},
    {"AWS_INSTANCE_IPV4": "10.0.0.1", **{f"k{it}": "v" for it in range(31)}},
):
    refused("InvalidInput", loose.register_instance, ServiceId=web["Id"], InstanceId="i-3", Attributes=attributes)
given = {"InstanceId": "i-3", "Attributes": {"AWS_INSTANCE_IPV4": "10.0.0.1"}}
refused("ServiceNotFound", cloud_map.register_instance, ServiceId="srv-0000000000000000", **given)
refused("ServiceNotFound", theirs.register_instance, ServiceId=web["Id"], **given)
refused("ServiceNotFound", elsewhere.register_instance, ServiceId=web["Id"], **given)
refused("InvalidInput", loose.register_instance, ServiceId=web["Id"], **{**given, "InstanceId": "a b"})


# Health: what is unhealthy is not answered, unless all are.
def health(name, status, to=web, by=cloud_map):
    by.update_instance_custom_health_status(ServiceId=to["Id"], InstanceId=name, Status=status)


def discovered(**more):
    reply = data.discover_instances(NamespaceName="corp.local", ServiceName="web", **more)
    return [it["InstanceId"] for it in reply["Instances"]]


revision = data.discover_instances_revision(NamespaceName="corp.local", ServiceName="web")["InstancesRevision"]
health("i-1", "UNHEALTHY")
same(dig("web.corp.local", AT), ["10.81.1.12"])
statuses = cloud_map.get_instances_health_status(ServiceId=web["Id"])["Status"]
same(statuses, {"i-1": "UNHEALTHY", "i-2": "HEALTHY"})
same(cloud_map.get_instances_health_status(ServiceId=web["Id"], Instances=["i-2"])["Status"], {"i-2": "HEALTHY"})
same([discovered(), discovered(HealthStatus="UNHEALTHY"), discovered(HealthStatus="ALL")], [["i-2"], ["i-1"], ["i-1", "i-2"]])
assert data.discover_instances_revision(NamespaceName="corp.local", ServiceName="web")["InstancesRevision"] > revision
health("i-2", "UNHEALTHY")
same(dig("web.corp.local", AT), ["10.81.1.11", "10.81.1.12"])
same([discovered(HealthStatus="HEALTHY"), discovered()], [[], ["i-1", "i-2"]])
health("i-1", "HEALTHY")
same(dig("web.corp.local", AT), ["10.81.1.11"])
health("i-2", "HEALTHY")
refused("InstanceNotFound", lambda: health("i-9", "HEALTHY"))
refused("ServiceNotFound", lambda: health("i-1", "HEALTHY", by=theirs))
refused("InstanceNotFound", cloud_map.get_instances_health_status, ServiceId=web["Id"], Instances=["i-9"])
register(web, "i-4", AWS_INSTANCE_IPV4="10.81.1.14", AWS_INIT_HEALTH_STATUS="UNHEALTHY")
same(dig("web.corp.local", AT), ["10.81.1.11", "10.81.1.12"])

# Discovery by attributes.
same(discovered(QueryParameters={"stage": "blue"}), ["i-1"])
same(discovered(QueryParameters={"stage": "red"}), [])
same(discovered(OptionalParameters={"stage": "green"}), ["i-2"])
same(discovered(OptionalParameters={"stage": "red"}, MaxResults=1), ["i-1"])
found = data.discover_instances(NamespaceName="corp.local", ServiceName="web", QueryParameters={"stage": "blue"})["Instances"][0]
same([found["NamespaceName"], found["ServiceName"], found["HealthStatus"]], ["corp.local", "web", "HEALTHY"])
same(found["Attributes"]["a.b"], "c")
refused("NamespaceNotFound", data.discover_instances, NamespaceName="x", ServiceName="web")
refused("ServiceNotFound", data.discover_instances, NamespaceName="corp.local", ServiceName="x")

# The other types of records.
both = service("both", "AAAA", "A")
register(both, "b", AWS_INSTANCE_IPV4="10.81.1.20", AWS_INSTANCE_IPV6="2001:db8::1")
same([dig("both.corp.local", AT), dig("both.corp.local", AT, "AAAA")], [["10.81.1.20"], ["2001:db8::1"]])
srv = service("_http._tcp", "SRV")
register(srv, "one", AWS_INSTANCE_IPV4="10.81.1.30", AWS_INSTANCE_PORT="8080")
same(dig("_http._tcp.corp.local", AT, "SRV"), sorted(["1", "1", "8080", "one._http._tcp.corp.local."]))
same(dig("one._http._tcp.corp.local", AT), ["10.81.1.30"])
refused("InvalidInput", register, to=srv, name="two", AWS_INSTANCE_PORT="8080")
refused("InvalidInput", register, to=srv, name="two", AWS_INSTANCE_IPV4="10.81.1.31")
cname = service("cname", "CNAME", policy="WEIGHTED")
register(cname, "c", AWS_INSTANCE_CNAME="both.corp.local")
same(dig("cname.corp.local", AT), ["10.81.1.20", "both.corp.local."])
weighted = service("weighted", "A", policy="WEIGHTED")
register(weighted, "x", AWS_INSTANCE_IPV4="10.81.1.41")
register(weighted, "y", AWS_INSTANCE_IPV4="10.81.1.42")
same(len(dig("weighted.corp.local", AT)), 1)
alias = service("alias", "A", policy="WEIGHTED")
refused("InvalidInput", register, to=alias, name="a", AWS_ALIAS_DNS_NAME="lb.example.com")
in_public = service("pub", "A", within=public, HealthCheckConfig={"Type": "HTTP", "ResourcePath": "/"})
register(in_public, "p", AWS_INSTANCE_IPV4="198.51.100.7")
same(dig("pub.cloud-map.example", AT), ["198.51.100.7"])
same(in_public["HealthCheckConfig"], {"Type": "HTTP", "ResourcePath": "/", "FailureThreshold": 1})
refused("CustomHealthNotFound", lambda: health("p", "HEALTHY", to=in_public))
clash = service("one._http._tcp", "A")
refused("InvalidInput", register, to=clash, name="z", AWS_INSTANCE_IPV4="10.81.1.99")

# An HTTP namespace takes EC2 instances.
image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
launched = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, SubnetId=subnet)["Instances"][0]
api = service("api", within=http)
same(api["Type"], "HTTP")
register(api, "e", AWS_EC2_INSTANCE_ID=launched["InstanceId"])
found = data.discover_instances(NamespaceName="http", ServiceName="api")["Instances"]
same([found[0]["Attributes"]["AWS_INSTANCE_IPV4"], found[0]["HealthStatus"]], [launched["PrivateIpAddress"], "UNKNOWN"])

# A service's TTL changes with its records.
done(cloud_map.update_service(Id=web["Id"], Service={"DnsConfig": {"DnsRecords": [{"Type": "A", "TTL": 90}]}}))
sets = r53.list_resource_record_sets(HostedZoneId=zone, StartRecordName="web.corp.local", MaxItems="1")["ResourceRecordSets"]
same(sets[0]["TTL"], 90)
wrong = {"DnsConfig": {"DnsRecords": [{"Type": "AAAA", "TTL": 90}]}}
refused("InvalidInput", cloud_map.update_service, Id=web["Id"], Service=wrong)
refused("ServiceNotFound", theirs.update_service, Id=web["Id"], Service={"Description": "x"})
filters = [{"Name": "NAMESPACE_ID", "Values": [http]}]
same([it["Id"] for it in cloud_map.list_services(Filters=filters)["Services"]], [api["Id"]])
pages = cloud_map.get_paginator("list_services").paginate(PaginationConfig={"PageSize": 2})
same(len([it for page in pages for it in page["Services"]]), 9)
same(theirs.list_services()["Services"], [])

# Tags.
for resource in (arn, web["Arn"]):
    cloud_map.tag_resource(ResourceARN=resource, Tags=[{"Key": "l", "Value": "w"}])
    cloud_map.untag_resource(ResourceARN=resource, TagKeys=["k"])
    same(cloud_map.list_tags_for_resource(ResourceARN=resource)["Tags"], [{"Key": "l", "Value": "w"}])
    many = [{"Key": f"k{it}", "Value": ""} for it in range(50)]
    refused("TooManyTagsException", cloud_map.tag_resource, ResourceARN=resource, Tags=many)
    for who in (theirs, elsewhere):
        refused("ResourceNotFoundException", who.list_tags_for_resource, ResourceARN=resource)
        refused("ResourceNotFoundException", who.tag_resource, ResourceARN=resource, Tags=many[:1])
        refused("ResourceNotFoundException", who.untag_resource, ResourceARN=resource, TagKeys=["l"])

# Who does not own a thing neither sees nor changes it.
for who in (theirs, elsewhere):
    refused("NamespaceNotFound", who.get_namespace, Id=namespace)
    refused("NamespaceNotFound", who.delete_namespace, Id=again)
    refused("NamespaceNotFound", who.update_private_dns_namespace, Id=namespace, Namespace={"Description": "x"})
    refused("ServiceNotFound", who.get_service, Id=web["Id"])
    refused("ServiceNotFound", who.delete_service, Id=clash["Id"])
    refused("ServiceNotFound", who.list_instances, ServiceId=web["Id"])
    refused("ServiceNotFound", who.get_instance, ServiceId=web["Id"], InstanceId="i-1")
    refused("ServiceNotFound", who.deregister_instance, ServiceId=web["Id"], InstanceId="i-1")
    refused("ServiceNotFound", who.get_instances_health_status, ServiceId=web["Id"])
    refused("OperationNotFound", who.get_operation, OperationId=made["OperationId"])
    same(who.list_operations()["Operations"], [])
same(dig("web.corp.local", AT), ["10.81.1.11", "10.81.1.12"])

# Operations.
refused("OperationNotFound", cloud_map.get_operation, OperationId="x")
filters = [{"Name": "SERVICE_ID", "Values": [web["Id"]]}, {"Name": "TYPE", "Values": ["REGISTER_INSTANCE"]}]
same(len(cloud_map.list_operations(Filters=filters)["Operations"]), 3)
filters = [{"Name": "STATUS", "Values": ["FAIL"]}]
same([it["Id"] for it in cloud_map.list_operations(Filters=filters)["Operations"]], [failed["Id"]])
filters = [{"Name": "UPDATE_DATE", "Values": ["0", "9999999999"], "Condition": "BETWEEN"}]
pages = cloud_map.get_paginator("list_operations").paginate(Filters=filters, PaginationConfig={"PageSize": 5})
everything = [it["Id"] for page in pages for it in page["Operations"]]
same([len(set(everything)), made["OperationId"] in everything], [len(everything), True])

# Everything goes again, and the names with it.
refused("ResourceInUse", cloud_map.delete_service, Id=web["Id"])
refused("InstanceNotFound", cloud_map.deregister_instance, ServiceId=web["Id"], InstanceId="i-9")
last = done(cloud_map.deregister_instance(ServiceId=web["Id"], InstanceId="i-1"))
same([last["Type"], dig("web.corp.local", AT)], ["DEREGISTER_INSTANCE", ["10.81.1.12"]])
for one in cloud_map.list_services()["Services"]:
    for it in cloud_map.list_instances(ServiceId=one["Id"])["Instances"]:
        done(cloud_map.deregister_instance(ServiceId=one["Id"], InstanceId=it["Id"]))
    cloud_map.delete_service(Id=one["Id"])
    refused("ServiceNotFound", cloud_map.get_service, Id=one["Id"])
same(done({"OperationId": last["Id"]})["Type"], "DEREGISTER_INSTANCE")
for one in cloud_map.list_namespaces()["Namespaces"]:
    same(done(cloud_map.delete_namespace(Id=one["Id"]))["Type"], "DELETE_NAMESPACE")
    refused("NamespaceNotFound", cloud_map.get_namespace, Id=one["Id"])
refused("NoSuchHostedZone", r53.get_hosted_zone, status=404, Id=zone)
same(dig("web.corp.local", AT), [])
same([it["Name"] for it in r53.list_hosted_zones()["HostedZones"]], ["taken.local."])
done(cloud_map.create_private_dns_namespace(Name="corp.local", Vpc=vpc))
