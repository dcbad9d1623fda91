//! How many bytes the message of an answer has, for the last line of dig.
//!
//! Counts what `dns/write` writes: a name that ended another one before is a pointer of two bytes.

use super::explain::{Answered, RecordWords};

/// A header, a question's type and class, an OPT record without options, and what a record has besides its name and data.
const HEADER: usize = 12;
const QUESTION: usize = 4;
const OPT: usize = 11;
const RECORD: usize = 10;

/// The size of the message; `None` if it has data whose size is not told by its text.
pub(super) fn message(name: &str, answer: &Answered) -> Option<usize> {
    let mut names = Names::default();
    let mut size = HEADER + names.add(name) + QUESTION + OPT;
    for record in answer.records.iter().chain(&answer.soa) {
        size += names.add(&record.name) + RECORD;
        size += data(&mut names, record)?;
    }
    Some(size)
}

fn data(names: &mut Names, record: &RecordWords) -> Option<usize> {
    Some(match record.rtype.as_str() {
        "A" => 4,
        "AAAA" => 16,
        "CNAME" | "NS" | "PTR" => names.add(&record.data),
        "SOA" => {
            let mut words = record.data.split(' ');
            names.add(words.next()?) + names.add(words.next()?) + 20
        }
        _ => return None,
    })
}

/// The ends of names that a message has so far.
#[derive(Default)]
struct Names(Vec<String>);

impl Names {
    /// The bytes that a name takes, and are there for the names that follow.
    fn add(&mut self, name: &str) -> usize {
        let mut rest = name.trim_end_matches('.').to_ascii_lowercase();
        let mut size = 0;
        while !rest.is_empty() {
            if self.0.contains(&rest) {
                return size + 2;
            }
            self.0.push(rest.clone());
            let (label, after) = rest.split_once('.').unwrap_or((&rest, ""));
            size += 1 + label.len();
            rest = after.to_owned();
        }
        size + 1
    }
}
