"""Instances from launch to termination, by boto3, `aws` and dig (I1, H1 to H5, V5)."""

import base64
import re

from common import ACCOUNT, aws, client, dig, ec2, named, refused, same

IMAGE = "ami-0123456789abcdef0"
[vpc] = ec2.describe_vpcs()["Vpcs"]


def described(*ids):
    found = ec2.describe_instances(InstanceIds=list(ids))["Reservations"]
    return [instance for reservation in found for instance in reservation["Instances"]]


def state(instance):
    return described(instance)[0]["State"]["Name"]


def dashed(address):
    return address.replace(".", "-")


ec2.create_key_pair(KeyName="mine", KeyType="ed25519")

# Where nothing is named: the default VPC, its first subnet, its default group, a public address.
answer = ec2.run_instances(
    ImageId=IMAGE,
    MinCount=2,
    MaxCount=2,
    InstanceType="t3.micro",
    KeyName="mine",
    UserData="#!/bin/sh\n",
    ClientToken="once",
    IamInstanceProfile={"Name": "reader"},
    MetadataOptions={"HttpTokens": "required", "HttpPutResponseHopLimit": 2},
    TagSpecifications=named("web", "instance") + named("web-eni", "network-interface") + named("x", "volume"),
)
same(answer["OwnerId"], ACCOUNT)
first, second = answer["Instances"]
same([it["AmiLaunchIndex"] for it in (first, second)], [0, 1])
same(first["State"], {"Code": 0, "Name": "pending"})
one = described(first["InstanceId"])[0]
same(one["State"], {"Code": 16, "Name": "running"})
same({**one, "State": first["State"]}, first)
same((one["ImageId"], one["KeyName"], one["InstanceType"]), (IMAGE, "mine", "t3.micro"))
same(one["Placement"]["AvailabilityZone"], "ap-northeast-2a")
same(one["VpcId"], vpc["VpcId"])
same([group["GroupName"] for group in one["SecurityGroups"]], ["default"])
same(one["IamInstanceProfile"]["Arn"], f"arn:aws:iam::{ACCOUNT}:instance-profile/reader")
same((one["MetadataOptions"]["HttpTokens"], one["MetadataOptions"]["HttpPutResponseHopLimit"]), ("required", 2))
same(one["Tags"], [{"Key": "Name", "Value": "web"}])
[interface] = one["NetworkInterfaces"]
same(interface["PrivateIpAddress"], one["PrivateIpAddress"])
same(interface["Association"]["PublicIp"], one["PublicIpAddress"])
same((interface["Attachment"]["DeviceIndex"], interface["Attachment"]["DeleteOnTermination"]), (0, True))
[alone] = ec2.describe_network_interfaces(NetworkInterfaceIds=[interface["NetworkInterfaceId"]])["NetworkInterfaces"]
same(alone["TagSet"], [{"Key": "Name", "Value": "web-eni"}])
same((alone["MacAddress"], alone["Attachment"]["InstanceId"]), (interface["MacAddress"], one["InstanceId"]))
assert one["PrivateIpAddress"] != second["PrivateIpAddress"]
assert one["PublicIpAddress"] != second["PublicIpAddress"]

# The names are those that the resolver answers.
address, public = one["PrivateIpAddress"], one["PublicIpAddress"]
same(one["PrivateDnsName"], f"ip-{dashed(address)}.ap-northeast-2.compute.internal")
same(one["PublicDnsName"], f"ec2-{dashed(public)}.ap-northeast-2.compute.amazonaws.com")
same(dig(one["PrivateDnsName"], address), [address])
same(dig(one["PublicDnsName"], address), [address])
same(dig(one["PublicDnsName"], "192.0.2.1"), [public])
ec2.modify_vpc_attribute(VpcId=vpc["VpcId"], EnableDnsHostnames={"Value": False})
same(described(first["InstanceId"])[0]["PublicDnsName"], "")
ec2.modify_vpc_attribute(VpcId=vpc["VpcId"], EnableDnsHostnames={"Value": True})

