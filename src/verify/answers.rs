//! Reads what the script of `script.rs` printed: for each question a line of its own, then dig's comments and records.
//!
//! The file comes from somewhere else and is not trusted: its size, its lines and its questions are bounded, and each
//! problem has a line number.

use hickory_proto::rr::{RData, RecordType as HickoryType};

use super::item::{Item, Said, data_text};
use crate::model::{
    name::Name,
    record::{RecordType, rdata_text},
};

/// The largest file, in bytes.
pub const MOST_BYTES: usize = 32 << 20;
/// The longest line, in bytes.
const MOST_LINE: usize = 70_000;
/// The most questions.
const MOST_QUESTIONS: usize = 50_000;
/// The most records of one answer.
const MOST_RECORDS: usize = 1_000;

/// What is wrong with a file of answers.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct Problem {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

/// The questions and answers of a file.
///
/// # Errors
///
/// The first problem.
pub fn read(bytes: &[u8]) -> Result<Vec<(Item, Said)>, Problem> {
    let fail = |line: usize, message: &str| Err(Problem { line, message: message.to_owned() });
    if bytes.len() > MOST_BYTES {
        return fail(1, &format!("the file is larger than {} MiB", MOST_BYTES >> 20));
    }
    let mut all = Vec::new();
    let mut open: Option<Open> = None;
    for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        let number = index + 1;
        if line.len() > MOST_LINE {
            return fail(number, "the line is too long");
        }
        let Ok(line) = std::str::from_utf8(line) else {
            return fail(number, "the line is not UTF-8 text");
        };
        let line = line.trim_end();
        if let Some(rest) = line.strip_prefix("; vpcdns-question ") {
            if let Some(done) = open.take() {
                all.push(done.close()?);
            }
            if all.len() >= MOST_QUESTIONS {
                return fail(number, &format!("there are more than {MOST_QUESTIONS} questions"));
            }
            open = Some(Open::question(rest, number)?);
        } else if line.starts_with("; vpcdns-end ") {
            all.extend(open.take().map(Open::close).transpose()?);
        } else if !line.trim().is_empty() {
            match &mut open {
                Some(open) => open.line(line, number)?,
                None if line.starts_with(';') => {}
                None => {
                    return fail(number, "expected a line `; vpcdns-question NUMBER NAME TYPE`");
                }
            }
        }
    }
    all.extend(open.map(Open::close).transpose()?);
    if all.is_empty() {
        return fail(
            1,
            "there is no line `; vpcdns-question NUMBER NAME TYPE`; is this what the script printed?",
        );
    }
    Ok(all)
}

/// A question whose answer is being read.
struct Open {
    item: Item,
    line: usize,
    status: Option<String>,
    silent: bool,
    records: Vec<(RecordType, String)>,
}

impl Open {
    fn question(rest: &str, line: usize) -> Result<Self, Problem> {
        let fail = |message: String| Problem { line, message };
        let mut words = rest.split(' ');
        let (Some(_), Some(name), Some(rtype), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return Err(fail("expected `; vpcdns-question NUMBER NAME TYPE`".to_owned()));
        };
        let name = Name::parse(name).map_err(|error| fail(format!("not a name: {error}")))?;
        let rtype: RecordType = rtype.parse().map_err(|error| fail(format!("{error}")))?;
        let item = Item { name, rtype };
        Ok(Self { item, line, status: None, silent: false, records: Vec::new() })
    }

    fn line(&mut self, text: &str, line: usize) -> Result<(), Problem> {
        let comment = text.trim_start_matches([';', ' ']);
        if text.starts_with(';') {
            if let Some(status) = status(comment) {
                self.status = Some(status.to_owned());
                self.records.clear();
            }
            if comment.starts_with("no servers could be reached")
                || comment.starts_with("connection timed out")
            {
                self.silent = true;
            }
            return Ok(());
        }
        if self.status.is_none() {
            return Err(Problem { line, message: "expected an answer of dig".to_owned() });
        }
        if self.records.len() >= MOST_RECORDS {
            let message = format!("an answer has more than {MOST_RECORDS} records");
            return Err(Problem { line, message });
        }
        let record = record(text).ok_or_else(|| Problem {
            line,
            message: "expected a record `NAME TTL IN TYPE DATA`, or a line that begins with `;`"
                .to_owned(),
        })?;
        self.records.push(record.map_err(|message| Problem { line, message })?);
        Ok(())
    }

    fn close(self) -> Result<(Item, Said), Problem> {
        let said = match (self.status, self.silent) {
            (Some(status), _) => Said::Reply { status, records: self.records },
            (None, true) => Said::Silence,
            (None, false) => {
                return Err(Problem {
                    line: self.line,
                    message: "this question has no answer, and no line that none came; was the file cut off, or did dig fail?"
                        .to_owned(),
                });
            }
        };
        Ok((self.item, said))
    }
}

/// The response code in dig's line about the header.
fn status(comment: &str) -> Option<&str> {
    let rest = comment.strip_prefix("->>HEADER<<-")?;
    let (_, rest) = rest.split_once("status: ")?;
    let word = rest.split(',').next()?;
    let known =
        word.len() <= 16 && word.bytes().all(|it| it.is_ascii_uppercase() || it.is_ascii_digit());
    (known && !word.is_empty()).then_some(word)
}

/// The type and data of a record; `None` if the line has not the form of one.
fn record(text: &str) -> Option<Result<(RecordType, String), String>> {
    let mut rest = text;
    let mut words = Vec::new();
    for _ in 0..4 {
        let (word, after) = rest.split_once([' ', '\t'])?;
        words.push(word);
        rest = after.trim_start_matches([' ', '\t']);
    }
    let [_, ttl, class, rtype] = words.as_slice() else { return None };
    ttl.parse::<u32>().ok()?;
    if *class != "IN" || rest.is_empty() {
        return None;
    }
    let rtype: RecordType = match rtype.parse() {
        Ok(rtype) => rtype,
        Err(error) => return Some(Err(format!("{error}"))),
    };
    Some(data(rtype, rest))
}

fn data(rtype: RecordType, text: &str) -> Result<(RecordType, String), String> {
    if matches!(rtype, RecordType::CNAME | RecordType::NS | RecordType::PTR) {
        let name = Name::parse(text).map_err(|error| format!("not a name: {error}"))?;
        return Ok((rtype, rdata_text(rtype, name.wire())));
    }
    RData::try_from_str(HickoryType::from(rtype.0), text)
        .map(|data| data_text(&data))
        .map_err(|error| format!("{rtype} data: {error}"))
}
