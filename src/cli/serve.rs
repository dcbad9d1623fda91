//! `vpcdns serve`: reads the options into a checked configuration and runs the server.

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use ipnetwork::IpNetwork;

use super::{Output, data, logging, output::say, started, upstream, worlds};
use crate::{
    allowance::Allowance,
    dns, imds,
    import::{
        Defaults,
        open::file::{self, Input},
    },
    resolve::{public::PublicNames, question::Asker, snapshot::Snapshot},
    seen::LogLevel,
    server::{self, Config, RunError},
    web,
};

/// The default of `--dns`.
const USUAL_DNS: &str = "127.0.0.1:1053";

/// Arguments of `serve`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    worlds: worlds::WorldArguments,
    #[command(flatten)]
    data: data::DataArguments,
    #[command(flatten)]
    logging: logging::LoggingArguments,
    /// Read WORLD again when its files change, as SIGHUP does. A file that has problems changes nothing.
    #[arg(long, env = "VPCDNS_WATCH")]
    watch: bool,
    /// Listen for DNS over UDP and TCP, or with tls://, https://, h3:// or quic:// before ADDR for DNS over TLS, HTTPS (/dns-query), HTTP/3 or QUIC. Beside sockets that systemd hands over, the default does not count. With =VIEW (a VPC, an inbound endpoint or `internet`), every query to this address counts as asked from there. May be repeated.
    #[arg(
        long,
        value_name = "[SCHEME://]ADDR[=VIEW]",
        env = "VPCDNS_DNS",
        value_delimiter = ',',
        default_value = USUAL_DNS
    )]
    dns: Vec<String>,
    /// A file with the certificate for encrypted DNS in PEM, and those that vouch for it behind it. SIGHUP reads it again [default: a self-made one, new at each start].
    #[arg(long, value_name = "FILE", env = "VPCDNS_TLS_CERT", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// A file with the certificate's private key in PEM.
    #[arg(long, value_name = "FILE", env = "VPCDNS_TLS_KEY", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Listen for HTTP, unless systemd hands over a socket.
    #[arg(long, value_name = "ADDR", env = "VPCDNS_HTTP", default_value = "127.0.0.1:1080")]
    http: SocketAddr,
    /// Serve instance metadata. With =VIEW (a VPC or an instance), every request to this address counts as coming from there. May be repeated.
    #[arg(long, value_name = "ADDR[=VIEW]", env = "VPCDNS_IMDS", value_delimiter = ',')]
    imds: Vec<String>,
    /// The client that a loopback query counts as, if nothing else says where it comes from [default: the world's default-client, else its first VPC].
    #[arg(long, value_name = "VIEW", env = "VPCDNS_VIEW")]
    view: Option<String>,
    /// Source addresses outside the configured VPCs that may ask too.
    #[arg(long, value_name = "CIDR,…", env = "VPCDNS_ALLOW", value_delimiter = ',')]
    allow: Vec<IpNetwork>,
    /// Source addresses whose EDNS Client Subnet option is trusted to say where a query comes from.
    #[arg(
        long,
        value_name = "CIDR,…",
        env = "VPCDNS_TRUST_ECS",
        value_delimiter = ',',
        default_value = "127.0.0.0/8,::1/128"
    )]
    trust_ecs: Vec<IpNetwork>,
    /// DNS servers for names that vpcdns does not answer itself: none, system (those of this host), or addresses.
    #[arg(
        long,
        value_name = "none|system|ADDR,…",
        env = "VPCDNS_UPSTREAM",
        value_delimiter = ',',
        default_value = "none"
    )]
    upstream: Vec<String>,
    /// Forward queries to the targets of Resolver rules outside the configured VPCs.
    #[arg(long, env = "VPCDNS_FORWARD_RULES")]
    forward_rules: bool,
    /// TTLs count down, as in a cache, or are whole in every answer, so that tests get equal answers.
    #[arg(long, value_name = "HOW", env = "VPCDNS_TTL", default_value = "counting-down", value_parser = ["counting-down", "whole"])]
    ttl: String,
    /// Send nothing that AWS would not send: no extended errors (RFC 8914).
    #[arg(long, env = "VPCDNS_EXACT")]
    exact: bool,
    /// Answer at most N packets a second from each source and drop the rest, as EC2 does above 1024. DNS and instance metadata count together [default: no limit].
    #[arg(long, value_name = "N", env = "VPCDNS_PPS_LIMIT", value_parser = clap::value_parser!(u32).range(1..))]
    pps_limit: Option<u32>,
    /// The most TCP connections of DNS at once, with those for TLS and HTTPS; as many again may be of QUIC and HTTP/3. At the limit, a new one closes the one that is idle longest.
    #[arg(long, value_name = "N", env = "VPCDNS_TCP_CONNECTIONS", default_value_t = 1024, value_parser = clap::value_parser!(u16).range(1..))]
    tcp_connections: u16,
    /// The most of them from one address.
    #[arg(long, value_name = "N", env = "VPCDNS_TCP_CONNECTIONS_PER_CLIENT", default_value_t = 256, value_parser = clap::value_parser!(u16).range(1..))]
    tcp_connections_per_client: u16,
    /// The seconds without an answered query after which a connection is closed.
    #[arg(long, value_name = "SECONDS", env = "VPCDNS_TCP_IDLE", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=3600))]
    tcp_idle: u16,
    /// Number of UDP sockets and threads for each --dns address; the kernel spreads clients over them [default: one for each processor, at most 8].
    #[arg(long, value_name = "N", env = "VPCDNS_WORKERS", value_parser = clap::value_parser!(u16).range(1..=256))]
    workers: Option<u16>,
    /// How to read and send UDP: many datagrams in one system call where the system can, or one by one.
    #[arg(long, value_name = "batched|portable", env = "VPCDNS_IO", default_value = "batched")]
    io: UdpIo,
    /// Do not explain names to `dig TXT CH NAME`.
    #[arg(long, env = "VPCDNS_NO_EXPLAIN_TXT")]
    no_explain_txt: bool,
    /// The secret that HTTP requests must carry. Required if --http is not loopback; it then needs at least 16 characters.
    #[arg(long, value_name = "TOKEN", env = "VPCDNS_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// A file that holds the token. Unlike --token, it does not show in the list of processes.
    #[arg(long, value_name = "FILE", env = "VPCDNS_TOKEN_FILE")]
    token_file: Option<PathBuf>,
    /// Another host name for HTTP; requests to other names are refused.
    #[arg(long, value_name = "NAME", env = "VPCDNS_HTTP_HOST")]
    http_host: Option<String>,
    /// Where requests for AWS services that are not built go, such as a moto or LocalStack server; their replies come back unchanged. Without it they are refused.
    #[arg(long, value_name = "URL", env = "VPCDNS_AWS_UPSTREAM")]
    aws_upstream: Option<String>,
    /// CloudFormation stacks fail if a resource's type is not emulated, instead of making the resource in name only.
    #[arg(long, env = "VPCDNS_STRICT_STACKS")]
    strict_stacks: bool,
    /// Serve a class: each student joins by name, and gets a World and a DNS port of their own. `/` is the teacher's page.
    #[arg(long, env = "VPCDNS_CLASS")]
    class: bool,
    /// The most students in a class.
    #[arg(long, value_name = "N", env = "VPCDNS_CLASS_STUDENTS", default_value_t = 200, requires = "class", value_parser = clap::value_parser!(u16).range(1..=1000))]
    class_students: u16,
    /// The first DNS port for students; each gets the next ones [default: any free ports].
    #[arg(long, value_name = "PORT", env = "VPCDNS_CLASS_DNS_PORT", requires = "class", value_parser = clap::value_parser!(u16).range(1..))]
    class_dns_port: Option<u16>,
    /// The most HTTP connections at once. At the limit, a new one closes the one that is idle longest. Half of the open files that the system allows are kept for DNS.
    #[arg(long, value_name = "N", env = "VPCDNS_HTTP_CONNECTIONS", default_value_t = 2048, value_parser = clap::value_parser!(u16).range(1..))]
    http_connections: u16,
    /// The most HTTP connections at once from one source: an IPv4 address or an IPv6 /64.
    #[arg(long, value_name = "N", env = "VPCDNS_HTTP_CONNECTIONS_PER_SOURCE", default_value_t = 2048, value_parser = clap::value_parser!(u16).range(1..))]
    http_connections_per_source: u16,
}

