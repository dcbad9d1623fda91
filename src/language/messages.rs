//! Every message with its variables, as a function of [`Language`]: a message or a variable that does not exist does not
//! compile. The texts are in `en.ftl` and `ko.ftl`; a test compares both with this list.

use std::fmt::Display;

use super::Language;

macro_rules! messages {
    ($($message:ident($($variable:ident),*);)*) => {
        impl Language {
            $(
                #[doc = concat!("The message `", stringify!($message), "` of `src/language/en.ftl`.")]
                pub fn $message(self, $($variable: impl Display),*) -> String {
                    self.say(stringify!($message), &[$((stringify!($variable), $variable.to_string())),*])
                }
            )*
        }

        /// The messages and their variables.
        #[cfg(test)]
        pub(super) const MESSAGES: &[(&str, &[&str])] =
            &[$((stringify!($message), &[$(stringify!($variable)),*])),*];
    };
}

messages! {
    internet();
    subnet_of(subnet, vpc);
    instance_of(instance, vpc);
    inbound_of(endpoint, vpc);
    asked_from(place);
    dns_support_off(vpc);
    attributes_on(vpc);
    hostnames_off(vpc);
    firewall_open();
    firewall_closed();
    firewall_alert(rule, group);
    firewall_block(rule, group);
    firewall_allow(rule, group);
    rule_for(kind, id, domain);
    rule_nameless(kind, id);
    rule_matches(rule);
    rule_inside(endpoint);
    rule_connection();
    rule_own_range(target);
    rule_several(address);
    rule_targets_untold();
    rule_domain_untold(id);
    rules_off();
    rule_beaten(rule);
    system_rule(rule);
    no_private_name();
    hidden_zone(endpoint, zone);
    hosted_zone(zone);
    profile_brings(profile);
    private_host_name(region);
    public_host_name(region);
    private_reverse_name();
    loopback_name();
    private_name(endpoint);
    private_name_cname(endpoint);
    private_wildcard_cname(endpoint);
    private_wildcard(endpoint);
    below_private_name();
    zone_pending(endpoint);
    regional_name(endpoint);
    zonal_name(endpoint);
    unhealthy_left_out(endpoint);
    fail_open(endpoint);
    endpoint_not_answering(endpoint, state);
    no_such_endpoint_name();
    service_base_name(service);
    endpoint_space();
    load_balancer_name();
    load_balancer_zone();
    resource_private(what);
    resource_public(what);
    eks_cluster();
    efs_file_system();
    rds_instance();
    elasticache_cluster();
    client_routing();
    no_such_load_balancer();
    ip_name(address);
    resource_name(instance);
    resource_name_off(instance);
    own_public_name(instance);
    peer_public_name(instance, peering);
    public_name_by_form();
    reverse_of(address);
    elastic_reverse(address);
    no_reverse();
    domain_apex();
    no_host_name();
    zone_record(zone);
    zone_wildcard(zone);
    zone_no_data(rtype);
    zone_no_name();
    routing_policy();
    public_hosted_zone(zone);
    alias();
    cname();
    chain_too_long();
    verification_record();
    public_zone();
    upstream_asked();
    observed_address();
    synthetic_not_offered();
    synthetic_address();
    gateway_record_type(endpoint);
    bucket_name();
    never_upstream();
    no_such_public_name();
    no_data(rtype);
    names_below();
    dns64();
    fault(answer);
    fault_late(answer, delay);
    usual_answer();
    private_dns_off(endpoint);
    private_dns_ineffective(endpoint);
    private_dns_not_yet(endpoint, state);
    private_dns_inbound_only(endpoint);
    other_name_servers(options);
    synthetic();
    offered_untold();
    name_inferred();
    new_instance_ipv6(subnet);
    new_instance_public(subnet);
    new_instance_private(subnet);
    nat_gateway_assumed(id);
    onward_assumed(target);
    passes_on(instance);
    fact_documented();
    fact_observed();
    fact_assumed();
    fact_source();
    fact_sourceless();
    fact_cases();
    fact_caseless();
    fact_check();
    fact_not_built();
    fact_not_yet();
    fact_unknown(id);
    fact_near(id, ids);
    way_private();
    way_over(way, hop);
    way_through_endpoint(way);
    way_public();
    way_gateway();
    way_nowhere();
    way_nowhere_why(why);
    host_in(vpc);
    new_instance_in(subnets, vpc);
    internet_host();
    on_premises();
    router(route, table);
    internet_gateway(id);
    nat_gateway(id);
    peering(id);
    internet_hop();
    gateway_endpoint(id);
    interface_endpoint(id, address);
    private_link();
    load_balancer(name);
    load_balancer_of_service(name);
    either(one, other);
    service(name);
    router_nowhere(why);
    transit_gateway(id);
    virtual_private_gateway(id);
    network_interface(id);
    endpoint(id);
    local_gateway(id);
    carrier_gateway(id);
    no_route(table);
    no_public_address(gateway);
    no_public_address_new(gateway);
    no_ipv4_address();
    ipv6_only();
    gateway_detached(gateway);
    gateway_gone(gateway);
    blackhole(target);
    nat_without_route(id, table);
    nat_without_gateway(id);
    private_nat(id, gateway);
    peering_not_active(peering, state);
    peering_out_of_range(peering, vpc);
    no_route_back(table);
    no_gateway_there(vpc);
    route_loop();
    private_address();
    no_table();
    no_subnet(vpc);
    hint_did_you_mean(sentence, name);
    hint_explained_here(sentence);
    hint_url();
    hint_path(path);
    hint_port(port);
    hint_empty_label();
    hint_space();
    hint_words(words);
    hint_address(address, reverse);
    hint_service_name();
    hint_service(wrong, right);
    hint_service_called(right, written);
    hint_service_pattern(written, names);
    hint_other_region(written, region);
    hint_not_a_region(written, region);
    hint_no_region(region);
    hint_no_domain(domain);
    hint_wrong_domain(written, domain);
    hint_zone_name(zone, written, near);
    hint_endpoint_id(written, right);
    hint_no_random(right);
    hint_random(right, written);
    hint_digit_for_letter(sentence, right, wrong);
    hint_letter_for_digit(sentence, right, wrong);
    hint_not_a_zone(written, zone);
    hint_zone(written, zones);
    hint_no_zones();
    hint_endpoint_front(part);
    hint_endpoint_service(service, written);
    hint_after_label(base);
    hint_vpce(written);
    hint_no_vpce();
    hint_internet_address();
    hint_internet_name();
    hint_internet_service();
    hint_hostnames_off_private_dns(endpoint, command);
    hint_hostnames_off_host_name(command);
    hint_endpoint_of_other_region(asked, endpoint, own);
    hint_gateway(endpoint);
    hint_gateway_no_route(endpoint);
    hint_ping();
}
