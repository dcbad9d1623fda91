//! Imports: resources that are there already and become a stack's, by a change set.
//!
//! Such a resource is found by its id, gets the tags of the stack's resources, and is changed in nothing else.

use std::collections::BTreeSet;

use super::{
    deploy::{Failure, evaluate, outputs, unused},
    draft::Draft,
    kind::{self, adopt},
    make::{self, Failed},
    tagging, validation,
    work::{Work, reason},
};
use crate::{
    api::{error::ApiError, parameter::Parameters},
    import::{
        foreign::cloudformation::deploy::{Evaluation, Wanted},
        text::node::Node,
    },
    model::stack::{ImportedResource, ResourceChange, Stack, StackResource},
};

/// The most resources of one import.
const MOST: usize = 200;

/// Reads `ResourcesToImport`.
///
/// # Errors
///
/// `ValidationError`.
pub(super) fn read(parameters: &mut Parameters) -> Result<Vec<ImportedResource>, ApiError> {
    super::take_empty(parameters, "ResourcesToImport")?;
    let found = parameters.structures("ResourcesToImport", |one| {
        let kind = one.required("ResourceType")?;
        let logical = one.required("LogicalResourceId")?;
        let identifier = one.structures("ResourceIdentifier.entry", |entry| {
            Ok((entry.required("key")?, entry.text("value")?.unwrap_or_default()))
        })?;
        Ok(ImportedResource { logical, kind, identifier })
    })?;
    if found.len() > MOST {
        return Err(validation(&format!("At most {MOST} resources are imported at once.")));
    }
    Ok(found)
}

/// Refuses an import that cannot be made of a template.
///
/// # Errors
///
/// `ValidationError`.
pub(super) fn check(
    root: &Node,
    stack: &Stack,
    imported: &[ImportedResource],
) -> Result<(), ApiError> {
    if imported.is_empty() {
        return Err(validation("ResourcesToImport must be specified for an import."));
    }
    let mut seen = BTreeSet::new();
    for it in imported {
        let ImportedResource { logical, kind, identifier } = it;
        if !seen.insert(logical) {
            return Err(validation(&format!("ResourcesToImport names {logical} twice.")));
        }
        let Some(name) = adopt::identifier(kind) else {
            return Err(validation(&format!(
                "ResourceTypes [{kind}] are not supported for Import"
            )));
        };
        if !matches!(identifier.as_slice(), [(key, value)] if key == name && !value.is_empty()) {
            return Err(validation(&format!(
                "Invalid resource identifier for {logical} of the type {kind}: {name} identifies it"
            )));
        }
        let resource = root.get("Resources").and_then(|it| it.get(logical));
        let written = resource.and_then(|it| it.get("Type")).and_then(Node::text);
        if written != Some(kind.as_str()) {
            return Err(validation(&format!(
                "ResourcesToImport names {logical} of the type {kind}, which the template does not have"
            )));
        }
        if resource.is_some_and(|it| it.get("DeletionPolicy").is_none()) {
            return Err(validation(&format!(
                "The following resources to import [{logical}] must have DeletionPolicy attribute specified in the \
                 template."
            )));
        }
        if stack.resources.iter().any(|held| held.logical == *logical) {
            return Err(validation(&format!("{logical} is in the stack already.")));
        }
    }
    Ok(())
}

/// Makes what a change set would do an import, which does nothing else.
///
/// # Errors
///
/// `ValidationError`.
pub(super) fn turn(
    changes: &mut [ResourceChange],
    imported: &[ImportedResource],
) -> Result<(), ApiError> {
    let is_made = |it: &ImportedResource| changes.iter().any(|made| made.logical == it.logical);
    if let Some(it) = imported.iter().find(|it| !is_made(it)) {
        return Err(validation(&format!(
            "ResourcesToImport names {}, which the template does not make.",
            it.logical
        )));
    }
    for change in changes {
        let it = imported.iter().find(|it| it.logical == change.logical);
        let Some(it) = it.filter(|_| change.action == "Add") else {
            return Err(validation(
                "As part of the import operation, you cannot modify or add [Resources] beside those to import.",
            ));
        };
        "Import".clone_into(&mut change.action);
        change.physical = it.identifier.first().map(|(_, value)| value.clone());
    }
    Ok(())
}

