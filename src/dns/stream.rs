//! Messages over one connection, on any stream: each behind its length (RFC 1035 section 4.2.2), many at once.
//!
//! What a connection has sent is answered in one go, without waiting for replies to be read. A question that has to wait
//! for another server, or for a delay, does not hold up the others where the transport allows any order: replies are sent
//! in the order in which they are there (RFC 7766 section 6.2.1.1). What is said is up to [`Ask`].

use std::{io, net::SocketAddr, time::Duration};

use futures_util::{StreamExt, future::BoxFuture, stream::FuturesUnordered};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    time::{Instant, sleep_until, timeout},
};

use super::connections::Slot;
use crate::ask::{Ask, Asked, Transport};

/// The most questions of a connection that wait for another server or a delay. At this limit, nothing more is read from
/// it.
const WAITING: usize = 1_024;
/// How much is read at once, and kept of an empty buffer.
const ROOM: usize = 4_096;
/// Replies are sent when they are longer together.
const ENOUGH: usize = 65_536;
/// The least time between two looks whether a connection idles.
const LOOK: Duration = Duration::from_millis(20);

/// One client's connection.
pub(super) struct Connection<S, A> {
    stream: S,
    peer: SocketAddr,
    transport: Transport,
    /// What answers the messages.
    answers: A,
    /// How many questions may wait at once.
    most_waiting: usize,
    /// What was read and not yet answered.
    input: Vec<u8>,
    /// Replies that wait to be sent, each behind its length.
    output: Vec<u8>,
    reply: Vec<u8>,
    /// Replies that are not there yet; `None` for those that will not come.
    waiting: FuturesUnordered<BoxFuture<'static, Option<Vec<u8>>>>,
}

impl<S: AsyncRead + AsyncWrite + Unpin, A: Ask> Connection<S, A> {
    /// A connection that was accepted, with nothing read from it.
    pub(super) fn new(stream: S, peer: SocketAddr, transport: Transport, answers: A) -> Self {
        Self {
            stream,
            peer,
            transport,
            answers,
            // Replies keep their order where nothing is answered while a question waits.
            most_waiting: if transport.any_order { WAITING } else { 1 },
            input: Vec::new(),
            output: Vec::new(),
            reply: Vec::new(),
            waiting: FuturesUnordered::new(),
        }
    }

    /// Answers until the client closes its side, or sends no question for `idle`.
    pub(super) async fn serve(mut self, idle: Duration, slot: &Slot) -> io::Result<()> {
        let mut until = Instant::now() + idle;
        let sleep = sleep_until(until);
        tokio::pin!(sleep);
        let mut open = true;
        loop {
            if self.answer(idle).await? {
                until = Instant::now() + idle;
                slot.is_busy(!self.waiting.is_empty());
            }
            if !open && self.waiting.is_empty() {
                return Ok(());
            }
            self.input.reserve(ROOM);
            let reads = open && self.waiting.len() < self.most_waiting;
            tokio::select! {
                read = self.stream.read_buf(&mut self.input), if reads => {
                    open = read? > 0;
                }
                Some(reply) = self.waiting.next() => {
                    if let Some(reply) = reply {
                        frame(&reply, &mut self.output);
                        until = Instant::now() + idle;
                    }
                    slot.is_busy(!self.waiting.is_empty());
                }
                () = &mut sleep => {
                    if Instant::now() >= until && self.waiting.is_empty() {
                        return Ok(());
                    }
                    let again = until.max(Instant::now() + LOOK);
                    sleep.as_mut().reset(again);
                }
            }
        }
    }

    /// Answers every complete message that was read, and sends the replies. False if there is no reply, and none will
    /// come: who sends empty messages, replies or what is not answered does not keep a connection by it.
    async fn answer(&mut self, idle: Duration) -> io::Result<bool> {
        let mut taken = 0;
        let mut replies = !self.output.is_empty();
        while self.waiting.len() < self.most_waiting {
            let rest = self.input.get(taken..).unwrap_or_default();
            let Some((message, length)) = message(rest) else { break };
            taken += length;
            match self.answers.begin(message, self.peer, self.transport, &mut self.reply) {
                Asked::Now => {
                    frame(&self.reply, &mut self.output);
                    replies = true;
                }
                Asked::Silence => {}
                Asked::Later(reply) => {
                    self.waiting.push(reply);
                    replies = true;
                }
            }
            if self.output.len() > ENOUGH {
                self.send(idle).await?;
            }
        }
        self.input.drain(..taken);
        if self.input.is_empty() {
            self.input.shrink_to(ROOM);
        }
        self.send(idle).await?;
        Ok(replies)
    }

    /// Sends the replies. If the client reads none for `idle`, the connection is closed.
    async fn send(&mut self, idle: Duration) -> io::Result<()> {
        if self.output.is_empty() {
            return Ok(());
        }
        let sent = timeout(idle, async {
            self.stream.write_all(&self.output).await?;
            // A stream may keep what was written, as one that encrypts does.
            self.stream.flush().await
        });
        let sent = sent.await;
        self.output.clear();
        self.output.shrink_to(ROOM);
        sent.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }
}

