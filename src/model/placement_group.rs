//! Placement groups: how far apart instances stand (PG1 to PG11).
//!
//! Knows which launches AWS refuses. There is no hardware, so nothing else is refused for lack of it.

use std::sync::Arc;

use super::{
    change::{Touched, duplicate},
    id::{PlacementGroupId, RegionName},
    instance::{Instance, InstanceState, Placement, Tenancy},
    refusal::Refusal,
    subnet::Subnet,
    vpc::Vpc,
    world::{Tags, World},
};

/// The most groups of an account in a region (PG10).
const MAX_GROUPS: usize = 500;
/// The most partitions of a group (PG3, PG11).
const MAX_PARTITIONS: u32 = 7;
/// The most partitions that Dedicated Instances may use (PG3).
const MAX_DEDICATED_PARTITIONS: u32 = 2;
/// The most running instances of a spread group in a zone (PG4).
pub const MAX_SPREAD: usize = 7;

/// A placement group.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PlacementGroup {
    /// Its id.
    pub id: PlacementGroupId,
    /// Its tags.
    pub tags: Tags,
    /// Its name, unique in its account and region.
    pub name: Arc<str>,
    /// Its region's name.
    #[serde(with = "super::stored::region")]
    pub region: RegionName,
    /// The account that owns it.
    pub owner: Arc<str>,
    /// Its strategy.
    pub strategy: Strategy,
}

/// The strategy of a placement group (PG1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Strategy {
    /// Close together, in one zone.
    Cluster,
    /// In this many partitions that share no hardware.
    Partition(u32),
    /// Each on a rack of its own.
    SpreadRack,
    /// Each on a host of its own, which Outposts only have.
    SpreadHost,
}

impl Strategy {
    /// The wire value.
    pub fn text(self) -> &'static str {
        match self {
            Self::Cluster => "cluster",
            Self::Partition(_) => "partition",
            Self::SpreadRack | Self::SpreadHost => "spread",
        }
    }
}

/// `CreatePlacementGroup`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreatePlacementGroup {
    /// The group.
    pub group: PlacementGroup,
}

/// `DeletePlacementGroup`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeletePlacementGroup {
    /// The group.
    pub group: PlacementGroupId,
}

/// The refusal of a name or id that no group has (PG7).
pub fn unknown(name: &str) -> Refusal {
    Refusal::new(
        "InvalidPlacementGroup.Unknown",
        format!("The Placement Group '{name}' is unknown."),
        "PG7",
    )
}

impl Placement {
    /// The placement group, if there is one.
    pub fn group_in<'w>(&self, world: &'w World) -> Option<&'w Arc<PlacementGroup>> {
        self.group.and_then(|id| world.placement_groups.get(&id))
    }
}

impl World {
    /// The placement group of that name in an account and region.
    pub fn placement_group_named(
        &self,
        owner: &str,
        region: RegionName,
        name: &str,
    ) -> Option<&Arc<PlacementGroup>> {
        self.placement_groups
            .values()
            .find(|it| *it.owner == *owner && it.region == region && *it.name == *name)
    }

    fn placed_in(&self, group: PlacementGroupId) -> impl Iterator<Item = &Arc<Instance>> {
        self.instances.values().filter(move |it| it.placement.group == Some(group))
    }
}

impl CreatePlacementGroup {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let group = &self.group;
        duplicate(&world.placement_groups, &group.id)?;
        if group.name.is_empty() || !group.name.is_ascii() || group.name.len() > 255 {
            return Err(Refusal::value(
                format!(
                    "Value ({}) for parameter groupName is invalid. A name has 1 to 255 ASCII characters.",
                    group.name
                ),
                "PG7",
            ));
        }
        if let Strategy::Partition(count) = group.strategy
            && !(1..=MAX_PARTITIONS).contains(&count)
        {
            return Err(Refusal::value(
                format!(
                    "Value ({count}) for parameter partitionCount is invalid. Expected a value from 1 to \
                     {MAX_PARTITIONS}."
                ),
                "PG11",
            ));
        }
        if world.placement_group_named(&group.owner, group.region, &group.name).is_some() {
            return Err(Refusal::new(
                "InvalidPlacementGroup.Duplicate",
                format!("The Placement Group '{}' already exists.", group.name),
                "PG7",
            ));
        }
        let own = |it: &&Arc<PlacementGroup>| it.owner == group.owner && it.region == group.region;
        if world.placement_groups.values().filter(own).count() >= MAX_GROUPS {
            return Err(Refusal::new(
                "PlacementGroupLimitExceeded",
                format!("The maximum number of placement groups, {MAX_GROUPS}, has been reached."),
                "PG10",
            ));
        }
        world.placement_groups.insert(group.id, Arc::new(group.clone()));
        Ok(Touched::nothing())
    }
}

impl DeletePlacementGroup {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let Some(group) = world.placement_groups.get(&self.group) else {
            return Err(unknown(&self.group.to_string()));
        };
        if world.placed_in(self.group).next().is_some() {
            return Err(Refusal::new(
                "InvalidPlacementGroup.InUse",
                format!("The placement group '{}' is in use and may not be deleted.", group.name),
                "PG7",
            ));
        }
        world.placement_groups.remove(&self.group);
        Ok(Touched::nothing())
    }
}

