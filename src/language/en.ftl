# What explanations say. ko.ftl has the same messages with the same variables; src/language/messages.rs lists them.

## Who asks

internet = the internet
subnet_of = { $subnet } in { $vpc }
instance_of = { $instance } in { $vpc }
inbound_of = inbound endpoint { $endpoint } of { $vpc }

## Steps

asked_from = asked from { $place }
dns_support_off = DNS support is off in { $vpc }: the resolver does not reply
attributes_on = DNS support and DNS hostnames are on in { $vpc }
hostnames_off = DNS support is on and DNS hostnames is off in { $vpc }: the resolver skips private zones, private DNS of endpoints and host names
firewall_open = DNS Firewall is failing, so queries pass
firewall_closed = DNS Firewall is failing, so queries are blocked
firewall_alert = ALERT by { $rule } of { $group }: the query continues
firewall_block = BLOCK by { $rule } of { $group }
firewall_allow = ALLOW by { $rule } of { $group }
rule_for = the { $kind } rule { $id } for { $domain }
rule_nameless = the { $kind } rule { $id }
rule_matches = { $rule } matches the name
rule_inside = the rule's target is the inbound endpoint { $endpoint }, so the endpoint's VPC answers
rule_connection = the rule's target is in another VPC; a network connection to it is assumed
rule_own_range = the rule's target { $target } is in this VPC's range, but no inbound endpoint of the VPC has this address, so nobody answers
rule_several = inbound endpoints of several VPCs have the rule's target address { $address }, so none of them is used
rule_targets_untold = the rule's targets are not known, so nobody is asked; the answer is as if the targets did not reply
rule_domain_untold = the rule { $id } forwards some names of the VPC, but its domain is not known; this name is assumed not to be one of them
rules_off = the rule's targets are outside this configuration; vpcdns contacts them only with --forward-rules
rule_beaten = { $rule } matches the name too, but a more specific name wins
system_rule = { $rule } matches the name, so the query is not forwarded
no_private_name = no private zone in this VPC contains the name, so public DNS answers
hidden_zone = private DNS of { $endpoint } created the zone { $zone }, which contains the name
hosted_zone = the private hosted zone { $zone } contains the name
profile_brings = the Profile { $profile } brings it to this VPC
private_host_name = a private host name of { $region }
public_host_name = a public host name of { $region }
private_reverse_name = a reverse name of private address space
loopback_name = a loopback name
private_name = the service's name answers with the addresses of { $endpoint }
private_name_cname = the private name of a customer's service is a CNAME to { $endpoint }'s regional name
private_wildcard_cname = every name below this zone's name is a CNAME to the private name of { $endpoint }
private_wildcard = every name below this zone's name answers with the addresses of { $endpoint }
below_private_name = the zone has no records below its own name, and public DNS is not asked
zone_pending = the zone of { $endpoint } is empty while the endpoint is pending
regional_name = a regional name of { $endpoint }, which resolves from anywhere
zonal_name = a zonal name of { $endpoint }: the address of its network interface in that zone
unhealthy_left_out = unhealthy interfaces of { $endpoint } are left out
fail_open = every interface of { $endpoint } is unhealthy, so the answer has all of them
endpoint_not_answering = { $endpoint } is { $state }, so its names do not exist
no_such_endpoint_name = no endpoint has this name: its id, suffix, zone or service label is wrong
service_base_name = the base name of the endpoint service { $service } has no records
endpoint_space = endpoint names exist below this name; the name itself has no records
load_balancer_name = a load balancer's name: one address in each zone
load_balancer_zone = a load balancer's name in one zone
resource_private = the name of { $what }: its private addresses
resource_public = the name of { $what }: its public addresses
eks_cluster = an EKS cluster
efs_file_system = an EFS file system
rds_instance = an RDS instance
elasticache_cluster = an ElastiCache cluster
client_routing = the client routing policy gives the address of the asker's zone
no_such_load_balancer = no load balancer has this name
ip_name = the name contains the address { $address }
resource_name = the resource name of { $instance }
resource_name_off = the resource name of { $instance } is switched off
own_public_name = { $instance } is in the asker's VPC, so its public name gives its private address
peer_public_name = { $instance } is in a VPC whose peering { $peering } allows DNS resolution, so its public name gives its private address
public_name_by_form = the name contains the public address
reverse_of = the host name of { $address }
elastic_reverse = the domain name of the elastic address { $address }
no_reverse = neither this VPC nor a peered VPC has a name for this address
domain_apex = the domain itself has no addresses
no_host_name = no host name has this form
zone_record = the name exists in { $zone }
zone_wildcard = a wildcard of { $zone } covers the name
zone_no_data = the zone has the name, but no { $rtype } record for it
zone_no_name = the zone has no such name, and public DNS is not asked
routing_policy = several record sets share the name: their routing policy chooses
public_hosted_zone = the public hosted zone { $zone } holds the name
alias = an alias: the answer has the target's records under this name
cname = a CNAME: its target is resolved from the same place
chain_too_long = the chain of CNAMEs is too long
verification_record = the TXT record that proves an endpoint service's private name
public_zone = a public zone file contains the name
upstream_asked = the upstream resolver is asked
observed_address = a public name of AWS, with an address that AWS was seen to give
synthetic_not_offered = a public name of AWS, with a synthetic address; vpcdns's list of AWS services does not show that this region offers it
synthetic_address = a public name of AWS, with a synthetic address
gateway_record_type = the DNS record IP type of gateway endpoint { $endpoint } decides whether A or AAAA records are given
bucket_name = every bucket name resolves, whether the bucket exists or not
never_upstream = such a name exists only inside a VPC, so public DNS is not asked
no_such_public_name = the name is neither in this configuration nor in vpcdns's list of AWS names
no_data = the name exists, but has no { $rtype } record
names_below = names below this name exist, so it exists too, without records (RFC 8020)
dns64 = DNS64 is on in the subnet: the AAAA record is made from the A record
fault = a fault of the world applies to the query: { $answer }
fault_late = a fault of the world applies to the query: { $answer }, { $delay } ms late
usual_answer = the usual answer

