//! What hints say of names in no World, and that no text ends the program.

use std::sync::Arc;

use super::*;
use crate::{
    catalog,
    model::{name::MAX_NAME, record::RecordType, world::World},
    resolve::question::Asker,
};

fn empty() -> Snapshot {
    Snapshot::new(World::default(), Arc::default())
}

fn of(text: &str) -> Vec<Hint> {
    let name = Name::parse(text).unwrap();
    let question = Question::asked(name.as_ref(), RecordType::A, Asker::Internet, 0);
    explain(&empty(), &question, Aim::Usual, Language::English).hints
}

#[test]
fn a_hint_names_the_part_and_what_was_meant() {
    let hints = of("cloudforamtion.ap-northeast-2.amazonaws.com");
    let [hint] = hints.as_slice() else { panic!("{hints:?}") };
    assert_eq!((&*hint.code, hint.part.as_deref()), ("SERVICE", Some("cloudforamtion")));
    assert_eq!(hint.name.as_deref(), Some("cloudformation.ap-northeast-2.amazonaws.com"));
    let json = serde_json::to_value(hint).unwrap();
    assert_eq!(json["name"], "cloudformation.ap-northeast-2.amazonaws.com");
    let why = of("iam.amazonaws.com");
    assert_eq!(why, []);
}

#[test]
fn a_name_that_several_hints_mean_is_told_once() {
    let lines = lines(&of("clodformation.ap-northest-2.amazonaws.com"), Language::English);
    assert_eq!(lines.len(), 2);
    assert!(!lines[0].contains("Did you mean"), "{lines:?}");
    assert!(
        lines[1].ends_with("Did you mean cloudformation.ap-northeast-2.amazonaws.com?"),
        "{lines:?}"
    );
}

/// Nothing that is typed may end the program, and each text is judged quickly: the distances are of short words only.
#[test]
fn hostile_names_have_no_hint_or_a_short_one() {
    let long = "a".repeat(63);
    let whole = [&*long, &*long, &*long].join(".");
    let near = format!("{whole}.ap-northest-2.amazonaws.com");
    let labels = ["a."; 120].concat();
    let vpce = format!("vpce-{}.{}", "0".repeat(58), &labels[..170]);
    let texts = [
        &*whole,
        &near,
        &labels,
        &vpce,
        "vpce-",
        "vpce--",
        "vpce-.vpce.amazonaws.com",
        "amazonaws.com",
        "vpce.amazonaws.com",
        "ap-northeast-2.vpce.amazonaws.com",
        ".",
        "com",
        "\\000.\\255",
        "a\\.b.amazonaws.com",
        "vpce-1-2-3-4-5-6",
        "aws",
        "a.aws",
        "com.amazonaws",
        "com.amazonaws.ap-northeast-2",
        "-.-",
        "*.amazonaws.com",
        "::",
        ":",
        "[",
        "]",
        "[]:",
        "가.나",
        "한글.ap-northeast-2.amazonaws.com",
        "https://",
        "//",
        "a://b",
        "@",
        "a@b.c",
    ];
    for text in texts {
        let _ = pasted::pasted(text, Language::English);
        if let Ok((name, _)) = read(text, |_| false, Language::English) {
            for hint in of(&name.to_string()) {
                let meant = hint.name.unwrap_or_default();
                assert!(meant.len() < MAX_NAME, "{text}: {meant}");
                assert!(meant.is_empty() || Name::parse(&meant).is_ok(), "{text}: {meant}");
            }
        }
    }
}

#[test]
fn a_text_that_is_no_name_says_what_was_meant() {
    let error = read("a..b", |_| false, Language::English).unwrap_err();
    assert_eq!(error.to_string(), "a label is empty. Did you mean a.b?");
    assert_eq!(read("", |_| false, Language::English).unwrap_err().to_string(), "a label is empty");
    // A name that has what was asked for is not corrected, whatever it looks like.
    let (name, hint) = read("a/b.example", |_| true, Language::English).unwrap();
    assert_eq!((name.to_string().as_str(), hint), ("a/b.example", None));
    let (name, hint) = read("a/b.example", |_| false, Language::English).unwrap();
    assert_eq!(
        (name.to_string().as_str(), hint),
        ("a/b.example", None),
        "`a` alone is hardly meant"
    );
    let path = format!("https://sqs.us-east-1.amazonaws.com/{}", "x".repeat(200));
    let (name, hint) = read(&path, |_| false, Language::English).unwrap();
    assert_eq!(name.to_string(), "sqs.us-east-1.amazonaws.com");
    assert_eq!(hint.map(|hint| hint.code), Some("URL".into()));
}

#[test]
fn what_services_are_called_leads_to_names_that_exist() {
    let seoul = catalog::region("ap-northeast-2").unwrap();
    for (_, right) in service::OTHER_NAMES {
        let host = format!("{right}.ap-northeast-2.amazonaws.com");
        let found = catalog::public_hosts(seoul, catalog::CatalogDate::Newest);
        assert!(found.iter().any(|it| it.host == host), "{host}");
    }
}
