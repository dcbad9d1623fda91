//! Network ACLs, their entries, and the subnets that use them (NA1 to NA4). Nothing is filtered by them.

use std::{str::FromStr, sync::Arc};

use ipnetwork::{IpNetwork, Ipv4Network, Ipv6Network};

use super::Operation;
use crate::{
    api::{
        context::{Context, seed},
        describe::{Describe, Filters, Listing, is_wanted, texts},
        error::ApiError,
        parameter::Parameters,
        resource_id::ResourceId,
        shape::Fields,
    },
    model::{
        id::{NetworkAclId, SubnetId, VpcId},
        network_acl::{self, AclEntry, NetworkAcl},
        network_acl_change,
        route::canonical,
        vpc::Vpc,
        world::{Tags, World},
    },
};

fn entry_fields(entry: &AclEntry) -> Fields {
    let shown = Fields::new()
        .set("ruleNumber", entry.number)
        .set("protocol", entry.protocol.to_string())
        .set("ruleAction", action(entry))
        .set("egress", entry.egress)
        .set(if entry.cidr.is_ipv6() { "ipv6CidrBlock" } else { "cidrBlock" }, entry.cidr);
    let shown = match entry.icmp {
        Some((kind, code)) => {
            shown.fields("icmpTypeCode", Fields::new().set("code", code).set("type", kind))
        }
        None => shown,
    };
    match entry.ports {
        Some((from, to)) => {
            shown.fields("portRange", Fields::new().set("from", from).set("to", to))
        }
        None => shown,
    }
}

fn action(entry: &AclEntry) -> &'static str {
    if entry.allow { "allow" } else { "deny" }
}

/// The subnets that use an ACL.
fn users<'w>(world: &'w World, acl: &NetworkAcl) -> impl Iterator<Item = SubnetId> + use<'w> {
    let id = acl.id;
    let subnets = world.subnets_of(acl.vpc);
    subnets.filter(move |it| network_acl_change::used_by(it) == id).map(|it| it.id)
}

fn fields(world: &World, vpc: &Vpc, acl: &NetworkAcl) -> Fields {
    let associated = users(world, acl).map(|subnet| {
        Fields::new()
            .set("networkAclAssociationId", network_acl::association(acl.id, subnet))
            .set("networkAclId", acl.id)
            .set("subnetId", subnet)
    });
    Fields::new()
        .set("networkAclId", acl.id)
        .set("vpcId", vpc.id)
        .set("ownerId", &vpc.owner)
        .set("default", acl.is_default())
        .list("entrySet", acl.shown_entries(!vpc.ipv6_cidrs.is_empty()).iter().map(entry_fields))
        .list("associationSet", associated)
        .tags(&acl.tags)
}

/// `CreateNetworkAcl`.
pub(super) struct CreateNetworkAcl {
    vpc: VpcId,
    tags: Tags,
}

impl Operation for CreateNetworkAcl {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self {
            vpc: parameters.required_id("VpcId")?,
            tags: parameters.tag_specification("network-acl")?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let id = NetworkAclId::from_seed(seed());
        let acl = NetworkAcl { id, tags: self.tags, vpc: self.vpc, entries: Vec::new() };
        let change = network_acl_change::CreateNetworkAcl { acl }.into();
        let (id, after) = context.create("CreateNetworkAcl", &id.to_string(), vec![change])?;
        let id = NetworkAclId::read(&id)?;
        let acl = after.world.network_acl(id).ok_or_else(|| id.not_found())?;
        let shown = fields(&after.world, after.world.vpc(acl.vpc)?, &acl);
        Ok(Fields::new()
            .fields("networkAcl", shown)
            .maybe("clientToken", context.client_token.as_ref()))
    }
}

/// `DeleteNetworkAcl`.
pub(super) struct DeleteNetworkAcl {
    acl: NetworkAclId,
}

impl Operation for DeleteNetworkAcl {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self { acl: parameters.required_id("NetworkAclId")? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        context.commit(&[network_acl_change::DeleteNetworkAcl { acl: self.acl }.into()])?;
        Ok(Fields::done())
    }
}

fn range<T: FromStr>(parameters: &mut Parameters, name: &str) -> Result<Option<T>, ApiError> {
    let parsed = |text: String| {
        text.parse()
            .ok()
            .filter(|_| text.contains('/'))
            .ok_or_else(|| ApiError::value(format!("CIDR block {text} is malformed")))
    };
    parameters.text(name)?.filter(|text| !text.is_empty()).map(parsed).transpose()
}

