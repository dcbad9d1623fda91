//! Lists of hosted zones: by id, by name, and those that a VPC sees.

use std::sync::Arc;

use super::{
    delegation_set,
    hosted_zone::{self, NamedVpc},
    is_own,
    paging::{max_items, next_token},
};
use crate::{
    api::{
        context::Context, error::ApiError, page, parameter::Parameters, service::Operation,
        shape::Fields,
    },
    model::{
        hosted_zone::HostedZone,
        name::Name,
        record::{route53_name, route53_text},
        zone_data::listing_key,
    },
};

/// The zones on a page at most.
const PAGE: usize = 100;

fn own_zones<'c>(context: &'c Context<'_>) -> Vec<&'c Arc<HostedZone>> {
    context.world().hosted_zones.values().filter(|zone| is_own(context, zone)).collect()
}

/// `ListHostedZones`.
pub(in crate::api) struct ListHostedZones {
    marker: Option<String>,
    max: usize,
    delegation_set: Option<String>,
    private_only: bool,
}

impl Operation for ListHostedZones {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self {
            marker: parameters.limited("Marker", 0..=64)?.filter(|it| !it.is_empty()),
            max: max_items(parameters, "MaxItems", PAGE)?,
            delegation_set: parameters.limited("DelegationSetId", 0..=44)?,
            private_only: parameters
                .word("HostedZoneType", &[("PrivateHostedZone", ())])?
                .is_some(),
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let set = match self.delegation_set.filter(|it| !it.is_empty()) {
            Some(text) => Some(delegation_set::own(context, &text)?.id),
            None => None,
        };
        let mut zones: Vec<(String, &Arc<HostedZone>)> = own_zones(context)
            .into_iter()
            .filter(|zone| !(self.private_only && zone.details.public))
            .filter(|zone| set.is_none() || zone.details.delegation_set == set)
            .map(|zone| (zone.id.to_string(), zone))
            .collect();
        zones.sort_by(|one, other| one.0.cmp(&other.0));
        let first =
            self.marker.as_ref().map_or(0, |marker| zones.partition_point(|it| it.0 < *marker));
        let mut left = zones.into_iter().skip(first);
        let shown: Vec<Fields> =
            left.by_ref().take(self.max).map(|(_, zone)| hosted_zone::fields(zone)).collect();
        let next = left.next().map(|(id, _)| id);
        Ok(Fields::new()
            .list("HostedZones", shown)
            .maybe("Marker", self.marker)
            .set("IsTruncated", next.is_some())
            .maybe("NextMarker", next)
            .set("MaxItems", self.max.to_string()))
    }
}

/// `ListHostedZonesByName`: sorted by the labels of the names from the last to the first.
pub(in crate::api) struct ListHostedZonesByName {
    name: Option<String>,
    id: Option<String>,
    max: usize,
}

impl Operation for ListHostedZonesByName {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let name = parameters.limited("DNSName", 0..=1_024)?.filter(|it| !it.is_empty());
        let id = parameters.limited("HostedZoneId", 0..=44)?.filter(|it| !it.is_empty());
        let id = id.map(|id| id.rsplit('/').next().unwrap_or_default().to_owned());
        Ok(Self { name, id, max: max_items(parameters, "MaxItems", PAGE)? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        if self.name.is_none() && self.id.is_some() {
            let words = "A hosted zone ID can be specified only together with a DNS name.";
            return Err(ApiError::new("InvalidInput", words));
        }
        let first = match &self.name {
            Some(text) => route53_name(text).map_err(|_| {
                ApiError::new("InvalidDomainName", format!("{text} is not a valid domain name."))
            })?,
            None => Name::root(),
        };
        let first = (listing_key(&first), self.id.clone().unwrap_or_default());
        let mut zones: Vec<_> = own_zones(context)
            .into_iter()
            .map(|zone| ((listing_key(&zone.name), zone.id.to_string()), zone))
            .filter(|(key, _)| *key >= first)
            .collect();
        zones.sort_by(|one, other| one.0.cmp(&other.0));
        let mut left = zones.into_iter();
        let shown: Vec<Fields> =
            left.by_ref().take(self.max).map(|(_, zone)| hosted_zone::fields(zone)).collect();
        let next = left.next().map(|(_, zone)| zone);
        Ok(Fields::new()
            .list("HostedZones", shown)
            .maybe("DNSName", self.name)
            .maybe("HostedZoneId", self.id)
            .set("IsTruncated", next.is_some())
            .maybe("NextDNSName", next.map(|zone| zone.dotted()))
            .maybe("NextHostedZoneId", next.map(|zone| zone.id.to_string()))
            .set("MaxItems", self.max.to_string()))
    }
}

/// `ListHostedZonesByVPC`: the private zones that a VPC sees, whoever owns them; also those that private DNS made for its
/// endpoints, which AWS owns (P2).
pub(in crate::api) struct ListHostedZonesByVPC {
    vpc: (String, String),
    max: usize,
    after: Option<String>,
}

impl Operation for ListHostedZonesByVPC {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let vpc = (
            parameters.required_limited("VPCId", 0..=1_024)?,
            parameters.required_limited("VPCRegion", 1..=64)?,
        );
        let max = max_items(parameters, "MaxItems", PAGE)?;
        let after = next_token(parameters)?;
        Ok(Self { vpc, max, after })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let vpc = NamedVpc::find(context, &self.vpc)?;
        if !vpc.is_own(context) {
            return Err(ApiError::new("InvalidVPCId", "The VPC ID is invalid."));
        }
        let world = context.world();
        let summary = |id: &str, name: &Name, owner: Fields| {
            let shown =
                Fields::new().set("HostedZoneId", id).set("Name", route53_text(name.as_ref()));
            (id.to_owned(), shown.fields("Owner", owner))
        };
        let mut zones: Vec<(String, Fields)> = world
            .zones_of(vpc.0)
            .map(|zone| {
                let owner = Fields::new().maybe("OwningAccount", zone.owner(world));
                summary(&zone.id.to_string(), &zone.name, owner)
            })
            .collect();
        for endpoint in world.endpoints_of(vpc.0).filter(|it| it.private_dns) {
            let owner = Fields::new().set("OwningService", "vpce.amazonaws.com");
            let names = endpoint.private_names.iter();
            zones.extend(names.map(|name| {
                summary(&endpoint.hidden_zone_id(&name.zone).to_string(), &name.zone, owner.clone())
            }));
        }
        zones.sort_by(|one, other| one.0.cmp(&other.0));
        let (shown, token) = page::cut(zones, self.after.as_deref(), self.max);
        Ok(Fields::new()
            .list("HostedZoneSummaries", shown)
            .set("MaxItems", self.max.to_string())
            .maybe("NextToken", token))
    }
}
