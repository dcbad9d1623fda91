//! Knows: how the catalogue's CSV files are cut into fields.
//!
//! Deliberately does not: read CSV in general. The files hold no quote and no comma inside a
//! field, so a field is a piece of the embedded text and nothing is copied; a test reads every
//! file with the `csv` crate too and compares.

/// The text of a file of `zones/catalog/`.
macro_rules! csv_text {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/zones/catalog/", $name))
    };
}
pub(super) use csv_text;

/// The rows under the header, each of `N` fields.
pub(super) fn rows<const N: usize>(text: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    text.lines().skip(1).map(|line| {
        let mut fields = line.split(',');
        std::array::from_fn(|_| fields.next().unwrap_or_default())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_plain_and_reads_as_the_csv_crate_reads_it() {
        let files = [
            (csv_text!("address-counts.csv"), 14),
            (csv_text!("availability.csv"), 288),
            (csv_text!("availability-2023-09.csv"), 246),
            (csv_text!("images.csv"), 19),
            (csv_text!("managed-prefix-lists.csv"), 4),
            (csv_text!("more-hosts.csv"), 88),
            (csv_text!("observed-addresses.csv"), 3),
            (csv_text!("prefix-lists.csv"), 72),
            (csv_text!("public-hosts.csv"), 1666),
            (csv_text!("ranges.csv"), 253),
            (csv_text!("region-places.csv"), 39),
            (csv_text!("regions.csv"), 48),
            (csv_text!("service-differences.csv"), 225),
            (csv_text!("service-name-prefixes.csv"), 10),
            (csv_text!("services.csv"), 497),
            (csv_text!("zone-ids.csv"), 36),
        ];
        for (text, count) in files {
            let header = text.lines().next().unwrap();
            let ours: Vec<[&str; 21]> = rows(text).collect();
            assert_eq!(ours.len(), count, "{header}");
            let mut reader = csv::Reader::from_reader(text.as_bytes());
            for (ours, theirs) in ours.iter().zip(reader.records()) {
                let theirs = theirs.unwrap();
                assert!(theirs.iter().eq(ours[..theirs.len()].iter().copied()), "{theirs:?}");
                assert!(theirs.iter().all(|field| field == field.trim()), "{theirs:?}");
            }
        }
    }
}
