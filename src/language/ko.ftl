# 설명에 나오는 문장. en.ftl과 메시지와 변수가 같다. 이름에는 조사를 붙이지 않는다. 어떤 이름이 올지 모르기 때문이다.

## 누가 묻는가

internet = 인터넷
subnet_of = { $vpc }의 { $subnet }
instance_of = { $vpc }의 { $instance }
inbound_of = { $vpc }의 인바운드 엔드포인트 { $endpoint }

## 단계

asked_from = 질의한 곳: { $place }
dns_support_off = { $vpc }: DNS 확인이 꺼져 있어 리졸버가 응답하지 않습니다
attributes_on = { $vpc }: DNS 확인과 DNS 호스트 이름이 모두 켜져 있습니다
hostnames_off = { $vpc }: DNS 확인은 켜져 있고 DNS 호스트 이름은 꺼져 있습니다. 리졸버는 프라이빗 영역, 엔드포인트의 프라이빗 DNS, 호스트 이름을 건너뜁니다
firewall_open = DNS 방화벽이 동작하지 않아 질의를 통과시킵니다
firewall_closed = DNS 방화벽이 동작하지 않아 질의를 차단합니다
firewall_alert = { $group }의 규칙 { $rule }: ALERT. 질의는 계속됩니다
firewall_block = { $group }의 규칙 { $rule }: BLOCK
firewall_allow = { $group }의 규칙 { $rule }: ALLOW
rule_for = { $domain } 도메인의 { $kind } 규칙 { $id }
rule_nameless = { $kind } 규칙 { $id }
rule_matches = 이름과 일치하는 규칙: { $rule }
rule_inside = 규칙의 대상은 인바운드 엔드포인트 { $endpoint }입니다. 그 엔드포인트의 VPC가 응답합니다
rule_connection = 규칙의 대상이 다른 VPC에 있습니다. 그곳까지 네트워크가 연결되어 있다고 가정합니다
rule_own_range = 규칙의 대상 { $target }: 이 VPC의 주소 범위에 있지만 이 주소를 가진 인바운드 엔드포인트가 없어 아무도 응답하지 않습니다
rule_several = 규칙의 대상 주소 { $address }: 여러 VPC의 인바운드 엔드포인트가 이 주소를 가지고 있어 어느 것도 쓰지 않습니다
rule_targets_untold = 규칙의 대상을 알 수 없어 아무에게도 묻지 않습니다. 대상이 응답하지 않을 때와 같은 응답입니다
rule_domain_untold = 규칙 { $id }: VPC의 이름 일부를 전달하지만 도메인을 알 수 없습니다. 이 이름은 해당하지 않는다고 가정합니다
rules_off = 규칙의 대상이 이 구성 밖에 있습니다. vpcdns는 --forward-rules가 있을 때만 그곳에 묻습니다
rule_beaten = { $rule }: 이 이름과도 일치하지만 더 구체적인 이름이 우선합니다
system_rule = { $rule }: 이름과 일치하므로 질의를 전달하지 않습니다
no_private_name = 이 VPC의 프라이빗 영역에 이 이름이 없어 퍼블릭 DNS가 응답합니다
hidden_zone = { $endpoint }: 프라이빗 DNS가 만든 영역 { $zone }에 이 이름이 들어 있습니다
hosted_zone = 프라이빗 호스팅 영역 { $zone }에 이 이름이 들어 있습니다
profile_brings = Profile { $profile }: 이것을 이 VPC에 연결합니다
private_host_name = { $region } 리전의 프라이빗 호스트 이름
public_host_name = { $region } 리전의 퍼블릭 호스트 이름
private_reverse_name = 프라이빗 주소 공간의 역방향 이름
loopback_name = 루프백 이름
private_name = 서비스의 이름이 엔드포인트의 주소로 응답합니다: { $endpoint }
private_name_cname = 고객 서비스의 프라이빗 이름은 엔드포인트의 리전 이름을 가리키는 CNAME입니다: { $endpoint }
private_wildcard_cname = 이 영역의 이름 아래에 있는 모든 이름은 엔드포인트의 프라이빗 이름을 가리키는 CNAME입니다: { $endpoint }
private_wildcard = 이 영역의 이름 아래에 있는 모든 이름은 엔드포인트의 주소로 응답합니다: { $endpoint }
below_private_name = 이 영역에는 자기 이름 아래의 레코드가 없고, 퍼블릭 DNS에는 묻지 않습니다
zone_pending = { $endpoint }: 엔드포인트가 pending 상태인 동안 그 영역은 비어 있습니다
regional_name = 엔드포인트의 리전 이름입니다. 어디에서나 조회됩니다: { $endpoint }
zonal_name = 엔드포인트의 가용 영역별 이름입니다. 그 가용 영역의 네트워크 인터페이스 주소로 응답합니다: { $endpoint }
unhealthy_left_out = { $endpoint }: 비정상 인터페이스는 응답에서 뺍니다
fail_open = { $endpoint }: 모든 인터페이스가 비정상이어서 응답에 모두 넣습니다
endpoint_not_answering = { $endpoint }: 상태({ $state }) 때문에 그 이름이 없습니다
no_such_endpoint_name = 이런 이름을 가진 엔드포인트가 없습니다. 아이디, 접미사, 가용 영역, 서비스 레이블 가운데 틀린 것이 있습니다
service_base_name = 엔드포인트 서비스의 기본 이름에는 레코드가 없습니다: { $service }
endpoint_space = 이 이름 아래에 엔드포인트의 이름이 있습니다. 이 이름 자체에는 레코드가 없습니다
load_balancer_name = 로드 밸런서의 이름입니다. 가용 영역마다 주소가 하나씩 있습니다
load_balancer_zone = 로드 밸런서의 가용 영역 하나에 대한 이름입니다
resource_private = { $what }: 프라이빗 주소로 응답하는 이름입니다
resource_public = { $what }: 퍼블릭 주소로 응답하는 이름입니다
eks_cluster = EKS 클러스터
efs_file_system = EFS 파일 시스템
rds_instance = RDS 인스턴스
elasticache_cluster = ElastiCache 클러스터
client_routing = 클라이언트 라우팅 정책에 따라 질의한 곳과 같은 가용 영역의 주소로 응답합니다
no_such_load_balancer = 이런 이름을 가진 로드 밸런서가 없습니다
ip_name = 이름에 들어 있는 주소: { $address }
resource_name = 인스턴스의 리소스 이름: { $instance }
resource_name_off = { $instance }: 리소스 이름이 꺼져 있습니다
own_public_name = { $instance }: 질의한 곳과 같은 VPC에 있으므로 퍼블릭 이름이 프라이빗 주소로 응답합니다
peer_public_name = { $instance }: 피어링 { $peering }의 DNS 확인이 허용된 VPC에 있으므로 퍼블릭 이름이 프라이빗 주소로 응답합니다
public_name_by_form = 이름에 퍼블릭 주소가 들어 있습니다
reverse_of = 주소 { $address }의 호스트 이름
elastic_reverse = 탄력적 IP 주소의 도메인 이름: { $address }
no_reverse = 이 VPC와 피어링된 VPC에는 이 주소의 이름이 없습니다
domain_apex = 도메인 자체에는 주소가 없습니다
no_host_name = 이런 형식의 호스트 이름은 없습니다
zone_record = 이름이 있는 영역: { $zone }
zone_wildcard = 영역 { $zone }: 와일드카드가 이 이름에 적용됩니다
zone_no_data = 영역에 이름은 있지만 { $rtype } 레코드가 없습니다
zone_no_name = 영역에 이런 이름이 없고, 퍼블릭 DNS에는 묻지 않습니다
routing_policy = 여러 레코드 세트의 이름이 같습니다. 라우팅 정책이 고릅니다
public_hosted_zone = 퍼블릭 호스팅 영역 { $zone }에 이 이름이 있습니다
alias = 별칭(alias)입니다. 응답에는 대상의 레코드가 이 이름으로 들어갑니다
cname = CNAME입니다. 대상을 같은 곳에서 다시 조회합니다
chain_too_long = CNAME이 너무 길게 이어집니다
verification_record = 엔드포인트 서비스의 프라이빗 이름을 증명하는 TXT 레코드
public_zone = 퍼블릭 영역 파일에 이 이름이 있습니다
upstream_asked = 업스트림 리졸버에 묻습니다
observed_address = AWS의 퍼블릭 이름입니다. 주소는 AWS가 응답한 것으로 관찰된 값입니다
synthetic_not_offered = AWS의 퍼블릭 이름입니다. 주소는 만들어 낸 값입니다. 이 리전에서 서비스를 제공하는지는 목록에 나오지 않습니다
synthetic_address = AWS의 퍼블릭 이름입니다. 주소는 만들어 낸 값입니다
gateway_record_type = 게이트웨이 엔드포인트 { $endpoint }: DNS 레코드 IP 유형에 따라 A나 AAAA 레코드로 응답합니다
bucket_name = 버킷이 있든 없든 버킷의 이름은 모두 조회됩니다
never_upstream = VPC 안에만 있는 이름이어서 퍼블릭 DNS에는 묻지 않습니다
no_such_public_name = 이 구성에도 AWS 이름 목록에도 없는 이름입니다
no_data = 이름은 있지만 { $rtype } 레코드가 없습니다
names_below = 이 이름 아래에 다른 이름이 있으므로, 레코드는 없어도 이름은 있습니다(RFC 8020)
dns64 = 서브넷의 DNS64가 켜져 있어 A 레코드로 AAAA 레코드를 만듭니다
fault = 설정한 장애가 이 질의에 적용됩니다: { $answer }
fault_late = 설정한 장애가 이 질의에 적용됩니다: { $answer }, { $delay } ms 늦게
usual_answer = 평소의 응답

