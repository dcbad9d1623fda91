//! Identity and Access Management, as far as tools read it: the roles and instance profiles that instances name, and the
//! account itself. It has no regions: what is seen is the account's, in all regions of the caller's partition.

mod account;
mod instance_profile;
mod paging;
mod role;

use super::{
    constraint::is_of_a_name,
    context::CommonParameters,
    error::ApiError,
    parameter::Parameters,
    protocol::AwsQuery,
    service::{ApiService, actions},
    violation::member,
};

/// The service.
pub(super) static SERVICE: ApiService = ApiService {
    name: "iam",
    title: "Identity and Access Management",
    version: "2010-05-08",
    target: None,
    namespace: "https://iam.amazonaws.com/doc/2010-05-08/",
    protocol: &AwsQuery,
    common: |_| Ok(CommonParameters::default()),
    actions: ACTIONS,
};

actions! {
    account { GetUser ListAccountAliases }
    instance_profile { GetInstanceProfile ListInstanceProfiles ListInstanceProfilesForRole }
    role { GetRole ListAttachedRolePolicies ListRolePolicies ListRoles }
}

/// When everything here was created: 2024-01-01, the same in every run.
const CREATED: u64 = 1_704_067_200_000;
/// The path of everything here.
const PATH: &str = "/";

/// The name of a role, a profile or a user.
///
/// # Errors
///
/// `ValidationError` for a letter that no name has; a name that is missing, empty or too long.
fn name(parameters: &mut Parameters, parameter: &str, longest: usize) -> Result<String, ApiError> {
    let name = parameters.required_limited(parameter, 1..=longest)?;
    check(parameters, parameter, &name)?;
    Ok(name)
}

fn check(parameters: &Parameters, parameter: &str, name: &str) -> Result<(), ApiError> {
    if name.chars().all(is_of_a_name) {
        return Ok(());
    }
    let member = member(parameter);
    Err(parameters.invalid(format!(
        "The specified value for {member} is invalid. It must contain only alphanumeric characters and/or the \
         following: +=,.@_-"
    )))
}

/// What is not there: 404, unlike the errors of most services.
fn no_such_entity(words: String) -> ApiError {
    ApiError { status: 404, ..ApiError::new("NoSuchEntity", words) }
}
