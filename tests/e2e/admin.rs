//! `kith admin` beside a server that runs.

use std::process::Command;

use crate::support::people::{PASSWORD, register};
use crate::support::server::House;
use serde_json::json;

/// Runs `kith admin` with some words; answers what it prints.
#[track_caller]
fn admin(house: &House, words: &[&str], setting: Option<(&str, &str)>) -> Result<String, String> {
    let mut command: Command = house.command("admin");
    command.args(words).env("RUST_LOG", "off");
    command.envs(setting);
    let output = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if output.status.success() {
        Ok(text(&output.stdout))
    } else {
        Err(text(&output.stderr))
    }
}

#[test]
fn an_operator_lists_signs_out_and_replaces_keys_while_the_server_runs() {
    let house = House::build();
    let _server = house.open();
    let ana = register(&house, "Ana", "ana@example.org");
    let sign_in = || {
        let credentials = json!({ "email": "ana@example.org", "password": PASSWORD });
        house.client().post("/v1/sessions", &credentials)
    };
    let list = admin(&house, &["list-accounts"], None).unwrap();
    let lines: Vec<_> = list.lines().collect();
    assert_eq!(lines.len(), 2, "{list}");
    assert!(lines[1].contains("\tana@example.org\tactive\t"), "{list}");

    let key = admin(&house, &["rotate-keys", "--now"], None).unwrap();
    assert_eq!(ana.get("/v1/me").status, 200);
    let later = ana.signed_in(&sign_in().is(201).json());
    assert_eq!(later.get("/v1/me").status, 200);
    let key = key.split(' ').next().unwrap();
    admin(&house, &["revoke-key", key], None).unwrap();
    assert_eq!(later.get("/v1/me").status, 401);
    assert_eq!(ana.get("/v1/me").status, 200);

    admin(&house, &["sign-out", "ana@example.org"], None).unwrap();
    assert_eq!(ana.get("/v1/me").status, 401);
    admin(&house, &["disable", "ana@example.org"], None).unwrap();
    assert_eq!(sign_in().status, 401);
    admin(&house, &["enable", "ana@example.org"], None).unwrap();
    assert_eq!(sign_in().status, 201);
    let nobody = admin(&house, &["disable", "nobody@example.org"], None).unwrap_err();
    assert_eq!(nobody, "Error: there is no such account or key");
}

#[test]
fn a_server_does_not_start_with_another_secret_key_and_starts_with_both() {
    let house = House::build();
    house.open().kill();
    let other = "a secret key that this database has never seen";
    let refused = admin(&house, &["list-accounts"], Some(("SECRET_KEY", other))).unwrap_err();
    assert_eq!(
        refused,
        "Error: this database was sealed with another secret key: start with that SECRET_KEY, \
         or give it as PREVIOUS_SECRET_KEY"
    );
    let first = house.folder.join("data/secret.key");
    let mut command = house.command("admin");
    command.arg("reseal").env("SECRET_KEY", other);
    command.env("PREVIOUS_SECRET_KEY_FILE", first);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.starts_with("1 secrets were sealed anew"), "{said}");
    admin(&house, &["list-accounts"], Some(("SECRET_KEY", other))).unwrap();
    admin(&house, &["list-accounts"], None).unwrap_err();
}
