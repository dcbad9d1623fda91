//! How problems look.

use super::*;

fn problem(line: usize, column: usize, length: usize) -> Problem {
    Problem {
        line,
        column,
        length,
        hint: Some("write it otherwise".to_owned()),
        ..Problem::whole("w.yaml", "something is wrong")
    }
}

fn source(text: &str) -> Source {
    Source { name: "w.yaml".to_owned(), text: text.to_owned() }
}

#[test]
fn a_problem_shows_its_place_and_line() {
    let shown = render(&problem(2, 5, 3), &source("a: 1\n한글: bad\nc: 2\n"), false);
    let expected = "\
error: something is wrong
 --> w.yaml:2:5
  |
2 | 한글: bad
  |       ^^^
  |
  = help: write it otherwise";
    assert_eq!(shown, expected);
    assert!(render(&problem(2, 5, 3), &source("a\nb: bad"), true).contains("\u{1b}["));
}

#[test]
fn a_code_of_aws_stands_in_the_title() {
    let refused = Problem { code: Some("InvalidSubnet.Range"), ..problem(1, 1, 1) };
    let shown = render(&refused, &source("a"), false);
    assert!(shown.starts_with("error[InvalidSubnet.Range]: something is wrong"), "{shown}");
    let warning = Problem { severity: Severity::Warning, ..problem(1, 1, 1) };
    assert!(render(&warning, &source("a"), false).starts_with("warning: "));
}

#[test]
fn a_problem_of_the_whole_file_has_no_line() {
    let shown = render(&Problem::whole("w.yaml", "it is too large"), &source("a"), false);
    assert_eq!(shown, "error: it is too large\n--> w.yaml");
}

#[test]
fn places_outside_the_text_are_shown_all_the_same() {
    for (line, column, length) in [(1, 99, 5), (9, 1, 1), (2, 1, 0), (1, 2, 99_999)] {
        let shown = render(&problem(line, column, length), &source("abc\n"), false);
        assert!(shown.contains(&format!("w.yaml:{line}")), "{shown}");
    }
}

#[test]
fn of_a_long_line_only_a_part_is_shown() {
    let text = format!("{}BAD{}", "x".repeat(100_000), "y".repeat(100_000));
    let shown = render(&problem(1, 100_001, 3), &source(&text), false);
    assert!(shown.contains("w.yaml:1:100001"), "{shown}");
    assert!(shown.contains("xxBADyy"), "{shown}");
    assert!(shown.len() < 2_000, "{}", shown.len());
}

#[test]
fn problems_become_json() {
    let json = serde_json::to_value(problem(2, 5, 3)).unwrap();
    assert_eq!(json["line"], 2);
    assert_eq!(json["severity"], "error");
    assert_eq!(json["hint"], "write it otherwise");
    assert_eq!(json["code"], serde_json::Value::Null);
}
