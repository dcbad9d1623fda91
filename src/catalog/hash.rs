//! Knows: the fixed hash from which made-up addresses and ids come, so that the same name gets
//! the same one in every run, on every machine and in every later version.
//!
//! Deliberately does not: serve hash maps, or withstand chosen input; two names may collide.

/// FNV-1a of 64 bits over the parts (a zero byte between them), then mixed so that every bit of
/// the result depends on every byte.
pub(super) fn hash(parts: &[&str]) -> u64 {
    let mut state: u64 = 0xcbf2_9ce4_8422_2325;
    for (index, part) in parts.iter().enumerate() {
        let separator: &[u8] = if index == 0 { &[] } else { &[0] };
        for &byte in separator.iter().chain(part.as_bytes()) {
            state = (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    state = (state ^ (state >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    state = (state ^ (state >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    state ^ (state >> 33)
}

#[cfg(test)]
mod tests {
    use super::hash;

    #[test]
    fn the_hash_never_changes() {
        assert_eq!(hash(&["a"]), HASH_OF_A);
        assert_ne!(hash(&["a", "b"]), hash(&["ab"]));
    }

    /// FNV-1a of `a` is af63dc4c8601ec8c by its authors' test vectors; this is that, mixed.
    const HASH_OF_A: u64 = {
        let mut state: u64 = 0xaf63_dc4c_8601_ec8c;
        state = (state ^ (state >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
        state = (state ^ (state >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
        state ^ (state >> 33)
    };
}
