//! The metadata service on streams that no socket of ours accepted.
//!
//! Whoever has the streams says where each comes from. The answers are those of `mod.rs`. Nothing here closes an idle
//! stream.

use std::{io, net::SocketAddr};

use axum::{
    extract::connect_info::Connected,
    serve::{IncomingStream, Listener},
};
use tokio::{io::DuplexStream, sync::mpsc};

use super::connection::Source;

/// The ends of a stream.
#[derive(Clone, Copy, Debug)]
pub struct Ends {
    /// The client's address.
    pub client: SocketAddr,
    /// The address it connected to.
    pub local: SocketAddr,
}

/// The listener: it takes what a channel brings.
#[derive(Debug)]
pub(super) struct Streams(pub(super) mpsc::Receiver<(DuplexStream, Ends)>);

impl Listener for Streams {
    type Io = DuplexStream;
    type Addr = Ends;

    async fn accept(&mut self) -> (DuplexStream, Ends) {
        match self.0.recv().await {
            Some(accepted) => accepted,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<Ends> {
        Err(io::ErrorKind::AddrNotAvailable.into())
    }
}

impl Connected<IncomingStream<'_, Streams>> for Source {
    fn connect_info(stream: IncomingStream<'_, Streams>) -> Self {
        let ends = stream.remote_addr();
        Self(ends.client, Some(ends.local.ip()))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arc_swap::ArcSwap;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::{
        super::{Common, serve_streams},
        *,
    };
    use crate::{
        import::{Defaults, open},
        resolve::{public::PublicNames, snapshot::Snapshot},
    };

    #[test]
    fn a_stream_is_answered_as_a_connection_of_its_client() {
        let world = open::open("lab09-1", &Defaults::default()).unwrap();
        let snapshot = Snapshot::new(world.world, Arc::new(PublicNames::default()));
        let live = Arc::new(ArcSwap::from_pointee(snapshot));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (sender, streams) = mpsc::channel(1);
            let serving = tokio::spawn(serve_streams(streams, live, Common::default(), None));
            let (mut client, stream) = tokio::io::duplex(4096);
            let ends = Ends {
                client: "10.0.1.29:40000".parse().unwrap(),
                local: "169.254.169.254:80".parse().unwrap(),
            };
            sender.send((stream, ends)).await.unwrap();
            let asked = b"GET /latest/meta-data/local-ipv4 HTTP/1.1\r\nHost: 169.254.169.254\r\nConnection: close\r\n\r\n";
            client.write_all(asked).await.unwrap();
            let mut reply = String::new();
            client.read_to_string(&mut reply).await.unwrap();
            assert!(reply.ends_with("\r\n\r\n10.0.1.29"), "{reply}");
            serving.abort();
        });
    }
}
