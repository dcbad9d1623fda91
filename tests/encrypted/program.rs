//! `vpcdns serve` with encrypted listeners: its options and what it says; kdig and curl as clients.

use std::{
    fs,
    net::SocketAddr,
    process::{Command, Stdio},
    time::Duration,
};

use crate::{
    clients::Client,
    common::{BINARY, Server, clean, scratch},
};

const ALL: &str =
    "127.0.0.1:0,tls://127.0.0.1:0,https://127.0.0.1:0,h3://127.0.0.1:0,quic://127.0.0.1:0";

/// A word of the line about being ready.
fn word<'r>(server: &'r Server, key: &str) -> Option<&'r str> {
    server.ready.split(' ').find_map(|word| word.strip_prefix(key)?.strip_prefix('='))
}

fn address(server: &Server, key: &str) -> SocketAddr {
    let found = word(server, key).unwrap_or_else(|| panic!("no {key} in {}", server.ready));
    found.parse().unwrap()
}

/// What a program prints on both outputs; `None` if it is not there.
fn printed(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output().ok()?;
    let both = [output.stdout, output.stderr].concat();
    Some(String::from_utf8_lossy(&both).into_owned())
}

#[test]
fn the_ready_line_names_every_listener() {
    let server = Server::start(&["lab09-1", "--dns", ALL, "--dns", "quic://127.0.0.1:0=internet"]);
    for key in ["tls", "https", "h3"] {
        assert_ne!(address(&server, key).port(), 0);
    }
    assert_eq!(word(&server, "quic").unwrap().split(',').count(), 2);
    assert_eq!(server.dns.len(), 1);
    let fingerprint = word(&server, "fingerprint").unwrap();
    assert_eq!(fingerprint.len(), "sha256:".len() + 95, "{fingerprint}");
    let mut said = Vec::new();
    while let Some(line) = server.next_line(Duration::from_secs(10)) {
        if line.starts_with("The certificate is self-made") {
            said.push(line);
            break;
        }
    }
    assert!(said[0].contains("kdig +tls-pin="), "{said:?}");
    let plain = Server::start(&["lab09-1"]);
    assert!(word(&plain, "fingerprint").is_none() && word(&plain, "tls").is_none());
    let only =
        Server::start_by(&["sh", "-c", "exec \"$@\" --dns tls://127.0.0.1:0", "sh"], &["lab09-1"]);
    assert!(word(&only, "tls").is_some());
}

/// Files of a certificate, made by openssl.
fn files(name: &str) -> Option<[String; 2]> {
    let folder = scratch(name);
    let [certificate, key] = ["a.crt", "a.key"].map(|file| folder.join(file).display().to_string());
    let made = printed(
        "openssl",
        &[
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost,IP:127.0.0.1",
            "-keyout",
            &key,
            "-out",
            &certificate,
        ],
    );
    made.filter(|_| fs::metadata(&certificate).is_ok()).map(|_| [certificate, key])
}

/// The fingerprint of the certificate that a listener of TLS shows.
fn shown(server: SocketAddr) -> String {
    let script = format!(
        "openssl s_client -connect {server} </dev/null 2>/dev/null | openssl x509 -noout -fingerprint -sha256"
    );
    printed("sh", &["-c", &script]).unwrap().trim().rsplit('=').next().unwrap().to_owned()
}

#[test]
fn a_hangup_reads_the_certificate_again() {
    let (Some([certificate, key]), Some([other, other_key])) = (files("tls-one"), files("tls-two"))
    else {
        eprintln!("SKIPPED: openssl is missing");
        return;
    };
    let server =
        Server::start(&["lab09-1", "--dns", ALL, "--tls-cert", &certificate, "--tls-key", &key]);
    assert!(word(&server, "fingerprint").is_none(), "{}", server.ready);
    let tls = address(&server, "tls");
    let before = shown(tls);
    assert_eq!(before.len(), 95, "{before}");
    let said = |wanted: &str| {
        server.signal("HUP");
        loop {
            let line = server.next_line(Duration::from_secs(20)).unwrap();
            if line.contains("certificate") {
                assert!(line.contains(wanted), "{line}");
                return;
            }
        }
    };
    // Half of the pair is there.
    fs::copy(&other, &certificate).unwrap();
    said("a.key: it is not the key of the certificate");
    assert_eq!(shown(tls), before);
    fs::copy(&other_key, &key).unwrap();
    said("SIGHUP: the certificate was read again");
    assert_ne!(shown(tls), before);
}