/// The entry of a request: AWS wants what its protocol has, ports or an ICMP type (NA2).
fn read_entry(parameters: &mut Parameters) -> Result<(NetworkAclId, AclEntry), ApiError> {
    let acl = parameters.required_id("NetworkAclId")?;
    let number = parameters.parsed("RuleNumber")?;
    let number = number.ok_or_else(|| ApiError::missing("RuleNumber"))?;
    let allow = parameters.word("RuleAction", &[("allow", true), ("deny", false)])?;
    let allow = allow.ok_or_else(|| ApiError::missing("RuleAction"))?;
    let egress = parameters.boolean("Egress")?.ok_or_else(|| ApiError::missing("Egress"))?;
    let text = parameters.required("Protocol")?;
    let protocol = network_acl::protocol_number(&text).ok_or_else(|| {
        ApiError::value(format!("Invalid value '{text}' for IP protocol. Unknown protocol."))
    })?;
    let v4 = range::<Ipv4Network>(parameters, "CidrBlock")?;
    let v6 = range::<Ipv6Network>(parameters, "Ipv6CidrBlock")?;
    let cidr = match (v4, v6) {
        (Some(it), None) => IpNetwork::V4(it),
        (None, Some(it)) => IpNetwork::V6(it),
        (None, None) => return Err(ApiError::missing("cidrBlock")),
        (Some(_), Some(_)) => {
            return Err(ApiError::new(
                "InvalidParameterCombination",
                "The parameters cidrBlock and ipv6CidrBlock cannot be used together",
            ));
        }
    };
    let icmp = (parameters.parsed("Icmp.Type")?, parameters.parsed("Icmp.Code")?);
    let ports =
        (parameters.parsed::<u16>("PortRange.From")?, parameters.parsed::<u16>("PortRange.To")?);
    let icmp = match (protocol, icmp) {
        (1 | 58, (Some(kind), code)) => Some((kind, code.unwrap_or(-1))),
        (1 | 58, (None, _)) => return Err(ApiError::missing("Icmp.Type")),
        _ => None,
    };
    let ports = match (protocol, ports) {
        (6 | 17, (Some(from), Some(to))) if from <= to => Some((from, to)),
        (6 | 17, (Some(from), Some(to))) => {
            return Err(ApiError::value(format!("Invalid TCP/UDP port range ({from}:{to})")));
        }
        (6 | 17, (None, _)) => return Err(ApiError::missing("PortRange.From")),
        (6 | 17, (_, None)) => return Err(ApiError::missing("PortRange.To")),
        _ => None,
    };
    let cidr = canonical(cidr);
    Ok((acl, AclEntry { number, egress, allow, protocol, cidr, icmp, ports }))
}

/// `CreateNetworkAclEntry`.
pub(super) struct CreateNetworkAclEntry {
    acl: NetworkAclId,
    entry: AclEntry,
}

impl Operation for CreateNetworkAclEntry {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let (acl, entry) = read_entry(parameters)?;
        Ok(Self { acl, entry })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let (acl, entry) = (self.acl, self.entry);
        let change = network_acl_change::PutNetworkAclEntry { acl, entry, replace: false };
        context.commit(&[change.into()])?;
        Ok(Fields::done())
    }
}

/// `ReplaceNetworkAclEntry`.
pub(super) struct ReplaceNetworkAclEntry {
    acl: NetworkAclId,
    entry: AclEntry,
}

impl Operation for ReplaceNetworkAclEntry {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let (acl, entry) = read_entry(parameters)?;
        Ok(Self { acl, entry })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let (acl, entry) = (self.acl, self.entry);
        let change = network_acl_change::PutNetworkAclEntry { acl, entry, replace: true };
        context.commit(&[change.into()])?;
        Ok(Fields::done())
    }
}

/// `DeleteNetworkAclEntry`.
pub(super) struct DeleteNetworkAclEntry {
    acl: NetworkAclId,
    number: u32,
    egress: bool,
}

