//! Mistakes in a public name of AWS's: the service, the region, the end, or a service's name in place of a DNS name.

use super::{
    nearest,
    parts::{self, Parts},
    told::{Hint, Mistake, all_meaning},
};
use crate::{
    catalog::{self, CatalogDate, Region, Service},
    language::Language,
    model::name::Name,
    resolve::{public_host, public_zone, question::Asker, snapshot::Snapshot},
};

/// What services are called, and what stands in their names instead.
pub(super) const OTHER_NAMES: [(&str, &str); 8] = [
    ("alb", "elasticloadbalancing"),
    ("cfn", "cloudformation"),
    ("cloudwatch", "monitoring"),
    ("elb", "elasticloadbalancing"),
    ("eventbridge", "events"),
    ("parameterstore", "ssm"),
    ("ses", "email"),
    ("stepfunctions", "states"),
];

/// What is wrong with a public name of AWS's; nothing if the name does not look like one, or none is near.
pub(super) fn mistakes(
    snapshot: &Snapshot,
    asker: Asker,
    (text, labels): (&str, &[&str]),
    say: Language,
) -> Vec<Hint> {
    let world = &snapshot.world;
    let date = world.switches.catalog_date;
    let own = asker.vpc().and_then(|vpc| world.vpcs.get(&vpc)).map(|vpc| vpc.region);
    if let Some(hint) = service_name(labels, date, say) {
        return vec![hint];
    }
    let Some(Parts { service, region: written, vpce: None, domain }) = Parts::of(labels) else {
        return Vec::new();
    };
    let exists = |text: &str| {
        let Ok(name) = Name::parse(text) else { return false };
        let labels = name.as_ref().tail();
        let region = public_zone::region_label(labels);
        public_host::host_of(name.as_ref(), region, &world.switches).is_some()
    };
    let service_text = service.join(".");
    if written.is_none()
        && let Some((right, ending)) = global(&service_text, &domain.join("."), date)
    {
        let (wrong, meant) = differing(&service_text, &right);
        let mistake = Mistake::new("SERVICE", &wrong, say.hint_service(&wrong, &meant));
        return vec![mistake.meaning(&format!("{right}.{ending}"))];
    }
    let near = written.and_then(|label| parts::near_region(label, own));
    let Some(region) = near.or(own).and_then(catalog::region) else { return Vec::new() };
    let mut mistakes = Vec::new();
    let ending = domain.join(".");
    let ends_well = [region.dns_suffix, region.dual_stack_dns_suffix].contains(&&*ending);
    let ending = if ends_well { ending } else { region.dns_suffix.to_owned() };
    // A label that is like no region may stand in the region's place.
    let (service, written) = match service.split_last() {
        Some((last, front)) if written.is_none() && !front.is_empty() => {
            let in_place = exists(&format!("{}.{}.{ending}", front.join("."), region.name));
            if in_place { (front, Some(*last)) } else { (service, None) }
        }
        _ => (service, written),
    };
    let service_text = service.join(".");
    let found = if exists(&format!("{service_text}.{}.{ending}", region.name)) {
        Some(service_text)
    } else {
        let (mistake, right) = of_service(&service_text, (region, &ending, date), say);
        mistakes.extend(mistake);
        right
    };
    match written {
        None => mistakes.push(parts::no_region(region.name, say)),
        Some(label) if label != region.name => {
            mistakes.push(parts::wrong_region(label, region.name, say));
        }
        Some(_) => {}
    }
    if !ends_well {
        mistakes.push(parts::wrong_domain(domain, &ending, say));
    }
    match found {
        Some(right) => {
            let name = format!("{right}.{}.{ending}", region.name);
            if name == text || !exists(&name) { Vec::new() } else { all_meaning(mistakes, &name) }
        }
        // The sentence of a service that has its names by another pattern names them.
        None => mistakes
            .into_iter()
            .filter(|mistake| mistake.code == "SERVICE_PATTERN")
            .map(|Mistake { code, part, text }| Hint::why(code, Some(part), text))
            .collect(),
    }
}

