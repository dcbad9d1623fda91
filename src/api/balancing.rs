//! What both services of Elastic Load Balancing share: names, tags, pages, and how a load balancer gets its subnets.
//!
//! Knows the words that both use for what is missing or wrong. What a load balancer may be is the model's business.

use std::sync::Arc;

use super::{
    context::{Context, random, random_label},
    error::ApiError,
    own::Owned,
    page,
    parameter::Parameters,
    public_address::Pool,
    shape::{Fields, Time},
};
use crate::model::{
    id::{SecurityGroupId, SubnetId},
    load_balancer::{LoadBalancer, LoadBalancerKind, Options},
    load_balancer_zone::SubnetMapping,
    name::Name,
    subnet::Subnet,
    world::Tags,
};

/// The things on a page, if the request does not say how many.
const PAGE: u64 = 400;
/// The most tags of one resource.
const MOST_TAGS: usize = 50;
/// The longest name.
const LONGEST: usize = 32;
/// When a load balancer of a world file was created: 2024-01-01, the same in every run.
const CREATED: u64 = 1_704_067_200_000;

/// `ValidationError`.
pub(super) fn validation(text: impl Into<String>) -> ApiError {
    ApiError::new("ValidationError", text)
}

/// `InvalidConfigurationRequest`.
pub(super) fn configuration(text: impl Into<String>) -> ApiError {
    ApiError::new("InvalidConfigurationRequest", text)
}

/// `true` or `false`.
///
/// # Errors
///
/// `ValidationError` for anything else.
pub(super) fn flag(parameters: &mut Parameters, name: &str) -> Result<Option<bool>, ApiError> {
    match parameters.text(name)?.as_deref() {
        None => Ok(None),
        Some("true") => Ok(Some(true)),
        Some("false") => Ok(Some(false)),
        Some(other) => {
            Err(parameters.invalid(format!("'{other}' at '{name}' is neither true nor false")))
        }
    }
}

/// One of some words; another one is told with all broken limits.
///
/// # Errors
///
/// As [`Parameters::text`].
pub(super) fn word<T: Copy>(
    parameters: &mut Parameters,
    name: &str,
    words: &[(&str, T)],
) -> Result<Option<T>, ApiError> {
    let Some(text) = parameters.text(name)? else { return Ok(None) };
    let found = words.iter().find(|(word, _)| *word == text);
    if found.is_none() {
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        parameters.is_no_word(name, &text, &known);
    }
    Ok(found.map(|(_, value)| *value))
}

/// `Tags.member.N`.
///
/// # Errors
///
/// `DuplicateTagKeys`, `TooManyTags` or `ValidationError`.
pub(super) fn tags(parameters: &mut Parameters) -> Result<Tags, ApiError> {
    let tags = parameters.tags("Tags")?;
    for (index, (key, value)) in tags.0.iter().enumerate() {
        if tags.0[..index].iter().any(|(other, _)| other == key) {
            let text = format!("Tag key was specified more than once: {key}");
            return Err(ApiError::new("DuplicateTagKeys", text));
        }
        if key.is_empty() || key.chars().count() > 128 || value.chars().count() > 256 {
            let text =
                "A tag has a key of 1 to 128 characters and a value of at most 256 characters";
            return Err(validation(text));
        }
        if key.starts_with("aws:") {
            return Err(validation("Tag keys that begin with 'aws:' are reserved for system use"));
        }
    }
    if tags.0.len() > MOST_TAGS {
        return Err(ApiError::new("TooManyTags", "A resource has at most 50 tags."));
    }
    Ok(tags)
}

/// Refuses a name that nothing may have; `what` is `load balancer` or `target group`.
///
/// # Errors
///
/// `ValidationError`.
pub(super) fn check_name(what: &str, name: &str) -> Result<(), ApiError> {
    let legal = |it: char| it.is_ascii_alphanumeric() || it == '-';
    let rule = match () {
        () if name.is_empty() => "must have at least 1 character",
        () if name.chars().count() > LONGEST => "cannot be longer than '32' characters",
        () if !name.chars().all(legal) => {
            "can only contain characters that are alphanumeric characters and hyphens(-)"
        }
        () if name.starts_with('-') || name.ends_with('-') => {
            "cannot begin or end with a hyphen(-)"
        }
        () if what == "load balancer" && name.starts_with("internal-") => {
            "cannot begin with 'internal-'"
        }
        () => return Ok(()),
    };
    Err(validation(format!("The {what} name '{name}' {rule}")))
}

