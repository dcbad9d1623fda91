//! What is answered and explained around every case: the names of each case file's World and their neighbours, asked for
//! many types, from many places and in many ways; also the tables, and what the last Changes differ in.
//!
//! `tests/fixtures/answers.txt` keeps a hash for each case file and each kind of thing. Where one differs, run
//! `VPCDNS_WHOLE=FOLDER cargo test --test answers` before and after the change, which writes what is hashed as files, and
//! compare the two folders. `VPCDNS_BLESS=1` writes the hashes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing test panics")]

mod common;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    thread,
};

use common::{
    CaseWorld,
    case_file::{self, Block},
    root,
    upstream::query,
};
use vpcdns::{
    dns::Responder,
    hash::stable_hash,
    language::Language,
    model::{
        name::Name,
        record::{RecordType, dotted},
    },
    resolve::{
        diff::{self, Sides},
        dig, explain,
        path::Aim,
        places,
        question::{Asker, Question, Reader},
        snapshot::Snapshot,
        table,
        together::Together,
    },
};

const NOW: u64 = 1_000_000;
/// At most so many names of a file are asked, and from so many places.
const NAMES: usize = 6;
const PLACES: usize = 2;
/// At most so many of the names are asked in every way.
const IN_EVERY_WAY: usize = 3;
/// One file in so many is compared with itself before its Changes, which takes long.
const COMPARED: u128 = 12;

/// Types that a name may have, and one that nobody knows.
const TYPES: [u16; 13] = [1, 28, 2, 5, 6, 12, 15, 16, 33, 64, 65, 255, 999];

/// What a case file asks about, and its World: before the first Change, if there is one, and after the last.
struct Subject {
    name: String,
    first: Option<Snapshot>,
    last: Snapshot,
    names: Vec<String>,
    places: Vec<Asker>,
}

