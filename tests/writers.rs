//! Stores that several may write to: one battery of tests for the revisions of every store.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing test panics")]

mod common;

use std::{fs, path::Path, time::Duration};

use common::{compile, kept::Kept, scratch};
use vpcdns::{
    model::{change::Change, id::VpcId, vpc::ModifyVpcAttribute, world::World},
    store::{
        Embedded, Live, Revision, Store, StoreError,
        row::{Row, everything},
        watch::{Closed, Watch, Written},
    },
};

/// A row of the table of tags, in which any key may stand.
fn row(key: &str, value: Option<&str>) -> Row {
    let value = value.map(|value| format!("[[\"Name\",\"{value}\"]]"));
    Row { table: "derived_tags", key: key.to_owned(), value }
}

fn name<'w>(world: &'w World, key: &str) -> Option<&'w str> {
    world.derived_tags.get(key).and_then(|tags| tags.name())
}

/// What has arrived of a store's commits: whether it stands for everything, and the revision.
fn arrived(watch: &Watch) -> Vec<(bool, Revision)> {
    std::iter::from_fn(|| watch.next()).map(|it| (it.all, it.revision)).collect()
}

/// What every store must do with revisions. `open` opens it anew, after the one before was dropped.
fn revisions(open: &dyn Fn() -> Box<dyn Store>) {
    let mut store = open();
    assert!(store.load().unwrap().is_none());
    let first = store.replace(&everything(&World::default())).unwrap();
    assert_eq!(store.revision(), first);
    let watch = store.watch(first).unwrap();
    assert_eq!(arrived(&watch), []);

    // A commit makes a later revision, and is told with its rows.
    let rows = [row("a", Some("one")), row("b", Some("one"))];
    let second = store.commit(&rows, first).unwrap();
    assert!(second > first && store.revision() == second);
    let told = watch.next().unwrap();
    assert_eq!(*told, Written { revision: second, rows: rows.to_vec(), all: false });

    // One that is based on an older state of its rows is refused, and nothing of it is kept.
    let late = [row("a", Some("late")), row("c", Some("late"))];
    assert_eq!(store.commit(&late, first), Err(StoreError::Conflict(second)));
    assert_eq!((store.revision(), arrived(&watch)), (second, vec![]));
    let third = store.commit(&[row("a", Some("two")), row("b", None)], second).unwrap();
    assert_eq!(arrived(&watch), [(false, third)]);

    // A watch from an earlier revision leads to the same rows.
    let caught_up = store.watch(first).unwrap();
    let told: Vec<_> = std::iter::from_fn(|| caught_up.next()).collect();
    assert_eq!(told.last().unwrap().revision, third);
    let last = told.iter().rev().flat_map(|it| &it.rows).find(|it| it.key == "a");
    assert_eq!(last, Some(&row("a", Some("two"))));

    // A row that was deleted is one that was written.
    let gone = store.commit(&[row("b", Some("late"))], second);
    assert_eq!(gone, Err(StoreError::Conflict(third)));

    // It is all there for who opens it next, with its revision; and everything may be replaced.
    drop((store, watch));
    let mut store = open();
    let world = store.load().unwrap().unwrap();
    assert_eq!(
        [name(&world, "a"), name(&world, "b"), name(&world, "c")],
        [Some("two"), None, None]
    );
    assert_eq!(store.revision(), third);
    let watch = store.watch(third).unwrap();
    let fourth = store.replace(&everything(&World::default())).unwrap();
    assert_eq!(arrived(&watch), [(true, fourth)]);
    let over = store.commit(&[row("new", Some("late"))], third);
    assert_eq!(over, Err(StoreError::Conflict(fourth)), "what it was based on is gone");
    let fifth = store.commit(&[row("new", Some("one"))], fourth).unwrap();
    assert_eq!(arrived(&watch), [(false, fifth)]);
}

