//! Which public zone and which region a public name belongs to, by its labels.

use super::negative::SoaOf;
use crate::{
    catalog::{self, Region},
    model::name::NameRef,
};

/// The public zone that a negative answer names.
pub(super) fn zone_of(name: NameRef<'_>, end: NameRef<'_>) -> (SoaOf, usize) {
    let whole = name.wire().len();
    let amazon = [
        b"\x09amazonaws\x03com\x00".as_slice(),
        b"\x09amazonaws\x03com\x02cn\x00",
        b"\x03api\x03aws\x00",
    ]
    .into_iter()
    .find(|zone| end.is_within(NameRef::from_lower_wire(zone)));
    let Some(amazon) = amazon else { return (SoaOf::Root, whole - 1) };
    // The region's zone where the label in front is a region, else the domain itself.
    let region = end.suffixes().find(|suffix| {
        suffix
            .first_label()
            .is_some_and(|label| suffix.wire().len() == amazon.len() + 1 + label.len())
            && suffix.first_label().and_then(as_region).is_some()
    });
    (SoaOf::Amazon, whole - region.map_or(amazon.len(), |suffix| suffix.wire().len()))
}

/// The region that a label names.
pub(super) fn as_region(label: &[u8]) -> Option<&'static Region> {
    if !label.last().is_some_and(u8::is_ascii_digit) || !label.contains(&b'-') {
        return None;
    }
    catalog::region(std::str::from_utf8(label).ok()?)
}

/// The region that one of a name's last labels names, alone or behind the prefixes of S3's older names; of several the
/// last, since a bucket may be called like a region.
pub(super) fn region_label(end: NameRef<'_>) -> Option<&'static Region> {
    let older = |label: &[u8]| {
        as_region(label.strip_prefix(b"s3-website-").or_else(|| label.strip_prefix(b"s3-"))?)
    };
    end.labels().filter_map(|label| as_region(label).or_else(|| older(label))).last()
}
