//! Turns the items of AWS's replies into resources, with one function for each kind.

use crate::import::{
    foreign::common::{Entries, Notes, Remark, Resource, SERVICE_DETAILS, value},
    text::node::{Kind, Node},
};

fn text<'n>(node: &'n Node, key: &str) -> Option<&'n str> {
    node.get(key).and_then(Node::text)
}

/// Adds a resource. Its properties are some keys of an item, renamed to CloudFormation's names.
fn push(
    resources: &mut Vec<Resource>,
    kind: &str,
    (item, id): (&Node, &str),
    keys: &[(&str, &str)],
    more: Entries,
) {
    let mut fields = more;
    for (theirs, ours) in keys {
        fields.copy(ours, item.get(theirs));
    }
    fields.copy("Tags", item.get("Tags").or_else(|| item.get("TagSet")));
    resources.push(Resource {
        kind: kind.to_owned(),
        id: id.to_owned(),
        name: id.to_owned(),
        pos: item.pos,
        data: false,
        properties: fields.into_node(item.pos),
    });
}

/// Keys that have the same name in CloudFormation.
macro_rules! same {
    ($($key:literal)*) => { &[$(($key, $key)),*] };
}

pub(super) fn vpc(item: &Node, resources: &mut Vec<Resource>) {
    let Some(id) = text(item, "VpcId") else { return };
    let mut more = Entries::default();
    let blocks = |set: &str, block: &str, state: &str| -> Vec<Node> {
        let set = item.get(set).map_or(&[][..], Node::items).iter();
        let associated = set.filter(|it| {
            it.get(state).and_then(|state| text(state, "State")).is_none_or(|it| it == "associated")
        });
        associated.filter_map(|it| it.get(block)).cloned().collect()
    };
    more.list(
        "CidrBlocks",
        item.pos,
        blocks("CidrBlockAssociationSet", "CidrBlock", "CidrBlockState"),
    );
    more.list(
        "Ipv6CidrBlocks",
        item.pos,
        blocks("Ipv6CidrBlockAssociationSet", "Ipv6CidrBlock", "Ipv6CidrBlockState"),
    );
    push(resources, "AWS::EC2::VPC", (item, id), same!("CidrBlock" "IsDefault" "OwnerId"), more);
    if let Some(options) = item.get("DhcpOptionsId") {
        let mut fields = Entries::default();
        fields.put("DhcpOptionsId", options.clone());
        fields.text("VpcId", item.pos, id);
        let kind = "AWS::EC2::VPCDHCPOptionsAssociation";
        push(resources, kind, (options, &format!("DHCP options of {id}")), &[], fields);
    }
}

pub(super) fn subnet(item: &Node, resources: &mut Vec<Resource>) {
    let Some(id) = text(item, "SubnetId") else { return };
    let mut more = Entries::default();
    let ipv6 = item.get("Ipv6CidrBlockAssociationSet").map_or(&[][..], Node::items).iter();
    let ipv6 = ipv6.filter(|it| {
        let state = it.get("Ipv6CidrBlockState").and_then(|state| text(state, "State"));
        state.is_none_or(|state| state == "associated")
    });
    more.copy("Ipv6CidrBlock", ipv6.filter_map(|it| it.get("Ipv6CidrBlock")).next());
    let keys = same!(
        "VpcId" "CidrBlock" "AvailabilityZone" "AvailabilityZoneId" "MapPublicIpOnLaunch" "EnableDns64" "Ipv6Native"
        "PrivateDnsNameOptionsOnLaunch"
    );
    push(resources, "AWS::EC2::Subnet", (item, id), keys, more);
}

pub(super) fn route_table(item: &Node, resources: &mut Vec<Resource>) {
    let Some(id) = text(item, "RouteTableId") else { return };
    let associations = item.get("Associations").map_or(&[][..], Node::items);
    let mut more = Entries::default();
    if associations.iter().any(|it| text(it, "Main").is_some_and(|main| main == "true")) {
        more.text("Main", item.pos, "true");
    }
    push(resources, "AWS::EC2::RouteTable", (item, id), same!("VpcId" "Routes"), more);
    for association in associations {
        let of = [
            ("SubnetId", "AWS::EC2::SubnetRouteTableAssociation"),
            ("GatewayId", "AWS::EC2::GatewayRouteTableAssociation"),
        ];
        let user = of.into_iter().find_map(|(key, kind)| Some((key, kind, association.get(key)?)));
        let Some((key, kind, user)) = user else { continue };
        let mut fields = Entries::default();
        fields.put(key, user.clone());
        fields.text("RouteTableId", association.pos, id);
        let name = text(association, "RouteTableAssociationId").unwrap_or(id);
        push(resources, kind, (association, name), &[], fields);
    }
}

