//! Knows: the instance types that EC2 has, as families with their sizes.
//!
//! Deliberately does not: say which region offers a type, or what a type can do.

use std::{collections::HashMap, sync::OnceLock};

use super::csv_file::{csv_text, rows};

const INSTANCE_TYPES: &str = csv_text!("instance-types.csv");

/// Whether EC2 has an instance type, which is a family, a dot and a size of that family.
pub fn is_instance_type(text: &str) -> bool {
    static FAMILIES: OnceLock<HashMap<&str, &str>> = OnceLock::new();
    let families = FAMILIES
        .get_or_init(|| rows::<2>(INSTANCE_TYPES).map(|[family, sizes]| (family, sizes)).collect());
    text.split_once('.').is_some_and(|(family, size)| {
        families.get(family).is_some_and(|sizes| sizes.split(' ').any(|known| known == size))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_a_family_and_one_of_its_sizes() {
        for (text, known) in [
            ("t3.micro", true),
            ("t2.nano", true),
            ("m7i-flex.large", true),
            ("u7i-12tb.224xlarge", true),
            ("t3.enormous", false),
            ("t99.micro", false),
            ("t3", false),
            ("t3.", false),
            (".micro", false),
            ("t3.micro medium", false),
            ("T3.micro", false),
            ("", false),
        ] {
            assert_eq!(is_instance_type(text), known, "{text}");
        }
    }
}
