//! Parses `--upstream`: none, the system's own resolvers, or addresses.

use std::net::{IpAddr, SocketAddr};

use crate::dns::{self, Listener};

/// Parses the option's words.
///
/// # Errors
///
/// The mistake, in words for the user.
pub(super) fn read(words: &[String]) -> Result<Vec<SocketAddr>, String> {
    match words {
        [] => Ok(Vec::new()),
        [word] if word == "none" => Ok(Vec::new()),
        [word] if word == "system" => dns::system_servers(),
        words => words.iter().map(|word| address(word)).collect(),
    }
}

/// Refuses a server that is this process itself: a question to it would come back forever.
///
/// # Errors
///
/// The address and its listener, in words for the user.
pub(super) fn check(upstream: &[SocketAddr], listeners: &[Listener]) -> Result<(), String> {
    for listener in listeners.iter().filter(|listener| listener.address.port() != 0) {
        if let Some(own) = upstream.iter().find(|own| dns::is_served_by(**own, &[*listener])) {
            return Err(format!(
                "--upstream: {own} is this server's own address (--dns {}); name another server, or give --dns \
                 another address or port",
                listener.address
            ));
        }
    }
    Ok(())
}

fn address(word: &str) -> Result<SocketAddr, String> {
    word.parse::<IpAddr>()
        .map(|address| SocketAddr::new(address, 53))
        .or_else(|_| word.parse())
        .map_err(|_| format!("`{word}` is not `none`, `system` or an address such as 192.0.2.53"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_refused(upstream: &str, listener: &str) -> bool {
        let listeners = [Listener::plain(listener.parse().unwrap(), None)];
        let refused = check(&[upstream.parse().unwrap()], &listeners).err();
        assert!(refused.iter().all(|text| text.contains(upstream)), "{refused:?}");
        refused.is_some()
    }

    #[test]
    fn a_server_that_is_this_one_is_refused() {
        for (upstream, listener) in [
            ("127.0.0.1:53", "127.0.0.1:53"),
            ("127.0.0.1:53", "0.0.0.0:53"),
            ("127.0.0.53:53", "0.0.0.0:53"),
            ("0.0.0.0:53", "0.0.0.0:53"),
            ("[::1]:53", "[::]:53"),
            ("[::ffff:127.0.0.1]:53", "0.0.0.0:53"),
        ] {
            assert!(is_refused(upstream, listener), "{upstream} {listener}");
        }
        for (upstream, listener) in [
            ("127.0.0.1:54", "127.0.0.1:53"),
            ("127.0.0.2:53", "127.0.0.1:53"),
            ("127.0.0.1:54", "0.0.0.0:53"),
            ("192.0.2.53:53", "0.0.0.0:53"),
            ("[::1]:53", "0.0.0.0:53"),
            ("127.0.0.1:53", "[::]:53"),
        ] {
            assert!(!is_refused(upstream, listener), "{upstream} {listener}");
        }
    }
}
