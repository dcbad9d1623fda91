//! Class CHAOS: what the server says about itself, and whether it explains names there.
//!
//! `version.bind` and `version.server` give the version, `hostname.bind` and `id.server` the host's name (RFC
//! 4892). `explained.rs` writes explanations.

/// The answers, each the data of a TXT record.
#[derive(Clone, Debug)]
pub(super) struct Identity {
    version: Vec<u8>,
    host: Vec<u8>,
    /// Whether `TXT CH` of any other name explains that name, to clients that may get explanations.
    pub(super) explains: bool,
}

impl Identity {
    /// The identity of this build on this host.
    pub(super) fn of_this_host() -> Self {
        Self::new(&host_name())
    }

    /// The identity of this build on a host of that name.
    pub(super) fn new(host: &str) -> Self {
        Self {
            version: text(concat!("vpcdns ", env!("CARGO_PKG_VERSION"))),
            host: text(host),
            explains: false,
        }
    }

    /// The same, which explains names or does not.
    pub(super) fn explaining(self, explains: bool) -> Self {
        Self { explains, ..self }
    }

    /// The data of the TXT record at a lower-case name in wire form.
    pub(super) fn txt(&self, name: &[u8]) -> Option<&[u8]> {
        match name {
            b"\x07version\x04bind\x00" | b"\x07version\x06server\x00" => Some(&self.version),
            b"\x08hostname\x04bind\x00" | b"\x02id\x06server\x00" => Some(&self.host),
            _ => None,
        }
    }
}

/// One character-string, cut to the 255 bytes it may have.
fn text(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let bytes = bytes.get(..255).unwrap_or(bytes);
    let mut data = Vec::with_capacity(bytes.len() + 1);
    data.push(u8::try_from(bytes.len()).unwrap_or(u8::MAX));
    data.extend_from_slice(bytes);
    data
}

/// The host's name: what the kernel says, else a file or the environment; std has no call for it.
fn host_name() -> String {
    ["/proc/sys/kernel/hostname", "/etc/hostname"]
        .into_iter()
        .filter_map(|path| std::fs::read_to_string(path).ok())
        .chain(std::env::var("HOSTNAME").ok())
        .map(|name| name.trim().to_owned())
        .find(|name| !name.is_empty())
        .unwrap_or_else(|| "localhost".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_and_long_ones_are_cut() {
        let identity = Identity::new(&"h".repeat(300));
        let host = identity.txt(b"\x08hostname\x04bind\x00").unwrap();
        assert_eq!((host.len(), host[0]), (256, 255));
        assert!(identity.txt(b"\x07version\x04bind\x00").unwrap()[1..].starts_with(b"vpcdns "));
        assert_eq!(identity.txt(b"\x07authors\x04bind\x00"), None);
        assert!(!host_name().is_empty());
    }
}
