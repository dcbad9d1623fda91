//! What the chapter does in the console, done by the page's forms, by the keyboard too; refusals are shown at their field.

use serde_json::Value;

use super::{
    LAB1_VPC, LAB2_ENDPOINT,
    browser::{Page, quoted, with_page},
    common::Server,
    doing::{ec2, part},
};

const PUBLIC: &str = "subnet-09b299c06521dd460";
const PRIVATE: &str = "subnet-0395bde2bd100a705";

/// Opens a form by the button of this key.
async fn opens(page: &Page, key: &str, form: &str) {
    page.click(&format!("[data-key='{key}']")).await;
    page.until(&format!("return document.getElementById('form-{form}') !== null")).await;
}

/// Sends the form that is open, and waits until it is closed.
async fn sends(page: &Page) {
    page.click(".form [data-key='form/submit']").await;
    page.until("return !document.querySelector('.form') && document.documentElement.dataset.pending === '0'")
        .await;
}

/// Sends the form that is open, and waits for a refusal; the field, and its text.
async fn is_refused(page: &Page) -> (String, String) {
    page.click(".form [data-key='form/submit']").await;
    page.until(
        "return [...document.querySelectorAll('.field-error')].some((it) => it.textContent)",
    )
    .await;
    let found = page
        .run(
            "const line = [...document.querySelectorAll('.field-error')].find((it) => it.textContent);
             return [line.closest('.field')?.dataset.field ?? '', line.textContent, document.activeElement.closest('.field')?.dataset.field ?? '']",
        )
        .await;
    let text = |index: usize| found[index].as_str().unwrap().to_owned();
    // The focus goes to the field.
    assert_eq!(text(0), text(2));
    (text(0), text(1))
}

/// Checks or unchecks a box.
async fn ticks(page: &Page, selector: &str, on: bool) {
    let script = format!("return document.querySelector({}).checked", quoted(selector));
    if page.run(&script).await != Value::Bool(on) {
        page.click(selector).await;
    }
}

/// The things that are listed, each in one text.
async fn listed(page: &Page) -> Vec<String> {
    page.texts("#resource-list .thing").await
}

async fn selects(page: &Page, selector: &str, value: &str) {
    page.choose(selector, value).await;
}