/// Gives a stack resources that are there already. What fails is told by the stack's status.
///
/// # Errors
///
/// `ValidationError`, if the template is refused as a whole.
pub(super) fn run(
    work: &mut Work<'_, '_>,
    draft: &mut Draft,
    root: &Node,
    imported: &[ImportedResource],
) -> Result<(), ApiError> {
    let mark = work.mark();
    let before = draft.stack.clone();
    draft.turn("IMPORT_IN_PROGRESS", Some("User Initiated"));
    let failure = evaluate(work, &before, root, |work, evaluation| {
        let mut resources = Vec::new();
        for wanted in evaluation.resources() {
            let held = before.resources.iter().find(|it| it.logical == wanted.name);
            if let Some(held) = held {
                evaluation.made(&wanted.name, kind::made(held));
                resources.push(held.clone());
                continue;
            }
            let Some(it) = imported.iter().find(|it| it.logical == wanted.name) else { continue };
            match one(work, draft, evaluation, &wanted, it) {
                Ok(resource) => resources.push(resource),
                Err(Failed(resource)) => return Some(Failure::of(&resource)),
            }
        }
        draft.stack.resources = resources;
        let told = outputs(work, &draft.stack, evaluation);
        draft.stack.imports = evaluation.imports();
        match told.and_then(|it| unused(work, &before, it)) {
            Ok(outputs) => {
                draft.stack.outputs = outputs;
                None
            }
            Err(failure) => Some(failure),
        }
    })?;
    match failure {
        None => draft.turn("IMPORT_COMPLETE", None),
        Some(failure) => {
            work.go_back(mark);
            draft.turn("IMPORT_ROLLBACK_IN_PROGRESS", Some(&failure.reason("import")));
            draft.stack.resources = before.resources;
            draft.stack.outputs = before.outputs;
            draft.stack.imports = before.imports;
            draft.turn("IMPORT_ROLLBACK_COMPLETE", None);
        }
    }
    Ok(())
}

/// Makes one resource the stack's.
fn one(
    work: &mut Work<'_, '_>,
    draft: &mut Draft,
    evaluation: &mut Evaluation<'_, '_>,
    wanted: &Wanted,
    imported: &ImportedResource,
) -> Result<StackResource, Failed> {
    let (properties, fault) = match evaluation.properties(&wanted.name) {
        Ok(properties) => (properties, None),
        Err(words) => (serde_json::Map::new(), Some(words)),
    };
    let mut resource = make::blank(wanted, properties);
    draft.happened(&mut resource, "IMPORT_IN_PROGRESS", Some("Resource import started."));
    let id = imported.identifier.first().map_or("", |(_, value)| value.as_str());
    let done = match fault {
        Some(words) => Err(words),
        None => take(work, draft, &mut resource, id),
    };
    match done {
        Ok(()) => {
            draft.happened(&mut resource, "IMPORT_COMPLETE", Some("Resource import completed."));
            evaluation.made(&wanted.name, kind::made(&resource));
            Ok(resource)
        }
        Err(words) => {
            draft.happened(&mut resource, "IMPORT_FAILED", Some(&words));
            Err(Failed(Box::new(resource)))
        }
    }
}

fn take(
    work: &mut Work<'_, '_>,
    draft: &Draft,
    resource: &mut StackResource,
    id: &str,
) -> Result<(), String> {
    let holds = |it: &StackResource| it.physical.as_deref() == Some(id) && it.kind == resource.kind;
    let holder = work.stacks().find(|it| it.is_living() && it.resources.iter().any(holds));
    if let Some(holder) = holder {
        return Err(format!("{id} already exists in stack {}", holder.arn()));
    }
    let service = kind::kind(&resource.kind).map_or("", |kind| kind.made_by.0);
    let told = |error: ApiError| reason(service, &error);
    let created = adopt::adopt(work, &resource.kind, id).map_err(told)?;
    resource.physical = Some(created.physical);
    resource.attributes = created.attributes;
    resource.tagged = created.tagged;
    if let Some(tagged) = &resource.tagged {
        tagging::mark_as_own(work, &draft.stack, &resource.logical, tagged).map_err(told)?;
    }
    Ok(())
}
