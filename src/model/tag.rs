//! Tags: everything that has some, and the two Changes that set them and take them away.
//!
//! Which stored resources have tags is in the table of resources. Which keys and values a request may name is the API's
//! business.

use std::sync::Arc;

use super::{
    change::Touched,
    dhcp_options::default_set,
    id::{NetworkInterfaceId, RegionName, SecurityGroupRuleId, VpcId},
    instance::Instance,
    network_acl,
    network_interface::Interface,
    refusal::Refusal,
    resources::resources,
    security_group::SecurityGroup,
    world::{Tags, World},
};

/// How many tags a resource has at most.
const MOST: usize = 50;

/// A region and an account: those of a resource, or those of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    /// The region's name.
    pub region: RegionName,
    /// The account.
    pub owner: Arc<str>,
}

/// A resource that may have tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tagged<'w> {
    /// Its id.
    pub id: String,
    /// AWS's word for what it is, such as `route-table`.
    pub kind: &'static str,
    /// Its tags. `None` if it follows from another resource and has none.
    pub tags: Option<&'w Tags>,
}

/// `CreateTags`: adds tags, or gives those that are there another value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateTags {
    /// Where the resources must live.
    pub home: Home,
    /// The ids of the resources.
    pub resources: Vec<String>,
    /// The tags.
    pub tags: Tags,
}

/// `DeleteTags`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteTags {
    /// Where the resources must live.
    pub home: Home,
    /// The ids of the resources.
    pub resources: Vec<String>,
    /// The keys to remove. With a value, the tag is only removed if it has this value. An empty list removes every tag but
    /// those of AWS's own.
    pub tags: Vec<(String, Option<String>)>,
}

macro_rules! taggable {
    ($($kind:literal $id:ident $map:ident $is_home:ident;)*) => {
        /// Every stored resource of this region and account that may have tags.
        fn stored<'w>(world: &'w World, home: &'w Home) -> impl Iterator<Item = Tagged<'w>> {
            let found = std::iter::empty();
            $(
                let found = found.chain(
                    world.$map.values().filter(move |it| $is_home!(world, it, home)).map(|it| {
                        Tagged { id: it.id.to_string(), kind: $kind, tags: Some(&it.tags) }
                    }),
                );
            )*
            found
        }

        /// Changes the tags of a stored resource of this region and account. False if there is no such resource.
        fn edit_stored(
            world: &mut World,
            home: &Home,
            id: &str,
            edit: impl Fn(&mut Tags) -> Result<(), Refusal>,
        ) -> Result<bool, Refusal> {
            $(
                if let Ok(key) = id.parse::<super::id::$id>()
                    && let Some(it) = world.$map.get(&key)
                    && $is_home!(world, it, home)
                {
                    let mut next = (**it).clone();
                    edit(&mut next.tags)?;
                    world.$map.insert(key, Arc::new(next));
                    return Ok(true);
                }
            )*
            Ok(false)
        }
    };
}

/// A resource with a region and an owner of its own.
macro_rules! own {
    ($world:ident, $it:ident, $home:ident) => {
        $it.region == $home.region && *$it.owner == *$home.owner
    };
}

/// A resource of a VPC.
macro_rules! of_vpc {
    ($world:ident, $it:ident, $home:ident) => {
        lives($world, $it.vpc, $home)
    };
}

/// A resource between two VPCs.
macro_rules! of_two {
    ($world:ident, $it:ident, $home:ident) => {
        lives($world, $it.requester, $home) || lives($world, $it.accepter, $home)
    };
}

resources! { tags => taggable }

fn lives(world: &World, vpc: VpcId, home: &Home) -> bool {
    world.vpcs.get(&vpc).is_some_and(|vpc| vpc.region == home.region && *vpc.owner == *home.owner)
}

/// Every resource of this region and account that follows from others and may have tags.
fn derived<'w>(world: &'w World, home: &'w Home) -> impl Iterator<Item = Tagged<'w>> {
    let acls = world.vpcs.values().filter(move |vpc| own!(world, vpc, home));
    let acls = acls.filter(|vpc| !world.network_acls.contains_key(&network_acl::of(vpc.id)));
    let acls = acls.map(|vpc| ("network-acl", network_acl::of(vpc.id).to_string()));
    let set = default_set(home.region, &home.owner).id.to_string();
    let instances = world.instances.values().filter(move |it| lives(world, it.vpc, home));
    let volumes = instances.flat_map(|it| it.volumes()).map(|(id, _)| ("volume", id.to_string()));
    acls.chain([("dhcp-options", set)]).chain(volumes).map(move |(kind, id)| {
        let tags = world.derived_tags.get(&id).map(|tags| &**tags);
        Tagged { id, kind, tags }
    })
}

