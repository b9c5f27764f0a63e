//! The personal link of a member without an account: it shows them what they have to do, and lets
//! them answer. Only its hash is stored. `features/personal` is the page behind it.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::locked::LockedMember;
use super::rules::MemberVerb;
use super::types::MemberPath;
use crate::access::{CircleAccess, CirclePath, CircleWrite, ViewCircle};
use crate::app::App;
use crate::auth::mail_tokens::{self, TokenSubject};
use crate::entity::ids::MemberId;
use crate::entity::mail_token::MailTokenKind;
use crate::entity::membership;
use crate::features::circles::with_link::WithLink;
use crate::http::extract::Path;
use crate::http::response::NoContent;
use crate::platform::time::timestamps::in_milliseconds;
use crate::problem::Problem;

/// The link that shows a member without an account what they have to do.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "url": "https://kith.example/personal?token=n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg",
    "member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "created_at": "2027-01-02T12:00:00.000Z"
})))]
pub struct PersonalLink {
    /// The link. Who has it sees the page, so give it only to the member. It is shown only once:
    /// null in the answer to a repeated request.
    pub url: Option<String>,
    /// The member whose it is.
    pub member_id: MemberId,
    /// When it was created.
    #[serde(serialize_with = "in_milliseconds")]
    pub created_at: DateTime<Utc>,
}

/// Create the personal link of a member.
///
/// The link opens a page without signing in. It shows a member without an account what they hold
/// and what they are asked: late, today, in the next seven days, or without a date. What they are
/// asked for a later day is there as well, unless it repeats. It shows tasks and needs about everyday
/// things, what others ask them to take over, and when their appointments are. They can accept,
/// decline, release and complete there. Send the link by any messenger. A new link replaces the old
/// one. Nobody is told.
///
/// - 403 `forbidden`: only coordinators and the contact of the member can create it
/// - 409 `invalid_transition`: the member has an account, or is not active
#[utoipa::path(
    post, path = "/circles/{circle_id}/members/{member_id}/personal-link", tag = "members",
    params(CirclePath, MemberPath),
    responses((status = CREATED, description = "The link", body = PersonalLink), Problem),
)]
pub async fn create_personal_link(
    app: App,
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<MemberPath>,
) -> Result<WithLink<PersonalLink>, Problem> {
    let mut member = open(&app, &circle, path, MemberVerb::CreatePersonalLink).await?;
    let write = &member.write;
    let subject = TokenSubject::member(write.circle_id(), member.row.id);
    let kind = MailTokenKind::PersonalLink;
    let token = mail_tokens::issue(write.transaction(), kind, subject, None).await?;
    let link = |url| PersonalLink {
        url,
        member_id: member.row.id,
        created_at: write.now(),
    };
    let answer = WithLink {
        shown: link(Some(mail_tokens::new_link(&app, "personal", token))),
        kept: link(None),
    };
    member
        .log(MemberVerb::CreatePersonalLink, Vec::new())
        .await?;
    member.write.commit(answer).await
}

/// Delete the personal link of a member.
///
/// The link stops working at once. Without a link nothing changes. Nobody is told.
///
/// - 403 `forbidden`: only coordinators and the contact of the member can delete it
/// - 409 `invalid_transition`: the member has an account, or is not active
#[utoipa::path(
    delete, path = "/circles/{circle_id}/members/{member_id}/personal-link", tag = "members",
    params(CirclePath, MemberPath),
    responses((status = NO_CONTENT, description = "The link does not work any more"), Problem),
)]
pub async fn delete_personal_link(
    app: App,
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<MemberPath>,
) -> Result<NoContent, Problem> {
    let mut member = open(&app, &circle, path, MemberVerb::DeletePersonalLink).await?;
    let subject = TokenSubject::member(member.write.circle_id(), member.row.id);
    let kind = MailTokenKind::PersonalLink;
    let tx = member.write.tx();
    if mail_tokens::newest(tx, kind, subject).await?.is_some() {
        mail_tokens::void_later(member.write.transaction(), kind, subject);
        member
            .log(MemberVerb::DeletePersonalLink, Vec::new())
            .await?;
    }
    member.write.commit(NoContent).await
}

/// Reads the member, and refuses one who has an account.
async fn open(
    app: &App,
    circle: &CircleAccess<ViewCircle>,
    path: MemberPath,
    verb: MemberVerb,
) -> Result<LockedMember, Problem> {
    let member_id = path.member_id.resolve(circle.scope())?;
    let member = LockedMember::open(app, circle, member_id).await?;
    member.check(verb)?;
    if !member.row.is_managed() {
        return Err(member.does_not_fit());
    }
    Ok(member)
}

/// Voids the links that were made while the member had no account: they must not work for a member
/// who went, nor speak for one who has an account now.
pub(in crate::features::circles) fn void_links(write: &CircleWrite, member: &membership::Model) {
    let subject = TokenSubject::member(write.circle_id(), member.id);
    for kind in [MailTokenKind::PersonalLink, MailTokenKind::Unsubscribe] {
        mail_tokens::void_later(write.transaction(), kind, subject);
    }
    void_responses(write, member);
}

/// Voids the links in emails with which a coordinator who coordinates no longer could answer for
/// members without an account, because they stood in for a contact.
pub(super) fn void_responses_as_stand_in(write: &CircleWrite, member: &membership::Model) {
    let (transaction, circle_id) = (write.transaction(), write.circle_id());
    mail_tokens::void_responses_for_others_later(transaction, circle_id, member.id);
}

/// Voids the links in emails that answer for a member without an account: somebody else gets their
/// emails from now on.
pub(super) fn void_responses(write: &CircleWrite, member: &membership::Model) {
    let (transaction, circle_id) = (write.transaction(), write.circle_id());
    mail_tokens::void_responses_of_members_later(transaction, circle_id, &[member.id]);
}