# The same token once more makes nothing, and with other parameters is refused.
request = {
    "ImageId": IMAGE,
    "MinCount": 1,
    "MaxCount": 1,
    "SubnetId": one["SubnetId"],
    "PrivateIpAddress": "172.31.5.5",
    "ClientToken": "at-5-5",
    "PrivateDnsNameOptions": {"HostnameType": "resource-name", "EnableResourceNameDnsARecord": True},
    "Monitoring": {"Enabled": True},
    "DisableApiTermination": True,
}
made = ec2.run_instances(**request)
same(ec2.run_instances(**request)["Instances"], made["Instances"])
refused("IdempotentParameterMismatch", ec2.run_instances, **{**request, "InstanceType": "c5.large"})
refused("InvalidIPAddress.InUse", ec2.run_instances, **{**request, "ClientToken": "other"})
third = made["Instances"][0]["InstanceId"]
shown = described(third)[0]
same(shown["PrivateDnsName"], f"{third}.ap-northeast-2.compute.internal")
same(shown["Monitoring"], {"State": "enabled"})
same(dig(shown["PrivateDnsName"], "172.31.5.5"), ["172.31.5.5"])

# Its options change: A records at once, the kind of name while it is stopped.
ec2.modify_private_dns_name_options(InstanceId=third, EnableResourceNameDnsARecord=False)
same(dig(shown["PrivateDnsName"], "172.31.5.5"), [])
options = {"InstanceId": third, "PrivateDnsHostnameType": "ip-name"}
refused("IncorrectInstanceState", ec2.modify_private_dns_name_options, **options)
stopping = ec2.stop_instances(InstanceIds=[third])["StoppingInstances"][0]
same((stopping["PreviousState"]["Name"], stopping["CurrentState"]["Name"]), ("running", "stopping"))
same(state(third), "stopped")
why = described(third)[0]["StateTransitionReason"]
assert re.fullmatch(r"User initiated \(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d GMT\)", why), why
ec2.modify_private_dns_name_options(**options)
ec2.modify_instance_attribute(InstanceId=third, InstanceType={"Value": "c5.large"})
ec2.modify_instance_attribute(InstanceId=third, UserData={"Value": b"new"})
ec2.modify_instance_attribute(InstanceId=third, SourceDestCheck={"Value": False})
starting = ec2.start_instances(InstanceIds=[third])["StartingInstances"][0]
same((starting["PreviousState"]["Name"], starting["CurrentState"]["Name"]), ("stopped", "pending"))
shown = described(third)[0]
same((shown["State"]["Name"], shown["InstanceType"], shown["SourceDestCheck"]), ("running", "c5.large", False))
same(shown["StateTransitionReason"], "")
same(shown["PrivateDnsName"], "ip-172-31-5-5.ap-northeast-2.compute.internal")


def attribute(name):
    return ec2.describe_instance_attribute(InstanceId=third, Attribute=name)


same(base64.b64decode(attribute("userData")["UserData"]["Value"]), b"new")
same(attribute("disableApiTermination")["DisableApiTermination"], {"Value": True})
same(attribute("disableApiStop")["DisableApiStop"], {"Value": False})
same(attribute("instanceInitiatedShutdownBehavior")["InstanceInitiatedShutdownBehavior"], {"Value": "stop"})
same(attribute("instanceType")["InstanceType"], {"Value": "c5.large"})
same([group["GroupId"] for group in attribute("groupSet")["Groups"]], [shown["SecurityGroups"][0]["GroupId"]])
refused("IncorrectInstanceState", ec2.modify_instance_attribute, InstanceId=third, InstanceType={"Value": "c5.xlarge"})
refused("IncorrectInstanceState", ec2.modify_instance_attribute, InstanceId=third, UserData={"Value": b"x"})
ec2.modify_instance_attribute(InstanceId=third, DisableApiStop={"Value": True})
refused("OperationNotPermitted", ec2.stop_instances, InstanceIds=[third], text="disableApiStop")
ec2.modify_instance_attribute(InstanceId=third, Attribute="disableApiStop", Value="false")
ec2.modify_instance_attribute(InstanceId=third, InstanceInitiatedShutdownBehavior={"Value": "terminate"})
group = ec2.create_security_group(GroupName="web", Description="web", VpcId=vpc["VpcId"])["GroupId"]
ec2.modify_instance_attribute(InstanceId=third, Groups=[group])
same(described(third)[0]["SecurityGroups"], [{"GroupId": group, "GroupName": "web"}])
refused("DependencyViolation", ec2.delete_security_group, GroupId=group)
options = ec2.modify_instance_metadata_options(InstanceId=third, HttpTokens="required")["InstanceMetadataOptions"]
same(described(third)[0]["MetadataOptions"], options)
same(options["HttpTokens"], "required")
same(ec2.unmonitor_instances(InstanceIds=[third])["InstanceMonitorings"][0]["Monitoring"]["State"], "disabling")
same(described(third)[0]["Monitoring"], {"State": "disabled"})
ec2.monitor_instances(InstanceIds=[third])
same(described(third)[0]["Monitoring"], {"State": "enabled"})
credits = ec2.modify_instance_credit_specification(
    InstanceCreditSpecifications=[
        {"InstanceId": first["InstanceId"], "CpuCredits": "standard"},
        {"InstanceId": third, "CpuCredits": "unlimited"},
    ]
)
same(len(credits["SuccessfulInstanceCreditSpecifications"]), 1)
same(credits["UnsuccessfulInstanceCreditSpecifications"][0]["InstanceId"], third)
same(
    ec2.describe_instance_credit_specifications(InstanceIds=[first["InstanceId"]])["InstanceCreditSpecifications"],
    [{"InstanceId": first["InstanceId"], "CpuCredits": "standard"}],
)
# Without an id those are listed that are unlimited, as T3 is unless it was changed.
unlimited = lambda: [it["InstanceId"] for it in ec2.describe_instance_credit_specifications()["InstanceCreditSpecifications"]]
assert first["InstanceId"] not in unlimited()
same(len(unlimited()), 1)

