//! The record of a stack while an operation writes it: its status, its resources' and the events.

use std::collections::HashMap;

use super::parameters;
use crate::{
    api::context::{Context, random, request_id, timestamp},
    model::{
        id::StackId,
        stack::{Asked, DELETED_STATUS, Stack, StackEvent, StackParameter, StackResource},
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
    /// The parameters that the stack had before, of which some may be secret.
    before: Vec<StackParameter>,
    /// When the next event happens at the earliest.
    clock: u64,
    /// Whether what happens takes its time.
    is_paced: bool,
    /// When the operation began, and when each resource was there.
    begun: u64,
    ended: HashMap<String, u64>,
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
            ends: None,
            parent: None,
            root: None,
        };
        Self::of(context, stack, token)
    }

    /// A stack that is there.
    pub(super) fn of(context: &Context<'_>, stack: Stack, token: Option<String>) -> Self {
        let last = stack.events.last().map_or(0, |event| event.at + 1);
        let clock = context.now.max(last);
        let (is_paced, ended) = (context.is_paced(), HashMap::new());
        let before = stack.asked.parameters.clone();
        Self { stack, token, before, clock, is_paced, begun: clock, ended }
    }

    /// A stack that is a resource of this one. What happens to it happens after what happened here.
    pub(super) fn nested(&self, context: &Context<'_>, name: &str, asked: Asked) -> Self {
        let mut nested = Self::new(context, name, asked, self.token.clone());
        let arn = self.stack.arn();
        nested.stack.root = Some(self.stack.root.clone().unwrap_or_else(|| arn.clone()));
        nested.stack.parent = Some(arn);
        nested.follow(self);
        nested
    }

    /// Another stack that is there, in the same operation.
    pub(super) fn beside(&self, context: &Context<'_>, stack: Stack) -> Self {
        let mut other = Self::of(context, stack, self.token.clone());
        other.follow(self);
        other
    }

    /// What happens now happens after what happened to another stack.
    pub(super) fn follow(&mut self, other: &Self) {
        self.clock = self.clock.max(other.clock);
        if self.stack.events.is_empty() {
            self.begun = self.clock;
        }
    }

    /// What happens next happens when other resources are there, beside what happened since.
    pub(super) fn after(&mut self, resources: &[String]) {
        if self.is_paced {
            let times = resources.iter().filter_map(|name| self.ended.get(name)).copied();
            self.clock = times.max().unwrap_or_default().max(self.begun);
        }
    }

    /// Something takes this many milliseconds.
    pub(super) fn lasts(&mut self, milliseconds: u64) {
        if self.is_paced {
            self.clock += milliseconds;
        }
    }

    /// A resource is there.
    pub(super) fn ended(&mut self, resource: &str) {
        if self.is_paced {
            self.ended.insert(resource.to_owned(), self.clock);
        }
    }

    /// What happens next happens after everything so far. Events are in the order of their times.
    fn join(&mut self) {
        if !self.is_paced {
            return;
        }
        self.stack.events.sort_by_key(|event| event.at);
        let mut next = 0;
        for event in &mut self.stack.events {
            event.at = event.at.max(next);
            next = event.at + 1;
        }
        let last = self.ended.drain().map(|(_, at)| at).max().unwrap_or_default();
        self.clock = self.clock.max(next).max(last);
        self.begun = self.clock;
    }

    /// Something happened to the stack itself.
    pub(super) fn turn(&mut self, status: &str, reason: Option<&str>) {
        status.clone_into(&mut self.stack.status);
        self.stack.reason = reason.map(str::to_owned);
        self.join();
        let at = self.tick();
        self.begun = self.clock;
        if self.is_paced && !status.ends_with("IN_PROGRESS") {
            self.stack.ends = Some(at);
        }
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
            .map(|text| parameters::masked(&text, &self.stack.asked.parameters))
            .map(|text| parameters::masked(&text, &self.before));
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
