//! Lab files: a World and the steps of a lesson, with their Changes, questions and ways of the traffic.
//!
//! Every step is applied when the file is read. So a mistake is reported with its line and column before the lesson
//! begins.

mod expect;

use serde::Serialize;

pub use self::expect::{CURL, Curl, METADATA, PING, Ping, REFUSAL, Refused};
use super::{
    Defaults, change,
    names::Names,
    text::{
        diagnostic::{Problem, Source},
        node::{self, Node, Pos},
        reader::{self, MapReader, Report},
    },
    world,
};
use crate::model::{change::Change, name::Name, record::RecordType, world::World};

/// The keys of a lab file.
pub const LAB: &[&str] = &["lab", "title", "chapter", "world", "steps"];
/// The keys of a step.
pub const STEP: &[&str] = &[
    "name", "title", "goal", "text", "point", "question", "commands", "changes", "digs", "curls",
    "pings", "refusals", "ways",
];
const WORDS: &[&str] = &["en", "ko"];
const DIG: &[&str] = &["row", "from", "name", "type", "prints"];
const QUESTION: &[&str] = &["from", "name", "type"];
const WAY: &[&str] = &["from", "name", "hops"];

/// A text in two languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Words {
    /// English.
    pub en: String,
    /// Korean.
    pub ko: String,
}

impl Words {
    /// The text in a language; English unless it is `ko`.
    pub fn in_language(&self, language: &str) -> &str {
        if language == "ko" { &self.ko } else { &self.en }
    }
}

/// A lab.
#[derive(Clone, Debug)]
pub struct Lab {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: Words,
    /// Whether its answers are those of the chapter.
    pub chapter: bool,
    /// The Changes that make the lab's first World.
    pub base: Vec<Change>,
    /// Its steps.
    pub steps: Vec<LabStep>,
}

/// A step of a lab.
#[derive(Clone, Debug)]
pub struct LabStep {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: Words,
    /// What the student is to reach.
    pub goal: Option<Words>,
    /// What happens and why.
    pub text: Words,
    /// What the step's question shows, in one sentence.
    pub point: Option<Words>,
    /// The question that shows the point of the step.
    pub question: Option<Asked>,
    /// The commands of the AWS CLI that do the same.
    pub commands: Vec<String>,
    /// The Changes of the step.
    pub changes: Vec<Change>,
    /// The questions to ask after the step.
    pub digs: Vec<Dig>,
    /// The requests to the metadata service after the step.
    pub curls: Vec<Curl>,
    /// The pings after the step.
    pub pings: Vec<Ping>,
    /// What AWS refuses after the step.
    pub refusals: Vec<Refused>,
    /// The ways of the traffic after the step.
    pub ways: Vec<Way>,
}

/// A question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The client that asks: a name, an id, an address or `internet`.
    pub from: String,
    /// The name to ask.
    pub name: String,
    /// The record type to ask.
    pub rtype: RecordType,
}

/// A question, and the answer that the lesson shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dig {
    /// The client that asks: a name, an id, an address or `internet`.
    pub from: String,
    /// The name to ask, in the case in which it is printed.
    pub name: String,
    /// The record type to ask.
    pub rtype: RecordType,
    /// The lines that `dig +short` prints, in any order.
    pub prints: Vec<String>,
    /// The row of the chapter's table.
    pub row: Option<u8>,
}

/// A way of the traffic, as the lesson draws it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Way {
    /// The client where it begins.
    pub from: String,
    /// The name that the client resolved.
    pub name: String,
    /// The hops.
    pub hops: Vec<String>,
}

/// A lab, with the World after each step.
pub(super) struct ReadLab {
    pub(super) lab: Lab,
    /// The World before the first step, then after each.
    pub(super) worlds: Vec<World>,
    /// The positions of the Changes: those of the base, then those of each step.
    pub(super) positions: Vec<Pos>,
    /// The warnings about the base world.
    pub(super) warnings: Vec<Problem>,
}

/// Reads a lab file.
///
/// # Errors
///
/// Every problem of the file.
pub fn load_lab(source: &Source, defaults: &Defaults) -> Result<Lab, Vec<Problem>> {
    read(source, &node::parse(source)?, defaults).map(|read| read.lab)
}

pub(super) fn read(
    source: &Source,
    root: &Node,
    defaults: &Defaults,
) -> Result<ReadLab, Vec<Problem>> {
    let mut report = Report::new(source);
    let found = read_lab(root, defaults, &mut report);
    let warnings = report.finish()?;
    match found {
        Some(read) => Ok(ReadLab { warnings, ..read }),
        // Every reason for `None` was reported above. If we forgot one, this error stops it from passing as success.
        None => Err(vec![Problem::whole(&source.name, "the lab cannot be read")]),
    }
}

