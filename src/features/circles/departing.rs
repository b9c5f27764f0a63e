//! How members go: suspended, removed, or by themselves; and how they come back.

use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::describing::describe_member;
use super::grants::follow_access;
use super::invitations::{withdraw_invitations_of, withdraw_invitations_to};
use super::members::{
    account_state, has_another_coordinator, invalid_state, is_the_patient, last_coordinator,
};
use super::rules::MemberVerb;
use super::types::{Departed, Departure, Member, MemberPath};
use crate::access::change_log::Change;
use crate::access::{
    CircleAccess, CirclePath, CircleWrite, ManageMembers, RemoveMembers, Verb, ViewCircle,
    replay_to_who_left,
};
use crate::app::App;
use crate::auth::Caller;
use crate::entity::ids::MemberId;
use crate::entity::membership::{self, Access, MemberState};
use crate::entity::user::UserState;
use crate::features::participation;
use crate::http::extract::{Json, Path};
use crate::http::openapi::Fact;
use crate::http::response::{Found, Report};
use crate::problem::{Conflict, Problem};

/// Suspend a member.
///
/// They see nothing until they are reinstated; what they held is released. With
/// a `successor` it needs a proof of the last ten minutes: else 403
/// `reauthentication_needed`.
#[utoipa::path(
    post, path = "/circles/{circle_id}/members/{member_id}/suspend", tag = "members",
    params(CirclePath, MemberPath),
    extensions(("x-facts" = json!([Fact::BodyOptional]))),
    responses((status = OK, description = "What was released", body = Departed), Problem),
)]
pub async fn suspend_member(
    app: App,
    circle: CircleAccess<RemoveMembers>,
    Path(path): Path<MemberPath>,
    Json(departure): Json<Departure>,
) -> Result<Report<Departed>, Problem> {
    let recently = circle.check_recent();
    let write = app.begin_write(&circle).await?;
    let verb = MemberVerb::Suspend;
    depart(write, recently, path.member_id, verb, departure).await
}

/// Remove a member.
///
/// What they held is released. Nobody removes the patient. With a `successor`
/// it needs a proof of the last ten minutes: else 403
/// `reauthentication_needed`.
#[utoipa::path(
    post, path = "/circles/{circle_id}/members/{member_id}/remove", tag = "members",
    params(CirclePath, MemberPath),
    extensions(("x-facts" = json!([Fact::BodyOptional]))),
    responses((status = OK, description = "What was released", body = Departed), Problem),
)]
pub async fn remove_member(
    app: App,
    circle: CircleAccess<RemoveMembers>,
    Path(path): Path<MemberPath>,
    Json(departure): Json<Departure>,
) -> Result<Report<Departed>, Problem> {
    let recently = circle.check_recent();
    let write = app.begin_write(&circle).await?;
    let verb = MemberVerb::Remove;
    depart(write, recently, path.member_id, verb, departure).await
}

/// Leave the circle.
///
/// What one held is released. The last coordinator names a successor. With a
/// `successor` it needs a proof of the last ten minutes: else 403
/// `reauthentication_needed`.
#[utoipa::path(
    post, path = "/circles/{circle_id}/leave", tag = "members", params(CirclePath),
    request_body = Departure,
    extensions(("x-facts" = json!([Fact::BodyOptional]))),
    responses((status = OK, description = "What was released", body = Departed), Problem),
)]
pub async fn leave_circle(
    app: App,
    circle: Result<CircleAccess<ViewCircle>, Problem>,
    caller: Result<Caller, Problem>,
    Path(path): Path<CirclePath>,
    departure: Result<Json<Departure>, Problem>,
) -> Result<Report<Departed>, Problem> {
    let begun = match circle {
        Ok(circle) => {
            let recently = circle.check_recent();
            app.begin_write(&circle)
                .await
                .map(|write| (write, recently))
        }
        Err(problem) => Err(problem),
    };
    let ((write, recently), Json(departure)) = match begun {
        Err(Problem::NotFound) => {
            return Err(match caller {
                Ok(caller) => replay_to_who_left(&app, &caller, path.circle_id).await,
                Err(_) => Problem::NotFound,
            });
        }
        begun => (begun?, departure?),
    };
    let me = write.scope().member_id().ok_or(Problem::NotFound)?;
    depart(write, recently, me, MemberVerb::Leave, departure).await
}

