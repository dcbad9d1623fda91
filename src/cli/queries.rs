//! `--queries FILE`: the questions of a query log, in place of every name.
//!
//! Knows four forms: Route 53 Resolver's JSON, a list of names, and the lines of CoreDNS and BIND. `lines.rs` reads a line.

mod lines;

use std::{collections::HashMap, fs, io::Read};

use flate2::read::MultiGzDecoder;

use super::Output;
use crate::{
    model::{id::InstanceId, name::Name, record::RecordType, world::World},
    resolve::{
        diff::Query,
        places::{self, Located},
        question::Asker,
        snapshot::Snapshot,
    },
};

use lines::{Line, Source};

/// Arguments of commands that compare or list names.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct QueriesArguments {
    /// Only what a query log holds: Route 53 Resolver's (also gzip), a list of names, or lines of CoreDNS or BIND.
    #[arg(long, value_name = "FILE")]
    queries: Option<String>,
}

/// The largest log that is read, unpacked.
const MOST_BYTES: u64 = 1 << 30;

impl QueriesArguments {
    /// The questions of the log, placed in a World; `None` if no log was given.
    ///
    /// # Errors
    ///
    /// The exit code, after saying what cannot be read.
    pub(super) fn read(
        &self,
        snapshot: &Snapshot,
        output: &mut Output,
    ) -> Result<Option<Vec<Query>>, u8> {
        let Some(file) = &self.queries else { return Ok(None) };
        let text = match unpacked(file) {
            Ok(text) => text,
            Err(why) => {
                output.error(&format!("{file}: {why}"));
                return Err(1);
            }
        };
        let read = lines::read(&text);
        if read.lines.is_empty() {
            output.error(&format!("{file}: no query in it"));
            return Err(1);
        }
        let say = output.language();
        if read.unread > 0 {
            output.error(&format!("{file}: {}", say.queries_unread(read.unread)));
        }
        let (queries, strangers) = placed(read.lines, snapshot);
        if strangers > 0 {
            output.error(&format!("{file}: {}", say.queries_from_elsewhere(strangers)));
        }
        Ok(Some(queries))
    }
}

/// The text of a file, which may be compressed.
fn unpacked(file: &str) -> Result<String, std::io::Error> {
    let bytes = fs::read(file)?;
    let mut text = Vec::new();
    if bytes.starts_with(&[0x1f, 0x8b]) {
        MultiGzDecoder::new(bytes.as_slice()).take(MOST_BYTES).read_to_end(&mut text)?;
    } else {
        text = bytes;
    }
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// Equal questions as one, each with its place in the World, and how many came from no place of it.
fn placed(lines: Vec<Line>, snapshot: &Snapshot) -> (Vec<Query>, u64) {
    let mut order: Vec<(Name, RecordType, Option<Asker>, bool)> = Vec::new();
    let mut counts: HashMap<(Name, RecordType, Option<Asker>, bool), u64> = HashMap::new();
    let mut strangers = 0;
    for line in lines {
        let from = match place(&line.from, snapshot) {
            Ok(from) => from,
            Err(()) => {
                strangers += line.count;
                continue;
            }
        };
        let key = (line.name, line.rtype, from, line.answered);
        let count = counts.entry(key.clone()).or_insert(0);
        if *count == 0 {
            order.push(key);
        }
        *count += line.count;
    }
    let query = |key: (Name, RecordType, Option<Asker>, bool)| {
        let count = counts.get(&key).copied().unwrap_or_default();
        let (name, rtype, from, answered) = key;
        Query { name, rtype, from, count, answered }
    };
    (order.into_iter().map(query).collect(), strangers)
}

/// The place of a source; `Ok(None)` if the log tells none, an error if the World has no such place.
fn place(source: &Source, snapshot: &Snapshot) -> Result<Option<Asker>, ()> {
    let world = &snapshot.world;
    if let Some(instance) = source.instance.as_deref().and_then(|id| by_id(world, id)) {
        return Ok(Some(instance));
    }
    if let Some(endpoint) = &source.endpoint {
        return places::client(snapshot, endpoint).map(Some).map_err(|_| ());
    }
    let vpc = source.vpc.as_deref().and_then(|id| id.parse().ok());
    if source.vpc.is_some() && !vpc.is_some_and(|vpc| world.vpcs.contains_key(&vpc)) {
        return Err(());
    }
    match (source.address, vpc) {
        (None, vpc) => Ok(vpc.map(Asker::Vpc)),
        (Some(address), vpc) => match (snapshot.locate(vpc, address), vpc) {
            (Located::One(asker), _) => Ok(Some(asker)),
            (_, Some(vpc)) => Ok(Some(Asker::Vpc(vpc))),
            (Located::Nowhere | Located::Several, None) => Err(()),
        },
    }
}

fn by_id(world: &World, id: &str) -> Option<Asker> {
    let instance = world.instances.get(&id.parse::<InstanceId>().ok()?)?;
    Some(Asker::Instance(instance.vpc, instance.subnet, instance.id))
}
