//! The end of an account, or of a circle, once its time has come.

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, QueryFilter,
};
use uuid::Uuid;

use super::kept_answers::{Erased, delete_answers_of, forget_in_answers};
use super::statements::{self, Mentions};
use crate::access::CircleWrite;
use crate::app::App;
use crate::auth::throttle;
use crate::auth::{Account, find_user_by_email, lock_user};
use crate::entity::change::Way;
use crate::entity::ids::{CircleId, UserId};
use crate::entity::user;
use crate::entity::{circle, email_change};
use crate::features::circles::{Left, circles_of, leave_for_good};
use crate::http::response::Done;
use crate::notify::posting::deliver;
use crate::platform::db::{REWRITTEN_AT_ONCE, owe_shredding};
use crate::platform::mail::AccountErased;
use crate::problem::Problem;

/// Erases the accounts and circles whose time has come. What fails is tried again
/// the next time. Answers how many were erased.
#[expect(
    clippy::disallowed_methods,
    reason = "what is due is due, whatever circle it belongs to"
)]
pub async fn erase_what_is_due(app: &App) -> Result<usize, Problem> {
    let now = app.clock().now();
    let accounts = user::Entity::find()
        .filter(user::Column::EraseAt.lte(now))
        .all(app.reader())
        .await?;
    let circles = circle::Entity::find()
        .filter(circle::Column::EraseAt.lte(now))
        .all(app.reader())
        .await?;
    let mut erased = 0;
    for user in accounts {
        match erase_account(app, user.id).await {
            Ok(None) => {}
            Ok(Some(user)) => {
                erased += 1;
                say_goodbye(app, user).await;
            }
            Err(problem) => tracing::warn!(?problem, user = %user.id, "an account was not erased"),
        }
    }
    for circle in circles {
        match erase_circle(app, circle.id).await {
            Ok(done) => erased += usize::from(done),
            Err(problem) => {
                tracing::warn!(?problem, circle = %circle.id, "a circle was not erased");
            }
        }
    }
    app.shred_deleted(REWRITTEN_AT_ONCE).await?;
    Ok(erased)
}

/// Circle by circle, then the account itself: what is interrupted goes on the next
/// time. `None` if it is not due any more.
async fn erase_account(app: &App, id: UserId) -> Result<Option<user::Model>, Problem> {
    for circle_id in circles_of(app.reader(), id).await? {
        let mut write = app.begin_circle_write(circle_id, Way::System, None).await?;
        let Some(user) = find_due(write.tx(), id, write.now()).await? else {
            return Ok(None);
        };
        match leave_for_good(&mut write, id).await? {
            Left::Nobody => {}
            Left::Alone => erase_rows_of(&write).await?,
            Left::Others(member) => {
                let (tx, email) = (write.tx(), user.email.as_str());
                let shown = Erased {
                    member: &member,
                    email,
                };
                forget_in_answers(tx, &shown).await?;
                let ids = vec![Uuid::from(member.id)];
                let addresses = Vec::new();
                statements::forget(tx, &Mentions { ids, addresses }).await?;
                statements::erase_member(tx, circle_id, member.id, write.now()).await?;
                owe_shredding(tx).await?;
            }
        }
        write.commit(Done).await?;
    }
    let unit = app.begin().await?;
    let Some(user) = find_due(unit.tx(), id, unit.now()).await? else {
        return Ok(None);
    };
    if !circles_of(unit.tx(), id).await?.is_empty() {
        return Err(Problem::Unavailable);
    }
    // Whoever signs in locks the account first as well.
    lock_user(unit.tx(), id).await?;
    let addresses = addresses_of(unit.tx(), &user).await?;
    for address in &addresses {
        throttle::reset_attempts_of_address(unit.tx(), address).await?;
    }
    statements::erase_account(unit.tx(), id, &addresses).await?;
    owe_shredding(unit.tx()).await?;
    unit.commit(Done).await?;
    Ok(Some(user))
}

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

/// The address of an account, and those it had that are nobody else's now.
async fn addresses_of(
    tx: &DatabaseTransaction,
    user: &user::Model,
) -> Result<Vec<String>, Problem> {
    let moves = Account::of(user.id).find::<email_change::Entity>();
    let moves = moves.all(tx).await?;
    let had = moves.into_iter().filter(|it| it.confirmed_at.is_some());
    let had = had.flat_map(|it| [it.old_email, it.new_email]);
    let mut addresses = vec![user.email.clone()];
    for address in had {
        if find_user_by_email(tx, &address).await?.is_none() {
            addresses.push(address);
        }
    }
    addresses.sort_unstable();
    addresses.dedup();
    Ok(addresses)
}

async fn erase_circle(app: &App, id: CircleId) -> Result<bool, Problem> {
    let write = app.begin_circle_write(id, Way::System, None).await?;
    let due = write.circle().await?.erase_at;
    if due.is_none_or(|at| at > write.now()) {
        return Ok(false);
    }
    erase_rows_of(&write).await?;
    write.commit(Done).await?;
    Ok(true)
}

async fn erase_rows_of(write: &CircleWrite) -> Result<(), Problem> {
    // A family may have written for years: what is erased takes as long as it takes.
    if write.tx().get_database_backend() == DbBackend::Postgres {
        let unhurried = "SET LOCAL statement_timeout = 0";
        write.tx().execute_unprepared(unhurried).await?;
    }
    delete_answers_of(write.tx(), write.circle_id()).await?;
    statements::erase_circle(write.tx(), write.circle_id()).await?;
    owe_shredding(write.tx()).await?;
    Ok(())
}

/// The last mail to an address that is not stored any more. If the mail server does
/// not take it there is nobody left to tell.
async fn say_goodbye(app: &App, user: user::Model) {
    let letter = AccountErased { name: user.name };
    let sent = deliver(app, user.id.0, &user.email, &letter, None).await;
    if sent.is_err() {
        tracing::warn!(user = %user.id, "the last mail to an erased account was not sent");
    }
}
