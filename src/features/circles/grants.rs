//! Who sees which topic. The patient's word is the limit; coordinators grant
//! within it.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use garde::Validate;
use sea_orm::{ActiveValue::Set, ConnectionTrait, IntoActiveModel};
use serde::Deserialize;
use utoipa::ToSchema;

use super::describing::describe_member;
use super::types::{Member, MemberPath, TopicEnds};
use crate::access::change_log::Change;
use crate::access::{
    CircleAccess, CirclePath, CircleScope, CircleWrite, GrantTopics, TopicLevels, default_levels,
    grants_of,
};
use crate::app::App;
use crate::entity::ids::MemberId;
use crate::entity::membership::{self, Access, MemberState};
use crate::entity::topic_grant::{self, Topic, TopicLevel};
use crate::features::participation;
use crate::http::extract::{Json, Path, not_null};
use crate::http::response::Resource;
use crate::platform::time::civil::Instant;
use crate::problem::{Conflict, Problem};

/// What a member is to see from now on; a topic that is not named stays as it is.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "health": "read", "until": "2027-03-01T00:00:00Z" })))]
pub struct TopicChanges {
    #[serde(default, deserialize_with = "not_null")]
    #[garde(skip)]
    #[schema(nullable = false)]
    pub daily: Option<TopicLevel>,
    #[serde(default, deserialize_with = "not_null")]
    #[garde(skip)]
    #[schema(nullable = false)]
    pub family: Option<TopicLevel>,
    #[serde(default, deserialize_with = "not_null")]
    #[garde(skip)]
    #[schema(nullable = false)]
    pub health: Option<TopicLevel>,
    #[serde(default, deserialize_with = "not_null")]
    #[garde(skip)]
    #[schema(nullable = false)]
    pub decisions: Option<TopicLevel>,
    /// When the levels named here end; without it they do not.
    #[serde(default)]
    #[garde(dive)]
    pub until: Option<Instant>,
}

impl TopicChanges {
    fn levels(&self) -> impl Iterator<Item = (Topic, &'static str, TopicLevel)> {
        [
            (Topic::Daily, "daily", self.daily),
            (Topic::Family, "family", self.family),
            (Topic::Health, "health", self.health),
            (Topic::Decisions, "decisions", self.decisions),
        ]
        .into_iter()
        .filter_map(|(topic, name, level)| level.map(|level| (topic, name, level)))
    }
}

/// Say what a member sees.
///
/// It holds at once. What the patient sets is a limit: coordinators may grant
/// less or for a shorter time, not more or longer. The patient sees everything.
/// What the member holds and does not see any more is open to others again, when
/// you grant less and when a grant ends: the member is told what they are no longer
/// part of, and the answer says what was `released`.
#[utoipa::path(
    post, path = "/circles/{circle_id}/members/{member_id}/grant-topics", tag = "members",
    params(CirclePath, MemberPath),
    responses((status = OK, description = "The member", body = Member), Problem),
)]
pub async fn grant_topics(
    app: App,
    circle: CircleAccess<GrantTopics>,
    Path(path): Path<MemberPath>,
    Json(changes): Json<TopicChanges>,
) -> Result<Resource<Member>, Problem> {
    let mut write = app.begin_write(&circle).await?;
    let before = write.require::<membership::Entity>(path.member_id).await?;
    write.check_version(before.version)?;
    if !matches!(before.state, MemberState::Active | MemberState::Suspended) {
        return Err(Conflict::invalid_transition(before.state.as_str(), Vec::new()).into());
    }
    if before.is_patient {
        let detail = "The patient sees everything.";
        return Err(Conflict::of("is_the_patient", detail).into());
    }
    let until = changes.until.map(|Instant(at)| at);
    if until.is_some_and(|until| until <= write.now()) {
        return Err(Problem::field(
            "/until",
            "in_the_past",
            "Must be in the future.",
        ));
    }

    if until.is_some() && changes.levels().next().is_none() {
        let detail = "Name the topics that end then, like \"health\": \"read\".";
        return Err(Problem::field("/until", "without_topics", detail));
    }

    let by_patient = write.scope().is_patient();
    let grants = grants_of(write.tx(), write.scope(), &[before.id]).await?;
    let mut fields = Vec::new();
    for (topic, name, level) in changes.levels() {
        let grant = grants.iter().find(|grant| grant.topic == topic);
        let limit = if by_patient {
            Some(Limit { level, until })
        } else {
            grant.and_then(Limit::of)
        };
        if let Some(limit) = limit {
            limit.check(name, level, until)?;
        }
        let granted = (level, until);
        if !grant.is_some_and(|grant| says(grant, granted, limit)) {
            put_grant(&write, before.id, topic, granted, limit).await?;
            fields.push(name);
        }
    }
    if fields.is_empty() {
        let mut member = describe_member(write.tx(), write.scope(), before).await?;
        member.released = Some(Vec::new());
        return write.commit(Resource::new(member)).await;
    }
    let row = before.clone().into_active_model();
    let after = write.update::<membership::Entity>(&before, row).await?;
    let released = participation::release_out_of_reach(&mut write, &after).await?;
    write
        .log(Change::to::<membership::Entity>("topics_granted", &after).fields(fields))
        .await?;
    if write.scope().is_member(after.id) {
        write.see_as(&after).await?;
    }
    let mut member = describe_member(write.tx(), write.scope(), after).await?;
    member.released = Some(released);
    write.commit(Resource::new(member)).await
}

