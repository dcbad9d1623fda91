//! Records of hosted zones: batches of changes, and lists in Route 53's order.

use std::sync::Arc;

use super::{change, own_zone, own_zone_to_change, paging::max_items, record_input, zone_id};
use crate::{
    api::{
        context::Context, error::ApiError, parameter::Parameters, service::Operation, shape::Fields,
    },
    model::{
        delegation::{NS_TTL, SOA_TTL},
        hosted_zone::HostedZone,
        name::Name,
        record::{Rdata, RecordSet, RecordType, route53_name, route53_text},
        record_change::{self as model, RecordChange},
        record_value::type_text,
        routing::{Answers, Policy, RoutedSet, alias_zone},
        zone_data::{PRIVATE_SOA, listing_key},
    },
};

/// The record sets on a page at most.
const PAGE: usize = 300;
/// The most changes of a batch.
const MOST_CHANGES: usize = 1_000;

/// The NS and the SOA record of the zone itself, unless the zone keeps its own.
fn required(zone: &HostedZone) -> Vec<RoutedSet> {
    let node = zone.data.node(zone.name.as_ref());
    let has = |rtype| {
        node.is_some_and(|it| {
            it.set(rtype).is_some() || it.routed.iter().any(|set| set.rtype == rtype)
        })
    };
    let servers = [
        "ns-0.awsdns-00.com",
        "ns-512.awsdns-00.net",
        "ns-1024.awsdns-00.org",
        "ns-1536.awsdns-00.co.uk",
    ];
    let mut sets = Vec::new();
    if !has(RecordType::NS) {
        // An order that does not follow the alphabet, as Route 53 lists them.
        let servers = [servers[3], servers[0], servers[2], servers[1]];
        let data = servers.iter().filter_map(|text| Name::parse(text).ok());
        let data = data.map(|name| Rdata::name(&name)).collect();
        sets.push(RoutedSet::simple(RecordSet::new(RecordType::NS, NS_TTL, data)));
    }
    if !has(RecordType::SOA) {
        let data = vec![Rdata::from_wire(PRIVATE_SOA)];
        sets.push(RoutedSet::simple(RecordSet::new(RecordType::SOA, SOA_TTL, data)));
    }
    sets
}

/// The record sets of a name of a zone, in Route 53's order.
fn sets_of(zone: &HostedZone, name: &Name) -> Vec<RoutedSet> {
    let node = zone.data.node(name.as_ref());
    let mut sets =
        node.map(|it| it.all_sets(|target| alias_zone(zone.id, target))).unwrap_or_default();
    if *name == zone.name {
        sets.extend(required(zone));
    }
    sets.sort_by_cached_key(|set| (type_text(set.rtype), set.identifier.clone()));
    sets
}

/// How many record sets a zone has.
pub(super) fn count(zone: &HostedZone) -> usize {
    let nodes = zone.data.held();
    let own: usize = nodes
        .map(|(_, node)| node)
        .map(|it| it.sets.len() + it.routed.len() + 2 * usize::from(it.alias.is_some()))
        .sum();
    own + required(zone).len()
}

/// A record set as replies show it.
fn fields(name: &str, set: &RoutedSet) -> Fields {
    let shown = Fields::new()
        .set("Name", name)
        .set("Type", type_text(set.rtype))
        .maybe("SetIdentifier", set.identifier.as_ref());
    let shown = match &set.policy {
        Policy::Simple => shown,
        Policy::Weighted(weight) => shown.set("Weight", *weight),
        Policy::Latency(region) => shown.set("Region", region),
        Policy::Geolocation { continent, country, subdivision } => {
            let place = Fields::new()
                .maybe("ContinentCode", continent.as_ref())
                .maybe("CountryCode", country.as_ref())
                .maybe("SubdivisionCode", subdivision.as_ref());
            shown.fields("GeoLocation", place)
        }
        Policy::Failover { primary } => {
            shown.set("Failover", if *primary { "PRIMARY" } else { "SECONDARY" })
        }
        Policy::Multivalue => shown.set("MultiValueAnswer", true),
        Policy::Geoproximity { .. } | Policy::Cidr { .. } => shown,
    };
    let shown = match &set.answers {
        Answers::Records(records) => {
            let value = |text: String| Fields::new().set("Value", text);
            shown
                .set("TTL", records.ttl)
                .list("ResourceRecords", records.shown().into_iter().map(value))
        }
        Answers::Alias(target) => {
            let alias = Fields::new()
                .set("HostedZoneId", &target.zone)
                .set("DNSName", route53_text(target.name.as_ref()))
                .set("EvaluateTargetHealth", target.evaluate_health);
            shown.fields("AliasTarget", alias)
        }
    };
    let shown = shown.maybe("HealthCheckId", set.health_check.map(|id| id.to_string()));
    if let Policy::Cidr { collection, location } = &set.policy {
        let cidr =
            Fields::new().set("CollectionId", collection.to_string()).set("LocationName", location);
        return shown.fields("CidrRoutingConfig", cidr);
    }
    let Policy::Geoproximity { region, local_zone_group, coordinates, bias } = &set.policy else {
        return shown;
    };
    let place = Fields::new()
        .maybe("AWSRegion", region.as_ref())
        .maybe("LocalZoneGroup", local_zone_group.as_ref());
    let place = match coordinates {
        Some((latitude, longitude)) => {
            let point = Fields::new().set("Latitude", latitude).set("Longitude", longitude);
            place.fields("Coordinates", point)
        }
        None => place,
    };
    shown.fields("GeoProximityLocation", place.set("Bias", i32::from(*bias)))
}

