//! Finds rows whose owner is not known yet: by the hash of a secret, by an id from a job or a
//! mailed link, or by a random id that only the right person knows. Each function reaches one
//! row. If the row names an account, go on with [`AccountScope::of`](super::AccountScope::of).

use sea_orm::sea_query::IntoCondition;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel,
    QueryFilter, QueryTrait, Select,
};
use uuid::Uuid;

use crate::entity::ids::{
    EmailChangeId, MailTokenId, PasskeyChallengeId, PasswordResetId, PersonalAccessTokenId,
    RefreshTokenId, RegistrationId, SecurityEventId, SignInCodeId, SigningKeyId,
};
use crate::entity::{known_device, mail_token, refresh_token, sign_in_ticket};
use crate::platform::crypto::keys::sha256;
use crate::platform::db::Transaction;

/// A table whose rows can be found by their id alone.
pub trait Lookup: EntityTrait {
    /// The type of the row's id, so that a `RefreshTokenId` in place of a `SignInCodeId` does not
    /// compile.
    type Id: Into<Uuid> + Copy + Send;

    /// The column of the row's own id.
    fn id_column() -> Self::Column;
}

/// A table whose rows can be found by the secret that they were created with.
pub trait LookupByHash: EntityTrait {
    /// The column with the hash of the secret.
    fn hash_column() -> Self::Column;
}

/// A table whose rows may have no owner, because nobody is signed in yet or because they belong
/// to the server.
pub trait Unowned:
    Lookup
    + EntityTrait<
        Model: IntoActiveModel<Self::ActiveModel> + Send + Sync,
        ActiveModel: ActiveModelTrait<Entity = Self> + Send,
    >
{
}

/// Declares tables whose rows are found by their id.
macro_rules! lookup {
    ($($entity:ident, $id:ident;)+) => {$(
        impl Lookup for crate::entity::$entity::Entity {
            type Id = $id;

            fn id_column() -> Self::Column {
                crate::entity::$entity::Column::Id
            }
        }
    )+};
}

/// The same, for tables whose rows have no owner.
macro_rules! unowned {
    ($($entity:ident, $id:ident;)+) => {
        lookup! { $($entity, $id;)+ }

        $(impl Unowned for crate::entity::$entity::Entity {})+
    };
}

lookup! {
    // Jobs and mailed links name these.
    email_change, EmailChangeId;
    personal_access_token, PersonalAccessTokenId;
}

unowned! {
    registration, RegistrationId;
    password_reset, PasswordResetId;
    sign_in_code, SignInCodeId;
    // For a sign-in it has no owner. Otherwise its session names one.
    passkey_challenge, PasskeyChallengeId;
    mail_token, MailTokenId;
    // It names a session, not an account.
    refresh_token, RefreshTokenId;
    // An attempt at an email address without an account is noted, too.
    security_event, SecurityEventId;
    signing_key, SigningKeyId;
}

/// Declares tables whose rows are found by the hash of their secret.
macro_rules! lookup_by_hash {
    ($($entity:ident),+) => {$(
        impl LookupByHash for $entity::Entity {
            fn hash_column() -> Self::Column {
                $entity::Column::TokenHash
            }
        }
    )+};
}

lookup_by_hash!(known_device, mail_token, refresh_token, sign_in_ticket);

/// The row with this id.
#[expect(
    clippy::disallowed_methods,
    reason = "one row whose owner is not known yet is found here"
)]
pub fn by_id<E: Lookup>(id: E::Id) -> Select<E> {
    E::find().filter(E::id_column().eq(id.into()))
}

/// The row that was created with this secret.
#[expect(
    clippy::disallowed_methods,
    reason = "one row whose owner is not known yet is found here"
)]
pub fn by_hash<E: LookupByHash>(secret: &str) -> Select<E> {
    E::find().filter(E::hash_column().eq(sha256(secret.as_bytes())))
}

/// Inserts rows without reading them back.
#[expect(
    clippy::disallowed_methods,
    reason = "rows without an owner are written here"
)]
pub async fn insert_all<E: Unowned>(
    tx: &DatabaseTransaction,
    rows: impl IntoIterator<Item = E::ActiveModel>,
) -> Result<(), DbErr> {
    E::insert_many(rows)
        .exec_without_returning(tx)
        .await
        .map(drop)
}

/// Like [`insert_all`], for rows that nothing in this transaction reads: they are sent with the
/// commit.
#[expect(
    clippy::disallowed_methods,
    reason = "rows without an owner are written here"
)]
pub fn insert_all_later<E: Unowned>(
    write: &Transaction,
    rows: impl IntoIterator<Item = E::ActiveModel>,
) {
    write.later(E::insert_many(rows).as_query());
}

/// Updates the columns that are set in the row with this id if it meets the condition. Returns
/// whether it did. Of two requests at the same time the second sees what the first has written.
#[expect(
    clippy::disallowed_methods,
    reason = "rows without an owner are written here"
)]
pub async fn update_if<E: Unowned>(
    tx: &DatabaseTransaction,
    id: E::Id,
    row: E::ActiveModel,
    which: impl IntoCondition,
) -> Result<bool, DbErr> {
    let updated = E::update_many()
        .set(row)
        .filter(E::id_column().eq(id.into()))
        .filter(which)
        .exec(tx)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// Updates the columns that are set in the row with this id. Nothing in this transaction reads the
/// row again: the change is sent with the commit.
#[expect(
    clippy::disallowed_methods,
    reason = "rows without an owner are written here"
)]
pub fn update_later<E: Unowned>(write: &Transaction, id: E::Id, row: E::ActiveModel) {
    let update = E::update_many()
        .set(row)
        .filter(E::id_column().eq(id.into()));
    write.later(update.as_query());
}
