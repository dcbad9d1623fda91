//! What is in a Profile: zones, rules, firewall rule groups, endpoints and configurations of query logs, by their ARNs.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Listing, all_own, only, own, read_id, read_name, read_required_name, time};
use crate::{
    api::{
        context::Context, error::ApiError, own::Owned, parameter::Parameters, service::Operation,
        shape::Fields,
    },
    catalog,
    model::{
        id::{
            EndpointId, FirewallRuleGroupId, ProfileId, QueryLogConfigId, ResolverRuleId, ZoneId,
        },
        profile::{Profile, ProfileResource, Shareable},
        profile_change::{self as model, not_found},
        world::World,
    },
};

/// AWS's word for a kind of resource, the same in a sentence, and how its ARN names it.
fn words(of: Shareable) -> (&'static str, &'static str, &'static str) {
    match of {
        Shareable::Zone(_) => ("PRIVATE_HOSTED_ZONE", "private hosted zone", "hostedzone"),
        Shareable::Rule(_) => ("RESOLVER_RULE", "Resolver rule", "resolver-rule"),
        Shareable::FirewallRuleGroup(_) => {
            ("FIREWALL_RULE_GROUP", "DNS Firewall rule group", "firewall-rule-group")
        }
        Shareable::Endpoint(_) => ("VPC_ENDPOINT", "VPC endpoint", "vpc-endpoint"),
        Shareable::QueryLogConfig(_) => {
            ("RESOLVER_QUERY_LOG_CONFIG", "query log configuration", "resolver-query-log-config")
        }
    }
}

/// The ARN of a resource of the Profile's account and region.
fn arn(profile: &Profile, of: Shareable) -> String {
    let partition = catalog::partition_of(profile.region);
    let (_, _, kind) = words(of);
    let home = format!("{}:{}", profile.region, profile.owner);
    match of {
        Shareable::Zone(id) => format!("arn:{partition}:route53:::{kind}/{id}"),
        Shareable::Endpoint(id) => format!("arn:{partition}:ec2:{home}:{kind}/{id}"),
        _ => format!("arn:{partition}:route53resolver:{home}:{kind}/{}", of.id()),
    }
}

/// The caller's resource that an ARN names.
///
/// # Errors
///
/// `InvalidParameterException` for a text that is no ARN of a resource that can be in a Profile,
/// `ResourceNotFoundException` for a resource that is not there or that somebody else owns.
fn by_arn(context: &Context<'_>, text: &str) -> Result<Shareable, ApiError> {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let [arn, part, service, region, account, name] = parts[..] else {
        return Err(no_such_kind(text));
    };
    let Some((kind, id)) = name.split_once('/') else { return Err(no_such_kind(text)) };
    let partition = catalog::partition_of(context.region);
    let world = context.world();
    let home = (context.account.as_str(), context.region);
    let found = match (service, kind) {
        ("route53", "hostedzone") => id
            .parse::<ZoneId>()
            .ok()
            .filter(|id| {
                let zone = world.hosted_zones.get(id);
                zone.is_some_and(|it| it.owner(world) == Some(home.0))
            })
            .map(Shareable::Zone),
        ("route53resolver", "resolver-rule") => id
            .parse::<ResolverRuleId>()
            .ok()
            .filter(|id| {
                let rule = world.resolver_rules.get(id);
                rule.is_some_and(|it| it.home(world) == Some(home))
            })
            .map(Shareable::Rule),
        ("route53resolver", "firewall-rule-group") => id
            .parse::<FirewallRuleGroupId>()
            .ok()
            .filter(|id| {
                let group = world.firewall_rule_groups.get(id);
                group.is_some_and(|it| it.home(world) == Some(home))
            })
            .map(Shareable::FirewallRuleGroup),
        ("route53resolver", "resolver-query-log-config") => id
            .parse::<QueryLogConfigId>()
            .ok()
            .filter(|id| {
                let config = world.query_log_configs.get(id);
                config.is_some_and(|it| context.is_home(it.region, &it.owner))
            })
            .map(Shareable::QueryLogConfig),
        ("ec2", "vpc-endpoint") => {
            let own = id.parse::<EndpointId>().ok().filter(|id| id.find(context).is_some());
            own.map(Shareable::Endpoint)
        }
        _ => return Err(no_such_kind(text)),
    };
    let is_global = service == "route53" && region.is_empty() && account.is_empty();
    let is_here = region == home.1 && account == home.0;
    let found = found.filter(|_| is_global || is_here);
    let found = found.filter(|_| (arn, part) == ("arn", partition));
    found.ok_or_else(|| not_found(text).into())
}

