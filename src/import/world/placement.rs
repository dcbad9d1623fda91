//! Reads the placement groups of a world file and the placement of its instances. Also reads Changes about them, in
//! AWS's words.

use std::sync::Arc;

use super::{
    Reading, keys,
    keys::Part,
    outline::{Item, Outline},
};
use crate::{
    catalog::Region,
    import::{
        Defaults,
        change::{Actions, Entry},
        names::Names,
        text::{
            node::Node,
            reader::{MapReader, Report},
            scalar::Account,
        },
    },
    model::{
        change::Change,
        id::PlacementGroupId,
        instance::{Placement, Tenancy},
        placement_group::{CreatePlacementGroup, DeletePlacementGroup, PlacementGroup, Strategy},
        world::Tags,
    },
};

const STRATEGIES: &[(&str, Strategy)] = &[
    ("cluster", Strategy::Cluster),
    ("partition", Strategy::Partition(2)),
    ("spread", Strategy::SpreadRack),
];
const LEVELS: &[(&str, Strategy)] =
    &[("rack", Strategy::SpreadRack), ("host", Strategy::SpreadHost)];
const TENANCIES: &[(&str, Tenancy)] =
    &[("default", Tenancy::Default), ("dedicated", Tenancy::Dedicated), ("host", Tenancy::Host)];

/// The actions that this file reads.
pub(in crate::import) const ACTIONS: Actions =
    &[("CreatePlacementGroup", create), ("DeletePlacementGroup", delete)];

impl Part for PlacementGroupId {
    const KEYS: &'static [&'static str] =
        &["id", "name", "region", "owner", "strategy", "partitions", "spread-level"];
}

/// Plans the placement groups.
pub(super) fn plan<'n>(reading: &mut Reading<'_, 'n>, outline: &Outline<'n>) {
    for item in &outline.parts.placement_groups {
        if group(reading, item).is_none() {
            reading.give_up(&item.id);
        }
    }
}

fn group<'n>(reading: &mut Reading<'_, 'n>, item: &Item<'n, PlacementGroupId>) -> Option<()> {
    let report = &mut reading.report;
    let fields = MapReader::of(item.node, item.pos, PlacementGroupId::KEYS, report)?;
    let region = fields.read::<&'static Region>("region", report).unwrap_or(reading.region);
    let name = fields.read::<Arc<str>>("name", report).unwrap_or_else(|| item.name.into());
    let owner = fields.read("owner", report).map(|account: Account| account.0);
    let strategy = strategy(&fields, ["strategy", "partitions", "spread-level"], report)?;
    let group = PlacementGroup {
        id: item.id,
        tags: Tags::default(),
        name,
        region: region.name,
        owner: owner.unwrap_or_else(|| reading.account.clone()),
        strategy,
    };
    reading.plan(CreatePlacementGroup { group }, item.pos, item.node);
    Some(())
}

/// Reads a strategy. The texts are the keys of the strategy, of the number of partitions and of the spread level.
pub(super) fn strategy(
    fields: &MapReader<'_>,
    [name, count, level]: [&str; 3],
    report: &mut Report<'_>,
) -> Option<Strategy> {
    let strategy = match fields.get(name) {
        Some(_) => fields.choice(name, STRATEGIES, report)?,
        None => Strategy::Cluster,
    };
    let partitions = fields.read::<u32>(count, report);
    let spread = fields.choice(level, LEVELS, report);
    if fields.get(count).is_some() && !matches!(strategy, Strategy::Partition(_)) {
        report.error(
            fields.pos_of(count),
            &format!("`{count}` is for the strategy `partition` only"),
        );
        return None;
    }
    if fields.get(level).is_some() && strategy != Strategy::SpreadRack {
        report.error(fields.pos_of(level), &format!("`{level}` is for the strategy `spread` only"));
        return None;
    }
    Some(match strategy {
        Strategy::Partition(usual) => Strategy::Partition(partitions.unwrap_or(usual)),
        other => spread.unwrap_or(other),
    })
}

/// Reads the placement of an instance in a world file.
pub(super) fn of_instance(
    instance: &MapReader<'_>,
    names: &Names,
    report: &mut Report<'_>,
) -> Option<Placement> {
    let Some(node) = instance.get("placement") else { return Some(Placement::default()) };
    let fields = MapReader::of(node, node.pos, keys::PLACEMENT, report)?;
    read(&fields, ["group", "partition", "tenancy"], names, report)
}

