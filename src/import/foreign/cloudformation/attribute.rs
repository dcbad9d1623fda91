//! `Fn::GetAtt` of resources that AWS has not created yet.
//!
//! Knows ids, properties with the attribute's name, and the values that `made.rs` makes up. Every other attribute is an
//! unknown value called `Resource.Attribute`, which other files may resolve.

use super::{
    endpoint,
    intrinsic::{Intrinsic, literal},
    nested::NESTED,
    stack::Stack,
    template::Entry,
    value::Known,
};
use crate::{
    catalog,
    import::{
        Defaults,
        text::node::{Node, Pos, shorten},
    },
    model::{id::VpcId, security_group},
};

impl<'n> Stack<'n, '_> {
    /// `Fn::GetAtt`.
    pub(super) fn get_att(&mut self, call: &Intrinsic<'n>) -> Known<Node> {
        if let Some(text) = call.text() {
            let Some((name, attribute)) = text.split_once('.') else {
                return Err(self.shape(call, "`Resource.Attribute`"));
            };
            return Ok(self.attribute(name, attribute, call.pos));
        }
        let Some([name, attributes @ ..]) = call.items() else {
            return Err(self.shape(call, "`Resource.Attribute`"));
        };
        let name = match literal(name, false) {
            Some(name) => name.to_owned(),
            None => self.text_of(name)?,
        };
        let mut parts = Vec::new();
        for attribute in attributes {
            parts.push(self.text_of(attribute)?);
        }
        if parts.is_empty() {
            return Err(self.shape(call, "a resource and an attribute"));
        }
        Ok(self.attribute(&name, &parts.join("."), call.pos))
    }

    /// An attribute of a resource.
    pub(super) fn attribute(&mut self, name: &str, attribute: &str, pos: Pos) -> Node {
        let template = self.template;
        let index = match self.resource(name, pos) {
            Ok(index) => index,
            Err(Some(unknown)) => return unknown,
            Err(None) => {
                let shown = shorten(name);
                let message = if template.parameters.get(name).is_some() {
                    format!("`{shown}` is a parameter, which has no attributes")
                } else {
                    format!("there is no resource `{shown}`")
                };
                let names = template.resources.iter().map(|entry| entry.name);
                return self.missing(pos, &message, name, names);
            }
        };
        if self.deployed.is_some() {
            return self.made_attribute(name, attribute, pos);
        }
        let what = format!("{name}.{attribute}");
        let Some(entry) = template.resources.get(index) else { return self.unknown(pos, what) };
        if entry.kind == NESTED {
            let output = attribute.strip_prefix("Outputs.");
            let told = output.and_then(|output| self.nested_output(index, output, pos));
            return told.unwrap_or_else(|| self.unknown(pos, what));
        }
        // One template can be the source of several stacks, so the name alone would not be unique.
        let what = if self.is_nested() { format!("{}.{attribute}", entry.id) } else { what };
        if let Some(text) = known_value(entry, attribute) {
            return self.text(pos, text);
        }
        if attribute == "Arn"
            && let Some(arn) = resolver_arn(entry, self.defaults)
        {
            return self.text(pos, arn);
        }
        // Elastic addresses are chosen before anything is evaluated.
        let given = self.addresses.get(&index).filter(|_| attribute == "PublicIp").cloned();
        if let Some(address) = given {
            return self.text(pos, address);
        }
        let Some(properties) = self.properties(index) else {
            let message = format!("`{}` depends on itself", shorten(&what));
            self.notes.skipped(pos, message);
            return self.unknown(pos, what);
        };
        if entry.kind == "AWS::EC2::VPCEndpoint" && attribute == "DnsEntries" {
            return match endpoint::dns_entries(self, entry, &properties, pos) {
                Some(entries) => entries,
                None => self.unknown(pos, what),
            };
        }
        match properties.get(property(entry.kind, attribute)) {
            Some(value) => self.copied_to(value, pos),
            None => self.unknown(pos, what),
        }
    }
}

/// The value of an attribute that follows from the resource's type and id alone.
fn known_value(entry: &Entry<'_>, attribute: &str) -> Option<String> {
    let service = entry.kind.strip_prefix("AWS::")?;
    let (service, thing) = service.split_once("::")?;
    let after = |mark: &str| entry.id.split_once(mark).map(|(_, rest)| rest.to_owned());
    let is_id = match (service, thing, attribute) {
        ("EC2", "EIP", _) => false,
        ("EC2", "VPC", "DefaultSecurityGroup") => {
            let vpc: VpcId = entry.id.parse().ok()?;
            return Some(security_group::default_group(vpc).to_string());
        }
        ("ElasticLoadBalancingV2", "LoadBalancer", "LoadBalancerFullName") => {
            return after(":loadbalancer/");
        }
        ("ElasticLoadBalancingV2", "TargetGroup", "TargetGroupFullName") => {
            return after(":targetgroup/").map(|name| format!("targetgroup/{name}"));
        }
        ("ElasticLoadBalancingV2", _, _) => attribute.strip_suffix("Arn") == Some(thing),
        ("EC2", "SecurityGroup", "GroupId") | ("EC2", "VPCEndpointService", "ServiceId") => true,
        ("EC2" | "Route53" | "Route53Resolver" | "Route53Profiles", _, _) => {
            // `Id`, `SubnetId`, `DhcpOptionsId`.
            let front = attribute.strip_suffix("Id");
            front.is_some_and(|front| front.is_empty() || front.eq_ignore_ascii_case(thing))
        }
        _ => false,
    };
    is_id.then(|| entry.id.clone())
}

/// The ARN of a rule or a rule group, by which Profiles name it.
fn resolver_arn(entry: &Entry<'_>, defaults: &Defaults) -> Option<String> {
    let kind = match entry.kind {
        "AWS::Route53Resolver::ResolverRule" => "resolver-rule",
        "AWS::Route53Resolver::FirewallRuleGroup" => "firewall-rule-group",
        _ => return None,
    };
    let Defaults { region, account, .. } = defaults;
    let partition = catalog::partition_of(region);
    Some(format!("arn:{partition}:route53resolver:{region}:{account}:{kind}/{}", entry.id))
}

/// The property that has the same value as an attribute.
fn property<'t>(kind: &str, attribute: &'t str) -> &'t str {
    match (kind, attribute) {
        ("AWS::ElasticLoadBalancingV2::LoadBalancer", "LoadBalancerName")
        | ("AWS::ElasticLoadBalancingV2::TargetGroup", "TargetGroupName") => "Name",
        ("AWS::ElasticLoadBalancing::LoadBalancer", "CanonicalHostedZoneName") => "DNSName",
        _ => attribute,
    }
}
