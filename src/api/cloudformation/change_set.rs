//! Change sets: what a template would change of a stack, and doing it later.

use std::{collections::HashMap, sync::Arc};

use serde_json::Value;

use super::{
    Paging,
    deploy::{self, OnFailure, Updating, evaluate},
    describe,
    draft::{Draft, fresh_id},
    imported, kind, make, nested, no_such_stack, parameters,
    request::{self, Request},
    stack::{IN_REVIEW, check_free, check_updatable},
    template, validation,
    work::{self, Work, perform},
};
use crate::{
    api::{
        context::Context,
        error::ApiError,
        parameter::Parameters,
        service::Operation,
        shape::{Fields, Time, tag_list},
    },
    import::{foreign::cloudformation::deploy::Evaluation, text::node::Node},
    model::{
        stack::{
            Asked, ChangeSet, ImportedResource, PropertyChange, ResourceChange, Stack,
            StackResource,
        },
        world::World,
    },
};

/// Why a change set without changes fails.
const NO_CHANGES: &str = "The submitted information didn't contain changes. Submit different information to create a \
                          change set.";
/// The most change sets of a stack.
const MOST: usize = 100;

/// The change set of a name or an ARN, and its stack.
///
/// # Errors
///
/// `ChangeSetNotFound`, or `ValidationError` for a stack that is not there.
pub(super) fn find<'w>(
    context: &Context<'_>,
    world: &'w World,
    name: &str,
    stack: Option<&str>,
) -> Result<(&'w Arc<Stack>, &'w ChangeSet), ApiError> {
    let missing = || ApiError {
        status: 404,
        ..ApiError::new("ChangeSetNotFound", format!("ChangeSet [{name}] does not exist"))
    };
    if name.starts_with("arn:") {
        let all = work::own(context, world);
        let mut all = all.flat_map(|stack| stack.change_sets.iter().map(move |it| (stack, it)));
        return all.find(|(stack, it)| stack.change_set_arn(it) == name).ok_or_else(missing);
    }
    let Some(of) = stack else {
        return Err(validation(
            "StackName must be specified if ChangeSetName is not specified as an ARN.",
        ));
    };
    let stack = work::find(context, world, of).ok_or_else(|| no_such_stack(of))?;
    let found = stack.change_sets.iter().find(|it| it.name == name);
    found.map(|it| (stack, it)).ok_or_else(missing)
}

/// What a change set is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    Create,
    Update,
    Import,
}

/// `CreateChangeSet`.
pub(in crate::api) struct CreateChangeSet {
    name: String,
    stack: String,
    purpose: Purpose,
    description: Option<String>,
    on_failure: Option<String>,
    nested: bool,
    import_existing: bool,
    imported: Vec<ImportedResource>,
    request: Request,
}

impl Operation for CreateChangeSet {
    const WITHOUT_EFFECT: &'static [&'static str] = request::WITHOUT_EFFECT;

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let stack = request::name(parameters)?;
        let name = parameters.required_limited("ChangeSetName", 1..=128)?;
        let is_legal = name.starts_with(|first: char| first.is_ascii_alphabetic())
            && name.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-');
        if !is_legal {
            return Err(validation(&format!(
                "1 validation error detected: Value '{name}' at 'changeSetName' failed to satisfy constraint: Member \
                 must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*"
            )));
        }
        let purpose = match parameters.text("ChangeSetType")?.as_deref() {
            Some("CREATE") => Purpose::Create,
            None | Some("UPDATE") => Purpose::Update,
            Some("IMPORT") => Purpose::Import,
            Some(other) => {
                return Err(validation(&format!(
                    "1 validation error detected: Value '{other}' at 'changeSetType' failed to satisfy constraint: \
                     Member must satisfy enum value set: [IMPORT, UPDATE, CREATE]"
                )));
            }
        };
        let imported = imported::read(parameters)?;
        if purpose != Purpose::Import && !imported.is_empty() {
            return Err(validation(
                "ResourcesToImport is for change sets of the type IMPORT only.",
            ));
        }
        Ok(Self {
            name,
            stack,
            purpose,
            imported,
            description: parameters.limited("Description", 1..=1_024)?,
            on_failure: parameters.text("OnStackFailure")?,
            nested: parameters.boolean("IncludeNestedStacks")?.unwrap_or_default(),
            import_existing: parameters.boolean("ImportExistingResources")?.unwrap_or_default(),
            request: Request::read(parameters, "ClientToken")?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let (id, arn) = perform(context, |work| self.create(context, work))?;
        Ok(Fields::new().set("Id", id).set("StackId", arn))
    }
}

