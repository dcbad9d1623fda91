//! Any text as a world file: a World or problems with positions.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vpcdns::import::{Defaults, text::diagnostic::{self, Source}, world};

fuzz_target!(|text: &str| {
    let source = Source { name: "fuzz.yaml".to_owned(), text: text.to_owned() };
    if let Err(problems) = world::load(&source, &Defaults::default()) {
        assert!(!problems.is_empty());
        for problem in &problems {
            assert!(!diagnostic::render(problem, &source, false).is_empty());
        }
    }
});
