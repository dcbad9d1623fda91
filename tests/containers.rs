//! The image and the compose examples on a real Docker Engine.
//!
//! Runs only on an engine made for it, whose address `VPCDNS_TEST_ENGINE` gives, since it makes images and networks
//! with names and ranges of their own; `tests/run` starts one. No registry is asked: the server's image is built from
//! the binary `VPCDNS_TEST_BINARY`, else from this build's; the others are a static busybox with this machine's own /usr and Python mounted into it.

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
    process::{Command, Output, Stdio},
    sync::{Mutex, MutexGuard, OnceLock, PoisonError},
    thread,
    time::{Duration, Instant},
};

use vpcdns::import::open::builtin;

const SERVICE: &str = "cloudformation.ap-northeast-2.amazonaws.com";
/// The images of which the machine's own files take the place.
const STAND_INS: &[&str] = &["python:3.11-slim", "motoserver/moto", "busybox"];
const MODULES: &str = "boto3, moto, testcontainers";

/// The engine; its tests run one at a time, since their networks overlap.
struct Engine {
    address: String,
    python: PathBuf,
    _turn: MutexGuard<'static, ()>,
}

/// The engine made for tests; says aloud what is missing.
fn engine() -> Option<Engine> {
    static TURN: Mutex<()> = Mutex::new(());
    static IMAGES: OnceLock<()> = OnceLock::new();
    let Some(address) = std::env::var("VPCDNS_TEST_ENGINE").ok().filter(|it| !it.is_empty()) else {
        eprintln!("SKIPPED: no VPCDNS_TEST_ENGINE; tests/run starts one where it may");
        return None;
    };
    let Some(python) = common::python_with(MODULES) else {
        eprintln!("SKIPPED: no python with {MODULES}; run tests/run --install");
        return None;
    };
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let engine = Engine { address, python, _turn: turn };
    IMAGES.get_or_init(|| engine.make_images());
    Some(engine)
}

/// What a command printed; it must succeed.
fn done(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.stdin(Stdio::null()).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    assert!(status.success(), "{command:?}: {status}\n{out}\n{err}");
    out.trim().to_owned()
}

impl Engine {
    fn docker(&self, arguments: &[&str]) -> Command {
        // Debian's client knows BuildKit by itself; a newer one needs a plugin.
        let own = Path::new("/usr/bin/docker");
        let mut command = Command::new(if own.exists() { own } else { Path::new("docker") });
        command.args(arguments).env("DOCKER_HOST", &self.address).env("DOCKER_BUILDKIT", "1");
        command
    }

    fn make_images(&self) {
        let folder = common::scratch("image");
        let files = common::root().join("docker/files");
        let binary = std::env::var("VPCDNS_TEST_BINARY").unwrap_or(common::BINARY.to_owned());
        done(Command::new(files).arg(binary).arg(&folder));
        let dockerfile = common::root().join("Dockerfile");
        let build = ["build", "-q", "-t", "vpcdns", "--build-arg", "FILES=given", "-f"];
        done(self.docker(&build).arg(dockerfile).arg(&folder));
        let tree = folder.join("busybox");
        fs::create_dir_all(tree.join("bin")).unwrap();
        let busybox =
            ["/bin/busybox", "/usr/bin/busybox"].into_iter().find(|it| Path::new(it).exists());
        fs::copy(busybox.expect("busybox-static"), tree.join("bin/busybox")).unwrap();
        for applet in ["sh", "sleep", "cat", "wget", "nslookup"] {
            std::os::unix::fs::symlink("busybox", tree.join("bin").join(applet)).unwrap();
        }
        let tar = folder.join("busybox.tar");
        done(Command::new("tar").arg("-C").arg(&tree).arg("-cf").arg(&tar).arg("."));
        for image in STAND_INS {
            done(self.docker(&["import"]).arg(&tar).arg(image));
        }
        fs::remove_dir_all(folder).unwrap();
    }

    /// The folders of this machine that a stand-in needs to run its programs.
    fn mounts(&self) -> Vec<String> {
        let base = "import sys; print(sys.base_prefix); print(sys.prefix)";
        let prefixes = done(Command::new(&self.python).args(["-c", base]));
        let mut folders: Vec<String> = prefixes.lines().map(str::to_owned).collect();
        folders.extend(["/usr", "/lib", "/lib64"].map(str::to_owned));
        folders.sort();
        folders.dedup();
        folders.retain(|folder| Path::new(folder).is_dir());
        folders
    }

