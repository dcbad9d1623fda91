//! Route 53: hosted zones and their VPCs, records, health checks and tags.
//!
//! The service has no regions: a zone is found from every region of its partition. What the API makes is what the resolver answers from.

mod change;
mod cidr_collection;
mod delegation_set;
mod health_check;
mod hosted_zone;
mod limit;
mod paging;
mod query_logging;
mod record;
mod record_input;
mod tag;
mod test_answer;
mod vpc_association;
mod zone_list;

use std::sync::Arc;

use super::{
    context::{CommonParameters, Context},
    error::ApiError,
    parameter::Parameters,
    protocol::{RestXml, Route},
    service::{ApiService, actions},
};
use crate::model::{hosted_zone::HostedZone, id::ZoneId};

/// The version of the API, with which each path begins.
const VERSION: &str = "2013-04-01";

/// The service.
pub(super) static SERVICE: ApiService = ApiService {
    name: "route53",
    title: "Route 53",
    version: VERSION,
    target: None,
    namespace: "https://route53.amazonaws.com/doc/2013-04-01/",
    protocol: &PROTOCOL,
    common: |_| Ok(CommonParameters::default()),
    actions: ACTIONS,
};

/// The protocol with the service's paths.
pub(super) static PROTOCOL: RestXml =
    RestXml { version: VERSION, routes: ROUTES, items: item_of, status: status_of };

actions! {
    change { GetChange }
    cidr_collection {
        ChangeCidrCollection CreateCidrCollection DeleteCidrCollection ListCidrBlocks ListCidrCollections
        ListCidrLocations
    }
    delegation_set {
        CreateReusableDelegationSet DeleteReusableDelegationSet GetReusableDelegationSet
        GetReusableDelegationSetLimit ListReusableDelegationSets
    }
    health_check {
        CreateHealthCheck DeleteHealthCheck GetHealthCheck GetHealthCheckCount GetHealthCheckStatus
        ListHealthChecks UpdateHealthCheck
    }
    hosted_zone {
        CreateHostedZone DeleteHostedZone GetDNSSEC GetHostedZone GetHostedZoneCount UpdateHostedZoneComment
    }
    limit { GetAccountLimit GetHostedZoneLimit }
    query_logging {
        CreateQueryLoggingConfig DeleteQueryLoggingConfig GetQueryLoggingConfig ListQueryLoggingConfigs
    }
    record { ChangeResourceRecordSets ListResourceRecordSets }
    tag { ChangeTagsForResource ListTagsForResource ListTagsForResources }
    test_answer { TestDNSAnswer }
    vpc_association {
        AssociateVPCWithHostedZone CreateVPCAssociationAuthorization DeleteVPCAssociationAuthorization
        DisassociateVPCFromHostedZone ListVPCAssociationAuthorizations
    }
    zone_list { ListHostedZones ListHostedZonesByName ListHostedZonesByVPC }
}

const fn route(
    action: &'static str,
    method: &'static str,
    path: &'static str,
    query: &'static [(&'static str, &'static str)],
) -> Route {
    Route { action, method, path, query }
}

