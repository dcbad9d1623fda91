//! Changes of listeners and their rules, and what AWS refuses of them.
//!
//! Each of them may change which zones of its load balancer have healthy targets (B5).

use std::sync::Arc;

use super::{
    change::Touched,
    document::{Attributes, Document},
    id::{ListenerId, ListenerRuleId},
    listener::{Listener, ListenerRule, arns, id_in},
    load_balancer::{LoadBalancer, LoadBalancerKind},
    name::Name,
    refusal::Refusal,
    target_group::TargetKind,
    trust_store::check_mutual,
    world::World,
};

/// The most listeners of one load balancer.
const MOST_LISTENERS: usize = 50;
/// The most rules of one listener, beside the default one.
const MOST_RULES: usize = 100;

/// `CreateListener`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateListener {
    /// The DNS name of its load balancer.
    pub load_balancer: Name,
    /// The listener.
    pub listener: Listener,
}

/// `DeleteListener`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteListener {
    /// The DNS name of its load balancer.
    pub load_balancer: Name,
    /// The listener.
    pub listener: ListenerId,
}

/// `ModifyListener`, `ModifyListenerAttributes`, `AddListenerCertificates` and `RemoveListenerCertificates`. What is `None`
/// stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModifyListener {
    /// The DNS name of its load balancer.
    pub load_balancer: Option<Name>,
    /// The listener.
    pub listener: Option<ListenerId>,
    /// `Port`.
    pub port: Option<u16>,
    /// `Protocol`.
    pub protocol: Option<Arc<str>>,
    /// `SslPolicy`.
    pub ssl_policy: Option<Arc<str>>,
    /// The default certificate.
    pub certificate: Option<Arc<str>>,
    /// Certificates to add behind the default one.
    pub add_certificates: Vec<Arc<str>>,
    /// Certificates to remove.
    pub remove_certificates: Vec<Arc<str>>,
    /// `DefaultActions`.
    pub actions: Option<Vec<Document>>,
    /// `AlpnPolicy`.
    pub alpn: Option<Vec<String>>,
    /// `MutualAuthentication`.
    pub mutual: Option<Document>,
    /// The attributes to set.
    pub attributes: Attributes,
}

/// `CreateRule`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateRule {
    /// The DNS name of its load balancer.
    pub load_balancer: Name,
    /// Its listener.
    pub listener: ListenerId,
    /// The rule.
    pub rule: ListenerRule,
}

/// `ModifyRule`. What is `None` stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModifyRule {
    /// The DNS name of its load balancer.
    pub load_balancer: Name,
    /// Its listener.
    pub listener: ListenerId,
    /// The rule.
    pub rule: ListenerRuleId,
    /// `Conditions`.
    pub conditions: Option<Vec<Document>>,
    /// `Actions`.
    pub actions: Option<Vec<Document>>,
    /// `Transforms`.
    pub transforms: Option<Vec<Document>>,
}

/// `DeleteRule`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteRule {
    /// The DNS name of its load balancer.
    pub load_balancer: Name,
    /// Its listener.
    pub listener: ListenerId,
    /// The rule.
    pub rule: ListenerRuleId,
}

/// `SetRulePriorities`, for the rules of one listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetRulePriorities {
    /// The DNS name of the load balancer.
    pub load_balancer: Name,
    /// The listener.
    pub listener: ListenerId,
    /// The rules with their new priorities.
    pub priorities: Vec<(ListenerRuleId, u32)>,
}

fn listener_not_found() -> Refusal {
    Refusal::new("ListenerNotFound", "One or more listeners not found", "B13")
}

fn rule_not_found() -> Refusal {
    Refusal::new("RuleNotFound", "One or more rules not found", "B13")
}

fn not_permitted(text: &str) -> Refusal {
    Refusal::new("OperationNotPermitted", text, "B13")
}

