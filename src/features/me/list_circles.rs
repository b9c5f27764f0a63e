//! The caller's circles, with what an app's first screen shows of each.

use serde::Serialize;
use utoipa::ToSchema;

use super::read_summary::{Summary, summaries};
use crate::access::CallerCircles;
use crate::entity::personal_token::TokenScope;
use crate::features::circles::{Circle, describe_circles};
use crate::http::response::Page;
use crate::problem::Problem;

/// A circle one is in, and what waits for one there.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyCircle {
    pub circle: Circle,
    pub waiting: Summary,
}

/// All circles one is in.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyCircles {
    pub data: Vec<MyCircle>,
}

/// List the circles one is in.
///
/// In the order in which they were founded; each with what waits for one there.
#[utoipa::path(
    get, path = "/me/circles", tag = "my things",
    security(("access_token" = [
        TokenScope::CircleRead,
        TokenScope::TasksRead,
        TokenScope::AppointmentsRead,
        TokenScope::RolesRead,
        TokenScope::MessagesRead,
    ])),
    responses((status = OK, description = "The circles", body = MyCircles,
        headers(("ETag" = String, description = "The version of this answer."))), Problem),
)]
pub async fn list_my_circles(mine: CallerCircles) -> Result<Page<MyCircles>, Problem> {
    let mut waiting = summaries(&mine, mine.now()).await?;
    let describe = |circle: Circle| MyCircle {
        waiting: waiting.remove(&circle.id).unwrap_or_default(),
        circle,
    };
    let circles = describe_circles(&mine).await?;
    let data = circles.into_iter().map(describe).collect();
    mine.listed(&MyCircles { data })
}
