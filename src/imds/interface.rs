//! `network/interfaces/macs/`: the network interfaces of an instance, the primary one and those attached to it (M22).
//!
//! Ids, addresses and groups are the same as in the EC2 API. The World has no prefixes, so there are no keys for them.

use ipnetwork::{Ipv4Network, Ipv6Network};

use super::{subject::Subject, tree::Tree};
use crate::model::network_interface::Interface;

/// Adds every interface.
pub(super) fn put(subject: &Subject<'_>, tree: &mut Tree) {
    for interface in subject.world.interfaces_of(subject.instance.id) {
        put_one(subject, &interface, tree);
    }
}

fn put_one(subject: &Subject<'_>, interface: &Interface<'_>, tree: &mut Tree) {
    let world = subject.world;
    let Some(vpc) = world.vpcs.get(&interface.vpc()) else { return };
    let mac = interface.mac();
    let base = format!("meta-data/network/interfaces/macs/{mac}");
    let mut put = |key: &str, value: String| tree.put(format!("{base}/{key}"), value);
    put("device-number", interface.device().to_string());
    put("interface-id", interface.id().to_string());
    put("mac", mac);
    // Every instance has one network card.
    put("network-card", "0".to_owned());
    put("owner-id", vpc.owner.to_string());
    let groups = interface.groups(world);
    put("security-group-ids", lines(&groups));
    put("security-groups", world.group_names(&groups).join("\n"));
    if let Some(subnet) = interface.subnet(world) {
        put("subnet-id", subnet.id.to_string());
        if !subnet.ipv6_native {
            put("subnet-ipv4-cidr-block", subnet.cidr.to_string());
        }
        if let Some(range) = subnet.ipv6_cidr {
            put("subnet-ipv6-cidr-blocks", range.to_string());
        }
    }
    put("vpc-id", vpc.id.to_string());
    if let Some(primary) = vpc.cidrs.first() {
        put("vpc-ipv4-cidr-block", primary.to_string());
        put("vpc-ipv4-cidr-blocks", lines::<Ipv4Network>(&vpc.cidrs));
    }
    if !vpc.ipv6_cidrs.is_empty() {
        put("vpc-ipv6-cidr-blocks", lines::<Ipv6Network>(&vpc.ipv6_cidrs));
    }
    let addresses = interface.addresses();
    put(
        "local-hostname",
        match interface {
            Interface::Primary(_) => subject.hostname(),
            _ => subject.name_in(vpc, addresses.first().copied()),
        },
    );
    if !addresses.is_empty() {
        put("local-ipv4s", lines(&addresses));
    }
    let ipv6 = interface.ipv6();
    if !ipv6.is_empty() {
        put("ipv6s", lines(&ipv6));
    }
    let publics = interface.publics(world);
    for public in &publics {
        put(&format!("ipv4-associations/{}", public.address), public.private.to_string());
    }
    if !publics.is_empty() {
        let all: Vec<_> = publics.iter().map(|public| public.address).collect();
        put("public-ipv4s", lines(&all));
    }
    let primary = publics.iter().find(|public| Some(&public.private) == addresses.first());
    if let Some(name) = primary.and_then(|public| subject.public_name_in(vpc, public.address)) {
        put("public-hostname", name);
    }
}

