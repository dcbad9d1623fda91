//! Changes of endpoint services and peering connections, read from the CLI's form.

use std::sync::Arc;

use super::{Actions, Entry};
use crate::{
    catalog,
    import::{
        Defaults,
        names::Table,
        text::reader::MapReader,
        world::{CustomerService, service},
    },
    model::{
        change::{Change, SetDefaultClient},
        endpoint::AddressType,
        endpoint_service::{
            AcceptVpcEndpointConnections, CreateVpcEndpointServiceConfiguration, EndpointService,
            ModifyVpcEndpointServiceConfiguration, ModifyVpcEndpointServicePermissions,
            RejectVpcEndpointConnections, VerifyPrivateDns, base_name,
        },
        id::{EndpointId, EndpointServiceId, PeeringId},
        peering::{
            AcceptVpcPeeringConnection, CreateVpcPeeringConnection, DeleteVpcPeeringConnection,
            ModifyVpcPeeringConnectionOptions, Peering, PeeringState,
        },
    },
};

type Changes = Option<Vec<Change>>;

/// The actions that this file reads.
pub(super) const ACTIONS: Actions = &[
    ("CreateVpcPeeringConnection", create_peering),
    ("AcceptVpcPeeringConnection", accept_peering),
    ("DeleteVpcPeeringConnection", delete_peering),
    ("ModifyVpcPeeringConnectionOptions", modify_peering),
    ("CreateVpcEndpointServiceConfiguration", create),
    ("ModifyVpcEndpointServiceConfiguration", modify),
    ("ModifyVpcEndpointServicePermissions", modify_permissions),
    ("StartVpcEndpointServicePrivateDnsVerification", verify),
    ("VerifyPrivateDns", verify),
    ("AcceptVpcEndpointConnections", accept),
    ("RejectVpcEndpointConnections", reject),
    ("SetDefaultClient", set_default_client),
];

fn create(entry: &mut Entry<'_, '_, '_>) -> Changes {
    let fields = entry.fields(&[
        "ServiceId",
        "Name",
        "TagSpecifications",
        "NetworkLoadBalancers",
        "AcceptanceRequired",
        "PrivateDnsName",
        "SupportedRegions",
    ])?;
    let tags = entry.tags(&fields);
    let seed = entry.seed(&tags);
    let id = entry.read(&fields, "ServiceId").unwrap_or_else(|| EndpointServiceId::from_seed(seed));
    let load_balancers =
        entry.some(&fields, "NetworkLoadBalancers", &entry.names.load_balancers)?;
    let first = entry.world.load_balancers.get(load_balancers.first()?)?;
    let defaults = Defaults::default();
    let (region, owner) = entry
        .world
        .vpcs
        .get(&first.vpc)
        .map_or((defaults.region, Arc::clone(&defaults.account)), |vpc| {
            (vpc.region, Arc::clone(&vpc.owner))
        });
    let region = catalog::region(region)?;
    let acceptance_required = entry.flag(&fields, "AcceptanceRequired").unwrap_or(true);
    let private_name =
        fields.get("PrivateDnsName").and_then(|node| service::private_name(node, id, entry.report));
    let service = EndpointService {
        id,
        tags,
        region: region.name,
        owner,
        name: CustomerService::new(id, region, acceptance_required).name,
        base: base_name(id, region)?,
        load_balancers,
        zones: Vec::new(),
        acceptance_required,
        permissions: Vec::new(),
        supported_regions: fields.read_list("SupportedRegions", entry.report),
        private_name,
        address_types: vec![AddressType::Ipv4],
    };
    Some(vec![CreateVpcEndpointServiceConfiguration { service }.into()])
}

fn modify(entry: &mut Entry<'_, '_, '_>) -> Changes {
    let fields = entry.fields(&[
        "ServiceId",
        "AcceptanceRequired",
        "PrivateDnsName",
        "RemovePrivateDnsName",
    ])?;
    let id = entry.one(&fields, "ServiceId", &entry.names.endpoint_services)?;
    let given = fields.get("PrivateDnsName");
    let private_name = if entry.flag(&fields, "RemovePrivateDnsName") == Some(true) {
        Some(None)
    } else {
        given.and_then(|node| service::private_name(node, id, entry.report)).map(Some)
    };
    let acceptance_required = entry.flag(&fields, "AcceptanceRequired");
    let modify = ModifyVpcEndpointServiceConfiguration {
        id: Some(id),
        acceptance_required,
        private_name,
        ..Default::default()
    };
    Some(vec![modify.into()])
}

