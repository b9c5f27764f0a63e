//! `request_succession`: asks that a member becomes coordinator, or supports it.

use chrono::{DateTime, TimeDelta, Utc};
use garde::Validate;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::leadership_mail::{LeadershipNews, tell_news};
use super::super::members::{coordinators_and, refuse_without_account};
use super::grant::{DELAY, GrantSuccession};
use super::locked::LockedSuccession;
use super::rules::SuccessionVerb;
use super::store::open_succession;
use super::types::Succession;
use crate::access::change_log::Change;
use crate::access::{CircleAccess, CirclePath, CircleWrite, RequestSuccession, unknown_member};
use crate::app::App;
use crate::entity::change;
use crate::entity::ids::MemberId;
use crate::entity::membership::{self, AccessLevel};
use crate::entity::succession::{self, SuccessionState};
use crate::entity::user::UserState;
use crate::http::extract::Json;
use crate::http::response::Resource;
use crate::problem::{Conflict, FieldErrorCode, Problem, ProblemCode};

/// How long the only coordinator has done nothing before others can ask.
const INACTIVE_FOR: TimeDelta = TimeDelta::days(14);

/// The field that names the member.
const MEMBER: &str = "/member_id";

/// An active member, and the state of their account.
type MemberWithAccount = (membership::Model, Option<UserState>);

/// Who is to become coordinator.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e" })))]
pub struct SuccessionRequest {
    /// The member who is to become coordinator. You can name yourself.
    #[garde(skip)]
    pub member_id: MemberId,
}

/// Request a new coordinator.
///
/// For a circle that nobody coordinates any more: it has no coordinator, or its only coordinator
/// has done nothing in it for 14 days. The patient can ask for it. Otherwise two caregivers ask for
/// the same member: the first request waits as `proposed` until another caregiver or the patient
/// sends the same.
///
/// Then every other member gets an email, and after 72 hours the member becomes coordinator, unless
/// a coordinator objects with `DELETE`. If you asked for this member already, nothing changes.
///
/// - 403 `forbidden`: only caregivers and the patient can ask for it, and coordinators need not
/// - 409 `coordinator_active`: a coordinator is active, so ask them
/// - 409 `invalid_transition`: another member was named already
/// - 422 `unknown_member`, `account_inactive`: the member is not active, or their account is not in
///   use
/// - 422 `needs_account`: the member has no account
/// - 422 `successor_not_needed`: the member is a coordinator already
#[utoipa::path(
    put, path = "/circles/{circle_id}/succession", tag = "circles", params(CirclePath),
    responses((status = OK, description = "The succession", body = Succession), Problem),
)]
pub async fn request_succession(
    app: App,
    circle: CircleAccess<RequestSuccession>,
    Json(request): Json<SuccessionRequest>,
) -> Result<Resource<Succession>, Problem> {
    let write = app.begin_write(&circle).await?;
    if let Some(row) = open_succession(&write).await? {
        let succession = LockedSuccession::of(write, row).await?;
        return support(succession, request.member_id).await;
    }
    let members = coordinators_and(&write, request.member_id).await?;
    check_nobody_coordinates(&write, &members).await?;
    check_candidate(&members, request.member_id)?;
    let is_enough = write.scope().is_patient();
    let grant_at = is_enough.then(|| write.now() + DELAY);
    let row = succession::ActiveModel {
        id: Set(write.new_id()),
        member_id: Set(request.member_id),
        supported_by_member_id: Set(None),
        state: Set(if is_enough {
            SuccessionState::Requested
        } else {
            SuccessionState::Proposed
        }),
        grant_at: Set(grant_at),
        ..Default::default()
    };
    let row = write.insert_later::<succession::Entity>(row)?;
    let mut succession = LockedSuccession::of(write, row).await?;
    let change = Change::to::<succession::Entity>("requested", &succession.row);
    succession.write.log(change).await?;
    begin_delay(&succession, grant_at).await?;
    succession.respond().await
}

/// Another member asks for the same: from now on it is granted unless a coordinator objects.
async fn support(
    mut succession: LockedSuccession,
    member: MemberId,
) -> Result<Resource<Succession>, Problem> {
    if succession.row.member_id != member {
        return Err(succession.does_not_fit());
    }
    let scope = succession.write.scope();
    let is_author = scope.is_author(succession.row.created_by_member_id);
    if !is_author && succession.check_unless_in_effect(SuccessionVerb::Support)? {
        let grant_at = Some(succession.write.now() + DELAY);
        let mut row = succession.row.clone().into_active_model();
        row.supported_by_member_id = Set(scope.member_id());
        row.state = Set(SuccessionState::Requested);
        row.grant_at = Set(grant_at);
        succession
            .save_later(SuccessionVerb::Support, row, vec!["state"])
            .await?;
        begin_delay(&succession, grant_at).await?;
    }
    succession.respond().await
}

/// Tells the other members, and enqueues the job that grants it.
async fn begin_delay(
    succession: &LockedSuccession,
    grant_at: Option<DateTime<Utc>>,
) -> Result<(), Problem> {
    let Some(grant_at) = grant_at else {
        return Ok(());
    };
    let job = GrantSuccession {
        circle_id: succession.row.circle_id,
        succession_id: succession.row.id,
    };
    succession.write.enqueue_at(&job, grant_at).await?;
    tell_news(&succession.write, LeadershipNews::SuccessionRequested).await
}

/// Refuses the request while a coordinator is active.
async fn check_nobody_coordinates(
    write: &CircleWrite,
    members: &[MemberWithAccount],
) -> Result<(), Problem> {
    let coordinates = |(member, account): &&MemberWithAccount| {
        member.access == AccessLevel::Coordinator && *account == Some(UserState::Active)
    };
    let coordinators: Vec<_> = members.iter().filter(coordinates).collect();
    let is_active = match coordinators[..] {
        [] => false,
        [(only, _)] => write.scope().is_member(only.id) || has_acted(write, only).await?,
        _ => true,
    };
    if !is_active {
        return Ok(());
    }
    let detail = "A coordinator has done something in this circle in the last 14 days, or it has \
        several coordinators. Ask a coordinator to make another member coordinator.";
    Err(Conflict::of(ProblemCode::CoordinatorActive, detail).into())
}

/// Whether a member has done something in the circle lately. Joining counts.
#[expect(
    clippy::disallowed_methods,
    reason = "the change log is not a CircleOwned table; the circle is named here"
)]
async fn has_acted(write: &CircleWrite, member: &membership::Model) -> Result<bool, Problem> {
    let since = write.now() - INACTIVE_FOR;
    if member.joined_at > since {
        return Ok(true);
    }
    let last = change::Entity::find()
        .filter(change::Column::CircleId.eq(write.circle_id()))
        .filter(change::Column::ActorMemberId.eq(member.id))
        .order_by_desc(change::Column::Seq)
        .limit(1)
        .one(write.tx())
        .await?;
    Ok(last.is_some_and(|last| last.occurred_at > since))
}

/// Refuses a member who could not become coordinator.
fn check_candidate(members: &[MemberWithAccount], id: MemberId) -> Result<(), Problem> {
    let candidate = members.iter().find(|(member, _)| member.id == id);
    let (member, account) =
        candidate.ok_or_else(|| Problem::Invalid(vec![unknown_member(MEMBER)]))?;
    if member.access == AccessLevel::Coordinator {
        let detail = "This member is a coordinator already. Name another member.";
        let code = FieldErrorCode::SuccessorNotNeeded;
        return Err(Problem::field(MEMBER, code, detail));
    }
    refuse_without_account(MEMBER, member, *account)
}
