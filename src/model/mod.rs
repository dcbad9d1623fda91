//! The World and its resources: what exists, and how it may change.
//!
//! Plain data and AWS's rules about it. No I/O, no clock, no randomness; nothing here answers a question.

pub mod change;
pub mod client_token;
pub mod dhcp_options;
pub mod elastic_address;
pub mod endpoint;
pub mod endpoint_change;
pub mod endpoint_rules;
pub mod endpoint_service;
pub mod fault;
pub mod firewall;
pub mod guest;
pub mod hosted_zone;
pub mod id;
pub mod instance;
pub mod instance_life;
pub mod interface_view;
pub mod internet_gateway;
pub mod load_balancer;
pub mod managed_resource;
pub mod map;
pub mod name;
pub mod network_acl;
pub mod network_interface;
pub mod other_names;
pub mod peering;
pub mod placement_group;
pub mod record;
pub mod refusal;
pub mod resolver_endpoint;
pub mod resolver_rule;
pub mod route;
pub mod route_table;
pub mod security_group;
pub mod security_group_rule;
pub mod service;
mod stored;
pub mod subnet;
pub mod suffix_lengths;
pub mod suffix_map;
pub mod switches;
pub mod tag;
pub mod vpc;
pub mod vpc_cidr;
pub mod world;
pub mod zone_data;
