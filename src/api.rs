//! Every operation, tag and middleware. The routes of pages are in `api/pages.rs`. No other file
//! registers a route.
//!
//! # How one request is handled
//!
//! Ben moves a task by an hour. His app sends
//!
//! ```http
//! PATCH /v1/circles/{circle_id}/tasks/{task_id}
//! Authorization: Bearer …
//! If-Match: "3"
//!
//! { "due_local": "2027-01-03T11:00" }
//! ```
//!
//! On the way in:
//!
//! 1. The [**server**](crate::http::server) accepts the connection in
//!    [`serve`](crate::http::server::serve) if the client's address does not have too many
//!    already. It closes a connection that misses a deadline for sending or reading.
//! 2. The **layers** of [`router`] follow, the outermost first:
//!    [`compress`](compression::compress), [`put_headers`](middleware::put_headers) and
//!    [`handle`](middleware::handle). `handle` gives the request an id, reads its head into a
//!    [`RequestInfo`](crate::http::request::RequestInfo), and runs every write in a task of its
//!    own, so that a write does not stop halfway when the client hangs up.
//! 3. The **rate limits**: [`rate_limits::count`] counts a request here only if its operation
//!    is open to everybody. All others are counted by account in step 6.
//! 4. The **document** is asked: [`note_scopes`](openapi::note_scopes) notes which scopes a
//!    personal access token needs, and [`judge_queries`](openapi::judge_queries) refuses query
//!    parameters that the operation does not know.
//! 5. **Admission**: [`admission::admit`] lets the request in if the server has not too much to do,
//!    and answers 503 if it would have to wait too long.
//! 6. **Access**: the extractor [`CircleAccess`] is an argument of [`update_task`].
//!    [`auth`](crate::auth) reads the token, and one query finds session, membership and topics.
//!    A caller without access gets 401, 404 or 403 before the body is looked at.
//! 7. The **body**: [`Path`] and [`Json`] check its shape and answer 400, 413, 415 or 422
//!    with all faults at once. The result is a [`TaskPatch`].
//!
//! Inside the transaction:
//!
//! 8. **Begin**: [`Locked::open`] calls [`begin_write`], which opens the [`Transaction`],
//!    claims the `Idempotency-Key` if there is one, locks the circle's row, and checks
//!    the caller again, because a member may have been removed while the request waited for
//!    the lock.
//! 9. **Find**: [`Lockable::read`] reads the task and the assignments in it with one statement, if
//!    [`visibility`] lets Ben see it. If not, the answer is 404.
//! 10. **Check**: [`Locked::check`] looks the verb up in the task's table of verbs: is the caller
//!     allowed to do it (403)? It compares `If-Match` with the version (412). Then it asks
//!     whether the verb fits the state (409).
//! 11. **Write**: `TaskPatch::write_to` fills the row and names the [`Fields`] that differ.
//!     [`Locked::save_later`] counts the version of the row up, and appends a [`Change`] to the
//!     circle's [`change_log`]: names of fields, never values. Both are sent with the commit.
//! 12. **Remind and notify**: [`reminders::plan_with_parts`] moves the reminders.
//!     [`notifications::notify`] writes a row for each member who holds the task or has an
//!     offer of it, and [enqueues](crate::platform::queue) the job that sends the email.
//! 13. **Commit**: [`Locked::respond`] describes the task as Ben sees it, and
//!     [`CircleWrite::commit`] makes its [entity tag](crate::http::entity_tag), writes the
//!     new number of the change log, and commits all of it together.
//!
//! Afterwards:
//!
//! 14. The **answer** is a [`Resource`] with the header `ETag`. On its way out it passes the
//!     same layers, which measure it and add the headers that every answer has. Only a read that
//!     is listed in `api/compressed.rs` is compressed.
//! 15. The **job**: the commit wakes [`work_off`](crate::platform::queue::work_off), which
//!     was started in [`background`](crate::background). Twenty seconds later
//!     [`MailNotifications`] reads what is true by then and
//!     [delivers](crate::notify::posting::deliver) the email, while no circle is locked.
//!
//! Every other operation that writes has the same order: prove the caller, begin, find, check,
//! write, log, describe, commit. An operation that only reads ends after step 7 with
//! [`CircleAccess::require`] and [`CircleAccess::found`], which answers 304 if the client has
//! this answer already.
//!
//! [`CircleAccess`]: crate::access::CircleAccess
//! [`CircleAccess::found`]: crate::access::CircleAccess::found
//! [`CircleAccess::require`]: crate::access::CircleAccess::require
//! [`CircleWrite::commit`]: crate::access::CircleWrite::commit
//! [`Change`]: crate::access::change_log::Change
//! [`Fields`]: crate::access::change_log::Fields
//! [`Json`]: crate::http::extract::Json
//! [`Lockable::read`]: crate::access::Lockable::read
//! [`Locked::check`]: crate::access::Locked::check
//! [`Locked::open`]: crate::access::Locked::open
//! [`Locked::respond`]: crate::access::Locked::respond
//! [`Locked::save_later`]: crate::access::Locked::save_later
//! [`MailNotifications`]: crate::notify::notifications::MailNotifications
//! [`Path`]: crate::http::extract::Path
//! [`Resource`]: crate::http::response::Resource
//! [`TaskPatch`]: crate::features::tasks::TaskPatch
//! [`Transaction`]: crate::platform::db::Transaction
//! [`begin_write`]: crate::app::App::begin_write
//! [`change_log`]: crate::access::change_log
//! [`notifications::notify`]: crate::notify::notifications::notify()
//! [`reminders::plan_with_parts`]: crate::notify::reminders::plan_with_parts()
//! [`update_task`]: crate::features::tasks::update_task()
//! [`visibility`]: crate::access::visibility

