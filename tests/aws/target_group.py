"""Target groups, listeners and rules; which zones a name answers follows from the health of the targets."""

import re

from common import REGION, client, dig, ec2, refused, same

elb = client("elbv2")
loose = client("elbv2", checked=False)
vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
zones = [f"{REGION}a", f"{REGION}c"]
a, c = (
    ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.20.{net}.0/24", AvailabilityZone=zone)["Subnet"]["SubnetId"]
    for net, zone in enumerate(zones, 1)
)


def instance(subnet):
    made = ec2.run_instances(ImageId="ami-00000000000000001", InstanceType="t3.micro", MinCount=1, MaxCount=1, SubnetId=subnet)
    return made["Instances"][0]["InstanceId"]


in_a, in_c = instance(a), instance(c)
balancer = elb.create_load_balancer(Name="net", Type="network", Scheme="internal", Subnets=[a, c])["LoadBalancers"][0]
balancer, name = balancer["LoadBalancerArn"], balancer["DNSName"]
A, C = dig(f"{zones[0]}.{name}"), dig(f"{zones[1]}.{name}")

# A group with what AWS fills in.
made = elb.create_target_group(Name="tcp", Protocol="TCP", Port=80, VpcId=vpc)["TargetGroups"][0]
group = made["TargetGroupArn"]
assert re.fullmatch(rf"arn:aws:elasticloadbalancing:{REGION}:123456789012:targetgroup/tcp/[0-9a-f]{{16}}", group), group
same([made["HealthCheckProtocol"], made["HealthCheckPort"], made["HealthCheckTimeoutSeconds"]], ["TCP", "traffic-port", 10])
same([made["TargetType"], made["LoadBalancerArns"], made["IpAddressType"]], ["instance", [], "ipv4"])
assert "HealthCheckPath" not in made and "Matcher" not in made, made
web = elb.create_target_group(Name="web", Protocol="HTTP", Port=8080, VpcId=vpc, TargetType="ip")["TargetGroups"][0]
same([web["HealthCheckPath"], web["Matcher"], web["ProtocolVersion"]], ["/", {"HttpCode": "200"}, "HTTP1"])
function = elb.create_target_group(Name="function", TargetType="lambda")["TargetGroups"][0]
assert "Port" not in function and not function["HealthCheckEnabled"], function
same(elb.create_target_group(Name="tcp", Protocol="TCP", Port=80, VpcId=vpc)["TargetGroups"][0]["TargetGroupArn"], group)
refused(
    "DuplicateTargetGroupName",
    elb.create_target_group,
    text="A target group with the same name 'tcp' exists, but with different settings",
    Name="tcp",
    Protocol="TCP",
    Port=81,
    VpcId=vpc,
)
for text, more in [
    ("A protocol must be specified", {"Protocol": None}),
    ("A port must be specified", {"Port": None}),
    ("A VPC ID must be specified", {"VpcId": None}),
    ("is not found", {"VpcId": "vpc-00000000"}),
    ("cannot be longer than '32' characters", {"Name": "x" * 33}),
    ("Member must have value less than or equal to 65535", {"Port": 65_536}),
    ("Member must satisfy enum value set", {"Protocol": "ICMP"}),
    ("smaller than or equal to the interval", {"HealthCheckIntervalSeconds": 10, "HealthCheckTimeoutSeconds": 20}),
    ("must begin with a '/' character", {"HealthCheckProtocol": "HTTP", "HealthCheckPath": "health"}),
]:
    given = {"Name": "other", "Protocol": "TCP", "Port": 80, "VpcId": vpc, **more}
    refused("ValidationError", loose.create_target_group, text=text, **{k: v for k, v in given.items() if v is not None})

# Targets. Without a listener none is in use.
def health(of=group, **more):
    found = elb.describe_target_health(TargetGroupArn=of, **more)["TargetHealthDescriptions"]
    return {it["Target"]["Id"]: (it["TargetHealth"]["State"], it["TargetHealth"].get("Reason")) for it in found}


def register(*ids, of=group, **more):
    return elb.register_targets(TargetGroupArn=of, Targets=[{"Id": it, **more} for it in ids])


