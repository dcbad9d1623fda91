//! Files of other tools become the worlds they describe: each fixture with what is told of it, and what must hold for all.
//!
//! `INSTA_UPDATE=always cargo test --test import` writes what is printed now into the snapshots, to be read in the diff.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing test panics")]

mod common;

use std::fs;

use common::{root, scratch, vpcdns};

/// Every file and folder that is imported whole.
const FIXTURES: &[&str] = &["describe/shop"];

fn fixture(name: &str) -> String {
    format!("tests/fixtures/{name}")
}

#[test]
fn each_fixture_is_imported_as_written() {
    for name in FIXTURES {
        let printed = vpcdns(&["import", &fixture(name)]);
        assert_eq!(printed.code, 0, "{name}: {}", printed.err);
        let shown = format!("{}\n{}", printed.err, printed.out);
        insta::assert_snapshot!(name.replace(['/', '.'], "_"), shown);
    }
}

#[test]
fn what_is_printed_serves_the_same_answers() {
    let folder = scratch("import");
    for name in FIXTURES {
        let printed = vpcdns(&["import", &fixture(name)]);
        let path = folder.join("world.yaml");
        fs::write(&path, printed.out).unwrap();
        let path = path.to_str().unwrap();
        let check = vpcdns(&["check", path]);
        assert_eq!((check.code, check.err.as_str()), (0, ""), "{name}");
        let diff = vpcdns(&["diff", &fixture(name), path]);
        assert_eq!(diff.code, 0, "{name}: {}", diff.out);
    }
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn files_by_themselves_are_a_folder() {
    let folder = root().join(fixture("describe/shop"));
    let mut files: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".json") && name != "broken.json")
        .map(|name| fixture(&format!("describe/shop/{name}")))
        .collect();
    files.sort();
    let together = vpcdns(&["import", &fixture("describe/shop")]).out;
    let arguments: Vec<&str> =
        ["import"].into_iter().chain(files.iter().map(String::as_str)).collect();
    assert_eq!(vpcdns(&arguments).out, together);
    // In another order it is the same network, though not in the same order.
    let reversed: Vec<&str> =
        ["import"].into_iter().chain(files.iter().rev().map(String::as_str)).collect();
    let scratch = scratch("import-order");
    let path = scratch.join("world.yaml");
    fs::write(&path, vpcdns(&reversed).out).unwrap();
    let diff = vpcdns(&["diff", &fixture("describe/shop"), path.to_str().unwrap()]);
    assert_eq!(diff.code, 0, "{}", diff.out);
    fs::remove_dir_all(scratch).unwrap();
}

#[test]
fn only_files_of_no_known_kind_are_refused() {
    let folder = scratch("import-refused");
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let empty = folder.join("empty");
    fs::create_dir(&empty).unwrap();
    for (argument, said) in [
        (write("a.txt", "hello"), "neither a world file nor a lab file"),
        (write("b.json", "{\"Vpcs\": ["), "b.json:1"),
        (empty.to_str().unwrap().to_owned(), "without a file"),
        (folder.join("none").to_str().unwrap().to_owned(), "there is no file"),
    ] {
        let printed = vpcdns(&["import", &argument]);
        assert_eq!((printed.code, printed.out.as_str()), (1, ""), "{argument}");
        assert!(printed.err.contains(said), "{argument}: {}", printed.err);
    }
    // A known kind with nothing in it is an empty world.
    let printed = vpcdns(&["import", &write("empty.json", "{\"Vpcs\": []}")]);
    assert_eq!((printed.code, printed.err.as_str()), (0, ""));
    fs::remove_dir_all(folder).unwrap();
}
