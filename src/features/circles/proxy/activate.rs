//! `activate_proxy`: from now on the proxy decides for the patient.

use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::super::leadership_mail::{LeadershipNews, tell_news};
use super::locked::LockedProxy;
use super::rules::ProxyVerb;
use super::store::newest_proxy;
use super::types::Proxy;
use crate::access::{CircleAccess, CirclePath, NameProxy};
use crate::app::App;
use crate::entity::proxy::ProxyState;
use crate::http::response::Resource;
use crate::problem::Problem;

/// Activate the proxy of the patient.
///
/// From now on the member sets what each member sees, like the patient: what they set is a limit
/// for coordinators. Every other member gets an email, the patient too, who can revoke the proxy at
/// any time. If the proxy is active already, nothing changes.
///
/// - 403 `forbidden`: only coordinators and the patient can activate a proxy
/// - 403 `reauthentication_required`: confirm your identity first. It counts for ten minutes.
/// - 404 `not_found`: nobody was named
/// - 409 `invalid_transition`: the proxy is revoked
#[utoipa::path(
    post, path = "/circles/{circle_id}/proxy/activate", tag = "circles", params(CirclePath),
    responses((status = OK, description = "The proxy", body = Proxy), Problem),
)]
pub async fn activate_proxy(
    app: App,
    circle: CircleAccess<NameProxy>,
) -> Result<Resource<Proxy>, Problem> {
    circle.check_recent()?;
    let write = app.begin_write(&circle).await?;
    let row = newest_proxy(&write).await?.ok_or(Problem::NotFound)?;
    let mut proxy = LockedProxy::of(write, row).await?;
    if proxy.check_unless_in_effect(ProxyVerb::Activate)? {
        let mut row = proxy.row.clone().into_active_model();
        row.state = Set(ProxyState::Active);
        row.activated_at = Set(Some(proxy.write.now()));
        proxy
            .save_later(ProxyVerb::Activate, row, vec!["state"])
            .await?;
        proxy.set_rights(true).await?;
        tell_news(&proxy.write, LeadershipNews::ProxyActive).await?;
    }
    proxy.respond().await
}
