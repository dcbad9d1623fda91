//! The table of resource types: which properties each has, and the actions of AWS's APIs by which it is made, changed and
//! deleted.
//!
//! A family of types is a file with a table `KINDS`. A type that no table has, or whose actions are not built, exists in
//! name only.

mod acl;
mod address;
pub(super) mod adopt;
mod balancer;
mod classic;
mod cloud_map;
mod endpoint;
mod firewall;
mod gateway;
mod instance;
mod interface;
mod launch;
mod named;
mod network;
mod option;
mod parameter;
mod prefix_list;
mod profile;
mod query_log;
mod record;
mod resolver;
mod route;
mod security;
mod service;
mod trust_store;
mod zone;

use serde_json::{Map, Value, json};

use super::work::{Work, action, put};
use crate::{
    api::{
        error::ApiError,
        input::{Input, Scalar},
        shape::Fields,
    },
    import::foreign::cloudformation::deploy::Made,
    model::{stack::StackResource, world::Tags},
};
pub(super) use named::{NAMED, is_known_type, is_of_no_service, physical as named_id};

/// The tables.
const FAMILIES: &[&[Kind]] = &[
    network::KINDS,
    gateway::KINDS,
    route::KINDS,
    security::KINDS,
    address::KINDS,
    instance::KINDS,
    interface::KINDS,
    endpoint::KINDS,
    service::KINDS,
    option::KINDS,
    balancer::KINDS,
    trust_store::KINDS,
    classic::KINDS,
    acl::KINDS,
    prefix_list::KINDS,
    launch::KINDS,
    zone::KINDS,
    record::KINDS,
    resolver::KINDS,
    firewall::KINDS,
    query_log::KINDS,
    cloud_map::KINDS,
    parameter::KINDS,
    profile::KINDS,
];

/// What a type is that no table has.
pub(super) const NOTHING: Kind = Kind {
    name: "",
    made_by: ("", &[]),
    tag: None,
    properties: &[],
    create: |_, _| Ok(Created::default()),
    update: unchanged,
    delete: |_, _| Ok(()),
};

/// A stack inside another, which is made as stacks are and not by an action.
pub(super) const NESTED: Kind = Kind {
    name: "AWS::CloudFormation::Stack",
    properties: &[
        own("TemplateURL").needed(),
        own("Parameters"),
        own("NotificationARNs"),
        own("TimeoutInMinutes"),
        own("Tags"),
    ],
    ..NOTHING
};