## Why an endpoint does not answer

private_dns_off = { $endpoint } serves this name, but its private DNS is off: only the endpoint's own names resolve to it
private_dns_ineffective = private DNS of { $endpoint } is on, but without DNS hostnames it has no effect
private_dns_not_yet = private DNS of { $endpoint } is on, but the endpoint is { $state }
private_dns_inbound_only = private DNS of { $endpoint } applies only to queries that come through an inbound Resolver endpoint
other_name_servers = { $options } gives instances other name servers; this is the answer of the Amazon-provided one

## Assumptions

synthetic = the public address is synthetic: a stable address inside a range AWS publishes
offered_untold = it is not known whether this region offers the service: no source of vpcdns's list of AWS services has it (`services: known-only` under `switches` makes the name NXDOMAIN)
name_inferred = the region's public name is inferred, not observed
new_instance_ipv6 = the path is that of a new instance in { $subnet }, with IPv6 addresses only
new_instance_public = the path is that of a new instance in { $subnet }, with a public address (MapPublicIpOnLaunch is on)
new_instance_private = the path is that of a new instance in { $subnet }, without a public address (MapPublicIpOnLaunch is off)
nat_gateway_assumed = NAT gateway { $id } is not in this configuration; it is assumed to exist, in a subnet with a route to the internet gateway
onward_assumed = { $target } is not in this configuration; it is assumed to exist and to lead to the address
passes_on = { $instance } is assumed to forward traffic of other hosts, though its source/destination check is on
groups_assumed = where the world does not say which security groups an interface has, they are assumed to let the traffic pass

## Facts

fact_documented = AWS's documentation or API model says so
fact_observed = somebody posted output that shows it
fact_assumed = no source says it: vpcdns's own judgement
fact_source = source
fact_sourceless = none recorded
fact_cases = cases
fact_caseless = none
fact_check = checked by
fact_not_built = not built
fact_not_yet = not yet
fact_unknown = no fact has the id { $id }; docs/behaviours.md lists them all
fact_near = no fact has the id { $id }; near it: { $ids }

