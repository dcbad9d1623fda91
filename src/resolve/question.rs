//! A question and the place it is asked from.
//!
//! Together with the World it decides the answer to the byte. `dns` finds out where a packet came from.

use ipnetwork::IpNetwork;

use crate::{
    language::Language,
    model::{
        id::{InboundEndpointId, InstanceId, SubnetId, VpcId},
        name::NameRef,
        record::RecordType,
    },
};

/// Where a question is asked from.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Asker {
    /// Outside every VPC.
    Internet,
    /// Somewhere in a VPC.
    Vpc(VpcId),
    /// A subnet of a VPC.
    Subnet(VpcId, SubnetId),
    /// An instance.
    Instance(VpcId, SubnetId, InstanceId),
    /// On premises, through an inbound Resolver endpoint of this VPC.
    Inbound(VpcId, InboundEndpointId),
}

impl Asker {
    /// The VPC whose View answers; `None` for the internet.
    pub fn vpc(self) -> Option<VpcId> {
        match self {
            Self::Internet => None,
            Self::Vpc(vpc)
            | Self::Subnet(vpc, _)
            | Self::Instance(vpc, ..)
            | Self::Inbound(vpc, _) => Some(vpc),
        }
    }

    /// The subnet, where it is known.
    pub fn subnet(self) -> Option<SubnetId> {
        match self {
            Self::Subnet(_, subnet) | Self::Instance(_, subnet, _) => Some(subnet),
            _ => None,
        }
    }
}

/// One question of class IN.
#[derive(Clone, Copy, Debug)]
pub struct Question<'q> {
    /// The name, lower-case.
    pub name: NameRef<'q>,
    /// The type.
    pub rtype: RecordType,
    /// Where it is asked from.
    pub asker: Asker,
    /// The network that the client names in Client Subnet, else its address; `None` if it is not known.
    pub address: Option<IpNetwork>,
    /// Seconds since the epoch; TTLs count down by it.
    pub now: u64,
    /// Chooses the rotation of answers.
    pub seed: u32,
    /// The links that led to this question; the default for a client's own question.
    pub chain: Chain,
}

impl<'q> Question<'q> {
    /// A question as it is first asked, with records in the World's order.
    pub fn asked(name: NameRef<'q>, rtype: RecordType, asker: Asker, now: u64) -> Self {
        Self { name, rtype, asker, address: None, now, seed: 0, chain: Chain::default() }
    }
}

/// The links that led to a question.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Chain {
    /// How many CNAMEs, aliases and rules.
    pub followed: u8,
    /// Whether the firewall trusts where the first name leads (R65).
    pub trusted: bool,
}

impl Chain {
    /// One link further.
    #[must_use]
    pub fn handed_on(self) -> Self {
        Self { followed: self.followed + 1, ..self }
    }
}

/// Who asks many questions, when, and the language that their answers are explained in.
#[derive(Clone, Copy, Debug)]
pub struct Reader {
    /// Who asks.
    pub asker: Asker,
    /// The time in seconds, as in a [`Question`].
    pub now: u64,
    /// The language.
    pub language: Language,
}
