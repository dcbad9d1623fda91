//! Hosted zones: made, shown, given another comment, deleted.

use std::sync::Arc;

use super::{change, delegation_set, is_own, own_zone, own_zone_to_change, record, zone_id};
use crate::{
    api::{
        context::{Context, random},
        error::ApiError,
        parameter::Parameters,
        service::Operation,
        shape::Fields,
    },
    model::{
        delegation::name_servers,
        hosted_zone::{self as model, HostedZone, ZoneDetails},
        id::{VpcId, ZoneId},
        record::route53_name,
        world::World,
        zone_data::ZoneData,
    },
};

/// A VPC as Route 53 names it.
#[derive(Clone, Copy, Debug)]
pub(super) struct NamedVpc(pub VpcId);

impl NamedVpc {
    /// Reads `VPC`.
    ///
    /// # Errors
    ///
    /// `InvalidVPCId` for what is no id.
    pub(super) fn read(parameters: &mut Parameters) -> Result<Option<(String, String)>, ApiError> {
        parameters.structure("VPC", |vpc| {
            let region = vpc.limited("VPCRegion", 1..=64)?.unwrap_or_default();
            Ok((vpc.limited("VPCId", 0..=1_024)?.unwrap_or_default(), region))
        })
    }

    /// The VPC of an id and a region, whoever owns it.
    ///
    /// # Errors
    ///
    /// `InvalidVPCId` if there is none.
    pub(super) fn find(
        context: &Context<'_>,
        (id, region): &(String, String),
    ) -> Result<Self, ApiError> {
        let vpc = id.parse::<VpcId>().ok().and_then(|id| context.world().vpcs.get(&id));
        match vpc.filter(|vpc| vpc.region == region || region.is_empty()) {
            Some(vpc) => Ok(Self(vpc.id)),
            None => Err(ApiError::new(
                "InvalidVPCId",
                format!("The VPC ID is invalid: there is no VPC {id} in the region {region}."),
            )),
        }
    }

    /// Whether it is the caller's.
    pub(super) fn is_own(self, context: &Context<'_>) -> bool {
        context.world().vpcs.get(&self.0).is_some_and(|vpc| *vpc.owner == *context.account)
    }

    /// The VPC as replies show it.
    pub(super) fn fields(self, context: &Context<'_>) -> Fields {
        let region = context.world().vpcs.get(&self.0).map_or("", |vpc| vpc.region);
        Fields::new().set("VPCRegion", region).set("VPCId", self.0)
    }
}

/// A zone as replies show it.
pub(super) fn fields(zone: &HostedZone) -> Fields {
    let details = &zone.details;
    let reference = details.caller_reference.clone();
    let reference = reference.unwrap_or_else(|| format!("vpcdns/{}", zone.id).into());
    let config = Fields::new()
        .maybe("Comment", details.comment.as_ref())
        .set("PrivateZone", !details.public);
    let shown = Fields::new()
        .set("Id", format!("/hostedzone/{}", zone.id))
        .set("Name", zone.dotted())
        .set("CallerReference", reference)
        .fields("Config", config)
        .set("ResourceRecordSetCount", u64::try_from(record::count(zone)).unwrap_or(u64::MAX));
    let Some(namespace) = &details.namespace else { return shown };
    let linked = Fields::new()
        .set("ServicePrincipal", "servicediscovery.amazonaws.com")
        .set("Description", namespace);
    shown.fields("LinkedService", linked)
}

/// `DelegationSet` of a public zone.
fn shown_set(world: &World, zone: &HostedZone) -> Option<Fields> {
    if !zone.details.public {
        return None;
    }
    let set = zone.details.delegation_set.and_then(|id| world.delegation_sets.get(&id));
    Some(match set {
        Some(set) => delegation_set::fields(set),
        None => Fields::new().texts("NameServers", world.name_servers_of(zone)),
    })
}

/// `CreateHostedZone`.
pub(in crate::api) struct CreateHostedZone {
    name: String,
    vpc: Option<(String, String)>,
    reference: String,
    comment: Option<String>,
    is_private: bool,
    delegation_set: Option<String>,
}

