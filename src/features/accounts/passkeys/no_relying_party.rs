//! The relying party of a program that was built without the feature `passkeys`: it has no
//! values, so its methods can never be called.

use url::Url;

use super::ceremony::{ClaimedPasskey, CredentialId, NewCredential, Refused, StartedCeremony};
use super::types::Credential;
use crate::entity::ids::UserId;

/// Has no values.
#[derive(Debug)]
pub enum RelyingParty {}

impl RelyingParty {
    /// Always fails.
    pub fn new(_: &str, _: &[Url]) -> anyhow::Result<Self> {
        anyhow::bail!("this program was built without the feature `passkeys`");
    }

    pub fn begin_adding(
        &self,
        _: UserId,
        _: &str,
        _: &str,
        _: Vec<CredentialId>,
    ) -> anyhow::Result<StartedCeremony> {
        match *self {}
    }

    pub fn finish_adding(&self, _: &str, _: &Credential) -> Result<NewCredential, Refused> {
        match *self {}
    }

    pub fn begin_proof(&self) -> anyhow::Result<StartedCeremony> {
        match *self {}
    }

    pub fn claim(&self, _: &Credential) -> Result<ClaimedPasskey, Refused> {
        match *self {}
    }

    pub fn finish_proof(&self, _: &str, _: &Credential, _: &str) -> Result<String, Refused> {
        match *self {}
    }
}
