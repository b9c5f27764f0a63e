//! Takes parts in many things off one member. The number of statements does not grow with the number
//! of things.

use sea_orm::sea_query::{Expr, ExprTrait, Value};
use sea_orm::{ActiveModelTrait, ActiveValue, EntityTrait, IntoActiveModel, Iterable};
use uuid::Uuid;

use super::part::{Part, Row, new_part, part_of, released_by};
use super::uncertain::{Uncertain, withdraw_handovers_later};
use super::work::{Work, is_asked};
use crate::access::change_log::Change;
use crate::access::{Absences, CircleWrite};
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
    /// Whether that member is away when it takes place.
    is_away: bool,
}

impl<E: Work> Step<E> {
    /// None if the member has no part in it.
    fn of(
        write: &CircleWrite,
        releasing: Releasing<E>,
        member: MemberId,
        absences: &Absences,
    ) -> Option<Self> {
        let part = part_of::<E::Parts>(&releasing.parts, member)?.clone();
        let was_taken = E::Parts::state_of(&part) == E::Parts::TAKEN;
        let next = releasing.reassign_to.filter(|next| {
            let part = part_of::<E::Parts>(&releasing.parts, *next);
            was_taken && !is_asked::<E>(part)
        });
        let takes_over = next.is_some() && write.actor() == next;
        let moment = E::moment(&releasing.row);
        let is_away = takes_over && next.is_some_and(|next| absences.covers(next, moment));
        Some(Self {
            releasing,
            part,
            was_taken,
            next,
            takes_over,
            is_away,
        })
    }

    /// By how much the number of uncertain parts shrinks.
    fn fewer_uncertain(&self) -> i32 {
        i32::from(E::Parts::is_uncertain(&self.part)) - i32::from(self.is_away)
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
    // Only a caller who takes something over at once can be away then.
    let takes_over = |releasing: &Releasing<E>| {
        let next = releasing.reassign_to;
        next.filter(|_| write.actor() == next)
    };
    let taker: Vec<MemberId> = releasing.iter().find_map(takes_over).into_iter().collect();
    let absences = Absences::of(write, &taker).await?;
    let steps = releasing.into_iter();
    let steps = steps.filter_map(|releasing| Step::of(write, releasing, member, &absences));
    let steps: Vec<Step<E>> = steps.collect();
    if steps.is_empty() {
        return Ok(Vec::new());
    }
    let parts = steps.iter().map(|step| &step.part);
    set_parts::<E::Parts>(write, parts.clone(), E::RELEASED);
    withdraw_handovers_later::<E::Parts>(write, parts);
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
        .filter_map(|member| Step::of(write, releasing(), *member, &Absences::default()))
        .collect();
    let released = steps.iter().map(|step| &step.part);
    set_parts::<E::Parts>(write, released.clone(), E::RELEASED);
    withdraw_handovers_later::<E::Parts>(write, released);
    reminders::cancel_in_all(write, &[E::subject_id(&row)], members).await?;
    let more = steps.iter().map(Step::more).sum();
    let fewer_uncertain = steps.iter().map(Step::fewer_uncertain).sum();
    let id: Uuid = E::id_of(&row).into();
    write.update_rows_later::<E>(&[id], counted::<E>(more, fewer_uncertain));
    let row = with_counts::<E>(write, &row, more, fewer_uncertain)?;

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
    for (takes_over, is_away) in [(false, false), (true, false), (true, true)] {
        let state = if takes_over {
            E::Parts::TAKEN
        } else {
            E::Parts::ASKED
        };
        let mut before = Vec::new();
        let mut new = Vec::new();
        let alike = |step: &&Step<E>| (step.takes_over, step.is_away) == (takes_over, is_away);
        for step in steps.iter().filter(alike) {
            let Some(next) = step.next else { continue };
            if let Some(part) = part_of::<E::Parts>(&step.releasing.parts, next) {
                before.push(part);
            } else {
                let row = &step.releasing.row;
                let mut part = new_part::<E::Parts>(write, row, next, state);
                part.set(E::IS_AWAY, is_away.into());
                new.push(part);
            }
        }
        set_parts_and::<E::Parts>(write, before, state, |part| {
            part.set(E::IS_AWAY, is_away.into());
        });
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
    set_parts_and::<P>(write, parts, state, |_| ());
}

/// Like [`set_parts`], and writes something else into each part.
pub fn set_parts_and<'a, P: Part>(
    write: &CircleWrite,
    parts: impl IntoIterator<Item = &'a Row<P>>,
    state: P::State,
    also: impl Fn(&mut P::ActiveModel),
) {
    let mut alike: Vec<(Values<P>, Vec<Uuid>)> = Vec::new();
    for part in parts {
        let mut row = P::ActiveModel::default();
        row.set(P::state_column(), state.into());
        P::reset(&mut row);
        if state == P::TAKEN {
            P::write_taken(&mut row, Some(write.now()));
        }
        also(&mut row);
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

/// Counts who has claimed each row. It takes one statement for the rows whose numbers change alike.
/// Returns the rows as they will be.
fn count_all<E: Work>(write: &CircleWrite, steps: &[Step<E>]) -> Result<Vec<E::Model>, Problem> {
    let numbers = |step: &Step<E>| (step.more(), step.fewer_uncertain());
    for alike in [(-1, 0), (-1, 1), (0, 0), (0, 1), (0, -1)] {
        let these = steps.iter().filter(|step| numbers(step) == alike);
        let ids: Vec<Uuid> = these
            .map(|step| E::id_of(&step.releasing.row).into())
            .collect();
        write.update_rows_later::<E>(&ids, counted::<E>(alike.0, alike.1));
    }
    let counted = |step: &Step<E>| {
        let (more, fewer_uncertain) = numbers(step);
        with_counts::<E>(write, &step.releasing.row, more, fewer_uncertain)
    };
    steps.iter().map(counted).collect()
}

/// The numbers of a row when so many more members have claimed it, and so many fewer are uncertain.
fn counted<E: Work>(more: i32, fewer_uncertain: i32) -> Vec<(E::Column, Expr)> {
    let mut values = vec![(E::ACCEPTED, Expr::col(E::ACCEPTED).add(more))];
    if fewer_uncertain != 0 {
        let uncertain = Expr::col(E::UNCERTAIN).sub(fewer_uncertain);
        values.push((E::UNCERTAIN, uncertain));
    }
    values
}

/// The row with these numbers.
fn with_counts<E: Work>(
    write: &CircleWrite,
    before: &E::Model,
    more: i32,
    fewer_uncertain: i32,
) -> Result<E::Model, Problem> {
    let mut row = before.clone().into_active_model();
    row.set(E::ACCEPTED, (E::accepted(before) + more).into());
    let uncertain = E::uncertain(before) - fewer_uncertain;
    row.set(E::UNCERTAIN, uncertain.into());
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
