//! Clients that send any bytes over TLS, HTTPS, HTTP/3 and QUIC, and tell what came back.

use std::{
    convert::Infallible,
    net::{Ipv4Addr, SocketAddr},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use h3::client::SendRequest;
use h3_quinn::OpenStreams;
use http_body_util::{BodyExt, Full};
use hyper::{
    Method, Request,
    body::{Body, Buf, Bytes, Frame},
};
use hyper_util::rt::{TokioExecutor, TokioIo};
use quinn::crypto::rustls::QuicClientConfig;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    task::JoinSet,
};
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{ClientConfig, RootCertStore, crypto::ring, pki_types::CertificateDer},
};

/// What a client asks with: whom it trusts, and from which address it asks.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) roots: Arc<RootCertStore>,
    pub(crate) from: Ipv4Addr,
}

/// The reply to a request of HTTP.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// A connection of HTTP/2.
#[derive(Clone)]
pub(crate) struct Http2(hyper::client::conn::http2::SendRequest<Sent>);

/// The body of a request.
enum Sent {
    Whole(Full<Bytes>),
    /// It has begun, and does not go on.
    Endless(Option<Bytes>),
}

impl Body for Sent {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match &mut *self {
            Self::Whole(body) => Pin::new(body).poll_frame(context),
            Self::Endless(begin) => match begin.take() {
                Some(begin) => Poll::Ready(Some(Ok(Frame::data(begin)))),
                None => Poll::Pending,
            },
        }
    }
}

/// A connection of QUIC, with the endpoint that drives it.
pub(crate) struct Quic(
    pub(crate) quinn::Connection,
    #[expect(dead_code, reason = "it drives the connection")] quinn::Endpoint,
);

/// A connection of HTTP/3.
pub(crate) struct Http3 {
    send: SendRequest<OpenStreams, Bytes>,
    _driver: JoinSet<()>,
    _quic: Quic,
}

impl Client {
    pub(crate) fn trusting(certificate: CertificateDer<'static>) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(certificate).unwrap();
        Self { roots: Arc::new(roots), from: Ipv4Addr::LOCALHOST }
    }

    pub(crate) fn config(&self, names: &[&[u8]]) -> ClientConfig {
        let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(Arc::clone(&self.roots))
            .with_no_client_auth();
        config.alpn_protocols = names.iter().map(|name| name.to_vec()).collect();
        config
    }

    pub(crate) async fn tcp(&self, server: SocketAddr) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((self.from, 0).into()).unwrap();
        socket.connect(server).await.unwrap()
    }

    pub(crate) async fn tls(&self, server: SocketAddr, name: &[u8]) -> TlsStream<TcpStream> {
        let connector = TlsConnector::from(Arc::new(self.config(&[name])));
        let name = "localhost".try_into().unwrap();
        connector.connect(name, self.tcp(server).await).await.unwrap()
    }

    pub(crate) async fn http2(&self, server: SocketAddr) -> Http2 {
        let stream = self.tls(server, b"h2").await;
        let io = TokioIo::new(stream);
        let (send, connection) =
            hyper::client::conn::http2::handshake(TokioExecutor::new(), io).await.unwrap();
        tokio::spawn(connection);
        Http2(send)
    }

    pub(crate) async fn quic(&self, server: SocketAddr, name: &[u8]) -> Result<Quic, String> {
        let config = QuicClientConfig::try_from(self.config(&[name])).unwrap();
        let mut endpoint = quinn::Endpoint::client((self.from, 0).into()).unwrap();
        endpoint.set_default_client_config(quinn::ClientConfig::new(Arc::new(config)));
        let connecting = endpoint.connect(server, "localhost").unwrap();
        let connection = connecting.await.map_err(|error| error.to_string())?;
        Ok(Quic(connection, endpoint))
    }

    pub(crate) async fn http3(&self, server: SocketAddr) -> Result<Http3, String> {
        let quic = self.quic(server, b"h3").await?;
        let connection = h3_quinn::Connection::new(quic.0.clone());
        let (mut driver, send) =
            h3::client::new(connection).await.map_err(|error| error.to_string())?;
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let _ = futures_util::future::poll_fn(|context| driver.poll_close(context)).await;
        });
        Ok(Http3 { send, _driver: tasks, _quic: quic })
    }

    /// Asks over plain TCP on a connection of its own. `None` if the server ends the connection.
    pub(crate) async fn over_tcp(&self, server: SocketAddr, message: &[u8]) -> Option<Vec<u8>> {
        ask(&mut self.tcp(server).await, message).await
    }

    pub(crate) async fn over_tls(&self, server: SocketAddr, message: &[u8]) -> Option<Vec<u8>> {
        ask(&mut self.tls(server, b"dot").await, message).await
    }

    pub(crate) async fn over_https(&self, server: SocketAddr, message: &[u8]) -> Option<Vec<u8>> {
        let answer = self.http2(server).await.post(message).await?;
        assert_eq!(answer.status, 200);
        Some(answer.body)
    }

    pub(crate) async fn over_quic(&self, server: SocketAddr, message: &[u8]) -> Option<Vec<u8>> {
        self.quic(server, b"doq").await.unwrap().ask(message).await
    }

    pub(crate) async fn over_http3(&self, server: SocketAddr, message: &[u8]) -> Option<Vec<u8>> {
        let answer = self.http3(server).await.unwrap().post(message).await?;
        assert_eq!(answer.status, 200);
        Some(answer.body)
    }
}