## The way of the traffic

way_private = private path
way_over = { $way }, over { $hop }
way_through_endpoint = { $way }, through the interface endpoint
way_public = public path, over the internet
way_gateway = by the gateway endpoint's route
way_nowhere = nowhere
way_nowhere_why = nowhere: { $why }
way_blocked = blocked
way_blocked_why = blocked: { $why }
host_in = a host in { $vpc }
new_instance_in = a new instance in { $subnets } of { $vpc }
internet_host = a host on the internet
on_premises = a host on premises
router = router ({ $route } in { $table })
internet_gateway = internet gateway { $id }
nat_gateway = NAT gateway { $id }
peering = peering connection { $id }
internet_hop = internet
gateway_endpoint = gateway endpoint { $id }
interface_endpoint = interface endpoint { $id } ({ $address })
private_link = PrivateLink
load_balancer = load balancer { $name }
load_balancer_of_service = load balancer { $name } (endpoint service)
both = { $one } and { $other }
either = { $one } or { $other }
service = service { $name }
router_nowhere = router: { $why } (nowhere)
transit_gateway = transit gateway { $id }
virtual_private_gateway = virtual private gateway { $id }
network_interface = network interface { $id }
endpoint = endpoint { $id }
local_gateway = local gateway { $id }
carrier_gateway = carrier gateway { $id }

## Why a way leads nowhere

no_route = no route in { $table }
no_public_address = the instance has no public address, which internet gateway { $gateway } needs
no_public_address_new = a new instance gets no public address (MapPublicIpOnLaunch is off), which internet gateway { $gateway } needs
no_ipv4_address = the instance has no IPv4 address
ipv6_only = the subnet has IPv6 addresses only
gateway_detached = internet gateway { $gateway } is not attached to the VPC
gateway_gone = internet gateway { $gateway } does not exist (blackhole)
blackhole = the route's target { $target } is gone or stopped (blackhole)
nat_without_route = NAT gateway { $id } has no way to the internet: its subnet's { $table } has no route
nat_without_gateway = NAT gateway { $id } has no way to the internet: its VPC has no internet gateway
private_nat = NAT gateway { $id } is private, and internet gateway { $gateway } drops what comes from it
peering_not_active = { $peering } is { $state }
peering_out_of_range = { $peering } leads only to { $vpc }, which does not have the address
no_route_back = the other VPC has no route back in { $table }
no_gateway_there = { $vpc } has no internet gateway
route_loop = the routes form a loop
private_address = a private address cannot be reached from outside its VPC
no_table = the VPC has no route table
no_subnet = { $vpc } has no subnet, so no host can ask
group_egress = no outbound rule of { $groups } allows { $port } to { $address }
group_ingress = no inbound rule of { $groups } allows { $port } from there
acl_egress = rule { $entry } of network ACL { $acl } denies outbound { $port } in { $subnet }
acl_ingress = rule { $entry } of network ACL { $acl } denies inbound { $port } in { $subnet }
acl_reply = rule { $entry } of network ACL { $acl } denies replies in { $subnet }, which go to ports from { $port } on

## Hints: what is wrong with a name

