//! CloudFormation stacks, as far as they are kept: what was asked for, what was made of it, and what happened.
//!
//! Knows that a name is given once, and that nothing is written over what another writer wrote. What a template means and
//! how resources are made is the API's business.

use std::{borrow::Cow, sync::Arc};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    change::Touched,
    id::{RegionName, StackId},
    refusal::Refusal,
    world::{Tags, World},
};
use crate::catalog;

/// The most deleted stacks of an account in a region that are kept (assumed: AWS keeps each for 90 days).
const DELETED: usize = 100;
/// The most events of a stack that are kept.
const EVENTS: usize = 5_000;
/// The longest template of a deleted stack that is kept: the longest that a request may have.
const LONGEST_OF_DELETED: usize = 51_200;
/// The status of a stack that was deleted.
pub const DELETED_STATUS: &str = "DELETE_COMPLETE";
/// The code of an internal refusal: another writer was first. Never shown to a client.
pub const STACK_CHANGED: &str = "StackChanged";

/// A stack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stack {
    /// Its id.
    pub id: StackId,
    /// Its name, unique among the stacks of its account and region that are not deleted.
    pub name: Arc<str>,
    /// Its region's name.
    #[serde(with = "super::stored::region")]
    pub region: RegionName,
    /// The account that owns it.
    pub owner: Arc<str>,
    /// How many times it was written.
    pub version: u64,
    /// `StackStatus`.
    pub status: String,
    /// `StackStatusReason`.
    pub reason: Option<String>,
    /// When it was created, in milliseconds since the epoch.
    pub created: u64,
    /// When it was updated last.
    pub updated: Option<u64>,
    /// When it was deleted.
    pub deleted: Option<u64>,
    /// What was asked for.
    pub asked: Asked,
    /// Whether it may not be deleted.
    pub termination_protection: bool,
    /// The stack policy, as given.
    pub policy: Option<String>,
    /// Its outputs.
    pub outputs: Vec<StackOutput>,
    /// Its resources, in the order of creation.
    pub resources: Vec<StackResource>,
    /// What happened, in order.
    pub events: Vec<StackEvent>,
    /// Its change sets, in the order of creation.
    pub change_sets: Vec<ChangeSet>,
    /// The names of the exports that it uses.
    pub imports: Vec<String>,
    /// The ARN of the change set that was executed last.
    pub change_set: Option<String>,
    /// When the last operation on it is over, in milliseconds since the epoch, if operations take their time. What is
    /// written here is how it is then.
    #[serde(default)]
    pub ends: Option<u64>,
    /// The ARN of the stack that it is a resource of.
    #[serde(default)]
    pub parent: Option<String>,
    /// The ARN of the stack at the top, if it is a resource of another.
    #[serde(default)]
    pub root: Option<String>,
}

/// What a request asks of a stack.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The template, as given.
    pub template: String,
    /// Its description.
    pub description: Option<String>,
    /// Its parameters.
    pub parameters: Vec<StackParameter>,
    /// The stack's tags.
    pub tags: Tags,
    /// The capabilities that were acknowledged.
    pub capabilities: Vec<String>,
    /// The topics that would be notified.
    pub notification_arns: Vec<String>,
    /// The role that would make the resources.
    pub role: Option<String>,
    /// The most minutes that the creation may take.
    pub timeout: Option<u32>,
    /// Whether a failure leaves what was made.
    pub disable_rollback: bool,
    /// Whether a new resource is deleted with a failed creation, whatever its policy says.
    #[serde(default)]
    pub retain_except_on_create: bool,
}

/// A parameter of a stack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StackParameter {
    /// Its name.
    pub key: String,
    /// Its value.
    pub value: String,
    /// The stored value, if the value is the name of a stored parameter.
    pub resolved: Option<String>,
    /// Whether the value is never shown.
    pub no_echo: bool,
}

/// An output of a stack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StackOutput {
    /// Its name.
    pub key: String,
    /// Its value.
    pub value: String,
    /// Its description.
    pub description: Option<String>,
    /// The name under which other stacks read it.
    pub export: Option<String>,
}

/// A resource of a stack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StackResource {
    /// The logical id.
    pub logical: String,
    /// The physical id.
    pub physical: Option<String>,
    /// The type.
    pub kind: String,
    /// `ResourceStatus`.
    pub status: String,
    /// `ResourceStatusReason`.
    pub reason: Option<String>,
    /// When its status changed last, in milliseconds since the epoch.
    pub at: u64,
    /// Its properties, evaluated.
    pub properties: Map<String, Value>,
    /// What references to it give, by attribute.
    pub attributes: Map<String, Value>,
    /// The id under which it has tags.
    pub tagged: Option<String>,
    /// Whether it exists in name only.
    pub in_name: bool,
    /// `DeletionPolicy`.
    pub deletion: Option<String>,
    /// `UpdateReplacePolicy`.
    pub replacement: Option<String>,
    /// `Metadata`, as JSON.
    pub metadata: Option<String>,
}

