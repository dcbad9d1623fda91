//! Other names of resources, from a world file or from the file a resource was imported from.
//!
//! AWS knows none of them. They only help people refer to a resource.

use std::sync::Arc;

use super::{change::Touched, refusal::Refusal, world::World};

/// The names that one resource has beside its tag `Name` and its id, such as a logical id or a Terraform address.
#[derive(
    Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
pub struct OtherNames(pub Vec<String>);

/// Gives a resource other names, in place of those it had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetOtherNames {
    /// The resource's id, or the DNS name of a load balancer or managed resource. An id that does not exist has no
    /// effect.
    pub id: String,
    /// The names. An empty list removes its other names.
    pub names: OtherNames,
}

impl SetOtherNames {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        if self.names.0.is_empty() {
            world.other_names.remove(&self.id);
        } else {
            world.other_names.insert(self.id.clone(), Arc::new(self.names.clone()));
        }
        Ok(Touched::nothing())
    }
}

impl World {
    /// The ids of the resources with this other name.
    pub fn called<'w>(&'w self, name: &'w str) -> impl Iterator<Item = &'w str> {
        let is_called = move |names: &OtherNames| names.0.iter().any(|it| it == name);
        self.other_names.iter().filter(move |(_, it)| is_called(it)).map(|(id, _)| id.as_str())
    }
}
