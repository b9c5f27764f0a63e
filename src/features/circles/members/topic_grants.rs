//! The rows that say how far each member sees each topic. What the patient sets is the
//! limit for coordinators.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveModelTrait, ColumnTrait, Condition, IntoActiveModel};

use super::types::MemberTopicExpiries;
use crate::access::{CircleWrite, TopicLevels, default_levels, grants_of, members_with_grants};
use crate::entity::ids::MemberId;
use crate::entity::membership::{self, AccessLevel};
use crate::entity::topic_grant::{self, Topic, TopicLevel};
use crate::problem::{FieldErrorCode, Problem};

/// The highest level, and the latest end, that coordinators may set for a topic because
/// the patient set it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct PatientLimit {
    pub level: TopicLevel,
    pub until: Option<DateTime<Utc>>,
}

impl PatientLimit {
    pub fn of(grant: &topic_grant::Model) -> Option<Self> {
        grant.patient_limit.map(|level| Self {
            level,
            until: grant.patient_limit_until,
        })
    }

    pub fn check(
        self,
        name: &str,
        level: TopicLevel,
        until: Option<DateTime<Utc>>,
    ) -> Result<(), Problem> {
        let code = FieldErrorCode::AbovePatientSetting;
        if level > self.level {
            let detail = "The patient set a lower level for this topic. Send at most that level.";
            return Err(Problem::field(&format!("/{name}"), code, detail));
        }
        let outlives = |end| until.is_none_or(|until| until > end);
        if level > TopicLevel::None && self.until.is_some_and(outlives) {
            let detail = "The patient set an earlier end for this topic. Send at most that end.";
            return Err(Problem::field("/expires_at", code, detail));
        }
        Ok(())
    }
}

/// Gives a new member the default levels of their access, when the transaction commits, within the
/// limit that the patient set when they were a member before. `before` are their grants from then.
/// Returns the grants that they have now.
pub(super) fn grant_defaults(
    write: &CircleWrite,
    member: MemberId,
    access: AccessLevel,
    before: &[topic_grant::Model],
) -> Vec<topic_grant::Model> {
    let default = |topic: &Topic| {
        let grant = before.iter().find(|grant| grant.topic == *topic);
        let limit = grant.and_then(PatientLimit::of);
        default_grant(write, member, *topic, access, limit)
    };
    let grants: Vec<topic_grant::Model> = Topic::ALL.iter().map(default).collect();
    put_grants_later(write, &grants);
    grants
}

/// Changes the levels that are still the default of the old access to the default of the
/// new one, within the patient's limit.
pub(super) async fn follow_access(
    write: &CircleWrite,
    member: &membership::Model,
    access: AccessLevel,
) -> Result<(), Problem> {
    let old = default_levels(member.access);
    let mut grants = grants_of(write.tx(), write.scope(), &[member.id]).await?;
    grants.retain(|grant| grant.level == old.level(grant.topic) && grant.until.is_none());
    let follow = |grant: topic_grant::Model| {
        let limit = PatientLimit::of(&grant);
        default_grant(write, member.id, grant.topic, access, limit)
    };
    let grants: Vec<topic_grant::Model> = grants.into_iter().map(follow).collect();
    put_grants(write, &grants).await
}

fn default_grant(
    write: &CircleWrite,
    member: MemberId,
    topic: Topic,
    access: AccessLevel,
    limit: Option<PatientLimit>,
) -> topic_grant::Model {
    let level = default_levels(access).level(topic);
    let granted = match limit {
        Some(limit) => (Ord::min(level, limit.level), limit.until),
        None => (level, None),
    };
    new_grant(write, member, topic, granted, limit)
}

/// The row of a level whose time is over: `none`.
pub(super) fn ended_grant(write: &CircleWrite, grant: &topic_grant::Model) -> topic_grant::Model {
    let none = (TopicLevel::None, None);
    let limit = PatientLimit::of(grant);
    new_grant(write, grant.member_id, grant.topic, none, limit)
}

pub(super) fn new_grant(
    write: &CircleWrite,
    member: MemberId,
    topic: Topic,
    (level, until): (TopicLevel, Option<DateTime<Utc>>),
    limit: Option<PatientLimit>,
) -> topic_grant::Model {
    topic_grant::Model {
        circle_id: write.circle_id(),
        member_id: member,
        topic,
        level,
        until,
        patient_limit: limit.map(|limit| limit.level),
        patient_limit_until: limit.and_then(|limit| limit.until),
    }
}

/// What a grant says besides whose it is.
const GRANTED: [topic_grant::Column; 4] = [
    topic_grant::Column::Level,
    topic_grant::Column::Until,
    topic_grant::Column::PatientLimit,
    topic_grant::Column::PatientLimitUntil,
];

/// Writes grants: one statement. What follows in the transaction reads them.
pub(super) async fn put_grants(
    write: &CircleWrite,
    grants: &[topic_grant::Model],
) -> Result<(), Problem> {
    put_grants_later(write, grants);
    Ok(write.transaction().send_later().await?)
}

fn put_grants_later(write: &CircleWrite, grants: &[topic_grant::Model]) {
    let row = |grant: &topic_grant::Model| grant.clone().into_active_model().reset_all();
    let rows = grants.iter().map(row).collect();
    write.put_all_later::<topic_grant::Entity>(rows, &GRANTED);
}

/// The grants of a member after some of them have changed.
pub(super) fn with_changed(
    mut grants: Vec<topic_grant::Model>,
    changed: Vec<topic_grant::Model>,
) -> Vec<topic_grant::Model> {
    grants.retain(|grant| changed.iter().all(|new| new.topic != grant.topic));
    grants.extend(changed);
    grants
}

/// A member with their grants, in any state: one statement.
pub(super) async fn require_with_grants(
    write: &CircleWrite,
    id: MemberId,
) -> Result<(membership::Model, Vec<topic_grant::Model>), Problem> {
    let this_one = Condition::all().add(membership::Column::Id.eq(id));
    let mut members = members_with_grants(write, this_one).await?;
    members.pop().ok_or(Problem::NotFound)
}

/// The levels of a member, and when they end.
pub(super) type Granted = (TopicLevels, MemberTopicExpiries);

/// What a member sees without a grant.
pub(super) fn nothing_granted() -> Granted {
    (TopicLevels::NONE, MemberTopicExpiries::default())
}

/// Adds a grant to what the member sees.
pub(super) fn add_grant((levels, ends): &mut Granted, grant: &topic_grant::Model) {
    *levels = levels.with(grant.topic, grant.level);
    *match grant.topic {
        Topic::Daily => &mut ends.daily,
        Topic::Family => &mut ends.family,
        Topic::Health => &mut ends.health,
        Topic::Decisions => &mut ends.decisions,
    } = grant.until;
}
