//! VPCs and their attributes (spec §9.7).

use std::sync::Arc;

use ipnetwork::Ipv4Network;

use super::{Operation, absent};
use crate::{
    api::{
        context::{Context, seed},
        describe::{Describe, Filters, Listing, texts},
        error::ApiError,
        parameter::Parameters,
        shape::Fields,
    },
    model::{
        dhcp_options,
        id::{RouteTableId, VpcId},
        tag::Home,
        vpc::{self, Vpc},
        vpc_cidr,
        world::Tags,
    },
};

/// `CreateVpc`.
pub(super) struct CreateVpc {
    cidr: Option<Ipv4Network>,
    ipv6: bool,
    tenancy: &'static str,
    tags: Tags,
}

impl Operation for CreateVpc {
    const WITHOUT_EFFECT: &'static [&'static str] = &[
        "Ipv4NetmaskLength",
        "Ipv6CidrBlockNetworkBorderGroup",
        "Ipv6NetmaskLength",
        "VpcEncryptionControl",
    ];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        absent::ipam_pool(parameters, "Ipv4IpamPoolId")?;
        absent::ipam_pool(parameters, "Ipv6IpamPoolId")?;
        absent::address_pool(parameters, "Ipv6Pool")?;
        if parameters.text("Ipv6CidrBlock")?.is_some() {
            return Err(ApiError::missing("ipv6Pool"));
        }
        Ok(Self {
            cidr: cidr(parameters, "CidrBlock")?,
            ipv6: parameters.boolean("AmazonProvidedIpv6CidrBlock")?.unwrap_or_default(),
            tenancy: parameters
                .word("InstanceTenancy", &[("default", "default"), ("dedicated", "dedicated")])?
                .unwrap_or("default"),
            tags: parameters.tag_specification("vpc")?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let cidr = self.cidr.ok_or_else(|| ApiError::missing("cidrBlock"))?;
        let id = VpcId::from_seed(seed());
        let vpc = Vpc {
            id,
            tags: self.tags,
            region: context.region,
            owner: context.account.as_str().into(),
            cidrs: vec![cidr],
            ipv6_cidrs: if self.ipv6 { vec![vpc_cidr::provided_ipv6(id, &[])] } else { Vec::new() },
            dns_support: true,
            dns_hostnames: false,
            is_default: false,
            dhcp_options: None,
            main_route_table: RouteTableId::from_seed(seed()),
            autodefined_reverse: true,
            tenancy: self.tenancy.into(),
            network_metrics: false,
        };
        let after = context.commit(&[vpc::CreateVpc { vpc }.into()])?;
        let vpc = after.world.vpc(id)?;
        Ok(Fields::new().fields("vpc", fields(vpc, "pending")))
    }
}

/// A VPC as replies show it; the two DNS attributes are not part of it (A52).
pub(super) fn fields(vpc: &Vpc, state: &str) -> Fields {
    let associations =
        vpc.cidrs.iter().map(|cidr| super::vpc_cidr::fields(vpc, (*cidr).into(), "associated"));
    let ipv6 = vpc
        .ipv6_cidrs
        .iter()
        .map(|cidr| super::vpc_cidr::fields(vpc, (*cidr).into(), "associated"));
    let primary = vpc.cidrs.first().map(ToString::to_string);
    let ipv6: Vec<_> = ipv6.collect();
    let shown = Fields::new()
        .set("vpcId", vpc.id)
        .set("ownerId", &vpc.owner)
        .set("state", state)
        .maybe("cidrBlock", primary)
        .list("cidrBlockAssociationSet", associations);
    let shown =
        if ipv6.is_empty() { shown } else { shown.list("ipv6CidrBlockAssociationSet", ipv6) };
    shown
        .set("dhcpOptionsId", dhcp_options::of(vpc))
        .tags(&vpc.tags)
        .set("instanceTenancy", &vpc.tenancy)
        .set("isDefault", vpc.is_default)
}

/// An IPv4 range.
pub(super) fn cidr(
    parameters: &mut Parameters,
    name: &str,
) -> Result<Option<Ipv4Network>, ApiError> {
    parameters
        .text(name)?
        .map(|text| {
            text.parse().ok().filter(|_| text.contains('/')).ok_or_else(|| {
                ApiError::value(format!(
                    "Value ({text}) for parameter {} is invalid. This is not a valid CIDR block.",
                    name[..1].to_ascii_lowercase() + &name[1..]
                ))
            })
        })
        .transpose()
}

/// `DeleteVpc`.
pub(super) struct DeleteVpc {
    vpc: VpcId,
}

impl Operation for DeleteVpc {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self { vpc: parameters.required_id("VpcId")? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        context.commit(&[vpc::DeleteVpc { vpc: self.vpc }.into()])?;
        Ok(Fields::done())
    }
}

/// `DescribeVpcs`.
pub(super) type DescribeVpcs = Listing<Vpcs>;

/// The VPCs with these ids.
pub(super) struct Vpcs(Vec<VpcId>);

impl Describe for Vpcs {
    type Item<'c> = &'c Arc<Vpc>;

