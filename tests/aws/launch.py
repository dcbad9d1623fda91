"""What a launch reads and shows beside addresses: images, types, volumes, profiles; and lists that tools read at start."""

from common import client, ec2, named, refused, same

[vpc] = ec2.describe_vpcs()["Vpcs"]


def images(**more):
    return ec2.describe_images(**more)["Images"]


def filtered(call, name, *values):
    return call(Filters=[{"Name": name, "Values": list(values)}])


# The usual public images, with the same ids in every run and others in every region.
public = images()
same(len(public), 19)
same(sorted(it["ImageId"] for it in images(Owners=["self"])), [])
amazon = images(Owners=["amazon"])
same({it["OwnerId"] for it in amazon}, {"137112412989"})
same(len(amazon), 13)
[ubuntu] = images(
    Owners=["099720109477"],
    Filters=[
        {"Name": "name", "Values": ["ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-*"]},
        {"Name": "virtualization-type", "Values": ["hvm"]},
    ],
)
same((ubuntu["Architecture"], ubuntu["RootDeviceName"]), ("x86_64", "/dev/sda1"))
same([it["ImageId"] for it in images(ImageIds=[ubuntu["ImageId"]])], [ubuntu["ImageId"]])
assert ubuntu["ImageId"] not in [it["ImageId"] for it in client(region="us-east-1").describe_images()["Images"]]
for name, count in [("architecture", 9), ("platform", 0), ("is-public", 0)]:
    same((name, len(filtered(ec2.describe_images, name, "arm64")["Images"])), (name, count))
[any_other] = images(ImageIds=["ami-0123456789abcdef0"])
# No new image has an id of eight digits.
refused("InvalidAMIID.NotFound", images, text="The image id '[ami-abcd1234]' does not exist", ImageIds=["ami-abcd1234"])
old = ["ami-abcd1234", any_other["ImageId"], "ami-1234abcd"]
refused("InvalidAMIID.NotFound", images, text="The image ids '[ami-abcd1234, ami-1234abcd]' do not exist", ImageIds=old)
same((any_other["Name"], any_other["State"]), ("ami-0123456789abcdef0", "available"))
refused("InvalidAMIID.Malformed", ec2.describe_images, ImageIds=["ami-x"])
first = images(MaxResults=5)
same(len(first), 5)
parameter = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
[arm] = filtered(ec2.describe_images, "public-ssm-parameter-name", parameter)["Images"]

# Types.
[micro] = ec2.describe_instance_types(InstanceTypes=["t3.micro"])["InstanceTypes"]
same((micro["BurstablePerformanceSupported"], micro["Hypervisor"], micro["BareMetal"]), (True, "nitro", False))
same(micro["ProcessorInfo"]["SupportedArchitectures"], ["x86_64"])
same((micro["VCpuInfo"], micro["MemoryInfo"]), ({"DefaultVCpus": 2}, {"SizeInMiB": 1024}))
[metal] = ec2.describe_instance_types(InstanceTypes=["a1.metal"])["InstanceTypes"]
same((metal["BareMetal"], metal.get("Hypervisor")), (True, None))
same(metal["ProcessorInfo"]["SupportedArchitectures"], ["arm64"])
refused("InvalidInstanceType", ec2.describe_instance_types, InstanceTypes=["t3.micro", "t99.huge"], text="[t99.huge]")
burstable = filtered(ec2.describe_instance_types, "burstable-performance-supported", "true")["InstanceTypes"]
same({it["InstanceType"].split(".")[0] for it in burstable}, {"t2", "t3", "t3a", "t4g"})
pages = ec2.get_paginator("describe_instance_types").paginate(PaginationConfig={"PageSize": 100})
small = filtered(ec2.describe_instance_types, "memory-info.size-in-mib", "512")["InstanceTypes"]
same(sorted(it["InstanceType"] for it in small), ["t2.nano", "t3.nano", "t3a.nano", "t4g.nano"])
single = filtered(ec2.describe_instance_types, "vcpu-info.default-vcpus", "1")["InstanceTypes"]
assert {"t2.micro", "c7g.medium"} <= {it["InstanceType"] for it in single}
everything = [it["InstanceType"] for page in pages for it in page["InstanceTypes"]]
assert len(everything) == len(set(everything)) > 800, len(everything)


