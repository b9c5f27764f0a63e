//! A person who left is no member any more, but may hear again how their going was
//! answered: the first answer may have been lost.

use sea_orm::{ConnectionTrait, Statement};

use crate::app::App;
use crate::auth::Caller;
use crate::entity::ids::CircleId;
use crate::entity::membership::MemberState;
use crate::platform::db::Transaction;
use crate::problem::Problem;

/// The answer that the request's key has had, for a person who left this circle by
/// themselves; for everybody else it is not there.
pub async fn replay_to_who_left(app: &App, caller: &Caller, circle_id: CircleId) -> Problem {
    let replayed = replay(app, caller, circle_id).await;
    replayed.err().unwrap_or(Problem::NotFound)
}

async fn replay(app: &App, caller: &Caller, circle_id: CircleId) -> Result<(), Problem> {
    let mut unit = Transaction::begin(app).await?;
    unit.claim_key(caller.user_id(), caller.request().key_to_claim())
        .await?;
    let left = Statement::from_sql_and_values(
        unit.backend(),
        "SELECT id FROM memberships WHERE circle_id = $1 AND user_id = $2 AND state = $3",
        [
            circle_id.into(),
            caller.user_id().into(),
            MemberState::Left.into(),
        ],
    );
    match unit.tx().query_one_raw(left).await? {
        Some(_) => unit.replay(None),
        None => Ok(()),
    }
}