/// Changes a listener of a load balancer; what it forwards to is checked afterwards.
fn edit(
    world: &mut World,
    name: &Name,
    id: ListenerId,
    change: impl FnOnce(&mut Listener) -> Result<(), Refusal>,
) -> Result<Touched, Refusal> {
    let mut balancer = LoadBalancer::clone(world.balancer(name)?);
    let found = balancer.listeners.iter_mut().find(|it| it.id == id);
    let listener = found.ok_or_else(listener_not_found)?;
    let before = listener.clone();
    change(listener)?;
    let changed = listener.clone();
    check(world, &balancer, &changed)?;
    if (&before.mutual, &before.protocol) != (&changed.mutual, &changed.protocol) {
        check_mutual(world, &balancer, &changed)?;
    }
    put(world, balancer);
    Ok(Touched::nothing())
}

fn put(world: &mut World, balancer: LoadBalancer) {
    let name = balancer.dns_name.clone();
    world.load_balancers.insert(name.clone(), Arc::new(balancer));
    world.refresh_balancer(&name);
}

/// Refuses a listener that its load balancer cannot have.
fn check(world: &World, balancer: &LoadBalancer, listener: &Listener) -> Result<(), Refusal> {
    let others = || balancer.listeners.iter().filter(|it| it.id != listener.id);
    if others().any(|it| it.port == listener.port) {
        let arn = balancer.arn(world);
        let text = format!("A listener already exists on this port for this load balancer '{arn}'");
        return Err(Refusal::new("DuplicateListener", text, "B13"));
    }
    let protocols: &[&str] = match balancer.kind {
        LoadBalancerKind::Application => &["HTTP", "HTTPS"],
        LoadBalancerKind::Network => &["TCP", "TLS", "UDP", "TCP_UDP", "QUIC", "TCP_QUIC"],
        _ => &[],
    };
    let protocol = listener.protocol.as_deref().unwrap_or_default();
    if !protocols.is_empty() && !protocols.contains(&protocol) {
        let text =
            format!("Listener protocol '{protocol}' must be one of '{}'", protocols.join(", "));
        return Err(Refusal::new("ValidationError", text, "B13"));
    }
    let rules = listener.rules.iter().flat_map(|rule| &rule.actions);
    for arn in listener.actions.iter().chain(rules).flat_map(arns) {
        check_forward(world, balancer, arn)?;
    }
    Ok(())
}

/// Refuses a target group to which a load balancer cannot forward.
fn check_forward(world: &World, balancer: &LoadBalancer, arn: &str) -> Result<(), Refusal> {
    let (region, owner) = balancer.home(world);
    let found = id_in(arn).and_then(|id| world.target_groups.get(&id));
    let found = found.filter(|it| (it.region, &*it.owner) == (region, owner));
    let Some(group) = found.filter(|it| it.arn() == arn) else {
        let text = format!("Target groups '{arn}' not found");
        return Err(Refusal::new("TargetGroupNotFound", text, "B11"));
    };
    if group.balancer_kind() != balancer.kind {
        let text = format!(
            "Target group '{arn}' has the protocol {}, to which a load balancer of type '{}' cannot forward",
            group.protocol.as_deref().unwrap_or("of a Lambda function"),
            balancer.kind.text()
        );
        return Err(Refusal::new("IncompatibleProtocols", text, "B13"));
    }
    if group.kind != TargetKind::Lambda && group.vpc != Some(balancer.vpc) {
        let text = format!(
            "The target group '{arn}' is not in the VPC of the load balancer, {}",
            balancer.vpc
        );
        return Err(Refusal::new("InvalidConfigurationRequest", text, "B13"));
    }
    if world.balancers_of(group.id).any(|it| it.dns_name != balancer.dns_name) {
        let text = format!(
            "The following target groups cannot be associated with more than one load balancer: {arn}"
        );
        return Err(Refusal::new("TargetGroupAssociationLimit", text, "B13"));
    }
    Ok(())
}

impl CreateListener {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut balancer = LoadBalancer::clone(world.balancer(&self.load_balancer)?);
        check(world, &balancer, &self.listener)?;
        check_mutual(world, &balancer, &self.listener)?;
        if balancer.listeners.len() >= MOST_LISTENERS {
            let text = "You've reached the limit on the number of listeners per load balancer";
            return Err(Refusal::new("TooManyListeners", text, "B13"));
        }
        balancer.listeners.push(self.listener.clone());
        put(world, balancer);
        Ok(Touched::nothing())
    }
}

