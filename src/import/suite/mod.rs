//! Test files: a world, steps with Changes, and what names are expected to give after each step.
//!
//! Every step is applied when the file is read, so a mistake is reported with its line and column before anything is
//! asked. This file opens no other file: the caller gives the World that the file names.

mod expectation;

pub use self::expectation::{EXPECTATION, Expectation, Expected, FAILURES, WAYS};
use super::{
    Defaults, change,
    names::Names,
    text::{
        diagnostic::{Problem, Source},
        node::{self, Kind, Node},
        reader::{MapReader, Report},
    },
    world,
};
use crate::model::{endpoint_change::Settle, world::World};

/// The keys of a test file.
pub const SUITE: &[&str] = &["world", "steps"];
/// The keys of a step.
pub const STEP: &[&str] = &["name", "change", "expect"];
/// The most expectations of one file.
const MOST: usize = 100_000;

/// A test file.
#[derive(Clone, Debug)]
pub struct Suite {
    /// Its steps.
    pub steps: Vec<SuiteStep>,
}

/// A step: the World after its Changes, and what is expected there.
#[derive(Clone, Debug)]
pub struct SuiteStep {
    /// Its name, if it has one.
    pub name: Option<String>,
    /// The AWS actions of its Changes, in order.
    pub actions: Vec<&'static str>,
    /// The World after it. Endpoints that its Changes left pending have become available.
    pub world: World,
    /// The expectations.
    pub expectations: Vec<Expectation>,
}

/// The WORLDs that a test file names; empty if it holds its world itself or has none.
///
/// # Errors
///
/// The file is not YAML.
pub fn worlds(source: &Source) -> Result<Vec<String>, Vec<Problem>> {
    let root = node::parse(source)?;
    let Some(node) = root.get("world") else { return Ok(Vec::new()) };
    Ok(match &node.kind {
        Kind::Scalar(text) => vec![text.clone()],
        Kind::Seq(items) => items.iter().filter_map(Node::text).map(str::to_owned).collect(),
        Kind::Null | Kind::Map(_) => Vec::new(),
    })
}

/// Whether a test file says anything about its world.
///
/// # Errors
///
/// The file is not YAML.
pub fn has_world(source: &Source) -> Result<bool, Vec<Problem>> {
    node::parse(source).map(|root| root.get("world").is_some())
}

/// Reads a test file. `given` is the World that it names, or the one to take if it names none.
///
/// # Errors
///
/// Every problem of the file.
pub fn load(
    source: &Source,
    given: Option<World>,
    defaults: &Defaults,
) -> Result<Suite, Vec<Problem>> {
    let root = node::parse(source)?;
    let mut report = Report::new(source);
    let suite = read(&root, given, defaults, &mut report);
    report.finish()?;
    // Every reason for `None` was reported above. If we forgot one, this error stops it from passing as success.
    suite.ok_or_else(|| vec![Problem::whole(&source.name, "the test file cannot be read")])
}

fn read(
    root: &Node,
    given: Option<World>,
    defaults: &Defaults,
    report: &mut Report<'_>,
) -> Option<Suite> {
    let fields = MapReader::of(root, root.pos, SUITE, report)?;
    let mut world = first_world(&fields, given, defaults, report)?;
    fields.required("steps", report)?;
    let mut steps = Vec::new();
    let mut count = 0;
    for node in fields.list("steps", report) {
        let Some(step) = step(node, &world, report) else { continue };
        count += step.expectations.len();
        if count > MOST {
            report.error(node.pos, &format!("a test file has at most {MOST} expectations"));
            break;
        }
        world = step.world.clone();
        steps.push(step);
    }
    if count == 0 && !report.failed() {
        report.error(fields.pos_of("steps"), "nothing is expected in any step");
    }
    Some(Suite { steps })
}

fn first_world(
    fields: &MapReader<'_>,
    given: Option<World>,
    defaults: &Defaults,
    report: &mut Report<'_>,
) -> Option<World> {
    let Some(node) = fields.get("world") else {
        if given.is_none() {
            report.error(fields.pos, "`world` is missing");
        }
        return given;
    };
    if matches!(node.kind, Kind::Map(_)) {
        return Some(world::read(node, defaults, report).0);
    }
    for item in node.items().iter().filter(|item| item.text().is_none()) {
        let message = format!("expected the name of a world or file, found {}", item.describe());
        report.error(item.pos, &message);
    }
    if given.is_none() {
        report.error(node.pos, "no other file is read here: write the world itself");
    }
    given
}

fn step(node: &Node, world: &World, report: &mut Report<'_>) -> Option<SuiteStep> {
    let fields = MapReader::of(node, node.pos, STEP, report)?;
    let name = fields.read("name", report);
    let (mut after, changes) = match fields.get("change") {
        Some(node) => change::apply_changes(node, world, report),
        None => (world.clone(), Vec::new()),
    };
    for settle in Settle::of_changed(world, &after) {
        if let Ok((next, _)) = after.apply(&settle.into()) {
            after = next;
        }
    }
    let names = Names::of(&after);
    let mut expectations = Vec::new();
    for node in expected(&fields, report) {
        expectations.extend(expectation::read(node, &names, report));
    }
    let actions = changes.iter().map(|(change, _)| change.action()).collect();
    Some(SuiteStep { name, actions, world: after, expectations })
}

/// The expectations of a step: a list, or a single one.
fn expected<'n>(fields: &MapReader<'n>, report: &mut Report<'_>) -> &'n [Node] {
    match fields.get("expect") {
        Some(node) if matches!(node.kind, Kind::Map(_)) => std::slice::from_ref(node),
        _ => fields.list("expect", report),
    }
}

#[cfg(test)]
mod tests;
