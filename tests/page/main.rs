//! The page in a real browser: both labs step by step, every switch, every refusal, and what it is like to use.
//!
//! What the page shows is compared with what the real dig is told at that moment.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a failing test panics"
)]

mod browser;
mod class;
#[path = "../common/mod.rs"]
mod common;
mod doing;
mod elsewhere;
mod forms;
mod links;
mod overlap;
mod use_of;

use std::{process::Command, time::Duration};

use browser::{Page, quoted, with_page};
use common::Server;
use serde_json::Value;
use vpcdns::import::{
    lab::{LabStep, Way},
    open::builtin,
};

const CFN: &str = "cloudformation.ap-northeast-2.amazonaws.com";
const CFN_ENDPOINT: &str = "vpce-093517d1686ace06d";
const LAB1_VPC: &str = "vpc-07de255d3a7c9c317";
const LAB2_ENDPOINT: &str = "vpce-0b40409379c428dd5";
const LAB2_NAME: &str =
    "vpce-0b40409379c428dd5-hxrsc9c7.vpce-svc-0f0f83cb8f81a64b0.ap-northeast-2.vpce.amazonaws.com";

/// A line of dig without its TTL, which counts down, and without its columns.
fn without_ttl(line: &str) -> String {
    let words: Vec<&str> = line.split_whitespace().collect();
    match words.as_slice() {
        [name, ttl, "IN", rest @ ..] if ttl.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("{name} IN {}", rest.join(" "))
        }
        words => words.join(" "),
    }
}

/// Runs the dig command that the page offers and compares what it prints with what the page says it prints.
async fn as_dig_says(page: &Page) {
    let command = page.text("#dig-command").await;
    let shown = page.text("#dig").await;
    // The command as it is typed on the instance comes first.
    let shown = shown.split_once("\n\n").map_or("", |(_, reply)| reply).to_owned();
    let mut words = command.split(' ');
    assert_eq!(words.next(), Some("dig"), "{command}");
    let output = Command::new("dig").args(words).args(["+tries=1", "+time=1"]).output();
    let Ok(output) = output else {
        eprintln!("skipped: dig is not installed");
        return;
    };
    let printed = String::from_utf8(output.stdout).unwrap();
    let lines = |text: &str| -> Vec<String> {
        let mut lines: Vec<String> = text
            .lines()
            .filter(|line| !line.starts_with(";;") && !line.starts_with("; ") && !line.is_empty())
            .map(without_ttl)
            .collect();
        // Addresses rotate.
        lines.sort();
        lines
    };
    assert_eq!(lines(&shown), lines(&printed), "{command}\n{printed}");
    let status = |text: &str| {
        let rest = text.split("status: ").nth(1).unwrap_or_default();
        rest.split(',').next().unwrap_or_default().to_owned()
    };
    assert_eq!(status(&shown), status(&printed), "{command}\n{printed}");
    // With the client's address in the question, the reply has it too: an option of 12 bytes.
    let size = |text: &str| -> Option<usize> {
        text.split("rcvd: ").nth(1)?.split_whitespace().next()?.parse().ok()
    };
    if let (Some(told), Some(real)) = (size(&shown), size(&printed)) {
        let option = if command.contains("+subnet") { 12 } else { 0 };
        assert_eq!(told + option, real, "{command}\n{printed}");
    }
    if shown.contains("no servers could be reached") {
        assert!(printed.contains("no servers could be reached"), "{printed}");
    }
}

/// Asks a question by the box.
async fn ask(page: &Page, from: &str, name: &str) {
    let script = format!(
        "const option = [...document.querySelectorAll('#from option')].find((it) => it.textContent === {});
         document.getElementById('from').value = option.value;
         document.getElementById('name').value = {};
         document.getElementById('type').value = 'A';",
        quoted(from),
        quoted(name)
    );
    page.run(&script).await;
    page.click("#ask .primary").await;
    let asked = format!("{name}.").to_lowercase();
    page.until_text("#dig", |text| {
        text.to_lowercase().contains(&format!(";{asked}")) || text.contains("no servers")
    })
    .await;
    page.until_text("#asked-from", |text| text.contains(from)).await;
}

/// Clicks through the addresses until the hops are those of the chapter; checks that the picture numbers them.
async fn drawn(page: &Page, way: &Way) {
    let count = page.texts("#way-body .choice button").await.len();
    for index in 0..count.max(1) {
        if count > 0 {
            page.click(&format!("#way-body .choice button:nth-child({})", index + 1)).await;
        }
        if page.texts("#hops li span").await == way.hops {
            return numbered(page, way).await;
        }
    }
    page.shot("failed").await;
    panic!("{way:?} is not drawn; the hops are {:?}", page.texts("#hops li span").await);
}

