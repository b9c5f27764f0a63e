//! The schema: it fits the entities and equals the committed files. Migrations go up, down and
//! up again, and five processes can migrate at once.

use kith::entity::*;
use kith::platform::db;
use migration::{Migrator, MigratorTrait};
use std::collections::BTreeSet;
use std::path::Path;

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, EntityTrait, QueryResult, QuerySelect,
    Statement,
};
use serde_json::json;

use crate::harness::TestApp;
use crate::harness::database::TestDatabase;

#[tokio::test]
async fn every_entity_fits_its_table() {
    let database = TestDatabase::migrated().await;
    let connection = database.connect().await;
    macro_rules! select_nothing {
        ($($entity:ident)+) => {$(
            let rows = $entity::Entity::find().limit(0).all(&connection).await;
            rows.unwrap_or_else(|error| panic!(
                "base/src/entity/{}.rs does not fit its table: {error}. Change the fields there, or add \
                 a migration in migration/src",
                stringify!($entity)
            ));
        )+};
    }
    select_nothing!(
        absence agenda_item appointment appointment_series appointment_series_attendee attendance change circle database_state delivery email_change handover idempotency_record invitation job join_link join_request known_device mail_token membership message security_event
        message_edit need need_assignment notification notification_setting passkey
        passkey_challenge password_reset personal_access_token personal_access_token_circle rate_window
        read_cursor recovery_code refresh_token registration reminder role role_assignment
        question proxy succession session sign_in_code sign_in_ticket signing_key task task_assignment
        task_checklist_item task_list task_series task_series_member thread
        thread_member throttle topic_grant totp_factor user zone_rules
        appointment_term message_term search_index task_term
    );
    connection.close().await.unwrap();
}

#[tokio::test]
async fn the_schema_equals_the_committed_file() {
    let database = TestDatabase::migrated().await;
    let connection = database.connect().await;
    let (file, schema) = match connection.get_database_backend() {
        DbBackend::Postgres => ("postgres.sql", postgres_schema(&connection).await),
        _ => ("sqlite.sql", sqlite_schema(&connection).await),
    };
    connection.close().await.unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migration/schema");
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(folder.join(file), schema).unwrap();
        return;
    }
    let committed = std::fs::read_to_string(folder.join(file)).unwrap();
    let (before, now): (BTreeSet<_>, BTreeSet<_>) =
        (committed.lines().collect(), schema.lines().collect());
    assert!(
        committed == schema,
        "the schema has changed: run `UPDATE_SCHEMA=1 cargo test --test api schema` on both \
         databases and commit migration/schema/*.sql, or fix the migration.\n\
         Only in {file}: {:#?}\nOnly in the database: {:#?}",
        before.difference(&now).collect::<Vec<_>>(),
        now.difference(&before).collect::<Vec<_>>(),
    );
}

/// SQLite stores the SQL text of a table in one long line. This lays it out with a line for
/// each column and each key.
async fn sqlite_schema(connection: &DatabaseConnection) -> String {
    let statements = texts(
        connection,
        "SELECT sql FROM sqlite_schema \
         WHERE sql IS NOT NULL AND tbl_name <> 'seaql_migrations' \
         AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
         ORDER BY tbl_name, type DESC, name",
    )
    .await;
    let mut blocks = Vec::<String>::new();
    for sql in statements {
        if sql.starts_with("CREATE TABLE") {
            let (head, rest) = sql.split_once('(').unwrap();
            let (body, _) = rest.rsplit_once(')').unwrap();
            let lines = split_outside_parentheses(body).join(",\n    ");
            blocks.push(format!("{head}(\n    {lines}\n);\n"));
        } else {
            let block = blocks.last_mut().unwrap();
            block.extend([sql.as_str(), ";\n"]);
        }
    }
    blocks.join("\n")
}

/// Splits at the commas that are outside parentheses.
fn split_outside_parentheses(text: &str) -> Vec<&str> {
    let mut depth = 0;
    text.split(|letter| {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => (),
        }
        letter == ',' && depth == 0
    })
    .map(str::trim)
    .collect()
}

/// The schema as PostgreSQL describes it: a block for each table, with its indexes.
async fn postgres_schema(connection: &DatabaseConnection) -> String {
    texts(connection, POSTGRES_SCHEMA).await.join("\n")
}

