//! Stacks and their events as replies show them.

use std::sync::Arc;

use super::{Paging, no_stack, no_such_stack, parameters, request, texts, work};
use crate::{
    api::{
        context::Context,
        error::ApiError,
        parameter::Parameters,
        service::Operation,
        shape::{Fields, Time, tag_list},
    },
    model::stack::{Asked, DELETED_STATUS, Stack, StackEvent, StackOutput},
};

/// The parameters of a stack or a change set.
pub(super) fn parameters(asked: &Asked) -> impl Iterator<Item = Fields> {
    asked.parameters.iter().map(|it| {
        let value = if it.no_echo { parameters::HIDDEN } else { &it.value };
        let resolved = it.resolved.as_deref().filter(|_| !it.no_echo);
        Fields::new()
            .set("ParameterKey", &it.key)
            .set("ParameterValue", value)
            .maybe("ResolvedValue", resolved)
    })
}

fn output(output: &StackOutput) -> Fields {
    Fields::new()
        .set("OutputKey", &output.key)
        .set("OutputValue", &output.value)
        .maybe("Description", output.description.as_ref())
        .maybe("ExportName", output.export.as_ref())
}

/// That nobody looked whether the resources are as the stack made them.
pub(super) fn drift(name: &'static str) -> Fields {
    Fields::new().set(name, "NOT_CHECKED")
}

fn fields(context: &Context<'_>, stack: &Stack) -> Fields {
    let stack = &*stack.at(context.now);
    let asked = &stack.asked;
    let shown = Fields::new()
        .set("StackId", stack.arn())
        .set("StackName", &stack.name)
        .maybe("ChangeSetId", stack.change_set.as_ref())
        .maybe("Description", asked.description.as_ref())
        .list("Parameters", parameters(asked))
        .set("CreationTime", Time::exact(stack.created))
        .maybe("DeletionTime", stack.deleted.map(Time::exact))
        .maybe("LastUpdatedTime", stack.updated.map(Time::exact))
        .fields("RollbackConfiguration", Fields::new())
        .set("StackStatus", &stack.status)
        .maybe("StackStatusReason", stack.reason.as_ref())
        .set("DisableRollback", asked.disable_rollback)
        .texts("NotificationARNs", &asked.notification_arns)
        .maybe("TimeoutInMinutes", asked.timeout);
    let shown = if asked.capabilities.is_empty() {
        shown
    } else {
        shown.texts("Capabilities", &asked.capabilities)
    };
    let shown = if stack.outputs.is_empty() {
        shown
    } else {
        shown.list("Outputs", stack.outputs.iter().map(output))
    };
    shown
        .maybe("RoleARN", asked.role.as_ref())
        .list("Tags", tag_list(&asked.tags))
        .set("EnableTerminationProtection", work::is_protected(context, context.world(), stack))
        .maybe("ParentId", stack.parent.as_ref())
        .maybe("RootId", stack.root.as_ref())
        .fields("DriftInformation", drift("StackDriftStatus"))
}

/// Stacks with the newest first, and their keys.
fn newest_first<'w>(stacks: impl Iterator<Item = &'w Arc<Stack>>) -> Vec<(String, &'w Arc<Stack>)> {
    let key = |stack: &Stack| format!("{:020}{}", u64::MAX - stack.created, stack.id);
    let mut keyed: Vec<_> = stacks.map(|stack| (key(stack), stack)).collect();
    keyed.sort_by(|(one, _), (other, _)| one.cmp(other));
    keyed
}

/// `DescribeStacks`.
pub(in crate::api) struct DescribeStacks {
    name: Option<String>,
    paging: Paging,
}

impl Operation for DescribeStacks {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let name = parameters.text("StackName")?.filter(|name| !name.is_empty());
        Ok(Self { name, paging: Paging::read(parameters)? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        if let Some(name) = &self.name {
            let stack = work::find(context, context.world(), name).ok_or_else(|| no_stack(name))?;
            return Ok(Fields::new().list("Stacks", [fields(context, stack)]));
        }
        let now = context.now;
        let all = work::own(context, context.world());
        let all = all.filter(|stack| stack.status_at(now) != DELETED_STATUS);
        let all = newest_first(all).into_iter().map(|(key, stack)| (key, fields(context, stack)));
        Ok(self.paging.reply("Stacks", all))
    }
}

/// `ListStacks`: the deleted ones among them.
pub(in crate::api) struct ListStacks {
    statuses: Vec<String>,
    paging: Paging,
}

impl Operation for ListStacks {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self {
            statuses: texts(parameters, "StackStatusFilter")?,
            paging: Paging::read(parameters)?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let all = work::own(context, context.world());
        let now = context.now;
        let is_asked = |status: &str| self.statuses.iter().any(|it| it == status);
        let all = all.filter(|it| self.statuses.is_empty() || is_asked(it.status_at(now)));
        let summary = |stack: &Stack| {
            let stack = &*stack.at(now);
            Fields::new()
                .set("StackId", stack.arn())
                .set("StackName", &stack.name)
                .maybe("TemplateDescription", stack.asked.description.as_ref())
                .set("CreationTime", Time::exact(stack.created))
                .maybe("LastUpdatedTime", stack.updated.map(Time::exact))
                .maybe("DeletionTime", stack.deleted.map(Time::exact))
                .set("StackStatus", &stack.status)
                .maybe("StackStatusReason", stack.reason.as_ref())
                .maybe("ParentId", stack.parent.as_ref())
                .maybe("RootId", stack.root.as_ref())
                .fields("DriftInformation", drift("StackDriftStatus"))
        };
        let all = newest_first(all).into_iter().map(|(key, stack)| (key, summary(stack)));
        Ok(self.paging.reply("StackSummaries", all))
    }
}

/// `DescribeStackEvents`: the newest first.
pub(in crate::api) struct DescribeStackEvents {
    name: String,
    paging: Paging,
}

impl Operation for DescribeStackEvents {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self { name: request::name(parameters)?, paging: Paging::read(parameters)? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let stack = work::find(context, context.world(), &self.name);
        let stack = stack.ok_or_else(|| no_such_stack(&self.name))?.at(context.now);
        let arn = stack.arn();
        let shown = |event: &StackEvent| {
            Fields::new()
                .set("StackId", &arn)
                .set("EventId", &event.id)
                .set("StackName", &stack.name)
                .set("LogicalResourceId", &event.logical)
                .maybe("PhysicalResourceId", event.physical.as_ref())
                .set("ResourceType", &event.kind)
                .set("Timestamp", Time::exact(event.at))
                .set("ResourceStatus", &event.status)
                .maybe("ResourceStatusReason", event.reason.as_ref())
                .maybe("ResourceProperties", event.properties.as_ref())
                .maybe("ClientRequestToken", event.token.as_ref())
        };
        // No two events of a stack have the same time.
        let events = stack.events.iter().rev();
        let keyed = events.map(|event| (format!("{:020}", u64::MAX - event.at), shown(event)));
        Ok(self.paging.reply("StackEvents", keyed))
    }
}