/// Each hop has its number on the picture, in a box that is lit, and lines lead from one to the next.
async fn numbered(page: &Page, way: &Way) {
    let mut numbers = page.texts("#picture .hop-number").await;
    numbers.sort();
    numbers.dedup();
    let expected: Vec<String> = way
        .hops
        .iter()
        .enumerate()
        .map(|(index, hop)| {
            let lost = if hop.ends_with("(nowhere)") { " ✕" } else { "" };
            format!("{}{lost}", index + 1)
        })
        .collect();
    assert_eq!(numbers, expected, "{way:?}");
    let lines = page.run("return document.querySelectorAll('#lines > path.w').length").await;
    assert!(lines.as_u64().unwrap() >= way.hops.len() as u64 - 1, "{lines} lines for {way:?}");
    let route = way.hops.iter().find_map(|hop| {
        let rest = hop.strip_prefix("router (")?;
        rest.split_once(" in ").map(|(route, _)| route)
    });
    if let Some(route) = route {
        let decided = page.texts("#picture tr.decided").await;
        assert!(decided.iter().any(|row| row.contains(route)), "{decided:?} for {way:?}");
    }
}

/// Everything a step shows, compared with the lab's file and with dig.
async fn step(page: &Page, lab: &str, index: usize, step: &LabStep) {
    assert_eq!(page.text("#lab-step").await, step.title.en);
    assert!(page.text("#lab-goal").await.ends_with(&step.goal.as_ref().unwrap().en));
    // Everything that the step asks for is ticked.
    page.until("return document.querySelector('#goals > [data-done=false]') === null").await;
    assert_eq!(page.text("#lab-text").await, step.text.en);
    let commands = page.texts("#panel-lab .copyable code").await;
    assert_eq!(commands, step.commands);
    page.until("return [...document.querySelectorAll('#digs > li')].every((it) => it.dataset.same === 'true')")
        .await;
    // Answers are hidden until they are asked for.
    assert_eq!(page.texts("#digs .gave").await, Vec::<String>::new());
    for dig in &step.digs {
        ask(page, &dig.from, &dig.name.to_lowercase()).await;
        let verdict = page.verdict().await;
        for address in &dig.prints {
            assert!(verdict.contains(address), "{verdict} for {dig:?}");
        }
        assert_eq!(dig.prints.is_empty(), verdict.starts_with("NX"), "{verdict} for {dig:?}");
        as_dig_says(page).await;
    }
    for way in &step.ways {
        ask(page, &way.from, &way.name.to_lowercase()).await;
        as_dig_says(page).await;
        drawn(page, way).await;
    }
    page.click("#tab-picture").await;
    page.shot(&format!("{lab}-{}-{}", index + 1, step.name)).await;
}

/// A step where it begins: nothing of it is done, its commands are shown, and no answer of what comes after it.
async fn begins(page: &Page, step: &LabStep) {
    page.until_text("#lab-step", |text| text == step.title.en).await;
    assert_eq!(page.texts("#panel-lab .copyable code").await, step.commands);
    assert!(!page.texts("#goals > li").await.is_empty(), "{}", step.name);
    assert_eq!(page.texts("#goals > [data-done=true]").await, Vec::<String>::new());
    assert_eq!(page.texts("#digs > li").await, Vec::<String>::new());
    assert_eq!(page.run("return document.querySelector('.what').open").await, false);
    let asked = step.question.as_ref().unwrap();
    page.until(&format!(
        "return document.getElementById('name').value === {}",
        quoted(&asked.name)
    ))
    .await;
}