#[test]
fn a_wrong_option_is_an_error_that_says_what_is_wrong() {
    let empty = scratch("tls-empty").join("empty.pem");
    fs::write(&empty, "").unwrap();
    let empty = empty.to_str().unwrap();
    for (arguments, code, wanted) in [
        (
            &["--dns", "ftp://127.0.0.1:0"][..],
            1,
            "`ftp://` is not tls://, https://, h3:// or quic://",
        ),
        (
            &["--dns", "tls://localhost"],
            1,
            "expected an address and a port, such as 127.0.0.1:1853",
        ),
        (&["--dns", "https://127.0.0.1:0=Nowhere"], 1, "Nowhere"),
        (
            &["--dns", "tls://127.0.0.1:0", "--tls-cert", "/nowhere.pem", "--tls-key", empty],
            1,
            "--tls-cert /nowhere.pem: ",
        ),
        (
            &["--dns", "tls://127.0.0.1:0", "--tls-cert", empty, "--tls-key", empty],
            1,
            "empty.pem: there is no certificate in it",
        ),
        (&["--dns", "tls://127.0.0.1:0", "--tls-cert", empty], 1, "--tls-key"),
        (&["--class", "--dns", "tls://127.0.0.1:0"], 1, "--class"),
    ] {
        let mut command = Command::new(BINARY);
        command.args(["serve", "lab09-1", "--http", "127.0.0.1:0"]).args(arguments);
        let output = clean(&mut command).stdin(Stdio::null()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert!(said.contains(wanted), "{arguments:?}: {said}");
    }
    // A port that is taken.
    let server = Server::start(&["lab09-1", "--dns", ALL]);
    for key in ["tls", "https", "h3", "quic"] {
        let taken = format!("{key}://{}", address(&server, key));
        let mut command = Command::new(BINARY);
        command.args(["serve", "lab09-1", "--http", "127.0.0.1:0", "--dns", &taken]);
        let output = clean(&mut command).stdin(Stdio::null()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{taken}: {said}");
        assert!(said.contains("another program listens there"), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_that_come_and_go_are_not_logged() {
    let (trusted, pems) = crate::certificate();
    let folder = scratch("tls-quiet");
    let [certificate, key] = pems.map(|pem| {
        let path = folder.join(&pem.name);
        fs::write(&path, &pem.text).unwrap();
        path.display().to_string()
    });
    let client = Client::trusting(trusted);
    let mut server =
        Server::start(&["lab09-1", "--dns", ALL, "--tls-cert", &certificate, "--tls-key", &key]);
    let [tls, https, h3, quic] =
        ["tls", "https", "h3", "quic"].map(|scheme| address(&server, scheme));
    let asked = crate::query(NAME);
    for _ in 0..3 {
        assert!(client.over_tls(tls, &asked).await.is_some());
        assert!(client.over_https(https, &asked).await.is_some());
        assert!(client.over_http3(h3, &asked).await.is_some());
        assert!(client.over_quic(quic, &asked).await.is_some());
        assert!(client.quic(quic, b"none").await.is_err());
        drop(client.tcp(tls).await);
    }
    server.signal("TERM");
    assert_eq!(server.wait(Duration::from_secs(20)), Some(0));
    while let Some(line) = server.next_line(Duration::from_secs(20)) {
        assert!(!line.contains("WARN") && !line.contains("ERROR"), "{line}");
    }
}

const NAME: &str = "cloudformation.ap-northeast-2.amazonaws.com";

#[test]
fn kdig_asks_over_tls_https_and_quic() {
    let Some(_) = printed("kdig", &["-V"]) else {
        eprintln!("SKIPPED: kdig is missing");
        return;
    };
    let Some([certificate, key]) = files("tls-kdig") else {
        eprintln!("SKIPPED: openssl is missing");
        return;
    };
    let server =
        Server::start(&["lab09-1", "--dns", ALL, "--tls-cert", &certificate, "--tls-key", &key]);
    let ca = format!("+tls-ca={certificate}");
    for (key, options) in [
        ("tls", &["+tls"][..]),
        ("https", &["+https"]),
        ("https", &["+https", "+https-get"]),
        ("quic", &["+quic"]),
    ] {
        let port = address(&server, key).port().to_string();
        let common = ["@127.0.0.1", "-p", &port, &ca, "+tls-hostname=localhost", NAME];
        let said = printed("kdig", &[&common, options].concat()).unwrap();
        if key == "quic" && said.contains("nvalid option") {
            eprintln!("SKIPPED: this kdig has no QUIC");
            continue;
        }
        assert!(said.contains("status: NOERROR") && said.contains("10.0.0.108"), "{key}: {said}");
    }
}

#[test]
fn curl_asks_over_https() {
    let server = Server::start(&["lab09-1", "--dns", ALL]);
    let https = address(&server, "https");
    let query =
        "AAABAAABAAAAAAAADmNsb3VkZm9ybWF0aW9uDmFwLW5vcnRoZWFzdC0yCWFtYXpvbmF3cwNjb20AAAEAAQ";
    let url = format!("https://{https}/dns-query?dns={query}");
    let mut pin = None;
    while let Some(line) = server.next_line(Duration::from_secs(10)) {
        if let Some((_, rest)) = line.split_once("--pinnedpubkey ") {
            pin = rest.split(';').next().map(str::to_owned);
            break;
        }
    }
    let pin = pin.unwrap();
    let shown = "%{http_code} %{content_type} %{size_download}";
    let arguments = ["-sk", "--pinnedpubkey", &pin, "-o", "/dev/null", "-w", shown, &url];
    let Some(said) = printed("curl", &arguments) else {
        eprintln!("SKIPPED: curl is missing");
        return;
    };
    assert!(said.starts_with("200 application/dns-message "), "{said}");
    // A certificate that the pin does not fit is refused.
    let wrong = format!("sha256//{}=", "A".repeat(43));
    let arguments = ["-sk", "--pinnedpubkey", &wrong, "-o", "/dev/null", "-w", shown, &url];
    assert!(printed("curl", &arguments).unwrap().starts_with("000 "));
}
