//! Parameters as they are read: those that customers made, those that AWS publishes, and what `cdk bootstrap` would leave.

use data_encoding::BASE64;

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
    hash::stable_hash,
    model::stored_parameter::StoredParameter,
};

/// The names and the values of an account's own. The AWS CDK asks for the version of its bootstrap stack before it deploys.
const OWN: &[(&str, &str)] = &[("/cdk-bootstrap/hnb659fds/version", "30")];

/// The key of an encrypted parameter that names none.
pub(super) const USUAL_KEY: &str = "alias/aws/ssm";
/// When those that nobody made were changed last: 2024-01-01, the same in every run.
const CHANGED: u64 = 1_704_067_200_000;
/// Their type.
const TYPE: &str = "String";
/// The parameters on a page, if the request does not say how many.
const PAGE: u64 = 10;

/// A parameter.
struct Parameter {
    name: String,
    value: String,
    kind: String,
    key: Option<String>,
    data_type: String,
    version: u64,
    changed: u64,
    /// Whether AWS publishes it: its ARN has no account.
    is_public: bool,
    /// The version that the request asked for, with its colon.
    selector: Option<String>,
}

impl Parameter {
    /// One that nobody made.
    fn given(name: String, value: String, is_public: bool) -> Self {
        Self {
            name,
            value,
            kind: TYPE.to_owned(),
            key: None,
            data_type: "text".to_owned(),
            version: 1,
            changed: CHANGED,
            is_public,
            selector: None,
        }
    }

    fn stored(it: &StoredParameter) -> Self {
        Self {
            kind: it.kind.to_string(),
            key: it.key.as_ref().map(ToString::to_string),
            data_type: it.data_type.to_string(),
            version: it.version,
            changed: it.changed,
            ..Self::given(it.name.to_string(), it.value.to_string(), false)
        }
    }

    fn find(context: &Context<'_>, name: &str) -> Option<Self> {
        let stored = context.world().parameter_named(&context.account, context.region, name);
        if let Some(stored) = stored {
            return Some(Self::stored(stored));
        }
        let own = OWN.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        let public = || Public { region: context.region }.value(name);
        let value = own.map(str::to_owned).or_else(public)?;
        Some(Self::given(name.to_owned(), value, own.is_none()))
    }

    /// The parameter that a request asks for: a name or an ARN, either with a version or a label behind a colon.
    ///
    /// # Errors
    ///
    /// `ParameterNotFound`; `ParameterVersionNotFound` for any version but the last, since no other is kept, and for every
    /// label, since there are none; `ValidationException` for what is no name.
    fn asked(context: &Context<'_>, asked: &str) -> Result<Self, ApiError> {
        let own_arn = |owner: &str| arn(context, owner, "/");
        let of_arn = ["", &context.account].iter().find_map(|it| {
            let front = own_arn(it);
            asked.strip_prefix(front.trim_end_matches('/'))
        });
        let mut parts = of_arn.unwrap_or(asked).split(':');
        let name = parts.next().unwrap_or_default();
        let (selector, more) = (parts.next(), parts.next());
        if more.is_some() && !asked.starts_with("arn:") {
            let words =
                "Invalid parameter name. Please use correct syntax for referencing a version/label";
            let form = "<name>:<version/label>";
            return Err(ApiError::new("ValidationException", format!("{words} {form}")));
        }
        // The ARN of a name without a slash has one.
        let plain = name.strip_prefix('/').filter(|it| of_arn.is_some() && !it.contains('/'));
        let found = Self::find(context, name).or_else(|| Self::find(context, plain?));
        let found = found.filter(|_| more.is_none());
        let found = found.ok_or_else(|| ApiError::new("ParameterNotFound", String::new()))?;
        match selector {
            Some(version) if version != found.version.to_string() => Err(ApiError::new(
                "ParameterVersionNotFound",
                format!(
                    "Systems Manager could not find version {version} of {name}. Verify the version and try again."
                ),
            )),
            _ => Ok(Self { selector: selector.map(|it| format!(":{it}")), ..found }),
        }
    }

    /// What is shown; of one that is encrypted the value only if it is to be decrypted.
    fn fields(self, context: &Context<'_>, is_decrypted: bool) -> Fields {
        let value = if is_decrypted || self.key.is_none() {
            self.value
        } else {
            let made = stable_hash(&format!("{}/{}/{}", self.name, self.version, self.value));
            let again = stable_hash(&made.to_string());
            let bytes = [made.to_be_bytes(), again.to_be_bytes()].concat();
            format!("AQICAHi{}", BASE64.encode(&bytes))
        };
        let owner = if self.is_public { "" } else { &context.account };
        Fields::new()
            .set("Name", &self.name)
            .set("Type", self.kind)
            .set("Value", value)
            .set("Version", self.version)
            .maybe("Selector", self.selector)
            .set("LastModifiedDate", Time::exact(self.changed))
            .set("ARN", arn(context, owner, &self.name))
            .set("DataType", self.data_type)
    }
}

