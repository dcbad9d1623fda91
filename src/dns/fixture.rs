//! A small World and packets for the tests of this folder.

use std::{cell::Cell, net::IpAddr, sync::Arc};

use super::{
    identity::Identity,
    placement::Access,
    real::Real,
    reply_action::ReplyAction,
    respond::{Inputs, respond},
};
use crate::{
    ask::Transport,
    model::{
        change::Change,
        hosted_zone::{CreateHostedZone, HostedZone},
        id::{InboundEndpointId, InstanceId, SubnetId, VpcId},
        instance::{Instance, NameOptions, RunInstances},
        name::Name,
        record::{Rdata, RecordType},
        resolver_endpoint::{CreateInboundEndpoint, InboundEndpoint},
        subnet::{CreateSubnet, Subnet},
        vpc::{CreateVpc, Vpc},
        world::{Tags, World},
        zone_data::{ZoneData, private_soa},
    },
    resolve::{public::PublicNames, question::Asker, snapshot::Snapshot},
};

/// The VPC 10.0.0.0/16 with a private zone, a subnet, an instance and an inbound endpoint.
pub(super) fn main_vpc() -> VpcId {
    "vpc-0000000a".parse().unwrap()
}

/// 10.1.0.0/16, where the private zone is not.
pub(super) fn other_vpc() -> VpcId {
    "vpc-0000000b".parse().unwrap()
}

/// 10.5.0.0/16, with DNS support off.
pub(super) fn silent_vpc() -> VpcId {
    "vpc-0000000e".parse().unwrap()
}

/// 10.0.1.0/24 of the main VPC.
pub(super) fn subnet() -> SubnetId {
    "subnet-0000000a".parse().unwrap()
}

/// 10.0.1.29 in that subnet.
pub(super) fn instance() -> InstanceId {
    "i-0000000a".parse().unwrap()
}

/// An inbound endpoint of the main VPC.
pub(super) fn inbound() -> InboundEndpointId {
    "rslvr-in-0000000a".parse().unwrap()
}

/// Asked from the instance.
pub(super) fn from_instance() -> Asker {
    Asker::Instance(main_vpc(), subnet(), instance())
}

/// The World compiled. Beside the VPCs above, two share 10.9.0.0/16.
pub(super) fn snapshot() -> Snapshot {
    let mut world = World::default();
    let mut apply = |change: Change| world = world.apply(&change).unwrap().0;
    for (vpc, range) in [
        (main_vpc(), "10.0.0.0/16"),
        (other_vpc(), "10.1.0.0/16"),
        ("vpc-0000000c".parse().unwrap(), "10.9.0.0/16"),
        ("vpc-0000000d".parse().unwrap(), "10.9.0.0/16"),
        (silent_vpc(), "10.5.0.0/16"),
    ] {
        apply(CreateVpc { vpc: vpc_of(vpc, range) }.into());
    }
    apply(CreateSubnet { subnet: subnet_of_main() }.into());
    apply(RunInstances { instance: instance_of_subnet() }.into());
    let addresses = vec!["10.0.1.10".parse().unwrap()];
    let endpoint = InboundEndpoint::of_addresses(inbound(), Tags::default(), main_vpc(), addresses);
    apply(CreateInboundEndpoint { endpoint }.into());
    let data = Arc::new(private_zone());
    let id = "Z1".parse().unwrap();
    let zone = HostedZone::private(id, name("corp.test"), vec![main_vpc()], data);
    apply(CreateHostedZone { zone }.into());
    Snapshot::new(world, Arc::new(public()))
}

fn vpc_of(id: VpcId, range: &str) -> Vpc {
    Vpc {
        id,
        tags: Tags::default(),
        region: "us-east-1",
        owner: "123456789012".into(),
        cidrs: vec![range.parse().unwrap()],
        ipv6_cidrs: Vec::new(),
        dns_support: id != silent_vpc(),
        dns_hostnames: id != silent_vpc(),
        is_default: false,
        dhcp_options: None,
        main_route_table: id.to_string().replace("vpc", "rtb").parse().unwrap(),
        autodefined_reverse: true,
        tenancy: "default".into(),
        network_metrics: false,
    }
}

fn subnet_of_main() -> Subnet {
    Subnet {
        id: subnet(),
        tags: Tags::default(),
        vpc: main_vpc(),
        cidr: "10.0.1.0/24".parse().unwrap(),
        ipv6_cidr: None,
        zone: "us-east-1a".into(),
        route_table: None,
        dns64: false,
        map_public_ip: false,
        ipv6_native: false,
        name_options: NameOptions::default(),
        assign_ipv6: false,
        network_acl: None,
        default_for_az: false,
    }
}

fn instance_of_subnet() -> Instance {
    Instance {
        address: Some("10.0.1.29".parse().unwrap()),
        instance_type: "t2.micro".into(),
        ..Instance::new(instance(), main_vpc(), subnet())
    }
}