fn lines<T: ToString>(items: &[T]) -> String {
    items.iter().map(T::to_string).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::{
        super::{keys, tree::Item},
        *,
    };
    use crate::{
        import::{self, Defaults},
        model::{
            change::Change,
            elastic_address::{AllocateAddress, AssociateAddress, ElasticAddress},
            id::{
                AllocationId, AssociationId, AttachmentId, InstanceId, NetworkInterfaceId,
                SecurityGroupId,
            },
            network_interface::{
                AttachNetworkInterface, Attachment, CreateNetworkInterface, DetachNetworkInterface,
                NetworkInterface,
            },
            security_group::{CreateSecurityGroup, SecurityGroup},
            world::{Tags, World},
        },
    };

    const INSTANCE: &str = "i-033fa1bc9a9817db2";

    fn apply(world: &mut World, change: impl Into<Change>) {
        *world = world.apply(&change.into()).unwrap().0;
    }

    /// The values below `network/interfaces/macs/`, or of one interface.
    fn told(world: &World, path: &str) -> Option<String> {
        let id: InstanceId = INSTANCE.parse().unwrap();
        let path = format!("meta-data/network/interfaces/macs/{path}");
        match keys::all(&Subject::of(world, id, 0).unwrap()).find(&path)? {
            Item::Value(value) => Some(String::from_utf8(value).unwrap()),
            Item::Folder(names) => Some(names),
        }
    }

    /// Attaches a second interface, with two addresses and its own group.
    fn attach(world: &mut World) {
        let instance = world.instance(INSTANCE.parse().unwrap()).unwrap().clone();
        let group = SecurityGroupId::from_seed(7);
        let group = SecurityGroup {
            id: group,
            tags: Tags::default(),
            name: "shop".into(),
            description: "shop".into(),
            vpc: instance.vpc,
            rules: Vec::new(),
            vpcs: Vec::new(),
        };
        let interface = NetworkInterface {
            id: NetworkInterfaceId::from_seed(7),
            tags: Tags::default(),
            vpc: instance.vpc,
            subnet: instance.subnet,
            description: "".into(),
            addresses: vec![Ipv4Addr::new(10, 0, 0, 70), Ipv4Addr::new(10, 0, 0, 71)],
            ipv6: Vec::new(),
            groups: vec![group.id, instance.interface.groups[0]],
            source_dest_check: true,
            attachment: None,
        };
        let attachment = Attachment {
            id: AttachmentId::from_seed(7),
            instance: instance.id,
            device: 3,
            delete_on_termination: false,
            at: 0,
        };
        apply(world, CreateSecurityGroup { group });
        let id = interface.id;
        apply(world, CreateNetworkInterface { interface, more_addresses: 0 });
        apply(world, AttachNetworkInterface { interface: id, attachment });
    }

    /// Associates an elastic address with a private address of an interface.
    fn associate(world: &mut World, number: u8, interface: NetworkInterfaceId, private: Ipv4Addr) {
        let allocation = AllocationId::from_seed(number.into());
        let address = ElasticAddress {
            id: allocation,
            tags: Tags::default(),
            address: Ipv4Addr::new(203, 0, 113, number),
            region: "ap-northeast-2",
            owner: "123456789012".into(),
            association: None,
            reverse_name: None,
        };
        apply(world, AllocateAddress { address });
        let association = AssociationId::from_seed(number.into());
        let private = Some(private);
        apply(
            world,
            AssociateAddress { allocation, association, interface, private, reassociate: false },
        );
    }

    #[test]
    fn an_attached_interface_has_its_folder_until_it_is_detached() {
        let mut world = import::open::open("lab09-1", &Defaults::default()).unwrap().world;
        attach(&mut world);
        let id = NetworkInterfaceId::from_seed(7);
        associate(&mut world, 70, id, Ipv4Addr::new(10, 0, 0, 70));
        associate(&mut world, 71, id, Ipv4Addr::new(10, 0, 0, 71));
        let mac = world.interface(id).unwrap().mac();
        let shown = |world: &World, key: &str| told(world, &format!("{mac}/{key}"));
        for (key, value) in [
            ("device-number", "3"),
            ("interface-id", "eni-00000000000000007"),
            ("ipv4-associations", "203.0.113.70\n203.0.113.71"),
            ("ipv4-associations/203.0.113.71", "10.0.0.71"),
            ("local-hostname", "ip-10-0-0-70.ap-northeast-2.compute.internal"),
            ("local-ipv4s", "10.0.0.70\n10.0.0.71"),
            ("mac", mac.as_str()),
            ("owner-id", "123456789012"),
            ("public-ipv4s", "203.0.113.70\n203.0.113.71"),
            ("security-groups", "shop\ndefault"),
            ("subnet-id", "subnet-09b299c06521dd460"),
        ] {
            assert_eq!(shown(&world, key).as_deref(), Some(value), "{key}");
        }
        assert_eq!(told(&world, "").unwrap().lines().count(), 2);
        apply(&mut world, DetachNetworkInterface { attachment: AttachmentId::from_seed(7) });
        assert_eq!(told(&world, "").unwrap().lines().count(), 1);
        assert_eq!(shown(&world, "device-number"), None);
    }

    #[test]
    fn an_elastic_address_takes_the_place_of_the_public_one() {
        let mut world = import::open::open("lab09-1", &Defaults::default()).unwrap().world;
        let instance = world.instance(INSTANCE.parse().unwrap()).unwrap().clone();
        let id = instance.interface_id();
        let mac = world.interface(id).unwrap().mac();
        let public = |world: &World| told(world, &format!("{mac}/public-ipv4s"));
        assert_eq!(public(&world).as_deref(), Some("3.34.49.218"));
        associate(&mut world, 5, id, instance.address.unwrap());
        assert_eq!(public(&world).as_deref(), Some("203.0.113.5"));
        assert_eq!(
            told(&world, &format!("{mac}/ipv4-associations/203.0.113.5")).as_deref(),
            Some("10.0.0.29")
        );
    }
}