impl CreateChangeSet {
    fn create(
        &self,
        context: &Context<'_>,
        work: &mut Work<'_, '_>,
    ) -> Result<(String, String), ApiError> {
        let found = work.stack(&self.stack).filter(|stack| stack.is_living());
        let in_review = found.as_ref().is_some_and(|stack| stack.status == IN_REVIEW);
        match (&found, self.purpose) {
            (Some(_), Purpose::Create) if !in_review => {
                return Err(validation(&format!(
                    "Stack [{}] already exists and cannot be created again with the changeSet [{}].",
                    self.stack, self.name
                )));
            }
            (Some(_), Purpose::Import) if in_review => {}
            (Some(stack), Purpose::Update | Purpose::Import) => {
                check_updatable(stack, context.now)?;
            }
            (None, Purpose::Update) => return Err(no_such_stack(&self.stack)),
            (None, Purpose::Create | Purpose::Import) => {
                request::check_name(&self.stack)?;
                check_free(work, &self.stack, None)?;
            }
            (Some(_), Purpose::Create) => {}
        }
        let previous = found.as_deref().filter(|_| !in_review);
        let (root, asked) = self.request.resolve(work, previous)?;
        let mut draft = match found {
            Some(stack) => Draft::of(context, Stack::clone(&stack), None),
            None => {
                let mut draft = Draft::new(context, &self.stack, Asked::default(), None);
                draft.turn(IN_REVIEW, Some("User Initiated"));
                draft
            }
        };
        if draft.stack.change_sets.iter().any(|it| it.name == self.name) {
            let message = format!("ChangeSet [{}] already exists", self.name);
            return Err(ApiError::new("AlreadyExistsException", message));
        }
        if draft.stack.change_sets.len() >= MOST {
            let message = format!("Limit for ChangeSets has been exceeded: {MOST}");
            return Err(ApiError::new("LimitExceededException", message));
        }
        if self.purpose == Purpose::Import {
            imported::check(&root, &draft.stack, &self.imported)?;
        }
        let (mut changes, is_change) = plan(work, &draft.stack, &root, &asked)?;
        if self.purpose == Purpose::Import {
            imported::turn(&mut changes, &self.imported)?;
        }
        let secrets = [&draft.stack.asked.parameters[..], &asked.parameters[..]].concat();
        for detail in changes.iter_mut().flat_map(|it| &mut it.details) {
            for text in [&mut detail.before, &mut detail.after] {
                *text = text.take().map(|it| parameters::masked(&it, &secrets));
            }
        }
        let (status, reason, execution) = if is_change {
            ("CREATE_COMPLETE", None, "AVAILABLE")
        } else {
            ("FAILED", Some(NO_CHANGES.to_owned()), "UNAVAILABLE")
        };
        let change_set = ChangeSet {
            name: self.name.clone(),
            id: fresh_id(),
            description: self.description.clone(),
            created: context.now,
            status: status.to_owned(),
            reason,
            execution: execution.to_owned(),
            asked,
            changes,
            on_failure: self.on_failure.clone(),
            nested: self.nested,
            import_existing: self.import_existing,
            imported: self.imported.clone(),
        };
        let ids = (draft.stack.change_set_arn(&change_set), draft.stack.arn());
        draft.stack.change_sets.push(change_set);
        work.keep(draft.stack)?;
        Ok(ids)
    }
}

