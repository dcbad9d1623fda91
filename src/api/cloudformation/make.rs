//! Makes, changes and deletes one resource of a stack, with its events.

use serde_json::{Map, Value};

use super::{
    draft::{Draft, STACK},
    kind::{self, Created, Fresh, Kind},
    nested, pace, tagging,
    work::{Work, reason},
};
use crate::{
    api::{
        context::{random, random_label},
        error::ApiError,
    },
    import::foreign::cloudformation::deploy::{Evaluation, Wanted},
    model::{stack::StackResource, world::Tags},
};

/// A policy that keeps a resource.
pub(super) fn retains(policy: Option<&str>) -> bool {
    matches!(policy, Some("Retain"))
}

/// A resource of which nothing is made yet.
pub(super) fn blank(wanted: &Wanted, properties: Map<String, Value>) -> StackResource {
    StackResource {
        logical: wanted.name.clone(),
        physical: None,
        kind: wanted.kind.clone(),
        status: String::new(),
        reason: None,
        at: 0,
        properties,
        attributes: Map::new(),
        tagged: None,
        in_name: false,
        deletion: wanted.deletion.clone(),
        replacement: wanted.replacement.clone(),
        metadata: wanted.metadata.clone(),
    }
}

/// The resource as it is after a failure: the reason is in its events.
pub(super) struct Failed(pub(super) Box<StackResource>);

/// Makes a resource.
///
/// # Errors
///
/// The resource, with why it could not be made.
pub(super) fn create(
    work: &mut Work<'_, '_>,
    draft: &mut Draft,
    evaluation: &mut Evaluation<'_, '_>,
    wanted: &Wanted,
    is_replacement: bool,
) -> Result<StackResource, Failed> {
    let evaluated = evaluation.properties(&wanted.name);
    let (properties, fault) = match evaluated {
        Ok(properties) => (properties, None),
        Err(words) => (Map::new(), Some(words)),
    };
    let mut resource = blank(wanted, properties);
    let verb = if is_replacement { "UPDATE" } else { "CREATE" };
    let why = is_replacement.then_some(
        "Requested update requires the creation of a new physical resource; hence creating one.",
    );
    draft.after(&wanted.uses);
    draft.happened(&mut resource, &format!("{verb}_IN_PROGRESS"), why);
    let made = match fault {
        Some(words) => Err(words),
        None => work.count().and_then(|()| made(work, draft, &mut resource)),
    };
    match made {
        Ok(note) => {
            draft.happened(
                &mut resource,
                &format!("{verb}_IN_PROGRESS"),
                Some("Resource creation Initiated"),
            );
            if !nested::is_nested(&resource) {
                draft.lasts(pace::creation(&resource.kind));
            }
            draft.happened(&mut resource, &format!("{verb}_COMPLETE"), note);
            draft.ended(&wanted.name);
            evaluation.made(&wanted.name, kind::made(&resource));
            Ok(resource)
        }
        Err(words) => {
            draft.happened(&mut resource, &format!("{verb}_FAILED"), Some(&words));
            draft.ended(&wanted.name);
            Err(Failed(Box::new(resource)))
        }
    }
}

/// What is said of a resource that exists in name only.
fn note(resource: &StackResource) -> Option<&'static str> {
    (resource.in_name && !kind::is_of_no_service(&resource.kind)).then_some(kind::NAMED)
}

