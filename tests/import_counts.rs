//! Nothing is lost: a script that shares nothing with the importer counts what the source files of other tools hold and what
//! is in the world made of them. Each difference must be named by a note.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a failing test panics"
)]

mod common;

use std::{
    fs,
    path::PathBuf,
    process::{Command, Output},
};

use common::{BINARY, clean, root, scratch, vpcdns};

/// A Python with PyYAML: the one `tests/run --install` made, else the machine's. Says so if there is none.
fn python() -> Option<PathBuf> {
    let own = root().join("target/tools/python/bin/python");
    let found = [own, PathBuf::from("python3")].into_iter().find(|python| {
        let import = Command::new(python).args(["-c", "import yaml"]).output();
        import.is_ok_and(|output| output.status.success())
    });
    if found.is_none() {
        eprintln!("SKIPPED: no Python with PyYAML; run tests/run --install");
    }
    found
}

fn count(python: &PathBuf, arguments: &[&str]) -> Output {
    clean(&mut Command::new(python))
        .arg("-B")
        .arg(root().join("tests/import_counts/count.py"))
        .args(["--binary", BINARY])
        .args(arguments)
        .current_dir(root())
        .output()
        .unwrap()
}

/// Counts, and fails with what the script printed if it found a difference.
fn agrees(python: &PathBuf, arguments: &[&str]) {
    let output = count(python, arguments);
    assert!(
        output.status.success(),
        "{arguments:?}\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn every_fixture_counts_the_same_in_source_and_world() {
    let Some(python) = python() else { return };
    // Folders that are one network, and every file of them alone.
    agrees(
        &python,
        &[
            "--each",
            "tests/fixtures/cloudformation",
            "tests/fixtures/describe/shop",
            "tests/fixtures/describe/zones",
            "tests/fixtures/forms",
        ],
    );
    // Files of folders that are several networks, which disagree.
    let mut alone = Vec::new();
    for folder in ["describe", "terraform", "layers"] {
        for entry in fs::read_dir(root().join("tests/fixtures").join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                alone.push(path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    alone.sort();
    agrees(&python, &alone.iter().map(String::as_str).collect::<Vec<_>>());
    for layers in [["network.yaml", "application.yaml"], ["application.tfstate", "network.tfstate"]]
    {
        let files = layers.map(|name| format!("tests/fixtures/layers/{name}"));
        agrees(&python, &["--together", &files[0], &files[1]]);
    }
}

/// A world without something that its source holds is told, and by its name.
#[test]
fn what_is_lost_is_seen() {
    let Some(python) = python() else { return };
    let folder = scratch("import-counts");
    let path = folder.join("world.yaml");
    let path = path.to_str().unwrap();
    let shop = "tests/fixtures/cloudformation/shop.yaml";
    let state = "tests/fixtures/terraform/state.json";
    let described = "tests/fixtures/describe/shop";
    for (fixture, from, to, said) in [
        (shop, "", "", ""),
        (shop, "    private-dns: true\n", "    private-dns: false\n", "Queue: private DNS"),
        (shop, "dns-hostnames: true", "dns-hostnames: false", "Net: DNS hostnames"),
        (shop, "dns-support: true", "dns-support: false", "Net: DNS support"),
        (shop, "    web.shop.internal.:\n    - 60 A 10.7.1.4\n", "", "WebRecord"),
        (
            shop,
            "    - 192.0.2.53:5353\n    vpcs:\n    - vpc-a77f90a222c3dfff9\n",
            "",
            "OfficeRuleHere",
        ),
        (shop, "          AppB:\n            ipv4: \"10.7.2.5\"\n", "", "Queue: subnets"),
        (shop, "  vpcs:\n  - vpc-a77f90a222c3dfff9\n", "", "zone's VPC Names"),
        (shop, "zone: ap-northeast-2c", "zone: ap-northeast-2b", ""),
        (state, "    txt.corp.internal.:\n", "    text.corp.internal.:\n", "txt.corp.internal"),
        (
            state,
            "        - module.net.aws_route_table.private\n",
            "",
            "vpce-0f10000000000000f: route tables",
        ),
        (described, "    - 60 A 10.1.2.30\n", "", "db.shop.internal: values"),
        (described, "    domain: office.example\n", "    domain: else.example\n", "office"),
    ] {
        let printed = vpcdns(&["import", fixture]);
        let world = printed.out.replacen(from, to, 1);
        assert!(from == to || world != printed.out, "{fixture} has no {from:?}\n{}", printed.out);
        fs::write(path, world).unwrap();
        let output = count(&python, &["--world", path, fixture]);
        let out = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(i32::from(!said.is_empty())), "{from:?}: {out}");
        assert!(out.contains(said), "{from:?}: {out}");
    }
    // A whole endpoint, and a whole VPC that no source holds.
    let printed = vpcdns(&["import", described]).out;
    let (before, after) = printed.split_once("      secrets:\n").unwrap();
    let after = after.split_once("\n      vpce-").unwrap().1;
    fs::write(path, format!("{before}      vpce-{after}")).unwrap();
    let output = count(&python, &["--world", path, described]);
    let out = String::from_utf8_lossy(&output.stdout);
    assert!(out.contains("missing in the world: endpoint vpce-0aaaaaaaaaaaaaaa1/secrets"), "{out}");
    let more = printed.replacen("vpcs:\n", "vpcs:\n  made-up:\n    cidr: 10.99.0.0/16\n", 1);
    fs::write(path, more).unwrap();
    let output = count(&python, &["--world", path, described]);
    let out = String::from_utf8_lossy(&output.stdout);
    assert!(out.contains("only in the world: VPC made-up"), "{out}");
    fs::remove_dir_all(folder).unwrap();
}
