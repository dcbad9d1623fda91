//! Every parameter that AWS documents for an action that is built is read, or told in docs/api-coverage.md as one without
//! effect. Another name is refused, unless it lies below one without effect. `tests/fixtures/ec2-parameters.csv` has the
//! documented ones.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing test panics")]

mod common;

use std::{collections::BTreeMap, fs, sync::Arc};

use common::{compile, root};
use vpcdns::{
    api::{Api, Request, SERVICES},
    import::{Defaults, open},
    store::Live,
};

/// What a request needs beside what `MissingParameter` asks for, so that its parameters are read to the end.
const MORE: &[(&str, &str)] = &[
    ("AssignIpv6Addresses", "Ipv6AddressCount=1"),
    ("AssignPrivateIpAddresses", "SecondaryPrivateIpAddressCount=1"),
    ("AssociateSubnetCidrBlock", "Ipv6CidrBlock=2001:db8::/64"),
    ("AssociateVpcCidrBlock", "CidrBlock=10.99.0.0/16"),
    ("CreateDhcpOptions", "DhcpConfiguration.1.Key=domain-name&DhcpConfiguration.1.Value.1=a.test"),
    ("CreateRoute", "DestinationCidrBlock=10.98.0.0/16&GatewayId=igw-00000000000000001"),
    ("CreateDefaultSubnet", "AvailabilityZone=ap-northeast-2a"),
    (
        "CreateNetworkAclEntry",
        "RuleNumber=1&Protocol=-1&RuleAction=allow&Egress=true&CidrBlock=10.0.0.0/8",
    ),
    (
        "ReplaceNetworkAclEntry",
        "RuleNumber=1&Protocol=-1&RuleAction=allow&Egress=true&CidrBlock=10.0.0.0/8",
    ),
    (
        "CreateLaunchTemplate",
        "LaunchTemplateName=some-name&LaunchTemplateData.ImageId=ami-00000000000000001",
    ),
    (
        "CreateLaunchTemplateVersion",
        "LaunchTemplateName=some-name&LaunchTemplateData.ImageId=ami-00000000000000001",
    ),
    ("CreateManagedPrefixList", "AddressFamily=IPv4"),
    ("DeleteLaunchTemplate", "LaunchTemplateName=some-name"),
    ("DeleteLaunchTemplateVersions", "LaunchTemplateName=some-name&LaunchTemplateVersion.1=1"),
    ("DescribeLaunchTemplateVersions", "LaunchTemplateName=some-name"),
    ("ModifyLaunchTemplate", "LaunchTemplateName=some-name"),
    ("CreateNatGateway", "SubnetId=subnet-00000000000000001&ConnectivityType=private"),
    ("CreateSubnet", "CidrBlock=10.99.0.0/24"),
    ("CreateTags", "ResourceId.1=vpc-00000000000000001&Tag.1.Key=a&Tag.1.Value=b"),
    ("DeleteRoute", "DestinationCidrBlock=10.98.0.0/16"),
    ("DeleteTags", "ResourceId.1=vpc-00000000000000001"),
    ("DetachNetworkInterface", "AttachmentId=eni-attach-00000000000000001"),
    ("ModifyAddressAttribute", "DomainName=mail.example"),
    ("ModifyInstanceAttribute", "DisableApiStop.Value=true"),
    (
        "ModifyInstanceCreditSpecification",
        "InstanceCreditSpecification.1.InstanceId=i-00000000000000001&InstanceCreditSpecification.1.CpuCredits=standard",
    ),
    ("ModifyNetworkInterfaceAttribute", "Description.Value=a"),
    (
        "ModifySecurityGroupRules",
        "SecurityGroupRule.1.SecurityGroupRuleId=sgr-00000000000000001&SecurityGroupRule.1.SecurityGroupRule.IpProtocol=-1\
         &SecurityGroupRule.1.SecurityGroupRule.CidrIpv4=10.0.0.0/8",
    ),
    ("DeleteKeyPair", "KeyName=x"),
    (
        "ImportKeyPair",
        "PublicKeyMaterial=c3NoLWVkMjU1MTkgQUFBQUMzTnphQzFsWkRJMU5URTVBQUFBSUVGbGN4VGJHbFM0QURMYTRJTTU3NFFNd3dXU0lmYk51OHd6d2FUa1o2dE0=",
    ),
    ("UnassignIpv6Addresses", "Ipv6Addresses.1=2001:db8::1"),
    ("UnassignPrivateIpAddresses", "PrivateIpAddress.1=10.0.0.9"),
    ("ReplaceRoute", "DestinationCidrBlock=10.98.0.0/16&GatewayId=igw-00000000000000001"),
];

