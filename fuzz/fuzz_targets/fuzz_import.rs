//! Any text as a file of another tool: what comes of it can be written down and read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vpcdns::{export, import::{Defaults, text::diagnostic::Source, open, world}};

fuzz_target!(|text: &str| {
    let source = Source { name: "fuzz.json".to_owned(), text: text.to_owned() };
    if let Ok(loaded) = open::open_text(source, &Defaults::default()) {
        let text = export::yaml(&loaded.world);
        let source = Source { name: "again.yaml".to_owned(), text };
        world::load(&source, &Defaults::default()).unwrap();
    }
});
