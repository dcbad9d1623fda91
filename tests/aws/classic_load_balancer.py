"""Classic Load Balancers: the same endpoint and scope as the others, told apart by the version."""

import re
from concurrent.futures import ThreadPoolExecutor

from common import REGION, client, dig, ec2, refused, same

elb, newer = client("elb"), client("elbv2")
default = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]["VpcId"]
zones = [it["ZoneName"] for it in ec2.describe_availability_zones()["AvailabilityZones"]][:2]
listeners = [{"Protocol": "http", "LoadBalancerPort": 80, "InstancePort": 8080}]
name = elb.create_load_balancer(LoadBalancerName="old", Listeners=listeners, AvailabilityZones=zones)["DNSName"]
assert re.fullmatch(rf"old-\d{{10}}\.{REGION}\.elb\.amazonaws\.com", name), name
same(len(dig(name)), 2)
same(dig(f"all.{name}"), dig(name))
same(elb.create_load_balancer(LoadBalancerName="old", Listeners=listeners, AvailabilityZones=zones)["DNSName"], name)
other = [{"Protocol": "TCP", "LoadBalancerPort": 81, "InstancePort": 81}]
refused("DuplicateLoadBalancerName", elb.create_load_balancer, LoadBalancerName="old", Listeners=other, AvailabilityZones=zones)
refused("UnsupportedProtocol", elb.create_load_balancer, LoadBalancerName="new", Listeners=[{**other[0], "Protocol": "UDP"}], AvailabilityZones=zones)
refused("ValidationError", elb.create_load_balancer, LoadBalancerName="new", Listeners=other, text="must be specified")

shown = elb.describe_load_balancers(LoadBalancerNames=["old"])["LoadBalancerDescriptions"][0]
same([shown["DNSName"], shown["VPCId"], shown["Scheme"]], [name, default, "internet-facing"])
same(shown["CanonicalHostedZoneNameID"], "ZWKZPGTI48KDX")
same(shown["ListenerDescriptions"][0]["Listener"], {"Protocol": "HTTP", "LoadBalancerPort": 80, "InstanceProtocol": "HTTP", "InstancePort": 8080})
same([shown["HealthCheck"]["Target"], sorted(shown["AvailabilityZones"]), len(shown["Subnets"])], ["TCP:8080", sorted(zones), 2])
same(newer.describe_load_balancers()["LoadBalancers"], [])
refused("LoadBalancerNotFound", elb.describe_load_balancers, text="There is no ACTIVE Load Balancer named 'nobody'", LoadBalancerNames=["nobody"])
refused("LoadBalancerNotFound", client("elb", region="us-east-1").describe_load_balancers, LoadBalancerNames=["old"])
assert ec2.describe_network_interfaces(Filters=[{"Name": "description", "Values": ["ELB old"]}])["NetworkInterfaces"]

