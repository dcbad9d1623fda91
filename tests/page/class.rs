//! A class in a real browser: joining, a student's page below a path, the teacher's table, and `follow me`.

use std::{net::SocketAddr, time::Duration};

use serde_json::{Value, json};

use super::{
    CFN, LAB1_VPC,
    browser::{Page, quoted, with_page},
    common::Server,
    switch,
};

const MEASURE: &str = include_str!("overlap.js");

/// Sends a request; the body.
async fn ask(url: String, body: Option<Value>) -> Value {
    let sent = tokio::task::spawn_blocking(move || {
        let reply = match body {
            None => ureq::get(&url).call(),
            Some(body) => {
                ureq::post(&url).header("Content-Type", "application/json").send(body.to_string())
            }
        };
        reply.unwrap_or_else(|error| panic!("{url}: {error}")).body_mut().read_to_string().unwrap()
    });
    serde_json::from_str(&sent.await.unwrap()).unwrap()
}

async fn panel(server: SocketAddr) -> Value {
    ask(format!("http://{server}/api/class"), None).await
}

/// Joins by the page.
async fn join(page: &Page, server: SocketAddr, name: &str) {
    page.visit(&format!("http://{server}/join")).await;
    page.until("return document.documentElement.dataset.ready === 'true'").await;
    page.keys("#name", name).await;
    page.click("#join .primary").await;
}

async fn ready(page: &Page) {
    page.until(
        "return location.pathname !== '/join' && document.documentElement.dataset.ready === 'true'",
    )
    .await;
    page.run("localStorage.setItem('predict', 'off')").await;
    page.until("return document.documentElement.dataset.pending === '0'").await;
}

/// Makes the page of another size, and waits until it is drawn for that.
pub(crate) async fn again(page: &Page, width: u32, height: u32) {
    page.resize(width, height).await;
    page.run(
        "const { hash } = location; history.replaceState(null, '', '#');
         delete document.documentElement.dataset.link; location.hash = hash",
    )
    .await;
    page.until("const { link, pending } = document.documentElement.dataset; return Boolean(link) && pending === '0'")
        .await;
}

/// Measures what is shown; views without a picture have none.
async fn nothing_overlaps(page: &Page, state: &str) {
    for (width, height) in [(1280, 800), (1920, 1080), (390, 844)] {
        again(page, width, height).await;
        let found: Vec<String> = serde_json::from_value(page.run(MEASURE).await).unwrap();
        let found: Vec<_> = found.into_iter().filter(|it| it != "no picture").collect();
        page.shot(&format!("class-{state}-{width}")).await;
        assert!(found.is_empty(), "{state} {width}: {found:#?}");
    }
    page.resize(1280, 800).await;
}

#[test]
fn a_student_joins_and_works_in_a_world_of_their_own() {
    let server = Server::start(&["lab09-1", "--class"]);
    let http = server.http;
    with_page("student", async move |page| {
        page.resize(1280, 800).await;
        join(&page, http, "a/b").await;
        page.until_text("#alert", |text| text.starts_with("A name has 1 to 32")).await;
        join(&page, http, "김철수").await;
        ready(&page).await;
        assert_eq!(page.run("return decodeURI(location.pathname)").await, "/students/김철수/");
        page.until_text("#banner", |text| text.contains("You are 김철수.")).await;
        assert_eq!(page.run("return location.search").await, "", "the secret leaves the address");
        // A switch changes the student's World and no other.
        crate::flip(&page, &switch(LAB1_VPC, "hostnames"), false).await;
        let there = ask(format!("http://{http}/api/explain?name={CFN}"), None).await;
        assert_eq!(there["verdict"], "PRIVATE", "the teacher's World stays as it was");
        page.until_verdict(|told| told.starts_with("PUBLIC")).await;
        let dns = panel(http).await["students"][0]["dns"][0].as_str().unwrap().to_owned();
        let port = dns.rsplit(':').next().unwrap().to_owned();
        page.until_text("#dig-command", |text| text.contains(&format!("-p {port} "))).await;
        let copied = page
            .run_async(
                "const [done] = arguments; import(new URL('js/commands.js', location).href)
                   .then(({ awsCommand }) => done(awsCommand('aws ec2 x', { owner: '1', region: 'r', token: true })))",
                Vec::new(),
            )
            .await;
        let url = format!("--endpoint-url http://{http}/students/%EA%B9%80");
        assert!(copied.as_str().unwrap().contains(&url), "{copied}");
        nothing_overlaps(&page, "student").await;
        // The same browser comes in again under the name; the teacher's table is not there.
        join(&page, http, "김철수").await;
        ready(&page).await;
        assert_eq!(page.run("return document.getElementById('tab-class').hidden").await, true);
        page.run("localStorage.removeItem('class')").await;
        join(&page, http, "김철수").await;
        page.until_text("#alert", |text| text.starts_with("김철수 has joined already.")).await;
    });
}

