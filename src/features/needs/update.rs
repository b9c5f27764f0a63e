//! `update_need`: everything about a need except its time, which follows the appointment.

use sea_orm::IntoActiveModel;

use super::locked::LockedNeed;
use super::rules::NeedVerb;
use super::types::{Need, NeedPath};
use crate::access::change_log::merge_patch;
use crate::access::{CircleAccess, CirclePath, ScheduleAppointments};
use crate::app::App;
use crate::entity::need;
use crate::entity::need_assignment::{self, NeedAssignmentState};
use crate::entity::notification::NotificationKind;
use crate::entity::personal_access_token::TokenScope;
use crate::features::appointments::store::coming_to;
use crate::features::participation::members_in;
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::notify::notifications;
use crate::platform::text::{Notes, PeopleNeeded, Place};
use crate::problem::{FieldErrorCode, Problem};

merge_patch! {
    /// What to change in a need.
    #[schema(examples(json!({ "pickup_location": "At the station" })))]
    #[schema(as = UpdateNeedRequest)]
    pub struct NeedPatch for need {
        /// How many members are needed: at least as many as have claimed it.
        #[garde(dive)]
        people_needed: PeopleNeeded,
        /// Where to pick somebody up.
        #[garde(dive)]
        pickup_location: Place | null,
        /// Where to take them.
        #[garde(dive)]
        dropoff_location: Place | null,
        /// What else to know.
        #[garde(dive)]
        notes: Notes | null,
    }
}

/// Update a need.
///
/// If you change the places or the notes, the members who claimed the need and those who
/// come to the appointment are told. The time of a need follows its appointment:
/// reschedule the appointment to move it.
///
/// - 403 `forbidden`: only coordinators, caregivers and the patient can change a need,
///   and only if they can write the topic `daily`
/// - 409 `invalid_transition`: the need is not open
/// - 422 `fewer_than_assigned`: more members than that have claimed it
#[utoipa::path(
    patch, path = "/circles/{circle_id}/needs/{need_id}", tag = "needs",
    params(CirclePath, NeedPath),
    security(("personal_access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The need", body = Need), Problem),
)]
pub async fn update_need(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Path(path): Path<NeedPath>,
    Json(changes): Json<NeedPatch>,
) -> Result<Resource<Need>, Problem> {
    let mut need = LockedNeed::open(&app, &circle, path.need_id).await?;
    need.check(NeedVerb::Update)?;
    let people = changes.people_needed.map(PeopleNeeded::get);
    if people.is_some_and(|people| people < need.row.people_accepted) {
        let detail = "More members have claimed the need. Send at least their number.";
        return Err(Problem::field(
            "/people_needed",
            FieldErrorCode::FewerThanAssigned,
            detail,
        ));
    }
    let mut row = need.row.clone().into_active_model();
    let fields = changes.write_to(&mut row);
    if !fields.is_empty() {
        let before = need.row.clone();
        need.save_later(NeedVerb::Update, row, fields.names())
            .await?;
        let what =
            |need: &need::Model| (need.pickup_location.clone(), need.dropoff_location.clone());
        if what(&before) != what(&need.row) || before.notes != need.row.notes {
            notify_of_change(&need).await?;
        }
    }
    need.respond().await
}

/// Tells the members who claimed a need and those who come to its appointment: one
/// drives, the other is picked up.
async fn notify_of_change(need: &LockedNeed) -> Result<(), Problem> {
    let taken =
        members_in::<need_assignment::Entity>(need.parts(), &[NeedAssignmentState::Accepted]);
    let coming = coming_to(&need.write, need.row.appointment_id).await?;
    let notification = need
        .notification(NotificationKind::Updated)
        .to(taken)
        .to(coming);
    notifications::notify(&need.write, vec![notification]).await
}
