//! `GetCallerIdentity`.

use crate::{
    api::{
        context::Context, error::ApiError, parameter::Parameters, service::Operation, shape::Fields,
    },
    catalog,
};

/// `GetCallerIdentity`: the root user of the caller's account, since there are no other users here.
pub(in crate::api) struct GetCallerIdentity;

impl Operation for GetCallerIdentity {
    fn read(_parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let partition = catalog::partition_of(context.region);
        Ok(Fields::new()
            .set("Arn", format!("arn:{partition}:iam::{}:root", context.account))
            .set("UserId", &context.account)
            .set("Account", &context.account))
    }
}
