//! Which names are worth asking: all, or those within some domains and above them.

use std::collections::HashSet;

use super::reach::Domains;
use crate::{
    model::{
        id::EndpointId,
        name::{Name, NameRef},
    },
    resolve::endpoint::{SPACES, vpce_space},
};

/// Which names are worth asking.
#[derive(Clone, Debug)]
pub(super) enum Wanted {
    /// All.
    All,
    /// Those near some domains.
    Near(Box<Near>),
}

/// Domains, prepared for looking names up.
#[derive(Clone, Debug)]
pub(super) struct Near {
    domains: HashSet<Name>,
    /// The names above the domains.
    above: HashSet<Name>,
    /// The endpoints whose own names may be near; `None` for all.
    endpoints: Option<HashSet<EndpointId>>,
    /// Whether names of hosts may be near.
    hosts: bool,
}

/// The ends of the names of hosts, forward and reverse.
const OF_HOSTS: [&str; 4] =
    ["internal", "arpa", "compute.amazonaws.com", "compute.amazonaws.com.cn"];

impl Wanted {
    /// Names near some domains. `endpoints` are those whose own names may be among the domains.
    pub(super) fn near<'d>(
        all: impl Iterator<Item = &'d Domains>,
        endpoints: &HashSet<EndpointId>,
    ) -> Self {
        let domains: HashSet<Name> = all.flat_map(|it| it.iter().cloned()).collect();
        let mut above: HashSet<Name> = HashSet::new();
        for domain in &domains {
            let mut suffixes = domain.as_ref().suffixes().skip(1);
            while suffixes.next().is_some_and(|suffix| above.insert(suffix.to_name())) {}
        }
        let own = |domain: &Name| {
            let label = domain.as_ref().labels().find(|label| label.starts_with(b"vpce-"));
            let digits = label
                .and_then(|label| label.strip_prefix(b"vpce-")?.split(|it| *it == b'-').next());
            digits.and_then(EndpointId::from_digits).is_some_and(|id| endpoints.contains(&id))
        };
        // Above the space of endpoint names, or within it and of no endpoint that is listed.
        let wide = domains.iter().any(|domain| match vpce_space(domain.as_ref()) {
            Some(_) => !own(domain),
            None => SPACES
                .iter()
                .any(|space| NameRef::from_lower_wire(space).is_within(domain.as_ref())),
        });
        let hosts = domains.iter().any(|domain| {
            OF_HOSTS.iter().filter_map(|end| Name::parse(end).ok()).any(|end| {
                domain.as_ref().is_within(end.as_ref()) || end.as_ref().is_within(domain.as_ref())
            }) || domain.as_ref().labels().any(|label| label.starts_with(b"compute"))
        });
        let endpoints = (!wide).then(|| endpoints.clone());
        Self::Near(Box::new(Near { domains, above, endpoints, hosts }))
    }

    /// Whether a name is worth asking.
    pub(super) fn holds(&self, name: NameRef<'_>) -> bool {
        match self {
            Self::All => true,
            Self::Near(near) => {
                near.above.contains(name.wire())
                    || name.suffixes().any(|suffix| near.domains.contains(suffix.wire()))
            }
        }
    }

    /// Whether an endpoint's own names may be worth asking.
    pub(super) fn endpoint(&self, id: EndpointId) -> bool {
        match self {
            Self::All => true,
            Self::Near(near) => near.endpoints.as_ref().is_none_or(|ids| ids.contains(&id)),
        }
    }

    /// Whether names of hosts may be worth asking.
    pub(super) fn hosts(&self) -> bool {
        match self {
            Self::All => true,
            Self::Near(near) => near.hosts,
        }
    }
}