impl Subject {
    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap();
        let mut world = CaseWorld::empty();
        let mut first = None;
        let (mut names, mut clients) = (Vec::new(), vec!["internet".to_owned()]);
        for block in case_file::read(&text) {
            match block {
                Block::World(lines) => world = CaseWorld::read(&lines, path),
                Block::Public(lines) => world.add_public(&lines, path),
                Block::Change { line, .. } => {
                    first.get_or_insert_with(|| world.snapshot.clone());
                    let _ = world.change(&line);
                }
                Block::Ask { from, name, .. } | Block::Way { from, name, .. } => {
                    clients.push(from);
                    names.push(name);
                }
                Block::Fetch { line, .. } => {
                    clients.extend(line.split(' ').next().map(str::to_owned));
                }
                Block::Hints { .. } | Block::Findings { .. } | Block::Text(_) => {}
            }
        }
        let last = world.snapshot;
        for endpoint in last.world.endpoints.values() {
            names.extend(endpoint.regional_names().iter().map(ToString::to_string));
        }
        let mut found: Vec<Asker> =
            clients.iter().filter_map(|client| places::client(&last, client).ok()).collect();
        found.extend(last.world.vpcs_in_order().iter().map(|vpc| Asker::Vpc(vpc.id)));
        let mut places: Vec<Asker> = Vec::new();
        for asker in found {
            if !places.contains(&asker) && places.len() < PLACES {
                places.push(asker);
            }
        }
        let name = path.strip_prefix(root()).unwrap().display().to_string();
        Self { name, first, last, names: with_neighbours(&names), places }
    }

    fn question<'n>(name: &'n Name, rtype: u16, asker: Asker, now: u64, seed: u32) -> Question<'n> {
        Question { seed, ..Question::asked(name.as_ref(), RecordType(rtype), asker, now) }
    }

    /// The explanations of A and AAAA, whole, and as dig shows them.
    fn explanations(&self) -> String {
        let mut text = String::new();
        for asker in &self.places {
            for name in &self.names {
                let name = Name::parse(name).unwrap();
                for rtype in [1, 255] {
                    let question = Self::question(&name, rtype, *asker, NOW, 0);
                    let all = explain::explain(&self.last, &question, Language::English);
                    let together = Together::of(&all.paths, Language::English);
                    let shown = serde_json::to_string(&all).unwrap();
                    let way = serde_json::to_string(&together).unwrap();
                    let nowhere = together.all_nowhere();
                    let dig = dig::text(&all, "10.0.0.2");
                    writeln!(text, "{shown} {} {way} {nowhere} {dig}", all.own_steps).unwrap();
                    let summary = explain::summary(&self.last, &question, Aim::Usual);
                    writeln!(text, "{summary:?} {}", all.verdict.exit_code()).unwrap();
                }
            }
        }
        text
    }

    /// Every type's reply over UDP with EDNS.
    fn types(&self) -> String {
        let mut text = String::new();
        for asker in &self.places {
            let mut responder = Responder::new(Arc::new(self.last.clone()), Some(*asker)).exact();
            for name in &self.names {
                for rtype in TYPES {
                    let packet = query(7, name, RecordType(rtype));
                    let reply = responder.reply(&packet, NOW + 7, 1).map(hex);
                    writeln!(text, "{asker:?} {name} {rtype} {reply:?}").unwrap();
                }
            }
        }
        text
    }

    /// One type's reply in every way of asking: sizes, DO, without EDNS, over TCP, later, with the records turned.
    fn ways(&self) -> String {
        let mut text = String::new();
        for asker in &self.places {
            let snapshot = Arc::new(self.last.clone());
            let mut udp = Responder::new(Arc::clone(&snapshot), Some(*asker)).exact();
            let mut tcp = Responder::new(snapshot, Some(*asker)).exact().over_tcp();
            for name in self.names.iter().take(IN_EVERY_WAY) {
                let plain = query(9, name, RecordType(1));
                for (way, packet) in ways(&plain) {
                    for (seed, now) in [(0, NOW), (2, NOW + 59)] {
                        let reply = udp.reply(&packet, now, seed).map(hex);
                        writeln!(text, "{asker:?} {name} {way} {seed} {reply:?}").unwrap();
                    }
                    let reply = tcp.reply(&packet, NOW, 3).map(hex);
                    writeln!(text, "{asker:?} {name} {way} TCP {reply:?}").unwrap();
                }
            }
        }
        text
    }

    /// The tables of all places, and what differs between the World before the first Change and after the last.
    fn views(&self) -> String {
        let mut text = String::new();
        for asker in &self.places {
            let reader = Reader { asker: *asker, now: NOW, language: Language::English };
            let tables = table::tables(&self.last, reader, 4, &mut |_, _| {});
            writeln!(text, "{}", serde_json::to_string(&tables).unwrap()).unwrap();
        }
        let hash = stable_hash(&format!("seed 1 {}", self.name));
        if let Some(first) = self.first.as_ref().filter(|_| hash.is_multiple_of(COMPARED)) {
            let sides =
                Sides { before: first, after: &self.last, now: NOW, language: Language::English };
            let diff = diff::diff(sides, &mut |_, _| {});
            writeln!(text, "{}", serde_json::to_string(&diff).unwrap()).unwrap();
            let breaks = diff::breaks(sides, &mut |_, _| {});
            writeln!(text, "{}", serde_json::to_string(&breaks).unwrap()).unwrap();
        }
        text
    }
}

