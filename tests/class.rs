//! `serve --class`: a World and a DNS port for each student, and nobody in another's.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a failing test panics"
)]

mod common;

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream, UdpSocket},
    process::Command,
    time::{Duration, Instant, SystemTime},
};

use aws_credential_types::Credentials;
use aws_sigv4::{
    http_request::{self, SignableBody, SignableRequest, SigningSettings},
    sign::v4,
};
use common::{Server, clean, vpcdns};
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(20);
const TOKEN: &str = "the-token-of-the-teacher";
const VPC: &str = "vpc-07de255d3a7c9c317";
const CFN_ENDPOINT: &str = "vpce-093517d1686ace06d";

/// A reply.
struct Got {
    status: u16,
    head: String,
    body: String,
}

impl Got {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body)
            .unwrap_or_else(|_| panic!("{}: {}", self.status, self.body))
    }

    /// A header's value.
    fn header(&self, name: &str) -> String {
        let found = self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then(|| value.to_owned())
        });
        found.unwrap_or_default()
    }
}

/// Sends a request with these headers, each ending in a line break.
fn send(server: SocketAddr, method: &str, path: &str, headers: &str, body: &str) -> Got {
    let mut stream = TcpStream::connect(server).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let host = if headers.contains("Host: ") { "" } else { "Host: localhost\r\n" };
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\n{host}Connection: close\r\nContent-Length: {length}\r\n"
    );
    stream.write_all(format!("{head}{headers}\r\n{body}").as_bytes()).unwrap();
    let mut reply = Vec::new();
    let _ = stream.read_to_end(&mut reply);
    let reply = String::from_utf8_lossy(&reply).into_owned();
    let (head, body) = reply.split_once("\r\n\r\n").unwrap_or((&reply, ""));
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
    Got { status, head: head.to_owned(), body: body.to_owned() }
}

fn bearer(secret: &str) -> String {
    format!("Authorization: Bearer {secret}\r\n")
}

/// A running class, with what students need to join.
struct Class {
    server: Server,
    code: Option<String>,
}

/// A student who joined.
#[derive(Clone, Debug)]
struct Student {
    /// Without a slash at the end.
    path: String,
    secret: String,
}

impl Class {
    fn start(arguments: &[&str]) -> Self {
        let server = Server::start(&[&["lab09-1", "--class"], arguments].concat());
        let line = std::iter::from_fn(|| server.next_line(PATIENCE))
            .find(|line| line.starts_with("Students join at "))
            .unwrap();
        let code = line.split_once("/?code=").map(|(_, code)| code.to_owned());
        assert!(line.contains(&server.http.to_string()), "{line}");
        Self { server, code }
    }

    fn try_join(&self, wish: &Value) -> Got {
        let headers = "Content-Type: application/json\r\n";
        send(self.server.http, "POST", "/api/class/join", headers, &wish.to_string())
    }

    fn join(&self, name: &str) -> Student {
        let got = self.try_join(&json!({ "name": name, "code": self.code }));
        assert_eq!(got.status, 200, "{}", got.body);
        let told = got.json();
        let path = format!("/{}", told["path"].as_str().unwrap().trim_end_matches('/'));
        Student { path, secret: told["secret"].as_str().unwrap().to_owned() }
    }

    /// A request of a student in a student's World.
    fn send(&self, by: &Student, method: &str, path: &str, body: &str) -> Got {
        send(self.server.http, method, path, &bearer(&by.secret), body)
    }

    /// A request of the teacher.
    fn teacher(&self, method: &str, path: &str, body: &str) -> Got {
        let headers = format!("{}Content-Type: application/json\r\n", bearer(TOKEN));
        send(self.server.http, method, path, &headers, body)
    }

    fn panel(&self) -> Value {
        self.teacher("GET", "/api/class", "").json()
    }

    /// What the panel says of a student.
    fn row(&self, name: &str) -> Value {
        let panel = self.panel();
        let students = panel["students"].as_array().unwrap();
        students.iter().find(|it| it["name"] == name).unwrap().clone()
    }

