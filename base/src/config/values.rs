//! Reads single settings. Each error says what to write instead. The command line prints it
//! with the name and the value of the setting.

use std::fmt::Display;
use std::net::SocketAddr;
use std::str::FromStr;

use lettre::message::Mailbox;
use tracing_subscriber::EnvFilter;
use url::Url;

/// A whole number within bounds.
pub(super) fn whole<N, const LEAST: u64, const MOST: u64>(text: &str) -> Result<N, String>
where
    N: TryFrom<u64>,
{
    let number = text.trim().parse::<u64>().ok();
    let number = number.filter(|number| (LEAST..=MOST).contains(number));
    let number = number.and_then(|number| N::try_from(number).ok());
    number.ok_or_else(|| format!("write a whole number from {LEAST} to {MOST}"))
}

pub(super) fn socket_address(text: &str) -> Result<SocketAddr, &'static str> {
    read(
        text,
        "write an address and a port, like 127.0.0.1:8080 or [::1]:8080",
    )
}

pub(super) fn web_address(text: &str) -> Result<Url, &'static str> {
    read(text, "write a whole address, like https://kith.example.org")
}

pub(super) fn any_address(text: &str) -> Result<Url, &'static str> {
    read(
        text,
        "write whole addresses, like https://app.example.org,android:apk-key-hash:…",
    )
}

pub(super) fn mailbox(text: &str) -> Result<Mailbox, &'static str> {
    read(
        text,
        "write an email address, with or without a name: Kith <kith@example.org>",
    )
}

/// An instant.
pub fn instant(text: &str) -> Result<chrono::DateTime<chrono::Utc>, &'static str> {
    read(text, "write a time like 2027-01-02T12:00:00Z")
}

/// The name of a DKIM key in the DNS.
pub(super) fn selector(text: &str) -> Result<String, &'static str> {
    let name = text.trim();
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '.');
    if (1..=63).contains(&name.len()) && name.chars().all(is_plain) {
        Ok(name.to_owned())
    } else {
        Err("write the name of a DNS record, like mail or mail2027")
    }
}

/// The full name of a machine.
pub(super) fn host_name(text: &str) -> Result<String, &'static str> {
    let name = text.trim().trim_end_matches('.');
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || letter == '-')
    };
    if name.len() <= 253 && name.contains('.') && name.split('.').all(is_label) {
        Ok(name.to_owned())
    } else {
        Err("write the full name of this machine, like kith.example.org")
    }
}

pub(super) fn log_directives(text: &str) -> Result<String, String> {
    match EnvFilter::builder().parse(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => Err(format!(
            "write error, warn, info, debug or trace, or a level for each module, like \
             info,kith=debug ({error})"
        )),
    }
}

fn read<T: FromStr<Err: Display>>(
    text: &str,
    what_to_write: &'static str,
) -> Result<T, &'static str> {
    text.trim().parse().map_err(|_| what_to_write)
}
