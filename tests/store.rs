//! Stores in this process: one battery for all of them, every case's World through rows, and damaged copies.
//!
//! What a whole server keeps is in `tests/durable.rs`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a failing test panics"
)]

mod common;

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::atomic::Ordering,
};

use common::{
    CaseWorld,
    case_file::{self, Block},
    compile, difference,
    kept::Kept,
    scratch,
};
use vpcdns::{
    import::{Defaults, change, open, text::diagnostic::Source},
    model::{change::Change, id::VpcId, world::World},
    resolve::snapshot::Snapshot,
    store::{
        CommitError, Embedded, Live, Memory, Revision, Store, StoreError,
        row::{Loader, Row, apply_rows, everything, forget_written},
    },
};

fn builtin(name: &str) -> World {
    open::open(name, &Defaults::default()).unwrap_or_else(|it| panic!("{}", it.render(false))).world
}

/// A World as its rows, in order.
fn rows(world: &World) -> Vec<(String, String, String)> {
    let mut rows: Vec<_> = everything(world)
        .into_iter()
        .map(|row| (row.table.to_owned(), row.key, row.value.unwrap()))
        .collect();
    rows.sort();
    rows
}

/// Changes as a lab's step writes them.
fn changes(world: &World, text: &str) -> Vec<Change> {
    let text = text.lines().map(|line| format!("- {line}\n")).collect();
    change::parse_changes(&Source { name: "changes".to_owned(), text }, world)
        .unwrap_or_else(|problems| panic!("{problems:?}"))
}

/// A live World in a store that held nothing.
fn begin(mut store: Box<dyn Store>, world: &World) -> Live {
    assert!(store.load().unwrap().is_none());
    store.replace(&everything(world)).unwrap();
    Live::with_store(compile(world.clone()), Some(world.clone()), store)
}

/// What every store must do. `open` opens it anew, after the one before was dropped; `keeps` tells whether it holds
/// its World then.
fn battery(keeps: bool, open: &dyn Fn() -> Box<dyn Store>) {
    let start = builtin("lab09-1@base");
    let live = begin(open(), &start);
    let again = |expected: &World| {
        let found = open().load().unwrap();
        match found {
            Some(found) => {
                assert!(keeps);
                assert_eq!(rows(&found), rows(expected));
                assert!(difference(&compile(found), &compile(expected.clone())).same);
            }
            None => assert!(!keeps),
        }
    };
    let commit = |live: &Live, text: &str| {
        let changes = changes(&live.snapshot().world, text);
        live.commit(&changes)
    };

    // A Change is there for the next reader, and after a restart.
    let before = live.snapshot();
    let toggle = "ModifyVpcAttribute: {VpcId: CloudNeta-VPC, EnableDnsHostnames: true}";
    let subnet = "CreateSubnet: {SubnetId: subnet-00000000000000001, VpcId: CloudNeta-VPC, CidrBlock: 10.0.9.0/24, \
              AvailabilityZone: ap-northeast-2a}";
    let made = commit(&live, toggle).unwrap();
    assert_eq!(rows(&made.world), rows(&live.snapshot().world));
    assert!(!difference(&before, &live.snapshot()).same);
    commit(&live, subnet).unwrap();

    // Of several Changes none is made if one is refused, and a refusal alone changes nothing.
    let (held, counted) = (rows(&live.snapshot().world), live.changes());
    let fresh = subnet.replace("00001,", "00002,").replace("10.0.9.0", "10.0.10.0");
    for refused in [subnet.to_owned(), format!("{fresh}\n{subnet}")] {
        assert!(matches!(commit(&live, &refused), Err(CommitError::Refused(_))));
    }
    assert_eq!((rows(&live.snapshot().world), live.changes()), (held, counted));

    // What goes is gone after a restart too.
    commit(&live, &fresh).unwrap();
    commit(&live, "DeleteSubnet: {SubnetId: subnet-00000000000000002}").unwrap();
    let world = live.snapshot().world.clone();
    assert_eq!(world.generation, start.generation + 4);
    drop(live);
    again(&world);
    if !keeps {
        return;
    }

    // It goes on after a restart, may be put aside for another World, and starts over.
    let mut store = open();
    let world = store.load().unwrap().unwrap();
    let live = Live::with_store(compile(world), Some(start.clone()), store);
    commit(&live, &fresh).unwrap();
    let (replaced, reset) = (builtin("lab09-2"), start);
    live.replace(replaced.clone()).unwrap();
    drop(live);
    again(&replaced);
    let mut store = open();
    let world = store.load().unwrap().unwrap();
    let live = Live::with_store(compile(world), Some(reset.clone()), store);
    live.reset().unwrap();
    commit(&live, subnet).unwrap();
    let world = live.snapshot().world.clone();
    drop(live);
    again(&world);
    let nothing = Live::with_store(compile(world), None, Box::new(Memory::default()));
    assert!(nothing.reset().is_err());
}

