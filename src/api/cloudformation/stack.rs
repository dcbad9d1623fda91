//! `CreateStack`, `UpdateStack` and `DeleteStack`.

use super::{
    deploy::{self, OnFailure, Updating},
    draft::Draft,
    nested, no_such_stack,
    policy::GivenPolicy,
    request::{self, Request},
    texts, validation,
    work::{Work, is_protected, perform},
};
use crate::{
    api::{
        context::Context, error::ApiError, parameter::Parameters, service::Operation, shape::Fields,
    },
    model::stack::Stack,
};

/// The most stacks of an account in a region that are not deleted.
const MOST: usize = 2_000;

/// The parameters that hold a stack policy.
const POLICY: [&str; 2] = ["StackPolicyBody", "StackPolicyURL"];

/// The status of a stack that has a change set and nothing else.
pub(super) const IN_REVIEW: &str = "REVIEW_IN_PROGRESS";

/// `CreateStack`.
pub(in crate::api) struct CreateStack {
    name: String,
    request: Request,
    on_failure: OnFailure,
    protected: bool,
    policy: GivenPolicy,
}

/// Refuses a name that a stack has, and one stack too many. Gives the stack of a request that was sent before.
///
/// # Errors
///
/// `AlreadyExistsException`, `LimitExceededException`.
pub(super) fn check_free(
    work: &Work<'_, '_>,
    name: &str,
    token: Option<&String>,
) -> Result<Option<String>, ApiError> {
    if let Some(stack) = work.stack(name) {
        let first = stack.events.first().and_then(|event| event.token.as_ref());
        if token.is_some() && first == token {
            return Ok(Some(stack.arn()));
        }
        let message = format!("Stack [{name}] already exists");
        return Err(ApiError::new("AlreadyExistsException", message));
    }
    if work.stacks().filter(|stack| stack.is_living()).count() >= MOST {
        let message = format!("Limit for stack has been exceeded: {MOST}");
        return Err(ApiError::new("LimitExceededException", message));
    }
    Ok(None)
}

impl Operation for CreateStack {
    const WITHOUT_EFFECT: &'static [&'static str] = request::WITHOUT_EFFECT;

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let name = request::name(parameters)?;
        request::check_name(&name)?;
        let request = Request::read(parameters, "ClientRequestToken")?;
        let on_failure = match parameters.text("OnFailure")?.as_deref() {
            Some(_) if request.disable_rollback.is_some() => {
                return Err(validation(
                    "You can specify either DisableRollback or OnFailure, but not both.",
                ));
            }
            Some("DO_NOTHING") => OnFailure::Nothing,
            Some("DELETE") => OnFailure::Delete,
            None if request.disable_rollback == Some(true) => OnFailure::Nothing,
            None | Some("ROLLBACK") => OnFailure::RollBack,
            Some(other) => {
                return Err(validation(&format!(
                    "1 validation error detected: Value '{other}' at 'onFailure' failed to satisfy constraint: Member \
                     must satisfy enum value set: [ROLLBACK, DELETE, DO_NOTHING]"
                )));
            }
        };
        Ok(Self {
            name,
            request,
            on_failure,
            protected: parameters.boolean("EnableTerminationProtection")?.unwrap_or_default(),
            policy: GivenPolicy::read(parameters, POLICY)?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let policy = self.policy.text(context)?;
        let token = self.request.token.as_ref();
        let arn = perform(context, |work| {
            if let Some(arn) = check_free(work, &self.name, token)? {
                return Ok(arn);
            }
            let (root, mut asked) = self.request.resolve(work, None)?;
            asked.disable_rollback = self.on_failure == OnFailure::Nothing;
            let mut draft = Draft::new(context, &self.name, asked, token.cloned());
            draft.stack.termination_protection = self.protected;
            draft.stack.policy.clone_from(&policy);
            deploy::create(work, &mut draft, &root, self.on_failure)?;
            let arn = draft.stack.arn();
            work.keep(draft.stack)?;
            Ok(arn)
        })?;
        Ok(Fields::new().set("StackId", arn))
    }
}

