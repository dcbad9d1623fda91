//! Placement groups (PG1 to PG11).

use std::sync::Arc;

use super::Operation;
use crate::{
    api::{
        context::{Context, seed},
        describe::{Describe, Filters, Listing, texts},
        error::ApiError,
        parameter::Parameters,
        shape::Fields,
    },
    catalog,
    model::{
        id::PlacementGroupId,
        id_words::IdWords,
        placement_group::{self, PlacementGroup, Strategy},
        world::Tags,
    },
};

/// `CreatePlacementGroup`.
pub(super) struct CreatePlacementGroup {
    name: String,
    strategy: Strategy,
    tags: Tags,
}

impl Operation for CreatePlacementGroup {
    const WITHOUT_EFFECT: &'static [&'static str] = &["Operator"];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let name = parameters.required("GroupName")?;
        for other in ["LinkedGroupId", "ParentGroupId"] {
            parameters.never_held(other, PlacementGroupId::NOT_FOUND, |group| {
                format!("The Placement Group '{group}' is unknown.")
            })?;
        }
        let strategy = parameters
            .word(
                "Strategy",
                &[
                    ("cluster", Strategy::Cluster),
                    ("partition", Strategy::Partition(2)),
                    ("spread", Strategy::SpreadRack),
                ],
            )?
            .unwrap_or(Strategy::Cluster);
        let count = parameters.parsed::<u32>("PartitionCount")?;
        let level = parameters.word(
            "SpreadLevel",
            &[("rack", Strategy::SpreadRack), ("host", Strategy::SpreadHost)],
        )?;
        let combination = |text: &str| Err(ApiError::new("InvalidParameterCombination", text));
        let strategy = match (strategy, count, level) {
            (Strategy::Partition(usual), count, None) => {
                Strategy::Partition(count.unwrap_or(usual))
            }
            (_, Some(_), _) => {
                return combination(
                    "The parameter PartitionCount is for the strategy partition only.",
                );
            }
            (Strategy::SpreadRack, None, level) => level.unwrap_or(Strategy::SpreadRack),
            (_, None, Some(_)) => {
                return combination("The parameter SpreadLevel is for the strategy spread only.");
            }
            (other, None, None) => other,
        };
        let tags = parameters.tag_specification("placement-group")?;
        Ok(Self { name, strategy, tags })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let group = PlacementGroup {
            id: PlacementGroupId::from_seed(seed()),
            tags: self.tags,
            name: self.name.into(),
            region: context.region,
            owner: context.account.as_str().into(),
            strategy: self.strategy,
        };
        let shown = fields(&group);
        context.commit(&[placement_group::CreatePlacementGroup { group }.into()])?;
        Ok(Fields::done().fields("placementGroup", shown))
    }
}

fn fields(group: &PlacementGroup) -> Fields {
    let shown = Fields::new()
        .set("groupName", &group.name)
        .set("state", "available")
        .set("strategy", group.strategy.text());
    let shown = match group.strategy {
        Strategy::Cluster => shown,
        Strategy::Partition(count) => shown.set("partitionCount", count),
        Strategy::SpreadRack => shown.set("spreadLevel", "rack"),
        Strategy::SpreadHost => shown.set("spreadLevel", "host"),
    };
    shown.set("groupId", group.id).tags(&group.tags).set("groupArn", arn(group))
}

fn arn(group: &PlacementGroup) -> String {
    let partition = catalog::partition_of(group.region);
    format!("arn:{partition}:ec2:{}:{}:placement-group/{}", group.region, group.owner, group.name)
}

/// The caller's group of that name.
pub(super) fn named<'c>(
    context: &'c Context<'_>,
    name: &str,
) -> Result<&'c Arc<PlacementGroup>, ApiError> {
    context
        .world()
        .placement_group_named(&context.account, context.region, name)
        .ok_or_else(|| placement_group::unknown(name).into())
}

/// `DeletePlacementGroup`.
pub(super) struct DeletePlacementGroup {
    name: String,
}

impl Operation for DeletePlacementGroup {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self { name: parameters.required("GroupName")? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let group = named(context, &self.name)?.id;
        context.commit(&[placement_group::DeletePlacementGroup { group }.into()])?;
        Ok(Fields::done())
    }
}

/// `DescribePlacementGroups`.
pub(super) type DescribePlacementGroups = Listing<PlacementGroups>;

/// The placement groups with these ids, and with these names.
pub(super) struct PlacementGroups {
    ids: Vec<PlacementGroupId>,
    names: Vec<String>,
}

impl Describe for PlacementGroups {
    type Item<'c> = &'c Arc<PlacementGroup>;

    const LIST: &'static str = "placementGroupSet";

    const FILTERS: Filters<Self> = &[
        ("group-arn", |group, _| texts([arn(group)])),
        ("group-id", |group, _| texts([group.id])),
        ("group-name", |group, _| texts([&group.name])),
        ("partition-count", |group, _| match group.strategy {
            Strategy::Partition(count) => texts([count]),
            _ => Vec::new(),
        }),
        ("spread-level", |group, _| match group.strategy {
            Strategy::SpreadRack => texts(["rack"]),
            Strategy::SpreadHost => texts(["host"]),
            _ => Vec::new(),
        }),
        ("state", |_, _| texts(["available"])),
        ("strategy", |group, _| texts([group.strategy.text()])),
    ];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self { ids: parameters.ids("GroupId")?, names: parameters.list("GroupName")? })
    }

    fn items<'c>(&self, context: &'c Context<'_>) -> Result<Vec<Self::Item<'c>>, ApiError> {
        let (mut wanted, mut unknown) = (self.ids.clone(), Vec::new());
        for name in &self.names {
            match named(context, name) {
                Ok(group) => wanted.push(group.id),
                Err(_) => unknown.push(name.as_str()),
            }
        }
        match unknown[..] {
            [] => Ok(context.all_own(&wanted, context.world().placement_groups.keys())),
            [name] => Err(placement_group::unknown(name).into()),
            _ => Err(ApiError::new(
                PlacementGroupId::NOT_FOUND,
                format!("The Placement Groups '{}' are unknown.", unknown.join(", ")),
            )),
        }
    }

    fn key(group: &Self::Item<'_>) -> String {
        group.id.to_string()
    }

    fn tags<'i>(group: &'i Self::Item<'_>) -> Option<&'i Tags> {
        Some(&group.tags)
    }

    fn fields(_: &Context<'_>, group: Self::Item<'_>) -> Fields {
        fields(group)
    }
}
