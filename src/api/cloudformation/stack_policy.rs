//! Stack policies: what an update may do to which resources.
//!
//! A stack with a policy refuses what no statement allows, and what one denies whatever others allow.

use serde_json::Value;

use super::validation;
use crate::api::{error::ApiError, page};

/// What an update may do to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    Modify,
    Replace,
    Delete,
}

impl Deed {
    fn name(self) -> &'static str {
        match self {
            Self::Modify => "Update:Modify",
            Self::Replace => "Update:Replace",
            Self::Delete => "Update:Delete",
        }
    }
}

/// A policy.
pub(super) struct StackPolicy(Vec<Statement>);

struct Statement {
    allows: bool,
    actions: Patterns,
    resources: Patterns,
    /// What the type of the resource must be, each of them: one of these texts, which may be patterns.
    conditions: Vec<(bool, Vec<String>)>,
}

/// Texts with `*` and `?`.
struct Patterns {
    texts: Vec<String>,
    /// Whether everything else is meant.
    is_inverted: bool,
}

impl Patterns {
    fn read(statement: &Value, name: &str) -> Option<Self> {
        let inverted = format!("Not{name}");
        let (value, is_inverted) = match (statement.get(name), statement.get(&inverted)) {
            (Some(value), None) => (value, false),
            (None, Some(value)) => (value, true),
            _ => return None,
        };
        Some(Self { texts: texts(value)?, is_inverted })
    }

    fn match_text(&self, text: &str) -> bool {
        self.texts.iter().any(|pattern| matches(pattern, text)) != self.is_inverted
    }
}

/// A text, or a list of texts that is not empty.
fn texts(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::String(text) => Some(vec![text.clone()]),
        Value::Array(items) if !items.is_empty() => {
            items.iter().map(|item| item.as_str().map(str::to_owned)).collect()
        }
        _ => None,
    }
}

/// Whether a text is one that a pattern means. A backslash stands for itself.
fn matches(pattern: &str, text: &str) -> bool {
    page::matches(&pattern.replace('\\', "\\\\"), text)
}

impl Statement {
    fn read(statement: &Value) -> Option<Self> {
        let allows = match statement.get("Effect")?.as_str()? {
            "Allow" => true,
            "Deny" => false,
            _ => return None,
        };
        // Stack policies are about everybody.
        let is_everybody = |it: &Value| it.as_str() == Some("*") || it.get("AWS").is_some();
        if !statement.get("Principal").is_some_and(is_everybody) {
            return None;
        }
        let actions = Patterns::read(statement, "Action")?;
        if !actions.texts.iter().all(|it| it.starts_with("Update:") || it == "*") {
            return None;
        }
        let mut conditions = Vec::new();
        if let Some(condition) = statement.get("Condition") {
            for (operator, keys) in condition.as_object()? {
                if !["StringEquals", "StringLike"].contains(&operator.as_str()) {
                    return None;
                }
                conditions.push((operator == "StringLike", texts(keys.get("ResourceType")?)?));
            }
        }
        let resources = Patterns::read(statement, "Resource")?;
        Some(Self { allows, actions, resources, conditions })
    }

    fn is_about(&self, deed: Deed, logical: &str, kind: &str) -> bool {
        let holds = |(are_patterns, types): &(bool, Vec<String>)| {
            types.iter().any(|it| it == kind || *are_patterns && matches(it, kind))
        };
        self.actions.match_text(deed.name())
            && self.resources.match_text(&format!("LogicalResourceId/{logical}"))
            && self.conditions.iter().all(holds)
    }
}

impl StackPolicy {
    /// Reads a policy.
    ///
    /// # Errors
    ///
    /// `ValidationError`.
    pub(super) fn parse(text: &str) -> Result<Self, ApiError> {
        let refuse = || validation("Error validating stack policy: Invalid stack policy");
        let root: Value = serde_json::from_str(text).map_err(|_| refuse())?;
        let statements = root.get("Statement").ok_or_else(refuse)?;
        let statements =
            statements.as_array().map_or(std::slice::from_ref(statements), Vec::as_slice);
        let read: Option<Vec<Statement>> = statements.iter().map(Statement::read).collect();
        read.filter(|it| !it.is_empty()).map(Self).ok_or_else(refuse)
    }

    /// Refuses what an update may not do to a resource.
    ///
    /// # Errors
    ///
    /// AWS's words.
    pub(super) fn check(&self, deed: Deed, logical: &str, kind: &str) -> Result<(), String> {
        let mut about =
            self.0.iter().enumerate().filter(|(_, it)| it.is_about(deed, logical, kind));
        let resource = format!("[{}] for resource [LogicalResourceId/{logical}]", deed.name());
        let denies = about.clone().find(|(_, it)| !it.allows);
        if let Some((index, _)) = denies {
            let number = index + 1;
            return Err(format!(
                "Action denied by stack policy: Statement [#{number}] does not allow {resource}"
            ));
        }
        match about.next() {
            Some(_) => Ok(()),
            None => Err(format!("Action denied by stack policy: no statement allows {resource}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(policy: &str, deed: Deed, logical: &str, kind: &str) -> bool {
        StackPolicy::parse(policy).unwrap().check(deed, logical, kind).is_ok()
    }

    #[test]
    fn what_is_denied_or_not_allowed_is_refused() {
        let policy = r#"{"Statement": [
            {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"},
            {"Effect": "Deny", "Action": ["Update:Replace", "Update:Delete"], "Principal": "*",
             "Resource": "LogicalResourceId/Net*"},
            {"Effect": "Deny", "NotAction": "Update:Modify", "Principal": "*", "Resource": "*",
             "Condition": {"StringLike": {"ResourceType": ["AWS::Route53::*"]}}}
        ]}"#;
        for (deed, logical, kind, expected) in [
            (Deed::Modify, "Net", "AWS::EC2::VPC", true),
            (Deed::Replace, "Net", "AWS::EC2::VPC", false),
            (Deed::Delete, "Network", "AWS::EC2::VPC", false),
            (Deed::Delete, "Other", "AWS::EC2::VPC", true),
            (Deed::Delete, "Zone", "AWS::Route53::HostedZone", false),
            (Deed::Modify, "Zone", "AWS::Route53::HostedZone", true),
        ] {
            assert_eq!(allowed(policy, deed, logical, kind), expected, "{deed:?} {logical}");
        }
        let policy = r#"{"Statement": {"Effect": "Allow", "Action": "Update:Modify", "Principal": "*",
            "NotResource": "LogicalResourceId/Net"}}"#;
        assert!(allowed(policy, Deed::Modify, "Other", "T"));
        assert!(!allowed(policy, Deed::Modify, "Net", "T"));
        assert!(!allowed(policy, Deed::Delete, "Other", "T"));
    }

    #[test]
    fn what_is_no_policy_is_refused() {
        for text in [
            "",
            "[]",
            "{}",
            r#"{"Statement": []}"#,
            r#"{"Statement": [{"Effect": "Allow", "Action": "Update:*", "Resource": "*"}]}"#,
            r#"{"Statement": [{"Effect": "Allow", "Action": "ec2:*", "Principal": "*", "Resource": "*"}]}"#,
            r#"{"Statement": [{"Effect": "Perhaps", "Action": "Update:*", "Principal": "*", "Resource": "*"}]}"#,
        ] {
            assert!(StackPolicy::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn stars_and_question_marks_match() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("a*c", "abbc", true),
            ("a*c", "abbd", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("*b*", "abc", true),
            ("a", "ab", false),
            ("", "a", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }
}
