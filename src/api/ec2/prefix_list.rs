//! The prefix lists that AWS manages, from the catalogue (G3). Customers' own lists are not built.

use super::Operation;
use crate::{
    api::{
        context::Context, error::ApiError, page::Page, parameter::Parameters,
        resource_id::ResourceId, shape::Fields,
    },
    catalog::{self, PrefixList, Region},
    model::{id::PrefixListId, world::Tags},
};

fn lists(context: &Context<'_>) -> Option<(&'static Region, &'static [PrefixList])> {
    let region = catalog::region(context.region)?;
    Some((region, catalog::prefix_lists(region)))
}

/// The lists of some ids, or all, that pass the filters.
fn chosen(
    context: &Context<'_>,
    ids: &[PrefixListId],
    page: &Page,
    known: &[&str],
) -> Result<Vec<(&'static Region, &'static PrefixList)>, ApiError> {
    page.check(known)?;
    let Some((region, lists)) = lists(context) else { return Ok(Vec::new()) };
    let wanted: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let lists = lists.iter().filter(|list| wanted.is_empty() || wanted.contains(&list.id));
    let lists = lists.filter(|list| {
        page.passes(&Tags::default(), |name| match name {
            "owner-id" => vec!["AWS".to_owned()],
            "prefix-list-id" => vec![list.id.clone()],
            "prefix-list-name" => vec![list.name.clone()],
            _ => Vec::new(),
        })
    });
    Ok(lists.map(|list| (region, list)).collect())
}

/// `DescribePrefixLists`.
pub(super) struct DescribePrefixLists {
    ids: Vec<PrefixListId>,
    page: Page,
}

impl Operation for DescribePrefixLists {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self { ids: parameters.ids("PrefixListId")?, page: Page::read(parameters)? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let known = ["prefix-list-id", "prefix-list-name"];
        let shown = chosen(context, &self.ids, &self.page, &known)?
            .into_iter()
            .map(|(_, list)| {
                let shown = Fields::new()
                    .set("prefixListId", &list.id)
                    .set("prefixListName", &list.name)
                    .texts("cidrSet", &list.cidrs);
                (list.id.clone(), shown)
            })
            .collect();
        Ok(self.page.reply("prefixListSet", shown))
    }
}

/// `DescribeManagedPrefixLists`.
pub(super) struct DescribeManagedPrefixLists {
    ids: Vec<PrefixListId>,
    page: Page,
}

impl Operation for DescribeManagedPrefixLists {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self { ids: parameters.ids("PrefixListId")?, page: Page::read(parameters)? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let known = ["owner-id", "prefix-list-id", "prefix-list-name"];
        let shown = chosen(context, &self.ids, &self.page, &known)?
            .into_iter()
            .map(|(region, list)| {
                let arn = format!(
                    "arn:{}:ec2:{}:aws:prefix-list/{}",
                    region.partition, region.name, list.id
                );
                let shown = Fields::new()
                    .set("prefixListId", &list.id)
                    .set("addressFamily", "IPv4")
                    .set("state", "create-complete")
                    .set("prefixListArn", arn)
                    .set("prefixListName", &list.name)
                    .tags(&Tags::default())
                    .set("ownerId", "AWS");
                (list.id.clone(), shown)
            })
            .collect();
        Ok(self.page.reply("prefixListSet", shown))
    }
}

/// `GetManagedPrefixListEntries`.
pub(super) struct GetManagedPrefixListEntries {
    id: PrefixListId,
    page: Page,
}

impl Operation for GetManagedPrefixListEntries {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self { id: parameters.required_id("PrefixListId")?, page: Page::read(parameters)? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        self.page.check(&[])?;
        let id = self.id.to_string();
        let list = lists(context)
            .and_then(|(_, lists)| lists.iter().find(|list| list.id == id))
            .ok_or_else(|| self.id.not_found())?;
        let entries = list.cidrs.iter().map(|cidr| {
            let order = match cidr.network() {
                std::net::IpAddr::V4(address) => u128::from(u32::from(address)),
                std::net::IpAddr::V6(address) => u128::from(address),
            };
            let key = format!("{order:032x}/{:03}", cidr.prefix());
            (key, Fields::new().set("cidr", cidr))
        });
        Ok(self.page.reply("entrySet", entries.collect()))
    }
}
