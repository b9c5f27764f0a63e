//! Having one's account erased: asked for, thought over for two weeks, undone
//! or done.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::mail::MailDeletion;
use crate::access::CircleWrite;
use crate::app::App;
use crate::auth::require_user;
use crate::auth::{Account, AccountWrite, AnyCaller, AnyRecentCaller};
use crate::entity::account_event::EventKind;
use crate::entity::change::Way;
use crate::entity::user::{self, UserState};
use crate::features::accounts::{Profile, ReleasedInCircle};
use crate::features::circles::{GRACE, begin_leaving, circles_of, stay};
use crate::http::response::Found;
use crate::platform::db::Transaction;
use crate::problem::{Conflict, ConflictWith, Problem};

/// Have one's account erased.
///
/// In 14 days. Until then one signs in, reads, exports and can keep it, and
/// writes nothing; in one's circles one is `leaving`, and what one held is open
/// to others at once: the answer says what was `released`. Then the account, its sessions and what one wrote to
/// others are erased. What the family planned stays with the circle, without
/// one's name; a circle that is nobody else's is erased too. While one is the
/// only coordinator of a circle that others use it is 409 `last_coordinator`,
/// and `conflicts` names those circles. Where this device has not proved in the
/// last ten minutes who holds it: 403 `reauthentication_needed`.
#[utoipa::path(
    post, path = "/me/delete", tag = "accounts",
    responses((status = OK, description = "The account, and when it is erased", body = Profile), Problem),
)]
pub async fn delete_account(
    app: App,
    AnyRecentCaller(caller): AnyRecentCaller,
) -> Result<Found<Profile>, Problem> {
    let account = app.begin_account_write(&caller).await?;
    let user = require_user(account.tx(), account.user_id()).await?;
    if user.state == UserState::Deleting {
        return account.commit(Found::new(user.into())).await;
    }
    let mut stands_in_the_way = Vec::new();
    let mut released = Vec::new();
    let request = account.request().clone();
    let mut unit = account.into_transaction();
    for circle_id in circles_of(unit.tx(), user.id).await? {
        let request = Some(request.clone());
        let mut write =
            CircleWrite::join_transaction(unit, circle_id, Way::Session, request).await?;
        match begin_leaving(&mut write, user.id).await? {
            None => stands_in_the_way.push(ConflictWith::of("circle", circle_id.0)),
            Some(its) if its.is_empty() => {}
            Some(its) => released.push(ReleasedInCircle {
                circle_id,
                released: its,
            }),
        }
        unit = write.close().await?;
    }
    if !stands_in_the_way.is_empty() {
        let detail = "Others would be without a coordinator. Name a successor, or end the circle.";
        let conflict = Conflict {
            conflicts: stands_in_the_way,
            ..Conflict::of("last_coordinator", detail)
        };
        return Err(conflict.into());
    }
    let erase_at = Some(unit.now() + GRACE);
    let user = set_state(&unit, user, UserState::Deleting, erase_at).await?;
    let told = MailDeletion { user_id: user.id };
    unit.enqueue(&told).await?;
    let account = AccountWrite::resume(unit, &caller);
    account.note(EventKind::DeletionAsked).await?;
    let mut profile = Profile::from(user);
    profile.released = Some(released);
    account.commit(Found::new(profile)).await
}

/// Keep one's account after all.
///
/// One takes part in one's circles again. What was released stays released. 409
/// `too_late` once it is being erased.
#[utoipa::path(
    post, path = "/me/keep", tag = "accounts",
    responses((status = OK, description = "The account", body = Profile), Problem),
)]
pub async fn keep_account(
    app: App,
    AnyCaller(caller): AnyCaller,
) -> Result<Found<Profile>, Problem> {
    let account = app.begin_account_write(&caller).await?;
    let user = require_user(account.tx(), account.user_id()).await?;
    if user.state != UserState::Deleting {
        return account.commit(Found::new(user.into())).await;
    }
    if user.erase_at.is_none_or(|at| at <= account.now()) {
        let detail = "The account is being erased.";
        return Err(Conflict::of("too_late", detail).into());
    }
    let request = account.request().clone();
    let mut unit = account.into_transaction();
    for circle_id in circles_of(unit.tx(), user.id).await? {
        let request = Some(request.clone());
        let mut write =
            CircleWrite::join_transaction(unit, circle_id, Way::Session, request).await?;
        stay(&mut write, user.id).await?;
        unit = write.close().await?;
    }
    let user = set_state(&unit, user, UserState::Active, None).await?;
    let account = AccountWrite::resume(unit, &caller);
    account.note(EventKind::DeletionUndone).await?;
    account.commit(Found::new(user.into())).await
}

async fn set_state(
    unit: &Transaction,
    before: user::Model,
    state: UserState,
    erase_at: Option<DateTime<Utc>>,
) -> Result<user::Model, Problem> {
    let (account, version) = (Account::of(before.id), before.version + 1);
    let mut row = before.into_active_model();
    row.state = Set(state);
    row.erase_at = Set(erase_at);
    row.version = Set(version);
    row.updated_at = Set(unit.now());
    Ok(account.update::<user::Entity>(unit.tx(), row).await?)
}
