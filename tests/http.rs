//! The HTTP side: who may use it, and what it answers.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a failing test panics"
)]

mod common;

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use common::Server;

/// Sends a request as it stands; the status and the body.
fn request(server: SocketAddr, text: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(server).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    stream.write_all(text.as_bytes()).unwrap();
    let mut reply = String::new();
    let _ = stream.read_to_string(&mut reply);
    let status = reply.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
    (status, reply.split("\r\n\r\n").nth(1).unwrap_or_default().to_owned())
}

fn send(server: SocketAddr, method: &str, path: &str, headers: &str) -> (u16, String) {
    request(
        server,
        &format!(
            "{method} {path} HTTP/1.1\r\nConnection: close\r\nContent-Length: 0\r\n{headers}\r\n"
        ),
    )
}

/// Sends an action of the EC2 API by `POST`; the status.
fn post(server: SocketAddr, form: &str, headers: &str) -> u16 {
    let head = format!("Connection: close\r\nContent-Length: {}\r\n{headers}", form.len());
    request(server, &format!("POST / HTTP/1.1\r\n{head}\r\n{form}")).0
}

/// A page elsewhere can make a browser get a picture from here, without an Origin.
#[test]
fn no_other_site_changes_the_world() {
    let server = Server::start(&["lab09-1"]);
    let vpc = "vpc-07de255d3a7c9c317";
    let off = format!("Action=ModifyVpcAttribute&VpcId={vpc}&EnableDnsHostnames.Value=false");
    let is = format!("/?Action=DescribeVpcAttribute&VpcId={vpc}&Attribute=enableDnsHostnames");
    let from = |site: &str| format!("Host: localhost\r\nSec-Fetch-Site: {site}\r\n");
    let get = |path: &str, site: &str| send(server.http, "GET", path, &from(site));
    for site in ["cross-site", "same-site", "odd"] {
        assert_eq!(post(server.http, &off, &from(site)), 403, "{site}");
        for path in ["/", "/js/main.js", "/api/world", "/api/events", "/metrics", "/health", "/no"]
        {
            assert_eq!(get(path, site).0, 403, "{site} {path}");
        }
        assert_eq!(send(server.http, "DELETE", "/api/faults", &from(site)).0, 403, "{site}");
    }
    assert!(get(&is, "none").1.contains("<value>true</value>"));
    assert_eq!(post(server.http, &off, &from("same-origin")), 200);
    assert!(get(&is, "none").1.contains("<value>false</value>"));
    let link = from("cross-site") + "Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n";
    let followed = |path: &str| send(server.http, "GET", path, &link).0;
    assert_eq!(followed("/"), 200, "a link to the page may stand anywhere");
    assert_eq!(followed("/api/world"), 403);
}

/// Browsers say nothing of the site over plain HTTP to a name, and any page may show an address as a picture.
#[test]
fn get_only_reads_unless_it_is_signed() {
    let server = Server::start(&["empty"]);
    let get = |query: &str, headers: &str| {
        send(server.http, "GET", &format!("/?{query}"), &format!("Host: localhost\r\n{headers}"))
    };
    let create = "Action=CreateVpc&CidrBlock=10.0.0.0/16";
    let presigned = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=123456789012/20260101/us-east-1/ec2/aws4_request&X-Amz-Signature=0";
    for query in [
        create.to_owned(),
        format!("{create}&{presigned}"),
        format!("Action=DescribeVpcs&{create}"),
        format!("{create}&Action=DescribeVpcs"),
        format!("%41ction=DescribeVpcs&{create}"),
        "Action=describeCreateVpc".to_owned(),
        "Action=DeleteVpc&VpcId=vpc-1".to_owned(),
    ] {
        let (status, body) = get(&query, "");
        assert_eq!(status, 400, "{query}: {body}");
    }
    assert!(get(create, "").1.contains("send CreateVpc by POST"));
    assert_eq!(get(create, "Authorization: Basic dnBjZG5z\r\n").0, 400);
    // What is not an action's name shows the page.
    assert!(get(&create.replace('A', "%41"), "").1.contains("<html"));
    let count = || get("Action=DescribeVpcs", "").1.matches("<vpcId>").count();
    assert_eq!(count(), 0);
    let signature = "Authorization: AWS4-HMAC-SHA256 Credential=123456789012/20260101/ap-northeast-2/ec2/aws4_request, SignedHeaders=host, Signature=0\r\n";
    assert_eq!(get(create, signature).0, 200);
    assert_eq!(count(), 1);
}