/// `--io`.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum UdpIo {
    Batched,
    Portable,
}

impl From<UdpIo> for dns::Io {
    fn from(io: UdpIo) -> Self {
        match io {
            UdpIo::Batched => Self::Batched,
            UdpIo::Portable => Self::Portable,
        }
    }
}

/// Higher than all limits on connections and questions together.
#[cfg(target_os = "linux")]
const OPEN_FILES: u64 = 65_536;

/// The default number of sockets: one for each processor, at most 8.
fn workers() -> usize {
    std::thread::available_parallelism().map_or(1, |count| count.get().min(8))
}

pub(super) fn run(mut arguments: Arguments, output: &mut Output) -> u8 {
    let handed = match server::Handed::take() {
        Ok(handed) => handed,
        Err(error) => {
            output.error(&error);
            return 2;
        }
    };
    arguments.http = handed.http_address().unwrap_or(arguments.http);
    let log_level = arguments.logging.start();
    raise_open_files();
    let config = match configure(arguments, (handed, log_level), output) {
        Ok(config) => config,
        Err(code) => return code,
    };
    // From here until the server listens for signals, they wait. That is only a moment. Reading the worlds may take
    // long, so it came before: a signal can interrupt it.
    server::leave_to_listener();
    let runtime =
        match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => {
                output.error(&format!("cannot start: {error}"));
                return 1;
            }
        };
    let code = match runtime.block_on(server::run(config, say)) {
        Ok(()) => 0,
        Err(error @ (RunError::Dns(_) | RunError::Imds { .. } | RunError::Http { .. })) => {
            output.error(&error.to_string());
            2
        }
        Err(error) => {
            output.error(&error.to_string());
            1
        }
    };
    runtime.shutdown_timeout(Duration::from_millis(200));
    code
}

