//! `DescribeVpcEndpointServices`: the services an endpoint can name, AWS's own from the catalogue and the customers'
//! that the caller may see (spec §9.6).

use std::sync::Arc;

use crate::{
    api::{
        context::Context,
        describe::{Describe, Filters, Listing, is_wanted, texts},
        error::ApiError,
        page::Page,
        parameter::Parameters,
        shape::Fields,
    },
    catalog::{self, Region, Service},
    model::{
        endpoint::AddressType,
        endpoint_service::{EndpointService, VerificationState},
        world::Tags,
    },
};

/// A service as the reply lists it, with what filters look at.
pub(super) struct Listed {
    name: String,
    kind: &'static str,
    owner: String,
    region: &'static str,
    address_types: Vec<&'static str>,
    tags: Tags,
    detail: Fields,
}

/// `DescribeVpcEndpointServices`.
pub(super) type DescribeVpcEndpointServices = Listing<Services>;

/// The services of these names in these regions.
pub(super) struct Services {
    names: Vec<String>,
    regions: Vec<String>,
}

impl Describe for Services {
    type Item<'c> = Listed;

    const LIST: &'static str = "serviceDetailSet";

    const FILTERS: Filters<Self> = &[
        ("owner", |service, _| texts([&service.owner])),
        ("service-name", |service, _| texts([&service.name])),
        ("service-region", |service, _| texts([service.region])),
        ("service-type", |service, _| texts([service.kind])),
        ("supported-ip-address-types", |service, _| texts(&service.address_types)),
    ];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self {
            names: parameters.list("ServiceName")?,
            regions: parameters.list("ServiceRegion")?,
        })
    }

    fn items(&self, context: &Context<'_>) -> Result<Vec<Listed>, ApiError> {
        let regions: Vec<&'static Region> = if self.regions.is_empty() {
            catalog::region(context.region).into_iter().collect()
        } else {
            self.regions
                .iter()
                .map(|name| {
                    catalog::region(name).ok_or_else(|| {
                        ApiError::new(
                            "InvalidParameter",
                            format!("The service region '{name}' does not exist"),
                        )
                    })
                })
                .collect::<Result<_, _>>()?
        };
        let mut listed: Vec<Listed> = regions
            .iter()
            .flat_map(|region| self.aws(context, region).chain(customers(context, region)))
            .collect();
        let missing = |name: &&String| !listed.iter().any(|service| service.name == **name);
        let unknown: Vec<&str> = self.names.iter().filter(missing).map(String::as_str).collect();
        if !unknown.is_empty() {
            let (all, several) = (unknown.join(", "), unknown.len() > 1);
            let message = if several {
                format!("The Vpc Endpoint Services '{all}' do not exist")
            } else {
                format!("The Vpc Endpoint Service '{all}' does not exist")
            };
            return Err(ApiError::new("InvalidServiceName", message));
        }
        listed.retain(|service| is_wanted(&self.names, &service.name));
        Ok(listed)
    }

    fn key(service: &Listed) -> String {
        format!("{} {}", service.name, service.kind)
    }

    fn tags(service: &Listed) -> Option<&Tags> {
        Some(&service.tags)
    }

    fn fields(_: &Context<'_>, service: Listed) -> Fields {
        service.detail
    }

    /// With the names in a list of their own.
    fn reply(context: &Context<'_>, page: &Page, found: Vec<Listed>) -> Fields {
        let keyed = found.into_iter().map(|service| (Self::key(&service), service)).collect();
        let (shown, token) = page.cut(keyed);
        let names: Vec<String> = shown.iter().map(|service| service.name.clone()).collect();
        Fields::new()
            .texts("serviceNameSet", names)
            .list(Self::LIST, shown.into_iter().map(|service| Self::fields(context, service)))
            .maybe("nextToken", token)
    }
}

impl Services {
    /// AWS's services; one that is a gateway and an interface service is listed twice (A41). Of another region only
    /// those that can be reached from here (P100).
    fn aws<'r>(
        &self,
        context: &Context<'_>,
        region: &'static Region,
    ) -> impl Iterator<Item = Listed> + use<'r> {
        let date = context.world().switches.catalog_date;
        let here = region.name == context.region;
        catalog::services(region, date)
            .iter()
            .filter(move |service| here || crate::model::endpoint_rules::is_remote(&service.suffix))
            .flat_map(move |service| {
                let gateway = service.gateway.then(|| aws(region, service, "Gateway"));
                let interface = service.interface.then(|| aws(region, service, "Interface"));
                gateway.into_iter().chain(interface)
            })
    }
}