/// RFC 9112 section 3.2.
#[test]
fn a_request_that_could_be_read_in_two_ways_is_400() {
    let server = Server::start(&["lab09-1", "--imds", "127.0.0.1:0"]);
    for path in ["/", "/health", "/api/world", "/nothing"] {
        let status = |target: &str, headers: &str| send(server.http, "GET", target, headers).0;
        let fine = status(path, "Host: localhost\r\nOrigin: http://localhost\r\n");
        assert!(fine == 200 || path == "/nothing" && fine == 404, "{path}: {fine}");
        for headers in [
            "",
            "Host: localhost\r\nHost: localhost\r\n",
            "Host: localhost\r\nHost: evil.example\r\n",
            "Host: localhost\r\nOrigin: http://localhost\r\nOrigin: http://localhost\r\n",
            "Host: localhost\r\nSec-Fetch-Site: none\r\nSec-Fetch-Site: cross-site\r\n",
        ] {
            assert_eq!(status(path, headers), 400, "{path} {headers}");
        }
        for host in ["localhost", "evil.example"] {
            let target = format!("http://{host}{path}");
            assert_eq!(status(&target, "Host: localhost\r\n"), 400, "{target}");
        }
    }
}

#[test]
fn a_token_is_long_where_others_may_try_it() {
    let serve = |arguments: &[&str]| {
        let common = ["serve", "empty", "--dns", "127.0.0.1:0"];
        common::vpcdns(&[&common[..], arguments].concat())
    };
    let folder = common::scratch("token");
    let file = |name: &str, text: &str| {
        std::fs::write(folder.join(name), text).unwrap();
        folder.join(name).display().to_string()
    };
    let (short, long) = (file("short", "fifteen letters\n"), file("long", "sixteen letters!\n"));
    let everywhere = ["--http", "0.0.0.0:0"];
    for (more, said) in [
        (&[][..], "--token or --token-file is required"),
        (&["--token", "fifteen letters"], "at least 16 characters"),
        (&["--token-file", &short], "at least 16 characters"),
        (&["--token", ""], "empty"),
        (&["--token", "sixteen letters!", "--token-file", &long], "not both"),
        (&["--token-file", "/nowhere/token"], "/nowhere/token"),
    ] {
        let printed = serve(&[&everywhere[..], more].concat());
        assert_eq!(printed.code, 1, "{more:?}");
        assert!(printed.err.contains(said), "{more:?}: {}", printed.err);
    }
    let server = Server::start(&["empty", "--token-file", &long]);
    let ask = |token: &str| {
        let headers = format!("Host: h\r\nAuthorization: Bearer {token}\r\n");
        send(server.http, "GET", "/api/labs", &headers).0
    };
    assert_eq!([ask("sixteen letters!"), ask("sixteen letters"), ask(&long)], [200, 401, 401]);
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn host_and_origin_are_checked() {
    let server = Server::start(&["lab09-1"]);
    let path = "/api/labs";
    assert_eq!(send(server.http, "GET", path, "Host: localhost\r\n").0, 200);
    assert_eq!(send(server.http, "GET", path, &format!("Host: {}\r\n", server.http)).0, 200);
    assert_eq!(send(server.http, "GET", path, "Host: evil.example\r\n").0, 403);
    assert_eq!(
        send(server.http, "GET", path, "Host: localhost\r\nOrigin: http://evil.example\r\n").0,
        403
    );
    assert_eq!(
        send(
            server.http,
            "POST",
            "/api/reset",
            "Host: localhost\r\nOrigin: http://evil.example\r\n"
        )
        .0,
        403
    );
    assert_eq!(
        send(server.http, "GET", path, "Host: localhost\r\nOrigin: http://localhost\r\n").0,
        200
    );
    assert_eq!(send(server.http, "GET", "/ready", "Host: evil.example\r\n").0, 200);
    assert_eq!(send(server.http, "GET", "/nothing", "Host: localhost\r\n").0, 404);
}

#[test]
fn a_token_is_asked_for_where_one_is_set() {
    let server = Server::start(&["lab09-1", "--token", "secret"]);
    let ask = |headers: &str| send(server.http, "GET", "/api/labs", headers).0;
    assert_eq!(ask("Host: localhost\r\n"), 401);
    assert_eq!(ask("Host: localhost\r\nAuthorization: Bearer wrong!\r\n"), 401);
    assert_eq!(ask("Host: elsewhere\r\nAuthorization: Bearer secret\r\n"), 200);
    assert_eq!(send(server.http, "GET", "/health", "Host: localhost\r\n").0, 200);
}

/// A header of a whole reply.
fn header<'r>(reply: &'r str, name: &str) -> Option<&'r str> {
    let head = reply.split("\r\n\r\n").next()?;
    head.lines().find_map(|line| {
        let (key, value) = line.split_once(": ")?;
        key.eq_ignore_ascii_case(name).then_some(value)
    })
}

