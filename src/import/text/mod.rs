//! Text with positions: YAML and JSON as Nodes, typed reading of them, and problems that say where they are.

mod builder;
pub mod diagnostic;
mod json;
pub(in crate::import) mod near;
pub mod node;
pub mod reader;
pub mod scalar;
