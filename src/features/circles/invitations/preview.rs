//! `preview_invitation`: what an invitation offers to the person who has its token. The
//! page behind the link shows the same.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::mail::zone_of;
use super::store::{circle_of, while_open};
use super::types::InvitationTokenRequest;
use super::used_links::offered_before;
use crate::access::SystemCircleView;
use crate::app::App;
use crate::auth::{find_user_by_email, mail_tokens};
use crate::entity::ids::InvitationId;
use crate::entity::invitation::{self, InvitationState};
use crate::entity::mail_token::MailTokenKind;
use crate::entity::membership::{self, AccessLevel};
use crate::http::extract::Json;
use crate::http::response::Body;
use crate::platform::language::Language;
use crate::platform::time::civil::{ReaderTime, for_reader};
use crate::platform::time::timestamps::in_milliseconds;
use crate::problem::Problem;

/// What an invitation offers to the person who has its token.
#[expect(
    clippy::struct_excessive_bools,
    reason = "an answer with facts, each of which a page shows by itself"
)]
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "circle_alias": "Ana's circle",
    "invited_by_name": "Ana Díaz",
    "email": "ben@example.org",
    "access": "helper",
    "as_patient": false,
    "note": null,
    "has_account": false,
    "expires_at": "2027-01-09T12:00:00.000Z",
    "is_member_already": false,
    "is_declined": false
})))]
pub struct InvitationPreview {
    /// The neutral name of the circle, as in emails.
    pub circle_alias: String,
    /// The name of the member who invites.
    pub invited_by_name: String,
    /// The email address that was invited. Only the account of this address can accept.
    pub email: String,
    /// The access level that you get.
    pub access: AccessLevel,
    /// Whether you are invited as the patient.
    pub as_patient: bool,
    /// A personal line from the member who invites.
    pub note: Option<String>,
    /// Whether the address has an account. If so, sign in and accept; otherwise register.
    pub has_account: bool,
    /// When the invitation expires.
    #[serde(serialize_with = "in_milliseconds")]
    pub expires_at: DateTime<Utc>,
    /// Whether this token was used and its person is a member now. If so, sign in.
    pub is_member_already: bool,
    /// Whether this token was used to decline. If so, ask for a new invitation.
    pub is_declined: bool,
}

/// Preview an invitation.
///
/// Shows what the invitation offers, by the token of the email. Nothing changes and
/// nobody is told. If a person used the token and is a member now, `is_member_already` is true. If
/// they declined with it, `is_declined` is true. Show no buttons to answer in both cases.
///
/// - 410 `no_longer_valid`: the token is unknown, expired or withdrawn
#[utoipa::path(
    post, path = "/invitations/preview", tag = "invitations", security(()),
    responses(
        (status = OK, description = "What the invitation offers", body = InvitationPreview),
        Problem,
    ),
)]
pub async fn preview_invitation(
    app: App,
    Json(InvitationTokenRequest { token }): Json<InvitationTokenRequest>,
) -> Result<Body<InvitationPreview>, Problem> {
    match invitation_offer(&app, &token).await {
        Err(Problem::Gone) => offered_before(&app, &token).await.map(Body),
        offer => offer.map(Body),
    }
}

/// What an invitation offers.
pub async fn invitation_offer(app: &App, token: &str) -> Result<InvitationPreview, Problem> {
    let now = app.clock().now();
    let token = mail_tokens::require(app.reader(), MailTokenKind::Invitation, token, now).await?;
    let view = SystemCircleView::of(app, circle_of(&token)?).await?;
    let invitation = view
        .find_one::<invitation::Entity>(InvitationId(token.subject_id))
        .await?;
    let invitation = while_open(invitation, now)?;
    describe_offer(app, &view, invitation, false).await
}

/// What an invitation offers to the person who has its token.
pub(super) async fn describe_offer(
    app: &App,
    view: &SystemCircleView<'_>,
    invitation: invitation::Model,
    is_member_already: bool,
) -> Result<InvitationPreview, Problem> {
    let inviter = match invitation.created_by_member_id {
        Some(id) => view.find_one::<membership::Entity>(id).await?,
        None => None,
    };
    let account = find_user_by_email(app.reader(), &invitation.email).await?;
    Ok(InvitationPreview {
        circle_alias: view.circle().alias.clone(),
        invited_by_name: inviter.map(|member| member.name).unwrap_or_default(),
        email: invitation.email,
        access: invitation.access,
        as_patient: invitation.as_patient,
        note: invitation.note,
        has_account: account.is_some(),
        expires_at: invitation.expires_at,
        is_member_already,
        is_declined: invitation.state == InvitationState::Declined,
    })
}

/// What the page of an invitation shows beside the offer.
pub struct InvitationTimes {
    /// The language of the page: that of the account, the one that the reader wishes, or
    /// that of the circle.
    pub language: Language,
    /// The time zone of the circle.
    pub circle_zone: String,
    /// When the invitation expires, in the zone of its reader.
    pub until: ReaderTime,
}

/// The times of an invitation and the language, for its page.
pub async fn invitation_times(
    app: &App,
    token: &str,
    offer: &InvitationPreview,
    wished: Option<Language>,
) -> Result<InvitationTimes, Problem> {
    let now = app.clock().now();
    let token = mail_tokens::require(app.reader(), MailTokenKind::Invitation, token, now).await?;
    let view = SystemCircleView::of(app, circle_of(&token)?).await?;
    let circle_zone = view.circle().time_zone.clone();
    let account = find_user_by_email(app.reader(), &offer.email).await?;
    let language = Language::first_of([
        account.as_ref().and_then(|user| user.locale.as_deref()),
        wished.map(Language::tag),
        view.circle().locale.as_deref(),
    ]);
    let zone = zone_of(account.as_ref(), &circle_zone).in_language(language);
    let until = for_reader(offer.expires_at, zone);
    Ok(InvitationTimes {
        language,
        circle_zone,
        until,
    })
}
