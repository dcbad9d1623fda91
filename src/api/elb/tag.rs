//! Tags of Classic Load Balancers, which are named by their names.

use super::find;
use crate::{
    api::{
        balancing,
        context::Context,
        error::ApiError,
        parameter::Parameters,
        service::Operation,
        shape::{Fields, tag_list},
    },
    model::{
        load_balancer_change::{TagLoadBalancing, Tagged},
        world::Tags,
    },
};

fn names(parameters: &mut Parameters) -> Result<Vec<String>, ApiError> {
    parameters.required_list("LoadBalancerNames", 1..=20)
}

fn change(
    context: &Context<'_>,
    names: &[String],
    add: &Tags,
    remove: &[String],
) -> Result<Fields, ApiError> {
    let mut changes = Vec::with_capacity(names.len());
    for name in names {
        let resource = Tagged::Balancer(find(context, name)?.dns_name.clone());
        let change = TagLoadBalancing { resource, add: add.clone(), remove: remove.to_vec() };
        changes.push(change.into());
    }
    context.commit(&changes)?;
    Ok(Fields::new())
}

/// `AddTags`.
pub(in crate::api) struct AddTags(Vec<String>, Tags);

impl Operation for AddTags {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let (names, tags) = (names(parameters)?, balancing::tags(parameters)?);
        if tags.0.is_empty() {
            return Err(parameters.missing("Tags"));
        }
        Ok(Self(names, tags))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        change(context, &self.0, &self.1, &[])
    }
}

/// `RemoveTags`.
pub(in crate::api) struct RemoveTags(Vec<String>, Vec<String>);

impl Operation for RemoveTags {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let names = names(parameters)?;
        let keys = parameters.structures("Tags", |tag| tag.required("Key"))?;
        if keys.is_empty() {
            return Err(parameters.missing("Tags"));
        }
        Ok(Self(names, keys))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        change(context, &self.0, &Tags::default(), &self.1)
    }
}

/// `DescribeTags`.
pub(in crate::api) struct DescribeTags(Vec<String>);

impl Operation for DescribeTags {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        names(parameters).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let mut shown = Vec::with_capacity(self.0.len());
        for name in &self.0 {
            let tags = tag_list(&find(context, name)?.tags);
            shown.push(Fields::new().set("LoadBalancerName", name).list("Tags", tags));
        }
        Ok(Fields::new().list("TagDescriptions", shown))
    }
}
