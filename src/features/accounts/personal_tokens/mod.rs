//! Access tokens that people make for programs of their own: for some circles,
//! good for some things, and for at most a year.

mod mail;
mod store;
mod types;

use chrono::TimeDelta;
use sea_orm::{ActiveValue::Set, ColumnTrait, PaginatorTrait, QueryOrder};

pub use mail::MailTokenExpiry;
pub(super) use store::end_personal_tokens;
pub use store::end_tokens_of;
pub use types::*;

use super::mail::mail_event;
use crate::app::App;
use crate::auth::{Caller, RecentCaller, make_personal_token};
use crate::entity::account_event::EventKind;
use crate::entity::personal_token::{self, Column, TokenScopes};
use crate::http::extract::{Json, Path};
use crate::http::response::{Done, Report};
use crate::platform::text::PersonalTokenDays;
use crate::problem::{Conflict, Problem};

/// How many one may have at once.
const MAX_LIVE: u64 = 50;
/// How many days it is good for, if nothing else is said.
const LIFE_DAYS: i32 = 90;
/// How long before its end its owner is told.
const WARNING: TimeDelta = TimeDelta::days(7);

/// Make a personal access token.
///
/// For programs of one's own. It can do what its scopes say, in the circles it
/// is for, and never more than its owner may do at that moment. It cannot
/// change the account, manage people, or make other tokens. The token itself is
/// in this answer only; a mail says that it was made, and another one comes a
/// week before it ends. Where this device has not proved in the last ten
/// minutes who holds it: 403 `reauthentication_needed`. Of 50 at once the next
/// is 409 `too_many_tokens`.
#[utoipa::path(
    post, path = "/me/access-tokens", tag = "accounts",
    responses((status = CREATED, description = "The token", body = MadePersonalToken), Problem),
)]
pub async fn create_personal_token(
    app: App,
    caller: RecentCaller,
    Json(new): Json<NewPersonalToken>,
) -> Result<ShownOnce, Problem> {
    let write = app.begin_account_write(&caller).await?;
    let now = write.now();
    if store::live(write.user_id(), now).count(write.tx()).await? >= MAX_LIVE {
        let conflict = Conflict::of(
            "too_many_tokens",
            "You have 50 tokens. Take one back first.",
        );
        return Err(conflict.into());
    }
    let members = store::require_memberships(write.tx(), write.user_id(), &new.circle_ids).await?;
    let days = new
        .expires_in_days
        .map_or(LIFE_DAYS, PersonalTokenDays::get);
    let (token, token_hash) = make_personal_token()?;
    let scopes: TokenScopes = new.scopes.into_iter().collect();
    let row = personal_token::ActiveModel {
        id: Set(write.new_id()),
        user_id: Set(write.user_id()),
        name: Set(new.name.into()),
        token_hash: Set(token_hash),
        scopes: Set(scopes.write()),
        created_at: Set(now),
        expires_at: Set(now + TimeDelta::days(days.into())),
        last_used_at: Set(None),
        ended_at: Set(None),
    };
    let row = write.insert::<personal_token::Entity>(row).await?;
    let circle_ids = members.iter().map(|(circle_id, _)| *circle_id).collect();
    store::bind(write.tx(), row.id, members).await?;
    if row.expires_at - WARNING > now {
        let mail = MailTokenExpiry {
            personal_token_id: row.id,
        };
        write.enqueue_at(&mail, row.expires_at - WARNING).await?;
    }
    let event = write.note(EventKind::PersonalTokenMade).await?;
    mail_event(write.transaction(), event).await?;
    let made = store::describe(row, circle_ids);
    write.commit(ShownOnce { token, made }).await
}

/// List one's personal access tokens.
///
/// Those that are still good, the newest first; without their secrets.
#[utoipa::path(
    get, path = "/me/access-tokens", tag = "accounts",
    responses((status = OK, description = "The tokens", body = PersonalTokens), Problem),
)]
pub async fn list_personal_tokens(
    app: App,
    caller: Caller,
) -> Result<Report<PersonalTokens>, Problem> {
    let rows = store::live(caller.user_id(), app.clock().now())
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
        .all(app.reader())
        .await?;
    let mut circles = store::circles_of(app.reader(), &rows).await?;
    let describe = |row: personal_token::Model| {
        let circle_ids = circles.remove(&row.id).unwrap_or_default();
        store::describe(row, circle_ids)
    };
    let data = rows.into_iter().map(describe).collect();
    Ok(Report(PersonalTokens { data }))
}

/// Take a personal access token back.
///
/// It stops working at once.
#[utoipa::path(
    post, path = "/me/access-tokens/{access_token_id}/revoke", tag = "accounts",
    params(PersonalTokenPath),
    responses((status = NO_CONTENT, description = "It is good for nothing any more"), Problem),
)]
pub async fn revoke_personal_token(
    app: App,
    caller: Caller,
    Path(path): Path<PersonalTokenPath>,
) -> Result<Done, Problem> {
    let write = app.begin_account_write(&caller).await?;
    let row = write.require::<personal_token::Entity>(path.access_token_id);
    let this = Column::Id.eq(row.await?.id);
    end_personal_tokens(write.tx(), write.user_id(), this, write.now()).await?;
    write.note(EventKind::PersonalTokenRevoked).await?;
    write.commit(Done).await
}
