//! What people take part in, and what they take on: a task, a need, an appointment. How
//! somebody is asked for it, claims it, declines it, releases it or is taken off it.

use std::future::Future;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveModelTrait, Condition, IntoActiveModel};
use uuid::Uuid;

use super::overlap::{BusyTime, check_overlap};
use super::part::{
    Part, Row, members_in, part_of, part_of_caller, put_part, released_by, set_part,
};
use super::release::{ReleaseOutcome, ReleasePlan};
use crate::access::change_log::Change;
use crate::access::{CircleOwned, CircleWrite, Lockable, Locked, Verb, may_take_part};
use crate::entity::ids::MemberId;
use crate::entity::membership::{self, MemberState};
use crate::entity::notification::NotificationKind;
use crate::notify::notifications::{self, Notification};
use crate::notify::reminders;
use crate::notify::subject::{Reminded, Stage};
use crate::platform::time::civil::Moment;
use crate::problem::{Conflict, Problem};

/// Something in which people have parts. They are notified about it and reminded of it.
pub trait HasParts: Reminded + Lockable<Related = Vec<Row<<Self as HasParts>::Parts>>> {
    type Parts: Part<Parent = Self>;

    /// The time that it takes, if it takes a time of its own.
    fn busy_time(row: &Self::Model) -> Option<BusyTime>;

    /// The rows that bind those who said yes: they are on, and take a time of their own.
    fn is_binding() -> Condition;

    /// Takes the parts of a member who leaves off them, and notes what was released. A kind
    /// of [`Work`] does it by [`release_work`](super::release_work).
    fn release(
        write: &mut CircleWrite,
        plan: &ReleasePlan<'_>,
        outcome: &mut ReleaseOutcome,
    ) -> impl Future<Output = Result<(), Problem>> + Send;
}

/// Something that a number of people are needed for.
pub trait Work: HasParts {
    /// Told when the person who is asked cannot take it on.
    const CANNOT_TAKE_PART: &'static str;

    /// The part of somebody who can no longer do it.
    const RELEASED: <Self::Parts as Part>::State;

    /// What it is called in the list of what somebody holds no more.
    fn title(row: &Self::Model) -> String;

    /// The rows that are released when a member goes. What is over stays theirs.
    fn is_ahead(now: DateTime<Utc>) -> Condition;

    /// How many have taken it on.
    const ACCEPTED: Self::Column;
    /// How many are needed.
    const NEEDED: Self::Column;

    fn accepted(row: &Self::Model) -> i32;

    /// The rows with a free place: without one, who was asked is not asked any more. Of a
    /// row that was read, [`has_room`](crate::notify::subject::Subject::has_room) says so.
    fn with_room() -> Expr {
        let column = |column: Self::Column| Expr::col((Self::default(), column));
        column(Self::ACCEPTED).lt(column(Self::NEEDED))
    }

    /// Whether somebody is not asked any more, because they have it or had it.
    fn has_place(part: &Row<Self::Parts>) -> bool {
        Self::Parts::state_of(part) == Self::Parts::TAKEN
    }
}

type StateOf<E> = <<E as HasParts>::Parts as Part>::State;

impl<E: HasParts> Locked<E> {
    /// The caller's own part.
    pub fn my_part(&self) -> Option<&Row<E::Parts>> {
        part_of_caller::<E::Parts>(self.write.scope(), &self.related)
    }

    /// The state of the caller's own part.
    pub fn my_state(&self) -> Option<StateOf<E>> {
        self.my_part().map(E::Parts::state_of)
    }

    /// Puts a part that has changed in the place of what it was.
    pub fn replace_part(&mut self, part: Row<E::Parts>) {
        let id = |part: &Row<E::Parts>| -> Uuid { E::Parts::id_of(part).into() };
        self.related.retain(|other| id(other) != id(&part));
        self.related.push(part);
    }

    /// Notification of it as it is now.
    pub fn notification(&self, kind: NotificationKind) -> Notification {
        Notification::of(kind, &self.row, self.write.scope().time_zone())
    }

