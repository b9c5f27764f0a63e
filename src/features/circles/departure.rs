//! The departure of a member, from the request to the last row.
//!
//! A coordinator suspends or removes a member, or a member leaves: [`suspend_member`],
//! [`remove_member`], [`leave_circle`]. All three [`depart`]: the last coordinator hands the
//! circle to a successor, open invitations are withdrawn, what the member held is open to
//! others or offered to one of them, and the membership gets its new state. The row stays,
//! because others read who did what; [`reinstate_member`] and a new invitation use it again.
//!
//! Nothing is erased here. Who also wants their account erased leaves every circle in
//! `privacy/account_deletion.rs`, and lets go of the same things ([`let_go_of_everything`]).

use sea_orm::{ActiveValue::Set, ColumnTrait, IntoActiveModel, QueryFilter};

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
};
use crate::app::App;
use crate::auth::Caller;
use crate::entity::ids::{CircleId, MemberId};
use crate::entity::membership::{self, Access, MemberState};
use crate::entity::user::UserState;
use crate::features::participation::{self, Released};
use crate::http::extract::{Json, Path};
use crate::http::openapi::Fact;
use crate::http::response::{Body, Resource};
use crate::platform::db::Transaction;
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
) -> Result<Body<Departed>, Problem> {
    let recently = circle.check_recent();
    let mut write = app.begin_write(&circle).await?;
    let verb = MemberVerb::Suspend;
    let departed = depart(&mut write, recently, path.member_id, verb, departure).await?;
    write.commit(Body(departed)).await
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
) -> Result<Body<Departed>, Problem> {
    let recently = circle.check_recent();
    let mut write = app.begin_write(&circle).await?;
    let verb = MemberVerb::Remove;
    let departed = depart(&mut write, recently, path.member_id, verb, departure).await?;
    write.commit(Body(departed)).await
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
) -> Result<Body<Departed>, Problem> {
    let begun = match circle {
        Ok(circle) => {
            let recently = circle.check_recent();
            app.begin_write(&circle)
                .await
                .map(|write| (write, recently))
        }
        Err(problem) => Err(problem),
    };
    let ((mut write, recently), Json(departure)) = match begun {
        Err(Problem::NotFound) => {
            return Err(match caller {
                Ok(caller) => answer_again(&app, &caller, path.circle_id).await,
                Err(_) => Problem::NotFound,
            });
        }
        begun => (begun?, departure?),
    };
    let me = write.scope().member_id().ok_or(Problem::NotFound)?;
    let departed = depart(&mut write, recently, me, MemberVerb::Leave, departure).await?;
    write.commit(Body(departed)).await
}

/// The answer that the request's key has had, for a member who has left this circle by
/// themselves: the first answer may have been lost. For everybody else the circle is not
/// there.
async fn answer_again(app: &App, caller: &Caller, circle_id: CircleId) -> Problem {
    let replayed = replay_to_former(app, caller, circle_id).await;
    replayed.err().unwrap_or(Problem::NotFound)
}

async fn replay_to_former(app: &App, caller: &Caller, circle_id: CircleId) -> Result<(), Problem> {
    let mut transaction = Transaction::begin(app).await?;
    transaction
        .claim_key(caller.user_id(), caller.request().key_to_claim())
        .await?;
    let has_left = caller
        .account()
        .find::<membership::Entity>()
        .filter(membership::Column::CircleId.eq(circle_id))
        .filter(membership::Column::State.eq(MemberState::Left))
        .one(transaction.tx())
        .await?;
    match has_left {
        Some(_) => transaction.replay(None),
        None => Ok(()),
    }
}

/// What a departure does in the circle, for all three doors. `recently` is the proof of the
/// last ten minutes, or what is answered where it is needed and missing.
async fn depart(
    write: &mut CircleWrite,
    recently: Result<(), Problem>,
    member_id: MemberId,
    verb: MemberVerb,
    departure: Departure,
) -> Result<Departed, Problem> {
    let before = write.require::<membership::Entity>(member_id).await?;
    write.check_version(before.version)?;
    let state = verb.rule().to.unwrap_or(before.state);
    if before.state == state {
        return Ok(Departed {
            member_id,
            state,
            released: Vec::new(),
        });
    }
    if !verb.fits(before.state, None) {
        return Err(invalid_state(write.scope(), &before));
    }
    check_who_departs(write, &before, state)?;
    settle_succession(write, recently, &before, departure.successor).await?;
    let released = let_go_of_everything(write, &before, departure.reassign_to).await?;
    end_membership(write, &before, state, verb).await?;
    Ok(Departed {
        member_id,
        state,
        released,
    })
}

/// Nobody removes or suspends the patient or themselves.
fn check_who_departs(
    write: &CircleWrite,
    member: &membership::Model,
    state: MemberState,
) -> Result<(), Problem> {
    let is_self = write.scope().is_member(member.id);
    if member.is_patient && !is_self {
        return Err(is_the_patient());
    }
    if is_self && state != MemberState::Left {
        let detail = "Use leave for oneself.";
        return Err(Conflict::of("oneself", detail).into());
    }
    Ok(())
}

/// Sees to it that the circle keeps a coordinator: the last one names a successor, and
/// nobody else does.
async fn settle_succession(
    write: &mut CircleWrite,
    recently: Result<(), Problem>,
    member: &membership::Model,
    successor: Option<MemberId>,
) -> Result<(), Problem> {
    let coordinates = member.access == Access::Coordinator;
    let is_self = write.scope().is_member(member.id);
    // A found phone must not hand a circle over, and not clear a coordinator away.
    if successor.is_some() || (coordinates && !is_self) {
        recently?;
    }
    let is_last = coordinates && !has_another_coordinator(write, member.id).await?;
    match successor {
        Some(successor) if is_last => hand_over_to(write, successor, member.id).await,
        Some(_) => {
            let detail = "Somebody else coordinates already.";
            Err(Problem::field("/successor", "not_needed", detail))
        }
        None if is_last => Err(last_coordinator()),
        None => Ok(()),
    }
}

/// Makes the successor of the last coordinator a coordinator.
async fn hand_over_to(
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

/// Withdraws the invitations that a member who goes has made or got, releases what they
/// hold and offers it to `reassign_to`. Answers what the writer may see of it.
pub(crate) async fn let_go_of_everything(
    write: &mut CircleWrite,
    member: &membership::Model,
    reassign_to: Option<MemberId>,
) -> Result<Vec<Released>, Problem> {
    if member.access == Access::Coordinator {
        withdraw_invitations_of(write, member.id).await?;
    }
    if let Some(user_id) = member.user_id {
        withdraw_invitations_to(write, user_id).await?;
    }
    participation::release(write, member.id, reassign_to).await
}

async fn end_membership(
    write: &mut CircleWrite,
    before: &membership::Model,
    state: MemberState,
    verb: MemberVerb,
) -> Result<(), Problem> {
    let mut row = before.clone().into_active_model();
    row.state = Set(state);
    if state != MemberState::Suspended {
        row.is_patient = Set(false);
        row.phone = Set(None);
    }
    let after = write.update::<membership::Entity>(before, row).await?;
    write
        .log(Change::to::<membership::Entity>(verb.word(), &after))
        .await
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
) -> Result<Resource<Member>, Problem> {
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
    write.commit(Resource::new(member)).await
}
