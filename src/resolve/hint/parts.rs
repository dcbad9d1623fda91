//! The parts of a name of AWS's, right or misspelt: the service, the region, `vpce`, and the domain at the end.

use super::{nearest, told::Mistake};
use crate::{catalog, language::Language};

/// The domains at the end of AWS's names.
const DOMAINS: [&[&str]; 6] = [
    &["amazonaws", "com", "cn"],
    &["amazonaws", "com"],
    &["amazonaws", "eu"],
    &["sagemaker", "aws"],
    &["api", "aws"],
    &["on", "aws"],
];

/// The parts of a name, as they are written.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parts<'t> {
    /// The labels in front of the region.
    pub(super) service: &'t [&'t str],
    /// The label that stands for the region.
    pub(super) region: Option<&'t str>,
    /// The label that is `vpce` or nearly.
    pub(super) vpce: Option<&'t str>,
    /// The labels from the domain on.
    pub(super) domain: &'t [&'t str],
}

impl<'t> Parts<'t> {
    /// Takes a name apart. `None` if it does not look like one of AWS's.
    pub(super) fn of(labels: &'t [&'t str]) -> Option<Self> {
        let (rest, domain) = labels.split_at(domain_start(labels)?);
        let (rest, vpce) = match rest.split_last() {
            Some((last, front))
                if !front.is_empty() && nearest::within(last, "vpce", 1).is_some() =>
            {
                (front, Some(*last))
            }
            _ => (rest, None),
        };
        let (service, region) = match rest.split_last() {
            Some((last, front)) if near_region(last, None).is_some() => (front, Some(*last)),
            _ => (rest, None),
        };
        (!rest.is_empty()).then_some(Self { service, region, vpce, domain })
    }
}

/// The label at which the domain begins.
fn domain_start(labels: &[&str]) -> Option<usize> {
    if let Some(known) = DOMAINS.iter().find(|domain| labels.ends_with(domain)) {
        return Some(labels.len() - known.len());
    }
    let misspelt = |label: &&str| nearest::within(label, "amazonaws", 3).is_some();
    // Nothing but the region tells that `amazon.com` or `aws.com` is meant to be AWS's domain.
    let after_region = |index: usize| {
        matches!(labels[index], "amazon" | "aws")
            && index > 0
            && (near_region(labels[index - 1], None).is_some() || labels[index - 1] == "vpce")
    };
    let found =
        (1..labels.len()).rev().find(|index| misspelt(&labels[*index]) || after_region(*index));
    // The end may be missing.
    let ends_with_region = || near_region(labels.last()?, None).map(|_| labels.len());
    found.or_else(ends_with_region)
}

/// The region that a label names, or names with a slip. If several are equally near, it is the `preferred` one.
pub(super) fn near_region(label: &str, preferred: Option<&str>) -> Option<&'static str> {
    if let Some(region) = catalog::region(label) {
        return Some(region.name);
    }
    if label.len() < 7 || label.bytes().filter(|byte| *byte == b'-').count() < 1 {
        return None;
    }
    catalog::regions()
        .iter()
        .filter_map(|region| Some((nearest::within(label, region.name, 2)?, region.name)))
        .min_by_key(|(distance, name)| (*distance, Some(*name) != preferred, *name))
        .map(|(_, name)| name)
}

/// That another region is written than the one that was probably meant.
pub(super) fn wrong_region(written: &str, region: &str, say: Language) -> Mistake {
    let text = if catalog::region(written).is_some() {
        say.hint_other_region(written, region)
    } else {
        say.hint_not_a_region(written, region)
    };
    Mistake::new("REGION", written, text)
}

/// That the region is not in the name.
pub(super) fn no_region(region: &str, say: Language) -> Mistake {
    Mistake::new("REGION", "", say.hint_no_region(region))
}

/// That the name ends otherwise than AWS's names do in that region.
pub(super) fn wrong_domain(written: &[&str], domain: &str, say: Language) -> Mistake {
    let text = if written.is_empty() {
        say.hint_no_domain(domain)
    } else {
        say.hint_wrong_domain(written.join("."), domain)
    };
    Mistake::new("DOMAIN", &written.join("."), text)
}
