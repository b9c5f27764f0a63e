//! Notifications that may not be sent yet: they wait for the end of quiet hours, or for a digest.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition};

use super::mail::MailWaiting;
use crate::access::CircleWrite;
use crate::entity::delivery::{DeliveryReason, DeliveryState};
use crate::entity::ids::{JobId, MemberId};
use crate::entity::notification::{self, Column};
use crate::notify::may_send::{Matter, MaySend, Person, may_send};
use crate::notify::reminders::fires_at;
use crate::platform::time::civil::Moment;
use crate::problem::Problem;

/// Whether a notification of something that is at this moment may be sent now.
pub(super) fn may_mail(
    write: &CircleWrite,
    person: Person<'_>,
    notification: &notification::Model,
    moment: Option<Moment>,
) -> MaySend {
    // The email may have been sent. Its second copy does not wait.
    if notification.state == DeliveryState::Unknown {
        return MaySend::Now;
    }
    let zone = write.scope().time_zone();
    let was = Moment::of(notification.was_at, notification.was_on);
    let begins = was
        .into_iter()
        .chain(moment)
        .map(|moment| fires_at(moment, 0, zone));
    let matter = Matter {
        since: notification.created_at,
        begins_at: begins.filter(|begins| *begins > write.now()).min(),
        needs_somebody: notification.kind.needs_somebody(),
    };
    may_send(person, matter, write.now())
}

/// Lets notifications wait until they may be sent. They are in no email meanwhile.
pub(super) async fn wait(
    write: &CircleWrite,
    member_id: MemberId,
    notifications: &[notification::Model],
    at: DateTime<Utc>,
    reason: DeliveryReason,
) -> Result<(), Problem> {
    let ids = notifications.iter().map(|notification| notification.id);
    let these = Condition::all().add(Column::Id.is_in(ids));
    let values = vec![
        (Column::JobId, Expr::value(None::<JobId>)),
        (Column::Reason, Expr::value(Some(reason))),
        (Column::Version, Expr::col(Column::Version).add(1)),
        (Column::UpdatedAt, Expr::value(write.now())),
    ];
    write
        .update_all::<notification::Entity>(these, values)
        .await?;
    let job = MailWaiting {
        circle_id: write.circle_id(),
        member_id,
        at,
    };
    write.enqueue_at(&job, at).await
}
