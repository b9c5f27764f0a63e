//! How the proxy of a circle is found and described.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, QueryOrder, Select};

use super::rules::{ProxyFacts, ProxyVerb};
use super::types::Proxy;
use crate::access::{CircleScope, CircleWrite, Verb};
use crate::entity::ids::MemberId;
use crate::entity::proxy::{self, Column, ProxyState};
use crate::problem::Problem;

/// The proxy as its reader sees it.
pub(super) fn show_proxy(scope: &CircleScope, row: &proxy::Model) -> Proxy {
    let facts = ProxyFacts { scope, proxy: row };
    Proxy {
        actions: ProxyVerb::actions(&facts),
        id: row.id,
        circle_id: row.circle_id,
        version: row.version,
        member_id: row.member_id,
        basis: row.basis,
        said_on: row.said_on,
        named_by_patient: row.named_by_patient,
        recorded_by_member_id: row.created_by_member_id,
        state: row.state,
        activated_at: row.activated_at,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

/// The one that is dormant or active first, then the newest. A circle has at most one of the former.
pub(super) fn current_first(rows: Select<proxy::Entity>) -> Select<proxy::Entity> {
    rows.order_by_asc(Column::State.eq(ProxyState::Revoked))
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
}

/// The current proxy of the circle, or the last one.
pub(super) async fn newest_proxy(write: &CircleWrite) -> Result<Option<proxy::Model>, Problem> {
    let newest = current_first(write.find::<proxy::Entity>());
    Ok(newest.one(write.tx()).await?)
}

/// A member who goes decides nothing any more. It is sent with the commit.
pub(in crate::features::circles) fn revoke_proxy_of_later(write: &CircleWrite, member: MemberId) {
    let open = Condition::all()
        .add(Column::MemberId.eq(member))
        .add(Column::State.ne(ProxyState::Revoked));
    let values = vec![
        (Column::State, Expr::value(ProxyState::Revoked)),
        (Column::Version, Expr::col(Column::Version).add(1)),
        (Column::UpdatedAt, Expr::value(write.now())),
    ];
    write.update_all_later::<proxy::Entity>(open, values);
}
