//! Tests of Nodes: source text, positions, tags, and hostile text.

use super::*;
use crate::import::text::diagnostic::Source;

fn parse_text(text: &str) -> Result<Node, Vec<Problem>> {
    parse(&Source { name: "test.yaml".to_owned(), text: text.to_owned() })
}

fn good(text: &str) -> Node {
    parse_text(text).unwrap()
}

/// The line, column and message of the first problem.
fn bad(text: &str) -> (usize, usize, String) {
    let problem = parse_text(text).unwrap_err().remove(0);
    (problem.line, problem.column, problem.message)
}

fn position(node: &Node) -> (u32, u32, u32, u32) {
    (node.pos.line, node.pos.column, node.pos.offset, node.pos.length)
}

#[test]
fn a_scalar_is_its_source_text() {
    for text in [
        "0001e309",
        "010",
        "0x1F",
        "no",
        "yes",
        "1e3",
        "2001-01-01",
        "+.inf",
        "1_000",
        "=",
        "0o7",
        "Null",
    ] {
        let node = good(&format!("key: {text}"));
        let value = node.get("key").unwrap();
        assert_eq!((value.text(), value.quoted), (Some(text), false), "{text}");
        assert_eq!(good(&format!("{{\"key\":{text}}}")).get("key").unwrap().text(), Some(text));
    }
    assert_eq!(good("key: 'it''s'").get("key").unwrap().text(), Some("it's"));
    assert_eq!(good("key: \"\\u00e9\\n\"").get("key").unwrap().text(), Some("é\n"));
    assert!(good("key: \"010\"").get("key").unwrap().quoted);
}

#[test]
fn nothing_is_null_and_a_key_is_text() {
    for text in ["key:", "key: ~", "key: null"] {
        assert_eq!(good(text).entries()[0].1.kind, Kind::Null, "{text}");
        assert!(good(text).get("key").is_none());
    }
    assert_eq!(good("key: 'null'").get("key").unwrap().text(), Some("null"));
    assert_eq!(good("null: a\n~: b\n").entries()[1].0.text, "~");
    assert_eq!(good("").kind, Kind::Null);
    assert_eq!(good("# only a comment\n---\n").kind, Kind::Null);
}

#[test]
fn places_are_lines_and_columns_of_characters() {
    let node = good("vpcs:\n  \"한글\": {cidr: 10.0.0.0/16, list: [a, \"b\"]}\n");
    let vpcs = node.get("vpcs").unwrap();
    let (key, vpc) = &vpcs.entries()[0];
    assert_eq!((key.text.as_str(), key.pos.line, key.pos.column), ("한글", 2, 3));
    let cidr = vpc.get("cidr").unwrap();
    // Two letters of three bytes each: the offset counts bytes, the column counts letters.
    assert_eq!(position(cidr), (2, 16, 25, 11));
    let items = vpc.get("list").unwrap().items();
    assert_eq!(items[1].pos.column, 39);
    assert_eq!(items[1].pos.length, 3);
}

#[test]
fn tags_are_kept() {
    let node = good("a: !Ref Thing\nb: !Sub [x, !GetAtt y]\nc: !!str 1\n");
    assert_eq!(node.get("a").unwrap().tag.as_deref(), Some("!Ref"));
    let list = node.get("b").unwrap();
    assert_eq!(list.tag.as_deref(), Some("!Sub"));
    assert_eq!(list.items()[1].tag.as_deref(), Some("!GetAtt"));
    assert_eq!(list.items()[0].tag, None);
    assert_eq!(node.get("c").unwrap().tag.as_deref(), Some("!!str"));
}

#[test]
fn json_is_read() {
    let node = good("{\n\t\"a\": {\"b\": [1, true, null, \"\\ud83d\\ude00\\/\"]},\n\t\"c\":\"d\"}");
    let items = node.get("a").unwrap().get("b").unwrap().items();
    assert_eq!(items[0].text(), Some("1"));
    assert_eq!(items[1].text(), Some("true"));
    assert_eq!(items[2].kind, Kind::Null);
    assert_eq!(items[3].text(), Some("😀/"));
    let long = format!("{{\"policy\": \"{}\", \"b\": 1}}", "x".repeat(100_000));
    assert_eq!(good(&long).get("b").unwrap().text(), Some("1"));
    assert_eq!(
        node.to_json().to_string(),
        "{\"a\":{\"b\":[\"1\",\"true\",null,\"😀/\"]},\"c\":\"d\"}"
    );
}

#[test]
fn aliases_are_copies() {
    let node = good("a: &x {cidr: 1}\nb: *x\n");
    assert_eq!(node.get("b").unwrap().get("cidr").unwrap().text(), Some("1"));
    assert_eq!(bad("a: *x\n").0, 1);
    assert_eq!(
        bad("a: &x [*x]\n"),
        (1, 8, "a YAML alias refers to a value that contains the alias".to_owned())
    );
}

