//! Decides which reminders one item should have. It depends only on its arguments.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::ActiveValue::Set;

use super::changed;
use crate::entity::ids::MemberId;
use crate::entity::reminder::{self, ReminderKind, ReminderState};
use crate::notify::reminders::item::{Item, fires_at};
use crate::notify::subject::SubjectId;
use crate::platform::time::civil::Moment;

/// How late a reminder with offset 0 may fire.
const GRACE: TimeDelta = TimeDelta::hours(1);

/// The offset in minutes that is used when all offsets of the item are in the past.
const LATE: i32 = 120;

/// How many minutes before the time of something that needs people its gap is told: first to
/// coordinators, then to those who could claim it.
const GAPS: [i32; 2] = [2880, LAST_GAP];

/// From so many minutes before the time on, those who could claim it are told.
pub(in crate::notify::reminders) const LAST_GAP: i32 = 1440;

/// The time of an item that is still to come.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timing<'a> {
    pub moment: Moment,
    /// The zone in which a date begins.
    pub zone: &'a str,
    /// The moment that the offsets count back from.
    pub due: DateTime<Utc>,
    /// The moment after which a reminder is of no use.
    pub not_after: DateTime<Utc>,
}

/// A member who takes part in an item from now on.
#[derive(Clone, Copy, Debug)]
pub struct Newcomer {
    pub item: SubjectId,
    pub member: MemberId,
    /// Whether the member said yes, and was not only asked.
    pub said_yes: bool,
}

/// A reminder that the item should have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    pub member: Option<MemberId>,
    pub kind: ReminderKind,
    pub offset_minutes: i32,
    pub fire_at: DateTime<Utc>,
    pub not_after: DateTime<Utc>,
}

/// The rows to write.
#[derive(Debug, Default)]
pub(super) struct Decided {
    pub changed: Vec<reminder::ActiveModel>,
    pub new: Vec<Wanted>,
}

/// Compares the reminders that an item has with those that it should have. Without a timing it
/// should have none.
pub(super) fn decide(
    item: &Item,
    timing: Option<Timing<'_>>,
    rows: &[reminder::Model],
    newcomers: &[Newcomer],
    takes_part: impl Fn(MemberId) -> bool,
    now: DateTime<Utc>,
) -> Decided {
    let is_current = |row: &&reminder::Model| row.schedule_version == item.schedule_version;
    let current = rows.iter().filter(is_current);
    let (of_gap, current): (Vec<_>, Vec<_>) = current.partition(|row| row.is_of_gap());
    let offsets = &item.offsets;
    let wanted = match timing {
        // An empty list means that the item has no reminders.
        Some(timing) if !offsets.is_empty() => {
            let drawer = Drawer {
                kind: item.kind,
                timing,
                current: &current,
                now,
            };
            let mut wanted = drawer.wanted(offsets, newcomers, takes_part);
            if item.is_uncovered.is_some() {
                wanted.extend(next_of_gap(timing, &of_gap, now));
            }
            wanted
        }
        _ => Vec::new(),
    };

    let mut decided = Decided::default();
    let is_of = |row: &reminder::Model, wanted: &Wanted| {
        row.schedule_version == item.schedule_version
            && row.member_id == wanted.member
            && row.offset_minutes == wanted.offset_minutes
            && row.is_of_gap() == (wanted.kind == ReminderKind::Uncovered)
    };
    for row in rows {
        let wanted = wanted.iter().find(|wanted| is_of(row, wanted));
        let times = wanted.map(|wanted| (wanted.fire_at, wanted.not_after));
        let stays = times == Some((row.fire_at, row.not_after));
        match (row.state, wanted) {
            (ReminderState::Planned, None) => {
                let state = ReminderState::Canceled;
                decided.changed.push(changed(row, state, None));
            }
            (ReminderState::Planned, Some(_)) if !stays => {
                let state = ReminderState::Planned;
                decided.changed.push(changed(row, state, times));
            }
            (ReminderState::Canceled, Some(wanted)) => {
                let state = ReminderState::Planned;
                let mut row = changed(row, state, times);
                row.kind = Set(wanted.kind);
                decided.changed.push(row);
            }
            _ => {}
        }
    }
    let is_new = |wanted: &Wanted| !rows.iter().any(|row| is_of(row, wanted));
    decided.new = wanted.into_iter().filter(is_new).collect();
    decided
}

/// The next reminder that an item needs people. It is planned for what is covered as well: whether
/// people are needed counts when it fires, so no change of the item's people has to plan it. When
/// it has fired, the item is planned again, which makes the one after it.
fn next_of_gap(
    timing: Timing<'_>,
    current: &[&reminder::Model],
    now: DateTime<Utc>,
) -> Option<Wanted> {
    let drawer = Drawer {
        kind: ReminderKind::Uncovered,
        timing,
        current,
        now,
    };
    GAPS.iter().find_map(|offset| drawer.slot(None, *offset))
}