## 엔드포인트가 응답하지 않는 이유

private_dns_off = { $endpoint }: 이 이름의 서비스이지만 프라이빗 DNS가 꺼져 있습니다. 엔드포인트 자신의 이름만 그 주소로 조회됩니다
private_dns_ineffective = { $endpoint }: 프라이빗 DNS는 켜져 있지만 DNS 호스트 이름이 꺼져 있어 효력이 없습니다
private_dns_not_yet = { $endpoint }: 프라이빗 DNS는 켜져 있지만 엔드포인트의 상태가 { $state }입니다
private_dns_inbound_only = { $endpoint }: 프라이빗 DNS가 인바운드 Resolver 엔드포인트로 들어온 질의에만 적용됩니다
other_name_servers = { $options }: 인스턴스가 다른 이름 서버를 쓰게 합니다. 이것은 Amazon 제공 DNS의 응답입니다

## 가정

synthetic = 퍼블릭 주소는 만들어 낸 값입니다. AWS가 공개한 범위 안에서 늘 같은 주소를 씁니다
offered_untold = 이 리전에서 서비스를 제공하는지 알 수 없습니다. 목록의 어느 출처에도 없습니다(`switches`의 `services: known-only`로 이 이름을 NXDOMAIN으로 만들 수 있습니다)
name_inferred = 이 리전의 퍼블릭 이름은 관찰한 것이 아니라 추론한 것입니다
new_instance_ipv6 = { $subnet }에 새로 만든, IPv6 주소만 있는 인스턴스의 경로입니다
new_instance_public = { $subnet }에 새로 만든, 퍼블릭 주소가 있는 인스턴스의 경로입니다(MapPublicIpOnLaunch 켜짐)
new_instance_private = { $subnet }에 새로 만든, 퍼블릭 주소가 없는 인스턴스의 경로입니다(MapPublicIpOnLaunch 꺼짐)
nat_gateway_assumed = NAT 게이트웨이 { $id }: 이 구성에 없습니다. 인터넷 게이트웨이로 가는 경로가 있는 서브넷에 있다고 가정합니다
onward_assumed = { $target }: 이 구성에 없습니다. 있으며 그 주소로 이어진다고 가정합니다
passes_on = { $instance }: 원본/대상 확인이 켜져 있지만 다른 호스트의 트래픽을 전달한다고 가정합니다
groups_assumed = 인터페이스의 보안 그룹을 알 수 없으면 트래픽이 허용된다고 가정합니다

## 사실

