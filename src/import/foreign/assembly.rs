//! Cloud assemblies: the folder `cdk.out` that the AWS CDK writes, read by its `manifest.json`.
//!
//! The manifest says which files are templates and in which account and region each stack lives. Other files of the
//! folder, such as assets and `tree.json`, are ignored: no answer depends on them.

use std::path::Path;

use super::{
    forms,
    tree::{Leaf, Origin, Tree},
};
use crate::{
    catalog,
    import::{
        open::{file::Input, read_file},
        text::{
            diagnostic::{Problem, Severity},
            node::Node,
        },
    },
};

/// The manifest of a folder, if it is that of a cloud assembly.
pub(super) fn manifest(folder: &Path, input: &Input) -> Option<Node> {
    let path = folder.join("manifest.json");
    if !path.is_file() {
        return None;
    }
    let source = read_file(&path.display().to_string(), input).ok()?;
    let root = forms::parse(&source).ok()?;
    is_manifest(&root).then_some(root)
}

/// Whether a text is the manifest of a cloud assembly.
pub(super) fn is_manifest(root: &Node) -> bool {
    root.get("artifacts").is_some() && root.get("version").is_some()
}

/// Adds the templates of an assembly and of those in it.
pub(super) fn add(
    tree: &mut Tree,
    folder: &Path,
    manifest: &Node,
    origin: &Origin,
    depth: usize,
    input: &Input,
) {
    for (key, artifact) in manifest.get("artifacts").map_or(&[][..], Node::entries) {
        let property = |name: &str| artifact.get("properties").and_then(|it| it.get(name));
        let text = |name: &str| property(name).and_then(Node::text);
        match artifact.get("type").and_then(Node::text) {
            Some("aws:cloudformation:stack") => {
                let Some(file) = text("templateFile") else { continue };
                let path = folder.join(file);
                if !path.is_file() {
                    let message = format!("the template of the stack {} is missing", key.text);
                    let severity = Severity::Skipped;
                    let name = path.display().to_string();
                    tree.problems.push(Problem { severity, ..Problem::whole(&name, message) });
                    continue;
                }
                let mut origin = environment(artifact, origin);
                origin.stack = Some(text("stackName").unwrap_or(&key.text).to_owned());
                let given = property("parameters").map_or(&[][..], Node::entries).iter();
                origin.parameters = given
                    .filter_map(|(key, it)| Some((key.text.clone(), it.text()?.to_owned())))
                    .collect();
                tree.files.push(Leaf { path, origin });
            }
            Some("cdk:cloud-assembly") => {
                if let Some(name) = text("directoryName") {
                    tree.descend(&folder.join(name), origin, depth + 1, input);
                }
            }
            _ => {}
        }
    }
}

/// The account and region of a stack, from its environment `aws://ACCOUNT/REGION`. `unknown-account` and
/// `unknown-region` give none.
fn environment(artifact: &Node, origin: &Origin) -> Origin {
    let mut origin = origin.clone();
    let written = artifact.get("environment").and_then(Node::text).unwrap_or_default();
    let Some((account, region)) =
        written.strip_prefix("aws://").and_then(|rest| rest.split_once('/'))
    else {
        return origin;
    };
    if account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()) {
        origin.account = Some(account.into());
    }
    if let Some(region) = catalog::region(region) {
        origin.region = Some(region.name);
    }
    origin
}
