"""Stacks with network ACLs, prefix lists, launch templates and egress-only gateways."""

import json

from common import client, ec2, same
from template import get, ref

cfn = client("cloudformation")
OWN = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEFlcxTbGlS4ADLa4IM574QMwwWSIfbNu8wzwaTkZ6tM"


def kind(name, **properties):
    return {"Type": f"AWS::EC2::{name}", "Properties": properties}


def made(body, verb="create", status=None, **more):
    """Makes or changes the stack; gives its physical ids."""
    getattr(cfn, f"{verb}_stack")(StackName="net", TemplateBody=json.dumps(body), **more)
    events = cfn.describe_stack_events(StackName="net")["StackEvents"]
    failed = [(it["LogicalResourceId"], it["ResourceStatusReason"]) for it in events if it["ResourceStatus"].endswith("FAILED")]
    same(failed, [])
    held = cfn.describe_stack_resources(StackName="net")["StackResources"]
    return {it["LogicalResourceId"]: it["PhysicalResourceId"] for it in held}


def outputs():
    return {it["OutputKey"]: it["OutputValue"] for it in cfn.describe_stacks(StackName="net")["Stacks"][0]["Outputs"]}


def acl_of(subnet):
    found = ec2.describe_network_acls(Filters=[{"Name": "association.subnet-id", "Values": [subnet]}])["NetworkAcls"]
    [acl] = found
    return acl


