//! `vpcdns explain`: an explanation as text or JSON, from worlds or from a running server.

use std::time::Duration;

use super::{Output, clock::now, drawing, worlds};
use crate::{
    model::record::RecordType,
    resolve::{
        explain::{Explanation, PathWords},
        hint,
        path::{Aim, Port},
        places,
        question::Question,
        together, words,
    },
};

/// The exit code where the name has an address that the traffic does not reach.
const LOST: u8 = 12;

/// Arguments of `explain`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The name to explain.
    name: String,
    #[command(flatten)]
    worlds: worlds::WorldArguments,
    /// Who asks: an instance, subnet or VPC by name or id, an address, an inbound endpoint's id, or `internet`.
    #[arg(long, value_name = "CLIENT")]
    from: Option<String>,
    /// The record type.
    #[arg(long = "type", value_name = "TYPE", default_value = "A")]
    rtype: String,
    /// The TCP port that the ways go to; without it that of the load balancer's listener, 53 at an inbound endpoint, else 443.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    port: Option<u16>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// Ask a running server instead of reading worlds.
    #[arg(long, value_name = "URL", conflicts_with = "worlds")]
    server: Option<String>,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> u8 {
    if let Some(server) = &arguments.server {
        return ask_server(server, arguments, output);
    }
    let snapshot = match arguments.worlds.snapshot(output) {
        Ok(snapshot) => snapshot,
        Err(code) => return code,
    };
    let rtype: RecordType = match arguments.rtype.parse() {
        Ok(rtype) => rtype,
        Err(error) => {
            output.error(&format!("--type: {error}"));
            return 1;
        }
    };
    let asker = match arguments.from.as_deref().map(|from| places::client(&snapshot, from)) {
        None => snapshot.default_asker(),
        Some(Ok(asker)) => asker,
        Some(Err(error)) => {
            output.error(&format!("--from: {error}"));
            return 1;
        }
    };
    let address = arguments.from.as_deref().and_then(|from| from.parse().ok());
    let now = now();
    let say = output.language();
    let explained = hint::explain_typed(
        &snapshot,
        &arguments.name,
        |name| Question { address, ..Question::asked(name, rtype, asker, now) },
        arguments.port.map_or(Aim::Usual, |port| Aim::To(Port::tcp(port))),
        say,
    );
    let explanation = match explained {
        Ok((_, explanation)) => explanation,
        Err(error) => {
            output.error(&format!("`{}` is not a name: {error}", arguments.name));
            return 1;
        }
    };
    if arguments.json {
        output.line(&serde_json::to_string_pretty(&explanation).unwrap_or_default());
    } else {
        print(&explanation, output);
    }
    exit_code(&explanation, arguments)
}

/// Where a port was asked for, a way that does not arrive counts.
fn exit_code(explanation: &Explanation, arguments: &Arguments) -> u8 {
    let is_lost = |path: &PathWords| together::is_lost(&path.kind);
    if arguments.port.is_some() && explanation.paths.iter().any(is_lost) {
        return LOST;
    }
    explanation.verdict.exit_code()
}

fn ask_server(server: &str, arguments: &Arguments, output: &mut Output) -> u8 {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(5)))
        .http_status_as_error(false)
        .build()
        .into();
    let mut request = agent
        .get(format!("{}/api/explain", server.trim_end_matches('/')))
        .query("name", &arguments.name)
        .query("type", &arguments.rtype)
        .query("lang", output.language().code());
    if let Some(port) = arguments.port {
        request = request.query("port", port.to_string());
    }
    if let Some(from) = &arguments.from {
        request = request.query("from", from);
    }
    let body = request.call().map_err(|error| error.to_string()).and_then(|mut response| {
        response.body_mut().read_to_string().map_err(|error| error.to_string())
    });
    let parsed = body.and_then(|body| {
        serde_json::from_str::<serde_json::Value>(&body).map_err(|error| error.to_string())
    });
    let value = match parsed {
        Ok(value) => value,
        Err(error) => {
            output.error(&format!("{server}: {error}"));
            return 1;
        }
    };
    if let Some(error) = value.get("error").and_then(serde_json::Value::as_str) {
        output.error(error);
        return 1;
    }
    if arguments.json {
        output.line(&serde_json::to_string_pretty(&value).unwrap_or_default());
    }
    match serde_json::from_value::<Explanation>(value) {
        Ok(explanation) => {
            if !arguments.json {
                print(&explanation, output);
            }
            exit_code(&explanation, arguments)
        }
        Err(error) => {
            output.error(&format!("{server}: the reply is not an explanation of vpcdns: {error}"));
            1
        }
    }
}

fn print(explanation: &Explanation, output: &mut Output) {
    let asked = &explanation.question;
    let say = output.language();
    output.line(&output.bold(&say.question_asked(&asked.name, &asked.rtype, &asked.from)));
    output.line("");
    for step in &explanation.steps {
        let assumed = if step.assumed { format!(", {}", say.assumed()) } else { String::new() };
        output.line(&format!(
            "  {:>2}. {} [{}{assumed}]",
            step.step,
            step.text,
            step.facts.join(" ")
        ));
    }
    output.line("");
    let verdict = explanation.verdict.text();
    output.line(&format!("  {}", say.answer_line(&explanation.answer.status, verdict)));
    for record in explanation.answer.records.iter().chain(&explanation.answer.soa) {
        output.line(&format!(
            "    {}\t{}\tIN\t{}\t{}",
            record.name, record.ttl, record.rtype, record.data
        ));
    }
    for line in hint::lines(&explanation.hints, say) {
        output.line(&format!("  {}", say.hint_line(line)));
    }
    for path in &explanation.paths {
        let kind = words::way_kind(&path.kind, say);
        let way = match &path.from {
            Some(from) => say.way_to_from(path.address, from, kind),
            None => say.way_to(path.address, kind),
        };
        output.line(&format!("  {way}"));
        for line in drawing::lines(path) {
            output.line(&format!("    {line}"));
        }
    }
    if !explanation.assumptions.is_empty() {
        output.line(&format!("  {}", say.assumptions()));
        for assumption in &explanation.assumptions {
            output.line(&format!("    {assumption}"));
        }
    }
}
