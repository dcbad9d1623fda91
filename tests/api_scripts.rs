//! What actions of the EC2 API change: scripts of requests over one World each, with what each was answered.
//!
//! `tests/fixtures/api-scripts/` has a file for each script. A line that begins with `>` is a request, made by the account
//! and in the region behind `@`; `; vpc=vpcId` behind it names a value of the reply, which `$vpc` stands for later. Before
//! a request that changes something is made, it is tried with `DryRun` in many wrong forms: each parameter left out,
//! empty and of other values, and by others. A line that begins with `?` is tried in these forms only, and one with `!` is made
//! only as it is. `pace real` lets endpoints stay in their states, `pace at once` ends those.
//!
//! The replies are kept whole, as `tests/scripts/reply.rs` shows them. `VPCDNS_BLESS=1 cargo test --test api_scripts`
//! writes them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing test panics")]

mod common;
#[path = "scripts/reply.rs"]
#[allow(unreachable_pub, reason = "a file of one test program")]
mod reply;

use std::{collections::BTreeSet, fmt::Write as _, fs, sync::Arc};

use common::{compile, root};
use reply::{Names, Node};
use vpcdns::{
    api::{Api, Reply, Request},
    import::{Defaults, open},
    store::{Live, pace::Pace},
};

const HOME: &str = "111111111111/ap-northeast-2";
const OTHERS: [(&str, &str); 2] = [
    ("another account", "999999999999/ap-northeast-2"),
    ("another region", "111111111111/us-west-2"),
];

struct Script {
    live: Arc<Live>,
    api: Api,
    names: Names,
    text: String,
}

fn call(api: &Api, home: &str, form: &str) -> Reply {
    let (account, region) = home.split_once('/').unwrap();
    let credential = format!(
        "AWS4-HMAC-SHA256 Credential={account}/20260101/{region}/ec2/aws4_request, SignedHeaders=host, Signature=0"
    );
    let request = Request {
        method: "POST".to_owned(),
        path: "/".to_owned(),
        sent: String::new(),
        headers: vec![("authorization".to_owned(), credential)],
        body: format!("Version=2016-11-15&Action={form}").into_bytes(),
        ..Request::default()
    };
    api.handle(&request, true)
}

/// Other values that a parameter might have by mistake.
fn others(name: &str, value: &str) -> Vec<String> {
    let mut all: Vec<String> = vec![String::new(), "bogus".to_owned()];
    let mut add = |text: &str| all.push(text.to_owned());
    if let Some((kind, digits)) = value.rsplit_once('-')
        && digits.len() == 17
    {
        add(&format!("{kind}-0ffffffffffffffff"));
        add(&format!("{kind}-ffffffff"));
    }
    match value {
        "true" => add("false"),
        "false" => add("true"),
        _ => {}
    }
    if let Ok(number) = value.parse::<i64>() {
        // So many instances would take long.
        let most = if name == "MaxCount" { 50 } else { i64::MAX };
        for other in [0, -1, number + 1, number - 1, 51, 65_536, 5_000_000_000] {
            if other <= most {
                add(&other.to_string());
            }
        }
    }
    if let Some((address, _)) = value.split_once('/')
        && address.parse::<std::net::Ipv4Addr>().is_ok()
    {
        add(address);
        for range in [
            "10.0.0.0/15",
            "10.0.0.0/28",
            "10.0.7.0/29",
            "10.77.0.0/16",
            "127.0.0.0/16",
            "0.0.0.0/0",
            "10.0.9.9/24",
        ] {
            add(range);
        }
    }
    if let Ok(address) = value.parse::<std::net::Ipv4Addr>() {
        // A public address was made up, and two of them may lie side by side.
        let [a, b, c, _] = if address.is_private() { address.octets() } else { [203, 0, 113, 0] };
        for last in [0, 3, 4, 255] {
            add(&format!("{a}.{b}.{c}.{last}"));
        }
        add("192.0.2.77");
    }
    all
}

