//! Terraform itself, with the AWS provider, against the server: every resource that vpcdns builds and that the provider knows is
//! applied with its data source, changed and imported, dig's answers change with them, and nothing is left after the end. Both
//! labs of the chapter are among them. `terraform/families.rs` tells which of the provider's resources must be there, and why
//! others are not.
//!
//! `VPCDNS_TERRAFORM_WHOLE=1` goes on: it turns private DNS of the first lab off.
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
#[path = "terraform/families.rs"]
mod families;
#[path = "terraform/import.rs"]
mod import;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use common::{Dig, PATIENT, Server, clean, left::check_nothing_left, root, scratch};
use serde_json::Value;

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
    /// Terraform in a folder of its own with the files of tests/terraform.
    fn new(mirror: &Path, server: &Server, folder: &str) -> Self {
        let folder = scratch(folder);
        let configuration = format!(
            "provider_installation {{\n  filesystem_mirror {{\n    path = {:?}\n  }}\n}}\n",
            mirror.to_str().unwrap()
        );
        fs::write(folder.join("terraform.rc"), configuration).unwrap();
        for file in fs::read_dir(root().join("tests/terraform")).unwrap() {
            let file = file.unwrap();
            if file.path().extension().is_some_and(|it| it == "tf") {
                fs::copy(file.path(), folder.join(file.file_name())).unwrap();
            }
        }
        let terraform = Self { folder, endpoint: format!("http://{}", server.http) };
        terraform.run(&["init"], 0);
        terraform
    }

    /// What a command prints at a stage of the configuration; it must succeed.
    fn run(&self, arguments: &[&str], stage: u8) -> String {
        let output = clean(&mut Command::new("terraform"))
            .args(arguments)
            .arg("-no-color")
            .current_dir(&self.folder)
            .env("TF_CLI_CONFIG_FILE", self.folder.join("terraform.rc"))
            .env("TF_IN_AUTOMATION", "1")
            .env("CHECKPOINT_DISABLE", "1")
            .env("TF_VAR_endpoint", &self.endpoint)
            .env("TF_VAR_stage", stage.to_string())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "terraform {arguments:?}:\n{errors}{said}");
        assert!(!said.contains("Warning: Check block"), "{said}");
        said
    }

    /// Applies a stage, and says how many resources were added, changed and destroyed.
    fn apply(&self, stage: u8, more: &[&str]) -> [usize; 3] {
        let arguments = [&["apply", "-auto-approve", "-parallelism=30"], more].concat();
        let said = self.run(&arguments, stage);
        let told = said.lines().find_map(|line| line.strip_prefix("Apply complete! Resources: "));
        let words = told.unwrap_or_else(|| panic!("{said}")).split(' ');
        let numbers: Vec<usize> = words.filter_map(|word| word.parse().ok()).collect();
        numbers.try_into().unwrap()
    }

    /// Forgets all that can be imported, and imports it.
    fn import(&self, stage: u8) {
        let (addresses, blocks) = import::blocks(&self.state());
        assert!(addresses.len() > 150, "{addresses:?}");
        let words: Vec<&str> =
            ["state", "rm"].into_iter().chain(addresses.iter().map(|it| &**it)).collect();
        self.run(&words, stage);
        let file = self.folder.join("import.tf");
        fs::write(&file, blocks).unwrap();
        let said = self.run(&["apply", "-auto-approve", "-parallelism=30"], stage);
        let told = said.lines().find(|line| line.starts_with("Apply complete! Resources: "));
        let told = told.unwrap_or_else(|| panic!("{said}"));
        assert!(told.contains(&format!("{} imported, 0 added", addresses.len())), "{told}");
        assert!(told.ends_with(" 0 destroyed."), "{told}");
        fs::remove_file(file).unwrap();
        // Of some the provider reads a part only after it wrote them once.
        assert_eq!(self.apply(stage, &[])[0], 0);
    }

    /// The state that terraform keeps.
    fn state(&self) -> Value {
        serde_json::from_slice(&fs::read(self.folder.join("terraform.tfstate")).unwrap()).unwrap()
    }

    /// An output.
    fn told(&self, name: &str) -> String {
        self.state()["outputs"][name]["value"].as_str().unwrap_or_default().to_owned()
    }
}

/// What dig is told, sorted; nothing is asked where there is no dig.
struct Answers<'s> {
    dig: Option<Dig>,
    server: &'s Server,
}

impl Answers<'_> {
    fn check(&self, name: &str, at: &str, wanted: &[&str]) {
        let Some(dig) = &self.dig else { return };
        let mut found =
            dig.short(self.server.dns[0], &[name, &format!("+subnet={at}/32"), PATIENT]);
        found.sort();
        assert_eq!(found, wanted, "{name} asked from {at}");
    }

    /// How many addresses a name has; none of them is private.
    fn check_public(&self, name: &str, at: &str) {
        let Some(dig) = &self.dig else { return };
        let found = dig.short(self.server.dns[0], &[name, &format!("+subnet={at}/32"), PATIENT]);
        assert!(!found.is_empty() && found.iter().all(|it| !it.starts_with("10.")), "{found:?}");
    }
}

