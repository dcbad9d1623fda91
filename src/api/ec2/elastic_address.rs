//! Elastic addresses.

use std::{net::Ipv4Addr, sync::Arc};

use super::{Operation, absent};
use crate::{
    api::{
        context::{Context, seed},
        describe::{Describe, Filters, Listing, texts},
        error::ApiError,
        parameter::Parameters,
        public_address::Pool,
        shape::Fields,
    },
    model::{
        elastic_address::{self, ElasticAddress},
        id::{AllocationId, AssociationId, InstanceId, NetworkInterfaceId},
        network_interface::Interface,
        world::Tags,
    },
};

/// `AllocateAddress`.
pub(super) struct AllocateAddress {
    address: Option<Ipv4Addr>,
    tags: Tags,
}

impl Operation for AllocateAddress {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.word("Domain", &[("vpc", ()), ("standard", ())])?;
        let pool = parameters.text("PublicIpv4Pool")?;
        if let Some(other) = pool.filter(|pool| pool != "amazon") {
            return Err(ApiError::new(
                "InvalidPublicIpv4PoolID.NotFound",
                format!("The pool ID '{other}' does not exist."),
            ));
        }
        absent::ipam_pool(parameters, "IpamPoolId")?;
        absent::address_pool(parameters, "CustomerOwnedIpv4Pool")?;
        Ok(Self {
            address: parameters.parsed("Address")?,
            tags: {
                parameters.text("NetworkBorderGroup")?;
                parameters.tag_specification("elastic-ip")?
            },
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        if let Some(address) = self.address {
            // AWS gives back an address that the account had before; here nobody is known to have had one.
            return Err(ApiError::new(
                "InvalidAddress.NotFound",
                format!("Address '{address}' not found."),
            ));
        }
        let address = ElasticAddress {
            id: AllocationId::from_seed(seed()),
            tags: self.tags,
            address: Pool::new(context).next()?,
            region: context.region,
            owner: context.account.as_str().into(),
            association: None,
            reverse_name: None,
        };
        let shown = Fields::new()
            .set("allocationId", address.id)
            .set("publicIpv4Pool", "amazon")
            .set("networkBorderGroup", address.region)
            .set("domain", "vpc")
            .set("publicIp", address.address);
        context.commit(&[elastic_address::AllocateAddress { address }.into()])?;
        Ok(shown)
    }
}

/// The caller's address that is this one.
fn own_public<'c>(
    context: &'c Context<'_>,
    public: Ipv4Addr,
) -> Result<&'c Arc<ElasticAddress>, ApiError> {
    let found = context
        .world()
        .elastic_address_of(public)
        .filter(|it| context.is_home(it.region, &it.owner));
    found.ok_or_else(|| {
        ApiError::new("InvalidAddress.NotFound", format!("Address '{public}' not found."))
    })
}

/// An address by its id or by itself.
fn chosen<'c>(
    context: &'c Context<'_>,
    id: Option<AllocationId>,
    public: Option<Ipv4Addr>,
) -> Result<&'c Arc<ElasticAddress>, ApiError> {
    match (id, public) {
        (Some(_), Some(_)) => Err(ApiError::new(
            "InvalidParameterCombination",
            "You may specify public IP or allocation id, but not both in the same call",
        )),
        (Some(id), None) => context.own(id),
        (None, Some(public)) => own_public(context, public),
        (None, None) => Err(ApiError::new(
            "MissingParameter",
            "Either public IP or allocation id must be specified",
        )),
    }
}

/// `AssociateAddress`.
pub(super) struct AssociateAddress {
    id: Option<AllocationId>,
    public: Option<Ipv4Addr>,
    instance: Option<InstanceId>,
    interface: Option<NetworkInterfaceId>,
    private: Option<Ipv4Addr>,
    reassociate: bool,
}

impl Operation for AssociateAddress {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self {
            id: parameters.id("AllocationId")?,
            public: parameters.parsed("PublicIp")?,
            instance: parameters.id("InstanceId")?,
            interface: parameters.id("NetworkInterfaceId")?,
            private: parameters.parsed("PrivateIpAddress")?,
            reassociate: parameters.boolean("AllowReassociation")?.unwrap_or(true),
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let allocation = chosen(context, self.id, self.public)?.id;
        let interface = match (self.instance, self.interface) {
            (Some(_), Some(_)) => {
                return Err(ApiError::new(
                    "InvalidParameterCombination",
                    "You may specify an instance ID or a network interface ID, but not both",
                ));
            }
            (Some(instance), None) => context.own(instance)?.interface_id(),
            (None, Some(interface)) => context.own(interface)?.id(),
            (None, None) => {
                return Err(ApiError::new(
                    "MissingParameter",
                    "Either an instance ID or a network interface ID must be specified",
                ));
            }
        };
        let change = elastic_address::AssociateAddress {
            allocation,
            association: AssociationId::from_seed(seed()),
            interface,
            private: self.private,
            reassociate: self.reassociate,
        };
        let after = context.commit(&[change.into()])?;
        let address = after.world.elastic_address(allocation)?;
        Ok(Fields::done().maybe("associationId", address.association.map(|it| it.id)))
    }
}

