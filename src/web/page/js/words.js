// The page's own texts in English and Korean. A name is never built into a Korean sentence with a particle: it stands
// first, followed by a colon. Names, ids and what dig prints stay as they are.

const WORDS = {
  // The frame
  skip: ["Skip to the question", "질문으로 건너뛰기"],
  view: ["View", "보기"],
  picture: ["Picture", "구성도"],
  table: ["Private DNS table", "프라이빗 DNS 표"],
  stream: ["Queries", "들어온 질의"],
  newQueries: ["new", "새 질의"],
  larger: ["Larger text, for a projector", "큰 글자(프로젝터용)"],
  colours: ["Colours: {0}", "색: {0}"],
  auto: ["Auto", "자동"],
  light: ["Light", "밝게"],
  dark: ["Dark", "어둡게"],
  otherLanguage: ["한국어", "English"],
  present: ["Present", "발표"],
  keys: ["Keys", "단축키"],
  keyList: ["/ name · Enter ask · ← → hop · R replay · C compare · [ ] step · T table · ? keys", "/ 이름 · Enter 질의 · ← → 경로 한 단계 · R 다시 보기 · C 비교 · [ ] 실습 단계 · T 표 · ? 단축키"],
  loading: ["Loading …", "불러오는 중 …"],
  unreachable: ["The server cannot be reached; the page tries again when it can.", "서버에 연결할 수 없습니다. 연결되면 다시 시도합니다."],
  close: ["Close", "닫기"],
  copy: ["Copy", "복사"],
  copied: ["Copied", "복사함"],
  selected: ["Selected", "선택함"],
  copyWhat: ["Copy {0}", "복사: {0}"],
  digCommand: ["the dig command", "dig 명령"],
  commandNumber: ["command {0}", "명령 {0}"],
  // The question
  question: ["Question", "질문"],
  askedFrom: ["Asked from", "질의하는 곳"],
  asks: ["asks", "질의:"],
  name: ["Name", "이름"],
  type: ["Type", "유형"],
  ask: ["Ask", "질의"],
  internetAsker: ["the internet", "인터넷"],
  newInstance: ["a new instance in {0}", "새 인스턴스: {0}"],
  anywhere: ["anywhere in {0}", "어느 곳이든: {0}"],
  askFrom: ["Ask from", "여기서 질의:"],
  askedFromWhere: ["Asked from {0}.", "질의한 곳: {0}"],
  // Verdicts
  V_PRIVATE: ["Private address", "프라이빗 주소"],
  V_PUBLIC: ["Public address", "퍼블릭 주소"],
  V_NXDOMAIN: ["No such name", "없는 이름"],
  V_NODATA: ["No record of this type", "이 유형의 레코드 없음"],
  V_SILENCE: ["No reply", "응답 없음"],
  V_SERVFAIL: ["The server failed", "서버 오류"],
  V_FORWARDED: ["Another server is asked", "다른 서버에 질의"],
  V_RECORDS: ["Records", "레코드"],
  W_private: ["private way", "프라이빗 경로"],
  W_public: ["over the internet", "인터넷 경유"],
  W_gateway: ["by the gateway endpoint", "게이트웨이 엔드포인트 경유"],
  W_nowhere: ["leads nowhere", "갈 수 없음"],
  private: ["private", "프라이빗"],
  public: ["public", "퍼블릭"],
  gateway: ["gateway", "게이트웨이"],
  nowhere: ["nowhere", "갈 수 없음"],
  P_private: ["private path", "프라이빗 경로"],
  P_endpoint: ["private path, through the interface endpoint", "인터페이스 엔드포인트를 거치는 프라이빗 경로"],
  P_public: ["public path, over the internet", "인터넷을 거치는 퍼블릭 경로"],
  P_gateway: ["by the gateway endpoint's route", "게이트웨이 엔드포인트의 라우팅 경로"],
  // The picture
  network: ["The network, the question and the traffic", "네트워크, 질문, 트래픽"],
  region: ["Region", "리전"],
  zone: ["Availability Zone", "가용 영역"],
  publicSubnet: ["public subnet", "퍼블릭 서브넷"],
  privateSubnet: ["private subnet", "프라이빗 서브넷"],
  routeTable: ["Route table", "라우팅 테이블"],
  sameTable: ["Route table: {0}", "라우팅 테이블: {0}"],
  local: ["local", "로컬"],
  noRoute: ["no route: {0}", "경로 없음: {0}"],
  more: ["+{0} more", "+{0}개 더"],
  moreZones: ["+{0} zones", "+가용 영역 {0}개"],
  moreSubnets: ["+{0} subnets", "+서브넷 {0}개"],
  eni: ["ENI · {0} endpoint", "ENI · {0} 엔드포인트"],
  noAddress: ["no address", "주소 없음"],
  newHost: ["A new instance", "새 인스턴스"],
  anyHost: ["Any instance", "임의의 인스턴스"],
  igw: ["Internet gateway", "인터넷 게이트웨이"],
  gatewayEndpoint: ["Gateway endpoint", "게이트웨이 엔드포인트"],
  natGateway: ["NAT gateway", "NAT 게이트웨이"],
  peering: ["Peering", "피어링"],
  onward: ["Target of a route", "라우팅 대상"],
  balancer: ["Load balancer", "로드 밸런서"],
  endpointService: ["Endpoint service", "엔드포인트 서비스"],
  awsService: ["AWS service", "AWS 서비스"],
  resolver: ["Route 53 Resolver", "Route 53 Resolver"],
  plusTwo: ["VPC+2", "VPC+2"],
  rules: ["Resolver rules", "Resolver 규칙"],
  zones: ["Private zones", "프라이빗 영역"],
  publicDns: ["Public DNS", "퍼블릭 DNS"],
  O_hit: ["✔ answers", "✔ 응답"],
  O_forward: ["✔ forwards", "✔ 전달"],
  O_pass: ["not here, go on", "없음, 다음으로"],
  O_rulepass: ["no rule matches", "일치하는 규칙 없음"],
  "O_not-asked": ["not asked", "묻지 않음"],
  O_asleep: ["no effect, go on", "효력 없음, 다음으로"],
  O_leaves: ["✔ leaves the VPC", "✔ VPC 밖으로"],
  hiddenZone: ["hidden zone of {0}", "숨은 영역: {0}"],
  hostedZone: ["private hosted zone", "프라이빗 호스팅 영역"],
  autodefined: ["names that the VPC has by itself", "VPC에 기본으로 있는 이름"],
  absent: ["no hidden zone: private DNS is off", "숨은 영역 없음: 프라이빗 DNS 꺼짐"],
  asleep: ["exists without effect", "있지만 효력 없음"],
  noZones: ["none in this VPC", "이 VPC에 없음"],
  noPrivateName: ["the service has no private name", "이 서비스에는 프라이빗 이름이 없음"],
  moreSheets: ["+{0} endpoints", "+엔드포인트 {0}개"],
  moreHosted: ["+{0} hosted zones", "+호스팅 영역 {0}개"],
  secondResolver: ["its own resolver {0}: not asked", "자체 리졸버 {0}: 묻지 않음"],
  internet: ["Internet", "인터넷"],
  pc: ["A PC on the internet", "인터넷의 PC"],
  onPremises: ["On premises", "온프레미스"],
  elsewhere: ["outside this World", "이 구성 밖"],
  inVpcNobody: ["nobody has this address", "이 주소를 가진 것이 없음"],
  noVpc: ["There is no VPC. Choose a lab, or make one with the AWS CLI.", "VPC가 없습니다. 실습을 고르거나 AWS CLI로 만드세요."],
  noSubnet: ["This VPC has no subnet yet.", "이 VPC에는 아직 서브넷이 없습니다."],
  partDrawn: ["Only a part is drawn: {0} of {1} resources. Answers come from all of them.", "일부만 그렸습니다: 리소스 {1}개 중 {0}개. 응답은 모두에서 나옵니다."],
  otherVpcs: ["Other VPCs", "다른 VPC"],
  find: ["Find a VPC or an instance", "VPC나 인스턴스 찾기"],
  matches: ["{0} matches", "{0}개 일치"],
  counts: ["{0} subnets · {1} instances · {2} endpoints", "서브넷 {0} · 인스턴스 {1} · 엔드포인트 {2}"],
  lines: ["Lines", "선의 뜻"],
  L_question: ["question", "질문"],
  L_answer: ["answer", "응답"],
  step: ["Hop", "한 단계"],
  stepBack: ["Hop back", "한 단계 뒤로"],
  replay: ["Replay", "다시 보기"],
  compare: ["Compare", "비교"],
  showNow: ["Show now", "지금 보기"],
  beforeShown: ["This is the picture before the last change.", "마지막으로 바꾸기 전의 구성도입니다."],
  wireMissing: ["No room for a line; the hops are listed under Why.", "선을 그릴 자리가 없습니다. 경로는 아래 목록에 있습니다."],
  // Switches
  support: ["DNS support", "DNS 확인"],
  hostnames: ["DNS hostnames", "DNS 호스트 이름"],
  pdns: ["Private DNS", "프라이빗 DNS"],
  on: ["on", "켜짐"],
  off: ["off", "꺼짐"],
  accept: ["Accept", "수락"],
  reject: ["Reject", "거부"],
  refused: ["{0}: refused.", "{0}: 거부됨"],
  A_token: ["Open the page again with /?token=TOKEN.", "/?token=TOKEN 주소로 페이지를 다시 여세요."],
  A_unwritten: ["The server could not write; nothing was changed. Try again.", "서버가 저장하지 못해 바뀐 것이 없습니다. 다시 해 보세요."],
  A_bothOn: ["Switch {0} of {1} on first, then private DNS.", "{1}: 먼저 {0} 스위치를 켠 다음 프라이빗 DNS를 켜세요."],
  and: [" and ", ", "],
  A_noName: ["The service has no private name, so its endpoints have no private DNS. Use the endpoint's own name.", "이 서비스에는 프라이빗 이름이 없어 엔드포인트에 프라이빗 DNS가 없습니다. 엔드포인트 자신의 이름을 쓰세요."],
  A_conflict: ["Another endpoint or hosted zone of {0} has the name already. Switch that one off first.", "{0}: 다른 엔드포인트나 호스팅 영역이 이미 이 이름을 가지고 있습니다. 먼저 그것을 끄세요."],
  A_state: ["The endpoint is {0}. Wait until it is available.", "엔드포인트 상태: {0}. available이 될 때까지 기다리세요."],
  A_support: ["Switch DNS support of {0} on first; DNS hostnames need it.", "{0}: 먼저 DNS 확인을 켜세요. DNS 호스트 이름에 필요합니다."],
  A_connection: ["The connection is no longer in a state that allows it; look at its state in the picture.", "연결이 이제 그렇게 할 수 없는 상태입니다. 구성도에서 상태를 보세요."],
  A_nothing: ["Nothing was changed.", "바뀐 것이 없습니다."],
  inWhere: ["{0}: {1} {2}", "{0}: {1} {2}"],
  // What changed
  lastChange: ["Last change", "마지막으로 바꾼 것"],
  before: ["Before", "바꾸기 전"],
  now: ["Now", "지금"],
  noChange: ["No change touched this answer yet. Flip a switch.", "아직 이 응답을 바꾼 것이 없습니다. 스위치를 바꿔 보세요."],
  present_: ["there", "있음"],
  absent_: ["not there", "없음"],
  C_state: ["Connection", "연결"],
  C_endpoint: ["Endpoint", "엔드포인트"],
  C_route_tables: ["Route tables of the endpoint", "엔드포인트의 라우팅 테이블"],
  C_other: ["A change", "변경"],
  S_toPrivate: ["The name now gives the endpoint's own addresses.", "같은 이름이 이제 엔드포인트의 주소로 응답합니다."],
  S_toPublic: ["Public again: no private zone in force has the name.", "효력 있는 프라이빗 영역에 이 이름이 없어 다시 퍼블릭 주소입니다."],
  S_sameAnswer: ["The answer is the same; the traffic takes another way.", "응답은 그대로이고 트래픽의 경로가 달라졌습니다."],
  S_gone: ["The name gives no address any more.", "이제 이름에 주소가 없습니다."],
  S_silent: ["The resolver does not reply any more.", "리졸버가 더 이상 응답하지 않습니다."],
  S_came: ["The name gives an address now.", "이제 이름에 주소가 있습니다."],
  S_other: ["The answer is another one.", "응답이 달라졌습니다."],
  // The terminal and why
  terminal: ["Terminal", "터미널"],
  whatDigPrints: ["What dig prints", "dig의 출력"],
  noDig: ["dig cannot ask from there, because the address is in more than one VPC. Start the server with --dns ADDR=VPC for that.", "그곳에서는 dig로 질의할 수 없습니다. 같은 주소가 여러 VPC에 있습니다. --dns ADDR=VPC 옵션으로 서버를 시작하세요."],
  runHere: ["On this machine", "이 컴퓨터에서"],
  why: ["Why", "왜 이렇게 될까요?"],
  fact: ["Fact {0}", "사실 {0}"],
  assumed: ["Assumed", "가정"],
  traffic: ["The traffic", "트래픽의 경로"],
  address: ["Address", "주소"],
  hops: ["Hops", "경로"],
  noTraffic: ["The answer holds no IPv4 address, so no traffic follows.", "응답에 IPv4 주소가 없어 트래픽이 없습니다."],
  // The table
  serviceName: ["The service's default DNS host name", "서비스의 기본 DNS 호스트 이름"],
  endpointName: ["The endpoint's own DNS host name", "엔드포인트 자신의 DNS 호스트 이름"],
  endpoint: ["Endpoint", "엔드포인트"],
  rows: ["Rows", "행"],
  noEndpoint: ["There is no interface endpoint, so there is no private DNS to switch.", "인터페이스 엔드포인트가 없어 켜고 끌 프라이빗 DNS가 없습니다."],
  firstTables: ["The first {0} endpoints. vpcdns table prints all.", "처음 {0}개의 엔드포인트입니다. vpcdns table이 모두 출력합니다."],
  refusedCell: ["refused: {0}", "거부됨: {0}"],
  notNow: ["None of these cells applies now; see all three flags.", "지금은 이 가운데 해당하는 것이 없습니다. 세 가지 설정을 보세요."],
  flags: ["The three flags", "세 가지 설정"],
  nameAsked: ["name asked", "질의한 이름"],
  answer: ["answer", "응답"],
  takes: ["traffic takes", "트래픽의 경로"],
  none: ["none", "없음"],
  // The lab
  lab: ["Lab", "실습"],
  back: ["Back", "이전"],
  next: ["Next step", "다음 단계"],
  reset: ["Reset", "처음으로"],
  resetTitle: ["Back to what the server began with", "서버가 시작한 상태로 되돌립니다"],
  noLab: ["no lab", "실습 아님"],
  stepOf: ["{0} of {1}: {2}", "{1} 중 {0}: {2}"],
  changed: [" (changed)", " (바뀜)"],
  ownWorld: ["a World of your own", "직접 만든 구성"],
  labNone: ["What is served does not come from a lab. Choose a lab above to replace it.", "지금 구성은 실습에서 온 것이 아닙니다. 위에서 실습을 고르면 바뀝니다."],
  labDiffers: ["Something was changed since this step. Choose the step again to come back to it.", "이 단계 뒤에 바뀐 것이 있습니다. 단계를 다시 고르면 되돌아갑니다."],
  commands: ["Commands", "명령"],
  predict: ["Predict, then ask", "예상한 다음 질의해 보세요"],
  chapterPrints: ["chapter", "책"],
  here: ["here", "여기"],
  asChapter: ["as in the chapter", "책과 같음"],
  notAsChapter: ["not as in the chapter", "책과 다름"],
  nothing: ["(nothing)", "(없음)"],
  ways: ["Ways", "경로"],
  reveal: ["Reveal", "정답 보기"],
  replaceAsk: ["You have created resources that are not part of {0}. Replace the World with {1}?", "{0}에 없는 리소스를 만들었습니다. 구성을 {1}로 바꿀까요?"],
  linkAsk: ["This link shows {0}. Replace the World with it?", "이 링크는 {0}의 화면입니다. 구성을 그것으로 바꿀까요?"],
  replaceYes: ["Replace the World", "구성 바꾸기"],
  replaceNo: ["Keep it", "그대로 두기"],
  // The stream
  who: ["who", "누가"],
  way: ["way", "경로"],
  pause: ["Pause", "멈춤"],
  hints: ["Hints", "도움말"],
  didYouMean: ["Did you mean {0}?", "{0}을(를) 물으려던 것입니까?"],
  clear: ["Clear", "지우기"],
  arriving: ["Queries as they arrive", "들어오는 질의"],
  connecting: ["Connecting", "연결 중"],
  connected: ["Connected", "연결됨"],
  lost: ["Connection lost, trying again", "연결이 끊겨 다시 시도 중"],
  streamCount: ["{0}. {1} queries, {2} of them sampled{3}{4}. The {5} newest are kept.", "{0}. 질의 {1}개 가운데 {2}개를 표시{3}{4}. 최근 {5}개를 남깁니다."],
  lostMessages: [", {0} messages lost", ", 메시지 {0}개 잃음"],
  paused: [", paused", ", 멈춤"],
};

