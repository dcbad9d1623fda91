//! Templates: what CloudFormation refuses of a text before it makes anything, and what it tells of one.

use serde_json::Value;

use super::{kind, validation};
use crate::{
    api::{context::Context, error::ApiError, parameter::Parameters, s3},
    import::{
        foreign::cloudformation::deploy,
        text::node::{Kind, Node},
    },
};

/// The longest template in a request, in bytes.
const LONGEST: usize = 51_200;
/// The longest template at a URL, in bytes.
const LONGEST_AT_URL: usize = 1_000_000;
/// The most resources, parameters and outputs.
const MOST: &[(&str, &str, usize)] = &[
    ("Resources", "resources", 500),
    ("Parameters", "parameters", 200),
    ("Outputs", "outputs", 200),
    ("Mappings", "mappings", 200),
];
/// The sections of a template.
const SECTIONS: &[&str] = &[
    "AWSTemplateFormatVersion",
    "Conditions",
    "Description",
    "Hooks",
    "Mappings",
    "Metadata",
    "Outputs",
    "Parameters",
    "Resources",
    "Rules",
    "Transform",
];
/// The members of a resource.
const MEMBERS: &[&str] = &[
    "Condition",
    "CreationPolicy",
    "DeletionPolicy",
    "DependsOn",
    "Metadata",
    "Properties",
    "Type",
    "UpdatePolicy",
    "UpdateReplacePolicy",
];
/// The types of IAM that need an acknowledgement, and the property that names each.
const IAM: &[(&str, &str)] = &[
    ("AWS::IAM::AccessKey", ""),
    ("AWS::IAM::Group", "GroupName"),
    ("AWS::IAM::InstanceProfile", "InstanceProfileName"),
    ("AWS::IAM::ManagedPolicy", "ManagedPolicyName"),
    ("AWS::IAM::Policy", ""),
    ("AWS::IAM::Role", "RoleName"),
    ("AWS::IAM::User", "UserName"),
    ("AWS::IAM::UserToGroupAddition", ""),
];

/// The transform that is run here.
const EXTENSIONS: &str = "AWS::LanguageExtensions";

/// Where a request has its template.
pub(super) enum Given {
    /// In the request.
    Body(String),
    /// At a URL.
    Url(String),
    /// The one that the stack has.
    Previous,
    /// Nowhere.
    Nothing,
}

/// Reads `TemplateBody`, `TemplateURL` and `UsePreviousTemplate`.
///
/// # Errors
///
/// `ValidationError`.
pub(super) fn read(parameters: &mut Parameters) -> Result<Given, ApiError> {
    let body = parameters.text("TemplateBody")?;
    let previous = parameters.boolean("UsePreviousTemplate")?.unwrap_or_default();
    let url = parameters.text("TemplateURL")?;
    if previous && (body.is_some() || url.is_some()) {
        return Err(validation(
            "You cannot specify both usePreviousTemplate and Template Body/Template URL.",
        ));
    }
    if body.is_some() && url.is_some() {
        return Err(validation("You cannot specify both Template Body and Template URL."));
    }
    if let Some(url) = url {
        return Ok(Given::Url(url));
    }
    match body {
        Some(body) if body.len() > LONGEST => {
            let shown: String = body.chars().take(60).collect();
            Err(validation(&format!(
                "1 validation error detected: Value '{shown}…' at 'templateBody' failed to satisfy constraint: Member \
                 must have length less than or equal to {LONGEST}"
            )))
        }
        Some(body) => Ok(Given::Body(body)),
        None if previous => Ok(Given::Previous),
        None => Ok(Given::Nothing),
    }
}

impl Given {
    /// The text that is given, in the request or at a URL.
    ///
    /// # Errors
    ///
    /// `ValidationError` if nothing is at the URL.
    pub(super) fn text(&self, context: &Context<'_>) -> Result<Option<String>, ApiError> {
        match self {
            Self::Body(body) => Ok(Some(body.clone())),
            Self::Url(url) => {
                let text = s3::text_at(context.shelf, url, &context.account);
                let text = text.map_err(|words| validation(&words))?;
                if text.len() > LONGEST_AT_URL {
                    return Err(validation(&format!(
                        "Template may not exceed {LONGEST_AT_URL} bytes in size."
                    )));
                }
                Ok(Some(text))
            }
            Self::Previous | Self::Nothing => Ok(None),
        }
    }
}