/// What an item that is still to come should have.
struct Drawer<'a> {
    kind: ReminderKind,
    timing: Timing<'a>,
    /// The reminders that the item has at its present time.
    current: &'a [&'a reminder::Model],
    now: DateTime<Utc>,
}

impl Drawer<'_> {
    fn wanted(
        &self,
        offsets: &[i32],
        newcomers: &[Newcomer],
        takes_part: impl Fn(MemberId) -> bool,
    ) -> Vec<Wanted> {
        let mut wanted = self.of_item(offsets);
        let has_ended = |wanted: &Wanted| {
            let mut rows = self.current.iter();
            rows.any(|row| {
                row.member_id.is_none()
                    && row.offset_minutes == wanted.offset_minutes
                    && matches!(row.state, ReminderState::Fired | ReminderState::Expired)
            })
        };
        // All members who take part when such a reminder fires are reminded by it.
        let all_hear = wanted.iter().any(|wanted| !has_ended(wanted));
        wanted.extend(self.of_members(all_hear, takes_part));
        if !all_hear {
            for newcomer in newcomers {
                let late = self.of_newcomer(*newcomer, &wanted);
                wanted.extend(late);
            }
        }
        wanted
    }

    /// The reminders for all members: one at each offset that is ahead. If none is ahead, there is
    /// one two hours before, unless all members were reminded of this time already.
    fn of_item(&self, offsets: &[i32]) -> Vec<Wanted> {
        let slot = |offset: &i32| self.slot(None, *offset);
        let ahead: Vec<Wanted> = offsets.iter().filter_map(slot).collect();
        let was_reminded = self
            .current
            .iter()
            .any(|row| row.member_id.is_none() && row.state == ReminderState::Fired);
        if !ahead.is_empty() || was_reminded {
            return ahead;
        }
        self.slot(None, LATE).into_iter().collect()
    }

    /// The reminders for single members that are still of use. A confirmation stays. The others are
    /// dropped if there is a reminder for all members.
    fn of_members(&self, all_hear: bool, takes_part: impl Fn(MemberId) -> bool) -> Vec<Wanted> {
        let still = |row: &&&reminder::Model| {
            row.member_id.is_some_and(&takes_part)
                && match row.state {
                    ReminderState::Planned => true,
                    ReminderState::Canceled => row.kind != ReminderKind::ClaimConfirmation,
                    ReminderState::Fired | ReminderState::Expired => false,
                }
        };
        let wanted = |row: &&reminder::Model| {
            if row.kind == ReminderKind::ClaimConfirmation {
                return Some(Wanted {
                    member: row.member_id,
                    kind: row.kind,
                    offset_minutes: row.offset_minutes,
                    fire_at: row.fire_at,
                    not_after: row.not_after,
                });
            }
            let slot = self.slot(row.member_id, row.offset_minutes);
            slot.filter(|_| !all_hear)
        };
        self.current
            .iter()
            .filter(still)
            .filter_map(wanted)
            .collect()
    }

    /// A reminder of their own for a member whom no other reminder would reach.
    fn of_newcomer(&self, newcomer: Newcomer, wanted: &[Wanted]) -> Option<Wanted> {
        let member = Some(newcomer.member);
        let was_told = self
            .current
            .iter()
            .any(|row| row.member_id == member && row.state == ReminderState::Fired);
        if was_told || wanted.iter().any(|wanted| wanted.member == member) {
            return None;
        }
        let at_once = || Wanted {
            member,
            kind: ReminderKind::ClaimConfirmation,
            offset_minutes: self.minutes_left(),
            fire_at: self.now,
            not_after: self.timing.not_after,
        };
        let late = self.slot(member, LATE);
        late.or_else(|| newcomer.said_yes.then(at_once))
    }

    /// A reminder at an offset, if it is ahead, or is due and has not fired yet.
    fn slot(&self, member: Option<MemberId>, offset_minutes: i32) -> Option<Wanted> {
        let fire_at = fires_at(self.timing.moment, offset_minutes, self.timing.zone);
        let mut rows = self.current.iter();
        let waits = rows.any(|row| {
            row.member_id == member
                && row.offset_minutes == offset_minutes
                && row.state == ReminderState::Planned
                && row.fire_at == fire_at
        });
        (fire_at > self.now || waits).then(|| Wanted {
            member,
            kind: self.kind,
            offset_minutes,
            fire_at,
            not_after: self.timing.not_after.max(fire_at + GRACE),
        })
    }

    /// The whole minutes until the moment that offsets count back from.
    fn minutes_left(&self) -> i32 {
        let left = (self.timing.due - self.now).num_minutes().max(0);
        i32::try_from(left).unwrap_or(i32::MAX)
    }
}
