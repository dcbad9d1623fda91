//! Nothing on the page overlaps: measured in the browser for every step of every lab, in both languages, at five widths,
//! plain and with larger letters.
//!
//! `overlap.js` measures one state: no line crosses a text or a box that is not its end, no text leaves its box, nothing
//! is cut, nothing scrolls sideways, and every line found a way. The short form looks at each step in each width with one
//! question for each look; with `VPCDNS_OVERLAP=full` at every question of a step, in every combination.

use std::{collections::BTreeMap, net::SocketAddr};

use serde_json::Value;
use vpcdns::import::{lab::Lab, open::builtin};

use super::{
    CFN_ENDPOINT, LAB1_VPC,
    browser::{Page, quoted, with_page},
    common::Server,
    switch,
};

const MEASURE: &str = include_str!("overlap.js");
const WIDTHS: [(u32, u32); 5] = [(1920, 1080), (1440, 900), (1280, 800), (1024, 768), (390, 844)];

/// What a link says besides the question.
#[derive(Clone, Copy)]
struct Look {
    language: &'static str,
    big: bool,
}

const LOOKS: [Look; 4] = [
    Look { language: "en", big: false },
    Look { language: "ko", big: false },
    Look { language: "en", big: true },
    Look { language: "ko", big: true },
];

/// The short form takes the chapter's labs at every width, and the others at two: another pair at each step.
fn widths(lab: &Lab, step: usize, full: bool) -> Vec<(u32, u32)> {
    if full || lab.name == "lab09-1" || lab.name == "lab09-2" {
        return WIDTHS.to_vec();
    }
    vec![WIDTHS[step % 5], WIDTHS[(step + 2) % 5]]
}

fn is_full() -> bool {
    std::env::var("VPCDNS_OVERLAP").is_ok_and(|form| form == "full")
}

/// Follows a link inside the page, and waits until it is drawn.
async fn follow(page: &Page, question: &str, look: Look) {
    let big = u8::from(look.big);
    let hash = format!("#{question}&type=A&lang={}&big={big}", look.language);
    // The address may be the same: the page is told anyway.
    page.run(&format!(
        "history.replaceState(null, '', '#'); delete document.documentElement.dataset.link; location.hash = {}",
        quoted(&hash)
    ))
    .await;
    page.until("const { link, pending } = document.documentElement.dataset; return Boolean(link) && pending === '0'")
        .await;
}

/// Measures what is shown.
async fn measured(page: &Page, state: &str, faults: &mut Vec<String>) {
    let found: Vec<String> = serde_json::from_value(page.run(MEASURE).await).unwrap();
    faults.extend(found.into_iter().map(|fault| format!("{state}: {fault}")));
}

/// Asks the server for a step, and waits until the page shows a World that is not older.
async fn go(page: &Page, http: SocketAddr, lab: &Lab, step: &str) {
    let url = format!("http://{http}/api/labs/{}/steps/{step}?force=1", lab.name);
    let sent = tokio::task::spawn_blocking(move || {
        ureq::post(url).send_empty().unwrap();
        let url = format!("http://{http}/api/world?limit=1");
        let told = ureq::get(url).call().unwrap().body_mut().read_to_string().unwrap();
        let world: Value = serde_json::from_str(&told).unwrap();
        world["generation"].as_u64().unwrap()
    });
    let generation = sent.await.unwrap();
    page.until(&format!("return document.documentElement.dataset.generation >= {generation}"))
        .await;
}

/// The questions of a step, as a link has them, each once.
fn questions(lab: &Lab, step: usize) -> Vec<String> {
    let step = &lab.steps[step];
    let ways = step.ways.iter().map(|it| (&it.from, &it.name));
    let digs = step.digs.iter().map(|it| (&it.from, &it.name));
    let mut all: Vec<String> = Vec::new();
    for (from, name) in ways.chain(digs) {
        let one = format!("from={from}&name={name}");
        if !all.contains(&one) {
            all.push(one);
        }
    }
    if all.is_empty() {
        // The question that the page asked before stays.
        all.push(String::new());
    }
    all
}

