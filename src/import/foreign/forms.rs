//! Converts the forms in which people save AWS's output to the plain form.
//!
//! Knows `get-template`, `--query`, `jq --slurp`, several pages in one file, recordings of placebo, and YAML merge
//! keys. Does not know what the values mean.

use crate::import::text::{
    diagnostic::{Problem, Source},
    node::{self, Key, Kind, Node, Pos},
};

/// The deepest nesting of lists that `--query` prints.
const DEPTH: usize = 4;

/// The key of the reply to which an item with certain keys belongs. The first match counts.
const ITEMS: &[(&[&str], &str)] = &[
    (&["VpcEndpointId", "ServiceName"], "VpcEndpoints"),
    (&["VpcPeeringConnectionId", "RequesterVpcInfo"], "VpcPeeringConnections"),
    (&["RouteTableId", "Routes"], "RouteTables"),
    (&["InternetGatewayId", "Attachments"], "InternetGateways"),
    (&["DhcpOptionsId", "DhcpConfigurations"], "DhcpOptions"),
    (&["NetworkInterfaceId", "PrivateIpAddresses"], "NetworkInterfaces"),
    (&["Instances", "ReservationId"], "Reservations"),
    (&["InstanceId", "InstanceType"], "Instances"),
    (&["PublicIp", "AllocationId"], "Addresses"),
    (&["SubnetId", "CidrBlock"], "Subnets"),
    (&["VpcId", "CidrBlock"], "Vpcs"),
    (&["ServiceId", "ServiceName"], "ServiceConfigurations"),
    (&["LoadBalancerArn", "DNSName"], "LoadBalancers"),
    (&["Name", "CallerReference"], "HostedZones"),
    (&["Name", "Type", "ResourceRecords"], "ResourceRecordSets"),
    (&["Name", "Type", "AliasTarget"], "ResourceRecordSets"),
    (&["DomainName", "RuleType"], "ResolverRules"),
    (&["ResolverRuleId", "VPCId"], "ResolverRuleAssociations"),
    (&["Direction", "HostVPCId"], "ResolverEndpoints"),
    (&["ExportingStackId", "Name"], "Exports"),
];

/// The key under which other replies are stored that could not be merged with the first one.
pub(super) const PAGES: &str = "other replies of the file";

/// Keys for paging, which are no content.
const PAGING: &[&str] = &[
    "NextToken",
    "NextMarker",
    "Marker",
    "MaxItems",
    "MaxResults",
    "IsTruncated",
    "NextRecordName",
    "NextRecordType",
    "NextRecordIdentifier",
    "ResponseMetadata",
];

/// Parses a text that may hold several JSON documents.
///
/// # Errors
///
/// The errors of [`node::parse`].
pub(in crate::import) fn parse(source: &Source) -> Result<Node, Vec<Problem>> {
    match node::parse(source) {
        Err(problems) => pages(source).unwrap_or(Err(problems)),
        parsed => parsed,
    }
}

/// Several JSON documents, one after the other, as a list; `None` if the text has fewer than two.
fn pages(source: &Source) -> Option<Result<Node, Vec<Problem>>> {
    if !source.text.trim_start().starts_with(['{', '[']) {
        return None;
    }
    let mut stream =
        serde_json::Deserializer::from_str(&source.text).into_iter::<serde::de::IgnoredAny>();
    let mut bounds = Vec::new();
    let mut first = 0;
    while let Some(next) = stream.next() {
        next.ok()?;
        bounds.push((first, stream.byte_offset()));
        first = stream.byte_offset();
    }
    if bounds.len() < 2 {
        return None;
    }
    let (mut items, mut line) = (Vec::new(), 0);
    for (from, to) in bounds {
        let text = source.text.get(from..to)?;
        let page = Source { name: source.name.clone(), text: text.to_owned() };
        match node::parse(&page) {
            Ok(mut root) => {
                shift(&mut root, line, from);
                items.push(root);
            }
            Err(problems) => return Some(Err(problems)),
        }
        line += text.matches('\n').count();
    }
    let pos = items.first().map(|it| it.pos).unwrap_or_default();
    Some(Ok(Node { kind: Kind::Seq(items), tag: None, pos, quoted: false }))
}

/// Moves the positions of a value and of everything in it.
pub(super) fn shift(node: &mut Node, lines: usize, bytes: usize) {
    let moved = |pos: &mut Pos| {
        pos.line = pos.line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
        pos.offset = pos.offset.saturating_add(u32::try_from(bytes).unwrap_or(u32::MAX));
    };
    moved(&mut node.pos);
    match &mut node.kind {
        Kind::Null | Kind::Scalar(_) => {}
        Kind::Seq(items) => items.iter_mut().for_each(|item| shift(item, lines, bytes)),
        Kind::Map(entries) => {
            for (key, value) in entries {
                moved(&mut key.pos);
                shift(value, lines, bytes);
            }
        }
    }
}

