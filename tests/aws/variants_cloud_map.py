"""Cloud Map: requests in wrong and unusual forms (see variants.py)."""

import boto3
from botocore.config import Config
from common import ACCOUNT, HTTP, REGION, ec2
from variants import Forms

vpc = ec2.create_vpc(CidrBlock="10.71.0.0/16")["Vpc"]["VpcId"]
ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
tags = [{"Key": "k", "Value": "v"}]

# Cloud Map. `DiscoverInstances` goes to a host of its own, which a server under an IP address has not.
it = Forms("servicediscovery")
it.client = boto3.client(
    "servicediscovery", region_name=REGION, endpoint_url=f"http://{HTTP}", aws_access_key_id="test", aws_secret_access_key="secret",
    config=Config(inject_host_prefix=False, retries={"total_max_attempts": 1}, parameter_validation=False),
)


def made(reply, kind):
    return it.client.get_operation(OperationId=reply["OperationId"])["Operation"]["Targets"][kind]


more = {"CreatorRequestId": "{n}", "Description": "d", "Tags": tags}
http = made(it.tried("create_http_namespace", only=["Name", "Cre", "Tags"], Name="{n}.http", **more), "NAMESPACE")
private = made(it.tried("create_private_dns_namespace", only=["Vpc", "Prop"], Name="{n}.local", Vpc=vpc, Properties={"DnsProperties": {"SOA": {"TTL": 60}}}, **more), "NAMESPACE")
public = made(it.tried("create_public_dns_namespace", only=["Name", "Prop"], Name="{n}.example.com", Properties={"DnsProperties": {"SOA": {"TTL": 60}}}, **more), "NAMESPACE")
for name in (http, private, public):
    it.tried("get_namespace", Id=name)
it.tried("update_http_namespace", Id=http, Namespace={"Description": "e"}, UpdaterRequestId="{n}")
for call, name in (("private", private), ("public", public)):
    it.tried(f"update_{call}_dns_namespace", Id=name, Namespace={"Description": "e", "Properties": {"DnsProperties": {"SOA": {"TTL": 30}}}}, UpdaterRequestId="{n}",
             look=lambda _: it.client.get_namespace(Id=name)["Namespace"])
record = {"DnsRecords": [{"Type": "A", "TTL": 60}, {"Type": "SRV", "TTL": 60}], "RoutingPolicy": "MULTIVALUE"}
service = it.tried("create_service", Name="{n}", NamespaceId=private, DnsConfig=record, HealthCheckCustomConfig={"FailureThreshold": 1}, **more)["Service"]["Id"]
it.tried("create_service", Name="{n}", NamespaceId=public, DnsConfig=record, HealthCheckConfig={"Type": "HTTP", "ResourcePath": "/h", "FailureThreshold": 2}, **more)
plain = it.tried("create_service", Name="{n}", NamespaceId=http, Type="HTTP")["Service"]["Id"]
it.tried("create_service", Name="{n}", NamespaceId=private, DnsConfig={"DnsRecords": [{"Type": "CNAME", "TTL": 60}], "RoutingPolicy": "WEIGHTED"})
it.tried("get_service", Id=service)
it.tried("update_service", Id=service, Service={"Description": "e", "DnsConfig": {"DnsRecords": [{"Type": "A", "TTL": 30}, {"Type": "SRV", "TTL": 30}]}},
         look=lambda _: it.client.get_service(Id=service)["Service"])
address = {"AWS_INSTANCE_IPV4": "10.71.1.20", "AWS_INSTANCE_PORT": "80", "k": "v"}
for name in (service, plain):
    it.tried("register_instance", ServiceId=name, InstanceId="{n}", CreatorRequestId="{n}", Attributes=address,
             only=["ServiceId", "CreatorRequestId", "Attributes", "-"],
             look=lambda number: it.client.get_instance(ServiceId=name, InstanceId=f"xq{number}")["Instance"])
it.client.register_instance(ServiceId=service, InstanceId="one", Attributes=address)
it.tried("get_instance", ServiceId=service, InstanceId="one")
it.tried("update_instance_custom_health_status", ServiceId=service, InstanceId="one", Status="UNHEALTHY",
         look=lambda _: it.client.get_instances_health_status(ServiceId=service, Instances=["one"])["Status"])
it.tried("get_instances_health_status", ServiceId=service, Instances=["one"])
names = [it.client.get_namespace(Id=private)["Namespace"]["Name"], it.client.get_service(Id=service)["Service"]["Name"]]
it.tried("discover_instances", NamespaceName=names[0], ServiceName=names[1], QueryParameters={"k": "v"}, OptionalParameters={"l": "w"}, HealthStatus="UNHEALTHY")
it.tried("discover_instances_revision", NamespaceName=names[0], ServiceName=names[1])
for name, value in (("TYPE", "HTTP"), ("NAME", names[0]), ("HTTP_NAME", names[0]), ("RESOURCE_OWNER", "SELF")):
    it.tried("list_namespaces", Filters=[{"Name": name, "Values": [value], "Condition": "EQ"}])
it.tried("list_services", Filters=[{"Name": "NAMESPACE_ID", "Values": [http], "Condition": "EQ"}], look=lambda _: [])
for name, value in (("NAMESPACE_ID", http), ("TYPE", "UPDATE_NAMESPACE"), ("STATUS", "SUCCESS"), ("SERVICE_ID", service)):
    it.tried("list_operations", Filters=[{"Name": name, "Values": [value], "Condition": "EQ"}])
it.tried("list_instances", ServiceId=service, look=lambda _: [])
arn = f"arn:aws:servicediscovery:{REGION}:{ACCOUNT}:service/{service}"
it.tried("tag_resource", ResourceARN=arn, Tags=[{"Key": "t", "Value": "u"}], look=lambda _: it.client.list_tags_for_resource(ResourceARN=arn)["Tags"])
it.tried("untag_resource", ResourceARN=arn, TagKeys=["k"], look=lambda _: it.client.list_tags_for_resource(ResourceARN=arn)["Tags"])
it.tried("deregister_instance", only=["ServiceId", "InstanceId=bogus"], ServiceId=service, InstanceId="one")
it.tried("delete_service", only=["Id="], Id=service)
it.tried("delete_namespace", only=["Id="], Id=private)
it.end()
