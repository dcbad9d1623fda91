//! Negative answers: NODATA and NXDOMAIN with the SOA of the zone that says so.
//!
//! Each carries exactly one SOA (spec/wire.md). Owners are suffixes of the question, so they repeat its case and cost
//! no copy.

use super::{
    answer::{Answer, Data, Outcome, Owner, Rcode, Record, Records},
    question::Question,
    snapshot::Snapshot,
    ttl,
};
use crate::model::{record::RecordType, switches::Switches, zone_data::PRIVATE_SOA};

/// Whose SOA a negative answer carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SoaOf {
    /// A private zone, a customer's or AWS's own (P31, P32).
    Private,
    /// A zone of region names or of endpoint names, whose SOA nobody has posted (H24, C1): the private one's shape.
    Region,
    /// A public zone of AWS's (spec/wire.md, seen outside AWS).
    Amazon,
    /// The root.
    Root,
}

/// `a.root-servers.net. nstld.verisign-grs.com. 2017050100 1800 900 604800 86400` in wire form.
const ROOT_SOA: &[u8] = b"\x01a\x0croot-servers\x03net\x00\x05nstld\x0cverisign-grs\x03com\x00\
\x78\x39\xbd\xf4\x00\x00\x07\x08\x00\x00\x03\x84\x00\x09\x3a\x80\x00\x01\x51\x80";

/// `dns-external-master.amazon.com. root.amazon.com. 17582 180 60 2592000 5` in wire form.
const AMAZON_SOA: &[u8] =
    b"\x13dns-external-master\x06amazon\x03com\x00\x04root\x06amazon\x03com\x00\
\x00\x00\x44\xae\x00\x00\x00\xb4\x00\x00\x00\x3c\x00\x27\x8d\x00\x00\x00\x00\x05";

impl SoaOf {
    fn data(self) -> (&'static [u8], u32) {
        match self {
            Self::Private | Self::Region => (PRIVATE_SOA, 60),
            Self::Amazon => (AMAZON_SOA, 5),
            Self::Root => (ROOT_SOA, 86_400),
        }
    }
}

/// The SOA record of a negative answer whose zone begins at byte `zone_start` of the question's name.
pub fn soa<'v>(of: SoaOf, zone_start: usize, switches: &Switches) -> Record<'v> {
    let (data, ttl) = of.data();
    Record {
        owner: Owner::QuestionSuffix(zone_start),
        ttl: ttl.min(switches.negative_ttl_cap),
        data: Data::Wire(RecordType::SOA, data),
    }
}

/// The name exists, the type does not (P30).
pub fn no_data<'v>(of: SoaOf, zone_start: usize, switches: &Switches) -> Answer<'v> {
    let rcode = if switches.missing_type_nxdomain && of == SoaOf::Private {
        Rcode::NxDomain
    } else {
        Rcode::NoError
    };
    Answer { rcode, records: Records::new(), soa: Some(soa(of, zone_start, switches)) }
}

/// The name does not exist.
pub fn no_name<'v>(of: SoaOf, zone_start: usize, switches: &Switches) -> Answer<'v> {
    Answer {
        rcode: Rcode::NxDomain,
        records: Records::new(),
        soa: Some(soa(of, zone_start, switches)),
    }
}

/// The switch `quirks`: an NXDOMAIN from the cache has no SOA (R23). An answer counts as from the cache in every second
/// after the first one of its TTL.
pub fn repeat_quirk<'v>(
    snapshot: &Snapshot,
    question: &Question<'_>,
    outcome: Outcome<'v>,
) -> Outcome<'v> {
    let switches = &snapshot.world.switches;
    match outcome {
        Outcome::Answer(answer)
            if switches.quirks
                && answer.rcode == Rcode::NxDomain
                && ttl::left(switches.negative_ttl_cap, question) < switches.negative_ttl_cap =>
        {
            Outcome::Answer(Answer { soa: None, ..answer })
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::record::rdata_text;

    #[test]
    fn the_public_soas_read_as_recorded() {
        assert_eq!(
            rdata_text(RecordType::SOA, ROOT_SOA),
            "a.root-servers.net. nstld.verisign-grs.com. 2017050100 1800 900 604800 86400"
        );
        assert_eq!(
            rdata_text(RecordType::SOA, AMAZON_SOA),
            "dns-external-master.amazon.com. root.amazon.com. 17582 180 60 2592000 5"
        );
    }
}
