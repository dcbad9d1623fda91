//! `AWS::Include`: inserts a part of a template that is in another file.
//!
//! Finds the calls and the paths in them. `nesting.rs` finds the files.

use super::url;
use crate::import::text::node::{Key, Kind, Node};

/// The key of a call within a template.
const CALL: &str = "Fn::Transform";
/// The key of a call for the template as a whole.
const TOP: &str = "Transform";

/// The paths that each call may mean, the most likely one first.
pub(in super::super) fn includes(root: &Node, given: &[(String, String)]) -> Vec<Vec<String>> {
    let mut includes = Vec::new();
    let mut left: Vec<&Node> = vec![root];
    let top = root.get(TOP).into_iter().flat_map(|it| it.items().iter().chain([it]));
    includes.extend(top.filter_map(|it| paths(root, it, given)));
    while let Some(node) = left.pop() {
        includes.extend(node.get(CALL).and_then(|call| paths(root, call, given)));
        includes.extend(tagged(node).and_then(|call| paths(root, call, given)));
        left.extend(node.items());
        left.extend(node.entries().iter().map(|(_, value)| value));
    }
    includes
}

/// The paths of a call, if it is one of `AWS::Include`.
fn paths(root: &Node, call: &Node, given: &[(String, String)]) -> Option<Vec<String>> {
    if call.get("Name").and_then(Node::text) != Some("AWS::Include") {
        return None;
    }
    let location = call.get("Parameters")?.get("Location")?;
    let paths = url::paths_of(root, location, given);
    (!paths.is_empty()).then_some(paths)
}

/// A call written `!Transform`.
fn tagged(node: &Node) -> Option<&Node> {
    (node.tag.as_deref() == Some("!Transform")).then_some(node)
}

/// A copy of the template with its includes inserted, for the files that `found` finds; `None` if it includes nothing.
pub(in super::super) fn included(
    root: &Node,
    given: &[(String, String)],
    found: &dyn Fn(&[String]) -> Option<Node>,
) -> Option<Node> {
    if includes(root, given).is_empty() {
        return None;
    }
    let mut made = within(root, root, given, found);
    let Some(top) = root.get(TOP) else { return Some(made) };
    let mut left = Vec::new();
    let calls = match &top.kind {
        Kind::Seq(items) => items.as_slice(),
        _ => std::slice::from_ref(top),
    };
    for call in calls {
        match paths(root, call, given).and_then(|paths| found(&paths)) {
            Some(part) => merge(&mut made, part),
            None => left.push(call.clone()),
        }
    }
    if let Kind::Map(entries) = &mut made.kind {
        for (_, value) in entries.iter_mut().filter(|(key, _)| key.text == TOP) {
            value.kind = Kind::Seq(std::mem::take(&mut left));
        }
    }
    Some(made)
}

fn within(
    root: &Node,
    node: &Node,
    given: &[(String, String)],
    found: &dyn Fn(&[String]) -> Option<Node>,
) -> Node {
    let part = |call: &Node| paths(root, call, given).and_then(|paths| found(&paths));
    if let Some(part) = tagged(node).and_then(part) {
        return part;
    }
    let kind = match &node.kind {
        Kind::Seq(items) => {
            Kind::Seq(items.iter().map(|item| within(root, item, given, found)).collect())
        }
        Kind::Map(entries) => {
            let mut own: Vec<(Key, Node)> = Vec::new();
            let mut more = Vec::new();
            for (key, value) in entries {
                match (key.text == CALL).then(|| part(value)).flatten() {
                    // A call that is the only entry of its map may give any kind of value.
                    Some(part) if entries.len() == 1 => return part,
                    Some(part) => more.push(part),
                    None => own.push((key.clone(), within(root, value, given, found))),
                }
            }
            let mut made = Node { kind: Kind::Map(own), tag: None, pos: node.pos, quoted: false };
            more.into_iter().for_each(|part| merge(&mut made, part));
            made.kind
        }
        other => other.clone(),
    };
    Node { kind, tag: node.tag.clone(), pos: node.pos, quoted: node.quoted }
}

/// Adds the entries of one map to another. Maps under one key are merged; otherwise the existing entry wins.
fn merge(into: &mut Node, part: Node) {
    let (Kind::Map(entries), Kind::Map(more)) = (&mut into.kind, part.kind) else { return };
    for (key, value) in more {
        match entries.iter_mut().find(|(known, _)| known.text == key.text) {
            Some((_, known)) => merge(known, value),
            None => entries.push((key, value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::text::{diagnostic::Source, node::parse};

    fn read(text: &str) -> Node {
        parse(&Source { name: "t.yaml".to_owned(), text: text.to_owned() }).unwrap()
    }

    fn made(text: &str) -> String {
        let found = |paths: &[String]| {
            (paths.last()? == "part.yaml").then(|| read("{B: {Type: T}, C: {Type: T}}"))
        };
        included(&read(text), &[], &found).unwrap().to_json().to_string()
    }

    const CALL_OF_PART: &str = "{Name: AWS::Include, Parameters: {Location: 's3://b/part.yaml'}}";

    #[test]
    fn a_part_stands_where_it_is_called() {
        let parts = r#""B":{"Type":"T"},"C":{"Type":"T"}"#;
        assert_eq!(
            made(&format!("{{R: {{Fn::Transform: {CALL_OF_PART}}}}}")),
            format!(r#"{{"R":{{{parts}}}}}"#)
        );
        assert_eq!(
            made(&format!("{{R: !Transform {CALL_OF_PART}}}")),
            format!(r#"{{"R":{{{parts}}}}}"#)
        );
        // An entry beside the call wins over an included one.
        assert_eq!(
            made(&format!("{{R: {{C: 1, Fn::Transform: {CALL_OF_PART}}}}}")),
            r#"{"R":{"C":"1","B":{"Type":"T"}}}"#
        );
        assert_eq!(
            made(&format!("{{Transform: [{CALL_OF_PART}, X], B: {{D: e}}}}")),
            r#"{"Transform":["X"],"B":{"D":"e","Type":"T"},"C":{"Type":"T"}}"#
        );
    }

    #[test]
    fn a_part_that_is_not_found_stays_a_call() {
        let text = "{R: {Fn::Transform: {Name: AWS::Include, Parameters: {Location: other.yaml}}}}";
        assert_eq!(made(text), read(text).to_json().to_string());
        assert!(included(&read("{R: {Fn::Transform: {Name: Other}}}"), &[], &|_| None).is_none());
    }
}
