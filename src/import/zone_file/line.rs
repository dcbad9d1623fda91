//! Splits RFC 1035 master files into entries and words: quotes, comments, parentheses and lines, with the position of
//! every word.
//!
//! `mod.rs` interprets the words.

use crate::import::text::node::Pos;

/// A word of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word<'t> {
    /// The text of the word, with its quotes and backslashes.
    pub(super) text: &'t str,
    /// The position.
    pub(super) pos: Pos,
}

/// An entry: a record or a directive, over one or more lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry<'t> {
    /// The words, at least one.
    pub(super) words: Vec<Word<'t>>,
    /// Whether its first line begins with a blank. Its owner is then the previous entry's.
    pub(super) same_owner: bool,
}

/// A syntax error, which stops the splitting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Broken {
    /// The position.
    pub(super) pos: Pos,
    /// The reason.
    pub(super) message: &'static str,
}

/// Splits a text into entries, one at a time.
pub(super) struct Entries<'t> {
    text: &'t str,
    offset: usize,
    line: u32,
    column: u32,
}

impl<'t> Entries<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, offset: 0, line: 1, column: 1 }
    }

    fn peek(&self) -> Option<char> {
        self.text.get(self.offset..)?.chars().next()
    }

    fn bump(&mut self) {
        let Some(letter) = self.peek() else { return };
        self.offset += letter.len_utf8();
        if letter == '\n' {
            self.line = self.line.saturating_add(1);
            self.column = 1;
        } else {
            self.column = self.column.saturating_add(1);
        }
    }

    fn here(&self, length: usize) -> Pos {
        let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
        Pos {
            line: self.line,
            column: self.column,
            offset: number(self.offset),
            length: number(length),
        }
    }

    fn comment(&mut self) {
        while self.peek().is_some_and(|letter| letter != '\n') {
            self.bump();
        }
    }

    /// Reads the word that begins here.
    fn word(&mut self) -> Result<Word<'t>, Broken> {
        let start = self.here(1);
        let from = self.offset;
        let quoted = self.peek() == Some('"');
        if quoted {
            self.bump();
        }
        loop {
            match self.peek() {
                None | Some('\n') if quoted => {
                    return Err(Broken { pos: start, message: "a quote has no end on its line" });
                }
                None => break,
                Some('\\') => {
                    self.bump();
                    if self.peek().is_none_or(|letter| letter == '\n') {
                        return Err(Broken { pos: start, message: "a backslash escapes nothing" });
                    }
                    self.bump();
                }
                Some('"') => {
                    if quoted {
                        self.bump();
                    }
                    break;
                }
                Some(' ' | '\t' | '\r' | '\n' | ';' | '(' | ')') if !quoted => break,
                Some(_) => self.bump(),
            }
        }
        let text = self.text.get(from..self.offset).unwrap_or_default();
        Ok(Word { text, pos: Pos { length: self.here(text.len()).length, ..start } })
    }
}

impl<'t> Iterator for Entries<'t> {
    type Item = Result<Entry<'t>, Broken>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut words = Vec::new();
        let mut same_owner = matches!(self.peek(), Some(' ' | '\t'));
        let mut open: Vec<Pos> = Vec::new();
        loop {
            let Some(letter) = self.peek() else {
                if let Some(pos) = open.first() {
                    self.offset = self.text.len();
                    return Some(Err(Broken { pos: *pos, message: "a parenthesis is not closed" }));
                }
                return if words.is_empty() { None } else { Some(Ok(Entry { words, same_owner })) };
            };
            match letter {
                '\n' => {
                    self.bump();
                    if open.is_empty() {
                        if !words.is_empty() {
                            return Some(Ok(Entry { words, same_owner }));
                        }
                        same_owner = matches!(self.peek(), Some(' ' | '\t'));
                    }
                }
                ' ' | '\t' | '\r' => self.bump(),
                ';' => self.comment(),
                '(' => {
                    open.push(self.here(1));
                    self.bump();
                }
                ')' => {
                    let pos = self.here(1);
                    self.bump();
                    if open.pop().is_none() {
                        self.offset = self.text.len();
                        let message = "a parenthesis is closed that was not opened";
                        return Some(Err(Broken { pos, message }));
                    }
                }
                _ => match self.word() {
                    Ok(word) => words.push(word),
                    Err(broken) => {
                        self.offset = self.text.len();
                        return Some(Err(broken));
                    }
                },
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<Vec<String>> {
        Entries::new(text)
            .map(|entry| entry.unwrap().words.iter().map(|word| word.text.to_owned()).collect())
            .collect()
    }

    #[test]
    fn quotes_comments_and_parentheses() {
        let text = "a TXT \"x ; y\" b\\;c ; comment\n\n b A (1\n ; no\n 2) 3\n";
        assert_eq!(
            cut(text),
            [vec!["a", "TXT", "\"x ; y\"", "b\\;c"], vec!["b", "A", "1", "2", "3"]]
        );
        let entries: Vec<_> = Entries::new(text).map(Result::unwrap).collect();
        assert!(!entries[0].same_owner && entries[1].same_owner);
        let three = entries[1].words[4].pos;
        assert_eq!((three.line, three.column, three.length), (5, 5, 1));
        assert_eq!(cut("a\"b\"c"), [["a", "\"b\"", "c"]]);
    }

    #[test]
    fn what_is_not_closed_has_its_place() {
        let broken = |text: &str| {
            let found = Entries::new(text).find_map(Result::err).unwrap();
            (found.pos.line, found.pos.column, found.message)
        };
        assert_eq!(broken("a A\nb (\nc"), (2, 3, "a parenthesis is not closed"));
        assert_eq!(broken("a )"), (1, 3, "a parenthesis is closed that was not opened"));
        assert_eq!(broken("a \"x\nb"), (1, 3, "a quote has no end on its line"));
        assert_eq!(broken("a b\\"), (1, 3, "a backslash escapes nothing"));
    }
}