const ROUTES: &[Route] = &[
    route("AssociateVPCWithHostedZone", "POST", "hostedzone/{HostedZoneId}/associatevpc", &[]),
    route("ChangeCidrCollection", "POST", "cidrcollection/{CidrCollectionId}", &[]),
    route("ChangeResourceRecordSets", "POST", "hostedzone/{HostedZoneId}/rrset", &[]),
    route("ChangeTagsForResource", "POST", "tags/{ResourceType}/{ResourceId}", &[]),
    route("CreateCidrCollection", "POST", "cidrcollection", &[]),
    route("CreateHealthCheck", "POST", "healthcheck", &[]),
    route("CreateHostedZone", "POST", "hostedzone", &[]),
    route("CreateQueryLoggingConfig", "POST", "queryloggingconfig", &[]),
    route("CreateReusableDelegationSet", "POST", "delegationset", &[]),
    route(
        "CreateVPCAssociationAuthorization",
        "POST",
        "hostedzone/{HostedZoneId}/authorizevpcassociation",
        &[],
    ),
    route("DeleteCidrCollection", "DELETE", "cidrcollection/{CidrCollectionId}", &[]),
    route("DeleteHealthCheck", "DELETE", "healthcheck/{HealthCheckId}", &[]),
    route("DeleteHostedZone", "DELETE", "hostedzone/{Id}", &[]),
    route("DeleteQueryLoggingConfig", "DELETE", "queryloggingconfig/{Id}", &[]),
    route("DeleteReusableDelegationSet", "DELETE", "delegationset/{Id}", &[]),
    route(
        "DeleteVPCAssociationAuthorization",
        "POST",
        "hostedzone/{HostedZoneId}/deauthorizevpcassociation",
        &[],
    ),
    route(
        "DisassociateVPCFromHostedZone",
        "POST",
        "hostedzone/{HostedZoneId}/disassociatevpc",
        &[],
    ),
    route("GetAccountLimit", "GET", "accountlimit/{Type}", &[]),
    route("GetChange", "GET", "change/{Id}", &[]),
    route("GetDNSSEC", "GET", "hostedzone/{HostedZoneId}/dnssec", &[]),
    route("GetHealthCheck", "GET", "healthcheck/{HealthCheckId}", &[]),
    route("GetHealthCheckCount", "GET", "healthcheckcount", &[]),
    route("GetHealthCheckStatus", "GET", "healthcheck/{HealthCheckId}/status", &[]),
    route("GetHostedZone", "GET", "hostedzone/{Id}", &[]),
    route("GetHostedZoneCount", "GET", "hostedzonecount", &[]),
    route("GetHostedZoneLimit", "GET", "hostedzonelimit/{HostedZoneId}/{Type}", &[]),
    route("GetQueryLoggingConfig", "GET", "queryloggingconfig/{Id}", &[]),
    route("GetReusableDelegationSet", "GET", "delegationset/{Id}", &[]),
    route(
        "GetReusableDelegationSetLimit",
        "GET",
        "reusabledelegationsetlimit/{DelegationSetId}/{Type}",
        &[],
    ),
    route(
        "ListCidrBlocks",
        "GET",
        "cidrcollection/{CidrCollectionId}/cidrblocks",
        &[("location", "LocationName"), ("nexttoken", "NextToken"), ("maxresults", "MaxResults")],
    ),
    route(
        "ListCidrCollections",
        "GET",
        "cidrcollection",
        &[("nexttoken", "NextToken"), ("maxresults", "MaxResults")],
    ),
    route(
        "ListCidrLocations",
        "GET",
        "cidrcollection/{CidrCollectionId}",
        &[("nexttoken", "NextToken"), ("maxresults", "MaxResults")],
    ),
    route(
        "ListHealthChecks",
        "GET",
        "healthcheck",
        &[("marker", "Marker"), ("maxitems", "MaxItems")],
    ),
    route(
        "ListHostedZones",
        "GET",
        "hostedzone",
        &[
            ("marker", "Marker"),
            ("maxitems", "MaxItems"),
            ("delegationsetid", "DelegationSetId"),
            ("hostedzonetype", "HostedZoneType"),
        ],
    ),
    route(
        "ListHostedZonesByName",
        "GET",
        "hostedzonesbyname",
        &[("dnsname", "DNSName"), ("hostedzoneid", "HostedZoneId"), ("maxitems", "MaxItems")],
    ),
    route(
        "ListHostedZonesByVPC",
        "GET",
        "hostedzonesbyvpc",
        &[
            ("vpcid", "VPCId"),
            ("vpcregion", "VPCRegion"),
            ("maxitems", "MaxItems"),
            ("nexttoken", "NextToken"),
        ],
    ),
    route(
        "ListQueryLoggingConfigs",
        "GET",
        "queryloggingconfig",
        &[
            ("hostedzoneid", "HostedZoneId"),
            ("maxresults", "MaxResults"),
            ("nexttoken", "NextToken"),
        ],
    ),
    route(
        "ListResourceRecordSets",
        "GET",
        "hostedzone/{HostedZoneId}/rrset",
        &[
            ("name", "StartRecordName"),
            ("type", "StartRecordType"),
            ("identifier", "StartRecordIdentifier"),
            ("maxitems", "MaxItems"),
        ],
    ),
    route(
        "ListReusableDelegationSets",
        "GET",
        "delegationset",
        &[("marker", "Marker"), ("maxitems", "MaxItems")],
    ),
    route("ListTagsForResource", "GET", "tags/{ResourceType}/{ResourceId}", &[]),
    route("ListTagsForResources", "POST", "tags/{ResourceType}", &[]),
    route(
        "ListVPCAssociationAuthorizations",
        "GET",
        "hostedzone/{HostedZoneId}/authorizevpcassociation",
        &[("maxresults", "MaxResults"), ("nexttoken", "NextToken")],
    ),
    route(
        "TestDNSAnswer",
        "GET",
        "testdnsanswer",
        &[
            ("hostedzoneid", "HostedZoneId"),
            ("recordname", "RecordName"),
            ("recordtype", "RecordType"),
            ("resolverip", "ResolverIP"),
            ("edns0clientsubnetip", "EDNS0ClientSubnetIP"),
            ("edns0clientsubnetmask", "EDNS0ClientSubnetMask"),
        ],
    ),
    route("UpdateHealthCheck", "POST", "healthcheck/{HealthCheckId}", &[]),
    route("UpdateHostedZoneComment", "POST", "hostedzone/{Id}", &[]),
];

