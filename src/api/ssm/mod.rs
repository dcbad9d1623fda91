//! Systems Manager: parameters, as far as tools read those that nobody created.

mod infrastructure;
mod parameter;
mod public;

use super::{
    context::CommonParameters,
    protocol::Json,
    service::{ApiService, actions},
};

/// The service.
pub(super) static SERVICE: ApiService = ApiService {
    name: "ssm",
    title: "Systems Manager",
    version: "2014-11-06",
    target: Some("AmazonSSM"),
    namespace: "",
    protocol: &Json::V1_1,
    common: |_| Ok(CommonParameters::default()),
    actions: ACTIONS,
};

actions! {
    parameter { GetParameter GetParameters GetParametersByPath }
}
