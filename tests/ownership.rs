//! Who does not own a resource cannot change it: every action of the EC2 API that changes something, with every id it takes,
//! tried with an id of another account and of another region. The scripts tests/aws/route53.py, route53profiles.py,
//! route53resolver.py and servicediscovery.py do the same for those services.
//!
//! Each row is a request that would succeed for its owner, which a rehearsal proves. Then one id after the other is
//! replaced by the same kind of resource of somebody else; the reply must be AWS's refusal, and nothing may change.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing test panics")]

mod common;

use std::{collections::HashMap, path::Path, sync::Arc};

use common::{CaseWorld, compile};
use vpcdns::{
    api::{Api, Reply, Request, SERVICES},
    store::Live,
};

/// Who calls, and where: an account and a region.
type Home = (&'static str, &'static str);

const MINE: Home = ("111111111111", "ap-northeast-2");
/// Another account in the same region, and the same account in another region.
const OTHERS: [Home; 2] = [("222222222222", "ap-northeast-2"), ("111111111111", "us-east-1")];

/// What the API cannot make: a load balancer for each home.
const WORLD: &str = r#"
region: ap-northeast-2
vpcs:
  A: {region: ap-northeast-2, owner: "111111111111", cidr: 10.9.0.0/16, subnets: {a: {cidr: 10.9.1.0/24, zone: ap-northeast-2a}}}
  B: {region: ap-northeast-2, owner: "222222222222", cidr: 10.9.0.0/16, subnets: {b: {cidr: 10.9.1.0/24, zone: ap-northeast-2a}}}
  C: {region: us-east-1, owner: "111111111111", cidr: 10.9.0.0/16, subnets: {c: {cidr: 10.9.1.0/24, zone: us-east-1a}}}
load-balancers:
  LA: {dns-name: la-0123456789abcdef.elb.ap-northeast-2.amazonaws.com, type: network, vpc: A, scheme: internal, zones: {ap-northeast-2a: 10.9.1.10}}
  LA2: {dns-name: ma-1123456789abcdef.elb.ap-northeast-2.amazonaws.com, type: network, vpc: A, scheme: internal, zones: {ap-northeast-2a: 10.9.1.11}}
  LB: {dns-name: lb-0123456789abcdef.elb.ap-northeast-2.amazonaws.com, type: network, vpc: B, scheme: internal, zones: {ap-northeast-2a: 10.9.1.10}}
  LB2: {dns-name: mb-1123456789abcdef.elb.ap-northeast-2.amazonaws.com, type: network, vpc: B, scheme: internal, zones: {ap-northeast-2a: 10.9.1.11}}
  LC: {dns-name: lc-0123456789abcdef.elb.us-east-1.amazonaws.com, type: network, vpc: C, scheme: internal, zones: {us-east-1a: 10.9.1.10}}
  LC2: {dns-name: mc-1123456789abcdef.elb.us-east-1.amazonaws.com, type: network, vpc: C, scheme: internal, zones: {us-east-1a: 10.9.1.11}}
"#;

/// The actions that name no resource.
const NAME_NOTHING: &[&str] = &[
    "AllocateAddress",
    "CreateDefaultSubnet",
    "CreateDefaultVpc",
    "CreateDhcpOptions",
    "CreateInternetGateway",
    "CreateKeyPair",
    "CreateLaunchTemplate",
    "CreateManagedPrefixList",
    "CreatePlacementGroup",
    "CreateVpc",
    "ImportKeyPair",
];

