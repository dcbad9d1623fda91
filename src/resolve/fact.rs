//! The facts that behaviours rest on, from `zones/facts.csv`: id, tag and one line each. `zones/fact_sources.csv` has the
//! documents that say them, `zones/fact_cases.csv` the cases that pin them. Does not know where a fact is used.

use std::{collections::BTreeMap, sync::OnceLock};

use crate::language::Language;

/// How sure a fact is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Tag {
    /// AWS's documentation or API model says so.
    Documented,
    /// Somebody posted output that shows it.
    Observed,
    /// No source was found. The behaviour is our judgement and easy to change.
    Assumed,
}

impl Tag {
    /// Its word in `zones/facts.csv`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Documented => "DOCUMENTED",
            Self::Observed => "OBSERVED",
            Self::Assumed => "ASSUMED",
        }
    }
}

/// One fact.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
pub struct Fact {
    /// Its id, such as `P20`.
    pub id: String,
    /// How sure it is.
    pub tag: Tag,
    /// What it says.
    pub line: String,
    /// What it is about: `dns`, `wire`, `api` and so on.
    pub area: String,
    /// Whether vpcdns behaves like this.
    pub built: String,
    /// Why not, if it does not. Else what checks it besides cases, if anything is named.
    pub reason: String,
    /// The addresses of the documents or posts that say it. Empty if none is recorded.
    #[serde(skip)]
    pub sources: Vec<String>,
    /// The cases that pin it, as paths in `tests/cases` without `.case`.
    #[serde(skip)]
    pub cases: Vec<String>,
}

impl Fact {
    /// Whether vpcdns behaves like this. A fact with a case is built, whatever its row says.
    pub fn is_built(&self) -> bool {
        self.built == "yes" || !self.cases.is_empty()
    }

    /// The files of the cases that pin it.
    pub fn case_files(&self) -> Vec<String> {
        self.cases.iter().map(|case| format!("tests/cases/{case}.case")).collect()
    }

    /// How sure it is, in words.
    pub fn meaning(&self, say: Language) -> String {
        match self.tag {
            Tag::Documented => say.fact_documented(),
            Tag::Observed => say.fact_observed(),
            Tag::Assumed => say.fact_assumed(),
        }
    }

    /// What is told about it below its line: headings, each with its lines.
    pub fn told(&self, say: Language) -> Vec<(String, Vec<String>)> {
        let or =
            |lines: Vec<String>, none: String| if lines.is_empty() { vec![none] } else { lines };
        let reason: Vec<String> =
            Some(&self.reason).filter(|it| !it.is_empty()).into_iter().cloned().collect();
        let mut told = vec![(say.fact_source(), or(self.sources.clone(), say.fact_sourceless()))];
        if self.is_built() {
            told.push((say.fact_cases(), or(self.case_files(), say.fact_caseless())));
            if !reason.is_empty() {
                told.push((say.fact_check(), reason));
            }
        } else {
            told.push((say.fact_not_built(), or(reason, say.fact_not_yet())));
        }
        told
    }
}

/// Every fact, in the order of the specification.
pub fn facts() -> &'static [Fact] {
    static FACTS: OnceLock<Vec<Fact>> = OnceLock::new();
    FACTS.get_or_init(|| {
        let mut sources = pairs(SOURCES);
        let mut cases = pairs(CASES);
        let facts = csv::Reader::from_reader(FACTS_CSV.as_bytes()).into_deserialize::<Fact>();
        facts
            .filter_map(Result::ok)
            .map(|fact| Fact {
                sources: sources.remove(&fact.id).unwrap_or_default(),
                cases: cases.remove(&fact.id).unwrap_or_default(),
                ..fact
            })
            .collect()
    })
}

/// A fact by its id, in upper or lower case.
pub fn fact(id: &str) -> Option<&'static Fact> {
    facts().iter().find(|fact| fact.id.eq_ignore_ascii_case(id))
}

/// At most three ids that were perhaps meant by one that no fact has, the nearest first: those of the same letters with
/// the nearest numbers, else those that differ by a slip.
pub fn near(id: &str) -> Vec<&'static str> {
    const MOST: usize = 3;
    const SLIP: usize = 1;
    let id = id.to_ascii_uppercase();
    let mut found: Vec<(u32, &str)> = match split(&id) {
        Some((letters, number)) => facts()
            .iter()
            .filter_map(|fact| Some((&fact.id, split(&fact.id)?)))
            .filter(|(_, (theirs, _))| *theirs == letters)
            .map(|(other, (_, theirs))| (theirs.abs_diff(number), other.as_str()))
            .collect(),
        None => Vec::new(),
    };
    if found.is_empty() && id.len() <= 8 {
        let others = facts().iter().map(|fact| fact.id.as_str());
        found = others
            .filter(|other| strsim::osa_distance(&id, other) <= SLIP)
            .map(|other| (0, other))
            .collect();
    }
    // A stable sort: of equally near ids the first of the specification stays first.
    found.sort_by_key(|(distance, _)| *distance);
    found.into_iter().map(|(_, id)| id).take(MOST).collect()
}

/// The letters and the number of an id.
fn split(id: &str) -> Option<(&str, u32)> {
    let (letters, number) = id.split_at(id.find(|letter: char| letter.is_ascii_digit())?);
    Some((letters, number.parse().ok()?))
}

const FACTS_CSV: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/zones/facts.csv"));
const SOURCES: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/zones/fact_sources.csv"));
const CASES: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/zones/fact_cases.csv"));

/// What a file of two columns, a fact's id and something of it, has for each fact.
fn pairs(text: &str) -> BTreeMap<String, Vec<String>> {
    let mut map: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let rows = csv::Reader::from_reader(text.as_bytes()).into_deserialize::<(String, String)>();
    for (id, value) in rows.filter_map(Result::ok) {
        map.entry(id).or_default().push(value);
    }
    map
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_reads() {
        let rows: Vec<Result<Fact, _>> =
            csv::Reader::from_reader(FACTS_CSV.as_bytes()).deserialize().collect();
        for row in &rows {
            assert!(row.is_ok(), "{row:?}");
        }
        assert!(rows.len() > 300);
        assert_eq!(fact("P20").map(|fact| fact.tag), Some(Tag::Observed));
        assert_eq!(fact("p20"), fact("P20"));
    }

    #[test]
    fn ids_differ_by_more_than_case() {
        for one in facts() {
            assert_eq!(fact(&one.id), Some(one));
        }
    }

    #[test]
    fn every_source_and_case_belongs_to_a_fact() {
        for text in [SOURCES, CASES] {
            let lines = text.lines().skip(1).count();
            let pairs = pairs(text);
            assert_eq!(pairs.values().map(Vec::len).sum::<usize>(), lines);
            for (id, values) in pairs {
                assert!(facts().iter().any(|fact| fact.id == id), "no fact {id}");
                let mut once = values.clone();
                once.dedup();
                assert_eq!(once, values, "{id}");
            }
        }
        for source in pairs(SOURCES).into_values().flatten() {
            let host = source.strip_prefix("https://").and_then(|rest| rest.split('/').next());
            assert!(host.is_some_and(|host| host.contains('.')), "{source}");
            assert!(!source.contains(char::is_whitespace), "{source}");
        }
    }

    #[test]
    fn near_ids_are_found() {
        assert_eq!(near("P999"), ["P104", "P103", "P102"]);
        assert_eq!(near("n15"), ["N14", "N13", "N12"]);
        assert_eq!(near("PP20"), ["P20"]);
        assert!(near("nothing-like-it").is_empty());
        assert!(near("").is_empty());
    }
}
