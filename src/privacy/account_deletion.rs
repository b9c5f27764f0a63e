//! The deletion of an account, from the request to the last row.
//!
//! 1. [`schedule_account_deletion`] marks the account. In the same transaction everything that the person
//!    holds in their circles is released, and from then on they can only read. A job sends an
//!    email with the day of the deletion ([`MailDeletion`]).
//! 2. For two weeks [`cancel_account_deletion`] cancels the deletion.
//! 3. Then the hourly sweep ([`erase_due_accounts`]) removes the person from one circle after the
//!    other, each in a transaction of its own. After the last circle it deletes the account and
//!    sends a last email. Each step looks at what is still there, so that an interrupted sweep is
//!    finished the next time.
//!
//! This module is in `privacy`, above the features, because it needs both: the circles, which
//! people leave, and the data map, which says what is deleted and what is blanked.

use futures_util::FutureExt;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use uuid::Uuid;

use super::account_rows::{circles_of, find_due, member_of, set_account_state, set_member_state};
use super::circle_deletion::erase_circle_rows;
use super::erase_due::GRACE;
use super::erase_statements::{self, Mentions};
use super::mail::{MailDeletion, mail_account_erased};
use crate::access::{CircleWrite, drop_answers_that_show_member, grants_of};
use crate::app::App;
use crate::auth::{AccountWrite, AnyCaller, AnyRecentCaller, lock_user, throttle};
use crate::entity::change::ActorKind;
use crate::entity::ids::{CircleId, UserId};
use crate::entity::membership::{self, AccessLevel, MemberState};
use crate::entity::security_event::SecurityEventKind;
use crate::entity::user::{self, UserState};
use crate::features::accounts::{Account, CircleReleasedItems};
use crate::features::circles::{
    default_alias, end_deputy, has_another_coordinator, has_others, neutral_alias, promote_deputy,
    release_everything,
};
use crate::features::participation::{self, ReleasedItem};
use crate::http::openapi::Fact;
use crate::http::response::{NoContent, Resource};
use crate::platform::db::{ReadRows, owe_shredding};
use crate::platform::language::Language;
use crate::problem::{Conflict, ConflictingItem, Problem, ProblemCode};

// 1. A person schedules the deletion of their account.

/// Schedule the deletion of your account.
///
/// Your account is deleted in 14 days. Until then you can sign in, read, export your data and
/// cancel the deletion, end sessions and reset your password, but change nothing else. In your circles you are `leaving`. What you
/// claimed there is open to others at once: `released` lists it. After 14 days your account, your
/// sessions and the texts of your messages are erased. What your circles planned stays there,
/// without your name. A circle in which nobody else is left is erased too.
///
/// You get an email with the day of the deletion. The members who asked you to do something, and
/// the coordinators, are told what is open again. If the deletion is scheduled already, its day
/// stays, and nobody is told again.
///
/// - 403 `reauthentication_required`: confirm your identity first. It counts for ten minutes.
/// - 409 `last_coordinator`: you are the only coordinator of circles that others use and that have
///   no deputy, and `conflicts` lists them. Make another member a coordinator there first.
#[utoipa::path(
    put, path = "/me/deletion", tag = "me",
    responses((status = OK, description = "The account, and when it is deleted", body = Account), Problem),
)]
pub async fn schedule_account_deletion(
    app: App,
    AnyRecentCaller(caller): AnyRecentCaller,
) -> Result<Resource<Account>, Problem> {
    let account = app.begin_write(&caller).await?;
    let user = account.user().clone();
    if user.state == UserState::Deleting {
        return account
            .commit(Resource::new(Account::of(user, app.public_url())))
            .await;
    }
    caller.request().check_version(user.version)?;
    let released = begin_leaving_everywhere(&account).await?;
    let deletion_scheduled_for = Some(account.now() + GRACE);
    let user =
        set_account_state(&account, user, UserState::Deleting, deletion_scheduled_for).await?;
    let user_id = user.id;
    account.enqueue(&MailDeletion { user_id }).await?;
    account.note(SecurityEventKind::DeletionScheduled);
    let mut profile = Account::of(user, app.public_url());
    profile.released = Some(released);
    account.commit(Resource::new(profile)).await
}

