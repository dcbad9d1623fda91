//! Reads the CIDR collections of a world file.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    Reading,
    keys::Part,
    outline::{Item, Outline},
};
use crate::{
    import::text::{
        reader::{self, MapReader},
        scalar::{Account, Scalar},
    },
    model::{
        cidr_collection::{CidrCollection, CreateCidrCollection, read_block},
        id::CidrCollectionId,
    },
};

impl Part for CidrCollectionId {
    const KEYS: &'static [&'static str] =
        &["id", "name", "owner", "caller-reference", "version", "locations"];
}

impl Scalar for CidrCollectionId {
    const EXPECTED: &'static str = "the id of a CIDR collection: a UUID";

    fn read(text: &str) -> Result<Self, Option<String>> {
        text.parse().map_err(|_| None)
    }
}

/// Plans the collections.
pub(super) fn plan<'n>(reading: &mut Reading<'_, 'n>, outline: &Outline<'n>) {
    for item in &outline.parts.cidr_collections {
        if collection(reading, item).is_none() {
            reading.give_up(&item.id);
        }
    }
}

fn collection<'n>(reading: &mut Reading<'_, 'n>, item: &Item<'n, CidrCollectionId>) -> Option<()> {
    let report = &mut reading.report;
    let fields = MapReader::of(item.node, item.pos, CidrCollectionId::KEYS, report)?;
    let owner = fields.read("owner", report).map(|account: Account| account.0);
    let reference = fields.read::<Arc<str>>("caller-reference", report);
    let name = fields.read::<Arc<str>>("name", report).unwrap_or_else(|| item.name.into());
    let version = fields.read::<u32>("version", report).unwrap_or(1);
    let mut blocks = BTreeMap::new();
    for (key, node) in fields.map("locations", report) {
        let location: Arc<str> = key.text.as_str().into();
        for block in reader::list(node, report) {
            let Some(text) = reader::read::<String>(block, report) else { continue };
            match read_block(&text) {
                Some(network) => {
                    if blocks.insert(network, Arc::clone(&location)).is_some() {
                        report.error(block.pos, "a CIDR block is in one location only");
                    }
                }
                None => report.error(
                    block.pos,
                    "expected a CIDR block with a prefix of 1 to 24 bits (IPv6: 1 to 48)",
                ),
            }
        }
    }
    let collection = CidrCollection {
        id: item.id,
        caller_reference: reference.unwrap_or_else(|| Arc::clone(&name)),
        name,
        owner: owner.unwrap_or_else(|| reading.account.clone()),
        version: version.into(),
        blocks,
    };
    reading.plan(CreateCidrCollection { collection }, item.pos, item.node);
    Some(())
}