/// Something that happened to a stack or to one of its resources.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StackEvent {
    /// `EventId`.
    pub id: String,
    /// The logical id, or the stack's name.
    pub logical: String,
    /// The physical id, or the stack's ARN.
    pub physical: Option<String>,
    /// The type.
    pub kind: String,
    /// When, in milliseconds since the epoch.
    pub at: u64,
    /// `ResourceStatus`.
    pub status: String,
    /// `ResourceStatusReason`.
    pub reason: Option<String>,
    /// The resource's properties, as JSON.
    pub properties: Option<String>,
    /// The token of the request.
    pub token: Option<String>,
}

/// A change set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeSet {
    /// Its name.
    pub name: String,
    /// The UUID at the end of its ARN.
    pub id: StackId,
    /// Its description.
    pub description: Option<String>,
    /// When it was created, in milliseconds since the epoch.
    pub created: u64,
    /// `Status`.
    pub status: String,
    /// `StatusReason`.
    pub reason: Option<String>,
    /// `ExecutionStatus`.
    pub execution: String,
    /// What it asks for.
    pub asked: Asked,
    /// What it would do.
    pub changes: Vec<ResourceChange>,
    /// `OnStackFailure`.
    pub on_failure: Option<String>,
    /// `IncludeNestedStacks`.
    pub nested: bool,
    /// `ImportExistingResources`.
    pub import_existing: bool,
    /// The resources that it makes the stack's, of an import.
    #[serde(default)]
    pub imported: Vec<ImportedResource>,
}

/// A resource that is there already, and what it becomes in a stack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportedResource {
    /// The logical id.
    pub logical: String,
    /// The type.
    pub kind: String,
    /// What identifies it: names of properties with their values.
    pub identifier: Vec<(String, String)>,
}

/// What a change set would do to a resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceChange {
    /// `Add`, `Modify` or `Remove`.
    pub action: String,
    /// The logical id.
    pub logical: String,
    /// The physical id.
    pub physical: Option<String>,
    /// The type.
    pub kind: String,
    /// `True`, `False` or `Conditional`, of a resource that is modified.
    pub replacement: Option<String>,
    /// The properties that differ: the name, what it was and is, and `Never`, `Conditionally` or `Always`.
    pub details: Vec<PropertyChange>,
}

/// What a change set would do to a property.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PropertyChange {
    /// The property.
    pub name: String,
    /// `RequiresRecreation`.
    pub recreation: String,
    /// The value before, as text.
    pub before: Option<String>,
    /// The value after, as text.
    pub after: Option<String>,
}

impl Stack {
    /// Its ARN.
    pub fn arn(&self) -> String {
        let partition = catalog::partition_of(self.region);
        let (region, owner, name) = (self.region, &self.owner, &self.name);
        format!("arn:{partition}:cloudformation:{region}:{owner}:stack/{name}/{}", self.id)
    }

    /// The ARN of one of its change sets.
    pub fn change_set_arn(&self, change_set: &ChangeSet) -> String {
        let partition = catalog::partition_of(self.region);
        let (region, owner, name) = (self.region, &self.owner, &change_set.name);
        let id = change_set.id;
        format!("arn:{partition}:cloudformation:{region}:{owner}:changeSet/{name}/{id}")
    }

    /// Whether it is not deleted, or will not be when the operation under way is over.
    pub fn is_living(&self) -> bool {
        self.status != DELETED_STATUS
    }

    /// Whether an operation is under way at a time.
    fn is_under_way(&self, now: u64) -> bool {
        self.ends.is_some_and(|ends| ends > now)
    }

    /// The last event of a thing until a time.
    fn last_event(&self, now: u64, is_meant: impl Fn(&StackEvent) -> bool) -> Option<&StackEvent> {
        self.events.iter().rev().find(|event| event.at <= now && is_meant(event))
    }

    /// Whether an event is one of the stack itself.
    fn is_own(&self, event: &StackEvent) -> bool {
        event.logical == *self.name && event.physical.as_deref() == Some(&self.arn())
    }

    /// `StackStatus` at a time.
    pub fn status_at(&self, now: u64) -> &str {
        if !self.is_under_way(now) {
            return &self.status;
        }
        self.last_event(now, |event| self.is_own(event)).map_or(&self.status, |it| &it.status)
    }

