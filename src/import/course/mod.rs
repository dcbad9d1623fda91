//! A lab with the World at each of its steps, and how far another World has come in it.

mod counterpart;
mod goal;
mod shape;
mod show;

use std::collections::BTreeSet;

use serde::Serialize;

use self::counterpart::Counterparts;
pub use self::goal::{Goal, Hint};
use super::{
    Defaults,
    lab::{self, Lab},
    text::{
        diagnostic::{Problem, Source},
        node,
    },
};
use crate::model::{change::Change, world::World};

/// A lab, and the World at each step.
#[derive(Clone, Debug)]
pub struct Course {
    /// The lab.
    pub lab: Lab,
    /// The World before the first step, then after each.
    worlds: Vec<World>,
}

/// How far a World has come in a lab.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// Whether the World has the lab's VPCs.
    pub known: bool,
    /// The goals of each step.
    pub steps: Vec<Vec<Goal>>,
    /// What the lab's texts call by another name: each text of the lab, and the one in its place.
    pub own: Vec<(String, String)>,
}

impl Course {
    /// Reads a lab file.
    ///
    /// # Errors
    ///
    /// Every problem of the file.
    pub fn read(source: &Source, defaults: &Defaults) -> Result<Self, Vec<Problem>> {
        let read = lab::read(source, &node::parse(source)?, defaults)?;
        Ok(Self { lab: read.lab, worlds: read.worlds })
    }

    /// The number of a step.
    pub fn index(&self, step: &str) -> Option<usize> {
        self.lab.steps.iter().position(|it| it.name == step)
    }

    /// The World in which a step begins.
    pub fn before(&self, index: usize) -> Option<&World> {
        self.worlds.get(index)
    }

    /// The World after a step.
    pub fn after(&self, index: usize) -> Option<&World> {
        self.worlds.get(index + 1)
    }

    /// Whether two Worlds have the same instances, zones, routes and Resolver rules, by name. Their VPCs and endpoints
    /// are not compared.
    pub fn alike(one: &World, other: &World) -> bool {
        shape::facts(one) == shape::facts(other)
    }

    /// How far a World has come.
    pub fn progress(&self, own: &World) -> Progress {
        let whole = self.worlds.last().map(|lab| Counterparts { lab, own });
        let known = whole.is_some_and(|it| it.has_all_vpcs());
        // A World without the lab's VPCs has nothing of the lab, so a large one is not read.
        let has = if known { shape::facts(own) } else { BTreeSet::new() };
        let worlds = self.worlds.iter().zip(self.worlds.iter().skip(1));
        let steps = self.lab.steps.iter().zip(worlds).map(|(step, (before, lab))| {
            let mut goals = goal::goals(step, &Counterparts { lab, own });
            goals.extend(shape::added(before, lab).into_iter().map(|(what, of)| {
                let done = has.contains(&(what, of.clone()));
                Goal { what, of, done, hint: None }
            }));
            goals
        });
        Progress {
            known,
            steps: steps.collect(),
            own: whole.map(|it| it.renamed()).unwrap_or_default(),
        }
    }

    /// The Changes that do what a step asks for in a World, as far as it is not done there.
    pub fn show(&self, index: usize, own: &World) -> Vec<Change> {
        match (self.lab.steps.get(index), self.before(index), self.after(index)) {
            (Some(step), Some(before), Some(lab)) => {
                show::changes(step, before, &Counterparts { lab, own })
            }
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests;
