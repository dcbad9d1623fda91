//! A stack operation under way: the services' own operations, called in-process on a World beside the live one.
//!
//! Nothing of it is seen before the end, when all Changes are committed as one. So a stack that fails, or a server that
//! is killed, leaves nothing half made.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::{
    api::{
        context::{Context, request_id},
        elbv2,
        error::ApiError,
        input::{Input, Scalar},
        parameter::Parameters,
        service::{Action, ApiService, SERVICES},
        shape::Fields,
    },
    model::{
        change::Change,
        endpoint::EndpointState,
        id::StackId,
        load_balancer_change::TagLoadBalancing,
        stack::{DELETED_STATUS, STACK_CHANGED, SetStack, Stack},
        world::{Tags, World},
    },
    resolve::snapshot::Snapshot,
    store::pace::Paced,
};

/// The most keys that one operation makes: each takes a processor for a while.
const MOST_KEYS: usize = 10;
/// The most nested stacks that one operation makes or changes, and how deep they may lie (assumed; AWS limits the resources
/// of all to 2,500).
const MOST_NESTED: usize = 100;
const DEEPEST: usize = 8;
/// The most resources that one operation makes.
const MOST_RESOURCES: usize = 2_500;
/// How often an operation begins anew because the World changed meanwhile.
const TRIES: usize = 8;

/// A World beside the live one, and the Changes that led to it.
pub(super) struct Work<'c, 'l> {
    /// The request's context.
    pub(super) context: &'c Context<'l>,
    snapshot: Arc<Snapshot>,
    changes: Vec<Change>,
    /// Attributes that an update of a resource gave another value.
    attributes: Map<String, Value>,
    /// How many keys were made.
    keys: usize,
    /// How many nested stacks were made or changed, and how many of them lie around what is made now.
    nested: usize,
    depth: usize,
    /// How many resources were made.
    resources: usize,
}

/// A state of the work to go back to.
pub(super) struct Mark {
    snapshot: Arc<Snapshot>,
    changes: usize,
}

/// Runs an operation and commits its Changes as one. Where another request changed the World meanwhile so that one of
/// them would be refused, the operation is run again.
///
/// # Errors
///
/// What `run` refuses, or `Unavailable`.
pub(super) fn perform<T>(
    context: &Context<'_>,
    run: impl Fn(&mut Work<'_, '_>) -> Result<T, ApiError>,
) -> Result<T, ApiError> {
    let mut tries = 0;
    loop {
        tries += 1;
        let (snapshot, changes) = (context.current(), Vec::new());
        let mut work = Work {
            context,
            snapshot,
            changes,
            attributes: Map::new(),
            keys: 0,
            nested: 0,
            depth: 0,
            resources: 0,
        };
        let done = run(&mut work)?;
        if work.changes.is_empty() {
            return Ok(done);
        }
        match context.commit(&work.changes) {
            Ok(_) => return Ok(done),
            Err(error) if error.status == 400 && tries < TRIES => {}
            Err(error) if error.code == STACK_CHANGED => {
                return Err(ApiError::new(
                    "OperationInProgressException",
                    "Another operation on this stack is in progress",
                ));
            }
            Err(error) => return Err(error),
        }
    }
}

/// The service of Classic Load Balancers, of which version 2 has the same name.
pub(super) const CLASSIC: &str = "elasticloadbalancing/2012-06-01";

/// The service of a name, behind which a version may stand. Of those with one name the first counts: of Elastic Load
/// Balancing, version 2.
fn service(name: &str) -> Option<&'static ApiService> {
    let (name, version) = name.split_once('/').map_or((name, None), |(it, rest)| (it, Some(rest)));
    let is_meant =
        |it: &&&ApiService| it.name == name && version.is_none_or(|text| text == it.version);
    SERVICES.iter().find(is_meant).copied()
}

/// The action of a service, if it is built.
pub(super) fn action(name: &str, action: &str) -> Option<&'static Action> {
    service(name)?.action(action)
}

impl Mark {
    /// The World of that state.
    pub(super) fn world(&self) -> &World {
        &self.snapshot.world
    }
}

impl Work<'_, '_> {
    /// The World as it is so far.
    pub(super) fn world(&self) -> &World {
        &self.snapshot.world
    }

    /// This state.
    pub(super) fn mark(&self) -> Mark {
        Mark { snapshot: Arc::clone(&self.snapshot), changes: self.changes.len() }
    }

