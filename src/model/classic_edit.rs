//! Edits of the parts that only a Classic Load Balancer has: listeners, a health check and policies. They change no answer.
//!
//! An edit names what it adds or removes, so that edits that arrive at the same time are all kept.

use super::{
    document::Document,
    load_balancer::{ClassicPolicies, Options},
    load_balancer_zone::configuration,
    refusal::Refusal,
};

/// The most policies of a load balancer, as AWS allows them.
const MOST_POLICIES: usize = 100;

/// The security policies that AWS has ready, the newest first.
pub const PREDEFINED: &[&str] = &[
    "ELBSecurityPolicy-TLS-1-2-2017-01",
    "ELBSecurityPolicy-TLS-1-1-2017-01",
    "ELBSecurityPolicy-2016-08",
    "ELBSecurityPolicy-2015-05",
    "ELBSecurityPolicy-2015-03",
    "ELBSecurityPolicy-2015-02",
    "ELBSecurityPolicy-2014-10",
    "ELBSecurityPolicy-2014-01",
    "ELBSecurityPolicy-2011-08",
];

/// What a Change does to one part of a Classic Load Balancer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClassicEdit {
    /// `CreateLoadBalancerListeners`. A listener that is there already stays.
    AddListeners(Vec<Document>),
    /// `DeleteLoadBalancerListeners`, by their ports. A port without a listener has no policies.
    RemoveListeners(Vec<String>),
    /// `SetLoadBalancerListenerSSLCertificate`.
    SetCertificate {
        /// The listener's port.
        port: String,
        /// The certificate's ARN.
        certificate: String,
    },
    /// `ConfigureHealthCheck`.
    SetHealthCheck(Document),
    /// A new policy.
    AddPolicy(Document),
    /// `DeleteLoadBalancerPolicy`: done, too, if there is no such policy.
    RemovePolicy(String),
    /// `SetLoadBalancerPoliciesOfListener`: the policies replace those it had.
    SetListenerPolicies {
        /// The listener's port.
        port: String,
        /// The policies' names.
        names: Vec<String>,
    },
    /// `SetLoadBalancerPoliciesForBackendServer`.
    SetBackendPolicies {
        /// The instances' port.
        port: String,
        /// The policies' names.
        names: Vec<String>,
    },
}

impl ClassicEdit {
    /// Edits the parts of the load balancer that is called `label`.
    pub(super) fn apply(&self, label: &str, options: &mut Options) -> Result<(), Refusal> {
        let policies = &mut options.classic_policies;
        match self {
            Self::AddListeners(new) => {
                for listener in new {
                    add_listener(label, &mut options.classic_listeners, listener)?;
                }
            }
            Self::RemoveListeners(ports) => {
                let is_gone = |port: &str| ports.iter().any(|it| it == port);
                options.classic_listeners.retain(|it| !is_gone(port_of(it)));
                policies.of_listeners.retain(|port, _| !is_gone(port));
            }
            Self::SetCertificate { port, certificate } => {
                let mut listeners = options.classic_listeners.iter_mut();
                let Some(listener) = listeners.find(|it| port_of(it) == port) else {
                    return Err(no_listener(label, port));
                };
                if !matches!(listener.text_of("Protocol"), Some("HTTPS" | "SSL")) {
                    let text =
                        "A certificate can be set for a listener that uses HTTPS or SSL only";
                    return Err(configuration(text));
                }
                if let Document::Fields(members) = listener {
                    let certificate = Document::Text(certificate.clone());
                    members.insert("SSLCertificateId".to_owned(), certificate);
                }
            }
            Self::SetHealthCheck(check) => options.classic_health_check = Some(check.clone()),
            Self::AddPolicy(policy) => add_policy(policies, policy)?,
            Self::RemovePolicy(name) => remove_policy(policies, name)?,
            Self::SetListenerPolicies { port, names } => {
                if !options.classic_listeners.iter().any(|it| port_of(it) == port) {
                    return Err(no_listener(label, port));
                }
                check_known(policies, names)?;
                policies.of_listeners.insert(port.clone(), names.clone());
                policies.of_listeners.retain(|_, names| !names.is_empty());
            }
            Self::SetBackendPolicies { port, names } => {
                let is_port = |it: &Document| it.text_of("InstancePort") == Some(port);
                if !options.classic_listeners.iter().any(is_port) {
                    let text = format!("No listener sends to the instance port {port}");
                    return Err(configuration(text));
                }
                check_known(policies, names)?;
                policies.of_backends.insert(port.clone(), names.clone());
                policies.of_backends.retain(|_, names| !names.is_empty());
            }
        }
        Ok(())
    }
}

fn port_of(listener: &Document) -> &str {
    listener.text_of("LoadBalancerPort").unwrap_or_default()
}

fn no_listener(label: &str, port: &str) -> Refusal {
    let text = format!("There is no listener with port {port} for load balancer {label}");
    Refusal::new("ListenerNotFound", text, "B10")
}

fn add_listener(label: &str, all: &mut Vec<Document>, new: &Document) -> Result<(), Refusal> {
    match all.iter().find(|it| port_of(it) == port_of(new)) {
        Some(old) if old == new => {}
        Some(_) => {
            let text = format!(
                "A listener already exists for {label} with LoadBalancerPort {}, but with a different InstancePort, \
                 Protocol, or SSLCertificateId",
                port_of(new)
            );
            return Err(Refusal::new("DuplicateListener", text, "B10"));
        }
        None => all.push(new.clone()),
    }
    Ok(())
}

fn add_policy(policies: &mut ClassicPolicies, policy: &Document) -> Result<(), Refusal> {
    let name = policy.text_of("PolicyName").unwrap_or_default();
    if policies.find(name).is_some() {
        let text = format!("A policy named {name} already exists for the load balancer");
        return Err(Refusal::new("DuplicatePolicyName", text, "B10"));
    }
    if policies.all.len() >= MOST_POLICIES {
        let text = format!("A load balancer has at most {MOST_POLICIES} policies");
        return Err(Refusal::new("TooManyPolicies", text, "B10"));
    }
    policies.all.push(policy.clone());
    Ok(())
}

fn remove_policy(policies: &mut ClassicPolicies, name: &str) -> Result<(), Refusal> {
    let mut enabled = policies.of_listeners.values().chain(policies.of_backends.values()).flatten();
    if enabled.any(|it| it == name) {
        return Err(configuration(format!("The policy {name} is enabled and cannot be deleted")));
    }
    policies.all.retain(|it| it.text_of("PolicyName") != Some(name));
    Ok(())
}

fn check_known(policies: &ClassicPolicies, names: &[String]) -> Result<(), Refusal> {
    let is_known =
        |name: &&String| policies.find(name).is_some() || PREDEFINED.contains(&name.as_str());
    match names.iter().find(|name| !is_known(name)) {
        Some(unknown) => {
            let text = format!("There is no policy with name {unknown}");
            Err(Refusal::new("PolicyNotFound", text, "B10"))
        }
        None => Ok(()),
    }
}
