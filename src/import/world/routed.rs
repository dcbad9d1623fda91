//! Reads record sets with a routing policy, a health check, or as an alias of one type, from a map of a world file.

use std::sync::Arc;

use super::keys;
use crate::{
    catalog,
    import::{
        names::Names,
        text::{
            reader::{MapReader, Report},
            scalar::Scalar,
        },
    },
    model::{
        id::{HealthCheckId, ZoneId},
        name::Name,
        record::{RecordSet, RecordType},
        routing::{AliasTarget, Answers, DEFAULT_LOCATION, Policy, RoutedSet, alias_zone},
    },
};

impl Scalar for HealthCheckId {
    const EXPECTED: &'static str = "the id of a health check: a UUID";

    fn read(text: &str) -> Result<Self, Option<String>> {
        text.parse().map_err(|_| None)
    }
}

/// Whether a record needs more than its type and values, or more than an alias of both families of addresses.
pub(super) fn is_routed(fields: &MapReader<'_>) -> bool {
    keys::ROUTED.iter().any(|key| fields.get(key).is_some())
        || (fields.get("alias").is_some() && fields.get("type").is_some())
}

/// Reads one. `values` reads the values of a record set that is no alias.
pub(super) fn read(
    (zone, names): (ZoneId, &Names),
    fields: &MapReader<'_>,
    report: &mut Report<'_>,
    values: impl FnOnce(RecordType, &mut Report<'_>) -> Option<RecordSet>,
) -> Option<RoutedSet> {
    let rtype = fields.require::<RecordType>("type", report)?;
    let identifier: Option<String> = fields.read("set", report);
    let policy = policy(names, fields, report)?;
    if (policy == Policy::Simple) != identifier.is_none() {
        let message = "a record has a routing policy and `set`, which tells it apart, or neither";
        report.error(fields.pos_of("set"), message);
        return None;
    }
    let answers = match fields.read::<Name>("alias", report) {
        Some(name) => {
            let own: Option<String> = fields.read("alias-zone", report);
            Answers::Alias(AliasTarget {
                zone: own.map_or_else(|| alias_zone(zone, &name), Arc::from),
                name,
                evaluate_health: fields.read("evaluate-health", report).unwrap_or(false),
            })
        }
        None => Answers::Records(values(rtype, report)?),
    };
    Some(RoutedSet {
        rtype,
        identifier: identifier.map(Arc::from),
        policy,
        health_check: fields.read("health-check", report),
        answers,
    })
}

/// Reads the policy; a record without one is simple.
fn policy(names: &Names, fields: &MapReader<'_>, report: &mut Report<'_>) -> Option<Policy> {
    let text =
        |key, report: &mut Report<'_>| fields.read::<String>(key, report).map(Arc::<str>::from);
    let mut found = Vec::new();
    if let Some(weight) = fields.read::<u32>("weight", report) {
        let Ok(weight) = u8::try_from(weight) else {
            report.error(fields.pos_of("weight"), "a weight is at most 255");
            return None;
        };
        found.push(Policy::Weighted(weight));
    }
    found.extend(text("latency", report).map(Policy::Latency));
    let roles = [("primary", true), ("secondary", false)];
    found.extend(
        fields.choice("failover", &roles, report).map(|primary| Policy::Failover { primary }),
    );
    let (continent, country) = (text("continent", report), text("country", report));
    if continent.is_some() || country.is_some() {
        let subdivision = text("subdivision", report);
        found.push(Policy::Geolocation { continent, country, subdivision });
    }
    if fields.read("multivalue", report) == Some(true) {
        found.push(Policy::Multivalue);
    }
    if let Some(node) = fields.get("cidr-collection") {
        let collection = names.cidr_collections.find(node, None, report)?;
        let location = text("cidr-location", report);
        let location = location.unwrap_or_else(|| DEFAULT_LOCATION.into());
        found.push(Policy::Cidr { collection, location });
    }
    if let Some(near) = text("near", report) {
        let bias = fields.read::<String>("bias", report).unwrap_or_default();
        let bias = bias.parse().unwrap_or_default();
        let point = near
            .split_once(',')
            .map(|(one, other)| (Arc::from(one.trim()), Arc::from(other.trim())));
        let is_region = catalog::region(&near).is_some();
        let (region, local_zone_group) = match (&point, is_region) {
            (Some(_), _) => (None, None),
            (None, true) => (Some(near), None),
            (None, false) => (None, Some(near)),
        };
        found.push(Policy::Geoproximity { region, local_zone_group, coordinates: point, bias });
    }
    if found.len() > 1 {
        report.error(fields.pos_of("set"), "a record has one routing policy at most");
        return None;
    }
    Some(found.pop().unwrap_or(Policy::Simple))
}