fact_documented = AWS의 문서나 API 모델에 있음
fact_observed = 누군가가 올린 출력에서 확인됨
fact_assumed = 출처가 없음: vpcdns의 판단
fact_source = 출처
fact_sourceless = 기록된 것이 없음
fact_cases = 케이스
fact_caseless = 없음
fact_check = 검사
fact_not_built = 구현 안 됨
fact_not_yet = 아직 없음
fact_unknown = 아이디가 { $id }인 사실이 없습니다. 모든 사실은 docs/behaviours.md에 있습니다
fact_near = 아이디가 { $id }인 사실이 없습니다. 비슷한 아이디: { $ids }

## 트래픽의 경로

way_private = 프라이빗 경로
way_over = { $way }, 경유: { $hop }
way_through_endpoint = { $way }, 인터페이스 엔드포인트 경유
way_public = 인터넷을 거치는 퍼블릭 경로
way_gateway = 게이트웨이 엔드포인트의 라우팅 경로
way_nowhere = 갈 수 없음
way_nowhere_why = 갈 수 없음: { $why }
way_blocked = 차단됨
way_blocked_why = 차단됨: { $why }
host_in = { $vpc }의 호스트
new_instance_in = { $vpc } { $subnets }의 새 인스턴스
internet_host = 인터넷의 호스트
on_premises = 온프레미스의 호스트
router = 라우터({ $table }의 { $route })
internet_gateway = 인터넷 게이트웨이 { $id }
nat_gateway = NAT 게이트웨이 { $id }
peering = 피어링 연결 { $id }
internet_hop = 인터넷
gateway_endpoint = 게이트웨이 엔드포인트 { $id }
interface_endpoint = 인터페이스 엔드포인트 { $id } ({ $address })
private_link = PrivateLink
load_balancer = 로드 밸런서 { $name }
load_balancer_of_service = 로드 밸런서 { $name } (엔드포인트 서비스)
both = { $one }, { $other }
either = { $one } 또는 { $other }
service = { $name } 서비스
router_nowhere = 라우터: { $why } (갈 수 없음)
transit_gateway = 전송 게이트웨이 { $id }
virtual_private_gateway = 가상 프라이빗 게이트웨이 { $id }
network_interface = 네트워크 인터페이스 { $id }
endpoint = 엔드포인트 { $id }
local_gateway = 로컬 게이트웨이 { $id }
carrier_gateway = 통신 사업자 게이트웨이 { $id }

## 갈 수 없는 이유

no_route = { $table }: 맞는 경로 없음
no_public_address = 인스턴스에 퍼블릭 주소가 없음. 인터넷 게이트웨이를 지나려면 필요함: { $gateway }
no_public_address_new = 새 인스턴스에는 퍼블릭 주소가 없음(MapPublicIpOnLaunch 꺼짐). 인터넷 게이트웨이를 지나려면 필요함: { $gateway }
no_ipv4_address = 인스턴스에 IPv4 주소가 없음
ipv6_only = 서브넷에 IPv6 주소만 있음
gateway_detached = 인터넷 게이트웨이 { $gateway }: VPC에 연결되지 않음
gateway_gone = 인터넷 게이트웨이 { $gateway }: 없음(blackhole)
blackhole = 라우팅 대상 { $target }: 없거나 중지됨(blackhole)
nat_without_route = NAT 게이트웨이 { $id }: 서브넷의 { $table }에 인터넷으로 가는 경로가 없음
nat_without_gateway = NAT 게이트웨이 { $id }: 그 VPC에 인터넷 게이트웨이가 없음
private_nat = NAT 게이트웨이 { $id }: 프라이빗이어서 인터넷 게이트웨이에서 트래픽이 버려짐: { $gateway }
peering_not_active = { $peering }: 상태 { $state }
peering_out_of_range = { $peering }: { $vpc }까지만 이어지며 그곳에 이 주소가 없음
no_route_back = 다른 VPC의 { $table }: 돌아오는 경로 없음
no_gateway_there = { $vpc }: 인터넷 게이트웨이 없음
route_loop = 경로가 계속 돌아 끝나지 않음
private_address = 프라이빗 주소에는 VPC 밖에서 갈 수 없음
no_table = VPC에 라우팅 테이블이 없음
no_subnet = { $vpc }: 서브넷이 없어 질의할 호스트가 없음
group_egress = { $groups }: { $address }(으)로 나가는 { $port }: 허용하는 아웃바운드 규칙 없음
group_ingress = { $groups }: 여기서 들어오는 { $port }: 허용하는 인바운드 규칙 없음
acl_egress = { $subnet }의 네트워크 ACL { $acl }: 규칙 { $entry }: 아웃바운드 { $port } 거부
acl_ingress = { $subnet }의 네트워크 ACL { $acl }: 규칙 { $entry }: 인바운드 { $port } 거부
acl_reply = { $subnet }의 네트워크 ACL { $acl }: 규칙 { $entry }: 응답 거부(포트 { $port }번부터)

## 도움말: 이름의 어디가 틀렸는가

