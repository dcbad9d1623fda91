//! Changes written in the shape of the AWS CLI's input JSON: `ModifyVpcAttribute: {VpcId: …, EnableDnsHostnames:
//! true}`.
//!
//! A name can stand wherever AWS expects an id. Labs, test files and what-if use this form, also as text inside a list. Each entry is read against the World
//! that the entries before it leave. An entry with several ids becomes several Changes.

mod endpoint;
mod network;
mod security;
mod service;
mod spelled;
mod zone;

use std::{fmt::Display, hash::Hash, str::FromStr};

use super::{
    names::{Names, Table, locate},
    text::{
        diagnostic::{Problem, Source},
        near,
        node::{self, Key, Kind, Node, Pos},
        reader::{self, MapReader, Report},
        scalar::Scalar,
    },
    world::{self, fault, keys, placement},
};
use crate::hash::stable_hash;
use crate::model::{
    change::{Change, SetSwitches},
    fault::SetFaults,
    id::VpcId,
    managed_resource::{EndpointAccess, SetEndpointAccess},
    world::{Tags, World},
};

/// What the reader of one action needs.
pub(super) struct Entry<'a, 'n, 's> {
    pub(super) node: &'n Node,
    pub(super) pos: Pos,
    pub(super) world: &'a World,
    pub(super) names: &'a Names,
    pub(super) report: &'a mut Report<'s>,
}

/// Reads one action: the Changes it means, or `None` if it had problems, which are in the report.
type Read = fn(&mut Entry<'_, '_, '_>) -> Option<Vec<Change>>;

/// Actions by name, each with its reader.
pub(super) type Actions = &'static [(&'static str, Read)];

/// The actions of each file.
const ACTIONS: &[Actions] = &[
    network::ACTIONS,
    security::ACTIONS,
    placement::ACTIONS,
    service::ACTIONS,
    zone::ACTIONS,
    endpoint::ACTIONS,
    &[
        ("SetEndpointAccess", set_endpoint_access),
        ("SetSwitches", set_switches),
        ("SetFaults", set_faults),
    ],
];

/// Reads the settings of a world file's `switches`. A setting that is missing does not change.
fn set_switches(entry: &mut Entry<'_, '_, '_>) -> Option<Vec<Change>> {
    let fields = entry.fields(keys::SWITCHES)?;
    let switches = world::read_switches(&fields, *entry.world.switches, entry.report);
    Some(vec![SetSwitches { switches }.into()])
}

/// Reads from where clients can reach a managed resource, such as an EKS cluster's endpoint.
fn set_endpoint_access(entry: &mut Entry<'_, '_, '_>) -> Option<Vec<Change>> {
    let fields = entry.fields(&["Resource", "EndpointAccess"])?;
    let resource = entry.one(&fields, "Resource", &entry.names.managed_resources)?;
    fields.required("EndpointAccess", entry.report)?;
    let access = fields.choice("EndpointAccess", EndpointAccess::ALL, entry.report)?;
    Some(vec![SetEndpointAccess { resource, access }.into()])
}

/// The names of all actions.
pub fn actions() -> impl Iterator<Item = &'static str> {
    ACTIONS.iter().copied().flatten().map(|(name, _)| *name)
}

/// Reads Changes from a text: one action, or a list of them. Does not check whether AWS would refuse them: that happens
/// when they are applied.
///
/// # Errors
///
/// Every problem of the text.
pub fn parse_changes(source: &Source, world: &World) -> Result<Vec<Change>, Vec<Problem>> {
    read_changes(&node::parse(source)?, source, world)
}

/// Reads Changes from a Node, as [`parse_changes`] does from a text.
///
/// # Errors
///
/// Every problem of the Node.
pub fn read_changes(
    node: &Node,
    source: &Source,
    world: &World,
) -> Result<Vec<Change>, Vec<Problem>> {
    let mut report = Report::new(source);
    let (_, changes) = walk(node, world, &mut report, false);
    report.finish()?;
    Ok(changes.into_iter().map(|(change, _)| change).collect())
}

/// Reads and applies Changes, and gives each with its position. A Change that AWS would refuse is reported too.
pub(super) fn apply_changes(
    node: &Node,
    world: &World,
    report: &mut Report<'_>,
) -> (World, Vec<(Change, Pos)>) {
    walk(node, world, report, true)
}

/// Reads Changes without telling whether AWS would refuse them.
pub(super) fn changes_of(node: &Node, world: &World, report: &mut Report<'_>) -> Vec<Change> {
    walk(node, world, report, false).1.into_iter().map(|(change, _)| change).collect()
}

fn walk(
    node: &Node,
    world: &World,
    report: &mut Report<'_>,
    note_refusals: bool,
) -> (World, Vec<(Change, Pos)>) {
    let mut world = world.clone();
    let mut all = Vec::new();
    let node = spelled::spelled(node, report);
    for (action, parameters) in entries(&node, report) {
        let names = Names::of(&world);
        let changes = read_entry(action, parameters, &world, &names, report).unwrap_or_default();
        for change in changes {
            match world.apply(&change) {
                Ok((next, _)) => world = next,
                Err(refusal) if note_refusals => {
                    let position =
                        locate::position(&refusal, parameters, &names).unwrap_or(action.pos);
                    let hint = locate::hint(&refusal, &world, &change, &names);
                    report.refusal(position, &refusal, hint);
                }
                Err(_) => {}
            }
            all.push((change, action.pos));
        }
    }
    (world, all)
}