/// Every resource of this region and account that may have tags.
pub fn all<'w>(world: &'w World, home: &'w Home) -> impl Iterator<Item = Tagged<'w>> {
    stored(world, home).chain(nested(world, home)).chain(derived(world, home))
}

/// Every part of another resource, in this region and account, that may have tags.
fn nested<'w>(world: &'w World, home: &'w Home) -> impl Iterator<Item = Tagged<'w>> {
    let instances = world.instances.values().filter(move |it| lives(world, it.vpc, home));
    let interfaces = instances.map(|it| Tagged {
        id: it.interface_id().to_string(),
        kind: "network-interface",
        tags: Some(&it.interface.tags),
    });
    let groups = world.security_groups.values().filter(move |it| lives(world, it.vpc, home));
    let rules = groups.flat_map(|group| &group.rules).map(|rule| Tagged {
        id: rule.id.to_string(),
        kind: "security-group-rule",
        tags: Some(&rule.tags),
    });
    interfaces.chain(rules)
}

/// Changes the tags of a part of another resource, in this region and account. False if there is no such part.
fn edit_nested(
    world: &mut World,
    home: &Home,
    id: &str,
    edit: impl Fn(&mut Tags) -> Result<(), Refusal>,
) -> Result<bool, Refusal> {
    if let Ok(interface) = id.parse::<NetworkInterfaceId>()
        && let Ok(Interface::Primary(instance)) = world.interface(interface)
        && lives(world, instance.vpc, home)
    {
        let mut next = Instance::clone(instance);
        edit(&mut next.interface.tags)?;
        world.instances.insert(next.id, Arc::new(next));
        return Ok(true);
    }
    let Ok(rule) = id.parse::<SecurityGroupRuleId>() else { return Ok(false) };
    let position = |group: &SecurityGroup| group.rules.iter().position(|it| it.id == rule);
    let found = world.security_groups.values().find_map(|group| Some((position(group)?, group)));
    let Some((at, group)) = found.filter(|(_, group)| lives(world, group.vpc, home)) else {
        return Ok(false);
    };
    let mut next = SecurityGroup::clone(group);
    edit(&mut next.rules[at].tags)?;
    world.security_groups.insert(next.id, Arc::new(next));
    Ok(true)
}

fn edit(
    world: &mut World,
    home: &Home,
    id: &str,
    edit: impl Fn(&mut Tags) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    if edit_stored(world, home, id, &edit)? || edit_nested(world, home, id, &edit)? {
        return Ok(());
    }
    if !derived(world, home).any(|tagged| tagged.id == id) {
        return Err(Refusal::new("InvalidID", format!("The ID '{id}' is not valid"), "A21"));
    }
    let mut tags = world.derived_tags.get(id).map(|tags| Tags::clone(tags)).unwrap_or_default();
    edit(&mut tags)?;
    if tags.0.is_empty() {
        world.derived_tags.remove(&id.to_owned());
    } else {
        world.derived_tags.insert(id.to_owned(), Arc::new(tags));
    }
    Ok(())
}

impl CreateTags {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        for id in &self.resources {
            edit(world, &self.home, id, |tags| {
                for (key, value) in &self.tags.0 {
                    match tags.0.iter_mut().find(|(old, _)| old == key) {
                        Some((_, old)) => old.clone_from(value),
                        None => tags.0.push((key.clone(), value.clone())),
                    }
                }
                if tags.0.len() > MOST {
                    let message = "The maximum number of Tags for a resource has been reached.";
                    return Err(Refusal::new("TagLimitExceeded", message, "A21"));
                }
                Ok(())
            })?;
        }
        Ok(Touched::nothing())
    }
}

impl DeleteTags {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        for id in &self.resources {
            edit(world, &self.home, id, |tags| {
                tags.0.retain(|(key, value)| {
                    let named = |(name, only): &(String, Option<String>)| {
                        name == key && only.as_ref().is_none_or(|only| only == value)
                    };
                    let is_awss = self.tags.is_empty() && key.starts_with("aws:");
                    is_awss || !self.tags.is_empty() && !self.tags.iter().any(named)
                });
                Ok(())
            })?;
        }
        Ok(Touched::nothing())
    }
}
