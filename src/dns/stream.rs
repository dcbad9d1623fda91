//! Messages over one connection: each behind its length (RFC 1035 section 4.2.2), many at once.
//!
//! What a connection has sent is answered in one go, without waiting for replies to be read. A question that has to wait
//! for another server, or for a delay, does not hold up the others: replies are sent in the order in which they are there
//! (RFC 7766 section 6.2.1.1). The bytes are those of UDP, only longer where UDP would be cut. What is said is decided in
//! `respond`.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
    time::{Instant, sleep_until, timeout},
};

use super::{
    connections::Slot,
    front::Front,
    moment::Moment,
    pending::{Pending, When},
    seeds::Seeds,
    verdict::Verdict,
};
use crate::ask::Transport;

/// The most questions of a connection that wait for another server or a delay; while there are more, nothing is read.
const WAITING: usize = 1_024;
/// How much is read at once, and kept of an empty buffer.
const ROOM: usize = 4_096;
/// Replies are sent when they are longer together.
const ENOUGH: usize = 65_536;
/// The least time between two looks whether a connection idles.
const LOOK: Duration = Duration::from_millis(20);

/// One client's connection.
pub(super) struct Connection {
    stream: TcpStream,
    source: SocketAddr,
    front: Arc<Front>,
    seeds: Seeds,
    /// What was read and not yet answered.
    input: Vec<u8>,
    /// Replies that wait to be sent, each behind its length.
    output: Vec<u8>,
    reply: Vec<u8>,
    /// Replies that are not there yet; `None` for those that will not come.
    waiting: JoinSet<Option<Vec<u8>>>,
}

impl Connection {
    pub(super) fn new(
        stream: TcpStream,
        source: SocketAddr,
        front: Arc<Front>,
        number: u32,
    ) -> Self {
        Self {
            stream,
            source,
            front,
            seeds: Seeds::new(number),
            input: Vec::new(),
            output: Vec::new(),
            reply: Vec::new(),
            waiting: JoinSet::new(),
        }
    }

    /// Answers until the client has closed its side, or has asked nothing for `idle`.
    pub(super) async fn serve(mut self, idle: Duration, slot: &Slot) -> io::Result<()> {
        // A reply is written whole, so there is nothing to wait for.
        self.stream.set_nodelay(true)?;
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
            tokio::select! {
                read = self.stream.read_buf(&mut self.input), if open && self.waiting.len() < WAITING => {
                    open = read? > 0;
                }
                Some(reply) = self.waiting.join_next() => {
                    if let Ok(Some(reply)) = reply {
                        frame(&reply, &mut self.output);
                    }
                    until = Instant::now() + idle;
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

    /// Answers every whole message that was read, and sends the replies. False if there was nothing to do.
    async fn answer(&mut self, idle: Duration) -> io::Result<bool> {
        let mut taken = 0;
        while self.waiting.len() < WAITING {
            let rest = self.input.get(taken..).unwrap_or_default();
            let Some((message, length)) = message(rest) else { break };
            taken += length;
            let seed = self.seeds.next();
            let (source, transport) = (self.source, Transport::STREAM);
            let verdict =
                Moment::of(&self.front).reply(message, source, transport, seed, &mut self.reply);
            match verdict {
                Verdict::Send => frame(&self.reply, &mut self.output),
                Verdict::Silence => {}
                verdict => self.wait(verdict),
            }
            if self.output.len() > ENOUGH {
                self.send(idle).await?;
            }
        }
        let done = taken > 0 || !self.output.is_empty();
        self.input.drain(..taken);
        if self.input.is_empty() {
            self.input.shrink_to(ROOM);
        }
        self.send(idle).await?;
        Ok(done)
    }

    /// Keeps a reply until a delay is over or another server has answered.
    fn wait(&mut self, verdict: Verdict) {
        match Pending::begin(&self.front.shared, verdict, &mut self.reply) {
            When::Now => frame(&self.reply, &mut self.output),
            When::Never => {}
            When::Later(pending) => {
                let front = Arc::clone(&self.front);
                self.waiting.spawn(async move { pending.reply(&front.shared).await });
            }
        }
    }

    /// Sends the replies; a client that takes none for `idle` is left.
    async fn send(&mut self, idle: Duration) -> io::Result<()> {
        if self.output.is_empty() {
            return Ok(());
        }
        let sent = timeout(idle, self.stream.write_all(&self.output)).await;
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
