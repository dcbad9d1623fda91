//! The Client Subnet option (RFC 7871) of a message on its way to a running server: ours instead of the client's, and none
//! in the reply.
//!
//! Works on the bytes of the OPT record alone, so that everything else of a message stays as it was written.

use std::net::IpAddr;

use super::{
    edns::{CLIENT_SUBNET, ClientSubnet, OPT},
    reader::HEADER,
};

/// The UDP payload size of a client without EDNS (RFC 1035 section 4.2.1).
const PLAIN_PAYLOAD: u16 = 512;

/// A message with the option that says it comes from `client`, or without the option, in place of any that it had; and
/// whether it had an OPT record. `None` if the message cannot be read.
pub fn replaced(query: &[u8], client: Option<IpAddr>) -> Option<(Vec<u8>, bool)> {
    let option = client.map_or_else(Vec::new, option);
    if let Some(opt) = find(query)? {
        let mut options = others(&query[opt.options.clone()])?;
        options.extend(option);
        return Some((opt.with(query, &options)?, true));
    }
    let mut message = query.to_vec();
    if !option.is_empty() {
        // The root, OPT, the payload size, no extended code, version 0, no flags.
        message.push(0);
        message.extend(OPT.to_be_bytes());
        message.extend(PLAIN_PAYLOAD.to_be_bytes());
        message.extend([0; 4]);
        message.extend(u16::try_from(option.len()).ok()?.to_be_bytes());
        message.extend(option);
        add(&mut message, 1)?;
    }
    Some((message, false))
}

/// The option with a whole address.
fn option(client: IpAddr) -> Vec<u8> {
    let prefix = if client.is_ipv4() { 32 } else { 128 };
    let mut option = Vec::new();
    ClientSubnet { address: client, prefix }.write(0, &mut option);
    option
}

/// A reply without the option; without any OPT record if its query had none.
pub fn removed(reply: &[u8], had_opt: bool) -> Option<Vec<u8>> {
    match find(reply)? {
        Some(opt) if had_opt => opt.with(reply, &others(&reply[opt.options.clone()])?),
        Some(opt) => {
            let mut message = reply[..opt.begin].to_vec();
            message.extend(&reply[opt.options.end..]);
            add(&mut message, -1)?;
            Some(message)
        }
        None => Some(reply.to_vec()),
    }
}

/// Where the OPT record is.
struct Opt {
    begin: usize,
    options: std::ops::Range<usize>,
}

impl Opt {
    /// The message with other options.
    fn with(&self, message: &[u8], options: &[u8]) -> Option<Vec<u8>> {
        let mut made = message[..self.options.start - 2].to_vec();
        made.extend(u16::try_from(options.len()).ok()?.to_be_bytes());
        made.extend(options);
        made.extend(&message[self.options.end..]);
        Some(made)
    }
}

/// Finds the OPT record. `None` if the message cannot be read, or other records follow: their names might point across it.
fn find(message: &[u8]) -> Option<Option<Opt>> {
    let questions = number(message, 4)?;
    let records = u32::from(number(message, 6)?)
        + u32::from(number(message, 8)?)
        + u32::from(number(message, 10)?);
    let mut at = HEADER;
    for _ in 0..questions {
        at = after_name(message, at)? + 4;
    }
    let mut found = None;
    for left in (0..records).rev() {
        let begin = at;
        let fixed = after_name(message, at)?;
        let start = fixed + 10;
        at = start + usize::from(number(message, fixed + 8)?);
        message.get(start..at)?;
        if number(message, fixed)? == OPT {
            if left > 0 {
                return None;
            }
            found = Some(Opt { begin, options: start..at });
        }
    }
    (at <= message.len()).then_some(found)
}

/// Where the name at a position ends.
fn after_name(message: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match *message.get(at)? {
            0 => return Some(at + 1),
            length @ 1..=63 => at += 1 + usize::from(length),
            0xc0.. => return Some(at + 2),
            _ => return None,
        }
    }
}