hint_did_you_mean = { $sentence } 혹시 이 이름인가요? { $name }
hint_explained_here = { $sentence } 아래는 그 안의 이름에 대한 설명입니다.
hint_url = URL입니다. DNS에는 그 안의 이름만 묻습니다.
hint_path = URL의 일부이며 이름이 아닙니다: `{ $path }`
hint_port = 포트입니다: `:{ $port }`. DNS에는 이름만 묻습니다. 주소에는 포트가 없습니다.
hint_empty_label = 점 앞에 레이블이 없습니다.
hint_space = 이름에는 공백이 없습니다.
hint_words = 이름이 아닌 것이 들어 있습니다: `{ $words }`
hint_address = 이름이 아니라 주소입니다. `dig -x { $address }`로 그 주소의 이름을 묻습니다. 실제로 묻는 것은 { $reverse }의 PTR 레코드입니다.
hint_service_name = 엔드포인트를 만들 때 쓰는 서비스 이름입니다. DNS의 이름은 다릅니다.
hint_service = `{ $wrong }`: 이 말이 들어가는 AWS 서비스 이름은 없습니다. 비슷한 것은 `{ $right }`입니다.
hint_service_called = 이 서비스의 DNS 이름에는 `{ $written }` 대신 `{ $right }`(이)라고 씁니다.
hint_service_pattern = `{ $written }` 서비스의 이름은 형식이 다릅니다: { $names }
hint_other_region = 이름에 적힌 리전은 `{ $written }`이지만 엔드포인트의 리전은 `{ $region }`입니다.
hint_not_a_region = `{ $written }`: AWS에 없는 리전입니다. 비슷한 것은 `{ $region }`입니다.
hint_no_region = 이름에 리전이 없습니다. 서비스 다음에 `{ $region }`(이)라고 씁니다.
hint_no_domain = 이름이 리전에서 끝납니다. 그 뒤에 `{ $domain }`(이)라고 씁니다.
hint_wrong_domain = 이름의 끝이 `{ $written }`입니다. 이 리전에서 AWS의 이름은 `{ $domain }`(으)로 끝납니다.
hint_zone_name = 영역 { $zone }에 없는 이름입니다: `{ $written }`. 있는 것은 `{ $near }`입니다.
hint_endpoint_id = 이 VPC에 없는 엔드포인트 ID입니다: `vpce-{ $written }`. 있는 것은 `vpce-{ $right }`입니다.
hint_no_random = 엔드포인트의 임의 문자열이 빠졌습니다. ID 다음에 `{ $right }`(이)라고 씁니다.
hint_random = 엔드포인트의 임의 문자열은 `{ $written }`(이)가 아니라 `{ $right }`입니다.
hint_digit_for_letter = { $sentence } 영문자 { $wrong } 자리에 오는 것은 숫자 { $right }입니다.
hint_letter_for_digit = { $sentence } 숫자 { $wrong } 자리에 오는 것은 영문자 { $right }입니다.
hint_not_a_zone = `{ $written }`: 없는 가용 영역입니다. 비슷한 것은 `{ $zone }`입니다.
hint_zone = 가용 영역 `{ $written }`에는 이 엔드포인트의 네트워크 인터페이스가 없습니다. 있는 곳: { $zones }
hint_no_zones = 다른 리전의 서비스에 연결하는 엔드포인트에는 가용 영역별 이름이 없습니다.
hint_endpoint_front = 이 엔드포인트의 이름 앞에는 다른 레이블이 올 수 없습니다: `{ $part }`
hint_endpoint_service = 이 엔드포인트의 서비스는 `{ $written }`(이)가 아니라 `{ $service }`입니다.
hint_after_label = 엔드포인트의 레이블 뒤에는 `{ $base }`(이)라고 씁니다.
hint_vpce = `{ $written }` 자리에는 `vpce`를 씁니다.
hint_no_vpce = 엔드포인트 자신의 이름에는 리전과 도메인 사이에 `vpce` 레이블이 있습니다.

## 도움말: 응답이 왜 이런가

hint_internet_address = 이 이름은 누구에게나 조회되지만 주소는 프라이빗 주소입니다. 인터넷에서 보낸 패킷은 그 주소에 닿지 않습니다. VPC 안이나 VPC와 연결된 네트워크에서 질의하고 접속하세요.
hint_internet_name = VPC의 리졸버에만 있는 이름입니다. 인터넷에서는 그 리졸버에 묻지 않습니다. VPC의 인스턴스에서 질의하세요.
hint_internet_service = 엔드포인트의 프라이빗 DNS는 그 VPC의 리졸버에 묻는 쪽에만 적용됩니다. 인터넷에서는 언제나 퍼블릭 주소를 받습니다.
hint_hostnames_off_private_dns = 프라이빗 DNS에는 DNS 확인과 DNS 호스트 이름이 모두 필요합니다. DNS 호스트 이름이 꺼져 있어 리졸버가 프라이빗 DNS를 쓰지 않습니다: { $endpoint }. 다시 켜는 명령: { $command }
hint_hostnames_off_host_name = DNS 호스트 이름이 꺼져 있는 동안에는 VPC의 인스턴스에 퍼블릭 DNS 이름이 없고, VPC가 자체 호스트 이름을 쓰지 않습니다. 이름을 주는 명령: { $command }
hint_endpoint_of_other_region = { $asked } 리전의 이름입니다. { $endpoint }의 프라이빗 DNS는 { $own } 리전의 서비스 이름에만 적용되므로 이 이름은 퍼블릭 주소로 남습니다.
hint_gateway = 게이트웨이 엔드포인트는 DNS 응답을 바꾸지 않습니다. 이름은 퍼블릭 주소로 남고, 엔드포인트가 라우팅 테이블에 넣은 경로가 길을 정합니다: { $endpoint }. 그래서 트래픽이 인터넷으로 나가지 않습니다.
hint_gateway_no_route = VPC에 게이트웨이 엔드포인트가 있지만 여기서 쓰는 라우팅 테이블에는 그 경로가 없습니다: { $endpoint }. 게이트웨이 엔드포인트는 라우팅 테이블이 연결된 서브넷에서만 쓰입니다.
hint_ping = 엔드포인트의 네트워크 인터페이스는 ping에 응답하지 않습니다(N52). 서비스의 포트에 `curl`로 접속해 보면 닿는지 알 수 있습니다.

## 터미널의 설명과 표

question_asked = { $name } { $rtype }, 질의한 곳: { $place }
answer_line = 응답: { $status } ({ $verdict })
hint_line = 도움말: { $text }
way_to = { $address }의 경로: { $kind }
way_to_from = { $place }에서 { $address }의 경로: { $kind }
kind_private = 프라이빗
kind_public = 퍼블릭
kind_gateway = 게이트웨이 엔드포인트
kind_peering = 피어링
kind_transit = 전송 게이트웨이
assumed = 가정
assumed_line = 가정: { $text }
assumptions = 가정:
no_interface_endpoint = 인터페이스 엔드포인트가 없어 켜고 끌 프라이빗 DNS가 없습니다
table_title = { $vpc }의 { $endpoint } ({ $service })
table_marks = >: 지금 적용되는 행
private_dns = 프라이빗 DNS
dns_support = DNS 확인
dns_hostnames = DNS 호스트 이름
name_asked = 이름
answer = 응답
traffic_takes = 트래픽의 경로
service_name = 서비스의 기본 DNS 호스트 이름
endpoint_name = 엔드포인트 자신의 DNS 호스트 이름
service_short = 서비스
endpoint_short = 엔드포인트
on = 켜짐
off = 꺼짐
none = 없음
refused = 거부됨: { $code }

