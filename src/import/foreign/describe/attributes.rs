//! `enableDnsSupport` and `enableDnsHostnames` of the VPCs: read from `describe-vpc-attribute`, otherwise inferred
//! or assumed.

use std::collections::{HashMap, HashSet};

use crate::import::{
    foreign::common::{Notes, Remark, Resource, value},
    text::node::{Key, Kind, Node, Pos},
};

/// The two attributes of one VPC, as far as the replies give them.
#[derive(Default)]
struct Attributes<'n> {
    support: Option<&'n Node>,
    hostnames: Option<&'n Node>,
    pos: Pos,
}

/// Adds `EnableDnsSupport` and `EnableDnsHostnames` to the VPCs that lack them. The values come from replies of
/// `describe-vpc-attribute`. For VPCs in `described`, they can also follow from other resources.
pub(in super::super) fn add(
    replies: &[&Node],
    described: &HashSet<String>,
    resources: &mut [Resource],
    notes: &mut Notes,
) {
    let mut attributes = HashMap::<&str, Attributes<'_>>::new();
    for root in replies.iter().copied().flat_map(super::pages) {
        let Some(vpc) = root.get("VpcId").and_then(Node::text) else { continue };
        let value = |key: &str| root.get(key).map(|it| it.get("Value").unwrap_or(it));
        let entry = attributes.entry(vpc).or_default();
        entry.pos = root.get("VpcId").map_or(root.pos, |node| node.pos);
        entry.support = value("EnableDnsSupport").or(entry.support);
        entry.hostnames = value("EnableDnsHostnames").or(entry.hostnames);
    }
    let signs = Signs::of(resources, replies);
    let is_vpc = |it: &&mut Resource| it.kind == "AWS::EC2::VPC";
    let mut known = HashSet::new();
    for vpc in resources.iter_mut().filter(is_vpc) {
        known.insert(vpc.id.clone());
        let states = |key: &str| vpc.properties.get(key).is_some();
        let (support, hostnames) = (states("EnableDnsSupport"), states("EnableDnsHostnames"));
        let nothing = Attributes::default();
        let of_vpc = attributes.get(vpc.id.as_str()).unwrap_or(&nothing);
        let pos = vpc.pos;
        if let Some(told) = of_vpc.support.filter(|_| !support) {
            put(vpc, "EnableDnsSupport", told.clone());
        } else if !support && described.contains(&vpc.id) {
            signs.support(vpc, notes);
        }
        match of_vpc.hostnames {
            _ if hostnames => {}
            Some(told) => put(vpc, "EnableDnsHostnames", told.clone()),
            None if !described.contains(&vpc.id) => {}
            None => {
                let on = signs.hostnames(vpc, notes);
                put(vpc, "EnableDnsHostnames", value::text(pos, on.to_string()));
            }
        }
    }
    for (id, attributes) in attributes.into_iter().filter(|(id, _)| !known.contains(*id)) {
        let message = format!("attributes of {id}: the VPC is not in the file");
        notes.add(attributes.pos, Remark::Skipped, message);
    }
}

fn put(resource: &mut Resource, key: &str, node: Node) {
    if let Kind::Map(entries) = &mut resource.properties.kind {
        entries.push((Key { text: key.to_owned(), pos: node.pos }, node));
    }
}

/// Resources that show which attributes a VPC has.
#[derive(Default)]
struct Signs<'r> {
    /// An endpoint with private DNS in each VPC that has one. AWS requires both attributes for it (P80).
    private: HashMap<String, String>,
    /// An instance with a public name in each VPC that has one.
    named: HashMap<&'r str, &'r str>,
    /// An instance with a public address but no public name in each VPC that has one.
    nameless: HashMap<&'r str, &'r str>,
    default: HashSet<String>,
}

impl<'r> Signs<'r> {
    fn of(resources: &[Resource], replies: &[&'r Node]) -> Self {
        let mut signs = Self::default();
        for resource in resources {
            let text = |key: &str| resource.properties.get(key).and_then(Node::text);
            let on = |key: &str| text(key) == Some("true");
            match resource.kind.as_str() {
                "AWS::EC2::VPCEndpoint"
                    if on("PrivateDnsEnabled") && text("VpcEndpointType") == Some("Interface") =>
                {
                    if let Some(vpc) = text("VpcId") {
                        signs.private.insert(vpc.to_owned(), resource.id.clone());
                    }
                }
                "AWS::EC2::VPC" if on("IsDefault") => {
                    signs.default.insert(resource.id.clone());
                }
                _ => {}
            }
        }
        let items = |node: &'r Node, key: &str| node.get(key).map_or(&[][..], Node::items).iter();
        let instances = replies
            .iter()
            .copied()
            .flat_map(super::pages)
            .flat_map(|root| items(root, "Reservations"))
            .flat_map(|reservation| items(reservation, "Instances"));
        for instance in instances {
            let text = |key: &str| instance.get(key).and_then(Node::text);
            let (Some(vpc), Some(id)) = (text("VpcId"), text("InstanceId")) else { continue };
            if text("PublicIpAddress").is_some() {
                let named = text("PublicDnsName").is_some_and(|name| !name.is_empty());
                let signs = if named { &mut signs.named } else { &mut signs.nameless };
                signs.insert(vpc, id);
            }
        }
        signs
    }

    fn support(&self, vpc: &Resource, notes: &mut Notes) {
        let (remark, why) = match self.private.get(&vpc.id) {
            Some(endpoint) => {
                (Remark::Inferred, format!("private DNS of {endpoint} is on and needs it"))
            }
            None => (Remark::Assumed, "no describe-vpc-attribute output says otherwise".to_owned()),
        };
        notes.add(vpc.pos, remark, format!("DNS support of {} is on: {why}", vpc.id));
    }

    fn hostnames(&self, vpc: &Resource, notes: &mut Notes) -> bool {
        let id = vpc.id.as_str();
        let (remark, on, why) = if let Some(endpoint) = self.private.get(id) {
            (Remark::Inferred, true, format!("private DNS of {endpoint} is on and needs them"))
        } else if let Some(instance) = self.named.get(id) {
            (Remark::Inferred, true, format!("{instance} has a public DNS name"))
        } else if let Some(instance) = self.nameless.get(id) {
            (Remark::Inferred, false, format!("{instance} has a public address without a DNS name"))
        } else if self.default.contains(id) {
            let why = "as in a default VPC; no describe-vpc-attribute output says otherwise";
            (Remark::Assumed, true, why.to_owned())
        } else {
            let why = "as in a new VPC; no describe-vpc-attribute output says otherwise";
            (Remark::Assumed, false, why.to_owned())
        };
        let state = if on { "on" } else { "off" };
        notes.add(vpc.pos, remark, format!("DNS hostnames of {id} are {state}: {why}"));
        on
    }
}