# A stopped instance loses its public address and gets another; its private one stays.
ec2.stop_instances(InstanceIds=[first["InstanceId"]])
stopped = described(first["InstanceId"])[0]
same((stopped["State"]["Name"], stopped["PrivateIpAddress"], stopped.get("PublicIpAddress")), ("stopped", address, None))
same(stopped["PublicDnsName"], "")
same(dig(one["PublicDnsName"], address), [public])
ec2.start_instances(InstanceIds=[first["InstanceId"]])
again = described(first["InstanceId"])[0]
assert again["PublicIpAddress"] not in (public, second["PublicIpAddress"])
same(dig(again["PublicDnsName"], address), [address])

# Status: running instances, all of them in order.
statuses = ec2.describe_instance_status()["InstanceStatuses"]
same(len(statuses), 3)
same({it["InstanceStatus"]["Status"] for it in statuses}, {"ok"})

# Termination: nothing held, described for a while, and no more to be done with it.
refused("OperationNotPermitted", ec2.terminate_instances, InstanceIds=[third], text="disableApiTermination")
ec2.modify_instance_attribute(InstanceId=third, DisableApiTermination={"Value": False})
ended = ec2.terminate_instances(InstanceIds=[third])["TerminatingInstances"][0]
same((ended["PreviousState"]["Name"], ended["CurrentState"]["Name"]), ("running", "shutting-down"))
gone = described(third)[0]
same((gone["State"], gone["ImageId"]), ({"Code": 48, "Name": "terminated"}, IMAGE))
same([gone.get(key) for key in ("PrivateIpAddress", "VpcId", "SubnetId")], [None] * 3)
same((gone["PrivateDnsName"], gone["NetworkInterfaces"], gone["SecurityGroups"]), ("", [], []))
same(ec2.terminate_instances(InstanceIds=[third])["TerminatingInstances"][0]["CurrentState"]["Name"], "terminated")
refused("IncorrectInstanceState", ec2.start_instances, InstanceIds=[third])
refused("IncorrectInstanceState", ec2.modify_instance_attribute, InstanceId=third, SourceDestCheck={"Value": True})
ec2.delete_security_group(GroupId=group)
[reused] = ec2.run_instances(**{**request, "ClientToken": "later", "DisableApiTermination": False})["Instances"]
same(reused["PrivateIpAddress"], "172.31.5.5")

# Several network interfaces, secondary addresses, and a network interface that was there before.
eni = ec2.create_network_interface(SubnetId=one["SubnetId"], PrivateIpAddress="172.31.9.9")["NetworkInterface"]
[many] = ec2.run_instances(
    ImageId=IMAGE,
    MinCount=1,
    MaxCount=1,
    NetworkInterfaces=[
        {"DeviceIndex": 0, "NetworkInterfaceId": eni["NetworkInterfaceId"]},
        {"DeviceIndex": 1, "SubnetId": one["SubnetId"], "SecondaryPrivateIpAddressCount": 2, "Description": "two"},
    ],
)["Instances"]
same(many["PrivateIpAddress"], "172.31.9.9")
zero, more = many["NetworkInterfaces"]
same((zero["NetworkInterfaceId"], zero["MacAddress"]), (eni["NetworkInterfaceId"], eni["MacAddress"]))
same((len(more["PrivateIpAddresses"]), more["Description"]), (3, "two"))
same(dig("ip-172-31-9-9.ap-northeast-2.compute.internal", "172.31.9.9"), ["172.31.9.9"])
ec2.terminate_instances(InstanceIds=[many["InstanceId"]])
[left] = ec2.describe_network_interfaces(NetworkInterfaceIds=[eni["NetworkInterfaceId"]])["NetworkInterfaces"]
same((left["Status"], left["PrivateIpAddress"], left["MacAddress"]), ("available", "172.31.9.9", eni["MacAddress"]))
refused("InvalidNetworkInterfaceID.NotFound", ec2.describe_network_interfaces, NetworkInterfaceIds=[more["NetworkInterfaceId"]])
[private] = ec2.run_instances(
    ImageId=IMAGE,
    MinCount=1,
    MaxCount=1,
    NetworkInterfaces=[{"DeviceIndex": 0, "AssociatePublicIpAddress": False, "SecondaryPrivateIpAddressCount": 1}],
    Placement={"AvailabilityZone": "ap-northeast-2c"},
)["Instances"]
same((private.get("PublicIpAddress"), private["Placement"]["AvailabilityZone"]), (None, "ap-northeast-2c"))
[secondary] = [it for it in private["NetworkInterfaces"][0]["PrivateIpAddresses"] if not it["Primary"]]
same(dig(f"ip-{dashed(secondary['PrivateIpAddress'])}.ap-northeast-2.compute.internal", address), [secondary["PrivateIpAddress"]])

