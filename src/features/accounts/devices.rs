//! The devices one is signed in on.

use sea_orm::{ColumnTrait, IntoActiveModel, QueryFilter, QueryOrder};

use super::session::{end, end_others, live};
use super::types::{Session, SessionChanges, SessionPath, Sessions};
use crate::app::App;
use crate::auth::{AnyCaller, Caller};
use crate::entity::account_event::EventKind;
use crate::entity::session::{self, Column};
use crate::http::extract::{Json, Path};
use crate::http::response::{Done, Report};
use crate::problem::Problem;

/// List the devices one is signed in on.
///
/// At most fifty, last used first. A device that signs in beyond that ends the
/// oldest.
#[utoipa::path(
    get, path = "/me/sessions", tag = "accounts",
    responses((status = OK, description = "The sessions", body = Sessions), Problem),
)]
pub async fn list_sessions(app: App, caller: Caller) -> Result<Report<Sessions>, Problem> {
    let rows = live(caller.user_id(), app.clock().now())
        .order_by_desc(Column::LastUsedAt)
        .order_by_desc(Column::Id)
        .all(app.reader())
        .await?;
    let current = caller.token().session_id;
    let data = rows
        .into_iter()
        .map(|row| Session::of(row, current))
        .collect();
    Ok(Report(Sessions { data }))
}

/// Rename a device.
///
/// The name is for oneself, in this list and in mails about the account.
#[utoipa::path(
    patch, path = "/me/sessions/{session_id}", tag = "accounts", params(SessionPath),
    responses((status = OK, description = "The session", body = Session), Problem),
)]
pub async fn update_session(
    app: App,
    caller: Caller,
    Path(path): Path<SessionPath>,
    Json(changes): Json<SessionChanges>,
) -> Result<Report<Session>, Problem> {
    let write = app.begin_account_write(&caller).await?;
    let mut session = live(write.user_id(), write.now())
        .filter(Column::Id.eq(path.session_id))
        .one(write.tx())
        .await?
        .ok_or(Problem::NotFound)?;
    let mut row = session.clone().into_active_model();
    if !changes.write_to(&mut row).is_empty() {
        session = write.update::<session::Entity>(row).await?;
    }
    let current = caller.token().session_id;
    write.commit(Report(Session::of(session, current))).await
}

/// Sign a device out.
///
/// Ends that session at once: its access token stops working too.
#[utoipa::path(
    post, path = "/me/sessions/{session_id}/revoke", tag = "accounts", params(SessionPath),
    responses((status = NO_CONTENT, description = "Signed out"), Problem),
)]
pub async fn revoke_session(
    app: App,
    AnyCaller(caller): AnyCaller,
    Path(path): Path<SessionPath>,
) -> Result<Done, Problem> {
    let write = app.begin_account_write(&caller).await?;
    let session = write.require::<session::Entity>(path.session_id).await?;
    end(write.tx(), write.user_id(), session.id, write.now()).await?;
    write.note(EventKind::SessionRevoked).await?;
    write.commit(Done).await
}

/// Sign all other devices out.
///
/// Ends every session but the one that asks.
#[utoipa::path(
    post, path = "/me/sessions/revoke-others", tag = "accounts",
    responses((status = NO_CONTENT, description = "Signed out"), Problem),
)]
pub async fn revoke_other_sessions(
    app: App,
    AnyCaller(caller): AnyCaller,
) -> Result<Done, Problem> {
    let write = app.begin_account_write(&caller).await?;
    end_others(&write).await?;
    write.note(EventKind::OtherSessionsRevoked).await?;
    write.commit(Done).await
}
