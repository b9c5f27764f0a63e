//! Which credentials were good or bad lately. This proves nobody: it only decides which
//! credentials are still looked up for a client address that has used up its quota.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use uuid::Uuid;

use super::credential::Credential;
use crate::app::{App, SharedState};

/// The most entries of each kind. At this number all are removed; those in use come back.
const MAX_ENTRIES: usize = 4096;

/// Anybody can make up a well-formed personal access token, so the cache holds the good ones.
/// Only this server signs the access tokens of sessions, so the cache holds those that were
/// refused, because their session has ended.
#[derive(Debug, Default)]
pub struct CredentialCache(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    good_personal: HashSet<Vec<u8>>,
    ended: HashSet<Uuid>,
}

impl CredentialCache {
    pub(crate) fn note(&self, credential: &Credential, is_good: bool) {
        let mut cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match credential {
            Credential::Personal(hash) if is_good => remember(&mut cache.good_personal, hash),
            Credential::Personal(hash) => {
                cache.good_personal.remove(hash);
            }
            Credential::Session(token) if !is_good => remember(&mut cache.ended, &token.id.0),
            Credential::Session(_) => {}
        }
    }

    pub(crate) fn may_be_good(&self, credential: &Credential) -> bool {
        let cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match credential {
            Credential::Personal(hash) => cache.good_personal.contains(hash),
            Credential::Session(token) => !cache.ended.contains(&token.id.0),
        }
    }
}

fn remember<T: Clone + Eq + std::hash::Hash>(all: &mut HashSet<T>, one: &T) {
    if all.contains(one) {
        return;
    }
    if all.len() >= MAX_ENTRIES {
        all.clear();
    }
    all.insert(one.clone());
}

impl SharedState for CredentialCache {
    fn begin(_: &App) -> Self {
        Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_personal_access_token_may_be_good_once_it_was_and_as_long_as_it_is() {
        let cache = CredentialCache::default();
        let token = |number: usize| Credential::Personal(number.to_be_bytes().to_vec());
        assert!(!cache.may_be_good(&token(1)));
        cache.note(&token(1), true);
        assert!(cache.may_be_good(&token(1)));
        cache.note(&token(1), false);
        assert!(!cache.may_be_good(&token(1)));
        for number in 0..3 * MAX_ENTRIES {
            cache.note(&token(number), true);
        }
        assert!(cache.0.lock().unwrap().good_personal.len() <= MAX_ENTRIES);
    }
}
