//! Why an endpoint that serves a name does not capture it; readers of an explanation ask this first.
//!
//! Looks only at the asker's VPC.

use super::{
    question::{Asker, Question},
    snapshot::Snapshot,
    words::Words,
};
use crate::{
    language::Language,
    model::{
        dhcp_options::AMAZON_PROVIDED,
        endpoint::{Endpoint, EndpointKind, ServiceRef},
        id::EndpointId,
        world::World,
    },
};

/// For each endpoint of the asker's VPC with a matching private name: why it does not answer the question.
pub fn reasons(snapshot: &Snapshot, question: &Question<'_>, say: Language) -> Vec<Words> {
    let Some(vpc) = question.asker.vpc() else { return Vec::new() };
    let mut reasons: Vec<Words> = snapshot
        .world
        .endpoints_of(vpc)
        .filter(|endpoint| covers(&snapshot.world, endpoint, question))
        .filter_map(|endpoint| reason(snapshot, endpoint, question, say))
        .collect();
    if let Some(set) = custom_resolver(&snapshot.world, question, say) {
        reasons.push(set);
    }
    reasons
}

/// The first endpoint of the asker's VPC with a matching private name, and the rule that says why it does not answer.
pub(super) fn asleep(
    snapshot: &Snapshot,
    question: &Question<'_>,
) -> Option<(EndpointId, &'static str)> {
    snapshot
        .world
        .endpoints_of(question.asker.vpc()?)
        .filter(|endpoint| covers(&snapshot.world, endpoint, question))
        .find_map(|endpoint| {
            let (rule, _, _) = reason(snapshot, endpoint, question, Language::default())?;
            Some((endpoint.id, rule))
        })
}

fn covers(world: &World, endpoint: &Endpoint, question: &Question<'_>) -> bool {
    let within = |zone: &crate::model::name::Name| question.name.is_within(zone.as_ref());
    match &endpoint.service {
        ServiceRef::Aws(aws) if endpoint.kind == EndpointKind::Interface => {
            aws.private_names.iter().any(|name| within(&name.zone))
        }
        ServiceRef::Aws(_) => false,
        ServiceRef::Customer { id, .. } => world
            .endpoint_services
            .get(id)
            .and_then(|service| service.private_name.as_ref())
            .is_some_and(|private| within(&private.name.zone)),
    }
}

fn reason(
    snapshot: &Snapshot,
    endpoint: &Endpoint,
    question: &Question<'_>,
    say: Language,
) -> Option<Words> {
    let id = endpoint.id;
    let vpc = snapshot.world.vpcs.get(&endpoint.vpc)?;
    if !endpoint.private_dns {
        return Some(("PRIVATE_DNS_OFF", say.private_dns_off(id), &["P8"]));
    }
    if !vpc.both_attributes() {
        return Some(("PRIVATE_DNS_INEFFECTIVE", say.private_dns_ineffective(id), &["P3", "P90"]));
    }
    if !endpoint.state.answers() {
        let text = say.private_dns_not_yet(id, endpoint.state.text());
        return Some(("PRIVATE_DNS_NOT_YET", text, &["L7", "P93"]));
    }
    if endpoint.inbound_only && !matches!(question.asker, Asker::Inbound(..)) {
        return Some(("PRIVATE_DNS_INBOUND_ONLY", say.private_dns_inbound_only(id), &["P51"]));
    }
    None
}

/// A DHCP option set with other name servers: instances do not ask this resolver at all (H55).
fn custom_resolver(world: &World, question: &Question<'_>, say: Language) -> Option<Words> {
    let vpc = world.vpcs.get(&question.asker.vpc()?)?;
    let options = world.dhcp_options.get(&vpc.dhcp_options?)?;
    let amazon = options.domain_name_servers.iter().any(|server| **server == *AMAZON_PROVIDED);
    (!amazon).then(|| ("DHCP_OPTIONS", say.other_name_servers(options.id), &["H55"] as &[_]))
}