hint_did_you_mean = { $sentence } Did you mean { $name }?
hint_explained_here = { $sentence } The name in it is explained here.
hint_url = This is a URL. DNS is asked only for the name in it.
hint_path = `{ $path }` belongs to a URL, not to the name.
hint_port = `:{ $port }` is a port. DNS is asked for the name only: an address has no port.
hint_empty_label = A dot has no label in front of it.
hint_space = A name has no space in it.
hint_words = `{ $words }` does not belong to the name.
hint_address = This is an address, not a name. `dig -x { $address }` asks which name it has: it asks for the PTR record of { $reverse }.
hint_service_name = This is the name of a service, as an endpoint is created for it. DNS has other names.
hint_service = No service of AWS has `{ $wrong }` in its names: `{ $right }` is near.
hint_service_called = The names of this service have `{ $right }` where `{ $written }` is written.
hint_service_pattern = The service `{ $written }` has its names by another pattern: { $names }.
hint_other_region = The name says the region `{ $written }`, but the endpoint is for `{ $region }`.
hint_not_a_region = `{ $written }` is not a region of AWS: `{ $region }` is.
hint_no_region = The name lacks the region: `{ $region }` stands after the service.
hint_no_domain = The name ends after the region: `{ $domain }` is missing.
hint_wrong_domain = The name ends with `{ $written }`, but names of AWS end with `{ $domain }` in this region.
hint_zone_name = The zone { $zone } has no `{ $written }`, but it has `{ $near }`.
hint_endpoint_id = No endpoint here has the id `vpce-{ $written }`: `vpce-{ $right }` is one.
hint_no_random = The endpoint's random part is missing: `{ $right }` stands after its id.
hint_random = The endpoint's random part is `{ $right }`, not `{ $written }`.
hint_digit_for_letter = { $sentence } It has the digit { $right } where the letter { $wrong } is written.
hint_letter_for_digit = { $sentence } It has the letter { $right } where the digit { $wrong } is written.
hint_not_a_zone = `{ $written }` is not a zone: `{ $zone }` is.
hint_zone = The endpoint has no network interface in the zone `{ $written }`, but in { $zones }.
hint_no_zones = An endpoint to another region's service has no name for a zone.
hint_endpoint_front = Nothing may stand in front of this endpoint's name: `{ $part }` does.
hint_endpoint_service = The endpoint is for `{ $service }`, not for `{ $written }`.
hint_after_label = After the endpoint's label stands `{ $base }`.
hint_vpce = `{ $written }` should be `vpce`.
hint_no_vpce = An endpoint's own name has the label `vpce` between the region and the domain.

## Hints: why an answer is as it is

hint_internet_address = DNS gives this name to everybody, but its address is private: no packet from the internet reaches it. Ask and connect from the VPC, or from a network that is joined to it.
hint_internet_name = Only the resolver of a VPC has such a name, and the internet does not ask it. Ask from an instance of the VPC.
hint_internet_service = Private DNS of an endpoint changes this name only for those who ask the resolver of the endpoint's VPC. The internet always gets the public address.
hint_hostnames_off_private_dns = Private DNS needs DNS support and DNS hostnames, both on. DNS hostnames is off, so { $endpoint } keeps its private DNS but the resolver does not use it. { $command } brings it back.
hint_hostnames_off_host_name = While DNS hostnames is off, instances of the VPC have no public DNS name, and the VPC does not use its own host names. { $command } gives them their names.
hint_endpoint_of_other_region = The name is of { $asked }. Private DNS of { $endpoint } covers the service's name in { $own } only, so this name stays public.
hint_gateway = A gateway endpoint changes no DNS answer: the name stays public. The route table decides, because { $endpoint } has put a route to the service's addresses into it. So the traffic does not go over the internet.
hint_gateway_no_route = The VPC has the gateway endpoint { $endpoint }, but no route to it in the route table that is used here. A gateway endpoint works only for subnets whose route table is associated with it.
hint_ping = The network interfaces of an endpoint do not reply to ping (N52). `curl` to the service's port tells whether it is reached.

## Explanations and tables on a terminal

question_asked = { $name } { $rtype } asked from { $place }
answer_line = answer: { $status } ({ $verdict })
hint_line = hint: { $text }
way_to = way to { $address }: { $kind }
way_to_from = way to { $address } from { $place }: { $kind }
kind_private = private
kind_public = public
kind_gateway = gateway
kind_peering = peering
kind_transit = transit gateway
assumed = assumed
assumed_line = assumed: { $text }
assumptions = assumptions:
no_interface_endpoint = there is no interface endpoint, so there is no private DNS to switch
table_title = { $endpoint } ({ $service }) in { $vpc }
table_marks = > marks the rows that apply now.
private_dns = private DNS
dns_support = DNS support
dns_hostnames = DNS hostnames
name_asked = name
answer = answer
traffic_takes = way of the traffic
service_name = the service's default DNS host name
endpoint_name = the endpoint's own DNS host name
service_short = service
endpoint_short = endpoint
on = on
off = off
none = none
refused = refused: { $code }

