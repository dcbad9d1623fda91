//! The reverse names of elastic addresses. A new one answers at once, so no update of one is ever pending for long.

use std::sync::Arc;

use super::Operation;
use crate::{
    api::{
        context::Context,
        describe::{Describe, Filters, Listing},
        error::ApiError,
        parameter::Parameters,
        shape::Fields,
    },
    model::{
        elastic_address::{ElasticAddress, SetAddressName},
        id::AllocationId,
        name::Name,
    },
};

/// The attribute's word.
const DOMAIN_NAME: &[(&str, ())] = &[("domain-name", ())];

/// An address with its reverse name.
fn fields(address: &ElasticAddress) -> Fields {
    Fields::new()
        .set("publicIp", address.address)
        .set("allocationId", address.id)
        .maybe("ptrRecord", address.reverse_name.as_ref().map(with_dot))
}

/// A name as replies show it.
fn with_dot(name: &Name) -> String {
    format!("{name}.")
}

/// Sets or removes the name of an address. The reply shows the address as it was, with the update.
fn set(
    context: &Context<'_>,
    allocation: AllocationId,
    name: Option<Name>,
) -> Result<Fields, ApiError> {
    let before = fields(context.own(allocation)?);
    let update = Fields::new()
        .set("value", name.as_ref().map(with_dot).unwrap_or_default())
        .set("status", "PENDING");
    context.commit(&[SetAddressName { allocation, name }.into()])?;
    Ok(Fields::new().fields("address", before.fields("ptrRecordUpdate", update)))
}

/// `ModifyAddressAttribute`.
pub(super) struct ModifyAddressAttribute {
    allocation: AllocationId,
    name: Name,
}

impl Operation for ModifyAddressAttribute {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let allocation = parameters.required_id("AllocationId")?;
        let text = parameters.required("DomainName")?;
        let name = Name::parse(&text.to_ascii_lowercase()).ok();
        let name = name.filter(|name| name.as_ref().labels().count() > 1).ok_or_else(|| {
            ApiError::value(format!(
                "Value ({text}) for parameter domainName is invalid. It is not a domain name."
            ))
        })?;
        Ok(Self { allocation, name })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        set(context, self.allocation, Some(self.name))
    }
}

/// `ResetAddressAttribute`.
pub(super) struct ResetAddressAttribute {
    allocation: AllocationId,
}

impl Operation for ResetAddressAttribute {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let allocation = parameters.required_id("AllocationId")?;
        if parameters.word("Attribute", DOMAIN_NAME)?.is_none() {
            return Err(ApiError::missing("Attribute"));
        }
        Ok(Self { allocation })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        set(context, self.allocation, None)
    }
}

/// `DescribeAddressesAttribute`.
pub(super) type DescribeAddressesAttribute = Listing<AddressAttributes>;

/// The addresses that have a reverse name of their own.
pub(super) struct AddressAttributes(Vec<AllocationId>);

impl Describe for AddressAttributes {
    type Item<'c> = &'c Arc<ElasticAddress>;

    const LIST: &'static str = "addressSet";

    const FILTERS: Filters<Self> = &[];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.word("Attribute", DOMAIN_NAME)?;
        parameters.ids("AllocationId").map(Self)
    }

    fn items<'c>(&self, context: &'c Context<'_>) -> Result<Vec<Self::Item<'c>>, ApiError> {
        let all = context.all_own(&self.0, context.world().elastic_addresses.keys());
        Ok(all.into_iter().filter(|it| it.reverse_name.is_some()).collect())
    }

    fn key(it: &Self::Item<'_>) -> String {
        it.id.to_string()
    }

    fn fields(_: &Context<'_>, it: Self::Item<'_>) -> Fields {
        fields(it)
    }
}
