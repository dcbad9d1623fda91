//! A lab done by the student's own hand: by the API with ids of its own, by the page, and by copied commands. The page
//! ticks what is done, hints at what is missing, and goes on.

use std::{
    net::SocketAddr,
    process::{Command, Output},
};

use serde_json::Value;
use vpcdns::import::open::builtin;

use super::{
    CFN, LAB1_VPC,
    browser::{Page, with_page},
    common::{Server, root},
    switch,
};

/// An action of EC2's from elsewhere; its reply.
pub(crate) async fn ec2<const N: usize>(
    http: SocketAddr,
    parameters: [(&'static str, &'static str); N],
) -> String {
    let sent = tokio::task::spawn_blocking(move || {
        let form = [("Version", "2016-11-15")].into_iter().chain(parameters);
        let mut reply = ureq::post(format!("http://{http}/")).send_form(form)?;
        reply.body_mut().read_to_string()
    });
    sent.await.unwrap().unwrap()
}

/// The text of an element of a reply.
pub(crate) fn part<'r>(reply: &'r str, name: &str) -> &'r str {
    let rest = reply.split(&format!("<{name}>")).nth(1).unwrap_or_default();
    rest.split('<').next().unwrap_or_default()
}

/// The network of the first lab as a stack, and what is added to it.
fn template(more: &str) -> String {
    let named = |name: &str| format!("Tags: [{{Key: Name, Value: {name}}}]");
    let subnet = |id: &str, name: &str, cidr: &str, zone: &str| {
        let tags = named(name);
        format!(
            "  {id}:\n    Type: AWS::EC2::Subnet\n    Properties: {{VpcId: !Ref Net, CidrBlock: {cidr}, AvailabilityZone: \
             {zone}, {tags}}}\n"
        )
    };
    let table = |id: &str, name: &str| {
        let tags = named(name);
        format!(
            "  {id}:\n    Type: AWS::EC2::RouteTable\n    Properties: {{VpcId: !Ref Net, {tags}}}\n"
        )
    };
    [
        "Resources:\n  Net:\n    Type: AWS::EC2::VPC\n    Properties: {CidrBlock: 10.0.0.0/16, "
            .to_owned(),
        named("CloudNeta-VPC"),
        "}\n".to_owned(),
        subnet("Public", "CloudNeta-Public-SN", "10.0.0.0/24", "ap-northeast-2a"),
        subnet("Private", "CloudNeta-Private-SN", "10.0.1.0/24", "ap-northeast-2c"),
        table("PublicTable", "CloudNeta-Public-RT"),
        table("PrivateTable", "CloudNeta-Private-RT"),
        more.to_owned(),
    ]
    .concat()
}

/// Creates or updates the stack.
async fn stack(http: SocketAddr, action: &'static str, template: String) {
    let sent = tokio::task::spawn_blocking(move || {
        ureq::post(format!("http://{http}/"))
            .send_form([
                ("Version", "2010-05-15"),
                ("Action", action),
                ("StackName", "lab"),
                ("TemplateBody", &template),
            ])
            .map(|_| ())
    });
    sent.await.unwrap().unwrap();
}

#[test]
fn a_lab_is_done_by_a_stack() {
    let server = Server::start(&["empty"]);
    let http = server.http;
    with_page("stack", async move |page| {
        page.open(http, 1280, 800).await;
        at(&page, "VPCs of your own").await;
        // The lab is known by the shape of its network, and begins at the first step with something to do.
        stack(http, "CreateStack", template("")).await;
        at(&page, "2 of 4: s3-gateway").await;
        until_open(&page, &["gateway create", "tables"]).await;
        let commands = page.text("#panel-lab").await;
        assert!(!commands.contains(LAB1_VPC) && commands.contains("--vpc-id vpc-"), "{commands}");
        let gateway = "  S3:\n    Type: AWS::EC2::VPCEndpoint\n    Properties:\n      VpcId: !Ref Net\n      VpcEndpointType: \
                       Gateway\n      ServiceName: com.amazonaws.ap-northeast-2.s3\n      RouteTableIds: [!Ref \
                       PublicTable, !Ref PrivateTable]\n";
        stack(http, "UpdateStack", template(gateway)).await;
        until_open(&page, &[]).await;
        // What is left is shown, with the ids of this network.
        page.click("#next").await;
        at(&page, "3 of 4: dns-hostnames").await;
        page.click("#show-me").await;
        at(&page, "4 of 4: interface-endpoint").await;
        page.click("#show-me").await;
        until_open(&page, &[]).await;
        page.shot("stack").await;
    });
}

