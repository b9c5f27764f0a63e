//! `leave_circle`: a member leaves. A former member who repeats the request gets the
//! first answer again, although they no longer see the circle.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use sea_orm::{ColumnTrait, QueryFilter};

use super::departure::{Departure, DepartureRequest, depart};
use super::locked::LockedMember;
use super::rules::MemberVerb;
use crate::access::{CircleAccess, CirclePath, ManageOwnMembership};
use crate::app::App;
use crate::auth::Caller;
use crate::entity::ids::CircleId;
use crate::entity::membership::{self, MemberState};
use crate::http::extract::{Json, Path};
use crate::http::openapi::Fact;
use crate::http::response::Body;
use crate::platform::db::Transaction;
use crate::problem::Problem;

/// Leave a circle.
///
/// You no longer see the circle. What you held is open to others again, or is offered to
/// the member in `reassign_to_member_id`. Those who relied on you are told. If you are the last
/// coordinator, name the new one in `successor_member_id`. The body may be left out.
///
/// - 403 `reauthentication_required`: you send a `successor_member_id` and have not confirmed your
///   identity in the last ten minutes
/// - 409 `last_coordinator`: you are the last coordinator and name no `successor_member_id`
#[utoipa::path(
    post, path = "/circles/{circle_id}/leave", tag = "members", params(CirclePath),
    request_body = DepartureRequest,
    extensions(("x-facts" = json!([Fact::BodyOptional]))),
    responses((status = OK, description = "What was released", body = Departure), Problem),
)]
pub async fn leave_circle(
    app: App,
    circle: Result<CircleAccess<ManageOwnMembership>, Problem>,
    mut head: Parts,
    Path(path): Path<CirclePath>,
    departure: Result<Json<DepartureRequest>, Problem>,
) -> Result<Body<Departure>, Problem> {
    let begun = match circle {
        Ok(circle) => {
            let recently = circle.check_recent();
            app.begin_write(&circle)
                .await
                .map(|write| (write, recently))
        }
        Err(problem) => Err(problem),
    };
    let ((write, recently), Json(departure)) = match begun {
        Err(Problem::NotFound) => {
            // Members were proven with the circle. Only here the caller is proven alone.
            return Err(match Caller::from_request_parts(&mut head, &app).await {
                Ok(caller) => answer_again(&app, &caller, path.circle_id).await,
                Err(_) => Problem::NotFound,
            });
        }
        begun => (begun?, departure?),
    };
    let me = write.scope().member_id().ok_or(Problem::NotFound)?;
    let row = write.require::<membership::Entity>(me).await?;
    let member = LockedMember::of(write, row).await?;
    depart(member, recently, MemberVerb::Leave, departure).await
}

/// The first answer to the same request key, for a member who left this circle: that
/// answer may have been lost. Everybody else gets 404.
async fn answer_again(app: &App, caller: &Caller, circle_id: CircleId) -> Problem {
    let replayed = replay_to_former(app, caller, circle_id).await;
    replayed.err().unwrap_or(Problem::NotFound)
}

async fn replay_to_former(app: &App, caller: &Caller, circle_id: CircleId) -> Result<(), Problem> {
    let mut transaction = Transaction::begin(app).await?;
    transaction
        .claim_key(caller.user_id(), caller.request().key_to_claim())
        .await?;
    let has_left = caller
        .account()
        .find::<membership::Entity>()
        .filter(membership::Column::CircleId.eq(circle_id))
        .filter(membership::Column::State.eq(MemberState::Left))
        .one(transaction.tx())
        .await?;
    match has_left {
        Some(_) => transaction.replay(None),
        None => Ok(()),
    }
}
