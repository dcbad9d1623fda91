//! Where a fault can be put, and what the code becomes there. Reads the sources with syn; writes nothing.

use std::{
    fs,
    ops::Range,
    path::{Path, PathBuf},
};

use proc_macro2::Span;
use syn::{
    BinOp, Block, Expr, ExprBinary, ExprIf, Item, ItemFn, Lit, ReturnType, Signature, Stmt, Type,
    UnOp,
    spanned::Spanned,
    visit::{self, Visit},
};

/// One fault: in a file, the bytes of `range` become `replacement`, in which `{on}` stands for the switch.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The file, from the root of the project.
    pub file: PathBuf,
    /// The bytes that are replaced; empty where something is put in.
    pub range: Range<usize>,
    /// The line, from 1.
    pub line: usize,
    /// What stands there instead.
    pub replacement: String,
    /// The fault in words.
    pub what: String,
}

impl Candidate {
    /// FILE:LINE.
    pub fn place(&self) -> String {
        format!("{}:{}", self.file.display(), self.line)
    }

    /// Whether both would replace the same text.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.file == other.file
            && self.range.start <= other.range.end
            && other.range.start <= self.range.end
    }
}

/// Every candidate of the folders that are tried.
pub fn of_tree(root: &Path) -> Result<Vec<Candidate>, String> {
    let mut files = Vec::new();
    for folder in ["src/resolve", "src/dns", "src/api", "src/model"] {
        collect(&root.join(folder), &mut files)?;
    }
    files.sort();
    let mut found = Vec::new();
    for path in files {
        let file = path.strip_prefix(root).map_err(|error| error.to_string())?.to_owned();
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let is_test =
            name == "tests.rs" || name == "fixture.rs" || file.iter().any(|part| part == "tests");
        if is_test || (file.starts_with("src/model") && !name.ends_with("_rules.rs")) {
            continue;
        }
        let text =
            fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let parsed =
            syn::parse_file(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        let mut finder = Finder { file, text: &text, found: Vec::new() };
        finder.visit_file(&parsed);
        found.extend(finder.found);
    }
    Ok(found)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for entry in entries {
        let path = entry.map_err(|error| error.to_string())?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(())
}

struct Finder<'a> {
    file: PathBuf,
    text: &'a str,
    found: Vec<Candidate>,
}

/// The source text of a span.
fn text(source: &str, span: Span) -> &str {
    source.get(span.byte_range()).unwrap_or_default()
}

impl Finder<'_> {
    fn add(&mut self, span: Span, range: Range<usize>, replacement: String, what: String) {
        let what = what.split_whitespace().collect::<Vec<_>>().join(" ");
        let line = span.start().line;
        self.found.push(Candidate { file: self.file.clone(), range, line, replacement, what });
    }

    /// Replaces an expression by another while the switch is on.
    fn replace(&mut self, span: Span, by: &str, what: &str) {
        let old = text(self.text, span);
        let replacement = format!("(if {{on}} {{ {by} }} else {{ {old} }})");
        self.add(
            span,
            span.byte_range(),
            replacement,
            format!("`{}` becomes `{what}`", short(old)),
        );
    }

    /// A condition is always, or never, met.
    fn force(&mut self, condition: &Expr) {
        let span = condition.span();
        let old = text(self.text, span);
        for (replacement, value) in
            [(format!("({{on}} || ({old}))"), "true"), (format!("(!{{on}} && ({old}))"), "false")]
        {
            let what = format!("the condition `{}` becomes `{value}`", short(old));
            self.add(span, span.byte_range(), replacement, what);
        }
    }

    /// A function gives something at once.
    fn early(&mut self, signature: &Signature, block: &Block) {
        if signature.constness.is_some() {
            return;
        }
        let start = block.brace_token.span.open().byte_range().end;
        for value in defaults(&signature.output) {
            let replacement = format!(" if {{on}} {{ return {value}; }} ");
            let shown = if value.is_empty() { "nothing is done" } else { value };
            let what = format!("{}: {shown} at once", signature.ident);
            self.add(signature.ident.span(), start..start, replacement, what);
        }
    }
}

/// Values that a function of this type could give in place of its own.
fn defaults(output: &ReturnType) -> &'static [&'static str] {
    let ReturnType::Type(_, written) = output else { return &[""] };
    let Type::Path(path) = &**written else { return &[] };
    let Some(last) = path.path.segments.last() else { return &[] };
    match last.ident.to_string().as_str() {
        "bool" => &["true", "false"],
        "Option" => &["None"],
        "Vec" => &["Vec::new()"],
        "String" => &["String::new()"],
        "u8" | "u16" | "u32" | "u64" | "usize" => &["0", "1"],
        "Result" => match &last.arguments {
            syn::PathArguments::AngleBracketed(arguments) => match arguments.args.first() {
                Some(syn::GenericArgument::Type(Type::Tuple(tuple))) if tuple.elems.is_empty() => {
                    &["Ok(())"]
                }
                _ => &[],
            },
            _ => &[],
        },
        _ => &[],
    }
}

fn short(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() > 90 {
        line.chars().take(87).chain("...".chars()).collect()
    } else {
        line
    }
}

