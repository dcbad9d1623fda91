//! A client that asks one question again and again, many datagrams in one system call where the system can.

use std::net::{SocketAddr, UdpSocket};

/// The most questions of one call.
pub(crate) const MOST: usize = 64;
const LARGEST: usize = 4096;

pub(crate) struct Burst {
    socket: UdpSocket,
    /// The question, [`MOST`] times.
    questions: Vec<u8>,
    length: usize,
    buffers: Vec<u8>,
    #[cfg(target_os = "linux")]
    headers: nix::sys::socket::MultiHeaders<nix::sys::socket::SockaddrStorage>,
}

impl Burst {
    pub(crate) fn new(server: SocketAddr, question: &[u8]) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let _ = socket2::SockRef::from(&socket).set_recv_buffer_size(4 << 20);
        socket.connect(server).unwrap();
        socket.set_nonblocking(true).unwrap();
        Self {
            socket,
            questions: question.repeat(MOST),
            length: question.len(),
            buffers: vec![0; MOST * LARGEST],
            #[cfg(target_os = "linux")]
            headers: nix::sys::socket::MultiHeaders::preallocate(MOST, None),
        }
    }

    /// Asks so often, [`MOST`] times at the most; how many questions were sent.
    pub(crate) fn send(&self, count: usize) -> usize {
        let count = count.min(MOST);
        match count {
            0 => 0,
            1 => usize::from(self.socket.send(&self.questions[..self.length]).is_ok()),
            _ => self.send_many(count),
        }
    }

    /// One datagram that the kernel cuts.
    #[cfg(target_os = "linux")]
    fn send_many(&self, count: usize) -> usize {
        use nix::sys::socket::{ControlMessage, MsgFlags, SockaddrStorage, sendmsg};
        let slices = [std::io::IoSlice::new(&self.questions[..count * self.length])];
        let length = u16::try_from(self.length).unwrap();
        let cut = [ControlMessage::UdpGsoSegments(&length)];
        let sent = sendmsg::<SockaddrStorage>(
            std::os::fd::AsRawFd::as_raw_fd(&self.socket),
            &slices,
            &cut,
            MsgFlags::empty(),
            None,
        );
        if sent.is_ok() { count } else { 0 }
    }

    #[cfg(not(target_os = "linux"))]
    fn send_many(&self, count: usize) -> usize {
        (0..count).filter(|_| self.socket.send(&self.questions[..self.length]).is_ok()).count()
    }

    /// Hands on the replies that are there, [`MOST`] at the most; how many they were.
    #[cfg(target_os = "linux")]
    pub(crate) fn receive(&mut self, mut each: impl FnMut(&[u8])) -> usize {
        use nix::sys::socket::{MsgFlags, recvmmsg};
        let mut chunks = self.buffers.chunks_exact_mut(LARGEST);
        let mut slices: [[std::io::IoSliceMut<'_>; 1]; MOST] =
            std::array::from_fn(|_| [std::io::IoSliceMut::new(chunks.next().unwrap())]);
        let descriptor = std::os::fd::AsRawFd::as_raw_fd(&self.socket);
        let flags = MsgFlags::MSG_DONTWAIT;
        let Ok(messages) = recvmmsg(descriptor, &mut self.headers, &mut slices, flags, None) else {
            return 0;
        };
        messages.map(|message| each(message.iovs().next().unwrap_or_default())).count()
    }

    #[cfg(not(target_os = "linux"))]
    pub(crate) fn receive(&mut self, mut each: impl FnMut(&[u8])) -> usize {
        let mut count = 0;
        while count < MOST
            && let Ok(length) = self.socket.recv(&mut self.buffers)
        {
            each(&self.buffers[..length]);
            count += 1;
        }
        count
    }
}
