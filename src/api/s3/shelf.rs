//! Where the objects are kept: in memory, within bounds.

use std::{
    num::NonZeroUsize,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use data_encoding::HEXLOWER;
use lru::LruCache;
use md5::{Digest, Md5};

/// The most objects that are kept.
const OBJECTS: usize = 1_000;
/// The most bytes that are kept in all, if nothing else is said.
pub(in crate::api) const BYTES: usize = 64 * 1024 * 1024;

/// The objects of all buckets. When they are too many or too large, those that were used longest ago leave.
#[derive(Debug)]
pub(in crate::api) struct Shelf(Mutex<Kept>);

#[derive(Debug)]
struct Kept {
    objects: LruCache<Place, Arc<Object>>,
    bytes: usize,
    /// The most bytes.
    most: usize,
}

/// Where an object is: the account that it belongs to, its bucket and its key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::api) struct Place {
    pub(in crate::api) account: String,
    pub(in crate::api) bucket: String,
    pub(in crate::api) key: String,
}

/// An object.
#[derive(Debug)]
pub(in crate::api) struct Object {
    pub(in crate::api) body: Vec<u8>,
    /// When it was stored, in milliseconds since the epoch.
    pub(in crate::api) at: u64,
    /// Its entity tag, with the quotes: the MD5 sum.
    pub(in crate::api) tag: String,
}

impl Shelf {
    pub(in crate::api) fn new(most: usize) -> Self {
        Self(Mutex::new(Kept {
            objects: LruCache::new(NonZeroUsize::new(OBJECTS).unwrap_or(NonZeroUsize::MIN)),
            bytes: 0,
            most,
        }))
    }

    /// Stores an object in place of the one before. Gives its tag.
    pub(super) fn put(&self, place: Place, body: Vec<u8>, at: u64) -> String {
        let tag = format!("\"{}\"", HEXLOWER.encode(&Md5::digest(&body)));
        let object = Arc::new(Object { body, at, tag: tag.clone() });
        let mut kept = self.lock();
        kept.bytes += object.body.len();
        if let Some((_, left)) = kept.objects.push(place, object) {
            kept.bytes -= left.body.len();
        }
        while kept.bytes > kept.most
            && let Some((_, left)) = kept.objects.pop_lru()
        {
            kept.bytes -= left.body.len();
        }
        tag
    }

    /// The object at a place.
    pub(in crate::api) fn get(&self, place: &Place) -> Option<Arc<Object>> {
        self.lock().objects.get(place).map(Arc::clone)
    }

    /// Removes what is at a place.
    pub(super) fn remove(&self, place: &Place) {
        let mut kept = self.lock();
        if let Some(left) = kept.objects.pop(place) {
            kept.bytes -= left.body.len();
        }
    }

    /// The objects of an account's bucket, sorted by their keys.
    pub(super) fn list(&self, account: &str, bucket: &str) -> Vec<(String, Arc<Object>)> {
        let kept = self.lock();
        let of_bucket = |place: &&Place| place.account == account && place.bucket == bucket;
        let mut all: Vec<_> = kept
            .objects
            .iter()
            .filter(|(place, _)| of_bucket(place))
            .map(|(place, object)| (place.key.clone(), Arc::clone(object)))
            .collect();
        all.sort_by(|one, other| one.0.cmp(&other.0));
        all
    }

    /// If a thread panicked while it held the lock, the objects are still complete.
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(account: &str, key: &str) -> Place {
        Place { account: account.to_owned(), bucket: "cdk-a".to_owned(), key: key.to_owned() }
    }

    fn keys(shelf: &Shelf, account: &str) -> Vec<String> {
        shelf.list(account, "cdk-a").into_iter().map(|(key, _)| key).collect()
    }

    #[test]
    fn an_object_is_of_one_account_and_one_bucket() {
        let shelf = Shelf::new(BYTES);
        shelf.put(place("1", "b"), b"x".to_vec(), 7);
        shelf.put(place("1", "a"), b"y".to_vec(), 8);
        assert_eq!(keys(&shelf, "1"), ["a", "b"]);
        assert_eq!(keys(&shelf, "2"), [""; 0]);
        assert!(shelf.list("1", "cdk-b").is_empty());
        assert_eq!(shelf.get(&place("1", "b")).unwrap().body, b"x");
        assert!(shelf.get(&place("2", "b")).is_none());
        shelf.remove(&place("2", "b"));
        shelf.remove(&place("1", "b"));
        assert_eq!(keys(&shelf, "1"), ["a"]);
    }

    #[test]
    fn what_is_kept_is_bounded_and_what_was_used_last_stays() {
        let shelf = Shelf::new(BYTES);
        for number in 0..OBJECTS {
            shelf.put(place("1", &number.to_string()), vec![0], 0);
        }
        assert!(shelf.get(&place("1", "0")).is_some());
        shelf.put(place("1", "more"), vec![0], 0);
        assert!(shelf.get(&place("1", "0")).is_some());
        assert!(shelf.get(&place("1", "1")).is_none());
        shelf.put(place("1", "large"), vec![0; BYTES - 1], 0);
        assert_eq!(keys(&shelf, "1"), ["0", "large"]);
        assert_eq!(shelf.lock().bytes, BYTES);
        // In place of the one before, whose bytes leave.
        shelf.put(place("1", "large"), vec![0; 10], 0);
        assert_eq!(shelf.lock().bytes, 11);
    }
}
