//! The limits of a parameter that AWS's newer services check before anything else: the length of a text or a list, its
//! letters, the range of a number.
//!
//! Every limit that a request breaks is told in one message, in the words that all those services share. Which service
//! has which limits is the operations' business; the limits are those of AWS's own models of the services.

use std::{fmt::Display, ops::RangeInclusive};

use super::{error::ApiError, parameter::Parameters, violation::violation};

/// The letters a text may have.
#[derive(Debug)]
pub(super) struct Pattern {
    /// As AWS writes it.
    pub(super) text: &'static str,
    /// Whether a letter is one of them.
    pub(super) holds: fn(char) -> bool,
}

/// The letters of names that people give to roles, users and sessions.
pub(super) const NAME: Pattern = Pattern { text: r"[\w+=,.@-]*", holds: is_of_a_name };

/// Whether a name of a role, a user or a session may hold a letter.
pub(super) fn is_of_a_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "_+=,.@-".contains(letter)
}

impl Parameters {
    /// A text of limited length.
    ///
    /// # Errors
    ///
    /// As [`Parameters::text`]. What breaks the limit is told by [`Parameters::finish`].
    pub(super) fn limited(
        &mut self,
        name: &str,
        length: RangeInclusive<usize>,
    ) -> Result<Option<String>, ApiError> {
        let text = self.text(name)?;
        if let Some(text) = &text {
            self.check_length(name, text, text.chars().count(), &length);
        }
        Ok(text)
    }

    /// A text of limited length that must be there.
    ///
    /// # Errors
    ///
    /// As [`Parameters::required`] and [`Parameters::limited`].
    pub(super) fn required_limited(
        &mut self,
        name: &str,
        length: RangeInclusive<usize>,
    ) -> Result<String, ApiError> {
        let text = self.required(name)?;
        self.check_length(name, &text, text.chars().count(), &length);
        Ok(text)
    }

    /// Notes that a text has letters that it may not have.
    pub(super) fn check_letters(&mut self, name: &str, text: &str, pattern: &Pattern) {
        if !text.chars().all(pattern.holds) {
            let rule = format!("Member must satisfy regular expression pattern: {}", pattern.text);
            self.note_violation(name, text, &rule);
        }
    }

    /// A list of texts whose length is limited.
    ///
    /// # Errors
    ///
    /// As [`Parameters::list`]; the protocol's error of a parameter that is missing if there is none.
    pub(super) fn required_list(
        &mut self,
        name: &str,
        length: RangeInclusive<usize>,
    ) -> Result<Vec<String>, ApiError> {
        let texts = self.list(name)?;
        if texts.is_empty() {
            return Err(self.missing(name));
        }
        self.check_length(name, format!("[{}]", texts.join(", ")), texts.len(), &length);
        Ok(texts)
    }

    /// A whole number in a range.
    ///
    /// # Errors
    ///
    /// The protocol's error of a wrong value for what is no number. What breaks the limit is told by
    /// [`Parameters::finish`].
    pub(super) fn number(
        &mut self,
        name: &str,
        range: RangeInclusive<u64>,
    ) -> Result<Option<u64>, ApiError> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let text = value.text();
        let Ok(number) = text.parse::<i64>() else {
            return Err(self.invalid(format!("Value '{text}' at '{name}' is not a whole number")));
        };
        match u64::try_from(number) {
            Ok(number) if number > *range.end() => {
                let rule = at_most("value", range.end());
                self.note_violation(name, number, &rule);
            }
            Ok(number) if range.contains(&number) => return Ok(Some(number)),
            _ => {
                let rule = at_least("value", range.start());
                self.note_violation(name, number, &rule);
            }
        }
        Ok(None)
    }

    fn check_length(
        &mut self,
        name: &str,
        value: impl Display,
        length: usize,
        allowed: &RangeInclusive<usize>,
    ) {
        if length < *allowed.start() {
            self.note_violation(name, value, &at_least("length", allowed.start()));
        } else if length > *allowed.end() {
            self.note_violation(name, value, &at_most("length", allowed.end()));
        }
    }

    fn note_violation(&mut self, name: &str, value: impl Display, rule: &str) {
        self.violate(violation(name, &format!("'{value}'"), rule));
    }
}

fn at_least(what: &str, limit: impl Display) -> String {
    format!("Member must have {what} greater than or equal to {limit}")
}

fn at_most(what: &str, limit: impl Display) -> String {
    format!("Member must have {what} less than or equal to {limit}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{
        input::{Input, Scalar},
        protocol::AwsQuery,
    };

    fn parameters(values: &[(&str, &str)]) -> Parameters {
        let mut input = Input::default();
        for (name, value) in values {
            assert!(input.put(name, Scalar::Text((*value).to_owned())));
        }
        Parameters::new(input, &AwsQuery)
    }

    #[test]
    fn every_broken_limit_is_told_in_one_message() {
        let mut given =
            parameters(&[("RoleArn", "short"), ("Session", "a b"), ("Duration", "43201")]);
        given.required_limited("RoleArn", 20..=2048).unwrap();
        let session = given.limited("Session", 2..=64).unwrap().unwrap();
        given.check_letters("Session", &session, &NAME);
        assert_eq!(given.number("Duration", 900..=43_200).unwrap(), None);
        let error = given.within_limits().unwrap_err();
        assert_eq!(error.code, "ValidationError");
        assert_eq!(
            error.message,
            "3 validation errors detected: Value 'short' at 'roleArn' failed to satisfy constraint: Member must have \
             length greater than or equal to 20; Value 'a b' at 'session' failed to satisfy constraint: Member must \
             satisfy regular expression pattern: [\\w+=,.@-]*; Value '43201' at 'duration' failed to satisfy \
             constraint: Member must have value less than or equal to 43200"
        );
    }

    #[test]
    fn what_keeps_its_limits_is_read() {
        let mut given = parameters(&[("Names.1", "a"), ("Names.2", "b"), ("Max", "10")]);
        assert_eq!(given.required_list("Names", 1..=2).unwrap(), ["a", "b"]);
        assert_eq!(given.number("Max", 1..=10).unwrap(), Some(10));
        assert_eq!(given.number("Absent", 1..=10).unwrap(), None);
        assert_eq!(given.within_limits(), Ok(()));
        for (value, words) in [
            (
                "-1",
                "Value '-1' at 'max' failed to satisfy constraint: Member must have value greater",
            ),
            ("0", "Value '0' at 'max' failed"),
            ("11", "Value '11' at 'max' failed to satisfy constraint: Member must have value less"),
        ] {
            let mut given = parameters(&[("Max", value)]);
            given.number("Max", 1..=10).unwrap();
            assert!(given.within_limits().unwrap_err().message.contains(words), "{value}");
        }
        assert!(parameters(&[("Max", "ten")]).number("Max", 1..=10).is_err());
    }

    #[test]
    fn a_parameter_that_is_missing_is_null() {
        let error = parameters(&[]).required_limited("RoleArn", 20..=2048).unwrap_err();
        assert_eq!(
            error.message,
            "1 validation error detected: Value null at 'roleArn' failed to satisfy constraint: Member must not be null"
        );
        assert!(parameters(&[]).required_list("Names", 1..=10).is_err());
    }
}
