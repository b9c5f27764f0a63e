//! The deletion of a circle, from the request to the last row.
//!
//! 1. [`schedule_circle_deletion`] sets the day of the deletion and cancels the reminders of the circle. A
//!    job for each member sends an email with the day ([`MailCircleEnding`]).
//! 2. For two weeks [`cancel_circle_deletion`] cancels the deletion.
//! 3. Then the hourly sweep ([`erase_due_circles`]) deletes all rows of the circle, in one
//!    transaction.
//!
//! This module is in `privacy`, above the features, because the last step follows the data map.
//! Which of the two verbs a caller may use is in `features/circles/rules.rs`, with the other
//! `actions`.

use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, IntoActiveModel,
    QueryFilter,
};
use serde::{Deserialize, Serialize};

use super::erase_due::GRACE;
use super::erase_statements;
use crate::access::{
    CircleAccess, CirclePath, CircleWrite, DeleteCircle, drop_answers_that_show_circle,
};
use crate::app::App;
use crate::entity::change::ActorKind;
use crate::entity::circle;
use crate::entity::ids::{CircleId, MemberId};
use crate::entity::membership::{self, MemberState};
use crate::features::circles::{Circle, CircleVerb, LockedCircle};
use crate::http::response::{NoContent, Resource};
use crate::notify::notifications::account_of;
use crate::notify::posting::post;
use crate::notify::reminders;
use crate::platform::db::{ReadRows, owe_shredding};
use crate::platform::language::Language;
use crate::platform::mail::{CircleEnding, CircleKept};
use crate::platform::queue::{Failure, Leased, Run};
use crate::platform::time::civil::{ReaderZone, for_reader};
use crate::problem::{Conflict, Problem, ProblemCode};

// 1. A coordinator or the patient schedules the deletion.

/// Schedule the deletion of a circle.
///
/// The circle and everything in it is erased in 14 days, whatever its state. Until then members can
/// read and write in it as before, and a coordinator or the patient can cancel the deletion. If the patient asked
/// for it, only the patient can cancel it.
///
/// Every member gets one email with the day of the deletion. From now on the circle sends no
/// reminders and no notifications. If the deletion is scheduled already, its day stays, and nobody
/// is told again.
///
/// - 403 `forbidden`: only coordinators and the patient can delete a circle.
/// - 403 `reauthentication_required`: confirm your identity first. It counts for ten minutes.
#[utoipa::path(
    put, path = "/circles/{circle_id}/deletion", tag = "circles", params(CirclePath),
    responses((status = OK, description = "The circle, and when it is deleted", body = Circle), Problem),
)]
pub async fn schedule_circle_deletion(
    app: App,
    circle: CircleAccess<DeleteCircle>,
) -> Result<Resource<Circle>, Problem> {
    circle.check_recent()?;
    let mut circle = LockedCircle::open(&app, &circle).await?;
    if !circle.allows(CircleVerb::ScheduleDeletion) {
        return circle.respond().await;
    }
    circle.check_version()?;
    reminders::cancel_all_later(&circle.write);
    let mut row = circle.row.clone().into_active_model();
    let deletion_scheduled_for = circle.row.deletion_scheduled_for;
    row.deletion_scheduled_for = Set(deletion_scheduled_for.or(Some(circle.write.now() + GRACE)));
    row.deletion_requested_by_member_id = Set(circle.write.actor());
    announce(&mut circle, row, CircleVerb::ScheduleDeletion).await?;
    circle.respond().await
}

/// Writes the change into the change log. If the day has changed, it is mailed to every member.
async fn announce(
    circle: &mut LockedCircle,
    row: circle::ActiveModel,
    verb: CircleVerb,
) -> Result<(), Problem> {
    let scheduled_before = circle.row.deletion_scheduled_for;
    circle.write_row(row)?;
    circle.log(verb, vec!["deletion_scheduled_for"]).await?;
    if circle.row.deletion_scheduled_for == scheduled_before {
        // The patient asked for it too: the members know the day already.
        return Ok(());
    }
    // Every active member is told, also the member who did it.
    for member_id in circle.active_members() {
        let mail = MailCircleEnding {
            circle_id: circle.row.id,
            member_id: *member_id,
        };
        circle.write.enqueue(&mail).await?;
    }
    Ok(())
}

