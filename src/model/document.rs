//! Values in AWS's own words that no answer depends on: kept as they came, so that they can be shown again.
//!
//! Knows texts, lists and structures. Which members there may be is the API's business.

use std::collections::BTreeMap;

/// Attributes in AWS's own words, by their keys.
pub type Attributes = BTreeMap<String, String>;

/// A text, a list or a structure.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
pub enum Document {
    /// A text; numbers and flags are kept as their texts, too.
    Text(String),
    /// A list.
    List(Vec<Document>),
    /// The members of a structure.
    Fields(BTreeMap<String, Document>),
}

impl Document {
    /// A structure of texts.
    pub fn of<const N: usize>(members: [(&str, &str); N]) -> Self {
        let member = |(name, text): (&str, &str)| (name.to_owned(), Self::Text(text.to_owned()));
        Self::Fields(members.into_iter().map(member).collect())
    }

    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A member of a structure.
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Fields(members) => members.get(name),
            _ => None,
        }
    }

    /// The text of a member.
    pub fn text_of(&self, name: &str) -> Option<&str> {
        self.get(name)?.text()
    }

    /// The items of a list that is a member; none if there is no such member.
    pub fn items_of(&self, name: &str) -> &[Self] {
        match self.get(name) {
            Some(Self::List(items)) => items,
            _ => &[],
        }
    }
}
