//! Endpoint services: configurations, permissions and the verification of a private name (spec §9.8).

use std::sync::Arc;

use super::{
    Operation,
    endpoint::{ADDRESS_TYPES, each},
    service_catalog::zone_ids,
};
use crate::{
    api::{
        auth::is_account,
        context::{Context, random_label, seed},
        describe::{Describe, Filters, Listing, texts},
        error::ApiError,
        parameter::Parameters,
        resource_id::ResourceId,
        shape::Fields,
    },
    catalog,
    hash::stable_hash,
    model::{
        endpoint::AddressType,
        endpoint_service::{
            self as model, EndpointService, ServicePrivateName, VerificationState, VerifyPrivateDns,
        },
        id::EndpointServiceId,
        load_balancer::LoadBalancerKind,
        name::Name,
        service::PrivateName,
        world::{Tags, World},
    },
    resolve::public,
};

/// What a service says of itself.
fn fields(world: &World, service: &EndpointService) -> Fields {
    let arns = service
        .load_balancers
        .iter()
        .filter_map(|name| world.load_balancers.get(name))
        .map(|balancer| balancer.arn(world));
    let address_types = service.address_types.iter().map(|it| AddressType::text(*it));
    let shown = Fields::new()
        .list("serviceType", [Fields::new().set("serviceType", "Interface")])
        .set("serviceId", service.id)
        .set("serviceName", &service.name)
        .set("serviceState", "Available")
        .texts(
            "availabilityZoneIdSet",
            catalog::region(service.region).map(|it| zone_ids(it, service)).unwrap_or_default(),
        )
        .texts("availabilityZoneSet", &service.zones)
        .set("acceptanceRequired", service.acceptance_required)
        .set("managesVpcEndpoints", false)
        .texts("networkLoadBalancerArnSet", arns)
        .texts("supportedIpAddressTypeSet", address_types)
        .texts("baseEndpointDnsNameSet", [&service.base])
        .maybe("privateDnsName", service.private_name.as_ref().map(|it| &it.name.text));
    let shown = match &service.private_name {
        Some(private) => shown.fields(
            "privateDnsNameConfiguration",
            Fields::new()
                .set("state", private.state.text())
                .set("type", "TXT")
                .set("value", &private.txt_value)
                .set("name", &private.txt_name),
        ),
        None => shown,
    };
    let regions = service
        .supported_regions
        .iter()
        .map(|region| Fields::new().set("region", region).set("serviceState", "Available"));
    shown
        .set("payerResponsibility", "ServiceOwner")
        .tags(&service.tags)
        .list("supportedRegionSet", regions)
        .set("remoteAccessEnabled", !service.supported_regions.is_empty())
}

/// The DNS names of the caller's Network Load Balancers, given by their ARNs.
fn load_balancers(context: &Context<'_>, arns: &[String]) -> Result<Vec<Name>, ApiError> {
    let world = context.world();
    let find = |arn: &String| {
        world
            .load_balancers
            .values()
            .find(|balancer| {
                balancer.kind == LoadBalancerKind::Network
                    && context.owns_vpc(balancer.vpc)
                    && balancer.arn(world) == *arn
            })
            .map(|balancer| balancer.dns_name.clone())
            .ok_or_else(|| {
                ApiError::new(
                    "InvalidParameter",
                    format!("The load balancer '{arn}' does not exist"),
                )
            })
    };
    arns.iter().map(find).collect()
}

/// `GatewayLoadBalancerArn.N` and its kind are not emulated.
fn no_gateway_load_balancers(parameters: &mut Parameters, name: &str) -> Result<(), ApiError> {
    if parameters.list(name)?.is_empty() {
        Ok(())
    } else {
        Err(ApiError::new("UnsupportedOperation", "Gateway Load Balancers are not emulated."))
    }
}

