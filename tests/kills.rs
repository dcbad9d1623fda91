//! A process that is killed at a system call of the store: the next start finds the old World or the new one, whole.
//!
//! strace counts the calls that touch the folder, then kills at one of them in each run. The server is killed while it
//! begins a folder, starts over and opens again; a driver in this file, while it commits, checkpoints and ends. At most
//! `SAMPLE` calls of a kind are tried, chosen by a fixed seed; `VPCDNS_KILLS=all` tries each one.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a failing test panics"
)]

mod common;

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader, Read, Write},
    path::Path,
    process::{Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
};

use common::{BINARY, clean, compile, scratch};
use vpcdns::{
    import::{Defaults, open},
    model::{
        change::Change,
        guest::{Guest, SetGuest},
        id::InstanceId,
        world::World,
    },
    store::{Embedded, Live, Store, row::everything},
};

/// How many calls of a kind are tried, of each path through the store.
const SAMPLE: usize = 12;
/// Tells the driver which folder to write to.
const FOLDER: &str = "VPCDNS_KILLS_FOLDER";
/// How many commits the driver makes.
const COMMITS: u8 = 30;

/// The store's files, and the folder itself, which is nameless.
const FILES: [&str; 9] = [
    "",
    "world.db",
    "world.db-wal",
    "world.db-journal",
    "world.seal",
    "world.reserve",
    "world.new",
    "world.new-wal",
    "world.next",
];

/// One sweep at a time: a process that another thread starts holds the folder's lock until it runs its own program.
static TURN: Mutex<()> = Mutex::new(());

/// A World as its rows, sorted.
type Rows = Vec<(String, String, Option<String>)>;

fn rows(world: &World) -> Rows {
    let mut rows: Rows = everything(world)
        .into_iter()
        .map(|row| (row.table.to_owned(), row.key, row.value))
        .collect();
    rows.sort();
    rows
}

fn builtin(name: &str) -> World {
    open::open(name, &Defaults::default()).unwrap().world
}

fn load(folder: &Path) -> Option<Rows> {
    let loaded = Embedded::open(folder).unwrap().load();
    loaded.unwrap_or_else(|error| panic!("the next start is refused: {error}")).as_ref().map(rows)
}

fn traces() -> bool {
    let tried = Command::new("strace").args(["-D", "-o", "/dev/null", "true"]).status();
    if !tried.is_ok_and(|status| status.success()) {
        eprintln!("SKIPPED: strace is missing or may not trace here");
        return false;
    }
    true
}

/// strace, looking at the folder's files only; it hands `more` on.
fn strace(folder: &Path, log: &str, more: &[&str]) -> Command {
    let mut command = Command::new("strace");
    command.args(["-D", "-f", "-o", log]);
    for file in FILES {
        let path = if file.is_empty() { folder.to_owned() } else { folder.join(file) };
        command.arg("-P").arg(path);
    }
    command.args(more);
    command
}

/// Runs a command until it ends or says that it is ready, when it is killed. What it printed.
fn run(command: &mut Command) -> String {
    let mut child = clean(command).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let ready = BufReader::new(child.stderr.take().unwrap())
        .lines()
        .any(|line| line.unwrap().starts_with("ready "));
    if ready {
        let _ = child.kill();
    }
    let mut text = String::new();
    child.stdout.take().unwrap().read_to_string(&mut text).unwrap();
    child.wait().unwrap();
    text
}

