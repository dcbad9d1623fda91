//! What an operation may use: the current World, the caller, the time, new ids, and the commit of Changes.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use time::{OffsetDateTime, macros::format_description};

use super::{auth::Caller, error::ApiError, parameter::Parameters, s3::Shelf};
use crate::{
    catalog,
    hash::stable_hash,
    model::{
        change::Change,
        client_token::{TOKEN_USED, UseClientToken},
        world::World,
    },
    resolve::snapshot::Snapshot,
    store::{Live, pace::Pace},
};

/// What any action of a service may carry beside its own parameters.
#[derive(Debug, Default)]
pub(super) struct CommonParameters {
    /// Whether nothing is to be made.
    pub(super) dry_run: bool,
    /// The token that makes a repeated request the same one (A6).
    pub(super) client_token: Option<String>,
}

/// A World beside the live one, and the Changes that led to it.
#[derive(Debug)]
struct Apart {
    snapshot: Arc<Snapshot>,
    changes: Vec<Change>,
}

/// What an operation may use.
#[derive(Debug)]
pub(super) struct Context<'l> {
    live: &'l Live,
    /// The World when the request came.
    pub(super) before: Arc<Snapshot>,
    /// The caller's account.
    pub(super) account: String,
    /// The caller's region.
    pub(super) region: &'static str,
    /// Milliseconds since the epoch.
    pub(super) now: u64,
    /// Where nothing is made in the live World: what the Changes so far would have led to.
    apart: Option<Mutex<Apart>>,
    /// Whether the request has `DryRun`.
    is_rehearsal: bool,
    /// The secret that every access key has, if the server has a token.
    pub(super) secret: Option<&'l str>,
    /// `ClientToken`, as given.
    pub(super) client_token: Option<String>,
    digest: u128,
    /// Whether stacks fail because of a type of resources that is not emulated.
    pub(super) strict_stacks: bool,
    /// Where the templates are that URLs lead to.
    pub(super) shelf: Option<&'l Shelf>,
}

