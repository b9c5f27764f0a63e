//! `revoke_join_link`: the link stops working. So do the links of a coordinator who goes.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, IntoActiveModel};

use super::types::JoinLinkPath;
use crate::access::change_log::Change;
use crate::access::{CircleAccess, CirclePath, CircleWrite, InvitePeople};
use crate::app::App;
use crate::entity::ids::MemberId;
use crate::entity::join_link::{self, Column};
use crate::http::extract::Path;
use crate::http::response::NoContent;
use crate::problem::Problem;

/// Revoke a join link.
///
/// The link stops working at once. Requests that were made with it stay. Nobody is told. If it is
/// revoked already, nothing changes.
///
/// - 403 `forbidden`: only coordinators can revoke a join link
#[utoipa::path(
    delete, path = "/circles/{circle_id}/join-links/{join_link_id}", tag = "invitations",
    params(CirclePath, JoinLinkPath),
    responses((status = NO_CONTENT, description = "The join link is revoked"), Problem),
)]
pub async fn revoke_join_link(
    app: App,
    circle: CircleAccess<InvitePeople>,
    Path(path): Path<JoinLinkPath>,
) -> Result<NoContent, Problem> {
    let mut write = app.begin_write(&circle).await?;
    let link = write
        .require::<join_link::Entity>(path.join_link_id)
        .await?;
    if link.revoked_at.is_none() {
        write.check_version(link.version)?;
        let mut row = link.clone().into_active_model();
        row.revoked_at = Set(Some(write.now()));
        let link = write.update_later::<join_link::Entity>(&link, row)?;
        write
            .log(Change::to::<join_link::Entity>("revoked", &link))
            .await?;
    }
    write.commit(NoContent).await
}

/// The links of a member who may no longer invite stop working. It is sent with the commit.
pub(in crate::features::circles) fn revoke_links_of_later(write: &CircleWrite, member: MemberId) {
    let theirs = Condition::all()
        .add(Column::CreatedByMemberId.eq(member))
        .add(Column::RevokedAt.is_null());
    let values = vec![
        (Column::RevokedAt, Expr::value(write.now())),
        (Column::Version, Expr::col(Column::Version).add(1)),
        (Column::UpdatedAt, Expr::value(write.now())),
    ];
    write.update_all_later::<join_link::Entity>(theirs, values);
}