## The differences between two configurations, and what breaks

cause_public = public
cause_then = { $first }, then { $second }
cause_hostnames_off = { $cause } (DNS hostnames off)
cause_support_off = DNS support off in { $vpc }
cause_firewall = DNS Firewall: BLOCK by { $rule } of { $group }
cause_firewall_closed = DNS Firewall fails closed
cause_rule = Resolver rule { $id }
cause_rule_for = Resolver rule { $id } for { $domain }
cause_inbound = inbound endpoint { $id }
cause_endpoint_is = endpoint { $endpoint } is { $state }
cause_hosted_zone = private hosted zone { $name } ({ $id })
cause_host_names = host names of the VPC
cause_reverse_names = reverse names of the VPC
cause_loopback = loopback names
cause_no_such_name = no such name
cause_base_name = base name of { $id }
cause_load_balancer = load balancer
cause_verification = verification record
cause_public_zone = public zone file
cause_upstream = upstream resolver
cause_gateway_type = record type of gateway endpoint { $id }
forwarded_to = { $status } to { $target }
upstream_resolver = the upstream resolver
anywhere_in = anywhere in { $vpc }
places_in = { $places } in { $vpc }
subnet = subnet { $name }
no_answer_differs = { $one } and { $other }: no answer differs
only_in = only in { $side }: { $places }
world_before = the world before
world_after = the world after
one_name = 1 name: { $what }
names = { $count } names: { $what }
nothing_breaks = nothing breaks
breaks_for = breaks for { $place }
new_instances = a subnet means a new instance in it, which has a public address if MapPublicIpOnLaunch is on
no_address_any_more = no address any more, { $status }: { $cause }
no_ipv6_address_any_more = no IPv6 address any more, { $status }: { $cause }
way_lost = the way was { $before } and now leads { $after }
no_way = no way

## The survey

survey_sum = { $count } names: { $counts }
count_private = { $count } private
count_public = { $count } public
count_failed = { $count } failed
of_which = { $counted }, of which { $parts }
part_and = { $one } and { $other }
leads_nowhere = { $count } leads nowhere
lead_nowhere = { $count } lead nowhere
leads_nowhere_in_part = { $count } leads nowhere in part
lead_nowhere_in_part = { $count } lead nowhere in part
takes_gateway = { $count } takes a gateway endpoint
take_gateway = { $count } take a gateway endpoint
services_nameless = services without a known DNS name ({ $count }): { $services }
and_more = { $shown } and { $count } more
not_followed = not followed (IPv6)
way_at = { $way } (to { $address })
way_at_from = { $way } (from { $place })

## Findings

