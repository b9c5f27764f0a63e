//! Who does which task of a series: everybody who has accepted, or one member after the other.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::subject::repetition_of;
use crate::entity::ids::MemberId;
use crate::entity::task_series;
use crate::entity::task_series_member::{self, SeriesMemberState};
use crate::features::series::repeats::Turns;

/// How many turns are counted. The first turn moves up before there are as many.
const COUNTED: usize = 1000;

/// The turns of a series as its members are now.
pub struct SeriesTurns {
    /// The members who have accepted, in the order in which they joined.
    accepted: Vec<MemberId>,
    /// Everybody who has a part, or had one, and did not decline.
    members: Vec<MemberId>,
    /// The members who gave it back, or off whom it was taken.
    gave_back: Vec<MemberId>,
    /// If they take turns, the place of each date in the order.
    order: Option<Order>,
}

struct Order {
    places: HashMap<NaiveDate, usize>,
    /// The member of each turn; none if that member has not accepted or gave it back.
    members: Vec<Option<MemberId>>,
}

impl SeriesTurns {
    /// The turns up to a date.
    pub fn of_series(
        series: &task_series::Model,
        parts: &[task_series_member::Model],
        until: NaiveDate,
    ) -> Self {
        let in_state = |fits: &dyn Fn(SeriesMemberState) -> bool| {
            let those = parts.iter().filter(|part| fits(part.state));
            those.map(|part| part.member_id).collect::<Vec<_>>()
        };
        Self {
            accepted: in_state(&|state| state == SeriesMemberState::Accepted),
            members: in_state(&|state| state != SeriesMemberState::Declined),
            gave_back: in_state(&|state| state == SeriesMemberState::Released),
            order: series
                .turns_from
                .map(|from| Order::of(series, parts, from, until)),
        }
    }
}

impl Order {
    fn of(
        series: &task_series::Model,
        parts: &[task_series_member::Model],
        from: NaiveDate,
        until: NaiveDate,
    ) -> Self {
        let repetition = repetition_of(series);
        let dates = repetition
            .recurrence
            .dates(repetition.first_on, from, until, COUNTED);
        let mut turns: Vec<_> = parts
            .iter()
            .filter_map(|part| part.turn.map(|turn| (turn, part)))
            .collect();
        turns.sort_by_key(|(turn, _)| *turn);
        let member = |(_, part): (i32, &task_series_member::Model)| {
            (part.state == SeriesMemberState::Accepted).then_some(part.member_id)
        };
        Self {
            places: dates
                .into_iter()
                .enumerate()
                .map(|(place, on)| (on, place))
                .collect(),
            members: turns.into_iter().map(member).collect(),
        }
    }
}

impl Turns for SeriesTurns {
    fn of(&self, on: NaiveDate) -> Vec<MemberId> {
        let Some(order) = &self.order else {
            return self.accepted.clone();
        };
        let Some(place) = order.places.get(&on) else {
            return Vec::new();
        };
        let turn = place.checked_rem(order.members.len());
        let member = turn.and_then(|turn| order.members.get(turn).copied().flatten());
        member.into_iter().collect()
    }

    fn includes(&self, member: MemberId) -> bool {
        self.members.contains(&member)
    }

    fn gave_back(&self, member: MemberId) -> bool {
        self.gave_back.contains(&member)
    }
}

/// How many turns pass in a series before a date, without whole rounds.
pub fn turns_before(
    series: &task_series::Model,
    parts: &[task_series_member::Model],
    on: NaiveDate,
) -> i32 {
    let (Some(mut from), Some(until)) = (series.turns_from, on.pred_opt()) else {
        return 0;
    };
    let repetition = repetition_of(series);
    let rule = &repetition.recurrence;
    let mut passed = 0;
    loop {
        let dates = rule.dates(repetition.first_on, from, until, COUNTED);
        passed += dates.len();
        match dates.last().and_then(NaiveDate::succ_opt) {
            Some(next) if dates.len() == COUNTED => from = next,
            _ => break,
        }
    }
    let turns = parts.iter().filter(|part| part.turn.is_some()).count();
    let passed = passed.checked_rem(turns).unwrap_or(0);
    i32::try_from(passed).unwrap_or(0)
}

/// The date from which turns are counted, moved up to the last round before today, so that an old
/// series counts no more turns than a new one.
pub fn turns_from(
    series: &task_series::Model,
    parts: &[task_series_member::Model],
    today: NaiveDate,
) -> Option<NaiveDate> {
    let from = series.turns_from?;
    let turns = parts.iter().filter(|part| part.turn.is_some()).count();
    let repetition = repetition_of(series);
    let dates = repetition
        .recurrence
        .dates(repetition.first_on, from, today, COUNTED);
    let rounds = dates.len().checked_div(turns).unwrap_or(0);
    let begins = |round: usize| dates.get(round * turns).copied();
    Some(rounds.checked_sub(1).and_then(begins).unwrap_or(from))
}
