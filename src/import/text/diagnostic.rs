//! Problems of a text with their positions, and how they are printed.
//!
//! A Problem is data; the command line and HTTP decide whether it becomes text or JSON.

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use serde::Serialize;

/// How much of a long line is shown around a position.
const SHOWN: usize = 160;

/// The severity of a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The file cannot be used.
    Error,
    /// The file can be used, but it may not mean what its writer thinks.
    Warning,
    /// An importer left a part of a file out.
    Skipped,
    /// An importer inferred a value from other parts of a file.
    Inferred,
    /// An importer chose a value that a file does not give.
    Assumed,
}

impl Severity {
    /// The word for an importer's action, in front of a message; `None` for errors and warnings.
    pub fn remark(self) -> Option<&'static str> {
        match self {
            Self::Error | Self::Warning => None,
            Self::Skipped => Some("skipped"),
            Self::Inferred => Some("inferred"),
            Self::Assumed => Some("assumed"),
        }
    }
}

/// The importance of a problem, the most important first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Rank {
    /// An answer or a way of the traffic may be different because of it.
    Answers,
    /// A placeholder is used for a value that a file does not give, or a value follows from other parts of the file.
    Placeholder,
    /// No answer and no way of the traffic depends on it.
    Other,
}

impl From<Severity> for Rank {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Error | Severity::Warning | Severity::Skipped => Self::Answers,
            Severity::Inferred | Severity::Assumed => Self::Placeholder,
        }
    }
}

/// A problem at a position of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The file, or the name of a built-in text.
    pub file: String,
    /// The line, from 1; 0 if the problem is about the file as a whole.
    pub line: usize,
    /// The column in characters, from 1; 0 if the problem is about the file as a whole.
    pub column: usize,
    /// The number of characters in the line that it is about.
    pub length: usize,
    /// The severity.
    pub severity: Severity,
    /// The importance.
    pub rank: Rank,
    /// AWS's error code, where AWS would refuse.
    pub code: Option<&'static str>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// A text and where it came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// The file's path as given, or the name of a built-in text.
    pub name: String,
    /// The text.
    pub text: String,
}

impl Problem {
    /// An error about the file as a whole.
    pub fn whole(file: &str, message: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            line: 0,
            column: 0,
            length: 0,
            severity: Severity::Error,
            rank: Rank::Answers,
            code: None,
            message: message.into(),
            hint: None,
        }
    }
}

impl Source {
    /// Reads bytes as UTF-8, without the byte order mark some editors put in front.
    ///
    /// # Errors
    ///
    /// A Problem at the first byte that is not UTF-8.
    pub fn from_bytes(name: &str, bytes: Vec<u8>) -> Result<Self, Problem> {
        let bytes = match utf16(&bytes) {
            Some(text) => text.into_bytes(),
            None => bytes,
        };
        let text = String::from_utf8(bytes).map_err(|error| {
            let good = error.utf8_error().valid_up_to();
            let before = error.as_bytes().get(..good).unwrap_or_default();
            let last_line = before.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
            Problem {
                line: before.iter().filter(|byte| **byte == b'\n').count() + 1,
                column: String::from_utf8_lossy(last_line).chars().count() + 1,
                length: 1,
                hint: Some("save the file as UTF-8".to_owned()),
                ..Problem::whole(name, "the file is not UTF-8 text")
            }
        })?;
        let text = match text.strip_prefix('\u{feff}') {
            Some(rest) => rest.trim_start_matches('\u{feff}').to_owned(),
            None => text,
        };
        Ok(Self { name: name.to_owned(), text })
    }
}

/// The text of UTF-16 with a byte order mark, as PowerShell's `>` writes it; `None` for any other encoding.
fn utf16(bytes: &[u8]) -> Option<String> {
    let read: fn([u8; 2]) -> u16 = match bytes {
        [0xff, 0xfe, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        _ => return None,
    };
    let units = bytes.chunks_exact(2).filter_map(|pair| Some(read(pair.try_into().ok()?)));
    char::decode_utf16(units).collect::<Result<String, _>>().ok()
}

/// The problem as text: its file, line and column, the line itself with the position marked, and the hint.
pub fn render(problem: &Problem, source: &Source, color: bool) -> String {
    let line = problem.line.checked_sub(1).and_then(|index| source.text.lines().nth(index));
    render_line(problem, line.filter(|_| problem.file == source.name), color)
}

/// Renders a problem when the caller has the line already.
pub(in crate::import) fn render_line(problem: &Problem, line: Option<&str>, color: bool) -> String {
    let level = match problem.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Skipped | Severity::Inferred | Severity::Assumed => Level::NOTE,
    };
    let level = match problem.severity.remark() {
        Some(remark) => level.with_name(remark),
        None => level,
    };
    let title = level.primary_title(problem.message.as_str());
    let title = match problem.code {
        Some(code) => title.id(code),
        None => title,
    };
    let mut group = match line {
        Some(line) => {
            let cut = Cut::around(line, problem.column, problem.length);
            let group = Group::with_title(title);
            if cut.whole {
                group.element(
                    Snippet::source(cut.text)
                        .path(problem.file.as_str())
                        .line_start(problem.line)
                        .annotation(AnnotationKind::Primary.span(cut.start..cut.end)),
                )
            } else {
                // The renderer would count the column from the start of the cut line. So the real position gets a line
                // of its own.
                group.element(origin(problem)).element(
                    Snippet::source(cut.text)
                        .line_start(problem.line)
                        .annotation(AnnotationKind::Primary.span(cut.start..cut.end)),
                )
            }
        }
        None => Group::with_title(title).element(origin(problem)),
    };
    if let Some(hint) = &problem.hint {
        group = group.element(Level::HELP.message(hint.as_str()));
    }
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    renderer.render(&[group])
}

fn origin(problem: &Problem) -> Origin<'_> {
    let origin = Origin::path(problem.file.as_str());
    if problem.line == 0 { origin } else { origin.line(problem.line).char_column(problem.column) }
}

/// The shown part of a line, and the range of bytes to mark in it.
struct Cut<'a> {
    text: &'a str,
    start: usize,
    end: usize,
    whole: bool,
}

impl<'a> Cut<'a> {
    fn around(line: &'a str, column: usize, length: usize) -> Self {
        let at = |characters: usize| {
            line.char_indices().nth(characters).map_or(line.len(), |(offset, _)| offset)
        };
        let first = column.saturating_sub(1);
        let (start, end) = (at(first), at(first.saturating_add(length.clamp(1, SHOWN))));
        if line.len() <= 2 * SHOWN {
            return Self { text: line, start, end, whole: true };
        }
        let from = at(first.saturating_sub(SHOWN / 2));
        let to = at(first.saturating_add(SHOWN)).max(end);
        let text = line.get(from..to).unwrap_or_default();
        Self { text, start: start - from, end: end - from, whole: false }
    }
}

#[cfg(test)]
mod tests;