fn no_such_kind(text: &str) -> ApiError {
    let words = format!(
        "'{text}' is not the ARN of a private hosted zone, a Resolver rule, a DNS Firewall rule group, a query log \
         configuration or an interface endpoint."
    );
    ApiError::new("InvalidParameterException", words)
}

/// Reads `ResourceProperties`: JSON with a priority.
fn read_properties(parameters: &mut Parameters) -> Result<Option<u32>, ApiError> {
    let Some(text) = parameters.limited("ResourceProperties", 0..=1024)? else { return Ok(None) };
    let wrong = || {
        let words =
            "ResourceProperties must be a JSON object with the member `priority`, a whole number.";
        ApiError::new("InvalidParameterException", words)
    };
    let value: Value = serde_json::from_str(&text).map_err(|_| wrong())?;
    let members = value.as_object().ok_or_else(wrong)?;
    if members.keys().any(|name| name != "priority") {
        return Err(wrong());
    }
    let Some(priority) = members.get("priority") else { return Ok(None) };
    let number = match priority {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    number.and_then(|it| u32::try_from(it).ok()).map(Some).ok_or_else(wrong)
}

/// What an association is doing.
#[derive(Clone, Copy)]
enum Doing {
    Nothing,
    Updating,
    Deleting,
}

fn fields(profile: &Profile, resource: &ProfileResource, doing: Doing) -> Fields {
    let (kind, noun, _) = words(resource.of);
    let (status, message) = match doing {
        Doing::Nothing => ("COMPLETE", "Completed creation of Profile to"),
        Doing::Updating => ("UPDATING", "Updating the Profile to"),
        Doing::Deleting => ("DELETING", "Deleting the Profile to"),
    };
    let properties = resource.priority.map(|it| json!({"priority": it}).to_string());
    Fields::new()
        .set("Id", profile.resource_association_id(resource.of))
        .set("Name", &resource.name)
        .set("OwnerId", &profile.owner)
        .set("ProfileId", profile.id.to_string())
        .set("ResourceArn", arn(profile, resource.of))
        .set("ResourceType", kind)
        .maybe("ResourceProperties", properties)
        .set("Status", status)
        .set("StatusMessage", format!("{message} {noun} association"))
        .set("CreationTime", time(resource.created))
        .set("ModificationTime", time(resource.modified))
}

/// The association of a Profile and a resource in a World.
fn shown(world: &World, profile: ProfileId, of: Shareable, doing: Doing) -> Fields {
    let profile = world.profiles.get(&profile);
    let found = profile.and_then(|it| Some(fields(it, it.resource(of)?, doing)));
    only("ProfileResourceAssociation", found.unwrap_or_default())
}

/// The caller's association with an id.
fn find<'c>(
    context: &'c Context<'_>,
    id: &str,
) -> Result<(&'c Arc<Profile>, &'c ProfileResource), ApiError> {
    let all = all_own(context).into_iter();
    let all = all.flat_map(|it| it.resources.iter().map(move |resource| (it, resource)));
    let mut all = all.filter(|(profile, it)| profile.resource_association_id(it.of) == id);
    all.next().ok_or_else(|| not_found(id).into())
}