instance = ec2.run_instances(ImageId="ami-00000000000000001", InstanceType="t3.micro", MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
ids = [{"InstanceId": instance}]
same(elb.register_instances_with_load_balancer(LoadBalancerName="old", Instances=ids)["Instances"], ids)
health = lambda: elb.describe_instance_health(LoadBalancerName="old", Instances=ids)["InstanceStates"][0]["State"]
same(health(), "InService")
elb.get_waiter("instance_in_service").wait(LoadBalancerName="old", Instances=ids)
ec2.stop_instances(InstanceIds=[instance])
same(health(), "OutOfService")
same(elb.deregister_instances_from_load_balancer(LoadBalancerName="old", Instances=ids)["Instances"], [])
# What is no longer registered is out of service, which the waiter of AWS waits for.
same(health(), "OutOfService")
elb.get_waiter("instance_deregistered").wait(LoadBalancerName="old", Instances=ids)
refused("InvalidInstance", elb.register_instances_with_load_balancer, LoadBalancerName="old", Instances=[{"InstanceId": "i-00000000"}])

more = {"Protocol": "SSL", "LoadBalancerPort": 443, "InstancePort": 8443, "SSLCertificateId": "arn:aws:acm:x"}
elb.create_load_balancer_listeners(LoadBalancerName="old", Listeners=[more])
elb.create_load_balancer_listeners(LoadBalancerName="old", Listeners=[more])
refused("DuplicateListener", elb.create_load_balancer_listeners, LoadBalancerName="old", Listeners=[{**more, "InstancePort": 1}])
ports = lambda: [it["Listener"]["LoadBalancerPort"] for it in elb.describe_load_balancers()["LoadBalancerDescriptions"][0]["ListenerDescriptions"]]
same(ports(), [80, 443])
elb.delete_load_balancer_listeners(LoadBalancerName="old", LoadBalancerPorts=[443, 9])
same(ports(), [80])

check = {"Target": "HTTP:8080/up", "Interval": 10, "Timeout": 5, "UnhealthyThreshold": 3, "HealthyThreshold": 4}
same(elb.configure_health_check(LoadBalancerName="old", HealthCheck=check)["HealthCheck"], check)
same(elb.describe_load_balancers()["LoadBalancerDescriptions"][0]["HealthCheck"], check)
read = lambda: elb.describe_load_balancer_attributes(LoadBalancerName="old")["LoadBalancerAttributes"]
same(read()["ConnectionSettings"], {"IdleTimeout": 60})
elb.modify_load_balancer_attributes(LoadBalancerName="old", LoadBalancerAttributes={"ConnectionSettings": {"IdleTimeout": 90}})
same([read()["ConnectionSettings"], read()["CrossZoneLoadBalancing"]], [{"IdleTimeout": 90}, {"Enabled": False}])
elb.add_tags(LoadBalancerNames=["old"], Tags=[{"Key": "k", "Value": "v"}])
same(elb.describe_tags(LoadBalancerNames=["old"])["TagDescriptions"][0]["Tags"], [{"Key": "k", "Value": "v"}])
elb.remove_tags(LoadBalancerNames=["old"], Tags=[{"Key": "k"}])
same(elb.describe_tags(LoadBalancerNames=["old"])["TagDescriptions"][0]["Tags"], [])
third = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [default]}])["Subnets"]
third = next(it for it in third if it["AvailabilityZone"] not in zones)
of_old = lambda: elb.describe_load_balancers(LoadBalancerNames=["old"])["LoadBalancerDescriptions"][0]
before = dig(name)
same(len(elb.attach_load_balancer_to_subnets(LoadBalancerName="old", Subnets=[third["SubnetId"]])["Subnets"]), 3)
assert len(dig(name)) == 3 and set(before) < set(dig(name)), "the addresses of the other zones stay"
same(sorted(elb.detach_load_balancer_from_subnets(LoadBalancerName="old", Subnets=[third["SubnetId"]])["Subnets"]), sorted(shown["Subnets"]))
same(sorted(dig(name)), sorted(before))
refused("InvalidConfigurationRequest", elb.detach_load_balancer_from_subnets, LoadBalancerName="old", Subnets=[third["SubnetId"]])
refused("InvalidConfigurationRequest", elb.detach_load_balancer_from_subnets, LoadBalancerName="old", Subnets=shown["Subnets"])
refused("SubnetNotFound", elb.attach_load_balancer_to_subnets, LoadBalancerName="old", Subnets=["subnet-0"])
more = [third["AvailabilityZone"]]
same(len(elb.enable_availability_zones_for_load_balancer(LoadBalancerName="old", AvailabilityZones=more)["AvailabilityZones"]), 3)
same(sorted(elb.disable_availability_zones_for_load_balancer(LoadBalancerName="old", AvailabilityZones=more)["AvailabilityZones"]), sorted(zones))
group = ec2.create_security_group(GroupName="old", Description="old", VpcId=default)["GroupId"]
same(elb.apply_security_groups_to_load_balancer(LoadBalancerName="old", SecurityGroups=[group])["SecurityGroups"], [group])
same(of_old()["SecurityGroups"], [group])
refused("InvalidSecurityGroup", elb.apply_security_groups_to_load_balancer, LoadBalancerName="old", SecurityGroups=["sg-0"])

