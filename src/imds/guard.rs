//! Keeps web pages out: a browser on an instance, or beside the server, must not hand metadata to a page.
//!
//! The browser reports a page of another site in `Origin` or `Sec-Fetch-Site`. With DNS rebinding, an attacker points
//! the page's own name at this service. Then neither header shows it, but `Host` is still that name.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use axum::http::{HeaderMap, Uri, Version, header};

/// The service's addresses at AWS.
/// The address of the service.
pub const V4: Ipv4Addr = Ipv4Addr::new(169, 254, 169, 254);
/// Its IPv6 address.
pub const V6: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);

/// The reason for refusing a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// It has no `Host`, or several (RFC 9112 section 3.2).
    Malformed,
    /// It may come from a web page. The words name the header that shows it.
    Page(&'static str),
}

/// Checks the headers of a request that was made to the address `local`.
pub(super) fn check(
    version: Version,
    uri: &Uri,
    headers: &HeaderMap,
    local: Option<IpAddr>,
) -> Result<(), Refused> {
    let foreign = headers
        .get_all("sec-fetch-site")
        .iter()
        .any(|site| !matches!(site.as_bytes(), b"none" | b"same-origin"));
    // No real client sends `Origin`, but a browser does for a web page.
    if foreign || headers.contains_key(header::ORIGIN) {
        return Err(Refused::Page("requests from web pages are refused"));
    }
    let mut hosts = headers.get_all(header::HOST).iter();
    let host = match (hosts.next(), hosts.next()) {
        (Some(host), None) => Some(host.to_str().map_err(|_| Refused::Malformed)?),
        (None, _) if version < Version::HTTP_11 => None,
        _ => return Err(Refused::Malformed),
    };
    // The target can contain a host too, which counts instead of `Host`. Both must be ours.
    for host in [host, uri.authority().map(|authority| authority.as_str())].into_iter().flatten() {
        if !is_ours(host, local) {
            return Err(Refused::Page("the Host header is not a name of this service"));
        }
    }
    Ok(())
}

/// Whether `Host` is an address of the service, the address of this connection, or a loopback name.
fn is_ours(host: &str, local: Option<IpAddr>) -> bool {
    let (name, port) = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((name, port)) => (name, port),
        None => host.split_at(host.find(':').unwrap_or(host.len())),
    };
    let port_is_one = port.is_empty()
        || port.strip_prefix(':').is_some_and(|port| port.bytes().all(|it| it.is_ascii_digit()));
    if !port_is_one {
        return false;
    }
    if name.eq_ignore_ascii_case("localhost") {
        return true;
    }
    name.parse::<IpAddr>().is_ok_and(|address| {
        let address = address.to_canonical();
        address == V4 || address == V6 || address.is_loopback() || Some(address) == local
    })
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn checked(lines: &[(&'static str, &str)], version: Version) -> Result<(), Refused> {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, HeaderValue::from_str(value).unwrap());
        }
        let local = Some("10.1.2.3".parse().unwrap());
        check(version, &Uri::from_static("/latest"), &headers, local)
    }

    #[test]
    fn only_the_names_of_the_service_are_hosts() {
        for host in [
            "169.254.169.254",
            "169.254.169.254:80",
            "[fd00:ec2::254]",
            "[fd00:ec2::254]:80",
            "localhost",
            "LOCALHOST:1338",
            "127.0.0.1:1338",
            "127.9.0.1",
            "[::1]:1338",
            "10.1.2.3",
            "10.1.2.3:1338",
        ] {
            assert_eq!(checked(&[("host", host)], Version::HTTP_11), Ok(()), "{host}");
        }
        for host in [
            "rebound.example",
            "rebound.example:80",
            "localhost.rebound.example",
            "169.254.169.254.rebound.example",
            "169.254.169.254:80.rebound.example",
            "[fd00:ec2::254].rebound.example",
            "10.1.2.4",
            "",
        ] {
            let found = checked(&[("host", host)], Version::HTTP_11);
            assert!(matches!(found, Err(Refused::Page(_))), "{host}");
        }
        assert_eq!(checked(&[], Version::HTTP_10), Ok(()));
        assert_eq!(checked(&[], Version::HTTP_11), Err(Refused::Malformed));
        let twice = [("host", "localhost"), ("host", "localhost")];
        assert_eq!(checked(&twice, Version::HTTP_11), Err(Refused::Malformed));
        let absolute = Uri::from_static("http://rebound.example/latest");
        let mut headers = HeaderMap::new();
        headers.append("host", HeaderValue::from_static("localhost"));
        assert!(check(Version::HTTP_11, &absolute, &headers, None).is_err());
    }

    #[test]
    fn what_a_browser_says_of_a_page_refuses_it() {
        let host = ("host", "localhost");
        for site in ["none", "same-origin"] {
            assert_eq!(checked(&[host, ("sec-fetch-site", site)], Version::HTTP_11), Ok(()));
        }
        for site in ["cross-site", "same-site", "odd"] {
            let found = checked(&[host, ("sec-fetch-site", site)], Version::HTTP_11);
            assert!(matches!(found, Err(Refused::Page(_))), "{site}");
        }
        let found = checked(&[host, ("origin", "http://localhost")], Version::HTTP_11);
        assert!(matches!(found, Err(Refused::Page(_))));
    }
}
