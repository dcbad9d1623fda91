"""Endpoint services from both sides, by boto3 and dig (spec 9.8, L20 to L37). World: lab09-2@base."""

import re

from common import ACCOUNT, REGION, client, dig, ec2, named, refused, same

ARN = f"arn:aws:elasticloadbalancing:ap-northeast-2:{ACCOUNT}:loadbalancer/net/Custom-NLB/1438a8e4c6ec677d"
VPC, SUBNET, MY_EC2 = "vpc-0e773e2b6de265f4f", "subnet-091bfb956e278230a", "10.0.0.176"

# What a world file holds was created on one day.
[shown] = client("elbv2").describe_load_balancers()["LoadBalancers"]
same((shown["LoadBalancerArn"], shown["CreatedTime"].year), (ARN, 2024))
made = ec2.create_vpc_endpoint_service_configuration(
    NetworkLoadBalancerArns=[ARN],
    PrivateDnsName="Api.Example.com",
    ClientToken="service",
    TagSpecifications=named("svc", "vpc-endpoint-service"),
)
same(made["ClientToken"], "service")
made = made["ServiceConfiguration"]
service = made["ServiceId"]
assert re.fullmatch("vpce-svc-0[0-9a-f]{16}", service), service
same(made["ServiceName"], f"com.amazonaws.vpce.ap-northeast-2.{service}")
same(made["BaseEndpointDnsNames"], [f"{service}.ap-northeast-2.vpce.amazonaws.com"])
same([made["AcceptanceRequired"], made["ManagesVpcEndpoints"]], [True, False])
same([made["AvailabilityZones"], made["NetworkLoadBalancerArns"]], [["ap-northeast-2a"], [ARN]])
same(made["ServiceType"], [{"ServiceType": "Interface"}])
found = ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": [service]}])["Tags"]
same([(it["ResourceType"], it["Key"], it["Value"]) for it in found], [("vpc-endpoint-service", "Name", "svc")])
proof = made["PrivateDnsNameConfiguration"]
same([proof["State"], proof["Type"]], ["pendingVerification", "TXT"])
assert re.fullmatch("_[a-z0-9]{20}", proof["Name"]) and re.fullmatch("vpce:[a-z0-9]{20}", proof["Value"]), proof


def configuration():
    shown = ec2.describe_vpc_endpoint_service_configurations(ServiceIds=[service])
    return shown["ServiceConfigurations"][0]


same(configuration(), made)


def endpoint(**more):
    request = {
        "VpcId": VPC,
        "VpcEndpointType": "Interface",
        "ServiceName": made["ServiceName"],
        "SubnetIds": [SUBNET],
        **more,
    }
    return ec2.create_vpc_endpoint(**request)["VpcEndpoint"]


# Before verification the name cannot be used; then it can.
refused("InvalidParameter", endpoint, PrivateDnsEnabled=True, text="does not provide a private DNS name")
same(dig(f"{proof['Name']}.api.example.com", rtype="TXT"), [f'"{proof["Value"]}"'])
ec2.start_vpc_endpoint_service_private_dns_verification(ServiceId=service)
same(configuration()["PrivateDnsNameConfiguration"]["State"], "verified")
one = endpoint(PrivateDnsEnabled=True, ClientToken="endpoint")
same(one["State"], "pendingAcceptance")
id_ = one["VpcEndpointId"]
same(dig("api.example.com", MY_EC2), [])


def connection():
    shown = ec2.describe_vpc_endpoint_connections(
        Filters=[{"Name": "service-id", "Values": [service]}, {"Name": "vpc-endpoint-id", "Values": [id_]}]
    )
    return shown["VpcEndpointConnections"][0]


same(connection()["VpcEndpointState"], "pendingAcceptance")
same([connection()["VpcEndpointOwner"], connection()["NetworkLoadBalancerArns"]], [ACCOUNT, [ARN]])
same([it["DnsName"] for it in connection()["DnsEntries"]], [it["DnsName"] for it in one["DnsEntries"]])
assert connection()["VpcEndpointConnectionId"].startswith("vpce-con-")
same(ec2.accept_vpc_endpoint_connections(ServiceId=service, VpcEndpointIds=[id_])["Unsuccessful"], [])
same(connection()["VpcEndpointState"], "available")
own = one["DnsEntries"][0]["DnsName"]
address = dig(own, MY_EC2)
same(len(address), 1)
same(dig("api.example.com", MY_EC2), sorted([own + ".", *address]))
failed = ec2.accept_vpc_endpoint_connections(ServiceId=service, VpcEndpointIds=[id_])["Unsuccessful"]
same([(it["ResourceId"], it["Error"]["Code"]) for it in failed], [(id_, "InvalidState")])
ec2.reject_vpc_endpoint_connections(ServiceId=service, VpcEndpointIds=[id_])
same(connection()["VpcEndpointState"], "rejected")
same(dig("api.example.com", MY_EC2), [])

