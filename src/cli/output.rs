//! The output of commands: standard output, standard error, and colours.
//!
//! If the reader goes away (a closed pipe), that is no error.

use std::io::{IsTerminal, Write};

use crate::language::Language;

/// The two streams.
#[derive(Debug)]
pub(crate) struct Output {
    colour: bool,
    language: Language,
}

impl Output {
    /// Colours only on a terminal, and never when `NO_COLOR` is set.
    pub(crate) fn new(language: Language) -> Self {
        let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        Self { colour: wanted && std::io::stdout().is_terminal(), language }
    }

    /// The language that sentences are in.
    pub(crate) fn language(&self) -> Language {
        self.language
    }

    /// Whether to colour standard error.
    pub(crate) fn colour_errors(&self) -> bool {
        std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
            && std::io::stderr().is_terminal()
    }

    /// A line on standard output.
    pub(crate) fn line(&mut self, text: &str) {
        let _ = writeln!(std::io::stdout().lock(), "{text}");
    }

    /// Bytes on standard output.
    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        let _ = std::io::stdout().lock().write_all(bytes);
    }

    /// A line on standard error.
    pub(crate) fn error(&mut self, text: &str) {
        say(text);
    }

    /// Text in green. Colours are left out where they are not wanted, here and below.
    pub(crate) fn good(&self, text: &str) -> String {
        self.paint("32", text)
    }

    /// Text in red.
    pub(crate) fn bad(&self, text: &str) -> String {
        self.paint("31", text)
    }

    /// Text in amber.
    pub(crate) fn caution(&self, text: &str) -> String {
        self.paint("33", text)
    }

    /// Text in bold.
    pub(crate) fn bold(&self, text: &str) -> String {
        self.paint("1", text)
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// Prints a line on standard error, for code that has no `Output`.
pub(crate) fn say(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