/// What a template would change of a stack, and whether that is anything.
fn plan(
    work: &mut Work<'_, '_>,
    stack: &Stack,
    root: &Node,
    asked: &Asked,
) -> Result<(Vec<ResourceChange>, bool), ApiError> {
    let living = stack.resources.iter().filter(|it| !it.status.starts_with("DELETE_"));
    let before: HashMap<&str, &StackResource> =
        living.map(|it| (it.logical.as_str(), it)).collect();
    let has_other_tags = stack.asked.tags != asked.tags;
    let is_new = stack.status == IN_REVIEW;
    let wanted = Stack { asked: asked.clone(), ..stack.clone() };
    evaluate(work, &wanted, root, |work, evaluation| {
        let mut changes = Vec::new();
        let mut names = Vec::new();
        let mut is_change = is_new;
        for wanted in evaluation.resources() {
            match before.get(wanted.name.as_str()) {
                None => changes.push(change("Add", &wanted.name, &wanted.kind, None)),
                Some(held) => {
                    let tags = has_other_tags && held.tagged.is_some();
                    let metadata = held.metadata != wanted.metadata;
                    is_change |= held.deletion != wanted.deletion;
                    is_change |= held.replacement != wanted.replacement;
                    changes.extend(modified(work, evaluation, held, tags || metadata));
                }
            }
            names.push(wanted.name);
        }
        for held in &stack.resources {
            let is_gone =
                before.contains_key(held.logical.as_str()) && !names.contains(&held.logical);
            if is_gone {
                let id = held.physical.clone();
                changes.push(change("Remove", &held.logical, &held.kind, id));
            }
        }
        let outputs = evaluation.outputs().unwrap_or_default();
        let differs = outputs.len() != stack.outputs.len()
            || outputs.iter().zip(&stack.outputs).any(|(new, old)| {
                new.key != old.key
                    || new.value != old.value
                    || new.export != old.export
                    || new.description != old.description
            });
        is_change |= !changes.is_empty() || differs || has_other_tags;
        (changes, is_change)
    })
}

fn change(action: &str, logical: &str, kind: &str, physical: Option<String>) -> ResourceChange {
    ResourceChange {
        action: action.to_owned(),
        logical: logical.to_owned(),
        physical,
        kind: kind.to_owned(),
        replacement: None,
        details: Vec::new(),
    }
}

/// What changes of a resource that is there; nothing, perhaps. What refers to one that is replaced is evaluated as far as
/// it can be.
fn modified(
    work: &Work<'_, '_>,
    evaluation: &mut Evaluation<'_, '_>,
    held: &StackResource,
    differs_otherwise: bool,
) -> Option<ResourceChange> {
    let modify = |replacement: &str, details| ResourceChange {
        replacement: Some(replacement.to_owned()),
        details,
        ..change("Modify", &held.logical, &held.kind, held.physical.clone())
    };
    let Ok(properties) = evaluation.properties(&held.logical) else {
        evaluation.made(&held.logical, kind::made(held));
        return Some(modify("Conditional", Vec::new()));
    };
    let names = make::differences(&held.properties, &properties);
    let replaces = make::replaces(held, &names, &properties);
    if !replaces {
        evaluation.made(&held.logical, kind::made(held));
    }
    let differs_below = nested::is_nested(held) && nested::differs(work, held, &properties);
    if names.is_empty() && !differs_otherwise && !differs_below {
        return None;
    }
    let text = |value: Option<&Value>| {
        value.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    };
    let details = names.iter().map(|name| {
        let needs = make::replaces(held, &[*name], &properties);
        PropertyChange {
            name: (*name).to_owned(),
            recreation: if needs { "Always" } else { "Never" }.to_owned(),
            before: text(held.properties.get(*name)),
            after: text(properties.get(*name)),
        }
    });
    Some(modify(if replaces { "True" } else { "False" }, details.collect()))
}

/// Reads `ChangeSetName` and `StackName`.
fn read_names(parameters: &mut Parameters) -> Result<(String, Option<String>), ApiError> {
    let name = parameters.required_limited("ChangeSetName", 1..=1_600)?;
    Ok((name, parameters.text("StackName")?))
}

/// `DescribeChangeSet`.
pub(in crate::api) struct DescribeChangeSet {
    name: String,
    stack: Option<String>,
    with_values: bool,
    paging: Paging,
}

