//! Terraform itself, with the AWS provider, against the server: it applies, finds nothing left to change, changes the private
//! DNS of an endpoint so that dig's answer changes, and destroys everything. The same with hosted zones, records, Resolver
//! endpoints, rules, DNS Firewall and load balancers.
//!
//! Needs `terraform`, and a filesystem mirror of the provider: a folder that TF_PLUGIN_MIRROR names, or one named `tf-plugins`
//! in `target/tools`, `/opt` or `/usr/local/share`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a failing test panics"
)]

mod common;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use common::{Dig, Server, clean, client::Client, root, scratch};

/// Where the provider lies; says so if it or terraform is missing.
fn mirror() -> Option<PathBuf> {
    let named = std::env::var_os("TF_PLUGIN_MIRROR").map(PathBuf::from);
    let usual = [root().join("target/tools"), "/opt".into(), "/usr/local/share".into()];
    let usual = usual.into_iter().map(|folder| folder.join("tf-plugins"));
    let found = named.into_iter().chain(usual).find(|folder| folder.is_dir());
    if found.is_none() || Command::new("terraform").arg("version").output().is_err() {
        eprintln!("SKIPPED: no terraform, or no mirror of its AWS provider (TF_PLUGIN_MIRROR)");
        return None;
    }
    found
}

struct Terraform {
    folder: PathBuf,
    endpoint: String,
}

impl Terraform {
    /// Terraform in a folder of its own with a file of tests/terraform.
    fn new(mirror: &Path, server: &Server, file: &str) -> Self {
        let folder = scratch(&format!("terraform-{file}"));
        let configuration = format!(
            "provider_installation {{\n  filesystem_mirror {{\n    path = {:?}\n  }}\n}}\n",
            mirror.to_str().unwrap()
        );
        fs::write(folder.join("terraform.rc"), configuration).unwrap();
        fs::copy(root().join("tests/terraform").join(file), folder.join("main.tf")).unwrap();
        Self { folder, endpoint: format!("http://{}", server.http) }
    }

    /// What a command prints; it must succeed.
    fn run(&self, arguments: &[&str], private_dns: bool) -> String {
        let output = clean(&mut Command::new("terraform"))
            .args(arguments)
            .arg("-no-color")
            .current_dir(&self.folder)
            .env("TF_CLI_CONFIG_FILE", self.folder.join("terraform.rc"))
            .env("TF_IN_AUTOMATION", "1")
            .env("CHECKPOINT_DISABLE", "1")
            .env("TF_VAR_endpoint", &self.endpoint)
            .env("TF_VAR_private_dns", private_dns.to_string())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "terraform {arguments:?}:\n{said}{errors}");
        said
    }
}

#[test]
fn a_network_is_applied_changed_and_destroyed() {
    let Some(mirror) = mirror() else { return };
    let server = Server::start(&["empty"]);
    let terraform = Terraform::new(&mirror, &server, "main.tf");
    terraform.run(&["init"], true);
    let said = terraform.run(&["apply", "-auto-approve"], true);
    assert!(said.contains("Apply complete! Resources: 20 added"), "{said}");
    assert!(said.contains("memory = 1024"), "{said}");
    let dig = Dig::find();
    let answer = || {
        let asked = ["sqs.ap-northeast-2.amazonaws.com", "+subnet=10.70.1.10/32"];
        dig.as_ref().map(|dig| dig.short(server.dns[0], &asked))
    };
    if let Some(answer) = answer() {
        assert_eq!(answer, ["10.70.1.50"]);
    }
    let said = terraform.run(&["plan"], true);
    assert!(said.contains("No changes."), "{said}");
    let said = terraform.run(&["apply", "-auto-approve"], false);
    assert!(said.contains("0 added, 1 changed, 0 destroyed"), "{said}");
    if let Some(answer) = answer() {
        assert!(!answer.is_empty() && !answer[0].starts_with("10."), "{answer:?}");
    }
    let said = terraform.run(&["plan"], false);
    assert!(said.contains("No changes."), "{said}");
    let said = terraform.run(&["destroy", "-auto-approve"], false);
    assert!(said.contains("Destroy complete! Resources: 20 destroyed."), "{said}");
    let (status, body) =
        Client::new(server.http).post("/", "Action=DescribeVpcs&Version=2016-11-15").unwrap();
    assert!(status == 200 && !body.contains("<vpcId>"), "{body}");
    fs::remove_dir_all(&terraform.folder).unwrap();
}

