//! Images: the usual public ones of the catalogue, and any other that is asked for by its id, since a World holds none.

use std::sync::Arc;

use crate::{
    api::{
        context::Context,
        describe::{Describe, Filters, Listing, texts},
        error::ApiError,
        parameter::Parameters,
        shape::{Fields, Time},
    },
    catalog::{self, Image},
    model::{
        image::{image_id, image_of, image_of_parameter},
        volume::{IMAGE_SIZE, ROOT_DEVICE},
    },
};

/// When every image was made: a made-up time, 2024-12-01, the same in every run.
const MADE: u64 = 1_733_011_200_000;

/// The id of an image, which its digits follow.
///
/// # Errors
///
/// `InvalidAMIID.Malformed`.
pub(super) fn check_id(id: &str) -> Result<(), ApiError> {
    let digits = id.strip_prefix("ami-").unwrap_or_default();
    let hexadecimal = digits.bytes().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'));
    if matches!(digits.len(), 8 | 17) && hexadecimal {
        return Ok(());
    }
    Err(ApiError::new(
        "InvalidAMIID.Malformed",
        format!("Invalid id: \"{id}\" (expecting \"ami-...\")"),
    ))
}

/// How long an id of the old form is, which no new image has.
const OLD_ID: usize = "ami-01234567".len();

/// Refuses ids of the old form that the catalogue does not know. Any id of the new form is that of an image.
fn check_new(ids: &[String], context: &Context<'_>) -> Result<(), ApiError> {
    let is_gone = |id: &&String| id.len() == OLD_ID && image_of(id, context.region).is_none();
    let gone: Vec<&str> = ids.iter().filter(is_gone).map(String::as_str).collect();
    let message = match gone.as_slice() {
        [] => return Ok(()),
        [one] => format!("The image id '[{one}]' does not exist"),
        several => format!("The image ids '[{}]' do not exist", several.join(", ")),
    };
    Err(ApiError::new("InvalidAMIID.NotFound", message))
}

/// What stands before the name of a parameter of Systems Manager that has the id.
pub(super) const BY_PARAMETER: &str = "resolve:ssm:";

/// The id of an image that is named by its id or by a parameter.
///
/// # Errors
///
/// `InvalidParameterValue` for a parameter that has no image.
pub(super) fn named(context: &Context<'_>, text: &Arc<str>) -> Result<Arc<str>, ApiError> {
    let Some(parameter) = text.strip_prefix(BY_PARAMETER) else { return Ok(Arc::clone(text)) };
    let tail = parameter.strip_prefix("/aws/service/ami-amazon-linux-latest/");
    let found = tail.and_then(|tail| image_of_parameter(tail, context.region));
    found.ok_or_else(|| {
        ApiError::value(format!(
            "Invalid value '{parameter}' for parameter ImageId. The SSM parameter does not exist or has no image."
        ))
    })
}

/// `DescribeImages`.
pub(super) type DescribeImages = Listing<Images>;

/// The images with these ids, of these owners, that these may launch.
pub(super) struct Images {
    ids: Vec<String>,
    owners: Vec<String>,
}

/// An image, with what the catalogue knows of it.
pub(super) struct Shown {
    id: Arc<str>,
    known: Option<&'static Image>,
}

impl Shown {
    fn owner(&self) -> &'static str {
        self.known.map_or("137112412989", |it| it.owner)
    }

    fn alias(&self) -> Option<&'static str> {
        self.known.map_or(Some("amazon"), |it| it.alias)
    }

    fn name(&self) -> String {
        self.known.map_or_else(|| self.id.to_string(), |it| it.name.to_owned())
    }

    fn root_device(&self) -> &'static str {
        self.known.map_or(ROOT_DEVICE, |it| it.root_device)
    }

    fn at(&self, path: &str) -> Vec<String> {
        fields(self).at(path)
    }

    fn is_of(&self, owner: &str) -> bool {
        owner == self.owner() || self.alias() == Some(owner)
    }
}

impl Describe for Images {
    type Item<'c> = Shown;

    const LIST: &'static str = "imagesSet";