something_broken = 1 thing is broken
things_broken = { $count } things are broken
nothing_broken = nothing is broken
one_dangerous = 1 is dangerous
several_dangerous = { $count } are dangerous
finding_broken = BROKEN
finding_dangerous = DANGEROUS
finding_note = NOTE
finding_where = where
finding_names = names
finding_resources = what
finding_cure = cure
finding_facts = facts
findings_of_rule = { $count } more of { $rule }; --all prints them
looking_for_findings = looking at the rules
stays_public = Private DNS of { $endpoint } does not cover { $name }: that name stays public, and its traffic leaves the VPC
stays_public_lost = Private DNS of { $endpoint } does not cover { $name }: that name stays public, and these subnets have no way to it, so requests time out
public_apis = Private DNS of { $endpoint } takes the names of every API of the region, but the endpoint serves private APIs only: a call to a public API from here fails with 403 Forbidden
public_apis_cure = Give public APIs a custom domain name, or switch private DNS of { $endpoint } off and call private APIs by the endpoint's own name with a Host or x-apigw-api-id header
global_sts_cure = Set AWS_STS_REGIONAL_ENDPOINTS=regional for clients, or use an SDK whose default is regional
legacy_sqs_cure = Update the AWS CLI and boto3, set BOTO_DISABLE_COMMONNAME=true for old ones, or give clients the endpoint URL https://sqs.{ $region }.{ $domain }
global_s3_cure = Set AWS_REGION={ $region } and AWS_S3_US_EAST_1_REGIONAL_ENDPOINT=regional for clients, and write bucket URLs with the region
other_names = The endpoints of { $vpc } answer for the plain names of { $region }: names of other regions and FIPS names stay public, and these subnets have no way to them
other_names_cure = Keep AWS_REGION={ $region } and AWS_USE_FIPS_ENDPOINT off in clients here; a call to another region, or by a FIPS name, needs an endpoint of its own or a NAT gateway
family_incomplete = { $family } cannot work in these subnets: they have no way to { $services }
family_lacks = { $family } in these subnets has no way to { $services }, which most set-ups of it use
family_incomplete_cure = Make an endpoint with private DNS for each of { $services }, or give the subnets a route to a NAT gateway
family_s3_cure = Associate a gateway endpoint of S3 with the subnets' route tables, or give the subnets a route to a NAT gateway
family_both_cure = Make an endpoint with private DNS for each of { $services } and associate a gateway endpoint of S3 with the subnets' route tables, or give the subnets a route to a NAT gateway
below_missing = Private DNS of { $endpoint } makes a zone that does not have { $names }, so these names do not exist in the VPC
below_missing_cure = Fetch what these names offer from outside the VPC, give tools the value (such as the thumbprint) by hand, or make a private hosted zone with each of these names
guarded = Private DNS leads { $name } to { $endpoint }, which these clients do not reach: { $why }
guarded_cure = Allow TCP 443 from these clients in the security groups and network ACLs of { $endpoint }, or keep its private DNS off
dead_zone = The hosted zone { $zone } has the name of an AWS service and answers no address, so the service cannot be found here
dead_zone_cure = Point its alias record at an endpoint that exists, or take the zone away from the VPC and switch private DNS of an endpoint on
leftover_zone = The hosted zone { $zone } answers { $addresses }, which is no endpoint's, and AWS refuses to switch private DNS of { $endpoint } on beside it
leftover_zone_cure = Take the zone away from the VPC, wait some minutes, then switch private DNS of { $endpoint } on; or correct its records
hub = Private DNS of the endpoints in { $hub } does not reach { $vpc }: there the names stay public, and these subnets have no way to them
hub_cure = Share the names: a private hosted zone for each of them with an alias to the endpoint in { $hub }, associated with every VPC, or a Route 53 Profile that has the endpoints
incomplete_zone = The hosted zone { $zone } serves { $service }, which also uses { $names }, and nothing private answers for that
incomplete_zone_cure = Add { $names }: a wildcard as a record * in the zone, another name as a zone of its own
high_zone = The hosted zone { $zone } lies above AWS's names and answers for all of them: { $names } and others do not exist in the VPC
high_zone_cure = Replace { $zone } by a zone for each name that it was made for
s3_inbound_only = Private DNS of { $endpoint } is for inbound Resolver endpoints only: hosts of the VPC are still given public addresses of S3, and use the gateway endpoint
s3_inbound_only_unused = Private DNS of { $endpoint } is for inbound Resolver endpoints only, and the VPC has none, so nobody is given its addresses
s3_inbound_only_lost = Private DNS of { $endpoint } is for inbound Resolver endpoints only: hosts here are given public addresses of S3, and these subnets have no way to them
s3_inbound_only_cure = Associate the gateway endpoint of S3 with every route table, or set PrivateDnsOnlyForInboundResolverEndpoint of { $endpoint } to false to move the VPC's own traffic too
s3_all_resolvers = Private DNS of { $endpoint } is for all resolvers: the VPC's traffic to S3 goes through it, which costs by the hour and by the gigabyte, and no longer through { $gateway }, which is free
s3_all_resolvers_cure = Set PrivateDnsOnlyForInboundResolverEndpoint of { $endpoint } to true if only hosts on premises need it
not_in_dns = Nothing in DNS leads to { $endpoint }: private DNS cannot be switched on for { $service }, so no client uses it by itself
not_in_dns_cure = Give clients the endpoint URL https://{ $name }, or delete the endpoint
support_off = DNS support of { $vpc } is off, and its DHCP options give instances the resolver that does not reply
support_off_cure = Switch enableDnsSupport of { $vpc } on, or give it DHCP options with other DNS servers
zones_dead = DNS hostnames of { $vpc } is off, so its private hosted zones are skipped without an error
private_dns_dead = DNS hostnames of { $vpc } is off, so private DNS of its endpoints has no effect although it is on
nodes_nameless = DNS hostnames of { $vpc } is off, so the nodes of its EKS cluster cannot resolve their own names
hostnames_cure = Switch enableDnsHostnames of { $vpc } on, with enableDnsSupport
root_rule = The rule { $rule } forwards every name, but while DNS hostnames is on the VPC answers { $names } itself
root_rule_cure = Where the forwarder should answer them, add FORWARD rules for these domains; otherwise leave it so
rule_wins = The rule { $rule } forwards { $domain }, so the VPC never answers that from { $beaten }
rule_wins_cure = Take the rule away from this VPC, or add a SYSTEM rule for the name where the VPC should answer itself
gateway_idle = The gateway endpoint { $gateway } for { $service } is in no route table, so it carries no traffic
gateway_idle_cure = Associate { $gateway } with the route tables of the subnets that should use it
gateways_side_by_side = { $vpc } has several gateway endpoints for { $service }: { $gateways }. A route table takes one of them, so a stack that adds its own to a table in use fails
gateways_side_by_side_cure = Keep one gateway endpoint for the VPC, owned by one stack, and associate every route table with it
gateway_routes_gone = The routes of { $gateway } to { $service } are gone, and these subnets have no other way to it
gateway_gone_public = The routes of { $gateway } to { $service } are gone: traffic from these subnets now leaves over the internet, and policies with aws:sourceVpce refuse it
gateway_gone_cure = Keep a gateway endpoint for { $service } in the route tables of these subnets
zones_without_service = The service of { $endpoint } is not in { $zones }: hosts there cross to another zone, and an endpoint with a subnet there is refused
zones_without_service_cure = Choose subnets by zone id, from what DescribeVpcEndpointServices lists for the account; zone names differ between accounts
pending_names = { $endpoint } is still being made, so a lookup of its names now gets the public answer or none
pending_names_cure = Wait until the state is available, then some minutes more, and let resolvers forget what they cached
over_ipv6 = { $vpc } has a way out over IPv6: clients that prefer dual-stack names leave through it, past the endpoints, which have IPv4 addresses only
over_ipv6_cure = Leave AWS_USE_DUALSTACK_ENDPOINT off in clients, or make the endpoints dual-stack
forwarders_needed = Hosts on premises get the private names through { $endpoint } only as far as their DNS servers forward each of these domains
not_all_forwarded = Rules forward some of the private names to { $endpoint }, but not these, which stay public for those who ask by the rules
on_premises_cure = Forward { $names } to the addresses of { $endpoint }
custom_dns = The DHCP options { $set } give instances of { $vpc } the DNS servers { $servers }, which know private names only if they forward to the VPC's resolver; Session Manager needs that too
custom_dns_cure = Let these servers forward the names to { $resolver }, or use AmazonProvidedDNS with Resolver rules for the other domains
unverified = The private name { $name } of { $service } is { $state }, so no consumer can switch private DNS on
unverified_cure = Publish the TXT record { $owner } with the value { $value } in public DNS, then start the verification
asked_outside = Questions here are asked from the internet unless a client says otherwise: a service's name shows public addresses although private DNS works, and an endpoint's own name shows private addresses that lead nowhere
asked_outside_cure = Ask from an instance of the VPC (--from), or through an inbound Resolver endpoint

