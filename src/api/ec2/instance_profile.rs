//! Associations of instances with instance profiles, which follow from the instances.

use crate::{
    api::{
        context::Context,
        describe::{Describe, Filters, Listing, is_wanted, texts},
        error::ApiError,
        parameter::Parameters,
        shape::{Fields, Time},
    },
    model::{guest::InstanceProfile, id::derived, instance::Instance},
};

/// `DescribeIamInstanceProfileAssociations`.
pub(super) type DescribeIamInstanceProfileAssociations = Listing<Associations>;

/// The associations with these ids.
pub(super) struct Associations(Vec<String>);

/// An instance and its profile.
pub(super) struct Association<'w> {
    instance: &'w Instance,
    profile: InstanceProfile,
}

impl Association<'_> {
    fn id(&self) -> String {
        derived("iip-assoc", &format!("{}/{}", self.instance.id, self.profile.arn))
    }
}

impl Describe for Associations {
    type Item<'c> = Association<'c>;

    const LIST: &'static str = "iamInstanceProfileAssociationSet";

    const FILTERS: Filters<Self> = &[
        ("instance-id", |it, _| texts([it.instance.id])),
        ("state", |_, _| texts(["associated"])),
    ];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.list("AssociationId").map(Self)
    }

    fn items<'c>(&self, context: &'c Context<'_>) -> Result<Vec<Self::Item<'c>>, ApiError> {
        let world = context.world();
        let own = world.instances.values().filter(|it| context.owns_vpc(it.vpc));
        let all = own.filter_map(|instance| {
            let profile = world.guest(instance.id).profile(context.region, &context.account)?;
            Some(Association { instance, profile })
        });
        let found: Vec<_> = all.filter(|it| is_wanted(&self.0, &it.id())).collect();
        match self.0.iter().find(|id| found.iter().all(|it| it.id() != **id)) {
            Some(id) => Err(ApiError::new(
                "NoSuchAssociation",
                format!("An invalid association-id of '{id}' was given"),
            )),
            None => Ok(found),
        }
    }

    fn key(it: &Self::Item<'_>) -> String {
        it.id()
    }

    fn fields(_: &Context<'_>, it: Self::Item<'_>) -> Fields {
        let InstanceProfile { arn, id } = &it.profile;
        Fields::new()
            .set("associationId", it.id())
            .set("instanceId", it.instance.id)
            .fields("iamInstanceProfile", Fields::new().set("arn", arn).set("id", id))
            .set("state", "associated")
            .set("timestamp", Time::exact(it.instance.launch.at))
    }
}