/// Columns in their order, then keys and indexes by name. NOT NULL stands with its column
/// only: since version 18 it is a constraint too.
const POSTGRES_SCHEMA: &str = r#"
SELECT format(E'CREATE TABLE %I (\n    %s\n);\n%s', t.relname, (
    SELECT string_agg(line, E',\n    ' ORDER BY place, name COLLATE "C") FROM (
        SELECT a.attnum AS place, '' AS name, concat(
            quote_ident(a.attname), ' ', format_type(a.atttypid, a.atttypmod),
            CASE WHEN a.attnotnull THEN ' NOT NULL' END,
            ' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid)
        ) AS line
        FROM pg_attribute a
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
        UNION ALL
        SELECT 10000, conname::text, format('CONSTRAINT %I %s', conname, pg_get_constraintdef(oid))
        FROM pg_constraint WHERE conrelid = t.oid AND contype <> 'n'
    ) AS lines
), (
    SELECT string_agg(pg_get_indexdef(i.indexrelid) || E';\n', '' ORDER BY c.relname COLLATE "C")
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE i.indrelid = t.oid
    AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = c.oid AND k.conrelid = t.oid
        AND k.contype <> 'f')
)) AS sql
FROM pg_class t
WHERE t.relkind = 'r' AND t.relnamespace = 'public'::regnamespace
AND t.relname <> 'seaql_migrations'
ORDER BY t.relname COLLATE "C"
"#;

/// The values of the only column of a query.
async fn texts(connection: &DatabaseConnection, sql: &str) -> Vec<String> {
    let asked = Statement::from_string(connection.get_database_backend(), sql);
    let rows = connection.query_all_raw(asked).await.unwrap();
    rows.iter()
        .map(|row| row.try_get_by_index(0).unwrap())
        .collect()
}

#[tokio::test]
async fn migrations_go_up_down_and_up_again() {
    let database = TestDatabase::empty().await;
    db::migrate(&database.url).await.unwrap();
    let connection = database.connect().await;
    Migrator::down(&connection, None).await.unwrap();
    connection.close().await.unwrap();
    db::migrate(&database.url).await.unwrap();
    let db = db::connect(&database.url, 2).await.unwrap();
    assert!(db::is_current(&db).await.unwrap());
    db.close().await.unwrap();
}

#[tokio::test]
async fn asking_whether_a_database_is_current_changes_nothing() {
    let database = TestDatabase::empty().await;
    let db = db::connect(&database.url, 2).await.unwrap();
    assert!(!db::is_current(&db).await.unwrap());
    db.close().await.unwrap();
    let connection = database.connect().await;
    let table = connection.execute_unprepared("SELECT 1 FROM seaql_migrations");
    assert!(table.await.is_err());
    connection.close().await.unwrap();
}

#[tokio::test]
async fn a_database_that_a_newer_program_migrated_is_not_current() {
    let database = TestDatabase::migrated().await;
    let connection = database.connect().await;
    let newer = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_newer', 0)";
    connection.execute_unprepared(newer).await.unwrap();
    connection.close().await.unwrap();
    let db = db::connect(&database.url, 2).await.unwrap();
    assert!(!db::is_current(&db).await.unwrap());
    db.close().await.unwrap();
}

#[tokio::test]
async fn a_database_of_another_version_is_refused_in_plain_words() {
    let database = TestDatabase::migrated().await;
    let connection = database.connect().await;
    let other = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m0004_jobs', 0)";
    connection.execute_unprepared(other).await.unwrap();
    connection.close().await.unwrap();
    let db = db::connect(&database.url, 2).await.unwrap();
    let serving = db::check_schema(&db).await.unwrap_err();
    db.close().await.unwrap();
    let migrating = db::migrate(&database.url).await.unwrap_err();
    for refused in [serving, migrating] {
        let refused = format!("{refused:#}");
        let sentence = "another version of Kith made this database";
        assert!(refused.contains(sentence), "{refused}");
        assert!(!refused.contains("Migration file"), "{refused}");
    }
}

