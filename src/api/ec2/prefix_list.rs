//! Prefix lists: AWS's own, from the catalogue (G3), and those of customers (PL1 to PL3).

use std::{net::IpAddr, sync::Arc};

use ipnetwork::IpNetwork;

use super::Operation;
use crate::{
    api::{
        context::{Context, seed},
        describe::{Describe, Filters, Listing, is_wanted, texts},
        error::ApiError,
        own::FoundList,
        parameter::Parameters,
        resource_id::ResourceId,
        shape::Fields,
    },
    catalog::{self, PrefixList},
    model::{
        id::PrefixListId,
        managed_prefix_list::{
            self as model, ManagedPrefixList, PrefixListEntry, PrefixListVersion,
        },
        world::Tags,
    },
};

fn lists(context: &Context<'_>) -> &'static [PrefixList] {
    catalog::region(context.region).map_or(&[], |region| catalog::prefix_lists(region))
}

/// AWS's lists with these ids, or all of them.
fn wanted(ids: &[PrefixListId], context: &Context<'_>) -> Vec<&'static PrefixList> {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    lists(context).iter().filter(|list| is_wanted(&ids, &list.id)).collect()
}

/// `DescribePrefixLists`: AWS's own.
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
    type Item<'c> = FoundList<'c>;

    const LIST: &'static str = "prefixListSet";

    const FILTERS: Filters<Self> = &[
        ("owner-id", |list, _| match list {
            FoundList::Aws(_) => texts(["AWS"]),
            FoundList::Own(list) => texts([&list.owner]),
        }),
        ("prefix-list-id", |list, _| texts([list.id()])),
        ("prefix-list-name", |list, _| match list {
            FoundList::Aws(list) => texts([&list.name]),
            FoundList::Own(list) => texts([&list.name]),
        }),
    ];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.ids("PrefixListId").map(Self)
    }

    fn items<'c>(&self, context: &'c Context<'_>) -> Result<Vec<Self::Item<'c>>, ApiError> {
        let own = context.world().prefix_lists.values();
        let own = own.filter(|list| context.is_home(list.region, &list.owner));
        let own = own.filter(|list| is_wanted(&self.0, &list.id)).map(FoundList::Own);
        Ok(wanted(&self.0, context).into_iter().map(FoundList::Aws).chain(own).collect())
    }

    fn key(list: &Self::Item<'_>) -> String {
        list.id()
    }

    fn tags<'i>(list: &'i Self::Item<'_>) -> Option<&'i Tags> {
        match list {
            FoundList::Aws(_) => None,
            FoundList::Own(list) => Some(&list.tags),
        }
    }

    fn fields(context: &Context<'_>, list: Self::Item<'_>) -> Fields {
        let list = match list {
            FoundList::Own(list) => return fields(list, state(list)),
            FoundList::Aws(list) => list,
        };
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

/// Why a deletion failed.
const STILL_NAMED: &str = "The prefix list has dependencies and cannot be deleted.";

fn state(list: &ManagedPrefixList) -> &'static str {
    match list {
        ManagedPrefixList { deletion_failed: true, .. } => "delete-failed",
        ManagedPrefixList { modified: true, .. } => "modify-complete",
        _ => "create-complete",
    }
}

/// A customer's list.
fn fields(list: &ManagedPrefixList, state: &str) -> Fields {
    let partition = catalog::partition_of(list.region);
    let arn = format!("arn:{partition}:ec2:{}:{}:prefix-list/{}", list.region, list.owner, list.id);
    Fields::new()
        .set("prefixListId", list.id)
        .set("addressFamily", list.family())
        .set("state", state)
        .maybe("stateMessage", (state == "delete-failed").then_some(STILL_NAMED))
        .set("prefixListArn", arn)
        .set("prefixListName", &list.name)
        .set("maxEntries", list.max_entries)
        .set("version", list.version())
        .tags(&list.tags)
        .set("ownerId", &list.owner)
}

fn read_cidr(given: &mut Parameters) -> Result<IpNetwork, ApiError> {
    let text = given.required("Cidr")?;
    text.parse().ok().filter(|_| text.contains('/')).ok_or_else(|| {
        ApiError::value(format!(
            "Value ({text}) for parameter Cidr is invalid. This is not a valid CIDR block."
        ))
    })
}

fn read_entries(parameters: &mut Parameters, name: &str) -> Result<Vec<PrefixListEntry>, ApiError> {
    parameters.structures(name, |given| {
        let cidr = read_cidr(given)?;
        let description = given.text("Description")?;
        if description.as_ref().is_some_and(|text| text.chars().count() > 255) {
            return Err(ApiError::value(
                "Value for parameter Description is invalid. It has at most 255 characters.",
            ));
        }
        Ok(PrefixListEntry { cidr, description: description.map(Into::into) })
    })
}

/// `CreateManagedPrefixList`.
pub(super) struct CreateManagedPrefixList {
    name: String,
    v6: bool,
    max_entries: u32,
    entries: Vec<PrefixListEntry>,
    tags: Tags,
}

impl Operation for CreateManagedPrefixList {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let name = parameters.required("PrefixListName")?;
        let max_entries = parameters.parsed("MaxEntries")?;
        let max_entries = max_entries.ok_or_else(|| ApiError::missing("MaxEntries"))?;
        let v6 = parameters.word("AddressFamily", &[("IPv4", false), ("IPv6", true)])?;
        Ok(Self {
            name,
            v6: v6.ok_or_else(|| ApiError::missing("AddressFamily"))?,
            max_entries,
            entries: read_entries(parameters, "Entry")?,
            tags: parameters.tag_specification("prefix-list")?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let list = ManagedPrefixList {
            id: PrefixListId::from_seed(seed()),
            tags: self.tags,
            name: self.name.into(),
            region: context.region,
            owner: context.account.as_str().into(),
            v6: self.v6,
            max_entries: self.max_entries,
            versions: vec![PrefixListVersion { number: 1, entries: self.entries }],
            modified: false,
            deletion_failed: false,
        };
        let id = list.id.to_string();
        let change = model::CreateManagedPrefixList { list }.into();
        let (id, after) = context.create("CreateManagedPrefixList", &id, vec![change])?;
        let id = PrefixListId::read(&id)?;
        let made = after.world.prefix_lists.get(&id).ok_or_else(|| id.not_found())?;
        Ok(Fields::new().fields("prefixList", fields(made, "create-in-progress")))
    }
}

/// The caller's list, which is not one of AWS's.
fn own<'c>(
    context: &'c Context<'_>,
    id: PrefixListId,
) -> Result<&'c Arc<ManagedPrefixList>, ApiError> {
    match context.own(id)? {
        FoundList::Own(list) => Ok(list),
        FoundList::Aws(_) => Err(ApiError::new(
            "UnauthorizedOperation",
            "You are not authorized to perform this operation.",
        )),
    }
}

