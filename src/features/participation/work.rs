//! What members take part in, and what they claim: a task, a need, an appointment. How a
//! member is asked, claims, declines or releases it, or is taken off it.

use std::future::Future;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveModelTrait, Condition, EntityTrait, IntoActiveModel};

use super::overlap::{BusyColumns, BusyTime, check_overlap};
use super::part::{
    Part, Row, changed_part, members_in, new_part, part_of, part_of_caller, put_part_later,
    released_by,
};
use super::related::{RelatedParts, replace};
use super::release::{ReleaseOutcome, ReleasePlan};
use super::uncertain::{Uncertain, uncertain_in, withdraw_handovers_later};
use crate::access::{
    Absences, CircleWrite, Lockable, Locked, MemberLevels, ON_BEHALF_OF, Verb, levels_of,
    unknown_member,
};
use crate::entity::ids::MemberId;
use crate::entity::membership::{self, MemberState};
use crate::entity::notification::NotificationKind;
use crate::notify::notifications::{self, Notification};
use crate::notify::reminders;
use crate::notify::subject::{Reminded, Subject};
use crate::platform::time::civil::Moment;
use crate::problem::{Conflict, FieldErrorCode, Problem, ProblemCode};

/// Something in which members have parts. They are notified about it.
pub trait HasParts: Subject + Lockable<Related: RelatedParts<<Self as HasParts>::Parts>> {
    type Parts: Part<Parent = Self>;
}

/// Something in which members have parts, and that takes place once. They are reminded of it.
pub trait TakesTime: HasParts + Reminded {
    /// The time that it takes; `None` if it takes none, such as a task with only a due
    /// time.
    fn busy_time(row: &Self::Model) -> Option<BusyTime>;

    /// The columns that [`busy_time`](Self::busy_time) depends on.
    fn busy_columns() -> BusyColumns;

    /// The rows that take the time of those who claimed or accepted them: they will take
    /// place, and take a time.
    fn is_binding() -> Condition;

    /// Releases the parts of the member in the plan, and notes what was released. A kind of
    /// [`Work`] does it with [`release_work`](super::release_work).
    fn release(
        write: &mut CircleWrite,
        plan: &ReleasePlan<'_>,
        outcome: &mut ReleaseOutcome,
    ) -> impl Future<Output = Result<(), Problem>> + Send;
}

/// Something that needs a number of people.
pub trait Work: TakesTime + HasParts<Parts: Uncertain> {
    /// The detail of the problem when a member who is asked cannot claim it.
    const CANNOT_TAKE_PART: &'static str;

    /// The state of a part whose member can no longer do it.
    const RELEASED: <Self::Parts as Part>::State;

    /// What it is called in the list of what was released.
    fn title(row: &Self::Model) -> String;

    /// The rows that are released when a member goes. What is over stays with the member.
    fn is_ahead(now: DateTime<Utc>) -> Condition;

    /// How many members have claimed it.
    const ACCEPTED: Self::Column;
    /// How many of these are uncertain.
    const UNCERTAIN: Self::Column;
    /// Whether the member of a part is away when it takes place.
    const IS_AWAY: <Self::Parts as EntityTrait>::Column;
    /// How many members are needed.
    const NEEDED: Self::Column;

    fn accepted(row: &Self::Model) -> i32;
    fn uncertain(row: &Self::Model) -> i32;

    fn needed(row: &Self::Model) -> i32;

    /// The rows that need more people: a place is free, or a member who has claimed it is uncertain.
    /// Others can claim it then, and an offer counts. For a row that was read, use
    /// [`needs_people`](crate::notify::subject::Subject::needs_people).
    fn is_uncovered() -> Expr {
        Self::certain().lt(Expr::col((Self::default(), Self::NEEDED)))
    }

    /// How many members have claimed a row and may do it.
    fn certain() -> Expr {
        let column = |column: Self::Column| Expr::col((Self::default(), column));
        column(Self::ACCEPTED).sub(column(Self::UNCERTAIN))
    }

    /// Whether the member fills a place, so that they are not asked again.
    fn has_place(part: &Row<Self::Parts>) -> bool {
        Self::Parts::state_of(part) == Self::Parts::TAKEN
    }
}

type StateOf<E> = <<E as HasParts>::Parts as Part>::State;

impl<E: HasParts> Locked<E> {
    /// The parts of all members in it, the oldest first.
    pub fn parts(&self) -> &[Row<E::Parts>] {
        self.related.parts()
    }

    /// The caller's own part.
    pub fn my_part(&self) -> Option<&Row<E::Parts>> {
        part_of_caller::<E::Parts>(self.write.scope(), self.parts())
    }

