//! The address of the page: a link shows the same in another browser. And queries that arrive, on the picture.

use std::{
    net::{SocketAddr, UdpSocket},
    sync::{Arc, Mutex},
};

use serde_json::Value;

use super::{
    CFN, CFN_ENDPOINT,
    browser::{Page, quoted, with_page},
    class::again,
    common::Server,
    switch,
};

/// What of the page a link has to reproduce.
async fn shown(page: &Page) -> Value {
    page.until("return document.documentElement.dataset.pending === '0'").await;
    page.run(
        "const text = (id) => document.getElementById(id).textContent;
         return {
           from: document.getElementById('from').selectedOptions[0].textContent, name: document.getElementById('name').value,
           type: document.getElementById('type').value, verdict: document.getElementById('verdict').dataset.told,
           step: text('step'), lesson: text('lab-step'), boxes: [...document.querySelectorAll('#picture .b')].map((it) => it.dataset.node),
           panel: document.querySelector('[role=tabpanel]:not([hidden])').id, lang: document.documentElement.lang,
           hop: [...document.querySelectorAll('#lines .now')].map((it) => it.dataset.own),
         }",
    )
    .await
}

/// Waits until the page shows something that was seen elsewhere.
async fn until_shown(page: &Page, wanted: &Value) {
    for _ in 0..200 {
        if shown(page).await == *wanted {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    page.shot("failed").await;
    assert_eq!(shown(page).await, *wanted);
}

async fn opened(page: &Page, http: SocketAddr, hash: &str) {
    page.visit(&format!("http://{http}/icon.svg")).await;
    page.run("localStorage.setItem('predict', 'off')").await;
    page.resize(1280, 800).await;
    page.visit(&format!("http://{http}/{hash}")).await;
    page.until("return document.documentElement.dataset.ready === 'true'").await;
}

/// Does something in one browser, and looks at the address in a fresh one: at the same server, and at one whose World is
/// another, which holds nothing of the user's own.
fn same_elsewhere<F>(name: &str, look: impl FnOnce(Arc<Page>) -> F + Send + 'static)
where
    F: Future<Output = ()> + Send + 'static,
{
    let first = Server::start(&["lab09-1@base"]);
    let http = first.http;
    let found = Arc::new(Mutex::new(None));
    let kept = Arc::clone(&found);
    with_page(&format!("link-{name}"), async move |page| {
        let page = Arc::new(page);
        opened(&page, http, "").await;
        look(Arc::clone(&page)).await;
        let seen = shown(&page).await;
        let hash = page.run("return location.hash").await.as_str().unwrap().to_owned();
        *kept.lock().unwrap() = Some((seen, hash));
    });
    // Without a browser there is nothing to compare.
    let Some((seen, hash)) = found.lock().unwrap().take() else { return };
    let others = ["empty", "lab09-2"].map(|world| Server::start(&[world]));
    for server in [&first, &others[0], &others[1]] {
        let (http, seen, hash) = (server.http, seen.clone(), hash.clone());
        with_page(&format!("linked-{name}"), async move |page| {
            opened(&page, http, &hash).await;
            until_shown(&page, &seen).await;
            assert_eq!(page.run("return location.hash").await, hash.as_str());
        });
    }
}

#[test]
fn a_link_shows_the_same_world_question_and_step_in_a_fresh_browser() {
    same_elsewhere("step", async move |page: Arc<Page>| {
        page.click("#next").await;
        page.until_text("#step", |text| text.starts_with("2 of")).await;
        page.until("return document.documentElement.dataset.pending === '0'").await;
        // The World is after the second step, and the page is at the third.
        page.click("#next").await;
        page.until_text("#step", |text| text.starts_with("3 of")).await;
        page.until("return document.documentElement.dataset.pending === '0'").await;
        crate::ask(&page, "CloudNeta-Public-EC2", "s3.ap-northeast-2.amazonaws.com").await;
        page.click("[data-key='walk/step']").await;
        page.until("return document.querySelector('#lines .now') !== null").await;
    });
}

#[test]
fn a_link_shows_the_same_view_and_language_in_a_fresh_browser() {
    same_elsewhere("view", async move |page: Arc<Page>| {
        page.click("#language").await;
        page.until("return document.documentElement.lang === 'ko'").await;
        page.choose("#type", "AAAA").await;
        page.until("return location.hash.includes('type=AAAA')").await;
        page.click("#tab-table").await;
    });
}

#[test]
fn a_link_asks_before_it_replaces_a_world_of_ones_own() {
    let server = Server::start(&["lab09-1"]);
    let http = server.http;
    with_page("link-own", async move |page| {
        opened(&page, http, "").await;
        // A World that is at no step.
        crate::flip(&page, &switch(CFN_ENDPOINT, "private-dns"), false).await;
        page.until("return document.documentElement.dataset.pending === '0'").await;
        page.run(&format!(
            "location.hash = {}",
            quoted(&format!("#from=My-EC2&name={CFN}&type=A&step=lab09-2@endpoint"))
        ))
        .await;
        page.until("return !document.getElementById('confirm').hidden").await;
        page.until_text("#picture", |text| text.contains("CloudNeta-VPC")).await;
        page.click("#confirm-no").await;
        page.until_text("#picture", |text| text.contains("CloudNeta-VPC")).await;
        page.run(&format!(
            "location.hash = {}",
            quoted(&format!("#from=My-EC2&name={CFN}&type=AAAA&step=lab09-2@endpoint"))
        ))
        .await;
        page.until("return !document.getElementById('confirm').hidden").await;
        page.click("#confirm-yes").await;
        page.until_text("#picture", |text| text.contains("CustomVPC")).await;
        page.until_text("#asked-from", |text| text.contains("My-EC2")).await;
        assert_eq!(page.run("return document.getElementById('name').value").await, CFN);
        assert_eq!(page.run("return document.getElementById('type').value").await, "AAAA");
    });
}

#[test]
fn a_link_with_names_of_nothing_shows_the_page_all_the_same() {
    let server = Server::start(&["lab09-1"]);
    let http = server.http;
    with_page("link-bad", async move |page| {
        for bad in [
            "lesson=lab09-1@nothing",
            "lesson=nothing@base&step=nothing@base",
            "step=lab09-1@nothing&hop=99&view=nothing&lang=xx",
            "lesson=@&step=@&from=nobody&name=a.b",
            "view=class",
        ] {
            opened(&page, http, &format!("#{bad}")).await;
            page.until_text("#step", |text| text == "4 of 4: interface-endpoint").await;
            page.until("return !document.getElementById('panel-picture').hidden").await;
            assert_eq!(page.run("return document.getElementById('confirm').hidden").await, true);
        }
    });
}

#[test]
fn a_dig_names_the_host_of_the_page_where_the_server_listens_everywhere() {
    let host = "dns.example.test";
    let everywhere = Server::start(&["lab09-1", "--http-host", host, "--dns", "0.0.0.0:0"]);
    let loopback = Server::start(&["lab09-1", "--http-host", host]);
    let [all, one] = [&everywhere, &loopback].map(|it| (it.http.port(), it.dns[0].port()));
    with_page("host", async move |page| {
        for ((http, dns), at, wanted) in
            [(all, host, host), (all, "127.0.0.1", "127.0.0.1"), (one, host, "127.0.0.1")]
        {
            page.visit(&format!("http://{at}:{http}/")).await;
            page.until("return document.documentElement.dataset.ready === 'true'").await;
            let command = page.text("#dig-command").await;
            assert!(command.starts_with(&format!("dig @{wanted} -p {dns} ")), "{at}: {command}");
        }
    });
}

/// Asks a server as the private instance of the lab, as dig does with `+subnet=10.0.1.29/32`.
fn dig(server: SocketAddr) {
    let mut query = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x01".to_vec();
    for label in CFN.split('.') {
        query.push(u8::try_from(label.len()).unwrap());
        query.extend(label.as_bytes());
    }
    query.extend([0, 0, 1, 0, 1]);
    query.extend([0, 0, 41, 16, 0, 0, 0, 0, 0, 0, 12, 0, 8, 0, 8, 0, 1, 32, 0, 10, 0, 1, 29]);
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(std::time::Duration::from_secs(20))).unwrap();
    socket.send_to(&query, server).unwrap();
    assert!(socket.recv(&mut [0; 1_024]).unwrap() > 40);
}

const DOTS: &str = "window.dots = [];
    new MutationObserver((all) => all.forEach((it) => it.addedNodes.forEach((node) => {
      if (node.matches?.('.dot')) dots.push(`${node.dataset.way} ${node.classList[1]}`);
    }))).observe(document.getElementById('lines'), { childList: true });";

#[test]
fn queries_that_arrive_are_listed_and_move_on_the_picture() {
    let server = Server::start(&["lab09-1"]);
    let (http, dns) = (server.http, server.dns[0]);
    with_page("live", async move |page| {
        opened(&page, http, "").await;
        page.click("#tab-stream").await;
        page.until_text("#stream-count", |text| text.starts_with("Connected")).await;
        page.click("#tab-picture").await;
        assert_eq!(page.run("return document.getElementById('live').hidden").await, true);
        page.run(DOTS).await;
        dig(dns);
        page.until_text("#live li", |text| text.contains(CFN)).await;
        let line = page.text("#live li").await;
        assert!(line.contains("CloudNeta-Private-EC2 (CloudNeta-VPC)"), "{line}");
        assert!(line.contains(" A → 10.0."), "{line}");
        let time = page.run("return document.querySelector('#live time').dateTime").await;
        assert!(time.as_str().unwrap().starts_with("20"), "{time}");
        // From the instance to the resolver, to the private zones, and back.
        page.until("return dots.length === 1").await;
        let way = page.run("return dots[0]").await;
        let way = way.as_str().unwrap();
        let asker = way.split(' ').next().unwrap();
        assert!(asker.starts_with("i-"), "{way}");
        assert_eq!(way, format!("{asker} resolver zones {asker} private"));
        page.until("return document.querySelector('.dot') === null").await;
        // A burst: a few dots and lines, and the number of all.
        for _ in 0..300 {
            dig(dns);
        }
        page.until_text("#live h2", |text| text.contains("301 so far")).await;
        assert_eq!(page.texts("#live li").await.len(), 5);
        page.until("return document.querySelector('.dot') === null").await;
        let dots = page.run("return dots.length").await.as_u64().unwrap();
        assert!((2..=60).contains(&dots), "{dots}");
        // The list has the place of a click, and nothing of it is cut.
        for (width, height) in [(1280, 800), (1920, 1080), (1024, 768), (390, 844)] {
            again(&page, width, height).await;
            let found: Vec<String> =
                serde_json::from_value(page.run(include_str!("overlap.js")).await).unwrap();
            page.shot(&format!("live-{width}")).await;
            assert!(found.is_empty(), "{width}: {found:#?}");
        }
        page.resize(1280, 800).await;
        crate::ask(&page, "CloudNeta-Public-EC2", "example.com").await;
        page.click("#live li .name").await;
        page.until_text("#asked-from", |text| text.contains("CloudNeta-Private-EC2")).await;
        // Whoever wants less motion gets the list alone.
        page.run("dots.length = 0; window.matchMedia = () => ({ matches: true })").await;
        dig(dns);
        page.until_text("#live h2", |text| text.contains("302 so far")).await;
        assert_eq!(page.run("return dots.length").await, 0);
    });
}