/// Makes a resource by its type. Gives what its last event notes.
fn made(
    work: &mut Work<'_, '_>,
    draft: &mut Draft,
    resource: &mut StackResource,
) -> Result<Option<&'static str>, String> {
    if resource.kind == STACK {
        return nested::create(work, draft, resource).map(|()| None);
    }
    let Some(kind) = kind::kind(&resource.kind) else {
        if work.context.strict_stacks && !kind::is_of_no_service(&resource.kind) {
            return Err(format!(
                "vpcdns does not emulate {}, and the server was started with --strict-stacks",
                resource.kind
            ));
        }
        let fresh = Fresh {
            kind: &kind::NOTHING,
            logical: &resource.logical,
            stack: &draft.stack.name,
            properties: &resource.properties,
            tags: &draft.stack.asked.tags,
            suffix: suffix(),
        };
        let arn = draft.stack.arn();
        let partition = arn.split(':').nth(1).unwrap_or("aws");
        let home = (partition, work.context.region, work.context.account.as_str());
        let physical = kind::named_id(&resource.kind, &fresh, random(), home);
        resource.physical = Some(physical);
        resource.in_name = true;
        return Ok(note(resource));
    };
    kind.check(&resource.logical, &resource.properties)?;
    let fresh = fresh(kind, draft, &resource.logical, &resource.properties);
    // A resource is made by several requests. One that fails leaves nothing of those before it.
    let mark = work.mark();
    let created = (kind.create)(work, &fresh)
        .and_then(|created| mark_as_own(work, draft, &resource.logical, created));
    match created {
        Ok(created) => {
            resource.physical = Some(created.physical);
            resource.attributes = created.attributes;
            resource.tagged = created.tagged;
            Ok(None)
        }
        Err(error) => {
            work.go_back(mark);
            Err(reason(kind.made_by.0, &error))
        }
    }
}

fn fresh<'f>(
    kind: &'f Kind,
    draft: &'f Draft,
    logical: &'f str,
    properties: &'f Map<String, Value>,
) -> Fresh<'f> {
    let stack = &draft.stack;
    Fresh {
        kind,
        logical,
        stack: &stack.name,
        properties,
        tags: &stack.asked.tags,
        suffix: suffix(),
    }
}

/// The end of a name that AWS makes up.
pub(super) fn suffix() -> String {
    random_label(12).to_ascii_uppercase()
}

/// Adds the tags by which a resource tells whose it is.
fn mark_as_own(
    work: &mut Work<'_, '_>,
    draft: &Draft,
    logical: &str,
    created: Created,
) -> Result<Created, ApiError> {
    if let Some(id) = &created.tagged {
        tagging::mark_as_own(work, &draft.stack, logical, id)?;
    }
    Ok(created)
}

/// The names of the properties that differ.
pub(super) fn differences<'p>(
    before: &'p Map<String, Value>,
    after: &'p Map<String, Value>,
) -> Vec<&'p str> {
    let mut names: Vec<&str> = before.keys().chain(after.keys()).map(String::as_str).collect();
    names.sort_unstable();
    names.dedup();
    names.retain(|name| before.get(*name) != after.get(*name));
    names
}

/// Whether a resource is replaced when these of its properties change.
pub(super) fn replaces(
    held: &StackResource,
    differences: &[&str],
    after: &Map<String, Value>,
) -> bool {
    let replaces = |kind: &Kind| {
        let value = |name: &str| (held.properties.get(name), after.get(name));
        differences.iter().any(|name| kind.replaces(name, value(name)))
    };
    !held.in_name && kind::kind(&held.kind).is_some_and(replaces)
}

/// Changes a resource in place.
///
/// # Errors
///
/// The resource, with why it could not be changed.
pub(super) fn update(
    work: &mut Work<'_, '_>,
    draft: &mut Draft,
    held: &StackResource,
    wanted: &Wanted,
    properties: Map<String, Value>,
    old_tags: &Tags,
) -> Result<StackResource, Failed> {
    let mut resource = StackResource {
        physical: held.physical.clone(),
        attributes: held.attributes.clone(),
        tagged: held.tagged.clone(),
        in_name: held.in_name,
        ..blank(wanted, properties)
    };
    draft.after(&wanted.uses);
    draft.happened(&mut resource, "UPDATE_IN_PROGRESS", None);
    let done = changed(work, draft, held, &resource, old_tags);
    let mut attributes = work.take_attributes();
    match done {
        Ok(()) => {
            resource.attributes.append(&mut attributes);
            let note = note(&resource);
            draft.lasts(pace::update(&resource.kind));
            draft.happened(&mut resource, "UPDATE_COMPLETE", note);
            draft.ended(&wanted.name);
            Ok(resource)
        }
        Err(words) => {
            draft.happened(&mut resource, "UPDATE_FAILED", Some(&words));
            draft.ended(&wanted.name);
            Err(Failed(Box::new(resource)))
        }
    }
}

