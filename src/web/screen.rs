//! What the teacher shows to the class: the part of a link that says what the page shows.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::json;

use super::listeners::NamedEvent;

/// The longest link, in bytes.
const LONGEST: usize = 2_048;

/// The link to what the teacher shows. `None` while the class follows nobody.
#[derive(Debug, Default)]
pub(crate) struct Screen(Mutex<Option<Arc<str>>>);

impl Screen {
    /// What is shown.
    pub(super) fn link(&self) -> Option<Arc<str>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Shows something else, or nothing. Returns whether the link may be shown.
    pub(super) fn show(&self, link: Option<&str>) -> bool {
        // The page reads the link as the query of a form, whose bytes are ASCII and visible.
        let fine =
            |link: &str| link.len() <= LONGEST && link.bytes().all(|it| it.is_ascii_graphic());
        if !link.is_none_or(fine) {
            return false;
        }
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = link.map(Arc::from);
        true
    }

    /// The event that tells a page what is shown.
    pub(super) fn event(&self) -> NamedEvent {
        ("follow", json!({ "link": self.link() }).to_string().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_short_and_plain() {
        let screen = Screen::default();
        assert!(screen.show(Some("from=a&name=b%20c")));
        for bad in ["a b", "a\n", "가", &"x".repeat(LONGEST + 1)] {
            assert!(!screen.show(Some(bad)), "{bad}");
        }
        assert_eq!(screen.link().as_deref(), Some("from=a&name=b%20c"), "the last good one stays");
        assert!(screen.show(None) && screen.link().is_none());
    }
}
