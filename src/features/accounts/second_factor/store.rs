//! The rows of authenticator apps.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, Condition, DatabaseTransaction, QueryFilter, QuerySelect, QueryTrait, Select,
};

use super::recovery::delete_codes;
use crate::app::App;
use crate::auth::AccountScope;
use crate::entity::ids::{TotpFactorId, UserId};
use crate::entity::totp_factor::{Column, Entity, Model};
use crate::entity::user;
use crate::platform::db::{ReadRows, Reads, SelectByPosition};
use crate::problem::{Problem, TokenKind};

/// Whether signing in to an account needs a second factor.
pub(in crate::features::accounts) async fn is_on(
    connection: &impl Reads,
    user_id: UserId,
) -> Result<bool, Problem> {
    Ok(find_factor(connection, user_id).await?.is_some())
}

/// An account, and whether signing in to it needs a second factor. It is one statement. 401 if the
/// account is gone.
pub(in crate::features::accounts) async fn user_and_factor(
    app: &App,
    user_id: UserId,
) -> Result<(user::Model, bool), Problem> {
    let factor = Condition::all()
        .add(Expr::col((Entity, Column::UserId)).equals((user::Entity, user::Column::Id)))
        .add(Column::ConfirmedAt.is_not_null());
    let mut account = AccountScope::of(user_id).find::<user::Entity>();
    QueryTrait::query(&mut account).left_join(Entity, factor);
    let (user, factor) = account
        .column_as(Column::Id, "totp_factor_id")
        .by_position::<(user::Model, Option<TotpFactorId>)>()
        .read_one(app.reader())
        .await?
        .ok_or(Problem::InvalidToken(TokenKind::Access))?;
    Ok((user, factor.is_some()))
}

/// The authenticator app of an account, if it is confirmed.
pub(in crate::features::accounts) async fn find_factor(
    connection: &impl Reads,
    user_id: UserId,
) -> Result<Option<Model>, Problem> {
    Ok(factor_of(user_id).read_one(connection).await?)
}

/// The statement for [`find_factor`].
pub(in crate::features::accounts) fn factor_of(user_id: UserId) -> Select<Entity> {
    AccountScope::of(user_id)
        .find()
        .filter(Column::ConfirmedAt.is_not_null())
}

pub(super) async fn remove_factor(
    tx: &DatabaseTransaction,
    user_id: UserId,
) -> Result<(), Problem> {
    AccountScope::of(user_id)
        .delete_all::<Entity>(tx, Condition::all())
        .await?;
    Ok(())
}

/// Removes an authenticator app that was added since a moment: a thief may have added it.
pub(in crate::features::accounts) async fn remove_added_since(
    tx: &DatabaseTransaction,
    user_id: UserId,
    since: DateTime<Utc>,
) -> Result<(), Problem> {
    let added = Condition::any()
        .add(Column::ConfirmedAt.is_null())
        .add(Column::ConfirmedAt.gte(since));
    let account = AccountScope::of(user_id);
    if account.delete_all::<Entity>(tx, added).await? > 0 {
        delete_codes(tx, user_id).await?;
    }
    Ok(())
}
