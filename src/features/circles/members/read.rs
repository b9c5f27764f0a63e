//! `read_member`: one member, with what they see for those who may know.

use super::store::describe_member;
use super::types::{Member, MemberPath};
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::entity::membership;
use crate::entity::personal_token::TokenScope;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::problem::Problem;

/// Read a member.
///
/// With what they see, topic by topic, for those who may know.
#[utoipa::path(
    get, path = "/circles/{circle_id}/members/{member_id}", tag = "members",
    params(CirclePath, MemberPath),
    security(("access_token" = [TokenScope::CircleRead])),
    responses((status = OK, description = "The member", body = Member), Problem),
)]
pub async fn read_member(
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<MemberPath>,
) -> Result<Resource<Member>, Problem> {
    let row = circle.require::<membership::Entity>(path.member_id).await?;
    let member = describe_member(circle.db(), circle.scope(), row).await?;
    circle.found(member)
}
