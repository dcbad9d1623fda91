//! `--upstream`: nobody, the system's own resolvers, or addresses.

use std::net::{IpAddr, SocketAddr};

/// Reads the option's words.
///
/// # Errors
///
/// What is wrong with them, for a person.
pub(super) fn read(words: &[String]) -> Result<Vec<SocketAddr>, String> {
    match words {
        [] => Ok(Vec::new()),
        [word] if word == "none" => Ok(Vec::new()),
        [word] if word == "system" => crate::dns::system_servers(),
        words => words.iter().map(|word| address(word)).collect(),
    }
}

fn address(word: &str) -> Result<SocketAddr, String> {
    word.parse::<IpAddr>()
        .map(|address| SocketAddr::new(address, 53))
        .or_else(|_| word.parse())
        .map_err(|_| format!("`{word}` is not `none`, `system` or an address such as 192.0.2.53"))
}
