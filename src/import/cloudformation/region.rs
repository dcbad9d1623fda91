//! The region a template is for, where it writes one out instead of `AWS::Region`.

use std::collections::BTreeMap;

use super::super::{
    foreign::{Notes, Remark},
    node::{Kind, Node, Pos},
};
use crate::catalog;

/// What names of endpoint services begin with.
const PREFIXES: [&str; 4] =
    ["com.amazonaws.vpce.", "com.amazonaws.", "cn.com.amazonaws.", "aws.api."];

/// The one region that the template's service names and zones are of; where there is none, the usual one is assumed.
pub(super) fn named(root: &Node, usual: &str, notes: &mut Notes) -> Option<&'static str> {
    let mut regions = BTreeMap::new();
    let mut left: Vec<&Node> = root.get("Resources").into_iter().collect();
    while let Some(node) = left.pop() {
        match &node.kind {
            Kind::Null => {}
            Kind::Scalar(text) => {
                let rest = PREFIXES.iter().find_map(|prefix| text.strip_prefix(prefix));
                note(rest.unwrap_or_default(), node.pos, &mut regions);
            }
            Kind::Seq(items) => left.extend(items),
            Kind::Map(entries) => {
                // The service of such an endpoint is of another region than its VPC.
                let elsewhere = entries.iter().any(|(key, _)| key.text == "ServiceRegion");
                for (key, value) in entries {
                    if elsewhere && key.text == "ServiceName" {
                        continue;
                    }
                    if key.text == "VPCRegion" {
                        note(value.text().unwrap_or_default(), value.pos, &mut regions);
                    }
                    if key.text == "AvailabilityZone"
                        && let Some(zone) = value.text()
                    {
                        note(zone.trim_end_matches(char::is_alphabetic), value.pos, &mut regions);
                    }
                    left.push(value);
                }
            }
        }
    }
    let first = regions.pop_first();
    let Some((region, pos)) = first.filter(|_| regions.is_empty()) else {
        if root.get("Resources").is_none_or(|it| it.entries().is_empty()) {
            return None;
        }
        let message = format!("the template is evaluated for {usual} (--region)");
        notes.add(Pos::default(), Remark::Assumed, message);
        return None;
    };
    let message = format!("the template is for {region}, whose name it writes out");
    notes.add(pos, Remark::Inferred, message);
    Some(region)
}

/// Notes the region that a text begins with.
fn note(text: &str, pos: Pos, regions: &mut BTreeMap<&'static str, Pos>) {
    if let Some(region) = text.split('.').next().and_then(catalog::region) {
        regions.entry(region.name).or_insert(pos);
    }
}