    /// The state of the caller's own part.
    pub fn my_state(&self) -> Option<StateOf<E>> {
        self.my_part().map(E::Parts::state_of)
    }

    /// From now on the caller acts for this member without an account.
    pub async fn act_for(&mut self, member: Option<MemberId>) -> Result<(), Problem> {
        let topic = E::topic(&self.row);
        self.write.act_for(ON_BEHALF_OF, member, topic).await
    }

    /// Puts a changed part in the place of the old one, or adds a new one.
    pub fn replace_part(&mut self, part: Row<E::Parts>) {
        replace::<E::Parts>(self.related.parts_mut(), part);
    }

    /// A notification about it as it is now.
    pub fn notification(&self, kind: NotificationKind) -> Notification {
        Notification::of(kind, &self.row, self.write.scope().time_zone())
    }

    /// A notification to the members whose part is in one of these states. `was` is the time
    /// that it had before.
    fn to_members_in(
        &self,
        kind: NotificationKind,
        was: Option<Moment>,
        states: &[StateOf<E>],
    ) -> Notification {
        let concerned = members_in::<E::Parts>(self.parts(), states);
        self.notification(kind).was(was).to(concerned)
    }

    /// A notification to the members who have it or were asked to claim it. `was` is the time
    /// that it had before.
    pub fn to_concerned(&self, kind: NotificationKind, was: Option<Moment>) -> Notification {
        self.to_members_in(kind, was, &E::Parts::OPEN)
    }

    /// Tells the members whose part is in one of these states.
    pub async fn notify(
        &self,
        kind: NotificationKind,
        was: Option<Moment>,
        states: &[StateOf<E>],
    ) -> Result<(), Problem> {
        let notification = self.to_members_in(kind, was, states);
        notifications::notify(&self.write, vec![notification]).await
    }

    /// Tells the members who have it or were asked to claim it.
    pub async fn notify_concerned(
        &self,
        kind: NotificationKind,
        was: Option<Moment>,
    ) -> Result<(), Problem> {
        let notification = self.to_concerned(kind, was);
        notifications::notify(&self.write, vec![notification]).await
    }

    /// Tells the members who relied on the caller, who declined or released it.
    pub async fn notify_who_relied(&self, kind: NotificationKind) -> Result<(), Problem> {
        let Some(my_part) = self.my_part() else {
            return Ok(());
        };
        let notification = released_by::<E::Parts>(self.notification(kind), my_part);
        notifications::notify(&self.write, vec![notification]).await
    }

    /// Puts a member's part into a state. It is written when the transaction commits.
    pub fn put_part(&mut self, member: MemberId, state: StateOf<E>) -> Result<(), Problem> {
        let (write, row) = (&self.write, &self.row);
        let part = put_part_later::<E::Parts>(write, row, self.parts(), member, state)?;
        self.replace_part(part);
        Ok(())
    }
}

impl<E: TakesTime> Locked<E> {
    /// Refuses a time that overlaps something else that the caller has claimed or accepted.
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
    /// Claims it, with a verb that leads the caller's own part there. There must be a free place, or
    /// a member who is away then or hands theirs over, and no overlap with what else the caller has
    /// claimed.
    pub async fn claim(&mut self, verb: E::Verb, allow_overlap: bool) -> Result<(), Problem> {
        if self.check_unless_in_effect(verb)? {
            self.claim_place(verb, allow_overlap).await?;
        }
        Ok(())
    }

    async fn claim_place(&mut self, verb: E::Verb, allow_overlap: bool) -> Result<(), Problem> {
        if E::has_room(&self.row) {
            self.check_overlap(allow_overlap).await?;
            return self.put_my_part(verb).await;
        }
        let Some(part) = self.part_to_take_over().await? else {
            let detail = "Enough members have claimed this already.";
            return Err(Conflict::of(ProblemCode::FullyCovered, detail).into());
        };
        self.check_overlap(allow_overlap).await?;
        self.take_over(&part, verb).await
    }

    /// Declines or releases it; the members who relied on the caller are told.
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

    /// Puts the caller's own part into the state to which the verb leads, and counts who
    /// has accepted.
    async fn put_my_part(&mut self, verb: E::Verb) -> Result<(), Problem> {
        let me = self.write.scope().member_id().ok_or(Problem::NotFound)?;
        let Some(state) = verb.rule().my_part_to else {
            return Ok(());
        };
        self.put_part_of(me, state).await?;
        if state == E::Parts::TAKEN {
            self.plan_reminders(&[me]).await?;
        } else {
            let subject = E::subject_id(&self.row);
            reminders::cancel_for_members_later(&self.write, subject, &[me]);
        }
        self.log(verb, Vec::new()).await
    }

