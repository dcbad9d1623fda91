//! Notes the attributes that nothing reads, with one note for each type.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Raw,
    tables::{TABLES, usual},
};
use crate::import::{
    foreign::common::{Notes, Remark, says_nothing},
    text::node::Pos,
};

/// Every attribute that this folder reads and that is not in the tables, in alphabetical order.
const READ: &[&str] = &[
    "accepter",
    "action",
    "actions",
    "address",
    "after_unknown",
    "alias",
    "allocation_id",
    "allow_remote_vpc_dns_resolution",
    "application",
    "arn",
    "associations",
    "availability_zone",
    "aws",
    "before",
    "change",
    "cidr_block",
    "cidr_block_associations",
    "classic",
    "configuration",
    "constant_value",
    "count",
    "data",
    "default",
    "default_action",
    "dhcp_options_id",
    "dns_entry",
    "dns_name",
    "dns_options",
    "dns_record_ip_type",
    "each",
    "egress",
    "enable_resource_name_dns_a_record",
    "enable_resource_name_dns_a_record_on_launch",
    "enable_resource_name_dns_aaaa_record",
    "enable_resource_name_dns_aaaa_record_on_launch",
    "expression",
    "expressions",
    "false",
    "firewall_rule_group_id",
    "for_each_expression",
    "forward",
    "fqdn",
    "from_port",
    "gateway_id",
    "hostname_type",
    "icmp",
    "icmp_code",
    "icmp_type",
    "icmpv6",
    "id",
    "ingress",
    "instances",
    "internal",
    "ip",
    "ip_address",
    "ipv4",
    "ipv6",
    "ipv6_cidr_block",
    "load_balancer_type",
    "local",
    "main",
    "main_route_table_id",
    "module",
    "module_calls",
    "name",
    "network_acl_id",
    "network_load_balancer_arns",
    "outputs",
    "path",
    "peer_vpc_id",
    "port",
    "private_dns_hostname_type_on_launch",
    "private_dns_name_configuration",
    "private_dns_name_options",
    "private_dns_only_for_inbound_resolver_endpoint",
    "private_ip",
    "private_ipv4_address",
    "profile_id",
    "protocol",
    "provider_config",
    "public_ip",
    "records",
    "referenced_security_group_id",
    "references",
    "region",
    "requester",
    "resolver_rule_id",
    "resource_arn",
    "resource_changes",
    "resources",
    "root_module",
    "route",
    "route_table_id",
    "route_table_ids",
    "routes",
    "rule_no",
    "security_group_id",
    "security_group_ids",
    "self",
    "service_name",
    "source_security_group_id",
    "state",
    "subnet_configuration",
    "subnet_id",
    "subnet_ids",
    "subnet_mapping",
    "subnets",
    "tags",
    "tags_all",
    "target",
    "target_group",
    "target_group_arn",
    "target_ip",
    "tcp",
    "terraform",
    "to_port",
    "true",
    "type",
    "udp",
    "update",
    "value",
    "var",
    "vpc",
    "vpc_endpoint_id",
    "vpc_id",
    "vpc_security_group_ids",
    "zone_id",
];

/// Notes the attributes that have a value but are not read. Attributes that are known to change no answer get no note.
pub(super) fn tell(found: &[Raw<'_>], notes: &mut Notes) {
    let mut unread = BTreeMap::<&str, (Pos, BTreeSet<&str>)>::new();
    for raw in found {
        let kind = usual(raw.kind);
        let Some((_, _, table)) = TABLES.iter().find(|(theirs, ..)| *theirs == kind) else {
            continue;
        };
        for (key, value) in raw.values.entries() {
            let name = key.text.as_str();
            let is_read = table.iter().any(|(theirs, _)| *theirs == name)
                || READ.binary_search(&name).is_ok();
            if !is_read && !says_nothing(value) {
                unread.entry(kind).or_insert_with(|| (raw.pos, BTreeSet::new())).1.insert(name);
            }
        }
    }
    for (kind, (pos, names)) in unread {
        let names: Vec<&str> = names.into_iter().collect();
        let message =
            format!("attributes of {kind} that vpcdns does not read: {}", names.join(", "));
        notes.add(pos, Remark::Idle, message);
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    #[test]
    fn every_attribute_that_the_sources_read_is_listed() {
        assert!(READ.is_sorted());
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/import/foreign/terraform");
        let mut names = BTreeSet::new();
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let others = ["unread.rs", "tables.rs", "tests.rs"];
            if path.is_dir() || others.iter().any(|name| path.ends_with(name)) {
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            let quoted = code.split('"').skip(1).step_by(2);
            names.extend(quoted.filter(|it| is_attribute(it)).map(str::to_owned));
        }
        assert!(names.len() > 20, "{names:?}");
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        assert_eq!(READ, names, "list what the sources read");
    }

    fn is_attribute(text: &str) -> bool {
        let letters =
            text.bytes().all(|it| it.is_ascii_lowercase() || it == b'_' || it.is_ascii_digit());
        letters && text.starts_with(|it: char| it.is_ascii_lowercase()) && !text.starts_with("aws_")
    }
}