fn whole(server: SocketAddr, path: &str, headers: &str) -> String {
    let mut stream = TcpStream::connect(server).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    reply
}

#[test]
fn the_page_has_the_lab_of_a_file_that_is_served() {
    let folder = common::scratch("served-lab");
    let file = folder.join("mine.yaml");
    std::fs::write(&file, vpcdns::import::open::builtin::NEW).unwrap();
    let server = Server::start(&[file.to_str().unwrap()]);
    std::fs::remove_dir_all(folder).unwrap();
    let labs = json(server.http, "/api/labs");
    assert_eq!(labs["labs"][0]["name"], "my-lab");
    assert_eq!(labs["at"], serde_json::json!({"lab": "my-lab", "step": "endpoint"}));
    let step = |name: &str| {
        send(server.http, "POST", &format!("/api/labs/my-lab/steps/{name}"), "Host: localhost\r\n")
            .0
    };
    assert_eq!(step("base"), 200);
    let labs = json(server.http, "/api/labs");
    assert_eq!(labs["at"]["step"], "base");
    assert!(labs["labs"].as_array().unwrap().iter().any(|lab| lab["name"] == "lab09-1"));
    assert_eq!(step("nothing"), 404);
}

fn json(server: SocketAddr, path: &str) -> serde_json::Value {
    let (status, body) = send(server, "GET", path, "Host: localhost\r\n");
    assert_eq!(status, 200, "{path}: {body}");
    serde_json::from_str(&body).unwrap()
}

#[test]
fn the_token_is_shown_once_and_kept_in_a_cookie() {
    let server = Server::start(&["lab09-1", "--token", "se cret&"]);
    assert!(whole(server.http, "/", "").starts_with("HTTP/1.1 401"));
    assert!(whole(server.http, "/?token=wrong", "").starts_with("HTTP/1.1 401"));
    assert!(whole(server.http, "/api/labs?token=se%20cret%26", "").starts_with("HTTP/1.1 401"));
    let shown = whole(server.http, "/?token=se%20cret%26", "");
    assert!(shown.starts_with("HTTP/1.1 303"), "{shown}");
    assert_eq!(header(&shown, "location"), Some("/"));
    let cookie = header(&shown, "set-cookie").unwrap();
    for word in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(word), "{cookie}");
    }
    let kept = cookie.split(';').next().unwrap();
    let name = format!("vpcdns-{}=", server.http.port());
    assert!(kept.starts_with(&name) && kept.len() == name.len() + 32, "{kept}");
    let again = whole(server.http, "/?token=se%20cret%26", "");
    assert_ne!(header(&again, "set-cookie").unwrap(), cookie, "the same session again");
    let with = format!("Cookie: other=1; {kept}\r\n");
    assert!(whole(server.http, "/", &with).starts_with("HTTP/1.1 200"));
    assert!(whole(server.http, "/api/labs", &with).starts_with("HTTP/1.1 200"));
    let elsewhere = format!("{with}Origin: http://evil.example\r\n");
    assert!(whole(server.http, "/api/labs", &elsewhere).starts_with("HTTP/1.1 403"));
    // The page's requests to the EC2 API are trusted by it too.
    let describe = |headers: &str| {
        let body = "Action=DescribeVpcs&Version=2016-11-15";
        post(server.http, body, &format!("Host: localhost\r\n{headers}"))
    };
    assert_eq!(describe(&with), 200);
    assert!([401, 403].contains(&describe("")), "{}", describe(""));
    assert!(whole(server.http, "/", &format!("Cookie: {name}00\r\n")).starts_with("HTTP/1.1 401"));
}

