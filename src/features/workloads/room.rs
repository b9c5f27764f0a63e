//! Who could take something on: one of three words, from what a member does and the time that they
//! have for it. It is no number, so that nobody compares members by it.

use crate::entity::membership::Capacity;
use crate::entity::wire_enum;

wire_enum! {
    /// Whether a member could take something on.
    Room {
        /// The member does less than half of what they have time for.
        HasRoom = "has_room",
        /// The member does about as much as they have time for.
        Balanced = "balanced",
        /// The member does more than they have time for.
        CouldUseHelp = "could_use_help",
    }
}

/// For how many weeks a member's work is added up.
pub(super) const WEEKS: i64 = 4;

/// How many minutes a week a role without an estimate counts.
const ROLE: i64 = 60;
/// How many minutes a task without an estimate counts.
const TASK: i64 = 30;
/// How many minutes a need that takes all day counts.
const DAY: i64 = 240;

/// What a member really did, in minutes over the last [`WEEKS`], with an estimate for what has none.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Done(i64);

impl Done {
    /// Adds a role that the member carries, each week.
    pub fn add_role(&mut self, minutes_per_week: Option<i32>) {
        self.0 += minutes_per_week.map_or(ROLE, i64::from) * WEEKS;
    }

    /// Adds tasks: the minutes of those with an estimate, and the number of the others.
    pub fn add_tasks(&mut self, minutes: i64, others: i64) {
        self.0 += minutes + others * TASK;
    }

    /// Adds a need. It has no minutes if it takes all day.
    pub fn add_need(&mut self, minutes: Option<i64>) {
        self.0 += minutes.unwrap_or(DAY);
    }
}

impl Room {
    /// From what the member did, and the capacity that they declared.
    pub(super) fn of(Done(done): Done, capacity: Option<Capacity>) -> Self {
        let time = time_of(capacity) * WEEKS;
        if done > time {
            Self::CouldUseHelp
        } else if done * 2 < time {
            Self::HasRoom
        } else {
            Self::Balanced
        }
    }
}

/// How many minutes a week a member has time.
fn time_of(capacity: Option<Capacity>) -> i64 {
    match capacity {
        Some(Capacity::ALittle) => 60,
        None | Some(Capacity::SomeHours) => 4 * 60,
        Some(Capacity::ALot) => 14 * 60,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn less_than_half_of_the_time_is_room_and_more_than_all_of_it_is_too_much() {
        for (capacity, time) in [
            (Some(Capacity::ALittle), 240),
            (Some(Capacity::SomeHours), 960),
            (None, 960),
            (Some(Capacity::ALot), 3360),
        ] {
            for (done, room) in [
                (0, Room::HasRoom),
                (time / 2 - 1, Room::HasRoom),
                (time / 2, Room::Balanced),
                (time, Room::Balanced),
                (time + 1, Room::CouldUseHelp),
            ] {
                assert_eq!(Room::of(Done(done), capacity), room, "{capacity:?} {done}");
            }
        }
    }

    #[test]
    fn what_has_no_estimate_counts_too() {
        let mut done = Done::default();
        done.add_role(Some(10));
        assert_eq!(done.0, 40);
        done.add_role(None);
        assert_eq!(done.0, 280);
        done.add_tasks(100, 2);
        assert_eq!(done.0, 440);
        done.add_need(Some(20));
        done.add_need(None);
        assert_eq!(done.0, 700);
    }
}
