//! The parameters of a stack: the values that a request gives, those of before, and the template's own, with the rules
//! that the template and their types make.

use std::collections::BTreeMap;

use regex_lite::{Regex, RegexBuilder};

use super::{
    validation,
    work::{self, Work, input},
};
use crate::{
    api::{error::ApiError, parameter::Parameters},
    import::text::node::Node,
    model::stack::StackParameter,
};

/// A value in a request.
pub(super) struct GivenValue {
    key: String,
    value: Option<String>,
    use_previous: bool,
}

impl GivenValue {
    /// A value of a parameter.
    pub(super) fn new(key: &str, value: String) -> Self {
        Self { key: key.to_owned(), value: Some(value), use_previous: false }
    }
}

/// The front of the types whose value is the name of a stored parameter.
const STORED: &str = "AWS::SSM::Parameter::Value<";

/// What is shown in place of a value that is never shown.
pub(super) const HIDDEN: &str = "****";
/// The longest value, in bytes.
const LONGEST: usize = 4_096;

/// The most memory of a compiled pattern, in bytes.
const PATTERN_SIZE: usize = 1 << 20;

/// How a dynamic reference to a stored parameter begins.
const REFERENCE: &str = "{{resolve:ssm:";
/// The most dynamic references of a template, as at AWS.
const MOST_REFERENCES: usize = 60;

/// Types whose values must be ids of resources that are there: the action, its list and the member of its reply.
const IDS: &[(&str, &str, &str, &str)] = &[
    ("AWS::EC2::VPC::Id", "DescribeVpcs", "VpcId", "vpcSet.vpcId"),
    ("AWS::EC2::Subnet::Id", "DescribeSubnets", "SubnetId", "subnetSet.subnetId"),
    (
        "AWS::EC2::SecurityGroup::Id",
        "DescribeSecurityGroups",
        "GroupId",
        "securityGroupInfo.groupId",
    ),
    (
        "AWS::EC2::Instance::Id",
        "DescribeInstances",
        "InstanceId",
        "reservationSet.instancesSet.instanceId",
    ),
    (KEY_NAME, "DescribeKeyPairs", "KeyName", "keySet.keyName"),
];

/// The type of the names of key pairs.
const KEY_NAME: &str = "AWS::EC2::KeyPair::KeyName";

/// Reads `Parameters`.
///
/// # Errors
///
/// `ValidationError`.
pub(super) fn read(parameters: &mut Parameters) -> Result<Vec<GivenValue>, ApiError> {
    super::take_empty(parameters, "Parameters")?;
    parameters.structures("Parameters", |one| {
        one.text("ResolvedValue")?;
        Ok(GivenValue {
            key: one.text("ParameterKey")?.unwrap_or_default(),
            value: one.text("ParameterValue")?,
            use_previous: one.boolean("UsePreviousValue")?.unwrap_or_default(),
        })
    })
}

/// The parameters that a template declares.
pub(super) fn declared(root: &Node) -> impl Iterator<Item = (&str, &Node)> {
    let entries = root.get("Parameters").map_or(&[][..], Node::entries);
    entries.iter().map(|(key, node)| (key.text.as_str(), node))
}

/// Whether a parameter's value is never shown.
pub(super) fn is_secret(declaration: &Node) -> bool {
    let text = declaration.get("NoEcho").and_then(Node::text);
    text.is_some_and(|it| it.eq_ignore_ascii_case("true"))
}

/// A parameter's type.
pub(super) fn type_of(declaration: &Node) -> &str {
    declaration.get("Type").and_then(Node::text).unwrap_or("String")
}

