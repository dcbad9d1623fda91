//! What is told of templates.

use super::{
    change_set, no_stack, parameters,
    template::{self, Given},
    validation, work,
};
use crate::{
    api::{
        context::Context, error::ApiError, parameter::Parameters, service::Operation, shape::Fields,
    },
    import::text::node::Node,
};

/// `GetTemplate`: the text that was given. No transform that would change it is run.
pub(in crate::api) struct GetTemplate {
    stack: Option<String>,
    change_set: Option<String>,
}

impl Operation for GetTemplate {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        match parameters.text("TemplateStage")?.as_deref() {
            None | Some("Original" | "Processed") => {}
            Some(other) => {
                return Err(validation(&format!(
                    "1 validation error detected: Value '{other}' at 'templateStage' failed to satisfy constraint: \
                     Member must satisfy enum value set: [Original, Processed]"
                )));
            }
        }
        let change_set = parameters.text("ChangeSetName")?;
        Ok(Self { stack: parameters.text("StackName")?, change_set })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let body = match (&self.change_set, &self.stack) {
            (Some(name), stack) => {
                let (_, found) =
                    change_set::find(context, context.world(), name, stack.as_deref())?;
                found.asked.template.clone()
            }
            (None, Some(name)) => {
                let stack = work::find(context, context.world(), name);
                stack.ok_or_else(|| no_stack(name))?.asked.template.clone()
            }
            (None, None) => return Err(validation("StackName must be specified")),
        };
        Ok(Fields::new()
            .set("TemplateBody", body)
            .texts("StagesAvailable", ["Original", "Processed"]))
    }
}

/// The members that both summaries have after the parameters.
fn capabilities(fields: Fields, root: &Node) -> Fields {
    let (capabilities, reason) = template::capabilities(root);
    let transforms = template::transforms(root);
    let fields = fields.maybe("Description", template::description(root));
    let fields = if capabilities.is_empty() {
        fields
    } else {
        fields.texts("Capabilities", capabilities).maybe("CapabilitiesReason", reason)
    };
    if transforms.is_empty() { fields } else { fields.texts("DeclaredTransforms", transforms) }
}

fn declaration(name: &str, declared: &Node) -> Fields {
    let text = |key: &str| declared.get(key).and_then(Node::text);
    Fields::new()
        .set("ParameterKey", name)
        .maybe("DefaultValue", text("Default"))
        .set("NoEcho", parameters::is_secret(declared))
        .maybe("Description", text("Description"))
}

/// `GetTemplateSummary`.
pub(in crate::api) struct GetTemplateSummary {
    given: Given,
    stack: Option<String>,
}

impl Operation for GetTemplateSummary {
    const WITHOUT_EFFECT: &'static [&'static str] = &["CallAs", "TemplateSummaryConfig"];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        if let Some(name) = parameters.text("StackSetName")? {
            let message = format!("StackSet {name} not found");
            return Err(ApiError {
                status: 404,
                ..ApiError::new("StackSetNotFoundException", message)
            });
        }
        Ok(Self { given: template::read(parameters)?, stack: parameters.text("StackName")? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let body = match (self.given.text(context)?, &self.stack) {
            (Some(body), None) => body,
            (None, Some(name)) if matches!(self.given, Given::Nothing) => {
                let stack = work::find(context, context.world(), name);
                stack.ok_or_else(|| no_stack(name))?.asked.template.clone()
            }
            _ => {
                return Err(validation(
                    "Exactly one of template body, template URL, stack name and stack set name must be specified.",
                ));
            }
        };
        let root = template::parse(&body)?;
        let declared = parameters::declared(&root).map(|(name, node)| {
            let allowed = node.get("AllowedValues").map_or(&[][..], Node::items);
            let allowed: Vec<&str> = allowed.iter().filter_map(Node::text).collect();
            let constraints = if allowed.is_empty() {
                Fields::new()
            } else {
                Fields::new().texts("AllowedValues", allowed)
            };
            declaration(name, node)
                .set("ParameterType", parameters::type_of(node))
                .fields("ParameterConstraints", constraints)
        });
        let mut types = template::types(&root);
        types.sort_unstable();
        types.dedup();
        let version = root.get("AWSTemplateFormatVersion").and_then(Node::text);
        let fields = Fields::new().list("Parameters", declared);
        Ok(capabilities(fields, &root)
            .texts("ResourceTypes", types)
            .maybe("Version", version)
            .maybe("Metadata", template::metadata(&root)))
    }
}

/// `ValidateTemplate`.
pub(in crate::api) struct ValidateTemplate(Given);

impl Operation for ValidateTemplate {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        template::read(parameters).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let Some(body) = self.0.text(context)? else {
            let words = "Either Template URL or Template Body must be specified.";
            return Err(validation(words));
        };
        let root = template::parse(&body)?;
        let declared = parameters::declared(&root).map(|(name, node)| declaration(name, node));
        Ok(capabilities(Fields::new().list("Parameters", declared), &root))
    }
}
