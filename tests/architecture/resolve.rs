//! Follows a path to the file that defines what it names, through `use`, renames, globs and re-exports.

use std::collections::BTreeSet;

use crate::tree::{Kind, Meaning, Mention, ScopeId, Tree};

/// What a path leads to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Target {
    /// A module itself, not something in it.
    Module(ScopeId),
    /// A name in a module. A name that no item has comes from a macro, and counts as the module's.
    Item(ScopeId, String),
    /// Something of another crate: `std::fs::read`.
    Outside(String),
}

/// A search, with the look-ups it is in the middle of. One that comes up again is a circle of `use` lines, and is given up.
struct Search<'a> {
    tree: &'a Tree,
    open: Vec<(ScopeId, Vec<String>)>,
}

impl Tree {
    /// Everything a mention may mean; nothing if it is a local name or one of the prelude.
    pub(crate) fn targets(&self, mention: &Mention) -> BTreeSet<Target> {
        let Mention { scope, path, kind, .. } = mention;
        let mut search = Search { tree: self, open: Vec::new() };
        let mut found = BTreeSet::new();
        match (kind, path.as_slice()) {
            // A variable may have the name of a module. A name that a `use` brings is counted at the `use`.
            (Kind::Path, [name]) => {
                for (scope, meaning) in search.visible(*scope, name) {
                    if meaning == Meaning::Item {
                        found.insert(Target::Item(scope, name.clone()));
                    }
                }
            }
            // A string in an attribute is a path only if its first name exists here.
            (Kind::Text, [name, ..])
                if !is_keyword(name) && search.visible(*scope, name).is_empty() => {}
            _ => search.follow(*scope, path, &mut found),
        }
        found
    }
}

fn is_keyword(name: &str) -> bool {
    ["crate", "self", "super"].contains(&name)
}

impl Search<'_> {
    /// Follows a path that is written in `scope`.
    fn follow(&mut self, scope: ScopeId, path: &[String], found: &mut BTreeSet<Target>) {
        let Some((first, rest)) = path.split_first() else { return };
        let module = self.tree.scopes[scope].module;
        match first.as_str() {
            "crate" => self.below(self.tree.scopes[scope].root, rest, found),
            "self" => self.below(module, rest, found),
            "super" => {
                let above = rest.iter().take_while(|name| *name == "super").count();
                let parents = std::iter::successors(self.tree.scopes[module].parent, |&parent| {
                    self.tree.scopes[parent].parent
                });
                if let Some(parent) = parents.take(above + 1).nth(above) {
                    self.below(parent, &rest[above..], found);
                }
            }
            "Self" => {}
            "" => self.outside(rest, found),
            name => {
                let meanings = self.visible(scope, name);
                if meanings.is_empty() {
                    self.outside(path, found);
                } else {
                    self.meant(name, &meanings, rest, found);
                }
            }
        }
    }

    /// Follows the rest of a path inside a module.
    fn below(&mut self, module: ScopeId, path: &[String], found: &mut BTreeSet<Target>) {
        let Some((name, rest)) = path.split_first() else {
            found.insert(Target::Module(module));
            return;
        };
        let meanings = self.bound(module, name);
        if meanings.is_empty() {
            found.insert(Target::Item(module, name.clone()));
        } else {
            self.meant(name, &meanings, rest, found);
        }
    }

    fn meant(
        &mut self,
        name: &str,
        meanings: &[(ScopeId, Meaning)],
        rest: &[String],
        found: &mut BTreeSet<Target>,
    ) {
        let is_module = |meaning: &Meaning| matches!(meaning, Meaning::Module(_));
        // What has names inside is the module, not the function of the same name.
        let leads_on = !rest.is_empty() && meanings.iter().any(|(_, meaning)| is_module(meaning));
        for (scope, meaning) in meanings.iter().filter(|(_, it)| !leads_on || is_module(it)) {
            match meaning {
                Meaning::Item => {
                    found.insert(Target::Item(*scope, name.to_owned()));
                }
                Meaning::Module(module) => self.below(*module, rest, found),
                Meaning::Use(path) => {
                    let question = (*scope, path.clone());
                    if self.open.contains(&question) {
                        continue;
                    }
                    self.open.push(question);
                    let path: Vec<_> = path.iter().chain(rest).cloned().collect();
                    self.follow(*scope, &path, found);
                    self.open.pop();
                }
            }
        }
    }

    fn outside(&mut self, path: &[String], found: &mut BTreeSet<Target>) {
        match (path.split_first(), self.tree.library) {
            (Some((first, rest)), Some(library)) if first == env!("CARGO_PKG_NAME") => {
                self.below(library, rest, found);
            }
            (Some(_), _) => {
                found.insert(Target::Outside(path.join("::")));
            }
            (None, _) => {}
        }
    }

    /// What a name means in a scope, or else in those around it up to the module.
    fn visible(&mut self, scope: ScopeId, name: &str) -> Vec<(ScopeId, Meaning)> {
        let meanings = self.bound(scope, name);
        match self.tree.scopes[scope].parent {
            Some(around) if meanings.is_empty() && self.tree.scopes[scope].is_block(scope) => {
                self.visible(around, name)
            }
            _ => meanings,
        }
    }

    /// What a name means in one scope: by an item, a `mod` or a `use`, else by a glob.
    fn bound(&mut self, scope: ScopeId, name: &str) -> Vec<(ScopeId, Meaning)> {
        let tree = self.tree;
        if let Some(meanings) = tree.scopes[scope].names.get(name) {
            return meanings.iter().map(|meaning| (scope, meaning.clone())).collect();
        }
        let question = (scope, vec![String::from("*"), name.to_owned()]);
        if tree.scopes[scope].globs.is_empty() || self.open.contains(&question) {
            return Vec::new();
        }
        self.open.push(question);
        let mut meanings = Vec::new();
        for path in &tree.scopes[scope].globs {
            let mut modules = BTreeSet::new();
            self.follow(scope, path, &mut modules);
            for target in modules {
                if let Target::Module(module) = target {
                    meanings.extend(self.bound(module, name));
                }
            }
        }
        self.open.pop();
        meanings
    }
}