/// All options but Client Subnet.
fn others(mut options: &[u8]) -> Option<Vec<u8>> {
    let mut kept = Vec::new();
    while !options.is_empty() {
        let end = 4 + usize::from(number(options, 2)?);
        let option = options.get(..end)?;
        if number(option, 0)? != CLIENT_SUBNET {
            kept.extend(option);
        }
        options = &options[end..];
    }
    Some(kept)
}

fn number(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

/// Changes the number of additional records.
fn add(message: &mut [u8], count: i16) -> Option<()> {
    let sum = number(message, 10)?.checked_add_signed(count)?;
    message.get_mut(10..12)?.copy_from_slice(&sum.to_be_bytes());
    Some(())
}

#[cfg(test)]
mod tests {
    use hickory_proto::{
        op::{Edns, Message, Query},
        rr::{
            Name, RecordType,
            rdata::opt::{ClientSubnet, EdnsCode, EdnsOption},
        },
    };

    use super::*;

    fn query(edns: Option<Edns>) -> Vec<u8> {
        let mut message = Message::query();
        message.add_query(Query::query(Name::from_ascii("a.example.").unwrap(), RecordType::A));
        message.edns = edns;
        message.to_vec().unwrap()
    }

    fn subnet_of(message: &[u8]) -> Option<IpAddr> {
        let edns = Message::from_vec(message).unwrap().edns?;
        match edns.option(EdnsCode::Subnet)? {
            EdnsOption::Subnet(subnet) => Some(subnet.addr()),
            _ => None,
        }
    }

    #[test]
    fn the_option_is_ours_on_the_way_there_and_gone_on_the_way_back() {
        let here = "10.0.1.29".parse().ok();
        let mut edns = Edns::new();
        edns.set_max_payload(1232);
        let plain = edns.clone();
        let theirs = ClientSubnet::new("192.0.2.1".parse().unwrap(), 24, 0);
        edns.options_mut().insert(EdnsOption::Subnet(theirs));
        edns.options_mut().insert(EdnsOption::Unknown(10, vec![1; 8]));
        for (edns, payload) in [(None, 512), (Some(plain), 1232), (Some(edns), 1232)] {
            let had = edns.is_some();
            let cookie = edns.as_ref().is_some_and(|edns| edns.option(EdnsCode::Cookie).is_some());
            let original = query(edns);
            let (sent, told) = replaced(&original, here).unwrap();
            assert_eq!((told, subnet_of(&sent)), (had, here));
            let read = Message::from_vec(&sent).unwrap().edns.unwrap();
            assert_eq!(read.max_payload(), payload);
            assert_eq!(read.option(EdnsCode::Cookie).is_some(), cookie);
            assert_eq!(subnet_of(&replaced(&original, None).unwrap().0), None);
            let back = removed(&sent, had).unwrap();
            assert_eq!(subnet_of(&back), None);
            assert_eq!(Message::from_vec(&back).unwrap().edns.is_some(), had);
            if !had {
                assert_eq!(back, original);
            }
        }
        let here = "2001:db8::1".parse().ok();
        let (sent, _) = replaced(&query(None), here).unwrap();
        assert_eq!(subnet_of(&sent), here);
    }

    #[test]
    fn what_cannot_be_read_is_not_sent() {
        let here = "10.0.1.29".parse().ok();
        let (whole, _) = replaced(&query(Some(Edns::new())), here).unwrap();
        for length in 0..whole.len() {
            assert!(replaced(&whole[..length], here).is_none(), "{length}");
            assert!(removed(&whole[..length], true).is_none(), "{length}");
        }
        for at in 0..whole.len() {
            for byte in [0, 1, 0x3f, 0x80, 0xc0, 0xff] {
                let mut changed = whole.clone();
                changed[at] = byte;
                // Nothing here may panic.
                let _ = (replaced(&changed, here), removed(&changed, false));
            }
        }
    }
}
