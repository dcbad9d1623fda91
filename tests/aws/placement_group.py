"""Placement groups, and the launches that AWS refuses in them (PG1 to PG11)."""

from common import ACCOUNT, client, ec2, named, refused, same

IMAGE = "ami-0123456789abcdef0"
subnets = ec2.describe_network_interfaces()["NetworkInterfaces"]
A = next(it["SubnetId"] for it in subnets if it["AvailabilityZone"].endswith("a"))
B = next(it["SubnetId"] for it in subnets if it["AvailabilityZone"].endswith("c"))


def request(subnet=A, count=1, kind="c5.large", least=None, **placement):
    return {
        "ImageId": IMAGE,
        "InstanceType": kind,
        "MinCount": least or count,
        "MaxCount": count,
        "SubnetId": subnet,
        "Placement": placement,
    }


def run(*arguments, **more):
    return ec2.run_instances(**request(*arguments, **more))["Instances"]


def ids(instances):
    return [it["InstanceId"] for it in instances]


made = ec2.create_placement_group(
    GroupName="near", Strategy="cluster", TagSpecifications=named("n", "placement-group")
)["PlacementGroup"]
same((made["State"], made["Strategy"]), ("available", "cluster"))
same(made["GroupArn"], f"arn:aws:ec2:ap-northeast-2:{ACCOUNT}:placement-group/near")
same(ec2.describe_placement_groups(GroupNames=["near"])["PlacementGroups"], [made])
same(ec2.describe_placement_groups(GroupIds=[made["GroupId"]])["PlacementGroups"], [made])
refused("InvalidPlacementGroup.Duplicate", ec2.create_placement_group, GroupName="near", Strategy="spread")
refused("InvalidPlacementGroup.Unknown", ec2.describe_placement_groups, GroupNames=["none"])
refused("InvalidPlacementGroup.Unknown", ec2.delete_placement_group, GroupName="none")
refused("InvalidPlacementGroupId.Malformed", ec2.describe_placement_groups, GroupIds=["pg-x"])
refused("InvalidParameterCombination", ec2.create_placement_group, GroupName="x", Strategy="cluster", PartitionCount=2)
refused("InvalidParameterCombination", ec2.create_placement_group, GroupName="x", Strategy="cluster", SpreadLevel="rack")
refused("InvalidParameterValue", ec2.create_placement_group, GroupName="x", Strategy="partition", PartitionCount=8)
refused("InvalidParameterValue", ec2.create_placement_group, GroupName="x", Strategy="scatter")

# Cluster: one zone, no burstable types.
[one] = run(GroupName="near")
same((one["Placement"]["GroupName"], one["Placement"]["GroupId"]), ("near", made["GroupId"]))
refused("InvalidPlacementGroup.InUse", ec2.run_instances, **request(B, GroupName="near"), text="another availability zone")
refused("InvalidParameterCombination", ec2.run_instances, **request(kind="t3.micro", GroupName="near"), text="t3.micro")
refused("InvalidParameterCombination", ec2.run_instances, **request(GroupName="near", PartitionNumber=1))
refused("InvalidParameterCombination", ec2.run_instances, **request(GroupName="near", Tenancy="host"))
refused("InvalidPlacementGroup.Unknown", ec2.run_instances, **request(GroupName="none"))
refused("InvalidPlacementGroup.InUse", ec2.delete_placement_group, GroupName="near")
ec2.terminate_instances(InstanceIds=[one["InstanceId"]])
ec2.terminate_instances(InstanceIds=ids(run(B, GroupId=made["GroupId"])))

# Partition: filled evenly, or the one named.
parts = ec2.create_placement_group(GroupName="parts", Strategy="partition", PartitionCount=3)["PlacementGroup"]
same(parts["PartitionCount"], 3)
spread = [it["Placement"]["PartitionNumber"] for it in run(count=6, kind="t3.micro", GroupName="parts")]
same(sorted(spread), [1, 1, 2, 2, 3, 3])
[third] = run(GroupName="parts", PartitionNumber=3)
same(third["Placement"]["PartitionNumber"], 3)
refused("InvalidParameterValue", ec2.run_instances, **request(GroupName="parts", PartitionNumber=4))
refused("InvalidParameterValue", ec2.run_instances, **request(GroupName="parts", PartitionNumber=3, Tenancy="dedicated"))
found = ec2.describe_instances(Filters=[{"Name": "placement-partition-number", "Values": ["3"]}])["Reservations"]
same(sum(len(it["Instances"]) for it in found), 3)

# Spread over racks: seven running in a zone, and seven more in another.
apart = ec2.create_placement_group(GroupName="apart", Strategy="spread")["PlacementGroup"]
same(apart["SpreadLevel"], "rack")
same(len(run(count=9, least=1, GroupName="apart")), 7)
full = refused("InsufficientInstanceCapacity", ec2.run_instances, **request(GroupName="apart"))
assert "apart" in full
refused("InsufficientInstanceCapacity", ec2.run_instances, **request(B, count=8, GroupName="apart"))
over = run(B, count=7, GroupName="apart")
refused("InvalidParameterCombination", ec2.run_instances, **request(GroupName="apart", Tenancy="dedicated"))
stopped = over[0]["InstanceId"]
ec2.stop_instances(InstanceIds=[stopped])
[another] = run(B, GroupName="apart")
refused("InsufficientInstanceCapacity", ec2.start_instances, InstanceIds=[stopped])
ec2.terminate_instances(InstanceIds=[another["InstanceId"]])
same(ec2.start_instances(InstanceIds=[stopped])["StartingInstances"][0]["CurrentState"]["Name"], "pending")
ec2.create_placement_group(GroupName="hosts", Strategy="spread", SpreadLevel="host")
refused("InvalidParameterCombination", ec2.run_instances, **request(GroupName="hosts"))

strategies = ec2.describe_placement_groups(Filters=[{"Name": "strategy", "Values": ["spread"]}])["PlacementGroups"]
same(sorted(it["GroupName"] for it in strategies), ["apart", "hosts"])
same(client(account="210987654321").describe_placement_groups()["PlacementGroups"], [])
same(client(region="us-east-1").describe_placement_groups()["PlacementGroups"], [])
refused("DryRunOperation", ec2.delete_placement_group, GroupName="hosts", DryRun=True, status=412)
for name in ["hosts", "near"]:
    ec2.delete_placement_group(GroupName=name)
refused("InvalidPlacementGroup.Unknown", ec2.delete_placement_group, GroupName="hosts")

# Quotas: 500 groups.
for number in range(498):
    ec2.create_placement_group(GroupName=f"group-{number}")
refused("PlacementGroupLimitExceeded", ec2.create_placement_group, GroupName="too-many")
