//! Parameters that exist without having been created: those that AWS publishes, and what `cdk bootstrap` would leave.

use super::public::Public;
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
};

/// The names and the values of an account's own. The AWS CDK asks for the version of its bootstrap stack before it deploys.
const OWN: &[(&str, &str)] = &[("/cdk-bootstrap/hnb659fds/version", "30")];

/// When they were changed last: 2024-01-01, the same in every run.
const CHANGED: u64 = 1_704_067_200_000;
/// The only type there is.
const TYPE: &str = "String";
/// The only version there is.
const VERSION: &str = "1";
/// The parameters on a page, if the request does not say how many.
const PAGE: u64 = 10;

/// A parameter.
struct Parameter {
    name: String,
    value: String,
    /// Whether AWS publishes it: its ARN has no account.
    is_public: bool,
    /// The version that the request asked for, with its colon.
    selector: Option<String>,
}

impl Parameter {
    fn find(context: &Context<'_>, name: &str) -> Option<Self> {
        let own = OWN.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        let public = || Public { region: context.region }.value(name);
        let value = own.map(str::to_owned).or_else(public)?;
        let (name, is_public) = (name.to_owned(), own.is_none());
        Some(Self { name, value, is_public, selector: None })
    }

    /// The parameter that a request asks for: a name or an ARN, either with a version or a label behind a colon.
    ///
    /// # Errors
    ///
    /// `ParameterNotFound`; `ParameterVersionNotFound` for any version but the first and for every label, since there are
    /// none; `ValidationException` for what is no name.
    fn asked(context: &Context<'_>, asked: &str) -> Result<Self, ApiError> {
        let own_arn = |owner: &str| format!("{}:parameter", arn(context, owner));
        let of_arn = ["", &context.account].iter().find_map(|it| asked.strip_prefix(&own_arn(it)));
        let mut parts = of_arn.unwrap_or(asked).split(':');
        let name = parts.next().unwrap_or_default();
        let (selector, more) = (parts.next(), parts.next());
        if more.is_some() && !asked.starts_with("arn:") {
            let words =
                "Invalid parameter name. Please use correct syntax for referencing a version/label";
            let form = "<name>:<version/label>";
            return Err(ApiError::new("ValidationException", format!("{words} {form}")));
        }
        let found = Self::find(context, name).filter(|_| more.is_none());
        let found = found.ok_or_else(|| ApiError::new("ParameterNotFound", String::new()))?;
        match selector {
            Some(version) if version != VERSION => Err(ApiError::new(
                "ParameterVersionNotFound",
                format!(
                    "Systems Manager could not find version {version} of {name}. Verify the version and try again."
                ),
            )),
            _ => Ok(Self { selector: selector.map(|it| format!(":{it}")), ..found }),
        }
    }

    fn fields(self, context: &Context<'_>) -> Fields {
        let owner = if self.is_public { "" } else { &context.account };
        Fields::new()
            .set("Name", &self.name)
            .set("Type", TYPE)
            .set("Value", self.value)
            .set("Version", 1)
            .maybe("Selector", self.selector)
            .set("LastModifiedDate", Time::exact(CHANGED))
            .set("ARN", format!("{}:parameter{}", arn(context, owner), self.name))
            .set("DataType", "text")
    }
}

/// An ARN of the caller's region up to its account.
fn arn(context: &Context<'_>, owner: &str) -> String {
    let partition = catalog::partition_of(context.region);
    format!("arn:{partition}:ssm:{}:{owner}", context.region)
}

/// `GetParameter`.
pub(in crate::api) struct GetParameter {
    name: String,
}