    const LIST: &'static str = "vpcSet";

    const FILTERS: Filters<Self> = &[
        ("cidr", |vpc, _| texts(vpc.cidrs.first())),
        ("cidr-block-association.cidr-block", |vpc, _| texts(&vpc.cidrs)),
        ("cidr-block-association.association-id", |vpc, _| {
            texts(vpc.cidrs.iter().map(|cidr| vpc_cidr::association(vpc.id, (*cidr).into())))
        }),
        ("cidr-block-association.state", |_, _| texts(["associated"])),
        ("dhcp-options-id", |vpc, _| texts([dhcp_options::of(vpc)])),
        ("ipv6-cidr-block-association.ipv6-cidr-block", |vpc, _| texts(&vpc.ipv6_cidrs)),
        ("is-default", |vpc, _| texts([vpc.is_default])),
        ("isDefault", |vpc, _| texts([vpc.is_default])),
        ("owner-id", |vpc, _| texts([&vpc.owner])),
        ("state", |_, _| texts(["available"])),
        ("vpc-id", |vpc, _| texts([vpc.id])),
        ("cidr-block", |vpc, _| texts(vpc.cidrs.first())),
        ("cidrBlock", |vpc, _| texts(vpc.cidrs.first())),
        ("dhcpOptionsId", |vpc, _| texts([dhcp_options::of(vpc)])),
        ("ipv6-cidr-block-association.association-id", |vpc, _| {
            texts(vpc.ipv6_cidrs.iter().map(|cidr| vpc_cidr::association(vpc.id, (*cidr).into())))
        }),
        ("ipv6-cidr-block-association.ipv6-pool", |vpc, _| {
            fields(vpc, "available").at("ipv6CidrBlockAssociationSet.ipv6Pool")
        }),
        ("ipv6-cidr-block-association.state", |vpc, _| {
            texts(vpc.ipv6_cidrs.iter().map(|_| "associated"))
        }),
    ];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.ids("VpcId").map(Self)
    }

    fn items<'c>(&self, context: &'c Context<'_>) -> Result<Vec<Self::Item<'c>>, ApiError> {
        Ok(context.all_own(&self.0, context.world().vpcs.keys()))
    }

    fn key(vpc: &Self::Item<'_>) -> String {
        vpc.id.to_string()
    }

    fn tags<'i>(vpc: &'i Self::Item<'_>) -> Option<&'i Tags> {
        Some(&vpc.tags)
    }

    fn fields(_: &Context<'_>, vpc: Self::Item<'_>) -> Fields {
        fields(vpc, "available")
    }
}

/// Where the caller looks.
pub(super) fn home(context: &Context<'_>) -> Home {
    Home { region: context.region, owner: context.account.as_str().into() }
}

/// `ModifyVpcAttribute`: one attribute a call (V2).
pub(super) struct ModifyVpcAttribute {
    change: vpc::ModifyVpcAttribute,
}

impl Operation for ModifyVpcAttribute {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self {
            change: vpc::ModifyVpcAttribute {
                vpc: parameters.required_id("VpcId")?,
                dns_support: parameters.boolean("EnableDnsSupport.Value")?,
                dns_hostnames: parameters.boolean("EnableDnsHostnames.Value")?,
                network_metrics: parameters.boolean("EnableNetworkAddressUsageMetrics.Value")?,
            },
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        context.commit(&[self.change.into()])?;
        Ok(Fields::done())
    }
}

/// `ModifyVpcTenancy`: what is dedicated becomes shared (DV2).
pub(super) struct ModifyVpcTenancy {
    vpc: VpcId,
}

impl Operation for ModifyVpcTenancy {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let vpc = parameters.required_id("VpcId")?;
        let tenancy = parameters.word("InstanceTenancy", &[("default", ())])?;
        tenancy.ok_or_else(|| ApiError::missing("InstanceTenancy"))?;
        Ok(Self { vpc })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        context.commit(&[vpc::ModifyVpcTenancy { vpc: self.vpc }.into()])?;
        Ok(Fields::done())
    }
}

/// `DescribeVpcAttribute`: one attribute a call.
pub(super) struct DescribeVpcAttribute {
    vpc: VpcId,
    attribute: String,
}

impl Operation for DescribeVpcAttribute {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self {
            vpc: parameters.required_id("VpcId")?,
            attribute: parameters.required("Attribute")?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let vpc = context.own(self.vpc)?;
        let (name, value) = match self.attribute.as_str() {
            "enableDnsSupport" => ("enableDnsSupport", vpc.dns_support),
            "enableDnsHostnames" => ("enableDnsHostnames", vpc.dns_hostnames),
            "enableNetworkAddressUsageMetrics" => {
                ("enableNetworkAddressUsageMetrics", vpc.network_metrics)
            }
            other => {
                return Err(ApiError::value(format!(
                    "Value ({other}) for parameter attribute is invalid. Unknown attribute."
                )));
            }
        };
        Ok(Fields::new().set("vpcId", vpc.id).fields(name, Fields::new().set("value", value)))
    }
}
