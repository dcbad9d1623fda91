//! The messages between the two processes of a shell, and the open files that go with them.
//!
//! Each message is one packet of a socket pair: JSON, and at most a few descriptors (SCM_RIGHTS). Knows nothing of what
//! they are for.

use std::{
    io::{self, IoSlice, IoSliceMut},
    mem::MaybeUninit,
    os::fd::{BorrowedFd, OwnedFd},
};

use rustix::{
    cmsg_space,
    net::{
        AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
        SendAncillaryMessage, SendFlags, SocketFlags, SocketType, recvmsg, sendmsg, socketpair,
    },
};
use serde::{Serialize, de::DeserializeOwned};

/// The most descriptors of one message.
const MOST_FILES: usize = 2;
/// The most bytes of one message. An instance has at most 15 interfaces of 50 addresses.
const MOST_BYTES: usize = 128 << 10;

/// Two connected sockets. Neither is inherited by a program that is started.
pub(super) fn pair() -> io::Result<(OwnedFd, OwnedFd)> {
    let flags = SocketFlags::CLOEXEC;
    Ok(socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None)?)
}

/// Sends a message and its files.
pub(super) fn send(
    socket: BorrowedFd<'_>,
    message: &impl Serialize,
    files: &[BorrowedFd<'_>],
) -> io::Result<()> {
    let text = serde_json::to_vec(message)?;
    let mut space = [MaybeUninit::uninit(); cmsg_space!(ScmRights(MOST_FILES))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    if !files.is_empty() && !control.push(SendAncillaryMessage::ScmRights(files)) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    sendmsg(socket, &[IoSlice::new(&text)], &mut control, SendFlags::NOSIGNAL)?;
    Ok(())
}

/// Waits for a message. Fails if the other process ended.
pub(super) fn receive<T: DeserializeOwned>(
    socket: BorrowedFd<'_>,
) -> io::Result<(T, Vec<OwnedFd>)> {
    let mut bytes = vec![0; MOST_BYTES];
    let mut space = [MaybeUninit::uninit(); cmsg_space!(ScmRights(MOST_FILES))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let length = loop {
        let mut parts = [IoSliceMut::new(&mut bytes)];
        match recvmsg(socket, &mut parts, &mut control, RecvFlags::CMSG_CLOEXEC) {
            Ok(received) => break received.bytes,
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    };
    if length == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let mut files = Vec::new();
    for message in control.drain() {
        if let RecvAncillaryMessage::ScmRights(rights) = message {
            files.extend(rights);
        }
    }
    Ok((serde_json::from_slice(&bytes[..length])?, files))
}

#[cfg(test)]
mod tests {
    use std::{
        fs::File,
        io::{Read, Write},
        os::fd::AsFd,
    };

    use super::*;

    #[test]
    fn a_message_brings_its_files_and_an_end_is_told() {
        let (one, other) = pair().unwrap();
        let (reader, writer) = io::pipe().unwrap();
        send(one.as_fd(), &("word", 7), &[reader.as_fd()]).unwrap();
        drop(reader);
        let (message, files): ((String, u8), _) = receive(other.as_fd()).unwrap();
        assert_eq!((message, files.len()), (("word".to_owned(), 7), 1));
        (&writer).write_all(b"through").unwrap();
        drop(writer);
        let mut text = String::new();
        let file = files.into_iter().next().unwrap();
        File::from(file).read_to_string(&mut text).unwrap();
        assert_eq!(text, "through");
        drop(one);
        let ended = receive::<()>(other.as_fd()).unwrap_err();
        assert_eq!(ended.kind(), io::ErrorKind::UnexpectedEof);
    }
}
