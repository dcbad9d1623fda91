//! Reads the reusable delegation sets of a world file.

use std::sync::Arc;

use super::{
    Reading,
    keys::Part,
    outline::{Item, Outline},
};
use crate::{
    import::text::{reader::MapReader, scalar::Account},
    model::{
        delegation,
        delegation_set::{CreateReusableDelegationSet, DelegationSet},
        id::{DelegationSetId, ZoneId},
    },
};

impl Part for DelegationSetId {
    const KEYS: &'static [&'static str] = &["id", "owner", "caller-reference", "name-servers"];
}

/// Plans the sets, and notes their name servers for the zones that have them.
pub(super) fn plan<'n>(reading: &mut Reading<'_, 'n>, outline: &Outline<'n>) {
    for item in &outline.parts.delegation_sets {
        if set(reading, item).is_none() {
            reading.give_up(&item.id);
        }
    }
}

fn set<'n>(reading: &mut Reading<'_, 'n>, item: &Item<'n, DelegationSetId>) -> Option<()> {
    let report = &mut reading.report;
    let fields = MapReader::of(item.node, item.pos, DelegationSetId::KEYS, report)?;
    let owner = fields.read("owner", report).map(|account: Account| account.0);
    let reference = fields.read::<Arc<str>>("caller-reference", report);
    let mut servers: Vec<String> = fields.read_list("name-servers", report);
    for server in &mut servers {
        server.truncate(server.trim_end_matches('.').len());
    }
    if servers.is_empty() {
        let seed = crate::hash::stable_hash(&item.id.to_string());
        servers = delegation::name_servers(ZoneId::from_seed(
            u64::try_from(seed >> 64).unwrap_or_default(),
        ));
    }
    let set = DelegationSet {
        id: item.id,
        owner: owner.unwrap_or_else(|| reading.account.clone()),
        caller_reference: reference.unwrap_or_else(|| item.name.into()),
        name_servers: servers.iter().map(|it| Arc::from(it.as_str())).collect(),
    };
    reading.servers.insert(item.id, servers);
    reading.plan(CreateReusableDelegationSet { set, zone: None }, item.pos, item.node);
    Some(())
}