## Labs and checks

answers_as_in_chapter = { $equal } of { $asked } answers as in the chapter
as_in_chapter = as in the chapter
not_as_in_chapter = not as in the chapter
chapter_prints = chapter: { $text }
ours_prints = ours:    { $text }
prints_nothing = (nothing)
answers_as_expected = { $equal } of { $asked } answers as expected
as_expected = as expected
not_as_expected = not as expected
lab_prints = lab:     { $text }
lab_written = wrote { $name }; `vpcdns lab { $name }` checks it, `vpcdns serve { $name }` shows it
file_exists = { $name }: the file exists, and is left as it is
only_new_takes_a_file = only `vpcdns lab new` takes a second name: { $name }
labs_how = walk one with `vpcdns lab NAME`, the chapter's two DNS labs with `vpcdns lab all`, all with `vpcdns lab every`; begin one with `vpcdns lab new FILE`
test_step = step { $number }: { $name }
test_given = got:     { $text }
test_because = because: { $text }
expectations_met = { $met } of { $all } expectations met
test_files_unread = files that could not be read: { $count }
verify_from = asked as { $place }
verify_same = same
verify_different = DIFFERENT
verify_unknown = not known
verify_world = world:    { $text }
verify_resolver = resolver: { $text }
verify_reasons = The world's answer rests on this; one line does not hold there:
verify_as_before = The world's answer rests on the same as the one before.
verify_sum = { $same } same, { $different } different, { $unknown } not known to the world
verify_unasked = { $count } more were not asked, because the resolver had answered none until then
no_lab = there is no lab or file `{ $name }`; the labs are { $labs }, `all` and `every`
no_problems = no problems
one_problem = 1 problem
problems = { $count } problems
one_warning = 1 warning
warnings = { $count } warnings
one_note = 1 note
notes = { $count } notes
one_other_note = 1 other note: --notes all shows it
other_notes = { $count } other notes: --notes all shows them
check_what = check: give at least one world, as in `vpcdns check world.yaml`
asking_services = asking services
comparing_places = comparing places
looking_for_breaks = looking for what breaks
computing_tables = computing the table of each endpoint

