//! VPCs and their attributes (spec §9.7).

use ipnetwork::Ipv4Network;

use super::Operation;
use crate::{
    api::{
        context::{Context, seed},
        error::ApiError,
        page::Page,
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
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
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
fn fields(vpc: &Vpc, state: &str) -> Fields {
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
pub(super) struct DescribeVpcs {
    ids: Vec<VpcId>,
    page: Page,
}

impl Operation for DescribeVpcs {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self { ids: parameters.ids("VpcId")?, page: Page::read(parameters)? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        self.page.check(&[
            "cidr",
            "cidr-block-association.cidr-block",
            "cidr-block-association.association-id",
            "cidr-block-association.state",
            "dhcp-options-id",
            "ipv6-cidr-block-association.ipv6-cidr-block",
            "is-default",
            "isDefault",
            "owner-id",
            "state",
            "vpc-id",
        ])?;
        let shown = context
            .world()
            .vpcs
            .values()
            .filter(|it| context.is_home(it.region, &it.owner))
            .filter(|vpc| self.ids.is_empty() || self.ids.contains(&vpc.id))
            .filter(|vpc| self.page.passes(&vpc.tags, |name| filter_values(vpc, name)))
            .map(|vpc| (vpc.id.to_string(), fields(vpc, "available")))
            .collect();
        Ok(self.page.reply("vpcSet", shown))
    }
}

fn filter_values(vpc: &Vpc, name: &str) -> Vec<String> {
    let cidrs = || vpc.cidrs.iter().map(ToString::to_string);
    match name {
        "cidr" => cidrs().take(1).collect(),
        "cidr-block-association.cidr-block" => cidrs().collect(),
        "cidr-block-association.association-id" => {
            vpc.cidrs.iter().map(|cidr| vpc_cidr::association(vpc.id, (*cidr).into())).collect()
        }
        "cidr-block-association.state" => vec!["associated".to_owned()],
        "dhcp-options-id" => vec![dhcp_options::of(vpc).to_string()],
        "ipv6-cidr-block-association.ipv6-cidr-block" => {
            vpc.ipv6_cidrs.iter().map(ToString::to_string).collect()
        }
        "is-default" | "isDefault" => vec![vpc.is_default.to_string()],
        "owner-id" => vec![vpc.owner.to_string()],
        "state" => vec!["available".to_owned()],
        "vpc-id" => vec![vpc.id.to_string()],
        _ => Vec::new(),
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
