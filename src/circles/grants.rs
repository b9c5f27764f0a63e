//! Who sees which topic. The patient's word is the limit; coordinators grant
//! within it.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use garde::Validate;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ConnectionTrait, IntoActiveModel};
use serde::Deserialize;
use utoipa::ToSchema;

use super::members::describe_member;
use super::types::{Member, MemberPath, TopicEnds};
use crate::access::{
    CircleAccess, CirclePath, CircleScope, CircleWrite, GrantTopics, TopicLevels, default_levels,
    grants_of,
};
use crate::answer::Found;
use crate::app::App;
use crate::changes::Change;
use crate::entity::ids::MemberId;
use crate::entity::membership::{self, Access, MemberState};
use crate::entity::topic_grant::{self, Topic, TopicLevel};
use crate::extract::{Json, Path, not_null};
use crate::problem::{Conflict, Problem};

/// What a member is to see from now on; a topic that is not named stays as it is.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "health": "read", "until": "2027-03-01T00:00:00Z" })))]
pub struct TopicChanges {
    #[serde(default, deserialize_with = "not_null")]
    #[garde(skip)]
    pub daily: Option<TopicLevel>,
    #[serde(default, deserialize_with = "not_null")]
    #[garde(skip)]
    pub family: Option<TopicLevel>,
    #[serde(default, deserialize_with = "not_null")]
    #[garde(skip)]
    pub health: Option<TopicLevel>,
    #[serde(default, deserialize_with = "not_null")]
    #[garde(skip)]
    pub decisions: Option<TopicLevel>,
    /// When the levels named here end; without it they do not.
    #[serde(default)]
    #[garde(skip)]
    pub until: Option<DateTime<Utc>>,
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
/// It holds at once. What the patient sets is a limit: coordinators may lower
/// a level below it, not raise one above. The patient sees everything.
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
) -> Result<Found<Member>, Problem> {
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
    if changes.until.is_some_and(|until| until <= write.now()) {
        return Err(Problem::field(
            "/until",
            "in_the_past",
            "Must be in the future.",
        ));
    }

    let by_patient = write.scope().is_patient();
    let grants = grants_of(write.tx(), write.scope(), &[before.id]).await?;
    let mut fields = Vec::new();
    for (topic, name, level) in changes.levels() {
        let grant = grants.iter().find(|grant| grant.topic == topic);
        let limit = grant.and_then(|grant| grant.patient_limit);
        if !by_patient && limit.is_some_and(|limit| level > limit) {
            let detail = "The patient has set a lower level.";
            return Err(Problem::field(
                &format!("/{name}"),
                "above_patients_limit",
                detail,
            ));
        }
        let row = topic_grant::ActiveModel {
            circle_id: Set(write.circle_id()),
            member_id: Set(before.id),
            topic: Set(topic),
            level: Set(level),
            until: Set(changes.until),
            patient_limit: Set(if by_patient { Some(level) } else { limit }),
        };
        put_grant(&write, row).await?;
        fields.push(name);
    }
    let row = before.clone().into_active_model();
    let after = write.update::<membership::Entity>(&before, row).await?;
    write
        .log(Change::to::<membership::Entity>("topics_granted", &after).fields(fields))
        .await?;
    let member = describe_member(write.tx(), write.scope(), after).await?;
    write.commit(Found::new(member)).await
}

/// Moves the levels that are still the old access's defaults to the new one's,
/// within the patient's limit.
pub(super) async fn follow_access(
    write: &CircleWrite,
    member: &membership::Model,
    access: Access,
) -> Result<(), Problem> {
    let (old, new) = (default_levels(member.access), default_levels(access));
    for grant in grants_of(write.tx(), write.scope(), &[member.id]).await? {
        if grant.level != old.level(grant.topic) || grant.until.is_some() {
            continue;
        }
        let level = new.level(grant.topic);
        let level = grant.patient_limit.map_or(level, |limit| level.min(limit));
        let mut row = grant.into_active_model().reset_all();
        row.level = Set(level);
        put_grant(write, row).await?;
    }
    Ok(())
}

async fn put_grant(write: &CircleWrite, row: topic_grant::ActiveModel) -> Result<(), Problem> {
    let changed = [
        topic_grant::Column::Level,
        topic_grant::Column::Until,
        topic_grant::Column::PatientLimit,
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
