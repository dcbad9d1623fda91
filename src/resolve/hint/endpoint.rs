//! Mistakes in an endpoint's own name: its id, its random label, its zone, the service, the region, the label `vpce`, the end.
//!
//! The asker's VPC tells which endpoint was meant. Of endpoints elsewhere nothing is looked up.

use std::sync::Arc;

use super::{
    nearest,
    parts::{self, Parts},
    told::{Hint, Mistake, all_meaning},
};
use crate::{
    catalog,
    language::Language,
    model::{
        endpoint::{Endpoint, EndpointKind},
        name::Name,
        world::World,
    },
    resolve::{question::Asker, snapshot::Snapshot},
};

/// The most endpoints of a VPC that are compared. AWS allows 50.
const COMPARED: usize = 500;
/// How many letters of an id and a random label, 26 together, may be wrong.
const WRONG_LETTERS: usize = 5;

/// An endpoint's first label: `vpce-<id>-<random>`, and a zone behind it or nothing.
struct Label<'t> {
    id: &'t str,
    random: &'t str,
    zone: &'t str,
}

impl<'t> Label<'t> {
    fn of(label: &'t str) -> Option<Self> {
        let rest = label.strip_prefix("vpce-").filter(|rest| !rest.starts_with("svc-"))?;
        let mut pieces = rest.splitn(3, '-');
        let mut piece = || pieces.next().unwrap_or_default();
        Some(Self { id: piece(), random: piece(), zone: piece() })
    }

    /// Whether it has the shape of an endpoint's label, whether or not one has it.
    fn has_shape(&self) -> bool {
        let digits = self.id.bytes().all(|byte| byte.is_ascii_hexdigit());
        digits && matches!(self.id.len(), 8 | 17) && self.random.len() == 8
    }
}

/// What is wrong with an endpoint's own name; nothing if the name does not look like one.
pub(super) fn mistakes(
    snapshot: &Snapshot,
    asker: Asker,
    (text, labels): (&str, &[&str]),
    say: Language,
) -> Vec<Hint> {
    let Some((at, label)) =
        labels.iter().enumerate().find_map(|(at, label)| Some((at, Label::of(label)?)))
    else {
        return Vec::new();
    };
    let (front, tail) = (&labels[..at], &labels[at + 1..]);
    match meant(&snapshot.world, asker, &label) {
        Some(endpoint) => against((&snapshot.world, endpoint), text, (front, &label, tail), say),
        None => of_form(text, (front, labels[at], tail), &label, say),
    }
}

/// The endpoint of the asker's VPC that has the id, or nearly the id and the random label.
fn meant<'w>(world: &'w World, asker: Asker, label: &Label<'_>) -> Option<&'w Endpoint> {
    let vpc = asker.vpc()?;
    let own = || {
        let answering =
            |it: &&Arc<Endpoint>| it.kind == EndpointKind::Interface && it.state.answers();
        world.endpoints_of(vpc).filter(answering).take(COMPARED)
    };
    let exact = own().find(|it| digits(it) == label.id);
    exact
        .or_else(|| {
            let wrong = format!("{}-{}", label.id, label.random);
            own()
                .filter_map(|it| {
                    let right = format!("{}-{}", digits(it), it.suffix);
                    Some((nearest::within(&wrong, &right, WRONG_LETTERS)?, it.id, it))
                })
                .min_by_key(|(distance, id, _)| (*distance, *id))
                .map(|(_, _, it)| it)
        })
        .map(|it| &**it)
}

/// The id without `vpce-`.
fn digits(endpoint: &Endpoint) -> String {
    let id = endpoint.id.to_string();
    id.strip_prefix("vpce-").map_or(id.clone(), str::to_owned)
}

