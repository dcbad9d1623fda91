//! The parts of a world file that come from the table.

use super::*;

macro_rules! file_keys {
    ($($map:ident $id:ident $key:literal $seed:literal $unique:ident;)*) => {
        &[$($key),*]
    };
}

#[test]
fn every_part_of_a_world_file_has_a_place_in_it() {
    let parts: &[&str] = resources! { file => file_keys };
    for part in parts {
        assert!(FILE_KEYS.contains(part), "{part}");
    }
}
