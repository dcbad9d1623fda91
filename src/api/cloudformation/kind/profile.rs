//! Route 53 Profiles and their associations.

use super::{Created, Kind, at, own, physical, put_tags, same, text_of, unchanged};
use crate::api::{
    cloudformation::work::{input, put},
    input::Scalar,
};

/// The service's name in a signature.
const SERVICE: &str = "route53profiles";

/// The types.
pub(super) const KINDS: &[Kind] = &[
    Kind {
        name: "AWS::Route53Profiles::Profile",
        made_by: (SERVICE, &["CreateProfile", "DeleteProfile"]),
        tag: None,
        properties: &[same("Name").needed(), own("Tags")],
        create: |work, fresh| {
            let mut request = fresh.input();
            let token = format!("{}-{}", fresh.logical, fresh.suffix);
            request.put("ClientToken", Scalar::Text(token));
            put_tags(&mut request, fresh.all_tags());
            let reply = work.call(SERVICE, "CreateProfile", request)?;
            let it = |name: &str| at(&reply, &format!("Profile.{name}"));
            Ok(Created::new(it("Id"))
                .with("Id", it("Id"))
                .with("Arn", it("Arn"))
                .with("ClientToken", it("ClientToken"))
                .with("ShareStatus", it("ShareStatus"))
                .tagged(&it("Arn")))
        },
        update: unchanged,
        delete: |work, held| {
            let id = input(&[("ProfileId", physical(held))]);
            work.call(SERVICE, "DeleteProfile", id).map(drop)
        },
    },
    Kind {
        name: "AWS::Route53Profiles::ProfileAssociation",
        made_by: (SERVICE, &["AssociateProfile", "DisassociateProfile"]),
        tag: None,
        properties: &[
            same("Name").needed(),
            same("ProfileId").needed(),
            same("ResourceId").needed(),
            own("Arn").mutable(),
            own("Tags"),
        ],
        create: |work, fresh| {
            let mut request = fresh.input();
            put_tags(&mut request, fresh.all_tags());
            let reply = work.call(SERVICE, "AssociateProfile", request)?;
            let id = at(&reply, "ProfileAssociation.Id");
            // The ARN is that of the Profile with another end.
            let profile = at(&reply, "ProfileAssociation.ProfileId");
            let shown = work.call(SERVICE, "GetProfile", input(&[("ProfileId", &profile)]))?;
            let (own, other) =
                (format!(":profile/{profile}"), format!(":profile-association/{id}"));
            let arn = at(&shown, "Profile.Arn").replace(&own, &other);
            Ok(Created::new(id.as_str()).with("Id", id.as_str()).tagged(&arn))
        },
        update: unchanged,
        delete: |work, held| {
            let [profile, vpc] = ["ProfileId", "ResourceId"]
                .map(|name| text_of(&held.properties, name).unwrap_or_default());
            let ids = input(&[("ProfileId", &profile), ("ResourceId", &vpc)]);
            work.call(SERVICE, "DisassociateProfile", ids).map(drop)
        },
    },
    Kind {
        name: "AWS::Route53Profiles::ProfileResourceAssociation",
        made_by: (SERVICE, &["AssociateResourceToProfile", "DisassociateResourceFromProfile"]),
        tag: None,
        properties: &[
            same("Name").needed(),
            same("ProfileId").needed(),
            same("ResourceArn").needed(),
            same("ResourceProperties").mutable(),
        ],
        create: |work, fresh| {
            let reply = work.call(SERVICE, "AssociateResourceToProfile", fresh.input())?;
            let it = |name: &str| at(&reply, &format!("ProfileResourceAssociation.{name}"));
            Ok(Created::untagged(it("Id"))
                .with("Id", it("Id"))
                .with("ResourceType", it("ResourceType")))
        },
        update: |work, held, fresh| {
            let mut request = input(&[("ProfileResourceAssociationId", physical(held))]);
            if let Some(value) = fresh.properties.get("ResourceProperties") {
                put(&mut request, "ResourceProperties", value);
            }
            work.call(SERVICE, "UpdateProfileResourceAssociation", request).map(drop)
        },
        delete: |work, held| {
            let [profile, arn] = ["ProfileId", "ResourceArn"]
                .map(|name| text_of(&held.properties, name).unwrap_or_default());
            let ids = input(&[("ProfileId", &profile), ("ResourceArn", &arn)]);
            work.call(SERVICE, "DisassociateResourceFromProfile", ids).map(drop)
        },
    },
];
