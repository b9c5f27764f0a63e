//! `list_appointment_comments`: a page of the comments of an appointment.

use super::item::list_comments;
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::entity::appointment;
use crate::entity::personal_access_token::TokenScope;
use crate::features::appointments::AppointmentPath;
use crate::features::threads::messages::{MessagePage, MessageQuery};
use crate::http::extract::{Path, Query};
use crate::http::response::Page;
use crate::problem::Problem;

/// List the comments of an appointment.
///
/// Lists the newest comment first. A deleted comment keeps its place. To mark them as read, send
/// `POST …/threads/{thread_id}/mark-read` with the `thread_id` of the appointment.
///
/// - 404 `not_found`: there is no such appointment, or you do not see its topic.
#[utoipa::path(
    get, path = "/circles/{circle_id}/appointments/{appointment_id}/comments", tag = "messages",
    params(CirclePath, AppointmentPath, MessageQuery),
    security(("personal_access_token" = [TokenScope::MessagesRead])),
    responses((status = OK, description = "A page of comments", body = MessagePage), Problem),
)]
pub async fn list_appointment_comments(
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<AppointmentPath>,
    Query(query): Query<MessageQuery>,
) -> Result<Page<MessagePage>, Problem> {
    list_comments::<appointment::Entity>(&circle, path.appointment_id, &query).await
}
