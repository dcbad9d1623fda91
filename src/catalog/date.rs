//! Knows: which two states of the catalogue there are, and how they are written.
//!
//! Deliberately does not: know what differed between them (the tables do).

use std::fmt;
use std::str::FromStr;

/// Which state of AWS's service list the catalogue shows.
///
/// Complete outputs of AWS's own list exist for September 2023 only; the newest list is made of
/// those, later documents, code and rules, and each service says which ([`Evidence`](super::Evidence)).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CatalogDate {
    /// What AWS listed in September 2023.
    Sept2023,
    /// What is known of August 2026.
    #[default]
    Newest,
}

impl fmt::Display for CatalogDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sept2023 => "2023-09",
            Self::Newest => "newest",
        })
    }
}

impl FromStr for CatalogDate {
    type Err = UnknownDate;

    fn from_str(text: &str) -> Result<Self, UnknownDate> {
        match text {
            "2023-09" => Ok(Self::Sept2023),
            "newest" => Ok(Self::Newest),
            other => Err(UnknownDate(other.to_owned())),
        }
    }
}

/// A catalogue date that is neither `2023-09` nor `newest`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownDate(pub String);

impl fmt::Display for UnknownDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "catalogue date `{}` is not known: use `2023-09` or `newest`", self.0)
    }
}

impl std::error::Error for UnknownDate {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_read_back_as_written() {
        for date in [CatalogDate::Sept2023, CatalogDate::Newest] {
            assert_eq!(date.to_string().parse(), Ok(date));
        }
        assert_eq!(CatalogDate::default(), CatalogDate::Newest);
        let error = "2024".parse::<CatalogDate>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "catalogue date `2024` is not known: use `2023-09` or `newest`"
        );
    }
}
