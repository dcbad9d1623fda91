//! Regions and their zones, from the catalogue.
//!
//! Every region of the caller's partition is enabled. Regions that AWS disables by default are shown as opted in.

use crate::{
    api::{
        context::Context,
        describe::{Describe, Filters, Listing, texts},
        error::ApiError,
        page::Page,
        parameter::Parameters,
        shape::Fields,
    },
    catalog::{self, AvailabilityZone, Region},
};

fn here(context: &Context<'_>) -> Result<&'static Region, ApiError> {
    catalog::region(context.region)
        .ok_or_else(|| ApiError::value(format!("Region not found: {}", context.region)))
}

fn opt_in(region: &Region) -> &'static str {
    if region.opt_in() { "opted-in" } else { "opt-in-not-required" }
}

fn endpoint(region: &Region) -> String {
    format!("ec2.{}.{}", region.name, region.dns_suffix)
}

/// `DescribeRegions`.
pub(super) type DescribeRegions = Listing<Regions>;

/// The regions of these names.
pub(super) struct Regions(Vec<String>);

impl Describe for Regions {
    type Item<'c> = &'static Region;

    const LIST: &'static str = "regionInfo";

    const FILTERS: Filters<Self> = &[
        ("endpoint", |region, _| texts([endpoint(region)])),
        ("opt-in-status", |region, _| texts([opt_in(region)])),
        ("region-name", |region, _| texts([region.name])),
    ];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        // Regions that are not opted into would be added; there are none.
        parameters.boolean("AllRegions")?;
        parameters.list("RegionName").map(Self)
    }

    fn items<'c>(&self, context: &'c Context<'_>) -> Result<Vec<Self::Item<'c>>, ApiError> {
        let partition = here(context)?.partition;
        let regions: Vec<&Region> =
            catalog::regions().iter().filter(|region| region.partition == partition).collect();
        let missing = |name: &&String| !regions.iter().any(|region| region.name == **name);
        let missing: Vec<&str> = self.0.iter().filter(missing).map(String::as_str).collect();
        if !missing.is_empty() {
            return Err(ApiError::value(format!("Region not found: {}", missing.join(", "))));
        }
        let listed = |region: &&Region| listed(&self.0, region.name);
        Ok(regions.into_iter().filter(listed).collect())
    }

    fn key(region: &Self::Item<'_>) -> String {
        region.name.to_owned()
    }

    fn fields(_: &Context<'_>, region: Self::Item<'_>) -> Fields {
        Fields::new()
            .set("regionName", region.name)
            .set("regionEndpoint", endpoint(region))
            .set("optInStatus", opt_in(region))
    }

    /// In the catalogue's order and without pages.
    fn reply(context: &Context<'_>, _: &Page, found: Vec<Self::Item<'_>>) -> Fields {
        let shown = found.into_iter().map(|region| Self::fields(context, region));
        Fields::new().list(Self::LIST, shown)
    }
}

/// Whether a name is asked for: it is in the list, or the list is empty.
fn listed(list: &[String], name: &str) -> bool {
    list.is_empty() || list.iter().any(|it| it == name)
}

/// `DescribeAvailabilityZones`.
pub(super) type DescribeAvailabilityZones = Listing<Zones>;

/// The zones of these names and ids.
pub(super) struct Zones {
    names: Vec<String>,
    ids: Vec<String>,
}

impl Describe for Zones {
    type Item<'c> = (&'static Region, &'static AvailabilityZone);

    const LIST: &'static str = "availabilityZoneInfo";

    const FILTERS: Filters<Self> = &[
        ("group-name", |(region, _), _| texts([group(region)])),
        ("message", |_, _| Vec::new()),
        ("opt-in-status", |_, _| texts(["opt-in-not-required"])),
        ("parent-zone-id", |_, _| Vec::new()),
        ("parent-zone-name", |_, _| Vec::new()),
        ("region-name", |(region, _), _| texts([region.name])),
        ("state", |_, _| texts(["available"])),
        ("zone-id", |(_, zone), _| texts([zone.id])),
        ("zone-name", |(_, zone), _| texts([zone.name])),
        ("zone-type", |_, _| texts(["availability-zone"])),
    ];

    const MATCHES_NOTHING: &'static [&'static str] = &["group-long-name"];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        // Local Zones and the like would be added; the catalogue has none.
        parameters.boolean("AllAvailabilityZones")?;
        Ok(Self { names: parameters.list("ZoneName")?, ids: parameters.list("ZoneId")? })
    }

    fn items<'c>(&self, context: &'c Context<'_>) -> Result<Vec<Self::Item<'c>>, ApiError> {
        let region = here(context)?;
        let unknown = |kind: &str, missing: Vec<&str>| match missing[..] {
            [] => Ok(()),
            [one] => Err(ApiError::value(format!("Invalid availability {kind}: [{one}]"))),
            _ => {
                let all = missing.join(", ");
                Err(ApiError::value(format!("Invalid availability {kind}s: [{all}]")))
            }
        };
        unknown("zone", missing(&self.names, region, |zone| zone.name))?;
        unknown("zone-id", missing(&self.ids, region, |zone| zone.id))?;
        let zones = region.zones.iter();
        let wanted =
            |it: &&AvailabilityZone| listed(&self.names, it.name) && listed(&self.ids, it.id);
        Ok(zones.filter(wanted).map(|zone| (region, zone)).collect())
    }

    fn key((_, zone): &Self::Item<'_>) -> String {
        zone.name.to_owned()
    }

    fn fields(_: &Context<'_>, (region, zone): Self::Item<'_>) -> Fields {
        Fields::new()
            .set("zoneState", "available")
            .set("optInStatus", "opt-in-not-required")
            .list("messageSet", [])
            .set("regionName", region.name)
            .set("zoneName", zone.name)
            .maybe("zoneId", (!zone.id.is_empty()).then_some(zone.id))
            .set("groupName", group(region))
            .set("networkBorderGroup", region.name)
            .set("zoneType", "availability-zone")
    }

    /// In the catalogue's order and without pages.
    fn reply(context: &Context<'_>, _: &Page, found: Vec<Self::Item<'_>>) -> Fields {
        let shown = found.into_iter().map(|zone| Self::fields(context, zone));
        Fields::new().list(Self::LIST, shown)
    }
}

/// The id of a zone of the caller's region.
pub(super) fn zone_id(context: &Context<'_>, name: &str) -> Option<&'static str> {
    let region = catalog::region(context.region)?;
    region.zones.iter().find(|zone| zone.name == name).map(|zone| zone.id)
}

fn group(region: &Region) -> String {
    format!("{}-zg-1", region.name)
}

fn missing<'l>(
    list: &'l [String],
    region: &Region,
    word: impl Fn(&AvailabilityZone) -> &'static str,
) -> Vec<&'l str> {
    let known = |it: &str| region.zones.iter().any(|zone| word(zone) == it);
    list.iter().map(String::as_str).filter(|it| !known(it)).collect()
}