    /// Starts the examples' files as a project.
    fn compose(&self, project: &'static str, files: &[&str], services: &[&str]) -> Project<'_> {
        let folder = common::scratch(project);
        let examples = common::root().join("docs/examples/compose");
        for entry in fs::read_dir(&examples).unwrap() {
            let entry = entry.unwrap();
            if entry.path().is_file() {
                fs::copy(entry.path(), folder.join(entry.file_name())).unwrap();
            }
        }
        let mut machine = String::from("services:\n");
        let bin = self.python.parent().unwrap().display().to_string();
        for service in services {
            machine += &format!(
                "  {service}:\n    environment: {{PATH: \"{bin}:/usr/bin:/bin\"}}\n    volumes:\n"
            );
            for mount in self.mounts() {
                machine += &format!("      - {mount}:{mount}:ro\n");
            }
        }
        fs::write(folder.join("machine.yaml"), machine).unwrap();
        if files.contains(&"local-aws.yaml") {
            done(Command::new(folder.join("make-ca")).arg("ca").current_dir(&folder));
        }
        let mut all: Vec<&str> = files.to_vec();
        all.push("machine.yaml");
        let files = all.iter().map(|&file| file.to_owned()).collect();
        let project = Project { engine: self, name: project, folder, files };
        done(&mut project.command(&["up", "-d", "--no-build"]));
        project
    }
}

/// A running example; it ends with the value.
struct Project<'e> {
    engine: &'e Engine,
    name: &'static str,
    folder: PathBuf,
    files: Vec<String>,
}

impl Project<'_> {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("docker-compose");
        command.current_dir(&self.folder).env("DOCKER_HOST", &self.engine.address);
        command.args(["-p", self.name]);
        for file in &self.files {
            command.args(["-f", file]);
        }
        command.args(arguments);
        command
    }

    /// The container of a service.
    fn container(&self, service: &str) -> String {
        done(&mut self.command(&["ps", "-q", service]))
    }

    /// What a program prints in a container.
    fn exec(&self, container: &str, arguments: &[&str]) -> String {
        done(&mut self.engine.docker(&[&["exec", container], arguments].concat()))
    }

    /// What a Python program prints in a container.
    fn python(&self, container: &str, program: &str, arguments: &[&str]) -> String {
        self.exec(container, &[&["python3", "-c", program], arguments].concat())
    }
}

impl Drop for Project<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            let logs = self.command(&["logs", "--tail=20"]).output();
            eprintln!(
                "{}",
                logs.map(|it| String::from_utf8_lossy(&it.stdout).into_owned()).unwrap_or_default()
            );
        }
        let _ = self.command(&["down", "-t", "1"]).output();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn sorted(lines: &str) -> Vec<String> {
    let mut lines: Vec<_> = lines.split_whitespace().map(str::to_owned).collect();
    lines.sort();
    lines
}

/// Sends `METHOD URL` with the token of the example; the body.
const HTTP: &str = "
import sys, urllib.request
request = urllib.request.Request(sys.argv[2], method=sys.argv[1], headers={'Authorization': 'Bearer token-of-this-example'})
print(urllib.request.urlopen(request, timeout=5).read().decode())
";

#[test]
fn the_image_is_small_and_serves_port_53_without_privilege() {
    let Some(engine) = engine() else { return };
    let format = "{{.Size}} {{.Config.User}}";
    let printed = done(&mut engine.docker(&["inspect", "--format", format, "vpcdns"]));
    let (size, user) = printed.split_once(' ').unwrap();
    assert_eq!(user, "65532:65532");
    let size: u64 = size.parse().unwrap();
    eprintln!("the image has {size} bytes");
    // The libraries in this image are the machine's. The one that the Dockerfile compiles has the program alone, with the C
    // library in it, which takes 1.1 MB. A debug build says nothing about it.
    if let Some(program) = std::env::var_os("VPCDNS_TEST_BINARY") {
        let program = fs::metadata(program).unwrap().len();
        assert!(program + 1_100_000 < 25_000_000, "{program}");
    } else {
        eprintln!("SKIPPED its size: VPCDNS_TEST_BINARY names no release build");
    }
    // No port is open to everybody here, so that it is the capability that counts.
    let ports = "net.ipv4.ip_unprivileged_port_start=1024";
    let id = done(&mut engine.docker(&[
        "run",
        "-d",
        "--network=none",
        "--read-only",
        "--sysctl",
        ports,
        "vpcdns",
    ]));
    let begun = Instant::now();
    let health =
        || done(&mut engine.docker(&["inspect", "--format", "{{.State.Health.Status}}", &id]));
    while health() == "starting" && begun.elapsed() < Duration::from_secs(30) {
        thread::sleep(Duration::from_millis(200));
    }
    assert_eq!(health(), "healthy", "{}", done(&mut engine.docker(&["logs", &id])));
    let user = done(&mut engine.docker(&["top", &id, "-o", "pid,uid"]));
    assert!(user.contains("65532"), "{user}");
    let begun = Instant::now();
    done(&mut engine.docker(&["stop", &id]));
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    let code = done(&mut engine.docker(&["inspect", "--format", "{{.State.ExitCode}}", &id]));
    done(&mut engine.docker(&["rm", &id]));
    assert_eq!(code, "0");
}

