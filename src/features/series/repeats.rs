//! What a table of series says about itself, and what decides who takes part in which occurrence.

use std::future::{Future, ready};

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{Condition, EntityTrait};
use uuid::Uuid;

use super::making::Making;
use super::reach::Repetition;
use crate::access::limits::Limit;
use crate::access::{CircleOwned, CircleWrite, Locked, OwnId};
use crate::entity::ids::MemberId;
use crate::entity::notification::NotificationKind;
use crate::entity::task_series::SeriesState;
use crate::features::participation::{Doubt, HasParts, KeptParts, Part, TakesTime};
use crate::notify::subject::{Stage, Subject};
use crate::problem::Problem;
use crate::schedule::Repeated;
use crate::schedule::recurrence::Recurrence;

pub type ItemOf<S> = <S as Repeats>::Item;
pub type RowOf<E> = <E as EntityTrait>::Model;
/// The table of the parts that members have in the occurrences of a series.
pub type PartsOf<S> = <ItemOf<S> as HasParts>::Parts;
/// The state of such a part.
pub type PartStateOf<S> = <PartsOf<S> as Part>::State;

/// The columns of a series that its state and its dates are in.
pub struct SeriesColumns<Column> {
    pub topic: Column,
    pub state: Column,
    pub recurrence: Column,
    pub last_on: Column,
    pub made_until: Column,
    pub previous: Column,
}

/// A table of series: its rows repeat items of one kind.
pub trait Repeats: HasParts + OwnId + CircleOwned<Id: From<Uuid>> {
    /// What its occurrences are.
    type Item: TakesTime<Model: PartialEq>;
    /// When its first occurrence is.
    type Time: Repeated;
    type Turns: Turns<State = PartStateOf<Self>>;

    const COLUMNS: SeriesColumns<Self::Column>;

    /// The columns of an occurrence that name its series and its date.
    const SERIES: <Self::Item as EntityTrait>::Column;
    const ORIGINAL_ON: <Self::Item as EntityTrait>::Column;
    /// The column that says whether an occurrence was changed by itself.
    const IS_EXCEPTION: <Self::Item as EntityTrait>::Column;

    /// The columns of an occurrence that its series writes.
    const WRITTEN: &'static [<Self::Item as EntityTrait>::Column];

    /// The column of a part that says whether its member is away then. Where members are not counted,
    /// nobody looks at it.
    const IS_AWAY: Option<<PartsOf<Self> as EntityTrait>::Column> = None;

    /// How many series a circle has at most.
    const MOST: Limit;

    /// How many items a circle has at most, whether they belong to a series or not.
    const MOST_ITEMS: Limit;

