//! Roles. A role exists as long as an instance of the account has an instance profile with it; no policy is kept.

use std::{collections::BTreeSet, sync::Arc};

use super::{CREATED, PATH, name, no_such_entity, paging::Paging};
use crate::{
    api::{
        context::Context,
        error::ApiError,
        parameter::Parameters,
        service::Operation,
        shape::{Fields, Time},
    },
    catalog,
    model::guest::Role,
};

/// The longest name of a role.
const LONGEST: usize = 64;
/// The longest session: as long as `AssumeRole` gives one for any role.
const LONGEST_SESSION: u32 = 43_200;

/// The names of the account's roles, in order: those of its instances in the regions of the caller's partition.
pub(super) fn all(context: &Context<'_>) -> BTreeSet<Arc<str>> {
    let (world, partition) = (context.world(), catalog::partition_of(context.region));
    let is_own = |owner: &str, region: &str| {
        *owner == *context.account
            && catalog::region(region).is_some_and(|it| it.partition == partition)
    };
    let roles = world.guests.iter().filter_map(|(instance, guest)| {
        let instance = world.instances.get(instance)?;
        let vpc = world.vpcs.get(&instance.vpc)?;
        guest.role.clone().filter(|_| is_own(&vpc.owner, vpc.region))
    });
    roles.collect()
}

/// Reads `RoleName`.
pub(super) fn read_name(parameters: &mut Parameters) -> Result<String, ApiError> {
    name(parameters, "RoleName", LONGEST)
}

/// Refuses the name of a role that is not there.
///
/// # Errors
///
/// `NoSuchEntity`.
pub(super) fn check_exists(context: &Context<'_>, name: &str) -> Result<(), ApiError> {
    if all(context).contains(name) {
        return Ok(());
    }
    Err(no_such_entity(format!("The role with name {name} cannot be found.")))
}

/// A role as replies show it.
pub(super) fn fields(context: &Context<'_>, name: &str) -> Fields {
    let Role { arn, id } = Role::of(catalog::partition_of(context.region), &context.account, name);
    Fields::new()
        .set("Path", PATH)
        .set("RoleName", name)
        .set("RoleId", id)
        .set("Arn", arn)
        .set("CreateDate", Time::whole(CREATED))
        .set("AssumeRolePolicyDocument", trust(context))
        .set("MaxSessionDuration", LONGEST_SESSION)
}

/// The trust policy that a role of an instance has, encoded as IAM does.
fn trust(context: &Context<'_>) -> String {
    let suffix = match catalog::region(context.region) {
        Some(region) if region.partition == "aws-cn" => region.dns_suffix,
        _ => "amazonaws.com",
    };
    let policy = serde_json::json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": {"Service": format!("ec2.{suffix}")},
            "Action": "sts:AssumeRole",
        }],
    });
    form_urlencoded::byte_serialize(policy.to_string().as_bytes()).collect()
}

/// `GetRole`.
pub(in crate::api) struct GetRole(String);

impl Operation for GetRole {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        read_name(parameters).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        check_exists(context, &self.0)?;
        // When and where it was used last is in this reply alone, and empty for a role that never was.
        let role = fields(context, &self.0).fields("RoleLastUsed", Fields::new());
        Ok(Fields::new().fields("Role", role))
    }
}

/// `ListRoles`.
pub(in crate::api) struct ListRoles(Paging);

impl Operation for ListRoles {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Paging::read_with_prefix(parameters).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let named = all(context).into_iter().map(|name| (name.to_string(), fields(context, &name)));
        Ok(self.0.reply("Roles", named))
    }
}

/// `ListRolePolicies`: none, since roles have no policies here.
pub(in crate::api) struct ListRolePolicies(String);

impl Operation for ListRolePolicies {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Paging::read(parameters)?;
        read_name(parameters).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        check_exists(context, &self.0)?;
        Ok(Paging::empty("PolicyNames"))
    }
}

/// `ListAttachedRolePolicies`: none.
pub(in crate::api) struct ListAttachedRolePolicies(String);

impl Operation for ListAttachedRolePolicies {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Paging::read_with_prefix(parameters)?;
        read_name(parameters).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        check_exists(context, &self.0)?;
        Ok(Paging::empty("AttachedPolicies"))
    }
}
