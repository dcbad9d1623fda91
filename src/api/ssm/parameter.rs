//! Parameters that exist without having been created.

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

/// The names and the values. The AWS CDK asks for the version of its bootstrap stack before it deploys.
const PARAMETERS: &[(&str, &str)] = &[("/cdk-bootstrap/hnb659fds/version", "30")];

/// When they were changed last: 2024-01-01, the same in every run.
const CHANGED: u64 = 1_704_067_200_000;

/// `GetParameter`.
pub(in crate::api) struct GetParameter {
    name: String,
}

impl Operation for GetParameter {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        // None is encrypted.
        parameters.boolean("WithDecryption")?;
        Ok(Self { name: parameters.required("Name")? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let found = PARAMETERS.iter().find(|(name, _)| *name == self.name);
        let (name, value) =
            found.ok_or_else(|| ApiError::new("ParameterNotFound", String::new()))?;
        let partition = catalog::region(context.region).map_or("aws", |region| region.partition);
        let (region, account) = (context.region, &context.account);
        let parameter = Fields::new()
            .set("Name", name)
            .set("Type", "String")
            .set("Value", value)
            .set("Version", 1)
            .set("LastModifiedDate", Time::exact(CHANGED))
            .set("ARN", format!("arn:{partition}:ssm:{region}:{account}:parameter{name}"))
            .set("DataType", "text");
        Ok(Fields::new().fields("Parameter", parameter))
    }
}