#[test]
fn the_chapter_answers_inside_the_containers() {
    let Some(engine) = engine() else { return };
    let services = ["private-ec2", "public-ec2"];
    let project = engine.compose("vpcdns-one", &["compose.yaml"], &services);
    let [private, public] = services.map(|service| project.container(service));
    let mut rows = 0;
    for step in builtin::lab("lab09-1").unwrap().steps {
        let url = format!("http://10.0.0.2:1080/api/labs/lab09-1/steps/{}", step.name);
        project.python(&private, HTTP, &["POST", &url]);
        for dig in step.digs {
            let from = if dig.from == "CloudNeta-Private-EC2" { &private } else { &public };
            let mut expected = dig.prints.clone();
            expected.sort();
            // Through the engine's own resolver, as every program in the container asks.
            let printed = project.exec(from, &["dig", "+short", &dig.name]);
            assert_eq!(sorted(&printed), expected, "row {:?}: {} {}", dig.row, dig.from, dig.name);
            rows += 1;
        }
    }
    assert_eq!(rows, 10);
    for (container, id) in [(&private, "i-06620845270d412ac"), (&public, "i-033fa1bc9a9817db2")] {
        let read = "
import botocore.session
from botocore.utils import IMDSFetcher, IMDSRegionProvider
session = botocore.session.Session()
imds = IMDSFetcher(config={'ec2_metadata_service_endpoint': session.get_config_variable('ec2_metadata_service_endpoint')})
token = imds._fetch_metadata_token()
print(IMDSRegionProvider(session).provide(), imds._get_request('latest/meta-data/instance-id', None, token=token).text)
";
        assert_eq!(project.python(container, read, &[]), format!("ap-northeast-2 {id}"));
    }
    let url = "http://10.0.0.2/latest/meta-data/public-hostname";
    let name = project.python(&public, HTTP, &["GET", url]);
    assert_eq!(name, "ec2-3-34-49-218.ap-northeast-2.compute.amazonaws.com");
}

/// Switches the endpoint's private DNS by the EC2 API and prints what it then is.
const SWITCH: &str = "
import sys, boto3
ec2 = boto3.client('ec2', endpoint_url='http://10.0.0.2:1080', aws_access_key_id='vpcdns', aws_secret_access_key='token-of-this-example')
id = 'vpce-093517d1686ace06d'
ec2.modify_vpc_endpoint(VpcEndpointId=id, PrivateDnsEnabled=sys.argv[1] == 'on')
print('on' if ec2.describe_vpc_endpoints(VpcEndpointIds=[id])['VpcEndpoints'][0]['PrivateDnsEnabled'] else 'off')
";

#[test]
fn an_application_reaches_the_local_aws_while_private_dns_is_on() {
    let Some(engine) = engine() else { return };
    let services = ["private-ec2", "public-ec2", "endpoint-a", "endpoint-c", "app"];
    let project = engine.compose("vpcdns-aws", &["compose.yaml", "local-aws.yaml"], &services);
    let app = project.container("app");
    let run = || engine.docker(&["exec", &app, "python3", "/app/app.py"]).output().unwrap();
    let switch = |on: &str| project.python(&app, SWITCH, &[on]);
    // moto takes a while to start.
    let begun = Instant::now();
    let mut output = run();
    while !output.status.success() && begun.elapsed() < Duration::from_secs(60) {
        thread::sleep(Duration::from_millis(500));
        output = run();
    }
    let text = |output: &Output| {
        format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        )
    };
    assert!(output.status.success(), "{}", text(&output));
    assert_eq!(text(&output).trim(), format!("{SERVICE} 10.0.0.108 10.0.1.47"));
    assert_eq!(switch("off"), "off");
    let output = run();
    assert!(!output.status.success());
    let printed = text(&output);
    assert!(printed.starts_with(&format!("{SERVICE} 52.95.193.132")), "{printed}");
    assert!(
        printed.contains("EndpointConnectionError") || printed.contains("ConnectTimeout"),
        "{printed}"
    );
    assert_eq!(switch("on"), "on");
    let output = run();
    let printed = text(&output);
    assert!(printed.starts_with(&format!("{SERVICE} 10.0.0.108 10.0.1.47")), "{printed}");
    // It is the same moto: the stack is there already, or is made in the other one.
    assert!(output.status.success() || printed.contains("AlreadyExists"), "{printed}");
}

