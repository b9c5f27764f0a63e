//! The settings of the real program: what is empty is not set, and what is wrong is said
//! with the setting, the value and what to write.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use clap::CommandFactory;
use kith::admin::Cli;
use uuid::Uuid;

/// Nobody can listen there: a server that gets as far has taken all its settings.
const NOWHERE: &str = "192.0.2.1:1";
const AS_FAR_AS_IT_GETS: &str = "cannot listen on 192.0.2.1:1 (LISTEN_ADDR)";

/// A wrong value of each setting, and what is said of it: what to write.
const WRONG: [(&str, &str, &str); 30] = [
    ("DATA_DIR", "/dev/null/kith", "/dev/null/kith"),
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
    ("TRIES_PER_MINUTE", "many", "a whole number from 0 to 65535"),
    ("PASSWORD_MIN_LENGTH", "8", "a whole number from 12 to 64"),
    ("BREACHED_PASSWORDS_FILE", "/nowhere/list", "/nowhere/list"),
    ("READS_PER_MINUTE", "-1", "a whole number from 0 to 1000000"),
    (
        "WRITES_PER_MINUTE",
        "1.5",
        "a whole number from 0 to 1000000",
    ),
    ("MAILS_PER_HOUR", "many", "a whole number from 0 to 1000000"),
    ("SIGNING_KEY_DAYS", "1", "a whole number from 2 to 3650"),
    (
        "RUST_LOG",
        "kith=loud",
        "write error, warn, info, debug or trace",
    ),
    ("LOG_FORMAT", "xml", "auto, text, json"),
    // A database that nobody serves.
    (
        "DATABASE_URL",
        "postgres://kith:canary@127.0.0.1:1/kith",
        "127.0.0.1:1 cannot be reached: Connection refused",
    ),
];

/// A folder that goes with the test.
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

fn said(output: &Output) -> String {
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
        "tests/api/admin/settings.rs: add the setting to WRONG, with a wrong value and what is said of it"
    );
}

#[test]
fn a_wrong_setting_is_named_with_its_value_and_what_to_write() {
    let place = Place::new();
    for (setting, value, what) in WRONG {
        let mut command = place.kith(&["serve"]);
        command.env("PUBLIC_URL", "https://kith.example.org");
        if setting == "SMTP_CA_FILE" {
            command.env("SMTP_URL", "smtps://mail.example.org");
        }
        let output = command.env(setting, value).output().unwrap();
        let said = said(&output);
        assert!(!output.status.success(), "{setting}={value}");
        assert!(said.contains(setting), "{setting}={value}: {said}");
        assert!(said.contains(what), "{setting}={value}: {said}");
        assert!(!said.contains("canary"), "{setting}: {said}");
        let is_secret = [
            "DATABASE_URL",
            "SMTP_URL",
            "SECRET_KEY",
            "PREVIOUS_SECRET_KEY",
        ];
        assert!(
            is_secret.contains(&setting) || said.contains(value),
            "{setting}={value}: {said}"
        );
    }
}

#[test]
fn an_empty_setting_is_none() {
    let place = Place::new();
    for value in ["", " "] {
        let mut command = place.kith(&["serve"]);
        for setting in all_settings().iter().filter(|name| *name != "LISTEN_ADDR") {
            command.env(setting, value);
        }
        let said = said(&command.output().unwrap());
        assert!(said.contains(AS_FAR_AS_IT_GETS), "{said}");
        assert!(place.0.join("data/kith.db").exists(), "{said}");
        // Not an address, and not a reason to complain.
        let mut command = place.kith(&["migrate"]);
        let output = command.env("LISTEN_ADDR", value).output().unwrap();
        assert!(output.status.success());
    }
    // A variable that is empty is no second key.
    let key = place.0.join("key");
    fs::write(&key, "k".repeat(32)).unwrap();
    let mut command = place.kith(&["migrate"]);
    command.env("SECRET_KEY", "").env("SECRET_KEY_FILE", &key);
    assert!(command.output().unwrap().status.success());
}

#[test]
fn mails_are_not_sent_with_links_and_senders_of_nowhere() {
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
        let said = said(&output);
        assert!(said.contains(sentence), "{settings:?}: {said}");
        assert!(!said.contains("canary"), "{said}");
    }
}

#[test]
fn migrating_says_what_it_did() {
    let place = Place::new();
    let first = said(&place.kith(&["migrate"]).output().unwrap());
    let start = "SQLite, ./data/kith.db: up to date now, ";
    assert!(first.starts_with(start), "{first}");
    assert!(first.contains("m0001"), "{first}");
    let second = said(&place.kith(&["migrate"]).output().unwrap());
    let nothing = "SQLite, ./data/kith.db: up to date already, nothing to do\n";
    assert_eq!(second, nothing);
}

#[test]
fn a_log_that_no_terminal_shows_has_no_colours() {
    let place = Place::new();
    let mut command = place.kith(&["admin", "rotate-keys"]);
    let text = command.env("LOG_FORMAT", "text").env("RUST_LOG", "trace");
    let said = said(&text.output().unwrap());
    assert!(
        said.contains(" DEBUG ") || said.contains(" TRACE "),
        "{said}"
    );
    assert!(!said.contains('\u{1b}'), "{said}");
}

#[test]
fn a_test_mail_says_step_by_step_what_happens() {
    let place = Place::new();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let free = listener.local_addr().unwrap();
    drop(listener);
    let send = |settings: &[(&str, &str)]| {
        let mut command = place.kith(&["admin", "test-mail", "ana@test.example"]);
        command
            .env("PUBLIC_URL", "https://kith.example.org")
            .env("MAIL_FROM", "Kith <kith@example.org>")
            .envs(settings.iter().copied());
        let output = command.output().unwrap();
        (output.status.success(), said(&output))
    };
    let (well, said) = send(&[]);
    assert!(
        well && said.contains("mails are written as files"),
        "{said}"
    );
    let (well, said) = send(&[("SMTP_URL", &format!("smtp://{free}"))]);
    assert!(!well && said.contains("cannot be reached"), "{said}");

    let there = crate::harness::mail_server::address_of("RCPT", "550 5.7.1 Relay access denied");
    let (well, said) = send(&[("SMTP_URL", &format!("smtp://{there}"))]);
    assert!(!well, "{said}");
    for part in [
        "greeted it as kith.example.org",
        "it takes mails from kith@example.org",
        "set a user and a password in SMTP_URL",
        "Its own words: 5.7.1 Relay access denied",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let there = crate::harness::mail_server::address_of(".", "250 taken");
    let (well, said) = send(&[
        ("SMTP_URL", &format!("smtp://{there}")),
        ("SMTP_HELLO", "mail.kith.example.org"),
    ]);
    assert!(well && said.contains("it took the mail"), "{said}");
    assert!(
        said.contains("greeted it as mail.kith.example.org"),
        "{said}"
    );
    assert!(
        !place.0.join("data/kith.db").exists(),
        "it needs no database"
    );
}
