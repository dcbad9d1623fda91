//! Network ACLs: the one that comes with each VPC and lets everything pass.

use super::Operation;
use crate::{
    api::{context::Context, error::ApiError, page::Page, parameter::Parameters, shape::Fields},
    model::{
        id::NetworkAclId,
        network_acl,
        vpc::Vpc,
        world::{Tags, World},
    },
};

/// One line of an ACL.
struct Entry {
    number: u32,
    egress: bool,
    allow: bool,
    v6: bool,
}

impl Entry {
    fn cidr(&self) -> &'static str {
        if self.v6 { "::/0" } else { "0.0.0.0/0" }
    }

    fn action(&self) -> &'static str {
        if self.allow { "allow" } else { "deny" }
    }

    fn fields(&self) -> Fields {
        let shown = Fields::new()
            .set("ruleNumber", self.number)
            .set("protocol", "-1")
            .set("ruleAction", self.action())
            .set("egress", self.egress);
        shown.set(if self.v6 { "ipv6CidrBlock" } else { "cidrBlock" }, self.cidr())
    }
}

/// The entries of a default ACL; those of IPv6 once the VPC has a range.
fn entries(vpc: &Vpc) -> Vec<Entry> {
    let mut entries = Vec::new();
    for egress in [true, false] {
        entries.push(Entry { number: 100, egress, allow: true, v6: false });
        entries.push(Entry { number: 32_767, egress, allow: false, v6: false });
        if !vpc.ipv6_cidrs.is_empty() {
            entries.push(Entry { number: 101, egress, allow: true, v6: true });
            entries.push(Entry { number: 32_768, egress, allow: false, v6: true });
        }
    }
    entries
}

fn fields(world: &World, vpc: &Vpc, tags: &Tags) -> Fields {
    let acl = network_acl::of(vpc.id);
    let associated = world.subnets_of(vpc.id).map(|subnet| {
        Fields::new()
            .set("networkAclAssociationId", network_acl::association(acl, subnet.id))
            .set("networkAclId", acl)
            .set("subnetId", subnet.id)
    });
    Fields::new()
        .set("networkAclId", acl)
        .set("vpcId", vpc.id)
        .set("ownerId", &vpc.owner)
        .set("default", true)
        .list("entrySet", entries(vpc).iter().map(Entry::fields))
        .list("associationSet", associated)
        .tags(tags)
}

/// `DescribeNetworkAcls`.
pub(super) struct DescribeNetworkAcls {
    ids: Vec<NetworkAclId>,
    page: Page,
}

impl Operation for DescribeNetworkAcls {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self { ids: parameters.ids("NetworkAclId")?, page: Page::read(parameters)? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        self.page.check(&[
            "association.association-id",
            "association.network-acl-id",
            "association.subnet-id",
            "default",
            "entry.cidr",
            "entry.egress",
            "entry.ipv6-cidr",
            "entry.protocol",
            "entry.rule-action",
            "entry.rule-number",
            "network-acl-id",
            "owner-id",
            "vpc-id",
        ])?;
        let world = context.world();
        let here: Vec<(NetworkAclId, &Vpc)> = world
            .vpcs
            .values()
            .filter(|it| context.is_home(it.region, &it.owner))
            .map(|vpc| (network_acl::of(vpc.id), &**vpc))
            .collect();
        let none = Tags::default();
        let shown = here
            .into_iter()
            .filter(|(acl, _)| self.ids.is_empty() || self.ids.contains(acl))
            .map(|(acl, vpc)| {
                let id = acl.to_string();
                let tags = world.derived_tags.get(&id).map_or(&none, |tags| tags);
                (id, vpc, tags)
            })
            .filter(|(_, vpc, tags)| self.page.passes(tags, |name| filter_values(world, vpc, name)))
            .map(|(id, vpc, tags)| (id, fields(world, vpc, tags)))
            .collect();
        Ok(self.page.reply("networkAclSet", shown))
    }
}

fn filter_values(world: &World, vpc: &Vpc, name: &str) -> Vec<String> {
    let acl = network_acl::of(vpc.id);
    let subnets = || world.subnets_of(vpc.id);
    let of_entries = |show: &dyn Fn(&Entry) -> String| entries(vpc).iter().map(show).collect();
    let of_family = |v6: bool| {
        let entries = entries(vpc).into_iter().filter(|entry| entry.v6 == v6);
        entries.map(|entry| entry.cidr().to_owned()).collect()
    };
    match name {
        "association.association-id" => {
            subnets().map(|subnet| network_acl::association(acl, subnet.id)).collect()
        }
        "association.network-acl-id" => subnets().map(|_| acl.to_string()).collect(),
        "association.subnet-id" => subnets().map(|subnet| subnet.id.to_string()).collect(),
        "default" => vec!["true".to_owned()],
        "entry.cidr" => of_family(false),
        "entry.egress" => of_entries(&|entry| entry.egress.to_string()),
        "entry.ipv6-cidr" => of_family(true),
        "entry.protocol" => vec!["-1".to_owned()],
        "entry.rule-action" => of_entries(&|entry| entry.action().to_owned()),
        "entry.rule-number" => of_entries(&|entry| entry.number.to_string()),
        "network-acl-id" => vec![acl.to_string()],
        "owner-id" => vec![vpc.owner.to_string()],
        "vpc-id" => vec![vpc.id.to_string()],
        _ => Vec::new(),
    }
}
