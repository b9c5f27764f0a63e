//! The deletion of an account, from the request to the last row.
//!
//! 1. `POST /me/delete` ([`delete_account`]): in one transaction the account is marked, and
//!    in each circle what the person holds is released, and they only look on. A job mails
//!    them the day ([`MailDeletion`]).
//! 2. For two weeks `POST /me/keep` ([`keep_account`]) undoes it.
//! 3. Then the hourly sweep ([`erase_due_accounts`]) takes the person out of one circle
//!    after the other, each in a transaction of its own; after the last one it deletes the
//!    account and says goodbye. Each step looks at what is there, so a sweep that was
//!    interrupted goes on the next time.
//!
//! It stands in `privacy`, above the features, because it needs both: the circles, which
//! people leave, and the data map, which says what is deleted and what is blanked.

use chrono::{DateTime, Utc};
use futures_util::FutureExt;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait,
    IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::circle_deletion::erase_circle_rows;
use super::erase_due::GRACE;
use super::erase_statements::{self, Mentions};
use super::mail::{MailDeletion, mail_account_erased};
use crate::access::change_log::Change;
use crate::access::{CircleWrite, drop_answers_that_show_member};
use crate::app::App;
use crate::auth::{
    Account, AccountWrite, AnyCaller, AnyRecentCaller, lock_user, require_user, throttle,
};
use crate::entity::account_event::EventKind;
use crate::entity::change::ActorKind;
use crate::entity::ids::{CircleId, UserId};
use crate::entity::membership::{self, Access, MemberState};
use crate::entity::user::{self, UserState};
use crate::features::accounts::{Profile, ReleasedInCircle};
use crate::features::circles::{
    NEUTRAL_ALIAS, default_alias, has_another_coordinator, has_others, release_everything,
};
use crate::features::participation::{self, Released};
use crate::http::response::{NoContent, Resource};
use crate::platform::db::owe_shredding;
use crate::problem::{Conflict, ConflictWith, Problem};

// 1. Somebody asks for it.

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
) -> Result<Resource<Profile>, Problem> {
    let account = app.begin_write(&caller).await?;
    let user = require_user(account.tx(), account.user_id()).await?;
    if user.state == UserState::Deleting {
        return account.commit(Resource::new(user.into())).await;
    }
    let released = begin_leaving_everywhere(&account).await?;
    let erase_at = Some(account.now() + GRACE);
    let user = set_account_state(&account, user, UserState::Deleting, erase_at).await?;
    let user_id = user.id;
    account.enqueue(&MailDeletion { user_id }).await?;
    account.note(EventKind::DeletionAsked).await?;
    let mut profile = Profile::from(user);
    profile.released = Some(released);
    account.commit(Resource::new(profile)).await
}

/// Lets the person only look on in all of their circles, or in none: refused with the
/// circles that would be without a coordinator.
async fn begin_leaving_everywhere(
    account: &AccountWrite,
) -> Result<Vec<ReleasedInCircle>, Problem> {
    let user_id = account.user_id();
    let mut without_coordinator = Vec::new();
    let mut released_everywhere = Vec::new();
    for circle_id in circles_of(account.tx(), user_id).await? {
        let leaving = CircleWrite::step(account, circle_id, move |circle| {
            begin_leaving(circle, user_id).boxed()
        });
        match leaving.await? {
            None => without_coordinator.push(ConflictWith::of("circle", circle_id.0)),
            Some(released) if released.is_empty() => {}
            Some(released) => released_everywhere.push(ReleasedInCircle {
                circle_id,
                released,
            }),
        }
    }
    if without_coordinator.is_empty() {
        return Ok(released_everywhere);
    }
    let detail = "Others would be without a coordinator. Name a successor, or end the circle.";
    let conflict = Conflict {
        conflicts: without_coordinator,
        ..Conflict::of("last_coordinator", detail)
    };
    Err(conflict.into())
}

/// Lets a member only look on from now, and answers what is released. `None` where others
/// would be without a coordinator then.
async fn begin_leaving(
    write: &mut CircleWrite,
    user: UserId,
) -> Result<Option<Vec<Released>>, Problem> {
    let member = member_of(write, user).await?;
    let Some(member) = member.filter(|member| member.state == MemberState::Active) else {
        return Ok(Some(Vec::new()));
    };
    if member.access == Access::Coordinator
        && !has_another_coordinator(write, member.id).await?
        && has_others(write, member.id).await?
    {
        return Ok(None);
    }
    write.act_as(member.id);
    // What a grant that ended a moment ago has left is nothing for the answer.
    participation::release_out_of_reach(write, &member).await?;
    let released = release_everything(write, &member, None).await?;
    set_member_state(write, &member, MemberState::Leaving, "leaving").await?;
    Ok(Some(released))
}