impl Operation for CreateHostedZone {
    const WITHOUT_EFFECT: &'static [&'static str] = &["HostedZoneConfig.HostedZoneTier"];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let name = parameters.required_limited("Name", 0..=1_024)?;
        let vpc = NamedVpc::read(parameters)?;
        let reference = parameters.required_limited("CallerReference", 1..=128)?;
        let config = parameters.structure("HostedZoneConfig", |config| {
            Ok((config.limited("Comment", 0..=256)?, config.boolean("PrivateZone")?))
        })?;
        let (comment, is_private) = config.unwrap_or_default();
        Ok(Self {
            name,
            vpc,
            reference,
            comment: comment.filter(|it| !it.is_empty()),
            is_private: is_private.unwrap_or_default(),
            delegation_set: parameters.limited("DelegationSetId", 0..=44)?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let vpc = self.vpc.map(|vpc| NamedVpc::find(context, &vpc)).transpose()?;
        let refuse = |code, words: &str| Err(ApiError::new(code, words));
        if self.is_private && vpc.is_none() {
            return refuse("InvalidInput", "A private hosted zone needs a VPC.");
        }
        if vpc.is_some_and(|vpc| !vpc.is_own(context)) {
            return refuse("InvalidVPCId", "The VPC belongs to another account.");
        }
        let set = match self.delegation_set.filter(|it| !it.is_empty()) {
            Some(_) if vpc.is_some() => {
                return refuse("InvalidInput", "A private hosted zone has no delegation set.");
            }
            Some(text) => Some(delegation_set::own(context, &text)?),
            None => None,
        };
        let name = route53_name(&self.name).ok().filter(|name| !name.as_ref().is_root());
        let Some(name) = name else {
            let words = format!("{} is not a valid domain name.", self.name);
            return refuse("InvalidDomainName", &words);
        };
        let id = ZoneId::from_seed(u64::try_from(random() >> 64).unwrap_or_default());
        let data = match vpc {
            Some(_) => ZoneData::private(name.clone()),
            None => {
                let servers = match set {
                    Some(set) => set.name_servers.iter().map(ToString::to_string).collect(),
                    None => name_servers(id),
                };
                HostedZone::public_data(&servers, &name)
            }
        };
        let details = ZoneDetails {
            public: vpc.is_none(),
            owner: Some(context.account.as_str().into()),
            caller_reference: Some(self.reference.into()),
            comment: self.comment.map(Arc::from),
            delegation_set: set.map(|it| it.id),
            ..ZoneDetails::default()
        };
        let vpcs = vpc.iter().map(|vpc| vpc.0).collect();
        let zone = HostedZone { id, name, vpcs, data: Arc::new(data), details };
        context.commit(&[model::CreateHostedZone { zone: zone.clone() }.into()])?;
        let host = context.dns_suffix();
        let reply = Fields::new()
            .set("@Location", format!("https://route53.{host}/2013-04-01/hostedzone/{id}"))
            .fields("HostedZone", fields(&zone))
            .fields("ChangeInfo", change::info(context, None));
        let reply = match shown_set(context.world(), &zone) {
            Some(set) => reply.fields("DelegationSet", set),
            None => reply,
        };
        Ok(match vpc {
            Some(vpc) => reply.fields("VPC", vpc.fields(context)),
            None => reply,
        })
    }
}

/// `GetHostedZone`.
pub(in crate::api) struct GetHostedZone(String);

impl Operation for GetHostedZone {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        zone_id(parameters, "Id").map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let zone = own_zone(context, &self.0)?;
        let reply = Fields::new().fields("HostedZone", fields(zone));
        Ok(match shown_set(context.world(), zone) {
            Some(set) => reply.fields("DelegationSet", set),
            None => {
                let vpcs = zone.vpcs.iter().map(|vpc| NamedVpc(*vpc).fields(context));
                reply.list("VPCs", vpcs)
            }
        })
    }
}

/// `GetHostedZoneCount`.
pub(in crate::api) struct GetHostedZoneCount;

impl Operation for GetHostedZoneCount {
    fn read(_parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let own = context.world().hosted_zones.values().filter(|zone| is_own(context, zone));
        Ok(Fields::new().set("HostedZoneCount", u64::try_from(own.count()).unwrap_or(u64::MAX)))
    }
}

/// `UpdateHostedZoneComment`.
pub(in crate::api) struct UpdateHostedZoneComment {
    zone: String,
    comment: Option<String>,
}

impl Operation for UpdateHostedZoneComment {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self {
            zone: zone_id(parameters, "Id")?,
            comment: parameters.limited("Comment", 0..=256)?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let zone = own_zone(context, &self.zone)?.id;
        let comment = self.comment.filter(|it| !it.is_empty()).map(Arc::from);
        let change = model::UpdateHostedZoneComment { zone, comment };
        let after = context.commit(&[change.into()])?;
        let shown = after.world.hosted_zones.get(&zone).map(|zone| fields(zone));
        Ok(Fields::new().fields("HostedZone", shown.unwrap_or_default()))
    }
}

/// `DeleteHostedZone`.
pub(in crate::api) struct DeleteHostedZone(String);

impl Operation for DeleteHostedZone {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        zone_id(parameters, "Id").map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let zone = own_zone_to_change(context, &self.0)?.id;
        context.commit(&[model::DeleteHostedZone { zone }.into()])?;
        Ok(Fields::new().fields("ChangeInfo", change::info(context, None)))
    }
}

/// `GetDNSSEC`: no zone is signed.
pub(in crate::api) struct GetDNSSEC(String);

impl Operation for GetDNSSEC {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        zone_id(parameters, "HostedZoneId").map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        if !own_zone(context, &self.0)?.details.public {
            let words = "Operation is unsupported for private hosted zones.";
            return Err(ApiError::new("InvalidArgument", words));
        }
        let status = Fields::new().set("ServeSignature", "NOT_SIGNING");
        Ok(Fields::new().fields("Status", status).list("KeySigningKeys", []))
    }
}
