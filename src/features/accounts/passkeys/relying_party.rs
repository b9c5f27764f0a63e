//! The server's part in WebAuthn, by webauthn-rs: what browsers are asked, and whether their
//! answers are right. It accepts discoverable passkeys only: those that say themselves whose
//! they are.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;
use webauthn_rs::prelude::{
    DiscoverableAuthentication, Passkey, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Webauthn, WebauthnBuilder, WebauthnError,
};

use super::ceremony::{ClaimedPasskey, CredentialId, NewCredential, Refused, StartedCeremony};
use super::types::Credential;
use crate::entity::ids::UserId;

/// This server in the role that WebAuthn calls the relying party.
#[derive(Debug)]
pub struct RelyingParty(Webauthn);

impl RelyingParty {
    /// For the passkeys of a domain, used by apps of these origins. The first origin must be
    /// within the domain.
    pub fn new(domain: &str, origins: &[Url]) -> anyhow::Result<Self> {
        let [first, others @ ..] = origins else {
            anyhow::bail!("passkeys need an origin");
        };
        let mut builder = WebauthnBuilder::new(domain, first)
            .map_err(|_| anyhow::anyhow!("{first} is not within the domain {domain}"))?
            .rp_name("Kith");
        for origin in others {
            builder = builder.append_allowed_origin(origin);
        }
        Ok(Self(builder.build()?))
    }

    /// Asks for a new passkey that is none of the `known` ones.
    pub fn begin_adding(
        &self,
        user: UserId,
        email: &str,
        name: &str,
        known: Vec<CredentialId>,
    ) -> anyhow::Result<StartedCeremony> {
        let (challenge, state) =
            self.0
                .start_passkey_registration(user.0, email, name, Some(known))?;
        let mut options = serde_json::to_value(challenge.public_key)?;
        // A passkey that is not discoverable must be looked up by email address. The answer to
        // that would tell which addresses have an account.
        let selection = &mut options["authenticatorSelection"];
        selection["residentKey"] = json!("required");
        selection["requireResidentKey"] = json!(true);
        begun(options, &state)
    }

    /// The new passkey, if the answer is right.
    pub fn finish_adding(
        &self,
        state: &str,
        answer: &Credential,
    ) -> Result<NewCredential, Refused> {
        let state: PasskeyRegistration = read(state)?;
        let answer: RegisterPublicKeyCredential = shape(answer)?;
        let passkey = self.0.finish_passkey_registration(&answer, &state)?;
        Ok(NewCredential {
            id: passkey.cred_id().clone(),
            credential: write(&passkey)?,
        })
    }

    /// Asks the person at the device for a passkey.
    pub fn begin_proof(&self) -> anyhow::Result<StartedCeremony> {
        let (challenge, state) = self.0.start_discoverable_authentication()?;
        begun(serde_json::to_value(challenge.public_key)?, &state)
    }

    /// Which passkey an answer claims to be from, and whose. It is not proven yet. Devices may
    /// leave out whose it is if they were told which passkeys are accepted.
    pub fn claim(&self, answer: &Credential) -> Result<ClaimedPasskey, Refused> {
        let answer: PublicKeyCredential = shape(answer)?;
        let holder = answer.get_user_unique_id().map(Uuid::from_slice);
        let holder = holder.transpose().map_err(|_| Refused::Wrong)?;
        Ok(ClaimedPasskey {
            holder: holder.map(UserId),
            passkey: answer.get_credential_id().to_vec(),
        })
    }

    /// The passkey as it must be stored after this use, if the answer proves it.
    pub fn finish_proof(
        &self,
        state: &str,
        answer: &Credential,
        credential: &str,
    ) -> Result<String, Refused> {
        let state: DiscoverableAuthentication = read(state)?;
        let answer: PublicKeyCredential = shape(answer)?;
        let mut passkey: Passkey = read(credential)?;
        let proven = self
            .0
            .finish_discoverable_authentication_v2(&answer, state, &passkey)?;
        passkey.update_credential(&proven);
        write(&passkey)
    }
}

fn begun(options: Value, state: &impl Serialize) -> anyhow::Result<StartedCeremony> {
    Ok(StartedCeremony {
        options,
        state: serde_json::to_string(state)?,
    })
}

fn shape<T: DeserializeOwned>(answer: &Credential) -> Result<T, Refused> {
    T::deserialize(answer).map_err(|_| Refused::Malformed)
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, Refused> {
    serde_json::from_str(text).map_err(|error| Refused::Broken(error.into()))
}

fn write(value: &impl Serialize) -> Result<String, Refused> {
    serde_json::to_string(value).map_err(|error| Refused::Broken(error.into()))
}

impl From<WebauthnError> for Refused {
    fn from(error: WebauthnError) -> Self {
        match error {
            WebauthnError::InvalidRPOrigin => Self::Origin,
            WebauthnError::UserNotVerified | WebauthnError::UserNotPresent => Self::Unverified,
            _ => Self::Wrong,
        }
    }
}
