//! `Fn::Cidr`: splits an IPv4 or IPv6 block and gives the first parts.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::import::text::node::shorten;

/// The number of host bits in each block, unless the call gives it.
const BITS: u32 = 8;
/// The most blocks that one call of AWS's function can make.
const MAX_COUNT: u32 = 256;

/// The first `count` blocks of `bits` bits of hosts each.
///
/// # Errors
///
/// A sentence that says what does not fit.
pub(super) fn split(block: &str, count: &str, bits: Option<&str>) -> Result<Vec<String>, String> {
    let Some((address, prefix)) = parse(block) else {
        return Err(format!("expected a block such as 10.0.0.0/16, found \"{}\"", shorten(block)));
    };
    let Some(count) = number(count).filter(|count| (1..=MAX_COUNT).contains(count)) else {
        let found = shorten(count);
        return Err(format!("expected a count from 1 to {MAX_COUNT}, found \"{found}\""));
    };
    let width = if address.is_ipv4() { 32 } else { 128 };
    let bits = match bits {
        None => BITS,
        Some(text) => number(text)
            .filter(|bits| (1..=width).contains(bits))
            .ok_or_else(|| format!("expected 1 to {width} bits, found \"{}\"", shorten(text)))?,
    };
    let length = width - bits;
    // The count is at most 256, so more than 8 free bits need not be looked at.
    let fitting = length.checked_sub(prefix).map_or(0, |free| 1_u32 << free.min(8));
    if count > fitting {
        return Err(format!("{count} blocks of /{length} do not fit into {block}"));
    }
    let number = match address {
        IpAddr::V4(address) => u128::from(u32::from(address)),
        IpAddr::V6(address) => u128::from(address),
    };
    let hosts = width - prefix;
    let first = number.checked_shr(hosts).unwrap_or(0).checked_shl(hosts).unwrap_or(0);
    let block = |index: u32| {
        let number = first | u128::from(index).checked_shl(bits).unwrap_or(0);
        let address = match address {
            IpAddr::V4(_) => IpAddr::from(Ipv4Addr::from(u32::try_from(number).unwrap_or(0))),
            IpAddr::V6(_) => IpAddr::from(Ipv6Addr::from(number)),
        };
        format!("{address}/{length}")
    };
    Ok((0..count).map(block).collect())
}

fn number(text: &str) -> Option<u32> {
    text.trim().parse().ok()
}

fn parse(block: &str) -> Option<(IpAddr, u32)> {
    let (address, prefix) = block.trim().split_once('/')?;
    let address: IpAddr = address.parse().ok()?;
    let prefix = number(prefix)?;
    (prefix <= if address.is_ipv4() { 32 } else { 128 }).then_some((address, prefix))
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn blocks_of_both_families() {
        assert_eq!(
            split("192.168.0.0/24", "6", Some("5")).unwrap(),
            [
                "192.168.0.0/27",
                "192.168.0.32/27",
                "192.168.0.64/27",
                "192.168.0.96/27",
                "192.168.0.128/27",
                "192.168.0.160/27"
            ]
        );
        assert_eq!(
            split("10.0.255.1/16", "256", None).unwrap().last().map(String::as_str),
            Some("10.0.255.0/24")
        );
        assert_eq!(
            split("2001:db8::/56", "2", Some("64")).unwrap(),
            ["2001:db8::/64", "2001:db8:0:1::/64"]
        );
        assert_eq!(split("::/0", "1", Some("128")).unwrap(), ["::/0"]);
        assert_eq!(split("0.0.0.0/0", "1", Some("32")).unwrap(), ["0.0.0.0/0"]);
        assert_eq!(split("0.0.0.0/0", "2", Some("1")).unwrap(), ["0.0.0.0/31", "0.0.0.2/31"]);
    }

    #[test]
    fn what_does_not_fit() {
        let bad = |block, count, bits| split(block, count, Some(bits)).unwrap_err();
        assert_eq!(bad("10.0.0.0/24", "2", "8"), "2 blocks of /24 do not fit into 10.0.0.0/24");
        assert_eq!(bad("10.0.0.0/24", "1", "9"), "1 blocks of /23 do not fit into 10.0.0.0/24");
        assert_eq!(bad("10.0.0.0/8", "257", "8"), "expected a count from 1 to 256, found \"257\"");
        assert_eq!(bad("10.0.0.0/8", "-1", "8"), "expected a count from 1 to 256, found \"-1\"");
        assert_eq!(bad("10.0.0.0/8", "1", "33"), "expected 1 to 32 bits, found \"33\"");
        for block in ["10.0.0.0", "10.0.0.0/33", "10.0.0/8", "", "::/129"] {
            assert!(bad(block, "1", "1").starts_with("expected a block"), "{block}");
        }
    }
}
