//! Reads the key pairs of a world file.

use std::sync::Arc;

use super::{
    Reading,
    keys::Part,
    outline::{Item, Outline},
};
use crate::{
    catalog::Region,
    import::text::{reader::MapReader, scalar::Account},
    model::{
        id::KeyPairId,
        key_pair::{CreateKeyPair, KeyPair},
        world::Tags,
    },
};

/// OpenSSH's words for the kinds of keys that AWS takes.
const KINDS: [&str; 2] = ["ssh-rsa", "ssh-ed25519"];

impl Part for KeyPairId {
    const KEYS: &'static [&'static str] =
        &["id", "name", "region", "owner", "public-key", "fingerprint"];
}

/// Plans the key pairs.
pub(super) fn plan<'n>(reading: &mut Reading<'_, 'n>, outline: &Outline<'n>) {
    for item in &outline.parts.key_pairs {
        if pair(reading, item).is_none() {
            reading.give_up(&item.id);
        }
    }
}

fn pair<'n>(reading: &mut Reading<'_, 'n>, item: &Item<'n, KeyPairId>) -> Option<()> {
    let report = &mut reading.report;
    let fields = MapReader::of(item.node, item.pos, KeyPairId::KEYS, report)?;
    let region = fields.read::<&'static Region>("region", report).unwrap_or(reading.region);
    let name = fields.read::<Arc<str>>("name", report).unwrap_or_else(|| item.name.into());
    let owner = fields.read("owner", report).map(|account: Account| account.0);
    let fingerprint = fields.read::<Arc<str>>("fingerprint", report);
    let public = fields.require::<String>("public-key", report)?;
    let words: Vec<&str> = public.split_ascii_whitespace().take(2).collect();
    let public_key = match words[..] {
        [kind, key] if KINDS.contains(&kind) => format!("{kind} {key}").into(),
        _ => {
            let message = "expected a public key such as `ssh-ed25519 AAAA…`";
            report.error(fields.pos_of("public-key"), message);
            return None;
        }
    };
    let pair = KeyPair {
        id: item.id,
        tags: Tags::default(),
        name,
        region: region.name,
        owner: owner.unwrap_or_else(|| reading.account.clone()),
        public_key,
        fingerprint,
        created: 0,
    };
    reading.plan(CreateKeyPair { pair }, item.pos, item.node);
    Some(())
}
