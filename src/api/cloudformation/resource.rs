//! The resources of a stack as replies show them.

use std::{borrow::Cow, sync::Arc};

use super::{Paging, describe::drift, no_stack, request, validation, work};
use crate::{
    api::{
        context::Context,
        error::ApiError,
        parameter::Parameters,
        service::Operation,
        shape::{Fields, Time},
    },
    model::stack::{Stack, StackResource},
};

/// The most resources that one reply without pages shows.
const MOST: usize = 100;

fn find<'c>(context: &'c Context<'_>, name: &str) -> Result<Cow<'c, Stack>, ApiError> {
    let found = work::find(context, context.world(), name).ok_or_else(|| no_stack(name))?;
    Ok(found.at(context.now))
}

/// What all replies show; `time` is the name of the time.
fn fields(resource: &StackResource, time: &'static str) -> Fields {
    Fields::new()
        .set("LogicalResourceId", &resource.logical)
        .maybe("PhysicalResourceId", resource.physical.as_ref())
        .set("ResourceType", &resource.kind)
        .set(time, Time::exact(resource.at))
        .set("ResourceStatus", &resource.status)
        .maybe("ResourceStatusReason", resource.reason.as_ref())
        .fields("DriftInformation", drift("StackResourceDriftStatus"))
}

fn with_stack(stack: &Stack, fields: Fields) -> Fields {
    let mut shown = Fields::new().set("StackName", &stack.name).set("StackId", stack.arn());
    shown.0.extend(fields.0);
    shown
}

/// `DescribeStackResource`.
pub(in crate::api) struct DescribeStackResource {
    name: String,
    logical: String,
}

impl Operation for DescribeStackResource {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self {
            name: request::name(parameters)?,
            logical: parameters.required("LogicalResourceId")?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let stack = work::find(context, context.world(), &self.name)
            .ok_or_else(|| validation(&format!("Stack '{}' does not exist", self.name)))?
            .at(context.now);
        let found = stack.resources.iter().find(|it| it.logical == self.logical);
        let resource = found.ok_or_else(|| {
            validation(&format!(
                "Resource {} does not exist for stack {}",
                self.logical, stack.name
            ))
        })?;
        let metadata = resource.metadata.as_deref().unwrap_or("{}");
        let shown = fields(resource, "LastUpdatedTimestamp").set("Metadata", metadata);
        Ok(Fields::new().fields("StackResourceDetail", with_stack(&stack, shown)))
    }
}

/// `DescribeStackResources`: those of a stack, or of the stack that has a physical id.
pub(in crate::api) struct DescribeStackResources {
    name: Option<String>,
    logical: Option<String>,
    physical: Option<String>,
}

impl Operation for DescribeStackResources {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self {
            name: parameters.text("StackName")?,
            logical: parameters.text("LogicalResourceId")?,
            physical: parameters.text("PhysicalResourceId")?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let stack = match (&self.name, &self.physical) {
            (Some(name), None) => find(context, name)?,
            (None, Some(id)) => {
                let holds = |stack: &&Arc<Stack>| {
                    let has = |it: &StackResource| it.physical.as_ref() == Some(id);
                    stack.is_living() && stack.resources.iter().any(has)
                };
                let mut all = work::own(context, context.world());
                all.find(holds)
                    .ok_or_else(|| validation(&format!("Stack for {id} does not exist")))?
                    .at(context.now)
            }
            (None, None) => {
                return Err(validation("Either StackName or PhysicalResourceId must be specified"));
            }
            (Some(_), Some(_)) => {
                return Err(validation(
                    "Both StackName and PhysicalResourceId cannot be specified",
                ));
            }
        };
        let wanted = |it: &&StackResource| {
            self.logical.as_ref().is_none_or(|logical| it.logical == *logical)
        };
        let mut found: Vec<&StackResource> = stack.resources.iter().filter(wanted).collect();
        found.sort_by(|one, other| one.logical.cmp(&other.logical));
        let shown = found.into_iter().take(MOST);
        let shown = shown.map(|it| with_stack(&stack, fields(it, "Timestamp")));
        Ok(Fields::new().list("StackResources", shown))
    }
}

/// `ListStackResources`.
pub(in crate::api) struct ListStackResources {
    name: String,
    paging: Paging,
}

impl Operation for ListStackResources {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self { name: request::name(parameters)?, paging: Paging::read(parameters)? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let stack = find(context, &self.name)?;
        let shown = |it: &StackResource| (it.logical.clone(), fields(it, "LastUpdatedTimestamp"));
        let mut all: Vec<_> = stack.resources.iter().map(shown).collect();
        all.sort_by(|(one, _), (other, _)| one.cmp(other));
        Ok(self.paging.reply("StackResourceSummaries", all))
    }
}
