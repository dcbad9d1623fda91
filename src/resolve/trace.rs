//! The trace: each step of a decision as a `Copy` value of ids.
//!
//! Without a reader it costs nothing: the silent tracer `()` compiles to nothing. `explain.rs` renders the text
//! later, from the ids.

use std::net::{IpAddr, SocketAddr};

use super::{autodefined_kind::Autodefined, question::Asker, via::Via};
use crate::model::{
    id::{
        AllocationId, EndpointId, EndpointServiceId, FirewallRuleGroupId, InboundEndpointId,
        InstanceId, PeeringId, ProfileId, ResolverRuleId, VpcId, ZoneId,
    },
    managed_resource::ManagedKind,
};

/// Receives the steps of a decision.
pub trait Tracer {
    /// Takes one step.
    fn step(&mut self, step: Step);
}

/// The silent tracer.
impl Tracer for () {
    #[inline]
    fn step(&mut self, _: Step) {}
}

/// A tracer that keeps every step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace(pub Vec<Step>);

impl Tracer for Trace {
    fn step(&mut self, step: Step) {
        self.0.push(step);
    }
}

/// Tells that a Profile brought what the step before is about, if one did.
pub fn trace_via<T: Tracer>(via: Via, trace: &mut T) {
    if let Via::Profile(_, id) = via {
        trace.step(Step::Profile(id));
    }
}