/// The actions of a list of maps, or of one map.
fn entries<'n>(node: &'n Node, report: &mut Report<'_>) -> Vec<&'n (Key, Node)> {
    match &node.kind {
        Kind::Null => Vec::new(),
        Kind::Map(entries) => entries.iter().collect(),
        Kind::Seq(items) => {
            let mut all = Vec::new();
            for item in items {
                if let Kind::Map(entries) = &item.kind {
                    all.extend(entries);
                } else {
                    report.error(item.pos, &expected_action(item));
                }
            }
            all
        }
        Kind::Scalar(_) => {
            report.error(node.pos, &expected_action(node));
            Vec::new()
        }
    }
}

fn expected_action(node: &Node) -> String {
    format!("expected a change such as `DeleteVpc: {{VpcId: NAME}}`, found {}", node.describe())
}

fn read_entry(
    action: &Key,
    node: &Node,
    world: &World,
    names: &Names,
    report: &mut Report<'_>,
) -> Option<Vec<Change>> {
    let mut all = ACTIONS.iter().copied().flatten();
    let Some((_, read)) = all.find(|(name, _)| *name == action.text) else {
        let hint = near::did_you_mean(&action.text, actions());
        let message = format!("there is no change `{}`", node::shorten(&action.text));
        report.error_hint(action.pos, &message, hint);
        return None;
    };
    read(&mut Entry { node, pos: action.pos, world, names, report })
}

impl<'n> Entry<'_, 'n, '_> {
    /// The parameters of the action. Reports those that are not in `known`.
    pub(super) fn fields(&mut self, known: &[&str]) -> Option<MapReader<'n>> {
        MapReader::of(self.node, self.pos, known, self.report)
    }

    /// The resource that a required parameter names.
    pub(super) fn one<I>(
        &mut self,
        fields: &MapReader<'n>,
        key: &str,
        table: &Table<I>,
    ) -> Option<I>
    where
        I: Clone + Eq + Hash + FromStr + Display,
    {
        let node = fields.required(key, self.report)?;
        table.find(node, None, self.report)
    }

    /// The resources that a parameter lists, inside a VPC if one is given. `None` if any of them is wrong.
    pub(super) fn many<I>(
        &mut self,
        fields: &MapReader<'n>,
        key: &str,
        table: &Table<I>,
        vpc: Option<VpcId>,
    ) -> Option<Vec<I>>
    where
        I: Clone + Eq + Hash + FromStr + Display,
    {
        let nodes = fields.list(key, self.report);
        let found: Vec<I> =
            nodes.iter().filter_map(|node| table.find(node, vpc, self.report)).collect();
        (found.len() == nodes.len()).then_some(found)
    }

    /// The resources that a required parameter lists.
    pub(super) fn some<I>(
        &mut self,
        fields: &MapReader<'n>,
        key: &str,
        table: &Table<I>,
    ) -> Option<Vec<I>>
    where
        I: Clone + Eq + Hash + FromStr + Display,
    {
        fields.required(key, self.report)?;
        self.many(fields, key, table, None)
    }

    /// A required scalar parameter.
    pub(super) fn require<T: Scalar>(&mut self, fields: &MapReader<'n>, key: &str) -> Option<T> {
        fields.require(key, self.report)
    }

    /// An optional scalar parameter.
    pub(super) fn read<T: Scalar>(&mut self, fields: &MapReader<'n>, key: &str) -> Option<T> {
        fields.read(key, self.report)
    }

    /// A boolean, plain or in the CLI's wrapper: `{Value: true}`.
    pub(super) fn flag(&mut self, fields: &MapReader<'n>, key: &str) -> Option<bool> {
        let node = fields.get(key)?;
        reader::read(node.get("Value").unwrap_or(node), self.report)
    }

    /// The tags: `Name`, and the tags in `TagSpecifications`.
    pub(super) fn tags(&mut self, fields: &MapReader<'n>) -> Tags {
        let mut tags = Tags::default();
        if let Some(name) = self.read::<String>(fields, "Name") {
            tags = Tags::named(&name);
        }
        for specification in fields.list("TagSpecifications", self.report) {
            for tag in specification.get("Tags").map_or(&[][..], Node::items) {
                if let (Some(key), Some(value)) =
                    (tag.get("Key").and_then(Node::text), tag.get("Value").and_then(Node::text))
                {
                    tags.0.push((key.to_owned(), value.to_owned()));
                }
            }
        }
        tags
    }

    /// A number from which an id is made if the parameters give none.
    pub(super) fn seed(&self, tags: &Tags) -> u128 {
        let name = tags.name().unwrap_or_default();
        stable_hash(&format!("change/{}/{name}", self.world.generation))
    }
}

/// Reads faults in the form of a world file. They replace all existing faults.
fn set_faults(entry: &mut Entry<'_, '_, '_>) -> Option<Vec<Change>> {
    let fields = entry.fields(&["Faults"])?;
    let node = fields.required("Faults", entry.report)?;
    let faults = fault::read(node, entry.names, entry.report);
    Some(vec![SetFaults { faults }.into()])
}

#[cfg(test)]
mod tests;
