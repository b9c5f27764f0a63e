//! The settings of the real program. An empty setting counts as not set. A wrong setting is
//! reported with its name, its value and what to write.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use clap::CommandFactory;
use kith::admin::Cli;
use uuid::Uuid;

/// Nobody can listen at this address: a server that fails there has accepted all its settings.
const NOWHERE: &str = "192.0.2.1:1";
const AS_FAR_AS_IT_GETS: &str = "cannot listen on 192.0.2.1:1 (LISTEN_ADDR)";

/// A wrong value for each setting, and a part of the message that says what to write.
const WRONG: [(&str, &str, &str); 34] = [
    ("DATA_DIR", "/dev/null/kith", "/dev/null/kith"),
    (
        "FILES_DIR",
        "/dev/null/files",
        "FILES_DIR (/dev/null/files) cannot be used",
    ),
    (
        "DATABASE_URL",
        "mysql://canary@localhost/kith",
        "sqlite: or postgres://",
    ),
    ("DATABASE_CONNECTIONS", "1", "a whole number from 2 to 1000"),
    ("LISTEN_ADDR", "8080", "like 127.0.0.1:8080"),
    ("METRICS_ADDR", "localhost", "like 127.0.0.1:8080"),
    (
        "PUBLIC_URL",
        "kith.example.org",
        "like https://kith.example.org",
    ),
    (
        "SMTP_URL",
        "mail.example.org:587",
        "smtps://, smtp:// or smtp+plain://",
    ),
    ("SMTP_HELLO", "localhost", "like kith.example.org"),
    (
        "SMTP_CA_FILE",
        "/nowhere/ca.pem",
        "cannot read /nowhere/ca.pem",
    ),
    ("MAIL_FROM", "Kith", "Kith <kith@example.org>"),
    ("MAIL_REPLY_TO", "Ana", "Kith <kith@example.org>"),
    ("SECRET_KEY", "canary", "at least 32 characters"),
    ("SECRET_KEY_FILE", "/nowhere/key", "/nowhere/key"),
    ("PREVIOUS_SECRET_KEY", "canary", "at least 32 characters"),
    ("PREVIOUS_SECRET_KEY_FILE", "/nowhere/key", "/nowhere/key"),
    ("SIGNUPS_ALLOWED", "yes", "true, false"),
    ("TRUSTED_PROXIES", "proxy", "like 127.0.0.1 or 10.0.0.0/8"),
    (
        "PASSKEY_DOMAIN",
        "example.com",
        "PASSKEY_DOMAIN (example.com)",
    ),
    ("PASSKEY_ORIGINS", "app", "like https://app.example.org"),
    (
        "CORS_ORIGINS",
        "app.example.org",
        "like https://app.example.org",
    ),
    ("DKIM_KEY_FILE", "/nowhere/dkim.pem", "set both"),
    ("DKIM_SELECTOR", "a name", "like mail or mail2027"),
    ("MAILS_PER_MINUTE", "-1", "a whole number from 0 to 65535"),
    ("TRIES_PER_MINUTE", "many", "a whole number from 0 to 65535"),
    ("PASSWORD_MIN_LENGTH", "8", "a whole number from 12 to 64"),
    ("BREACHED_PASSWORDS_FILE", "/nowhere/list", "/nowhere/list"),
    ("READS_PER_MINUTE", "-1", "a whole number from 0 to 1000000"),
    (
        "WRITES_PER_MINUTE",
        "1.5",
        "a whole number from 0 to 1000000",
    ),
    (
        "INVITATIONS_PER_HOUR",
        "many",
        "a whole number from 0 to 1000000",
    ),
    ("SIGNING_KEY_DAYS", "1", "a whole number from 2 to 3650"),
    (
        "RUST_LOG",
        "kith=loud",
        "write error, warn, info, debug or trace",
    ),
    ("LOG_FORMAT", "xml", "auto, text, json"),
    // No database answers at this address.
    (
        "DATABASE_URL",
        "postgres://kith:canary@127.0.0.1:1/kith",
        "127.0.0.1:1 cannot be reached: Connection refused",
    ),
];