#[test]
fn lab_1_is_done_by_forms() {
    let server = Server::start(&["lab09-1@base"]);
    let http = server.http;
    with_page("forms1", async move |page| {
        page.open(http, 1280, 800).await;
        page.click("#tab-resources").await;
        // A gateway endpoint, first without a service, then with one that has none.
        opens(&page, "create/endpoint", "endpoint").await;
        let (field, text) = is_refused(&page).await;
        assert_eq!((field.as_str(), text.as_str()), ("service", "This field is needed."));
        selects(&page, "#f-kind", "Gateway").await;
        page.keys("#f-service", "com.amazonaws.ap-northeast-2.sqs").await;
        let (field, text) = is_refused(&page).await;
        assert_eq!(field, "service", "{text}");
        page.shot("form-refused").await;
        page.run("document.getElementById('f-service').value = ''").await;
        page.keys("#f-service", "com.amazonaws.ap-northeast-2.s3").await;
        page.keys("#f-name", "S3").await;
        ticks(&page, "[name=table][value=rtb-0e4f3fae187fe258e]", true).await;
        sends(&page).await;
        assert!(listed(&page).await.iter().any(|it| it.starts_with("S3 (vpce-")));
        page.until_text("#step", |text| text == "2 of 4: s3-gateway").await;
        // The other route table is associated, the first one disassociated and associated again.
        for (public, private) in [(false, true), (true, true)] {
            opens_last(&page, "/tables", "tables").await;
            ticks(&page, "[name=table][value=rtb-0e4f3fae187fe258e]", public).await;
            ticks(&page, "[name=table][value=rtb-0c19f738ede52a299]", private).await;
            sends(&page).await;
        }
        page.until_text("#goals", |text| !text.contains("not done")).await;

        // An interface endpoint with private DNS is refused while DNS hostnames are off.
        opens(&page, "create/endpoint", "endpoint").await;
        page.keys("#f-service", "com.amazonaws.ap-northeast-2.cloudformation").await;
        page.until("return document.querySelectorAll('[name=subnet]').length === 2").await;
        ticks(&page, &format!("[name=subnet][value={PUBLIC}]"), true).await;
        let (field, text) = is_refused(&page).await;
        assert_eq!(field, "private");
        assert!(text.contains("enableDnsHostnames"), "{text}");
        page.keys(".form [data-key='form/cancel']", "\u{e007}").await;
        page.until("return !document.querySelector('.form')").await;
        assert_eq!(page.run("return document.activeElement.dataset.key").await, "create/endpoint");

        // The VPC's settings: hostnames need resolution.
        opens(&page, &format!("{LAB1_VPC}/edit"), "vpc").await;
        ticks(&page, "#f-support", false).await;
        sends(&page).await;
        page.until_verdict(|text| text == "SILENCESILENCE").await;
        opens(&page, &format!("{LAB1_VPC}/edit"), "vpc").await;
        ticks(&page, "#f-hostnames", true).await;
        let (field, text) = is_refused(&page).await;
        assert_eq!(field, "hostnames", "{text}");
        ticks(&page, "#f-support", true).await;
        sends(&page).await;
        page.until_text("#step", |text| text == "4 of 4: interface-endpoint").await;

        // The endpoint in one subnet with an address that is taken, then a free one, without private DNS.
        opens(&page, "create/endpoint", "endpoint").await;
        page.keys("#f-service", "com.amazonaws.ap-northeast-2.cloudformation").await;
        page.until("return document.querySelectorAll('[name=subnet]').length === 2").await;
        ticks(&page, &format!("[name=subnet][value={PUBLIC}]"), true).await;
        page.keys(&format!("[name=ipv4-{PUBLIC}]"), "10.0.0.29").await;
        let (field, text) = is_refused(&page).await;
        assert_eq!(field, "subnet", "{text}");
        page.run(&format!("document.querySelector('[name=ipv4-{PUBLIC}]').value = '10.0.0.108'"))
            .await;
        ticks(&page, "#f-private", false).await;
        sends(&page).await;
        let things = listed(&page).await;
        assert!(
            things.iter().any(|it| it.contains("CloudNeta-Public-SN 10.0.0.108")),
            "{things:?}"
        );

        // The other subnet, the security group, private DNS.
        opens_last(&page, "/subnets", "subnets").await;
        ticks(&page, &format!("[name=subnet][value={PRIVATE}]"), true).await;
        page.keys(&format!("[name=ipv4-{PRIVATE}]"), "10.0.1.47").await;
        sends(&page).await;
        let things = listed(&page).await;
        assert!(
            things.iter().any(|it| it.contains("CloudNeta-Private-SN 10.0.1.47")),
            "{things:?}"
        );
        let made = ec2(
            http,
            [
                ("Action", "CreateSecurityGroup"),
                ("GroupName", "https"),
                ("GroupDescription", "endpoints"),
                ("VpcId", LAB1_VPC),
            ],
        )
        .await;
        let own = format!("[name=group][value={}]", part(&made, "groupId"));
        for on in [true, false] {
            opens_last(&page, "/groups", "groups").await;
            let checked = "return document.querySelectorAll('[name=group]:checked').length";
            assert_eq!(page.run(checked).await, if on { 1 } else { 2 });
            ticks(&page, &own, on).await;
            sends(&page).await;
        }
        opens_last(&page, "/groups", "groups").await;
        page.keys("[name=group]", "\u{e00c}").await;
        page.until("return !document.querySelector('.form')").await;
        opens_last(&page, "/private", "private").await;
        ticks(&page, "#f-private", true).await;
        sends(&page).await;
        page.until_text("#goals", |text| !text.contains("not done")).await;
        page.until_verdict(|text| {
            text == "PRIVATE10.0.0.108  10.0.1.47" || text == "PRIVATE10.0.1.47  10.0.0.108"
        })
        .await;
        page.shot("forms-done").await;

        // Both are deleted.
        for _ in 0..2 {
            opens_last(&page, "/delete", "delete").await;
            sends(&page).await;
        }
        assert_eq!(listed(&page).await.len(), 1);
        page.until_verdict(|text| text == "PUBLIC52.95.193.132").await;
    });
}

