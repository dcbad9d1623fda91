//! Faults: wrong answers and delays that a user asks for, to test clients.
//!
//! AWS has nothing like them. `resolve/fault.rs` applies them to questions, and `dns` waits where one asks for a
//! delay.

use std::time::Duration;

use super::{
    change::Touched,
    firewall::DomainPattern,
    id::{InstanceId, SubnetId, VpcId},
    refusal::Refusal,
    world::World,
};

/// The most faults a World holds: each question looks at all of them.
pub const MAX_FAULTS: usize = 1_000;
/// The longest delay, in milliseconds.
pub const MAX_DELAY: u32 = 60_000;

/// One fault.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Fault {
    /// The names it matches.
    pub names: DomainPattern,
    /// The clients that it applies to; `None` means all.
    pub from: Option<Place>,
    /// The answer to give instead; `None` means the usual answer, late.
    pub answer: Option<FaultAnswer>,
    /// The delay, in milliseconds.
    pub delay: u32,
}

/// The clients that a fault applies to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Place {
    /// Anywhere in a VPC.
    Vpc(VpcId),
    /// A subnet.
    Subnet(SubnetId),
    /// One instance.
    Instance(InstanceId),
}

/// What a fault answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum FaultAnswer {
    /// SERVFAIL.
    ServFail,
    /// The name does not exist.
    NxDomain,
    /// No reply: the client waits until its timeout.
    Timeout,
}

impl FaultAnswer {
    /// Its word in world files.
    pub fn text(self) -> &'static str {
        match self {
            Self::ServFail => "servfail",
            Self::NxDomain => "nxdomain",
            Self::Timeout => "timeout",
        }
    }
}

impl Fault {
    /// The delay; `None` if there is none.
    pub fn delay(&self) -> Option<Duration> {
        (self.delay > 0).then(|| Duration::from_millis(u64::from(self.delay)))
    }
}

/// Replaces all faults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetFaults {
    /// The faults. The first one that matches a question applies.
    pub faults: Vec<Fault>,
}

impl SetFaults {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        if self.faults.len() > MAX_FAULTS {
            return Err(Refusal::value(format!("there may be {MAX_FAULTS} faults at most"), "N3"));
        }
        if let Some(fault) = self.faults.iter().find(|fault| fault.delay > MAX_DELAY) {
            let message = format!("a delay of {} ms is longer than {MAX_DELAY}", fault.delay);
            return Err(Refusal::value(message, "N3"));
        }
        world.faults = self.faults.as_slice().into();
        Ok(Touched::nothing())
    }
}
