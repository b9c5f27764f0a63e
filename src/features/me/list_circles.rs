//! `list_my_circles`: the caller's circles, with what the first screen of an app shows of
//! each.

use serde::Serialize;
use utoipa::ToSchema;

use super::get_summary::{MySummary, summaries};
use crate::access::CallerCircles;
use crate::entity::personal_access_token::TokenScope;
use crate::features::circles::{Circle, describe_circles};
use crate::http::response::Page;
use crate::problem::Problem;

/// A circle that you are in, and what waits for you there.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyCircle {
    /// The circle.
    pub circle: Circle,
    /// What waits for you in this circle.
    pub summary: MySummary,
}

/// All circles that you are in.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyCircleCollection {
    /// The circles, in the order in which they were created.
    pub data: Vec<MyCircle>,
}

/// List your circles.
///
/// Circles come in the order in which they were created, each with a count of what waits
/// for you there. Circles in which you are suspended, or which you left, are not listed.
#[utoipa::path(
    get, path = "/me/circles", tag = "me",
    security(("personal_access_token" = [
        TokenScope::CircleRead,
        TokenScope::TasksRead,
        TokenScope::AppointmentsRead,
        TokenScope::RolesRead,
        TokenScope::MessagesRead,
    ])),
    responses((status = OK, description = "Your circles", body = MyCircleCollection,
        headers(("ETag" = String, description = "The version of this answer."))), Problem),
)]
pub async fn list_my_circles(mine: CallerCircles) -> Result<Page<MyCircleCollection>, Problem> {
    let mut waiting = summaries(&mine).await?;
    let describe = |circle: Circle| MyCircle {
        summary: waiting.remove(&circle.id).unwrap_or_default(),
        circle,
    };
    let circles = describe_circles(&mine).await?;
    let data = circles.into_iter().map(describe).collect();
    mine.listed(&MyCircleCollection { data })
}
