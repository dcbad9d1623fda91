//! The further address ranges of a VPC, and the ids of the associations of all of them (A50, A54).
//!
//! The first range comes with the VPC and stays. What the ranges mean for subnets is `subnet.rs`'s business.

use std::{net::Ipv6Addr, sync::Arc};

use ipnetwork::{IpNetwork, Ipv4Network, Ipv6Network};

use super::{
    change::Touched,
    id::{VpcId, derived},
    refusal::Refusal,
    vpc::{Vpc, check_range, overlap},
    world::World,
};

/// How many ranges of each family a VPC has at most: AWS's quota.
const MOST: usize = 5;

/// `AssociateVpcCidrBlock`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssociateVpcCidrBlock {
    /// The VPC.
    pub vpc: VpcId,
    /// The range.
    pub cidr: IpNetwork,
}

/// `DisassociateVpcCidrBlock`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisassociateVpcCidrBlock {
    /// The VPC.
    pub vpc: VpcId,
    /// The range.
    pub cidr: IpNetwork,
}

/// The id of a range's association: the same for the same range of the same VPC.
pub fn association(vpc: VpcId, cidr: IpNetwork) -> String {
    derived("vpc-cidr-assoc", &format!("{vpc}/{cidr}"))
}

/// The VPC and the range of an association.
pub fn find_association(world: &World, id: &str) -> Option<(VpcId, IpNetwork)> {
    world.vpcs.values().find_map(|vpc| {
        ranges(vpc).find(|cidr| association(vpc.id, *cidr) == id).map(|cidr| (vpc.id, cidr))
    })
}

/// Every range of a VPC, the primary one first.
pub fn ranges(vpc: &Vpc) -> impl Iterator<Item = IpNetwork> {
    let v4 = vpc.cidrs.iter().copied().map(IpNetwork::V4);
    v4.chain(vpc.ipv6_cidrs.iter().copied().map(IpNetwork::V6))
}

/// The next /56 for `AmazonProvidedIpv6CidrBlock`: made from the VPC's id, inside the documentation range.
pub fn provided_ipv6(vpc: VpcId, used: &[Ipv6Network]) -> Ipv6Network {
    let [.., a, b, c] = vpc.low_bytes();
    let nth = |number: u8| {
        let bytes = [0x20, 0x01, 0x0d, 0xb8, a ^ number, b, c, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        let address = Ipv6Addr::from(u128::from_be_bytes(bytes));
        Ipv6Network::new(address, 56).unwrap_or_else(|_| address.into())
    };
    (0..=u8::MAX).map(nth).find(|range| !used.contains(range)).unwrap_or_else(|| nth(0))
}

impl AssociateVpcCidrBlock {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut vpc = Vpc::clone(world.vpc(self.vpc)?);
        match self.cidr {
            IpNetwork::V4(cidr) => {
                let cidr = check_range(cidr)?;
                check(&vpc, cidr)?;
                vpc.cidrs.push(cidr);
            }
            IpNetwork::V6(cidr) => {
                let conflict = vpc
                    .ipv6_cidrs
                    .iter()
                    .any(|other| other.contains(cidr.network()) || cidr.contains(other.network()));
                if conflict {
                    return Err(conflicts(&cidr.to_string()));
                }
                vpc.ipv6_cidrs.push(cidr);
            }
        }
        if vpc.cidrs.len() > MOST || vpc.ipv6_cidrs.len() > MOST {
            return Err(Refusal::new(
                "CidrLimitExceeded",
                format!(
                    "This network {} has met its maximum number of allowed CIDRs: {MOST}",
                    vpc.id
                ),
                "A54",
            ));
        }
        world.vpcs.insert(self.vpc, Arc::new(vpc));
        Ok(Touched::vpc(self.vpc))
    }
}

