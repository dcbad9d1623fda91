//! Conditions: `Fn::Equals`, `Fn::And`, `Fn::Or`, `Fn::Not`, `Condition` and `Fn::If`.
//!
//! A condition that needs an unknown value counts as false, and a note says so. `Fn::Not` of an unknown value is
//! unknown too, so it does not become true.

use super::{
    intrinsic::{Function, Intrinsic, literal},
    stack::{Stack, is_noted},
    value::Known,
};
use crate::import::{
    foreign::common::value::is_unknown,
    text::node::{Kind, Node, Pos, shorten},
};

/// The result of a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Truth {
    Is(bool),
    /// It depends on this unknown value.
    Unknown(String),
    /// It could not be read. A note says why.
    Broken,
}

impl<'n> Stack<'n, '_> {
    /// Whether a condition is true.
    pub(super) fn condition(&mut self, name: &str, pos: Pos) -> bool {
        self.named(name, pos) == Truth::Is(true)
    }

    /// The result of a condition, evaluated once. It is broken if it does not exist or depends on itself.
    fn named(&mut self, name: &str, pos: Pos) -> Truth {
        let template = self.template;
        let shown = shorten(name);
        let Some((key, node)) = template.conditions.get(name) else {
            let message = format!("there is no condition `{shown}`; false is assumed");
            self.notes.missing(pos, &message, name, template.conditions.names());
            return Truth::Broken;
        };
        match self.conditions.get(name) {
            Some(Some(truth)) => return Truth::Is(*truth),
            Some(None) => {
                self.notes.skipped(pos, format!("condition `{shown}` depends on itself"));
                return Truth::Broken;
            }
            None => {}
        }
        self.conditions.insert(&key.text, None);
        self.in_condition += 1;
        let truth = self.truth(node);
        self.in_condition -= 1;
        let why = match truth {
            Truth::Is(_) => None,
            Truth::Unknown(ref what) => {
                Some(format!("depends on {}, which has no value", shorten(what)))
            }
            Truth::Broken => Some("cannot be read".to_owned()),
        };
        if let Some(why) = why {
            let message = format!("condition `{shown}` {why}; false is assumed");
            self.notes.assumed(key.pos, message);
        }
        let truth = truth == Truth::Is(true);
        self.conditions.insert(&key.text, Some(truth));
        Truth::Is(truth)
    }

    fn truth(&mut self, node: &'n Node) -> Truth {
        if self.enter(node.pos).is_none() {
            return Truth::Broken;
        }
        let truth = match Intrinsic::of_condition(node) {
            Some(call) => self.truth_of(&call).unwrap_or_else(|| self.as_truth(node)),
            None => self.as_truth(node),
        };
        self.leave();
        truth
    }

    /// The result of an intrinsic; `None` if it is not a condition function.
    fn truth_of(&mut self, call: &Intrinsic<'n>) -> Option<Truth> {
        let wrong = |stack: &mut Self, expected: &str| {
            stack.shape(call, expected);
            Some(Truth::Broken)
        };
        match call.function {
            Function::Condition => match call.text() {
                Some(name) => Some(self.named(name, call.pos)),
                None => wrong(self, "the name of a condition"),
            },
            Function::Equals => match call.items() {
                Some([one, other]) => Some(self.equals(one, other)),
                _ => wrong(self, "a list of two values"),
            },
            Function::Not => match call.items() {
                Some([condition]) => Some(match self.truth(condition) {
                    Truth::Is(truth) => Truth::Is(!truth),
                    other => other,
                }),
                _ => wrong(self, "a list of one condition"),
            },
            Function::And | Function::Or => match call.items() {
                None | Some([]) => wrong(self, "a list of conditions"),
                Some(items) => Some(self.all(items, call.function == Function::And)),
            },
            _ => None,
        }
    }

    /// `Fn::And` (`and`) or `Fn::Or` of conditions. A condition that decides the result wins over unknown ones.
    fn all(&mut self, items: &'n [Node], and: bool) -> Truth {
        let mut open = None;
        for item in items {
            match self.truth(item) {
                Truth::Is(truth) if truth != and => return Truth::Is(truth),
                Truth::Is(_) => {}
                other => open = open.or(Some(other)),
            }
        }
        open.unwrap_or(Truth::Is(and))
    }

    fn equals(&mut self, one: &'n Node, other: &'n Node) -> Truth {
        let (one, other) = (self.value(one), self.value(other));
        if let Some(what) = [&one, &other].into_iter().flatten().find_map(first_unknown) {
            return open(what);
        }
        match (one, other) {
            (Some(one), Some(other)) => Truth::Is(same(&one, &other)),
            (one, other) => Truth::Is(one.is_none() && other.is_none()),
        }
    }

    /// Reads a value as a condition: the text `true` or `false`.
    fn as_truth(&mut self, node: &'n Node) -> Truth {
        let Some(value) = self.value(node) else {
            self.notes.skipped(node.pos, "expected a condition, found `AWS::NoValue`");
            return Truth::Broken;
        };
        if let Some(what) = is_unknown(&value) {
            return open(what);
        }
        match value.text().map(str::to_ascii_lowercase).as_deref() {
            Some("true") => Truth::Is(true),
            Some("false") => Truth::Is(false),
            _ => {
                let message = format!("expected a condition, found {}", value.describe());
                self.notes.skipped(node.pos, message);
                Truth::Broken
            }
        }
    }

    /// Evaluates a condition that stands where a value is expected: gives the text `true` or `false`.
    pub(super) fn truth_text(&mut self, call: &Intrinsic<'n>) -> Known<Node> {
        match self.truth_of(call) {
            Some(Truth::Is(truth)) => Ok(self.text(call.pos, truth.to_string())),
            Some(Truth::Unknown(what)) => Err(self.unknown(call.pos, what)),
            _ => Err(self.unknown(call.pos, "a condition that cannot be read")),
        }
    }

    /// Whether an output is told: it has no condition, or one that is true.
    pub(super) fn is_told(&mut self, output: &'n Node) -> bool {
        let condition = output.get("Condition").and_then(|it| literal(it, false));
        condition.is_none_or(|name| self.condition(name, output.pos))
    }

    /// The branch of an `Fn::If` that is taken; `None` for anything else.
    pub(super) fn branch(&mut self, node: &'n Node) -> Option<&'n Node> {
        let call = Intrinsic::of(node, false).filter(|it| it.function == Function::If)?;
        let [condition, yes, no] = call.items()? else { return None };
        let name = literal(condition, false)?;
        Some(if self.condition(name, condition.pos) { yes } else { no })
    }

    /// `Fn::If`.
    pub(super) fn chosen(&mut self, call: &Intrinsic<'n>) -> Option<Node> {
        let Some([condition, yes, no]) = call.items() else {
            return Some(self.shape(call, "a list of a condition's name and two values"));
        };
        let Some(name) = literal(condition, false) else {
            let found = condition.describe();
            let message = format!("expected the name of a condition, found {found}");
            return Some(self.broken(condition.pos, message));
        };
        if self.condition(name, condition.pos) { self.value(yes) } else { self.value(no) }
    }
}