impl Operation for GetParameter {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        // None is encrypted.
        parameters.boolean("WithDecryption")?;
        Ok(Self { name: parameters.required_limited("Name", 1..=2_048)? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let found = Parameter::asked(context, &self.name)?;
        Ok(Fields::new().fields("Parameter", found.fields(context)))
    }
}

/// `GetParameters`: those that exist, and the names of those that do not.
pub(in crate::api) struct GetParameters {
    names: Vec<String>,
}

impl Operation for GetParameters {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.boolean("WithDecryption")?;
        Ok(Self { names: parameters.required_list("Names", 1..=10)? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let (mut found, mut invalid) = (Vec::new(), Vec::new());
        for name in self.names {
            match Parameter::asked(context, &name) {
                Ok(parameter) => found.push(parameter.fields(context)),
                Err(_) => invalid.push(name),
            }
        }
        Ok(Fields::new().list("Parameters", found).texts("InvalidParameters", invalid))
    }
}

/// `GetParametersByPath`.
pub(in crate::api) struct GetParametersByPath {
    path: String,
    is_recursive: bool,
    filters: Vec<Filter>,
    max: u64,
    after: Option<String>,
}

/// A filter. Every parameter has the type `String`; none has a key or a label.
struct Filter {
    key: String,
    is_prefix: bool,
    values: Vec<String>,
}

impl Filter {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let key = parameters.required("Key")?;
        let option = parameters.text("Option")?;
        let values = parameters.list("Values")?;
        let refuse = |code, words: String| Err(ApiError::new(code, words));
        if !["KeyId", "Label", "Type"].contains(&key.as_str()) {
            let valid = "Valid filter keys include: [Type, KeyId].";
            return refuse(
                "InvalidFilterKey",
                format!("The following filter key is not valid: {key}. {valid}"),
            );
        }
        let is_prefix = match option.as_deref() {
            None | Some("Equals") => false,
            Some("BeginsWith") if key != "Label" => true,
            Some(other) => {
                let valid = "Valid options include: [BeginsWith, Equals].";
                return refuse(
                    "InvalidFilterOption",
                    format!("The following filter option is not valid: {other}. {valid}"),
                );
            }
        };
        if values.is_empty() {
            return refuse(
                "InvalidFilterValue",
                format!("The following filter values are missing : null for filter key {key}"),
            );
        }
        Ok(Self { key, is_prefix, values })
    }

    fn passes(&self) -> bool {
        let matches =
            |value: &String| if self.is_prefix { TYPE.starts_with(value) } else { TYPE == value };
        self.key == "Type" && self.values.iter().any(matches)
    }
}

impl Operation for GetParametersByPath {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.boolean("WithDecryption")?;
        let path = parameters.required_limited("Path", 1..=2_048)?;
        let is_recursive = parameters.boolean("Recursive")?.unwrap_or_default();
        let filters = parameters.structures("ParameterFilters", Filter::read)?;
        let max = parameters.number("MaxResults", 1..=10)?.unwrap_or(PAGE);
        let after = match parameters.text("NextToken")? {
            Some(token) => Some(page::key_of(&token).ok_or_else(|| {
                ApiError::new("InvalidNextToken", "The specified token isn't valid.")
            })?),
            None => None,
        };
        Ok(Self { path, is_recursive, filters, max, after })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        if !is_path(&self.path) {
            return Err(ApiError::new("ValidationException", NO_PATH));
        }
        if !self.filters.iter().all(Filter::passes) {
            return Ok(Fields::new().list("Parameters", []));
        }
        let max = usize::try_from(self.max).unwrap_or(usize::MAX);
        // One more than is shown, which tells whether there is another page.
        let mut found = self.below(context, max.saturating_add(1));
        let are_more = found.len() > max;
        found.truncate(max);
        let token = found.last().filter(|_| are_more).map(|last| page::token_of(&last.name));
        let shown = found.into_iter().map(|it| it.fields(context));
        Ok(Fields::new().list("Parameters", shown).maybe("NextToken", token))
    }
}

/// The refusal of a path that is none.
const NO_PATH: &str = "The parameter doesn't meet the parameter name requirements. The parameter name must begin with a \
    forward slash \"/\". It can't be prefixed with \"aws\" or \"ssm\" (case-insensitive). It must use only letters, \
    numbers, or the following symbols: . (period), - (hyphen), _ (underscore). Special characters are not allowed. All \
    sub-paths, if specified, must use the forward slash symbol \"/\". Valid example: \
    /get/parameters2-/by1./path0_.";

fn is_path(path: &str) -> bool {
    let holds = |it: char| it.is_ascii_alphanumeric() || "./-_".contains(it);
    path.starts_with('/') && path.chars().all(holds) && !path.contains("//")
}

impl GetParametersByPath {
    /// The first parameters behind the last page: the account's own, or those that AWS publishes. No path has both.
    fn below(&self, context: &Context<'_>, limit: usize) -> Vec<Parameter> {
        let begin = format!("{}/", self.path.trim_end_matches('/'));
        let is_wanted = |name: &str| {
            let below = name.strip_prefix(&begin);
            below.is_some_and(|rest| self.is_recursive || !rest.contains('/'))
                && self.after.as_deref().is_none_or(|after| name > after)
        };
        let own = OWN.iter().filter(|(name, _)| is_wanted(name));
        let own = own.map(|(name, value)| ((*name).to_owned(), (*value).to_owned(), false));
        let public = Public { region: context.region };
        let public = public.below(&self.path, self.is_recursive, self.after.as_deref(), limit);
        let public = public.into_iter().map(|(name, value)| (name, value, true));
        let read = |(name, value, is_public)| Parameter { name, value, is_public, selector: None };
        own.chain(public).take(limit).map(read).collect()
    }
}