#[test]
fn nothing_overlaps_in_any_step_of_any_lab() {
    let full = is_full();
    let server = Server::start(&["lab09-1"]);
    let http = server.http;
    with_page("overlap", async move |page| {
        page.open(http, 1280, 800).await;
        let mut faults = Vec::new();
        let mut states = 0;
        for lab in builtin::labs().into_iter().filter_map(builtin::lab) {
            for index in 0..lab.steps.len() {
                let name = lab.steps[index].name.clone();
                go(&page, http, &lab, &name).await;
                let asked = questions(&lab, index);
                for (width, height) in widths(&lab, index, full) {
                    page.resize(width, height).await;
                    for (at, question) in asked.iter().enumerate() {
                        for (which, look) in LOOKS.into_iter().enumerate() {
                            // The short form takes one question for each look, another one at each step.
                            if !full && at != (index + which) % asked.len() {
                                continue;
                            }
                            follow(&page, question, look).await;
                            let state = format!(
                                "{}@{name} {width} {}{} {question}",
                                lab.name,
                                look.language,
                                if look.big { " A+" } else { "" }
                            );
                            measured(&page, &state, &mut faults).await;
                            states += 1;
                        }
                    }
                    if width == 1280 || width == 1920 {
                        if let Some(question) = asked.last() {
                            follow(&page, question, LOOKS[0]).await;
                        }
                        page.shot(&format!("step-{}-{}-{width}", lab.name, index + 1)).await;
                    }
                }
            }
        }
        eprintln!("{states} states");
        assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    });
}

#[test]
fn nothing_overlaps_while_a_step_is_to_be_done() {
    let server = Server::start(&["lab09-1"]);
    let http = server.http;
    with_page("overlap-open", async move |page| {
        page.open_as_is(http, 1280, 800).await;
        let mut faults = Vec::new();
        let mut states = 0;
        for lab in builtin::labs().into_iter().filter_map(builtin::lab) {
            for index in 1..lab.steps.len() {
                let step = lab.steps[index].name.clone();
                follow(&page, "", LOOKS[0]).await;
                go(&page, http, &lab, &lab.steps[index - 1].name).await;
                // The page may go on by itself.
                let (done, here) = (format!("{index} of "), format!(": {step}"));
                let at = page
                    .until_text("#step", |text| text.starts_with(&done) || text.ends_with(&here))
                    .await;
                if !at.ends_with(&here) {
                    page.click("#next").await;
                    page.until_text("#step", |text| text.ends_with(&here)).await;
                }
                page.until("return document.getElementById('predict-step') !== null").await;
                for (at, (width, height)) in widths(&lab, index, is_full()).into_iter().enumerate()
                {
                    page.resize(width, height).await;
                    for look in [LOOKS[at % 2], LOOKS[3 - at % 2]] {
                        follow(&page, &questions(&lab, index)[0], look).await;
                        let state = format!(
                            "{}, {step} to be done, {width} {}{}",
                            lab.name,
                            look.language,
                            if look.big { " A+" } else { "" }
                        );
                        measured(&page, &state, &mut faults).await;
                        states += 1;
                    }
                    if width == 1280 || width == 390 {
                        page.shot(&format!("open-{}-{}-{width}", lab.name, index + 1)).await;
                    }
                }
            }
        }
        eprintln!("{states} states");
        assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    });
}

#[test]
fn nothing_overlaps_in_any_form() {
    let server = Server::start(&["lab09-1", "lab09-2"]);
    let http = server.http;
    with_page("overlap-forms", async move |page| {
        page.open(http, 1280, 800).await;
        let mut faults = Vec::new();
        let forms = [
            ("CloudNeta-Public-EC2", "create/endpoint"),
            ("CloudNeta-Public-EC2", "/edit"),
            ("CloudNeta-Public-EC2", "/subnets"),
            ("CloudNeta-Public-EC2", "/groups"),
            ("CloudNeta-Public-EC2", "/private"),
            ("CloudNeta-Public-EC2", "/tables"),
            ("CloudNeta-Public-EC2", "/delete"),
            ("My-EC2", "create/service"),
            ("My-EC2", "/acceptance"),
        ];
        for (at, (width, height)) in WIDTHS.into_iter().enumerate() {
            page.resize(width, height).await;
            for look in [LOOKS[at % 2], LOOKS[3 - at % 2]] {
                for (from, key) in forms {
                    let question =
                        format!("view=resources&from={from}&name=s3.ap-northeast-2.amazonaws.com");
                    follow(&page, &question, look).await;
                    page.click(&format!("#resource-list [data-key$='{key}']")).await;
                    page.until("return document.querySelector('.form .primary') !== null").await;
                    if key == "create/endpoint" {
                        // With an error at a field, and with what depends on the VPC.
                        page.until("return document.querySelector('[name=group]') !== null").await;
                        page.click(".form .primary").await;
                        page.until("return document.querySelector('[aria-invalid]') !== null")
                            .await;
                    }
                    let big = if look.big { " A+" } else { "" };
                    let state = format!("{key} {width} {}{big}", look.language);
                    let mut found = Vec::new();
                    measured(&page, &state, &mut found).await;
                    faults.extend(found.into_iter().filter(|it| !it.ends_with(": no picture")));
                    if !look.big && (width == 1280 || width == 390) {
                        let name = key.replace('/', "-");
                        page.shot(&format!("form{name}-{width}-{}", look.language)).await;
                    }
                    page.click(".form [data-key='form/cancel']").await;
                }
            }
        }
        assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    });
}