/** Why a name is answered so, in Korean, by the rule of an explanation. English sentences come from the server. */
const RULES = {
  ASKED_FROM: "질문은 VPC의 리졸버로 갑니다. 라우팅 경로가 필요 없습니다.",
  DNS_SUPPORT: "이 VPC의 DNS 확인이 꺼져 있어 리졸버가 응답하지 않습니다.",
  NO_PRIVATE_NAME: "이 VPC의 프라이빗 영역에 이 이름이 없어 퍼블릭 DNS가 응답합니다.",
  ENDPOINT_ZONE: "엔드포인트의 프라이빗 DNS가 만든 숨은 영역이 이 이름을 가지고 있습니다. 조회는 여기서 끝납니다.",
  PRIVATE_NAME: "그 레코드는 엔드포인트의 네트워크 인터페이스 주소입니다.",
  PRIVATE_WILDCARD: "이 영역의 이름 아래에 있는 모든 이름은 엔드포인트의 주소로 응답합니다.",
  BELOW_PRIVATE_NAME: "숨은 영역에는 이 이름 아래의 레코드가 없고, 퍼블릭 DNS에는 묻지 않습니다.",
  HOSTED_ZONE: "프라이빗 호스팅 영역이 이 이름을 가지고 있습니다.",
  AUTODEFINED: "VPC에 기본으로 있는 이름입니다.",
  PRIVATE_DNS_OFF: "엔드포인트의 프라이빗 DNS가 꺼져 있어, 엔드포인트 자신의 이름만 그 주소로 조회됩니다.",
  PRIVATE_DNS_INEFFECTIVE: "엔드포인트의 프라이빗 DNS는 켜져 있지만 DNS 호스트 이름이 꺼져 있어 효력이 없습니다.",
  PRIVATE_DNS_NOT_YET: "프라이빗 DNS는 켜져 있지만 엔드포인트가 아직 사용 가능한 상태가 아닙니다.",
  REGIONAL_NAME: "엔드포인트의 리전 이름입니다. 어디에서나 조회됩니다.",
  ZONAL_NAME: "엔드포인트의 가용 영역별 이름입니다. 그 영역의 네트워크 인터페이스 주소로 응답합니다.",
  ENDPOINT_STATE: "엔드포인트가 아직 사용 가능한 상태가 아니어서 그 이름이 없습니다.",
  NO_SUCH_NAME: "그런 이름이 없습니다.",
  NO_DATA: "이름은 있지만 이 유형의 레코드가 없습니다.",
  RESOLVER_RULE: "Resolver 규칙이 이 이름에 적용됩니다.",
  FIREWALL: "DNS 방화벽 규칙이 이 이름에 적용됩니다.",
  LOAD_BALANCER: "로드 밸런서의 이름입니다. 가용 영역마다 주소가 하나씩 있습니다.",
  PUBLIC_NAME: "AWS의 퍼블릭 이름입니다. 퍼블릭 주소로 응답합니다.",
};

