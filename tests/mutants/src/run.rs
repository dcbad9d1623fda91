//! Runs the tests nearest to each fault until one fails.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use crate::{build::Built, candidates::Candidate};

/// Which tests look at a folder, quick ones first: a program, or `PROGRAM TEST` for those of its tests whose names hold TEST (so
/// that `aws bounds` are the bounds of tags also, and `aws stack` what is tried of stacks).
const NEAREST: &[(&str, &[&str])] = &[
    (
        "src/resolve/",
        &[
            "cases every_case_answers",
            "answers",
            "vpcdns",
            "laws",
            "explain_txt",
            "consistent",
            "cli",
        ],
    ),
    (
        "src/dns/",
        &[
            "cases every_case_answers",
            "answers",
            "vpcdns",
            "watch",
            "explain_txt",
            "faults",
            "dig",
            "differential",
            "cases by_dig",
        ],
    ),
    (
        "src/api/cloudformation/",
        &["aws stack", "aws change_set", "stacks", "vpcdns", "aws waiters", "moto", "aws bounds"],
    ),
    (
        "src/api/elb/",
        &[
            "aws variants_balancer",
            "aws classic_load_balancer",
            "aws tag",
            "aws pages",
            "aws bounds",
        ],
    ),
    (
        "src/api/elbv2/",
        &[
            "aws variants_balancer",
            "aws load_balancer",
            "aws target_group",
            "aws second_lab",
            "vpcdns",
            "aws pages",
            "moto",
            "aws bounds",
        ],
    ),
    (
        "src/api/iam/",
        &["aws variants_small", "aws access", "aws identity", "api_requests", "moto", "aws bounds"],
    ),
    (
        "src/api/route53/",
        &[
            "aws route53",
            "vpcdns",
            "aws stack_dns",
            "api_requests",
            "aws pages",
            "moto",
            "aws bounds",
        ],
    ),
    (
        "src/api/route53profiles/",
        &["aws variants_resolver", "aws route53profiles", "aws pages", "aws bounds"],
    ),
    (
        "src/api/route53resolver/",
        &[
            "aws variants_resolver",
            "aws route53resolver",
            "vpcdns",
            "aws stack_dns",
            "aws pages",
            "aws bounds",
        ],
    ),
    ("src/api/s3/", &["aws bucket", "aws stack", "vpcdns"]),
    (
        "src/api/servicediscovery/",
        &[
            "aws variants_cloud_map",
            "aws servicediscovery",
            "aws stack_cloud_map",
            "aws pages",
            "aws bounds",
        ],
    ),
    (
        "src/api/ssm/",
        &[
            "aws variants_small",
            "aws parameter",
            "aws taken",
            "vpcdns",
            "aws pages",
            "moto",
            "aws bounds",
        ],
    ),
    ("src/api/sts/", &["aws variants_small", "aws identity", "api_requests", "aws bounds"]),
    (
        "src/api/",
        &[
            "api_scripts",
            "api_requests",
            "replies",
            "api_replies",
            "cases every_case_answers",
            "vpcdns",
            "ownership",
            "export",
            "api_parameters",
            "moto",
        ],
    ),
    (
        "src/model/",
        &["api_scripts", "cases every_case_answers", "vpcdns", "laws", "export", "import"],
    ),
];