mod compressed;
mod contents;
mod document;
mod pages;

use std::sync::LazyLock;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state, map_response};
use serde_json::Value;
use utoipa::OpenApi;
use utoipa::openapi::Tag;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use self::compressed::COMPRESSED;
use self::contents::Contents;
use crate::app::App;
use crate::auth::signing;
use crate::features::*;
use crate::http::compression::{self, CompressedRoutes};
use crate::http::rate_limits::RateLimitState;
use crate::http::{admission, base_path, cors, middleware, openapi, rate_limits};
use crate::notify::notifications;
use crate::privacy;
use crate::sync;
use crate::web;

macro_rules! operations {
    ($($tag:literal, $about:literal; $($module:ident: $($operation:ident)+;)+)+) => {
        fn v1() -> OpenApiRouter<App> {
            OpenApiRouter::new()$($($(.routes(routes!($module::$operation)))+)+)+
        }

        fn tags() -> Vec<Tag> {
            vec![$(Tag::builder().name($tag).description(Some($about)).build()),+]
        }
    };
}

// Every operation under `/v1`, by its tag in the document and then by its module.
operations! {
    "sign in", "Register, sign in and refresh a session";
    accounts: register resend_registration_code confirm_registration sign_in complete_sign_in
        request_sign_in_code confirm_sign_in_code create_passkey_sign_in_challenge
        sign_in_with_passkey refresh_session sign_out request_password_reset
        confirm_password_reset;

    "me", "Your account, your circles and what waits for you";
    accounts: get_account update_account request_email_change confirm_email_change
        undo_email_change;
    pictures: set_avatar get_avatar delete_avatar;
    me: list_my_circles list_agenda_items get_summary;
    calendar: list_my_calendar_items;
    privacy: export_account export_calendar schedule_account_deletion cancel_account_deletion;

    "security", "Your password, passkeys, sessions and personal access tokens";
    accounts: get_sign_in_methods create_reauthentication_challenge reauthenticate change_password
        delete_password enroll_totp confirm_totp remove_totp replace_recovery_codes
        create_passkey_challenge create_passkey list_passkeys update_passkey delete_passkey
        list_sessions update_session end_session end_other_sessions list_security_events
        create_personal_access_token list_personal_access_tokens revoke_personal_access_token;
    responses: revoke_response_links;

    "circles", "A circle and its patient";
    circles: create_circle get_circle update_circle set_email_details
        get_succession request_succession end_succession
        get_proxy name_proxy activate_proxy revoke_proxy
        pause_circle resume_circle mark_circle_in_memory archive_circle unarchive_circle;
    pictures: set_patient_photo delete_patient_photo;
    privacy: schedule_circle_deletion cancel_circle_deletion;
    sync: list_activity mark_activity_seen;

    "members", "The members of a circle and what each can see";
    circles: create_member list_members get_member update_member update_member_topics
        suspend_member reinstate_member remove_member leave_circle create_personal_link
        delete_personal_link;
    pictures: get_picture;
    workloads: list_workloads;

    "calendar", "What takes place when, and what still needs somebody";
    calendar: list_calendar_items;
    gaps: list_gaps;

    "invitations", "How people join a circle";
    circles: create_invitation list_invitations resend_invitation withdraw_invitation
        preview_invitation accept_invitation register_with_invitation decline_invitation
        propose_invitation approve_invitation reject_invitation create_join_link list_join_links
        revoke_join_link preview_join_link create_join_request list_join_requests
        approve_join_request decline_join_request;

    "tasks", "What there is to do, and who does it";
    tasks: create_task list_tasks get_task update_task approve_task claim_task offer_task
        accept_task decline_task release_task complete_task reopen_task cancel_task
        reinstate_task
        create_checklist_item get_checklist_item update_checklist_item check_checklist_item
        uncheck_checklist_item delete_checklist_item
        list_task_reminders;

    "task series", "Tasks that repeat, and who does them";
    series: create_task_series list_task_series get_task_series update_task_series
        pause_task_series resume_task_series end_task_series offer_task_series
        set_task_series_turns claim_task_series accept_task_series decline_task_series
        release_task_series;

    "task lists", "Lists that group tasks";
    tasks: create_task_list list_task_lists get_task_list update_task_list delete_task_list;

    "appointments", "What takes place when and where, and who comes";
    appointments: create_appointment list_appointments get_appointment update_appointment
        reschedule_appointment confirm_appointment cancel_appointment reinstate_appointment
        complete_appointment mark_appointment_missed add_attendees remove_attendee
        respond_to_appointment list_appointment_reminders get_appointment_brief
        create_meeting_agenda_item list_meeting_agenda_items get_meeting_agenda_item
        update_meeting_agenda_item discuss_meeting_agenda_item postpone_meeting_agenda_item
        reopen_meeting_agenda_item delete_meeting_agenda_item;

    "appointment series", "Appointments that repeat, and who comes";
    series: create_appointment_series list_appointment_series get_appointment_series
        update_appointment_series pause_appointment_series resume_appointment_series
        end_appointment_series respond_to_appointment_series;

    "needs", "Help that an appointment needs: a ride, company";
    needs: create_need list_needs get_need update_need cancel_need offer_need claim_need
        accept_need decline_need release_need;

    "questions", "Questions for the care team, and their answers";
    questions: create_question list_questions get_question update_question plan_question
        ask_question answer_question set_question_aside reopen_question delete_question;

    "roles", "Who carries what, now and before";
    roles: create_role list_roles get_role update_role offer_role claim_role archive_role
        unarchive_role list_role_assignments get_role_assignment update_role_assignment
        accept_role_assignment decline_role_assignment withdraw_role_assignment
        release_role_assignment;

    "absences", "When members are away";
    absences: create_absence list_absences get_absence update_absence end_absence;

    "handovers", "Handing over what you have claimed or carry";
    handovers: create_handover list_handovers get_handover accept_handover decline_handover
        withdraw_handover place_handover;

    "threads", "Conversations and their read state";
    threads: create_thread list_threads get_thread update_thread archive_thread unarchive_thread
        mark_thread_read;

    "messages", "What members write";
    threads: create_message list_messages get_message update_message list_message_revisions
        create_task_comment list_task_comments create_appointment_comment
        list_appointment_comments
        delete_message;

    "search", "Tasks, appointments and messages by their words";
    search: search_circle search_my_circles;

    "notifications", "What you are told, and which emails you get";
    notifications: list_notifications mark_notification_read mark_all_notifications_read
        get_notification_settings update_notification_settings;

    "server", "What this server supports, and its public keys";
    server: get_server;
}

