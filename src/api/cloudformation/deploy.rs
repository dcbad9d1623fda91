//! Creates, updates and deletes a whole stack, and rolls back what fails.

use std::collections::{BTreeMap, HashMap};

use super::{
    draft::Draft,
    kind,
    make::{self, Failed},
    nested, pace, parameters,
    stack_policy::{Deed, StackPolicy},
    validation,
    work::{Mark, Work},
};
use crate::{
    api::error::ApiError,
    import::{
        foreign::cloudformation::deploy::{Evaluation, Given, Output, Wanted, deploy},
        text::node::Node,
    },
    model::{
        stack::{Asked, Stack, StackOutput, StackResource},
        world::Tags,
    },
};

/// What happens to what was made when something fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OnFailure {
    /// It is deleted, and the stack stays as a draft.
    RollBack,
    /// It is deleted, and the stack with it.
    Delete,
    /// It stays.
    Nothing,
}

/// What is said of a stack that fails.
pub(super) struct Failure {
    /// The resource.
    name: Option<String>,
    /// The words, where no resource failed.
    words: Option<String>,
}

impl Failure {
    pub(super) fn of(resource: &StackResource) -> Self {
        Self { name: Some(resource.logical.clone()), words: None }
    }

    fn whole(words: String) -> Self {
        Self { name: None, words: Some(words) }
    }

    /// The reason; `verb` is what was tried.
    pub(super) fn reason(&self, verb: &str) -> String {
        match (&self.name, &self.words) {
            (Some(name), _) => format!("The following resource(s) failed to {verb}: [{name}]. "),
            (None, Some(words)) => format!("{words} "),
            (None, None) => String::new(),
        }
    }
}

/// What the caller's stacks export in the region, without those of one.
pub(super) fn exports(work: &Work<'_, '_>, except: &Stack) -> BTreeMap<String, String> {
    let others = work.stacks().filter(|stack| stack.is_living() && stack.id != except.id);
    let outputs = others.flat_map(|stack| &stack.outputs);
    outputs.filter_map(|it| Some((it.export.clone()?, it.value.clone()))).collect()
}

/// The values of the parameters, as references give them.
fn values(asked: &Asked) -> Vec<(String, String)> {
    let value = |it: &crate::model::stack::StackParameter| {
        (it.key.clone(), it.resolved.clone().unwrap_or_else(|| it.value.clone()))
    };
    asked.parameters.iter().map(value).collect()
}

/// Evaluates a stack's template step by step.
///
/// # Errors
///
/// `ValidationError`, if the template is refused as a whole.
pub(super) fn evaluate<T>(
    work: &mut Work<'_, '_>,
    stack: &Stack,
    root: &Node,
    then: impl FnOnce(&mut Work<'_, '_>, &mut Evaluation<'_, '_>) -> T,
) -> Result<T, ApiError> {
    let exports = exports(work, stack);
    let resolved = parameters::dynamic(work, &stack.asked.template)?;
    let arn = stack.arn();
    let given = Given {
        stack: &stack.name,
        stack_id: &arn,
        region: stack.region,
        account: &stack.owner,
        parameters: values(&stack.asked),
        exports: &exports,
        resolved: &resolved,
    };
    deploy(root, &given, |evaluation| then(work, evaluation)).map_err(|words| validation(&words))
}

fn output(output: Output) -> StackOutput {
    let Output { key, value, description, export } = output;
    StackOutput { key, value, description, export }
}

/// The outputs, unless an export has a name that another stack's has.
pub(super) fn outputs(
    work: &Work<'_, '_>,
    stack: &Stack,
    evaluation: &mut Evaluation<'_, '_>,
) -> Result<Vec<StackOutput>, Failure> {
    let outputs = evaluation.outputs().map_err(Failure::whole)?;
    let others: Vec<_> = work.stacks().filter(|it| it.is_living() && it.id != stack.id).collect();
    for name in outputs.iter().filter_map(|it| it.export.as_ref()) {
        let holds = |it: &StackOutput| it.export.as_ref() == Some(name);
        if let Some(holder) = others.iter().find(|it| it.outputs.iter().any(holds)) {
            return Err(Failure::whole(format!(
                "Export with name {name} is already exported by stack {}.",
                holder.name
            )));
        }
    }
    Ok(outputs.into_iter().map(output).collect())
}

