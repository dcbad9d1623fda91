//! Stacks across the end of a server: one that is killed in the middle leaves a whole stack or nothing; and
//! `--strict-stacks`, `--pace real`. What stacks are to clients is in `tests/aws`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing test panics")]

mod common;

use std::{
    fmt::Write as _,
    fs, thread,
    time::{Duration, Instant},
};

use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use common::{
    Server,
    client::{Client, element},
    scratch,
};

/// How many resources the stack has beside its VPC.
const SUBNETS: usize = 150;

/// A request of CloudFormation's.
fn stacks(client: &mut Client, request: &str) -> Option<(u16, String)> {
    client.post("/", &format!("Version=2010-05-15&Action={request}"))
}

/// A template with a VPC and its subnets, encoded for a form. It needs no other encoding than that of its braces.
fn template() -> String {
    let mut text =
        r#"{"Resources":{"Net":{"Type":"AWS::EC2::VPC","Properties":{"CidrBlock":"10.9.0.0/16"}}"#
            .to_owned();
    for number in 0..SUBNETS {
        write!(
            text,
            r#","S{number}":{{"Type":"AWS::EC2::Subnet","Properties":{{"VpcId":{{"Ref":"Net"}},"CidrBlock":"10.9.{number}.0/24"}}}}"#
        )
        .unwrap();
    }
    text + "}}"
}

/// The number of the World's VPCs and subnets, and the status of the stack.
fn found(server: &Server) -> (usize, usize, Option<String>) {
    let mut client = Client::new(server.http);
    let count = |text: &str, name: &str| text.matches(&format!("<{name}>")).count();
    let vpcs = client.ec2("DescribeVpcs").unwrap().1;
    let subnets = client.ec2("DescribeSubnets").unwrap().1;
    let (code, stack) = stacks(&mut client, "DescribeStacks&StackName=all").unwrap();
    let status = (code == 200).then(|| element(&stack, "StackStatus").to_owned());
    (count(&vpcs, "vpcId"), count(&subnets, "subnetId"), status)
}

