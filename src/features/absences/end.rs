//! `end_absence`: a member is back early, or does not go.

use std::collections::BTreeSet;

use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::affected;
use super::locked::LockedAbsence;
use super::rules::AbsenceVerb;
use super::types::AbsencePath;
use crate::access::{Absences, BeAway, CircleAccess, CirclePath};
use crate::app::App;
use crate::entity::absence::AbsenceState;
use crate::http::extract::Path;
use crate::http::response::NoContent;
use crate::problem::Problem;

/// End an absence.
///
/// Before its first day it is canceled, later it ends now. What the member kept counts as covered
/// again. What was released stays open to others, and what is handed over stays so until the member
/// withdraws it. If it has ended already, nothing changes. Nobody is told.
///
/// - 403 `forbidden`: only the member, the contact of a member without an account, and
///   coordinators can end it
#[utoipa::path(
    delete, path = "/circles/{circle_id}/absences/{absence_id}", tag = "absences",
    params(CirclePath, AbsencePath),
    responses((status = NO_CONTENT, description = "The absence has ended"), Problem),
)]
pub async fn end_absence(
    app: App,
    circle: CircleAccess<BeAway>,
    Path(path): Path<AbsencePath>,
) -> Result<NoContent, Problem> {
    let mut absence = LockedAbsence::open(&app, &circle, path.absence_id).await?;
    absence.check_right(AbsenceVerb::End)?;
    if absence.row.state == AbsenceState::Active {
        absence.check(AbsenceVerb::End)?;
        let member = absence.row.member_id;
        let absences = Absences::of_all(&absence.write).await?;
        let has_begun = absence.row.from_on <= absences.today();
        let absences = absences.without(absence.row.id);
        absence.write.note_absences(&absences);
        affected::follow(&mut absence.write, &BTreeSet::from([member]), &absences).await?;
        let mut row = absence.row.clone().into_active_model();
        row.state = Set(if has_begun {
            AbsenceState::Ended
        } else {
            AbsenceState::Canceled
        });
        absence
            .save_later(AbsenceVerb::End, row, vec!["state"])
            .await?;
    }
    absence.write.commit(NoContent).await
}
