//! Route 53 Profiles: what they hold, the VPCs they are associated with, and their tags.
//!
//! What a Profile brings is what the resolver answers from. Sharing with other accounts is not built, since AWS RAM is not.

mod association;
mod profile;
mod resource;
mod tag;

use std::sync::Arc;

use super::{
    context::{CommonParameters, Context},
    error::ApiError,
    page,
    parameter::Parameters,
    protocol::{RestJson, Route},
    service::{ApiService, actions},
    shape::{Fields, Time},
};
use crate::{
    catalog,
    model::{
        id::ProfileId,
        profile::Profile,
        profile_change::{PRIORITIES, not_found},
        world::Tags,
    },
};

/// The service.
pub(super) static SERVICE: ApiService = ApiService {
    name: "route53profiles",
    title: "Route 53 Profiles",
    version: "2018-05-10",
    target: None,
    namespace: "",
    protocol: &RestJson { routes: ROUTES },
    common: |_| Ok(CommonParameters::default()),
    actions: ACTIONS,
};

actions! {
    association {
        AssociateProfile DisassociateProfile GetProfileAssociation ListProfileAssociations
        UpdateProfileAssociation
    }
    profile { CreateProfile DeleteProfile GetProfile ListProfiles }
    resource {
        AssociateResourceToProfile DisassociateResourceFromProfile GetProfileResourceAssociation
        ListProfileResourceAssociations UpdateProfileResourceAssociation
    }
    tag { ListTagsForResource TagResource UntagResource }
}

const fn route(action: &'static str, method: &'static str, path: &'static str) -> Route {
    Route { action, method, path, query: &[] }
}

/// The parameters of a page, in the query.
const PAGE: (&str, &str) = ("maxResults", "MaxResults");
const TOKEN: (&str, &str) = ("nextToken", "NextToken");

const ROUTES: &[Route] = &[
    route("AssociateProfile", "POST", "profileassociation"),
    route("AssociateResourceToProfile", "POST", "profileresourceassociation"),
    route("CreateProfile", "POST", "profile"),
    route("DeleteProfile", "DELETE", "profile/{ProfileId}"),
    route(
        "DisassociateProfile",
        "DELETE",
        "profileassociation/Profileid/{ProfileId}/resourceid/{ResourceId}",
    ),
    route(
        "DisassociateResourceFromProfile",
        "DELETE",
        "profileresourceassociation/profileid/{ProfileId}/resourcearn/{ResourceArn}",
    ),
    route("GetProfile", "GET", "profile/{ProfileId}"),
    route("GetProfileAssociation", "GET", "profileassociation/{ProfileAssociationId}"),
    route(
        "GetProfileResourceAssociation",
        "GET",
        "profileresourceassociation/{ProfileResourceAssociationId}",
    ),
    Route {
        query: &[("resourceId", "ResourceId"), ("profileId", "ProfileId"), PAGE, TOKEN],
        ..route("ListProfileAssociations", "GET", "profileassociations")
    },
    Route {
        query: &[("resourceType", "ResourceType"), ("resourceArn", "ResourceArn"), PAGE, TOKEN],
        ..route(
            "ListProfileResourceAssociations",
            "GET",
            "profileresourceassociations/profileid/{ProfileId}",
        )
    },
    Route { query: &[PAGE, TOKEN], ..route("ListProfiles", "GET", "profiles") },
    route("ListTagsForResource", "GET", "tags/{ResourceArn}"),
    route("TagResource", "POST", "tags/{ResourceArn}"),
    Route {
        query: &[("tagKeys", "TagKeys.N")],
        ..route("UntagResource", "DELETE", "tags/{ResourceArn}")
    },
    route("UpdateProfileAssociation", "PATCH", "profileassociation/{ProfileAssociationId}"),
    route(
        "UpdateProfileResourceAssociation",
        "PATCH",
        "profileresourceassociation/{ProfileResourceAssociationId}",
    ),
];

/// The ARN of a thing of this service.
fn arn(context: &Context<'_>, kind: &str, id: &str) -> String {
    let (region, account) = (context.region, &context.account);
    let partition = catalog::partition_of(region);
    format!("arn:{partition}:route53profiles:{region}:{account}:{kind}/{id}")
}

