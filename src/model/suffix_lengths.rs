//! Sets of lengths: of all suffixes of a name, or of all names in a map.
//!
//! Both are bit sets. Their intersection tells at once which suffixes of a name a map can hold.

/// The longest name in wire form, root label included (RFC 1035 section 2.3.4).
pub const MAX_NAME: usize = 255;
const WORDS: usize = 4;
const BITS: usize = 64;

/// A set of lengths in wire form, 1 to 255 bytes.
///
/// Bit 0 is the longest length, bit 1 the next shorter one, and so on. So the bits at which a name's labels begin,
/// shifted by how much shorter the name is, are the lengths of its suffixes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct SuffixLengths([u64; WORDS]);

impl SuffixLengths {
    /// Those of the suffixes of a name in wire form, itself included.
    pub fn of(wire: &[u8]) -> Self {
        let mut starts = Starts::default();
        let mut at = 0;
        while let Some(&length) = wire.get(at) {
            starts.note(at);
            if length == 0 {
                break;
            }
            at += usize::from(length) + 1;
        }
        starts.suffixes(at + 1)
    }

    /// Adds a length.
    pub fn insert(&mut self, length: usize) {
        if let Some(at) = MAX_NAME.checked_sub(length) {
            set(&mut self.0, at);
        }
    }

    /// Whether a length is there.
    pub fn contains(&self, length: usize) -> bool {
        MAX_NAME
            .checked_sub(length)
            .and_then(|at| self.0.get(at / BITS).map(|word| word >> (at % BITS) & 1 == 1))
            .unwrap_or(false)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// The lengths that are in both and at most `longest`, the longest first.
    pub fn common(&self, other: &Self, longest: usize) -> impl Iterator<Item = usize> + use<> {
        let skip = MAX_NAME.saturating_sub(longest);
        let mut words = [0; WORDS];
        for (index, (word, (one, two))) in
            words.iter_mut().zip(self.0.iter().zip(&other.0)).enumerate()
        {
            *word = one & two & ones_from(skip.saturating_sub(index * BITS));
        }
        let mut index = 0;
        std::iter::from_fn(move || {
            while let Some(word) = words.get_mut(index) {
                if *word != 0 {
                    let bit = word.trailing_zeros() as usize;
                    *word &= *word - 1;
                    return Some(MAX_NAME - index * BITS - bit);
                }
                index += 1;
            }
            None
        })
    }

    /// The `nth` shortest length, from 0.
    pub fn nth_shortest(&self, nth: usize) -> Option<usize> {
        let mut left = nth;
        for (index, word) in self.0.iter().enumerate().rev() {
            let mut word = *word;
            while word != 0 {
                let bit = BITS - 1 - word.leading_zeros() as usize;
                if left == 0 {
                    return Some(MAX_NAME - index * BITS - bit);
                }
                left -= 1;
                word ^= 1 << bit;
            }
        }
        None
    }
}

/// Where the labels of a name begin, noted while it is read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Starts([u64; WORDS]);

impl Starts {
    /// A label begins at this byte.
    pub fn note(&mut self, at: usize) {
        set(&mut self.0, at);
    }

    /// The lengths of the suffixes, once the name's own is known.
    pub fn suffixes(self, length: usize) -> SuffixLengths {
        let by = MAX_NAME.saturating_sub(length);
        let (whole, rest) = (by / BITS, by % BITS);
        let word = |index: Option<usize>| index.and_then(|it| self.0.get(it)).copied().unwrap_or(0);
        SuffixLengths(std::array::from_fn(|index| {
            let upper = index.checked_sub(whole);
            let lower = upper.and_then(|it| it.checked_sub(1));
            // Shifted in two steps, since one by all 64 bits is none.
            word(upper) << rest | word(lower) >> 1 >> (BITS - 1 - rest)
        }))
    }
}

fn set(words: &mut [u64; WORDS], at: usize) {
    if let Some(word) = words.get_mut(at / BITS) {
        *word |= 1 << (at % BITS);
    }
}

/// All bits but the first `skip`.
fn ones_from(skip: usize) -> u64 {
    u32::try_from(skip).ok().and_then(|skip| u64::MAX.checked_shl(skip)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::name::Name;

    fn all(lengths: &SuffixLengths, longest: usize) -> Vec<usize> {
        lengths.common(lengths, longest).collect()
    }

    #[test]
    fn they_are_those_of_a_walk() {
        let texts = [
            ".".to_owned(),
            "example".to_owned(),
            "b.a.corp.example".to_owned(),
            "a.".repeat(127),
            format!("{0}.{0}.{0}.{1}", "x".repeat(63), "y".repeat(61)),
            format!("{}.{}", "x".repeat(62), "y".repeat(63)),
            format!("{}.{}", "x".repeat(63), "a.".repeat(32)),
        ];
        for text in texts {
            let name: Name = text.parse().unwrap();
            let walked: Vec<usize> =
                name.as_ref().suffixes().map(|suffix| suffix.wire().len()).collect();
            let lengths = SuffixLengths::of(name.wire());
            assert_eq!(all(&lengths, MAX_NAME), walked, "{text}");
            for length in 0..=MAX_NAME + 1 {
                assert_eq!(lengths.contains(length), walked.contains(&length), "{text} {length}");
                let shorter: Vec<usize> =
                    walked.iter().copied().filter(|it| *it <= length).collect();
                assert_eq!(all(&lengths, length), shorter, "{text} {length}");
            }
            for (nth, length) in walked.iter().rev().enumerate() {
                assert_eq!(lengths.nth_shortest(nth), Some(*length), "{text} {nth}");
            }
            assert_eq!(lengths.nth_shortest(walked.len()), None);
            assert_eq!(lengths.count(), walked.len());
        }
    }

    #[test]
    fn what_no_name_has_is_not_kept() {
        let mut lengths = SuffixLengths::default();
        lengths.insert(256);
        assert_eq!(lengths, SuffixLengths::default());
        lengths.insert(255);
        lengths.insert(1);
        assert_eq!(all(&lengths, 255), [255, 1]);
        assert_eq!(all(&lengths, 254), [1]);
        assert!(all(&lengths, 0).is_empty());
    }
}
