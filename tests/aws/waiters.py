"""Every waiter of botocore, of every action that is built: each is waited for where it succeeds, with short delays.

The list comes from botocore's own data and from docs/api-coverage.md. A waiter that is neither waited for here nor told
to be out of reach is a failure.
"""

import json

from botocore.exceptions import WaiterError
from built import actions, data
from bucket_of import BUCKET, s3
from common import REGION, client, ec2

# There is no state of success for this: a volume is there only while its instance is.
OUT_OF_REACH = {("ec2", "VolumeAvailable")}
WAITED = set()

elbv2, elb, iam = client("elbv2"), client("elb"), client("iam")
route53, stacks = client("route53", region="us-east-1"), client("cloudformation")


def wait(by, name, **given):
    """Waits for something that is so already, or soon; fails if it is not so within some 2 s."""
    service = by.meta.service_model.service_name
    [snake] = [it for it in by.waiter_names if it.replace("_", "") == name.lower()]
    by.get_waiter(snake).wait(**given, WaiterConfig={"Delay": 0.2, "MaxAttempts": 10})
    WAITED.add((service, name))


def fails(by, name, **given):
    """The waiter's state of failure, or its end, is no success."""
    try:
        by.get_waiter(name).wait(**given, WaiterConfig={"Delay": 0.05, "MaxAttempts": 2})
    except WaiterError:
        return
    raise AssertionError(f"{name} succeeded")


# The network.
vpc = ec2.create_vpc(CidrBlock="10.60.0.0/16")["Vpc"]["VpcId"]
wait(ec2, "VpcExists", VpcIds=[vpc])
wait(ec2, "VpcAvailable", VpcIds=[vpc])
fails(ec2, "vpc_exists", VpcIds=["vpc-0123456789abcdef0"])
subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.60.1.0/24", AvailabilityZone=f"{REGION}a")["Subnet"]["SubnetId"]
second = ec2.create_subnet(VpcId=vpc, CidrBlock="10.60.2.0/24", AvailabilityZone=f"{REGION}c")["Subnet"]["SubnetId"]
wait(ec2, "SubnetAvailable", SubnetIds=[subnet, second])
gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
wait(ec2, "InternetGatewayExists", InternetGatewayIds=[gateway])
ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
group = ec2.create_security_group(GroupName="g", Description="d", VpcId=vpc)["GroupId"]
wait(ec2, "SecurityGroupExists", GroupIds=[group])
card = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]
wait(ec2, "NetworkInterfaceAvailable", NetworkInterfaceIds=[card])
address = ec2.allocate_address(Domain="vpc")["AllocationId"]
nat = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)["NatGateway"]["NatGatewayId"]
wait(ec2, "NatGatewayAvailable", NatGatewayIds=[nat])
ec2.delete_nat_gateway(NatGatewayId=nat)
wait(ec2, "NatGatewayDeleted", NatGatewayIds=[nat])
fails(ec2, "nat_gateway_available", NatGatewayIds=[nat])
other = ec2.create_vpc(CidrBlock="10.61.0.0/16")["Vpc"]["VpcId"]
ec2.associate_security_group_vpc(GroupId=group, VpcId=other)
of_group = [{"Name": "group-id", "Values": [group]}]
wait(ec2, "SecurityGroupVpcAssociationAssociated", Filters=of_group)
ec2.disassociate_security_group_vpc(GroupId=group, VpcId=other)
wait(ec2, "SecurityGroupVpcAssociationDisassociated", Filters=of_group)
peering = ec2.create_vpc_peering_connection(VpcId=vpc, PeerVpcId=other)["VpcPeeringConnection"]["VpcPeeringConnectionId"]
wait(ec2, "VpcPeeringConnectionExists", VpcPeeringConnectionIds=[peering])
ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=peering)
wait(ec2, "VpcPeeringConnectionDeleted", VpcPeeringConnectionIds=[peering])

# An instance, from its key to its end, and its volumes.
ec2.create_key_pair(KeyName="k")
wait(ec2, "KeyPairExists", KeyNames=["k"])
image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
wait(ec2, "ImageExists", ImageIds=[image])
wait(ec2, "ImageAvailable", ImageIds=[image])
disks = [{"DeviceName": name, "Ebs": {"VolumeSize": 8}} for name in ("/dev/xvda", "/dev/sdf")]
made = ec2.run_instances(
    ImageId=image,
    InstanceType="t3.micro",
    KeyName="k",
    MinCount=1,
    MaxCount=1,
    SubnetId=subnet,
    IamInstanceProfile={"Name": "web"},
    BlockDeviceMappings=disks,
)
instance = made["Instances"][0]["InstanceId"]
wait(ec2, "InstanceExists", InstanceIds=[instance])
wait(ec2, "InstanceRunning", InstanceIds=[instance])
wait(ec2, "InstanceStatusOk", InstanceIds=[instance])
wait(ec2, "SystemStatusOk", InstanceIds=[instance])
attached = [{"Name": "attachment.instance-id", "Values": [instance]}]
volumes = [it["VolumeId"] for it in ec2.describe_volumes(Filters=attached)["Volumes"]]
wait(ec2, "VolumeInUse", VolumeIds=volumes)
wait(iam, "InstanceProfileExists", InstanceProfileName="web")
wait(iam, "RoleExists", RoleName="web")
wait(iam, "UserExists")
fails(iam, "role_exists", RoleName="nobody")

