//! Inbound Resolver endpoints, Resolver rules and DNS Firewall rule groups.

use std::{collections::HashMap, net::Ipv4Addr};

use super::{
    super::node::Node,
    Remark, Resource,
    compute::Interfaces,
    found::{Entries, Found, stand_in},
    place::Places,
    value,
};

/// The types that are taken here.
pub(super) const KINDS: &[&str] = &[
    "AWS::Route53Resolver::ResolverEndpoint",
    "AWS::Route53Resolver::ResolverRule",
    "AWS::Route53Resolver::ResolverRuleAssociation",
    "AWS::Route53Resolver::FirewallRuleGroup",
    "AWS::Route53Resolver::FirewallRuleGroupAssociation",
    "AWS::Route53Resolver::FirewallDomainList",
];

/// Enters the inbound endpoints.
pub(super) fn inbound<'r>(found: &mut Found<'r>, places: &mut Places, interfaces: &Interfaces<'r>) {
    for resource in found.of("AWS::Route53Resolver::ResolverEndpoint") {
        let direction = found.text(resource, "Direction").unwrap_or_default();
        if !direction.eq_ignore_ascii_case("INBOUND") {
            let why = format!(
                "endpoints of direction {direction} are not known here: rules say where they send questions"
            );
            found.skip(resource, &why);
            continue;
        }
        if endpoint(found, places, interfaces, resource).is_none() {
            found.skip(resource, "its VPC is not in the file");
        }
    }
}

fn endpoint<'r>(
    found: &mut Found<'r>,
    places: &mut Places,
    interfaces: &Interfaces<'r>,
    resource: &'r Resource,
) -> Option<()> {
    let pos = resource.pos;
    let mut addresses = Vec::new();
    let mut supposed = Vec::new();
    let mut vpc = found.text(resource, "HostVPCId").and_then(|id| places.known_vpc(id));
    for item in found.list(resource, "IpAddresses") {
        let subnet = item.get("SubnetId").and_then(Node::text);
        let subnet = subnet.and_then(|id| places.known_subnet(id));
        vpc = vpc.or_else(|| Some(places.subnets.get(subnet?)?.vpc));
        let stated = item.get("Ip").filter(|ip| value::is_unknown(ip).is_none());
        let stated: Option<Ipv4Addr> = stated.and_then(Node::text).and_then(|it| it.parse().ok());
        let stated = match subnet {
            Some(subnet) => stated.and_then(|it| places.claim(found, subnet, it, resource)),
            None => stated,
        };
        let address = match stated {
            Some(address) => Some(address),
            None => subnet.and_then(|subnet| places.free(subnet)).inspect(|address| {
                supposed.push(address.to_string());
            }),
        };
        addresses.extend(address.map(|address| value::text(item.pos, address.to_string())));
    }
    if addresses.is_empty() {
        for interface in interfaces.of_resolver(&resource.id) {
            let subnet = interface.subnet.text().and_then(|id| places.known_subnet(id));
            if let (Some(subnet), Some(address)) = (subnet, interface.address) {
                let claimed = places.claim(found, subnet, address, resource);
                addresses.extend(claimed.map(|it| value::text(pos, it.to_string())));
            }
        }
    }
    if addresses.is_empty() {
        found.skip(
            resource,
            "its addresses are not told; it answers those who ask from it by its id",
        );
    }
    let plan = places.vpcs.get_mut(vpc?)?;
    if !supposed.is_empty() {
        let message = stand_in(&supposed, "addresses", resource);
        found.note(pos, Remark::Assumed, message);
    }
    let mut fields = Entries::default();
    fields.text("id", pos, resource.id.clone());
    fields.list("addresses", pos, addresses);
    let name = found.text(resource, "Name").unwrap_or(found.called(resource));
    plan.inbound.put_at(name, pos, fields.into_node(pos));
    Some(())
}

/// The VPCs that each rule or group is associated with, by its id.
fn associated<'r>(
    found: &mut Found<'r>,
    places: &Places,
    kind: &str,
    of: &str,
    vpc: &str,
) -> HashMap<&'r str, Vec<(&'r Resource, String)>> {
    let mut all = HashMap::<&str, Vec<_>>::new();
    for association in found.of(kind) {
        let Some(id) = found.text(association, of) else {
            found.skip(association, "what it is associated with is not told");
            continue;
        };
        match found.text(association, vpc).filter(|id| places.known_vpc(id).is_some()) {
            Some(vpc) => all.entry(id).or_default().push((association, vpc.to_owned())),
            None => found.skip(association, "its VPC is not in the file"),
        }
    }
    all
}

/// Notes the associations with a rule or a group that is not in the file.
fn elsewhere(
    found: &mut Found<'_>,
    associated: &HashMap<&str, Vec<(&Resource, String)>>,
    kind: &str,
    message: impl Fn(&str, &str) -> String,
) {
    for (id, associations) in associated {
        if found.by_id(id).is_some_and(|it| it.kind == kind) {
            continue;
        }
        for (association, vpc) in associations {
            found.note(association.pos, Remark::Skipped, message(id, vpc));
        }
    }
}