    /// Goes back to a state.
    pub(super) fn go_back(&mut self, mark: Mark) {
        self.snapshot = mark.snapshot;
        self.changes.truncate(mark.changes);
    }

    /// Begins inside a stack, which may be nested itself.
    pub(super) fn stand_in(&mut self, stack: &Stack) {
        let mut above = stack.parent.clone();
        while let Some(arn) = above.filter(|_| self.depth < DEEPEST) {
            self.depth += 1;
            above = self.stack(&arn).and_then(|it| it.parent.clone());
        }
    }

    /// Begins a nested stack.
    ///
    /// # Errors
    ///
    /// If there are too many, or one inside the other without end.
    pub(super) fn enter(&mut self) -> Result<(), String> {
        if self.nested >= MOST_NESTED {
            return Err(format!("A stack operation makes at most {MOST_NESTED} nested stacks"));
        }
        if self.depth >= DEEPEST {
            return Err(format!("Stacks may be nested {DEEPEST} deep"));
        }
        self.nested += 1;
        self.depth += 1;
        Ok(())
    }

    /// Ends it.
    pub(super) fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// Counts a resource that is made.
    ///
    /// # Errors
    ///
    /// If there are too many, with those of nested stacks.
    pub(super) fn count(&mut self) -> Result<(), String> {
        if self.resources >= MOST_RESOURCES {
            return Err(format!(
                "A stack operation affects at most {MOST_RESOURCES} resources, with those of nested stacks"
            ));
        }
        self.resources += 1;
        Ok(())
    }

    /// Does one Change.
    ///
    /// # Errors
    ///
    /// Its refusal.
    pub(super) fn change(&mut self, change: impl Into<Change>) -> Result<(), ApiError> {
        let change = change.into();
        self.snapshot = Arc::new(self.snapshot.apply(&change)?);
        self.changes.push(change);
        Ok(())
    }

    /// Calls an action of a service as its client would. An action that is refused leaves nothing.
    ///
    /// # Errors
    ///
    /// The service's own.
    pub(super) fn call(
        &mut self,
        service: &str,
        name: &str,
        input: Input,
    ) -> Result<Fields, ApiError> {
        let found = self::service(service);
        let Some((protocol, action)) = found.and_then(|it| Some((it.protocol, it.action(name)?)))
        else {
            let message =
                format!("{name} of the service '{service}' is not built into this server");
            return Err(ApiError::new("NotImplemented", message));
        };
        if name == "CreateKeyPair" {
            self.keys += 1;
            if self.keys > MOST_KEYS {
                let words = format!("A stack operation makes at most {MOST_KEYS} keys");
                return Err(ApiError::new("RequestLimitExceeded", words));
            }
        }
        let context = self.context.apart(Arc::clone(&self.snapshot));
        let mut parameters = Parameters::new(input, protocol);
        let fields = (action.call)(&mut parameters, &context)?;
        let (snapshot, mut changes) = context.into_noted();
        if changes.is_empty() {
            return Ok(fields);
        }
        self.snapshot = snapshot;
        self.changes.append(&mut changes);
        self.settle()?;
        Ok(fields)
    }

    /// Calls an action of EC2.
    ///
    /// # Errors
    ///
    /// EC2's own.
    pub(super) fn ec2(&mut self, action: &str, input: Input) -> Result<Fields, ApiError> {
        self.call("ec2", action, input)
    }

    /// Gives a load balancer or what belongs to it tags that no request may give.
    ///
    /// # Errors
    ///
    /// If there is no such resource.
    pub(super) fn tag_balancing(&mut self, arn: &str, add: Tags) -> Result<(), ApiError> {
        let context = self.context.apart(Arc::clone(&self.snapshot));
        let resource = elbv2::tagged(&context, arn)?;
        self.change(TagLoadBalancing { resource, add, remove: Vec::new() })
    }

    /// Notes that an update gives an attribute of its resource another value.
    pub(super) fn set_attribute(&mut self, name: &str, value: impl Into<Value>) {
        self.attributes.insert(name.to_owned(), value.into());
    }

    /// The attributes that were noted.
    pub(super) fn take_attributes(&mut self) -> Map<String, Value> {
        std::mem::take(&mut self.attributes)
    }

