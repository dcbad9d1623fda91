//! The attributes of load balancers, target groups and listeners.
//!
//! Knows each attribute with its usual value and the values it may have. Those on which an answer depends are the client
//! routing policy and what is said of other zones; the model reads them.

use super::arn;
use crate::{
    api::{
        balancing::{configuration, validation},
        context::Context,
        error::ApiError,
        parameter::Parameters,
        service::Operation,
        shape::Fields,
    },
    model::{
        document::Attributes,
        listener::Listener,
        listener_change,
        load_balancer::{CLIENT_ROUTING, CROSS_ZONE, LoadBalancer, LoadBalancerKind},
        load_balancer_change,
        target_group::{self as model, TargetGroup, TargetKind},
    },
};

/// The most attributes of one request.
const MOST: usize = 20;

/// The kinds that have an attribute, each a bit.
const APP: u8 = 1;
const NET: u8 = 2;
const GWY: u8 = 4;
const LAMBDA: u8 = 8;

/// The values of an attribute.
enum Values {
    Flag,
    Words(&'static [&'static str]),
    Number(u64, u64),
    /// A number in a range, or `off`.
    OrOff(u64, u64),
    Any,
}

/// An attribute: its key, the kinds that have it, its usual value and the values it may have.
type Row = (&'static str, u8, &'static str, Values);

