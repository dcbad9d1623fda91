//! The survey: every service of a region, asked by each of its names from one place.
//!
//! Knows which names the catalogue gives a service. It decides no answer: each line is a question asked of the
//! Snapshot.

use serde::Serialize;

use super::{
    explain::{self, Explanation, Verdict},
    path, public,
    question::{Asker, Chain, Question, Reader},
    snapshot::Snapshot,
    together::{Together, is_lost},
};
use crate::{
    catalog::{self, Region, Service},
    language::Language,
    model::{name::Name, record::RecordType},
};

/// The label that stands for any label when a wildcard is asked.
pub const ANY_LABEL: &str = "any-label";

/// Is called with how much of a long task is done, and the total.
pub type Progress<'t> = &'t mut dyn FnMut(usize, usize);

/// One name of one service, and what it answers.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// The service, such as `com.amazonaws.ap-northeast-2.sqs`.
    pub service: String,
    /// The name, or a pattern `*.name`; none if the catalogue knows no name of the service.
    pub name: Option<String>,
    /// The verdict; `None` without a name.
    pub verdict: Option<Code>,
    /// The addresses.
    pub addresses: Vec<String>,
    /// What is answered: `PRIVATE`, `PUBLIC`, or why there is no address.
    pub answer: Option<Verdict>,
    /// The way the traffic takes.
    #[serde(flatten)]
    pub together: Together,
    /// How often the name was asked, if a query log tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked: Option<u64>,
}

/// The verdict on a name, like the exit code of `explain`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Code {
    /// Every address is private: 0.
    Private,
    /// An address is public, or another server answers: 10.
    Public,
    /// No address: 11.
    Failed,
}

impl Code {
    /// One word in capitals.
    pub fn text(self) -> &'static str {
        match self {
            Self::Private => "PRIVATE",
            Self::Public => "PUBLIC",
            Self::Failed => "FAILED",
        }
    }
}

impl From<Verdict> for Code {
    fn from(verdict: Verdict) -> Self {
        match verdict.exit_code() {
            0 => Self::Private,
            10 => Self::Public,
            _ => Self::Failed,
        }
    }
}

/// The number of names with one verdict, and where their traffic goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// The names.
    pub names: usize,
    /// Names whose traffic never arrives.
    pub nowhere: usize,
    /// Names whose traffic does not arrive from every subnet, or not to every address.
    pub partly: usize,
    /// Those whose traffic takes the route of a gateway endpoint.
    pub gateway: usize,
}

impl Count {
    /// Counts the lines of one verdict.
    pub fn of(lines: &[Line], code: Code) -> Self {
        let mut count = Self::default();
        for line in lines.iter().filter(|line| line.verdict == Some(code)) {
            count.names += 1;
            match line.together.path {
                Some(kind) if is_lost(kind) && line.together.all_nowhere() => count.nowhere += 1,
                Some(kind) if is_lost(kind) => count.partly += 1,
                Some("gateway") => count.gateway += 1,
                _ => {}
            }
        }
        count
    }

    /// Such as `350 public, of which 348 lead nowhere and 2 take a gateway endpoint`.
    pub fn text(self, code: Code, say: Language) -> String {
        let counted = match code {
            Code::Private => say.count_private(self.names),
            Code::Public => say.count_public(self.names),
            Code::Failed => say.count_failed(self.names),
        };
        let nowhere = match self.nowhere {
            0 => None,
            1 => Some(say.leads_nowhere(1)),
            many => Some(say.lead_nowhere(many)),
        };
        let partly = match self.partly {
            0 => None,
            1 => Some(say.leads_nowhere_in_part(1)),
            many => Some(say.lead_nowhere_in_part(many)),
        };
        let gateway = match self.gateway {
            0 => None,
            1 => Some(say.takes_gateway(1)),
            many => Some(say.take_gateway(many)),
        };
        let parts = [nowhere, partly, gateway].into_iter().flatten();
        match parts.reduce(|one, other| say.part_and(one, other)) {
            None => counted,
            Some(parts) => say.of_which(counted, parts),
        }
    }
}

/// A name to ask, and its text. For a wildcard, a name one label below it is asked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pattern {
    /// The name, or `*.name`.
    pub text: String,
    /// What is asked.
    pub asked: Name,
}