/** Hints in Korean, by their code; `{part}` is what the hint is about. English ones come from the server. */
const HINTS = {
  URL: "URL입니다. DNS에는 그 안의 이름만 묻습니다. 아래는 그 이름에 대한 설명입니다.",
  PATH: "`{part}`은(는) URL의 일부이며 이름이 아닙니다.",
  PORT: "`{part}`은(는) 포트입니다. DNS에는 이름만 묻습니다.",
  SPACE: "이름에는 공백이나 다른 단어가 없어야 합니다.",
  EMPTY_LABEL: "점 앞에 레이블이 없습니다.",
  ADDRESS: "이름이 아니라 주소입니다. 주소의 이름은 `dig -x {part}`로 묻습니다.",
  SERVICE_NAME: "엔드포인트를 만들 때 쓰는 서비스 이름입니다. DNS의 이름은 다릅니다.",
  SERVICE: "`{part}`이(가) 들어가는 AWS 서비스 이름은 없습니다.",
  REGION: "리전이 빠졌거나 틀렸습니다. {part}",
  DOMAIN: "이름의 끝이 AWS의 도메인과 다릅니다. {part}",
  VPCE: "엔드포인트 자신의 이름에는 리전과 도메인 사이에 `vpce` 레이블이 있습니다.",
  ENDPOINT_ID: "이 VPC에 `{part}`(이)라는 ID의 엔드포인트가 없습니다.",
  ENDPOINT_RANDOM: "엔드포인트 이름의 임의 문자열이 틀렸습니다. 숫자 1과 소문자 l, 숫자 0과 소문자 o를 확인하십시오. {part}",
  ENDPOINT_ZONE: "이 엔드포인트는 가용 영역 `{part}`에 네트워크 인터페이스가 없습니다.",
  ENDPOINT_SERVICE: "이 엔드포인트는 `{part}`의 엔드포인트가 아닙니다.",
  ENDPOINT_FRONT: "이 엔드포인트의 이름 앞에는 다른 레이블이 올 수 없습니다. {part}",
  ZONE_NAME: "호스팅 영역에 `{part}`이(가) 없습니다.",
  INTERNET_ADDRESS: "이 이름은 누구에게나 조회되지만 주소는 프라이빗 주소입니다. 인터넷에서 보낸 패킷은 그 주소에 닿지 않습니다. VPC 안이나 VPC와 연결된 네트워크에서 접속하십시오.",
  INTERNET_NAME: "VPC의 리졸버에만 있는 이름입니다. 인터넷에서는 그 리졸버에 묻지 않으므로 VPC의 인스턴스에서 조회하십시오.",
  INTERNET_SERVICE: "엔드포인트의 프라이빗 DNS는 그 VPC의 리졸버에 묻는 쪽에만 적용됩니다. 인터넷에서는 언제나 퍼블릭 주소를 받습니다.",
  HOSTNAMES_OFF_PRIVATE_DNS: "프라이빗 DNS에는 DNS 확인과 DNS 호스트 이름이 모두 필요합니다. DNS 호스트 이름이 꺼져 있어 {part}의 프라이빗 DNS가 쓰이지 않습니다.",
  HOSTNAMES_OFF_HOST_NAME: "DNS 호스트 이름이 꺼져 있는 동안에는 인스턴스에 퍼블릭 DNS 이름이 없고, VPC가 자체 호스트 이름을 쓰지 않습니다.",
  OTHER_REGION: "{part} 리전의 이름입니다. 엔드포인트의 프라이빗 DNS는 자기 리전의 서비스 이름에만 적용되므로 이 이름은 퍼블릭 주소로 남습니다.",
  GATEWAY: "게이트웨이 엔드포인트는 DNS 응답을 바꾸지 않습니다. 이름은 퍼블릭 주소로 남고, {part}이(가) 라우팅 테이블에 넣은 경로가 길을 정합니다. 그래서 트래픽은 인터넷으로 나가지 않습니다.",
  GATEWAY_NO_ROUTE: "VPC에 게이트웨이 엔드포인트 {part}이(가) 있지만, 이 서브넷의 라우팅 테이블에는 그 경로가 없습니다. 라우팅 테이블이 연결된 서브넷에서만 쓰입니다.",
  PING: "엔드포인트의 네트워크 인터페이스는 ping에 응답하지 않습니다. 서비스 포트에 `curl`로 접속해 확인하십시오.",
};