#[test]
fn the_page_is_small_and_runs_nothing_but_its_files() {
    let server = Server::start(&["lab09-1"]);
    let page = whole(server.http, "/", "");
    assert!(page.starts_with("HTTP/1.1 200"));
    let policy = header(&page, "content-security-policy").unwrap();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(header(&page, "x-content-type-options"), Some("nosniff"));
    let body = page.split_once("\r\n\r\n").unwrap().1;
    // No script, style or handler inside, nothing from elsewhere.
    assert!(!body.contains("<script>") && !body.contains("<style") && !body.contains(" style="));
    let handler = |word: &str| word.starts_with("on") && word.contains('=');
    assert!(!body.split_whitespace().any(handler), "a handler in the HTML");
    assert!(!body.contains("http://") && !body.contains("https://"));
    // In a class, a student's page is below a path.
    assert!(!body.contains("=\"/"), "an address that is not relative");
    let mut sum = body.len();
    let mut files: Vec<String> = vec!["/js/main.js".to_owned()];
    for part in body.split(['"']) {
        let is_file = [".js", ".css", ".svg"].iter().any(|end| part.ends_with(end));
        let path = format!("/{part}");
        if is_file && !files.contains(&path) {
            files.push(path);
        }
    }
    assert!(files.len() > 10, "{files:?}");
    for file in &files {
        let reply = whole(server.http, file, "");
        assert!(reply.starts_with("HTTP/1.1 200"), "{file}: {reply}");
        sum += reply.split_once("\r\n\r\n").unwrap().1.len();
        let tag = header(&reply, "etag").unwrap();
        let again = whole(server.http, file, &format!("If-None-Match: {tag}\r\n"));
        assert!(again.starts_with("HTTP/1.1 304"), "{file}: {again}");
    }
    // Before any compression.
    assert!(sum < 300 * 1024, "the page's files are {sum} bytes");
}

#[test]
fn the_world_is_told_whole_or_in_part() {
    let server = Server::start(&["lab09-2"]);
    let all = json(server.http, "/api/world");
    let world = &all["world"];
    assert_eq!(world["total"], world["shown"]);
    let names: Vec<_> =
        world["vpcs"].as_array().unwrap().iter().map(|vpc| vpc["name"].clone()).collect();
    assert_eq!(names, ["MyVPC", "CustomVPC"]);
    assert_eq!(world["services"][0]["connections"][0]["state"], "available");
    let from = json(server.http, "/api/world?from=Custom-WEB-2&limit=9");
    assert_eq!(from["world"]["vpcs"][0]["name"], "CustomVPC");
    let part = json(server.http, "/api/world?from=Custom-WEB-2&limit=3");
    let vpc = &part["world"]["vpcs"][0];
    assert_eq!(part["world"]["shown"], 3);
    assert_eq!(vpc["subnets"][0]["instances"][0]["name"], "Custom-WEB-2");
    assert_eq!(vpc["subnets"][0]["omitted"], 1);
    assert_eq!(vpc["omitted"], 1);
    assert_eq!(part["world"]["vpcs"].as_array().unwrap().len(), 1);
}