/// Parses a template, and refuses it as CloudFormation does before it makes anything.
///
/// # Errors
///
/// `ValidationError`.
pub(super) fn parse(text: &str) -> Result<Node, ApiError> {
    let root = deploy::parse(text).map_err(|words| validation(&words))?;
    let format = |words: &str| validation(&format!("Template format error: {words}"));
    let unknown: Vec<&str> = root
        .entries()
        .iter()
        .map(|(key, _)| key.text.as_str())
        .filter(|key| !SECTIONS.contains(key) && !key.starts_with("Fn::"))
        .collect();
    if !unknown.is_empty() {
        let unknown = unknown.join(", ");
        return Err(validation(&format!("Invalid template property or properties [{unknown}]")));
    }
    let version = root.get("AWSTemplateFormatVersion").and_then(Node::text);
    if version.is_some_and(|version| version != "2010-09-09") {
        return Err(format("unsupported value for AWSTemplateFormatVersion."));
    }
    for (section, words, most) in MOST {
        let count = root.get(section).map_or(0, |it| it.entries().len());
        if count > *most {
            return Err(format(&format!(
                "Number of {words}, {count}, is greater than maximum allowed, {most}"
            )));
        }
    }
    if root.get("Resources").is_some_and(|it| !matches!(it.kind, Kind::Map(_))) {
        return Err(format("'Resources' member must be a JSON object."));
    }
    deploy::check(&root).map_err(|words| validation(&words))?;
    for (key, resource) in root.get("Resources").map_or(&[][..], Node::entries) {
        let name = &key.text;
        if name.starts_with("Fn::") {
            continue;
        }
        if !name.bytes().all(|it| it.is_ascii_alphanumeric()) || name.is_empty() {
            return Err(format(&format!("Resource name {name} is non alphanumeric.")));
        }
        let odd = resource.entries().iter().find(|(key, _)| !MEMBERS.contains(&&*key.text));
        if let Some((key, _)) = odd {
            let words = format!("Invalid template resource property '{}'", key.text);
            return Err(validation(&words));
        }
        let properties = resource.get("Properties");
        if properties.is_some_and(|it| !matches!(it.kind, Kind::Map(_))) {
            return Err(format("every Properties member must be a JSON object."));
        }
    }
    let mut types: Vec<&str> =
        types(&root).into_iter().filter(|it| !kind::is_known_type(it)).collect();
    types.sort_unstable();
    types.dedup();
    if !types.is_empty() {
        return Err(format(&format!("Unrecognized resource types: [{}]", types.join(", "))));
    }
    let transforms = transforms(&root);
    if let Some(name) = transforms.iter().find(|it| **it != EXTENSIONS) {
        return Err(validation(&format!("No transform named {name} found.")));
    }
    Ok(root)
}

/// The description.
pub(super) fn description(root: &Node) -> Option<String> {
    root.get("Description").and_then(Node::text).map(str::to_owned)
}

/// The types of the resources, in the order of the text.
pub(super) fn types(root: &Node) -> Vec<&str> {
    let resources = root.get("Resources").map_or(&[][..], Node::entries);
    resources.iter().filter_map(|(_, it)| it.get("Type")?.text()).collect()
}

/// The transforms that the template declares.
pub(super) fn transforms(root: &Node) -> Vec<String> {
    let Some(node) = root.get("Transform") else { return Vec::new() };
    let items = if node.items().is_empty() { std::slice::from_ref(node) } else { node.items() };
    let name = |item: &Node| item.get("Name").unwrap_or(item).text().map(str::to_owned);
    items.iter().filter_map(name).collect()
}

/// The capabilities that a request must acknowledge, and why.
pub(super) fn capabilities(root: &Node) -> (Vec<&'static str>, Option<String>) {
    let mut found: Vec<&str> = Vec::new();
    let mut is_named = false;
    for (_, resource) in root.get("Resources").map_or(&[][..], Node::entries) {
        let Some(kind) = resource.get("Type").and_then(Node::text) else { continue };
        let Some((_, name)) = IAM.iter().find(|(known, _)| *known == kind) else { continue };
        if !found.contains(&kind) {
            found.push(kind);
        }
        let properties = resource.get("Properties");
        is_named |= !name.is_empty() && properties.is_some_and(|it| it.get(name).is_some());
    }
    let mut needed = Vec::new();
    if !transforms(root).is_empty() {
        needed.push("CAPABILITY_AUTO_EXPAND");
    }
    if found.is_empty() {
        return (needed, None);
    }
    needed.push(if is_named { "CAPABILITY_NAMED_IAM" } else { "CAPABILITY_IAM" });
    let types = found.join(", ");
    (needed, Some(format!("The following resource(s) require capabilities: [{types}]")))
}

/// Refuses a request that does not acknowledge what the template needs.
///
/// # Errors
///
/// `InsufficientCapabilitiesException`.
pub(super) fn acknowledged(root: &Node, given: &[String]) -> Result<(), ApiError> {
    let has = |wanted: &str| given.iter().any(|it| it == wanted);
    let missing: Vec<&str> = capabilities(root)
        .0
        .into_iter()
        .filter(|it| *it != "CAPABILITY_IAM" || !has("CAPABILITY_NAMED_IAM"))
        .filter(|it| !has(it))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let message = format!("Requires capabilities : [{}]", missing.join(", "));
    Err(ApiError::new("InsufficientCapabilitiesException", message))
}

/// `Metadata`, as JSON.
pub(super) fn metadata(root: &Node) -> Option<String> {
    root.get("Metadata").map(Node::to_json).filter(Value::is_object).map(|it| it.to_string())
}
