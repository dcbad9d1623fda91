//! Why an answer is as it is, where people usually wonder: asked from the internet, DNS hostnames off, a gateway endpoint and
//! the unchanged name, an endpoint in another region, a ping.

use super::told::Hint;
use crate::{
    catalog,
    model::{endpoint::EndpointKind, id::VpcId, record::RecordType, world::World},
    resolve::{
        explain::{Explanation, PathWords, Verdict},
        public::service_of,
        question::{Asker, Question},
        snapshot::Snapshot,
        trace::Step,
        why_not,
    },
};

/// The reasons that apply, in the order in which they are told.
pub(super) fn whys(
    snapshot: &Snapshot,
    question: &Question<'_>,
    explanation: &Explanation,
    steps: &[Step],
) -> Vec<Hint> {
    let Some(vpc) = question.asker.vpc() else {
        return internet(question, explanation, steps).into_iter().collect();
    };
    let all = [
        hostnames_off(snapshot, question, steps),
        other_region(&snapshot.world, question, vpc, explanation),
        gateway(explanation, vpc),
        gateway_elsewhere(&snapshot.world, question, vpc, explanation),
        ping(explanation, question, vpc),
    ];
    all.into_iter().flatten().collect()
}

/// A private name or a private address, asked from outside.
fn internet(question: &Question<'_>, explanation: &Explanation, steps: &[Step]) -> Option<Hint> {
    if explanation.verdict == Verdict::Private {
        return Some(Hint::why(
            "INTERNET_ADDRESS",
            None,
            "DNS gives this name to everybody, but its address is private: no packet from the internet reaches it. Ask and \
             connect from the VPC, or from a network that is joined to it."
                .to_owned(),
        ));
    }
    if steps.contains(&Step::NeverUpstream) {
        return Some(Hint::why(
            "INTERNET_NAME",
            None,
            "Only the resolver of a VPC has such a name, and the internet does not ask it. Ask from an instance of the VPC."
                .to_owned(),
        ));
    }
    let (service, region) = service_of(question.name)?;
    let service = catalog::service(region?, catalog::CatalogDate::Newest, service)?;
    let asked = question.name.to_name().to_string();
    let asked = asked.strip_suffix('.').unwrap_or(&asked);
    let overridden = service.private_names.iter().any(|name| match name.strip_prefix("*.") {
        Some(zone) => asked.strip_suffix(zone).is_some_and(|front| front.ends_with('.')),
        None => name == asked,
    });
    (overridden && explanation.verdict == Verdict::Public).then(|| {
        Hint::why(
            "INTERNET_SERVICE",
            None,
            "Private DNS of an endpoint changes this name only for those who ask the resolver of the endpoint's VPC. The \
             internet always gets the public address."
                .to_owned(),
        )
    })
}

/// Names that DNS hostnames would give.
fn hostnames_off(snapshot: &Snapshot, question: &Question<'_>, steps: &[Step]) -> Option<Hint> {
    let vpc = steps.iter().find_map(|step| match step {
        Step::Attributes { vpc, hostnames: false } => Some(*vpc),
        _ => None,
    })?;
    let command = format!("`aws ec2 modify-vpc-attribute --vpc-id {vpc} --enable-dns-hostnames`");
    if let Some((endpoint, "PRIVATE_DNS_INEFFECTIVE")) = why_not::asleep(snapshot, question) {
        return Some(Hint::why(
            "HOSTNAMES_OFF_PRIVATE_DNS",
            Some(endpoint.to_string()),
            format!(
                "Private DNS needs DNS support and DNS hostnames, both on. DNS hostnames is off, so {endpoint} keeps its \
                 private DNS but the resolver does not use it. {command} brings it back."
            ),
        ));
    }
    let host =
        steps.iter().any(|step| matches!(step, Step::NeverUpstream | Step::PublicNameByForm));
    host.then(|| {
        Hint::why(
            "HOSTNAMES_OFF_HOST_NAME",
            Some(vpc.to_string()),
            format!(
                "While DNS hostnames is off, instances of the VPC have no public DNS name, and the VPC does not use its own \
                 host names. {command} gives them their names."
            ),
        )
    })
}

/// An endpoint of the asker's region beside a name of another one.
fn other_region(
    world: &World,
    question: &Question<'_>,
    vpc: VpcId,
    explanation: &Explanation,
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
        format!(
            "The name is of {asked}. Private DNS of {} covers the service's name in {own} only, so this name stays public.",
            endpoint.id
        ),
    ))
}

/// The first hop of a kind that lies in the VPC.
fn hop<'p>(paths: &'p [PathWords], kind: &str, vpc: VpcId) -> Option<&'p str> {
    let vpc = vpc.to_string();
    let mut hops = paths.iter().flat_map(|path| &path.details);
    let found = hops.find(|hop| hop.kind == kind && hop.vpc.as_deref() == Some(&vpc))?;
    found.ids.first().map(String::as_str)
}

fn gateway(explanation: &Explanation, vpc: VpcId) -> Option<Hint> {
    let endpoint = hop(&explanation.paths, "gateway-endpoint", vpc)?;
    Some(Hint::why(
        "GATEWAY",
        Some(endpoint.to_owned()),
        format!(
            "A gateway endpoint changes no DNS answer: the name stays public. The route table decides, because {endpoint} \
             has put a route to the service's addresses into it. So the traffic does not go over the internet."
        ),
    ))
}

/// A gateway endpoint of the VPC that the asker's route table has no route to.
fn gateway_elsewhere(
    world: &World,
    question: &Question<'_>,
    vpc: VpcId,
    explanation: &Explanation,
) -> Option<Hint> {
    let away = |path: &PathWords| path.kind == "public" || path.kind == "nowhere";
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
        format!(
            "The VPC has the gateway endpoint {}, but no route to it in the route table that is used here. A gateway endpoint \
             works only for subnets whose route table is associated with it.",
            endpoint.id
        ),
    ))
}

/// Who sees an endpoint's address pings it.
fn ping(explanation: &Explanation, question: &Question<'_>, vpc: VpcId) -> Option<Hint> {
    let asked = matches!(question.rtype, RecordType::A | RecordType::AAAA | RecordType::ANY);
    let inside = asked && !matches!(question.asker, Asker::Internet);
    let endpoint = hop(&explanation.paths, "interface", vpc).filter(|_| inside)?;
    Some(Hint::why(
        "PING",
        Some(endpoint.to_owned()),
        "The network interfaces of an endpoint do not reply to ping (N52). `curl` to the service's port tells whether it is \
         reached."
            .to_owned(),
    ))
}
