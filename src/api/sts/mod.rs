//! The Security Token Service: who calls, and temporary credentials to call as somebody else.

mod caller_identity;
mod session;

use super::{
    context::CommonParameters,
    protocol::AwsQuery,
    service::{ApiService, actions},
};

/// The service.
pub(super) static SERVICE: ApiService = ApiService {
    name: "sts",
    title: "Security Token Service",
    version: "2011-06-15",
    target: None,
    namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
    protocol: &AwsQuery,
    common: |_| Ok(CommonParameters::default()),
    actions: ACTIONS,
};

actions! {
    caller_identity { GetCallerIdentity }
    session { AssumeRole GetSessionToken }
}
