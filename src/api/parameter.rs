//! Typed access to the parameters of a request. A parameter that no operation read is refused.
//!
//! Lists are `Name.1`, `Name.2`, …; structures are `Name.Field`.

use std::{collections::HashSet, fmt, str::FromStr};

use super::{
    context::Context,
    error::ApiError,
    input::{Input, Scalar},
    own::Owned,
    protocol::Protocol,
    resource_id::ResourceId,
    violation,
};
use crate::model::world::Tags;

/// The most elements of one list.
const MAX_LIST: usize = 1_000;

/// The types of resources whose actions refuse a tag specification of another type with `InvalidParameter`.
const INVALID_PARAMETER: &[&str] = &[
    "dhcp-options",
    "network-interface",
    "security-group-rule",
    "subnet",
    "vpc",
    "vpc-endpoint",
    "vpc-endpoint-service",
    "vpc-peering-connection",
];

/// The parameters that nobody took yet.
#[derive(Debug)]
pub(super) struct Parameters {
    left: Input,
    prefix: String,
    named: Named,
    /// The limits that were broken.
    violations: Vec<String>,
    protocol: &'static dyn Protocol,
}

/// The look-up of the ids of one parameter.
type Check = Box<dyn Fn(&Context<'_>) -> Result<(), ApiError>>;

/// The look-ups of the ids that were read.
#[derive(Default)]
struct Named(Vec<Check>);

impl fmt::Debug for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Named({})", self.0.len())
    }
}

impl Parameters {
    /// These parameters.
    pub(super) fn new(input: Input, protocol: &'static dyn Protocol) -> Self {
        let (prefix, named, violations) = <(String, Named, Vec<String>)>::default();
        Self { left: input, prefix, named, violations, protocol }
    }

    /// Everything not taken yet, in order, as text that is the same for the same request.
    pub(super) fn digest(&self) -> String {
        let values = self.left.values().into_iter();
        let values = values.map(|(name, value)| (name, value.text()));
        values.map(|(name, value)| format!("{}:{name}={value}\n", value.len())).collect()
    }

    /// A text.
    ///
    /// # Errors
    ///
    /// `SerializationException` for a value that the protocol gives another type.
    pub(super) fn text(&mut self, name: &str) -> Result<Option<String>, ApiError> {
        let wrong = |kind: &str| {
            let path = format!("{}{name}", self.prefix);
            let message = format!("{kind} can not be converted to a String: {path}");
            Err(ApiError::new("SerializationException", message))
        };
        match self.left.take(&format!("{}{name}", self.prefix)) {
            None => Ok(None),
            Some(Scalar::Text(text)) => Ok(Some(text)),
            Some(Scalar::Number(_)) => wrong("NUMBER_VALUE"),
            Some(Scalar::Boolean(true)) => wrong("TRUE_VALUE"),
            Some(Scalar::Boolean(false)) => wrong("FALSE_VALUE"),
        }
    }

    /// Whether a parameter is there and nobody took it yet.
    pub(super) fn holds(&self, name: &str) -> bool {
        self.left.holds(&format!("{}{name}", self.prefix))
    }

    /// Whether a parameter is there, and be it an empty structure. One that was taken is not.
    pub(super) fn is_there(&self, name: &str) -> bool {
        self.left.has(&format!("{}{name}", self.prefix))
    }

    /// A text that must be there.
    ///
    /// # Errors
    ///
    /// The protocol's error of a parameter that is missing: EC2's `MissingParameter`.
    pub(super) fn required(&mut self, name: &str) -> Result<String, ApiError> {
        let text = self.text(name)?;
        text.ok_or_else(|| self.missing(name))
    }

    /// The protocol's error of a parameter that is missing.
    pub(super) fn missing(&self, name: &str) -> ApiError {
        self.protocol.missing(&format!("{}{name}", self.prefix))
    }

    /// The protocol's error of a wrong value.
    pub(super) fn invalid(&self, message: String) -> ApiError {
        self.protocol.invalid(message)
    }

