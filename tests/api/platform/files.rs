//! Files of the server: the database, and mails if there is no mail server.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use kith::background::run_due_jobs;
use kith::config::DatabaseUrl;
use kith::platform::db;
use kith::platform::mail::Mailer;
use serde_json::json;
use uuid::Uuid;

use crate::harness::{TestApp, sender};

#[tokio::test]
async fn files_of_the_server_are_for_their_owner_only() {
    let base = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(Uuid::now_v7().to_string());
    let data = base.join("data");
    let database = data.join("kith.db");
    let url = DatabaseUrl::Sqlite(database.clone());
    db::migrate(&url).await.unwrap();
    let open = db::connect(&url, 2).await.unwrap();

    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let mails = data.join("mails");
    let node = app
        .another_node(Mailer::folder(sender(), mails.clone()))
        .await;
    let guest = json!({ "email": "ben@test.example", "access": "helper" });
    ana.post("/invitations", guest).await.is(201);
    assert_eq!(run_due_jobs(&node).await.unwrap(), Vec::<String>::new());

    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    for folder in [&data, &mails] {
        assert_eq!(mode(folder), 0o700, "{}", folder.display());
    }
    let files = [&data, &mails].map(|folder| folder.read_dir().unwrap());
    let files = files
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().path());
    let files: Vec<_> = files.filter(|path| path.is_file()).collect();
    assert!(
        files.len() >= 4,
        "expected the database, its WAL files and a mail"
    );
    for file in files {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
    open.close().await.unwrap();
    std::fs::remove_dir_all(base).unwrap();
}