async fn at(page: &Page, step: &str) {
    page.until_text("#step", |text| text == step).await;
}

/// The goals that are open, each with its hint.
async fn open(page: &Page) -> Value {
    page.run(
        "return [...document.querySelectorAll('#goals > [data-done=false]')].map((it) => `${it.dataset.what} ${it.dataset.hint}`.trim())",
    )
    .await
}

async fn until_open(page: &Page, wanted: &[&str]) {
    let wanted = serde_json::json!(wanted);
    page.until(&format!(
        "return JSON.stringify([...document.querySelectorAll('#goals > [data-done=false]')].map((it) => `${{it.dataset.what}} ${{it.dataset.hint}}`.trim())) === {}",
        super::quoted(&wanted.to_string())
    ))
    .await;
}

#[test]
fn a_lab_is_done_with_ids_of_the_student_s_own() {
    let server = Server::start(&["lab09-1@base"]);
    let http = server.http;
    with_page("own-ids", async move |page| {
        page.open(http, 1280, 800).await;
        at(&page, "1 of 4: base").await;
        // The student begins, and the page goes on to the step that was begun.
        let table = ("RouteTableId.1", "rtb-0e4f3fae187fe258e");
        let gateway = ec2(
            http,
            [
                ("Action", "CreateVpcEndpoint"),
                ("VpcId", LAB1_VPC),
                ("VpcEndpointType", "Gateway"),
                ("ServiceName", "com.amazonaws.ap-northeast-2.s3"),
                table,
            ],
        )
        .await;
        assert!(part(&gateway, "vpcEndpointId").starts_with("vpce-"), "{gateway}");
        at(&page, "2 of 4: s3-gateway").await;
        until_open(&page, &["tables lacks"]).await;
        // `Show me` completes what is there.
        page.click("#show-me").await;
        until_open(&page, &[]).await;
        page.until("return document.querySelector('[data-step=s3-gateway]') !== null").await;
        // By the switch. The step has nothing to look at, so the page goes on by itself.
        page.click(&switch(LAB1_VPC, "hostnames")).await;
        at(&page, "4 of 4: interface-endpoint").await;
        until_open(&page, &["interface create", "subnets", "private-dns", "available"]).await;
        // An endpoint with ids of its own, in one subnet, without private DNS.
        let made = ec2(
            http,
            [
                ("Action", "CreateVpcEndpoint"),
                ("VpcId", LAB1_VPC),
                ("VpcEndpointType", "Interface"),
                ("ServiceName", "com.amazonaws.ap-northeast-2.cloudformation"),
                ("SubnetId.1", "subnet-09b299c06521dd460"),
                ("PrivateDnsEnabled", "false"),
            ],
        )
        .await;
        let own = part(&made, "vpcEndpointId").to_owned();
        assert_ne!(own, "vpce-093517d1686ace06d");
        until_open(&page, &["subnets lacks", "private-dns switch"]).await;
        page.click(&switch(&own, "private-dns")).await;
        until_open(&page, &["subnets lacks"]).await;
        page.click("#show-me").await;
        until_open(&page, &[]).await;
        assert_eq!(open(&page).await, serde_json::json!([]));
        // The chapter's digs with the student's own ids; each is answered as the chapter's.
        page.until("return document.querySelectorAll('#digs > li').length === 9 && [...document.querySelectorAll('#digs > li')].every((it) => it.dataset.same === 'true')")
            .await;
        let digs = page.text("#digs").await;
        assert!(digs.contains(&own) && !digs.contains("txsku1pk"), "{digs}");
        page.until_text("[data-step=interface-endpoint]", |text| text.contains("private address"))
            .await;
        page.shot("own-ids").await;
        // The endpoint is deleted: the step is open again.
        page.click(&switch(&own, "private-dns")).await;
        until_open(&page, &["private-dns switch"]).await;
    });
}

