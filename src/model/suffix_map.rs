//! A map from names to values that also finds the longest suffix of a name.
//!
//! It knows the lengths of its names, so a question costs one look-up for each suffix that can be there.

use std::collections::HashMap;

use super::{
    name::{Name, NameRef},
    suffix_lengths::SuffixLengths,
};

/// Values by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuffixMap<V> {
    values: HashMap<Name, V, foldhash::fast::FixedState>,
    /// Which lengths its names have, or had.
    lengths: SuffixLengths,
}

impl<V> Default for SuffixMap<V> {
    fn default() -> Self {
        Self { values: HashMap::default(), lengths: SuffixLengths::default() }
    }
}

impl<V> SuffixMap<V> {
    /// Puts a value at a name, in place of the one that is there.
    pub fn insert(&mut self, name: Name, value: V) {
        self.lengths.insert(name.wire().len());
        self.values.insert(name, value);
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The value at a name.
    pub fn get(&self, name: NameRef<'_>) -> Option<&V> {
        if self.lengths.contains(name.wire().len()) { self.values.get(name.wire()) } else { None }
    }

    /// The value at a name, to be changed; one is put there if there is none.
    pub fn entry(&mut self, name: &Name) -> &mut V
    where
        V: Default,
    {
        self.lengths.insert(name.wire().len());
        self.values.entry(name.clone()).or_default()
    }

    /// Keeps only some names.
    pub fn retain(&mut self, keep: impl Fn(&Name) -> bool) {
        self.values.retain(|name, _| keep(name));
    }

    /// Every name with its value, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (&Name, &V)> {
        self.values.iter()
    }

    /// The values at a name and at those above it, the longest name first, each with its length in wire form.
    pub fn holders<'m, 'n>(
        &'m self,
        name: NameRef<'n>,
    ) -> impl Iterator<Item = (usize, &'m V)> + use<'m, 'n, V> {
        let wire = name.wire();
        self.lengths.common(&name.suffix_lengths(), wire.len()).filter_map(move |length| {
            let suffix = wire.get(wire.len().checked_sub(length)?..)?;
            Some((length, self.values.get(suffix)?))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_comes_first() {
        let mut map = SuffixMap::default();
        let name = |text: &str| text.parse::<Name>().unwrap();
        for text in ["corp.example", "a.corp.example", "other.example", "."] {
            map.insert(name(text), text);
        }
        let held = |text: &str| -> Vec<_> {
            map.holders(name(text).as_ref()).map(|(length, value)| (length, *value)).collect()
        };
        assert_eq!(
            held("b.a.corp.example"),
            [(16, "a.corp.example"), (14, "corp.example"), (1, ".")]
        );
        assert_eq!(held("example"), [(1, ".")]);
        let long = format!("{0}.{0}.{0}.{1}", "x".repeat(63), "y".repeat(59));
        map.insert(name(&long), "long");
        assert_eq!(map.get(name(&long).as_ref()), Some(&"long"));
        assert_eq!(map.get(name("xcorp.example").as_ref()), None);
    }
}
