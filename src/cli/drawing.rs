//! Draws the way of the traffic as text: one hop below the other, with a frame around the hops in one VPC.
//!
//! It uses only the explanation and follows no route itself.

use unicode_width::UnicodeWidthStr;

use crate::resolve::{explain::PathWords, hop::HopDetails};

/// The lines of the drawing.
pub(super) fn lines(path: &PathWords) -> Vec<String> {
    let hops: Vec<(String, Option<&HopDetails>)> = path
        .hops
        .iter()
        .enumerate()
        .map(|(index, hop)| (format!("  {}  {hop}  ", index + 1), path.details.get(index)))
        .collect();
    let titles = hops.iter().filter_map(|(_, details)| title(*details));
    let texts = hops.iter().map(|(text, _)| text.width());
    let width = texts.chain(titles.map(|title| title.width() + 5)).max().unwrap_or(0);
    let mut out = Vec::new();
    let mut before: Option<Option<&str>> = None;
    for (text, details) in &hops {
        let vpc = details.and_then(|details| details.vpc.as_deref());
        if before != Some(vpc) {
            if let Some(Some(_)) = before {
                out.push(format!("└──┼{}┘", "─".repeat(width - 3)));
            }
            if let Some(title) = title(*details) {
                if before.is_some() {
                    out.push("   │".to_owned());
                }
                let enters = if before.is_some() { "┼" } else { "─" };
                let rest = "─".repeat(width - 4 - title.width());
                out.push(format!("┌──{enters}─{title}{rest}┐"));
            }
        }
        let line = |text: &str| match vpc {
            Some(_) => format!("│{text}{}│", " ".repeat(width - text.width())),
            None => format!(" {text}").trim_end().to_owned(),
        };
        if before.is_some() {
            out.push(line("  ▼"));
        }
        out.push(line(text));
        before = Some(vpc);
    }
    if let Some(Some(_)) = before {
        out.push(format!("└{}┘", "─".repeat(width)));
    }
    out
}

/// The text in the top edge of a frame.
fn title(details: Option<&HopDetails>) -> Option<String> {
    let details = details?;
    let vpc = details.vpc.as_ref()?;
    Some(format!(" VPC {} ", details.vpc_name.as_ref().unwrap_or(vpc)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(hops: &[(&str, Option<&str>)]) -> PathWords {
        let details = |vpc: Option<&str>| HopDetails {
            kind: "host".into(),
            ids: Vec::new(),
            vpc: vpc.map(str::to_owned),
            vpc_name: vpc.map(str::to_uppercase),
            route: None,
        };
        PathWords {
            address: [10, 0, 0, 19].into(),
            from: None,
            kind: "private".into(),
            reason: None,
            phrase: "private path".into(),
            hops: hops.iter().map(|(hop, _)| (*hop).to_owned()).collect(),
            details: hops.iter().map(|(_, vpc)| details(*vpc)).collect(),
            assumed: Vec::new(),
        }
    }

    #[test]
    fn frames_are_closed_and_straight() {
        let path = path(&[
            ("서버", Some("one")),
            ("router (local in A)", Some("one")),
            ("PrivateLink", None),
            ("load balancer", Some("two")),
        ]);
        let expected = "
┌──── VPC ONE ─────────────┐
│  1  서버                 │
│  ▼                       │
│  2  router (local in A)  │
└──┼───────────────────────┘
   ▼
   3  PrivateLink
   │
┌──┼─ VPC TWO ─────────────┐
│  ▼                       │
│  4  load balancer        │
└──────────────────────────┘
";
        assert_eq!(format!("\n{}\n", lines(&path).join("\n")), expected);
    }

    #[test]
    fn a_way_without_details_is_a_list() {
        let mut path = path(&[("one", None), ("two", None)]);
        path.details.clear();
        assert_eq!(lines(&path), ["   1  one", "   ▼", "   2  two"]);
    }
}