#[test]
fn a_prediction_is_revealed_and_can_be_skipped_and_turned_off() {
    let server = Server::start(&["lab09-1@dns-hostnames"]);
    let http = server.http;
    with_page("predict", async move |page| {
        page.open_as_is(http, 1280, 800).await;
        page.click("#next").await;
        at(&page, "4 of 4: interface-endpoint").await;
        // Before the step.
        page.click("#predict-step [data-choice=public]").await;
        page.until("return !document.getElementById('predict-step')").await;
        page.click("#show-me").await;
        page.until_text("[data-step=interface-endpoint]", |text| {
            text.contains("10.0.0.108") && text.contains("You said: a public address.")
        })
        .await;
        let right = "return document.querySelector('.reveal .revealed').dataset.right";
        assert_eq!(page.run(right).await, "false");
        // Before a switch. The switch waits for the answer.
        let private = switch("vpce-093517d1686ace06d", "private-dns");
        page.click(&private).await;
        page.until("return !document.getElementById('foretell').hidden").await;
        assert!(page.text("#foretell").await.contains(CFN));
        let on = format!("return document.querySelector({}).ariaChecked", super::quoted(&private));
        assert_eq!(page.run(&on).await, "true");
        page.click("#foretell [data-choice=public]").await;
        page.until_text("#foretell", |text| text.contains("52.95.193.132")).await;
        let told = page.text("#foretell").await;
        assert!(told.contains("You said so: a public address."), "{told}");
        assert!(told.contains("Public again: no private zone in force has the name."), "{told}");
        page.shot("predict").await;
        // It is skipped, and the same switch asks only once.
        page.click(&private).await;
        page.click("#foretell [data-choice=skip]").await;
        page.until_verdict(|text| text.starts_with("PRIVATE")).await;
        assert_eq!(page.run("return document.getElementById('foretell').hidden").await, true);
        page.click(&private).await;
        page.until_verdict(|text| text.starts_with("PUBLIC")).await;
        // It is turned off.
        page.click(&private).await;
        page.until_verdict(|text| text.starts_with("PRIVATE")).await;
        page.click(&switch(LAB1_VPC, "hostnames")).await;
        page.click("#foretell [data-key='predict/off']").await;
        page.until_verdict(|text| text.starts_with("PUBLIC")).await;
        page.click(&switch(LAB1_VPC, "support")).await;
        page.until_verdict(|text| text == "SILENCESILENCE").await;
        assert_eq!(
            page.run("return document.getElementById('predict').ariaPressed").await,
            "false"
        );
    });
}

/// Clicks a copy button; the text that is copied.
async fn copied(page: &Page, selector: &str) -> String {
    page.run(
        "window.copied = null;
         Object.defineProperty(navigator, 'clipboard', { configurable: true, value: { writeText: async (text) => { window.copied = text; } } })",
    )
    .await;
    page.click(selector).await;
    page.until("return typeof window.copied === 'string'").await;
    page.run("return window.copied").await.as_str().unwrap().to_owned()
}

/// Runs a text as a shell does, without keys or a configuration of AWS's.
fn shell(text: &str, token: &str) -> Output {
    let path = format!(
        "{}:{}",
        root().join("target/tools/python/bin").display(),
        std::env::var("PATH").unwrap_or_default()
    );
    Command::new("sh")
        .args(["-c", text])
        .env_clear()
        .env("PATH", path)
        .env("HOME", root().join("target"))
        .env("LANG", "C.UTF-8")
        .env("VPCDNS_TOKEN", token)
        .output()
        .unwrap()
}

fn has(program: &str) -> bool {
    shell(&format!("command -v {program}"), "").status.success()
}

