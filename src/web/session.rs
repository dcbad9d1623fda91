//! Sessions of browsers that have shown the token: random ids in a cookie. The cookie reveals nothing about the token.
//!
//! Browsers send a cookie to every port of a host. So its name contains our port, and the cookie alone never allows a
//! change: `guard` also checks where a request comes from.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use axum::http::{HeaderMap, header};

use super::secret::same_secret;

/// The most sessions. A new one replaces the oldest, whose browser has to show the token again.
const MOST: usize = 1_024;

/// The current sessions.
#[derive(Debug)]
pub(super) struct Sessions {
    cookie: String,
    /// The path under which the page is, without a slash at the end.
    mount: String,
    ids: Mutex<VecDeque<String>>,
}

impl Sessions {
    /// No sessions yet, for a page at this port and path. Browsers send the cookie only to that path and what is below.
    pub(super) fn new(port: u16, mount: String) -> Self {
        Self { cookie: format!("vpcdns-{port}"), mount, ids: Mutex::default() }
    }

    /// The address of the page.
    pub(super) fn page(&self) -> String {
        format!("{}/", self.mount)
    }

    fn ids(&self) -> MutexGuard<'_, VecDeque<String>> {
        self.ids.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts a session and gives the value of `Set-Cookie`. `None` if the system gives no random bytes.
    pub(super) fn begin(&self) -> Option<String> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).ok()?;
        let id = data_encoding::HEXLOWER.encode(&bytes);
        let path = if self.mount.is_empty() { "/" } else { &self.mount };
        let cookie = format!("{}={id}; HttpOnly; SameSite=Strict; Path={path}", self.cookie);
        let mut ids = self.ids();
        if ids.len() == MOST {
            ids.pop_front();
        }
        ids.push_back(id);
        Some(cookie)
    }

    /// Whether a request belongs to a session.
    pub(super) fn hold(&self, headers: &HeaderMap) -> bool {
        let ids = self.ids();
        headers
            .get_all(header::COOKIE)
            .into_iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().strip_prefix(self.cookie.as_str())?.strip_prefix('='))
            .any(|given| ids.iter().any(|id| same_secret(given, id)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(cookie: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::COOKIE, cookie.parse().unwrap())])
    }

    #[test]
    fn a_session_is_random_and_the_oldest_of_too_many_is_forgotten() {
        let sessions = Sessions::new(1080, String::new());
        let pair = |cookie: &str| cookie.split(';').next().unwrap().to_owned();
        let first = pair(&sessions.begin().unwrap());
        assert!(first.starts_with("vpcdns-1080=") && first.len() == 12 + 32, "{first}");
        assert!(sessions.hold(&with(&format!("a=b; {first}"))));
        assert!(!sessions.hold(&with(&first.replace("1080", "1081"))));
        assert!(!sessions.hold(&with("vpcdns-1080=")) && !sessions.hold(&HeaderMap::new()));
        let second = pair(&sessions.begin().unwrap());
        assert_ne!(first, second);
        for _ in 0..MOST - 1 {
            sessions.begin().unwrap();
        }
        assert!(!sessions.hold(&with(&first)) && sessions.hold(&with(&second)));
    }
}
