//! The template of a nested stack: reads `TemplateURL` before anything is evaluated.
//!
//! Knows the forms people write: a path, an https URL in parts, a parameter, and the path that the AWS CDK keeps in
//! the metadata. `nesting.rs` looks for the file.

use super::{
    intrinsic::{Function, Intrinsic},
    nested::NESTED,
};
use crate::import::text::node::{Kind, Node};

/// Marks a part of a URL that is not known before the template is evaluated. No file name contains this character.
const UNKNOWN: char = '\0';
/// The deepest expression that is followed.
const DEPTH: usize = 8;
/// The longest URL, in bytes.
const LONGEST: usize = 2_000;

/// The nested stacks of a template by logical id. Each has the possible paths of its template, the most likely one
/// first.
pub(in super::super) fn nested_stacks<'n>(
    root: &'n Node,
    given: &[(String, String)],
) -> Vec<(&'n str, Vec<String>)> {
    let resources = root.get("Resources").map_or(&[][..], Node::entries).iter();
    let nested = resources.filter(|(_, it)| it.get("Type").and_then(Node::text) == Some(NESTED));
    nested.map(|(key, it)| (key.text.as_str(), paths(root, it, given))).collect()
}

fn paths(root: &Node, resource: &Node, given: &[(String, String)]) -> Vec<String> {
    let metadata = resource.get("Metadata");
    let of = |key: &str| metadata.and_then(|it| it.get(key)).and_then(Node::text);
    let asset = of("aws:asset:path").filter(|_| of("aws:asset:property") == Some("TemplateURL"));
    let mut paths: Vec<String> = asset.map(str::to_owned).into_iter().collect();
    let url = resource.get("Properties").and_then(|it| it.get("TemplateURL"));
    paths.extend(url.into_iter().flat_map(|url| paths_of(root, url, given)));
    paths
}

/// The paths that a URL may mean, the most likely one first.
pub(super) fn paths_of(root: &Node, url: &Node, given: &[(String, String)]) -> Vec<String> {
    let mut text = String::new();
    write(root, url, false, given, DEPTH, &mut text);
    wanted(&text)
}

/// The paths to try, relative to the file that contains the URL: a relative path itself, or the ends of a URL, the
/// longest one first.
fn wanted(url: &str) -> Vec<String> {
    let Some((_, rest)) = url.split_once("://") else {
        let plain = !url.is_empty() && !url.contains(UNKNOWN) && !url.starts_with('/');
        return if plain { vec![url.to_owned()] } else { ends(url) };
    };
    ends(rest.split_once('/').map_or("", |(_, path)| path))
}

fn ends(path: &str) -> Vec<String> {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let plain = |part: &&&str| !part.contains(UNKNOWN) && **part != "..";
    let known = parts.iter().rev().take_while(plain).count().min(8);
    (parts.len() - known..parts.len())
        .map(|from| parts.get(from..).unwrap_or_default().join("/"))
        .collect()
}

/// Writes the known parts of a URL.
fn write(
    root: &Node,
    node: &Node,
    untagged: bool,
    given: &[(String, String)],
    depth: usize,
    text: &mut String,
) {
    if depth == 0 || text.len() > LONGEST {
        text.push(UNKNOWN);
        return;
    }
    let Some(call) = Intrinsic::of(node, untagged) else {
        match node.text() {
            Some(plain) => text.push_str(plain),
            None => text.push(UNKNOWN),
        }
        return;
    };
    let next = |node, text: &mut String| write(root, node, false, given, depth - 1, text);
    match (call.function, call.text(), call.items()) {
        (Function::Ref, Some(name), _) => parameter(root, name, given, text),
        (Function::Sub, Some(written), _) => substitute(root, written, &[], given, depth, text),
        (Function::Sub, None, Some([written, own])) => {
            let written = written.text().unwrap_or_default();
            substitute(root, written, own.entries(), given, depth, text);
        }
        (Function::Join, _, Some([delimiter, list])) if matches!(list.kind, Kind::Seq(_)) => {
            for (index, item) in list.items().iter().enumerate() {
                if index > 0 {
                    text.push_str(delimiter.text().unwrap_or_default());
                }
                next(item, text);
            }
        }
        // Often both branches are the same file in two buckets.
        (Function::If, _, Some([_, _, no])) => next(no, text),
        _ => text.push(UNKNOWN),
    }
}

fn parameter(root: &Node, name: &str, given: &[(String, String)], text: &mut String) {
    let given = given.iter().rfind(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let parameter = root.get("Parameters").and_then(|it| it.get(name));
    let default = parameter.and_then(|it| it.get("Default")).and_then(Node::text);
    match given.filter(|_| parameter.is_some()).or(default) {
        Some(value) => text.push_str(value),
        None => text.push(UNKNOWN),
    }
}

fn substitute(
    root: &Node,
    written: &str,
    own: &[(crate::import::text::node::Key, Node)],
    given: &[(String, String)],
    depth: usize,
    text: &mut String,
) {
    let mut rest = written;
    while let Some((before, after)) = rest.split_once("${")
        && let Some((name, behind)) = after.split_once('}')
    {
        text.push_str(before);
        match own.iter().find(|(key, _)| key.text == name) {
            Some((_, value)) => write(root, value, false, given, depth - 1, text),
            None => parameter(root, name, given, text),
        }
        rest = behind;
    }
    text.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::text::{diagnostic::Source, node::parse};

    fn paths_in(url: &str) -> Vec<String> {
        let text = format!(
            "Parameters: {{Bucket: {{Type: String, Default: b}}, Url: {{Default: 'https://x/y/z.yaml'}}}}\nResources: {{N: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: {url}}}}}}}\n"
        );
        let source = Source { name: "t.yaml".to_owned(), text };
        let root = parse(&source).unwrap();
        nested_stacks(&root, &[]).into_iter().next().unwrap().1
    }

    #[test]
    fn a_url_may_mean_each_of_its_ends() {
        assert_eq!(paths_in("nested/vpc.yaml"), ["nested/vpc.yaml"]);
        assert_eq!(paths_in("../vpc.yaml"), ["../vpc.yaml"]);
        assert_eq!(paths_in("/etc/vpc.yaml"), ["etc/vpc.yaml", "vpc.yaml"]);
        let both = ["a/vpc.yaml", "vpc.yaml"];
        assert_eq!(paths_in("'https://b.s3.amazonaws.com/a/vpc.yaml?versionId=1'"), both);
        assert_eq!(paths_in("!Sub 'https://${Bucket}.s3.amazonaws.com/a/vpc.yaml'"), both);
        assert_eq!(paths_in("!Sub 'https://s3.amazonaws.com/${Nobody}/a/vpc.yaml'"), both);
        assert_eq!(paths_in("!Join ['/', ['https://h', !Ref Nobody, a, vpc.yaml]]"), both);
        assert_eq!(paths_in("!Ref Url"), ["y/z.yaml", "z.yaml"]);
        assert_eq!(paths_in("!Sub ['https://h/${P}/vpc.yaml', {P: a}]"), both);
        assert_eq!(paths_in("!Ref Nobody"), Vec::<String>::new());
        assert_eq!(paths_in("!Sub 'https://h/a/${Nobody}'"), Vec::<String>::new());
        assert_eq!(paths_in("'https://h/../x.yaml'"), ["x.yaml"]);
    }
}