/// Tells a member that the circle will be deleted, or that the deletion was canceled. What holds
/// when the email is written counts.
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
        // Nobody opens the mailbox of the patient who has died.
        let was_in_memory = Some(circle::CircleState::InMemory);
        let in_memory = [Some(circle.state), circle.archived_from].contains(&was_in_memory);
        if member.is_patient && in_memory {
            return Ok(());
        }
        let language = Language::first_of([user.locale.as_deref(), circle.locale.as_deref()]);
        let (name, alias) = (member.name, circle.alias);
        if let Some(at) = circle.deletion_scheduled_for {
            let zone = ReaderZone::in_circle(&user.time_zone, &circle.time_zone);
            let letter = CircleEnding {
                language,
                name,
                alias,
                when: for_reader(at, zone.in_language(language)),
            };
            return post(app, lease, &user.email, &letter).await;
        }
        let letter = CircleKept {
            language,
            name,
            alias,
        };
        post(app, lease, &user.email, &letter).await
    }
}

// 2. A coordinator or the patient cancels the deletion.

/// Cancel the deletion of a circle.
///
/// The circle sends reminders and notifications again. Every member gets one email. Without a
/// scheduled deletion nothing changes.
///
/// - 403 `forbidden`: only coordinators and the patient can cancel the deletion. If the patient
///   asked for it, only the patient can.
/// - 409 `deletion_in_progress`: the circle is being erased already.
#[utoipa::path(
    delete, path = "/circles/{circle_id}/deletion", tag = "circles", params(CirclePath),
    responses((status = NO_CONTENT, description = "No deletion is scheduled"), Problem),
)]
pub async fn cancel_circle_deletion(
    app: App,
    circle: CircleAccess<DeleteCircle>,
) -> Result<NoContent, Problem> {
    let mut circle = LockedCircle::open(&app, &circle).await?;
    let Some(deletion_scheduled_for) = circle.row.deletion_scheduled_for else {
        return circle.write.commit(NoContent).await;
    };
    circle.check_version()?;
    if deletion_scheduled_for <= circle.write.now() {
        return Err(Conflict::of(
            ProblemCode::DeletionInProgress,
            "The circle is being erased already.",
        )
        .into());
    }
    circle.check_right(CircleVerb::CancelDeletion)?;
    let mut row = circle.row.clone().into_active_model();
    row.deletion_scheduled_for = Set(None);
    row.deletion_requested_by_member_id = Set(None);
    announce(&mut circle, row, CircleVerb::CancelDeletion).await?;
    reminders::plan_all_ahead(&circle.write).await?;
    circle.write.commit(NoContent).await
}

// 3. The 14 days are over.

/// Erases the circles that are due. A circle that fails is tried again in the next sweep. Returns
/// how many were erased.
#[expect(
    clippy::disallowed_methods,
    reason = "looks for the circles that are due; each is entered through its own scope"
)]
pub(super) async fn erase_due_circles(app: &App) -> Result<usize, Problem> {
    let due = circle::Entity::find()
        .filter(circle::Column::DeletionScheduledFor.lte(app.clock().now()))
        .read(app.reader())
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

/// Erases a circle. False if it is not due any more.
async fn erase_circle(app: &App, id: CircleId) -> Result<bool, Problem> {
    let write = CircleWrite::begin_as_system(app, id, ActorKind::System, None).await?;
    let due = write.circle().await?.deletion_scheduled_for;
    if due.is_none_or(|at| at > write.now()) {
        return Ok(false);
    }
    erase_circle_rows(&write).await?;
    write.commit(NoContent).await?;
    Ok(true)
}

/// Deletes all rows of a circle that is due, or whose only member is erased.
pub(super) async fn erase_circle_rows(write: &CircleWrite) -> Result<(), Problem> {
    let tx = write.tx();
    // The rows of many years take longer to delete than the time limit of a statement allows.
    if tx.get_database_backend() == DbBackend::Postgres {
        let unhurried = "SET LOCAL statement_timeout = 0";
        tx.execute_unprepared(unhurried).await?;
    }
    drop_answers_that_show_circle(tx, write.circle_id()).await?;
    erase_statements::erase_circle(tx, write.circle_id()).await?;
    owe_shredding(tx).await?;
    Ok(())
}
