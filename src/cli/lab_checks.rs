//! What a step of a lab shows, as this program answers it: one check for each question, request and command.

use std::{collections::BTreeSet, iter, net::Ipv4Addr};

use super::clock::now;
use crate::{
    imds::{self, Tokens},
    import::lab::{Curl, Dig, LabStep, Ping, Refused},
    model::{name::Name, record::RecordType},
    resolve::{
        explain, places,
        question::{Asker, Question},
        reach::reach,
        snapshot::Snapshot,
    },
};

/// One answer, beside the answer that the lab shows.
pub(super) struct Checked {
    /// What is typed, with the client that types it.
    pub(super) command: String,
    /// The lines that the lab shows.
    pub(super) expected: Vec<String>,
    /// The lines of our answer.
    pub(super) given: Vec<String>,
    /// Whether both are the same.
    pub(super) equal: bool,
}

/// All checks of a step, or what is wrong with one of them.
pub(super) fn of_step<'a>(
    snapshot: &'a Snapshot,
    step: &'a LabStep,
) -> impl Iterator<Item = Result<Checked, String>> + 'a {
    let digs = step.digs.iter().map(|it| dig(snapshot, it));
    let curls = step.curls.iter().map(|it| curl(snapshot, it));
    let pings = step.pings.iter().map(|it| ping(snapshot, it));
    let refusals = step.refusals.iter().map(|it| Ok(refusal(snapshot, it)));
    iter::empty().chain(digs).chain(curls).chain(pings).chain(refusals)
}

fn dig(snapshot: &Snapshot, dig: &Dig) -> Result<Checked, String> {
    let name =
        Name::parse(&dig.name).map_err(|error| format!("`{}` is not a name: {error}", dig.name))?;
    let asker = places::client(snapshot, &dig.from).map_err(|error| error.to_string())?;
    let question = Question::asked(name.as_ref(), dig.rtype, asker, now());
    let outcome = snapshot.answer(&question, &mut ());
    let answered = explain::answered(&outcome, name.as_ref());
    let given: Vec<String> = answered.records.into_iter().map(|record| record.data).collect();
    let row = dig.row.map_or_else(String::new, |row| format!("{row:>2}  "));
    // The order of addresses rotates.
    let equal = set(&given) == set(&dig.prints);
    let command = format!("{row}{} $ dig +short {}", dig.from, dig.name);
    Ok(Checked { command, expected: dig.prints.clone(), given, equal })
}

fn set(lines: &[String]) -> BTreeSet<&str> {
    lines.iter().map(String::as_str).collect()
}

fn curl(snapshot: &Snapshot, curl: &Curl) -> Result<Checked, String> {
    let asker = places::client(snapshot, &curl.from).map_err(|error| error.to_string())?;
    let (tokens, world) = (Tokens::default(), &snapshot.world);
    let at = imds::Now { clock: now(), running: 0 };
    let mut request = imds::Request { method: "GET", path: &curl.path, ..Default::default() };
    let token = curl.token.then(|| {
        let put = imds::Request {
            method: "PUT",
            path: "/latest/api/token",
            ttl: Some(b"60"),
            ..Default::default()
        };
        imds::reply(world, asker, &put, &tokens, at).body
    });
    request.token = token.as_deref();
    let reply = imds::reply(world, asker, &request, &tokens, at);
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let given = lines(&String::from_utf8_lossy(&reply.body));
    let same = curl.prints.as_ref().is_none_or(|prints| *prints == given);
    let expected = match &curl.prints {
        Some(prints) => prints.clone(),
        None => vec![format!("status {}", curl.status)],
    };
    let command = format!("{} $ {}", curl.from, curl.command());
    Ok(Checked { command, expected, given, equal: same && reply.status == curl.status })
}

fn ping(snapshot: &Snapshot, ping: &Ping) -> Result<Checked, String> {
    let asker = places::client(snapshot, &ping.from).map_err(|error| error.to_string())?;
    let answered = match ping.to.parse() {
        Ok(address) => echoes(snapshot, asker, address, None),
        Err(_) => {
            let name = Name::parse(&ping.to)
                .map_err(|error| format!("`{}` is not a name: {error}", ping.to))?;
            let question = Question::asked(name.as_ref(), RecordType::A, asker, now());
            let outcome = snapshot.answer(&question, &mut ());
            let records = explain::answered(&outcome, name.as_ref()).records;
            let addresses: Vec<Ipv4Addr> =
                records.iter().filter_map(|record| record.data.parse().ok()).collect();
            let all = |it: &Ipv4Addr| echoes(snapshot, asker, *it, Some(&name));
            !addresses.is_empty() && addresses.iter().all(all)
        }
    };
    let words = |answers: bool| vec![if answers { "an answer" } else { "no answer" }.to_owned()];
    let command = format!("{} $ {}", ping.from, ping.command());
    let (expected, given) = (words(ping.answers), words(answered));
    Ok(Checked { command, expected, given, equal: ping.answers == answered })
}

fn echoes(snapshot: &Snapshot, asker: Asker, address: Ipv4Addr, name: Option<&Name>) -> bool {
    reach(snapshot, asker, address, name).is_some_and(|reach| reach.echoes)
}

fn refusal(snapshot: &Snapshot, refused: &Refused) -> Checked {
    let mut world = snapshot.world.clone();
    let mut given = "it is not refused".to_owned();
    for change in &refused.changes {
        match world.apply(change) {
            Ok((next, _)) => world = next,
            Err(refusal) => {
                given = refusal.code.to_string();
                break;
            }
        }
    }
    let equal = given == refused.code;
    let command = format!("$ {}", refused.command);
    Checked { command, expected: vec![refused.code.clone()], given: vec![given], equal }
}