#[test]
fn every_store_counts_refuses_and_tells_its_commits() {
    let kept = Kept::default();
    revisions(&|| Box::new(kept.clone()));
    let folder = scratch("revisions");
    revisions(&|| Box::new(Embedded::open(&folder).unwrap()));
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_watch_ends_with_its_store() {
    let folder = scratch("watch-ends");
    let mut store = Embedded::open(&folder).unwrap();
    assert!(store.load().unwrap().is_none());
    let watch = store.watch(Revision::default()).unwrap();
    assert_eq!(watch.wait(Duration::ZERO), Ok(None));
    drop(store);
    assert_eq!(watch.wait(Duration::from_secs(5)), Err(Closed));
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn two_writers_of_one_store_conflict_over_a_row_and_nowhere_else() {
    let (mut one, mut two) = (Kept::default(), Kept::default());
    let start = one.replace(&everything(&World::default())).unwrap();
    two.clone_from(&one);
    let watch = one.watch(start).unwrap();
    let first = one.commit(&[row("a", Some("one"))], start).unwrap();
    let second = two.commit(&[row("b", Some("two"))], start).unwrap();
    assert_eq!(arrived(&watch), [(false, first), (false, second)]);
    assert_eq!(two.commit(&[row("a", Some("two"))], start), Err(StoreError::Conflict(second)));
    two.commit(&[row("a", Some("two"))], second).unwrap();
    assert_eq!(name(&one.load().unwrap().unwrap(), "a"), Some("two"));
}

/// The Change that sets `enableDnsSupport`.
fn dns_support(vpc: VpcId, value: bool) -> Change {
    let (dns_hostnames, network_metrics) = (None, None);
    ModifyVpcAttribute { vpc, dns_support: Some(value), dns_hostnames, network_metrics }.into()
}

/// A folder as the version before rows of their own wrote it.
fn old_folder(folder: &Path) {
    fs::create_dir(folder).unwrap();
    let database = rusqlite::Connection::open(folder.join("world.db")).unwrap();
    let text = include_str!("fixtures/data-folder/format-1.sql");
    database.execute_batch(text).unwrap();
    database.close().unwrap();
}

fn keys_of(folder: &Path) -> Vec<(String, String)> {
    let database = rusqlite::Connection::open(folder.join("world.db")).unwrap();
    let query = "SELECT part, key FROM world WHERE part IN ('world', 'generation') ORDER BY 1, 2";
    let mut statement = database.prepare(query).unwrap();
    let rows = statement.query_map((), |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

#[test]
fn a_folder_of_format_1_is_read_as_it_is_and_written_in_format_2() {
    let folder = scratch("format-1");
    let open = |name: &str| Embedded::open(&folder.join(name)).unwrap();
    let format = |name: &str| fs::read(folder.join(name).join("world.db")).unwrap()[63];
    let single = |world: &World| {
        let rows = everything(world).into_iter();
        rows.filter(|row| row.table == "world" || row.table == "generation").collect::<Vec<_>>()
    };
    for name in ["changed", "replaced"] {
        old_folder(&folder.join(name));
    }
    let before = fs::read(folder.join("changed/world.db")).unwrap();
    let mut store = open("changed");
    let world = store.load().unwrap().unwrap();
    assert_eq!((world.generation, world.vpcs.len(), world.endpoints.len()), (11, 2, 1));
    assert_eq!((world.switches.quirks, world.switches.whole_ttls), (true, true));
    assert_eq!((world.default_client.as_deref(), world.faults.len()), (Some("one"), 1));
    drop(store);
    assert_eq!(
        fs::read(folder.join("changed/world.db")).unwrap(),
        before,
        "reading changes nothing"
    );

    // The first commit brings all rows along.
    let mut store = open("changed");
    let world = store.load().unwrap().unwrap();
    let live = Live::with_store(compile(world.clone()), None, Box::new(store));
    let id = *world.vpcs.keys().next().unwrap();
    live.commit(&[dns_support(id, false)]).unwrap();
    drop(live);
    assert_eq!((format("changed"), format("replaced")), (2, 1));
    let key = |part: &str, key: &str| (part.to_owned(), key.to_owned());
    let keys = [
        key("generation", ""),
        key("world", "default-client"),
        key("world", "faults"),
        key("world", "switches"),
    ];
    assert_eq!(keys_of(&folder.join("changed")), keys);
    let found = open("changed").load().unwrap().unwrap();
    assert_eq!((found.generation, found.vpcs[&id].dns_support), (12, false));
    let same = |world: &World| single(world)[..3].to_vec();
    assert_eq!(same(&found), same(&world));

    // So does a World in place of the old one.
    let mut store = open("replaced");
    store.load().unwrap().unwrap();
    store.replace(&everything(&World::default())).unwrap();
    drop(store);
    assert_eq!(format("replaced"), 2);
    assert_eq!(
        keys_of(&folder.join("replaced")),
        [key("generation", ""), key("world", "switches")]
    );
    assert_eq!(single(&open("replaced").load().unwrap().unwrap()), single(&World::default()));
    fs::remove_dir_all(folder).unwrap();
}
