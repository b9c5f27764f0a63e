//! `leave_circle`: a member goes by themselves. A former member who repeats the request gets the
//! first answer, although they see the circle no more.

use sea_orm::{ColumnTrait, QueryFilter};

use super::departure::{Departed, Departure, depart};
use super::locked::LockedMember;
use super::rules::MemberVerb;
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::app::App;
use crate::auth::Caller;
use crate::entity::ids::CircleId;
use crate::entity::membership::{self, MemberState};
use crate::http::extract::{Json, Path};
use crate::http::openapi::Fact;
use crate::http::response::Body;
use crate::platform::db::Transaction;
use crate::problem::Problem;

/// Leave the circle.
///
/// What one held is released. The last coordinator names a successor. With a
/// `successor` it needs a proof of the last ten minutes: else 403
/// `reauthentication_needed`.
#[utoipa::path(
    post, path = "/circles/{circle_id}/leave", tag = "members", params(CirclePath),
    request_body = Departure,
    extensions(("x-facts" = json!([Fact::BodyOptional]))),
    responses((status = OK, description = "What was released", body = Departed), Problem),
)]
pub async fn leave_circle(
    app: App,
    circle: Result<CircleAccess<ViewCircle>, Problem>,
    caller: Result<Caller, Problem>,
    Path(path): Path<CirclePath>,
    departure: Result<Json<Departure>, Problem>,
) -> Result<Body<Departed>, Problem> {
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
            return Err(match caller {
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

/// The answer that the request's key has had, for a member who has left this circle by
/// themselves: the first answer may have been lost. For everybody else the circle is not
/// there.
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
