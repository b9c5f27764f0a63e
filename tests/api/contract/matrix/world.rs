//! Two circles, and every kind of caller of the first.

use std::sync::Mutex;

use kith::entity::join_link;
use kith::entity::join_request::{self, JoinRequestState};
use kith::entity::membership::{self, AccessLevel};
use kith::entity::personal_access_token::TokenScope;
use kith::http::openapi::NeededScopes;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use uuid::Uuid;

use super::tokens::{make_all, make_others};
use crate::harness::{Client, Person, TestApp};

/// A caller, and the facts that decide their permissions.
pub struct Caller {
    pub name: &'static str,
    pub client: Client,
    pub kind: Kind,
    /// The scopes, if the caller uses a personal access token.
    pub token: Option<&'static [TokenScope]>,
}

impl Caller {
    /// Whether the caller has the scopes of an operation. A session needs no scopes.
    pub fn reaches(&self, NeededScopes(needed): NeededScopes) -> bool {
        self.token.is_none_or(|scopes| {
            needed.is_some_and(|needed| needed.all().iter().all(|scope| scopes.contains(scope)))
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    NotSignedIn,
    NotInTheCircle,
    Member {
        access: AccessLevel,
        is_patient: bool,
        sees_health: bool,
        sees_daily: bool,
    },
}

/// Two circles, and every kind of caller of the first.
pub struct World {
    pub callers: Vec<Caller>,
    pub coordinator: Person,
    pub stranger: Person,
    pub victim: String,
    /// Things of the first circle that stay as they are.
    pub ours: Ids,
    pub foreign: Ids,
    last_own: Mutex<Option<Ids>>,
}

/// The ids that a path may name.
#[derive(Clone, Debug)]
pub struct Ids {
    pub circle: String,
    pub member: String,
    pub invitation: String,
    pub join_link: String,
    pub join_request: String,
    pub role: String,
    pub role_assignment: String,
    pub list: String,
    pub task: String,
    pub checklist_item: String,
    pub task_series: String,
    pub appointment_series: String,
    pub appointment: String,
    /// The member who attends the appointment.
    pub attendee: String,
    pub need: String,
    /// A handover of a role, by the member who made it all.
    pub handover: String,
    /// An absence that was canceled.
    pub absence: String,
    /// An item on the agenda of the appointment, which is a family meeting.
    pub agenda_item: String,
    pub question: String,
    pub thread: String,
    pub message: String,
}

pub const CANARY: &str = "Quetzalcoatlus";

impl World {
    #[expect(clippy::too_many_lines, reason = "a cast of many")]
    pub async fn build() -> Self {
        let app = TestApp::start().await;
        let access = [
            "coordinator",
            "caregiver",
            "patient",
            "helper",
            "viewer",
            "caregiver",
            "caregiver",
            "helper",
        ];
        let names = ["Ana", "Ben", "Cem", "Dora", "Eli", "Finn", "Gio", "Hana"];
        let [
            coordinator,
            caregiver,
            patient,
            helper,
            viewer,
            blind,
            suspended,
            removed,
        ] = app.circle_of(access, names).await;
        let [left, disabled, invited] = [
            app.person("Ivo").await,
            app.person("Jan").await,
            app.person("Kim").await,
        ];
        let left_member = app
            .join(&coordinator, &left, json!({ "access": "helper" }))
            .await;
        app.join(&coordinator, &disabled, json!({ "access": "caregiver" }))
            .await;
        let victim = app.person("Lea").await;
        let victim = app
            .join(&coordinator, &victim, json!({ "access": "viewer" }))
            .await;
        coordinator
            .post(
                "/invitations",
                json!({ "email": invited.email, "access": "caregiver" }),
            )
            .await
            .is(201);
        app.mails().await;
        let [stranger] = app.circle_of(["coordinator"], ["Mia"]).await;

        let members = [
            ("patient", &patient),
            ("helper", &helper),
            ("viewer", &viewer),
            ("caregiver without topics", &blind),
            ("suspended", &suspended),
            ("removed", &removed),
        ];
        let mut tokens = make_all(&coordinator, &members).await;
        tokens.extend(make_others(&coordinator, &caregiver, &disabled).await);

        let member = |person: &Person, verb: &str| format!("/members/{}/{verb}", person.member_id);
        let nothing =
            json!({ "daily": "none", "family": "none", "health": "none", "decisions": "none" });
        coordinator
            .patch(&member(&blind, "topics"), nothing)
            .await
            .is(200);
        coordinator
            .post(&member(&suspended, "suspend"), json!({}))
            .await
            .is(200);
        coordinator
            .post(&member(&removed, "remove"), json!({}))
            .await
            .is(200);
        let leave = coordinator.path("/leave");
        left.post(&leave, json!({})).await.is(200);
        assert!(!left_member.is_empty());
        let connection = app.database.connect().await;
        let disable = format!(
            "UPDATE users SET state = 'disabled' WHERE email = '{}'",
            disabled.email
        );
        sea_orm::ConnectionTrait::execute_unprepared(&connection, &disable)
            .await
            .unwrap();
        connection.close().await.unwrap();

        let canary = |what: &str| format!("{CANARY} {what}");
        let renamed = json!({ "name": canary("circle"), "alias": canary("alias"), "patient_name": canary("patient") });
        stranger.patch("", renamed).await.is(200);
        let own_name = json!({ "name": canary("member") });
        stranger
            .patch(&format!("/members/{}", stranger.member_id), own_name)
            .await
            .is(200);
        let foreign = fresh(&stranger, CANARY).await;

        app.mails().await;
        let signed_out = app.person("Nora").await;
        signed_out.act("/v1/sessions/sign-out").await.is(204);
        let anonymous = app.anybody();
        let mut garbage = app.anybody();
        garbage.token = Some("eyJhbGciOiJub25lIn0.e30.".into());
        let of = |name, access, is_patient, sees_health, person: &Person| Caller {
            name,
            token: None,
            client: person.client.clone(),
            kind: Kind::Member {
                access,
                is_patient,
                sees_health,
                sees_daily: name != "caregiver without topics",
            },
        };
        let outside = |name, kind, client: &Client| Caller {
            name,
            token: None,
            client: client.clone(),
            kind,
        };
        let mut callers = vec![
            outside("anonymous", Kind::NotSignedIn, &anonymous),
            outside("bad token", Kind::NotSignedIn, &garbage),
            outside("signed out", Kind::NotSignedIn, &signed_out.client),
            outside("disabled", Kind::NotSignedIn, &disabled.client),
            outside(
                "coordinator elsewhere",
                Kind::NotInTheCircle,
                &stranger.client,
            ),
            outside("invited", Kind::NotInTheCircle, &invited.client),
            outside("suspended", Kind::NotInTheCircle, &suspended.client),
            outside("removed", Kind::NotInTheCircle, &removed.client),
            outside("left", Kind::NotInTheCircle, &left.client),
            of(
                "coordinator",
                AccessLevel::Coordinator,
                false,
                true,
                &coordinator,
            ),
            of("caregiver", AccessLevel::Caregiver, false, true, &caregiver),
            of("patient", AccessLevel::Helper, true, true, &patient),
            of("helper", AccessLevel::Helper, false, false, &helper),
            of("viewer", AccessLevel::Viewer, false, false, &viewer),
            of(
                "caregiver without topics",
                AccessLevel::Caregiver,
                false,
                false,
                &blind,
            ),
        ];
        let tokens = tokens.into_iter().map(|token| token.show(&callers));
        let tokens: Vec<_> = tokens.collect();
        callers.extend(tokens);
        let ours = Ids {
            member: victim.clone(),
            ..fresh(&coordinator, "ours").await
        };
        crate::circles::once_had_leaders(&coordinator).await;
        Self {
            callers,
            coordinator,
            stranger,
            victim,
            ours,
            foreign,
            last_own: Mutex::new(None),
        }
    }

    /// Lets the first circle go on after an operation that may have stopped it.
    pub async fn go_on(&self, operation: &str) {
        let verb = match operation {
            "archive_circle" => "/unarchive",
            "pause_circle" => "/resume",
            _ => return,
        };
        self.coordinator.act(verb).await.is(200);
    }

    /// Ids of new things of the first circle. The series of the time before end: a circle can have
    /// only so many.
    pub async fn own(&self) -> Ids {
        let own = Ids {
            member: self.victim.clone(),
            ..fresh(&self.coordinator, "ours").await
        };
        let before = self.last_own.lock().unwrap().replace(own.clone());
        if let Some(before) = before {
            end_series(&self.coordinator, &before).await;
        }
        own
    }
}

/// Ends the series among these things.
pub async fn end_series(by: &Person, ids: &Ids) {
    let of_tasks = format!("/task-series/{}/end", ids.task_series);
    let of_visits = format!("/appointment-series/{}/end", ids.appointment_series);
    for path in [of_tasks, of_visits] {
        by.act(&path).await.is(200);
    }
}

/// A list, an invitation, a role with an offer, another role that is handed over, and a task, a visit
/// and a thread about health, made by a coordinator.
pub async fn fresh(by: &Person, text: &str) -> Ids {
    let id = |value: Value| value["id"].as_str().unwrap().to_owned();
    let list = json!({ "title": format!("{text} list") });
    let task = json!({
        "title": format!("{text} task"), "notes": text, "topic": "health",
        "checklist": [format!("{text} step")],
    });
    let task = by.post("/tasks", task).await.is(201);
    let checklist_item = id(task["checklist"][0].clone());
    let series = json!({
        "title": format!("{text} series"), "notes": text, "topic": "health",
        "due_on": "2027-06-06", "recurrence": "FREQ=WEEKLY",
    });
    let visits = json!({
        "title": format!("{text} visits"), "preparation": text, "topic": "health",
        "starts_on": "2027-06-06", "recurrence": "FREQ=WEEKLY",
        "attendee_member_ids": [by.member_id],
    });
    let appointment = json!({
        "title": format!("{text} visit"), "preparation": text, "starts_on": "2027-01-02",
        "kind": "family_meeting", "topic": "health",
        "attendee_member_ids": [by.member_id],
    });
    let appointment = id(by.post("/appointments", appointment).await.is(201));
    let need = json!({ "kind": "driver", "notes": text });
    let needs = format!("/appointments/{appointment}/needs");
    let agenda = format!("/appointments/{appointment}/agenda-items");
    let agenda_item = json!({ "title": format!("{text} item"), "notes": text });
    let question = json!({ "text": format!("{text} question") });
    let role = json!({ "kind": "custom", "title": format!("{text} role") });
    let role = id(by.post("/roles", role).await.is(201));
    let offer = json!({
        "member_id": by.member_id, "patient_part": "text", "patient_part_text": text,
    });
    let offered = by
        .post(&format!("/roles/{role}/offer"), offer)
        .await
        .is(200);
    let carried = json!({ "kind": "custom", "title": format!("{text} carried") });
    let carried = id(by.post("/roles", carried).await.is(201));
    let carried = by.act(&format!("/roles/{carried}/claim")).await.is(200);
    let handover = json!({ "role_assignment_id": carried["assignments"][0]["id"], "note": text });
    let away = json!({ "from_on": "2027-06-01", "until_on": "2027-06-03", "note": text });
    let absence = id(by.post("/absences", away).await.is(201));
    by.delete(&format!("/absences/{absence}")).await.is(204);
    let thread = json!({ "title": format!("{text} thread"), "topic": "health" });
    let thread = id(by.post("/threads", thread).await.is(201));
    let messages = format!("/threads/{thread}/messages");
    let message = json!({ "body": format!("{text} message") });
    let email = format!("{}@guest.example", Uuid::now_v7().simple());
    let invitation = json!({ "email": email, "access": "viewer", "note": text });
    let (join_link, join_request) = join_request(by, text).await;
    Ids {
        circle: by.circle_id().to_owned(),
        join_request,
        join_link,
        member: by.member_id.clone(),
        role,
        role_assignment: id(offered["assignments"][0].clone()),
        list: id(by.post("/task-lists", list).await.is(201)),
        task: id(task),
        checklist_item,
        task_series: id(by.post("/task-series", series).await.is(201)),
        appointment_series: id(by.post("/appointment-series", visits).await.is(201)),
        invitation: id(by.post("/invitations", invitation).await.is(201)),
        need: id(by.post(&needs, need).await.is(201)),
        absence,
        handover: id(by.post("/handovers", handover).await.is(201)),
        agenda_item: id(by.post(&agenda, agenda_item).await.is(201)),
        question: id(by.post("/questions", question).await.is(201)),
        appointment,
        attendee: by.member_id.clone(),
        message: id(by.post(&messages, message).await.is(201)),
        thread,
    }
}

/// An open join link and a pending join request of the person themselves, for which nobody has to
/// register. Those that are there are used again: there is not room for a link for each operation.
async fn join_request(by: &Person, text: &str) -> (String, String) {
    use join_request::Column;
    let connection = by.app.database.connect().await;
    let circle: Uuid = by.circle_id().parse().unwrap();
    let member: Uuid = by.member_id.parse().unwrap();
    let me = membership::Entity::find_by_id((circle.into(), member.into()));
    let me = me.one(&connection).await.unwrap().unwrap();
    let name = format!("{text} person");
    let pending = join_request::Entity::find()
        .filter(Column::CircleId.eq(me.circle_id))
        .filter(Column::Name.eq(&name))
        .filter(Column::State.eq(JoinRequestState::Pending));
    for row in pending.all(&connection).await.unwrap() {
        let link = join_link::Entity::find_by_id((row.circle_id, row.join_link_id));
        let link = link.one(&connection).await.unwrap();
        if link.is_some_and(|link| link.revoked_at.is_none()) {
            connection.close().await.unwrap();
            return (row.join_link_id.to_string(), row.id.to_string());
        }
    }
    let link = by.post("/join-links", json!({ "access": "viewer" })).await;
    let link = link.is(201)["id"].as_str().unwrap().to_owned();
    let id = Uuid::now_v7();
    let row = join_request::ActiveModel {
        circle_id: Set(me.circle_id),
        id: Set(id.into()),
        join_link_id: Set(link.parse::<Uuid>().unwrap().into()),
        user_id: Set(me.user_id.unwrap()),
        name: Set(name),
        note: Set(None),
        state: Set(JoinRequestState::Pending),
        version: Set(1),
        created_at: Set(me.created_at),
        created_by_member_id: Set(None),
        updated_at: Set(me.created_at),
    };
    let insert = join_request::Entity::insert(row);
    insert.exec_without_returning(&connection).await.unwrap();
    connection.close().await.unwrap();
    (link, id.to_string())
}

pub fn nowhere() -> Ids {
    let id = || Uuid::now_v7().to_string();
    Ids {
        circle: id(),
        member: id(),
        invitation: id(),
        join_link: id(),
        join_request: id(),
        role: id(),
        role_assignment: id(),
        list: id(),
        task: id(),
        checklist_item: id(),
        task_series: id(),
        appointment_series: id(),
        appointment: id(),
        attendee: id(),
        need: id(),
        handover: id(),
        absence: id(),
        agenda_item: id(),
        question: id(),
        thread: id(),
        message: id(),
    }
}

/// The path with these ids in it. Members respond for themselves: that path says `me`. Ends the test at an id that it does not know.
pub fn fill(path: &str, ids: &Ids) -> String {
    let filled = path
        .replace("{circle_id}", &ids.circle)
        .replace("/attendees/{member_id}/respond", "/attendees/me/respond")
        .replace(
            "/attendees/{member_id}",
            &format!("/attendees/{}", ids.attendee),
        )
        .replace("{member_id}", &ids.member)
        .replace("{invitation_id}", &ids.invitation)
        .replace("{join_link_id}", &ids.join_link)
        .replace("{join_request_id}", &ids.join_request)
        .replace("{role_id}", &ids.role)
        .replace("{role_assignment_id}", &ids.role_assignment)
        .replace("{task_list_id}", &ids.list)
        .replace("{task_id}", &ids.task)
        .replace("{checklist_item_id}", &ids.checklist_item)
        .replace("{task_series_id}", &ids.task_series)
        .replace("{appointment_series_id}", &ids.appointment_series)
        .replace("{appointment_id}", &ids.appointment)
        .replace("{need_id}", &ids.need)
        .replace("{handover_id}", &ids.handover)
        .replace("{absence_id}", &ids.absence)
        .replace("{agenda_item_id}", &ids.agenda_item)
        .replace("{question_id}", &ids.question)
        .replace("{thread_id}", &ids.thread)
        .replace("{message_id}", &ids.message)
        .replace("{picture_token}", "none")
        .replace("{registration_id}", &Uuid::nil().to_string())
        .replace("{session_id}", &Uuid::nil().to_string())
        .replace("{notification_id}", &Uuid::nil().to_string())
        .replace("{sign_in_code_id}", &Uuid::nil().to_string())
        .replace("{personal_access_token_id}", &Uuid::nil().to_string())
        .replace("{passkey_id}", &Uuid::nil().to_string())
        .replace("{passkey_challenge_id}", &Uuid::nil().to_string());
    assert!(
        !filled.contains('{'),
        "tests/api/contract/matrix/world.rs: {filled} has an id that `fill` does not know. Add a line to \
         `fill`, and, if it is of a thing in a circle, a field to `Ids` with its value in `fresh` \
         and `nowhere`"
    );
    if filled.ends_with("/search") {
        // A search must have words. Those of another circle find nothing.
        return format!("{filled}?q={CANARY}");
    }
    filled
}

/// What separates another parameter from a path that [`fill`] has filled.
pub fn separator(filled: &str) -> char {
    if filled.contains('?') { '&' } else { '?' }
}
