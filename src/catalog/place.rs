//! Knows: where regions are on the globe, for routing policies that look for the nearest place.
//!
//! Deliberately does not: know where a client is. A client in a VPC is where its region is.

use std::sync::OnceLock;

use super::csv_file::{csv_text, rows};

const PLACES: &str = csv_text!("region-places.csv");

/// Where a region is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// The region's name.
    pub region: &'static str,
    /// The code of its continent, as Route 53 has it.
    pub continent: &'static str,
    /// The code of its country.
    pub country: &'static str,
    /// The code of the part of its country, where Route 53 tells those apart; else empty.
    pub subdivision: &'static str,
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
}

impl Place {
    /// How far a point is away, as a number that grows with the distance.
    #[must_use]
    pub fn distance(&self, latitude: f64, longitude: f64) -> f64 {
        let point = |latitude: f64, longitude: f64| {
            let (latitude, longitude) = (latitude.to_radians(), longitude.to_radians());
            let across = latitude.cos();
            [across * longitude.cos(), across * longitude.sin(), latitude.sin()]
        };
        let (one, other) = (point(self.latitude, self.longitude), point(latitude, longitude));
        one.iter().zip(other).map(|(one, other)| (one - other) * (one - other)).sum()
    }
}

/// Where a region is; `None` for a region whose place is not known.
#[must_use]
pub fn place(region: &str) -> Option<&'static Place> {
    static ALL: OnceLock<Vec<Place>> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        rows(PLACES)
            .map(|[region, continent, country, subdivision, latitude, longitude]| Place {
                region,
                continent,
                country,
                subdivision,
                latitude: latitude.parse().unwrap_or_default(),
                longitude: longitude.parse().unwrap_or_default(),
            })
            .collect()
    });
    all.iter().find(|place| place.region == region)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokyo_is_nearer_to_seoul_than_virginia() {
        let seoul = place("ap-northeast-2").unwrap();
        let to = |region: &str| {
            let other = place(region).unwrap();
            seoul.distance(other.latitude, other.longitude)
        };
        assert!(to("ap-northeast-1") < to("us-west-2") && to("us-west-2") < to("us-east-1"));
        assert_eq!((seoul.continent, seoul.country), ("AS", "KR"));
        for [name, ..] in rows::<6>(PLACES) {
            assert!(super::super::region(name).is_some(), "{name}");
        }
    }
}