/// Opens the form of the last endpoint's button whose key ends so.
async fn opens_last(page: &Page, ends: &str, form: &str) {
    let script = format!(
        "return [...document.querySelectorAll('#resource-list [data-key$=\"{ends}\"]')].at(-1).dataset.key"
    );
    let key = page.run(&script).await.as_str().unwrap().to_owned();
    opens(page, &key, form).await;
}

#[test]
fn lab_2_is_done_by_forms() {
    let server = Server::start(&["lab09-2@base"]);
    let http = server.http;
    with_page("forms2", async move |page| {
        page.open(http, 1280, 800).await;
        page.click("#tab-resources").await;
        // The endpoint service, by the keyboard alone: one load balancer is there, so it is chosen.
        page.keys("[data-key='create/service']", "\u{e007}").await;
        page.until("return document.activeElement.id === 'f-title'").await;
        page.type_keys("\u{e004}My-EPS").await;
        page.type_keys("\u{e007}").await;
        page.until("return !document.querySelector('.form')").await;
        page.until("return document.activeElement.dataset.key === 'create/service'").await;
        page.until_text("#step", |text| text == "3 of 4: endpoint").await;
        let things = listed(&page).await;
        let service = things.iter().find(|it| it.starts_with("My-EPS (vpce-svc-")).unwrap();
        let name = service.split("Service name").nth(1).unwrap();
        let name = name.split("Acceptance").next().unwrap().to_owned();
        assert!(name.starts_with("com.amazonaws.vpce.ap-northeast-2.vpce-svc-"), "{name}");
        assert_ne!(name, "com.amazonaws.vpce.ap-northeast-2.vpce-svc-0f0f83cb8f81a64b0");

        // The consumer's endpoint. A private name is refused, since the service has none.
        opens(&page, "create/endpoint", "endpoint").await;
        page.keys("#f-service", &name).await;
        page.until("return document.querySelectorAll('[name=subnet]').length === 1").await;
        ticks(&page, "[name=subnet]", true).await;
        let (field, text) = is_refused(&page).await;
        assert_eq!(field, "private", "{text}");
        ticks(&page, "#f-private", false).await;
        sends(&page).await;
        page.until_text("#step", |text| text == "4 of 4: accepted").await;
        // It is accepted, rejected and accepted again.
        for (word, state) in
            [("Accept", "available"), ("Reject", "rejected"), ("Accept", "available")]
        {
            page.click(&format!("#resource-list [data-key^='resources/'][data-key$='/{word}']"))
                .await;
            page.until_text("#resource-list .connects b", |text| text == state).await;
        }
        page.until_text("#goals", |text| !text.contains("not done")).await;
        page.until("return [...document.querySelectorAll('#digs > li')].map((it) => it.dataset.same).join() === 'true'")
            .await;
        assert!(!page.text("#digs").await.contains(LAB2_ENDPOINT));

        // A service with connections cannot be deleted. Its acceptance setting can be changed.
        opens_last(&page, "/acceptance", "acceptance").await;
        ticks(&page, "#f-acceptance", false).await;
        sends(&page).await;
        let things = listed(&page).await;
        assert!(things.iter().any(|it| it.contains("Acceptance requiredoff")), "{things:?}");
        opens_last(&page, "/delete", "delete").await;
        let (field, text) = is_refused(&page).await;
        assert_eq!(field, "");
        assert!(text.contains("ExistingVpcEndpointConnections"), "{text}");
        page.click("[data-key='form/cancel']").await;
        page.click("#resource-list [data-key^='resources/'][data-key$='/Reject']").await;
        page.until_text("#resource-list .connects b", |text| text == "rejected").await;
        opens_last(&page, "/delete", "delete").await;
        sends(&page).await;
        let things = listed(&page).await;
        assert!(!things.iter().any(|it| it.starts_with("My-EPS")), "{things:?}");
    });
}