/// Where the boxes stand in the picture.
async fn places(page: &Page) -> BTreeMap<String, [f64; 2]> {
    let script = "const origin = document.getElementById('picture').getBoundingClientRect();
        return Object.fromEntries([...document.querySelectorAll('#picture .b')].map((it) => {
          const at = it.getBoundingClientRect();
          return [it.dataset.node, [at.left - origin.left, at.top - origin.top]];
        }))";
    serde_json::from_value(page.run(script).await).unwrap()
}

#[test]
fn a_switch_moves_no_box() {
    let server = Server::start(&["lab09-1"]);
    let http = server.http;
    with_page("map", async move |page| {
        page.open(http, 1280, 800).await;
        let question =
            "from=CloudNeta-Private-EC2&name=cloudformation.ap-northeast-2.amazonaws.com";
        let mut faults = Vec::new();
        for (width, height) in WIDTHS {
            page.resize(width, height).await;
            for look in &LOOKS[..2] {
                follow(&page, question, *look).await;
                let still = places(&page).await;
                assert!(still.len() > 5, "{still:?}");
                // Private DNS off and on, then DNS hostnames: every switch is back where it was.
                for (id, which, on) in [
                    (CFN_ENDPOINT, "private-dns", false),
                    (CFN_ENDPOINT, "private-dns", true),
                    (LAB1_VPC, "hostnames", false),
                    (LAB1_VPC, "hostnames", true),
                ] {
                    crate::flip(&page, &switch(id, which), on).await;
                    let state = format!("{width} {} {which} {on}", look.language);
                    measured(&page, &state, &mut faults).await;
                    let now = places(&page).await;
                    for node in still.keys().filter(|node| !now.contains_key(*node)) {
                        faults.push(format!("{state}: {node} is gone"));
                    }
                    for (node, at) in now {
                        let Some(before) = still.get(&node) else {
                            faults.push(format!("{state}: {node} is new"));
                            continue;
                        };
                        if (at[0] - before[0]).abs() > 1.0 || (at[1] - before[1]).abs() > 1.0 {
                            faults.push(format!("{state}: {node} moved from {before:?} to {at:?}"));
                        }
                    }
                }
            }
        }
        assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    });
}

#[test]
fn no_text_lacks_a_translation() {
    let server = Server::start(&["lab09-2@endpoint"]);
    let http = server.http;
    with_page("words", async move |page| {
        page.open(http, 1280, 800).await;
        let script = "const done = arguments[arguments.length - 1];
            import('/js/words.js').then(({ ALL }) => done(Object.entries(ALL)
              .filter(([, both]) => both.length !== 2 || both.some((it) => !it.trim())
                || [0, 1, 2, 3].some((at) => both[0].includes(`{${at}}`) !== both[1].includes(`{${at}}`)))
              .map(([key]) => key)))";
        assert_eq!(page.run_async(script, Vec::new()).await, Value::Array(Vec::new()));
        // A text of the page that is not in the catalogue of messages would stay English.
        let korean = Look { language: "ko", big: false };
        follow(&page, "from=My-EC2&name=s3.ap-northeast-2.amazonaws.com", korean).await;
        assert_eq!(page.run("return document.documentElement.lang").await, "ko");
        let left = page
            .run(
                "return [...document.querySelectorAll('main button, main h2, main h3, nav button, aside h2, aside h3, main th')]
                   .filter((it) => it.offsetParent && !it.closest('body [lang=en], .m, .term, .why') && !it.dataset.node)
                   .map((it) => it.textContent.trim())
                   .filter((it) => /^[A-Za-z ]{4,}$/.test(it) && !['English'].includes(it))",
            )
            .await;
        assert_eq!(left, Value::Array(Vec::new()));
    });
}