resources = {
    "Net": kind("VPC", CidrBlock="10.70.0.0/16"),
    "Six": kind("VPCCidrBlock", VpcId=ref("Net"), AmazonProvidedIpv6CidrBlock=True),
    "Here": kind("Subnet", VpcId=ref("Net"), CidrBlock="10.70.0.0/24"),
    "Acl": kind("NetworkAcl", VpcId=ref("Net"), Tags=[{"Key": "Name", "Value": "acl"}]),
    "In": kind("NetworkAclEntry", NetworkAclId=ref("Acl"), RuleNumber=100, Protocol=6, RuleAction="allow", CidrBlock="0.0.0.0/0", PortRange={"From": 80, "To": "80"}),
    "Out": kind("NetworkAclEntry", NetworkAclId=ref("Acl"), RuleNumber=100, Protocol="-1", RuleAction="allow", Egress=True, CidrBlock="0.0.0.0/0"),
    "Ping": kind("NetworkAclEntry", NetworkAclId=ref("Acl"), RuleNumber=110, Protocol=1, RuleAction="deny", CidrBlock="10.0.0.0/8", Icmp={"Type": 8, "Code": -1}),
    "Guards": kind("SubnetNetworkAclAssociation", SubnetId=ref("Here"), NetworkAclId=ref("Acl")),
    "Egress": kind("EgressOnlyInternetGateway", VpcId=ref("Net")),
    "List": kind("PrefixList", PrefixListName="offices", AddressFamily="IPv4", MaxEntries=2, Entries=[{"Cidr": "192.0.2.0/25", "Description": "one"}]),
    "Group": kind("SecurityGroup", GroupDescription="of the list", VpcId=ref("Net"), SecurityGroupIngress=[{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "SourcePrefixListId": ref("List")}]),
    "Table": kind("RouteTable", VpcId=ref("Net")),
    "SixOut": kind("Route", RouteTableId=ref("Table"), DestinationIpv6CidrBlock="::/0", EgressOnlyInternetGatewayId=ref("Egress")),
    "Template": kind(
        "LaunchTemplate",
        LaunchTemplateData={
            "ImageId": "ami-00000000000000001",
            "InstanceType": "t3.micro",
            "NetworkInterfaces": [{"DeviceIndex": 0, "SubnetId": ref("Here"), "Groups": [ref("Group")], "PrivateIpAddress": "10.70.0.10"}],
            "TagSpecifications": [{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "launched"}]}],
            "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 9}}],
        },
        TagSpecifications=[{"ResourceType": "launch-template", "Tags": [{"Key": "of", "Value": "us"}]}],
    ),
    "Server": kind("Instance", LaunchTemplate={"LaunchTemplateId": ref("Template"), "Version": get("Template", "LatestVersionNumber")}),
    "Pair": kind("KeyPair", KeyName="own", PublicKeyMaterial=OWN),
    "Gate": kind("InternetGateway"),
    "Attached": kind("VPCGatewayAttachment", VpcId=ref("Net"), InternetGatewayId=ref("Gate")),
    "Edge": kind("RouteTable", VpcId=ref("Net")),
    "Other": kind("RouteTable", VpcId=ref("Net")),
    "Door": kind("GatewayRouteTableAssociation", GatewayId=ref("Gate"), RouteTableId=ref("Edge")),
}
resources["SixOut"]["DependsOn"] = "Six"
body = {
    "Resources": resources,
    "Outputs": {name: {"Value": get(*path)} for name, path in {
        "Latest": ("Template", "LatestVersionNumber"),
        "Version": ("List", "Version"),
        "Usual": ("Net", "DefaultNetworkAcl"),
        "Door": ("Door", "AssociationId"),
    }.items()},
}
held = made(body, Tags=[{"Key": "team", "Value": "net"}])
acl = acl_of(held["Here"])
same((acl["NetworkAclId"], acl["IsDefault"]), (held["Acl"], False))
assert held["Guards"] in [it["NetworkAclAssociationId"] for it in acl["Associations"]]
own = [(it["RuleNumber"], it["Egress"], it["Protocol"], it["RuleAction"]) for it in acl["Entries"] if it["RuleNumber"] < 32767]
same(sorted(own), [(100, False, "6", "allow"), (100, True, "-1", "allow"), (110, False, "1", "deny")])
[gateway] = ec2.describe_egress_only_internet_gateways()["EgressOnlyInternetGateways"]
same((gateway["EgressOnlyInternetGatewayId"], gateway["Attachments"][0]["VpcId"]), (held["Egress"], held["Net"]))
[instance] = ec2.describe_instances(InstanceIds=[held["Server"]])["Reservations"][0]["Instances"]
same((instance["PrivateIpAddress"], instance["InstanceType"]), ("10.70.0.10", "t3.micro"))
[template] = ec2.describe_launch_templates(LaunchTemplateIds=[held["Template"]])["LaunchTemplates"]
shown = {it["Key"]: it["Value"] for it in template["Tags"]}
same((shown["of"], shown["team"], shown["aws:cloudformation:logical-id"]), ("us", "net", "Template"))
assert template["LaunchTemplateName"].startswith("net-Template-"), template["LaunchTemplateName"]
same(ec2.get_managed_prefix_list_entries(PrefixListId=held["List"])["Entries"], [{"Cidr": "192.0.2.0/25", "Description": "one"}])
told = outputs()
same((told["Latest"], told["Version"]), ("1", "1"))
[pair] = ec2.describe_key_pairs(KeyNames=["own"], IncludePublicKey=True)["KeyPairs"]
assert pair["PublicKey"].startswith(OWN) and held["Pair"] == "own", pair
[door] = ec2.describe_route_tables(RouteTableIds=[held["Edge"]])["RouteTables"][0]["Associations"]
same((door["GatewayId"], door["RouteTableAssociationId"], held["Door"]), (held["Gate"], told["Door"], held["Gate"]))

