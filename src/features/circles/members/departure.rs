//! The departure of a member, from the request to the last row.
//!
//! A coordinator or the patient suspends or removes a member, or a member leaves. All
//! three [`depart`]: a successor takes the place of the last coordinator, open
//! invitations are withdrawn, what the member held is open to others or offered to one of
//! them, and the membership gets its new state. The row stays, because others read who
//! did what. `reinstate.rs` and a new invitation use it again.
//!
//! Nothing is erased here. A person who deletes their account leaves every circle in
//! `privacy/account_deletion.rs`, and what they hold is released by the same function
//! ([`release_everything`]).

use garde::Validate;
use sea_orm::{ActiveValue::Set, IntoActiveModel};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::coordinators::{
    check_account, end_deputy, has_another_coordinator, is_the_patient, last_coordinator,
    make_coordinator, promote_deputy,
};
use super::locked::LockedMember;
use super::personal_link::{void_links, void_responses_as_stand_in};
use super::rules::MemberVerb;
use crate::access::{CircleAccess, CircleWrite, RemoveMembers, Verb};
use crate::app::App;
use crate::auth::mail_tokens::void_responses_of_members_later;
use crate::entity::class::FORMER_MEMBER;
use crate::entity::ids::MemberId;
use crate::entity::membership::{self, AccessLevel, MemberState};
use crate::features::absences::end_absences_of;
use crate::features::circles::invitations::withdraw_invitations_around;
use crate::features::circles::proxy::revoke_proxy_of_later;
use crate::features::participation::{self, REASSIGN_TO, ReleasedItem, require_other};
use crate::http::response::Body;
use crate::problem::{Conflict, FieldErrorCode, Problem, ProblemCode};

/// The field that names the next coordinator.
const SUCCESSOR: &str = "/successor_member_id";

/// What happens to the work of a member who leaves, is removed or is suspended.
#[derive(Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "reassign_to_member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e" })))]
pub struct DepartureRequest {
    /// The member to whom the released work is offered, as far as they see it and may
    /// claim it. The rest is open to others again.
    #[serde(default)]
    #[garde(skip)]
    pub reassign_to_member_id: Option<MemberId>,
    /// The member who becomes coordinator. Send it only if the last coordinator goes. Without it
    /// the deputy of the circle becomes coordinator.
    #[serde(default)]
    #[garde(skip)]
    pub successor_member_id: Option<MemberId>,
}

/// What a member held who left, was removed or was suspended.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "state": "left",
    "released": [{ "type": "task", "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3f", "title": "Shopping" }]
})))]
pub struct Departure {
    /// The member who left, was removed or was suspended.
    pub member_id: MemberId,
    /// The member's state now.
    pub state: MemberState,
    /// What is open to others again, as far as you may see it.
    pub released: Vec<ReleasedItem>,
}

/// Suspends or removes the member in the path.
pub(super) async fn remove_or_suspend(
    app: &App,
    circle: &CircleAccess<RemoveMembers>,
    member: MemberId,
    verb: MemberVerb,
    departure: DepartureRequest,
) -> Result<Body<Departure>, Problem> {
    let recently = circle.check_recent();
    let member = LockedMember::open(app, circle, member).await?;
    depart(member, recently, verb, departure).await
}

/// What a departure does in the circle, for all three operations. `recently` is the proof
/// that the caller confirmed their identity in the last ten minutes, or the refusal if
/// they did not.
pub(super) async fn depart(
    mut member: LockedMember,
    recently: Result<(), Problem>,
    verb: MemberVerb,
    departure: DepartureRequest,
) -> Result<Body<Departure>, Problem> {
    let mut released = Vec::new();
    if member.check_version_and_verb(verb)? {
        check_who_departs(&member, verb)?;
        check_recent(&member, recently, departure.successor_member_id)?;
        check_named(&member, &departure).await?;
        settle_succession(&mut member, departure.successor_member_id).await?;
        let reassign_to = departure.reassign_to_member_id;
        released = release_everything(&mut member.write, &member.row, reassign_to).await?;
        end_deputy(&mut member.write, member.row.id).await?;
        end_membership(&mut member, verb).await?;
    }
    let departed = Departure {
        member_id: member.row.id,
        state: member.row.state,
        released,
    };
    member.write.commit(Body(departed)).await
}

