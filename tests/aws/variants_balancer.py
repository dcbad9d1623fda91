"""Load balancers of both APIs: requests in wrong and unusual forms (see variants.py)."""

from common import ACCOUNT, REGION, ec2
from variants import Forms

ZONES = ("a", "c")
vpc = ec2.create_vpc(CidrBlock="10.71.0.0/16")["Vpc"]["VpcId"]
ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
subnets = [
    ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.71.{it}.0/24", AvailabilityZone=f"{REGION}{zone}")["Subnet"]["SubnetId"]
    for it, zone in enumerate(ZONES, 1)
]
gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
[table] = ec2.describe_route_tables()["RouteTables"]
ec2.create_route(RouteTableId=table["RouteTableId"], DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
groups = [ec2.create_security_group(GroupName=it, Description=it, VpcId=vpc)["GroupId"] for it in ("one", "two")]
run = {"ImageId": "ami-0123456789abcdef0", "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1}
instance = ec2.run_instances(SubnetId=subnets[0], **run)["Instances"][0]["InstanceId"]
tags = [{"Key": "k", "Value": "v"}]

# Elastic Load Balancing.
it = Forms("elbv2")
pages = it.tried("create_load_balancer", Name="{n}", Subnets=subnets, SecurityGroups=groups[:1], Scheme="internal", Tags=tags, Type="application", IpAddressType="ipv4")
pages = pages["LoadBalancers"][0]["LoadBalancerArn"]
flows = it.tried("create_load_balancer", Name="{n}", Type="network", Scheme="internal", SubnetMappings=[{"SubnetId": subnets[0], "PrivateIPv4Address": "10.71.1.99"}])
flows = flows["LoadBalancers"][0]["LoadBalancerArn"]
it.tried("create_load_balancer", Name="{n}", Type="gateway", Subnets=subnets)
it.tried("create_load_balancer", Name="{n}", Type="network", Scheme="internet-facing", Subnets=subnets)
web = it.tried("create_target_group", Name="{n}", Protocol="HTTP", Port=80, VpcId=vpc, TargetType="instance", HealthCheckPath="/h", Matcher={"HttpCode": "200"},
               HealthCheckIntervalSeconds=10, HealthCheckTimeoutSeconds=5, HealthyThresholdCount=3, UnhealthyThresholdCount=3, Tags=tags)
web = web["TargetGroups"][0]["TargetGroupArn"]
for protocol in ("TCP", "UDP", "TLS", "GENEVE", "HTTPS"):
    port = 6081 if protocol == "GENEVE" else 80
    tcp = it.tried("create_target_group", Name="{n}", Protocol=protocol, Port=port, VpcId=vpc, TargetType="ip" if protocol == "TCP" else "instance")
    tcp = tcp["TargetGroups"][0]["TargetGroupArn"]
it.tried("create_target_group", Name="{n}", TargetType="lambda")
it.tried("modify_target_group", TargetGroupArn=web, HealthCheckPath="/i", HealthCheckIntervalSeconds=20, HealthCheckProtocol="HTTP", Matcher={"HttpCode": "200-299"})
it.tried("register_targets", TargetGroupArn=web, Targets=[{"Id": instance, "Port": 8080}], look=lambda _: it.client.describe_target_health(TargetGroupArn=web)["TargetHealthDescriptions"])
it.tried("describe_target_health", TargetGroupArn=web, Targets=[{"Id": instance, "Port": 8080}], Include=["All"])
fixed = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200", "ContentType": "text/plain", "MessageBody": "m"}}
moved = {"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_301", "Host": "h", "Path": "/p", "Query": "q", "Port": "1", "Protocol": "HTTPS"}}
both = {"Type": "forward", "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": web, "Weight": 1}], "TargetGroupStickinessConfig": {"Enabled": True, "DurationSeconds": 60}}}
at = 1000
for action in (fixed, moved, both, {"Type": "forward", "TargetGroupArn": web}):
    at += 10
    only = [] if action is fixed else ["DefaultActions"]
    it.tried("create_listener", LoadBalancerArn=pages, Protocol="HTTP", Port=at, DefaultActions=[action], only=only)