// 2. They change their mind.

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
) -> Result<Resource<Profile>, Problem> {
    let account = app.begin_write(&caller).await?;
    let user = require_user(account.tx(), account.user_id()).await?;
    if user.state != UserState::Deleting {
        return account.commit(Resource::new(user.into())).await;
    }
    if user.erase_at.is_none_or(|at| at <= account.now()) {
        let detail = "The account is being erased.";
        return Err(Conflict::of("too_late", detail).into());
    }
    let user_id = user.id;
    for circle_id in circles_of(account.tx(), user_id).await? {
        CircleWrite::step(&account, circle_id, move |circle| {
            take_part_again(circle, user_id).boxed()
        })
        .await?;
    }
    let user = set_account_state(&account, user, UserState::Active, None).await?;
    account.note(EventKind::DeletionUndone).await?;
    account.commit(Resource::new(user.into())).await
}

/// Lets a member who looked on take part again. What was released stays released.
async fn take_part_again(write: &mut CircleWrite, user: UserId) -> Result<(), Problem> {
    let member = member_of(write, user).await?;
    if let Some(member) = member.filter(|member| member.state == MemberState::Leaving) {
        write.act_as(member.id);
        set_member_state(write, &member, MemberState::Active, "stayed").await?;
    }
    Ok(())
}

// 3. The time has come.

/// Erases the accounts whose time has come. An account that fails is tried again the next
/// time. Answers how many were erased.
#[expect(clippy::disallowed_methods, reason = "every account that is due")]
pub(super) async fn erase_due_accounts(app: &App) -> Result<usize, Problem> {
    let due = user::Entity::find()
        .filter(user::Column::EraseAt.lte(app.clock().now()))
        .all(app.reader())
        .await?;
    let mut erased = 0;
    for user in due {
        match erase_account(app, user.id).await {
            Ok(None) => {}
            Ok(Some(user)) => {
                erased += 1;
                mail_account_erased(app, user).await;
            }
            Err(problem) => tracing::warn!(?problem, user = %user.id, "an account was not erased"),
        }
    }
    Ok(erased)
}

/// Circle by circle, then the account itself. `None` if it is not due any more.
async fn erase_account(app: &App, id: UserId) -> Result<Option<user::Model>, Problem> {
    for circle_id in circles_of(app.reader(), id).await? {
        if !erase_from_circle(app, circle_id, id).await? {
            return Ok(None);
        }
    }
    erase_account_rows(app, id).await
}

/// What becomes of a circle when the account of one of its people is erased.
enum DeparturePlan {
    /// Nobody else is there: the circle is erased with the account.
    EraseCircle,
    /// Others are there: the person becomes a former member.
    BecomeFormer(membership::Model),
    /// The person was never there, or is gone already.
    Nothing,
}

/// Takes somebody out of one circle. False if the account is not due any more.
async fn erase_from_circle(app: &App, circle_id: CircleId, id: UserId) -> Result<bool, Problem> {
    let mut write = CircleWrite::begin_as_system(app, circle_id, ActorKind::System, None).await?;
    let Some(user) = find_due(write.tx(), id, write.now()).await? else {
        return Ok(false);
    };
    match plan_departure(&write, id).await? {
        DeparturePlan::Nothing => {}
        DeparturePlan::EraseCircle => erase_circle_rows(&write).await?,
        DeparturePlan::BecomeFormer(member) => {
            become_former(&mut write, &user, &member).await?;
            erase_traces(&write, &user, &member).await?;
        }
    }
    write.commit(NoContent).await?;
    Ok(true)
}

async fn plan_departure(write: &CircleWrite, user: UserId) -> Result<DeparturePlan, Problem> {
    let Some(member) = member_of(write, user).await? else {
        return Ok(DeparturePlan::Nothing);
    };
    if has_others(write, member.id).await? {
        Ok(DeparturePlan::BecomeFormer(member))
    } else {
        Ok(DeparturePlan::EraseCircle)
    }
}

/// Makes a member a former one, with a line in the change log.
async fn become_former(
    write: &mut CircleWrite,
    user: &user::Model,
    member: &membership::Model,
) -> Result<(), Problem> {
    participation::release_all(write, member.id, None).await?;
    let state = match member.state {
        MemberState::Removed => MemberState::Removed,
        _ => MemberState::Left,
    };
    set_member_state(write, member, state, "erased").await?;
    reset_alias(write, user, member).await
}

