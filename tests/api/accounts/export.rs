//! Exporting an account: everything that is stored about the person, and nothing about others.

use std::collections::BTreeSet;
use std::path::Path;

use chrono::TimeDelta;
use kith::privacy::{Class, DATA_MAP, Export, ExportedTables, Table};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::harness::TestApp;
use crate::privacy::erasing::{CANARY, FAMILY, live};

/// A word in the data of others and in items that the person cannot see.
const OTHERS: &str = "Pteranodon";

#[test]
fn the_export_contains_exactly_the_tables_that_the_data_map_allows() {
    let let_out = DATA_MAP
        .iter()
        .filter(|table| table.export != Export::Never);
    let let_out: BTreeSet<_> = let_out.map(Table::exported_as).collect();
    let exported: BTreeSet<_> = ExportedTables::names().into_iter().collect();
    let missing: Vec<_> = let_out.difference(&exported).collect();
    let withheld: Vec<_> = exported.difference(&let_out).collect();
    assert!(
        missing.is_empty() && withheld.is_empty(),
        "src/privacy/export_tables.rs: add {missing:?} to a list of `exported!`, or write `Export::Never` in \
         `TABLE` of base/src/entity/<table>.rs (src/privacy/data_map/ for tables that care.rs does not list); remove {withheld:?} from the list, or allow their export there"
    );
}

#[test]
fn the_committed_schema_of_the_export_is_the_generated_one() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi/account-export.schema.json");
    let committed: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    assert!(
        committed == kith::api::account_export_schema(),
        "the export has changed; run: cargo run -- openapi --export > openapi/account-export.schema.json"
    );
}

#[test]
fn the_schema_of_the_export_describes_every_table_and_column() {
    let schema = kith::api::account_export_schema();
    let tables = schema["properties"]["tables"]["properties"]
        .as_object()
        .unwrap();
    let described: BTreeSet<_> = tables.keys().map(String::as_str).collect();
    let exported: BTreeSet<_> = ExportedTables::names().into_iter().collect();
    assert_eq!(described, exported);
    let mut missing = Vec::new();
    let mut columns = 0;
    for (table, record) in schema["$defs"].as_object().unwrap() {
        if record["description"]
            .as_str()
            .unwrap_or_default()
            .is_empty()
        {
            missing.push(table.clone());
        }
        for (column, property) in record["properties"].as_object().unwrap() {
            let text = property["description"].as_str().unwrap_or_default();
            if !text.ends_with(['.', '`']) {
                missing.push(format!("{table}.{column}: {text:?}"));
            }
            columns += 1;
        }
    }
    assert!(
        missing.is_empty(),
        "{missing:#?}: write a sentence about each into src/privacy/export_texts.rs"
    );
    assert!(columns > 250, "{columns}");
}

#[test]
fn no_column_that_only_the_server_needs_is_in_the_schema_of_the_export() {
    let schema = kith::api::account_export_schema();
    for table in DATA_MAP {
        for (column, class) in table.classed() {
            let property = &schema["$defs"][table.exported_as()]["properties"][column];
            let is_internal = matches!(class, Class::Secret | Class::Technical);
            assert!(
                !is_internal || property.is_null(),
                "{}.{column}",
                table.name
            );
        }
    }
    let text = schema.to_string();
    for internal in [
        "_hash\"",
        "seed",
        "sort_at",
        "over_at",
        "job_id",
        "people_accepted",
        "people_uncertain",
        "not_after",
    ] {
        assert!(!text.contains(internal), "{internal}");
    }
}

/// Whether a record is what the schema says: all required columns, no unknown ones, and values of
/// the right type. Instants have milliseconds.
fn check_record(what: &str, record: &Value, schema: &Value) {
    for required in schema["required"].as_array().unwrap() {
        let there = record.get(required.as_str().unwrap()).is_some();
        assert!(there, "{what} has no {required}");
    }
    for (column, value) in record.as_object().unwrap() {
        let property = &schema["properties"][column];
        let kind = match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "integer",
            Value::String(_) => "string",
            _ => "array",
        };
        let kinds = property["type"].to_string();
        assert!(
            kinds.contains(&format!("\"{kind}\"")),
            "{what}.{column}: {value} is not {kinds}"
        );
        if let Some(text) = value.as_str().filter(|_| property["format"] == "date-time") {
            let milliseconds =
                text.len() == "2027-01-02T12:00:00.000Z".len() && text.ends_with('Z');
            assert!(milliseconds, "{what}.{column}: {text}");
        }
    }
}

#[tokio::test]
async fn every_record_of_an_export_is_what_the_schema_says() {
    let app = TestApp::start().await;
    let names = ["Ana", "Quetzal"];
    let [ana, quin] = app.circle_of(["coordinator", "coordinator"], names).await;
    live(&app, &ana, &quin).await;
    let schema = kith::api::account_export_schema();
    let export = quin.act("/v1/me/export").await.is(200);
    for required in schema["required"].as_array().unwrap() {
        assert!(!export[required.as_str().unwrap()].is_null(), "{required}");
    }
    for constant in ["format", "format_version"] {
        assert_eq!(export[constant], schema["properties"][constant]["const"]);
    }
    let mut records = 0;
    for (table, rows) in export["tables"].as_object().unwrap() {
        for row in rows.as_array().unwrap() {
            check_record(table, row, &schema["$defs"][table]);
            records += 1;
        }
    }
    assert!(records > 30, "{records}");
    app.mails().await;
}