    /// A value, whatever its type.
    pub(super) fn value(&mut self, name: &str) -> Option<Scalar> {
        self.left.take(&format!("{}{name}", self.prefix))
    }

    /// One of some words.
    ///
    /// # Errors
    ///
    /// As [`Parameters::text`]. Another word is told with all broken limits.
    pub(super) fn one_of(
        &mut self,
        name: &str,
        words: &[&str],
    ) -> Result<Option<String>, ApiError> {
        let text = self.text(name)?;
        if let Some(other) = text.as_deref().filter(|text| !words.contains(text)) {
            self.is_no_word(name, other, words);
        }
        Ok(text)
    }

    /// Notes that a text is none of the words that a parameter may be.
    pub(super) fn is_no_word(&mut self, name: &str, text: &str, words: &[&str]) {
        let rule = format!("Member must satisfy enum value set: [{}]", words.join(", "));
        self.violate(violation::violation(name, &format!("'{text}'"), &rule));
    }

    /// Tags as the services with a JSON protocol have them, and whether their keys differ.
    ///
    /// # Errors
    ///
    /// As [`Parameters::structures`].
    pub(super) fn json_tags(&mut self, name: &str) -> Result<(Tags, bool), ApiError> {
        let tags = self.structures(name, |tag| {
            let key = tag.required_limited("Key", 1..=128)?;
            Ok((key, tag.limited("Value", 0..=256)?.unwrap_or_default()))
        })?;
        let keys: HashSet<&String> = tags.iter().map(|(key, _)| key).collect();
        let differ = keys.len() == tags.len();
        Ok((Tags(tags), differ))
    }

    /// Notes that a value breaks one of its limits.
    pub(super) fn violate(&mut self, words: String) {
        self.violations.push(words);
    }

    /// `true` or `false`.
    ///
    /// # Errors
    ///
    /// `InvalidParameterValue` for anything else.
    pub(super) fn boolean(&mut self, name: &str) -> Result<Option<bool>, ApiError> {
        self.left
            .take(&format!("{}{name}", self.prefix))
            .map(|value| value.text())
            .map(|text| match text.to_ascii_lowercase().as_str() {
                "true" => Ok(true),
                "false" => Ok(false),
                _ => Err(ApiError::value(format!(
                    "Value ({text}) for parameter {name} is invalid. Expected a boolean."
                ))),
            })
            .transpose()
    }

    /// A value read by `FromStr`.
    ///
    /// # Errors
    ///
    /// `InvalidParameterValue` with the value and the name.
    pub(super) fn parsed<T: FromStr>(&mut self, name: &str) -> Result<Option<T>, ApiError> {
        let value = self.left.take(&format!("{}{name}", self.prefix));
        value.map(|value| parse(name, &value.text())).transpose()
    }