#[test]
fn the_teacher_sees_the_class_and_resets_it() {
    let server = Server::start(&["lab09-1", "--class"]);
    let http = server.http;
    with_page("teacher", async move |page| {
        let at = format!("http://{http}");
        page.open(http, 1280, 800).await;
        page.click("#tab-class").await;
        page.until_text("#panel-class", |text| text.contains("Nobody has joined yet.")).await;
        let mut paths = Vec::new();
        for name in ["kim", "이영희"] {
            let told = ask(format!("{at}/api/class/join"), Some(json!({ "name": name }))).await;
            paths.push(told);
        }
        // The table is read again by itself.
        page.until_text("#class-count", |text| text.starts_with("2 of at most 200")).await;
        let row = "#class tr[data-student=kim]";
        page.until_text(row, |text| text.contains("lab09-1@interface-endpoint (4/4)")).await;
        let (path, secret) =
            (paths[0]["path"].as_str().unwrap(), paths[0]["secret"].as_str().unwrap());
        let step = format!("{at}/{path}api/labs/lab09-1/steps/base?force=1");
        let bearer = format!("Bearer {secret}");
        let sent = tokio::task::spawn_blocking(move || {
            ureq::post(&step).header("Authorization", &bearer).send_empty().map(|_| ())
        });
        sent.await.unwrap().unwrap();
        page.until_text(row, |text| {
            text.contains("lab09-1@s3-gateway (2/4)") && text.contains("0 of ")
        })
        .await;
        nothing_overlaps(&page, "teacher").await;
        let other = page.text("#class tr[data-student='이영희']").await;
        assert!(other.contains("(4/4)"), "{other}");
        page.click(&format!("{row} [data-key='class/reset/kim']")).await;
        page.until_text(row, |text| text.contains("(4/4)")).await;
        // All at once only after a second click.
        page.click("[data-key='class/reset']").await;
        page.until_text("[data-key='class/reset']", |text| text == "Reset all students?").await;
        page.click("[data-key='class/reset']").await;
        page.until_text("[data-key='class/reset']", |text| text == "Reset all").await;
        // Open leads into the student's World.
        let link =
            page.run("return document.querySelector('[data-key=\"class/open/kim\"]').href").await;
        page.visit(link.as_str().unwrap()).await;
        ready(&page).await;
        page.until_text("#banner", |text| text.contains("You are kim.")).await;
    });
}

