//! Reads `faults` of a world file. HTTP takes the same form.

use std::sync::Arc;

use super::keys;
use crate::{
    import::{
        names::Names,
        text::{
            diagnostic::{Problem, Source},
            node::{self, Node},
            reader::{self, MapReader, Report},
        },
    },
    model::{
        fault::{Fault, FaultAnswer, MAX_DELAY, Place, SetFaults},
        firewall::DomainPattern,
        world::World,
    },
};

/// The answers that a fault can give.
const ANSWERS: &[(&str, FaultAnswer)] = &[
    ("servfail", FaultAnswer::ServFail),
    ("nxdomain", FaultAnswer::NxDomain),
    ("timeout", FaultAnswer::Timeout),
];

/// Reads a list of faults, in YAML or JSON, as the Change that sets them.
///
/// # Errors
///
/// Every problem of the text.
pub fn parse_faults(source: &Arc<Source>, world: &World) -> Result<SetFaults, Vec<Problem>> {
    let root = node::parse(source)?;
    let mut report = Report::new(source);
    let faults = read(&root, &Names::of(world), &mut report);
    report.finish()?;
    Ok(SetFaults { faults })
}

/// Reads a list of faults. Reports each problem.
pub(in crate::import) fn read(node: &Node, names: &Names, report: &mut Report<'_>) -> Vec<Fault> {
    let items = reader::list(node, report);
    items.iter().filter_map(|item| fault(item, names, report)).collect()
}

fn fault(node: &Node, names: &Names, report: &mut Report<'_>) -> Option<Fault> {
    let fields = MapReader::of(node, node.pos, keys::FAULT, report)?;
    let pattern = fields.read::<DomainPattern>("name", report);
    if fields.get("name").is_some() && pattern.is_none() {
        return None;
    }
    let from = match fields.get("from") {
        None => None,
        Some(node) => Some(place(node, names, report)?),
    };
    let answer = fields.choice("answer", ANSWERS, report);
    let delay = fields.read::<u32>("delay", report);
    if let Some(delay) = delay.filter(|delay| *delay > MAX_DELAY) {
        let message = format!("a delay of {delay} ms is longer than {MAX_DELAY}");
        report.error(fields.pos_of("delay"), &message);
        return None;
    }
    if fields.get("answer").is_none() && fields.get("delay").is_none() {
        report.error(fields.pos, "a fault needs `answer`, `delay` or both");
        return None;
    }
    let names = pattern.unwrap_or(DomainPattern::Every);
    Some(Fault { names, from, answer, delay: delay.unwrap_or(0) })
}

/// The place of a fault: a subnet, else a VPC, else an instance, by name or id.
fn place(node: &Node, names: &Names, report: &mut Report<'_>) -> Option<Place> {
    let text = node.text().unwrap_or_default();
    if let Some(subnet) = names.subnets.lookup(text) {
        return Some(Place::Subnet(subnet));
    }
    if let Some(vpc) = names.vpcs.lookup(text) {
        return Some(Place::Vpc(vpc));
    }
    names.instances.find(node, None, report).map(Place::Instance)
}
