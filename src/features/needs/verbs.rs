//! What happens to a need: offered, taken, given back, not needed any more.

use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::locked::LockedNeed;
use super::rules::NeedVerb;
use super::types::{Need, NeedOffer, NeedPath};
use crate::access::{CircleAccess, CirclePath, ScheduleAppointments, TakeNeeds};
use crate::app::App;
use crate::entity::need::{self, NeedState};
use crate::entity::need_commitment::CommitmentState;
use crate::entity::notification::NotificationKind;
use crate::entity::personal_token::TokenScope;
use crate::features::tasks::TakeOn;
use crate::http::extract::{Json, Path};
use crate::http::response::Found;
use crate::notify::reminders;
use crate::notify::subject::Reminded;
use crate::problem::Problem;
use crate::schedule::when::moment_of_need;

/// Take a need on.
///
/// Also accepts an offer. Who comes too late gets 409 `slots_full`; something you
/// have taken on or accepted for the same time, in any of your circles, is 409
/// `overlap`, unless you send `allow_overlap`. What lies in another circle, or in a
/// topic you do not see, is named as a time only.
#[utoipa::path(
    post, path = "/circles/{circle_id}/needs/{need_id}/take", tag = "needs",
    params(CirclePath, NeedPath),
    security(("access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The need", body = Need), Problem),
)]
pub async fn take_need(
    app: App,
    circle: CircleAccess<TakeNeeds>,
    Path(path): Path<NeedPath>,
    take_on: Option<Json<TakeOn>>,
) -> Result<Found<Need>, Problem> {
    let mut need = LockedNeed::open(&app, &circle, path.need_id).await?;
    let allow_overlap = take_on.is_some_and(|Json(body)| body.allow_overlap);
    need.take_on(NeedVerb::Take, allow_overlap).await?;
    need.respond().await
}

/// Decline an offered need.
///
/// Nobody asks why, and nobody counts. The person who asked is told; less than a
/// day before the coordinators too, and if nobody else would be told, those who
/// could take it.
#[utoipa::path(
    post, path = "/circles/{circle_id}/needs/{need_id}/decline", tag = "needs",
    params(CirclePath, NeedPath),
    security(("access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The need", body = Need), Problem),
)]
pub async fn decline_need(
    app: App,
    circle: CircleAccess<TakeNeeds>,
    Path(path): Path<NeedPath>,
) -> Result<Found<Need>, Problem> {
    let mut need = LockedNeed::open(&app, &circle, path.need_id).await?;
    need.let_go(NeedVerb::Decline, NotificationKind::Declined)
        .await?;
    need.respond().await
}

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
) -> Result<Found<Need>, Problem> {
    let mut need = LockedNeed::open(&app, &circle, path.need_id).await?;
    need.let_go(NeedVerb::Withdraw, NotificationKind::GivenBack)
        .await?;
    need.respond().await
}

/// Ask somebody to take a need.
///
/// They take it or decline. Asked of yourself, it is taken.
#[utoipa::path(
    post, path = "/circles/{circle_id}/needs/{need_id}/offer", tag = "needs",
    params(CirclePath, NeedPath),
    security(("access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The need", body = Need), Problem),
)]
pub async fn offer_need(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Path(path): Path<NeedPath>,
    Json(offer): Json<NeedOffer>,
) -> Result<Found<Need>, Problem> {
    let mut need = LockedNeed::open(&app, &circle, path.need_id).await?;
    let (offer_it, take_it) = (NeedVerb::Offer, NeedVerb::Take);
    need.offer(offer.member_id, offer_it, take_it).await?;
    need.respond().await
}

/// Say that a need is not needed any more.
///
/// Those who took it are told.
#[utoipa::path(
    post, path = "/circles/{circle_id}/needs/{need_id}/cancel", tag = "needs",
    params(CirclePath, NeedPath),
    security(("access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The need", body = Need), Problem),
)]
pub async fn cancel_need(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Path(path): Path<NeedPath>,
) -> Result<Found<Need>, Problem> {
    let mut need = LockedNeed::open(&app, &circle, path.need_id).await?;
    if need.begins(NeedVerb::Cancel)? {
        let mut row = need.row.clone().into_active_model();
        row.state = Set(NeedState::Cancelled);
        need.save(NeedVerb::Cancel, row, vec!["state"]).await?;
        let item = need::Entity::item(&need.write, &need.row).await?;
        reminders::plan(&need.write, &[item]).await?;
        let concerned = [CommitmentState::Offered, CommitmentState::Accepted];
        let was = moment_of_need(&need.row);
        need.notify(NotificationKind::Cancelled, was, &concerned)
            .await?;
    }
    need.respond().await
}
