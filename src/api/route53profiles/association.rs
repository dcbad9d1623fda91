//! Associations of Profiles with VPCs.

use std::sync::Arc;

use super::{
    Listing, all_own, only, own, read_id, read_name, read_priority, read_required_name, read_tags,
    time,
};
use crate::{
    api::{
        context::Context, error::ApiError, own::Owned, parameter::Parameters, service::Operation,
        shape::Fields,
    },
    model::{
        id::{ProfileId, VpcId},
        profile::{Profile, ProfileAssociation},
        profile_change::{self as model, not_found},
        world::{Tags, World},
    },
};

/// The caller's VPC with an id.
fn own_vpc(context: &Context<'_>, text: &str) -> Result<VpcId, ApiError> {
    let vpc = text.parse::<VpcId>().ok().filter(|id| id.find(context).is_some());
    vpc.ok_or_else(|| not_found(text).into())
}

fn fields(
    profile: &Profile,
    association: &ProfileAssociation,
    (status, message): (&str, &str),
) -> Fields {
    Fields::new()
        .set("Id", profile.association_id(association.vpc))
        .set("Name", &association.name)
        .set("OwnerId", &profile.owner)
        .set("ProfileId", profile.id.to_string())
        .set("ResourceId", association.vpc)
        .set("Priority", association.priority)
        .set("Status", status)
        .set("StatusMessage", message)
        .set("CreationTime", time(association.created))
        .set("ModificationTime", time(association.modified))
}

const COMPLETE: (&str, &str) = ("COMPLETE", "Created Profile Association");

/// The association of a Profile and a VPC in a World.
fn shown(world: &World, profile: ProfileId, vpc: VpcId, status: (&str, &str)) -> Fields {
    let profile = world.profiles.get(&profile);
    let found = profile.and_then(|it| Some(fields(it, it.association(vpc)?, status)));
    only("ProfileAssociation", found.unwrap_or_default())
}

/// The caller's association with an id.
///
/// # Errors
///
/// `ResourceNotFoundException`.
pub(super) fn find<'c>(
    context: &'c Context<'_>,
    id: &str,
) -> Result<(&'c Arc<Profile>, &'c ProfileAssociation), ApiError> {
    let all = all_own(context).into_iter().flat_map(|it| it.vpcs.iter().map(move |vpc| (it, vpc)));
    let mut all = all.filter(|(profile, it)| profile.association_id(it.vpc) == id);
    all.next().ok_or_else(|| not_found(id).into())
}

/// `AssociateProfile`.
pub(in crate::api) struct AssociateProfile {
    profile: String,
    vpc: String,
    name: String,
    priority: Option<u32>,
    tags: Tags,
}

impl Operation for AssociateProfile {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self {
            profile: read_id(parameters, "ProfileId")?,
            vpc: read_id(parameters, "ResourceId")?,
            name: read_required_name(parameters)?,
            priority: read_priority(parameters)?,
            tags: read_tags(parameters)?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let profile = own(context, &self.profile)?.id;
        let vpc = own_vpc(context, &self.vpc)?;
        let change = model::AssociateProfile {
            profile,
            vpc,
            name: self.name.into(),
            priority: self.priority,
            tags: self.tags,
            at: context.now,
        };
        let after = context.commit(&[change.into()])?;
        Ok(shown(&after.world, profile, vpc, ("CREATING", "Creating Profile Association")))
    }
}

/// `UpdateProfileAssociation`.
pub(in crate::api) struct UpdateProfileAssociation {
    id: String,
    name: Option<String>,
    priority: Option<u32>,
}

impl Operation for UpdateProfileAssociation {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self {
            id: read_id(parameters, "ProfileAssociationId")?,
            name: read_name(parameters)?,
            priority: read_priority(parameters)?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let (profile, association) = find(context, &self.id)?;
        let (profile, vpc) = (profile.id, association.vpc);
        let change = model::UpdateProfileAssociation {
            profile,
            vpc,
            name: self.name.map(Arc::from),
            priority: self.priority,
            at: context.now,
        };
        let after = context.commit(&[change.into()])?;
        Ok(shown(&after.world, profile, vpc, ("UPDATING", "Updating Profile Association")))
    }
}

/// `DisassociateProfile`.
pub(in crate::api) struct DisassociateProfile(String, String);

impl Operation for DisassociateProfile {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self(read_id(parameters, "ProfileId")?, read_id(parameters, "ResourceId")?))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let profile = own(context, &self.0)?.id;
        let vpc = own_vpc(context, &self.1)?;
        let before = context.world();
        let gone = shown(before, profile, vpc, ("DELETING", "Deleting Profile Association"));
        context.commit(&[model::DisassociateProfile { profile, vpc }.into()])?;
        Ok(gone)
    }
}

/// `GetProfileAssociation`.
pub(in crate::api) struct GetProfileAssociation(String);

impl Operation for GetProfileAssociation {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        read_id(parameters, "ProfileAssociationId").map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let (profile, association) = find(context, &self.0)?;
        Ok(only("ProfileAssociation", fields(profile, association, COMPLETE)))
    }
}

/// `ListProfileAssociations`.
pub(in crate::api) struct ListProfileAssociations {
    listing: Listing,
    profile: Option<String>,
    vpc: Option<String>,
}

impl Operation for ListProfileAssociations {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self {
            listing: Listing::read(parameters)?,
            profile: parameters.limited("ProfileId", 1..=64)?,
            vpc: parameters.limited("ResourceId", 1..=64)?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let is = |wanted: &Option<String>, id: String| wanted.as_ref().is_none_or(|it| *it == id);
        let own = all_own(context).into_iter();
        let own = own.filter(|it| is(&self.profile, it.id.to_string()));
        let all = own.flat_map(|it| it.vpcs.iter().map(move |vpc| (it, vpc)));
        let all = all.filter(|(_, it)| is(&self.vpc, it.vpc.to_string()));
        let shown = all
            .map(|(profile, it)| (profile.association_id(it.vpc), fields(profile, it, COMPLETE)));
        Ok(self.listing.reply("ProfileAssociations", shown.collect()))
    }
}
