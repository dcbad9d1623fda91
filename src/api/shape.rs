//! What an operation answers: fields by their wire names, lists, and text. How they are written belongs to `protocol`.

use std::fmt::Display;

use crate::model::world::Tags;

/// A value of a reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// Text, a number or a flag.
    Text(String),
    /// A list; its elements are `item`.
    List(Vec<Value>),
    /// A structure.
    Fields(Fields),
}

/// A structure: its members in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Fields(pub Vec<(&'static str, Value)>);

impl Fields {
    /// No members.
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// `<return>true</return>`.
    pub(super) fn done() -> Self {
        Self::new().set("return", true)
    }

    /// With a member that is text, a number or a flag.
    #[must_use]
    pub(super) fn set(mut self, name: &'static str, value: impl Display) -> Self {
        self.0.push((name, Value::Text(value.to_string())));
        self
    }

    /// With a member if there is a value.
    #[must_use]
    pub(super) fn maybe(self, name: &'static str, value: Option<impl Display>) -> Self {
        match value {
            Some(value) => self.set(name, value),
            None => self,
        }
    }

    /// With a structure.
    #[must_use]
    pub(super) fn fields(mut self, name: &'static str, value: Self) -> Self {
        self.0.push((name, Value::Fields(value)));
        self
    }

    /// With a list of structures.
    #[must_use]
    pub(super) fn list(
        mut self,
        name: &'static str,
        values: impl IntoIterator<Item = Self>,
    ) -> Self {
        let values = values.into_iter().map(Value::Fields).collect();
        self.0.push((name, Value::List(values)));
        self
    }

    /// With a list of texts.
    #[must_use]
    pub(super) fn texts<T: Display>(
        mut self,
        name: &'static str,
        values: impl IntoIterator<Item = T>,
    ) -> Self {
        let values = values.into_iter().map(|value| Value::Text(value.to_string())).collect();
        self.0.push((name, Value::List(values)));
        self
    }

    /// With `tagSet`.
    #[must_use]
    pub(super) fn tags(self, tags: &Tags) -> Self {
        let item =
            |(key, value): &(String, String)| Self::new().set("key", key).set("value", value);
        self.list("tagSet", tags.0.iter().map(item))
    }
}
