//! Network ACLs: the one that comes with each VPC and lets everything pass.

use crate::{
    api::{
        context::Context,
        describe::{Describe, Filters, Listing, is_wanted, texts},
        error::ApiError,
        parameter::Parameters,
        shape::Fields,
    },
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
pub(super) type DescribeNetworkAcls = Listing<NetworkAcls>;

/// The network ACLs with these ids: one for each VPC.
pub(super) struct NetworkAcls(Vec<NetworkAclId>);

impl Describe for NetworkAcls {
    type Item<'c> = (NetworkAclId, &'c Vpc, Option<&'c Tags>);

    const LIST: &'static str = "networkAclSet";

    const FILTERS: Filters<Self> = &[
        ("association.association-id", |(acl, vpc, _), context| {
            let subnets = context.world().subnets_of(vpc.id);
            texts(subnets.map(|subnet| network_acl::association(*acl, subnet.id)))
        }),
        ("association.network-acl-id", |(acl, vpc, _), context| {
            texts(context.world().subnets_of(vpc.id).map(|_| acl))
        }),
        ("association.subnet-id", |(_, vpc, _), context| {
            texts(context.world().subnets_of(vpc.id).map(|subnet| subnet.id))
        }),
        ("default", |_, _| texts([true])),
        ("entry.cidr", |(_, vpc, _), _| {
            texts(entries(vpc).iter().filter(|entry| !entry.v6).map(Entry::cidr))
        }),
        ("entry.egress", |(_, vpc, _), _| texts(entries(vpc).iter().map(|entry| entry.egress))),
        ("entry.ipv6-cidr", |(_, vpc, _), _| {
            texts(entries(vpc).iter().filter(|entry| entry.v6).map(Entry::cidr))
        }),
        ("entry.protocol", |_, _| texts(["-1"])),
        ("entry.rule-action", |(_, vpc, _), _| texts(entries(vpc).iter().map(Entry::action))),
        ("entry.rule-number", |(_, vpc, _), _| {
            texts(entries(vpc).iter().map(|entry| entry.number))
        }),
        ("network-acl-id", |(acl, _, _), _| texts([acl])),
        ("owner-id", |(_, vpc, _), _| texts([&vpc.owner])),
        ("vpc-id", |(_, vpc, _), _| texts([vpc.id])),
        ("entry.icmp.code", |_, _| Vec::new()),
        ("entry.icmp.type", |_, _| Vec::new()),
        ("entry.port-range.from", |_, _| Vec::new()),
        ("entry.port-range.to", |_, _| Vec::new()),
    ];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.ids("NetworkAclId").map(Self)
    }

    fn items<'c>(&self, context: &'c Context<'_>) -> Result<Vec<Self::Item<'c>>, ApiError> {
        let world = context.world();
        Ok(context
            .all_own(&[], world.vpcs.keys())
            .into_iter()
            .map(|vpc| (network_acl::of(vpc.id), vpc))
            .filter(|(acl, _)| is_wanted(&self.0, acl))
            .map(|(acl, vpc)| {
                (acl, &**vpc, world.derived_tags.get(&acl.to_string()).map(|tags| &**tags))
            })
            .collect())
    }

    fn key((acl, ..): &Self::Item<'_>) -> String {
        acl.to_string()
    }

    fn tags<'i>((_, _, tags): &'i Self::Item<'_>) -> Option<&'i Tags> {
        *tags
    }

    fn fields(context: &Context<'_>, (_, vpc, tags): Self::Item<'_>) -> Fields {
        fields(context.world(), vpc, tags.unwrap_or(&Tags::default()))
    }
}
