//! Nested stacks: resources of a stack that are stacks themselves, with templates at URLs.
//!
//! Knows what a nested stack takes from the stack above it, and what is told of it when that stack rolls back. How its
//! resources are made is the business of `deploy`, as for every stack.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{
    deploy::{self, OnFailure, Updating},
    draft::{Draft, STACK},
    kind,
    make::{Failed, blank, suffix},
    pace,
    parameters::{self, GivenValue},
    stack::{check_free, check_updatable},
    template::{self, Given},
    validation,
    work::Work,
};
use crate::{
    api::error::ApiError,
    import::{foreign::cloudformation::deploy::Wanted, text::node::Node},
    model::{
        stack::{Asked, Stack, StackOutput, StackResource},
        world::Tags,
    },
};

/// The longest name of a stack.
const LONGEST_NAME: usize = 128;

/// Whether a resource is a stack.
pub(super) fn is_nested(resource: &StackResource) -> bool {
    resource.kind == STACK && !resource.in_name
}

/// A parameter's value as text.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

fn texts(properties: &Map<String, Value>, name: &str) -> Vec<String> {
    properties.get(name).and_then(Value::as_array).into_iter().flatten().map(text).collect()
}

/// The template and what is asked of a nested stack. Where its template is not at its URL any more, the one it has counts.
fn asked(
    work: &mut Work<'_, '_>,
    above: &Stack,
    resource: &StackResource,
    held: Option<(&StackResource, &Stack)>,
) -> Result<(Node, Asked), ApiError> {
    let properties = &resource.properties;
    kind::NESTED.check(&resource.logical, properties).map_err(|words| validation(&words))?;
    let url = properties.get("TemplateURL").map(text).unwrap_or_default();
    let body = match (Given::Url(url).text(work.context), held) {
        (Ok(body), _) => body.unwrap_or_default(),
        (Err(_), Some((held, stack)))
            if held.properties.get("TemplateURL") == properties.get("TemplateURL") =>
        {
            stack.asked.template.clone()
        }
        (Err(error), _) => return Err(error),
    };
    let root = template::parse(&body)?;
    template::acknowledged(&root, &above.asked.capabilities)?;
    let given = properties.get("Parameters").and_then(Value::as_object).into_iter().flatten();
    let given: Vec<GivenValue> =
        given.map(|(key, value)| GivenValue::new(key, text(value))).collect();
    let timeout = properties.get("TimeoutInMinutes").map(text);
    let asked = Asked {
        description: template::description(&root),
        parameters: parameters::resolve(work, &root, &given, &[])?,
        template: body,
        tags: Tags(kind::all_tags(properties, &above.asked.tags)),
        capabilities: above.asked.capabilities.clone(),
        notification_arns: texts(properties, "NotificationARNs"),
        role: above.asked.role.clone(),
        timeout: timeout.and_then(|it| it.parse().ok()),
        disable_rollback: above.asked.disable_rollback,
        retain_except_on_create: above.asked.retain_except_on_create,
    };
    Ok((root, asked))
}

/// Whether the template at the URL of a nested stack differs from the one that the stack has.
pub(super) fn differs(
    work: &Work<'_, '_>,
    held: &StackResource,
    properties: &Map<String, Value>,
) -> bool {
    let stack = held.physical.as_deref().and_then(|arn| work.stack(arn));
    let url = properties.get("TemplateURL").map(text).unwrap_or_default();
    let there = Given::Url(url).text(work.context).ok().flatten();
    there.is_some_and(|there| stack.is_none_or(|stack| stack.asked.template != there))
}

/// What references to the outputs of a stack give.
fn attributes(outputs: &[StackOutput]) -> Map<String, Value> {
    let output = |it: &StackOutput| (format!("Outputs.{}", it.key), json!(it.value));
    outputs.iter().map(output).collect()
}

/// The name that AWS makes up.
fn name(above: &Stack, logical: &str) -> String {
    let suffix = suffix();
    let front: String = format!("{}-{logical}", above.name);
    let front: String = front.chars().take(LONGEST_NAME - suffix.len() - 1).collect();
    format!("{front}-{suffix}")
}

