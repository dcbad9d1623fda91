//! The listeners of Classic Load Balancers. They change no answer.

use super::find;
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
        document::{Attributes, Document},
        load_balancer::LoadBalancer,
        load_balancer_change::{ClassicParts, ModifyLoadBalancerAttributes},
    },
};

/// The protocols of listeners.
const PROTOCOLS: &[&str] = &["HTTP", "HTTPS", "TCP", "SSL"];

/// Reads `Listeners`.
///
/// # Errors
///
/// `ValidationError` if there are none, and `UnsupportedProtocol`.
pub(super) fn listeners(parameters: &mut Parameters) -> Result<Vec<Document>, ApiError> {
    let listeners = parameters.structures("Listeners", listener)?;
    if listeners.is_empty() {
        return Err(validation("Listeners cannot be empty"));
    }
    Ok(listeners)
}

fn listener(parameters: &mut Parameters) -> Result<Document, ApiError> {
    let protocol = parameters.required("Protocol")?.to_uppercase();
    if !PROTOCOLS.contains(&protocol.as_str()) {
        let text = format!("The protocol '{protocol}' is not one of {}", PROTOCOLS.join(", "));
        return Err(ApiError::new("UnsupportedProtocol", text));
    }
    let own = port(parameters, "LoadBalancerPort")?.to_string();
    let instance = port(parameters, "InstancePort")?.to_string();
    // That of the instances is the listener's, as far as both are encrypted or neither is.
    let behind = parameters.text("InstanceProtocol")?.map(|it| it.to_uppercase());
    let behind = behind.unwrap_or_else(|| match protocol.as_str() {
        "HTTPS" => "HTTP".to_owned(),
        "SSL" => "TCP".to_owned(),
        other => other.to_owned(),
    });
    let members = [
        ("Protocol", protocol.as_str()),
        ("LoadBalancerPort", &own),
        ("InstanceProtocol", &behind),
        ("InstancePort", &instance),
    ];
    let mut document = Document::of(members);
    if let (Document::Fields(members), Some(certificate)) =
        (&mut document, parameters.text("SSLCertificateId")?)
    {
        members.insert("SSLCertificateId".to_owned(), Document::Text(certificate));
    }
    Ok(document)
}

/// A port that must be there.
pub(super) fn port(parameters: &mut Parameters, name: &str) -> Result<u64, ApiError> {
    parameters.number(name, 1..=65_535)?.ok_or_else(|| parameters.missing(name))
}

/// Nothing listens at a port.
pub(super) fn no_listener(balancer: &str, port: &str) -> ApiError {
    let text = format!("There is no listener with port {port} for load balancer {balancer}");
    ApiError::new("ListenerNotFound", text)
}

/// Replaces the listeners of a load balancer.
fn replace(
    context: &Context<'_>,
    balancer: &LoadBalancer,
    listeners: Vec<Document>,
) -> Result<Fields, ApiError> {
    let change = ModifyLoadBalancerAttributes {
        load_balancer: balancer.dns_name.clone(),
        attributes: Attributes::new(),
        classic: ClassicParts { listeners: Some(listeners), ..ClassicParts::default() },
    };
    context.commit(&[change.into()])?;
    Ok(Fields::new())
}

/// `CreateLoadBalancerListeners`.
pub(in crate::api) struct CreateLoadBalancerListeners(String, Vec<Document>);

impl Operation for CreateLoadBalancerListeners {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self(parameters.required("LoadBalancerName")?, listeners(parameters)?))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let balancer = find(context, &self.0)?;
        let mut all = balancer.options.classic_listeners.clone();
        for new in self.1 {
            let port = new.text_of("LoadBalancerPort");
            match all.iter().find(|it| it.text_of("LoadBalancerPort") == port) {
                Some(old) if *old == new => {}
                Some(_) => {
                    let text = format!(
                        "A listener already exists for {} with LoadBalancerPort {}, but with a different InstancePort, \
                         Protocol, or SSLCertificateId",
                        self.0,
                        port.unwrap_or_default()
                    );
                    return Err(ApiError::new("DuplicateListener", text));
                }
                None => all.push(new),
            }
        }
        replace(context, balancer, all)
    }
}

/// `DeleteLoadBalancerListeners`.
pub(in crate::api) struct DeleteLoadBalancerListeners(String, Vec<String>);

impl Operation for DeleteLoadBalancerListeners {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let name = parameters.required("LoadBalancerName")?;
        Ok(Self(name, parameters.required_list("LoadBalancerPorts", 1..=100)?))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let balancer = find(context, &self.0)?;
        let mut left = balancer.options.classic_listeners.clone();
        left.retain(|it| {
            let port = it.text_of("LoadBalancerPort");
            !self.1.iter().any(|gone| Some(gone.as_str()) == port)
        });
        replace(context, balancer, left)
    }
}

/// `SetLoadBalancerListenerSSLCertificate`.
pub(in crate::api) struct SetLoadBalancerListenerSSLCertificate {
    name: String,
    port: u64,
    certificate: String,
}

impl Operation for SetLoadBalancerListenerSSLCertificate {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let name = parameters.required("LoadBalancerName")?;
        let port = port(parameters, "LoadBalancerPort")?;
        Ok(Self { name, port, certificate: parameters.required("SSLCertificateId")? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let balancer = find(context, &self.name)?;
        let mut all = balancer.options.classic_listeners.clone();
        let port = self.port.to_string();
        let listener = all.iter_mut().find(|it| it.text_of("LoadBalancerPort") == Some(&port));
        let Some(Document::Fields(members)) = listener else {
            return Err(no_listener(&self.name, &port));
        };
        let protocol = members.get("Protocol").and_then(Document::text);
        if !matches!(protocol, Some("HTTPS" | "SSL")) {
            let text = "A certificate can be set for a listener that uses HTTPS or SSL only";
            return Err(configuration(text));
        }
        members.insert("SSLCertificateId".to_owned(), Document::Text(self.certificate));
        replace(context, balancer, all)
    }
}
