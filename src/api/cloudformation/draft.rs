//! The record of a stack while an operation writes it: its status, its resources' and the events.

use super::parameters;
use crate::{
    api::context::{Context, random, request_id, timestamp},
    model::{
        id::StackId,
        stack::{Asked, DELETED_STATUS, Stack, StackEvent, StackResource},
    },
};

/// The longest properties, as JSON, that an event shows.
const LONGEST_SHOWN: usize = 4_096;

/// The type of a stack in its own events.
pub(super) const STACK: &str = "AWS::CloudFormation::Stack";

/// A stack, as an operation changes it.
pub(super) struct Draft {
    /// The stack.
    pub(super) stack: Stack,
    token: Option<String>,
    /// When the next event happens at the earliest.
    clock: u64,
}

/// A fresh id.
pub(super) fn fresh_id() -> StackId {
    request_id().parse().unwrap_or_else(|_| StackId::from_seed(random()))
}

impl Draft {
    /// A stack that is new.
    pub(super) fn new(
        context: &Context<'_>,
        name: &str,
        asked: Asked,
        token: Option<String>,
    ) -> Self {
        let stack = Stack {
            id: fresh_id(),
            name: name.into(),
            region: context.region,
            owner: context.account.as_str().into(),
            version: 0,
            status: String::new(),
            reason: None,
            created: context.now,
            updated: None,
            deleted: None,
            asked,
            termination_protection: false,
            policy: None,
            outputs: Vec::new(),
            resources: Vec::new(),
            events: Vec::new(),
            change_sets: Vec::new(),
            imports: Vec::new(),
            change_set: None,
        };
        Self::of(context, stack, token)
    }

    /// A stack that is there.
    pub(super) fn of(context: &Context<'_>, stack: Stack, token: Option<String>) -> Self {
        let last = stack.events.last().map_or(0, |event| event.at + 1);
        Self { clock: context.now.max(last), stack, token }
    }

    /// Something happened to the stack itself.
    pub(super) fn turn(&mut self, status: &str, reason: Option<&str>) {
        status.clone_into(&mut self.stack.status);
        self.stack.reason = reason.map(str::to_owned);
        let at = self.tick();
        if status == DELETED_STATUS {
            self.stack.deleted = Some(at);
        }
        self.stack.events.push(StackEvent {
            id: request_id(),
            logical: self.stack.name.to_string(),
            physical: Some(self.stack.arn()),
            kind: STACK.to_owned(),
            at,
            status: status.to_owned(),
            reason: reason.map(str::to_owned),
            properties: None,
            token: self.token.clone(),
        });
    }

    /// Something happened to a resource.
    pub(super) fn happened(
        &mut self,
        resource: &mut StackResource,
        status: &str,
        reason: Option<&str>,
    ) {
        let at = self.tick();
        status.clone_into(&mut resource.status);
        resource.reason = reason.map(str::to_owned);
        resource.at = at;
        let properties = serde_json::to_string(&resource.properties).ok();
        let properties = properties
            .filter(|text| text.len() <= LONGEST_SHOWN)
            .map(|text| parameters::masked(&text, &self.stack.asked.parameters));
        self.stack.events.push(StackEvent {
            id: format!("{}-{status}-{}", resource.logical, timestamp(at)),
            logical: resource.logical.clone(),
            physical: Some(resource.physical.clone().unwrap_or_default()),
            kind: resource.kind.clone(),
            at,
            status: status.to_owned(),
            reason: reason.map(str::to_owned),
            properties: properties.filter(|it| it != "{}"),
            token: self.token.clone(),
        });
    }

    /// Events have times of their own, so that their order and their ids do not depend on how fast they follow.
    fn tick(&mut self) -> u64 {
        let at = self.clock;
        self.clock += 1;
        at
    }
}