/// Creates the resources of a stack. What fails is told by the stack's status.
///
/// # Errors
///
/// `ValidationError`, if the template is refused as a whole.
pub(super) fn create(
    work: &mut Work<'_, '_>,
    draft: &mut Draft,
    root: &Node,
    on_failure: OnFailure,
) -> Result<(), ApiError> {
    let mark = work.mark();
    let stack = draft.stack.clone();
    draft.turn("CREATE_IN_PROGRESS", Some("User Initiated"));
    let failure = evaluate(work, &stack, root, |work, evaluation| {
        for wanted in evaluation.resources() {
            let made = make::create(work, draft, evaluation, &wanted, false);
            match made {
                Ok(resource) => draft.stack.resources.push(resource),
                Err(Failed(resource)) => {
                    let failure = Failure::of(&resource);
                    draft.stack.resources.push(*resource);
                    return Some(failure);
                }
            }
        }
        let told = outputs(work, &draft.stack, evaluation);
        draft.stack.imports = evaluation.imports();
        match told {
            Ok(outputs) => {
                draft.stack.outputs = outputs;
                None
            }
            Err(failure) => Some(failure),
        }
    })?;
    let Some(failure) = failure else {
        draft.turn("CREATE_COMPLETE", None);
        return Ok(());
    };
    let reason = failure.reason("create");
    match on_failure {
        OnFailure::Nothing => draft.turn("CREATE_FAILED", Some(&reason)),
        OnFailure::RollBack => {
            let reason = format!("{reason}Rollback requested by user.");
            draft.turn("ROLLBACK_IN_PROGRESS", Some(&reason));
            let left = roll_back(work, draft, mark)?;
            end(draft, "ROLLBACK", &left);
        }
        OnFailure::Delete => {
            let reason = format!("{reason}Delete requested by user.");
            draft.turn("DELETE_IN_PROGRESS", Some(&reason));
            let left = roll_back(work, draft, mark)?;
            end(draft, "DELETE", &left);
        }
    }
    Ok(())
}

/// Ends what took resources away; `left` are those that could not be deleted.
fn end(draft: &mut Draft, what: &str, left: &[String]) {
    if left.is_empty() {
        draft.turn(&format!("{what}_COMPLETE"), None);
        return;
    }
    let reason = format!("The following resource(s) failed to delete: [{}]. ", left.join(", "));
    draft.turn(&format!("{what}_FAILED"), Some(&reason));
}

/// Takes away what was made of a new stack. Where nothing is to be kept, the World is as it was before. Gives what could not be
/// deleted.
fn roll_back(
    work: &mut Work<'_, '_>,
    draft: &mut Draft,
    mark: Mark,
) -> Result<Vec<String>, ApiError> {
    let keeps = !draft.stack.asked.retain_except_on_create;
    let mut resources = std::mem::take(&mut draft.stack.resources);
    let is_kept = |it: &StackResource| {
        keeps && make::retains(it.deletion.as_deref()) && it.physical.is_some()
    };
    let below = nested::below(work, &draft.stack);
    let mut all = resources.iter().chain(below.iter().flat_map(|stack| &stack.resources));
    let any_kept = all.any(is_kept);
    let mut left = Vec::new();
    if any_kept {
        left = make::delete_all(work, draft, &mut resources, is_kept);
    } else {
        work.go_back(mark);
        for resource in resources.iter_mut().rev() {
            if resource.physical.is_some() {
                draft.happened(resource, "DELETE_IN_PROGRESS", None);
                draft.lasts(pace::deletion(&resource.kind));
            }
            draft.happened(resource, "DELETE_COMPLETE", None);
        }
        nested::remember(work, draft, below)?;
    }
    draft.stack.resources = resources;
    draft.stack.outputs.clear();
    draft.stack.imports.clear();
    Ok(left)
}

