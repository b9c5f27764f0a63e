//! `withdraw_from_need`: releases a need that the caller has taken.

use super::locked::LockedNeed;
use super::rules::NeedVerb;
use super::types::{Need, NeedPath};
use crate::access::{CircleAccess, CirclePath, TakeNeeds};
use crate::app::App;
use crate::entity::notification::NotificationKind;
use crate::entity::personal_token::TokenScope;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::problem::Problem;

/// Give a need back.
///
/// It is open to others again. The person who asked is told, and so are the
/// coordinators and those who want to know of gaps. If none of them would be told less
/// than a day before, those who could take it are told.
#[utoipa::path(
    post, path = "/circles/{circle_id}/needs/{need_id}/withdraw", tag = "needs",
    params(CirclePath, NeedPath),
    security(("access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The need", body = Need), Problem),
)]
pub async fn withdraw_from_need(
    app: App,
    circle: CircleAccess<TakeNeeds>,
    Path(path): Path<NeedPath>,
) -> Result<Resource<Need>, Problem> {
    let mut need = LockedNeed::open(&app, &circle, path.need_id).await?;
    need.decline_or_release(NeedVerb::Withdraw, NotificationKind::GivenBack)
        .await?;
    need.respond().await
}
