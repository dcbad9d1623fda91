//! AWS's APIs as real clients see them: each script of tests/aws drives a server of its own through boto3 or `aws`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a failing test panics"
)]

mod common;

use std::{ffi::OsString, path::PathBuf, process::Command};

use common::{Server, clean, inside, root, scratch, vpcdns};

/// A Python with boto3: the one `tests/run --install` made, else the machine's. Says so if there is none.
fn python() -> Option<PathBuf> {
    let own = root().join("target/tools/python/bin/python");
    let found = [own, PathBuf::from("python3")].into_iter().find(|python| {
        let import = Command::new(python).args(["-c", "import boto3"]).output();
        import.is_ok_and(|output| output.status.success())
    });
    if Command::new("dig").arg("-v").output().is_err() {
        eprintln!("SKIPPED: dig is missing");
        return None;
    }
    if found.is_none() {
        eprintln!("SKIPPED: no Python with boto3; run tests/run --install");
    }
    found
}

/// Runs a Python script against a server that serves `world`.
fn run(script: &str, world: &str) {
    let Some(python) = python() else { return };
    let mut arguments = vec![world];
    if script == "server_token.py" {
        arguments.extend(["--token", "a secret"]);
    }
    if script == "metadata.py" {
        arguments.extend(["--imds", "127.0.0.1:0"]);
    }
    let server = Server::start(&arguments);
    let imds = server.imds().first().map(ToString::to_string).unwrap_or_default();
    let asked = ["VPCDNS_BLESS", "VPCDNS_BOUNDS"];
    let asked = asked.into_iter().filter_map(|name| Some((name, std::env::var_os(name)?)));
    let output = clean(&mut Command::new(python))
        .arg("-B")
        .arg(root().join("tests/aws").join(script))
        .envs(asked)
        .env("VPCDNS_TEST_HTTP", server.http.to_string())
        .env("VPCDNS_TEST_DNS", server.dns[0].to_string())
        .env("VPCDNS_TEST_IMDS", imds)
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{script} failed:\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

macro_rules! scripts {
    ($($name:ident: $world:literal;)*) => {$(
        #[test]
        fn $name() {
            let here = stringify!($name) != "metadata" || inside("metadata", &["10.9.0.0/16", "10.10.0.0/16"]);
            if here {
                run(concat!(stringify!($name), ".py"), $world);
            }
        }
    )*};
}

scripts! {
    vpc: "lab09-1";
    default_vpc: "empty";
    security_group: "empty";
    placement_group: "lab09-1";
    key_pair: "default-vpc";
    nat_gateway: "empty";
    network_acl: "empty";
    prefix_list: "empty";
    elastic_address: "lab09-1";
    network_interface: "lab09-1@interface-endpoint";
    interface_addresses: "empty";
    instance: "default-vpc";
    launch: "default-vpc";
    launch_template: "default-vpc";
    metadata: "tests/aws/metadata.yaml";
    subnet: "lab09-1@base";
    route: "lab09-1@s3-gateway";
    peering: "tests/aws/peering.yaml";
    dhcp: "lab09-1@base";
    tag: "lab09-1@s3-gateway";
    tag_bounds: "empty";
    endpoint: "lab09-1@dns-hostnames";
    endpoint_service: "lab09-2@base";
    service_catalog: "empty";
    hostile: "lab09-1";
    access: "default-vpc";
    load_balancer: "default-vpc";
    target_group: "empty";
    trust_store: "default-vpc";
    classic_load_balancer: "default-vpc";
    second_lab: "empty";
    identity: "empty";
    parameter: "empty";
    route53: "empty";
    route53_accounts: "empty";
    route53resolver: "empty";
    route53profiles: "empty";
    servicediscovery: "empty";
    not_built: "empty";
    taken: "empty";
    refused: "empty";
    bounds: "empty";
    variants_balancer: "empty";
    variants_cloud_map: "empty";
    variants_resolver: "empty";
    variants_route53: "empty";
    variants_small: "empty";
    variants_stack: "empty";
    stack: "empty";
    bucket: "empty";
    stack_balancer: "empty";
    stack_dns: "empty";
    stack_network: "empty";
    stack_refused: "empty";
    stack_edges: "empty";
    stack_kept: "empty";
    stack_nested: "empty";
    stack_cloud_map: "empty";
    change_set: "empty";
    pages: "empty";
    waiters: "empty";
    resource_api: "empty";
    server_token: "lab09-1";
}

/// A PATH on which the `aws` command is. Says so if there is none.
fn path_with_aws() -> Option<OsString> {
    let python = python()?;
    let beside = python.parent().map(|folder| folder.join("aws")).filter(|aws| aws.exists());
    if beside.is_none() && Command::new("aws").arg("--version").output().is_err() {
        eprintln!("SKIPPED: no aws command; run tests/run --install");
        return None;
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let Some(folder) = beside.as_deref().and_then(std::path::Path::parent) else {
        return Some(path);
    };
    let mut folders = vec![folder.to_owned()];
    folders.extend(std::env::split_paths(&path));
    Some(std::env::join_paths(folders).unwrap())
}

/// A shell script of tests/aws by `aws` commands and dig alone, which must end with this line.
fn shell(script: &str, argument: &str, world: &str, end: &str) {
    let Some(path) = path_with_aws() else { return };
    let server = Server::start(&[world]);
    let output = clean(&mut Command::new(root().join("tests/aws").join(script)))
        .arg(argument)
        .env("PATH", path)
        .env("VPCDNS_TEST_HTTP", server.http.to_string())
        .env("VPCDNS_TEST_DNS", server.dns[0].to_string())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success() && said.ends_with(&format!("{argument}: {end}\n")),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// The chapter's labs.
fn lab(name: &str) {
    shell("labs.sh", name, &format!("{name}@base"), "as in the chapter");
}

/// What a script prints that drives a server with `world`.
fn printed(script: &str, argument: &str, server: &Server) -> Option<String> {
    let output = clean(&mut Command::new(python()?))
        .arg("-B")
        .arg(root().join("tests/aws").join(script))
        .arg(argument)
        .env("VPCDNS_TEST_HTTP", server.http.to_string())
        .env("VPCDNS_TEST_DNS", server.dns[0].to_string())
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script} {argument}: {errors}");
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn load_balancers_of_the_api_are_the_same_after_an_export() {
    let server = Server::start(&["empty"]);
    let Some(made) = printed("balancing_kept.py", "make", &server) else { return };
    let exported = vpcdns(&["export", "--server", &format!("http://{}", server.http)]);
    assert_eq!(exported.code, 0, "{}", exported.err);
    let folder = scratch("balancing");
    let file = folder.join("world.yaml");
    std::fs::write(&file, &exported.out).unwrap();
    let again = Server::start(&[file.to_str().unwrap()]);
    let shown = printed("balancing_kept.py", "show", &again).unwrap();
    assert_eq!(shown, made, "{}", exported.out);
    std::fs::remove_dir_all(folder).unwrap();
}

/// What `aws` describes of a world answers as that world does.
fn described(world: &str) {
    let Some(path) = path_with_aws() else { return };
    let folder = scratch("described");
    {
        let server = Server::start(&[world]);
        let output = clean(&mut Command::new(root().join("tests/aws/describe.sh")))
            .arg(&folder)
            .env("PATH", path)
            .env("VPCDNS_TEST_HTTP", server.http.to_string())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let diff = vpcdns(&["diff", world, folder.to_str().unwrap()]);
    assert_eq!(diff.code, 0, "{}{}", diff.out, diff.err);
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn what_is_described_is_imported_again() {
    described("lab09-1");
    described("lab09-1@s3-gateway");
    described("tests/aws/described.yaml");
}

/// Networks made in an empty World, from their stacks or by hand.
fn pattern(name: &str) {
    shell("patterns.sh", name, "empty", "as expected");
}

#[test]
fn both_labs_from_their_stacks_to_the_last_dig_and_back() {
    pattern("labs");
}

#[test]
fn endpoints_that_a_hub_shares_and_a_rule_that_beats_them() {
    pattern("hub");
}

#[test]
fn the_first_lab_by_aws_commands() {
    lab("lab09-1");
}

#[test]
fn the_second_lab_by_aws_commands() {
    lab("lab09-2");
}
