"""Security groups and their rules, by boto3 and `aws` (SG1, SG2)."""

from common import ACCOUNT, REGION, aws, client, ec2, named, refused, same

vpc = ec2.create_vpc(CidrBlock="10.64.0.0/16")["Vpc"]["VpcId"]
[default] = ec2.describe_security_groups(
    Filters=[{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["default"]}]
)["SecurityGroups"]
same(default["Description"], "default VPC security group")
same(default["OwnerId"], ACCOUNT)
[inward] = default["IpPermissions"]
same(inward["IpProtocol"], "-1")
same(inward["UserIdGroupPairs"], [{"UserId": ACCOUNT, "GroupId": default["GroupId"]}])
[outward] = default["IpPermissionsEgress"]
same(outward["IpRanges"], [{"CidrIp": "0.0.0.0/0"}])
refused("CannotDelete", ec2.delete_security_group, GroupId=default["GroupId"])

made = ec2.create_security_group(
    GroupName="web", Description="what the web needs", VpcId=vpc, TagSpecifications=named("w", "security-group")
)
web = made["GroupId"]
same(made["SecurityGroupArn"], f"arn:aws:ec2:ap-northeast-2:{ACCOUNT}:security-group/{web}")
same(made["Tags"], [{"Key": "Name", "Value": "w"}])
refused("InvalidGroup.Duplicate", ec2.create_security_group, GroupName="web", Description="x", VpcId=vpc)
refused("InvalidParameterValue", ec2.create_security_group, GroupName="default", Description="x", VpcId=vpc)
refused("InvalidParameterValue", ec2.create_security_group, GroupName="sg-x", Description="x", VpcId=vpc)
refused("InvalidParameterValue", ec2.create_security_group, GroupName="a", Description="<b>", VpcId=vpc)
refused("VPCIdNotSpecified", ec2.create_security_group, GroupName="a", Description="b")
refused("InvalidVpcID.NotFound", ec2.create_security_group, GroupName="a", Description="b", VpcId="vpc-00000001")


def shown(group=web):
    return ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]


same(shown()["IpPermissions"], [])
same(shown()["IpPermissionsEgress"][0]["IpProtocol"], "-1")

https = {
    "IpProtocol": "6",
    "FromPort": 443,
    "ToPort": 443,
    "IpRanges": [{"CidrIp": "10.1.2.3/16", "Description": "inside"}, {"CidrIp": "192.0.2.0/24"}],
    "Ipv6Ranges": [{"CidrIpv6": "2001:db8::/32"}],
}
ping = {"IpProtocol": "icmp", "FromPort": 8, "ToPort": -1, "UserIdGroupPairs": [{"GroupId": web}]}
rules = ec2.authorize_security_group_ingress(
    GroupId=web, IpPermissions=[https, ping], TagSpecifications=named("r", "security-group-rule")
)["SecurityGroupRules"]
same([rule.get("CidrIpv4") for rule in rules], ["10.1.0.0/16", "192.0.2.0/24", None, None])
same({rule["IpProtocol"] for rule in rules}, {"tcp", "icmp"})
same(rules[3]["ReferencedGroupInfo"], {"GroupId": web, "UserId": ACCOUNT})
one, two = shown()["IpPermissions"]
same((one["FromPort"], one["ToPort"], one["IpProtocol"]), (443, 443, "tcp"))
same(one["IpRanges"], [{"CidrIp": "10.1.0.0/16", "Description": "inside"}, {"CidrIp": "192.0.2.0/24"}])
same(one["Ipv6Ranges"], [{"CidrIpv6": "2001:db8::/32"}])
same((two["FromPort"], two["ToPort"]), (8, -1))
refused(
    "InvalidPermission.Duplicate",
    ec2.authorize_security_group_ingress,
    GroupId=web,
    IpPermissions=[https],
    text='"peer: 10.1.0.0/16, TCP, from port: 443, to port: 443, ALLOW" already exists',
)
refused("InvalidParameterValue", ec2.authorize_security_group_ingress, GroupId=web, IpProtocol="tcp", CidrIp="0.0.0.0/0")
refused(
    "InvalidParameterValue",
    ec2.authorize_security_group_ingress,
    GroupId=web,
    IpProtocol="tcp",
    FromPort=80,
    ToPort=8,
    CidrIp="0.0.0.0/0",
    text="(80:8)",
)
refused(
    "InvalidParameterValue",
    ec2.authorize_security_group_ingress,
    GroupId=web,
    IpProtocol="tcp",
    FromPort=80,
    ToPort=80,
    CidrIp="0.0.0.0",
    text="CIDR block 0.0.0.0 is malformed",
)
refused("InvalidParameterValue", ec2.authorize_security_group_ingress, GroupId=web, IpProtocol="ftp", CidrIp="0.0.0.0/0")
refused("MissingParameter", ec2.authorize_security_group_ingress, GroupId=web)
refused(
    "InvalidGroup.NotFound",
    ec2.authorize_security_group_ingress,
    GroupId="sg-0123456789abcdef0",
    IpPermissions=[https],
    text="The security group 'sg-0123456789abcdef0' does not exist",
)

