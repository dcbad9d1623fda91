//! DHCP option sets (H50 to H55).

use std::sync::Arc;

use super::Operation;
use crate::{
    api::{
        context::{Context, seed},
        describe::{Describe, Filters, Listing, texts},
        error::ApiError,
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
            // It is there again with the next VPC, so that it is shown all the time.
            dhcp_options::check_unused(context.world(), self.options)?;
            return Ok(Fields::done());
        }
        context.commit(&[dhcp_options::DeleteDhcpOptions { options: self.options }.into()])?;
        Ok(Fields::done())
    }
}

/// `DescribeDhcpOptions`.
pub(super) type DescribeDhcpOptions = Listing<OptionSets>;

/// The DHCP option sets with these ids.
pub(super) struct OptionSets(Vec<DhcpOptionsId>);

impl Describe for OptionSets {
    type Item<'c> = Arc<DhcpOptions>;

    const LIST: &'static str = "dhcpOptionsSet";

    const FILTERS: Filters<Self> = &[
        ("dhcp-options-id", |set, _| texts([set.id])),
        ("key", |set, _| texts(set.configurations().iter().map(|(key, _)| key))),
        ("owner-id", |set, _| texts([&set.owner])),
        ("value", |set, _| texts(set.configurations().iter().flat_map(|(_, values)| values))),
    ];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.ids("DhcpOptionsId").map(Self)
    }

    fn items<'c>(&self, context: &'c Context<'_>) -> Result<Vec<Self::Item<'c>>, ApiError> {
        let default = context.default_dhcp_options().id;
        let everybodys = context.world().dhcp_options.keys().chain([&default]);
        Ok(context.all_own(&self.0, everybodys))
    }

    fn key(set: &Self::Item<'_>) -> String {
        set.id.to_string()
    }

    fn tags<'i>(set: &'i Self::Item<'_>) -> Option<&'i Tags> {
        Some(&set.tags)
    }

    fn fields(_: &Context<'_>, set: Self::Item<'_>) -> Fields {
        fields(&set)
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
