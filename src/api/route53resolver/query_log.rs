//! Configurations of the query log and their associations with VPCs. They are kept and shown; no log is written.

use std::sync::Arc;

use super::{arn, bad_parameter, listing::Listing, only, own_vpc, read_tags, time};
use crate::{
    api::{
        context::{Context, seed},
        error::ApiError,
        own::Owned,
        parameter::Parameters,
        service::Operation,
        shape::Fields,
    },
    model::{
        id::{QueryLogConfigId, VpcId, derived},
        query_log::{self as model, QueryLogConfig, no_such_config},
        world::Tags,
    },
};

/// The caller's configuration with an id.
///
/// # Errors
///
/// `ResourceNotFoundException`, also if somebody else owns it.
pub(super) fn own<'c>(
    context: &'c Context<'_>,
    text: &str,
) -> Result<&'c Arc<QueryLogConfig>, ApiError> {
    let found = text.parse::<QueryLogConfigId>().ok();
    let found = found.and_then(|id| context.world().query_log_configs.get(&id));
    let found = found.filter(|it| context.is_home(it.region, &it.owner));
    found.ok_or_else(|| no_such_config(text).into())
}

fn count(context: &Context<'_>, config: &QueryLogConfig) -> usize {
    config.vpcs.iter().filter(|(vpc, _)| context.world().vpcs.contains_key(vpc)).count()
}

fn fields(context: &Context<'_>, config: &QueryLogConfig, status: &str) -> Fields {
    let id = config.id.to_string();
    Fields::new()
        .set("Id", &id)
        .set("OwnerId", &config.owner)
        .set("Status", status)
        .set("ShareStatus", "NOT_SHARED")
        .set("AssociationCount", u64::try_from(count(context, config)).unwrap_or(u64::MAX))
        .set("Arn", arn(context, &config.owner, "resolver-query-log-config", &id))
        .set("Name", &config.name)
        .set("DestinationArn", &config.destination)
        .set("CreatorRequestId", &config.creator_request)
        .set("CreationTime", time(config.created))
}

/// `CreateResolverQueryLogConfig`.
pub(in crate::api) struct CreateResolverQueryLogConfig {
    name: String,
    destination: String,
    creator_request: String,
    tags: Tags,
}

impl Operation for CreateResolverQueryLogConfig {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self {
            name: parameters.required_limited("Name", 1..=64)?,
            destination: parameters.required_limited("DestinationArn", 1..=600)?,
            creator_request: parameters.required_limited("CreatorRequestId", 1..=255)?,
            tags: read_tags(parameters)?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let kinds = ["s3", "logs", "firehose"];
        let kind = self.destination.split(':').nth(2).unwrap_or_default();
        if !self.destination.starts_with("arn:") || !kinds.contains(&kind) {
            return Err(bad_parameter(format!(
                "The destination '{}' is not the ARN of a bucket, a log group or a delivery stream.",
                self.destination
            )));
        }
        let mut known = context.world().query_log_configs.values();
        let again = known.find(|it| {
            context.is_home(it.region, &it.owner) && *it.creator_request == *self.creator_request
        });
        if let Some(old) = again {
            return Ok(only("ResolverQueryLogConfig", fields(context, old, "CREATED")));
        }
        let config = QueryLogConfig {
            id: QueryLogConfigId::from_seed(seed()),
            tags: self.tags,
            name: self.name.into(),
            owner: context.account.as_str().into(),
            region: context.region,
            creator_request: self.creator_request.into(),
            destination: self.destination.into(),
            vpcs: Vec::new(),
            created: context.now,
        };
        let shown = fields(context, &config, "CREATING");
        context.commit(&[model::CreateQueryLogConfig { config }.into()])?;
        Ok(only("ResolverQueryLogConfig", shown))
    }
}

fn config_id(parameters: &mut Parameters) -> Result<String, ApiError> {
    parameters.required_limited("ResolverQueryLogConfigId", 1..=64)
}