#[test]
fn twice_the_same_key_is_a_problem_for_each() {
    let problems = parse_text("a: 1\nb: {c: 1, 'c': 2}\na: 2\n").unwrap_err();
    let positions: Vec<_> = problems.iter().map(|it| (it.line, it.column, it.length)).collect();
    assert_eq!(positions, [(2, 11, 3), (3, 1, 1)]);
    assert_eq!(problems[1].message, "the key `a` appears twice in one map");
    assert_eq!(problems[1].hint.as_deref(), Some("it first appears on line 1"));
    // Large maps find duplicate keys in another way than small ones.
    let many: String = (0..100).map(|key| format!("k{key}: 1\n")).collect();
    assert!(parse_text(&many).is_ok());
    assert_eq!(bad(&format!("{many}k57: 2\n")).0, 101);
}

#[test]
fn broken_text_has_its_place() {
    assert_eq!(bad("a: [1, 2\nb: 3\n").0, 2);
    assert_eq!(
        bad("a: b: c\n"),
        (1, 5, "mapping values are not allowed in this context".to_owned())
    );
    assert_eq!(bad("[a]: b\n").2, "a key must be text, not a list or map");
    assert_eq!(
        bad("a: 1\n---\nb: 2\n"),
        (2, 1, "the file holds more than one document".to_owned())
    );
    assert!(!bad("a: \"x").2.is_empty());
    assert_eq!(
        bad("a: 1\r\nb: 2\rc: 3\n"),
        (2, 5, "a carriage return without a line feed".to_owned())
    );
    assert_eq!(good("a: 1\r\nb: 2\r\n").get("b").unwrap().pos.line, 2);
}

#[test]
fn hostile_text_ends_quickly() {
    let deep = "[".repeat(200_000);
    assert!(bad(&deep).2.contains("nested deeper than 100"));
    let deep = "{a: ".repeat(5_000);
    assert!(bad(&deep).2.contains("nested deeper than 100"));
    let deep: String = (0..300).map(|level| format!("{}a:\n", " ".repeat(level))).collect();
    assert!(bad(&deep).2.contains("nested deeper than 100"));
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let list = vec![format!("*a{}", level - 1); 10].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [{list}]\n"));
    }
    assert!(bad(&bomb).2.contains("aliases") || bad(&bomb).2.contains("anchors"));
    let long = format!("a: &a \"{}\"\nb: [{}]\n", "x".repeat(1_000_000), "*a,".repeat(1_000));
    assert!(bad(&long).2.contains("YAML aliases make the file larger"));
    let anchors: String = (0..90).map(|level| format!("&a{level} [")).collect();
    assert!(parse_text(&format!("{anchors}{}", "]".repeat(90))).is_ok());
}

#[test]
fn what_is_not_utf_8_has_its_place() {
    let problem = Source::from_bytes("f", b"a: b\nc: d\xff\n".to_vec()).unwrap_err();
    assert_eq!((problem.line, problem.column), (2, 5));
    let source = Source::from_bytes("f", b"\xef\xbb\xbfa: b\n".to_vec()).unwrap();
    assert_eq!(parse(&source).unwrap().get("a").unwrap().pos.column, 4);
}

mod random {
    use proptest::prelude::*;

    use super::*;

    /// Text that often looks like YAML.
    fn text() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just("a: "),
            Just("- "),
            Just("\n"),
            Just("  "),
            Just("{"),
            Just("}"),
            Just("["),
            Just("]"),
            Just(", "),
            Just("&x "),
            Just("*x"),
            Just("!t "),
            Just("\""),
            Just("'"),
            Just("|\n"),
            Just(">-\n"),
            Just("? "),
            Just("---\n"),
            Just("...\n"),
            Just("# c\n"),
            Just("<<: "),
            Just("\t"),
            Just("é"),
            Just("%TAG ! x\n"),
            Just("null"),
            Just("1"),
            Just("\\"),
            Just("\u{feff}"),
            Just("\r\n"),
            Just(":"),
            Just("@"),
            Just("`"),
        ];
        proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn any_text_is_read_or_refused_with_a_place(text in prop_oneof![text(), ".{0,200}"]) {
            let source = Source { name: "t".to_owned(), text };
            match parse(&source) {
                Ok(node) => check(&node, &source.text),
                Err(problems) => {
                    prop_assert!(!problems.is_empty());
                    for problem in problems {
                        prop_assert!(problem.line > 0 && problem.column > 0);
                        prop_assert!(!crate::import::text::diagnostic::render(&problem, &source, true).is_empty());
                    }
                }
            }
        }
    }

    /// Checks that every position is inside the text, and that a plain scalar on one line equals the text at its
    /// position.
    fn check(node: &Node, text: &str) {
        let there = slice(text, node.pos);
        assert!(node.pos.offset as usize + node.pos.length as usize <= text.len());
        if let (Kind::Scalar(value), false) = (&node.kind, node.quoted)
            && !there.contains(['\n', '\r'])
        {
            assert_eq!(value, there);
        }
        node.items().iter().for_each(|item| check(item, text));
        node.entries().iter().for_each(|(_, value)| check(value, text));
    }
}
