//! Files of other tools: finds them in folders and cloud assemblies, reads each by its kind, and makes one set of
//! resources and one World of them.
//!
//! `cloudformation`, `describe` and `terraform` read files. `common` knows what their resources mean.

mod assembly;
pub(crate) mod cloudformation;
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