/// `ListResourceRecordSets`: sorted by the labels of the names from the last to the first, then by type and identifier.
pub(in crate::api) struct ListResourceRecordSets {
    zone: String,
    name: Option<String>,
    rtype: Option<String>,
    identifier: Option<String>,
    max: usize,
}

impl Operation for ListResourceRecordSets {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let filled = |text: Option<String>| text.filter(|it| !it.is_empty());
        let zone = zone_id(parameters, "HostedZoneId")?;
        let name = filled(parameters.limited("StartRecordName", 0..=1_024)?);
        let rtype = match filled(parameters.text("StartRecordType")?) {
            Some(text) => {
                record_input::read_type(parameters, "StartRecordType", &text);
                Some(text)
            }
            None => None,
        };
        let identifier = filled(parameters.limited("StartRecordIdentifier", 0..=128)?);
        let refuse = |words: &str| Err(ApiError::new("InvalidInput", words));
        if rtype.is_some() && name.is_none() {
            return refuse(
                "The input is not valid: a type can be specified only together with a name.",
            );
        }
        if identifier.is_some() && rtype.is_none() {
            return refuse(
                "The input is not valid: an identifier can be specified only together with a type.",
            );
        }
        Ok(Self { zone, name, rtype, identifier, max: max_items(parameters, "MaxItems", PAGE)? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let zone = own_zone(context, &self.zone)?;
        let first = match &self.name {
            Some(text) => {
                let name = route53_name(text).map_err(|_| {
                    ApiError::new("InvalidInput", format!("{text} is not a valid domain name."))
                })?;
                listing_key(&name)
            }
            None => Vec::new(),
        };
        let is_behind = |name: &Name, set: &RoutedSet| {
            let Some(rtype) = self.rtype.as_deref() else { return true };
            if listing_key(name) != first {
                return true;
            }
            let own = type_text(set.rtype);
            let identifier = set.identifier.as_deref().unwrap_or_default();
            (own.as_str(), identifier) >= (rtype, self.identifier.as_deref().unwrap_or_default())
        };
        let names = zone.data.listed();
        let begin = names.partition_point(|name| listing_key(name) < first);
        let mut sets = names[begin..].iter().flat_map(|name| {
            let mut sets = sets_of(zone, name);
            sets.retain(|set| is_behind(name, set));
            sets.into_iter().map(move |set| (name, set))
        });
        let shown: Vec<Fields> = sets
            .by_ref()
            .take(self.max)
            .map(|(name, set)| fields(&route53_text(name.as_ref()), &set))
            .collect();
        let next = sets.next();
        let reply =
            Fields::new().list("ResourceRecordSets", shown).set("IsTruncated", next.is_some());
        let reply = match &next {
            Some((name, set)) => reply
                .set("NextRecordName", route53_text(name.as_ref()))
                .set("NextRecordType", type_text(set.rtype))
                .maybe("NextRecordIdentifier", set.identifier.as_ref()),
            None => reply,
        };
        Ok(reply.set("MaxItems", self.max.to_string()))
    }
}

/// `ChangeResourceRecordSets`.
pub(in crate::api) struct ChangeResourceRecordSets {
    zone: String,
    comment: Option<String>,
    changes: Vec<RecordChange>,
    /// What is wrong with single values.
    problems: Vec<String>,
}

impl Operation for ChangeResourceRecordSets {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let zone = zone_id(parameters, "HostedZoneId")?;
        let mut problems = Vec::new();
        let batch = parameters.structure("ChangeBatch", |batch| {
            let comment = batch.limited("Comment", 0..=256)?.filter(|it| !it.is_empty());
            let changes = batch
                .structures("Changes", |change| record_input::read(change, &mut problems))
                .map_err(|error| match error.code.as_str() {
                    "InvalidParameterValue" => ApiError::new(
                        "InvalidChangeBatch",
                        format!("Number of records limit of {MOST_CHANGES} exceeded."),
                    ),
                    _ => error,
                })?;
            if changes.is_empty() {
                return Err(batch.missing("Changes"));
            }
            Ok((comment, changes))
        })?;
        let (comment, changes) = batch.ok_or_else(|| parameters.missing("ChangeBatch"))?;
        let problems = problems.into_iter().chain(record_input::too_much(&changes)).collect();
        Ok(Self { zone, comment, changes, problems })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let zone: Arc<HostedZone> = Arc::clone(own_zone_to_change(context, &self.zone)?);
        if !self.problems.is_empty() {
            let message = format!("[{}]", self.problems.join(", "));
            return Err(ApiError::new("InvalidChangeBatch", message));
        }
        let change = model::ChangeResourceRecordSets { zone: zone.id, changes: self.changes };
        context.commit(&[change.into()])?;
        Ok(Fields::new().fields("ChangeInfo", change::info(context, self.comment)))
    }
}
