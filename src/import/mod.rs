//! Turns text from users into Changes: world files, labs, single Changes, zone files, and the files of other tools:
//! CloudFormation templates, Terraform's JSON, the output of `aws … describe-*`.
//!
//! Every problem has a position in a file. This folder answers no question and touches no store.

pub mod change;
pub mod course;
pub mod foreign;
pub mod lab;
mod names;
pub mod open;
pub mod suite;
pub mod zone_file;

pub mod text;
pub mod world;
use std::sync::Arc;

use self::open::file::Input;
use crate::catalog::CatalogDate;

/// Settings for reading files. The region and account apply to files that name none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Defaults {
    /// A region of the catalogue.
    pub region: &'static str,
    /// Twelve digits.
    pub account: Arc<str>,
    /// The version of the service catalogue.
    pub catalog_date: CatalogDate,
    /// Whether instances may be of a type that the catalogue does not know.
    pub any_instance_type: bool,
    /// The limits on reading files.
    pub input: Input,
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
            input: Input::default(),
            parameters: Vec::new(),
        }
    }
}
