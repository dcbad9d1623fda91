//! The worlds and labs that are built into the program.
//!
//! A test reads each of them, so reading them cannot fail at run time. This file never opens a file on disk. Code that
//! must not open files takes a [`BuiltInLab`] instead of a text.

use crate::import::{
    Defaults,
    course::Course,
    lab::{self, Lab},
    text::diagnostic::{Problem, Source},
};

/// A world or lab that comes with the program.
#[derive(Debug)]
struct BuiltIn {
    name: &'static str,
    text: &'static str,
    is_lab: bool,
}

/// One entry: the name of a file in `zones/labs/`, and whether it is a lab.
macro_rules! built_in {
    ($($name:literal is_lab: $is_lab:literal,)*) => {
        &[$(BuiltIn {
            name: $name,
            text: include_str!(concat!("../../../zones/labs/", $name, ".yaml")),
            is_lab: $is_lab,
        },)*]
    };
}

const ALL: &[BuiltIn] = built_in! {
    "empty" is_lab: false,
    "default-vpc" is_lab: false,
    "lab09-1" is_lab: true,
    "lab09-2" is_lab: true,
    "lab09-4" is_lab: true,
    "lab09-5" is_lab: true,
    "pings" is_lab: true,
    "private-zones" is_lab: true,
    "split-horizon" is_lab: true,
    "central-endpoints" is_lab: true,
    "s3-ways" is_lab: true,
    "what-breaks" is_lab: true,
    "on-premises" is_lab: true,
};

/// A lab to begin with, for `vpcdns lab new`.
pub const NEW: &str = include_str!("../../../zones/labs/new.yaml");

/// The names of the labs.
pub fn labs() -> Vec<&'static str> {
    ALL.iter().filter(|it| it.is_lab).map(|it| it.name).collect()
}

/// The labs of the chapter that ask DNS questions, for `lab all`.
pub const CHAPTER: [&str; 2] = ["lab09-1", "lab09-2"];

/// The names of all built-in worlds, labs among them.
pub fn worlds() -> Vec<&'static str> {
    ALL.iter().map(|it| it.name).collect()
}

/// The text of a built-in world or lab.
pub fn builtin_world(name: &str) -> Option<Source> {
    let found = ALL.iter().find(|it| it.name == name)?;
    Some(Source { name: found.name.to_owned(), text: found.text.to_owned() })
}

/// Whether a WORLD argument means a built-in world or a step of a built-in lab.
pub fn is_builtin(argument: &str) -> bool {
    let name = argument.split_once('@').map_or(argument, |(name, _)| name);
    ALL.iter().any(|it| it.name == name)
}

/// A built-in lab.
pub fn lab(name: &str) -> Option<Lab> {
    ALL.iter().find(|it| it.is_lab && it.name == name)?;
    read(name)?.ok()
}

/// A lab that comes with the program. It cannot name a file.
#[derive(Clone, Copy, Debug)]
pub struct BuiltInLab(&'static BuiltIn);

impl BuiltInLab {
    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        ALL.iter().filter(|it| it.is_lab).map(Self)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// The lab with the World at each step.
    ///
    /// # Errors
    ///
    /// None: a test reads every built-in world.
    pub fn course(self, defaults: &Defaults) -> Result<Course, Vec<Problem>> {
        let source = Source { name: self.name().to_owned(), text: self.0.text.to_owned() };
        Course::read(&source, defaults)
    }
}

fn read(name: &str) -> Option<Result<Lab, Vec<Problem>>> {
    Some(lab::load_lab(&builtin_world(name)?, &Defaults::default()))
}