    async fn put_part_of(&mut self, member: MemberId, state: StateOf<E>) -> Result<(), Problem> {
        let before = part_of::<E::Parts>(self.parts(), member);
        withdraw_handovers_later::<E::Parts>(&self.write, before);
        let taken = |state| i32::from(state == Some(E::Parts::TAKEN));
        let more = taken(Some(state)) - taken(before.map(E::Parts::state_of));
        self.change_part(member, state).await?;
        self.count_parts(more)
    }

    /// Puts the part of a member into a state, and notes whether they are away then. The row is not
    /// counted yet.
    pub(super) async fn change_part(
        &mut self,
        member: MemberId,
        state: StateOf<E>,
    ) -> Result<(), Problem> {
        let (write, row) = (&self.write, &self.row);
        let takes_it = state == E::Parts::TAKEN;
        let is_away = takes_it && {
            let absences = Absences::of(write, &[member]).await?;
            absences.covers(member, E::moment(row))
        };
        let before = part_of::<E::Parts>(self.parts(), member);
        let mut part = match before {
            Some(before) => changed_part::<E::Parts>(write, before, state),
            None => new_part::<E::Parts>(write, row, member, state),
        };
        part.set(E::IS_AWAY, is_away.into());
        let part = match before {
            Some(before) => write.update_later::<E::Parts>(before, part)?,
            None => write.insert_later::<E::Parts>(part)?,
        };
        self.replace_part(part);
        Ok(())
    }

    /// Counts the version up because a part changed, and counts how many have claimed it and how many
    /// of these are uncertain.
    pub(super) fn count_parts(&mut self, more: i32) -> Result<(), Problem> {
        let mut row = self.row.clone().into_active_model();
        row.set(E::ACCEPTED, (E::accepted(&self.row) + more).into());
        let uncertain = uncertain_in::<E::Parts>(self.parts());
        row.set(E::UNCERTAIN, uncertain.into());
        self.row = self.write.update_later::<E>(&self.row, row)?;
        Ok(())
    }

    /// Brings its reminders up to date; `takers` have just said yes. The parts count as they are
    /// here, also if their change waits for the commit.
    pub async fn plan_reminders(&self, takers: &[MemberId]) -> Result<(), Problem> {
        let item = E::item(&self.write, &self.row).await?;
        let holders = members_in::<E::Parts>(self.parts(), &[E::Parts::TAKEN]);
        reminders::plan_with_parts(&self.write, &item, &holders, takers).await
    }

    /// Offers it to a member, unless they have it or were asked. Callers who offer it to
    /// themselves claim it with the verb `claim`.
    pub async fn offer(
        &mut self,
        member: MemberId,
        verb: E::Verb,
        claim: E::Verb,
    ) -> Result<(), Problem> {
        self.check(verb)?;
        let member = require_levels(&self.write, "/member_id", member).await?;
        if !member.may_take_part(E::topic(&self.row)) {
            let detail = E::CANNOT_TAKE_PART;
            return Err(Problem::field(
                "/member_id",
                FieldErrorCode::MemberCannotTakePart,
                detail,
            ));
        }
        let member = member.row;
        let part = part_of::<E::Parts>(self.parts(), member.id);
        if self.write.scope().is_member(member.id) {
            if !part.is_some_and(E::has_place) {
                self.claim_place(claim, false).await?;
            }
        } else if !is_asked::<E>(part) {
            self.related.know(&member);
            self.put_part_of(member.id, E::Parts::ASKED).await?;
            self.log(verb, Vec::new()).await?;
            let notification = self.notification(NotificationKind::Offered).to([member.id]);
            notifications::notify(&self.write, vec![notification]).await?;
        }
        Ok(())
    }
}

/// Whether a member has a part already, or was asked.
pub(super) fn is_asked<E: Work>(part: Option<&Row<E::Parts>>) -> bool {
    part.is_some_and(|part| E::Parts::is_open(part) || E::has_place(part))
}

/// An active member, or the problem with the field that names them.
pub async fn require_active(
    write: &CircleWrite,
    pointer: &'static str,
    id: MemberId,
) -> Result<membership::Model, Problem> {
    write
        .find_one::<membership::Entity>(id)
        .await?
        .filter(|member| member.state == MemberState::Active)
        .ok_or_else(|| Problem::Invalid(vec![unknown_member(pointer)]))
}

/// Like [`require_active`], with the levels of the member.
pub async fn require_levels(
    write: &CircleWrite,
    pointer: &'static str,
    id: MemberId,
) -> Result<MemberLevels, Problem> {
    levels_of(write, &[id])
        .await?
        .pop()
        .filter(|member| member.row.state == MemberState::Active)
        .ok_or_else(|| Problem::Invalid(vec![unknown_member(pointer)]))
}