def no_target(code, *ids, text=None, **more):
    refused(code, lambda: register(*ids, **more), text=text)


register(in_a)
register(in_a)
same(health(), {in_a: ("unused", "Target.NotInUse")})
same(health(Targets=[{"Id": in_c}]), {in_c: ("unused", "Target.NotRegistered")})
[told] = elb.describe_target_health(TargetGroupArn=group, Targets=[{"Id": in_c}])["TargetHealthDescriptions"]
same((told["Target"]["Port"], told["HealthCheckPort"]), (80, "80"))
same(dig(name), sorted(A + C))
no_target("InvalidTarget", "i-00000000", text="not valid instances")
no_target("InvalidTarget", "10.20.1.9")
register("10.20.1.9", "10.20.2.9", of=web["TargetGroupArn"])
no_target("InvalidTarget", "8.8.8.8", of=web["TargetGroupArn"])
no_target("ValidationError", "192.168.0.1", of=web["TargetGroupArn"], text="Availability Zone 'all'")
register("192.168.0.1", of=web["TargetGroupArn"], AvailabilityZone="all")

# A listener: now the target is healthy, and only its zone is in the answer (B5).
forward = [{"Type": "forward", "TargetGroupArn": group}]
made = elb.create_listener(LoadBalancerArn=balancer, Protocol="TCP", Port=80, DefaultActions=forward)["Listeners"][0]
listener = made["ListenerArn"]
assert listener.startswith(balancer.replace(":loadbalancer/", ":listener/") + "/"), listener
same(made["DefaultActions"][0]["ForwardConfig"]["TargetGroups"], [{"TargetGroupArn": group}])
assert "SslPolicy" not in made and "Certificates" not in made, made
same(elb.create_listener(LoadBalancerArn=balancer, Protocol="TCP", Port=80, DefaultActions=forward)["Listeners"][0]["ListenerArn"], listener)
elb.get_waiter("target_in_service").wait(TargetGroupArn=group, Targets=[{"Id": in_a}])
same(health(), {in_a: ("healthy", None)})
same(elb.describe_target_groups(TargetGroupArns=[group])["TargetGroups"][0]["LoadBalancerArns"], [balancer])
same([it["TargetGroupName"] for it in elb.describe_target_groups(LoadBalancerArn=balancer)["TargetGroups"]], ["tcp"])
same(dig(name), A)
same(dig(f"{zones[1]}.{name}"), C)
cross = lambda value: elb.modify_load_balancer_attributes(
    LoadBalancerArn=balancer, Attributes=[{"Key": "load_balancing.cross_zone.enabled", "Value": value}]
)
cross("true")
same(dig(name), sorted(A + C))
cross("false")
same(dig(name), A)
register(in_c)
same(dig(name), sorted(A + C))
ec2.stop_instances(InstanceIds=[in_a])
same(health(), {in_a: ("unused", "Target.InvalidState"), in_c: ("healthy", None)})
same(dig(name), C)
no_target("InvalidTarget", in_a, text="not in a running state")
ec2.start_instances(InstanceIds=[in_a])
same(dig(name), sorted(A + C))
elb.deregister_targets(TargetGroupArn=group, Targets=[{"Id": in_c}])
elb.get_waiter("target_deregistered").wait(TargetGroupArn=group, Targets=[{"Id": in_c}])
same(dig(name), A)
ec2.terminate_instances(InstanceIds=[in_a])
same([health(), dig(name)], [{}, sorted(A + C)])
same(health(Targets=[{"Id": in_a}]), {in_a: ("draining", "Target.DeregistrationInProgress")})

