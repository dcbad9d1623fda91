//! Tests of broken and hostile templates: their notes, and the limits.

use std::fmt::Write;

use super::*;
use crate::import::text::diagnostic::Severity;

#[test]
fn hostile_shapes() {
    for (text, expected) in [
        ("", "1:1 skipped: expected a template, found nothing"),
        ("[a]", "1:1 skipped: expected a template, found a list"),
        ("a: b", "1:1 skipped: the template has no `Resources`"),
        ("Resources: [a]", "1:12 skipped: `Resources`: expected a map, found a list"),
        ("Resources: {X: y}", "1:13 skipped: `X`: expected a resource, found \"y\""),
        ("Resources: {X: {Properties: {}}}", "1:13 skipped: `X` has no `Type`"),
        ("Resources: {X: {Type: [a]}}", "1:23 skipped: `X`: its `Type` is not plain text"),
        (
            "Resources: {X: {Type: T, Properties: [a]}}",
            "1:38 skipped: the properties of `X`: expected a map, found a list",
        ),
        (
            "Resources: {X: {Type: T, Properties: {'Fn::Transform': {Name: M}}}}",
            "1:38 skipped: the properties of `X` are not known: transform M",
        ),
        ("Resources: {'Fn::ForEach::A': [x]}", "1:13 skipped: `Fn::ForEach::A` is not expanded"),
        ("Resources: {'Fn::Transform': {Name: M}}", "1:37 skipped: transform `M` is not run"),
        (
            "Transform: 'AWS::Serverless-2016-10-31'\nResources: {}",
            "1:12 skipped: transform `AWS::Serverless-2016-10-31` is not run",
        ),
        (
            "Transform: [AWS::LanguageExtensions, {Name: M}]\nResources: {}",
            "1:45 skipped: transform `M` is not run",
        ),
        ("Parameters: x\nResources: {}", "1:13 skipped: `Parameters`: expected a map, found \"x\""),
    ] {
        assert_eq!(eval(text).notes(), [expected], "{text}");
    }
    let outcome =
        eval("Resources:\n  A: {Properties: {}}\n  X: {Type: T, Properties: {V: !Ref A}}\n");
    assert_eq!(outcome.get("X", "V"), "<`A`, which is no resource>");
}

#[test]
fn cycles() {
    let text = "Resources:
  A: {Type: T, Properties: {P: !GetAtt B.P, R: !Ref B}}
  B: {Type: T, Properties: {P: !Sub '${A.P}', R: !Ref A}}
";
    let outcome = eval(text);
    assert_eq!(show(&outcome.resource("A").properties), "{P: <A.P>, R: B}");
    assert_eq!(show(&outcome.resource("B").properties), "{P: <A.P>, R: A}");
    assert_eq!(outcome.notes(), ["3:37 skipped: `A.P` depends on itself"]);
}

#[test]
fn only_a_circle_of_resources_is_refused() {
    let refused = |resources: &str| {
        let text = format!("Resources:\n{resources}");
        let source = Source { name: "t".to_owned(), text };
        let mut notes = Notes::default();
        let root = parse(&source).unwrap();
        refused::check(&root, &mut Notebook::new(&mut notes));
        let problems = notes.into_problems(&source);
        assert!(problems.iter().all(|it| it.severity == Severity::Error));
        problems.iter().find_map(|it| it.message.split_once('[').map(|(_, names)| names.to_owned()))
    };
    for (resources, names) in [
        ("  A: {Type: T, DependsOn: B}\n  B: {Type: T, DependsOn: [A]}\n", "A, B]"),
        ("  A: {Type: T, Properties: {P: {Ref: A}}}\n", "A]"),
        (
            "  A: {Type: T, Properties: {P: [{'Fn::GetAtt': [B, X]}]}}\n  B: {Type: T, Properties: {P: !Sub '${A}'}}\n",
            "A, B]",
        ),
        // Resources that depend on the circle, and those it depends on, are not part of it.
        (
            "  Z: {Type: T}\n  A: {Type: T, DependsOn: [B, Z]}\n  B: {Type: T, DependsOn: A}\n  C: {Type: T, DependsOn: A}\n",
            "A, B]",
        ),
    ] {
        assert_eq!(refused(resources).as_deref(), Some(names), "{resources}");
    }
    for resources in [
        "  A: {Type: T, DependsOn: B}\n  B: {Type: T, DependsOn: C}\n  C: {Type: T}\n  D: {Type: T, DependsOn: [A, C]}\n",
        "  A: {Type: T, Properties: {P: !Sub ['${A}', {A: x}]}}\n",
        "  A: {Type: T, Properties: {P: !Sub '${!A}', Q: A, R: !Ref AWS::Region}}\n",
    ] {
        assert_eq!(refused(resources), None, "{resources}");
    }
}

#[test]
fn values_cannot_blow_up() {
    // Each resource's text is sixteen of the one before.
    let mut text = "Resources:\n  R0: {Type: T, Properties: {V: 0123456789abcdef}}\n".to_owned();
    for index in 1..40 {
        let part = format!("${{R{}.V}}", index - 1).repeat(16);
        writeln!(text, "  R{index}: {{Type: T, Properties: {{V: !Sub '{part}'}}}}").unwrap();
    }
    let outcome = eval(&text);
    assert_eq!(outcome.resources.len(), 40);
    assert_eq!(outcome.get("R3", "V").len(), 16 << 12);
    assert_eq!(outcome.get("R39", "V"), "-");
    assert_eq!(outcome.notes.len(), 1, "{:?}", outcome.notes);
    // The same with lists.
    let mut text = "Resources:\n  R0: {Type: T, Properties: {V: [a, b, c, d]}}\n".to_owned();
    for index in 1..40 {
        let part = vec![format!("!GetAtt R{}.V", index - 1); 16].join(", ");
        writeln!(text, "  R{index}: {{Type: T, Properties: {{V: [{part}]}}}}").unwrap();
    }
    let outcome = eval(&text);
    assert!(outcome.notes[0].ends_with("skipped: the values grow beyond 64 MiB of text or 1000000 values; all values after this one are unknown"), "{}", outcome.notes[0]);
}

#[test]
fn depth_is_bounded() {
    // Every resource nests what the one before holds, in both orders of the text.
    let nested = |range: &mut dyn Iterator<Item = usize>| {
        let mut text = "Resources:\n  R0: {Type: T, Properties: {V: x}}\n".to_owned();
        for index in range {
            let (open, close) = ("[".repeat(30), "]".repeat(30));
            let before = index - 1;
            writeln!(
                text,
                "  R{index}: {{Type: T, Properties: {{V: {open}!GetAtt R{before}.V{close}}}}}"
            )
            .unwrap();
        }
        eval(&text)
    };
    for outcome in [nested(&mut (1..300)), nested(&mut (1..300).rev())] {
        assert_eq!(outcome.resources.len(), 300);
        assert!(outcome.get("R3", "V").contains(&format!("{}x]", "[".repeat(90))));
        assert!(outcome.get("R299", "V").contains("<a value beyond what is read>"));
        assert!(outcome.notes[0].ends_with("values are nested deeper than 200"));
    }
}

#[test]
fn notes_are_bounded() {
    let mut text = "Resources:\n".to_owned();
    for index in 0..5000 {
        writeln!(text, "  R{index}: {{}}").unwrap();
    }
    let outcome = eval(&text);
    assert_eq!(outcome.notes.len(), 2000);
    assert_eq!(outcome.notes[1999], "2001:3 skipped: more notes about this file are not shown");
}
