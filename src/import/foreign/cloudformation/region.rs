//! The region a template is for, if it names one instead of using `AWS::Region`.
//!
//! Looks first at values that must be in the stack's own region: services, zones, the VPCs of hosted zones. Then at the
//! values of parameters, then at ARNs and host names, then at the keys of mappings. The search stops when exactly one
//! region is left.

use std::collections::BTreeMap;

use crate::{
    catalog,
    import::{
        Defaults,
        foreign::common::{Notes, Remark},
        text::node::{Kind, Node, Pos},
    },
};

/// What names of endpoint services begin with.
const PREFIXES: [&str; 4] =
    ["com.amazonaws.vpce.", "com.amazonaws.", "cn.com.amazonaws.", "aws.api."];

/// Keys whose value may name another region than the stack's.
const ELSEWHERE: [&str; 4] = ["PeerRegion", "ServiceRegion", "Region", "SourceRegion"];

/// Words in the names of parameters that mean another region.
const OTHER: [&str; 9] = [
    "peer",
    "remote",
    "replica",
    "secondary",
    "destination",
    "target",
    "backup",
    "failover",
    "other",
];

/// The ends of host names that contain their region as a label.
const HOSTS: [&str; 5] =
    [".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".on.aws", ".compute.internal"];

/// Regions, each with the first position that names it.
type Regions = BTreeMap<&'static str, Pos>;

/// The only region that a template and its nested stacks name; `None` if they name none or several.
pub(super) fn named(
    roots: &[&Node],
    defaults: &Defaults,
    notes: &mut Notes,
) -> Option<&'static str> {
    let kinds: [fn(&Node, &Defaults, &mut Regions); 4] = [own, parameters, mentioned, mappings];
    let mut regions = Regions::new();
    for kind in kinds {
        let mut found = Regions::new();
        for root in roots {
            kind(root, defaults, &mut found);
        }
        let both: Regions =
            regions.iter().filter(|it| found.contains_key(it.0)).map(|(a, b)| (*a, *b)).collect();
        if regions.is_empty() {
            regions = found;
        } else if !both.is_empty() {
            regions = both;
        }
        if regions.len() == 1 {
            break;
        }
    }
    let first = regions.pop_first();
    let Some((region, pos)) = first.filter(|_| regions.is_empty()) else {
        if roots.iter().all(|it| it.get("Resources").is_none_or(|it| it.entries().is_empty())) {
            return None;
        }
        let message = format!(
            "the template is evaluated for the region {} (set --region for another)",
            defaults.region
        );
        notes.add(Pos::default(), Remark::Assumed, message);
        return None;
    };
    let message = format!("the template is evaluated for {region}, because it names this region");
    notes.add(pos, Remark::Inferred, message);
    Some(region)
}

/// Adds the regions in values that must be in the stack's own: services of endpoints, zones, VPCs of hosted zones.
fn own(root: &Node, _: &Defaults, regions: &mut Regions) {
    let mut left: Vec<&Node> = root.get("Resources").into_iter().collect();
    while let Some(node) = left.pop() {
        match &node.kind {
            Kind::Null => {}
            Kind::Scalar(text) => note(of_service(text), node.pos, regions),
            Kind::Seq(items) => left.extend(items),
            Kind::Map(entries) => {
                // With `ServiceRegion`, the service is in another region than the VPC.
                let elsewhere = entries.iter().any(|(key, _)| key.text == "ServiceRegion");
                for (key, value) in entries {
                    if elsewhere && key.text == "ServiceName" {
                        continue;
                    }
                    let items = value.items().iter().chain([value]);
                    let texts = items.filter_map(|it| Some((it.text()?, it.pos)));
                    match key.text.as_str() {
                        "VPCRegion" => {
                            texts.for_each(|(text, pos)| note(of_name(text), pos, regions));
                        }
                        "AvailabilityZone" | "AvailabilityZones" | "AvailabilityZoneId" => {
                            texts.for_each(|(text, pos)| note(of_zone(text), pos, regions));
                        }
                        _ => {}
                    }
                    left.push(value);
                }
            }
        }
    }
}

