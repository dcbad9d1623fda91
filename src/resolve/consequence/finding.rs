//! A finding: what a rule found, where, how bad it is, and what to do about it. Knows no rule.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use crate::language::Language;

/// How bad a finding is. The order is that of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Something fails now for those who use it.
    Broken,
    /// It works until a client does something usual.
    Dangerous,
    /// It is as AWS makes it, and surprises people.
    Note,
}

impl Severity {
    /// All, the worst first.
    pub const ALL: [Self; 3] = [Self::Broken, Self::Dangerous, Self::Note];

    /// In one word.
    pub fn text(self) -> &'static str {
        match self {
            Self::Broken => "broken",
            Self::Dangerous => "dangerous",
            Self::Note => "note",
        }
    }

    /// In one word in capitals, for people.
    pub fn words(self, say: Language) -> String {
        match self {
            Self::Broken => say.finding_broken(),
            Self::Dangerous => say.finding_dangerous(),
            Self::Note => say.finding_note(),
        }
    }
}

/// A resource, or a place.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Item {
    /// Its id.
    pub id: String,
    /// What people call it: its tag `Name`, else its logical id, else its id.
    pub label: String,
}

/// What a rule found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The rule, which has the id of the fact that it is about.
    pub rule: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// The resources that cause it.
    pub resources: Vec<Item>,
    /// The VPCs or subnets that it concerns.
    pub places: Vec<Item>,
    /// The names that it concerns; a pattern begins with `*.`.
    pub names: Vec<String>,
    /// What is so, in a sentence.
    pub what: String,
    /// What to do, in a sentence.
    pub cure: String,
    /// The facts that it rests on, as `vpcdns fact` tells them.
    pub facts: Vec<&'static str>,
}

impl Finding {
    /// A finding that does not say yet what it concerns.
    pub(super) fn new(rule: &'static str, severity: Severity, what: String, cure: String) -> Self {
        Self {
            rule,
            severity,
            resources: Vec::new(),
            places: Vec::new(),
            names: Vec::new(),
            what,
            cure,
            facts: vec![rule],
        }
    }

    /// The resources that cause it.
    pub(super) fn by(mut self, resources: impl IntoIterator<Item = Item>) -> Self {
        self.resources.extend(resources);
        self
    }

    /// Where it holds.
    pub(super) fn at(mut self, places: impl IntoIterator<Item = Item>) -> Self {
        self.places.extend(places);
        self
    }

    /// The names that it concerns.
    pub(super) fn of(mut self, names: impl IntoIterator<Item = String>) -> Self {
        self.names.extend(names);
        self
    }

    /// Facts besides the rule's own.
    pub(super) fn with_facts(mut self, facts: &[&'static str]) -> Self {
        self.facts.extend(facts);
        self
    }

    /// What makes it the same finding in another World.
    pub(super) fn identity(&self) -> (&'static str, Vec<&str>) {
        let mut ids: Vec<&str> = self.resources.iter().map(|it| it.id.as_str()).collect();
        ids.sort_unstable();
        (self.rule, ids)
    }
}

/// Findings as they are reported, the worst first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// How many are broken.
    pub broken: usize,
    /// How many are dangerous.
    pub dangerous: usize,
    /// How many are notes.
    pub notes: usize,
    /// All of them.
    pub findings: Vec<Finding>,
}

impl Report {
    /// The report of findings that are ranked.
    pub fn of(findings: Vec<Finding>) -> Self {
        let count =
            |severity| findings.iter().filter(|finding| finding.severity == severity).count();
        let [broken, dangerous, notes] = Severity::ALL.map(count);
        Self { broken, dangerous, notes, findings }
    }

    /// How many there are of each severity, in a phrase.
    pub fn sum(&self, say: Language) -> String {
        let mut parts = self.parts(say);
        if self.broken == 0 {
            parts.insert(0, say.nothing_broken());
        }
        parts.join(", ")
    }

    /// How many there are of each severity that there is.
    pub fn parts(&self, say: Language) -> Vec<String> {
        let mut parts = Vec::new();
        parts.extend(match self.broken {
            0 => None,
            1 => Some(say.something_broken()),
            count => Some(say.things_broken(count)),
        });
        parts.extend(match self.dangerous {
            0 => None,
            1 => Some(say.one_dangerous()),
            count => Some(say.several_dangerous(count)),
        });
        parts.extend(match self.notes {
            0 => None,
            1 => Some(say.one_note()),
            count => Some(say.notes(count)),
        });
        parts
    }
}

/// Puts findings together that differ in their places and names only, such as those of a zone that many VPCs share.
pub(super) fn together(all: Vec<Finding>) -> Vec<Finding> {
    type Key = (&'static str, Severity, Vec<Item>, String, String);
    let mut at: HashMap<Key, usize> = HashMap::new();
    let mut found: Vec<Finding> = Vec::new();
    let mut seen: Vec<(HashSet<Item>, HashSet<String>)> = Vec::new();
    for one in all {
        let key: Key =
            (one.rule, one.severity, one.resources.clone(), one.what.clone(), one.cure.clone());
        let Some(index) = at.get(&key).copied() else {
            at.insert(key, found.len());
            seen.push((one.places.iter().cloned().collect(), one.names.iter().cloned().collect()));
            found.push(one);
            continue;
        };
        let (places, names) = &mut seen[index];
        let kept = &mut found[index];
        kept.places.extend(one.places.into_iter().filter(|it| places.insert(it.clone())));
        kept.names.extend(one.names.into_iter().filter(|it| names.insert(it.clone())));
    }
    found
}