fn read_lab(root: &Node, defaults: &Defaults, report: &mut Report<'_>) -> Option<ReadLab> {
    let fields = MapReader::of(root, root.pos, LAB, report)?;
    let name = fields.require::<String>("lab", report);
    let title = words(&fields, "title", report);
    let chapter = fields.read("chapter", report).unwrap_or(false);
    let base = fields.required("world", report)?;
    let (mut world, changes) = world::read(base, defaults, report);
    let (base, mut positions): (_, Vec<Pos>) = changes.into_iter().unzip();
    let mut worlds = vec![world.clone()];
    let mut steps: Vec<LabStep> = Vec::new();
    fields.required("steps", report);
    for node in fields.list("steps", report) {
        let Some((step, next, more)) = step(node, &world, report) else { continue };
        if steps.iter().any(|other| other.name == step.name) {
            let pos = node.get("name").map_or(node.pos, |name| name.pos);
            report.error(pos, &format!("there is a step `{}` already", step.name));
        }
        world = next;
        positions.extend(more);
        worlds.push(world.clone());
        steps.push(step);
    }
    let lab = Lab { name: name?, title: title?, chapter, base, steps };
    Some(ReadLab { lab, worlds, positions, warnings: Vec::new() })
}

fn words(fields: &MapReader<'_>, key: &str, report: &mut Report<'_>) -> Option<Words> {
    read_words(fields.required(key, report)?, report)
}

fn read_words(node: &Node, report: &mut Report<'_>) -> Option<Words> {
    let texts = MapReader::of(node, node.pos, WORDS, report)?;
    let mut text = |language: &str| {
        let text: Option<String> = texts.require(language, report);
        // A folded block ends with a line feed.
        text.map(|text| text.trim_end().to_owned())
    };
    let (en, ko) = (text("en"), text("ko"));
    Some(Words { en: en?, ko: ko? })
}

/// Reads a step. Gives the World after it, and the positions of its Changes.
fn step(node: &Node, world: &World, report: &mut Report<'_>) -> Option<(LabStep, World, Vec<Pos>)> {
    let fields = MapReader::of(node, node.pos, STEP, report)?;
    let name = fields.require::<String>("name", report);
    let title = words(&fields, "title", report);
    let text = words(&fields, "text", report);
    let goal = fields.get("goal").and_then(|node| read_words(node, report));
    let point = fields.get("point").and_then(|node| read_words(node, report));
    let (after, changes) = match fields.get("changes") {
        Some(node) => change::apply_changes(node, world, report),
        None => (world.clone(), Vec::new()),
    };
    let (changes, positions) = changes.into_iter().unzip();
    let names = Names::of(&after);
    let mut digs = Vec::new();
    for node in fields.list("digs", report) {
        digs.extend(dig(node, &names, report));
    }
    let mut curls = Vec::new();
    for node in fields.list("curls", report) {
        curls.extend(expect::curl(node, &names, report));
    }
    let mut pings = Vec::new();
    for node in fields.list("pings", report) {
        pings.extend(expect::ping(node, &names, report));
    }
    let mut refusals = Vec::new();
    for node in fields.list("refusals", report) {
        refusals.extend(expect::refusal(node, &after, report));
    }
    let mut ways = Vec::new();
    for node in fields.list("ways", report) {
        ways.extend(way(node, &names, report));
    }
    let commands: Vec<String> = fields.read_list("commands", report);
    let commands = commands.iter().map(|command| command.trim_end().to_owned()).collect();
    let question = fields.get("question").and_then(|node| question(node, &names, report));
    let step = LabStep {
        name: name?,
        title: title?,
        goal,
        text: text?,
        point,
        question,
        commands,
        changes,
        digs,
        curls,
        pings,
        refusals,
        ways,
    };
    Some((step, after, positions))
}

fn question(node: &Node, names: &Names, report: &mut Report<'_>) -> Option<Asked> {
    asked(&MapReader::of(node, node.pos, QUESTION, report)?, names, report)
}

/// Reads who asks which name and type.
pub(super) fn asked(
    fields: &MapReader<'_>,
    names: &Names,
    report: &mut Report<'_>,
) -> Option<Asked> {
    let from = fields.required("from", report)?;
    let from = names.check_client(from, report);
    let name = fields.required("name", report)?;
    reader::read::<Name>(name, report)?;
    let rtype = fields.read("type", report).unwrap_or(RecordType::A);
    Some(Asked { from: from?, name: name.text()?.to_owned(), rtype })
}

fn dig(node: &Node, names: &Names, report: &mut Report<'_>) -> Option<Dig> {
    let fields = MapReader::of(node, node.pos, DIG, report)?;
    let Asked { from, name, rtype } = asked(&fields, names, report)?;
    let row: Option<u32> = fields.read("row", report);
    let row = row.and_then(|row| u8::try_from(row).ok());
    Some(Dig { from, name, rtype, prints: fields.read_list("prints", report), row })
}

fn way(node: &Node, names: &Names, report: &mut Report<'_>) -> Option<Way> {
    let fields = MapReader::of(node, node.pos, WAY, report)?;
    let from = fields.required("from", report)?;
    Some(Way {
        from: names.check_client(from, report)?,
        name: fields.require("name", report)?,
        hops: fields.read_list("hops", report),
    })
}

#[cfg(test)]
mod tests;