/// What looks at files whose names begin so, after the tests of their folder.
const BY_FILE: &[(&str, &str, &str)] = &[
    ("src/api/", "absent", "aws launch"),
    ("src/api/", "arn_tags", "aws bounds"),
    ("src/api/", "address", "aws elastic"),
    ("src/api/", "balancing", "aws variants_balancer"),
    ("src/api/", "balancing", "aws load_balancer"),
    ("src/api/", "balancing", "aws tag_bounds"),
    ("src/api/", "connection", "aws endpoint_service"),
    ("src/api/", "console", "aws launch"),
    ("src/api/", "constraint", "aws variants"),
    ("src/api/", "constraint", "aws bounds"),
    ("src/api/", "default", "aws default_vpc"),
    ("src/api/", "egress", "aws nat_gateway"),
    ("src/api/", "key", "aws key_pair"),
    ("src/api/", "launch", "aws launch"),
    ("src/api/", "nat", "aws nat_gateway"),
    ("src/api/", "rest", "aws route53"),
    ("src/api/", "rest_json", "aws variants_resolver"),
    ("src/api/", "volume", "aws launch"),
    ("src/api/", "auth", "aws server_token"),
    ("src/api/", "context", "aws vpc"),
    ("src/api/", "dhcp", "aws dhcp"),
    ("src/api/", "elastic", "aws elastic"),
    ("src/api/", "endpoint", "aws endpoint"),
    ("src/api/", "image", "aws launch"),
    ("src/api/", "instance", "aws instance"),
    ("src/api/", "instance", "aws launch"),
    ("src/api/", "instance_profile", "aws access"),
    ("src/api/", "interface", "aws interface_addresses"),
    ("src/api/", "interface", "aws network_interface"),
    ("src/api/", "internet", "aws vpc"),
    ("src/api/", "mod", "aws access"),
    ("src/api/", "network_acl", "aws network_acl"),
    ("src/api/", "network_acl", "aws vpc"),
    ("src/api/", "network_interface", "aws network_interface"),
    ("src/api/", "own", "aws vpc"),
    ("src/api/", "page", "aws vpc"),
    ("src/api/", "parameter", "aws refused"),
    ("src/api/", "parameter", "aws variants"),
    ("src/api/", "parameter", "aws tag_bounds"),
    ("src/api/", "peering", "aws peering"),
    ("src/api/", "placement", "aws placement"),
    ("src/api/", "prefix", "aws prefix_list"),
    ("src/api/", "prefix", "aws vpc"),
    ("src/api/", "query", "aws hostile"),
    ("src/api/", "region", "aws service_catalog"),
    ("src/api/", "route", "aws route"),
    ("src/api/", "role", "aws access"),
    ("src/api/", "security", "aws security_group"),
    ("src/api/", "service", "aws service_catalog"),
    ("src/api/", "shape", "aws vpc"),
    ("src/api/", "subnet", "aws subnet"),
    ("src/api/", "subnet_cidr", "aws launch"),
    ("src/api/", "tag", "aws tag"),
    ("src/api/", "vpc", "aws launch"),
    ("src/api/", "vpc", "aws vpc"),
    ("src/api/", "xml", "aws vpc"),
    ("src/api/", "xml", "aws variants_route53"),
    ("src/dns/", "dns64", "forward"),
    ("src/dns/", "exchange", "forward"),
    ("src/dns/", "forward", "forward"),
    ("src/dns/", "heard", "forward"),
    ("src/dns/", "loops", "forward"),
    ("src/dns/", "pending", "forward"),
    ("src/dns/", "seeds", "forward"),
    ("src/dns/", "tcp", "forward"),
    ("src/dns/", "upstream", "forward"),
    ("src/model/", "endpoint", "aws endpoint"),
    ("src/resolve/", "index", "aws route53"),
    ("src/resolve/", "public", "aws endpoint_service"),
    ("src/resolve/", "survey", "survey"),
];

/// A test that takes this many times as long as without a fault, and [`GRACE`], hangs: the fault is noticed.
const PATIENCE: u32 = 5;
/// What a busy machine may add.
const GRACE: Duration = Duration::from_secs(60);

/// How many faults are tried at once.
const AT_ONCE: usize = 2;

/// Tries every fault, tells what became of it, and counts.
pub fn run(copy: &Path, built: &Built, limit: Duration) -> Result<(), String> {
    let quiet = quiet(copy, built);
    let start = Instant::now();
    let faults = spread(built.faults.iter().collect());
    let next = AtomicUsize::new(0);
    let results = Mutex::new(BTreeMap::new());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while start.elapsed() < limit
                    && let Some((number, fault)) = faults.get(next.fetch_add(1, Ordering::Relaxed))
                {
                    let by = noticed_by(copy, built, &quiet, **number, fault);
                    let word = by.map_or("SURVIVED".to_owned(), |by| format!("caught by {by}"));
                    println!("{number} {}: {}: {word}", fault.place(), fault.what);
                    if let Ok(mut results) = results.lock() {
                        results.insert(**number, by.is_some());
                    }
                }
            });
        }
    });
    let results = results.into_inner().map_err(|error| error.to_string())?;
    let caught = results.values().filter(|caught| **caught).count();
    println!("\nSurvivors:");
    for (number, _) in results.iter().filter(|(_, caught)| !**caught) {
        let fault = &built.faults[number];
        println!("  {}: {}", fault.place(), fault.what);
    }
    println!(
        "\n{caught} of {} caught, {:.1} %, in {} minutes; {} were not reached in time",
        results.len(),
        100.0 * caught as f64 / results.len().max(1) as f64,
        start.elapsed().as_secs() / 60,
        faults.len() - results.len()
    );
    Ok(())
}

