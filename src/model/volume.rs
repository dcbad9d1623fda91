//! The volumes of instances. They follow from their instances, change no DNS answer and hold nothing.

use std::sync::Arc;

use super::refusal::Refusal;

/// The device of the root volume.
pub const ROOT_DEVICE: &str = "/dev/xvda";
/// The size of a root volume that nobody gave one, in GiB; also the least, since the image has to fit.
pub const IMAGE_SIZE: u32 = 8;

/// The largest volume, in GiB.
const MAX_SIZE: u32 = 65_536;

/// A volume as it is asked for at launch.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Volume {
    /// The device under which the instance sees it.
    pub device: Arc<str>,
    /// Its size in GiB.
    pub size: u32,
    /// Its type.
    pub kind: VolumeKind,
    /// `Iops`, where it is not the type's usual one.
    pub iops: Option<u32>,
    /// `Throughput` in MiB a second, where it is not the type's usual one.
    pub throughput: Option<u32>,
    /// Whether it is encrypted.
    pub encrypted: bool,
    /// Whether it ends with its instance.
    pub delete_on_termination: bool,
}

/// The type of a volume.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum VolumeKind {
    /// `standard`.
    Standard,
    /// `io1`.
    Io1,
    /// `io2`.
    Io2,
    /// `gp2`.
    Gp2,
    /// `gp3`.
    Gp3,
    /// `sc1`.
    Sc1,
    /// `st1`.
    St1,
}

impl VolumeKind {
    /// Every type with its name.
    pub const ALL: [(&'static str, Self); 7] = [
        ("standard", Self::Standard),
        ("io1", Self::Io1),
        ("io2", Self::Io2),
        ("gp2", Self::Gp2),
        ("gp3", Self::Gp3),
        ("sc1", Self::Sc1),
        ("st1", Self::St1),
    ];

    /// Its name.
    pub fn text(self) -> &'static str {
        Self::ALL.iter().find(|(_, kind)| *kind == self).map_or("", |(name, _)| name)
    }

    /// Whether `Iops` may be given.
    fn takes_iops(self) -> bool {
        matches!(self, Self::Io1 | Self::Io2 | Self::Gp3)
    }
}

impl Volume {
    /// The root volume of an instance of which nobody said what it is like.
    pub fn usual_root() -> Self {
        Self {
            device: ROOT_DEVICE.into(),
            size: IMAGE_SIZE,
            kind: VolumeKind::Gp3,
            iops: None,
            throughput: None,
            encrypted: false,
            delete_on_termination: true,
        }
    }

    /// Its operations a second: as asked for, or what its type and size have.
    pub fn iops(&self) -> Option<u32> {
        match self.kind {
            VolumeKind::Gp3 => Some(self.iops.unwrap_or(3_000)),
            VolumeKind::Gp2 => Some((self.size.saturating_mul(3)).clamp(100, 16_000)),
            VolumeKind::Io1 | VolumeKind::Io2 => self.iops,
            VolumeKind::Standard | VolumeKind::Sc1 | VolumeKind::St1 => None,
        }
    }

    /// Its throughput in MiB a second, which only gp3 volumes show.
    pub fn throughput(&self) -> Option<u32> {
        (self.kind == VolumeKind::Gp3).then(|| self.throughput.unwrap_or(125))
    }
}

/// Checks the volumes of a launch.
///
/// # Errors
///
/// AWS's refusal: two volumes under one device, or one that AWS does not have.
pub(super) fn check(volumes: &[Volume]) -> Result<(), Refusal> {
    for (index, volume) in volumes.iter().enumerate() {
        volume.check()?;
        if volumes[..index].iter().any(|other| other.device == volume.device) {
            return Err(Refusal::new(
                "InvalidBlockDeviceMapping",
                format!(
                    "The device '{}' is used in more than one block-device mapping",
                    volume.device
                ),
                "I1",
            ));
        }
    }
    Ok(())
}

impl Volume {
    fn check(&self) -> Result<(), Refusal> {
        let (size, kind) = (self.size, self.kind.text());
        if !(1..=MAX_SIZE).contains(&size) {
            let words = format!("Volume of {size}GiB is not between 1 and {MAX_SIZE}GiB.");
            return Err(Refusal::value(words, "I1"));
        }
        if *self.device == *ROOT_DEVICE && size < IMAGE_SIZE {
            return Err(Refusal::new(
                "InvalidBlockDeviceMapping",
                format!(
                    "Volume of size {size}GB is smaller than the image, expect size >= {IMAGE_SIZE}GB"
                ),
                "I1",
            ));
        }
        let unsupported = [
            ("iops", self.iops.is_some() && !self.kind.takes_iops()),
            ("throughput", self.throughput.is_some() && self.kind != VolumeKind::Gp3),
        ];
        if let Some((name, _)) = unsupported.iter().find(|(_, is_given)| *is_given) {
            return Err(Refusal::new(
                "InvalidParameterCombination",
                format!("The parameter {name} is not supported for {kind} volumes."),
                "I1",
            ));
        }
        if self.iops.is_none() && matches!(self.kind, VolumeKind::Io1 | VolumeKind::Io2) {
            return Err(Refusal::new(
                "MissingParameter",
                format!("The request must contain the parameter iops for {kind} volumes."),
                "I1",
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        id::{InstanceId, SubnetId, VpcId},
        instance::Instance,
    };

    #[test]
    fn the_root_volume_comes_first_and_is_there_without_being_asked_for() {
        let (id, vpc) = (InstanceId::from_seed(1), VpcId::from_seed(2));
        let mut instance = Instance::new(id, vpc, SubnetId::from_seed(3));
        let usual = instance.volumes();
        assert_eq!(
            usual.iter().map(|(_, it)| it.clone()).collect::<Vec<_>>(),
            [Volume::usual_root()]
        );
        let data = Volume { device: "/dev/sdf".into(), size: 100, ..Volume::usual_root() };
        let root = Volume { size: 20, ..Volume::usual_root() };
        instance.launch.volumes = vec![data.clone(), root.clone()];
        let now = instance.volumes();
        assert_eq!(now[0], (usual[0].0, root));
        assert_eq!(now[1].1, data);
        assert_ne!(now[0].0, now[1].0);
    }

    #[test]
    fn operations_and_throughput_follow_from_the_type() {
        let of = |kind, size, iops| {
            let it = Volume { kind, size, iops, ..Volume::usual_root() };
            (it.iops(), it.throughput())
        };
        assert_eq!(of(VolumeKind::Gp3, 8, None), (Some(3_000), Some(125)));
        assert_eq!(of(VolumeKind::Gp3, 8, Some(4_000)), (Some(4_000), Some(125)));
        assert_eq!(of(VolumeKind::Gp2, 8, None), (Some(100), None));
        assert_eq!(of(VolumeKind::Gp2, 1_000, None), (Some(3_000), None));
        assert_eq!(of(VolumeKind::Gp2, 9_000, None), (Some(16_000), None));
        assert_eq!(of(VolumeKind::Io2, 100, Some(500)), (Some(500), None));
        assert_eq!(of(VolumeKind::St1, 500, None), (None, None));
    }
}