    fn dns(&self, name: &str) -> SocketAddr {
        self.row(name)["dns"][0].as_str().unwrap().parse().unwrap()
    }

    /// Whether private DNS names of the endpoint are in force in a World, whose path is given.
    fn has_private_names(&self, of: &Student) -> bool {
        let name = "cloudformation.ap-northeast-2.amazonaws.com";
        let got = self.send(of, "GET", &format!("{}/api/explain?name={name}", of.path), "");
        assert_eq!(got.status, 200, "{}", got.body);
        got.json()["verdict"] == "PRIVATE"
    }

    /// Turns private DNS off as the page does; the status.
    fn turn_off(&self, of: &Student) -> u16 {
        let form = format!(
            "Action=ModifyVpcEndpoint&Version=2016-11-15&VpcEndpointId={CFN_ENDPOINT}&PrivateDnsEnabled=false"
        );
        self.send(of, "POST", &format!("{}/", of.path), &form).status
    }
}

/// Whether a DNS server's answer for CloudFormation is a private address, by UDP and by TCP.
fn answers_privately(server: SocketAddr) -> bool {
    let mut query = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00".to_vec();
    for label in ["cloudformation", "ap-northeast-2", "amazonaws", "com"] {
        query.push(u8::try_from(label.len()).unwrap());
        query.extend(label.as_bytes());
    }
    query.extend([0, 0, 1, 0, 1]);
    let private = |reply: &[u8]| {
        assert_eq!(reply[3] & 0x0f, 0, "{reply:?}");
        reply[reply.len() - 4] == 10
    };
    let socket = UdpSocket::bind((server.ip(), 0)).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket.send_to(&query, server).unwrap();
    let mut reply = [0; 512];
    let length = socket.recv(&mut reply).unwrap();
    let by_udp = private(&reply[..length]);
    let mut stream = TcpStream::connect(server).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let length = u16::try_from(query.len()).unwrap().to_be_bytes();
    stream.write_all(&[&length[..], &query].concat()).unwrap();
    let mut length = [0; 2];
    stream.read_exact(&mut length).unwrap();
    let mut reply = vec![0; u16::from_be_bytes(length).into()];
    stream.read_exact(&mut reply).unwrap();
    assert_eq!(by_udp, private(&reply));
    by_udp
}

#[test]
fn each_student_has_a_world_and_a_dns_port_of_their_own() {
    for token in [&[][..], &["--token", TOKEN]] {
        let class = Class::start(token);
        let [kim, lee] = ["kim", "이영희"].map(|name| class.join(name));
        assert!(class.has_private_names(&kim) && class.has_private_names(&lee));
        assert_eq!(class.turn_off(&kim), 200);
        assert!(!class.has_private_names(&kim) && class.has_private_names(&lee));
        let [of_kim, of_lee] = ["kim", "이영희"].map(|name| class.dns(name));
        assert_ne!(of_kim, of_lee);
        assert!(!answers_privately(of_kim));
        assert!(answers_privately(of_lee) && answers_privately(class.server.dns[0]));
        // The page copies a command that asks the student's own port.
        let path = format!("{}/api/explain?name=s3.ap-northeast-2.amazonaws.com", kim.path);
        let command = class.send(&kim, "GET", &path, "").json()["dig"]["command"].to_string();
        assert!(command.contains(&format!("-p {} ", of_kim.port())), "{command}");
    }
}

#[test]
fn ports_of_students_follow_each_other_if_a_first_one_is_given() {
    // A port that was free a moment ago, with others after it.
    let first = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().min(60_000);
    let class = Class::start(&["--class-dns-port", &first.to_string()]);
    class.join("a");
    class.join("b");
    let [a, b] = ["a", "b"].map(|name| class.dns(name).port());
    assert!(first <= a && a < b && b < first + 256, "{first} {a} {b}");
}