/// A request's wrong forms: what is wrong, who makes it, and the request.
fn forms(home: &str, form: &str) -> Vec<(String, String, String)> {
    let (action, rest) = form.split_once('&').unwrap_or((form, ""));
    let pairs: Vec<(&str, &str)> =
        rest.split('&').filter(|it| !it.is_empty()).map(|it| it.split_once('=').unwrap()).collect();
    let join = |pairs: &[(String, String)]| {
        let all: String = pairs.iter().map(|(name, value)| format!("&{name}={value}")).collect();
        format!("{action}{all}&DryRun=true")
    };
    let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let plain: Vec<(String, String)> = pairs.iter().map(own).collect();
    let mut all = vec![("nothing".to_owned(), home.to_owned(), join(&plain))];
    for (who, other) in OTHERS {
        all.push((who.to_owned(), other.to_owned(), join(&plain)));
    }
    let mut more = plain.clone();
    more.push(("Bogus".to_owned(), "1".to_owned()));
    all.push(("+Bogus".to_owned(), home.to_owned(), join(&more)));
    let mut lists = BTreeSet::new();
    for (at, (name, value)) in pairs.iter().enumerate() {
        let mut less = plain.clone();
        less.remove(at);
        all.push((format!("-{name}"), home.to_owned(), join(&less)));
        for other in others(name, value) {
            let mut changed = plain.clone();
            changed[at].1.clone_from(&other);
            all.push((format!("{name}={other}"), home.to_owned(), join(&changed)));
        }
        if let Some((list, rest)) = name.split_once(".1")
            && lists.insert(list)
        {
            for index in ["0", "01", "3"] {
                let mut changed = plain.clone();
                changed[at].0 = format!("{list}.{index}{rest}");
                all.push((changed[at].0.clone(), home.to_owned(), join(&changed)));
            }
            let mut twice = plain.clone();
            twice.push((format!("{list}.2{rest}"), (*value).to_owned()));
            if !plain.iter().any(|it| it.0 == twice.last().unwrap().0) {
                all.push((format!("{list}.2{rest} too"), home.to_owned(), join(&twice)));
            }
        }
    }
    all
}

/// An outcome whose name and value stand as `_`, since what was tried names them.
fn without(outcome: &str, what: &str) -> String {
    let what = what.trim_start_matches(['-', '+']).trim_end_matches(" too");
    let (name, value) = what.split_once('=').unwrap_or((what, "bogus"));
    let lower = format!("{}{}", name[..1].to_ascii_lowercase(), &name[1..]);
    let mut text =
        outcome.replace(&format!("({value})"), "(_)").replace(name, "_").replace(&lower, "_");
    if value.len() > 2 {
        text = text.replace(value, "_");
    }
    text
}

impl Script {
    fn try_forms(&mut self, home: &str, form: &str) {
        let mut by_outcome: Vec<(String, Vec<String>)> = Vec::new();
        for (what, home, form) in forms(home, form) {
            let reply = call(&self.api, &home, &form);
            let node = Node::parse(&reply.text()).unwrap();
            let told = |name| node.all(name).first().copied().unwrap_or_default().to_owned();
            let outcome = match reply.status {
                412 => "would do".to_owned(),
                status => format!("{status} {}: {}", told("Code"), told("Message")),
            };
            let outcome = outcome.replace("400 ", "");
            let (outcome, what) = (self.names.name(&outcome), self.names.name(&what));
            let outcome = without(&outcome, &what);
            match by_outcome.iter_mut().find(|(known, _)| *known == outcome) {
                Some((_, all)) => all.push(what),
                None => by_outcome.push((outcome, vec![what])),
            }
        }
        for (outcome, all) in by_outcome {
            writeln!(self.text, "  {outcome}\n    {}", all.join(" | ")).unwrap();
        }
    }

