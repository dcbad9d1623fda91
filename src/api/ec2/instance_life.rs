//! Starts, stops, terminates and monitors instances.
//!
//! A reply shows the state in between, such as `stopping`; the next description shows the state after it.

use std::collections::BTreeSet;

use super::{
    Operation,
    instance::{
        PENDING, RUNNING, SHUTTING_DOWN, STOPPED, STOPPING, State, TERMINATED, state, state_of,
    },
};
use crate::{
    api::{
        context::Context,
        error::ApiError,
        parameter::Parameters,
        public_address::Pool,
        shape::{Fields, Value},
    },
    model::{
        id::InstanceId,
        instance_life::{self, InstanceAttribute},
    },
};

/// `InstanceId.N`: at least one, each once.
fn ids(parameters: &mut Parameters) -> Result<BTreeSet<InstanceId>, ApiError> {
    Ok(parameters.required_ids("InstanceId")?.into_iter().collect())
}

/// The caller's instances with their states; one that was terminated cannot be `done` any more.
fn living(
    context: &Context<'_>,
    ids: &BTreeSet<InstanceId>,
    done: &str,
) -> Result<Vec<(InstanceId, State)>, ApiError> {
    let state = |id: &InstanceId| {
        if context.own_terminated(*id).is_some() {
            return Err(ApiError::new(
                "IncorrectInstanceState",
                format!("The instance '{id}' is not in a state from which it can be {done}."),
            ));
        }
        context.own(*id).map(|instance| (*id, state_of(instance)))
    };
    ids.iter().map(state).collect()
}

/// `StartInstances`.
pub(super) struct StartInstances {
    ids: BTreeSet<InstanceId>,
}

impl Operation for StartInstances {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.text("AdditionalInfo")?;
        Ok(Self { ids: ids(parameters)? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let before = living(context, &self.ids, "started")?;
        let mut pool = Pool::new(context);
        let mut changes = Vec::new();
        for (id, _) in &before {
            let instance = context.own(*id)?;
            let wanted = instance.launch.auto_public && instance.public_address.is_none();
            let public_address = if wanted { Some(pool.next()?) } else { None };
            let start =
                instance_life::StartInstances { instance: *id, public_address, at: context.now };
            changes.push(start.into());
        }
        context.commit(&changes)?;
        Ok(transitions(
            before
                .into_iter()
                .map(|(id, state)| (id, state, if state == STOPPED { PENDING } else { RUNNING })),
        ))
    }
}

/// `StopInstances`.
pub(super) struct StopInstances {
    ids: BTreeSet<InstanceId>,
}

impl Operation for StopInstances {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.boolean("Force")?;
        parameters.boolean("SkipOsShutdown")?;
        if parameters.boolean("Hibernate")? == Some(true) {
            return Err(ApiError::new(
                "UnsupportedHibernationConfiguration",
                "The instances were not launched with hibernation configured.",
            ));
        }
        Ok(Self { ids: ids(parameters)? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let before = living(context, &self.ids, "stopped")?;
        let running = before.iter().filter(|(_, state)| *state == RUNNING);
        let changes: Vec<_> = running
            .map(|(id, _)| instance_life::StopInstances { instance: *id, at: context.now }.into())
            .collect();
        context.commit(&changes)?;
        Ok(transitions(
            before
                .into_iter()
                .map(|(id, state)| (id, state, if state == RUNNING { STOPPING } else { STOPPED })),
        ))
    }
}

/// `TerminateInstances`.
pub(super) struct TerminateInstances {
    ids: BTreeSet<InstanceId>,
}

impl Operation for TerminateInstances {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.boolean("Force")?;
        parameters.boolean("SkipOsShutdown")?;
        Ok(Self { ids: ids(parameters)? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let state = |id: &InstanceId| {
            if context.own_terminated(*id).is_some() {
                return Ok((*id, TERMINATED));
            }
            context.own(*id).map(|instance| (*id, state_of(instance)))
        };
        let before = self.ids.iter().map(state).collect::<Result<Vec<_>, ApiError>>()?;
        let living = before.iter().filter(|(_, state)| *state != TERMINATED);
        let changes: Vec<_> = living
            .map(|(id, _)| {
                instance_life::TerminateInstances { instance: *id, at: context.now }.into()
            })
            .collect();
        context.commit(&changes)?;
        Ok(transitions(before.into_iter().map(|(id, state)| {
            (id, state, if state == TERMINATED { TERMINATED } else { SHUTTING_DOWN })
        })))
    }
}

/// `MonitorInstances` and `UnmonitorInstances`.
fn monitor(
    context: &Context<'_>,
    ids: &BTreeSet<InstanceId>,
    on: bool,
) -> Result<Fields, ApiError> {
    living(context, ids, "monitored")?;
    let attribute = InstanceAttribute::Monitoring(on);
    let change = |id: &InstanceId| {
        let attribute = attribute.clone();
        instance_life::ModifyInstanceAttribute { instance: *id, attribute }.into()
    };
    context.commit(&ids.iter().map(change).collect::<Vec<_>>())?;
    let state = if on { "pending" } else { "disabling" };
    let shown = ids.iter().map(|id| {
        Fields::new().set("instanceId", id).fields("monitoring", Fields::new().set("state", state))
    });
    Ok(Fields::new().list("instancesSet", shown))
}

/// `RebootInstances`.
pub(super) struct RebootInstances {
    ids: BTreeSet<InstanceId>,
}

impl Operation for RebootInstances {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self { ids: ids(parameters)? })
    }

    /// Nothing of the World changes. An instance that is stopped or terminated cannot be rebooted.
    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        for (id, was) in living(context, &self.ids, "rebooted")? {
            if was != RUNNING {
                return Err(ApiError::new(
                    "IncorrectState",
                    format!("The instance '{id}' is not in a state from which it can be rebooted."),
                ));
            }
        }
        if context.is_rehearsal() {
            return Err(ApiError::dry_run());
        }
        Ok(Fields::done())
    }
}

macro_rules! monitors {
    ($($action:ident $on:literal;)*) => {$(
        #[doc = concat!("`", stringify!($action), "`.")]
        pub(super) struct $action {
            ids: BTreeSet<InstanceId>,
        }

        impl Operation for $action {
            const WITHOUT_EFFECT: &'static [&'static str] = &["MetricCategoryId"];

            fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
                Ok(Self { ids: ids(parameters)? })
            }

            fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
                monitor(context, &self.ids, $on)
            }
        }
    )*};
}

monitors! {
    MonitorInstances true;
    UnmonitorInstances false;
}

/// A list of state changes as Start-, Stop- and TerminateInstances reply.
fn transitions(changed: impl IntoIterator<Item = (InstanceId, State, State)>) -> Fields {
    let shown = changed.into_iter().map(|(id, before, now)| {
        Value::Fields(
            Fields::new()
                .set("instanceId", id)
                .fields("currentState", state(now))
                .fields("previousState", state(before)),
        )
    });
    Fields(vec![("instancesSet", Value::List(shown.collect()))])
}
