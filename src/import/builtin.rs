//! The worlds and labs that come with the program.
//!
//! Their files are embedded; a test reads each of them, so reading them again cannot fail.

use super::{
    Defaults,
    diagnostic::{Problem, Source},
    lab_file::{self, Lab},
};

/// A world or lab that comes with the program.
struct BuiltIn {
    name: &'static str,
    text: &'static str,
    is_lab: bool,
}

const ALL: &[BuiltIn] = &[
    BuiltIn { name: "empty", text: include_str!("../../zones/labs/empty.yaml"), is_lab: false },
    BuiltIn {
        name: "default-vpc",
        text: include_str!("../../zones/labs/default-vpc.yaml"),
        is_lab: false,
    },
    BuiltIn { name: "lab09-1", text: include_str!("../../zones/labs/lab09-1.yaml"), is_lab: true },
    BuiltIn { name: "lab09-2", text: include_str!("../../zones/labs/lab09-2.yaml"), is_lab: true },
];

/// The names of the labs.
pub fn labs() -> Vec<&'static str> {
    ALL.iter().filter(|it| it.is_lab).map(|it| it.name).collect()
}

/// The names of all built-in worlds, labs among them.
pub fn worlds() -> Vec<&'static str> {
    ALL.iter().map(|it| it.name).collect()
}

/// The text of a built-in world or lab.
pub fn builtin_world(name: &str) -> Option<Source> {
    let found = ALL.iter().find(|it| it.name == name)?;
    Some(Source { name: found.name.to_owned(), text: found.text.to_owned() })
}

/// A built-in lab.
pub fn lab(name: &str) -> Option<Lab> {
    ALL.iter().find(|it| it.is_lab && it.name == name)?;
    read(name)?.ok()
}

fn read(name: &str) -> Option<Result<Lab, Vec<Problem>>> {
    Some(lab_file::load_lab(&builtin_world(name)?, &Defaults::default()))
}