/// A request of each action that changes something; `$` stands before a resource of the caller's, `%` before what is no id.
const ROWS: &[(&str, &str)] = &[
    (
        "CreateVpcEndpoint",
        "VpcId=$vpc&VpcEndpointType=Interface&ServiceName=com.amazonaws.{r}.sqs&SubnetId.1=$subnet&SecurityGroupId.1=$group&PrivateDnsEnabled=false",
    ),
    (
        "CreateVpcEndpoint",
        "VpcId=$vpc&VpcEndpointType=Gateway&ServiceName=com.amazonaws.{r}.dynamodb&RouteTableId.1=$table",
    ),
    (
        "CreateVpcEndpoint",
        "VpcId=$vpc&VpcEndpointType=Interface&ServiceName=com.amazonaws.{r}.sqs&SubnetConfiguration.1.SubnetId=$subnet&PrivateDnsEnabled=false",
    ),
    (
        "CreateVpcEndpoint",
        "VpcId=$vpc&VpcEndpointType=Interface&ServiceName=$service-name&SubnetId.1=$subnet&PrivateDnsEnabled=false",
    ),
    (
        "ModifyVpcEndpoint",
        "VpcEndpointId=$endpoint&AddSubnetId.1=$subnet-b&RemoveSecurityGroupId.1=$group&AddSecurityGroupId.1=$group-2",
    ),
    ("ModifyVpcEndpoint", "VpcEndpointId=$endpoint-2&RemoveSubnetId.1=$subnet-b"),
    (
        "ModifyVpcEndpoint",
        "VpcEndpointId=$gateway-endpoint&AddRouteTableId.1=$main-table&RemoveRouteTableId.1=$table",
    ),
    ("DeleteVpcEndpoints", "VpcEndpointId.1=$endpoint"),
    ("AcceptVpcEndpointConnections", "ServiceId=$service&VpcEndpointId.1=$connected"),
    ("RejectVpcEndpointConnections", "ServiceId=$service&VpcEndpointId.1=$connected"),
    ("CreateVpcEndpointServiceConfiguration", "NetworkLoadBalancerArn.1=$balancer"),
    ("ModifyVpcEndpointServiceConfiguration", "ServiceId=$service&AcceptanceRequired=false"),
    (
        "ModifyVpcEndpointServiceConfiguration",
        "ServiceId=$service&AddNetworkLoadBalancerArn.1=$balancer-2",
    ),
    ("DeleteVpcEndpointServiceConfigurations", "ServiceId.1=$service-2"),
    ("ModifyVpcEndpointServicePermissions", "ServiceId=$service&AddAllowedPrincipals.1=*"),
    ("StartVpcEndpointServicePrivateDnsVerification", "ServiceId=$service"),
    (
        "CreateVpcEndpointConnectionNotification",
        "ServiceId=$service&ConnectionNotificationArn=arn:aws:sns:ap-northeast-2:111111111111:t&ConnectionEvents.1=Accept",
    ),
    (
        "ModifyVpcEndpointConnectionNotification",
        "ConnectionNotificationId=$notification&ConnectionEvents.1=Reject",
    ),
    ("DeleteVpcEndpointConnectionNotifications", "ConnectionNotificationId.1=$notification"),
    ("DeleteVpc", "VpcId=$vpc-empty"),
    ("ModifyVpcAttribute", "VpcId=$vpc&EnableDnsHostnames.Value=true"),
    ("ModifyVpcTenancy", "VpcId=$vpc&InstanceTenancy=default"),
    ("AssociateVpcCidrBlock", "VpcId=$vpc&CidrBlock=100.80.0.0/16"),
    ("DisassociateVpcCidrBlock", "AssociationId=$cidr-association"),
    ("CreateSecurityGroup", "GroupName=new&GroupDescription=new&VpcId=$vpc"),
    ("DeleteSecurityGroup", "GroupId=$group-3"),
    (
        "AuthorizeSecurityGroupIngress",
        "GroupId=$group&IpPermissions.1.IpProtocol=tcp&IpPermissions.1.FromPort=1&IpPermissions.1.ToPort=2&IpPermissions.1.Groups.1.GroupId=$group-2",
    ),
    (
        "AuthorizeSecurityGroupEgress",
        "GroupId=$group&IpPermissions.1.IpProtocol=tcp&IpPermissions.1.FromPort=1&IpPermissions.1.ToPort=2&IpPermissions.1.Groups.1.GroupId=$group-2",
    ),
    ("RevokeSecurityGroupIngress", "GroupId=$group&SecurityGroupRuleId.1=$ingress"),
    ("RevokeSecurityGroupEgress", "GroupId=$group&SecurityGroupRuleId.1=$egress"),
    (
        "ModifySecurityGroupRules",
        "GroupId=$group&SecurityGroupRule.1.SecurityGroupRuleId=$ingress&SecurityGroupRule.1.SecurityGroupRule.IpProtocol=tcp&SecurityGroupRule.1.SecurityGroupRule.FromPort=5&SecurityGroupRule.1.SecurityGroupRule.ToPort=5&SecurityGroupRule.1.SecurityGroupRule.ReferencedGroupId=$group-2",
    ),
    (
        "UpdateSecurityGroupRuleDescriptionsIngress",
        "GroupId=$group&SecurityGroupRuleDescription.1.SecurityGroupRuleId=$ingress&SecurityGroupRuleDescription.1.Description=new",
    ),
    (
        "UpdateSecurityGroupRuleDescriptionsEgress",
        "GroupId=$group&SecurityGroupRuleDescription.1.SecurityGroupRuleId=$egress&SecurityGroupRuleDescription.1.Description=new",
    ),
    ("CreateNetworkInterface", "SubnetId=$subnet&SecurityGroupId.1=$group"),
    ("DeleteNetworkInterface", "NetworkInterfaceId=$interface"),
    ("ModifyNetworkInterfaceAttribute", "NetworkInterfaceId=$interface&SecurityGroupId.1=$group-2"),
    (
        "ModifyNetworkInterfaceAttribute",
        "NetworkInterfaceId=$attached&Attachment.AttachmentId=$attachment&Attachment.DeleteOnTermination=true",
    ),
    (
        "CreateNetworkInterfacePermission",
        "NetworkInterfaceId=$interface&AwsAccountId=333333333333&Permission=INSTANCE-ATTACH",
    ),
    ("DeleteNetworkInterfacePermission", "NetworkInterfacePermissionId=$permission"),
    ("AssociateSecurityGroupVpc", "GroupId=$group-3&VpcId=$vpc-2"),
    ("DisassociateSecurityGroupVpc", "GroupId=$group&VpcId=$vpc-2"),
    ("AttachNetworkInterface", "NetworkInterfaceId=$interface&InstanceId=$instance&DeviceIndex=3"),
    ("DetachNetworkInterface", "AttachmentId=$attachment"),
    ("AssignPrivateIpAddresses", "NetworkInterfaceId=$interface&SecondaryPrivateIpAddressCount=1"),
    ("UnassignPrivateIpAddresses", "NetworkInterfaceId=$interface&PrivateIpAddress.1=10.1.1.200"),
    ("AssignIpv6Addresses", "NetworkInterfaceId=$interface-6&Ipv6AddressCount=1"),
    ("UnassignIpv6Addresses", "NetworkInterfaceId=$interface-6&Ipv6Addresses.1=%address-6"),
    ("AssociateSubnetCidrBlock", "SubnetId=$subnet-6-without&Ipv6CidrBlock=%range-6-free"),
    ("DisassociateSubnetCidrBlock", "AssociationId=$association-6"),
    (
        "RunInstances",
        "ImageId=ami-00000000000000001&InstanceType=t3.micro&MinCount=1&MaxCount=1&SubnetId=$subnet&SecurityGroupId.1=$group&Placement.GroupName=$placement",
    ),
    (
        "RunInstances",
        "ImageId=ami-00000000000000001&InstanceType=t3.micro&MinCount=1&MaxCount=1&NetworkInterface.1.DeviceIndex=0&NetworkInterface.1.NetworkInterfaceId=$interface",
    ),
    (
        "RunInstances",
        "ImageId=ami-00000000000000001&InstanceType=t3.micro&MinCount=1&MaxCount=1&NetworkInterface.1.DeviceIndex=0&NetworkInterface.1.SubnetId=$subnet&NetworkInterface.1.SecurityGroupId.1=$group&Placement.GroupId=$placement-id",
    ),
    ("StartInstances", "InstanceId.1=$stopped"),
    ("StopInstances", "InstanceId.1=$instance"),
    ("TerminateInstances", "InstanceId.1=$instance"),
    ("MonitorInstances", "InstanceId.1=$instance"),
    ("UnmonitorInstances", "InstanceId.1=$instance"),
    ("RebootInstances", "InstanceId.1=$instance"),
    ("ModifyInstanceAttribute", "InstanceId=$instance&GroupId.1=$group-2"),
    ("ModifyPrivateDnsNameOptions", "InstanceId=$stopped&PrivateDnsHostnameType=resource-name"),
    ("ModifyInstanceMetadataOptions", "InstanceId=$instance&HttpTokens=required"),
    (
        "ModifyInstanceCreditSpecification",
        "InstanceCreditSpecification.1.InstanceId=$instance&InstanceCreditSpecification.1.CpuCredits=standard",
    ),
    ("AssociateAddress", "AllocationId=$allocation&InstanceId=$instance"),
    ("AssociateAddress", "AllocationId=$allocation&NetworkInterfaceId=$interface"),
    ("AssociateAddress", "PublicIp=$public&InstanceId=$instance"),
    ("DisassociateAddress", "AssociationId=$association"),
    ("DisassociateAddress", "PublicIp=$public-held"),
    ("ReleaseAddress", "AllocationId=$allocation"),
    ("ReleaseAddress", "PublicIp=$public"),
    ("DeletePlacementGroup", "GroupName=$placement"),
    ("DeleteKeyPair", "KeyPairId=$key"),
    (
        "RunInstances",
        "ImageId=ami-00000000000000001&InstanceType=t3.micro&MinCount=1&MaxCount=1&SubnetId=$subnet&KeyName=$key-name",
    ),
    (
        "CreateLaunchTemplateVersion",
        "LaunchTemplateId=$template&LaunchTemplateData.InstanceType=t3.micro",
    ),
    ("ModifyLaunchTemplate", "LaunchTemplateId=$template&SetDefaultVersion=1"),
    ("DeleteLaunchTemplate", "LaunchTemplateId=$template"),
    ("DeleteLaunchTemplate", "LaunchTemplateName=$template-name"),
    ("DeleteLaunchTemplateVersions", "LaunchTemplateId=$template&LaunchTemplateVersion.1=1"),
    (
        "RunInstances",
        "MinCount=1&MaxCount=1&SubnetId=$subnet&LaunchTemplate.LaunchTemplateId=$template",
    ),
    (
        "RunInstances",
        "MinCount=1&MaxCount=1&SubnetId=$subnet&LaunchTemplate.LaunchTemplateName=$template-name",
    ),
    ("CreateNetworkAcl", "VpcId=$vpc"),
    ("DeleteNetworkAcl", "NetworkAclId=$acl"),
    (
        "CreateNetworkAclEntry",
        "NetworkAclId=$acl&RuleNumber=7&Protocol=-1&RuleAction=allow&Egress=true&CidrBlock=0.0.0.0/0",
    ),
    (
        "ReplaceNetworkAclEntry",
        "NetworkAclId=$acl&RuleNumber=5&Protocol=-1&RuleAction=deny&Egress=true&CidrBlock=0.0.0.0/0",
    ),
    ("DeleteNetworkAclEntry", "NetworkAclId=$acl&RuleNumber=5&Egress=true"),
    ("ReplaceNetworkAclAssociation", "AssociationId=$acl-association&NetworkAclId=$acl"),
    ("CreateEgressOnlyInternetGateway", "VpcId=$vpc"),
    ("DeleteEgressOnlyInternetGateway", "EgressOnlyInternetGatewayId=$egress-only"),
    (
        "CreateRoute",
        "RouteTableId=$table&DestinationIpv6CidrBlock=::/0&EgressOnlyInternetGatewayId=$egress-only",
    ),
    ("ModifyManagedPrefixList", "PrefixListId=$list&PrefixListName=new"),
    ("RestoreManagedPrefixListVersion", "PrefixListId=$list&PreviousVersion=1&CurrentVersion=1"),
    ("DeleteManagedPrefixList", "PrefixListId=$list"),
    ("CreateRoute", "RouteTableId=$table&DestinationPrefixListId=$list&GatewayId=$gateway"),
    ("ReplaceRoute", "RouteTableId=$table-3&DestinationPrefixListId=$list-2&GatewayId=$gateway"),
    ("DeleteRoute", "RouteTableId=$table-3&DestinationPrefixListId=$list-2"),
    ("CreateNatGateway", "SubnetId=$subnet&AllocationId=$allocation"),
    (
        "CreateNatGateway",
        "SubnetId=$subnet&AllocationId=$allocation&SecondaryAllocationId.1=$allocation-2",
    ),
    ("DeleteNatGateway", "NatGatewayId=$nat"),
    ("CreateRoute", "RouteTableId=$table&DestinationCidrBlock=9.0.0.0/8&NatGatewayId=$nat"),
    ("CreateSubnet", "VpcId=$vpc&CidrBlock=10.1.77.0/24"),
    ("DeleteSubnet", "SubnetId=$subnet-c"),
    ("ModifySubnetAttribute", "SubnetId=$subnet&MapPublicIpOnLaunch.Value=true"),
    ("CreateRouteTable", "VpcId=$vpc"),
    ("DeleteRouteTable", "RouteTableId=$table-3"),
    ("AssociateRouteTable", "RouteTableId=$table&SubnetId=$subnet-b"),
    ("AssociateRouteTable", "RouteTableId=$table-4&GatewayId=$gateway"),
    ("ModifyAddressAttribute", "AllocationId=$allocation&DomainName=a.example"),
    ("ResetAddressAttribute", "AllocationId=$allocation&Attribute=domain-name"),
    ("DisassociateRouteTable", "AssociationId=$table-association"),
    ("ReplaceRouteTableAssociation", "AssociationId=$table-association&RouteTableId=$table-3"),
    ("CreateRoute", "RouteTableId=$table&DestinationCidrBlock=9.0.0.0/8&GatewayId=$gateway"),
    ("CreateRoute", "RouteTableId=$table&DestinationCidrBlock=9.0.0.0/8&InstanceId=$instance"),
    (
        "CreateRoute",
        "RouteTableId=$table&DestinationCidrBlock=9.0.0.0/8&NetworkInterfaceId=$interface",
    ),
    (
        "CreateRoute",
        "RouteTableId=$table&DestinationCidrBlock=10.2.0.0/16&VpcPeeringConnectionId=$peering",
    ),
    ("ReplaceRoute", "RouteTableId=$table&DestinationCidrBlock=8.0.0.0/8&GatewayId=$gateway"),
    ("DeleteRoute", "RouteTableId=$table&DestinationCidrBlock=8.0.0.0/8"),
    ("AttachInternetGateway", "InternetGatewayId=$gateway-free&VpcId=$vpc-2"),
    ("DetachInternetGateway", "InternetGatewayId=$gateway-2&VpcId=$vpc-empty-2"),
    ("DeleteInternetGateway", "InternetGatewayId=$gateway-free"),
    ("DeleteDhcpOptions", "DhcpOptionsId=$dhcp"),
    ("AssociateDhcpOptions", "DhcpOptionsId=$dhcp&VpcId=$vpc"),
    (
        "CreateTags",
        "ResourceId.1=$vpc&ResourceId.2=$ingress&ResourceId.3=$interface&Tag.1.Key=k&Tag.1.Value=v",
    ),
    (
        "DeleteTags",
        "ResourceId.1=$subnet&ResourceId.2=$endpoint&ResourceId.3=$allocation&Tag.1.Key=k",
    ),
    ("CreateVpcPeeringConnection", "VpcId=$vpc&PeerVpcId=$vpc-empty"),
    ("AcceptVpcPeeringConnection", "VpcPeeringConnectionId=$peering"),
    ("RejectVpcPeeringConnection", "VpcPeeringConnectionId=$peering"),
    ("DeleteVpcPeeringConnection", "VpcPeeringConnectionId=$peering"),
    (
        "ModifyVpcPeeringConnectionOptions",
        "VpcPeeringConnectionId=$peering-active&RequesterPeeringConnectionOptions.AllowDnsResolutionFromRemoteVpc=true",
    ),
];

