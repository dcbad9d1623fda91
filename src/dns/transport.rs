//! How a query comes and its reply goes: in a datagram or on a stream.

/// How a query came.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Transport {
    /// In one datagram; the reply must fit into what the client takes.
    Udp,
    /// On a stream.
    Tcp,
}
