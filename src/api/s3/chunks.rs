//! Bodies that clients send in signed pieces (`aws-chunked`): lines with a length, each followed by as many bytes.

use crate::api::Request;

/// The body of a request without the lengths, signatures and trailers of its pieces. `None` if it is cut or damaged.
pub(super) fn body(request: &Request) -> Option<Vec<u8>> {
    let is_cut =
        request.header("x-amz-content-sha256").is_some_and(|it| it.starts_with("STREAMING-"));
    if !is_cut {
        return Some(request.body.clone());
    }
    let (mut body, mut rest) = (Vec::with_capacity(request.body.len()), request.body.as_slice());
    loop {
        let end = rest.windows(2).position(|pair| pair == b"\r\n")?;
        let line = std::str::from_utf8(rest.get(..end)?).ok()?;
        let length = line.split(';').next()?.trim();
        let length = usize::from_str_radix(length, 16).ok()?;
        if length == 0 {
            return Some(body);
        }
        let start = end + 2;
        let stop = start.checked_add(length)?;
        body.extend_from_slice(rest.get(start..stop)?);
        rest = rest.get(stop..)?.strip_prefix(b"\r\n")?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(sent: &[u8]) -> Option<Vec<u8>> {
        let kind = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD".to_owned();
        let headers = vec![("x-amz-content-sha256".to_owned(), kind)];
        body(&Request { headers, body: sent.to_vec(), ..Request::default() })
    }

    #[test]
    fn pieces_are_joined() {
        let two = b"4;chunk-signature=ab\r\nwiki\r\nA;chunk-signature=cd\r\npedia\r\nin \r\n0;chunk-signature=ef\r\n\r\n";
        assert_eq!(cut(two).unwrap(), b"wikipedia\r\nin ");
        assert_eq!(cut(b"0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n").unwrap(), b"");
        let whole = Request { body: b"4\r\nwiki".to_vec(), ..Request::default() };
        assert_eq!(body(&whole).unwrap(), b"4\r\nwiki");
    }

    #[test]
    fn a_damaged_body_is_none() {
        for damaged in [
            &b""[..],
            b"4",
            b"4\r\nwik",
            b"4\r\nwikipedia\r\n0\r\n",
            b"x\r\nwiki\r\n0\r\n",
            b"-1\r\n\r\n",
            b"ffffffffffffffff\r\nwiki\r\n0\r\n",
            b"fffffffffffffffff\r\nwiki\r\n0\r\n",
            b"4\r\nwiki\r\n",
        ] {
            assert_eq!(cut(damaged), None, "{}", damaged.escape_ascii());
        }
    }
}