## 두 구성의 차이와 끊어지는 것

cause_public = 퍼블릭
cause_then = { $first }, 이어서 { $second }
cause_hostnames_off = { $cause } (DNS 호스트 이름 꺼짐)
cause_support_off = { $vpc }의 DNS 확인 꺼짐
cause_firewall = DNS 방화벽: { $group }의 { $rule }에서 BLOCK
cause_firewall_closed = DNS 방화벽이 동작하지 않아 차단
cause_rule = Resolver 규칙 { $id }
cause_rule_for = { $domain } 도메인의 Resolver 규칙 { $id }
cause_inbound = 인바운드 엔드포인트 { $id }
cause_endpoint_is = 엔드포인트 { $endpoint }의 상태: { $state }
cause_hosted_zone = 프라이빗 호스팅 영역 { $name } ({ $id })
cause_host_names = VPC의 호스트 이름
cause_reverse_names = VPC의 역방향 이름
cause_loopback = 루프백 이름
cause_no_such_name = 이런 이름 없음
cause_base_name = { $id }의 기본 이름
cause_load_balancer = 로드 밸런서
cause_verification = 검증 레코드
cause_public_zone = 퍼블릭 영역 파일
cause_upstream = 업스트림 리졸버
cause_gateway_type = 게이트웨이 엔드포인트 { $id }의 레코드 유형
forwarded_to = { $status }, 대상: { $target }
upstream_resolver = 업스트림 리졸버
anywhere_in = { $vpc } 전체
places_in = { $vpc }의 { $places }
subnet = 서브넷 { $name }
no_answer_differs = { $one }, { $other }: 응답이 모두 같습니다
only_in = { $side }에만 있음: { $places }
world_before = 바꾸기 전
world_after = 바꾼 뒤
one_name = 이름 1개: { $what }
names = 이름 { $count }개: { $what }
nothing_breaks = 끊어지는 것이 없습니다
breaks_for = 끊어짐: { $place }
new_instances = 서브넷은 그곳에 새로 만든 인스턴스를 뜻합니다. MapPublicIpOnLaunch가 켜져 있으면 퍼블릭 주소가 있습니다
no_address_any_more = 주소가 없어짐, { $status }: { $cause }
no_ipv6_address_any_more = IPv6 주소가 없어짐, { $status }: { $cause }
way_lost = 경로가 바뀜: { $before } → { $after }
no_way = 경로 없음

## 서비스 전체 조사

survey_sum = 이름 { $count }개: { $counts }
count_private = 프라이빗 { $count }개
count_public = 퍼블릭 { $count }개
count_failed = 실패 { $count }개
of_which = { $counted }(그중 { $parts })
part_and = { $one }, { $other }
leads_nowhere = { $count }개는 갈 수 없음
lead_nowhere = { $count }개는 갈 수 없음
leads_nowhere_in_part = { $count }개는 일부만 갈 수 있음
lead_nowhere_in_part = { $count }개는 일부만 갈 수 있음
takes_gateway = { $count }개는 게이트웨이 엔드포인트 경유
take_gateway = { $count }개는 게이트웨이 엔드포인트 경유
services_nameless = DNS 이름이 알려지지 않은 서비스({ $count }개): { $services }
and_more = { $shown } 외 { $count }개
not_followed = 따라가지 않음(IPv6)
way_at = { $way } (대상: { $address })
way_at_from = { $way } (출발: { $place })

## 진단

