//! `kith admin` while a server runs.

use std::process::Command;

use crate::support::people::{PASSWORD, register};
use crate::support::server::Setup;
use serde_json::json;

/// Runs `kith admin` with arguments and returns its output.
#[track_caller]
fn admin(setup: &Setup, words: &[&str], setting: Option<(&str, &str)>) -> Result<String, String> {
    let mut command: Command = setup.command("admin");
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
fn an_operator_manages_accounts_and_keys_while_the_server_runs() {
    let setup = Setup::build();
    let _server = setup.open();
    let ana = register(&setup, "Ana", "ana@example.org");
    let sign_in = || {
        let credentials = json!({ "email": "ana@example.org", "password": PASSWORD });
        setup.client().post("/v1/sessions", &credentials)
    };
    let list = admin(&setup, &["list-accounts"], None).unwrap();
    let lines: Vec<_> = list.lines().collect();
    assert_eq!(lines.len(), 2, "{list}");
    assert!(lines[1].contains("\tana@example.org\tactive\t"), "{list}");

    let key = admin(&setup, &["rotate-keys", "--now"], None).unwrap();
    assert_eq!(ana.get("/v1/me").status, 200);
    let later = ana.signed_in(&sign_in().is(200).json()["session"]);
    assert_eq!(later.get("/v1/me").status, 200);
    let key = key.split(' ').next().unwrap();
    admin(&setup, &["revoke-key", key], None).unwrap();
    assert_eq!(later.get("/v1/me").status, 401);
    assert_eq!(ana.get("/v1/me").status, 200);

    admin(&setup, &["sign-out", "ana@example.org"], None).unwrap();
    assert_eq!(ana.get("/v1/me").status, 401);
    admin(&setup, &["disable", "ana@example.org"], None).unwrap();
    assert_eq!(sign_in().status, 401);
    admin(&setup, &["enable", "ana@example.org"], None).unwrap();
    assert_eq!(sign_in().status, 200);
    let nobody = admin(&setup, &["disable", "nobody@example.org"], None).unwrap_err();
    assert_eq!(nobody, "Error: there is no such account or key");
}

#[test]
fn a_server_does_not_start_with_another_secret_key_and_starts_with_both() {
    let setup = Setup::build();
    setup.open().kill();
    let other = "a secret key that this database has never seen";
    let refused = admin(&setup, &["list-accounts"], Some(("SECRET_KEY", other))).unwrap_err();
    assert_eq!(
        refused,
        "Error: this database was encrypted with another secret key: set SECRET_KEY to that key, \
         or set PREVIOUS_SECRET_KEY to it"
    );
    let first = setup.folder.join("data/secret.key");
    let mut command = setup.command("admin");
    command.arg("reseal").env("SECRET_KEY", other);
    command.env("PREVIOUS_SECRET_KEY_FILE", first);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        said.starts_with("Secrets encrypted with the new key: 1."),
        "{said}"
    );
    admin(&setup, &["list-accounts"], Some(("SECRET_KEY", other))).unwrap();
    admin(&setup, &["list-accounts"], None).unwrap_err();
}
