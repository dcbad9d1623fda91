//! Explanations as TXT records, one line each, for `dig TXT CH NAME`.
//!
//! An asker reads what `vpcdns explain` prints, except for what lies in another VPC than its own: the reason behind
//! a rule's target, and hops there. `respond` decides who may ask.

use crate::{
    language::Language,
    resolve::{
        explain::{Explanation, PathWords},
        hint,
        path::Aim,
        question::Question,
        snapshot::Snapshot,
    },
};

/// The most bytes of a character-string (RFC 1035 section 3.3).
const LONGEST: usize = 255;

/// The data of the records, in the order to read them.
pub(super) fn texts(snapshot: &Snapshot, question: &Question<'_>) -> Vec<Vec<u8>> {
    let explanation = hint::explain(snapshot, question, Aim::Usual, Language::English);
    let own = question.asker.vpc().map(|vpc| vpc.to_string());
    lines(&explanation, own.as_deref()).iter().map(|line| data(line)).collect()
}

fn lines(explanation: &Explanation, own: Option<&str>) -> Vec<String> {
    let mut lines: Vec<String> = explanation
        .steps
        .iter()
        .take(explanation.own_steps)
        .map(|step| {
            let assumed = if step.assumed { ", assumed" } else { "" };
            format!("{}. {} [{}{assumed}]", step.step, step.text, step.facts.join(" "))
        })
        .collect();
    if explanation.own_steps < explanation.steps.len() {
        lines.push("the rest is decided in another VPC".to_owned());
    }
    let data: Vec<&str> =
        explanation.answer.records.iter().map(|record| record.data.as_str()).collect();
    let answer = format!("answer: {} {}", explanation.answer.status, data.join(" "));
    lines.push(format!("{} ({})", answer.trim_end(), explanation.verdict.text()));
    lines.extend(
        hint::lines(&explanation.hints, Language::English)
            .iter()
            .map(|line| format!("hint: {line}")),
    );
    lines.extend(explanation.paths.iter().map(|path| way(path, own)));
    lines.extend(explanation.assumptions.iter().map(|text| format!("assumed: {text}")));
    lines
}

/// A way, cut where it enters a VPC other than the asker's.
fn way(path: &PathWords, own: Option<&str>) -> String {
    let mut hops: Vec<&str> = path
        .hops
        .iter()
        .zip(&path.details)
        .take_while(|(_, hop)| hop.vpc.is_none() || hop.vpc.as_deref() == own)
        .map(|(hop, _)| hop.as_str())
        .collect();
    if hops.len() < path.hops.len() {
        hops.push("another VPC");
    }
    format!("way to {}, {}: {}", path.address, path.kind, hops.join(" -> "))
}

/// Character-strings of at most 255 bytes, none ending inside a character.
fn data(line: &str) -> Vec<u8> {
    let mut data = Vec::with_capacity(line.len() + 2);
    let mut rest = line;
    loop {
        let mut end = rest.len().min(LONGEST);
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
        let (part, more) = rest.split_at(end);
        data.push(u8::try_from(part.len()).unwrap_or(u8::MAX));
        data.extend_from_slice(part.as_bytes());
        if more.is_empty() {
            return data;
        }
        rest = more;
    }
}

#[cfg(test)]
mod tests {
    use super::data;

    #[test]
    fn strings_are_short_and_whole() {
        assert_eq!(data("abc"), b"\x03abc");
        assert_eq!(data(""), b"\0");
        let long = "가".repeat(100);
        let data = data(&long);
        assert_eq!((data[0], data[256]), (255, 45));
        assert_eq!(data.len(), 302);
        let odd = format!("a{}", "가".repeat(100));
        assert_eq!(super::data(&odd)[0], 253);
    }
}