#[test]
fn tables_are_told_of_so_many_endpoints_and_of_the_readers_vpc_first() {
    let folder = common::scratch("tables");
    let world = folder.join("world.yaml");
    let vpc = |name: &str, service: &str| {
        format!(
            "  {name}:\n    cidr: 10.0.0.0/16\n    dns-hostnames: true\n    subnets: {{A: {{cidr: 10.0.1.0/24, zone: \
             us-east-1a}}}}\n    endpoints: {{E: {{service: {service}, subnets: {{A: 10.0.1.10}}}}}}\n"
        )
    };
    let text = format!("region: us-east-1\nvpcs:\n{}{}", vpc("V", "kms"), vpc("W", "sqs"));
    std::fs::write(&world, text).unwrap();
    let server = Server::start(&[world.to_str().unwrap()]);
    let services = |query: &str| -> Vec<String> {
        let tables = json(server.http, &format!("/api/table{query}"));
        let service = |table: &serde_json::Value| table["service"].as_str().unwrap().to_owned();
        tables.as_array().unwrap().iter().map(service).collect()
    };
    let (kms, sqs) = ("com.amazonaws.us-east-1.kms", "com.amazonaws.us-east-1.sqs");
    assert_eq!(services(""), [kms, sqs]);
    assert_eq!(services("?from=W"), [sqs, kms]);
    assert_eq!(services("?from=W&limit=1"), [sqs]);
    // Each table is asked from there, whichever VPC its endpoint is in.
    let tables = json(server.http, "/api/table?from=W");
    assert!(tables.as_array().unwrap().iter().all(|table| table["from"] == "W"), "{tables}");
    let way = |name: &str| {
        json(server.http, &format!("/api/explain?name={name}&from=W"))["paths"][0]["phrase"].clone()
    };
    let row = &tables[1]["rows"][0];
    assert_eq!(row["cell"]["way"], way("kms.us-east-1.amazonaws.com"));
    assert_eq!(row["cell"]["reason"], "no-route");
    let nobody = send(server.http, "GET", "/api/table?from=nobody", "Host: localhost\r\n");
    assert_eq!(nobody.0, 400);
    let cut = whole(server.http, "/api/table?limit=1", "");
    assert!(cut.contains("\r\nx-total-count: 2\r\n"), "{cut}");
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn an_explanation_tells_the_world_right_before_the_last_change() {
    let server = Server::start(&["lab09-1@dns-hostnames"]);
    let http = server.http;
    let before = |from: &str| {
        let name = "cloudformation.ap-northeast-2.amazonaws.com";
        json(http, &format!("/api/explain?name={name}&from={from}"))["before"].clone()
    };
    let step = |step: &str| {
        let path = format!("/api/labs/lab09-1/steps/{step}?force=1");
        assert_eq!(send(http, "POST", &path, "Host: localhost\r\n").0, 200);
    };
    let public = "CloudNeta-Public-EC2";
    assert!(before(public).is_null());
    step("interface-endpoint");
    assert_eq!(before(public)["data"][0], "52.95.193.132");
    assert_eq!(before(public)["ways"][0], "public path, over the internet");
    assert_eq!(
        before("CloudNeta-Private-EC2")["ways"][0],
        "nowhere: no route in CloudNeta-Private-RT"
    );
    // Back, nothing is told of what was.
    step("dns-hostnames");
    assert!(before(public).is_null());
    step("interface-endpoint");
    assert!(!before(public).is_null());
    // The same step again goes nowhere forward; starting over is no change.
    step("interface-endpoint");
    assert!(before(public).is_null());
    assert_eq!(send(http, "POST", "/api/reset", "Host: localhost\r\n").0, 200);
    assert!(before(public).is_null());
}

#[test]
fn the_survey_and_the_labs_are_told() {
    let server = Server::start(&["lab09-1"]);
    let lines = json(server.http, "/api/survey?from=CloudNeta-Private-EC2");
    let line = lines
        .as_array()
        .unwrap()
        .iter()
        .find(|line| line["name"] == "cloudformation.ap-northeast-2.amazonaws.com");
    assert_eq!(line.unwrap()["verdict"], "PRIVATE");
    assert_eq!(send(server.http, "GET", "/api/survey?from=nobody", "Host: localhost\r\n").0, 400);
    let at = || json(server.http, "/api/labs")["at"].clone();
    assert_eq!(at(), serde_json::json!({ "lab": "lab09-1", "step": "interface-endpoint" }));
    let labs = json(server.http, "/api/labs");
    let step = &labs["labs"][1]["steps"][3];
    assert_eq!(step["name"], "accepted");
    assert!(step["text"]["ko"].as_str().unwrap().contains("수락"));
    assert_eq!(step["digs"][0]["prints"], serde_json::json!(["10.0.0.19"]));
    send(server.http, "POST", "/api/labs/lab09-1/steps/s3-gateway", "Host: localhost\r\n");
    assert_eq!(at(), serde_json::json!({ "lab": "lab09-1", "step": "s3-gateway" }));
}

/// Reads server-sent events until `enough` says so.
fn events(stream: &mut TcpStream, enough: impl Fn(&str) -> bool) -> String {
    let mut text = String::new();
    let mut buffer = [0; 65_536];
    let deadline = Instant::now() + Duration::from_secs(10);
    while !enough(&text) {
        assert!(Instant::now() < deadline, "no such event came: {text}");
        let length = stream.read(&mut buffer).unwrap();
        assert!(length > 0, "the stream ended: {text}");
        text.push_str(&String::from_utf8_lossy(&buffer[..length]));
    }
    text
}

#[test]
fn events_tell_changes_and_a_sample_of_queries() {
    let server = Server::start(&["lab09-1"]);
    let mut stream = TcpStream::connect(server.http).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream.write_all(b"GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let first = events(&mut stream, |text| text.contains("event: world"));
    assert!(first.contains("text/event-stream"), "{first}");

    // A burst: every query is answered and counted, a few are told.
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let packet = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x02s3\x0eap-northeast-2\x09amazonaws\x03com\x00\x00\x01\x00\x01";
    for _ in 0..3_000 {
        socket.send_to(packet, server.dns[0]).unwrap();
        socket.recv(&mut [0; 512]).unwrap();
    }
    let batches = |text: &str| -> Vec<serde_json::Value> {
        text.lines()
            .filter_map(|line| line.strip_prefix("data: "))
            .filter_map(|data| serde_json::from_str(data).ok())
            .filter(|data: &serde_json::Value| data.get("seen").is_some())
            .collect()
    };
    let seen =
        |text: &str| batches(text).iter().map(|it| it["seen"].as_u64().unwrap()).sum::<u64>();
    let text = events(&mut stream, |text| seen(text) >= 3_000);
    assert_eq!(seen(&text), 3_000);
    let all = batches(&text);
    assert!(all.iter().all(|it| it["samples"].as_array().unwrap().len() <= 20));
    let sample = &all[0]["samples"][0];
    assert_eq!(sample["name"], "s3.ap-northeast-2.amazonaws.com");
    assert_eq!(sample["from"], "CloudNeta-Public-EC2 in CloudNeta-VPC");
    assert_eq!(sample["verdict"], "PUBLIC");
    assert_eq!(sample["path"], "gateway");
    assert!(sample["source"].is_string() && sample["at"].is_u64());

    send(server.http, "POST", "/api/labs/lab09-1/steps/base", "Host: localhost\r\n");
    events(&mut stream, |text| text.contains("event: world"));
    let metrics = send(server.http, "GET", "/metrics", "Host: localhost\r\n").1;
    let lines = |name: &str| -> Vec<(String, u64)> {
        let named = metrics.lines().filter_map(|line| line.strip_prefix(name)?.split_once(' '));
        named.map(|(labels, value)| (labels.to_owned(), value.parse().unwrap())).collect()
    };
    let vpc = "{view=\"vpc-07de255d3a7c9c317\",";
    assert_eq!(
        lines("vpcdns_dns_requests_total"),
        [(format!("{vpc}proto=\"udp\",family=\"1\",type=\"A\"}}"), 3_000)]
    );
    assert_eq!(lines("vpcdns_dns_responses_total"), [(format!("{vpc}rcode=\"NOERROR\"}}"), 3_000)]);
    let took = lines("vpcdns_dns_request_duration_seconds_bucket");
    assert_eq!(took.last().unwrap(), &(format!("{vpc}le=\"+Inf\"}}"), 3_000));
    assert!(took.is_sorted_by_key(|(_, count)| *count), "{took:?}");
    assert!(metrics.contains("vpcdns_event_listeners 1"), "{metrics}");
    assert!(metrics.contains("vpcdns_world_resources{kind=\"vpc\"} 1"), "{metrics}");
}

#[test]
fn sentences_are_in_the_language_of_the_request() {
    let server = Server::start(&["lab09-1", "--language", "ko"]);
    let told = |query: &str, headers: &str| {
        let path = format!("/api/explain?name=s3.ap-northeast-2.amazonaws.com{query}");
        let (_, body) = send(server.http, "GET", &path, &format!("Host: localhost\r\n{headers}"));
        let json: serde_json::Value = serde_json::from_str(&body).unwrap();
        json["steps"][1]["text"].as_str().unwrap().to_owned()
    };
    let (english, korean) =
        ("DNS support and DNS hostnames are on", "DNS 확인과 DNS 호스트 이름이");
    for (query, headers, words) in [
        ("", "", korean),
        ("&lang=en", "", english),
        ("&lang=fr", "", korean),
        ("&lang=ko", "Accept-Language: en\r\n", korean),
        ("", "Accept-Language: fr-FR, en-US;q=0.8, ko;q=0.5\r\n", english),
        ("", "Accept-Language: ko-KR,ko;q=0.9,en;q=0.8\r\n", korean),
    ] {
        let text = told(query, headers);
        assert!(text.contains(words), "{query} {headers} {text}");
    }
}

#[test]
fn facts_and_refusals_are_told_in_plain_words() {
    let server = Server::start(&["lab09-1"]);
    let get = |path: &str| send(server.http, "GET", path, "Host: localhost\r\n");
    let (status, page) = get("/facts/p1?lang=ko");
    assert_eq!(status, 200);
    assert!(page.contains("<h1>P1</h1>") && page.contains("<html lang=\"ko\">"), "{page}");
    assert!(page.contains("<a href=\"https://docs.aws.amazon.com/"), "{page}");
    assert!(page.contains("tests/cases/") && page.contains("<h2>출처</h2>"), "{page}");
    // What a visitor typed is shown as text.
    let (status, page) = get("/facts/%3Cscript%3E%22");
    assert_eq!(status, 404);
    assert!(page.contains("&lt;script&gt;&quot;") && !page.contains("<script"), "{page}");
    let means = |code: &str, lang: &str| {
        let (_, body) = get(&format!("/api/refusals/{code}?lang={lang}"));
        serde_json::from_str::<serde_json::Value>(&body).unwrap()["means"].clone()
    };
    assert_eq!(
        means("DependencyViolation", "en"),
        "something still uses the resource; delete or detach that first"
    );
    assert!(means("InvalidVpcID.NotFound", "ko").as_str().unwrap().contains("없습니다"));
    assert_eq!(means("NoSuchCode", "en"), serde_json::Value::Null);
}

#[test]
fn so_many_may_listen_and_no_more() {
    let server = Server::start(&["lab09-1"]);
    let open = || {
        let mut stream = TcpStream::connect(server.http).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        stream.write_all(b"GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        let mut head = [0; 12];
        stream.read_exact(&mut head).unwrap();
        (stream, String::from_utf8_lossy(&head).into_owned())
    };
    let listening: Vec<_> = (0..32).map(|_| open()).collect();
    assert!(listening.iter().all(|(_, head)| head == "HTTP/1.1 200"));
    assert_eq!(open().1, "HTTP/1.1 503");
}

#[test]
fn lab_steps_change_the_answers() {
    let server = Server::start(&["lab09-1@base"]);
    let explain = || {
        let path = "/api/explain?name=cloudformation.ap-northeast-2.amazonaws.com&from=CloudNeta-Private-EC2";
        let (status, body) = send(server.http, "GET", path, "Host: localhost\r\n");
        assert_eq!(status, 200, "{body}");
        serde_json::from_str::<serde_json::Value>(&body).unwrap()["verdict"].clone()
    };
    assert_eq!(explain(), "PUBLIC");
    let step = |name: &str| {
        send(server.http, "POST", &format!("/api/labs/{name}"), "Host: localhost\r\n").0
    };
    assert_eq!(step("lab09-1/steps/interface-endpoint"), 200);
    assert_eq!(explain(), "PRIVATE");
    assert_eq!(step("lab09-1/steps/nothing"), 404);
    assert_eq!(step("lab09-1/steps/s3-gateway"), 200, "back a step");
    // What the lab did not make is not lost by a step.
    let create = "Action=CreateVpcEndpoint&VpcId=vpc-07de255d3a7c9c317&ServiceName=dynamodb";
    assert_eq!(post(server.http, create, "Host: localhost\r\n"), 200);
    assert_eq!(step("lab09-1/steps/dns-hostnames"), 409);
    assert_eq!(step("lab09-1/steps/dns-hostnames?force=1"), 200);
    assert_eq!(step("lab09-1/steps/interface-endpoint"), 200);
    assert_eq!(step("lab09-2/steps/base"), 409);
    assert_eq!(step("lab09-2/steps/base?force=1"), 200);
    assert_eq!(send(server.http, "POST", "/api/reset", "Host: localhost\r\n").0, 200);
    assert_eq!(explain(), "PUBLIC");
    let bad = send(server.http, "GET", "/api/explain?name=a..b", "Host: localhost\r\n");
    assert_eq!(bad.0, 400, "{}", bad.1);
    assert!(bad.1.contains("Did you mean a.b?"), "{}", bad.1);
    let hints =
        |name: &str| json(server.http, &format!("/api/explain?name={name}"))["hints"].clone();
    let slip = hints("sqss.us-east-1.amazonaws.com");
    assert_eq!(
        (&slip[0]["code"], &slip[0]["name"]),
        (&"SERVICE".into(), &"sqs.us-east-1.amazonaws.com".into())
    );
    assert_eq!(hints("http://iam.amazonaws.com/")[0]["code"], "URL");
    assert!(hints("iam.amazonaws.com").is_null());
}

#[test]
fn a_lab_step_is_begun_and_shown_in_the_world_that_is_there() {
    let server = Server::start(&["lab09-1"]);
    let step = |name: &str| {
        send(server.http, "POST", &format!("/api/labs/lab09-1/steps/{name}"), "Host: localhost\r\n")
    };
    let open = |index: usize| {
        let goals = json(server.http, "/api/labs")["progress"]["lab09-1"]["steps"][index].clone();
        let goals = goals.as_array().unwrap().iter().filter(|it| it["done"] == false);
        goals.map(|it| it["what"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let at = || json(server.http, "/api/labs")["at"]["step"].clone();
    let nothing = Vec::<String>::new();
    assert_eq!(open(3), nothing);
    // A step begins where the one before it ends.
    assert_eq!(step("interface-endpoint?begin=1").0, 200);
    assert_eq!(at(), "dns-hostnames");
    assert_eq!(open(3), ["interface", "subnets", "private-dns", "available"]);
    // A student's own endpoint is completed, not replaced.
    let create = "Action=CreateVpcEndpoint&VpcId=vpc-07de255d3a7c9c317&VpcEndpointType=Interface&ServiceName=com.amazonaws.\
                  ap-northeast-2.cloudformation&SubnetId.1=subnet-0395bde2bd100a705";
    assert_eq!(post(server.http, create, "Host: localhost\r\n"), 200);
    assert_eq!(open(3), ["subnets"]);
    let own = || json(server.http, "/api/labs")["progress"]["lab09-1"]["own"].clone();
    let before = own();
    assert_eq!(before.as_array().unwrap().len(), 3, "{before}");
    assert_eq!(step("interface-endpoint?show=1").0, 200);
    assert_eq!(open(3), nothing);
    // The address that the lab names was free, so it is the lab's here too.
    assert_eq!(own().as_array().unwrap().len(), 3);
    assert_eq!(own()[0][0], "10.0.1.47");
    assert_eq!(at(), serde_json::Value::Null);
    // It is not the lab's, so another step asks first. Showing a step that is done does nothing.
    assert_eq!(step("s3-gateway?begin=1").0, 409);
    assert_eq!(step("s3-gateway?show=1").0, 200);
    assert_eq!(open(3), nothing);
    // A step that cannot be done in a World says why, and replaces it only if that is wanted.
    let server = Server::start(&["empty"]);
    let step = |query: &str| {
        let path = format!("/api/labs/lab09-1/steps/s3-gateway?{query}");
        send(server.http, "POST", &path, "Host: localhost\r\n")
    };
    let (status, text) = step("show=1");
    assert_eq!(status, 409);
    assert!(text.contains("vpc-07de255d3a7c9c317") && text.contains("force=1"), "{text}");
    assert_eq!(step("show=1&force=1").0, 200);
    assert_eq!(json(server.http, "/api/labs")["at"]["step"], "s3-gateway");
}

#[test]
fn a_slow_tcp_client_holds_up_nobody() {
    let server = Server::start(&["lab09-1"]);
    let mut slow = TcpStream::connect(server.dns[0]).unwrap();
    slow.write_all(&[0]).unwrap();
    let query = b"\x00\x1d\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x07example\x03com\x00\x00\x01\x00\x01";
    let begun = Instant::now();
    for _ in 0..20 {
        let mut quick = TcpStream::connect(server.dns[0]).unwrap();
        quick.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        quick.write_all(query).unwrap();
        let mut length = [0; 2];
        quick.read_exact(&mut length).unwrap();
        let mut reply = vec![0; usize::from(u16::from_be_bytes(length))];
        quick.read_exact(&mut reply).unwrap();
        assert_eq!(reply[..2], [0x12, 0x34]);
    }
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    // A message of the largest size, of zeros: an answer or a close, no hang.
    let mut large = TcpStream::connect(server.dns[0]).unwrap();
    large.set_read_timeout(Some(Duration::from_secs(15))).unwrap();
    large.write_all(&[0xff, 0xff]).unwrap();
    let _ = large.write_all(&[0; 65_535]);
    let mut rest = Vec::new();
    let _ = large.read_to_end(&mut rest);
    let mut alive = TcpStream::connect(server.dns[0]).unwrap();
    alive.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    alive.write_all(query).unwrap();
    assert!(alive.read_exact(&mut [0; 2]).is_ok());
}