/// Makes a nested stack. One that fails stays, with what was made of it, until the stack above it is rolled back.
///
/// # Errors
///
/// AWS's words.
pub(super) fn create(
    work: &mut Work<'_, '_>,
    above: &mut Draft,
    resource: &mut StackResource,
) -> Result<(), String> {
    work.enter()?;
    let created = begin(work, above, resource).map_err(|error| error.message);
    work.leave();
    let failed = created?;
    let Some(reason) = failed else { return Ok(()) };
    let arn = resource.physical.as_deref().unwrap_or_default();
    Err(format!("Embedded stack {arn} was not successfully created: {reason}"))
}

/// Makes it. Gives the reason of its status, if that is a failure.
fn begin(
    work: &mut Work<'_, '_>,
    above: &mut Draft,
    resource: &mut StackResource,
) -> Result<Option<String>, ApiError> {
    let (root, asked) = asked(work, &above.stack, resource, None)?;
    let name = name(&above.stack, &resource.logical);
    check_free(work, &name, None)?;
    let mut draft = above.nested(work.context, &name, asked);
    deploy::create(work, &mut draft, &root, OnFailure::Nothing)?;
    above.follow(&draft);
    resource.physical = Some(draft.stack.arn());
    resource.attributes = attributes(&draft.stack.outputs);
    let failed = draft.stack.status != "CREATE_COMPLETE";
    let reason = failed.then(|| draft.stack.reason.clone().unwrap_or_default());
    work.keep(draft.stack)?;
    Ok(reason)
}

/// Makes a nested stack what its properties say. Gives the resource as it is then, and whether anything changed.
///
/// # Errors
///
/// The resource, with why it could not be changed.
pub(super) fn update(
    work: &mut Work<'_, '_>,
    above: &mut Draft,
    held: &StackResource,
    wanted: &Wanted,
    properties: Map<String, Value>,
) -> Result<(StackResource, bool), Failed> {
    let mut resource = StackResource {
        physical: held.physical.clone(),
        attributes: held.attributes.clone(),
        ..blank(wanted, properties)
    };
    let (mark, events) = (work.mark(), above.stack.events.len());
    above.after(&wanted.uses);
    above.happened(&mut resource, "UPDATE_IN_PROGRESS", None);
    let done = match work.enter() {
        Ok(()) => {
            let done = change(work, above, held, &mut resource);
            work.leave();
            done.map_err(|error| error.message).and_then(|it| it)
        }
        Err(words) => Err(words),
    };
    match done {
        Ok(false)
            if held.properties == resource.properties && held.metadata == resource.metadata =>
        {
            work.go_back(mark);
            above.stack.events.truncate(events);
            let kept = StackResource {
                deletion: resource.deletion,
                replacement: resource.replacement,
                ..held.clone()
            };
            let is_change = kept != *held;
            Ok((kept, is_change))
        }
        Ok(_) => {
            above.happened(&mut resource, "UPDATE_COMPLETE", None);
            above.ended(&wanted.name);
            Ok((resource, true))
        }
        Err(words) => {
            above.happened(&mut resource, "UPDATE_FAILED", Some(&words));
            above.ended(&wanted.name);
            Err(Failed(Box::new(resource)))
        }
    }
}

/// Changes it. Gives whether anything changed, or AWS's words if it was rolled back.
fn change(
    work: &mut Work<'_, '_>,
    above: &mut Draft,
    held: &StackResource,
    resource: &mut StackResource,
) -> Result<Result<bool, String>, ApiError> {
    let arn = held.physical.clone().unwrap_or_default();
    let stack = work.stack(&arn).filter(|stack| stack.is_living());
    let stack = stack.ok_or_else(|| super::no_such_stack(&arn))?;
    check_updatable(&stack, work.context.now)?;
    let (root, asked) = asked(work, &above.stack, resource, Some((held, &*stack)))?;
    let mut draft = above.beside(work.context, Stack::clone(&stack));
    let done = deploy::update(work, &mut draft, &root, asked, Updating::default())?;
    if !done.is_change {
        return Ok(Ok(false));
    }
    above.follow(&draft);
    resource.attributes = attributes(&draft.stack.outputs);
    let failed = draft.stack.status != "UPDATE_COMPLETE";
    let rolled_back = "UPDATE_ROLLBACK_IN_PROGRESS";
    let events = draft.stack.events.iter().rev();
    let reason = events.filter(|it| it.kind == STACK).find(|it| it.status == rolled_back);
    let reason = reason.and_then(|it| it.reason.clone()).unwrap_or_default();
    work.keep(draft.stack)?;
    if failed {
        return Ok(Err(format!(
            "Embedded stack {arn} was not successfully updated. Currently in {rolled_back} with reason: {reason}"
        )));
    }
    Ok(Ok(true))
}

