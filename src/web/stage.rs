//! Finds the step of a built-in lab that a World is at, by comparing it with the World after each step.

use std::sync::OnceLock;

use super::world::{self, WorldJson};
use crate::{
    import::{
        Defaults,
        open::builtin::{BuiltInLab, BuiltInStep},
    },
    model::world::World,
    resolve::question::Asker,
};

/// The World after one step, in the form of `GET /api/world`.
#[derive(Debug)]
pub(super) struct Stage {
    pub(super) step: BuiltInStep,
    world: WorldJson,
}

/// The steps of all labs. They are made at the first use.
#[derive(Debug, Default)]
pub(super) struct Stages(OnceLock<Vec<Stage>>);

impl Stages {
    /// The last step whose World looks the same as this one, and its number among the steps of all labs.
    pub(super) fn find(&self, defaults: &Defaults, world: &World) -> Option<(usize, &Stage)> {
        // The limit cuts nothing off: the Worlds of the labs are much smaller.
        let current = world::world(world, Asker::Internet, world::DEFAULT_LIMIT);
        let stages = self.0.get_or_init(|| stages(defaults));
        stages.iter().enumerate().rev().find(|(_, stage)| stage.world == current)
    }

    /// Whether both Worlds are steps of the same lab, and the second is the later step.
    pub(super) fn goes_on(&self, defaults: &Defaults, from: &World, to: &World) -> bool {
        match (self.find(defaults, from), self.find(defaults, to)) {
            (Some((first, one)), Some((second, other))) => {
                one.step.lab().name() == other.step.lab().name() && first < second
            }
            _ => false,
        }
    }
}

fn stages(defaults: &Defaults) -> Vec<Stage> {
    let mut stages = Vec::new();
    for step in BuiltInLab::all().flat_map(BuiltInLab::steps) {
        if let Ok(loaded) = step.load(defaults) {
            let world = world::world(&loaded.world, Asker::Internet, world::DEFAULT_LIMIT);
            stages.push(Stage { step, world });
        }
    }
    stages
}
