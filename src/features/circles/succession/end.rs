//! `end_succession`: a coordinator objects, or those who asked for it take it back.

use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::super::leadership_mail::{LeadershipNews, tell_news};
use super::locked::LockedSuccession;
use super::rules::SuccessionVerb;
use super::store::open_succession;
use crate::access::{CircleAccess, CirclePath, RequestSuccession};
use crate::app::App;
use crate::entity::succession::{self, SuccessionState};
use crate::http::response::NoContent;
use crate::problem::Problem;

/// End a request for a new coordinator.
///
/// As a coordinator you object to the succession: the member does not become coordinator. The
/// patient and the members who asked for it withdraw it. If the members were told of it, they are
/// told that it has ended. Without an open request nothing changes.
///
/// - 403 `forbidden`: only coordinators, the patient and the members who asked for it can end it
#[utoipa::path(
    delete, path = "/circles/{circle_id}/succession", tag = "circles", params(CirclePath),
    responses((status = NO_CONTENT, description = "No request is open"), Problem),
)]
pub async fn end_succession(
    app: App,
    circle: CircleAccess<RequestSuccession>,
) -> Result<NoContent, Problem> {
    let write = app.begin_write(&circle).await?;
    let Some(row) = open_succession(&write).await? else {
        return write.commit(NoContent).await;
    };
    let mut succession = LockedSuccession::of(write, row).await?;
    succession.check(SuccessionVerb::End)?;
    let was_told = succession.row.state == SuccessionState::Requested;
    let (state, word) = if succession.facts().objects() {
        (SuccessionState::Refused, "refused")
    } else {
        (SuccessionState::Withdrawn, "withdrawn")
    };
    let mut row = succession.row.clone().into_active_model();
    row.state = Set(state);
    succession.row = succession
        .write
        .update_later::<succession::Entity>(&succession.row, row)?;
    succession.log_as(word, vec!["state"]).await?;
    if was_told {
        tell_news(&succession.write, LeadershipNews::SuccessionEnded).await?;
    }
    succession.write.commit(NoContent).await
}
