//! `update_absence`: other days, or another note.

use std::collections::BTreeSet;

use sea_orm::{IntoActiveModel, TryIntoModel};

use super::affected;
use super::create::{check_until, end_fault};
use super::locked::LockedAbsence;
use super::rules::AbsenceVerb;
use super::types::{Absence, AbsencePath};
use crate::access::change_log::merge_patch;
use crate::access::{Absences, BeAway, CircleAccess, CirclePath};
use crate::app::App;
use crate::entity::absence;
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::platform::text::AbsenceNote;
use crate::platform::time::civil::Day;
use crate::problem::Problem;

merge_patch! {
    /// What to change in an absence.
    #[schema(examples(json!({ "until_on": "2027-01-12" })))]
    #[schema(as = UpdateAbsenceRequest)]
    pub struct AbsencePatch for absence {
        /// The first day, in the time zone of the circle.
        #[garde(dive)]
        from_on: Day,
        /// The last day. Null: until the absence is ended.
        #[garde(dive)]
        until_on: Day | null,
        /// What coordinators should know. Nobody else sees it.
        #[garde(dive)]
        note: AbsenceNote | null,
    }
}

/// Update an absence.
///
/// With other days, what the member has claimed for them counts as uncovered, and what they have
/// claimed for days on which they are back counts as covered again. Nothing is released, and nobody
/// is told.
///
/// - 403 `forbidden`: only the member, the contact of a member without an account, and
///   coordinators can change it
/// - 409 `invalid_transition`: it was ended or canceled
/// - 422 `start_after_end`, `in_the_past`: `until_on` is before `from_on` or over
#[utoipa::path(
    patch, path = "/circles/{circle_id}/absences/{absence_id}", tag = "absences",
    params(CirclePath, AbsencePath),
    responses((status = OK, description = "The absence", body = Absence), Problem),
)]
pub async fn update_absence(
    app: App,
    circle: CircleAccess<BeAway>,
    Path(path): Path<AbsencePath>,
    Json(changes): Json<AbsencePatch>,
) -> Result<Resource<Absence>, Problem> {
    let mut absence = LockedAbsence::open(&app, &circle, path.absence_id).await?;
    absence.check(AbsenceVerb::Update)?;
    let member = absence.row.member_id;
    let mut row = absence.row.clone().into_active_model();
    let fields = changes.write_to(&mut row);
    if fields.is_empty() {
        return absence.respond().await;
    }
    let after = row.clone().try_into_model()?;
    let (from, until) = (Day(after.from_on), after.until_on.map(Day));
    let faults = end_fault(from, until);
    if !faults.is_empty() {
        return Err(Problem::Invalid(faults));
    }
    let days = |row: &absence::Model| (row.from_on, row.until_on);
    if days(&after) != days(&absence.row) {
        let absences = Absences::of_all(&absence.write).await?;
        if after.until_on != absence.row.until_on {
            check_until(absences.today(), until)?;
        }
        let absences = absences.with(after);
        absence.write.note_absences(&absences);
        affected::follow(&mut absence.write, &BTreeSet::from([member]), &absences).await?;
    }
    absence
        .save_later(AbsenceVerb::Update, row, fields.names())
        .await?;
    absence.respond().await
}
