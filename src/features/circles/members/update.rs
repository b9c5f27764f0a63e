//! `update_member`: the member changes name and phone, coordinators change access and
//! relationship. Another access level changes what the member sees and may do, so some of
//! what they hold may be released.

use sea_orm::IntoActiveModel;

use super::coordinators::{check_another_coordinates, is_the_patient};
use super::locked::LockedMember;
use super::managed::{CONTACT, check_managed_access, require_contact, tell_contact};
use super::personal_link::{void_responses, void_responses_as_stand_in};
use super::rules::MemberVerb;
use super::topic_grants::follow_access;
use super::types::{Member, MemberPath};
use crate::access::change_log::merge_patch;
use crate::access::{CircleAccess, CirclePath, ViewCircle, grants_of};
use crate::app::App;
use crate::entity::ids::MemberId;
use crate::entity::membership::{self, AccessLevel, Capacity};
use crate::features::circles::invitations::withdraw_invitations_of;
use crate::features::participation;
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::notify::notifications::void_unsubscribe_tokens;
use crate::platform::text::{PersonName, Phone, Relationship};
use crate::problem::{FieldErrorCode, Problem};

merge_patch! {
    /// What to change in a member.
    ///
    /// You change your own name, phone number, capacity and relationship. Coordinators change the
    /// access and relationship of every member. For a member without an account, coordinators and
    /// their contact change everything but the access.
    #[schema(examples(json!({ "access": "caregiver" })))]
    #[schema(as = UpdateMemberRequest)]
    pub struct MemberPatch for membership {
        /// The member's name, as the others in the circle see it. Only the member changes
        /// it.
        #[garde(dive)]
        name: PersonName,
        /// A phone number to share with the circle. Only the member changes it.
        #[garde(dive)]
        phone: Phone | null,
        /// How much time the member has for helping. Only the member changes it. The patient does
        /// not see it.
        #[garde(skip)]
        capacity: Capacity | null,
        /// Another contact for a member without an account: the member who acts for them and gets
        /// their emails. Coordinators and the present contact change it.
        #[garde(skip)]
        contact_member_id: MemberId,
        /// What the member is to the patient, such as "daughter".
        #[garde(dive)]
        relationship: Relationship | null,
        /// The access level. Only coordinators change it.
        #[garde(skip)]
        access: AccessLevel,
    }
}

/// Update a member.
///
/// You change your own name, phone number, capacity and relationship. Coordinators also change the
/// access and relationship of others. For a member without an account, coordinators and the contact
/// change what members change themselves, and name another contact, who is told. Topic levels that are
/// still the default of the old access level change to the default of the new one.
///
/// With a lower access level, what the member may no longer do is open to others again,
/// and `released` lists it. The member is told what they are no longer part of, and the
/// members who relied on them are told.
///
/// - 403 `forbidden`: only the member changes their name, phone number and capacity, for a member without
///   an account also their contact and coordinators; only coordinators change access
/// - 403 `reauthentication_required`: you make a member coordinator, or take that away, and
///   have not confirmed your identity in the last ten minutes
/// - 409 `last_coordinator`: the circle would be left without a coordinator
/// - 409 `patient_protected`: only the patient can lower the patient's access
/// - 422 `needs_account`: a member without an account is a helper or a viewer, and their contact has
///   an account
/// - 422 `member_has_account`: only a member without an account has a contact
/// - 422 `unknown_member`: the contact is no active member of this circle
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
    let member_id = path.member_id.resolve(circle.scope())?;
    let mut member = LockedMember::open(&app, &circle, member_id).await?;
    // Who has an account has no contact that anybody could change.
    let contact = changes.contact_member_id.is_some() && member.row.is_managed();
    let of_person =
        contact || changes.name.is_some() || changes.phone.is_some() || changes.capacity.is_some();
    member
        .facts()
        .check_fields(of_person, changes.access.is_some())?;
    member.check(MemberVerb::Update)?;
    check_managed(&member, &changes).await?;
    let old_contact = member.row.contact_member_id;

    let old_access = member.row.access;
    let mut row = member.row.clone().into_active_model();
    let access = changes.access.filter(|access| *access != old_access);
    let fields = changes.write_to(&mut row);
    if let Some(access) = access {
        if [access, old_access].contains(&AccessLevel::Coordinator) {
            circle.check_recent()?;
        }
        prepare_access(&mut member, access).await?;
    }
    if fields.is_empty() {
        return member.respond_with(Vec::new()).await;
    }
    member.write_row(row).await?;
    let write = &mut member.write;
    let mut released = Vec::new();
    let mut grants = Vec::new();
    if member.row.contact_member_id != old_contact {
        void_unsubscribe_tokens(write, &[member.row.id]);
        void_responses(write, &member.row);
        tell_contact(write, &member.row).await?;
    }
    if member.row.access != old_access || write.scope().is_member(member.row.id) {
        grants = grants_of(write.tx(), write.scope(), &[member.row.id]).await?;
    }
    if member.row.access != old_access {
        if old_access == AccessLevel::Coordinator {
            void_responses_as_stand_in(write, &member.row);
        }
        released = participation::release_out_of_reach(write, &member.row, &grants).await?;
    }
    member.log(MemberVerb::Update, fields.names()).await?;
    member.see_own_rights(&grants);
    member.respond_with(released).await
}

/// Checks what a member without an account cannot have, and that a new contact has an account.
async fn check_managed(member: &LockedMember, changes: &MemberPatch) -> Result<(), Problem> {
    let row = &member.row;
    if let Some(contact) = changes.contact_member_id {
        if !row.is_managed() {
            let detail = "This member has an account and needs no contact. Leave the field out.";
            let code = FieldErrorCode::MemberHasAccount;
            return Err(Problem::field(CONTACT, code, detail));
        }
        require_contact(&member.write, contact).await?;
    }
    match changes.access {
        Some(access) if row.is_managed() => check_managed_access(access),
        _ => Ok(()),
    }
}

/// Prepares another access level: the circle must keep a coordinator, the invitations of
/// a former coordinator are withdrawn, and the default topic levels follow.
async fn prepare_access(member: &mut LockedMember, access: AccessLevel) -> Result<(), Problem> {
    let before = &member.row;
    let is_self = member.write.scope().is_member(before.id);
    if before.is_patient && !is_self && access > before.access {
        return Err(is_the_patient());
    }
    if before.access == AccessLevel::Coordinator {
        check_another_coordinates(&member.write, before.id).await?;
        withdraw_invitations_of(&mut member.write, before.id).await?;
    }
    follow_access(&member.write, before, access).await
}