# Load balancers have targets while the instance runs.
arn = elbv2.create_load_balancer(Name="n", Type="network", Scheme="internal", Subnets=[subnet])["LoadBalancers"][0]["LoadBalancerArn"]
wait(elbv2, "LoadBalancerExists", LoadBalancerArns=[arn])
wait(elbv2, "LoadBalancerAvailable", LoadBalancerArns=[arn])
targets = elbv2.create_target_group(Name="t", Protocol="TCP", Port=80, VpcId=vpc)["TargetGroups"][0]["TargetGroupArn"]
forward = [{"Type": "forward", "TargetGroupArn": targets}]
elbv2.create_listener(LoadBalancerArn=arn, Protocol="TCP", Port=80, DefaultActions=forward)
elbv2.register_targets(TargetGroupArn=targets, Targets=[{"Id": instance}])
wait(elbv2, "TargetInService", TargetGroupArn=targets, Targets=[{"Id": instance}])
elbv2.deregister_targets(TargetGroupArn=targets, Targets=[{"Id": instance}])
wait(elbv2, "TargetDeregistered", TargetGroupArn=targets, Targets=[{"Id": instance}])
fails(elbv2, "target_in_service", TargetGroupArn=targets)
elbv2.delete_load_balancer(LoadBalancerArn=arn)
wait(elbv2, "LoadBalancersDeleted", LoadBalancerArns=[arn])
port = {"Protocol": "TCP", "LoadBalancerPort": 80, "InstancePort": 80}
elb.create_load_balancer(LoadBalancerName="c", Listeners=[port], Subnets=[subnet])
one = {"LoadBalancerName": "c", "Instances": [{"InstanceId": instance}]}
elb.register_instances_with_load_balancer(**one)
wait(elb, "InstanceInService", **one)
wait(elb, "AnyInstanceInService", LoadBalancerName="c")
elb.deregister_instances_from_load_balancer(**one)
wait(elb, "InstanceDeregistered", **one)
ec2.stop_instances(InstanceIds=[instance])
wait(ec2, "InstanceStopped", InstanceIds=[instance])
fails(ec2, "instance_terminated", InstanceIds=[instance])
ec2.terminate_instances(InstanceIds=[instance])
wait(ec2, "InstanceTerminated", InstanceIds=[instance])
fails(ec2, "instance_running", InstanceIds=[instance])
wait(ec2, "VolumeDeleted", VolumeIds=volumes)

# Names.
change = route53.create_hosted_zone(Name="z.internal", CallerReference="z", VPC={"VPCRegion": REGION, "VPCId": vpc})
wait(route53, "ResourceRecordSetsChanged", Id=change["ChangeInfo"]["Id"])

# Stacks.
template = lambda cidr: json.dumps({"Resources": {"V": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": cidr}}}})
stacks.create_stack(StackName="s", TemplateBody=template("10.1.0.0/16"))
wait(stacks, "StackExists", StackName="s")
wait(stacks, "StackCreateComplete", StackName="s")
stacks.create_change_set(StackName="s", ChangeSetName="c", TemplateBody=template("10.2.0.0/16"))
wait(stacks, "ChangeSetCreateComplete", StackName="s", ChangeSetName="c")
stacks.execute_change_set(StackName="s", ChangeSetName="c")
wait(stacks, "StackUpdateComplete", StackName="s")
stacks.create_change_set(StackName="s", ChangeSetName="same", TemplateBody=template("10.2.0.0/16"))
fails(stacks, "change_set_create_complete", StackName="s", ChangeSetName="same")
stacks.update_stack(StackName="s", TemplateBody=template("10.2.0.0/8"))
wait(stacks, "StackRollbackComplete", StackName="s")
fails(stacks, "stack_update_complete", StackName="s")
stacks.delete_stack(StackName="s")
wait(stacks, "StackDeleteComplete", StackName="s")
fails(stacks, "stack_exists", StackName="s")
own = ec2.create_vpc(CidrBlock="10.3.0.0/16")["Vpc"]["VpcId"]
kept = {"Type": "AWS::EC2::VPC", "DeletionPolicy": "Retain", "Properties": {"CidrBlock": "10.3.0.0/16"}}
imported = {"ResourceType": "AWS::EC2::VPC", "LogicalResourceId": "V", "ResourceIdentifier": {"VpcId": own}}
stacks.create_change_set(
    StackName="i",
    ChangeSetName="i",
    ChangeSetType="IMPORT",
    TemplateBody=json.dumps({"Resources": {"V": kept}}),
    ResourcesToImport=[imported],
)
wait(stacks, "ChangeSetCreateComplete", StackName="i", ChangeSetName="i")
stacks.execute_change_set(StackName="i", ChangeSetName="i")
wait(stacks, "StackImportComplete", StackName="i")

# The CDK's buckets.
place = {"Bucket": BUCKET, "Key": "a.json"}
wait(s3, "BucketExists", Bucket=place["Bucket"])
s3.put_object(**place, Body=b"{}")
wait(s3, "ObjectExists", **place)
wait(s3, "ObjectNotExists", Bucket=place["Bucket"], Key="b.json")
fails(s3, "object_exists", Bucket=place["Bucket"], Key="b.json")

BUILT = {}
for service, action in actions():
    BUILT.setdefault(service, set()).add(action)
KNOWN = {
    (service, name)
    for service, built in BUILT.items()
    for name, waiter in data(service, "waiters-2").get("waiters", {}).items()
    if waiter["operation"] in built
}
left = KNOWN - WAITED - OUT_OF_REACH
assert not left, f"wait for them here, or name them in OUT_OF_REACH: {sorted(left)}"