/// A type of resources.
pub(super) struct Kind {
    /// CloudFormation's name.
    pub(super) name: &'static str,
    /// The service that makes it, and the actions that it needs.
    pub(super) made_by: (&'static str, &'static [&'static str]),
    /// The word for it in a tag specification, if it has tags.
    pub(super) tag: Option<&'static str>,
    /// Its properties.
    pub(super) properties: &'static [Property],
    /// Makes it.
    pub(super) create: fn(&mut Work<'_, '_>, &Fresh<'_>) -> Result<Created, ApiError>,
    /// Changes the properties that need no replacement, tags apart.
    pub(super) update: fn(&mut Work<'_, '_>, &StackResource, &Fresh<'_>) -> Result<(), ApiError>,
    /// Deletes it.
    pub(super) delete: fn(&mut Work<'_, '_>, &StackResource) -> Result<(), ApiError>,
}

/// A property of a type.
pub(super) struct Property {
    pub(super) name: &'static str,
    to: To,
    is_needed: bool,
    /// Whether it is changed without a replacement.
    is_mutable: bool,
    /// The members of which a change needs a replacement nevertheless.
    fixed: &'static [&'static str],
}

/// What a property becomes.
enum To {
    /// The parameter of this name of the action that makes the resource.
    Parameter(&'static str),
    /// What `create` or `update` reads by itself.
    Own,
}

/// A property that is a parameter of the same name.
const fn same(name: &'static str) -> Property {
    as_parameter(name, name)
}

/// A property that is a parameter of another name; of a list, the name before the numbers.
const fn as_parameter(name: &'static str, parameter: &'static str) -> Property {
    Property { to: To::Parameter(parameter), ..own(name) }
}

/// A property that the type's own functions read, or that changes nothing.
const fn own(name: &'static str) -> Property {
    Property { name, to: To::Own, is_needed: false, is_mutable: false, fixed: &[] }
}

impl Property {
    /// That must be there.
    const fn needed(self) -> Self {
        Self { is_needed: true, ..self }
    }

    /// That is changed in place.
    const fn mutable(self) -> Self {
        Self { is_mutable: true, ..self }
    }

    /// That is changed in place, but for these members.
    const fn mutable_but(self, fixed: &'static [&'static str]) -> Self {
        Self { is_mutable: true, fixed, ..self }
    }
}

/// A resource to make or to change.
pub(super) struct Fresh<'f> {
    pub(super) kind: &'f Kind,
    /// The logical id.
    pub(super) logical: &'f str,
    /// The stack's name.
    pub(super) stack: &'f str,
    /// The properties.
    pub(super) properties: &'f Map<String, Value>,
    /// The stack's tags.
    pub(super) tags: &'f Tags,
    /// A fresh text of letters and digits for names.
    pub(super) suffix: String,
}

/// What was made.
#[derive(Default)]
pub(super) struct Created {
    /// The physical id, which is also what `Ref` gives.
    pub(super) physical: String,
    /// The attributes.
    pub(super) attributes: Map<String, Value>,
    /// The id that tags name.
    pub(super) tagged: Option<String>,
}

impl Created {
    /// A resource with tags by its id.
    fn new(id: impl Into<String>) -> Self {
        let physical = id.into();
        Self { tagged: Some(physical.clone()), physical, attributes: Map::new() }
    }

    /// A resource without tags.
    fn untagged(physical: impl Into<String>) -> Self {
        Self { physical: physical.into(), ..Self::default() }
    }

    /// With an attribute, unless it is empty.
    fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        let value = value.into();
        if value != Value::Null && value != json!("") {
            self.attributes.insert(name.to_owned(), value);
        }
        self
    }

    /// With the tags under another id than the physical one.
    fn tagged(self, id: &str) -> Self {
        Self { tagged: Some(id.to_owned()), ..self }
    }
}

impl Fresh<'_> {
    /// A property's text.
    fn text(&self, name: &str) -> Option<String> {
        text_of(self.properties, name)
    }

    /// A property's list.
    fn items(&self, name: &str) -> &[Value] {
        items_of(self.properties, name)
    }

    /// The parameters of the action that makes it, with its tags.
    fn input(&self) -> Input {
        let mut input = Input::default();
        for property in self.kind.properties {
            if let (Some(value), To::Parameter(name)) =
                (self.properties.get(property.name), &property.to)
            {
                put(&mut input, name, value);
            }
        }
        if let Some(kind) = self.kind.tag {
            specify_tags(&mut input, kind, &self.all_tags());
        }
        input
    }

    /// The resource's own tags, and those of the stack that it has not itself.
    pub(super) fn all_tags(&self) -> Vec<(String, String)> {
        all_tags(self.properties, self.tags)
    }

    /// The name that AWS makes up.
    fn made_name(&self) -> String {
        format!("{}-{}-{}", self.stack, self.logical, self.suffix)
    }
}

/// The properties that are a resource's tags.
const TAGS: &[&str] = &["Tags", "HostedZoneTags", "HealthCheckTags"];

/// Whether a property is the resource's tags.
pub(super) fn is_tags(property: &str) -> bool {
    TAGS.contains(&property)
}

