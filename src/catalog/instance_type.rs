//! Knows: the instance types that EC2 has, as families with their sizes.
//!
//! Deliberately does not: say which region offers a type, or what disks and network it has. Processors and memory are known
//! only where they follow from the type's name.

use std::{collections::HashMap, sync::OnceLock};

use super::csv_file::{csv_text, rows};

const INSTANCE_TYPES: &str = csv_text!("instance-types.csv");

/// Whether EC2 has an instance type, which is a family, a dot and a size of that family.
pub fn is_instance_type(text: &str) -> bool {
    static FAMILIES: OnceLock<HashMap<&str, &str>> = OnceLock::new();
    let families = FAMILIES
        .get_or_init(|| rows::<2>(INSTANCE_TYPES).map(|[family, sizes]| (family, sizes)).collect());
    text.split_once('.').is_some_and(|(family, size)| {
        families.get(family).is_some_and(|sizes| sizes.split(' ').any(|known| known == size))
    })
}

/// Every instance type, by family.
pub fn instance_types() -> impl Iterator<Item = String> {
    rows::<2>(INSTANCE_TYPES)
        .flat_map(|[family, sizes]| sizes.split(' ').map(move |size| format!("{family}.{size}")))
}

fn family(instance_type: &str) -> &str {
    instance_type.split('.').next().unwrap_or_default()
}

/// The processors under a type: families with a `g` after their number are Graviton's.
pub fn architecture(instance_type: &str) -> &'static str {
    let family = family(instance_type);
    let after = family.trim_start_matches(|it: char| it.is_ascii_alphabetic());
    let graviton = after.trim_start_matches(|it: char| it.is_ascii_digit()).starts_with('g');
    if graviton || family == "a1" { "arm64" } else { "x86_64" }
}

/// Whether an instance of a type has the whole machine.
pub fn is_bare_metal(instance_type: &str) -> bool {
    instance_type.split_once('.').is_some_and(|(_, size)| size.starts_with("metal"))
}

/// The hypervisor under a type, `xen` or `nitro`: families from before Nitro run on Xen.
pub fn hypervisor(instance_type: &str) -> &'static str {
    const XEN: &[&str] = &[
        "c1", "c3", "c4", "cc2", "cg1", "cr1", "d2", "f1", "g2", "g3", "g3s", "h1", "hi1", "hs1",
        "i2", "i3", "m1", "m2", "m3", "m4", "p2", "p3", "r3", "r4", "t1", "t2", "x1", "x1e",
    ];
    let on_xen = XEN.contains(&family(instance_type)) && !is_bare_metal(instance_type);
    if on_xen { "xen" } else { "nitro" }
}

/// Whether a type earns CPU credits: the families t2, t3, t3a and t4g.
pub fn is_burstable(instance_type: &str) -> bool {
    matches!(family(instance_type), "t2" | "t3" | "t3a" | "t4g")
}

/// The virtual processors of a type, where they follow from its name: an `xlarge` has 4, an `Nxlarge` N times as many.
pub fn vcpus(instance_type: &str) -> Option<u32> {
    let (family, size) = instance_type.split_once('.')?;
    let old = matches!(family, "c1" | "m1" | "m2" | "hs1" | "cc2" | "cr1" | "cg1" | "c4" | "d2");
    if old || family.starts_with("hpc") || family.starts_with("mac") {
        return None;
    }
    match (family, size) {
        ("t2", "nano" | "micro" | "small") => Some(1),
        ("t2" | "t3" | "t3a" | "t4g", "nano" | "micro" | "small" | "medium") => Some(2),
        (_, "medium") => Some(1),
        (_, "large") => Some(2),
        (_, "xlarge") => Some(4),
        (_, size) => size.strip_suffix("xlarge")?.parse::<u32>().ok()?.checked_mul(4),
    }
}

/// The memory of a type in MiB, where it follows from its name: by size in the families t2 to t4g, else so much for each
/// processor: 2 GiB in compute, 4 GiB in general, 8 GiB in memory-optimized families.
pub fn memory(instance_type: &str) -> Option<u32> {
    let (family, size) = instance_type.split_once('.')?;
    if is_burstable(instance_type) {
        return match size {
            "nano" => Some(512),
            "micro" => Some(1_024),
            "small" => Some(2_048),
            "medium" => Some(4_096),
            "large" => Some(8_192),
            _ => vcpus(instance_type)?.checked_mul(4_096),
        };
    }
    let generation = family.trim_start_matches(|it: char| it.is_ascii_alphabetic());
    let generation = generation.chars().next()?.to_digit(10)?;
    let class = family.trim_end_matches(|it: char| !it.is_ascii_digit());
    let per_vcpu = match (class.strip_suffix(|it: char| it.is_ascii_digit())?, generation) {
        ("c", 5..) if family != "c5n" => 2_048,
        ("m", 4..) => 4_096,
        ("r", 5..) => 8_192,
        _ => return None,
    };
    vcpus(instance_type)?.checked_mul(per_vcpu)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_a_family_and_one_of_its_sizes() {
        for (text, known) in [
            ("t3.micro", true),
            ("t2.nano", true),
            ("m7i-flex.large", true),
            ("u7i-12tb.224xlarge", true),
            ("t3.enormous", false),
            ("t99.micro", false),
            ("t3", false),
            ("t3.", false),
            (".micro", false),
            ("t3.micro medium", false),
            ("T3.micro", false),
            ("", false),
        ] {
            assert_eq!(is_instance_type(text), known, "{text}");
        }
    }

    #[test]
    fn what_follows_from_a_type_s_name() {
        let of = |it| (architecture(it), hypervisor(it), is_burstable(it), is_bare_metal(it));
        assert_eq!(of("t2.micro"), ("x86_64", "xen", true, false));
        assert_eq!(of("t3.micro"), ("x86_64", "nitro", true, false));
        assert_eq!(of("t4g.micro"), ("arm64", "nitro", true, false));
        assert_eq!(of("a1.metal"), ("arm64", "nitro", false, true));
        assert_eq!(of("i3.metal"), ("x86_64", "nitro", false, true));
        assert_eq!(of("g5.xlarge"), ("x86_64", "nitro", false, false));
        assert_eq!(of("c7a.metal-48xl"), ("x86_64", "nitro", false, true));
        assert!(instance_types().all(|it| is_instance_type(&it)));
        assert!(instance_types().count() > 800);
    }

    #[test]
    fn processors_and_memory_where_they_follow_from_the_name() {
        for (text, expected) in [
            ("t2.micro", (Some(1), Some(1_024))),
            ("t3.micro", (Some(2), Some(1_024))),
            ("t3.2xlarge", (Some(8), Some(32_768))),
            ("m5.large", (Some(2), Some(8_192))),
            ("m7i-flex.xlarge", (Some(4), Some(16_384))),
            ("c7g.medium", (Some(1), Some(2_048))),
            ("c5.18xlarge", (Some(72), Some(147_456))),
            ("c5n.large", (Some(2), None)),
            ("r6gd.16xlarge", (Some(64), Some(524_288))),
            ("p4d.24xlarge", (Some(96), None)),
            ("m1.large", (None, None)),
            ("a1.metal", (None, None)),
            ("hpc7a.12xlarge", (None, None)),
            ("x1.16xlarge", (Some(64), None)),
        ] {
            assert_eq!((vcpus(text), memory(text)), expected, "{text}");
        }
    }
}