    /// Ends the states that AWS ends by itself, for which CloudFormation waits.
    fn settle(&mut self) -> Result<(), ApiError> {
        for paced in Paced::written(self.world()) {
            // A new endpoint is there when its event says so.
            let is_new = |id| {
                let endpoint = self.world().endpoints.get(id);
                endpoint.is_some_and(|it| it.state == EndpointState::Pending)
            };
            let waits = matches!(&paced, Paced::Endpoint(id) if is_new(id));
            if !waits || !self.context.is_paced() {
                self.change(paced.step())?;
            }
        }
        Ok(())
    }

    /// Keeps a stack.
    ///
    /// # Errors
    ///
    /// If another request was first.
    pub(super) fn keep(&mut self, mut stack: Stack) -> Result<(), ApiError> {
        stack.version = self.world().stacks.get(&stack.id).map_or(0, |old| old.version) + 1;
        self.change(SetStack { stack })
    }

    /// The caller's stack of a name, unless it is deleted, or of an ARN.
    pub(super) fn stack(&self, name: &str) -> Option<Arc<Stack>> {
        find(self.context, self.world(), name).cloned()
    }

    /// The caller's stacks.
    pub(super) fn stacks(&self) -> impl Iterator<Item = &Arc<Stack>> {
        own(self.context, self.world())
    }
}

/// The caller's stacks in a World.
pub(super) fn own<'w>(
    context: &Context<'_>,
    world: &'w World,
) -> impl Iterator<Item = &'w Arc<Stack>> {
    world.stacks.values().filter(|stack| context.is_home(stack.region, &stack.owner))
}

/// The caller's stack of a name, unless it is deleted, or of an ARN.
pub(super) fn find<'w>(
    context: &Context<'_>,
    world: &'w World,
    name: &str,
) -> Option<&'w Arc<Stack>> {
    if name.starts_with("arn:") {
        let id: StackId = name.rsplit('/').next()?.parse().ok()?;
        let stack = world.stacks.get(&id)?;
        return Some(stack).filter(|it| it.arn() == name && context.is_home(it.region, &it.owner));
    }
    let is_there = |stack: &Stack| stack.status_at(context.now) != DELETED_STATUS;
    own(context, world).find(|stack| *stack.name == *name && is_there(stack))
}

/// Whether a stack is protected from deletion: a nested one with the stack at the top.
pub(super) fn is_protected(context: &Context<'_>, world: &World, stack: &Stack) -> bool {
    let top = stack.root.as_deref().and_then(|arn| find(context, world, arn));
    top.map_or(stack, |top| &**top).termination_protection
}

/// The reason of an event about a service's refusal.
pub(super) fn reason(service: &str, error: &ApiError) -> String {
    let service = match service {
        "ec2" => "Ec2",
        "elasticloadbalancing" => "ElasticLoadBalancingV2",
        CLASSIC => "ElasticLoadBalancing",
        "route53" => "Route53",
        "route53resolver" => "Route53Resolver",
        "servicediscovery" => "ServiceDiscovery",
        "ssm" => "Ssm",
        "route53profiles" => "Route53Profiles",
        other => other,
    };
    let code = match error.code.as_str() {
        code if code.contains("NotFound") => "NotFound",
        code if code.contains("Duplicate") || code.contains("AlreadyExists") => "AlreadyExists",
        code if code.contains("LimitExceeded") => "ServiceLimitExceeded",
        _ if error.status >= 500 => "ServiceInternalError",
        _ => "InvalidRequest",
    };
    format!(
        "Resource handler returned message: \"{} (Service: {service}, Status Code: {}, Request ID: {})\" \
         (RequestToken: {}, HandlerErrorCode: {code})",
        error.message,
        error.status,
        request_id(),
        request_id()
    )
}

/// Puts a value of a template at a path: the items of a list at `1`, `2` and so on, the members of a map by their names.
pub(super) fn put(input: &mut Input, path: &str, value: &Value) {
    match value {
        Value::Null => {}
        Value::String(text) => {
            input.put(path, Scalar::Text(text.clone()));
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                put(input, &format!("{path}.{}", index + 1), item);
            }
        }
        Value::Object(map) => {
            for (key, value) in map {
                put(input, &format!("{path}.{key}"), value);
            }
        }
        other => {
            input.put(path, Scalar::Text(other.to_string()));
        }
    }
}

/// An input of texts.
pub(super) fn input(values: &[(&str, &str)]) -> Input {
    let mut input = Input::default();
    for (path, value) in values {
        input.put(path, Scalar::Text((*value).to_owned()));
    }
    input
}
