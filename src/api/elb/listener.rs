//! The listeners of Classic Load Balancers. They change no answer.

use super::edit;
use crate::{
    api::{
        balancing::validation, context::Context, error::ApiError, parameter::Parameters,
        service::Operation, shape::Fields,
    },
    model::{classic_edit::ClassicEdit, document::Document},
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

/// `CreateLoadBalancerListeners`.
pub(in crate::api) struct CreateLoadBalancerListeners(String, Vec<Document>);

impl Operation for CreateLoadBalancerListeners {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self(parameters.required("LoadBalancerName")?, listeners(parameters)?))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        edit(context, &self.0, ClassicEdit::AddListeners(self.1))
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
        edit(context, &self.0, ClassicEdit::RemoveListeners(self.1))
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
        let Self { name, port, certificate } = self;
        edit(context, &name, ClassicEdit::SetCertificate { port: port.to_string(), certificate })
    }
}