/// Deletes a nested stack. What is left of one that could not be deleted is told by its status.
///
/// # Errors
///
/// AWS's words.
pub(super) fn delete(
    work: &mut Work<'_, '_>,
    above: &mut Draft,
    held: &StackResource,
) -> Result<(), String> {
    let Some(arn) = held.physical.as_deref() else { return Ok(()) };
    let Some(stack) = work.stack(arn).filter(|stack| stack.is_living()) else { return Ok(()) };
    let mut draft = above.beside(work.context, Stack::clone(&stack));
    deploy::delete(work, &mut draft, &[]);
    above.follow(&draft);
    let reason = draft.stack.reason.clone().unwrap_or_default();
    let failed = draft.stack.is_living();
    work.keep(draft.stack).map_err(|error| error.message)?;
    if failed {
        return Err(format!("Embedded stack {arn} was not successfully deleted: {reason}"));
    }
    Ok(())
}

/// The stacks below a stack, at all depths.
pub(super) fn below(work: &Work<'_, '_>, stack: &Stack) -> Vec<Arc<Stack>> {
    let (mut found, mut above) = (Vec::new(), vec![stack.arn()]);
    while let Some(arn) = above.pop() {
        for stack in work.stacks().filter(|it| it.parent.as_deref() == Some(&arn)) {
            above.push(stack.arn());
            found.push(Arc::clone(stack));
        }
    }
    found
}

/// Keeps what happened to the stacks below a stack whose World went back. Those that are not there any more were deleted.
///
/// # Errors
///
/// If another request was first.
pub(super) fn remember(
    work: &mut Work<'_, '_>,
    above: &mut Draft,
    below: Vec<Arc<Stack>>,
) -> Result<(), ApiError> {
    for was in below {
        let old = work.world().stacks.get(&was.id).cloned();
        let last = |stack: &Stack| stack.events.last().map(|event| event.id.clone());
        let stack = match &old {
            Some(old) if last(old) == last(&was) => continue,
            Some(old) => Stack { events: was.events.clone(), ..Stack::clone(old) },
            None => Stack::clone(&was),
        };
        let mut draft = above.beside(work.context, stack);
        let rolled_back = "UPDATE_ROLLBACK_COMPLETE";
        match old {
            None if was.is_living() => bury(&mut draft),
            None => {}
            // It went back by itself already.
            Some(_) if was.status == rolled_back => {
                rolled_back.clone_into(&mut draft.stack.status);
                draft.stack.reason.clone_from(&was.reason);
            }
            Some(_) => {
                draft.turn("UPDATE_ROLLBACK_IN_PROGRESS", None);
                draft.turn(rolled_back, None);
            }
        }
        above.follow(&draft);
        work.keep(draft.stack)?;
    }
    Ok(())
}

/// The events of a nested stack of which nothing is there any more.
fn bury(draft: &mut Draft) {
    draft.turn("DELETE_IN_PROGRESS", None);
    let mut resources = std::mem::take(&mut draft.stack.resources);
    for resource in resources.iter_mut().rev() {
        if resource.physical.is_some() {
            draft.happened(resource, "DELETE_IN_PROGRESS", None);
            draft.lasts(pace::deletion(&resource.kind));
        }
        draft.happened(resource, "DELETE_COMPLETE", None);
    }
    draft.stack.resources = resources;
    draft.stack.outputs.clear();
    draft.stack.imports.clear();
    draft.turn("DELETE_COMPLETE", None);
}