/// Walks a lab by the commands that the page gives to copy, and runs each dig of each step the same way.
async fn by_copied_commands(page: &Page, name: &'static str, token: &'static str) {
    let lab = builtin::lab(name).unwrap();
    let count = lab.steps.len();
    let mut ran = 0;
    for (index, step) in lab.steps.iter().enumerate() {
        at(page, &format!("{} of {count}: {}", index + 1, step.name)).await;
        page.until_text("#lab-step", |text| text == step.title.en).await;
        let mut texts = Vec::new();
        for which in 1..=step.commands.len() {
            texts.push(copied(page, &format!("[data-key='copy/command/{which}']")).await);
        }
        for text in texts {
            let output = shell(&text, token);
            assert!(output.status.success(), "{text}\n{output:?}");
            ran += 1;
        }
        let goes_on = !step.changes.is_empty() && step.digs.is_empty() && step.ways.is_empty();
        if goes_on {
            continue;
        }
        until_open(page, &[]).await;
        page.until("return [...document.querySelectorAll('#digs > li')].every((it) => it.dataset.same === 'true')").await;
        let digs = page.run("return document.querySelectorAll('#digs > li').length").await;
        assert_eq!(digs, step.digs.len());
        for (which, dig) in step.digs.iter().enumerate() {
            // dig cannot ask as an inbound endpoint without a listener of its own.
            if dig.from.ends_with("-Inbound") {
                continue;
            }
            let text = copied(page, &format!("#digs > li:nth-child({}) .copy", which + 1)).await;
            assert!(text.starts_with("dig +short "), "{text}");
            let output = shell(&text, token);
            let printed = String::from_utf8(output.stdout).unwrap();
            let mut printed: Vec<&str> = printed.lines().collect();
            printed.sort_unstable();
            let mut expected: Vec<&str> = dig.prints.iter().map(String::as_str).collect();
            expected.sort_unstable();
            assert_eq!(printed, expected, "{text}");
            ran += 1;
        }
        // The terminal has the same, and the whole command.
        let whole = copied(page, "[data-key='copy/dig/whole']").await;
        assert!(shell(&whole, token).status.success(), "{whole}");
        if index + 1 < count {
            page.click("#next").await;
        }
    }
    eprintln!("{ran} copied commands");
    assert!(ran > count, "{ran}");
}

#[test]
fn placement_groups_are_drawn_as_racks_and_the_terminal_s_replies_are_revealed() {
    let server = Server::start(&["lab09-4"]);
    let http = server.http;
    with_page("racks", async move |page| {
        page.open(http, 1280, 800).await;
        at(&page, "4 of 4: spread").await;
        let racks = "return [...document.querySelectorAll('#racks .group')].map((it) => [it.dataset.group,
            ...[...it.querySelectorAll('.rack')].map((rack) => rack.querySelectorAll('.unit').length)])";
        assert_eq!(
            page.run(racks).await,
            serde_json::json!([
                ["Alone", 1, 1, 1, 1, 1, 1, 1],
                ["Apart", 1, 1, 1, 0, 0, 0, 0],
                ["Together", 2]
            ])
        );
        let refused = page.text("#refusals").await;
        assert!(refused.contains("InsufficientInstanceCapacity"), "{refused}");
        page.shot("racks").await;
    });
    let server = Server::start(&["lab09-5"]);
    let http = server.http;
    with_page("curls", async move |page| {
        page.open(http, 1280, 800).await;
        at(&page, "3 of 3: tags").await;
        assert_eq!(page.run("return document.querySelectorAll('#curls .given').length").await, 0);
        page.click("#curls > li:nth-child(2) [data-key^='reveal/']").await;
        page.until_text("#curls > li:nth-child(2) .given", |text| text == "MyServer").await;
        let command = copied(&page, "#curls > li:nth-child(2) .copy").await;
        let begin = format!("vpcdns shell --server http://{http} --as MyServer -- sh -c '");
        assert!(command.starts_with(&begin), "{command}");
        assert!(command.ends_with("/latest/meta-data/tags/instance/Name'"), "{command}");
    });
}

#[test]
fn copied_commands_work_as_they_are() {
    if !has("aws") || !has("dig") {
        eprintln!("skipped: aws or dig is not installed; run tests/run --install");
        return;
    }
    for lab in builtin::labs() {
        let begin = format!("{lab}@{}", builtin::lab(lab).unwrap().steps[0].name);
        let server = Server::start(&[&begin]);
        let http = server.http;
        with_page(&format!("copied-{lab}"), async move |page| {
            page.open(http, 1280, 800).await;
            by_copied_commands(&page, lab, "").await;
        });
    }
}

#[test]
fn copied_commands_and_forms_work_with_a_token() {
    const TOKEN: &str = "a token of these tests";
    if !has("aws") || !has("dig") {
        eprintln!("skipped: aws or dig is not installed; run tests/run --install");
        return;
    }
    let server = Server::start(&["lab09-2@base", "--token", TOKEN]);
    let http = server.http;
    with_page("copied-token", async move |page| {
        page.visit(&format!("http://{http}/?token={}", TOKEN.replace(' ', "%20"))).await;
        page.open(http, 1280, 800).await;
        by_copied_commands(&page, "lab09-2", TOKEN).await;
    });
}
