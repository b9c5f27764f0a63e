//! Starts the log, and keeps secrets and names out of it.

use std::io::IsTerminal;

use anyhow::Context;
use tracing::{Level, Metadata};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, fmt};

use crate::config::{LogFormat, Settings};

/// Starts to write the log to standard error.
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

/// No colors in a file, and none if NO_COLOR is set.
fn has_colours() -> bool {
    let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    std::io::stderr().is_terminal() && !unwanted
}

/// A rule that `RUST_LOG` cannot change: three libraries log nothing below a warning. Otherwise
/// `sea_orm` would show the database URL with its password, `sqlx` would log notices of PostgreSQL
/// that quote names, and `webauthn` would show the answers of devices.
pub fn may_be_logged(what: &Metadata<'_>) -> bool {
    const TALKATIVE: [&str; 3] = ["sea_orm", "sqlx::postgres::notice", "webauthn"];
    let talks = TALKATIVE.iter().any(|name| what.target().starts_with(name));
    *what.level() <= Level::WARN || !talks
}