pub(super) fn internet_gateway(item: &Node, resources: &mut Vec<Resource>) {
    let Some(id) = text(item, "InternetGatewayId") else { return };
    push(resources, "AWS::EC2::InternetGateway", (item, id), &[], Entries::default());
    for attachment in item.get("Attachments").map_or(&[][..], Node::items) {
        let mut fields = Entries::default();
        fields.text("InternetGatewayId", item.pos, id);
        fields.copy("VpcId", attachment.get("VpcId"));
        push(resources, "AWS::EC2::VPCGatewayAttachment", (attachment, id), &[], fields);
    }
}

pub(super) fn dhcp_options(item: &Node, resources: &mut Vec<Resource>) {
    let Some(id) = text(item, "DhcpOptionsId") else { return };
    let mut fields = Entries::default();
    for configuration in item.get("DhcpConfigurations").map_or(&[][..], Node::items) {
        let values = configuration.get("Values").map_or(&[][..], Node::items).iter();
        let values: Vec<Node> =
            values.map(|value| value.get("Value").unwrap_or(value)).cloned().collect();
        match text(configuration, "Key") {
            Some("domain-name") => fields.copy("DomainName", values.first()),
            Some("domain-name-servers") => fields.list("DomainNameServers", item.pos, values),
            _ => {}
        }
    }
    push(resources, "AWS::EC2::DHCPOptions", (item, id), &[], fields);
}

pub(super) fn reservation(item: &Node, resources: &mut Vec<Resource>) {
    for instance in item.get("Instances").map_or(&[][..], Node::items) {
        let Some(id) = text(instance, "InstanceId") else { continue };
        let mut more = Entries::default();
        // If an instance had a public address, the reply would contain it.
        more.text("AssociatePublicIpAddress", instance.pos, "false");
        more.copy("State", instance.get("State").and_then(|state| state.get("Name")));
        let interfaces = instance.get("NetworkInterfaces").map_or(&[][..], Node::items).iter();
        let index = |it: &Node| {
            it.get("Attachment").and_then(|it| text(it, "DeviceIndex")).unwrap_or("0") == "0"
        };
        let first = interfaces.clone().find(|it| index(it));
        more.copy("Ipv6Addresses", first.and_then(|first| first.get("Ipv6Addresses")));
        let keys = &[
            ("SubnetId", "SubnetId"),
            ("VpcId", "VpcId"),
            ("PrivateIpAddress", "PrivateIpAddress"),
            ("PublicIpAddress", "PublicIp"),
            ("InstanceType", "InstanceType"),
            ("PrivateDnsNameOptions", "PrivateDnsNameOptions"),
        ];
        let groups = instance.get("SecurityGroups").map_or(&[][..], Node::items).iter();
        let groups = groups.filter_map(|group| group.get("GroupId")).cloned();
        more.list("SecurityGroupIds", instance.pos, groups.collect());
        push(resources, "AWS::EC2::Instance", (instance, id), keys, more);
    }
}

pub(super) fn network_interface(item: &Node, resources: &mut Vec<Resource>) {
    let Some(id) = text(item, "NetworkInterfaceId") else { return };
    let mut more = Entries::default();
    more.copy("PublicIp", item.get("Association").and_then(|it| it.get("PublicIp")));
    let keys = same!("SubnetId" "VpcId" "AvailabilityZone" "PrivateIpAddress" "Ipv6Addresses" "Description");
    push(resources, "AWS::EC2::NetworkInterface", (item, id), keys, more);
}

pub(super) fn address(item: &Node, resources: &mut Vec<Resource>) {
    let Some(id) = text(item, "AllocationId").or_else(|| text(item, "PublicIp")) else { return };
    let keys = same!("PublicIp" "AllocationId" "InstanceId" "NetworkInterfaceId");
    push(resources, "AWS::EC2::EIP", (item, id), keys, Entries::default());
}