#[test]
fn the_link_to_join_has_a_name_that_others_reach_and_a_signal_ends_the_class() {
    let mut server = Server::start(&["lab09-1", "--class", "--http-host", "class.test"]);
    let line = server.next_line(PATIENCE).unwrap();
    let mut lines = vec![line];
    while !lines.last().unwrap().starts_with("Students join") {
        lines.push(server.next_line(PATIENCE).unwrap());
    }
    let port = server.http.port();
    assert_eq!(lines.last().unwrap(), &format!("Students join at http://class.test:{port}/join"));
    let class = Class { code: None, server };
    class.join("kim");
    class.join("lee");
    server = class.server;
    server.signal("TERM");
    assert_eq!(server.wait(PATIENCE), Some(0));
}

#[test]
fn a_student_gets_into_no_other_world() {
    let class = Class::start(&["--token", TOKEN]);
    let http = class.server.http;
    let [kim, lee] = ["kim", "lee"].map(|name| class.join(name));
    let form = "Action=DescribeVpcs&Version=2016-11-15";
    for path in ["/", "/api/world", "/api/labs", "/api/events", "/api/explain?name=a.b", "/metrics"]
    {
        let there = format!("{}{path}", lee.path);
        let got = class.send(&kim, "GET", &there, "");
        assert_eq!(got.status, 401, "{there}");
        assert!(got.body.starts_with("This is the configuration of lee."), "{}", got.body);
        assert_eq!(send(http, "GET", &there, "", "").status, 401, "nobody: {there}");
        assert_eq!(class.teacher("GET", &there, "").status, 401, "the teacher has a link: {there}");
        if path != "/" {
            assert_eq!(class.send(&kim, "GET", path, "").status, 401, "the teacher's {path}");
        }
    }
    for path in ["/", "/api/reset", "/api/labs/lab09-1/steps/base", "/moto-api/reset"] {
        let there = format!("{}{path}", lee.path);
        assert!([401, 403].contains(&class.send(&kim, "POST", &there, form).status), "{there}");
        assert!([401, 403].contains(&class.send(&kim, "POST", path, form).status), "{path}");
    }
    for path in ["/api/class", "/api/class/reset", "/api/class/lee/reset", "/api/class/follow"] {
        let method = if path == "/api/class" { "GET" } else { "POST" };
        assert_eq!(class.send(&kim, method, path, "{}").status, 401, "{path}");
        // They are no part of a student's World either.
        let own = format!("{}{path}", kim.path);
        assert_eq!(class.send(&kim, method, &own, "{}").status, 404, "{own}");
    }
    // Paths that lead out of a student's World lead nowhere.
    for path in ["/../lee/api/world", "/%2e%2e/lee/api/world", "/..%2flee/api/world"] {
        let got = class.send(&kim, "GET", &format!("{}{path}", kim.path), "");
        assert_eq!(got.status, 404, "{path}");
    }
    assert_eq!(class.send(&kim, "GET", "/students/kimberly/api/world", "").status, 404);
    assert_eq!(class.send(&kim, "GET", "/students/%ff/api/world", "").status, 404);
}

#[test]
fn a_session_is_of_one_world() {
    let class = Class::start(&["--token", TOKEN]);
    let http = class.server.http;
    let [kim, lee] = ["김철수", "lee"].map(|name| class.join(name));
    let got = send(http, "GET", &format!("{}/?token={}", kim.path, kim.secret), "", "");
    assert_eq!((got.status, got.header("location")), (303, format!("{}/", kim.path)));
    let cookie = got.header("set-cookie");
    assert!(cookie.ends_with(&format!("; Path={}", kim.path)), "{cookie}");
    let cookie = format!("Cookie: {}\r\n", cookie.split(';').next().unwrap());
    let world = |path: &str| send(http, "GET", &format!("{path}/api/world"), &cookie, "").status;
    assert_eq!((world(&kim.path), world(&lee.path), world("")), (200, 401, 401));
    // The teacher's session opens no student's World, and a student's secret opens the teacher's for nobody.
    let got = send(http, "GET", &format!("/?token={TOKEN}"), "", "");
    let cookie = format!("Cookie: {}\r\n", got.header("set-cookie").split(';').next().unwrap());
    let world = |path: &str| send(http, "GET", &format!("{path}/api/world"), &cookie, "").status;
    assert_eq!((world(""), world(&kim.path)), (200, 401));
    assert_eq!(send(http, "GET", &format!("/?token={}", kim.secret), "", "").status, 401);
    // The page's addresses are relative, so it is at a path with a slash at its end.
    let got = send(http, "GET", &lee.path, "", "");
    assert_eq!((got.status, got.header("location")), (303, format!("{}/", lee.path)));
}