/// The tags of a resource with these properties in a stack with these tags.
pub(super) fn all_tags(properties: &Map<String, Value>, stack: &Tags) -> Vec<(String, String)> {
    let own = TAGS.iter().filter_map(|name| properties.get(*name)?.as_array()).flatten();
    // A few types have a map of tags.
    let mapped = properties.get("Tags").and_then(Value::as_object).into_iter().flatten();
    let text = |tag: &Value, name: &str| {
        tag.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let mut tags: Vec<(String, String)> =
        own.map(|tag| (text(tag, "Key"), text(tag, "Value"))).collect();
    tags.extend(mapped.map(|(key, value)| {
        (key.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    }));
    for (key, value) in &stack.0 {
        if !tags.iter().any(|(known, _)| known == key) {
            tags.push((key.clone(), value.clone()));
        }
    }
    tags
}

/// A text of a map of properties.
fn text_of(properties: &Map<String, Value>, name: &str) -> Option<String> {
    match properties.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// An attribute of a resource that was made.
fn attribute(held: &StackResource, name: &str) -> String {
    text_of(&held.attributes, name).unwrap_or_default()
}

/// The physical id of a resource that was made.
fn physical(held: &StackResource) -> &str {
    held.physical.as_deref().unwrap_or_default()
}

/// Puts tags of services that take them as a list of their own.
fn put_tags(input: &mut Input, tags: Vec<(String, String)>) {
    for (index, (key, value)) in tags.into_iter().enumerate() {
        input.put(&format!("Tags.{}.Key", index + 1), Scalar::Text(key));
        input.put(&format!("Tags.{}.Value", index + 1), Scalar::Text(value));
    }
}

/// A property's list.
fn items_of<'p>(properties: &'p Map<String, Value>, name: &str) -> &'p [Value] {
    properties.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The items of a list that another has not.
fn lacking(list: &[Value], other: &[Value]) -> Vec<Value> {
    list.iter().filter(|item| !other.contains(item)).cloned().collect()
}

fn specify_tags(input: &mut Input, kind: &str, tags: &[(String, String)]) {
    if tags.is_empty() {
        return;
    }
    input.put("TagSpecification.1.ResourceType", Scalar::Text(kind.to_owned()));
    for (index, (key, value)) in tags.iter().enumerate() {
        let path = format!("TagSpecification.1.Tag.{}", index + 1);
        input.put(&format!("{path}.Key"), Scalar::Text(key.clone()));
        input.put(&format!("{path}.Value"), Scalar::Text(value.clone()));
    }
}

/// The first text at a path of a reply.
fn at(fields: &Fields, path: &str) -> String {
    fields.at(path).into_iter().next().unwrap_or_default()
}

/// Nothing but tags is changed in place.
fn unchanged(_: &mut Work<'_, '_>, _: &StackResource, _: &Fresh<'_>) -> Result<(), ApiError> {
    Ok(())
}

/// The type of a name, if it is made by actions that are built.
pub(super) fn kind(name: &str) -> Option<&'static Kind> {
    let found = FAMILIES.iter().copied().flatten().find(|kind| kind.name == name)?;
    let (service, actions) = found.made_by;
    actions.iter().all(|it| action(service, it).is_some()).then_some(found)
}

impl Kind {
    /// Refuses properties that the type does not have, and the lack of one that it must have.
    ///
    /// # Errors
    ///
    /// AWS's words.
    pub(super) fn check(
        &self,
        logical: &str,
        properties: &Map<String, Value>,
    ) -> Result<(), String> {
        let mut faults = Vec::new();
        for property in self.properties {
            if property.is_needed && !properties.contains_key(property.name) {
                faults.push(format!("#: required key [{}] not found", property.name));
            }
        }
        for name in properties.keys() {
            let is_tags = name == "Tags" && self.tag.is_some();
            if !is_tags && !self.properties.iter().any(|it| it.name == name) {
                faults.push(format!("#: extraneous key [{name}] is not permitted"));
            }
        }
        if faults.is_empty() {
            return Ok(());
        }
        let faults = faults.join("\n");
        Err(format!("Properties validation failed for resource {logical} with message:\n{faults}"))
    }

    /// Whether a change of a property needs another resource. `values` are the one before and the one after.
    pub(super) fn replaces(
        &self,
        property: &str,
        values: (Option<&Value>, Option<&Value>),
    ) -> bool {
        if is_tags(property) {
            return false;
        }
        let Some(found) = self.properties.iter().find(|it| it.name == property) else {
            return true;
        };
        let member = |value: Option<&Value>, name: &str| value?.get(name).cloned();
        !found.is_mutable
            || found.fixed.iter().any(|name| member(values.0, name) != member(values.1, name))
    }
}

/// What references to a resource of a stack give.
pub(super) fn made(held: &StackResource) -> Made {
    Made {
        reference: physical(held).to_owned(),
        attributes: held.attributes.clone(),
        in_name: held.in_name,
    }
}
