//! The accept loop of HTTP: admits connections, and closes each when its time is up or a new one needs room.
//!
//! axum's own loop limits neither connections nor time, so this file uses hyper's connection.

use std::{convert::Infallible, io, sync::Arc, time::Duration};

use axum::{Router, body::Body, extract::Request, http::Response};
use hyper::{
    body::Incoming,
    server::conn::http1,
    service::{Service, service_fn},
};
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
};

use super::{
    activity::{Activity, Part, Watched},
    connections::{Connections, Limits, Slot},
};

/// The pause after an error that may last, such as too many open files.
const REST: Duration = Duration::from_millis(20);
/// The most bytes of a request's line and headers.
const MAX_HEAD: usize = 64 << 10;
/// The reply to a new connection when the server owes an answer to all others.
const FULL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

/// Serves until `stop` resolves. Requests that are in work by then are still answered.
pub(super) async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    stop: impl Future<Output = ()>,
) {
    let connections = Connections::new(limits);
    let (stopping, stopped) = watch::channel(false);
    let mut tasks = JoinSet::new();
    tokio::pin!(stop);
    loop {
        while tasks.try_join_next().is_some() {}
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        match accepted {
            Ok((stream, source)) => match connections.admit(source.ip()) {
                Some(slot) => {
                    let times = connections.times();
                    let (router, stopped) = (router.clone(), stopped.clone());
                    tasks.spawn(async move {
                        let activity = Arc::clone(&slot.activity);
                        tokio::select! {
                            () = connection(stream, router, &slot, stopped) => {}
                            () = activity.over(&times) => {}
                        }
                    });
                }
                None => {
                    // The reply is sent only if the socket takes it at once. The connection is closed in any case.
                    let _ = stream.try_write(FULL);
                }
            },
            Err(error) => {
                tracing::debug!(%error, "an HTTP connection could not be accepted");
                if !passes(&error) {
                    connections.shed();
                    tokio::time::sleep(REST).await;
                }
            }
        }
    }
    drop(listener);
    stopping.send_replace(true);
    while tasks.join_next().await.is_some() {}
}

/// Whether an error concerns only one client, so that the next one can be accepted at once.
fn passes(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

/// Answers the requests of a connection.
async fn connection(
    stream: TcpStream,
    router: Router,
    slot: &Slot,
    mut stopped: watch::Receiver<bool>,
) {
    // A reply is written as a whole, so there is nothing to collect.
    let _ = stream.set_nodelay(true);
    let activity = &slot.activity;
    let io = TokioIo::new(Watched::new(stream, Arc::clone(activity)));
    let service = service_fn(|request| answer(request, &router, activity));
    let mut builder = http1::Builder::new();
    builder.header_read_timeout(None).max_buf_size(MAX_HEAD);
    let connection = builder.serve_connection(io, service);
    tokio::pin!(connection);
    let stop = async {
        let _ = stopped.wait_for(|stopped| *stopped).await;
    };
    let outcome = tokio::select! {
        outcome = connection.as_mut() => outcome,
        () = stop => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = outcome {
        tracing::debug!(%error, "an HTTP connection ended");
    }
}

async fn answer(
    request: Request<Incoming>,
    router: &Router,
    activity: &Arc<Activity>,
) -> Result<Response<Part<Body>>, Infallible> {
    let request = request.map(|body| Body::new(Part::request(body, activity)));
    let response = TowerToHyperService::new(router.clone()).call(request).await?;
    Ok(response.map(|body| Part::reply(body, activity)))
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use axum::{body::Bytes, routing::post};
    use futures_util::stream;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;
    use crate::web::Times;

    const SHORT: Duration = Duration::from_millis(150);
    /// Longer than any of these tests takes.
    const LONG: Duration = Duration::from_secs(600);

    /// Runs a test against a server that echoes bodies. Its `/stream` stays open for a while without sending anything.
    fn with_server<F: Future<Output = ()>>(times: Times, test: impl FnOnce(SocketAddr) -> F) {
        let silent = || async {
            let parts = stream::unfold(0, |part| async move {
                if part == 1 {
                    tokio::time::sleep(SHORT * 4).await;
                }
                (part < 2).then_some((Ok::<_, Infallible>(Bytes::from("part ")), part + 1))
            });
            Body::from_stream(parts)
        };
        let slow = || async {
            tokio::time::sleep(SHORT * 4).await;
            "worked"
        };
        let router = Router::new()
            .route("/", post(|body: Bytes| async { body }))
            .route("/stream", post(silent))
            .route("/slow", post(slow));
        let limits = Limits { times, ..Limits::default() };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            tokio::select! {
                () = serve(listener, router, limits, std::future::pending()) => {}
                () = test(address) => {}
            }
        });
    }

    /// Reads until the server closes.
    async fn until_closed(stream: &mut TcpStream) -> String {
        let mut all = Vec::new();
        let read = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut all));
        let read = read.await.expect("the server closes");
        if let Err(error) = read {
            assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
        }
        String::from_utf8(all).unwrap()
    }

    async fn send(server: SocketAddr, text: &str) -> TcpStream {
        let mut stream = TcpStream::connect(server).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        stream
    }

    #[test]
    fn each_clock_closes_its_own_kind_of_connection() {
        let all_long = Times { head: LONG, body: LONG, idle: LONG };
        let request = |path: &str, more: &str| format!("POST {path} HTTP/1.1\r\nHost: h\r\n{more}");
        with_server(Times { head: SHORT, ..all_long }, |server| async move {
            for start in ["", "P", &request("/", "X: y\r\n")] {
                assert_eq!(until_closed(&mut send(server, start).await).await, "", "{start}");
            }
        });
        with_server(Times { body: SHORT, ..all_long }, |server| async move {
            let mut stream = send(server, &request("/", "Content-Length: 5\r\n\r\nfour")).await;
            assert_eq!(until_closed(&mut stream).await, "");
        });
        with_server(Times { idle: SHORT, ..all_long }, |server| async move {
            let text = request("/", "Content-Length: 4\r\n\r\nfour");
            let reply = until_closed(&mut send(server, &text).await).await;
            assert!(reply.starts_with("HTTP/1.1 200") && reply.ends_with("four"), "{reply}");
        });
    }

    #[test]
    fn no_clock_runs_while_the_server_works_or_streams() {
        let times = Times { head: SHORT, body: SHORT, idle: SHORT };
        with_server(times, |server| async move {
            for (path, end) in [("/slow", "worked"), ("/stream", "part \r\n0\r\n\r\n")] {
                let text = format!("POST {path} HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
                let reply = until_closed(&mut send(server, &text).await).await;
                assert!(reply.ends_with(end), "{path}: {reply}");
            }
        });
    }

    #[test]
    fn a_client_that_takes_no_reply_is_closed() {
        let times = Times { head: LONG, body: LONG, idle: SHORT };
        with_server(times, |server| async move {
            let body = "x".repeat(1 << 20);
            let head =
                format!("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: {}\r\n\r\n", body.len());
            let mut stream = send(server, &head).await;
            // The replies fill the socket. Then the server reads nothing more from the client, and the client's writing
            // fails at the end.
            let writes = async {
                loop {
                    if stream.write_all(body.as_bytes()).await.is_err()
                        || stream.write_all(head.as_bytes()).await.is_err()
                    {
                        return;
                    }
                }
            };
            tokio::time::timeout(Duration::from_secs(20), writes).await.expect("it is closed");
        });
    }
}
