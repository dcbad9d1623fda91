//! Instance types, from the catalogue. Every type is offered in every zone.

use crate::{
    api::{
        context::Context,
        describe::{Describe, Filters, Listing, texts},
        error::ApiError,
        parameter::Parameters,
        shape::Fields,
    },
    catalog,
};

/// `DescribeInstanceTypes`.
pub(super) type DescribeInstanceTypes = Listing<InstanceTypes>;

/// The types of these names.
pub(super) struct InstanceTypes(Vec<String>);

fn at(instance_type: &str, path: &str) -> Vec<String> {
    fields(instance_type).at(path)
}

impl Describe for InstanceTypes {
    type Item<'c> = String;

    const LIST: &'static str = "instanceTypeSet";

    const FILTERS: Filters<Self> = &[
        ("bare-metal", |it, _| at(it, "bareMetal")),
        ("burstable-performance-supported", |it, _| at(it, "burstablePerformanceSupported")),
        ("ebs-info.encryption-support", |it, _| at(it, "ebsInfo.encryptionSupport")),
        ("hypervisor", |it, _| at(it, "hypervisor")),
        ("instance-type", |it, _| texts([it])),
        ("memory-info.size-in-mib", |it, _| at(it, "memoryInfo.sizeInMiB")),
        ("vcpu-info.default-vcpus", |it, _| at(it, "vCpuInfo.defaultVCpus")),
        ("network-info.ipv6-supported", |it, _| at(it, "networkInfo.ipv6Supported")),
        ("processor-info.supported-architecture", |it, _| {
            at(it, "processorInfo.supportedArchitectures")
        }),
        ("supported-root-device-type", |it, _| at(it, "supportedRootDeviceTypes")),
        ("supported-usage-class", |it, _| at(it, "supportedUsageClasses")),
        ("supported-virtualization-type", |it, _| at(it, "supportedVirtualizationTypes")),
    ];

    const MATCHES_NOTHING: &'static [&'static str] = &[
        "auto-recovery-supported",
        "current-generation",
        "dedicated-hosts-supported",
        "ebs-info.attachment-limit-type",
        "ebs-info.ebs-optimized-info.baseline-bandwidth-in-mbps",
        "ebs-info.ebs-optimized-info.baseline-iops",
        "ebs-info.ebs-optimized-info.baseline-throughput-in-mbps",
        "ebs-info.ebs-optimized-info.maximum-bandwidth-in-mbps",
        "ebs-info.ebs-optimized-info.maximum-iops",
        "ebs-info.ebs-optimized-info.maximum-throughput-in-mbps",
        "ebs-info.ebs-optimized-support",
        "ebs-info.maximum-ebs-attachments",
        "ebs-info.nvme-support",
        "free-tier-eligible",
        "hibernation-supported",
        "instance-storage-info.disk.count",
        "instance-storage-info.disk.size-in-gb",
        "instance-storage-info.disk.type",
        "instance-storage-info.encryption-support",
        "instance-storage-info.nvme-support",
        "instance-storage-info.total-size-in-gb",
        "instance-storage-supported",
        "network-info.bandwidth-weightings",
        "network-info.efa-info.maximum-efa-interfaces",
        "network-info.efa-supported",
        "network-info.ena-support",
        "network-info.encryption-in-transit-supported",
        "network-info.flexible-ena-queues-support",
        "network-info.ipv4-addresses-per-interface",
        "network-info.ipv6-addresses-per-interface",
        "network-info.maximum-network-cards",
        "network-info.maximum-network-interfaces",
        "network-info.network-performance",
        "nitro-enclaves-support",
        "nitro-tpm-info.supported-versions",
        "nitro-tpm-support",
        "processor-info.supported-features",
        "processor-info.sustained-clock-speed-in-ghz",
        "reboot-migration-support",
        "supported-boot-mode",
        "vcpu-info.default-cores",
        "vcpu-info.default-threads-per-core",
        "vcpu-info.valid-cores",
        "vcpu-info.valid-threads-per-core",
    ];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        // Every type is supported in every region.
        parameters.boolean("IncludeUnsupportedInRegion")?;
        parameters.list("InstanceType").map(Self)
    }

    fn items<'c>(&self, context: &'c Context<'_>) -> Result<Vec<Self::Item<'c>>, ApiError> {
        let any = context.world().switches.any_instance_type;
        let unknown = |it: &&String| !any && !catalog::is_instance_type(it);
        let unknown: Vec<&str> = self.0.iter().filter(unknown).map(String::as_str).collect();
        if !unknown.is_empty() {
            return Err(ApiError::new(
                "InvalidInstanceType",
                format!(
                    "The following supplied instance types do not exist: [{}]",
                    unknown.join(", ")
                ),
            ));
        }
        if self.0.is_empty() {
            return Ok(catalog::instance_types().collect());
        }
        let mut named = self.0.clone();
        named.sort_unstable();
        named.dedup();
        Ok(named)
    }

    fn key(it: &Self::Item<'_>) -> String {
        it.clone()
    }

    fn fields(_: &Context<'_>, it: Self::Item<'_>) -> Fields {
        fields(&it)
    }
}

