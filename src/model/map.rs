//! Persistent maps, and a map that also records which keys were written.
//!
//! A World is made of the second kind, so that a store writes only what a Change touched.

use std::{hash::Hash, ops::Deref};

/// A persistent map with a fast hasher: a clone shares everything.
pub type Shared<K, V> =
    imbl::GenericHashMap<K, V, foldhash::fast::FixedState, imbl::shared_ptr::DefaultSharedPtr>;

/// A [`Shared`] map that remembers the keys inserted and removed since [`Map::take_written`].
#[derive(Clone, Debug)]
pub struct Map<K, V> {
    entries: Shared<K, V>,
    /// Shared with clones, like the entries: each further Change clones the World.
    written: imbl::Vector<K>,
}

impl<K, V> Default for Map<K, V> {
    fn default() -> Self {
        Self { entries: Shared::default(), written: imbl::Vector::new() }
    }
}

impl<K, V> Deref for Map<K, V> {
    type Target = Shared<K, V>;

    fn deref(&self) -> &Shared<K, V> {
        &self.entries
    }
}

impl<K: Hash + Eq + Clone + Ord, V: Clone> Map<K, V> {
    /// Puts a value at a key; the value that was there.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        self.written.push_back(key.clone());
        self.entries.insert(key, value)
    }

    /// Inserts a value that the store already has, so the key is not noted as written.
    pub fn load(&mut self, key: K, value: V) {
        self.entries.insert(key, value);
    }

    /// Removes a value that the store has removed already, so the key is not noted as written.
    pub fn unload(&mut self, key: &K) {
        self.entries.remove(key);
    }

    /// Takes the value of a key away.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        let removed = self.entries.remove(key);
        if removed.is_some() {
            self.written.push_back(key.clone());
        }
        removed
    }

    /// The keys written so far, some perhaps more than once.
    pub fn written(&self) -> impl Iterator<Item = &K> {
        self.written.iter()
    }

    /// The keys written since the last call, each once. The keys that are no longer in the map were removed.
    pub fn take_written(&mut self) -> Vec<K> {
        let mut written: Vec<K> = std::mem::take(&mut self.written).into_iter().collect();
        written.sort_unstable();
        written.dedup();
        written
    }
}

impl<'m, K: Hash + Eq, V> IntoIterator for &'m Map<K, V> {
    type Item = (&'m K, &'m V);
    type IntoIter = <&'m Shared<K, V> as IntoIterator>::IntoIter;

    fn into_iter(self) -> Self::IntoIter {
        (&self.entries).into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_keys_are_told_once() {
        let mut map = Map::default();
        map.insert(2, "b");
        map.insert(1, "a");
        map.insert(2, "c");
        assert_eq!(map.remove(&3), None);
        assert_eq!(map.remove(&1), Some("a"));
        let copy = map.clone();
        assert_eq!(map.take_written(), [1, 2]);
        assert_eq!(map.take_written(), [0; 0]);
        assert_eq!((copy.len(), copy.get(&2)), (1, Some(&"c")));
    }
}
