//! `ChangeResourceRecordSets`: a batch of changes of a zone's records, made whole or not at all.
//!
//! Knows what Route 53 refuses in a batch; the messages about all of its changes come together. What a single record set
//! must be like is the API's business.

use std::{collections::HashMap, sync::Arc};

use super::{
    change::Touched,
    cidr_collection::check_policy,
    health_check::no_such_check,
    hosted_zone::{self, HostedZone},
    id::ZoneId,
    name::Name,
    record::{RecordSet, RecordType, route53_text},
    record_value::type_text,
    refusal::Refusal,
    routing::{AliasTarget, Answers, Policy, RoutedSet, alias_zone},
    world::World,
    zone_data::{ZoneData, ZoneNode},
};

/// What becomes of a record set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RecordAction {
    /// It is made, and must not be there.
    Create,
    /// It is made, or replaced.
    Upsert,
    /// It is taken away, and must be as given.
    Delete,
}

/// One change of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordChange {
    /// What becomes of the record set.
    pub action: RecordAction,
    /// The name.
    pub name: Name,
    /// The record set.
    pub set: RoutedSet,
}

/// `ChangeResourceRecordSets`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeResourceRecordSets {
    /// The zone.
    pub zone: ZoneId,
    /// The changes, in order.
    pub changes: Vec<RecordChange>,
}

impl RecordChange {
    /// The record set as messages name it.
    fn label(&self) -> String {
        let identifier = self.set.identifier.as_ref();
        let identifier =
            identifier.map(|it| format!(", set identifier='{it}'")).unwrap_or_default();
        let (name, rtype) = (route53_text(self.name.as_ref()), type_text(self.set.rtype));
        format!("resource record set [name='{name}', type='{rtype}'{identifier}]")
    }

    fn is_same(&self, other: &RoutedSet) -> bool {
        self.set.rtype == other.rtype && self.set.identifier == other.identifier
    }
}

/// The most record sets of a zone.
const MOST: usize = 10_000;
/// The most record sets of one name and type.
const MOST_ALIKE: usize = 100;

impl ChangeResourceRecordSets {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let zone = hosted_zone::find(world, self.zone)?;
        for check in self.changes.iter().filter_map(|it| it.set.health_check) {
            if !world.health_checks.contains_key(&check) {
                return Err(no_such_check(check));
            }
        }
        for change in self.changes.iter().filter(|it| it.action != RecordAction::Delete) {
            check_policy(world, zone.owner(world), &change.set.policy)?;
        }
        let mut problems = self.repeats();
        let mut data = ZoneData::clone(&zone.data);
        let mut changed: Vec<&Name> = Vec::new();
        for change in &self.changes {
            match change_one(zone, &mut data, change) {
                Ok(()) => changed.push(&change.name),
                Err(problem) => problems.push(problem),
            }
        }
        changed.sort();
        changed.dedup();
        for name in changed {
            if let Some(node) = data.node(name.as_ref()) {
                problems.extend(conflicts(zone, name, node));
            }
        }
        for change in self.changes.iter().filter(|it| it.action != RecordAction::Delete) {
            if let Answers::Alias(target) = &change.set.answers {
                problems.extend(alias_problem(world, zone, &data, change.set.rtype, target));
            }
        }
        let count = |node: &ZoneNode| node.sets.len() + node.routed.len();
        if data.held().map(|(_, node)| count(node)).sum::<usize>() > MOST {
            problems.push(format!("Number of records limit of {MOST} exceeded."));
        }
        if !problems.is_empty() {
            let message = format!("[{}]", problems.join(", "));
            return Err(Refusal::new("InvalidChangeBatch", message, "R53"));
        }
        // Nothing else leaves a name without records, and tidying walks over the zone.
        if self.changes.iter().any(|it| it.action == RecordAction::Delete) {
            data.tidy();
        }
        let zone = HostedZone { data: Arc::new(data), ..HostedZone::clone(zone) };
        world.hosted_zones.insert(self.zone, Arc::new(zone));
        Ok(Touched::nothing())
    }

    /// A record set may be changed once, or deleted and then created.
    fn repeats(&self) -> Vec<String> {
        let mut actions: HashMap<_, Vec<RecordAction>> = HashMap::new();
        let mut order = Vec::new();
        for RecordChange { action, name, set } in &self.changes {
            let key = (name, set.rtype, set.identifier.as_deref());
            let of_set = actions.entry(key).or_default();
            if of_set.is_empty() {
                order.push(key);
            }
            of_set.push(*action);
        }
        let is_wrong = |actions: &[RecordAction]| {
            !matches!(actions, [_] | [RecordAction::Delete, RecordAction::Create])
        };
        let wrong = order.into_iter().filter(|key| is_wrong(&actions[key]));
        wrong
            .map(|(name, rtype, _)| {
                format!(
                    "The request contains an invalid set of changes for a resource record set '{} {}'",
                    type_text(rtype),
                    route53_text(name.as_ref())
                )
            })
            .collect()
    }
}