const BALANCER: &[Row] = &[
    ("access_logs.s3.bucket", APP | NET, "", Values::Any),
    ("access_logs.s3.enabled", APP | NET, "false", Values::Flag),
    ("access_logs.s3.prefix", APP | NET, "", Values::Any),
    ("client_keep_alive.seconds", APP, "3600", Values::Number(60, 604_800)),
    ("connection_logs.s3.bucket", APP, "", Values::Any),
    ("connection_logs.s3.enabled", APP, "false", Values::Flag),
    ("connection_logs.s3.prefix", APP, "", Values::Any),
    ("deletion_protection.enabled", APP | NET | GWY, "false", Values::Flag),
    (
        CLIENT_ROUTING,
        NET,
        "any_availability_zone",
        Values::Words(&[
            "any_availability_zone",
            "availability_zone_affinity",
            "partial_availability_zone_affinity",
        ]),
    ),
    ("health_check_logs.s3.bucket", APP, "", Values::Any),
    ("health_check_logs.s3.enabled", APP, "false", Values::Flag),
    ("health_check_logs.s3.prefix", APP, "", Values::Any),
    ("idle_timeout.timeout_seconds", APP, "60", Values::Number(1, 4_000)),
    (DENY_GATEWAY, APP | NET, "false", Values::Flag),
    (CROSS_ZONE, APP, "true", Values::Words(&["true"])),
    (CROSS_ZONE, NET | GWY, "false", Values::Flag),
    (
        "routing.http.desync_mitigation_mode",
        APP,
        "defensive",
        Values::Words(&["monitor", "defensive", "strictest"]),
    ),
    ("routing.http.drop_invalid_header_fields.enabled", APP, "false", Values::Flag),
    ("routing.http.preserve_host_header.enabled", APP, "false", Values::Flag),
    ("routing.http.x_amzn_tls_version_and_cipher_suite.enabled", APP, "false", Values::Flag),
    ("routing.http.xff_client_port.enabled", APP, "false", Values::Flag),
    (
        "routing.http.xff_header_processing.mode",
        APP,
        "append",
        Values::Words(&["append", "preserve", "remove"]),
    ),
    ("routing.http2.enabled", APP, "true", Values::Flag),
    ("secondary_ips.auto_assigned.per_subnet", NET, "0", Values::Number(0, 7)),
    ("waf.fail_open.enabled", APP, "false", Values::Flag),
    ("zonal_shift.config.enabled", APP | NET, "false", Values::Flag),
];
const DENY_GATEWAY: &str = "ipv6.deny_all_igw_traffic";
const PRESERVE: &str = "preserve_client_ip.enabled";
const TERMINATE: &str = "deregistration_delay.connection_termination.enabled";
const DAY: &str = "86400";
const WEEK: u64 = 604_800;
const GROUP: &[Row] = &[
    (TERMINATE, NET, "false", Values::Flag),
    ("deregistration_delay.timeout_seconds", APP | NET | GWY, "300", Values::Number(0, 3_600)),
    ("lambda.multi_value_headers.enabled", LAMBDA, "false", Values::Flag),
    ("load_balancing.algorithm.anomaly_mitigation", APP, "off", Values::Words(&["on", "off"])),
    (
        "load_balancing.algorithm.type",
        APP,
        "round_robin",
        Values::Words(&["round_robin", "least_outstanding_requests", "weighted_random"]),
    ),
    (
        CROSS_ZONE,
        APP | NET | GWY,
        "use_load_balancer_configuration",
        Values::Words(&["true", "false", "use_load_balancer_configuration"]),
    ),
    (PRESERVE, NET, "true", Values::Flag),
    ("proxy_protocol_v2.enabled", NET, "false", Values::Flag),
    ("slow_start.duration_seconds", APP, "0", Values::Number(0, 900)),
    ("stickiness.app_cookie.cookie_name", APP, "", Values::Any),
    ("stickiness.app_cookie.duration_seconds", APP, DAY, Values::Number(1, WEEK)),
    ("stickiness.enabled", APP | NET | GWY, "false", Values::Flag),
    ("stickiness.lb_cookie.duration_seconds", APP, DAY, Values::Number(1, WEEK)),
    ("stickiness.type", APP, "lb_cookie", Values::Words(&["lb_cookie", "app_cookie"])),
    ("stickiness.type", NET, "source_ip", Values::Words(&["source_ip"])),
    (
        "stickiness.type",
        GWY,
        "source_ip_dest_ip_proto",
        Values::Words(&["source_ip_dest_ip", "source_ip_dest_ip_proto"]),
    ),
    (
        "target_failover.on_deregistration",
        GWY,
        "no_rebalance",
        Values::Words(&["rebalance", "no_rebalance"]),
    ),
    (
        "target_failover.on_unhealthy",
        GWY,
        "no_rebalance",
        Values::Words(&["rebalance", "no_rebalance"]),
    ),
    (
        "target_group_health.dns_failover.minimum_healthy_targets.count",
        APP | NET,
        "1",
        Values::OrOff(1, 1_000),
    ),
    (
        "target_group_health.dns_failover.minimum_healthy_targets.percentage",
        APP | NET,
        "off",
        Values::OrOff(1, 100),
    ),
    (
        "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count",
        APP | NET,
        "1",
        Values::Number(1, 1_000),
    ),
    (
        "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage",
        APP | NET,
        "off",
        Values::OrOff(1, 100),
    ),
    ("target_health_state.unhealthy.connection_termination.enabled", NET, "true", Values::Flag),
    (
        "target_health_state.unhealthy.draining_interval_seconds",
        NET,
        "0",
        Values::Number(0, 360_000),
    ),
];
const LISTENER: &[Row] = &[
    ("tcp.idle_timeout.seconds", NET | GWY, "350", Values::Number(60, 6_000)),
    (
        "routing.http.request.x_amzn_mtls_clientcert.header_name",
        APP,
        "X-Amzn-Mtls-Clientcert",
        Values::Any,
    ),
    (
        "routing.http.request.x_amzn_mtls_clientcert_issuer.header_name",
        APP,
        "X-Amzn-Mtls-Clientcert-Issuer",
        Values::Any,
    ),
    (
        "routing.http.request.x_amzn_mtls_clientcert_leaf.header_name",
        APP,
        "X-Amzn-Mtls-Clientcert-Leaf",
        Values::Any,
    ),
    (
        "routing.http.request.x_amzn_mtls_clientcert_serial_number.header_name",
        APP,
        "X-Amzn-Mtls-Clientcert-Serial-Number",
        Values::Any,
    ),
    (
        "routing.http.request.x_amzn_mtls_clientcert_subject.header_name",
        APP,
        "X-Amzn-Mtls-Clientcert-Subject",
        Values::Any,
    ),
    (
        "routing.http.request.x_amzn_mtls_clientcert_validity.header_name",
        APP,
        "X-Amzn-Mtls-Clientcert-Validity",
        Values::Any,
    ),
    (
        "routing.http.request.x_amzn_tls_cipher_suite.header_name",
        APP,
        "X-Amzn-Tls-Cipher-Suite",
        Values::Any,
    ),
    ("routing.http.request.x_amzn_tls_version.header_name", APP, "X-Amzn-Tls-Version", Values::Any),
    ("routing.http.response.access_control_allow_credentials.header_value", APP, "", Values::Any),
    ("routing.http.response.access_control_allow_headers.header_value", APP, "", Values::Any),
    ("routing.http.response.access_control_allow_methods.header_value", APP, "", Values::Any),
    ("routing.http.response.access_control_allow_origin.header_value", APP, "", Values::Any),
    ("routing.http.response.access_control_expose_headers.header_value", APP, "", Values::Any),
    ("routing.http.response.access_control_max_age.header_value", APP, "", Values::Any),
    ("routing.http.response.content_security_policy.header_value", APP, "", Values::Any),
    ("routing.http.response.server.enabled", APP, "true", Values::Flag),
    ("routing.http.response.strict_transport_security.header_value", APP, "", Values::Any),
    ("routing.http.response.x_content_type_options.header_value", APP, "", Values::Any),
    ("routing.http.response.x_frame_options.header_value", APP, "", Values::Any),
];