impl DisassociateVpcCidrBlock {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut vpc = Vpc::clone(world.vpc(self.vpc)?);
        let id = association(vpc.id, self.cidr);
        if !ranges(&vpc).any(|cidr| cidr == self.cidr) {
            return Err(not_found(&id));
        }
        if vpc.cidrs.first().is_some_and(|primary| IpNetwork::V4(*primary) == self.cidr) {
            return Err(Refusal::new(
                "OperationNotPermitted",
                format!(
                    "The vpc CIDR block with association ID {id} may not be disassociated. It is the primary IPv4 CIDR \
                     block of the VPC"
                ),
                "A54",
            ));
        }
        let used = world.subnets_of(self.vpc).any(|subnet| match self.cidr {
            IpNetwork::V4(cidr) => overlap(cidr, subnet.cidr),
            IpNetwork::V6(cidr) => subnet.ipv6_cidr.is_some_and(|own| cidr.contains(own.network())),
        });
        if used {
            return Err(Refusal::new(
                "DependencyViolation",
                format!(
                    "The CIDR block '{}' has dependencies and cannot be disassociated.",
                    self.cidr
                ),
                "A54",
            ));
        }
        vpc.cidrs.retain(|cidr| IpNetwork::V4(*cidr) != self.cidr);
        vpc.ipv6_cidrs.retain(|cidr| IpNetwork::V6(*cidr) != self.cidr);
        world.vpcs.insert(self.vpc, Arc::new(vpc));
        Ok(Touched::vpc(self.vpc))
    }
}

/// AWS's refusal of an association that does not exist.
pub fn not_found(id: &str) -> Refusal {
    Refusal::new(
        "InvalidVpcCidrBlockAssociationIdError.NotFound",
        format!("The vpc CIDR block association ID '{id}' does not exist"),
        "A54",
    )
}

fn conflicts(cidr: &str) -> Refusal {
    let message = format!("The CIDR '{cidr}' conflicts with another CIDR of the VPC");
    Refusal::new("CidrConflict", message, "A50")
}

fn check(vpc: &Vpc, cidr: Ipv4Network) -> Result<(), Refusal> {
    if vpc.cidrs.iter().any(|other| overlap(*other, cidr)) {
        return Err(conflicts(&cidr.to_string()));
    }
    if is_restricted(&vpc.cidrs, cidr) {
        return Err(Refusal::new(
            "InvalidVpc.Range",
            format!(
                "The CIDR '{cidr}' is restricted. Use a CIDR from the same private address range as the current VPC \
                 CIDR, or use a publicly-routable CIDR."
            ),
            "A54",
        ));
    }
    Ok(())
}

/// Whether AWS refuses another range because of the existing ones (A54).
fn is_restricted(present: &[Ipv4Network], cidr: Ipv4Network) -> bool {
    let block = |a, b, prefix| Ipv4Network::new([a, b, 0, 0].into(), prefix);
    let (Ok(ten), Ok(twelve), Ok(sixteen), Ok(benchmark)) =
        (block(10, 0, 8), block(172, 16, 12), block(192, 168, 16), block(198, 19, 16))
    else {
        return false;
    };
    let (Ok(low_ten), Ok(lowest_ten), Ok(default)) =
        (block(10, 0, 15), block(10, 0, 16), block(172, 31, 16))
    else {
        return false;
    };
    let within = |whole: Ipv4Network, part: Ipv4Network| whole.contains(part.network());
    let Some(primary) = present.first() else { return false };
    let foreign = [ten, twelve, sixteen, benchmark]
        .iter()
        .any(|range| within(*range, cidr) && !within(*range, *primary));
    let crowded = within(lowest_ten, cidr) && present.iter().any(|other| within(low_ten, *other));
    foreign || crowded || (within(default, cidr) && within(twelve, *primary))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_ranges_do_not_mix() {
        for (present, cidr, refused) in [
            ("10.5.0.0/16", "10.6.0.0/16", false),
            ("10.5.0.0/16", "192.168.0.0/16", true),
            ("10.5.0.0/16", "172.16.0.0/16", true),
            ("10.5.0.0/16", "198.19.0.0/24", true),
            ("10.5.0.0/16", "100.64.0.0/16", false),
            ("10.5.0.0/16", "10.0.0.0/16", false),
            ("10.1.0.0/16", "10.0.0.0/16", true),
            ("172.16.0.0/16", "172.31.0.0/20", true),
            ("172.16.0.0/16", "172.30.0.0/20", false),
            ("192.168.0.0/24", "192.168.1.0/24", false),
            ("198.19.0.0/24", "198.19.1.0/24", false),
            ("100.64.0.0/16", "10.0.0.0/16", true),
        ] {
            let present = [present.parse().unwrap()];
            assert_eq!(is_restricted(&present, cidr.parse().unwrap()), refused, "{cidr}");
        }
    }

    #[test]
    fn provided_ranges_differ() {
        let vpc = "vpc-00000000000000001".parse().unwrap();
        let first = provided_ipv6(vpc, &[]);
        let second = provided_ipv6(vpc, &[first]);
        assert!(first != second && second.prefix() == 56);
    }
}
