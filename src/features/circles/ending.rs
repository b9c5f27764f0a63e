//! Having a whole circle erased: asked for, thought over for two weeks by all of
//! its members, undone or done.

use chrono::TimeDelta;
use sea_orm::{ActiveValue::Set, ColumnTrait, IntoActiveModel, QueryFilter};
use serde::{Deserialize, Serialize};

use super::circle_rules::{CircleFacts, CircleVerb};
use super::joining::{describe_circle, patient_of};
use super::types::Circle;
use crate::access::change_log::Change;
use crate::access::{CircleAccess, CirclePath, CircleWrite, EndCircle, Permission, Verb};
use crate::app::App;
use crate::entity::change::Way;
use crate::entity::circle;
use crate::entity::ids::{CircleId, MemberId};
use crate::entity::membership::{self, MemberState};
use crate::http::response::Found;
use crate::notify::notifications::account_of;
use crate::notify::posting::post;
use crate::notify::reminders;
use crate::platform::mail::{CircleEnding, CircleKept};
use crate::platform::queue::{Failure, Leased, Run};
use crate::platform::time::civil::for_reader;
use crate::problem::{Conflict, Problem};

/// How long people can change their mind about what is to be erased.
pub const GRACE: TimeDelta = TimeDelta::days(14);

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
) -> Result<Found<Circle>, Problem> {
    circle.check_recent()?;
    let write = app.begin_write(&circle).await?;
    let before = write.circle().await?;
    write.check_version(before.version)?;
    if !allows(&write, &before, CircleVerb::Delete).await? {
        return answer(write, before).await;
    }
    reminders::cancel_all(&write).await?;
    let mut row = before.clone().into_active_model();
    row.erase_at = Set(before.erase_at.or(Some(write.now() + GRACE)));
    row.erase_asked_by = Set(write.actor());
    announce(write, before, row, CircleVerb::Delete).await
}

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
) -> Result<Found<Circle>, Problem> {
    let write = app.begin_write(&circle).await?;
    let before = write.circle().await?;
    write.check_version(before.version)?;
    let Some(erase_at) = before.erase_at else {
        return answer(write, before).await;
    };
    if erase_at <= write.now() {
        return Err(Conflict::of("too_late", "The circle is being erased.").into());
    }
    if !allows(&write, &before, CircleVerb::Keep).await? {
        return Err(Permission::EndCircle.refused());
    }
    let mut row = before.clone().into_active_model();
    reminders::plan_all_ahead(&write).await?;
    row.erase_at = Set(None);
    row.erase_asked_by = Set(None);
    announce(write, before, row, CircleVerb::Keep).await
}

/// Whether the verb fits the circle as it is, and the caller may.
async fn allows(
    write: &CircleWrite,
    circle: &circle::Model,
    verb: CircleVerb,
) -> Result<bool, Problem> {
    let facts = CircleFacts {
        scope: write.scope(),
        circle,
        patient: patient_of(write.tx(), write.scope()).await?,
    };
    Ok(facts.allow(verb))
}

/// Writes it down and has every member told, unless they know.
async fn announce(
    mut write: CircleWrite,
    before: circle::Model,
    row: circle::ActiveModel,
    verb: CircleVerb,
) -> Result<Found<Circle>, Problem> {
    let after = write.update_circle(&before, row).await?;
    let change = Change::of(verb.word(), "circle", after.id.0);
    write.log(change.fields(vec!["erase_at"])).await?;
    if after.erase_at == before.erase_at {
        // The patient joined in: everybody knows the day already.
        return answer(write, after).await;
    }
    let members = write
        .find::<membership::Entity>()
        .filter(membership::Column::State.eq(MemberState::Active))
        .all(write.tx())
        .await?;
    for member in members {
        let told = MailCircleEnding {
            circle_id: after.id,
            member_id: member.id,
        };
        write.enqueue(&told).await?;
    }
    answer(write, after).await
}

pub(super) async fn answer(
    write: CircleWrite,
    row: circle::Model,
) -> Result<Found<Circle>, Problem> {
    let circle = describe_circle(write.tx(), write.scope(), row).await?;
    write.commit(Found::new(circle)).await
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
        let write = app
            .begin_circle_write(self.circle_id, Way::System, None)
            .await?;
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
