"""Classic Load Balancers: the same endpoint and scope as the others, told apart by the version."""

import re

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
same(health(), "Unknown")
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
elb.delete_load_balancer(LoadBalancerName="old")
elb.delete_load_balancer(LoadBalancerName="old")
same([dig(name), elb.describe_load_balancers()["LoadBalancerDescriptions"]], [[], []])
