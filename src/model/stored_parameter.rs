//! Parameters of Systems Manager that customers made. Those that AWS publishes are the API's business.

use std::sync::Arc;

use super::{
    change::Touched,
    id::{ParameterId, RegionName},
    refusal::Refusal,
    tag_edit::TagEdit,
    world::{Tags, World},
};
use crate::hash::stable_hash;

/// The most parameters of an account in a region (SP3).
const MOST: usize = 10_000;

/// A parameter.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct StoredParameter {
    /// Its id, which follows from its account, region and name.
    pub id: ParameterId,
    /// Its tags.
    pub tags: Tags,
    /// Its name.
    pub name: Arc<str>,
    /// The account that owns it.
    pub owner: Arc<str>,
    /// Its region.
    #[serde(with = "super::stored::region")]
    pub region: RegionName,
    /// `String`, `StringList` or `SecureString`.
    pub kind: Arc<str>,
    /// Its value, also of one that is kept encrypted at AWS.
    pub value: Arc<str>,
    /// Its description.
    pub description: Option<Arc<str>>,
    /// The pattern that its values match.
    pub allowed_pattern: Option<Arc<str>>,
    /// The key that encrypts it at AWS.
    pub key: Option<Arc<str>>,
    /// `Standard` or `Advanced`.
    pub tier: Arc<str>,
    /// `text`, or what AWS checks the value for.
    pub data_type: Arc<str>,
    /// How many times it was written.
    pub version: u64,
    /// When it was written last, in milliseconds since the epoch.
    pub changed: u64,
}

/// `PutParameter`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PutParameter {
    /// The parameter; its version does not count.
    pub parameter: StoredParameter,
    /// Whether one of that name is written over. It keeps its tags.
    pub overwrite: bool,
}

/// `DeleteParameter`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteParameter {
    /// The parameter.
    pub parameter: ParameterId,
}

/// `AddTagsToResource` and `RemoveTagsFromResource` of a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagParameter {
    /// The parameter.
    pub parameter: ParameterId,
    /// What becomes of its tags.
    pub edit: TagEdit,
}

impl ParameterId {
    /// The id of an account's parameter of a name.
    pub fn of(owner: &str, region: RegionName, name: &str) -> Self {
        Self::from_seed(stable_hash(&format!("parameter/{owner}/{region}/{name}")))
    }
}

impl World {
    /// An account's parameter of a name.
    pub fn parameter_named(
        &self,
        owner: &str,
        region: RegionName,
        name: &str,
    ) -> Option<&Arc<StoredParameter>> {
        self.stored_parameters.get(&ParameterId::of(owner, region, name))
    }
}

fn unknown() -> Refusal {
    Refusal::new("ParameterNotFound", "", "SP1")
}

impl PutParameter {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let mut parameter = self.parameter.clone();
        let old = world.stored_parameters.get(&parameter.id);
        match old {
            Some(_) if !self.overwrite => {
                let message = "The parameter already exists. To overwrite this value, set the overwrite option in the \
                               request to true.";
                return Err(Refusal::new("ParameterAlreadyExists", message, "SP1"));
            }
            Some(old) if old.kind != parameter.kind => {
                let message = format!(
                    "The parameter {} has the type {}, which cannot be changed to {}.",
                    parameter.name, old.kind, parameter.kind
                );
                return Err(Refusal::new("HierarchyTypeMismatchException", message, "SP2"));
            }
            Some(old) => {
                parameter.version = old.version + 1;
                parameter.tags = old.tags.clone();
            }
            None => parameter.version = 1,
        }
        if old.is_none() {
            let own = |it: &&Arc<StoredParameter>| {
                it.owner == parameter.owner && it.region == parameter.region
            };
            if world.stored_parameters.values().filter(own).count() >= MOST {
                let message = format!("An account has at most {MOST} parameters in a region.");
                return Err(Refusal::new("ParameterLimitExceeded", message, "SP3"));
            }
        }
        world.stored_parameters.insert(parameter.id, Arc::new(parameter));
        Ok(Touched::nothing())
    }
}

impl DeleteParameter {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        match world.stored_parameters.remove(&self.parameter) {
            Some(_) => Ok(Touched::nothing()),
            None => Err(unknown()),
        }
    }
}

impl TagParameter {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        let old = world.stored_parameters.get(&self.parameter).ok_or_else(unknown)?;
        let mut parameter = StoredParameter::clone(old);
        self.edit.apply(&mut parameter.tags)?;
        world.stored_parameters.insert(self.parameter, Arc::new(parameter));
        Ok(Touched::nothing())
    }
}
