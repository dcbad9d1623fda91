//! Target groups: how they are made, shown, changed and deleted.

use std::sync::Arc;

use super::arn;
use crate::{
    api::{
        balancing::{self, Paging, check_name, flag, validation, word},
        context::{Context, random},
        error::ApiError,
        own::Owned,
        parameter::Parameters,
        service::Operation,
        shape::Fields,
    },
    model::{
        document::Attributes,
        id::{TargetGroupId, VpcId},
        target_group::{self as model, HealthCheck, TargetGroup, TargetKind},
        world::{Tags, World},
    },
};

/// The most target groups of a region.
const MOST: usize = 10_000;

const PROTOCOLS: &[&str] =
    &["HTTP", "HTTPS", "TCP", "TLS", "UDP", "TCP_UDP", "GENEVE", "QUIC", "TCP_QUIC"];
const CHECK_PROTOCOLS: &[&str] = &["HTTP", "HTTPS", "TCP"];
const VERSIONS: &[&str] = &["HTTP1", "HTTP2", "GRPC"];
const FAMILIES: &[(&str, bool)] = &[("ipv4", false), ("ipv6", true)];

/// The caller's target groups.
fn groups<'c>(context: &'c Context<'_>) -> impl Iterator<Item = &'c Arc<TargetGroup>> {
    let all = context.world().target_groups.values();
    all.filter(|it| context.is_home(it.region, &it.owner))
}

/// A target group as replies show it.
fn fields(world: &World, group: &TargetGroup) -> Fields {
    let check = &group.health_check;
    let matcher = check.matcher.as_ref().map(|codes| {
        let is_grpc = group.protocol_version.as_deref() == Some("GRPC");
        Fields::new().set(if is_grpc { "GrpcCode" } else { "HttpCode" }, codes)
    });
    let shown = Fields::new()
        .set("TargetGroupArn", group.arn())
        .set("TargetGroupName", &group.name)
        .maybe("Protocol", group.protocol.as_ref())
        .maybe("Port", group.port)
        .maybe("VpcId", group.vpc)
        .maybe("HealthCheckProtocol", check.protocol.as_ref())
        .maybe("HealthCheckPort", check.port.as_ref())
        .set("HealthCheckEnabled", check.enabled)
        .set("HealthCheckIntervalSeconds", check.interval)
        .set("HealthCheckTimeoutSeconds", check.timeout)
        .set("HealthyThresholdCount", check.healthy_after)
        .set("UnhealthyThresholdCount", check.unhealthy_after)
        .maybe("HealthCheckPath", check.path.as_ref());
    let shown = match matcher {
        Some(matcher) => shown.fields("Matcher", matcher),
        None => shown,
    };
    let mut balancers: Vec<String> = world.balancers_of(group.id).map(|it| it.arn(world)).collect();
    balancers.sort_unstable();
    let family = if group.ipv6 { "ipv6" } else { "ipv4" };
    shown
        .texts("LoadBalancerArns", balancers)
        .set("TargetType", group.kind.text())
        .maybe("ProtocolVersion", group.protocol_version.as_ref())
        .maybe("IpAddressType", Some(family).filter(|_| group.kind != TargetKind::Lambda))
        .maybe("TargetControlPort", group.control_port)
}

/// The parameters of a health check, each of which may be missing.
struct Check {
    enabled: Option<bool>,
    protocol: Option<Arc<str>>,
    port: Option<Arc<str>>,
    path: Option<Arc<str>>,
    interval: Option<u32>,
    timeout: Option<u32>,
    healthy_after: Option<u32>,
    unhealthy_after: Option<u32>,
    matcher: Option<Arc<str>>,
}

fn known(
    parameters: &mut Parameters,
    name: &str,
    words: &[&str],
) -> Result<Option<Arc<str>>, ApiError> {
    let text = parameters.text(name)?;
    if let Some(text) = text.as_deref().filter(|text| !words.contains(text)) {
        parameters.is_no_word(name, text, words);
    }
    Ok(text.map(Into::into))
}

fn seconds(
    parameters: &mut Parameters,
    name: &str,
    least: u64,
    most: u64,
) -> Result<Option<u32>, ApiError> {
    let number = parameters.number(name, least..=most)?;
    Ok(number.and_then(|it| u32::try_from(it).ok()))
}

