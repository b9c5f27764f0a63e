//! `cancel_need`: a need is not needed any more.

use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::locked::LockedNeed;
use super::rules::NeedVerb;
use super::types::{Need, NeedPath};
use crate::access::{CircleAccess, CirclePath, ScheduleAppointments};
use crate::app::App;
use crate::entity::need::{self, NeedState};
use crate::entity::notification::NotificationKind;
use crate::entity::personal_token::TokenScope;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::notify::reminders;
use crate::notify::subject::Reminded;
use crate::problem::Problem;
use crate::schedule::when::moment_of_need;

/// Say that a need is not needed any more.
///
/// Those who took it are told.
#[utoipa::path(
    post, path = "/circles/{circle_id}/needs/{need_id}/cancel", tag = "needs",
    params(CirclePath, NeedPath),
    security(("access_token" = [TokenScope::AppointmentsWrite])),
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
        row.state = Set(NeedState::Cancelled);
        need.save(NeedVerb::Cancel, row, vec!["state"]).await?;
        let item = need::Entity::item(&need.write, &need.row).await?;
        reminders::plan(&need.write, &[item]).await?;
        let was = moment_of_need(&need.row);
        need.notify_concerned(NotificationKind::Cancelled, was)
            .await?;
    }
    need.respond().await
}
