//! Route 53's health checks.
//!
//! Nothing is checked: the endpoint of a health check is always healthy. `Inverted` makes a check unhealthy, which is the switch for tests.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    change::{Touched, duplicate},
    id::HealthCheckId,
    refusal::Refusal,
    tag_edit::TagEdit,
    world::{Tags, World},
};

/// The most health checks that one depends on directly.
const MOST_CHILDREN: usize = 256;
/// How many health checks and record sets are looked at to find whether one is healthy. What is left counts as healthy, so
/// that checks that depend on each other cost an answer little.
pub const MOST_STEPS: u32 = 1_000;

/// A health check.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct HealthCheck {
    /// Its id.
    pub id: HealthCheckId,
    /// The account that made it.
    pub owner: Arc<str>,
    /// `CallerReference`.
    pub caller_reference: Arc<str>,
    /// How often its settings were changed, from 1.
    pub version: u64,
    /// Its tags.
    pub tags: Tags,
    /// Its settings, by the names that AWS gives them.
    pub settings: BTreeMap<Arc<str>, Arc<str>>,
    /// `Regions`.
    pub regions: Vec<Arc<str>>,
    /// `ChildHealthChecks`, of a calculated one.
    pub children: Vec<HealthCheckId>,
}

impl HealthCheck {
    /// A setting.
    pub fn setting(&self, name: &str) -> Option<&str> {
        self.settings.get(name).map(|value| &**value)
    }

    fn is_on(&self, name: &str) -> bool {
        self.setting(name) == Some("true")
    }

    /// Whether it is healthy. A disabled one is, and `Inverted` turns it around in either case.
    /// Each check that is looked at takes one of `steps`; without steps it is healthy.
    pub fn is_healthy(&self, world: &World, steps: &mut u32) -> bool {
        let Some(left) = steps.checked_sub(1) else { return true };
        *steps = left;
        let calculated = self.setting("Type") == Some("CALCULATED");
        let found = if self.is_on("Disabled") || !calculated {
            true
        } else {
            let children = self.children.iter().filter_map(|id| world.health_checks.get(id));
            let wanted = self.setting("HealthThreshold").and_then(|text| text.parse().ok());
            let wanted = wanted.unwrap_or(0_usize);
            children.filter(|it| it.is_healthy(world, steps)).take(wanted).count() == wanted
        };
        found != self.is_on("Inverted")
    }
}

/// `CreateHealthCheck`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateHealthCheck {
    /// The health check.
    pub check: HealthCheck,
}

/// `UpdateHealthCheck`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpdateHealthCheck {
    /// The health check.
    pub id: HealthCheckId,
    /// The version that the caller knows, if he says so.
    pub version: Option<u64>,
    /// The settings to change.
    pub settings: BTreeMap<Arc<str>, Arc<str>>,
    /// The settings to take away.
    pub reset: Vec<Arc<str>>,
    /// The regions, to replace those there are.
    pub regions: Option<Vec<Arc<str>>>,
    /// The children, to replace those there are.
    pub children: Option<Vec<HealthCheckId>>,
}

/// `DeleteHealthCheck`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteHealthCheck {
    /// The health check.
    pub id: HealthCheckId,
}

/// `ChangeTagsForResource` of a health check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagHealthCheck {
    /// The health check.
    pub id: HealthCheckId,
    /// What becomes of its tags.
    pub edit: TagEdit,
}

/// The refusal of an id that no health check has.
pub fn no_such_check(id: impl std::fmt::Display) -> Refusal {
    let message = format!("A health check with id {id} does not exist.");
    Refusal::new("NoSuchHealthCheck", message, "R56")
}

fn find(world: &World, id: HealthCheckId) -> Result<HealthCheck, Refusal> {
    world.health_checks.get(&id).map(|it| (**it).clone()).ok_or_else(|| no_such_check(id))
}

/// Refuses children that are too many, twice there, unknown, or checks that have children themselves.
fn check_children(world: &World, children: &[HealthCheckId]) -> Result<(), Refusal> {
    let refuse = |words: String| Err(Refusal::new("InvalidInput", words, "R56"));
    if children.len() > MOST_CHILDREN {
        return refuse(format!("A health check has at most {MOST_CHILDREN} child health checks."));
    }
    let mut sorted = children.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    if sorted.len() < children.len() {
        return refuse("A child health check is there twice.".to_owned());
    }
    let depends = |id: &&HealthCheckId| {
        let check = world.health_checks.get(*id);
        check.is_some_and(|it| it.setting("Type") == Some("CALCULATED"))
    };
    if let Some(id) = children.iter().find(depends) {
        return refuse(format!(
            "The child health check {id} is a calculated one, which no other can depend on."
        ));
    }
    match children.iter().find(|id| !world.health_checks.contains_key(*id)) {
        Some(unknown) => Err(Refusal::new(
            "InvalidInput",
            format!("The child health check {unknown} does not exist."),
            "R56",
        )),
        None => Ok(()),
    }
}

impl CreateHealthCheck {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        duplicate(&world.health_checks, &self.check.id)?;
        let is_same = |it: &Arc<HealthCheck>| {
            it.owner == self.check.owner && it.caller_reference == self.check.caller_reference
        };
        if world.health_checks.values().any(is_same) {
            return Err(Refusal::new(
                "HealthCheckAlreadyExists",
                "A health check with the same caller reference but different settings has already been created.",
                "R56",
            ));
        }
        check_children(world, &self.check.children)?;
        world.health_checks.insert(self.check.id, Arc::new(self.check.clone()));
        Ok(Touched::nothing())
    }
}

impl UpdateHealthCheck {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut check = find(world, self.id)?;
        if self.version.is_some_and(|version| version != check.version) {
            return Err(Refusal::new(
                "HealthCheckVersionMismatch",
                format!("The health check {} has the version {}.", self.id, check.version),
                "R56",
            ));
        }
        for name in &self.reset {
            check.settings.remove(name);
        }
        check.settings.extend(self.settings.clone());
        if let Some(children) = &self.children {
            check_children(world, children)?;
            check.children.clone_from(children);
        }
        if let Some(regions) = &self.regions {
            check.regions.clone_from(regions);
        }
        check.version += 1;
        world.health_checks.insert(self.id, Arc::new(check));
        Ok(Touched::nothing())
    }
}

impl DeleteHealthCheck {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        find(world, self.id)?;
        if world.health_checks.values().any(|it| it.children.contains(&self.id)) {
            return Err(Refusal::new(
                "HealthCheckInUse",
                format!("The health check {} is used by another health check.", self.id),
                "R56",
            ));
        }
        world.health_checks.remove(&self.id);
        Ok(Touched::nothing())
    }
}

impl TagHealthCheck {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut check = find(world, self.id)?;
        self.edit.apply(&mut check.tags)?;
        world.health_checks.insert(self.id, Arc::new(check));
        Ok(Touched::nothing())
    }
}
