//! Names of resources in an exported world file.

use std::{collections::HashMap, fmt::Display, hash::Hash};

use crate::model::world::World;

/// The key of each resource in its map: its tag `Name` if no other resource has the same, else its id.
pub(super) struct Names(HashMap<String, String>);

impl Names {
    pub(super) fn new(world: &World) -> Self {
        let mut names = Self(HashMap::new());
        macro_rules! kinds {
            ($($map:ident)*) => {$(
                names.add(world.$map.iter().map(|(id, it)| (*id, it.tags.name())));
            )*};
        }
        kinds!(
            vpcs subnets route_tables internet_gateways instances endpoints endpoint_services peerings dhcp_options
            resolver_rules firewall_rule_groups inbound_endpoints nat_gateways elastic_addresses security_groups network_acls
        );
        names
    }

    fn add<'w, I: Display + Copy + Eq + Hash>(
        &mut self,
        things: impl Iterator<Item = (I, Option<&'w str>)> + Clone,
    ) {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for (_, name) in things.clone() {
            *counts.entry(name.unwrap_or_default()).or_default() += 1;
        }
        for (id, name) in things {
            let own = name.filter(|name| {
                !name.trim().is_empty()
                    && counts.get(name) == Some(&1)
                    && !name.contains(char::is_control)
            });
            self.0.insert(id.to_string(), own.map_or_else(|| id.to_string(), str::to_owned));
        }
    }

    /// The key of the resource with this id.
    pub(super) fn of(&self, id: &impl Display) -> String {
        let id = id.to_string();
        self.0.get(&id).cloned().unwrap_or(id)
    }

    /// The default client in the form of the file. Several resources here may have its name. `None` if the client no
    /// longer exists: the first VPC is the default then.
    pub(super) fn client(&self, world: &World, text: &str) -> Option<String> {
        if text == "internet" || text.parse::<std::net::IpAddr>().is_ok() {
            return Some(text.to_owned());
        }
        let is = |id: &dyn Display, name: Option<&str>| {
            let id = id.to_string();
            (id == text || name == Some(text)).then_some(id)
        };
        let id = world
            .instances
            .values()
            .find_map(|it| is(&it.id, it.tags.name()))
            .or_else(|| world.vpcs.values().find_map(|it| is(&it.id, it.tags.name())))
            .or_else(|| world.subnets.values().find_map(|it| is(&it.id, it.tags.name())))
            .or_else(|| {
                world.inbound_endpoints.values().find_map(|it| is(&it.id, it.tags.name()))
            })?;
        Some(if id == text { id } else { self.of(&id) })
    }
}