/// A list of `ipv4` and `ipv6`.
fn address_types(parameters: &mut Parameters, name: &str) -> Result<Vec<AddressType>, ApiError> {
    parameters
        .list(name)?
        .iter()
        .map(|text| {
            ADDRESS_TYPES
                .iter()
                .find(|(word, kind)| word == text && *kind != AddressType::Dualstack)
                .map(|(_, kind)| *kind)
                .ok_or_else(|| {
                    ApiError::value(format!("Value ({text}) for parameter {name} is invalid."))
                })
        })
        .collect()
}

/// A private name with a fresh record to prove it by (L31).
fn private_name(text: &str) -> Result<ServicePrivateName, ApiError> {
    let bad =
        || ApiError::new("InvalidParameter", format!("'{text}' is not a valid private DNS name."));
    let lower = text.to_ascii_lowercase();
    let name = PrivateName::parse(&lower).filter(|name| name.zone.as_ref().labels().count() > 1);
    let name = name.ok_or_else(bad)?;
    let (label, value) = (format!("_{}", random_label(20)), format!("vpce:{}", random_label(20)));
    if name.zone.prepend(label.as_bytes()).is_none() {
        return Err(bad());
    }
    Ok(ServicePrivateName::new(name, VerificationState::PendingVerification, &label, &value))
}

fn regions(names: Vec<String>) -> Result<Vec<Arc<str>>, ApiError> {
    let known = |name: String| match catalog::region(&name) {
        Some(region) => Ok(region.name.into()),
        None => {
            Err(ApiError::new("InvalidParameter", format!("The region '{name}' does not exist")))
        }
    };
    names.into_iter().map(known).collect()
}

/// `CreateVpcEndpointServiceConfiguration`.
pub(super) struct CreateVpcEndpointServiceConfiguration {
    acceptance_required: bool,
    private_name: Option<ServicePrivateName>,
    load_balancers: Vec<String>,
    address_types: Vec<AddressType>,
    regions: Vec<Arc<str>>,
    tags: Tags,
}

impl Operation for CreateVpcEndpointServiceConfiguration {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        no_gateway_load_balancers(parameters, "GatewayLoadBalancerArn")?;
        let name = parameters.text("PrivateDnsName")?;
        Ok(Self {
            acceptance_required: parameters.boolean("AcceptanceRequired")?.unwrap_or(true),
            private_name: name.map(|text| private_name(&text)).transpose()?,
            load_balancers: parameters.list("NetworkLoadBalancerArn")?,
            address_types: address_types(parameters, "SupportedIpAddressType")?,
            regions: regions(parameters.list("SupportedRegion")?)?,
            tags: parameters.tag_specification("vpc-endpoint-service")?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let id = EndpointServiceId::from_seed(seed());
        let region = catalog::region(context.region).ok_or_else(|| ApiError::missing("region"))?;
        let base = model::base_name(id, region).ok_or_else(|| {
            ApiError::value(format!("No endpoint service can be in {}", region.name))
        })?;
        let mut address_types = self.address_types;
        if address_types.is_empty() {
            address_types.push(AddressType::Ipv4);
        }
        let service = EndpointService {
            id,
            tags: self.tags,
            region: region.name,
            owner: context.account.as_str().into(),
            name: model::service_name(id, region).into(),
            base,
            load_balancers: load_balancers(context, &self.load_balancers)?,
            zones: Vec::new(),
            acceptance_required: self.acceptance_required,
            permissions: Vec::new(),
            supported_regions: self.regions,
            private_name: self.private_name,
            address_types,
        };
        let change = model::CreateVpcEndpointServiceConfiguration { service }.into();
        let (id, after) = context.create(
            "CreateVpcEndpointServiceConfiguration",
            &id.to_string(),
            vec![change],
        )?;
        let service = after.world.endpoint_service(EndpointServiceId::read(&id)?)?;
        Ok(Fields::new()
            .fields("serviceConfiguration", fields(&after.world, service))
            .maybe("clientToken", context.client_token.as_ref()))
    }
}

/// `ModifyVpcEndpointServiceConfiguration`.
pub(super) struct ModifyVpcEndpointServiceConfiguration {
    change: model::ModifyVpcEndpointServiceConfiguration,
    add_load_balancers: Vec<String>,
    remove_load_balancers: Vec<String>,
}

impl Operation for ModifyVpcEndpointServiceConfiguration {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        no_gateway_load_balancers(parameters, "AddGatewayLoadBalancerArn")?;
        no_gateway_load_balancers(parameters, "RemoveGatewayLoadBalancerArn")?;
        let id = parameters.required_id("ServiceId")?;
        let given = parameters.text("PrivateDnsName")?;
        let remove = parameters.boolean("RemovePrivateDnsName")?.unwrap_or_default();
        let private_name = match (given, remove) {
            (Some(_), true) => {
                return Err(ApiError::new(
                    "InvalidParameterCombination",
                    "The parameters PrivateDnsName and RemovePrivateDnsName cannot be used together.",
                ));
            }
            (Some(text), false) => Some(Some(private_name(&text)?)),
            (None, true) => Some(None),
            (None, false) => None,
        };
        Ok(Self {
            change: model::ModifyVpcEndpointServiceConfiguration {
                id: Some(id),
                acceptance_required: parameters.boolean("AcceptanceRequired")?,
                private_name,
                add_regions: regions(parameters.list("AddSupportedRegion")?)?,
                remove_regions: regions(parameters.list("RemoveSupportedRegion")?)?,
                add_address_types: address_types(parameters, "AddSupportedIpAddressType")?,
                remove_address_types: address_types(parameters, "RemoveSupportedIpAddressType")?,
                ..Default::default()
            },
            add_load_balancers: parameters.list("AddNetworkLoadBalancerArn")?,
            remove_load_balancers: parameters.list("RemoveNetworkLoadBalancerArn")?,
        })
    }

