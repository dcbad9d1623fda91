//! The kinds of names that a region defines by itself.

/// A kind of autodefined name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Autodefined {
    /// `<region>.compute.internal` or `ec2.internal`.
    Internal(&'static str),
    /// `<region>.compute.amazonaws.com` or `compute-1.amazonaws.com`.
    PublicNames(&'static str),
    /// Reverse names of private addresses.
    Reverse,
    /// `localhost`, `localdomain` and the reverse names of loopback.
    Local,
}