/// The instances of the chapter's labs.
const PUBLIC: &str = "10.0.0.29";
const PRIVATE: &str = "10.0.1.29";
const MINE: &str = "10.0.0.176";
/// The name that lab 1 asks for.
const STACKS: &str = "cloudformation.ap-northeast-2.amazonaws.com";

#[test]
fn every_resource_of_the_provider_is_there_or_told() {
    let Some(mirror) = mirror() else { return };
    let server = Server::start(&["empty"]);
    let terraform = Terraform::new(&mirror, &server, "terraform-families");
    let schema = terraform.run(&["providers", "schema", "-json"], 0);
    let schema = serde_json::from_str(&schema).unwrap();
    let mut files = String::new();
    for file in fs::read_dir(&terraform.folder).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|it| it == "tf") {
            files.push_str(&fs::read_to_string(path).unwrap());
        }
    }
    let faults = families::faults(&schema, &files);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    fs::remove_dir_all(&terraform.folder).unwrap();
}

#[test]
fn every_resource_is_applied_changed_and_destroyed() {
    let Some(mirror) = mirror() else { return };
    let whole = std::env::var_os("VPCDNS_TERRAFORM_WHOLE").is_some();
    let server = Server::start(&["empty"]);
    let terraform = Terraform::new(&mirror, &server, "terraform");
    let answers = Answers { dig: Dig::find(), server: &server };

    let [added, changed, destroyed] = terraform.apply(0, &[]);
    assert!(added > 150 && changed == 0 && destroyed == 0, "{added} {changed} {destroyed}");
    answers.check("sqs.ap-northeast-2.amazonaws.com", "10.70.1.10", &["10.70.1.50", "10.70.2.50"]);
    answers.check("db.corp.internal", "10.70.1.10", &["10.70.1.9"]);
    answers.check("record.corp.internal", "10.80.1.20", &["10.70.1.9"]);
    answers.check("endpoint.corp.internal", "10.70.1.10", &["10.70.1.50", "10.70.2.50"]);
    answers.check("db.map.internal", "10.70.1.10", &["10.70.1.33"]);
    answers.check("bad.example", "10.70.1.10", &[]);
    answers.check(STACKS, PRIVATE, &["52.95.193.132"]);
    let balancer = terraform.told("balancer");
    answers.check_public(&balancer, MINE);
    answers.check(&format!("Custom-NLB-{balancer}"), MINE, &[]);

    // New are lab 1's two endpoints, and lab 2's service, endpoint and acceptance.
    let [added, changed, _] = terraform.apply(1, &[]);
    assert!(added >= 5 && changed >= 20, "{added} {changed}");
    let plans_nothing = || {
        let said = terraform.run(&["plan", "-parallelism=30"], 1);
        assert!(said.contains("No changes."), "{said}");
    };
    plans_nothing();
    terraform.import(1);
    plans_nothing();
    answers.check_public("sqs.ap-northeast-2.amazonaws.com", "10.70.1.10");
    answers.check("x.apps.corp.internal", "10.70.1.10", &["10.70.1.10", "db.corp.internal."]);
    let name = terraform.told("lab1");
    let both = ["10.0.0.108", "10.0.1.47"];
    for at in [PUBLIC, PRIVATE] {
        answers.check(STACKS, at, &both);
        answers.check(&name, at, &both);
        answers.check(&name.replace("cloudformation", "cloudforamtion"), at, &[]);
        answers.check(&name.replacen("vpce-0", "vpce-", 1), at, &[]);
    }
    let zonal = name.replacen(".cloudformation", "-ap-northeast-2c.cloudformation", 1);
    answers.check(&zonal, PUBLIC, &["10.0.1.47"]);
    answers.check(&terraform.told("lab2"), MINE, &["10.0.0.19"]);

    if whole {
        assert_eq!(terraform.apply(2, &["-refresh=false"])[0], 0);
        answers.check(STACKS, PRIVATE, &["52.95.193.132"]);
        answers.check(&name, PRIVATE, &both);
    }
    let stage = if whole { 2 } else { 1 };
    let arguments = ["destroy", "-auto-approve", "-parallelism=30", "-refresh=false"];
    let said = terraform.run(&arguments, stage);
    assert!(said.contains("Destroy complete!"), "{said}");
    assert!(check_nothing_left(&server), "the provider leaves the default VPC");
    fs::remove_dir_all(&terraform.folder).unwrap();
}
