//! Tests of what several VPCs and zones share: Profiles, CIDR collections, delegation sets.

use super::{good, one};

#[test]
fn a_profile_takes_endpoints_of_its_region() {
    let far = "
region: us-east-1
vpcs:
  Near: {cidr: 10.0.0.0/16, dns-hostnames: true}
  Far:
    region: eu-west-1
    cidr: 10.1.0.0/16
    dns-hostnames: true
    subnets: {H: {cidr: 10.1.1.0/24, zone: eu-west-1a}}
    endpoints: {Q: {id: vpce-00000001, service: sqs, private-dns: true, subnets: [H]}}
profiles:
  shared: {vpcs: [Near], resources: {q: {endpoint: Q}}}
";
    let message = "Can't find the resource with ID \"vpce-00000001\".";
    one(far, 12, 52, 1, message);
    good(&far.replace("eu-west-1", "us-east-1"));
}

#[test]
fn only_public_zones_route_by_ranges() {
    let private = "
vpcs: {V: {cidr: 10.0.0.0/16}}
cidr-collections:
  places: {locations: {office: [198.51.100.0/24]}}
hosted-zones:
  shop.example:
    vpcs: [V]
    records:
      www:
        - {type: A, set: office, cidr-collection: places, cidr-location: office, values: [192.0.2.1]}
";
    one(private, 6, 3, 12, "IP-based routing is for public hosted zones only.");
    good(&private.replace("vpcs: [V]", "public: true"));
}

#[test]
fn name_servers_may_end_with_a_dot() {
    let text = "
delegation-sets: {ours: {name-servers: [ns1.example.com., ns2.example.com]}}
hosted-zones: {shop.example: {public: true, delegation-set: ours}}
";
    let loaded = good(text);
    let mut sets = loaded.world.delegation_sets.values();
    let servers: Vec<&str> = sets.next().unwrap().name_servers.iter().map(|it| &**it).collect();
    assert_eq!(servers, ["ns1.example.com", "ns2.example.com"]);
}
