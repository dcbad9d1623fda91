//! The account: its root user, who makes every call here, and its aliases, of which there are none.

use super::{CREATED, PATH, check, no_such_entity, paging::Paging};
use crate::{
    api::{
        context::Context,
        error::ApiError,
        parameter::Parameters,
        service::Operation,
        shape::{Fields, Time},
    },
    catalog,
};

/// The longest name that a request may ask for.
const LONGEST: usize = 128;

/// `GetUser`: the root user without a name; there is no other.
pub(in crate::api) struct GetUser(Option<String>);

impl Operation for GetUser {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let name = parameters.limited("UserName", 1..=LONGEST)?;
        if let Some(name) = &name {
            check(parameters, "UserName", name)?;
        }
        Ok(Self(name))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        if let Some(name) = self.0 {
            return Err(no_such_entity(format!("The user with name {name} cannot be found.")));
        }
        let (account, partition) = (&context.account, catalog::partition_of(context.region));
        // AWS leaves out the path and the name of a root user. Clients made from its model need both.
        let user = Fields::new()
            .set("Path", PATH)
            .set("UserName", "root")
            .set("UserId", account)
            .set("Arn", format!("arn:{partition}:iam::{account}:root"))
            .set("CreateDate", Time::whole(CREATED));
        Ok(Fields::new().fields("User", user))
    }
}

/// `ListAccountAliases`: none.
pub(in crate::api) struct ListAccountAliases;

impl Operation for ListAccountAliases {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Paging::read(parameters).map(|_| Self)
    }

    fn run(self, _context: &Context<'_>) -> Result<Fields, ApiError> {
        Ok(Paging::empty("AccountAliases"))
    }
}