    fn run(mut self, context: &Context<'_>) -> Result<Fields, ApiError> {
        self.change.add_load_balancers = load_balancers(context, &self.add_load_balancers)?;
        self.change.remove_load_balancers = load_balancers(context, &self.remove_load_balancers)?;
        context.commit(&[self.change.into()])?;
        Ok(Fields::done())
    }
}

/// `DeleteVpcEndpointServiceConfigurations`.
pub(super) struct DeleteVpcEndpointServiceConfigurations {
    ids: Vec<EndpointServiceId>,
}

impl Operation for DeleteVpcEndpointServiceConfigurations {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self { ids: parameters.anyones_ids("ServiceId")? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        each(context, &self.ids, |id| {
            context.own(id).map_err(|error| ApiError {
                code: "InvalidVpcEndpointService.NotFound".to_owned(),
                ..error
            })?;
            Ok(model::DeleteVpcEndpointServiceConfigurations { id }.into())
        })
    }
}

/// `DescribeVpcEndpointServiceConfigurations`.
pub(super) type DescribeVpcEndpointServiceConfigurations = Listing<ServiceConfigurations>;

/// The endpoint services with these ids.
pub(super) struct ServiceConfigurations(Vec<EndpointServiceId>);

impl Describe for ServiceConfigurations {
    type Item<'c> = &'c Arc<EndpointService>;

    const LIST: &'static str = "serviceConfigurationSet";

    const FILTERS: Filters<Self> = &[
        ("service-id", |service, _| texts([service.id])),
        ("service-name", |service, _| texts([&service.name])),
        ("service-state", |_, _| texts(["Available"])),
        ("supported-ip-address-types", |service, _| {
            texts(service.address_types.iter().map(|it| it.text()))
        }),
    ];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.ids("ServiceId").map(Self)
    }

    fn items<'c>(&self, context: &'c Context<'_>) -> Result<Vec<Self::Item<'c>>, ApiError> {
        Ok(context.all_own(&self.0, context.world().endpoint_services.keys()))
    }

    fn key(service: &Self::Item<'_>) -> String {
        service.id.to_string()
    }

    fn tags<'i>(service: &'i Self::Item<'_>) -> Option<&'i Tags> {
        Some(&service.tags)
    }

    fn fields(context: &Context<'_>, service: Self::Item<'_>) -> Fields {
        fields(context.world(), service)
    }
}

