//! Values that AWS creates with a resource, which no template holds: ids, elastic addresses, names of load
//! balancers.
//!
//! They are derived from the stack's and the resource's names, so the same template gives the same values on every
//! machine. Private addresses are chosen elsewhere.

use std::net::Ipv4Addr;

use super::{
    intrinsic::literal,
    stack::Stack,
    template::{Entry, Template},
};
use crate::{
    catalog,
    hash::stable_hash,
    import::{
        Defaults,
        foreign::common::{
            made_id,
            value::{self, is_unknown},
        },
        text::node::{Key, Kind, Node, Pos, shorten},
        world::outline::balancer_name,
    },
};

const EIP: &str = "AWS::EC2::EIP";
const BALANCER: &str = "AWS::ElasticLoadBalancingV2::LoadBalancer";
const CLASSIC: &str = "AWS::ElasticLoadBalancing::LoadBalancer";

/// Documentation addresses (RFC 5737), used as placeholders for elastic addresses.
const DOCUMENTATION: [[u8; 3]; 3] = [[203, 0, 113], [198, 51, 100], [192, 0, 2]];

/// The value of `Ref` for a resource, made from the names of its stack and of the resource.
pub(super) fn id(
    template: &Template<'_>,
    defaults: &Defaults,
    name: &str,
    kind: &str,
    node: &Node,
) -> String {
    let stack = &template.stack;
    let path = path(&template.seed, name);
    let plain = |key: &str| {
        node.get("Properties").and_then(|it| it.get(key)).and_then(|it| literal(it, false))
    };
    let what = match kind {
        BALANCER => match plain("Type") {
            Some("network") => "loadbalancer/net",
            Some("gateway") => "loadbalancer/gwy",
            _ => "loadbalancer/app",
        },
        "AWS::ElasticLoadBalancingV2::TargetGroup" => "targetgroup",
        "AWS::ElasticLoadBalancingV2::Listener" => "listener",
        "AWS::ElasticLoadBalancingV2::ListenerRule" => "listener-rule",
        CLASSIC => {
            return plain("LoadBalancerName")
                .map_or_else(|| physical_name(stack, name), str::to_owned);
        }
        _ => return made_id(kind, &path),
    };
    let digits = u64::try_from(stable_hash(&path) >> 64).unwrap_or_default();
    let partition = catalog::partition_of(defaults.region);
    let name = plain("Name").map_or_else(|| physical_name(stack, name), str::to_owned);
    format!(
        "arn:{partition}:elasticloadbalancing:{}:{}:{what}/{name}/{digits:016x}",
        defaults.region, defaults.account
    )
}

fn path(stack: &str, name: &str) -> String {
    format!("cloudformation/{stack}/{name}")
}

/// A text reduced to the letters that are allowed in AWS's names.
pub(super) fn lettered(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
}

/// The name of a load balancer that the template does not name: its stack's name and its own, in at most 32 characters.
fn physical_name(stack: &str, name: &str) -> String {
    let name = lettered(name);
    // The stack's name is cut first, because the ends of the names differ within one stack.
    let room = 31_usize.saturating_sub(name.len()).max(8);
    let stack: String = if stack.len() + 1 + name.len() > 32 {
        stack.chars().take(room).collect()
    } else {
        stack.to_owned()
    };
    let joined: String = format!("{stack}-{name}").chars().take(32).collect();
    joined.trim_matches('-').to_owned()
}

impl Stack<'_, '_> {
    /// Chooses an address for every elastic address, in the order of the text.
    pub(super) fn give_addresses(&mut self) {
        let template = self.template;
        let kept = |stack: &Self, index: &usize| !stack.left_out.contains(index);
        let all: Vec<(usize, &Entry<'_>)> = template
            .resources
            .iter()
            .enumerate()
            .filter(|(index, entry)| entry.kind == EIP && kept(self, index))
            .collect();
        for (index, entry) in &all {
            let written = entry.node.get("Properties").and_then(|node| node.get("Address"));
            let address = written.and_then(|node| self.value(node));
            let known = address.filter(|node| is_unknown(node).is_none());
            if let Some(text) = known.as_ref().and_then(Node::text) {
                self.addresses.insert(*index, text.to_owned());
            }
        }
        self.taken.extend(self.addresses.values().cloned());
        let taken = self.taken.clone();
        let blocks = DOCUMENTATION.into_iter();
        let mut free = blocks
            .flat_map(|[a, b, c]| (1..=254).map(move |d| Ipv4Addr::new(a, b, c, d).to_string()))
            .filter(|address| !taken.contains(address));
        for (index, entry) in all {
            if self.addresses.contains_key(&index) {
                continue;
            }
            let name = shorten(entry.name);
            match free.next() {
                Some(address) => {
                    let message = format!(
                        "{address} is used as a placeholder for the address that AWS will give `{name}`"
                    );
                    self.notes.assumed(entry.pos, message);
                    self.taken.insert(address.clone());
                    self.addresses.insert(index, address);
                }
                None => {
                    let message = format!("no address is left for a placeholder of `{name}`");
                    self.notes.skipped(entry.pos, message);
                }
            }
        }
    }
}

/// Adds the properties that AWS would fill in.
pub(super) fn complete(
    stack: &mut Stack<'_, '_>,
    index: usize,
    entry: &Entry<'_>,
    properties: &mut Node,
) {
    match entry.kind {
        EIP => {
            if let Some(address) = stack.addresses.get(&index).cloned() {
                set(properties, "PublicIp", stack.text(entry.pos, address));
            }
            let hash = stable_hash(&path(&stack.template.seed, entry.name)) & ((1 << 68) - 1);
            let allocation = stack.text(entry.pos, format!("eipalloc-{hash:017x}"));
            set(properties, "AllocationId", allocation);
        }
        BALANCER => balancer(stack, entry, properties, "Name"),
        CLASSIC => balancer(stack, entry, properties, "LoadBalancerName"),
        _ => {}
    }
}

fn balancer(stack: &mut Stack<'_, '_>, entry: &Entry<'_>, properties: &mut Node, key: &str) {
    let default = physical_name(&stack.template.stack, entry.name);
    if properties.get(key).is_none() {
        let name = stack.text(entry.pos, default.clone());
        set(properties, key, name);
    }
    let known = |key: &str| {
        properties.get(key).filter(|node| is_unknown(node).is_none()).and_then(Node::text)
    };
    let kind = match entry.kind {
        CLASSIC => "classic",
        _ => known("Type").unwrap_or("application"),
    };
    let Some(region) = stack.region.filter(|_| kind != "gateway") else { return };
    let seed = format!("{}/{}", stack.defaults.account, path(&stack.template.seed, entry.name));
    let name = known(key).unwrap_or(&default);
    let scheme = known("Scheme").unwrap_or_default();
    let dns_name = balancer_name(name, kind, scheme, region, &seed);
    let dns_name = stack.text(entry.pos, dns_name);
    set(properties, "DNSName", dns_name);
}

/// Sets a property.
fn set(properties: &mut Node, name: &str, value: Node) {
    if let Kind::Map(entries) = &mut properties.kind {
        let pos: Pos = value.pos;
        entries.retain(|(key, _)| key.text != name);
        entries.push((Key { text: name.to_owned(), pos }, value));
    } else {
        *properties = value::map(value.pos, [(name, value)]);
    }
}
