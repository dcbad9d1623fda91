//! The report in TAP, version 14: a line for each expectation, with the reasons as YAML below those that are not met.

use std::fmt::Write;

use super::checked::{Checked, Tested};

/// The report on some files.
pub fn tap(files: &[Tested]) -> String {
    let mut text = String::from("TAP version 14\n");
    let count: usize = files.iter().map(|it| it.outcome.as_ref().map_or(1, Vec::len)).sum();
    // Writing into a String does not fail.
    let _ = writeln!(text, "1..{count}");
    let mut number = 0;
    for file in files {
        match &file.outcome {
            Ok(all) => {
                for it in all {
                    number += 1;
                    line(&mut text, number, it.met, &format!("{} {}", place(file, it), it.title()));
                    if !it.met {
                        expectation(&mut text, file, it);
                    }
                }
            }
            Err(problems) => {
                number += 1;
                line(&mut text, number, false, &format!("{} can be read", file.file));
                diagnostic(&mut text, &[("message", vec![problems.trim_end()])]);
            }
        }
    }
    text
}

fn place(file: &Tested, it: &Checked) -> String {
    format!("{}:{}", file.file, it.line)
}

fn line(text: &mut String, number: usize, met: bool, description: &str) {
    let word = if met { "ok" } else { "not ok" };
    let _ = writeln!(text, "{word} {number} - {}", escaped(description));
}

/// A description: `#` would begin a directive, and a line feed would end it.
fn escaped(text: &str) -> String {
    let mut safe = String::new();
    for letter in text.chars() {
        match letter {
            '\\' | '#' => safe.extend(['\\', letter]),
            _ if letter.is_control() => safe.push(' '),
            _ => safe.push(letter),
        }
    }
    safe
}

fn expectation(text: &mut String, file: &Tested, it: &Checked) {
    let at = place(file, it);
    let mut parts = vec![
        ("at", vec![at.as_str()]),
        ("step", vec![it.step_name.as_str()]),
        ("expected", vec![it.expected.as_str()]),
        ("actual", vec![it.given.as_str()]),
    ];
    parts.extend(it.because.as_deref().map(|because| ("because", vec![because])));
    parts.push(("why", it.why.iter().map(String::as_str).collect()));
    diagnostic(text, &parts);
}

/// Keys with one value, or with a list of several. Strings of JSON are strings of YAML.
fn diagnostic(text: &mut String, parts: &[(&str, Vec<&str>)]) {
    let quoted = |value: &str| serde_json::to_string(value).unwrap_or_default();
    text.push_str("  ---\n");
    for (key, values) in parts {
        let _ = match values.as_slice() {
            [] | [""] => Ok(()),
            [only] => writeln!(text, "  {key}: {}", quoted(only)),
            several => {
                let items: Vec<String> =
                    several.iter().map(|value| format!("  - {}\n", quoted(value))).collect();
                write!(text, "  {key}:\n{}", items.concat())
            }
        };
    }
    text.push_str("  ...\n");
}
