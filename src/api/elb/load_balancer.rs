//! Classic Load Balancers: how they are made, shown and deleted.

use super::{find, listener::listeners, policy, subnet::default_subnets};
use crate::{
    api::{
        balancing::{
            self, Paging, balancers, check_name, configuration, created, dns_name, mapping,
            validation,
        },
        context::Context,
        error::ApiError,
        parameter::Parameters,
        public_address::Pool,
        service::Operation,
        shape::Fields,
    },
    catalog,
    model::{
        document::Document,
        id::SubnetId,
        load_balancer::{ClientRouting, LoadBalancer, LoadBalancerKind, Options},
        load_balancer_change as model,
        world::{Tags, World},
    },
};

const SCHEMES: &[(&str, bool)] = &[("internet-facing", true), ("internal", false)];

/// `CreateLoadBalancer`.
pub(in crate::api) struct CreateLoadBalancer {
    name: String,
    listeners: Vec<Document>,
    zones: Vec<String>,
    subnets: Vec<String>,
    groups: Vec<String>,
    internet_facing: bool,
    tags: Tags,
}

impl Operation for CreateLoadBalancer {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let name = parameters.required("LoadBalancerName")?;
        check_name("load balancer", &name)?;
        let scheme = balancing::word(parameters, "Scheme", SCHEMES)?;
        let listeners = listeners(parameters)?;
        Ok(Self {
            name,
            listeners,
            zones: parameters.list("AvailabilityZones")?,
            subnets: parameters.list("Subnets")?,
            groups: parameters.list("SecurityGroups")?,
            internet_facing: scheme.unwrap_or(true),
            tags: balancing::tags(parameters)?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        if let Ok(old) = find(context, &self.name) {
            let same = old.options.classic_listeners == self.listeners
                && old.internet_facing == self.internet_facing
                && old.tags == self.tags;
            if same {
                return Ok(Fields::new().set("DNSName", &old.shown_name));
            }
        }
        let subnets = self.chosen(context)?;
        let first = subnets.first().and_then(|id| context.world().subnets.get(id));
        let vpc = first
            .map(|it| it.vpc)
            .ok_or_else(|| validation("Either AvailabilityZones or SubnetIds must be specified"))?;
        let groups = balancing::groups(context, &self.groups)?;
        let mut pool = Pool::new(context);
        let mut mappings = Vec::with_capacity(subnets.len());
        for subnet in subnets {
            mappings.push(mapping(&mut pool, subnet, self.internet_facing)?);
        }
        let kind = LoadBalancerKind::Classic;
        let (dns_name, shown_name) = dns_name(context, &self.name, kind, self.internet_facing)?;
        let shown = Fields::new().set("DNSName", &shown_name);
        let load_balancer = LoadBalancer {
            label: self.name.as_str().into(),
            tags: self.tags,
            dns_name,
            shown_name,
            vpc,
            kind,
            internet_facing: self.internet_facing,
            zones: Vec::new(),
            targets: Vec::new(),
            client_routing: ClientRouting::default(),
            listeners: Vec::new(),
            options: Options {
                created: context.now,
                groups,
                classic_health_check: Some(usual_check(&self.listeners)),
                classic_listeners: self.listeners,
                ..Options::default()
            },
        };
        context.commit(&[model::CreateLoadBalancer { load_balancer, mappings }.into()])?;
        Ok(shown)
    }
}

/// The health check of a new load balancer: a connection to the port of its first listener.
fn usual_check(listeners: &[Document]) -> Document {
    let port = listeners.first().and_then(|it| it.text_of("InstancePort")).unwrap_or("80");
    let target = format!("TCP:{port}");
    Document::of([
        ("Target", &target),
        ("Interval", "30"),
        ("Timeout", "5"),
        ("UnhealthyThreshold", "2"),
        ("HealthyThreshold", "10"),
    ])
}

impl CreateLoadBalancer {
    /// The subnets: those in the request, else those of the default VPC in the zones.
    fn chosen(&self, context: &Context<'_>) -> Result<Vec<SubnetId>, ApiError> {
        if !self.subnets.is_empty() && !self.zones.is_empty() {
            return Err(validation(
                "Only one of SubnetIds or AvailabilityZones parameter may be specified",
            ));
        }
        let mut chosen = Vec::new();
        for text in &self.subnets {
            chosen.push(balancing::subnet(context, text)?.id);
        }
        if !self.zones.is_empty() {
            let world = context.world();
            let mut vpcs = world.vpcs.values();
            let default = vpcs.find(|it| it.is_default && context.is_home(it.region, &it.owner));
            let vpc = default.ok_or_else(|| configuration("There is no default VPC"))?;
            chosen.extend(default_subnets(context, vpc.id, &self.zones)?);
        }
        Ok(chosen)
    }
}

/// A Classic Load Balancer as replies show it.
fn fields(world: &World, region: &str, balancer: &LoadBalancer) -> Fields {
    let options = &balancer.options;
    let policies = &options.classic_policies;
    let hosted_zone = catalog::region(region).and_then(|it| it.alb_hosted_zone);
    let listener = |it: &Document| {
        let names = [
            "Protocol",
            "LoadBalancerPort",
            "InstanceProtocol",
            "InstancePort",
            "SSLCertificateId",
        ];
        let listener = names
            .into_iter()
            .fold(Fields::new(), |shown, name| shown.maybe(name, it.text_of(name)));
        let port = it.text_of("LoadBalancerPort").unwrap_or_default();
        let names = policies.of_listeners.get(port).into_iter().flatten();
        Fields::new().fields("Listener", listener).texts("PolicyNames", names)
    };
    let instances = balancer.targets.iter().filter(|id| world.instances.contains_key(*id));
    let subnets = balancer.zones.iter().filter_map(|zone| zone.subnet_of(world, balancer));
    let backend = |(port, names): (&String, &Vec<String>)| {
        Fields::new().set("InstancePort", port).texts("PolicyNames", names)
    };
    let shown = Fields::new()
        .set("LoadBalancerName", &balancer.label)
        .set("DNSName", &balancer.shown_name)
        .maybe(
            "CanonicalHostedZoneName",
            Some(&balancer.shown_name).filter(|_| balancer.internet_facing),
        )
        .maybe("CanonicalHostedZoneNameID", hosted_zone)
        .list("ListenerDescriptions", options.classic_listeners.iter().map(listener))
        .fields("Policies", policy::by_kind(policies))
        .list("BackendServerDescriptions", policies.of_backends.iter().map(backend))
        .texts("AvailabilityZones", balancer.zones.iter().map(|it| &it.zone))
        .texts("Subnets", subnets.map(|it| it.id))
        .set("VPCId", balancer.vpc)
        .list("Instances", instances.map(|id| Fields::new().set("InstanceId", id)));
    let shown = match &options.classic_health_check {
        Some(check) => shown.fields("HealthCheck", check_fields(check)),
        None => shown,
    };
    let first = options.groups.first().and_then(|id| world.security_groups.get(id));
    let owner = balancer.home(world).1;
    let source =
        Fields::new().set("OwnerAlias", owner).maybe("GroupName", first.map(|group| &group.name));
    shown
        .fields("SourceSecurityGroup", source)
        .texts("SecurityGroups", &options.groups)
        .set("CreatedTime", created(options))
        .set("Scheme", if balancer.internet_facing { "internet-facing" } else { "internal" })
}

/// A health check as replies show it.
pub(super) fn check_fields(check: &Document) -> Fields {
    let names = ["Target", "Interval", "Timeout", "UnhealthyThreshold", "HealthyThreshold"];
    names.into_iter().fold(Fields::new(), |shown, name| shown.maybe(name, check.text_of(name)))
}

/// `DescribeLoadBalancers`.
pub(in crate::api) struct DescribeLoadBalancers {
    names: Vec<String>,
    paging: Paging,
}

impl Operation for DescribeLoadBalancers {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let names = parameters.list("LoadBalancerNames")?;
        Ok(Self { names, paging: Paging::read(parameters)? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let mut found = Vec::new();
        for name in &self.names {
            found.push(find(context, name)?);
        }
        if self.names.is_empty() {
            found.extend(balancers(context).filter(|it| it.kind == LoadBalancerKind::Classic));
        }
        let things = found
            .into_iter()
            .map(|it| (it.label.to_string(), fields(context.world(), context.region, it)));
        Ok(self.paging.reply("LoadBalancerDescriptions", things.collect()))
    }
}

/// `DeleteLoadBalancer`: done, too, if there is no such load balancer.
pub(in crate::api) struct DeleteLoadBalancer(String);

impl Operation for DeleteLoadBalancer {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.required("LoadBalancerName").map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        if let Ok(balancer) = find(context, &self.0) {
            let load_balancer = balancer.dns_name.clone();
            context.commit(&[model::DeleteLoadBalancer { load_balancer }.into()])?;
        }
        Ok(Fields::new())
    }
}
