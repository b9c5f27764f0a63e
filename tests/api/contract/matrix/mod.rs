//! Who can use which operation: the test sends every operation of the document as every kind of
//! caller to every kind of target, and compares the statuses with the table in `doors.rs`.
//!
//! All cells take a while. The cells of one operation take seconds:
//!
//! ```text
//! MATRIX=claim_task cargo test --test api matrix
//! ```

mod chosen;
mod doors;
mod side_doors;
mod tokens;
mod world;

pub use doors::table;
pub use tokens::make as make_token;
pub use world::{Ids, end_series, fill, fresh, nowhere, separator};

use std::collections::BTreeSet;

use axum::http::Method;
use kith::access::Permission;
use kith::http::openapi::NeededScopes;
use serde_json::{Value, json};
use uuid::Uuid;

use self::chosen::chosen;
use self::doors::Door::{self, Circle, Open, SignedIn};
use self::world::{CANARY, Caller, Kind, World};
use crate::harness::Reply;
use crate::harness::figures::report;

/// Operations that also depend on the object: who created it, who holds it.
const DEPENDS_ON_THE_OBJECT: [&str; 19] = [
    "create_personal_link",
    "delete_personal_link",
    "cancel_circle_deletion",
    "update_member",
    "update_absence",
    "end_absence",
    "accept_handover",
    "decline_handover",
    "withdraw_handover",
    "update_thread",
    "archive_thread",
    "unarchive_thread",
    "update_message",
    "delete_message",
    "update_role_assignment",
    "accept_role_assignment",
    "decline_role_assignment",
    "withdraw_role_assignment",
    "release_role_assignment",
];

/// A problem without its request id, which is different each time.
fn masked(reply: &Reply) -> Value {
    let mut body = reply.json();
    if let Some(members) = body.as_object_mut() {
        members.remove("request_id");
    }
    json!({ "status": reply.status.as_u16(), "body": body })
}

struct Tally {
    cells: usize,
    wrong: Vec<String>,
    bytes: usize,
}

impl Tally {
    /// Does not search the answer: for the caller who owns the canaries.
    fn expect_status(&mut self, what: &str, reply: &Reply, expected: &[u16]) {
        self.cells += 1;
        self.bytes += reply.text.len();
        if !expected.contains(&reply.status.as_u16()) {
            self.wrong
                .push(format!("{what}: {} instead of {expected:?}", reply.status));
        }
    }

    fn expect(&mut self, what: &str, reply: &Reply, expected: &[u16]) {
        self.expect_status(what, reply, expected);
        let headers = format!("{:?}", reply.headers);
        if reply.text.contains(CANARY) || headers.contains(CANARY) {
            self.wrong.push(format!("{what}: tells of another circle"));
        }
    }
}

/// The statuses for a caller who has the permission and sees the thing.
const THROUGH: &[u16] = &[200, 201, 204, 409, 422];

#[tokio::test]
async fn every_caller_can_use_exactly_the_operations_that_the_table_allows() {
    let table = table();
    let document = kith::api::operations();
    let operations = operations(&document, &table);
    let known: BTreeSet<_> = operations.iter().map(|operation| operation.name).collect();
    let stale = table.iter().map(|(name, ..)| *name);
    let stale: Vec<_> = stale.filter(|name| !known.contains(name)).collect();
    assert!(
        stale.is_empty(),
        "tests/api/contract/matrix/doors.rs: take the rows of {stale:?} out of `table()`, or give them \
         the name that the operation has now: the document knows no such operation"
    );
    let chosen = chosen(&known);
    let is_chosen = |name: &str| chosen.as_deref().is_none_or(|chosen| chosen == name);

    let world = Box::pin(World::build()).await;
    let mut tally = Tally {
        cells: 0,
        wrong: Vec::new(),
        bytes: 0,
    };
    for operation in operations.iter().filter(|it| is_chosen(it.name)) {
        match operation.door {
            Open => operation.is_open(&world, &mut tally).await,
            SignedIn => operation.needs_an_account(&world, &mut tally).await,
            Circle(right) => operation.needs_a_right(right, &world, &mut tally).await,
        }
    }
    assert!(tally.wrong.is_empty(), "{:#?}\n{HELP}", tally.wrong);
    if let Some(name) = chosen {
        println!("{name}: {} cells, none wrong", tally.cells);
        return;
    }
    report(
        "T1",
        &format!(
            "cells of {} operations and {} callers / wrong / bytes searched",
            known.len(),
            world.callers.len()
        ),
        format!("{} / {} / {}", tally.cells, tally.wrong.len(), tally.bytes),
        "0 wrong of more than 20,000",
        tally.cells > 20_000,
    );
}

