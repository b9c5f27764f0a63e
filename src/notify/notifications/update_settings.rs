//! `update_notification_settings`: the caller sets which emails they get from a circle.

use super::settings::{NotificationSettings, put_delivery, settings_of};
use crate::access::change_log::merge_patch;
use crate::access::{CircleAccess, CirclePath, ManageOwnMembership};
use crate::app::App;
use crate::entity::membership;
use crate::entity::notification_setting::{NotificationCategory, NotificationDelivery};
use crate::http::extract::Json;
use crate::http::response::Body;
use crate::problem::Problem;

merge_patch! {
    /// The notification settings to change. What you leave out stays as it is.
    #[derive(Clone, Copy)]
    #[schema(examples(json!({ "announcements": "off" })))]
    #[schema(as = UpdateNotificationSettingsRequest)]
    pub struct NotificationSettingsPatch {
        /// Reminders of what you claimed or take part in.
        #[garde(skip)]
        reminders: NotificationDelivery,
        /// Questions to you, changes to what you claimed or take part in, replies to what you
        /// asked of others, and decisions about tasks that you suggested. People who ask
        /// to join, if you can invite.
        #[garde(skip)]
        assignments: NotificationDelivery,
        /// Appointments in which you have no part, tasks that you can approve, and what is open
        /// again shortly before it begins.
        #[garde(skip)]
        announcements: NotificationDelivery,
        /// What was released, is open again or is to be handed over, and needs somebody.
        #[garde(skip)]
        gaps: NotificationDelivery,
    }
}

impl NotificationSettingsPatch {
    fn named(self) -> impl Iterator<Item = (NotificationCategory, NotificationDelivery)> {
        [
            (NotificationCategory::Reminders, self.reminders),
            (NotificationCategory::Assignments, self.assignments),
            (NotificationCategory::Announcements, self.announcements),
            (NotificationCategory::Gaps, self.gaps),
        ]
        .into_iter()
        .filter_map(|(category, choice)| choice.map(|choice| (category, choice)))
    }
}

/// Update your notification settings.
///
/// They are for this circle only. Nobody is told of the change. You always get emails about your
/// account and about the deletion of the circle.
///
/// - 409 `account_deletion_scheduled`: the deletion of your account is scheduled. Cancel it first.
/// - 422 `validation_failed`: a value is not `email` or `off`, or the body has an unknown member.
#[utoipa::path(
    patch, path = "/circles/{circle_id}/notification-settings", tag = "notifications",
    params(CirclePath),
    responses((status = OK, description = "Your notification settings as they are now", body = NotificationSettings), Problem),
)]
pub async fn update_notification_settings(
    app: App,
    circle: CircleAccess<ManageOwnMembership>,
    Json(choices): Json<NotificationSettingsPatch>,
) -> Result<Body<NotificationSettings>, Problem> {
    let write = app.begin_write(&circle).await?;
    let me = write.scope().member_id().ok_or(Problem::NotFound)?;
    for (category, delivery) in choices.named() {
        put_delivery(&write, me, category, delivery, None).await?;
    }
    let me = write.require::<membership::Entity>(me).await?;
    let preferences = settings_of(write.tx(), &me).await?;
    write.commit(Body(preferences)).await
}
