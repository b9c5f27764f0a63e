//! `cancel_need`: the help is no longer needed.

use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::locked::LockedNeed;
use super::rules::NeedVerb;
use super::types::{Need, NeedPath};
use crate::access::{CircleAccess, CirclePath, ScheduleAppointments};
use crate::app::App;
use crate::entity::need::NeedState;
use crate::entity::need_assignment;
use crate::entity::notification::NotificationKind;
use crate::entity::personal_access_token::TokenScope;
use crate::features::participation::{RelatedParts, keep_parts_later, uncertain_in};
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::notify::reminders;
use crate::notify::subject::SubjectId;
use crate::problem::Problem;
use crate::schedule::when::moment_of_need;

/// Cancel a need.
///
/// The need stays visible as `canceled`. Its reminders are canceled. The members who
/// claimed it or were asked to are told.
///
/// - 403 `forbidden`: only coordinators, caregivers and the patient can cancel a need,
///   and only if they can write the topic `daily`
/// - 409 `invalid_transition`: the need is not open
#[utoipa::path(
    post, path = "/circles/{circle_id}/needs/{need_id}/cancel", tag = "needs",
    params(CirclePath, NeedPath),
    security(("personal_access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The need", body = Need), Problem),
)]
pub async fn cancel_need(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Path(path): Path<NeedPath>,
) -> Result<Resource<Need>, Problem> {
    let mut need = LockedNeed::open(&app, &circle, path.need_id).await?;
    if need.check_unless_in_effect(NeedVerb::Cancel)? {
        let mut row = need.row.clone().into_active_model();
        row.state = Set(NeedState::Canceled);
        keep_parts_later::<need_assignment::Entity>(&need.write, need.related.parts_mut())?;
        row.people_uncertain = Set(uncertain_in::<need_assignment::Entity>(need.parts()));
        need.save_later(NeedVerb::Cancel, row, vec!["state"])
            .await?;
        reminders::cancel_later(&need.write, SubjectId::Need(need.row.id));
        let was = moment_of_need(&need.row);
        need.notify_concerned(NotificationKind::Canceled, was)
            .await?;
    }
    need.respond().await
}
