//! Placement groups (PG1 to PG11).

use std::sync::Arc;

use super::Operation;
use crate::{
    api::{
        context::{Context, seed},
        error::ApiError,
        page::Page,
        parameter::Parameters,
        resource_id::ResourceId,
        shape::Fields,
    },
    catalog,
    model::{
        id::PlacementGroupId,
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
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let name = parameters.required("GroupName")?;
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
    let partition = catalog::region(group.region).map_or("aws", |region| region.partition);
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
pub(super) struct DescribePlacementGroups {
    ids: Vec<PlacementGroupId>,
    names: Vec<String>,
    page: Page,
}

impl Operation for DescribePlacementGroups {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self {
            ids: parameters.ids("GroupId")?,
            names: parameters.list("GroupName")?,
            page: Page::read(parameters)?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        self.page.check(&[
            "group-arn",
            "group-name",
            "group-id",
            "partition-count",
            "spread-level",
            "state",
            "strategy",
        ])?;
        let unknown = |name: &&String| named(context, name).is_err();
        let unknown: Vec<&str> = self.names.iter().filter(unknown).map(String::as_str).collect();
        match unknown[..] {
            [] => {}
            [name] => return Err(placement_group::unknown(name).into()),
            _ => {
                return Err(ApiError::new(
                    PlacementGroupId::NOT_FOUND,
                    format!("The Placement Groups '{}' are unknown.", unknown.join(", ")),
                ));
            }
        }
        let all = self.ids.is_empty() && self.names.is_empty();
        let shown = context
            .world()
            .placement_groups
            .values()
            .filter(|it| context.is_home(it.region, &it.owner))
            .filter(|it| {
                all || self.ids.contains(&it.id) || self.names.iter().any(|name| **name == *it.name)
            })
            .filter(|it| self.page.passes(&it.tags, |name| filter_values(it, name)))
            .map(|it| (it.id.to_string(), fields(it)))
            .collect();
        Ok(self.page.reply("placementGroupSet", shown))
    }
}

fn filter_values(group: &PlacementGroup, name: &str) -> Vec<String> {
    let value = match (name, group.strategy) {
        ("group-arn", _) => arn(group),
        ("group-name", _) => group.name.to_string(),
        ("group-id", _) => group.id.to_string(),
        ("state", _) => "available".to_owned(),
        ("strategy", strategy) => strategy.text().to_owned(),
        ("partition-count", Strategy::Partition(count)) => count.to_string(),
        ("spread-level", Strategy::SpreadRack) => "rack".to_owned(),
        ("spread-level", Strategy::SpreadHost) => "host".to_owned(),
        _ => return Vec::new(),
    };
    vec![value]
}
