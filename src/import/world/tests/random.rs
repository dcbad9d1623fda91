//! Tests that a world file damaged at random either loads or is refused with a position.

use proptest::prelude::*;

use super::*;

/// A valid world in which a random part is replaced.
fn damaged() -> impl Strategy<Value = String> {
    let base = include_str!("../../../../zones/labs/default-vpc.yaml");
    let more = with_endpoint("service: ec2, subnets: {A: 10.0.0.20}, state: available");
    let piece = prop_oneof![
        Just(String::new()),
        Just("0".to_owned()),
        Just("{}".to_owned()),
        Just("[]".to_owned()),
        Just("*".to_owned()),
        Just("10.0.0.0/0".to_owned()),
        Just("255.255.255.255/32".to_owned()),
        Just("ap-northeast-2a".to_owned()),
        ".{0,12}",
    ];
    (
        prop_oneof![Just(base.to_owned()), Just(more)],
        any::<prop::sample::Index>(),
        0_usize..30,
        piece,
    )
        .prop_map(|(text, at, length, piece)| {
            let letters: Vec<char> = text.chars().collect();
            let start = at.index(letters.len());
            let end = (start + length).min(letters.len());
            letters[..start].iter().collect::<String>()
                + &piece
                + &letters[end..].iter().collect::<String>()
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn a_damaged_world_loads_or_has_problems_with_places(text in damaged()) {
        let source = Source { name: "t".to_owned(), text };
        if let Err(problems) = load(&source, &Defaults::default()) {
            prop_assert!(!problems.is_empty());
            for problem in problems {
                prop_assert!(problem.line > 0 && problem.column > 0, "{problem:?}");
                prop_assert!(problem.line <= source.text.lines().count() + 1);
                prop_assert!(!crate::import::text::diagnostic::render(&problem, &source, false).is_empty());
            }
        }
    }
}