/// Whether a set is the NS or the SOA record of the zone itself.
fn is_required(zone: &HostedZone, name: &Name, rtype: RecordType) -> bool {
    *name == zone.name && matches!(rtype, RecordType::NS | RecordType::SOA)
}

fn change_one(zone: &HostedZone, data: &mut ZoneData, change: &RecordChange) -> Result<(), String> {
    let RecordChange { action, name, set } = change;
    let rtype = set.rtype;
    if !name.as_ref().is_within(zone.name.as_ref()) {
        return Err(format!(
            "RRSet with DNS name {} is not permitted in zone {}",
            route53_text(name.as_ref()),
            zone.dotted()
        ));
    }
    if is_required(zone, name, rtype) && *action == RecordAction::Delete {
        return Err(if rtype == RecordType::NS {
            "A HostedZone must contain at least one NS record for the zone itself.".to_owned()
        } else {
            "A HostedZone must contain exactly one SOA record.".to_owned()
        });
    }
    let node = data.node(name.as_ref());
    let mut sets = node.map(|it| it.all_sets(|name| alias_zone(zone.id, name))).unwrap_or_default();
    let found = sets.iter().position(|it| change.is_same(it));
    let is_there = found.is_some() || is_required(zone, name, rtype);
    match (action, found) {
        (RecordAction::Create, _) if is_there => {
            return Err(format!("Tried to create {} but it already exists", change.label()));
        }
        (RecordAction::Delete, None) => {
            return Err(format!("Tried to delete {} but it was not found", change.label()));
        }
        (RecordAction::Delete, Some(at)) => {
            let old = sets.remove(at);
            if !is_equal(&old, set) {
                return Err(format!(
                    "Tried to delete {} but the values provided do not match the current values",
                    change.label()
                ));
            }
        }
        (_, Some(at)) => sets[at] = set.clone(),
        (_, None) => sets.push(set.clone()),
    }
    if matches!(set.policy, Policy::Cidr { .. }) && !zone.details.public {
        return Err(format!(
            "{} has IP-based routing, which a private zone does not have",
            change.label()
        ));
    }
    if sets.iter().filter(|it| it.rtype == rtype).count() > MOST_ALIKE {
        return Err(format!("{} would be one of more than {MOST_ALIKE} alike", change.label()));
    }
    if let (RecordType::SOA, Answers::Records(records)) = (rtype, &set.answers)
        && let Some(soa) = records.data.first()
        && *name == zone.name
    {
        data.soa = soa.clone();
    }
    data.put(name, ZoneNode::of_sets(sets));
    Ok(())
}

/// Whether two record sets say the same; the order of values and how they are written do not count.
fn is_equal(one: &RoutedSet, other: &RoutedSet) -> bool {
    let same_answers = match (&one.answers, &other.answers) {
        (Answers::Records(one), Answers::Records(other)) => {
            let sorted = |set: &RecordSet| {
                let mut data = set.data.clone();
                data.sort();
                data
            };
            one.ttl == other.ttl && sorted(one) == sorted(other)
        }
        (Answers::Alias(one), Answers::Alias(other)) => one == other,
        _ => false,
    };
    same_answers && one.policy == other.policy && one.health_check == other.health_check
}