impl Operation for DeleteNetworkAclEntry {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let acl = parameters.required_id("NetworkAclId")?;
        let number = parameters.parsed("RuleNumber")?;
        let egress = parameters.boolean("Egress")?;
        Ok(Self {
            acl,
            number: number.ok_or_else(|| ApiError::missing("RuleNumber"))?,
            egress: egress.ok_or_else(|| ApiError::missing("Egress"))?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let Self { acl, number, egress } = self;
        context
            .commit(&[network_acl_change::DeleteNetworkAclEntry { acl, number, egress }.into()])?;
        Ok(Fields::done())
    }
}

/// `ReplaceNetworkAclAssociation`.
pub(super) struct ReplaceNetworkAclAssociation {
    association: String,
    acl: NetworkAclId,
}

impl Operation for ReplaceNetworkAclAssociation {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self {
            association: parameters.required("AssociationId")?,
            acl: parameters.required_id("NetworkAclId")?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let id = |acl, subnet| network_acl::association(acl, subnet);
        let subnets = context.all_own(&[], context.world().subnets.keys());
        let found = subnets
            .into_iter()
            .find(|subnet| id(network_acl_change::used_by(subnet), subnet.id) == self.association);
        let subnet = found.ok_or_else(|| {
            ApiError::new(
                "InvalidAssociationID.NotFound",
                format!("The association ID '{}' does not exist", self.association),
            )
        })?;
        let (subnet, acl) = (subnet.id, self.acl);
        context
            .commit(&[network_acl_change::ReplaceNetworkAclAssociation { subnet, acl }.into()])?;
        Ok(Fields::new().set("newAssociationId", id(acl, subnet)))
    }
}

/// `DescribeNetworkAcls`.
pub(super) type DescribeNetworkAcls = Listing<NetworkAcls>;

/// The network ACLs with these ids.
pub(super) struct NetworkAcls(Vec<NetworkAclId>);

/// An ACL with its VPC and its entries, as they are shown.
pub(super) struct Described<'c> {
    vpc: &'c Arc<Vpc>,
    acl: Arc<NetworkAcl>,
    entries: Vec<AclEntry>,
}

impl Describe for NetworkAcls {
    type Item<'c> = Described<'c>;

    const LIST: &'static str = "networkAclSet";

    const FILTERS: Filters<Self> = &[
        ("association.association-id", |it, context| {
            let subnets = users(context.world(), &it.acl);
            texts(subnets.map(|subnet| network_acl::association(it.acl.id, subnet)))
        }),
        ("association.network-acl-id", |it, context| {
            texts(users(context.world(), &it.acl).map(|_| it.acl.id))
        }),
        ("association.subnet-id", |it, context| texts(users(context.world(), &it.acl))),
        ("default", |it, _| texts([it.acl.is_default()])),
        ("entry.cidr", |it, _| {
            texts(it.entries.iter().map(|it| it.cidr).filter(|cidr| cidr.is_ipv4()))
        }),
        ("entry.egress", |it, _| texts(it.entries.iter().map(|entry| entry.egress))),
        ("entry.icmp.code", |it, _| {
            texts(it.entries.iter().filter_map(|it| it.icmp).map(|it| it.1))
        }),
        ("entry.icmp.type", |it, _| {
            texts(it.entries.iter().filter_map(|it| it.icmp).map(|it| it.0))
        }),
        ("entry.ipv6-cidr", |it, _| {
            texts(it.entries.iter().map(|it| it.cidr).filter(|cidr| cidr.is_ipv6()))
        }),
        ("entry.port-range.from", |it, _| {
            texts(it.entries.iter().filter_map(|it| it.ports).map(|it| it.0))
        }),
        ("entry.port-range.to", |it, _| {
            texts(it.entries.iter().filter_map(|it| it.ports).map(|it| it.1))
        }),
        ("entry.protocol", |it, _| texts(it.entries.iter().map(|entry| entry.protocol))),
        ("entry.rule-action", |it, _| texts(it.entries.iter().map(action))),
        ("entry.rule-number", |it, _| texts(it.entries.iter().map(|entry| entry.number))),
        ("network-acl-id", |it, _| texts([it.acl.id])),
        ("owner-id", |it, _| texts([&it.vpc.owner])),
        ("vpc-id", |it, _| texts([it.vpc.id])),
    ];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.ids("NetworkAclId").map(Self)
    }

    fn items<'c>(&self, context: &'c Context<'_>) -> Result<Vec<Self::Item<'c>>, ApiError> {
        let world = context.world();
        let vpcs = context.all_own(&[], world.vpcs.keys());
        let all = vpcs.into_iter().flat_map(|vpc| {
            let acls = world.network_acls_of(vpc).into_iter();
            acls.map(move |acl| Described {
                vpc,
                entries: acl.shown_entries(!vpc.ipv6_cidrs.is_empty()),
                acl,
            })
        });
        Ok(all.filter(|it| is_wanted(&self.0, &it.acl.id)).collect())
    }

    fn key(it: &Self::Item<'_>) -> String {
        it.acl.id.to_string()
    }

    fn tags<'i>(it: &'i Self::Item<'_>) -> Option<&'i Tags> {
        Some(&it.acl.tags)
    }

    fn fields(context: &Context<'_>, it: Self::Item<'_>) -> Fields {
        fields(context.world(), it.vpc, &it.acl)
    }
}