/// What AWS answers instead of a code that ends in `NotFound`.
const OTHER_CODES: &[(&str, &str)] = &[
    ("$placement", "InvalidPlacementGroup.Unknown"),
    ("$placement-id", "InvalidPlacementGroup.Unknown"),
    ("$service-name", "InvalidServiceName"),
    ("$notification", "InvalidConnectionNotification"),
    ("$template-name", "InvalidLaunchTemplateName.NotFoundException"),
    ("$balancer", "InvalidParameter"),
    ("$balancer-2", "InvalidParameter"),
];

/// The text of an XML element; nothing if there is none.
fn element<'x>(xml: &'x str, name: &str) -> &'x str {
    let rest = xml.split(&format!("<{name}>")).nth(1);
    rest.and_then(|rest| rest.split('<').next()).unwrap_or_default()
}

struct Server {
    live: Arc<Live>,
    api: Api,
}

impl Server {
    fn call(&self, home: Home, action: &str, parameters: &str) -> Reply {
        let (account, region) = home;
        let credential = format!(
            "AWS4-HMAC-SHA256 Credential={account}/20260101/{region}/ec2/aws4_request, SignedHeaders=host, Signature=0"
        );
        self.api.handle(
            &Request {
                method: "POST".to_owned(),
                path: "/".to_owned(),
                sent: String::new(),
                headers: vec![
                    ("authorization".to_owned(), credential),
                    (
                        "content-type".to_owned(),
                        "application/x-www-form-urlencoded; charset=utf-8".to_owned(),
                    ),
                ],
                body: format!("Action={action}&Version=2016-11-15&{parameters}").into_bytes(),
                ..Request::default()
            },
            true,
        )
    }