impl DeleteListener {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut balancer = LoadBalancer::clone(world.balancer(&self.load_balancer)?);
        if balancer.listener(self.listener).is_none() {
            return Err(listener_not_found());
        }
        balancer.listeners.retain(|it| it.id != self.listener);
        put(world, balancer);
        Ok(Touched::nothing())
    }
}

impl ModifyListener {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let (Some(name), Some(id)) = (&self.load_balancer, self.listener) else {
            return Err(listener_not_found());
        };
        edit(world, name, id, |listener| {
            listener.port = self.port.or(listener.port);
            let kept =
                |new: &Option<Arc<str>>, old: &mut Option<Arc<str>>| new.clone().or(old.take());
            listener.protocol = kept(&self.protocol, &mut listener.protocol);
            listener.ssl_policy = kept(&self.ssl_policy, &mut listener.ssl_policy);
            let kept = listener.mutual.take();
            let is_secure = listener.protocol.as_deref() == Some("HTTPS");
            listener.mutual = self.mutual.clone().or(kept.filter(|_| is_secure));
            if let Some(actions) = &self.actions {
                listener.actions.clone_from(actions);
            }
            if let Some(alpn) = &self.alpn {
                listener.alpn.clone_from(alpn);
            }
            listener.attributes.extend(self.attributes.clone());
            self.certify(listener)
        })
    }

    fn certify(&self, listener: &mut Listener) -> Result<(), Refusal> {
        let certificates = &mut listener.certificates;
        if let Some(default) = &self.certificate {
            match certificates.first_mut() {
                Some(first) => *first = Arc::clone(default),
                None => certificates.push(Arc::clone(default)),
            }
        }
        for certificate in &self.add_certificates {
            if !certificates.contains(certificate) {
                certificates.push(Arc::clone(certificate));
            }
        }
        if certificates.first().is_some_and(|it| self.remove_certificates.contains(it)) {
            return Err(not_permitted("Default certificate cannot be removed"));
        }
        certificates.retain(|it| !self.remove_certificates.contains(it));
        Ok(())
    }
}

impl CreateRule {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        edit(world, &self.load_balancer, self.listener, |listener| {
            if listener.rules.iter().any(|it| it.priority == self.rule.priority) {
                return Err(in_use(self.rule.priority));
            }
            if listener.rules.len() >= MOST_RULES {
                let text = "You've reached the limit on the number of rules per load balancer";
                return Err(Refusal::new("TooManyRules", text, "B13"));
            }
            listener.rules.push(self.rule.clone());
            Ok(())
        })
    }
}

fn in_use(priority: u32) -> Refusal {
    Refusal::new("PriorityInUse", format!("Priority '{priority}' is currently in use"), "B13")
}

/// Refuses to change the default rule, and an id that no rule of the listener has.
fn find_rule(listener: &mut Listener, id: ListenerRuleId) -> Result<&mut ListenerRule, Refusal> {
    if listener.default_rule() == id {
        return Err(not_permitted("Default rule cannot be modified or deleted"));
    }
    listener.rules.iter_mut().find(|it| it.id == id).ok_or_else(rule_not_found)
}

impl ModifyRule {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        edit(world, &self.load_balancer, self.listener, |listener| {
            let rule = find_rule(listener, self.rule)?;
            for (new, old) in [
                (&self.conditions, &mut rule.conditions),
                (&self.actions, &mut rule.actions),
                (&self.transforms, &mut rule.transforms),
            ] {
                if let Some(new) = new {
                    old.clone_from(new);
                }
            }
            Ok(())
        })
    }
}

impl DeleteRule {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        edit(world, &self.load_balancer, self.listener, |listener| {
            find_rule(listener, self.rule)?;
            listener.rules.retain(|it| it.id != self.rule);
            Ok(())
        })
    }
}

impl SetRulePriorities {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        edit(world, &self.load_balancer, self.listener, |listener| {
            for (id, priority) in &self.priorities {
                find_rule(listener, *id)?.priority = *priority;
            }
            let mut taken: Vec<u32> = listener.rules.iter().map(|it| it.priority).collect();
            taken.sort_unstable();
            match taken.windows(2).find(|pair| pair.first() == pair.last()) {
                Some(pair) => Err(in_use(pair.first().copied().unwrap_or_default())),
                None => Ok(()),
            }
        })
    }
}
