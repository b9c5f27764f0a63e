//! How a member hands over what they have claimed, and how another member takes it over: by the
//! handover, or because they claim what counts as uncovered. The rules of a handover itself are in
//! `features/handovers`.

use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, Condition, IntoActiveModel, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::part::{Part, Row, part_of};
use super::uncertain::{Uncertain, accept_handover_later, who_asks};
use super::work::Work;
use crate::access::change_log::Change;
use crate::access::{CircleOwned, CircleWrite, Locked, Verb};
use crate::entity::ids::MemberId;
use crate::entity::notification::NotificationKind;
use crate::notify::notifications;
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

    /// Refuses what is over: nobody can take it over any more. What is overdue is still to be done.
    pub fn check_not_over(&self) -> Result<(), Problem> {
        let over_at = E::too_late_at(&self.row, self.write.scope().time_zone());
        if over_at.is_none_or(|at| at > self.write.now()) {
            return Ok(());
        }
        let detail = "This is over. Nobody can take it over any more.";
        Err(Conflict::of(ProblemCode::TooLate, detail).into())
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
        self.move_place(from, to).await?;
        self.log_as("handed_over", vec![ASSIGNMENTS]).await
    }

    async fn move_place(&mut self, from: MemberId, to: MemberId) -> Result<(), Problem> {
        self.change_part(from, E::RELEASED).await?;
        self.change_part(to, E::Parts::TAKEN).await?;
        self.count_parts(0)?;
        self.plan_reminders(&[to]).await
    }

    /// The part that the caller takes over if they claim a thing without a free place: its member is
    /// away then, or hands it over. What is handed over to the caller comes first, then what is handed
    /// over to others, then what the longest holder cannot do because they are away.
    pub(super) async fn part_to_take_over(&self) -> Result<Option<Row<E::Parts>>, Problem> {
        let parts = self.parts().iter();
        let uncertain: Vec<&Row<E::Parts>> =
            parts.filter(|part| E::Parts::is_uncertain(part)).collect();
        let mut asking = Vec::new();
        if uncertain.len() > 1 {
            let me = self.write.scope().member_id().ok_or(Problem::NotFound)?;
            asking = who_asks::<E::Parts>(&self.write, E::id_of(&self.row).into(), me).await?;
        }
        let first = uncertain.into_iter().min_by_key(|part| {
            let asks_me = asking.contains(&E::Parts::member_of(part));
            (!asks_me, !E::Parts::is_handing_over(part))
        });
        Ok(first.cloned())
    }

    /// The caller takes over the place of a member who is away then, or who hands it over: that ends
    /// the handover. The member is released and told.
    pub(super) async fn take_over(
        &mut self,
        part: &Row<E::Parts>,
        verb: E::Verb,
    ) -> Result<(), Problem> {
        self.check_not_over()?;
        let me = self.write.scope().member_id().ok_or(Problem::NotFound)?;
        let from = E::Parts::member_of(part);
        let removed = self.notification(NotificationKind::Removed);
        let removed = removed.was(E::moment(&self.row)).to([from]);
        accept_handover_later::<E::Parts>(&self.write, part, me);
        self.move_place(from, me).await?;
        self.log(verb, Vec::new()).await?;
        notifications::notify(&self.write, vec![removed]).await
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
