//! Reusable delegation sets.

use std::sync::Arc;

use super::{
    limit::{reply, unknown},
    own_zone,
    paging::max_items,
};
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
        delegation_set::{self as model, DelegationSet},
        hosted_zone::no_such_set,
        id::{DelegationSetId, ZoneId},
    },
};

/// The caller's set with an id, with or without `/delegationset/` in front of it.
///
/// # Errors
///
/// `NoSuchDelegationSet`, also if somebody else owns it.
pub(super) fn own<'c>(
    context: &'c Context<'_>,
    text: &str,
) -> Result<&'c Arc<DelegationSet>, ApiError> {
    let id = text.rsplit('/').next().unwrap_or_default().parse::<DelegationSetId>().ok();
    let found = id.and_then(|id| context.world().delegation_sets.get(&id));
    let found = found.filter(|it| *it.owner == *context.account);
    found.ok_or_else(|| no_such_set().into())
}

/// A set as replies show it.
pub(super) fn fields(set: &DelegationSet) -> Fields {
    Fields::new()
        .set("Id", format!("/delegationset/{}", set.id))
        .set("CallerReference", &set.caller_reference)
        .texts("NameServers", set.name_servers.iter())
}

/// `CreateReusableDelegationSet`.
pub(in crate::api) struct CreateReusableDelegationSet {
    reference: String,
    zone: Option<String>,
}

impl Operation for CreateReusableDelegationSet {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let reference = parameters.required_limited("CallerReference", 1..=128)?;
        let zone = parameters.limited("HostedZoneId", 0..=44)?.filter(|it| !it.is_empty());
        Ok(Self { reference, zone })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let zone = match &self.zone {
            Some(text) => {
                let id = text.rsplit('/').next().unwrap_or_default();
                let missing = |_| {
                    ApiError::new("HostedZoneNotFound", "The specified HostedZone can't be found.")
                };
                Some(own_zone(context, id).map_err(missing)?.id)
            }
            None => None,
        };
        let seed = || u64::try_from(random() >> 64).unwrap_or_default();
        let servers = name_servers(ZoneId::from_seed(seed()));
        let set = DelegationSet {
            id: DelegationSetId::from_seed(seed()),
            owner: context.account.as_str().into(),
            caller_reference: self.reference.into(),
            name_servers: servers.into_iter().map(Arc::from).collect(),
        };
        let id = set.id;
        let change = model::CreateReusableDelegationSet { set, zone };
        let after = context.commit(&[change.into()])?;
        let host = context.dns_suffix();
        let shown = after.world.delegation_sets.get(&id).map(|it| fields(it));
        Ok(Fields::new()
            .set("@Location", format!("https://route53.{host}/2013-04-01/delegationset/{id}"))
            .fields("DelegationSet", shown.unwrap_or_default()))
    }
}

fn read_id(parameters: &mut Parameters, name: &str) -> Result<String, ApiError> {
    parameters.required_limited(name, 1..=64)
}

/// `GetReusableDelegationSet`.
pub(in crate::api) struct GetReusableDelegationSet(String);

impl Operation for GetReusableDelegationSet {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        read_id(parameters, "Id").map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        Ok(Fields::new().fields("DelegationSet", fields(own(context, &self.0)?)))
    }
}

/// `DeleteReusableDelegationSet`.
pub(in crate::api) struct DeleteReusableDelegationSet(String);

impl Operation for DeleteReusableDelegationSet {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        read_id(parameters, "Id").map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let set = own(context, &self.0)?.id;
        context.commit(&[model::DeleteReusableDelegationSet { set }.into()])?;
        Ok(Fields::new())
    }
}

/// `GetReusableDelegationSetLimit`.
pub(in crate::api) struct GetReusableDelegationSetLimit(String, String);

impl Operation for GetReusableDelegationSetLimit {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self(read_id(parameters, "DelegationSetId")?, parameters.required("Type")?))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let set = own(context, &self.0)?.id;
        if self.1 != "MAX_ZONES_BY_REUSABLE_DELEGATION_SET" {
            return unknown(&self.1);
        }
        Ok(reply(&self.1, 100, context.world().zones_with_set(set).count()))
    }
}

/// `ListReusableDelegationSets`.
pub(in crate::api) struct ListReusableDelegationSets(Option<String>, usize);

impl Operation for ListReusableDelegationSets {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let marker = parameters.limited("Marker", 0..=64)?.filter(|it| !it.is_empty());
        Ok(Self(marker, max_items(parameters, "MaxItems", 100)?))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let own = context.world().delegation_sets.values();
        let own = own.filter(|it| *it.owner == *context.account);
        let mut sets: Vec<_> = own.map(|it| (it.id.to_string(), it)).collect();
        sets.sort_by(|one, other| one.0.cmp(&other.0));
        let first = self.0.as_ref().map_or(0, |marker| sets.partition_point(|it| it.0 < *marker));
        let mut left = sets.into_iter().skip(first);
        let shown: Vec<Fields> = left.by_ref().take(self.1).map(|(_, it)| fields(it)).collect();
        let next = left.next().map(|(id, _)| id);
        Ok(Fields::new()
            .list("DelegationSets", shown)
            .maybe("Marker", self.0)
            .set("IsTruncated", next.is_some())
            .maybe("NextMarker", next)
            .set("MaxItems", self.1.to_string()))
    }
}