# By their ids: described, rewritten, described in words, revoked.
listed = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [web]}])["SecurityGroupRules"]
same(len(listed), 5)
same(sum(rule["IsEgress"] for rule in listed), 1)
first = rules[0]["SecurityGroupRuleId"]
again = ec2.describe_security_group_rules(SecurityGroupRuleIds=[first])["SecurityGroupRules"]
same(again, [rules[0]])
ec2.modify_security_group_rules(
    GroupId=web,
    SecurityGroupRules=[
        {
            "SecurityGroupRuleId": first,
            "SecurityGroupRule": {
                "IpProtocol": "tcp",
                "FromPort": 8443,
                "ToPort": 8443,
                "CidrIpv4": "10.2.0.0/16",
                "Description": "moved",
            },
        }
    ],
)
[moved] = ec2.describe_security_group_rules(SecurityGroupRuleIds=[first])["SecurityGroupRules"]
same((moved["CidrIpv4"], moved["FromPort"], moved["Description"]), ("10.2.0.0/16", 8443, "moved"))
same(moved["Tags"], [{"Key": "Name", "Value": "r"}])
ec2.update_security_group_rule_descriptions_ingress(
    GroupId=web, SecurityGroupRuleDescriptions=[{"SecurityGroupRuleId": first, "Description": "told"}]
)
ec2.update_security_group_rule_descriptions_egress(
    GroupId=web,
    IpPermissions=[{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "out"}]}],
)
same(ec2.describe_security_group_rules(SecurityGroupRuleIds=[first])["SecurityGroupRules"][0]["Description"], "told")
same(shown()["IpPermissionsEgress"][0]["IpRanges"], [{"CidrIp": "0.0.0.0/0", "Description": "out"}])
revoked = ec2.revoke_security_group_ingress(GroupId=web, SecurityGroupRuleIds=[first])
same(revoked["RevokedSecurityGroupRules"][0]["SecurityGroupRuleId"], first)
refused("InvalidSecurityGroupRuleId.NotFound", ec2.revoke_security_group_ingress, GroupId=web, SecurityGroupRuleIds=[first])
refused("InvalidSecurityGroupRuleId.NotFound", ec2.describe_security_group_rules, SecurityGroupRuleIds=[first])
ec2.revoke_security_group_ingress(GroupId=web, IpPermissions=[ping])
refused("InvalidPermission.NotFound", ec2.revoke_security_group_ingress, GroupId=web, IpPermissions=[ping])
ec2.revoke_security_group_egress(GroupId=web, IpPermissions=[{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}])
same(shown()["IpPermissionsEgress"], [])
ec2.authorize_security_group_egress(
    GroupId=web, IpPermissions=[{"IpProtocol": "udp", "FromPort": 53, "ToPort": 53, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}]
)
same(shown()["IpPermissionsEgress"][0]["FromPort"], 53)

# Tags of groups and rules are set and taken away like any others.
tagged = [web, rules[2]["SecurityGroupRuleId"]]
ec2.create_tags(Resources=tagged, Tags=[{"Key": "team", "Value": "net"}])
same([it["Value"] for it in shown()["Tags"]], ["w", "net"])
[rule] = ec2.describe_security_group_rules(Filters=[{"Name": "tag:team", "Values": ["net"]}])["SecurityGroupRules"]
same(rule["SecurityGroupRuleId"], tagged[1])
ec2.delete_tags(Resources=tagged, Tags=[{"Key": "team"}])
same(shown()["Tags"], [{"Key": "Name", "Value": "w"}])

