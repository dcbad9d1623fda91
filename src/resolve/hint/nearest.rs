//! The nearest of several words: how many letters lie between two, and which distance is still a slip.

/// The longest word that is compared: a label of a name.
const LONGEST: usize = 63;

/// How many letters may be wrong in a word of this length.
fn allowed(length: usize) -> usize {
    match length {
        0..=4 => 1,
        5..=8 => 2,
        _ => 3,
    }
}

/// How many letters to insert, delete, change, or swap with a neighbour lead from one word to the other. `None` if they are
/// more than a slip.
pub(super) fn slip(wrong: &str, right: &str) -> Option<usize> {
    within(wrong, right, allowed(wrong.len().min(right.len())))
}

/// The same, if it is at most so many.
pub(super) fn within(wrong: &str, right: &str, most: usize) -> Option<usize> {
    if wrong.len().max(right.len()) > LONGEST || wrong.len().abs_diff(right.len()) > most {
        return None;
    }
    let distance = strsim::osa_distance(wrong, right);
    (distance <= most).then_some(distance)
}

/// The word nearest to `wrong`, if one is near. Of equally near ones that with the same beginning, then the first in the
/// alphabet.
pub(super) fn nearest<'c>(
    wrong: &str,
    words: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    let alike = |word: &str| {
        wrong.bytes().zip(word.bytes()).take_while(|(one, other)| one == other).count()
    };
    words
        .into_iter()
        .filter_map(|word| Some((slip(wrong, word)?, std::cmp::Reverse(alike(word)), word)))
        .min()
        .map(|(_, _, word)| word)
}
