//! Starting, checking and stopping the server, as an operator does it.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpListener;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::clock::until;
use crate::support::server::Setup;

/// A little more than the time limit for the headers of a request.
const CUT_OFF: Duration = Duration::from_secs(20);
/// The time limit of a stop. The server waits five seconds of it for load balancers.
const STOPPED: Duration = Duration::from_secs(15);

#[test]
fn a_wrong_setting_stops_the_start_with_one_clear_sentence() {
    let setup = Setup::build();
    for (setting, value, sentence) in [
        (
            "DATABASE_URL",
            "mysql://canary@localhost/kith",
            "DATABASE_URL must begin with sqlite: or postgres://",
        ),
        (
            "SMTP_URL",
            "http://canary@localhost",
            "SMTP_URL must begin with smtps://, smtp:// or smtp+plain://",
        ),
        (
            "SECRET_KEY",
            "canary",
            "SECRET_KEY: the key must have at least 32 characters; `openssl rand -base64 32` makes one",
        ),
        (
            "PUBLIC_URL",
            "ftp://example.org",
            "PUBLIC_URL is ftp://example.org: it must be an http or https address without query, \
             fragment and user, like https://kith.example.org",
        ),
    ] {
        let mut command = migrated(&setup).command("serve");
        let complaint = refusal(command.env(setting, value));
        assert_eq!(complaint, sentence);
    }
}

#[test]
fn servers_that_start_together_in_a_new_folder_share_one_secret_key() {
    let setup = Setup::build();
    let setup = migrated(&setup);
    for _ in 0..5 {
        let starts: Vec<_> = (0..3)
            .map(|_| {
                let mut command = setup.command("admin");
                command.arg("list-accounts").stdout(Stdio::null());
                command.stderr(Stdio::piped()).spawn().unwrap()
            })
            .collect();
        for start in starts {
            let ended = start.wait_with_output().unwrap();
            assert!(ended.status.success(), "{ended:?}");
        }
        assert!(
            setup
                .folder
                .join("data/secret.key")
                .metadata()
                .unwrap()
                .len()
                > 32
        );
        // Deletes the key, as if no server had started before.
        setup.database.change("DELETE FROM signing_keys");
        std::fs::remove_file(setup.folder.join("data/secret.key")).unwrap();
    }
}

#[test]
fn a_port_that_is_taken_stops_the_start() {
    let setup = Setup::build();
    let _other = TcpListener::bind(setup.address).unwrap();
    let complaint = refusal(&mut migrated(&setup).command("serve"));
    let sentence = format!("cannot listen on {} (LISTEN_ADDR)", setup.address);
    assert!(complaint.starts_with(&sentence), "{complaint}");
    assert!(complaint.contains("still stopping"), "{complaint}");
}

#[test]
fn a_postgres_that_was_not_migrated_is_not_served() {
    let setup = Setup::build();
    if !setup.database.is_postgres() {
        eprintln!("SQLite is migrated at the start: skipped");
        return;
    }
    assert_eq!(
        refusal(&mut setup.command("serve")),
        "the database is not up to date: run `kith migrate` first"
    );
}

#[test]
fn the_document_is_printed_without_a_database() {
    let setup = Setup::build();
    let mut command = setup.command("openapi");
    let printed = command.env("DATABASE_URL", "postgres://nobody@127.0.0.1:1/nothing");
    let printed = run(printed);
    assert!(printed.status.success());
    let document: Value = serde_json::from_slice(&printed.stdout).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    assert!(document["paths"]["/v1/circles"].is_object());
    let printed = run(setup.command("openapi").arg("--export"));
    let schema: Value = serde_json::from_slice(&printed.stdout).unwrap();
    assert!(schema["$defs"]["users"].is_object(), "{schema}");
    assert!(!setup.folder.join("data").exists());
}

#[test]
fn the_health_check_recognizes_a_running_server() {
    let setup = Setup::build();
    let server = setup.open();
    assert!(run(&mut setup.command("healthcheck")).status.success());
    server.kill();
    let complaint = refusal(&mut setup.command("healthcheck"));
    assert!(complaint.starts_with("no server answers"), "{complaint}");
}

#[test]
fn an_idle_server_stops_when_asked_even_while_clients_stay_connected() {
    let setup = Setup::build();
    let mut server = setup.open();
    let _silent = setup.client().connect().unwrap();
    let mut kept_alive = setup.client().connect().unwrap();
    kept_alive
        .write_all(b"GET /livez HTTP/1.1\r\nhost: kith\r\n\r\n")
        .unwrap();
    assert!(kept_alive.read(&mut [0; 1024]).unwrap() > 0);

    server.ask_to_stop();
    until(STOPPED, "the server is no longer ready", || {
        !setup.is_ready()
    });
    let status = server.wait_for_end(STOPPED);
    assert!(status.success(), "{status}");
}

#[test]
fn five_migrations_at_once_all_succeed() {
    let setup = Setup::build();
    let start = || {
        let mut command = setup.command("migrate");
        command.stdout(Stdio::null()).spawn().unwrap()
    };
    let migrations: Vec<_> = (0..5).map(|_| start()).collect();
    for migration in migrations {
        let output = migration.wait_with_output().unwrap();
        assert!(output.status.success());
    }
    drop(setup.open());
}

#[test]
fn a_request_whose_headers_never_end_is_cut_off() {
    let setup = Setup::build();
    let _server = setup.open();
    is_cut_off(&setup, b"GET /livez HTTP/1.1\r\nhost: kith\r\n");
}

#[test]
fn a_silent_connection_is_cut_off() {
    let setup = Setup::build();
    let _server = setup.open();
    is_cut_off(&setup, b"");
}

#[test]
fn a_connection_that_never_finishes_the_http2_preface_is_cut_off() {
    let setup = Setup::build();
    let _server = setup.open();
    is_cut_off(&setup, b"PRI * HTTP/2.0\r\n");
}

/// The server closes the connection after these bytes, with or without an answer.
fn is_cut_off(setup: &Setup, beginning: &[u8]) {
    let mut stream = setup.client().connect().unwrap();
    stream.set_read_timeout(Some(CUT_OFF)).unwrap();
    stream.write_all(beginning).unwrap();
    let end = Instant::now() + CUT_OFF;
    let outcome = stream.read_to_end(&mut Vec::new());
    let held = outcome.is_err_and(|error| error.kind() == ErrorKind::WouldBlock);
    assert!(
        !held && Instant::now() < end,
        "the connection is still open"
    );
}

/// A server with a migrated database, so that its start does not stop at the database.
fn migrated(setup: &Setup) -> &Setup {
    assert!(run(&mut setup.command("migrate")).status.success());
    setup
}

fn run(command: &mut Command) -> Output {
    command.stdin(Stdio::null()).output().unwrap()
}

/// The error message with which the program ended: one sentence, perhaps with its cause, and
/// without secrets.
#[track_caller]
fn refusal(command: &mut Command) -> String {
    let output = run(command);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!said.contains("canary"), "{said}");
    let (_, complaint) = said.split_once("Error: ").unwrap();
    assert!(complaint.lines().count() <= 4, "{complaint}");
    complaint.lines().next().unwrap().to_owned()
}
