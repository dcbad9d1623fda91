//! Replies of operations as fields, lists and typed values. `protocol` writes them: XML has only text, JSON also
//! numbers and booleans.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::Arc,
};

use ipnetwork::{IpNetwork, Ipv4Network, Ipv6Network};

use super::context::timestamp;
use crate::model::{name::Name, world::Tags};

/// A value of a reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// Text.
    Text(String),
    /// A number.
    Number(i64),
    /// A flag.
    Boolean(bool),
    /// A time.
    Time(Time),
    /// A list; its elements are `item`.
    List(Vec<Value>),
    /// A structure.
    Fields(Fields),
    /// Values by keys that the caller chose.
    Map(Vec<(String, Value)>),
}

impl Value {
    fn at(&self, path: &str) -> Vec<String> {
        match self {
            Self::Text(text) => vec![text.clone()],
            Self::Number(number) => vec![number.to_string()],
            Self::Boolean(flag) => vec![flag.to_string()],
            Self::Time(time) => vec![time.to_string()],
            Self::List(items) => items.iter().flat_map(|item| item.at(path)).collect(),
            Self::Fields(fields) => fields.at(path),
            Self::Map(entries) => entries.iter().flat_map(|(_, value)| value.at(path)).collect(),
        }
    }
}

/// A time in milliseconds since the epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Time {
    millis: u64,
    fraction: bool,
}

impl Time {
    /// A time whose text has milliseconds.
    pub(super) fn exact(millis: u64) -> Self {
        Self { millis, fraction: true }
    }

    /// A time whose text has none.
    pub(super) fn whole(millis: u64) -> Self {
        Self { millis: millis - millis % 1_000, fraction: false }
    }

    /// Seconds since the epoch.
    #[allow(clippy::cast_precision_loss, reason = "milliseconds of our age fit in 52 bits")]
    pub(super) fn seconds(self) -> f64 {
        self.millis as f64 / 1_000.0
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = timestamp(self.millis);
        f.write_str(&if self.fraction { text } else { text.replace(".000Z", "Z") })
    }
}

/// What a reply can show.
pub(super) trait ToValue {
    /// The value with its type.
    fn to_value(&self) -> Value;
}

impl<T: ToValue + ?Sized> ToValue for &T {
    fn to_value(&self) -> Value {
        T::to_value(self)
    }
}

impl ToValue for bool {
    fn to_value(&self) -> Value {
        Value::Boolean(*self)
    }
}

impl ToValue for Time {
    fn to_value(&self) -> Value {
        Value::Time(*self)
    }
}

/// Numbers that an `i64` holds.
macro_rules! numbers {
    ($($number:ty)*) => {$(
        impl ToValue for $number {
            fn to_value(&self) -> Value {
                Value::Number((*self).into())
            }
        }
    )*};
}

numbers! { u8 u16 u32 i32 i64 }

/// A number that is too large is the largest.
impl ToValue for u64 {
    fn to_value(&self) -> Value {
        Value::Number(i64::try_from(*self).unwrap_or(i64::MAX))
    }
}

/// What is shown as its text.
macro_rules! texts {
    ($($text:ty)*) => {$(
        impl $crate::api::shape::ToValue for $text {
            fn to_value(&self) -> $crate::api::shape::Value {
                $crate::api::shape::Value::Text(self.to_string())
            }
        }
    )*};
}
pub(super) use texts;

texts! { str String Arc<str> IpAddr Ipv4Addr Ipv6Addr IpNetwork Ipv4Network Ipv6Network Name }

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

    /// With a member that is no structure and no list.
    #[must_use]
    pub(super) fn set(mut self, name: &'static str, value: impl ToValue) -> Self {
        self.0.push((name, value.to_value()));
        self
    }

    /// With a member if there is a value.
    #[must_use]
    pub(super) fn maybe(self, name: &'static str, value: Option<impl ToValue>) -> Self {
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

    /// With a list of values.
    #[must_use]
    pub(super) fn texts<T: ToValue>(
        mut self,
        name: &'static str,
        values: impl IntoIterator<Item = T>,
    ) -> Self {
        let values = values.into_iter().map(|value| value.to_value()).collect();
        self.0.push((name, Value::List(values)));
        self
    }

    /// With values by keys that the caller chose.
    #[must_use]
    pub(super) fn map<K: ToString, T: ToValue>(
        mut self,
        name: &'static str,
        entries: impl IntoIterator<Item = (K, T)>,
    ) -> Self {
        let entries = entries.into_iter().map(|(key, value)| (key.to_string(), value.to_value()));
        self.0.push((name, Value::Map(entries.collect())));
        self
    }

    /// The texts at a path of names with dots between them, through every list on the way.
    pub(super) fn at(&self, path: &str) -> Vec<String> {
        let (name, rest) = path.split_once('.').unwrap_or((path, ""));
        let values = self.0.iter().filter(|(known, _)| *known == name);
        values.flat_map(|(_, value)| value.at(rest)).collect()
    }

    /// With `tagSet`.
    #[must_use]
    pub(super) fn tags(self, tags: &Tags) -> Self {
        let item =
            |(key, value): &(String, String)| Self::new().set("key", key).set("value", value);
        self.list("tagSet", tags.0.iter().map(item))
    }
}

/// Tags as every service but EC2 shows them: a list of `Key` and `Value`.
pub(super) fn tag_list(tags: &Tags) -> impl Iterator<Item = Fields> {
    tags.0.iter().map(|(key, value)| Fields::new().set("Key", key).set("Value", value))
}
