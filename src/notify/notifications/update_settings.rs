//! `update_notification_settings`: the caller sets which emails they get from a circle, and how much
//! they say.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition};

use super::settings::{NotificationSettings, put_deliveries_later, settings_of};
use crate::access::change_log::merge_patch;
use crate::access::{CircleAccess, CirclePath, ManageOwnMembership};
use crate::app::App;
use crate::entity::membership::{self, Column, EmailDetail};
use crate::entity::notification_setting::{
    NotificationCategory, NotificationDelivery, ReminderSetting,
};
use crate::http::extract::Json;
use crate::http::response::Body;
use crate::problem::Problem;

merge_patch! {
    /// The notification settings to change. What you leave out stays as it is.
    #[derive(Clone, Copy)]
    #[schema(examples(json!({ "announcements": "off" })))]
    #[schema(as = UpdateNotificationSettingsRequest)]
    pub struct NotificationSettingsPatch {
        /// Reminders of what you claimed or take part in: `email` or `off`. A reminder has its time, so
        /// it is in no digest.
        #[garde(skip)]
        #[schema(value_type = NotificationDelivery)]
        reminders: ReminderSetting,
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
        /// How much your emails from this circle say of what they are about. If others can read
        /// your mailbox, or see your emails on a locked phone or a shared computer, choose
        /// `nothing`. The patient can forbid it for the circle.
        #[garde(skip)]
        detail: EmailDetail,
        /// Whether they say it of health topics too. Without this second yes, emails about health
        /// topics say nothing, whatever `detail` is.
        #[garde(skip)]
        health_too: bool,
    }
}

impl NotificationSettingsPatch {
    fn named(self) -> impl Iterator<Item = (NotificationCategory, NotificationDelivery)> {
        [
            (
                NotificationCategory::Reminders,
                self.reminders.map(Into::into),
            ),
            (NotificationCategory::Assignments, self.assignments),
            (NotificationCategory::Announcements, self.announcements),
            (NotificationCategory::Gaps, self.gaps),
        ]
        .into_iter()
        .filter_map(|(category, choice)| choice.map(|choice| (category, choice)))
    }

    /// Writes how much the emails say into the row of the member. Returns what the database is to
    /// write: nobody else sees it, so the version of the member stays.
    fn write_to(self, me: &mut membership::Model, now: DateTime<Utc>) -> Vec<(Column, Expr)> {
        let mut values = Vec::new();
        if let Some(detail) = self.detail {
            me.email_detail = Some(detail);
            values.push((Column::EmailDetail, Expr::value(me.email_detail)));
        }
        if let Some(health_too) = self.health_too {
            let since = me.email_health_since.unwrap_or(now);
            me.email_health_since = health_too.then_some(since);
            values.push((Column::EmailHealthSince, Expr::value(me.email_health_since)));
        }
        values
    }
}

/// Update your notification settings.
///
/// They are for this circle only. Nobody is told of the change. You always get emails about your
/// account and about the deletion of the circle.
///
/// - 409 `account_deletion_scheduled`: the deletion of your account is scheduled. Cancel it first.
/// - 422 `validation_failed`: a value is not one of those that are listed, such as `digest` for the
///   reminders, or the body has an unknown member.
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
    let mut me = write.require::<membership::Entity>(me).await?;
    put_deliveries_later(&write, me.id, choices.named());
    let values = choices.write_to(&mut me, write.now());
    if !values.is_empty() {
        let this_one = Condition::all().add(Column::Id.eq(me.id));
        write.update_all_later::<membership::Entity>(this_one, values);
    }
    // The answer is read from the new rows.
    write.transaction().send_later().await?;
    let preferences = settings_of(write.tx(), &me).await?;
    write.commit(Body(preferences)).await
}