/// Deletes a stack. What cannot be deleted is told by its status.
pub(super) fn delete(work: &mut Work<'_, '_>, draft: &mut Draft, retained: &[String]) {
    draft.turn("DELETE_IN_PROGRESS", Some("User Initiated"));
    let exported = draft.stack.outputs.iter().filter_map(|it| it.export.clone());
    let in_use = exported.into_iter().find_map(|name| {
        let mut others = work.stacks().filter(|it| it.is_living() && it.id != draft.stack.id);
        let user = others.find(|it| it.imports.contains(&name))?;
        Some((name, user.name.clone()))
    });
    if let Some((name, user)) = in_use {
        let reason =
            format!("Delete canceled. Cannot delete export {name} as it is in use by {user}.");
        draft.turn("DELETE_FAILED", Some(&reason));
        return;
    }
    let mut resources = std::mem::take(&mut draft.stack.resources);
    let failed = make::delete_all(work, draft, &mut resources, |it| {
        make::retains(it.deletion.as_deref())
            || it.deletion.as_deref() == Some("RetainExceptOnCreate")
            || retained.contains(&it.logical)
    });
    draft.stack.resources = resources;
    if failed.is_empty() {
        draft.stack.imports.clear();
        draft.stack.outputs.clear();
        draft.stack.change_sets.clear();
    }
    end(draft, "DELETE", &failed);
}

/// How a stack is updated.
#[derive(Clone, Copy)]
pub(super) struct Updating<'p> {
    /// Whether a failure is rolled back.
    pub(super) rolls_back: bool,
    /// The policy that counts instead of the stack's own.
    pub(super) policy: Option<&'p str>,
}

impl Default for Updating<'_> {
    fn default() -> Self {
        Self { rolls_back: true, policy: None }
    }
}

/// What an update did.
#[derive(Default)]
pub(super) struct Done {
    /// Whether anything differs from before.
    pub(super) is_change: bool,
}

/// An update under way.
struct Update<'u> {
    /// The resources of before, by logical id.
    before: HashMap<&'u str, &'u StackResource>,
    /// The stack's tags of before.
    old_tags: &'u Tags,
    /// The resources of after.
    after: Vec<StackResource>,
    /// The logical ids of what was replaced.
    replaced: Vec<String>,
    /// The stack policy, if there is one.
    policy: Option<StackPolicy>,
    done: Done,
}

impl Update<'_> {
    /// Makes one resource what the template says.
    fn turn(
        &mut self,
        work: &mut Work<'_, '_>,
        draft: &mut Draft,
        evaluation: &mut Evaluation<'_, '_>,
        wanted: &Wanted,
    ) -> Result<(), (&'static str, Failed)> {
        let Some(held) = self.before.get(wanted.name.as_str()).copied() else {
            self.done.is_change = true;
            let made = make::create(work, draft, evaluation, wanted, false);
            if let Err(Failed(resource)) = &made
                && nested::is_nested(resource)
                && resource.physical.is_some()
            {
                // It stays, with what was made of it.
                self.after.push((**resource).clone());
            }
            self.after.push(made.map_err(|failed| ("create", failed))?);
            return Ok(());
        };
        let Ok(properties) = evaluation.properties(&wanted.name) else {
            // The same words again, in an event.
            let failed = make::create(work, draft, evaluation, wanted, true);
            return failed.map(|_| ()).map_err(|failed| ("update", failed));
        };
        let differences = make::differences(&held.properties, &properties);
        let has_tags = held.tagged.is_some() && *self.old_tags != draft.stack.asked.tags;
        let mut kept = held.clone();
        kept.deletion.clone_from(&wanted.deletion);
        kept.replacement.clone_from(&wanted.replacement);
        let replaces = make::replaces(held, &differences, &properties);
        let is_same = differences.is_empty() && !has_tags && kept.metadata == wanted.metadata;
        // The same properties may mean another template or other tags below.
        let differs_below = || {
            nested::is_nested(held)
                && (nested::differs(work, held, &properties)
                    || *self.old_tags != draft.stack.asked.tags)
        };
        if let Some(policy) = self.policy.as_ref().filter(|_| !is_same || differs_below()) {
            let deed = if replaces { Deed::Replace } else { Deed::Modify };
            refuse(draft, held, policy.check(deed, &held.logical, &held.kind))?;
        }
        if nested::is_nested(held) {
            let changed = nested::update(work, draft, held, wanted, properties);
            let (changed, is_change) = changed.map_err(|failed| ("update", failed))?;
            self.done.is_change |= is_change;
            evaluation.made(&wanted.name, kind::made(&changed));
            self.after.push(changed);
            return Ok(());
        }
        if is_same {
            self.done.is_change |= kept != *held;
            evaluation.made(&wanted.name, kind::made(&kept));
            self.after.push(kept);
            return Ok(());
        }
        self.done.is_change = true;
        if replaces {
            let made = make::create(work, draft, evaluation, wanted, true);
            self.after.push(made.map_err(|failed| ("update", failed))?);
            self.replaced.push(held.logical.clone());
            return Ok(());
        }
        let changed = make::update(work, draft, held, wanted, properties, self.old_tags);
        let changed = changed.map_err(|failed| ("update", failed))?;
        evaluation.made(&wanted.name, kind::made(&changed));
        self.after.push(changed);
        Ok(())
    }

    /// Lets the update fail if the policy protects a resource that the template has no more.
    fn refuse_deletions(&self, draft: &mut Draft) -> Result<(), (&'static str, Failed)> {
        let Some(policy) = &self.policy else { return Ok(()) };
        let stays = |it: &StackResource| self.after.iter().any(|new| new.logical == it.logical);
        let mut gone: Vec<_> = self.before.values().filter(|it| !stays(it)).collect();
        gone.sort_by(|one, other| one.logical.cmp(&other.logical));
        for held in gone {
            refuse(draft, held, policy.check(Deed::Delete, &held.logical, &held.kind))?;
        }
        Ok(())
    }
}

