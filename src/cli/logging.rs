//! What `serve` logs: diagnostics on standard error, and the query log.

use std::{
    io::{self, IsTerminal},
    path::{Path, PathBuf},
    sync::Arc,
};

use tracing_subscriber::{EnvFilter, reload::Handle};

use super::{log_file::LogFile, worlds};
use crate::{dns::LogSink, seen::LogLevel};

/// What is logged. hickory-server warns of every client that ends a connection.
const LOGGED: &str = "warn,hickory_server=error";

/// Arguments of logs.
#[derive(Debug, clap::Args)]
pub(super) struct LoggingArguments {
    /// Log each query and its answers as Route 53 Resolver does, as JSON lines; - is standard output.
    #[arg(long, value_name = "FILE|-", env = "VPCDNS_QUERY_LOG")]
    query_log: Option<PathBuf>,
    /// The size at which the query log is put aside as FILE.1; K, M and G are units of 1024.
    #[arg(long, value_name = "BYTES", env = "VPCDNS_QUERY_LOG_SIZE", default_value = "64M", value_parser = worlds::bytes, requires = "query_log")]
    query_log_size: usize,
    /// How many files of the query log are kept besides FILE.
    #[arg(long, value_name = "N", env = "VPCDNS_QUERY_LOG_FILES", default_value_t = 4, value_parser = clap::value_parser!(u32).range(0..=1000), requires = "query_log")]
    query_log_files: u32,
    /// The form of diagnostics on standard error.
    #[arg(long, value_name = "FORM", env = "VPCDNS_LOG", default_value = "text", value_parser = ["text", "json"])]
    log: String,
}

impl LoggingArguments {
    /// Logs only warnings, unless `RUST_LOG` changes that. At `debug` each query is a line. What is returned changes it.
    pub(super) fn start(&self) -> LogLevel {
        let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(LOGGED));
        let level = filter.to_string();
        let colours = io::stderr().is_terminal()
            && std::env::var_os("NO_COLOR").is_none_or(|it| it.is_empty());
        let builder = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(io::stderr)
            .with_ansi(colours);
        // This fails only if the process has a subscriber already, which would be our mistake and not the user's.
        if self.log == "json" {
            let builder = builder.json().flatten_event(true).with_current_span(false);
            let builder = builder.with_span_list(false).with_filter_reloading();
            let change = change(builder.reload_handle());
            let _ = builder.try_init();
            LogLevel::new(level, Arc::new(change))
        } else {
            let builder = builder.with_filter_reloading();
            let change = change(builder.reload_handle());
            let _ = builder.try_init();
            LogLevel::new(level, Arc::new(change))
        }
    }

    /// Opens the query log.
    ///
    /// # Errors
    ///
    /// A text for the user.
    pub(super) fn query_log(&self) -> Result<Option<LogSink>, String> {
        let Some(path) = &self.query_log else { return Ok(None) };
        if path == Path::new("-") {
            return Ok(Some(LogSink::new(io::stdout())));
        }
        let size = u64::try_from(self.query_log_size).unwrap_or(u64::MAX);
        let file = LogFile::open(path, size, self.query_log_files)
            .map_err(|error| format!("--query-log {}: {error}", path.display()))?;
        Ok(Some(LogSink::new(file)))
    }
}

/// Replaces the filter of the subscriber.
fn change<S: 'static>(
    handle: Handle<EnvFilter, S>,
) -> impl Fn(&str) -> Result<String, String> + Send + Sync + 'static {
    move |text| {
        let filter = EnvFilter::try_new(text).map_err(|error| error.to_string())?;
        let told = filter.to_string();
        handle.reload(filter).map_err(|error| error.to_string())?;
        Ok(told)
    }
}