    const FILTERS: Filters<Self> = &[
        ("architecture", |it, _| it.at("architecture")),
        ("block-device-mapping.delete-on-termination", |it, _| {
            it.at("blockDeviceMapping.ebs.deleteOnTermination")
        }),
        ("block-device-mapping.device-name", |it, _| it.at("blockDeviceMapping.deviceName")),
        ("block-device-mapping.encrypted", |it, _| it.at("blockDeviceMapping.ebs.encrypted")),
        ("block-device-mapping.volume-size", |it, _| it.at("blockDeviceMapping.ebs.volumeSize")),
        ("block-device-mapping.volume-type", |it, _| it.at("blockDeviceMapping.ebs.volumeType")),
        ("creation-date", |it, _| it.at("creationDate")),
        ("description", |it, _| it.at("description")),
        ("ena-support", |it, _| it.at("enaSupport")),
        ("hypervisor", |it, _| it.at("hypervisor")),
        ("image-allowed", |_, _| texts([true])),
        ("image-id", |it, _| texts([&it.id])),
        ("image-type", |it, _| it.at("imageType")),
        ("is-public", |it, _| it.at("isPublic")),
        ("manifest-location", |it, _| it.at("imageLocation")),
        ("name", |it, _| texts([it.name()])),
        ("owner-alias", |it, _| texts(it.alias())),
        ("owner-id", |it, _| texts([it.owner()])),
        ("public-ssm-parameter-name", |it, _| {
            let tails = it.known.map_or(&[][..], |image| &image.parameters);
            texts(tails.iter().map(|tail| format!("/aws/service/ami-amazon-linux-latest/{tail}")))
        }),
        ("root-device-name", |it, _| it.at("rootDeviceName")),
        ("root-device-type", |it, _| it.at("rootDeviceType")),
        ("state", |it, _| it.at("imageState")),
        ("virtualization-type", |it, _| it.at("virtualizationType")),
    ];

    const MATCHES_NOTHING: &'static [&'static str] = &[
        // The severities that `scan-result.highest-finding-severity-label` may have: in AWS's documentation they look like
        // filters, and scripts that read it try them.
        "critical",
        "high",
        "informational",
        "low",
        "medium",
        "block-device-mapping.snapshot-id",
        "boot-mode",
        "free-tier-eligible",
        "image-watermark.source-image-creation-time",
        "image-watermark.source-image-id",
        "image-watermark.source-image-region",
        "image-watermark.watermark-creation-time",
        "image-watermark.watermark-key",
        "instance-type-specification.supported-instance-type",
        "instance-type-specification.unsupported-instance-type",
        "kernel-id",
        "platform",
        "product-code",
        "product-code.type",
        "ramdisk-id",
        "scan-result.critical-fix-available-since",
        "scan-result.finding-scan-date",
        "scan-result.high-fix-available-since",
        "scan-result.highest-finding-severity-label",
        "scan-result.informational-fix-available-since",
        "scan-result.low-fix-available-since",
        "scan-result.medium-fix-available-since",
        "source-image-id",
        "source-image-region",
        "source-instance-id",
        "sriov-net-support",
        "state-reason-code",
        "state-reason-message",
    ];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        // All are current, public and present, so that these ask for nothing more.
        parameters.boolean("IncludeDeprecated")?;
        parameters.boolean("IncludeDisabled")?;
        parameters.list("ExecutableBy")?;
        let ids = parameters.list("ImageId")?;
        ids.iter().try_for_each(|id| check_id(id))?;
        Ok(Self { ids, owners: parameters.list("Owner")? })
    }

    fn items<'c>(&self, context: &'c Context<'_>) -> Result<Vec<Self::Item<'c>>, ApiError> {
        check_new(&self.ids, context)?;
        let mut found: Vec<Shown> = if self.ids.is_empty() {
            let public = catalog::images().iter();
            public.map(|it| Shown { id: image_id(it, context.region), known: Some(it) }).collect()
        } else {
            let named = self.ids.iter();
            named
                .map(|id| Shown { id: id.as_str().into(), known: image_of(id, context.region) })
                .collect()
        };
        found.retain(|it| self.owners.is_empty() || self.owners.iter().any(|own| it.is_of(own)));
        found.dedup_by(|one, other| one.id == other.id);
        Ok(found)
    }

    fn key(it: &Self::Item<'_>) -> String {
        it.id.to_string()
    }

    fn fields(_: &Context<'_>, it: Self::Item<'_>) -> Fields {
        fields(&it)
    }
}

fn fields(it: &Shown) -> Fields {
    let owner = it.alias().unwrap_or(it.owner());
    let volume = Fields::new()
        .set("deleteOnTermination", true)
        .set("encrypted", false)
        .set("volumeSize", IMAGE_SIZE)
        .set("volumeType", "gp3");
    let device = Fields::new().set("deviceName", it.root_device()).fields("ebs", volume);
    Fields::new()
        .set("imageId", &it.id)
        .set("imageLocation", format!("{owner}/{}", it.name()))
        .set("imageState", "available")
        .set("imageOwnerId", it.owner())
        .maybe("imageOwnerAlias", it.alias())
        .set("creationDate", Time::exact(MADE))
        .set("isPublic", true)
        .set("architecture", it.known.map_or("x86_64", |image| image.architecture))
        .set("imageType", "machine")
        .set("platformDetails", "Linux/UNIX")
        .set("usageOperation", "RunInstances")
        .set("name", it.name())
        .maybe("description", it.known.map(|image| image.description))
        .set("rootDeviceType", "ebs")
        .set("rootDeviceName", it.root_device())
        .list("blockDeviceMapping", [device])
        .set("virtualizationType", "hvm")
        .set("hypervisor", "xen")
        .set("enaSupport", true)
}
