//! IP packets: what the router must know of one, and the replies that need no connection (UDP, ICMP).
//!
//! Reads and writes with smoltcp's forms. Fragments and IPv6 extension headers are not read: a resolver's client sends
//! neither over a network of 9,001 bytes.

use std::net::{IpAddr, Ipv4Addr};

use smoltcp::{
    phy::{Checksum, ChecksumCapabilities},
    wire::{
        Icmpv4DstUnreachable, Icmpv4Packet, Icmpv4Repr, Icmpv4TimeExceeded, IpProtocol, Ipv4Packet,
        Ipv4Repr, Ipv6Packet, Ipv6Repr, TcpPacket, UdpPacket, UdpRepr,
    },
};

/// How far a reply may go.
const HOPS: u8 = 64;
/// How much of a packet an ICMP error quotes (RFC 1812 section 4.3.2.3).
const QUOTED: usize = 512;

/// What the router must know of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seen<'p> {
    /// Who sent it.
    pub(super) from: IpAddr,
    /// Whom it is for.
    pub(super) to: IpAddr,
    /// How many more hops it may take, the router of the VPC not counted.
    pub(super) ttl: u8,
    /// What it holds.
    pub(super) content: Content<'p>,
}

/// What a packet holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content<'p> {
    /// A segment of TCP.
    Tcp {
        /// The sender's port.
        from: u16,
        /// The port it is for.
        to: u16,
        /// Whether it asks for a new connection.
        opens: bool,
    },
    /// A datagram.
    Udp {
        /// The sender's port.
        from: u16,
        /// The port it is for.
        to: u16,
        /// What it says.
        data: &'p [u8],
    },
    /// An ICMP echo request.
    Echo {
        /// Its identifier.
        ident: u16,
        /// Its number.
        number: u16,
        /// What comes back.
        data: &'p [u8],
    },
}

/// Checksums are left to us where the kernel has not filled them in.
fn unchecked() -> ChecksumCapabilities {
    let mut checks = ChecksumCapabilities::default();
    checks.ipv4 = Checksum::Tx;
    checks.udp = Checksum::Tx;
    checks.tcp = Checksum::Tx;
    checks.icmpv4 = Checksum::Tx;
    checks
}

/// Reads a packet; `None` if it is of a kind that nobody answers.
pub(super) fn read(packet: &[u8]) -> Option<Seen<'_>> {
    match packet.first()? >> 4 {
        4 => {
            let ip = Ipv4Packet::new_checked(packet).ok()?;
            if ip.more_frags() || ip.frag_offset() != 0 {
                return None;
            }
            let content = content(ip.next_header(), ip.payload())?;
            let (from, to) = (ip.src_addr().into(), ip.dst_addr().into());
            Some(Seen { from, to, ttl: ip.hop_limit(), content })
        }
        6 => {
            let ip = Ipv6Packet::new_checked(packet).ok()?;
            let content = content(ip.next_header(), ip.payload())?;
            let (from, to) = (ip.src_addr().into(), ip.dst_addr().into());
            Some(Seen { from, to, ttl: ip.hop_limit(), content })
        }
        _ => None,
    }
}

