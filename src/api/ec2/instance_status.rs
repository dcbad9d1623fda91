//! The status of instances.

use super::{
    instance::{Described, RUNNING, state},
    region::zone_id,
};
use crate::{
    api::{
        context::Context,
        describe::{Describe, Filters, Listing, is_wanted, texts},
        error::ApiError,
        parameter::Parameters,
        shape::Fields,
    },
    model::{
        id::InstanceId,
        world::{Tags, World},
    },
};

/// `DescribeInstanceStatus`. No instance is ever impaired.
pub(super) type DescribeInstanceStatus = Listing<InstanceStatus>;

/// The running instances with these ids, or all of them.
pub(super) struct InstanceStatus {
    ids: Vec<InstanceId>,
    all: bool,
}

impl Describe for InstanceStatus {
    type Item<'c> = Described<'c>;

    const LIST: &'static str = "instanceStatusSet";

    const FILTERS: Filters<Self> = &[
        ("availability-zone", |it, context| texts(it.zone(context.world()))),
        ("instance-state-code", |it, _| texts([it.state.0])),
        ("instance-state-name", |it, _| texts([it.state.1])),
        ("instance-status.reachability", |it, _| texts([it.if_running("passed")])),
        ("instance-status.status", |it, _| texts([it.if_running("ok")])),
        ("system-status.reachability", |it, _| texts([it.if_running("passed")])),
        ("system-status.status", |it, _| texts([it.if_running("ok")])),
        ("application-status.status", |_, _| Vec::new()),
        ("attached-ebs-status.status", |it, _| texts([it.if_running("ok")])),
        ("availability-zone-id", |it, context| {
            texts(it.zone(context.world()).and_then(|zone| zone_id(context, zone)))
        }),
        ("event.code", |_, _| Vec::new()),
        ("event.description", |_, _| Vec::new()),
        ("event.instance-event-id", |_, _| Vec::new()),
        ("event.not-after", |_, _| Vec::new()),
        ("event.not-before", |_, _| Vec::new()),
        ("event.not-before-deadline", |_, _| Vec::new()),
        ("operator.managed", |_, _| texts([false])),
        ("operator.principal", |_, _| Vec::new()),
    ];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.boolean("IncludeManagedResources")?;
        Ok(Self {
            ids: parameters.ids("InstanceId")?,
            all: parameters.boolean("IncludeAllInstances")?.unwrap_or_default(),
        })
    }

    fn items<'c>(&self, context: &'c Context<'_>) -> Result<Vec<Self::Item<'c>>, ApiError> {
        Ok(Described::all(context)
            .filter(|it| is_wanted(&self.ids, &it.instance.id))
            .filter(|it| self.all || it.state == RUNNING)
            .collect())
    }

    fn key(it: &Self::Item<'_>) -> String {
        it.instance.id.to_string()
    }

    fn tags<'i>(it: &'i Self::Item<'_>) -> Option<&'i Tags> {
        Some(&it.instance.tags)
    }

    fn fields(context: &Context<'_>, it: Self::Item<'_>) -> Fields {
        status(&it, context.world())
    }
}

fn status(described: &Described<'_>, world: &World) -> Fields {
    let zone = world.subnets.get(&described.instance.subnet).map(|subnet| &subnet.zone);
    let check = || {
        if described.state != RUNNING {
            return Fields::new().set("status", "not-applicable");
        }
        let passed = Fields::new().set("name", "reachability").set("status", "passed");
        Fields::new().set("status", "ok").list("details", [passed])
    };
    Fields::new()
        .set("instanceId", described.instance.id)
        .maybe("availabilityZone", zone)
        .fields("instanceState", state(described.state))
        .fields("instanceStatus", check())
        .fields("systemStatus", check())
        .fields("attachedEbsStatus", check())
}