/// What cannot stand together at one name.
fn conflicts(zone: &HostedZone, name: &Name, node: &ZoneNode) -> Vec<String> {
    let sets = node.all_sets(|target| alias_zone(zone.id, target));
    let (text, origin) = (route53_text(name.as_ref()), zone.dotted());
    let mut problems = Vec::new();
    let is_cname = |it: &&RoutedSet| it.rtype == RecordType::CNAME;
    if sets.iter().any(|it| is_cname(&it)) {
        if *name == zone.name {
            problems.push(format!(
                "RRSet of type CNAME with DNS name {text} is not permitted at apex in zone {origin}"
            ));
        }
        if let Some(other) = sets.iter().find(|it| !is_cname(it)) {
            problems.push(format!(
                "RRSet of type CNAME with DNS name {text} is not permitted as it conflicts with other records with the \
                 same DNS name in zone {origin}, such as its {} records",
                type_text(other.rtype)
            ));
        }
    }
    for (at, set) in sets.iter().enumerate() {
        let before = sets.iter().take(at).filter(|it| it.rtype == set.rtype);
        let rtype = type_text(set.rtype);
        for other in before {
            let both_simple = set.policy == Policy::Simple || other.policy == Policy::Simple;
            if both_simple || !set.policy.is_like(&other.policy) {
                problems.push(format!(
                    "RRSet with DNS name {text}, type {rtype}, SetIdentifier {} cannot be created because other RRSets \
                     with the same DNS name and type have another routing policy",
                    set.identifier.as_deref().unwrap_or("null")
                ));
                break;
            }
            if let (Policy::Cidr { collection: one, .. }, Policy::Cidr { collection: other, .. }) =
                (&set.policy, &other.policy)
                && one != other
            {
                problems.push(format!(
                    "RRSet with DNS name {text}, type {rtype}, SetIdentifier {} cannot be created because other RRSets \
                     with the same DNS name and type have another CIDR collection",
                    set.identifier.as_deref().unwrap_or("null")
                ));
                break;
            }
            let is_unique = !matches!(
                set.policy,
                Policy::Weighted(_) | Policy::Multivalue | Policy::Geoproximity { .. }
            );
            if is_unique && set.policy == other.policy {
                problems.push(format!(
                    "RRSet with DNS name {text}, type {rtype}, SetIdentifier {} cannot be created because the RRSet with \
                     SetIdentifier {} has the same {}",
                    set.identifier.as_deref().unwrap_or("null"),
                    other.identifier.as_deref().unwrap_or("null"),
                    match set.policy {
                        Policy::Latency(_) => "region",
                        Policy::Failover { .. } => "failover role",
                        _ => "location",
                    }
                ));
                break;
            }
        }
    }
    problems
}

/// Why an alias cannot have its target.
fn alias_problem(
    world: &World,
    zone: &HostedZone,
    data: &ZoneData,
    rtype: RecordType,
    target: &AliasTarget,
) -> Option<String> {
    let other = target.zone.parse::<ZoneId>().ok()?;
    let is_here = other == zone.id;
    let holder = if is_here { zone } else { world.hosted_zones.get(&other)? };
    let why = if !target.name.as_ref().is_within(holder.name.as_ref()) {
        "the alias target name does not lie within the target zone"
    } else {
        let records = if is_here { data } else { &holder.data };
        let node = records.node(target.name.as_ref());
        let node = node.or_else(|| records.wildcard_for(target.name.as_ref()));
        let sets = node.map(|it| it.all_sets(|name| alias_zone(other, name))).unwrap_or_default();
        if sets.iter().any(|it| it.rtype == rtype) {
            return None;
        }
        "that target was not found"
    };
    Some(format!(
        "Tried to create an alias that targets {}, type {} in zone {other}, but {why}",
        route53_text(target.name.as_ref()),
        type_text(rtype)
    ))
}
