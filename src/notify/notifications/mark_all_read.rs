//! `mark_all_notifications_read`: the caller has read everything that their app has shown them.

use garde::Validate;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition};
use serde::Deserialize;
use utoipa::ToSchema;

use super::mark_read::set_read;
use super::shown::people_of_account;
use crate::access::CircleOwned;
use crate::app::App;
use crate::auth::Caller;
use crate::entity::ids::{CircleId, MemberId, NotificationId};
use crate::entity::{delivery, notification};
use crate::http::extract::Json;
use crate::http::response::NoContent;
use crate::platform::db::in_list;
use crate::problem::Problem;

/// How far you have read your notifications.
#[derive(Clone, Copy, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "last_read_notification_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c60" })))]
pub struct MarkAllNotificationsReadRequest {
    /// The id of the newest notification that you have seen: the first of the list.
    #[garde(skip)]
    pub last_read_notification_id: NotificationId,
}

/// Mark all notifications as read.
///
/// Marks this notification and all older ones as read, in all circles. What has come since your app
/// read the list stays unread. Nobody else sees what you have read.
///
/// - 409 `account_deletion_scheduled`: the deletion of your account is scheduled; cancel it first
#[utoipa::path(
    post, path = "/me/notifications/mark-all-read", tag = "notifications",
    responses((status = NO_CONTENT, description = "They are read"), Problem),
)]
pub async fn mark_all_notifications_read(
    app: App,
    caller: Caller,
    Json(MarkAllNotificationsReadRequest {
        last_read_notification_id: last,
    }): Json<MarkAllNotificationsReadRequest>,
) -> Result<NoContent, Problem> {
    use {delivery::Column as Delivery, notification::Column as Notification};
    let write = app.begin_write(&caller).await?;
    let people = people_of_account(write.tx(), write.user_id()).await?;
    if !people.is_empty() {
        let told = up_to::<notification::Entity>(&people, Notification::MemberId, last);
        set_read::<notification::Entity>(&write, Notification::ReadAt, told).await?;
        let told = up_to::<delivery::Entity>(&people, Delivery::MemberId, last);
        set_read::<delivery::Entity>(&write, Delivery::ReadAt, told).await?;
    }
    write.commit(NoContent).await
}

/// The rows of these members, up to this one. Ids of both tables begin with the time at which they
/// were made. Asked for in this way, the database does not take the key of the table to look through
/// all older rows of the circle.
fn up_to<E: CircleOwned>(
    people: &[(CircleId, MemberId)],
    member: E::Column,
    last: NotificationId,
) -> Condition {
    let circles = people.iter().map(|(circle, _)| *circle);
    let members = people.iter().map(|(_, member)| *member);
    Condition::all()
        .add(E::circle_column().is_in(in_list(circles)))
        .add(member.is_in(in_list(members)))
        .add(Expr::col(E::id_column()).gt(last).not())
}