fn modify_permissions(entry: &mut Entry<'_, '_, '_>) -> Changes {
    let fields = entry.fields(&["ServiceId", "AddAllowedPrincipals", "RemoveAllowedPrincipals"])?;
    let id = entry.one(&fields, "ServiceId", &entry.names.endpoint_services)?;
    let add = fields.read_list("AddAllowedPrincipals", entry.report);
    let remove = fields.read_list("RemoveAllowedPrincipals", entry.report);
    Some(vec![ModifyVpcEndpointServicePermissions { id, add, remove }.into()])
}

/// Reads the start of a verification. AWS looks up the TXT record itself. Here `Found`, which AWS does not have, says
/// whether it exists.
fn verify(entry: &mut Entry<'_, '_, '_>) -> Changes {
    let fields = entry.fields(&["ServiceId", "Found"])?;
    let id = entry.one(&fields, "ServiceId", &entry.names.endpoint_services)?;
    let found = entry.flag(&fields, "Found").unwrap_or(true);
    Some(vec![VerifyPrivateDns { id, found }.into()])
}

fn connections(
    entry: &mut Entry<'_, '_, '_>,
    change: impl Fn(EndpointServiceId, EndpointId) -> Change,
) -> Changes {
    let fields = entry.fields(&["ServiceId", "VpcEndpointIds"])?;
    let service = entry.one(&fields, "ServiceId", &entry.names.endpoint_services)?;
    let endpoints = entry.some(&fields, "VpcEndpointIds", &entry.names.endpoints)?;
    Some(endpoints.into_iter().map(|endpoint| change(service, endpoint)).collect())
}

fn accept(entry: &mut Entry<'_, '_, '_>) -> Changes {
    connections(entry, |service, endpoint| {
        AcceptVpcEndpointConnections { service, endpoint }.into()
    })
}

fn reject(entry: &mut Entry<'_, '_, '_>) -> Changes {
    connections(entry, |service, endpoint| {
        RejectVpcEndpointConnections { service, endpoint }.into()
    })
}

fn create_peering(entry: &mut Entry<'_, '_, '_>) -> Changes {
    let fields = entry.fields(&[
        "VpcPeeringConnectionId",
        "Name",
        "TagSpecifications",
        "VpcId",
        "PeerVpcId",
    ])?;
    let tags = entry.tags(&fields);
    let seed = entry.seed(&tags);
    let peering = Peering {
        id: entry
            .read(&fields, "VpcPeeringConnectionId")
            .unwrap_or_else(|| PeeringId::from_seed(seed)),
        tags,
        requester: entry.one(&fields, "VpcId", &entry.names.vpcs)?,
        accepter: entry.one(&fields, "PeerVpcId", &entry.names.vpcs)?,
        state: PeeringState::PendingAcceptance,
        requester_dns: false,
        accepter_dns: false,
    };
    Some(vec![CreateVpcPeeringConnection { peering }.into()])
}

fn accept_peering(entry: &mut Entry<'_, '_, '_>) -> Changes {
    let fields = entry.fields(&["VpcPeeringConnectionId"])?;
    let peering = peering(entry, &fields)?;
    Some(vec![AcceptVpcPeeringConnection { peering }.into()])
}

fn delete_peering(entry: &mut Entry<'_, '_, '_>) -> Changes {
    let fields = entry.fields(&["VpcPeeringConnectionId"])?;
    let peering = peering(entry, &fields)?;
    Some(vec![DeleteVpcPeeringConnection { peering }.into()])
}

fn peering<'n>(entry: &mut Entry<'_, 'n, '_>, fields: &MapReader<'n>) -> Option<PeeringId> {
    let table: &Table<PeeringId> = &entry.names.peerings;
    entry.one(fields, "VpcPeeringConnectionId", table)
}

fn modify_peering(entry: &mut Entry<'_, '_, '_>) -> Changes {
    let fields = entry.fields(&[
        "VpcPeeringConnectionId",
        "RequesterPeeringConnectionOptions",
        "AccepterPeeringConnectionOptions",
    ])?;
    let peering = peering(entry, &fields)?;
    let mut option = |key: &str| {
        let node = fields.get(key)?;
        let known = ["AllowDnsResolutionFromRemoteVpc"];
        let options = MapReader::of(node, node.pos, &known, entry.report)?;
        options.read(known[0], entry.report)
    };
    let requester_dns = option("RequesterPeeringConnectionOptions");
    let accepter_dns = option("AccepterPeeringConnectionOptions");
    let modify = ModifyVpcPeeringConnectionOptions { peering, requester_dns, accepter_dns };
    Some(vec![modify.into()])
}

fn set_default_client(entry: &mut Entry<'_, '_, '_>) -> Changes {
    let fields = entry.fields(&["Client"])?;
    let node = fields.required("Client", entry.report)?;
    let client = entry.names.check_client(node, entry.report)?;
    Some(vec![SetDefaultClient { client }.into()])
}