pub(super) fn nat_gateway(item: &Node, resources: &mut Vec<Resource>) {
    let Some(id) = text(item, "NatGatewayId") else { return };
    let addresses = item.get("NatGatewayAddresses").map_or(&[][..], Node::items);
    // Older replies do not say which address is the primary one: it comes first.
    let is_primary = |it: &&Node| text(it, "IsPrimary") == Some("true");
    let primary = addresses.iter().find(is_primary).or(addresses.first());
    let keys = [
        ("PrivateIp", "PrivateIpAddress"),
        ("PublicIp", "PublicIp"),
        ("AllocationId", "AllocationId"),
    ];
    let mut more = Entries::default();
    for (theirs, ours) in keys {
        more.copy(ours, primary.and_then(|it| it.get(theirs)));
    }
    more.copy("NetworkInterfaceId", primary.and_then(|it| it.get("NetworkInterfaceId")));
    let others = addresses.iter().filter(|it| primary.is_none_or(|first| first.pos != it.pos));
    let others = others.map(|it| {
        let mut fields = Entries::default();
        keys.iter().for_each(|(theirs, ours)| fields.copy(ours, it.get(theirs)));
        fields.into_node(it.pos)
    });
    more.list("SecondaryAddresses", item.pos, others.collect());
    let keys = same!("SubnetId" "VpcId" "State" "ConnectivityType");
    push(resources, "AWS::EC2::NatGateway", (item, id), keys, more);
}

pub(super) fn security_group(item: &Node, resources: &mut Vec<Resource>) {
    let Some(id) = text(item, "GroupId") else { return };
    let mut more = Entries::default();
    for (theirs, ours) in
        [("IpPermissions", "SecurityGroupIngress"), ("IpPermissionsEgress", "SecurityGroupEgress")]
    {
        more.put(
            ours,
            match item.get(theirs) {
                Some(rules) => {
                    value::list(rules.pos, rules.items().iter().map(permission).collect())
                }
                None => value::list(item.pos, vec![value::unknown(item.pos, theirs)]),
            },
        );
    }
    let keys = &[
        ("VpcId", "VpcId"),
        ("GroupName", "GroupName"),
        ("Description", "GroupDescription"),
        ("Tags", "Tags"),
    ];
    push(resources, "AWS::EC2::SecurityGroup", (item, id), keys, more);
}

/// A permission as one rule with all its other ends.
fn permission(item: &Node) -> Node {
    let mut rule = Entries::default();
    for key in ["IpProtocol", "FromPort", "ToPort"] {
        rule.copy(key, item.get(key));
    }
    for (list, key, ours) in [
        ("IpRanges", "CidrIp", "CidrIp"),
        ("Ipv6Ranges", "CidrIpv6", "CidrIpv6"),
        ("PrefixListIds", "PrefixListId", "PrefixListIds"),
        ("UserIdGroupPairs", "GroupId", "GroupIds"),
    ] {
        let ends = item.get(list).map_or(&[][..], Node::items).iter();
        rule.list(ours, item.pos, ends.filter_map(|end| end.get(key)).cloned().collect());
    }
    rule.into_node(item.pos)
}

pub(super) fn network_acl(item: &Node, resources: &mut Vec<Resource>) {
    let Some(id) = text(item, "NetworkAclId") else { return };
    let mut more = Entries::default();
    let subnets = item.get("Associations").map_or(&[][..], Node::items).iter();
    let subnets = subnets.filter_map(|it| it.get("SubnetId")).cloned();
    more.list("SubnetIds", item.pos, subnets.collect());
    let keys = same!("VpcId" "IsDefault" "Entries");
    push(resources, "AWS::EC2::NetworkAcl", (item, id), keys, more);
}

pub(super) fn endpoint(item: &Node, resources: &mut Vec<Resource>) {
    let Some(id) = text(item, "VpcEndpointId") else { return };
    let mut more = Entries::default();
    let groups = item.get("Groups").map_or(&[][..], Node::items).iter();
    let groups = groups.filter_map(|group| group.get("GroupId")).cloned();
    more.list("SecurityGroupIds", item.pos, groups.collect());
    let keys = same!(
        "VpcId" "VpcEndpointType" "ServiceName" "ServiceRegion" "State" "PolicyDocument" "RouteTableIds" "SubnetIds"
        "PrivateDnsEnabled" "NetworkInterfaceIds" "DnsEntries" "DnsOptions" "IpAddressType"
    );
    push(resources, "AWS::EC2::VPCEndpoint", (item, id), keys, more);
}