something_broken = 끊어진 것 1개
things_broken = 끊어진 것 { $count }개
nothing_broken = 끊어진 것 없음
one_dangerous = 위험한 것 1개
several_dangerous = 위험한 것 { $count }개
finding_broken = 끊어짐
finding_dangerous = 위험
finding_note = 참고
finding_where = 위치
finding_names = 이름
finding_resources = 리소스
finding_cure = 해결
finding_facts = 사실
findings_of_rule = { $rule }: { $count }개 더 있음. --all을 쓰면 모두 출력합니다
looking_for_findings = 규칙을 살펴보는 중
stays_public = { $endpoint }: 프라이빗 DNS가 { $name } 이름에는 적용되지 않습니다. 이 이름은 퍼블릭으로 남고 트래픽은 VPC 밖으로 나갑니다
stays_public_lost = { $endpoint }: 프라이빗 DNS가 { $name } 이름에는 적용되지 않습니다. 이 이름은 퍼블릭으로 남고, 이 서브넷들은 그곳으로 갈 수 없어 요청이 시간 초과됩니다
public_apis = { $endpoint }: 프라이빗 DNS가 리전의 모든 API 이름을 가져가지만 이 엔드포인트는 프라이빗 API만 제공합니다. 여기에서 퍼블릭 API를 호출하면 403 Forbidden으로 실패합니다
public_apis_cure = 퍼블릭 API에 사용자 지정 도메인 이름을 붙이세요. 아니면 { $endpoint }의 프라이빗 DNS를 끄고, 엔드포인트 자신의 이름과 Host 또는 x-apigw-api-id 헤더로 프라이빗 API를 호출하세요
global_sts_cure = 클라이언트에 AWS_STS_REGIONAL_ENDPOINTS=regional을 설정하거나, 리전 이름을 기본으로 쓰는 SDK를 사용하세요
legacy_sqs_cure = AWS CLI와 boto3를 최신 버전으로 올리거나, 옛 버전에는 BOTO_DISABLE_COMMONNAME=true를 설정하거나, 클라이언트에 엔드포인트 URL https://sqs.{ $region }.{ $domain } 값을 지정하세요
global_s3_cure = 클라이언트에 AWS_REGION={ $region } 및 AWS_S3_US_EAST_1_REGIONAL_ENDPOINT=regional을 설정하고, 버킷 URL에 리전을 넣어 쓰세요
other_names = { $vpc }: 엔드포인트는 { $region } 리전의 일반 이름에만 응답합니다. 다른 리전의 이름과 FIPS 이름은 퍼블릭으로 남고, 이 서브넷들은 그곳으로 갈 수 없습니다
other_names_cure = 이곳의 클라이언트는 AWS_REGION={ $region } 설정을 유지하고 AWS_USE_FIPS_ENDPOINT를 끄세요. 다른 리전이나 FIPS 이름을 호출하려면 전용 엔드포인트나 NAT 게이트웨이가 필요합니다
family_incomplete = { $family }: 이 서브넷들에서 동작하지 않습니다. 갈 수 없는 서비스: { $services }
family_lacks = { $family }: 대부분의 구성에서 쓰는 서비스로 이 서브넷들에서 갈 수 없습니다: { $services }
family_incomplete_cure = 서비스마다 프라이빗 DNS를 켠 엔드포인트를 만들거나, 서브넷에 NAT 게이트웨이로 가는 경로를 추가하세요: { $services }
family_s3_cure = 서브넷의 라우팅 테이블에 S3 게이트웨이 엔드포인트를 연결하거나, 서브넷에 NAT 게이트웨이로 가는 경로를 추가하세요
family_both_cure = 서비스마다 프라이빗 DNS를 켠 엔드포인트를 만들고({ $services }) 서브넷의 라우팅 테이블에 S3 게이트웨이 엔드포인트를 연결하세요. 아니면 서브넷에 NAT 게이트웨이로 가는 경로를 추가하세요
below_missing = { $endpoint }: 프라이빗 DNS가 만든 영역에 없는 이름은 이 VPC에 존재하지 않습니다: { $names }
below_missing_cure = VPC 밖에서 이 이름에 접속하거나, 필요한 값(지문 등)을 도구에 직접 지정하거나, 각 이름으로 프라이빗 호스팅 영역을 만드세요
guarded = { $endpoint }: 프라이빗 DNS로 { $name } 트래픽이 이 엔드포인트로 향하지만 접속할 수 없는 클라이언트가 있습니다: { $why }
guarded_cure = { $endpoint }: 보안 그룹과 네트워크 ACL에서 이 클라이언트의 TCP 443을 허용하거나, 프라이빗 DNS를 꺼 두세요
dead_zone = 호스팅 영역 { $zone }: AWS 서비스의 이름이지만 주소로 응답하지 않아 여기에서는 서비스를 찾을 수 없습니다
dead_zone_cure = 영역의 별칭 레코드가 실제로 있는 엔드포인트를 가리키게 하거나, VPC에서 영역의 연결을 끊고 엔드포인트의 프라이빗 DNS를 켜세요
leftover_zone = 호스팅 영역 { $zone }: 어느 엔드포인트의 것도 아닌 주소 { $addresses } 값으로 응답합니다. 이 영역이 있으면 AWS가 { $endpoint }의 프라이빗 DNS를 켜 주지 않습니다
leftover_zone_cure = VPC에서 영역의 연결을 끊고 몇 분 기다린 뒤 { $endpoint }의 프라이빗 DNS를 켜세요. 아니면 영역의 레코드를 고치세요
hub = { $hub }: 이곳에 있는 엔드포인트의 프라이빗 DNS는 { $vpc } VPC까지 미치지 않습니다. 그곳에서는 이름이 퍼블릭으로 남고, 이 서브넷들은 그곳으로 갈 수 없습니다
hub_cure = 이름을 공유하세요. 이름마다 { $hub }의 엔드포인트를 가리키는 별칭이 있는 프라이빗 호스팅 영역을 만들어 모든 VPC에 연결하거나, 엔드포인트를 담은 Route 53 Profile을 쓰세요
incomplete_zone = 호스팅 영역 { $zone }: 서비스 { $service }의 이름입니다. 이 서비스는 다음 이름도 쓰지만 프라이빗으로 응답하는 것이 없습니다: { $names }
incomplete_zone_cure = 추가하세요: { $names }. 와일드카드는 영역 안의 * 레코드로, 다른 이름은 별도의 영역으로 만듭니다
high_zone = 호스팅 영역 { $zone }: AWS 이름들보다 위에 있어 그 아래 전체를 차지합니다. 다음 이름을 비롯한 여러 이름이 이 VPC에 존재하지 않습니다: { $names }
high_zone_cure = { $zone } 영역을 없애고, 필요한 이름마다 영역을 하나씩 만드세요
s3_inbound_only = { $endpoint }: 프라이빗 DNS가 인바운드 Resolver 엔드포인트로 들어온 질의에만 적용됩니다. VPC 안의 호스트는 여전히 S3의 퍼블릭 주소를 받고 게이트웨이 엔드포인트를 씁니다
s3_inbound_only_unused = { $endpoint }: 프라이빗 DNS가 인바운드 Resolver 엔드포인트로 들어온 질의에만 적용되는데 VPC에 그런 엔드포인트가 없습니다. 아무도 이 주소를 받지 못합니다
s3_inbound_only_lost = { $endpoint }: 프라이빗 DNS가 인바운드 Resolver 엔드포인트로 들어온 질의에만 적용됩니다. 이곳의 호스트는 S3의 퍼블릭 주소를 받고, 이 서브넷들은 그곳으로 갈 수 없습니다
s3_inbound_only_cure = S3 게이트웨이 엔드포인트를 모든 라우팅 테이블에 연결하세요. VPC 자신의 트래픽도 옮기려면 { $endpoint }의 PrivateDnsOnlyForInboundResolverEndpoint를 false로 바꾸세요
s3_all_resolvers = { $endpoint }: 프라이빗 DNS가 모든 질의에 적용됩니다. VPC의 S3 트래픽이 무료인 { $gateway } 대신 시간과 GB마다 요금이 드는 이 엔드포인트로 갑니다
s3_all_resolvers_cure = 온프레미스 호스트만 필요하다면 { $endpoint }의 PrivateDnsOnlyForInboundResolverEndpoint를 true로 바꾸세요
not_in_dns = { $endpoint }: DNS에서 이곳을 가리키는 것이 없습니다. 서비스 { $service }에는 프라이빗 DNS를 켤 수 없으므로 클라이언트가 저절로 쓰지 않습니다
not_in_dns_cure = 클라이언트에 엔드포인트 URL https://{ $name } 값을 지정하거나, 엔드포인트를 삭제하세요
support_off = { $vpc }: DNS 확인이 꺼져 있는데, DHCP 옵션은 응답하지 않는 이 리졸버를 인스턴스에 알려 줍니다
support_off_cure = { $vpc }의 enableDnsSupport를 켜거나, 다른 DNS 서버가 있는 DHCP 옵션을 연결하세요
zones_dead = { $vpc }: DNS 호스트 이름이 꺼져 있어 연결된 프라이빗 호스팅 영역을 오류 없이 건너뜁니다
private_dns_dead = { $vpc }: DNS 호스트 이름이 꺼져 있어 엔드포인트의 프라이빗 DNS가 켜져 있어도 효력이 없습니다
nodes_nameless = { $vpc }: DNS 호스트 이름이 꺼져 있어 EKS 클러스터의 노드가 자기 이름을 조회하지 못합니다
hostnames_cure = { $vpc }의 enableDnsSupport와 enableDnsHostnames를 모두 켜세요
root_rule = 규칙 { $rule }: 모든 이름을 전달하는 규칙이지만, DNS 호스트 이름이 켜져 있는 동안에는 VPC가 직접 응답하는 이름이 있습니다: { $names }
root_rule_cure = 전달 대상 서버가 응답해야 한다면 이 도메인의 FORWARD 규칙을 추가하세요. 아니면 그대로 두어도 됩니다
rule_wins = 규칙 { $rule }: { $domain } 도메인을 전달하므로 다음에는 묻지 않습니다: { $beaten }
rule_wins_cure = 이 VPC에서 규칙의 연결을 끊거나, VPC가 직접 응답해야 하는 이름에 SYSTEM 규칙을 추가하세요
gateway_idle = 게이트웨이 엔드포인트 { $gateway } ({ $service }): 연결된 라우팅 테이블이 없어 트래픽이 지나가지 않습니다
gateway_idle_cure = { $gateway }: 이 엔드포인트를 써야 하는 서브넷의 라우팅 테이블에 연결하세요
gateways_side_by_side = { $vpc }: { $service } 게이트웨이 엔드포인트가 여러 개입니다: { $gateways }. 라우팅 테이블은 그중 하나만 받으므로, 이미 쓰는 테이블에 자기 것을 추가하는 스택은 실패합니다
gateways_side_by_side_cure = VPC마다 게이트웨이 엔드포인트를 하나만 두고 한 스택이 소유하게 한 뒤, 모든 라우팅 테이블을 연결하세요
gateway_routes_gone = { $gateway }: { $service } 서비스로 가는 경로가 없어졌고, 이 서브넷들은 달리 갈 길이 없습니다
gateway_gone_public = { $gateway }: { $service } 서비스로 가는 경로가 없어졌습니다. 이 서브넷들의 트래픽은 이제 인터넷으로 나가고, aws:sourceVpce를 쓰는 정책이 거부합니다
gateway_gone_cure = 이 서브넷들의 라우팅 테이블에 { $service } 게이트웨이 엔드포인트를 남겨 두세요
zones_without_service = { $endpoint }: 이 가용 영역에는 서비스가 없습니다: { $zones }. 그곳의 호스트는 다른 가용 영역으로 건너가고, 그곳의 서브넷을 넣은 엔드포인트는 거부됩니다
zones_without_service_cure = DescribeVpcEndpointServices가 계정에 대해 알려 주는 가용 영역 가운데서 영역 ID로 서브넷을 고르세요. 가용 영역의 이름은 계정마다 다릅니다
pending_names = { $endpoint }: 아직 만드는 중이어서 지금 이름을 조회하면 퍼블릭 응답을 받거나 응답을 받지 못합니다
pending_names_cure = 상태가 available이 될 때까지, 그리고 몇 분 더 기다리고, 리졸버가 캐시한 응답을 잊게 하세요
over_ipv6 = { $vpc }: IPv6로 나가는 길이 있습니다. 듀얼 스택 이름을 쓰는 클라이언트는 IPv4 주소만 있는 엔드포인트를 거치지 않고 그 길로 나갑니다
over_ipv6_cure = 클라이언트에서 AWS_USE_DUALSTACK_ENDPOINT를 끄거나, 엔드포인트를 듀얼 스택으로 만드세요
forwarders_needed = { $endpoint }: 온프레미스 호스트는 자신의 DNS 서버가 이 도메인을 각각 전달해야만 이 인바운드 엔드포인트로 프라이빗 이름을 얻습니다
not_all_forwarded = { $endpoint }: 규칙이 프라이빗 이름 일부만 이 인바운드 엔드포인트로 전달합니다. 여기 적힌 이름은 전달되지 않아 규칙을 쓰는 쪽에서는 퍼블릭으로 남습니다
on_premises_cure = { $endpoint }의 주소로 다음 도메인을 전달하세요: { $names }
custom_dns = DHCP 옵션 { $set }: { $vpc }의 인스턴스에 DNS 서버 { $servers } 값을 알려 줍니다. 이 서버가 VPC 리졸버로 전달해야만 프라이빗 이름을 알 수 있고, Session Manager도 그래야 동작합니다
custom_dns_cure = 이 서버들이 이름을 { $resolver } 주소로 전달하게 하거나, AmazonProvidedDNS를 쓰고 다른 도메인에는 Resolver 규칙을 쓰세요
unverified = { $service }: 프라이빗 이름 { $name }의 확인이 끝나지 않아 소비자가 프라이빗 DNS를 켤 수 없습니다. 상태: { $state }
unverified_cure = 퍼블릭 DNS에 TXT 레코드 { $owner }, 값 { $value }: 이것을 게시한 뒤 확인을 시작하세요
asked_outside = 여기의 질의는 따로 지정하지 않으면 인터넷에서 묻는 것으로 칩니다. 프라이빗 DNS가 동작해도 서비스 이름은 퍼블릭 주소로 보이고, 엔드포인트 자신의 이름은 갈 수 없는 프라이빗 주소로 보입니다
asked_outside_cure = VPC의 인스턴스에서 묻거나(--from), 인바운드 Resolver 엔드포인트를 통해 물으세요