    /// What a request that must succeed answers, in one element.
    fn made(&self, home: Home, action: &str, parameters: &str, name: &str) -> String {
        let reply = self.call(home, action, parameters);
        assert_eq!(reply.status, 200, "{action} {parameters}: {}", reply.text());
        element(&reply.text(), name).to_owned()
    }

    /// One resource of each kind, by the names of `ROWS`.
    fn kit(&self, home: Home, balancer: &str) -> HashMap<&'static str, String> {
        let (account, region) = home;
        let second = format!("{balancer}2");
        let mut kit = HashMap::new();
        let made =
            |action: &str, parameters: &str, name: &str| self.made(home, action, parameters, name);
        let vpc = made("CreateVpc", "CidrBlock=10.1.0.0/16", "vpcId");
        made("ModifyVpcAttribute", &format!("VpcId={vpc}&EnableDnsHostnames.Value=true"), "return");
        for (name, cidr) in
            [("vpc-2", "10.2.0.0/16"), ("vpc-empty", "10.3.0.0/16"), ("vpc-empty-2", "10.4.0.0/16")]
        {
            kit.insert(name, made("CreateVpc", &format!("CidrBlock={cidr}"), "vpcId"));
            let named = format!("VpcId={}&EnableDnsHostnames.Value=true", kit[name]);
            made("ModifyVpcAttribute", &named, "return");
        }
        for (name, net, zone) in [("subnet", 1, 'a'), ("subnet-b", 2, 'b'), ("subnet-c", 3, 'a')] {
            let given =
                format!("VpcId={vpc}&CidrBlock=10.1.{net}.0/24&AvailabilityZone={region}{zone}");
            kit.insert(name, made("CreateSubnet", &given, "subnetId"));
        }
        for name in ["table", "table-3", "table-4"] {
            kit.insert(name, made("CreateRouteTable", &format!("VpcId={vpc}"), "routeTableId"));
        }
        let main = format!(
            "Filter.1.Name=vpc-id&Filter.1.Value.1={vpc}&Filter.2.Name=association.main&Filter.2.Value.1=true"
        );
        kit.insert("main-table", made("DescribeRouteTables", &main, "routeTableId"));
        for name in ["gateway", "gateway-free", "gateway-2"] {
            kit.insert(name, made("CreateInternetGateway", "", "internetGatewayId"));
        }
        let attach = |gateway: &str, vpc: &str| {
            made(
                "AttachInternetGateway",
                &format!("InternetGatewayId={gateway}&VpcId={vpc}"),
                "return",
            )
        };
        attach(&kit["gateway"], &vpc);
        attach(&kit["gateway-2"], &kit["vpc-empty-2"]);
        let route = format!(
            "RouteTableId={}&DestinationCidrBlock=8.0.0.0/8&GatewayId={}",
            kit["table"], kit["gateway"]
        );
        made("CreateRoute", &route, "return");
        for name in ["group", "group-2", "group-3"] {
            let given = format!("GroupName={name}&GroupDescription=x&VpcId={vpc}");
            kit.insert(name, made("CreateSecurityGroup", &given, "groupId"));
        }
        for (name, action) in [
            ("ingress", "AuthorizeSecurityGroupIngress"),
            ("egress", "AuthorizeSecurityGroupEgress"),
        ] {
            let rule = format!(
                "GroupId={}&IpPermissions.1.IpProtocol=tcp&IpPermissions.1.FromPort=7&IpPermissions.1.ToPort=7&IpPermissions.1.IpRanges.1.CidrIp=10.0.0.0/8",
                kit["group"]
            );
            kit.insert(name, made(action, &rule, "securityGroupRuleId"));
        }
        let subnet = kit["subnet"].clone();
        for name in ["instance", "stopped"] {
            let run = format!(
                "ImageId=ami-00000000000000001&InstanceType=t3.micro&MinCount=1&MaxCount=1&SubnetId={subnet}"
            );
            kit.insert(name, made("RunInstances", &run, "instanceId"));
        }
        made("StopInstances", &format!("InstanceId.1={}", kit["stopped"]), "instanceId");
        for name in ["interface", "attached"] {
            let given = format!("SubnetId={subnet}");
            kit.insert(name, made("CreateNetworkInterface", &given, "networkInterfaceId"));
        }
        let given = format!(
            "NetworkInterfaceId={}&AwsAccountId=444444444444&Permission=EIP-ASSOCIATE",
            kit["interface"]
        );
        let action = "CreateNetworkInterfacePermission";
        kit.insert("permission", made(action, &given, "networkInterfacePermissionId"));
        let given = format!("GroupId={}&VpcId={}", kit["group"], kit["vpc-2"]);
        made("AssociateSecurityGroupVpc", &given, "state");
        let secondary =
            format!("NetworkInterfaceId={}&PrivateIpAddress.1=10.1.1.200", kit["interface"]);
        made("AssignPrivateIpAddresses", &secondary, "return");
        self.add_ipv6(home, &mut kit);
        let attach = format!(
            "NetworkInterfaceId={}&InstanceId={}&DeviceIndex=1",
            kit["attached"], kit["instance"]
        );
        kit.insert("attachment", made("AttachNetworkInterface", &attach, "attachmentId"));
        for (name, public) in [
            ("allocation", "public"),
            ("allocation-2", "public-2"),
            ("allocation-held", "public-held"),
        ] {
            let id = made("AllocateAddress", "Domain=vpc", "allocationId");
            let shown = format!("AllocationId.1={id}");
            kit.insert(public, made("DescribeAddresses", &shown, "publicIp"));
            kit.insert(name, id);
        }
        let acl = made("CreateNetworkAcl", &format!("VpcId={vpc}"), "networkAclId");
        let given = format!(
            "NetworkAclId={acl}&RuleNumber=5&Protocol=-1&RuleAction=allow&Egress=true&CidrBlock=0.0.0.0/0"
        );
        made("CreateNetworkAclEntry", &given, "return");
        kit.insert("acl", acl);
        let used = format!("Filter.1.Name=association.subnet-id&Filter.1.Value.1={subnet}");
        kit.insert(
            "acl-association",
            made("DescribeNetworkAcls", &used, "networkAclAssociationId"),
        );
        let given = format!("VpcId={vpc}");
        let made_gateway =
            made("CreateEgressOnlyInternetGateway", &given, "egressOnlyInternetGatewayId");
        kit.insert("egress-only", made_gateway);
        for name in ["list", "list-2"] {
            let given = format!("PrefixListName={name}&MaxEntries=2&AddressFamily=IPv4");
            kit.insert(name, made("CreateManagedPrefixList", &given, "prefixListId"));
        }
        let given = format!(
            "RouteTableId={}&DestinationPrefixListId={}&GatewayId={}",
            kit["table-3"], kit["list-2"], kit["gateway"]
        );
        made("CreateRoute", &given, "return");
        let name = format!("template-{account}-{region}");
        let given = format!(
            "LaunchTemplateName={name}&LaunchTemplateData.ImageId=ami-00000000000000001&LaunchTemplateData.InstanceType=t3.micro"
        );
        kit.insert("template", made("CreateLaunchTemplate", &given, "launchTemplateId"));
        kit.insert("template-name", name);
        let given = format!("SubnetId={subnet}&ConnectivityType=private");
        kit.insert("nat", made("CreateNatGateway", &given, "natGatewayId"));
        let held = format!("AllocationId={}&InstanceId={}", kit["allocation-held"], kit["stopped"]);
        kit.insert("association", made("AssociateAddress", &held, "associationId"));
        let placement = format!("placement-{account}-{region}");
        let given = format!("GroupName={placement}&Strategy=spread");
        kit.insert("placement-id", made("CreatePlacementGroup", &given, "groupId"));
        kit.insert("placement", placement);
        let name = format!("key-{account}-{region}");
        let given = format!("KeyName={name}&KeyType=ed25519");
        kit.insert("key", made("CreateKeyPair", &given, "keyPairId"));
        kit.insert("key-name", name);
        let given = "DhcpConfiguration.1.Key=domain-name&DhcpConfiguration.1.Value.1=corp.example";
        kit.insert("dhcp", made("CreateDhcpOptions", given, "dhcpOptionsId"));
        let more = format!("VpcId={vpc}&CidrBlock=100.64.0.0/16");
        kit.insert("cidr-association", made("AssociateVpcCidrBlock", &more, "associationId"));
        let used = format!("RouteTableId={}&SubnetId={}", kit["table"], kit["subnet-c"]);
        kit.insert("table-association", made("AssociateRouteTable", &used, "associationId"));
        for (name, accepter) in [("peering", "vpc-2"), ("peering-active", "vpc-empty-2")] {
            let given = format!("VpcId={vpc}&PeerVpcId={}", kit[accepter]);
            kit.insert(name, made("CreateVpcPeeringConnection", &given, "vpcPeeringConnectionId"));
        }
        let given = format!("VpcPeeringConnectionId={}", kit["peering-active"]);
        made("AcceptVpcPeeringConnection", &given, "vpcPeeringConnectionId");
        let arn = format!(
            "arn:aws:elasticloadbalancing:{region}:{account}:loadbalancer/net/{balancer}/0123456789abcdef"
        );
        kit.insert("balancer-2", arn.replace(balancer, &second).replace("0123", "1123"));
        for (name, private) in [("service", "&PrivateDnsName=api.corp.example"), ("service-2", "")]
        {
            let given = format!("NetworkLoadBalancerArn.1={arn}&AcceptanceRequired=true{private}");
            kit.insert(name, made("CreateVpcEndpointServiceConfiguration", &given, "serviceId"));
        }
        let service = format!("ServiceId.1={}", kit["service"]);
        let name = made("DescribeVpcEndpointServiceConfigurations", &service, "serviceName");
        let given = format!(
            "VpcId={vpc}&VpcEndpointType=Interface&ServiceName={name}&SubnetId.1={subnet}&PrivateDnsEnabled=false"
        );
        kit.insert("connected", made("CreateVpcEndpoint", &given, "vpcEndpointId"));
        let topic = "ConnectionNotificationArn=arn:aws:sns:ap-northeast-2:111111111111:t";
        let given = format!("{service}&{topic}&ConnectionEvents.1=Accept")
            .replace("ServiceId.1", "ServiceId");
        let action = "CreateVpcEndpointConnectionNotification";
        kit.insert("notification", made(action, &given, "connectionNotificationId"));
        kit.insert("service-name", name);
        kit.insert("balancer", arn);
        for (name, subnets) in [
            ("endpoint", "&SubnetId.1=$subnet"),
            ("endpoint-2", "&SubnetId.1=$subnet&SubnetId.2=$subnet-b"),
        ] {
            let subnets =
                subnets.replace("$subnet-b", &kit["subnet-b"]).replace("$subnet", &subnet);
            let given = format!(
                "VpcId={vpc}&VpcEndpointType=Interface&ServiceName=com.amazonaws.{region}.sns&PrivateDnsEnabled=false&SecurityGroupId.1={}{subnets}",
                kit["group"]
            );
            kit.insert(name, made("CreateVpcEndpoint", &given, "vpcEndpointId"));
        }
        let given = format!(
            "VpcId={vpc}&ServiceName=com.amazonaws.{region}.s3&RouteTableId.1={}",
            kit["table"]
        );
        kit.insert("gateway-endpoint", made("CreateVpcEndpoint", &given, "vpcEndpointId"));
        kit.insert("vpc", vpc);
        kit
    }
}