impl<'l> Context<'l> {
    /// The end of AWS's names in the region.
    pub(super) fn dns_suffix(&self) -> &'static str {
        catalog::region(self.region).map_or("amazonaws.com", |it| it.dns_suffix)
    }

    pub(super) fn new(
        live: &'l Live,
        secret: Option<&'l str>,
        caller: Caller,
        common: CommonParameters,
        parameters: &Parameters,
    ) -> Self {
        let before = live.snapshot();
        Self {
            live,
            apart: common
                .dry_run
                .then(|| Mutex::new(Apart { snapshot: Arc::clone(&before), changes: Vec::new() })),
            is_rehearsal: common.dry_run,
            before,
            account: caller.account,
            region: caller.region,
            now: now(),
            secret,
            client_token: common.client_token,
            digest: stable_hash(&parameters.digest()),
            strict_stacks: false,
            shelf: None,
        }
    }

    /// With what stacks need of the server.
    pub(super) fn with_stacks(self, strict_stacks: bool, shelf: &'l Shelf) -> Self {
        Self { strict_stacks, shelf: Some(shelf), ..self }
    }

    /// The World when the request came.
    pub(super) fn world(&self) -> &World {
        &self.before.world
    }

    /// Makes Changes as one, and gives the World right after them. With `DryRun` they are made of a copy only, and what
    /// follows is checked as if they were made; [`super::Api`] then answers `DryRunOperation`.
    ///
    /// # Errors
    ///
    /// The refusal of one of them, or `Unavailable`.
    pub(super) fn commit(&self, changes: &[Change]) -> Result<Arc<Snapshot>, ApiError> {
        let Some(apart) = &self.apart else {
            return Ok(self.live.commit(changes)?);
        };
        let mut apart = apart.lock().unwrap_or_else(PoisonError::into_inner);
        let first = Snapshot::clone(&apart.snapshot);
        let made = changes.iter().try_fold(first, |snapshot, change| snapshot.apply(change))?;
        apart.snapshot = Arc::new(made);
        apart.changes.extend_from_slice(changes);
        Ok(Arc::clone(&apart.snapshot))
    }

    /// The same caller at the same time before another World. What is committed is not made, only noted.
    pub(super) fn apart(&self, snapshot: Arc<Snapshot>) -> Self {
        Self {
            live: self.live,
            before: Arc::clone(&snapshot),
            account: self.account.clone(),
            region: self.region,
            now: self.now,
            apart: Some(Mutex::new(Apart { snapshot, changes: Vec::new() })),
            is_rehearsal: false,
            secret: self.secret,
            client_token: None,
            digest: 0,
            strict_stacks: self.strict_stacks,
            shelf: self.shelf,
        }
    }

    /// The World that was led to and the Changes that were noted, of a context that is [`Context::apart`].
    pub(super) fn into_noted(self) -> (Arc<Snapshot>, Vec<Change>) {
        match self.apart {
            Some(apart) => {
                let apart = apart.into_inner().unwrap_or_else(PoisonError::into_inner);
                (apart.snapshot, apart.changes)
            }
            None => (self.before, Vec::new()),
        }
    }

    /// The live World now, which may be another than when the request came.
    pub(super) fn current(&self) -> Arc<Snapshot> {
        self.live.snapshot()
    }

    /// Whether states last as long as at AWS.
    pub(super) fn is_paced(&self) -> bool {
        self.live.pace() == Pace::Real
    }

    /// Whether nothing is to be made (`DryRun`).
    pub(super) fn is_rehearsal(&self) -> bool {
        self.is_rehearsal
    }

    /// Makes Changes that make a resource, once for each client token (A6).
    ///
    /// Returns the resource of the first request with the token, and the World it is found in.
    ///
    /// # Errors
    ///
    /// As [`Context::commit`]; `IdempotentParameterMismatch` if the token came with other parameters.
    pub(super) fn create(
        &self,
        action: &str,
        resource: &str,
        mut changes: Vec<Change>,
    ) -> Result<(String, Arc<Snapshot>), ApiError> {
        let Some(token) = &self.client_token else {
            return Ok((resource.to_owned(), self.commit(&changes)?));
        };
        let key = format!("{}/{}/{action}/{token}", self.account, self.region);
        let use_token = UseClientToken {
            key: key.clone(),
            digest: self.digest,
            resource: resource.to_owned(),
            at: self.now,
        };
        changes.insert(0, use_token.into());
        match self.commit(&changes) {
            Err(error) if error.code == TOKEN_USED => {
                let snapshot = self.live.snapshot();
                let used = snapshot.world.client_tokens.get(&key);
                match used.map(|used| used.resource.clone()) {
                    Some(resource) => Ok((resource, snapshot)),
                    None => Err(error),
                }
            }
            Err(error) => Err(error),
            Ok(snapshot) => Ok((resource.to_owned(), snapshot)),
        }
    }
}

/// 128 fresh random bits.
pub(super) fn random() -> u128 {
    let mut bytes = [0_u8; 16];
    if getrandom::fill(&mut bytes).is_err() {
        // No system this runs on lacks randomness after its start; the clock keeps ids apart all the same.
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        return stable_hash(&now.as_nanos().to_string());
    }
    u128::from_be_bytes(bytes)
}

/// The seed of a fresh id: AWS's ids of 17 digits begin with a 0.
pub(super) fn seed() -> u128 {
    random() >> 64
}

/// Fresh lower-case letters and digits.
pub(super) fn random_label(length: usize) -> String {
    const ALPHABET: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
    let mut rest = random();
    let mut label = String::with_capacity(length);
    for _ in 0..length {
        label.push(char::from(ALPHABET[usize::try_from(rest % 36).unwrap_or_default()]));
        rest /= 36;
    }
    label
}

/// A request's id: a UUID of version 4.
pub(super) fn request_id() -> String {
    let bits = random() & !(0xf << 76) & !(0b11 << 62) | (4 << 76) | (0b10 << 62);
    let hex = format!("{bits:032x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// A time as AWS writes it, with milliseconds (A5).
pub(super) fn timestamp(millis: u64) -> String {
    let form =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000)
        .ok()
        .and_then(|time| time.format(form).ok())
        .unwrap_or_default()
}

/// The time, in milliseconds since the epoch.
pub(super) fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(now.as_millis()).unwrap_or(u64::MAX)
}
