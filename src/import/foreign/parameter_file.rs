//! Files with parameter values for a template, in the forms of `aws cloudformation create-stack`, `aws
//! cloudformation deploy` and CodePipeline.

use super::forms;
use crate::import::text::{
    diagnostic::{Problem, Source},
    node::{Kind, Node, Pos},
    reader::Report,
};

/// The parameters of a file, by name.
///
/// Takes a list of `{"ParameterKey": …, "ParameterValue": …}`, a list of `"Name=Value"`, and a map of names to values,
/// by itself or under `Parameters`.
///
/// # Errors
///
/// Every part that has another form.
pub fn read(source: &Source) -> Result<Vec<(String, String)>, Vec<Problem>> {
    let root = forms::parse(source)?;
    let mut report = Report::new(source);
    let mut read = Vec::new();
    let held = root.get("Parameters").unwrap_or(&root);
    match &held.kind {
        Kind::Seq(items) => {
            items.iter().for_each(|item| read.extend(listed(item, &mut report)));
        }
        Kind::Map(entries) => {
            for (key, value) in entries {
                read.extend(text(value, key.pos, &mut report).map(|it| (key.text.clone(), it)));
            }
        }
        Kind::Null => {}
        Kind::Scalar(_) => {
            let hint =
                "write `[{\"ParameterKey\": …, \"ParameterValue\": …}]` or `{\"Parameters\": {…}}`";
            let message = format!("expected parameters, found {}", held.describe());
            report.error_hint(held.pos, &message, Some(hint.to_owned()));
        }
    }
    report.finish()?;
    Ok(read)
}

/// A parameter in a list; `None` if it only says that the stack keeps its previous value.
fn listed(item: &Node, report: &mut Report<'_>) -> Option<(String, String)> {
    if let Some((name, value)) = item.text().and_then(|text| text.split_once('=')) {
        return Some((name.to_owned(), value.to_owned()));
    }
    let name = item.get("ParameterKey").and_then(Node::text);
    let Some(name) = name else {
        let message = format!("expected a map with `ParameterKey`, found {}", item.describe());
        report.error(item.pos, &message);
        return None;
    };
    if let Some(value) = item.get("ParameterValue") {
        return text(value, value.pos, report).map(|it| (name.to_owned(), it));
    }
    if item.get("UsePreviousValue").is_none() {
        report.error(item.pos, &format!("the parameter `{name}` has no `ParameterValue`"));
    }
    None
}

/// A value as text. The items of a list are joined with commas.
fn text(value: &Node, pos: Pos, report: &mut Report<'_>) -> Option<String> {
    let items: Option<Vec<&str>> = match &value.kind {
        Kind::Scalar(text) => Some(vec![text]),
        Kind::Seq(items) => items.iter().map(Node::text).collect(),
        Kind::Null => Some(Vec::new()),
        Kind::Map(_) => None,
    };
    if items.is_none() {
        let message = format!("expected a text or a list of texts, found {}", value.describe());
        report.error(pos, &message);
    }
    items.map(|items| items.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Source {
        Source { name: "p.json".to_owned(), text: text.to_owned() }
    }

    #[test]
    fn each_form_gives_the_same_parameters() {
        let expected = vec![("A".to_owned(), "1".to_owned()), ("B".to_owned(), "x,y".to_owned())];
        for text in [
            r#"[{"ParameterKey": "A", "ParameterValue": "1"}, {"ParameterKey": "B", "ParameterValue": "x,y"}, {"ParameterKey": "C", "UsePreviousValue": true}]"#,
            r#"{"Parameters": {"A": "1", "B": "x,y"}, "Tags": {"T": "t"}}"#,
            r#"{"Parameters": [{"ParameterKey": "A", "ParameterValue": 1}, {"ParameterKey": "B", "ParameterValue": "x,y"}]}"#,
            r#"["A=1", "B=x,y"]"#,
            "A: 1\nB: [x, y]\n",
        ] {
            assert_eq!(read(&source(text)).unwrap(), expected, "{text}");
        }
        assert_eq!(read(&source("")).unwrap(), Vec::new());
    }

    #[test]
    fn another_form_is_an_error_at_its_place() {
        for (text, position, said) in [
            ("hello", (1, 1), "expected parameters"),
            ("[{\"ParameterKey\": \"A\"}]", (1, 2), "no `ParameterValue`"),
            ("[\n 7]", (2, 2), "`ParameterKey`"),
            ("A: {b: c}", (1, 1), "expected a text"),
            ("[", (1, 2), ""),
        ] {
            let problems = read(&source(text)).unwrap_err();
            let first = &problems[0];
            assert!(first.message.contains(said), "{text}: {}", first.message);
            if !said.is_empty() {
                assert_eq!((first.line, first.column), position, "{text}");
            }
        }
    }
}