/// Refuses an update of a stack whose status allows none.
///
/// # Errors
///
/// `ValidationError`.
pub(super) fn check_updatable(stack: &Stack, now: u64) -> Result<(), ApiError> {
    let status = stack.status_at(now);
    let may = [
        "CREATE_COMPLETE",
        "UPDATE_COMPLETE",
        "UPDATE_ROLLBACK_COMPLETE",
        "IMPORT_COMPLETE",
        "IMPORT_ROLLBACK_COMPLETE",
    ];
    let with_failure = ["CREATE_FAILED", "UPDATE_FAILED"];
    if may.contains(&status) || with_failure.contains(&status) {
        return Ok(());
    }
    Err(validation(&format!("Stack:{} is in {status} state and can not be updated.", stack.arn())))
}

/// `UpdateStack`.
pub(in crate::api) struct UpdateStack {
    name: String,
    request: Request,
    policy: GivenPolicy,
    policy_meanwhile: GivenPolicy,
}

impl Operation for UpdateStack {
    const WITHOUT_EFFECT: &'static [&'static str] = request::WITHOUT_EFFECT;

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self {
            name: request::name(parameters)?,
            request: Request::read(parameters, "ClientRequestToken")?,
            policy: GivenPolicy::read(parameters, POLICY)?,
            policy_meanwhile: GivenPolicy::read(
                parameters,
                ["StackPolicyDuringUpdateBody", "StackPolicyDuringUpdateURL"],
            )?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let (policy, meanwhile) =
            (self.policy.text(context)?, self.policy_meanwhile.text(context)?);
        let arn = perform(context, |work| {
            let stack = work.stack(&self.name).filter(|stack| stack.is_living());
            let stack = stack.ok_or_else(|| no_such_stack(&self.name))?;
            check_updatable(&stack, context.now)?;
            work.stand_in(&stack);
            let (root, asked) = self.request.resolve(work, Some(&stack))?;
            let rolls_back = self.request.disable_rollback != Some(true);
            let mut draft = Draft::of(context, Stack::clone(&stack), self.request.token.clone());
            let how = Updating { rolls_back, policy: meanwhile.as_deref() };
            let done = deploy::update(work, &mut draft, &root, asked, how)?;
            if !done.is_change {
                return Err(validation("No updates are to be performed."));
            }
            if let Some(policy) = &policy {
                draft.stack.policy = Some(policy.clone());
            }
            // They were made for the stack as it was.
            for change_set in &mut draft.stack.change_sets {
                if change_set.execution == "AVAILABLE" {
                    "OBSOLETE".clone_into(&mut change_set.execution);
                }
            }
            let arn = draft.stack.arn();
            work.keep(draft.stack)?;
            Ok(arn)
        })?;
        Ok(Fields::new().set("StackId", arn))
    }
}

/// `DeleteStack`.
pub(in crate::api) struct DeleteStack {
    name: String,
    retained: Vec<String>,
    token: Option<String>,
}

impl Operation for DeleteStack {
    const WITHOUT_EFFECT: &'static [&'static str] =
        &["DeletionMode", "DeploymentConfig", "RoleARN"];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self {
            name: request::name(parameters)?,
            retained: texts(parameters, "RetainResources")?,
            token: parameters.text("ClientRequestToken")?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        perform(context, |work| {
            // A stack that is not there is deleted already.
            let stack = work.stack(&self.name).filter(|stack| stack.is_living());
            let Some(stack) = stack else { return Ok(()) };
            if is_protected(context, work.world(), &stack) {
                return Err(validation(&format!(
                    "Stack [{}] cannot be deleted while TerminationProtection is enabled",
                    stack.name
                )));
            }
            if !self.retained.is_empty() && stack.status != "DELETE_FAILED" {
                return Err(validation(&format!(
                    "Invalid operation on stack [{}]. RetainResources is for stacks in the DELETE_FAILED state only.",
                    stack.arn()
                )));
            }
            // What was still to happen does not.
            for below in nested::below(work, &stack) {
                if below.events.last().is_some_and(|event| event.at > context.now) {
                    work.keep(below.interrupted(context.now))?;
                }
            }
            let stack = stack.interrupted(context.now);
            let mut draft = Draft::of(context, stack, self.token.clone());
            deploy::delete(work, &mut draft, &self.retained);
            work.keep(draft.stack)
        })?;
        Ok(Fields::new())
    }
}
