//! `create_member`: a member without an account, such as a grandmother without email. Another
//! member, their contact, acts for them and gets their emails.

use garde::Validate;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, Condition};
use serde::Deserialize;
use utoipa::ToSchema;

use super::store::describe_member;
use super::topic_grants::grant_defaults;
use super::types::Member;
use crate::access::change_log::Change;
use crate::access::{CircleAccess, CirclePath, CircleWrite, ManageMembers, limits};
use crate::app::App;
use crate::entity::ids::MemberId;
use crate::entity::membership::{self, AccessLevel, MemberState};
use crate::entity::notification::NotificationKind;
use crate::features::participation::require_active;
use crate::http::extract::Json;
use crate::http::response::Created;
use crate::notify::notifications::{Notification, notify};
use crate::platform::text::{PersonName, Phone, Relationship};
use crate::problem::{FieldErrorCode, Problem};

/// The field that names the contact.
pub(super) const CONTACT: &str = "/contact_member_id";

/// A member without an account.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "name": "Aunt Rosa", "access": "helper", "relationship": "aunt" })))]
pub struct CreateMemberRequest {
    /// The name of the member, as the others in the circle see it.
    #[garde(dive)]
    pub name: PersonName,
    /// The access level: `helper` or `viewer`. All others need an account.
    #[garde(skip)]
    pub access: AccessLevel,
    /// What the member is to the patient, such as "aunt".
    #[serde(default)]
    #[garde(dive)]
    pub relationship: Option<Relationship>,
    /// A phone number that the member shares with the circle.
    #[serde(default)]
    #[garde(dive)]
    pub phone: Option<Phone>,
    /// The member who acts for them and gets their emails. Default: you.
    #[serde(default)]
    #[garde(skip)]
    pub contact_member_id: Option<MemberId>,
}

/// Add a member without an account.
///
/// The member has no email address and signs in nowhere. Their contact and the coordinators act for
/// them: they claim, accept, decline, release and complete with `on_behalf_of_member_id`, and the
/// activity names both. The reminders and notifications of the member go to the contact, and say for
/// whom they are. While the contact is away, they go to the coordinator who has been in the circle the
/// longest. If the contact leaves the circle, a coordinator becomes the contact, or another member if
/// nobody coordinates. An invitation with `member_id` gives the member an account later.
/// The contact is told, unless you are it.
///
/// - 403 `forbidden`: only coordinators can add a member
/// - 409 `limit_reached`: the circle has too many members
/// - 422 `needs_account`: the access level, or being the contact, needs an account
/// - 422 `unknown_member`: the contact is no active member of this circle
#[utoipa::path(
    post, path = "/circles/{circle_id}/members", tag = "members", params(CirclePath),
    responses((status = CREATED, description = "The member", body = Member), Problem),
)]
pub async fn create_member(
    app: App,
    circle: CircleAccess<ManageMembers>,
    Json(new): Json<CreateMemberRequest>,
) -> Result<Created<Member>, Problem> {
    let mut write = app.begin_write(&circle).await?;
    check_managed_access(new.access)?;
    let me = write.scope().member_id().ok_or(Problem::NotFound)?;
    let contact = new.contact_member_id.unwrap_or(me);
    require_contact(&write, contact).await?;
    let here = [
        MemberState::Active,
        MemberState::Suspended,
        MemberState::Leaving,
    ];
    let here = Condition::all().add(membership::Column::State.is_in(here));
    write
        .check_limit::<membership::Entity>(limits::MEMBERS, here)
        .await?;
    let row = membership::ActiveModel {
        id: Set(write.new_id()),
        contact_member_id: Set(Some(contact)),
        name: Set(new.name.into()),
        access: Set(new.access),
        is_patient: Set(false),
        is_proxy: Set(false),
        relationship: Set(new.relationship.map(Into::into)),
        phone: Set(new.phone.map(Into::into)),
        state: Set(MemberState::Active),
        joined_at: Set(write.now()),
        reads: Set(0),
        seen_seq: Set(write.scope().change_seq()),
        ..Default::default()
    };
    let member = write.insert_later::<membership::Entity>(row)?;
    grant_defaults(&write, member.id, member.access, &[]);
    write
        .log(Change::to::<membership::Entity>("created", &member))
        .await?;
    // The answer is read from the new rows.
    write.transaction().send_later().await?;
    tell_contact(&write, &member).await?;
    let member = describe_member(write.tx(), write.scope(), member).await?;
    write.commit(Created::new(member)).await
}

/// Refuses an access level that needs an account.
pub(super) fn check_managed_access(access: AccessLevel) -> Result<(), Problem> {
    if matches!(access, AccessLevel::Helper | AccessLevel::Viewer) {
        return Ok(());
    }
    let detail = "A member without an account is a helper or a viewer.";
    Err(Problem::field(
        "/access",
        FieldErrorCode::NeedsAccount,
        detail,
    ))
}

/// Refuses a contact who is no active member with an account.
pub(super) async fn require_contact(write: &CircleWrite, contact: MemberId) -> Result<(), Problem> {
    let contact = require_active(write, CONTACT, contact).await?;
    if contact.user_id.is_some() {
        return Ok(());
    }
    let detail = "This member has no account. Name a member who has one.";
    Err(Problem::field(
        CONTACT,
        FieldErrorCode::NeedsAccount,
        detail,
    ))
}

/// Tells a new contact that they act for the member now.
pub(super) async fn tell_contact(
    write: &CircleWrite,
    member: &membership::Model,
) -> Result<(), Problem> {
    let kind = NotificationKind::ContactChanged;
    let told = Notification::of(kind, member, write.scope().time_zone());
    notify(write, vec![told.to(member.contact_member_id)]).await
}