/// Whether cluster groups refuse a type: burstable ones, `mac1` and `m7i-flex` (PG2).
fn excluded_from_clusters(instance_type: &str) -> bool {
    let family = instance_type.split('.').next().unwrap_or_default();
    matches!(family, "t1" | "t2" | "t3" | "t3a" | "t4g" | "mac1" | "m7i-flex")
}

impl World {
    /// Checks that the group of an instance accepts a type.
    ///
    /// # Errors
    ///
    /// AWS's refusal.
    pub(super) fn check_placed_type(&self, instance: &Instance, kind: &str) -> Result<(), Refusal> {
        let cluster = instance
            .placement
            .group_in(self)
            .is_some_and(|group| group.strategy == Strategy::Cluster);
        if cluster && excluded_from_clusters(kind) {
            let text = format!(
                "Cluster placement groups are not supported by the '{kind}' instance type. Specify a supported instance \
             type or change the placement group strategy, and try again."
            );
            return Err(combination(text, "PG2"));
        }
        Ok(())
    }

    /// Checks the placement of an instance that is about to run, and gives it a partition if its group has some.
    ///
    /// # Errors
    ///
    /// AWS's refusal.
    pub(super) fn check_placement(
        &self,
        instance: &mut Instance,
        vpc: &Vpc,
        subnet: &Subnet,
    ) -> Result<(), Refusal> {
        let Some(id) = instance.placement.group else {
            if instance.placement.partition.is_some() {
                return Err(combination("A partition number needs a placement group.", "PG3"));
            }
            return Ok(());
        };
        let group = self.placement_groups.get(&id).ok_or_else(|| unknown(&id.to_string()))?;
        if group.owner != vpc.owner || group.region != vpc.region {
            return Err(unknown(&group.name));
        }
        if instance.placement.tenancy == Tenancy::Host {
            return Err(combination(
                "Dedicated Hosts cannot be used with placement groups.",
                "PG5",
            ));
        }
        let dedicated = instance.placement.tenancy == Tenancy::Dedicated;
        if !matches!(group.strategy, Strategy::Partition(_))
            && instance.placement.partition.is_some()
        {
            let text = format!("The placement group '{}' has no partitions.", group.name);
            return Err(combination(text, "PG3"));
        }
        let others = || self.placed_in(id).filter(|it| it.id != instance.id);
        let zone = |it: &Instance| self.subnets.get(&it.subnet).map(|subnet| &subnet.zone);
        match group.strategy {
            Strategy::Cluster => {
                self.check_placed_type(instance, &instance.instance_type)?;
                let elsewhere =
                    others().filter_map(|it| zone(it)).find(|zone| **zone != subnet.zone);
                if let Some(zone) = elsewhere {
                    return Err(Refusal::new(
                        "InvalidPlacementGroup.InUse",
                        format!(
                            "The placement group '{}' is in use in another availability zone: {zone}.",
                            group.name
                        ),
                        "PG8",
                    ));
                }
            }
            Strategy::Partition(count) => {
                let usable = if dedicated { count.min(MAX_DEDICATED_PARTITIONS) } else { count };
                match instance.placement.partition {
                    Some(number) if !(1..=usable).contains(&number) => {
                        return Err(Refusal::value(
                            format!(
                                "Value ({number}) for parameter partitionNumber is invalid. The placement group '{}' has \
                             partitions 1 to {usable} for this tenancy.",
                                group.name
                            ),
                            "PG3",
                        ));
                    }
                    Some(_) => {}
                    None => {
                        // The emptiest partition of the zone, the lowest of those.
                        let held = |number| {
                            let here = |it: &&Arc<Instance>| {
                                it.placement.partition == Some(number)
                                    && zone(it) == Some(&subnet.zone)
                            };
                            others().filter(here).count()
                        };
                        instance.placement.partition =
                            (1..=usable).min_by_key(|number| (held(*number), *number));
                    }
                }
            }
            Strategy::SpreadRack => {
                if dedicated {
                    let text = "Dedicated Instances cannot be used with spread placement groups.";
                    return Err(combination(text, "PG4"));
                }
                let running = others().filter(|it| {
                    it.state == InstanceState::Running && zone(it) == Some(&subnet.zone)
                });
                if instance.state == InstanceState::Running && running.count() >= MAX_SPREAD {
                    return Err(Refusal::new(
                        "InsufficientInstanceCapacity",
                        format!(
                            "We currently do not have sufficient capacity to launch another instance in the spread \
                         placement group '{}' in {}: a rack-level group takes {MAX_SPREAD} running instances in a zone.",
                            group.name, subnet.zone
                        ),
                        "PG9",
                    ));
                }
            }
            Strategy::SpreadHost => {
                let text = format!(
                    "The placement group '{}' spreads over hosts, which is for Outposts only.",
                    group.name
                );
                return Err(combination(text, "PG4"));
            }
        }
        Ok(())
    }
}

fn combination(text: impl Into<String>, fact: &'static str) -> Refusal {
    Refusal::new("InvalidParameterCombination", text, fact)
}
