//! `GET /metrics`: counts in Prometheus's text format.

use std::{fmt::Write, sync::Arc};

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};

use super::shared::{Shared, degraded};

/// The counts.
pub(super) async fn metrics(State(shared): State<Arc<Shared>>) -> Response {
    let degraded = degraded(&shared).await.is_some();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text(&shared, degraded)).into_response()
}

fn text(shared: &Shared, degraded: bool) -> String {
    let mut out = String::new();
    let head = |name: &str, kind: &str, help: &str| {
        format!("# HELP vpcdns_{name} {help}\n# TYPE vpcdns_{name} {kind}\n")
    };
    out.push_str(&head(
        "dns_queries_total",
        "counter",
        "Queries, by the response code of the reply; SILENCE got none, FORWARDED went to another server.",
    ));
    for count in shared.watch.counts() {
        // Writing to a string cannot fail.
        let _ = writeln!(
            out,
            "vpcdns_dns_queries_total{{status=\"{}\"}} {}",
            count.status.to_lowercase(),
            count.count
        );
    }
    let snapshot = shared.live.snapshot();
    let world = &snapshot.world;
    out.push_str(&head("world_resources", "gauge", "Resources of the World, by kind."));
    for (kind, count) in [
        ("vpc", world.vpcs.len()),
        ("subnet", world.subnets.len()),
        ("instance", world.instances.len()),
        ("vpc_endpoint", world.endpoints.len()),
        ("endpoint_service", world.endpoint_services.len()),
        ("load_balancer", world.load_balancers.len()),
        ("managed_resource", world.managed_resources.len()),
        ("hosted_zone", world.hosted_zones.len()),
    ] {
        let _ = writeln!(out, "vpcdns_world_resources{{kind=\"{kind}\"}} {count}");
    }
    for (name, kind, help, value) in [
        (
            "world_changes_total",
            "counter",
            "Changes since the start or the last reset.",
            shared.live.changes(),
        ),
        (
            "store_degraded",
            "gauge",
            "1 while the store cannot save changes, or soon may not; /ready says why.",
            u64::from(degraded),
        ),
        (
            "forward_loops_total",
            "counter",
            "Forwarding loops found: an upstream server sent our own query back.",
            shared.watch.loops(),
        ),
        (
            "event_listeners",
            "gauge",
            "Readers of /api/events.",
            u64::try_from(shared.events.listeners()).unwrap_or(u64::MAX),
        ),
    ] {
        out.push_str(&head(name, kind, help));
        let _ = writeln!(out, "vpcdns_{name} {value}");
    }
    out
}