impl Server {
    /// A VPC with IPv6: a subnet with a range and an interface, one with a range alone, and one without.
    fn add_ipv6(&self, home: Home, kit: &mut HashMap<&'static str, String>) {
        let made =
            |action: &str, parameters: &str, name: &str| self.made(home, action, parameters, name);
        let vpc =
            made("CreateVpc", "CidrBlock=10.6.0.0/16&AmazonProvidedIpv6CidrBlock=true", "vpcId");
        let whole = made("DescribeVpcs", &format!("VpcId.1={vpc}"), "ipv6CidrBlock");
        let part = |number: u8| whole.replace("00::/56", &format!("{number:02x}::/64"));
        let subnet = |number: u8| {
            made("CreateSubnet", &format!("VpcId={vpc}&CidrBlock=10.6.{number}.0/24"), "subnetId")
        };
        let with = |number: u8| {
            let subnet = subnet(number);
            let given = format!("SubnetId={subnet}&Ipv6CidrBlock={}", part(number));
            (subnet, made("AssociateSubnetCidrBlock", &given, "associationId"))
        };
        let (used, _) = with(1);
        kit.insert("association-6", with(2).1);
        kit.insert("subnet-6-without", subnet(3));
        kit.insert("range-6-free", part(3));
        let interface =
            made("CreateNetworkInterface", &format!("SubnetId={used}"), "networkInterfaceId");
        let address = part(1).replace("/64", "77");
        let given = format!("NetworkInterfaceId={interface}&Ipv6Addresses.1={address}");
        made("AssignIpv6Addresses", &given, "networkInterfaceId");
        kit.insert("interface-6", interface);
        kit.insert("address-6", address);
    }
}

