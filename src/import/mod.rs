//! Other people's text becomes Changes: world files, labs, single Changes, zone files, and what other tools write:
//! CloudFormation templates, Terraform's JSON, the output of `aws … describe-*`.
//!
//! Every problem found has a place in a file. Nothing here answers a question or touches a store.

mod assembly;
pub mod builtin;
pub mod change;
mod change_endpoint;
mod change_network;
mod change_service;
mod change_zone;
mod cloudformation;
mod describe;
pub mod diagnostic;
mod elsewhere;
pub mod file;
mod folder;
mod foreign;
mod forms;
mod json_reader;
pub mod lab_file;
pub mod loaded;
mod locate;
mod names;
mod near;
mod nesting;
pub mod node;
mod node_builder;
pub mod open;
mod outline;
pub mod parameter_file;
pub mod reader;
pub mod scalar;
mod terraform;
mod together;
mod tree;
mod world_endpoint;
pub mod world_fault;
pub mod world_file;
mod world_guest;
pub mod world_keys;
mod world_managed;
mod world_other_names;
mod world_peering;
mod world_placement;
mod world_record;
mod world_resolver;
mod world_route;
mod world_service;
mod world_subnet;
mod world_vpc;
mod world_zone;
pub mod zone_file;
mod zone_line;
mod zone_text;

use std::sync::Arc;

use crate::catalog::CatalogDate;

/// Where a file that names no region or account lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Defaults {
    /// A region of the catalogue.
    pub region: &'static str,
    /// Twelve digits.
    pub account: Arc<str>,
    /// Which state of the catalogue of services counts.
    pub catalog_date: CatalogDate,
    /// Whether instances may be of a type that the catalogue does not know.
    pub any_instance_type: bool,
    /// What bounds the reading of files.
    pub input: file::Input,
    /// Values of the parameters of CloudFormation templates, by name.
    pub parameters: Vec<(String, String)>,
}

impl Default for Defaults {
    /// Seoul, and the account id of AWS's documentation.
    fn default() -> Self {
        Self {
            region: "ap-northeast-2",
            account: "123456789012".into(),
            catalog_date: CatalogDate::default(),
            any_instance_type: false,
            input: file::Input::default(),
            parameters: Vec::new(),
        }
    }
}
