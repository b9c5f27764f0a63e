//! The rows that say how far each member sees each topic. What the patient sets is the
//! limit for coordinators.

use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::Set;

use super::types::MemberTopicExpiries;
use crate::access::{CircleWrite, TopicLevels, default_levels, grants_of};
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

/// Gives a new member the default levels of their access, within the limit that the
/// patient set when they were a member before.
pub(super) async fn grant_defaults(
    write: &CircleWrite,
    member: MemberId,
    access: AccessLevel,
) -> Result<(), Problem> {
    let before = grants_of(write.tx(), write.scope(), &[member]).await?;
    for topic in Topic::ALL {
        let grant = before.iter().find(|grant| grant.topic == *topic);
        put_default(
            write,
            member,
            *topic,
            access,
            grant.and_then(PatientLimit::of),
        )
        .await?;
    }
    Ok(())
}

/// Changes the levels that are still the default of the old access to the default of the
/// new one, within the patient's limit.
pub(super) async fn follow_access(
    write: &CircleWrite,
    member: &membership::Model,
    access: AccessLevel,
) -> Result<(), Problem> {
    let old = default_levels(member.access);
    for grant in grants_of(write.tx(), write.scope(), &[member.id]).await? {
        if grant.level != old.level(grant.topic) || grant.until.is_some() {
            continue;
        }
        put_default(
            write,
            member.id,
            grant.topic,
            access,
            PatientLimit::of(&grant),
        )
        .await?;
    }
    Ok(())
}

async fn put_default(
    write: &CircleWrite,
    member: MemberId,
    topic: Topic,
    access: AccessLevel,
    limit: Option<PatientLimit>,
) -> Result<(), Problem> {
    let level = default_levels(access).level(topic);
    let granted = match limit {
        Some(limit) => (level.min(limit.level), limit.until),
        None => (level, None),
    };
    put_grant(write, member, topic, granted, limit).await
}

/// Sets a level whose time is over to `none`.
pub(super) async fn end_grant(
    write: &CircleWrite,
    grant: topic_grant::Model,
) -> Result<(), Problem> {
    let limit = PatientLimit::of(&grant);
    let none = (TopicLevel::None, None);
    put_grant(write, grant.member_id, grant.topic, none, limit).await
}

pub(super) async fn put_grant(
    write: &CircleWrite,
    member: MemberId,
    topic: Topic,
    (level, until): (TopicLevel, Option<DateTime<Utc>>),
    limit: Option<PatientLimit>,
) -> Result<(), Problem> {
    let row = topic_grant::ActiveModel {
        circle_id: Set(write.circle_id()),
        member_id: Set(member),
        topic: Set(topic),
        level: Set(level),
        until: Set(until),
        patient_limit: Set(limit.map(|limit| limit.level)),
        patient_limit_until: Set(limit.and_then(|limit| limit.until)),
    };
    let changed = [
        topic_grant::Column::Level,
        topic_grant::Column::Until,
        topic_grant::Column::PatientLimit,
        topic_grant::Column::PatientLimitUntil,
    ];
    write.put::<topic_grant::Entity>(row, &changed).await
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
