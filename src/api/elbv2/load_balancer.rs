//! Load balancers: how they are made, shown and deleted.

use std::sync::Arc;

use super::{
    arn,
    subnet::{ON_OFF, Subnets, address_fields, mappings, private_link_text},
};
use crate::{
    api::{
        balancing::{self, Paging, balancers, check_name, created, dns_name, validation, word},
        context::Context,
        error::ApiError,
        parameter::Parameters,
        service::Operation,
        shape::Fields,
    },
    catalog,
    model::{
        load_balancer::{
            BalancerAddressType, ClientRouting, LoadBalancer, LoadBalancerKind, Options,
        },
        load_balancer_change::{self as model},
        name::Name,
        world::{Tags, World},
    },
};

/// The most load balancers of a region.
const MOST: usize = 5_000;

/// A load balancer as replies show it.
pub(super) fn fields(world: &World, region: &str, balancer: &LoadBalancer) -> Fields {
    let options = &balancer.options;
    let is_gateway = balancer.kind == LoadBalancerKind::Gateway;
    let region = catalog::region(region);
    let hosted_zone = region.and_then(|region| match balancer.kind {
        LoadBalancerKind::Network => region.nlb_hosted_zone,
        LoadBalancerKind::Application | LoadBalancerKind::Classic => region.alb_hosted_zone,
        LoadBalancerKind::Gateway => None,
    });
    let scheme = if balancer.internet_facing { "internet-facing" } else { "internal" };
    let shown = Fields::new()
        .set("LoadBalancerArn", balancer.arn(world))
        .maybe("DNSName", Some(&balancer.shown_name).filter(|_| !is_gateway))
        .maybe("CanonicalHostedZoneId", hosted_zone)
        .set("CreatedTime", created(options))
        .set("LoadBalancerName", &balancer.label)
        .maybe("Scheme", Some(scheme).filter(|_| !is_gateway))
        .set("VpcId", balancer.vpc)
        .fields("State", Fields::new().set("Code", "active"))
        .set("Type", balancer.kind.text())
        .list("AvailabilityZones", address_fields(world, balancer));
    let shown = match options.groups.is_empty() {
        true => shown,
        false => shown.texts("SecurityGroups", &options.groups),
    };
    let nat = if options.source_nat_ipv6 { "on" } else { "off" };
    shown
        .set("IpAddressType", options.address_type.text())
        .maybe("EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic", private_link_text(balancer))
        .maybe(
            "EnablePrefixForIpv6SourceNat",
            Some(nat).filter(|_| balancer.kind == LoadBalancerKind::Network),
        )
}

/// `CreateLoadBalancer`.
pub(in crate::api) struct CreateLoadBalancer {
    name: String,
    kind: LoadBalancerKind,
    internet_facing: bool,
    address_type: BalancerAddressType,
    subnets: Subnets,
    groups: Vec<String>,
    source_nat_ipv6: bool,
    tags: Tags,
}

/// The kinds that this service has.
const KINDS: &[(&str, LoadBalancerKind)] = &[
    ("application", LoadBalancerKind::Application),
    ("network", LoadBalancerKind::Network),
    ("gateway", LoadBalancerKind::Gateway),
];
const SCHEMES: &[(&str, bool)] = &[("internet-facing", true), ("internal", false)];

impl Operation for CreateLoadBalancer {
    const WITHOUT_EFFECT: &'static [&'static str] = &["CustomerOwnedIpv4Pool", "IpamPools"];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let name = parameters.required("Name")?;
        let kind = word(parameters, "Type", KINDS)?.unwrap_or(LoadBalancerKind::Application);
        let scheme = word(parameters, "Scheme", SCHEMES)?;
        let is_gateway = kind == LoadBalancerKind::Gateway;
        let nat = word(parameters, "EnablePrefixForIpv6SourceNat", ON_OFF)?;
        let address_type = word(parameters, "IpAddressType", BalancerAddressType::ALL)?;
        check_name("load balancer", &name)?;
        Ok(Self {
            name,
            kind,
            internet_facing: scheme.unwrap_or(!is_gateway),
            address_type: address_type.unwrap_or_default(),
            subnets: Subnets::read(parameters)?,
            groups: parameters.list("SecurityGroups")?,
            source_nat_ipv6: nat.unwrap_or_default(),
            tags: balancing::tags(parameters)?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        if self.address_type == BalancerAddressType::DualstackWithoutPublicIpv4
            && (self.kind != LoadBalancerKind::Application || !self.internet_facing)
        {
            let text = "The IP address type dualstack-without-public-ipv4 is for internet-facing application load balancers only";
            return Err(balancing::configuration(text));
        }
        let groups = balancing::groups(context, &self.groups)?;
        let (vpc, mappings) = mappings(context, &self.subnets, self.internet_facing, self.kind)?;
        let (dns_name, shown_name) =
            dns_name(context, &self.name, self.kind, self.internet_facing)?;
        let load_balancer = LoadBalancer {
            label: self.name.as_str().into(),
            tags: self.tags,
            dns_name: dns_name.clone(),
            shown_name,
            vpc,
            kind: self.kind,
            internet_facing: self.internet_facing,
            zones: Vec::new(),
            targets: Vec::new(),
            client_routing: ClientRouting::default(),
            listeners: Vec::new(),
            options: Options {
                created: context.now,
                groups,
                address_type: self.address_type,
                source_nat_ipv6: self.source_nat_ipv6,
                ..Options::default()
            },
        };
        if balancers(context).count() >= MOST {
            let text = "You've reached the limit on the number of load balancers";
            return Err(ApiError::new("TooManyLoadBalancers", text));
        }
        if let Some(same) = same(context, &load_balancer, &self.subnets) {
            return Ok(shown(context.world(), context, &same.dns_name));
        }
        let change = model::CreateLoadBalancer { load_balancer, mappings };
        let after = context.commit(&[change.into()])?;
        Ok(shown(&after.world, context, &dns_name))
    }
}

