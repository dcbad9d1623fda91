//! Hides ids, account numbers and addresses in a report that is shown to others. What was the same stays the same, in
//! every form: an address, the host name made of it and its reverse name. Names of zones, hosts and resources stay.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use regex_lite::{Captures, Regex};

use super::compare::{Compared, Reason};

/// What is hidden, the longer forms first.
const PATTERN: &str = r"(?x)
      \b(?P<reverse4>[0-9]{1,3}(?:\.[0-9]{1,3}){3})\.in-addr\.arpa
    | \b(?P<reverse6>(?:[0-9a-f]\.){32})ip6\.arpa
    | \b(?P<host>ip|ec2)-(?P<dashed>[0-9]{1,3}(?:-[0-9]{1,3}){3})\b
    | \b(?P<v4>[0-9]{1,3}(?:\.[0-9]{1,3}){3})\b
    | (?P<v6>[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?:\.[0-9]{1,3}){0,3})
    | \b(?P<endpoint>vpce-[0-9a-f]{17}|vpce-[0-9a-f]{8})-(?P<suffix>[0-9a-z]{8})\b
    | \b(?P<kind>[a-z]{1,12}(?:-[a-z]{2,8})?)-(?P<id>[0-9a-f]{17}|[0-9a-f]{8})\b
    | \b(?P<zone>Z[0-9A-Z]{12,31})\b
    | \b(?P<hex>[0-9a-f]{16,32}|[0-9A-F]{32})\b
    | \b(?P<account>[0-9]{12})\b
";

/// Replaces what is hidden; remembers by what.
#[derive(Debug)]
pub struct Mask {
    pattern: Regex,
    /// What stands for each hidden text, by its kind and the text.
    known: HashMap<(String, String), String>,
    counts: HashMap<String, usize>,
}

impl Mask {
    /// Nothing is known yet. `None` if the pattern is wrong, which a test would notice.
    pub fn new() -> Option<Self> {
        let pattern = Regex::new(PATTERN).ok()?;
        Some(Self { pattern, known: HashMap::new(), counts: HashMap::new() })
    }

    /// A text without what is hidden.
    pub fn text(&mut self, text: &str) -> String {
        let pattern = self.pattern.clone();
        pattern.replace_all(text, |found: &Captures<'_>| self.stand_in(found)).into_owned()
    }

    /// A comparison without what is hidden.
    pub fn compared(&mut self, it: &Compared) -> Compared {
        Compared {
            name: self.text(&it.name),
            rtype: it.rtype.clone(),
            verdict: it.verdict,
            world: self.text(&it.world),
            resolver: self.text(&it.resolver),
            reasons: it
                .reasons
                .iter()
                .map(|it| Reason { text: self.text(&it.text), facts: it.facts.clone() })
                .collect(),
        }
    }

    fn stand_in(&mut self, found: &Captures<'_>) -> String {
        let whole = found.get(0).map_or("", |it| it.as_str());
        let group = |name: &str| found.name(name).map(|it| it.as_str());
        if let Some(text) = group("reverse4") {
            let address = text.parse::<Ipv4Addr>().map(|it| {
                let [a, b, c, d] = it.octets();
                IpAddr::from([d, c, b, a])
            });
            return self.address(address.ok(), text) + ".in-addr.arpa";
        }
        if let Some(text) = group("reverse6") {
            return self.address(reversed6(text), text) + ".ip6.arpa";
        }
        if let (Some(host), Some(dashed)) = (group("host"), group("dashed")) {
            let address = dashed.replace('-', ".").parse().ok();
            return format!("{host}-{}", self.address(address, dashed));
        }
        if let Some(text) = group("v4") {
            return self.address(text.parse().ok(), text);
        }
        if let Some(text) = group("v6") {
            // A time, or words between colons.
            return match text.parse::<Ipv6Addr>() {
                Ok(address) => self.address(Some(address.into()), text),
                Err(_) => whole.to_owned(),
            };
        }
        if let (Some(endpoint), Some(suffix)) = (group("endpoint"), group("suffix")) {
            return format!("{}-{}", self.hidden("vpce", endpoint), self.hidden("suffix", suffix));
        }
        if let Some(kind) = group("kind") {
            return self.hidden(kind, whole);
        }
        let kind = ["zone", "hex", "account"].into_iter().find(|kind| group(kind).is_some());
        self.hidden(kind.unwrap_or("hidden"), whole)
    }

    /// Whether an address is private stays in sight.
    fn address(&mut self, address: Option<IpAddr>, text: &str) -> String {
        let kind = match address {
            Some(IpAddr::V4(it)) if it.is_private() => "private-address",
            Some(IpAddr::V4(_)) => "public-address",
            Some(IpAddr::V6(_)) => "ipv6-address",
            None => "address",
        };
        let text = address.map_or_else(|| text.to_owned(), |it| it.to_string());
        self.hidden(kind, &text)
    }

    /// The word for a hidden text, the same each time.
    fn hidden(&mut self, kind: &str, text: &str) -> String {
        let key = (kind.to_owned(), text.to_owned());
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let count = self.counts.entry(kind.to_owned()).or_default();
        *count += 1;
        let word = format!("{kind}-{count}");
        self.known.insert(key, word.clone());
        word
    }
}

/// The address of nibbles in reverse order, each with a dot.
fn reversed6(text: &str) -> Option<IpAddr> {
    let nibbles: String = text.split('.').rev().collect();
    let bits = u128::from_str_radix(&nibbles, 16).ok()?;
    Some(Ipv6Addr::from_bits(bits).into())
}