/// The ARN of a parameter. A name without a slash gets one.
pub(super) fn arn(context: &Context<'_>, owner: &str, name: &str) -> String {
    let partition = catalog::partition_of(context.region);
    let slash = if name.starts_with('/') { "" } else { "/" };
    format!("arn:{partition}:ssm:{}:{owner}:parameter{slash}{name}", context.region)
}

/// `GetParameter`.
pub(in crate::api) struct GetParameter {
    name: String,
    is_decrypted: bool,
}

impl Operation for GetParameter {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let is_decrypted = parameters.boolean("WithDecryption")?.unwrap_or_default();
        Ok(Self { name: parameters.required_limited("Name", 1..=2_048)?, is_decrypted })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let found = Parameter::asked(context, &self.name)?;
        Ok(Fields::new().fields("Parameter", found.fields(context, self.is_decrypted)))
    }
}

/// `GetParameters`: those that exist, and the names of those that do not.
pub(in crate::api) struct GetParameters {
    names: Vec<String>,
    is_decrypted: bool,
}

impl Operation for GetParameters {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let is_decrypted = parameters.boolean("WithDecryption")?.unwrap_or_default();
        Ok(Self { names: parameters.required_list("Names", 1..=10)?, is_decrypted })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let (mut found, mut invalid) = (Vec::new(), Vec::new());
        for name in self.names {
            match Parameter::asked(context, &name) {
                Ok(parameter) => found.push(parameter.fields(context, self.is_decrypted)),
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
    is_decrypted: bool,
}

/// A filter. No parameter has a label.
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

    /// Whether parameters of a type, encrypted with a key, pass.
    fn passes(&self, kind: &str, key: Option<&str>) -> bool {
        let text = match self.key.as_str() {
            "Type" => kind,
            "KeyId" if kind == "SecureString" => key.unwrap_or(USUAL_KEY),
            _ => return false,
        };
        let matches =
            |value: &String| if self.is_prefix { text.starts_with(value) } else { text == value };
        self.values.iter().any(matches)
    }
}

impl Operation for GetParametersByPath {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let is_decrypted = parameters.boolean("WithDecryption")?.unwrap_or_default();
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
        Ok(Self { path, is_recursive, filters, max, after, is_decrypted })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        if !is_path(&self.path) {
            return Err(ApiError::new("ValidationException", NO_PATH));
        }
        let max = usize::try_from(self.max).unwrap_or(usize::MAX);
        // One more than is shown, which tells whether there is another page.
        let mut found = self.below(context, max.saturating_add(1));
        let are_more = found.len() > max;
        found.truncate(max);
        let token = found.last().filter(|_| are_more).map(|last| page::token_of(&last.name));
        let shown = found.into_iter().map(|it| it.fields(context, self.is_decrypted));
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
    path.starts_with('/') && is_name(path)
}

/// Whether a name has only the letters that names have.
pub(super) fn is_name(name: &str) -> bool {
    let holds = |it: char| it.is_ascii_alphanumeric() || "./-_".contains(it);
    name.chars().all(holds) && !name.contains("//")
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
        let stored = context.world().stored_parameters.values();
        let stored = stored.filter(|it| context.is_home(it.region, &it.owner));
        let passes = |kind: &str, key: Option<&str>| {
            self.filters.iter().all(|filter| filter.passes(kind, key))
        };
        let mut stored: Vec<_> = stored
            .filter(|it| is_wanted(&it.name) && passes(&it.kind, it.key.as_deref()))
            .collect();
        stored.sort_by(|one, other| one.name.cmp(&other.name));
        // Values may be long: only those that are shown are copied.
        stored.truncate(limit);
        let mut found: Vec<Parameter> =
            stored.into_iter().map(|it| Parameter::stored(it)).collect();
        for (name, value) in OWN.iter().filter(|(name, _)| is_wanted(name)) {
            let own = Parameter::given((*name).to_owned(), (*value).to_owned(), false);
            let (owner, region) = (context.account.as_str(), context.region);
            let is_hidden = context.world().parameter_named(owner, region, name).is_some();
            if is_hidden || !passes(&own.kind, own.key.as_deref()) {
                continue;
            }
            found.push(own);
        }
        found.sort_by(|one, other| one.name.cmp(&other.name));
        // All of these have one type and no key.
        if passes(TYPE, None) {
            let public = Public { region: context.region };
            let public = public.below(&self.path, self.is_recursive, self.after.as_deref(), limit);
            let read = |(name, value)| Parameter::given(name, value, true);
            found.extend(public.into_iter().map(read));
        }
        found.truncate(limit);
        found
    }
}
