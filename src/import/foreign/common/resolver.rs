//! Inbound Resolver endpoints, Resolver rules and DNS Firewall rule groups.

use std::{
    collections::{BTreeMap, HashSet},
    net::Ipv4Addr,
};

use super::{
    Remark, Resource,
    compute::Interfaces,
    found::{Entries, Found, items, stand_in},
    layout::{Layout, Outside},
    value,
};
use crate::import::text::node::Node;

/// The types that this file imports.
pub(super) const KINDS: &[&str] = &[
    "AWS::Route53Resolver::ResolverEndpoint",
    "AWS::Route53Resolver::ResolverRule",
    "AWS::Route53Resolver::ResolverRuleAssociation",
    "AWS::Route53Resolver::FirewallRuleGroup",
    "AWS::Route53Resolver::FirewallRuleGroupAssociation",
    "AWS::Route53Resolver::FirewallDomainList",
];

/// Adds the inbound endpoints to their VPCs.
pub(super) fn inbound<'r>(found: &mut Found<'r>, layout: &mut Layout, interfaces: &Interfaces<'r>) {
    for resource in found.of("AWS::Route53Resolver::ResolverEndpoint") {
        let direction = found.text(resource, "Direction").unwrap_or_default();
        if !direction.eq_ignore_ascii_case("INBOUND") {
            let why = format!(
                "vpcdns does not need endpoints of direction {direction}: the rules give the targets"
            );
            found.skip(resource, &why);
            continue;
        }
        if endpoint(found, layout, interfaces, resource).is_none() {
            found.skip(resource, "its VPC is not in the file");
        }
    }
}

fn endpoint<'r>(
    found: &mut Found<'r>,
    layout: &mut Layout,
    interfaces: &Interfaces<'r>,
    resource: &'r Resource,
) -> Option<()> {
    let pos = resource.pos;
    let mut addresses = Vec::new();
    let mut supposed = Vec::new();
    let mut vpc = found.text(resource, "HostVPCId").and_then(|id| layout.known_vpc(id));
    for item in found.list(resource, "IpAddresses") {
        let subnet = item.get("SubnetId").and_then(Node::text);
        let subnet = subnet.and_then(|id| layout.known_subnet(id));
        vpc = vpc.or_else(|| Some(layout.subnets.get(subnet?)?.vpc));
        let stated = item.get("Ip").filter(|ip| value::is_unknown(ip).is_none());
        let stated: Option<Ipv4Addr> = stated.and_then(Node::text).and_then(|it| it.parse().ok());
        let stated = match subnet {
            Some(subnet) => stated.and_then(|it| layout.claim(found, subnet, it, resource)),
            None => stated,
        };
        let address = match stated {
            Some(address) => Some(address),
            None => subnet.and_then(|subnet| layout.free(subnet)).inspect(|address| {
                supposed.push(address.to_string());
            }),
        };
        addresses.extend(address.map(|address| value::text(item.pos, address.to_string())));
    }
    if addresses.is_empty() {
        for interface in interfaces.of_resolver(&resource.id) {
            let subnet = interface.subnet.text().and_then(|id| layout.known_subnet(id));
            if let (Some(subnet), Some(address)) = (subnet, interface.address) {
                let claimed = layout.claim(found, subnet, address, resource);
                addresses.extend(claimed.map(|it| value::text(pos, it.to_string())));
            }
        }
    }
    if addresses.is_empty() {
        found.skip(
            resource,
            "the file does not give its addresses; select it as a client by its id",
        );
    }
    let plan = layout.vpcs.get_mut(vpc?)?;
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

/// A rule or rule group that VPCs are associated with.
struct Associated<'r> {
    /// The name to use if it is not in the file.
    name: String,
    /// Each association and the id of its VPC.
    vpcs: Vec<(&'r Resource, String)>,
}

/// The VPCs associated with each rule or rule group, by its id. `kind` is the type of the association, `of_kind` the
/// type of the rule or group, `prefix` the start of its id. `of` and `vpc` are the properties that name the two.
fn associated<'r>(
    found: &mut Found<'r>,
    layout: &mut Layout,
    (kind, of_kind, prefix): (&str, &str, &str),
    (of, vpc): (&str, &str),
) -> BTreeMap<String, Associated<'r>> {
    let mut all = BTreeMap::<String, Associated<'_>>::new();
    for association in found.of(kind) {
        let Some(node) = association.properties.get(of) else {
            found.skip(association, &format!("the file does not give its {of}"));
            continue;
        };
        let told = value::is_unknown(node).is_none();
        let known =
            node.text().filter(|id| told && found.by_id(id).is_some_and(|it| it.kind == of_kind));
        let Some(outside) = Outside::of(of_kind, prefix, node) else { continue };
        let id = known.map_or(outside.id, str::to_owned);
        let vpc = association.properties.get(vpc).and_then(|node| {
            let unknown = value::is_unknown(node).is_some();
            let named = layout.named_vpc(node);
            named.or_else(|| if unknown { layout.vpc(found, node) } else { None })
        });
        let Some(vpc) = vpc.and_then(|vpc| layout.vpcs.get(vpc)).map(|plan| plan.id.clone()) else {
            found.skip(association, "its VPC is not in the file");
            continue;
        };
        let entry = all.entry(id);
        let entry = entry.or_insert_with(|| Associated { name: outside.name, vpcs: Vec::new() });
        entry.vpcs.push((association, vpc));
    }
    all
}