let korean = false;

/** Chooses the language: `ko` or `en`. */
export function speak(language) {
  korean = language === "ko";
}

export function language() {
  return korean ? "ko" : "en";
}

/** A text of the page, with `{0}` and so on filled in. */
export function t(key, ...values) {
  const both = WORDS[key];
  if (!both) throw new Error(`no text has the key ${key}`);
  return both[korean ? 1 : 0].replace(/\{(\d)\}/g, (_, index) => values[index] ?? "");
}

/** Whether there is a text of this key. */
export function has(key) {
  return key in WORDS;
}

/** The sentence of a step of an explanation, and the language it is in. */
export function reason(step, hostnames) {
  if (korean && step.rule === "DNS_ATTRIBUTES") {
    return [hostnames
      ? "DNS 확인과 DNS 호스트 이름이 켜져 있어 프라이빗 영역이 쓰입니다."
      : "DNS 호스트 이름이 꺼져 있어 프라이빗 영역과 엔드포인트의 프라이빗 DNS를 건너뜁니다.", "ko"];
  }
  const told = korean ? RULES[step.rule] : undefined;
  return told ? [told, "ko"] : [step.text[0].toUpperCase() + step.text.slice(1) + (/[.)]$/.test(step.text) ? "" : "."), "en"];
}