/// Whether a grant is like this already.
fn says(
    grant: &topic_grant::Model,
    granted: (TopicLevel, Option<DateTime<Utc>>),
    limit: Option<Limit>,
) -> bool {
    (grant.level, grant.until) == granted && Limit::of(grant) == limit
}

/// The most that coordinators may grant of a topic, by the patient's word.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Limit {
    level: TopicLevel,
    until: Option<DateTime<Utc>>,
}

impl Limit {
    fn of(grant: &topic_grant::Model) -> Option<Self> {
        grant.patient_limit.map(|level| Self {
            level,
            until: grant.patient_limit_until,
        })
    }

    fn check(
        self,
        name: &str,
        level: TopicLevel,
        until: Option<DateTime<Utc>>,
    ) -> Result<(), Problem> {
        let code = "above_patients_limit";
        if level > self.level {
            let detail = "The patient has set a lower level.";
            return Err(Problem::field(&format!("/{name}"), code, detail));
        }
        let outlives = |end| until.is_none_or(|until| until > end);
        if level > TopicLevel::None && self.until.is_some_and(outlives) {
            let detail = "The patient has set an earlier end.";
            return Err(Problem::field("/until", code, detail));
        }
        Ok(())
    }
}

/// Gives a member what their access sees, within what the patient set when they
/// were here before.
pub(super) async fn grant_defaults(
    write: &CircleWrite,
    member: MemberId,
    access: Access,
) -> Result<(), Problem> {
    let before = grants_of(write.tx(), write.scope(), &[member]).await?;
    for topic in Topic::ALL {
        let grant = before.iter().find(|grant| grant.topic == *topic);
        put_default(write, member, *topic, access, grant.and_then(Limit::of)).await?;
    }
    Ok(())
}

/// Moves the levels that are still the old access's defaults to the new one's,
/// within the patient's limit.
pub(super) async fn follow_access(
    write: &CircleWrite,
    member: &membership::Model,
    access: Access,
) -> Result<(), Problem> {
    let old = default_levels(member.access);
    for grant in grants_of(write.tx(), write.scope(), &[member.id]).await? {
        if grant.level != old.level(grant.topic) || grant.until.is_some() {
            continue;
        }
        put_default(write, member.id, grant.topic, access, Limit::of(&grant)).await?;
    }
    Ok(())
}

async fn put_default(
    write: &CircleWrite,
    member: MemberId,
    topic: Topic,
    access: Access,
    limit: Option<Limit>,
) -> Result<(), Problem> {
    let level = default_levels(access).level(topic);
    let granted = match limit {
        Some(limit) => (level.min(limit.level), limit.until),
        None => (level, None),
    };
    put_grant(write, member, topic, granted, limit).await
}

/// Takes a level away whose time is over.
pub(super) async fn end_grant(
    write: &CircleWrite,
    grant: topic_grant::Model,
) -> Result<(), Problem> {
    let limit = Limit::of(&grant);
    let none = (TopicLevel::None, None);
    put_grant(write, grant.member_id, grant.topic, none, limit).await
}

async fn put_grant(
    write: &CircleWrite,
    member: MemberId,
    topic: Topic,
    (level, until): (TopicLevel, Option<DateTime<Utc>>),
    limit: Option<Limit>,
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

/// The levels of several members as they are granted, and when they end.
pub(super) async fn levels_of(
    connection: &impl ConnectionTrait,
    scope: &CircleScope,
    members: Vec<MemberId>,
) -> Result<HashMap<MemberId, (TopicLevels, TopicEnds)>, Problem> {
    let mut levels = HashMap::new();
    for grant in grants_of(connection, scope, &members).await? {
        let none = (TopicLevels::NONE, TopicEnds::default());
        let (granted, ends) = levels.entry(grant.member_id).or_insert(none);
        *granted = granted.with(grant.topic, grant.level);
        *match grant.topic {
            Topic::Daily => &mut ends.daily,
            Topic::Family => &mut ends.family,
            Topic::Health => &mut ends.health,
            Topic::Decisions => &mut ends.decisions,
        } = grant.until;
    }
    Ok(levels)
}