/// Converts a value to the form that the importers read. If the file contains a template as text, gives that text as
/// the new Source.
///
/// # Errors
///
/// The errors of [`node::parse`], for a template that the file contains as text.
pub(in crate::import) fn usual(source: Source, root: Node) -> Result<(Source, Node), Vec<Problem>> {
    if let Some(body) = root.get("TemplateBody") {
        return match body.text() {
            Some(text) => {
                let name = format!("{} (TemplateBody)", source.name);
                let source = Source { name, text: text.to_owned() };
                let root = merged(node::parse(&source)?);
                Ok((source, root))
            }
            None => {
                let body = body.clone();
                Ok((source, body))
            }
        };
    }
    let root = match &root.kind {
        Kind::Seq(items) if !items.is_empty() => list(root),
        Kind::Map(_) if root.get("status_code").is_some() && root.get("data").is_some() => {
            root.get("data").cloned().unwrap_or(root)
        }
        Kind::Map(_) => match reply_of(&root).filter(|_| is_item(&root)) {
            Some(key) => reply(root.pos, key, vec![root]),
            None => root,
        },
        _ => root,
    };
    Ok((source, root))
}

/// Whether a map may be an item of a reply, and not a template. Replies such as `describe-vpc-attribute` have ids as
/// top-level keys too, so ids do not decide.
fn is_item(root: &Node) -> bool {
    root.get("Resources").is_none() && root.get("AWSTemplateFormatVersion").is_none()
}

/// The key of the reply that an item belongs to.
fn reply_of(item: &Node) -> Option<&'static str> {
    let has = |key: &&str| item.entries().iter().any(|(known, _)| known.text == **key);
    ITEMS.iter().find(|(keys, _)| keys.iter().all(has)).map(|(_, key)| *key)
}

fn reply(pos: Pos, key: &str, items: Vec<Node>) -> Node {
    let seq = |kind| Node { kind, tag: None, pos, quoted: false };
    let list = seq(Kind::Seq(items));
    if key == "Instances" {
        let instances = Key { text: key.to_owned(), pos };
        let reservation = seq(Kind::Map(vec![(instances, list)]));
        return reply(pos, "Reservations", vec![reservation]);
    }
    seq(Kind::Map(vec![(Key { text: key.to_owned(), pos }, list)]))
}

/// Merges a list of replies, or of items of one reply, into one reply. Any other list stays as it is.
fn list(root: Node) -> Node {
    let pos = root.pos;
    let mut flat = Vec::new();
    flatten(&root, DEPTH, &mut flat);
    let mut replies: Vec<Vec<(Key, Node)>> = Vec::new();
    for item in flat {
        let item = match item.get("data").filter(|_| item.get("status_code").is_some()) {
            Some(data) => data,
            None => item,
        };
        let page = match reply_of(item) {
            Some(key) => reply(item.pos, key, vec![item.clone()]),
            None => item.clone(),
        };
        let Kind::Map(entries) = page.kind else { return root };
        match replies.last_mut() {
            Some(last) if !is_of_another(last, &entries) => join(last, entries),
            _ => replies.push(entries),
        }
    }
    let node = |kind| Node { kind, tag: None, pos, quoted: false };
    let mut replies = replies.into_iter();
    let mut all = replies.next().unwrap_or_default();
    let others: Vec<Node> = replies.map(|entries| node(Kind::Map(entries))).collect();
    if !others.is_empty() {
        all.push((Key { text: PAGES.to_owned(), pos }, node(Kind::Seq(others))));
    }
    node(Kind::Map(all))
}

/// Whether a page belongs to another resource than the reply before it: another hosted zone, the records of another
/// zone, or the attributes of another VPC.
fn is_of_another(reply: &[(Key, Node)], page: &[(Key, Node)]) -> bool {
    let begins_zone = |value: &Node| {
        value.items().iter().any(|set| set.get("Type").and_then(Node::text) == Some("SOA"))
    };
    page.iter().filter(|(key, _)| !PAGING.contains(&key.text.as_str())).any(|(key, value)| {
        reply.iter().filter(|(known, _)| known.text == key.text).any(|(_, known)| {
            match (&known.kind, &value.kind) {
                (Kind::Seq(_), Kind::Seq(_)) => {
                    key.text == "ResourceRecordSets" && begins_zone(known) && begins_zone(value)
                }
                (Kind::Scalar(one), Kind::Scalar(other)) => one != other,
                _ => true,
            }
        })
    })
}

/// Adds the items of a page to those of a reply.
fn join(reply: &mut Vec<(Key, Node)>, page: Vec<(Key, Node)>) {
    for (key, value) in page {
        match reply.iter_mut().find(|(known, _)| known.text == key.text) {
            Some((_, Node { kind: Kind::Seq(items), .. })) => {
                if let Kind::Seq(more) = value.kind {
                    items.extend(more);
                }
            }
            Some(_) => {}
            None => reply.push((key, value)),
        }
    }
}

fn flatten<'n>(node: &'n Node, depth: usize, flat: &mut Vec<&'n Node>) {
    match &node.kind {
        Kind::Seq(items) if depth > 0 => {
            items.iter().for_each(|item| flatten(item, depth - 1, flat));
        }
        _ => flat.push(node),
    }
}

