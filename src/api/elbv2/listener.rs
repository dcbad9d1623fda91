//! Listeners and their certificates.

use std::sync::Arc;

use super::{
    action::{actions, check, show_actions},
    arn,
    form::{Form, Members, read, show},
};
use crate::{
    api::{
        balancing::{self, Paging, validation, word},
        context::{Context, random},
        error::ApiError,
        parameter::Parameters,
        service::Operation,
        shape::Fields,
    },
    model::{
        document::{Attributes, Document},
        id::ListenerId,
        listener::Listener,
        listener_change as model,
        load_balancer::{LoadBalancer, LoadBalancerKind},
        world::Tags,
    },
};

/// The protocols there are. Which a kind of load balancer takes is the model's business.
const PROTOCOLS: &[(&str, &str)] = &[
    ("HTTP", "HTTP"),
    ("HTTPS", "HTTPS"),
    ("TCP", "TCP"),
    ("TLS", "TLS"),
    ("UDP", "UDP"),
    ("TCP_UDP", "TCP_UDP"),
    ("GENEVE", "GENEVE"),
    ("QUIC", "QUIC"),
    ("TCP_QUIC", "TCP_QUIC"),
];

/// The security policy of a listener that names none.
const USUAL_POLICY: &str = "ELBSecurityPolicy-2016-08";

const MUTUAL: Members = &[
    ("Mode", Form::Words(&["off", "passthrough", "verify"])),
    ("TrustStoreArn", Form::Text),
    ("IgnoreClientCertificateExpiry", Form::Flag),
    ("TrustStoreAssociationStatus", Form::Words(&["active", "removed"])),
    ("AdvertiseTrustStoreCaNames", Form::Words(&["on", "off"])),
];

/// Whether a protocol has certificates.
fn is_secure(protocol: Option<&str>) -> bool {
    matches!(protocol, Some("HTTPS" | "TLS"))
}

/// A listener as replies show it.
fn fields(context: &Context<'_>, balancer: &LoadBalancer, listener: &Listener) -> Fields {
    let certificate = |arn: &Arc<str>| Fields::new().set("CertificateArn", arn);
    let shown = Fields::new()
        .set("ListenerArn", arn::of_listener(context, balancer, listener.id))
        .set("LoadBalancerArn", balancer.arn(context.world()))
        .maybe("Port", listener.port)
        .maybe("Protocol", listener.protocol.as_ref());
    let shown = match listener.certificates.first() {
        Some(first) => shown.list("Certificates", [certificate(first)]),
        None => shown,
    };
    let shown = shown
        .maybe("SslPolicy", listener.ssl_policy.as_ref())
        .list("DefaultActions", show_actions(&listener.actions, balancer.kind));
    let shown = match listener.alpn.is_empty() {
        true => shown,
        false => shown.texts("AlpnPolicy", &listener.alpn),
    };
    match &listener.mutual {
        Some(mutual) => shown.fields("MutualAuthentication", show_mutual(mutual)),
        None if listener.protocol.as_deref() == Some("HTTPS") => {
            shown.fields("MutualAuthentication", Fields::new().set("Mode", "off"))
        }
        None => shown,
    }
}

/// The mutual authentication of a listener, with what AWS takes if one that verifies clients does not say.
fn show_mutual(mutual: &Document) -> Fields {
    let usual = |key: &str, value: &'static str| {
        let is_silent = mutual.text_of("Mode") == Some("verify") && mutual.get(key).is_none();
        is_silent.then_some(value)
    };
    show(mutual, MUTUAL)
        .maybe("IgnoreClientCertificateExpiry", usual("IgnoreClientCertificateExpiry", "false"))
        .maybe("AdvertiseTrustStoreCaNames", usual("AdvertiseTrustStoreCaNames", "off"))
}

/// What `CreateListener` and `ModifyListener` have in common.
struct Given {
    protocol: Option<Arc<str>>,
    port: Option<u16>,
    ssl_policy: Option<Arc<str>>,
    certificates: Vec<Arc<str>>,
    actions: Option<Vec<Document>>,
    alpn: Option<Vec<String>>,
    mutual: Option<Document>,
}

/// `Certificates`.
fn certificates(parameters: &mut Parameters) -> Result<Vec<Arc<str>>, ApiError> {
    parameters.structures("Certificates", |it| {
        // Which one is the default is told by the action.
        it.text("IsDefault")?;
        let arn = it.required("CertificateArn")?;
        if !arn.starts_with("arn:") {
            let text = format!("Certificate ARN '{arn}' is not valid");
            return Err(validation(text));
        }
        Ok(arn.into())
    })
}

