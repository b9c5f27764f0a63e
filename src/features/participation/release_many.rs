//! Takes parts in many things off one member. The number of statements does not grow with the number
//! of things.

use sea_orm::sea_query::{Expr, ExprTrait, Value};
use sea_orm::{ActiveModelTrait, ActiveValue, EntityTrait, IntoActiveModel, Iterable};
use uuid::Uuid;

use super::part::{Part, Row, new_part, part_of, released_by};
use super::work::{Work, is_asked};
use crate::access::CircleWrite;
use crate::access::change_log::Change;
use crate::entity::ids::MemberId;
use crate::entity::notification::NotificationKind;
use crate::notify::notifications::Notification;
use crate::notify::reminders;
use crate::notify::subject::{Stage, SubjectId};
use crate::problem::Problem;

/// Something in which a member loses their part.
pub struct Releasing<E: Work> {
    pub row: E::Model,
    /// The parts of all members in it.
    pub parts: Vec<Row<E::Parts>>,
    /// The member to whom it is offered if the other had claimed it.
    pub reassign_to: Option<MemberId>,
}

/// Something in which a member has lost their part.
pub struct Released<E: Work> {
    pub row: E::Model,
    pub notifications: Vec<Notification>,
}

/// What happens to one row, and why.
struct Step<E: Work> {
    releasing: Releasing<E>,
    part: Row<E::Parts>,
    was_taken: bool,
    /// The member who is asked instead, or has it at once because they do this themselves.
    next: Option<MemberId>,
    takes_over: bool,
}

impl<E: Work> Step<E> {
    /// None if the member has no part in it.
    fn of(write: &CircleWrite, releasing: Releasing<E>, member: MemberId) -> Option<Self> {
        let part = part_of::<E::Parts>(&releasing.parts, member)?.clone();
        let was_taken = E::Parts::state_of(&part) == E::Parts::TAKEN;
        let next = releasing.reassign_to.filter(|next| {
            let part = part_of::<E::Parts>(&releasing.parts, *next);
            was_taken && !is_asked::<E>(part)
        });
        let takes_over = next.is_some() && write.actor() == next;
        Some(Self {
            releasing,
            part,
            was_taken,
            next,
            takes_over,
        })
    }

    /// By how much the number of members who have claimed it grows.
    fn more(&self) -> i32 {
        i32::from(self.takes_over) - i32::from(self.was_taken)
    }

    /// The notifications about the row as it is now.
    fn notifications(&self, row: &E::Model, zone: &str) -> Vec<Notification> {
        let about = |kind| Notification::of(kind, row, zone);
        let mut notifications = Vec::new();
        if let Some(asked) = self.next.filter(|_| !self.takes_over) {
            notifications.push(about(NotificationKind::Offered).to([asked]));
        }
        if self.was_taken && E::stage(row) == Stage::On {
            let member = E::Parts::member_of(&self.part);
            let was = E::moment(row);
            notifications.push(about(NotificationKind::Removed).to([member]).was(was));
            let freed = about(NotificationKind::Freed);
            notifications.push(released_by::<E::Parts>(freed, &self.part));
        }
        notifications
    }
}

/// Takes a member's parts in these things off them. What they had claimed is offered to the member
/// who is named there; callers who reassign it to themselves have it at once. Returns the rows in
/// the same order, and the notifications to send. A row in which the member has no part stays, and
/// is not returned.
///
/// Rows and parts are written when the transaction commits. Do not write them again before that, or
/// call [`Transaction::send_later`](crate::platform::db::Transaction::send_later) first.
pub async fn release_many<E: Work>(
    write: &mut CircleWrite,
    member: MemberId,
    releasing: Vec<Releasing<E>>,
) -> Result<Vec<Released<E>>, Problem> {
    let steps = releasing.into_iter();
    let steps = steps.filter_map(|releasing| Step::of(write, releasing, member));
    let steps: Vec<Step<E>> = steps.collect();
    if steps.is_empty() {
        return Ok(Vec::new());
    }
    let parts = steps.iter().map(|step| &step.part);
    set_parts::<E::Parts>(write, parts, E::RELEASED);
    let subjects = steps.iter().map(|step| E::subject_id(&step.releasing.row));
    let subjects: Vec<SubjectId> = subjects.collect();
    reminders::cancel_in_all(write, &subjects, &[member]).await?;
    give_to_next(write, &steps);
    let rows = count_all(write, &steps)?;
    plan_for_next(write, &steps, &rows).await?;

    let zone = write.scope().time_zone().to_owned();
    let mut released = Vec::new();
    let mut changes = Vec::new();
    for (step, row) in steps.into_iter().zip(rows) {
        let change = Change::to::<E>("released", &row).about(E::topic(&row));
        changes.push(change.on_behalf_of(member));
        let notifications = step.notifications(&row, &zone);
        released.push(Released { row, notifications });
    }
    write.log_all(changes).await?;
    Ok(released)
}