#[tokio::test]
async fn every_personal_column_is_in_the_export() {
    let app = TestApp::start().await;
    let names = ["Ana", "Quetzal"];
    let [ana, quin] = app.circle_of(["coordinator", "coordinator"], names).await;
    let [_, direct, _] = live(&app, &ana, &quin).await;
    quin.delete(&format!("/messages/{direct}")).await.is(204);
    let grant = format!("/members/{}/topics", ana.member_id);
    quin.patch(&grant, json!({ "decisions": "read" }))
        .await
        .is(200);
    let connection = app.database.connect().await;
    // Requests of tests have no IP address, so the test sets an address.
    for table in ["changes", "security_events"] {
        let prefix = format!("UPDATE {table} SET address_prefix = '192.0.2.0/24'");
        connection.execute_unprepared(&prefix).await.unwrap();
    }
    connection.close().await.unwrap();

    let export = quin.act("/v1/me/export").await;
    assert_eq!(export.header("content-type"), "application/json");
    assert_eq!(export.header("cache-control"), "no-store");
    let file = "attachment; filename=\"kith-export.json\"";
    assert_eq!(export.header("content-disposition"), file);
    let export = export.is(200);
    assert_eq!(export["format"], "kith-account-export");
    let mut columns = 0;
    for table in DATA_MAP
        .iter()
        .filter(|table| table.export != Export::Never)
    {
        let records = export["tables"][table.exported_as()].as_array().unwrap();
        let of_somebody = table.classed().filter(|(_, class)| {
            matches!(
                class,
                Class::Personal(_) | Class::Shown(_) | Class::Written(_)
            )
        });
        for (column, _) in of_somebody {
            let is_filled = records.iter().any(|record| !record[column].is_null());
            assert!(
                is_filled,
                "{0}.{column} is not in the export. If the test does not fill it: fill it in `live` in \
                 tests/api/privacy/erasing.rs. If the export leaves it out: add it to {0} in \
                 src/privacy/export_tables.rs",
                table.name
            );
            columns += 1;
        }
    }
    println!("export: {columns} personal columns");
    let text = export.to_string();
    for written in [
        "name",
        "relationship",
        "phone",
        "note",
        "first",
        "second",
        "title",
    ] {
        let canary = format!("{CANARY} {written}");
        assert!(text.contains(&canary), "{canary}");
    }
    assert!(text.contains(&quin.email) && text.contains(FAMILY));
    for secret in ["password_hash", "token_hash", "argon2", "code_hash"] {
        assert!(!text.contains(secret), "{secret}");
    }
    app.mails().await;
}

#[tokio::test]
async fn an_export_contains_no_data_of_others_and_nothing_that_is_not_visible() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let [mia] = app.circle_of(["coordinator"], ["Mia"]).await;
    let canary = |what: &str| format!("{OTHERS} {what}");
    mia.task(json!({ "title": canary("elsewhere") })).await;
    let me = format!("/members/{}", ana.member_id);
    ana.patch(&me, json!({ "phone": "+49 170 7654321" }))
        .await
        .is(200);
    ana.task(json!({ "title": canary("pills"), "topic": "health" }))
        .await;
    ana.task(json!({ "title": "Shopping" })).await;
    let thread = json!({ "title": "Everyday", "topic": "daily" });
    let thread = ana.post("/threads", thread).await.is(201);
    let messages = format!("/threads/{}/messages", thread["id"].as_str().unwrap());
    ana.post(&messages, json!({ "body": canary("message") }))
        .await
        .is(201);
    let invitation = json!({ "email": "pteranodon@test.example", "access": "viewer" });
    ana.post("/invitations", invitation).await.is(201);
    // An invitation or a change of address that another person made belongs to that person.
    let taken = json!({ "email": ben.email });
    mia.post("/v1/me/email-changes", taken).await.is(202);

    let export = ben.act("/v1/me/export").await;
    let text = export.text.to_lowercase();
    assert!(text.contains("shopping") && text.contains("everyday") && text.contains("ana test"));
    for of_others in [OTHERS, "7654321", &ana.email, &mia.email, mia.circle_id()] {
        assert!(!text.contains(&of_others.to_lowercase()), "{of_others}");
    }
    assert_eq!(export.is(200)["tables"]["messages"], json!([]));
    let leave = ben.path("/leave");
    ben.post(&leave, json!({})).await.is(200);
    let after = ben.act("/v1/me/export").await.is(200);
    assert_eq!(after["tables"]["circles"], json!([]));
    assert_eq!(after["tables"]["tasks"], json!([]));
    assert_eq!(after["tables"]["users"][0]["email"], ben.email.as_str());
    app.mails().await;
}

