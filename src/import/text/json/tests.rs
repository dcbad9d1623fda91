//! Checks that this reader gives the same Nodes as `builder`.

use std::{fs, path::Path};

use super::*;
use crate::import::text::{builder, diagnostic::Source};

/// Reads a text with the fast reader, without the list of the keys that were left out.
fn read(text: &str) -> Option<Node> {
    let mut node = super::read(text)?;
    if let Kind::Map(entries) = &mut node.kind {
        entries.retain(|(key, _)| key.text != describe::UNREAD);
    }
    Some(node)
}

#[test]
fn keys_that_are_left_out_are_named_once() {
    let node = super::read(r#"{"Vpcs": [{"VpcId": "v", "Zz": {"Aa": 1}}, {"Zz": 2, "Bb": 3}]}"#);
    let named: Vec<_> = node
        .as_ref()
        .and_then(|it| it.get(describe::UNREAD))
        .unwrap()
        .items()
        .iter()
        .map(Node::text)
        .collect();
    assert_eq!(named, [Some("Bb"), Some("Zz")]);
    assert_eq!(super::read(r#"{"Vpcs": [{"VpcId": "v"}]}"#).unwrap().get(describe::UNREAD), None);
}

/// Reads a text with `builder`.
fn slowly(text: &str) -> Option<Node> {
    let source = Source { name: "t.json".to_owned(), text: text.to_owned() };
    builder::parse_events(&source).ok().filter(|(_, twice)| twice.is_empty()).map(|(node, _)| node)
}

/// Removes the keys that `describe` does not read, so that both results can be compared.
fn narrowed(node: Node, depth: usize, narrow: bool) -> Node {
    let kind = match node.kind {
        Kind::Map(entries) => Kind::Map(
            entries
                .into_iter()
                .filter(|(key, _)| !narrow || describe::reads(&key.text))
                .map(|(key, value)| {
                    let narrow = narrow || depth == 0 && describe::is_narrow(&key.text);
                    let value = narrowed(value, depth + 1, narrow);
                    (key, value)
                })
                .collect(),
        ),
        Kind::Seq(items) => {
            Kind::Seq(items.into_iter().map(|it| narrowed(it, depth + 1, narrow)).collect())
        }
        other => other,
    };
    Node { kind, ..node }
}

#[test]
fn every_json_fixture_is_read_alike() {
    fn texts(folder: &Path, all: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                texts(&path, all);
            } else if let Ok(text) = fs::read_to_string(&path)
                && text.trim_start().starts_with(['{', '['])
            {
                all.push(text);
            }
        }
    }
    let mut all = Vec::new();
    texts(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures"), &mut all);
    let mut read_fast = 0;
    for text in &all {
        let Some(fast) = read(text) else { continue };
        read_fast += 1;
        assert_eq!(Some(fast), slowly(text).map(|node| narrowed(node, 0, false)), "{text}");
    }
    assert!(read_fast > 20, "{read_fast} of {}", all.len());
}

#[test]
fn forms_are_read_alike() {
    for text in [
        "{}",
        "[]",
        " [ ]\n",
        r#"{"a": "b", "c": 1, "d": -1.5e+3, "e": true, "f": false, "g": null, "null": null}"#,
        "{\"é\": \"ü\", \"x\":\n  [\"한국\", {\"y\": 1}],\r\n\"z\": 2}",
        r#"{"a": "q\"\\\/\b\f\n\r\t\u00e9 z", "b": 1}"#,
        r#"[[[["deep"]]], [], {}, ""]"#,
        r#"{"Vpcs": [{"VpcId": "v", "Unread": {"VpcId": [1]}, "Tags": [{"Key": "a", "Value": "b"}]}], "Unread": 1}"#,
        r#"{"Other": {"Vpcs": [{"Unread": 1}]}}"#,
    ] {
        let fast = read(text);
        assert!(fast.is_some(), "{text}");
        assert_eq!(fast, slowly(text).map(|node| narrowed(node, 0, false)), "{text}");
    }
    let Some(Node { kind: Kind::Seq(items), .. }) = read(r#"["\ud83d\ude00"]"#) else { panic!() };
    assert_eq!(items[0].text(), Some("😀"));
}

#[test]
fn what_is_no_plain_json_is_left_to_the_other_reader() {
    let deep = format!("{}{}", "[".repeat(95), "]".repeat(95));
    for text in [
        "",
        "a: b",
        "{a: b}",
        "{\"a\": 1,}",
        "[1,]",
        "{\"a\": 1, \"a\": 2}",
        "{\"a\": 1} x",
        "{\"a\" 1}",
        "{\"a\": 01x}",
        "{\"a\": \"b\nc\"}",
        "{\"a\": \"\\x41\"}",
        "[\"\\ud83d\"]",
        "[\"\\u00\"]",
        "[\"\\u+123\"]",
        "[1",
        "{\"a\"",
        "[\"a",
        "[\"a\\",
        "[\r1]",
        "# a comment\n{}",
        &deep,
    ] {
        assert_eq!(read(text), None, "{text}");
    }
    let many: String = (0..40).map(|number| format!("\"k{number}\": 1, ")).collect();
    assert!(read(&format!("{{{many}\"x\": 1}}")).is_some());
    assert_eq!(read(&format!("{{{many}\"k39\": 1}}")), None);
}
