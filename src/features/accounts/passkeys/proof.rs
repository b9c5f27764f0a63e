//! Proofs by a passkey, to sign in or to confirm the caller's identity.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::ceremony::{CredentialId, Refused};
use super::relying_party::RelyingParty;
use super::settings::relying_party;
use super::store::{keep_challenge, known, lock_passkey, note_use, take_challenge};
use super::types::{Credential, PasskeyAssertion, PasskeyChallenge};
use crate::app::App;
use crate::auth::AccountWrite;
use crate::entity::ids::UserId;
use crate::entity::passkey_challenge::ChallengePurpose;
use crate::platform::db::Transaction;
use crate::problem::{FieldErrorCode, Problem};

/// Whether an answer proves a passkey of an account. If it does, its use is stored.
pub(super) async fn prove(
    write: &Transaction,
    party: &RelyingParty,
    state: &str,
    answer: &Credential,
    (user_id, credential_id): (UserId, CredentialId),
) -> Result<Result<(), Refused>, Problem> {
    let Some(passkey) = lock_passkey(write.tx(), user_id, credential_id).await? else {
        return Ok(Err(Refused::Wrong));
    };
    match party.finish_proof(state, answer, &passkey.credential) {
        Ok(credential) => {
            note_use(write, &passkey, credential);
            Ok(Ok(()))
        }
        Err(refused) => Ok(Err(refused)),
    }
}

/// Whether the caller has confirmed their identity with a passkey of their account. An answer
/// that can be read uses up the challenge. So the caller must commit the transaction also if
/// the proof is refused.
pub async fn check_proof(
    app: &App,
    write: &AccountWrite,
    proof: &PasskeyAssertion,
) -> Result<Result<(), Problem>, Problem> {
    let party = relying_party(app)?;
    let refuse = |refused: Refused| refused.at("/passkey/credential");
    let claim = party.claim(&proof.credential).map_err(refuse)?;
    let transaction = write.transaction();
    let purpose = ChallengePurpose::Reauthenticate;
    let session = Some(write.session_id());
    let state = take_challenge(transaction, proof.passkey_challenge_id, purpose, session).await?;
    let state = state.ok_or_else(|| old_challenge("/passkey/passkey_challenge_id"))?;
    let me = write.user_id();
    if claim.holder.is_some_and(|holder| holder != me) {
        return Ok(Err(refuse(Refused::Wrong)));
    }
    let passkey = (me, claim.passkey);
    let proven = prove(transaction, &party, &state, &proof.credential, passkey).await?;
    Ok(proven.map_err(refuse))
}

/// Makes a challenge for the passkeys of the caller's account.
pub async fn begin_session_proof(
    app: &App,
    write: &AccountWrite,
) -> Result<PasskeyChallenge, Problem> {
    let mut begun = relying_party(app)?.begin_proof()?;
    begun.options["allowCredentials"] = described(known(write.tx(), write.user_id()).await?);
    let asked_by = Some((write.user_id(), write.session_id()));
    let purpose = ChallengePurpose::Reauthenticate;
    keep_challenge(write.transaction(), begun, purpose, asked_by)
}

/// Lists passkeys in the JSON of WebAuthn.
fn described(known: Vec<CredentialId>) -> Value {
    let describe = |id| json!({ "type": "public-key", "id": BASE64_URL_SAFE_NO_PAD.encode(id) });
    known.into_iter().map(describe).collect()
}

/// The refusal of a challenge that cannot be used, or not by this session.
pub(super) fn old_challenge(pointer: &str) -> Problem {
    let detail = "This challenge was used, is older than five minutes, or belongs to another \
                  session. Request a new one.";
    Problem::field(pointer, FieldErrorCode::UnknownPasskeyChallenge, detail)
}
