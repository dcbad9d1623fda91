//! The region a template is for, where it writes one out instead of `AWS::Region`.

use std::collections::BTreeMap;

use super::super::{
    foreign::{Notes, Remark},
    node::{Kind, Node, Pos},
};
use crate::catalog;

/// The one region that the template's service names and zones are of; `None` if there is no such, or it is the usual one.
pub(super) fn named(root: &Node, usual: &str, notes: &mut Notes) -> Option<&'static str> {
    let mut regions = BTreeMap::new();
    let mut left: Vec<&Node> = root.get("Resources").into_iter().collect();
    while let Some(node) = left.pop() {
        match &node.kind {
            Kind::Null => {}
            Kind::Scalar(text) => note(text, "com.amazonaws.", node.pos, &mut regions),
            Kind::Seq(items) => left.extend(items),
            Kind::Map(entries) => {
                for (key, value) in entries {
                    if key.text == "AvailabilityZone"
                        && let Some(zone) = value.text()
                    {
                        note(
                            zone.trim_end_matches(char::is_alphabetic),
                            "",
                            value.pos,
                            &mut regions,
                        );
                    }
                    left.push(value);
                }
            }
        }
    }
    let (region, pos) = regions.pop_first().filter(|(region, _)| *region != usual)?;
    if !regions.is_empty() {
        return None;
    }
    let message = format!("the template is for {region}, whose name it writes out");
    notes.add(pos, Remark::Inferred, message);
    Some(region)
}

/// Notes the region that follows a prefix of a text.
fn note(text: &str, prefix: &str, pos: Pos, regions: &mut BTreeMap<&'static str, Pos>) {
    let rest = text.strip_prefix(prefix).and_then(|rest| rest.split('.').next());
    if let Some(region) = rest.and_then(catalog::region) {
        regions.entry(region.name).or_insert(pos);
    }
}