/// A circle that mails call after the person gets a neutral name there.
async fn reset_alias(
    write: &CircleWrite,
    user: &user::Model,
    member: &membership::Model,
) -> Result<(), Problem> {
    let circle = write.circle().await?;
    let is_after = |name: &str| circle.alias == default_alias(name);
    if circle.created_by_user == user.id && (is_after(&member.name) || is_after(&user.name)) {
        let mut row = circle.clone().into_active_model();
        row.alias = Set(NEUTRAL_ALIAS.into());
        write.update_circle(&circle, row).await?;
    }
    Ok(())
}

/// Deletes or blanks, as the data map says, what a circle stores of somebody.
async fn erase_traces(
    write: &CircleWrite,
    user: &user::Model,
    member: &membership::Model,
) -> Result<(), Problem> {
    let tx = write.tx();
    // Before the membership is blanked: it says whose answers these are.
    drop_answers_that_show_member(tx, member, &user.email).await?;
    let ids = vec![Uuid::from(member.id)];
    let addresses = Vec::new();
    erase_statements::delete_mentions(tx, &Mentions { ids, addresses }).await?;
    erase_statements::erase_member(tx, write.circle_id(), member.id, write.now()).await?;
    owe_shredding(tx).await?;
    Ok(())
}

/// Deletes the account, and what is stored of it outside the circles. `None` if it is not
/// due any more.
async fn erase_account_rows(app: &App, id: UserId) -> Result<Option<user::Model>, Problem> {
    let transaction = app.begin().await?;
    let tx = transaction.tx();
    let Some(user) = find_due(tx, id, transaction.now()).await? else {
        return Ok(None);
    };
    if !circles_of(tx, id).await?.is_empty() {
        return Err(Problem::Unavailable);
    }
    // Signing in locks the account first as well.
    lock_user(tx, id).await?;
    let addresses = erase_statements::addresses_of(tx, &user).await?;
    for address in &addresses {
        throttle::reset_attempts_of_address(tx, address).await?;
    }
    erase_statements::erase_account(tx, id, &addresses).await?;
    owe_shredding(tx).await?;
    transaction.commit(NoContent).await?;
    Ok(Some(user))
}

/// The account, if its time has come.
async fn find_due(
    tx: &DatabaseTransaction,
    id: UserId,
    now: DateTime<Utc>,
) -> Result<Option<user::Model>, Problem> {
    Ok(Account::of(id)
        .find::<user::Entity>()
        .filter(user::Column::EraseAt.lte(now))
        .one(tx)
        .await?)
}

/// Every circle that an account is or was a member of, in the order in which circles are
/// locked.
async fn circles_of(
    connection: &impl ConnectionTrait,
    user: UserId,
) -> Result<Vec<CircleId>, Problem> {
    Ok(Account::of(user)
        .find::<membership::Entity>()
        .select_only()
        .column(membership::Column::CircleId)
        .order_by_asc(membership::Column::CircleId)
        .into_tuple::<CircleId>()
        .all(connection)
        .await?)
}

async fn member_of(
    write: &CircleWrite,
    user: UserId,
) -> Result<Option<membership::Model>, Problem> {
    let members = write.find::<membership::Entity>();
    let member = members.filter(membership::Column::UserId.eq(user));
    Ok(member.one(write.tx()).await?)
}

async fn set_account_state(
    account: &AccountWrite,
    before: user::Model,
    state: UserState,
    erase_at: Option<DateTime<Utc>>,
) -> Result<user::Model, Problem> {
    let version = before.version + 1;
    let mut row = before.into_active_model();
    row.state = Set(state);
    row.erase_at = Set(erase_at);
    row.version = Set(version);
    row.updated_at = Set(account.now());
    Ok(account.update::<user::Entity>(row).await?)
}

async fn set_member_state(
    write: &mut CircleWrite,
    before: &membership::Model,
    state: MemberState,
    verb: &'static str,
) -> Result<(), Problem> {
    let mut row = before.clone().into_active_model();
    row.state = Set(state);
    if matches!(state, MemberState::Left | MemberState::Removed) {
        row.is_patient = Set(false);
    }
    let after = write.update::<membership::Entity>(before, row).await?;
    write
        .log(Change::to::<membership::Entity>(verb, &after))
        .await
}
