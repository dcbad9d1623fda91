//! Public DNS: names of endpoints and load balancers, zone files and the catalogue.
//!
//! Asked last inside a VPC and first outside. Also knows which names may never be forwarded.

use std::{borrow::Cow, sync::OnceLock};

use super::{
    above::{self, Above},
    answer::{Answer, Data, Outcome, Owner, Record, Records, Target},
    autodefined::{ends_with_text, is_private_reverse, read_reverse},
    elastic_address, endpoint, instance, load_balancer, managed_resource,
    negative::{self, SoaOf},
    public_host::{self, host_answer, host_of},
    public_zone::{as_region, region_label, zone_of},
    question::Question,
    snapshot::Snapshot,
    trace::{Step, Tracer},
    ttl,
    view::View,
    zone,
};
use crate::{
    catalog::{self, CatalogDate, Region},
    model::{
        endpoint_service::ServicePrivateName,
        name::{Name, NameRef},
        record::{RecordSet, RecordType},
        suffix_map::SuffixMap,
        zone_data::ZoneData,
    },
};

pub use super::public_host::{documentation_v4, service_of};

/// Public DNS beside the World.
#[derive(Clone, Debug, Default)]
pub struct PublicNames {
    /// Zones of public zone files, by name.
    pub zones: SuffixMap<ZoneData>,
    /// Whether an upstream resolver is asked for names that no public zone file contains.
    pub upstream: bool,
    /// Whether Resolver rules may contact addresses outside the World.
    pub forward_rules: bool,
    /// Whether every TTL is shown in full, whatever the World's switch says (`serve --ttl whole`).
    pub whole_ttls: bool,
    /// Whether synthetic addresses come from the documentation ranges instead of AWS's.
    pub documentation_addresses: bool,
}

/// Answers a name that no zone or rule of the asker's View matches. A name above existing public names gets NODATA.
pub fn answer<'s, T: Tracer>(
    snapshot: &'s Snapshot,
    question: &Question<'_>,
    view: Option<&View>,
    trace: &mut T,
) -> Outcome<'s> {
    let mut outcome = found(snapshot, question, view, trace);
    above::amend(&mut outcome, trace, || {
        lies_above(snapshot, question.name)
            || view.is_some_and(|view| {
                managed_resource::above_file_systems(&snapshot.world, view, question.name)
            })
    });
    outcome
}

/// Whether public names lie below a name.
fn lies_above(snapshot: &Snapshot, name: NameRef<'_>) -> bool {
    let (world, index) = (&snapshot.world, &snapshot.index);
    let reverse = || {
        read_reverse(name).is_some_and(|read| {
            let octets = read.octets.get(..read.count).unwrap_or_default();
            !read.extra && (1..=3).contains(&read.count) && snapshot.published.address_below(octets)
        })
    };
    domains().holds(name)
        || public_host::lies_above(name, &world.switches)
        || snapshot.published.endpoint_names_below(name)
        || index.is_above_proofs(world, name)
        || index.is_above_balancers(world, name)
        || index.is_above_public_zones(&snapshot.public, name)
        || index.is_above_public_hosted(world, name)
        || index.is_above_reverse_named(world, name)
        || reverse()
}

/// The domains that AWS's public names lie in and the tops of the reverse tree, with every name above them. Names that
/// hold a region's name are not among them.
fn domains() -> &'static Above {
    static DOMAINS: OnceLock<Above> = OnceLock::new();
    DOMAINS.get_or_init(|| {
        let mut domains = Above::default();
        let ip_aws = catalog::regions().iter().map(|region| format!("{}.ip.aws", region.name));
        let spaces =
            ["elb.amazonaws.com", "elb.amazonaws.com.cn", "ip.aws", "in-addr.arpa", "ip6.arpa"];
        let texts =
            spaces.into_iter().map(str::to_owned).chain(catalog::host_domains()).chain(ip_aws);
        texts.filter_map(|text| Name::parse(&text).ok()).for_each(|name| domains.add_with(&name));
        let hosts = catalog::global_hosts(CatalogDate::Newest).iter().map(|host| &*host.host);
        let regional = catalog::regions().iter().map(|region| region.public_domain);
        let names = hosts.chain(regional).map(|text| text.strip_prefix("*.").unwrap_or(text));
        names.filter_map(|text| Name::parse(text).ok()).for_each(|name| domains.add(&name));
        for space in endpoint::SPACES {
            Name::from_wire(space).iter().for_each(|name| domains.add(name));
        }
        domains
    })
}

