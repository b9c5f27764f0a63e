//! PocketBase beside Kith: another server of one file on SQLite, with the same tasks, members
//! and assignments. It is measured if its program is found.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, ensure};
use chrono::{DateTime, NaiveDateTime, Utc};
use kith::entity::task::TaskState;
use serde_json::{Value, json};

use crate::data::{TASKS, due_of, is_assigned, state_of};
use crate::generator::{Reply, ask};
use crate::process::Program;
use crate::requests::{bearer, request};
use crate::servers::{Server, answers, free_address, text};

const OPERATOR: &str = "operator@example.org";
const PASSWORD: &str = "only on this machine";
/// Who may read and write what belongs to a circle: its members.
const MEMBERS_ONLY: &str = "circle.members_via_circle.user ?= @request.auth.id";
/// Sets how the one connection that writes waits for the disk. The API of PocketBase cannot.
const HOOK: &str = r#"routerAdd("POST", "/load/synchronous/{mode}", (e) => {
  const db = $app.nonconcurrentDB();
  db.newQuery("PRAGMA synchronous = " + e.request.pathValue("mode")).execute();
  const row = new DynamicModel({ synchronous: 0 });
  db.newQuery("PRAGMA synchronous").one(row);
  return e.json(200, row);
});
"#;

/// A PocketBase that is filled and runs.
pub struct PocketBase {
    pub server: Server,
    /// The tokens of the coordinators of all circles.
    pub tokens: Vec<String>,
    synchronous: Synchronous,
}

/// How writes wait for the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Synchronous {
    /// As Kith on SQLite: until they are on the disk.
    Full,
    /// As the PostgreSQL of `scripts/with-postgres`: not at all.
    Off,
}

/// The program: `POCKETBASE`, or `pocketbase` in `PATH`.
pub fn program() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("POCKETBASE") {
        return Some(named.into());
    }
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders)
        .map(|folder| folder.join("pocketbase"))
        .find(|file| file.is_file())
}