/// From now on the person can only read in all of their circles. If one of the circles would be
/// without a coordinator, nothing changes and the refusal names those circles.
async fn begin_leaving_everywhere(
    account: &AccountWrite,
) -> Result<Vec<CircleReleasedItems>, Problem> {
    let user_id = account.user_id();
    let mut without_coordinator = Vec::new();
    let mut released_everywhere = Vec::new();
    for circle_id in circles_of(account.tx(), user_id).await? {
        let leaving = CircleWrite::step(account, circle_id, move |circle| {
            begin_leaving(circle, user_id).boxed()
        });
        match leaving.await? {
            None => without_coordinator.push(ConflictingItem::of("circle", circle_id.0)),
            Some(released) if released.is_empty() => {}
            Some(released) => released_everywhere.push(CircleReleasedItems {
                circle_id,
                released,
            }),
        }
    }
    if without_coordinator.is_empty() {
        return Ok(released_everywhere);
    }
    let detail = "You are the only coordinator of these circles. Make another member a coordinator there first.";
    let conflict = Conflict {
        conflicts: without_coordinator,
        ..Conflict::of(ProblemCode::LastCoordinator, detail)
    };
    Err(conflict.into())
}

/// From now on the member can only read. Returns what is released, or `None` if the other members
/// would be without a coordinator.
async fn begin_leaving(
    write: &mut CircleWrite,
    user: UserId,
) -> Result<Option<Vec<ReleasedItem>>, Problem> {
    let member = member_of(write, user).await?;
    let Some(member) = member.filter(|member| member.state == MemberState::Active) else {
        return Ok(Some(Vec::new()));
    };
    if member.access == AccessLevel::Coordinator
        && !has_another_coordinator(write, member.id).await?
        && has_others(write, member.id).await?
        && !promote_deputy(write, member.id).await?
    {
        return Ok(None);
    }
    end_deputy(write, member.id).await?;
    write.act_as(member.id);
    // What an expired grant has left is released first, because the answer must not list it.
    let grants = grants_of(write.tx(), write.scope(), &[member.id]).await?;
    participation::release_out_of_reach(write, &member, &grants).await?;
    // What is held now is read again.
    write.transaction().send_later().await?;
    let released = release_everything(write, &member, None).await?;
    set_member_state(write, &member, MemberState::Leaving, "leaving").await?;
    Ok(Some(released))
}

// 2. The person cancels the deletion.

/// Cancel the deletion of your account.
///
/// You take part in your circles again. What was released stays released, and you can claim it
/// again if nobody else has. Without a scheduled deletion nothing changes. Nobody is told.
///
/// - 409 `deletion_in_progress`: the account is being erased already.
#[utoipa::path(
    delete, path = "/me/deletion", tag = "me",
    extensions(("x-facts" = json!([Fact::ChangesAVersion]))),
    responses((status = NO_CONTENT, description = "No deletion is scheduled"), Problem),
)]
pub async fn cancel_account_deletion(
    app: App,
    AnyCaller(caller): AnyCaller,
) -> Result<NoContent, Problem> {
    let account = app.begin_write(&caller).await?;
    let user = account.user().clone();
    if user.state != UserState::Deleting {
        return account.commit(NoContent).await;
    }
    caller.request().check_version(user.version)?;
    if user
        .deletion_scheduled_for
        .is_none_or(|at| at <= account.now())
    {
        let detail = "The account is being erased already.";
        return Err(Conflict::of(ProblemCode::DeletionInProgress, detail).into());
    }
    let user_id = user.id;
    for circle_id in circles_of(account.tx(), user_id).await? {
        CircleWrite::step(&account, circle_id, move |circle| {
            take_part_again(circle, user_id).boxed()
        })
        .await?;
    }
    set_account_state(&account, user, UserState::Active, None).await?;
    account.note(SecurityEventKind::DeletionCanceled);
    account.commit(NoContent).await
}