# In place: an entry, the list and its size, a new version of the template. The instance that names the newest is replaced.
resources["In"]["Properties"] |= {"PortRange": {"From": 443, "To": 443}}
resources["List"]["Properties"] |= {"MaxEntries": 5, "Entries": [{"Cidr": "192.0.2.0/25", "Description": "first"}, {"Cidr": "198.51.100.0/24"}]}
resources["Template"]["Properties"]["LaunchTemplateData"] |= {"InstanceType": "t3.small"}
resources["Template"]["Properties"]["LaunchTemplateData"]["NetworkInterfaces"][0] |= {"PrivateIpAddress": "10.70.0.11"}
resources["Template"]["Properties"]["TagSpecifications"][0]["Tags"] = [{"Key": "for", "Value": "all"}]
resources["Door"]["Properties"]["RouteTableId"] = ref("Other")
after = made(body, "update", Tags=[{"Key": "team", "Value": "net"}])
same([name for name in held if after[name] != held[name]], ["Server"])
[entry] = [it for it in acl_of(held["Here"])["Entries"] if it["RuleNumber"] == 100 and not it["Egress"]]
same(entry["PortRange"], {"From": 443, "To": 443})
entries = ec2.get_managed_prefix_list_entries(PrefixListId=held["List"])["Entries"]
same(sorted((it["Cidr"], it.get("Description")) for it in entries), [("192.0.2.0/25", "first"), ("198.51.100.0/24", None)])
told = outputs()
[door] = ec2.describe_route_tables(RouteTableIds=[held["Other"]])["RouteTables"][0]["Associations"]
same((door["GatewayId"], door["RouteTableAssociationId"]), (held["Gate"], told["Door"]))
same(told["Latest"], "2")
[listed] = ec2.describe_managed_prefix_lists(PrefixListIds=[held["List"]])["PrefixLists"]
same((listed["MaxEntries"], str(listed["Version"])), (5, told["Version"]))
[instance] = ec2.describe_instances(InstanceIds=[after["Server"]])["Reservations"][0]["Instances"]
same((instance["PrivateIpAddress"], instance["InstanceType"]), ("10.70.0.11", "t3.small"))
[template] = ec2.describe_launch_templates(LaunchTemplateIds=[held["Template"]])["LaunchTemplates"]
shown = {it["Key"]: it["Value"] for it in template["Tags"]}
same((shown.get("of"), shown["for"], shown["team"]), (None, "all", "net"))

# Without the association the subnet has the default ACL again.
usual = told["Usual"]
del resources["Guards"]
made(body, "update")
same(acl_of(held["Here"])["NetworkAclId"], usual)
cfn.delete_stack(StackName="net")
same(cfn.list_stacks(StackStatusFilter=["DELETE_FAILED"])["StackSummaries"], [])
lists = ec2.describe_managed_prefix_lists(Filters=[{"Name": "prefix-list-name", "Values": ["offices"]}])["PrefixLists"]
same((ec2.describe_vpcs()["Vpcs"], lists, ec2.describe_launch_templates()["LaunchTemplates"]), ([], [], []))

# An endpoint keeps its id when its policy changes; without a policy it gets AWS's own again.
policy = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}]}
gate = kind("VPCEndpoint", VpcId=ref("Net"), ServiceName={"Fn::Sub": "com.amazonaws.${AWS::Region}.s3"}, PolicyDocument=policy)
queue = kind(
    "VPCEndpoint",
    VpcId=ref("Net"),
    ServiceName={"Fn::Sub": "com.amazonaws.${AWS::Region}.sqs"},
    VpcEndpointType="Interface",
    SubnetIds=[ref("Here")],
    DnsOptions={"DnsRecordIpType": "ipv4"},
)
named = kind("PrefixList", PrefixListName="before", AddressFamily="IPv4", MaxEntries=1)
network = {"Named": named, "Net": kind("VPC", CidrBlock="10.70.0.0/16", EnableDnsHostnames=True), "Here": kind("Subnet", VpcId=ref("Net"), CidrBlock="10.70.0.0/24")}
body = {"Resources": network | {"Gate": gate, "Queue": queue}}
held = made(body)


def endpoint(name):
    return ec2.describe_vpc_endpoints(VpcEndpointIds=[held[name]])["VpcEndpoints"][0]


same(json.loads(endpoint("Gate")["PolicyDocument"]), policy)
same((endpoint("Queue")["DnsOptions"]["DnsRecordIpType"], endpoint("Queue")["PrivateDnsEnabled"]), ("ipv4", False))
policy["Statement"][0]["Action"] = "s3:PutObject"
named["Properties"]["PrefixListName"] = "after"
queue["Properties"]["PrivateDnsEnabled"] = True
same(made(body, "update"), held)
same(json.loads(endpoint("Gate")["PolicyDocument"]), policy)
same(ec2.describe_managed_prefix_lists(PrefixListIds=[held["Named"]])["PrefixLists"][0]["PrefixListName"], "after")
same(endpoint("Queue")["PrivateDnsEnabled"], True)
del gate["Properties"]["PolicyDocument"], queue["Properties"]["PrivateDnsEnabled"]
same(made(body, "update"), held)
same((json.loads(endpoint("Gate")["PolicyDocument"])["Statement"][0]["Action"], endpoint("Queue")["PrivateDnsEnabled"]), ("*", False))
cfn.delete_stack(StackName="net")
same(ec2.describe_vpcs()["Vpcs"], [])
