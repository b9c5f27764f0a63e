//! The deletion of a circle, from the request to the last row.
//!
//! 1. `POST /circles/{circle_id}/delete` ([`delete_circle`]): the circle gets its day, its
//!    reminders are cancelled, and a job for each member mails the day
//!    ([`MailCircleEnding`]).
//! 2. For two weeks `POST /circles/{circle_id}/keep` ([`keep_circle`]) undoes it.
//! 3. Then the hourly sweep ([`erase_due_circles`]) deletes all rows of the circle, in one
//!    transaction.
//!
//! It stands in `privacy`, above the features, because the last step follows the data map.
//! Which of the two verbs a reader may use is in `features/circles/rules.rs`, with the
//! other `actions`.

use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, IntoActiveModel,
    QueryFilter,
};
use serde::{Deserialize, Serialize};

use super::erase_due::GRACE;
use super::erase_statements;
use crate::access::{
    CircleAccess, CirclePath, CircleWrite, EndCircle, Permission, drop_answers_that_show_circle,
};
use crate::app::App;
use crate::entity::change::ActorKind;
use crate::entity::circle;
use crate::entity::ids::{CircleId, MemberId};
use crate::entity::membership::{self, MemberState};
use crate::features::circles::{Circle, CircleVerb, LockedCircle};
use crate::http::response::{NoContent, Resource};
use crate::notify::notifications::{account_of, members_to_tell};
use crate::notify::posting::post;
use crate::notify::reminders;
use crate::platform::db::owe_shredding;
use crate::platform::mail::{CircleEnding, CircleKept};
use crate::platform::queue::{Failure, Leased, Run};
use crate::platform::time::civil::for_reader;
use crate::problem::{Conflict, Problem};

// 1. A coordinator or the patient asks for it.

/// Have the circle erased.
///
/// In 14 days, with all that is in it. Its members are told by mail, once; from then
/// on the circle mails no reminders and no news. Until the last moment people read
/// and write in it, and a coordinator or the patient can keep it. What the
/// patient asked for, only the patient undoes. Where this device has not proved
/// in the last ten minutes who holds it: 403 `reauthentication_needed`.
#[utoipa::path(
    post, path = "/circles/{circle_id}/delete", tag = "circles", params(CirclePath),
    responses((status = OK, description = "The circle, and when it is erased", body = Circle), Problem),
)]
pub async fn delete_circle(
    app: App,
    circle: CircleAccess<EndCircle>,
) -> Result<Resource<Circle>, Problem> {
    circle.check_recent()?;
    let mut circle = LockedCircle::open(&app, &circle).await?;
    circle.check_version()?;
    if !circle.allows(CircleVerb::Delete) {
        return circle.respond().await;
    }
    reminders::cancel_all(&circle.write).await?;
    let mut row = circle.row.clone().into_active_model();
    let erase_at = circle.row.erase_at;
    row.erase_at = Set(erase_at.or(Some(circle.write.now() + GRACE)));
    row.erase_asked_by = Set(circle.write.actor());
    announce(&mut circle, row, CircleVerb::Delete).await?;
    circle.respond().await
}

/// Writes it into the change log and mails those whom `who.rs` names, unless they know.
async fn announce(
    circle: &mut LockedCircle,
    row: circle::ActiveModel,
    verb: CircleVerb,
) -> Result<(), Problem> {
    let erase_at_before = circle.row.erase_at;
    circle.write_row(row).await?;
    circle.log(verb, vec!["erase_at"]).await?;
    if circle.row.erase_at == erase_at_before {
        // The patient joined in: everybody knows the day already.
        return Ok(());
    }
    for member_id in members_to_tell(&circle.write).await? {
        let mail = MailCircleEnding {
            circle_id: circle.row.id,
            member_id,
        };
        circle.write.enqueue(&mail).await?;
    }
    Ok(())
}

/// Tells a member that the circle is going to be erased, or is not any more: as it
/// is when the mail is written.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MailCircleEnding {
    pub circle_id: CircleId,
    pub member_id: MemberId,
}

