//! Rows that belong to an account. [`CircleOwned`](crate::access::CircleOwned) is the same for
//! circles.
//!
//! They are read and written through [`AccountScope`]: each of its functions adds
//! `user_id = this account`, so that an id from a path never reaches another person's row.
//! [`Caller`](super::Caller) and [`AccountWrite`](super::AccountWrite) have the account of the
//! caller. Before anybody is signed in, find a row with [`lookup`](super::lookup) and go on with
//! [`AccountScope::of`].
//!
//! ```ignore
//! let passkey = write.require::<passkey::Entity>(path.passkey_id).await?;
//! write.delete::<passkey::Entity>(passkey.id).await?;
//! ```

use sea_orm::sea_query::IntoCondition;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel,
    QueryFilter, QueryTrait, Select,
};
use uuid::Uuid;

use crate::entity::ids::{
    EmailChangeId, KnownDeviceId, PasskeyId, PersonalAccessTokenId, RecoveryCodeId, SessionId,
    SignInTicketId, TotpFactorId, UserId,
};
use crate::entity::{membership, security_event};
use crate::platform::db::{ReadRows, Reads, Transaction};
use crate::problem::Problem;
use crate::row::Row;

/// A table whose rows name an account. The account may read them.
pub trait OfAccount: EntityTrait<Model: Row> {
    /// The column that names the account.
    fn account_column() -> Self::Column;
}

/// A table whose rows belong to an account. The account may write them.
pub trait AccountOwned:
    OfAccount
    + EntityTrait<
        Model: IntoActiveModel<Self::ActiveModel> + Send + Sync,
        ActiveModel: ActiveModelTrait<Entity = Self> + Send,
    >
{
    /// The type of the row's id, so that a `SessionId` in place of a `PasskeyId` does not compile.
    type Id: Into<Uuid> + Copy + Send;

    /// The column of the row's own id.
    fn id_column() -> Self::Column;
}

/// Declares a table whose rows belong to an account.
macro_rules! account_owned {
    ($($entity:ident, $id:ident, $account:ident;)+) => {$(
        impl OfAccount for crate::entity::$entity::Entity {
            fn account_column() -> Self::Column {
                crate::entity::$entity::Column::$account
            }
        }

        impl AccountOwned for crate::entity::$entity::Entity {
            type Id = $id;

            fn id_column() -> Self::Column {
                crate::entity::$entity::Column::Id
            }
        }
    )+};
}

account_owned! {
    user, UserId, Id;
    session, SessionId, UserId;
    known_device, KnownDeviceId, UserId;
    sign_in_ticket, SignInTicketId, UserId;
    email_change, EmailChangeId, UserId;
    personal_access_token, PersonalAccessTokenId, UserId;
    passkey, PasskeyId, UserId;
    totp_factor, TotpFactorId, UserId;
    recovery_code, RecoveryCodeId, UserId;
}

/// Only a circle writes its memberships.
impl OfAccount for membership::Entity {
    fn account_column() -> Self::Column {
        membership::Column::UserId
    }
}

/// Only [`note_event`](super::note_event) writes security events.
impl OfAccount for security_event::Entity {
    fn account_column() -> Self::Column {
        security_event::Column::UserId
    }
}

/// An account, through which only its own rows are found, changed or deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountScope {
    id: UserId,
}

impl AccountScope {
    /// The account named by a row that was found before: a locked user, a ticket, or the change
    /// that a mailed link is about. A signed-in caller has an `AccountScope` already.
    pub fn of(id: UserId) -> Self {
        Self { id }
    }