/// Adds the regions in the values of parameters: the given values, else the defaults.
fn parameters(root: &Node, defaults: &Defaults, regions: &mut Regions) {
    for (key, parameter) in root.get("Parameters").map_or(&[][..], Node::entries) {
        let name = key.text.to_ascii_lowercase();
        if OTHER.iter().any(|word| name.contains(word)) {
            continue;
        }
        let given = defaults.parameters.iter().rfind(|(given, _)| *given == key.text);
        let default = parameter.get("Default").and_then(|it| Some((it.text()?, it.pos)));
        let value = given.map(|(_, text)| (text.as_str(), key.pos)).or(default);
        let Some((text, pos)) = value else { continue };
        for item in text.split(',').map(str::trim) {
            let region = of_name(item).or_else(|| of_zone(item)).or_else(|| of_service(item));
            note(region.or_else(|| of_arn(item)).or_else(|| of_host(item)), pos, regions);
        }
    }
}

/// Adds the regions in ARNs and host names, and in names that intrinsics put together.
fn mentioned(root: &Node, _: &Defaults, regions: &mut Regions) {
    let mut left: Vec<(&Node, bool)> = ["Resources", "Outputs"]
        .iter()
        .filter_map(|it| root.get(it))
        .map(|it| (it, false))
        .collect();
    while let Some((node, joined)) = left.pop() {
        match &node.kind {
            Kind::Null => {}
            Kind::Scalar(text) => {
                note(of_arn(text).or_else(|| of_host(text)), node.pos, regions);
                if joined {
                    note(of_name(text), node.pos, regions);
                }
            }
            Kind::Seq(items) => {
                let joined = joined || node.tag.as_deref() == Some("!Join");
                left.extend(items.iter().map(|it| (it, joined)));
            }
            Kind::Map(entries) => {
                let told = entries.iter().filter(|(key, _)| !ELSEWHERE.contains(&&*key.text));
                left.extend(told.map(|(key, value)| (value, key.text == "Fn::Join")));
            }
        }
    }
}

/// Adds the regions that are keys of mappings.
fn mappings(root: &Node, _: &Defaults, regions: &mut Regions) {
    for (_, mapping) in root.get("Mappings").map_or(&[][..], Node::entries) {
        for (key, _) in mapping.entries() {
            note(of_name(&key.text), key.pos, regions);
        }
    }
}

fn note(region: Option<&'static str>, pos: Pos, regions: &mut Regions) {
    if let Some(region) = region {
        regions.entry(region).or_insert(pos);
    }
}

fn of_name(text: &str) -> Option<&'static str> {
    catalog::region(text).map(|region| region.name)
}

/// The region of `com.amazonaws.eu-west-1.ssm`.
fn of_service(text: &str) -> Option<&'static str> {
    let rest = PREFIXES.iter().find_map(|prefix| text.strip_prefix(prefix))?;
    of_name(rest.split('.').next()?)
}

/// The region of `eu-west-1a`, `us-west-2-lax-1a` or `euw1-az1`.
fn of_zone(text: &str) -> Option<&'static str> {
    let regions = catalog::regions().iter();
    let mut of = regions.filter(|region| {
        let rest = text.strip_prefix(region.name);
        let named = rest.is_some_and(|rest| {
            rest.starts_with('-')
                || rest.len() == 1 && rest.starts_with(|it: char| it.is_ascii_lowercase())
        });
        named || !text.is_empty() && region.zones.iter().any(|zone| zone.id == text)
    });
    of.next().map(|region| region.name)
}

/// The region of the first ARN in a text.
fn of_arn(text: &str) -> Option<&'static str> {
    let (_, arn) = text.split_once("arn:aws")?;
    of_name(arn.split(':').nth(2)?)
}

/// The region in a host name, as in `vpce-….ssm.eu-west-1.vpce.amazonaws.com`.
fn of_host(text: &str) -> Option<&'static str> {
    let host = text.trim_end_matches(['.', '/']).split("://").last()?.split('/').next()?;
    HOSTS.iter().find(|end| host.ends_with(**end))?;
    host.split('.').find_map(of_name)
}
