//! `DescribeParameters`: what is known of the parameters that an account made, without their values.

use std::sync::Arc;

use super::parameter::{USUAL_KEY, arn};
use crate::{
    api::{
        context::Context,
        error::ApiError,
        page,
        parameter::Parameters,
        service::Operation,
        shape::{Fields, Time},
    },
    catalog,
    model::stored_parameter::StoredParameter,
};

/// The parameters on a page, if the request does not say how many.
const PAGE: u64 = 50;

/// What parameters are chosen by.
struct Filter {
    key: String,
    option: String,
    values: Vec<String>,
}

impl Filter {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let key = parameters.required_limited("Key", 1..=132)?;
        let usual = if key == "Path" { "OneLevel" } else { "Equals" };
        let option = parameters.text("Option")?.unwrap_or_else(|| usual.to_owned());
        let values = parameters.list("Values")?;
        let refuse = |code, words: String| Err(ApiError::new(code, words));
        let options: &[&str] = match key.as_str() {
            "Name" => &["Equals", "BeginsWith", "Contains"],
            "Type" | "KeyId" | "Tier" | "DataType" => &["Equals", "BeginsWith"],
            "Path" => &["OneLevel", "Recursive"],
            tag if tag.starts_with("tag:") => &["Equals", "BeginsWith"],
            other => {
                return refuse(
                    "InvalidFilterKey",
                    format!("The following filter key is not valid: {other}."),
                );
            }
        };
        if !options.contains(&option.as_str()) {
            let valid = options.join(", ");
            return refuse(
                "InvalidFilterOption",
                format!(
                    "The following filter option is not valid: {option}. Valid options include: [{valid}]."
                ),
            );
        }
        if values.is_empty() && !key.starts_with("tag:") {
            return refuse(
                "InvalidFilterValue",
                format!("The following filter values are missing : null for filter key {key}"),
            );
        }
        Ok(Self { key, option, values })
    }

    /// One of the older filters, which have no options.
    fn read_old(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let key = parameters.one_of("Key", &["Name", "Type", "KeyId"])?;
        let key = key.ok_or_else(|| parameters.missing("Key"))?;
        let values = parameters.required_list("Values", 1..=50)?;
        let option = if key == "Name" { "BeginsWith" } else { "Equals" }.to_owned();
        Ok(Self { key, option, values })
    }

    fn passes(&self, it: &StoredParameter) -> bool {
        let text = match self.key.as_str() {
            "Name" => &*it.name,
            "Type" => &*it.kind,
            "KeyId" => it.key.as_deref().unwrap_or_default(),
            "Tier" => &*it.tier,
            "DataType" => &*it.data_type,
            "Path" => {
                return self.values.iter().any(|path| {
                    let rest = it.name.strip_prefix(path.trim_end_matches('/'));
                    let below = rest.and_then(|rest| rest.strip_prefix('/'));
                    below.is_some_and(|rest| self.option == "Recursive" || !rest.contains('/'))
                });
            }
            tag => {
                let key = tag.strip_prefix("tag:").unwrap_or_default();
                match it.tags.0.iter().find(|(known, _)| known == key) {
                    Some(_) if self.values.is_empty() => return true,
                    Some((_, value)) => value.as_str(),
                    None => return false,
                }
            }
        };
        self.values.iter().any(|value| match self.option.as_str() {
            "BeginsWith" => text.starts_with(value.as_str()),
            "Contains" => text.contains(value.as_str()),
            // A name may be meant with its slash or without.
            _ => {
                text == value
                    || self.key == "Name" && text.strip_prefix('/') == Some(value.as_str())
            }
        })
    }
}

fn fields(context: &Context<'_>, it: &StoredParameter) -> Fields {
    let partition = catalog::partition_of(context.region);
    let key = (&*it.kind == "SecureString").then(|| it.key.as_deref().unwrap_or(USUAL_KEY));
    Fields::new()
        .set("Name", &it.name)
        .set("ARN", arn(context, &context.account, &it.name))
        .set("Type", &it.kind)
        .maybe("KeyId", key)
        .set("LastModifiedDate", Time::exact(it.changed))
        .set("LastModifiedUser", format!("arn:{partition}:iam::{}:root", context.account))
        .maybe("Description", it.description.as_ref().filter(|it| !it.is_empty()))
        .maybe("AllowedPattern", it.allowed_pattern.as_ref().filter(|it| !it.is_empty()))
        .set("Version", it.version)
        .set("Tier", &it.tier)
        .list("Policies", [])
        .set("DataType", &it.data_type)
}

/// `DescribeParameters`.
pub(in crate::api) struct DescribeParameters {
    filters: Vec<Filter>,
    max: u64,
    after: Option<String>,
    is_shared: bool,
}

impl Operation for DescribeParameters {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let mut filters = parameters.structures("ParameterFilters", Filter::read)?;
        filters.extend(parameters.structures("Filters", Filter::read_old)?);
        let max = parameters.number("MaxResults", 1..=50)?.unwrap_or(PAGE);
        let after = match parameters.text("NextToken")? {
            Some(token) => Some(page::key_of(&token).ok_or_else(|| {
                ApiError::new("InvalidNextToken", "The specified token isn't valid.")
            })?),
            None => None,
        };
        let is_shared = parameters.boolean("Shared")?.unwrap_or_default();
        Ok(Self { filters, max, after, is_shared })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let is_wanted = |it: &&Arc<StoredParameter>| {
            // Nothing is shared with anybody.
            !self.is_shared
                && context.is_home(it.region, &it.owner)
                && self.filters.iter().all(|filter| filter.passes(it))
        };
        let found = context.world().stored_parameters.values().filter(is_wanted);
        let keyed = found.map(|it| (it.name.to_string(), it)).collect();
        let max = usize::try_from(self.max).unwrap_or(usize::MAX);
        let (shown, token) = page::cut(page::by_key(keyed), self.after.as_deref(), max);
        let shown = shown.into_iter().map(|it| fields(context, it));
        Ok(Fields::new().list("Parameters", shown).maybe("NextToken", token))
    }
}
