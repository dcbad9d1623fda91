//! The AWS CDK itself, against the server: it bootstraps, deploys three stacks with a synthesizer each, changes them so that
//! dig's answers change, finds nothing left to change, and destroys everything.
//!
//! Needs `node` and `target/tools/cdk/node_modules`, which `tests/run --install` fetches.

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

use common::{Dig, PATIENT, Server, clean, client::Client, root, scratch};

/// The address that the names lead to at first, and after the change.
const ADDRESSES: [&str; 2] = ["10.60.1.20", "10.60.1.99"];

/// Where the packages lie; says so if they or node are missing.
fn modules() -> Option<PathBuf> {
    let folder = root().join("target/tools/cdk/node_modules");
    let is_there = folder.join("aws-cdk/bin/cdk").exists() && folder.join("aws-cdk-lib").exists();
    if !is_there || Command::new("node").arg("--version").output().is_err() {
        eprintln!("SKIPPED: no node, or no AWS CDK in target/tools/cdk; run tests/run --install");
        return None;
    }
    Some(folder)
}

struct Cdk {
    folder: PathBuf,
    endpoint: String,
}

impl Cdk {
    /// The app in a folder of its own.
    fn new(modules: &Path, server: &Server) -> Self {
        let folder = scratch("cdk");
        for file in ["app.js", "cdk.json"] {
            fs::copy(root().join("tests/fixtures/cdk").join(file), folder.join(file)).unwrap();
        }
        std::os::unix::fs::symlink(modules, folder.join("node_modules")).unwrap();
        Self { folder, endpoint: format!("http://{}", server.http) }
    }

    /// What a command prints; it must succeed.
    fn run(&self, arguments: &[&str], address: &str) -> String {
        let output = clean(&mut Command::new("node"))
            .arg(self.folder.join("node_modules/aws-cdk/bin/cdk"))
            .args(arguments)
            .args(["--no-color", "--ci", "--progress", "events"])
            .current_dir(&self.folder)
            .env("HOME", &self.folder)
            .env("ADDRESS", address)
            .env("AWS_ENDPOINT_URL", &self.endpoint)
            .env("AWS_REGION", "ap-northeast-2")
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "secret")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("CDK_DISABLE_CLI_TELEMETRY", "true")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "cdk {arguments:?}:\n{said}{errors}");
        format!("{said}{errors}")
    }
}

/// How often each member that names a thing is in the replies of the server, beside what every account has.
fn things(server: &Server) -> Vec<(&'static str, usize)> {
    let mut client = Client::new(server.http);
    let replies = [
        ("Vpcs", "vpcId"),
        ("Subnets", "subnetId"),
        ("VpcEndpoints", "vpcEndpointId"),
        ("InternetGateways", "internetGatewayId"),
        ("Addresses", "allocationId"),
        ("NetworkInterfaces", "networkInterfaceId"),
        ("RouteTables", "routeTableId"),
        ("VpcEndpointServiceConfigurations", "serviceId"),
    ];
    let mut counts: Vec<(&str, usize)> = replies
        .into_iter()
        .map(|(what, member)| {
            let (status, body) = client.ec2(&format!("Describe{what}")).unwrap();
            assert_eq!(status, 200, "{what}: {body}");
            (what, body.matches(&format!("<{member}>")).count())
        })
        .collect();
    let groups = client.ec2("DescribeSecurityGroups").unwrap().1;
    counts.push(("SecurityGroups", groups.matches("<groupDescription>").count()));
    let world = "Action=DescribeLoadBalancers&Version=2015-12-01";
    let (status, body) = client.post("/", world).unwrap();
    assert_eq!(status, 200, "{body}");
    counts.push(("LoadBalancers", body.matches("<LoadBalancerArn>").count()));
    counts
}

#[test]
fn an_app_is_deployed_changed_and_destroyed_with_all_synthesizers() {
    let Some(modules) = modules() else { return };
    let server = Server::start(&["default-vpc"]);
    let cdk = Cdk::new(&modules, &server);
    let before = things(&server);
    let [first, second] = ADDRESSES;
    let said = cdk.run(&["bootstrap", "aws://123456789012/ap-northeast-2"], first);
    assert!(said.contains("bootstrapped"), "{said}");

    let dig = Dig::find();
    let answer = |name: &str| {
        dig.as_ref().map(|dig| dig.short(server.dns[0], &[name, "+subnet=10.60.0.10/32", PATIENT]))
    };
    let check = |address: &str| {
        for name in ["db.corp.internal", "cache.inner.internal"] {
            if let Some(answer) = answer(name) {
                assert_eq!(answer, [address], "{name}");
            }
        }
    };
    let deploy = ["deploy", "--all", "--require-approval", "never"];
    let said = cdk.run(&deploy, first);
    for name in ["Network", "Names", "Service"] {
        assert!(said.contains(&format!("✅  {name}")), "{said}");
    }
    let found = said.lines().find_map(|line| line.strip_prefix("Service.UsualVpc = vpc-"));
    assert!(found.is_some(), "{said}");
    check(first);
    if let Some(answer) = answer("sqs.ap-northeast-2.amazonaws.com") {
        assert!(
            answer.len() == 2 && answer.iter().all(|it| it.starts_with("10.60.")),
            "{answer:?}"
        );
    }
    let balancer = said.lines().find_map(|line| line.strip_prefix("Service.Balancing = ")).unwrap();
    // Its only target lies in the second zone, and it does not balance across zones.
    if let Some(answer) = answer(balancer) {
        assert!(matches!(&*answer, [only] if only.starts_with("10.60.192.")), "{answer:?}");
    }

    let said = cdk.run(&["diff"], second);
    for told in ["AWS::Route53::RecordSet Database", second, "There were no differences"] {
        assert!(said.contains(told), "{said}");
    }
    let said = cdk.run(&deploy, second);
    assert!(said.contains("✅  Service (no changes)"), "{said}");
    check(second);
    cdk.run(&["diff", "--fail"], second);

    cdk.run(&["destroy", "--all", "--force"], second);
    assert_eq!(things(&server), before);
    for name in ["db.corp.internal", "cache.inner.internal"] {
        assert!(answer(name).is_none_or(|answer| answer.is_empty()), "{name}");
    }
    fs::remove_dir_all(&cdk.folder).unwrap();
}
