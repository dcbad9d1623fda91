//! The services an endpoint can name, with their names in the form the resolver compares.
//!
//! Wraps the catalogue's text once per region and date. Knows nothing the catalogue does not say.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock, RwLock},
};

use super::name::Name;
use crate::catalog::{self, CatalogDate, Region, Service};

/// A private name of a service: the zone AWS makes for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrivateName {
    /// The zone: the name without a leading asterisk.
    pub zone: Name,
    /// Whether every name below answers too (N34).
    pub wildcard: bool,
    /// The text the API shows, with the asterisk.
    pub text: Arc<str>,
}

impl PrivateName {
    /// Reads `name.example` or `*.name.example`; `None` if it is not a name.
    pub fn parse(text: &str) -> Option<Self> {
        let (apex, wildcard) = match text.strip_prefix("*.") {
            Some(apex) => (apex, true),
            None => (text, false),
        };
        Some(Self { zone: Name::parse(apex).ok()?, wildcard, text: text.into() })
    }
}

/// A service of AWS's in one region.
#[derive(Debug)]
pub struct AwsService {
    /// The catalogue's row.
    pub service: &'static Service,
    /// Its region.
    pub region: &'static Region,
    /// The state of the catalogue it was looked up in.
    pub date: CatalogDate,
    /// What follows the endpoint's label in its DNS names.
    pub bases: Vec<Name>,
    /// Its private names, in the order of the API.
    pub private_names: Vec<PrivateName>,
}

/// The other fields follow from these.
impl PartialEq for AwsService {
    fn eq(&self, other: &Self) -> bool {
        (&self.service.name, self.region.name, self.date)
            == (&other.service.name, other.region.name, other.date)
    }
}

impl Eq for AwsService {}

impl AwsService {
    /// Whether the names below an endpoint's own names answer too (N20, N22).
    pub fn any_label_in_front(&self) -> bool {
        catalog::service_rules(self.short()).labels_in_front
    }

    /// Whether a gateway endpoint can serve it as well (P50).
    pub fn gateway_too(&self) -> bool {
        self.service.gateway
    }

    /// The short name: `cloudformation` of `com.amazonaws.ap-northeast-2.cloudformation`.
    pub fn short(&self) -> &'static str {
        &self.service.suffix
    }
}

type Services = Arc<HashMap<String, Arc<AwsService>>>;
type Table = HashMap<(&'static str, CatalogDate), Services>;

/// Finds a service of a region by its full or short name.
pub fn aws_service(region: &str, date: CatalogDate, name: &str) -> Option<Arc<AwsService>> {
    static TABLE: OnceLock<RwLock<Table>> = OnceLock::new();
    let region = catalog::region(region)?;
    let full = catalog::service(region, date, name)?.name.as_str();
    let table = TABLE.get_or_init(RwLock::default);
    let key = (region.name, date);
    if let Some(services) =
        table.read().unwrap_or_else(std::sync::PoisonError::into_inner).get(&key)
    {
        return services.get(full).cloned();
    }
    let services: Services = Arc::new(
        catalog::services(region, date)
            .iter()
            .map(|service| {
                let wrapped = AwsService {
                    service,
                    region,
                    date,
                    bases: service
                        .base_names
                        .iter()
                        .filter_map(|base| Name::parse(base).ok())
                        .collect(),
                    private_names: service
                        .private_names
                        .iter()
                        .filter_map(|name| PrivateName::parse(name))
                        .collect(),
                };
                (service.name.clone(), Arc::new(wrapped))
            })
            .collect(),
    );
    let found = services.get(full).cloned();
    table.write().unwrap_or_else(std::sync::PoisonError::into_inner).insert(key, services);
    found
}