/// How often the folder's files are touched by each system call.
fn counted(log: &Path) -> BTreeMap<String, usize> {
    let mut calls = BTreeMap::new();
    // strace may still be writing its last line when the program it follows is gone.
    let mut text = String::new();
    for _ in 0..500 {
        text = fs::read_to_string(log).unwrap_or_default();
        if text.contains("+++ killed by") || text.contains("+++ exited with") {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    for line in text.lines() {
        let call = line.split_once(' ').map_or("", |(_, rest)| rest.trim_start());
        if let Some((name, _)) = call.split_once('(')
            && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
        {
            *calls.entry(name.to_owned()).or_insert(0) += 1;
        }
    }
    calls
}

/// The places to kill at: the first and the last call of each kind, and others by a fixed seed.
fn places(calls: &BTreeMap<String, usize>) -> Vec<(String, usize)> {
    let all = std::env::var("VPCDNS_KILLS").is_ok_and(|value| value == "all");
    let mut places = Vec::new();
    let mut number: u64 = 0x5eed;
    for (name, count) in calls {
        let mut chosen: Vec<usize> = (1..=*count).collect();
        while !all && chosen.len() > SAMPLE {
            number = number
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let inner = chosen.len() - 2;
            chosen.remove(1 + usize::try_from(number >> 33).unwrap() % inner);
        }
        places.extend(chosen.into_iter().map(|place| (name.clone(), place)));
    }
    places
}

/// Copies the files of a folder to another, which is made anew.
fn copy(from: &Path, to: &Path) {
    let _ = fs::remove_dir_all(to);
    if !from.exists() {
        return;
    }
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
}

/// Kills a program at each place of its way through the store. `program` is given strace's command to complete; `check` is
/// told what it printed, and looks at the folder.
fn sweep(
    name: &str,
    begin: &Path,
    folder: &Path,
    program: &dyn Fn(&mut Command),
    check: &dyn Fn(&str),
) -> usize {
    let log = folder.with_extension("log");
    copy(begin, folder);
    let mut command = strace(folder, log.to_str().unwrap(), &[]);
    program(&mut command);
    check(&run(&mut command));
    let calls = counted(&log);
    assert!(calls.values().sum::<usize>() > 10, "{name}: strace saw {calls:?}");
    let places = places(&calls);
    for (call, place) in &places {
        copy(begin, folder);
        let inject = format!("inject={call}:signal=SIGKILL:when={place}");
        let mut command = strace(folder, "/dev/null", &["-e", &inject]);
        program(&mut command);
        let told = run(&mut command);
        let checked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| check(&told)));
        assert!(checked.is_ok(), "{name}: killed at {call} number {place}");
    }
    places.len()
}

/// `serve`, with the folder and what else is given.
fn serve<'a>(folder: &'a Path, arguments: &'a [&'a str]) -> impl Fn(&mut Command) + 'a {
    move |command| {
        command.args([BINARY, "serve", "--dns", "127.0.0.1:0", "--http", "127.0.0.1:0", "--data"]);
        command.arg(folder).args(arguments);
    }
}

/// Writes `world` to `folder` as a process leaves it that ends, or one that is killed after a commit.
fn leave(folder: &Path, world: &World, killed: bool) {
    let mut store = Embedded::open(folder).unwrap();
    assert!(store.load().unwrap().is_none());
    store.replace(&everything(world)).unwrap();
    if killed {
        store.replace(&everything(world)).unwrap();
        let now = folder.with_extension("now");
        copy(folder, &now);
        drop(store);
        copy(&now, folder);
        assert!(folder.join("world.db-wal").metadata().unwrap().len() > 0);
    }
}