/// One step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Where the question was asked from.
    AskedFrom(Asker),
    /// One of the World's faults is about the question: its place among them.
    Fault(u16),
    /// DNS support is off in the VPC.
    SupportOff(VpcId),
    /// DNS support is on; whether DNS hostnames is.
    Attributes {
        /// The VPC.
        vpc: VpcId,
        /// `enableDnsHostnames`.
        hostnames: bool,
    },
    /// A firewall rule matched: its group, and its place there.
    Firewall {
        /// The group.
        group: FirewallRuleGroupId,
        /// The rule's place.
        rule: u8,
    },
    /// The firewall is failing; whether questions pass.
    FirewallFailing {
        /// Whether they pass.
        open: bool,
    },
    /// A FORWARD rule matches the name.
    Rule(ResolverRuleId),
    /// The rule's target is an inbound endpoint of the World, from whose VPC the answer comes.
    RuleInside(InboundEndpointId),
    /// The inbound endpoint is in another VPC; a network connection to it is assumed.
    RuleConnection,
    /// The rule's target is in the VPC's own range, but no inbound endpoint of the VPC has this address.
    RuleOwnRange(SocketAddr),
    /// Inbound endpoints of several VPCs have the address of the rule's target.
    RuleSeveral(IpAddr),
    /// The rule belongs to another account, and its targets are not known.
    RuleTargetsUntold,
    /// A rule of another account, whose domain is not known, is associated with the VPC.
    RuleNameless(ResolverRuleId),
    /// The server may not contact the targets of rules.
    RulesOff,
    /// A FORWARD rule matches the name, but a longer name wins.
    RuleBeaten(ResolverRuleId),
    /// A SYSTEM rule matches the name, so it is not forwarded.
    SystemRule(ResolverRuleId),
    /// No private zone and no autodefined zone of the VPC contains the name.
    NoPrivateName,
    /// The zone that private DNS made contains the name.
    HiddenZone {
        /// The endpoint.
        endpoint: EndpointId,
        /// Which of its private names.
        index: u8,
    },
    /// A private hosted zone contains the name.
    HostedZone(ZoneId),
    /// A Profile brings the rule, the zone or the rule group of the step before to the VPC.
    Profile(ProfileId),
    /// A Profile brings the endpoint's zone of the step before to the VPC.
    ProfileEndpoint(ProfileId),
    /// A name the region defines by itself.
    Autodefined(Autodefined),
    /// The private name itself: the addresses of the endpoint's interfaces.
    PrivateNameAddresses(EndpointId),
    /// A customer service's private name: a CNAME to the regional name.
    PrivateNameCname(EndpointId),
    /// A name below a wildcard private name; whether it comes by CNAME.
    PrivateWildcard {
        /// The endpoint.
        endpoint: EndpointId,
        /// Whether a CNAME to the name without the asterisk stands in front.
        cname: bool,
    },
    /// Nothing below a private name that is no wildcard.
    BelowPrivateName(EndpointId),
    /// The zone exists, empty, while its endpoint is pending.
    PendingZone(EndpointId),
    /// The endpoint's regional name.
    RegionalName(EndpointId),
    /// The endpoint's zonal name.
    ZonalName(EndpointId),
    /// Unhealthy interfaces are left out of the answer.
    UnhealthyLeftOut(EndpointId),
    /// Every interface is unhealthy, so the answer has all of them.
    FailOpen(EndpointId),
    /// The endpoint exists, but its names do not answer in its state.
    EndpointNotAnswering(EndpointId),
    /// A name in the space of endpoint names that no endpoint has.
    NoSuchEndpointName,
    /// The base name of an endpoint service, which has no records.
    ServiceBaseName(EndpointServiceId),
    /// A name in the space of endpoint names with names below it only.
    EndpointSpaceNode,
    /// A load balancer's name.
    LoadBalancer,
    /// The name of a managed resource, and whether it leads to its private addresses.
    ManagedResource {
        /// What it is.
        kind: ManagedKind,
        /// Whether the private addresses are answered.
        private: bool,
    },
    /// A load balancer's name in one zone.
    LoadBalancerZone,
    /// Zones of a load balancer left out because of the client routing policy.
    ClientRouting,
    /// A name under a load-balancer domain that no load balancer has.
    NoSuchLoadBalancer,
    /// An `ip-` name computed from its own text.
    IpName(IpAddr),
    /// An `i-` name of an instance.
    ResourceName(InstanceId),
    /// An instance's resource name whose records are switched off.
    ResourceNameOff(InstanceId),
    /// A public host name of an instance of the VPC: its private address.
    OwnPublicName(InstanceId),
    /// A public host name of an instance of a peered VPC whose connection allows DNS resolution: its private address.
    PeerPublicName(InstanceId, PeeringId),
    /// A public host name, answered with the address in its text.
    PublicNameByForm,
    /// A reverse name computed from the address.
    Reverse(IpAddr),
    /// The reverse name that somebody chose for an elastic address.
    ElasticReverse(AllocationId),
    /// An address that has no reverse name.
    NoReverse,
    /// `localhost` and the like.
    Localhost,
    /// The domain of the region's names itself.
    AutodefinedApex,
    /// No name of this form exists in an autodefined domain.
    NoAutodefinedName,
    /// The record found in a private hosted zone.
    ZoneRecord(ZoneId),
    /// A record found through a wildcard.
    ZoneWildcard(ZoneId),
    /// The name exists in the zone without the type asked.
    ZoneNoData(ZoneId),
    /// The name does not exist in the zone, and nothing else is asked.
    ZoneNoName(ZoneId),
    /// The routing policy of several record sets chooses one, or some of them.
    RoutingPolicy,
    /// A zone of the World that everybody can ask.
    PublicHostedZone(ZoneId),
    /// An alias record: the target's answer.
    Alias,
    /// A CNAME, followed with the same View.
    Cname,
    /// The CNAME chain is longer than is followed.
    ChainTooLong,
    /// The record that verifies an endpoint service's private name.
    VerificationRecord,
    /// A name of a public zone file.
    PublicZone,
    /// Passed to the upstream resolver.
    Upstream,
    /// A name the catalogue knows, with an address that was observed.
    ObservedAddress,
    /// A name the catalogue knows, with a synthetic address.
    SyntheticAddress {
        /// Whether the catalogue is sure of the name.
        known: bool,
        /// Whether anything says that the region offers the service.
        offered: bool,
    },
    /// A gateway endpoint's record type changed which families the public name answers.
    GatewayRecordType(EndpointId),
    /// Any bucket's name resolves publicly.
    BucketName,
    /// Never asked upstream: the name can only be private.
    NeverUpstream,
    /// No public name.
    NoSuchPublicName,
    /// The type asked does not exist at the name.
    NoData,
    /// Names below this name exist, so it exists too.
    NamesBelow,
    /// An AAAA made from an A by DNS64.
    Dns64,
}
