//! Reads the files, from `src/lib.rs` and `src/main.rs` along every `mod`, into a [`Tree`].

use proc_macro2::{Span, TokenStream};
use syn::{
    Attribute, Block, Expr, ImplItem, Item, ItemMod, Meta, Path, Stmt, TraitItem, UseTree,
    visit::{self, Visit},
};

use crate::{
    test_only::{between_commas, is_test_only, needs_test},
    tokens,
    tree::{Kind, Meaning, Mention, ScopeId, Sources, Tree},
};

/// Reads every file. A file that no `mod` leads to, or that cannot be parsed, is a problem of the tree.
pub(crate) fn read(sources: &Sources) -> Tree {
    let mut tree = Tree::default();
    for root in ["src/lib.rs", "src/main.rs"] {
        if sources.contains_key(root) {
            let scope = tree.module(root, None, "");
            if root == "src/lib.rs" {
                tree.library = Some(scope);
            }
            Reader { tree: &mut tree, sources, scope, folder: "src".to_owned() }.file(root);
        }
    }
    for path in sources.keys() {
        if !tree.files.contains(path) && !tree.test_files.contains(path) {
            tree.problems.push(format!("{path}: no `mod` leads here"));
        }
    }
    tree
}

struct Reader<'a> {
    tree: &'a mut Tree,
    sources: &'a Sources,
    scope: ScopeId,
    /// The folder of the files that this module declares by `mod`.
    folder: String,
}

impl Reader<'_> {
    fn file(&mut self, path: &str) {
        self.tree.files.insert(path.to_owned());
        let text = self.sources.get(path).map_or("", String::as_str);
        match syn::parse_file(text) {
            Ok(file) if is_test_only(&file.attrs) => {
                self.tree.test_files.insert(path.to_owned());
            }
            Ok(file) => self.visit_file(&file),
            Err(error) => {
                let line = error.span().start().line;
                self.tree.problems.push(format!("{path}:{line}: {error}"));
            }
        }
    }

    /// Reads something in a scope of its own.
    fn within(&mut self, scope: ScopeId, folder: String, read: impl FnOnce(&mut Reader<'_>)) {
        read(&mut Reader { tree: self.tree, sources: self.sources, scope, folder });
    }

    fn mention(&mut self, path: Vec<String>, span: Span, kind: Kind) {
        let line = span.start().line;
        self.tree.mentions.push(Mention { scope: self.scope, path, line, kind });
    }

    fn bind(&mut self, name: String, meaning: Meaning) {
        self.tree.scopes[self.scope].bind(name, meaning);
    }

    fn module(&mut self, module: &ItemMod) {
        let name = module.ident.to_string();
        if module.attrs.iter().any(|attribute| attribute.path().is_ident("path")) {
            let file = &self.tree.scopes[self.scope].file;
            self.tree.problems.push(format!("{file}: `mod {name}` has a path of its own"));
        }
        let folder = format!("{}/{name}", self.folder);
        let around = &self.tree.scopes[self.scope];
        let (module_around, file_around) = (around.module, around.file.clone());
        if let Some((_, items)) = &module.content {
            let scope = self.tree.module(&file_around, Some(module_around), &name);
            self.bind(name, Meaning::Module(scope));
            self.within(scope, folder, |reader| {
                items.iter().for_each(|item| reader.visit_item(item));
            });
            return;
        }
        let Some(path) = file_of(self.sources, &folder) else {
            self.tree.problems.push(format!("{file_around}: no file for `mod {name}`"));
            return;
        };
        let scope = self.tree.module(&path, Some(module_around), &name);
        self.bind(name, Meaning::Module(scope));
        self.within(scope, folder, |reader| reader.file(&path));
    }

    /// Notes the files of a module that exists only for tests.
    fn test_module(&mut self, module: &ItemMod) {
        let folder = format!("{}/{}", self.folder, module.ident);
        let below = format!("{folder}/");
        let file = file_of(self.sources, &folder);
        let files = self.sources.keys().filter(|path| path.starts_with(&below)).cloned();
        self.tree.test_files.extend(files.chain(file));
    }

    fn use_tree(&mut self, tree: &UseTree, before: &[String]) {
        let with = |name: &str| before.iter().cloned().chain([name.to_owned()]).collect::<Vec<_>>();
        match tree {
            UseTree::Path(path) => self.use_tree(&path.tree, &with(&path.ident.to_string())),
            UseTree::Group(group) => {
                group.items.iter().for_each(|tree| self.use_tree(tree, before));
            }
            UseTree::Glob(glob) => {
                self.tree.scopes[self.scope].globs.push(before.to_vec());
                self.mention(before.to_vec(), glob.star_token.spans[0], Kind::Glob);
            }
            UseTree::Name(name) if name.ident == "self" => {
                let last = before.last().cloned().unwrap_or_default();
                self.used(before.to_vec(), last, name.ident.span());
            }
            UseTree::Name(name) => {
                let text = name.ident.to_string();
                self.used(with(&text), text, name.ident.span());
            }
            UseTree::Rename(rename) => {
                let text = rename.ident.to_string();
                let path = if text == "self" && !before.is_empty() {
                    before.to_vec()
                } else {
                    with(&text)
                };
                self.used(path, rename.rename.to_string(), rename.ident.span());
            }
        }
    }

    fn used(&mut self, path: Vec<String>, name: String, span: Span) {
        self.mention(path.clone(), span, Kind::Use);
        self.bind(name, Meaning::Use(path));
    }

    fn tokens(&mut self, stream: TokenStream) {
        for (path, line) in tokens::paths(stream) {
            self.tree.mentions.push(Mention { scope: self.scope, path, line, kind: Kind::Path });
        }
    }
}