/// `GetResolverQueryLogConfig`.
pub(in crate::api) struct GetResolverQueryLogConfig(String);

impl Operation for GetResolverQueryLogConfig {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        config_id(parameters).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let shown = fields(context, own(context, &self.0)?, "CREATED");
        Ok(only("ResolverQueryLogConfig", shown))
    }
}

/// `DeleteResolverQueryLogConfig`.
pub(in crate::api) struct DeleteResolverQueryLogConfig(String);

impl Operation for DeleteResolverQueryLogConfig {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        config_id(parameters).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let config = own(context, &self.0)?;
        context.commit(&[model::DeleteQueryLogConfig { config: config.id }.into()])?;
        Ok(only("ResolverQueryLogConfig", fields(context, config, "DELETING")))
    }
}

const SORTS: &[&str] = &["ASCENDING", "DESCENDING"];

/// Reads the order of a list; it is always by id.
fn read_order(parameters: &mut Parameters) -> Result<(), ApiError> {
    parameters.limited("SortBy", 1..=64)?;
    parameters.one_of("SortOrder", SORTS)?;
    Ok(())
}

/// A page with the number of all things, and of those that passed the filters.
fn counted(
    listing: &Listing,
    list: &'static str,
    all: usize,
    things: Vec<(String, Fields)>,
) -> Fields {
    let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    let passed = number(things.len());
    listing.reply(list, things).set("TotalCount", number(all)).set("TotalFilteredCount", passed)
}

/// `ListResolverQueryLogConfigs`.
pub(in crate::api) struct ListResolverQueryLogConfigs(Listing);

impl Operation for ListResolverQueryLogConfigs {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        read_order(parameters)?;
        let filters = [
            "Arn",
            "AssociationCount",
            "CreationTime",
            "CreatorRequestId",
            "Destination",
            "DestinationArn",
            "Id",
            "Name",
            "OwnerId",
            "ShareStatus",
            "Status",
        ];
        Listing::read(parameters, &filters).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let configs = context.world().query_log_configs.values();
        let own: Vec<_> = configs.filter(|it| context.is_home(it.region, &it.owner)).collect();
        let all = own.len();
        let passing = own.into_iter().filter(|it| {
            let destination = match it.destination.split(':').nth(2) {
                Some("s3") => "S3",
                Some("logs") => "CloudWatchLogs",
                _ => "KinesisFirehose",
            };
            let id = it.id.to_string();
            self.0.passes(&[
                ("Arn", arn(context, &it.owner, "resolver-query-log-config", &id)),
                ("AssociationCount", count(context, it).to_string()),
                ("CreationTime", time(it.created)),
                ("CreatorRequestId", it.creator_request.to_string()),
                ("Destination", destination.to_owned()),
                ("DestinationArn", it.destination.to_string()),
                ("Id", id),
                ("Name", it.name.to_string()),
                ("OwnerId", it.owner.to_string()),
                ("ShareStatus", "NOT_SHARED".to_owned()),
                ("Status", "CREATED".to_owned()),
            ])
        });
        let shown = passing.map(|it| (it.id.to_string(), fields(context, it, "CREATED"))).collect();
        Ok(counted(&self.0, "ResolverQueryLogConfigs", all, shown))
    }
}

/// An association of a configuration with a VPC.
struct Association {
    id: String,
    config: QueryLogConfigId,
    vpc: VpcId,
    at: u64,
}

impl Association {
    fn new(config: QueryLogConfigId, vpc: VpcId, at: u64) -> Self {
        Self { id: derived("rslvr-qlcassoc", &format!("{config}/{vpc}")), config, vpc, at }
    }