/// What to do about a cell that is wrong.
const HELP: &str = "\
Each line is an operation, a caller, a target, and the status that came instead of those that \
are expected. `MATRIX=<operation> cargo test --test api matrix` tries one operation alone.
- The handler asks for another permission than its row says: change the row in \
tests/api/contract/matrix/doors.rs, or the `CircleAccess<…>` of the handler.
- Another kind of member has the permission: `permissions!` in src/access/permission.rs.
- A personal access token is accepted, or is not: the scopes in the `security` line \
beside the handler.
- A 404 although the thing exists: fill in its id in `fresh` and `fill` in \
tests/api/contract/matrix/world.rs.
- A 403 that depends on who created or holds the thing: add the operation to DEPENDS_ON_THE_OBJECT in \
tests/api/contract/matrix/mod.rs.
- `tells of another circle`, or `foreign is not like none`: the handler reads past the circle. Read \
through `CircleScope` (src/access/scope.rs), and fix it before anything else.";

/// Every operation of the document, with its row of the table.
fn operations<'a>(
    document: &'a Value,
    table: &'a [(&'static str, Door, Value)],
) -> Vec<Operation<'a>> {
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap();
            let (_, door, body) = row(name, table);
            operations.push(Operation {
                name,
                needed: NeededScopes::of(operation),
                method: method.to_uppercase().parse().unwrap(),
                path,
                door: *door,
                body,
            });
        }
    }
    operations
}

/// What the table of doors says of an operation.
pub fn row<'a>(
    operation: &str,
    table: &'a [(&'static str, Door, Value)],
) -> &'a (&'static str, Door, Value) {
    let row = table.iter().find(|(name, ..)| *name == operation);
    row.unwrap_or_else(|| {
        panic!(
            "tests/api/contract/matrix/doors.rs: add a row to `table()`: (\"{operation}\", a door, a body). \
             The door is Open, SignedIn or Circle(the permission that the handler asks for). The \
             body is valid, `refused.clone()` if a valid body would disturb the other rows, or \
             `none.clone()` if the operation takes no body"
        )
    })
}

struct Operation<'a> {
    name: &'a str,
    needed: NeededScopes,
    method: Method,
    path: &'a str,
    door: Door,
    body: &'a Value,
}

