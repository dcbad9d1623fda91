//! Quotas, which are not emulated: the usual ones are shown with what is used of them.

use super::{is_own, own_zone, record, zone_id};
use crate::api::{
    context::Context, error::ApiError, parameter::Parameters, service::Operation, shape::Fields,
};

/// A quota with what is used of it.
pub(super) fn reply(kind: &str, limit: u64, used: usize) -> Fields {
    let limit = Fields::new().set("Type", kind).set("Value", limit);
    Fields::new().fields("Limit", limit).set("Count", u64::try_from(used).unwrap_or(u64::MAX))
}

/// A quota that there is not.
pub(super) fn unknown<T>(kind: &str) -> Result<T, ApiError> {
    Err(ApiError::new("InvalidInput", format!("There is no limit of the type {kind}.")))
}

/// `GetAccountLimit`.
pub(in crate::api) struct GetAccountLimit(String);

impl Operation for GetAccountLimit {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.required("Type").map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let world = context.world();
        let (limit, used) = match self.0.as_str() {
            "MAX_HOSTED_ZONES_BY_OWNER" => {
                (500, world.hosted_zones.values().filter(|zone| is_own(context, zone)).count())
            }
            "MAX_HEALTH_CHECKS_BY_OWNER" => {
                let own = world.health_checks.values().filter(|it| *it.owner == *context.account);
                (200, own.count())
            }
            "MAX_REUSABLE_DELEGATION_SETS_BY_OWNER" => {
                let own = world.delegation_sets.values().filter(|it| *it.owner == *context.account);
                (100, own.count())
            }
            "MAX_TRAFFIC_POLICIES_BY_OWNER" => (50, 0),
            "MAX_TRAFFIC_POLICY_INSTANCES_BY_OWNER" => (5, 0),
            other => return unknown(other),
        };
        Ok(reply(&self.0, limit, used))
    }
}

/// `GetHostedZoneLimit`.
pub(in crate::api) struct GetHostedZoneLimit(String, String);

impl Operation for GetHostedZoneLimit {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self(zone_id(parameters, "HostedZoneId")?, parameters.required("Type")?))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let zone = own_zone(context, &self.0)?;
        match self.1.as_str() {
            "MAX_RRSETS_BY_ZONE" => Ok(reply(&self.1, 10_000, record::count(zone))),
            "MAX_VPCS_ASSOCIATED_BY_ZONE" if zone.details.public => Err(ApiError::new(
                "HostedZoneNotPrivate",
                "The specified hosted zone is a public hosted zone, not a private hosted zone.",
            )),
            "MAX_VPCS_ASSOCIATED_BY_ZONE" => Ok(reply(&self.1, 300, zone.vpcs.len())),
            other => unknown(other),
        }
    }
}