impl Check {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let port: Option<Arc<str>> = parameters.text("HealthCheckPort")?.map(Into::into);
        let is_port =
            |text: &str| text == "traffic-port" || text.parse::<u16>().is_ok_and(|port| port > 0);
        if let Some(other) = port.as_deref().filter(|text| !is_port(text)) {
            let text = format!(
                "Health check port '{other}' must be in the range 1-65535 or 'traffic-port'"
            );
            return Err(validation(text));
        }
        let matcher = parameters
            .structure("Matcher", |it| Ok(it.text("HttpCode")?.or(it.text("GrpcCode")?)))?;
        Ok(Self {
            enabled: flag(parameters, "HealthCheckEnabled")?,
            protocol: known(parameters, "HealthCheckProtocol", CHECK_PROTOCOLS)?,
            port,
            path: parameters.limited("HealthCheckPath", 1..=1_024)?.map(Into::into),
            interval: seconds(parameters, "HealthCheckIntervalSeconds", 5, 300)?,
            timeout: seconds(parameters, "HealthCheckTimeoutSeconds", 2, 120)?,
            healthy_after: seconds(parameters, "HealthyThresholdCount", 2, 10)?,
            unhealthy_after: seconds(parameters, "UnhealthyThresholdCount", 2, 10)?,
            matcher: matcher.flatten().map(Into::into),
        })
    }

    /// The health check with these parameters in it.
    fn over(self, usual: HealthCheck) -> Result<HealthCheck, ApiError> {
        let check = HealthCheck {
            enabled: self.enabled.unwrap_or(usual.enabled),
            protocol: self.protocol.or(usual.protocol),
            port: self.port.or(usual.port),
            path: self.path.or(usual.path),
            interval: self.interval.unwrap_or(usual.interval),
            timeout: self.timeout.unwrap_or(usual.timeout),
            healthy_after: self.healthy_after.unwrap_or(usual.healthy_after),
            unhealthy_after: self.unhealthy_after.unwrap_or(usual.unhealthy_after),
            matcher: self.matcher.or(usual.matcher),
        };
        if check.path.as_ref().is_some_and(|path| !path.starts_with('/')) {
            return Err(validation("Health check path must begin with a '/' character"));
        }
        if check.timeout > check.interval {
            return Err(validation(format!(
                "Health check timeout '{}' must be smaller than or equal to the interval '{}'",
                check.timeout, check.interval
            )));
        }
        Ok(check)
    }
}

/// `CreateTargetGroup`.
pub(in crate::api) struct CreateTargetGroup {
    name: String,
    kind: TargetKind,
    protocol: Option<Arc<str>>,
    version: Option<Arc<str>>,
    port: Option<u16>,
    control_port: Option<u16>,
    vpc: Option<String>,
    ipv6: bool,
    check: Check,
    tags: Tags,
}

fn port(parameters: &mut Parameters, name: &str) -> Result<Option<u16>, ApiError> {
    let number = parameters.number(name, 1..=65_535)?;
    Ok(number.and_then(|it| u16::try_from(it).ok()))
}

