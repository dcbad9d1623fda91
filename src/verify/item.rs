//! A question for a real resolver, and what that resolver said.

use hickory_proto::rr::RData;

use crate::model::{
    name::Name,
    record::{Rdata, RecordType, rdata_text},
};

/// A name and a type to ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The name.
    pub name: Name,
    /// The type.
    pub rtype: RecordType,
}

/// What a real resolver said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// No reply came in time.
    Silence,
    /// A reply.
    Reply {
        /// The response code, such as `NXDOMAIN`.
        status: String,
        /// The records of the answer: the type, and the data as text.
        records: Vec<(RecordType, String)>,
    },
}

/// Record data in the form in which explanations show it. hickory writes some types in another way.
pub(super) fn data_text(data: &RData) -> (RecordType, String) {
    let rtype = RecordType(u16::from(data.record_type()));
    let text = Rdata::from_hickory(data)
        .map_or_else(|_| data.to_string(), |data| rdata_text(rtype, data.wire()));
    (rtype, text)
}
