//! Why an answer is as it is, where people usually wonder: asked from the internet, DNS hostnames off, a gateway endpoint and
//! the unchanged name, an endpoint in another region, a ping.

use super::told::Hint;
use crate::{
    catalog,
    language::Language,
    model::{endpoint::EndpointKind, id::VpcId, record::RecordType, world::World},
    resolve::{
        explain::{Explanation, PathWords, Verdict},
        public::service_of,
        question::{Asker, Question},
        snapshot::Snapshot,
        together::is_lost,
        trace::Step,
        why_not,
    },
};

/// The reasons that apply, in the order in which they are told.
pub(super) fn whys(
    snapshot: &Snapshot,
    question: &Question<'_>,
    explanation: &Explanation,
    (steps, say): (&[Step], Language),
) -> Vec<Hint> {
    let Some(vpc) = question.asker.vpc() else {
        return internet(question, explanation, steps, say).into_iter().collect();
    };
    let all = [
        hostnames_off(snapshot, question, steps, say),
        other_region(&snapshot.world, question, (vpc, explanation), say),
        gateway(explanation, vpc, say),
        gateway_elsewhere(&snapshot.world, question, (vpc, explanation), say),
        ping(explanation, question, vpc, say),
    ];
    all.into_iter().flatten().collect()
}

/// A private name or a private address, asked from outside.
fn internet(
    question: &Question<'_>,
    explanation: &Explanation,
    steps: &[Step],
    say: Language,
) -> Option<Hint> {
    if explanation.verdict == Verdict::Private {
        return Some(Hint::why("INTERNET_ADDRESS", None, say.hint_internet_address()));
    }
    if steps.contains(&Step::NeverUpstream) {
        return Some(Hint::why("INTERNET_NAME", None, say.hint_internet_name()));
    }
    let (service, region) = service_of(question.name)?;
    let service = catalog::service(region?, catalog::CatalogDate::Newest, service)?;
    let asked = question.name.to_name().to_string();
    let overridden = service.private_names.iter().any(|name| match name.strip_prefix("*.") {
        Some(zone) => asked.strip_suffix(zone).is_some_and(|front| front.ends_with('.')),
        None => *name == asked,
    });
    (overridden && explanation.verdict == Verdict::Public)
        .then(|| Hint::why("INTERNET_SERVICE", None, say.hint_internet_service()))
}

/// Names that DNS hostnames would give.
fn hostnames_off(
    snapshot: &Snapshot,
    question: &Question<'_>,
    steps: &[Step],
    say: Language,
) -> Option<Hint> {
    let vpc = steps.iter().find_map(|step| match step {
        Step::Attributes { vpc, hostnames: false } => Some(*vpc),
        _ => None,
    })?;
    let command = format!("`aws ec2 modify-vpc-attribute --vpc-id {vpc} --enable-dns-hostnames`");
    if let Some((endpoint, "PRIVATE_DNS_INEFFECTIVE")) = why_not::asleep(snapshot, question) {
        return Some(Hint::why(
            "HOSTNAMES_OFF_PRIVATE_DNS",
            Some(endpoint.to_string()),
            say.hint_hostnames_off_private_dns(endpoint, command),
        ));
    }
    let host =
        steps.iter().any(|step| matches!(step, Step::NeverUpstream | Step::PublicNameByForm));
    host.then(|| {
        Hint::why(
            "HOSTNAMES_OFF_HOST_NAME",
            Some(vpc.to_string()),
            say.hint_hostnames_off_host_name(command),
        )
    })
}

/// An endpoint of the asker's region beside a name of another one.
fn other_region(
    world: &World,
    question: &Question<'_>,
    (vpc, explanation): (VpcId, &Explanation),
    say: Language,
) -> Option<Hint> {
    if explanation.verdict != Verdict::Public {
        return None;
    }
    let (service, region) = service_of(question.name)?;
    let own = world.vpcs.get(&vpc)?.region;
    let asked = region.filter(|region| region.name != own)?.name;
    let endpoint = world.endpoints_of(vpc).find(|it| {
        it.kind == EndpointKind::Interface
            && it.private_dns
            && it.service_region == own
            && it.service.short_name() == Some(service)
    })?;
    Some(Hint::why(
        "OTHER_REGION",
        Some(asked.to_owned()),
        say.hint_endpoint_of_other_region(asked, endpoint.id, own),
    ))
}

/// The first hop of a kind that lies in the VPC.
fn hop<'p>(paths: &'p [PathWords], kind: &str, vpc: VpcId) -> Option<&'p str> {
    let vpc = vpc.to_string();
    let mut hops = paths.iter().flat_map(|path| &path.details);
    let found = hops.find(|hop| hop.kind == kind && hop.vpc.as_deref() == Some(&vpc))?;
    found.ids.first().map(String::as_str)
}

fn gateway(explanation: &Explanation, vpc: VpcId, say: Language) -> Option<Hint> {
    let endpoint = hop(&explanation.paths, "gateway-endpoint", vpc)?;
    Some(Hint::why("GATEWAY", Some(endpoint.to_owned()), say.hint_gateway(endpoint)))
}

/// A gateway endpoint of the VPC that the asker's route table has no route to.
fn gateway_elsewhere(
    world: &World,
    question: &Question<'_>,
    (vpc, explanation): (VpcId, &Explanation),
    say: Language,
) -> Option<Hint> {
    let away = |path: &PathWords| path.kind == "public" || is_lost(&path.kind);
    if explanation.paths.is_empty() || !explanation.paths.iter().all(away) {
        return None;
    }
    let (service, region) = service_of(question.name)?;
    let own = world.vpcs.get(&vpc)?.region;
    if region.is_none_or(|region| region.name != own) {
        return None;
    }
    let endpoint = world.endpoints_of(vpc).find(|it| {
        it.kind == EndpointKind::Gateway
            && it.state.answers()
            && it.service.short_name() == Some(service)
    })?;
    Some(Hint::why(
        "GATEWAY_NO_ROUTE",
        Some(endpoint.id.to_string()),
        say.hint_gateway_no_route(endpoint.id),
    ))
}

/// Who sees an endpoint's address pings it.
fn ping(
    explanation: &Explanation,
    question: &Question<'_>,
    vpc: VpcId,
    say: Language,
) -> Option<Hint> {
    let asked = matches!(question.rtype, RecordType::A | RecordType::AAAA | RecordType::ANY);
    let inside = asked && !matches!(question.asker, Asker::Internet);
    let endpoint = hop(&explanation.paths, "interface", vpc).filter(|_| inside)?;
    Some(Hint::why("PING", Some(endpoint.to_owned()), say.hint_ping()))
}