/// Refuses the removal or suspension of the patient and of the caller.
fn check_who_departs(member: &LockedMember, verb: MemberVerb) -> Result<(), Problem> {
    let is_self = member.write.scope().is_member(member.row.id);
    if member.row.is_patient && !is_self {
        return Err(is_the_patient());
    }
    if is_self && verb != MemberVerb::Leave {
        let detail = "You cannot suspend or remove yourself. Leave the circle instead.";
        return Err(Conflict::of(ProblemCode::CannotTargetYourself, detail).into());
    }
    Ok(())
}

/// Somebody who finds a phone must not name a new coordinator or remove one.
fn check_recent(
    member: &LockedMember,
    recently: Result<(), Problem>,
    successor: Option<MemberId>,
) -> Result<(), Problem> {
    let coordinates = member.row.access == AccessLevel::Coordinator;
    let is_self = member.write.scope().is_member(member.row.id);
    if successor.is_some() || (coordinates && !is_self) {
        recently?;
    }
    Ok(())
}

/// Refuses members who do not exist, both at once. Without a successor, the last coordinator is
/// first told that they need one.
async fn check_named(member: &LockedMember, departure: &DepartureRequest) -> Result<(), Problem> {
    if departure.successor_member_id.is_none() {
        return Ok(());
    }
    let named = [
        (REASSIGN_TO, departure.reassign_to_member_id),
        (SUCCESSOR, departure.successor_member_id),
    ];
    let mut checks = Vec::new();
    for (pointer, id) in named {
        if let Some(id) = id {
            let other = require_other(&member.write, pointer, member.row.id, id).await;
            checks.push(other.map(drop));
        }
    }
    Problem::together(checks)
}

/// Makes sure that the circle keeps a coordinator: the last one must name a successor, unless the
/// circle has a deputy, and nobody else may name one.
async fn settle_succession(
    member: &mut LockedMember,
    successor: Option<MemberId>,
) -> Result<(), Problem> {
    let departing = member.row.id;
    let coordinates = member.row.access == AccessLevel::Coordinator;
    let is_last = coordinates && !has_another_coordinator(&member.write, departing).await?;
    match successor {
        Some(successor) if is_last => {
            promote_successor(&mut member.write, successor, departing).await
        }
        Some(_) => {
            let detail =
                "Another member is a coordinator already. Leave `successor_member_id` out.";
            Err(Problem::field(
                SUCCESSOR,
                FieldErrorCode::SuccessorNotNeeded,
                detail,
            ))
        }
        None if is_last && promote_deputy(&mut member.write, departing).await? => Ok(()),
        None if is_last => Err(last_coordinator()),
        None => Ok(()),
    }
}

/// Makes the successor a coordinator.
async fn promote_successor(
    write: &mut CircleWrite,
    successor: MemberId,
    of: MemberId,
) -> Result<(), Problem> {
    let before = require_other(write, SUCCESSOR, of, successor).await?;
    check_account(write, SUCCESSOR, &before).await?;
    make_coordinator(write, &before).await
}

/// Withdraws the invitations that a departing member sent or got, ends their right to decide for the
/// patient, releases what they hold
/// and offers it to `reassign_to`. Returns what the caller may see of it.
pub(crate) async fn release_everything(
    write: &mut CircleWrite,
    member: &membership::Model,
    reassign_to: Option<MemberId>,
) -> Result<Vec<ReleasedItem>, Problem> {
    withdraw_invitations_around(write, member).await?;
    revoke_proxy_of_later(write, member.id);
    participation::release_all(write, member.id, reassign_to).await
}

async fn end_membership(member: &mut LockedMember, verb: MemberVerb) -> Result<(), Problem> {
    let state = verb.rule().to.unwrap_or(member.row.state);
    let mut row = member.row.clone().into_active_model();
    row.state = Set(state);
    row.is_proxy = Set(false);
    if state != MemberState::Suspended {
        row.is_patient = Set(false);
        row.phone = Set(None);
        row.capacity = Set(None);
        if member.row.is_managed() {
            // Nobody could ask for it later: there is no account to delete.
            row.name = Set(FORMER_MEMBER.into());
            row.relationship = Set(None);
        }
        end_absences_of(&mut member.write, member.row.id).await?;
    }
    if member.row.access == AccessLevel::Coordinator {
        void_responses_as_stand_in(&member.write, &member.row);
    }
    if member.row.is_managed() {
        void_links(&member.write, &member.row);
    } else if state != MemberState::Suspended {
        let (transaction, circle_id) = (member.write.transaction(), member.write.circle_id());
        void_responses_of_members_later(transaction, circle_id, &[member.row.id]);
    }
    member.save_later(verb, row, Vec::new()).await
}
