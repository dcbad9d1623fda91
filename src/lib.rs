//! vpcdns answers DNS questions as the Amazon-provided resolver of a VPC does, and explains why.

pub mod catalog;
pub mod dns;
pub mod import;
pub mod model;
pub mod resolve;
