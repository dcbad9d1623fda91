//! What the requests that create or change a stack have in common.

use super::{
    parameters::{self, GivenValue},
    take_empty, template, texts, validation,
    work::Work,
};
use crate::{
    api::{error::ApiError, parameter::Parameters},
    import::text::node::Node,
    model::{
        stack::{Asked, Stack},
        world::Tags,
    },
};

/// The most tags of a stack.
const MOST_TAGS: usize = 50;

/// What a request asks of a stack.
pub(super) struct Request {
    pub(super) template: template::Given,
    parameters: Vec<GivenValue>,
    /// The tags; those of before if there are none.
    tags: Option<Tags>,
    capabilities: Vec<String>,
    notification_arns: Vec<String>,
    role: Option<String>,
    timeout: Option<u32>,
    /// `DisableRollback`.
    pub(super) disable_rollback: Option<bool>,
    retain_except_on_create: bool,
    /// The token that makes a repeated request the same one.
    pub(super) token: Option<String>,
}

/// The documented parameters of these requests that change nothing.
pub(super) const WITHOUT_EFFECT: &[&str] = &[
    "DeploymentConfig",
    "DeploymentMode",
    "DisableValidation",
    "ResourceTypes",
    "RollbackConfiguration",
];

/// The name of a stack, or its ARN.
///
/// # Errors
///
/// `ValidationError`.
pub(super) fn name(parameters: &mut Parameters) -> Result<String, ApiError> {
    parameters.required_limited("StackName", 1..=2_048)
}

/// Refuses what no stack may be called.
///
/// # Errors
///
/// `ValidationError`.
pub(super) fn check_name(name: &str) -> Result<(), ApiError> {
    let is_legal = name.len() <= 128
        && name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-');
    if is_legal {
        return Ok(());
    }
    let shown: String = name.chars().take(200).collect();
    Err(validation(&format!(
        "1 validation error detected: Value '{shown}' at 'stackName' failed to satisfy constraint: Member must satisfy \
         regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*|arn:[-a-zA-Z0-9:/._+]*"
    )))
}

impl Request {
    /// Reads what all of them have.
    ///
    /// # Errors
    ///
    /// `ValidationError`.
    pub(super) fn read(parameters: &mut Parameters, token: &str) -> Result<Self, ApiError> {
        take_empty(parameters, "Tags")?;
        let tags = parameters.tags("Tags")?;
        check_tags(&tags)?;
        let timeout = parameters.number("TimeoutInMinutes", 1..=u64::from(u32::MAX))?;
        take_empty(parameters, "ResourceTypes")?;
        Ok(Self {
            template: template::read(parameters)?,
            parameters: parameters::read(parameters)?,
            tags: (!tags.0.is_empty()).then_some(tags),
            capabilities: texts(parameters, "Capabilities")?,
            notification_arns: texts(parameters, "NotificationARNs")?,
            role: parameters.text("RoleARN")?,
            timeout: timeout.and_then(|it| u32::try_from(it).ok()),
            disable_rollback: parameters.boolean("DisableRollback")?,
            retain_except_on_create: parameters
                .boolean("RetainExceptOnCreate")?
                .unwrap_or_default(),
            token: parameters.text(token)?,
        })
    }

    /// The template and what is asked of the stack, with the values of all parameters.
    ///
    /// # Errors
    ///
    /// `ValidationError`, `InsufficientCapabilitiesException`.
    pub(super) fn resolve(
        &self,
        work: &mut Work<'_, '_>,
        stack: Option<&Stack>,
    ) -> Result<(Node, Asked), ApiError> {
        let body = match (self.template.text(work.context)?, &self.template, stack) {
            (Some(body), ..) => body,
            (None, template::Given::Previous, Some(stack)) => stack.asked.template.clone(),
            _ => {
                return Err(validation("Either Template URL or Template Body must be specified."));
            }
        };
        let root = template::parse(&body)?;
        template::acknowledged(&root, &self.capabilities)?;
        let previous = stack.map_or(&[][..], |stack| &stack.asked.parameters);
        let values = parameters::resolve(work, &root, &self.parameters, previous)?;
        let before = stack.map(|stack| stack.asked.clone()).unwrap_or_default();
        let or_before = |new: &Vec<String>, old: Vec<String>| {
            if new.is_empty() { old } else { new.clone() }
        };
        let asked = Asked {
            description: template::description(&root),
            template: body,
            parameters: values,
            tags: self.tags.clone().unwrap_or(before.tags),
            capabilities: self.capabilities.clone(),
            notification_arns: or_before(&self.notification_arns, before.notification_arns),
            role: self.role.clone().or(before.role),
            timeout: self.timeout.or(before.timeout),
            disable_rollback: self.disable_rollback.unwrap_or(before.disable_rollback),
            retain_except_on_create: self.retain_except_on_create,
        };
        Ok((root, asked))
    }
}

fn check_tags(tags: &Tags) -> Result<(), ApiError> {
    for (index, (key, value)) in tags.0.iter().enumerate() {
        if key.to_ascii_lowercase().starts_with("aws:") {
            return Err(validation(
                "aws: prefixed tag key names are not allowed for external use.",
            ));
        }
        if key.is_empty() || key.chars().count() > 128 || value.chars().count() > 256 {
            return Err(validation(&format!("The tag '{key}' is too long, or has no key")));
        }
        if tags.0.iter().take(index).any(|(other, _)| other == key) {
            return Err(validation(&format!("Duplicate tag key '{key}' specified.")));
        }
    }
    if tags.0.len() > MOST_TAGS {
        return Err(validation(&format!("A stack has at most {MOST_TAGS} tags.")));
    }
    Ok(())
}
