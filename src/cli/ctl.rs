//! `vpcdns ctl`: asks a running server how it stands, and tells it to forget answers or to log more.

use std::{fmt::Write as _, time::Duration};

use serde_json::Value;

use super::Output;

/// Arguments of `ctl`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
    /// The HTTP address of the server.
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "VPCDNS_SERVER",
        default_value = "http://127.0.0.1:1080"
    )]
    server: String,
    /// The server's token, if it has one.
    #[arg(long, global = true, value_name = "TOKEN", env = "VPCDNS_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// Print the server's JSON.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// How the server stands: its World, queries, other servers and their health.
    Status,
    /// The answers of other servers that are kept, of NAME and all names below it.
    Cache {
        /// A name.
        name: Option<String>,
    },
    /// Forget them.
    Flush {
        /// A name.
        name: Option<String>,
    },
    /// What is logged on standard error. With LEVEL, change it.
    LogLevel {
        /// error, warn, info, debug or trace, or a filter such as `warn,vpcdns::dns=debug`.
        level: Option<String>,
    },
    /// Count for some seconds, and tell the names and sources that asked most.
    Top {
        /// For how many seconds, at most 60.
        #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=60))]
        seconds: u16,
        /// How many of each.
        #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=1000))]
        limit: u16,
    },
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> u8 {
    let of_name = |name: &Option<String>| name.iter().map(|it| ("name", it.clone())).collect();
    let (method, path, query, body): (_, _, Vec<(&str, String)>, _) = match &arguments.what {
        What::Status => ("GET", "status", Vec::new(), None),
        What::Cache { name } => ("GET", "cache", of_name(name), None),
        What::Flush { name } => ("DELETE", "cache", of_name(name), None),
        What::LogLevel { level: None } => ("GET", "log-level", Vec::new(), None),
        What::LogLevel { level } => ("PUT", "log-level", Vec::new(), level.as_deref()),
        What::Top { seconds, limit } => {
            let query = vec![("seconds", seconds.to_string()), ("limit", limit.to_string())];
            ("GET", "top", query, None)
        }
    };
    let text = match ask(arguments, method, path, query, body) {
        Ok(text) => text,
        Err(error) => {
            output.error(&error);
            return 1;
        }
    };
    if arguments.json {
        output.line(text.trim_end());
        return 0;
    }
    match serde_json::from_str(&text) {
        Ok(told) => {
            output.raw(words(&arguments.what, &told).as_bytes());
            0
        }
        Err(error) => {
            output.error(&format!("{}: the reply is not JSON: {error}", arguments.server));
            1
        }
    }
}

fn ask(
    arguments: &Arguments,
    method: &str,
    path: &str,
    query: Vec<(&str, String)>,
    body: Option<&str>,
) -> Result<String, String> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(90)))
        .http_status_as_error(false)
        .build()
        .into();
    let server = arguments.server.trim_end_matches('/');
    let url = format!("{server}/api/{path}");
    let failed = |error: &dyn std::fmt::Display| format!("{server}: {error}");
    let mut request = ureq::http::Request::builder().method(method).uri(with_query(&url, query));
    if let Some(token) = &arguments.token {
        request = request.header("Authorization", format!("Bearer {token}"));
    }
    let request = request.body(body.unwrap_or_default().to_owned()).map_err(|it| failed(&it))?;
    let mut reply = agent.run(request).map_err(|it| failed(&it))?;
    let status = reply.status();
    let text = reply.body_mut().with_config().limit(64 << 20).read_to_string();
    let text = text.map_err(|it| failed(&it))?;
    if status.is_success() {
        return Ok(text);
    }
    let told: Value = serde_json::from_str(&text).unwrap_or_default();
    Err(match told["error"].as_str() {
        Some(error) => failed(&error),
        None => failed(&format!("{status}: {}", text.trim())),
    })
}

fn with_query(url: &str, query: Vec<(&str, String)>) -> String {
    if query.is_empty() {
        return url.to_owned();
    }
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
    format!("{url}?{query}")
}

