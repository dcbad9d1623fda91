//! Any text as a zone file: a zone or problems with lines.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vpcdns::import::{text::diagnostic::Source, zone_file};

fuzz_target!(|text: &str| {
    let source = Source { name: "fuzz.zone".to_owned(), text: text.to_owned() };
    if let Err(problems) = zone_file::parse_zone(&source, None) {
        assert!(!problems.is_empty());
    }
});
