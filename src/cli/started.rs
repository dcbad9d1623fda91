//! What `vpcdns serve` says once it is ready: where the configuration is kept, and commands to try. Each command works as
//! it is printed, once TOKEN is replaced where API calls must be signed.

use std::net::SocketAddr;

use super::worlds::WorldArguments;
use crate::{
    catalog,
    language::Language,
    model::endpoint::EndpointKind,
    resolve::{snapshot::Snapshot, words},
};

/// The most names that a dig is printed for.
const NAMES: usize = 4;

/// What the server serves, and where.
pub(super) struct Served<'s> {
    pub(super) snapshot: &'s Snapshot,
    /// The region of files that name none, and of commands where there is no VPC.
    pub(super) region: &'static str,
    /// The secret key that API calls are signed with.
    pub(super) secret: &'static str,
    /// The addresses of plain DNS.
    pub(super) dns: &'s [SocketAddr],
    pub(super) http: SocketAddr,
}

/// The lines. `worlds` is what the server was started with, if it serves just that.
pub(super) fn lines(
    kept_in: &str,
    served: &Served<'_>,
    worlds: Option<&WorldArguments>,
) -> Vec<String> {
    let Some(address) = served.dns.first() else { return vec![kept_in.to_owned()] };
    let snapshot = served.snapshot;
    let from = words::asker(&snapshot.world, snapshot.default_asker(), Language::English);
    let names = names(served);
    let mut lines = vec![format!("{kept_in} Loopback queries count as asked from {from}. Try:")];
    let dig = format!("  dig @{} -p {} +short", address.ip(), address.port());
    lines.extend(names.iter().map(|name| format!("{dig} {name}")));
    if let Some(name) = names.first() {
        let instances = { snapshot.default_asker().vpc() }
            .into_iter()
            .flat_map(|vpc| snapshot.world.instances_of(vpc));
        let mut placed = instances.filter_map(|it| Some((it.label(), it.address?)));
        if let Some((instance, address)) = placed.next() {
            lines.push(format!("{dig} +subnet={address}/32 {name}    # asked from {instance}"));
        }
        if let Some(worlds) = worlds {
            let words = ["  vpcdns explain", name.as_str()].into_iter();
            let words = words.chain(worlds.worlds.iter().map(String::as_str));
            lines.push(words.collect::<Vec<_>>().join(" "));
        }
    }
    if snapshot.world.vpcs.is_empty() {
        lines.push(format!(
            "  AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY={} aws --endpoint-url http://{} --region {} ec2 create-vpc \
             --cidr-block 10.0.0.0/16",
            served.secret, served.http, served.region
        ));
    }
    lines
}

/// Names to ask for: of each interface endpoint its service's name and its own. Without an endpoint, a service's name.
fn names(served: &Served<'_>) -> Vec<String> {
    let world = &served.snapshot.world;
    let vpc = served.snapshot.default_asker().vpc();
    let mut names: Vec<String> = Vec::new();
    let endpoints = vpc.into_iter().flat_map(|vpc| world.endpoints_of(vpc));
    for endpoint in endpoints.filter(|endpoint| endpoint.kind == EndpointKind::Interface) {
        names.extend(endpoint.private_names.iter().take(1).map(|name| name.zone.to_string()));
        names.extend(endpoint.regional_name().map(|name| name.to_string()));
    }
    names.truncate(NAMES);
    if names.is_empty() {
        let region = vpc.and_then(|vpc| world.vpcs.get(&vpc)).map(|vpc| vpc.region.to_string());
        let region = catalog::region(region.as_deref().unwrap_or(served.region));
        names.extend(region.map(|it| format!("ec2.{}.{}", it.name, it.dns_suffix)));
    }
    names
}