/// Asks two names in turn, from a common start on, and prints when, how often and what was answered.
const ASK: &str = "
import collections, random, socket, struct, sys, time
server, count, start, *names = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), *sys.argv[4:]
query = [b''.join(bytes([len(l)]) + l.encode() for l in n.split('.')) + b'\\0\\0\\1\\0\\1' for n in names]
client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.settimeout(3)
client.connect((server, 53))
time.sleep(max(0, start - time.time()))
begun, seen = time.time(), collections.Counter()
for turn in range(count):
    client.send(struct.pack('!6H', turn, 0x100, 1, 0, 0, 0) + query[turn % len(query)])
    reply = client.recv(512)
    assert struct.unpack('!H', reply[:2])[0] == turn, (turn, reply)
    answers = struct.unpack('!H', reply[6:8])[0]
    seen[names[turn % len(names)] + ' ' + ('.'.join(map(str, reply[-4:])) if answers == 1 else repr(reply))] += 1
print(begun, time.time())
for what, times in sorted(seen.items()):
    print(what, times)
";

#[test]
fn two_vpcs_never_see_each_others_answers() {
    let Some(engine) = engine() else { return };
    let services = ["my-ec2", "custom-web-1"];
    let project = engine.compose("vpcdns-two", &["two-vpcs.yaml"], &services);
    let [mine, custom] = services.map(|service| project.container(service));
    let queue = "sqs.ap-northeast-2.amazonaws.com";
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let start = format!("{}", now.as_secs() + 3);
    let count = "10000";
    let (one, other) = thread::scope(|scope| {
        let ask = |container: String, server: &'static str| {
            let (start, project) = (&start, &project);
            scope.spawn(move || {
                project.python(&container, ASK, &[server, count, start, "db.shop.internal", queue])
            })
        };
        let (one, other) = (ask(mine.clone(), "10.0.0.2"), ask(custom.clone(), "20.0.0.2"));
        (one.join().unwrap(), other.join().unwrap())
    });
    let times = |printed: &str| {
        let line = printed.lines().next().unwrap().to_owned();
        let (begun, ended) = line.split_once(' ').unwrap();
        (begun.parse::<f64>().unwrap(), ended.parse::<f64>().unwrap())
    };
    let answers = |printed: &str| printed.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(
        answers(&one),
        ["db.shop.internal 10.0.0.20 5000".to_owned(), format!("{queue} 10.0.0.50 5000")]
    );
    assert_eq!(
        answers(&other),
        ["db.shop.internal 20.0.0.20 5000".to_owned(), format!("{queue} 20.0.0.60 5000")]
    );
    let ((a, b), (c, d)) = (times(&one), times(&other));
    let together = b.min(d) - a.max(c);
    eprintln!(
        "10000 questions in {:.2} s and {:.2} s, {together:.2} s of it together",
        b - a,
        d - c
    );
    assert!(together > 0.5 * (b - a).min(d - c), "{a} {b} {c} {d}");
    // And through the engine's own resolver.
    let lookup =
        "import socket; print({socket.gethostbyname('db.shop.internal') for _ in range(200)})";
    assert_eq!(project.python(&mine, lookup, &[]), "{'10.0.0.20'}");
    assert_eq!(project.python(&custom, lookup, &[]), "{'20.0.0.20'}");
}

#[test]
fn the_testcontainers_example_passes() {
    let Some(engine) = engine() else { return };
    let example = common::root().join("docs/examples/testcontainers/test_vpc.py");
    let mut python = Command::new(&engine.python);
    // Its reaper is an image of its own, which only a registry has.
    python
        .arg(example)
        .env("DOCKER_HOST", &engine.address)
        .env("TESTCONTAINERS_RYUK_DISABLED", "true");
    assert_eq!(done(&mut python), "ok");
}
