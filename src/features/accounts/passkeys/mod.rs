//! Passkeys: a second way in that needs no password, and may be the only one.

mod adding;
mod ceremony;
#[cfg_attr(not(feature = "passkeys"), path = "no_relying_party.rs")]
mod relying_party;
mod removing;
mod sign_in;
mod store;
mod types;

pub use adding::*;
pub use relying_party::RelyingParty;
pub use removing::*;
pub use sign_in::*;
pub(super) use store::{count_passkeys, remove_passkeys_added_since};
pub use types::*;

use std::sync::Arc;

use anyhow::{Context, ensure};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use sea_orm::DatabaseTransaction;
use serde_json::{Value, json};
use url::{Host, Url};

use self::ceremony::{CredentialId, Refused};
use self::store::{keep_challenge, known, lock_passkey, note_use, take_challenge};
use crate::app::App;
use crate::auth::AccountWrite;
use crate::config::Settings;
use crate::entity::ids::UserId;
use crate::entity::passkey_challenge::ChallengePurpose;
use crate::problem::{Conflict, Problem};

/// This server as passkeys know it, if it takes them.
fn relying_party(app: &App) -> Result<Arc<RelyingParty>, Problem> {
    let missing = || Conflict::of("passkeys_unavailable", "This server takes no passkeys.");
    Ok(app.provided::<RelyingParty>().ok_or_else(missing)?)
}

/// Whether an answer proves a passkey of an account; then its use is noted.
async fn prove(
    tx: &DatabaseTransaction,
    party: &RelyingParty,
    state: &str,
    answer: &Credential,
    (user_id, credential_id): (UserId, CredentialId),
    now: DateTime<Utc>,
) -> Result<Result<(), Refused>, Problem> {
    let Some(passkey) = lock_passkey(tx, user_id, credential_id).await? else {
        return Ok(Err(Refused::Wrong));
    };
    match party.finish_proof(state, answer, &passkey.credential) {
        Ok(credential) => {
            note_use(tx, passkey, credential, now).await?;
            Ok(Ok(()))
        }
        Err(refused) => Ok(Err(refused)),
    }
}

/// Whether a signed-in device has proved with a passkey of the account who holds
/// it. An answer that can be read uses the challenge up in the unit, which the caller
/// commits either way.
pub(super) async fn judge_proof(
    app: &App,
    write: &AccountWrite,
    proof: &PasskeyProof,
) -> Result<Result<(), Problem>, Problem> {
    let party = relying_party(app)?;
    let refuse = |refused: Refused| refused.at("/passkey/credential");
    let claim = party.claim(&proof.credential).map_err(refuse)?;
    let (tx, now) = (write.tx(), write.now());
    let purpose = ChallengePurpose::Reauthenticate;
    let session = Some(write.session_id());
    let state = take_challenge(tx, proof.challenge_id, purpose, session, now).await?;
    let state = state.ok_or_else(|| old_challenge("/passkey/challenge_id"))?;
    let me = write.user_id();
    if claim.holder.is_some_and(|holder| holder != me) {
        return Ok(Err(refuse(Refused::Wrong)));
    }
    let passkey = (me, claim.passkey);
    let proven = prove(tx, &party, &state, &proof.credential, passkey, now).await?;
    Ok(proven.map_err(refuse))
}

/// Asks a signed-in device for a passkey of its account.
pub(super) async fn begin_reproof(
    app: &App,
    write: &AccountWrite,
) -> Result<PasskeyChallenge, Problem> {
    let mut begun = relying_party(app)?.begin_proof()?;
    begun.options["allowCredentials"] = described(known(write.tx(), write.user_id()).await?);
    let asked_by = Some((write.user_id(), write.session_id()));
    let purpose = ChallengePurpose::Reauthenticate;
    keep_challenge(write.tx(), begun, purpose, asked_by, write.now()).await
}

/// Passkeys as WebAuthn names them in JSON.
fn described(known: Vec<CredentialId>) -> Value {
    let describe = |id| json!({ "type": "public-key", "id": BASE64_URL_SAFE_NO_PAD.encode(id) });
    known.into_iter().map(describe).collect()
}

/// A challenge that is not open, or not of this device.
fn old_challenge(pointer: &str) -> Problem {
    let detail = "This challenge was used, is too old, or is not of this device.";
    Problem::field(pointer, "unknown_challenge", detail)
}

impl Settings {
    /// This server as passkeys know it; `None` where there are none.
    pub fn relying_party(&self) -> anyhow::Result<Option<RelyingParty>> {
        let mut own = Url::parse(&self.public_url()?)?;
        // Browsers know an origin, which has no path.
        own.set_path("");
        let named = match own.host() {
            Some(Host::Domain(name)) => Some(name),
            _ => None,
        };
        let wanted = self.passkey_domain.is_some() || !self.passkey_origins.is_empty();
        let Some(domain) = self.passkey_domain.as_deref().or(named) else {
            ensure!(
                !wanted,
                "PASSKEY_DOMAIN and PASSKEY_ORIGINS need a PUBLIC_URL with a name, like \
                 https://kith.example.org"
            );
            return Ok(None);
        };
        if !cfg!(feature = "passkeys") && !wanted {
            return Ok(None);
        }
        let mut origins = vec![own.clone()];
        origins.extend(self.passkey_origins.iter().cloned());
        RelyingParty::new(domain, &origins)
            .with_context(|| format!("PASSKEY_DOMAIN ({domain}), PASSKEY_ORIGINS"))
            .map(Some)
    }
}