/// The Resolver rules.
pub(super) fn rules(found: &mut Found<'_>, places: &Places) -> Entries {
    let kind = "AWS::Route53Resolver::ResolverRuleAssociation";
    let associated = associated(found, places, kind, "ResolverRuleId", "VPCId");
    elsewhere(found, &associated, "AWS::Route53Resolver::ResolverRule", |id, vpc| {
        format!(
            "{vpc} forwards the names of {id} to targets this file does not tell: the rule is not in it, so its names are answered \
             as if there were no rule; add the file of the account that shares it, or `aws route53resolver list-resolver-rules`"
        )
    });
    let mut entries = Entries::default();
    for resource in found.of("AWS::Route53Resolver::ResolverRule") {
        let pos = resource.pos;
        let rule = found.text(resource, "RuleType").unwrap_or("FORWARD").to_ascii_lowercase();
        if !matches!(rule.as_str(), "forward" | "system") {
            found.leave(resource, "the rule for every other name is the resolver itself");
            continue;
        }
        let mut fields = Entries::default();
        fields.text("id", pos, resource.id.clone());
        fields.copy("domain", found.get(resource, "DomainName"));
        fields.text("type", pos, rule);
        let mut targets = Vec::new();
        for target in found.list(resource, "TargetIps") {
            let Some(ip) = target.get("Ip").or_else(|| target.get("Ipv6")) else { continue };
            let Some(text) = ip.text().filter(|_| value::is_unknown(ip).is_none()) else {
                found.skip(resource, "the address of a target is not told");
                continue;
            };
            let port = target.get("Port").and_then(Node::text).filter(|port| *port != "53");
            let address = match port {
                Some(port) if text.contains(':') => format!("[{text}]:{port}"),
                Some(port) => format!("{text}:{port}"),
                None => text.to_owned(),
            };
            targets.push(value::text(ip.pos, address));
        }
        fields.list("targets", pos, targets);
        let vpcs = associated.get(resource.id.as_str()).into_iter().flatten();
        let vpcs = vpcs.map(|(association, vpc)| value::text(association.pos, vpc.clone()));
        fields.list("vpcs", pos, vpcs.collect());
        let name = found.text(resource, "Name").unwrap_or(found.called(resource));
        entries.put_at(name, pos, fields.into_node(pos));
    }
    entries
}

/// The DNS Firewall rule groups.
pub(super) fn firewall(found: &mut Found<'_>, places: &Places) -> Entries {
    let kind = "AWS::Route53Resolver::FirewallRuleGroupAssociation";
    let associated = associated(found, places, kind, "FirewallRuleGroupId", "VpcId");
    elsewhere(found, &associated, "AWS::Route53Resolver::FirewallRuleGroup", |id, vpc| {
        format!(
            "{vpc} is associated with {id}, which is not in the file: nothing is blocked by it here"
        )
    });
    let mut entries = Entries::default();
    for resource in found.of("AWS::Route53Resolver::FirewallRuleGroup") {
        let pos = resource.pos;
        let mut fields = Entries::default();
        fields.text("id", pos, resource.id.clone());
        let mut vpcs = Entries::default();
        for (association, vpc) in associated.get(resource.id.as_str()).into_iter().flatten() {
            let priority = found.text(association, "Priority").unwrap_or("100");
            vpcs.put_at(vpc.clone(), association.pos, value::text(association.pos, priority));
        }
        fields.map("vpcs", pos, vpcs);
        let mut rules = Entries::default();
        for (rule, number) in found.list(resource, "FirewallRules").into_iter().zip(1..) {
            if let Some(node) = firewall_rule(found, resource, rule) {
                let name = rule.get("Name").and_then(Node::text);
                let name = name.map_or_else(|| format!("rule-{number}"), str::to_owned);
                rules.put_at(name, rule.pos, node);
            }
        }
        fields.map("rules", pos, rules);
        let name = found.text(resource, "Name").unwrap_or(found.called(resource));
        entries.put_at(name, pos, fields.into_node(pos));
    }
    entries
}

fn firewall_rule<'r>(found: &mut Found<'r>, group: &'r Resource, rule: &'r Node) -> Option<Node> {
    let list = rule.get("FirewallDomainListId").and_then(Node::text);
    let list = list.and_then(|id| found.by_id(id));
    let Some(list) = list else {
        let message = format!("a rule of {}: its domain list is not in the file", group.label());
        found.note(rule.pos, Remark::Skipped, message);
        return None;
    };
    let domains = found.list(list, "Domains").into_iter().cloned().collect();
    let mut fields = Entries::default();
    fields.copy("priority", rule.get("Priority"));
    fields.list("domains", rule.pos, domains);
    if fields.is_empty() {
        return None;
    }
    fields.copy("type", rule.get("Qtype").or_else(|| rule.get("QType")));
    for (property, key) in [("Action", "action"), ("BlockResponse", "block-response")] {
        if let Some(node) = rule.get(property)
            && let Some(text) = node.text()
            && text != "OVERRIDE"
        {
            fields.text(key, node.pos, text.to_ascii_lowercase());
        }
    }
    fields.copy("override", rule.get("BlockOverrideDomain"));
    if rule.get("BlockOverrideDomain").is_some() {
        fields.copy("override-ttl", rule.get("BlockOverrideTtl"));
    }
    let redirection = rule.get("FirewallDomainRedirectionAction").and_then(Node::text);
    if redirection == Some("TRUST_REDIRECTION_DOMAIN") {
        fields.text("redirection", rule.pos, "trust");
    }
    Some(fields.into_node(rule.pos))
}
