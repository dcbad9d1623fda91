//! `GetConsoleOutput`: what an instance wrote on its console. Nothing runs, so that is nothing.

use super::{Operation, instance_run::required};
use crate::{
    api::{
        context::Context,
        error::ApiError,
        parameter::Parameters,
        shape::{Fields, Time},
    },
    model::id::InstanceId,
};

/// `GetConsoleOutput`.
pub(super) struct GetConsoleOutput {
    instance: InstanceId,
}

impl Operation for GetConsoleOutput {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        // The latest output is the same as that of the last start.
        parameters.boolean("Latest")?;
        Ok(Self { instance: parameters.required_id("InstanceId")? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let instance = required(context, self.instance)?;
        Ok(Fields::new()
            .set("instanceId", instance.id)
            .set("timestamp", Time::exact(instance.launch.at))
            .set("output", ""))
    }
}