/// The message at the front of what was read, and how long it is with its length in front (RFC 1035 section 4.2.2).
fn message(input: &[u8]) -> Option<(&[u8], usize)> {
    let (length, rest) = input.split_first_chunk::<2>()?;
    let length = usize::from(u16::from_be_bytes(*length));
    Some((rest.get(..length)?, length + 2))
}

/// Adds a reply behind its length. None is longer than a length can tell.
fn frame(reply: &[u8], output: &mut Vec<u8>) {
    if let Ok(length) = u16::try_from(reply.len()) {
        output.extend_from_slice(&length.to_be_bytes());
        output.extend_from_slice(reply);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures_util::FutureExt;
    use tokio::io::{BufWriter, duplex};

    use super::*;
    use crate::dns::connections::{CONNECTIONS, Connections, OF_CLIENT};

    /// Sends each message back: one that begins with `w` after some milliseconds, told by its second byte; one that begins
    /// with `s` never.
    #[derive(Debug)]
    struct Echo(Transport);

    impl Ask for Echo {
        fn begin(
            &self,
            message: &[u8],
            peer: SocketAddr,
            transport: Transport,
            reply: &mut Vec<u8>,
        ) -> Asked {
            assert_eq!((peer, transport), (PEER.parse().unwrap(), self.0));
            match message {
                [b'w', milliseconds, ..] => {
                    let (message, wait) = (message.to_vec(), u64::from(*milliseconds));
                    let wait = tokio::time::sleep(Duration::from_millis(wait));
                    Asked::Later(wait.map(|()| Some(message)).boxed())
                }
                [b's', ..] => Asked::Silence,
                _ => {
                    reply.clear();
                    reply.extend_from_slice(message);
                    Asked::Now
                }
            }
        }
    }

    /// The same, which answers no empty message.
    #[derive(Debug)]
    struct Silent(Echo);

    impl Ask for Silent {
        fn begin(
            &self,
            message: &[u8],
            peer: SocketAddr,
            transport: Transport,
            reply: &mut Vec<u8>,
        ) -> Asked {
            if message.is_empty() {
                return Asked::Silence;
            }
            self.0.begin(message, peer, transport, reply)
        }
    }

    const PEER: &str = "192.0.2.1:4321";
    const IDLE: Duration = Duration::from_secs(5);

    /// Sends these messages, ends its side, and reads the replies until the server ends the connection.
    async fn replies(transport: Transport, messages: &[&[u8]]) -> Vec<Vec<u8>> {
        let (mut client, server) = duplex(4_096);
        let peer: SocketAddr = PEER.parse().unwrap();
        let connections = Arc::new(Connections::new(CONNECTIONS, OF_CLIENT));
        let slot = connections.admit(peer.ip()).await.unwrap();
        // It keeps what is written until it is flushed, and loses it when it is dropped.
        let stream = BufWriter::new(server);
        let connection = Connection::new(stream, peer, transport, Echo(transport));
        let mut sent = Vec::new();
        messages.iter().for_each(|message| frame(message, &mut sent));
        let talk = async {
            client.write_all(&sent).await.unwrap();
            client.shutdown().await.unwrap();
            let mut heard = Vec::new();
            client.read_to_end(&mut heard).await.unwrap();
            heard
        };
        let (served, heard) = tokio::join!(connection.serve(IDLE, &slot), talk);
        served.unwrap();
        let (mut rest, mut replies) = (heard.as_slice(), Vec::new());
        while let Some((reply, length)) = message(rest) {
            replies.push(reply.to_vec());
            rest = &rest[length..];
        }
        assert!(rest.is_empty());
        replies
    }

    /// Whether a client that sends this again and again is still served after more than the idle time.
    async fn is_kept(message: &[u8]) -> bool {
        let (mut client, server) = duplex(65_536);
        let peer: SocketAddr = PEER.parse().unwrap();
        let connections = Arc::new(Connections::new(CONNECTIONS, OF_CLIENT));
        let slot = connections.admit(peer.ip()).await.unwrap();
        let answers = Silent(Echo(Transport::STREAM));
        let connection = Connection::new(server, peer, Transport::STREAM, answers);
        let mut sent = Vec::new();
        frame(message, &mut sent);
        let talk = async {
            for _ in 0..15 {
                if client.write_all(&sent).await.is_err() {
                    return false;
                }
                tokio::time::sleep(IDLE / 10).await;
            }
            true
        };
        tokio::select! {
            kept = talk => kept,
            _ = connection.serve(IDLE, &slot) => false,
        }
    }

    #[tokio::test]
    async fn only_what_is_answered_keeps_a_connection() {
        let kept = tokio::join!(is_kept(b"one"), is_kept(b""), is_kept(b"silent"));
        assert_eq!(kept, (true, false, false));
    }

    #[tokio::test]
    async fn replies_are_sent_as_they_are_there_unless_they_have_an_order() {
        let messages: [&[u8]; 5] = [b"wz", b"w(", b"one", b"silent", b"two"];
        let any = replies(Transport::STREAM, &messages).await;
        assert_eq!(any, [b"one".as_slice(), b"two", b"w(", b"wz"]);
        let ordered = Transport { any_order: false, ..Transport::STREAM };
        let kept = replies(ordered, &messages).await;
        assert_eq!(kept, [b"wz".as_slice(), b"w(", b"one", b"two"]);
    }
}