impl Pattern {
    /// Reads `name` or `*.name`; `None` if it is neither.
    pub fn parse(text: &str) -> Option<Self> {
        let asked = match text.strip_prefix("*.") {
            Some(rest) => Name::parse(rest).ok()?.prepend(ANY_LABEL.as_bytes())?,
            None => Name::parse(text).ok()?,
        };
        Some(Self { text: text.to_owned(), asked })
    }

    /// A name as it is.
    pub fn exactly(name: &Name) -> Self {
        Self { text: name.to_string(), asked: name.clone() }
    }

    /// Every name below a name; `None` if there is no room for one.
    pub fn below(name: &Name) -> Option<Self> {
        let asked = name.prepend(ANY_LABEL.as_bytes())?;
        Some(Self { text: format!("*.{name}"), asked })
    }
}

/// The region of the place asked from: its VPC's; from outside, the first VPC's. `None` if there is no VPC.
pub fn region_of(snapshot: &Snapshot, asker: Asker) -> Option<&'static Region> {
    let world = &snapshot.world;
    let vpc = match asker.vpc() {
        Some(id) => world.vpcs.get(&id),
        None => world.vpcs_in_order().into_iter().next(),
    }?;
    catalog::region(vpc.region)
}

/// Asks each name of each service of a region, in the catalogue's order.
pub fn survey(
    snapshot: &Snapshot,
    region: &'static Region,
    reader: Reader,
    progress: Progress<'_>,
) -> Vec<Line> {
    let mut lines = Vec::new();
    let services = catalog::services(region, snapshot.world.switches.catalog_date);
    for (done, service) in services.iter().enumerate() {
        progress(done, services.len());
        let names = names_of(service, region);
        if names.is_empty() {
            lines.push(Line {
                service: service.name.clone(),
                name: None,
                verdict: None,
                addresses: Vec::new(),
                answer: None,
                together: Together::default(),
                asked: None,
            });
        }
        for name in names {
            lines.push(line(snapshot, &service.name, name, reader));
        }
    }
    lines
}

/// Asks names that somebody asked, with how often, in their order. `service` is empty where a name is of no service.
pub fn survey_asked(
    snapshot: &Snapshot,
    names: &[(Name, u64)],
    reader: Reader,
    progress: Progress<'_>,
) -> Vec<Line> {
    let mut lines = Vec::new();
    for (done, (name, count)) in names.iter().enumerate() {
        progress(done, names.len());
        let service = public::service_of(name.as_ref()).and_then(|(service, region)| {
            Some(format!("com.amazonaws.{}.{service}", region?.name))
        });
        let found = line(snapshot, &service.unwrap_or_default(), Pattern::exactly(name), reader);
        lines.push(Line { asked: Some(*count), ..found });
    }
    lines
}

/// The names of a service: its private names, else its public ones, else a gateway service's own name (P50) where
/// the catalogue has it as a public name.
pub fn names_of(service: &Service, region: &Region) -> Vec<Pattern> {
    let texts = if service.private_names.is_empty() {
        &service.public_hosts
    } else {
        &service.private_names
    };
    let mut names: Vec<Pattern> = texts.iter().filter_map(|text| Pattern::parse(text)).collect();
    if names.is_empty() && service.gateway {
        let own = format!("{}.{}.{}", service.suffix, region.name, region.dns_suffix);
        names.extend(Pattern::parse(&own).filter(|_| catalog::find_public_host(&own).is_some()));
    }
    names
}

fn line(snapshot: &Snapshot, service: &str, name: Pattern, reader: Reader) -> Line {
    let Reader { asker, now, language } = reader;
    let ask = |rtype| {
        let question = Question {
            name: name.asked.as_ref(),
            rtype,
            asker,
            address: None,
            now,
            seed: 0,
            chain: Chain::default(),
        };
        explain::explain(snapshot, &question, language)
    };
    let mut explanation = ask(RecordType::A);
    // An endpoint may have AAAA records only (P40), and a host IPv6 addresses only (H5).
    if explanation.verdict == Verdict::NoData || !path::has_ipv4(&snapshot.world, asker) {
        let other = ask(RecordType::AAAA);
        if other.verdict != Verdict::NoData {
            explanation = other;
        }
    }
    let Explanation { answer, verdict, paths, .. } = explanation;
    Line {
        service: service.to_owned(),
        name: Some(name.text),
        verdict: Some(verdict.into()),
        addresses: answer
            .records
            .into_iter()
            .filter(|record| record.rtype == "A" || record.rtype == "AAAA")
            .map(|record| record.data)
            .collect(),
        answer: Some(verdict),
        together: Together::of(&paths, language),
        asked: None,
    }
}
