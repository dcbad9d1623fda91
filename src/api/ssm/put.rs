//! Parameters that customers make: written and deleted.

use std::sync::Arc;

use regex_lite::RegexBuilder;

use super::parameter::{USUAL_KEY, is_name};
use crate::{
    api::{
        context::Context, error::ApiError, parameter::Parameters, service::Operation, shape::Fields,
    },
    model::{
        id::ParameterId,
        stored_parameter::{self as model, StoredParameter},
        world::Tags,
    },
};

/// The types.
const TYPES: &[&str] = &["String", "StringList", "SecureString"];
/// The tiers, and the longest value of each, in bytes.
const TIERS: &[(&str, usize)] =
    &[("Standard", STANDARD_VALUE), ("Advanced", 8_192), ("Intelligent-Tiering", 8_192)];
/// The longest value of a standard parameter, in bytes.
const STANDARD_VALUE: usize = 4_096;
/// The most names between the slashes of a name.
const DEEPEST: usize = 15;
/// The longest name, in letters.
const LONGEST_NAME: usize = 1_011;
/// The most memory of a compiled pattern, in bytes: how long a match takes grows with it and with the value.
const PATTERN_SIZE: usize = 1 << 16;

fn invalid(words: impl Into<String>) -> ApiError {
    ApiError::new("ValidationException", words)
}

/// Refuses what no parameter may be called.
fn check_name(name: &str) -> Result<(), ApiError> {
    let lower = name.trim_start_matches('/').to_ascii_lowercase();
    if name.starts_with('/') && lower.starts_with("aws") {
        let message = format!("No access to reserved parameter name: {name}.");
        return Err(ApiError::new("AccessDeniedException", message));
    }
    if lower.starts_with("aws") || lower.starts_with("ssm") || !is_name(name) {
        return Err(invalid(
            "Parameter name: can't be prefixed with \"aws\" or \"ssm\" (case-insensitive). If formed as a path, it can \
             consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and \
             the following 3 symbols .-_",
        ));
    }
    if name.contains('/') && !name.starts_with('/') {
        return Err(invalid("Parameter name must be a fully qualified name."));
    }
    if name.chars().count() > LONGEST_NAME {
        return Err(invalid(format!("A parameter's name has at most {LONGEST_NAME} letters.")));
    }
    if name.matches('/').count() > DEEPEST {
        let message =
            format!("A hierarchy has at most {DEEPEST} levels: the name {name} has more.");
        return Err(ApiError::new("HierarchyLevelLimitExceededException", message));
    }
    Ok(())
}

/// `PutParameter`.
pub(in crate::api) struct PutParameter {
    name: String,
    value: String,
    kind: Option<String>,
    description: Option<String>,
    allowed_pattern: Option<String>,
    key: Option<String>,
    tier: Option<String>,
    data_type: Option<String>,
    overwrite: bool,
    tags: Tags,
}

