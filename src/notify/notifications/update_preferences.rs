//! `update_notification_preferences`: the caller chooses what they are told in a circle.

use super::preferences::{NotificationPreferences, preferences_of, put_delivery};
use crate::access::change_log::merge_patch;
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::app::App;
use crate::entity::membership;
use crate::entity::notification_preference::{NotificationCategory, NotificationDelivery};
use crate::http::extract::Json;
use crate::http::response::Body;
use crate::problem::Problem;

merge_patch! {
    /// What one wants to be told; what is not named stays as it is.
    #[derive(Clone, Copy)]
    #[schema(examples(json!({ "announcements": "off" })))]
    pub struct NotificationChoices {
        #[garde(skip)]
        reminders: NotificationDelivery,
        #[garde(skip)]
        assigned: NotificationDelivery,
        #[garde(skip)]
        announcements: NotificationDelivery,
        #[garde(skip)]
        gaps: NotificationDelivery,
    }
}

impl NotificationChoices {
    fn named(self) -> impl Iterator<Item = (NotificationCategory, NotificationDelivery)> {
        [
            (NotificationCategory::Reminders, self.reminders),
            (NotificationCategory::Assigned, self.assigned),
            (NotificationCategory::Announcements, self.announcements),
            (NotificationCategory::Gaps, self.gaps),
        ]
        .into_iter()
        .filter_map(|(category, choice)| choice.map(|choice| (category, choice)))
    }
}

/// Change your notification settings.
///
/// They are for this circle only. You always get emails about your account and about the
/// deletion of the circle.
#[utoipa::path(
    patch, path = "/circles/{circle_id}/notification-preferences", tag = "notifications",
    params(CirclePath),
    responses((status = OK, description = "The preferences", body = NotificationPreferences), Problem),
)]
pub async fn update_notification_preferences(
    app: App,
    circle: CircleAccess<ViewCircle>,
    Json(choices): Json<NotificationChoices>,
) -> Result<Body<NotificationPreferences>, Problem> {
    let write = app.begin_write(&circle).await?;
    let me = write.scope().member_id().ok_or(Problem::NotFound)?;
    for (category, delivery) in choices.named() {
        put_delivery(&write, me, category, delivery, None).await?;
    }
    let me = write.require::<membership::Entity>(me).await?;
    let preferences = preferences_of(write.tx(), &me).await?;
    write.commit(Body(preferences)).await
}
