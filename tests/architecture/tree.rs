//! What the sources say, before anything is resolved: modules, the names each one binds, and every path that is written.

use std::collections::{BTreeMap, BTreeSet};

/// The text of each file, by its path from the folder of Cargo.toml: `src/model/vpc.rs`.
pub(crate) type Sources = BTreeMap<String, String>;

pub(crate) type ScopeId = usize;

/// A module, or a block that has items of its own.
#[derive(Debug)]
pub(crate) struct Scope {
    pub(crate) file: String,
    /// The names of the modules from the crate's root to this one.
    pub(crate) path: Vec<String>,
    /// The root module of the crate.
    pub(crate) root: ScopeId,
    /// The module around: this one, unless it is a block.
    pub(crate) module: ScopeId,
    /// The module that `super` means; for a block the scope around it.
    pub(crate) parent: Option<ScopeId>,
    pub(crate) names: BTreeMap<String, Vec<Meaning>>,
    /// The paths before `::*`.
    pub(crate) globs: Vec<Vec<String>>,
}

impl Scope {
    pub(crate) fn is_block(&self, own: ScopeId) -> bool {
        self.module != own
    }

    pub(crate) fn bind(&mut self, name: String, meaning: Meaning) {
        self.names.entry(name).or_default().push(meaning);
    }
}

/// What a name in a scope stands for. A function and a module may share a name, so a name can have several meanings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    Item,
    Module(ScopeId),
    Use(Vec<String>),
}

/// A path as it is written. Each leaf of a `use` tree is one, with the path before it.
#[derive(Debug)]
pub(crate) struct Mention {
    pub(crate) scope: ScopeId,
    pub(crate) path: Vec<String>,
    pub(crate) line: usize,
    pub(crate) kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A line of a `use` tree.
    Use,
    /// What stands before `::*` in a `use` tree.
    Glob,
    /// In an expression, a type, a pattern, a macro or an attribute.
    Path,
    /// A string in an attribute that may be a path: `with = "crate::text"`.
    Text,
}

#[derive(Debug, Default)]
pub(crate) struct Tree {
    pub(crate) scopes: Vec<Scope>,
    pub(crate) mentions: Vec<Mention>,
    /// The root of the library, which the binary knows by the package's name.
    pub(crate) library: Option<ScopeId>,
    /// Every file that a `mod` leads to.
    pub(crate) files: BTreeSet<String>,
    /// Those that only tests have.
    pub(crate) test_files: BTreeSet<String>,
    /// What could not be read.
    pub(crate) problems: Vec<String>,
}

impl Tree {
    /// Adds a module below `parent`, or a crate's root.
    pub(crate) fn module(&mut self, file: &str, parent: Option<ScopeId>, name: &str) -> ScopeId {
        let id = self.scopes.len();
        let (root, path) = match parent {
            None => (id, Vec::new()),
            Some(parent) => {
                let mut path = self.scopes[parent].path.clone();
                path.push(name.to_owned());
                (self.scopes[parent].root, path)
            }
        };
        self.scopes.push(Scope {
            file: file.to_owned(),
            path,
            root,
            module: id,
            parent,
            names: BTreeMap::new(),
            globs: Vec::new(),
        });
        id
    }

    /// Adds the scope of a block inside `around`.
    pub(crate) fn block(&mut self, around: ScopeId) -> ScopeId {
        let outer = &self.scopes[around];
        let scope = Scope {
            file: outer.file.clone(),
            path: outer.path.clone(),
            root: outer.root,
            module: outer.module,
            parent: Some(around),
            names: BTreeMap::new(),
            globs: Vec::new(),
        };
        self.scopes.push(scope);
        self.scopes.len() - 1
    }
}