/// The caller's Profile with an id.
///
/// # Errors
///
/// `ResourceNotFoundException`, also if somebody else owns it.
fn own<'c>(context: &'c Context<'_>, text: &str) -> Result<&'c Arc<Profile>, ApiError> {
    let found = text.parse::<ProfileId>().ok();
    let found = found.and_then(|id| context.world().profiles.get(&id));
    let found = found.filter(|it| context.is_home(it.region, &it.owner));
    found.ok_or_else(|| not_found(text).into())
}

/// The caller's Profiles, by id.
fn all_own<'c>(context: &'c Context<'_>) -> Vec<&'c Arc<Profile>> {
    let all = context.world().profiles.values();
    let mut own: Vec<_> = all.filter(|it| context.is_home(it.region, &it.owner)).collect();
    own.sort_unstable_by_key(|it| it.id);
    own
}

/// A structure alone in a reply.
fn only(name: &'static str, fields: Fields) -> Fields {
    Fields::new().fields(name, fields)
}

fn time(millis: u64) -> Time {
    Time::exact(millis)
}

/// Reads a name, which may not be digits only.
fn read_name(parameters: &mut Parameters) -> Result<Option<String>, ApiError> {
    let name = parameters.limited("Name", 0..=64)?;
    let good = |name: &str| {
        let letters = |it: char| it.is_ascii_alphanumeric() || "-_' ".contains(it);
        !name.is_empty() && name.chars().all(letters) && !name.bytes().all(|it| it.is_ascii_digit())
    };
    if let Some(name) = name.as_ref().filter(|name| !good(name)) {
        parameters.violate(format!(
            "Value '{name}' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: \
             (?!^[0-9]+$)([a-zA-Z0-9\\-_' ']+)"
        ));
    }
    Ok(name)
}

fn read_required_name(parameters: &mut Parameters) -> Result<String, ApiError> {
    read_name(parameters)?.ok_or_else(|| parameters.missing("Name"))
}

/// Reads an id of 1 to 64 letters.
fn read_id(parameters: &mut Parameters, name: &str) -> Result<String, ApiError> {
    parameters.required_limited(name, 1..=64)
}

/// Reads the priority of an association with a VPC.
fn read_priority(parameters: &mut Parameters) -> Result<Option<u32>, ApiError> {
    let allowed = u64::from(*PRIORITIES.start())..=u64::from(*PRIORITIES.end());
    let number = parameters.number("Priority", allowed)?;
    Ok(number.and_then(|it| u32::try_from(it).ok()))
}

/// Reads `Tags` as a list.
fn read_tags(parameters: &mut Parameters) -> Result<Tags, ApiError> {
    let (tags, differ) = parameters.json_tags("Tags")?;
    check_tags(&tags, differ)?;
    Ok(tags)
}

/// Refuses tags whose keys are alike or are AWS's own, or too many.
fn check_tags(tags: &Tags, differ: bool) -> Result<(), ApiError> {
    if let Some((key, _)) = tags.0.iter().find(|(key, _)| key.starts_with("aws:")) {
        let words = format!("'{key}' cannot be the key of a tag.");
        return Err(ApiError::new("ValidationException", words));
    }
    if !differ || tags.0.len() > 50 {
        let words = "The keys of tags must differ, and there may be 50 at most.";
        return Err(ApiError::new("ValidationException", words));
    }
    Ok(())
}

/// The page that a request asks for.
struct Listing {
    max: usize,
    after: Option<String>,
}

impl Listing {
    /// Reads `MaxResults` and `NextToken`.
    ///
    /// # Errors
    ///
    /// `InvalidNextTokenException` for a token that no reply held.
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let max = parameters.number("MaxResults", 1..=100)?.unwrap_or(100);
        let after = match parameters.text("NextToken")?.filter(|it| !it.is_empty()) {
            Some(token) => Some(page::key_of(&token).ok_or_else(|| {
                ApiError::new("InvalidNextTokenException", "The NextToken is not valid.")
            })?),
            None => None,
        };
        Ok(Self { max: usize::try_from(max).unwrap_or(usize::MAX), after })
    }

    /// The reply: the things of this page, by their keys.
    fn reply(&self, list: &'static str, things: Vec<(String, Fields)>) -> Fields {
        let (shown, token) = page::cut(page::by_key(things), self.after.as_deref(), self.max);
        Fields::new().list(list, shown).maybe("NextToken", token)
    }
}