/// `com.amazonaws.<region>.<service>`: what `CreateVpcEndpoint` takes.
fn service_name(labels: &[&str], date: CatalogDate, say: Language) -> Option<Hint> {
    let ["com" | "cn" | "aws" | "eu", _, region, _, ..] = labels else { return None };
    let region = catalog::region(region)?;
    let text = labels.join(".");
    let service = catalog::service(region, date, &text)?;
    let name = names(service).into_iter().next()?;
    Some(Mistake::new("SERVICE_NAME", &text, say.hint_service_name()).meaning(&name))
}

/// The DNS names of a service. A wildcard is left out if there is another.
fn names(service: &Service) -> Vec<String> {
    let all = || service.private_names.iter().chain(&service.public_hosts);
    let plain: Vec<String> = all().filter(|name| !name.starts_with('*')).cloned().collect();
    if plain.is_empty() { all().cloned().collect() } else { plain }
}

/// The labels that were meant by a misspelt name of a service that has one name for all regions, and the end of the name.
fn global<'e>(written: &str, ending: &'e str, date: CatalogDate) -> Option<(String, &'e str)> {
    let parts = catalog::global_hosts(date)
        .iter()
        .filter_map(|host| host.host.strip_suffix(ending)?.strip_suffix('.'))
        .filter(|part| !part.starts_with('*'));
    nearest::nearest(written, parts).map(|right| (right.to_owned(), ending))
}

/// What is wrong with the labels of a service, and the right ones.
fn of_service(
    written: &str,
    (region, ending, date): (&Region, &str, CatalogDate),
    say: Language,
) -> (Option<Mistake>, Option<String>) {
    if let Some((_, right)) = OTHER_NAMES.iter().find(|(called, _)| *called == written) {
        let told = say.hint_service_called(right, written);
        return (Some(Mistake::new("SERVICE_PATTERN", written, told)), Some((*right).to_owned()));
    }
    if let Some((mistake, right)) = by_pattern(written, (region, ending, date), say) {
        return (Some(mistake), right);
    }
    let known: Vec<&str> = catalog::public_hosts(region, date)
        .iter()
        .filter_map(|host| front(&host.host, region, ending))
        .filter(|part| !part.starts_with('*'))
        .collect();
    match nearest::nearest(written, known) {
        Some(right) => {
            let (wrong, meant) = differing(written, right);
            let told = say.hint_service(&wrong, &meant);
            (Some(Mistake::new("SERVICE", &wrong, told)), Some(right.to_owned()))
        }
        None => (None, None),
    }
}

/// What stands in front of the region.
fn front<'h>(host: &'h str, region: &Region, ending: &str) -> Option<&'h str> {
    host.strip_suffix(ending)?.strip_suffix('.')?.strip_suffix(region.name)?.strip_suffix('.')
}

/// A service whose DNS names do not begin as its name does: `ecr` has `api.ecr` and `*.dkr.ecr`.
fn by_pattern(
    written: &str,
    (region, ending, date): (&Region, &str, CatalogDate),
    say: Language,
) -> Option<(Mistake, Option<String>)> {
    let family = format!("{written}.");
    let of_family =
        |service: &&Service| service.suffix == written || service.suffix.starts_with(&family);
    let mut found: Vec<String> = catalog::services(region, date)
        .iter()
        .filter(of_family)
        .flat_map(names)
        .filter(|name| front(name, region, ending).is_some())
        .collect();
    found.dedup();
    let first = found.first()?;
    let right = found
        .iter()
        .find(|name| !name.starts_with('*'))
        .and_then(|name| front(name, region, ending))
        .map(str::to_owned);
    let shown = match found.as_slice() {
        [_] => first.clone(),
        several => several.iter().take(4).cloned().collect::<Vec<_>>().join(", "),
    };
    let told = say.hint_service_pattern(written, shown);
    Some((Mistake::new("SERVICE_PATTERN", written, told), right))
}

/// The labels that differ between two names of as many labels; else both names whole.
fn differing(wrong: &str, right: &str) -> (String, String) {
    let (one, other): (Vec<&str>, Vec<&str>) =
        (wrong.split('.').collect(), right.split('.').collect());
    let differ: Vec<(&str, &str)> = one
        .iter()
        .copied()
        .zip(other.iter().copied())
        .filter(|(one, other)| one != other)
        .collect();
    match differ.as_slice() {
        [(wrong, right)] if one.len() == other.len() => ((*wrong).to_owned(), (*right).to_owned()),
        _ => (wrong.to_owned(), right.to_owned()),
    }
}