/// A type as `instanceTypeSet` shows it: what follows from its name.
fn fields(instance_type: &str) -> Fields {
    let bare_metal = catalog::is_bare_metal(instance_type);
    let shown = Fields::new()
        .set("instanceType", instance_type)
        .texts("supportedUsageClasses", ["on-demand", "spot"])
        .texts("supportedRootDeviceTypes", ["ebs"])
        .texts("supportedVirtualizationTypes", ["hvm"])
        .set("bareMetal", bare_metal);
    let shown = if bare_metal {
        shown
    } else {
        shown.set("hypervisor", catalog::hypervisor(instance_type))
    };
    // A structure stands here also where nothing in it is known: tools take a type without one for none.
    shown
        .fields("vCpuInfo", Fields::new().maybe("defaultVCpus", catalog::vcpus(instance_type)))
        .fields("memoryInfo", Fields::new().maybe("sizeInMiB", catalog::memory(instance_type)))
        .fields("ebsInfo", Fields::new().set("encryptionSupport", "supported"))
        .fields(
            "processorInfo",
            Fields::new().texts("supportedArchitectures", [catalog::architecture(instance_type)]),
        )
        .fields("networkInfo", Fields::new().set("ipv6Supported", true))
        .fields(
            "placementGroupInfo",
            Fields::new().texts("supportedStrategies", ["cluster", "partition", "spread"]),
        )
        .set("burstablePerformanceSupported", catalog::is_burstable(instance_type))
}

/// `DescribeInstanceTypeOfferings`.
pub(super) type DescribeInstanceTypeOfferings = Listing<Offerings>;

/// The offerings in the region, or in each of its zones by name or id.
pub(super) struct Offerings(LocationType);

#[derive(Clone, Copy)]
enum LocationType {
    Region,
    Zone,
    ZoneId,
}

/// A type where it is offered.
pub(super) struct Offering {
    instance_type: String,
    kind: &'static str,
    location: &'static str,
}

impl Describe for Offerings {
    type Item<'c> = Offering;

    const LIST: &'static str = "instanceTypeOfferingSet";

    const FILTERS: Filters<Self> = &[
        ("instance-type", |it, _| texts([&it.instance_type])),
        ("location", |it, _| texts([it.location])),
    ];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let kinds = [
            ("region", LocationType::Region),
            ("availability-zone", LocationType::Zone),
            ("availability-zone-id", LocationType::ZoneId),
        ];
        Ok(Self(parameters.word("LocationType", &kinds)?.unwrap_or(LocationType::Region)))
    }

    fn items<'c>(&self, context: &'c Context<'_>) -> Result<Vec<Self::Item<'c>>, ApiError> {
        let zones = || catalog::region(context.region).into_iter().flat_map(|it| &it.zones);
        let (kind, locations): (_, Vec<&'static str>) = match self.0 {
            LocationType::Region => ("region", vec![context.region]),
            LocationType::Zone => ("availability-zone", zones().map(|it| it.name).collect()),
            LocationType::ZoneId => ("availability-zone-id", zones().map(|it| it.id).collect()),
        };
        Ok(catalog::instance_types()
            .flat_map(|instance_type| {
                let here = move |location: &&'static str| Offering {
                    instance_type: instance_type.clone(),
                    kind,
                    location,
                };
                locations.iter().map(here).collect::<Vec<_>>()
            })
            .collect())
    }

    fn key(it: &Self::Item<'_>) -> String {
        format!("{} {}", it.instance_type, it.location)
    }

    fn fields(_: &Context<'_>, it: Self::Item<'_>) -> Fields {
        Fields::new()
            .set("instanceType", &it.instance_type)
            .set("locationType", it.kind)
            .set("location", it.location)
    }
}