/// The load balancer that is there already and is as the new one would be.
fn same<'c>(
    context: &'c Context<'_>,
    new: &LoadBalancer,
    subnets: &Subnets,
) -> Option<&'c Arc<LoadBalancer>> {
    let world = context.world();
    balancers(context).find(|it| {
        let mut held: Vec<String> = it
            .zones
            .iter()
            .filter_map(|zone| zone.subnet_of(world, it).map(|subnet| subnet.id.to_string()))
            .collect();
        let mut wanted = subnets.ids();
        held.sort_unstable();
        wanted.sort_unstable();
        it.label == new.label
            && it.kind == new.kind
            && it.internet_facing == new.internet_facing
            && it.options.address_type == new.options.address_type
            && (new.options.groups.is_empty() || it.options.groups == new.options.groups)
            && it.tags == new.tags
            && held == wanted
    })
}

fn shown(world: &World, context: &Context<'_>, name: &Name) -> Fields {
    let found = world.load_balancers.get(name);
    let found = found.map(|it| fields(world, context.region, it));
    Fields::new().list("LoadBalancers", found)
}

/// `DescribeLoadBalancers`.
pub(in crate::api) struct DescribeLoadBalancers {
    arns: Vec<String>,
    names: Vec<String>,
    paging: Paging,
}

impl Operation for DescribeLoadBalancers {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let paging = Paging::read(parameters)?;
        let (arns, names) = (parameters.list("LoadBalancerArns")?, parameters.list("Names")?);
        if !arns.is_empty() && !names.is_empty() {
            return Err(validation(
                "Load balancer names and load balancer ARNs cannot be specified at the same time",
            ));
        }
        Ok(Self { arns, names, paging })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let world = context.world();
        let own = || balancers(context).filter(|it| it.kind != LoadBalancerKind::Classic);
        let mut found: Vec<&Arc<LoadBalancer>> = Vec::new();
        let not_found = |given: &[String]| {
            let text = format!("Load balancers '[{}]' not found", given.join(", "));
            ApiError::new("LoadBalancerNotFound", text)
        };
        for arn in &self.arns {
            found.push(arn::balancer(context, arn).map_err(|error| match error.code.as_str() {
                "LoadBalancerNotFound" => not_found(&self.arns),
                _ => error,
            })?);
        }
        for name in &self.names {
            let named = own().find(|it| *it.label == **name);
            found.push(named.ok_or_else(|| not_found(&self.names))?);
        }
        if self.arns.is_empty() && self.names.is_empty() {
            found.extend(own());
        }
        found.sort_by(|one, other| one.dns_name.cmp(&other.dns_name));
        found.dedup_by(|one, other| one.dns_name == other.dns_name);
        let things = found.into_iter().map(|it| (it.arn(world), fields(world, context.region, it)));
        Ok(self.paging.reply("LoadBalancers", things.collect()))
    }
}

/// `DeleteLoadBalancer`: done, too, if there is no such load balancer.
pub(in crate::api) struct DeleteLoadBalancer(String);

impl Operation for DeleteLoadBalancer {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.required("LoadBalancerArn").map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        match arn::balancer(context, &self.0) {
            Ok(balancer) => {
                let load_balancer = balancer.dns_name.clone();
                context.commit(&[model::DeleteLoadBalancer { load_balancer }.into()])?;
            }
            Err(error) if error.code == "LoadBalancerNotFound" => {}
            Err(error) => return Err(error),
        }
        Ok(Fields::new())
    }
}