/// The faults in steps of about 0.618 of their number, so that a run that ends early has looked at all folders alike.
fn spread<T: Copy>(faults: Vec<T>) -> Vec<T> {
    let count = faults.len();
    let common = |step: usize| (2..=step).any(|it| step % it == 0 && count % it == 0);
    let step = (count * 618 / 1000..).find(|step| !common(*step)).unwrap_or(1);
    (0..count).map(|at| faults[at * step % count]).collect()
}

/// How long each entry that is near to a chosen fault takes with no fault on. One that fails then could prove nothing, and is
/// left out.
fn quiet(copy: &Path, built: &Built) -> BTreeMap<&'static str, Duration> {
    let all: BTreeSet<&'static str> = built.faults.values().flat_map(nearest).collect();
    let mut times = BTreeMap::new();
    for tests in all {
        let start = Instant::now();
        if fails(copy, built, tests, None, Duration::from_secs(900)) {
            println!("{tests}: fails with no fault on, and is left out");
            continue;
        }
        println!("{tests}: {:.1} s", start.elapsed().as_secs_f32());
        times.insert(tests, start.elapsed());
    }
    times
}

/// The tests nearest to a fault: those of its folder, then those of its file.
fn nearest(fault: &Candidate) -> Vec<&'static str> {
    let Some((folder, tests)) = NEAREST.iter().find(|(folder, _)| fault.file.starts_with(folder))
    else {
        return Vec::new();
    };
    let stem = fault.file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let more = BY_FILE
        .iter()
        .filter(|(place, begin, _)| place == folder && stem.starts_with(begin))
        .map(|(_, _, tests)| *tests);
    tests.iter().copied().chain(more).collect()
}

fn noticed_by(
    copy: &Path,
    built: &Built,
    quiet: &BTreeMap<&str, Duration>,
    number: u32,
    fault: &Candidate,
) -> Option<&'static str> {
    nearest(fault).into_iter().find(|tests| {
        quiet
            .get(tests)
            .is_some_and(|time| fails(copy, built, tests, Some(number), *time * PATIENCE + GRACE))
    })
}

/// Whether one of these tests fails, or they do not end in time.
fn fails(copy: &Path, built: &Built, tests: &str, fault: Option<u32>, patience: Duration) -> bool {
    let (name, filter) = tests.split_once(' ').unwrap_or((tests, ""));
    // The library and the program have one name; the program has no tests.
    built.programs.iter().filter(|program| program.name == name).any(|program| {
        let mut command = Command::new(&program.path);
        command
            .args((!filter.is_empty()).then_some(filter))
            .current_dir(copy)
            .env("CARGO_MANIFEST_DIR", copy)
            .env("MUTANT", fault.map_or("none".to_owned(), |number| number.to_string()))
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(log(copy, fault))
            .stderr(log(copy, fault));
        !succeeds(command, patience)
    })
}

/// Whether a command ends well and in time.
fn succeeds(mut command: Command, patience: Duration) -> bool {
    let Ok(mut child) = command.spawn() else { return false };
    let until = Instant::now() + patience;
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) if Instant::now() < until => thread::sleep(Duration::from_millis(20)),
            _ => {
                end(&mut child);
                return false;
            }
        }
    }
}

/// Where a program's output goes: into a file that is kept for the last run of each fault.
fn log(copy: &Path, fault: Option<u32>) -> Stdio {
    let name = fault.map_or("quiet".to_owned(), |number| number.to_string());
    let folder = copy.join("target/mutant-logs");
    let file = std::fs::create_dir_all(&folder).and_then(|()| {
        File::options().create(true).append(true).open(folder.join(format!("{name}.txt")))
    });
    file.map_or(Stdio::null(), Stdio::from)
}

/// Ends a program that hangs, and the servers it started, which are in its process group.
fn end(child: &mut Child) {
    let group = format!("-{}", child.id());
    let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
    let _ = child.wait();
}