#[test]
fn a_server_that_is_killed_leaves_a_whole_stack_or_none() {
    let folder = scratch("stack-killed");
    let path = folder.join("data");
    let arguments = ["empty", "--data", path.to_str().unwrap()];
    let body = template();
    let whole = (1, SUBNETS, Some("CREATE_COMPLETE".to_owned()));
    let mut outcomes = Vec::new();
    for wait in [0, 5, 20, 50, 100, 200, 400, 800, 1_600, 5_000] {
        let mut server = Server::start(&arguments);
        let before = found(&server);
        let (at, body, is_there) = (server.http, body.clone(), before == whole);
        let request = thread::spawn(move || {
            let mut client = Client::new(at);
            let request = if is_there {
                "DeleteStack&StackName=all".to_owned()
            } else {
                format!("CreateStack&StackName=all&TemplateBody={body}")
            };
            stacks(&mut client, &request)
        });
        thread::sleep(Duration::from_millis(wait));
        server.signal("KILL");
        server.wait(Duration::from_secs(10));
        request.join().unwrap();
        drop(server);
        let server = Server::start(&arguments);
        let after = found(&server);
        assert!(after == whole || after == (0, 0, None), "{wait} ms: {after:?} after {before:?}");
        outcomes.push(after != before);
    }
    assert!(outcomes.contains(&true), "no request was done before the server was killed");
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_stack_is_kept_with_its_resources_across_a_restart() {
    let folder = scratch("stack-kept");
    let path = folder.join("data");
    let arguments = ["empty", "--data", path.to_str().unwrap()];
    let mut server = Server::start(&arguments);
    let mut client = Client::new(server.http);
    let request = format!("CreateStack&StackName=all&TemplateBody={}", template());
    assert_eq!(stacks(&mut client, &request).unwrap().0, 200);
    server.signal("TERM");
    assert_eq!(server.wait(Duration::from_secs(10)), Some(0));
    drop(server);
    let server = Server::start(&arguments);
    assert_eq!(found(&server), (1, SUBNETS, Some("CREATE_COMPLETE".to_owned())));
    let mut client = Client::new(server.http);
    assert_eq!(stacks(&mut client, "DeleteStack&StackName=all").unwrap().0, 200);
    assert_eq!(found(&server), (0, 0, None));
    drop(server);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn strict_stacks_fail_for_a_type_that_is_not_emulated() {
    let template = r#"{"Resources":{"Way":{"Type":"AWS::EC2::InternetGateway"},"Log":{"Type":"AWS::Logs::LogGroup"}}}"#;
    for (more, status) in
        [(&[][..], "CREATE_COMPLETE"), (&["--strict-stacks"][..], "ROLLBACK_COMPLETE")]
    {
        let server = Server::start(&[&["empty"], more].concat());
        let mut client = Client::new(server.http);
        let request = format!("CreateStack&StackName=all&TemplateBody={template}");
        assert_eq!(stacks(&mut client, &request).unwrap().0, 200);
        let (_, stack) = stacks(&mut client, "DescribeStacks&StackName=all").unwrap();
        assert_eq!(element(&stack, "StackStatus"), status);
    }
}

/// The status of the stack by its name, if there is one.
fn status(client: &mut Client) -> Option<String> {
    let (code, stack) = stacks(client, "DescribeStacks&StackName=all").unwrap();
    (code == 200).then(|| element(&stack, "StackStatus").to_owned())
}

/// Waits until the stack has another status.
fn leaves(client: &mut Client, left: &str) {
    let begun = Instant::now();
    while status(client).as_deref() == Some(left) {
        assert!(begun.elapsed() < Duration::from_secs(20), "{left} for too long");
        thread::sleep(Duration::from_millis(50));
    }
}

/// When a resource came to a status, in milliseconds since the epoch, as the stack's events say.
fn came_to(events: &str, resource: &str, status: &str) -> i128 {
    let is_meant = |event: &&str| {
        element(event, "LogicalResourceId") == resource
            && element(event, "ResourceStatus") == status
    };
    // The newest event is the first.
    let event = events.split("<member>").skip(1).filter(is_meant).last().unwrap();
    let at = OffsetDateTime::parse(element(event, "Timestamp"), &Rfc3339).unwrap();
    at.unix_timestamp_nanos() / 1_000_000
}

#[test]
fn at_the_real_pace_a_stack_takes_its_time() {
    let server = Server::start(&["empty", "--pace", "real"]);
    let mut client = Client::new(server.http);
    let client = &mut client;
    let template = r#"{"Resources":{
        "One":{"Type":"AWS::EC2::DHCPOptions","Properties":{"DomainName":"one.example"}},
        "Two":{"Type":"AWS::EC2::DHCPOptions","Properties":{"DomainName":"two.example"}}},
        "Outputs":{"One":{"Value":{"Ref":"One"}}}}"#;
    let template: String = template.split_whitespace().collect();
    let create = format!("CreateStack&StackName=all&TemplateBody={template}");
    assert_eq!(stacks(client, &create).unwrap().0, 200);
    assert_eq!(status(client).as_deref(), Some("CREATE_IN_PROGRESS"));
    for (request, words) in [
        (create.as_str(), "Stack [all] already exists"),
        (
            &create.replace("Create", "Update"),
            "is in CREATE_IN_PROGRESS state and can not be updated",
        ),
    ] {
        let (code, said) = stacks(client, request).unwrap();
        assert!(code == 400 && said.contains(words), "{said}");
    }
    let (_, outputs) = stacks(client, "DescribeStacks&StackName=all").unwrap();
    let (_, resources) = stacks(client, "DescribeStackResources&StackName=all").unwrap();
    // A machine that stood still may be too late for these.
    if status(client).as_deref() == Some("CREATE_IN_PROGRESS") {
        assert!(!outputs.contains("OutputKey"), "{outputs}");
        assert!(!resources.contains("CREATE_COMPLETE"), "{resources}");
    }
    leaves(client, "CREATE_IN_PROGRESS");
    assert_eq!(status(client).as_deref(), Some("CREATE_COMPLETE"));
    let (_, shown) = stacks(client, "DescribeStacks&StackName=all").unwrap();
    assert!(element(&shown, "OutputValue").starts_with("dopt-"), "{shown}");
    let (_, events) = stacks(client, "DescribeStackEvents&StackName=all").unwrap();
    let order: Vec<&str> =
        events.split("<ResourceStatus>").skip(1).filter_map(|it| it.split('<').next()).collect();
    assert_eq!(order.first().zip(order.last()), Some((&"CREATE_COMPLETE", &"CREATE_IN_PROGRESS")));
    assert_eq!(order.iter().filter(|it| **it == "CREATE_COMPLETE").count(), 3, "{order:?}");
    // Both are made at the same time, in three seconds each.
    let begun = |resource| came_to(&events, resource, "CREATE_IN_PROGRESS");
    for resource in ["One", "Two"] {
        let lasted = came_to(&events, resource, "CREATE_COMPLETE") - begun(resource);
        assert!((3_000..3_100).contains(&lasted), "{resource}: {lasted} ms");
    }
    let apart = begun("One").abs_diff(begun("Two"));
    assert!(apart < 100, "{apart} ms");

    assert_eq!(stacks(client, "DeleteStack&StackName=all").unwrap().0, 200);
    assert_eq!(status(client).as_deref(), Some("DELETE_IN_PROGRESS"));
    leaves(client, "DELETE_IN_PROGRESS");
    assert_eq!(status(client), None);

    // One that is deleted while it is made.
    assert_eq!(stacks(client, &create).unwrap().0, 200);
    assert_eq!(stacks(client, "DeleteStack&StackName=all").unwrap().0, 200);
    assert_eq!(status(client).as_deref(), Some("DELETE_IN_PROGRESS"));
    leaves(client, "DELETE_IN_PROGRESS");
    assert_eq!(status(client), None);
    let options = client.ec2("DescribeDhcpOptions").unwrap().1;
    assert!(!options.contains("one.example"), "{options}");
}
