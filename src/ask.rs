//! What the way a query came allows of its reply: a size, and an order among replies.

/// What a client's way of asking allows of replies. It tells nothing of sockets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Transport {
    /// How large a reply may be.
    pub size: Size,
    /// Whether a reply may be sent before those to earlier questions of the same client.
    pub any_order: bool,
}

/// How large a reply may be, and what takes the place of one that is larger.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Size {
    /// As large as the query's EDNS payload size allows; 512 bytes without EDNS. A larger reply is truncated, with TC set
    /// (RFC 1035 section 4.2.1, RFC 6891 section 6.2.5).
    Announced,
    /// Any size of a DNS message, 65,535 bytes. A larger reply is SERVFAIL.
    Whole,
}

impl Transport {
    /// Each message alone in a datagram, as over UDP.
    pub const DATAGRAM: Self = Self { size: Size::Announced, any_order: true };
    /// Messages one after the other on a stream, as over TCP; replies in any order (RFC 7766 section 6.2.1.1).
    pub const STREAM: Self = Self { size: Size::Whole, any_order: true };
}