/// What is written where a text is asked for, by the last part of the parameter's name. Nothing has these ids: whether a
/// resource is there is looked at after all parameters were read.
const TEXTS: &[(&str, &str)] = &[
    ("AwsAccountId", "210987654321"),
    ("AllocationId", "eipalloc-00000000000000001"),
    ("AssociationId", "rtbassoc-00000000000000001"),
    ("CidrBlock", "10.99.0.0/24"),
    ("DhcpOptionsId", "dopt-00000000000000001"),
    ("GroupId", "sg-00000000000000001"),
    ("ImageId", "ami-00000000000000001"),
    ("InstanceId", "i-00000000000000001"),
    ("InstanceType", "t3.micro"),
    ("InternetGatewayId", "igw-00000000000000001"),
    ("KeyPairId", "key-00000000000000001"),
    ("Cidr", "10.99.0.0/24"),
    ("ConnectionEvents", "Accept"),
    ("ConnectionNotificationArn", "arn:aws:sns:ap-northeast-2:123456789012:connections"),
    ("ConnectionNotificationId", "vpce-nfn-00000000000000001"),
    ("EgressOnlyInternetGatewayId", "eigw-00000000000000001"),
    ("LaunchTemplateId", "lt-00000000000000001"),
    ("NatGatewayId", "nat-00000000000000001"),
    ("NetworkInterfaceId", "eni-00000000000000001"),
    ("NetworkInterfacePermissionId", "eni-perm-00000000000000001"),
    ("NetworkAclId", "acl-00000000000000001"),
    ("PeerVpcId", "vpc-00000000000000002"),
    ("PrefixListId", "pl-00000000000000001"),
    ("ResourceId", "vpc-00000000000000001"),
    ("RouteTableId", "rtb-00000000000000001"),
    ("ServiceId", "vpce-svc-00000000000000001"),
    ("ServiceName", "com.amazonaws.ap-northeast-2.sqs"),
    ("SubnetId", "subnet-00000000000000001"),
    ("VpcEndpointId", "vpce-00000000000000001"),
    ("VpcId", "vpc-00000000000000001"),
    ("VpcPeeringConnectionId", "pcx-00000000000000001"),
];

struct Parameter {
    name: String,
    kind: String,
    first: String,
}

impl Parameter {
    /// A value that AWS could take.
    fn value(&self) -> String {
        let last = self.name.rsplit('.').find(|part| part.parse::<u32>().is_err()).unwrap();
        let known = TEXTS.iter().find(|(name, _)| *name == last);
        match (self.kind.as_str(), known) {
            ("boolean", _) => "true".to_owned(),
            ("integer" | "long", _) => "1".to_owned(),
            ("timestamp", _) => "2026-01-01T00:00:00Z".to_owned(),
            (_, Some((_, text))) => (*text).to_owned(),
            _ if !self.first.is_empty() => self.first.clone(),
            _ => "x".to_owned(),
        }
    }
}

fn documented() -> BTreeMap<String, Vec<Parameter>> {
    let text = fs::read_to_string(root().join("tests/fixtures/ec2-parameters.csv")).unwrap();
    let mut by_action: BTreeMap<String, Vec<Parameter>> = BTreeMap::new();
    for line in text.lines().skip(2) {
        let parts: Vec<&str> = line.split(',').collect();
        let [action, name, kind, first] = parts[..] else { panic!("{line}") };
        let parameter =
            Parameter { name: name.to_owned(), kind: kind.to_owned(), first: first.to_owned() };
        by_action.entry(action.to_owned()).or_default().push(parameter);
    }
    by_action
}

fn api() -> Api {
    let path = root().join("tests/aws/described.yaml");
    let loaded = open::open(path.to_str().unwrap(), &Defaults::default()).unwrap();
    Api::new(Arc::new(Live::new(compile(loaded.world))), "ap-northeast-2", None)
}

fn answer(api: &Api, form: &str) -> String {
    let request = Request {
        method: "POST".to_owned(),
        path: "/".to_owned(),
        sent: String::new(),
        headers: vec![("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned())],
        body: format!("Version=2016-11-15&{form}").into_bytes(),
        ..Request::default()
    };
    api.handle(&request, true).text().into_owned()
}

fn between<'t>(text: &'t str, before: &str, after: &str) -> Option<&'t str> {
    text.split_once(before)?.1.split_once(after).map(|(inner, _)| inner)
}

