//! The query log: what was answered, for a thread that writes it.
//!
//! A thread that answers copies the query and the reply into a buffer of its own, and goes on. If the buffer is full,
//! because the log cannot be written as fast as it is filled, the entry is dropped and counted: the log never slows DNS.

use std::{
    fmt,
    io::Write,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::{JoinHandle, Thread},
    time::{Duration, Instant},
};

use arc_swap::ArcSwap;

use super::{arrival::Arrival, query_line::Lines, tally};
use crate::{resolve::snapshot::Snapshot, seen::QueryLogCounts};

/// The most bytes that wait in a thread's buffer.
const ROOM: usize = 512 << 10;
/// How often the buffers are looked at, if none is half full before.
const LOOK: Duration = Duration::from_millis(200);
/// What is written at once.
const PIECE: usize = 64 << 10;
/// The least time between two warnings that the log cannot be written.
const WARN: Duration = Duration::from_secs(60);

/// Where the lines go. Lines are written whole, several at once.
#[derive(Clone)]
pub struct LogSink(Arc<Mutex<dyn Write + Send>>);

impl LogSink {
    /// Writes there.
    pub fn new(to: impl Write + Send + 'static) -> Self {
        Self(Arc::new(Mutex::new(to)))
    }
}

impl fmt::Debug for LogSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LogSink")
    }
}

/// The entries that wait.
#[derive(Debug, Default)]
pub(super) struct QueryLog {
    buffers: [Mutex<Buffer>; tally::SHARDS],
    /// The thread that writes.
    writer: OnceLock<Thread>,
    stops: AtomicBool,
    written: AtomicU64,
    dropped: AtomicU64,
    failed: AtomicU64,
}

#[derive(Debug, Default)]
struct Buffer {
    entries: Vec<Entry>,
    bytes: Vec<u8>,
}

/// How many bytes belong to an entry, and its arrival.
#[derive(Debug)]
struct Entry {
    arrival: Arrival,
    packet: usize,
    reply: usize,
}

impl QueryLog {
    /// Keeps a query and its reply until they are written.
    pub(super) fn add(&self, arrival: &Arrival, packet: &[u8], reply: &[u8]) {
        let Some(buffer) = self.buffers.get(tally::shard()) else { return };
        let mut buffer = buffer.lock().unwrap_or_else(PoisonError::into_inner);
        let before = buffer.size();
        let after = before + packet.len() + reply.len() + size_of::<Entry>();
        if after > ROOM {
            drop(buffer);
            self.dropped.fetch_add(1, Ordering::Relaxed);
            return;
        }
        buffer.bytes.extend_from_slice(packet);
        buffer.bytes.extend_from_slice(reply);
        buffer.entries.push(Entry { arrival: *arrival, packet: packet.len(), reply: reply.len() });
        drop(buffer);
        if before < ROOM / 2
            && after >= ROOM / 2
            && let Some(writer) = self.writer.get()
        {
            writer.unpark();
        }
    }

    /// What was counted.
    pub(super) fn counts(&self) -> QueryLogCounts {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        QueryLogCounts {
            written: count(&self.written),
            dropped: count(&self.dropped),
            failed: count(&self.failed),
        }
    }

    /// Starts the thread that writes.
    ///
    /// # Errors
    ///
    /// If the system gives no thread.
    pub(super) fn start(
        self: &Arc<Self>,
        live: Arc<ArcSwap<Snapshot>>,
        sink: LogSink,
    ) -> std::io::Result<JoinHandle<()>> {
        let log = Arc::clone(self);
        let thread = std::thread::Builder::new()
            .name("query-log".to_owned())
            .spawn(move || log.write(&live, &sink))?;
        // It is set once: the log is started once.
        let _ = self.writer.set(thread.thread().clone());
        Ok(thread)
    }

    /// Makes the thread write what waits, and end.
    pub(super) fn stop(&self) {
        self.stops.store(true, Ordering::Release);
        if let Some(writer) = self.writer.get() {
            writer.unpark();
        }
    }