/// Asks on a stream. `None` if the server ends the connection.
pub(crate) async fn ask<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    message: &[u8],
) -> Option<Vec<u8>> {
    say(stream, message).await;
    hear(stream).await
}

pub(crate) async fn say<S: AsyncWrite + Unpin>(stream: &mut S, message: &[u8]) {
    let length = u16::try_from(message.len()).unwrap();
    stream.write_all(&[&length.to_be_bytes(), message].concat()).await.unwrap();
    stream.flush().await.unwrap();
}

pub(crate) async fn hear<S: AsyncRead + Unpin>(stream: &mut S) -> Option<Vec<u8>> {
    let length = stream.read_u16().await.ok()?;
    let mut reply = vec![0; usize::from(length)];
    stream.read_exact(&mut reply).await.ok()?;
    Some(reply)
}

pub(crate) fn post(message: &[u8]) -> Request<Full<Bytes>> {
    let kind = ("content-type", "application/dns-message");
    request(Method::POST, "/dns-query", &[kind], message)
}

pub(crate) fn request(
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Request<Full<Bytes>> {
    let mut request = Request::builder().method(method).uri(format!("https://localhost{path}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Full::new(Bytes::copy_from_slice(body))).unwrap()
}

impl Http2 {
    /// `None` if the server ends the connection.
    pub(crate) async fn send(&self, request: Request<Full<Bytes>>) -> Option<Answer> {
        self.exchange(request.map(Sent::Whole)).await
    }

    /// Sends a request whose body does not end.
    pub(crate) async fn begin(&self, message: &[u8]) -> Option<Answer> {
        let begin = Bytes::copy_from_slice(message);
        self.exchange(post(message).map(|_| Sent::Endless(Some(begin)))).await
    }

    async fn exchange(&self, request: Request<Sent>) -> Option<Answer> {
        let mut send = self.0.clone();
        send.ready().await.ok()?;
        let response = send.send_request(request).await.ok()?;
        let headers = headers(response.headers());
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.ok()?.to_bytes().to_vec();
        Some(Answer { status, headers, body })
    }

    pub(crate) async fn post(&self, message: &[u8]) -> Option<Answer> {
        self.send(post(message)).await
    }
}

impl Quic {
    /// `None` if the stream or the connection ends without a reply.
    pub(crate) async fn ask(&self, message: &[u8]) -> Option<Vec<u8>> {
        let (mut send, mut receive) = self.0.open_bi().await.ok()?;
        let length = u16::try_from(message.len()).unwrap();
        send.write_all(&[&length.to_be_bytes(), message].concat()).await.ok()?;
        send.finish().ok()?;
        let reply = receive.read_to_end(2 + 65_535).await.ok()?;
        let (length, reply) = reply.split_first_chunk::<2>()?;
        assert_eq!(usize::from(u16::from_be_bytes(*length)), reply.len());
        Some(reply.to_vec())
    }
}

impl Http3 {
    /// `None` if the stream or the connection ends without a reply.
    pub(crate) async fn send(&self, request: Request<Full<Bytes>>) -> Option<Answer> {
        let (head, body) = request.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let mut send = self.send.clone();
        let mut stream = send.send_request(Request::from_parts(head, ())).await.ok()?;
        if !body.is_empty() {
            stream.send_data(body).await.ok()?;
        }
        stream.finish().await.ok()?;
        let response = stream.recv_response().await.ok()?;
        let mut body = Vec::new();
        while let Some(mut part) = stream.recv_data().await.ok()? {
            let length = part.remaining();
            body.extend_from_slice(&part.copy_to_bytes(length));
        }
        let headers = headers(response.headers());
        Some(Answer { status: response.status().as_u16(), headers, body })
    }

    pub(crate) async fn post(&self, message: &[u8]) -> Option<Answer> {
        self.send(post(message)).await
    }
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }
}

fn headers(map: &hyper::HeaderMap) -> Vec<(String, String)> {
    map.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect()
}
