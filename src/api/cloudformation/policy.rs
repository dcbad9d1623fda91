//! What is set of a stack without changing its resources: its policy, its protection, signals.

use super::{
    no_stack, no_such_stack, request,
    stack_policy::StackPolicy,
    validation,
    work::{self, Work, perform},
};
use crate::{
    api::{
        context::Context, error::ApiError, parameter::Parameters, s3, service::Operation,
        shape::Fields,
    },
    model::stack::Stack,
};

/// The longest policy, in bytes.
const LONGEST: usize = 16_384;

/// Changes the record of a stack.
fn edit(
    context: &Context<'_>,
    name: &str,
    missing: fn(&str) -> ApiError,
    change: impl Fn(&mut Stack),
) -> Result<String, ApiError> {
    perform(context, |work: &mut Work<'_, '_>| {
        let stack = work.stack(name).filter(|stack| stack.is_living());
        let mut stack = Stack::clone(&*stack.ok_or_else(|| missing(name))?);
        change(&mut stack);
        let arn = stack.arn();
        work.keep(stack)?;
        Ok(arn)
    })
}

/// A policy in a request: in the request itself or at a URL.
#[derive(Default)]
pub(super) struct GivenPolicy {
    body: Option<String>,
    url: Option<String>,
}

impl GivenPolicy {
    /// Reads the two parameters that may hold it.
    ///
    /// # Errors
    ///
    /// `ValidationError`.
    pub(super) fn read(
        parameters: &mut Parameters,
        [body, url]: [&str; 2],
    ) -> Result<Self, ApiError> {
        let given = Self {
            body: parameters.limited(body, 1..=LONGEST)?,
            url: parameters.limited(url, 1..=5_120)?,
        };
        if given.body.is_some() && given.url.is_some() {
            return Err(validation(&format!("You cannot specify both {body} and {url}.")));
        }
        Ok(given)
    }

    /// The text of the policy, if one is given.
    ///
    /// # Errors
    ///
    /// `ValidationError` for what is no policy.
    pub(super) fn text(&self, context: &Context<'_>) -> Result<Option<String>, ApiError> {
        let text = match (&self.body, &self.url) {
            (Some(body), _) => body.clone(),
            (None, Some(url)) => {
                let text = s3::text_at(context.shelf, url, &context.account);
                text.map_err(|words| validation(&words))?
            }
            (None, None) => return Ok(None),
        };
        if text.len() > LONGEST {
            return Err(validation(&format!("A stack policy may not exceed {LONGEST} bytes.")));
        }
        StackPolicy::parse(&text)?;
        Ok(Some(text))
    }
}

/// `SetStackPolicy`.
pub(in crate::api) struct SetStackPolicy {
    name: String,
    policy: GivenPolicy,
}

impl Operation for SetStackPolicy {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self {
            name: request::name(parameters)?,
            policy: GivenPolicy::read(parameters, ["StackPolicyBody", "StackPolicyURL"])?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        // A stack that has a policy keeps one.
        let Some(policy) = self.policy.text(context)? else {
            let words = "Either StackPolicyBody or StackPolicyURL must be specified.";
            return Err(validation(words));
        };
        edit(context, &self.name, no_such_stack, |stack| stack.policy = Some(policy.clone()))?;
        Ok(Fields::new())
    }
}

/// `GetStackPolicy`.
pub(in crate::api) struct GetStackPolicy(String);

impl Operation for GetStackPolicy {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        request::name(parameters).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let stack = work::find(context, context.world(), &self.0);
        let stack = stack.ok_or_else(|| no_such_stack(&self.0))?;
        Ok(Fields::new().maybe("StackPolicyBody", stack.policy.as_ref()))
    }
}

/// `UpdateTerminationProtection`.
pub(in crate::api) struct UpdateTerminationProtection {
    name: String,
    protected: bool,
}

impl Operation for UpdateTerminationProtection {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let protected = parameters.boolean("EnableTerminationProtection")?;
        Ok(Self {
            name: request::name(parameters)?,
            protected: protected
                .ok_or_else(|| parameters.missing("EnableTerminationProtection"))?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let found = work::find(context, context.world(), &self.name);
        if found.is_some_and(|stack| stack.parent.is_some()) {
            return Err(validation(
                "Termination protection of a nested stack follows from that of the stack at the top.",
            ));
        }
        let arn = edit(context, &self.name, no_such_stack, |stack| {
            stack.termination_protection = self.protected;
        })?;
        Ok(Fields::new().set("StackId", arn))
    }
}

/// `SignalResource`: nothing waits for a signal, so that it is only checked.
pub(in crate::api) struct SignalResource {
    name: String,
    logical: String,
}

impl Operation for SignalResource {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let name = request::name(parameters)?;
        let logical = parameters.required("LogicalResourceId")?;
        parameters.required_limited("UniqueId", 1..=64)?;
        match parameters.required("Status")?.as_str() {
            "SUCCESS" | "FAILURE" => Ok(Self { name, logical }),
            other => Err(validation(&format!(
                "1 validation error detected: Value '{other}' at 'status' failed to satisfy constraint: Member must \
                 satisfy enum value set: [SUCCESS, FAILURE]"
            ))),
        }
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let stack = work::find(context, context.world(), &self.name);
        let stack = stack.ok_or_else(|| no_stack(&self.name))?;
        let found = stack.resources.iter().find(|it| it.logical == self.logical);
        match found {
            None => Err(validation(&format!(
                "Resource {} does not exist for stack {}",
                self.logical, stack.name
            ))),
            Some(resource) => Err(validation(&format!(
                "Resource {} is in {} state and can not be signaled.",
                self.logical, resource.status
            ))),
        }
    }
}
