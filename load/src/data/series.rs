//! The series of a circle. Half of the tasks are occurrences of two daily series, and all appointments
//! are those of one series. So there are no more tasks and appointments because of them.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use kith::entity::appointment::AppointmentKind;
use kith::entity::appointment_series;
use kith::entity::appointment_series_attendee::{self, AttendeeResponse};
use kith::entity::ids::{AppointmentSeriesId, TaskSeriesId};
use kith::entity::task::{TaskCategory, TaskState};
use kith::entity::task_series::{self, SeriesState};
use kith::entity::topic_grant::Topic;
use sea_orm::ActiveValue::Set;

use super::{ZONE, appointments, circle_id, due_of, id, member_id, state_of};

/// How many series of tasks a circle has.
pub const TASK_SERIES: u64 = 2;
/// The number of the need in the series of appointments.
pub const NEED: i32 = 1;

fn task_series_id(circle: u64, number: u64) -> TaskSeriesId {
    id(15, circle * TASK_SERIES + number)
}

pub fn appointment_series_id(circle: u64) -> AppointmentSeriesId {
    id(16, circle)
}

/// So far the server makes occurrences: it makes no more during the measurement.
fn made_until(now: DateTime<Utc>) -> NaiveDate {
    now.date_naive() + Days::new(60)
}

/// The first task of a series. Those after it are a day apart.
fn first_task(series: u64) -> u64 {
    2 * series + 1
}

/// The series of a task, and the date that the series gives it, unless the task is a single one.
pub fn of_task(
    (circle, number): (u64, u64),
    now: DateTime<Utc>,
) -> Option<(TaskSeriesId, NaiveDate)> {
    let is_single = number.is_multiple_of(2) || state_of(number) == TaskState::Proposed;
    let series = number % 4 / 2;
    let on = due_of(number, now).date();
    (!is_single).then(|| (task_series_id(circle, series), on))
}

pub fn a_task_series((circle, number): (u64, u64), now: DateTime<Utc>) -> task_series::ActiveModel {
    let due = due_of(first_task(number), now);
    // The tasks of the second series have only a date.
    let local = (number == 0).then_some(due);
    let (topic, category) = match number {
        0 => (Topic::Daily, TaskCategory::Household),
        _ => (Topic::Family, TaskCategory::Paperwork),
    };
    task_series::ActiveModel {
        circle_id: Set(circle_id(circle)),
        id: Set(task_series_id(circle, number)),
        task_list_id: Set(None),
        title: Set(format!("Something to do each day, number {number}")),
        notes: Set(None),
        category: Set(category),
        topic: Set(topic),
        due_on: Set(local.is_none().then_some(due.date())),
        due_local: Set(local),
        starts_local: Set(local.map(|due| due - TimeDelta::hours(1))),
        time_zone: Set(local.map(|_| ZONE.into())),
        recurrence: Set("FREQ=DAILY".into()),
        last_on: Set(None),
        effort_minutes: Set(Some(30)),
        people_needed: Set(1),
        reminder_minutes: Set("[1440]".into()),
        lapse_after_days: Set(None),
        checklist: Set("[]".into()),
        state: Set(SeriesState::Active),
        turns_from: Set(None),
        made_until: Set(made_until(now)),
        previous_series_id: Set(None),
        version: Set(1),
        created_at: Set(now),
        created_by_member_id: Set(Some(member_id(circle, 1))),
        updated_at: Set(now),
        sent_hash: Set(None),
    }
}

pub fn an_appointment_series(circle: u64, now: DateTime<Utc>) -> appointment_series::ActiveModel {
    let starts = appointments::starts(0, now);
    let needs = format!(
        r#"[{{"number":{NEED},"kind":"driver","people_needed":1,"pickup_location":"At home","dropoff_location":null,"notes":null,"time":null}}]"#
    );
    appointment_series::ActiveModel {
        circle_id: Set(circle_id(circle)),
        id: Set(appointment_series_id(circle)),
        kind: Set(AppointmentKind::Medical),
        title: Set("Blood count".into()),
        topic: Set(Topic::Health),
        starts_on: Set(None),
        ends_on: Set(None),
        starts_local: Set(Some(starts)),
        ends_local: Set(Some(starts + TimeDelta::hours(1))),
        time_zone: Set(Some(ZONE.into())),
        recurrence: Set("FREQ=DAILY;INTERVAL=3".into()),
        last_on: Set(None),
        location: Set(Some("Third floor".into())),
        video_link: Set(None),
        care_contact_name: Set(None),
        care_contact_phone: Set(None),
        preparation: Set(None),
        reminder_minutes: Set("[]".into()),
        needs: Set(needs),
        state: Set(SeriesState::Active),
        made_until: Set(made_until(now)),
        previous_series_id: Set(None),
        version: Set(1),
        created_at: Set(now),
        created_by_member_id: Set(Some(member_id(circle, 1))),
        updated_at: Set(now),
        sent_hash: Set(None),
    }
}

/// The attendees: those of each appointment.
pub fn attendees(circle: u64, now: DateTime<Utc>) -> Vec<appointment_series_attendee::ActiveModel> {
    let part = |member: u64| appointment_series_attendee::ActiveModel {
        circle_id: Set(circle_id(circle)),
        id: Set(id(17, circle * 10 + member)),
        series_id: Set(appointment_series_id(circle)),
        member_id: Set(member_id(circle, member)),
        response: Set(if member == 0 {
            AttendeeResponse::NoResponse
        } else {
            AttendeeResponse::Accepted
        }),
        version: Set(1),
        created_at: Set(now),
        created_by_member_id: Set(Some(member_id(circle, 1))),
        updated_at: Set(now),
    };
    [0, 1, 4].map(part).into()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::TASKS;
    use super::*;

    #[test]
    fn half_of_the_tasks_are_those_of_two_daily_series() {
        let now = "2026-11-30T10:00:00Z".parse().unwrap();
        let of_series: Vec<_> = (0..TASKS)
            .filter_map(|task| of_task((3, task), now))
            .collect();
        // Without the eight that are suggested.
        assert_eq!(of_series.len(), 92);
        let occurrences: HashSet<_> = of_series.iter().collect();
        assert_eq!(occurrences.len(), of_series.len(), "one for each date");
        for series in 0..TASK_SERIES {
            let first = of_task((3, first_task(series)), now).unwrap();
            let id = task_series_id(3, series);
            let earliest = of_series.iter().filter(|(of, _)| *of == id).min();
            assert_eq!(earliest, Some(&first));
        }
    }
}