/// Takes the parts of several members in one thing off them: it is offered to nobody. Returns the row
/// as it will be, and the notifications to send. The number of statements does not grow with the
/// members. Row and parts are written when the transaction commits, as in `release_many`.
pub async fn release_members<E: Work>(
    write: &mut CircleWrite,
    row: E::Model,
    parts: &[Row<E::Parts>],
    members: &[MemberId],
) -> Result<(E::Model, Vec<Notification>), Problem> {
    let releasing = || Releasing::<E> {
        row: row.clone(),
        parts: parts.to_vec(),
        reassign_to: None,
    };
    let steps = members.iter();
    let steps: Vec<Step<E>> = steps
        .filter_map(|member| Step::of(write, releasing(), *member))
        .collect();
    set_parts::<E::Parts>(write, steps.iter().map(|step| &step.part), E::RELEASED);
    reminders::cancel_in_all(write, &[E::subject_id(&row)], members).await?;
    let fewer = steps.iter().map(Step::more).sum();
    let accepted = Expr::col(E::ACCEPTED).add(fewer);
    let id: Uuid = E::id_of(&row).into();
    write.update_rows_later::<E>(&[id], vec![(E::ACCEPTED, accepted)]);
    let row = with_accepted::<E>(write, &row, fewer)?;

    let zone = write.scope().time_zone().to_owned();
    let mut notifications = Vec::new();
    let mut changes = Vec::new();
    for step in &steps {
        let change = Change::to::<E>("released", &row).about(E::topic(&row));
        changes.push(change.on_behalf_of(E::Parts::member_of(&step.part)));
        notifications.extend(step.notifications(&row, &zone));
    }
    write.log_all(changes).await?;
    Ok((row, notifications))
}

/// Gives parts to the members who are asked instead.
fn give_to_next<E: Work>(write: &CircleWrite, steps: &[Step<E>]) {
    for takes_over in [false, true] {
        let state = if takes_over {
            E::Parts::TAKEN
        } else {
            E::Parts::ASKED
        };
        let mut before = Vec::new();
        let mut new = Vec::new();
        for step in steps.iter().filter(|step| step.takes_over == takes_over) {
            let Some(next) = step.next else { continue };
            match part_of::<E::Parts>(&step.releasing.parts, next) {
                Some(part) => before.push(part),
                None => new.push(new_part::<E::Parts>(
                    write,
                    &step.releasing.row,
                    next,
                    state,
                )),
            }
        }
        set_parts::<E::Parts>(write, before, state);
        write.insert_all_later::<E::Parts>(new);
    }
}

/// The columns that change, with their values.
type Values<E> = Vec<(<E as EntityTrait>::Column, Value)>;

/// Puts existing parts into a state. It takes one statement for those in which the same columns
/// change to the same values.
pub fn set_parts<'a, P: Part>(
    write: &CircleWrite,
    parts: impl IntoIterator<Item = &'a Row<P>>,
    state: P::State,
) {
    let mut alike: Vec<(Values<P>, Vec<Uuid>)> = Vec::new();
    for part in parts {
        let mut row = P::ActiveModel::default();
        row.set(P::state_column(), state.into());
        P::reset(&mut row);
        P::write_asker(&mut row, part, state, write.actor());
        let mut values = Vec::new();
        for column in P::Column::iter() {
            if let ActiveValue::Set(value) = row.get(column) {
                values.push((column, value));
            }
        }
        let id: Uuid = P::id_of(part).into();
        let same = |(other, _): &&mut (Vec<(P::Column, Value)>, Vec<Uuid>)| {
            let mut pairs = other.iter().zip(&values);
            other.len() == values.len() && pairs.all(|(a, b)| a.1 == b.1)
        };
        match alike.iter_mut().find(same) {
            Some((_, ids)) => ids.push(id),
            None => alike.push((values, vec![id])),
        }
    }
    for (values, ids) in alike {
        let values = values.into_iter();
        let values = values.map(|(column, value)| (column, Expr::value(value)));
        write.update_rows_later::<P>(&ids, values.collect());
    }
}

/// Counts who has claimed each row. It takes one statement for the rows in which as many more have
/// claimed it. Returns the rows as they will be.
fn count_all<E: Work>(write: &CircleWrite, steps: &[Step<E>]) -> Result<Vec<E::Model>, Problem> {
    for more in [-1, 0, 1] {
        let these = steps.iter().filter(|step| step.more() == more);
        let ids: Vec<Uuid> = these
            .map(|step| E::id_of(&step.releasing.row).into())
            .collect();
        let accepted = Expr::col(E::ACCEPTED).add(more);
        write.update_rows_later::<E>(&ids, vec![(E::ACCEPTED, accepted)]);
    }
    let counted = |step: &Step<E>| with_accepted::<E>(write, &step.releasing.row, step.more());
    steps.iter().map(counted).collect()
}

/// The row when so many more members have claimed it.
fn with_accepted<E: Work>(
    write: &CircleWrite,
    before: &E::Model,
    more: i32,
) -> Result<E::Model, Problem> {
    let mut row = before.clone().into_active_model();
    row.set(E::ACCEPTED, (E::accepted(before) + more).into());
    write.as_updated::<E>(before, row)
}

/// Plans reminders for the member who takes things over.
async fn plan_for_next<E: Work>(
    write: &CircleWrite,
    steps: &[Step<E>],
    rows: &[E::Model],
) -> Result<(), Problem> {
    let taken = steps.iter().zip(rows).filter(|(step, _)| step.takes_over);
    let taken: Vec<E::Model> = taken.map(|(_, row)| row.clone()).collect();
    let Some(me) = write.actor().filter(|_| !taken.is_empty()) else {
        return Ok(());
    };
    // Who takes part is read for the plan.
    write.transaction().send_later().await?;
    let items = E::items(write, &taken).await?;
    reminders::plan_all_for_takers(write, &items, &[me]).await
}