fn private_zone() -> ZoneData {
    let mut zone = ZoneData::private(name("corp.test"));
    let mut add = |owner: &str, rtype: RecordType, text: &str| {
        zone.add(&name(owner), rtype, 60, Rdata::parse(rtype, text).unwrap()).unwrap();
    };
    add("two.corp.test", RecordType::A, "10.0.1.50");
    add("two.corp.test", RecordType::A, "10.0.1.51");
    add("www.corp.test", RecordType::CNAME, "two.corp.test");
    add("lost.corp.test", RecordType::CNAME, "nowhere.corp.test");
    for number in 0..400 {
        let text = format!("\"{number:0200}\"");
        if number < 5 {
            add("some.corp.test", RecordType::TXT, &text);
        }
        if number < 30 {
            add("big.corp.test", RecordType::TXT, &text);
        }
        add("huge.corp.test", RecordType::TXT, &text);
    }
    zone
}

fn public() -> PublicNames {
    let mut zone = ZoneData::new(name("example.com"), private_soa(), 60);
    let address = Rdata::parse(RecordType::A, "192.0.2.80").unwrap();
    zone.add(&name("www.example.com"), RecordType::A, 60, address).unwrap();
    let mut public = PublicNames::default();
    public.zones.insert(name("example.com"), zone);
    public
}

/// A name from text.
pub(super) fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

/// The wire form of a name in the case it is written in.
pub(super) fn cased(text: &str) -> Vec<u8> {
    let mut wire = Vec::new();
    for label in text.split('.').filter(|label| !label.is_empty()) {
        wire.push(u8::try_from(label.len()).unwrap());
        wire.extend_from_slice(label.as_bytes());
    }
    wire.push(0);
    wire
}

/// An OPT record of version 0 with this payload and these option bytes.
pub(super) fn opt(payload: u16, options: &[u8]) -> Vec<u8> {
    let mut record = vec![0, 0, 41];
    record.extend_from_slice(&payload.to_be_bytes());
    record.extend_from_slice(&[0, 0, 0, 0]);
    record.extend_from_slice(&u16::try_from(options.len()).unwrap().to_be_bytes());
    record.extend_from_slice(options);
    record
}

/// A Client Subnet option for an IPv4 network.
pub(super) fn ecs(octets: &[u8], prefix: u8) -> Vec<u8> {
    let mut option = vec![0, 8, 0, u8::try_from(4 + octets.len()).unwrap(), 0, 1, prefix, 0];
    option.extend_from_slice(octets);
    option
}

/// A query of class IN with id 0x1234 and RD set; `extra` is its OPT record, or nothing.
pub(super) fn query(text: &str, rtype: RecordType, extra: &[u8]) -> Vec<u8> {
    query_of_class(text, rtype, 1, extra)
}

/// The same of any class.
pub(super) fn query_of_class(text: &str, rtype: RecordType, class: u16, extra: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, u8::from(!extra.is_empty())];
    packet.extend_from_slice(&cased(text));
    packet.extend_from_slice(&rtype.0.to_be_bytes());
    packet.extend_from_slice(&class.to_be_bytes());
    packet.extend_from_slice(extra);
    packet
}

/// Everything `respond` wants, over the World above.
pub(super) struct Bench {
    pub(super) snapshot: Arc<Snapshot>,
    pub(super) access: Access,
    pub(super) view: Option<Asker>,
    pub(super) identity: Identity,
    pub(super) source: IpAddr,
    pub(super) transport: Transport,
    pub(super) seed: u32,
}

impl Bench {
    /// Asked over UDP from loopback, whose Client Subnet is believed, falling back to the main VPC.
    pub(super) fn new() -> Self {
        Self {
            snapshot: Arc::new(snapshot()),
            access: Access {
                fallback: Some(Asker::Vpc(main_vpc())),
                allow: vec!["192.0.2.0/24".parse().unwrap()],
                trust_ecs: super::loopback_networks(),
            },
            view: None,
            identity: Identity::new("host"),
            source: "127.0.0.1".parse().unwrap(),
            transport: Transport::DATAGRAM,
            seed: 0,
        }
    }

    /// The reply's bytes; `None` for silence.
    pub(super) fn ask(&self, packet: &[u8]) -> Option<Vec<u8>> {
        let (action, out) = self.respond(packet);
        matches!(action, ReplyAction::Send).then_some(out)
    }

    /// What becomes of a query.
    pub(super) fn action(&self, packet: &[u8]) -> ReplyAction {
        self.respond(packet).0
    }

    fn respond(&self, packet: &[u8]) -> (ReplyAction, Vec<u8>) {
        let inputs = Inputs {
            snapshot: &self.snapshot,
            access: &self.access,
            view: self.view,
            identity: &self.identity,
            upstream: &[],
            source: self.source,
            transport: self.transport,
            now: 1_700_000_000,
            seed: self.seed,
            exact: false,
            real: &Real::default(),
            about: &Cell::default(),
        };
        let mut out = Vec::new();
        (respond(&inputs, packet, &mut out), out)
    }
}