async fn walk(page: &Page, name: &'static str) -> usize {
    let lab = builtin::lab(name).unwrap();
    let count = lab.steps.len();
    let mut gone_on = false;
    for (index, it) in lab.steps.iter().enumerate() {
        if index > 0 && !std::mem::take(&mut gone_on) {
            page.click("#next").await;
        }
        let at = format!("{} of {count}: {}", index + 1, it.name);
        page.until_text("#step", |text| text == at).await;
        if !it.changes.is_empty() {
            begins(page, it).await;
            page.click("#show-me").await;
        }
        if index > 0 && it.digs.is_empty() && it.ways.is_empty() {
            // There is nothing to look at, so the page goes on, and tells what the step showed.
            let next = format!("{} of {count}: {}", index + 2, lab.steps[index + 1].name);
            page.until_text("#step", |text| text == next).await;
            page.until_text(&format!("[data-step={}]", it.name), |text| {
                text.contains(&it.title.en) && text.ends_with(&it.point.as_ref().unwrap().en)
            })
            .await;
            page.shot(&format!("{name}-{}-{}", index + 1, it.name)).await;
            gone_on = true;
            continue;
        }
        step(page, name, index, it).await;
    }
    assert_eq!(page.run("return document.getElementById('next').disabled").await, true);
    // Back to where the step before begins, and the server's own World again.
    page.click("#back").await;
    let at = format!("{} of {count}: {}", count - 1, lab.steps[count - 2].name);
    page.until_text("#step", |text| text == at).await;
    page.click("#reset").await;
    page.until_text("#step", |text| text == format!("1 of {count}: {}", lab.steps[0].name)).await;
    lab.steps.iter().map(|step| step.ways.len()).sum()
}

#[test]
fn lab_1_is_walked_from_the_first_step_to_the_last() {
    let server = Server::start(&["lab09-1@base"]);
    let http = server.http;
    with_page("lab1", async move |page| {
        page.open(http, 1280, 800).await;
        assert_eq!(walk(&page, "lab09-1").await, 6);
    });
}

#[test]
fn lab_2_is_walked_from_the_first_step_to_the_last() {
    let server = Server::start(&["lab09-2@base"]);
    let http = server.http;
    with_page("lab2", async move |page| {
        page.open(http, 1280, 800).await;
        assert_eq!(walk(&page, "lab09-2").await, 2);
        // The texts of the lesson in Korean.
        page.click("#language").await;
        let korean = builtin::lab("lab09-2").unwrap().steps[0].text.ko.clone();
        page.until_text("#lab-text", |text| text == korean).await;
        let language = page.run("return document.documentElement.lang").await;
        assert_eq!(language, "ko");
        page.click("#language").await;
        // Another lab replaces the World only when that is wanted.
        page.choose("#lab", "lab09-1").await;
        page.until("return !document.getElementById('confirm').hidden").await;
        page.click("#confirm-no").await;
        page.until_text("#step", |text| text == "1 of 4: base").await;
        assert_eq!(page.run("return document.getElementById('lab').value").await, "lab09-2");
        page.choose("#lab", "lab09-1").await;
        page.until("return !document.getElementById('confirm').hidden").await;
        page.click("#confirm-yes").await;
        page.until("return document.getElementById('lab').value === 'lab09-1'").await;
        page.until_text("#picture", |text| text.contains("CloudNeta-VPC")).await;
    });
}

fn switch(id: &str, which: &str) -> String {
    format!("[data-key=\"{id}/{which}\"]")
}

/// Flips a switch and waits until the World is so.
async fn flip(page: &Page, selector: &str, on: bool) {
    page.click(selector).await;
    let script = format!(
        "return document.querySelector({})?.getAttribute('aria-checked') === '{on}'
         && !document.querySelector('#picture .eni .state-word')",
        quoted(selector)
    );
    page.until(&script).await;
}

/// Clicks something that AWS refuses; the code and the text.
async fn refused(page: &Page, selector: &str) -> (String, String, String) {
    page.click(selector).await;
    page.until("return !document.getElementById('alert').hidden").await;
    (page.text("#refusal-code").await, page.text("#refusal-text").await, page.text("#advice").await)
}

/// The cells of the table that are lit: private DNS, whose name, answer, way.
async fn lit(page: &Page) -> Value {
    lit_in(page, "#table").await
}

async fn lit_in(page: &Page, table: &str) -> Value {
    page.run(&format!(
        "return [...document.querySelectorAll('{table} .force')].map((it) =>
           [it.dataset.private, it.dataset.of, it.dataset.answer, it.dataset.way])"
    ))
    .await
}

const INSIDE: &str = "private path, through the interface endpoint";
const OUTSIDE: &str = "public path, over the internet";
const BOTH: &str = "10.0.0.108 10.0.1.47";

