//! Reports of hostile names and reasons.

use super::*;

fn checked(name: &str, met: bool) -> Checked {
    Checked {
        step: 1,
        step_name: "<a> & \u{1}".to_owned(),
        from: "I".to_owned(),
        name: name.to_owned(),
        rtype: "A".to_owned(),
        expected: "private".to_owned(),
        given: "public 192.0.2.1".to_owned(),
        met,
        because: (!met).then(|| "# TODO \"now\"\nok 7".to_owned()),
        why: if met { Vec::new() } else { vec!["one".to_owned(), "two ]]> <b>".to_owned()] },
        line: 3,
    }
}

fn files() -> Vec<Tested> {
    vec![
        Tested {
            file: "a.yaml".to_owned(),
            outcome: Ok(vec![checked("x.y", true), checked("# skip\\z", false)]),
        },
        Tested { file: "b.yaml".to_owned(), outcome: Err("error: <bad>\nmore".to_owned()) },
    ]
}

#[test]
fn a_line_of_tap_is_an_expectation_whatever_its_text() {
    let text = tap(&files());
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[..3], ["TAP version 14", "1..3", "ok 1 - a.yaml:3 I x.y A: private"]);
    assert_eq!(lines[3], "not ok 2 - a.yaml:3 I \\# skip\\\\z A: private");
    assert!(lines.contains(&"  because: \"# TODO \\\"now\\\"\\nok 7\""), "{text}");
    assert!(lines.contains(&"not ok 3 - b.yaml can be read"), "{text}");
    let results = lines.iter().filter(|it| it.starts_with("ok ") || it.starts_with("not ok "));
    assert_eq!(results.count(), 3);
}

#[test]
fn junit_is_well_formed_whatever_the_text() {
    let bytes = junit(&files());
    let text = String::from_utf8(bytes).unwrap();
    let mut reader = quick_xml::Reader::from_str(&text);
    let mut cases = 0;
    loop {
        match reader.read_event().unwrap() {
            quick_xml::events::Event::Eof => break,
            quick_xml::events::Event::Start(start) => {
                start.attributes().for_each(|it| assert!(it.is_ok(), "{it:?}"));
                cases += usize::from(start.name().as_ref() == "testcase");
            }
            _ => {}
        }
    }
    assert_eq!(cases, 3);
    assert!(
        text.contains("<testsuites name=\"vpcdns test\" tests=\"3\" failures=\"1\" errors=\"1\">")
    );
    assert!(!text.contains('\u{1}') && !text.contains("<b>") && !text.contains("<bad>"), "{text}");
}

#[test]
fn a_file_that_cannot_be_read_has_not_passed() {
    let passed: Vec<bool> = files().iter().map(Tested::passed).collect();
    assert_eq!(passed, [false, false]);
    assert!(Tested { file: String::new(), outcome: Ok(vec![checked("x", true)]) }.passed());
}
