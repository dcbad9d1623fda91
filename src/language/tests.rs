//! The catalogues and the list of messages agree, and a language is found by its code.

use std::collections::{BTreeMap, BTreeSet};

use super::{Language, messages::MESSAGES};

type Catalogue = BTreeMap<String, BTreeSet<String>>;

/// The messages of a catalogue and the variables in each, read by hand: Fluent would leave out what it cannot read.
fn catalogue(text: &str) -> Catalogue {
    let mut found = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let (name, text) = line.split_once(" = ").unwrap_or_else(|| panic!("{line}"));
        let variables =
            text.split("{ $").skip(1).map(|rest| rest.split_once(" }").unwrap().0.to_owned());
        assert!(found.insert(name.to_owned(), variables.collect()).is_none(), "twice: {name}");
    }
    found
}

#[test]
fn no_message_lacks_a_translation() {
    let listed: Catalogue = MESSAGES
        .iter()
        .map(|(name, variables)| {
            ((*name).to_owned(), variables.iter().map(|it| (*it).to_owned()).collect())
        })
        .collect();
    assert_eq!(catalogue(include_str!("en.ftl")), listed);
    assert_eq!(catalogue(include_str!("ko.ftl")), listed);
}

#[test]
fn fluent_reads_every_message() {
    for language in Language::ALL {
        for (name, variables) in MESSAGES {
            let values: Vec<_> = variables.iter().map(|it| (*it, format!("<{it}>"))).collect();
            let said = language.say(name, &values);
            assert!(language.bundle().has_message(name), "{language:?} {name}");
            for (_, value) in values {
                assert!(said.contains(&value), "{language:?} {name}: {said}");
            }
        }
    }
}

/// A name may end in any letter, and Korean particles depend on it: none but those of one form may follow a variable.
#[test]
fn no_korean_particle_follows_a_name() {
    const CHANGING: [&str; 12] =
        ["은", "는", "이 ", "가", "을", "를", "와", "과", "으로", "로 ", "이므로", "라"];
    for line in include_str!("ko.ftl").lines() {
        for after in line.split(" }").skip(1) {
            assert!(!CHANGING.iter().any(|it| after.starts_with(it)), "{line}");
        }
    }
}

#[test]
fn a_language_is_found_by_its_code() {
    for (code, language) in [
        ("ko", Some(Language::Korean)),
        ("ko-KR", Some(Language::Korean)),
        ("ko_KR.UTF-8", Some(Language::Korean)),
        ("KO", Some(Language::Korean)),
        ("en_US.UTF-8", Some(Language::English)),
        ("C.UTF-8", None),
        ("kok_IN", None),
        ("", None),
    ] {
        assert_eq!(Language::of_code(code), language, "{code}");
    }
    let of = |set: &[(&str, &str)]| {
        Language::of_environment(|name| {
            set.iter().find(|(other, _)| *other == name).map(|(_, value)| (*value).to_owned())
        })
    };
    assert_eq!(of(&[]), Language::English);
    assert_eq!(of(&[("LANG", "ko_KR.UTF-8")]), Language::Korean);
    assert_eq!(of(&[("LC_ALL", "C"), ("LANG", "ko_KR.UTF-8")]), Language::English);
    assert_eq!(of(&[("LC_ALL", ""), ("LC_MESSAGES", "ko"), ("LANG", "en_US")]), Language::Korean);
}

/// Words of the code that a student does not know.
#[test]
fn no_word_of_the_code_is_said() {
    for text in [include_str!("en.ftl"), include_str!("ko.ftl")] {
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            for word in ["World", "catalogue", "Snapshot", "카탈로그"] {
                assert!(!line.contains(word), "{line}");
            }
        }
    }
}