# What listeners are refused for.
for code, text, more in [
    ("DuplicateListener", f"A listener already exists on this port for this load balancer '{balancer}'", {"DefaultActions": [{"Type": "forward", "TargetGroupArn": group, "Order": 1}]}),
    ("ValidationError", "Listener protocol 'HTTP' must be one of", {"Port": 81, "Protocol": "HTTP"}),
    ("TargetGroupNotFound", "Target groups '", {"Port": 81, "DefaultActions": [{"Type": "forward", "TargetGroupArn": group[:-1] + "x"}]}),
    ("IncompatibleProtocols", "has the protocol HTTP", {"Port": 81, "DefaultActions": [{"Type": "forward", "TargetGroupArn": web["TargetGroupArn"]}]}),
    ("InvalidLoadBalancerAction", "Actions of type 'fixed-response'", {"Port": 81, "DefaultActions": [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}]}),
    ("ValidationError", "A certificate must be specified for TLS listeners", {"Port": 81, "Protocol": "TLS"}),
    ("ValidationError", "A target group ARN must be specified", {"Port": 81, "DefaultActions": [{"Type": "forward"}]}),
    ("ValidationError", "A listener port must be specified", {"Port": None}),
    ("LoadBalancerNotFound", "not found", {"LoadBalancerArn": balancer[:-1] + "x"}),
]:
    given = {"LoadBalancerArn": balancer, "Protocol": "TCP", "Port": 80, "DefaultActions": forward, **more}
    refused(code, loose.create_listener, text=text, **{k: v for k, v in given.items() if v is not None})
second = elb.create_load_balancer(Name="second", Type="network", Scheme="internal", Subnets=[a])["LoadBalancers"][0]["LoadBalancerArn"]
refused("TargetGroupAssociationLimit", elb.create_listener, LoadBalancerArn=second, Protocol="TCP", Port=80, DefaultActions=forward)
elb.delete_load_balancer(LoadBalancerArn=second)

# A listener with a certificate, changed.
certificate = f"arn:aws:acm:{REGION}:123456789012:certificate/one"
secure = elb.create_listener(
    LoadBalancerArn=balancer,
    Protocol="TLS",
    Port=443,
    DefaultActions=forward,
    Certificates=[{"CertificateArn": certificate}],
    AlpnPolicy=["HTTP2Preferred"],
    Tags=[{"Key": "k", "Value": "v"}],
)["Listeners"][0]
same([secure["SslPolicy"], secure["Certificates"], secure["AlpnPolicy"]], ["ELBSecurityPolicy-2016-08", [{"CertificateArn": certificate}], ["HTTP2Preferred"]])
secure = secure["ListenerArn"]
changed = elb.modify_listener(ListenerArn=secure, Port=8443, SslPolicy="ELBSecurityPolicy-TLS13-1-2-2021-06")["Listeners"][0]
same([changed["Port"], changed["SslPolicy"]], [8443, "ELBSecurityPolicy-TLS13-1-2-2021-06"])
refused("DuplicateListener", elb.modify_listener, ListenerArn=secure, Port=80)
elb.add_listener_certificates(ListenerArn=secure, Certificates=[{"CertificateArn": certificate + "-2"}])
listed = elb.describe_listener_certificates(ListenerArn=secure)["Certificates"]
same([(it["CertificateArn"][-3:], it["IsDefault"]) for it in listed], [("one", True), ("e-2", False)])
refused("OperationNotPermitted", elb.remove_listener_certificates, ListenerArn=secure, Certificates=[{"CertificateArn": certificate}])
elb.remove_listener_certificates(ListenerArn=secure, Certificates=[{"CertificateArn": certificate + "-2"}])
same(len(elb.describe_listener_certificates(ListenerArn=secure)["Certificates"]), 1)
same(elb.describe_tags(ResourceArns=[secure])["TagDescriptions"][0]["Tags"], [{"Key": "k", "Value": "v"}])
same(elb.describe_listener_attributes(ListenerArn=secure)["Attributes"], [{"Key": "tcp.idle_timeout.seconds", "Value": "350"}])
idle = [{"Key": "tcp.idle_timeout.seconds", "Value": "400"}]
same(elb.modify_listener_attributes(ListenerArn=secure, Attributes=idle)["Attributes"], idle)
both = [it["ListenerArn"] for it in elb.describe_listeners(LoadBalancerArn=balancer)["Listeners"]]
same(both, sorted([listener, secure]))
same([it["ListenerArn"] for page in elb.get_paginator("describe_listeners").paginate(LoadBalancerArn=balancer, PageSize=1) for it in page["Listeners"]], both)
refused("ValidationError", elb.describe_listeners, text="You must specify either listener ARNs or a load balancer ARN")
refused("ListenerNotFound", elb.describe_listeners, ListenerArns=[listener[:-1] + "x"])
refused("UnsupportedProtocol", elb.create_rule, ListenerArn=listener, Priority=1, Conditions=[{"Field": "path-pattern", "Values": ["/x"]}], Actions=forward)

