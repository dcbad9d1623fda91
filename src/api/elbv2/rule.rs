//! The rules of listeners. A listener's default rule is its default actions.

use super::{
    action::{
        actions, check, conditions, show_actions, show_conditions, show_transforms, transforms,
    },
    arn,
};
use crate::{
    api::{
        balancing::{self, Paging, flag, validation},
        context::{Context, random},
        error::ApiError,
        parameter::Parameters,
        service::Operation,
        shape::Fields,
    },
    model::{
        document::Document,
        id::ListenerRuleId,
        listener::{Listener, ListenerRule},
        listener_change as model,
        load_balancer::{LoadBalancer, LoadBalancerKind},
        world::{Tags, World},
    },
};

/// A rule as replies show it; the default one is that of the listener's default actions.
fn fields(
    context: &Context<'_>,
    balancer: &LoadBalancer,
    listener: &Listener,
    id: ListenerRuleId,
) -> Fields {
    let rule = listener.rules.iter().find(|it| it.id == id);
    let (actions, conditions, transforms, priority) = match rule {
        Some(ListenerRule { actions, conditions, transforms, priority, .. }) => {
            (actions, conditions.as_slice(), transforms.as_slice(), priority.to_string())
        }
        None => (&listener.actions, &[][..], &[][..], "default".to_owned()),
    };
    let shown = Fields::new()
        .set("RuleArn", arn::of_rule(context, balancer, listener.id, id))
        .set("Priority", priority)
        .list("Conditions", show_conditions(conditions))
        .list("Actions", show_actions(actions, balancer.kind))
        .set("IsDefault", rule.is_none());
    // Clients from before there were transforms know no such member.
    match transforms.is_empty() {
        true => shown,
        false => shown.list("Transforms", show_transforms(transforms)),
    }
}

/// The rules of a listener by their priorities, the default one last.
fn in_order(listener: &Listener) -> Vec<ListenerRuleId> {
    let mut rules: Vec<&ListenerRule> = listener.rules.iter().collect();
    rules.sort_by_key(|rule| rule.priority);
    rules.into_iter().map(|rule| rule.id).chain([listener.default_rule()]).collect()
}

/// The reply with one rule after a Change.
fn reply(
    context: &Context<'_>,
    world: &World,
    balancer: &LoadBalancer,
    listener: &Listener,
    id: ListenerRuleId,
) -> Result<Fields, ApiError> {
    let balancer = world.balancer(&balancer.dns_name)?;
    let shown = balancer.listener(listener.id).map(|it| fields(context, balancer, it, id));
    Ok(Fields::new().list("Rules", shown))
}

/// `CreateRule`.
pub(in crate::api) struct CreateRule {
    listener: String,
    priority: u32,
    conditions: Vec<Document>,
    actions: Vec<Document>,
    transforms: Vec<Document>,
    tags: Tags,
}

impl Operation for CreateRule {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let listener = parameters.required("ListenerArn")?;
        if !parameters.holds("Priority") {
            return Err(parameters.missing("Priority"));
        }
        let priority = parameters.number("Priority", 1..=50_000)?;
        let conditions = conditions(parameters)?.ok_or_else(|| parameters.missing("Conditions"))?;
        let actions = actions(parameters, "Actions")?;
        Ok(Self {
            listener,
            priority: priority.and_then(|it| u32::try_from(it).ok()).unwrap_or_default(),
            conditions,
            actions: actions.ok_or_else(|| parameters.missing("Actions"))?,
            transforms: transforms(parameters)?.unwrap_or_default(),
            tags: balancing::tags(parameters)?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let (balancer, listener) = arn::listener(context, &self.listener)?;
        if balancer.kind != LoadBalancerKind::Application {
            let text = "Rules are supported for listeners of application load balancers only";
            return Err(ApiError::new("UnsupportedProtocol", text));
        }
        check(&self.actions, balancer.kind)?;
        let id = ListenerRuleId::from_seed(random());
        let rule = ListenerRule {
            id,
            tags: self.tags,
            priority: self.priority,
            conditions: self.conditions,
            actions: self.actions,
            transforms: self.transforms,
        };
        let load_balancer = balancer.dns_name.clone();
        let change = model::CreateRule { load_balancer, listener: listener.id, rule };
        let after = context.commit(&[change.into()])?;
        reply(context, &after.world, balancer, listener, id)
    }
}

/// `DescribeRules`.
pub(in crate::api) struct DescribeRules {
    listener: Option<String>,
    rules: Vec<String>,
    paging: Paging,
}

impl Operation for DescribeRules {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let paging = Paging::read(parameters)?;
        let (listener, rules) = (parameters.text("ListenerArn")?, parameters.list("RuleArns")?);
        if listener.is_some() != rules.is_empty() {
            return Err(validation("You must specify either listener ARNs or rule ARNs"));
        }
        Ok(Self { listener, rules, paging })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let mut shown = Vec::new();
        if let Some(arn) = &self.listener {
            let (balancer, listener) = arn::listener(context, arn)?;
            let all = in_order(listener).into_iter();
            shown.extend(all.map(|id| fields(context, balancer, listener, id)));
        }
        for arn in &self.rules {
            let (balancer, listener, id) = arn::rule(context, arn)?;
            shown.push(fields(context, balancer, listener, id));
        }
        let numbered = shown.into_iter().enumerate().map(|(index, it)| (format!("{index:05}"), it));
        Ok(self.paging.reply("Rules", numbered.collect()))
    }
}