impl PocketBase {
    /// Fills a new PocketBase and starts it.
    pub async fn start(
        program: &Path,
        folder: &Path,
        circles: u64,
        synchronous: Synchronous,
        now: DateTime<Utc>,
    ) -> anyhow::Result<Self> {
        let folder = folder.join("pocketbase");
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(folder.join("hooks"))?;
        std::fs::write(folder.join("hooks/main.pb.js"), HOOK)?;
        let (program, data) = (text(program)?, folder.join("data"));
        let made = Command::new(program)
            .args(["superuser", "upsert", OPERATOR, PASSWORD])
            .args(["--dir", text(&data)?])
            .stdout(Stdio::null())
            .status()
            .context("PocketBase cannot be run")?;
        ensure!(made.success(), "PocketBase cannot be set up");

        let server = serve(program, &folder).await?;
        let operator = sign_in(server.address).await?;
        let collections = json!({ "collections": collections(), "deleteMissing": false });
        let import = request(
            "PUT",
            "/api/collections/import",
            &bearer(&operator),
            &collections.to_string(),
        );
        successful(ask(server.address, &[import]).await?)?;
        drop(server);

        fill(&data.join("data.db"), circles, now)?;
        let server = serve(program, &folder).await?;
        let operator = bearer(&sign_in(server.address).await?);
        let impersonate = |circle| {
            let path = format!("/api/collections/users/impersonate/{}", user(circle));
            request("POST", &path, &operator, r#"{"duration":36000}"#)
        };
        let impersonate: Vec<_> = (0..circles).map(impersonate).collect();
        let replies = successful(ask(server.address, &impersonate).await?)?;
        let tokens = replies.iter().map(token_in).collect::<Result<_, _>>()?;
        Ok(Self {
            server,
            tokens,
            synchronous,
        })
    }

    /// Makes its writes wait for the disk as those of Kith do. The connection is opened again
    /// after some minutes without a write, so that this is asked for before each measurement.
    pub async fn prepare(&self) -> anyhow::Result<()> {
        let (mode, number) = match self.synchronous {
            Synchronous::Full => ("FULL", 2),
            Synchronous::Off => ("OFF", 0),
        };
        let path = format!("/load/synchronous/{mode}");
        let replies = ask(self.server.address, &[request("POST", &path, "", "{}")]).await?;
        let replies = successful(replies)?;
        let answer: Value = serde_json::from_slice(&replies[0].body)?;
        ensure!(answer["synchronous"] == number, "{answer}");
        Ok(())
    }
}

async fn serve(program: &str, folder: &Path) -> anyhow::Result<Server> {
    let address = free_address()?;
    let begun = Instant::now();
    let program = Program::start(
        &[
            program,
            "serve",
            "--http",
            &address.to_string(),
            "--dir",
            text(&folder.join("data"))?,
            "--hooksDir",
            text(&folder.join("hooks"))?,
        ],
        &[],
    )?;
    let ready = answers(address, "/api/health", 200, begun).await;
    Ok(Server {
        program,
        address,
        ready: ready.context("PocketBase does not answer")?,
    })
}

/// The token of the operator.
async fn sign_in(address: SocketAddr) -> anyhow::Result<String> {
    let body = json!({ "identity": OPERATOR, "password": PASSWORD });
    let path = "/api/collections/_superusers/auth-with-password";
    let request = request("POST", path, "", &body.to_string());
    let replies = successful(ask(address, &[request]).await?)?;
    token_in(&replies[0])
}

fn token_in(reply: &Reply) -> anyhow::Result<String> {
    let answer: Value = serde_json::from_slice(&reply.body)?;
    Ok(answer["token"].as_str().context("no token")?.to_owned())
}

fn successful(replies: Vec<Reply>) -> anyhow::Result<Vec<Reply>> {
    for reply in &replies {
        let body = String::from_utf8_lossy(&reply.body);
        ensure!(reply.status < 300, "{}: {body}", reply.status);
    }
    Ok(replies)
}

/// The collections: what Kith's tables `circles`, `memberships`, `tasks` and
/// `task_assignments` hold.
fn collections() -> Value {
    let text = |name: &str| json!({ "name": name, "type": "text" });
    let number = |name: &str| json!({ "name": name, "type": "number" });
    let date = |name: &str| json!({ "name": name, "type": "date" });
    let relation = |name: &str, to: &str| json!({ "name": name, "type": "relation", "collectionId": to, "maxSelect": 1, "cascadeDelete": false });
    let stamps = [
        json!({ "name": "created", "type": "autodate", "onCreate": true }),
        json!({ "name": "updated", "type": "autodate", "onCreate": true, "onUpdate": true }),
    ];
    let collection = |name: &str, fields: Vec<Value>, rule: &str, index: &str| {
        let fields: Vec<Value> = fields.into_iter().chain(stamps.clone()).collect();
        json!({
            "id": format!("load_{name}"), "name": name, "type": "base", "fields": fields,
            "listRule": rule, "viewRule": rule, "createRule": rule, "updateRule": rule,
            "indexes": if index.is_empty() { vec![] } else { vec![index] },
        })
    };
    let signed_in = "@request.auth.id != ''";
    json!([
        collection("circles", vec![text("name")], signed_in, ""),
        collection(
            "members",
            vec![
                relation("circle", "load_circles"),
                relation("user", "_pb_users_auth_"),
                text("name"),
                text("access"),
                text("state"),
            ],
            signed_in,
            "CREATE INDEX members_of_circle ON members (circle, user)",
        ),
        collection(
            "tasks",
            vec![
                relation("circle", "load_circles"),
                number("version"),
                text("title"),
                text("notes"),
                text("category"),
                text("topic"),
                text("due_on"),
                text("due_local"),
                text("starts_local"),
                text("time_zone"),
                date("due_at"),
                date("sort_at"),
                number("effort_minutes"),
                number("people_needed"),
                text("reminder_minutes"),
                text("state"),
                number("schedule_version"),
                date("completed_at"),
                relation("completed_by", "load_members"),
                relation("created_by", "load_members"),
            ],
            MEMBERS_ONLY,
            "CREATE INDEX tasks_of_circle ON tasks (circle, state, sort_at, id)",
        ),
        collection(
            "assignments",
            vec![
                relation("task", "load_tasks"),
                relation("member", "load_members"),
                text("state"),
            ],
            signed_in,
            "CREATE INDEX assignments_of_task ON assignments (task)",
        ),
    ])
}

fn user(circle: u64) -> String {
    format!("u{circle:014}")
}

pub fn circle(circle: u64) -> String {
    format!("c{circle:014}")
}

pub fn member(circle: u64, member: u64) -> String {
    format!("m{:014}", circle * 10 + member)
}

pub fn task(circle: u64, task: u64) -> String {
    format!("t{:014}", circle * TASKS + task)
}

/// A time as PocketBase stores it.
pub fn date(at: NaiveDateTime) -> String {
    at.format("%F %T%.3fZ").to_string()
}

/// Writes the rows into the file of a PocketBase that does not run.
fn fill(file: &Path, circles: u64, now: DateTime<Utc>) -> anyhow::Result<()> {
    let db = rusqlite::Connection::open(file)?;
    db.execute_batch("PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE")?;
    let stamp = date(now.naive_utc());
    {
        let mut users = db.prepare(
            "INSERT INTO users (id, email, name, password, tokenKey, verified, created, updated) \
             VALUES (?1, ?2, ?3, 'none', ?4, TRUE, ?5, ?5)",
        )?;
        let mut of_circles =
            db.prepare("INSERT INTO circles (id, name, created, updated) VALUES (?1, ?2, ?3, ?3)")?;
        let mut members = db.prepare(
            "INSERT INTO members (id, circle, user, name, access, state, created, updated) \
             VALUES (?1, ?2, ?3, ?4, 'coordinator', 'active', ?5, ?5)",
        )?;
        let mut tasks = db.prepare(
            "INSERT INTO tasks (id, circle, version, title, notes, category, topic, due_local, \
             time_zone, due_at, sort_at, effort_minutes, people_needed, reminder_minutes, state, \
             schedule_version, created_by, created, updated) VALUES (?1, ?2, 1, ?3, ?4, \
             'household', 'daily', ?5, 'Europe/Berlin', ?6, ?6, 30, 1, '[1440]', ?7, 1, ?8, ?9, ?9)",
        )?;
        let mut assignments = db.prepare(
            "INSERT INTO assignments (id, task, member, state, created, updated) \
             VALUES (?1, ?2, ?3, 'accepted', ?4, ?4)",
        )?;
        for number in 0..circles {
            let email = format!("person{number}@example.org");
            let key = format!("{number:050}");
            let name = format!("Person {number}");
            users.execute((user(number), email, &name, key, &stamp))?;
            of_circles.execute((circle(number), format!("Around Marta {number}"), &stamp))?;
        }
        for number in 0..circles {
            // Five members, as in Kith: each user is in several circles.
            for nth in 0..5 {
                let user = user((number + 401 * nth) % circles);
                let name = format!("Person {number}.{nth}");
                members.execute((member(number, nth), circle(number), user, name, &stamp))?;
            }
            for nth in 0..TASKS {
                let due = due_of(nth, now);
                let state = match state_of(nth) {
                    TaskState::Proposed => "proposed",
                    TaskState::Open => "open",
                    TaskState::Completed => "completed",
                    TaskState::Canceled => "canceled",
                    TaskState::Lapsed => "lapsed",
                };
                let notes = if nth.is_multiple_of(2) {
                    "The key is with the neighbours. ".repeat(3)
                } else {
                    String::new()
                };
                tasks.execute((
                    task(number, nth),
                    circle(number),
                    format!("Something there is to do, number {nth}"),
                    notes,
                    due.to_string(),
                    date(due),
                    state,
                    member(number, 1),
                    &stamp,
                ))?;
                if is_assigned(nth) {
                    let id = format!("a{:014}", number * TASKS + nth);
                    assignments.execute((id, task(number, nth), member(number, 0), &stamp))?;
                }
            }
        }
    }
    db.execute_batch("COMMIT; PRAGMA optimize")?;
    db.close().map_err(|(_, error)| error)?;
    Ok(())
}
