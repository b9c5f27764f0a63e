//! `suspend_member`: a member sees nothing until they are reinstated. The rest is in
//! `departure.rs`.

use super::departure::{Departed, Departure, remove_or_suspend};
use super::rules::MemberVerb;
use super::types::MemberPath;
use crate::access::{CircleAccess, CirclePath, RemoveMembers};
use crate::app::App;
use crate::http::extract::{Json, Path};
use crate::http::openapi::Fact;
use crate::http::response::Body;
use crate::problem::Problem;

/// Suspend a member.
///
/// They see nothing until they are reinstated; what they held is released. With
/// a `successor` it needs a proof of the last ten minutes: else 403
/// `reauthentication_needed`.
#[utoipa::path(
    post, path = "/circles/{circle_id}/members/{member_id}/suspend", tag = "members",
    params(CirclePath, MemberPath),
    extensions(("x-facts" = json!([Fact::BodyOptional]))),
    responses((status = OK, description = "What was released", body = Departed), Problem),
)]
pub async fn suspend_member(
    app: App,
    circle: CircleAccess<RemoveMembers>,
    Path(path): Path<MemberPath>,
    Json(departure): Json<Departure>,
) -> Result<Body<Departed>, Problem> {
    let verb = MemberVerb::Suspend;
    remove_or_suspend(&app, &circle, path.member_id, verb, departure).await
}