/// What an element of a list is called.
fn item_of(list: &str) -> &'static str {
    match list {
        "AddTags" | "Tags" => "Tag",
        "Changes" => "Change",
        "ChildHealthChecks" => "ChildHealthCheck",
        "CidrList" => "Cidr",
        "DelegationSets" => "DelegationSet",
        "HealthCheckObservations" => "HealthCheckObservation",
        "HealthChecks" => "HealthCheck",
        "HostedZoneSummaries" => "HostedZoneSummary",
        "HostedZones" => "HostedZone",
        "NameServers" => "NameServer",
        "QueryLoggingConfigs" => "QueryLoggingConfig",
        "RecordData" => "RecordDataEntry",
        "Regions" => "Region",
        "RemoveTagKeys" => "Key",
        "ResetElements" => "ResettableElementName",
        "ResourceIds" => "ResourceId",
        "ResourceRecordSets" => "ResourceRecordSet",
        "ResourceRecords" => "ResourceRecord",
        "ResourceTagSets" => "ResourceTagSet",
        "VPCs" => "VPC",
        _ => "member",
    }
}

/// The HTTP status of an error, where it is not 400.
fn status_of(code: &str) -> Option<u16> {
    match code {
        "NotAuthorizedException" => Some(401),
        "NoSuchChange"
        | "NoSuchCidrCollectionException"
        | "NoSuchCidrLocationException"
        | "NoSuchHealthCheck"
        | "NoSuchHostedZone"
        | "NoSuchQueryLoggingConfig"
        | "VPCAssociationAuthorizationNotFound"
        | "VPCAssociationNotFound" => Some(404),
        "CidrCollectionVersionMismatchException"
        | "HealthCheckAlreadyExists"
        | "HealthCheckVersionMismatch"
        | "HostedZoneAlreadyExists"
        | "QueryLoggingConfigAlreadyExists" => Some(409),
        _ => None,
    }
}

/// The id of a hosted zone, with or without `/hostedzone/` in front of it, which is not looked up yet.
fn zone_id(parameters: &mut Parameters, name: &str) -> Result<String, ApiError> {
    let text = parameters.required_limited(name, 1..=44)?;
    Ok(text.rsplit('/').next().unwrap_or_default().to_owned())
}

fn no_such_zone(id: &str) -> ApiError {
    ApiError::new("NoSuchHostedZone", format!("No hosted zone found with ID: {id}"))
}

/// The zone with an id, whoever owns it.
fn anyones_zone<'c>(context: &'c Context<'_>, id: &str) -> Result<&'c Arc<HostedZone>, ApiError> {
    let zone = id.parse::<ZoneId>().ok().and_then(|id| context.world().hosted_zones.get(&id));
    zone.ok_or_else(|| no_such_zone(id))
}

/// The caller's zone with an id.
fn own_zone<'c>(context: &'c Context<'_>, id: &str) -> Result<&'c Arc<HostedZone>, ApiError> {
    let zone = anyones_zone(context, id)?;
    if is_own(context, zone) { Ok(zone) } else { Err(no_such_zone(id)) }
}

/// The caller's zone with an id, to change its records or to delete it.
///
/// # Errors
///
/// `AccessDenied` for the zone of a namespace, which AWS Cloud Map alone changes.
fn own_zone_to_change<'c>(
    context: &'c Context<'_>,
    id: &str,
) -> Result<&'c Arc<HostedZone>, ApiError> {
    let zone = own_zone(context, id)?;
    let Some(namespace) = &zone.details.namespace else { return Ok(zone) };
    let words = format!(
        "The resource hostedzone/{id} can only be managed through AWS Cloud Map ({namespace})"
    );
    Err(ApiError { status: 403, ..ApiError::new("AccessDenied", words) })
}

fn is_own(context: &Context<'_>, zone: &HostedZone) -> bool {
    zone.owner(context.world()) == Some(&*context.account)
}
