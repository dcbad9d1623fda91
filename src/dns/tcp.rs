//! TCP by hickory's `Server`: connections, framing and the idle timeout are its business.
//!
//! The bytes of a request go through the same function as a datagram's. The reply is decoded and handed back as
//! hickory's types, which is all its `Server` takes, so its contents equal UDP's though its compression may differ.
//! Messages that hickory cannot decode never arrive here: it answers them with a bare FORMERR itself. Among them is a
//! Client Subnet of family 0, which UDP takes.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use hickory_proto::{
    op::{Header, HeaderCounts, Message, MessageType, Metadata, ResponseCode},
    serialize::binary::BinDecoder,
};
use hickory_server::{
    Server,
    net::runtime::Time,
    server::{Request, RequestHandler, ResponseHandler, ResponseInfo},
    zone_handler::{MessageResponseBuilder, Queries},
};

use super::{
    respond::{Front, Transport, Verdict},
    seeds::Seeds,
};

/// How many replies of a connection may wait to be sent.
const REPLIES_WAITING: usize = 32;
/// How long stopping may take.
const PATIENCE: Duration = Duration::from_millis(500);

/// The TCP side of one listener.
pub(super) struct TcpServer(Server<Handler>);

impl TcpServer {
    /// Serves connections of a listener; must be called inside a tokio runtime.
    pub(super) fn start(
        listener: tokio::net::TcpListener,
        idle: Duration,
        front: Arc<Front>,
    ) -> Self {
        let seeds = Mutex::new(Seeds::new(u32::MAX));
        let mut server = Server::new(Handler { front, seeds });
        server.register_listener(listener, idle, REPLIES_WAITING);
        Self(server)
    }

    /// Closes the listener and every connection.
    pub(super) async fn stop(mut self) {
        match tokio::time::timeout(PATIENCE, self.0.shutdown_gracefully()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "a TCP listener ended with an error"),
            Err(_) => tracing::warn!("a TCP listener did not end in time and is dropped"),
        }
    }
}

struct Handler {
    front: Arc<Front>,
    seeds: Mutex<Seeds>,
}

#[async_trait::async_trait]
impl RequestHandler for Handler {
    async fn handle_request<R: ResponseHandler, T: Time>(
        &self,
        request: &Request,
        mut out: R,
    ) -> ResponseInfo {
        let Some(reply) = self.reply(request).await else {
            // The idle timeout closes the connection.
            return ended(request.metadata, ResponseCode::NoError);
        };
        let none = no_question();
        let queries = if reply.queries.is_empty() { none.as_ref() } else { Some(&request.queries) };
        let Some(queries) = queries else { return ended(request.metadata, ResponseCode::ServFail) };
        let response = MessageResponseBuilder::new(queries, reply.edns.as_ref()).build(
            reply.metadata,
            &reply.answers,
            &reply.authorities,
            [],
            &reply.additionals,
        );
        out.send_response(response).await.unwrap_or_else(|error| {
            tracing::debug!(%error, source = %request.src(), "a TCP reply could not be sent");
            ended(request.metadata, ResponseCode::ServFail)
        })
    }
}

impl Handler {
    /// The reply in hickory's types; `None` for silence.
    async fn reply(&self, request: &Request) -> Option<Message> {
        let seed = self.seeds.lock().unwrap_or_else(PoisonError::into_inner).next();
        let mut bytes = Vec::with_capacity(512);
        let mut verdict = self.front.moment().reply(
            request.as_slice(),
            request.src(),
            Transport::Tcp,
            seed,
            &mut bytes,
        );
        if let Verdict::Later(time, then) = verdict {
            if !self.front.shared.delays.wait(time).await {
                return None;
            }
            verdict = *then;
        }
        match verdict {
            Verdict::Silence | Verdict::Later(..) => return None,
            Verdict::Forward(job) => {
                let heard = self.front.shared.forwarder.ask(job.key.clone()).await;
                job.finish(heard, &mut bytes);
            }
            Verdict::Send => {}
        }
        Some(Message::from_vec(&bytes).unwrap_or_else(|error| {
            // Records of a World may hold data that hickory cannot read.
            tracing::warn!(%error, "a reply cannot be sent over TCP; it is answered with SERVFAIL");
            let mut message = Message::response(request.metadata.id, request.metadata.op_code);
            message.metadata.recursion_desired = request.metadata.recursion_desired;
            message.metadata.recursion_available = true;
            message.metadata.response_code = ResponseCode::ServFail;
            message
        }))
    }
}

/// What hickory wants to hear of a request that is over.
fn ended(asked: Metadata, code: ResponseCode) -> ResponseInfo {
    let mut metadata = Metadata::new(asked.id, MessageType::Response, asked.op_code);
    metadata.response_code = code;
    ResponseInfo::from(Header { metadata, counts: HeaderCounts::default() })
}

/// An empty question section, which reading no bytes gives.
fn no_question() -> Option<Queries> {
    Queries::read(&mut BinDecoder::new(&[]), 0).ok()
}
