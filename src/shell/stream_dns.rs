//! DNS over TCP on a stream: messages with their length in front (RFC 7766), one after the other.

use std::{io, net::SocketAddr, sync::Arc};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::names::Names;
use crate::ask::{Ask, Transport};

/// Answers messages until the client ends the stream.
pub(super) async fn serve<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    client: SocketAddr,
    ask: Arc<dyn Ask>,
    names: Arc<Names>,
) -> io::Result<()> {
    loop {
        let length = match stream.read_u16().await {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            length => length?,
        };
        let mut message = vec![0; usize::from(length)];
        stream.read_exact(&mut message).await?;
        if let Some(reply) = ask.ask(&message, client, Transport::STREAM).await {
            names.learn(&reply);
            let length = u16::try_from(reply.len()).map_err(io::Error::other)?;
            stream.write_all(&[&length.to_be_bytes()[..], &reply].concat()).await?;
        }
    }
}
