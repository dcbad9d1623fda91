//! One question to other servers over the wire: UDP, and TCP after truncation.
//!
//! A reply is taken as it stands: nothing is followed and nothing kept. Each packet has a port and an id of its own, and
//! no Client Subnet and no cookie.

use std::{net::SocketAddr, time::Duration};

use hickory_resolver::{
    net::{
        DnsHandle, NetError,
        runtime::TokioRuntimeProvider,
        tcp::TcpClientStream,
        udp::UdpClientStream,
        xfer::{DnsRequestSender, FirstAnswer},
    },
    proto::op::{DnsRequest, DnsRequestOptions, DnsResponse, Query},
};
use tokio::time::timeout;

use super::heard::{Heard, to_hickory};
use crate::model::{name::Name, record::RecordType};

/// How long a server is waited for, with TCP after truncation.
const TRY: Duration = Duration::from_millis(1_500);
/// When a UDP packet is sent again.
const AGAIN: Duration = Duration::from_millis(500);

/// Asks one server after the other until one answers with records, or that there are none.
pub(super) async fn exchange(
    servers: &[SocketAddr],
    name: &Name,
    rtype: RecordType,
) -> Option<Heard> {
    let query = Query::query(to_hickory(name)?, rtype.0.into());
    for server in servers {
        match timeout(TRY, ask(*server, &query)).await {
            Ok(Ok(reply)) if matches!(u16::from(reply.metadata.response_code), 0 | 3) => {
                return Some(Heard::read(&reply, rtype));
            }
            Ok(Ok(reply)) => {
                let code = reply.metadata.response_code;
                tracing::debug!(%server, %code, %name, "an upstream server does not answer");
            }
            Ok(Err(error)) => {
                tracing::debug!(%server, %error, %name, "an upstream server failed");
            }
            Err(_) => tracing::debug!(%server, %name, "an upstream server is silent"),
        }
    }
    None
}

async fn ask(server: SocketAddr, query: &Query) -> Result<DnsResponse, NetError> {
    let mut options = DnsRequestOptions::default();
    options.retry_interval = AGAIN;
    let request = || DnsRequest::from_query(query.clone(), options);
    let provider = TokioRuntimeProvider::default();
    let mut udp =
        UdpClientStream::builder(server, provider.clone()).with_timeout(Some(TRY)).build();
    let mut reply = udp.send_message(request()).first_answer().await?;
    if reply.metadata.truncation {
        let tcp = TcpClientStream::exchange(server, None, TRY, None, provider).await?;
        reply = tcp.send(request()).first_answer().await?;
    }
    if reply.queries != [query.clone()] {
        return Err("the reply is to another question".into());
    }
    Ok(reply)
}
