//! The limits of a person and of a circle: the last item within a limit is created, the next is
//! refused with the name of the limit.

use chrono::TimeDelta;
use kith::access::limits::{self, Limit};
use kith::entity::invitation::InvitationState;
use kith::entity::{
    absence, agenda_item, appointment, appointment_series, circle, invitation, join_link,
    membership, need, question, role, task, task_checklist_item, task_list, task_series, thread,
};
use kith::features::series::{Extended, extend_series};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ConnectionTrait, DatabaseConnection, EntityTrait,
    IntoActiveModel,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Person, TestApp};

/// Inserts copies of the first row. `change` makes each of them unique.
async fn copy<E>(
    connection: &DatabaseConnection,
    copies: u64,
    change: impl Fn(&mut E::ActiveModel, Uuid),
) where
    E: EntityTrait<
            Model: IntoActiveModel<E::ActiveModel> + Sync,
            ActiveModel: ActiveModelTrait<Entity = E> + Send,
        >,
{
    let first = E::find().one(connection).await.unwrap().unwrap();
    let row = |_| {
        let mut row = first.clone().into_active_model().reset_all();
        change(&mut row, Uuid::now_v7());
        row
    };
    let rows: Vec<_> = (0..copies).map(row).collect();
    for rows in rows.chunks(200) {
        let insert = E::insert_many(rows.to_vec());
        insert.exec_without_returning(connection).await.unwrap();
    }
}

/// Fills a circle that has a thing of each kind, until there is room for a single item.
#[expect(clippy::too_many_lines, reason = "one limit after the other")]
async fn fill(limit: Limit, ana: &Person, founder: Uuid) {
    let app = &ana.app;
    let connection = app.database.connect().await;
    // One row exists already, and the test creates another through the API.
    // There are two roles.
    let missing = limit.most - 2 - u64::from(limit.name == "roles");
    let by_id = |row: &mut membership::ActiveModel, id: Uuid| {
        row.id = Set(id.into());
        row.user_id = Set(None);
    };
    match limit.name {
        "circles_created" => {
            copy::<circle::Entity>(&connection, missing, |row, id| row.id = Set(id.into())).await;
        }
        "circles_per_person" => {
            copy::<circle::Entity>(&connection, missing, |row, id| {
                row.id = Set(id.into());
                row.created_by_user_id = Set(founder.into());
            })
            .await;
            let me = membership::Entity::find()
                .one(&connection)
                .await
                .unwrap()
                .unwrap();
            let there = circle::Entity::find().all(&connection).await.unwrap();
            let others = there.iter().filter(|it| it.id != me.circle_id);
            let rows = others.map(|other| {
                let mut row = me.clone().into_active_model().reset_all();
                row.circle_id = Set(other.id);
                row
            });
            let insert = membership::Entity::insert_many(rows.collect::<Vec<_>>());
            insert.exec_without_returning(&connection).await.unwrap();
        }
        "members" => copy::<membership::Entity>(&connection, missing, by_id).await,
        "open_invitations" => {
            copy::<invitation::Entity>(&connection, missing, |row, id| {
                row.id = Set(id.into());
                row.email = Set(format!("{id}@test.example"));
            })
            .await;
        }
        "proposed_invitations" => {
            // None is proposed yet.
            copy::<invitation::Entity>(&connection, missing + 1, |row, id| {
                row.id = Set(id.into());
                row.state = Set(InvitationState::Proposed);
            })
            .await;
        }
        "join_links" => {
            copy::<join_link::Entity>(&connection, missing, |row, id| row.id = Set(id.into()))
                .await;
        }
        "roles" => {
            copy::<role::Entity>(&connection, missing, |row, id| row.id = Set(id.into())).await;
        }
        "task_lists" => {
            copy::<task_list::Entity>(&connection, missing, |row, id| row.id = Set(id.into()))
                .await;
        }
        "open_tasks" => {
            copy::<task::Entity>(&connection, missing, |row, id| row.id = Set(id.into())).await;
        }
        "checklist_items_per_task" => {
            copy::<task_checklist_item::Entity>(&connection, missing, |row, id| {
                row.id = Set(id.into());
            })
            .await;
        }
        "task_series" => {
            copy::<task_series::Entity>(&connection, missing, |row, id| row.id = Set(id.into()))
                .await;
        }
        "appointment_series" => {
            copy::<appointment_series::Entity>(&connection, missing, |row, id| {
                row.id = Set(id.into());
            })
            .await;
        }
        "upcoming_appointments" => {
            copy::<appointment::Entity>(&connection, missing, |row, id| row.id = Set(id.into()))
                .await;
        }
        "needs_per_appointment" => {
            copy::<need::Entity>(&connection, missing, |row, id| row.id = Set(id.into())).await;
        }
        "absences" => {
            copy::<absence::Entity>(&connection, missing, |row, id| row.id = Set(id.into())).await;
        }
        "agenda_items_per_meeting" => {
            copy::<agenda_item::Entity>(&connection, missing, |row, id| row.id = Set(id.into()))
                .await;
        }
        "open_questions" => {
            copy::<question::Entity>(&connection, missing, |row, id| row.id = Set(id.into())).await;
        }
        "threads" => {
            copy::<thread::Entity>(&connection, missing, |row, id| row.id = Set(id.into())).await;
        }
        "messages_per_thread" => {
            let written = format!("UPDATE threads SET last_number = {}", limit.most - 1);
            connection.execute_unprepared(&written).await.unwrap();
        }
        other => panic!("{other}: add how to fill it to tests/api/contract/answers/limits.rs"),
    }
    // Each of the copied rows would have a line in the change log.
    let lines = "UPDATE circles SET change_seq = change_seq + 10000";
    connection.execute_unprepared(lines).await.unwrap();
    connection.close().await.unwrap();
}

