//! What Terraform takes into its state: an `import` block for each resource that it has already.

use std::fmt::Write;

use serde_json::Value;

/// Types that the provider cannot import.
const NOT_IMPORTED: &[&str] = &[
    "aws_alb_target_group_attachment",
    "aws_default_subnet",
    "aws_eip_domain_name",
    "aws_elb_attachment",
    "aws_lb_cookie_stickiness_policy",
    "aws_lb_ssl_negotiation_policy",
    "aws_lb_target_group_attachment",
    "aws_load_balancer_backend_server_policy",
    "aws_load_balancer_listener_policy",
    "aws_load_balancer_policy",
    "aws_main_route_table_association",
    "aws_proxy_protocol_policy",
    "aws_vpc_endpoint_security_group_association",
    "aws_vpc_endpoint_service_allowed_principal",
    "aws_vpc_endpoint_service_private_dns_verification",
];

/// Resources that the provider would make again after an import, because AWS does not tell what their configuration says: a
/// public key, where a revocation list lies, a caller's reference, by which of its interfaces an instance was given its addresses.
const NOT_TOLD: &[&str] = &[
    "aws_eip.given",
    "aws_instance.given",
    "aws_key_pair.login",
    "aws_lb_trust_store_revocation.web",
    "aws_route53_delegation_set.ours",
];

/// The addresses of all resources of a state that can be imported, and the blocks that import them.
pub(super) fn blocks(state: &Value) -> (Vec<String>, String) {
    let (mut addresses, mut blocks) = (Vec::new(), String::new());
    for resource in state["resources"].as_array().unwrap() {
        let kind = resource["type"].as_str().unwrap();
        let address = format!("{kind}.{}", resource["name"].as_str().unwrap());
        let is_left = NOT_IMPORTED.contains(&kind) || NOT_TOLD.contains(&address.as_str());
        if is_left || resource["mode"] != "managed" {
            continue;
        }
        let is_other = resource["provider"].as_str().unwrap().ends_with(".other");
        let provider = if is_other { "  provider = aws.other\n" } else { "" };
        for instance in resource["instances"].as_array().unwrap() {
            let key = &instance["index_key"];
            let to = if key.is_null() { address.clone() } else { format!("{address}[{key}]") };
            let id = id(kind, &instance["attributes"]);
            write!(blocks, "import {{\n{provider}  to = {to}\n  id = {id:?}\n}}\n").unwrap();
            addresses.push(to);
        }
    }
    (addresses, blocks)
}

/// What the provider calls a resource in an import.
fn id(kind: &str, of: &Value) -> String {
    let text = |name: &str| match &of[name] {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    let first = |names: &[&str]| {
        names.iter().map(|name| text(name)).find(|it| !it.is_empty()).unwrap_or_default()
    };
    let all = |names: &[&str], between: &str| {
        names.iter().map(|name| text(name)).collect::<Vec<_>>().join(between)
    };
    match kind {
        "aws_cloudformation_stack" => text("name"),
        "aws_default_route_table" | "aws_vpc_dhcp_options_association" => text("vpc_id"),
        "aws_network_acl_rule" => {
            all(&["network_acl_id", "rule_number", "protocol", "egress"], ":")
        }
        "aws_network_interface_permission" => text("network_interface_permission_id"),
        "aws_network_interface_sg_attachment" => {
            all(&["network_interface_id", "security_group_id"], "_")
        }
        "aws_route" => {
            let ways = ["destination_cidr_block", "destination_ipv6_cidr_block"];
            let to = first(&[&ways[..], &["destination_prefix_list_id"]].concat());
            format!("{}_{to}", text("route_table_id"))
        }
        "aws_route53_cidr_location" => all(&["cidr_collection_id", "name"], ","),
        "aws_route53_records_exclusive" => text("zone_id"),
        "aws_route_table_association" => {
            format!("{}/{}", first(&["subnet_id", "gateway_id"]), text("route_table_id"))
        }
        "aws_security_group_rule" => {
            let rule = ["security_group_id", "type", "protocol", "from_port", "to_port"];
            let lists = ["cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids"];
            let lists = lists.iter().flat_map(|name| of[name].as_array().into_iter().flatten());
            let mut peers: Vec<String> =
                lists.map(|it| it.as_str().unwrap_or_default().to_owned()).collect();
            match of["self"] == true {
                true => peers.push("self".to_owned()),
                false => peers.extend(Some(text("source_security_group_id"))),
            }
            peers.retain(|it| !it.is_empty());
            format!("{}_{}", all(&rule, "_"), peers.join("_"))
        }
        "aws_service_discovery_instance" => all(&["service_id", "instance_id"], "/"),
        "aws_service_discovery_private_dns_namespace" => all(&["id", "vpc"], ":"),
        "aws_vpc_endpoint_private_dns" => text("vpc_endpoint_id"),
        "aws_vpc_endpoint_route_table_association" => {
            all(&["vpc_endpoint_id", "route_table_id"], "/")
        }
        "aws_vpc_security_group_vpc_association" => all(&["security_group_id", "vpc_id"], ","),
        "aws_vpc_endpoint_subnet_association" => all(&["vpc_endpoint_id", "subnet_id"], "/"),
        _ => text("id"),
    }
}
