//! A server that was built without the feature `passkeys`: there is none of these.

use url::Url;

use super::ceremony::{ClaimedPasskey, CredentialId, NewCredential, Refused, StartedCeremony};
use super::types::Credential;
use crate::entity::ids::UserId;

/// What this program cannot be.
#[derive(Debug)]
pub enum RelyingParty {}

impl RelyingParty {
    /// Says that it cannot be.
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