impl Run<App> for MailCircleEnding {
    async fn run(&self, app: &App, lease: &Leased) -> Result<(), Failure> {
        let write =
            CircleWrite::begin_as_system(app, self.circle_id, ActorKind::System, None).await?;
        let member = write.find_one::<membership::Entity>(self.member_id).await?;
        let Some(member) = member.filter(|member| member.state == MemberState::Active) else {
            return Ok(());
        };
        let Some(user) = account_of(&write, &member).await? else {
            return Ok(());
        };
        let circle = write.circle().await?;
        drop(write);
        let (name, alias) = (member.name, circle.alias);
        match circle.erase_at {
            Some(at) => {
                let when = for_reader(at, &user.time_zone);
                post(app, lease, &user.email, &CircleEnding { name, alias, when }).await
            }
            None => post(app, lease, &user.email, &CircleKept { name, alias }).await,
        }
    }
}

// 2. They change their mind.

/// Keep the circle after all.
///
/// Until the moment it is erased. What is still ahead is reminded of again. 409
/// `too_late` once it is being erased.
#[utoipa::path(
    post, path = "/circles/{circle_id}/keep", tag = "circles", params(CirclePath),
    responses((status = OK, description = "The circle", body = Circle), Problem),
)]
pub async fn keep_circle(
    app: App,
    circle: CircleAccess<EndCircle>,
) -> Result<Resource<Circle>, Problem> {
    let mut circle = LockedCircle::open(&app, &circle).await?;
    circle.check_version()?;
    let Some(erase_at) = circle.row.erase_at else {
        return circle.respond().await;
    };
    if erase_at <= circle.write.now() {
        return Err(Conflict::of("too_late", "The circle is being erased.").into());
    }
    if !circle.allows(CircleVerb::Keep) {
        return Err(Permission::EndCircle.refused());
    }
    let mut row = circle.row.clone().into_active_model();
    reminders::plan_all_ahead(&circle.write).await?;
    row.erase_at = Set(None);
    row.erase_asked_by = Set(None);
    announce(&mut circle, row, CircleVerb::Keep).await?;
    circle.respond().await
}

// 3. The time has come.

/// Erases the circles whose time has come. A circle that fails is tried again the next
/// time. Answers how many were erased.
#[expect(
    clippy::disallowed_methods,
    reason = "looks over all circles; each is entered through its own scope"
)]
pub(super) async fn erase_due_circles(app: &App) -> Result<usize, Problem> {
    let due = circle::Entity::find()
        .filter(circle::Column::EraseAt.lte(app.clock().now()))
        .all(app.reader())
        .await?;
    let mut erased = 0;
    for circle in due {
        match erase_circle(app, circle.id).await {
            Ok(is_erased) => erased += usize::from(is_erased),
            Err(problem) => {
                tracing::warn!(?problem, circle = %circle.id, "a circle was not erased");
            }
        }
    }
    Ok(erased)
}

/// False if the circle is not due any more.
async fn erase_circle(app: &App, id: CircleId) -> Result<bool, Problem> {
    let write = CircleWrite::begin_as_system(app, id, ActorKind::System, None).await?;
    let due = write.circle().await?.erase_at;
    if due.is_none_or(|at| at > write.now()) {
        return Ok(false);
    }
    erase_circle_rows(&write).await?;
    write.commit(NoContent).await?;
    Ok(true)
}

/// Deletes all rows of a circle: its time has come, or the account of the only person in
/// it is erased.
pub(super) async fn erase_circle_rows(write: &CircleWrite) -> Result<(), Problem> {
    let tx = write.tx();
    // A family may have written for years: what is erased takes as long as it takes.
    if tx.get_database_backend() == DbBackend::Postgres {
        let unhurried = "SET LOCAL statement_timeout = 0";
        tx.execute_unprepared(unhurried).await?;
    }
    drop_answers_that_show_circle(tx, write.circle_id()).await?;
    erase_statements::erase_circle(tx, write.circle_id()).await?;
    owe_shredding(tx).await?;
    Ok(())
}
