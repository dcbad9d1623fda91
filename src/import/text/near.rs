//! Suggestions for misspelt names.

/// The most candidates that are compared, so that a huge file with many mistakes stays fast.
const COMPARED: usize = 5_000;

/// The candidates closest to `text`, best first, at most three.
pub(super) fn near<'a>(text: &str, candidates: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let lower =
        |text: &str| -> String { text.chars().take(64).flat_map(char::to_lowercase).collect() };
    let wanted = lower(text);
    let length = wanted.chars().count();
    let allowed = (length / 3).max(1);
    let mut found: Vec<(usize, &str)> = candidates
        .take(COMPARED)
        .filter_map(|candidate| {
            let other = lower(candidate);
            if length.abs_diff(other.chars().count()) > allowed {
                return None;
            }
            // The number of letters to insert, delete, change, or swap with a neighbour.
            let distance = strsim::osa_distance(&wanted, &other);
            (distance <= allowed).then_some((distance, candidate))
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found.into_iter().take(3).map(|(_, candidate)| candidate).collect()
}

/// `did you mean …?`, if a candidate is close.
pub(in crate::import) fn did_you_mean<'a>(
    text: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<String> {
    let near = near(text, candidates);
    if near.is_empty() { None } else { Some(format!("did you mean {}?", either(&near))) }
}

/// `a`, `a or b`, `a, b or c`.
pub(in crate::import) fn either(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [only] => format!("`{only}`"),
        [first @ .., last] => {
            let first: Vec<_> = first.iter().map(|word| format!("`{word}`")).collect();
            format!("{} or `{last}`", first.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspellings_are_found() {
        let known = ["dns-support", "dns-hostnames", "cidr", "subnets"];
        assert_eq!(near("dns-hostname", known.into_iter()), ["dns-hostnames"]);
        assert_eq!(near("cdir", known.into_iter()), ["cidr"]);
        assert_eq!(near("SUBNETS", known.into_iter()), ["subnets"]);
        assert!(near("nothing-like-it", known.into_iter()).is_empty());
        assert_eq!(either(&["a", "b", "c"]), "`a`, `b` or `c`");
        assert_eq!(near("ab", ["ba"].into_iter()), ["ba"]);
    }
}
