//! The keys that sign access tokens. They are in the database, so that all servers share them, and
//! are replaced while the servers run.
//!
//! A key is published from a day before it signs until no token of it can be valid any more. The
//! query that proves the caller checks at each request that the key has not ended. A server
//! caches only public keys, which never change.

mod get_json_web_keys;
mod pair;
mod rotation;
mod store;

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, Utc};
use sea_orm::DatabaseTransaction;

use crate::app::{App, SharedState};
use crate::auth::lookup;
use crate::entity::ids::SigningKeyId;
use crate::entity::signing_key;
use crate::platform::db::{ReadRows, Reads};
use crate::problem::Problem;

pub use get_json_web_keys::*;
pub use pair::{PublicKey, Signer};
pub use rotation::{AFTERLIFE, NOTICE, Rotation, prepare, revoke, rotate, rotate_when_due};
pub use store::are_published;
pub(crate) use store::unseal;

/// The public keys that this server has read so far.
#[derive(Debug, Default)]
pub struct KnownKeys(RwLock<HashMap<SigningKeyId, Arc<PublicKey>>>);

impl KnownKeys {
    /// A key by its id. Queries the database for a key that is new to this server.
    pub async fn find(
        &self,
        connection: &impl Reads,
        id: SigningKeyId,
    ) -> Result<Option<Arc<PublicKey>>, Problem> {
        if let Some(key) = self.known(id) {
            return Ok(Some(key));
        }
        let row = lookup::by_id::<signing_key::Entity>(id)
            .read_one(connection)
            .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        Ok(Some(self.keep(&row)))
    }

    /// Caches a key and returns it.
    fn keep(&self, row: &signing_key::Model) -> Arc<PublicKey> {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let key = known.entry(row.id);
        key.or_insert_with(|| Arc::new(PublicKey::of(row))).clone()
    }

    /// Whether the key is cached.
    pub fn has(&self, id: SigningKeyId) -> bool {
        self.known(id).is_some()
    }

    fn known(&self, id: SigningKeyId) -> Option<Arc<PublicKey>> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.get(&id).cloned()
    }
}

/// The key that signs now.
pub async fn signer(
    app: &App,
    tx: &DatabaseTransaction,
    now: DateTime<Utc>,
) -> Result<Signer, Problem> {
    let keys = store::live(tx, now).await?;
    signer_of(app, &keys, now)
}

/// The key that signs now, of the keys that [`are_published`] found, the oldest first.
pub fn signer_of(
    app: &App,
    published: &[signing_key::Model],
    now: DateTime<Utc>,
) -> Result<Signer, Problem> {
    let key = store::signing(published, now)
        .ok_or_else(|| Problem::internal(anyhow::anyhow!("there is no signing key")))?;
    app.shared::<KnownKeys>().keep(key);
    Ok(unseal(app.keys(), key)?)
}

impl SharedState for KnownKeys {
    fn begin(_: &App) -> Self {
        Self::default()
    }
}