/// A temporary folder that is removed after the test.
struct Place(PathBuf);

impl Place {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("kith-settings-{}", Uuid::now_v7()));
        fs::create_dir(&folder).unwrap();
        Self(folder)
    }

    fn kith(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kith"));
        command
            .args(arguments)
            .current_dir(&self.0)
            .env_clear()
            .env("LISTEN_ADDR", NOWHERE)
            .stdin(Stdio::null());
        command
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn printed(output: &Output) -> String {
    let all = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8(all).unwrap()
}

fn all_settings() -> BTreeSet<String> {
    let command = Cli::command();
    let named = command.get_arguments().filter_map(|one| one.get_env());
    named
        .map(|name| name.to_str().unwrap().to_owned())
        .collect()
}

#[test]
fn every_setting_has_a_wrong_value_in_the_table() {
    let in_table: BTreeSet<_> = WRONG.iter().map(|(name, ..)| (*name).to_owned()).collect();
    assert_eq!(
        in_table,
        all_settings(),
        "tests/api/admin/settings.rs: add the setting to WRONG, with a wrong value and a part of its message"
    );
}

#[test]
fn a_wrong_setting_is_reported_with_its_name_its_value_and_what_to_write() {
    let place = Place::new();
    for (setting, value, what) in WRONG {
        let mut command = place.kith(&["serve"]);
        command.env("PUBLIC_URL", "https://kith.example.org");
        if setting == "SMTP_CA_FILE" {
            command.env("SMTP_URL", "smtps://mail.example.org");
        }
        let output = command.env(setting, value).output().unwrap();
        let printed = printed(&output);
        assert!(!output.status.success(), "{setting}={value}");
        assert!(printed.contains(setting), "{setting}={value}: {printed}");
        assert!(printed.contains(what), "{setting}={value}: {printed}");
        assert!(!printed.contains("canary"), "{setting}: {printed}");
        let is_secret = [
            "DATABASE_URL",
            "SMTP_URL",
            "SECRET_KEY",
            "PREVIOUS_SECRET_KEY",
        ];
        assert!(
            is_secret.contains(&setting) || printed.contains(value),
            "{setting}={value}: {printed}"
        );
    }
}

#[test]
fn an_empty_setting_counts_as_not_set() {
    let place = Place::new();
    for value in ["", " "] {
        let mut command = place.kith(&["serve"]);
        for setting in all_settings().iter().filter(|name| *name != "LISTEN_ADDR") {
            command.env(setting, value);
        }
        let printed = printed(&command.output().unwrap());
        assert!(printed.contains(AS_FAR_AS_IT_GETS), "{printed}");
        assert!(place.0.join("data/kith.db").exists(), "{printed}");
        // An empty LISTEN_ADDR is not an error.
        let mut command = place.kith(&["migrate"]);
        let output = command.env("LISTEN_ADDR", value).output().unwrap();
        assert!(output.status.success());
    }
    // An empty SECRET_KEY does not count as a second key.
    let key = place.0.join("key");
    fs::write(&key, "k".repeat(32)).unwrap();
    let mut command = place.kith(&["migrate"]);
    command.env("SECRET_KEY", "").env("SECRET_KEY_FILE", &key);
    assert!(command.output().unwrap().status.success());
}

#[test]
fn sending_emails_needs_a_reachable_public_url_and_a_real_sender() {
    let place = Place::new();
    let url = ("SMTP_URL", "smtps://kith:canary@mail.example.org");
    let here = ("SMTP_URL", "smtp://127.0.0.1:1");
    let public = ("PUBLIC_URL", "https://kith.example.org");
    let from = ("MAIL_FROM", "Kith <kith@example.org>");
    for (settings, sentence) in [
        (&[url, from][..], "SMTP_URL is set and PUBLIC_URL is not"),
        (&[here, from], "SMTP_URL is set and PUBLIC_URL is not"),
        (&[url, public], "SMTP_URL is set and MAIL_FROM is not"),
        (
            &[url, from, ("PUBLIC_URL", "http://0.0.0.0:8080")],
            "nobody can open",
        ),
        (
            &[url, public, ("MAIL_FROM", "kith@localhost")],
            "a sender at localhost",
        ),
        (
            &[here, public, ("MAIL_FROM", "kith@localhost")],
            AS_FAR_AS_IT_GETS,
        ),
        (&[url, public, from], AS_FAR_AS_IT_GETS),
        (&[], AS_FAR_AS_IT_GETS),
    ] {
        let mut command = place.kith(&["serve"]);
        let output = command.envs(settings.iter().copied()).output().unwrap();
        let printed = printed(&output);
        assert!(printed.contains(sentence), "{settings:?}: {printed}");
        assert!(!printed.contains("canary"), "{printed}");
    }
}

#[test]
fn the_migrate_command_reports_what_it_did() {
    let place = Place::new();
    let first = printed(&place.kith(&["migrate"]).output().unwrap());
    let start = "SQLite, ./data/kith.db: now up to date, ";
    assert!(first.starts_with(start), "{first}");
    assert!(first.contains("m0001"), "{first}");
    let second = printed(&place.kith(&["migrate"]).output().unwrap());
    let nothing = "SQLite, ./data/kith.db: already up to date, nothing to do\n";
    assert_eq!(second, nothing);
}

#[test]
fn a_log_outside_a_terminal_has_no_colors() {
    let place = Place::new();
    let mut command = place.kith(&["admin", "rotate-keys"]);
    let text = command.env("LOG_FORMAT", "text").env("RUST_LOG", "trace");
    let printed = printed(&text.output().unwrap());
    assert!(
        printed.contains(" DEBUG ") || printed.contains(" TRACE "),
        "{printed}"
    );
    assert!(!printed.contains('\u{1b}'), "{printed}");
}

#[test]
fn the_test_mail_command_reports_each_step() {
    let place = Place::new();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let free = listener.local_addr().unwrap();
    drop(listener);
    let send = |settings: &[(&str, &str)]| {
        let mut command = place.kith(&["admin", "mail", "test", "ana@test.example"]);
        command
            .env("PUBLIC_URL", "https://kith.example.org")
            .env("MAIL_FROM", "Kith <kith@example.org>")
            .envs(settings.iter().copied());
        let output = command.output().unwrap();
        (output.status.success(), printed(&output))
    };
    let (well, printed) = send(&[]);
    assert!(
        well && printed.contains("emails are written as files"),
        "{printed}"
    );
    let (well, printed) = send(&[("SMTP_URL", &format!("smtp://{free}"))]);
    assert!(!well && printed.contains("cannot be reached"), "{printed}");

    let (well, printed) = send(&[("SMTP_URL", "smtp+plain://mail.invalid")]);
    assert!(!well && printed.contains("DNS "), "{printed}");
    let (_, printed) = send(&[("PUBLIC_URL", "http://127.0.0.1:8080")]);
    assert!(
        printed.contains("links in emails open on this machine only"),
        "{printed}"
    );

    let there = crate::harness::mail_server::address_of("RCPT", "550 5.7.1 Relay access denied");
    let (well, printed) = send(&[("SMTP_URL", &format!("smtp://{there}"))]);
    assert!(!well, "{printed}");
    for part in [
        "greeted it as kith.example.org",
        "it accepts emails from kith@example.org",
        "set a user and a password in SMTP_URL",
        "The mail server answered: 5.7.1 Relay access denied",
    ] {
        assert!(printed.contains(part), "{part}: {printed}");
    }
    let there = crate::harness::mail_server::address_of(".", "250 taken");
    let (well, printed) = send(&[
        ("SMTP_URL", &format!("smtp://{there}")),
        ("SMTP_HELLO", "mail.kith.example.org"),
    ]);
    assert!(
        well && printed.contains("it accepted the email"),
        "{printed}"
    );
    assert!(
        printed.contains("greeted it as mail.kith.example.org"),
        "{printed}"
    );
    assert!(
        !place.0.join("data/kith.db").exists(),
        "the test mail needs no database"
    );
}