/// `ModifyManagedPrefixList`.
pub(super) struct ModifyManagedPrefixList(model::ModifyManagedPrefixList);

impl Operation for ModifyManagedPrefixList {
    const WITHOUT_EFFECT: &'static [&'static str] = &["IpamPrefixListResolverSyncEnabled"];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self(model::ModifyManagedPrefixList {
            list: parameters.required_id("PrefixListId")?,
            current: parameters.parsed("CurrentVersion")?,
            name: parameters.text("PrefixListName")?.map(Into::into),
            max_entries: parameters.parsed("MaxEntries")?,
            add: read_entries(parameters, "AddEntry")?,
            remove: parameters.structures("RemoveEntry", read_cidr)?,
        }))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let id = own(context, self.0.list)?.id;
        let after = context.commit(&[self.0.into()])?;
        let made = after.world.prefix_lists.get(&id).ok_or_else(|| id.not_found())?;
        Ok(Fields::new().fields("prefixList", fields(made, "modify-in-progress")))
    }
}

/// `RestoreManagedPrefixListVersion`.
pub(super) struct RestoreManagedPrefixListVersion(model::RestoreManagedPrefixListVersion);

impl Operation for RestoreManagedPrefixListVersion {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let list = parameters.required_id("PrefixListId")?;
        let version = parameters.parsed("PreviousVersion")?;
        let current = parameters.parsed("CurrentVersion")?;
        Ok(Self(model::RestoreManagedPrefixListVersion {
            list,
            version: version.ok_or_else(|| ApiError::missing("PreviousVersion"))?,
            current: current.ok_or_else(|| ApiError::missing("CurrentVersion"))?,
        }))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let id = own(context, self.0.list)?.id;
        let after = context.commit(&[self.0.into()])?;
        let made = after.world.prefix_lists.get(&id).ok_or_else(|| id.not_found())?;
        Ok(Fields::new().fields("prefixList", fields(made, "restore-in-progress")))
    }
}

/// `DeleteManagedPrefixList`.
pub(super) struct DeleteManagedPrefixList {
    list: PrefixListId,
}

impl Operation for DeleteManagedPrefixList {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self { list: parameters.required_id("PrefixListId")? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let list = own(context, self.list)?;
        let shown = fields(list, "delete-in-progress");
        context.commit(&[model::DeleteManagedPrefixList { list: list.id }.into()])?;
        Ok(Fields::new().fields("prefixList", shown))
    }
}

/// `GetManagedPrefixListEntries`.
pub(super) type GetManagedPrefixListEntries = Listing<Entries>;

/// The entries of the prefix list with this id, in a version.
pub(super) struct Entries {
    list: PrefixListId,
    version: Option<u64>,
}

impl Describe for Entries {
    /// A range, and what its owner says of it.
    type Item<'c> = (IpNetwork, Option<&'c Arc<str>>);

    const LIST: &'static str = "entrySet";

    const FILTERS: Filters<Self> = &[];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let list = parameters.required_id("PrefixListId")?;
        Ok(Self { list, version: parameters.parsed("TargetVersion")? })
    }

    fn items<'c>(&self, context: &'c Context<'_>) -> Result<Vec<Self::Item<'c>>, ApiError> {
        match context.own(self.list)? {
            // AWS's lists have no versions.
            FoundList::Aws(list) => Ok(list.cidrs.iter().map(|cidr| (*cidr, None)).collect()),
            FoundList::Own(list) => {
                let entries = match self.version {
                    Some(version) => list.entries_of(version)?,
                    None => list.entries(),
                };
                Ok(entries.iter().map(|it| (it.cidr, it.description.as_ref())).collect())
            }
        }
    }

    fn key((cidr, _): &Self::Item<'_>) -> String {
        let order = match cidr.network() {
            IpAddr::V4(address) => u128::from(u32::from(address)),
            IpAddr::V6(address) => u128::from(address),
        };
        format!("{order:032x}/{:03}", cidr.prefix())
    }

    fn fields(_: &Context<'_>, (cidr, description): Self::Item<'_>) -> Fields {
        Fields::new().set("cidr", cidr).maybe("description", description)
    }
}
