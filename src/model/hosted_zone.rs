//! Private hosted zones and the VPCs they are associated with.
//!
//! Knows Route 53's refusals (P83, P87, R53). What a zone answers is decided in `resolve/zone.rs`.

use std::sync::Arc;

use super::{
    change::{Touched, duplicate},
    id::{VpcId, ZoneId},
    name::Name,
    refusal::Refusal,
    world::World,
    zone_data::ZoneData,
};

/// A private hosted zone.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct HostedZone {
    /// Its id.
    pub id: ZoneId,
    /// Its name.
    pub name: Name,
    /// The VPCs it is associated with.
    pub vpcs: Vec<VpcId>,
    /// Its records.
    pub data: Arc<ZoneData>,
}

/// `CreateHostedZone` with its VPCs and records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateHostedZone {
    /// The zone; each VPC is associated as by `AssociateVPCWithHostedZone`.
    pub zone: HostedZone,
}

/// `AssociateVPCWithHostedZone`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssociateVpcWithHostedZone {
    /// The zone.
    pub zone: ZoneId,
    /// The VPC.
    pub vpc: VpcId,
}

/// `ChangeResourceRecordSets`: the zone's new contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeResourceRecordSets {
    /// The zone.
    pub zone: ZoneId,
    /// What it then holds.
    pub data: Arc<ZoneData>,
}

impl CreateHostedZone {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        duplicate(&world.hosted_zones, &self.zone.id)?;
        if self.zone.name.is_wildcard() {
            return Err(Refusal::new(
                "InvalidInput",
                "Creation of hosted zone with a wildcard domain name is not supported.",
                "P87",
            ));
        }
        let zone = HostedZone { vpcs: Vec::new(), ..self.zone.clone() };
        world.hosted_zones.insert(zone.id, Arc::new(zone));
        let mut touched = Touched::nothing();
        for vpc in &self.zone.vpcs {
            touched
                .join(AssociateVpcWithHostedZone { zone: self.zone.id, vpc: *vpc }.apply(world)?);
        }
        Ok(touched)
    }
}

impl AssociateVpcWithHostedZone {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut zone = HostedZone::clone(find(world, self.zone)?);
        let vpc = Arc::clone(world.vpc(self.vpc)?);
        let other_zone =
            world.zones_of(vpc.id).find(|other| other.name == zone.name).map(|other| other.id);
        let hidden = world
            .endpoints_of(vpc.id)
            .find(|endpoint| {
                endpoint.private_dns
                    && endpoint.private_names.iter().any(|name| name.zone == zone.name)
            })
            .map(|endpoint| endpoint.hidden_zone_id(&zone.name));
        if let Some(holder) = other_zone.or(hidden) {
            return Err(Refusal::new(
                "ConflictingDomainExists",
                format!(
                    "The VPC {} in region {} has already been associated with the hosted zone {holder} with the same \
                     domain name.",
                    vpc.id, vpc.region
                ),
                "P83",
            ));
        }
        zone.vpcs.push(vpc.id);
        let id = zone.id;
        world.edit_members(vpc.id, |members| members.zones.push(id));
        world.hosted_zones.insert(self.zone, Arc::new(zone));
        Ok(Touched::vpc(vpc.id))
    }
}

impl ChangeResourceRecordSets {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let zone = HostedZone {
            data: Arc::clone(&self.data),
            ..HostedZone::clone(find(world, self.zone)?)
        };
        world.hosted_zones.insert(self.zone, Arc::new(zone));
        Ok(Touched::nothing())
    }
}

fn find(world: &World, id: ZoneId) -> Result<&Arc<HostedZone>, Refusal> {
    world.hosted_zones.get(&id).ok_or_else(|| {
        Refusal::new("NoSuchHostedZone", format!("No hosted zone found with ID: {id}"), "P83")
    })
}
