//! The appointments of a circle, with their attendees and needs.

use chrono::{DateTime, Days, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use kith::entity::appointment::{self, AppointmentKind, AppointmentState};
use kith::entity::attendance::{self, AttendeeResponse};
use kith::entity::need::{self, NeedKind, NeedState};
use kith::entity::need_assignment::{self, NeedAssignmentState};
use kith::entity::topic_grant::Topic;
use kith::platform::time::civil::resolve;
use sea_orm::ActiveValue::Set;

use super::{APPOINTMENTS, ZONE, circle_id, id, member_id, series};

/// Half of the appointments are over. There is one every three days.
pub fn starts(number: u64, now: DateTime<Utc>) -> NaiveDateTime {
    let day = (now - TimeDelta::days(18)).date_naive() + Days::new(3 * number);
    day.and_time(NaiveTime::from_hms_opt(10, 0, 0).unwrap_or_default())
}

pub fn an_appointment(
    (circle, number): (u64, u64),
    now: DateTime<Utc>,
) -> appointment::ActiveModel {
    let starts = starts(number, now);
    let ends = starts + TimeDelta::hours(1);
    let at = resolve(starts, ZONE);
    appointment::ActiveModel {
        sent_hash: Set(None),
        canceled_from: Set(None),
        series_id: Set(Some(series::appointment_series_id(circle))),
        original_on: Set(Some(starts.date())),
        is_exception: Set(false),
        circle_id: Set(circle_id(circle)),
        id: Set(id(7, circle * APPOINTMENTS + number)),
        kind: Set(AppointmentKind::Medical),
        title: Set(format!("Blood count {number}")),
        topic: Set(Topic::Health),
        starts_on: Set(None),
        ends_on: Set(None),
        starts_local: Set(Some(starts)),
        ends_local: Set(Some(ends)),
        time_zone: Set(Some(ZONE.into())),
        starts_at: Set(Some(at)),
        ends_at: Set(Some(at + TimeDelta::hours(1))),
        sort_at: Set(at),
        over_at: Set(at + TimeDelta::hours(1)),
        location: Set(Some("Third floor".into())),
        video_link: Set(None),
        care_contact_name: Set(None),
        care_contact_phone: Set(None),
        preparation: Set(None),
        outcome: Set(None),
        reminder_minutes: Set("[]".into()),
        state: Set(AppointmentState::Scheduled),
        schedule_version: Set(1),
        version: Set(1),
        created_at: Set(now),
        created_by_member_id: Set(Some(member_id(circle, 1))),
        updated_at: Set(now),
    }
}

/// The attendees: the coordinator, the caregiver and the patient.
pub fn attendances(
    (circle, number): (u64, u64),
    now: DateTime<Utc>,
) -> Vec<attendance::ActiveModel> {
    let part = |member: u64| attendance::ActiveModel {
        circle_id: Set(circle_id(circle)),
        id: Set(id(8, (circle * APPOINTMENTS + number) * 10 + member)),
        appointment_id: Set(id(7, circle * APPOINTMENTS + number)),
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

pub fn a_need((circle, number): (u64, u64), now: DateTime<Utc>) -> need::ActiveModel {
    let starts = starts(number, now);
    let at = resolve(starts, ZONE);
    need::ActiveModel {
        sent_hash: Set(None),
        circle_id: Set(circle_id(circle)),
        id: Set(id(9, circle * APPOINTMENTS + number)),
        appointment_id: Set(id(7, circle * APPOINTMENTS + number)),
        series_need: Set(Some(series::NEED)),
        kind: Set(NeedKind::Driver),
        people_needed: Set(1),
        people_accepted: Set(1),
        people_uncertain: Set(0),
        pickup_location: Set(Some("At home".into())),
        dropoff_location: Set(None),
        notes: Set(None),
        starts_on: Set(None),
        ends_on: Set(None),
        starts_local: Set(Some(starts)),
        ends_local: Set(Some(starts + TimeDelta::hours(1))),
        time_zone: Set(Some(ZONE.into())),
        starts_at: Set(Some(at)),
        ends_at: Set(Some(at + TimeDelta::hours(1))),
        sort_at: Set(at),
        over_at: Set(at + TimeDelta::hours(1)),
        state: Set(NeedState::Open),
        version: Set(1),
        created_at: Set(now),
        created_by_member_id: Set(Some(member_id(circle, 1))),
        updated_at: Set(now),
    }
}

/// The coordinator, the caregiver and a helper take turns.
pub fn a_need_assignment(
    (circle, number): (u64, u64),
    now: DateTime<Utc>,
) -> need_assignment::ActiveModel {
    need_assignment::ActiveModel {
        circle_id: Set(circle_id(circle)),
        id: Set(id(10, circle * APPOINTMENTS + number)),
        need_id: Set(id(9, circle * APPOINTMENTS + number)),
        member_id: Set(member_id(circle, number % 3)),
        state: Set(NeedAssignmentState::Accepted),
        is_handing_over: Set(false),
        is_away: Set(false),
        taken_at: Set(Some(now)),
        version: Set(1),
        created_at: Set(now),
        created_by_member_id: Set(Some(member_id(circle, 1))),
        updated_at: Set(now),
    }
}
