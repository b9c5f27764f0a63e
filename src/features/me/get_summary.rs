//! `get_summary`: counts what waits for the caller: offers, requests, suggestions to
//! approve and unread messages. Apps show it as the number on their icon.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::CallerCircles;
use crate::entity::ids::CircleId;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::{attendance, message, need_assignment, role_assignment};
use crate::features::appointments::unanswered_attendances;
use crate::features::needs::open_need_offers;
use crate::features::roles::open_role_offers;
use crate::features::tasks::count_tasks_waiting;
use crate::features::threads::unread_messages;
use crate::http::response::Page;
use crate::problem::Problem;

/// What waits for you.
#[derive(Clone, Copy, Debug, Default, Serialize, ToSchema)]
#[schema(examples(json!({
    "task_offers": 1, "need_offers": 0, "role_offers": 0, "appointment_requests": 2,
    "waiting_for_you": 3, "tasks_to_approve": 1, "unread_messages": 5
})))]
pub struct MySummary {
    /// Tasks that are offered to you.
    pub task_offers: i64,
    /// Needs that are offered to you.
    pub need_offers: i64,
    /// Roles that are offered to you.
    pub role_offers: i64,
    /// Appointments that you are asked to and have not responded to.
    pub appointment_requests: i64,
    /// All offers of tasks, needs and roles, and all appointments that wait for your
    /// response.
    pub waiting_for_you: i64,
    /// Tasks that were suggested and that you may approve. `GET …/tasks?state=proposed`
    /// lists them. Others may approve them too.
    pub tasks_to_approve: i64,
    /// Messages that you have not read.
    pub unread_messages: i64,
}

impl MySummary {
    fn plus(self, other: Self) -> Self {
        Self {
            task_offers: self.task_offers + other.task_offers,
            need_offers: self.need_offers + other.need_offers,
            role_offers: self.role_offers + other.role_offers,
            appointment_requests: self.appointment_requests + other.appointment_requests,
            waiting_for_you: self.waiting_for_you + other.waiting_for_you,
            tasks_to_approve: self.tasks_to_approve + other.tasks_to_approve,
            unread_messages: self.unread_messages + other.unread_messages,
        }
    }
}

/// Count what waits for you.
///
/// The counts cover all your circles: offers and appointments that you have not answered,
/// tasks that you may approve, and messages that you have not read. What is over, or was
/// claimed by others, does not count.
#[utoipa::path(
    get, path = "/me/summary", tag = "me",
    security(("personal_access_token" = [
        TokenScope::TasksRead,
        TokenScope::AppointmentsRead,
        TokenScope::RolesRead,
        TokenScope::MessagesRead,
    ])),
    responses((status = OK, description = "The counts", body = MySummary,
        headers(("ETag" = String, description = "The version of this answer."))), Problem),
)]
pub async fn get_summary(mine: CallerCircles) -> Result<Page<MySummary>, Problem> {
    let by_circle = summaries(&mine, mine.now()).await?;
    let body = by_circle
        .into_values()
        .fold(MySummary::default(), MySummary::plus);
    mine.listed(&body)
}

/// What waits for the caller in each circle: always five queries.
pub(super) async fn summaries(
    mine: &CallerCircles,
    now: DateTime<Utc>,
) -> Result<HashMap<CircleId, MySummary>, Problem> {
    let tasks = count_tasks_waiting(mine, now).await?;
    let needs = mine.count::<need_assignment::Entity>(|scope| open_need_offers(scope, now));
    let roles = mine.count::<role_assignment::Entity>(open_role_offers);
    let invitations = mine.count::<attendance::Entity>(|scope| unanswered_attendances(scope, now));
    let unread = mine.count::<message::Entity>(unread_messages);
    let (needs, roles) = (needs.await?, roles.await?);
    let (invitations, unread) = (invitations.await?, unread.await?);
    let of = |counts: &HashMap<CircleId, i64>, circle| counts.get(&circle).copied().unwrap_or(0);
    let summary = |circle| {
        let parts = MySummary {
            task_offers: of(&tasks.offers, circle),
            need_offers: of(&needs, circle),
            role_offers: of(&roles, circle),
            appointment_requests: of(&invitations, circle),
            tasks_to_approve: of(&tasks.to_approve, circle),
            unread_messages: of(&unread, circle),
            waiting_for_you: 0,
        };
        MySummary {
            waiting_for_you: parts.task_offers
                + parts.need_offers
                + parts.role_offers
                + parts.appointment_requests,
            ..parts
        }
    };
    let circles = mine
        .scopes()
        .iter()
        .map(crate::access::CircleScope::circle_id);
    Ok(circles.map(|circle| (circle, summary(circle))).collect())
}