/// Names with those above and below them.
fn with_neighbours(names: &[String]) -> Vec<String> {
    let mut all = BTreeSet::new();
    for name in names {
        let Ok(name) = Name::parse(name) else { continue };
        let own = dotted(name.as_ref());
        let own = own.trim_end_matches('.').to_owned();
        let above = own.split_once('.').map(|(_, above)| above.to_owned());
        let below = ["x", "*", "_tcp.y"].map(|label| format!("{label}.{own}"));
        all.extend(below.into_iter().chain(above).filter(|name| Name::parse(name).is_ok()));
        all.insert(own);
    }
    // Those that are asked come first; the rest is spread.
    let mut list: Vec<String> = all.into_iter().filter(|name| !name.is_empty()).collect();
    list.sort_by_key(|name| (!names.contains(name), stable_hash(name)));
    list.truncate(NAMES);
    list
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Ways of asking the same: `plain` has EDNS with 4,096 bytes at its end.
fn ways(plain: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let length = plain.len();
    let changed = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut packet = plain.to_vec();
        change(&mut packet);
        packet
    };
    let size = |size: u16| {
        changed(&|packet| packet[length - 8..length - 6].copy_from_slice(&size.to_be_bytes()))
    };
    vec![
        (
            "no EDNS",
            changed(&|packet| {
                packet[11] = 0;
                packet.truncate(length - 11);
            }),
        ),
        ("0", size(0)),
        ("512", size(512)),
        ("1232", size(1232)),
        ("DO", changed(&|packet| packet[length - 4] = 0x80)),
        ("EDNS 1", changed(&|packet| packet[length - 5] = 1)),
        ("AD CD", changed(&|packet| packet[3] |= 0x30)),
        ("no RD", changed(&|packet| packet[2] = 0)),
        ("upper case", changed(&|packet| packet[12..length - 15].make_ascii_uppercase())),
        ("class CH", changed(&|packet| packet[length - 12] = 3)),
        ("cut", changed(&|packet| packet.truncate(length - 12))),
        ("longer", changed(&|packet| packet.push(0))),
        ("opcode 4", changed(&|packet| packet[2] = 0x21)),
    ]
}

/// The hash of everything of a case file, by kind.
fn hashes(path: &Path) -> Vec<(String, String)> {
    let name = path.strip_prefix(root().join("tests/cases")).unwrap().display().to_string();
    let subject = Subject::read(path);
    let whole = std::env::var_os("VPCDNS_WHOLE").map(PathBuf::from);
    [
        ("explain", subject.explanations()),
        ("types", subject.types()),
        ("ways", subject.ways()),
        ("views", subject.views()),
    ]
    .into_iter()
    .map(|(kind, text)| {
        if let Some(folder) = &whole {
            let file = folder.join(kind).join(name.replace('/', "-"));
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, &text).unwrap();
        }
        let hash = stable_hash(&text) >> 64;
        (format!("{name} {kind}"), format!("{} {hash:016x}", text.len()))
    })
    .collect()
}

/// Every case file; of those of recorded answers, which are much alike, one in three.
fn files() -> Vec<PathBuf> {
    let mut files = common::case_files();
    files.retain(|path| {
        let name = path.strip_prefix(root()).unwrap().display().to_string();
        !name.contains("recorded") || stable_hash(&name).is_multiple_of(3)
    });
    files
}

fn kept() -> BTreeMap<String, String> {
    let text = fs::read_to_string(root().join("tests/fixtures/answers.txt")).unwrap_or_default();
    let line = |line: &str| {
        let (key, value) = line.split_once(": ").unwrap();
        (key.to_owned(), value.to_owned())
    };
    text.lines().map(line).collect()
}

#[test]
fn the_neighbourhood_of_every_case_is_answered_as_it_always_was() {
    let files = files();
    let (one, other) = files.split_at(files.len() / 2);
    let of = |files: &[PathBuf]| files.iter().flat_map(|path| hashes(path)).collect::<Vec<_>>();
    let now: BTreeMap<String, String> = thread::scope(|scope| {
        let other = scope.spawn(|| of(other));
        let one = of(one);
        one.into_iter().chain(other.join().unwrap()).collect()
    });
    if std::env::var_os("VPCDNS_BLESS").is_some() {
        let text: String = now.iter().map(|(key, value)| format!("{key}: {value}\n")).collect();
        fs::write(root().join("tests/fixtures/answers.txt"), text).unwrap();
        return;
    }
    let kept = kept();
    let differs: Vec<&String> = now
        .keys()
        .chain(kept.keys())
        .filter(|key| now.get(*key) != kept.get(*key))
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    assert!(
        differs.is_empty(),
        "these differ; the head of tests/answers.rs says how to see it: {differs:#?}"
    );
}