fn read_arn(parameters: &mut Parameters) -> Result<String, ApiError> {
    parameters.required_limited("ResourceArn", 1..=255)
}

/// `AssociateResourceToProfile`.
pub(in crate::api) struct AssociateResourceToProfile {
    profile: String,
    arn: String,
    name: String,
    priority: Option<u32>,
}

impl Operation for AssociateResourceToProfile {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self {
            profile: read_id(parameters, "ProfileId")?,
            arn: read_arn(parameters)?,
            name: read_required_name(parameters)?,
            priority: read_properties(parameters)?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let profile = own(context, &self.profile)?.id;
        let of = by_arn(context, &self.arn)?;
        let resource = ProfileResource {
            of,
            name: self.name.into(),
            priority: self.priority,
            created: context.now,
            modified: context.now,
        };
        let change = model::AssociateResourceToProfile { profile, resource };
        let after = context.commit(&[change.into()])?;
        Ok(shown(&after.world, profile, of, Doing::Updating))
    }
}

/// `UpdateProfileResourceAssociation`.
pub(in crate::api) struct UpdateProfileResourceAssociation {
    id: String,
    name: Option<String>,
    priority: Option<u32>,
}

impl Operation for UpdateProfileResourceAssociation {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self {
            id: read_id(parameters, "ProfileResourceAssociationId")?,
            name: read_name(parameters)?,
            priority: read_properties(parameters)?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let (profile, resource) = find(context, &self.id)?;
        let (profile, of) = (profile.id, resource.of);
        let change = model::UpdateProfileResourceAssociation {
            profile,
            of,
            name: self.name.map(Arc::from),
            priority: self.priority,
            at: context.now,
        };
        let after = context.commit(&[change.into()])?;
        Ok(shown(&after.world, profile, of, Doing::Updating))
    }
}

/// `DisassociateResourceFromProfile`.
pub(in crate::api) struct DisassociateResourceFromProfile(String, String);

impl Operation for DisassociateResourceFromProfile {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self(read_id(parameters, "ProfileId")?, read_arn(parameters)?))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let profile = own(context, &self.0)?;
        let mut held = profile.resources.iter().filter(|it| arn(profile, it.of) == self.1);
        let of = held.next().ok_or_else(|| not_found(&self.1))?.of;
        let gone = shown(context.world(), profile.id, of, Doing::Deleting);
        let change = model::DisassociateResourceFromProfile { profile: profile.id, of };
        context.commit(&[change.into()])?;
        Ok(gone)
    }
}

/// `GetProfileResourceAssociation`.
pub(in crate::api) struct GetProfileResourceAssociation(String);

impl Operation for GetProfileResourceAssociation {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        read_id(parameters, "ProfileResourceAssociationId").map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let (profile, resource) = find(context, &self.0)?;
        Ok(only("ProfileResourceAssociation", fields(profile, resource, Doing::Nothing)))
    }
}

/// `ListProfileResourceAssociations`.
pub(in crate::api) struct ListProfileResourceAssociations {
    listing: Listing,
    profile: String,
    kind: Option<String>,
    arn: Option<String>,
}

impl Operation for ListProfileResourceAssociations {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self {
            listing: Listing::read(parameters)?,
            profile: read_id(parameters, "ProfileId")?,
            kind: parameters.text("ResourceType")?,
            arn: parameters.limited("ResourceArn", 1..=255)?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let profile = own(context, &self.profile)?;
        let is = |wanted: &Option<String>, it: &str| wanted.as_ref().is_none_or(|text| text == it);
        let passing = profile
            .resources
            .iter()
            .filter(|it| is(&self.kind, words(it.of).0) && is(&self.arn, &arn(profile, it.of)));
        let shown = passing.map(|it| {
            (profile.resource_association_id(it.of), fields(profile, it, Doing::Nothing))
        });
        Ok(self.listing.reply("ProfileResourceAssociations", shown.collect()))
    }
}