#[test]
fn a_server_killed_at_any_call_of_its_start_leaves_the_old_world_or_the_new_one() {
    if !traces() {
        return;
    }
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = scratch("kills-start");
    let (begin, data) = (folder.join("begin"), folder.join("data"));
    let (old, new) = (builtin("lab09-2"), builtin("lab09-1"));
    let (old_rows, new_rows) = (rows(&old), rows(&new));
    let is = |expected: &[Option<&Rows>]| {
        let found = load(&data);
        assert!(expected.contains(&found.as_ref()), "neither the old World nor the new one");
        // It can be changed, and started over.
        let live = |world| {
            let mut store = Embedded::open(&data).unwrap();
            if store.load().unwrap().is_none() {
                store.replace(&everything(&world)).unwrap();
            }
            store.replace(&everything(&world)).unwrap();
        };
        live(old.clone());
        assert_eq!(load(&data).as_ref(), Some(&old_rows));
    };
    let mut kills = sweep("begin", &begin, &data, &serve(&data, &["lab09-1"]), &|_| {
        is(&[None, Some(&new_rows)]);
    });
    let reset = serve(&data, &["lab09-1", "--reset"]);
    for killed in [false, true] {
        let _ = fs::remove_dir_all(&begin);
        leave(&begin, &old, killed);
        let both = |_: &str| is(&[Some(&old_rows), Some(&new_rows)]);
        kills += sweep("reset", &begin, &data, &reset, &both);
        kills += sweep("reopen", &begin, &data, &serve(&data, &["lab09-1"]), &|_| {
            is(&[Some(&old_rows)]);
        });
    }
    // What is damaged stays so until the new World is there.
    fs::write(begin.join("world.db"), [b'x'; 9_000]).unwrap();
    fs::remove_file(begin.join("world.db-wal")).unwrap();
    kills +=
        sweep("reset of what is damaged", &begin, &data, &reset, &|_| match Embedded::open(&data)
            .unwrap()
            .load()
        {
            Ok(found) => assert_eq!(found.as_ref().map(rows).as_ref(), Some(&new_rows)),
            Err(error) => assert!(error.to_string().contains("damaged: it is not a database")),
        });
    eprintln!("{kills} kills of a start");
    fs::remove_dir_all(folder).unwrap();
}

/// The World after so many commits of the driver.
fn after(world: &World, commits: u8) -> World {
    let mut world = world.clone();
    for number in 1..=commits {
        for change in changes(&world, number) {
            world = world.apply(&change).unwrap().0;
        }
    }
    world
}

/// Changes that take several pages, so that the commits are more than a checkpoint's worth.
fn changes(world: &World, number: u8) -> Vec<Change> {
    let user_data = Some(Arc::from(vec![number; 16_000]));
    let guest = |instance: &InstanceId| {
        let guest = Guest { user_data: user_data.clone(), ..Guest::default() };
        SetGuest { instance: *instance, guest }.into()
    };
    world.instances.keys().map(guest).collect()
}

/// Not a test of its own: the process that the next one kills.
#[test]
fn driver() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let mut store = Embedded::open(Path::new(&folder)).unwrap();
    let world = store.load().unwrap().unwrap();
    let live = Live::with_store(compile(world.clone()), None, Box::new(store));
    for number in 1..=COMMITS {
        live.commit(&changes(&world, number)).unwrap();
        println!("kept {number}");
        std::io::stdout().flush().unwrap();
    }
    drop(live);
    println!("ended");
}

#[test]
fn a_process_killed_at_any_call_of_a_commit_a_checkpoint_or_its_end_loses_nothing_acknowledged() {
    if !traces() {
        return;
    }
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = scratch("kills-commit");
    let (begin, data) = (folder.join("begin"), folder.join("data"));
    let world = builtin("lab09-1");
    leave(&begin, &world, false);
    let worlds: Vec<Rows> = (0..=COMMITS).map(|commits| rows(&after(&world, commits))).collect();
    let this = std::env::current_exe().unwrap();
    let program = |command: &mut Command| {
        command.arg(&this).args(["--exact", "driver", "--nocapture", "--test-threads=1"]);
        command.env(FOLDER, &data);
    };
    let check = |told: &str| {
        let kept = told.lines().filter(|line| line.contains("kept ")).count();
        let found = load(&data).unwrap();
        let is = worlds.iter().position(|rows| *rows == found).expect("a World nobody made");
        assert!(is == kept || is == kept + 1, "{kept} were acknowledged, {is} are there");
        assert!(!told.contains("ended") || is == usize::from(COMMITS));
        let mut store = Embedded::open(&data).unwrap();
        store.load().unwrap();
        store.replace(&everything(&world)).unwrap();
        drop(store);
        assert_eq!(load(&data).as_ref(), worlds.first());
    };
    let kills = sweep("commit", &begin, &data, &program, &check);
    eprintln!("{kills} kills of a writer");
    fs::remove_dir_all(folder).unwrap();
}
