//! Files of other tools: found in folders and assemblies, read by their kind, made one set of resources, and one World.
//!
//! `cloudformation`, `describe` and `terraform` read files; `common` knows what their resources mean.

mod assembly;
pub(in crate::import) mod cloudformation;
mod common;
pub(in crate::import) mod describe;
pub(in crate::import) mod elsewhere;
pub(in crate::import) mod folder;
pub(in crate::import) mod forms;
mod nesting;
pub mod parameter_file;
mod terraform;
pub(in crate::import) mod together;
pub(in crate::import) mod tree;
