//! `remove_member`: a coordinator or the patient ends a membership. `departure.rs` does
//! the work.

use super::departure::{Departure, DepartureRequest, remove_or_suspend};
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
/// The member no longer sees the circle. What they held is open to others again, or is
/// offered to the member in `reassign_to_member_id`. Those who relied on the member are told. The body
/// may be left out.
///
/// - 403 `forbidden`: only coordinators and the patient can remove a member
/// - 403 `reauthentication_required`: you remove a coordinator or send a `successor_member_id`, and
///   have not confirmed your identity in the last ten minutes
/// - 409 `last_coordinator`: name the new coordinator in `successor_member_id`
/// - 409 `patient_protected`: the patient cannot be removed
/// - 409 `cannot_target_yourself`: you cannot remove yourself; leave the circle instead
#[utoipa::path(
    post, path = "/circles/{circle_id}/members/{member_id}/remove", tag = "members",
    params(CirclePath, MemberPath),
    extensions(("x-facts" = json!([Fact::BodyOptional]))),
    responses((status = OK, description = "What was released", body = Departure), Problem),
)]
pub async fn remove_member(
    app: App,
    circle: CircleAccess<RemoveMembers>,
    Path(path): Path<MemberPath>,
    Json(departure): Json<DepartureRequest>,
) -> Result<Body<Departure>, Problem> {
    let verb = MemberVerb::Remove;
    let member_id = path.member_id.resolve(circle.scope())?;
    remove_or_suspend(&app, &circle, member_id, verb, departure).await
}