/// The result of a condition that depends on an unknown value. If that value is broken, a note was made already.
fn open(what: &str) -> Truth {
    if is_noted(what) { Truth::Broken } else { Truth::Unknown(what.to_owned()) }
}

/// The first unknown value inside a value.
pub(super) fn first_unknown(node: &Node) -> Option<&str> {
    if let Some(what) = is_unknown(node) {
        return Some(what);
    }
    match &node.kind {
        Kind::Seq(items) => items.iter().find_map(first_unknown),
        Kind::Map(entries) => entries.iter().find_map(|(_, value)| first_unknown(value)),
        Kind::Null | Kind::Scalar(_) => None,
    }
}

/// Whether two values are equal. Their positions do not count.
fn same(one: &Node, other: &Node) -> bool {
    match (&one.kind, &other.kind) {
        (Kind::Null, Kind::Null) => true,
        (Kind::Scalar(a), Kind::Scalar(b)) => {
            // AWS treats the plain words `True` and `true` as equal.
            a == b || truth_word(one).is_some_and(|word| truth_word(other) == Some(word))
        }
        (Kind::Seq(a), Kind::Seq(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Kind::Map(a), Kind::Map(b)) => {
            a.len() == b.len()
                && a.iter()
                    .zip(b)
                    .all(|((name, a), (other, b))| name.text == other.text && same(a, b))
        }
        _ => false,
    }
}

fn truth_word(node: &Node) -> Option<bool> {
    match node.text()? {
        "true" => Some(true),
        "false" => Some(false),
        "True" | "TRUE" if !node.quoted => Some(true),
        "False" | "FALSE" if !node.quoted => Some(false),
        _ => None,
    }
}