/// The value of every parameter of a template.
///
/// # Errors
///
/// `ValidationError`.
pub(super) fn resolve(
    work: &mut Work<'_, '_>,
    root: &Node,
    given: &[GivenValue],
    previous: &[StackParameter],
) -> Result<Vec<StackParameter>, ApiError> {
    let names: Vec<&str> = declared(root).map(|(name, _)| name).collect();
    let unknown: Vec<&str> =
        given.iter().map(|it| it.key.as_str()).filter(|key| !names.contains(key)).collect();
    if !unknown.is_empty() {
        let unknown = unknown.join(", ");
        return Err(validation(&format!("Parameters: [{unknown}] do not exist in the template")));
    }
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for (name, declaration) in declared(root) {
        let given = given.iter().rfind(|it| it.key == name);
        let old = previous.iter().find(|it| it.key == name).map(|it| it.value.clone());
        let value = match given {
            Some(it) if it.use_previous => {
                if it.value.is_some() {
                    return Err(validation(&format!(
                        "Invalid input for parameter key {name}. Cannot specify usePreviousValue as true and non empty \
                         value for a parameter"
                    )));
                }
                let Some(old) = old else {
                    return Err(validation(&format!(
                        "Invalid input for parameter key {name}. Cannot specify usePreviousValue as true for a \
                         parameter key not in the previous template"
                    )));
                };
                Some(old)
            }
            Some(it) => it.value.clone(),
            None => declaration.get("Default").and_then(Node::text).map(str::to_owned),
        };
        match value {
            Some(value) => {
                check(name, declaration, &value)?;
                found.push((name, declaration, value));
            }
            None => missing.push(name),
        }
    }
    if !missing.is_empty() {
        let missing = missing.join(", ");
        return Err(validation(&format!("Parameters: [{missing}] must have values")));
    }
    let mut resolved = Vec::new();
    for (name, declaration, value) in found {
        let kind = type_of(declaration);
        let inner = kind.strip_prefix(STORED).and_then(|it| it.strip_suffix('>'));
        let stored = inner.map(|_| stored(work, &value)).transpose()?;
        check_ids(work, name, inner.unwrap_or(kind), stored.as_deref().unwrap_or(&value))?;
        resolved.push(StackParameter {
            key: name.to_owned(),
            value,
            resolved: stored,
            no_echo: is_secret(declaration),
        });
    }
    Ok(resolved)
}

/// The value of a stored parameter.
fn stored(work: &mut Work<'_, '_>, name: &str) -> Result<String, ApiError> {
    let reply = work.call("ssm", "GetParameter", input(&[("Name", name)]));
    let found = reply.ok().and_then(|reply| reply.at("Parameter.Value").into_iter().next());
    found.ok_or_else(|| {
        validation(&format!(
            "Unable to fetch parameters [{name}] from parameter store for this account."
        ))
    })
}

/// The values of the dynamic references to stored parameters in a template: `{{resolve:ssm:NAME}}`, perhaps with a version.
///
/// # Errors
///
/// `ValidationError`.
pub(super) fn dynamic(
    work: &mut Work<'_, '_>,
    template: &str,
) -> Result<BTreeMap<String, String>, ApiError> {
    let mut values = BTreeMap::new();
    for (at, _) in template.match_indices(REFERENCE) {
        let rest = template.get(at..).unwrap_or_default();
        let Some((reference, _)) = rest.split_once("}}") else { continue };
        let name = reference.strip_prefix(REFERENCE).unwrap_or_default();
        // The name may be put together from parts, and is then not resolved.
        if name.contains(['$', '{', '\n']) || values.len() >= MOST_REFERENCES {
            continue;
        }
        let name = name.split(':').next().unwrap_or_default();
        values.insert(format!("{reference}}}}}"), stored(work, name)?);
    }
    Ok(values)
}

/// Refuses ids of what is not there.
fn check_ids(work: &mut Work<'_, '_>, name: &str, kind: &str, value: &str) -> Result<(), ApiError> {
    let inner = kind.strip_prefix("List<").and_then(|it| it.strip_suffix('>'));
    let refuse = |value: &str| {
        Err(validation(&format!(
            "Parameter validation failed: parameter value {value} for parameter name {name} does not exist"
        )))
    };
    let kind = inner.unwrap_or(kind);
    let values = if inner.is_some() { value.split(',').collect() } else { vec![value] };
    if kind == KEY_NAME && value.is_empty() {
        return refuse(value);
    }
    let Some((_, action, list, path)) = IDS.iter().find(|(known, ..)| *known == kind) else {
        return Ok(());
    };
    if work::action("ec2", action).is_none() {
        return Ok(());
    }
    for value in values {
        let value = value.trim();
        let reply = work.ec2(action, input(&[(&format!("{list}.1"), value)]));
        if !reply.is_ok_and(|reply| reply.at(path).iter().any(|it| it == value)) {
            return refuse(value);
        }
    }
    Ok(())
}