    /// The stack at a time: while an operation is under way, as far as its events tell until then.
    pub fn at(&self, now: u64) -> Cow<'_, Self> {
        if !self.is_under_way(now) {
            return Cow::Borrowed(self);
        }
        let mut stack = self.clone();
        if let Some(event) = self.last_event(now, |event| self.is_own(event)) {
            stack.status.clone_from(&event.status);
            stack.reason.clone_from(&event.reason);
        }
        stack.deleted = None;
        if !stack.status.starts_with("UPDATE_") {
            stack.outputs.clear();
        }
        stack.resources.retain_mut(|resource| {
            let is_meant =
                |event: &StackEvent| event.logical == resource.logical && !self.is_own(event);
            let Some(event) = self.last_event(now, is_meant) else { return false };
            resource.physical = event.physical.clone().filter(|id| !id.is_empty());
            resource.status.clone_from(&event.status);
            resource.reason.clone_from(&event.reason);
            resource.at = event.at;
            true
        });
        stack.events.retain(|event| event.at <= now);
        Cow::Owned(stack)
    }

    /// The stack without what was still to happen, when another operation begins now. What did happen is before now, so that
    /// the first event of the new operation is the newest of all at once.
    pub fn interrupted(&self, now: u64) -> Self {
        let mut stack = self.clone();
        if stack.ends.is_none() {
            return stack;
        }
        stack.events.retain(|event| event.at <= now);
        let mut next = now;
        for event in stack.events.iter_mut().rev() {
            event.at = event.at.min(next.saturating_sub(1));
            next = event.at;
        }
        stack
    }
}

/// Writes a stack: `CreateStack`, `UpdateStack`, `DeleteStack` and what else changes its record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetStack {
    /// The stack. Its version is one more than that of the stack it replaces.
    pub stack: Stack,
}

fn changed() -> Refusal {
    Refusal::new(STACK_CHANGED, "The stack was changed meanwhile", "A6")
}

impl Stack {
    /// Leaves of a deleted stack what is asked of it: no properties, and no long template.
    fn shrink(&mut self) {
        for event in &mut self.events {
            event.properties = None;
        }
        for resource in &mut self.resources {
            resource.properties.clear();
            resource.attributes.clear();
        }
        if self.asked.template.len() > LONGEST_OF_DELETED {
            self.asked.template.clear();
        }
        self.change_sets.clear();
    }
}

impl SetStack {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut stack = self.stack.clone();
        let old = world.stacks.get(&stack.id).map_or(0, |old| old.version);
        let has_name = |other: &Arc<Stack>| {
            other.id != stack.id
                && other.is_living()
                && other.name == stack.name
                && other.owner == stack.owner
                && other.region == stack.region
        };
        if old + 1 != stack.version || stack.is_living() && world.stacks.values().any(has_name) {
            return Err(changed());
        }
        let more = stack.events.len().saturating_sub(EVENTS);
        stack.events.drain(..more);
        if !stack.is_living() {
            stack.shrink();
        }
        let (owner, region) = (Arc::clone(&stack.owner), stack.region);
        world.stacks.insert(stack.id, Arc::new(stack));
        let mut deleted: Vec<(Option<u64>, StackId)> = world
            .stacks
            .values()
            .filter(|it| !it.is_living() && it.owner == owner && it.region == region)
            .map(|stack| (stack.deleted, stack.id))
            .collect();
        deleted.sort_unstable();
        let more = deleted.len().saturating_sub(DELETED);
        for (_, id) in deleted.into_iter().take(more) {
            world.stacks.remove(&id);
        }
        Ok(Touched::nothing())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(at: u64, status: &str) -> StackEvent {
        StackEvent {
            id: format!("event-{at}"),
            logical: "all".to_owned(),
            physical: None,
            kind: "AWS::CloudFormation::Stack".to_owned(),
            at,
            status: status.to_owned(),
            reason: None,
            properties: None,
            token: None,
        }
    }

    fn stack(events: Vec<StackEvent>, ends: Option<u64>) -> Stack {
        Stack {
            id: StackId::from_seed(1),
            name: "all".into(),
            region: "us-east-1",
            owner: "123456789012".into(),
            version: 0,
            status: "CREATE_COMPLETE".to_owned(),
            reason: None,
            created: 0,
            updated: None,
            deleted: None,
            asked: Asked::default(),
            termination_protection: false,
            policy: None,
            outputs: Vec::new(),
            resources: Vec::new(),
            events,
            change_sets: Vec::new(),
            imports: Vec::new(),
            change_set: None,
            ends,
            parent: None,
            root: None,
        }
    }

    /// Two events have two times, so what begins in the millisecond of an event had the next one, and was not seen in its own.
    #[test]
    fn what_happened_before_an_interruption_is_before_it() {
        let times = |stack: &Stack| stack.events.iter().map(|it| it.at).collect::<Vec<_>>();
        let events = [(100, "A"), (101, "B"), (102, "C"), (3_000, "D")];
        let events: Vec<_> = events.map(|(at, status)| event(at, status)).into();
        assert_eq!(times(&stack(events.clone(), Some(3_000)).interrupted(101)), [99, 100]);
        assert_eq!(times(&stack(events.clone(), Some(3_000)).interrupted(200)), [100, 101, 102]);
        assert_eq!(times(&stack(events.clone(), None).interrupted(101)), [100, 101, 102, 3_000]);
    }
}