/// Lets a resource fail that a policy protects.
fn refuse(
    draft: &mut Draft,
    held: &StackResource,
    checked: Result<(), String>,
) -> Result<(), (&'static str, Failed)> {
    checked.map_err(|words| {
        let mut failed = held.clone();
        draft.happened(&mut failed, "UPDATE_FAILED", Some(&words));
        ("update", Failed(Box::new(failed)))
    })
}

/// Makes a stack what `asked` says. What fails is told by the stack's status.
///
/// # Errors
///
/// `ValidationError`, if the template is refused as a whole.
pub(super) fn update(
    work: &mut Work<'_, '_>,
    draft: &mut Draft,
    root: &Node,
    asked: Asked,
    how: Updating<'_>,
) -> Result<Done, ApiError> {
    let mark = work.mark();
    let before = draft.stack.clone();
    refuse_other_types(&before, root)?;
    let policy = how.policy.or(before.policy.as_deref());
    let policy = policy.map(StackPolicy::parse).transpose()?;
    draft.stack.asked = asked;
    draft.stack.updated = Some(work.context.now);
    draft.turn("UPDATE_IN_PROGRESS", Some("User Initiated"));
    let stack = draft.stack.clone();
    let living = before.resources.iter().filter(|it| !it.status.starts_with("DELETE_"));
    let living = living.filter(|it| it.physical.is_some());
    let mut update = Update {
        before: living.map(|it| (it.logical.as_str(), it)).collect(),
        old_tags: &before.asked.tags,
        after: Vec::new(),
        replaced: Vec::new(),
        policy,
        done: Done::default(),
    };
    let failure = evaluate(work, &stack, root, |work, evaluation| {
        for wanted in evaluation.resources() {
            if let Err((verb, Failed(resource))) = update.turn(work, draft, evaluation, &wanted) {
                return Some(Failure::of(&resource).reason(verb));
            }
        }
        if let Err((verb, Failed(resource))) = update.refuse_deletions(draft) {
            return Some(Failure::of(&resource).reason(verb));
        }
        let told = outputs(work, &draft.stack, evaluation);
        draft.stack.imports = evaluation.imports();
        match told.and_then(|it| unused(work, &before, it)) {
            Ok(outputs) => {
                update.done.is_change |= outputs != before.outputs;
                draft.stack.outputs = outputs;
                None
            }
            Err(failure) => Some(failure.reason("update")),
        }
    })?;
    let Update { after, replaced, mut done, .. } = update;
    if let Some(reason) = failure {
        done.is_change = true;
        if how.rolls_back {
            let below = nested::below(work, &before);
            work.go_back(mark);
            draft.turn("UPDATE_ROLLBACK_IN_PROGRESS", Some(&reason));
            nested::remember(work, draft, below)?;
            roll_update_back(draft, &before, &after);
        } else {
            let names: Vec<String> = after.iter().map(|it| it.logical.clone()).collect();
            let rest = before.resources.iter().filter(|it| !names.contains(&it.logical));
            draft.stack.resources = after.iter().chain(rest).cloned().collect();
            draft.turn("UPDATE_FAILED", Some(&reason));
        }
        return Ok(done);
    }
    let is_replaced = |it: &StackResource| replaced.contains(&it.logical);
    let is_gone = |it: &&StackResource| {
        !it.status.starts_with("DELETE_") && !after.iter().any(|new| new.logical == it.logical)
    };
    let mut rest: Vec<StackResource> =
        before.resources.iter().filter(|it| is_replaced(it) || is_gone(it)).cloned().collect();
    done.is_change |= !rest.is_empty() || before.asked.tags != draft.stack.asked.tags;
    draft.stack.resources = after;
    draft.turn("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", None);
    make::delete_all(work, draft, &mut rest, |it| {
        let policy = if is_replaced(it) { &it.replacement } else { &it.deletion };
        make::retains(policy.as_deref())
    });
    draft.turn("UPDATE_COMPLETE", None);
    Ok(done)
}

