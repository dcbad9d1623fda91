//! Regions and their zones, from the catalogue.
//!
//! Every region of the caller's partition is there to be used; those that AWS keeps shut at first count as opted into.

use super::Operation;
use crate::{
    api::{context::Context, error::ApiError, page::Page, parameter::Parameters, shape::Fields},
    catalog::{self, Region, Zone},
    model::world::Tags,
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
pub(super) struct DescribeRegions {
    names: Vec<String>,
    page: Page,
}

impl Operation for DescribeRegions {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        // Regions that are not opted into would be added; there are none.
        parameters.boolean("AllRegions")?;
        Ok(Self { names: parameters.list("RegionName")?, page: Page::read(parameters)? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        self.page.check(&["endpoint", "opt-in-status", "region-name"])?;
        let partition = here(context)?.partition;
        let regions: Vec<&Region> =
            catalog::regions().iter().filter(|region| region.partition == partition).collect();
        let missing = |name: &&String| !regions.iter().any(|region| region.name == **name);
        let missing: Vec<&str> = self.names.iter().filter(missing).map(String::as_str).collect();
        if !missing.is_empty() {
            return Err(ApiError::value(format!("Region not found: {}", missing.join(", "))));
        }
        let shown = regions
            .into_iter()
            .filter(|region| {
                self.names.is_empty() || self.names.iter().any(|name| name == region.name)
            })
            .filter(|region| {
                self.page.passes(&Tags::default(), |name| match name {
                    "endpoint" => vec![endpoint(region)],
                    "opt-in-status" => vec![opt_in(region).to_owned()],
                    _ => vec![region.name.to_owned()],
                })
            })
            .map(|region| {
                Fields::new()
                    .set("regionName", region.name)
                    .set("regionEndpoint", endpoint(region))
                    .set("optInStatus", opt_in(region))
            });
        Ok(Fields::new().list("regionInfo", shown))
    }
}

/// `DescribeAvailabilityZones`.
pub(super) struct DescribeAvailabilityZones {
    names: Vec<String>,
    ids: Vec<String>,
    page: Page,
}

impl Operation for DescribeAvailabilityZones {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        // Local Zones and the like would be added; the catalogue has none.
        parameters.boolean("AllAvailabilityZones")?;
        Ok(Self {
            names: parameters.list("ZoneName")?,
            ids: parameters.list("ZoneId")?,
            page: Page::read(parameters)?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        self.page.check(&[
            "group-name",
            "message",
            "opt-in-status",
            "parent-zone-id",
            "parent-zone-name",
            "region-name",
            "state",
            "zone-id",
            "zone-name",
            "zone-type",
        ])?;
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
        let group = format!("{}-zg-1", region.name);
        let listed =
            |list: &[String], word: &str| list.is_empty() || list.iter().any(|it| it == word);
        let shown = region
            .zones
            .iter()
            .filter(|zone| listed(&self.names, zone.name) && listed(&self.ids, zone.id))
            .filter(|zone| {
                self.page.passes(&Tags::default(), |name| {
                    let value = match name {
                        "group-name" => group.as_str(),
                        "opt-in-status" => "opt-in-not-required",
                        "region-name" => region.name,
                        "state" => "available",
                        "zone-id" => zone.id,
                        "zone-name" => zone.name,
                        "zone-type" => "availability-zone",
                        _ => return Vec::new(),
                    };
                    vec![value.to_owned()]
                })
            })
            .map(|zone| {
                Fields::new()
                    .set("zoneState", "available")
                    .set("optInStatus", "opt-in-not-required")
                    .list("messageSet", [])
                    .set("regionName", region.name)
                    .set("zoneName", zone.name)
                    .maybe("zoneId", (!zone.id.is_empty()).then_some(zone.id))
                    .set("groupName", &group)
                    .set("networkBorderGroup", region.name)
                    .set("zoneType", "availability-zone")
            });
        Ok(Fields::new().list("availabilityZoneInfo", shown))
    }
}

fn missing<'l>(
    list: &'l [String],
    region: &Region,
    word: impl Fn(&Zone) -> &'static str,
) -> Vec<&'l str> {
    let known = |it: &str| region.zones.iter().any(|zone| word(zone) == it);
    list.iter().map(String::as_str).filter(|it| !known(it)).collect()
}