/// What differs from the endpoint's name.
fn against(
    (world, endpoint): (&World, &Endpoint),
    text: &str,
    (front, label, tail): (&[&str], &Label<'_>, &[&str]),
    say: Language,
) -> Vec<Hint> {
    let mut mistakes = Vec::new();
    let (id, suffix) = (digits(endpoint), endpoint.suffix.as_str());
    if label.id != id {
        let told = say.hint_endpoint_id(label.id, &id);
        mistakes.push(Mistake::new("ENDPOINT_ID", label.id, told));
    }
    if label.random != suffix {
        mistakes.push(wrong_random(label.random, suffix, say));
    }
    let mut right = format!("vpce-{id}-{suffix}");
    if !label.zone.is_empty() {
        match zone(world, endpoint, label.zone, say) {
            Ok(zone) => {
                if zone != label.zone {
                    let told = say.hint_not_a_zone(label.zone, &zone);
                    mistakes.push(Mistake::new("ENDPOINT_ZONE", label.zone, told));
                }
                right = format!("{right}-{zone}");
            }
            Err(told) => mistakes.push(Mistake::new("ENDPOINT_ZONE", label.zone, told)),
        }
    }
    let any_front = endpoint.service.aws().is_some_and(|service| service.any_label_in_front());
    if !front.is_empty() && !any_front {
        let part = front.join(".");
        let told = say.hint_endpoint_front(&part);
        mistakes.push(Mistake::new("ENDPOINT_FRONT", &part, told));
    } else if !front.is_empty() {
        right = format!("{}.{right}", front.join("."));
    }
    let Some(base) = nearest_base(endpoint.service.bases(), &tail.join(".")) else {
        return Vec::new();
    };
    let base_labels: Vec<&str> = base.split('.').collect();
    if tail != base_labels {
        mistakes.extend(tail_mistakes(tail, &base_labels, say));
    }
    let name = format!("{right}.{base}");
    if name == text { Vec::new() } else { all_meaning(mistakes, &name) }
}

fn wrong_random(written: &str, right: &str, say: Language) -> Mistake {
    if written.is_empty() {
        let told = say.hint_no_random(right);
        return Mistake::new("ENDPOINT_RANDOM", written, told);
    }
    let mut told = say.hint_random(right, written);
    let alike = |one: char, other: char| {
        one != other
            && [['l', '1'], ['o', '0'], ['i', '1']]
                .iter()
                .any(|pair| pair.contains(&one) && pair.contains(&other))
    };
    if let Some((wrong, right)) =
        written.chars().zip(right.chars()).find(|(wrong, right)| alike(*wrong, *right))
    {
        told = match right.is_ascii_digit() {
            true => say.hint_digit_for_letter(told, right, wrong),
            false => say.hint_letter_for_digit(told, right, wrong),
        };
    }
    Mistake::new("ENDPOINT_RANDOM", written, told)
}

/// The zone of the endpoint that was meant, or why none was.
fn zone(
    world: &World,
    endpoint: &Endpoint,
    written: &str,
    say: Language,
) -> Result<String, String> {
    let region = world.vpcs.get(&endpoint.vpc).map(|vpc| vpc.region);
    if region.is_none_or(|region| endpoint.is_cross_region(region)) {
        return Err(say.hint_no_zones());
    }
    let mut zones: Vec<&str> = endpoint.interfaces.iter().map(|it| &*it.zone).collect();
    zones.sort_unstable();
    if zones.contains(&written) {
        return Ok(written.to_owned());
    }
    let exists = region.and_then(catalog::region).is_some_and(|region| region.has_zone(written));
    let near = if exists { None } else { nearest::nearest(written, zones.iter().copied()) };
    near.map(str::to_owned).ok_or_else(|| {
        let listed = zones.iter().map(|it| (*it).to_owned());
        let listed = listed.reduce(|one, other| say.both(one, other)).unwrap_or_default();
        say.hint_zone(written, listed)
    })
}

/// What follows an endpoint's label: of several possible ones the one that is most like what is written.
fn nearest_base(bases: &[Name], written: &str) -> Option<String> {
    let texts = bases.iter().map(Name::to_string);
    // What is written may be hundreds of bytes long.
    let written: String = written.chars().take(100).collect();
    texts.min_by_key(|text| strsim::osa_distance(&written, text))
}

/// What differs in the part after the endpoint's label.
fn tail_mistakes(tail: &[&str], base: &[&str], say: Language) -> Vec<Mistake> {
    let Some(right) = Parts::of(base) else { return Vec::new() };
    let Some(written) = Parts::of(tail) else {
        return vec![Mistake::new("DOMAIN", &tail.join("."), say.hint_after_label(base.join(".")))];
    };
    let mut mistakes = Vec::new();
    if written.service != right.service {
        let (part, service) = (written.service.join("."), right.service.join("."));
        let told = say.hint_endpoint_service(service, &part);
        mistakes.push(Mistake::new("ENDPOINT_SERVICE", &part, told));
    }
    match (written.region, right.region) {
        (Some(one), Some(other)) if one != other => {
            mistakes.push(parts::wrong_region(one, other, say));
        }
        (None, Some(other)) => mistakes.push(parts::no_region(other, say)),
        _ => {}
    }
    if written.vpce != right.vpce {
        mistakes.push(vpce(written.vpce, say));
    }
    if written.domain != right.domain {
        mistakes.push(parts::wrong_domain(written.domain, &right.domain.join("."), say));
    }
    mistakes
}

fn vpce(written: Option<&str>, say: Language) -> Mistake {
    let told = match written {
        Some(label) => say.hint_vpce(label),
        None => say.hint_no_vpce(),
    };
    Mistake::new("VPCE", written.unwrap_or_default(), told)
}

/// What the form alone tells, where no endpoint that the asker may see has the name.
fn of_form(
    text: &str,
    (front, written, tail): (&[&str], &str, &[&str]),
    label: &Label<'_>,
    say: Language,
) -> Vec<Hint> {
    if !label.has_shape() {
        return Vec::new();
    }
    let Some(Parts { service, region: Some(region_label), vpce: vpce_label, domain }) =
        Parts::of(tail)
    else {
        return Vec::new();
    };
    let Some(region) = parts::near_region(region_label, None).and_then(catalog::region) else {
        return Vec::new();
    };
    let mut mistakes = Vec::new();
    if region.name != region_label {
        mistakes.push(parts::wrong_region(region_label, region.name, say));
    }
    if vpce_label != Some("vpce") {
        mistakes.push(vpce(vpce_label, say));
    }
    let known = [region.dns_suffix, "sagemaker.aws"].contains(&&*domain.join("."));
    let domain_text = if known { domain.join(".") } else { region.dns_suffix.to_owned() };
    if !known {
        mistakes.push(parts::wrong_domain(domain, &domain_text, say));
    }
    let middle = [front, &[written], service, &[region.name, "vpce"]].concat().join(".");
    let name = format!("{middle}.{domain_text}");
    if name == text { Vec::new() } else { all_meaning(mistakes, &name) }
}
