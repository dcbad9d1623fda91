//! Paths with their values, and the listing of each folder.
//!
//! Knows no key by name, except the folder of public keys, whose listing has its own form.

use std::{collections::BTreeMap, sync::Arc};

/// The content of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Item {
    /// A value.
    Value(Vec<u8>),
    /// The names inside it. Names of folders end in `/`.
    Folder(String),
}

/// Paths without the version, such as `meta-data/ami-id`, with their values.
#[derive(Debug, Default)]
pub(super) struct Tree {
    values: BTreeMap<String, Vec<u8>>,
    /// The name of the key pair: the folder `0` of [`KEYS`] is listed as `0=NAME`.
    key: Option<Arc<str>>,
}

impl Tree {
    /// An empty tree for an instance.
    pub(super) fn new(key: Option<Arc<str>>) -> Self {
        Self { key, ..Self::default() }
    }

    /// Adds a value.
    pub(super) fn put(&mut self, path: impl Into<String>, value: impl Into<Vec<u8>>) {
        self.values.insert(path.into(), value.into());
    }

    /// Finds a path. A slash at its end makes no difference: botocore asks for the zone with one.
    pub(super) fn find(&self, path: &str) -> Option<Item> {
        let path = path.trim_end_matches('/');
        if let Some(value) = self.values.get(path) {
            return Some(Item::Value(value.clone()));
        }
        if let Some(key) = self.key.as_ref().filter(|_| path == KEYS) {
            return Some(Item::Folder(format!("0={key}")));
        }
        let prefix = if path.is_empty() { String::new() } else { format!("{path}/") };
        let mut names: Vec<String> = Vec::new();
        for full in self.values.range(prefix.clone()..).map(|(full, _)| full) {
            let Some(rest) = full.strip_prefix(&prefix) else { break };
            let name = match rest.split_once('/') {
                Some((folder, _)) => format!("{folder}/"),
                None => rest.to_owned(),
            };
            if names.last() != Some(&name) {
                names.push(name);
            }
        }
        names.sort();
        names.dedup();
        (!names.is_empty()).then(|| Item::Folder(names.join("\n")))
    }
}

/// The folder of public keys. It lists one key at most.
const KEYS: &str = "meta-data/public-keys";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_list_what_is_below_them() {
        let mut tree = Tree::default();
        for path in ["meta-data/a-b", "meta-data/a/x", "meta-data/a/y", "meta-data/a0", "user-data"]
        {
            tree.put(path, path);
        }
        let folder = |text: &str| Some(Item::Folder(text.to_owned()));
        assert_eq!(tree.find("meta-data"), folder("a-b\na/\na0"));
        assert_eq!(tree.find("meta-data/a/"), folder("x\ny"));
        assert_eq!(tree.find(""), folder("meta-data/\nuser-data"));
        assert_eq!(tree.find("meta-data/a/x/"), Some(Item::Value(b"meta-data/a/x".to_vec())));
        assert_eq!(tree.find("meta-data/a/x/y"), None);
        assert_eq!(tree.find("meta"), None);
    }

    #[test]
    fn a_key_pair_is_listed_by_its_name() {
        let mut tree = Tree { key: Some("my key".into()), ..Tree::default() };
        tree.put("meta-data/public-keys/0/openssh-key", "");
        let folder = |text: &str| Some(Item::Folder(text.to_owned()));
        assert_eq!(tree.find("meta-data/public-keys/"), folder("0=my key"));
        assert_eq!(tree.find("meta-data/public-keys/0/"), folder("openssh-key"));
    }
}