/// The operations under `/v1`, and what the middleware reads from their document. They are the
/// same for every server. A process makes them only once, because that is the slowest part of a
/// start. The document itself is kept as text: as values it would take some twenty times as much
/// memory.
struct Operations {
    routes: Router<App>,
    published: String,
    shapes: openapi::ShapesOfRoutes,
    scopes: openapi::ScopesOfRoutes,
    signed_in: openapi::SignedIn,
    compressed: CompressedRoutes,
}

static OPERATIONS: LazyLock<Operations> = LazyLock::new(|| {
    let (routes, document) = generate();
    Operations {
        routes,
        shapes: openapi::ShapesOfRoutes::of(&document),
        scopes: openapi::ScopesOfRoutes::of(&document),
        signed_in: openapi::SignedIn::of(&document),
        compressed: CompressedRoutes::of(&document, COMPRESSED),
        published: openapi::share(document).to_string(),
    }
});

/// Makes what [`router`] needs, so that the first router of this process does not wait for it.
pub fn prepare() {
    LazyLock::force(&OPERATIONS);
}

/// The complete document. Only tests and commands read it.
static DOCUMENT: LazyLock<Value> = LazyLock::new(|| generate().1);

fn generate() -> (Router<App>, Value) {
    let mut generated = Contents::openapi();
    generated.tags = Some(tags());
    let (routes, generated) = OpenApiRouter::with_openapi(generated)
        .routes(routes!(signing::get_json_web_keys))
        .nest("/v1", v1())
        .split_for_parts();
    let mut document = openapi::shape(&generated);
    document::complete_problem(&mut document);
    document::complete_agenda(&mut document);
    (routes, document)
}

