//! `RunInstances`, with a launch template or without (LT3). What is launched is read in `instance_run.rs`.

use super::{
    Operation,
    instance_run::Launch,
    launch_template::{Reference, version},
    launch_template_data::of_launch,
};
use crate::api::{context::Context, error::ApiError, parameter::Parameters, shape::Fields};

/// `RunInstances`.
pub(super) enum RunInstances {
    /// Everything is in the request.
    Plain(Box<Launch>),
    /// A version of a template has what the request leaves out.
    FromTemplate { template: Reference, version: Option<String>, request: Box<Parameters> },
}

impl Operation for RunInstances {
    const WITHOUT_EFFECT: &'static [&'static str] = Launch::WITHOUT_EFFECT;

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let template = Reference::read(parameters, "LaunchTemplate.")?;
        let version = parameters.text("LaunchTemplate.Version")?;
        match template {
            None if version.is_some() => Err(ApiError::missing("LaunchTemplateId")),
            None => Ok(Self::Plain(Box::new(Launch::read(parameters)?))),
            Some(template) => {
                let request = Box::new(parameters.take_all());
                Ok(Self::FromTemplate { template, version, request })
            }
        }
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        match self {
            Self::Plain(launch) => launch.run(context),
            Self::FromTemplate { template, version: wanted, mut request } => {
                let template = template.find(context)?;
                let used = version(template, wanted.as_deref())?;
                request.add_missing(of_launch(&used.data));
                let mut launch = Launch::read(&mut request)?;
                request.pass_over(Self::WITHOUT_EFFECT);
                request.finish(context)?;
                launch.add_tags([
                    ("aws:ec2launchtemplate:id", template.id.to_string()),
                    ("aws:ec2launchtemplate:version", used.number.to_string()),
                ]);
                launch.run(context)
            }
        }
    }
}
