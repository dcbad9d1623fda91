//! An edit of the tags of one resource, for services that keep tags by resource and not in one place as EC2 does.

use super::{refusal::Refusal, world::Tags};

/// How many tags a resource has at most.
const MOST: usize = 50;

/// What becomes of the tags of a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagEdit {
    /// The keys that are taken away.
    pub remove: Vec<String>,
    /// The tags that are added, or get another value.
    pub add: Vec<(String, String)>,
    /// The service's code for too many tags.
    pub too_many: &'static str,
}

impl TagEdit {
    /// Makes the edit.
    ///
    /// # Errors
    ///
    /// The service's refusal of too many tags.
    pub(super) fn apply(&self, tags: &mut Tags) -> Result<(), Refusal> {
        if merge(tags, &self.remove, &self.add) {
            return Ok(());
        }
        Err(Refusal::new(self.too_many, "A resource has at most 50 tags.", "A21"))
    }
}

/// Takes keys away, then adds tags or gives them another value. Whether no more are left than a resource may have.
pub(super) fn merge(tags: &mut Tags, remove: &[String], add: &[(String, String)]) -> bool {
    tags.0.retain(|(key, _)| !remove.contains(key));
    for (key, value) in add {
        match tags.0.iter_mut().find(|(old, _)| old == key) {
            Some((_, old)) => old.clone_from(value),
            None => tags.0.push((key.clone(), value.clone())),
        }
    }
    tags.0.len() <= MOST
}