/// A pattern that only a whole value matches. None for one that only AWS's language of patterns has, like one that looks
/// ahead: against such a pattern no value is checked.
fn whole(pattern: &str) -> Option<Regex> {
    let build = |text: &str| RegexBuilder::new(text).size_limit(PATTERN_SIZE).build().ok();
    // By itself first: brackets that do not match would reach out of the whole.
    build(pattern)?;
    build(&format!(r"\A(?:{pattern})\z"))
}

/// Refuses a value that breaks one of the template's rules.
fn check(name: &str, declaration: &Node, value: &str) -> Result<(), ApiError> {
    if value.len() > LONGEST {
        return Err(validation(&format!("Parameter '{name}' has more than {LONGEST} bytes")));
    }
    let refuse = |words: String| {
        let told = declaration.get("ConstraintDescription").and_then(Node::text);
        Err(validation(&match told {
            Some(told) => format!("Parameter {name} failed to satisfy constraint: {told}"),
            None => words,
        }))
    };
    let is_list =
        type_of(declaration) == "CommaDelimitedList" || type_of(declaration).starts_with("List<");
    let values = if is_list { value.split(',').map(str::trim).collect() } else { vec![value] };
    if let Some(allowed) = declaration.get("AllowedValues") {
        let is_allowed = |value: &str| allowed.items().iter().any(|it| it.text() == Some(value));
        if !values.iter().all(|value| is_allowed(value)) {
            return refuse(format!("Parameter '{name}' must be one of AllowedValues"));
        }
    }
    if let Some(pattern) = declaration.get("AllowedPattern").and_then(Node::text)
        && let Some(compiled) = whole(pattern)
        && !values.iter().all(|value| compiled.is_match(value))
    {
        return refuse(format!("Parameter '{name}' must match pattern {pattern}"));
    }
    let limit = |key: &str| declaration.get(key).and_then(Node::text)?.parse::<f64>().ok();
    #[allow(clippy::cast_precision_loss, reason = "no value is as long as 2^52")]
    let length = value.chars().count() as f64;
    if let Some(least) = limit("MinLength").filter(|least| length < *least) {
        return refuse(format!("Parameter '{name}' must contain at least {least} characters"));
    }
    if let Some(most) = limit("MaxLength").filter(|most| length > *most) {
        return refuse(format!("Parameter '{name}' must contain at most {most} characters"));
    }
    if type_of(declaration) == "Number" {
        let Ok(number) = value.trim().parse::<f64>() else {
            return Err(validation(&format!("Parameter '{name}' must be a number.")));
        };
        if let Some(least) = limit("MinValue").filter(|least| number < *least) {
            return refuse(format!("Parameter '{name}' must be a number not less than {least}"));
        }
        if let Some(most) = limit("MaxValue").filter(|most| number > *most) {
            return refuse(format!("Parameter '{name}' must be a number not greater than {most}"));
        }
    }
    Ok(())
}

/// A text with the values of the parameters that are never shown hidden.
pub(super) fn masked(text: &str, all: &[StackParameter]) -> String {
    let secrets = all.iter().filter(|it| it.no_echo);
    let values = secrets.flat_map(|it| [Some(it.value.as_str()), it.resolved.as_deref()]).flatten();
    values.filter(|value| !value.is_empty()).fold(text.to_owned(), |text, value| {
        // Within JSON, too, where quotes are written otherwise.
        let quoted = serde_json::Value::from(value).to_string();
        text.replace(quoted.trim_matches('"'), HIDDEN).replace(value, HIDDEN)
    })
}