/// A request of `ROWS` with every `$name` replaced; that at `at` from another kit.
fn fill(
    row: &str,
    mine: &HashMap<&'static str, String>,
    other: Option<(usize, &HashMap<&'static str, String>)>,
) -> String {
    let mut pairs = Vec::new();
    for (at, pair) in row.replace("{r}", MINE.1).split('&').enumerate() {
        let (key, value) = pair.split_once('=').unwrap();
        let kit = other.filter(|(place, _)| *place == at).map_or(mine, |(_, kit)| kit);
        let value = value.strip_prefix('$').map_or(value, |name| kit[name].as_str());
        let value = value.strip_prefix('%').map_or(value, |name| mine[name].as_str());
        pairs.push(format!("{key}={value}"));
    }
    pairs.join("&")
}

fn server() -> Server {
    let lines: Vec<String> = format!("world{WORLD}").lines().map(str::to_owned).collect();
    let world = CaseWorld::read(&lines, Path::new("ownership.yaml")).snapshot.world.clone();
    let live = Arc::new(Live::new(compile(world)));
    Server { api: Api::new(Arc::clone(&live), MINE.1, None), live }
}

#[test]
fn every_action_that_changes_something_has_a_row() {
    let ec2 = SERVICES.iter().find(|service| service.name == "ec2").unwrap();
    for action in ec2.actions.iter().map(|action| action.name) {
        let reads = action.starts_with("Describe") || action.starts_with("Get");
        let listed = ROWS.iter().any(|(name, _)| *name == action);
        assert!(reads || listed || NAME_NOTHING.contains(&action), "{action} has no row");
    }
}

#[test]
fn nobody_changes_what_somebody_else_owns() {
    let server = server();
    let mine = server.kit(MINE, "LA");
    let others = [server.kit(OTHERS[0], "LB"), server.kit(OTHERS[1], "LC")];
    let mut wrong = Vec::new();
    for (action, row) in ROWS {
        let rehearsed =
            server.call(MINE, action, &format!("{}&DryRun=true", fill(row, &mine, None)));
        if element(&rehearsed.text(), "Code") != "DryRunOperation" {
            wrong.push(format!("{action} {row}: the owner is refused: {}", rehearsed.text()));
            continue;
        }
        for (at, pair) in row.split('&').enumerate() {
            let Some((_, name)) =
                pair.split_once("=$").map(|(key, name)| (key, format!("${name}")))
            else {
                continue;
            };
            for (kit, home) in others.iter().zip(OTHERS) {
                let before = server.live.snapshot().world.generation;
                let reply = server.call(MINE, action, &fill(row, &mine, Some((at, kit))));
                let code =
                    [element(&reply.text(), "Code"), element(&reply.text(), "code")].concat();
                let known =
                    OTHER_CODES.iter().find(|(kind, _)| *kind == name).map(|(_, code)| *code);
                let refused = code.ends_with("NotFound") || known == Some(code.as_str());
                if !refused || server.live.snapshot().world.generation != before {
                    wrong.push(format!("{action} with {name} of {home:?}: {}", reply.text()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