impl Given {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let port = parameters.number("Port", 1..=65_535)?;
        let alpn = parameters.list("AlpnPolicy")?;
        let certificates = certificates(parameters)?;
        if certificates.len() > 1 {
            let text = "Up to one certificate can be specified, but more were";
            return Err(ApiError::new("TooManyCertificates", text));
        }
        Ok(Self {
            protocol: word(parameters, "Protocol", PROTOCOLS)?.map(Into::into),
            port: port.and_then(|it| u16::try_from(it).ok()),
            ssl_policy: parameters.text("SslPolicy")?.map(Into::into),
            certificates,
            actions: actions(parameters, "DefaultActions")?,
            alpn: (!alpn.is_empty()).then_some(alpn),
            mutual: parameters.structure("MutualAuthentication", |it| read(it, MUTUAL))?,
        })
    }
}

/// `CreateListener`.
pub(in crate::api) struct CreateListener {
    balancer: String,
    given: Given,
    tags: Tags,
}

impl Operation for CreateListener {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let balancer = parameters.required("LoadBalancerArn")?;
        let given = Given::read(parameters)?;
        if given.actions.is_none() {
            return Err(parameters.missing("DefaultActions"));
        }
        Ok(Self { balancer, given, tags: balancing::tags(parameters)? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let balancer = arn::balancer(context, &self.balancer)?;
        let Given { protocol, port, ssl_policy, certificates, actions, alpn, mutual } = self.given;
        let actions = actions.unwrap_or_default();
        check(&actions, balancer.kind)?;
        if balancer.kind == LoadBalancerKind::Gateway {
            if protocol.is_some() || port.is_some() {
                return Err(validation(
                    "A listener of a gateway load balancer has no protocol and no port",
                ));
            }
        } else if protocol.is_none() {
            return Err(validation("A listener protocol must be specified"));
        } else if port.is_none() {
            return Err(validation("A listener port must be specified"));
        }
        let secure = is_secure(protocol.as_deref());
        if secure && certificates.is_empty() {
            let protocol = protocol.unwrap_or_default();
            let text = format!("A certificate must be specified for {protocol} listeners");
            return Err(validation(text));
        }
        if !secure && !certificates.is_empty() {
            return Err(validation(
                "Certificates can be specified for HTTPS and TLS listeners only",
            ));
        }
        let policy = ssl_policy.or_else(|| Some(USUAL_POLICY.into()));
        let listener = Listener {
            id: ListenerId::from_seed(random()),
            tags: self.tags,
            protocol,
            port,
            actions,
            certificates,
            ssl_policy: policy.filter(|_| secure),
            alpn: alpn.unwrap_or_default(),
            mutual,
            attributes: Attributes::new(),
            rules: Vec::new(),
        };
        let same = balancer.listeners.iter().find(|it| {
            Listener {
                id: it.id,
                attributes: it.attributes.clone(),
                rules: it.rules.clone(),
                ..listener.clone()
            } == **it
        });
        if let Some(same) = same {
            return Ok(Fields::new().list("Listeners", [fields(context, balancer, same)]));
        }
        let shown = fields(context, balancer, &listener);
        let load_balancer = balancer.dns_name.clone();
        context.commit(&[model::CreateListener { load_balancer, listener }.into()])?;
        Ok(Fields::new().list("Listeners", [shown]))
    }
}

/// `DescribeListeners`.
pub(in crate::api) struct DescribeListeners {
    balancer: Option<String>,
    arns: Vec<String>,
    paging: Paging,
}

impl Operation for DescribeListeners {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let paging = Paging::read(parameters)?;
        let balancer = parameters.text("LoadBalancerArn")?;
        let arns = parameters.list("ListenerArns")?;
        match (&balancer, arns.is_empty()) {
            (None, true) => {
                Err(validation("You must specify either listener ARNs or a load balancer ARN"))
            }
            (Some(_), false) => Err(validation(
                "Listener ARNs and a load balancer ARN cannot be specified at the same time",
            )),
            _ => Ok(Self { balancer, arns, paging }),
        }
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let mut found = Vec::new();
        if let Some(arn) = &self.balancer {
            let balancer = arn::balancer(context, arn)?;
            found.extend(balancer.listeners.iter().map(|it| (balancer, it)));
        }
        for arn in &self.arns {
            found.push(arn::listener(context, arn)?);
        }
        let key = |(balancer, it): &(&Arc<LoadBalancer>, &Listener)| {
            arn::of_listener(context, balancer, it.id)
        };
        let things = found.iter().map(|it| (key(it), fields(context, it.0, it.1))).collect();
        Ok(self.paging.reply("Listeners", things))
    }
}