# Who may see it.
other = client(account="210987654321")
refused("InvalidServiceName", other.describe_vpc_endpoint_services, ServiceNames=[made["ServiceName"]])
added = ec2.modify_vpc_endpoint_service_permissions(
    ServiceId=service, AddAllowedPrincipals=["arn:aws:iam::210987654321:root"]
)["AddedPrincipals"]
same([it["PrincipalType"] for it in added], ["Account"])
same(
    [it["Principal"] for it in ec2.describe_vpc_endpoint_service_permissions(ServiceId=service)["AllowedPrincipals"]],
    ["arn:aws:iam::210987654321:root"],
)
seen = other.describe_vpc_endpoint_services(ServiceNames=[made["ServiceName"]])["ServiceDetails"][0]
same([seen["Owner"], seen["PrivateDnsName"], seen["AcceptanceRequired"]], [ACCOUNT, "api.example.com", True])
refused("InvalidVpcEndpointServiceId.NotFound", other.describe_vpc_endpoint_service_configurations, ServiceIds=[service])
refused("InvalidPrincipal", ec2.modify_vpc_endpoint_service_permissions, ServiceId=service, AddAllowedPrincipals=["x"])
ec2.modify_vpc_endpoint_service_permissions(ServiceId=service, RemoveAllowedPrincipals=["arn:aws:iam::210987654321:root"])
refused("InvalidServiceName", other.describe_vpc_endpoint_services, ServiceNames=[made["ServiceName"]])

# Modified.
ec2.modify_vpc_endpoint_service_configuration(
    ServiceId=service, AcceptanceRequired=False, AddSupportedRegions=["us-east-1"], RemovePrivateDnsName=True
)
shown = configuration()
same([shown["AcceptanceRequired"], shown["RemoteAccessEnabled"]], [False, True])
same([it["Region"] for it in shown["SupportedRegions"]], ["us-east-1"])
assert "PrivateDnsName" not in shown
refused("InvalidParameter", ec2.start_vpc_endpoint_service_private_dns_verification, ServiceId=service, text="no private DNS name")
same(endpoint()["State"], "pending")

# Notifications about its connections.
topic = f"arn:aws:sns:{REGION}:{ACCOUNT}:endpoints"
events = {"ConnectionNotificationArn": topic, "ConnectionEvents": ["Accept", "Reject"]}
notification = ec2.create_vpc_endpoint_connection_notification(ServiceId=service, ClientToken="n", **events)
same(ec2.create_vpc_endpoint_connection_notification(ServiceId=service, ClientToken="n", **events)["ConnectionNotification"], notification["ConnectionNotification"])
notification = notification["ConnectionNotification"]
same([notification["ServiceId"], notification["ConnectionNotificationState"]], [service, "Enabled"])
by = {"ConnectionNotificationId": notification["ConnectionNotificationId"]}
assert ec2.modify_vpc_endpoint_connection_notification(**by, ConnectionEvents=["Connect"])["ReturnValue"]
told = lambda **of: ec2.describe_vpc_endpoint_connection_notifications(**of)["ConnectionNotificationSet"]
same([it["ConnectionEvents"] for it in told(**by)], [["Connect"]])
same(len(told(Filters=[{"Name": "service-id", "Values": [service]}, {"Name": "connection-notification-arn", "Values": [topic]}])), 1)
same(told(Filters=[{"Name": "vpc-endpoint-id", "Values": ["vpce-0"]}]), [])
refused("InvalidParameterCombination", ec2.create_vpc_endpoint_connection_notification, **events)
refused("InvalidParameterValue", ec2.create_vpc_endpoint_connection_notification, ServiceId=service, ConnectionNotificationArn="arn:aws:s3:::x", ConnectionEvents=["Accept"])
refused("InvalidParameterValue", ec2.create_vpc_endpoint_connection_notification, ServiceId=service, ConnectionNotificationArn=topic, ConnectionEvents=["Wave"])
refused("InvalidConnectionNotification", other.describe_vpc_endpoint_connection_notifications, **by)
delete = ec2.delete_vpc_endpoint_connection_notifications
same(delete(ConnectionNotificationIds=list(by.values()))["Unsuccessful"], [])
refused("InvalidConnectionNotification", delete, ConnectionNotificationIds=list(by.values()))
ec2.create_vpc_endpoint_connection_notification(ServiceId=service, **events)

# A service in use stays.
refusal = ec2.delete_vpc_endpoint_service_configurations(ServiceIds=[service])["Unsuccessful"]
same(refusal[0]["Error"]["Code"], "ExistingVpcEndpointConnections")
ours = ec2.describe_vpc_endpoints()["VpcEndpoints"]
ec2.delete_vpc_endpoints(VpcEndpointIds=[it["VpcEndpointId"] for it in ours])
same(ec2.delete_vpc_endpoint_service_configurations(ServiceIds=[service])["Unsuccessful"], [])
same(told(), [])
refusal = ec2.delete_vpc_endpoint_service_configurations(ServiceIds=[service])["Unsuccessful"]
same(refusal[0]["Error"]["Code"], "InvalidVpcEndpointService.NotFound")
refused("MissingParameter", ec2.create_vpc_endpoint_service_configuration)
refused("InvalidParameter", ec2.create_vpc_endpoint_service_configuration, NetworkLoadBalancerArns=[ARN + "0"])
refused("UnsupportedOperation", ec2.create_vpc_endpoint_service_configuration, GatewayLoadBalancerArns=["arn:x"])
