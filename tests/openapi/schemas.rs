//! What replies look like. A member that is not here fails the test, so that the document keeps up.

#![allow(dead_code, unreachable_pub, reason = "the types only describe")]

use std::collections::BTreeMap;

use serde::Deserialize;
use utoipa::ToSchema;

macro_rules! objects {
    ($($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $field:ident: $type:ty,)* })*) => {
        $(
            $(#[$doc])*
            #[derive(Deserialize, ToSchema)]
            #[serde(deny_unknown_fields)]
            pub struct $name { $($(#[$of])* pub $field: $type,)* }
        )*
    };
}

macro_rules! words {
    ($($(#[$of:meta])* $name:ident { $($word:ident,)* })*) => {
        $(
            #[derive(Deserialize, ToSchema)]
            $(#[$of])*
            pub enum $name { $($word,)* }
        )*
    };
}

words! {
    /// What is answered.
    #[serde(rename_all = "UPPERCASE")]
    Verdict { Private, Public, NxDomain, NoData, Silence, ServFail, Forwarded, Records, }
    /// The verdict on a name, as the exit code of `vpcdns explain`: 0, 10 and 11.
    #[serde(rename_all = "UPPERCASE")]
    Code { Private, Public, Failed, }
    /// How sure a fact is.
    #[serde(rename_all = "UPPERCASE")]
    Tag { Documented, Observed, Assumed, }
    /// Where the resolver looked.
    #[serde(rename_all = "kebab-case")]
    Place { Rules, Zones, Public, }
    /// What it found there.
    #[serde(rename_all = "kebab-case")]
    Found { Hit, Pass, Asleep, NotAsked, }
    /// How a server that questions are forwarded to is asked.
    #[serde(rename_all = "lowercase")]
    Health { Up, Late, Down, Loop, }
    /// Whose name is asked.
    #[serde(rename_all = "kebab-case")]
    NameOf { Service, Endpoint, }
    /// How bad a finding is.
    #[serde(rename_all = "lowercase")]
    Severity { Broken, Dangerous, Note, }
    /// The answer that a fault gives.
    #[serde(rename_all = "lowercase")]
    FaultAnswer { ServFail, NxDomain, Timeout, }
    /// The kind of an endpoint.
    #[serde(rename_all = "lowercase")]
    EndpointKind { Interface, Gateway, }
    /// The form of a World.
    #[serde(rename_all = "lowercase")]
    Format { Json, Yaml, }
}

objects! {
    /// Why a request is refused.
    Error { error: String, }

    /// An explanation of an answer.
    Explanation {
        question: Question,
        /// The steps, in order.
        steps: Vec<Step>,
        /// Where the resolver looked.
        journey: Vec<Rung>,
        answer: Answer,
        verdict: Verdict,
        /// The way to each address.
        paths: Vec<Path>,
        assumptions: Vec<String>,
        hints: Option<Vec<Hint>>,
        dig: Dig,
        /// The AWS service that the name belongs to.
        #[schema(required = true)]
        service: Option<String>,
        /// The facts that the steps refer to, by id.
        facts: BTreeMap<String, Fact>,
        /// The result before the last change; null if it was the same.
        #[schema(required = true)]
        before: Option<Summary>,
    }
    Question { name: String, r#type: String, from: String, }
    Step { step: u32, rule: String, text: String, facts: Vec<String>, assumed: bool, }
    Rung {
        rung: Place,
        #[schema(required = true)]
        zone: Option<String>,
        #[schema(required = true)]
        rule: Option<String>,
        outcome: Found,
        #[schema(required = true)]
        zone_id: Option<String>,
        records: Vec<String>,
    }
    Answer {
        /// The response code, or `SILENCE`.
        status: String,
        records: Vec<Record>,
        soa: Option<Record>,
    }
    Record { name: String, ttl: u32, r#type: String, data: String, }
    Path {
        address: String,
        from: Option<String>,
        /// `private`, `public`, `gateway`, `peering`, `transit`, `nowhere` or `blocked`.
        kind: String,
        reason: Option<String>,
        phrase: String,
        hops: Vec<String>,
        places: Vec<Hop>,
        assumed: Option<Vec<String>>,
    }
    Hop {
        kind: String,
        ids: Vec<String>,
        route: Option<String>,
        vpc: Option<String>,
        vpc_name: Option<String>,
    }
    Hint { code: String, text: String, part: Option<String>, name: Option<String>, }
    Dig {
        /// A command that asks the same; null if dig cannot ask as this client.
        #[schema(required = true)]
        command: Option<String>,
        everywhere: bool,
        /// What dig prints.
        text: String,
    }
    Fact { tag: Tag, line: String, }
    Summary {
        status: String,
        verdict: Verdict,
        data: Vec<String>,
        ways: Vec<String>,
        #[schema(required = true)]
        path: Option<String>,
        changes: Vec<Difference>,
    }
    Difference { what: String, id: String, name: String, before: String, now: String, }

    /// What is found in the World, the worst first. The counts are those of all findings.
    Report {
        broken: u64,
        dangerous: u64,
        notes: u64,
        findings: Vec<Finding>,
    }
    Finding {
        /// The rule, which is also the id of a fact.
        rule: String,
        severity: Severity,
        /// What causes it.
        resources: Vec<Item>,
        /// The VPCs or subnets that it concerns.
        places: Vec<Item>,
        names: Vec<String>,
        what: String,
        cure: String,
        facts: Vec<String>,
    }
    Item { id: String, label: String, }

    /// The private-DNS table of an endpoint.
    Table {
        endpoint: String,
        service: String,
        vpc: String,
        from: String,
        rows: Vec<Row>,
        flags: Vec<Row>,
    }
    Row {
        dns_support: bool,
        dns_hostnames: bool,
        private_dns: bool,
        name_of: NameOf,
        name: String,
        cell: Cell,
        /// Whether the World is in this state now.
        in_force: bool,
    }
    /// How the server stands.
    Status {
        version: String,
        uptime_seconds: f64,
        dns: Vec<String>,
        world: Standing,
        queries: Queries,
        /// How many answers of other servers are kept.
        cache: u64,
        servers: Vec<UpstreamServer>,
        tcp_connections: u64,
        reloads: Reloads,
        #[schema(required = true)]
        query_log: Option<QueryLog>,
        #[schema(required = true)]
        log_level: Option<String>,
        process: ProcessNow,
    }
    Standing {
        generation: u64,
        changes: u64,
        vpcs: u64,
        endpoints: u64,
        /// Why changes cannot be saved.
        #[schema(required = true)]
        trouble: Option<String>,
    }
    Queries {
        all: u64,
        /// By response code.
        replies: BTreeMap<String, u64>,
        /// Queries without a reply.
        silence: u64,
    }
    UpstreamServer {
        address: String,
        health: Health,
        #[schema(required = true)]
        round_trip_ms: Option<f64>,
        in_flight: u64,
        waiting: u64,
        sent: u64,
        replies: u64,
        timeouts: u64,
        failures: u64,
    }
    Reloads {
        ok: u64,
        failed: u64,
        /// When the last one ended, in seconds since the epoch.
        #[schema(required = true)]
        last: Option<u64>,
        /// Why the last one failed.
        #[schema(required = true)]
        error: Option<String>,
    }
    QueryLog { lines: u64, dropped: u64, failed: u64, }
    ProcessNow {
        #[schema(required = true)]
        cpu_seconds: Option<f64>,
        #[schema(required = true)]
        resident_bytes: Option<f64>,
        #[schema(required = true)]
        open_files: Option<f64>,
    }
    /// Answers of other servers.
    Kept { answers: Vec<KeptAnswer>, }
    KeptAnswer {
        name: String,
        r#type: String,
        servers: Vec<String>,
        /// The response code; null if nobody answered.
        #[schema(required = true)]
        status: Option<String>,
        /// How long it holds.
        seconds: u64,
        /// Whether it is given only if nobody answers.
        stale: bool,
        data: Vec<String>,
    }
    Forgotten { forgotten: u64, }
    Level { level: String, }
    /// Who asks most.
    Tops { seconds: u64, queries: u64, names: Vec<TopName>, sources: Vec<TopSource>, }
    TopName { name: String, r#type: String, queries: u64, }
    TopSource { source: String, queries: u64, }
    Answered {
        verdict: Verdict,
        addresses: Vec<String>,
        #[schema(required = true)]
        path: Option<String>,
        #[schema(required = true)]
        reason: Option<String>,
        #[schema(required = true)]
        way: Option<String>,
        ways: Option<Vec<Way>>,
        assumed: Option<Vec<String>>,
    }
    Refused { code: String, message: String, }
    Way { to: Vec<String>, from: Option<String>, path: String, reason: Option<String>, way: String, }

    /// A name of a service, and what it answers.
    Line {
        service: String,
        #[schema(required = true)]
        name: Option<String>,
        #[schema(required = true)]
        verdict: Option<Code>,
        addresses: Vec<String>,
        #[schema(required = true)]
        answer: Option<Verdict>,
        #[schema(required = true)]
        path: Option<String>,
        #[schema(required = true)]
        reason: Option<String>,
        #[schema(required = true)]
        way: Option<String>,
        ways: Option<Vec<Way>>,
        assumed: Option<Vec<String>>,
    }

    /// The World, or a part of it.
    Shown {
        /// How many Changes made it.
        generation: u64,
        default_client: String,
        world: World,
    }
    World {
        vpcs: Vec<Vpc>,
        services: Vec<Service>,
        load_balancers: Vec<Balancer>,
        peerings: Vec<Peering>,
        /// The number of all resources, and of those in this reply.
        total: u64,
        shown: u64,
    }
    Vpc {
        id: String,
        name: String,
        region: String,
        owner: String,
        cidrs: Vec<String>,
        ipv6_cidrs: Vec<String>,
        dns_support: bool,
        dns_hostnames: bool,
        #[schema(required = true)]
        internet_gateway: Option<Named>,
        route_tables: Vec<RouteTable>,
        subnets: Vec<Subnet>,
        endpoints: Vec<Endpoint>,
        zones: Vec<Named>,
        omitted: u64,
    }
    Named { id: String, name: String, }
    RouteTable { id: String, name: String, main: bool, routes: Vec<Route>, }
    Route { destination: String, target: String, }
    Subnet {
        id: String,
        name: String,
        cidr: String,
        zone: String,
        #[schema(required = true)]
        route_table: Option<String>,
        instances: Vec<Instance>,
        omitted: u64,
    }
    Instance {
        id: String,
        name: String,
        #[schema(required = true)]
        address: Option<String>,
        #[schema(required = true)]
        ipv6: Option<String>,
        #[schema(required = true)]
        public_address: Option<String>,
    }
    Endpoint {
        id: String,
        name: String,
        kind: EndpointKind,
        service: String,
        short: String,
        state: String,
        private_dns: bool,
        private_names: Vec<String>,
        names: Vec<String>,
        interfaces: Vec<Interface>,
        route_tables: Vec<String>,
        #[schema(required = true)]
        prefix_list: Option<String>,
    }
    Interface {
        subnet: String,
        zone: String,
        #[schema(required = true)]
        v4: Option<String>,
        #[schema(required = true)]
        v6: Option<String>,
    }
    Service {
        id: String,
        label: String,
        name: String,
        region: String,
        owner: String,
        acceptance_required: bool,
        #[schema(required = true)]
        private_name: Option<String>,
        load_balancers: Vec<String>,
        connections: Vec<Connection>,
    }
    Connection { endpoint: String, vpc: String, state: String, }
    Balancer {
        dns_name: String,
        shown_name: String,
        label: String,
        vpc: String,
        internet_facing: bool,
        addresses: Vec<String>,
        subnets: Vec<String>,
        targets: Vec<String>,
    }
    Peering { id: String, vpcs: Vec<String>, active: bool, }

    /// The labs, and how far the World has come in them.
    Labs {
        labs: Vec<Lab>,
        /// The step whose World is the current one.
        #[schema(required = true)]
        at: Option<At>,
        /// By the lab's name.
        progress: BTreeMap<String, Progress>,
        racks: Vec<Group>,
        /// Whether the server asks for a token.
        token: bool,
        #[schema(required = true)]
        class: Option<Class>,
    }
    Lab { name: String, title: Words, chapter: bool, steps: Vec<LabStep>, }
    Words { en: String, ko: String, }
    LabStep {
        name: String,
        title: Words,
        #[schema(required = true)]
        goal: Option<Words>,
        text: Words,
        #[schema(required = true)]
        point: Option<Words>,
        #[schema(required = true)]
        question: Option<Question>,
        commands: Vec<String>,
        digs: Vec<LabDig>,
        curls: Vec<Curl>,
        pings: Vec<Ping>,
        refusals: Vec<LabRefusal>,
        ways: Vec<LabWay>,
    }
    LabDig {
        #[schema(required = true)]
        row: Option<u8>,
        from: String,
        name: String,
        r#type: String,
        prints: Vec<String>,
    }
    Curl {
        from: String,
        command: String,
        shell: String,
        status: u16,
        #[schema(required = true)]
        prints: Option<Vec<String>>,
    }
    Ping { from: String, command: String, shell: String, answers: bool, }
    LabRefusal { command: String, code: String, }
    LabWay { from: String, name: String, hops: Vec<String>, }
    At { lab: String, step: String, }
    Progress {
        known: bool,
        steps: Vec<Vec<Goal>>,
        /// Texts of the lab, each with the one in its place.
        own: Vec<Vec<String>>,
    }
    Goal {
        what: String,
        of: Vec<String>,
        done: bool,
        #[schema(required = true)]
        hint: Option<Missing>,
    }
    Missing { what: String, of: Vec<String>, }
    /// A placement group as the page draws it.
    Group { name: String, strategy: String, zones: Vec<Zone>, }
    Zone { zone: String, racks: Vec<Vec<String>>, }
    /// The reader's part in a class.
    Class { teacher: Option<bool>, student: Option<String>, secret: Option<String>, }

    /// A code of a refusal in plain words; null if there are none.
    Meaning {
        code: String,
        #[schema(required = true)]
        means: Option<String>,
    }
    /// A failure that is made on purpose. It needs an answer, a delay or both.
    Fault {
        /// `example.com`, `*.example.com`, or `*` for all names.
        name: Option<String>,
        /// An instance, a subnet or a VPC; all if it is left out.
        from: Option<String>,
        answer: Option<FaultAnswer>,
        /// Milliseconds.
        #[schema(maximum = 60_000)]
        delay: Option<u32>,
    }
    /// How many faults there are now.
    Faults { faults: u64, }
    /// The steps of a test file.
    Steps { steps: Vec<TestStep>, }
    /// A step of a test file.
    TestStep {
        name: Option<String>,
        /// Changes as text, as for `vpcdns what-if --set`. Maps are taken too.
        change: Option<Vec<String>>,
        expect: Option<Vec<Expectation>>,
    }
    /// Who asks what, and what is to come of it. It needs `expect`, `via` or both.
    Expectation {
        from: String,
        name: String,
        #[serde(rename = "type")]
        rtype: Option<String>,
        expect: Option<Wanted>,
        via: Option<String>,
        #[schema(minimum = 1)]
        port: Option<u16>,
        because: Option<String>,
    }
    /// What came of a test.
    Tested { met: bool, expectations: Vec<Checked>, }
    /// An expectation, and what came of it.
    Checked {
        step: u32,
        step_name: String,
        from: String,
        name: String,
        #[serde(rename = "type")]
        rtype: String,
        expected: String,
        given: String,
        met: bool,
        because: Option<String>,
        /// Empty if it is met.
        why: Vec<String>,
        /// The line of the request's body.
        line: u32,
    }
    /// The World that is in place now.
    Placed { world: String, }
}

/// A word such as `private`, or the addresses or data that are answered.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Wanted {
    /// A word.
    Word(String),
    /// Addresses or data.
    Data(Vec<String>),
}

/// An answer, or why AWS does not let the row be made.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Cell {
    /// An answer.
    Answer(Answered),
    /// A refusal.
    Refused(Refused),
}