# What AWS refuses.
least = {"ImageId": IMAGE, "MinCount": 1, "MaxCount": 1}
refused("InvalidAMIID.Malformed", ec2.run_instances, **{**least, "ImageId": "ami-x"})
refused("MissingParameter", ec2.run_instances, MinCount=1, MaxCount=1)
refused("InvalidParameterValue", ec2.run_instances, **{**least, "MinCount": 2})
refused("InvalidParameterValue", ec2.run_instances, **least, InstanceType="large")
refused("InvalidParameterValue", ec2.run_instances, **least, PrivateIpAddress="10.0.0.9", SubnetId=one["SubnetId"])
refused("InvalidSubnetID.NotFound", ec2.run_instances, **least, SubnetId="subnet-0123456789abcdef0")
refused("InvalidGroup.NotFound", ec2.run_instances, **least, SecurityGroupIds=["sg-0123456789abcdef0"])
refused("InvalidParameterCombination", ec2.run_instances, **least, Ipv6AddressCount=1)
refused("InvalidParameterCombination", ec2.run_instances, **least, SubnetId=one["SubnetId"], NetworkInterfaces=[{"DeviceIndex": 0}])
refused("InvalidBlockDeviceMapping", ec2.run_instances, **least, BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 7}}])
refused("DryRunOperation", ec2.run_instances, **least, DryRun=True, status=412)
refused("InvalidInstanceID.NotFound", ec2.stop_instances, InstanceIds=["i-0123456789abcdef0"])
refused("InvalidInstanceID.Malformed", ec2.stop_instances, InstanceIds=["i-x"])
refused("InvalidFilter", ec2.describe_instances, Filters=[{"Name": "colour", "Values": ["red"]}])
other = client(account="210987654321")
same(other.describe_instances()["Reservations"], [])
refused("InvalidInstanceID.NotFound", other.terminate_instances, InstanceIds=[first["InstanceId"]])
refused("VPCIdNotSpecified", other.run_instances, **least)
refused("InvalidSubnetID.NotFound", other.run_instances, **least, SubnetId=one["SubnetId"])


def matching(name, *values):
    found = ec2.describe_instances(Filters=[{"Name": name, "Values": list(values)}])["Reservations"]
    return sorted(it["InstanceId"] for reservation in found for it in reservation["Instances"])


pair = sorted([first["InstanceId"], second["InstanceId"]])
same(matching("tag:Name", "web"), pair)
same(matching("reservation-id", answer["ReservationId"]), pair)
same(matching("private-ip-address", address), [first["InstanceId"]])
same(matching("instance-state-name", "terminated"), sorted([third, many["InstanceId"]]))
same(matching("ip-address", again["PublicIpAddress"]), [first["InstanceId"]])

# The real `aws`.
ran = aws("ec2", "run-instances", "--image-id", IMAGE, "--instance-type", "t3.nano", "--private-ip-address", "172.31.7.7")
if ran is not None:
    by_aws = ran["Instances"][0]["InstanceId"]
    same(dig("ip-172-31-7-7.ap-northeast-2.compute.internal", address), ["172.31.7.7"])
    aws("ec2", "wait", "instance-running", "--instance-ids", by_aws)
    aws("ec2", "terminate-instances", "--instance-ids", by_aws)
    aws("ec2", "wait", "instance-terminated", "--instance-ids", by_aws)
