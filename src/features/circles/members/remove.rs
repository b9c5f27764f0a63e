//! `remove_member`: a coordinator or the patient ends a membership. The rest is in `departure.rs`.

use super::departure::{Departed, Departure, remove_or_suspend};
use super::rules::MemberVerb;
use super::types::MemberPath;
use crate::access::{CircleAccess, CirclePath, RemoveMembers};
use crate::app::App;
use crate::http::extract::{Json, Path};
use crate::http::openapi::Fact;
use crate::http::response::Body;
use crate::problem::Problem;

/// Remove a member.
///
/// What they held is released. Nobody removes the patient. With a `successor`
/// it needs a proof of the last ten minutes: else 403
/// `reauthentication_needed`.
#[utoipa::path(
    post, path = "/circles/{circle_id}/members/{member_id}/remove", tag = "members",
    params(CirclePath, MemberPath),
    extensions(("x-facts" = json!([Fact::BodyOptional]))),
    responses((status = OK, description = "What was released", body = Departed), Problem),
)]
pub async fn remove_member(
    app: App,
    circle: CircleAccess<RemoveMembers>,
    Path(path): Path<MemberPath>,
    Json(departure): Json<Departure>,
) -> Result<Body<Departed>, Problem> {
    let verb = MemberVerb::Remove;
    remove_or_suspend(&app, &circle, path.member_id, verb, departure).await
}
