//! How far a student is: the lab, the step that is not done yet, and how many goals are done.

use std::sync::{Arc, Weak};

use serde::Serialize;

use super::shared::Shared;
use crate::{import::course::Course, model::world::World, resolve::snapshot::Snapshot};

/// How far a World has come in the lab that it is of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Place {
    lab: String,
    /// The first step that is not done, else the last.
    step: String,
    /// Its number, from 1.
    number: usize,
    /// How many steps there are.
    steps: usize,
    /// How many goals of the lab are done.
    done: usize,
    /// How many goals the lab has.
    goals: usize,
}

/// What was found last, and of which Snapshot. Comparing with each lab takes a while, so it is done once for a Snapshot.
#[derive(Debug, Default)]
pub(super) struct Standing {
    of: Weak<Snapshot>,
    place: Option<Place>,
}

impl Standing {
    /// How far a World is. `None` if it is of no lab.
    pub(super) fn place(&mut self, shared: &Shared) -> Option<Place> {
        let current = shared.live.snapshot();
        if !self.of.upgrade().is_some_and(|of| Arc::ptr_eq(&of, &current)) {
            let courses = shared.common.courses.all(&shared.config.defaults);
            let at = shared.common.stages.find(courses, &current.world);
            let at = at.map(|(_, stage)| stage.lab.as_str());
            self.place = place(courses, at, &current.world);
            self.of = Arc::downgrade(&current);
        }
        self.place.clone()
    }
}

/// The place in the lab `at`, else in the first lab whose VPCs the World has.
fn place(courses: &[Course], at: Option<&str>, world: &World) -> Option<Place> {
    let (course, progress) = courses
        .iter()
        .filter(|course| at.is_none_or(|at| course.lab.name == at))
        .map(|course| (course, course.progress(world)))
        .find(|(_, progress)| at.is_some() || progress.known)?;
    let steps = &course.lab.steps;
    let open = progress.steps.iter().position(|goals| goals.iter().any(|goal| !goal.done));
    let index = open.unwrap_or(steps.len().saturating_sub(1));
    let goals = || progress.steps.iter().flatten();
    Some(Place {
        lab: course.lab.name.clone(),
        step: steps.get(index)?.name.clone(),
        number: index + 1,
        steps: steps.len(),
        done: goals().filter(|goal| goal.done).count(),
        goals: goals().count(),
    })
}