#[test]
fn a_student_follows_the_teacher_and_changes_nothing_there() {
    let server = Server::start(&["lab09-1", "--class"]);
    let http = server.http;
    with_page("follow", async move |page| {
        let at = format!("http://{http}");
        let follow = format!("{at}/api/class/follow");
        let show = async |link: &str| ask(follow.clone(), Some(json!({ "link": link }))).await;
        page.resize(1280, 800).await;
        join(&page, http, "kim").await;
        ready(&page).await;
        ask(format!("{at}/api/labs/lab09-2/steps/accepted?force=1"), Some(json!({}))).await;
        show("from=My-EC2&name=s3.ap-northeast-2.amazonaws.com&type=A").await;
        page.until("return location.pathname === '/students/kim/teacher/' && document.documentElement.dataset.ready === 'true'").await;
        page.until_text("#banner", |text| text.starts_with("You follow the teacher.")).await;
        page.until_text("#picture", |text| text.contains("CustomVPC")).await;
        page.until_text("#asked-from", |text| text.contains("My-EC2")).await;
        nothing_overlaps(&page, "follow").await;
        // It goes where the teacher goes: another question, and another view.
        show(&format!("from=My-EC2&name={CFN}&type=A&lang=ko&view=table")).await;
        page.until("return !document.getElementById('panel-table').hidden").await;
        page.until("return document.getElementById('name').value.startsWith('cloudformation')")
            .await;
        assert_eq!(
            page.run("return document.documentElement.lang").await,
            "en",
            "the language is the student's"
        );
        show(&format!("from=My-EC2&name={CFN}&type=A")).await;
        page.until("return !document.getElementById('panel-picture').hidden").await;
        // What only the teacher has is not there, also where the teacher looks at it.
        show(&format!("from=My-EC2&name={CFN}&type=A&view=class")).await;
        page.until("return document.documentElement.dataset.pending === '0'").await;
        page.until("return !document.getElementById('panel-picture').hidden").await;
        assert_eq!(page.run("return document.getElementById('tab-class').hidden").await, true);
        // A change is refused with a sentence.
        page.run("document.querySelector('#picture [data-switch], #picture .sw button, #picture [role=switch]').click()").await;
        page.until_text("#refusal-text", |text| {
            text.contains("This is the teacher's screen, and you can only look at it.")
        })
        .await;
        page.click("[data-key='class/leave']").await;
        page.until("return location.pathname === '/students/kim/' && document.documentElement.dataset.ready === 'true'").await;
        page.until_text("#picture", |text| text.contains("CloudNeta-VPC")).await;
        page.until_text("#banner", |text| text.contains("The teacher shows a page.")).await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(
            page.run("return location.pathname").await,
            "/students/kim/",
            "whoever left stays away"
        );
        page.click("[data-key='class/look']").await;
        page.until("return location.pathname === '/students/kim/teacher/'").await;
        page.until_text("#picture", |text| text.contains("CustomVPC")).await;
        // At the end everybody is back.
        ask(follow.clone(), Some(json!({ "link": null }))).await;
        page.until("return location.pathname === '/students/kim/' && document.documentElement.dataset.ready === 'true'").await;
        page.until_text("#picture", |text| text.contains("CloudNeta-VPC")).await;
    });
}

#[test]
fn the_teachers_page_says_what_it_shows() {
    let server = Server::start(&["lab09-1", "--class"]);
    let http = server.http;
    with_page("show", async move |page| {
        page.open(http, 1280, 800).await;
        page.click("#tab-class").await;
        page.click("[data-key='class/follow']").await;
        page.until_text("#banner", |text| text.starts_with("Your page is shown to the class."))
            .await;
        page.click("#tab-table").await;
        let shown = async |wanted: &str| {
            for _ in 0..200 {
                let link = panel(http).await["follow"].as_str().unwrap_or_default().to_owned();
                if link.contains(wanted) {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            panic!("{wanted} is not shown: {}", panel(http).await["follow"]);
        };
        shown("view=table").await;
        page.click("#tab-picture").await;
        crate::ask(&page, "CloudNeta-Public-EC2", "example.com").await;
        shown("name=example.com").await;
        let title = page
            .run(&format!(
                "return document.querySelector({}).textContent",
                quoted("#banner button")
            ))
            .await;
        assert_eq!(title, "End follow me");
        page.click("#banner button").await;
        page.until("return document.getElementById('banner').hidden").await;
        assert_eq!(panel(http).await["follow"], Value::Null);
    });
}
