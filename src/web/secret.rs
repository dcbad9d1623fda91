//! The token: compared in constant time, and the proof that a request has shown it.

/// Whether a request has shown the token, or none is set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trusted(pub(super) bool);

/// Compares without telling by its time how much was right.
pub(super) fn same_secret(given: &str, expected: &str) -> bool {
    given.len() == expected.len()
        && given
            .bytes()
            .zip(expected.bytes())
            .fold(0, |difference, (one, other)| difference | (one ^ other))
            == 0
}