/// Refuses another type under the same logical id.
fn refuse_other_types(before: &Stack, root: &Node) -> Result<(), ApiError> {
    let resources = root.get("Resources").map_or(&[][..], Node::entries);
    let other: Vec<&str> = before
        .resources
        .iter()
        .filter(|held| {
            let new = resources.iter().find(|(key, _)| key.text == held.logical);
            let kind = new.and_then(|(_, it)| it.get("Type")?.text());
            kind.is_some_and(|kind| kind != held.kind)
        })
        .map(|held| held.logical.as_str())
        .collect();
    if other.is_empty() {
        return Ok(());
    }
    Err(validation(&format!(
        "Update of resource type is not permitted. The new template modifies resource type of the following resources: \
         [{}]",
        other.join(", ")
    )))
}

/// The outputs, unless an export that another stack reads is gone or has another value.
pub(super) fn unused(
    work: &Work<'_, '_>,
    before: &Stack,
    outputs: Vec<StackOutput>,
) -> Result<Vec<StackOutput>, Failure> {
    for old in before.outputs.iter().filter(|it| it.export.is_some()) {
        let new = outputs.iter().find(|it| it.export == old.export);
        if new.is_some_and(|it| it.value == old.value) {
            continue;
        }
        let name = old.export.as_deref().unwrap_or_default();
        let uses = |it: &&std::sync::Arc<Stack>| {
            it.is_living() && it.id != before.id && it.imports.iter().any(|it| it == name)
        };
        if let Some(user) = work.stacks().find(uses) {
            let what = if new.is_some() { "updated" } else { "deleted" };
            return Err(Failure::whole(format!(
                "Export {name} cannot be {what} as it is in use by {}",
                user.name
            )));
        }
    }
    Ok(outputs)
}

/// The events of an update that is rolled back. The World is as it was before already.
fn roll_update_back(draft: &mut Draft, before: &Stack, after: &[StackResource]) {
    let held = |it: &StackResource| before.resources.iter().find(|old| old.logical == it.logical);
    let mut resources = before.resources.clone();
    for old in &mut resources {
        let new = after.iter().find(|it| it.logical == old.logical);
        if new.is_some_and(|new| new.properties != old.properties || new.physical != old.physical) {
            draft.happened(old, "UPDATE_IN_PROGRESS", None);
            draft.lasts(pace::update(&old.kind));
            draft.happened(old, "UPDATE_COMPLETE", None);
        }
    }
    draft.turn("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", None);
    let made = after.iter().filter(|it| held(it).is_none_or(|old| old.physical != it.physical));
    for new in made.rev() {
        let mut gone = new.clone();
        draft.happened(&mut gone, "DELETE_IN_PROGRESS", None);
        draft.lasts(pace::deletion(&gone.kind));
        draft.happened(&mut gone, "DELETE_COMPLETE", None);
    }
    draft.stack.resources = resources;
    draft.stack.asked = before.asked.clone();
    draft.stack.outputs.clone_from(&before.outputs);
    draft.stack.imports.clone_from(&before.imports);
    draft.turn("UPDATE_ROLLBACK_COMPLETE", None);
}