#[test]
fn joining_takes_the_code_and_a_free_name() {
    let class = Class::start(&["--token", TOKEN, "--class-students", "2"]);
    let code = class.code.clone().unwrap();
    assert!(code.len() >= 26, "{code}");
    let status = |wish: Value| class.try_join(&wish).status;
    assert_eq!(status(json!({ "name": "kim" })), 403);
    assert_eq!(status(json!({ "name": "kim", "code": "x" })), 403);
    assert_eq!(status(json!({ "name": "kim", "code": TOKEN })), 403);
    for name in ["", "a/b", "..", "a b", "<b>", &"a".repeat(33)] {
        assert_eq!(status(json!({ "name": name, "code": code })), 400, "{name}");
    }
    assert!([400, 422].contains(&status(json!({ "nam": "kim" }))));
    assert!([400, 413].contains(&status(json!({ "name": "a".repeat(5_000), "code": code }))));
    let kim = class.join("kim");
    let again = class.try_join(&json!({ "name": "kim", "code": code }));
    assert_eq!(again.status, 409);
    assert!(again.body.contains("kim has joined already. If that is you,"), "{}", again.body);
    let other = class.try_join(&json!({ "name": "kim", "code": code, "secret": "x" }));
    assert_eq!(other.status, 409);
    let own = class.try_join(&json!({ "name": "kim", "code": code, "secret": kim.secret }));
    assert_eq!(own.json()["secret"], kim.secret.as_str());
    class.join("lee");
    let full = class.try_join(&json!({ "name": "park", "code": code }));
    assert_eq!(full.status, 503);
    assert!(full.body.contains("The class is full: it has 2 students."), "{}", full.body);
    // Whoever shows no token sees the page to join, and no other.
    let page = send(class.server.http, "GET", &format!("/?code={code}"), "", "");
    assert!(page.status == 200 && page.body.contains("js/join.js"), "{}", page.body);
    let page = class.teacher("GET", "/", "");
    assert!(page.status == 200 && page.body.contains("js/main.js"), "{}", page.body);
}

