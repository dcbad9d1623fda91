//! What a comparison tells of answers: the types that programs read.

use serde::Serialize;

/// What differs between two Worlds.
#[derive(Clone, Debug, Serialize)]
pub struct Diff {
    /// Whether every place exists on both sides and every name answers alike.
    pub same: bool,
    /// Clients of the first World that the second does not have.
    pub only_in_a: Vec<String>,
    /// Clients of the second World that the first does not have.
    pub only_in_b: Vec<String>,
    /// The differences. Clients with equal differences are one entry.
    pub places: Vec<Heading>,
}

/// Places and what differs there.
#[derive(Clone, Debug, Serialize)]
pub struct Heading {
    /// The places, as one phrase.
    pub from: String,
    /// The places, one by one.
    pub places: Vec<String>,
    /// The differences.
    pub groups: Vec<Group>,
    /// The places, by their numbers.
    #[serde(skip)]
    pub(super) sites: Vec<usize>,
}

/// Names whose answers differ for the same cause.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Group {
    /// What answers in the first World.
    pub before: String,
    /// What answers in the second.
    pub after: String,
    /// The names.
    pub names: Vec<Difference>,
}

/// One name that answers differently.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Difference {
    /// The name, or a pattern `*.name`.
    pub name: String,
    /// The type asked.
    #[serde(rename = "type")]
    pub rtype: String,
    /// What the first World answers.
    pub before: Said,
    /// What the second answers.
    pub after: Said,
}

/// An answer as it is compared.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Said {
    /// The response code, `SILENCE`, or `FORWARDED` and to whom.
    pub status: String,
    /// The records, addresses sorted behind the rest.
    pub records: Vec<SaidRecord>,
}

/// A record as it is compared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct SaidRecord {
    /// Its owner.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub rtype: String,
    /// Its data.
    pub data: String,
}

impl Said {
    /// In one line: the data of the records, else why there are none.
    pub fn text(&self) -> String {
        if self.records.is_empty() {
            return if self.status == "NOERROR" {
                "NODATA".to_owned()
            } else {
                self.status.clone()
            };
        }
        let data: Vec<&str> = self.records.iter().map(|record| record.data.as_str()).collect();
        let status = if self.status == "NOERROR" { "" } else { &self.status };
        format!("{} {status}", data.join(" ")).trim_end().to_owned()
    }
}

impl Difference {
    /// Whether neither side answers a record.
    pub fn is_empty(&self) -> bool {
        self.before.records.is_empty() && self.after.records.is_empty()
    }
}

impl Group {
    /// How many names it has; a name counts once for all its types.
    pub fn count(&self) -> usize {
        let mut names: Vec<&str> = self.names.iter().map(|it| it.name.as_str()).collect();
        names.dedup();
        names.len()
    }
}