/// Creates an item through the API.
async fn make(limit: Limit, ana: &Person, guests: &mut Vec<Person>) -> crate::harness::Reply {
    let title = json!({ "title": "One more" });
    let first = async |path: &str| {
        let page = ana.get(&format!("{path}?limit=1")).await.is(200);
        page["data"][0]["id"].as_str().unwrap().to_owned()
    };
    let post = async |path: &str, body: Value| ana.post(path, body).await;
    match limit.name {
        "circles_created" | "circles_per_person" => {
            post("/v1/circles", json!({ "patient_name": "Rosa" })).await
        }
        "members" => {
            let guest = guests.pop().unwrap();
            let invitation = json!({ "email": guest.email, "access": "viewer" });
            post("/invitations", invitation).await.is(201);
            let token = json!({ "token": ana.app.mail().await.token() });
            guest.post("/v1/invitations/accept", token).await
        }
        "open_invitations" => {
            let email = format!("{}@test.example", Uuid::now_v7());
            let reply = post(
                "/invitations",
                json!({ "email": email, "access": "viewer" }),
            )
            .await;
            ana.app.mails().await;
            reply
        }
        "proposed_invitations" => {
            let email = format!("{}@test.example", Uuid::now_v7());
            post("/invitations/propose", json!({ "email": email })).await
        }
        "join_links" => post("/join-links", json!({ "access": "viewer" })).await,
        "roles" => post("/roles", json!({ "kind": "meals" })).await,
        "task_lists" => post("/task-lists", title).await,
        "open_tasks" => post("/tasks", title).await,
        "checklist_items_per_task" => {
            let task = first("/tasks").await;
            post(&format!("/tasks/{task}/checklist-items"), title).await
        }
        "task_series" => {
            let body = json!({
                "title": "One more", "due_on": "2027-01-02", "recurrence": "FREQ=YEARLY",
            });
            post("/task-series", body).await
        }
        "appointment_series" => {
            let body = json!({
                "title": "One more", "starts_on": "2027-01-02", "recurrence": "FREQ=YEARLY",
            });
            post("/appointment-series", body).await
        }
        "upcoming_appointments" => {
            post(
                "/appointments",
                json!({ "title": "One more", "starts_on": "2027-01-02" }),
            )
            .await
        }
        "needs_per_appointment" => {
            let appointment = first("/appointments").await;
            let path = format!("/appointments/{appointment}/needs");
            post(&path, json!({ "kind": "driver" })).await
        }
        "absences" => post("/absences", json!({ "from_on": "2027-06-01" })).await,
        "agenda_items_per_meeting" => {
            let meeting = first("/appointments").await;
            post(&format!("/appointments/{meeting}/agenda-items"), title).await
        }
        "open_questions" => post("/questions", json!({ "text": "One more" })).await,
        "threads" => post("/threads", json!({ "title": "One more", "topic": "daily" })).await,
        "messages_per_thread" => {
            let thread = first("/threads").await;
            post(
                &format!("/threads/{thread}/messages"),
                json!({ "body": "One more" }),
            )
            .await
        }
        other => panic!("{other}: add how to make one to tests/api/contract/answers/limits.rs"),
    }
}