/// Allows this process as many open files as the system permits. Connections, sockets and questions to other servers
/// may need more than the usual 1,024.
fn raise_open_files() {
    #[cfg(target_os = "linux")]
    {
        use nix::sys::resource::{Resource, getrlimit, setrlimit};
        let raised = getrlimit(Resource::RLIMIT_NOFILE).and_then(|(soft, hard)| {
            setrlimit(Resource::RLIMIT_NOFILE, soft.max(hard.min(OPEN_FILES)), hard)
        });
        if let Err(error) = raised {
            tracing::debug!(%error, "the limit of open files stays as it is");
        }
    }
}

fn configure(
    mut arguments: Arguments,
    (handed, log_level): (server::Handed, LogLevel),
    output: &mut Output,
) -> Result<Config, u8> {
    if arguments.watch {
        arguments.worlds.note();
    }
    let defaults = arguments.worlds.defaults(output)?;
    let kept = arguments.data.open(&arguments.worlds, &defaults, output)?;
    let mut public = arguments.worlds.public(output)?;
    let upstream = upstream::read(&arguments.upstream).map_err(|error| {
        output.error(&format!("--upstream: {error}"));
        1
    })?;
    public.upstream = !upstream.is_empty();
    public.forward_rules = arguments.forward_rules;
    public.whole_ttls = arguments.ttl == "whole";
    let switches = PublicNames { zones: Default::default(), ..public.clone() };
    let snapshot = Snapshot::new(kept.world, Arc::new(public));
    let fail = |output: &mut Output, text: String| {
        output.error(&text);
        1
    };
    let aws_upstream = aws_upstream(&arguments).map_err(|error| fail(output, error))?;
    let token = token(&arguments).map_err(|error| fail(output, error))?;
    let mut listeners = Vec::new();
    for text in &arguments.dns {
        listeners.push(
            listener(&snapshot, text)
                .map_err(|error| fail(output, format!("--dns {text}: {error}")))?,
        );
    }
    let listeners = handed.listeners(listeners, USUAL_DNS.parse().ok());
    let allowance = arguments.pps_limit.map(|limit| Arc::new(Allowance::new(limit)));
    let mut imds = Vec::new();
    for text in &arguments.imds {
        imds.push(
            imds_listener(&snapshot, text)
                .map_err(|error| fail(output, format!("--imds {text}: {error}")))?,
        );
    }
    if arguments.class && listeners.iter().all(|it| it.protocol != dns::Scheme::Plain) {
        let text = "--class: students need a --dns address without a scheme";
        return Err(fail(output, text.to_owned()));
    }
    let certificate = certificate(&arguments, &listeners).map_err(|error| fail(output, error))?;
    upstream::check(&upstream, &listeners).map_err(|error| fail(output, error))?;
    let fallback = arguments
        .view
        .as_deref()
        .map(|view| server::view(&snapshot, view))
        .transpose()
        .map_err(|error| fail(output, format!("--view: {error}")))?;
    let query_log = arguments.logging.query_log().map_err(|error| fail(output, error))?;
    let labs = arguments.worlds.lab_files(&defaults);
    let explained = (!kept.stored).then(|| arguments.worlds.clone());
    let files = files(arguments.worlds, &defaults, switches);
    let hinted = snapshot.clone();
    let region = defaults.region;
    let secret = if token.is_some() { "TOKEN" } else { "test" };
    let kept_in = kept.kept_in;
    Ok(Config {
        snapshot,
        language: output.language(),
        start: kept.start,
        store: kept.store,
        stored: kept.stored,
        pace: arguments.data.pace,
        dns: dns::Config {
            listeners,
            fallback,
            allow: arguments.allow,
            trust_ecs: arguments.trust_ecs,
            explain_txt: !arguments.no_explain_txt,
            upstream,
            udp_workers: arguments.workers.map_or_else(workers, usize::from),
            io: arguments.io.into(),
            allowance,
            query_log,
            exact: arguments.exact,
            tcp_connections: arguments.tcp_connections.into(),
            tcp_of_client: arguments.tcp_connections_per_client.into(),
            tcp_idle: Duration::from_secs(arguments.tcp_idle.into()),
            certificate,
            ..dns::Config::default()
        },
        imds,
        http: arguments.http,
        handed,
        http_host: arguments.http_host,
        log_level: Some(log_level),
        aws_upstream,
        strict_stacks: arguments.strict_stacks,
        token,
        class: arguments.class.then(|| server::Class {
            most: arguments.class_students.into(),
            first_port: arguments.class_dns_port,
        }),
        http_limits: web::Limits {
            all: arguments.http_connections.into(),
            of_a_source: arguments.http_connections_per_source.into(),
            times: web::Times::default(),
        },
        defaults,
        labs,
        files,
        watch: arguments.watch.then_some(&worlds::NOTED),
        hints: Box::new(move |dns, http| {
            let served = started::Served { snapshot: &hinted, region, secret, dns, http };
            started::lines(&kept_in, &served, explained.as_ref())
        }),
    })
}