    fn write(&self, live: &ArcSwap<Snapshot>, sink: &LogSink) {
        let (mut lines, mut text) = (Lines::default(), Vec::with_capacity(2 * PIECE));
        let mut spare = Buffer::default();
        let mut warned: Option<Instant> = None;
        loop {
            let last = self.stops.load(Ordering::Acquire);
            for buffer in &self.buffers {
                std::mem::swap(
                    &mut *buffer.lock().unwrap_or_else(PoisonError::into_inner),
                    &mut spare,
                );
                if spare.entries.is_empty() {
                    continue;
                }
                let snapshot = live.load_full();
                let mut count = 0;
                for (arrival, packet, reply) in spare.entries() {
                    count += u64::from(lines.add(&snapshot, arrival, (packet, reply), &mut text));
                    if text.len() >= PIECE {
                        self.put(sink, &mut text, std::mem::take(&mut count), &mut warned);
                    }
                }
                self.put(sink, &mut text, count, &mut warned);
                spare.clear();
            }
            if last {
                return;
            }
            std::thread::park_timeout(LOOK);
        }
    }

    fn put(&self, sink: &LogSink, text: &mut Vec<u8>, count: u64, warned: &mut Option<Instant>) {
        if text.is_empty() {
            return;
        }
        let mut to = sink.0.lock().unwrap_or_else(PoisonError::into_inner);
        let done = to.write_all(text).and_then(|()| to.flush());
        drop(to);
        text.clear();
        match done {
            Ok(()) => {
                self.written.fetch_add(count, Ordering::Relaxed);
            }
            Err(error) => {
                self.failed.fetch_add(count, Ordering::Relaxed);
                if warned.is_none_or(|at| at.elapsed() >= WARN) {
                    tracing::warn!(%error, "the query log cannot be written; its lines are lost");
                    *warned = Some(Instant::now());
                }
            }
        }
    }
}

impl Buffer {
    fn size(&self) -> usize {
        self.bytes.len() + self.entries.len() * size_of::<Entry>()
    }

    fn entries(&self) -> impl Iterator<Item = (&Arrival, &[u8], &[u8])> {
        let mut rest = self.bytes.as_slice();
        self.entries.iter().map_while(move |entry| {
            let (packet, more) = rest.split_at_checked(entry.packet)?;
            let (reply, more) = more.split_at_checked(entry.reply)?;
            rest = more;
            Some((&entry.arrival, packet, reply))
        })
    }

    fn clear(&mut self) {
        self.entries.clear();
        self.bytes.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ask::Transport,
        dns::{arrival::About, fixture},
        model::record::RecordType,
    };

    fn arrival() -> Arrival {
        Arrival {
            source: "127.0.0.1:5353".parse().unwrap(),
            transport: Transport::DATAGRAM,
            at: Duration::from_secs(1),
            about: About::default(),
        }
    }

    #[test]
    fn what_does_not_fit_is_dropped_and_counted_and_the_rest_is_written_in_order() {
        let log = Arc::new(QueryLog::default());
        let mut added = 0;
        while log.counts().dropped == 0 {
            let packet = fixture::query(&format!("n{added}.test"), RecordType::A, &[]);
            log.add(&arrival(), &packet, &packet);
            added += 1;
        }
        assert!(log.buffers.iter().all(|it| it.lock().unwrap().size() <= ROOM));
        let text: Arc<Mutex<Vec<u8>>> = Arc::default();
        #[derive(Clone)]
        struct To(Arc<Mutex<Vec<u8>>>);
        impl Write for To {
            fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
                self.0.lock().unwrap().write(bytes)
            }
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        let live = Arc::new(ArcSwap::from_pointee(fixture::snapshot()));
        let thread = log.start(live, LogSink::new(To(Arc::clone(&text)))).unwrap();
        log.stop();
        thread.join().unwrap();
        let text = String::from_utf8(text.lock().unwrap().clone()).unwrap();
        let counts = log.counts();
        assert_eq!((counts.written, counts.dropped, counts.failed), (added - 1, 1, 0));
        assert_eq!(text.lines().count() as u64, added - 1);
        for (number, line) in text.lines().enumerate() {
            let name = format!("\"query_name\":\"n{number}.test.\"").to_lowercase();
            assert!(line.to_lowercase().contains(&name), "{line}");
        }
    }

    #[test]
    fn lines_that_cannot_be_written_are_counted() {
        struct Full;
        impl Write for Full {
            fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
                Err(std::io::ErrorKind::StorageFull.into())
            }
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        let log = Arc::new(QueryLog::default());
        let packet = fixture::query("a.test", RecordType::A, &[]);
        log.add(&arrival(), &packet, &packet);
        let live = Arc::new(ArcSwap::from_pointee(fixture::snapshot()));
        let thread = log.start(live, LogSink::new(Full)).unwrap();
        log.stop();
        thread.join().unwrap();
        assert_eq!(log.counts(), QueryLogCounts { written: 0, dropped: 0, failed: 1 });
    }
}