## 실습과 검사

answers_as_in_chapter = 응답 { $asked }개 가운데 { $equal }개가 책과 같음
as_in_chapter = 책과 같음
not_as_in_chapter = 책과 다름
chapter_prints = 책:     { $text }
ours_prints = vpcdns: { $text }
prints_nothing = (없음)
answers_as_expected = 응답 { $asked }개 가운데 { $equal }개가 예상과 같음
as_expected = 예상과 같음
not_as_expected = 예상과 다름
lab_prints = 실습:   { $text }
lab_written = { $name }: 만들었습니다. `vpcdns lab { $name }` 명령으로 검사하고 `vpcdns serve { $name }` 명령으로 봅니다
file_exists = { $name }: 이미 있는 파일이어서 그대로 두었습니다
only_new_takes_a_file = 두 번째 이름은 `vpcdns lab new`에만 씁니다: { $name }
labs_how = 하나는 `vpcdns lab 이름`, 책의 DNS 실습 두 개는 `vpcdns lab all`, 모든 실습은 `vpcdns lab every`로 실행합니다. 새 실습은 `vpcdns lab new 파일`로 시작합니다
test_step = { $number }단계: { $name }
test_given = 결과: { $text }
test_because = 이유: { $text }
expectations_met = 기대 { $all }개 중 { $met }개 충족
test_files_unread = 읽지 못한 파일: { $count }개
verify_from = 질문한 곳: { $place }
verify_same = 같음
verify_different = 다름
verify_unknown = 알 수 없음
verify_world = 구성:   { $text }
verify_resolver = 리졸버: { $text }
verify_reasons = 이 구성의 응답은 다음을 근거로 합니다. 이 가운데 실제와 다른 것이 있습니다:
verify_as_before = 이 구성의 응답은 바로 앞의 이름과 근거가 같습니다.
verify_sum = 같음 { $same }개, 다름 { $different }개, 이 구성으로는 알 수 없음 { $unknown }개
verify_unasked = 나머지 { $count }개는 그때까지 응답이 하나도 없어서 묻지 않았습니다
no_lab = `{ $name }`: 이런 실습이나 파일이 없습니다. 실습: { $labs }, `all`, `every`
no_problems = 문제없음
one_problem = 문제 1개
problems = 문제 { $count }개
one_warning = 경고 1개
warnings = 경고 { $count }개
one_note = 참고 1개
notes = 참고 { $count }개
one_other_note = 참고가 1개 더 있습니다. --notes all로 볼 수 있습니다
other_notes = 참고가 { $count }개 더 있습니다. --notes all로 볼 수 있습니다
check_what = check: `vpcdns check world.yaml`처럼 파일이나 구성을 하나 이상 적어 주세요
asking_services = 서비스마다 묻는 중
comparing_places = 질의하는 곳마다 비교하는 중
looking_for_breaks = 끊어지는 것을 찾는 중
computing_tables = 엔드포인트마다 표를 계산하는 중