## What a code of a refusal means

gloss_missing = a value that the action needs is missing
gloss_parameter = a value does not fit the other values or the resource it is for
gloss_value = a value is of the wrong form or out of its range
gloss_combination = these values cannot be given together
gloss_dependency = something still uses the resource; delete or detach that first
gloss_unsupported = this cannot be done to this resource
gloss_exists = there is one already
gloss_state = the resource is not in a state that allows it
gloss_connections = endpoints are still connected to the service; reject their connections first
gloss_signature = the request is not signed with the secret that this server expects
gloss_service_name = there is no such service, or not in this region
gloss_addresses = the subnet has no free address left
gloss_zones = an endpoint takes one subnet in each Availability Zone
gloss_policy = the policy is not valid
gloss_principal = the principal is not an ARN that AWS knows
gloss_in_use = the address is taken already
gloss_conflict = the range overlaps another subnet's
gloss_range = the range is not of a size or place that AWS allows
gloss_action = this action is unknown, or not built in vpcdns
gloss_dry_run = the request was only a trial: it would have been done
gloss_unavailable = the server could not write, and nothing was changed
gloss_not_found = there is no resource of this id or name here
gloss_malformed = the id is not of the right form
gloss_duplicate = there is one of this name already
gloss_limit = this is more than AWS allows
refusal_means = { $code }: { $meaning }
## A class

class_code = The link is not the one of this class. Ask the teacher for the link.
class_name = A name has 1 to { $most } letters, digits or hyphens, and begins and ends with a letter or digit.
class_taken = { $name } has joined already. If that is you, go on in the browser in which you joined, or ask the teacher for your link. Else choose another name.
class_full = The class is full: it has { $most } students. Tell the teacher.
class_no_room = There is no room for your configuration: { $why }. Tell the teacher.
class_nobody = There is no student of that name. Join at /join, or at the link that the teacher gave you.
class_not_yours = This is the configuration of { $name }. If that is you, go on in the browser in which you joined, sign with your secret, or ask the teacher for your link.
class_only_shown = This is the teacher's screen, and you can only look at it. Leave it to change your own configuration.
class_nothing_shown = The teacher shows nothing now.
