//! An explanation's reply as dig prints it.
//!
//! Lays out the lines of dig's header, sections and statistics with dig's columns. The id of a message and the time are
//! another message's each time: the id comes from the question, and the time is given.

use super::{
    explain::{Explanation, RecordWords},
    size,
};
use crate::hash::stable_hash;

/// The columns at which BIND's tools begin a TTL, a class, a type and the data.
const COLUMNS: [usize; 4] = [24, 32, 40, 48];
const TAB: usize = 8;

/// The reply as dig prints it after its banner, or what dig says where there is none. `server` is the address that was
/// asked.
pub fn text(explanation: &Explanation, server: &str) -> String {
    let asked = &explanation.question;
    let answer = &explanation.answer;
    match answer.status.as_ref() {
        "SILENCE" => {
            let line = format!(";; communications error to {server}#53: timed out\n");
            return format!("{}\n;; no servers could be reached\n", line.repeat(3));
        }
        "FORWARDED" => return ";; another server is asked; dig shows its answer\n".to_owned(),
        _ => {}
    }
    let mut out = format!(
        ";; Got answer:\n;; ->>HEADER<<- opcode: QUERY, status: {}, id: {}\n;; flags: qr rd ra; QUERY: 1, ANSWER: {}, \
         AUTHORITY: {}, ADDITIONAL: 1\n\n;; OPT PSEUDOSECTION:\n; EDNS: version: 0, flags:; udp: 4096\n",
        answer.status,
        stable_hash(&asked.name) % 65_521,
        answer.records.len(),
        usize::from(answer.soa.is_some()),
    );
    out.push_str(";; QUESTION SECTION:\n;");
    let [_, class, rtype, _] = COLUMNS;
    out.push_str(&laid_out(&[(&asked.name, 0), ("IN", class), (&asked.rtype, rtype)]));
    out.push('\n');
    if !answer.records.is_empty() {
        out.push_str("\n;; ANSWER SECTION:\n");
        for record in &answer.records {
            out.push_str(&line(record));
            out.push('\n');
        }
    }
    if let Some(soa) = &answer.soa {
        out.push_str("\n;; AUTHORITY SECTION:\n");
        out.push_str(&line(soa));
        out.push('\n');
    }
    out.push_str(&format!("\n;; Query time: 0 msec\n;; SERVER: {server}#53({server}) (UDP)\n"));
    if let Some(size) = size::message(&asked.name, answer) {
        out.push_str(&format!(";; MSG SIZE  rcvd: {size}\n"));
    }
    out
}

/// A record as one line.
pub fn line(record: &RecordWords) -> String {
    let [ttl, class, rtype, data] = COLUMNS;
    laid_out(&[
        (&record.name, 0),
        (&record.ttl.to_string(), ttl),
        ("IN", class),
        (&record.rtype, rtype),
        (&record.data, data),
    ])
}

/// Words at their columns, with tabs; a word that comes late stands one column behind the one before it.
fn laid_out(words: &[(&str, usize)]) -> String {
    let mut out = String::new();
    let mut at = 0;
    for (index, (word, column)) in words.iter().enumerate() {
        if index > 0 {
            let to = (*column).max(at + 1);
            let tabs = to / TAB - at / TAB;
            let spaces = if tabs > 0 { to % TAB } else { to - at };
            out.extend(std::iter::repeat_n('\t', tabs));
            out.extend(std::iter::repeat_n(' ', spaces));
            at = to;
        }
        out.push_str(word);
        at += word.len();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_digs() {
        let record = |name: &str, ttl| RecordWords {
            name: name.to_owned(),
            ttl,
            rtype: "A".to_owned(),
            data: "10.0.0.1".to_owned(),
        };
        assert_eq!(line(&record("example.com.", 60)), "example.com.\t\t60\tIN\tA\t10.0.0.1");
        let name = "cloudformation.ap-northeast-2.amazonaws.com.";
        assert_eq!(line(&record(name, 60)), format!("{name} 60\tIN A 10.0.0.1"));
    }
}
