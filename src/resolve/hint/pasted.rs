//! A text with more than a name in it, or with no name: a URL, a port, spaces, an empty label, an address.

use std::net::IpAddr;

use super::told::Hint;
use crate::{language::Language, model::name::Name, resolve::autodefined::reverse_name};

/// The code of a text that DNS can read no name in.
pub(super) const EMPTY_LABEL: &str = "EMPTY_LABEL";

/// What a text is, if it is not only a name, and the name that was probably meant.
pub(super) fn pasted(text: &str, say: Language) -> Option<Hint> {
    let whole = text.trim();
    if let Some(address) = address(whole) {
        return Some(of_address(whole, address, say));
    }
    if whole.ends_with(".arpa") {
        // A slash is usual there (RFC 2317).
        return None;
    }
    let (code, part, told, rest) = unwrap(text, say)?;
    if let Some(address) = address(rest.trim_end_matches('.')) {
        return Some(of_address(&rest, address, say));
    }
    let name = rest.strip_suffix('.').unwrap_or(&rest).to_ascii_lowercase();
    let usable = name.contains('.') && name != text && Name::parse(&name).is_ok();
    usable.then(|| Hint { code: code.into(), text: told, part: Some(part), name: Some(name) })
}

/// What stands around the name: the code, the part, the sentence, and the rest.
fn unwrap(text: &str, say: Language) -> Option<(&'static str, String, String, String)> {
    let (name, spaced) = without_spaces(text);
    let (host, scheme) = match name.split_once("://") {
        Some((scheme, rest)) => (rest, Some(scheme)),
        None => (name.as_str(), None),
    };
    let end = host.find(['/', '?', '#']).unwrap_or(host.len());
    let (host, path) = host.split_at(end);
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let (host, port) = match host.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => (host, Some(port)),
        _ => (host, None),
    };
    let labels: Vec<&str> = host.split('.').filter(|label| !label.is_empty()).collect();
    let joined = labels.join(".");
    let dots = joined.len() < host.strip_suffix('.').unwrap_or(host).len();
    let (code, part, told) = if let Some(scheme) = scheme {
        ("URL", format!("{scheme}://"), say.hint_url())
    } else if !path.is_empty() {
        ("PATH", path.to_owned(), say.hint_path(path))
    } else if let Some(port) = port {
        ("PORT", format!(":{port}"), say.hint_port(port))
    } else if dots {
        (EMPTY_LABEL, "..".to_owned(), say.hint_empty_label())
    } else if let Some(part) = spaced {
        let told = if part == " " { say.hint_space() } else { say.hint_words(&part) };
        ("SPACE", part, told)
    } else {
        return None;
    };
    Some((code, part, told, joined))
}

/// The name in a text with spaces, and the space or the words beside it. Of several words it is the last one with a dot,
/// as in a command, unless a dot stands beside the space.
fn without_spaces(text: &str) -> (String, Option<String>) {
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.len() < 2 {
        let spaced = words.first().is_some_and(|word| word.len() < text.len());
        return (words.concat(), spaced.then(|| " ".to_owned()));
    }
    let torn = words.iter().skip(1).any(|word| word.starts_with('.'))
        || words[..words.len() - 1].iter().any(|word| word.ends_with('.'));
    let named = |word: &&&str| word.contains('.') && !word.starts_with(['@', '+', '-']);
    match words.iter().rfind(named) {
        Some(word) if !torn => {
            let others: Vec<&str> = words.iter().filter(|other| *other != word).copied().collect();
            ((*word).to_owned(), Some(others.join(" ")))
        }
        _ => (words.concat(), Some(" ".to_owned())),
    }
}

/// The address that a text is, with a port or a prefix length or without.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.split_once('/').map_or(text, |(address, _)| address);
    let bare = bare.trim_start_matches('[');
    let (bare, _) = bare.split_once(']').unwrap_or((bare, ""));
    if let Ok(address) = bare.parse() {
        return Some(address);
    }
    let (address, port) = bare.split_once(':')?;
    port.parse::<u16>().ok()?;
    address.parse::<std::net::Ipv4Addr>().ok().map(IpAddr::V4)
}

fn of_address(text: &str, address: IpAddr, say: Language) -> Hint {
    Hint::why("ADDRESS", Some(text.to_owned()), say.hint_address(address, reverse_name(address)))
}
