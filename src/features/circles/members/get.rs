//! `get_member`: one member. Their topics are shown only to readers who may see them.

use super::store::describe_member;
use super::types::{Member, MemberPath};
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::entity::membership;
use crate::entity::personal_access_token::TokenScope;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::problem::Problem;

/// Get a member.
///
/// Coordinators, the patient and the member also see how far the member sees each topic.
///
/// - 404 `not_found`: there is no such member in this circle
#[utoipa::path(
    get, path = "/circles/{circle_id}/members/{member_id}", tag = "members",
    params(CirclePath, MemberPath),
    security(("personal_access_token" = [TokenScope::CircleRead])),
    responses((status = OK, description = "The member", body = Member), Problem),
)]
pub async fn get_member(
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<MemberPath>,
) -> Result<Resource<Member>, Problem> {
    let member_id = path.member_id.resolve(circle.scope())?;
    let row = circle.require::<membership::Entity>(member_id).await?;
    let member = describe_member(circle.db(), circle.scope(), row).await?;
    circle.found(member)
}