#[test]
fn every_store_passes_the_battery() {
    battery(false, &|| Box::new(Memory::default()));
    let kept = Kept::default();
    battery(true, &|| Box::new(kept.clone()));
    let folder = scratch("battery");
    battery(true, &|| Box::new(Embedded::open(&folder.join("made/here")).unwrap()));
    fs::remove_dir_all(folder).unwrap();
}

/// Far more rows follow than wait between the threads that read.
#[test]
fn a_row_that_says_nothing_ends_the_reading_and_is_named() {
    let folder = scratch("unreadable");
    let mut rows = everything(&builtin("lab09-1"));
    for number in 0..60_000 {
        let key = VpcId::from_seed(number).to_string();
        rows.push(Row { table: "vpcs", key, value: Some(format!("\"{}\"", "x".repeat(100))) });
    }
    let mut store = Embedded::open(&folder).unwrap();
    assert!(store.load().unwrap().is_none());
    let first = VpcId::from_seed(0);
    let found = store.replace(&rows).unwrap_err().to_string();
    assert!(found.contains(&format!("the row vpcs/{first} cannot be read: ")), "{found}");
    drop(store);
    assert_eq!(load(&folder).unwrap_err().to_string(), found);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_store_that_cannot_write_changes_nothing() {
    let kept = Kept::default();
    let start = builtin("lab09-1");
    let live = begin(Box::new(kept.clone()), &start);
    let change =
        changes(&start, "ModifyVpcAttribute: {VpcId: CloudNeta-VPC, EnableDnsSupport: false}");
    kept.failing.store(true, Ordering::Relaxed);
    assert!(matches!(live.commit(&change), Err(CommitError::Unavailable(_))));
    assert!(live.replace(World::default()).is_err() && live.reset().is_err());
    assert!(live.reload(World::default(), None).is_err());
    assert_eq!(rows(&live.snapshot().world), rows(&start));
    assert_eq!(live.changes(), 0);
    kept.failing.store(false, Ordering::Relaxed);
    live.commit(&change).unwrap();
    let mut again = kept.clone();
    assert_eq!(rows(&again.load().unwrap().unwrap()), rows(&live.snapshot().world));
    assert_ne!(rows(&live.snapshot().world), rows(&start));
}

/// The rows that make one World of another.
fn between(before: &World, after: &World) -> Vec<Row> {
    let key = |row: &Row| (row.table, row.key.clone());
    let old: BTreeMap<_, _> = everything(before).into_iter().map(|it| (key(&it), it)).collect();
    let new: BTreeMap<_, _> = everything(after).into_iter().map(|it| (key(&it), it)).collect();
    let gone = old.values().filter(|it| !new.contains_key(&key(it)));
    let gone = gone.map(|it| Row { value: None, ..it.clone() });
    new.values().filter(|it| old.get(&key(it)) != Some(it)).cloned().chain(gone).collect()
}

/// Rows that somebody else wrote make the Snapshot that the Change makes.
fn follows(before: &Snapshot, after: &Snapshot, answers: bool, what: &str) {
    let mut world = before.world.clone();
    forget_written(&mut world);
    let touched = apply_rows(&mut world, &between(&before.world, &after.world)).unwrap();
    assert_eq!(rows(&world), rows(&after.world), "{what}");
    assert_eq!(world.private_addresses, after.world.private_addresses, "{what}");
    assert_eq!(world.interface_addresses, after.world.interface_addresses, "{what}");
    assert_eq!(world.public_addresses, after.world.public_addresses, "{what}");
    let found = before.after(world, &touched);
    assert!(!answers || difference(&found, after).same, "{what}");
    for vpc in before.world.vpcs.keys().filter(|vpc| !touched.0.contains(vpc)) {
        let view = |snapshot: &Snapshot| snapshot.view(*vpc).map(std::ptr::from_ref);
        assert_eq!(view(&found), view(before), "{what}: {vpc} was compiled again");
    }
}

#[test]
fn every_world_of_the_cases_answers_the_same_from_its_rows() {
    let same = |world: &World, what: &str| {
        let mut loader = Loader::default();
        for (table, key, value) in rows(world) {
            loader.add(&table, &key, value.as_bytes()).unwrap_or_else(|it| panic!("{what}: {it}"));
        }
        let found = loader.finish();
        assert_eq!(rows(&found), rows(world), "{what}");
        assert_eq!(found.private_addresses, world.private_addresses, "{what}");
        assert_eq!(found.interface_addresses, world.interface_addresses, "{what}");
        assert_eq!(found.public_addresses, world.public_addresses, "{what}");
    };
    let (mut worlds, mut changed) = (0, 0);
    for path in common::case_files() {
        let what = path.display().to_string();
        let mut world = CaseWorld::empty();
        for block in case_file::read(&fs::read_to_string(&path).unwrap()) {
            match block {
                Block::World(lines) => {
                    world = CaseWorld::read(&lines, &path);
                    same(&world.snapshot.world, &what);
                    worlds += 1;
                }
                Block::Change { line, .. } => {
                    let before = world.snapshot.clone();
                    // Refusals are the cases' business.
                    if world.change(&line).is_ok() {
                        let what = format!("{what}: {line}");
                        same(&world.snapshot.world, &what);
                        follows(&before, &world.snapshot, true, &what);
                        follows(&world.snapshot, &before, false, &format!("{what}, taken back"));
                        changed += 1;
                    }
                }
                Block::Text(_)
                | Block::Public(_)
                | Block::Ask { .. }
                | Block::Fetch { .. }
                | Block::Findings { .. }
                | Block::Hints { .. }
                | Block::Way { .. } => {}
            }
        }
    }
    assert!(worlds > 100 && changed > 20, "{worlds} worlds, {changed} changes");
    for name in ["empty", "default-vpc", "lab09-1", "lab09-2"] {
        same(&builtin(name), name);
    }
}

/// The files of a folder and what they hold.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            (PathBuf::from(path.file_name().unwrap()), fs::read(&path).unwrap())
        })
        .collect()
}