/// Reads the Resolver rules.
pub(super) fn rules(found: &mut Found<'_>, layout: &mut Layout) -> Entries {
    let kinds = (
        "AWS::Route53Resolver::ResolverRuleAssociation",
        "AWS::Route53Resolver::ResolverRule",
        "rslvr-rr-",
    );
    let mut associated = associated(found, layout, kinds, ("ResolverRuleId", "VPCId"));
    // These are the Resolver's own rules. Every VPC is associated with them.
    associated.retain(|_, it| !it.name.starts_with("rslvr-autodefined-"));
    let mut entries = Entries::default();
    for resource in found.of("AWS::Route53Resolver::ResolverRule") {
        let pos = resource.pos;
        let associated = associated.remove(&resource.id);
        let rule = found.text(resource, "RuleType").unwrap_or("FORWARD").to_ascii_lowercase();
        match rule.as_str() {
            "forward" | "system" => {}
            "recursive" => {
                found.leave(
                    resource,
                    "this is the default rule for all other names, which vpcdns answers itself",
                );
                continue;
            }
            _ => {
                found.skip(resource, &format!("vpcdns does not know rules of type {rule}"));
                continue;
            }
        }
        let mut fields = Entries::default();
        fields.text("id", pos, resource.id.clone());
        fields.copy("domain", found.get(resource, "DomainName"));
        let is_forward = rule == "forward";
        fields.text("type", pos, rule);
        let mut targets = Vec::new();
        // A rule shared by another account often comes without its targets.
        let stated = resource.properties.get("TargetIps").map_or(&[][..], items);
        for target in stated {
            let Some(ip) = target.get("Ip").or_else(|| target.get("Ipv6")) else { continue };
            let Some(text) = ip.text().filter(|_| value::is_unknown(ip).is_none()) else {
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
        let vpcs = associated.map_or_else(Vec::new, |it| it.vpcs);
        if !targets.is_empty() && targets.len() < stated.len() {
            found.skip(resource, "the file does not give the address of a target");
        }
        if targets.is_empty() && fields.has("domain") && is_forward {
            let message = format!(
                "{}: the file does not give its targets; its names get SERVFAIL, as if no target replied",
                resource.label()
            );
            found.note(pos, Remark::Assumed, message);
            fields.text("targets-told", pos, "false");
        }
        fields.list("targets", pos, targets);
        fields.list("vpcs", pos, ids(&vpcs));
        let name = found.text(resource, "Name").unwrap_or(found.called(resource));
        entries.put_at(name, pos, fields.into_node(pos));
    }
    for (id, Associated { name, vpcs }) in associated {
        let Some((first, _)) = vpcs.first() else { continue };
        let pos = first.pos;
        for (association, vpc) in &vpcs {
            let message = format!(
                "{vpc} forwards some names, but its rule {name} is not in the file, so its domain and targets are \
                 unknown. Its names are answered as if there were no rule. Add the file of the account that shares \
                 the rule, or the output of `aws route53resolver list-resolver-rules`"
            );
            found.note(association.pos, Remark::Assumed, message);
        }
        let mut fields = Entries::default();
        fields.text("id", pos, id);
        fields.text("targets-told", pos, "false");
        fields.list("vpcs", pos, ids(&vpcs));
        entries.put_at(name, pos, fields.into_node(pos));
    }
    entries
}

/// The ids of associated VPCs.
fn ids(vpcs: &[(&Resource, String)]) -> Vec<Node> {
    let mut seen = HashSet::new();
    let each = vpcs.iter().filter(|(_, vpc)| seen.insert(vpc.as_str()));
    each.map(|(association, vpc)| value::text(association.pos, vpc.clone())).collect()
}

/// Reads the DNS Firewall rule groups.
pub(super) fn firewall(found: &mut Found<'_>, layout: &mut Layout) -> Entries {
    let kinds = (
        "AWS::Route53Resolver::FirewallRuleGroupAssociation",
        "AWS::Route53Resolver::FirewallRuleGroup",
        "rslvr-frg-",
    );
    let mut associated = associated(found, layout, kinds, ("FirewallRuleGroupId", "VpcId"));
    let mut entries = Entries::default();
    for resource in found.of("AWS::Route53Resolver::FirewallRuleGroup") {
        let pos = resource.pos;
        let mut fields = Entries::default();
        fields.text("id", pos, resource.id.clone());
        let mut vpcs = Entries::default();
        let of_group = associated.remove(&resource.id);
        for (association, vpc) in of_group.map_or_else(Vec::new, |it| it.vpcs) {
            let priority = found.text(association, "Priority").unwrap_or("100");
            vpcs.put_at(vpc, association.pos, value::text(association.pos, priority));
        }
        fields.map("vpcs", pos, vpcs);
        if resource.data && resource.properties.get("FirewallRules").is_none() {
            let message = format!(
                "{}: the file does not give its rules, so it blocks nothing",
                resource.label()
            );
            found.note(pos, Remark::Assumed, message);
        }
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
    for Associated { name, vpcs } in associated.into_values() {
        for (association, vpc) in vpcs {
            let message = format!(
                "{vpc} is associated with {name}, which is not in the file, so it blocks nothing"
            );
            found.note(association.pos, Remark::Skipped, message);
        }
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