/// `DisassociateAddress`.
pub(super) struct DisassociateAddress {
    id: Option<AssociationId>,
    public: Option<Ipv4Addr>,
}

impl Operation for DisassociateAddress {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self { id: parameters.id("AssociationId")?, public: parameters.parsed("PublicIp")? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let association = match (self.id, self.public) {
            (Some(id), _) => id,
            (None, Some(public)) => {
                own_public(context, public)?.association.map(|it| it.id).ok_or_else(|| {
                    ApiError::value(format!("The address '{public}' is not associated."))
                })?
            }
            (None, None) => return Err(ApiError::missing("AssociationId")),
        };
        let public_address = Some(Pool::new(context).next()?);
        let change = elastic_address::DisassociateAddress { association, public_address };
        context.commit(&[change.into()])?;
        Ok(Fields::done())
    }
}

/// `ReleaseAddress`.
pub(super) struct ReleaseAddress {
    id: Option<AllocationId>,
    public: Option<Ipv4Addr>,
}

impl Operation for ReleaseAddress {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.text("NetworkBorderGroup")?;
        Ok(Self { id: parameters.id("AllocationId")?, public: parameters.parsed("PublicIp")? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let allocation = chosen(context, self.id, self.public)?.id;
        context.commit(&[elastic_address::ReleaseAddress { allocation }.into()])?;
        Ok(Fields::done())
    }
}

/// `DescribeAddresses`.
pub(super) type DescribeAddresses = Listing<Addresses>;

/// The elastic addresses with these ids, and those that are these addresses.
pub(super) struct Addresses {
    ids: Vec<AllocationId>,
    publics: Vec<Ipv4Addr>,
}

impl Describe for Addresses {
    type Item<'c> = &'c Arc<ElasticAddress>;

    const LIST: &'static str = "addressesSet";

    const FILTERS: Filters<Self> = &[
        ("allocation-id", |it, _| texts([it.id])),
        ("association-id", |it, _| texts(it.association.map(|held| held.id))),
        ("domain", |_, _| texts(["vpc"])),
        ("instance-id", |it, context| texts(holder(context, it))),
        ("network-border-group", |it, _| texts([it.region])),
        ("network-interface-id", |it, _| texts(it.association.map(|held| held.interface))),
        ("network-interface-owner-id", |it, _| texts(it.association.map(|_| &it.owner))),
        ("private-ip-address", |it, _| texts(it.association.map(|held| held.private))),
        ("public-ip", |it, _| texts([it.address])),
    ];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let publics = parameters.list("PublicIp")?;
        let publics = publics.iter().map(|text| {
            text.parse().map_err(|_| {
                ApiError::value(format!("Value ({text}) for parameter PublicIp is invalid."))
            })
        });
        Ok(Self {
            publics: publics.collect::<Result<_, _>>()?,
            ids: parameters.ids("AllocationId")?,
        })
    }

    fn items<'c>(&self, context: &'c Context<'_>) -> Result<Vec<Self::Item<'c>>, ApiError> {
        let unknown = self.publics.iter().filter(|public| own_public(context, **public).is_err());
        let unknown: Vec<_> = unknown.map(ToString::to_string).collect();
        if let [_, _, ..] = unknown[..] {
            let all = unknown.join(", ");
            let message = format!("Addresses '{all}' not found.");
            return Err(ApiError::new("InvalidAddress.NotFound", message));
        }
        let mut wanted = self.ids.clone();
        for public in &self.publics {
            wanted.push(own_public(context, *public)?.id);
        }
        Ok(context.all_own(&wanted, context.world().elastic_addresses.keys()))
    }

    fn key(it: &Self::Item<'_>) -> String {
        it.id.to_string()
    }

    fn tags<'i>(it: &'i Self::Item<'_>) -> Option<&'i Tags> {
        Some(&it.tags)
    }

    fn fields(context: &Context<'_>, it: Self::Item<'_>) -> Fields {
        fields(it, holder(context, it))
    }
}

/// The instance that has the interface an address is associated with.
fn holder(context: &Context<'_>, address: &ElasticAddress) -> Option<InstanceId> {
    match context.world().interface(address.association?.interface).ok()? {
        Interface::Primary(instance) => Some(instance.id),
        Interface::Own(interface) => interface.attachment.as_ref().map(|it| it.instance),
        _ => None,
    }
}

fn fields(address: &ElasticAddress, holder: Option<InstanceId>) -> Fields {
    let shown = Fields::new()
        .set("publicIp", address.address)
        .set("allocationId", address.id)
        .set("domain", "vpc")
        .set("publicIpv4Pool", "amazon")
        .set("networkBorderGroup", address.region)
        .maybe("instanceId", holder)
        .tags(&address.tags);
    match address.association {
        Some(association) => shown
            .set("associationId", association.id)
            .set("networkInterfaceId", association.interface)
            .set("networkInterfaceOwnerId", &address.owner)
            .set("privateIpAddress", association.private),
        None => shown,
    }
}
