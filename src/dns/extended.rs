//! Extended DNS errors: why a reply is what it is, for whoever sent EDNS (RFC 8914). `--exact` leaves them out, because
//! the Amazon-provided resolver sends none.

/// The code of the option.
pub(super) const OPTION: u16 = 15;

/// An extended error: INFO-CODE and EXTRA-TEXT.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Extended {
    pub(super) code: u16,
    pub(super) text: &'static str,
}

impl Extended {
    /// The query's source is in no VPC.
    pub(super) const NOWHERE: Self =
        Self::new(18, "the source lies in no VPC of this world; --allow lets it ask");
    /// A source that may ask, but not have others asked.
    pub(super) const NOT_FORWARDED: Self =
        Self::new(18, "names outside the world are looked up only for VPCs, loopback and --allow");
    /// Explanations are for loopback and VPCs.
    pub(super) const NOT_EXPLAINED: Self =
        Self::new(18, "names are explained to loopback and to clients in a VPC");
    /// Zone transfers.
    pub(super) const NO_TRANSFER: Self = Self::new(21, "zones are not transferred");
    /// A class or a name of class CHAOS that is not served.
    pub(super) const NO_CLASS: Self = Self::new(21, "nothing of this class has this name");
    /// DNS Firewall.
    pub(super) const BLOCKED: Self = Self::new(15, "DNS Firewall of the VPC blocks this name");
    /// The answer is the World's.
    pub(super) const OWN_FAILURE: Self = Self::new(
        0,
        "a fault of the world, a chain of names without an end, or a rule without targets",
    );
    /// The VPC that answers is gone.
    pub(super) const NO_VPC: Self = Self::new(18, "there is no such VPC any more");
    /// There is nobody to forward to.
    pub(super) const NO_SERVER: Self = Self::new(22, "there is no server to ask");
    /// The reply would be longer than a message.
    pub(super) const TOO_LONG: Self = Self::new(0, "the answer is longer than any message");
    /// An old answer (RFC 8767).
    pub(super) const STALE: Self = Self::new(3, "no server answered in time");
    /// An old answer that there is no such name.
    pub(super) const STALE_NO_NAME: Self = Self::new(19, "no server answered in time");
    /// CNAMEs without an end.
    pub(super) const NO_END: Self = Self::new(0, "too many CNAMEs");

    /// Too many clients wait.
    pub(super) const BUSY: Self = Self::new(0, "too many questions wait for the server");
    /// Nobody answered.
    pub(super) const NO_ANSWER: Self = Self::new(22, "no server answered");
    /// Nobody was asked, because nobody answered before.
    pub(super) const NO_ANSWER_BEFORE: Self = Self::new(13, "no server answered a short time ago");
    /// A forwarding loop.
    pub(super) const LOOP: Self = Self::new(0, "the server sends our questions back to us");

    const fn new(code: u16, text: &'static str) -> Self {
        Self { code, text }
    }

    /// How many bytes the option takes.
    pub(super) fn length(self) -> usize {
        6 + self.text.len()
    }

    /// Writes the option.
    pub(super) fn write(self, out: &mut Vec<u8>) {
        let length = u16::try_from(2 + self.text.len()).unwrap_or(u16::MAX);
        for number in [OPTION, length, self.code] {
            out.extend_from_slice(&number.to_be_bytes());
        }
        out.extend_from_slice(self.text.as_bytes());
    }
}