# The default group is changed like any other.
ec2.authorize_security_group_ingress(
    GroupId=default["GroupId"], IpPermissions=[{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": web}]}]
)
refused("DependencyViolation", ec2.delete_security_group, GroupId=web, text=f"resource {web} has a dependent object")
refused("DependencyViolation", ec2.delete_vpc, VpcId=vpc)
ec2.revoke_security_group_ingress(
    GroupId=default["GroupId"], IpPermissions=[{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": web}]}]
)

# The real `aws`.
listed = aws("ec2", "describe-security-groups", "--filters", "Name=ip-permission.protocol,Values=tcp", f"Name=vpc-id,Values={vpc}")
if listed is not None:
    same([group["GroupId"] for group in listed["SecurityGroups"]], [web])
    aws("ec2", "authorize-security-group-ingress", "--group-id", web, "--protocol", "tcp", "--port", "22", "--cidr", "0.0.0.0/0")
    same([one["FromPort"] for one in shown()["IpPermissions"]], [443, 22])

# Quotas: 60 rules in a direction.
many = [{"IpProtocol": "udp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]} for port in range(60)]
refused("RulesPerSecurityGroupLimitExceeded", ec2.authorize_security_group_ingress, GroupId=web, IpPermissions=many)

refused("InvalidGroup.NotFound", client(account="210987654321").delete_security_group, GroupId=web)

# A group in another VPC of the account and region (SG3).
second = ec2.create_vpc(CidrBlock="10.65.0.0/16")["Vpc"]["VpcId"]
third = ec2.create_vpc(CidrBlock="10.66.0.0/16")["Vpc"]["VpcId"]
far = client(region="us-east-1").create_vpc(CidrBlock="10.65.0.0/16")["Vpc"]["VpcId"]
foreign = client(account="210987654321").create_vpc(CidrBlock="10.65.0.0/16")["Vpc"]["VpcId"]
usual = ec2.create_default_vpc()["Vpc"]["VpcId"]
there = ec2.create_subnet(VpcId=second, CidrBlock="10.65.1.0/24")["Subnet"]["SubnetId"]
card = {"SubnetId": there, "Groups": [web]}
refused("InvalidParameter", ec2.create_network_interface, text="belong to different networks", **card)
same(ec2.associate_security_group_vpc(GroupId=web, VpcId=second)["State"], "associating")
ec2.associate_security_group_vpc(GroupId=web, VpcId=third)
associations = lambda **given: ec2.describe_security_group_vpc_associations(**given)["SecurityGroupVpcAssociations"]
same(
    sorted((it["GroupId"], it["VpcId"], it["VpcOwnerId"], it["GroupOwnerId"], it["State"]) for it in associations()),
    sorted((web, it, ACCOUNT, ACCOUNT, "associated") for it in (second, third)),
)
for name, value, count in [
    ("group-id", web, 2),
    ("group-id", default["GroupId"], 0),
    ("vpc-id", second, 1),
    ("vpc-id", vpc, 0),
    ("state", "associated", 2),
    ("group-owner-id", ACCOUNT, 2),
    ("vpc-owner-id", "210987654321", 0),
]:
    same(len(associations(Filters=[{"Name": name, "Values": [value]}])), count)
same(client(account="210987654321").describe_security_group_vpc_associations()["SecurityGroupVpcAssociations"], [])
for code, text, given in [
    ("Resource.AlreadyAssociated", "is already associated", {}),
    ("InvalidParameterValue", "The default security group", {"GroupId": default["GroupId"]}),
    ("InvalidParameterValue", "the default VPC", {"VpcId": usual}),
    ("InvalidParameterValue", "was created in the VPC", {"VpcId": vpc}),
    ("InvalidVpcID.NotFound", far, {"VpcId": far}),
    ("InvalidVpcID.NotFound", foreign, {"VpcId": foreign}),
]:
    refused(code, ec2.associate_security_group_vpc, text=text, **{"GroupId": web, "VpcId": second, **given})
# An interface, an instance and an endpoint there may use it, and keep it there.
card = ec2.create_network_interface(**card)["NetworkInterface"]
same([it["GroupId"] for it in card["Groups"]], [web])
refused("DependencyViolation", ec2.disassociate_security_group_vpc, GroupId=web, VpcId=second)
ec2.delete_network_interface(NetworkInterfaceId=card["NetworkInterfaceId"])
image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
made = ec2.run_instances(
    ImageId=image, InstanceType="t3.micro", MinCount=1, MaxCount=1, SubnetId=there, SecurityGroupIds=[web]
)["Instances"][0]["InstanceId"]
refused("DependencyViolation", ec2.disassociate_security_group_vpc, GroupId=web, VpcId=second)
ec2.terminate_instances(InstanceIds=[made])
made = ec2.create_vpc_endpoint(
    VpcId=second, VpcEndpointType="Interface", ServiceName=f"com.amazonaws.{REGION}.sqs", SubnetIds=[there], SecurityGroupIds=[web], PrivateDnsEnabled=False
)["VpcEndpoint"]["VpcEndpointId"]
refused("DependencyViolation", ec2.disassociate_security_group_vpc, GroupId=web, VpcId=second)
ec2.delete_vpc_endpoints(VpcEndpointIds=[made])
same(ec2.disassociate_security_group_vpc(GroupId=web, VpcId=second)["State"], "disassociating")
same([it["VpcId"] for it in associations()], [third])
refused("InvalidAssociation.NotFound", ec2.disassociate_security_group_vpc, GroupId=web, VpcId=second)
refused("InvalidParameter", ec2.create_network_interface, SubnetId=there, Groups=[web])
refused("DependencyViolation", ec2.delete_security_group, GroupId=web)
# The association ends with the VPC.
ec2.delete_vpc(VpcId=third)
same(associations(), [])
# A stack makes one.
cloudformation = client("cloudformation")
template = f"""
Resources:
  There: {{Type: "AWS::EC2::SecurityGroupVpcAssociation", Properties: {{GroupId: {web}, VpcId: {second}}}}}
  Card: {{Type: "AWS::EC2::NetworkInterface", DependsOn: There, Properties: {{SubnetId: {there}, GroupSet: [{web}]}}}}
  May: {{Type: "AWS::EC2::NetworkInterfacePermission", Properties: {{NetworkInterfaceId: !Ref Card, AwsAccountId: "210987654321", Permission: INSTANCE-ATTACH}}}}
"""
cloudformation.create_stack(StackName="there", TemplateBody=template)
same(cloudformation.describe_stacks(StackName="there")["Stacks"][0]["StackStatus"], "CREATE_COMPLETE")
held = cloudformation.describe_stack_resources(StackName="there")["StackResources"]
held = {it["LogicalResourceId"]: it["PhysicalResourceId"] for it in held}
same(associations()[0]["VpcId"], second)
[permission] = ec2.describe_network_interface_permissions()["NetworkInterfacePermissions"]
same((permission["NetworkInterfaceId"], permission["NetworkInterfacePermissionId"]), (held["Card"], held["May"]))
cloudformation.delete_stack(StackName="there")
same((associations(), ec2.describe_network_interface_permissions()["NetworkInterfacePermissions"]), ([], []))
ec2.delete_subnet(SubnetId=there)
ec2.delete_vpc(VpcId=second)
refused("DryRunOperation", ec2.delete_security_group, GroupId=web, DryRun=True, status=412)
same(ec2.delete_security_group(GroupId=web)["GroupId"], web)
refused("InvalidGroup.NotFound", ec2.delete_security_group, GroupId=web)
refused("InvalidGroupId.Malformed", ec2.describe_security_groups, GroupIds=["sg-1"])
refused("InvalidFilter", ec2.describe_security_groups, Filters=[{"Name": "colour", "Values": ["red"]}])
ec2.delete_vpc(VpcId=vpc)
refused("InvalidGroup.NotFound", ec2.describe_security_groups, GroupIds=[default["GroupId"]])
