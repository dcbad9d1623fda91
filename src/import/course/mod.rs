//! A lab with the World at each of its steps, and how far another World has come in it.

mod counterpart;
mod goal;
mod show;

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

    /// How far a World has come.
    pub fn progress(&self, own: &World) -> Progress {
        let steps = self.lab.steps.iter().zip(self.worlds.iter().skip(1));
        let steps = steps.map(|(step, lab)| goal::goals(step, &Counterparts { lab, own }));
        let whole = self.worlds.last().map(|lab| Counterparts { lab, own });
        Progress {
            known: whole.is_some_and(|it| it.has_all_vpcs()),
            steps: steps.collect(),
            own: whole.map(|it| it.renamed()).unwrap_or_default(),
        }
    }

    /// The Changes that do what a step asks for in a World, as far as it is not done there.
    pub fn show(&self, index: usize, own: &World) -> Vec<Change> {
        match (self.lab.steps.get(index), self.after(index)) {
            (Some(step), Some(lab)) => show::changes(step, &Counterparts { lab, own }),
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests;
