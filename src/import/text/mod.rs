//! Text with positions: parses YAML and JSON into Nodes, reads typed values from them, and reports problems with their
//! positions.

mod builder;
pub mod diagnostic;
mod json;
pub(in crate::import) mod near;
pub mod node;
pub mod reader;
pub mod scalar;