    /// Every association of the caller's VPCs.
    fn all(context: &Context<'_>) -> Vec<Self> {
        let configs = context.world().query_log_configs.values();
        let own = configs.filter(|it| context.is_home(it.region, &it.owner));
        let all = own.flat_map(|it| it.vpcs.iter().map(|(vpc, at)| Self::new(it.id, *vpc, *at)));
        all.filter(|it| it.vpc.find(context).is_some()).collect()
    }

    fn fields(&self, status: &str) -> Fields {
        Fields::new()
            .set("Id", &self.id)
            .set("ResolverQueryLogConfigId", self.config.to_string())
            .set("ResourceId", self.vpc)
            .set("Status", status)
            .set("Error", "NONE")
            .set("ErrorMessage", "")
            .set("CreationTime", time(self.at))
    }
}

/// `AssociateResolverQueryLogConfig`.
pub(in crate::api) struct AssociateResolverQueryLogConfig(String, String);

/// Reads a configuration and a VPC.
fn read_pair(parameters: &mut Parameters) -> Result<(String, String), ApiError> {
    Ok((config_id(parameters)?, parameters.required_limited("ResourceId", 1..=64)?))
}

impl Operation for AssociateResolverQueryLogConfig {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let (config, vpc) = read_pair(parameters)?;
        Ok(Self(config, vpc))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let config = own(context, &self.0)?.id;
        let vpc = own_vpc(context, &self.1)?;
        let at = context.now;
        context.commit(&[model::AssociateQueryLogConfig { config, vpc, at }.into()])?;
        let made = Association::new(config, vpc, at);
        Ok(only("ResolverQueryLogConfigAssociation", made.fields("CREATING")))
    }
}

/// `DisassociateResolverQueryLogConfig`.
pub(in crate::api) struct DisassociateResolverQueryLogConfig(String, String);

impl Operation for DisassociateResolverQueryLogConfig {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let (config, vpc) = read_pair(parameters)?;
        Ok(Self(config, vpc))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let config = own(context, &self.0)?;
        let vpc = own_vpc(context, &self.1)?;
        let at = config.vpcs.iter().find(|(known, _)| *known == vpc).map_or(0, |(_, at)| *at);
        let config = config.id;
        context.commit(&[model::DisassociateQueryLogConfig { config, vpc }.into()])?;
        let gone = Association::new(config, vpc, at);
        Ok(only("ResolverQueryLogConfigAssociation", gone.fields("DELETING")))
    }
}

/// `GetResolverQueryLogConfigAssociation`.
pub(in crate::api) struct GetResolverQueryLogConfigAssociation(String);

impl Operation for GetResolverQueryLogConfigAssociation {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.required_limited("ResolverQueryLogConfigAssociationId", 1..=64).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let found = Association::all(context).into_iter().find(|it| it.id == self.0);
        let found = found
            .ok_or_else(|| super::not_found("Resolver query log config association", &self.0))?;
        Ok(only("ResolverQueryLogConfigAssociation", found.fields("ACTIVE")))
    }
}

/// `ListResolverQueryLogConfigAssociations`.
pub(in crate::api) struct ListResolverQueryLogConfigAssociations(Listing);

impl Operation for ListResolverQueryLogConfigAssociations {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        read_order(parameters)?;
        let filters =
            ["CreationTime", "Error", "Id", "ResolverQueryLogConfigId", "ResourceId", "Status"];
        Listing::read(parameters, &filters).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let own = Association::all(context);
        let all = own.len();
        let passing = own.into_iter().filter(|it| {
            self.0.passes(&[
                ("CreationTime", time(it.at)),
                ("Error", "NONE".to_owned()),
                ("Id", it.id.clone()),
                ("ResolverQueryLogConfigId", it.config.to_string()),
                ("ResourceId", it.vpc.to_string()),
                ("Status", "ACTIVE".to_owned()),
            ])
        });
        let shown = passing.map(|it| (it.id.clone(), it.fields("ACTIVE"))).collect();
        Ok(counted(&self.0, "ResolverQueryLogConfigAssociations", all, shown))
    }
}
