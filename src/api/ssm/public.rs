//! Knows: the parameters that AWS publishes in a region, below `/aws/service`: the ids of Amazon Linux's images and the
//! global infrastructure. `/aws/service/list` says which there are.
//!
//! Deliberately does not: know the other publishers (Windows, ECS, Bottlerocket): the catalogue has no images of theirs.

use std::collections::BTreeSet;

use super::infrastructure;
use crate::{catalog::images, model::image::image_of_parameter};

/// What every published parameter begins with.
const ROOT: [&str; 2] = ["aws", "service"];
/// The publishers.
const LINUX: &str = "ami-amazon-linux-latest";
const INFRASTRUCTURE: &str = "global-infrastructure";

/// The parameters of a region.
#[derive(Clone, Copy, Debug)]
pub(super) struct Public {
    /// The region that is asked.
    pub(super) region: &'static str,
}

impl Public {
    /// The value of a parameter.
    pub(super) fn value(self, name: &str) -> Option<String> {
        self.value_at(&names(name)?)
    }

    /// The names and the values of the parameters below a path, one level deep or all: at most `limit` behind `after`.
    ///
    /// They are in the order of the names between the slashes, so that what stands below a name follows it at once. A
    /// page is found without listing what was shown before.
    pub(super) fn below(
        self,
        path: &str,
        is_recursive: bool,
        after: Option<&str>,
        limit: usize,
    ) -> Vec<(String, String)> {
        let after = after.and_then(names).unwrap_or_default();
        let mut found = Vec::new();
        if let Some(path) = names(path.trim_end_matches('/')) {
            self.gather(&path, is_recursive, &after, limit, &mut found);
        }
        found
    }

    fn gather(
        self,
        path: &[&str],
        is_recursive: bool,
        after: &[&str],
        limit: usize,
        found: &mut Vec<(String, String)>,
    ) {
        for name in self.names_below(path) {
            let full = [path, &[name.as_str()]].concat();
            let is_behind = *full > *after;
            if is_behind
                && found.len() < limit
                && let Some(value) = self.value_at(&full)
            {
                found.push((format!("/aws/service/{}", full.join("/")), value));
            }
            let may_hold = is_behind || after.starts_with(&full);
            if is_recursive && may_hold && found.len() < limit {
                self.gather(&full, is_recursive, after, limit, found);
            }
        }
    }

    fn value_at(self, path: &[&str]) -> Option<String> {
        match path {
            ["list", publisher] => {
                self.publishers().contains(publisher).then(|| format!("/aws/service/{publisher}/"))
            }
            [LINUX, name] => image_of_parameter(name, self.region).map(|id| id.to_string()),
            [INFRASTRUCTURE, rest @ ..] if infrastructure::is_answered_in(self.region) => {
                infrastructure::value(self.region, rest)
            }
            _ => None,
        }
    }

    /// The names directly below a path, in order.
    fn names_below(self, path: &[&str]) -> BTreeSet<String> {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        match path {
            [] => owned(&[self.publishers(), &["list"]].concat()),
            ["list"] => owned(self.publishers()),
            [LINUX] => {
                owned(&images().iter().flat_map(|it| it.parameters.clone()).collect::<Vec<_>>())
            }
            [INFRASTRUCTURE, rest @ ..] if infrastructure::is_answered_in(self.region) => {
                infrastructure::below(rest)
            }
            _ => BTreeSet::new(),
        }
    }

    fn publishers(self) -> &'static [&'static str] {
        const ALL: &[&str] = &[LINUX, INFRASTRUCTURE];
        if infrastructure::is_answered_in(self.region) { ALL } else { &ALL[..1] }
    }
}

/// The names of a path behind `/aws/service`; `None` for another path.
fn names(path: &str) -> Option<Vec<&str>> {
    let names: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
    names.strip_prefix(&ROOT).map(<[&str]>::to_vec)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEOUL: Public = Public { region: "ap-northeast-2" };

    fn all(path: &str, is_recursive: bool) -> Vec<(String, String)> {
        SEOUL.below(path, is_recursive, None, usize::MAX)
    }

    #[test]
    fn a_path_shows_what_stands_directly_below_it_or_all() {
        let count = |path, is_recursive| all(path, is_recursive).len();
        assert_eq!(count("/aws/service/ami-amazon-linux-latest", false), 19);
        assert_eq!(count("/aws/service/ami-amazon-linux-latest/", true), 19);
        assert_eq!(count("/aws/service", false), 0);
        assert_eq!(count("/aws/service/list", false), 2);
        assert_eq!(count("/aws/service/ami-amazon-linux-latest/al2023", true), 0);
        assert_eq!(count("/aws", true), 0);
    }

    #[test]
    fn pages_are_all_that_there_is_once_and_in_order() {
        let path = "/aws/service/global-infrastructure/regions/ap-northeast-2";
        let whole = all(path, true);
        assert!(whole.len() > 300, "{}", whole.len());
        let (mut paged, mut after) = (Vec::new(), None);
        loop {
            let page = SEOUL.below(path, true, after.as_deref(), 7);
            let Some((last, _)) = page.last().cloned() else { break };
            after = Some(last);
            paged.extend(page);
        }
        assert_eq!(paged, whole);
    }

    #[test]
    fn the_infrastructure_is_answered_in_some_regions_only() {
        let osaka = Public { region: "ap-northeast-3" };
        assert_eq!(osaka.value("/aws/service/global-infrastructure/regions/us-east-1"), None);
        assert_eq!(osaka.below("/aws/service/list", false, None, 9).len(), 1);
        let regions = "/aws/service/global-infrastructure/regions";
        assert!(osaka.below(regions, false, None, 9).is_empty());
    }
}