/// `ModifyVpcEndpointServicePermissions`.
pub(super) struct ModifyVpcEndpointServicePermissions {
    id: EndpointServiceId,
    add: Vec<String>,
    remove: Vec<String>,
}

impl Operation for ModifyVpcEndpointServicePermissions {
    const WITHOUT_EFFECT: &'static [&'static str] = &["PermissionType"];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self {
            id: parameters.required_id("ServiceId")?,
            add: parameters.list("AddAllowedPrincipals")?,
            remove: parameters.list("RemoveAllowedPrincipals")?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let service = context.own(self.id)?;
        for principal in &self.add {
            let arn = principal.split(':').collect::<Vec<_>>();
            let known = principal == "*"
                || is_account(principal)
                || (arn.len() == 6 && arn[0] == "arn" && arn[2] == "iam" && is_account(arn[4]));
            if !known {
                return Err(ApiError::new(
                    "InvalidPrincipal",
                    format!("Invalid Principal: '{principal}'"),
                ));
            }
        }
        let added = self
            .add
            .iter()
            .filter(|principal| !service.permissions.iter().any(|it| **it == ***principal))
            .map(|principal| permission(self.id, principal))
            .collect::<Vec<_>>();
        let change = model::ModifyVpcEndpointServicePermissions {
            id: self.id,
            add: self.add.iter().map(|it| it.as_str().into()).collect(),
            remove: self.remove.iter().map(|it| it.as_str().into()).collect(),
        };
        context.commit(&[change.into()])?;
        Ok(Fields::new().list("addedPrincipalSet", added).set("return", true))
    }
}

/// A permission; its id is the same for the same principal of the same service.
fn permission(service: EndpointServiceId, principal: &str) -> Fields {
    let id = stable_hash(&format!("{service}/{principal}")) & ((1 << 68) - 1);
    let kind = match principal.rsplit(':').next().unwrap_or_default() {
        "*" => "All",
        rest if rest.starts_with("role/") => "Role",
        rest if rest.starts_with("user/") => "User",
        _ => "Account",
    };
    Fields::new()
        .set("principalType", kind)
        .set("principal", principal)
        .set("servicePermissionId", format!("vpce-svc-perm-{id:017x}"))
        .set("serviceId", service)
}

/// `DescribeVpcEndpointServicePermissions`.
pub(super) type DescribeVpcEndpointServicePermissions = Listing<ServicePermissions>;

/// Who may use the endpoint service with this id.
pub(super) struct ServicePermissions(EndpointServiceId);

impl Describe for ServicePermissions {
    type Item<'c> = (EndpointServiceId, &'c str);

    const LIST: &'static str = "allowedPrincipals";

    const FILTERS: Filters<Self> = &[
        ("principal", |(_, principal), _| texts([principal])),
        ("permission-type", |_, _| texts(["vpc-endpoint"])),
        ("principal-type", |(service, principal), _| {
            permission(*service, principal).at("principalType")
        }),
    ];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.required_id("ServiceId").map(Self)
    }

    fn items<'c>(&self, context: &'c Context<'_>) -> Result<Vec<Self::Item<'c>>, ApiError> {
        let service = context.own(self.0)?;
        Ok(service.permissions.iter().map(|principal| (self.0, &**principal)).collect())
    }

    fn key((_, principal): &Self::Item<'_>) -> String {
        (*principal).to_owned()
    }

    fn fields(_: &Context<'_>, (service, principal): Self::Item<'_>) -> Fields {
        permission(service, principal).tags(&Tags::default())
    }
}

/// `StartVpcEndpointServicePrivateDnsVerification`: the record is looked for at once.
pub(super) struct StartVpcEndpointServicePrivateDnsVerification {
    id: EndpointServiceId,
}

impl Operation for StartVpcEndpointServicePrivateDnsVerification {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self { id: parameters.required_id("ServiceId")? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let service = context.own(self.id)?;
        let found = service
            .private_name
            .as_ref()
            .is_some_and(|private| public::proves(&context.before, private));
        context.commit(&[VerifyPrivateDns { id: self.id, found }.into()])?;
        Ok(Fields::done())
    }
}