fn content(protocol: IpProtocol, payload: &[u8]) -> Option<Content<'_>> {
    match protocol {
        IpProtocol::Tcp => {
            let tcp = TcpPacket::new_checked(payload).ok()?;
            let opens = tcp.syn() && !tcp.ack();
            Some(Content::Tcp { from: tcp.src_port(), to: tcp.dst_port(), opens })
        }
        IpProtocol::Udp => {
            let udp = UdpPacket::new_checked(payload).ok()?;
            Some(Content::Udp { from: udp.src_port(), to: udp.dst_port(), data: udp.payload() })
        }
        IpProtocol::Icmp => {
            let icmp = Icmpv4Packet::new_checked(payload).ok()?;
            match Icmpv4Repr::parse(&icmp, &ChecksumCapabilities::ignored()).ok()? {
                Icmpv4Repr::EchoRequest { ident, seq_no, data } => {
                    Some(Content::Echo { ident, number: seq_no, data })
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// A datagram from one address and port to another.
pub(super) fn udp(from: (IpAddr, u16), to: (IpAddr, u16), data: &[u8]) -> Option<Vec<u8>> {
    let repr = UdpRepr { src_port: from.1, dst_port: to.1 };
    let length = repr.header_len() + data.len();
    u16::try_from(length).ok()?;
    let emit = |payload: &mut [u8]| {
        let mut packet = UdpPacket::new_unchecked(payload);
        let put = |bytes: &mut [u8]| bytes.copy_from_slice(data);
        repr.emit(&mut packet, &from.0.into(), &to.0.into(), data.len(), put, &unchecked());
    };
    match (from.0, to.0) {
        (IpAddr::V4(from), IpAddr::V4(to)) => Some(v4(from, to, IpProtocol::Udp, length, emit)),
        (IpAddr::V6(from), IpAddr::V6(to)) => {
            let ip = Ipv6Repr {
                src_addr: from,
                dst_addr: to,
                next_header: IpProtocol::Udp,
                payload_len: length,
                hop_limit: HOPS,
            };
            let mut bytes = vec![0; ip.buffer_len() + length];
            ip.emit(&mut Ipv6Packet::new_unchecked(&mut bytes));
            emit(&mut bytes[ip.buffer_len()..]);
            Some(bytes)
        }
        _ => None,
    }
}

/// The answer to an echo request.
pub(super) fn echo_reply(from: Ipv4Addr, to: Ipv4Addr, echo: (u16, u16), data: &[u8]) -> Vec<u8> {
    icmp(from, to, &Icmpv4Repr::EchoReply { ident: echo.0, seq_no: echo.1, data })
}

/// The ICMP error of a station on the way where a packet's time to live ended.
pub(super) fn time_exceeded(from: Ipv4Addr, packet: &[u8]) -> Option<Vec<u8>> {
    let (header, data) = quoted(packet)?;
    let reason = Icmpv4TimeExceeded::TtlExpired;
    Some(icmp(from, header.src_addr, &Icmpv4Repr::TimeExceeded { reason, header, data }))
}

/// The ICMP error of a host that has nothing on a datagram's port.
pub(super) fn port_unreachable(packet: &[u8]) -> Option<Vec<u8>> {
    let (header, data) = quoted(packet)?;
    let reason = Icmpv4DstUnreachable::PortUnreachable;
    let repr = Icmpv4Repr::DstUnreachable { reason, header, data };
    Some(icmp(header.dst_addr, header.src_addr, &repr))
}

fn quoted(packet: &[u8]) -> Option<(Ipv4Repr, &[u8])> {
    let ip = Ipv4Packet::new_checked(packet).ok()?;
    let header = Ipv4Repr::parse(&ip, &ChecksumCapabilities::ignored()).ok()?;
    let data = ip.payload();
    Some((header, data.get(..QUOTED).unwrap_or(data)))
}

fn icmp(from: Ipv4Addr, to: Ipv4Addr, repr: &Icmpv4Repr<'_>) -> Vec<u8> {
    v4(from, to, IpProtocol::Icmp, repr.buffer_len(), |payload| {
        repr.emit(&mut Icmpv4Packet::new_unchecked(payload), &unchecked());
    })
}

fn v4(
    from: Ipv4Addr,
    to: Ipv4Addr,
    protocol: IpProtocol,
    length: usize,
    emit: impl FnOnce(&mut [u8]),
) -> Vec<u8> {
    let ip = Ipv4Repr {
        src_addr: from,
        dst_addr: to,
        next_header: protocol,
        payload_len: length,
        hop_limit: HOPS,
    };
    let mut bytes = vec![0; ip.buffer_len() + length];
    ip.emit(&mut Ipv4Packet::new_unchecked(&mut bytes), &unchecked());
    emit(&mut bytes[ip.buffer_len()..]);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Ipv4Addr = Ipv4Addr::new(10, 0, 1, 29);
    const THERE: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 29);

    #[test]
    fn what_is_written_is_read() {
        let packet = udp((HERE.into(), 40_000), (THERE.into(), 53), b"question").unwrap();
        let seen = read(&packet).unwrap();
        let content = Content::Udp { from: 40_000, to: 53, data: b"question" };
        assert_eq!(seen, Seen { from: HERE.into(), to: THERE.into(), ttl: HOPS, content });
        let ip = Ipv4Packet::new_checked(&packet[..]).unwrap();
        assert!(ip.verify_checksum());
        let v6 = |last| IpAddr::from([0xfd00, 0xec2, 0, 0, 0, 0, 0, last]);
        let packet = udp((v6(1), 40_000), (v6(0x253), 53), b"question").unwrap();
        let seen = read(&packet).unwrap();
        assert_eq!((seen.from, seen.to, seen.content), (v6(1), v6(0x253), content));
    }

    #[test]
    fn errors_quote_the_packet_that_they_are_about() {
        let packet = udp((HERE.into(), 40_000), (THERE.into(), 33_434), b"probe").unwrap();
        let station = Ipv4Addr::new(10, 0, 0, 7);
        for (error, from) in [
            (time_exceeded(station, &packet).unwrap(), station),
            (port_unreachable(&packet).unwrap(), THERE),
        ] {
            let ip = Ipv4Packet::new_checked(&error[..]).unwrap();
            assert_eq!((ip.src_addr(), ip.dst_addr()), (from, HERE));
            let icmp = Icmpv4Packet::new_checked(ip.payload()).unwrap();
            assert!(icmp.verify_checksum());
            let inner = &ip.payload()[8..];
            assert_eq!(&inner[12..20], &packet[12..20], "the addresses");
            assert_eq!(&inner[20..24], &packet[20..24], "the ports");
        }
    }

    #[test]
    fn what_is_no_packet_of_ours_is_left_alone() {
        let packet = udp((HERE.into(), 40_000), (THERE.into(), 53), b"question").unwrap();
        for length in 0..packet.len() {
            assert_eq!(read(&packet[..length]), None, "{length}");
        }
        let mut fragment = packet.clone();
        fragment[6] |= 0x20;
        assert_eq!(read(&fragment), None);
        let mut other = packet;
        other[9] = 47;
        assert_eq!(read(&other), None);
        assert_eq!(read(&[0xff; 64]), None);
    }
}