#[tokio::test]
async fn five_concurrent_migrations_all_succeed() {
    let database = TestDatabase::empty().await;
    let migrators = (0..5).map(|_| db::migrate(&database.url));
    for result in futures_util::future::join_all(migrators).await {
        result.unwrap();
    }
    let db = db::connect(&database.url, 2).await.unwrap();
    assert!(db::is_current(&db).await.unwrap());
    db.close().await.unwrap();
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a list of references")]
async fn the_database_itself_refuses_a_reference_into_another_circle() {
    let app = TestApp::start().await;
    let [ana] = app.circle_of(["coordinator"], ["Ana"]).await;
    let [mia] = app.circle_of(["coordinator"], ["Mia"]).await;
    let task = mia
        .task(json!({ "title": "theirs", "due_local": "2027-01-02T12:00" }))
        .await;
    let own_task = json!({
        "title": "ours", "due_local": "2027-01-02T12:00", "checklist": ["ours"],
    });
    ana.task(own_task).await;
    let list = mia
        .post("/task-lists", json!({ "title": "theirs" }))
        .await
        .is(201);
    let theirs = mia.post("/roles", json!({ "kind": "pets" })).await.is(201);
    let role = ana.post("/roles", json!({ "kind": "pets" })).await.is(201);
    ana.act(&format!("/roles/{}/claim", role["id"].as_str().unwrap()))
        .await
        .is(200);
    let carried = ana
        .get(&format!("/roles/{}", role["id"].as_str().unwrap()))
        .await;
    let handover = json!({ "role_assignment_id": carried.is(200)["assignments"][0]["id"] });
    ana.post("/handovers", handover).await.is(201);
    let away = json!({ "from_on": "2027-06-01" });
    ana.post("/absences", away).await.is(201);
    let thread = json!({ "title": "theirs", "topic": "daily" });
    let thread = mia.post("/threads", thread).await.is(201);
    let own = json!({ "title": "ours", "topic": "daily" });
    let own = ana.post("/threads", own).await.is(201);
    let messages = format!("/threads/{}/messages", own["id"].as_str().unwrap());
    ana.post(&messages, json!({ "body": "ours" })).await.is(201);
    let meeting = json!({
        "title": "a", "kind": "family_meeting", "starts_on": "2027-01-02", "reminders_off": true,
    });
    let their_meeting = mia.post("/appointments", meeting.clone()).await.is(201);
    let meeting = ana.post("/appointments", meeting).await.is(201);
    let agenda = format!(
        "/appointments/{}/agenda-items",
        meeting["id"].as_str().unwrap()
    );
    ana.post(&agenda, json!({ "title": "ours" })).await.is(201);
    ana.post("/questions", json!({ "text": "ours" }))
        .await
        .is(201);
    let token = json!({
        "name": "ours", "scopes": ["tasks:read"], "circle_ids": [ana.circle_id()],
    });
    ana.post("/v1/me/access-tokens", token).await.is(201);
    let connection = app.database.connect().await;
    let literal = |id: &str| match app.database.url {
        kith::config::DatabaseUrl::Sqlite(_) => format!("x'{}'", id.replace('-', "")),
        kith::config::DatabaseUrl::Postgres(_) => format!("'{id}'"),
    };
    let ours = literal(ana.circle_id());
    for (table, column, foreign) in [
        ("tasks", "task_list_id", list["id"].as_str().unwrap()),
        ("reminders", "task_id", task["id"].as_str().unwrap()),
        ("handovers", "task_id", task["id"].as_str().unwrap()),
        ("absences", "member_id", mia.member_id.as_str()),
        (
            "tasks",
            "appointment_id",
            their_meeting["id"].as_str().unwrap(),
        ),
        (
            "agenda_items",
            "appointment_id",
            their_meeting["id"].as_str().unwrap(),
        ),
        (
            "questions",
            "appointment_id",
            their_meeting["id"].as_str().unwrap(),
        ),
        ("questions", "heard_by_member_id", mia.member_id.as_str()),
        (
            "role_assignments",
            "role_id",
            theirs["id"].as_str().unwrap(),
        ),
        (
            "role_assignments",
            "patient_part_task_id",
            task["id"].as_str().unwrap(),
        ),
        ("topic_grants", "member_id", mia.member_id.as_str()),
        (
            "personal_access_token_circles",
            "member_id",
            mia.member_id.as_str(),
        ),
        ("messages", "thread_id", thread["id"].as_str().unwrap()),
        (
            "task_checklist_items",
            "task_id",
            task["id"].as_str().unwrap(),
        ),
        ("threads", "task_id", task["id"].as_str().unwrap()),
    ] {
        let foreign = literal(foreign);
        let cross = format!("UPDATE {table} SET {column} = {foreign} WHERE circle_id = {ours}");
        let refused = connection.execute_unprepared(&cross).await.unwrap_err();
        assert!(
            refused.to_string().to_lowercase().contains("foreign key"),
            "{table}: {refused}"
        );
    }
    connection.close().await.unwrap();
}

#[tokio::test]
async fn postgresql_logs_no_warning_for_each_borrowed_connection() {
    let database = TestDatabase::empty().await;
    let db = db::connect(&database.url, 2).await.unwrap();
    if db.backend() == DbBackend::Postgres {
        let asked = Statement::from_string(db.backend(), "SHOW client_min_messages");
        let told = db.reader().query_one_raw(asked).await.unwrap().unwrap();
        assert_eq!(told.try_get_by_index::<String>(0).unwrap(), "error");
    }
    db.close().await.unwrap();
}

#[tokio::test]
async fn postgresql_translates_no_statement_into_machine_code() {
    let database = TestDatabase::empty().await;
    let db = db::connect(&database.url, 2).await.unwrap();
    if db.backend() == DbBackend::Postgres {
        // The summary of a person in a hundred circles took seconds, and was canceled each time.
        let asked = Statement::from_string(db.backend(), "SHOW jit");
        let told = db.reader().query_one_raw(asked).await.unwrap().unwrap();
        assert_eq!(told.try_get_by_index::<String>(0).unwrap(), "off");
    }
    db.close().await.unwrap();
}

#[tokio::test]
async fn every_reference_to_deleted_rows_has_an_index() {
    let database = TestDatabase::migrated().await;
    let connection = database.connect().await;
    let pointers = pointers(&connection).await;
    let indexes = indexes(&connection).await;
    let covered = |(table, columns): &(String, Vec<String>)| {
        // The index must begin with all of these columns, in any order.
        indexes.iter().any(|(of, index)| {
            let first = index.iter().take(columns.len());
            of == table && first.clone().count() == columns.len() && {
                let first: BTreeSet<_> = first.collect();
                columns.iter().all(|column| first.contains(column))
            }
        })
    };
    let bare: Vec<_> = pointers
        .iter()
        .filter(|pointer| !covered(pointer))
        .collect();
    connection.close().await.unwrap();
    assert!(pointers.len() > 30, "the schema was not read");
    assert!(
        bare.is_empty(),
        "deleting a row that these refer to reads their whole tables: {bare:#?}. Add \
         `index(table, &[columns])` (migration/src/columns.rs) for each of them in a migration"
    );
}

/// Each foreign key: its table and its columns.
async fn pointers(connection: &DatabaseConnection) -> Vec<(String, Vec<String>)> {
    grouped(
        connection,
        "SELECT s.name AS t, s.name || f.id AS k, f.\"from\" AS c \
         FROM sqlite_schema s JOIN pragma_foreign_key_list(s.name) f \
         WHERE s.type = 'table' ORDER BY k, f.seq",
        "SELECT conrelid::regclass::text AS t, conname::text AS k, attname::text AS c \
         FROM pg_constraint \
         CROSS JOIN LATERAL unnest(conkey) WITH ORDINALITY AS u(attnum, place) \
         JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = u.attnum \
         WHERE contype = 'f' ORDER BY k, place",
    )
    .await
}

/// Each index: its table and its columns.
async fn indexes(connection: &DatabaseConnection) -> Vec<(String, Vec<String>)> {
    grouped(
        connection,
        "SELECT s.name AS t, l.name AS k, i.name AS c \
         FROM sqlite_schema s JOIN pragma_index_list(s.name) l \
         JOIN pragma_index_info(l.name) i \
         WHERE s.type = 'table' AND i.name IS NOT NULL ORDER BY k, i.seqno",
        "SELECT indrelid::regclass::text AS t, indexrelid::regclass::text AS k, \
         attname::text AS c FROM pg_index \
         CROSS JOIN LATERAL unnest(indkey) WITH ORDINALITY AS u(attnum, place) \
         JOIN pg_attribute a ON a.attrelid = indrelid AND a.attnum = u.attnum \
         WHERE indpred IS NULL ORDER BY k, place",
    )
    .await
}

/// The rows of a key, as its table and its columns in their order.
async fn grouped(
    connection: &DatabaseConnection,
    sqlite: &str,
    postgres: &str,
) -> Vec<(String, Vec<String>)> {
    let backend = connection.get_database_backend();
    let sql = if backend == DbBackend::Postgres {
        postgres
    } else {
        sqlite
    };
    let asked = Statement::from_string(backend, sql);
    let rows = connection.query_all_raw(asked).await.unwrap();
    let text = |row: &QueryResult, name: &str| row.try_get::<String>("", name).unwrap();
    rows.chunk_by(|a, b| text(a, "k") == text(b, "k"))
        .map(|rows| {
            let columns = rows.iter().map(|row| text(row, "c"));
            (text(&rows[0], "t"), columns.collect())
        })
        .collect()
}