impl Operation for DescribeChangeSet {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let (name, stack) = read_names(parameters)?;
        let with_values = parameters.boolean("IncludePropertyValues")?.unwrap_or_default();
        Ok(Self { name, stack, with_values, paging: Paging::read(parameters)? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let (stack, it) = find(context, context.world(), &self.name, self.stack.as_deref())?;
        let asked = &it.asked;
        let changes = it.changes.iter().enumerate().map(|(index, one)| {
            let change = Fields::new()
                .set("Type", "Resource")
                .fields("ResourceChange", resource_change(one, self.with_values));
            (format!("{index:06}"), change)
        });
        let mut shown = Fields::new()
            .set("ChangeSetName", &it.name)
            .set("ChangeSetId", stack.change_set_arn(it))
            .set("StackId", stack.arn())
            .set("StackName", &stack.name)
            .maybe("Description", it.description.as_ref())
            .list("Parameters", describe::parameters(asked))
            .set("CreationTime", Time::exact(it.created))
            .set("ExecutionStatus", &it.execution)
            .set("Status", &it.status)
            .maybe("StatusReason", it.reason.as_ref())
            .texts("NotificationARNs", &asked.notification_arns)
            .fields("RollbackConfiguration", Fields::new())
            .texts("Capabilities", &asked.capabilities)
            .list("Tags", tag_list(&asked.tags));
        shown.0.extend(self.paging.reply("Changes", changes).0);
        Ok(shown
            .set("IncludeNestedStacks", it.nested)
            .maybe("OnStackFailure", it.on_failure.as_ref())
            .set("ImportExistingResources", it.import_existing))
    }
}

fn resource_change(it: &ResourceChange, with_values: bool) -> Fields {
    let is_modified = it.action == "Modify";
    let (tags, others): (Vec<_>, Vec<_>) = it.details.iter().partition(|it| it.name == "Tags");
    let mut scope = Vec::new();
    if !others.is_empty() || is_modified && tags.is_empty() {
        scope.push("Properties");
    }
    if !tags.is_empty() {
        scope.push("Tags");
    }
    let details = it.details.iter().map(|one| {
        let attribute = if one.name == "Tags" { "Tags" } else { "Properties" };
        let target = Fields::new().set("Attribute", attribute);
        let target = if attribute == "Tags" { target } else { target.set("Name", &one.name) };
        let target = target.set("RequiresRecreation", &one.recreation);
        let target = if with_values {
            let value = |it: &Option<String>| it.clone();
            target
                .set("Path", format!("/Properties/{}", one.name))
                .maybe("BeforeValue", value(&one.before))
                .maybe("AfterValue", value(&one.after))
                .set("AttributeChangeType", change_type(one))
        } else {
            target
        };
        Fields::new()
            .fields("Target", target)
            .set("Evaluation", "Static")
            .set("ChangeSource", "DirectModification")
    });
    Fields::new()
        .set("Action", &it.action)
        .set("LogicalResourceId", &it.logical)
        .maybe("PhysicalResourceId", it.physical.as_ref())
        .set("ResourceType", &it.kind)
        .maybe("Replacement", it.replacement.as_ref())
        .texts("Scope", scope.into_iter().filter(|_| is_modified))
        .list("Details", details)
}

fn change_type(one: &PropertyChange) -> &'static str {
    match (&one.before, &one.after) {
        (None, _) => "Add",
        (_, None) => "Remove",
        _ => "Modify",
    }
}

/// `ExecuteChangeSet`.
pub(in crate::api) struct ExecuteChangeSet {
    name: String,
    stack: Option<String>,
    token: Option<String>,
    disable_rollback: bool,
    retain_except_on_create: bool,
}