/// `ModifyRule`.
pub(in crate::api) struct ModifyRule {
    arn: String,
    conditions: Option<Vec<Document>>,
    actions: Option<Vec<Document>>,
    transforms: Option<Vec<Document>>,
}

impl Operation for ModifyRule {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let arn = parameters.required("RuleArn")?;
        let reset = flag(parameters, "ResetTransforms")?.unwrap_or_default();
        let given = transforms(parameters)?;
        let read = Self {
            arn,
            conditions: conditions(parameters)?,
            actions: actions(parameters, "Actions")?,
            transforms: given.or_else(|| reset.then(Vec::new)),
        };
        if read.conditions.is_none() && read.actions.is_none() && read.transforms.is_none() {
            return Err(validation("Either conditions or actions must be specified"));
        }
        Ok(read)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let (balancer, listener, rule) = arn::rule(context, &self.arn)?;
        check(self.actions.as_deref().unwrap_or_default(), balancer.kind)?;
        let change = model::ModifyRule {
            load_balancer: balancer.dns_name.clone(),
            listener: listener.id,
            rule,
            conditions: self.conditions,
            actions: self.actions,
            transforms: self.transforms,
        };
        let after = context.commit(&[change.into()])?;
        reply(context, &after.world, balancer, listener, rule)
    }
}

/// `DeleteRule`.
pub(in crate::api) struct DeleteRule(String);

impl Operation for DeleteRule {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.required("RuleArn").map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let (balancer, listener, rule) = arn::rule(context, &self.0)?;
        let load_balancer = balancer.dns_name.clone();
        let change = model::DeleteRule { load_balancer, listener: listener.id, rule };
        context.commit(&[change.into()])?;
        Ok(Fields::new())
    }
}

/// `SetRulePriorities`.
pub(in crate::api) struct SetRulePriorities(Vec<(String, u32)>);

impl Operation for SetRulePriorities {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let given = parameters.structures("RulePriorities", |it| {
            let arn = it.required("RuleArn")?;
            if !it.holds("Priority") {
                return Err(it.missing("Priority"));
            }
            let priority = it.number("Priority", 1..=50_000)?;
            Ok((arn, priority.and_then(|it| u32::try_from(it).ok()).unwrap_or_default()))
        })?;
        if given.is_empty() {
            return Err(parameters.missing("RulePriorities"));
        }
        Ok(Self(given))
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let mut found = Vec::new();
        for (arn, priority) in &self.0 {
            found.push((arn::rule(context, arn)?, *priority));
        }
        let Some(((balancer, listener, _), _)) = found.first().copied() else {
            return Ok(Fields::new());
        };
        if found.iter().any(|((_, other, _), _)| other.id != listener.id) {
            return Err(validation("All rules must belong to one listener"));
        }
        let change = model::SetRulePriorities {
            load_balancer: balancer.dns_name.clone(),
            listener: listener.id,
            priorities: found.iter().map(|((_, _, id), priority)| (*id, *priority)).collect(),
        };
        let after = context.commit(&[change.into()])?;
        let balancer = after.world.balancer(&balancer.dns_name)?;
        let Some(listener) = balancer.listener(listener.id) else { return Ok(Fields::new()) };
        let shown = found.iter().map(|((_, _, id), _)| fields(context, balancer, listener, *id));
        Ok(Fields::new().list("Rules", shown))
    }
}