#[test]
fn every_switch_of_lab_1_changes_what_the_page_shows() {
    let server = Server::start(&["lab09-1"]);
    let http = server.http;
    with_page("switches1", async move |page| {
        let private = switch(CFN_ENDPOINT, "private-dns");
        let hostnames = switch(LAB1_VPC, "hostnames");
        let support = switch(LAB1_VPC, "support");
        page.open(http, 1280, 800).await;
        ask(&page, "CloudNeta-Public-EC2", CFN).await;
        let chapter = |private: &str, way: &str, answer: &str| {
            serde_json::json!([
                [private, "service", answer, way],
                [private, "endpoint", BOTH, INSIDE],
            ])
        };
        assert_eq!(page.told("#way-kind").await, INSIDE);
        assert_eq!(lit(&page).await, chapter("true", INSIDE, BOTH));

        // Private DNS off: the same question goes over the internet, and the page says what changed.
        flip(&page, &private, false).await;
        page.until_verdict(|text| text == "PUBLIC52.95.193.132").await;
        assert_eq!(page.told("#way-kind").await, OUTSIDE);
        assert_eq!(page.told("#changed .was").await, format!("{BOTH} (private; {INSIDE})"));
        assert_eq!(page.told("#changed .is").await, format!("52.95.193.132 (public; {OUTSIDE})"));
        assert_eq!(lit(&page).await, chapter("false", OUTSIDE, "52.95.193.132"));
        as_dig_says(&page).await;
        page.shot("switch-private-dns-off").await;
        // From the private instance it goes nowhere, and the route table that lacks a route is marked.
        ask(&page, "CloudNeta-Private-EC2", CFN).await;
        let lost = "nowhere: no route in CloudNeta-Private-RT";
        assert_eq!(page.told("#way-kind").await, lost);
        // The table is this client's too, and the same question before the last change went inside.
        assert_eq!(lit(&page).await, chapter("false", lost, "52.95.193.132"));
        assert_eq!(page.told("#changed .was").await, format!("{BOTH} (private; {INSIDE})"));
        assert_eq!(page.told("#changed .is").await, format!("52.95.193.132 (public; {lost})"));
        assert_eq!(page.text("[data-node=rtb-0c19f738ede52a299] .hop-number").await, "2 ✕");
        as_dig_says(&page).await;
        ask(&page, "CloudNeta-Public-EC2", CFN).await;
        flip(&page, &private, true).await;
        page.until_verdict(|text| text.starts_with("PRIVATE")).await;
        as_dig_says(&page).await;

        // DNS hostnames off: private DNS stays on and has no effect.
        flip(&page, &hostnames, false).await;
        page.until_verdict(|text| text == "PUBLIC52.95.193.132").await;
        assert_eq!(lit(&page).await, serde_json::json!([]));
        page.click("#tab-table").await;
        let rows = lit_in(&page, "#flags").await;
        assert_eq!(rows[0], serde_json::json!(["true", "service", "52.95.193.132", OUTSIDE]));
        page.click("#tab-picture").await;
        as_dig_says(&page).await;
        flip(&page, &private, false).await;
        let (code, text, advice) = refused(&page, &private).await;
        assert_eq!(code, "InvalidParameter");
        assert_eq!(
            text,
            format!(
                "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for {LAB1_VPC}"
            )
        );
        assert_eq!(advice, "Switch DNS hostnames of CloudNeta-VPC on first, then private DNS.");
        page.shot("refusal-private-dns").await;

        // DNS support off: silence. DNS hostnames cannot be switched on without it.
        flip(&page, &support, false).await;
        page.until_verdict(|text| text == "SILENCESILENCE").await;
        assert_eq!(page.text("#hops").await, "");
        as_dig_says(&page).await;
        let (code, text, advice) = refused(&page, &hostnames).await;
        assert_eq!(code, "InvalidParameterValue");
        assert!(text.contains(LAB1_VPC), "{text}");
        assert_eq!(advice, "Switch DNS support of CloudNeta-VPC on first; DNS hostnames need it.");
        let (_, _, advice) = refused(&page, &private).await;
        assert!(advice.starts_with("Switch DNS support and DNS hostnames"), "{advice}");

        // All on again, by the keyboard.
        for selector in [&support, &hostnames, &private] {
            page.keys(selector, " ").await;
            let script = format!(
                "return document.querySelector({})?.getAttribute('aria-checked') === 'true'",
                quoted(selector)
            );
            page.until(&script).await;
        }
        page.until_verdict(|text| text.starts_with("PRIVATE10.0.0.108")).await;
        as_dig_says(&page).await;
        page.until_text("#step", |text| text == "4 of 4: interface-endpoint").await;
    });
}

/// What the page says was before; empty if it says nothing.
async fn was(page: &Page) -> String {
    page.told("#changed .was").await
}