    /// What the change log calls another time.
    const TIME_FIELDS: &'static [&'static str];

    /// What members are told when it takes place at another time.
    const MOVED: NotificationKind;

    fn state(row: &Self::Model) -> SeriesState;

    /// The rule by which it repeats, as it is stored.
    fn rule(row: &Self::Model) -> &str;

    /// The last date, if the rule ends.
    fn last_on(row: &Self::Model) -> Option<NaiveDate>;

    /// The last date up to which the occurrences are made.
    fn made_until(row: &Self::Model) -> NaiveDate;

    /// The time of the first occurrence.
    fn time(row: &Self::Model) -> Self::Time;

    fn write_time(row: &mut Self::ActiveModel, time: &Self::Time);

    /// What the row says about its dates.
    fn repetition(row: &Self::Model) -> Repetition {
        let time = Self::time(row);
        Repetition {
            first_on: time.day().unwrap_or_default(),
            recurrence: Recurrence::of_row(Self::rule(row)),
            state: Self::state(row),
            time_zone: time.zone().map(str::to_owned),
        }
    }

    /// Which occurrence an item is; none if it belongs to no series.
    fn occurrence(item: &RowOf<Self::Item>) -> Option<Occurrence>;

    /// Whether an occurrence is still to come, is done, or was canceled.
    fn item_stage(item: &RowOf<Self::Item>) -> Stage {
        <Self::Item as Subject>::stage(item)
    }

    /// Which items count toward [`Self::MOST_ITEMS`].
    fn counted_items(now: DateTime<Utc>) -> Condition;

    /// Whether an item counts toward [`Self::MOST_ITEMS`].
    fn is_counted(item: &RowOf<Self::Item>, now: DateTime<Utc>) -> bool;

    /// The occurrence on a date as the series describes it: a new row, or `before` changed. Its
    /// new members are not in it yet.
    fn on_date(
        write: &CircleWrite,
        row: &Self::Model,
        on: NaiveDate,
        before: Option<&RowOf<Self::Item>>,
    ) -> Result<RowOf<Self::Item>, Problem>;

    /// The occurrence, canceled with its series.
    fn called_off(write: &CircleWrite, before: &RowOf<Self::Item>) -> RowOf<Self::Item>;

    /// Who takes part in which of its occurrences, up to a date.
    fn turns(row: &Self::Model, related: &Self::Related, until: NaiveDate) -> Self::Turns;

    /// How many more members can have an occurrence; `None` if they are not counted.
    fn room(_: &RowOf<Self::Item>) -> Option<usize> {
        None
    }

    /// The occurrence when so many more members have it, and so many of them are uncertain.
    fn counted(item: RowOf<Self::Item>, _more: i32, _uncertain: i32) -> RowOf<Self::Item> {
        item
    }

    /// Whether the member of a part may not do what they have. Where members are not counted, a part is
    /// not handed over either.
    fn doubt(_: &RowOf<PartsOf<Self>>) -> Doubt {
        Doubt::default()
    }

    /// Whether a change of the occurrence concerns the member.
    fn concerns(part: &RowOf<PartsOf<Self>>) -> bool {
        PartsOf::<Self>::is_open(part)
    }

    /// Whether a member whose part is in this state is reminded of the occurrence.
    fn is_reminded_in(state: PartStateOf<Self>) -> bool {
        state == PartsOf::<Self>::TAKEN
    }

    /// Whether the member is reminded of the occurrence.
    fn is_reminded(part: &RowOf<PartsOf<Self>>) -> bool {
        Self::is_reminded_in(PartsOf::<Self>::state_of(part))
    }

    /// Whether the part ends when the member does not have the occurrence any more.
    fn ends(part: &RowOf<PartsOf<Self>>) -> bool {
        Self::is_reminded(part)
    }

    /// Whether the part was taken off the member, who can have it again.
    fn was_taken_off(_: &RowOf<PartsOf<Self>>) -> bool {
        false
    }

    /// Ends these parts when the transaction commits, and writes what is different in those that stay.
    fn take_off(
        write: &CircleWrite,
        parts: &[RowOf<PartsOf<Self>>],
        kept: &KeptParts<PartsOf<Self>>,
    );

    /// Whether a change of the series changes what belongs to its occurrences.
    fn changes_around(_was: &Self::Model, _row: &Self::Model) -> bool {
        false
    }

    /// Writes what belongs to the occurrences: the needs of appointments, the checklists of tasks.
    fn follow(
        _write: &mut CircleWrite,
        _was: &Self::Model,
        _row: &Self::Model,
        _making: &mut Making<Self>,
    ) -> impl Future<Output = Result<(), Problem>> + Send {
        ready(Ok(()))
    }

    /// Writes what time changes in the row of a series that gets more occurrences. Only the job does it:
    /// it comes to each series once a week, however often people change it.
    fn move_up(
        _row: &mut Self::ActiveModel,
        _series: &Self::Model,
        _related: &Self::Related,
        _today: NaiveDate,
    ) {
    }

    /// Writes what begins anew in the row of a series that continues `old` from a date on.
    fn begin_anew(_row: &mut Self::ActiveModel, _old: &Self::Model, _on: NaiveDate) {}

    /// Gives a new series the members of the series that it continues from a date on.
    fn carry_over(
        series: &mut Locked<Self>,
        old: &Self::Model,
        on: NaiveDate,
    ) -> Result<(), Problem>;
}

/// Which occurrence of its series an item is.
#[derive(Clone, Copy, Debug)]
pub struct Occurrence {
    /// The date that the rule gives it.
    pub on: NaiveDate,
    /// Whether it was changed or canceled by itself.
    pub is_exception: bool,
}

/// Who does which occurrence, or comes to it.
pub trait Turns: Send + Sync {
    /// The state of a part in an occurrence.
    type State;

    /// The members who have the occurrence on a date.
    fn of(&self, on: NaiveDate) -> Vec<MemberId>;
    /// Whether a member has a part in the series, or had one.
    fn includes(&self, member: MemberId) -> bool;
    /// Whether a member had a part in the series and gave it back, or it was taken off them.
    fn gave_back(&self, member: MemberId) -> bool;
    /// Whether a member gets a part in occurrences that are there already.
    fn joins(&self, _: MemberId) -> bool {
        true
    }
    /// The state of the part in an occurrence that a member gets.
    fn first_state(&self, member: MemberId) -> Self::State;
    /// Whether a member who takes the series on gets an occurrence in which their part is in this state.
    fn takes_anew(&self, state: Self::State) -> bool;
    /// Who asked a member for the whole series, if it was not the member who acts.
    fn asked_by(&self, _: MemberId) -> Option<MemberId> {
        None
    }
}
