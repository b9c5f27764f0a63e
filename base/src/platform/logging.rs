//! Where the log goes, and what never gets into it.

use std::io::IsTerminal;

use anyhow::Context;
use tracing::{Level, Metadata};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, fmt};

use crate::config::{LogFormat, Settings};

/// Writes the log to standard error from now on.
pub fn start(settings: &Settings) -> anyhow::Result<()> {
    let filter = EnvFilter::builder()
        .parse(&settings.log)
        .with_context(|| format!("RUST_LOG is {:?}", settings.log))?;
    let lines = fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(has_colours());
    let json = match settings.log_format {
        LogFormat::Auto => !std::io::stderr().is_terminal(),
        LogFormat::Text => false,
        LogFormat::Json => true,
    };
    let lines = if json {
        lines.json().flatten_event(true).boxed()
    } else {
        lines.boxed()
    };
    tracing_subscriber::registry()
        .with(filter)
        .with(filter_fn(may_be_logged))
        .with(lines)
        .init();
    Ok(())
}

/// No colours in a file, and none if NO_COLOR is set.
fn has_colours() -> bool {
    let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    std::io::stderr().is_terminal() && !unwanted
}

/// Directives that `RUST_LOG` cannot change. Below a warning the spans of one database library
/// show the URL with its password, another one passes on notices of PostgreSQL that quote names,
/// and the passkey library shows the answers of devices.
pub fn may_be_logged(what: &Metadata<'_>) -> bool {
    const TALKATIVE: [&str; 3] = ["sea_orm", "sqlx::postgres::notice", "webauthn"];
    let talks = TALKATIVE.iter().any(|name| what.target().starts_with(name));
    *what.level() <= Level::WARN || !talks
}