## 거부 코드의 뜻

gloss_missing = 필요한 값이 빠졌습니다
gloss_parameter = 값이 다른 값이나 대상 리소스와 맞지 않습니다
gloss_value = 값의 형식이 틀렸거나 범위를 벗어났습니다
gloss_combination = 함께 지정할 수 없는 값들입니다
gloss_dependency = 이 리소스를 아직 쓰는 것이 있습니다. 그것을 먼저 삭제하거나 분리하세요
gloss_unsupported = 이 리소스에는 할 수 없는 작업입니다
gloss_exists = 이미 있습니다
gloss_state = 리소스가 지금 이 작업을 할 수 없는 상태입니다
gloss_connections = 서비스에 연결된 엔드포인트가 있습니다. 그 연결을 먼저 거부하세요
gloss_signature = 요청의 서명이 이 서버가 기대하는 비밀 키와 맞지 않습니다
gloss_service_name = 이런 서비스가 없거나 이 리전에 없습니다
gloss_addresses = 서브넷에 남은 주소가 없습니다
gloss_zones = 엔드포인트는 가용 영역마다 서브넷 하나만 쓸 수 있습니다
gloss_policy = 정책 문서가 올바르지 않습니다
gloss_principal = 보안 주체(principal)의 ARN이 올바르지 않습니다
gloss_in_use = 이미 쓰이고 있는 주소입니다
gloss_conflict = 다른 서브넷과 범위가 겹칩니다
gloss_range = AWS가 허용하지 않는 범위입니다
gloss_action = 알 수 없는 작업이거나 vpcdns에 없는 작업입니다
gloss_dry_run = 시험 삼아 보낸 요청입니다. 실제로 보내면 실행됩니다
gloss_unavailable = 서버가 저장하지 못해 바뀐 것이 없습니다
gloss_not_found = 이 ID나 이름을 가진 리소스가 없습니다
gloss_malformed = ID의 형식이 틀렸습니다
gloss_duplicate = 같은 이름이 이미 있습니다
gloss_limit = AWS가 허용하는 수를 넘었습니다
refusal_means = { $code }: { $meaning }
## 수업

class_code = 이 수업의 링크가 아닙니다. 선생님에게 링크를 받으세요.
class_name = 이름은 글자, 숫자, 하이픈으로 1~{ $most }자이고, 글자나 숫자로 시작하고 끝나야 합니다.
class_taken = { $name } 님은 이미 들어와 있습니다. 본인이면 처음 들어온 브라우저에서 계속하거나 선생님에게 링크를 받으세요. 아니면 다른 이름을 쓰세요.
class_full = 정원({ $most }명)이 찼습니다. 선생님에게 알리세요.
class_no_room = 구성을 만들 자리가 없습니다: { $why }. 선생님에게 알리세요.
class_nobody = 그런 이름의 학생이 없습니다. /join 이나 선생님이 준 링크에서 들어오세요.
class_not_yours = { $name } 님의 구성입니다. 본인이면 처음 들어온 브라우저에서 계속하거나, 자신의 비밀 키로 서명하거나, 선생님에게 링크를 받으세요.
class_only_shown = 선생님 화면이라 볼 수만 있습니다. 자신의 구성을 바꾸려면 이 화면에서 나가세요.
class_nothing_shown = 지금은 선생님이 보여 주는 화면이 없습니다.