impl Operation for PutParameter {
    const WITHOUT_EFFECT: &'static [&'static str] = &["Policies"];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let names: Vec<&str> = TIERS.iter().map(|(name, _)| *name).collect();
        let (tags, differ) = parameters.json_tags("Tags")?;
        if !differ {
            return Err(invalid("The keys of tags must differ."));
        }
        Ok(Self {
            name: parameters.required_limited("Name", 1..=2_048)?,
            value: parameters.required("Value")?,
            kind: parameters.one_of("Type", TYPES)?,
            description: parameters.limited("Description", 0..=1_024)?,
            allowed_pattern: parameters.limited("AllowedPattern", 0..=1_024)?,
            key: parameters.limited("KeyId", 1..=256)?,
            tier: parameters.one_of("Tier", &names)?,
            data_type: parameters.limited("DataType", 0..=128)?,
            overwrite: parameters.boolean("Overwrite")?.unwrap_or_default(),
            tags,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        check_name(&self.name)?;
        let (owner, region) = (context.account.as_str(), context.region);
        let old = context.world().parameter_named(owner, region, &self.name);
        if self.overwrite && !self.tags.0.is_empty() {
            return Err(invalid(
                "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please \
                 remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or \
                 RemoveTagsFromResource.",
            ));
        }
        let kind: Arc<str> = match (&self.kind, old) {
            (Some(kind), _) => kind.as_str().into(),
            (None, Some(old)) => old.kind.clone(),
            (None, None) => {
                return Err(invalid("A parameter type is required when you create a parameter."));
            }
        };
        let usual = old.map_or("Standard", |old| &*old.tier);
        let tier = self.tier.as_deref().unwrap_or(usual);
        let longest =
            TIERS.iter().find(|(name, _)| *name == tier).map_or(0, |(_, longest)| *longest);
        if self.value.len() > longest {
            return Err(invalid(format!(
                "{tier} tier parameters support a maximum parameter value of {longest} characters."
            )));
        }
        let tier = match tier {
            // It chooses the cheapest tier that holds the value.
            "Intelligent-Tiering" if self.value.len() > STANDARD_VALUE => "Advanced",
            "Intelligent-Tiering" => usual,
            tier => tier,
        };
        let is_secure = &*kind == "SecureString";
        let key = self.key.as_deref().unwrap_or(USUAL_KEY);
        let kept = |new: Option<String>, old: Option<&Arc<str>>| {
            new.map(Arc::from).or_else(|| old.cloned())
        };
        let allowed_pattern =
            kept(self.allowed_pattern, old.and_then(|it| it.allowed_pattern.as_ref()));
        if let Some(pattern) = allowed_pattern.as_deref().filter(|it| !it.is_empty()) {
            check_pattern(pattern, &self.value)?;
        }
        let parameter = StoredParameter {
            id: ParameterId::of(owner, region, &self.name),
            tags: self.tags,
            name: self.name.as_str().into(),
            owner: owner.into(),
            region,
            key: is_secure.then(|| key.into()),
            kind,
            value: self.value.into(),
            description: kept(self.description, old.and_then(|it| it.description.as_ref())),
            allowed_pattern,
            tier: tier.into(),
            data_type: self
                .data_type
                .as_deref()
                .filter(|it| !it.is_empty())
                .unwrap_or("text")
                .into(),
            version: 0,
            changed: context.now,
        };
        let id = parameter.id;
        let change = model::PutParameter { parameter, overwrite: self.overwrite };
        let after = context.commit(&[change.into()])?;
        let made = after.world.stored_parameters.get(&id);
        Ok(Fields::new().set("Version", made.map_or(1, |it| it.version)).set("Tier", tier))
    }
}

/// Refuses a value that does not match a pattern.
fn check_pattern(pattern: &str, value: &str) -> Result<(), ApiError> {
    let built = RegexBuilder::new(pattern).size_limit(PATTERN_SIZE).build();
    let Ok(built) = built else {
        let message = format!("The pattern {pattern} cannot be read.");
        return Err(ApiError::new("InvalidAllowedPatternException", message));
    };
    if built.is_match(value) {
        return Ok(());
    }
    let message = format!("Parameter value, cannot be validated against allowedPattern: {pattern}");
    Err(ApiError::new("ParameterPatternMismatchException", message))
}

/// `DeleteParameter`.
pub(in crate::api) struct DeleteParameter(String);

impl Operation for DeleteParameter {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.required_limited("Name", 1..=2_048).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let parameter = ParameterId::of(&context.account, context.region, &self.0);
        context.commit(&[model::DeleteParameter { parameter }.into()])?;
        Ok(Fields::new())
    }
}

/// `DeleteParameters`: those that exist, and the names of those that do not.
pub(in crate::api) struct DeleteParameters(Vec<String>);

impl Operation for DeleteParameters {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.required_list("Names", 1..=10).map(Self)
    }

    fn run(mut self, context: &Context<'_>) -> Result<Fields, ApiError> {
        self.0.sort_unstable();
        self.0.dedup();
        let (owner, region) = (context.account.as_str(), context.region);
        let is_there =
            |name: &String| context.world().parameter_named(owner, region, name).is_some();
        let (found, invalid): (Vec<String>, Vec<String>) = self.0.into_iter().partition(is_there);
        let changes: Vec<_> = found
            .iter()
            .map(|name| ParameterId::of(owner, region, name))
            .map(|parameter| model::DeleteParameter { parameter }.into())
            .collect();
        if !changes.is_empty() {
            context.commit(&changes)?;
        }
        Ok(Fields::new().texts("DeletedParameters", found).texts("InvalidParameters", invalid))
    }
}