fn bit(kind: LoadBalancerKind) -> u8 {
    match kind {
        LoadBalancerKind::Application => APP,
        LoadBalancerKind::Network => NET,
        LoadBalancerKind::Gateway => GWY,
        LoadBalancerKind::Classic => 0,
    }
}

fn bit_of_group(group: &TargetGroup) -> u8 {
    if group.kind == TargetKind::Lambda { LAMBDA } else { bit(group.balancer_kind()) }
}

/// Whether an attribute may have a value.
fn is_legal(values: &Values, text: &str) -> bool {
    let within = |least: u64, most: u64| {
        text.parse::<u64>().is_ok_and(|number| (least..=most).contains(&number))
    };
    match values {
        Values::Flag => matches!(text, "true" | "false"),
        Values::Words(words) => words.contains(&text),
        Values::Number(least, most) => within(*least, *most),
        Values::OrOff(least, most) => text == "off" || within(*least, *most),
        Values::Any => text.chars().count() <= 1_024,
    }
}

/// `Attributes.member.N`.
fn read(parameters: &mut Parameters) -> Result<Vec<(String, String)>, ApiError> {
    let attributes = parameters.structures("Attributes", |it| {
        Ok((it.required("Key")?, it.text("Value")?.unwrap_or_default()))
    })?;
    if attributes.is_empty() {
        return Err(parameters.missing("Attributes"));
    }
    if attributes.len() > MOST {
        return Err(validation(format!("At most {MOST} attributes can be changed at once")));
    }
    Ok(attributes)
}

/// The attributes as the model keeps them.
///
/// # Errors
///
/// AWS's refusal of a key or a value; `what` has the attribute, and `kind` is what it is of.
fn check(
    given: Vec<(String, String)>,
    rows: &[Row],
    mask: u8,
    (what, of): (&str, &str),
) -> Result<Attributes, ApiError> {
    let mut attributes = Attributes::new();
    for (key, value) in given {
        let named = || rows.iter().filter(|(known, ..)| *known == key);
        let Some((.., values)) = named().find(|(_, kinds, ..)| kinds & mask != 0) else {
            return Err(if named().next().is_none() {
                validation(format!("{what} attribute key '{key}' is not recognized"))
            } else {
                let text = format!("{what} attribute key '{key}' is not supported on {of}");
                configuration(text)
            });
        };
        if !is_legal(values, &value) {
            return Err(validation(format!(
                "{what} attribute '{key}' cannot have the value '{value}'"
            )));
        }
        if attributes.insert(key.clone(), value).is_some() {
            return Err(validation(format!("{what} attribute key '{key}' was specified twice")));
        }
    }
    Ok(attributes)
}

/// The attributes of a kind as replies show them.
fn shown(rows: &[Row], mask: u8, set: impl Fn(&str) -> Option<String>) -> Fields {
    let own = rows.iter().filter(|(_, kinds, ..)| kinds & mask != 0);
    let row = |(key, _, usual, _): &Row| {
        let value = set(key).unwrap_or_else(|| (*usual).to_owned());
        Fields::new().set("Key", *key).set("Value", value)
    };
    Fields::new().list("Attributes", own.map(row))
}

fn of_balancer(balancer: &LoadBalancer) -> Fields {
    shown(BALANCER, bit(balancer.kind), |key| {
        let set = balancer.attribute(key).map(str::to_owned);
        match key {
            CLIENT_ROUTING => Some(balancer.client_routing.text().to_owned()),
            DENY_GATEWAY => set.or_else(|| Some((!balancer.internet_facing).to_string())),
            _ => set,
        }
    })
}

