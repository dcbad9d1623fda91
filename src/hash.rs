//! Knows: the fixed hash from which made-up addresses, names and ids come, so that the same thing gets the same one in
//! every run, on every machine and in every later version. It is FNV-1a (RFC 9923).
//!
//! Users see what comes from it, so its numbers must never change. That is why there are two widths and a third form:
//! addresses come from 64 bits, since the catalogue began with them; ids of 17 digits need 68, so ids come from 128; and
//! the time that a TTL has run is taken on the way of every question, which reads eight bytes at once.
//!
//! Deliberately does not: serve hash maps, or withstand chosen input; two texts may have the same hash.

const OFFSET_64: u64 = 0xcbf2_9ce4_8422_2325;
const OFFSET_128: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;

/// The hash of a text in 128 bits, for ids.
pub fn stable_hash(text: &str) -> u128 {
    text.bytes().fold(OFFSET_128, |hash, byte| {
        (hash ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b)
    })
}

/// The hash of parts (a zero byte between them) in 64 bits, for choosing an address: mixed, so that every bit of the
/// result depends on every byte.
pub fn stable_hash_64(parts: &[&str]) -> u64 {
    let mut hash = OFFSET_64;
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            hash = fnv_64(hash, &[0]);
        }
        hash = fnv_64(hash, part.as_bytes());
    }
    mixed(hash)
}

/// A hash of numbers, quicker than FNV-1a for the same bytes: begun as it is, with a whole number in each step and
/// another multiplier.
pub fn quick_hash(numbers: impl Iterator<Item = u64>) -> u64 {
    numbers.fold(OFFSET_64, |hash, number| {
        let hash = (hash ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        hash ^ (hash >> 32)
    })
}

fn fnv_64(hash: u64, bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(hash, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

/// The finalizer of MurmurHash3.
fn mixed(hash: u64) -> u64 {
    let hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    let hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the test vectors of FNV's authors.
    #[test]
    fn both_widths_are_fnv_1a() {
        for (text, short, long) in [
            ("", 0xcbf2_9ce4_8422_2325, 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d),
            ("a", 0xaf63_dc4c_8601_ec8c, 0xd228_cb69_6f1a_8caf_7891_2b70_4e4a_8964),
            ("foobar", 0x8594_4171_f739_67e8, 0x343e_1662_793c_64bf_6f0d_3597_ba44_6f18),
        ] {
            assert_eq!(fnv_64(OFFSET_64, text.as_bytes()), short, "{text}");
            assert_eq!(stable_hash(text), long, "{text}");
        }
    }

    #[test]
    fn the_numbers_never_change() {
        assert_eq!(stable_hash_64(&["a"]), 0x82a2_a958_a9be_ce5b);
        assert_eq!(stable_hash_64(&["a", "b"]), 0xab78_f5ec_a36d_0e2b);
        assert_eq!(quick_hash([1, 2].into_iter()), 0x9c2d_da1a_e14a_b8c4);
    }

    #[test]
    fn where_parts_are_cut_matters() {
        assert_ne!(stable_hash_64(&["a", "b"]), stable_hash_64(&["ab"]));
        assert_eq!(stable_hash_64(&["a", "b"]), stable_hash_64(&["a\0b"]));
    }
}