/// Lets a member who could only read take part again. What was released stays released.
async fn take_part_again(write: &mut CircleWrite, user: UserId) -> Result<(), Problem> {
    let member = member_of(write, user).await?;
    if let Some(member) = member.filter(|member| member.state == MemberState::Leaving) {
        write.act_as(member.id);
        set_member_state(write, &member, MemberState::Active, "returned").await?;
    }
    Ok(())
}

// 3. The 14 days are over.

/// Erases the accounts that are due. An account that fails is tried again in the next sweep.
/// Returns how many were erased.
#[expect(clippy::disallowed_methods, reason = "every account that is due")]
pub(super) async fn erase_due_accounts(app: &App) -> Result<usize, Problem> {
    let due = user::Entity::find()
        .filter(user::Column::DeletionScheduledFor.lte(app.clock().now()))
        .read(app.reader())
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

/// Erases an account: circle by circle, then the account itself. `None` if it is not due any more.
async fn erase_account(app: &App, id: UserId) -> Result<Option<user::Model>, Problem> {
    for circle_id in circles_of(app.reader(), id).await? {
        if !erase_from_circle(app, circle_id, id).await? {
            return Ok(None);
        }
    }
    erase_account_rows(app, id).await
}

/// What happens to a circle when the account of one of its members is erased.
enum DeparturePlan {
    /// It has no other member: the circle is erased with the account.
    EraseCircle,
    /// It has other members: the person becomes a former member.
    BecomeFormer(Box<membership::Model>),
    /// The person was no member, or was removed by an earlier sweep.
    Nothing,
}

/// Removes a person from one circle. False if the account is not due any more.
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
        Ok(DeparturePlan::BecomeFormer(Box::new(member)))
    } else {
        Ok(DeparturePlan::EraseCircle)
    }
}

/// Makes a member a former member, with a line in the change log.
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

/// If the alias of the circle in mails is made from the name of the person, it becomes neutral.
async fn reset_alias(
    write: &mut CircleWrite,
    user: &user::Model,
    member: &membership::Model,
) -> Result<(), Problem> {
    let circle = write.circle().await?;
    let is_after = |name: &str| {
        let mut languages = Language::all();
        languages.any(|language| circle.alias == default_alias(name, language))
    };
    if circle.created_by_user_id == user.id && (is_after(&member.name) || is_after(&user.name)) {
        let mut row = circle.clone().into_active_model();
        let language = Language::first_of([circle.locale.as_deref()]);
        row.alias = Set(neutral_alias(language));
        write.update_circle_later(&circle, row)?;
    }
    Ok(())
}

/// Deletes or blanks, as the data map says, what a circle stores about a person.
async fn erase_traces(
    write: &CircleWrite,
    user: &user::Model,
    member: &membership::Model,
) -> Result<(), Problem> {
    let tx = write.tx();
    // Before the membership is blanked, because it says whose answers these are.
    drop_answers_that_show_member(tx, member, &user.email).await?;
    let ids = vec![Uuid::from(member.id)];
    let addresses = Vec::new();
    erase_statements::delete_mentions(tx, &Mentions { ids, addresses }).await?;
    erase_statements::erase_member(tx, write.circle_id(), member.id, write.now()).await?;
    owe_shredding(tx).await?;
    Ok(())
}

/// Deletes the account, and what is stored about it outside the circles. `None` if it is not due
/// any more.
async fn erase_account_rows(app: &App, id: UserId) -> Result<Option<user::Model>, Problem> {
    let transaction = app.begin().await?;
    let tx = transaction.tx();
    let Some(user) = find_due(tx, id, transaction.now()).await? else {
        return Ok(None);
    };
    if !circles_of(tx, id).await?.is_empty() {
        return Err(Problem::Unavailable);
    }
    // Signing in locks the account first as well: the same order prevents a deadlock.
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
