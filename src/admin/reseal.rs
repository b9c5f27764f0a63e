//! After a change of the secret key: seals with the new key what the previous key has sealed.

use anyhow::Context;
use sea_orm::{ConnectionTrait, Statement};
use uuid::Uuid;

use crate::app::App;
use crate::auth::mail_tokens;
use crate::platform::crypto::keys::Keys;
use crate::platform::crypto::sealed::{SEALED, SealedCell};
use crate::platform::db::{Reads, Transaction};
use crate::problem::Problem;

/// How much was sealed again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resealed {
    pub secrets: usize,
    /// Unsubscribe links, which never expire and are in later emails again.
    pub links: usize,
}

/// Refuses a database in which something is sealed with a key that this server does not have.
pub async fn check_secret_key(app: &App) -> anyhow::Result<()> {
    for (table, column) in SEALED {
        let statement = Statement::from_string(
            app.reader().get_database_backend(),
            format!("SELECT DISTINCT substr({column}, 1, 8) AS id FROM {table}"),
        );
        for id in app.reader().rows::<Vec<u8>>(statement).await? {
            check_seal(app.keys(), Some(&id))?;
        }
    }
    Ok(())
}

/// Refuses a sealed value whose first bytes name a key that this server does not have.
pub fn check_seal(keys: &Keys, sealed: Option<&[u8]>) -> anyhow::Result<()> {
    anyhow::ensure!(
        sealed.is_none_or(|sealed| keys.is_sealed_with_ours(sealed)),
        "this database was encrypted with another secret key: set SECRET_KEY to that key, \
         or set PREVIOUS_SECRET_KEY to it"
    );
    Ok(())
}

/// Seals with the present secret key what was sealed with the previous one: everything or
/// nothing.
pub async fn reseal(app: &App) -> Result<Resealed, Problem> {
    let transaction = Transaction::begin(app).await?;
    let mut secrets = 0;
    for (table, column) in SEALED {
        secrets += reseal_column(app, &transaction, table, column).await?;
    }
    let links = mail_tokens::renew_unending(&transaction).await?;
    transaction.commit(crate::http::response::NoContent).await?;
    Ok(Resealed { secrets, links })
}

async fn reseal_column(
    app: &App,
    transaction: &Transaction,
    table: &'static str,
    column: &'static str,
) -> Result<usize, Problem> {
    let select = format!("SELECT id, {column} AS sealed FROM {table}");
    let select = Statement::from_string(transaction.backend(), select);
    let mut count = 0;
    for row in transaction.tx().query_all_raw(select).await? {
        let id: Uuid = row.try_get("", "id")?;
        let sealed: Vec<u8> = row.try_get("", "sealed")?;
        if app.keys().is_sealed_anew(&sealed) {
            continue;
        }
        let cell = SealedCell {
            table,
            column,
            row: id,
        };
        let plain = app.keys().open(&cell, &sealed);
        let plain = plain.with_context(|| format!("{column} of {id} in {table} does not open"))?;
        let again = app.keys().seal(&cell, &plain)?;
        // Another server may have sealed it again meanwhile: that stays.
        let update = Statement::from_sql_and_values(
            transaction.backend(),
            format!("UPDATE {table} SET {column} = $1 WHERE id = $2 AND {column} = $3"),
            [again.into(), id.into(), sealed.into()],
        );
        transaction.tx().execute_raw(update).await?;
        count += 1;
    }
    Ok(count)
}
