"""DHCP option sets, network ACLs and prefix lists, by boto3 and `aws` (H50 to H52, G3)."""

from common import ACCOUNT, REGION, aws, client, ec2, named, refused, same

VPC, SUBNET = "vpc-07de255d3a7c9c317", "subnet-0395bde2bd100a705"


def of_vpc():
    return ec2.describe_vpcs(VpcIds=[VPC])["Vpcs"][0]["DhcpOptionsId"]


def options(id):
    shown = ec2.describe_dhcp_options(DhcpOptionsIds=[id])["DhcpOptions"][0]
    return {it["Key"]: [value["Value"] for value in it["Values"]] for it in shown["DhcpConfigurations"]}


# The region's own set, which every VPC has at first.
default = of_vpc()
domain = f"{REGION}.compute.internal"
same(options(default), {"domain-name": [domain], "domain-name-servers": ["AmazonProvidedDNS"]})
refused("DependencyViolation", ec2.delete_dhcp_options, DhcpOptionsId=default)
virginia = client(region="us-east-1").describe_dhcp_options()["DhcpOptions"]
same(virginia[0]["DhcpConfigurations"][0]["Values"], [{"Value": "ec2.internal"}])

every = {
    "domain-name": ["corp.example"],
    "domain-name-servers": ["10.2.5.1", "10.2.5.2"],
    "ipv6-address-preferred-lease-time": ["140"],
    "netbios-name-servers": ["10.2.5.1"],
    "netbios-node-type": ["2"],
    "ntp-servers": ["10.2.5.1", "fd00::1"],
}
made = ec2.create_dhcp_options(
    DhcpConfigurations=[{"Key": key, "Values": values} for key, values in every.items()],
    TagSpecifications=named("made", "dhcp-options"),
)["DhcpOptions"]
own = made["DhcpOptionsId"]
same([made["OwnerId"], made["Tags"]], [ACCOUNT, [{"Key": "Name", "Value": "made"}]])
same(options(own), every)
ec2.associate_dhcp_options(DhcpOptionsId=own, VpcId=VPC)
same(of_vpc(), own)
same([it["VpcId"] for it in ec2.describe_vpcs(Filters=[{"Name": "dhcp-options-id", "Values": [own]}])["Vpcs"]], [VPC])
refused("DependencyViolation", ec2.delete_dhcp_options, DhcpOptionsId=own)
# Ansible deletes the set that a VPC had before. The region's own comes back with the next VPC.
ec2.delete_dhcp_options(DhcpOptionsId=default)
same(options(default)["domain-name"], [domain])
ec2.associate_dhcp_options(DhcpOptionsId="default", VpcId=VPC)
same(of_vpc(), default)
ec2.associate_dhcp_options(DhcpOptionsId=own, VpcId=VPC)
ec2.associate_dhcp_options(DhcpOptionsId=default, VpcId=VPC)
same(of_vpc(), default)


def creating(code, key, *values):
    refused(code, ec2.create_dhcp_options, DhcpConfigurations=[{"Key": key, "Values": list(values)}])


creating("InvalidParameterValue", "colour", "red")
creating("InvalidParameterValue", "netbios-node-type", "3")
creating("InvalidParameterValue", "domain-name-servers", "dns.example")
creating("InvalidParameterValue", "domain-name-servers", *[f"10.0.0.{last}" for last in range(1, 10)])
creating("InvalidParameterValue", "ntp-servers", "AmazonProvidedDNS")
refused("MissingParameter", ec2.create_dhcp_options, DhcpConfigurations=[])
refused("InvalidDhcpOptionsID.NotFound", ec2.associate_dhcp_options, DhcpOptionsId="dopt-01234567", VpcId=VPC)
refused("InvalidDhcpOptionsId.Malformed", ec2.delete_dhcp_options, DhcpOptionsId="dopt-1")
other = client(account="210987654321")
refused("InvalidDhcpOptionsID.NotFound", other.delete_dhcp_options, DhcpOptionsId=own)
same(len(other.describe_dhcp_options()["DhcpOptions"]), 1)


def matching(name, *values):
    found = ec2.describe_dhcp_options(Filters=[{"Name": name, "Values": list(values)}])["DhcpOptions"]
    return [it["DhcpOptionsId"] for it in found]


same(matching("value", "corp.example"), [own])
same(matching("key", "ntp-servers"), [own])
same(matching("dhcp-options-id", default), [default])
ec2.delete_dhcp_options(DhcpOptionsId=own)
refused("InvalidDhcpOptionsID.NotFound", ec2.describe_dhcp_options, DhcpOptionsIds=[own])