/// Reinstate a suspended member.
///
/// With the access and the topics they had. What was released stays released. Of a
/// coordinator it needs a proof of the last ten minutes: else 403
/// `reauthentication_needed`.
#[utoipa::path(
    post, path = "/circles/{circle_id}/members/{member_id}/reinstate", tag = "members",
    params(CirclePath, MemberPath),
    responses((status = OK, description = "The member", body = Member), Problem),
)]
pub async fn reinstate_member(
    app: App,
    circle: CircleAccess<ManageMembers>,
    Path(path): Path<MemberPath>,
) -> Result<Found<Member>, Problem> {
    let recently = circle.check_recent();
    let mut write = app.begin_write(&circle).await?;
    let before = write.require::<membership::Entity>(path.member_id).await?;
    write.check_version(before.version)?;
    let after = match before.state {
        MemberState::Active => before,
        MemberState::Suspended => {
            if before.access == Access::Coordinator {
                recently?;
            }
            let mut row = before.clone().into_active_model();
            // An account that is going to be erased takes part in nothing: it looks on.
            let account = account_state(&write, &before).await?;
            row.state = Set(match account {
                Some(UserState::Deleting) => MemberState::Leaving,
                _ => MemberState::Active,
            });
            let after = write.update::<membership::Entity>(&before, row).await?;
            write
                .log(Change::to::<membership::Entity>("reinstated", &after))
                .await?;
            after
        }
        _ => return Err(invalid_state(write.scope(), &before)),
    };
    let member = describe_member(write.tx(), write.scope(), after).await?;
    write.commit(Found::new(member)).await
}

async fn depart(
    mut write: CircleWrite,
    recently: Result<(), Problem>,
    member_id: MemberId,
    verb: MemberVerb,
    departure: Departure,
) -> Result<Report<Departed>, Problem> {
    let before = write.require::<membership::Entity>(member_id).await?;
    write.check_version(before.version)?;
    let mine = write.scope().is_member(before.id);
    let state = verb.rule().to.unwrap_or(before.state);
    if before.state == state {
        let released = Vec::new();
        let departed = Departed {
            member_id,
            state,
            released,
        };
        return write.commit(Report(departed)).await;
    }
    if !verb.fits(before.state, None) {
        return Err(invalid_state(write.scope(), &before));
    }
    if before.is_patient && !mine {
        return Err(is_the_patient());
    }
    if mine && state != MemberState::Left {
        let detail = "Use leave for oneself.";
        return Err(Conflict::of("oneself", detail).into());
    }
    let coordinates = before.access == Access::Coordinator;
    // Whoever found a phone hands no circle over, and clears no coordinator away.
    if departure.successor.is_some() || (coordinates && !mine) {
        recently?;
    }
    let last = coordinates && !has_another_coordinator(&write, member_id).await?;
    match departure.successor {
        Some(successor) if last => promote(&mut write, successor, member_id).await?,
        Some(_) => {
            let detail = "Somebody else coordinates already.";
            return Err(Problem::field("/successor", "not_needed", detail));
        }
        None if last => return Err(last_coordinator()),
        None => {}
    }
    if coordinates {
        withdraw_invitations_of(&mut write, member_id).await?;
    }
    if let Some(user_id) = before.user_id {
        withdraw_invitations_to(&mut write, user_id).await?;
    }
    let released = participation::release(&mut write, member_id, departure.hand_to).await?;

    let mut row = before.clone().into_active_model();
    row.state = Set(state);
    if state != MemberState::Suspended {
        row.is_patient = Set(false);
        row.phone = Set(None);
    }
    let after = write.update::<membership::Entity>(&before, row).await?;
    write
        .log(Change::to::<membership::Entity>(verb.word(), &after))
        .await?;
    let departed = Departed {
        member_id,
        state,
        released,
    };
    write.commit(Report(departed)).await
}

/// Makes the successor of the last coordinator one: whoever goes otherwise
/// makes nobody anything.
async fn promote(
    write: &mut CircleWrite,
    successor: MemberId,
    of: MemberId,
) -> Result<(), Problem> {
    let found = write.find_one::<membership::Entity>(successor).await?;
    let before = found
        .filter(|member| member.state == MemberState::Active && member.id != of)
        .ok_or_else(|| Problem::field("/successor", "unknown_member", "No such active member."))?;
    if account_state(write, &before).await? != Some(UserState::Active) {
        let detail = "This person cannot sign in at present. Name another member.";
        return Err(Problem::field("/successor", "account_not_in_use", detail));
    }
    follow_access(write, &before, Access::Coordinator).await?;
    let mut row = before.clone().into_active_model();
    row.access = Set(Access::Coordinator);
    let after = write.update::<membership::Entity>(&before, row).await?;
    let change = Change::to::<membership::Entity>("changed", &after).fields(vec!["access"]);
    write.log(change).await
}
