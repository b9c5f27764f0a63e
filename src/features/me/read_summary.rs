//! What waits for the caller's answer or approval, or to be read: the number on the app's
//! icon.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::CallerCircles;
use crate::entity::ids::CircleId;
use crate::entity::personal_token::TokenScope;
use crate::entity::{attendance, message, need_commitment, role_assignment};
use crate::features::appointments::unanswered_attendances;
use crate::features::needs::open_need_offers;
use crate::features::roles::open_role_offers;
use crate::features::tasks::count_tasks_waiting;
use crate::features::threads::unread_messages;
use crate::http::response::Page;
use crate::problem::Problem;

/// What waits for one, over all circles.
#[derive(Clone, Copy, Debug, Default, Serialize, ToSchema)]
#[schema(examples(json!({
    "task_offers": 1, "need_offers": 0, "role_offers": 0, "appointment_invitations": 2,
    "answers_owed": 3, "tasks_to_approve": 1, "unread_messages": 5
})))]
pub struct Summary {
    pub task_offers: i64,
    pub need_offers: i64,
    pub role_offers: i64,
    pub appointment_invitations: i64,
    /// Offers of tasks, needs and roles, and invitations to appointments.
    pub answers_owed: i64,
    /// Tasks that somebody suggested and you may approve: `GET …/tasks?state=proposed`
    /// lists them. Others may approve them too.
    pub tasks_to_approve: i64,
    pub unread_messages: i64,
}

impl Summary {
    fn plus(self, other: Self) -> Self {
        Self {
            task_offers: self.task_offers + other.task_offers,
            need_offers: self.need_offers + other.need_offers,
            role_offers: self.role_offers + other.role_offers,
            appointment_invitations: self.appointment_invitations + other.appointment_invitations,
            answers_owed: self.answers_owed + other.answers_owed,
            tasks_to_approve: self.tasks_to_approve + other.tasks_to_approve,
            unread_messages: self.unread_messages + other.unread_messages,
        }
    }
}

/// Read what waits for one, over all circles.
///
/// Offers and invitations that you have not answered, tasks that wait for your approval,
/// and messages that you have not read. An offer or invitation that is over, or has been
/// taken by others, waits for nobody.
#[utoipa::path(
    get, path = "/me/summary", tag = "my things",
    security(("access_token" = [
        TokenScope::TasksRead,
        TokenScope::AppointmentsRead,
        TokenScope::RolesRead,
        TokenScope::MessagesRead,
    ])),
    responses((status = OK, description = "The numbers", body = Summary,
        headers(("ETag" = String, description = "The version of this answer."))), Problem),
)]
pub async fn read_summary(mine: CallerCircles) -> Result<Page<Summary>, Problem> {
    let by_circle = summaries(&mine, mine.now()).await?;
    let body = by_circle
        .into_values()
        .fold(Summary::default(), Summary::plus);
    mine.listed(&body)
}

/// What waits for the caller in each circle: five queries, however many circles.
pub(super) async fn summaries(
    mine: &CallerCircles,
    now: DateTime<Utc>,
) -> Result<HashMap<CircleId, Summary>, Problem> {
    let tasks = count_tasks_waiting(mine, now).await?;
    let needs = mine.count::<need_commitment::Entity>(|scope| open_need_offers(scope, now));
    let roles = mine.count::<role_assignment::Entity>(open_role_offers);
    let invitations = mine.count::<attendance::Entity>(|scope| unanswered_attendances(scope, now));
    let unread = mine.count::<message::Entity>(unread_messages);
    let (needs, roles) = (needs.await?, roles.await?);
    let (invitations, unread) = (invitations.await?, unread.await?);
    let of = |counts: &HashMap<CircleId, i64>, circle| counts.get(&circle).copied().unwrap_or(0);
    let summary = |circle| {
        let parts = Summary {
            task_offers: of(&tasks.offers, circle),
            need_offers: of(&needs, circle),
            role_offers: of(&roles, circle),
            appointment_invitations: of(&invitations, circle),
            tasks_to_approve: of(&tasks.to_approve, circle),
            unread_messages: of(&unread, circle),
            answers_owed: 0,
        };
        Summary {
            answers_owed: parts.task_offers
                + parts.need_offers
                + parts.role_offers
                + parts.appointment_invitations,
            ..parts
        }
    };
    let circles = mine
        .scopes()
        .iter()
        .map(crate::access::CircleScope::circle_id);
    Ok(circles.map(|circle| (circle, summary(circle))).collect())
}