    /// Tells those whose part is in one of these states, and when it was before.
    pub async fn notify(
        &self,
        kind: NotificationKind,
        was: Option<Moment>,
        states: &[StateOf<E>],
    ) -> Result<(), Problem> {
        let concerned = members_in::<E::Parts>(&self.related, states);
        let notification = self.notification(kind).was(was).to(concerned);
        notifications::notify(&self.write, vec![notification]).await
    }

    /// Tells those who have it or were asked to take it on, and when it was before.
    pub async fn notify_concerned(
        &self,
        kind: NotificationKind,
        was: Option<Moment>,
    ) -> Result<(), Problem> {
        self.notify(kind, was, &E::Parts::OPEN).await
    }

    /// Tells those who relied on the caller, who declined it or gave it back.
    pub async fn notify_who_relied(&self, kind: NotificationKind) -> Result<(), Problem> {
        let Some(my_part) = self.my_part() else {
            return Ok(());
        };
        let notification = released_by::<E::Parts>(self.notification(kind), my_part);
        notifications::notify(&self.write, vec![notification]).await
    }

    /// Refuses what overlaps something else that the caller has taken on.
    pub async fn check_overlap(&self, allow_overlap: bool) -> Result<(), Problem> {
        match E::busy_time(&self.row) {
            Some(wanted) if !allow_overlap => check_overlap(&self.write, &wanted).await,
            _ => Ok(()),
        }
    }
}

impl<E> Locked<E>
where
    E: Work<Verb: Verb<Part = StateOf<E>>>,
{
    /// Takes it on, with a verb that leads the caller's own part there: there must be
    /// room, and no clash with what else the caller took on.
    pub async fn claim(&mut self, verb: E::Verb, allow_overlap: bool) -> Result<(), Problem> {
        if self.check_unless_in_effect(verb)? {
            self.claim_place(verb, allow_overlap).await?;
        }
        Ok(())
    }

    async fn claim_place(&mut self, verb: E::Verb, allow_overlap: bool) -> Result<(), Problem> {
        if !E::has_room(&self.row) {
            let detail = "Enough people have taken this on.";
            return Err(Conflict::of("slots_full", detail).into());
        }
        self.check_overlap(allow_overlap).await?;
        self.put_my_part(verb).await
    }

    /// Declines it, or releases it; those who relied on the caller are told.
    pub async fn decline_or_release(
        &mut self,
        verb: E::Verb,
        kind: NotificationKind,
    ) -> Result<(), Problem> {
        if self.check_unless_in_effect(verb)? {
            self.put_my_part(verb).await?;
            self.notify_who_relied(kind).await?;
        }
        Ok(())
    }

    /// Puts the caller's own part where the verb leads, and counts who has accepted.
    async fn put_my_part(&mut self, verb: E::Verb) -> Result<(), Problem> {
        let me = self.write.scope().member_id().ok_or(Problem::NotFound)?;
        let Some(state) = verb.rule().my_part_to else {
            return Ok(());
        };
        self.put_part_of(me, state).await?;
        if state == E::Parts::TAKEN {
            let item = E::item(&self.write, &self.row).await?;
            reminders::plan_for_takers(&self.write, &item, &[me]).await?;
        } else {
            let subject = E::subject_id(&self.row);
            reminders::cancel_for_members(&self.write, subject, &[me]).await?;
        }
        self.log(verb, Vec::new()).await
    }

    async fn put_part_of(&mut self, member: MemberId, state: StateOf<E>) -> Result<(), Problem> {
        let before = part_of::<E::Parts>(&self.related, member).map(E::Parts::state_of);
        put_part::<E::Parts>(&self.write, &self.row, &self.related, member, state).await?;
        let taken = |state| i32::from(state == Some(E::Parts::TAKEN));
        let more = taken(Some(state)) - taken(before);
        self.row = count_accepted::<E>(&self.write, &self.row, more).await?;
        Ok(())
    }

    /// Asks a member to take it on, unless they have it or have been asked. Asked of the
    /// caller, it is claimed with the verb `claim`.
    pub async fn offer(
        &mut self,
        member: MemberId,
        verb: E::Verb,
        claim: E::Verb,
    ) -> Result<(), Problem> {
        self.check(verb)?;
        let member = require_active(&self.write, "/member_id", member).await?;
        let may_take_part = match E::topic(&self.row) {
            Some(topic) => may_take_part(&self.write, &member, topic).await?,
            None => true,
        };
        if !may_take_part {
            let detail = E::CANNOT_TAKE_PART;
            return Err(Problem::field("/member_id", "cannot_take_part", detail));
        }
        let part = part_of::<E::Parts>(&self.related, member.id);
        if self.write.scope().is_member(member.id) {
            if !part.is_some_and(E::has_place) {
                self.claim_place(claim, false).await?;
            }
        } else if !is_asked::<E>(part) {
            self.put_part_of(member.id, E::Parts::ASKED).await?;
            self.log(verb, Vec::new()).await?;
            let notification = self.notification(NotificationKind::Offered).to([member.id]);
            notifications::notify(&self.write, vec![notification]).await?;
        }
        Ok(())
    }
}

