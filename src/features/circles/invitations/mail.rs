//! The email of an invitation: who invites, the alias of the circle, and a link. What the
//! inviter wrote is shown only behind the link.

use serde::{Deserialize, Serialize};

use crate::access::CircleWrite;
use crate::app::App;
use crate::auth::find_user_by_email;
use crate::auth::mail_tokens::{self, TokenSubject};
use crate::entity::change::ActorKind;
use crate::entity::ids::{CircleId, InvitationId};
use crate::entity::invitation::{self, InvitationState};
use crate::entity::mail_token::MailTokenKind;
use crate::entity::{membership, user};
use crate::notify::posting::post;
use crate::platform::language::Language;
use crate::platform::mail::{self, plain_label};
use crate::platform::queue::{Failure, Leased, Run};
use crate::platform::time::civil::{ReaderZone, for_reader};

/// Emails an invitation, if it is still open.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MailInvitation {
    pub circle_id: CircleId,
    pub invitation_id: InvitationId,
}

impl Run<App> for MailInvitation {
    async fn run(&self, app: &App, lease: &Leased) -> Result<(), Failure> {
        let (circle_id, id) = (self.circle_id, self.invitation_id);
        let write = CircleWrite::begin_as_system(app, circle_id, ActorKind::System, None).await?;
        let good = |row: &invitation::Model| {
            row.state == InvitationState::Open && row.expires_at > write.now()
        };
        let Some(row) = write.find_one::<invitation::Entity>(id).await?.filter(good) else {
            return Ok(());
        };
        let subject = TokenSubject::invitation(circle_id, id);
        let Some(token) =
            mail_tokens::newest(write.tx(), MailTokenKind::Invitation, subject).await?
        else {
            return Ok(());
        };
        let circle = write.circle().await?;
        let inviter = match row.created_by_member_id {
            Some(id) => write.find_one::<membership::Entity>(id).await?,
            None => None,
        };
        drop(write);
        let account = find_user_by_email(app.reader(), &row.email).await?;

        let own = account.as_ref().and_then(|user| user.locale.as_deref());
        let language = Language::first_of([own, circle.locale.as_deref()]);
        let zone = zone_of(account.as_ref(), &circle.time_zone).in_language(language);
        let letter = mail::Invitation {
            language,
            inviter: plain_label(
                &inviter.map(|member| member.name).unwrap_or_default(),
                &language.say("somebody-first").to_string(),
            ),
            until: for_reader(row.expires_at, zone),
            alias: circle.alias,
            link: language.in_link(mail_tokens::link(app, "invitation", &token)),
        };
        post(app, lease, &row.email, &letter).await
    }
}

/// The zone of an invited person. Without an account it is unknown: they are told the time of
/// the circle, with the zone named.
pub(super) fn zone_of<'a>(account: Option<&'a user::Model>, circle: &'a str) -> ReaderZone<'a> {
    match account {
        Some(user) => ReaderZone::in_circle(&user.time_zone, circle),
        None => ReaderZone::named(circle),
    }
}