/// A folder with these files.
fn put(folder: &Path, files: &BTreeMap<PathBuf, Vec<u8>>) {
    let _ = fs::remove_dir_all(folder);
    fs::create_dir(folder).unwrap();
    for (name, bytes) in files {
        fs::write(folder.join(name), bytes).unwrap();
    }
}

fn load(folder: &Path) -> Result<Option<World>, StoreError> {
    Embedded::open(folder)?.load()
}

/// Numbers that are the same every time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(end).unwrap()).unwrap()
    }
}

/// The folder of a store that ended in good order, that of one whose process was killed, and the World of both.
fn sound(folder: &Path) -> ([BTreeMap<PathBuf, Vec<u8>>; 2], World) {
    let live = begin(Box::new(Embedded::open(folder).unwrap()), &builtin("lab09-1@base"));
    for number in 0..40 {
        let text = format!(
            "CreateSubnet: {{SubnetId: subnet-{number:017x}, VpcId: CloudNeta-VPC, CidrBlock: 10.0.{}.0/24, \
             AvailabilityZone: ap-northeast-2a}}",
            100 + number
        );
        live.commit(&changes(&live.snapshot().world, &text)).unwrap();
    }
    let killed = files(folder);
    let world = live.snapshot().world.clone();
    drop(live);
    ([files(folder), killed], world)
}