#[test]
fn other_sites_and_other_names_of_the_host_stay_outside() {
    let class = Class::start(&[]);
    let http = class.server.http;
    assert_eq!(class.code, None, "only this machine can come");
    let kim = class.join("kim");
    let elsewhere = "Host: evil.test\r\n".to_owned() + &bearer(&kim.secret);
    let foreign =
        "Host: localhost\r\nOrigin: http://evil.test\r\n".to_owned() + &bearer(&kim.secret);
    let own = format!("{}/api/world", kim.path);
    for (method, path) in [("GET", own.as_str()), ("POST", "/api/class/join"), ("GET", "/join")] {
        for headers in [&elsewhere, &foreign] {
            let headers = format!("{headers}Content-Type: application/json\r\n");
            let body = if method == "POST" { r#"{"name":"lee"}"# } else { "" };
            assert_eq!(send(http, method, path, &headers, body).status, 403, "{path} {headers}");
        }
    }
    assert_eq!(class.panel()["students"].as_array().unwrap().len(), 1);
    assert_eq!(send(http, "GET", "/join", "", "").status, 200);
    let refused = vpcdns(&["serve", "lab09-1", "--class", "--http", "0.0.0.0:0"]);
    assert!(refused.code == 1 && refused.err.contains("--token"), "{}", refused.err);
}

#[test]
fn aws_clients_sign_the_path_that_they_send() {
    let class = Class::start(&["--token", TOKEN]);
    let http = class.server.http;
    let [kim, lee] = ["김", "lee"].map(|name| class.join(name));
    let body = "Action=DescribeVpcs&Version=2016-11-15";
    let signed = |secret: &str, path: &str, sent: &str| {
        let identity = Credentials::new("vpcdns", secret, None, None, "test").into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region("ap-northeast-2")
            .name("ec2")
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()
            .unwrap()
            .into();
        let uri = format!("http://localhost{path}");
        let bytes = SignableBody::Bytes(body.as_bytes());
        let request = SignableRequest::new("POST", uri, std::iter::empty(), bytes).unwrap();
        let (made, _) = http_request::sign(request, &parameters).unwrap().into_parts();
        let headers: String = made
            .into_parts()
            .0
            .iter()
            .map(|header| format!("{}: {}\r\n", header.name(), header.value()))
            .collect();
        send(http, "POST", sent, &headers, body).status
    };
    // botocore leaves the slash at the end out.
    for path in [kim.path.clone(), format!("{}/", kim.path)] {
        assert_eq!(signed(&kim.secret, &path, &path), 200, "{path}");
    }
    assert_eq!(signed(&kim.secret, "/", &kim.path), 403, "another path was signed");
    assert_eq!(signed(&kim.secret, &lee.path, &lee.path), 403, "another student's World");
    assert_eq!(signed(&kim.secret, "/", "/"), 403, "the teacher's World");
    assert_eq!(signed(TOKEN, "/", "/"), 200);
    assert_eq!(signed(TOKEN, &kim.path, &kim.path), 403);
}

#[test]
fn the_aws_command_works_below_a_students_path() {
    if Command::new("aws").arg("--version").output().is_err() {
        eprintln!("SKIPPED: no aws command");
        return;
    }
    let class = Class::start(&["--token", TOKEN]);
    let [kim, lee] = ["kim", "이영희"].map(|name| class.join(name));
    let aws = |student: &Student, words: &[&str]| {
        let url = format!("http://{}{}", class.server.http, student.path);
        let output = clean(&mut Command::new("aws"))
            .args(["--endpoint-url", &url, "--region", "ap-northeast-2", "--output", "text"])
            .args(words)
            .env("AWS_ACCESS_KEY_ID", "123456789012")
            .env("AWS_SECRET_ACCESS_KEY", &student.secret)
            .env("AWS_PAGER", "")
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        text
    };
    let off = ["ec2", "modify-vpc-attribute", "--vpc-id", VPC, "--no-enable-dns-hostnames"];
    aws(&kim, &off);
    let asked =
        ["ec2", "describe-vpc-attribute", "--vpc-id", VPC, "--attribute", "enableDnsHostnames"];
    assert!(aws(&kim, &asked).contains("False"));
    assert!(aws(&lee, &asked).contains("True"));
    // Route 53's API has paths of its own.
    assert!(aws(&lee, &["route53", "list-hosted-zones"]).is_empty());
}

#[test]
fn the_teacher_sees_who_is_at_which_step_and_resets_one_or_all() {
    let class = Class::start(&["--token", TOKEN]);
    let [kim, lee] = ["kim", "lee"].map(|name| class.join(name));
    let place = |name: &str| class.row(name)["place"].clone();
    let start = place("kim");
    assert_eq!((&start["lab"], &start["step"]), (&json!("lab09-1"), &json!("interface-endpoint")));
    assert_eq!((&start["number"], &start["steps"]), (&json!(4), &json!(4)));
    assert_eq!(start["done"], start["goals"], "the World is after the lab's last step");
    let go = |of: &Student, step: &str| {
        let path = format!("{}/api/labs/{step}?force=1", of.path);
        let got = class.send(of, "POST", &path, "");
        assert_eq!(got.status, 200, "{}", got.body);
    };
    go(&kim, "lab09-1/steps/base");
    go(&lee, "lab09-2/steps/base");
    let [of_kim, of_lee] = ["kim", "lee"].map(place);
    assert_eq!((&of_kim["lab"], &of_kim["number"]), (&json!("lab09-1"), &json!(2)));
    assert_eq!(
        (&of_kim["done"], of_kim["goals"].as_u64() > Some(3)),
        (&json!(0), true),
        "{of_kim}"
    );
    assert_eq!(of_lee["lab"], "lab09-2");
    // A step under way: of the same World, with a goal done.
    let form = format!(
        "Action=CreateVpcEndpoint&Version=2016-11-15&VpcId={VPC}&VpcEndpointType=Gateway\
         &ServiceName=com.amazonaws.ap-northeast-2.s3"
    );
    let got = class.send(&kim, "POST", &format!("{}/", kim.path), &form);
    assert_eq!(got.status, 200, "{}", got.body);
    let now = place("kim");
    assert!(now["lab"] == "lab09-1" && now["done"].as_u64() > Some(0), "{now}");
    assert_eq!(place("lee"), of_lee);
    assert_eq!(class.teacher("POST", "/api/class/kim/reset", "").status, 200);
    assert_eq!((place("kim"), place("lee")), (start.clone(), of_lee));
    go(&kim, "lab09-1/steps/base");
    assert_eq!(class.teacher("POST", "/api/class/reset", "").json()["reset"], 2);
    assert_eq!((place("kim"), place("lee")), (start.clone(), start));
    assert_eq!(class.teacher("POST", "/api/class/park/reset", "").status, 404);
}

#[test]
fn what_a_student_does_is_activity_and_what_others_try_is_not() {
    let class = Class::start(&["--token", TOKEN]);
    let [kim, lee] = ["kim", "lee"].map(|name| class.join(name));
    let active = || class.row("kim")["active"].as_u64().unwrap();
    let mut last = active();
    // The clock counts milliseconds.
    let later = || std::thread::sleep(Duration::from_millis(5));
    let world = format!("{}/api/world", kim.path);
    let reset = format!("{}/api/reset", kim.path);
    for (by, method, path, counts) in [
        (&lee, "POST", reset.as_str(), false),
        (&kim, "GET", world.as_str(), false),
        (&kim, "POST", reset.as_str(), true),
    ] {
        later();
        class.send(by, method, path, "");
        let now = active();
        assert_eq!(now > last, counts, "{method} {path}");
        last = now;
    }
    later();
    answers_privately(class.dns("lee"));
    assert_eq!(active(), last);
    answers_privately(class.dns("kim"));
    assert!(active() > last);
}

/// The events that a page gets first, until one of this name with this in it.
fn until_event(class: &Class, by: &Student, path: &str, name: &str, with: &str) -> bool {
    let mut stream = TcpStream::connect(class.server.http).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let head = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{}\r\n", bearer(&by.secret));
    stream.write_all(head.as_bytes()).unwrap();
    let mut text = String::new();
    let mut part = [0; 4_096];
    // The stream says now and then that it is alive, so a read alone would not end.
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline
        && let Ok(length @ 1..) = stream.read(&mut part)
    {
        text.push_str(&String::from_utf8_lossy(&part[..length]));
        if text.lines().any(|line| line.starts_with("data: ") && line.contains(with))
            && text.contains(&format!("event: {name}"))
        {
            return true;
        }
    }
    false
}

#[test]
fn students_see_the_teachers_screen_only_while_it_is_shown_and_only_to_read() {
    let class = Class::start(&["--token", TOKEN]);
    let [kim, lee] = ["kim", "lee"].map(|name| class.join(name));
    let screen = format!("{}/teacher/", kim.path);
    let world = format!("{screen}api/world");
    let show = |link: &str| class.teacher("POST", "/api/class/follow", link);
    let before = class.send(&kim, "GET", &world, "");
    assert_eq!(before.status, 403);
    assert_eq!(before.body, "The teacher shows nothing now.\n");
    assert_eq!(show(r#"{"link":"name=a.b&from=x"}"#).status, 200);
    assert_eq!(class.panel()["follow"], "name=a.b&from=x");
    for bad in [
        r#"{"link":"a b"}"#,
        r#"{"link":7}"#,
        "",
        &format!(r#"{{"link":"{}"}}"#, "a".repeat(9_000)),
    ] {
        assert!((400..500).contains(&show(bad).status), "{bad}");
    }
    // It is the teacher's World, and not the student's.
    assert_eq!(class.teacher("POST", "/api/labs/lab09-2/steps/base?force=1", "").status, 200);
    let shown = class.send(&kim, "GET", &world, "");
    assert!(shown.status == 200 && shown.body.contains("CustomVPC"), "{}", shown.body);
    assert!(
        !class.send(&kim, "GET", &format!("{}/api/world", kim.path), "").body.contains("CustomVPC")
    );
    for path in [
        "api/labs",
        "api/explain?name=a.b",
        "api/table",
        "api/survey",
        "api/doctor",
        "",
        "js/main.js",
    ] {
        assert_eq!(class.send(&kim, "GET", &format!("{screen}{path}"), "").status, 200, "{path}");
    }
    let events =
        |of: &str| until_event(&class, &kim, &format!("{of}api/events"), "follow", "name=a.b");
    assert!(events(&screen) && events(&format!("{}/", kim.path)));
    // Nothing is changed through it.
    let form = "Action=DeleteVpc&Version=2016-11-15&VpcId=x";
    for (method, path) in [
        ("POST", ""),
        ("POST", "api/reset"),
        ("POST", "api/labs/lab09-1/steps/base?force=1"),
        ("POST", "api/explain"),
        ("PUT", "api/faults"),
        ("DELETE", "api/faults"),
        ("POST", "moto-api/reset"),
        ("POST", "api/class/reset"),
        ("GET", "api/class"),
        ("GET", "2013-04-01/hostedzone"),
        ("GET", "metrics"),
    ] {
        let got = class.send(&kim, method, &format!("{screen}{path}"), form);
        assert_eq!(got.status, 403, "{method} {path}: {}", got.body);
        assert!(
            got.body.contains("This is the teacher's screen, and you can only look at it."),
            "{}",
            got.body
        );
    }
    let got = class.send(&kim, "GET", &format!("{screen}?Action=DescribeVpcs"), "");
    assert!(got.body.contains("<html"), "it is a page and no API: {}", got.body);
    // Only by a student, at the student's own path.
    assert_eq!(class.send(&lee, "GET", &world, "").status, 401);
    assert_eq!(send(class.server.http, "GET", &world, "", "").status, 401);
    assert_eq!(class.send(&kim, "GET", "/api/world", "").status, 401);
    assert_eq!(show(r#"{"link":null}"#).status, 200);
    assert_eq!(class.send(&kim, "GET", &world, "").status, 403);
}

/// A number of kilobytes of `/proc/PID/status`.
fn kilobytes(class: &Class, key: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", class.server.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with(key)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
#[cfg(target_os = "linux")]
fn a_hundred_students_who_did_every_lab_are_under_200_mib() {
    let class = Class::start(&[]);
    let students: Vec<Student> = (0..100).map(|it| class.join(&format!("student-{it}"))).collect();
    let labs =
        class.send(&students[0], "GET", &format!("{}/api/labs", students[0].path), "").json();
    for student in &students {
        for lab in labs["labs"].as_array().unwrap() {
            for step in lab["steps"].as_array().unwrap() {
                let [lab, step] = [lab, step].map(|it| it["name"].as_str().unwrap());
                let path = format!("{}/api/labs/{lab}/steps/{step}?force=1", student.path);
                assert_eq!(class.send(student, "POST", &path, "").status, 200, "{path}");
            }
        }
        assert!(
            class.send(student, "GET", &format!("{}/api/world", student.path), "").status == 200
        );
    }
    let last = &labs["labs"].as_array().unwrap().last().unwrap()["name"];
    let rows = class.panel();
    for row in rows["students"].as_array().unwrap() {
        assert_eq!(row["place"]["lab"], *last);
        let server: SocketAddr = row["dns"][0].as_str().unwrap().parse().unwrap();
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        socket
            .send_to(
                b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x01a\x00\x00\x01\x00\x01",
                server,
            )
            .unwrap();
        assert!(socket.recv(&mut [0; 512]).unwrap() > 12);
    }
    let most = kilobytes(&class, "VmHWM:") / 1_024;
    eprintln!("{most} MiB");
    assert!(most < 200, "{most} MiB");
}
