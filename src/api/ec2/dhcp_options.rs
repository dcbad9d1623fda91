//! DHCP option sets (H50 to H55).

use std::sync::Arc;

use super::Operation;
use crate::{
    api::{
        context::{Context, seed},
        error::ApiError,
        page::Page,
        parameter::Parameters,
        resource_id::ResourceId,
        shape::Fields,
    },
    model::{
        dhcp_options::{self, DhcpOptions, default_set},
        id::{DhcpOptionsId, VpcId},
        world::Tags,
    },
};

/// The caller's sets: the region's default one and those that were made.
fn sets(context: &Context<'_>) -> Vec<Arc<DhcpOptions>> {
    let world = context.world();
    let default = context.default_dhcp_options();
    let own = world
        .dhcp_options
        .values()
        .filter(|set| set.region == context.region && *set.owner == *context.account);
    own.cloned().chain([Arc::new(default)]).collect()
}

fn fields(set: &DhcpOptions) -> Fields {
    let configurations = set.configurations().into_iter().map(|(key, values)| {
        let values = values.into_iter().map(|value| Fields::new().set("value", value));
        Fields::new().set("key", key).list("valueSet", values)
    });
    Fields::new()
        .set("dhcpOptionsId", set.id)
        .set("ownerId", &set.owner)
        .list("dhcpConfigurationSet", configurations)
        .tags(&set.tags)
}

/// `CreateDhcpOptions`.
pub(super) struct CreateDhcpOptions {
    configurations: Vec<(String, Vec<String>)>,
    tags: Tags,
}

impl Operation for CreateDhcpOptions {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let configurations = parameters.structures("DhcpConfiguration", |configuration| {
            Ok((configuration.required("Key")?, configuration.list("Value")?))
        })?;
        if configurations.is_empty() {
            return Err(ApiError::missing("dhcpConfiguration"));
        }
        Ok(Self { configurations, tags: parameters.tag_specification("dhcp-options")? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let mut options = DhcpOptions {
            id: DhcpOptionsId::from_seed(seed()),
            tags: self.tags,
            region: context.region,
            owner: context.account.as_str().into(),
            domain_name: None,
            domain_name_servers: Vec::new(),
            others: Vec::new(),
        };
        for (key, values) in self.configurations {
            // A list may come as one value, with commas.
            let values = values.iter().flat_map(|value| {
                let parts: Vec<&str> =
                    if key == "domain-name" { vec![value] } else { value.split(',').collect() };
                parts.into_iter().map(|part| part.trim().into()).collect::<Vec<Arc<str>>>()
            });
            options.set(&key, values.collect())?;
        }
        let shown = fields(&options);
        context.commit(&[dhcp_options::CreateDhcpOptions { options }.into()])?;
        Ok(Fields::new().fields("dhcpOptions", shown))
    }
}

/// `DeleteDhcpOptions`.
pub(super) struct DeleteDhcpOptions {
    options: DhcpOptionsId,
}

impl Operation for DeleteDhcpOptions {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self { options: parameters.required_id("DhcpOptionsId")? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        if default_set(context.region, &context.account).id == self.options {
            return Err(ApiError::new(
                "OperationNotPermitted",
                format!("The dhcpOptions '{}' is the region's own and stays.", self.options),
            ));
        }
        context.commit(&[dhcp_options::DeleteDhcpOptions { options: self.options }.into()])?;
        Ok(Fields::done())
    }
}

/// `DescribeDhcpOptions`.
pub(super) struct DescribeDhcpOptions {
    ids: Vec<DhcpOptionsId>,
    page: Page,
}

impl Operation for DescribeDhcpOptions {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self { ids: parameters.ids("DhcpOptionsId")?, page: Page::read(parameters)? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        self.page.check(&["dhcp-options-id", "key", "owner-id", "value"])?;
        let shown = sets(context)
            .iter()
            .filter(|set| self.ids.is_empty() || self.ids.contains(&set.id))
            .filter(|set| {
                let all = set.configurations();
                self.page.passes(&set.tags, |name| match name {
                    "dhcp-options-id" => vec![set.id.to_string()],
                    "key" => all.iter().map(|(key, _)| (*key).to_owned()).collect(),
                    "value" => {
                        all.iter().flat_map(|(_, values)| values).map(ToString::to_string).collect()
                    }
                    _ => vec![set.owner.to_string()],
                })
            })
            .map(|set| (set.id.to_string(), fields(set)))
            .collect();
        Ok(self.page.reply("dhcpOptionsSet", shown))
    }
}

/// `AssociateDhcpOptions`; `default` is the region's own set.
pub(super) struct AssociateDhcpOptions {
    options: Option<DhcpOptionsId>,
    vpc: VpcId,
}

impl Operation for AssociateDhcpOptions {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let options = match parameters.required("DhcpOptionsId")?.as_str() {
            "default" => None,
            id => Some(parameters.note(DhcpOptionsId::read(id)?)),
        };
        Ok(Self { options, vpc: parameters.required_id("VpcId")? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let default = default_set(context.region, &context.account).id;
        let options = self.options.filter(|id| *id != default);
        context.commit(&[dhcp_options::AssociateDhcpOptions { options, vpc: self.vpc }.into()])?;
        Ok(Fields::done())
    }
}
