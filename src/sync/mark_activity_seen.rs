//! `mark_activity_seen`: the caller has seen the activity up to a line. It is not in the change log,
//! because nobody else may know when the caller was here.

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::{CircleAccess, CirclePath, ManageOwnMembership};
use crate::app::App;
use crate::entity::membership;
use crate::http::extract::Json;
use crate::http::response::Body;
use crate::platform::text::ActivitySeq;
use crate::problem::Problem;

/// Up to which entry you have seen the activity of a circle.
#[derive(Clone, Copy, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "last_seen_seq": 42 })))]
pub struct MarkActivitySeenRequest {
    /// The `seq` of the newest entry that you have seen. A number above the newest entry of the
    /// circle counts as the newest.
    #[garde(dive)]
    pub last_seen_seq: ActivitySeq,
}

/// Up to which entry you have seen the activity of a circle.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(examples(json!({ "last_seen_seq": 42 })))]
pub struct SeenActivity {
    /// The `seq` of the newest entry that you have seen.
    pub last_seen_seq: i64,
}

/// Mark the activity of a circle as seen.
///
/// Sets up to which entry you have seen the activity. It only moves forward: an older entry than
/// before changes nothing. No other member sees it. When you join a circle, you have seen everything
/// before that.
///
/// - 409 `account_deletion_scheduled`: the deletion of your account is scheduled. Cancel it first.
#[utoipa::path(
    post, path = "/circles/{circle_id}/activity/mark-seen", tag = "circles", params(CirclePath),
    responses((status = OK, description = "Up to which entry you have seen it", body = SeenActivity), Problem),
)]
pub async fn mark_activity_seen(
    app: App,
    circle: CircleAccess<ManageOwnMembership>,
    Json(MarkActivitySeenRequest { last_seen_seq }): Json<MarkActivitySeenRequest>,
) -> Result<Body<SeenActivity>, Problem> {
    let mut write = app.begin_write(&circle).await?;
    let me = write.scope().member_id().ok_or(Problem::NotFound)?;
    let before = write.require::<membership::Entity>(me).await?.seen_seq;
    let newest = write.scope().change_seq();
    let last_seen_seq = i64::from(last_seen_seq.get()).min(newest).max(before);
    if last_seen_seq > before {
        write.mark_seen(last_seen_seq);
    }
    write.commit(Body(SeenActivity { last_seen_seq })).await
}
