//! How something comes to a VPC. A file of its own, because both Views and traces tell it.

use crate::model::id::ProfileId;

/// Who brings something to a VPC. The order is that of precedence at one name (R73).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Via {
    /// An association of its own.
    Own,
    /// A Profile: its place among those of the VPC, from 0, and its id.
    Profile(u8, ProfileId),
}
