//! `update_member_topics`: sets how far a member sees each topic, within the limit that the
//! patient set. What the member holds and no longer sees is released.

use chrono::{DateTime, Utc};
use garde::Validate;
use sea_orm::IntoActiveModel;
use serde::Deserialize;
use utoipa::ToSchema;

use super::locked::LockedMember;
use super::rules::MemberVerb;
use super::topic_grants::{PatientLimit, new_grant, put_grants, require_with_grants, with_changed};
use super::types::{Member, MemberPath};
use crate::access::{CircleAccess, CirclePath, CircleWrite, SetTopics};
use crate::app::App;
use crate::entity::ids::MemberId;
use crate::entity::membership;
use crate::entity::topic_grant::{self, Topic, TopicLevel};
use crate::features::participation::release_out_of_reach;
use crate::http::extract::{Json, Path, not_null};
use crate::http::response::Resource;
use crate::platform::time::civil::Instant;
use crate::problem::{Conflict, FieldErrorCode, Problem, ProblemCode};

/// How far the member sees each topic from now on. A topic that you leave out stays as it
/// is.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "health": "read", "expires_at": "2027-03-01T00:00:00Z" })))]
#[schema(as = UpdateMemberTopicsRequest)]
pub struct MemberTopicsPatch {
    /// The level for everyday things.
    #[serde(default, deserialize_with = "not_null")]
    #[garde(skip)]
    #[schema(nullable = false)]
    pub daily: Option<TopicLevel>,
    /// The level for money, children and personal care.
    #[serde(default, deserialize_with = "not_null")]
    #[garde(skip)]
    #[schema(nullable = false)]
    pub family: Option<TopicLevel>,
    /// The level for health.
    #[serde(default, deserialize_with = "not_null")]
    #[garde(skip)]
    #[schema(nullable = false)]
    pub health: Option<TopicLevel>,
    /// The level for what the patient decides.
    #[serde(default, deserialize_with = "not_null")]
    #[garde(skip)]
    #[schema(nullable = false)]
    pub decisions: Option<TopicLevel>,
    /// When the levels in this request end. Without it they have no end.
    #[serde(default)]
    #[garde(dive)]
    pub expires_at: Option<Instant>,
}

impl MemberTopicsPatch {
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

/// Set what a member can see.
///
/// The levels apply at once. A topic that you leave out stays as it is. What the patient or their active proxy sets is a limit: coordinators can then set
/// the same level or a lower one, for the same time or a shorter one. The patient sees
/// every topic.
///
/// What the member holds and no longer sees is open to others again, now and when a level
/// ends. The member is told what they are no longer part of, and `released` lists it.
///
/// - 403 `forbidden`: only coordinators, the patient and an active proxy can set what a member sees
/// - 409 `patient_protected`: the patient sees every topic
/// - 422 `above_patient_setting`: the patient set a lower level or an earlier end
#[utoipa::path(
    patch, path = "/circles/{circle_id}/members/{member_id}/topics", tag = "members",
    params(CirclePath, MemberPath),
    responses((status = OK, description = "The member", body = Member), Problem),
)]
pub async fn update_member_topics(
    app: App,
    circle: CircleAccess<SetTopics>,
    Path(path): Path<MemberPath>,
    Json(changes): Json<MemberTopicsPatch>,
) -> Result<Resource<Member>, Problem> {
    let member_id = path.member_id.resolve(circle.scope())?;
    let write = app.begin_write(&circle).await?;
    let (row, grants) = require_with_grants(&write, member_id).await?;
    let mut member = LockedMember::of(write, row).await?;
    member.check(MemberVerb::UpdateTopics)?;
    if member.row.is_patient {
        let detail = "The patient sees every topic, and this cannot be changed.";
        return Err(Conflict::of(ProblemCode::PatientProtected, detail).into());
    }
    let until = changes.expires_at.map(|Instant(at)| at);
    check_until(&changes, until, member.write.now())?;

    let new = changed_grants(&member.write, member.row.id, &changes, until, &grants)?;
    if new.is_empty() {
        return member.respond_with(Vec::new()).await;
    }
    put_grants(&member.write, &new).await?;
    let fields = new.iter().map(|grant| grant.topic.as_str()).collect();
    let grants = with_changed(grants, new);
    let unchanged = member.row.clone().into_active_model();
    member.row = member
        .write
        .update_later::<membership::Entity>(&member.row, unchanged)?;
    let released = release_out_of_reach(&mut member.write, &member.row, &grants).await?;
    member.log(MemberVerb::UpdateTopics, fields).await?;
    member.see_own_rights(&grants);
    member.respond_with(released).await
}

/// An end must be in the future, and it must be the end of a level in this request.
fn check_until(
    changes: &MemberTopicsPatch,
    until: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<(), Problem> {
    if until.is_some_and(|until| until <= now) {
        return Err(Problem::field(
            "/expires_at",
            FieldErrorCode::InThePast,
            "This moment is in the past. Send one in the future.",
        ));
    }
    if until.is_some() && changes.levels().next().is_none() {
        let detail = "Send at least one level that ends then, such as \"health\": \"read\".";
        return Err(Problem::field(
            "/expires_at",
            FieldErrorCode::WithoutTopics,
            detail,
        ));
    }
    Ok(())
}

/// The grants that the request changes, within the patient's limit.
fn changed_grants(
    write: &CircleWrite,
    member: MemberId,
    changes: &MemberTopicsPatch,
    until: Option<DateTime<Utc>>,
    grants: &[topic_grant::Model],
) -> Result<Vec<topic_grant::Model>, Problem> {
    let by_patient = write.scope().speaks_for_patient();
    let mut new = Vec::new();
    for (topic, name, level) in changes.levels() {
        let grant = grants.iter().find(|grant| grant.topic == topic);
        let limit = if by_patient {
            Some(PatientLimit { level, until })
        } else {
            grant.and_then(PatientLimit::of)
        };
        if let Some(limit) = limit {
            limit.check(name, level, until)?;
        }
        let granted = (level, until);
        if !grant.is_some_and(|grant| is_granted_as(grant, granted, limit)) {
            new.push(new_grant(write, member, topic, granted, limit));
        }
    }
    Ok(new)
}

/// Whether the row says this already.
fn is_granted_as(
    grant: &topic_grant::Model,
    granted: (TopicLevel, Option<DateTime<Utc>>),
    limit: Option<PatientLimit>,
) -> bool {
    (grant.level, grant.until) == granted && PatientLimit::of(grant) == limit
}
