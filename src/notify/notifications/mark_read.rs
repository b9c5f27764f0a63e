//! `mark_notification_read`: the caller has read one notification. It is not in the change log,
//! because nobody else may know what the caller has read.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, QueryFilter};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::shown::find_shown;
use crate::access::{CallerCircles, CircleOwned};
use crate::app::App;
use crate::auth::{AccountWrite, Caller};
use crate::entity::ids::{CircleId, NotificationId};
use crate::entity::{delivery, notification};
use crate::http::extract::Path;
use crate::http::response::NoContent;
use crate::problem::Problem;

/// The notification in a path.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct NotificationPath {
    /// The id of the notification, also of a reminder.
    #[param(inline)]
    pub notification_id: NotificationId,
}

/// Mark a notification as read.
///
/// If it is read already, nothing changes. Nobody else sees what you have read.
///
/// - 404 `not_found`: you have no such notification
/// - 409 `account_deletion_scheduled`: the deletion of your account is scheduled; cancel it first
#[utoipa::path(
    post, path = "/me/notifications/{notification_id}/mark-read", tag = "notifications",
    params(NotificationPath),
    responses((status = NO_CONTENT, description = "It is read"), Problem),
)]
pub async fn mark_notification_read(
    app: App,
    caller: Caller,
    mine: CallerCircles,
    Path(path): Path<NotificationPath>,
) -> Result<NoContent, Problem> {
    let id = path.notification_id.0;
    let (circle, is_reminder) = find_shown(&mine, id).await?.ok_or(Problem::NotFound)?;
    let write = app.begin_write(&caller).await?;
    if is_reminder {
        let this_one = this_row::<delivery::Entity>(circle, id);
        set_read::<delivery::Entity>(&write, delivery::Column::ReadAt, this_one).await?;
    } else {
        let this_one = this_row::<notification::Entity>(circle, id);
        set_read::<notification::Entity>(&write, notification::Column::ReadAt, this_one).await?;
    }
    write.commit(NoContent).await
}

fn this_row<E: CircleOwned>(circle: CircleId, id: Uuid) -> Condition {
    Condition::all()
        .add(E::circle_column().eq(circle))
        .add(E::id_column().eq(id))
}

/// Notes that rows are read which were not read before. Their version and stamps stay: they count
/// what becomes of the email.
#[expect(
    clippy::disallowed_methods,
    reason = "the rows of one person in several circles, by a condition that names the circles"
)]
pub(super) async fn set_read<E: CircleOwned>(
    write: &AccountWrite,
    read_at: E::Column,
    which: Condition,
) -> Result<(), Problem> {
    E::update_many()
        .col_expr(read_at, Expr::value(write.now()))
        .filter(read_at.is_null())
        .filter(which)
        .exec(write.tx())
        .await?;
    Ok(())
}