elb.create_load_balancer_listeners(LoadBalancerName="old", Listeners=[{"Protocol": "HTTPS", "LoadBalancerPort": 443, "InstancePort": 8443, "SSLCertificateId": "arn:aws:acm:x"}])
elb.set_load_balancer_listener_ssl_certificate(LoadBalancerName="old", LoadBalancerPort=443, SSLCertificateId="arn:aws:acm:y")
same(of_old()["ListenerDescriptions"][1]["Listener"]["SSLCertificateId"], "arn:aws:acm:y")
refused("ListenerNotFound", elb.set_load_balancer_listener_ssl_certificate, LoadBalancerName="old", LoadBalancerPort=9, SSLCertificateId="arn:aws:acm:y")
elb.create_app_cookie_stickiness_policy(LoadBalancerName="old", PolicyName="app", CookieName="session")
keys = {"LoadBalancerName": "old", "PolicyName": "keys", "PolicyTypeName": "BackendServerAuthenticationPolicyType"}
refused("InvalidConfigurationRequest", elb.create_load_balancer_policy, **keys, text="ONE_OR_MORE of PublicKeyPolicyName")
elb.create_load_balancer_policy(**keys, PolicyAttributes=[{"AttributeName": "PublicKeyPolicyName", "AttributeValue": "key"}])
elb.delete_load_balancer_policy(LoadBalancerName="old", PolicyName="keys")
elb.create_lb_cookie_stickiness_policy(LoadBalancerName="old", PolicyName="own", CookieExpirationPeriod=60)
proxy = {"PolicyTypeName": "ProxyProtocolPolicyType", "PolicyAttributes": [{"AttributeName": "ProxyProtocol", "AttributeValue": "true"}]}
elb.create_load_balancer_policy(LoadBalancerName="old", PolicyName="proxy", **proxy)
refused("DuplicatePolicyName", elb.create_load_balancer_policy, LoadBalancerName="old", PolicyName="proxy", **proxy)
refused("PolicyTypeNotFound", elb.create_load_balancer_policy, LoadBalancerName="old", PolicyName="no", PolicyTypeName="NoType")
refused("InvalidConfigurationRequest", elb.create_load_balancer_policy, LoadBalancerName="old", PolicyName="no", PolicyTypeName="PublicKeyPolicyType")
policies = of_old()["Policies"]
same(policies["AppCookieStickinessPolicies"], [{"PolicyName": "app", "CookieName": "session"}])
same(policies["LBCookieStickinessPolicies"], [{"PolicyName": "own", "CookieExpirationPeriod": 60}])
same(policies["OtherPolicies"], ["proxy"])
elb.set_load_balancer_policies_of_listener(LoadBalancerName="old", LoadBalancerPort=443, PolicyNames=["own"])
elb.set_load_balancer_policies_for_backend_server(LoadBalancerName="old", InstancePort=8443, PolicyNames=["proxy"])
same(of_old()["ListenerDescriptions"][1]["PolicyNames"], ["own"])
same(of_old()["BackendServerDescriptions"], [{"InstancePort": 8443, "PolicyNames": ["proxy"]}])
refused("PolicyNotFound", elb.set_load_balancer_policies_of_listener, LoadBalancerName="old", LoadBalancerPort=443, PolicyNames=["no"])
refused("ListenerNotFound", elb.set_load_balancer_policies_of_listener, LoadBalancerName="old", LoadBalancerPort=9, PolicyNames=["own"])
refused("InvalidConfigurationRequest", elb.delete_load_balancer_policy, LoadBalancerName="old", PolicyName="own")
described = lambda **of: elb.describe_load_balancer_policies(**of)["PolicyDescriptions"]
same(described(LoadBalancerName="old", PolicyNames=["proxy"])[0]["PolicyAttributeDescriptions"], proxy["PolicyAttributes"])
same(len(described(LoadBalancerName="old")), 3)
assert any(it["PolicyName"] == "ELBSecurityPolicy-2016-08" for it in described())
refused("PolicyNotFound", elb.describe_load_balancer_policies, LoadBalancerName="old", PolicyNames=["no"])
same(len(elb.describe_load_balancer_policy_types()["PolicyTypeDescriptions"]), 6)
refused("PolicyTypeNotFound", elb.describe_load_balancer_policy_types, PolicyTypeNames=["no"])
elb.set_load_balancer_policies_for_backend_server(LoadBalancerName="old", InstancePort=8443, PolicyNames=[])
same(of_old().get("BackendServerDescriptions", []), [])
elb.delete_load_balancer_policy(LoadBalancerName="old", PolicyName="proxy")
elb.delete_load_balancer_listeners(LoadBalancerName="old", LoadBalancerPorts=[443])
elb.delete_load_balancer_policy(LoadBalancerName="old", PolicyName="own")
same([it["PolicyName"] for it in described(LoadBalancerName="old")], ["app"])
same({it["Name"]: it["Max"] for it in elb.describe_account_limits()["Limits"]}["classic-listeners"], "100")

# What arrives at the same time is all kept.
ports = range(9_000, 9_030)
balancer = {"LoadBalancerName": "old"}


def one_more(port):
    elb.create_load_balancer_listeners(**balancer, Listeners=[{"Protocol": "HTTP", "LoadBalancerPort": port, "InstancePort": port}])
    elb.create_app_cookie_stickiness_policy(**balancer, PolicyName=f"app-{port}", CookieName="session")
    elb.set_load_balancer_policies_of_listener(**balancer, LoadBalancerPort=port, PolicyNames=[f"app-{port}"])


with ThreadPoolExecutor(10) as threads:
    list(threads.map(one_more, ports))
enabled = {it["Listener"]["LoadBalancerPort"]: it["PolicyNames"] for it in of_old()["ListenerDescriptions"]}
same({port: enabled.get(port) for port in ports}, {port: [f"app-{port}"] for port in ports})

elb.delete_load_balancer(LoadBalancerName="old")
elb.delete_load_balancer(LoadBalancerName="old")
same([dig(name), elb.describe_load_balancers()["LoadBalancerDescriptions"]], [[], []])
