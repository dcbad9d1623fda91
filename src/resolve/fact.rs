//! The facts that behaviours rest on, from `zones/facts.csv`: id, tag and one line each. docs/behaviours.md has the
//! sources.

use std::sync::OnceLock;

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
    /// Why not, if it does not.
    pub reason: String,
}

/// Every fact, in the order of the specification.
pub fn facts() -> &'static [Fact] {
    static FACTS: OnceLock<Vec<Fact>> = OnceLock::new();
    FACTS.get_or_init(|| {
        let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/zones/facts.csv"));
        csv::Reader::from_reader(text.as_bytes()).deserialize().filter_map(Result::ok).collect()
    })
}

/// A fact by its id.
pub fn fact(id: &str) -> Option<&'static Fact> {
    facts().iter().find(|fact| fact.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_reads() {
        let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/zones/facts.csv"));
        let rows: Vec<Result<Fact, _>> =
            csv::Reader::from_reader(text.as_bytes()).deserialize().collect();
        for row in &rows {
            assert!(row.is_ok(), "{row:?}");
        }
        assert!(rows.len() > 300);
        assert_eq!(fact("P20").map(|fact| fact.tag), Some(Tag::Observed));
    }
}
