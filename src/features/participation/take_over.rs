//! How a member hands over what they have claimed, and how another member takes it over. The rules
//! of a handover itself are in `features/handovers`.

use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, Condition, IntoActiveModel, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::part::{Part, Row, part_of};
use super::uncertain::Uncertain;
use super::work::Work;
use crate::access::change_log::Change;
use crate::access::{CircleOwned, CircleWrite, Locked, Verb};
use crate::entity::ids::MemberId;
use crate::problem::{Conflict, ConflictingItem, Problem, ProblemCode};

/// The word for the activity when a handover begins or ends and the member keeps the part.
const CHANGED: &str = "updated";
/// The field that changes then.
const ASSIGNMENTS: &str = "assignments";

impl<E> Locked<E>
where
    E: Work<Verb: Verb<Part = <E::Parts as Part>::State>>,
{
    /// Marks the caller's own part as uncertain, with the verb that allows it.
    pub async fn begin_handing_over(&mut self, verb: E::Verb) -> Result<(), Problem> {
        self.check(verb)?;
        let part = self.my_part().cloned().ok_or(Problem::NotFound)?;
        if E::Parts::is_handing_over(&part) {
            return Err(self.does_not_fit());
        }
        let mut row = part.clone().into_active_model();
        row.set(E::Parts::IS_HANDING_OVER, true.into());
        let part = self.write.update_later::<E::Parts>(&part, row)?;
        self.replace_part(part);
        self.count_parts(0)?;
        self.log_as(CHANGED, vec![ASSIGNMENTS]).await
    }

    /// Whether a member fills a place in it.
    pub fn has_place(&self, member: MemberId) -> bool {
        part_of::<E::Parts>(self.parts(), member).is_some_and(E::has_place)
    }

    /// Gives the place of one member to another. The first is released, the other has accepted, and
    /// their reminders are planned. The handover itself is not written here.
    pub async fn give_place(&mut self, from: MemberId, to: MemberId) -> Result<(), Problem> {
        if self.has_place(to) {
            let id: Uuid = E::id_of(&self.row).into();
            return Err(already_assigned(E::SUBJECT, id));
        }
        self.change_part(from, E::RELEASED).await?;
        self.change_part(to, E::Parts::TAKEN).await?;
        self.count_parts(0)?;
        self.plan_reminders(&[to]).await?;
        self.log_as("handed_over", vec![ASSIGNMENTS]).await
    }
}

/// The refusal of a member who has it already.
pub fn already_assigned(kind: &'static str, id: Uuid) -> Problem {
    let detail = "This member has it already, so they cannot take it over for somebody else.";
    Conflict {
        conflicts: vec![ConflictingItem::of(kind, id)],
        ..Conflict::of(ProblemCode::AlreadyAssigned, detail)
    }
    .into()
}

/// What a member wanted to hand over, and keeps.
#[derive(Clone, Copy, Debug)]
pub struct Kept {
    /// The id of the thing.
    pub id: Uuid,
    pub member: MemberId,
}

/// Makes the parts of members certain again, because nobody takes them over. Returns the things. It
/// takes two reads, however many there are. Rows and parts are written when the transaction commits.
pub async fn keep_work<E: Work>(
    write: &mut CircleWrite,
    kept: &[Kept],
) -> Result<Vec<E::Model>, Problem> {
    if kept.is_empty() {
        return Ok(Vec::new());
    }
    write.send_later_of::<E>().await?;
    write.send_later_of::<E::Parts>().await?;
    let rows = write
        .find_in_circle::<E>()
        .filter(E::id_column().is_in(kept.iter().map(|kept| kept.id)))
        .order_by_asc(E::id_column())
        .all(write.tx())
        .await?;
    let mut these = Condition::any();
    for Kept { id, member } in kept {
        let this = Condition::all()
            .add(E::Parts::parent_column().eq(*id))
            .add(E::Parts::member_column().eq(*member));
        these = these.add(this);
    }
    let parts = write
        .find_in_circle::<E::Parts>()
        .filter(these)
        .filter(E::Parts::IS_HANDING_OVER.eq(true))
        .all(write.tx())
        .await?;
    let ids = parts.iter().map(|part| E::Parts::id_of(part).into());
    let ids: Vec<Uuid> = ids.collect();
    let certain = vec![(E::Parts::IS_HANDING_OVER, Expr::value(false))];
    write.update_rows_later::<E::Parts>(&ids, certain);
    let mut after = Vec::new();
    let mut changes = Vec::new();
    for row in rows {
        let row = count_kept::<E>(write, &row, &parts)?;
        let change = Change::to::<E>(CHANGED, &row).about(E::topic(&row));
        changes.push(change.fields(vec![ASSIGNMENTS]));
        after.push(row);
    }
    write.log_all(changes).await?;
    Ok(after)
}

/// Counts fewer uncertain parts in a row.
fn count_kept<E: Work>(
    write: &CircleWrite,
    before: &E::Model,
    parts: &[Row<E::Parts>],
) -> Result<E::Model, Problem> {
    let id: Uuid = E::id_of(before).into();
    let mut fewer = 0;
    for part in parts.iter().filter(|part| E::Parts::parent_of(part) == id) {
        let mut row = part.clone().into_active_model();
        row.set(E::Parts::IS_HANDING_OVER, false.into());
        let certain = write.as_updated::<E::Parts>(part, row)?;
        let number = |part: &Row<E::Parts>| i32::from(E::Parts::is_uncertain(part));
        fewer += number(part) - number(&certain);
    }
    let mut row = before.clone().into_active_model();
    row.set(E::UNCERTAIN, (E::uncertain(before) - fewer).into());
    write.update_later::<E>(before, row)
}