#[tokio::test]
async fn every_limit_refuses_the_first_item_above_it_by_name() {
    for limit in limits::ALL {
        let app = TestApp::start().await;
        let mut guests = vec![app.person("Gio").await, app.person("Hana").await];
        let [ana] = app.circle(["coordinator"]).await;
        crate::contract::matrix::fresh(&ana, "ours").await;
        app.mails().await;
        let founder = guests[0].get("/v1/me").await.is(200)["id"].clone();
        let founder: Uuid = founder.as_str().unwrap().parse().unwrap();
        fill(*limit, &ana, founder).await;
        let last = make(*limit, &ana, &mut guests).await;
        assert!(
            last.status.is_success(),
            "{limit:?} is refused one item too early: {}. The handler does not count as \
             src/access/limits.rs says, or `fill` in tests/api/contract/answers/limits.rs fills too much",
            last.text
        );
        let refused = make(*limit, &ana, &mut guests).await;
        let problem = refused.is_problem(409, "limit_reached");
        assert_eq!(problem["limit"], limit.name);
        let number = limit.most.to_string();
        assert!(
            problem["detail"].as_str().unwrap().contains(&number),
            "{problem}"
        );
        app.mails().await;
    }
}

#[tokio::test]
async fn a_series_is_refused_if_the_circle_has_no_room_for_its_tasks() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    ana.task(json!({ "title": "Call the bank" })).await;
    let connection = app.database.connect().await;
    // There is room for 61 tasks of a daily series, and for 31 more.
    let missing = limits::OPEN_TASKS.most - 1 - 61 - 31;
    copy::<task::Entity>(&connection, missing, |row, id| row.id = Set(id.into())).await;
    let lines = "UPDATE circles SET change_seq = change_seq + 10000";
    connection.execute_unprepared(lines).await.unwrap();
    connection.close().await.unwrap();
    let series = |frequency: &str| {
        json!({
            "title": "Insulin", "due_on": "2026-12-01",
            "recurrence": format!("FREQ={frequency}"),
        })
    };
    let create = async |frequency: &str| ana.post("/task-series", series(frequency)).await;
    let refuse = |reply: crate::harness::Reply| {
        let problem = reply.is_problem(409, "limit_reached");
        assert_eq!(problem["limit"], "open_tasks");
    };
    let daily = create("DAILY").await.is(201);
    refuse(create("DAILY").await);
    let weekly = create("WEEKLY").await.is(201);
    let path = |series: &Value| format!("/task-series/{}", series["id"].as_str().unwrap());
    let (daily, weekly) = (path(&daily), path(&weekly));
    let rule = json!({ "recurrence": "FREQ=DAILY" });
    refuse(ana.patch(&weekly, rule).await);
    // What adds no task is refused to nobody.
    let title = json!({ "title": "Blood sugar" });
    ana.patch(&daily, title).await.is(200);
    ben.act(&format!("{daily}/claim")).await.is(200);
    ana.act(&format!("{daily}/pause")).await.is(200);
    create("DAILY").await.is(201);
    refuse(ana.act(&format!("{daily}/resume")).await);
    // Nor does time: the job makes what the two active series promise.
    app.advance(TimeDelta::days(14));
    let made = Extended {
        extended: 2,
        ended: 0,
    };
    assert_eq!(extend_series(&app.app).await.unwrap(), made);
}

#[test]
fn the_document_names_every_limit_with_its_number() {
    let document = kith::api::operations();
    let text = &document["components"]["schemas"]["Problem"]["properties"]["limit"]["description"];
    let text = text.as_str().unwrap().replace(',', "").replace('\n', " ");
    for limit in limits::ALL {
        let named = format!("`{}` ({})", limit.name, limit.most);
        assert!(
            text.contains(&named),
            "the document does not name {named}: `describe_all` in src/access/limits.rs, which \
             src/api.rs writes into it, has to. It says: {text}"
        );
    }
}
