//! DNS over QUIC and over HTTP/3, by hickory-server.
//!
//! What it does that cannot be changed from here; docs/operations.md tells it to users:
//!
//! - It reads the question before it is handed on, and writes the reply. So a reply means the same as over TCP, but its names
//!   are compressed differently; and a question that hickory cannot read gets a FORMERR of 12 bytes.
//! - A connection ends with its 100th question. The questions of a QUIC connection are answered one after the other.
//! - HTTP/3 takes `POST` alone, and does not look at the path.
//! - Handshakes are made one after the other, each within 5 seconds. `gate.rs` limits their number.
//! - A question that is met with silence ends its stream without a reply; over HTTP/3 after a while.

use std::{
    io,
    net::UdpSocket,
    sync::Arc,
    time::{Duration, Instant},
};

use hickory_server::{
    net::{NetError, runtime::Time},
    proto::{
        op::{Edns, Header, HeaderCounts, Metadata, ResponseCode},
        serialize::binary::BinEncoder,
    },
    server::{Request, RequestHandler, ResponseHandler, ResponseInfo, Server},
    zone_handler::MessageResponseBuilder,
};
use tokio::time::timeout;
use tokio_rustls::rustls::version::TLS13;

use super::{
    common::{self, Common},
    gate::{Gate, Gated},
};
use crate::{
    ask::{Ask, Protocol, Transport},
    dns::{asking::Asking, edns::OUR_PAYLOAD, front::Front, listener::Scheme},
};

/// How many questions hickory-server answers on a connection before it closes it.
const QUESTIONS: u32 = 100;
/// How long the reply to the last question is given to leave.
const FLUSH: Duration = Duration::from_millis(50);
/// How long the end of a server may take.
const FAREWELL: Duration = Duration::from_secs(1);
/// A reply that is shorter fits into a message however hickory compresses its names.
const SURELY_FITS: usize = 16 << 10;

/// A message of ours, as hickory-server sends it.
macro_rules! response {
    ($reply:expr) => {
        MessageResponseBuilder::new(&$reply.queries, $reply.edns.as_ref()).build(
            $reply.metadata,
            &$reply.answers,
            &$reply.authorities,
            [],
            &$reply.additionals,
        )
    };
}

/// A server of QUIC or HTTP/3.
pub(in crate::dns) struct QuicServer(Server<Handler>);

impl QuicServer {
    /// Begins to answer. Must be called inside a tokio runtime.
    ///
    /// # Errors
    ///
    /// The system's reason.
    pub(super) fn start(
        socket: UdpSocket,
        scheme: Scheme,
        front: &Arc<Front>,
        common: &Common,
    ) -> io::Result<Self> {
        let socket = tokio::net::UdpSocket::from_std(socket)?;
        let gate = Arc::clone(&common.gate);
        let gated = Gated { certificate: Arc::clone(&common.certificate), gate: Arc::clone(&gate) };
        let (protocol, name): (_, &[u8]) = match scheme {
            Scheme::H3 => (Protocol::H3, b"h3"),
            _ => (Protocol::Quic, b"doq"),
        };
        let config = common::config(Arc::new(gated), &[&TLS13], &[name])?;
        let answers = Asking::new(Arc::clone(front), 0);
        let mut server = Server::new(Handler { answers, protocol, gate, idle: common.idle });
        if protocol == Protocol::H3 {
            server.register_h3_listener_with_tls_config(socket, common.idle, config, None)
        } else {
            server.register_quic_listener_and_tls_config(socket, common.idle, config)
        }
        .map_err(io::Error::other)?;
        Ok(Self(server))
    }

    /// Closes the listener and every connection.
    pub(super) async fn stop(mut self) {
        match timeout(FAREWELL, self.0.shutdown_gracefully()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "a QUIC listener ended"),
            Err(_) => tracing::debug!("a QUIC listener did not end in time"),
        }
    }
}

/// Answers what hickory-server has read.
struct Handler {
    answers: Asking,
    protocol: Protocol,
    gate: Arc<Gate>,
    idle: Duration,
}

#[async_trait::async_trait]
impl RequestHandler for Handler {
    async fn handle_request<R: ResponseHandler, T: Time>(
        &self,
        request: &Request,
        out: R,
    ) -> ResponseInfo {
        let peer = request.src();
        let number = self.gate.asked(peer, Instant::now());
        let silent = || {
            let metadata = Metadata::response_from_request(&request.metadata);
            ResponseInfo::from(Header { metadata, counts: HeaderCounts::default() })
        };
        // Over QUIC the id is 0 (RFC 9250 section 4.2.1); hickory-server would answer another one with 0.
        if self.protocol == Protocol::Quic && request.metadata.id != 0 {
            return silent();
        }
        let mut stopped = self.answers.stopped();
        let asked = self.answers.ask(request.as_slice(), peer, Transport::stream(self.protocol));
        let reply = tokio::select! {
            reply = asked => reply,
            _ = stopped.wait_for(|stopped| *stopped) => None,
        };
        let Some(reply) = reply else {
            // Some clients end a connection of HTTP/3 if a request ends without a response. Over QUIC the wait would hold up
            // other questions.
            if self.protocol == Protocol::H3 {
                let _ = timeout(self.idle, stopped.wait_for(|stopped| *stopped)).await;
            }
            return silent();
        };
        let sent = send(request, reply, out).await.unwrap_or_else(|error| {
            tracing::debug!(%error, %peer, "a reply was not sent");
            silent()
        });
        if self.protocol == Protocol::Quic && number.is_multiple_of(QUESTIONS) {
            // hickory-server closes the connection as soon as this returns.
            tokio::time::sleep(FLUSH).await;
        }
        sent
    }
}

/// Sends a reply: read and written again, because hickory-server takes no bytes. One that cannot be, or that would not fit,
/// is SERVFAIL.
async fn send(
    request: &Request,
    reply: Vec<u8>,
    mut out: impl ResponseHandler,
) -> Result<ResponseInfo, NetError> {
    let length = reply.len();
    let reply = Request::from_bytes(reply, request.src(), request.protocol());
    if let Ok(reply) = &reply
        && (length < SURELY_FITS || fits(reply))
    {
        return out.send_response(response!(reply)).await;
    }
    if let Err(error) = reply {
        tracing::debug!(%error, "a reply cannot be read again");
    }
    let mut edns = Edns::new();
    edns.set_max_payload(OUR_PAYLOAD);
    let edns = request.edns.as_ref().map(|_| &edns);
    let builder = MessageResponseBuilder::new(&request.queries, edns);
    let mut failed = builder.error_msg(&request.metadata, ResponseCode::ServFail);
    failed.metadata_mut().recursion_available = true;
    out.send_response(failed).await
}

/// Whether a reply fits into a message as hickory writes it.
fn fits(reply: &Request) -> bool {
    let mut bytes = Vec::new();
    let mut encoder = BinEncoder::new(&mut bytes);
    encoder.set_max_size(u16::MAX);
    let written = response!(reply).destructive_emit(&mut encoder);
    written.is_ok_and(|info| info.truncation == reply.metadata.truncation)
}
