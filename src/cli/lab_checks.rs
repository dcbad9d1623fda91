//! What a step of a lab shows, as this program answers it: one check for each question, request and command.

use std::{collections::BTreeSet, iter};

use super::clock::now;
use crate::{
    imds::{self, Tokens},
    import::lab::{Curl, Dig, LabStep},
    model::name::Name,
    resolve::{explain, places, question::Question, snapshot::Snapshot},
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
    iter::empty().chain(digs).chain(curls)
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
    let mut request = imds::Request { method: "GET", path: &curl.path, ..Default::default() };
    let token = curl.token.then(|| {
        let put = imds::Request {
            method: "PUT",
            path: "/latest/api/token",
            ttl: Some(b"60"),
            ..Default::default()
        };
        imds::reply(world, asker, &put, &tokens, now()).body
    });
    request.token = token.as_deref();
    let reply = imds::reply(world, asker, &request, &tokens, now());
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
