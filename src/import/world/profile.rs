//! Reads the Profiles of a world file.

use std::{fmt::Display, hash::Hash, str::FromStr, sync::Arc};

use super::{
    Reading, keys,
    keys::Part,
    outline::{Item, Outline},
};
use crate::{
    catalog::Region,
    import::text::{
        node::{Key, Kind, Node},
        reader::{self, MapReader, Report},
        scalar::{Account, Scalar},
    },
    model::{
        id::{FirewallRuleGroupId, ProfileId, ResolverRuleId},
        profile::{Profile, ProfileResource, Shareable},
        profile_change::{AssociateProfile, AssociateResourceToProfile, CreateProfile},
        world::Tags,
    },
};

impl Part for ProfileId {
    const KEYS: &'static [&'static str] = &["id", "name", "region", "owner", "vpcs", "resources"];
}

/// Plans the Profiles, after all that they can have.
pub(super) fn plan<'n>(reading: &mut Reading<'_, 'n>, root: &'n Node, outline: &Outline<'n>) {
    for item in &outline.parts.profiles {
        if profile(reading, root, outline, item).is_none() {
            reading.give_up(&item.id);
        }
    }
}

fn profile<'n>(
    reading: &mut Reading<'_, 'n>,
    root: &'n Node,
    outline: &Outline<'n>,
    item: &Item<'n, ProfileId>,
) -> Option<()> {
    let report = &mut reading.report;
    let fields = MapReader::of(item.node, item.pos, ProfileId::KEYS, report)?;
    let region = fields.read::<&'static Region>("region", report).unwrap_or(reading.region);
    let name = fields.read::<Arc<str>>("name", report).unwrap_or_else(|| item.name.into());
    let owner = fields.read("owner", report).map(|account: Account| account.0);
    let profile = Profile {
        id: item.id,
        name: Arc::clone(&name),
        tags: Tags::default(),
        region: region.name,
        owner: owner.unwrap_or_else(|| reading.account.clone()),
        client_token: "".into(),
        resources: Vec::new(),
        vpcs: Vec::new(),
        created: 0,
        modified: 0,
    };
    reading.plan(CreateProfile { profile }, item.pos, item.node);
    for (key, node) in fields.map("resources", &mut reading.report) {
        resource(reading, root, outline, (item.id, key), node);
    }
    let Some(vpcs) = fields.get("vpcs") else { return Some(()) };
    if let Kind::Map(entries) = &vpcs.kind {
        for (key, node) in entries {
            association(reading, outline, (item.id, &name), key, node);
        }
        return Some(());
    }
    for node in reader::list(vpcs, &mut reading.report) {
        if let Some(vpc) = outline.names.vpcs.find(node, None, &mut reading.report) {
            let change = AssociateProfile {
                profile: item.id,
                vpc,
                name: Arc::clone(&name),
                priority: None,
                tags: Tags::default(),
                at: 0,
            };
            reading.plan(change, node.pos, node);
        }
    }
    Some(())
}

/// Plans an association with a VPC that is an entry of a map.
fn association<'n>(
    reading: &mut Reading<'_, 'n>,
    outline: &Outline<'n>,
    (profile, usual): (ProfileId, &Arc<str>),
    key: &'n Key,
    node: &'n Node,
) -> Option<()> {
    let report = &mut reading.report;
    let fields = MapReader::of(node, key.pos, keys::PROFILE_VPC, report)?;
    let Some(vpc) = outline.names.vpcs.lookup(&key.text) else {
        report.error(key.pos, &format!("there is no VPC `{}`", key.text));
        return None;
    };
    let change = AssociateProfile {
        profile,
        vpc,
        name: fields.read::<Arc<str>>("name", report).unwrap_or_else(|| Arc::clone(usual)),
        priority: fields.read::<u32>("priority", report),
        tags: Tags::default(),
        at: 0,
    };
    reading.plan(change, key.pos, node);
    Some(())
}

fn resource<'n>(
    reading: &mut Reading<'_, 'n>,
    root: &'n Node,
    outline: &Outline<'n>,
    (profile, key): (ProfileId, &'n Key),
    node: &'n Node,
) -> Option<()> {
    let report = &mut reading.report;
    let fields = MapReader::of(node, key.pos, keys::PROFILE_RESOURCE, report)?;
    let mut given = keys::SHAREABLE.iter().filter_map(|kind| Some((*kind, fields.get(kind)?)));
    let (Some((kind, of)), None) = (given.next(), given.next()) else {
        let message = format!("give one of {}", keys::SHAREABLE.join(", "));
        report.error(key.pos, &message);
        return None;
    };
    let of = match kind {
        "zone" => Shareable::Zone(outline.names.hosted_zones.find(of, None, report)?),
        "endpoint" => Shareable::Endpoint(outline.names.endpoints.find(of, None, report)?),
        "rule" => Shareable::Rule(listed(root, "resolver-rules", of, report, |seed| {
            ResolverRuleId::from_seed(super::resolver::seed_of_rule(seed))
        })?),
        _ => {
            let made =
                |key: &str| FirewallRuleGroupId::from_seed(super::resolver::seed_of_group(key));
            Shareable::FirewallRuleGroup(listed(root, "firewall-rule-groups", of, report, made)?)
        }
    };
    let resource = ProfileResource {
        of,
        name: fields.read::<Arc<str>>("name", report).unwrap_or_else(|| key.text.as_str().into()),
        priority: fields.read::<u32>("priority", report),
        created: 0,
        modified: 0,
    };
    reading.plan(AssociateResourceToProfile { profile, resource }, key.pos, node);
    Some(())
}

/// The id of a thing of a part of the file, by its key there or by its id. `made` makes the id of one that gives none.
fn listed<I: FromStr + Display + Eq + Hash + Scalar>(
    root: &Node,
    part: &str,
    wanted: &Node,
    report: &mut Report<'_>,
    made: impl Fn(&str) -> I,
) -> Option<I> {
    let text = wanted.text().unwrap_or_default();
    let stated = |node: &Node| node.get("id").and_then(|id| I::read(id.text()?).ok());
    let mut entries = root.get(part).map_or(&[][..], Node::entries).iter();
    let found = entries.find_map(|(key, node)| {
        let id = stated(node).unwrap_or_else(|| made(&key.text));
        (key.text == text || id.to_string() == text).then_some(id)
    });
    if found.is_none() {
        let message = format!("`{part}` has no {}", wanted.describe());
        report.error(wanted.pos, &message);
    }
    found
}
