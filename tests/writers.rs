//! Stores that several may write to: one battery of tests for the revisions of every store.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing test panics")]

mod common;

use std::{
    fs,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use common::{compile, difference, kept::Kept, scratch};
use vpcdns::{
    import::{Defaults, change, open, text::diagnostic::Source},
    model::{
        change::Change,
        endpoint::EndpointState,
        endpoint_change::{DeleteVpcEndpoints, Settle},
        id::VpcId,
        vpc::ModifyVpcAttribute,
        world::World,
    },
    resolve::snapshot::Snapshot,
    store::{
        CommitError, Embedded, Live, Revision, Store, StoreError,
        pace::Pace,
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
    let third = two.commit(&[row("a", Some("two"))], second).unwrap();
    assert_eq!(name(&one.load().unwrap().unwrap(), "a"), Some("two"));
    // A World that was replaced has no row left that anybody may go on from.
    let replaced = one.replace(&everything(&World::default())).unwrap();
    assert_eq!(two.commit(&[row("c", Some("two"))], third), Err(StoreError::Conflict(replaced)));
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

/// A store with a World of two VPCs, two servers that write to it, and the VPCs.
fn two_servers() -> (Kept, [Arc<Live>; 2], [VpcId; 2]) {
    let world = open::open("lab09-2", &Defaults::default()).ok().unwrap().world;
    let mut kept = Kept::default();
    kept.replace(&everything(&world)).unwrap();
    let lives = ["one", "two"].map(|name| {
        let mut store = kept.named(name);
        let world = store.load().unwrap().unwrap();
        Arc::new(Live::with_store(compile(world), None, Box::new(store)))
    });
    let mut vpcs: Vec<VpcId> = world.vpcs.keys().copied().collect();
    vpcs.sort_unstable();
    (kept, lives, [vpcs[0], vpcs[1]])
}

/// The Change that makes a subnet, which may lie where none fits.
fn subnet(live: &Live, vpc: VpcId, number: u8) -> Change {
    let world = &live.snapshot().world;
    let cidr = world.vpcs[&vpc].cidrs[0];
    let [a, b, _, _] = cidr.network().octets();
    let zone = world.subnets_of(vpc).next().unwrap().zone.to_string();
    let text = format!(
        "- CreateSubnet: {{SubnetId: subnet-{:017x}, VpcId: {vpc}, CidrBlock: {a}.{b}.{number}.0/24, \
         AvailabilityZone: {zone}}}",
        u32::from(a) << 16 | u32::from(b) << 8 | u32::from(number)
    );
    let source = Source { name: "changes".to_owned(), text };
    change::parse_changes(&source, world).unwrap().remove(0)
}

/// Both servers show what the store holds, compiled as if they had begun with it.
fn agree(kept: &Kept, lives: &[Arc<Live>; 2]) -> World {
    let world = kept.named("reader").load().unwrap().unwrap();
    let expected = sorted(&world);
    for live in lives {
        live.refresh().unwrap();
        let shown = live.snapshot();
        assert_eq!(sorted(&shown.world), expected);
        assert_eq!(shown.world.generation, world.generation);
        assert_eq!(shown.world.private_addresses, world.private_addresses);
        assert_eq!(shown.world.interface_addresses, world.interface_addresses);
        assert!(difference(&shown, &compile(world.clone())).same);
    }
    world
}

fn sorted(world: &World) -> Vec<Row> {
    let mut rows = everything(world);
    rows.sort_by(|one, other| (one.table, &one.key).cmp(&(other.table, &other.key)));
    rows
}

#[test]
fn changes_to_two_vpcs_write_no_common_row() {
    let (kept, lives, vpcs) = two_servers();
    let [one, two] = lives.clone();
    let before = kept.last();
    let other = subnet(&two, vpcs[1], 200);
    kept.before_next_commit(move || drop(two.commit(&[other]).unwrap()));
    one.commit(&[subnet(&one, vpcs[0], 200)]).unwrap();
    assert_eq!((*kept.conflicts.lock().unwrap(), kept.last().0 - before.0), (0, 2));
    let keys = |revision| -> Vec<_> {
        let rows = kept.rows_of(Revision(revision)).into_iter();
        rows.map(|row| (row.table, row.key)).collect()
    };
    let (first, second) = (keys(before.0 + 1), keys(before.0 + 2));
    assert_eq!((first.len(), second.len()), (3, 3), "{first:?} {second:?}");
    assert!(first.iter().all(|key| !second.contains(key)), "{first:?} {second:?}");
    let world = agree(&kept, &lives);
    assert_eq!(
        vpcs.map(|vpc| world
            .subnets_of(vpc)
            .filter(|it| it.cidr.network().octets()[2] == 200)
            .count()),
        [1, 1]
    );
}

#[test]
fn a_commit_that_lost_applies_its_changes_again() {
    let (kept, lives, vpcs) = two_servers();
    let [one, two] = lives.clone();
    let start = one.snapshot().world.generation;
    let first = subnet(&two, vpcs[0], 201);
    let again = first.clone();
    kept.before_next_commit(move || drop(two.commit(&[first]).unwrap()));
    let made = one.commit(&[subnet(&one, vpcs[0], 200)]).unwrap();
    assert_eq!(*kept.conflicts.lock().unwrap(), 1);
    assert_eq!(made.world.generation, start + 2, "it was made after the other's");
    let world = agree(&kept, &lives);
    assert_eq!(world.members(vpcs[0]).subnets.len(), made.world.members(vpcs[0]).subnets.len());

    // AWS's refusal counts for the World that there is then.
    let [one, two] = lives.clone();
    let taken = subnet(&two, vpcs[0], 202);
    let late = taken.clone();
    kept.before_next_commit(move || drop(two.commit(&[taken]).unwrap()));
    assert!(matches!(one.commit(&[late]), Err(CommitError::Refused(_))));
    assert!(matches!(one.commit(&[again]), Err(CommitError::Refused(_))));
    agree(&kept, &lives);
}

#[test]
fn two_writers_at_once_lose_nothing() {
    let (kept, lives, vpcs) = two_servers();
    let start = lives[0].snapshot().world.generation;
    let run = |live: &Arc<Live>, own: VpcId, from: u8| {
        for number in 0..20 {
            live.commit(&[subnet(live, vpcs[0], from + number)]).unwrap();
            live.commit(&[dns_support(own, number % 2 == 0)]).unwrap();
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(|| run(&lives[0], vpcs[0], 180));
        scope.spawn(|| run(&lives[1], vpcs[1], 200));
    });
    let world = agree(&kept, &lives);
    assert_eq!(world.generation, start + 80);
    let made = world.subnets_of(vpcs[0]).filter(|it| it.cidr.network().octets()[2] >= 180);
    assert_eq!(made.count(), 40);
}

#[test]
fn what_another_writes_reaches_the_readers_and_compiles_nothing_else() {
    let (kept, lives, vpcs) = two_servers();
    lives[1].follow().unwrap();
    let before = lives[1].snapshot();
    lives[0].commit(&[dns_support(vpcs[0], false)]).unwrap();
    let end = Instant::now() + Duration::from_secs(10);
    while lives[1].snapshot().view(vpcs[0]).unwrap().dns_support {
        assert!(Instant::now() < end, "nobody told");
        std::thread::sleep(Duration::from_millis(5));
    }
    let view = |snapshot: &Snapshot| std::ptr::from_ref(snapshot.view(vpcs[1]).unwrap());
    assert_eq!(view(&lives[1].snapshot()), view(&before));
    assert_eq!(lives[1].changes(), 1);
    agree(&kept, &lives);

    // Another World in place of this one comes as a whole.
    lives[0].replace(open::open("lab09-1", &Defaults::default()).ok().unwrap().world).unwrap();
    let refused = lives[1].commit(&[dns_support(vpcs[0], true)]);
    assert!(matches!(refused, Err(CommitError::Refused(_))), "the VPC is gone");
    agree(&kept, &lives);
}

#[test]
fn a_state_is_ended_once_by_whoever_comes_first() {
    let (kept, lives, _) = two_servers();
    for live in &lives {
        live.set_pace(Pace::Real);
    }
    let id = *lives[0].snapshot().world.endpoints.keys().next().unwrap();
    lives[0].commit(&[DeleteVpcEndpoints { id }.into()]).unwrap();
    let state = |live: &Live| live.snapshot().world.endpoints.get(&id).map(|it| it.state);
    assert_eq!(state(&lives[0]), Some(EndpointState::Deleting));
    lives[1].refresh().unwrap();
    let begun = kept.last();
    let [one, two] = lives.clone();
    kept.before_next_commit(move || drop(one.commit(&[Settle { id }.into()]).unwrap()));
    two.commit(&[Settle { id }.into()]).unwrap();
    assert_eq!((*kept.conflicts.lock().unwrap(), kept.last()), (1, Revision(begun.0 + 1)));
    assert_eq!(lives.each_ref().map(|live| state(live)), [None, None]);
    agree(&kept, &lives);
}

#[test]
fn a_file_that_is_read_again_undoes_no_change_of_another_server() {
    let (kept, lives, vpcs) = two_servers();
    let start = lives[1].snapshot().world.clone();
    lives[0].commit(&[dns_support(vpcs[0], false)]).unwrap();
    assert!(!lives[1].reload(start, None).unwrap());
    assert!(!agree(&kept, &lives).vpcs[&vpcs[0]].dns_support);
}

#[test]
fn a_row_of_another_that_cannot_be_read_stops_commits_and_says_so() {
    let (mut kept, lives, vpcs) = two_servers();
    let unknown = Row { table: "vpcs", key: vpcs[0].to_string(), value: Some("{}".to_owned()) };
    let last = kept.last();
    kept.commit(&[unknown], last).unwrap();
    for _ in 0..2 {
        let error = lives[0].commit(&[dns_support(vpcs[1], false)]).unwrap_err();
        assert!(matches!(error, CommitError::Unavailable(StoreError::Damaged(_))), "{error}");
        assert!(error.to_string().contains(&format!("the row vpcs/{} cannot be read", vpcs[0])));
    }
    assert!(lives[0].degraded().unwrap().contains("cannot be read"));
    lives[0].replace(World::default()).unwrap();
    assert_eq!(lives[0].degraded(), None);
    lives[0].commit(&[]).unwrap();
}