    /// The rows of this account.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the function that adds the account"
    )]
    pub fn find<E: OfAccount>(self) -> Select<E> {
        E::find().filter(E::account_column().eq(self.id))
    }

    /// One row of this account.
    pub fn find_one<E: AccountOwned>(self, id: E::Id) -> Select<E> {
        self.find::<E>().filter(E::id_column().eq(id.into()))
    }

    /// One row of this account, or 404.
    pub async fn require<E: AccountOwned>(
        self,
        connection: &impl Reads,
        id: E::Id,
    ) -> Result<E::Model, Problem> {
        let row = self.find_one::<E>(id).read_one(connection).await?;
        row.ok_or(Problem::NotFound)
    }

    /// Inserts a row and returns it. The account is set here.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the function that adds the account"
    )]
    pub async fn insert<E: AccountOwned>(
        self,
        tx: &DatabaseTransaction,
        mut row: E::ActiveModel,
    ) -> Result<E::Model, DbErr> {
        row.set(E::account_column(), self.id.into());
        E::insert(row).exec_with_returning(tx).await
    }

    /// Inserts rows without reading them back. The account is set as in [`Self::insert`].
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the function that adds the account"
    )]
    pub async fn insert_all<E: AccountOwned>(
        self,
        tx: &DatabaseTransaction,
        rows: impl IntoIterator<Item = E::ActiveModel>,
    ) -> Result<(), DbErr> {
        E::insert_many(self.owning::<E>(rows))
            .exec_without_returning(tx)
            .await
            .map(drop)
    }

    /// Like [`Self::insert_all`], for rows that nothing in this transaction reads: they are sent
    /// with the commit.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the function that adds the account"
    )]
    pub fn insert_all_later<E: AccountOwned>(
        self,
        write: &Transaction,
        rows: impl IntoIterator<Item = E::ActiveModel>,
    ) {
        write.later(E::insert_many(self.owning::<E>(rows)).as_query());
    }

    /// The rows, with the account set.
    fn owning<E: AccountOwned>(
        self,
        rows: impl IntoIterator<Item = E::ActiveModel>,
    ) -> Vec<E::ActiveModel> {
        rows.into_iter()
            .map(|mut row| {
                row.set(E::account_column(), self.id.into());
                row
            })
            .collect()
    }

    /// Updates the columns that are set. A row of another account is not found: that is our bug,
    /// and an error.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the function that adds the account"
    )]
    pub async fn update<E: AccountOwned>(
        self,
        tx: &DatabaseTransaction,
        row: E::ActiveModel,
    ) -> Result<E::Model, DbErr> {
        E::update(row)
            .validate()?
            .filter(E::account_column().eq(self.id))
            .exec(tx)
            .await
    }

    /// Updates the columns that are set in each row of this account that meets the condition.
    /// Returns how many there were.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the function that adds the account"
    )]
    pub async fn update_all<E: AccountOwned>(
        self,
        tx: &DatabaseTransaction,
        row: E::ActiveModel,
        which: impl IntoCondition,
    ) -> Result<u64, DbErr> {
        let updated = E::update_many()
            .set(row)
            .filter(E::account_column().eq(self.id))
            .filter(which)
            .exec(tx)
            .await?;
        Ok(updated.rows_affected)
    }

    /// Like [`Self::update_all`], for rows that nothing in this transaction reads again: the change
    /// is sent with the commit.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the function that adds the account"
    )]
    pub fn update_all_later<E: AccountOwned>(
        self,
        write: &Transaction,
        row: E::ActiveModel,
        which: impl IntoCondition,
    ) {
        let update = E::update_many()
            .set(row)
            .filter(E::account_column().eq(self.id))
            .filter(which);
        write.later(update.as_query());
    }

    /// Deletes a row of this account.
    pub async fn delete<E: AccountOwned>(
        self,
        tx: &DatabaseTransaction,
        id: E::Id,
    ) -> Result<(), DbErr> {
        let this = E::id_column().eq(id.into());
        self.delete_all::<E>(tx, this).await.map(drop)
    }

    /// Deletes each row of this account that meets the condition. Returns how many there were.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the function that adds the account"
    )]
    pub async fn delete_all<E: AccountOwned>(
        self,
        tx: &DatabaseTransaction,
        which: impl IntoCondition,
    ) -> Result<u64, DbErr> {
        let deleted = E::delete_many()
            .filter(E::account_column().eq(self.id))
            .filter(which)
            .exec(tx)
            .await?;
        Ok(deleted.rows_affected)
    }

    /// Like [`Self::delete_all`], for rows that nothing in this transaction reads again: it is sent
    /// with the commit.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the function that adds the account"
    )]
    pub fn delete_all_later<E: AccountOwned>(self, write: &Transaction, which: impl IntoCondition) {
        let delete = E::delete_many()
            .filter(E::account_column().eq(self.id))
            .filter(which);
        write.later(delete.as_query());
    }
}