def offerings(kind, name):
    found = ec2.describe_instance_type_offerings(
        LocationType=kind, Filters=[{"Name": "instance-type", "Values": [name]}]
    )
    return sorted(it["Location"] for it in found["InstanceTypeOfferings"])


same(offerings("region", "t3.micro"), ["ap-northeast-2"])
same(offerings("availability-zone", "t3.micro"), [f"ap-northeast-2{zone}" for zone in "abcd"])
same(offerings("availability-zone-id", "t3.micro"), [f"apne2-az{number}" for number in "1234"])
same(offerings("availability-zone", "t99.micro"), [])

# A launch with everything that Terraform, CDK and Ansible send.
least = {"ImageId": f"resolve:ssm:{parameter}", "MinCount": 1, "MaxCount": 1, "InstanceType": "t4g.micro"}
[made] = ec2.run_instances(
    **least,
    BlockDeviceMappings=[
        {"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 20, "VolumeType": "gp3", "Iops": 4000, "Encrypted": True}},
        {"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 100, "VolumeType": "gp2", "DeleteOnTermination": False}},
        {"DeviceName": "/dev/sdg", "NoDevice": ""},
        {"DeviceName": "/dev/sdh", "VirtualName": "ephemeral0"},
    ],
    HibernationOptions={"Configured": False},
    EnclaveOptions={"Enabled": False},
    MaintenanceOptions={"AutoRecovery": "default"},
    CpuOptions={"CoreCount": 1, "ThreadsPerCore": 2},
    CapacityReservationSpecification={"CapacityReservationPreference": "open"},
    InstanceMarketOptions={"MarketType": "spot"},
    Placement={"AvailabilityZone": ""},
    IamInstanceProfile={"Name": "web"},
    TagSpecifications=[*named("disk", "volume"), *named("machine", "instance")],
)["Instances"]
same(made["ImageId"], arm["ImageId"])
instance = made["InstanceId"]
mapped = [(it["DeviceName"], it["Ebs"]["DeleteOnTermination"]) for it in made["BlockDeviceMappings"]]
same(mapped, [("/dev/xvda", True), ("/dev/sdf", False)])
[by_id] = ec2.run_instances(**least, Placement={"AvailabilityZoneId": "apne2-az3"})["Instances"]
same(by_id["Placement"]["AvailabilityZone"], "ap-northeast-2c")
refused(
    "InvalidParameterCombination",
    ec2.run_instances,
    **least,
    Placement={"AvailabilityZoneId": "apne2-az3", "AvailabilityZone": "ap-northeast-2c"},
)

# Volumes.


def volumes(**more):
    return sorted(ec2.describe_volumes(**more)["Volumes"], key=lambda it: it["Size"])


def of(name, *values):
    return [it["VolumeId"] for it in volumes(Filters=[{"Name": name, "Values": list(values)}])]


[root, data] = volumes(Filters=[{"Name": "attachment.instance-id", "Values": [instance]}])
same((root["Size"], root["VolumeType"], root["Iops"], root["Throughput"], root["Encrypted"]), (20, "gp3", 4000, 125, True))
same((data["Size"], data["VolumeType"], data["Iops"], data.get("Throughput"), data["Encrypted"]), (100, "gp2", 300, None, False))
same((root["State"], root["AvailabilityZone"]), ("in-use", made["Placement"]["AvailabilityZone"]))
same(root["Tags"], [{"Key": "Name", "Value": "disk"}])
same([it["Ebs"]["VolumeId"] for it in made["BlockDeviceMappings"]], [root["VolumeId"], data["VolumeId"]])
same(volumes(VolumeIds=[data["VolumeId"]]), [data])
same(of("attachment.device", "/dev/sdf"), [data["VolumeId"]])
same(of("volume-type", "gp2"), [data["VolumeId"]])
same(of("encrypted", "true"), [root["VolumeId"]])
same(of("size", "20"), [root["VolumeId"]])
same(of("attachment.delete-on-termination", "false"), [data["VolumeId"]])
same(of("tag:Name", "disk"), [root["VolumeId"], data["VolumeId"]])
same(of("availability-zone-id", "apne2-az4"), [])
same(len(volumes()), 3)
same(volumes()[0]["Size"], 8)
refused("InvalidVolume.NotFound", ec2.describe_volumes, VolumeIds=["vol-0123456789abcdef0"])
refused("InvalidVolumeID.Malformed", ec2.describe_volumes, VolumeIds=["vol-x"])
refused("InvalidVolume.NotFound", client(account="210987654321").describe_volumes, VolumeIds=[data["VolumeId"]])
ec2.create_tags(Resources=[data["VolumeId"]], Tags=[{"Key": "kept", "Value": "long"}])
same(of("tag-key", "kept"), [data["VolumeId"]])
tagged = filtered(ec2.describe_tags, "resource-type", "volume")["Tags"]
same(sorted((it["ResourceId"], it["Key"]) for it in tagged if it["ResourceId"] == data["VolumeId"]), sorted([(data["VolumeId"], "Name"), (data["VolumeId"], "kept")]))
attribute = ec2.describe_instance_attribute(InstanceId=instance, Attribute="blockDeviceMapping")
same(attribute["BlockDeviceMappings"], made["BlockDeviceMappings"])
mapping = "block-device-mapping.volume-id"
[found] = filtered(ec2.describe_instances, mapping, data["VolumeId"])["Reservations"]
same(found["Instances"][0]["InstanceId"], instance)


def with_volume(**ebs):
    return {**least, "BlockDeviceMappings": [{"DeviceName": ebs.pop("device", "/dev/sdf"), "Ebs": ebs}]}


refused("MissingParameter", ec2.run_instances, **with_volume(VolumeType="gp3"), text="size or snapshotId")
refused("InvalidParameterValue", ec2.run_instances, **with_volume(VolumeSize=70_000))
refused("InvalidParameterValue", ec2.run_instances, **with_volume(VolumeSize=8, VolumeType="gp9"))
refused("InvalidBlockDeviceMapping", ec2.run_instances, **with_volume(device="/dev/xvda", VolumeSize=7))
refused("InvalidParameterCombination", ec2.run_instances, **with_volume(VolumeSize=8, VolumeType="gp2", Iops=100))
refused("InvalidParameterCombination", ec2.run_instances, **with_volume(VolumeSize=8, VolumeType="gp2", Throughput=200))
refused("MissingParameter", ec2.run_instances, **with_volume(VolumeSize=8, VolumeType="io2"))
twice = [{"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 8}}] * 2
refused("InvalidBlockDeviceMapping", ec2.run_instances, **least, BlockDeviceMappings=twice)

# What the World never holds is answered as what does not exist.
refused("InvalidLaunchTemplateId.NotFound", ec2.run_instances, **least, LaunchTemplate={"LaunchTemplateId": "lt-0123456789abcdef0"})
refused("InvalidLaunchTemplateName.NotFoundException", ec2.run_instances, **least, LaunchTemplate={"LaunchTemplateName": "a"})
refused("InvalidHostID.NotFound", ec2.run_instances, **least, Placement={"HostId": "h-0123456789abcdef0"})
POOL = "ipam-pool-0123456789abcdef0"
refused("InvalidIpamPoolId.NotFound", ec2.create_vpc, Ipv4IpamPoolId=POOL, Ipv4NetmaskLength=24)
refused("InvalidIpamPoolId.NotFound", ec2.create_vpc, CidrBlock="10.88.0.0/16", Ipv6IpamPoolId=POOL, Ipv6NetmaskLength=56)
refused("InvalidParameterValue", ec2.run_instances, **{**least, "ImageId": "resolve:ssm:/mine"}, text="/mine")

# Instance profiles.
[profile] = ec2.describe_iam_instance_profile_associations()["IamInstanceProfileAssociations"]
same((profile["InstanceId"], profile["State"]), (instance, "associated"))
same(profile["IamInstanceProfile"], made["IamInstanceProfile"])
call = ec2.describe_iam_instance_profile_associations
same(call(AssociationIds=[profile["AssociationId"]])["IamInstanceProfileAssociations"], [profile])
same(filtered(call, "instance-id", by_id["InstanceId"])["IamInstanceProfileAssociations"], [])
refused("NoSuchAssociation", call, AssociationIds=["iip-assoc-0123456789abcdef0"])

# Reboots.
ec2.reboot_instances(InstanceIds=[instance])
refused("DryRunOperation", ec2.reboot_instances, InstanceIds=[instance], DryRun=True, status=412)
refused("InvalidInstanceID.NotFound", ec2.reboot_instances, InstanceIds=["i-0123456789abcdef0"])
ec2.stop_instances(InstanceIds=[by_id["InstanceId"]])
refused("IncorrectState", ec2.reboot_instances, InstanceIds=[by_id["InstanceId"]])

# A volume goes with its instance, and its tags too.
ec2.terminate_instances(InstanceIds=[instance])
same(len(volumes()), 1)
same([it for it in filtered(ec2.describe_tags, "resource-type", "volume")["Tags"]], [])
[gone] = ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"]
same(gone["BlockDeviceMappings"], [])

# What tools read at start.
attributes = ec2.describe_account_attributes()["AccountAttributes"]
values = {it["AttributeName"]: [value["AttributeValue"] for value in it["AttributeValues"]] for it in attributes}
same((values["supported-platforms"], values["default-vpc"]), (["VPC"], [vpc["VpcId"]]))
[one] = ec2.describe_account_attributes(AttributeNames=["default-vpc"])["AccountAttributes"]
same(one["AttributeName"], "default-vpc")
other = client(account="210987654321").describe_account_attributes(AttributeNames=["default-vpc"])
same(other["AccountAttributes"][0]["AttributeValues"], [{"AttributeValue": "none"}])
same(ec2.describe_vpn_gateways()["VpnGateways"], [])
same(filtered(ec2.describe_vpn_gateways, "attachment.vpc-id", vpc["VpcId"])["VpnGateways"], [])
refused("InvalidVpnGatewayID.NotFound", ec2.describe_vpn_gateways, VpnGatewayIds=["vgw-0123456789abcdef0"])
refused("InvalidVpnGatewayID.Malformed", ec2.describe_vpn_gateways, VpnGatewayIds=["x"])
refused("InvalidFilter", ec2.describe_vpn_gateways, Filters=[{"Name": "colour", "Values": ["red"]}])
same(ec2.describe_flow_logs()["FlowLogs"], [])

# An instance type is a family, a dot and a size, of small letters, digits and hyphens.
[metal] = ec2.run_instances(**{**least, "InstanceType": "m7i.metal-24xl"})["Instances"]
same(metal["InstanceType"], "m7i.metal-24xl")
for wrong in ["T4g.micro", "t4g.Micro", "t4g", "t4g.", ".micro", "t4g_x.micro"]:
    refused("InvalidParameterValue", ec2.run_instances, **{**least, "InstanceType": wrong}, text=wrong)
refused("InvalidIpamPoolId.NotFound", ec2.associate_subnet_cidr_block, SubnetId=metal["SubnetId"], Ipv6IpamPoolId=POOL)
