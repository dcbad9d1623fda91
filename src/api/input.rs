//! A request's input as a tree of typed values, the same for every protocol.
//!
//! Members of a structure have names. Elements of a list are its members `1`, `2`, and so on.

use std::collections::BTreeMap;

use serde_json::Number;

/// The most names in a path. What stands deeper is one name with dots, which no action reads.
const MAX_DEPTH: usize = 16;

/// A value with the type the protocol gives it. A form knows only text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Scalar {
    /// Text.
    Text(String),
    /// A number.
    Number(Number),
    /// `true` or `false`.
    Boolean(bool),
}

impl Scalar {
    /// The value as text.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Boolean(flag) => flag.to_string(),
        }
    }
}

/// A value, the members of a structure, or the elements of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Input {
    value: Option<Scalar>,
    members: BTreeMap<String, Input>,
}

impl Input {
    /// A value.
    pub(super) fn value(value: Scalar) -> Self {
        Self { value: Some(value), members: BTreeMap::new() }
    }

    /// A structure or a list.
    pub(super) fn members(members: impl IntoIterator<Item = (String, Self)>) -> Self {
        Self { value: None, members: members.into_iter().collect() }
    }

    /// Puts a value at a path of names with dots between them. Returns false if a value is there already.
    pub(super) fn put(&mut self, path: &str, value: Scalar) -> bool {
        let mut node = self;
        for name in path.splitn(MAX_DEPTH, '.') {
            node = node.members.entry(name.to_owned()).or_default();
        }
        node.value.replace(value).is_none()
    }

    /// Puts a value at a key of the map at a path. The key may hold dots.
    pub(super) fn put_in_map(&mut self, path: &str, key: &str, value: Scalar) {
        let mut node = self;
        for name in path.split('.') {
            node = node.members.entry(name.to_owned()).or_default();
        }
        node.members.insert(key.to_owned(), Self::value(value));
    }

    /// Takes the value at a path away.
    pub(super) fn take(&mut self, path: &str) -> Option<Scalar> {
        let (name, rest) =
            path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
        let member = self.members.get_mut(name)?;
        let taken = match rest {
            Some(rest) => member.take(rest),
            None => member.value.take(),
        };
        if member.value.is_none() && member.members.is_empty() {
            self.members.remove(name);
        }
        taken
    }

    /// Takes the values of the members at a path away, by their names, which may hold dots.
    pub(super) fn take_map(&mut self, path: &str) -> Vec<(String, Scalar)> {
        let mut node = self;
        for name in path.split('.') {
            match node.members.get_mut(name) {
                Some(member) => node = member,
                None => return Vec::new(),
            }
        }
        let mut taken = Vec::new();
        for (name, member) in &mut node.members {
            taken.extend(member.value.take().map(|value| (name.clone(), value)));
        }
        taken
    }

    /// Whether a value is at a path.
    pub(super) fn holds(&self, path: &str) -> bool {
        self.at(path).is_some_and(|it| it.value.is_some())
    }

    /// Whether a value, a structure or a list is at a path, and be it empty.
    pub(super) fn has(&self, path: &str) -> bool {
        self.at(path).is_some()
    }

    /// The names of the members at a path, in order.
    pub(super) fn names(&self, path: &str) -> impl Iterator<Item = &str> {
        self.at(path).into_iter().flat_map(|it| it.members.keys()).map(String::as_str)
    }

    /// Every value with its path, in the order of the paths.
    pub(super) fn values(&self) -> BTreeMap<String, &Scalar> {
        let mut found = BTreeMap::new();
        self.gather(None, &mut found);
        found
    }

    fn gather<'i>(&'i self, path: Option<&str>, found: &mut BTreeMap<String, &'i Scalar>) {
        for (name, member) in &self.members {
            let path = path.map_or_else(|| name.clone(), |path| format!("{path}.{name}"));
            if let Some(value) = &member.value {
                found.insert(path.clone(), value);
            }
            member.gather(Some(&path), found);
        }
    }

    fn at(&self, path: &str) -> Option<&Self> {
        path.split('.').try_fold(self, |node, name| node.members.get(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_is_found_taken_and_gone() {
        let mut input = Input::default();
        let text = |text: &str| Scalar::Text(text.to_owned());
        assert!(
            input.put("A.1.B", text("x"))
                && input.put("A", text("y"))
                && input.put("A.10", text("z"))
        );
        assert!(!input.put("A.1.B", text("again")));
        assert_eq!(input.names("A").collect::<Vec<_>>(), ["1", "10"]);
        assert!(input.holds("A") && !input.holds("A.1"));
        assert_eq!(input.take("A.1.B"), Some(text("again")));
        assert_eq!(input.take("A.1.B"), None);
        assert_eq!(input.names("A").collect::<Vec<_>>(), ["10"]);
        assert_eq!(input.values().keys().collect::<Vec<_>>(), ["A", "A.10"]);
    }

    #[test]
    fn a_path_is_kept_whole_however_deep_or_empty_it_is() {
        for path in [&*vec!["a"; 100_000].join("."), ".", "..", ".a", "a.", "a..b"] {
            let mut input = Input::default();
            assert!(input.put(path, Scalar::Boolean(true)));
            assert_eq!(input.values().keys().collect::<Vec<_>>(), [path]);
        }
    }
}