pub(super) fn service(item: &Node, resources: &mut Vec<Resource>) {
    let Some(id) = text(item, "ServiceId") else { return };
    let mut more = Entries::default();
    let regions = item.get("SupportedRegions").map_or(&[][..], Node::items).iter();
    let regions = regions.map(|it| it.get("Region").unwrap_or(it)).cloned();
    more.list("SupportedRegions", item.pos, regions.collect());
    let keys = same!(
        "NetworkLoadBalancerArns" "AcceptanceRequired" "PrivateDnsName" "PrivateDnsNameConfiguration" "AvailabilityZones"
    );
    push(resources, "AWS::EC2::VPCEndpointService", (item, id), keys, more);
}

pub(super) fn principal(item: &Node, resources: &mut Vec<Resource>) {
    let (Some(principal), Some(service)) = (item.get("Principal"), text(item, "ServiceId")) else {
        return;
    };
    let mut fields = Entries::default();
    fields.list("AllowedPrincipals", item.pos, vec![principal.clone()]);
    fields.text("ServiceId", item.pos, service);
    let kind = "AWS::EC2::VPCEndpointServicePermissions";
    push(resources, kind, (item, service), &[], fields);
}

/// Reads a service. Ignores AWS's own services, which are in the catalogue.
pub(super) fn service_details(item: &Node, resources: &mut Vec<Resource>) {
    let Some(id) = text(item, "ServiceId") else { return };
    if text(item, "ServiceName").is_some_and(|name| name.contains(".vpce-svc-")) {
        let keys = same!("PrivateDnsName" "AcceptanceRequired");
        push(resources, SERVICE_DETAILS, (item, id), keys, Entries::default());
    }
}

pub(super) fn peering(item: &Node, resources: &mut Vec<Resource>) {
    let Some(id) = text(item, "VpcPeeringConnectionId") else { return };
    let mut fields = Entries::default();
    for (side, vpc, dns) in [
        ("RequesterVpcInfo", "VpcId", "RequesterDns"),
        ("AccepterVpcInfo", "PeerVpcId", "AccepterDns"),
    ] {
        let Some(info) = item.get(side) else { continue };
        fields.copy(vpc, info.get("VpcId"));
        let options = info.get("PeeringOptions");
        fields.copy(dns, options.and_then(|it| it.get("AllowDnsResolutionFromRemoteVpc")));
    }
    fields.copy("State", item.get("Status").and_then(|status| status.get("Code")));
    push(resources, "AWS::EC2::VPCPeeringConnection", (item, id), &[], fields);
}

pub(super) fn load_balancer(item: &Node, resources: &mut Vec<Resource>) {
    let Some(id) = text(item, "LoadBalancerArn") else { return };
    let mut more = Entries::default();
    let zones = item.get("AvailabilityZones").map_or(&[][..], Node::items).iter();
    let subnets = zones.filter_map(|zone| zone.get("SubnetId")).cloned();
    more.list("Subnets", item.pos, subnets.collect());
    let keys = &[
        ("LoadBalancerName", "Name"),
        ("DNSName", "DNSName"),
        ("Scheme", "Scheme"),
        ("Type", "Type"),
        ("VpcId", "VpcId"),
    ];
    push(resources, "AWS::ElasticLoadBalancingV2::LoadBalancer", (item, id), keys, more);
}

pub(super) fn classic_balancer(item: &Node, resources: &mut Vec<Resource>) {
    let Some(id) = text(item, "LoadBalancerName") else { return };
    let mut more = Entries::default();
    let instances = item.get("Instances").map_or(&[][..], Node::items).iter();
    let instances = instances.filter_map(|instance| instance.get("InstanceId")).cloned();
    more.list("Instances", item.pos, instances.collect());
    let keys = &[
        ("LoadBalancerName", "LoadBalancerName"),
        ("DNSName", "DNSName"),
        ("Scheme", "Scheme"),
        ("Subnets", "Subnets"),
        ("VPCId", "VpcId"),
    ];
    push(resources, "AWS::ElasticLoadBalancing::LoadBalancer", (item, id), keys, more);
}

