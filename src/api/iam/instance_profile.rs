//! Instance profiles, each with the one role that it is named after.

use super::{CREATED, PATH, name, no_such_entity, paging::Paging, role};
use crate::{
    api::{
        context::Context,
        error::ApiError,
        parameter::Parameters,
        service::Operation,
        shape::{Fields, Time},
    },
    catalog,
    model::guest::InstanceProfile,
};

/// The longest name of an instance profile.
const LONGEST: usize = 128;

/// A profile as replies show it.
fn fields(context: &Context<'_>, name: &str) -> Fields {
    let InstanceProfile { arn, id } =
        InstanceProfile::of(catalog::partition_of(context.region), &context.account, name);
    Fields::new()
        .set("Path", PATH)
        .set("InstanceProfileName", name)
        .set("InstanceProfileId", id)
        .set("Arn", arn)
        .set("CreateDate", Time::whole(CREATED))
        .list("Roles", [role::fields(context, name)])
}

/// `GetInstanceProfile`.
pub(in crate::api) struct GetInstanceProfile(String);

impl Operation for GetInstanceProfile {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        name(parameters, "InstanceProfileName", LONGEST).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let Self(name) = self;
        if !role::all(context).contains(name.as_str()) {
            return Err(no_such_entity(format!("Instance Profile {name} cannot be found.")));
        }
        // The tags, none, are in this reply alone.
        let profile = fields(context, &name).list("Tags", []);
        Ok(Fields::new().fields("InstanceProfile", profile))
    }
}

/// `ListInstanceProfiles`.
pub(in crate::api) struct ListInstanceProfiles(Paging);

impl Operation for ListInstanceProfiles {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Paging::read_with_prefix(parameters).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let all = role::all(context).into_iter();
        let named = all.map(|name| (name.to_string(), fields(context, &name)));
        Ok(self.0.reply("InstanceProfiles", named))
    }
}

/// `ListInstanceProfilesForRole`: the one of the role.
pub(in crate::api) struct ListInstanceProfilesForRole(String, Paging);

impl Operation for ListInstanceProfilesForRole {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self(role::read_name(parameters)?, Paging::read(parameters)?))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let Self(name, paging) = self;
        role::check_exists(context, &name)?;
        let profile = fields(context, &name);
        Ok(paging.reply("InstanceProfiles", [(name, profile)]))
    }
}
