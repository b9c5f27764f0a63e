//! `update_need`: everything about a need except its time, which follows the appointment.

use sea_orm::IntoActiveModel;

use super::locked::LockedNeed;
use super::rules::NeedVerb;
use super::types::{Need, NeedPath};
use crate::access::change_log::merge_patch;
use crate::access::{CircleAccess, CirclePath, ScheduleAppointments};
use crate::app::App;
use crate::entity::need;
use crate::entity::need_commitment::{self, CommitmentState};
use crate::entity::notification::NotificationKind;
use crate::entity::personal_token::TokenScope;
use crate::features::appointments::store::coming_to;
use crate::features::participation::members_in;
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::notify::notifications;
use crate::platform::text::{Notes, PeopleNeeded, Place};
use crate::problem::Problem;

merge_patch! {
    /// What to change of a need.
    #[schema(examples(json!({ "pick_up": "At the station" })))]
    #[schema(as = NeedChanges)]
    pub struct NeedPatch for need {
        /// Not less than have taken it.
        #[garde(dive)]
        people_needed: PeopleNeeded,
        #[garde(dive)]
        pick_up: Place | null,
        #[garde(dive)]
        drop_off: Place | null,
        #[garde(dive)]
        notes: Notes | null,
    }
}

/// Change a need.
///
/// Its time moves with its appointment. Another pick-up, drop-off or note is told to
/// those who took it and to those who come along.
#[utoipa::path(
    patch, path = "/circles/{circle_id}/needs/{need_id}", tag = "needs",
    params(CirclePath, NeedPath),
    security(("access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The need", body = Need), Problem),
)]
pub async fn update_need(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Path(path): Path<NeedPath>,
    Json(changes): Json<NeedPatch>,
) -> Result<Resource<Need>, Problem> {
    let mut need = LockedNeed::open(&app, &circle, path.need_id).await?;
    need.check(NeedVerb::Change)?;
    let people = changes.people_needed.map(PeopleNeeded::get);
    if people.is_some_and(|people| people < need.row.people_accepted) {
        let detail = "More people than that have taken it.";
        return Err(Problem::field("/people_needed", "below_accepted", detail));
    }
    let mut row = need.row.clone().into_active_model();
    let fields = changes.write_to(&mut row);
    if !fields.is_empty() {
        let before = need.row.clone();
        need.save(NeedVerb::Change, row, fields.names()).await?;
        let what = |need: &need::Model| (need.pick_up.clone(), need.drop_off.clone());
        if what(&before) != what(&need.row) || before.notes != need.row.notes {
            notify_of_change(&need).await?;
        }
    }
    need.respond().await
}

/// Tells those who took a need, and those who come to its appointment: one drives,
/// the other is picked up.
async fn notify_of_change(need: &LockedNeed) -> Result<(), Problem> {
    let taken = members_in::<need_commitment::Entity>(&need.related, &[CommitmentState::Accepted]);
    let coming = coming_to(&need.write, need.row.appointment_id).await?;
    let notification = need
        .notification(NotificationKind::Changed)
        .to(taken)
        .to(coming);
    notifications::notify(&need.write, vec![notification]).await
}