/// The id of a zone. Replies write it as `/hostedzone/Z…`.
fn zone_id(item: &Node) -> Option<&str> {
    text(item, "Id").map(|id| id.rsplit('/').next().unwrap_or(id))
}

pub(super) fn hosted_zone(item: &Node, resources: &mut Vec<Resource>) {
    let Some(id) = zone_id(item) else { return };
    let mut more = Entries::default();
    more.copy("PrivateZone", item.get("Config").and_then(|it| it.get("PrivateZone")));
    push(resources, "AWS::Route53::HostedZone", (item, id), same!("Name"), more);
}

/// Reads a private zone as `list-hosted-zones-by-vpc` prints it. Ignores the zones of AWS's services, because endpoints
/// make them (N35).
pub(super) fn zone_summary(item: &Node, resources: &mut Vec<Resource>) {
    let Some(id) = text(item, "HostedZoneId") else { return };
    if item.get("Owner").is_some_and(|owner| owner.get("OwningService").is_some()) {
        return;
    }
    let mut more = Entries::default();
    more.text("PrivateZone", item.pos, "true");
    push(resources, "AWS::Route53::HostedZone", (item, id), same!("Name"), more);
}

/// Reads a zone with its VPCs, as `get-hosted-zone` prints it.
pub(super) fn one_zone(item: &Node, vpcs: Option<&Node>, resources: &mut Vec<Resource>) {
    let Some(id) = zone_id(item) else { return };
    let mut more = Entries::default();
    more.copy("PrivateZone", item.get("Config").and_then(|it| it.get("PrivateZone")));
    more.copy("VPCs", vpcs);
    push(resources, "AWS::Route53::HostedZone", (item, id), same!("Name"), more);
}

/// Reads the records of a zone. The reply does not name the zone, but its SOA record does.
pub(super) fn record_sets(sets: &Node, resources: &mut Vec<Resource>, notes: &mut Notes) {
    let apex = sets.items().iter().find(|set| text(set, "Type") == Some("SOA"));
    let Some(zone) = apex.and_then(|set| set.get("Name")) else {
        let message = "ResourceRecordSets: without an SOA record it is unknown which zone these records belong to";
        notes.add(sets.pos, Remark::Skipped, message);
        return;
    };
    // These are the name servers of every private zone.
    let private = apex
        .and_then(|set| set.get("ResourceRecords")?.items().first())
        .and_then(|soa| text(soa, "Value"))
        .map(|soa| {
            ["ns-0.awsdns-00.com", "ns-1536.awsdns-00.co.uk"].iter().any(|it| soa.starts_with(it))
        });
    for set in sets.items() {
        let mut fields = match &set.kind {
            Kind::Map(entries) => Entries::from(entries.clone()),
            _ => continue,
        };
        fields.put("HostedZoneName", value::text(set.pos, zone.text().unwrap_or_default()));
        if let Some(private) = private {
            fields.text("PrivateZone", set.pos, private.to_string());
        }
        let name = text(set, "Name").unwrap_or_default();
        push(resources, "AWS::Route53::RecordSet", (set, name), &[], fields);
    }
}

pub(super) fn resolver_endpoint(item: &Node, resources: &mut Vec<Resource>) {
    let Some(id) = text(item, "Id") else { return };
    let keys = same!("Direction" "HostVPCId" "Name");
    push(resources, "AWS::Route53Resolver::ResolverEndpoint", (item, id), keys, Entries::default());
}

pub(super) fn resolver_rule(item: &Node, resources: &mut Vec<Resource>) {
    let Some(id) = text(item, "Id") else { return };
    let keys = same!("DomainName" "RuleType" "TargetIps" "Name");
    push(resources, "AWS::Route53Resolver::ResolverRule", (item, id), keys, Entries::default());
}

pub(super) fn resolver_rule_association(item: &Node, resources: &mut Vec<Resource>) {
    let Some(id) = text(item, "Id") else { return };
    let kind = "AWS::Route53Resolver::ResolverRuleAssociation";
    push(resources, kind, (item, id), same!("ResolverRuleId" "VPCId"), Entries::default());
}

pub(super) fn resolver_config(item: &Node, resources: &mut Vec<Resource>) {
    let Some(id) = text(item, "Id") else { return };
    let kind = "AWS::Route53Resolver::ResolverConfig";
    push(resources, kind, (item, id), same!("ResourceId" "AutodefinedReverse"), Entries::default());
}
