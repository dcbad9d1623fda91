//! Where the resolver looked for a name: its rules, the private zones of the VPC, public DNS. For fronts that draw the
//! question's way.
//!
//! Made from the trace after the decision, so it never changes an answer.

use serde::{Deserialize, Serialize};

use super::{question::Question, snapshot::Snapshot, trace::Step, why_not};

/// One place where the resolver looks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rung {
    /// Which one.
    pub rung: Place,
    /// The domain of the rule or the name of the zone, if one is concerned; empty for names that the region defines.
    pub zone: Option<String>,
    /// The rule of the explanation that says why, if one does.
    pub rule: Option<String>,
    /// What was found.
    pub outcome: Found,
    /// The id of the rule, of the hosted zone, or of the endpoint whose zone it is.
    pub zone_id: Option<String>,
    /// The data of all records of the answer, at the place that decided last.
    pub records: Vec<String>,
}

/// The places where the resolver looks, in the order in which the page draws them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// Resolver rules, and DNS Firewall before them.
    Rules,
    /// Private zones: hosted ones, those of endpoints, and the names that the region defines by itself.
    Zones,
    /// Public DNS.
    Public,
}

/// What a place had for the question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Found {
    /// It decided the answer.
    Hit,
    /// It has nothing that holds the name, or the last of the names that CNAMEs led to.
    Pass,
    /// It has something that would hold the name, without effect.
    Asleep,
    /// It was not asked.
    NotAsked,
}

/// What decided, the last time something did: a name that is followed by a CNAME is decided where its target is.
enum Decided {
    Rule(String, Option<String>, &'static str),
    Zone(String, Option<String>, &'static str),
    Public,
}

/// The places in the order in which they are drawn, for a question, its trace and the data of its records.
pub(super) fn journey(
    snapshot: &Snapshot,
    question: &Question<'_>,
    steps: &[Step],
    records: &[String],
) -> Vec<Rung> {
    let decided = decided(snapshot, question, steps);
    let rung = |rung, zone, rule: Option<&'static str>, outcome, zone_id| Rung {
        rung,
        zone,
        rule: rule.map(str::to_owned),
        outcome,
        zone_id,
        records: if outcome == Found::Hit { records.to_vec() } else { Vec::new() },
    };
    let past = |place| rung(place, None, None, Found::Pass, None);
    let unasked = |place| rung(place, None, None, Found::NotAsked, None);
    let of_rules = |it: &Step| matches!(it, Step::SystemRule(_) | Step::RuleBeaten(_));
    let beaten = || {
        if steps.iter().any(of_rules) {
            rung(Place::Rules, None, Some("RESOLVER_RULE"), Found::Pass, None)
        } else {
            past(Place::Rules)
        }
    };
    match decided {
        None => [Place::Rules, Place::Zones, Place::Public].map(unasked).into(),
        Some(Decided::Rule(id, zone, rule)) => vec![
            rung(Place::Rules, zone, Some(rule), Found::Hit, Some(id)),
            unasked(Place::Zones),
            unasked(Place::Public),
        ],
        Some(Decided::Zone(zone, id, rule)) => vec![
            beaten(),
            rung(Place::Zones, Some(zone), Some(rule), Found::Hit, id),
            unasked(Place::Public),
        ],
        Some(Decided::Public) => {
            let public = rung(Place::Public, None, None, Found::Hit, None);
            if question.asker.vpc().is_none() {
                return vec![unasked(Place::Rules), unasked(Place::Zones), public];
            }
            let zones = match why_not::asleep(snapshot, question) {
                Some((endpoint, rule)) => {
                    let asleep = rule != "PRIVATE_DNS_OFF";
                    let found = if asleep { Found::Asleep } else { Found::Pass };
                    rung(Place::Zones, None, Some(rule), found, Some(endpoint.to_string()))
                }
                None => past(Place::Zones),
            };
            vec![beaten(), zones, public]
        }
    }
}

fn decided(snapshot: &Snapshot, question: &Question<'_>, steps: &[Step]) -> Option<Decided> {
    let world = &snapshot.world;
    let mut found = question.asker.vpc().is_none().then_some(Decided::Public);
    for step in steps {
        found = match *step {
            Step::Rule(id) => {
                let rule = world.resolver_rules.get(&id).and_then(|it| it.domain.as_ref());
                let domain = rule.map(ToString::to_string);
                // What the rule's target looks up is its own way.
                return Some(Decided::Rule(id.to_string(), domain, "RESOLVER_RULE"));
            }
            Step::HiddenZone { endpoint, index } => {
                let names = world.endpoints.get(&endpoint).map(|it| &it.private_names);
                let name = names.and_then(|it| it.get(usize::from(index)));
                let zone = name.map_or_else(String::new, |name| name.zone.to_string());
                Some(Decided::Zone(zone, Some(endpoint.to_string()), "ENDPOINT_ZONE"))
            }
            Step::HostedZone(id) => {
                let zone = world.hosted_zones.get(&id).map(|zone| zone.name.to_string());
                Some(Decided::Zone(zone.unwrap_or_default(), Some(id.to_string()), "HOSTED_ZONE"))
            }
            Step::Autodefined(_) => Some(Decided::Zone(String::new(), None, "AUTODEFINED")),
            Step::NoPrivateName => Some(Decided::Public),
            _ => found,
        };
    }
    found
}