#[test]
fn zones_and_rules_are_applied_changed_and_destroyed() {
    let Some(mirror) = mirror() else { return };
    let server = Server::start(&["empty"]);
    let terraform = Terraform::new(&mirror, &server, "route53.tf");
    terraform.run(&["init"], true);
    let said = terraform.run(&["apply", "-auto-approve"], true);
    assert!(said.contains("Apply complete! Resources: 29 added"), "{said}");
    for told in ["zone = true", "addresses = 2", "rules = 1"] {
        assert!(said.contains(told), "{said}");
    }
    let dig = Dig::find();
    let answer = |name: &str, at: &str| {
        let asked = [name.to_owned(), format!("+subnet={at}/32")];
        let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
        dig.as_ref().map_or_else(Vec::new, |dig| dig.short(server.dns[0], &asked))
    };
    if dig.is_some() {
        for at in ["10.70.1.20", "10.69.1.20"] {
            assert_eq!(answer("alias.corp.internal", at), ["10.70.1.9"], "{at}");
        }
        assert!(answer("bad.example", "10.70.1.20").is_empty());
    }
    let said = terraform.run(&["plan"], true);
    assert!(said.contains("No changes."), "{said}");
    let said = terraform.run(&["apply", "-auto-approve"], false);
    assert!(said.contains("0 added, 1 changed, 0 destroyed"), "{said}");
    if dig.is_some() {
        assert_eq!(
            answer("x.apps.corp.internal", "10.70.1.20"),
            ["10.70.1.10", "db.corp.internal."]
        );
    }
    let said = terraform.run(&["plan"], false);
    assert!(said.contains("No changes."), "{said}");
    let said = terraform.run(&["destroy", "-auto-approve"], false);
    assert!(said.contains("Destroy complete! Resources: 29 destroyed."), "{said}");
    fs::remove_dir_all(&terraform.folder).unwrap();
}

#[test]
fn load_balancers_are_applied_changed_and_destroyed() {
    let Some(mirror) = mirror() else { return };
    let server = Server::start(&["empty"]);
    let terraform = Terraform::new(&mirror, &server, "balancer.tf");
    terraform.run(&["init"], true);
    let said = terraform.run(&["apply", "-auto-approve"], true);
    assert!(said.contains("Apply complete!"), "{said}");
    let output = |name: &str| {
        terraform
            .run(&["output", "-raw", name], true)
            .split_whitespace()
            .map(str::to_owned)
            .collect()
    };
    let (inner, outer): (Vec<String>, Vec<String>) = (output("inner"), output("outer"));
    let dig = Dig::find();
    let answer = |name: &str| {
        let mut found = dig.as_ref().map(|dig| dig.short(server.dns[0], &[name]));
        found.iter_mut().for_each(|it| it.sort());
        found
    };
    if let Some(found) = answer(&outer[0]) {
        assert_eq!(found, [outer[1].clone()]);
    }
    // Across zones, one healthy target is enough for both.
    if let Some(found) = answer(&inner[0]) {
        assert_eq!(found.len(), 2, "{found:?}");
    }
    let said = terraform.run(&["plan"], true);
    assert!(said.contains("No changes."), "{said}");
    let said = terraform.run(&["apply", "-auto-approve"], false);
    assert!(said.contains("0 added, 1 changed, 0 destroyed"), "{said}");
    if let Some(found) = answer(&inner[0]) {
        assert!(found.len() == 1 && found[0].starts_with("10.70.1."), "{found:?}");
    }
    let said = terraform.run(&["plan"], false);
    assert!(said.contains("No changes."), "{said}");
    let said = terraform.run(&["destroy", "-auto-approve"], false);
    assert!(said.contains("Destroy complete!"), "{said}");
    let (status, body) = Client::new(server.http)
        .post("/", "Action=DescribeNetworkInterfaces&Version=2016-11-15")
        .unwrap();
    assert!(status == 200 && !body.contains("<networkInterfaceId>"), "{body}");
    fs::remove_dir_all(&terraform.folder).unwrap();
}
