//! The only code that reads files that users name. It limits size and waiting time.
//!
//! Another thread opens and reads the file. So a FIFO without a writer, or a mount that hangs, gives an error and
//! blocks nothing else.

use std::{
    fs::{self, File},
    io::{self, Read},
    os::unix::fs::FileTypeExt,
    path::Path,
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc::{self, RecvTimeoutError, SyncSender},
    },
    time::Duration,
};

use super::noted::Noted;

/// How much is read at once.
const CHUNK: u64 = 1 << 20;
/// The most files that are being read at once, including those that hang.
const MOST: usize = 64;

/// The limits on reading a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Input {
    /// The most bytes of a file, `--max-input`.
    pub bytes: usize,
    /// The longest wait for the next byte of a file.
    pub patience: Duration,
    /// Whether a running server reads the file again. Then an empty document is refused, because an editor may be about
    /// to write it.
    pub again: bool,
    /// Notes what is read. `None` notes nothing.
    pub noted: Option<&'static Noted>,
}

/// 256 MiB, 10 seconds.
impl Default for Input {
    fn default() -> Self {
        Self { bytes: 256 << 20, patience: Duration::from_secs(10), again: false, noted: None }
    }
}

/// Reads a file.
///
/// # Errors
///
/// The system's reason. Also if the path is a folder, a socket or a device, or if the file is too large or gives no
/// bytes in time.
pub fn read(path: &Path, input: &Input) -> io::Result<Vec<u8>> {
    let turn = Turn::take()?;
    let (sender, chunks) = mpsc::sync_channel(2);
    let (owned, most, noted) = (path.to_owned(), input.bytes, input.noted);
    std::thread::Builder::new().name("read".to_owned()).spawn(move || {
        let _turn = turn;
        if let Some(noted) = noted.filter(|_| !is_descriptor(&owned)) {
            noted.note(&owned);
        }
        let end = send(&owned, most, &sender);
        // The receiver may be gone, because it waits only for `patience`.
        let _ = sender.send(end.map(|()| Vec::new()));
    })?;
    let mut bytes = Vec::new();
    loop {
        let chunk = if !input.again && is_descriptor(path) {
            chunks.recv().map_err(|_| RecvTimeoutError::Disconnected)
        } else {
            chunks.recv_timeout(input.patience)
        };
        match chunk {
            Ok(chunk) => {
                let chunk = chunk?;
                if chunk.is_empty() {
                    return Ok(bytes);
                }
                bytes.extend(chunk);
            }
            Err(RecvTimeoutError::Timeout) => {
                let seconds = input.patience.as_secs();
                let text = format!("no data arrived for {seconds} seconds");
                return Err(io::Error::new(io::ErrorKind::TimedOut, text));
            }
            Err(RecvTimeoutError::Disconnected) => {
                return Err(io::Error::other("reading it stopped unexpectedly"));
            }
        }
    }
}

/// Sends the bytes of a file in pieces, none of them empty.
fn send(path: &Path, most: usize, sender: &SyncSender<io::Result<Vec<u8>>>) -> io::Result<()> {
    let found = fs::metadata(path)?;
    let kind = found.file_type();
    let refuse = |what: &str| Err(io::Error::new(io::ErrorKind::InvalidInput, what));
    if kind.is_dir() {
        return refuse("it is a folder");
    }
    if kind.is_block_device() || kind.is_char_device() || kind.is_socket() {
        return refuse("it is a device or a socket, not a file");
    }
    let too_large = || {
        let text = format!("it is larger than {}; raise the limit with --max-input", size(most));
        io::Error::new(io::ErrorKind::FileTooLarge, text)
    };
    let mut left = u64::try_from(most).unwrap_or(u64::MAX);
    if kind.is_file() && found.len() > left {
        return Err(too_large());
    }
    let mut file = File::open(path)?;
    loop {
        let mut chunk = Vec::new();
        // One byte more than allowed, to see whether the file is too large.
        let wanted = CHUNK.min(left.saturating_add(1));
        let got = if kind.is_file() {
            (&mut file).take(wanted).read_to_end(&mut chunk)?
        } else {
            // Small pieces are sent on as they arrive, so the receiver notices only real silence.
            chunk.resize(usize::try_from(wanted.min(65_536)).unwrap_or(65_536), 0);
            let got = file.read(&mut chunk)?;
            chunk.truncate(got);
            got
        };
        let got = u64::try_from(got).unwrap_or(u64::MAX);
        if got == 0 {
            return Ok(());
        }
        left = left.checked_sub(got).ok_or_else(too_large)?;
        if sender.send(Ok(chunk)).is_err() {
            return Ok(());
        }
    }
}

/// Whether a path is a descriptor that the process inherited. Another program writes to it and may take any time.
fn is_descriptor(path: &Path) -> bool {
    ["/dev/stdin", "/dev/fd", "/proc/self/fd"].iter().any(|begin| path.starts_with(begin))
}

/// A number of bytes for messages.
fn size(bytes: usize) -> String {
    match bytes {
        whole if whole % (1 << 20) == 0 => format!("{} MiB", whole >> 20),
        other => format!("{other} bytes"),
    }
}

/// The right to read one file. There are [`MOST`] of them.
struct Turn;

static READING: AtomicUsize = AtomicUsize::new(0);

impl Turn {
    fn take() -> io::Result<Self> {
        if READING.fetch_add(1, Ordering::AcqRel) >= MOST {
            READING.fetch_sub(1, Ordering::AcqRel);
            return Err(io::Error::other("too many earlier files are still waiting for data"));
        }
        Ok(Self)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        READING.fetch_sub(1, Ordering::AcqRel);
    }
}
