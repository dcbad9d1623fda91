//! What the metadata service tells an instance beside its addresses, and the settings of that service.
//!
//! Changes no DNS answer. An instance without an entry has the defaults. `imds` serves it.

use std::sync::Arc;

use super::{
    change::Touched,
    id::{InstanceId, RegionName, seed_of},
    image::image_id,
    refusal::Refusal,
    world::World,
};
use crate::catalog::{self, images};

/// The most bytes of user data, before they are encoded (M8).
pub const MAX_USER_DATA: usize = 16_384;

/// The metadata of an instance.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Guest {
    /// How the metadata service treats it.
    pub options: MetadataOptions,
    /// The image it was launched from; `None` means Amazon Linux 2023.
    pub image: Option<Arc<str>>,
    /// The key pair it was launched with.
    pub key: Option<LaunchKey>,
    /// The role of its instance profile.
    pub role: Option<Arc<str>>,
    /// Its user data.
    pub user_data: Option<Arc<[u8]>>,
}

/// An instance profile, which is named after its role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceProfile {
    /// Its ARN.
    pub arn: String,
    /// Its id, made from the ARN.
    pub id: String,
}

impl InstanceProfile {
    /// The profile of a role.
    pub fn of(partition: &str, account: &str, role: &str) -> Self {
        let arn = format!("arn:{partition}:iam::{account}:instance-profile/{role}");
        let id = identifier("AIPA", "profile", &arn);
        Self { arn, id }
    }
}

/// A role. Nobody creates one: it exists because something names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Its ARN.
    pub arn: String,
    /// Its id, made from the ARN.
    pub id: String,
}

impl Role {
    /// The role of a name.
    pub fn of(partition: &str, account: &str, name: &str) -> Self {
        let arn = format!("arn:{partition}:iam::{account}:role/{name}");
        let id = identifier("AROA", "role", &arn);
        Self { arn, id }
    }
}

/// An id of IAM's form, the same for the same ARN on every machine.
fn identifier(prefix: &str, what: &str, arn: &str) -> String {
    format!("{prefix}{:017X}", seed_of(what, arn) & ((1 << 68) - 1))
}

impl Guest {
    /// The id of the image: as stated, else that of Amazon Linux 2023 in the region.
    pub fn image(&self, region: RegionName) -> Arc<str> {
        let usual = || images().first().map_or_else(Arc::default, |usual| image_id(usual, region));
        self.image.clone().unwrap_or_else(usual)
    }

    /// The instance profile, if it has a role; `account` owns the instance.
    pub fn profile(&self, region: RegionName, account: &str) -> Option<InstanceProfile> {
        let role = self.role.as_ref()?;
        let partition = catalog::partition_of(region);
        Some(InstanceProfile::of(partition, account, role))
    }
}

/// A key pair. The metadata has its public half.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct LaunchKey {
    /// Its name.
    pub name: Arc<str>,
    /// The public key as OpenSSH writes it; empty if only the name is known.
    pub openssh: Arc<str>,
}

/// `MetadataOptions` of an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct MetadataOptions {
    /// `HttpEndpoint`: whether the service answers it at all.
    pub enabled: bool,
    /// `HttpTokens`: whether it must ask with a token (M7).
    pub tokens_required: bool,
    /// `InstanceMetadataTags`: whether it is told its tags (M21).
    pub tags: bool,
    /// `HttpPutResponseHopLimit`, 1 to 64; kept for describing only.
    pub hop_limit: u8,
    /// `HttpProtocolIpv6`; kept for describing only.
    pub ipv6: bool,
}

impl Default for MetadataOptions {
    fn default() -> Self {
        Self { enabled: true, tokens_required: false, tags: false, hop_limit: 1, ipv6: false }
    }
}

/// Sets the metadata of an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetGuest {
    /// The instance.
    pub instance: InstanceId,
    /// The metadata.
    pub guest: Guest,
}

/// The metadata options of an instance to change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MetadataChoices {
    /// `HttpEndpoint`.
    pub enabled: Option<bool>,
    /// `HttpTokens`.
    pub tokens_required: Option<bool>,
    /// `InstanceMetadataTags`.
    pub tags: Option<bool>,
    /// `HttpPutResponseHopLimit`.
    pub hop_limit: Option<u8>,
    /// `HttpProtocolIpv6`.
    pub ipv6: Option<bool>,
}

impl MetadataChoices {
    /// The options with the choices made.
    #[must_use]
    pub fn over(&self, old: MetadataOptions) -> MetadataOptions {
        MetadataOptions {
            enabled: self.enabled.unwrap_or(old.enabled),
            tokens_required: self.tokens_required.unwrap_or(old.tokens_required),
            tags: self.tags.unwrap_or(old.tags),
            hop_limit: self.hop_limit.unwrap_or(old.hop_limit),
            ipv6: self.ipv6.unwrap_or(old.ipv6),
        }
    }
}

impl World {
    /// The metadata of an instance; the defaults if none was set.
    pub fn guest(&self, instance: InstanceId) -> Guest {
        self.guests.get(&instance).map_or_else(Guest::default, |guest| Guest::clone(guest))
    }

    /// Stores the metadata of an instance, unless it equals the defaults.
    fn put_guest(&mut self, instance: InstanceId, guest: Guest) {
        if guest == Guest::default() {
            self.guests.remove(&instance);
        } else {
            self.guests.insert(instance, Arc::new(guest));
        }
    }
}

impl SetGuest {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        world.instance(self.instance)?;
        if self.guest.user_data.as_ref().is_some_and(|data| data.len() > MAX_USER_DATA) {
            return Err(Refusal::value(
                format!("User data is limited to {MAX_USER_DATA} bytes"),
                "M8",
            ));
        }
        world.put_guest(self.instance, self.guest.clone());
        Ok(Touched::nothing())
    }
}

/// `ModifyInstanceMetadataOptions`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModifyInstanceMetadataOptions {
    /// The instance.
    pub instance: InstanceId,
    /// The options to change.
    pub choices: MetadataChoices,
}

impl ModifyInstanceMetadataOptions {
    pub(super) fn apply(&self, world: &mut World) -> Result<Touched, Refusal> {
        world.instance(self.instance)?;
        let mut guest = world.guest(self.instance);
        guest.options = self.choices.over(guest.options);
        world.put_guest(self.instance, guest);
        Ok(Touched::nothing())
    }
}