impl Operation for CreateTargetGroup {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let name = parameters.required("Name")?;
        check_name("target group", &name)?;
        let version = parameters
            .text("ProtocolVersion")?
            .filter(|it| !it.is_empty())
            .map(|it| it.to_uppercase());
        if let Some(other) = version.as_deref().filter(|it| !VERSIONS.contains(it)) {
            return Err(validation(format!(
                "Protocol version '{other}' must be one of 'GRPC, HTTP1, HTTP2'"
            )));
        }
        let kind = word(parameters, "TargetType", TargetKind::ALL)?;
        Ok(Self {
            name,
            kind: kind.unwrap_or(TargetKind::Instance),
            protocol: known(parameters, "Protocol", PROTOCOLS)?,
            version: version.map(Into::into),
            port: port(parameters, "Port")?,
            control_port: port(parameters, "TargetControlPort")?,
            vpc: parameters.text("VpcId")?,
            ipv6: word(parameters, "IpAddressType", FAMILIES)?.unwrap_or_default(),
            check: Check::read(parameters)?,
            tags: balancing::tags(parameters)?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let is_lambda = self.kind == TargetKind::Lambda;
        let vpc = self.placed(context)?;
        let is_http = matches!(self.protocol.as_deref(), Some("HTTP" | "HTTPS"));
        let version = self.version.or_else(|| is_http.then(|| "HTTP1".into()));
        if version.is_some() && !is_http {
            return Err(validation("A protocol version needs the protocol HTTP or HTTPS"));
        }
        if self.kind == TargetKind::Alb && self.protocol.as_deref() != Some("TCP") {
            let text = "Target groups with the target type 'alb' must have the protocol TCP";
            return Err(balancing::configuration(text));
        }
        let (protocol, own) = (self.protocol.as_deref(), self.check.protocol.clone());
        let usual = HealthCheck::usual(self.kind, protocol, version.as_deref(), own.as_deref());
        let group = TargetGroup {
            id: TargetGroupId::from_seed(random()),
            name: self.name.as_str().into(),
            tags: self.tags,
            region: context.region,
            owner: context.account.as_str().into(),
            vpc,
            kind: self.kind,
            protocol: self.protocol,
            protocol_version: version,
            port: self.port.filter(|_| !is_lambda),
            ipv6: self.ipv6,
            control_port: self.control_port,
            health_check: self.check.over(usual)?,
            attributes: Attributes::new(),
            targets: Vec::new(),
        };
        if groups(context).count() >= MOST {
            let text = "You've reached the limit on the number of target groups";
            return Err(ApiError::new("TooManyTargetGroups", text));
        }
        let old = groups(context).find(|it| it.name == group.name);
        let as_old = |old: &TargetGroup| TargetGroup {
            id: old.id,
            attributes: old.attributes.clone(),
            targets: old.targets.clone(),
            ..group.clone()
        };
        if let Some(old) = old.filter(|old| as_old(old) == ***old) {
            return Ok(Fields::new().list("TargetGroups", [fields(context.world(), old)]));
        }
        let id = group.id;
        let after = context.commit(&[model::CreateTargetGroup { group }.into()])?;
        let made = after.world.target_group(id)?;
        Ok(Fields::new().list("TargetGroups", [fields(&after.world, made)]))
    }
}

impl CreateTargetGroup {
    /// The VPC; whatever but a group of Lambda functions needs one, with a protocol and a port.
    fn placed(&self, context: &Context<'_>) -> Result<Option<VpcId>, ApiError> {
        if self.kind == TargetKind::Lambda {
            let given = [self.protocol.is_some(), self.port.is_some(), self.vpc.is_some()];
            if given.contains(&true) {
                let text = "Protocol, port and VPC cannot be specified for target groups with the target type 'lambda'";
                return Err(validation(text));
            }
            return Ok(None);
        }
        if self.protocol.is_none() {
            return Err(validation("A protocol must be specified"));
        }
        if self.port.is_none() {
            return Err(validation("A port must be specified"));
        }
        let Some(text) = &self.vpc else {
            return Err(validation("A VPC ID must be specified"));
        };
        let id = text.parse::<VpcId>().ok().filter(|id| id.find(context).is_some());
        let missing = || validation(format!("The VPC ID '{text}' is not found"));
        id.map(Some).ok_or_else(missing)
    }
}

/// `DescribeTargetGroups`.
pub(in crate::api) struct DescribeTargetGroups {
    balancer: Option<String>,
    arns: Vec<String>,
    names: Vec<String>,
    paging: Paging,
}

impl Operation for DescribeTargetGroups {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let paging = Paging::read(parameters)?;
        let balancer = parameters.text("LoadBalancerArn")?;
        let (arns, names) = (parameters.list("TargetGroupArns")?, parameters.list("Names")?);
        let given = [balancer.is_some(), !arns.is_empty(), !names.is_empty()];
        if given.iter().filter(|it| **it).count() > 1 {
            return Err(validation(
                "Target group names, target group ARNs and a load balancer ARN cannot be specified at the same time",
            ));
        }
        Ok(Self { balancer, arns, names, paging })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let world = context.world();
        let not_found =
            || ApiError::new("TargetGroupNotFound", "One or more target groups not found");
        let mut found: Vec<&Arc<TargetGroup>> = Vec::new();
        for arn in &self.arns {
            found.push(arn::group(context, arn).map_err(|error| match error.code.as_str() {
                "TargetGroupNotFound" => not_found(),
                _ => error,
            })?);
        }
        for name in &self.names {
            found.push(groups(context).find(|it| *it.name == **name).ok_or_else(not_found)?);
        }
        if let Some(arn) = &self.balancer {
            let used = arn::balancer(context, arn)?.forwards_to();
            found.extend(groups(context).filter(|it| used.contains(&it.id)));
        } else if self.arns.is_empty() && self.names.is_empty() {
            found.extend(groups(context));
        }
        found.sort_by_key(|group| group.id);
        found.dedup_by_key(|group| group.id);
        let things = found.into_iter().map(|it| (it.arn(), fields(world, it))).collect();
        Ok(self.paging.reply("TargetGroups", things))
    }
}

/// `ModifyTargetGroup`: its health check.
pub(in crate::api) struct ModifyTargetGroup {
    arn: String,
    check: Check,
}

impl Operation for ModifyTargetGroup {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let arn = parameters.required("TargetGroupArn")?;
        Ok(Self { arn, check: Check::read(parameters)? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let group = arn::group(context, &self.arn)?;
        let id = group.id;
        let mut usual = group.health_check.clone();
        // A check over TCP has no path; one that becomes HTTP gets the usual one.
        if let Some(own) = self.check.protocol.as_deref() {
            let version = group.protocol_version.as_deref();
            let new = HealthCheck::usual(group.kind, group.protocol.as_deref(), version, Some(own));
            usual.path = new.path.is_some().then(|| usual.path.or(new.path)).flatten();
            usual.matcher = new.matcher.is_some().then(|| usual.matcher.or(new.matcher)).flatten();
        }
        let health_check = self.check.over(usual)?;
        let change = model::ModifyTargetGroup { group: id, health_check };
        let after = context.commit(&[change.into()])?;
        let group = after.world.target_group(id)?;
        Ok(Fields::new().list("TargetGroups", [fields(&after.world, group)]))
    }
}

/// `DeleteTargetGroup`: done, too, if there is no such group.
pub(in crate::api) struct DeleteTargetGroup(String);

impl Operation for DeleteTargetGroup {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.required("TargetGroupArn").map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        match arn::group(context, &self.0) {
            Ok(group) => {
                context.commit(&[model::DeleteTargetGroup { group: group.id }.into()])?;
            }
            Err(error) if error.code == "TargetGroupNotFound" => {}
            Err(error) => return Err(error),
        }
        Ok(Fields::new())
    }
}