fn changed(
    work: &mut Work<'_, '_>,
    draft: &Draft,
    held: &StackResource,
    resource: &StackResource,
    old_tags: &Tags,
) -> Result<(), String> {
    let Some(kind) = kind::kind(&resource.kind).filter(|_| !held.in_name) else { return Ok(()) };
    kind.check(&resource.logical, &resource.properties)?;
    let fresh = fresh(kind, draft, &resource.logical, &resource.properties);
    let mark = work.mark();
    let names = differences(&held.properties, &resource.properties);
    let done = if names.iter().any(|name| !kind::is_tags(name)) {
        (kind.update)(work, held, &fresh)
    } else {
        Ok(())
    };
    let done = done.and_then(|()| retag(work, held, &fresh, old_tags));
    done.map_err(|error| {
        work.go_back(mark);
        reason(kind.made_by.0, &error)
    })
}

/// Gives a resource the tags that its template and its stack have now.
fn retag(
    work: &mut Work<'_, '_>,
    held: &StackResource,
    fresh: &Fresh<'_>,
    old_tags: &Tags,
) -> Result<(), ApiError> {
    let Some(id) = &held.tagged else { return Ok(()) };
    let before = kind::all_tags(&held.properties, old_tags);
    let after = fresh.all_tags();
    let gone: Vec<&str> = before
        .iter()
        .map(|(key, _)| key.as_str())
        .filter(|key| !after.iter().any(|(other, _)| other == key))
        .collect();
    let new: Vec<_> = after.into_iter().filter(|tag| !before.contains(tag)).collect();
    tagging::retag(work, id, &gone, &new)
}

/// Whether a refusal says that there is nothing to delete.
fn is_gone(code: &str) -> bool {
    ["NotFound", "NoSuch", ".Unknown", "NotAttached"].iter().any(|part| code.contains(part))
}

/// Deletes a resource. One that is gone already counts as deleted.
///
/// # Errors
///
/// AWS's words.
fn deleted(work: &mut Work<'_, '_>, draft: &mut Draft, held: &StackResource) -> Result<(), String> {
    if held.in_name || held.physical.is_none() {
        return Ok(());
    }
    if nested::is_nested(held) {
        return nested::delete(work, draft, held);
    }
    let Some(kind) = kind::kind(&held.kind) else { return Ok(()) };
    let mark = work.mark();
    match (kind.delete)(work, held) {
        Ok(()) => Ok(()),
        Err(error) if is_gone(&error.code) => {
            work.go_back(mark);
            Ok(())
        }
        Err(error) => {
            work.go_back(mark);
            Err(reason(kind.made_by.0, &error))
        }
    }
}

/// Deletes resources, the last first. What cannot be deleted yet is tried again after the others. Gives the resources that
/// are still there, with their events.
pub(super) fn delete_all(
    work: &mut Work<'_, '_>,
    draft: &mut Draft,
    resources: &mut [StackResource],
    is_kept: impl Fn(&StackResource) -> bool,
) -> Vec<String> {
    let mut left: Vec<usize> = Vec::new();
    for (index, resource) in resources.iter_mut().enumerate().rev() {
        if resource.status == "DELETE_COMPLETE" || resource.status == "DELETE_SKIPPED" {
            continue;
        }
        if is_kept(resource) {
            draft.happened(resource, "DELETE_SKIPPED", None);
        } else {
            left.push(index);
        }
    }
    let mut words: Vec<(usize, String)>;
    let mut begun = Vec::new();
    loop {
        words = Vec::new();
        let before = left.len();
        left.retain(|index| {
            let Some(resource) = resources.get_mut(*index) else { return false };
            if !begun.contains(index) {
                draft.happened(resource, "DELETE_IN_PROGRESS", None);
                begun.push(*index);
            }
            match deleted(work, draft, resource) {
                Ok(()) => {
                    if !nested::is_nested(resource) {
                        draft.lasts(pace::deletion(&resource.kind));
                    }
                    draft.happened(resource, "DELETE_COMPLETE", None);
                    false
                }
                Err(why) => {
                    words.push((*index, why));
                    true
                }
            }
        });
        if left.is_empty() || left.len() == before {
            break;
        }
    }
    let mut failed = Vec::new();
    for (index, why) in words {
        if let Some(resource) = resources.get_mut(index) {
            draft.happened(resource, "DELETE_FAILED", Some(&why));
            failed.push(resource.logical.clone());
        }
    }
    failed
}
