//! Knows: which zones of a region have a service, as far as a list of that region's services told.
//!
//! Deliberately does not: know which zone a letter means to an account.

use super::region::{AvailabilityZone, Region};

/// What is known of the zones of a region that have a service.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum ServiceZones {
    /// All of them, or nothing is known.
    #[default]
    All,
    /// So many; which ones is not known, and the first ones are listed.
    Count(usize),
    /// These, by the last letter of their names. `current` if the record is of the date that is asked about: an
    /// older one may lack zones that AWS has added since.
    Letters {
        /// The letters, with spaces.
        letters: &'static str,
        /// Whether a zone that is not among them is sure not to have the service.
        current: bool,
    },
}

impl ServiceZones {
    /// Reads the value of a `zones` row of `service-differences.csv`: a number, or letters with spaces.
    pub(super) fn parse(value: &'static str, current: bool) -> Self {
        match value.parse() {
            Ok(count) => Self::Count(count),
            Err(_) => Self::Letters { letters: value, current },
        }
    }

    /// The zones that are listed for the service.
    pub fn of<'r>(
        &self,
        region: &'r Region,
    ) -> impl Iterator<Item = &'r AvailabilityZone> + use<'r> {
        let (count, letters) = match self {
            Self::All => (usize::MAX, None),
            Self::Count(count) => (*count, None),
            Self::Letters { letters, .. } => (usize::MAX, Some(*letters)),
        };
        let listed = move |zone: &&AvailabilityZone| {
            letters.is_none_or(|letters| has_letter(letters, zone.name))
        };
        region.zones.iter().filter(listed).take(count)
    }

    /// Whether a zone of the region is sure not to have the service.
    pub fn lack(&self, region: &Region, zone: &str) -> bool {
        match self {
            Self::Letters { letters, current: true } => {
                region.zones.iter().any(|known| known.name == zone) && !has_letter(letters, zone)
            }
            _ => false,
        }
    }
}

fn has_letter(letters: &str, zone: &str) -> bool {
    letters.split(' ').any(|letter| zone.ends_with(letter))
}

#[cfg(test)]
mod tests {
    use super::ServiceZones;
    use crate::catalog::region;

    #[test]
    fn letters_tell_which_zones_and_a_number_the_first_ones() {
        let seoul = region("ap-northeast-2").unwrap();
        let names = |zones: &ServiceZones| zones.of(seoul).map(|it| it.name).collect::<Vec<_>>();
        let two = ServiceZones::parse("a c", true);
        assert_eq!(names(&two), ["ap-northeast-2a", "ap-northeast-2c"]);
        assert_eq!(names(&ServiceZones::parse("2", true)), ["ap-northeast-2a", "ap-northeast-2b"]);
        assert_eq!(names(&ServiceZones::All).len(), 4);
        assert!(two.lack(seoul, "ap-northeast-2b") && !two.lack(seoul, "ap-northeast-2c"));
    }

    #[test]
    fn nothing_is_sure_of_old_records_numbers_and_zones_of_other_accounts() {
        let seoul = region("ap-northeast-2").unwrap();
        assert!(!ServiceZones::parse("a c", false).lack(seoul, "ap-northeast-2b"));
        assert!(!ServiceZones::parse("2", true).lack(seoul, "ap-northeast-2d"));
        assert!(!ServiceZones::parse("a", true).lack(seoul, "ap-northeast-2-wl1-sel-wlz-1"));
        assert!(!ServiceZones::All.lack(seoul, "ap-northeast-2b"));
    }
}