fn of_group(group: &TargetGroup) -> Fields {
    let protocol = group.protocol.as_deref();
    let is_udp = matches!(protocol, Some("UDP" | "TCP_UDP" | "QUIC" | "TCP_QUIC"));
    shown(GROUP, bit_of_group(group), |key| {
        let usual = match key {
            TERMINATE => Some(is_udp),
            PRESERVE => Some(group.kind != TargetKind::Ip || is_udp),
            _ => None,
        };
        let usual = || usual.map(|it| it.to_string());
        group.attributes.get(key).cloned().or_else(usual)
    })
}

fn of_listener(balancer: &LoadBalancer, listener: &Listener) -> Fields {
    shown(LISTENER, bit(balancer.kind), |key| listener.attributes.get(key).cloned())
}

/// `DescribeLoadBalancerAttributes`.
pub(in crate::api) struct DescribeLoadBalancerAttributes(String);

impl Operation for DescribeLoadBalancerAttributes {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.required("LoadBalancerArn").map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        Ok(of_balancer(arn::balancer(context, &self.0)?))
    }
}

/// `ModifyLoadBalancerAttributes`.
pub(in crate::api) struct ModifyLoadBalancerAttributes(String, Vec<(String, String)>);

impl Operation for ModifyLoadBalancerAttributes {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self(parameters.required("LoadBalancerArn")?, read(parameters)?))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let balancer = arn::balancer(context, &self.0)?;
        let of = format!("load balancers with type '{}'", balancer.kind.text());
        let attributes = check(self.1, BALANCER, bit(balancer.kind), ("Load balancer", &of))?;
        let name = balancer.dns_name.clone();
        let change = load_balancer_change::ModifyLoadBalancerAttributes {
            load_balancer: name.clone(),
            attributes,
            classic: None,
        };
        let after = context.commit(&[change.into()])?;
        Ok(of_balancer(after.world.balancer(&name)?))
    }
}

/// `DescribeTargetGroupAttributes`.
pub(in crate::api) struct DescribeTargetGroupAttributes(String);

impl Operation for DescribeTargetGroupAttributes {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.required("TargetGroupArn").map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        Ok(of_group(arn::group(context, &self.0)?))
    }
}

/// `ModifyTargetGroupAttributes`.
pub(in crate::api) struct ModifyTargetGroupAttributes(String, Vec<(String, String)>);

impl Operation for ModifyTargetGroupAttributes {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self(parameters.required("TargetGroupArn")?, read(parameters)?))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let group = arn::group(context, &self.0)?;
        let of = match &group.protocol {
            Some(protocol) => format!("target groups with the protocol '{protocol}'"),
            None => "target groups with the target type 'lambda'".to_owned(),
        };
        let attributes = check(self.1, GROUP, bit_of_group(group), ("Target group", &of))?;
        let id = group.id;
        let change = model::ModifyTargetGroupAttributes { group: id, attributes };
        let after = context.commit(&[change.into()])?;
        Ok(of_group(after.world.target_group(id)?))
    }
}

/// `DescribeListenerAttributes`.
pub(in crate::api) struct DescribeListenerAttributes(String);

impl Operation for DescribeListenerAttributes {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.required("ListenerArn").map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let (balancer, listener) = arn::listener(context, &self.0)?;
        Ok(of_listener(balancer, listener))
    }
}

/// `ModifyListenerAttributes`.
pub(in crate::api) struct ModifyListenerAttributes(String, Vec<(String, String)>);

impl Operation for ModifyListenerAttributes {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self(parameters.required("ListenerArn")?, read(parameters)?))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let (balancer, listener) = arn::listener(context, &self.0)?;
        let of = format!("listeners of load balancers with type '{}'", balancer.kind.text());
        let attributes = check(self.1, LISTENER, bit(balancer.kind), ("Listener", &of))?;
        let change = listener_change::ModifyListener {
            load_balancer: Some(balancer.dns_name.clone()),
            listener: Some(listener.id),
            attributes,
            ..Default::default()
        };
        let after = context.commit(&[change.into()])?;
        let balancer = after.world.balancer(&balancer.dns_name)?;
        let found = balancer.listener(listener.id).map(|it| of_listener(balancer, it));
        Ok(found.unwrap_or_default())
    }
}
