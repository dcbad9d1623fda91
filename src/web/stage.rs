//! Finds the step of a built-in lab that a World is at, by comparing it with the World after each step.

use std::sync::OnceLock;

use super::world::{self, WorldJson};
use crate::{
    import::{course::Course, lab::LabStep},
    model::world::World,
    resolve::question::Asker,
};

/// The World after one step, in the form of `GET /api/world`.
#[derive(Debug)]
pub(super) struct Stage {
    /// The lab's name.
    pub(super) lab: String,
    /// The step's.
    pub(super) step: String,
    world: WorldJson,
}

/// The steps of all labs. They are made at the first use.
#[derive(Debug, Default)]
pub(super) struct Stages(OnceLock<Vec<Stage>>);

impl Stages {
    /// The last step whose World looks the same as this one, and its number among the steps of all labs.
    pub(super) fn find(&self, courses: &[Course], world: &World) -> Option<(usize, &Stage)> {
        // The limit cuts nothing off: the Worlds of the labs are much smaller.
        let current = world::world(world, Asker::Internet, world::DEFAULT_LIMIT);
        let stages = self.0.get_or_init(|| stages(courses));
        let at = |stage: &Stage| {
            let course = courses.iter().find(|it| it.lab.name == stage.lab)?;
            course.after(course.index(&stage.step)?)
        };
        let same = |stage: &Stage| {
            stage.world == current && at(stage).is_some_and(|of| Course::alike(of, world))
        };
        stages.iter().enumerate().rev().find(|(_, stage)| same(stage))
    }

    /// Whether both Worlds are steps of the same lab, and the second is the later step.
    pub(super) fn goes_on(&self, courses: &[Course], from: &World, to: &World) -> bool {
        match (self.find(courses, from), self.find(courses, to)) {
            (Some((first, one)), Some((second, other))) => one.lab == other.lab && first < second,
            _ => false,
        }
    }
}

fn stages(courses: &[Course]) -> Vec<Stage> {
    let of_course = |course: &Course| {
        let of_step = |(index, step): (usize, &LabStep)| {
            let world = world::world(course.after(index)?, Asker::Internet, world::DEFAULT_LIMIT);
            Some(Stage { lab: course.lab.name.clone(), step: step.name.clone(), world })
        };
        course.lab.steps.iter().enumerate().filter_map(of_step).collect::<Vec<_>>()
    };
    courses.iter().flat_map(of_course).collect()
}
