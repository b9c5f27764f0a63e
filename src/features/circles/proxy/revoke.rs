//! `revoke_proxy`: the proxy decides nothing any more.

use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::locked::LockedProxy;
use super::rules::ProxyVerb;
use super::store::newest_proxy;
use crate::access::{CircleAccess, CirclePath, EndProxy};
use crate::app::App;
use crate::entity::proxy::ProxyState;
use crate::http::response::NoContent;
use crate::problem::Problem;

/// Revoke the proxy of the patient.
///
/// The member does not decide for the patient any more. What they set stays until somebody changes
/// it. Nobody is told. If no proxy is named, nothing changes.
///
/// - 403 `forbidden`: the patient and the proxy can revoke it, and coordinators can if a coordinator
///   recorded it
#[utoipa::path(
    delete, path = "/circles/{circle_id}/proxy", tag = "circles", params(CirclePath),
    responses((status = NO_CONTENT, description = "Nobody decides for the patient"), Problem),
)]
pub async fn revoke_proxy(app: App, circle: CircleAccess<EndProxy>) -> Result<NoContent, Problem> {
    let write = app.begin_write(&circle).await?;
    let row = newest_proxy(&write).await?;
    let Some(row) = row.filter(|row| row.state != ProxyState::Revoked) else {
        return write.commit(NoContent).await;
    };
    let mut proxy = LockedProxy::of(write, row).await?;
    proxy.check(ProxyVerb::Revoke)?;
    let was_active = proxy.row.state == ProxyState::Active;
    let mut row = proxy.row.clone().into_active_model();
    row.state = Set(ProxyState::Revoked);
    proxy
        .save_later(ProxyVerb::Revoke, row, vec!["state"])
        .await?;
    if was_active {
        proxy.set_rights(false).await?;
    }
    proxy.write.commit(NoContent).await
}