#[tokio::test]
async fn an_export_after_leaving_a_circle_contains_only_what_the_person_wrote() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let thread = json!({ "title": "Everyday", "topic": "daily" });
    let thread = ben.post("/threads", thread).await.is(201);
    let messages = format!("/threads/{}/messages", thread["id"].as_str().unwrap());
    for (by, body) in [(&ana, "Ana's words"), (&ben, "Ben's words")] {
        by.post(&messages, json!({ "body": body })).await.is(201);
    }
    let me = format!("/members/{}", ben.member_id);
    let relation = json!({ "relationship": "brother" });
    ben.patch(&me, relation).await.is(200);
    ben.post("/leave", json!({})).await.is(200);
    // Later changes do not concern the member who left.
    let path = format!("/threads/{}", thread["id"].as_str().unwrap());
    let renamed = json!({ "title": "Ana's new title" });
    ana.patch(&path, renamed).await.is(200);

    let export = ben.act("/v1/me/export").await.is(200);
    let of = |table: &str| export["tables"][table].as_array().unwrap();
    assert_eq!(of("messages").len(), 1);
    assert_eq!(of("messages")[0]["body"], "Ben's words");
    assert_eq!(of("memberships").len(), 1);
    assert_eq!(of("memberships")[0]["relationship"], "brother");
    assert!(of("changes").len() > 1);
    for seen in ["circles", "tasks", "threads", "thread_members"] {
        assert_eq!(of(seen).len(), 0, "{seen}");
    }
    assert!(!export.to_string().contains("Ana"));
    app.mails().await;
}

#[tokio::test]
async fn the_calendar_export_contains_only_visible_appointments() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let scan = json!({
        "title": "Scan; at last", "kind": "scan",
        "starts_local": "2027-01-02T10:00", "time_zone": "Europe/Berlin",
    });
    let scan = ana.post("/appointments", scan).await.is(201);
    let visit = json!({ "title": "Tea", "topic": "daily", "starts_on": "2027-01-03" });
    ana.post("/appointments", visit).await.is(201);

    let calendar = ana.act("/v1/me/export/calendar").await;
    assert_eq!(
        calendar.header("content-type"),
        "text/calendar; charset=utf-8"
    );
    let uid = format!("UID:{}@kith.example\r\n", scan["id"].as_str().unwrap());
    for line in [
        &uid,
        "DTSTART:20270102T090000Z\r\n",
        "SUMMARY:Scan\\; at last\r\n",
    ] {
        assert!(calendar.text.contains(line), "{}", calendar.text);
    }
    assert!(calendar.text.contains("DTSTART;VALUE=DATE:20270103\r\n"));
    let of_ben = ben.act("/v1/me/export/calendar").await.text;
    assert!(of_ben.contains("SUMMARY:Tea") && !of_ben.contains("Scan"));
    app.mails().await;
}

#[tokio::test]
async fn changing_only_the_end_of_an_appointment_raises_its_calendar_sequence() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let visit = json!({
        "title": "Visit", "starts_local": "2027-01-02T10:00", "ends_local": "2027-01-02T11:00",
    });
    let visit = ana.post("/appointments", visit).await.is(201);
    let sequence = async || -> i64 {
        let calendar = ana.act("/v1/me/export/calendar").await.text;
        let mut lines = calendar.lines();
        let line = lines.find_map(|line| line.strip_prefix("SEQUENCE:"));
        line.unwrap().trim().parse().unwrap()
    };
    let before = sequence().await;
    let longer = json!({ "starts_local": "2027-01-02T10:00", "ends_local": "2027-01-02T15:00" });
    let path = format!("/appointments/{}/reschedule", visit["id"].as_str().unwrap());
    let moved = ana.post(&path, longer).await.is(200);
    assert_eq!(moved["schedule_version"], 1);
    assert!(sequence().await > before);
    app.mails().await;
}

#[tokio::test]
async fn a_person_can_export_three_times_an_hour() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    for path in ["/v1/me/export", "/v1/me/export/calendar", "/v1/me/export"] {
        assert_eq!(ana.act(path).await.status, 200);
    }
    let refused = ana.act("/v1/me/export").await;
    let problem = refused.is_problem(429, "too_many_requests");
    let detail = problem["detail"].as_str().unwrap();
    assert!(
        detail.starts_with("Exports of your data: at most 3 in one hour."),
        "{detail}"
    );
    assert_eq!(refused.header("retry-after"), "3600");
    assert_eq!(ben.act("/v1/me/export").await.status, 200);
    app.advance(TimeDelta::hours(1));
    let later = ana.later().await;
    assert_eq!(later.act("/v1/me/export").await.status, 200);
}

#[tokio::test]
async fn a_person_whose_account_is_being_deleted_can_still_export_it() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    ana.task(json!({ "title": "Shopping" })).await;
    ben.put("/v1/me/deletion").await.is(200);
    let export = ben.act("/v1/me/export").await.is(200);
    assert_eq!(export["tables"]["tasks"][0]["title"], "Shopping");
    assert_ne!(
        export["tables"]["users"][0]["deletion_scheduled_for"],
        Value::Null
    );
    app.mails().await;
}
