//! Makes and deletes routes whose destination is a customer's prefix list.

use std::sync::Arc;

use super::{
    change::Touched,
    gateway_route_table::{no_list, user},
    id::{PrefixListId, RouteTableId},
    id_words::IdWords,
    refusal::Refusal,
    route::{ListRoute, check_target},
    route_table::RouteTable,
    world::World,
};

/// `CreateRoute` and `ReplaceRoute` with `DestinationPrefixListId`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PutListRoute {
    /// The table.
    pub table: RouteTableId,
    /// The route.
    pub route: ListRoute,
    /// Whether it takes the place of the one to its list.
    pub replace: bool,
}

/// `DeleteRoute` with `DestinationPrefixListId`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteListRoute {
    /// The table.
    pub table: RouteTableId,
    /// The list.
    pub list: PrefixListId,
}

impl PutListRoute {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut table = RouteTable::clone(world.route_table(self.table)?);
        let id = self.route.list;
        let list = world.prefix_lists.get(&id).ok_or_else(|| id.missing("PL3"))?;
        if user(world, table.vpc, table.id).is_some() {
            return Err(no_list(table.id, &id));
        }
        check_target(world, &table, &self.route.target, &id, !list.v6)?;
        let old = table.list_routes.iter_mut().find(|old| old.list == id);
        match (old, self.replace) {
            (Some(_), false) => {
                return Err(Refusal::new(
                    "RouteAlreadyExists",
                    format!("The route identified by {id} already exists."),
                    "G4",
                ));
            }
            (None, true) => {
                return Err(Refusal::value(
                    format!(
                        "There is no route defined for '{id}' in the route table. Use CreateRoute instead."
                    ),
                    "A21",
                ));
            }
            (Some(old), true) => old.target = self.route.target.clone(),
            (None, false) => table.list_routes.push(self.route.clone()),
        }
        let vpc = table.vpc;
        world.route_tables.insert(self.table, Arc::new(table));
        Ok(Touched::vpc(vpc))
    }
}

impl DeleteListRoute {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut table = RouteTable::clone(world.route_table(self.table)?);
        let before = table.list_routes.len();
        table.list_routes.retain(|route| route.list != self.list);
        if table.list_routes.len() == before {
            return Err(Refusal::new(
                "InvalidRoute.NotFound",
                format!(
                    "no route with destination-prefix-list-id {} in route table {}",
                    self.list, self.table
                ),
                "A21",
            ));
        }
        let vpc = table.vpc;
        world.route_tables.insert(self.table, Arc::new(table));
        Ok(Touched::vpc(vpc))
    }
}
