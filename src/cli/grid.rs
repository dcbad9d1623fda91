//! Tables that fit a terminal of 80 columns: columns are as wide as their cells, and cells that are longer than their
//! column may be are wrapped at spaces.

use unicode_width::UnicodeWidthStr;

use super::Output;
use crate::resolve::survey::Code;

/// The width that a table fits.
pub(super) const WIDTH: usize = 80;

/// What stands between two columns, and before the first.
const GAP: &str = "  ";

/// What a text is painted with.
type Paint = fn(&Output, &str) -> String;

/// Green for private, amber for public, red for what fails.
pub(super) fn paint(code: Code) -> Paint {
    match code {
        Code::Private => Output::good,
        Code::Public => Output::caution,
        Code::Failed => Output::bad,
    }
}

/// A cell: its text and what to paint it with.
pub(super) struct Cell {
    text: String,
    paint: Paint,
}

impl Cell {
    /// A cell without a colour.
    pub(super) fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), paint: |_, text| text.to_owned() }
    }

    /// A cell in a colour.
    pub(super) fn painted(text: impl Into<String>, paint: Paint) -> Self {
        Self { text: text.into(), paint }
    }
}

/// Prints rows, the first of them as the heading in bold. `most` is how wide each column may be; the last one gets the
/// rest of [`WIDTH`].
pub(super) fn print<const N: usize>(rows: &[[Cell; N]], most: [usize; N], output: &mut Output) {
    let mut widths = [0; N];
    let mut left = WIDTH;
    for (column, width) in widths.iter_mut().enumerate() {
        left = left.saturating_sub(GAP.len());
        let limit = if column + 1 == N { left } else { most[column].min(left) };
        let longest = rows.iter().flat_map(|row| wrapped(&row[column].text, limit));
        let longest = longest.map(|line| line.width()).max().unwrap_or(0);
        // A word that is longer than its column makes it wider, but for the last column.
        *width = if column + 1 == N { longest.min(limit) } else { longest };
        left = left.saturating_sub(*width);
    }
    for (index, row) in rows.iter().enumerate() {
        let cells: Vec<Vec<String>> =
            row.iter().zip(widths).map(|(cell, width)| wrapped(&cell.text, width)).collect();
        let height = cells.iter().map(Vec::len).max().unwrap_or(0);
        for line in 0..height {
            let mut text = String::new();
            let mut blank = 0;
            for ((lines, cell), width) in cells.iter().zip(row).zip(widths) {
                blank += GAP.len();
                let part = lines.get(line).map_or("", String::as_str);
                if !part.is_empty() {
                    text.push_str(&" ".repeat(blank));
                    blank = 0;
                    text.push_str(&match index {
                        0 => output.bold(part),
                        _ => (cell.paint)(output, part),
                    });
                }
                blank += width.saturating_sub(part.width());
            }
            output.line(&text);
        }
    }
}

/// A text in lines of at most `width` columns, broken at spaces. A word that is longer stays whole.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.width() + 1 + word.width() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// A text with spaces after it, up to a width.
pub(super) fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_broken_at_spaces_by_what_it_takes_on_the_screen() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("one two three", 6), ["one", "two", "three"]);
        assert_eq!(wrapped("DNS 호스트 이름", 10), ["DNS 호스트", "이름"]);
        assert_eq!(wrapped("a-word-without-spaces b", 5), ["a-word-without-spaces", "b"]);
        assert_eq!(wrapped("", 5), [""]);
    }
}
