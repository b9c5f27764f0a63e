//! Creates, replaces and revokes keys.

use chrono::TimeDelta;
use sea_orm::{ColumnTrait, Condition};

use super::{KnownKeys, store};
use crate::app::App;
use crate::auth;
use crate::entity::ids::SigningKeyId;
use crate::entity::signing_key::Column;
use crate::http::response::NoContent;
use crate::platform::db::Transaction;
use crate::problem::Problem;

/// How long a key is published before it signs.
pub const NOTICE: TimeDelta = TimeDelta::hours(24);
/// How long a key is valid after its last signature: the life of an access token, its leeway, and
/// how long others may cache the published keys.
pub const AFTERLIFE: TimeDelta = TimeDelta::seconds(600 + 30 + 300);

/// When a new key begins to sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotation {
    /// After a day, when every service that verifies tokens has seen it.
    Announced,
    /// At once.
    Now,
}

/// Creates the first key if there is none. Then signs and verifies once: a build without a crypto
/// provider would otherwise panic at its first sign-in.
pub async fn prepare(app: &App) -> anyhow::Result<()> {
    let failed = |problem| anyhow::anyhow!("the signing keys cannot be read: {problem:?}");
    let now = app.clock().now();
    let mut live = store::live(app.reader(), now).await?;
    if live.is_empty() {
        make_first(app).await.map_err(failed)?;
        live = store::live(app.reader(), now).await?;
    }
    for key in &live {
        let signer = store::unseal(app.keys(), key)?;
        auth::self_test(&signer, now)?;
        app.shared::<KnownKeys>().keep(key);
    }
    Ok(())
}

async fn make_first(app: &App) -> Result<(), Problem> {
    let transaction = Transaction::begin(app).await?;
    store::lock(&transaction).await?;
    if store::live(transaction.tx(), transaction.now())
        .await?
        .is_empty()
    {
        store::insert(app, &transaction, transaction.now()).await?;
    }
    transaction.commit(NoContent).await?;
    Ok(())
}

/// Creates a key that replaces the present ones, and returns its id.
pub async fn rotate(app: &App, when: Rotation) -> Result<SigningKeyId, Problem> {
    let transaction = Transaction::begin(app).await?;
    store::lock(&transaction).await?;
    let id = succeed(app, &transaction, when).await?;
    transaction.commit(NoContent).await?;
    Ok(id)
}

/// Announces a new key when the newest is due to be replaced. Of several servers only one does it.
pub async fn rotate_when_due(app: &App) -> Result<(), Problem> {
    let old = TimeDelta::days(app.signing_key_days().into()) - NOTICE;
    let newest = store::live(app.reader(), app.clock().now()).await?;
    if newest
        .last()
        .is_none_or(|key| key.active_from + old > app.clock().now())
    {
        return Ok(());
    }
    let transaction = Transaction::begin(app).await?;
    store::lock(&transaction).await?;
    let live = store::live(transaction.tx(), transaction.now()).await?;
    if live
        .last()
        .is_some_and(|key| key.active_from + old <= transaction.now())
    {
        succeed(app, &transaction, Rotation::Announced).await?;
    }
    transaction.commit(NoContent).await?;
    Ok(())
}

/// Revokes a key: from now on no token that it signed is accepted. Creates a new key if no other
/// is left to sign.
pub async fn revoke(app: &App, id: SigningKeyId) -> Result<(), Problem> {
    let transaction = Transaction::begin(app).await?;
    store::lock(&transaction).await?;
    let this = Condition::all().add(Column::Id.eq(id));
    if store::end(transaction.tx(), this, transaction.now()).await? == 0 {
        return Err(Problem::NotFound);
    }
    let live = store::live(transaction.tx(), transaction.now()).await?;
    if live.iter().all(|key| key.ends_at.is_some()) {
        succeed(app, &transaction, Rotation::Now).await?;
    }
    transaction.commit(NoContent).await?;
    Ok(())
}

async fn succeed(
    app: &App,
    transaction: &Transaction,
    when: Rotation,
) -> Result<SigningKeyId, Problem> {
    let active_from = match when {
        Rotation::Announced => transaction.now() + NOTICE,
        Rotation::Now => transaction.now(),
    };
    let those_before = Condition::all();
    store::end(transaction.tx(), those_before, active_from + AFTERLIFE).await?;
    store::insert(app, transaction, active_from).await
}
