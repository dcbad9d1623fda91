//! Record sets as Route 53 keeps them: with a routing policy, a health check, or as an alias of one type.
//!
//! A simple record set with values is kept as a [`RecordSet`] alone. Which set of a policy answers is decided in
//! `resolve/routing.rs`.

use std::sync::Arc;

use super::{
    id::{CidrCollectionId, HealthCheckId, ZoneId},
    name::Name,
    record::{RecordSet, RecordType},
};
use crate::catalog;

/// A record set of one type at a name.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct RoutedSet {
    /// Its type.
    pub rtype: RecordType,
    /// What tells it apart from others of its name and type; only a simple set has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identifier: Option<Arc<str>>,
    /// When it is chosen.
    pub policy: Policy,
    /// The health check that it depends on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health_check: Option<HealthCheckId>,
    /// What it answers.
    pub answers: Answers,
}

/// What a record set answers.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Answers {
    /// Values.
    Records(RecordSet),
    /// What another name answers.
    Alias(AliasTarget),
}

/// The target of an alias.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct AliasTarget {
    /// The name.
    pub name: Name,
    /// The id of the hosted zone that holds it: one of the same account, or one of AWS's.
    pub zone: Arc<str>,
    /// Whether the set counts as unhealthy while its target is.
    pub evaluate_health: bool,
}

/// The location of a CIDR collection that stands for all addresses without one.
pub const DEFAULT_LOCATION: &str = "*";

/// A routing policy (R56), with what the set says of itself.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Policy {
    /// The only set of its name and type.
    Simple,
    /// Its share of the answers is its weight among all.
    Weighted(u8),
    /// The region nearest to the client.
    Latency(Arc<str>),
    /// The primary one, or the one that takes over.
    Failover {
        /// Whether it is the primary one.
        primary: bool,
    },
    /// Where the client is. A country of `*` is every place that no other set is for.
    Geolocation {
        /// The continent's code.
        continent: Option<Arc<str>>,
        /// The country's code.
        country: Option<Arc<str>>,
        /// The code of a part of the country.
        subdivision: Option<Arc<str>>,
    },
    /// Up to eight healthy sets together.
    Multivalue,
    /// The location of a CIDR collection that the client's address lies in.
    Cidr {
        /// The collection.
        collection: CidrCollectionId,
        /// The location; [`DEFAULT_LOCATION`] is every address that no other set is for.
        location: Arc<str>,
    },
    /// The place nearest to the client.
    Geoproximity {
        /// A region.
        region: Option<Arc<str>>,
        /// A group of local zones.
        local_zone_group: Option<Arc<str>>,
        /// Latitude and longitude.
        coordinates: Option<(Arc<str>, Arc<str>)>,
        /// How much larger or smaller its area is made.
        bias: i16,
    },
}

impl Policy {
    /// Whether sets of both policies may stand at one name and type.
    pub fn is_like(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

impl RoutedSet {
    /// A simple set with values.
    pub fn simple(set: RecordSet) -> Self {
        Self {
            rtype: set.rtype,
            identifier: None,
            policy: Policy::Simple,
            health_check: None,
            answers: Answers::Records(set),
        }
    }

    /// Whether it is a simple set with values and no health check.
    pub fn is_plain(&self) -> bool {
        self.identifier.is_none()
            && self.policy == Policy::Simple
            && self.health_check.is_none()
            && matches!(self.answers, Answers::Records(_))
    }
}

/// The id of the hosted zone that the target of an alias lies in: one of AWS's for the names of endpoints and load
/// balancers, else `own`.
pub fn alias_zone(own: ZoneId, target: &Name) -> Arc<str> {
    let text = target.to_string();
    let labels: Vec<&str> = text.split('.').collect();
    let region = labels.iter().rev().find_map(|label| catalog::region(label));
    let known = region.and_then(|region| match labels.iter().position(|it| *it == "elb") {
        // Names of network load balancers have the region behind `elb`.
        Some(at) if labels.get(at + 1) == Some(&region.name) => region.nlb_hosted_zone,
        Some(_) => region.alb_hosted_zone,
        None if labels.contains(&"vpce") => region.vpce_hosted_zone,
        None => None,
    });
    known.map_or_else(|| own.to_string().into(), Arc::from)
}
