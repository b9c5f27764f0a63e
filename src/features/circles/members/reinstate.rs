//! `reinstate_member`: undoes `suspend_member`. What was released stays released.

use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::coordinators::account_state;
use super::locked::LockedMember;
use super::rules::MemberVerb;
use super::types::{Member, MemberPath};
use crate::access::{CircleAccess, CirclePath, ManageMembers};
use crate::app::App;
use crate::entity::membership::{AccessLevel, MemberState};
use crate::entity::user::UserState;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::problem::Problem;

/// Reinstate a suspended member.
///
/// The member has the same access and topic levels as before. What was released stays
/// released. Nobody is told.
///
/// - 403 `forbidden`: only coordinators can reinstate a member
/// - 403 `reauthentication_required`: the member is a coordinator and you have not
///   confirmed your identity in the last ten minutes
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
    let member_id = path.member_id.resolve(circle.scope())?;
    let mut member = LockedMember::open(&app, &circle, member_id).await?;
    if member.check_version_and_verb(MemberVerb::Reinstate)? {
        if member.row.access == AccessLevel::Coordinator {
            recently?;
        }
        let mut row = member.row.clone().into_active_model();
        // While the deletion of an account is scheduled, its member sees the circle but holds
        // nothing.
        let account = account_state(&member.write, &member.row).await?;
        row.state = Set(match account {
            Some(UserState::Deleting) => MemberState::Leaving,
            _ => MemberState::Active,
        });
        member.save(MemberVerb::Reinstate, row, Vec::new()).await?;
    }
    member.respond().await
}
