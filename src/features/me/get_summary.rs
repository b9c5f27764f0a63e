//! `get_summary`: counts what waits for the caller: offers, requests, suggestions to approve,
//! unread messages and notifications, and unseen activity. Apps show it as numbers on their icon
//! and at their tabs.

use std::collections::HashMap;

use sea_orm::sea_query::{Asterisk, Expr, ExprTrait, SelectStatement, UnionType};
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::{CallerCircles, Mine, MyCircles};
use crate::entity::ids::CircleId;
use crate::entity::personal_access_token::TokenScope;
use crate::features::appointments::unanswered_appointments;
use crate::features::handovers::{needs_to_take_over, roles_to_take_over, tasks_to_take_over};
use crate::features::needs::open_need_offers;
use crate::features::roles::open_role_offers;
use crate::features::tasks::{open_task_offers, suggestions_to_approve};
use crate::features::threads::{unread_of_mine, unread_threads};
use crate::http::response::Page;
use crate::notify::notifications::{unread_notifications, unread_reminders};
use crate::problem::Problem;

/// What waits for you.
#[derive(Clone, Copy, Debug, Default, Serialize, ToSchema)]
#[schema(examples(json!({
    "task_offers": 1, "need_offers": 0, "role_offers": 0, "handover_offers": 0,
    "appointment_requests": 2, "waiting_for_you": 3, "tasks_to_approve": 1, "unread_messages": 5, "unread_notifications": 2, "unseen_activity": 12
})))]
pub struct MySummary {
    /// Tasks that are offered to you.
    pub task_offers: i64,
    /// Needs that are offered to you.
    pub need_offers: i64,
    /// Roles that are offered to you.
    pub role_offers: i64,
    /// Handovers in which you are asked to take something over.
    pub handover_offers: i64,
    /// Appointments that you are asked to and have not responded to.
    pub appointment_requests: i64,
    /// All offers of tasks, needs and roles, all handovers to you, and all appointments that
    /// wait for your response.
    pub waiting_for_you: i64,
    /// Tasks that were suggested and that you may approve. `GET …/tasks?state=proposed`
    /// lists them. Others may approve them too.
    pub tasks_to_approve: i64,
    /// Messages that you have not read. Comments count only if you take part in the task or the
    /// appointment: you help, are asked, created it, or have commented.
    pub unread_messages: i64,
    /// Notifications that you have not marked as read: `GET /v1/me/notifications?unread=true` lists
    /// them. Of each circle, only the newest 100 changes and the newest 100 reminders count.
    pub unread_notifications: i64,
    /// What others did in your circles and you have not marked as seen. Of each circle, only the
    /// newest 100 entries of the activity count.
    pub unseen_activity: i64,
}

impl MySummary {
    fn plus(self, other: Self) -> Self {
        Self {
            task_offers: self.task_offers + other.task_offers,
            need_offers: self.need_offers + other.need_offers,
            role_offers: self.role_offers + other.role_offers,
            handover_offers: self.handover_offers + other.handover_offers,
            appointment_requests: self.appointment_requests + other.appointment_requests,
            waiting_for_you: self.waiting_for_you + other.waiting_for_you,
            tasks_to_approve: self.tasks_to_approve + other.tasks_to_approve,
            unread_messages: self.unread_messages + other.unread_messages,
            unread_notifications: self.unread_notifications + other.unread_notifications,
            unseen_activity: self.unseen_activity + other.unseen_activity,
        }
    }
}

/// Count what waits for you.
///
/// The counts cover all your circles: offers and appointments that you have not answered,
/// tasks that you may approve, messages and notifications that you have not read, and what others did
/// that you have not seen. What is over, or was claimed by others, does not count.
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
    let by_circle = summaries(&mine).await?;
    let body = by_circle
        .into_values()
        .fold(MySummary::default(), MySummary::plus);
    mine.listed(&body)
}

/// What is counted: the parts of one statement.
const COUNTS: [Count; 12] = [
    (open_task_offers, rows, |summary| &mut summary.task_offers),
    (open_need_offers, rows, |summary| &mut summary.need_offers),
    (open_role_offers, rows, |summary| &mut summary.role_offers),
    (tasks_to_take_over, rows, |summary| {
        &mut summary.handover_offers
    }),
    (needs_to_take_over, rows, |summary| {
        &mut summary.handover_offers
    }),
    (roles_to_take_over, rows, |summary| {
        &mut summary.handover_offers
    }),
    (unanswered_appointments, rows, |summary| {
        &mut summary.appointment_requests
    }),
    (suggestions_to_approve, rows, |summary| {
        &mut summary.tasks_to_approve
    }),
    (unread_threads, unread_in_all, |summary| {
        &mut summary.unread_messages
    }),
    (unread_notifications, rows, |summary| {
        &mut summary.unread_notifications
    }),
    (unread_reminders, rows, |summary| {
        &mut summary.unread_notifications
    }),
    (unseen_changes, rows, |summary| &mut summary.unseen_activity),
];

/// What is counted, how, and where the number goes.
type Count = (Rows, fn() -> Expr, Field);

/// The rows that are counted.
type Rows = fn(&MyCircles<'_>) -> SelectStatement;

/// One of the numbers.
type Field = fn(&mut MySummary) -> &mut i64;

/// How many entries of the activity of a circle are counted at most.
const NEWEST: u64 = 100;

fn unseen_changes(circles: &MyCircles<'_>) -> SelectStatement {
    circles.select_unseen_changes(NEWEST)
}

/// Counts the rows of a circle.
fn rows() -> Expr {
    Expr::col(Asterisk).count()
}

/// Counts the unread messages of all threads of a circle.
fn unread_in_all() -> Expr {
    // The sum of big integers is a decimal number in PostgreSQL.
    unread_of_mine().sum().cast_as("bigint")
}

/// What waits for the caller in each circle; a circle in which nothing waits may be left out.
/// It is one query for a hundred circles.
pub(super) async fn summaries(
    mine: &CallerCircles,
) -> Result<HashMap<CircleId, MySummary>, Problem> {
    let mut summaries: HashMap<CircleId, MySummary> = HashMap::new();
    for circles in mine.at_once() {
        let mut counts = COUNTS.iter().zip(0..).map(|((select, count, _), number)| {
            select(&circles)
                .expr(Mine::CircleId.col())
                .expr(Expr::value(number))
                .expr(count())
                .add_group_by([Mine::CircleId.col()])
                .take()
        });
        let mut select = counts.next().unwrap_or_default();
        select.unions(counts.map(|count| (UnionType::All, count)));
        let rows: Vec<(CircleId, i32, i64)> = circles.read(mine.db(), select).await?;
        for (circle, number, counted) in rows {
            let summary = summaries.entry(circle).or_default();
            if let Some((_, _, field)) = COUNTS.get(number.unsigned_abs() as usize) {
                *field(summary) += counted;
            }
        }
    }
    for summary in summaries.values_mut() {
        summary.waiting_for_you = summary.task_offers
            + summary.need_offers
            + summary.role_offers
            + summary.handover_offers
            + summary.appointment_requests;
    }
    Ok(summaries)
}