#[test]
fn before_is_the_world_right_before_the_last_change() {
    let server = Server::start(&["lab09-1@dns-hostnames"]);
    let http = server.http;
    with_page("before", async move |page| {
        page.open(http, 1280, 800).await;
        let at = async |page: &Page, step: &'static str| {
            page.until_text("#step", |text| text == step).await;
        };
        at(&page, "3 of 4: dns-hostnames").await;
        ask(&page, "CloudNeta-Public-EC2", CFN).await;
        assert_eq!(was(&page).await, "");
        // The next step begins in the same World. What it does is a change.
        page.click("#next").await;
        at(&page, "4 of 4: interface-endpoint").await;
        assert_eq!(was(&page).await, "");
        page.click("#show-me").await;
        page.until_verdict(|text| text.starts_with("PRIVATE")).await;
        assert_eq!(was(&page).await, format!("52.95.193.132 (public; {OUTSIDE})"));
        // A question that was not asked before the change is compared as well.
        ask(&page, "CloudNeta-Private-EC2", CFN).await;
        assert_eq!(
            was(&page).await,
            "52.95.193.132 (public; nowhere: no route in CloudNeta-Private-RT)"
        );
        // One that the change left as it was has no past.
        ask(&page, "CloudNeta-Private-EC2", "sqs.ap-northeast-2.amazonaws.com").await;
        assert_eq!(was(&page).await, "");
        // A later change that does not touch the answer ends the comparison.
        ask(&page, "CloudNeta-Public-EC2", CFN).await;
        assert!(was(&page).await.starts_with("52.95.193.132"));
        let made = tokio::task::spawn_blocking(move || {
            ureq::post(format!("http://{http}/"))
                .send_form([
                    ("Action", "CreateVpc"),
                    ("CidrBlock", "10.99.0.0/16"),
                    ("Version", "2016-11-15"),
                ])
                .map(|_| ())
        });
        made.await.unwrap().unwrap();
        page.until_text("#picture", |text| text.contains("10.99.0.0/16")).await;
        page.until("return !document.getElementById('changed')").await;
        // Back in the lab: nothing of what was is told, with this question and with others.
        page.click("[data-key='step/interface-endpoint']").await;
        page.until("return !document.getElementById('confirm').hidden").await;
        page.click("#confirm-yes").await;
        at(&page, "4 of 4: interface-endpoint").await;
        page.click("#tab-picture").await;
        assert_eq!(was(&page).await, "");
        page.click("#back").await;
        at(&page, "3 of 4: dns-hostnames").await;
        page.until_verdict(|text| text.starts_with("PUBLIC")).await;
        assert_eq!(was(&page).await, "");
        ask(&page, "CloudNeta-Private-EC2", CFN).await;
        assert_eq!(was(&page).await, "");
        // Starting over is no change either.
        page.click("#next").await;
        at(&page, "4 of 4: interface-endpoint").await;
        page.click("#show-me").await;
        page.until_verdict(|text| text.starts_with("PRIVATE")).await;
        assert_ne!(was(&page).await, "");
        page.click("#reset").await;
        at(&page, "3 of 4: dns-hostnames").await;
        ask(&page, "CloudNeta-Public-EC2", CFN).await;
        assert_eq!(was(&page).await, "");
    });
}

#[test]
fn a_question_that_fails_leaves_no_way_of_another() {
    let server = Server::start(&["lab09-1"]);
    let http = server.http;
    with_page("failed", async move |page| {
        page.open(http, 1280, 800).await;
        ask(&page, "CloudNeta-Private-EC2", CFN).await;
        assert_eq!(page.told("#way-kind").await, INSIDE);
        page.run("document.getElementById('name').value = 'a..b'").await;
        page.click("#ask .primary").await;
        page.until_text("#why [role=alert]", |text| text.starts_with("name:")).await;
        assert_eq!(page.text("#hops").await, "");
        assert_eq!(page.texts("#picture .hop-number").await, Vec::<String>::new());
    });
}