certificate = [{"CertificateArn": f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/c"}]
safe = it.tried("create_listener", LoadBalancerArn=pages, Protocol="HTTPS", Port=4443, DefaultActions=[fixed], Certificates=certificate, SslPolicy="ELBSecurityPolicy-2016-08")
safe = safe["Listeners"][0]["ListenerArn"]
it.tried("add_listener_certificates", ListenerArn=safe, Certificates=[{"CertificateArn": f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/d"}])
it.tried("describe_listener_certificates", ListenerArn=safe)
it.tried("create_listener", LoadBalancerArn=flows, Protocol="TCP", Port=9000, DefaultActions=[{"Type": "forward", "TargetGroupArn": tcp}])
it.tried("modify_listener", ListenerArn=safe, Port=4444, SslPolicy="ELBSecurityPolicy-2016-08", DefaultActions=[fixed])
priority = 0
for condition in (
    {"Field": "path-pattern", "Values": ["/x"]},
    {"Field": "host-header", "HostHeaderConfig": {"Values": ["a.example"]}},
    {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X", "Values": ["v"]}},
    {"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "k", "Value": "v"}]}},
    {"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["GET"]}},
    {"Field": "source-ip", "SourceIpConfig": {"Values": ["10.0.0.0/8"]}},
):
    priority += 100
    it.tried("create_rule", ListenerArn=safe, Priority=priority, Conditions=[condition], Actions=[fixed], only=["Conditions", "Priority"] if priority > 100 else [])
rule = next(one["RuleArn"] for one in it.client.describe_rules(ListenerArn=safe)["Rules"] if one["Priority"] == "100")
it.tried("modify_rule", RuleArn=rule, Conditions=[{"Field": "path-pattern", "Values": ["/y"]}], Actions=[moved])
it.tried("set_rule_priorities", RulePriorities=[{"RuleArn": rule, "Priority": 77}])
it.tried("set_subnets", LoadBalancerArn=pages, Subnets=subnets)
it.tried("set_security_groups", LoadBalancerArn=pages, SecurityGroups=groups)
it.tried("set_ip_address_type", LoadBalancerArn=pages, IpAddressType="ipv4")
attributes = {
    "load_balancer": ("LoadBalancerArn", pages, ("idle_timeout.timeout_seconds", "60"), ("routing.http2.enabled", "false"), ("deletion_protection.enabled", "false"), ("routing.http.desync_mitigation_mode", "monitor")),
    "target_group": ("TargetGroupArn", web, ("deregistration_delay.timeout_seconds", "60"), ("stickiness.enabled", "true"), ("stickiness.type", "lb_cookie"), ("slow_start.duration_seconds", "30"), ("load_balancing.algorithm.type", "round_robin")),
    "listener": ("ListenerArn", safe, ("routing.http.response.server.enabled", "false"), ("routing.http.response.strict_transport_security.header_value", "max-age=1")),
}
for kind, (name, arn, *pairs) in attributes.items():
    it.seen(f"describe_{kind}_attributes", **{name: arn})
    for key, value in pairs:
        it.tried(f"modify_{kind}_attributes", **{name: arn}, Attributes=[{"Key": key, "Value": value}])
for arn in (pages, web, safe, rule):
    it.tried("add_tags", ResourceArns=[arn], Tags=[{"Key": "t", "Value": "u"}], look=lambda _: it.client.describe_tags(ResourceArns=[arn])["TagDescriptions"])
    it.tried("remove_tags", ResourceArns=[arn], TagKeys=["t"], look=lambda _: it.client.describe_tags(ResourceArns=[arn])["TagDescriptions"])
it.tried("describe_load_balancers", LoadBalancerArns=[pages])
it.tried("describe_target_groups", TargetGroupArns=[web])
it.tried("describe_target_groups", LoadBalancerArn=pages)
it.tried("describe_listeners", ListenerArns=[safe])
it.tried("describe_rules", ListenerArn=safe)
it.tried("describe_ssl_policies", Names=["ELBSecurityPolicy-2016-08"], LoadBalancerType="application")
it.tried("describe_account_limits")
# Trust stores.
place = {"CaCertificatesBundleS3Bucket": "b", "CaCertificatesBundleS3Key": "k"}
trust = it.tried("create_trust_store", Name="{n}", Tags=tags, **place)["TrustStores"][0]["TrustStoreArn"]
it.tried("modify_trust_store", TrustStoreArn=trust, **place)
it.tried("describe_trust_stores", TrustStoreArns=[trust], PageSize=10)
it.tried("describe_trust_stores", Names=["none"])
contents = [{"S3Bucket": "b", "S3Key": "k", "RevocationType": "CRL"}]
it.tried("add_trust_store_revocations", TrustStoreArn=trust, RevocationContents=contents, look=lambda _: [])
it.tried("describe_trust_store_revocations", TrustStoreArn=trust, RevocationIds=[1])
it.tried("get_trust_store_revocation_content", TrustStoreArn=trust, RevocationId=1)
it.tried("get_trust_store_ca_certificates_bundle", TrustStoreArn=trust)
it.tried("describe_trust_store_associations", TrustStoreArn=trust, PageSize=10)
it.tried("remove_trust_store_revocations", TrustStoreArn=trust, RevocationIds=[1])
it.tried("delete_trust_store", only=["TrustStoreArn=", "+"], TrustStoreArn=trust)
it.tried("deregister_targets", only=["TargetGroupArn=", "Targets.0.Id"], TargetGroupArn=web, Targets=[{"Id": instance, "Port": 8080}])
it.end()

# Classic load balancers.
it = Forms("elb")
heard = {"Protocol": "HTTP", "LoadBalancerPort": 80, "InstancePort": 80, "InstanceProtocol": "HTTP"}
it.tried("create_load_balancer", LoadBalancerName="{n}", Subnets=subnets[:1], SecurityGroups=groups[:1], Scheme="internal", Listeners=[heard], Tags=tags)
it.client.create_load_balancer(LoadBalancerName="web", Subnets=subnets[:1], Listeners=[heard])
web = lambda _: it.client.describe_load_balancers(LoadBalancerNames=["web"])["LoadBalancerDescriptions"]
it.tried("create_load_balancer_listeners", LoadBalancerName="web", Listeners=[{"Protocol": "TCP", "LoadBalancerPort": 2000, "InstancePort": 81}], look=web)
it.tried("configure_health_check", LoadBalancerName="web", HealthCheck={"Target": "HTTP:80/p", "Interval": 30, "Timeout": 5, "HealthyThreshold": 3, "UnhealthyThreshold": 3})
it.tried("register_instances_with_load_balancer", LoadBalancerName="web", Instances=[{"InstanceId": instance}])
it.tried("describe_instance_health", LoadBalancerName="web", Instances=[{"InstanceId": instance}])
it.tried("apply_security_groups_to_load_balancer", LoadBalancerName="web", SecurityGroups=groups)
it.tried("attach_load_balancer_to_subnets", LoadBalancerName="web", Subnets=subnets[1:])
it.tried("modify_load_balancer_attributes", LoadBalancerName="web", LoadBalancerAttributes={
    "CrossZoneLoadBalancing": {"Enabled": True}, "ConnectionDraining": {"Enabled": True, "Timeout": 60}, "ConnectionSettings": {"IdleTimeout": 90},
    "AccessLog": {"Enabled": False}, "AdditionalAttributes": [{"Key": "elb.http.desyncmitigationmode", "Value": "monitor"}],
})
it.seen("describe_load_balancer_attributes", LoadBalancerName="web")
it.tried("create_app_cookie_stickiness_policy", LoadBalancerName="web", PolicyName="p{n}", CookieName="c")
it.tried("create_lb_cookie_stickiness_policy", LoadBalancerName="web", PolicyName="p{n}", CookieExpirationPeriod=60)
it.tried("create_load_balancer_policy", LoadBalancerName="web", PolicyName="p{n}", PolicyTypeName="ProxyProtocolPolicyType", PolicyAttributes=[{"AttributeName": "ProxyProtocol", "AttributeValue": "true"}])
it.client.create_lb_cookie_stickiness_policy(LoadBalancerName="web", PolicyName="kept")
it.tried("set_load_balancer_policies_of_listener", LoadBalancerName="web", LoadBalancerPort=80, PolicyNames=["kept"], look=web)
it.tried("set_load_balancer_policies_for_backend_server", LoadBalancerName="web", InstancePort=80, PolicyNames=["kept"])
it.tried("describe_load_balancer_policies", LoadBalancerName="web", PolicyNames=["kept"])
it.tried("describe_load_balancer_policy_types", PolicyTypeNames=["ProxyProtocolPolicyType"])
it.tried("add_tags", LoadBalancerNames=["web"], Tags=[{"Key": "t", "Value": "u"}], look=lambda _: it.client.describe_tags(LoadBalancerNames=["web"])["TagDescriptions"])
it.tried("remove_tags", LoadBalancerNames=["web"], Tags=[{"Key": "t"}], look=lambda _: it.client.describe_tags(LoadBalancerNames=["web"])["TagDescriptions"])
it.tried("detach_load_balancer_from_subnets", LoadBalancerName="web", Subnets=subnets[1:], only=["LoadBalancerName", "Subnets.0=bogus"])
it.tried("deregister_instances_from_load_balancer", LoadBalancerName="web", Instances=[{"InstanceId": instance}], only=["LoadBalancerName", "Instances.0.InstanceId=bogus"])
it.tried("delete_load_balancer_policy", LoadBalancerName="web", PolicyName="kept", only=["LoadBalancerName"])
it.tried("delete_load_balancer_listeners", LoadBalancerName="web", LoadBalancerPorts=[2000], only=["LoadBalancerName"])
it.tried("describe_load_balancers", LoadBalancerNames=["web"])
it.end()
