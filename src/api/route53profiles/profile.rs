//! Profiles themselves.

use super::{Listing, all_own, arn, only, own, read_id, read_required_name, read_tags, time};
use crate::{
    api::{
        context::{Context, seed},
        error::ApiError,
        parameter::Parameters,
        service::Operation,
        shape::Fields,
    },
    model::{id::ProfileId, profile::Profile, profile_change as model, world::Tags},
};

/// A Profile as lists show it.
fn summary(context: &Context<'_>, profile: &Profile) -> Fields {
    let id = profile.id.to_string();
    Fields::new()
        .set("Arn", arn(context, "profile", &id))
        .set("Id", &id)
        .set("Name", &profile.name)
        .set("ShareStatus", "NOT_SHARED")
}

fn fields(context: &Context<'_>, profile: &Profile, (status, message): (&str, &str)) -> Fields {
    summary(context, profile)
        .set("OwnerId", &profile.owner)
        .set("Status", status)
        .set("StatusMessage", message)
        .set("ClientToken", &profile.client_token)
        .set("CreationTime", time(profile.created))
        .set("ModificationTime", time(profile.modified))
}

const CREATED: (&str, &str) = ("COMPLETE", "Created Profile");

/// `CreateProfile`.
pub(in crate::api) struct CreateProfile {
    name: String,
    client_token: String,
    tags: Tags,
}

impl Operation for CreateProfile {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self {
            name: read_required_name(parameters)?,
            client_token: parameters.required_limited("ClientToken", 1..=255)?,
            tags: read_tags(parameters)?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let mut known = all_own(context).into_iter();
        if let Some(old) = known.find(|it| *it.client_token == *self.client_token) {
            if *old.name != *self.name {
                let words = "The ClientToken was used for a Profile with another name.";
                return Err(ApiError::new("InvalidParameterException", words));
            }
            return Ok(only("Profile", fields(context, old, CREATED)));
        }
        let profile = Profile {
            id: ProfileId::from_seed(seed()),
            name: self.name.into(),
            tags: self.tags,
            owner: context.account.as_str().into(),
            region: context.region,
            client_token: self.client_token.into(),
            resources: Vec::new(),
            vpcs: Vec::new(),
            created: context.now,
            modified: context.now,
        };
        let shown = fields(context, &profile, CREATED);
        context.commit(&[model::CreateProfile { profile }.into()])?;
        Ok(only("Profile", shown))
    }
}

/// `GetProfile`.
pub(in crate::api) struct GetProfile(String);

impl Operation for GetProfile {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        read_id(parameters, "ProfileId").map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        Ok(only("Profile", fields(context, own(context, &self.0)?, CREATED)))
    }
}

/// `DeleteProfile`.
pub(in crate::api) struct DeleteProfile(String);

impl Operation for DeleteProfile {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        read_id(parameters, "ProfileId").map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let profile = own(context, &self.0)?;
        context.commit(&[model::DeleteProfile { profile: profile.id }.into()])?;
        Ok(only("Profile", fields(context, profile, ("DELETED", "Deleted Profile"))))
    }
}

/// `ListProfiles`.
pub(in crate::api) struct ListProfiles(Listing);

impl Operation for ListProfiles {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Listing::read(parameters).map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let own = all_own(context).into_iter();
        let shown = own.map(|it| (it.id.to_string(), summary(context, it))).collect();
        Ok(self.0.reply("ProfileSummaries", shown))
    }
}