# The network ACL that came with the VPC.
acls = ec2.describe_network_acls(Filters=[{"Name": "vpc-id", "Values": [VPC]}])["NetworkAcls"]
same([(it["IsDefault"], it["OwnerId"], it["VpcId"]) for it in acls], [(True, ACCOUNT, VPC)])
acl = acls[0]["NetworkAclId"]
rules = {(it["RuleNumber"], it["Egress"], it["RuleAction"], it["CidrBlock"], it["Protocol"]) for it in acls[0]["Entries"]}
everywhere = [(side, "0.0.0.0/0", "-1") for side in (True, False)]
wanted = {(number, side, action, cidr, protocol)
          for side, cidr, protocol in everywhere
          for number, action in ((100, "allow"), (32767, "deny"))}
same(rules, wanted)
same(len(acls[0]["Associations"]), 2)
of_subnet = ec2.describe_network_acls(Filters=[{"Name": "association.subnet-id", "Values": [SUBNET]}])["NetworkAcls"]
same([it["NetworkAclId"] for it in of_subnet], [acl])
ec2.create_tags(Resources=[acl], Tags=[{"Key": "Name", "Value": "mine"}])
same(ec2.describe_network_acls(NetworkAclIds=[acl])["NetworkAcls"][0]["Tags"], [{"Key": "Name", "Value": "mine"}])
refused("InvalidNetworkAclID.NotFound", ec2.describe_network_acls, NetworkAclIds=["acl-01234567"])
refused("InvalidNetworkAclID.NotFound", other.describe_network_acls, NetworkAclIds=[acl])
refused("InvalidNetworkAclID.NotFound", other.create_tags, Resources=[acl], Tags=[{"Key": "a", "Value": "b"}])
v6 = ec2.create_vpc(CidrBlock="10.5.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]["VpcId"]
entries = ec2.describe_network_acls(Filters=[{"Name": "vpc-id", "Values": [v6]}])["NetworkAcls"][0]["Entries"]
same(sorted(it["RuleNumber"] for it in entries if "Ipv6CidrBlock" in it), [101, 101, 32768, 32768])
ec2.delete_vpc(VpcId=v6)

# AWS's prefix lists.
lists = {it["PrefixListName"]: it for it in ec2.describe_managed_prefix_lists()["PrefixLists"]}
s3 = lists[f"com.amazonaws.{REGION}.s3"]
same([s3["PrefixListId"], s3["OwnerId"], s3["AddressFamily"]], ["pl-78a54011", "AWS", "IPv4"])
same(s3["PrefixListArn"], f"arn:aws:ec2:{REGION}:aws:prefix-list/pl-78a54011")
cidrs = [it["Cidr"] for it in ec2.get_managed_prefix_list_entries(PrefixListId="pl-78a54011")["Entries"]]
assert len(cidrs) > 3, cidrs
old = ec2.describe_prefix_lists(PrefixListIds=["pl-78a54011"])["PrefixLists"][0]
same(sorted(old["Cidrs"]), sorted(cidrs))
pages = ec2.get_paginator("get_managed_prefix_list_entries")
pages = list(pages.paginate(PrefixListId="pl-78a54011", PaginationConfig={"PageSize": 2}))
same([it["Cidr"] for page in pages for it in page["Entries"]], cidrs)
assert len(pages) > 1
found = ec2.describe_managed_prefix_lists(Filters=[{"Name": "prefix-list-name", "Values": ["*.dynamodb"]}])
same([it["PrefixListId"] for it in found["PrefixLists"]], ["pl-48a54021"])
refused("InvalidPrefixListID.NotFound", ec2.get_managed_prefix_list_entries, PrefixListId="pl-01234567")
refused("InvalidPrefixListID.NotFound", ec2.describe_prefix_lists, PrefixListIds=["pl-01234567"])
refused("InvalidFilter", ec2.describe_prefix_lists, Filters=[{"Name": "owner-id", "Values": ["AWS"]}])

# The same by the `aws` command, which writes the values of an option as one.
made = aws("ec2", "create-dhcp-options", "--dhcp-configuration", "Key=domain-name-servers,Values=10.2.5.1,10.2.5.2")
if made is not None:
    id = made["DhcpOptions"]["DhcpOptionsId"]
    same(options(id), {"domain-name-servers": ["10.2.5.1", "10.2.5.2"]})
    aws("ec2", "delete-dhcp-options", "--dhcp-options-id", id)
    same(aws("ec2", "describe-network-acls", "--network-acl-ids", acl)["NetworkAcls"][0]["NetworkAclId"], acl)