/// Resolves YAML's merge key `<<`, which copies keys from other maps. A map's own keys win, then those of the first
/// merged map.
pub(in crate::import) fn merged(node: Node) -> Node {
    let kind = match node.kind {
        Kind::Seq(items) => Kind::Seq(items.into_iter().map(merged).collect()),
        Kind::Map(entries) => {
            let (mut own, mut others) = (Vec::new(), Vec::new());
            for (key, value) in entries {
                let value = merged(value);
                match value.kind {
                    Kind::Map(more) if key.text == "<<" => others.extend(more),
                    Kind::Seq(maps) if key.text == "<<" => {
                        others.extend(maps.into_iter().flat_map(|map| match map.kind {
                            Kind::Map(more) => more,
                            _ => Vec::new(),
                        }));
                    }
                    kind => own.push((key, Node { kind, ..value })),
                }
            }
            if !others.is_empty() {
                let mut known: std::collections::HashSet<String> =
                    own.iter().map(|(key, _)| key.text.clone()).collect();
                others.retain(|(key, _)| known.insert(key.text.clone()));
                own.append(&mut others);
            }
            Kind::Map(own)
        }
        other => other,
    };
    Node { kind, ..node }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        let source = Source { name: "t.json".to_owned(), text: text.to_owned() };
        let root = merged(parse(&source).unwrap());
        usual(source, root).unwrap().1.to_json().to_string()
    }

    #[test]
    fn each_form_is_one_reply() {
        let vpc = r#"{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}"#;
        let whole = read(&format!(r#"{{"Vpcs": [{vpc}]}}"#));
        for form in [
            vpc.to_owned(),
            format!("[{vpc}]"),
            format!("[[{vpc}]]"),
            format!(r#"{{"status_code": 200, "data": {{"Vpcs": [{vpc}]}}}}"#),
            format!(r#"[{{"Vpcs": [{vpc}]}}]"#),
            format!("{{\"Vpcs\": []}}\n{{\"Vpcs\": [{vpc}]}}"),
        ] {
            assert_eq!(read(&form), whole, "{form}");
        }
        let subnet = r#"{"SubnetId": "s", "VpcId": "v", "CidrBlock": "10.0.0.0/24"}"#;
        assert!(read(subnet).starts_with(r#"{"Subnets":"#), "{}", read(subnet));
        let instances = read(r#"[{"InstanceId": "i-1", "InstanceType": "t3.micro"}]"#);
        assert!(instances.starts_with(r#"{"Reservations":[{"Instances":[{"#), "{instances}");
        // A list that contains no reply stays as it is.
        assert_eq!(read("[1, [2]]"), r#"["1",["2"]]"#);
        let attribute = r#"{"VpcId":"vpc-1","EnableDnsSupport":{"Value":"true"}}"#;
        assert_eq!(read(attribute), attribute);
    }

    #[test]
    fn replies_about_other_things_stay_apart() {
        let zone =
            |id: &str| format!(r#"{{"HostedZone":{{"Id":"{id}"}},"VPCs":[{{"VPCId":"{id}"}}]}}"#);
        let (one, two) = (zone("1"), zone("2"));
        let all = read(&format!("{one}\n{two}"));
        let first = one.strip_suffix('}').unwrap();
        assert_eq!(all, format!("{first},\"{PAGES}\":[{two}]}}"));
        let soa = r#"{"ResourceRecordSets":[{"Type":"SOA"}],"IsTruncated":"true"}"#;
        let more = r#"{"ResourceRecordSets":[{"Type":"A"}],"IsTruncated":"false"}"#;
        let pages = read(&format!("{soa}\n{more}\n{soa}"));
        assert!(
            pages.starts_with(r#"{"ResourceRecordSets":[{"Type":"SOA"},{"Type":"A"}]"#),
            "{pages}"
        );
        assert!(pages.ends_with(&format!("\"{PAGES}\":[{soa}]}}")), "{pages}");
    }

    #[test]
    fn a_page_keeps_its_place() {
        let source = Source {
            name: "t.json".to_owned(),
            text: "{\"Vpcs\": []}\n{\"Subnets\": [7]}\n".to_owned(),
        };
        let root = parse(&source).unwrap();
        let seven = &root.items()[1].get("Subnets").unwrap().items()[0];
        assert_eq!((seven.pos.line, &source.text[seven.pos.offset as usize..][..1]), (2, "7"));
    }

    #[test]
    fn own_keys_win_over_merged_ones() {
        let text = "a: &a {k: 1, l: 1}\nb: &b {l: 2, m: 2}\nc:\n  <<: [*a, *b]\n  k: 0\n";
        let all = read(text);
        assert!(all.ends_with(r#""c":{"k":"0","l":"1","m":"2"}}"#), "{all}");
    }

    #[test]
    fn a_template_in_a_reply_is_the_template() {
        let text = read(r#"{"TemplateBody": "Resources:\n  V: {Type: AWS::EC2::VPC}\n"}"#);
        assert_eq!(text, r#"{"Resources":{"V":{"Type":"AWS::EC2::VPC"}}}"#);
        let map = read(r#"{"TemplateBody": {"Resources": {}}, "StagesAvailable": []}"#);
        assert_eq!(map, r#"{"Resources":{}}"#);
    }
}
