//! Listeners of load balancers and their rules.
//!
//! Knows to which target groups they forward, on which the zones of an answer depend (B5). Everything else of an action or
//! a condition is kept as it came. The Changes are in `listener_change.rs`.

use std::sync::Arc;

use super::{
    document::{Attributes, Document},
    id::{ListenerId, ListenerRuleId, TargetGroupId, derived_seed},
    world::Tags,
};

/// A listener.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Listener {
    /// Its id: the end of its ARN.
    pub id: ListenerId,
    /// Its tags.
    pub tags: Tags,
    /// `HTTP`, `TCP` and so on; that of a Gateway Load Balancer has none.
    pub protocol: Option<Arc<str>>,
    /// Its port; that of a Gateway Load Balancer has none.
    pub port: Option<u16>,
    /// `DefaultActions`.
    pub actions: Vec<Document>,
    /// The ARNs of its certificates, the default one first.
    pub certificates: Vec<Arc<str>>,
    /// `SslPolicy`.
    pub ssl_policy: Option<Arc<str>>,
    /// `AlpnPolicy`.
    pub alpn: Vec<String>,
    /// `MutualAuthentication`.
    pub mutual: Option<Document>,
    /// The attributes that were set.
    pub attributes: Attributes,
    /// Its rules without the default one, in the order of creation.
    pub rules: Vec<ListenerRule>,
}

/// A rule of a listener.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ListenerRule {
    /// Its id: the end of its ARN.
    pub id: ListenerRuleId,
    /// Its tags.
    pub tags: Tags,
    /// Its priority; the lowest is tried first.
    pub priority: u32,
    /// `Conditions`.
    pub conditions: Vec<Document>,
    /// `Actions`.
    pub actions: Vec<Document>,
    /// `Transforms`.
    pub transforms: Vec<Document>,
}

impl Listener {
    /// The id of its default rule.
    pub fn default_rule(&self) -> ListenerRuleId {
        ListenerRuleId::from_seed(derived_seed(&format!("default-rule/{}", self.id)))
    }

    /// The target groups to which it and its rules forward; one may be there several times.
    pub fn forwards_to(&self) -> impl Iterator<Item = TargetGroupId> {
        let rules = self.rules.iter().flat_map(|rule| &rule.actions);
        self.actions.iter().chain(rules).flat_map(forwards)
    }
}

/// The target groups to which an action forwards.
pub fn forwards(action: &Document) -> Vec<TargetGroupId> {
    arns(action).into_iter().filter_map(id_in).collect()
}

/// The ARNs of the target groups to which an action forwards, each once.
pub fn arns(action: &Document) -> Vec<&str> {
    let groups = action.get("ForwardConfig").map_or(&[][..], |it| it.items_of("TargetGroups"));
    let mut arns: Vec<&str> = action.text_of("TargetGroupArn").into_iter().collect();
    for arn in groups.iter().filter_map(|it| it.text_of("TargetGroupArn")) {
        if !arns.contains(&arn) {
            arns.push(arn);
        }
    }
    arns
}

/// The id at the end of a target group's ARN.
pub fn id_in(arn: &str) -> Option<TargetGroupId> {
    let (before, id) = arn.rsplit_once('/')?;
    id.parse().ok().filter(|_| before.contains(":targetgroup/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_names_its_target_groups_once_each() {
        let arn = |name: &str| {
            format!("arn:aws:elasticloadbalancing:us-east-1:111111111111:targetgroup/{name}")
        };
        let (one, two) = (arn("one/0000000000000001"), arn("two/0000000000000002"));
        let group = |arn: &str| Document::of([("TargetGroupArn", arn)]);
        let list = Document::List(vec![group(&one), group(&two), group("nothing")]);
        let forward = Document::Fields([("TargetGroups".to_owned(), list)].into());
        let Document::Fields(mut action) = group(&one) else { unreachable!() };
        action.insert("ForwardConfig".to_owned(), forward);
        let ids: Vec<String> =
            forwards(&Document::Fields(action)).iter().map(ToString::to_string).collect();
        assert_eq!(ids, ["0000000000000001", "0000000000000002"]);
    }
}
