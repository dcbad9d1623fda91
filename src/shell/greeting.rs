//! What a service of the World answers over TCP: a page that says which way the connection came.
//!
//! Plain HTTP on both ports. It has no certificate that a client would trust, so a TLS handshake is refused at once
//! rather than left to time out.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// The most bytes of a request's line and headers.
const MOST_BYTES: usize = 16 << 10;
/// How a TLS connection begins: a record with a handshake (RFC 8446 section 5.1).
const HANDSHAKE: u8 = 22;
/// A TLS record with the fatal alert `handshake_failure` (RFC 8446 section 6.2).
const REFUSAL: [u8; 7] = [21, 3, 1, 0, 2, 2, 40];

/// Answers one request with the text.
pub(super) async fn serve<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    text: &str,
) -> io::Result<()> {
    let mut request = Vec::new();
    while !request.windows(4).any(|end| end == b"\r\n\r\n") && request.len() < MOST_BYTES {
        if stream.read_buf(&mut request).await? == 0 {
            return Ok(());
        }
        if request.first() == Some(&HANDSHAKE) {
            stream.write_all(&REFUSAL).await?;
            return stream.shutdown().await;
        }
    }
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        text.len()
    );
    stream.write_all(head.as_bytes()).await?;
    if !request.starts_with(b"HEAD ") {
        stream.write_all(text.as_bytes()).await?;
    }
    stream.shutdown().await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(request: &[u8]) -> Vec<u8> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let (mut client, server) = tokio::io::duplex(64 << 10);
            client.write_all(request).await.unwrap();
            client.shutdown().await.unwrap();
            serve(server, "hello\n").await.unwrap();
            let mut reply = Vec::new();
            client.read_to_end(&mut reply).await.unwrap();
            reply
        })
    }

    #[test]
    fn a_request_gets_the_text_and_a_handshake_an_alert() {
        let reply = String::from_utf8(answer(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")).unwrap();
        assert!(reply.starts_with("HTTP/1.1 200 OK\r\n"), "{reply}");
        assert!(
            reply.ends_with("Content-Length: 6\r\nConnection: close\r\n\r\nhello\n"),
            "{reply}"
        );
        let reply = String::from_utf8(answer(b"HEAD / HTTP/1.1\r\n\r\n")).unwrap();
        assert!(reply.ends_with("\r\n\r\n"), "{reply}");
        assert_eq!(answer(&[22, 3, 1, 2, 0]), REFUSAL);
        assert_eq!(answer(b"GET / HTTP/1.1\r\n"), b"");
        let long = answer(&vec![b'a'; MOST_BYTES + 1]);
        assert!(long.starts_with(b"HTTP/1.1 200"));
    }
}