/// A reply in words.
fn words(what: &What, told: &Value) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = match what {
        What::Status => status(told, &mut out),
        What::Cache { .. } => list(&told["answers"]).try_for_each(|it| {
            let status = it["status"].as_str().unwrap_or("no answer");
            let stale = if it["stale"] == true { "over" } else { "" };
            let data: Vec<_> = list(&it["data"]).map(text).collect();
            let (name, rtype) = (text(&it["name"]), text(&it["type"]));
            let line = format!(
                "{name} {rtype} {status} {}{} {} from {}",
                if stale.is_empty() { text(&it["seconds"]) } else { stale.to_owned() },
                if stale.is_empty() { " s" } else { "" },
                data.join(" "),
                list(&it["servers"]).map(text).collect::<Vec<_>>().join(",")
            );
            writeln!(out, "{}", line.split_whitespace().collect::<Vec<_>>().join(" "))
        }),
        What::Flush { .. } => writeln!(out, "forgotten: {}", told["forgotten"]),
        What::LogLevel { .. } => writeln!(out, "{}", text(&told["level"])),
        What::Top { .. } => {
            let mut told_of = |title: &str, of: &Value, what: fn(&Value) -> String| {
                writeln!(out, "{title}")?;
                list(of)
                    .try_for_each(|it| writeln!(out, "{:>10}  {}", text(&it["queries"]), what(it)))
            };
            told_of(
                &format!("{} queries in {} s. Names:", told["queries"], told["seconds"]),
                &told["names"],
                |it| format!("{} {}", text(&it["name"]), text(&it["type"])),
            )
            .and_then(|()| told_of("Sources:", &told["sources"], |it| text(&it["source"])))
        }
    };
    out
}

fn status(told: &Value, out: &mut String) -> std::fmt::Result {
    let of = |key: &str| text(&told[key]);
    let world = |key: &str| text(&told["world"][key]);
    writeln!(out, "vpcdns {}, up for {} s", of("version"), of("uptime_seconds"))?;
    writeln!(out, "DNS      {}", list(&told["dns"]).map(text).collect::<Vec<_>>().join(", "))?;
    writeln!(
        out,
        "world    {} VPCs, {} endpoints, {} changes",
        world("vpcs"),
        world("endpoints"),
        world("changes")
    )?;
    if let Some(trouble) = told["world"]["trouble"].as_str() {
        writeln!(out, "store    {trouble}")?;
    }
    let queries = &told["queries"];
    let replies = queries["replies"].as_object().into_iter().flatten();
    let replies: Vec<_> = replies.map(|(code, count)| format!("{count} {code}")).collect();
    writeln!(
        out,
        "queries  {}: {}; {} without a reply",
        queries["all"],
        if replies.is_empty() { "no replies".to_owned() } else { replies.join(", ") },
        queries["silence"]
    )?;
    writeln!(out, "kept     {} answers of other servers", of("cache"))?;
    for it in list(&told["servers"]) {
        writeln!(
            out,
            "server   {} is {}: {} questions, {} replies, {} waits in vain, {} not sent, {} ms",
            text(&it["address"]),
            text(&it["health"]),
            it["sent"],
            it["replies"],
            it["timeouts"],
            it["failures"],
            if it["round_trip_ms"].is_null() { "?".to_owned() } else { text(&it["round_trip_ms"]) }
        )?;
    }
    writeln!(out, "TCP      {} connections", of("tcp_connections"))?;
    if let Some(error) = told["reloads"]["error"].as_str() {
        writeln!(out, "reload   the last one failed{error}")?;
    }
    if let Some(log) = told["query_log"].as_object() {
        let of = |key: &str| log.get(key).map(text).unwrap_or_default();
        writeln!(
            out,
            "log      {} lines, {} dropped, {} failed",
            of("lines"),
            of("dropped"),
            of("failed")
        )?;
    }
    if let Some(level) = told["log_level"].as_str() {
        writeln!(out, "level    {level}")?;
    }
    Ok(())
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// Without quotation marks.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => match number.as_f64() {
            #[expect(clippy::cast_possible_truncation, reason = "it is whole, and small")]
            Some(whole) if whole.fract() == 0.0 && whole.abs() < 1e15 => {
                format!("{}", whole as i64)
            }
            _ => number.to_string(),
        },
        other => other.to_string(),
    }
}
