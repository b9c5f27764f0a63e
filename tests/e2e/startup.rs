//! Starting, being asked, and stopping: what an operator relies on.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpListener;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::clock::until;
use crate::support::server::House;

/// The time a request has for its head, and a little more.
const CUT_OFF: Duration = Duration::from_secs(20);
/// The notice to a load balancer takes five of them.
const STOPPED: Duration = Duration::from_secs(15);

#[test]
fn a_wrong_setting_stops_the_start_with_one_clear_sentence() {
    let house = House::build();
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
        let mut command = migrated(&house).command("serve");
        let complaint = refusal(command.env(setting, value));
        assert_eq!(complaint, sentence);
    }
}

#[test]
fn first_starts_at_one_time_in_one_folder_share_one_secret_key() {
    let house = House::build();
    let house = migrated(&house);
    for _ in 0..5 {
        let starts: Vec<_> = (0..3)
            .map(|_| {
                let mut command = house.command("admin");
                command.arg("list-accounts").stdout(Stdio::null());
                command.stderr(Stdio::piped()).spawn().unwrap()
            })
            .collect();
        for start in starts {
            let ended = start.wait_with_output().unwrap();
            assert!(ended.status.success(), "{ended:?}");
        }
        assert!(
            house
                .folder
                .join("data/secret.key")
                .metadata()
                .unwrap()
                .len()
                > 32
        );
        // As if nothing had been started before.
        house.database.change("DELETE FROM signing_keys");
        std::fs::remove_file(house.folder.join("data/secret.key")).unwrap();
    }
}

#[test]
fn a_port_that_is_taken_stops_the_start() {
    let house = House::build();
    let _other = TcpListener::bind(house.address).unwrap();
    let complaint = refusal(&mut migrated(&house).command("serve"));
    let sentence = format!("cannot listen on {} (LISTEN_ADDR)", house.address);
    assert!(complaint.starts_with(&sentence), "{complaint}");
}

#[test]
fn a_postgres_that_was_not_migrated_is_not_served() {
    let house = House::build();
    if !house.database.is_postgres() {
        eprintln!("SQLite is migrated at the start: skipped");
        return;
    }
    assert_eq!(
        refusal(&mut house.command("serve")),
        "the database is not up to date: run `kith migrate` first"
    );
}

#[test]
fn the_document_is_printed_without_a_database() {
    let house = House::build();
    let mut command = house.command("openapi");
    let printed = command.env("DATABASE_URL", "postgres://nobody@127.0.0.1:1/nothing");
    let printed = run(printed);
    assert!(printed.status.success());
    let document: Value = serde_json::from_slice(&printed.stdout).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    assert!(document["paths"]["/v1/circles"].is_object());
    assert!(!house.folder.join("data").exists());
}

#[test]
fn the_health_check_tells_a_running_server_from_none() {
    let house = House::build();
    let server = house.open();
    assert!(run(&mut house.command("healthcheck")).status.success());
    server.kill();
    let complaint = refusal(&mut house.command("healthcheck"));
    assert!(complaint.starts_with("nobody answers"), "{complaint}");
}

#[test]
fn an_idle_server_stops_when_asked_even_while_clients_stay_connected() {
    let house = House::build();
    let mut server = house.open();
    let _silent = house.client().connect().unwrap();
    let mut kept_alive = house.client().connect().unwrap();
    kept_alive
        .write_all(b"GET /livez HTTP/1.1\r\nhost: kith\r\n\r\n")
        .unwrap();
    assert!(kept_alive.read(&mut [0; 1024]).unwrap() > 0);

    server.ask_to_stop();
    until(STOPPED, "it is not ready any more", || !house.is_ready());
    let status = server.wait_for_end(STOPPED);
    assert!(status.success(), "{status}");
}

#[test]
fn five_migrations_at_once_all_succeed() {
    let house = House::build();
    let start = || {
        let mut command = house.command("migrate");
        command.stdout(Stdio::null()).spawn().unwrap()
    };
    let migrations: Vec<_> = (0..5).map(|_| start()).collect();
    for migration in migrations {
        let output = migration.wait_with_output().unwrap();
        assert!(output.status.success());
    }
    drop(house.open());
}

#[test]
fn a_request_whose_head_never_ends_is_cut_off() {
    let house = House::build();
    let _server = house.open();
    is_cut_off(&house, b"GET /livez HTTP/1.1\r\nhost: kith\r\n");
}

#[test]
fn a_connection_on_which_nothing_is_said_is_cut_off() {
    let house = House::build();
    let _server = house.open();
    is_cut_off(&house, b"");
}

#[test]
fn a_connection_that_only_begins_to_speak_http2_is_cut_off() {
    let house = House::build();
    let _server = house.open();
    is_cut_off(&house, b"PRI * HTTP/2.0\r\n");
}

/// The server ends the connection after these bytes, with or without a word.
fn is_cut_off(house: &House, beginning: &[u8]) {
    let mut stream = house.client().connect().unwrap();
    stream.set_read_timeout(Some(CUT_OFF)).unwrap();
    stream.write_all(beginning).unwrap();
    let end = Instant::now() + CUT_OFF;
    let outcome = stream.read_to_end(&mut Vec::new());
    let held = outcome.is_err_and(|error| error.kind() == ErrorKind::WouldBlock);
    assert!(!held && Instant::now() < end, "the connection is held");
}

/// The house with its database up to date, so that the start gets as far as it can.
fn migrated(house: &House) -> &House {
    assert!(run(&mut house.command("migrate")).status.success());
    house
}

fn run(command: &mut Command) -> Output {
    command.stdin(Stdio::null()).output().unwrap()
}

/// The complaint with which the program ended: one sentence, its cause if it
/// has one, and nothing that belongs to nobody's eyes.
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
