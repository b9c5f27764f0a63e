//! The family circle: the circle itself and its patient, its members, who sees
//! what, and how people come in.

mod accepting;
mod again;
mod circle_rules;
mod departure;
mod describing;
mod grant_ends;
mod grants;
mod invitation_rules;
mod invitation_types;
mod invitations;
mod joining;
mod locked;
mod mail;
mod members;
mod rules;
mod types;

pub use accepting::*;
pub use again::is_in_by_link;
pub(crate) use circle_rules::{CircleFacts, CircleVerb};
pub use departure::*;
pub use grant_ends::{end_grants, keep_ending_grants};
pub use grants::*;
pub use invitation_types::*;
pub use invitations::*;
pub use joining::describe_circles;
pub(crate) use joining::{NEUTRAL_ALIAS, default_alias, patient_of};
pub use mail::MailInvitation;
pub use members::*;
pub use types::*;

use sea_orm::IntoActiveModel;

use crate::access::change_log::Change;
use crate::access::{CircleAccess, CirclePath, CircleWrite, ManageCircle, Verb, ViewCircle};
use crate::app::App;
use crate::auth::Caller;
use crate::auth::require_user;
use crate::entity::circle;
use crate::entity::membership::Access;
use crate::entity::personal_token::TokenScope;
use crate::http::extract::Json;
use crate::http::response::{Created, Resource};
use crate::problem::Problem;

/// Found a circle.
///
/// Whoever founds it is its first coordinator, and its patient if they say so.
#[utoipa::path(
    post, path = "/circles", tag = "circles",
    responses((status = CREATED, description = "The circle", body = Circle), Problem),
)]
pub async fn create_circle(
    app: App,
    caller: Caller,
    Json(new): Json<NewCircle>,
) -> Result<Created<Circle>, Problem> {
    let account = app.begin_account_write(&caller).await?;
    let user = require_user(account.tx(), caller.user_id()).await?;
    if let Some((circle, me)) = joining::founded_before(&account, new.id).await? {
        let mut write = CircleWrite::join(account, circle.id).await?;
        write.see_as(&me).await?;
        let answer = joining::describe_circle(write.tx(), write.scope(), circle).await?;
        return write.commit(Created::again(answer)).await;
    }
    let id = new.id.unwrap_or_else(|| account.new_id());
    let is_patient = new.i_am_the_patient;
    let circle = joining::insert_circle(&account, id, new, &user).await?;

    let mut write = CircleWrite::join(account, id).await?;
    let member = joining::NewMember {
        user: &user,
        access: Access::Coordinator,
        is_patient,
        relationship: None,
    };
    let member = joining::add_member(&mut write, member).await?;
    write.log(Change::of("created", "circle", id.0)).await?;
    write
        .log(Change::to::<crate::entity::membership::Entity>(
            "joined", &member,
        ))
        .await?;
    write.see_as(&member).await?;
    let answer = joining::describe_circle(write.tx(), write.scope(), circle).await?;
    write.commit(Created::new(answer)).await
}

/// Read a circle.
///
/// With its patient, and what the reader may do.
#[utoipa::path(
    get, path = "/circles/{circle_id}", tag = "circles", params(CirclePath),
    security(("access_token" = [TokenScope::CircleRead])),
    responses((status = OK, description = "The circle", body = Circle), Problem),
)]
pub async fn read_circle(circle: CircleAccess<ViewCircle>) -> Result<Resource<Circle>, Problem> {
    let row = circle.circle().await?;
    let body = joining::describe_circle(circle.db(), circle.scope(), row).await?;
    circle.found(body)
}

/// Change a circle.
///
/// In another time zone everything that has a date but no time of day stays on its
/// date; its reminders follow, and nobody is reminded twice.
#[utoipa::path(
    patch, path = "/circles/{circle_id}", tag = "circles", params(CirclePath),
    responses((status = OK, description = "The circle", body = Circle), Problem),
)]
pub async fn update_circle(
    app: App,
    circle: CircleAccess<ManageCircle>,
    Json(changes): Json<CirclePatch>,
) -> Result<Resource<Circle>, Problem> {
    let mut write = app.begin_write(&circle).await?;
    let before = write.circle().await?;
    write.check_version(before.version)?;

    let mut row = before.clone().into_active_model();
    let fields = changes.write_to(&mut row);
    if fields.is_empty() {
        return answer_circle(write, before).await;
    }
    let after = write.update_circle(&before, row).await?;
    if after.time_zone != before.time_zone {
        crate::notify::reminders::follow_zone(&write, &after.time_zone).await?;
    }
    let change = Change::of(CircleVerb::Change.word(), "circle", after.id.0);
    write.log(change.fields(fields.names())).await?;
    answer_circle(write, after).await
}

/// Commits, and answers the circle as its reader sees it.
pub(crate) async fn answer_circle(
    write: CircleWrite,
    row: circle::Model,
) -> Result<Resource<Circle>, Problem> {
    let circle = joining::describe_circle(write.tx(), write.scope(), row).await?;
    write.commit(Resource::new(circle)).await
}
