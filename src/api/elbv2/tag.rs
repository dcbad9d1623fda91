//! Tags of load balancers, target groups, trust stores, listeners and rules.

use super::arn;
use crate::{
    api::{
        balancing::{self, validation},
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

/// The most resources of one request.
const MOST: usize = 20;

/// The caller's resource with an ARN, and its tags.
fn find<'c>(context: &'c Context<'_>, arn: &str) -> Result<(Tagged, &'c Tags), ApiError> {
    static NONE: Tags = Tags(Vec::new());
    let resource = arn.splitn(6, ':').nth(5).unwrap_or_default();
    match resource.split('/').next().unwrap_or_default() {
        "targetgroup" => {
            let group = arn::group(context, arn)?;
            Ok((Tagged::Group(group.id), &group.tags))
        }
        "truststore" => {
            let store = arn::trust_store(context, arn)?;
            Ok((Tagged::Trust(store.id), &store.tags))
        }
        "listener" => {
            let (balancer, listener) = arn::listener(context, arn)?;
            Ok((Tagged::Listener(balancer.dns_name.clone(), listener.id), &listener.tags))
        }
        "listener-rule" => {
            let (balancer, listener, id) = arn::rule(context, arn)?;
            let tags = listener.rules.iter().find(|it| it.id == id).map_or(&NONE, |it| &it.tags);
            Ok((Tagged::Rule(balancer.dns_name.clone(), listener.id, id), tags))
        }
        _ => {
            let balancer = arn::balancer(context, arn)?;
            Ok((Tagged::Balancer(balancer.dns_name.clone()), &balancer.tags))
        }
    }
}

fn arns(parameters: &mut Parameters) -> Result<Vec<String>, ApiError> {
    let arns = parameters.list("ResourceArns")?;
    if arns.is_empty() {
        return Err(parameters.missing("ResourceArns"));
    }
    if arns.len() > MOST {
        return Err(validation(format!("At most {MOST} resource ARNs can be specified")));
    }
    Ok(arns)
}

fn change(
    context: &Context<'_>,
    arns: &[String],
    add: &Tags,
    remove: &[String],
) -> Result<Fields, ApiError> {
    let mut changes = Vec::with_capacity(arns.len());
    for arn in arns {
        let (resource, _) = find(context, arn)?;
        let change = TagLoadBalancing { resource, add: add.clone(), remove: remove.to_vec() };
        changes.push(change.into());
    }
    context.commit(&changes)?;
    Ok(Fields::new())
}

/// What has tags under an ARN of the caller's.
///
/// # Errors
///
/// The `…NotFound` code of its type.
pub(in crate::api) fn tagged(context: &Context<'_>, arn: &str) -> Result<Tagged, ApiError> {
    find(context, arn).map(|(resource, _)| resource)
}

/// `AddTags`.
pub(in crate::api) struct AddTags(Vec<String>, Tags);

impl Operation for AddTags {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let (arns, tags) = (arns(parameters)?, balancing::tags(parameters)?);
        if tags.0.is_empty() {
            return Err(parameters.missing("Tags"));
        }
        Ok(Self(arns, tags))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        change(context, &self.0, &self.1, &[])
    }
}

/// `RemoveTags`.
pub(in crate::api) struct RemoveTags(Vec<String>, Vec<String>);

impl Operation for RemoveTags {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let (arns, keys) = (arns(parameters)?, parameters.list("TagKeys")?);
        if keys.is_empty() {
            return Err(parameters.missing("TagKeys"));
        }
        Ok(Self(arns, keys))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        change(context, &self.0, &Tags::default(), &self.1)
    }
}

/// `DescribeTags`.
pub(in crate::api) struct DescribeTags(Vec<String>);

impl Operation for DescribeTags {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        arns(parameters).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let mut shown = Vec::with_capacity(self.0.len());
        for arn in &self.0 {
            let (_, tags) = find(context, arn)?;
            shown.push(Fields::new().set("ResourceArn", arn).list("Tags", tag_list(tags)));
        }
        Ok(Fields::new().list("TagDescriptions", shown))
    }
}
