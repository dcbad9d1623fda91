//! Ansible's modules for AWS, against the server: a playbook builds a site, changes nothing when it runs again, and another one
//! takes all of it away.
//!
//! Needs `target/tools/ansible`, which `tests/run --install` fetches.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a failing test panics"
)]

mod common;

use std::{fs, path::PathBuf, process::Command};

use common::{Dig, PATIENT, Server, clean, left::check_nothing_left, root, scratch};
use serde_json::{Value, json};

/// Where the commands lie; says so if they are missing.
fn commands() -> Option<PathBuf> {
    let folder = root().join("target/tools/ansible/bin");
    if !folder.join("ansible-playbook").exists() {
        eprintln!("SKIPPED: no Ansible in target/tools/ansible; run tests/run --install");
        return None;
    }
    Some(folder)
}

struct Ansible {
    commands: PathBuf,
    folder: PathBuf,
    endpoint: String,
}

impl Ansible {
    /// Runs a playbook, and says how many of its tasks changed something; none may fail.
    fn play(&self, book: &str) -> usize {
        let given = json!({
            "ansible_python_interpreter": self.commands.join("python"),
            "endpoint": self.endpoint,
            "told": self.folder.join("told.json"),
        });
        let output = clean(&mut Command::new(self.commands.join("ansible-playbook")))
            .args(["--inventory", "localhost,", "--extra-vars", &given.to_string()])
            .arg(root().join("tests/ansible").join(book))
            .env("ANSIBLE_HOME", &self.folder)
            .env("ANSIBLE_LOCAL_TEMP", self.folder.join("local"))
            .env("ANSIBLE_REMOTE_TEMP", self.folder.join("remote"))
            .env("ANSIBLE_NOCOLOR", "1")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{book}:\n{said}{errors}");
        let counts = said.lines().rev().find(|line| line.contains("changed=")).unwrap();
        let changed = counts.split_whitespace().find_map(|it| it.strip_prefix("changed="));
        changed.unwrap().parse().unwrap()
    }
}

/// What dig is told by the server for a VPC, sorted.
fn told(dig: &Dig, server: &Server, name: &str) -> Vec<String> {
    let mut found = dig.short(server.dns[0], &[name, "+subnet=10.80.1.10/32", PATIENT]);
    found.sort();
    found
}

#[test]
fn a_site_is_built_and_taken_away() {
    let Some(commands) = commands() else { return };
    let server = Server::start(&["empty"]);
    let folder = scratch("ansible");
    let endpoint = format!("http://{}", server.http);
    let ansible = Ansible { commands, folder, endpoint };

    let changed = ansible.play("site.yml");
    assert!(changed > 25, "{changed}");
    let names: Value =
        serde_json::from_slice(&fs::read(ansible.folder.join("told.json")).unwrap()).unwrap();
    let dig = Dig::find();
    if let Some(dig) = &dig {
        let inside = |name: &str, subnets: &[&str]| {
            let found = told(dig, &server, name);
            assert_eq!(found.len(), subnets.len(), "{name}: {found:?}");
            let mut pairs = found.iter().zip(subnets);
            assert!(pairs.all(|(at, subnet)| at.starts_with(subnet)), "{name}: {found:?}");
        };
        inside(names["endpoint"].as_str().unwrap(), &["10.80.2."]);
        // Its only target is in the first subnet.
        inside(names["balancer"].as_str().unwrap(), &["10.80.1."]);
        let database = ["10.80.2.5", "10.80.2.6"];
        assert_eq!(told(dig, &server, "db.corp.internal"), database);
        assert_eq!(told(dig, &server, "www.corp.internal")[..2], database);
    }
    assert_eq!(ansible.play("site.yml"), 0);

    let changed = ansible.play("gone.yml");
    assert!(changed > 20, "{changed}");
    if let Some(dig) = &dig {
        assert_eq!(told(dig, &server, "db.corp.internal"), [""; 0]);
    }
    assert!(!check_nothing_left(&server));
    fs::remove_dir_all(&ansible.folder).unwrap();
}
