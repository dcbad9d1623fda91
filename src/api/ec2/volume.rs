//! Volumes: those that `RunInstances` asks for, and `DescribeVolumes`.

use super::region::zone_id;
use crate::{
    api::{
        context::{Context, timestamp},
        describe::{Describe, Filters, Listing, is_wanted, texts},
        error::ApiError,
        own::AttachedVolume,
        parameter::Parameters,
        shape::{Fields, Time},
    },
    model::{
        id::VolumeId,
        instance::Instance,
        volume::{IMAGE_SIZE, ROOT_DEVICE, Volume, VolumeKind},
        world::Tags,
    },
};

/// `BlockDeviceMapping.N`: the volumes. A device that is left out (`NoDevice`) and an instance store (`VirtualName`) are none.
pub(super) fn read_volumes(parameters: &mut Parameters) -> Result<Vec<Volume>, ApiError> {
    let given = parameters.structures("BlockDeviceMapping", read_volume)?;
    Ok(given.into_iter().flatten().collect())
}

fn read_volume(given: &mut Parameters) -> Result<Option<Volume>, ApiError> {
    let device = given.text("DeviceName")?.filter(|name| !name.is_empty());
    let device = device.ok_or_else(|| ApiError::missing("deviceName"))?;
    let size = given.parsed("Ebs.VolumeSize")?;
    let kind = given.word("Ebs.VolumeType", &VolumeKind::ALL)?.unwrap_or(VolumeKind::Gp3);
    let (iops, throughput) = (given.parsed("Ebs.Iops")?, given.parsed("Ebs.Throughput")?);
    let encrypted = given.boolean("Ebs.Encrypted")?.unwrap_or_default();
    let delete_on_termination = given.boolean("Ebs.DeleteOnTermination")?.unwrap_or(true);
    let of_image = device == ROOT_DEVICE || given.holds("Ebs.SnapshotId");
    if given.text("NoDevice")?.is_some() || given.text("VirtualName")?.is_some() {
        return Ok(None);
    }
    let size = size.or_else(|| of_image.then_some(IMAGE_SIZE)).ok_or_else(|| {
        ApiError::new(
            "MissingParameter",
            "The request must contain the parameter size or snapshotId",
        )
    })?;
    let device = device.as_str().into();
    Ok(Some(Volume { device, size, kind, iops, throughput, encrypted, delete_on_termination }))
}

/// The volumes of an instance as `blockDeviceMapping` shows them.
pub(super) fn block_devices(instance: &Instance) -> Vec<Fields> {
    let shown = |(id, volume): (VolumeId, Volume)| {
        let ebs = Fields::new()
            .set("volumeId", id)
            .set("status", "attached")
            .set("attachTime", Time::exact(instance.launch.at))
            .set("deleteOnTermination", volume.delete_on_termination);
        Fields::new().set("deviceName", &volume.device).fields("ebs", ebs)
    };
    instance.volumes().into_iter().map(shown).collect()
}

/// `DescribeVolumes`.
pub(super) type DescribeVolumes = Listing<Volumes>;

/// The volumes with these ids.
pub(super) struct Volumes(Vec<VolumeId>);

impl Describe for Volumes {
    type Item<'c> = AttachedVolume<'c>;

    const LIST: &'static str = "volumeSet";

    const FILTERS: Filters<Self> = &[
        ("attachment.attach-time", |it, _| texts([timestamp(it.instance.launch.at)])),
        ("attachment.delete-on-termination", |it, _| texts([it.volume.delete_on_termination])),
        ("attachment.device", |it, _| texts([&it.volume.device])),
        ("attachment.instance-id", |it, _| texts([it.instance.id])),
        ("attachment.status", |_, _| texts(["attached"])),
        ("availability-zone", |it, _| texts([it.zone])),
        ("availability-zone-id", |it, context| texts(zone_id(context, it.zone))),
        ("create-time", |it, _| texts([timestamp(it.instance.launch.at)])),
        ("encrypted", |it, _| texts([it.volume.encrypted])),
        ("fast-restored", |_, _| texts([false])),
        ("multi-attach-enabled", |_, _| texts([false])),
        ("operator.managed", |_, _| texts([false])),
        ("size", |it, _| texts([it.volume.size])),
        ("status", |_, _| texts(["in-use"])),
        ("volume-id", |it, _| texts([it.id])),
        ("volume-type", |it, _| texts([it.volume.kind.text()])),
    ];

    const MATCHES_NOTHING: &'static [&'static str] = &["operator.principal", "snapshot-id"];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        // AWS's services manage none of them.
        parameters.boolean("IncludeManagedResources")?;
        parameters.ids("VolumeId").map(Self)
    }

    fn items<'c>(&self, context: &'c Context<'_>) -> Result<Vec<Self::Item<'c>>, ApiError> {
        Ok(AttachedVolume::all(context).filter(|it| is_wanted(&self.0, &it.id)).collect())
    }

    fn key(it: &Self::Item<'_>) -> String {
        it.id.to_string()
    }

    fn tags<'i>(it: &'i Self::Item<'_>) -> Option<&'i Tags> {
        it.tags
    }

    fn fields(context: &Context<'_>, it: Self::Item<'_>) -> Fields {
        let since = Time::exact(it.instance.launch.at);
        let attachment = Fields::new()
            .set("volumeId", it.id)
            .set("instanceId", it.instance.id)
            .set("device", &it.volume.device)
            .set("status", "attached")
            .set("attachTime", since)
            .set("deleteOnTermination", it.volume.delete_on_termination);
        Fields::new()
            .set("volumeId", it.id)
            .set("size", it.volume.size)
            .set("snapshotId", "")
            .set("availabilityZone", it.zone)
            .maybe("availabilityZoneId", zone_id(context, it.zone))
            .set("status", "in-use")
            .set("createTime", since)
            .list("attachmentSet", [attachment])
            .set("volumeType", it.volume.kind.text())
            .maybe("iops", it.volume.iops())
            .maybe("throughput", it.volume.throughput())
            .set("encrypted", it.volume.encrypted)
            .set("multiAttachEnabled", false)
            .tags(it.tags.unwrap_or(&Tags::default()))
    }
}