/// Whether an expression binds names by `let`, which the copy of an expression could not.
fn binds(expr: &Expr) -> bool {
    match expr {
        Expr::Let(_) => true,
        Expr::Binary(binary) => binds(&binary.left) || binds(&binary.right),
        Expr::Paren(inner) => binds(&inner.expr),
        Expr::Unary(inner) => binds(&inner.expr),
        _ => false,
    }
}

fn for_tests_only(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<syn::Ident>().is_ok_and(|name| name == "test")
    })
}

impl<'ast> Visit<'ast> for Finder<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        match item {
            Item::Const(_) | Item::Static(_) | Item::Macro(_) => {}
            Item::Mod(module) if for_tests_only(&module.attrs) => {}
            Item::Fn(function) if for_tests_only(&function.attrs) => {}
            Item::Impl(block) if for_tests_only(&block.attrs) => {}
            // What is printed for a developer is not worth a test.
            Item::Impl(block)
                if block.trait_.as_ref().is_some_and(|(_, path, _)| {
                    path.segments.last().is_some_and(|last| last.ident == "Debug")
                }) => {}
            _ => visit::visit_item(self, item),
        }
    }

    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        if function.sig.constness.is_some() {
            return;
        }
        self.early(&function.sig, &function.block);
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        if function.sig.constness.is_some() || for_tests_only(&function.attrs) {
            return;
        }
        self.early(&function.sig, &function.block);
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_impl_item_const(&mut self, _: &'ast syn::ImplItemConst) {}
    fn visit_trait_item_const(&mut self, _: &'ast syn::TraitItemConst) {}
    fn visit_pat(&mut self, _: &'ast syn::Pat) {}
    fn visit_type(&mut self, _: &'ast Type) {}
    fn visit_attribute(&mut self, _: &'ast syn::Attribute) {}
    fn visit_expr_const(&mut self, _: &'ast syn::ExprConst) {}

    fn visit_expr_repeat(&mut self, repeat: &'ast syn::ExprRepeat) {
        self.visit_expr(&repeat.expr);
    }

    fn visit_expr_if(&mut self, branch: &'ast ExprIf) {
        if !binds(&branch.cond) {
            self.force(&branch.cond);
        }
        visit::visit_expr_if(self, branch);
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        if let Some((_, guard)) = &arm.guard
            && !binds(guard)
        {
            self.force(guard);
        }
        visit::visit_arm(self, arm);
    }

    fn visit_expr_binary(&mut self, binary: &'ast ExprBinary) {
        let left = text(self.text, binary.left.span());
        let right = text(self.text, binary.right.span());
        let has_number =
            |expr: &Expr| matches!(expr, Expr::Lit(literal) if matches!(literal.lit, Lit::Int(_)));
        let other = match binary.op {
            BinOp::Eq(_) => Some("!="),
            BinOp::Ne(_) => Some("=="),
            BinOp::Lt(_) => Some("<="),
            BinOp::Le(_) => Some("<"),
            BinOp::Gt(_) => Some(">="),
            BinOp::Ge(_) => Some(">"),
            BinOp::And(_) => Some("||"),
            BinOp::Or(_) => Some("&&"),
            BinOp::Add(_) if has_number(&binary.left) || has_number(&binary.right) => Some("-"),
            BinOp::Sub(_) if has_number(&binary.right) => Some("+"),
            _ => None,
        };
        if let Some(other) = other {
            if binds(&binary.left) || binds(&binary.right) {
                for operand in [&binary.left, &binary.right] {
                    if !binds(operand) {
                        let old = text(self.text, operand.span());
                        let span = operand.span();
                        let what = format!("the condition `{}` becomes `true`", short(old));
                        self.add(span, span.byte_range(), format!("({{on}} || ({old}))"), what);
                    }
                }
            } else {
                self.replace(binary.span(), &format!("({left}) {other} ({right})"), other);
            }
        }
        visit::visit_expr_binary(self, binary);
    }

    fn visit_expr_unary(&mut self, unary: &'ast syn::ExprUnary) {
        if matches!(unary.op, UnOp::Not(_)) {
            let inner = text(self.text, unary.expr.span()).to_owned();
            self.replace(unary.span(), &inner, "the same without !");
        }
        visit::visit_expr_unary(self, unary);
    }

    fn visit_expr_lit(&mut self, literal: &'ast syn::ExprLit) {
        let old = text(self.text, literal.span()).to_owned();
        match &literal.lit {
            Lit::Bool(value) => {
                let other = if value.value { "false" } else { "true" };
                self.replace(literal.span(), other, other);
            }
            Lit::Int(_) => {
                self.replace(literal.span(), &format!("{old} + 1"), &format!("{old} + 1"))
            }
            _ => {}
        }
    }

    fn visit_stmt(&mut self, statement: &'ast Stmt) {
        if let Stmt::Expr(expr, Some(_)) = statement
            && matches!(expr, Expr::MethodCall(_) | Expr::Call(_) | Expr::Assign(_) | Expr::Try(_))
        {
            let span = statement.span();
            let old = text(self.text, span);
            let what = format!("`{}` is left out", short(old));
            self.add(span, span.byte_range(), format!("if !{{on}} {{ {old} }}"), what);
        }
        visit::visit_stmt(self, statement);
    }
}