/// What is read again while the server runs. `switches` are the public names without zones.
fn files(
    worlds: worlds::WorldArguments,
    defaults: &Defaults,
    switches: PublicNames,
) -> server::Files {
    let input = Input { again: true, ..defaults.input };
    let defaults = Defaults { input, ..defaults.clone() };
    let has_public = worlds.has_public();
    let publisher = worlds.clone();
    server::Files {
        world: Arc::new(move || {
            worlds::NOTED.begin();
            worlds.read_again(&defaults)
        }),
        public: Arc::new(move || {
            let zones = publisher.read_public(&input)?.zones;
            Ok(PublicNames { zones, ..switches.clone() })
        }),
        has_public,
    }
}

/// The server that gets the requests for other services.
fn aws_upstream(arguments: &Arguments) -> Result<Option<web::AwsUpstream>, String> {
    let Some(url) = &arguments.aws_upstream else { return Ok(None) };
    let own = arguments.http;
    if own.port() != 0 && url.trim_end_matches('/') == format!("http://{own}") {
        return Err(format!(
            "--aws-upstream: {url} is this server's own address (--http {own}); name another server"
        ));
    }
    web::AwsUpstream::to(url).map(Some).map_err(|error| format!("--aws-upstream: {error}"))
}

/// The shortest token that is allowed if other hosts can send requests.
const MIN_TOKEN: usize = 16;

/// The largest token file, in bytes.
const MAX_TOKEN_FILE: usize = 4_096;

