//! Configurations of the Resolver's query log, and the VPCs whose queries they would log. They are kept and shown; no log is
//! written.

use std::sync::Arc;

use super::{
    change::{Touched, duplicate},
    id::{QueryLogConfigId, RegionName, VpcId},
    profile::Shareable,
    refusal::Refusal,
    tag_edit::TagEdit,
    world::{Tags, World},
};

/// A configuration.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct QueryLogConfig {
    /// Its id.
    pub id: QueryLogConfigId,
    /// Its tags.
    pub tags: Tags,
    /// Its name.
    pub name: Arc<str>,
    /// The account that owns it.
    pub owner: Arc<str>,
    /// Its region.
    #[serde(with = "super::stored::region")]
    pub region: RegionName,
    /// `CreatorRequestId`.
    pub creator_request: Arc<str>,
    /// Where the log would go: a bucket, a log group or a stream.
    pub destination: Arc<str>,
    /// The VPCs it is associated with, each with the time, in milliseconds since the epoch.
    pub vpcs: Vec<(VpcId, u64)>,
    /// When it was made.
    pub created: u64,
}

/// `CreateResolverQueryLogConfig`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateQueryLogConfig {
    /// The configuration.
    pub config: QueryLogConfig,
}

/// `DeleteResolverQueryLogConfig`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteQueryLogConfig {
    /// The configuration.
    pub config: QueryLogConfigId,
}

/// `AssociateResolverQueryLogConfig`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssociateQueryLogConfig {
    /// The configuration.
    pub config: QueryLogConfigId,
    /// The VPC.
    pub vpc: VpcId,
    /// When, in milliseconds since the epoch.
    pub at: u64,
}

/// `DisassociateResolverQueryLogConfig`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisassociateQueryLogConfig {
    /// The configuration.
    pub config: QueryLogConfigId,
    /// The VPC.
    pub vpc: VpcId,
}

/// `TagResource` and `UntagResource` of a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagQueryLogConfig {
    /// The configuration.
    pub config: QueryLogConfigId,
    /// What becomes of its tags.
    pub edit: TagEdit,
}

fn find(world: &World, id: QueryLogConfigId) -> Result<QueryLogConfig, Refusal> {
    world.query_log_configs.get(&id).map(|it| (**it).clone()).ok_or_else(|| no_such_config(id))
}

/// The refusal of a configuration that is not there.
pub fn no_such_config(id: impl std::fmt::Display) -> Refusal {
    let message = format!("Resolver query log config with ID '{id}' does not exist");
    Refusal::new("ResourceNotFoundException", message, "R60")
}

impl CreateQueryLogConfig {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        duplicate(&world.query_log_configs, &self.config.id)?;
        world.query_log_configs.insert(self.config.id, Arc::new(self.config.clone()));
        Ok(Touched::nothing())
    }
}

impl DeleteQueryLogConfig {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let config = find(world, self.config)?;
        if config.vpcs.iter().any(|(vpc, _)| world.vpcs.contains_key(vpc)) {
            let message = "The query log config is associated with VPCs. Disassociate them first.";
            return Err(Refusal::new("InvalidRequestException", message, "R60"));
        }
        if world.profiles_with(Shareable::QueryLogConfig(self.config)).next().is_some() {
            let message =
                "The query log config is associated with a Profile. Disassociate it first.";
            return Err(Refusal::new("InvalidRequestException", message, "R68"));
        }
        world.query_log_configs.remove(&self.config);
        Ok(Touched::nothing())
    }
}

impl AssociateQueryLogConfig {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut config = find(world, self.config)?;
        world.vpc(self.vpc)?;
        if config.vpcs.iter().any(|(vpc, _)| *vpc == self.vpc) {
            let message = format!("The VPC '{}' is associated already", self.vpc);
            return Err(Refusal::new("ResourceExistsException", message, "R60"));
        }
        config.vpcs.push((self.vpc, self.at));
        world.query_log_configs.insert(self.config, Arc::new(config));
        Ok(Touched::nothing())
    }
}

impl DisassociateQueryLogConfig {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut config = find(world, self.config)?;
        let before = config.vpcs.len();
        config.vpcs.retain(|(vpc, _)| *vpc != self.vpc);
        if config.vpcs.len() == before {
            let message = format!("The VPC '{}' is not associated", self.vpc);
            return Err(Refusal::new("ResourceNotFoundException", message, "R60"));
        }
        world.query_log_configs.insert(self.config, Arc::new(config));
        Ok(Touched::nothing())
    }
}

impl TagQueryLogConfig {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut config = find(world, self.config)?;
        self.edit.apply(&mut config.tags)?;
        world.query_log_configs.insert(self.config, Arc::new(config));
        Ok(Touched::nothing())
    }
}
