//! What all encrypted listeners share, and the settings of TLS.

use std::{io, sync::Arc, time::Duration};

use tokio_rustls::rustls::{
    ServerConfig, SupportedProtocolVersion, crypto::ring, server::ResolvesServerCert,
};

use super::{certificate::Certificate, gate::Gate};
use crate::dns::connections::Connections;

/// What all encrypted listeners share.
pub(in crate::dns) struct Common {
    pub(in crate::dns) certificate: Arc<Certificate>,
    pub(in crate::dns) connections: Arc<Connections>,
    pub(in crate::dns) gate: Arc<Gate>,
    /// How long a connection may idle.
    pub(in crate::dns) idle: Duration,
}

/// The settings of TLS: ring's algorithms, no certificates of clients, and these names of protocols (ALPN).
pub(super) fn config(
    certificate: Arc<dyn ResolvesServerCert>,
    versions: &[&'static SupportedProtocolVersion],
    names: &[&[u8]],
) -> io::Result<Arc<ServerConfig>> {
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(versions)
        .map_err(io::Error::other)?
        .with_no_client_auth()
        .with_cert_resolver(certificate);
    config.alpn_protocols = names.iter().map(|name| name.to_vec()).collect();
    Ok(Arc::new(config))
}