/// The token, from its option or its file.
fn token(arguments: &Arguments) -> Result<Option<String>, String> {
    let (option, token) = match (&arguments.token, &arguments.token_file) {
        (None, None) => ("--token", None),
        (Some(token), None) => ("--token", Some(token.clone())),
        (None, Some(path)) => {
            let input = Input { bytes: MAX_TOKEN_FILE, ..Input::default() };
            let text = file::read(path, &input)
                .and_then(|bytes| String::from_utf8(bytes).map_err(std::io::Error::other))
                .map_err(|error| format!("--token-file {}: {error}", path.display()))?;
            ("--token-file", Some(text.trim_end_matches(['\r', '\n']).to_owned()))
        }
        (Some(_), Some(_)) => {
            return Err("give --token or --token-file, not both".to_owned());
        }
    };
    let http = arguments.http;
    match &token {
        Some(token) if token.is_empty() => {
            Err(format!("{option}: the token is empty; give a token, or leave {option} out"))
        }
        None if !http.ip().is_loopback() => {
            Err(format!("--http {http} is not loopback, so --token or --token-file is required"))
        }
        Some(token) if !http.ip().is_loopback() && token.chars().count() < MIN_TOKEN => {
            Err(format!(
                "{option}: --http {http} is not loopback, so the token needs at least {MIN_TOKEN} characters"
            ))
        }
        _ => Ok(token),
    }
}

/// The largest file of a certificate or a key, in bytes.
const MAX_PEM_FILE: usize = 1 << 20;

/// The certificate of the encrypted listeners. Files that are named are read in any case, so that a mistake is noticed.
fn certificate(
    arguments: &Arguments,
    listeners: &[dns::Listener],
) -> Result<Option<Arc<dns::Certificate>>, String> {
    let (Some(certificate), Some(key)) = (&arguments.tls_cert, &arguments.tls_key) else {
        if listeners.iter().all(|listener| listener.protocol == dns::Scheme::Plain) {
            return Ok(None);
        }
        let made = dns::Certificate::self_made(dns::names_of(listeners));
        return made.map(Arc::new).map(Some).map_err(|error| format!("a certificate: {error}"));
    };
    let paths = [("--tls-cert", certificate.clone()), ("--tls-key", key.clone())];
    let again = AtomicBool::new(false);
    let read = move || {
        let [certificate, key] = &paths;
        let again = again.swap(true, Ordering::Relaxed);
        Ok([pem_file(certificate, again)?, pem_file(key, again)?])
    };
    dns::Certificate::from_files(read).map(Arc::new).map(Some)
}

fn pem_file((option, path): &(&str, PathBuf), again: bool) -> Result<dns::PemFile, String> {
    let name = format!("{option} {}", path.display());
    let input = Input { bytes: MAX_PEM_FILE, again, ..Input::default() };
    match file::read(path, &input) {
        Ok(text) => Ok(dns::PemFile { name, text }),
        Err(error) => Err(format!("{name}: {error}")),
    }
}

/// Parses [SCHEME://]ADDR[=VIEW].
fn listener(snapshot: &Snapshot, text: &str) -> Result<dns::Listener, String> {
    let (protocol, rest) = dns::Scheme::split(text).map_err(|word| {
        format!("`{word}://` is not tls://, https://, h3:// or quic://; plain DNS has none")
    })?;
    let (address, view) = address_and_view(rest, protocol.usual_port())?;
    let view = match view {
        None => None,
        Some(view) => match server::view(snapshot, view)? {
            asker @ (Asker::Vpc(_) | Asker::Inbound(..) | Asker::Internet) => Some(asker),
            _ => return Err(format!("`{view}` is not a VPC, an inbound endpoint or `internet`")),
        },
    };
    Ok(dns::Listener { address, view, protocol })
}

/// Splits ADDR[=VIEW] into the address and the text of the view.
fn address_and_view(text: &str, usual_port: u16) -> Result<(SocketAddr, Option<&str>), String> {
    let (address, view) = match text.split_once('=') {
        Some((address, view)) => (address, Some(view)),
        None => (text, None),
    };
    let address = match address.parse::<SocketAddr>() {
        Ok(address) => address,
        Err(_) => match address.parse::<IpAddr>() {
            Ok(ip) => SocketAddr::new(ip, usual_port),
            Err(_) => {
                let example = SocketAddr::from(([127, 0, 0, 1], usual_port + 1000));
                return Err(format!("expected an address and a port, such as {example}"));
            }
        },
    };
    Ok((address, view))
}

/// Parses ADDR[=VIEW] of `--imds`.
fn imds_listener(snapshot: &Snapshot, text: &str) -> Result<imds::Listener, String> {
    let (address, view) = address_and_view(text, 80)?;
    let view = match view.map(|view| server::view(snapshot, view)).transpose()? {
        view @ (None | Some(Asker::Vpc(_) | Asker::Instance(..))) => view,
        Some(_) => return Err("expected a VPC or an instance after `=`".to_owned()),
    };
    Ok(imds::Listener { address, view })
}