    /// A value of a list of words.
    ///
    /// # Errors
    ///
    /// `InvalidParameterValue` naming the words.
    pub(super) fn word<T: Copy>(
        &mut self,
        name: &str,
        words: &[(&str, T)],
    ) -> Result<Option<T>, ApiError> {
        self.text(name)?
            .map(|text| {
                words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value).ok_or_else(
                    || {
                        let known: Vec<_> = words.iter().map(|(word, _)| *word).collect();
                        ApiError::value(format!(
                            "Value ({text}) for parameter {name} is invalid. Valid values are: {}.",
                            known.join(", ")
                        ))
                    },
                )
            })
            .transpose()
    }

    /// An id of something the caller owns or may see.
    ///
    /// # Errors
    ///
    /// The resource's `…Malformed` code; its `…NotFound` code from [`Parameters::finish`].
    pub(super) fn id<T: Owned>(&mut self, name: &str) -> Result<Option<T>, ApiError> {
        self.text(name)?.map(|text| T::read(&text).map(|id| self.note(id))).transpose()
    }

    /// An id as [`Parameters::id`] reads it that must be there.
    ///
    /// # Errors
    ///
    /// `MissingParameter`, and as [`Parameters::id`].
    pub(super) fn required_id<T: Owned>(&mut self, name: &str) -> Result<T, ApiError> {
        self.anyones_id(name).map(|id| self.note(id))
    }

    /// An id that may be of somebody else's, because the action shares the resource or answers for each id apart.
    ///
    /// # Errors
    ///
    /// `MissingParameter` or the resource's `…Malformed` code.
    pub(super) fn anyones_id<T: ResourceId>(&mut self, name: &str) -> Result<T, ApiError> {
        T::read(&self.required(name)?)
    }

    /// Notes that an id must be of something the caller owns or may see.
    pub(super) fn note<T: Owned>(&mut self, id: T) -> T {
        self.named.0.push(Box::new(move |context| context.check_known(&[id])));
        id
    }

    /// A list of texts, in the order of their numbers.
    ///
    /// # Errors
    ///
    /// `InvalidParameterValue` if it is too long.
    pub(super) fn list(&mut self, name: &str) -> Result<Vec<String>, ApiError> {
        let mut texts = Vec::new();
        for index in self.indexes(name)? {
            texts.extend(self.text(&format!("{name}.{index}"))?);
        }
        Ok(texts)
    }

    /// A list of ids, as [`Parameters::id`] reads one; those that name nothing are refused together.
    ///
    /// # Errors
    ///
    /// As [`Parameters::list`] and [`Parameters::id`].
    pub(super) fn ids<T: Owned>(&mut self, name: &str) -> Result<Vec<T>, ApiError> {
        let ids =
            self.list(name)?.iter().map(|text| T::read(text)).collect::<Result<Vec<T>, _>>()?;
        let noted = ids.clone();
        self.named.0.push(Box::new(move |context| context.check_known(&noted)));
        Ok(ids)
    }

    /// A list of ids that must not be empty.
    ///
    /// # Errors
    ///
    /// `MissingParameter`, and as [`Parameters::ids`].
    pub(super) fn required_ids<T: Owned>(&mut self, name: &str) -> Result<Vec<T>, ApiError> {
        let ids = self.ids(name)?;
        if ids.is_empty() { Err(ApiError::missing(name)) } else { Ok(ids) }
    }

    /// A list of ids that may be of somebody else's, as [`Parameters::anyones_id`]; it must not be empty.
    ///
    /// # Errors
    ///
    /// `MissingParameter` or the resource's `…Malformed` code.
    pub(super) fn anyones_ids<T: ResourceId>(&mut self, name: &str) -> Result<Vec<T>, ApiError> {
        let ids =
            self.list(name)?.iter().map(|text| T::read(text)).collect::<Result<Vec<T>, _>>()?;
        if ids.is_empty() { Err(ApiError::missing(name)) } else { Ok(ids) }
    }

    /// A structure, if any of its fields is there.
    ///
    /// # Errors
    ///
    /// What `read` gives.
    pub(super) fn structure<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&mut Self) -> Result<T, ApiError>,
    ) -> Result<Option<T>, ApiError> {
        let path = format!("{}{name}", self.prefix);
        let any = self.left.names(&path).next().is_some();
        if any { self.within(path + ".", read).map(Some) } else { Ok(None) }
    }

    /// A list of structures.
    ///
    /// # Errors
    ///
    /// As [`Parameters::list`], and what `read` gives.
    pub(super) fn structures<T>(
        &mut self,
        name: &str,
        mut read: impl FnMut(&mut Self) -> Result<T, ApiError>,
    ) -> Result<Vec<T>, ApiError> {
        let indexes = self.indexes(name)?;
        let mut values = Vec::with_capacity(indexes.len());
        for index in indexes {
            let prefix = format!("{}{name}.{index}.", self.prefix);
            values.push(self.within(prefix, &mut read)?);
        }
        Ok(values)
    }

    /// The tags of `TagSpecification.N` for a type of resource.
    ///
    /// # Errors
    ///
    /// `InvalidParameterValue` for another type, or the rules about tags.
    pub(super) fn tag_specification(&mut self, resource_type: &str) -> Result<Tags, ApiError> {
        let mut tags = Tags::default();
        self.structures("TagSpecification", |specification| {
            let (_, more) = specification.tagged(&[resource_type])?;
            tags.0.extend(more.0);
            Ok(())
        })?;
        check_tags(&tags)?;
        Ok(tags)
    }

    /// One of `TagSpecification.N`: the type, which must be one of those that the action makes, and at least one tag.
    ///
    /// # Errors
    ///
    /// `InvalidParameterValue` or, for the actions AWS built so, `InvalidParameter`.
    pub(super) fn tagged(&mut self, types: &[&str]) -> Result<(String, Tags), ApiError> {
        let code = if types.iter().any(|made| INVALID_PARAMETER.contains(made)) && types.len() == 1
        {
            "InvalidParameter"
        } else {
            "InvalidParameterValue"
        };
        let Some(given) = self.text("ResourceType")? else {
            let message = "Tag specification resource type must have a value";
            return Err(ApiError::new("InvalidParameter", message));
        };
        let tags = self.tags("Tag")?;
        if !types.contains(&given.as_str()) {
            let message =
                format!("'{given}' is not a valid taggable resource type for this operation.");
            return Err(ApiError::new(code, message));
        }
        if tags.0.is_empty() {
            return Err(ApiError::new(code, "Tag specification must have at least one tag"));
        }
        Ok((given, tags))
    }

    /// `Tag.N.Key` and `Tag.N.Value`.
    ///
    /// # Errors
    ///
    /// `MissingParameter` for a tag without a key.
    pub(super) fn tags(&mut self, name: &str) -> Result<Tags, ApiError> {
        self.structures(name, |tag| {
            Ok((tag.required("Key")?, tag.text("Value")?.unwrap_or_default()))
        })
        .map(Tags)
    }

    /// Refuses a parameter that names something which the World never holds, as AWS refuses one that does not exist.
    ///
    /// # Errors
    ///
    /// The code and the words, if the parameter is there and not empty.
    pub(super) fn never_held(
        &mut self,
        name: &str,
        code: &str,
        words: impl FnOnce(&str) -> String,
    ) -> Result<(), ApiError> {
        match self.text(name)?.filter(|text| !text.is_empty()) {
            Some(text) => Err(ApiError::new(code, words(&text))),
            None => Ok(()),
        }
    }

    /// Takes everything below a name, with the names from there on.
    pub(super) fn below(&mut self, name: &str) -> Vec<(String, String)> {
        let path = format!("{}{name}.", self.prefix);
        let all =
            self.left.values().into_iter().filter_map(|(key, value)| {
                Some((key.strip_prefix(&path)?.to_owned(), value.text()))
            });
        let all: Vec<(String, String)> = all.collect();
        for (key, _) in &all {
            self.left.take(&format!("{path}{key}"));
        }
        all
    }

    /// A map from keys that the caller chose to texts.
    ///
    /// # Errors
    ///
    /// `SerializationException` for a value that is no text, and the protocol's error of a wrong value for too many.
    pub(super) fn map(&mut self, name: &str) -> Result<Vec<(String, String)>, ApiError> {
        let entries = self.left.take_map(&format!("{}{name}", self.prefix));
        if entries.len() > MAX_LIST {
            return Err(self.invalid(format!("{name} has more than {MAX_LIST} elements")));
        }
        let text = |(key, value)| match value {
            Scalar::Text(text) => Ok((key, text)),
            _ => {
                let message = format!("The value of '{key}' in {name} is not a String");
                Err(ApiError::new("SerializationException", message))
            }
        };
        entries.into_iter().map(text).collect()
    }

    /// Takes everything, to be read later.
    pub(super) fn take_all(&mut self) -> Self {
        Self::new(std::mem::take(&mut self.left), self.protocol)
    }

    /// Adds what these parameters leave out: values whose name at the first level they do not have.
    pub(super) fn add_missing(&mut self, values: Vec<(String, String)>) {
        let top = |name: &str| name.split('.').next().unwrap_or_default().to_owned();
        let there: HashSet<String> = self.left.values().keys().map(|name| top(name)).collect();
        for (name, value) in values {
            if !there.contains(&top(&name)) {
                self.left.put(&name, Scalar::Text(value));
            }
        }
    }

    /// Takes what is left of these parameters and of what lies below them; `N` stands for the number of an element.
    pub(super) fn pass_over(&mut self, names: &[&str]) {
        let covers = |name: &str, path: &str| {
            let mut parts = path.split('.');
            name.split('.').all(|wanted| {
                parts.next().is_some_and(|part| match wanted {
                    "N" => part.bytes().all(|it| it.is_ascii_digit()),
                    _ => part == wanted,
                })
            })
        };
        let left: Vec<String> = self.left.values().into_keys().collect();
        for path in left.iter().filter(|path| names.iter().any(|name| covers(name, path))) {
            self.left.take(path);
        }
    }

    /// Nothing may be left, and every id that was read must be of something the caller owns or may see.
    ///
    /// # Errors
    ///
    /// EC2's `UnknownParameter` naming the first, as [`Parameters::within_limits`], or the `…NotFound` code of the first
    /// resource that is not the caller's.
    pub(super) fn finish(&self, context: &Context<'_>) -> Result<(), ApiError> {
        let left = self.left.values();
        if let Some((name, _)) = left.iter().find(|(_, value)| !self.protocol.is_absent(value)) {
            return Err(self.protocol.unrecognized(name));
        }
        self.within_limits()?;
        self.named.0.iter().try_for_each(|check| check(context))
    }

    /// No value that was read may break one of its limits.
    ///
    /// # Errors
    ///
    /// The protocol's error of a wrong value, with every limit that was broken.
    pub(super) fn within_limits(&self) -> Result<(), ApiError> {
        if self.violations.is_empty() {
            return Ok(());
        }
        Err(self.invalid(violation::detected(&self.violations)))
    }

    fn within<T>(
        &mut self,
        prefix: String,
        read: impl FnOnce(&mut Self) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        let outer = std::mem::replace(&mut self.prefix, prefix);
        let value = read(self);
        self.prefix = outer;
        value
    }

    /// The numbers after `name.`, sorted.
    fn indexes(&self, name: &str) -> Result<Vec<u32>, ApiError> {
        let mut indexes: Vec<u32> = self
            .left
            .names(&format!("{}{name}", self.prefix))
            .filter_map(|number| {
                // `01` would be written back as `1` and not be found.
                let plain =
                    !number.starts_with('0') && number.bytes().all(|it| it.is_ascii_digit());
                number.parse().ok().filter(|_| plain)
            })
            .collect();
        indexes.sort_unstable();
        if indexes.len() > MAX_LIST {
            return Err(ApiError::value(format!("{name} has more than {MAX_LIST} elements")));
        }
        Ok(indexes)
    }
}

fn parse<T: FromStr>(name: &str, text: &str) -> Result<T, ApiError> {
    text.parse()
        .map_err(|_| ApiError::value(format!("Value ({text}) for parameter {name} is invalid.")))
}

/// AWS's rules about tags: 50 a resource, keys of 1 to 128 characters that do not begin with `aws:`, values of at most 256.
pub(super) fn check_tags(tags: &Tags) -> Result<(), ApiError> {
    for (index, (key, value)) in tags.0.iter().enumerate() {
        if key.is_empty() || key.chars().count() > 128 || key.starts_with("aws:") {
            return Err(ApiError::value(format!(
                "Tag keys must be 1 to 128 characters long and must not start with 'aws:': '{key}'"
            )));
        }
        if value.chars().count() > 256 {
            return Err(ApiError::value(format!(
                "The value of the tag '{key}' is longer than 256 characters"
            )));
        }
        if tags.0[..index].iter().any(|(other, _)| other == key) {
            return Err(ApiError::value(format!("Duplicate tag key '{key}' specified.")));
        }
    }
    if tags.0.len() > 50 {
        return Err(ApiError::new("TagLimitExceeded", "A resource has at most 50 tags."));
    }
    Ok(())
}
