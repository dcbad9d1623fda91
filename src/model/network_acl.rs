//! The network ACL that comes with a VPC. It lets everything pass and cannot be changed here.
//!
//! It is not stored: its ids follow from those of the VPC and its subnets.

use super::id::{NetworkAclId, SubnetId, VpcId, derived, derived_seed};

/// The default ACL of a VPC.
pub fn of(vpc: VpcId) -> NetworkAclId {
    NetworkAclId::from_seed(derived_seed(&format!("{vpc}/network-acl")))
}

/// The id of a subnet's association with its ACL.
pub fn association(acl: NetworkAclId, subnet: SubnetId) -> String {
    derived("aclassoc", &format!("{acl}/{subnet}"))
}
