//! The prefix lists that AWS manages, from the catalogue (G3). Customers' own lists are not built.

use std::net::IpAddr;

use ipnetwork::IpNetwork;

use crate::{
    api::{
        context::Context,
        describe::{Describe, Filters, Listing, is_wanted, texts},
        error::ApiError,
        parameter::Parameters,
        shape::Fields,
    },
    catalog::{self, PrefixList},
    model::{id::PrefixListId, world::Tags},
};

fn lists(context: &Context<'_>) -> &'static [PrefixList] {
    catalog::region(context.region).map_or(&[], |region| catalog::prefix_lists(region))
}

/// The lists with these ids, or all of them.
fn wanted(ids: &[PrefixListId], context: &Context<'_>) -> Vec<&'static PrefixList> {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    lists(context).iter().filter(|list| is_wanted(&ids, &list.id)).collect()
}

/// `DescribePrefixLists`.
pub(super) type DescribePrefixLists = Listing<PrefixLists>;

/// The prefix lists with these ids.
pub(super) struct PrefixLists(Vec<PrefixListId>);

impl Describe for PrefixLists {
    type Item<'c> = &'static PrefixList;

    const LIST: &'static str = "prefixListSet";

    const FILTERS: Filters<Self> = &[
        ("prefix-list-id", |list, _| texts([&list.id])),
        ("prefix-list-name", |list, _| texts([&list.name])),
    ];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.ids("PrefixListId").map(Self)
    }

    fn items<'c>(&self, context: &'c Context<'_>) -> Result<Vec<Self::Item<'c>>, ApiError> {
        Ok(wanted(&self.0, context))
    }

    fn key(list: &Self::Item<'_>) -> String {
        list.id.clone()
    }

    fn fields(_: &Context<'_>, list: Self::Item<'_>) -> Fields {
        Fields::new()
            .set("prefixListId", &list.id)
            .set("prefixListName", &list.name)
            .texts("cidrSet", &list.cidrs)
    }
}

/// `DescribeManagedPrefixLists`.
pub(super) type DescribeManagedPrefixLists = Listing<ManagedPrefixLists>;

/// The prefix lists with these ids.
pub(super) struct ManagedPrefixLists(Vec<PrefixListId>);

impl Describe for ManagedPrefixLists {
    type Item<'c> = &'static PrefixList;

    const LIST: &'static str = "prefixListSet";

    const FILTERS: Filters<Self> = &[
        ("owner-id", |_, _| texts(["AWS"])),
        ("prefix-list-id", |list, _| texts([&list.id])),
        ("prefix-list-name", |list, _| texts([&list.name])),
    ];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.ids("PrefixListId").map(Self)
    }

    fn items<'c>(&self, context: &'c Context<'_>) -> Result<Vec<Self::Item<'c>>, ApiError> {
        Ok(wanted(&self.0, context))
    }

    fn key(list: &Self::Item<'_>) -> String {
        list.id.clone()
    }

    fn fields(context: &Context<'_>, list: Self::Item<'_>) -> Fields {
        let partition = catalog::partition_of(context.region);
        let arn = format!("arn:{partition}:ec2:{}:aws:prefix-list/{}", context.region, list.id);
        Fields::new()
            .set("prefixListId", &list.id)
            .set("addressFamily", "IPv4")
            .set("state", "create-complete")
            .set("prefixListArn", arn)
            .set("prefixListName", &list.name)
            .tags(&Tags::default())
            .set("ownerId", "AWS")
    }
}

/// `GetManagedPrefixListEntries`.
pub(super) type GetManagedPrefixListEntries = Listing<Entries>;

/// The entries of the prefix list with this id.
pub(super) struct Entries(PrefixListId);

impl Describe for Entries {
    // AWS's lists have no versions.
    const WITHOUT_EFFECT: &'static [&'static str] = &["TargetVersion"];

    type Item<'c> = &'static IpNetwork;

    const LIST: &'static str = "entrySet";

    const FILTERS: Filters<Self> = &[];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.required_id("PrefixListId").map(Self)
    }

    fn items<'c>(&self, context: &'c Context<'_>) -> Result<Vec<Self::Item<'c>>, ApiError> {
        context.own(self.0).map(|list| list.cidrs.iter().collect())
    }

    fn key(cidr: &Self::Item<'_>) -> String {
        let order = match cidr.network() {
            IpAddr::V4(address) => u128::from(u32::from(address)),
            IpAddr::V6(address) => u128::from(address),
        };
        format!("{order:032x}/{:03}", cidr.prefix())
    }

    fn fields(_: &Context<'_>, cidr: Self::Item<'_>) -> Fields {
        Fields::new().set("cidr", cidr)
    }
}
