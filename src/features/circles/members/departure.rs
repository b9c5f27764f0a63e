//! The departure of a member, from the request to the last row.
//!
//! A coordinator or the patient suspends or removes a member, or a member leaves. All three [`depart`]: the
//! last coordinator hands the circle to a successor, open invitations are withdrawn, what the
//! member held is open to others or offered to one of them, and the membership gets its new
//! state. The row stays, because others read who did what; `reinstate.rs` and a new
//! invitation use it again.
//!
//! Nothing is erased here. A person who also wants their account erased leaves every circle
//! in `privacy/account_deletion.rs`, and what they hold is released by the same function
//! ([`release_everything`]).

use garde::Validate;
use sea_orm::{ActiveValue::Set, IntoActiveModel};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::coordinators::{
    account_state, has_another_coordinator, is_the_patient, last_coordinator,
};
use super::locked::LockedMember;
use super::rules::MemberVerb;
use super::topic_grants::follow_access;
use crate::access::change_log::Change;
use crate::access::{CircleAccess, CircleWrite, RemoveMembers, Verb};
use crate::app::App;
use crate::entity::ids::MemberId;
use crate::entity::membership::{self, Access, MemberState};
use crate::entity::user::UserState;
use crate::features::circles::invitations::{withdraw_invitations_of, withdraw_invitations_to};
use crate::features::participation::{self, Released};
use crate::http::response::Body;
use crate::problem::{Conflict, Problem};

/// How somebody goes, or is suspended.
#[derive(Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "hand_to": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e" })))]
pub struct Departure {
    /// Who is asked to take over what they held, as far as they see it and take things on;
    /// the rest is open to all again.
    #[serde(default, rename = "hand_to")]
    #[garde(skip)]
    pub reassign_to: Option<MemberId>,
    /// Who becomes coordinator when the last one goes; not taken otherwise.
    #[serde(default)]
    #[garde(skip)]
    pub successor: Option<MemberId>,
}

/// What somebody held who went or was suspended.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "state": "left",
    "released": [{ "type": "task", "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3f", "title": "Shopping" }]
})))]
pub struct Departed {
    pub member_id: MemberId,
    pub state: MemberState,
    /// What is open to others now, as far as the reader may see it.
    pub released: Vec<Released>,
}

/// Suspends or removes a member whom the caller names.
pub(super) async fn remove_or_suspend(
    app: &App,
    circle: &CircleAccess<RemoveMembers>,
    member: MemberId,
    verb: MemberVerb,
    departure: Departure,
) -> Result<Body<Departed>, Problem> {
    let recently = circle.check_recent();
    let member = LockedMember::open(app, circle, member).await?;
    depart(member, recently, verb, departure).await
}

/// What a departure does in the circle, for all three operations. `recently` is the proof of
/// the last ten minutes, or what is answered where it is needed and missing.
pub(super) async fn depart(
    mut member: LockedMember,
    recently: Result<(), Problem>,
    verb: MemberVerb,
    departure: Departure,
) -> Result<Body<Departed>, Problem> {
    let mut released = Vec::new();
    if member.check_version_and_verb(verb)? {
        check_who_departs(&member, verb)?;
        settle_succession(&mut member, recently, departure.successor).await?;
        let reassign_to = departure.reassign_to;
        released = release_everything(&mut member.write, &member.row, reassign_to).await?;
        end_membership(&mut member, verb).await?;
    }
    let departed = Departed {
        member_id: member.row.id,
        state: member.row.state,
        released,
    };
    member.write.commit(Body(departed)).await
}

/// Nobody removes or suspends the patient or themselves.
fn check_who_departs(member: &LockedMember, verb: MemberVerb) -> Result<(), Problem> {
    let is_self = member.write.scope().is_member(member.row.id);
    if member.row.is_patient && !is_self {
        return Err(is_the_patient());
    }
    if is_self && verb != MemberVerb::Leave {
        let detail = "Use leave for oneself.";
        return Err(Conflict::of("oneself", detail).into());
    }
    Ok(())
}

/// Sees to it that the circle keeps a coordinator: the last one must name a successor, and only
/// the last one may.
async fn settle_succession(
    member: &mut LockedMember,
    recently: Result<(), Problem>,
    successor: Option<MemberId>,
) -> Result<(), Problem> {
    let departing = member.row.id;
    let coordinates = member.row.access == Access::Coordinator;
    let is_self = member.write.scope().is_member(departing);
    // A found phone must not hand a circle over, and not clear a coordinator away.
    if successor.is_some() || (coordinates && !is_self) {
        recently?;
    }
    let is_last = coordinates && !has_another_coordinator(&member.write, departing).await?;
    match successor {
        Some(successor) if is_last => {
            promote_successor(&mut member.write, successor, departing).await
        }
        Some(_) => {
            let detail = "Somebody else coordinates already.";
            Err(Problem::field("/successor", "not_needed", detail))
        }
        None if is_last => Err(last_coordinator()),
        None => Ok(()),
    }
}

/// Makes the successor of the last coordinator a coordinator.
async fn promote_successor(
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
pub(crate) async fn release_everything(
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
    participation::release_all(write, member.id, reassign_to).await
}

async fn end_membership(member: &mut LockedMember, verb: MemberVerb) -> Result<(), Problem> {
    let state = verb.rule().to.unwrap_or(member.row.state);
    let mut row = member.row.clone().into_active_model();
    row.state = Set(state);
    if state != MemberState::Suspended {
        row.is_patient = Set(false);
        row.phone = Set(None);
    }
    member.save(verb, row, Vec::new()).await
}
