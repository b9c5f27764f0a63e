//! The rows of an account and of its memberships that its deletion reads and changes.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, DatabaseTransaction, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};

use crate::access::CircleWrite;
use crate::access::change_log::Change;
use crate::auth::{AccountScope, AccountWrite};
use crate::entity::ids::{CircleId, UserId};
use crate::entity::membership::{self, MemberState};
use crate::entity::user::{self, UserState};
use crate::platform::db::{ReadRows, Reads, SelectByPosition};
use crate::problem::Problem;

/// The account, if it is due.
pub(super) async fn find_due(
    tx: &DatabaseTransaction,
    id: UserId,
    now: DateTime<Utc>,
) -> Result<Option<user::Model>, Problem> {
    Ok(AccountScope::of(id)
        .find::<user::Entity>()
        .filter(user::Column::DeletionScheduledFor.lte(now))
        .one(tx)
        .await?)
}

/// Every circle that an account is or was a member of, in the order in which circles are
/// locked.
pub(super) async fn circles_of(
    connection: &impl Reads,
    user: UserId,
) -> Result<Vec<CircleId>, Problem> {
    Ok(AccountScope::of(user)
        .find::<membership::Entity>()
        .select_only()
        .column(membership::Column::CircleId)
        .order_by_asc(membership::Column::CircleId)
        .by_position::<CircleId>()
        .read(connection)
        .await?)
}

pub(super) async fn member_of(
    write: &CircleWrite,
    user: UserId,
) -> Result<Option<membership::Model>, Problem> {
    let members = write.find::<membership::Entity>();
    let member = members.filter(membership::Column::UserId.eq(user));
    Ok(member.one(write.tx()).await?)
}

pub(super) async fn set_account_state(
    account: &AccountWrite,
    before: user::Model,
    state: UserState,
    deletion_scheduled_for: Option<DateTime<Utc>>,
) -> Result<user::Model, Problem> {
    let version = before.version + 1;
    let mut row = before.into_active_model();
    row.state = Set(state);
    row.deletion_scheduled_for = Set(deletion_scheduled_for);
    row.version = Set(version);
    row.updated_at = Set(account.now());
    Ok(account.update::<user::Entity>(row).await?)
}

pub(super) async fn set_member_state(
    write: &mut CircleWrite,
    before: &membership::Model,
    state: MemberState,
    verb: &'static str,
) -> Result<(), Problem> {
    let mut row = before.clone().into_active_model();
    row.state = Set(state);
    row.is_proxy = Set(false);
    if matches!(state, MemberState::Left | MemberState::Removed) {
        row.is_patient = Set(false);
    }
    let after = write.update::<membership::Entity>(before, row).await?;
    write
        .log(Change::to::<membership::Entity>(verb, &after))
        .await
}
