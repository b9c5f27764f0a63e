//! The absences of a member who goes. Otherwise a member who comes back would still be away, and get
//! no emails.

use sea_orm::sea_query::Expr;
use uuid::Uuid;

use crate::access::change_log::Change;
use crate::access::{Absences, CircleWrite};
use crate::entity::absence::{self, AbsenceState, Column};
use crate::entity::ids::MemberId;
use crate::problem::Problem;

/// Ends the absences of a member who leaves or is removed, when the transaction commits. Nothing is
/// read in a circle in which nobody is away.
pub async fn end_absences_of(write: &mut CircleWrite, member: MemberId) -> Result<(), Problem> {
    let mut absences = Absences::of_all(write).await?;
    let today = absences.today();
    let theirs: Vec<absence::Model> = absences.of_member(member).cloned().collect();
    if theirs.is_empty() {
        return Ok(());
    }
    let mut changes = Vec::new();
    for row in &theirs {
        absences = absences.without(row.id);
        let change = Change::to::<absence::Entity>("ended", row).on_behalf_of(member);
        changes.push(change.fields(vec!["state"]));
    }
    for (has_begun, state) in [(true, AbsenceState::Ended), (false, AbsenceState::Canceled)] {
        let these = theirs
            .iter()
            .filter(|row| (row.from_on <= today) == has_begun);
        let ids: Vec<Uuid> = these.map(|row| row.id.into()).collect();
        write.update_rows_later::<absence::Entity>(&ids, vec![(Column::State, Expr::value(state))]);
    }
    write.note_absences(&absences);
    write.log_all(changes).await
}
