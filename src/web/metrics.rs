//! `GET /metrics`: counts in Prometheus's text format, with the names that CoreDNS gives them.
//!
//! What is counted in `dns` comes through `seen`; what is not counted there is read when it is asked for.

use std::{
    collections::BTreeMap,
    fmt::{Error, Result as Written},
    sync::Arc,
};

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, MetricEncoder, NoLabelSet, prometheus_text},
    metrics::MetricType,
    registry::Registry,
};

use super::shared::{Shared, degraded};
use crate::{
    seen::{
        CODES, Counted, Counts, Group, Health, ProcessCounts, SILENCE, SIZES, ServerCounts, Spread,
        TIMES, Viewed,
    },
    store::Reloads,
};

/// The counts.
pub(super) async fn metrics(State(shared): State<Arc<Shared>>) -> Response {
    let degraded = degraded(&shared).await.is_some();
    let world = shared.live.snapshot();
    let world = &world.world;
    let resources = [
        ("vpc", world.vpcs.len()),
        ("subnet", world.subnets.len()),
        ("instance", world.instances.len()),
        ("vpc_endpoint", world.endpoints.len()),
        ("endpoint_service", world.endpoint_services.len()),
        ("load_balancer", world.load_balancers.len()),
        ("managed_resource", world.managed_resources.len()),
        ("hosted_zone", world.hosted_zones.len()),
    ];
    let scrape = Scrape {
        counts: shared.watch.counts(),
        resources,
        changes: shared.live.changes(),
        degraded,
        reloads: shared.live.reloads(),
        event_readers: shared.events.listeners(),
    };
    let mut registry = Registry::default();
    registry.sub_registry_with_prefix("vpcdns").register_collector(Box::new(scrape));
    registry.register_collector(Box::new(Process((shared.config.process)())));
    let mut text = String::new();
    match prometheus_text::encode(&mut text, &registry) {
        Ok(()) => ([(header::CONTENT_TYPE, prometheus_text::CONTENT_TYPE)], text).into_response(),
        Err(Error) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// What is told at once.
#[derive(Debug)]
struct Scrape {
    counts: Counts,
    resources: [(&'static str, usize); 8],
    changes: u64,
    degraded: bool,
    reloads: Reloads,
    event_readers: usize,
}

type Labels<'l, const N: usize> = [(&'l str, &'l str); N];

/// Writes families of metrics.
struct Families<'e>(DescriptorEncoder<'e>);

impl Families<'_> {
    fn family<'s>(
        &'s mut self,
        name: &'s str,
        help: &'s str,
        kind: MetricType,
    ) -> Result<MetricEncoder<'s>, Error> {
        self.0.encode_descriptor(name, help, None, kind)
    }

    /// Counters of one name.
    fn counters<const N: usize>(
        &mut self,
        name: &str,
        help: &str,
        rows: &[(Labels<'_, N>, u64)],
    ) -> Written {
        let mut family = self.family(name, help, MetricType::Counter)?;
        rows.iter().try_for_each(|(labels, value)| {
            family.encode_family(labels)?.encode_counter::<NoLabelSet, _, u64>(value, None)
        })
    }

    /// A counter without labels.
    fn counter(&mut self, name: &str, help: &str, value: u64) -> Written {
        self.family(name, help, MetricType::Counter)?
            .encode_counter::<NoLabelSet, _, u64>(&value, None)
    }

    /// Gauges of one name.
    fn gauges<const N: usize>(
        &mut self,
        name: &str,
        help: &str,
        rows: &[(Labels<'_, N>, f64)],
    ) -> Written {
        let mut family = self.family(name, help, MetricType::Gauge)?;
        rows.iter().try_for_each(|(labels, value)| {
            encode_gauge(&mut family.encode_family(labels)?, *value)
        })
    }

    /// A gauge without labels.
    fn gauge(&mut self, name: &str, help: &str, value: f64) -> Written {
        encode_gauge(&mut self.family(name, help, MetricType::Gauge)?, value)
    }

    /// Histograms of one name.
    fn histograms<const N: usize, const B: usize>(
        &mut self,
        name: &str,
        help: &str,
        bounds: &[f64; B],
        rows: &[(Labels<'_, N>, Spread<B>)],
    ) -> Written {
        let mut family = self.family(name, help, MetricType::Histogram)?;
        rows.iter().try_for_each(|(labels, spread)| {
            family.encode_family(labels)?.encode_histogram::<NoLabelSet>(
                spread.sum,
                spread.count(),
                &spread.buckets(bounds),
                None,
            )
        })
    }
}

/// Writes a whole number without a point.
fn encode_gauge(to: &mut MetricEncoder<'_>, value: f64) -> Written {
    #[expect(clippy::cast_possible_truncation, reason = "it is whole, and small enough")]
    let whole = value as i64;
    if value.fract() == 0.0 && value.abs() < 9e15 {
        to.encode_gauge(&whole)
    } else {
        to.encode_gauge(&value)
    }
}

#[expect(clippy::cast_precision_loss, reason = "Prometheus's numbers are floats")]
fn number(count: usize) -> f64 {
    count as f64
}

impl Collector for Scrape {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> Written {
        let mut families = Families(encoder);
        self.queries(&mut families)?;
        self.forwards(&mut families)?;
        self.cache(&mut families)?;
        self.rest(&mut families)?;
        let mut build = families.family("build_info", "The version.", MetricType::Gauge)?;
        let version = [("version", env!("CARGO_PKG_VERSION"))];
        build.encode_family(&version)?.encode_gauge(&1_i64)
    }
}

/// The name of a view in labels.
fn view(view: Viewed) -> String {
    match view {
        Viewed::Vpc(vpc) => vpc.to_string(),
        Viewed::Internet => "internet".to_owned(),
        Viewed::Nowhere => "none".to_owned(),
        Viewed::Others => "others".to_owned(),
    }
}

/// The counts of groups that have the same labels, added up.
fn summed<K: Ord>(queries: &[(Group, Counted)], key: impl Fn(&Group) -> K) -> BTreeMap<K, Counted> {
    let mut all: BTreeMap<K, Counted> = BTreeMap::new();
    for (group, counted) in queries {
        all.entry(key(group)).or_default().merge(counted);
    }
    all
}

impl Scrape {
    fn queries(&self, families: &mut Families<'_>) -> Written {
        let queries = &self.counts.queries;
        let family = |v6| if v6 { "2" } else { "1" };
        let groups =
            summed(queries, |it| (view(it.view), it.protocol.label(), family(it.v6), it.rtype));
        let rows: Vec<_> = groups
            .iter()
            .map(|((view, proto, family, rtype), counted)| {
                let labels = [
                    ("view", view.as_str()),
                    ("proto", proto),
                    ("family", family),
                    ("type", rtype),
                ];
                (labels, counted.all())
            })
            .collect();
        families.counters("dns_requests", "Queries. Family 1 is IPv4, 2 is IPv6.", &rows)?;
        let views = summed(queries, |it| view(it.view));
        let of_view = |kinds: fn(usize) -> bool| {
            let rows = views.iter().flat_map(move |(view, counted)| {
                let codes = CODES.iter().zip(counted.codes).enumerate();
                codes.filter(move |(at, (_, count))| kinds(*at) && *count > 0).map(
                    move |(_, (code, count))| ([("view", view.as_str()), ("rcode", *code)], count),
                )
            });
            rows.collect::<Vec<_>>()
        };
        families.counters(
            "dns_responses",
            "Replies that were sent, by their response code: a forwarded query has the code it ended in.",
            &of_view(|code| code != SILENCE),
        )?;
        let silent: Vec<_> = of_view(|code| code == SILENCE)
            .into_iter()
            .map(|([view, _], count)| ([view], count))
            .collect();
        families.counters(
            "dns_silence",
            "Queries without a reply: DNS support is off, a fault asks for it, or it is no query.",
            &silent,
        )?;
        let rows: Vec<_> =
            views.iter().map(|(view, it)| ([("view", view.as_str())], it.took.clone())).collect();
        families.histograms(
            "dns_request_duration_seconds",
            "The time from reading a query until its reply is there.",
            &TIMES,
            &rows,
        )?;
        let protocols = summed(queries, |it| (view(it.view), it.protocol.label()));
        let sizes = |size: fn(&Counted) -> Spread<{ SIZES.len() }>| {
            let rows = protocols.iter().map(move |((view, proto), counted)| {
                ([("view", view.as_str()), ("proto", *proto)], size(counted))
            });
            rows.collect::<Vec<_>>()
        };
        let requests = sizes(|it| it.request.clone());
        families.histograms("dns_request_size_bytes", "The size of queries.", &SIZES, &requests)?;
        let replies = sizes(|it| it.response.clone());
        families.histograms("dns_response_size_bytes", "The size of replies.", &SIZES, &replies)?;
        let counts = &self.counts;
        families.counter(
            "linklocal_allowance_exceeded",
            "Packets dropped because their source sent more than --pps-limit, as EC2 does.",
            counts.over_allowance,
        )?;
        families.counter(
            "dns_delays_dropped",
            "Replies dropped because too many wait for the delay of a fault.",
            counts.delays_dropped,
        )?;
        families.counter("panics", "Queries that made the server panic.", counts.panics)
    }

    fn forwards(&self, families: &mut Families<'_>) -> Written {
        let servers: Vec<_> =
            self.counts.servers.iter().map(|it| (it.address.to_string(), it)).collect();
        let counters = |count: fn(&ServerCounts) -> u64| {
            let rows = servers.iter().map(move |(to, it)| ([("to", to.as_str())], count(it)));
            rows.collect::<Vec<_>>()
        };
        let gauges = |value: fn(&ServerCounts) -> f64| {
            let rows = servers.iter().map(move |(to, it)| ([("to", to.as_str())], value(it)));
            rows.collect::<Vec<_>>()
        };
        families.counters(
            "forward_requests",
            "Questions sent to a server, each once.",
            &counters(|it| it.sent),
        )?;
        let replies: Vec<_> = servers
            .iter()
            .flat_map(|(to, it)| {
                let codes = CODES.iter().zip(it.replies).filter(|(_, count)| *count > 0);
                codes.map(move |(code, count)| ([("to", to.as_str()), ("rcode", *code)], count))
            })
            .collect();
        families.counters("forward_responses", "Replies of a server.", &replies)?;
        families.counters(
            "forward_timeouts",
            "Waits for a server that ended without a reply.",
            &counters(|it| it.timeouts),
        )?;
        families.counters(
            "forward_failures",
            "Questions that could not be sent to a server, or that it refused to take.",
            &counters(|it| it.failures),
        )?;
        families.counters(
            "forward_max_concurrent_rejects",
            "Clients that got SERVFAIL at once, because too many waited for the server.",
            &counters(|it| it.rejected),
        )?;
        families.counters(
            "forward_tcp_requests",
            "Questions asked over TCP, after a truncated reply.",
            &counters(|it| it.over_tcp),
        )?;
        families.gauges(
            "forward_in_flight",
            "Questions to a server that are out and not late.",
            &gauges(|it| number(it.in_flight)),
        )?;
        families.gauges(
            "forward_waiting",
            "Clients that wait for a server.",
            &gauges(|it| number(it.waiting)),
        )?;
        let health: Vec<_> = servers
            .iter()
            .flat_map(|(to, it)| {
                Health::ALL.map(|health| {
                    let labels = [("to", to.as_str()), ("state", health.label())];
                    (labels, f64::from(u8::from(it.health == health)))
                })
            })
            .collect();
        families.gauges("forward_health", "1 for the state that a server is in.", &health)?;
        families.counter(
            "forward_loops",
            "Forwarding loops found: an upstream server sent our own query back.",
            self.counts.loops,
        )
    }

    fn cache(&self, families: &mut Families<'_>) -> Written {
        let cache = &self.counts.cache;
        let entries = [
            ([("type", "success")], number(cache.positive)),
            ([("type", "denial")], number(cache.negative)),
            ([("type", "error")], number(cache.failures)),
        ];
        families.gauges("cache_entries", "What is kept of other servers' answers.", &entries)?;
        families.gauge(
            "cache_bytes",
            "The names and data of what is kept.",
            number(cache.bytes),
        )?;
        families.counter("cache_hits", "Questions answered from what is kept.", cache.hits)?;
        families.counter("cache_misses", "Questions for which nothing was kept.", cache.misses)?;
        families.counter(
            "cache_served_stale",
            "Old answers given because no server answered.",
            cache.stale,
        )?;
        families.counter(
            "cache_failures",
            "Questions that failed at once, because they had failed a short time before.",
            cache.failed,
        )
    }

    fn rest(&self, families: &mut Families<'_>) -> Written {
        let tcp = self.counts.connections;
        families.gauge("tcp_connections", "Open TCP connections of DNS.", number(tcp.open))?;
        families.counter("tcp_accepted", "TCP connections accepted.", tcp.accepted)?;
        families.counter(
            "tcp_refused",
            "TCP connections refused, because their client had too many.",
            tcp.refused,
        )?;
        families.counter(
            "tcp_displaced",
            "Idle TCP connections closed to make room for others.",
            tcp.displaced,
        )?;
        let log = self.counts.query_log.unwrap_or_default();
        families.counter("query_log_lines", "Lines of the query log.", log.written)?;
        families.counter(
            "query_log_dropped",
            "Queries that were not logged, because the log is written too slowly.",
            log.dropped,
        )?;
        families.counter(
            "query_log_failed",
            "Lines of the query log that could not be written.",
            log.failed,
        )?;
        let resources = self.resources.map(|(kind, count)| ([("kind", kind)], number(count)));
        families.gauges("world_resources", "Resources of the World, by kind.", &resources)?;
        families.counter(
            "world_changes",
            "Changes since the start or the last reset.",
            self.changes,
        )?;
        families.counter(
            "reloads",
            "Reloads of the files (SIGHUP, --watch) that put them in place.",
            self.reloads.ok,
        )?;
        families.counter(
            "reload_failed",
            "Reloads that left everything as it was.",
            self.reloads.failed,
        )?;
        families.gauge(
            "store_degraded",
            "1 while the store cannot save changes, or soon may not; /ready says why.",
            f64::from(u8::from(self.degraded)),
        )?;
        families.gauge("event_listeners", "Readers of /api/events.", number(self.event_readers))
    }
}

/// The process.
#[derive(Debug)]
struct Process(ProcessCounts);

/// With the names that every process of Prometheus has.
impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Written {
        let mut write = |name, help, kind, value: Option<f64>| {
            let Some(value) = value else { return Ok(()) };
            let mut family = encoder.encode_descriptor(name, help, None, kind)?;
            match kind {
                MetricType::Counter => family.encode_counter::<NoLabelSet, _, u64>(&value, None),
                _ => encode_gauge(&mut family, value),
            }
        };
        let gauge = MetricType::Gauge;
        let cpu = self.0.cpu_seconds;
        write("process_cpu_seconds", "User and system time.", MetricType::Counter, cpu)?;
        write("process_resident_memory_bytes", "Memory.", gauge, self.0.resident_bytes)?;
        write("process_open_fds", "Open files.", gauge, self.0.open_files)?;
        write("process_max_fds", "The most open files.", gauge, self.0.most_files)?;
        let started = Some(self.0.started);
        write("process_start_time_seconds", "The start, since the epoch.", gauge, started)
    }
}