# Rules of an Application Load Balancer.
gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
front = elb.create_load_balancer(Name="front", Subnets=[a, c])["LoadBalancers"][0]["LoadBalancerArn"]
answer = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404", "ContentType": "text/plain", "MessageBody": "no"}}
http = elb.create_listener(LoadBalancerArn=front, Protocol="HTTP", Port=80, DefaultActions=[answer])["Listeners"][0]
same(http["DefaultActions"], [answer])
http = http["ListenerArn"]
to_web = [{"Type": "forward", "TargetGroupArn": web["TargetGroupArn"]}]
rule = elb.create_rule(
    ListenerArn=http,
    Priority=20,
    Conditions=[{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/app/*"]}}, {"Field": "host-header", "Values": ["a.example"]}],
    Actions=to_web,
    Tags=[{"Key": "k", "Value": "v"}],
)["Rules"][0]
same([rule["Priority"], rule["IsDefault"]], ["20", False])
same(rule["Conditions"][0], {"Field": "path-pattern", "Values": ["/app/*"], "PathPatternConfig": {"Values": ["/app/*"]}})
same(rule["Conditions"][1]["HostHeaderConfig"], {"Values": ["a.example"]})
same(rule["Actions"][0]["ForwardConfig"]["TargetGroups"], [{"TargetGroupArn": web["TargetGroupArn"], "Weight": 1}])
same(health(web["TargetGroupArn"])["10.20.1.9"], ("healthy", None))
redirect = elb.create_rule(
    ListenerArn=http,
    Priority=10,
    Conditions=[{"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "v", "Value": "1"}]}}],
    Actions=[{"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_301", "Protocol": "HTTPS"}}],
)["Rules"][0]
same(redirect["Actions"][0]["RedirectConfig"], {"Protocol": "HTTPS", "Port": "#{port}", "Host": "#{host}", "Path": "/#{path}", "Query": "#{query}", "StatusCode": "HTTP_301"})
shown = lambda: [it["Priority"] for it in elb.describe_rules(ListenerArn=http)["Rules"]]
same(shown(), ["10", "20", "default"])
same([it["Priority"] for page in elb.get_paginator("describe_rules").paginate(ListenerArn=http, PageSize=2) for it in page["Rules"]], shown())
refused("PriorityInUse", elb.create_rule, ListenerArn=http, Priority=20, Conditions=[{"Field": "path-pattern", "Values": ["/x"]}], Actions=to_web)
refused("ValidationError", loose.create_rule, text="Condition field 'colour' must be one of", ListenerArn=http, Priority=30, Conditions=[{"Field": "colour", "Values": ["red"]}], Actions=to_web)
elb.set_rule_priorities(RulePriorities=[{"RuleArn": rule["RuleArn"], "Priority": 5}])
same(shown(), ["5", "10", "default"])
refused("PriorityInUse", elb.set_rule_priorities, RulePriorities=[{"RuleArn": rule["RuleArn"], "Priority": 10}])
changed = elb.modify_rule(RuleArn=rule["RuleArn"], Conditions=[{"Field": "source-ip", "SourceIpConfig": {"Values": ["10.0.0.0/8"]}}])["Rules"][0]
same([it["Field"] for it in changed["Conditions"]], ["source-ip"])
default = elb.describe_rules(ListenerArn=http)["Rules"][-1]["RuleArn"]
same(elb.describe_rules(RuleArns=[default])["Rules"][0]["Actions"], [answer])
refused("OperationNotPermitted", elb.delete_rule, RuleArn=default)
refused("ResourceInUse", elb.delete_target_group, text="is currently in use by a listener or a rule", TargetGroupArn=web["TargetGroupArn"])
elb.delete_rule(RuleArn=rule["RuleArn"])
refused("RuleNotFound", elb.describe_rules, RuleArns=[rule["RuleArn"]])
elb.delete_target_group(TargetGroupArn=web["TargetGroupArn"])

# An Application Load Balancer behind a Network Load Balancer.
alb = elb.create_target_group(Name="alb", Protocol="TCP", Port=80, VpcId=vpc, TargetType="alb")["TargetGroups"][0]["TargetGroupArn"]
same(elb.describe_target_groups(Names=["alb"])["TargetGroups"][0]["HealthCheckProtocol"], "HTTP")
no_target("InvalidTarget", balancer, of=alb)
register(front, of=alb)
refused("ResourceInUse", elb.delete_load_balancer, LoadBalancerArn=front)
elb.deregister_targets(TargetGroupArn=alb, Targets=[{"Id": front}])

# Health checks and attributes.
changed = elb.modify_target_group(TargetGroupArn=group, HealthCheckProtocol="HTTP", HealthCheckPath="/up", HealthyThresholdCount=3)["TargetGroups"][0]
same([changed["HealthCheckPath"], changed["Matcher"], changed["HealthyThresholdCount"]], ["/up", {"HttpCode": "200-399"}, 3])


def attributes(of):
    return {it["Key"]: it["Value"] for it in elb.describe_target_group_attributes(TargetGroupArn=of)["Attributes"]}


usual = attributes(group)
same([usual["deregistration_delay.timeout_seconds"], usual["stickiness.type"], usual["preserve_client_ip.enabled"]], ["300", "source_ip", "true"])
elb.modify_target_group_attributes(TargetGroupArn=group, Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "30"}])
same(attributes(group)["deregistration_delay.timeout_seconds"], "30")
same(attributes(function["TargetGroupArn"]), {"lambda.multi_value_headers.enabled": "false"})
refused("InvalidConfigurationRequest", elb.modify_target_group_attributes, TargetGroupArn=group, Attributes=[{"Key": "slow_start.duration_seconds", "Value": "30"}])

# Others, pages and names.
refused("TargetGroupNotFound", elb.describe_target_groups, text="One or more target groups not found", Names=["nobody"])
for other in [client("elbv2", account="210987654321"), client("elbv2", region="us-east-1")]:
    same(other.describe_target_groups()["TargetGroups"], [])
    other.delete_target_group(TargetGroupArn=group)
    for call, more in [
        (other.describe_target_health, {"TargetGroupArn": group}),
        (other.register_targets, {"TargetGroupArn": group, "Targets": [{"Id": in_c}]}),
        (other.modify_target_group, {"TargetGroupArn": group}),
    ]:
        refused("TargetGroupNotFound", call, **more)
    for call, more in [(other.modify_listener, {"Port": 9}), (other.delete_listener, {}), (other.describe_listener_attributes, {})]:
        refused("ListenerNotFound", call, ListenerArn=listener, **more)
    refused("RuleNotFound", other.delete_rule, RuleArn=redirect["RuleArn"])
names = [it["TargetGroupName"] for it in elb.describe_target_groups()["TargetGroups"]]
paged = [it["TargetGroupName"] for page in elb.get_paginator("describe_target_groups").paginate(PageSize=1) for it in page["TargetGroups"]]
same([sorted(names), paged], [["alb", "function", "tcp"], names])

# Deleted with its load balancer, a listener no longer uses the group.
elb.delete_listener(ListenerArn=secure)
refused("ResourceInUse", elb.delete_target_group, TargetGroupArn=group)
elb.delete_load_balancer(LoadBalancerArn=balancer)
refused("ListenerNotFound", elb.delete_listener, ListenerArn=listener)
elb.delete_target_group(TargetGroupArn=group)
elb.delete_target_group(TargetGroupArn=group)
refused("TargetGroupNotFound", elb.describe_target_group_attributes, TargetGroupArn=group)
