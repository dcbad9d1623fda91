//! Pages of other sites in a real browser: what they can make it send, and that nothing of it changes the World.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    time::Duration,
};

use serde_json::{Value, json};

use super::{
    browser::{Page, with_page},
    common::Server,
};

const TOKEN: &str = "a token of these tests";
/// Names that Chromium is told to find on loopback. They are no trustworthy origins: it sends no `Sec-Fetch-Site`.
const OURS: &str = "dns.example.test";
const OTHERS: &str = "elsewhere.test";

/// Serves an empty page for as long as the test's process lives; its port.
fn other_site() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            std::thread::spawn(move || {
                let _ = stream.read(&mut [0; 4_096]);
                let body = "<!doctype html><title>elsewhere</title>";
                let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close";
                let length = body.len();
                let _ = write!(stream, "{head}\r\nContent-Length: {length}\r\n\r\n{body}");
            });
        }
    });
    port
}

/// How many VPCs the server has.
fn vpcs(server: SocketAddr) -> usize {
    let mut stream = TcpStream::connect(server).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let head = format!("Host: localhost\r\nConnection: close\r\nAuthorization: Bearer {TOKEN}");
    write!(stream, "GET /?Action=DescribeVpcs HTTP/1.1\r\n{head}\r\n\r\n").unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    assert!(reply.starts_with("HTTP/1.1 200"), "{reply}");
    reply.matches("<vpcId>").count()
}

/// Everything a page can make a browser send: pictures, frames, scripts, forms, beacons and requests of its own.
const ATTACK: &str = r"
    const [base, done] = arguments;
    const form = 'Action=CreateVpc&CidrBlock=10.9.0.0/16';
    const signed = '&X-Amz-Credential=123456789012/20260101/ap-northeast-2/ec2/aws4_request&X-Amz-Signature=0';
    const loads = [];
    const load = (tag, attribute, url, policy) => loads.push(new Promise((resolve) => {
      const element = document.createElement(tag);
      if (policy) element.referrerPolicy = policy;
      element.onload = element.onerror = resolve;
      element[attribute] = url;
      document.documentElement.append(element);
    }));
    for (const policy of ['', 'no-referrer', 'unsafe-url']) {
      load('img', 'src', `${base}/?${form}&n=${policy}`, policy);
      load('img', 'src', `${base}/?${form}${signed}&n=${policy}`, policy);
      load('iframe', 'src', `${base}/?${form}&f=${policy}`, policy);
    }
    load('script', 'src', `${base}/?${form}`);
    const types = ['application/x-www-form-urlencoded', 'text/plain'];
    const sent = (path, options) => loads.push(fetch(base + path, { credentials: 'include', ...options }).catch(() => 0));
    for (const type of types) for (const mode of ['no-cors', 'cors']) for (const referrerPolicy of ['', 'no-referrer']) {
      sent('/', { method: 'POST', mode, body: form, headers: { 'Content-Type': type }, referrerPolicy });
    }
    sent('/?' + form, { mode: 'no-cors', referrerPolicy: 'no-referrer' });
    sent('/', { method: 'POST', body: form, headers: { 'Content-Type': types[0], Authorization: 'AWS4-HMAC-SHA256 x' } });
    sent('/api/labs/lab09-2/steps/accepted?force=1', { method: 'POST', mode: 'no-cors' });
    sent('/api/faults', { method: 'DELETE' });
    navigator.sendBeacon(base + '/', new Blob([form], { type: types[0] }));
    const frame = document.createElement('iframe');
    frame.name = 'target';
    document.documentElement.append(frame);
    const element = document.createElement('form');
    Object.assign(element, { method: 'post', action: base + '/', target: 'target' });
    for (const pair of form.split('&')) {
      const input = document.createElement('input');
      [input.name, input.value] = pair.split('=');
      element.append(input);
    }
    document.documentElement.append(element);
    loads.push(new Promise((resolve) => { frame.onload = resolve; setTimeout(resolve, 3000); }));
    element.submit();
    Promise.all(loads).then(() => setTimeout(() => done(loads.length), 200));
";

/// The page makes a VPC for itself, as its switches do.
const OWN: &str = r"
    const [done] = arguments;
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    fetch('/', { method: 'POST', body: 'Action=CreateVpc&CidrBlock=10.8.0.0/16', headers })
      .then((reply) => done(reply.status), (error) => done(String(error)));
";

async fn attack(page: &Page, from: &str, server: &str) {
    page.visit(from).await;
    let sent = page.run_async(ATTACK, vec![Value::from(server)]).await;
    assert!(sent.as_u64().is_some_and(|sent| sent > 15), "{from} {server}: {sent}");
}

/// A link on the other site leads to the page, which works.
async fn follow(page: &Page, server: &str) {
    let link = format!(
        "const link = document.createElement('a'); link.href = {}; document.documentElement.append(link); link.click()",
        json!(format!("{server}/"))
    );
    page.run(&link).await;
    page.until("return document.documentElement.dataset.ready === 'true'").await;
}

#[test]
fn a_page_elsewhere_changes_nothing_by_name_or_by_address() {
    with_page("other-site", |page| async move {
        let server = Server::start(&["lab09-1", "--http-host", OURS]);
        let (own, other) = (server.http.port(), other_site());
        for (from, at) in [
            (OTHERS, OURS),
            // Another port of the same host.
            (OURS, OURS),
            ("127.0.0.1", "127.0.0.1"),
            (OTHERS, "127.0.0.1"),
        ] {
            let at = format!("http://{at}:{own}");
            attack(&page, &format!("http://{from}:{other}/"), &at).await;
            assert_eq!(vpcs(server.http), 1, "{from} {at}");
            follow(&page, &at).await;
        }
        for host in [OURS, "127.0.0.1"] {
            page.visit(&format!("http://{host}:{own}/")).await;
            assert_eq!(page.run_async(OWN, Vec::new()).await, 200, "{host}");
        }
        assert_eq!(vpcs(server.http), 3);
    });
}

#[test]
fn a_session_does_not_help_a_page_on_another_port() {
    with_page("session", |page| async move {
        let server = Server::start(&["lab09-1", "--token", TOKEN]);
        let (own, other) = (server.http.port(), other_site());
        for (done, host) in [OURS, "127.0.0.1"].into_iter().enumerate() {
            let at = format!("http://{host}:{own}");
            page.visit(&format!("{at}/?token={}", TOKEN.replace(' ', "%20"))).await;
            page.until("return document.documentElement.dataset.ready === 'true'").await;
            // The browser sends the session's cookie to every port of the host.
            attack(&page, &format!("http://{host}:{other}/"), &at).await;
            assert_eq!(vpcs(server.http), 1 + done, "{at}");
            page.visit(&format!("{at}/")).await;
            page.until("return document.documentElement.dataset.ready === 'true'").await;
            assert_eq!(page.run_async(OWN, Vec::new()).await, 200, "{at}");
            assert_eq!(vpcs(server.http), 2 + done, "{at}");
        }
    });
}
