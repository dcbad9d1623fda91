//! `DescribeAccountAttributes`: what EC2 says of an account.

use super::Operation;
use crate::{
    api::{context::Context, error::ApiError, parameter::Parameters, shape::Fields},
    model::id::VpcId,
};

/// `DescribeAccountAttributes`.
pub(super) struct DescribeAccountAttributes(Vec<String>);

/// The attributes, in AWS's order.
const NAMES: [&str; 6] = [
    "supported-platforms",
    "default-vpc",
    "max-instances",
    "vpc-max-security-groups-per-interface",
    "max-elastic-ips",
    "vpc-max-elastic-ips",
];

fn value(context: &Context<'_>, name: &str) -> String {
    let default = || -> Option<VpcId> {
        let mut vpcs = context.world().vpcs.values();
        vpcs.find(|vpc| vpc.is_default && context.is_home(vpc.region, &vpc.owner)).map(|it| it.id)
    };
    match name {
        "supported-platforms" => "VPC".to_owned(),
        "default-vpc" => default().map_or_else(|| "none".to_owned(), |id| id.to_string()),
        "max-instances" => "20".to_owned(),
        _ => "5".to_owned(),
    }
}

impl Operation for DescribeAccountAttributes {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let names = parameters.list("AttributeName")?;
        match names.iter().find(|name| !NAMES.contains(&name.as_str())) {
            Some(name) => Err(ApiError::value(format!(
                "Value ({name}) for parameter attributeName is invalid. Unknown attribute."
            ))),
            None => Ok(Self(names)),
        }
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let wanted =
            NAMES.iter().filter(|name| self.0.is_empty() || self.0.iter().any(|it| it == *name));
        let shown = wanted.map(|name| {
            let value = Fields::new().set("attributeValue", value(context, name));
            Fields::new().set("attributeName", name).list("attributeValueSet", [value])
        });
        Ok(Fields::new().list("accountAttributeSet", shown))
    }
}
