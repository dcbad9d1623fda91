//! Knows: how AWS's private names came to be known, and which of them are only assumed.
//!
//! Deliberately does not: say whether a region offers a service (`region_assumed` of a service
//! does), or where a single fact was read (the README of `zones/catalog/` does).

/// Where a service's private names come from, the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Evidence {
    /// AWS's own list of September 2023, read in up to 17 regions.
    Outputs2023,
    /// The same, and later documents that tell of more names since.
    Outputs2023ThenDocs,
    /// An output of another date.
    OtherOutput,
    /// An output printed in AWS's documents.
    DocsSample,
    /// AWS's documents in words.
    Docs,
    /// A gateway service: it has no private names.
    Gateway,
    /// Infrastructure code in use that names them.
    Code,
    /// The rule (reverse the dots), and the SDKs know that host.
    RuleHostKnown,
    /// Not the rule: the only host the SDKs know.
    HostNotRule,
    /// Inferred from a related name.
    Inferred,
    /// The rule alone.
    RuleUnconfirmed,
    /// Nothing but the service name is known.
    Unknown,
}

impl Evidence {
    /// Whether the private names were not seen anywhere but follow from a rule or another name.
    #[must_use]
    pub fn is_assumed(self) -> bool {
        self >= Self::RuleHostKnown
    }

    /// Reads the `evidence` column.
    pub(super) fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "outputs-2023-09" => Self::Outputs2023,
            "outputs-2023-09+docs" => Self::Outputs2023ThenDocs,
            "docs-sample" => Self::DocsSample,
            "docs" => Self::Docs,
            "gateway" => Self::Gateway,
            "code" => Self::Code,
            "rule-host-known" => Self::RuleHostKnown,
            "host-not-rule" => Self::HostNotRule,
            "inferred" => Self::Inferred,
            "rule-unconfirmed" => Self::RuleUnconfirmed,
            "unknown" => Self::Unknown,
            // A year, or a year and a month.
            other if other.starts_with("outputs-20") => Self::OtherOutput,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Evidence;

    #[test]
    fn what_a_rule_gives_is_assumed() {
        for (text, assumed) in [
            ("outputs-2023-09", false),
            ("outputs-2026-11", false),
            ("docs", false),
            ("gateway", false),
            ("code", false),
            ("rule-host-known", true),
            ("host-not-rule", true),
            ("inferred", true),
            ("rule-unconfirmed", true),
            ("unknown", true),
        ] {
            assert_eq!(Evidence::parse(text).map(Evidence::is_assumed), Some(assumed), "{text}");
        }
        assert_eq!(Evidence::parse("hearsay"), None);
    }
}