/// A request whose parameters are all read: what is unknown in it is noticed.
fn base(api: &Api, action: &str, parameters: &[Parameter]) -> Result<String, String> {
    let mut form = format!("Action={action}&DryRun=true");
    if let Some((_, more)) = MORE.iter().find(|(of, _)| *of == action) {
        form.push('&');
        form.push_str(more);
    }
    for _ in 0..10 {
        let body = answer(api, &format!("{form}&Nonsense=1"));
        match between(&body, "<Code>", "</Code>") {
            Some("UnknownParameter") => return Ok(form),
            Some("MissingParameter") => {}
            _ => return Err(format!("{form}: {body}")),
        }
        let Some(missing) = between(&body, "the parameter ", "</Message>") else {
            return Err(format!("{form}: {body}"));
        };
        let in_list = format!("{missing}.1");
        let found = parameters.iter().find(|it| it.name == missing || it.name == in_list);
        let Some(found) = found else { return Err(format!("{form}: {body}")) };
        form.push_str(&format!("&{}={}", found.name, found.value()));
    }
    Err(form)
}

#[test]
fn every_documented_parameter_is_taken_and_no_other() {
    let (api, documented) = (api(), documented());
    let ec2 = SERVICES.iter().find(|service| service.name == "ec2").unwrap();
    let (mut wrong, mut asked) = (Vec::new(), 0);
    for action in ec2.actions {
        let Some(parameters) = documented.get(action.name) else {
            wrong.push(format!("{}: run tools/api/parameters.py", action.name));
            continue;
        };
        let form = match base(&api, action.name, parameters) {
            Ok(form) => form,
            Err(why) => {
                wrong.push(format!("{}: not read to the end: {why}", action.name));
                continue;
            }
        };
        for parameter in parameters.iter().filter(|it| !form.contains(&format!("&{}=", it.name))) {
            asked += 1;
            let body = answer(&api, &format!("{form}&{}={}", parameter.name, parameter.value()));
            if body.contains("<Code>UnknownParameter</Code>") {
                wrong.push(format!("{} {}", action.name, parameter.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {asked}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(asked > 600, "{asked}");
}

/// Whether a parameter is one of these or lies below one; `N` stands for the number of an element.
fn is_within(names: &[&str], parameter: &str) -> bool {
    let parts: Vec<&str> = parameter.split('.').collect();
    names.iter().any(|name| {
        let mut wanted = name.split('.').zip(&parts);
        wanted
            .all(|(wanted, part)| wanted == *part || (wanted == "N" && part.parse::<u32>().is_ok()))
            && name.split('.').count() <= parts.len()
    })
}

#[test]
fn a_value_of_another_form_is_refused() {
    let (api, documented) = (api(), documented());
    let ec2 = SERVICES.iter().find(|service| service.name == "ec2").unwrap();
    let (mut taken, mut asked) = (Vec::new(), 0);
    for action in ec2.actions {
        let parameters = &documented[action.name];
        let form = base(&api, action.name, parameters).unwrap();
        // What a launch template holds is read when an instance is run from it.
        let is_formed = |it: &&Parameter| {
            matches!(it.kind.as_str(), "boolean" | "integer" | "long" | "timestamp")
                && !it.name.starts_with("LaunchTemplateData.")
                && !is_within(action.without_effect, &it.name)
        };
        for parameter in parameters.iter().filter(is_formed) {
            asked += 1;
            let old = format!("&{}=", parameter.name);
            let rest = form.split_once(&old).map(|(before, after)| {
                format!("{before}{}", after.find('&').map_or("", |at| &after[at..]))
            });
            let form = rest.as_deref().unwrap_or(&form);
            let body = answer(&api, &format!("{form}&{}=sometimes", parameter.name));
            // What lacks something else is refused for that.
            let lacks = body.contains("<Code>MissingParameter");
            let told = lacks || (body.contains("<Code>Invalid") && body.contains("sometimes"));
            if !told {
                taken.push(format!("{} {}: {body}", action.name, parameter.name));
            }
        }
    }
    assert!(taken.is_empty(), "{} of {asked}:\n{}", taken.len(), taken.join("\n"));
    assert!(asked > 200, "{asked}");
}
