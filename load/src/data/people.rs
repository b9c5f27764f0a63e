//! The people: accounts, circles, members and what they see.

use chrono::{DateTime, Utc};
use kith::entity::circle::{self, CircleState};
use kith::entity::membership::{self, AccessLevel, MemberState};
use kith::entity::topic_grant::{self, Topic, TopicLevel};
use kith::entity::user::{self, DIGEST_TIME, UserState};
use sea_orm::ActiveValue::Set;

use super::{CHANGES, ZONE, circle_id, coordinator, member_id, user_id, user_of};

/// The members: coordinator, caregiver, two helpers and the patient.
pub const MEMBERS: [(AccessLevel, bool); 5] = [
    (AccessLevel::Coordinator, false),
    (AccessLevel::Caregiver, false),
    (AccessLevel::Helper, false),
    (AccessLevel::Helper, false),
    (AccessLevel::Viewer, true),
];

pub fn email(number: u64) -> String {
    format!("person{number}@example.org")
}

pub fn a_user(number: u64, now: DateTime<Utc>) -> user::ActiveModel {
    user::ActiveModel {
        id: Set(user_id(number)),
        email: Set(email(number)),
        avatar_file_id: Set(None),
        name: Set(format!("Person {number}")),
        password_hash: Set(None),
        time_zone: Set(ZONE.into()),
        locale: Set(None),
        state: Set(UserState::Active),
        quiet_from: Set(None),
        quiet_until: Set(None),
        quiet_check_at: Set(None),
        digest_time: Set(DIGEST_TIME.into()),
        digest_weekday: Set(None),
        deletion_scheduled_for: Set(None),
        bouncing_since: Set(None),
        bounces: Set(0),
        version: Set(1),
        created_at: Set(now),
        updated_at: Set(now),
    }
}

pub fn a_circle((circles, circle): (u64, u64), now: DateTime<Utc>) -> circle::ActiveModel {
    circle::ActiveModel {
        sent_hash: Set(None),
        id: Set(circle_id(circle)),
        name: Set(format!("Around Marta {circle}")),
        alias: Set(format!("Circle {circle}")),
        time_zone: Set(ZONE.into()),
        locale: Set(None),
        patient_name: Set("Marta".into()),
        patient_photo_file_id: Set(None),
        patient_about: Set(None),
        created_by_user_id: Set(coordinator(circles, circle)),
        away_until: Set(None),
        change_seq: Set(i64::try_from(CHANGES).unwrap_or_default()),
        deletion_scheduled_for: Set(None),
        deletion_requested_by_member_id: Set(None),
        state: Set(CircleState::Active),
        email_details_forbidden: Set(false),
        archived_from: Set(None),
        deputy_member_id: Set(None),
        version: Set(1),
        created_at: Set(now),
        updated_at: Set(now),
    }
}

pub fn a_member(
    circles: u64,
    (circle, member): (u64, u64),
    now: DateTime<Utc>,
) -> membership::ActiveModel {
    let (access, is_patient) = MEMBERS[usize::try_from(member).unwrap_or_default()];
    membership::ActiveModel {
        circle_id: Set(circle_id(circle)),
        id: Set(member_id(circle, member)),
        user_id: Set(Some(user_of(circles, circle, member))),
        contact_member_id: Set(None),
        name: Set(format!("Person {circle}.{member}")),
        access: Set(access),
        is_patient: Set(is_patient),
        is_proxy: Set(false),
        relationship: Set(None),
        phone: Set(None),
        capacity: Set(None),
        state: Set(MemberState::Active),
        joined_at: Set(now),
        reads: Set(0),
        seen_seq: Set(0),
        email_detail: Set(None),
        email_health_since: Set(None),
        version: Set(1),
        created_at: Set(now),
        created_by_member_id: Set(None),
        updated_at: Set(now),
    }
}

pub fn grants((circle, member): (u64, u64)) -> Vec<topic_grant::ActiveModel> {
    let levels = match MEMBERS[usize::try_from(member).unwrap_or_default()].0 {
        AccessLevel::Coordinator | AccessLevel::Caregiver => vec![
            (Topic::Daily, TopicLevel::Write),
            (Topic::Family, TopicLevel::Write),
            (Topic::Health, TopicLevel::Write),
            (Topic::Decisions, TopicLevel::Read),
        ],
        AccessLevel::Helper | AccessLevel::Viewer => vec![(Topic::Daily, TopicLevel::Read)],
    };
    let grant = |(topic, level)| topic_grant::ActiveModel {
        circle_id: Set(circle_id(circle)),
        member_id: Set(member_id(circle, member)),
        topic: Set(topic),
        level: Set(level),
        until: Set(None),
        patient_limit: Set(None),
        patient_limit_until: Set(None),
    };
    levels.into_iter().map(grant).collect()
}
