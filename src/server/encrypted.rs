//! What is said about the listeners of DNS, and about their certificate.

use std::sync::Arc;

use crate::dns::{Certificate, Listener, Scheme};

/// The part of the line about being ready: the addresses of each kind of listener, and the fingerprint of a self-made
/// certificate.
pub(super) fn ready(listeners: &[Listener], certificate: Option<&Certificate>) -> String {
    let mut words = Vec::new();
    for scheme in [Scheme::Plain].into_iter().chain(Scheme::ENCRYPTED) {
        let of_scheme = listeners.iter().filter(|listener| listener.protocol == scheme);
        let addresses: Vec<_> = of_scheme.map(|listener| listener.address.to_string()).collect();
        if !addresses.is_empty() {
            words.push(format!("{}={}", scheme.name(), addresses.join(",")));
        }
    }
    if let Some(certificate) = certificate.filter(|certificate| certificate.is_self_made()) {
        words.push(format!("fingerprint=sha256:{}", certificate.fingerprint()));
    }
    words.join(" ")
}

/// How clients can check a self-made certificate.
pub(super) fn hint(certificate: &Certificate) -> Option<String> {
    let pin = certificate.is_self_made().then(|| certificate.pin())??;
    Some(format!(
        "The certificate is self-made, new at each start. To check it: kdig +tls-pin={pin}, curl --insecure \
         --pinnedpubkey sha256//{pin}; or give one with --tls-cert and --tls-key."
    ))
}

/// Reads the certificate again, after SIGHUP.
pub(super) fn reload(certificate: Option<&Arc<Certificate>>, say: &impl Fn(&str)) {
    match certificate.map(|certificate| certificate.reload()) {
        None | Some(Ok(false)) => {}
        Some(Ok(true)) => say("SIGHUP: the certificate was read again"),
        Some(Err(error)) => say(&format!("SIGHUP: the certificate stays as it is: {error}")),
    }
}
