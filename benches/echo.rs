//! What the kernel alone costs: every packet goes back with the reply bit set, in batches, by `recvmmsg` and `sendmmsg`.
//!
//! `cargo bench --bench echo -- 127.0.0.1:5353 1` serves that address with one thread, for `dnsperf` to ask;
//! `benches/peers/run` measures it beside vpcdns.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench prints, and panics when it fails"
)]

#[cfg(target_os = "linux")]
fn main() {
    let mut arguments = std::env::args().skip(1).filter(|it| it != "--bench");
    let Some(address) = arguments.next() else {
        println!("echo: needs an address, such as 127.0.0.1:5353; nothing is measured");
        return;
    };
    let workers = arguments.next().map_or(1_u16, |it| it.parse().unwrap());
    std::thread::scope(|scope| {
        for _ in 0..workers {
            let socket = linux::bind(address.parse().unwrap());
            scope.spawn(move || linux::echo(&socket));
        }
    });
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("echo: needs Linux");
}

#[cfg(target_os = "linux")]
mod linux {
    use std::{
        io::{IoSlice, IoSliceMut},
        net::{SocketAddr, UdpSocket},
        os::fd::AsRawFd,
    };

    use nix::sys::socket::{MsgFlags, MultiHeaders, SockaddrStorage, recvmmsg, sendmmsg};
    use socket2::{Domain, Socket, Type};

    const BATCH: usize = 64;
    const LARGEST: usize = 4_160;

    pub(super) fn bind(address: SocketAddr) -> UdpSocket {
        let socket = Socket::new(Domain::for_address(address), Type::DGRAM, None).unwrap();
        socket.set_reuse_port(true).unwrap();
        socket.bind(&address.into()).unwrap();
        socket.into()
    }

    pub(super) fn echo(socket: &UdpSocket) {
        let mut buffers = vec![0; BATCH * LARGEST];
        let mut received = MultiHeaders::<SockaddrStorage>::preallocate(BATCH, None);
        let mut sent = MultiHeaders::<SockaddrStorage>::preallocate(BATCH, None);
        let mut lengths = [0; BATCH];
        let mut sources: [Option<SockaddrStorage>; BATCH] = [None; BATCH];
        loop {
            let mut count = 0;
            let mut chunks = buffers.chunks_exact_mut(LARGEST);
            let mut slices: [[IoSliceMut<'_>; 1]; BATCH] =
                std::array::from_fn(|_| [IoSliceMut::new(chunks.next().unwrap_or_default())]);
            let flags = MsgFlags::MSG_WAITFORONE;
            let messages =
                recvmmsg(socket.as_raw_fd(), &mut received, &mut slices, flags, None).unwrap();
            for message in messages {
                (lengths[count], sources[count]) = (message.bytes, message.address);
                count += 1;
            }
            for packet in buffers.chunks_exact_mut(LARGEST).take(count) {
                packet[2] |= 0x80;
            }
            let mut chunks = buffers.chunks_exact(LARGEST).zip(lengths);
            let slices: [[IoSlice<'_>; 1]; BATCH] = std::array::from_fn(|_| {
                let (chunk, length) = chunks.next().unwrap_or_default();
                [IoSlice::new(&chunk[..length])]
            });
            let (slices, addresses) = (&slices[..count], &sources[..count]);
            // A client that is gone is no reason to end.
            let _ =
                sendmmsg(socket.as_raw_fd(), &mut sent, slices, addresses, [], MsgFlags::empty());
        }
    }
}
