//! `metadata` of an instance: what its metadata service answers, and which requests it accepts.

use super::keys;
use crate::{
    import::text::reader::{MapReader, Report},
    model::guest::{Guest, LaunchKey, MetadataOptions},
};

/// The two states of `HttpTokens`.
pub(in crate::import) const TOKENS: &[(&str, bool)] = &[("optional", false), ("required", true)];
/// The two states of `HttpEndpoint` and `InstanceMetadataTags`.
pub(in crate::import) const SWITCH: &[(&str, bool)] = &[("disabled", false), ("enabled", true)];

/// Reads `metadata`. `None` if the instance has none, or if there was a problem, which is reported.
pub(super) fn read(instance: &MapReader<'_>, report: &mut Report<'_>) -> Option<Guest> {
    let (key, node) = instance.entry("metadata")?;
    let fields = MapReader::of(node, key.pos, keys::METADATA, report)?;
    let usual = MetadataOptions::default();
    let options = MetadataOptions {
        enabled: fields.choice("endpoint", SWITCH, report).unwrap_or(usual.enabled),
        tokens_required: fields.choice("tokens", TOKENS, report).unwrap_or(usual.tokens_required),
        tags: fields.choice("tags", SWITCH, report).unwrap_or(usual.tags),
        ..usual
    };
    let key = match (fields.get("key-name"), fields.get("public-key")) {
        (None, None) => None,
        _ => {
            let name = fields.require("key-name", report);
            let openssh = fields.require("public-key", report);
            Some(LaunchKey { name: name?, openssh: openssh? })
        }
    };
    Some(Guest {
        options,
        image: fields.read("image", report),
        key,
        role: fields.read("role", report),
        user_data: fields.read::<String>("user-data", report).map(|text| text.into_bytes().into()),
    })
}