fn aws(region: &'static Region, service: &Service, kind: &'static str) -> Listed {
    let gateway = kind == "Gateway";
    let bases = if gateway {
        vec![format!("{}.{}.{}", service.suffix, region.name, region.dns_suffix)]
    } else {
        service.base_names.clone()
    };
    let private: &[String] = match gateway {
        true => &[],
        false if service.private_names.is_empty() => &service.listed_names,
        false => &service.private_names,
    };
    let detail = Fields::new()
        .set("serviceName", &service.name)
        .set("serviceId", &service.id)
        .list("serviceType", [Fields::new().set("serviceType", kind)])
        .set("serviceRegion", region.name)
        .texts("availabilityZoneIdSet", service.zones.of(region).map(|zone| zone.id))
        .texts("availabilityZoneSet", service.zones.of(region).map(|zone| zone.name))
        .set("owner", "amazon")
        .texts("baseEndpointDnsNameSet", bases)
        .maybe("privateDnsName", private.first())
        .list("privateDnsNameSet", private.iter().map(|it| Fields::new().set("privateDnsName", it)))
        .set("vpcEndpointPolicySupported", service.policy_supported)
        .set("acceptanceRequired", false)
        .set("managesVpcEndpoints", false)
        .tags(&Tags::default())
        .maybe("privateDnsNameVerificationState", private.first().map(|_| "verified"))
        .texts("supportedIpAddressTypeSet", &service.ip_address_types);
    Listed {
        name: service.name.clone(),
        kind,
        owner: "amazon".to_owned(),
        region: region.name,
        address_types: service.ip_address_types.clone(),
        tags: Tags::default(),
        detail,
    }
}

/// The customers' services of a region that the caller may see (L24).
fn customers(context: &Context<'_>, region: &'static Region) -> Vec<Listed> {
    let here = region.name == context.region;
    context
        .world()
        .endpoint_services
        .values()
        .filter(|service| service.region == region.name && service.allows(&context.account))
        .filter(|service| here || service.supports(context.region))
        .map(|service| customer(service, region))
        .collect()
}

fn customer(service: &Arc<EndpointService>, region: &'static Region) -> Listed {
    let address_types: Vec<_> =
        service.address_types.iter().map(|it| AddressType::text(*it)).collect();
    // Consumers are shown the name once it is verified (L35).
    let private = service.verified_private_name().map(|name| name.text.to_string());
    let detail = Fields::new()
        .set("serviceName", &service.name)
        .set("serviceId", service.id)
        .list("serviceType", [Fields::new().set("serviceType", "Interface")])
        .set("serviceRegion", service.region)
        .texts("availabilityZoneIdSet", zone_ids(region, service))
        .texts("availabilityZoneSet", &service.zones)
        .set("owner", &service.owner)
        .texts("baseEndpointDnsNameSet", [&service.base])
        .maybe("privateDnsName", private.as_ref())
        .list("privateDnsNameSet", private.iter().map(|it| Fields::new().set("privateDnsName", it)))
        .set("vpcEndpointPolicySupported", false)
        .set("acceptanceRequired", service.acceptance_required)
        .set("managesVpcEndpoints", false)
        .tags(&service.tags)
        .maybe(
            "privateDnsNameVerificationState",
            private.as_ref().map(|_| VerificationState::Verified.text()),
        )
        .texts("supportedIpAddressTypeSet", &address_types);
    Listed {
        name: service.name.to_string(),
        kind: "Interface",
        owner: service.owner.to_string(),
        region: service.region,
        address_types,
        tags: service.tags.clone(),
        detail,
    }
}

/// The ids of the zones a service is offered in.
pub(super) fn zone_ids(region: &'static Region, service: &EndpointService) -> Vec<&'static str> {
    let id =
        |name: &Arc<str>| region.zones.iter().find(|zone| zone.name == &**name).map(|zone| zone.id);
    service.zones.iter().filter_map(id).collect()
}