/// `ModifyListener`.
pub(in crate::api) struct ModifyListener {
    arn: String,
    given: Given,
}

impl Operation for ModifyListener {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let arn = parameters.required("ListenerArn")?;
        Ok(Self { arn, given: Given::read(parameters)? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let (balancer, listener) = arn::listener(context, &self.arn)?;
        let given = self.given;
        check(given.actions.as_deref().unwrap_or_default(), balancer.kind)?;
        let protocol = given.protocol.as_deref().or(listener.protocol.as_deref());
        let secure = is_secure(protocol);
        if secure && listener.certificates.is_empty() && given.certificates.is_empty() {
            let text = format!(
                "A certificate must be specified for {} listeners",
                protocol.unwrap_or_default()
            );
            return Err(validation(text));
        }
        let needs_policy = secure && listener.ssl_policy.is_none();
        let usual = || needs_policy.then(|| USUAL_POLICY.into());
        let change = model::ModifyListener {
            load_balancer: Some(balancer.dns_name.clone()),
            listener: Some(listener.id),
            port: given.port,
            protocol: given.protocol.clone(),
            ssl_policy: given.ssl_policy.or_else(usual),
            certificate: given.certificates.into_iter().next(),
            actions: given.actions,
            alpn: given.alpn,
            mutual: given.mutual,
            ..Default::default()
        };
        let after = context.commit(&[change.into()])?;
        let balancer = after.world.balancer(&balancer.dns_name)?;
        let shown = balancer.listener(listener.id).map(|it| fields(context, balancer, it));
        Ok(Fields::new().list("Listeners", shown))
    }
}

/// `DeleteListener`.
pub(in crate::api) struct DeleteListener(String);

impl Operation for DeleteListener {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.required("ListenerArn").map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let (balancer, listener) = arn::listener(context, &self.0)?;
        let load_balancer = balancer.dns_name.clone();
        let change = model::DeleteListener { load_balancer, listener: listener.id };
        context.commit(&[change.into()])?;
        Ok(Fields::new())
    }
}

fn certificate_fields(certificates: &[Arc<str>]) -> Vec<Fields> {
    let shown = |(index, arn): (usize, &Arc<str>)| {
        Fields::new().set("CertificateArn", arn).set("IsDefault", index == 0)
    };
    certificates.iter().enumerate().map(shown).collect()
}

/// `DescribeListenerCertificates`.
pub(in crate::api) struct DescribeListenerCertificates {
    arn: String,
    paging: Paging,
}

impl Operation for DescribeListenerCertificates {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let paging = Paging::read(parameters)?;
        Ok(Self { arn: parameters.required("ListenerArn")?, paging })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let (_, listener) = arn::listener(context, &self.arn)?;
        let shown = certificate_fields(&listener.certificates).into_iter();
        let numbered = shown.enumerate().map(|(index, it)| (format!("{index:05}"), it));
        Ok(self.paging.reply("Certificates", numbered.collect()))
    }
}

/// A change of the certificates behind the default one.
fn change_certificates(
    context: &Context<'_>,
    arn: &str,
    add: &[Arc<str>],
    remove: &[Arc<str>],
) -> Result<(), ApiError> {
    let (balancer, listener) = arn::listener(context, arn)?;
    let change = model::ModifyListener {
        load_balancer: Some(balancer.dns_name.clone()),
        listener: Some(listener.id),
        add_certificates: add.to_vec(),
        remove_certificates: remove.to_vec(),
        ..Default::default()
    };
    context.commit(&[change.into()])?;
    Ok(())
}

/// `AddListenerCertificates`.
pub(in crate::api) struct AddListenerCertificates {
    arn: String,
    certificates: Vec<Arc<str>>,
}

impl Operation for AddListenerCertificates {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let arn = parameters.required("ListenerArn")?;
        Ok(Self { arn, certificates: certificates(parameters)? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        change_certificates(context, &self.arn, &self.certificates, &[])?;
        let added = self.certificates.iter();
        let shown = added.map(|it| Fields::new().set("CertificateArn", it).set("IsDefault", false));
        Ok(Fields::new().list("Certificates", shown))
    }
}

/// `RemoveListenerCertificates`.
pub(in crate::api) struct RemoveListenerCertificates {
    arn: String,
    certificates: Vec<Arc<str>>,
}

impl Operation for RemoveListenerCertificates {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let arn = parameters.required("ListenerArn")?;
        Ok(Self { arn, certificates: certificates(parameters)? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        change_certificates(context, &self.arn, &[], &self.certificates)?;
        Ok(Fields::new())
    }
}
