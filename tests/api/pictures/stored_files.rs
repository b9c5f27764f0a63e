//! The store and the rows agree: the sweep deletes what no row names, and erasure and export reach
//! the files.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use chrono::TimeDelta;
use kith::platform::storage::StoredFile;
use kith::privacy::{DATA_MAP, GRACE, erase_due, file_columns, sweep_files};
use regex::Regex;
use serde_json::{Value, json};

use super::{files, picture, set_avatar};
use crate::harness::TestApp;

#[tokio::test]
async fn the_sweep_deletes_old_files_that_no_row_names() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    set_avatar(&ana, 1).await;
    ana.put_bytes("/patient-photo", picture(2)).await.is(200);
    // As if the server had stopped before the transaction.
    for _ in 0..300 {
        let lost = StoredFile::of(app.app.clock().new_id(), "large.jpg");
        app.app.files().write(&lost, vec![0]).await.unwrap();
    }
    assert_eq!(sweep_files(&app.app).await.unwrap(), 0);
    app.advance(TimeDelta::minutes(59));
    assert_eq!(sweep_files(&app.app).await.unwrap(), 0);
    app.advance(TimeDelta::minutes(2));
    assert_eq!(sweep_files(&app.app).await.unwrap(), 300);
    assert_eq!(files(&app).await, 4);
    assert_eq!(ana.later().await.get("/v1/me/avatar").await.status, 200);
}

#[tokio::test]
async fn a_sweep_that_has_to_stop_leaves_the_rest_to_the_next() {
    let app = TestApp::start().await;
    for _ in 0..600 {
        let lost = StoredFile::of(app.app.clock().new_id(), "large.jpg");
        app.app.files().write(&lost, vec![0]).await.unwrap();
    }
    app.advance(TimeDelta::hours(2));
    // A server that stops looks at 256 files, as one that has no time left.
    app.app.stopping().cancel();
    for deleted in [256, 256, 88, 0] {
        assert_eq!(sweep_files(&app.app).await.unwrap(), deleted);
    }
    assert_eq!(files(&app).await, 0);
}

#[tokio::test]
async fn erased_accounts_and_circles_leave_no_file() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    set_avatar(&ana, 1).await;
    set_avatar(&ben, 2).await;
    ana.put_bytes("/patient-photo", picture(3)).await.is(200);
    assert_eq!(files(&app).await, 6);
    ben.put("/v1/me/deletion").await.is(200);
    app.advance(GRACE + TimeDelta::hours(1));
    erase_due(&app.app).await.unwrap();
    sweep_files(&app.app).await.unwrap();
    assert_eq!(files(&app).await, 4);

    let ana = ana.later().await;
    ana.put("/deletion").await.is(200);
    app.advance(GRACE + TimeDelta::hours(1));
    erase_due(&app.app).await.unwrap();
    sweep_files(&app.app).await.unwrap();
    assert_eq!(files(&app).await, 2);
    app.mails().await;
}

#[tokio::test]
async fn the_export_has_the_own_picture_and_the_photos_of_the_patients() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let own = set_avatar(&ben, 1).await["id"].clone();
    set_avatar(&ana, 2).await;
    ana.put_bytes("/patient-photo", picture(3)).await.is(200);
    let export = ben.act("/v1/me/export").await.is(200);
    let files = export["files"].as_array().unwrap();
    let named = |file: &Value| json!([file["table"], file["record_id"], file["name"]]);
    let circle = json!(ben.circle_id());
    assert_eq!(
        files.iter().map(named).collect::<Vec<_>>(),
        [
            json!(["users", own, "avatar"]),
            json!(["circles", circle, "patient_photo"]),
        ]
    );
    let avatar = ben.get("/v1/me/avatar").await.bytes;
    let exported = files[0]["content"].as_str().unwrap();
    assert_eq!(BASE64_STANDARD.decode(exported).unwrap(), avatar);
    assert!(!export.to_string().contains("file_id"));
}

#[test]
fn the_sweep_knows_every_column_that_names_a_file() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/base/src/entity");
    let field = Regex::new(r"pub (\w+): (?:Option<)?FileId").unwrap();
    let mut columns = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let source = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        columns.extend(
            field
                .captures_iter(&source)
                .map(|found| found[1].to_owned()),
        );
    }
    let mut known: Vec<_> = file_columns()
        .map(|(_, column)| column.to_owned())
        .collect();
    columns.sort();
    known.sort();
    assert_eq!(
        columns,
        known,
        "a column that names a file ends in `file_id`, or src/privacy/stored_files.rs deletes its \
         files. It is in one of the {} tables of the data map",
        DATA_MAP.len()
    );
    assert!(known.len() >= 2);
}