/// Looks up a public name.
///
/// In this order: names of endpoints and load balancers, public host names, names of managed resources, names that can
/// only be private, the World's public hosted zones and zone files (the longest name of both), the upstream resolver, the
/// catalogue.
fn found<'s, T: Tracer>(
    snapshot: &'s Snapshot,
    question: &Question<'_>,
    view: Option<&View>,
    trace: &mut T,
) -> Outcome<'s> {
    let world = &snapshot.world;
    let name = question.name;
    if let Some(start) = endpoint::vpce_space(name) {
        return Outcome::Answer(endpoint::public_name(world, question, start, trace));
    }
    let end = name.tail();
    if let Some(region) = ec2_region(name, end) {
        return Outcome::Answer(instance::public_name(
            snapshot,
            view,
            question,
            region.name,
            trace,
        ));
    }
    if let Some(start) = load_balancer::space(name, end) {
        return Outcome::Answer(load_balancer::answer(world, question, start, trace));
    }
    if let Some(answer) = managed_resource::answer(snapshot, question, view, trace) {
        return Outcome::Answer(answer);
    }
    if only_private(name) {
        trace.step(Step::NeverUpstream);
        return Outcome::Answer(negative::no_name(
            SoaOf::Root,
            name.wire().len() - 1,
            &world.switches,
        ));
    }
    if name.wire().ends_with(b"\x02ip\x03aws\x00")
        && let Some(start) = ip_aws_space(name)
    {
        return Outcome::Answer(instance::ip_aws_name(snapshot, question, start, trace));
    }
    if name.wire().ends_with(b"\x07in-addr\x04arpa\x00")
        && let Some(answer) = elastic_address::reverse(snapshot, question, trace)
            .or_else(|| instance::public_reverse(snapshot, question, trace))
    {
        return Outcome::Answer(answer);
    }
    if let Some(answer) = verification(snapshot, question, trace) {
        return Outcome::Answer(answer);
    }
    let hosted = snapshot.index.public_hosted(world, name);
    let file = snapshot.public.zones.holders(name).next();
    if let Some((length, id)) = hosted
        && file.is_none_or(|(other, _)| length >= other)
        && zone_of(name, end).0 == SoaOf::Root
        && let Some(zone) = world.hosted_zones.get(&id)
    {
        trace.step(Step::PublicHostedZone(id));
        let start = name.wire().len() - length;
        return zone::public(snapshot, question, &zone.data, start, view, trace);
    }
    if let Some((length, zone)) = file {
        trace.step(Step::PublicZone);
        let start = name.wire().len() - length;
        return zone::public(snapshot, question, zone, start, view, trace);
    }
    if snapshot.public.upstream {
        trace.step(Step::Upstream);
        return Outcome::Forward {
            target: Target::Upstream,
            name: Cow::Owned(name.to_name()),
            known: Records::new(),
            chain: question.chain,
            asker: question.asker,
            alias: None,
        };
    }
    let region = region_label(end);
    Outcome::Answer(match host_of(name, region, &world.switches) {
        Some((host, below)) => host_answer(snapshot, question, host, below, view, trace),
        None => {
            let (of, start) = zone_of(name, end);
            // A zone's own name, and a name between it and the hosts below, exists without records.
            if (start == 0 && of == SoaOf::Amazon) || public_host::lies_above(name, &world.switches)
            {
                trace.step(Step::NoData);
                negative::no_data(of, start, &world.switches)
            } else {
                trace.step(Step::NoSuchPublicName);
                negative::no_name(of, start, &world.switches)
            }
        }
    })
}

/// Whether the TXT record that proves a private name can be found from the internet (L32, L37). If a public zone file
/// has TXT records at its name, those count. Otherwise the World publishes the record.
pub fn proves(snapshot: &Snapshot, private: &ServicePrivateName) -> bool {
    zone_text(snapshot, private).is_none_or(|set| set.data.contains(&private.txt_data))
}

/// The TXT records of a public zone file at the name of a proof.
fn zone_text<'s>(snapshot: &'s Snapshot, private: &ServicePrivateName) -> Option<&'s RecordSet> {
    let owner = private.txt_owner.as_ref();
    let (_, zone) = snapshot.public.zones.holders(owner).next()?;
    zone.node(owner)?.set(RecordType::TXT)
}

/// The TXT record with which a provider proves that a private name is its own (L31, L32).
fn verification<'s, T: Tracer>(
    snapshot: &'s Snapshot,
    question: &Question<'_>,
    trace: &mut T,
) -> Option<Answer<'s>> {
    if question.rtype != RecordType::TXT {
        return None;
    }
    let world = &snapshot.world;
    let records: Records<'s> = snapshot
        .index
        .proofs(world, question.name)
        .iter()
        .filter_map(|service| world.endpoint_services.get(service)?.private_name.as_ref())
        .filter(|private| zone_text(snapshot, private).is_none())
        .map(|private| {
            let data = Data::Wire(RecordType::TXT, private.txt_data.wire());
            Record { owner: Owner::Question, ttl: ttl::count_down(1800, question, snapshot), data }
        })
        .collect();
    if records.is_empty() {
        return None;
    }
    trace.step(Step::VerificationRecord);
    Some(Answer::found(records))
}

/// The region whose public host names a name belongs to.
fn ec2_region(name: NameRef<'_>, end: NameRef<'_>) -> Option<&'static Region> {
    let region = match end.labels().find(|label| label.starts_with(b"compute")) {
        Some(b"compute-1") => catalog::region("us-east-1"),
        Some(b"compute") => region_label(end),
        _ => None,
    }?;
    ends_with_text(name, region.public_domain).map(|_| region)
}

/// The byte at which `<region>.ip.aws` begins in a name below it.
fn ip_aws_space(name: NameRef<'_>) -> Option<usize> {
    let zone = name.suffixes().find(|suffix| {
        suffix.parent().is_some_and(|parent| parent.wire() == b"\x02ip\x03aws\x00")
    })?;
    as_region(zone.first_label()?)?;
    let start = name.wire().len() - zone.wire().len();
    (start > 0).then_some(start)
}

/// Names that no public zone holds: internal host names, private reverse names, `localhost`.
fn only_private(name: NameRef<'_>) -> bool {
    let wire = name.wire();
    wire.ends_with(b"\x07compute\x08internal\x00")
        || wire.ends_with(b"\x03ec2\x08internal\x00")
        || wire.ends_with(b"\x09compute-1\x08internal\x00")
        || wire.ends_with(b"\x09localhost\x00")
        || wire.ends_with(b"\x0blocaldomain\x00")
        || is_private_reverse(name)
}
