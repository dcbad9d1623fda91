//! Names of resources as ways show them.

use crate::{
    language::Language,
    model::{
        id::{InstanceId, PeeringId, RouteTableId, SubnetId, VpcId},
        world::World,
    },
};

pub(super) fn instance_label(world: &World, id: InstanceId) -> String {
    world.instances.get(&id).map_or_else(|| id.to_string(), |it| it.label())
}

pub(super) fn vpc_label(world: &World, id: VpcId) -> String {
    world.vpcs.get(&id).map_or_else(|| id.to_string(), |it| it.label())
}

pub(super) fn subnet_label(world: &World, id: SubnetId) -> String {
    world.subnets.get(&id).map_or_else(|| id.to_string(), |it| it.label())
}

pub(super) fn table_label(world: &World, id: RouteTableId) -> String {
    world.route_tables.get(&id).map_or_else(|| id.to_string(), |table| table.label())
}

pub(super) fn peering_label(world: &World, id: PeeringId, say: Language) -> String {
    let name = world.peerings.get(&id).and_then(|it| it.tags.name());
    say.peering(name.map_or_else(|| id.to_string(), str::to_owned))
}