/// The complete document, in which each operation stands for itself. Clients get [`document()`],
/// which is half as large.
pub fn operations() -> Value {
    DOCUMENT.clone()
}

/// The OpenAPI document, as it is committed. A server puts its own base path into it.
pub fn document() -> Value {
    serde_json::from_str(&OPERATIONS.published).unwrap_or_default()
}

/// The JSON Schema of an account's export, as it is committed.
pub fn account_export_schema() -> Value {
    privacy::export_schema(&DOCUMENT)
}

fn document_at(server: &str) -> Value {
    let mut document = document();
    document["servers"][0]["url"] = server.into();
    document
}

/// The whole service.
pub fn router(app: App) -> Router {
    let operations = &*OPERATIONS;
    let rate_limit_state = RateLimitState {
        app: app.clone(),
        signed_in: operations.signed_in.clone(),
    };
    let base = app.base_path().clone();
    let origins = app.cors_origins();
    let cors = (!origins.is_empty()).then(|| cors::layer(origins));
    let admit = from_fn_with_state(app.clone(), admission::admit);
    let pages = pages::pages().layer(admit.clone());
    let pages = pages.layer(from_fn(web::as_page));
    let router = operations
        .routes
        .clone()
        .layer(admit)
        .layer(from_fn_with_state(
            operations.shapes.clone(),
            openapi::judge_queries,
        ))
        .layer(from_fn_with_state(
            operations.scopes.clone(),
            openapi::note_scopes,
        ))
        .layer(from_fn_with_state(
            operations.compressed.clone(),
            compression::note_compressible,
        ))
        .merge(pages)
        .merge(pages::documentation(&base))
        .method_not_allowed_fallback(middleware::method_not_allowed)
        .fallback(middleware::not_found)
        .layer(from_fn_with_state(rate_limit_state, rate_limits::count))
        .merge(pages::health())
        .method_not_allowed_fallback(middleware::method_not_allowed)
        .layer(from_fn(middleware::note_route))
        .layer(from_fn_with_state(app.clone(), middleware::handle))
        .with_state(app);
    let router = match cors {
        Some(cors) => router.layer(cors),
        None => router,
    };
    let router = router
        .layer(map_response(middleware::put_headers))
        .layer(from_fn(compression::compress));
    base_path::mount(router, (*base).clone())
}