/** The sentence of a hint, and the language it is in. */
export function hintWords(hint) {
  const told = korean ? HINTS[hint.code] : undefined;
  return told ? [told.replace("{part}", hint.part ?? "").trim(), "ko"] : [hint.text, "en"];
}

/** The server's words for hops and lost ways, and the same in Korean: the name stands first or after a noun. */
const PATTERNS = [
  [/^router \((\S+) in (.+)\)$/, "라우팅 테이블 $2: $1"],
  [/^router: no route in (.+) \(nowhere\)$/, "라우팅 테이블 $1: 경로 없음 (갈 수 없음)"],
  [/^interface endpoint (\S+) \((.+)\)$/, "인터페이스 엔드포인트 $1 ($2)"],
  [/^gateway endpoint (.+)$/, "게이트웨이 엔드포인트 $1"],
  [/^internet gateway (.+)$/, "인터넷 게이트웨이 $1"],
  [/^NAT gateway (.+)$/, "NAT 게이트웨이 $1"],
  [/^load balancer (.+) \(endpoint service\)$/, "로드 밸런서 $1 (엔드포인트 서비스)"],
  [/^load balancer (.+)$/, "로드 밸런서 $1"],
  [/^service (.+)$/, "서비스 $1"],
  [/^internet$/, "인터넷"],
  [/^a host on the internet$/, "인터넷의 호스트"],
  [/^a new instance in (.+)$/, "새 인스턴스: $1"],
  [/^(.+) or (.+)$/, "$1 또는 $2"],
  [/^: no route in (.+)$/, ": 경로 없음 ($1)"],
];

/** A hop in words. */
export function hopWords(text) {
  const found = korean ? PATTERNS.find(([pattern]) => pattern.test(text)) : null;
  return found ? text.replace(...found) : text;
}

/** The phrase of a way, as the server tells it in English. */
export function phrase(text, kind) {
  if (!korean || !text) return text ?? "";
  if (text.includes("; ")) return text.split("; ").map((it) => phrase(it, "")).join("; ");
  if (text.startsWith("nowhere")) return `${t("nowhere")}${hopWords(text.slice("nowhere".length))}`;
  if (text.startsWith("public path")) return t("P_public");
  if (text.startsWith("by the gateway")) return t("P_gateway");
  if (text === "private path, through the interface endpoint") return t("P_endpoint");
  if (text === "private path") return t("P_private");
  return kind && has(`W_${kind}`) ? t(`W_${kind}`) : text;
}

export const ALL = WORDS;
