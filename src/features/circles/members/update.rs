//! `update_member`: name and phone by the member, access and relationship by coordinators. Another
//! access changes what the member sees and may do, so some of what they hold may be released.

use sea_orm::IntoActiveModel;

use super::coordinators::{check_another_coordinates, is_the_patient};
use super::locked::LockedMember;
use super::rules::MemberVerb;
use super::topic_grants::follow_access;
use super::types::{Member, MemberPath};
use crate::access::change_log::merge_patch;
use crate::access::{CircleAccess, CirclePath, Permission, ViewCircle};
use crate::app::App;
use crate::entity::membership::{self, Access};
use crate::features::circles::invitations::withdraw_invitations_of;
use crate::features::participation;
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::platform::text::{PersonName, Phone, Relationship};
use crate::problem::Problem;

merge_patch! {
    /// What to change of a member.
    ///
    /// Name and phone are one's own; access and relationship are the coordinators' to change.
    #[schema(examples(json!({ "access": "caregiver" })))]
    #[schema(as = MemberChanges)]
    pub struct MemberPatch for membership {
        #[garde(dive)]
        name: PersonName,
        #[garde(dive)]
        phone: Phone | null,
        #[garde(dive)]
        relationship: Relationship | null,
        #[garde(skip)]
        access: Access,
    }
}

/// Change a member.
///
/// One's own name, phone and relationship; coordinators also change others'
/// access and relationship. What is seen by default follows the access, and what the
/// member may no longer do is open to others again: the answer says what was
/// `released`. Who makes
/// somebody coordinator, or coordinator no more, must have proved on this device in
/// the last ten minutes who they are: else 403 `reauthentication_needed`.
#[utoipa::path(
    patch, path = "/circles/{circle_id}/members/{member_id}", tag = "members",
    params(CirclePath, MemberPath),
    responses((status = OK, description = "The member", body = Member), Problem),
)]
pub async fn update_member(
    app: App,
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<MemberPath>,
    Json(changes): Json<MemberPatch>,
) -> Result<Resource<Member>, Problem> {
    let mut member = LockedMember::open(&app, &circle, path.member_id).await?;
    check_fields(&member, &changes)?;
    member.check(MemberVerb::Change)?;

    let old_access = member.row.access;
    let mut row = member.row.clone().into_active_model();
    let access = changes.access.filter(|access| *access != old_access);
    let fields = changes.write_to(&mut row);
    if let Some(access) = access {
        if [access, old_access].contains(&Access::Coordinator) {
            circle.check_recent()?;
        }
        prepare_access(&mut member, access).await?;
    }
    if fields.is_empty() {
        return member.respond_with(Vec::new()).await;
    }
    member.write_row(row).await?;
    let released = if member.row.access == old_access {
        Vec::new()
    } else {
        participation::release_out_of_reach(&mut member.write, &member.row).await?
    };
    member.log(MemberVerb::Change, fields.names()).await?;
    member.see_own_rights().await?;
    member.respond_with(released).await
}

/// Name and phone are for the member to change, the access for those who manage members.
fn check_fields(member: &LockedMember, changes: &MemberPatch) -> Result<(), Problem> {
    let scope = member.write.scope();
    let is_self = scope.is_member(member.row.id);
    let for_themselves = changes.name.is_some() || changes.phone.is_some();
    let for_managers = changes.access.is_some();
    let manages = scope.may(Permission::ManageMembers);
    if (for_managers && !manages) || (for_themselves && !is_self) {
        return Err(Permission::ManageMembers.refused());
    }
    Ok(())
}

/// What another access needs and brings along: somebody still coordinates, the invitations
/// of a coordinator end, and the default topics follow.
async fn prepare_access(member: &mut LockedMember, access: Access) -> Result<(), Problem> {
    let before = &member.row;
    let is_self = member.write.scope().is_member(before.id);
    if before.is_patient && !is_self && access > before.access {
        return Err(is_the_patient());
    }
    if before.access == Access::Coordinator {
        check_another_coordinates(&member.write, before.id).await?;
        withdraw_invitations_of(&mut member.write, before.id).await?;
    }
    follow_access(&member.write, before, access).await
}
