//! `grant_topics`: sets what a member sees, within the limit that the patient set. What they hold
//! and no longer see is released.

use chrono::{DateTime, Utc};
use garde::Validate;
use sea_orm::IntoActiveModel;
use serde::Deserialize;
use utoipa::ToSchema;

use super::locked::LockedMember;
use super::rules::MemberVerb;
use super::topic_grants::{PatientLimit, put_grant};
use super::types::{Member, MemberPath};
use crate::access::{CircleAccess, CirclePath, CircleWrite, GrantTopics, grants_of};
use crate::app::App;
use crate::entity::ids::MemberId;
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
    let mut member = LockedMember::open(&app, &circle, path.member_id).await?;
    member.check(MemberVerb::GrantTopics)?;
    if member.row.is_patient {
        let detail = "The patient sees everything.";
        return Err(Conflict::of("is_the_patient", detail).into());
    }
    let until = changes.until.map(|Instant(at)| at);
    check_until(&changes, until, member.write.now())?;

    let fields = put_levels(&member.write, member.row.id, &changes, until).await?;
    if fields.is_empty() {
        return member.respond_with(Vec::new()).await;
    }
    let unchanged = member.row.clone().into_active_model();
    member.write_row(unchanged).await?;
    let released = participation::release_out_of_reach(&mut member.write, &member.row).await?;
    member.log(MemberVerb::GrantTopics, fields).await?;
    member.see_own_rights().await?;
    member.respond_with(released).await
}

/// An end is ahead, and is the end of something.
fn check_until(
    changes: &TopicChanges,
    until: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<(), Problem> {
    if until.is_some_and(|until| until <= now) {
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
    Ok(())
}

/// Grants what is named within the patient's limit, and answers which topics that changed.
async fn put_levels(
    write: &CircleWrite,
    member: MemberId,
    changes: &TopicChanges,
    until: Option<DateTime<Utc>>,
) -> Result<Vec<&'static str>, Problem> {
    let by_patient = write.scope().is_patient();
    let grants = grants_of(write.tx(), write.scope(), &[member]).await?;
    let mut fields = Vec::new();
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
            put_grant(write, member, topic, granted, limit).await?;
            fields.push(name);
        }
    }
    Ok(fields)
}

/// Whether a grant is like this already.
fn is_granted_as(
    grant: &topic_grant::Model,
    granted: (TopicLevel, Option<DateTime<Utc>>),
    limit: Option<PatientLimit>,
) -> bool {
    (grant.level, grant.until) == granted && PatientLimit::of(grant) == limit
}