impl Operation for ExecuteChangeSet {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let (name, stack) = read_names(parameters)?;
        let token = parameters.text("ClientRequestToken")?;
        let mut flag =
            |name: &str| Ok::<_, ApiError>(parameters.boolean(name)?.unwrap_or_default());
        Ok(Self {
            name,
            stack,
            token,
            disable_rollback: flag("DisableRollback")?,
            retain_except_on_create: flag("RetainExceptOnCreate")?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        perform(context, |work| {
            let snapshot = work.mark();
            let found = find(context, snapshot.world(), &self.name, self.stack.as_deref())?;
            let (stack, change_set) = (Arc::clone(found.0), found.1.clone());
            self.execute(context, work, &stack, change_set)
        })?;
        Ok(Fields::new())
    }
}

impl ExecuteChangeSet {
    fn execute(
        &self,
        context: &Context<'_>,
        work: &mut Work<'_, '_>,
        stack: &Stack,
        mut change_set: ChangeSet,
    ) -> Result<(), ApiError> {
        let arn = stack.change_set_arn(&change_set);
        if change_set.execution != "AVAILABLE" {
            let status = match change_set.execution.as_str() {
                "UNAVAILABLE" => &change_set.status,
                other => other,
            };
            let message =
                format!("ChangeSet [{arn}] cannot be executed in its current status of [{status}]");
            return Err(ApiError::new("InvalidChangeSetStatus", message));
        }
        let mut asked = change_set.asked.clone();
        asked.disable_rollback = self.disable_rollback;
        asked.retain_except_on_create = self.retain_except_on_create;
        let root = template::parse(&asked.template)?;
        work.stand_in(stack);
        let mut draft = Draft::of(context, stack.clone(), self.token.clone());
        draft.stack.change_set = Some(arn);
        if !change_set.imported.is_empty() {
            if stack.status != IN_REVIEW {
                check_updatable(stack, context.now)?;
            }
            draft.stack.asked = asked;
            imported::run(work, &mut draft, &root, &change_set.imported)?;
            if draft.stack.status != "IMPORT_COMPLETE" {
                draft.stack.asked.clone_from(&stack.asked);
            }
        } else if stack.status == IN_REVIEW {
            draft.stack.asked = asked;
            let on_failure = match change_set.on_failure.as_deref() {
                Some("DELETE") => OnFailure::Delete,
                Some("DO_NOTHING") => OnFailure::Nothing,
                _ if self.disable_rollback => OnFailure::Nothing,
                _ => OnFailure::RollBack,
            };
            deploy::create(work, &mut draft, &root, on_failure)?;
        } else {
            check_updatable(stack, context.now)?;
            let how = Updating { rolls_back: !self.disable_rollback, policy: None };
            deploy::update(work, &mut draft, &root, asked, how)?;
        }
        // The other change sets do not fit the stack any more.
        "EXECUTE_COMPLETE".clone_into(&mut change_set.execution);
        draft.stack.change_sets = vec![change_set];
        work.keep(draft.stack)
    }
}

/// `DeleteChangeSet`: one that is not there is deleted already.
pub(in crate::api) struct DeleteChangeSet {
    name: String,
    stack: Option<String>,
}

impl Operation for DeleteChangeSet {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let (name, stack) = read_names(parameters)?;
        Ok(Self { name, stack })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        perform(context, |work| {
            let snapshot = work.mark();
            let found = find(context, snapshot.world(), &self.name, self.stack.as_deref());
            let (stack, id) = match found {
                Ok((stack, change_set)) => (Stack::clone(stack), change_set.id),
                Err(error) if error.code == "ChangeSetNotFound" => return Ok(()),
                Err(error) => return Err(error),
            };
            let mut stack = stack;
            stack.change_sets.retain(|it| it.id != id);
            work.keep(stack)
        })?;
        Ok(Fields::new())
    }
}

/// `ListChangeSets`.
pub(in crate::api) struct ListChangeSets {
    stack: String,
    paging: Paging,
}

impl Operation for ListChangeSets {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self { stack: request::name(parameters)?, paging: Paging::read(parameters)? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let stack = work::find(context, context.world(), &self.stack);
        let stack = stack.ok_or_else(|| no_such_stack(&self.stack))?;
        let summary = |it: &ChangeSet| {
            let shown = Fields::new()
                .set("StackId", stack.arn())
                .set("StackName", &stack.name)
                .set("ChangeSetId", stack.change_set_arn(it))
                .set("ChangeSetName", &it.name)
                .set("ExecutionStatus", &it.execution)
                .set("Status", &it.status)
                .maybe("StatusReason", it.reason.as_ref())
                .set("CreationTime", Time::exact(it.created))
                .maybe("Description", it.description.as_ref())
                .set("IncludeNestedStacks", it.nested)
                .set("ImportExistingResources", it.import_existing);
            (it.name.clone(), shown)
        };
        let mut all: Vec<_> = stack.change_sets.iter().map(summary).collect();
        all.sort_by(|(one, _), (other, _)| one.cmp(other));
        Ok(self.paging.reply("Summaries", all))
    }
}