/// Whether somebody has a part already, or has been asked.
fn is_asked<E: Work>(part: Option<&Row<E::Parts>>) -> bool {
    part.is_some_and(|part| E::Parts::is_open(part) || E::has_place(part))
}

/// An active member, or a problem with the field that names them.
pub async fn require_active(
    write: &CircleWrite,
    pointer: &'static str,
    id: MemberId,
) -> Result<membership::Model, Problem> {
    write
        .find_one::<membership::Entity>(id)
        .await?
        .filter(|member| member.state == MemberState::Active)
        .ok_or_else(|| unknown_member(pointer))
}

/// The problem with a field that names nobody who is here.
pub(super) fn unknown_member(pointer: &'static str) -> Problem {
    Problem::field(pointer, "unknown_member", "No such active member.")
}

/// Counts the version up because a part has changed, and how many have taken it on.
async fn count_accepted<E: Work>(
    write: &CircleWrite,
    before: &E::Model,
    more: i32,
) -> Result<E::Model, Problem> {
    let mut row = before.clone().into_active_model();
    row.set(E::ACCEPTED, (E::accepted(before) + more).into());
    write.update::<E>(before, row).await
}

/// Takes a member's part off them. What they had taken on is offered to `reassign_to`;
/// the caller who reassigns it to themselves has it at once. Answers the row, and the
/// notifications to send.
pub async fn release_part<E: Work>(
    write: &mut CircleWrite,
    row: E::Model,
    parts: &[Row<E::Parts>],
    member: MemberId,
    reassign_to: Option<MemberId>,
) -> Result<(E::Model, Vec<Notification>), Problem> {
    let Some(part) = part_of::<E::Parts>(parts, member) else {
        return Ok((row, Vec::new()));
    };
    set_part::<E::Parts>(write, part, E::RELEASED).await?;
    reminders::cancel_for_members(write, E::subject_id(&row), &[member]).await?;
    let was_taken = E::Parts::state_of(part) == E::Parts::TAKEN;
    let next = reassign_to.filter(|next| {
        let part = part_of::<E::Parts>(parts, *next);
        was_taken && !is_asked::<E>(part)
    });
    let takes_over = next.filter(|next| write.actor() == Some(*next));
    if let Some(next) = next {
        let state = if takes_over.is_some() {
            E::Parts::TAKEN
        } else {
            E::Parts::ASKED
        };
        put_part::<E::Parts>(write, &row, parts, next, state).await?;
    }
    let more = i32::from(takes_over.is_some()) - i32::from(was_taken);
    let row = count_accepted::<E>(write, &row, more).await?;
    if let Some(me) = takes_over {
        let item = E::item(write, &row).await?;
        reminders::plan_for_takers(write, &item, &[me]).await?;
    }
    let about = |kind| Notification::of(kind, &row, write.scope().time_zone());
    let mut notifications = Vec::new();
    if let Some(asked) = next.filter(|_| takes_over.is_none()) {
        notifications.push(about(NotificationKind::Offered).to([asked]));
    }
    if was_taken && E::stage(&row) == Stage::On {
        let was = E::moment(&row);
        notifications.push(about(NotificationKind::TakenOff).to([member]).was(was));
        notifications.push(released_by::<E::Parts>(
            about(NotificationKind::CameFree),
            part,
        ));
    }
    let change = Change::to::<E>("released", &row).about(E::topic(&row));
    write.log(change.on_behalf_of(member)).await?;
    Ok((row, notifications))
}