    fn request(&mut self, line: &str) {
        writeln!(self.text, "{line}").unwrap();
        let (mark, request) = line.split_once(' ').unwrap();
        let (request, bound) = request.split_once(" ; ").unwrap_or((request, ""));
        let (home, form) = match request.strip_prefix('@') {
            Some(rest) => rest.split_once(' ').unwrap(),
            None => (HOME, request),
        };
        let form = self.names.values(form);
        let reads = form.starts_with("Describe") || form.starts_with("Get");
        if mark != "!" && !reads {
            self.try_forms(home, &form);
        }
        if mark == "?" {
            return;
        }
        let reply = call(&self.api, home, &form);
        let node = Node::parse(&reply.text()).unwrap();
        for pair in bound.split_whitespace() {
            let (name, element) = pair.split_once('=').unwrap();
            let (element, number) = element.split_once('#').unwrap_or((element, "1"));
            let values = node.all(element);
            let value = values.get(number.parse::<usize>().unwrap() - 1);
            let value = value.unwrap_or_else(|| panic!("no {pair}: {line}: {}", reply.text()));
            self.names.bind(name, value);
        }
        writeln!(self.text, "{}", reply.status).unwrap();
        for shown in node.lines(&mut self.names) {
            writeln!(self.text, "  {shown}").unwrap();
        }
    }

    fn line(&mut self, line: &str) {
        match line.split_once(' ') {
            Some((">" | "?" | "!", _)) => self.request(line),
            Some(("pace", pace)) => {
                writeln!(self.text, "{line}").unwrap();
                let pace = if pace == "real" { Pace::Real } else { Pace::AtOnce };
                self.live.set_pace(pace);
            }
            _ => writeln!(self.text, "{line}").unwrap(),
        }
    }
}

fn script(name: &str) {
    let folder = root().join("tests/fixtures/api-scripts");
    let world = folder.join("world.yaml");
    let path = folder.join(format!("{name}.txt"));
    let kept = fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = kept
        .lines()
        .filter(|line| ["> ", "? ", "! ", "# ", "pace "].iter().any(|it| line.starts_with(it)))
        .collect();
    let loaded = open::open(world.to_str().unwrap(), &Defaults::default()).unwrap();
    let live = Arc::new(Live::new(compile(loaded.world)));
    let known = format!("{}\n{}", fs::read_to_string(&world).unwrap(), lines.join("\n"));
    let mut script = Script {
        api: Api::new(Arc::clone(&live), "ap-northeast-2", None),
        live,
        names: Names::new(known),
        text: String::new(),
    };
    for line in lines {
        script.line(line);
    }
    if std::env::var_os("VPCDNS_BLESS").is_some() {
        fs::write(path, script.text).unwrap();
        return;
    }
    let mut request = "";
    let differs = kept.lines().zip(script.text.lines()).find(|(kept, now)| {
        if kept.starts_with(['>', '?', '!']) {
            request = kept;
        }
        kept != now
    });
    assert!(kept == script.text, "{name}: after {request}: {differs:#?}");
}

/// Every script of the folder has its test here.
macro_rules! scripts {
    ($($test:ident $file:literal;)*) => {
        $(#[test]
        fn $test() {
            script($file);
        })*

        #[test]
        fn every_script_is_run() {
            let known = BTreeSet::from([$($file),*]);
            for entry in fs::read_dir(root().join("tests/fixtures/api-scripts")).unwrap() {
                let name = entry.unwrap().file_name().into_string().unwrap();
                let script = name.strip_suffix(".txt");
                assert!(script.is_none_or(|script| known.contains(script)), "{name}");
            }
        }
    };
}

scripts! {
    addresses_and_interfaces_are_handled_as_they_always_were "interface";
    endpoint_services_are_offered_and_used_as_they_always_were "service";
    endpoints_are_made_changed_and_deleted_as_they_always_were "endpoint";
    instances_are_launched_changed_and_terminated_as_they_always_were "instance";
    launches_with_volumes_and_moved_addresses_are_handled_as_they_always_were "launch";
    peerings_are_asked_for_accepted_and_deleted_as_they_always_were "peering";
    routes_and_their_tables_are_handled_as_they_always_were "route";
    security_groups_and_their_rules_are_handled_as_they_always_were "security";
    vpcs_are_made_changed_and_deleted_as_they_always_were "vpc";
    subnets_are_made_changed_and_deleted_as_they_always_were "subnet";
}
