//! Checks codes that a signed-in person sends. Each is counted before it is judged.

use super::code::{JudgedCode, judge_code};
use super::store::is_on;
use crate::app::App;
use crate::auth::{RecentCaller, throttle};
use crate::entity::ids::UserId;
use crate::http::response::NoContent;
use crate::platform::text::FactorCode;
use crate::problem::{Conflict, FieldErrorCode, Problem, ProblemCode};

/// Counts a code of a signed-in person and judges it.
pub(super) async fn check_code(
    app: &App,
    caller: &RecentCaller,
    code: &FactorCode,
) -> Result<JudgedCode, Problem> {
    if !is_on(app.reader(), caller.user_id()).await? {
        let detail = "Your account has no authenticator app.";
        return Err(Conflict::of(ProblemCode::TotpNotEnabled, detail).into());
    }
    record_code(app, caller.user_id()).await?;
    judge_code(app, caller.user_id(), code)
        .await?
        .ok_or_else(wrong_code)
}

pub(super) async fn record_code(app: &App, user_id: UserId) -> Result<(), Problem> {
    let transaction = app.begin().await?;
    throttle::record_second_factor(&transaction, user_id).await?;
    transaction.commit(NoContent).await?;
    Ok(())
}

pub(super) fn wrong_code() -> Problem {
    Problem::field(
        "/code",
        FieldErrorCode::Incorrect,
        "This code is wrong, or was used before.",
    )
}

pub(super) fn already_enrolled() -> Problem {
    let detail = "Your account has an authenticator app already. Remove it first.";
    Conflict::of(ProblemCode::TotpAlreadyEnabled, detail).into()
}
