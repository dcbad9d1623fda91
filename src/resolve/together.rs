//! The ways to the addresses of one answer, taken together: in one phrase, in a word, and one by one where they differ.

use std::{borrow::Cow, net::Ipv4Addr};

use serde::Serialize;

use super::{
    explain::{PathWords, assumed},
    path::PathKind,
    words,
};
use crate::language::Language;

/// Whether traffic does not arrive by ways of a kind.
pub fn is_lost(kind: &str) -> bool {
    kind == PathKind::Nowhere.text() || kind == PathKind::Blocked.text()
}

/// The ways to the addresses of one answer, taken together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Together {
    /// The worst kind, in the order `nowhere`, `blocked`, `public`, `gateway`, `transit`, `peering`, `private`; none without an IPv4 address.
    pub path: Option<&'static str>,
    /// Why a way is blocked or leads nowhere, one of the codes in docs/json.md; none if none does.
    pub reason: Option<Cow<'static, str>>,
    /// The ways in words.
    pub way: Option<String>,
    /// The ways one by one, where they differ.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ways: Vec<OneWay>,
    /// Their assumptions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub assumed: Vec<String>,
}

/// Equal ways, as one entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OneWay {
    /// The addresses they lead to.
    pub to: Vec<Ipv4Addr>,
    /// The subnets they begin in, if the client is a whole VPC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Their kind.
    pub path: Cow<'static, str>,
    /// Why they are blocked or lead nowhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Cow<'static, str>>,
    /// The ways in one phrase.
    pub way: String,
}

impl Together {
    /// The worst kind of the ways.
    pub fn worst(paths: &[PathWords]) -> Option<&'static str> {
        PathKind::WORST_FIRST
            .into_iter()
            .map(PathKind::text)
            .find(|kind| paths.iter().any(|path| path.kind == *kind))
    }

    /// Puts equal ways together.
    pub fn of(paths: &[PathWords], say: Language) -> Self {
        let reason = paths.iter().find_map(|path| path.reason.clone());
        let mut ways: Vec<OneWay> = Vec::new();
        for path in paths {
            let alike = |way: &&mut OneWay| way.way == path.phrase && way.from == path.from;
            match ways.iter_mut().find(alike) {
                Some(way) => way.to.push(path.address),
                None => ways.push(OneWay {
                    to: vec![path.address],
                    from: path.from.clone(),
                    path: path.kind.clone(),
                    reason: path.reason.clone(),
                    way: path.phrase.clone(),
                }),
            }
        }
        let addresses: Vec<Ipv4Addr> = paths.iter().map(|path| path.address).collect();
        let way = match ways.as_slice() {
            [] => None,
            several => {
                let told: Vec<String> =
                    several.iter().map(|way| way.told(&way.way, &addresses, say)).collect();
                Some(told.join("; "))
            }
        };
        if ways.len() < 2 {
            ways.clear();
        }
        Self { path: Self::worst(paths), reason, way, ways, assumed: assumed(paths) }
    }

    /// The ways in a word, such as `public`, or why the traffic does not arrive; none without an IPv4 address.
    pub fn short(&self, say: Language) -> Option<String> {
        let word = |kind: &str, phrase: &str| {
            if is_lost(kind) { phrase.to_owned() } else { words::way_kind(kind, say) }
        };
        if self.ways.is_empty() {
            return Some(word(self.path?, self.way.as_deref()?));
        }
        let addresses: Vec<Ipv4Addr> = self.ways.iter().flat_map(|way| way.to.clone()).collect();
        let told = self.ways.iter().map(|it| it.told(&word(&it.path, &it.way), &addresses, say));
        Some(told.collect::<Vec<_>>().join("; "))
    }

    /// The assumptions of the ways of several answers, each once.
    pub fn assumptions<'t>(all: impl Iterator<Item = &'t Self>) -> Vec<&'t str> {
        let mut told: Vec<&str> = Vec::new();
        for text in all.flat_map(|it| &it.assumed) {
            if !told.contains(&text.as_str()) {
                told.push(text);
            }
        }
        told
    }

    /// Why ways are blocked or lead nowhere, each reason once.
    pub fn nowhere(&self) -> Vec<&str> {
        match self.ways.as_slice() {
            [] if self.path.is_some_and(is_lost) => self.way.as_deref().into_iter().collect(),
            several => {
                let lost = several.iter().filter(|way| is_lost(&way.path));
                let mut whys: Vec<&str> = lost.map(|way| way.way.as_str()).collect();
                whys.dedup();
                whys
            }
        }
    }

    /// Whether every way is blocked or leads nowhere, from every subnet and to every address.
    pub fn all_nowhere(&self) -> bool {
        self.path.is_some_and(is_lost) && self.ways.iter().all(|way| is_lost(&way.path))
    }
}

impl OneWay {
    /// The phrase, with the addresses and subnets that distinguish these ways from the others.
    fn told(&self, way: &str, all: &[Ipv4Addr], say: Language) -> String {
        let mut text = way.to_owned();
        if all.iter().any(|address| !self.to.contains(address)) {
            let to: Vec<String> = self.to.iter().map(ToString::to_string).collect();
            text = say.way_at(text, to.join(" "));
        }
        if let Some(from) = &self.from {
            text = say.way_at_from(text, from);
        }
        text
    }
}
