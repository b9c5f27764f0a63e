//! Recovery codes: ten, and each works once. They are shown once.

use axum::http::StatusCode;
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, DatabaseTransaction, QueryFilter, Select};

use super::types::RecoveryCodes;
use crate::app::App;
use crate::auth::AccountScope;
use crate::entity::ids::{RecoveryCodeId, UserId};
use crate::entity::recovery_code::{ActiveModel, Column, Entity};
use crate::http::response::Secret;
use crate::platform::crypto::keys::random_bytes;
use crate::platform::db::{ReadRows, Transaction};
use crate::problem::Problem;

const CODES: i32 = 10;
/// Each has five bits, so a code has 50.
const SYMBOLS: usize = 10;
/// Without letters that look like digits or like each other.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A code and its hash. Only the hash is stored.
pub struct NewCode {
    pub shown: String,
    hash: String,
}

/// Makes ten codes without storing them.
pub async fn make_codes(app: &App) -> Result<Vec<NewCode>, Problem> {
    let mut codes = Vec::new();
    for number in 0..CODES {
        let secret: String = random_bytes::<SYMBOLS>()?
            .iter()
            .map(|byte| char::from(ALPHABET[usize::from(byte % 32)]))
            .collect();
        let typed = format!("{number}{secret}");
        let (left, right) = secret.split_at(SYMBOLS / 2);
        codes.push(NewCode {
            shown: format!("{number}-{left}-{right}"),
            hash: app.passwords().hash(&typed).await?,
        });
    }
    Ok(codes)
}

/// Stores new codes in place of the old ones.
pub async fn replace_codes(
    write: &Transaction,
    user_id: UserId,
    codes: &[NewCode],
) -> Result<(), Problem> {
    delete_codes(write.tx(), user_id).await?;
    let rows = codes.iter().zip(0..).map(|(code, number)| ActiveModel {
        id: Set(write.new_id()),
        user_id: Set(user_id),
        number: Set(number),
        code_hash: Set(code.hash.clone()),
        created_at: Set(write.now()),
        used_at: Set(None),
    });
    AccountScope::of(user_id).insert_all_later::<Entity>(write, rows);
    Ok(())
}

/// Deletes all codes of an account.
pub async fn delete_codes(tx: &DatabaseTransaction, user_id: UserId) -> Result<(), Problem> {
    AccountScope::of(user_id)
        .delete_all::<Entity>(tx, Condition::all())
        .await?;
    Ok(())
}

/// The codes of an account that are not used yet.
pub fn codes_left(user_id: UserId) -> Select<Entity> {
    AccountScope::of(user_id)
        .find()
        .filter(Column::UsedAt.is_null())
}

/// The unused recovery code that the person typed.
pub async fn find_code(
    app: &App,
    user_id: UserId,
    typed: &str,
) -> Result<Option<RecoveryCodeId>, Problem> {
    let number = typed.chars().next().and_then(|first| first.to_digit(10));
    let Some(number) = number else {
        return Ok(None);
    };
    let code = AccountScope::of(user_id)
        .find::<Entity>()
        .filter(Column::Number.eq(number))
        .filter(Column::UsedAt.is_null())
        .read_one(app.reader())
        .await?;
    let Some(code) = code else {
        return Ok(None);
    };
    let matches = app.passwords().verify(typed, Some(code.code_hash)).await?;
    Ok(matches.then_some(code.id))
}

pub(super) fn show_codes(codes: Vec<NewCode>) -> Secret<RecoveryCodes> {
    let codes = codes.into_iter().map(|code| code.shown).collect();
    Secret(StatusCode::OK, RecoveryCodes { codes })
}
