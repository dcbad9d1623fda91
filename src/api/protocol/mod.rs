//! How requests are read and replies are written.

pub(super) mod form;
pub(super) mod xml;
