//! Systems Manager: parameters, those that customers made and those that nobody created.

mod describe;
mod infrastructure;
mod parameter;
mod public;
mod put;
mod tag;

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
    describe { DescribeParameters }
    parameter { GetParameter GetParameters GetParametersByPath }
    put { PutParameter DeleteParameter DeleteParameters }
    tag { AddTagsToResource RemoveTagsFromResource ListTagsForResource }
}