/// Reads `Placement` of a Change.
pub(in crate::import) fn of_change(
    node: &Node,
    names: &Names,
    report: &mut Report<'_>,
) -> Option<Placement> {
    let known = ["GroupName", "PartitionNumber", "Tenancy"];
    let fields = MapReader::of(node, node.pos, &known, report)?;
    read(&fields, known, names, report)
}

fn read(
    fields: &MapReader<'_>,
    [group, partition, tenancy]: [&str; 3],
    names: &Names,
    report: &mut Report<'_>,
) -> Option<Placement> {
    let group = match fields.get(group) {
        Some(node) => Some(names.placement_groups.find(node, None, report)?),
        None => None,
    };
    Some(Placement {
        group,
        partition: fields.read(partition, report),
        tenancy: fields.choice(tenancy, TENANCIES, report).unwrap_or_default(),
    })
}

fn create(entry: &mut Entry<'_, '_, '_>) -> Option<Vec<Change>> {
    let fields = entry.fields(&[
        "GroupId",
        "GroupName",
        "Strategy",
        "PartitionCount",
        "SpreadLevel",
        "TagSpecifications",
    ])?;
    let usual = Defaults::default();
    let tags = entry.tags(&fields);
    let name: Arc<str> = entry.require(&fields, "GroupName")?;
    let seed = entry.seed(&Tags::named(&name));
    let strategy = strategy(&fields, ["Strategy", "PartitionCount", "SpreadLevel"], entry.report)?;
    // The form has no account or region, so the group gets those of the first VPC.
    let vpc = entry.world.vpcs_in_order().first().map(|vpc| (vpc.region, Arc::clone(&vpc.owner)));
    let (region, owner) = vpc.unwrap_or((usual.region, usual.account));
    let id = entry.read(&fields, "GroupId").unwrap_or_else(|| PlacementGroupId::from_seed(seed));
    let group = PlacementGroup { id, tags, name, region, owner, strategy };
    Some(vec![CreatePlacementGroup { group }.into()])
}

fn delete(entry: &mut Entry<'_, '_, '_>) -> Option<Vec<Change>> {
    let fields = entry.fields(&["GroupName"])?;
    let group = entry.one(&fields, "GroupName", &entry.names.placement_groups)?;
    Some(vec![DeletePlacementGroup { group }.into()])
}

#[cfg(test)]
mod tests {
    use crate::import::{Defaults, text::diagnostic::Source, world};

    fn load(instance: &str, groups: &str) -> Result<usize, Vec<String>> {
        let text = format!(
            "vpcs: {{V: {{cidr: 10.0.0.0/16, subnets: {{A: {{cidr: 10.0.0.0/24, zone: ap-northeast-2a,\n\
             instances: {{I: {{{instance}}}}}}}}}}}}}\n\
             placement-groups: {{{groups}}}\n"
        );
        let source = Source { name: "t".to_owned(), text };
        match world::load(&source, &Defaults::default()) {
            Ok(loaded) => Ok(loaded.world.placement_groups.len()),
            Err(problems) => Err(problems
                .iter()
                .map(|it| format!("{}:{}: {}", it.line, it.column, it.message))
                .collect()),
        }
    }

    #[test]
    fn groups_are_read_and_refused_at_their_places() {
        assert_eq!(load("placement: {group: G, partition: 2}", "G: {strategy: partition}"), Ok(1));
        assert_eq!(load("placement: {tenancy: dedicated}", "G: {}, H: {strategy: spread}"), Ok(2));
        for (instance, groups, expected) in [
            ("placement: {group: H}", "G: {}", "2:36: there is no placement group `H`"),
            (
                "placement: {group: G}",
                "G: {}",
                "2:36: Cluster placement groups are not supported by the 't3.micro' instance type. Specify a \
                 supported instance type or change the placement group strategy, and try again.",
            ),
            (
                "placement: {group: G, partition: 9}",
                "G: {strategy: partition}",
                "2:50: Value (9) for parameter partitionNumber is invalid. The placement group 'G' has partitions 1 \
                 to 2 for this tenancy.",
            ),
            (
                "",
                "G: {strategy: partition, partitions: 8}",
                "3:57: Value (8) for parameter partitionCount is invalid. Expected a value from 1 to 7.",
            ),
            ("", "G: {partitions: 2}", "3:36: `partitions` is for the strategy `partition` only"),
            (
                "",
                "G: {strategy: partition, spread-level: rack}",
                "3:59: `spread-level` is for the strategy `spread` only",
            ),
        ] {
            assert_eq!(load(instance, groups), Err(vec![expected.to_owned()]));
        }
    }
}
