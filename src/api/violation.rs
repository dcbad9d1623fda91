//! The words that AWS's newer services share for parameters that are missing or break a limit.

/// One limit that a value breaks; `value` is written with its quotation marks.
pub(super) fn violation(name: &str, value: &str, rule: &str) -> String {
    let member = member(name);
    format!("Value {value} at '{member}' failed to satisfy constraint: {rule}")
}

/// The name with a small first letter, as AWS's messages have it.
pub(super) fn member(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|it| it.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}

/// All limits that a request breaks.
pub(super) fn detected(violations: &[String]) -> String {
    let errors = if violations.len() == 1 { "error" } else { "errors" };
    format!("{} validation {errors} detected: {}", violations.len(), violations.join("; "))
}

/// A parameter that must be there.
pub(super) fn missing(name: &str) -> String {
    detected(&[violation(name, "null", "Member must not be null")])
}