#[test]
fn the_table_and_the_picture_tell_the_same() {
    let folder = common::scratch("table-and-picture");
    let file = folder.join("world.yaml");
    std::fs::write(
        &file,
        "region: us-east-1\nvpcs:\n  V:\n    cidr: 10.0.0.0/16\n    dns-hostnames: true\n    internet-gateway: IGW\n    \
         route-tables:\n      main: {main: true}\n      out: {routes: {0.0.0.0/0: internet-gateway}}\n      nat: {routes: \
         {0.0.0.0/0: nat-0123456789abcdef0}}\n    subnets:\n      alone: {cidr: 10.0.1.0/24, zone: us-east-1a}\n      open: \
         {cidr: 10.0.2.0/24, zone: us-east-1a, route-table: out, instances: {web: {address: 10.0.2.10, public-address: \
         3.1.1.1}, shut: {address: 10.0.2.11}}}\n      app: {cidr: 10.0.3.0/24, zone: us-east-1b, route-table: nat, \
         map-public-ip: true}\n    endpoints:\n      e: {service: sqs, private-dns: false, subnets: {open: 10.0.2.50}}\n  \
         W:\n    cidr: 10.1.0.0/16\n    subnets:\n      other: {cidr: 10.1.1.0/24, zone: us-east-1a}\n",
    )
    .unwrap();
    let server = Server::start(&[file.to_str().unwrap()]);
    let http = server.http;
    with_page("table-and-picture", async move |page| {
        page.open(http, 1280, 800).await;
        let none = "which internet gateway IGW needs";
        for (from, ends, mark) in [
            ("web", OUTSIDE, ""),
            ("shut", none, "✕"),
            ("a new instance in alone", "nowhere: no route in main", "✕"),
            ("a new instance in app", OUTSIDE, ""),
            ("a new instance in other", "nowhere: no route in rtb-", "✕"),
            ("the internet", OUTSIDE, ""),
        ] {
            let place = from.strip_prefix("a new instance in ").unwrap_or(from);
            let script = format!(
                "const option = [...document.querySelectorAll('#from option')].find((it) => it.textContent === {});
                 document.getElementById('from').value = option.value;
                 document.getElementById('name').value = 'sqs.us-east-1.amazonaws.com';",
                quoted(from)
            );
            page.run(&script).await;
            page.click("#ask .primary").await;
            page.until_text("#asked-from", |text| text.contains(place)).await;
            let picture = page.told("#way-kind").await;
            assert!(picture.contains(ends), "{from}: {picture}");
            let numbers = page.texts("#picture .hop-number").await.concat();
            assert_eq!(numbers.contains('✕'), !mark.is_empty(), "{from}: {numbers}");
            page.until_text("#table-from", |text| text.contains(place)).await;
            assert_eq!(lit(&page).await[0][3], picture, "{from}");
        }
    });
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn connections_of_lab_2_are_accepted_and_rejected() {
    let server = Server::start(&["lab09-2@endpoint"]);
    let http = server.http;
    with_page("switches2", async move |page| {
        let button = |word: &str| {
            format!("[data-key=\"vpce-svc-0f0f83cb8f81a64b0/{LAB2_ENDPOINT}/{word}\"]")
        };
        let state = async |page: &Page, word: &'static str| {
            page.until_text(".eps .state-word", |text| text == word).await;
        };
        page.open(http, 1280, 800).await;
        ask(&page, "My-EC2", LAB2_NAME).await;
        state(&page, "pendingAcceptance").await;
        page.until_verdict(|text| text.starts_with("NX")).await;
        as_dig_says(&page).await;
        page.click(&button("Accept")).await;
        state(&page, "available").await;
        page.until_verdict(|text| text == "PRIVATE10.0.0.19").await;
        assert_eq!(page.told("#way-kind").await, INSIDE);
        assert!(page.told("#changed .was").await.contains("nxdomain"));
        as_dig_says(&page).await;
        let (code, text, advice) = refused(&page, &switch(LAB2_ENDPOINT, "private-dns")).await;
        assert_eq!(code, "InvalidParameter");
        assert!(!text.is_empty());
        assert!(advice.starts_with("The service has no private name"), "{advice}");
        page.click(&button("Reject")).await;
        state(&page, "rejected").await;
        page.until_verdict(|text| text.starts_with("NX")).await;
        as_dig_says(&page).await;
        page.shot("rejected").await;
    });
}

#[test]
fn changes_made_elsewhere_are_shown() {
    let server = Server::start(&["lab09-1"]);
    let http = server.http;
    with_page("elsewhere", async move |page| {
        page.open(http, 1280, 800).await;
        ask(&page, "CloudNeta-Public-EC2", CFN).await;
        let moved = tokio::task::spawn_blocking(move || {
            ureq::post(format!("http://{http}/api/labs/lab09-1/steps/base"))
                .send_empty()
                .map(|_| ())
        });
        moved.await.unwrap().unwrap();
        page.until_verdict(|text| text == "PUBLIC52.95.193.132").await;
        page.until_text("#step", |text| text == "1 of 4: base").await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    });
}
