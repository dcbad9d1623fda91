//! The choice of the next public address, for addresses, instances and load balancers.

use std::{collections::HashSet, net::Ipv4Addr};

use super::{
    context::{Context, random_label},
    error::ApiError,
};
use crate::{catalog, resolve::public::documentation_v4};

/// How many random addresses are tried before the pool counts as used up.
const TRIES: usize = 4_096;

/// Public addresses of the caller's region that nobody has, each given once.
pub(super) struct Pool<'c, 'l> {
    context: &'c Context<'l>,
    given: HashSet<Ipv4Addr>,
}

impl<'c, 'l> Pool<'c, 'l> {
    pub(super) fn new(context: &'c Context<'l>) -> Self {
        Self { context, given: HashSet::new() }
    }

    /// The next: made up, in the ranges that AWS publishes for the region, or of the documentation range.
    pub(super) fn next(&mut self) -> Result<Ipv4Addr, ApiError> {
        let region = catalog::region(self.context.region);
        let documentation = self.context.before.public.documentation_addresses;
        for _ in 0..TRIES {
            let address = catalog::synthetic_v4(region, &random_label(24));
            let address = if documentation { documentation_v4(address) } else { address };
            if !self.context.world().public_address_in_use(address) && self.given.insert(address) {
                return Ok(address);
            }
        }
        Err(ApiError::new(
            "InsufficientAddressCapacity",
            "Not enough free public addresses are left to complete the request.",
        ))
    }
}
