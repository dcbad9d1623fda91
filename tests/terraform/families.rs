//! Which of the provider's resources and data sources must be in the files: those of these families, but for what is told
//! here with its reason.

use serde_json::Value;

/// How the names of a family begin.
const FAMILIES: &[&str] = &[
    "aws_alb",
    "aws_app_cookie",
    "aws_default_",
    "aws_ec2_instance_",
    "aws_ec2_managed_prefix_list",
    "aws_ec2_subnet_",
    "aws_ec2_tag",
    "aws_egress_only",
    "aws_eip",
    "aws_elb",
    "aws_instance",
    "aws_internet_gateway",
    "aws_key_pair",
    "aws_launch_template",
    "aws_lb",
    "aws_load_balancer",
    "aws_main_route",
    "aws_nat_gateway",
    "aws_network_acl",
    "aws_network_interface",
    "aws_placement_group",
    "aws_prefix_list",
    "aws_proxy_protocol",
    "aws_route",
    "aws_security_group",
    "aws_service_discovery",
    "aws_subnet",
    "aws_vpc",
];

/// What lies in no family by its name's beginning, and must be there.
const SINGLE: &[&str] = &["aws_cloudformation_stack"];

/// What is not there, by how the names begin, and why.
const NOT_BUILT: &[(&str, &str)] = &[
    (
        "aws_ec2_instance_connect_endpoint",
        "no action of it is built: nothing connects to an instance",
    ),
    (
        "aws_ec2_instance_metadata_defaults",
        "no action of it is built: each instance says its options",
    ),
    ("aws_ec2_subnet_cidr_reservation", "no action of it is built"),
    ("aws_route53_hosted_zone_dnssec", "zones are not signed"),
    ("aws_route53_key_signing_key", "zones are not signed, and its key is one of KMS"),
    ("aws_route53_traffic_policy", "traffic policies are not built"),
    ("aws_route53domains_", "another service: domains are registered nowhere"),
    ("aws_route53recovery", "another service: Application Recovery Controller"),
    ("aws_vpc_block_public_access_", "no action of it is built: no traffic flows"),
    ("aws_vpc_ipam", "IPAM is not emulated"),
    ("aws_vpc_network_performance_metric", "no action of it is built: nothing is measured"),
    ("aws_vpc_route_server", "no route comes by BGP"),
    ("aws_vpclattice_", "another service: VPC Lattice"),
];

fn is_of_family(name: &str) -> bool {
    SINGLE.contains(&name) || FAMILIES.iter().any(|front| name.starts_with(front))
}

/// Whether `files` have a block of a kind (`resource` or `data`) with a type.
fn has(files: &str, kind: &str, name: &str) -> bool {
    files.contains(&format!("{kind} \"{name}\" "))
}

/// What is wrong: a name of a family that the files lack and nothing tells, or a reason that is about nothing.
pub(super) fn faults(schema: &Value, files: &str) -> Vec<String> {
    let provider = schema["provider_schemas"].as_object().unwrap().values().next().unwrap();
    let mut faults = Vec::new();
    let mut used = vec![false; NOT_BUILT.len()];
    for (kind, key) in [("resource", "resource_schemas"), ("data", "data_source_schemas")] {
        let names = provider[key].as_object().unwrap().keys();
        for name in names.filter(|name| is_of_family(name) && !has(files, kind, name)) {
            match NOT_BUILT.iter().position(|(front, _)| name.starts_with(front)) {
                Some(at) => used[at] = true,
                None => faults.push(format!("no file has {kind} {name}")),
            }
        }
    }
    let every = |key: &str| provider[key].as_object().unwrap().keys();
    let begins = |front: &&&str| {
        !every("resource_schemas")
            .chain(every("data_source_schemas"))
            .any(|it| it.starts_with(**front))
    };
    let nothing = FAMILIES.iter().chain(SINGLE).filter(begins);
    faults.extend(nothing.map(|front| format!("nothing of the provider's begins with {front}")));
    let told = NOT_BUILT.iter().zip(used);
    faults.extend(told.filter(|(_, used)| !used).map(|((front, reason), _)| {
        format!("nothing of the provider's begins with {front}, which is told ({reason})")
    }));
    faults
}
