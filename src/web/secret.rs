//! The token: compares it in constant time, and says whether a request has shown it.

/// Whether a request has shown the token. True if no token is set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trusted(pub(super) bool);

/// Compares two texts. The time it takes does not show how much of them is equal.
pub(super) fn same_secret(given: &str, expected: &str) -> bool {
    given.len() == expected.len()
        && given
            .bytes()
            .zip(expected.bytes())
            .fold(0, |difference, (one, other)| difference | (one ^ other))
            == 0
}