impl Operation<'_> {
    async fn ask(&self, caller: &Caller, ids: &Ids) -> Reply {
        let body = (!self.body.is_null()).then_some(self.body);
        let path = fill(self.path, ids);
        let request = caller.client.request(&self.method, &path, body);
        caller.client.app.send(request).await
    }

    fn cell(&self, caller: &Caller, target: &str) -> String {
        format!("{} by {} at {target}", self.name, caller.name)
    }

    async fn is_open(&self, world: &World, tally: &mut Tally) {
        // An open GET answers everybody. The others need a token or code that no caller has.
        let expected: &[u16] = match self.method {
            Method::GET if self.path.contains('{') => &[404],
            Method::GET => &[200],
            _ => self.passed(&[404, 410, 422]),
        };
        for caller in &world.callers {
            let reply = self.ask(caller, &nowhere()).await;
            tally.expect(&self.cell(caller, "nothing"), &reply, expected);
        }
    }

    /// The statuses for a caller whom the operation accepts. A program without passkeys refuses
    /// operations that begin with a passkey. The callers have a password, and no passkey to sign in
    /// with instead.
    fn passed(&self, otherwise: &'static [u16]) -> &'static [u16] {
        match self.name {
            "create_passkey_sign_in_challenge"
            | "create_reauthentication_challenge"
            | "create_passkey_challenge"
            | "sign_in_with_passkey" => {
                if cfg!(feature = "passkeys") {
                    &[201, 422]
                } else {
                    &[409]
                }
            }
            "delete_password" => &[409],
            // The callers have no picture.
            "get_avatar" => &[404],
            _ => otherwise,
        }
    }

    async fn needs_an_account(&self, world: &World, tally: &mut Tally) {
        for caller in &world.callers {
            // These operations would end callers that the other rows need.
            let ends_the_caller = ["sign_out", "schedule_account_deletion"].contains(&self.name);
            let signed_in = caller.kind != Kind::NotSignedIn && caller.token.is_none();
            if ends_the_caller && signed_in {
                continue;
            }
            let expected: &[u16] = match caller.kind {
                Kind::NotSignedIn => &[401],
                _ if !caller.reaches(self.needed) => &[403],
                _ if self.path.contains('{') => &[404],
                _ => self.passed(&[200, 201, 204, 410, 422]),
            };
            let reply = self.ask(caller, &nowhere()).await;
            let cell = self.cell(caller, "their own account");
            if caller.name == "coordinator elsewhere" {
                tally.expect_status(&cell, &reply, expected);
            } else {
                tally.expect(&cell, &reply, expected);
            }
        }
    }

    #[expect(clippy::too_many_lines, reason = "one kind of target after the other")]
    async fn needs_a_right(&self, right: Permission, world: &World, tally: &mut Tally) {
        for caller in &world.callers {
            let about_health = [
                "{task_id}",
                "{checklist_item_id}",
                "{task_series_id}",
                "{appointment_series_id}",
                "{appointment_id}",
                "{thread_id}",
                "{message_id}",
                "{agenda_item_id}",
                "{question_id}",
            ]
            .iter()
            .any(|id| self.path.contains(id));
            let about_a_need = self.path.contains("{need_id}");

            let (has_right, sees_it) = match caller.kind {
                Kind::Member {
                    access,
                    is_patient,
                    sees_health,
                    sees_daily,
                } => (
                    right.is_given_to(access, is_patient) && caller.reaches(self.needed),
                    (sees_health || !about_health) && (sees_daily || !about_a_need),
                ),
                _ => (false, false),
            };
            // Only a caller with access can change things, so they get things of their own.
            let changes = has_right && sees_it && self.method != Method::GET;
            let own = if changes {
                world.own().await
            } else {
                world.ours.clone()
            };
            let mut theirs = own.clone();
            theirs.circle.clone_from(&world.foreign.circle);
            let unknown_circle = Ids {
                circle: Uuid::now_v7().to_string(),
                ..own.clone()
            };
            let foreign = Ids {
                circle: own.circle.clone(),
                ..world.foreign.clone()
            };
            let unknown = Ids {
                circle: own.circle.clone(),
                ..nowhere()
            };
            let names_an_item = self.path.matches("_id}").count() > 1;
            let refusal: &[u16] = match caller.kind {
                Kind::NotSignedIn => &[401],
                Kind::NotInTheCircle => &[404],
                Kind::Member { .. } => &[403],
            };
            let at_own = match (has_right, !sees_it) {
                (false, _) => refusal,
                (true, true) => &[404],
                // A token that can write but not read gets 204.
                // The patient of this circle is a member, and names the proxy alone.
                (true, false) if self.name == "name_proxy" => &[403, 422],
                (true, false) if DEPENDS_ON_THE_OBJECT.contains(&self.name) => {
                    &[200, 204, 403, 409]
                }
                (true, false) => THROUGH,
            };
            let reply = self.ask(caller, &own).await;
            tally.expect(&self.cell(caller, "own"), &reply, at_own);
            world.go_on(self.name).await;

            if caller.name != "coordinator elsewhere" {
                let elsewhere: &[u16] = match caller.kind {
                    Kind::NotSignedIn => &[401],
                    _ => &[404],
                };
                let foreign_circle = self.ask(caller, &theirs).await;
                tally.expect(
                    &self.cell(caller, "foreign circle"),
                    &foreign_circle,
                    elsewhere,
                );
                let no_circle = self.ask(caller, &unknown_circle).await;
                tally.expect(&self.cell(caller, "no circle"), &no_circle, elsewhere);
                tally.cells += 1;
                if masked(&foreign_circle) != masked(&no_circle) {
                    tally
                        .wrong
                        .push(self.cell(caller, "foreign is not like none"));
                }
            }
            if names_an_item {
                let expected = if has_right { &[404] } else { refusal };
                let foreign_item = self.ask(caller, &foreign).await;
                tally.expect(&self.cell(caller, "foreign item"), &foreign_item, expected);
                let no_item = self.ask(caller, &unknown).await;
                tally.expect(&self.cell(caller, "no item"), &no_item, expected);
                tally.cells += 1;
                if masked(&foreign_item) != masked(&no_item) {
                    tally
                        .wrong
                        .push(self.cell(caller, "foreign is not like none"));
                }
            }
        }
    }
}