#[test]
fn damaged_copies_are_refused_or_read_right_and_left_alone() {
    let folder = scratch("damaged");
    let ([ended, killed], world) = sound(&folder.join("sound"));
    let names = |files: &BTreeMap<PathBuf, _>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&ended), ["world.db", "world.reserve", "world.seal"].map(PathBuf::from));
    assert_eq!(
        names(&killed),
        ["world.db", "world.db-wal", "world.reserve", "world.seal"].map(PathBuf::from)
    );
    let expected = rows(&world);
    let copy = folder.join("copy");
    for whole in [&ended, &killed] {
        put(&copy, whole);
        assert_eq!(rows(&load(&copy).unwrap().unwrap()), expected);
        assert_eq!(files(&copy), *whole, "reading alone changes nothing");
    }
    let mut numbers = Numbers(4);
    let (mut refused, mut right) = (0, 0);
    for number in 0..500 {
        let mut damaged = if number % 2 == 0 { ended.clone() } else { killed.clone() };
        // The seal and the reserve are hit now and then.
        let name = match number % 25 {
            0 => PathBuf::from("world.seal"),
            1 => PathBuf::from("world.reserve"),
            _ => {
                let mut names = names(&damaged);
                names.retain(|name| {
                    name.starts_with("world.db") || name.starts_with("world.db-wal")
                });
                names[numbers.below(names.len())].clone()
            }
        };
        let bytes = damaged.get_mut(&name).unwrap();
        let what = match numbers.below(4) {
            0 => {
                bytes.truncate(numbers.below(bytes.len()));
                format!("{} cut to {}", name.display(), bytes.len())
            }
            1 => {
                let begin = numbers.below(bytes.len());
                let end = bytes.len().min(begin + 1 + numbers.below(4_096));
                bytes[begin..end].fill(0);
                format!("{} zero from {begin} to {end}", name.display())
            }
            flips => {
                let places: Vec<_> = (0..1 + numbers.below(flips * flips))
                    .map(|_| {
                        // The first page has what the rest is read by.
                        let end = if flips == 2 { bytes.len().min(200) } else { bytes.len() };
                        let place = numbers.below(end);
                        bytes[place] ^= 1 << numbers.below(8);
                        place
                    })
                    .collect();
                format!("{} flipped at {places:?}", name.display())
            }
        };
        put(&copy, &damaged);
        match load(&copy) {
            Ok(Some(found)) => {
                assert_eq!(rows(&found), expected, "{what}");
                right += 1;
            }
            Ok(None) => panic!("{what}: taken for an empty folder"),
            Err(error) => {
                assert!(error.to_string().contains("world."), "{what}: {error}");
                refused += 1;
            }
        }
        assert_eq!(files(&copy), damaged, "{what}: changed");
    }
    eprintln!("of 500 damaged copies {refused} were refused and {right} read right");
    assert!(refused > 300 && right > 50, "{refused} refused, {right} right");
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn what_reads_right_can_be_written_to() {
    let folder = scratch("written");
    let ([ended, killed], world) = sound(&folder.join("sound"));
    let copy = folder.join("copy");
    let mut numbers = Numbers(7);
    let mut right = 0;
    for number in 0..200 {
        let mut damaged = if number % 2 == 0 { ended.clone() } else { killed.clone() };
        let bytes = damaged.get_mut(Path::new("world.db")).unwrap();
        let place = numbers.below(bytes.len());
        bytes[place] ^= 1 << numbers.below(8);
        put(&copy, &damaged);
        let mut store = Embedded::open(&copy).unwrap();
        let Ok(Some(found)) = store.load() else { continue };
        right += 1;
        let live = Live::with_store(compile(found), None, Box::new(store));
        let gone: String = (0..40)
            .map(|number| format!("DeleteSubnet: {{SubnetId: subnet-{number:017x}}}\n"))
            .collect();
        live.commit(&changes(&live.snapshot().world, gone.trim_end())).unwrap();
        let left = live.snapshot().world.clone();
        drop(live);
        assert_eq!(left.subnets.len() + 40, world.subnets.len());
        assert_eq!(rows(&load(&copy).unwrap().unwrap()), rows(&left), "byte {place}");
    }
    assert!(right > 20, "{right}");
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_store_that_is_not_ours_or_newer_or_incomplete_is_refused_with_its_reason() {
    let folder = scratch("refused");
    let ([ended, killed], world) = sound(&folder.join("sound"));
    let copy = folder.join("copy");
    let reason = |files_now: &BTreeMap<PathBuf, Vec<u8>>| {
        put(&copy, files_now);
        let error = load(&copy).unwrap_err().to_string();
        assert_eq!(files(&copy), *files_now, "{error}");
        assert!(error.contains(&copy.join("world.db").display().to_string()), "{error}");
        error
    };
    let edited = |edit: &dyn Fn(&mut Vec<u8>)| {
        let mut files = ended.clone();
        edit(files.get_mut(Path::new("world.db")).unwrap());
        files
    };
    // The header's places: SQLite's file format, 1.3.
    assert!(
        reason(&edited(&|bytes| bytes[60..64].copy_from_slice(&[0, 0, 0, 3])))
            .contains("written in format 3 by a newer vpcdns")
    );
    assert!(reason(&edited(&|bytes| bytes[68..72].fill(0))).contains("not a store of vpcdns"));
    assert!(reason(&edited(&|bytes| bytes.clear())).contains("not a store of vpcdns"));
    assert!(reason(&edited(&|bytes| bytes.fill(b'x'))).contains("not a database"));
    let without = |name: &str| {
        let mut files = killed.clone();
        files.remove(Path::new(name)).unwrap();
        files
    };
    assert!(reason(&without("world.db")).contains("missing"));
    assert!(reason(&without("world.db-wal")).contains("already acknowledged"));
    // A seal may be older than the database, or not there yet.
    put(&copy, &without("world.seal"));
    assert_eq!(rows(&load(&copy).unwrap().unwrap()), rows(&world));

    // --reset takes whatever is there for nothing.
    put(&copy, &edited(&|bytes| bytes.fill(b'x')));
    let mut store = Embedded::open(&copy).unwrap();
    store.discard();
    assert!(store.commit(&[], Revision::default()).is_err());
    store.replace(&everything(&world)).unwrap();
    drop(store);
    assert_eq!(rows(&load(&copy).unwrap().unwrap()), rows(&world));
    assert!(Embedded::open(&copy).unwrap().replace(&[]).is_err(), "nobody looked before");
    assert_eq!(rows(&load(&copy).unwrap().unwrap()), rows(&world));
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_folder_is_private_and_has_one_owner() {
    let folder = scratch("private");
    let path = folder.join("a/b");
    let live = begin(Box::new(Embedded::open(&path).unwrap()), &builtin("lab09-1"));
    live.commit(&changes(
        &live.snapshot().world,
        "CreateInternetGateway: {InternetGatewayId: igw-00000000000000001}",
    ))
    .unwrap();
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&folder.join("a")), mode(&path)), (0o700, 0o700));
    for name in files(&path).keys() {
        assert_eq!(mode(&path.join(name)), 0o600, "{}", name.display());
    }
    let second = Embedded::open(&path).unwrap_err().to_string();
    assert!(second.contains("another process uses this folder"), "{second}");
    drop(live);
    assert!(load(&path).unwrap().is_some());
    fs::write(folder.join("file"), "").unwrap();
    assert!(Embedded::open(&folder.join("file/below")).is_err());
    assert!(Embedded::open(&folder.join("file")).is_err());
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn what_an_interrupted_start_left_is_no_hindrance() {
    let folder = scratch("interrupted");
    for name in ["world.new", "world.new-wal", "world.new-journal"] {
        fs::write(folder.join(name), "half").unwrap();
    }
    let world = builtin("lab09-1");
    drop(begin(Box::new(Embedded::open(&folder).unwrap()), &world));
    let left: Vec<_> = files(&folder).into_keys().collect();
    assert_eq!(left, ["world.db", "world.seal"].map(PathBuf::from));
    assert_eq!(rows(&load(&folder).unwrap().unwrap()), rows(&world));
    fs::remove_dir_all(folder).unwrap();
}