/// The page a request asks for.
pub(super) struct Paging {
    max: usize,
    after: Option<String>,
}

impl Paging {
    /// Reads `PageSize` and `Marker`.
    ///
    /// # Errors
    ///
    /// `ValidationError` for a marker that no reply held.
    pub(super) fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let max = parameters.number("PageSize", 1..=400)?.unwrap_or(PAGE);
        let after = match parameters.text("Marker")?.filter(|it| !it.is_empty()) {
            Some(marker) => {
                let key = page::key_of(&marker);
                Some(key.ok_or_else(|| validation("The marker is not valid"))?)
            }
            None => None,
        };
        Ok(Self { max: usize::try_from(max).unwrap_or(usize::MAX), after })
    }

    /// The reply: the things of this page as `list`, sorted by their keys.
    pub(super) fn reply(&self, list: &'static str, things: Vec<(String, Fields)>) -> Fields {
        let (shown, marker) = page::cut(page::by_key(things), self.after.as_deref(), self.max);
        Fields::new().list(list, shown).maybe("NextMarker", marker)
    }
}

/// The caller's load balancers.
pub(super) fn balancers<'c>(
    context: &'c Context<'_>,
) -> impl Iterator<Item = &'c Arc<LoadBalancer>> {
    context.world().load_balancers.values().filter(|it| context.owns_vpc(it.vpc))
}

/// When a load balancer was created.
pub(super) fn created(options: &Options) -> Time {
    Time::exact(if options.created == 0 { CREATED } else { options.created })
}

/// The caller's subnet.
///
/// # Errors
///
/// `SubnetNotFound`.
pub(super) fn subnet<'c>(
    context: &'c Context<'_>,
    text: &str,
) -> Result<&'c Arc<Subnet>, ApiError> {
    let found = text.parse::<SubnetId>().ok().and_then(|id| id.find(context));
    found.ok_or_else(|| {
        ApiError::new("SubnetNotFound", format!("The subnet ID '{text}' does not exist"))
    })
}

/// The ids of the caller's security groups.
///
/// # Errors
///
/// `InvalidSecurityGroup`.
pub(super) fn groups(
    context: &Context<'_>,
    texts: &[String],
) -> Result<Vec<SecurityGroupId>, ApiError> {
    let find = |text: &String| {
        let id = text.parse::<SecurityGroupId>().ok();
        id.filter(|id| id.find(context).is_some()).ok_or_else(|| {
            let text = format!("The security group '{text}' does not exist");
            ApiError::new("InvalidSecurityGroup", text)
        })
    };
    texts.iter().map(find).collect()
}

/// A subnet with addresses that AWS chooses. The public one is for a load balancer that faces the internet.
///
/// # Errors
///
/// `InsufficientAddressCapacity`.
pub(super) fn mapping(
    pool: &mut Pool<'_, '_>,
    subnet: SubnetId,
    internet_facing: bool,
) -> Result<SubnetMapping, ApiError> {
    let public = if internet_facing { Some(pool.next()?) } else { None };
    Ok(SubnetMapping { subnet, private: None, ipv6: None, allocation: None, public })
}

/// A fresh DNS name, as a key and as AWS shows it (B1, B2).
///
/// # Errors
///
/// `ValidationError` for a name that does not fit into one.
pub(super) fn dns_name(
    context: &Context<'_>,
    label: &str,
    kind: LoadBalancerKind,
    internet_facing: bool,
) -> Result<(Name, Arc<str>), ApiError> {
    let suffix = context.dns_suffix();
    let region = context.region;
    let text = match kind {
        LoadBalancerKind::Network => {
            let digits = random() & u128::from(u64::MAX);
            format!("{label}-{digits:016x}.elb.{region}.{suffix}")
        }
        LoadBalancerKind::Application | LoadBalancerKind::Classic => {
            let number = 1_000_000_000 + random() % 1_000_000_000;
            let prefix = if internet_facing { "" } else { "internal-" };
            format!("{prefix}{label}-{number}.{region}.elb.{suffix}")
        }
        // A key only: no client can ask for a name below `invalid` (RFC 6761).
        LoadBalancerKind::Gateway => {
            format!("{label}-{}.{region}.gateway.invalid", random_label(16))
        }
    };
    let name = Name::parse(&text).map_err(|error| validation(error.to_string()))?;
    Ok((name, text.into()))
}
