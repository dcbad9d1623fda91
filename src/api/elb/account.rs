//! The limits of an account. Nothing here is limited to them.

use crate::api::{
    balancing::Paging, context::Context, error::ApiError, parameter::Parameters,
    service::Operation, shape::Fields,
};

/// The limits of an account that never asked for more.
const LIMITS: [(&str, &str); 3] = [
    ("classic-load-balancers", "20"),
    ("classic-listeners", "100"),
    ("classic-registered-instances", "1000"),
];

/// `DescribeAccountLimits`.
pub(in crate::api) struct DescribeAccountLimits(Paging);

impl Operation for DescribeAccountLimits {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Paging::read(parameters).map(Self)
    }

    fn run(self, _: &Context<'_>) -> Result<Fields, ApiError> {
        let shown = |(name, max): (&str, &str)| {
            (name.to_owned(), Fields::new().set("Name", name).set("Max", max))
        };
        Ok(self.0.reply("Limits", LIMITS.into_iter().map(shown).collect()))
    }
}