/// The file of the module that stands at `folder`.
fn file_of(sources: &Sources, folder: &str) -> Option<String> {
    [format!("{folder}.rs"), format!("{folder}/mod.rs")]
        .into_iter()
        .find(|path| sources.contains_key(path))
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        if is_test_only(attributes(item)) {
            if let Item::Mod(module) = item {
                self.test_module(module);
            }
            return;
        }
        match item {
            Item::Mod(module) => {
                module.attrs.iter().for_each(|attribute| self.visit_attribute(attribute));
                self.module(module);
                return;
            }
            Item::Use(item) => {
                let before: &[String] =
                    if item.leading_colon.is_some() { &[String::new()] } else { &[] };
                self.use_tree(&item.tree, before);
                return;
            }
            Item::ExternCrate(item) => {
                let text = item.ident.to_string();
                let name = item.rename.as_ref().map_or(text.clone(), |(_, name)| name.to_string());
                let path = if text == "self" {
                    vec!["crate".to_owned()]
                } else {
                    vec![String::new(), text]
                };
                self.used(path, name, item.ident.span());
                return;
            }
            _ => {}
        }
        if let Some(name) = name(item) {
            self.bind(name, Meaning::Item);
        }
        visit::visit_item(self, item);
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        let attributes = match item {
            ImplItem::Const(it) => &it.attrs,
            ImplItem::Fn(it) => &it.attrs,
            ImplItem::Type(it) => &it.attrs,
            ImplItem::Macro(it) => &it.attrs,
            _ => return visit::visit_impl_item(self, item),
        };
        if !is_test_only(attributes) {
            visit::visit_impl_item(self, item);
        }
    }

    fn visit_trait_item(&mut self, item: &'ast TraitItem) {
        let attributes = match item {
            TraitItem::Const(it) => &it.attrs,
            TraitItem::Fn(it) => &it.attrs,
            TraitItem::Type(it) => &it.attrs,
            TraitItem::Macro(it) => &it.attrs,
            _ => return visit::visit_trait_item(self, item),
        };
        if !is_test_only(attributes) {
            visit::visit_trait_item(self, item);
        }
    }

    fn visit_stmt(&mut self, statement: &'ast Stmt) {
        let attributes = match statement {
            Stmt::Local(it) => &it.attrs,
            Stmt::Macro(it) => &it.attrs,
            Stmt::Expr(Expr::Block(it), _) => &it.attrs,
            Stmt::Expr(Expr::Call(it), _) => &it.attrs,
            Stmt::Expr(Expr::MethodCall(it), _) => &it.attrs,
            _ => return visit::visit_stmt(self, statement),
        };
        if !is_test_only(attributes) {
            visit::visit_stmt(self, statement);
        }
    }

    fn visit_field(&mut self, field: &'ast syn::Field) {
        if !is_test_only(&field.attrs) {
            visit::visit_field(self, field);
        }
    }

    fn visit_field_value(&mut self, field: &'ast syn::FieldValue) {
        if !is_test_only(&field.attrs) {
            visit::visit_field_value(self, field);
        }
    }

    fn visit_variant(&mut self, variant: &'ast syn::Variant) {
        if !is_test_only(&variant.attrs) {
            visit::visit_variant(self, variant);
        }
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        if !is_test_only(&arm.attrs) {
            visit::visit_arm(self, arm);
        }
    }

    fn visit_block(&mut self, block: &'ast Block) {
        if block.stmts.iter().any(|statement| matches!(statement, Stmt::Item(_))) {
            let scope = self.tree.block(self.scope);
            let folder = self.folder.clone();
            self.within(scope, folder, |reader| visit::visit_block(reader, block));
        } else {
            visit::visit_block(self, block);
        }
    }

    fn visit_path(&mut self, path: &'ast Path) {
        let absolute = path.leading_colon.map(|_| String::new());
        let names = path.segments.iter().map(|segment| segment.ident.to_string());
        if let Some(first) = path.segments.first() {
            self.mention(
                absolute.into_iter().chain(names).collect(),
                first.ident.span(),
                Kind::Path,
            );
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.visit_path(&call.path);
        self.tokens(call.tokens.clone());
    }

    // Notes `async` as if it were a library, so that a rule can forbid it.
    fn visit_signature(&mut self, signature: &'ast syn::Signature) {
        if let Some(word) = signature.asyncness {
            self.mention(vec![String::new(), "async".to_owned()], word.span, Kind::Path);
        }
        visit::visit_signature(self, signature);
    }

    fn visit_expr_async(&mut self, block: &'ast syn::ExprAsync) {
        self.mention(vec![String::new(), "async".to_owned()], block.async_token.span, Kind::Path);
        visit::visit_expr_async(self, block);
    }

    // `pub(in path)` grants access; it uses nothing.
    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        let stream = match &attribute.meta {
            Meta::Path(path) => return self.visit_path(path),
            Meta::NameValue(pair) if pair.path.is_ident("doc") => return,
            Meta::NameValue(pair) => return self.visit_expr(&pair.value),
            Meta::List(list) if list.path.is_ident("cfg") => return,
            Meta::List(list) if list.path.is_ident("cfg_attr") => {
                let parts = between_commas(&list.tokens);
                if parts.first().is_some_and(needs_test) {
                    return;
                }
                // The condition names features and systems, no code.
                parts.into_iter().skip(1).collect()
            }
            Meta::List(list) => {
                self.visit_path(&list.path);
                list.tokens.clone()
            }
        };
        for (text, line) in tokens::texts(stream.clone()) {
            if let Ok(path) = syn::parse_str::<Path>(&text) {
                let path = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
                self.tree.mentions.push(Mention {
                    scope: self.scope,
                    path,
                    line,
                    kind: Kind::Text,
                });
            }
        }
        self.tokens(stream);
    }
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(it) => &it.attrs,
        Item::Enum(it) => &it.attrs,
        Item::ExternCrate(it) => &it.attrs,
        Item::Fn(it) => &it.attrs,
        Item::ForeignMod(it) => &it.attrs,
        Item::Impl(it) => &it.attrs,
        Item::Macro(it) => &it.attrs,
        Item::Mod(it) => &it.attrs,
        Item::Static(it) => &it.attrs,
        Item::Struct(it) => &it.attrs,
        Item::Trait(it) => &it.attrs,
        Item::TraitAlias(it) => &it.attrs,
        Item::Type(it) => &it.attrs,
        Item::Union(it) => &it.attrs,
        Item::Use(it) => &it.attrs,
        _ => &[],
    }
}

fn name(item: &Item) -> Option<String> {
    let name = match item {
        Item::Const(it) => &it.ident,
        Item::Enum(it) => &it.ident,
        Item::Fn(it) => &it.sig.ident,
        Item::Macro(it) => it.ident.as_ref()?,
        Item::Static(it) => &it.ident,
        Item::Struct(it) => &it.ident,
        Item::Trait(it) => &it.ident,
        Item::TraitAlias(it) => &it.ident,
        Item::Type(it) => &it.ident,
        Item::Union(it) => &it.ident,
        _ => return None,
    };
    Some(name.to_string())
}
