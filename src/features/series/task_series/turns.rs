//! Who does which task of a series: everybody who has accepted, or one member after the other.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::subject::repetition_of;
use crate::entity::ids::MemberId;
use crate::entity::task_assignment::TaskAssignmentState;
use crate::entity::task_series;
use crate::entity::task_series_member::{self, SeriesMemberState};
use crate::features::series::repeats::Turns;
use crate::schedule::recurrence::MOST_DATES;

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
        let dates = all_dates(series, from, until);
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
    type State = TaskAssignmentState;

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

    fn first_state(&self, _: MemberId) -> TaskAssignmentState {
        TaskAssignmentState::Accepted
    }

    fn takes_anew(&self, state: TaskAssignmentState) -> bool {
        state == TaskAssignmentState::Offered
    }
}

/// How many turns pass in a series before a date, without whole rounds.
pub fn turns_before(
    series: &task_series::Model,
    parts: &[task_series_member::Model],
    on: NaiveDate,
) -> i32 {
    let (Some(from), Some(until)) = (series.turns_from, on.pred_opt()) else {
        return 0;
    };
    let passed = all_dates(series, from, until).len();
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
    let dates = all_dates(series, from, today);
    let rounds = dates.len().checked_div(turns).unwrap_or(0);
    let begins = |round: usize| dates.get(round * turns).copied();
    Some(rounds.checked_sub(1).and_then(begins).unwrap_or(from))
}

/// All dates of a series between these days, both included, however many there are. The turns of a
/// series that had a break of years, and did not move up, are counted on from before it.
fn all_dates(series: &task_series::Model, from: NaiveDate, until: NaiveDate) -> Vec<NaiveDate> {
    let repetition = repetition_of(series);
    let some = |from| {
        let rule = &repetition.recurrence;
        rule.dates(repetition.first_on, from, until, MOST_DATES)
    };
    let mut dates = some(from);
    let mut found = dates.len();
    while found == MOST_DATES {
        let Some(next) = dates.last().and_then(NaiveDate::succ_opt) else {
            break;
        };
        let more = some(next);
        found = more.len();
        dates.extend(more);
    }
    dates
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::entity::task::TaskCategory;
    use crate::entity::task_series::SeriesState;
    use crate::entity::topic_grant::Topic;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// A daily series, in which members take turns since 2020.
    fn series() -> task_series::Model {
        let now = "2020-01-01T00:00:00Z".parse().unwrap();
        task_series::Model {
            circle_id: Uuid::from_u128(1).into(),
            id: Uuid::from_u128(2).into(),
            task_list_id: None,
            title: "Insulin".to_owned(),
            notes: None,
            category: TaskCategory::Medication,
            topic: Topic::Health,
            due_on: Some(day("2020-01-01")),
            due_local: None,
            starts_local: None,
            time_zone: None,
            recurrence: "FREQ=DAILY".to_owned(),
            last_on: None,
            effort_minutes: None,
            people_needed: 1,
            reminder_minutes: "[]".to_owned(),
            lapse_after_days: None,
            checklist: "[]".to_owned(),
            state: SeriesState::Active,
            turns_from: Some(day("2020-01-01")),
            made_until: day("2030-01-01"),
            previous_series_id: None,
            version: 1,
            created_at: now,
            created_by_member_id: None,
            updated_at: now,
            sent_hash: None,
        }
    }

    fn member(turn: i32) -> task_series_member::Model {
        let id = Uuid::from_u128(10 + u128::from(turn.unsigned_abs()));
        let now = "2020-01-01T00:00:00Z".parse().unwrap();
        task_series_member::Model {
            circle_id: Uuid::from_u128(1).into(),
            id: id.into(),
            series_id: Uuid::from_u128(2).into(),
            member_id: id.into(),
            state: SeriesMemberState::Accepted,
            turn: Some(turn),
            version: 1,
            created_at: now,
            created_by_member_id: None,
            updated_at: now,
        }
    }

    #[test]
    fn turns_go_on_after_years_in_which_they_did_not_move_up() {
        let (mut series, members) = (series(), [0, 1, 2].map(member));
        let whose = |series: &task_series::Model, on: NaiveDate| {
            let turns = SeriesTurns::of_series(series, &members, day("2030-01-01"));
            turns.of(on)
        };
        // 2,922 and 3,653 days after the first turn.
        for (on, turn) in [("2028-01-01", 0), ("2030-01-01", 2)] {
            assert_eq!(whose(&series, day(on)), [members[turn].member_id], "{on}");
        }
        assert_eq!(turns_before(&series, &members, day("2030-01-01")), 2);
        series.turns_from = turns_from(&series, &members, day("2029-12-15"));
        assert!(series.turns_from > Some(day("2029-12-01")));
        assert_eq!(whose(&series, day("2030-01-01")), [members[2].member_id]);
    }
}
